"""The other papers of the order desk: each is known by its title, steals from nobody, and gives up its fields."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cases.join import keys_of
from pipeline.classify import classify
from pipeline.extract import extract
from pipeline.generate import text_of
from pipeline.model import Cell, Document, Extraction, Facts, Line, Media, Page, Submission, Table, Word
from pipeline.validate import validate
from tests.rules.made import TEMPLATES, case_type, pack, packs, world

SAMPLES: dict[str, tuple[str, ...]] = {
    "payment_slip": (
        "虚构银行电子回单",
        "付款人户名：蓝鲸信息技术（北京）有限公司", "付款人账号：6200000000000000022",
        "付款人开户行：虚构银行北京示例支行",
        "收款人户名：星河云（上海）数字科技有限公司", "收款人账号：6200 0000 0000 0000 013",
        "收款人开户行：虚构银行上海示例支行",
        "金额（小写）：¥105,984.00", "金额（大写）：人民币壹拾万伍仟玖佰捌拾肆元整", "币种：人民币",
        "交易时间：2026-09-30 15:10:22", "交易流水号：2026093000001234", "回单编号：HD20260930001",
        "附言：采购款 PO-20260928-001", "电子回单专用章",
    ),
    "transmittal_cover": (
        "原件寄送清单", "采购订单：PO-20260928-001", "合作协议编号：XHY-CSP-2026-0042", "份数见下表",
        "快递公司：示例快递", "快递单号：SF0000000000001",
        "寄出日期：2026-10-12", "寄件人：蓝鲸信息技术（北京）有限公司",
    ),
    "questionnaire": (
        "客户情况问卷", "客户名称：青禾医疗器械（深圳）有限公司", "统一社会信用代码：91440300DEMC000316",
        "用户总数：100", "国内用户数：85", "境外用户数：15", "出差境外情况：偶尔", "境外人员访问情况：无",
        "境外关联公司域名：不同域名", "境外关联公司名称：Qinghe Medical Inc.", "自有域名：qinghe-med.cn",
        "原有订阅：无", "是否含邮箱：否", "邮箱数量：0", "填表人：林若青", "填表日期：2026年9月24日",
    ),
    "stop_confirmation": (
        "在线直购订阅停用确认书", "客户名称：青禾医疗器械（深圳）有限公司", "统一社会信用代码：91440300DEMC000316",
        "原租户域名：qinghe-old.partner.onmschina.cn", "停用日期：2026年10月20日",
        "确认人：林若青", "确认日期：2026-09-24",
    ),
    "acknowledgement": (
        "客户风险确认书（回执）", "建议书编号：CS-2026-0001-O11-1", "采购订单：PO-20260928-001",
        "客户名称：青禾医疗器械（深圳）有限公司", "经销商：蓝鲸信息技术（北京）有限公司",
        "我司已收到并阅读上述编号的《数据中心选型建议》，并选择（请勾选一项）：",
        "仍按原订单订购世纪互联版，并知悉由此带来的影响。",
        "撤回原订单，改按建议办理。", "签字人：林若青", "日期：2026年9月25日",
    ),
    "licence": (
        "营业执照", "名称：青禾医疗器械（深圳）有限公司", "统一社会信用代码：91440300DEMC000316", "类型：有限责任公司",
        "法定代表人：林若青", "注册资本：壹佰万元整", "成立日期：2020年01月02日", "住所：深圳市南山区虚构路 88 号",
        "经营范围：医疗器械的研发与销售",
    ),
    "power_of_attorney": (
        "授权委托书", "委托人：青禾医疗器械（深圳）有限公司", "受托人：林若青", "委托事项：签署服务协议",
        "有效期自：2026年1月1日", "有效期至：2026年12月31日", "签署日期：2026年1月1日",
    ),
    "invoice": (
        "电子发票（增值税专用发票）", "发票号码：26312000000000000001", "开票日期：2026年10月12日",
        "购买方名称：蓝鲸信息技术（北京）有限公司", "购买方税号：91110108DEMB00022E",
        "销售方名称：星河云（上海）数字科技有限公司", "销售方税号：91310115DEMA00013F",
        "价税合计（大写）：壹拾万零伍仟玖佰捌拾肆圆整", "价税合计（小写）：¥105984.00", "备注：订单 PO-20260928-001",
    ),
    "sales_contract": (
        "软件产品销售合同", "买方：青禾医疗器械（深圳）有限公司",
        "卖方：蓝鲸信息技术（北京）有限公司", "合同总价：¥150,000.00",
    ),
    "opening_result": (
        "开通结果", "订单编号：PO-20260928-001", "租户域名：qinghemed.partner.onmschina.cn",
        "管理员账号：admin@qinghemed.partner.onmschina.cn", "订阅编号：SUB-0001", "开通时间：2026-10-09 10:20",
        "起始日期：2026-10-09", "终止日期：2027-10-08", "开通人员：周明远",
    ),
}  # fmt: skip
MEDIA: dict[str, Media] = {"transmittal_cover": "docx", "questionnaire": "docx", "opening_result": "docx"}
EXPECTED = {
    "payment_slip": {
        "payer_name": "蓝鲸信息技术（北京）有限公司", "payer_account": "6200000000000000022",
        "payee_name": "星河云（上海）数字科技有限公司", "payee_account": "6200000000000000013",
        "amount": "105984.00", "amount_capitals": "105984.00", "currency": "CNY", "paid_on": "2026-09-30",
        "serial": "2026093000001234", "voucher_no": "HD20260930001", "memo": "采购款 PO-20260928-001",
        "po_no": "PO-20260928-001",
    },
    "transmittal_cover": {
        "po_no": "PO-20260928-001", "coop_no": "XHY-CSP-2026-0042", "courier": "示例快递",
        "tracking_no": "SF0000000000001", "sent_on": "2026-10-12",
    },
    "questionnaire": {
        "customer_name": "青禾医疗器械（深圳）有限公司", "customer_uscc": "91440300DEMC000316", "users_total": "100",
        "users_cn": "85", "users_abroad": "15", "travel": "rare", "visitors": "none", "affiliate": "different",
        "affiliate_name": "Qinghe Medical Inc.", "own_domain": "qinghe-med.cn", "existing_tenant": "none",
        "prev_mailbox": "no", "mailbox_count": "0", "filled_by": "林若青", "filled_on": "2026-09-24",
    },
    "stop_confirmation": {
        "customer_name": "青禾医疗器械（深圳）有限公司", "stop_date": "2026-10-20", "sign_date": "2026-09-24",
        "old_tenant": "qinghe-old.partner.onmschina.cn",
    },
    "acknowledgement": {
        "advice_no": "CS-2026-0001-O11-1", "po_no": "PO-20260928-001", "sign_date": "2026-09-25", "sign_name": "林若青",
        "customer_name": "青禾医疗器械（深圳）有限公司",
    },
    "licence": {
        "name": "青禾医疗器械（深圳）有限公司", "uscc": "91440300DEMC000316", "legal_rep": "林若青",
        "established": "2020-01-02",
    },
    "power_of_attorney": {
        "principal": "青禾医疗器械（深圳）有限公司", "attorney": "林若青", "powers": "签署服务协议",
        "valid_from": "2026-01-01", "valid_to": "2026-12-31",
    },
    "invoice": {
        "invoice_no": "26312000000000000001", "issued_on": "2026-10-12", "buyer_name": "蓝鲸信息技术（北京）有限公司",
        "seller_name": "星河云（上海）数字科技有限公司", "seller_tax_no": "91310115DEMA00013F", "total": "105984.00",
        "total_capitals": "105984.00", "po_no": "PO-20260928-001",
    },
    "opening_result": {
        "po_no": "PO-20260928-001", "tenant_domain": "qinghemed.partner.onmschina.cn", "subscription_id": "SUB-0001",
        "admin_upn": "admin@qinghemed.partner.onmschina.cn", "opened_at": "2026-10-09", "start": "2026-10-09",
        "end": "2027-10-08", "operator": "周明远",
    },
}  # fmt: skip


def paper(lines: Sequence[str], media: Media = "pdf", tables: Sequence[Table] = ()) -> Document:
    """One page; on paper the lines stand below each other, read by OCR."""
    scanned = media == "pdf"
    found = tuple(placed(text, 60 + 24 * n) if scanned else Line(text=text) for n, text in enumerate(lines))
    submission = Submission(
        sha256="0" * 64,
        name=f"a.{media}",
        received_at=datetime(2026, 9, 28, tzinfo=UTC),
        source="cli",
        size=1,
        media=media,
    )
    page = Page(
        number=1, width=595, height=842, text_source="ocr" if scanned else "text", lines=found, tables=tuple(tables)
    )
    return Document(submission=submission, pages=(page,))


def placed(text: str, top: float) -> Line:
    """A line in type of 10 pt, hanzi as wide as high."""
    words, at = [], 60.0
    for part in text.split(" "):
        width = sum(10.0 if ord(char) > 0x2E7F else 5.0 for char in part)
        words.append(Word(text=part, box=(at, top, at + width, top + 10), confidence=0.99))
        at += width + 5
    return Line(text=text, box=(60, top, at - 5, top + 10), confidence=0.99, words=tuple(words))


def values(found: Extraction) -> dict[str, str]:
    """Values that held their own check."""
    return {key: field.value for key, field in found.fields.items() if field.problem is None}


@pytest.mark.parametrize("kind", SAMPLES)
def test_each_paper_is_known_by_its_title_and_claimed_by_nobody_else(kind: str) -> None:
    claim = classify(paper(SAMPLES[kind], MEDIA.get(kind, "pdf")), packs())
    assert (claim.type, claim.rivals) == (kind, ())


@pytest.mark.parametrize("kind", EXPECTED)
def test_each_paper_gives_up_its_fields(kind: str) -> None:
    found = values(extract(paper(SAMPLES[kind], MEDIA.get(kind, "pdf")), pack(kind)))
    assert {key: found.get(key) for key in EXPECTED[kind]} == EXPECTED[kind]


def test_the_agreement_of_another_channel_is_claimed_by_nobody() -> None:
    """AGR-09: bought on the portal it is another contract, which a person must see."""
    claim = classify(paper(("岚云运营的 Office 365 在线服务标准协议", "（在线直购版）文本版本：2026-01")), packs())
    assert (claim.type, claim.rivals) == (None, ())
    assert (
        classify(paper(("岚云运营的 Office 365 在线服务标准协议", "（经销渠道版）")), packs()).type
        == "service_agreement"
    )


def test_a_sales_contract_is_set_aside_unread() -> None:
    document = paper(SAMPLES["sales_contract"])
    found = extract(document, pack("sales_contract"))
    assert found == Extraction()
    review = validate(
        Facts(document=document, classification=classify(document, packs()), extraction=found), packs(), world()
    )
    assert [(f.rule, f.outcome, f.severity) for f in review.findings] == [("IN-09", "pass", "info")]


def test_who_stands_behind_a_bare_label_is_not_guessed() -> None:
    """As many banks print it: payer and payee side by side, both labelled 户名 and 账号."""
    rows = (
        ("付款人", "户名", "青禾医疗器械（深圳）有限公司", "收款人", "户名", "蓝鲸信息技术（北京）有限公司"),
        ("", "账号", "6200000000000000031", "", "账号", "6200000000000000022"),
    )
    table = Table(rows=tuple(tuple(Cell(text=text) for text in row) for row in rows))
    document = paper(("虚构银行电子回单",), "pdf", (table,))
    assert classify(document, packs()).type == "payment_slip"
    found = extract(document, pack("payment_slip"))
    assert not {"payer_name", "payee_name", "payer_account", "payee_account"} & set(found.fields)


@pytest.mark.parametrize(
    ("memo", "number"),
    [
        ("PO-20260928-001", "PO-20260928-001"),
        ("货款po-20260928-001第一笔", "PO-20260928-001"),
        ("PO-20260928-001、PO-20260928-002", None),
        ("PO-20260928-0012", None),
        ("货款", None),
    ],
)
def test_the_one_order_number_in_a_memo(memo: str, number: str | None) -> None:
    found = extract(paper(("电子回单", f"附言：{memo}")), pack("payment_slip"))
    assert values(found).get("po_no") == number
    assert keys_of(case_type(), "payment_slip", found.fields).get("order_number") == number


def test_the_papers_find_their_case() -> None:
    for kind, key in (
        ("payment_slip", "order_number"), ("transmittal_cover", "order_number"), ("opening_result", "order_number"),
        ("invoice", "order_number"), ("acknowledgement", "order_number"), ("questionnaire", "customer_uscc"),
        ("stop_confirmation", "customer_uscc"), ("licence", "customer_uscc"), ("power_of_attorney", "customer_name"),
    ):  # fmt: skip
        found = extract(paper(SAMPLES[kind], MEDIA.get(kind, "pdf")), pack(kind))
        assert next(iter(keys_of(case_type(), kind, found.fields)), None) == key, kind


def test_a_slip_without_an_order_number_finds_no_case() -> None:
    lines = [line for line in SAMPLES["payment_slip"] if "PO-" not in line]
    found = extract(paper(lines), pack("payment_slip"))
    assert set(keys_of(case_type(), "payment_slip", found.fields)) == {"payment_serial"}


def test_the_rows_of_a_cover_and_of_an_opening() -> None:
    rows = (("序号", "文件", "份数", "页数"), ("1", "服务协议", "1", "8"), ("2", "采购订单", "1", "3"))
    table = Table(rows=tuple(tuple(Cell(text=text) for text in row) for row in rows))
    found = values(extract(paper(SAMPLES["transmittal_cover"], "docx", (table,)), pack("transmittal_cover")))
    assert (found["items.1.document"], found["items.2.document"], found["items.2.copies"]) == (
        "服务协议",
        "采购订单",
        "1",
    )
    assert found["po_no"] == "PO-20260928-001"
    opened = (("产品编号", "产品名称", "数量"), ("CN21V-E3-12M", "Office 365 企业版 E3", "80"))
    table = Table(rows=tuple(tuple(Cell(text=text) for text in row) for row in opened))
    found = values(extract(paper(SAMPLES["opening_result"], "docx", (table,)), pack("opening_result")))
    assert (found["lines.1.sku"], found["lines.1.qty"]) == ("CN21V-E3-12M", "80")


def test_an_export_is_known_by_its_keys() -> None:
    exported = paper((), "json").model_copy(update={"form": {"admin_upn": "a@b.partner.onmschina.cn", "po_no": "PO-1"}})
    assert classify(exported, packs()).type == "opening_result"
    ordered = paper((), "toml").model_copy(update={"form": {"customer_uscc": "91440300DEMC000316", "po_no": "PO-1"}})
    assert classify(ordered, packs()).type == "order_data"


def test_a_ticked_box_is_never_told_by_the_machine() -> None:
    found = extract(paper(SAMPLES["acknowledgement"]), pack("acknowledgement"))
    assert "decision" not in found.fields


def test_our_own_letters_are_not_taken_for_papers_that_come_in() -> None:
    """What may come back is the cover that the reseller fills in, and the slip that the customer seals."""
    back = {
        "transmittal_cover_out": "transmittal_cover",
        "datacentre_advice": "acknowledgement",
        "purchase_order": "purchase_order",
    }
    for file in sorted(Path(TEMPLATES).glob("csp_order/*/outgoing.docx")):
        claim = classify(paper(text_of(file.read_bytes()).splitlines()), packs())
        assert (claim.type, claim.rivals) == (back.get(file.parent.name), ()), file.parent.name
