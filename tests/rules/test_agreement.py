"""The rules of the shipped format contract: text, pages, seals, straddle seal."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import Difference, Facts, Line, PageMatch, Slice
from pipeline.rules.straddle import StraddleSeal
from pipeline.validate import judge, verdict_of
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    OTHER,
    PAGES,
    TODAY,
    agreement,
    comparison,
    document,
    findings,
    outcome,
    pack,
    seal,
    straddle,
    world,
)

CHANGE: dict[str, Any] = {
    "kind": "change", "page": 3, "reference_page": 3, "box": (100, 200, 120, 212), "clause": "5.1", "expected": "99.9",
    "found": "99.5", "confidence": 0.97, "signals": ("text", "image", "reread"),
}  # fmt: skip
GREY = document(pages=PAGES, colour=False)


def difference(**changes: Any) -> Difference:
    return Difference.model_validate({**CHANGE, **changes})


def subs(whole: Facts, rule: str = "AGR-01") -> dict[str, str]:
    """The gravest outcome per sub-rule."""
    order = ["n/a", "pass", "error", "unsure", "fail"]
    found: dict[str, str] = {}
    for finding in findings(whole, rule):
        sub = finding.rule.removeprefix(rule)
        found[sub] = max(found.get(sub, "n/a"), finding.outcome, key=order.index)
    return found


def verdict(whole: Facts) -> str:
    return verdict_of(judge(whole, pack("service_agreement"), world()))


def test_a_flawless_agreement_passes() -> None:
    assert verdict(agreement()) == "passed"
    assert set(subs(agreement()).values()) == {"pass"}


# --- AGR-01 -------------------------------------------------------------------------------------------------------


def test_a_change_seen_twice_fails_and_says_where_and_what() -> None:
    whole = agreement(comparison=comparison(difference()))
    found = next(f for f in findings(whole, "AGR-01") if f.outcome == "fail")
    assert (found.rule, found.page, found.box, found.expected, found.found) == (
        "AGR-01d", 3, (100, 200, 120, 212), "99.9", "99.5",
    )  # fmt: skip
    assert all(word in found.message.zh for word in ("第 3 页", "5.1", "99.9", "99.5"))
    assert verdict(whole) == "failed"


@pytest.mark.parametrize(
    "doubt",
    [{"kind": "reading"}, {"signals": ("text",)}, {"signals": ("text", "text")}],
)
def test_a_change_seen_once_is_open(doubt: dict[str, Any]) -> None:
    whole = agreement(comparison=comparison(difference(expected="在线", found="在钱", **doubt)))
    assert subs(whole)["d"] == "unsure"
    assert verdict(whole) == "indeterminate"


def test_doubt_about_a_critical_word_is_named_as_such() -> None:
    found = subs(agreement(comparison=comparison(difference(kind="reading", expected="不得", found="得"))))
    assert found["f"] == "unsure"
    assert found["d"] == "pass"
    noted = difference(kind="reading", expected="甲", found="乙", note="critical; …")
    assert subs(agreement(comparison=comparison(noted)))["f"] == "unsure"


def test_a_changed_character_is_shown_among_its_words() -> None:
    note = "critical; …不低于99.[9→5]%。… reread: 99.5"
    whole = agreement(comparison=comparison(difference(expected="9", found="5", note=note)))
    found = next(f for f in findings(whole, "AGR-01") if f.outcome == "fail")
    assert "…不低于99.[9→5]%。…" in found.message.zh


def test_fill_ins_and_marks_are_allowed() -> None:
    harmless = comparison(difference(kind="fill_in"), difference(kind="mark"))
    assert set(subs(agreement(comparison=harmless)).values()) == {"pass"}


def test_handwriting_and_strike_outs_are_ink() -> None:
    pen = difference(expected="", found="", signals=("ink", "shape"))
    struck = difference(expected="不得修改", found="", signals=("ink", "shape"))
    speck = difference(kind="reading", expected="", found="", signals=("ink",))
    assert subs(agreement(comparison=comparison(pen)))["e"] == "fail"
    assert subs(agreement(comparison=comparison(struck)))["e"] == "fail"
    assert subs(agreement(comparison=comparison(speck)))["e"] == "unsure"


def test_coloured_ink_is_named() -> None:
    note = difference(
        kind="reading", expected="", found="", signals=("ink",), note="coloured ink that belongs to no seal"
    )
    whole = agreement(comparison=comparison(note))
    (told,) = [item for item in findings(whole, "AGR-01") if item.outcome == "unsure"]
    assert told.rule == "AGR-01e"
    assert "彩色笔迹" in told.message.zh


def test_pale_writing_is_named_and_never_fails_alone() -> None:
    note = difference(kind="reading", expected="", found="第三条不适用", signals=("reread",), note="pale writing")
    whole = agreement(comparison=comparison(note))
    (told,) = [item for item in findings(whole, "AGR-01") if item.outcome == "unsure"]
    assert told.rule == "AGR-01f"  # a negation
    assert "浅淡的文字“第三条不适用”" in told.message.zh


def test_grey_scans_lead_to_doubt_only() -> None:
    changed = subs(agreement(GREY, comparison=comparison(difference())))
    assert changed["f"] == "unsure"
    assert "fail" not in changed.values()
    same = subs(agreement(GREY))
    assert (same["d"], same["e"], same["f"]) == ("unsure", "unsure", "unsure")
    assert verdict(agreement(GREY)) == "indeterminate"


def test_a_change_among_nothing_but_print_fails_in_a_grey_scan_which_still_never_passes() -> None:
    whole = agreement(GREY, comparison=comparison(difference(clear=True)))
    assert subs(whole)["d"] == "fail"
    assert (subs(whole)["e"], verdict(whole)) == ("unsure", "failed")


@pytest.mark.parametrize(
    "doubt",
    [{"kind": "reading"}, {"signals": ("image",)}, {"clear": False}, {"signals": ("ink", "shape"), "clear": False}],
)
def test_what_a_grey_scan_does_not_prove_by_itself_is_open(doubt: dict[str, Any]) -> None:
    found = subs(agreement(GREY, comparison=comparison(difference(**{"clear": True, **doubt}))))
    assert "fail" not in found.values()


@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize(
    "look",
    [
        {"dpi": 100.0},
        {"dpi": 100.0, "colour": False},
        {"dpi": None},
        {"bilevel": True, "colour": False},
        {"text_source": "text", "colour": False},
    ],
)
def test_bad_pictures_lead_to_doubt_only(look: dict[str, Any], clear: bool) -> None:
    whole = agreement(document(pages=PAGES, **look), comparison=comparison(difference(clear=clear)))
    assert "fail" not in subs(whole).values()


DIGITAL = document(pages=PAGES, text_source="text", colour=False)


def proved(*numbers: int) -> tuple[PageMatch, ...]:
    return tuple(
        PageMatch(page=n, reference_page=n, alignment="registered", score=1.0, proved=n in numbers)
        for n in range(1, PAGES + 1)
    )


def test_verified_pages_of_a_digital_agreement_are_unmodified_but_were_never_on_paper() -> None:
    verified = comparison(pages=proved(*range(1, PAGES + 1)))
    found = subs(agreement(DIGITAL, comparison=verified))
    assert (found["d"], found["e"], found["f"], found["h"]) == ("pass", "pass", "pass", "pass")
    unverified = agreement(DIGITAL, comparison=comparison())
    for rule in ("IN-05", "SEAL-01", "SEAL-02", "SEAL-03", "SEAL-10"):
        assert subs(agreement(DIGITAL, comparison=verified), rule) == subs(unverified, rule)


def test_one_unverified_page_leaves_a_digital_agreement_in_doubt() -> None:
    found = subs(agreement(DIGITAL, comparison=comparison(pages=proved(*range(1, PAGES)))))
    assert (found["d"], found["e"], found["f"]) == ("unsure", "unsure", "unsure")
    assert subs(agreement(DIGITAL, comparison=comparison()))["d"] == "unsure"


def test_what_differs_on_a_verified_page_is_no_less_different() -> None:
    whole = agreement(DIGITAL, comparison=comparison(difference(), pages=proved(*range(1, PAGES + 1))))
    assert subs(whole)["d"] == "fail"


def test_a_proof_does_not_make_a_grey_scan_a_good_one() -> None:
    assert subs(agreement(GREY, comparison=comparison(pages=proved(*range(1, PAGES + 1)))))["d"] == "unsure"


@pytest.mark.parametrize("words", ["客户同意放弃全部权利", "责任上限为零", "本协议不得解除", "若晚付不计息"])
def test_a_clause_in_any_blank_is_for_a_person(words: str) -> None:
    fill_in = difference(kind="fill_in", expected="", found=words, signals=("text",), note="customer_seal")
    found = findings(agreement(comparison=comparison(fill_in)), "AGR-01g")
    told = [finding for finding in found if finding.outcome == "unsure"]
    assert [(finding.page, finding.box, finding.found) for finding in told] == [(3, (100, 200, 120, 212), words)]
    in_field = findings(agreement(contact_title=words), "AGR-01g")
    assert "unsure" in {finding.outcome for finding in in_field}


@pytest.mark.parametrize("words", ["沈文博", "树若素", "深圳市示例有限责任公司", CUSTOMER])
def test_plain_data_in_blanks_is_no_clause(words: str) -> None:
    fill_in = difference(kind="fill_in", expected="", found=words, signals=("text",), note="customer_seal")
    assert "unsure" not in {
        finding.outcome for finding in findings(agreement(comparison=comparison(fill_in)), "AGR-01g")
    }


@pytest.mark.parametrize(
    "changes",
    [{"missing": (5,)}, {"repeated": (4,)}, {"in_order": False}],
)
def test_missing_repeated_and_swapped_pages_fail(changes: dict[str, Any]) -> None:
    assert subs(agreement(comparison=comparison(**changes)))["b"] == "fail"


def test_a_page_that_matches_nothing_is_foreign_only_when_it_is_legible() -> None:
    other = comparison(foreign=(3,), missing=(3,))
    assert subs(agreement(comparison=other))["b"] == "unsure"
    assert subs(agreement(_page_three("甲方应当在收到货物之后付款。" * 8, 0.95), comparison=other))["b"] == "fail"
    assert subs(agreement(_page_three("甲方应当在收到货物之后付款。" * 8, 0.5), comparison=other))["b"] == "unsure"


def test_an_attached_supplement_is_named() -> None:
    whole = agreement(_page_three("补充协议：价格以双方另行约定为准。" * 6, 0.95), comparison=comparison(foreign=(3,)))
    assert subs(whole)["g"] == "fail"


def _page_three(text: str, confidence: float) -> Any:
    doc = document(pages=PAGES)
    line = Line(text=text, box=(50, 50, 500, 60), confidence=confidence)
    pages = tuple(page.model_copy(update={"lines": (line,)}) if page.number == 3 else page for page in doc.pages)
    return doc.model_copy(update={"pages": pages})


def test_same_words_in_another_layout_are_held_not_blocked() -> None:
    matches = tuple(PageMatch(page=n, reference_page=n, alignment="reflowed", score=0.8) for n in range(1, PAGES + 1))
    found = [f for f in findings(agreement(comparison=comparison(pages=matches)), "AGR-01") if f.rule == "AGR-01h"]
    assert [(f.outcome, f.severity) for f in found] == [("unsure", "hold")]


def test_what_was_not_compared_is_open() -> None:
    assert subs(agreement(comparison=None)) == {"a": "unsure", "g": "pass"}
    nothing = tuple(PageMatch(page=n, reference_page=None, alignment="none", score=0.1) for n in range(1, PAGES + 1))
    assert subs(agreement(comparison=comparison(pages=nothing, foreign=tuple(range(1, 9)))))["a"] == "unsure"
    unread = tuple(
        PageMatch(page=n, reference_page=n, alignment="none" if n == 4 else "registered", score=0.5)
        for n in range(1, PAGES + 1)
    )
    assert subs(agreement(comparison=comparison(pages=unread)))["d"] == "unsure"


def test_another_edition_is_open() -> None:
    whole = agreement()
    other = whole.classification.model_copy(update={"edition": "2025-01"})
    assert subs(whole.model_copy(update={"classification": other}))["a"] == "unsure"


def test_a_condition_written_into_a_blank_is_for_a_person() -> None:
    assert subs(agreement(customer_address="价格以双方另行约定为准"))["g"] == "unsure"


# --- AGR-02 … AGR-07 ----------------------------------------------------------------------------------------------


def _provider(*texts: str, confidence: float = 0.96, source: str = "ocr") -> Any:
    doc = document(pages=PAGES, text_source=source)
    pages = [
        page.model_copy(
            update={"lines": (Line(text=texts[i], box=(60, 100, 500, 112), confidence=confidence),)}
            if i < len(texts)
            else {}
        )
        for i, page in enumerate(doc.pages)
    ]
    return doc.model_copy(update={"pages": tuple(pages)})


MIRRORED = "本协议由上海速融网络科技有限公司（以下简称“服务提供方”）与客户订立"
MIRRORED_END = "服务提供方：上海速融网络科技有限公司（虚构）。"


def test_the_mirrored_agreement_of_another_company_fails() -> None:
    elsewhere = comparison(pages=())  # in another layout: the comparison has not looked itself
    assert outcome(agreement(_provider(MIRRORED, MIRRORED_END), comparison=elsewhere), "AGR-02") == "fail"
    seen = comparison(difference(page=1, box=(100, 101, 130, 111), expected="岚云", found="速融"))
    assert outcome(agreement(_provider(MIRRORED), comparison=seen), "AGR-02") == "fail"
    assert outcome(agreement(_provider(MIRRORED, source="text")), "AGR-02") == "fail"


def test_a_single_reading_of_another_provider_is_open() -> None:
    assert outcome(agreement(_provider(MIRRORED)), "AGR-02") == "unsure"
    assert outcome(agreement(_provider(MIRRORED, MIRRORED_END, confidence=0.7)), "AGR-02") == "unsure"


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("岗云网络", {"pages": ()}),  # one character off
        ("速融网络", {}),  # laid over the form, and nothing seen there
    ],
)
def test_a_provider_misread_alike_in_two_places_is_open(name: str, where: Any) -> None:
    twice = [text.replace("速融网络", name) for text in (MIRRORED, MIRRORED_END)]
    assert outcome(agreement(_provider(*twice), comparison=comparison(**where)), "AGR-02") == "unsure"


def test_a_provider_misread_twice_in_a_scan_without_colour_is_open() -> None:
    grey = _provider(MIRRORED, MIRRORED_END)
    grey = grey.model_copy(update={"pages": tuple(p.model_copy(update={"colour": False}) for p in grey.pages)})
    assert outcome(agreement(grey, comparison=comparison(pages=())), "AGR-02") == "unsure"


def test_ink_in_the_row_of_a_misread_provider_is_no_change_of_its_name() -> None:
    ink = comparison(difference(page=1, box=(440, 60, 500, 160), expected="", found=""))
    other = comparison(difference(page=1, box=(300, 101, 330, 111), expected="客户", found="用户"))
    assert outcome(agreement(_provider(MIRRORED), comparison=ink), "AGR-02") == "unsure"
    assert outcome(agreement(_provider(MIRRORED), comparison=other), "AGR-02") == "unsure"


def _under(box: tuple[float, float, float, float], **changes: Any) -> Any:
    """A seal whose lettering was read into the provider's name, and what the comparison saw."""
    misread = _provider("本协议由上海岚法络科技有限公司（以下简称“服务提供方”）与客户订立")
    grey = misread.model_copy(update={"pages": tuple(p.model_copy(update={"colour": False}) for p in misread.pages)})
    seals = (seal(), seal(page=1, box=box, **({"colour": "grey"} if changes.pop("grey", False) else {})))
    return agreement(grey if seals[1].colour == "grey" else misread, seals=seals, comparison=comparison(**changes))


def test_a_provider_under_a_seal_is_what_the_comparison_saw_there() -> None:
    over, beside, behind = (200, 60, 319, 179), (200, 300, 319, 419), (380, 60, 499, 179)
    assert outcome(_under(over), "AGR-02") == "pass"
    assert outcome(_under(over, grey=True), "AGR-02") == "unsure"
    assert outcome(_under(beside), "AGR-02") == "unsure"
    assert outcome(_under(behind), "AGR-02") == "unsure"  # over the same line, but not over the name
    assert outcome(_under(over, pages=()), "AGR-02") == "unsure"  # not laid over the form


@pytest.mark.parametrize("kind", ["reading", "change", "fill_in"])
def test_a_provider_under_a_seal_is_open_where_anything_was_seen_in_its_row(kind: Any) -> None:
    seen = difference(page=1, box=(300, 101, 330, 111), expected="云", found="", kind=kind)
    seals = (seal(), seal(page=1, box=(200, 60, 319, 179)))
    facts = agreement(_provider(MIRRORED), seals=seals, comparison=comparison(seen))
    assert outcome(facts, "AGR-02") == ("fail" if kind == "change" else "unsure")


def test_an_unread_provider_is_open() -> None:
    assert outcome(agreement(_provider("本协议由")), "AGR-02") == "unsure"


def test_contacts_must_be_complete_and_valid() -> None:
    assert outcome(agreement(), "AGR-05") == "pass"
    assert outcome(agreement(admin_email=None), "AGR-05") == "fail"  # registered form, blank looked into
    blurred = agreement(admin_email=None, comparison=None)
    assert outcome(blurred, "AGR-05") == "unsure"
    assert outcome(agreement(admin_phone="1380000003"), "AGR-05") == "unsure"


@pytest.mark.parametrize(
    ("signed", "expected"),
    [("2026-09-28", "pass"), ("2026-10-01", "fail"), ("2026-05-01", "unsure"), (None, "fail")],
)
def test_the_date_of_signing(signed: str | None, expected: str) -> None:
    assert TODAY.isoformat() == "2026-09-28"
    assert outcome(agreement(sign_date=signed), "AGR-06") == expected
    assert findings(agreement(sign_date=signed), "AGR-06")[0].severity == "hold"


def test_an_edition_not_yet_in_force_is_held() -> None:
    assert outcome(agreement(sign_date="2025-12-30"), "AGR-07") == "fail"
    assert outcome(agreement(), "AGR-07") == "pass"


# --- seals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seals", "expected"),
    [
        ((seal(),), ("pass", "pass", "pass", "pass")),
        ((), ("fail", "n/a", "n/a", "n/a")),
        ((seal(OTHER),), ("pass", "fail", "pass", "pass")),
        ((seal(AGENT, text_confidence=0.7),), ("pass", "unsure", "pass", "pass")),
        ((seal("青禾医疗器械（深圳）有银公司"),), ("pass", "unsure", "pass", "pass")),
        ((seal(""),), ("pass", "unsure", "pass", "pass")),
        ((seal(kind="finance"),), ("pass", "pass", "fail", "pass")),
        ((seal(kind="unknown"),), ("pass", "pass", "unsure", "pass")),
        ((seal(colour="grey"),), ("pass", "pass", "pass", "unsure")),
        ((seal(confidence=0.4),), ("unsure", "pass", "pass", "pass")),
        ((seal(visible=0.3),), ("unsure", "pass", "pass", "pass")),
        ((seal(), seal("林若青", kind="personal", box=(480, 640, 530, 690))), ("pass", "pass", "pass", "pass")),
        ((seal(kind="finance"), seal(OTHER, kind="contract")), ("pass", "pass", "fail", "pass")),
    ],
)
def test_signing_seal(seals: tuple[Any, ...], expected: tuple[str, str, str, str]) -> None:
    whole = agreement(seals=seals)
    assert tuple(outcome(whole, rule) for rule in ("SEAL-01", "SEAL-02", "SEAL-04", "SEAL-10")) == expected


def test_an_empty_place_on_a_grey_scan_is_open() -> None:
    assert outcome(agreement(GREY, seals=()), "SEAL-01") == "unsure"
    assert outcome(agreement(seals=(), places={}), "SEAL-01") == "unsure"
    elsewhere = (seal(box=(60, 60, 170, 170)),)
    assert outcome(agreement(seals=elsewhere), "SEAL-01") == "unsure"


@pytest.mark.parametrize(
    ("change", "expected"),
    [(("咨", ""), "unsure"), (("咨", "咨信"), "unsure"), (("禾", "木"), "unsure"), (("（", ""), "pass")],
    ids=["a letter less", "a letter more", "another letter", "a lost bracket"],
)
def test_a_name_that_differs_in_one_letter_may_be_another_company_s(change: tuple[str, str], expected: str) -> None:
    name = "青禾医疗器械研究开发与咨询服务（深圳）股份有限公司"
    sealed = agreement(customer_name=name, seals=(seal(name.replace(*change), text_confidence=0.99),))
    assert outcome(sealed, "SEAL-02") == expected


def test_reports_never_call_a_seal_genuine() -> None:
    words = " ".join(f.message.zh + f.message.en for f in judge(agreement(), pack("service_agreement"), world()))
    assert not any(word in words for word in ("真", "genuine", "authentic", "伪", "forged", "无效"))


# --- straddle seal ------------------------------------------------------------------------------------------------


def _slices(*pages: int, width: float = 5.2) -> tuple[Slice, ...]:
    return tuple(Slice(page=n, box=(580, 300, 595, 400), width_mm=width, height_mm=30) for n in pages)


def straddled(doc: Any = None, **changes: Any) -> dict[str, str]:
    return subs(agreement(doc, straddle=straddle(**changes)), "SEAL-03")


def test_one_impression_over_all_pages() -> None:
    found = straddled()
    assert {found[sub] for sub in "abcde"} == {"pass"}


def test_a_missing_slice_fails_with_its_page_and_weak_evidence_does_not() -> None:
    gap: dict[str, Any] = {"form": "missing_slices", "missing_pages": (5,), "slices": _slices(1, 2, 3, 4, 6, 7, 8)}
    whole = agreement(straddle=straddle(**gap))
    assert subs(whole, "SEAL-03")["a"] == "fail"
    assert "第 5 页" in next(f.message.zh for f in findings(whole, "SEAL-03") if f.outcome == "fail")
    assert straddled(confidence=0.6, **gap)["a"] == "unsure"
    assert straddled(GREY, **gap)["a"] == "unsure"


@pytest.mark.parametrize(
    ("edge", "beside", "expected"),
    [
        ("right", (580, 300, 595, 400), (575, 300, 595, 400)),
        ("left", (0, 300, 30, 400), (0, 300, 30, 400)),
        ("top", (200, 0, 300, 15), (200, 0, 300, 20)),
        ("bottom", (200, 827, 300, 842), (200, 822, 300, 842)),
    ],
)
def test_a_missing_slice_points_at_the_bare_edge(edge: str, beside: Any, expected: Any) -> None:
    far = Slice(page=1, box=(200, 200, 300, 300), width_mm=5.2, height_mm=30)
    near = Slice(page=6, box=beside, width_mm=5.2, height_mm=30)
    gap = straddle(form="missing_slices", edge=edge, missing_pages=(5,), slices=(far, near))
    told = next(f for f in findings(agreement(straddle=gap), "SEAL-03") if f.outcome == "fail")
    assert (told.page, told.box) == (5, expected)


def test_no_slice_anywhere() -> None:
    assert straddled(form="absent", slices=())["a"] == "fail"
    assert straddled(form="absent", slices=(), confidence=0.5)["a"] == "unsure"
    assert straddled(GREY, form="absent", slices=())["a"] == "unsure"
    assert straddled(form="not_visible", slices=())["a"] == "unsure"


@pytest.mark.parametrize(
    ("changes", "sub", "expected"),
    [
        ({"form": "cropped"}, "a", "unsure"),
        ({"form": "inconsistent"}, "e", "unsure"),
        ({"form": "inconsistent", "apart": ((3, 4),)}, "d", "unsure"),
        ({"form": "facing_pages", "edge": None, "slices": _slices(2, 3, 4, 5)}, "b", "unsure"),
        ({"form": "foreign_slice", "odd_pages": (4,), "confidence": 0.95}, "e", "fail"),
        ({"form": "foreign_slice", "odd_pages": (4,), "confidence": 0.6}, "e", "unsure"),
        ({"form": "wrong_order", "confidence": 0.7}, "c", "unsure"),
        ({"form": "wrong_order", "confidence": 0.95}, "c", "fail"),
        ({"form": "single_sheet", "slices": ()}, "i", "n/a"),
        ({"form": "two_impressions"}, "g", "pass"),
        ({"coverage": 0.75}, "d", "unsure"),
        ({"coverage": None}, "d", "unsure"),
        ({"slices": _slices(*range(1, 9), width=0.7)}, "a", "unsure"),
        ({"slices": _slices(1, 3, 5, 7)}, "h", "pass"),
        ({"form": "missing_slices", "missing_pages": (2, 4, 6, 8), "slices": _slices(1, 3, 5, 7)}, "h", "pass"),
        ({"slices": _slices(1, 2, 3)}, "h", "unsure"),
        ({"text": CUSTOMER, "text_confidence": 0.9}, "f", "pass"),
        ({"text": OTHER, "text_confidence": 0.95, "whole_page": None}, "f", "fail"),
        ({"diameter_mm": 38.0}, "f", "unsure"),
        ({"whole_page": None}, "f", "unsure"),
        ({"whole_page": 1}, "f", "unsure"),
        ({"untold_pages": (3,)}, "e", "unsure"),
        ({"bare_pages": (1, 8)}, "e", "pass"),  # nothing differs on these pages
        ({}, "f", "pass"),
    ],
)
def test_forms_of_the_straddle_seal(changes: dict[str, Any], sub: str, expected: str) -> None:
    assert straddled(**changes)[sub] == expected


def test_swapped_pages_confirmed_by_the_comparison_fail() -> None:
    swapped = straddle(form="wrong_order", order=(1, 2, 4, 3, 5, 6, 7, 8), confidence=0.7)
    whole = agreement(straddle=swapped, comparison=comparison(in_order=False))
    assert subs(whole, "SEAL-03")["c"] == "fail"
    assert next(f.page for f in findings(whole, "SEAL-03") if f.outcome == "fail") == 3


@pytest.mark.parametrize(
    ("text", "whole_page", "expected"),
    [
        (CUSTOMER, None, "pass"),
        (CUSTOMER.replace("（", ""), None, "pass"),
        (CUSTOMER.replace("医疗", "疗"), None, "unsure"),  # a slice of another seal may have hidden it
        ("杭州澜海供应链管理有限公司", None, "fail"),
        ("杭州澜海供应链管理有限公司", 8, "unsure"),  # its picture is the signing seal's
        ("", None, "unsure"),
        ("", 8, "pass"),
    ],
)
def test_the_joined_seal_says_whose_it_is(text: str, whole_page: int | None, expected: str) -> None:
    assert straddled(text=text, text_confidence=0.97, whole_page=whole_page)["f"] == expected


def test_slices_without_a_whole_impression_to_compare_with_are_for_a_person() -> None:
    read = straddled(text=CUSTOMER, text_confidence=0.97, whole_page=None)
    assert (read["e"], read["f"]) == ("unsure", "pass")
    assert straddled(text=CUSTOMER, text_confidence=0.97)["e"] == "pass"


def test_a_slice_that_does_not_tell_is_named_with_its_place() -> None:
    found = findings(agreement(straddle=straddle(untold_pages=(3,))), "SEAL-03")
    doubt = next(f for f in found if f.outcome == "unsure")
    assert (doubt.rule, doubt.page, doubt.box) == ("SEAL-03e", 3, (580, 300, 595, 400))
    assert "第 3 页" in doubt.message.zh


@pytest.mark.parametrize(
    "spoilt",
    [
        {"comparison": None},
        {"comparison": comparison(difference(page=1))},
        {"comparison": comparison(difference(page=1, kind="reading"))},
        {"comparison": comparison(missing=(4,))},
        {"comparison": comparison(in_order=False)},
    ],
)
def test_a_slice_of_border_only_needs_a_page_that_agrees_with_the_form(spoilt: dict[str, Any]) -> None:
    bare = straddle(bare_pages=(1,))
    assert subs(agreement(straddle=bare), "SEAL-03")["e"] == "pass"
    assert subs(agreement(straddle=bare, **spoilt), "SEAL-03")["e"] == "unsure"


@pytest.mark.parametrize(
    ("changes", "spoilt", "expected"),
    [
        ({"likely_pages": (3,)}, {}, "pass"),
        ({"likely_pages": ()}, {}, "unsure"),
        ({"likely_pages": (3,), "untold_pages": (3, 4)}, {}, "unsure"),
        ({"likely_pages": (3,)}, {"comparison": None}, "unsure"),
        ({"likely_pages": (3,)}, {"comparison": comparison(difference(page=3))}, "unsure"),
    ],
)
def test_a_likely_slice_needs_a_page_that_agrees_with_the_form(
    changes: dict[str, Any], spoilt: dict[str, Any], expected: str
) -> None:
    seen = straddle(**({"untold_pages": (3,)} | changes))
    assert subs(agreement(straddle=seen, **spoilt), "SEAL-03")["e"] == expected
    strict = StraddleSeal(bare_slices="unsure")
    told = {
        item.sub: item.outcome for item in strict.judge(agreement(straddle=seen), pack("service_agreement"), world())
    }
    assert told["e"] == "unsure"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({"bare_pages": (1,)}, "pass"), ({"bare_pages": (1,), "untold_pages": (3,)}, "unsure"), ({}, "pass")],
)
def test_a_pack_may_accept_slices_without_lettering(changes: dict[str, Any], expected: str) -> None:
    whole = agreement(straddle=straddle(**changes))
    lenient = StraddleSeal(bare_slices="pass")
    told = {item.sub: item.outcome for item in lenient.judge(whole, pack("service_agreement"), world())}
    assert told["e"] == expected


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        (CUSTOMER, {}, ("pass", "pass")),
        (CUSTOMER.replace("青", "清"), {}, ("pass", "pass")),  # misread, but its picture is the signing seal's
        (CUSTOMER.replace("青", "清"), {"unlike": (0,)}, ("pass", "unsure")),
        (CUSTOMER.replace("青", "清"), {"unlike": (3,)}, ("pass", "pass")),  # that one was read
        (CUSTOMER.replace("青禾医", "清和伊"), {}, ("pass", "unsure")),  # too much to make up for
        (CUSTOMER.replace("青禾", "青"), {}, ("pass", "unsure")),
        (CUSTOMER.replace("青", "清"), {"like_page": None}, ("pass", "unsure")),
        (CUSTOMER.replace("青", "清"), {"diameter_mm": 38.0}, ("pass", "unsure")),
    ],
)
def test_a_letter_of_the_joined_seal_is_the_party_s_by_reading_or_by_picture(
    text: str, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    fields = {"text": text, "text_confidence": 0.95, "whole_page": None, "like_page": 8, **changes}
    told = straddled(**fields)
    assert (told["e"], told["f"]) == expected


def test_the_party_s_seal_counts_where_two_parties_sealed_across_the_pages() -> None:
    own = straddle(text=CUSTOMER, text_confidence=0.5, confidence=0.9)
    told = straddled(text=OTHER, text_confidence=0.5, whole_page=None, beside=(own,))
    assert (told["a"], told["e"], told["f"]) == ("pass", "pass", "pass")
    nobody_s = straddle(text=OTHER, text_confidence=0.5, whole_page=None)
    assert straddled(text=OTHER, text_confidence=0.5, whole_page=None, beside=(nobody_s,))["f"] == "unsure"


def test_nobody_looked_for_the_straddle_seal() -> None:
    assert subs(agreement(straddle=None), "SEAL-03") == {"": "unsure"}
