"""Documents put into their cases: by their own keys, and those of one mail or archive together.

What came together joins when all of it has been read: a page nobody could read is then led by the order that lay beside
it, or by the paper of ours that the mail answers, instead of opening a case of its own.
"""

from __future__ import annotations

import structlog

from pipeline.cases.join import THREAD, Hints, Keys, keys_of, mentions_of
from pipeline.cases.parcels import READY
from pipeline.cases.store import CaseStore
from pipeline.flow.assembling import Assembler
from pipeline.flow.case import UNSORTED, label_of
from pipeline.flow.judging import Judge
from pipeline.flow.unpacking import discard_parts, enclosures
from pipeline.flow.work import Fate
from pipeline.ingest import FileStore
from pipeline.model import Facts
from pipeline.packs import Packs

_TEXT = 100_000  # characters of a mail in which numbers of cases are looked for

_log = structlog.get_logger(__name__)


class Joining:
    """Joins documents to cases for one installation; every method may be repeated."""

    def __init__(
        self, profile: str, packs: Packs, cases: CaseStore, files: FileStore, judging: Judge, assembler: Assembler
    ) -> None:
        self._profile = profile
        self._packs = packs
        self._cases = cases
        self._files = files
        self._judging = judging
        self._assembler = assembler

    # --- what lies in a mail or archive ---------------------------------------------------------------------------

    def take_out(self, sha256: str, digest: str, facts: Facts) -> list[str]:
        """The documents in a mail or archive as arrivals of their own; those that are still to be read."""
        folder = self._judging.work(sha256)
        parts = enclosures(facts, self._files, folder)
        for place, part in enumerate(parts):
            self._cases.receive(part, token=f"{sha256}:{place}:{part.sha256}")
        if not parts:
            return []
        self._cases.split(sha256, digest)
        discard_parts(folder)
        _log.info("opened", file=facts.document.submission.name, documents=len(parts))
        return [row.submission.sha256 for row in self._cases.carried(sha256) if row.facts is None]

    def waits(self, sha256: str, digest: str, facts: Facts) -> bool:
        """Whether a document that was read waits for what came with it."""
        carrier = facts.document.submission.carrier
        if carrier is None or self._cases.document(sha256).case_id is not None:
            return False
        self._cases.ready(sha256, digest)
        return True

    def fate(self, sha256: str) -> Fate | None:
        """What becomes of a document that waits for what came with it; None when it does not."""
        row = self._cases.document(sha256)
        carrier = row.submission.carrier
        if carrier is None or (row.state != READY and row.case_id is None):
            return None
        # one that was joined by what came with it goes on too: its case is published by its own work
        return ("alone", "") if row.case_id is not None or self._cases.all_read(carrier.sha256) else ("wait", "")

    # --- into the case --------------------------------------------------------------------------------------------

    def join(self, sha256: str, digest: str, facts: Facts) -> tuple[str, int]:
        """Put a document into its case, with what came with it in the same mail; its case and revision."""
        carrier = facts.document.submission.carrier
        whole = carrier.sha256 if carrier else sha256 if facts.parcel else None
        if whole is None or self._cases.document(sha256).case_id is not None:
            return self._one(sha256, digest, facts)
        self._together(whole, sha256)
        return self._one(sha256, digest, facts)  # joined by now: the newest revision of its case

    def _together(self, whole: str, wanted: str) -> None:
        """Join everything of a mail or archive that was read, and then itself; before that only what is `wanted`."""
        container, complete = self._judging.facts(whole), self._cases.all_read(whole)
        hints = self._hints(container)
        rows = [row for row in self._cases.carried(whole) if row.state == READY]
        rows = rows if complete else [row for row in rows if row.submission.sha256 == wanted]
        chosen = [(row, self._judging.facts(row.submission.sha256)) for row in rows]
        # an order that names its case goes first, so that what names none can follow it
        for row, facts in sorted(chosen, key=lambda pair: -len(self._keys(pair[1]))):
            led = hints.model_copy(update={"beside": self._beside(whole, container)})
            self._one(row.submission.sha256, row.facts or "", facts, led)
        mail = self._cases.document(whole)
        if mail.case_id is None and (complete or whole == wanted):
            first = hints.model_copy(update={"beside": self._beside(whole, container)[:1]})
            self._one(whole, mail.facts or "", container, first)

    def _one(self, sha256: str, digest: str, facts: Facts, hints: Hints | None = None) -> tuple[str, int]:
        case_type = self._packs.case_types.get(facts.classification.case_type or "")
        kind, fields = facts.classification.type or "", facts.extraction.fields
        single = case_type is not None and kind in case_type.standalone
        return self._cases.join(
            sha256,
            facts=digest,
            case_type=case_type.type if case_type else UNSORTED,
            profile=self._profile,
            keys=self._keys(facts),
            exclusive=frozenset(join.key for join in case_type.join if join.exclusive) if case_type else frozenset(),
            alone=single or (case_type is None and hints is None),
            label=label_of(facts, case_type),
            at=self._judging.now(),
            on=self._judging.day(case_type),
            part_of=facts.document.submission.part_of,
            loose=self._assembler.lacks_pages(facts),
            hints=hints,
            noted=self._noted(facts, mentions_of(case_type, kind, fields) if case_type else {}),
        )

    def _keys(self, facts: Facts) -> Keys:
        case_type = self._packs.case_types.get(facts.classification.case_type or "")
        return keys_of(case_type, facts.classification.type or "", facts.extraction.fields) if case_type else {}

    @staticmethod
    def _noted(facts: Facts, mentions: Keys) -> Keys:
        mail = facts.parcel.mail if facts.parcel else None
        return {**mentions, THREAD: mail.message_id} if mail and mail.message_id else mentions

    def _beside(self, whole: str, container: Facts) -> tuple[str, ...]:
        """Cases of what came in it; of what was known before only when nothing else says where it belongs."""
        found = [row.case_id for row in self._cases.carried(whole) if row.case_id is not None]
        if not found and container.parcel is not None:
            known = [item.sha256 for item in container.parcel.enclosed if item.sha256 is not None]
            found = [case_id for sha256 in known if (case_id := self._cases.document(sha256).case_id) is not None]
        return tuple(dict.fromkeys(found))

    def _hints(self, container: Facts) -> Hints:
        joins = [join for case_type in self._packs.case_types.values() for join in case_type.join]
        mails = container.parcel.mails if container.parcel else ()
        references = [number for mail in mails for number in mail.references]
        return Hints(
            thread=self._cases.thread(references),
            text=container.document.text[:_TEXT],
            keys=tuple(dict.fromkeys(join.key for join in joins)),
            firm=frozenset(join.key for join in joins if join.exclusive),
        )
