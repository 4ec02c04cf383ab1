"""The wording of the advice that people give customers: moving data, and choosing a data centre."""

from __future__ import annotations

from tests.simulator.forms_letters_parts import (
    CASE_NO,
    CUSTOMER,
    DATE,
    NUMBER,
    ORDER,
    RECIPIENT,
    Column,
    Facts,
    Grid,
    Head,
    Letter,
    Part,
    Rows,
    Say,
    SealBox,
)
from tests.simulator.forms_text import Blank

_WEB_DIRECT = "'MIG-02' in advice_rules or 'MIG-02b' in advice_rules"
_GLOBAL = "'MIG-01' in advice_rules or 'MIG-01b' in advice_rules"
_MAILBOX = "'MIG-01' in advice_rules or 'MIG-02' in advice_rules"
_NO_MAILBOX = "'MIG-01b' in advice_rules or 'MIG-02b' in advice_rules"
_OTHER = "'MIG-04' in advice_rules"
_DOMAIN = "'MIG-05' in advice_rules"
_FOUND = Rows(
    "row in advice",
    (
        Column("依据", "{{ row.rule_id }}", 20),
        Column("情况", "{{ row.found }}", 62, text=True),
        Column("要求", "{{ row.required }}", 42, text=True),
        Column("建议", "{{ row.fix }}", 50, text=True),
    ),
    size=9,
)

_REASONS: tuple[Part, ...] = (
    Say(
        "原订阅与新订阅分属两个账号（租户），邮箱、文件和设置不会随订单自动转移；"
        "新订阅开通之后，两个账号会并存一段时间，须由贵司安排迁移。"
    ),
    Say("国际版与世纪互联版是两个独立的平台，不能直接转换，须重新订购。", when=_GLOBAL),
    Say(
        "在线直购的订阅须先重新订购、再停用原账号。停用早于数据迁出会丢失数据，并行期间两份订阅都会计费，"
        "请写明计划停用的日期。",
        when=_WEB_DIRECT,
    ),
    Say(
        "邮箱内容须使用第三方迁移工具（另行收费，自带工具不便使用）。工具是否适合贵司环境须经试迁确认，"
        "我司不对任何工具的效果作出保证。",
        when=_MAILBOX,
    ),
    Say("原订阅不含邮箱，不必迁移邮件；请核对网盘文件与站点是否需要另存。", when=_NO_MAILBOX),
    Say("原订阅由其他总代开通的，订阅不能在总代之间转移；满 12 个月以后在我司属于新购。", when=_OTHER),
    Say(
        "沿用自有域名的，域名须先从旧账号移出（旧账号内不得再有使用该域名的用户与群组地址），才能在新账号验证；"
        "切换 DNS 与 MX 期间邮件可能中断，请选在非工作时间进行。",
        when=_DOMAIN,
    ),
)

MIGRATION = Letter(
    title="数据迁移建议书",
    english="Advice on moving your data",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, ORDER, CUSTOMER),
    parts=(
        Say("{{ customer_name }}此前已有订阅，开通新服务之前请先安排数据。本建议说明原因、步骤和分工。"),
        Head("一、现状"),
        _FOUND,
        Head("二、为什么数据不会自动转移"),
        *_REASONS,
        Head("三、步骤与分工"),
        Grid(
            (14, 100, 60),
            ("步骤", "事项", "由谁办理"),
            (
                ("1", "开通新账号、分配许可；迁移许可先行购置", "{{ operator_name }}、客户管理员"),
                ("2", "预先复制历史数据（建议提前两周），并抽查结果", "客户，或其委托的迁移服务商"),
                ("3", "域名移出旧账号，在新账号验证，切换 DNS 与 MX", "客户的域名管理员"),
                ("4", "补充复制切换期间的新数据；用户重建 Outlook 配置文件", "客户，或其委托的迁移服务商"),
                ("5", "核对无误以后停用旧账号，停止付费", "客户，由{{ agent_name }}协助"),
            ),
            centred=(0,),
        ),
        Head("四、风险"),
        Say("停用旧账号早于数据迁出，数据将无法找回；切换域名时邮件可能延迟或退回；两份订阅并行期间费用加倍。"),
        Say("用户超过 500 人，或者站点、归档邮箱较大的，建议委托专业迁移服务商。"),
        Say("本建议依据{{ date }}所知的情况和平台规则作出，规则如有变化，以届时为准；是否采纳由贵司决定。"),
    ),
)

_DC_TEXTS: tuple[Part, ...] = (
    Say(
        "同一域名已在境外数据中心使用，不能在其他数据中心（包括中国）再次购买，只能在境外公司购买的数据中心订购。",
        bold=True,
        when="'DC-01' in advice_rules",
    ),
    Say(
        "因域名不同，境外公司与境内公司属于两个不同组织，通讯簿和日历不同步。"
        "可以手工同步，也可以另购第三方工具（收费）；平台自带的同步功能目前只是公布了计划。",
        bold=True,
        when="'DC-02' in advice_rules or 'DC-05' in advice_rules",
    ),
    Say(
        "用户多在境外或者经常出差境外的，建议选用国际版（新加坡、香港数据中心，国际出口带宽较大，境外访问较快）。"
        "代理商不能经本渠道订购国际版，须在线（web-direct）订购。",
        when="'DC-04' in advice_rules",
    ),
    Say(
        "由国际版改为世纪互联版后，境外用户访问可能变慢，使用体验可能下降，进而可能提前退订。请在知悉以后再作决定。",
        when="'DC-08' in advice_rules",
    ),
)

DATACENTRE = Letter(
    title="数据中心选型建议",
    english="Advice on the choice of data centre",
    head=(NUMBER, DATE, Blank("致", "customer_name"), CASE_NO, Blank("转交", "agent_name"), ORDER),
    parts=(
        Say(
            "数据中心一经选定，改换须重新订购并迁移数据。为使贵司在开通之前了解利弊，谨依据所填情况提供本建议，"
            "由贵司自行决定。"
        ),
        Head("一、所依据的情况"),
        Facts(
            (
                ("国内用户占比", "{{ users_cn_pct }}"),
                ("出差境外情况", "{{ travel }}"),
                ("境外关联公司域名", "{{ affiliate }}"),
                ("自有域名", "{{ custom_domain }}"),
                ("原有订阅", "{{ prev_edition }}"),
                ("订购版本", "世纪互联版（中国境内数据中心）"),
            ),
            label_width=40,
        ),
        Head("二、建议与理由"),
        _FOUND,
        *_DC_TEXTS,
        Say(
            "请在所附《客户风险确认书》上勾选、盖章并寄回。"
            "本建议依据{{ date }}所知的情况作出，规则如有变化，以届时为准。"
        ),
    ),
    slip_title="客户风险确认书（回执）",
    slip_english="Acknowledgement of the advice on the data centre",
    slip=(
        Facts(
            (
                ("建议书编号", "{{ number }}"),
                ("采购订单", "{{ po_no }}"),
                ("客户名称", "{{ customer_name }}"),
                ("经销商", "{{ agent_name }}"),
            )
        ),
        Say("我司已收到并阅读上述编号的《数据中心选型建议》，了解其中所列的情况、理由和影响，并选择（请勾选一项）："),
        Say("□　仍按原订单订购世纪互联版，并知悉由此带来的影响。"),
        Say("□　撤回原订单，改按建议办理。"),
        Say("□　修改订单以后重新提交（请说明）：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿"),
        Say("以上选择由我司自行作出。"),
        SealBox((("签字人", ""), ("职务", ""), ("日期", "　　　年　　月　　日")), "客户（盖章处）"),
        Say("请将盖章的扫描件交{{ agent_name }}转{{ operator_name }}。"),
    ),
)

ADVICE_LETTERS: dict[str, Letter] = {"migration_advice": MIGRATION, "datacentre_advice": DATACENTRE}
