"""Which pack claims a document: by the words of its first pages and by the kind of file, never by a best guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipeline.model import Classification, Document, Page
from pipeline.packs import Identify, Pack, Packs
from pipeline.values import squeezed

# Ten characters with one misread still match; in a shorter cue one wrong character makes another word.
FUZZY_SCORE = 90.0
FUZZY_LENGTH = 5
_HEAD = 1 / 3  # of the page's height, where titles stand
_TITLE, _BESIDE = 40, 12  # characters of a title line, and of it beside the cue


@dataclass(frozen=True)
class _Text:
    """Squeezed text of the first pages, and the part of it that came from OCR."""

    whole: str
    scanned: str

    def has(self, cue: str) -> bool:
        return _plain(cue) in self.whole

    def nearly_has(self, cue: str) -> bool:
        word = _plain(cue)
        if word in self.whole:
            return True
        return len(word) >= FUZZY_LENGTH and fuzz.partial_ratio(word, self.scanned, score_cutoff=FUZZY_SCORE) > 0


@dataclass(frozen=True)
class _Claim:
    pack: Pack
    exact: bool
    missing: tuple[str, ...]
    share: float


def classify(document: Document, packs: Packs) -> Classification:
    """A type only when exactly one pack claims; claims resting on misread cues yield to one that does not."""
    claims = [_claim(document, pack, identify) for pack in packs.documents() if (identify := pack.identify)]
    whole = [claim for claim in claims if not claim.missing]
    winners = [claim for claim in whole if claim.exact] or whole
    if len(winners) == 1:
        pack = winners[0].pack
        return Classification(type=pack.type, case_type=pack.case_type, edition=pack.edition)
    if winners:
        return Classification(type=None, rivals=tuple(_name(claim.pack, winners) for claim in winners))
    nearest = max((claim for claim in claims if claim.share > 0), key=lambda claim: claim.share, default=None)
    if nearest is None:
        return Classification(type=None)
    return Classification(type=None, nearest=nearest.pack.type, missing=nearest.missing)


def claimed_by_title(page: Page, packs: Packs) -> str | None:
    """The type whose title stands at the head of this page, with all its cues on it; None when several or none claim.

    A cue inside a sentence is no title: its line must be hardly longer than the cue, and lie in the upper third.
    """
    text = _Text(whole="\n".join(map(_plain, _page(page))), scanned="")
    heads = [
        _plain(line.text)
        for line in page.lines
        if line.box is not None and line.box[1] < _HEAD * page.height and len(_plain(line.text)) <= _TITLE
    ]
    found = [pack for pack in packs.documents() if pack.identify and _is_titled(pack.identify, text, heads)]
    return found[0].type if len(found) == 1 else None


def _is_titled(identify: Identify, text: _Text, heads: Sequence[str]) -> bool:
    cues = [_plain(cue) for cue in (*identify.all, *identify.any)]
    titled = any(cue in head and len(head) <= len(cue) + _BESIDE for cue in cues for head in heads)
    complete = all(text.has(cue) for cue in identify.all) and (not identify.any or any(map(text.has, identify.any)))
    return titled and complete and not any(map(text.has, identify.none))


def _claim(document: Document, pack: Pack, identify: Identify) -> _Claim:
    text = _text(document, identify.pages)
    wanted: list[tuple[str, ...]] = [(cue,) for cue in identify.all]
    if identify.any:
        wanted.append(identify.any)
    met = [any(text.nearly_has(cue) for cue in cues) for cues in wanted]
    missing = [" / ".join(cues) for cues, found in zip(wanted, met, strict=True) if not found]
    share = sum(met) / len(met) if met else 0.0
    if identify.media and document.submission.media not in identify.media:
        missing.append(f"media: {', '.join(identify.media)}")
    missing += [f"without: {cue}" for cue in identify.none if text.nearly_has(cue)]
    if not wanted and not identify.media:
        missing.append("identify")
    exact = all(any(text.has(cue) for cue in cues) for cues in wanted)
    return _Claim(pack, exact, tuple(missing), share)


def _name(pack: Pack, rivals: Sequence[_Claim]) -> str:
    """The type; with its case type where two case types use the same word."""
    alone = sum(rival.pack.type == pack.type for rival in rivals) == 1
    return pack.type if alone else f"{pack.case_type}/{pack.type}"


def _text(document: Document, count: int) -> _Text:
    pages = document.pages[:count]
    whole = [text for page in pages for text in _page(page)]
    if document.is_electronic:
        whole += [f"{key}={value}" for key, value in document.form.items()]
    scanned = [text for page in pages if page.text_source == "ocr" for text in _page(page)]
    return _Text(whole="\n".join(map(_plain, whole)), scanned="".join(map(_plain, scanned)))


def _page(page: Page) -> list[str]:
    """Joined lines, since a title may be broken over two; cells apart, since their order says nothing."""
    return [
        "".join(line.text for line in page.lines),
        *(c.text for table in page.tables for row in table.rows for c in row),
    ]


def _plain(text: str) -> str:
    return squeezed(text).casefold()
