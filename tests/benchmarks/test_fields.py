"""The judge of read values and of spoilt dossiers, and the papers they are made from."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from benchmarks.crew import Crash, Done
from benchmarks.fields import tables
from benchmarks.fields.jobs import Condition, Job, Result, agreement_jobs, conditions, order_jobs
from benchmarks.fields.judge import Entry, Seen, form_of, judge, same
from benchmarks.measure import Miss, Rate
from benchmarks.plan import Plan
from benchmarks.product import tell
from pipeline.model import Bilingual, FieldValue, Finding, Outcome, Severity
from tests.simulator import fonts
from tests.simulator.dossier import Stamp
from tests.simulator.fictional import company
from tests.simulator.fictional_papers import TODAY, order, service_agreement
from tests.simulator.orders import write_docx
from tests.simulator.samples import ORDER_FORM
from tests.simulator.seals import SealSpec

FORM = form_of("purchase_order")
HERE, THERE = (10.0, 10.0, 60.0, 20.0), (10.0, 40.0, 60.0, 50.0)


def plan_of(tmp_path: Path, seed: int = 5, *, quick: bool = True) -> Plan:
    return Plan("x", seed, quick, workers=1, out=tmp_path, scratch=tmp_path, data=None)


def value(text: str, box: tuple[float, float, float, float] = HERE, problem: str | None = None) -> FieldValue:
    return FieldValue(value=text, raw=text, page=1, box=box, problem=problem, source="ocr")


def finding(
    outcome: Outcome,
    box: tuple[float, float, float, float] | None = None,
    rule: str = "PO-04a",
    severity: Severity = "block",
) -> Finding:
    words = Bilingual(zh="", en="")
    return Finding(rule=rule, outcome=outcome, severity=severity, message=words, page=1, box=box)


# --- values -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "meant", "told", "right"),
    [
        ("total", "115200.00", "115200.0", True),
        ("total", "115200.00", "115200.01", False),
        ("total_capitals", "115200.00", "112500.00", False),
        ("po_date", "2026-09-28", "2026-09-28", True),
        ("po_date", "2026-09-28", "2026-09-26", False),
        ("po_date", "2026-09-28", "28/09", False),
        ("billing", "一次性年付", "annual", True),
        ("billing", "年付", "monthly", False),
        ("currency", "CNY", "CNY", True),
        ("agent_phone", "0512-35483355-265", "051235483355265", True),
        ("agent_email", "It-Wen71@linhai.example", "it-wen71@linhai.example", True),
        ("agent_email", "it-wen71@linhai.example", "it-wen71@linhai.examp1e", False),
        ("agent_name", "青禾（深圳）有限公司", "青禾(深圳) 有限公司", True),
        ("agent_name", "青禾（深圳）有限公司", "青禾（深圳）有限责任公司", False),
        ("lines.qty", "60", "60", True),
        ("lines.qty", "60", "80", False),
        ("custom_domain", "", "", True),
        ("custom_domain", "", "qinghe.example", False),
        ("custom_domain", "qinghe.example", "", False),
    ],
)
def test_values_are_compared_by_what_they_mean(key: str, meant: str, told: str, right: bool) -> None:
    assert same(FORM[key], meant, told) is right


def seen_at(meant: dict[str, str], told: dict[str, FieldValue], *findings: Finding) -> dict[str, Seen]:
    return {item.key: item for item in judge(FORM, meant, told, findings)}


def test_a_wrong_value_that_nobody_doubts_is_silent() -> None:
    assert seen_at({"po_no": "PO-1"}, {"po_no": value("PO-7")})["po_no"].state == "silent"


def test_a_doubt_elsewhere_flags_nothing() -> None:
    told = {"po_no": value("PO-7")}
    assert seen_at({"po_no": "PO-1"}, told, finding("unsure", THERE))["po_no"].state == "silent"
    assert seen_at({"po_no": "PO-1"}, told, finding("pass", HERE))["po_no"].state == "silent"
    assert seen_at({"po_no": "PO-1"}, told, finding("fail", HERE, severity="warn"))["po_no"].state == "silent"


@pytest.mark.parametrize("outcome", ["fail", "unsure", "error"])
def test_a_finding_at_the_value_flags_it(outcome: Outcome) -> None:
    assert seen_at({"po_no": "PO-1"}, {"po_no": value("PO-7")}, finding(outcome, HERE))["po_no"].state == "flagged"


def test_a_problem_or_a_gap_flags() -> None:
    told = {"po_no": value("PO-7", problem="pattern")}
    assert seen_at({"po_no": "PO-1"}, told)["po_no"].state == "flagged"
    assert seen_at({"po_no": "PO-1"}, {"po_no": value("PO-7", problem="tolerated")})["po_no"].state == "silent"
    assert seen_at({"po_no": "PO-1"}, {})["po_no"].state == "flagged"


def test_arithmetic_at_the_amount_flags_the_seats_of_its_line_only() -> None:
    meant = {"lines.1.qty": "60", "lines.1.amount": "600.00", "lines.2.qty": "5"}
    told = {
        "lines.1.qty": value("80", (0, 0, 5, 5)),
        "lines.1.amount": value("600.00", THERE),
        "lines.2.qty": value("6", (0, 9, 5, 12)),
    }
    seen = seen_at(meant, told, finding("fail", THERE))
    assert seen["lines.1.qty"].state == "flagged"
    assert seen["lines.2.qty"].state == "silent"
    assert not seen["lines.1.amount"].refused  # the seats are to blame


def test_a_line_named_without_a_place_is_flagged() -> None:
    words = Bilingual(zh="“第 2 行产品编号”未能读出", en="")
    unread = finding("unsure").model_copy(update={"message": words, "page": None})
    told = {"lines.1.name": value("E5"), "lines.2.name": value("2 E5", THERE)}
    seen = seen_at({"lines.1.name": "E3", "lines.2.name": "E5"}, told, unread)
    assert [seen[key].state for key in told] == ["silent", "flagged"]


def test_a_right_value_that_fails_a_rule_is_refused() -> None:
    told = {"po_no": value("PO-1")}
    refused = seen_at({"po_no": "PO-1"}, told, finding("fail", HERE))["po_no"]
    assert (refused.state, refused.refused, refused.doubted) == ("right", True, False)
    doubted = seen_at({"po_no": "PO-1"}, told, finding("unsure", HERE))["po_no"]
    assert (doubted.refused, doubted.doubted) == (False, True)


def test_the_electronic_copy_catches_but_does_not_make_it_flagged() -> None:
    (item,) = judge(FORM, {"po_no": "PO-1"}, {"po_no": value("PO-7")}, (), [finding("unsure", HERE, "DOS-03")])
    assert item.state == "caught"


def test_an_invented_line_is_wrong() -> None:
    seen = seen_at({"lines.1.qty": "60"}, {"lines.1.qty": value("60"), "lines.2.qty": value("60", THERE)})
    assert seen["lines.2.qty"].state == "silent"


def test_choices_and_columns_of_a_pack_are_known() -> None:
    assert FORM["billing"].options["annual"][0] == "年付"
    assert FORM["lines.amount"] == Entry("money", {})


# --- papers -------------------------------------------------------------------------------------------------------


def test_three_conditions_show_every_level_and_27_are_all() -> None:
    listed = conditions(np.random.default_rng(3), 27)
    assert len(set(listed)) == 27
    for first in range(0, 27, 3):
        three = listed[first : first + 3]
        for part in ("quality", "dpi", "mode"):
            assert len({getattr(condition, part) for condition in three}) == 3
    assert conditions(np.random.default_rng(3), 40)[27:] == listed[:13]


def test_agreements_are_stratified_and_repeatable(tmp_path: Path) -> None:
    jobs = agreement_jobs(plan_of(tmp_path), 81)
    assert jobs == agreement_jobs(plan_of(tmp_path), 81)
    assert jobs != agreement_jobs(plan_of(tmp_path, 6), 81)
    strata = {(job.form, job.style, job.condition.quality) for job in jobs}
    assert len(strata) == 2 * 2 * 3
    assert len({(job.form, job.over, job.condition.quality) for job in jobs}) == 2 * 2 * 3
    assert {job.form for job in jobs[:3]} == {"service_agreement", "cooperation_agreement"}
    assert sum(job.form == "service_agreement" for job in jobs) == 54


UNPRINTED = {"travel", "affiliate", "discount_pct"}  # the pack reads them, the printed form does not ask for them


@pytest.mark.parametrize("seed", range(12))
def test_a_made_order_breaks_no_arithmetic(seed: int) -> None:
    paper = order(np.random.default_rng(seed), 1 + seed % 6)
    rows = paper.printed["lines"]
    assert len(rows) == 1 + seed % 6
    amounts = [Decimal(paper.meant[f"lines.{row['no']}.amount"]) for row in rows]
    assert sum(amounts) == Decimal(paper.meant["total"])
    assert Decimal(paper.meant["tax_net"]) + Decimal(paper.meant["tax_amount"]) == Decimal(paper.meant["total"])
    assert set(paper.meant) >= {key for key in FORM if "." not in key} - UNPRINTED


def test_made_companies_differ_and_keep_to_the_lengths() -> None:
    names = [company(np.random.default_rng(seed)).name for seed in range(200)]
    assert len(set(names)) > 190
    assert {len(name) for name in names} >= {8, 12, 16, 20}
    assert all(6 <= len(name) <= 20 for name in names)


def test_blanks_of_an_agreement_are_those_of_the_form() -> None:
    paper = service_agreement(np.random.default_rng(1), company(np.random.default_rng(1)))
    assert set(paper.meant) == set(form_of("service_agreement"))


@pytest.mark.parametrize("seed", [1, 2, 6])
def test_the_product_reads_an_electronic_order_as_it_was_meant(seed: int, tmp_path: Path) -> None:
    """No picture is read here: whatever is wrong now would be wrong in the truth."""
    paper = order(np.random.default_rng(seed), seed)
    told = tell(write_docx(ORDER_FORM, paper.printed, tmp_path / "order.docx"), TODAY)
    seen = judge(FORM, paper.meant, told.review.fields, told.review.findings)
    assert [item for item in seen if item.state != "right" or item.refused] == []
    assert told.review.verdict == "passed"


@pytest.mark.skipif(shutil.which("soffice") is None or fonts.missing() is not None, reason="no LibreOffice or fonts")
def test_orders_are_printed_together(tmp_path: Path) -> None:
    jobs = order_jobs(plan_of(tmp_path), 3)
    assert [job.lines for job in jobs] == [1, 2, 3]
    assert all(job.pdf.read_bytes().startswith(b"%PDF") and job.copy and job.copy.exists() for job in jobs)


# --- tables -------------------------------------------------------------------------------------------------------


def job_of(meant: dict[str, str], number: int = 0) -> Job:
    condition, stamp = Condition("hard", 150, "1-bit"), Stamp(SealSpec("示例有限公司"))
    nothing = Path("none")
    return Job(
        number, "purchase_order", condition, "typed", nothing, None, (), tuple(meant.items()), stamp, False, 1, nothing
    )


def result_of(*states: str) -> Result:
    seen = [Seen(f"lines.{n}.qty", "integer", state, "5", "5") for n, state in enumerate(states, 1)]  # type: ignore[arg-type]
    return Result(tuple(seen), classified=True, verdict="passed", failed=(), beside=())


def test_a_crash_is_wrong_but_not_silent() -> None:
    done: Done[Job, Result] = Done(job_of({"lines.1.qty": "5", "remark": ""}), Crash("boom"))
    shown = {table.title: table for table in tables.tables([done])}
    row = shown[tables.BY_TYPE].rows["order: count"]
    assert row["right"] == Rate(0, 1)
    assert row["silently wrong"] == Rate(0, 1, "low")
    assert shown[tables.BY_PAPER].rows["hard"]["recognised"] == Rate(0, 1)
    assert [miss.what for miss in tables.misses([done])] == ["Crash(message='boom')"] * 3


def test_rows_keep_silent_and_flagged_apart() -> None:
    done = Done(job_of({"lines.1.qty": "5"}), result_of("right", "flagged", "caught", "silent"))
    shown = {table.title: table for table in tables.tables([done])}
    row = shown[tables.BY_CONDITION].rows["order, hard"]
    assert row["right"] == Rate(1, 4)
    assert row["wrong and flagged"] == Rate(1, 3, "none")
    assert row["silently wrong"] == Rate(2, 4, "low")
    assert row["beside the copy"] == Rate(1, 4, "low")
    assert shown[tables.BY_PAPER].rows["1-bit"]["passed with a wrong value"] == Rate(1, 1, "low")


def test_only_fields_that_were_wrong_are_among_the_worst() -> None:
    fine, bad = (Done(job_of({"lines.1.qty": "5"}), result_of(state)) for state in ("right", "silent"))
    shown = {table.title: table for table in tables.tables([fine])}
    assert not shown[tables.BY_FIELD].rows
    shown = {table.title: table for table in tables.tables([fine, bad])}
    assert list(shown[tables.BY_FIELD].rows) == ["order: lines.qty"]


def test_a_lost_line_is_counted() -> None:
    lost = Done(job_of({"lines.1.qty": "5", "lines.2.qty": "5"}), result_of("right"))
    rows = next(t for t in tables.tables([lost]) if t.title == tables.BY_LINES).rows
    assert rows["2 lines"]["number of lines right"] == Rate(0, 1)


def test_every_miss_belongs_to_a_row_and_rows_are_capped() -> None:
    papers = [Done(job_of({"lines.1.qty": "5"}, n), result_of("silent")) for n in range(9)]
    rows = {(table.title, row) for table in tables.tables(papers) for row in table.rows}
    misses = tables.misses(papers)
    assert {(miss.table, miss.row) for miss in misses} <= rows
    assert sum(miss.table == tables.BY_TYPE for miss in misses) == 6
    shown = tables.capped([Miss("t", "r", "a", ""), Miss("t", "r", "b", "", "b.jpg")], 1)
    assert [miss.case for miss in shown] == ["b"]
