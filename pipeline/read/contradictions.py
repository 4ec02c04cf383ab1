"""Remarks on a text layer that says something else than the picture: each at its place, with both wordings."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model import Line, Picture, Remark, TextReader
from pipeline.read.agree import Disagreement, compared, disagreements, says_else
from pipeline.read.frame import union
from pipeline.read.messages import remark
from pipeline.read.telling import confirms, edits
from pipeline.read.unread import AGAIN, MOST, cut, faded, unread

CODE = "text_layer_contradicts"
TOLD = 5  # places of a page that get a remark of their own
LONGEST = 40  # characters of a wording that are told
ALIKE = 0.2  # share of a line's characters that may differ when it is read again as the layer has it


def contradictions(
    number: int,
    layer: Sequence[Line],
    shown: Sequence[Line],
    picture: Picture,
    reader: TextReader,
    *,
    certain: bool = False,
) -> list[Remark]:
    """What the layer of page `number` claims and the upright `picture` does not show; boxes on the upright page.

    `shown` is what was read there, or with `certain` what is known to stand there. Small differences, such as one
    figure, count when a second look confirms them: an honest scanner misreads, and so does this one. So does a whole
    line: under a seal the page's reader loses half of it. Where it did, the line is read once more by itself.
    """
    page = compared(layer, shown)
    found = disagreements(page, certain=certain)
    small = [each for each in found if each.edit is not None and each.again is not None][:MOST]
    lines = [each for each in found if each.edit is None and not certain]
    kept = [each for each in found if (certain if each.edit is None else each.again is None)]
    kept += _seen_again(small, picture, reader) + _not_read_again(lines, picture, reader)
    if not certain:
        kept += unread(page, [each.box for each in kept], picture, reader)
    kept.sort(key=lambda each: (each.edit is None, each.box[1], each.box[0]))
    told = [_told(number, each) for each in kept[:TOLD]]
    return [*told, _summed_up(number, kept[TOLD:])] if len(kept) > TOLD else told


def _seen_again(small: Sequence[Disagreement], picture: Picture, reader: TextReader) -> list[Disagreement]:
    """Those which the recogniser, shown the place alone, surely reads as it read the page."""
    strips = [cut(picture, each.again) for each in small if each.again is not None]
    read = reader.read_strips(strips) if strips else ()
    return [
        each
        for each, text in zip(small, read, strict=True)
        if each.edit is not None and each.edit.settled and text.confidence >= AGAIN and confirms(each.edit, text.text)
    ]


def _not_read_again(lines: Sequence[Disagreement], picture: Picture, reader: TextReader) -> list[Disagreement]:
    """Lines that the recogniser, shown each alone, with and without colour, does not read as the layer has them."""
    asked, rest = lines[:MOST], lines[MOST:]
    for bare in (False, True):
        strips = [cut(picture, each.box) for each in asked]
        read = reader.read_strips([faded(strip) for strip in strips] if bare else strips) if strips else ()
        asked = [each for each, text in zip(asked, read, strict=True) if _is_unlike(each.layer, text.text)]
    return [*asked, *rest]


def _is_unlike(layer: str, read: str) -> bool:
    return says_else(layer, read, ALIKE) or bool(edits(layer, read, faithful=True))


def _told(number: int, each: Disagreement) -> Remark:
    layer, picture = each.layer[:LONGEST], each.picture[:LONGEST]
    return remark(
        CODE,
        f"第 {number} 页的隐藏文本与画面不符：文本为“{layer}”，画面为“{picture}”",
        f"The text layer of page {number} contradicts the picture: it says “{layer}”, the picture “{picture}”",
        page=number,
        box=each.box,
    )


def _summed_up(number: int, rest: Sequence[Disagreement]) -> Remark:
    count = len(rest)
    return remark(
        CODE,
        f"第 {number} 页的隐藏文本另有 {count} 处与画面不符",
        f"The text layer of page {number} contradicts the picture in {count} more place{'s' if count > 1 else ''}",
        page=number,
        box=union([each.box for each in rest]),
    )
