"""Seals that were laid over a scan as pictures, drawings or stamps; and scans that only look as if they were."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.model import Document, Remark
from pipeline.read import read

from .conftest import BlindReader, grey_image, submission

MakePdf = Callable[..., Path]
SCAN = "q 595 0 0 842 0 0 cm /Im1 Do Q"
SIDE = 119.0  # pt = 42 mm
AT = f"q {SIDE} 0 0 {SIDE} 300 200 cm /Im2 Do Q"
PLACE = (300.0, 842 - 200 - SIDE, 300 + SIDE, 642.0)
IMAGES = "/XObject << /Im1 6 0 R /Im2 7 0 R /Im3 8 0 R >>"
CIRCLE = (
    "410 260 m 410 288 388 310 360 310 c 332 310 310 288 310 260 c 310 232 332 210 360 210 c 388 210 410 232 410 260 c"
)


def _ring(size: int = 240) -> NDArray[np.bool_]:
    """A ring with strokes inside, as a seal has."""
    rows, columns = np.mgrid[:size, :size] - size / 2 + 0.5
    away = np.hypot(rows, columns) / size
    strokes = (away > 0.28) & (away < 0.4) & (np.degrees(np.arctan2(rows, columns)) % 24 < 14)
    return np.asarray(((away > 0.46) & (away < 0.49)) | strokes | (away < 0.1))


def _image(data: bytes, width: int, height: int, space: str, bits: int, extra: str = "") -> bytes:
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} {space} "
        f"/BitsPerComponent {bits} {extra} /Length {len(data)} >>"
    )
    return head.encode() + b"\nstream\n" + data + b"\nendstream"


def coloured(ink: NDArray[np.bool_], colour: tuple[int, int, int] = (215, 30, 40), extra: str = "") -> bytes:
    """Ink on white, eight bits a channel."""
    pixels = np.full((*ink.shape, 3), 255, np.uint8)
    pixels[ink] = colour
    return _image(pixels.tobytes(), ink.shape[1], ink.shape[0], "/ColorSpace /DeviceRGB", 8, extra)


def soft_mask(ink: NDArray[np.bool_]) -> bytes:
    """How opaque the picture is."""
    data = np.where(ink, 255, 0).astype(np.uint8).tobytes()
    return _image(data, ink.shape[1], ink.shape[0], "/ColorSpace /DeviceGray", 8)


def stencil(ink: NDArray[np.bool_]) -> bytes:
    """One bit a pixel, painted in the colour of the moment where it is 0."""
    return _image(np.packbits(~ink, axis=1).tobytes(), ink.shape[1], ink.shape[0], "/ImageMask true", 1)


def form(content: str, box: str, resources: str = "") -> bytes:
    """Drawing commands as an object of their own."""
    data = content.encode()
    head = f"<< /Type /XObject /Subtype /Form /BBox [{box}] /Resources << {resources} >> /Length {len(data)} >>"
    return head.encode() + b"\nstream\n" + data + b"\nendstream"


def _pasted(path: Path) -> list[Remark]:
    return [remark for remark in _document(path).remarks if remark.code == "pasted_picture"]


def _document(path: Path) -> Document:
    return read(path, submission(path), BlindReader()).document


SHEET = grey_image(1240, 1754)
RED = "0.85 0.1 0.15"


@pytest.mark.parametrize(
    ("content", "objects"),
    [
        (f"{SCAN} {AT}", [SHEET, coloured(_ring(), extra="/SMask 8 0 R"), soft_mask(_ring())]),
        (f"{SCAN} {AT}", [SHEET, coloured(_ring())]),
        (f"{SCAN} {AT}", [grey_image(2480, 3508, bits=1), coloured(_ring())]),
        (f"{SCAN} {RED} RG 4 w {CIRCLE} S BT {RED} rg /F1 30 Tf 330 250 Td (SEAL) Tj ET", [SHEET]),
        (f"{SCAN} q 1 0 0 1 0 0 cm /Im2 Do Q", [SHEET, form(f"{RED} RG 4 w {CIRCLE} S", "300 200 420 320")]),
        ("/Im2 Do", [SHEET, form(f"{SCAN} {AT.replace('Im2', 'Im3')}", "0 0 595 842", IMAGES), coloured(_ring())]),
    ],
    ids=["transparent picture", "opaque picture", "over a one-bit scan", "drawing", "form", "all in one form"],
)
def test_a_red_object_over_a_scan_is_noted_with_its_place(
    make_pdf: MakePdf, content: str, objects: list[bytes]
) -> None:
    (found,) = _pasted(make_pdf(content, resources=IMAGES, objects=objects))
    assert found.page == 1
    assert found.box is not None
    middle = ((found.box[0] + found.box[2]) / 2, (found.box[1] + found.box[3]) / 2)
    assert middle == pytest.approx(((PLACE[0] + PLACE[2]) / 2, (PLACE[1] + PLACE[3]) / 2), abs=6)


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_the_place_is_on_the_page_as_shown(make_pdf: MakePdf, rotate: int) -> None:
    path = make_pdf(f"{SCAN} {AT}", resources=IMAGES, objects=[SHEET, coloured(_ring())], page=f"/Rotate {rotate}")
    (found,) = _pasted(path)
    left, low = 300, 200
    expected = {
        90: (low, left),
        180: (595 - left - SIDE, low),
        270: (842 - low - SIDE, 595 - left - SIDE),
    }[rotate]
    assert found.box is not None
    assert found.box[:2] == pytest.approx(expected, abs=0.5)


STAMP = (
    b"<< /Type /Annot /Subtype /Stamp /Rect [300 200 419 319] /F 4 /AP << /N 8 0 R >> >>",
    form(f"{RED} RG 4 w {CIRCLE} S", "300 200 419 319"),
)


def test_a_stamp_annotation_is_noted_once(make_pdf: MakePdf) -> None:
    path = make_pdf(SCAN, resources="/XObject << /Im1 6 0 R >>", objects=[SHEET, *STAMP], page="/Annots [7 0 R]")
    assert [remark.code for remark in _document(path).remarks] == ["pasted_picture"]
    hidden = STAMP[0].replace(b"/F 4", b"/F 2")
    path = make_pdf(
        SCAN, resources="/XObject << /Im1 6 0 R >>", objects=[SHEET, hidden, STAMP[1]], page="/Annots [7 0 R]"
    )
    assert [remark.code for remark in _document(path).remarks] == ["annotation"]


def _strips(count: int) -> str:
    high = 842 / count
    return " ".join(f"q 595 0 0 {high + 0.3} 0 {at * high} cm /Im{1 + at % 2} Do Q" for at in range(count))


def _tiles(side: float) -> str:
    return " ".join(
        f"q {side} 0 0 {side} {x * side} {y * side} cm /Im{1 + (x + y) % 2} Do Q" for x in range(8) for y in range(11)
    )


PRINT = np.zeros((600, 424), bool)
PRINT[::20] = True


@pytest.mark.parametrize(
    ("content", "objects"),
    [
        (SCAN, [coloured(np.ones((60, 40), bool))]),
        (_strips(10), [coloured(np.ones((20, 60), bool)), SHEET]),
        (_strips(60), [coloured(np.ones((20, 60), bool)), SHEET]),
        (_tiles(77), [coloured(_ring()), coloured(_ring())]),
        (f"{SCAN} q {RED} rg {AT[2:]}", [SHEET, stencil(_ring())]),
        (
            f"{SCAN} q 0 g 595 0 0 842 0 0 cm /Im3 Do Q {AT}",
            [SHEET, coloured(_ring()), stencil(PRINT)],
        ),
        (f"{SCAN} {SCAN.replace('Im1', 'Im3')} {AT}", [SHEET, coloured(_ring()), SHEET]),
        (f"{SCAN} q 120 0 0 120 300 240 cm /Im2 Do Q", [SHEET, coloured(_ring(250))]),
        (f"{SCAN} {AT}", [SHEET, coloured(_ring(), (20, 20, 20))]),
        (f"{SCAN} q 25 0 0 25 300 200 cm /Im2 Do Q", [SHEET, coloured(_ring())]),
        (f"{SCAN} q 300 0 0 300 100 100 cm /Im2 Do Q", [SHEET, coloured(_ring())]),
        (f"{AT} {SCAN}", [SHEET, coloured(_ring())]),
        (f"q 595 0 0 722 0 120 cm /Im1 Do Q {AT.replace('300 200', '300 20')}", [SHEET, coloured(_ring())]),
        (AT, [SHEET, coloured(_ring())]),
        (f"{SCAN} {RED} rg 300 200 4 4 re f 500 700 4 4 re f", [SHEET]),
        (f"{SCAN} BT 3 Tr {RED} rg /F1 90 Tf 300 220 Td (OK) Tj ET", [SHEET]),
    ],
    ids=[
        "a scan with red ink", "strips", "thin strips", "tiles", "layers: red stencil", "layers: region beside print",
        "layers: background and foreground", "layers: region cut between pixels", "black picture", "too small",
        "too large", "beneath the scan", "beside the scan", "no scan", "specks apart", "invisible text",
    ],
)  # fmt: skip
def test_what_a_scanner_makes_is_not_taken_for_a_pasted_seal(
    make_pdf: MakePdf, content: str, objects: list[bytes]
) -> None:
    assert _pasted(make_pdf(content, resources=IMAGES, objects=objects)) == []
