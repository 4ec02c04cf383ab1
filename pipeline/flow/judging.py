"""One case judged from its documents' facts, with what people decided laid over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.assembly import counted_in
from pipeline.cases.decisions import corrected, settled, spec_of, specs_of
from pipeline.cases.life import UNPAID, Life, Situation, state_of
from pipeline.cases.life_store import Decision
from pipeline.cases.store import CaseRow, CaseStore, DocumentRow
from pipeline.flow.elsewhere import Elsewhere, newest
from pipeline.flow.four_eyes import needs_two, seconded
from pipeline.flow.specimens import Specimens
from pipeline.model import Facts, Finding, Mail, Review
from pipeline.packs import MATERIAL, CaseType, Dossier, Pack, Packs, Part, RuleSpec, World
from pipeline.rules.settlement import Settlement, settle
from pipeline.settings import Settings
from pipeline.validate import judge_case, validate
from pipeline.values import counting_day

_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Judged:
    """A case after judgement: `reviews` and `findings` are the machine's, `dossier` and `effective` count.

    `effective` are the findings of the case rules after the decisions that count; with `two` only those of two persons
    do, because the amount is above the limit or not known.
    """

    case: CaseRow
    life: Life
    case_type: CaseType | None
    rows: Sequence[DocumentRow]
    facts: Sequence[Facts]
    reviews: Sequence[Review]
    dossier: Dossier
    findings: tuple[Finding, ...]
    effective: tuple[Finding, ...]
    missing: tuple[str, ...]
    decisions: tuple[Decision, ...]
    settlement: Settlement | None
    situation: Situation
    two: bool = False

    def pack_of(self, facts: Facts) -> Pack | None:
        """The pack of a document, None when nobody claimed it."""
        return self.case_type.packs.get(facts.classification.type or "") if self.case_type else None


@dataclass(frozen=True)
class _Read:
    """A case before it is judged: its papers as they count, in the order they came."""

    rows: Sequence[DocumentRow]
    facts: tuple[Facts, ...]
    decisions: tuple[Decision, ...]
    life: Life
    two: bool


class Judge:
    """Judges cases anew from stored facts; the same facts, registers and decisions give the same answer."""

    def __init__(self, settings: Settings, packs: Packs, cases: CaseStore) -> None:
        self._settings = settings
        self._packs = packs
        self._cases = cases
        self._specimens = Specimens(settings.state / "specimens")
        self._elsewhere = Elsewhere(cases, lambda case_id: self._read(cases.case(case_id)).facts)

    def now(self) -> datetime:
        """The present moment at this desk."""
        return now(self._settings)

    def day(self, case_type: CaseType | None) -> date:
        """The day on which something that happens now counts."""
        return counting_day(self.now(), case_type.cutoff if case_type else None)

    def world(self, case_type: CaseType | None, case: CaseRow | None = None, facts: Sequence[Facts] = ()) -> World:
        """What is known today besides the papers of the case."""
        return World(
            today=self.now().date(),
            profile=self._settings.profile,
            registers=case_type.registers if case_type else {},
            others=self._cases.others(case.id, case.keys) if case and case.keys else {},
            seals=dict(map(self._beside, facts)),
            mails=mails_of(facts),
        )

    def _beside(self, facts: Facts) -> tuple[str, Mapping[int, str]]:
        sha256 = facts.document.submission.sha256
        return sha256, self._specimens.beside(facts, self.work(sha256))

    def judge(self, case_id: str) -> Judged:
        """Judge all documents of a case; KeyError when there is no such case."""
        case = self._cases.case(case_id)
        case_type = self._packs.case_types.get(case.case_type)
        read = self._read(case)
        rows, facts, decisions, life = read.rows, read.facts, read.decisions, read.life
        world = self.world(case_type, case, facts)
        if case_type is not None:
            billed = "billed" in life.dates or life.state not in UNPAID
            world = replace(world, cases=self._elsewhere.around(case_id, case_type, world), billed=billed)
        reviews = tuple(validate(item, self._packs, world) for item in facts)
        dossier = _newest(facts, reviews, decisions)
        single = case_type is not None and any(
            part.facts.classification.type in case_type.standalone for part in dossier.parts
        )
        needed = () if single or case_type is None else case_type.requires.get(case.profile, ())
        missing = tuple(form for form in needed if not dossier.parts_of(form))
        findings = self._across(dossier, case_type, world, whole=bool(needed))
        effective = settled(findings, None, decisions)
        settlement = None
        if case_type and case_type.settlement and not single and not missing:
            settlement = settle(case_type.settlement, dossier, world)
        situation = _situation(case, case_type, dossier, effective, missing, settlement, single=single)
        return Judged(
            case, life, case_type, rows, facts, reviews, dossier, findings, effective, missing, decisions, settlement,
            situation, read.two,
        )  # fmt: skip

    def again(self, judged: Judged) -> Judged:
        """The same judgement while the case stands where it stood, a new one when something has happened to it."""
        case, life = self._cases.case(judged.case.id), self._cases.life(judged.case.id)
        if (case.rev, life) != (judged.case.rev, judged.life):
            return self.judge(judged.case.id)
        return replace(judged, case=case)

    def _across(
        self, dossier: Dossier, case_type: CaseType | None, world: World, *, whole: bool
    ) -> tuple[Finding, ...]:
        """What the rules of a case say; where it is no order, or of no known kind, those asked of all that comes in."""
        if case_type is not None:
            return judge_case(dossier, case_type, world, always=not whole)
        found = [
            judge_case(dossier, each, replace(world, registers=each.registers), always=True)
            for each in (self._packs.case_types.values() if world.mails else ())
        ]
        return tuple(finding for findings in found for finding in findings)

    def keep_specimens(self, judged: Judged) -> None:
        """File the seals of an accepted case, for comparing later ones with."""
        facts = [part.facts for part in judged.dossier.parts]
        works = {item.document.submission.sha256: self.work(item.document.submission.sha256) for item in facts}
        self._specimens.keep(facts, works)

    def facts(self, sha256: str) -> Facts:
        """The facts a reading left behind."""
        return Facts.model_validate_json((self.work(sha256) / "facts.json").read_bytes())

    def work(self, sha256: str) -> Path:
        """The folder for facts and pictures of one document."""
        return self._settings.state / "work" / sha256[:2] / sha256

    def _counting(self, row: DocumentRow) -> Facts:
        facts = self.facts(row.submission.sha256)
        return facts if row.whole is None else counted_in(facts, row.whole)

    def _read(self, case: CaseRow) -> _Read:
        """The papers of a case with what people corrected, and those of their decisions that count."""
        case_type = self._packs.case_types.get(case.case_type)
        rows, life = self._cases.documents_of(case.id), self._cases.life(case.id)
        decisions = self._cases.decisions(case.id)
        plain = [self._counting(row) for row in rows]
        two = needs_two(case_type, plain, decisions, life)
        decisions = seconded(decisions) if two else decisions
        packs = [self._packs.find(item.classification.case_type, item.classification.type) for item in plain]
        facts = tuple(corrected(item, pack, decisions) for item, pack in zip(plain, packs, strict=True))
        return _Read(rows, facts, decisions, life, two)


def mails_of(facts: Sequence[Facts]) -> tuple[Mail, ...]:
    """The messages that documents came in, each once; those that were superseded count too."""
    found: list[Mail] = []
    for item in facts:
        carrier = item.document.submission.carrier
        found += [carrier.mail] if carrier and carrier.mail else []
        found += item.parcel.mails if item.parcel else ()
    return tuple(dict.fromkeys(found))


def now(settings: Settings) -> datetime:
    """The present moment in the desk's time zone, on another day or hour when the settings replay one."""
    moment = datetime.now(UTC).astimezone(_ZONE)
    if (day := settings.today) is not None:
        moment = moment.replace(year=day.year, month=day.month, day=day.day)
    if (hour := settings.time_of_day) is not None:
        moment = moment.replace(hour=hour.hour, minute=hour.minute, second=hour.second)
    return moment


def _newest(facts: Sequence[Facts], reviews: Sequence[Review], decisions: Sequence[Decision]) -> Dossier:
    """Of each form the newest document counts; unclassified ones all count."""
    findings = {review.submission.sha256: review.findings for review in reviews}
    counting = [(item, item.document.submission.sha256) for item in newest(facts)]
    return Dossier(parts=tuple(Part(item, settled(findings[sha256], sha256, decisions)) for item, sha256 in counting))


def _situation(
    case: CaseRow,
    case_type: CaseType | None,
    dossier: Dossier,
    effective: Sequence[Finding],
    missing: tuple[str, ...],
    settlement: Settlement | None,
    *,
    single: bool,
) -> Situation:
    """What the lifecycle may know of the papers."""
    staged = list(_staged(case_type, dossier, effective))
    material = [(finding, spec, own) for stage, finding, spec, own in staged if stage == MATERIAL]
    outcome = state_of(
        [finding for finding, _, own in material if own],
        [finding for finding, _, own in material if not own],
        missing=missing,
    )
    if (case_type is None or case.note) and outcome != "needs_correction":
        outcome = "needs_review"
    open_: dict[str, dict[str, None]] = {}
    for stage, finding, _, _ in staged:
        if finding.is_open:
            open_.setdefault(stage, {})[finding.rule] = None
    failed = [(finding, spec) for finding, spec, _ in material if finding.outcome == "fail"]
    doubts = [finding.rule for finding, _, _ in material if finding.is_open and finding.outcome != "fail"]
    return Situation(
        outcome=outcome,
        due=settlement.net if settlement else None,
        final=tuple(dict.fromkeys(finding.rule for finding, spec in failed if spec and spec.final)),
        doubts=tuple(dict.fromkeys(doubts)),
        open={stage: tuple(rules) for stage, rules in open_.items()},
        originals=case_type.originals.get(case.profile, ()) if case_type else (),
        single=single,
        needs=case_type.needs if case_type else {},
    )


def _staged(
    case_type: CaseType | None, dossier: Dossier, effective: Sequence[Finding]
) -> Iterable[tuple[str, Finding, RuleSpec | None, bool]]:
    """Every finding that counts with its stage, its rule, and whether it is about one document."""
    for part in dossier.parts:
        pack = case_type.packs.get(part.facts.classification.type or "") if case_type else None
        for finding in part.findings:
            yield (pack.stage if pack else MATERIAL), finding, spec_of(finding.rule, specs_of(case_type, pack)), True
    for finding in effective:
        spec = spec_of(finding.rule, specs_of(case_type, None))
        yield (spec.stage if spec else MATERIAL), finding, spec, False
