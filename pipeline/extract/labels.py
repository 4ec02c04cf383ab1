"""The labels of a pack and where they stand in a line: longest first, misread ones included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from pipeline.extract.glyphs import Glyph, Run, letters
from pipeline.packs import Pack, RowsSpec

FUZZY = 0.85
SHORTEST_FUZZY = 6  # letters; one wrong of five is already below the threshold
GAP = 0.6  # em before a label inside a line
_COLONS = ":：﹕∶"
_PROSE = "。；;，"


@dataclass(frozen=True)
class Label:
    """`words` are its letters; `fields` the keys it introduces, empty for labels that only end a value."""

    words: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Span:
    """Glyphs `start` to `end` of a line are a label; `end` stands after a colon that follows."""

    start: int
    end: int
    label: Label
    exact: bool
    colon: bool


class LabelBook:
    """Labels, longest first; inside a line one needs `middle` letters behind a gap, `tight` letters without."""

    def __init__(self, labels: Iterable[tuple[str, str | None]], middle: int = 3, tight: int = 4) -> None:
        fields: dict[str, list[str]] = {}
        for text, key in labels:
            keys = fields.setdefault(letters(text), [])
            if key is not None and key not in keys:
                keys.append(key)
        self.labels = tuple(
            Label(words, tuple(keys)) for words, keys in sorted(fields.items(), key=lambda item: -len(item[0])) if words
        )
        self._middle, self._tight = middle, tight
        self._by_words: Mapping[str, Label] = {label.words: label for label in self.labels}

    @classmethod
    def of_pack(cls, pack: Pack) -> LabelBook:
        """Labels of the fields, and those of places, which only end a value."""
        fields = [(label, key) for key, spec in pack.fields.items() for label in spec.labels]
        return cls([*fields, *((label, None) for place in pack.places.values() for label in place.labels)])

    @classmethod
    def of_rows(cls, spec: RowsSpec) -> LabelBook:
        """Head cells of a table; they are short and often read as one line."""
        return cls(((label, key) for key, column in spec.columns.items() for label in column.labels), middle=2, tight=2)

    def whole(self, text: str, *, fuzzy: bool) -> Label | None:
        """The label that this text is, nothing else in it."""
        words = letters(text)
        if words in self._by_words or not fuzzy:
            return self._by_words.get(words)
        return self._nearest(words)

    def spans(self, run: Run, *, fuzzy: bool) -> list[Span]:
        """Labels in a line, left to right; `fuzzy` for lines from OCR."""
        words, places = _keyed(run)
        whole = self.whole(words, fuzzy=fuzzy)
        if whole:
            return [Span(0, len(run.glyphs), whole, whole.words == words, run.glyphs[-1].char in _COLONS)]
        taken: list[tuple[int, int, Label, bool]] = []
        for label in self.labels:
            at = words.find(label.words)
            while at >= 0:
                end = at + len(label.words)
                free = all(end <= start or at >= stop for start, stop, *_ in taken)
                if free and self._may_stand(run, places, at, label, tight=fuzzy):
                    taken.append((at, end, label, True))
                at = words.find(label.words, at + 1)
        if fuzzy and not any(start == 0 for start, *_ in taken):
            taken += self._misread_start(words, min((start for start, *_ in taken), default=len(words)))
        return [_span(run, places, *found) for found in sorted(taken, key=lambda item: item[0])]

    def _nearest(self, words: str) -> Label | None:
        scored = [(_likeness(words, label.words), label) for label in self.labels]
        best = max((score for score, _ in scored), default=0.0)
        near = [label for score, label in scored if score == best]
        return near[0] if best > 0 and len(near) == 1 else None

    def _misread_start(self, words: str, limit: int) -> list[tuple[int, int, Label, bool]]:
        for label in self.labels:
            for end in (len(label.words), len(label.words) + 1, len(label.words) - 1):
                if 0 < end <= limit and _likeness(words[:end], label.words) > 0:
                    return [(0, end, label, False)]
        return []

    def _may_stand(self, run: Run, places: list[int], at: int, label: Label, *, tight: bool) -> bool:
        first = places[at]
        if at == 0:
            return True
        if len(label.words) < self._middle:
            return False
        if gap_before(run.glyphs, first) >= GAP or run.glyphs[first].spaced:
            return True
        after = places[at + len(label.words) - 1] + 1
        if after < len(run.glyphs) and run.glyphs[after].char in _COLONS:
            return True
        return tight and len(label.words) >= self._tight and not is_prose(run.text)


def _likeness(words: str, label: str) -> float:
    """0 below the threshold, or when one character is already too much."""
    if len(label) < SHORTEST_FUZZY:
        return 0.0
    return Levenshtein.normalized_similarity(words, label, score_cutoff=FUZZY)


def is_prose(text: str) -> bool:
    """A sentence, in which a label is only a word."""
    return any(char in _PROSE for char in text)


def gap_before(glyphs: tuple[Glyph, ...], place: int) -> float:
    """White space before a glyph, in em of its line."""
    if not 0 < place < len(glyphs):
        return 0.0
    box = glyphs[place].box
    return (box[0] - glyphs[place - 1].box[2]) / max(box[3] - box[1], 1.0)


def _keyed(run: Run) -> tuple[str, list[int]]:
    """The letters of a line and for each the glyph it comes from."""
    words = ""
    places: list[int] = []
    for place, glyph in enumerate(run.glyphs):
        words += glyph.key
        places += [place] * len(glyph.key)
    return words, places


def _span(run: Run, places: list[int], at: int, end: int, label: Label, exact: bool) -> Span:
    start = places[at]
    # Brackets that belong to the label but are no letters: an opening one before, a closing one behind.
    while start and run.glyphs[start - 1].char in "（([【*":
        start -= 1
    stop = places[end - 1] + 1
    while stop < len(run.glyphs) and run.glyphs[stop].char in "）)]】":
        stop += 1
    colon = stop < len(run.glyphs) and run.glyphs[stop].char in _COLONS
    return Span(start, stop + colon, label, exact, colon)
