"""The wording of the forms: captions, labels and the variable each label stands beside."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

_HERE = Path(__file__).parent
EDITION = "2026-01"


class Blank(NamedTuple):
    """A labelled blank; `zone` = for a seal or handwriting, never typed into; `printed` = text instead of a blank."""

    label: str
    name: str
    zone: bool = False
    printed: str = ""

    @property
    def content(self) -> str:
        """What the template's cell holds."""
        return self.printed or f"{{{{ {self.name} }}}}"


class Contract(NamedTuple):
    """The running text and the masthead of a format contract."""

    title: str
    subtitle: str
    head: str
    body: str


SERVICE = Contract(
    title="岚云运营的 Office 365 在线服务标准协议",
    subtitle=f"（经销渠道版）　文本版本：{EDITION}　最后更新时间：2026年1月",
    head=f"岚云 Office 365 在线服务标准协议　文本版本：{EDITION}　示例文本·虚构",
    body=(_HERE / "forms_text_service.txt").read_text(encoding="utf-8"),
)
COOPERATION = Contract(
    title="云服务经销合作协议",
    subtitle=f"文本版本：{EDITION}　最后更新时间：2026年1月",
    head=f"云服务经销合作协议　文本版本：{EDITION}　示例文本·虚构",
    body=(_HERE / "forms_text_cooperation.txt").read_text(encoding="utf-8"),
)

CONTACT_FORM: tuple[tuple[str, tuple[Blank, ...]], ...] = (
    (
        "一、主要联系人（接收续订、计费与服务变更信息）",
        (
            Blank("主要联系人姓名", "contact_name"),
            Blank("主要联系人职务", "contact_title"),
            Blank("主要联系人手机", "contact_phone"),
            Blank("主要联系人邮箱", "contact_email"),
        ),
    ),
    (
        "二、通知联系人（未填写的，以主要联系人为准）",
        (Blank("通知联系人姓名", "notice_name"), Blank("通知联系人邮箱", "notice_email")),
    ),
    (
        "三、在线管理员（管理员账号与初始密码的接收人，三项均须填写）",
        (
            Blank("管理员姓名", "admin_name"),
            Blank("管理员手机", "admin_phone"),
            Blank("管理员邮箱", "admin_email"),
        ),
    ),
)
CONTACT_INTRO = (
    "本表为协议的组成部分。请以黑色或者蓝色笔填写，或者打印填写；表格之外不得书写。"
    "管理员邮箱应为开通之前即可收信的地址，不得使用拟迁移的域名。"
)
CONTACT_NOTES = (
    "填写说明：",
    "1. 手机号码为 11 位数字；邮箱应填写完整地址，不得填写群组地址。",
    "2. 初始密码由服务提供方直接发送给管理员，任何人（包括经销商）均无权代为接收或者向管理员索取。",
    "3. 信息变更的，应按正文第 13.2 款提前 5 个工作日书面通知，不得在本表上划改。",
    "4. 服务提供方仅为履行本协议处理本表所载的个人信息，保存期不超过服务终止后 36 个月。",
)
SIGNATURE_FORM = (
    Blank("客户名称", "customer_name"),
    Blank("统一社会信用代码", "customer_uscc"),
    Blank("地址", "customer_address"),
    Blank("邮政编码", "customer_postcode"),
    Blank("经销商", "reseller_name"),
    Blank("合格实体类型", "qualified_entity"),
    Blank("签字人姓名", "sign_name"),
    Blank("签字人职务", "sign_title"),
    Blank("签署日期", "sign_date"),
    Blank("授权代表签字", "signature", zone=True),
    Blank("客户（盖章）", "customer_seal", zone=True),
)
SIGNATURE_INTRO = (
    "客户确认已收到并阅读协议正文，同意受其约束，并声明正文未经任何增补、删除或者划改。"
    "客户名称应与营业执照一致；合格实体类型填写“无”“教育”“政府”或者“公益”。"
)
SIGNATURE_NOTE = (
    "盖章要求：加盖公章或者合同专用章，印文应与客户名称一致；全部 8 页右侧页边均匀错开，加盖骑缝章。"
    "服务提供方：上海岚云网络科技有限公司（虚构）。协议自服务提供方确认客户首份订单之日起生效。"
)

PARTIES = (
    Blank("合作协议编号", "agreement_no"),
    Blank("甲方名称", "", printed="星河云（上海）数字科技有限公司"),
    Blank("甲方地址", "", printed="上海市浦东新区星河路 66 号 9 层（虚构）"),
    Blank("乙方名称", "party_b_name"),
    Blank("乙方统一社会信用代码", "party_b_uscc"),
    Blank("乙方地址", "party_b_address"),
    Blank("乙方法定代表人", "legal_rep"),
    Blank("乙方联系人", "contact"),
    Blank("乙方电话", "phone"),
    Blank("乙方邮箱", "email"),
    Blank("乙方开户行", "bank_name"),
    Blank("乙方账号", "bank_account"),
    Blank("乙方 MPN ID", "mpn_id"),
)
PARTY_A_CODE = Blank("甲方统一社会信用代码", "", printed="91310115DEMA00013F")
SIGNING = (
    Blank("生效日期", "effective_date"),
    Blank("终止日期", "end_date"),
    Blank("乙方授权代表签字", "signature_b", zone=True),
    Blank("乙方签署日期", "sign_date_b"),
    Blank("乙方（盖章）", "seal_b", zone=True),
    Blank("甲方授权代表签字", "signature_a", zone=True),
    Blank("甲方签署日期", "sign_date_a"),
    Blank("甲方（盖章）", "seal_a", zone=True),
)
SIGNING_INTRO = (
    "双方确认已阅读并同意本协议全部 4 页的内容。乙方先行签字、盖章并提交扫描件；"
    "甲方审核通过后填写合作协议编号并签署。空白处之外的手写内容未经双方盖章确认的，不构成本协议的内容。"
)
SIGNING_NOTE = (
    "签署要求：乙方加盖公章或者合同专用章，印文应与乙方名称一致，并在全部 4 页右侧页边加盖骑缝章；"
    "授权代表不是法定代表人的，应附授权委托书。原件应在提交扫描件后 10 个工作日内寄达甲方。"
)

ORDER_TITLE = "Office 365 云服务产品采购订单"
ORDER_SECTIONS: tuple[tuple[str, tuple[tuple[Blank, ...], ...]], ...] = (
    (
        "一、订单信息",
        (
            (Blank("订单编号", "po_no"), Blank("下单日期", "po_date")),
            (Blank("合作协议编号", "coop_no"), Blank("订单类型", "po_type")),
        ),
    ),
    (
        "二、供方与采购方",
        (
            (Blank("供方名称", "distributor_name"),),
            (Blank("采购方名称", "agent_name"), Blank("采购方税号", "agent_uscc")),
            (Blank("采购方 MPN ID", "agent_mpn"), Blank("采购方联系人", "agent_contact")),
            (Blank("采购方电话", "agent_phone"), Blank("采购方邮箱", "agent_email")),
            (Blank("采购方地址", "agent_address"),),
        ),
    ),
    (
        "三、最终客户、管理员与服务协议",
        (
            (Blank("最终客户名称", "customer_name"), Blank("最终客户英文名称", "customer_name_en")),
            (Blank("最终客户统一社会信用代码", "customer_uscc"), Blank("最终客户行业", "customer_industry")),
            (Blank("最终客户地址", "customer_address"),),
            (Blank("最终客户邮政编码", "customer_postcode"), Blank("管理员姓名", "admin_name")),
            (Blank("管理员手机", "admin_mobile"), Blank("管理员邮箱", "admin_email")),
            (Blank("服务协议版本", "agreement_edition"), Blank("服务协议签署日", "agreement_signed_on")),
        ),
    ),
    (
        "四、租户与原有订阅",
        (
            (Blank("租户方式", "tenant_mode"), Blank("租户域名", "tenant_domain")),
            (Blank("自有域名", "custom_domain"), Blank("原有订阅", "prev_edition")),
            (Blank("是否含邮箱", "prev_mailbox"), Blank("国内用户占比", "users_cn_pct")),
        ),
    ),
)
ORDER_LINES_HEADING = "五、订购明细（目录单价单位：元/用户/年，含税）"
ORDER_LINES: tuple[tuple[str, str, float], ...] = (
    ("序号", "no", 13),
    ("产品编号", "sku", 36),
    ("产品名称", "name", 55),
    ("单位", "unit", 15),
    ("数量", "qty", 16),
    ("目录单价", "list_price", 27),
    ("期限（月）", "term_months", 21),
    ("起始日期", "start", 28),
    ("终止日期", "end", 28),
    ("金额", "amount", 28),
)
ORDER_TOTALS: tuple[tuple[str, tuple[tuple[Blank, ...], ...]], ...] = (
    (
        "六、金额与付款",
        (
            (Blank("合计（小写）", "total"), Blank("合计（大写）", "total_capitals")),
            (Blank("币种", "currency"), Blank("是否含税", "tax_included")),
            (Blank("税率", "tax_rate"), Blank("不含税金额", "tax_net")),
            (Blank("税额", "tax_amount"), Blank("付款周期", "billing")),
            (Blank("付款方式", "payment_method"), Blank("期望开通日", "start_requested")),
        ),
    ),
    (
        "七、开票信息",
        (
            (Blank("发票类型", "invoice_type"), Blank("发票抬头", "invoice_title")),
            (Blank("发票税号", "invoice_tax_no"), Blank("开票开户行及账号", "invoice_bank_account")),
            (Blank("开票地址电话", "invoice_address_tel"),),
        ),
    ),
)
ORDER_SIGNING = (Blank("经办人", "handler"), Blank("签订日期", "sign_date"), Blank("备注", "remark"))
ORDER_SEAL = "采购方（盖章处）"

NOTICE_HEAD = (
    Blank("编号", "number"),
    Blank("日期", "date"),
    Blank("致", "recipient"),
    Blank("案件编号", "case_no"),
    Blank("最终客户", "customer_name"),
    Blank("收到日期", "received_on"),
)
NOTICE_COLUMNS: tuple[tuple[str, str, float], ...] = (
    ("序号", "{{ loop.index }}", 11),
    ("规则编号", "{{ item.rule_id }}", 22),
    ("文件", "{{ item.doc_title }}", 27),
    ("页码", "{% if item.page %}第 {{ item.page }} 页{% else %}—{% endif %}", 18),
    ("发现", "{{ item.found }}", 33),
    ("要求", "{{ item.required }}", 31),
    ("处理方式", "{{ item.fix }}", 32),
)
NOTICE_OPENING = (
    "贵司于 {{ received_on }} 提交的材料经审核，以下 {{ items|length }} 项需要补正。"
    "本通知一次性列明本轮审核发现的全部事项，补正后其余材料不必重交。"
)
NOTICE_CLOSING = (
    "请于 {{ due_date }} 前按上表重新提交，扫描要求见附页。",
    "{% if passed_docs %}其余材料已通过审核，无需重复提交：{{ passed_docs }}。"
    "{% else %}本轮暂无已通过审核的其他材料。{% endif %}",
    "说明：本通知仅表示材料不符合受理要求，不对文件的法律效力作出判断。",
    "如对上列事项有疑问，请与 {{ operator_contact }} 联系，电话：{{ operator_phone }}。",
)
SCAN_RULES: tuple[tuple[str, str], ...] = (
    ("颜色", "彩色扫描，不得使用黑白或者灰度；不得使用“增强”“去底色”等滤镜，以免印文颜色丢失。"),
    ("分辨率", "300 dpi 为宜，不低于 200 dpi。"),
    ("页边", "四边纸边完整可见，衬以深色或者反差明显的背景；关闭自动裁边、自动纠偏和边缘增白，骑缝章尤须完整。"),
    ("页序", "按原页序逐页扫描，每页 1 次；双面打印的，背面（含空白背面）一并扫描。"),
    ("方向与尺寸", "A4 原大（210 × 297 mm），页面端正；不得缩放、拼页。"),
    ("文件", "每份文件存为 1 个 PDF，不设密码；不同文件不得合并为 1 个 PDF。"),
    (
        "重新盖章",
        "仅要求“重新扫描”的，不必重新盖章；要求“重新盖章”的，请使用空白原版重新打印，并在全部页面加盖骑缝章。",
    ),
)
