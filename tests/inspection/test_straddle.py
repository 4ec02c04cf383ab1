"""Straddle slices: whole, missing, foreign, out of order, cropped; doubt where evidence is thin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.inspection.circle import CircleFit, Envelope, fit_circle
from pipeline.inspection.compose import Composition, compose_oval, compose_slices
from pipeline.inspection.content import Agreement, Look
from pipeline.inspection.ink import FloatMap
from pipeline.inspection.letters import has_other_letter, sectors_of, unlike_letters
from pipeline.inspection.overlay import PX, Field, Piece, piece_of, rotations
from pipeline.inspection.own_size import is_of_size
from pipeline.inspection.seals import SealMark, find_seals
from pipeline.inspection.slice_sets import SliceSet, slice_set
from pipeline.inspection.slices import Band, bands
from pipeline.inspection.straddle import compose, edge_ink
from pipeline.inspection.straddle_judge import hole_verdict
from pipeline.inspection.strips import EdgeInk, like_a_slice
from pipeline.model import Edge, Picture
from pipeline.read import open_reader
from pipeline.rules.compare import same
from tests.inspection.scenes import (
    CUSTOMER,
    OTHER,
    SMALL_MM,
    edges_of,
    fanned,
    lined_page,
    needs_fonts,
    picture,
    scanned,
    stamped,
)
from tests.simulator.ink import Page
from tests.simulator.paper import preset, scan
from tests.simulator.seals import SealSpec
from tests.simulator.straddle import StraddleSpec

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "bench_straddle"
SEAL = SealSpec(CUSTOMER, diameter_mm=42, rotation_deg=12)


def _sheets(count: int) -> list[Page]:
    page = lined_page(SMALL_MM)
    return [page.copy() for _ in range(count)]


def _pressed(count: int, **options: object) -> list[Page]:
    pages = _sheets(count)
    fanned(pages, replace(StraddleSpec(SEAL, along_mm=110), **options))  # type: ignore[arg-type]
    return pages


@needs_fonts
@pytest.mark.parametrize("edge", ["right", "left", "top", "bottom"])
def test_one_impression_on_every_edge(edge: str) -> None:
    straddle, stitched = compose(
        edges_of(_pressed(4, edge=edge, along_mm=50.0 if edge in ("top", "bottom") else 110.0)), ()
    )
    assert (straddle.form, straddle.edge) == ("one_impression", edge)
    assert [piece.page for piece in straddle.slices] == [1, 2, 3, 4]
    assert straddle.diameter_mm == pytest.approx(42, abs=1.2)
    assert straddle.coverage == pytest.approx(1.0, abs=0.1)
    assert straddle.order == (1, 2, 3, 4)
    assert stitched is not None
    assert stitched.ndim == 3
    assert min(stitched.shape[:2]) > 200


@needs_fonts
def test_slices_lie_where_the_ink_is() -> None:
    pages = _pressed(4)
    straddle, _ = compose(edges_of(pages), ())
    for piece in straddle.slices:
        assert piece.box[2] == pytest.approx(100 * 72 / 25.4, abs=6)
        assert (piece.box[1] + piece.box[3]) / 2 == pytest.approx(110 * 72 / 25.4, abs=12)
        assert piece.width_mm == pytest.approx(10.5, abs=3.5)


@needs_fonts
def test_narrow_slices_of_twelve_pages_and_an_old_58_mm_seal() -> None:
    twelve, _ = compose(edges_of(_pressed(12)), ())
    assert twelve.form == "one_impression"
    large, _ = compose(edges_of(_pressed(3, seal=replace(SEAL, diameter_mm=58.0))), ())
    assert large.form == "one_impression"
    assert large.diameter_mm == pytest.approx(58, abs=1.5)


@needs_fonts
def test_missing_slice_names_its_page() -> None:
    straddle, _ = compose(edges_of(_pressed(5, missing_pages=frozenset({3}))), ())
    assert (straddle.form, straddle.missing_pages) == ("missing_slices", (3,))


@needs_fonts
def test_slice_at_another_height_is_foreign() -> None:
    straddle, _ = compose(edges_of(_pressed(5, shifted_mm={4: 14.0})), ())
    assert (straddle.form, straddle.odd_pages) == ("foreign_slice", (4,))


@needs_fonts
def test_swapped_pages_are_out_of_order() -> None:
    pages = _pressed(6)
    pages[0], pages[4] = pages[4], pages[0]
    straddle, _ = compose(edges_of(pages), ())
    assert straddle.form == "wrong_order"
    assert straddle.order == (5, 2, 3, 4, 1, 6)


@needs_fonts
def test_a_page_taken_out_is_never_whole() -> None:
    pages = _pressed(5)
    del pages[2]
    straddle, _ = compose(edges_of(pages), ())
    assert straddle.form in ("inconsistent", "cropped", "foreign_slice")


@needs_fonts
def test_two_groups_are_two_impressions() -> None:
    straddle, _ = compose(edges_of(_pressed(6, groups=(3, 3))), ())
    assert straddle.form == "two_impressions"
    assert straddle.order == (1, 2, 3, 4, 5, 6)


@needs_fonts
def test_duplex_print_is_judged_by_sheets() -> None:
    straddle, _ = compose(edges_of(_pressed(6, duplex=True)), ())
    assert straddle.form == "one_impression"
    assert [piece.page for piece in straddle.slices] == [1, 3, 5]
    assert straddle.missing_pages == ()


@needs_fonts
def test_a_slice_is_not_missed_where_the_scanner_cuts_all_pages() -> None:
    edges = []
    for number, page in enumerate(_pressed(8), 1):
        whole = picture(scanned(page, 11 + number, dpi=150))
        cut = round((5.5 if number == 5 else 1.8) * whole.dpi / 25.4)
        shown = np.ascontiguousarray(whole.pixels[:, :-cut])
        # the same number of columns everywhere: only the seal tells how much is gone
        edges.append(edge_ink(Picture(shown[:, -round(100 * whole.dpi / 25.4) :], whole.dpi), number))
    straddle, _ = compose(edges, ())
    assert (straddle.form, straddle.missing_pages) == ("cropped", (5,))


def _hole_told(pages: Sequence[int], count: int, width: float, starts: Sequence[float]) -> tuple[str, tuple[int, ...]]:
    """What is told of slices of one width (mm) under a seal of 42 mm, each starting so far from its centre."""
    line = np.array([-width, 0.0])
    slices = tuple(Envelope(page, line, line * 0 + 120, line * 0 + 160, -width, 0.0) for page in pages)
    still = np.zeros(len(pages))
    fit = CircleFit(21.0, still, still, np.array(starts), np.array(starts) + width, still, still + 1, 0.0)
    found = SliceSet(Band("right", 140.0, 21.0, frozenset(pages)), slices, tuple(range(1, count + 1)), duplex=False)
    by_page = {page: EdgeInk(page, 210.0, 297.0, True, frozenset(), ()) for page in range(1, count + 1)}
    verdict = hole_verdict(found, Composition(slices, found.holes, fit, ("coverage",)), by_page)
    return verdict.form, verdict.missing


@pytest.mark.parametrize(("width", "form"), [(4.85, "missing_slices"), (3.6, "cropped")])
def test_narrow_slices_tell_of_a_careless_scan_though_they_seem_to_touch(width: float, form: str) -> None:
    """Eight sheets under a seal of 42 mm: slices are to be 5.25 mm wide, less what an ordinary scanner loses."""
    pages = (1, 2, 3, 4, 6, 7, 8)
    starts = [(page - 1) * (width + 0.4) - 21 for page in pages]
    assert _hole_told(pages, 8, width, starts) == (form, (5,))


@pytest.mark.parametrize(
    ("cap", "form"),
    [
        (2.9, "cropped"),  # so narrow a slice can vanish in a scanner's crop
        (4.2, "missing_slices"),
        (0.2, "missing_slices"),  # the seal is whole without the page: it was never in the fan
    ],
)
def test_what_is_missing_of_the_seal_tells_how_wide_the_first_slice_was(cap: float, form: str) -> None:
    pages = range(2, 12)
    assert _hole_told(pages, 11, 3.8, [cap - 21 + (page - 2) * 3.8 for page in pages]) == (form, (1,))


@needs_fonts
@pytest.mark.parametrize(("edge", "sheets"), [("right", 4), ("top", 3)])
def test_an_oval_seal_lying_or_standing_at_the_edge_is_one_impression(edge: Edge, sheets: int) -> None:
    pages = _sheets(sheets)
    oval = SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=8)
    fanned(pages, StraddleSpec(oval, along_mm=70, edge=edge))
    straddle, stitched = compose(edges_of(pages), ())
    assert (straddle.form, straddle.edge) == ("one_impression", edge)
    assert straddle.diameter_mm == pytest.approx(45, abs=2.0)
    assert straddle.order == tuple(range(1, sheets + 1))
    assert stitched is not None


@needs_fonts
def test_an_oval_seal_with_another_one_s_slice_is_not_whole() -> None:
    pages = _sheets(4)
    oval = SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30)
    fanned(pages, StraddleSpec(oval, along_mm=110, shifted_mm={3: 7.0}))
    straddle, _ = compose(edges_of(pages), ())
    assert straddle.form not in ("one_impression", "two_impressions")


@needs_fonts
@pytest.mark.parametrize(("sheets", "gone"), [(3, 2), (4, 3), (5, 2), (6, 3), (8, 4)])
def test_a_sheet_taken_out_is_told_by_the_gap_it_leaves(sheets: int, gone: int) -> None:
    """The sides of a circle are no oval, and neither of them is another seal's."""
    pages = _pressed(sheets)
    straddle, _ = compose(edges_of(pages[: gone - 1] + pages[gone:], dpi=200), (_signing_mark(),))
    assert straddle.form == "inconsistent"
    (pair,) = straddle.apart
    assert pair[0] < gone <= pair[1]  # the sheets after it have moved up
    assert pair[1] - pair[0] <= 2


@needs_fonts
def test_a_sheet_taken_out_of_duplex_print_is_no_page_without_a_slice() -> None:
    pages = _pressed(8, duplex=True)
    straddle, _ = compose(edges_of(pages[:2] + pages[4:], dpi=200), ())
    assert (straddle.form, straddle.apart) == ("inconsistent", ((1, 3),))


@needs_fonts
def test_a_page_without_a_slice_between_two_is_not_taken_for_a_back_where_the_slices_do_not_meet() -> None:
    straddle, stitched = compose(edges_of(_pressed(3, missing_pages=frozenset({2})), dpi=200), ())
    assert (straddle.form, straddle.missing_pages) == ("missing_slices", (2,))
    assert straddle.confidence < 0.8  # for a person
    assert stitched is not None
    assert stitched.shape[1] / 6 == pytest.approx(42, abs=1.5)  # in mm at 6 px/mm: the gap is drawn


@needs_fonts
@pytest.mark.parametrize("size", [38.0, 44.0])
def test_another_seal_s_slice_is_not_taken_for_a_gap(size: float) -> None:
    for page in (1, 2, 4):
        odd = replace(SEAL, text=OTHER, diameter_mm=size)
        straddle, _ = compose(edges_of(_pressed(4, foreign={page: odd}), dpi=200), (_signing_mark(),))
        assert straddle.form not in ("one_impression", "missing_slices")
        assert straddle.apart == ()


@needs_fonts
def test_two_parties_are_both_told() -> None:
    pages = _pressed(4)
    fanned(pages, StraddleSpec(SealSpec(OTHER, diameter_mm=38), along_mm=50), seed=8)
    straddle, stitched = compose(edges_of(pages), ())
    assert [one.form for one in (straddle, *straddle.beside)] == ["one_impression", "one_impression"]
    sizes = sorted(one.diameter_mm or 0 for one in (straddle, *straddle.beside))
    assert sizes == [pytest.approx(38, abs=1.2), pytest.approx(42, abs=1.2)]
    assert stitched is not None
    assert stitched.shape[0] > 2 * 38 * 6  # one picture below the other, 6 px/mm


@needs_fonts
def test_two_parties_at_two_heights_and_one_incomplete() -> None:
    pages = _pressed(4, missing_pages=frozenset({4}))
    fanned(pages, StraddleSpec(SealSpec(OTHER, diameter_mm=40), along_mm=50), seed=8)
    straddle, _ = compose(edges_of(pages), ())
    assert straddle.form == "one_impression"
    assert straddle.diameter_mm == pytest.approx(40, abs=1.2)
    assert "also right edge at 1" in straddle.reason
    assert "missing_slices" in straddle.reason


def _signing_mark(seed: int = 2) -> SealMark:
    page = lined_page()
    stamped(page, SEAL, (65, 90), seed)
    whole = picture(scanned(page))
    return like_a_slice(whole, find_seals(whole, 4)[0])


@needs_fonts
@pytest.mark.parametrize(
    "other",
    [SealSpec(OTHER, diameter_mm=42, rotation_deg=-80), replace(SEAL, rotation_deg=110.0)],
    ids=["seal", "press"],
)
def test_another_seal_or_another_press_shows_by_its_content(other: SealSpec) -> None:
    edges = edges_of(_pressed(4, foreign={2: other}))
    assert compose(edges, ())[0].form == "one_impression"  # by its outline alone it fits
    straddle, _ = compose(edges, (_signing_mark(),))
    assert (straddle.form, straddle.odd_pages) == ("foreign_slice", (2,))


@needs_fonts
@pytest.mark.parametrize("sheets", [3, 4, 6, 8])
@pytest.mark.parametrize(
    "name", ["宁波远山医疗器械（集团）有限公司", "青禾医疗科技（深圳）有限公司", "青禾医疗机械（深圳）有限公司", OTHER]
)
def test_another_company_s_straddle_seal_of_the_same_size_is_not_the_signing_seal_s(name: str, sheets: int) -> None:
    pages = _sheets(sheets)
    fanned(pages, StraddleSpec(replace(SEAL, text=name, rotation_deg=3), along_mm=110))
    straddle, _ = compose(edges_of(pages), (_signing_mark(),))
    assert straddle.form == "one_impression"
    assert straddle.whole_page is None


@needs_fonts
def test_genuine_slices_agree_with_the_signing_seal() -> None:
    straddle, _ = compose(edges_of(_pressed(4)), (_signing_mark(),))
    assert straddle.form == "one_impression"
    assert "agrees with the whole impression" in straddle.reason


def _signing(seal: SealSpec = SEAL) -> SealMark:
    """The signing seal as `inspect` hands it to the straddle seal."""
    page = lined_page()
    stamped(page, replace(seal, rotation_deg=-5), (65, 90), 2)
    whole = picture(scanned(page))
    return like_a_slice(whole, find_seals(whole, 4)[0])


LOOK_ALIKE = "青禾科技发展（深圳）有限公司"  # as long, and most of its letters stand where the customer's do


@needs_fonts
@pytest.mark.parametrize(
    ("other", "page"),
    [
        (replace(SEAL, text=LOOK_ALIKE), 4),
        (replace(SEAL, text="宁波远山医疗器械（集团）有限公司"), 3),
        (replace(SEAL, text=OTHER, rotation_deg=3), 7),
        (replace(SEAL, rotation_deg=30.0), 6),
    ],
    ids=["letters alike 4", "letters alike 3", "seal", "press"],
)
def test_a_narrow_slice_of_another_seal_is_not_taken_for_the_signing_seal_s(other: SealSpec, page: int) -> None:
    straddle, _ = compose(edges_of(_pressed(10, foreign={page: other}), dpi=200), (_signing(),))
    assert page in (*straddle.odd_pages, *straddle.untold_pages)


@needs_fonts
@pytest.mark.parametrize(("sheets", "dpi"), [(7, 150), (9, 200)])
def test_every_narrow_slice_of_the_signing_seal_tells_by_itself(sheets: int, dpi: int) -> None:
    straddle, _ = compose(edges_of(_pressed(sheets), dpi=dpi), (_signing(),))
    assert (straddle.form, straddle.whole_page) == ("one_impression", 4)
    assert straddle.untold_pages == straddle.bare_pages == ()


@needs_fonts
def test_first_and_last_slices_without_lettering_are_named() -> None:
    straddle, _ = compose(edges_of(_pressed(16), dpi=200), (_signing(),))
    assert straddle.form == "one_impression"
    assert set(straddle.bare_pages) & {1, 16}
    assert len(straddle.bare_pages) < 5


@needs_fonts
def test_colour_that_bleeds_beyond_a_slice_is_no_part_of_it() -> None:
    edges = edges_of(_pressed(5), dpi=200)
    found = slice_set(edges, bands(edges, "right")[0])
    assert found is not None
    composed = compose_slices(found.slices)
    bled = replace(composed, slices=tuple(replace(piece, left=piece.left - 1.0) for piece in found.slices))
    for at, page in enumerate(edges):
        own, more = (piece_of(page, "right", one, at) for one in (composed, bled))
        assert own is not None
        assert more is not None
        assert own.width == pytest.approx(found.slices[at].width, abs=1.0)
        assert more.width == pytest.approx(own.width, abs=0.2)


@needs_fonts
def test_letters_are_compared_one_by_one_and_the_digits_of_the_code_are_none() -> None:
    mark = _signing()
    radius = mark.diameter / 2
    turned = rotations(mark, radius, (-1.0, 0.0, 1.0))
    half, reach = turned[1].shape[0] // 2, round(radius * PX)
    ink = np.ascontiguousarray(turned[1][half - reach : half + reach, half - reach : half + reach])
    down, across = np.ogrid[-reach:reach, -reach:reach]
    away = np.hypot(down, across) / PX
    ring = ((away < radius - 1.8) & (away > 0.45 * radius)).astype(np.float32)
    piece = Piece(ink, ring, ring, -radius)
    sectors = dict(sectors_of(piece, radius, Field.of(piece, radius, turned), 1))
    assert len(sectors) > 8
    assert min(sectors.values()) > 0.85
    assert not {5, 6} & sectors.keys()  # at the bottom, where the code is
    ring[:, :] = 0
    assert not sectors_of(piece, radius, Field.of(piece, radius, turned), 1)


def test_a_letter_is_confirmed_by_the_worst_sector_it_reaches() -> None:
    sectors = ((18, 0.9), (19, 0.5), (0, 0.95))
    assert has_other_letter(sectors)
    assert not has_other_letter(sectors[::2])
    # At 8 degrees right of the top only sector 18; at 22 sector 19; at the right, sectors 23 and 0; at the bottom none.
    assert unlike_letters(sectors, (8.0, 22.0, 97.0, 180.0)) == (1, 3)


@pytest.mark.parametrize(("begins", "off"), [(0.0, ()), (0.3, ()), (1.1, (1,)), (-1.1, (1,))])
def test_a_first_slice_of_a_seal_of_another_size_lies_off_its_seam(begins: float, off: tuple[int, ...]) -> None:
    line, still = np.array([-4.0, 0.0]), np.zeros(5)
    slices = tuple(Envelope(page, line, line * 0 + 120, line * 0 + 160, -4.0, 0.0) for page in range(1, 6))
    starts = np.array([4.2 * nth - 20 for nth in range(5)])
    starts[0] -= begins
    fit = CircleFit(20.0, still, still, starts, starts + 4, still, still + 1, 0.0)
    composed = Composition(slices, (False,) * 4, fit, ())
    assert composed.off_seam((1, 5)) == off
    assert composed.off_seam((5,)) == ()


@pytest.mark.parametrize(("moved", "off"), [(1.1, ()), (1.5, (3,)), (-1.5, (3,))])
def test_a_slice_through_the_centre_is_laid_less_surely(moved: float, off: tuple[int, ...]) -> None:
    line, still = np.array([-4.0, 0.0]), np.zeros(5)
    slices = tuple(Envelope(page, line, line * 0 + 120, line * 0 + 160, -4.0, 0.0) for page in range(1, 6))
    starts = np.array([4.2 * nth - 10 for nth in range(5)])
    starts[2] += moved
    fit = CircleFit(20.0, still, still, starts, starts + 4, still, still + 1, 0.0)
    assert Composition(slices, (False,) * 4, fit, ()).off_seam((3,)) == off


@pytest.mark.parametrize(
    ("look", "tells", "bare"),
    [
        (Look(0.9, 0.3, 12.0), True, False),
        (Look(0.9, 0.02, 12.0), False, False),  # as good where it does not belong
        (Look(0.6, 0.3, 12.0), False, False),
        (Look(0.98, 0.0, 0.4, letters=1.2), False, True),
        (Look(0.98, 0.0, 0.4, letters=9.0), False, False),  # bare, but not where the impression is
        (Look(0.4, 0.0, 0.4, letters=1.2), False, False),
        (Look(0.0, 0.0, 0.0, letters=0.1), False, True),  # nothing on either to correlate
        (Look(), False, False),
    ],
)
def test_what_a_slice_tells_alone(look: Look, tells: bool, bare: bool) -> None:
    assert (look.tells, look.bare) == (tells, bare)


@pytest.mark.parametrize(
    ("look", "likely"),
    [
        (Look(0.85, 0.04, 1.2, letters=3.0), True),
        (Look(0.66, 0.07, 14.0, letters=15.0), True),
        (Look(0.85, 0.01, 1.2, letters=9.0), False),  # as good where it does not belong
        (Look(0.6, 0.07, 14.0, letters=15.0), False),
        (Look(0.9, 0.3, 12.0), False),  # more than likely
        (Look(0.9, 0.04, 0.2, letters=1.0), False),  # no lettering
    ],
)
def test_a_slice_may_be_likely_the_seal_s_without_being_known_for_it(look: Look, likely: bool) -> None:
    page = {3: look}
    assert Agreement((), (), (), (), page, 0.9, 6).likely == ((3,) if likely else ())


def _ring(radius: float, half: int) -> FloatMap:
    """A border 1.2 mm wide, at `PX`."""
    away = np.hypot(*np.ogrid[-half : half + 1, -half : half + 1]) / PX
    drawn = ((away < radius) & (away > radius - 1.2)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(drawn, (0, 0), 1.0), dtype=np.float32)


@pytest.mark.parametrize(
    ("radius", "width", "expected"),
    [(20.0, 4.0, True), (20.2, 4.0, True), (19.0, 4.0, False), (21.0, 4.0, False), (20.0, 2.5, False)],
)
def test_a_border_tells_the_size_of_its_seal(radius: float, width: float, expected: bool) -> None:
    half, columns = int(22.4 * PX), int(width * PX)
    first = half - int(radius * PX)
    ink = np.ascontiguousarray(_ring(radius, half)[half - 20 * int(PX) : half + 20 * int(PX), first : first + columns])
    piece = Piece(ink, ink, ink, -20.0)  # laid where the first slice of a seal of 20 mm is
    assert is_of_size(piece, _ring(20.0, half), 20.0) is expected


@pytest.mark.parametrize(
    ("moved", "apart"),
    [
        ((0, 0, 0, 0, 0, 0), ()),
        ((0, 0, 0, 2.6, 2.6, 2.6), ((3, 4),)),  # a sheet of 2.6 mm is gone
        ((0, 0, 0, 1.4, 0, 0), ()),  # one slice laid too far to the right: nothing is gone
        ((0, 0.6, 1.2, 1.8, 2.4, 3.0), ()),  # the scanner took as much at every seam
    ],
)
def test_a_sheet_taken_out_leaves_a_gap_wider_than_the_other_seams(
    moved: tuple[float, ...], apart: tuple[tuple[int, int], ...]
) -> None:
    looks = {n: Look(0.9, 0.3, 9.0, 3 * n + by, 3 * n + by + 2.7) for n, by in enumerate(moved, 1)}
    assert _agreed(looks).apart == apart


@pytest.mark.parametrize(("gone", "apart"), [(0.0, ()), (2.6, ((2, 5),))])
def test_slices_that_could_not_be_placed_take_their_own_room(gone: float, apart: tuple[tuple[int, int], ...]) -> None:
    """The scanner took half a millimetre at every seam, also at those beside slices laid anywhere."""
    starts = {n: 3 * n + (gone if n > 3 else 0.0) for n in range(1, 10)}
    looks = {n: Look(0.9, 0.3, 9.0, at, at + 2.5) for n, at in starts.items()}
    looks |= {n: Look(0.4, -0.2, 9.0, at, at + 2.5) for n, at in ((3, -4.0), (4, 20.0))}
    assert _agreed(looks).apart == apart


def _agreed(looks: dict[int, Look]) -> Agreement:
    count = len(looks)
    return Agreement(tuple(looks), (0.9,) * count, (-0.3,) * count, ((),) * count, looks, 0.9, count)


@needs_fonts
def test_sheets_shifted_on_the_scanner_s_bed_are_believed_where_the_picture_agrees() -> None:
    edges = edges_of(_pressed(6, groups=(3, 3), shifted_mm={2: 8.4}), dpi=200)
    straddle, _ = compose(edges, (_signing(),))
    assert (straddle.form, straddle.whole_page) == ("two_impressions", 4)
    assert compose(edges, ())[0].form != "two_impressions"


@needs_fonts
def test_a_whole_impression_shows_its_strokes_as_sharply_as_slices_do() -> None:
    page = lined_page()
    stamped(page, SEAL, (65, 90), 2)
    whole = picture(scanned(page))
    found = find_seals(whole, 4)[0]
    sharp = like_a_slice(whole, found)
    middle = slice(sharp.patch.shape[0] // 2 - 126, sharp.patch.shape[0] // 2 + 127)
    seen, before = sharp.patch[middle, middle].astype(float), found.patch[middle, middle].astype(float)
    assert np.corrcoef(seen.ravel(), before.ravel())[0, 1] > 0.9  # the same ink in the same place
    assert np.abs(np.diff(seen)).mean() > 1.15 * np.abs(np.diff(before)).mean()


@needs_fonts
def test_a_known_oval_says_how_slices_of_an_oval_are_squeezed() -> None:
    pages = _sheets(8)
    fanned(pages, StraddleSpec(SealSpec(CUSTOMER, diameter_mm=45, oval_height_mm=30, rotation_deg=6), along_mm=110))
    edges = edges_of(pages, dpi=200)
    found = slice_set(edges, bands(edges, "right")[0])
    assert found is not None
    tied = compose_oval(found.slices, (22.5, 15.0))
    assert tied is not None
    assert tied.outline.a == pytest.approx(22.5, abs=0.4)
    assert tied.outline.b == pytest.approx(15.0, abs=0.4)
    unlike = compose_oval(found.slices, (16.0, 15.5))
    assert unlike is None or unlike.outline.a > 20  # a seal of another shape does not bend them


@needs_fonts
@pytest.mark.parametrize(
    ("name", "edge", "groups"), [(CUSTOMER, "right", ()), (OTHER, "left", ()), (CUSTOMER, "right", (3, 3))]
)
def test_the_joined_slices_are_read_like_a_whole_seal(name: str, edge: str, groups: tuple[int, ...]) -> None:
    pages = _sheets(6 if groups else 4)
    fanned(pages, StraddleSpec(replace(SEAL, text=name), along_mm=110, edge=edge, groups=groups))  # type: ignore[arg-type]
    straddle, _ = compose(edges_of(pages, dpi=200), (), open_reader(1))
    assert same(straddle.text, name)
    assert straddle.text_confidence > 0.9


@needs_fonts
def test_beside_another_party_s_seal_a_name_refuses_nothing() -> None:
    pages = _pressed(4, along_mm=40)
    fanned(pages, StraddleSpec(SealSpec(OTHER, diameter_mm=42), along_mm=125), seed=6)
    straddle, _ = compose(edges_of(pages, dpi=200), (), open_reader(1))
    assert straddle.text
    assert straddle.text_confidence <= 0.5


@needs_fonts
def test_a_slice_of_another_seal_spoils_the_name() -> None:
    pages = _pressed(4, foreign={2: SealSpec(OTHER, diameter_mm=42, rotation_deg=-80)})
    straddle, _ = compose(edges_of(pages, dpi=200), (), open_reader(1))
    assert not same(straddle.text, CUSTOMER)


@needs_fonts
def test_slivers_lost_to_the_scanner_are_doubt_not_a_defect() -> None:
    pages = _pressed(16)
    settings = replace(preset("normal", 150), crop_mm=(0.0, 0.0, 2.3, 0.0))
    scans = [scan(page, settings, np.random.default_rng(i)) for i, page in enumerate(pages)]
    edges = [edge_ink(picture(one), number) for number, one in enumerate(scans, 1)]
    straddle, _ = compose(edges, ())
    assert straddle.form in ("cropped", "inconsistent")


def test_nothing_at_the_edges_is_absent() -> None:
    straddle, stitched = compose(edges_of(_sheets(3)), ())
    assert (straddle.form, stitched) == ("absent", None)


@needs_fonts
def test_grey_scan_cannot_show_it() -> None:
    straddle, _ = compose(edges_of(_pressed(3), mode="grey"), ())
    assert straddle.form == "not_visible"


def test_one_page_needs_none() -> None:
    assert compose(edges_of(_sheets(1)), ())[0].form == "single_sheet"
    assert compose([], ())[0].form == "single_sheet"


def test_joint_circle_from_exact_chords() -> None:
    radius, cuts = 21.0, [-21.0, -9.0, 1.0, 12.0, 21.0]
    slices = []
    for page, (start, end) in enumerate(pairwise(cuts), 1):
        places = np.linspace(start + 0.05, end - 0.05, 60)
        half = np.sqrt(radius**2 - places**2)
        offset = -end - 0.2
        slices.append(Envelope(page, places + offset, 140 - half, 140 + half, start + offset, end + offset))
    fit = fit_circle(slices)
    assert fit.radius == pytest.approx(radius, abs=0.3)
    assert np.abs(fit.gaps).max() < 0.6
    assert fit.coverage == pytest.approx(1.0, abs=0.03)


def _real() -> list[Picture]:
    if not SHARED.is_dir():
        pytest.skip(f"no real pictures at {SHARED}")
    return [Picture(np.array(Image.open(SHARED / f"h_p{n}.png").convert("RGB")), 150.0) for n in range(1, 6)]


def test_real_five_page_seal_composes_and_its_shuffles_do_not() -> None:
    pictures = _real()
    straddle, _ = compose([edge_ink(one, number) for number, one in enumerate(pictures, 1)], ())
    assert straddle.form == "one_impression"
    assert straddle.diameter_mm == pytest.approx(40, abs=1)
    for order in ((1, 0, 2, 3, 4), (0, 2, 1, 3, 4)):
        edges = [edge_ink(pictures[index], number) for number, index in enumerate(order, 1)]
        assert compose(edges, ())[0].form == "wrong_order"
    shorter = [edge_ink(pictures[index], number) for number, index in enumerate((0, 1, 3, 4), 1)]
    assert compose(shorter, ())[0].form in ("inconsistent", "cropped")
