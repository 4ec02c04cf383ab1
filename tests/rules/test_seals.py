"""How a seal was pressed, whose it is, and what it lies on."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.model import DigitalSignature, Facts, Finding, Line, Remark, Repeated, Seal
from pipeline.packs import Pack
from pipeline.rules.seal_marks import SealLegible
from pipeline.rules.seal_parties import RightParty, SameOwner
from pipeline.rules.wording import say
from pipeline.validate import judge, validate, verdict_of
from tests.rules.made import (
    AGENT,
    CUSTOMER,
    OTHER,
    PAGES,
    agreement,
    case_findings,
    case_outcome,
    document,
    dossier,
    findings,
    order,
    outcome,
    pack,
    packs,
    seal,
    straddle,
    world,
)

PROVIDER = "上海岚云网络科技有限公司"
NEAR_RESELLER = "蓝鲸信息技术（北京）有限责任公司"
BROTHER = "青禾医疗器械（北京）有限公司"
NEW = ("SEAL-05", "SEAL-06", "SEAL-07", "SEAL-08", "SEAL-09", "SEAL-12", "SEAL-14")


def said(whole: Facts, rule: str) -> Finding:
    (found,) = findings(whole, rule)
    return found


def open_items(whole: Facts) -> list[tuple[str, str]]:
    """What a person or the other side has to deal with."""
    name = whole.classification.type
    assert name is not None
    found = judge(whole, pack(name), world())
    return [(f.rule, f.outcome) for f in found if f.outcome in ("fail", "unsure") and f.severity in ("block", "hold")]


def noted(whole: Facts, *remarks: Remark) -> Facts:
    return whole.model_copy(update={"document": whole.document.model_copy(update={"remarks": remarks})})


def test_a_flawless_paper_passes_each_rule_once() -> None:
    for rule in NEW:
        assert outcome(agreement(), rule) == "pass", rule
    for rule in ("SEAL-05", "SEAL-07", "SEAL-08", "SEAL-09", "SEAL-12", "SEAL-14"):
        assert outcome(order(), rule) == "pass", rule
        assert outcome(order("xlsx"), rule) == "n/a", rule
    assert verdict_of(judge(agreement(), pack("service_agreement"), world())) == "passed"


def test_without_a_seal_only_its_absence_is_said() -> None:
    bare = agreement(seals=())
    assert open_items(bare) == [("SEAL-01", "fail"), ("SEAL-03f", "unsure")]
    for rule in NEW:
        assert outcome(bare, rule) == "n/a", rule


# --- SEAL-05: where it lies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "pass"),
        ({"box": (505, 600, 590, 719)}, "pass"),
        ({"turn": 12.0}, "pass"),
        ({"turn": -130.0}, "fail"),
        ({"turn": -130.0, "text_confidence": 0.6}, "pass"),
        ({"box": (60, 60, 179, 179)}, "fail"),
        ({"page": 3}, "fail"),
        ({"page": 3, "confidence": 0.4}, "n/a"),
    ],
    ids=["over", "beside", "askew", "upside down", "turn unsure", "far away", "other page", "doubtful mark elsewhere"],
)
def test_position(changes: dict[str, Any], expected: str) -> None:
    whole = agreement(seals=(seal(**changes),))
    assert outcome(whole, "SEAL-05") == expected
    assert {finding.severity for finding in findings(whole, "SEAL-05")} == {"warn"}


def test_position_says_where_the_seal_is_and_is_open_when_the_place_is_not_found() -> None:
    assert "第 3 页" in said(agreement(seals=(seal(page=3),)), "SEAL-05").message.zh
    assert outcome(agreement(places={}), "SEAL-05") == "unsure"


def test_a_seal_at_another_place_of_the_form_is_not_out_of_place() -> None:
    whole = agreement(
        seals=(seal(box=(60, 600, 179, 719)),),
        places={"customer_seal": (PAGES, (330.0, 600.0, 500.0, 700.0)), "other": (PAGES, (60.0, 600.0, 180.0, 700.0))},
    )
    assert outcome(whole, "SEAL-05") == "n/a"


# --- SEAL-06: one owner -------------------------------------------------------------------------------------------


def owners(signing: str, joined: str, whole_page: int | None = None, **fields: Any) -> Facts:
    return agreement(
        seals=(seal(signing),), straddle=straddle(text=joined, text_confidence=0.95, whole_page=whole_page), **fields
    )


def test_signing_and_straddle_seal_of_one_company() -> None:
    assert outcome(owners(CUSTOMER, CUSTOMER), "SEAL-06") == "pass"
    assert outcome(owners("", "", whole_page=PAGES), "SEAL-06") == "pass"
    assert outcome(owners(AGENT, AGENT), "SEAL-06") == "pass"  # of one company, although of the wrong one
    assert outcome(agreement(straddle=straddle(form="single_sheet", slices=())), "SEAL-06") == "n/a"


@pytest.mark.parametrize(
    ("signing", "joined", "items"),
    [
        (CUSTOMER, OTHER, [("SEAL-03f", "fail")]),
        (OTHER, CUSTOMER, [("SEAL-02", "fail"), ("SEAL-03e", "unsure")]),
        (CUSTOMER, "", [("SEAL-03f", "unsure")]),
        (CUSTOMER, BROTHER, [("SEAL-03f", "unsure")]),
    ],
)
def test_what_another_rule_says_of_the_owner_is_not_said_twice(
    signing: str, joined: str, items: list[tuple[str, str]]
) -> None:
    whole = owners(signing, joined)
    assert open_items(whole) == items
    assert outcome(whole, "SEAL-06") == "n/a"


def test_two_companies_are_held_when_nobody_else_can_tell() -> None:
    whole = owners(CUSTOMER, OTHER, customer_name=None)
    found = said(whole, "SEAL-06")
    assert (found.outcome, found.severity) == ("fail", "hold")
    assert CUSTOMER in found.message.zh
    assert OTHER in found.message.zh
    grey = agreement(
        document(pages=PAGES, colour=False), seals=(seal(),), customer_name=None,
        straddle=straddle(text=OTHER, text_confidence=0.95, whole_page=None),
    )  # fmt: skip
    assert outcome(grey, "SEAL-06") == "n/a"


def test_a_pack_that_asks_nobody_else_holds_two_companies() -> None:
    plain = SameOwner(place="customer_seal")
    alone = Pack(**{**vars(pack("service_agreement")), "rules": ()})
    (found,) = plain.judge(owners(CUSTOMER, OTHER), alone, world())
    (doubt,) = plain.judge(owners(CUSTOMER, ""), alone, world())
    assert (found.outcome, found.severity, doubt.outcome) == ("fail", None, "unsure")


# --- SEAL-07: size ------------------------------------------------------------------------------------------------


def oval(width: float, height: float, **changes: Any) -> Seal:
    box = (350, 600, 350 + width * 72 / 25.4, 600 + height * 72 / 25.4)
    return seal(shape="oval", diameter_mm=width, box=box, kind="company", **changes)


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (seal(diameter_mm=38.0), "pass"),
        (seal(diameter_mm=47.5), "unsure"),
        (seal(diameter_mm=58.0), "unsure"),
        (seal(diameter_mm=58.0, kind="contract"), "pass"),
        (seal(diameter_mm=30.0), "unsure"),
        (seal(diameter_mm=20.0), "fail"),
        (seal(diameter_mm=80.0, kind="contract"), "fail"),
        (oval(45.4, 30.3), "pass"),
        (oval(40.2, 29.5), "pass"),
        (oval(45.0, 38.0), "unsure"),
        (oval(45.0, 38.0, visible=0.8), "pass"),
        (seal(shape="square", diameter_mm=20.0, kind="personal"), "n/a"),
    ],
)
def test_size(mark: Seal, expected: str) -> None:
    found = said(agreement(seals=(mark,)), "SEAL-07")
    assert (found.outcome, found.severity) == (expected, "warn")
    assert verdict_of([found, said(agreement(), "SEAL-02")]) == "passed"


def test_an_oval_that_lies_askew_has_its_own_axes() -> None:
    # half sides of the box of a 45 x 30 mm ellipse turned by 30 degrees
    half_x, half_y = (22.5**2 * 0.75 + 15**2 * 0.25) ** 0.5, (22.5**2 * 0.25 + 15**2 * 0.75) ** 0.5
    box = (350, 600, 350 + 2 * half_x * 72 / 25.4, 600 + 2 * half_y * 72 / 25.4)
    found = said(agreement(seals=(seal(shape="oval", diameter_mm=45.0, box=box),)), "SEAL-07")
    assert (found.outcome, found.found) == ("pass", "45×30 mm")


def test_size_proves_nothing_without_a_scale() -> None:
    guessed = Remark(code="dpi_guessed", message=say("", ""), page=PAGES)
    assert outcome(noted(agreement(), guessed), "SEAL-07") == "unsure"
    plain = document(pages=PAGES)
    large = [page.model_copy(update={"width": 900, "height": 1100}) for page in plain.pages]
    photo = plain.model_copy(update={"pages": tuple(large)})
    assert outcome(agreement(photo), "SEAL-07") == "pass"
    assert outcome(agreement(photo, seals=(seal(diameter_mm=80.0),)), "SEAL-07") == "unsure"


# --- SEAL-08: legible ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected", "severity"),
    [
        ({}, "pass", "hold"),
        ({"text_confidence": 0.6}, "pass", "hold"),  # faint, yet read as the very name expected
        ({"text": AGENT, "text_confidence": 0.85}, "pass", "hold"),  # legible, whosever it is
        ({"visible": 0.8}, "unsure", "hold"),
        ({"inked": 0.8}, "unsure", "hold"),
        ({"text": "", "text_confidence": 0.0}, "unsure", "warn"),
        ({"text": "青禾医", "text_confidence": 0.95}, "unsure", "warn"),
        ({"text": AGENT, "text_confidence": 0.5}, "unsure", "warn"),
        ({"text": "", "text_confidence": 0.0, "inked": 0.7}, "unsure", "hold"),
        ({"visible": 0.4}, "unsure", "warn"),
    ],
)
def test_legibility(changes: dict[str, Any], expected: str, severity: str) -> None:
    found = said(agreement(seals=(seal(**changes),)), "SEAL-08")
    assert (found.outcome, found.severity) == (expected, severity)


def test_an_unclear_seal_is_one_item_and_says_what_to_do() -> None:
    joined = straddle(text=CUSTOMER, text_confidence=0.95)
    unread = agreement(seals=(seal("", text_confidence=0.0),), straddle=joined)
    assert open_items(unread) == [("SEAL-02", "unsure")]
    look = said(unread, "SEAL-02").fix
    assert look is not None
    assert look.zh.startswith("请先对照")  # a new seal is a day lost; nobody has looked at this one yet
    cut = agreement(seals=(seal(visible=0.8),))
    assert open_items(cut) == [("SEAL-08", "unsure")]
    fix = said(cut, "SEAL-08").fix
    assert fix is not None
    assert "再盖一枚" in fix.zh
    assert "80%" in said(cut, "SEAL-08").message.zh


def test_a_second_clear_impression_beside_the_first_will_do() -> None:
    second = seal(box=(410, 640, 529, 759))
    assert outcome(agreement(seals=(seal("", text_confidence=0.0, inked=0.5), second)), "SEAL-08") == "pass"


def test_a_pack_that_asks_for_no_owner_holds_an_unread_seal() -> None:
    alone = Pack(**{**vars(pack("service_agreement")), "rules": ()})
    unread = agreement(seals=(seal("", text_confidence=0.0),))
    (found,) = SealLegible(place="customer_seal").judge(unread, alone, world())
    assert (found.outcome, found.severity) == ("unsure", None)


# --- SEAL-09: pasted pictures -------------------------------------------------------------------------------------

BOX = (350, 600, 469, 719)
PASTED = Remark(code="pasted_picture", message=say("第 8 页叠有红色图形", "a red object"), page=PAGES, box=BOX)


def twice(*pages: int) -> tuple[Repeated, ...]:
    return (Repeated(pages=(pages[0], pages[1]), boxes=(BOX, BOX), likeness=0.997),)


@pytest.mark.parametrize(
    ("whole", "words"),
    [
        (noted(agreement(), PASTED), "红色图形"),
        (agreement(repeated=twice(PAGES, 2)), "第 2 页"),
        (agreement(repeated=twice(PAGES, PAGES)), "同页"),
        (agreement(seals=(seal(flat=True),)), "均匀"),
    ],
)
def test_signs_of_a_pasted_picture_are_for_a_person(whole: Facts, words: str) -> None:
    found = said(whole, "SEAL-09")
    assert (found.outcome, found.severity, found.page) == ("unsure", "hold", PAGES)
    assert words in found.message.zh
    assert open_items(whole) == [("SEAL-09", "unsure")]
    assert verdict_of(judge(whole, pack("service_agreement"), world())) == "indeterminate"


def test_several_signs_at_one_seal_are_one_item() -> None:
    whole = noted(agreement(seals=(seal(flat=True),), repeated=twice(PAGES, 2)), PASTED)
    found = said(whole, "SEAL-09")
    assert all(words in found.message.zh for words in ("红色图形", "第 2 页", "均匀"))
    elsewhere = noted(agreement(seals=(seal(flat=True),)), PASTED.model_copy(update={"page": 2}))
    assert len(findings(elsewhere, "SEAL-09")) == 2


def test_the_reader_s_remark_is_one_item_of_the_review() -> None:
    review = validate(noted(agreement(), PASTED), packs(), world())
    assert [f.rule for f in review.findings if f.outcome == "unsure"] == ["SEAL-09"]
    unknown = noted(agreement(), PASTED)
    nobody = unknown.classification.model_copy(update={"type": None})
    review = validate(unknown.model_copy(update={"classification": nobody}), packs(), world())
    assert "IN-04" in {f.rule for f in review.findings if f.outcome == "unsure"}  # no rule judges it, so a person does


def test_a_seal_on_a_page_that_was_never_paper() -> None:
    digital = agreement(document(pages=PAGES, text_source="text", colour=False))
    found = said(digital, "SEAL-09")
    assert (found.outcome, found.severity) == ("unsure", "warn")  # IN-05 holds the paper for it


def test_a_file_signed_digitally_by_its_party_may_show_seal_pictures() -> None:
    signed = DigitalSignature(signer=CUSTOMER, integrity="intact", appended="nothing", trust="trusted")
    doc = document(pages=PAGES).model_copy(update={"signatures": (signed,)})
    assert outcome(agreement(doc, repeated=twice(PAGES, 2)), "SEAL-09") == "n/a"
    other = doc.model_copy(update={"signatures": (signed.model_copy(update={"signer": OTHER}),)})
    assert outcome(agreement(other, repeated=twice(PAGES, 2)), "SEAL-09") == "unsure"


# --- SEAL-12: the right party -------------------------------------------------------------------------------------


def test_the_reseller_s_seal_for_the_customer_s_is_refused_once_and_named() -> None:
    whole = agreement(seals=(seal(AGENT),))
    assert ("SEAL-02", "fail") in open_items(whole)
    again = said(whole, "SEAL-02").fix
    assert again is not None
    assert again.zh == "重新盖章"
    found = said(whole, "SEAL-12")
    assert (found.outcome, found.severity, found.expected, found.found) == ("fail", "warn", CUSTOMER, AGENT)
    assert "经销商" in found.message.zh
    assert outcome(agreement(seals=(seal(PROVIDER),)), "SEAL-12") == "fail"


def test_another_party_with_a_similar_name_is_refused_by_this_rule_alone() -> None:
    whole = agreement(seals=(seal(BROTHER),), reseller_name=BROTHER)
    assert outcome(whole, "SEAL-02") == "unsure"  # too alike to be refused as another
    found = said(whole, "SEAL-12")
    assert (found.outcome, found.severity) == ("fail", "block")


@pytest.mark.parametrize(
    ("seals", "expected"),
    [
        ((seal(AGENT), seal(box=(420, 610, 539, 729))), "pass"),
        ((seal(NEAR_RESELLER),), "unsure"),
        ((seal(AGENT, text_confidence=0.7),), "unsure"),
        ((seal(AGENT, confidence=0.4),), "unsure"),
        ((seal(OTHER),), "n/a"),
        ((seal("", text_confidence=0.0),), "n/a"),
    ],
    ids=["both", "nearly its name", "read badly", "faint", "a stranger", "unread"],
)
def test_right_party(seals: tuple[Seal, ...], expected: str) -> None:
    assert outcome(agreement(seals=seals), "SEAL-12") == expected


def test_whose_place_it_is_must_be_known_before_a_seal_is_refused() -> None:
    assert outcome(agreement(seals=(seal(AGENT),), customer_name=None), "SEAL-12") == "unsure"
    assert outcome(agreement(seals=(seal(AGENT),), reseller_name=None), "SEAL-12") == "n/a"
    own = agreement(seals=(seal(AGENT),), customer_name=AGENT)  # the customer buys as its own reseller
    assert outcome(own, "SEAL-12") == "pass"


def test_a_pack_that_asks_for_no_owner_leaves_strangers_open() -> None:
    alone = Pack(**{**vars(pack("service_agreement")), "rules": ()})
    check = RightParty(place="customer_seal", others=("reseller_name",))
    (stranger,) = check.judge(agreement(seals=(seal(OTHER),)), alone, world())
    (reseller,) = check.judge(agreement(seals=(seal(AGENT),)), alone, world())
    assert (stranger.outcome, reseller.outcome, reseller.severity) == ("unsure", "fail", None)


def test_on_an_order_the_customer_s_seal_does_not_replace_the_buyer_s() -> None:
    whole = order()
    seen = whole.observations.model_copy(update={"seals": (seal(CUSTOMER, page=2),)})
    assert outcome(whole.model_copy(update={"observations": seen}), "SEAL-12") == "fail"


# --- SEAL-13: entries under a seal --------------------------------------------------------------------------------


def hidden(key: str, label: str = "", *, page: int = 2) -> Facts:
    """The scanned order, one value not read, its label (if any) left of the seal."""
    whole = order(**{key.replace(".", "_"): None})
    line = Line(text=label, box=(300, 640, 348, 652), confidence=0.97)
    pages = [
        each.model_copy(update={"lines": (line,)}) if label and each.number == page else each
        for each in whole.document.pages
    ]
    unread = whole.extraction.model_copy(update={"unread": (key,)})
    doc = whole.document.model_copy(update={"pages": tuple(pages)})
    return whole.model_copy(update={"document": doc, "extraction": unread})


def test_a_required_entry_lost_under_the_seal_is_remarked_with_the_electronic_value() -> None:
    (found,) = case_findings(dossier(hidden("tax_amount", "税额"), order("xlsx")), "SEAL-13")
    assert (found.outcome, found.severity, found.page) == ("unsure", "warn", 2)
    assert "6520.75" in found.message.zh


@pytest.mark.parametrize(
    "parts",
    [
        (order(), order("xlsx")),
        (hidden("tax_amount"), order("xlsx")),  # unread, nobody knows where
        (hidden("tax_amount", "税额", page=1), order("xlsx")),  # unread where no seal is
        (hidden("customer_name_en", "最终客户英文名称"), order("xlsx")),  # not required
    ],
)
def test_nothing_lost_under_a_seal(parts: tuple[Facts, ...]) -> None:
    assert case_outcome(dossier(*parts), "SEAL-13") == "pass"


def test_without_the_electronic_form_there_is_nothing_to_look_at() -> None:
    assert case_outcome(dossier(hidden("tax_amount", "税额")), "SEAL-13") == "n/a"


def test_a_cell_is_placed_by_its_row_and_its_column() -> None:
    whole = hidden("lines.2.amount")
    fields = dict(whole.extraction.fields)
    for key, box in (("lines.1.amount", (400, 500, 450, 512)), ("lines.2.no", (60, 640, 80, 652))):
        fields[key] = fields[key].model_copy(update={"page": 2, "box": box})
    sealed = whole.model_copy(update={"extraction": whole.extraction.model_copy(update={"fields": fields})})
    (found,) = case_findings(dossier(sealed, order("xlsx")), "SEAL-13")
    assert (found.outcome, found.box) == ("unsure", (400, 640, 450, 652))


# --- SEAL-14: sealed blanks ---------------------------------------------------------------------------------------


def test_a_blank_on_the_sealed_page_is_held() -> None:
    whole = agreement(sign_name=None)
    assert open_items(whole) == [("SEAL-14", "fail")]
    found = said(whole, "SEAL-14")
    assert found.severity == "hold"
    assert "签字人姓名" in found.message.zh
    assert outcome(agreement(sign_name=None, comparison=None), "SEAL-14") == "unsure"


def test_a_blank_that_another_rule_asks_for_is_only_remarked_on() -> None:
    whole = agreement(sign_date=None)
    assert "SEAL-14" not in {rule for rule, _ in open_items(whole)}
    found = said(whole, "SEAL-14")
    assert (found.outcome, found.severity) == ("fail", "warn")


def test_an_unread_name_at_the_seal_of_an_order_is_open() -> None:
    assert open_items(order(handler=None)) == [("SEAL-14", "unsure")]
    assert outcome(order(sign_date=None), "SEAL-14") == "unsure"
