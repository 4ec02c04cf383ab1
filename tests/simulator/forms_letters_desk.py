"""The wording of the desk's other letters: receipt, originals, agreement number, refusal, archive."""

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
    Head,
    Letter,
    Rows,
    Say,
)
from tests.simulator.forms_text import Blank

_NO = Column("序号", "{{ loop.index }}", 12)
_ORIGINALS = Rows(
    "row in originals",
    (
        _NO,
        Column("文件", "{{ row.title }}", 106, text=True),
        Column("份数", "{{ row.copies }}", 28),
        Column("页数", "{{ row.pages }}", 28),
    ),
)

RECEIPT = Letter(
    title="材料接收回执",
    english="Receipt of documents",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, CUSTOMER, Blank("首次收到", "received_on")),
    parts=(
        Say(
            "贵司提交的下列文件已收到并登记。本回执只表示收到文件，不代表审核结论；"
            "登记校验码，是为了日后核对原件与本次提交的文件是否为同一份。"
        ),
        Rows(
            "row in files",
            (
                _NO,
                Column("文件名", "{{ row.name }}", 60, text=True),
                Column("识别为", "{{ row.title }}", 56, text=True),
                Column("页数", "{{ row.pages }}", 16),
                Column("校验码", "{{ row.sha8 }}", 30),
            ),
            size=9,
        ),
        Say("尚缺材料：{{ missing_docs }}。", bold=True),
        Say("请尽快补齐；其余材料不必重交。", when="missing_docs != '无'"),
        Say("首次审核意见不迟于{{ due_date }}作出。如有须补正的事项，将在一份通知中一次列明。"),
        Head("开通日程"),
        Say("期望开通日：{{ wished_start }}。最迟提交日：{{ latest_submission }}，即期望开通日前 5 个工作日。"),
        Say("从材料齐全到开通一般需要一周，请预留时间。校验码为文件 SHA-256 值的前 8 位；电子文件不计页数，记作“/”。"),
    ),
    automatic=True,
)

REMINDER = Letter(
    title="原件催寄函",
    english="Reminder to send the originals",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, Blank("事项编号", "reference"), CUSTOMER),
    parts=(
        Say(
            "{{ reference }} 已于{{ since }}{{ milestone }}，我司尚未收到下列原件"
            "（{% if occasion.isdigit() %}第 {{ occasion }} 次催寄{% else %}{{ occasion }}{% endif %}）。"
            "扫描件只供先行办理，日后核对须以原件为准，故请补寄。"
        ),
        _ORIGINALS,
        Facts(
            (
                ("寄达期限", "{{ originals_due }}"),
                ("收件地址", "{{ originals_address }}"),
                ("收件人", "{{ operator_name }}　{{ operator_contact }}　{{ operator_phone }}"),
            )
        ),
        Say("请填写随附的《原件寄送清单》，连同原件一并寄出，并告知快递公司和单号。"),
        Say("{{ originals_due }}之后仍未寄达的，我司可能暂缓受理贵司的新订单，直至原件收到。"),
    ),
    automatic=True,
)

COVER = Letter(
    title="原件寄送清单",
    english="Transmittal cover for originals",
    head=(NUMBER, DATE, CASE_NO, CUSTOMER),
    parts=(
        Facts((("采购订单", "{{ po_no }}"), ("合作协议编号", "{{ coop_no }}"))),
        Say("随件寄送下列原件，请逐项核对份数和页数。清单与件内文件一致，收件方方可当面登记、及时结案。"),
        _ORIGINALS,
        Facts(
            (
                ("快递公司", "{{ courier }}"),
                ("快递单号", "{{ tracking_no }}"),
                ("寄出日期", "{{ sent_on }}"),
                ("寄件人", "{{ sender }}"),
            )
        ),
        Facts(
            (
                ("收件单位", "{{ receiver }}"),
                ("收件地址", "{{ originals_address }}"),
                ("收件人", "{{ receiver_contact }}"),
            )
        ),
        Say("页数或份数与清单不符的，请在寄出前更正本清单。"),
    ),
    ask=False,
    signed=False,
)

AGREEMENT_NUMBER = Letter(
    title="合作协议编号通知",
    english="Notice of your agreement number",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO),
    parts=(
        Say("贵司提交的合作协议已审核通过并登记，编号如下。"),
        Facts(
            (
                ("合作协议编号", "{{ agreement_no }}"),
                ("协议期限", "{{ effective_from }}至{{ effective_to }}"),
                ("代理商", "{{ recipient }}"),
                ("登记联系人", "{{ agent_contact }}　{{ agent_phone }}　{{ agent_email }}"),
            )
        ),
        Say(
            "合作协议首次签署即可，以后下单填写此编号。编号为贵司专属，订单凭它核对签约方、价格与期限，请勿借予他人使用。",
            bold=True,
        ),
        Say(
            "请于{{ originals_due }}前将盖章的合作协议原件寄至{{ originals_address }}，{{ operator_contact }}收，"
            "电话{{ operator_phone }}。扫描件只供先行办理，核对以原件为准。"
        ),
        Say(
            "我司的联系人与收款账户以本协议及付款通知书为准；登记的联系方式如有变化，请书面告知，"
            "我司只向登记的联系人发送通知。"
        ),
    ),
    sealed=True,
)

REFUSAL = Letter(
    title="不予受理／终止通知",
    english="Notice of refusal or termination",
    head=(NUMBER, DATE, RECIPIENT, CASE_NO, ORDER, CUSTOMER),
    parts=(
        Say("上述事项，我司决定{{ decision }}。理由：{{ reason }}"),
        Rows(
            "row in final",
            (
                Column("规则", "{{ row.rule_id }}", 22),
                Column("情况", "{{ row.found }}", 58, text=True),
                Column("受理要求", "{{ row.required }}", 44, text=True),
                Column("可以怎样办理", "{{ row.fix }}", 50, text=True),
            ),
            size=9,
            when="final",
        ),
        Say("可以改用的办理方式见上表末栏。请先与我司联系，以免重复盖章。", when="final"),
        Say("{{ alternative }}"),
        Say("本通知只说明上述事项不符合受理条件或者未在期限内完成，不对文件的法律效力作出判断。"),
        Say("情况有变化的，可以补充材料并申请重新受理；已提交的文件在重新受理时不必重交。"),
    ),
    sealed=True,
)

ARCHIVE = Letter(
    title="归档清单",
    english="Archive manifest",
    head=(NUMBER, DATE, CASE_NO, ORDER, Blank("代理商", "agent_name"), CUSTOMER),
    parts=(
        Say("本案已结，下列文件归档。校验码使日后任何人都能确认文件未被更换。"),
        Rows(
            "row in files",
            (
                _NO,
                Column("文件名", "{{ row.name }}", 45, text=True),
                Column("识别为", "{{ row.title }}", 41, text=True),
                Column("页数", "{{ row.pages }}", 14),
                Column("SHA-256", "{{ row.sha256 }}", 62, text=True),
            ),
            size=8,
        ),
        Head("原件", when="originals"),
        Rows(
            "row in originals",
            (
                _NO,
                Column("文件", "{{ row.title }}", 90, text=True),
                Column("页数", "{{ row.pages }}", 20),
                Column("存放", "{{ row.place }}", 52, text=True),
            ),
            size=9,
            when="originals",
        ),
        Facts(
            (
                ("原件存放", "{{ archive_location }}"),
                ("原件份数", "{{ copies }}"),
                ("保存期限", "不早于{{ valid_until }}（10 年）"),
            )
        ),
        Head("发出的文件", when="papers"),
        Rows(
            "row in papers",
            (
                Column("编号", "{{ row.number }}", 40, text=True),
                Column("放行日期", "{{ row.day }}", 22),
                Column("文件", "{{ row.file }}", 24, text=True),
                Column("SHA-256", "{{ row.sha256 }}", 62, text=True),
                Column("放行人", "{{ row.by }}", 26, text=True),
            ),
            size=8,
            when="papers",
        ),
        Head("办理经过", when="history"),
        Rows(
            "row in history",
            (Column("时间", "{{ row.moment }}", 44), Column("事项", "{{ row.what }}", 130, text=True)),
            size=9,
            when="history",
        ),
    ),
    ask=False,
)

DESK_LETTERS: dict[str, Letter] = {
    "receipt": RECEIPT,
    "originals_reminder": REMINDER,
    "transmittal_cover_out": COVER,
    "agreement_number_notice": AGREEMENT_NUMBER,
    "refusal_notice": REFUSAL,
    "archive_manifest": ARCHIVE,
}
