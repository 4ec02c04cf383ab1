"""Documents cut out of a file, and documents put together from several: stored as files of their own (IN-06).

A file that lacks pages waits until its surroundings are quiet. Then what belongs together becomes one document, which
is read and judged like any other; its pieces stay with it as they came. What stays incomplete joins a case as it is,
and is taken out again when the rest comes, as long as nobody has decided anything there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain

import structlog

from pipeline.assembly import DOUBT, WINDOW, FileName, Gathered, Piece, counted_in, gather, piece_of
from pipeline.cases.arrivals import RECEIVED, SPLIT, DocumentRow
from pipeline.cases.join import keys_of
from pipeline.cases.life import Event, Situation
from pipeline.cases.pieces import BOUND, LOOSE, WAITING
from pipeline.cases.store import CaseStore
from pipeline.errors import StageError
from pipeline.flow.judging import Judge
from pipeline.flow.work import Fate
from pipeline.ingest import FileStore, safe_name
from pipeline.model import Bilingual, Facts, Origin, Remark, Submission
from pipeline.packs import Packs
from pipeline.read import bind_pages, cut_pages

_BY = "countersign"
_log = structlog.get_logger(__name__)


def cut(facts: Facts, files: FileStore) -> list[Submission]:
    """The documents in a file of several, stored as files of their own; none for a file of one."""
    whole, found = facts.document.submission, []
    for first, last in facts.parts:
        pages = [(files.path(whole.sha256), whole.media, page) for page in range(first, last + 1)]
        cuttable = whole.media == "pdf"  # several pages of a TIFF become a PDF
        content = cut_pages(files.path(whole.sha256), first, last) if cuttable else bind_pages(pages)
        stem, _, suffix = whole.name.rpartition(".")
        ending = f".{suffix if cuttable else 'pdf'}" if stem else ""
        name = f"{stem or suffix} [{first}-{last}]{ending}"
        sha256, size = files.keep(content, name)
        changes = {"sha256": sha256, "size": size, "name": name, "media": "pdf", "part_of": whole.sha256}
        found.append(whole.model_copy(update=changes))
    return found


def bound(pieces: Sequence[tuple[Piece, Submission]], files: FileStore) -> Submission:
    """These pieces as one document, stored as a file of its own; its pages are named by the files they came in."""
    leaves = sorted((number, at) for at, (piece, _) in enumerate(pieces) for number in piece.numbers)
    pages: list[tuple[Submission, int]] = []
    for number, at in leaves:
        piece, submission = pieces[at]
        pages += [(submission, page) for page in dict(piece.leaves)[number]]
    stored = [(files.path(submission.sha256), submission.media, page) for submission, page in pages]
    name = _name(pieces[0][0].name, [number for number, _ in leaves])
    sha256, size = files.keep(bind_pages(stored), name)
    return Submission(
        sha256=sha256,
        name=name,
        received_at=max(piece.received_at for piece, _ in pieces),
        source=pieces[0][0].source,
        size=size,
        media="pdf",
        made_of=_origins(pages),
        carrier=pieces[0][1].carrier,
    )


def put_together(seen: Sequence[Facts], packs: Packs, files: FileStore) -> tuple[list[Facts], list[Submission]]:
    """Among documents that came together: what counts of each, and the whole documents that pieces of them make."""
    submissions = {facts.document.submission.sha256: facts.document.submission for facts in seen}
    pieces = [piece for facts in seen if (piece := piece_in(facts, packs)) is not None]
    own = {piece.name for piece in pieces}
    strangers = [item.name for item in submissions.values() if item.name not in own]
    made: dict[str, Submission] = {}
    for piece in pieces:
        found = gather(piece, pieces, strangers)
        if piece.sha256 not in made and found.is_whole and found.doubt is None:
            whole = bound([(each, submissions[each.sha256]) for each in found.pieces], files)
            made |= dict.fromkeys((each.sha256 for each in found.pieces), whole)
    counting = [
        counted_in(facts, made[key].sha256) if (key := facts.document.submission.sha256) in made else facts
        for facts in seen
    ]
    return counting, list({whole.sha256: whole for whole in made.values()}.values())


def piece_in(
    facts: Facts, packs: Packs, names: Sequence[str] = (), received_at: datetime | None = None
) -> Piece | None:
    """The document as a piece of one, with what is read on it; None when no pages are missing, or nobody can say."""
    submission = facts.document.submission
    case_type = packs.case_types.get(facts.classification.case_type or "")
    kind = facts.classification.type or ""
    keys = keys_of(case_type, kind, facts.extraction.fields) if case_type else {}
    numbers = [join.key for join in case_type.join if join.exclusive and kind in join.fields] if case_type else []
    return piece_of(
        facts,
        names=names or (submission.name,),
        received_at=received_at or submission.received_at,
        keys=keys,
        number=keys.get(numbers[0], "") if numbers else None,
    )


def _name(first: str, numbers: Sequence[int]) -> str:
    name = FileName.of(first)
    place = f"{name.folder}/" if name.folder else ""
    return safe_name(f"{place}{name.stem or 'pages'} [拼合 {min(numbers)}-{max(numbers)}].pdf")


def _origins(pages: Sequence[tuple[Submission, int]]) -> tuple[Origin, ...]:
    """Runs of pages by the files that people sent: what was put together before is named by its own."""
    found: list[Origin] = []
    for submission, page in pages:
        sha256, name, number = _first_origin(submission, page)
        if found and found[-1].sha256 == sha256 and found[-1].last + 1 == number:
            found[-1] = found[-1].model_copy(update={"last": number})
        else:
            found.append(Origin(sha256=sha256, name=name, first=number, last=number))
    return tuple(found)


def _first_origin(submission: Submission, page: int) -> tuple[str, str, int]:
    at = page
    for origin in submission.made_of:
        length = origin.last - origin.first + 1
        if at <= length:
            return origin.sha256, origin.name, origin.first + at - 1
        at -= length
    return submission.sha256, submission.name, page


class Assembler:
    """Pieces of documents in one installation; every method may be repeated."""

    def __init__(self, packs: Packs, cases: CaseStore, files: FileStore, judging: Judge, settle_seconds: float) -> None:
        self._packs = packs
        self._cases = cases
        self._files = files
        self._judging = judging
        self._settle = timedelta(seconds=settle_seconds)

    def waits(self, sha256: str, digest: str, facts: Facts) -> bool:
        """Whether a document that was read waits for pages, or counts as a part of another; `digest` of its facts."""
        row = self._cases.document(sha256)
        if row.case_id is not None:
            return False
        if row.state == RECEIVED and not facts.document.submission.made_of and self.lacks_pages(facts):
            self._cases.wait(sha256, digest)
            return True
        return row.state in (WAITING, BOUND)

    def lacks_pages(self, facts: Facts) -> bool:
        """Whether its page numbers say that the document is not all there."""
        return piece_in(facts, self._packs) is not None

    def fate(self, sha256: str) -> Fate:
        """Put a waiting piece together with those it belongs to, once no more of them are coming."""
        row = self._cases.document(sha256)
        if row.whole is not None:
            return "whole", row.whole
        if row.state != WAITING:
            return "done", ""
        rows, pieces, strangers = self._surroundings(sha256)
        mine = pieces.get(sha256)
        if mine is None:
            return "alone", ""
        folders = {FileName.of(name).folder for name in mine.names}
        beside = [key for key, piece in pieces.items() if folders & {FileName.of(name).folder for name in piece.names}]
        since = (datetime.now(UTC) - self._settle).isoformat()
        if self._cases.arrived_since(since, beside):
            return "wait", ""
        found = gather(mine, pieces.values(), strangers)
        if found.doubt is not None:
            return self._doubtful(row, found.doubt)
        return self._put_together(row, found, rows) if len(found.pieces) > 1 else ("alone", "")

    def settle_in(self, sha256: str, case_id: str) -> list[tuple[str, int]]:
        """Bring the pieces of a document into its case; the cases they leave, each with its new revision."""
        origins = self._cases.document(sha256).submission.made_of
        if not origins:
            return []
        rows = [self._cases.document(key) for key in dict.fromkeys(origin.sha256 for origin in origins)]
        containers = {row.submission.part_of for row in rows if row.submission.part_of}
        at = self._judging.now()
        left = []
        for former in self._cases.bring(sha256, case_id, containers, at):
            if not self._cases.documents_of(former):
                reason = f"its pages are part of a document of {case_id}"
                event = Event(name="cancelled", on=at.date(), by=_BY, reason=reason)
                self._cases.happen(former, event, Situation(), at)
            left.append((former, self._cases.raise_rev(former)))
        return left

    # --- the pieces around ----------------------------------------------------------------------------------------

    def _surroundings(self, sha256: str) -> tuple[dict[str, DocumentRow], dict[str, Piece], list[str]]:
        """Rows and pieces by hash that came within the window, and the names of all other documents."""
        arrivals = self._cases.deliveries(sha256)
        near = self._cases.near(max(item.received_at for item in arrivals) - WINDOW)
        rows: dict[str, DocumentRow] = {}
        pieces: dict[str, Piece] = {}
        strangers: list[str] = []
        for item in near:
            # pages that were put together already count as what they were put together into
            row = item.row if item.row.whole is None else self._cases.document(item.row.whole)
            key = row.submission.sha256
            if row.state == WAITING or (row.state == LOOSE and self._cases.untouched(row.case_id or "")):
                names = item.names if item.row.whole is None else (row.submission.name,)
                seen = pieces[key].received_at if key in pieces else item.received_at
                piece = piece_in(self._judging.facts(key), self._packs, names, max(seen, item.received_at))
                if piece is not None:
                    rows[key], pieces[key] = row, piece
                    continue
            if row.state not in (SPLIT, BOUND) and item.row.whole is None:
                strangers += item.names
        return rows, pieces, strangers

    # --- what becomes of them -------------------------------------------------------------------------------------

    def _put_together(self, row: DocumentRow, found: Gathered, rows: dict[str, DocumentRow]) -> Fate:
        pieces = [(piece, rows[piece.sha256].submission) for piece in found.pieces]
        try:
            whole = bound(pieces, self._files)
        except StageError as error:
            _log.warning("pages not put together", files=[piece.name for piece in found.pieces], why=str(error))
            why = Bilingual(
                zh="这些文件无法拼合为一份，请人工处理：" + "、".join(piece.name for piece in found.pieces),
                en="These files cannot be put together: " + ", ".join(piece.name for piece in found.pieces),
            )
            return self._doubtful(row, why)
        self._cases.receive(whole, token=f"whole:{whole.sha256}")
        origins = (origin.sha256 for origin in whole.made_of)
        self._cases.bind({*chain((piece.sha256 for piece in found.pieces), origins)}, whole.sha256)
        _log.info("one document in several files", files=len(found.pieces), whole=found.is_whole, name=whole.name)
        return "whole", whole.sha256

    def _doubtful(self, row: DocumentRow, doubt: Bilingual) -> Fate:
        """Leave the doubt in the facts of the document, so that it is judged with it."""
        sha256 = row.submission.sha256
        facts = self._judging.facts(sha256)
        others = [remark for remark in facts.document.remarks if remark.code != DOUBT or remark.page is not None]
        document = facts.document.model_copy(update={"remarks": (*others, Remark(code=DOUBT, message=doubt))})
        text = facts.model_copy(update={"document": document}).model_dump_json()
        target = self._judging.work(sha256) / "facts.json"
        temporary = target.with_name(".facts.doubt")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(target)
        self._cases.wait(sha256, hashlib.sha256(text.encode()).hexdigest())
        return "alone", ""
