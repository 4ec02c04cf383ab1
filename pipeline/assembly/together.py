"""One document that came in several files: which pieces belong together, and whether that is beyond doubt.

Pages of a contract look alike whoever signs it. So pieces are put together only when they came together: cut from one
file, or within half an hour under names that differ in a counter, or in one folder or mail under any names when all
are known to be of one kind. And every page must be there once: two scans of a page are for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pipeline.assembly.names import FileName
from pipeline.assembly.numbering import ranges
from pipeline.assembly.pieces import Piece
from pipeline.model import Bilingual
from pipeline.values import same_name, squeezed

WINDOW = timedelta(minutes=30)
_SIZES = 0.12  # by which share sheets of one document may differ in size
_TIMED = 9999  # counters beyond this are times of day or dates, and have gaps


@dataclass(frozen=True)
class Gathered:
    """The pieces of one document in the order of their first pages; `doubt` = why they must not be put together."""

    pieces: tuple[Piece, ...]
    doubt: Bilingual | None = None

    @property
    def is_whole(self) -> bool:
        """Every page is there, once."""
        numbers = sorted(number for piece in self.pieces for number in piece.numbers)
        return numbers == list(range(1, self.pieces[0].total + 1))


def gather(one: Piece, others: Iterable[Piece], strangers: Iterable[str] = ()) -> Gathered:
    """What belongs to `one`; `strangers` = names of files that came at the same time and are no pieces."""
    near = [piece for piece in others if piece.sha256 != one.sha256 and _together(one, piece)]
    named = [piece for piece in near if _of_one_name(one, piece)]
    own = _of_one_document(one, named)
    doubt = _doubt(one, own, named, strangers)
    found = Gathered(_ordered(own), doubt)
    if found.is_whole or doubt:
        return found
    wider = _of_one_document(one, [piece for piece in near if _of_one_folder(one, piece)])
    whole = Gathered(_ordered(wider))
    known = all(piece.kind for piece in wider)
    return whole if whole.is_whole and known and _contradiction(wider) is None else found


def _together(one: Piece, other: Piece) -> bool:
    near = abs(one.received_at - other.received_at) <= WINDOW
    return near and one.source == other.source and one.carrier == other.carrier


def _of_one_name(one: Piece, other: Piece) -> bool:
    cut = one.part_of is not None and one.part_of == other.part_of
    return cut or bool(FileName.keys(one.names) & FileName.keys(other.names))


def _of_one_folder(one: Piece, other: Piece) -> bool:
    return one.carrier is not None or bool(FileName.folders(one.names) & FileName.folders(other.names))


def _of_one_document(one: Piece, others: Sequence[Piece]) -> list[Piece]:
    """Those with the same total of one kind; pages that tell no kind only where some are missing without them."""
    alike = _alike(one, others)
    kinds = {piece.kind for piece in alike if piece.kind}
    kind = one.kind or (next(iter(kinds)) if len(kinds) == 1 else None)
    known = [piece for piece in alike if piece.kind == kind]
    untold = [piece for piece in alike if piece.kind is None]
    if kind is None or not Gathered(tuple(known)).is_whole:
        return known if kind is None else [*known, *untold]
    return known if one.kind else untold


def _alike(one: Piece, others: Sequence[Piece]) -> list[Piece]:
    return [one, *(piece for piece in others if piece.total == one.total)]


def _ordered(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    return tuple(sorted(pieces, key=lambda piece: (min(piece.numbers), piece.name)))


# --- doubts -------------------------------------------------------------------------------------------------------


def _doubt(one: Piece, own: Sequence[Piece], named: Sequence[Piece], strangers: Iterable[str]) -> Bilingual | None:
    alike = _alike(one, named)
    if any(piece.kind is None for piece in own) and len({piece.kind for piece in alike} - {None}) > 1:
        return _several_kinds(alike)
    if len(own) > 1 and (found := _contradiction(own)):
        return found
    whole = Gathered(tuple(own)).is_whole
    rest = [piece for piece in named if piece not in own and piece.kind in (one.kind, None)]
    loose = [piece for piece in rest if not Gathered(tuple(_of_one_document(piece, named))).is_whole]
    if not whole and loose:
        return _two_totals([*own, *loose])
    cut = {piece.part_of for piece in own}
    if whole and not (len(cut) == 1 and None not in cut) and (between := _between(own, strangers)):
        return _something_between(own, between)
    return None


def _contradiction(pieces: Sequence[Piece]) -> Bilingual | None:
    """Why these cannot be one document, or not surely."""
    counts = Counter(number for piece in pieces for number in piece.numbers)
    twice = sorted(number for number, count in counts.items() if count > 1)
    if twice:
        return _twice(pieces, twice)
    if (key := _other_key(pieces)) is not None:
        return _other_values(pieces, key)
    if "" in (told := {piece.number for piece in pieces}) and not told - {"", None}:
        return _unnumbered(pieces)
    if not _of_one_size(pieces):
        return _other_sizes(pieces)
    return _other_number_in_names(pieces)


def _other_key(pieces: Sequence[Piece]) -> str | None:
    for key in {key for piece in pieces for key in piece.keys}:
        values = [piece.keys[key] for piece in pieces if key in piece.keys]
        if any(value != values[0] and same_name(value, values[0]).kind == "different" for value in values):
            return key
    return None


def _of_one_size(pieces: Sequence[Piece]) -> bool:
    return all(
        abs(piece.size[side] - pieces[0].size[side]) <= _SIZES * max(pieces[0].size[side], 1.0)
        for piece in pieces
        for side in (0, 1)
    )


def _other_number_in_names(pieces: Sequence[Piece]) -> Bilingual | None:
    """A number read on a page and found in one file's name must be in all names: PO-001.pdf is no piece of PO-002."""
    names = {piece.sha256: squeezed("/".join(piece.names)).casefold() for piece in pieces}
    for piece in pieces:
        for value in piece.keys.values():
            has = [squeezed(value).casefold() in name for name in names.values()]
            if any(has) and not all(has):
                return Bilingual(
                    zh=f"文件名不一致（{value} 只出现在部分文件名中）：{_listed(pieces)}；未拼合，请人工确认",
                    en=f"{value} is in the names of some of these files only: {_listed(pieces)}; not put together",
                )
    return None


def _between(pieces: Sequence[Piece], strangers: Iterable[str]) -> list[str]:
    """Files of the same name whose counter lies between those of the pieces."""
    names = [FileName.of(name) for piece in pieces for name in piece.names]
    counters = [name.counter for name in names if name.counter is not None]
    if not counters or max(counters) > _TIMED:
        return []
    keys = {name.key for name in names}
    return [
        stranger
        for stranger in strangers
        if (name := FileName.of(stranger)).key in keys
        and name.counter is not None
        and min(counters) < name.counter < max(counters)
    ]


# --- what a person is told ----------------------------------------------------------------------------------------


def _listed(pieces: Iterable[Piece]) -> str:
    return ", ".join(f"{piece.name} ({ranges(piece.numbers)}/{piece.total})" for piece in _ordered(pieces))


def _twice(pieces: Sequence[Piece], twice: Sequence[int]) -> Bilingual:
    of = [piece for piece in pieces if set(piece.numbers) & set(twice)]
    return Bilingual(
        zh=f"第 {ranges(twice)} 页有不同的两份：{_listed(of)}；不知取哪一份，未拼合，请人工确认",
        en=f"Page {ranges(twice)} came more than once: {_listed(of)}; which one counts is unknown, not put together",
    )


def _two_totals(pieces: Sequence[Piece]) -> Bilingual:
    return Bilingual(
        zh=f"同名文件的总页数不一致：{_listed(pieces)}；未拼合，请人工确认",
        en=f"Files of one name are pages of different totals: {_listed(pieces)}; not put together",
    )


def _several_kinds(pieces: Sequence[Piece]) -> Bilingual:
    return Bilingual(
        zh=f"几份材料的页混在一起：{_listed(pieces)}；未拼合，请人工确认",
        en=f"Pages of several documents lie together: {_listed(pieces)}; not put together",
    )


def _other_values(pieces: Sequence[Piece], key: str) -> Bilingual:
    values = " / ".join(dict.fromkeys(piece.keys[key] for piece in pieces if key in piece.keys))
    return Bilingual(
        zh=f"各文件内容不一致（{values}）：{_listed(pieces)}；未拼合，请人工确认",
        en=f"These files say different things ({values}): {_listed(pieces)}; not put together",
    )


def _unnumbered(pieces: Sequence[Piece]) -> Bilingual:
    return Bilingual(
        zh=f"哪一页都没有读出编号，不能确定是同一份：{_listed(pieces)}；未拼合，请人工确认",
        en=f"No page shows a legible number that would make these one document: {_listed(pieces)}; not put together",
    )


def _other_sizes(pieces: Sequence[Piece]) -> Bilingual:
    return Bilingual(
        zh=f"各文件纸张大小不一致：{_listed(pieces)}；未拼合，请人工确认",
        en=f"The sheets of these files differ in size: {_listed(pieces)}; not put together",
    )


def _something_between(pieces: Sequence[Piece], between: Sequence[str]) -> Bilingual:
    names = ", ".join(sorted(between))
    return Bilingual(
        zh=f"这些文件之间还有别的文件（{names}）：{_listed(pieces)}；未拼合，请人工确认",
        en=f"Other files lie between these ({names}): {_listed(pieces)}; not put together",
    )
