"""The wording of the letters that go with an order: payment, opening, renewal."""

from __future__ import annotations

from tests.simulator.forms_letters_parts import (
    AGREEMENT,
    CASE_NO,
    CUSTOMER,
    DATE,
    NUMBER,
    ORDER,
    RECIPIENT,
    Facts,
    Grid,
    Head,
    Letter,
    Pairs,
    Say,
    line_rows,
)
from tests.simulator.forms_text import Blank

_CALL_BACK = (
    "收款账户只以付款通知书为准。如收到任何变更收款账户的邮件、电话或文件，请勿付款，"
    "并按合作协议登记的联系方式回拨我司核实。"
)

PAYMENT = Letter(
    title="付款通知书",
    english="Payment notice",
    head=(NUMBER, DATE, RECIPIENT, AGREEMENT, CASE_NO, ORDER, CUSTOMER, Blank("有效期至", "valid_until")),
    parts=(
        Say(
            "上述采购订单的材料已审核通过，请按下列金额付款。先审核、后付款，是为了避免款项到账以后因材料问题不能开通。"
        ),
        line_rows("no", "name", "qty", "unit", "list_price", "term_months", "amount"),
        Grid(
            (34, 45, 95),
            ("项目", "小写（元）", "大写"),
            (
                ("目录金额", "¥{{ list_total }}", "{{ list_capitals }}"),
                ("折扣", "−¥{{ discount }}", "{{ discount_capitals }}"),
                ("应付金额", "¥{{ net }}", "{{ net_capitals }}"),
            ),
            right=(1,),
            centred=(0,),
            total=True,
        ),
        Pairs(
            (
                Blank("收款户名", "payee_name"),
                Blank("账号", "payee_account"),
                Blank("开户行", "payee_bank"),
                Blank("附言请注明", "memo"),
            )
        ),
        Say(
            "请由{{ recipient }}的账户一次付清；服务按年付费，期限 12 个月。"
            "本通知有效期至{{ valid_until }}，逾期未到账的，价格与折扣须重新核定。"
        ),
        Say("我司收到款项后 3 个工作日内开通服务：于{{ date }}到账的，不迟于{{ due_date }}开通。"),
        Say("开通日程：期望开通日{{ wished_start }}，最迟提交日{{ latest_submission }}，即期望开通日前 5 个工作日。"),
        Say(_CALL_BACK, bold=True),
    ),
    sealed=True,
    ask=False,
)

DIFFERENCE = Letter(
    title="到款差异通知",
    english="Notice of a payment difference",
    head=(NUMBER, DATE, RECIPIENT, AGREEMENT, CASE_NO, ORDER),
    parts=(
        Say(
            "我司已收到采购订单 {{ po_no }} 的款项，但到账金额与应付金额不一致。"
            "金额须与付款通知书完全一致，财务方可确认到账并安排开通。"
        ),
        Grid(
            (50, 42, 82),
            ("项目", "小写（元）", "大写"),
            (
                ("应付金额", "¥{{ net }}", "{{ net_capitals }}"),
                ("到账金额", "¥{{ received }}", "{{ received_capitals }}"),
                (
                    "差额（应付减到账）",
                    "¥{{ difference }}",
                    "{% if difference.startswith('-') %}多付{% else %}少付{% endif %} {{ difference_capitals }}",
                ),
            ),
            right=(1,),
            centred=(0,),
            total=True,
        ),
        Head("处理方式"),
        Say(
            "请于{{ due_date }}前由{{ recipient }}的账户将差额补汇至付款通知书所列账户"
            "（账号尾号 {{ account_tail }}），附言注明 {{ po_no }}。",
            when="not difference.startswith('-')",
        ),
        Say(
            "请于{{ due_date }}前书面告知多付的款项退回还是留作后续订单之用；"
            "退款只退回原付款账户。我司收款账户尾号为 {{ account_tail }}，附言 {{ po_no }}。",
            when="difference.startswith('-')",
        ),
        Say("差额结清之日为到款日，开通期限自该日起算，我司确认到款时告知最迟开通的日期。"),
        Say(_CALL_BACK, bold=True),
    ),
    sealed=True,
    ask=False,
)

OPENING = Letter(
    title="服务开通通知",
    english="Notice of opening",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, ORDER, CUSTOMER),
    parts=(
        Say("{{ agent_contact }}，您好：采购订单 {{ po_no }} 所订服务已于{{ opened_on }}开通，{{ promise }}。"),
        line_rows("no", "sku", "name", "qty", "unit"),
        Facts(
            (
                ("租户域名", "{{ tenant_domain }}"),
                ("服务期限", "{{ service_start }}至{{ service_end }}"),
                ("到款日", "{{ paid_on }}"),
                ("承诺开通日", "{{ promised_by }}，即到款后 3 个工作日"),
                ("实际开通日", "{{ opened_on }}"),
            )
        ),
        Say("账号与密码已直接发送给客户管理员，本邮件不含密码。", bold=True),
        Say("账号信息只发给客户管理员本人，是为了使客户的账号只由客户掌握；请勿代为索取或保管。"),
        Say(
            "请于{{ originals_due }}前寄出原件：{{ originals_titles }}。收件地址：{{ originals_address }}，"
            "{{ operator_contact }}收，电话{{ operator_phone }}。请随件附上填妥的《原件寄送清单》。"
        ),
    ),
    automatic=True,
)

WELCOME = Letter(
    title="欢迎函",
    english="Welcome to your service",
    head=(
        NUMBER,
        DATE,
        Blank("致", "customer_name"),
        Blank("管理员", "admin_name"),
        Blank("服务渠道", "agent_name"),
        CASE_NO,
    ),
    parts=(
        Say(
            "{{ admin_name }}，您好：贵司经{{ agent_name }}订购的下列服务，已由{{ operator_name }}"
            "于{{ opened_on }}开通。本函说明如何开始使用，请妥善保存。"
        ),
        line_rows("no", "name", "qty", "unit"),
        Facts(
            (
                ("管理员账号", "{{ admin_upn }}"),
                ("租户域名", "{{ tenant_domain }}"),
                ("登录地址", "{{ login_url }}"),
                ("管理门户", "{{ portal_url }}"),
                ("服务期限", "{{ service_start }}至{{ service_end }}"),
            )
        ),
        Say(
            "初始密码由开通方通过单独渠道发送给{{ admin_name }}，本函不含密码。"
            "任何人（包括代理商）都不应向您索要密码。",
            bold=True,
        ),
        Head("首次使用"),
        Grid(
            (14, 160),
            ("步骤", "做什么"),
            (
                ("1", "登录上述地址，立即修改初始密码，并为管理员开启多重身份验证（MFA）。"),
                ("2", "如使用自有域名：在管理门户添加域名，按提示在域名注册商处设置 DNS，验证后再切换邮件（MX）。"),
                ("3", "新建用户并分配许可；至少设置两名管理员，避免一人不在时无法管理。"),
                ("4", "自有域名上如设公开网站，须另行办理 ICP 备案。"),
            ),
            centred=(0,),
        ),
        Facts(
            (
                ("技术支持", "{{ support_phone }}"),
                ("商务联系", "{{ agent_name }}　{{ agent_contact }}　{{ agent_phone }}"),
            )
        ),
    ),
    ask=False,
)

RENEWAL = Letter(
    title="续费提醒",
    english="Renewal reminder",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, ORDER, CUSTOMER),
    parts=(
        Say(
            "下列订阅将于{{ subscription_end }}到期，这是第 {{ reminder }} 次提醒。"
            "到期不续订，服务将停止，数据届时可能被清除，请及早安排。"
        ),
        line_rows("no", "name", "qty", "unit"),
        Facts(
            (
                ("租户域名", "{{ tenant_domain }}"),
                ("订阅到期日", "{{ subscription_end }}"),
                ("最迟提交日", "{{ latest_submission }}，即到期日前 5 个工作日"),
                ("价格依据", "续订当日有效的目录价；现行目录自{{ price_list_from }}起施行"),
            )
        ),
        Say("{{ terms }}"),
        Say("如需续订，请于{{ latest_submission }}前提交订单；数量或产品有变化的，请一并写明。"),
    ),
    automatic=True,
)

ORDER_LETTERS: dict[str, Letter] = {
    "payment_notice": PAYMENT,
    "payment_difference": DIFFERENCE,
    "opening_notice": OPENING,
    "welcome_letter": WELCOME,
    "renewal_reminder": RENEWAL,
}
