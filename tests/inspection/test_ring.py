"""Unwrapping an impression and naming its kind; the engine itself is a fake at the door."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.inspection.ring import read_seal
from pipeline.inspection.ring_axis import axes, has_star
from pipeline.inspection.ring_ink import cut_patch
from pipeline.inspection.ring_kind import has_line, kinds_in
from pipeline.inspection.ring_lines import inner_strips, name_strips
from pipeline.inspection.ring_unroll import unroll
from pipeline.inspection.ring_vote import voted, widest_step
from pipeline.inspection.seals import find_seals
from pipeline.model import Picture, Pixels, ReadLine, ReadText
from tests.inspection.scenes import CUSTOMER, OTHER, lined_page, needs_fonts, picture, scanned, stamped
from tests.simulator.seals import Kind, SealSpec


class FakeReader:
    """Answers the strips it is given from a list and keeps them."""

    def __init__(self, *answers: tuple[str, float]) -> None:
        self.answers = answers
        self.strips: list[Pixels] = []

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("a seal is read without detection")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        self.strips = strips
        texts = [*self.answers, *[("", 0.0)] * len(strips)][: len(strips)]
        return tuple(ReadText(text, confidence) for text, confidence in texts)


def _page(spec: SealSpec, dpi: int = 200) -> Picture:
    page = lined_page()
    stamped(page, spec, (65, 90))
    return picture(scanned(page, dpi=dpi))


@needs_fonts
@pytest.mark.parametrize("degrees", [0.0, 35.0, -120.0])
def test_name_arc_is_found_at_any_rotation(degrees: float) -> None:
    spec = SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=degrees, code="4403051234567")
    page = _page(spec)
    unrolled = unroll(cut_patch(page, find_seals(page, 1)[0]))
    assert unrolled is not None
    assert (unrolled.middle * 360 - degrees + 180) % 360 - 180 == pytest.approx(0, abs=6)
    assert 0.55 < (unrolled.last - unrolled.first) / unrolled.ink.shape[1] < 0.8


@needs_fonts
def test_strips_hold_straight_evenly_spaced_characters() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    patch = cut_patch(page, find_seals(page, 1)[0])
    unrolled = unroll(patch)
    assert unrolled is not None
    strips = name_strips(unrolled, unrolled.span)
    assert [strip.shape[0] for strip in strips] == [48] * 4
    ink = 255 - strips[0][..., 0].astype(int)
    # Fourteen characters leave gaps between them; a border or a slanted line would not.
    empty = ink[6:42].max(axis=0) < 110
    runs = int((np.diff(empty.astype(int)) == 1).sum())
    assert runs >= 9
    assert ink[:3].mean() < 60


@needs_fonts
def test_letters_of_a_coarse_page_are_set_slim() -> None:
    widths = {}
    for dpi in (150, 200):
        page = _page(SealSpec(CUSTOMER, diameter_mm=42), dpi=dpi)
        unrolled = unroll(cut_patch(page, find_seals(page, 1)[0]))
        assert unrolled is not None
        widths[dpi] = [strip.shape[1] for strip in name_strips(unrolled, unrolled.span)]
    assert max(widths[150]) < 0.7 * widths[200][0]
    assert widths[150][-1] == pytest.approx(widths[200][-1], rel=0.1)  # print taken off by a channel: slim on any page


@needs_fonts
@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("company", "", "company"),
        ("contract", "合同专用章", "contract"),
        ("finance", "财务专用章", "finance"),
        ("finance", "", "unknown"),
        ("contract", "专用章", "unknown"),
    ],
)
def test_kind_follows_the_inner_line_and_an_unread_line_is_not_a_company_seal(
    kind: str, inner: str, expected: str
) -> None:
    page = _page(SealSpec(CUSTOMER, kind=kind, diameter_mm=40))  # type: ignore[arg-type]
    mark = find_seals(page, 1)[0]
    seal = read_seal(page, mark, 6, FakeReader(*[(CUSTOMER, 0.98)] * 4, (inner, 0.9)))
    assert (seal.page, seal.text, seal.kind) == (6, CUSTOMER, expected)
    assert seal.box == mark.box


@needs_fonts
def test_star_and_line_are_told_apart() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    patch = cut_patch(page, find_seals(page, 1)[0])
    unrolled = unroll(patch)
    assert unrolled is not None
    assert has_star(patch)
    assert not has_line(patch, unrolled)


@needs_fonts
def test_oval_and_square_seals_have_their_kinds() -> None:
    page = _page(SealSpec(CUSTOMER, kind="invoice", diameter_mm=40))
    answers = [(CUSTOMER, 0.9)] * 4
    assert read_seal(page, find_seals(page, 1)[0], 1, FakeReader(*answers, ("发票专用章", 0.9))).kind == "invoice"
    page = _page(SealSpec("林若青印", kind="personal", diameter_mm=20))
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader(("林若青印", 0.99)))
    assert seal.kind == "personal"
    assert seal.text_confidence <= 0.6


@needs_fonts
def test_an_engine_that_reads_nothing_leaves_the_text_empty() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader())
    assert (seal.text, seal.text_confidence, seal.code) == ("", 0.0, "")


@needs_fonts
@pytest.mark.parametrize(
    "spec",
    [
        SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=-120),
        SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=14),
        SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=170),
    ],
)
def test_a_seal_tells_how_far_it_is_turned_and_inked(spec: SealSpec) -> None:
    page = _page(spec)
    seal = read_seal(page, find_seals(page, 1)[0], 1, FakeReader())
    assert seal.turn is not None
    assert (seal.turn - spec.rotation_deg + 180) % 360 - 180 == pytest.approx(0, abs=6)
    assert seal.inked > 0.95


@needs_fonts
@pytest.mark.parametrize(
    "spec",
    [
        SealSpec(CUSTOMER, diameter_mm=42, double_border=True),
        SealSpec(CUSTOMER, diameter_mm=40, double_border=True, border_mm=0.8, strength=0.4),
        SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, double_border=True),
    ],
    ids=["thick and thin", "little ink", "oval"],
)
def test_the_name_begins_inside_the_inner_of_two_borders(spec: SealSpec) -> None:
    page = _page(spec, dpi=300)
    unrolled = unroll(cut_patch(page, find_seals(page, 1)[0]))
    assert unrolled is not None
    assert unrolled.inner / 12 == pytest.approx(spec.border_mm + 0.6 + 0.35, abs=0.35)
    all_round = (unrolled.ink > 0.4).mean(axis=1) > 0.6
    assert all_round[: unrolled.inner].any()
    assert not all_round[unrolled.top : unrolled.bottom].any()
    assert 0.5 < (unrolled.last - unrolled.first) / unrolled.ink.shape[1] < 0.8


@needs_fonts
def test_a_border_off_its_outline_is_unwrapped_straight() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    mark = find_seals(page, 1)[0]
    off = replace(mark, x=mark.x + 0.35, y=mark.y - 0.25, width=mark.width + 0.3)
    unrolled = unroll(cut_patch(page, off))
    assert unrolled is not None
    border = unrolled.ink[: unrolled.inner + 4] > 0.4
    ends = np.array([np.flatnonzero(column)[-1] if column.any() else -1 for column in border.T])
    assert np.quantile(ends, 0.9) - np.quantile(ends, 0.1) <= 3  # a quarter of a mm; 0.9 mm as marked


@needs_fonts
def test_a_star_tells_which_way_up_its_seal_is() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=20))
    turns = axes(cut_patch(page, find_seals(page, 1)[0]))
    assert len(turns) == 5
    assert min(abs(turn * 360 - 20) for turn in turns) < 2
    lines = ("开户行：虚构银行", "帐号：1234567890123", "电话：00000001")
    page = _page(SealSpec(CUSTOMER, kind="contract", diameter_mm=58, star=False, lines=lines))
    assert axes(cut_patch(page, find_seals(page, 1)[0])) == ()


def _pair(ink: str, apart_mm: float) -> tuple[Picture, SealSpec]:
    """A short name's seal with another one pressed over its left, where no letter stands but the first."""
    page, spec = lined_page((150, 160)), SealSpec("蓝鲸有限公司", diameter_mm=42, rotation_deg=5)
    stamped(page, spec, (95, 90))
    stamped(page, SealSpec(OTHER, diameter_mm=40, colour=ink), (95 - apart_mm, 92), seed=4)
    return picture(scanned(page)), spec


@needs_fonts
@pytest.mark.parametrize("ink", ["red", "blue"])
def test_letters_of_a_seal_beside_are_no_part_of_the_name(ink: str) -> None:
    page, spec = _pair(ink, 33)
    marks = find_seals(page, 1)
    own = max(marks, key=lambda mark: mark.x)
    others = [mark for mark in marks if mark is not own]
    assert len(others) == 1
    unrolled = unroll(cut_patch(page, own, others))
    assert unrolled is not None
    assert (unrolled.middle * 360 - spec.rotation_deg + 180) % 360 - 180 == pytest.approx(0, abs=8)


@needs_fonts
@pytest.mark.parametrize(("ink", "told_apart"), [("red", False), ("purple", True), ("blue", True)])
def test_ink_of_a_seal_beside_is_taken_off(ink: str, told_apart: bool) -> None:
    alone, spec = lined_page((150, 160)), SealSpec("蓝鲸有限公司", diameter_mm=42, rotation_deg=5)
    stamped(alone, spec, (95, 90))
    scan, (both, _) = picture(scanned(alone)), _pair(ink, 33)
    own, *others = sorted(find_seals(both, 1), key=lambda mark: -mark.x)
    (plain,) = find_seals(scan, 1)
    bare, patch = cut_patch(scan, plain), cut_patch(both, own, others)
    size = tuple(slice(0, min(sides)) for sides in zip(bare.ink.shape, patch.ink.shape, strict=True))
    wrong = [
        float(((each.ink[size] > 0.5 * bare.level) != (bare.ink[size] > 0.5 * bare.level)).mean())
        for each in (patch, cut_patch(both, own))
    ]
    assert wrong[0] < 0.8 * wrong[1]
    assert (patch.hiding == ()) is told_apart


@needs_fonts
@pytest.mark.parametrize("ink", ["red", "blue"])
@pytest.mark.parametrize("kind", ["company", "department"])
def test_a_middle_half_under_another_seal_still_shows_whether_a_line_stands_there(ink: str, kind: Kind) -> None:
    page, name = lined_page((150, 160)), "蓝鲸有限公司"
    stamped(page, SealSpec(name, kind=kind, inner={"department": "技术科"}.get(kind)), (95, 90))
    stamped(page, SealSpec(OTHER, diameter_mm=40, colour=ink), (95 - 28, 98), seed=4)
    scan = picture(scanned(page))
    own, *others = sorted(find_seals(scan, 1), key=lambda mark: -mark.x)
    seal = read_seal(scan, own, 1, FakeReader(*[(name, 0.99)] * 4), others)
    assert seal.kind == ("company" if kind == "company" else "unknown")


@needs_fonts
def test_a_name_partly_under_another_seal_is_never_sure() -> None:
    page, _ = _pair("blue", 30)
    marks = find_seals(page, 1)
    own = max(marks, key=lambda mark: mark.x)
    reader = FakeReader(*[("鲸有限公司", 0.99)] * 12)
    alone = read_seal(page, own, 1, reader)
    both = read_seal(page, own, 1, reader, [mark for mark in marks if mark is not own])
    assert alone.text == both.text == "鲸有限公司"
    assert both.text_confidence < 0.9


@needs_fonts
def test_a_name_cut_by_the_page_is_never_sure() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (130 - 15, 90))
    scan = picture(scanned(page))
    mark = find_seals(scan, 1)[0]
    assert mark.visible < 0.95
    seal = read_seal(scan, mark, 1, FakeReader(*[(CUSTOMER[:9], 0.99)] * 12))
    assert seal.text == CUSTOMER[:9]
    assert seal.text_confidence < 0.9


@needs_fonts
def test_the_straight_line_is_cut_out_without_letters_of_the_ring() -> None:
    page = _page(SealSpec("杭州澜海供应链管理股份有限公司", kind="department", inner="销售部", diameter_mm=38))
    patch = cut_patch(page, find_seals(page, 1)[0])
    strips = inner_strips((patch.ink, patch.lean), patch, 0.0)
    assert strips
    for strip in strips:
        assert 100 < strip.shape[1] < 190  # three characters
        ink = 255 - strip[..., 0].astype(int)
        assert ink[:, :4].mean() < 30 > ink[:, -4:].mean()
        assert (ink[4:-4].max(axis=1) > 100).mean() > 0.9  # from top to bottom


@needs_fonts
@pytest.mark.parametrize(
    ("spec", "name", "inner", "expected"),
    [
        (SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30), CUSTOMER, "", "company"),
        (SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30), "青禾医疗器械", "", "unknown"),
        (SealSpec(CUSTOMER, kind="invoice", diameter_mm=40), CUSTOMER, "", "unknown"),
        (SealSpec(CUSTOMER, kind="invoice", diameter_mm=40, tax_number="91440300MA5TEST0X1"), CUSTOMER, "", "unknown"),
        (SealSpec(CUSTOMER, kind="department", inner="技术科", diameter_mm=38), CUSTOMER, "", "unknown"),
        (SealSpec(CUSTOMER, kind="department", inner="技术科", diameter_mm=38), CUSTOMER, "技术科", "department"),
        (SealSpec(CUSTOMER, kind="department", inner="检验合格专用章"), CUSTOMER, "检验合格专用章", "unknown"),
        (SealSpec(CUSTOMER, kind="department", inner="综合专用章"), CUSTOMER, "综合专用章", "unknown"),
        (SealSpec(CUSTOMER, kind="contract"), CUSTOMER, "一同专用章", "contract"),
        (SealSpec(CUSTOMER, diameter_mm=42), "全国统一发票监制章", "", "unknown"),
        (SealSpec(CUSTOMER, diameter_mm=42), "澜海市电子证照专用章", "", "unknown"),
    ],
)
def test_a_blank_middle_makes_a_company_seal_and_a_line_that_is_not_read_none(
    spec: SealSpec, name: str, inner: str, expected: str
) -> None:
    page = _page(spec)
    answers = [(name, 0.98)] * 4 + [(inner, 0.9)] * 2
    assert read_seal(page, find_seals(page, 1)[0], 1, FakeReader(*answers)).kind == expected


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ("合同专用章（1）", {"contract"}),
        ("购销合同章", {"contract"}),
        ("合同寺用章", {"contract"}),
        ("劳动合同专用章", set()),
        ("合同审核专用章", set()),
        ("合同校对章", set()),
        ("财分专用章", {"finance"}),
        ("业务专用章", set()),
        ("发栗专用章", {"invoice"}),
        ("收发专用章", set()),
        ("发货专用章", set()),
        ("车票专用章", set()),
    ],
)
def test_a_line_tells_a_kind_by_its_own_words_only(line: str, kinds: set[str]) -> None:
    assert kinds_in([line]) == kinds


@needs_fonts
def test_readings_of_a_line_that_contradict_each_other_leave_the_kind_open() -> None:
    page = _page(SealSpec(CUSTOMER, kind="contract"))
    answers = [(CUSTOMER, 0.98)] * 4 + [("合同专用章", 0.9), ("财同专用章", 0.8)]
    assert read_seal(page, find_seals(page, 1)[0], 1, FakeReader(*answers)).kind == "unknown"


@needs_fonts
def test_a_middle_that_cannot_all_be_seen_makes_no_company_seal() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, kind="finance", diameter_mm=40, rotation_deg=-70), (130 - 10, 90))
    scan = picture(scanned(page))
    for mark in find_seals(scan, 1):
        assert read_seal(scan, mark, 1, FakeReader(*[(CUSTOMER[:9], 0.99)] * 4)).kind != "company"


def test_readings_are_voted_on_character_by_character() -> None:
    name = voted(
        [
            ReadText("蓝鲸信总技术有限公司", 0.9),
            ReadText("监鲸信息技术有限公司", 0.9),
            ReadText("蓝鲸信息技木有限公司", 0.9),
        ]
    )
    assert name.text == "蓝鲸信息技术有限公司"
    assert name.confidence < 0.9  # three characters are disputed
    assert voted([ReadText("蓝鲸有限公司", 0.97)] * 3).confidence == pytest.approx(0.97)


def test_what_only_one_reading_has_is_left_out_and_what_most_have_is_kept() -> None:
    readings = [
        ReadText("海★蓝鲸(北京)有限公司", 0.8),
        ReadText("蓝鲸（北京）有限公司", 0.9),
        ReadText("鲸（北京）有限公司", 0.9),
    ]
    assert voted(readings).text == "蓝鲸（北京）有限公司"
    assert voted(readings).confidence < 0.85
    assert voted([ReadText("公司", 0.1), ReadText("", 0.0)]) == ReadText("", 0.0)


def test_readings_that_have_little_in_common_are_not_sure() -> None:
    readings = [
        ReadText("蓝鲸信息技术有限公司", 0.97),
        ReadText("海棠食品有限公司", 0.97),
        ReadText("星云环境工程公司", 0.97),
    ]
    assert voted(readings).confidence < 0.8


def test_characters_voted_down_lower_the_confidence() -> None:
    short = [ReadText("蓝鲸有限公司", 0.97), ReadText("蓝鲸有限公司", 0.97), ReadText("蓝鲸信息技术有限公司", 0.97)]
    assert voted(short).text == "蓝鲸有限公司"
    assert voted(short).confidence < 0.9


def test_the_surest_of_several_characters_is_taken() -> None:
    sure = ReadText("蓝鲸公司", 0.95, (0.95, 0.95, 0.95, 0.95))
    unsure = ReadText("监鲸公司", 0.85, (0.4, 0.95, 0.95, 0.95))
    name = voted([unsure, sure, unsure])
    assert name.text == "蓝鲸公司"
    assert name.confidence < 0.85


def _spread(text: str, places: list[float], certainty: float = 0.97) -> ReadText:
    return ReadText(text, certainty, (certainty,) * len(text), tuple(places))


def test_a_reading_with_a_hole_where_a_character_stands_has_no_say_about_it() -> None:
    places = [0.1, 0.26, 0.42, 0.58, 0.74, 0.9]
    holed = _spread("蓝有限公司", [places[0], *places[2:]])
    whole = _spread("蓝鲸有限公司", places, 0.7)
    assert voted([holed, whole, holed]).text == "蓝鲸有限公司"
    assert voted([holed, whole, holed]).confidence < 0.9
    crowded = _spread("蓝鲸鲸有限公司", [0.1, 0.26, 0.34, *places[2:]], 0.7)  # no room for two
    assert voted([whole, crowded, whole]).text == "蓝鲸有限公司"
    beyond = _spread("蓝鲸有限公司司", [*places, 0.98], 0.7)
    assert voted([whole, beyond, whole]).text == "蓝鲸有限公司"


def test_a_name_tells_where_all_readings_passed_over_a_character() -> None:
    even = _spread("蓝鲸有限公司", [0.1, 0.26, 0.42, 0.58, 0.74, 0.9])
    holed = _spread("蓝有限公司", [0.1, 0.42, 0.58, 0.74, 0.9])
    assert widest_step(voted([even] * 3)) == pytest.approx(1, abs=0.05)
    assert widest_step(voted([holed] * 3)) == pytest.approx(2, abs=0.05)
    assert widest_step(voted([ReadText("蓝有限公司", 0.97)] * 3)) == 1  # places not known


class _SpreadReader(FakeReader):
    """Tells where the characters stand as well: evenly, with a step left out after the second one."""

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        read = super().read_strips(strips)
        count = len(read[0].text) + 1
        places = [(at + 0.5) / count for at in range(count) if at != 2]
        return tuple(ReadText(one.text, one.confidence, (), tuple(places[: len(one.text)])) for one in read)


@needs_fonts
def test_a_name_with_a_hole_is_never_sure() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    mark = find_seals(page, 1)[0]
    lacking = CUSTOMER[:2] + CUSTOMER[3:]
    assert read_seal(page, mark, 1, FakeReader(*[(lacking, 0.99)] * 12)).text_confidence >= 0.9
    assert read_seal(page, mark, 1, _SpreadReader(*[(lacking, 0.99)] * 12)).text_confidence < 0.9


@needs_fonts
def test_a_reading_too_short_for_its_arc_is_never_sure() -> None:
    page = _page(SealSpec(CUSTOMER, diameter_mm=42))
    mark = find_seals(page, 1)[0]
    assert read_seal(page, mark, 1, FakeReader(*[(CUSTOMER, 0.99)] * 12)).text_confidence >= 0.9
    passed_over = CUSTOMER[:2] + CUSTOMER[-5:]
    assert read_seal(page, mark, 1, FakeReader(*[(passed_over, 0.99)] * 12)).text_confidence < 0.9


@needs_fonts
def test_a_name_in_a_grey_scan_is_never_sure() -> None:
    page = lined_page()
    stamped(page, SealSpec(CUSTOMER, diameter_mm=42), (65, 90))
    grey = picture(scanned(page, mode="grey", dpi=300))
    marks = find_seals(grey, 1)
    assert marks
    assert marks[0].colour == "grey"
    seal = read_seal(grey, marks[0], 1, FakeReader(*[(CUSTOMER, 0.99)] * 12))
    assert (seal.text, seal.text_confidence < 0.9) == (CUSTOMER, True)  # print cannot be told from it
