"""The worked order of the documentation, day by day, and what becomes of it when one thing is wrong."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from pipeline.errors import GenerateError, RefusedError
from pipeline.flow.proof import prove
from pipeline.model import Facts, Observations
from tests.flow.walk import Walk
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    PAGES,
    PLACE,
    agreement,
    comparison,
    document,
    facts,
    order,
    pack,
    packs,
    seal,
    straddle,
    world,
)

NET = "105984.00"
AT = datetime(2026, 9, 28, 9, tzinfo=UTC)
CUSTOM = {"users_cn_pct": "85%"}
SLIP = {
    "payer_name": AGENT, "payer_account": "6200000000000000022", "payee_name": "星河云（上海）数字科技有限公司",
    "amount": "105,984.00", "amount_capitals": "人民币壹拾万伍仟玖佰捌拾肆元整", "currency": "CNY",
    "paid_on": "2026-09-30", "serial": "SN20260930000001", "memo": "PO-20260928-001", "po_no": "PO-20260928-001",
}  # fmt: skip
RESULT = {
    "po_no": "PO-20260928-001", "tenant_domain": "qinghemed.partner.onmschina.cn",
    "admin_upn": "admin@qinghemed.partner.onmschina.cn", "subscription_id": "SUB-000042", "opened_at": "2026-10-09",
    "start": "2026-10-10", "end": "2027-10-09", "lines.1.sku": "CN21V-E3-12M", "lines.1.qty": "80",
    "lines.2.sku": "CN21V-BE-12M", "lines.2.qty": "20",
}  # fmt: skip


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    with Walk(tmp_path) as desk:
        yield desk


def dossier(**changes: str | None) -> list[Facts]:
    return [agreement(), order(**{**CUSTOM, **changes}), order("docx", **{**CUSTOM, **changes})]


def slip(walk: Walk, **changes: str) -> Facts:
    account = str(walk.judged().case_type.registers["operator"][0]["bank_account"])  # type: ignore[union-attr]
    return facts("payment_slip", {**SLIP, "payee_account": account, **changes}, document(pages=1))


def result(**changes: str) -> Facts:
    return facts("opening_result", {**RESULT, **changes}, document("docx", pages=1))


def to_payment(walk: Walk) -> None:
    walk.drop(*dossier())
    walk.at(date(2026, 9, 29))
    walk.decide("release", "O05-1", by="李放行")


def to_paid(walk: Walk) -> None:
    to_payment(walk)
    walk.at(date(2026, 9, 30), time(15, 10))
    walk.decide("payment_confirmed", by="王财务", values={"amount_received": NET})


def test_the_worked_order_goes_from_the_dossier_to_the_archive(walk: Walk) -> None:
    walk.drop(*dossier())
    assert walk.state == "accepted"
    assert walk.due() == {"PAY-01": date(2026, 9, 29), "SLA-02": date(2026, 10, 10)}
    assert {code: paper.status for code, paper in walk.papers().items()} == {"O02": "released", "O05": "draft"}

    walk.at(date(2026, 9, 29))
    walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "awaiting_payment"
    assert walk.due()["PAY-10"] == date(2026, 10, 9)
    notice = walk.text("O05")
    for words in ("105,984.00", "人民币壹拾万伍仟玖佰捌拾肆元整", "115,200.00", "9,216.00", "PO-20260928-001", AGENT):
        assert words in notice

    walk.at(date(2026, 9, 30), time(15, 10))
    walk.drop(slip(walk))
    assert walk.state == "payment_claimed"
    walk.decide("payment_confirmed", by="王财务", values={"amount_received": NET})
    assert walk.state == "paid"
    assert walk.due()["SLA-01"] == date(2026, 10, 10), "1-7 October are off, Saturday the 10th is a working day"

    walk.at(date(2026, 10, 9))
    walk.drop(result())
    assert walk.state == "opened"
    assert walk.life.values["admin_upn"] == RESULT["admin_upn"]
    assert walk.due()["ORIG-01"] == date(2026, 10, 22)
    papers = walk.papers()
    assert (papers["O06"].status, papers["O07"].status) == ("released", "draft")
    for code in ("O06", "O07"):
        assert not re.search(r"密码\s*[:：]\s*\S", walk.text(code))
    assert RESULT["admin_upn"] not in walk.text("O06"), "the reseller never gets the administrator's account"
    assert "2026年10月22日" in walk.text("O06")
    assert "breached" not in walk.kinds()

    walk.decide("release", "O07-1", by="李放行")
    walk.decide("told_reseller", by="赵开通")
    walk.decide("told_customer", by="赵开通", values={"channel": "电话", "recipient": "林若青"})
    assert walk.state == "awaiting_originals"
    assert "O08" in walk.papers()

    walk.at(date(2026, 10, 22))
    walk.decide("originals_verified", by="孙档案", values={"copies": "2", "archive_location": "A-12"})
    assert walk.state == "closed"
    manifest = walk.text("O15")
    for words in ("A-12", "《服务协议》"[1:-1], "检查结论：已通过", "放行文件 CS-2026-0001-O05-1（李放行）", "系统"):
        assert words in manifest
    outgoing = walk.settings.outbox / walk.case / "outgoing"
    for file in (*outgoing.glob("O0[2567]-1.*"), *outgoing.glob("O08-1.*"), *outgoing.glob("O12-1.*")):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in manifest, file.name
    assert walk.due() == {"TERM-04": date(2027, 10, 9)}

    assert walk.at(date(2027, 8, 9)) == []
    renewal, closed = walk.at(date(2027, 8, 10))
    assert (closed, renewal) == (walk.case, "CS-2027-0001")
    assert walk.papers()["O10"].status == "released"
    assert walk.papers()["O15"].seq == 1, "what happens later is no other manifest"
    with closing(walk.store) as store:
        assert store.case(renewal).state == "incomplete"
        assert CUSTOMER in store.case(renewal).label
        assert store.chain().problems == ()


def test_the_reports_of_the_walk_show_way_deadline_and_what_may_be_typed(walk: Walk) -> None:
    to_payment(walk)
    page = (walk.settings.outbox / walk.case / "report.html").read_text("utf-8")
    assert f"countersign decide {walk.case} payment_confirmed --set amount_received=…" in page
    assert "2026-10-09" in page
    index = (walk.settings.outbox / "index.html").read_text("utf-8")
    assert "代理商付款" in index
    assert 'data-state="awaiting_payment"' in index


@pytest.mark.parametrize(
    ("papers", "state", "rule"),
    [
        ([agreement(straddle=straddle(form="missing_slices", missing_pages=(7,)))], "needs_correction", "SEAL-03"),
        ([agreement(straddle=straddle(form="cropped"))], "needs_review", "SEAL-03"),
        ([agreement(comparison=comparison(missing=(4,)))], "needs_correction", "AGR-01"),
        ([agreement(seals=(seal(AGENT),))], "needs_correction", "SEAL-02"),
        ([agreement(seals=(seal(kind="finance"),))], "needs_correction", "SEAL-04"),
    ],
)
def test_a_twin_with_one_defect_in_the_agreement(walk: Walk, papers: list[Facts], state: str, rule: str) -> None:
    walk.drop(*papers, *dossier()[1:])
    assert walk.state == state
    found = [item.rule for part in walk.judged().dossier.parts for item in part.findings if item.outcome != "pass"]
    assert any(item.startswith(rule) for item in found)
    assert ("O03" in walk.papers()) == (state == "needs_correction")
    assert "O05" not in walk.papers()


@pytest.mark.parametrize(
    ("changes", "state", "rule"),
    [
        ({"total_capitals": "人民币壹拾壹万贰仟伍佰元整"}, "needs_correction", "PO-05"),
        ({"total_capitals": "人民币壹拾壹万伍仟贰佰圆正"}, "accepted", ""),
        ({"billing": "月付"}, "needs_correction", "TERM-01"),
        ({"tenant_domain": "qinghemed.onmicrosoft.com"}, "needs_correction", "PO-10"),
        ({"coop_no": "XHY-CSP-2025-0017"}, "needs_correction", "COOP-03"),
        ({"users_cn_pct": "30%"}, "needs_review", "DC-04"),
        ({"affiliate": "same"}, "needs_correction", "DC-01"),
        ({"prev_edition": "国际版", "prev_mailbox": "是"}, "needs_review", "DC-07"),
    ],
)
def test_a_twin_with_one_defect_in_the_order(walk: Walk, changes: dict[str, str], state: str, rule: str) -> None:
    if "affiliate" in changes:
        changes = {"affiliate": pack("purchase_order").fields["affiliate"].options["same"][0]}
    walk.drop(*dossier(**changes))
    assert walk.state == state
    judged = walk.judged()
    bad = [item.rule for part in judged.dossier.parts for item in part.findings if item.outcome in ("fail", "unsure")]
    bad += [item.rule for item in judged.findings if item.outcome in ("fail", "unsure")]
    assert not rule or any(item.startswith(rule) for item in bad), bad
    assert ("O05" in walk.papers()) == (state == "accepted")


def test_a_migration_is_advised_once_the_papers_are_accepted(walk: Walk) -> None:
    walk.drop(*dossier(prev_edition="国际版", prev_mailbox="是"))
    assert "O09" not in walk.papers()
    walk.decide("accept", "DC-07", reason="客户电话确认无出差、无境外关联公司")
    assert walk.state == "accepted"
    assert "第三方" in walk.text("O09")


def test_a_customer_opened_elsewhere_five_months_ago_is_refused_with_the_day_the_lock_ends(walk: Walk) -> None:
    locked = {"customer_name": "示例青瓷贸易（宁波）有限公司", "customer_uscc": "91330203DEMG00078M"}
    paper = agreement(None, seals=(seal(locked["customer_name"]),), **locked)
    walk.drop(paper, order(**CUSTOM, **locked), order("docx", **CUSTOM, **locked))
    assert walk.state == "needs_correction"
    assert "DIST-01" in walk.judged().situation.final
    with pytest.raises(RefusedError, match="cannot be accepted"):
        walk.decide("accept", "DIST-01", reason="老板同意")
    walk.decide("refused", by="钱经理", reason="锁定期未满")
    assert walk.state == "rejected"
    assert "2027年5月11日" in walk.text("O14") or "2027-05-11" in walk.text("O14")
    with pytest.raises(RefusedError, match="while the case is rejected"):
        walk.decide("payment_confirmed", values={"amount_received": NET})
    walk.decide("reopened", by="钱经理", reason="客户出示原总代的解除函")
    assert walk.state == "needs_correction"


def test_a_slip_to_another_account_is_never_confirmed(walk: Walk) -> None:
    to_payment(walk)
    walk.at(date(2026, 9, 30), time(15, 10))
    walk.drop(slip(walk, payee_account="6200000000000009999"))
    assert walk.state == "payment_claimed"
    with pytest.raises(RefusedError, match="PAY-04"):
        walk.decide("payment_confirmed", values={"amount_received": NET})
    with pytest.raises(RefusedError, match="cannot be accepted"):
        walk.decide("accept", "PAY-04", reason="电话确认过")


def test_a_payment_by_the_customer_is_not_confirmed(walk: Walk) -> None:
    to_payment(walk)
    walk.drop(slip(walk, payer_name=CUSTOMER))
    with pytest.raises(RefusedError, match=r"PAY-03|FLOW-01"):
        walk.decide("payment_confirmed", values={"amount_received": NET})


def test_an_underpayment_drafts_the_difference_and_waits(walk: Walk) -> None:
    to_payment(walk)
    walk.at(date(2026, 9, 30))
    walk.decide("payment_differs", by="王财务", values={"amount_received": "100000.00"})
    assert walk.state == "awaiting_payment"
    assert "5,984.00" in walk.text("O05b")
    walk.decide("payment_confirmed", by="王财务", values={"amount_received": NET})
    assert walk.state == "paid"


def test_an_opening_that_differs_from_the_order_waits_for_a_person(walk: Walk) -> None:
    to_paid(walk)
    walk.at(date(2026, 10, 9))
    walk.drop(result(**{"lines.1.qty": "60"}))
    assert walk.state == "paid"
    with pytest.raises(RefusedError, match="GEN-10a"):
        walk.decide("opened", values=opening())
    walk.decide("accept", "GEN-10a", reason="代理商书面减订 20 用户")
    assert walk.state == "opened", "the result is in order now, as a person says"


def opening() -> dict[str, str]:
    return {
        "tenant_domain": RESULT["tenant_domain"],
        "admin_upn": RESULT["admin_upn"],
        "subscription_start": RESULT["start"],
        "subscription_end": RESULT["end"],
    }


@pytest.mark.parametrize(
    ("reason", "values"),
    [("密码：Abc@1234", {}), ("", {"initial_password": "x"}), ("", {"channel": "电话告知，密码为 Q1w2e3r4"})],
)
def test_a_password_typed_by_mistake_is_not_recorded(walk: Walk, reason: str, values: dict[str, str]) -> None:
    to_paid(walk)
    before = walk.kinds()
    with pytest.raises(RefusedError, match="password"):
        walk.decide("opened", reason=reason, values={**opening(), **values})
    assert walk.kinds() == before


def test_a_late_opening_is_breached_and_says_so(walk: Walk) -> None:
    to_paid(walk)
    assert walk.at(date(2026, 10, 12)) == [walk.case]
    assert "breached" in walk.kinds()
    walk.decide("opened", by="赵开通", values=opening())
    assert walk.state == "opened"


def test_no_money_in_ten_days_lapses_and_the_next_notice_has_a_number_of_its_own(walk: Walk) -> None:
    to_payment(walk)
    walk.at(date(2026, 10, 10))
    assert walk.state == "accepted"
    papers = walk.papers()
    assert (papers["O05"].seq, papers["O05"].status) == (2, "draft")
    with pytest.raises(RefusedError, match="was released"):
        walk.decide("release", "O05-1")
    walk.decide("release", "O05-2", by="李放行")
    assert walk.state == "awaiting_payment"


def test_a_correction_round_is_one_notice_that_waits_for_the_doubts(walk: Walk) -> None:
    bad = agreement(straddle=straddle(form="cropped"))
    walk.drop(bad, *dossier(total_capitals="人民币壹拾壹万贰仟伍佰元整")[1:])
    assert walk.state == "needs_correction"
    with pytest.raises(RefusedError, match="SEAL-03"):
        walk.decide("release", "O03-1")
    walk.decide("refuse", "SEAL-03", reason="页边被裁，重新扫描")
    walk.decide("release", "O03-2", by="李放行")
    notice = walk.text("O03")
    assert "PO-05" in notice
    assert "SEAL-03" in notice
    assert walk.due()["NOTE-07"] == date(2026, 10, 10)
    walk.at(date(2026, 10, 8))
    walk.drop(*dossier())
    assert walk.state == "accepted", "new papers are judged anew; decisions about the old ones do not touch them"
    assert "NOTE-07" not in walk.due()


def test_no_answer_to_a_notice_ends_the_case(walk: Walk) -> None:
    walk.drop(*dossier(billing="月付"))
    walk.decide("release", "O03-1", by="李放行")
    walk.at(date(2026, 10, 24))
    assert walk.state == "expired"
    assert "O14" in walk.papers()


def test_a_decision_names_the_revision_it_was_made_on(walk: Walk) -> None:
    walk.drop(*dossier(users_cn_pct="30%"))
    rev = walk.judged().case.rev
    walk.drop(facts("questionnaire", {"customer_uscc": "91440300DEMC000316", "customer_name": CUSTOMER}, document()))
    with pytest.raises(RefusedError, match="has changed since"):
        walk.decide("accept", "DC-04", reason="x", rev=rev)


def test_an_agreement_signed_once_gets_a_number_of_its_own(walk: Walk) -> None:
    values = {
        "party_b_name": AGENT, "party_b_uscc": "91110108DEMB00022E", "party_b_address": "北京市海淀区虚构大街 20 号",
        "legal_rep": "陈立群", "contact": "陈立群", "phone": "13900000002", "email": "chen@example.com",
        "sign_date_b": "2026-09-25",
    }  # fmt: skip
    seen = {"seals": (seal(AGENT),), "straddle": straddle(), "comparison": comparison(), "signature_page": PAGES}
    observed = Observations.model_validate({**seen, "places": {"seal_b": (PAGES, PLACE)}})
    walk.drop(facts("cooperation_agreement", values, document(pages=PAGES), observed))
    assert walk.state == "accepted"
    assert "O05" not in walk.papers()
    with pytest.raises(RefusedError, match="register agreements"):
        walk.decide("numbered", values={"agreement_no": "XHY-CSP-2026-0042"})
    walk.decide("numbered", values={"agreement_no": "XHY-CSP-2026-0043"})
    assert walk.state == "numbered"
    assert "XHY-CSP-2026-0043" in walk.text("O13")
    assert walk.due()["ORIG-01"] == date(2026, 10, 16)
    walk.decide("originals_verified", values={"copies": "2", "archive_location": "B-1"})
    assert walk.state == "closed"


def test_a_slip_that_found_no_case_is_put_where_it_belongs(walk: Walk) -> None:
    to_payment(walk)
    case = walk.case
    memoless = slip(walk)
    fields = {key: value for key, value in memoless.extraction.fields.items() if key not in ("po_no", "memo", "serial")}
    walk.drop(memoless.model_copy(update={"extraction": memoless.extraction.model_copy(update={"fields": fields})}))
    stray = walk.case
    assert stray != case
    sha256 = walk.judged().rows[0].submission.sha256
    with pytest.raises(RefusedError, match="no case"):
        walk.decide("move", sha256[:8], reason="x", values={"to": "CS-2026-9999"})
    assert "moved here; state payment_claimed" in walk.decide(
        "move", sha256[:8], reason="代理商电话确认", values={"to": case}
    )
    assert walk.state == "cancelled"
    walk.case = case
    assert sha256 in {row.submission.sha256 for row in walk.judged().rows}
    with closing(walk.store) as store:
        assert store.chain().problems == ()


def test_a_draft_that_no_longer_says_what_the_case_says_is_not_released(walk: Walk, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(walk.settings.templates, templates)
    walk.settings = walk.settings.model_copy(update={"templates": templates})
    walk.drop(*dossier())
    rates = templates / "csp_order" / "registers" / "rates.toml"
    rates.write_text(rates.read_text("utf-8").replace('discount_pct = "8"', 'discount_pct = "5"'), "utf-8")
    with pytest.raises(RefusedError, match="no longer says"):
        walk.decide("release", "O05-1", by="李放行")
    assert walk.state == "accepted"
    walk.generate("O05")
    walk.decide("release", "O05-2", by="李放行")
    assert "109,440.00" in walk.text("O05")
    assert walk.life.values["billed_amount"] == "109440.00"


def test_a_payment_notice_is_released_never_merely_recorded(walk: Walk) -> None:
    walk.drop(*dossier())
    with pytest.raises(RefusedError, match="release O05"):
        walk.decide("billed")
    assert walk.state == "accepted"


def test_a_reseller_follows_the_order_to_its_end(tmp_path: Path) -> None:
    with Walk(tmp_path, "reseller") as walk:
        fields = order("docx", **CUSTOM).extraction.fields
        values = {key: value.raw for key, value in fields.items() if key != "form_version"}
        walk.drop(agreement(), facts("order_data", values, document("toml")))
        walk.decide("billed", reason="总代付款通知 CS-2026-0001-O05-1")
        walk.decide("payment_confirmed", values={"amount_received": NET})
        walk.decide("opened", values=opening())
        assert "O12" in walk.papers()
        walk.decide("told_reseller")
        walk.decide("told_customer", values={"channel": "总代直接告知", "recipient": "林若青"})
        walk.decide("originals_sent", values={"courier": "顺丰", "tracking_no": "SF0000000001"})
        walk.decide("originals_verified", values={"copies": "2", "archive_location": "总代"})
        assert walk.state == "closed"
        assert "总代" in walk.text("O15")


def test_a_reseller_generates_an_order_that_passes_its_own_reading(tmp_path: Path) -> None:
    with Walk(tmp_path, "reseller") as walk:
        fields = order("docx", **CUSTOM).extraction.fields
        values = {key: value.raw for key, value in fields.items() if key != "form_version"}
        walk.drop(agreement(), facts("order_data", values, document("toml")))
        assert walk.state == "accepted"
        assert "人民币壹拾壹万伍仟贰佰元整" in walk.text("O01")


def test_an_order_that_would_fail_at_the_distributor_is_not_let_out(tmp_path: Path) -> None:
    with Walk(tmp_path, "reseller") as walk:
        fields = order("docx", **CUSTOM).extraction.fields
        values = {key: value.raw for key, value in fields.items() if key != "form_version"}
        walk.drop(agreement(), facts("order_data", values, document("toml")))
        judged = walk.judged()
        assert judged.case_type is not None
        good = (walk.settings.outbox / walk.case / "outgoing" / "O01-1.docx").read_bytes()
        shipped = (judged.case_type.packs["purchase_order"], packs(), world("reseller"), AT)
        prove(good, "O01-1.docx", *shipped)
        with pytest.raises(GenerateError, match="PO-05"):
            prove(replaced(good, "壹拾壹万伍仟贰佰元整", "壹拾贰万伍仟贰佰元整"), "O01-1.docx", *shipped)
        with pytest.raises(GenerateError, match="not recognised"):
            prove(replaced(good, "云服务产品采购订单", "采购单"), "O01-1.docx", *shipped)


def replaced(document: bytes, old: str, new: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(memory, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(old.encode(), new.encode()) if name.endswith(".xml") else content)
    return memory.getvalue()
