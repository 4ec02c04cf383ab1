"""Damaged, locked, signed and foreign files: read, refused with the right reason, or worse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crew import Crash, Crew, Done
from benchmarks.measure import Cell, Goal, Miss, Number, Rate, Section, Table
from benchmarks.plan import Plan
from benchmarks.real.desk import Dropped, drop
from benchmarks.real.files import Item, absent, capped, items

PDFS, OTHERS, SIGNED, FAMILIES = (
    "Odd PDF files",
    "Files that are no scan",
    "Signed PDF files",
    "Odd PDF files by origin",
)
LOCKED, ALL, SOME, NONE = "needs a password or certificate", "all three parsers open it", "some do", "none does"
SECONDS = (120, 300)  # wall limit of one file, quick and full
SHORT = 4  # pages of a file that a quick run reads
CRASHED, HUNG = "crashed", "timeout"
_PAGES = re.compile(r"ok pages=([1-9]\d*)")
_LOCK = re.compile(r"password|decrypted|only Standard", re.IGNORECASE)
# Signatures that leave a part of the file uncovered, and forbidden changes dressed up as the filling of a form.
_SNEAKY = re.compile(r"coverage-anomalies|sneaky")
# What else arrives: the set, which files of it, and the words by which a refusal names them; none for what can be read.
FOREIGN: dict[str, tuple[str, str, str]] = {
    "mail": ("emails", r"\.eml$", ""),
    "Outlook mail": ("emails", r"\.msg$", r"mail|message|Outlook"),
    "winmail.dat": ("tnef", r".", r"winmail|TNEF|Outlook"),
    "zip": ("archives", r"\.zip$", ""),
    "other archive": ("archives", r"(?<!\.zip)$", r"archive|program"),
    "OFD": ("ofd", r"\.ofd$", r"OFD"),
    "old Word": ("docx_templates", r"\.doc$", r"old Word"),
    "Word": ("docx_templates", r"\.docx$", ""),
    "Excel": ("docx_templates", r"\.xlsx$", ""),
}


@dataclass(frozen=True)
class FileJob:
    """One file: `row` in its table, `pages` that the parsers count (None where they differ), `name` of its kind.

    `inside` = names of attachments that Python's own parser finds in a mail.
    """

    table: str
    row: str
    path: Path
    seconds: int
    origin: str = ""
    pages: int | None = None
    name: str = ""
    tampered: bool = False
    signatures: int = 0
    inside: tuple[str, ...] = ()


def run(plan: Plan, crew: Crew, data: Path) -> Section:
    """Drop every file."""
    listed = jobs(plan, data)
    if not listed:
        return absent("real", "hostile_pdf and others")
    done = crew.map(work, listed, "odd and foreign files")
    wanted = [pdf_table(done), family_table(done), signed_table(done), foreign_table(done)]
    return Section("real", [table for table in wanted if table.rows], capped(misses(done)))


def work(job: FileJob) -> Dropped:
    """Hand it over."""
    return drop(job.path, job.seconds)


# --- which files --------------------------------------------------------------------------------------------------


def jobs(plan: Plan, data: Path) -> list[FileJob]:
    """Everything; quick: a sample of every row and origin, without long files."""
    seconds = SECONDS[0 if plan.quick else 1]
    odd = [_odd(item, seconds) for item in items(data, "hostile_pdf")]
    signed = [_signed(item, seconds) for item in items(data, "signed_pdf")]
    foreign = [
        FileJob(OTHERS, row, item.path, seconds, name=name, inside=_attachments(item))
        for row, (folder, pattern, name) in FOREIGN.items()
        for item in items(data, folder)
        if re.search(pattern, item.name)
    ]
    if not plan.quick:
        return odd + signed + foreign
    short = [job for job in odd if (job.pages or 1) <= SHORT]
    cheap = [job for job in short if job.row in (LOCKED, NONE)]  # refused at once, so more of them fit
    touched = sample(plan, cheap, lambda job: job.row, 4, 0)
    touched += sample(plan, [job for job in short if job not in cheap], lambda job: job.row, 2, 1)
    rest = [job for job in short if job.origin not in {other.origin for other in touched}]
    return [
        *touched,
        *sample(plan, rest, lambda job: job.origin, 1, 2),
        *sample(plan, signed, lambda job: job.row, 1, 3),
        *sample(plan, foreign, lambda job: job.row, 1, 4),
    ]


def _attachments(item: Item) -> tuple[str, ...]:
    """Names without folders, as the product tells them."""
    found = (item.facts.get("observed") or {}).get("attachments") or ()
    return tuple(str(each["name"]).replace("\\", "/").rpartition("/")[2] for each in found if each.get("name"))


def sample(
    plan: Plan, listed: Sequence[FileJob], stratum: Callable[[FileJob], object], count: int, stream: int
) -> list[FileJob]:
    """`count` of every stratum, drawn by the seed."""
    rng = plan.rng("real", 1000 + stream)
    strata: dict[object, list[FileJob]] = {}
    for job in listed:
        strata.setdefault(stratum(job), []).append(job)
    chosen = [jobs_[index] for jobs_ in strata.values() for index in sorted(rng.permutation(len(jobs_))[:count])]
    return [job for job in listed if job in chosen]


def _odd(item: Item, seconds: int) -> FileJob:
    row, pages = opened(item.facts["observed"])
    return FileJob(PDFS, row, item.path, seconds, origin=item.name.partition("_")[0], pages=pages)


def opened(observed: dict[str, str]) -> tuple[str, int | None]:
    """What three parsers made of a PDF, and the pages they agree on; a parser that finds no page did not open it."""
    counts = [int(match[1]) for text in observed.values() if (match := _PAGES.match(text))]
    pages = counts[0] if len(set(counts)) == 1 else None
    if not counts and any(_LOCK.search(text) for text in observed.values()):
        return LOCKED, None
    return (ALL if len(counts) == len(observed) else SOME if counts else NONE), pages


def _signed(item: Item, seconds: int) -> FileJob:
    tampered = bool(_SNEAKY.search(f"{item.facts['path']} {item.name}"))
    count = int(item.facts["byteranges"])
    row = "signature does not hold" if tampered else "signed" if count else "signature field only, or none"
    return FileJob(SIGNED, row, item.path, seconds, tampered=tampered, signatures=count)


# --- tables -------------------------------------------------------------------------------------------------------

Pairs = list[tuple[FileJob, Dropped]]


def answers(done: Iterable[Done[FileJob, Dropped]], title: str) -> Pairs:
    """Cases of a table; one that broke the benchmark's own side counts as a crash."""
    lost = [
        (item.job, _lost(item.result) if isinstance(item.result, Crash) else item.result)
        for item in done
        if item.job.table == title
    ]
    return sorted(lost, key=lambda pair: pair[0].row)


def _lost(crash: Crash) -> Dropped:
    return Dropped(CRASHED, "crash", 0, crash.message[-300:], (), (), 0.0)


def _grouped(pairs: Pairs, label: Callable[[FileJob], str]) -> dict[str, Pairs]:
    groups: dict[str, Pairs] = {}
    for pair in pairs:
        groups.setdefault(label(pair[0]), []).append(pair)
    return groups


def harm(chosen: Pairs) -> dict[str, Cell]:
    """The cells that must stay at nought, and the cost."""
    return {
        "crashed": Rate.of((told.outcome == CRASHED for _, told in chosen), "low"),
        "over the time": Rate.of((told.outcome == HUNG for _, told in chosen), "low"),
        "passed": Rate.of((told.verdict == "passed" for _, told in chosen), "low"),
        "CPU": Number(sum(told.cpu_seconds for _, told in chosen) / len(chosen), "s", 1),
    }


GOALS: dict[str, Goal] = {ALL: "high", SOME: "none", LOCKED: "low", NONE: "low"}  # of reading a file
HARM = ["crashed", "over the time", "passed", "CPU"]


def is_read(job: FileJob, told: Dropped) -> bool:
    """Read, or opened without losing anything in it."""
    kept = all(any(name == each or each.startswith(f"{name}/") for each in told.inside) for name in job.inside)
    return told.outcome == "read" or (told.outcome == "opened" and kept)


def refused(told: Dropped) -> bool:
    """Refused with a reason, not broken off."""
    return told.outcome not in ("read", "opened", CRASHED, HUNG)


def pdf_table(done: Iterable[Done[FileJob, Dropped]]) -> Table:
    """Damaged, looping, locked PDFs."""
    rows: dict[str, dict[str, Cell]] = {}
    groups = _grouped(answers(done, PDFS), lambda job: job.row)
    for label in [row for row in (ALL, SOME, LOCKED, NONE) if row in groups]:
        chosen = groups[label]
        row: dict[str, Cell] = {"n": len(chosen)}
        row["read"] = Rate.of((told.outcome == "read" for _, told in chosen), GOALS[label])
        row["refused"] = Rate.of((refused(told) for _, told in chosen), "none")
        counted = [(job, told) for job, told in chosen if told.outcome == "read" and job.pages is not None]
        row["pages as counted"] = Rate.of(job.pages == told.pages for job, told in counted)
        if label == LOCKED:
            row["lock named"] = Rate.of(told.outcome == "encrypted" for _, told in chosen)
        rows[label] = row | harm(chosen)
    note = "Pages as counted: by the parsers that open the file, where they agree."
    return Table(PDFS, ["n", "read", "refused", "pages as counted", "lock named", *HARM], rows, note)


def family_table(done: Iterable[Done[FileJob, Dropped]]) -> Table:
    """The same files by where they come from."""
    rows: dict[str, dict[str, Cell]] = {}
    for label, chosen in sorted(_grouped(answers(done, PDFS), lambda job: job.origin).items()):
        outcomes = [told.outcome for _, told in chosen]
        row: dict[str, Cell] = {"n": len(chosen), "read": Rate.of((word == "read" for word in outcomes), "none")}
        for reason in ("encrypted", "damaged"):
            row[reason] = Rate.of((word == reason for word in outcomes), "none")
        other = [word not in ("read", "encrypted", "damaged", CRASHED, HUNG) for word in outcomes]
        rows[label] = row | {"other refusal": Rate.of(other, "none")} | harm(chosen)
    return Table(FAMILIES, ["n", "read", "encrypted", "damaged", "other refusal", *HARM], rows)


def signed_table(done: Iterable[Done[FileJob, Dropped]]) -> Table:
    """What is said of signatures and of what was changed after them."""
    rows: dict[str, dict[str, Cell]] = {}
    for label, chosen in _grouped(answers(done, SIGNED), lambda job: job.row).items():
        signed = [(job, told) for job, told in chosen if job.signatures and told.outcome == "read"]
        rows[label] = {
            "n": len(chosen),
            "read": Rate.of((told.outcome == "read" for _, told in chosen), "none"),
            "signature told": Rate.of("digital_signature" in told.remarks for _, told in signed),
            "held for it": Rate.of("digital_signature" in told.held for _, told in signed),
        }
        if chosen[0][0].tampered:
            rows[label]["fault told"] = Rate.of(tells_change(told) for _, told in chosen)
        rows[label] |= harm(chosen)
    note = "Held for it: the review names the signature as a reason not to pass. Fault told: anything said beyond it."
    return Table(SIGNED, ["n", "read", "signature told", "held for it", "fault told", *HARM], rows, note)


def tells_change(told: Dropped) -> bool:
    """Whether anything is noticed besides the signature itself."""
    return bool(set(told.remarks) - {"digital_signature", "signature_field", "restricted"})


def foreign_table(done: Iterable[Done[FileJob, Dropped]]) -> Table:
    """Mail, archives, OFD and Office files put into the inbox."""
    rows: dict[str, dict[str, Cell]] = {}
    groups = _grouped(answers(done, OTHERS), lambda job: job.row)
    for label in [row for row in FOREIGN if row in groups]:
        chosen = groups[label]
        row: dict[str, Cell] = {"n": len(chosen)}
        readable = not chosen[0][0].name
        row["read"] = Rate.of((is_read(job, told) for job, told in chosen), "high" if readable else "low")
        row["refused"] = Rate.of((refused(told) for _, told in chosen), "none")
        if not readable:
            row["named for what it is"] = Rate.of(named(job, told) for job, told in chosen)
        rows[label] = row | harm(chosen)
    note = (
        "Read: also opened, if it is a mail or archive, and every attachment that Python's own parser finds is a "
        "document or told with a reason; what was in it is not judged here. Named for what it is: the refusal says so, "
        "so that the sender knows what to do."
    )
    return Table(OTHERS, ["n", "read", "refused", "named for what it is", *HARM], rows, note)


def named(job: FileJob, told: Dropped) -> bool:
    """Whether the refusal says what the file is, apart from the file's own name."""
    sentence = told.why.replace(job.path.name, "")
    return refused(told) and re.search(job.name, sentence, re.IGNORECASE) is not None


def misses(done: Sequence[Done[FileJob, Dropped]]) -> Iterable[Miss]:
    """Whatever is wrong, by row and by origin."""
    for title in (PDFS, SIGNED, OTHERS):
        for job, told in answers(done, title):
            what = wrong(job, told)
            for table, row in ((title, job.row), (FAMILIES, job.origin)) if what else ():
                if row:
                    yield Miss(table, row, job.path.name, what)


def wrong(job: FileJob, told: Dropped) -> str:
    """What is wrong with what became of a file; empty when nothing is."""
    said = f"{told.outcome}: {told.why}" if told.why else told.outcome
    if told.outcome in (CRASHED, HUNG) or told.verdict == "passed":
        return f"{told.verdict}, {said}"
    if job.row == ALL and told.outcome != "read":
        return f"three parsers open it; {said}"
    if job.row == NONE and told.outcome == "read":
        return f"no parser opens it; {told.pages} pages read"
    if job.row == LOCKED and told.outcome != "encrypted":
        return f"locked; {said}"
    if told.outcome == "read" and job.pages not in (None, told.pages):
        return f"{told.pages} pages read of {job.pages}"
    if job.tampered and not tells_change(told):
        return f"signature does not hold; {said}; remarks {', '.join(sorted(set(told.remarks))) or 'none'}"
    if job.table == OTHERS and (not named(job, told) if job.name else not is_read(job, told)):
        return said
    return ""
