"""The decision tables on the data centre and on migration, row by row, and the machinery below them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipeline.model import Facts, Finding
from pipeline.rules.decision import DecisionTable
from pipeline.validate import judge_case, verdict_of
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    PLACE,
    agreement,
    case_type,
    document,
    dossier,
    doubtful,
    facts,
    order,
    seal,
    world,
)

TOLD = {"travel": "无", "affiliate": "无"}
SURVEY = {"customer_name": CUSTOMER, "travel": "无", "affiliate": "无"}


def survey(**answers: str | None) -> Facts:
    """A questionnaire filled in on a computer; `None` leaves an answer out."""
    values = {key: text for key, text in {**SURVEY, **answers}.items() if text is not None}
    return facts("questionnaire", values, document("docx", pages=1))


def reply(decision: str | None = "keep", **changes: object) -> Facts:
    """The customer's sealed reply, the ticked box read by a person."""
    values = {"customer_name": CUSTOMER, "advice_no": "CS-2026-0001-O11-1", "sign_date": "2026-09-27"}
    made = facts("acknowledgement", {**values, **({"decision": decision} if decision else {})}, document(pages=1))
    seen = made.observations.model_copy(
        update={"seals": (seal(page=1),), "places": {"customer_seal": (1, PLACE)}, **changes}
    )
    return made.model_copy(update={"observations": seen})


def stop(date: str | None = "2026-10-20") -> Facts:
    """The confirmation that the old subscription is stopped."""
    values = {"customer_name": CUSTOMER, **({"stop_date": date} if date else {})}
    return facts("stop_confirmation", values, document("docx", pages=1))


def said(table: str, *parts: Facts, profile: str = "distributor") -> list[Finding]:
    """What a table says of these documents."""
    found = judge_case(dossier(*parts), case_type(), world(profile))
    return [finding for finding in found if finding.rule.startswith(f"{table}-") and finding.outcome != "n/a"]


def row(table: str, *parts: Facts) -> set[tuple[str, str, str]]:
    """Rule, outcome and severity of every answer."""
    return {(finding.rule, finding.outcome, finding.severity) for finding in said(table, *parts)}


def main(table: str, *parts: Facts) -> set[tuple[str, str, str]]:
    """The same without the answers given besides."""
    return {answer for answer in row(table, *parts) if answer[0] not in ("DC-01", "DC-02", "DC-05", "DC-08")}


# --- DC -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        ("100%", ("DC-03", "pass", "hold")),
        ("70.1", ("DC-03", "pass", "hold")),
        ("70", ("DC-03", "pass", "hold")),
        ("69.9", ("DC-06", "unsure", "hold")),
        ("50", ("DC-06", "unsure", "hold")),
        ("49.9", ("DC-04", "fail", "hold")),
        ("30", ("DC-04", "fail", "hold")),
        ("0", ("DC-04", "fail", "hold")),
        (None, ("DC-07", "unsure", "hold")),
    ],
)
def test_the_share_of_users_decides(share: str | None, expected: tuple[str, str, str]) -> None:
    assert main("DC", order("docx", users_cn_pct=share, **TOLD)) == {expected}


def test_a_share_counted_by_the_questionnaire_is_not_rounded_up_to_the_limit() -> None:
    told = order(users_cn_pct=None)
    assert main("DC", told, survey(users_cn="700", users_total="1000")) == {("DC-03", "pass", "hold")}
    assert main("DC", told, survey(users_cn="69999", users_total="100000")) == {("DC-06", "unsure", "hold")}
    assert main("DC", told, survey(users_cn="700", users_total="0")) == {("DC-07", "unsure", "hold")}
    assert main("DC", told, survey(users_cn="70", users_total="7")) == {("DC-07", "unsure", "hold")}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"travel": "频繁", "affiliate": "无", "users_cn_pct": "95"}, ("DC-04", "fail", "hold")),
        ({"travel": "偶尔", "affiliate": "无"}, ("DC-03", "pass", "hold")),
        ({"travel": "频繁", "affiliate": "无", "users_cn_pct": None}, ("DC-04", "fail", "hold")),
    ],
)
def test_frequent_travel_beats_any_share(changes: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert main("DC", order("docx", **changes)) == {expected}


def test_people_who_come_in_from_abroad_count_as_travel() -> None:
    assert main("DC", order(), survey(visitors="频繁")) == {("DC-04", "fail", "hold")}
    assert main("DC", order(), survey(visitors="很少")) == {("DC-03", "pass", "hold")}


def test_the_same_domain_beats_everything_and_may_not_be_accepted() -> None:
    for changes in ({}, {"users_cn_pct": "30"}, {"travel": "频繁"}, {"users_cn_pct": None}):
        answers = row("DC", order("docx", affiliate="同一域名", **changes), reply())
        assert answers == {("DC-01", "fail", "block")}, changes
    (rule,) = [rule for rule in case_type().rules if rule.spec.id == "DC-01"]
    assert (rule.spec.override, rule.spec.final) == ("never", True)


def test_another_domain_is_allowed_with_the_disclosure() -> None:
    answers = row("DC", order("docx", travel="无", affiliate="不同域名"))
    assert answers == {
        ("DC-01", "pass", "block"),
        ("DC-02", "pass", "info"),
        ("DC-03", "pass", "hold"),
        ("DC-05", "unsure", "hold"),
    }
    (disclosure,) = [f for f in said("DC", order("docx", affiliate="不同域名")) if f.rule == "DC-05"]
    assert "通讯簿和日历不同步" in disclosure.message.zh
    assert ("DC-05", "pass", "hold") in row("DC", order("docx", travel="无", affiliate="不同域名"), reply())


def test_a_refused_share_needs_the_sealed_reply_of_the_customer() -> None:
    few = order("docx", users_cn_pct="30", **TOLD)
    assert main("DC", few, reply()) == {("DC-04", "pass", "hold")}
    assert main("DC", few, reply("withdraw")) == {("DC-04", "fail", "hold")}
    assert main("DC", few, reply(None)) == {("DC-04", "unsure", "hold")}, "nobody has read the ticked box"
    assert main("DC", few, reply(seals=())) == {("DC-04", "unsure", "hold")}, "the reply bears no seal"


def test_leaving_the_global_edition_against_advice_is_a_matter_of_conduct() -> None:
    few = order("docx", users_cn_pct="30", prev_edition="国际版", **TOLD)
    assert ("DC-08", "unsure", "hold") in row("DC", few)
    assert ("DC-08", "pass", "hold") in row("DC", few, reply())
    many = order("docx", prev_edition="国际版", **TOLD)
    assert not [answer for answer in row("DC", many) if answer[0] == "DC-08"]


def test_what_the_form_does_not_ask_is_a_remark_but_never_a_pass() -> None:
    assert main("DC", order()) == {("DC-03", "unsure", "warn")}
    assert main("DC", order(travel="无")) == {("DC-03", "unsure", "warn")}
    assert main("DC", order(prev_edition="国际版")) == {("DC-07", "unsure", "hold")}
    assert main("DC", order(prev_edition="国际版", po_type="续订")) == {("DC-07", "unsure", "warn")}
    whole = dossier(agreement(), order(), order("docx"))
    assert verdict_of(judge_case(whole, case_type(), world())) == "passed"


def test_what_is_written_but_illegible_is_never_taken_as_nothing() -> None:
    for key in ("travel", "affiliate"):
        scan = doubtful(order(**TOLD), key)
        assert main("DC", scan) == {("DC-07", "unsure", "hold")}, key
        scan = doubtful(order(po_type="续订", **TOLD), key)
        assert main("DC", scan) == {("DC-07", "unsure", "warn")}, key
    inked = order()
    smudged = inked.extraction.model_copy(update={"unread": ("travel",)})
    assert main("DC", inked.model_copy(update={"extraction": smudged})) == {("DC-07", "unsure", "hold")}


def test_a_reading_too_weak_to_refuse_does_not_refuse() -> None:
    assert main("DC", doubtful(order(users_cn_pct="30", **TOLD), "users_cn_pct", 0.85)) == {("DC-04", "unsure", "hold")}


def test_documents_that_contradict_each_other_are_for_a_person() -> None:
    assert main("DC", order(), survey(users_cn_pct="30")) == {("DC-06", "unsure", "hold")}
    assert main("DC", order(), survey(users_cn_pct="84.6")) == {("DC-03", "pass", "hold")}
    assert main("DC", order(), survey(existing_tenant="国际版")) == {("DC-06", "unsure", "hold")}


def test_nothing_is_asked_before_there_is_an_order() -> None:
    found = judge_case(dossier(agreement()), case_type(), world())
    assert {finding.outcome for finding in found if finding.rule in ("DC", "DC-01", "MIG")} == {"n/a"}


def test_the_reseller_is_asked_the_same() -> None:
    ours = order("xlsx", users_cn_pct="30", **TOLD)
    own = facts(
        "order_data", {k: v.raw for k, v in ours.extraction.fields.items() if k != "form_version"}, document("toml")
    )
    assert [f.rule for f in said("DC", own, profile="reseller") if f.rule != "DC-01"] == ["DC-04"]


def test_the_answer_says_what_it_rests_on() -> None:
    (finding,) = [f for f in said("DC", order("docx", users_cn_pct="30", **TOLD)) if f.rule == "DC-04"]
    assert finding.found == "share: 30"
    assert "国内用户占比 30" in finding.message.zh
    assert finding.required is not None
    assert "D12" in finding.required.zh
    assert (finding.document, finding.page) == ("purchase_order:electronic", 1)


# --- MIG ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prev", "mailbox", "expected"),
    [
        ("无", "否", None),
        ("本总代", "是", None),
        ("国际版", "是", ("MIG-01", "pass", "hold")),
        ("国际版", "否", ("MIG-01b", "pass", "hold")),
        ("国际版", None, ("MIG-01", "unsure", "hold")),
        ("在线直购", "是", ("MIG-02", "fail", "hold")),
        ("在线直购", None, ("MIG-02", "fail", "hold")),
        ("在线直购", "否", ("MIG-02b", "fail", "hold")),
        ("其他总代", "是", ("MIG-04", "unsure", "info")),
        (None, None, ("MIG-00", "unsure", "hold")),
    ],
)
def test_the_earlier_subscription_decides(
    prev: str | None, mailbox: str | None, expected: tuple[str, str, str] | None
) -> None:
    answers = row("MIG", order("docx", prev_edition=prev, prev_mailbox=mailbox))
    besides = {answer for answer in answers if answer[0] in ("MIG-05", "MIG-06", "MIG-07")}
    assert answers - besides == ({expected} if expected else set())


def test_web_direct_waits_for_the_stop_or_a_dated_plan() -> None:
    for mailbox, rule in (("是", "MIG-02"), ("否", "MIG-02b")):
        direct = order("docx", prev_edition="在线直购", prev_mailbox=mailbox)
        assert (rule, "pass", "hold") in row("MIG", direct, stop())
        assert (rule, "unsure", "hold") in row("MIG", direct, stop(None))
    (finding,) = [f for f in said("MIG", direct, stop()) if f.rule == "MIG-02b"]
    assert "2026-10-20" in finding.message.zh


def test_a_direct_take_over_is_one_switch() -> None:
    """MIG-03."""
    (rule,) = [rule for rule in case_type().rules if rule.spec.id == "MIG"]
    table = rule.check
    assert isinstance(table, DecisionTable)
    allowed = table.model_copy(update={"defaults": {**table.defaults, "reorder": "no"}})
    whole = dossier(order("docx", prev_edition="在线直购", prev_mailbox="是"))
    assert next((j.sub, j.outcome) for j in allowed.judge(whole, world())) == ("-03", "pass")


def test_a_kept_domain_the_order_of_steps_and_many_users_are_remarks() -> None:
    kept = order("docx", prev_edition="国际版", prev_mailbox="是", custom_domain="qinghe-med.cn")
    assert {("MIG-05", "unsure", "warn"), ("MIG-06", "unsure", "warn")} <= row("MIG", kept)
    assert "MIG-05" not in {rule for rule, _, _ in row("MIG", order("docx", prev_edition="国际版", prev_mailbox="是"))}
    assert ("MIG-07", "unsure", "info") in row("MIG", kept, survey(users_total="501", existing_tenant="国际版"))
    assert "MIG-07" not in {rule for rule, _, _ in row("MIG", kept, survey(users_total="500"))}
    assert row("MIG", order("docx", custom_domain="qinghe-med.cn", prev_mailbox="是")) == set()


# --- the machinery ------------------------------------------------------------------------------------------------


def table(**options: object) -> DecisionTable:
    """A table on the kind of the order."""
    plain = {
        "documents": ["purchase_order"],
        "inputs": {"kind": ["purchase_order.po_type"]},
        "rows": [{"when": {"kind": "new"}, "outcome": "pass", "message": {"zh": "好", "en": "good"}}],
    }
    return DecisionTable.model_validate({**plain, **options})


def test_without_a_fitting_row_a_person_decides() -> None:
    (judgement,) = table().judge(dossier(order(po_type="续订")), world())
    assert (judgement.outcome, judgement.found) == ("unsure", "kind: renewal")


def test_a_paper_is_no_template() -> None:
    rows = [{"outcome": "unsure", "message": {"zh": "写着{note}", "en": "says {note}"}}]
    free = table(inputs={"note": ["purchase_order.remark"]}, rows=rows)
    (judgement,) = free.judge(dossier(order(remark="{note} {expected}")), world())
    assert judgement.message.zh == "写着{note} {expected}"


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": [{"when": {"sort": "new"}, "outcome": "pass", "message": {"zh": "", "en": ""}}]},
        {"rows": [{"either": [{"sort": "new"}], "outcome": "pass", "message": {"zh": "", "en": ""}}]},
        {"rows": [{"outcome": "pass", "message": {"zh": "{sort}", "en": ""}}]},
        {"defaults": {"sort": "new"}},
    ],
)
def test_a_row_that_asks_for_no_input_stops_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="sort: no such input; valid: kind"):
        table(**wrong)


def test_every_source_of_the_shipped_tables_exists() -> None:
    packs = case_type().packs
    for rule in case_type().rules:
        if not isinstance(rule.check, DecisionTable):
            continue
        for source in (source for sources in rule.check.inputs.values() for source in sources):
            type_, _, key = source.partition(".")
            assert all(name in packs[type_].fields for name in key.split("/") if key), (rule.spec.id, source)


def test_the_parties_of_the_reply_are_the_customers() -> None:
    foreign = reply(seals=(seal(AGENT, page=1),))
    assert "fail" in {finding.outcome for finding in dossier(foreign).parts[0].findings if finding.rule == "DC-08b"}
