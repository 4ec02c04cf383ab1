"""The engine of judgement: verdicts, broken checks, files that cannot be judged, boxes as received."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from structlog.testing import capture_logs

from pipeline.model import Bilingual, Classification, Extraction, Facts, Finding, Remark, Submission
from pipeline.packs import DocumentCheck, Judgement, Pack, Rule, RuleSpec, World
from pipeline.validate import judge, validate, verdict_of
from tests.rules.made import agreement, document, order, pack, packs, seal, straddle, world

SENTENCE = Bilingual(zh="句", en="sentence")


def finding(severity: str, outcome: str) -> Finding:
    return Finding.model_validate({"rule": "X-1", "severity": severity, "outcome": outcome, "message": SENTENCE})


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([("block", "pass")], "passed"),
        ([("block", "pass"), ("block", "n/a"), ("warn", "fail"), ("info", "unsure"), ("warn", "unsure")], "passed"),
        ([("block", "pass"), ("block", "unsure")], "indeterminate"),
        ([("block", "pass"), ("hold", "fail")], "indeterminate"),
        ([("block", "pass"), ("hold", "unsure")], "indeterminate"),
        ([("block", "pass"), ("info", "error")], "indeterminate"),
        ([("block", "fail"), ("block", "unsure"), ("info", "error")], "failed"),
        ([], "indeterminate"),
        ([("block", "n/a")], "indeterminate"),
    ],
)
def test_verdicts(findings: list[tuple[str, str]], verdict: str) -> None:
    assert verdict_of(finding(*pair) for pair in findings) == verdict


class Raising(DocumentCheck):
    name: ClassVar[str] = "raising"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        yield Judgement(outcome="pass", message=SENTENCE)
        raise ZeroDivisionError("a bug")


class Silent(DocumentCheck):
    name: ClassVar[str] = "silent"

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        yield from ()


class Saying(DocumentCheck):
    name: ClassVar[str] = "saying"
    answer: Judgement

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        yield self.answer


def with_rule(check: DocumentCheck, severity: str = "block", **spec: Any) -> Pack:
    rule = RuleSpec.model_validate(
        {"id": "X-1", "check": check.name, "severity": severity, "statement": SENTENCE, **spec}
    )
    return replace(pack("purchase_order"), rules=(Rule(spec=rule, check=check),))


@pytest.mark.parametrize("check", [Raising(), Silent()])
def test_a_broken_check_is_an_error_and_never_a_pass(check: DocumentCheck) -> None:
    with capture_logs() as logs:
        found = judge(order(), with_rule(check), world())
    assert [f.outcome for f in found] == ["error"]
    assert verdict_of(found) == "indeterminate"
    assert logs[0]["rule"] == "X-1"
    assert logs[0]["log_level"] == "error"


def test_a_judgement_may_soften_its_rule_but_not_harden_it() -> None:
    softer = Saying(answer=Judgement(outcome="fail", message=SENTENCE, severity="hold", sub="h"))
    assert [(f.rule, f.severity) for f in judge(order(), with_rule(softer), world())] == [("X-1h", "hold")]
    harder = Saying(answer=Judgement(outcome="fail", message=SENTENCE, severity="block"))
    assert judge(order(), with_rule(harder, severity="warn"), world())[0].severity == "warn"


def test_texts_of_the_pack_are_filled_without_being_templates() -> None:
    answer = Judgement(outcome="fail", message=SENTENCE, expected="{found}{0}", found="乙")
    told: dict[str, Any] = {
        "required": {"zh": "应为{expected}", "en": "{expected}"},
        "fix": {"zh": "改{found}", "en": "{other}"},
    }
    found = judge(order(), with_rule(Saying(answer=answer), **told), world())[0]
    assert found.required is not None
    assert found.fix is not None
    assert found.fix == Bilingual(zh="改乙", en="{other}")
    assert found.required.zh == "应为{found}{0}"


def test_a_passed_rule_asks_for_nothing() -> None:
    answer = Judgement(outcome="pass", message=SENTENCE)
    found = judge(order(), with_rule(Saying(answer=answer), fix={"zh": "改", "en": "mend"}), world())[0]
    assert (found.required, found.fix) == (None, None)


def unreadable(reason: str) -> Facts:
    submission = order().document.submission
    return Facts.model_validate(
        {
            "document": {"submission": submission.model_dump(), "pages": ()},
            "classification": {"type": None},
            "unreadable": reason,
            "reason": {"zh": "文件“a.pdf”已加密", "en": "a.pdf is encrypted"},
        }
    )


@pytest.mark.parametrize(
    ("reason", "rule", "verdict"),
    [
        ("encrypted", "IN-03", "failed"),
        ("unsupported", "IN-03", "failed"),
        ("damaged", "IN-01", "failed"),
        ("empty", "IN-01", "failed"),
        ("too_large", "IN-04", "failed"),
        ("unsafe", "IN-04", "failed"),
        ("timeout", "IN-04", "indeterminate"),
        ("crashed", "IN-04", "indeterminate"),
    ],
)
def test_an_unreadable_file_is_reviewed_with_what_to_do(reason: str, rule: str, verdict: str) -> None:
    review = validate(unreadable(reason), packs(), world())
    assert (review.findings[0].rule, review.verdict) == (rule, verdict)
    assert review.findings[0].fix is not None


def unclaimed(**claim: Any) -> Facts:
    return Facts(document=document(), classification=Classification(type=None, **claim))


def test_an_unclassified_document_is_open_and_says_why() -> None:
    near = validate(unclaimed(nearest="service_agreement", missing=("经销渠道版",)), packs(), world())
    assert near.verdict == "indeterminate"
    assert "服务协议" in near.findings[0].message.zh
    assert "经销渠道版" in near.findings[0].message.zh
    rivals = validate(unclaimed(rivals=("service_agreement", "purchase_order")), packs(), world())
    assert rivals.verdict == "indeterminate"
    assert "采购订单" in rivals.findings[0].message.zh
    assert rivals.document.rivals == ("service_agreement", "purchase_order")
    assert validate(unclaimed(), packs(), world()).verdict == "indeterminate"


@pytest.mark.parametrize("code", ["javascript", "embedded_file", "text_layer_contradicts", "never_heard_of"])
def test_remarks_about_the_file_hold_a_document_back(code: str) -> None:
    whole = order()
    noted = whole.document.model_copy(update={"remarks": (Remark(code=code, message=SENTENCE, page=1),)})
    review = validate(whole.model_copy(update={"document": noted}), packs(), world())
    assert review.verdict == "indeterminate"
    assert (review.findings[0].rule, review.findings[0].outcome, review.findings[0].severity) == (
        "IN-04",
        "unsure",
        "hold",
    )


def test_every_contradiction_of_a_text_layer_is_found_at_its_place() -> None:
    lies = tuple(
        Remark(code="text_layer_contradicts", message=SENTENCE, page=2, box=(100.0, top, 200.0, top + 12))
        for top in (100.0, 300.0)
    )
    whole = agreement(document(pages=8, rotation=180))
    noted = whole.document.model_copy(update={"remarks": lies})
    review = validate(whole.model_copy(update={"document": noted}), packs(), world())
    told = [finding for finding in review.findings if finding.rule == "IN-04"]
    assert [(finding.page, finding.outcome) for finding in told] == [(2, "unsure"), (2, "unsure")]
    assert told[0].box == pytest.approx((395, 730, 495, 742))  # of the page as received
    assert told[1].box == pytest.approx((395, 530, 495, 542))
    assert review.verdict == "indeterminate"


def test_remarks_on_how_a_file_was_read_do_not() -> None:
    whole = order()
    noted = whole.document.model_copy(update={"remarks": (Remark(code="scaled_down", message=SENTENCE),)})
    assert validate(whole.model_copy(update={"document": noted}), packs(), world()).verdict == "passed"


def test_a_review_speaks_of_the_page_as_received() -> None:
    turned = agreement(document(pages=8, rotation=180), seals=(seal(box=(350.0, 600.0, 469.0, 719.0)),))
    review = validate(turned, packs(), world())
    assert review.seals[0].box == pytest.approx((595 - 469, 842 - 719, 595 - 350, 842 - 600))
    assert review.fields["customer_name"].box == pytest.approx((395, 730, 495, 742))
    sealed = next(f for f in review.findings if f.rule == "SEAL-01")
    assert sealed.box == review.seals[0].box
    lying = validate(agreement(document(pages=8, rotation=90)), packs(), world())
    assert (lying.pages[0].width, lying.pages[0].height) == (842, 595)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, "pass"), ({"form": "absent", "slices": ()}, "fail"), ({"form": "cropped"}, "unsure")],
)
def test_the_outcome_of_the_straddle_seal(changes: dict[str, Any], expected: str) -> None:
    review = validate(agreement(straddle=straddle(**changes)), packs(), world())
    assert review.straddle is not None
    assert review.straddle.outcome == expected


def test_a_review_round_trips_through_json() -> None:
    review = validate(agreement(), packs(), world())
    assert type(review).model_validate_json(review.model_dump_json(by_alias=True)) == review


def test_missing_fields_never_crash() -> None:
    empty = agreement().model_copy(update={"extraction": Extraction()})
    review = validate(empty, packs(), world())
    assert review.verdict != "passed"
    assert not [f for f in review.findings if f.outcome == "error"]
    bare = order().document.submission.model_copy(update={"media": "xlsx"})
    assert isinstance(bare, Submission)
