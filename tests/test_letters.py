"""The letters of the order desk, written with the shipped packs for the fictional order of 28 September 2026."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docxtpl import DocxTemplate

from pipeline.cases.papers import CaseFacts, content, finished, number_of
from pipeline.cases.releases import Release
from pipeline.classify import classify
from pipeline.errors import GenerateError
from pipeline.extract import extract
from pipeline.generate import render, text_of
from pipeline.model import Bilingual, Facts, Finding
from pipeline.packs import Dossier, PaperSpec, Part
from pipeline.read import read
from tests.read.conftest import BlindReader, submission
from tests.rules.made import AGENT, CUSTOMER, ORDER, agreement, case_type, document, facts, order, pack, packs, world
from tests.simulator.forms_letters import LETTERS

CASE = "CS-2026-0001"
RECEIVED = date(2026, 9, 28)
DATED = {
    "O05": date(2026, 9, 29),
    "O05b": date(2026, 9, 30),
    "O13": date(2026, 9, 30),
    "O06": date(2026, 10, 9),
    "O07": date(2026, 10, 9),
    "O08": date(2026, 10, 9),
    "O08b": date(2026, 10, 30),
    "O12": date(2026, 10, 9),
    "O15": date(2026, 10, 22),
    "O10": date(2027, 8, 10),
}
LIFE = {
    "submitted": "2026-09-28",
    "complete": "2026-09-28",
    "billed": "2026-09-29",
    "payment_confirmed": "2026-09-30",
    "opened": "2026-10-09",
    "originals_due": "2026-10-09",
    "tenant_domain": "qinghemed.partner.onmschina.cn",
    "admin_upn": "admin@qinghemed.partner.onmschina.cn",
    "subscription_id": "SUB-0001",
    "subscription_start": "2026-10-10",
    "subscription_end": "2027-10-09",
    "copies": "2",
    "archive_location": "档案柜 A-12",
}
AMOUNTS = {"list": Decimal("115200.00"), "discount": Decimal("9216.00"), "net": Decimal("105984.00")}
COOPERATION = {
    "party_b_name": AGENT,
    "party_b_uscc": "91110108DEMB00022E",
    "party_b_address": "北京市海淀区虚构大街 20 号",
    "legal_rep": "陈立群",
    "contact": "陈立群",
    "phone": "13900000002",
    "email": "chen@example.com",
    "bank_account": "6200000000000000022",
}
HISTORY = (
    ("2026年9月28日 10:12", "收到材料 3 份，审核通过"),
    ("2026年9月29日 09:30", "付款通知书 CS-2026-0001-O05-1 放行（周明远）"),
    ("2026年9月30日 15:10", "财务确认到账 105,984.00 元"),
    ("2026年10月9日 11:00", "服务开通，当日告知客户与代理商"),
    ("2026年10月22日 14:20", "原件核对一致，归档"),
)

RELEASED = (
    Release(number="CS-2026-0001-O02-1", at="2026-09-28T10:20:00+08:00", files={"O02-1.docx": "f" * 64}),
    Release(
        number="CS-2026-0001-O05-1", at="2026-09-29T09:30:00+08:00", by="周明远",
        files={"O05-1.docx": "d" * 64, "O05-1.eml": "e" * 64},
    ),
)  # fmt: skip


def told(rule: str, found: str, required: str, fix: str, outcome: Any = "unsure") -> Finding:
    words = {name: Bilingual(zh=text, en=text) for name, text in (("required", required), ("fix", fix))}
    return Finding(rule=rule, outcome=outcome, severity="hold", message=Bilingual(zh=found, en=found), **words)


MIGRATION = (
    told(
        "MIG-02", "原有订阅为世纪互联版在线直购，含邮箱", "停用原账号、重新订购、迁移数据", "提交停用确认或带日期的计划"
    ),
    told("MIG-05", "沿用自有域名 qinghe-med.cn", "域名须先移出原租户", "清空域名后再验证，安排切换时间"),
)
CENTRE = (
    told("DC-02", "境外关联公司已有租户，客户改用 qinghe-med.cn", "须告知两个组织互不同步", "签署客户风险确认书"),
    told("DC-04", "国内用户占比 30%，经常出差境外", "建议国际版，或由客户书面确认", "签署客户风险确认书，或撤回订单"),
)
LOCKED = told(
    "DIST-01", "该客户于 2026-05-11 经示例北斗云（北京）科技有限公司开通，未满一年", "一年内不得更换云总代",
    "2027-05-11 之后可重新下单，或由原总代续订", "fail",
)  # fmt: skip


def order_data() -> Facts:
    values = {key: text for key, text in ORDER.items() if pack("order_data").column(key) is not None}
    return facts("order_data", values, document("toml", pages=1))


def named(part: Facts, name: str, digit: str) -> Part:
    """The same document under a file name of its own."""
    submission = part.document.submission.model_copy(update={"name": f"2026-09/{name}", "sha256": digit * 64})
    return Part(part.model_copy(update={"document": part.document.model_copy(update={"submission": submission})}), ())


def case(*extra: Finding, **changes: Any) -> CaseFacts:
    """The order of the distributor's desk with every date it can have."""
    parts = (
        named(agreement(), "青禾 服务协议.pdf", "a"),
        named(order(), "采购订单 PO-20260928-001.pdf", "b"),
        named(order("docx"), "采购订单 PO-20260928-001.docx", "c"),
    )
    whole = CaseFacts(
        CASE,
        Dossier(parts),
        extra,
        RECEIVED,
        label=f"{CUSTOMER} · PO-20260928-001",
        life=LIFE,
        amounts=AMOUNTS,
        reminders={"ORIG-01": 2, "TERM-04": 1},
        originals=("service_agreement:scan", "purchase_order:scan"),
        history=HISTORY,
        released=RELEASED,
    )
    return replace(whole, **changes)


def onboarding(**changes: Any) -> CaseFacts:
    """A cooperation agreement on its own."""
    part = Part(facts("cooperation_agreement", COOPERATION, document(pages=4)), ())
    life = {"numbered": "2026-09-30", "originals_due": "2026-09-30", "agreement_no": "XHY-CSP-2026-0042"}
    return replace(CaseFacts("CS-2026-0002", Dossier((part,)), (), RECEIVED, life=life), **changes)


def reselling(*extra: Finding) -> CaseFacts:
    """The same order at the reseller's desk."""
    parts = (named(agreement(), "青禾 服务协议.pdf", "a"), named(order_data(), "order.toml", "d"))
    return case(*extra, dossier=Dossier(parts))


def cases(spec: PaperSpec) -> CaseFacts:
    """A case in which this paper is due."""
    if spec.code == "O13":
        return onboarding()
    extra = {"O09": MIGRATION, "O11": CENTRE, "O14": (LOCKED,)}.get(spec.code, ())
    if spec.profile == "reseller":
        return reselling(*extra)
    life = dict(LIFE)
    if spec.code == "O05b":
        life |= {"payment_differs": "2026-09-30", "amount_received": "100,000", "payment_difference": "5984.00"}
    if spec.code == "O14":
        life["refused"] = "2026-09-29"
    missing = ("purchase_order:electronic",) if spec.code == "O02" else ()
    return case(*extra, life=life, missing=missing)


def papers() -> list[PaperSpec]:
    return [spec for spec in case_type().papers if spec.pack in LETTERS]


def paper(code: str, profile: str = "distributor") -> PaperSpec:
    return next(spec for spec in papers() if (spec.code, spec.profile) == (code, profile))


def data_of(spec: PaperSpec, whole: CaseFacts) -> Mapping[str, Any]:
    dated = DATED.get(spec.code, RECEIVED)
    body = content(spec, case_type(), whole, world(spec.profile))
    number = number_of(spec, case=whole.id, seq=1, dated=dated, daily=1)
    return finished(spec, body, whole, number=number, dated=dated)


def written(spec: PaperSpec, whole: CaseFacts) -> bytes:
    template = pack(spec.pack).outgoing
    assert template is not None
    return render(template, data_of(spec, whole), DATED.get(spec.code, RECEIVED))


def letter(code: str, whole: CaseFacts | None = None, profile: str = "distributor") -> str:
    spec = paper(code, profile)
    return text_of(written(spec, cases(spec) if whole is None else whole))


every_letter = pytest.mark.parametrize("spec", papers(), ids=lambda spec: f"{spec.code}-{spec.profile}")

CONTAINS: Mapping[str, tuple[str, ...]] = {
    "O02": (
        CASE, "青禾 服务协议.pdf", "服务协议（扫描件）", "aaaaaaaa", "采购订单（电子档）", "2026年9月29日",
        "期望开通日：2026年10月15日", "最迟提交日：2026年10月9日",
    ),
    "O05": (
        "PO-20260928-001", "XHY-CSP-2026-0042", CUSTOMER, AGENT, "Office 365 企业版 E3", "115,200.00", "9,216.00",
        "105,984.00", "人民币壹拾壹万伍仟贰佰元整", "人民币玖仟贰佰壹拾陆元整", "人民币壹拾万伍仟玖佰捌拾肆元整",
        "星河云（上海）数字科技有限公司", "虚构银行上海示例支行", "6200000000000000013", "附言请注明",
        "有效期至2026年10月9日", "于2026年9月29日到账的，不迟于2026年10月9日开通", "3 个工作日内开通",
        "最迟提交日2026年10月9日", "回拨", "盖章处",
    ),
    "O05b": (
        "105,984.00", "100,000.00", "5,984.00", "人民币伍仟玖佰捌拾肆元整", "人民币壹拾万元整", "少付",
        "补汇", "****0013", "2026年10月13日", "盖章处",
    ),
    "O06": (
        CUSTOMER, "陈立群", "qinghemed.partner.onmschina.cn", "CN21V-E3-12M", "Office 365 商业协作版", "80", "20",
        "2026年10月10日至2027年10月9日", "2026年10月9日", "承诺开通日", "符合到款后 3 个工作日内开通的承诺",
        "账号与密码已直接发送给客户管理员，本邮件不含密码", "2026年10月22日前寄出原件", "《服务协议》、《采购订单》",
    ),
    "O07": (
        "portal.partner.microsoftonline.cn", "login.partner.microsoftonline.cn", "admin@qinghemed.partner.onmschina.cn",
        "MFA", "DNS", "400-089-0365", "陈立群", "初始密码由开通方通过单独渠道发送给林若青，本函不含密码",
        "立即修改初始密码",
    ),
    "O08": (
        "服务协议", "采购订单", "首次通知", "上海市浦东新区示例路 1 号", "2026年10月22日", "《原件寄送清单》",
        "暂缓受理",
    ),
    "O08b": ("第 2 次催寄", "2026年10月22日", "暂缓受理"),
    "O09": (
        "两个账号（租户）", "第三方迁移工具", "MX", "先重新订购、再停用原账号", "不对任何工具的效果作出保证",
        "由谁办理",
        "本建议依据2026年9月28日所知的情况",
    ),
    "O10": (
        "2027年10月9日到期", "第 1 次提醒", "自2026年1月1日起施行", "最迟提交日", "Office 365 企业版 E3",
    ),
    "O11": (
        "国内用户占比", "DC-04", "带宽", "通讯簿和日历不同步", "两个不同组织", "web-direct", "客户风险确认书",
        "客户（盖章处）",
        "仍按原订单订购", "撤回原订单", "由贵司自行决定",
    ),
    "O12": (
        CASE, "PO-20260928-001", "XHY-CSP-2026-0042", "快递公司", "快递单号", "寄出日期", "份数", "页数", "服务协议",
    ),
    "O13": (
        "XHY-CSP-2026-0042", "2026年1月5日至2028年12月31日", "陈立群", "合作协议首次签署即可，以后下单填写此编号",
        "2026年10月20日", "盖章处",
    ),
    "O14": ("DIST-01", "不予受理", "2027-05-11 之后可重新下单", "不对文件的法律效力作出判断", "盖章处"),
    "O15": (
        "a" * 64, "财务确认到账", "档案柜 A-12", "不早于2036年10月22日", "2026年10月22日", "服务协议",
        "CS-2026-0001-O05-1", "O05-1.docx", "O05-1.eml", "d" * 64, "e" * 64, "2026-09-29", "周明远", "f" * 64, "系统",
    ),
}  # fmt: skip
FORBIDDEN = ("无效", "伪造", "假章", "None", "{{", "暂定（", "6200000000000000022")
NOT_IN: Mapping[str, tuple[str, ...]] = {
    "O02": ("通过", "不合格", "PASS", "FAIL", "¥", "SEAL-"),
    "O06": ("admin@", "¥", "115,200", "96,000", "1,200", "9,216"),
    "O07": ("¥", "元", "115,200", "105,984", "96,000", "1,200", "折扣", "价格"),
    "O08": ("¥", "admin@"),
    "O09": ("admin@", "¥", "保证迁移成功"),
    "O10": ("¥", "1,200"),
    "O11": ("¥", "毛利", "利润", "折扣", "务必"),
    "O14": ("¥", "折扣率"),
    "O15": ("密码",),
}


@every_letter
def test_a_letter_says_what_it_must_and_nothing_it_must_not(spec: PaperSpec) -> None:
    text = text_of(written(spec, cases(spec)))
    plain = text.replace("\n", "")
    assert not [words for words in CONTAINS[spec.code] if words not in plain]
    assert not [words for words in (*FORBIDDEN, *NOT_IN.get(spec.code, ())) if words in plain]


def test_a_manifest_has_the_hash_of_every_paper_that_came_in() -> None:
    for profile, digits in (("distributor", "abc"), ("reseller", "ad")):
        text = letter("O15", profile=profile).replace("\n", "")
        assert all(digit * 64 in text for digit in digits)


@every_letter
def test_its_template_asks_for_nothing_that_is_not_given(spec: PaperSpec) -> None:
    template = pack(spec.pack).outgoing
    assert template is not None
    asked = DocxTemplate(template).get_undeclared_template_variables()
    assert asked <= set(data_of(spec, cases(spec)))


@every_letter
def test_a_variable_that_is_missing_stops_it(spec: PaperSpec) -> None:
    template = pack(spec.pack).outgoing
    assert template is not None
    data = dict(data_of(spec, cases(spec)))
    for name in DocxTemplate(template).get_undeclared_template_variables():
        with pytest.raises(GenerateError, match=name):
            render(template, {key: value for key, value in data.items() if key != name}, RECEIVED)


@every_letter
def test_every_amount_stands_in_digits_and_in_words(spec: PaperSpec) -> None:
    text = text_of(written(spec, cases(spec)))
    amounts = [words for words in re.findall(r"¥(-?[\d,]+\.\d\d)", text) if words]
    capitals = re.findall(r"人民币[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]+", text)
    assert len(amounts) == len(capitals)
    assert bool(amounts) == (spec.code in ("O05", "O05b"))


@pytest.mark.parametrize("code", ["O06", "O07", "O10"])
def test_a_password_among_the_values_of_the_opening_stops_it(code: str) -> None:
    with pytest.raises(GenerateError, match="password"):
        letter(code, case(life={**LIFE, "tenant_domain": "初始密码:Abc@1234"}))


def test_papers_leave_by_themselves_only_where_policy_allows() -> None:
    auto = {spec.code for spec in case_type().papers if spec.release == "auto"}
    assert auto == {"O02", "O06", "O08", "O10", "O12", "O15"}


def test_what_release_does_to_the_case() -> None:
    events = {(spec.code, spec.event) for spec in case_type().papers if spec.event}
    assert events == {("O03", "corrected"), ("O05", "billed"), ("O09", "migration_advised")}


def test_the_account_comes_from_the_register_only() -> None:
    spec = paper("O05")
    for name in ("payee_name", "payee_bank", "payee_account"):
        assert all(source.startswith("register:operator.") for source in spec.values[name])
    kinds = {name for other in papers() for name, sources in other.values.items() if "bank_account" in str(sources)}
    assert kinds == {"payee_account", "account_tail"}


def test_mail_goes_to_the_contact_that_is_registered() -> None:
    for spec in papers():
        if spec.mail and spec.profile == "distributor" and spec.code not in ("O07", "O13"):
            assert spec.mail[0].startswith("register:agreements.agent_email[")
    assert not any("agent" in source for source in paper("O07").mail)


def address(spec: PaperSpec, whole: CaseFacts) -> str:
    only = spec.model_copy(update={"body": (), "values": {"to": spec.mail}})
    return str(content(only, case_type(), whole, world(spec.profile))["to"])


@every_letter
def test_a_letter_that_is_mailed_has_an_address_and_a_subject(spec: PaperSpec) -> None:
    assert bool(spec.mail) == bool(spec.subject) == (spec.code not in ("O12", "O15"))
    if spec.mail:
        to_customer = spec.code == "O07" or spec.profile == "reseller"
        assert address(spec, cases(spec)) == ("lin@example.com" if to_customer else "chen@example.com")
        assert spec.subject.format(number="N", label="青禾", case=CASE).startswith("【")


def test_a_receipt_for_nobody_we_know_stays_at_our_desk() -> None:
    unknown = case(dossier=Dossier((named(agreement(reseller_name=None), "x.pdf", "a"),)))
    assert address(paper("O02"), unknown) == "orders@example.com"
    assert "提交单位" in letter("O02", unknown)


def test_a_payment_notice_needs_the_amount() -> None:
    with pytest.raises(GenerateError, match="no value for list_total"):
        letter("O05", case(amounts={}))


def test_too_much_money_is_not_asked_for_again() -> None:
    life = {**LIFE, "payment_differs": "2026-09-30", "amount_received": "110000", "payment_difference": "-4016.00"}
    text = letter("O05b", case(life=life))
    assert "多付 人民币肆仟零壹拾陆元整" in text
    assert "退款只退回原付款账户" in text
    assert "补汇" not in text


def test_a_late_opening_is_admitted() -> None:
    late = {**LIFE, "opened": "2026-10-12", "originals_due": "2026-10-12"}
    text = letter("O06", case(life=late))
    assert "未能在到款后 3 个工作日内开通，我司谨致歉意" in text
    assert "符合" not in text


def test_the_dates_of_the_opening_count_not_those_wished_for() -> None:
    text = letter("O06")
    assert "2026年10月15日" not in text
    assert "2027年10月14日" not in text


def test_an_expiry_says_so_and_gives_no_rule() -> None:
    text = letter("O14", case(life={**LIFE, "expired": "2026-10-26"}))
    assert "终止办理" in text
    assert "案件期满终止" in text
    assert "不予受理。" not in text
    assert "见上表" not in text


def test_a_reason_a_person_gave_stands_in_the_refusal() -> None:
    text = letter("O14", case(LOCKED, life={**LIFE, "refused": "2026-09-29", "refusal_reason": "锁定期未满。"}))
    assert "理由：锁定期未满。" in text


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        (("MIG-01b",), ("两个独立的平台", "不必迁移邮件"), ("第三方迁移工具", "在线直购的订阅", "其他总代开通")),
        (("MIG-02b",), ("不必迁移邮件", "在线直购的订阅"), ("第三方迁移工具",)),
        (("MIG-04", "MIG-05"), ("不能在总代之间转移", "移出"), ("在线直购的订阅", "两个独立的平台")),
    ],
)
def test_migration_advice_fits_the_situation(rules: Iterable[str], said: Iterable[str], unsaid: Iterable[str]) -> None:
    text = letter("O09", case(*(told(rule, "情况", "要求", "建议") for rule in rules)))
    assert not [words for words in said if words not in text]
    assert not [words for words in unsaid if words in text]


def test_the_customer_is_told_nothing_of_the_discount_on_renewal() -> None:
    assert "折扣" in letter("O10")
    assert "折扣" not in letter("O10", profile="reseller")


def test_the_same_domain_abroad_can_only_be_ordered_there() -> None:
    text = letter("O11", case(told("DC-01", "同一域名", "要求", "建议", "fail")))
    assert "只能在境外公司购买的数据中心订购" in text
    assert "通讯簿" not in text


def test_a_reminder_for_an_agreement_names_its_number_and_its_paper() -> None:
    text = letter("O08b", onboarding(reminders={"ORIG-01": 1}))
    assert "XHY-CSP-2026-0042 已于2026年9月30日登记编号" in text
    assert "合作协议" in text
    assert "2026年10月20日" in text
    assert "采购订单" not in text


def test_a_cover_is_filled_in_where_the_courier_is_known() -> None:
    life = {**LIFE, "courier": "示例快递", "tracking_no": "SF0000000001", "originals_sent": "2026-10-12"}
    text = letter("O12", replace(reselling(), life=life), "reseller")
    assert "SF0000000001" in text
    assert "2026年10月12日" in text


@pytest.mark.parametrize("name", ["payment_notice", "payment_difference", "agreement_number_notice", "refusal_notice"])
def test_a_paper_that_will_be_sealed_has_a_place_for_it(name: str) -> None:
    assert LETTERS[name].sealed


def test_no_letter_bears_a_picture() -> None:
    for name in LETTERS:
        assert not list(DocxTemplate(pack(name).outgoing).get_docx().inline_shapes)


def test_the_cover_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    life = {**LIFE, "courier": "示例快递", "tracking_no": "SF0000000001", "originals_sent": "2026-10-12"}
    path = tmp_path / "cover.docx"
    path.write_bytes(written(paper("O12", "reseller"), replace(reselling(), life=life)))
    read_back = read(path, submission(path), BlindReader()).document
    assert classify(read_back, packs()).type == "transmittal_cover"
    fields = {name: value.value for name, value in extract(read_back, pack("transmittal_cover")).fields.items()}
    wanted = {
        "po_no": "PO-20260928-001", "coop_no": "XHY-CSP-2026-0042", "tracking_no": "SF0000000001",
        "courier": "示例快递", "sent_on": "2026-10-12", "items.1.document": "服务协议", "items.2.document": "采购订单",
        "items.2.copies": "1",
    }  # fmt: skip
    assert {name: fields.get(name) for name in wanted} == wanted


@every_letter
def test_no_letter_of_ours_is_taken_for_a_paper_of_the_case(spec: PaperSpec, tmp_path: Path) -> None:
    path = tmp_path / "letter.docx"
    path.write_bytes(written(spec, cases(spec)))
    found = classify(read(path, submission(path), BlindReader()).document, packs())
    assert found.type == ("transmittal_cover" if spec.code == "O12" else None)
