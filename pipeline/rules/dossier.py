"""Checks on what a case consists of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import ClassVar

from pipeline.model import Bilingual, Facts
from pipeline.packs import CaseCheck, Dossier, Judgement, OtherCase, Pack, Part, World, covers, forms_of
from pipeline.rules.reading import Reading, read_field
from pipeline.rules.wording import say, title_of, worst

_FORMS = {"scan": say("扫描件", "scan"), "electronic": say("电子档", "electronic document")}


def document_title(dossier: Dossier, form: str) -> Bilingual:
    """The title of `type` or `type:form` for people."""
    type_, _, kind = form.partition(":")
    pack = dossier.case.packs.get(type_) if dossier.case else None
    title = pack.title if pack else say(type_, type_)
    if not kind:
        return title
    return say(f"《{title.zh}》{_FORMS[kind].zh}", f"{title.en} ({_FORMS[kind].en})")


def pack_of(dossier: Dossier, part: Part) -> Pack | None:
    """The pack that reads a part."""
    type_ = part.facts.classification.type
    return dossier.case.packs.get(type_ or "") if dossier.case else None


def sheet(facts: Facts) -> str:
    """How findings name the document they speak of: `type:form`, or the file when nobody claimed it."""
    return (*forms_of(facts)[1:], facts.document.submission.name)[0]


def best_reading(dossier: Dossier, ref: str) -> tuple[Part, Reading] | None:
    """The field `type.field`, of the scan where it was read there, else of the electronic document."""
    type_, _, key = ref.partition(".")
    parts = [*dossier.parts_of(f"{type_}:scan"), *dossier.parts_of(f"{type_}:electronic")]
    readings = [(part, read_field(part.facts, pack_of(dossier, part), key)) for part in parts]
    return next((found for found in readings if found[1].state == "read"), readings[0] if readings else None)


def dossier_of(case: OtherCase, like: Dossier) -> Dossier:
    """The papers of another case, to be read like those of this one."""
    return Dossier(parts=tuple(Part(facts, ()) for facts in case.papers), case=like.case)


class RequiredParts(CaseCheck):
    """Every document the case type requires in this profile is there."""

    name: ClassVar[str] = "required_parts"

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        required = dossier.case.requires.get(world.profile, ()) if dossier.case else ()
        documents = [part for part in dossier.parts if part.facts.is_document]
        unclaimed = [part for part in documents if part.facts.classification.type is None]
        missing = [form for form in required if not _there(dossier, form)]
        for form in missing:
            title = document_title(dossier, form)
            yield Judgement(
                outcome="unsure" if unclaimed else "fail",
                message=say(f"缺少{title.zh}", f"{title.en} is missing"),
                expected=form,
                document=form,
            )
        for part in unclaimed:
            name = part.facts.document.submission.name
            message = say(f"“{name}”未能归类", f"“{name}” could not be classified")
            yield Judgement(outcome="unsure", message=message, document=sheet(part.facts))
        if not required:
            message = say("本工作方式未规定必交材料", "Nothing is required in this profile")
            yield Judgement(outcome="n/a", message=message)
        elif not missing and not unclaimed:
            titles = [document_title(dossier, form) for form in required]
            yield Judgement(
                outcome="pass",
                message=say(
                    f"材料齐全：{'、'.join(t.zh for t in titles)}", f"Complete: {', '.join(t.en for t in titles)}"
                ),
            )


class BothForms(CaseCheck):
    """A document of which scan and electronic form are required is there in both."""

    name: ClassVar[str] = "both_forms"
    document: str

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        forms = [f"{self.document}:{kind}" for kind in _FORMS]
        there = [form for form in forms if _there(dossier, form)]
        title = document_title(dossier, self.document)
        if len(there) == 2:
            message = say(
                f"《{title.zh}》扫描件与电子档均已提交", f"Both scan and electronic form of {title.en} are there"
            )
            yield Judgement(outcome="pass", message=message)
        elif there:
            missing = next(form for form in forms if form not in there)
            lacking = document_title(dossier, missing)
            message = say(f"缺少{lacking.zh}", f"{lacking.en} is missing")
            yield Judgement(outcome="fail", message=message, expected=missing, document=missing)
        else:
            yield Judgement(outcome="n/a", message=say(f"尚未收到《{title.zh}》", f"{title.en} has not come in yet"))


class RulesPassed(CaseCheck):
    """The named rules of a document passed (`AGR-01` stands for AGR-01a … too)."""

    name: ClassVar[str] = "rules_passed"
    document: str
    rules: tuple[str, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        parts = dossier.parts_of(self.document)
        title = document_title(dossier, self.document)
        if not parts:
            yield Judgement(outcome="n/a", message=say(f"尚未收到{title.zh}", f"{title.en} has not come in yet"))
        for part in parts:
            yield self._part(part, title)

    def _part(self, part: Part, title: Bilingual) -> Judgement:
        groups = {rule: [finding for finding in part.findings if covers(rule, finding.rule)] for rule in self.rules}
        outcomes = {rule: worst(finding.outcome for finding in found) for rule, found in groups.items()}
        failed = [rule for rule, outcome in outcomes.items() if outcome == "fail"]
        # n/a alone proves nothing: a rule that was never applied has not passed
        doubtful = [rule for rule, outcome in outcomes.items() if outcome in ("unsure", "error", "n/a")]
        names = ", ".join(failed or doubtful)
        if failed:
            return Judgement(
                outcome="fail",
                severity="warn",  # the failed rule blocks by itself; one defect is one item of a notice
                found=names,
                document=sheet(part.facts),
                message=say(f"{title.zh}未通过 {names}", f"{title.en} failed {names}"),
            )
        if doubtful:
            return Judgement(
                outcome="unsure",
                found=names,
                document=sheet(part.facts),
                message=say(f"{title.zh}的 {names} 尚无结论", f"{names} of {title.en} is undecided"),
            )
        names = ", ".join(self.rules)
        message = say(f"{title.zh}已通过 {names}", f"{title.en} passed {names}")
        return Judgement(outcome="pass", message=message, document=sheet(part.facts))


class TimeOrder(CaseCheck):
    """Dates, given as `type.field`, do not run backwards; not asked before two of them can be there."""

    name: ClassVar[str] = "time_order"
    dates: tuple[str, ...]

    def judge(self, dossier: Dossier, world: World) -> Iterator[Judgement]:
        found = [(ref, best) for ref in self.dates if (best := best_reading(dossier, ref)) is not None]
        known: list[tuple[str, Reading, date]] = [
            (ref, reading, reading.day) for ref, (_, reading) in found if reading.day is not None
        ]
        backwards = [(a, b) for a, b in pairwise(known) if a[2] > b[2]]
        for (_, early, first), (_, late, second) in backwards:
            yield Judgement(
                outcome="fail",
                message=say(
                    f"{late.title.zh} {second} 早于{early.title.zh} {first}",
                    f"{late.title.en} {second} is before {early.title.en} {first}",
                ),
                expected=f"≥ {first}",
                found=second.isoformat(),
            )
        if len(found) < 2:
            yield not_there()
        elif len(known) < 2:
            yield Judgement(outcome="unsure", message=say("日期不足，无法判断先后", "Too few dates to compare"))
        elif not backwards:
            yield Judgement(outcome="pass", message=say("各文件日期先后合理", "The dates follow in order"))


def field_title(dossier: Dossier, ref: str) -> Bilingual:
    """The printed name of `type.field` with its document."""
    type_, _, key = ref.partition(".")
    pack = dossier.case.packs.get(type_) if dossier.case else None
    title, document = title_of(pack, key), document_title(dossier, type_)
    return say(f"《{document.zh}》{title.zh}", f"{title.en} of {document.en}")


def _there(dossier: Dossier, form: str) -> bool:
    return bool(dossier.parts_of(form)) or form in dossier.present


def first_reading(dossier: Dossier, documents: tuple[str, ...], key: str) -> tuple[str, tuple[Part, Reading] | None]:
    """The first of several document types that is there, with its reading of `key`."""
    found = ((document, best_reading(dossier, f"{document}.{key}")) for document in documents)
    return next((item for item in found if item[1] is not None), ("", None))


def not_there() -> Judgement:
    """The answer while none of the documents has come in."""
    return Judgement(outcome="n/a", message=say("尚未收到有关文件", "The document has not come in yet"))
