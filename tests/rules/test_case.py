"""The rules of the shipped case type over the documents of one order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.model import Classification, Facts
from pipeline.packs import World
from pipeline.validate import judge_case, verdict_of
from tests.rules.made import (
    CUSTOMER,
    ORDER,
    OTHER,
    agreement,
    case_findings,
    case_outcome,
    case_type,
    document,
    dossier,
    doubtful,
    facts,
    order,
    seal,
    straddle,
    world,
)


def test_a_complete_dossier_passes() -> None:
    whole = dossier(agreement(), order(), order("docx"))
    assert verdict_of(judge_case(whole, case_type(), world())) == "passed"


def test_missing_parts_are_named() -> None:
    found = case_findings(dossier(order(), order("xlsx")), "DOS-01")
    assert [(f.outcome, f.document) for f in found] == [("fail", "service_agreement:scan")]
    assert "服务协议" in found[0].message.zh
    assert case_outcome(dossier(agreement(), order()), "DOS-02") == "fail"
    assert case_outcome(dossier(agreement()), "DOS-02") == "n/a"


def test_what_is_on_file_already_counts() -> None:
    whole = replace(dossier(order(), order("xlsx")), present=("service_agreement:scan",))
    assert case_outcome(whole, "DOS-01") == "pass"


def test_an_unclassified_document_may_be_the_missing_one() -> None:
    stranger = order().model_copy(update={"classification": Classification(type=None)})
    assert case_outcome(dossier(order(), order("xlsx"), stranger), "DOS-01") == "unsure"


def test_each_difference_between_scan_and_file_is_one_finding_with_both_values() -> None:
    found = case_findings(dossier(order(lines_1_qty="60", customer_name=OTHER), order("xlsx")), "DOS-03")
    assert [(f.outcome, f.found, f.expected) for f in found] == [("fail", OTHER, CUSTOMER), ("fail", "60", "80")]
    assert all(f.document == "purchase_order:scan" for f in found)
    assert "数量" in found[1].message.zh


def test_doubtful_differences_are_open() -> None:
    scan = doubtful(order(lines_1_qty="60"), "lines.1.qty")
    assert case_outcome(dossier(scan, order("xlsx")), "DOS-03") == "unsure"
    assert case_outcome(dossier(order(handler="陈立君"), order("xlsx")), "DOS-03") == "unsure"
    assert case_outcome(dossier(order(total=None), order("xlsx")), "DOS-03") == "unsure"


def test_a_lost_line_is_open() -> None:
    columns = [key.rpartition(".")[2] for key in ORDER if key.startswith("lines.2.")]
    short = order(**{f"lines_2_{column}": None for column in columns})
    assert case_outcome(dossier(short, order("xlsx")), "DOS-03") == "unsure"


def test_parties_must_agree_across_documents() -> None:
    whole = dossier(agreement(), order(customer_name=OTHER), order("xlsx"))
    bad = [f for f in case_findings(whole, "DOS-04") if f.outcome == "fail"]
    assert [(f.found, f.expected) for f in bad] == [(CUSTOMER, OTHER)]
    near = dossier(agreement(), order(customer_name="青禾医疗器械（深圳）有限责任公司"), order("xlsx"))
    assert case_outcome(near, "DOS-04") == "pass+unsure"
    foreign = dossier(agreement(), order(distributor_name="示例北斗云（北京）科技有限公司"))
    assert "fail" in case_outcome(foreign, "DOS-04")
    assert case_outcome(dossier(agreement()), "DOS-04") == "n/a"


def test_dates_that_run_backwards_are_a_remark() -> None:
    found = case_findings(dossier(agreement(sign_date="2026-09-30"), order()), "DOS-05")
    assert [(f.outcome, f.severity) for f in found] == [("fail", "warn")]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (agreement(), "pass"),
        (agreement(seals=()), "fail"),
        (agreement(straddle=straddle(form="cropped")), "unsure"),
        (agreement(comparison=None), "unsure"),
        (agreement(seals=(seal(""),)), "unsure"),
    ],
)
def test_the_order_rests_on_a_sealed_unmodified_agreement(part: Facts, expected: str) -> None:
    assert case_outcome(dossier(part, order(), order("xlsx")), "DOS-06") == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"coop_no": "XHY-CSP-2031-9999"}, "fail"),
        ({"coop_no": "XHY-CSP-2026-0043"}, "unsure"),
        ({"coop_no": "XHY-CSP-2025-0017"}, "fail"),
        ({"agent_name": OTHER}, "fail"),
        ({"coop_no": None}, "unsure"),
    ],
)
def test_the_agreement_number_is_the_resellers_own(changes: dict[str, str | None], expected: str) -> None:
    assert case_outcome(dossier(order(**changes)), "COOP-03") == expected


def test_one_digit_off_is_a_suggestion() -> None:
    found = case_findings(dossier(order(coop_no="XHY-CSP-2026-0043")), "COOP-03")
    assert found[0].expected == "XHY-CSP-2026-0042"


def test_the_agreement_is_in_its_term() -> None:
    assert case_outcome(dossier(order(po_date="2029-01-02")), "COOP-07") == "fail"
    assert case_outcome(dossier(order(po_date=None)), "COOP-07") == "unsure"


def _opened(distributor: str, day: date) -> World:
    row = {"customer_uscc": ORDER["customer_uscc"], "distributor": distributor, "opened_on": day}
    plain = world()
    return World(today=plain.today, profile="distributor", registers={**plain.registers, "openings": (row,)})


@pytest.mark.parametrize(
    ("distributor", "opened", "previous", "expected"),
    [
        ("示例北斗云（北京）科技有限公司", date(2026, 5, 11), "其他总代", "fail"),
        ("示例北斗云（北京）科技有限公司", date(2025, 9, 28), "其他总代", "pass"),
        ("示例北斗云（北京）科技有限公司", date(2025, 9, 29), "其他总代", "fail"),
        ("星河云（上海）数字科技有限公司", date(2026, 5, 11), "本总代", "pass"),
    ],
)
def test_no_change_of_distributor_within_a_year(distributor: str, opened: date, previous: str, expected: str) -> None:
    found = judge_case(dossier(order(prev_edition=previous)), case_type(), _opened(distributor, opened))
    assert [f.outcome for f in found if f.rule == "DIST-01"] == [expected]


def test_an_unknown_history_is_open() -> None:
    assert case_outcome(dossier(order(prev_edition="其他总代")), "DIST-01") == "unsure"
    assert case_outcome(dossier(order(prev_edition="无")), "DIST-01") == "pass"


def test_the_reseller_works_from_order_data() -> None:
    values = {key: value for key, value in ORDER.items() if key not in ("form_version", "po_no")}
    data = facts("order_data", values, document("toml", pages=1))
    whole = dossier(agreement(), data)
    found = judge_case(whole, case_type(), world("reseller"))
    assert verdict_of(found) == "passed", [f for f in found if f.outcome not in ("pass", "n/a")]
    assert verdict_of(whole.parts[1].findings) == "passed"
