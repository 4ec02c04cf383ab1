"""Digital signatures as evidence: who signed, what is proved, and what that means for the straddle seal."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import Bilingual, DigitalSignature, Facts, Finding, Remark
from pipeline.packs import Pack
from pipeline.rules.straddle import StraddleSeal
from pipeline.validate import validate

from .made import (
    CUSTOMER,
    OTHER,
    PAGES,
    agreement,
    comparison,
    document,
    findings,
    outcome,
    pack,
    packs,
    seal,
    straddle,
    world,
)

SOUND: dict[str, Any] = {
    "field": "Seal", "page": PAGES, "box": (330, 600, 450, 700), "signer": CUSTOMER, "organisation": CUSTOMER,
    "integrity": "intact", "appended": "nothing", "trust": "trusted",
}  # fmt: skip


def signature(**changes: Any) -> DigitalSignature:
    """The customer's, over the whole file, by a trusted certificate."""
    return DigitalSignature.model_validate({**SOUND, **changes})


def signed(*signatures: DigitalSignature, **changes: Any) -> Facts:
    """The agreement, signed so."""
    return agreement(document(pages=PAGES).model_copy(update={"signatures": signatures}), **changes)


def judged(*signatures: DigitalSignature, **changes: Any) -> Finding:
    (finding,) = findings(signed(*signatures, **changes), "ESIGN-01")
    return finding


def test_a_scan_without_signatures_is_unaffected() -> None:
    whole = agreement()
    assert [outcome(whole, rule) for rule in ("ESIGN-01", "ESIGN-04", "ESIGN-05")] == ["n/a"] * 3
    assert outcome(whole, "SEAL-03") == "pass"


def test_the_party_signed_the_whole_file() -> None:
    found = judged(signature())
    assert (found.outcome, found.severity) == ("pass", "block")
    assert (found.expected, found.found) == (CUSTOMER, CUSTOMER)
    assert (found.page, found.box) == (PAGES, (330, 600, 450, 700))


@pytest.mark.parametrize(
    "changes",
    [
        {"integrity": "broken", "appended": "unknown"},
        {"integrity": "broken", "appended": "unknown", "trust": "unknown"},
        {"appended": "other"},
        {"appended": "other", "trust": "unknown", "signer": OTHER},
    ],
)
def test_changed_after_signing_fails(changes: dict[str, Any]) -> None:
    found = judged(signature(**changes))
    assert found.outcome == "fail"
    assert found.fix is not None
    assert "原始文件" in found.fix.zh


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"trust": "unknown"}, "根证书"),
        ({"supported": False, "integrity": "unknown", "appended": "unknown", "trust": "unknown"}, "SM2"),
        ({"integrity": "unknown", "appended": "unknown", "trust": "unknown"}, "未能验证"),
        ({"appended": "form"}, "表单"),
        ({"appended": "unknown"}, "无法确定"),
        ({"signer": OTHER, "organisation": OTHER}, OTHER),
        ({"signer": "林若青"}, "林若青"),  # a person of the customer: its seal is none
    ],
)
def test_what_is_not_proved_is_for_a_person(changes: dict[str, Any], told: str) -> None:
    found = judged(signature(**changes))
    assert (found.outcome, found.severity) == ("unsure", "block")
    assert told in found.message.zh


@pytest.mark.parametrize(
    "name", [f"051@{CUSTOMER}@N91440300DEMC000316@1", CUSTOMER.replace("（", "(").replace("）", ")")]
)
def test_the_name_as_authorities_write_it(name: str) -> None:
    assert judged(signature(signer=name)).outcome == "pass"


def test_a_certificate_without_common_name() -> None:
    assert judged(signature(signer="")).outcome == "pass"
    assert judged(signature(signer="", organisation=OTHER)).outcome == "unsure"


def test_the_party_was_not_read() -> None:
    assert judged(signature(), customer_name=None).outcome == "unsure"


def test_validation_data_change_nothing() -> None:
    assert judged(signature(appended="validation_data")).outcome == "pass"


def test_countersigned() -> None:
    first, second = signature(appended="signatures"), signature(signer=OTHER, organisation=OTHER)
    assert judged(first, second).outcome == "pass"
    assert judged(first, second.model_copy(update={"trust": "unknown"})).outcome == "unsure"
    assert judged(first, second.model_copy(update={"integrity": "broken"})).outcome == "fail"


def test_content_added_between_two_signatures_is_for_a_person() -> None:
    first, second = signature(appended="other"), signature(signer=OTHER)
    assert judged(first, second).outcome == "unsure"
    assert judged(first, second.model_copy(update={"appended": "other"})).outcome == "fail"


def test_one_doubt_does_not_hide_a_broken_signature() -> None:
    doubtful = signature(appended="other")
    assert judged(doubtful, signature(), signature(integrity="broken")).outcome == "fail"


# --- ESIGN-02: the straddle seal --------------------------------------------------------------------------------------


def straddle_findings(whole: Facts, *, waived: bool = False) -> list[tuple[str, str | None]]:
    shipped: Pack = pack("service_agreement")
    check = StraddleSeal(esign_waives_straddle=waived)
    return [(each.outcome, each.severity) for each in check.judge(whole, shipped, world())]


BARE = straddle(form="absent", slices=(), coverage=None, confidence=0.95, whole_page=None)


def test_a_signed_file_without_straddle_seal_is_held() -> None:
    whole = signed(signature(), straddle=BARE)
    (found,) = findings(whole, "SEAL-03")
    assert (found.outcome, found.severity) == ("unsure", "hold")
    assert "电子签名" in found.message.zh
    assert outcome(agreement(straddle=BARE), "SEAL-03") == "fail"


def test_a_signed_file_needs_none_when_the_desk_says_so() -> None:
    assert straddle_findings(signed(signature(), straddle=BARE), waived=True) == [("n/a", None)]
    assert straddle_findings(agreement(straddle=BARE), waived=True) == [("fail", None)]


@pytest.mark.parametrize(
    "doubt",
    [
        {"trust": "unknown"},
        {"appended": "form"},
        {"integrity": "broken"},
        {"integrity": "unknown"},
        {"signer": OTHER, "organisation": OTHER},
    ],
)
@pytest.mark.parametrize("waived", [False, True])
def test_no_doubtful_signature_stands_in_for_the_seal(doubt: dict[str, Any], waived: bool) -> None:
    assert straddle_findings(signed(signature(**doubt), straddle=BARE), waived=waived) == [("fail", None)]


def test_another_party_s_straddle_seal_fails_even_so() -> None:
    foreign = straddle(form="foreign_slice", odd_pages=(3,), confidence=0.99)
    assert ("fail", None) in straddle_findings(signed(signature(), straddle=foreign))


# --- ESIGN-04, ESIGN-05 and the remark about the file -----------------------------------------------------------------


def test_a_seal_picture_is_no_electronic_seal() -> None:
    whole = agreement(document(pages=PAGES, text_source="text"), seals=(seal(),))
    (found,) = findings(whole, "ESIGN-04")
    assert (found.outcome, found.severity, found.page) == ("n/a", "info", PAGES)
    assert "不是电子印章" in found.message.zh
    (other,) = findings(agreement(seals=(seal(),)), "ESIGN-04")
    assert "不是电子印章" not in other.message.zh


def test_every_signature_is_told() -> None:
    found = findings(signed(signature(appended="signatures"), signature(signer=OTHER, trust="unknown")), "ESIGN-05")
    assert [(each.outcome, each.severity) for each in found] == [("n/a", "info")] * 2
    assert CUSTOMER in found[0].message.zh
    assert OTHER in found[1].message.zh


def remarked(kind: str | None) -> list[tuple[str, str]]:
    """What is said of the file itself when it bears a sound signature."""
    whole = signed(signature(), comparison=comparison())
    told = Remark(code="digital_signature", message=Bilingual(zh="电子签名域", en="Digital signature"), page=1)
    doc = whole.document.model_copy(update={"remarks": (told,)})
    classification = whole.classification.model_copy(update={"type": kind})
    review = validate(whole.model_copy(update={"document": doc, "classification": classification}), packs(), world())
    return [(each.outcome, each.severity) for each in review.findings if each.found == "digital_signature"]


def test_the_signature_itself_is_held_where_no_rule_judges_it() -> None:
    assert remarked("service_agreement") == [("n/a", "info")]
    assert remarked("purchase_order") == [("unsure", "hold")]
    assert remarked(None) == [("unsure", "hold")]
