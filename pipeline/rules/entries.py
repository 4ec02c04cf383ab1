"""What people write into blanks must be what the blank asks for: data, not terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field, field_validator

from pipeline.model import Bilingual, Difference, Facts, FieldValue
from pipeline.packs import DocumentCheck, FieldSpec, Judgement, Pack, World
from pipeline.rules.places import printed_at
from pipeline.rules.wording import say, title_of, unlike
from pipeline.values import NOT_AN_ORGANISATION, clause_word, folded, is_organisation, parse, squeezed

# Problems of a value of the right kind: a spelling, or a letter misread.
_OF_ITS_KIND = (None, "missing", "tolerated", "repaired", "suggested")
# Types whose values hold no words: once their check held, nothing can be hidden in them.
_FIGURES = frozenset(
    ("uscc", "money", "capitals", "date", "phone", "mobile", "email", "domain", "bank_account", "integer", "percent")
) | {"months"}
_SPACED = ("email", "domain")  # types whose values may be read with blanks, which their check drops
_APART = re.compile(r"[\s()*×;,]+")
_UNITS = re.compile(r"[年月日号转元]")
_CODE = re.compile(r"[^\u3400-\u9fff%‰¥$€]+")
_NOTHING = frozenset(("无", "无。", "/", "//", "-", "--", "—", "——", "暂无", "同上", "n/a", "na", "none", "nil"))
# A comma parts the words of an English name, but among hanzi it parts clauses.
_SENTENCE = re.compile(r"[。;!?]|(?<=[\u3400-\u9fff]),|,(?=[\u3400-\u9fff])")
_BOX = re.compile(r"[□☐○☑☒■✓✔√●]")
_PLAIN = FieldSpec()


class PlainEntries(DocumentCheck):
    """Every filled-in value looks like what its blank asks for; what does not may be a condition, for a person to see.

    `terms` (regular expressions) are doubted where the type of a field cannot tell, that is in plain text; `longest`
    is in hanzi, of which two letters fill one.
    """

    name: ClassVar[str] = "plain_entries"
    terms: tuple[str, ...]
    longest: int = Field(default=60, gt=0)

    @field_validator("terms")
    @classmethod
    def _patterns(cls, terms: tuple[str, ...]) -> tuple[str, ...]:
        for term in terms:
            try:
                re.compile(term)
            except re.error as error:
                raise ValueError(f"{term!r} is not a regular expression: {error}") from error
        return terms

    def judge(self, facts: Facts, pack: Pack, world: World) -> Iterator[Judgement]:
        found = facts.extraction
        judged = {key: self._doubt(pack.column(key), value.raw) for key, value in found.fields.items()}
        doubts = {key: doubt for key, doubt in judged.items() if doubt}
        for key, doubt in doubts.items():
            yield _doubted(title_of(pack, key), found.fields[key], doubt)
        told = {pack.fields[key].blank or key for key in judged if key in pack.fields}
        beside = [(entry, self._doubt_of_place(entry.found)) for entry in _entries(facts) if entry.note not in told]
        others = [(entry, doubt) for entry, doubt in beside if doubt]
        for entry, doubt in others:
            yield _doubted(printed_at(pack, entry.note), entry, doubt)
        unread = [key for key in found.unread if key in pack.fields]
        for key in unread:
            title = title_of(pack, key)
            yield Judgement(
                outcome="unsure",
                message=say(
                    f"“{title.zh}”栏有字迹但未能读出，请人工查看是否为附加条件",
                    f"“{title.en}” bears writing that could not be read; please look whether it is a condition",
                ),
            )
        if not found.fields and not unread:
            yield Judgement(outcome="unsure", message=say("未读到任何填写内容", "Nothing filled in was read"))
        elif not doubts and not unread and not others:
            yield Judgement(outcome="pass", message=say("填写内容均为普通信息", "The blanks hold plain data"))

    def _doubt(self, spec: FieldSpec | None, raw: str) -> Bilingual | None:
        """Why a value may be more than its blank asks for, None for a plain one."""
        text = folded(raw)
        if text.casefold() in _NOTHING:
            return None
        if sum(1.0 if ord(char) > 0x2E7F else 0.5 for char in text) > self.longest:
            return say("内容过长", "too long for it")
        spec = spec or _PLAIN
        problem = parse(spec.type, raw, pattern=spec.pattern, options=spec.options).problem
        if (spec.type in _SPACED or problem not in _OF_ITS_KIND) and _has_more(spec, text):
            return say("此外还有别的内容", "there is more beside it")
        if problem not in _OF_ITS_KIND:
            # A number misread is still no condition; whether it holds its check is asked of the fields that must.
            return None if (spec.type in _FIGURES or spec.type == "number_text") and _is_code(raw) else unlike(problem)
        if spec.type == "org_name":
            return None if is_organisation(raw) else unlike(NOT_AN_ORGANISATION)
        if spec.type == "choice" and spec.options and not all(_is_option(spec, part) for part in _BOX.split(raw)):
            return unlike("not_an_option")
        return None if _told_by_type(spec) else self._doubt_of_text(spec, raw)

    def _doubt_of_text(self, spec: FieldSpec, raw: str) -> Bilingual | None:
        text, bare = folded(raw), squeezed(raw)
        if _SENTENCE.search(text):
            return say("含有句子标点", "it is punctuated like a sentence")
        found = [match for term in self.terms for where in (text, bare) if (match := re.search(term, where))]
        word = clause_word(raw) or (found[0][0] if found else None)
        if word:
            return say(f"含有“{word}”", f"it speaks of “{word}”")
        return unlike("pattern") if spec.type == "number_text" and not _is_number(bare) else None

    def _doubt_of_place(self, text: str) -> Bilingual | None:
        """Where a seal or a signature belongs names are read; what speaks like a clause there is for a person."""
        named = is_organisation(text) or parse("person_name", text).problem is None
        return None if named else self._doubt_of_text(_PLAIN, text)


def _entries(facts: Facts) -> list[Difference]:
    """What stands in the form's blanks, those without a field among them, such as the places to seal and sign."""
    comparison = facts.observations.comparison
    return [each for each in comparison.differences if each.kind == "fill_in"] if comparison else []


def _told_by_type(spec: FieldSpec) -> bool:
    """Whether the type's own check says what the words are, so that nothing is left to doubt."""
    open_ended = spec.type == "text" or spec.type == "number_text" or (spec.type == "choice" and not spec.options)
    return not open_ended or spec.pattern is not None


def _is_option(spec: FieldSpec, text: str) -> bool:
    """Also of a box that is not ticked: what stands behind it was printed, or written."""
    return parse(spec.type, text, pattern=spec.pattern, options=spec.options).problem in _OF_ITS_KIND


def _is_number(text: str) -> bool:
    """A number of a paper: figures, and at most as many hanzi as figures and letters."""
    latin = sum(char.isascii() and char.isalnum() for char in text)
    return any(char.isdigit() for char in text) and 2 * latin >= len(text)


def _has_more(spec: FieldSpec, text: str) -> bool:
    """Whether one part of a figure, number or address on the net is all that is asked, and others say more."""
    if spec.type not in _FIGURES and spec.type != "number_text":
        return False
    parts = [part for part in _APART.split(text) if any(map(str.isalnum, part))]
    whole = [parse(spec.type, part, pattern=spec.pattern, options=spec.options).problem is None for part in parts]
    return any(whole) and len(parts) > 1


def _is_code(raw: str) -> bool:
    """Digits, or an address on the net, without a word beside them."""
    text = _UNITS.sub("", squeezed(raw))
    return bool(_CODE.fullmatch(text)) and ("@" in text or 2 * sum(char.isdigit() for char in text) >= len(text))


def _doubted(title: Bilingual, value: FieldValue | Difference, doubt: Bilingual) -> Judgement:
    raw = value.raw if isinstance(value, FieldValue) else value.found
    return Judgement(
        outcome="unsure",
        page=value.page,
        box=value.box,
        confidence=value.confidence,
        found=raw,
        message=say(
            f"“{title.zh}”栏填写了“{raw}”，{doubt.zh}，可能是附加条件，请人工查看",
            f"“{title.en}” is filled with “{raw}”: {doubt.en}, possibly a condition; please look",
        ),
    )
