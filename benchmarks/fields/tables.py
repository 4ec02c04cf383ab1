"""What was read from filled forms, counted by field, by condition, by line and by paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.crew import Done
from benchmarks.fields.jobs import MODES, QUALITIES, RESOLUTIONS, Job, Result
from benchmarks.fields.judge import Seen, column, form_of
from benchmarks.measure import Cell, Miss, Rate, Table

Papers = Sequence[Done[Job, Result]]
FORMS = {
    "service_agreement": "service agreement",
    "cooperation_agreement": "cooperation agreement",
    "purchase_order": "order",
}
BY_TYPE, BY_PEN, BY_CONDITION = "Fields by document and type", "Fields by pen and seal", "Fields by condition"
BY_LINES, BY_FIELD, BY_PAPER = "Order lines", "The ten worst fields", "Orders as papers"
COLUMNS = (
    "n",
    "right",
    "wrong and flagged",
    "silently wrong",
    "beside the copy",
    "right but refused",
    "right but doubted",
)
_SHOWN = 6  # misses a row
_WORST = 10
_NOTE = (
    "wrong and flagged: of the wrong values those that the product doubts (a problem on the value, a rule that fails "
    "or is unsure there) or did not give at all. silently wrong: of all values; beside the copy: those that the "
    "comparison of an order with its electronic copy (DOS-03) does not show either. "
)


def tables(papers: Papers) -> list[Table]:
    """All tables of this part; rows without a case are left out."""
    seen = [(done.job, item) for done in papers for item in seen_of(done)]
    return [
        Table(BY_TYPE, COLUMNS, _rows(seen, lambda job, item: [type_row(job, item)]), _NOTE + _WHICH),
        Table(BY_PEN, COLUMNS, _rows(seen, lambda job, _: pen_rows(job))),
        Table(BY_CONDITION, COLUMNS, _rows(seen, lambda job, _: condition_rows(job), _order_of_conditions())),
        _by_lines(papers),
        _by_field(seen),
        _by_paper(papers),
    ]


_WHICH = (
    "Agreements: the sheets with blanks and the first sheet; the others bear no field. "
    "Every value keeps its own place in the order's table: a lost line makes all that follow wrong."
)


def seen_of(done: Done[Job, Result]) -> tuple[Seen, ...]:
    """The judged values; after a crash nothing was given, so every written value is wrong and visibly so."""
    if done.value is not None:
        return done.value.seen
    form = form_of(done.job.form)
    return tuple(Seen(key, form[column(key)].type, "flagged", meant, "") for key, meant in done.job.meant if meant)


def type_row(job: Job, item: Seen) -> str:
    """Row of BY_TYPE."""
    return f"{FORMS[job.form]}: {item.kind}"


def pen_rows(job: Job) -> list[str]:
    """Rows of BY_PEN."""
    pen, seal = "by hand" if job.style == "hand" else "typed", "over entries" if job.over else "in its place"
    pens = [] if job.form == "purchase_order" else [f"{FORMS[job.form]}, {pen}"]  # an order is always printed
    return [*pens, f"{FORMS[job.form]}, seal {seal}"]


def condition_rows(job: Job) -> list[str]:
    """Rows of BY_CONDITION: the margins."""
    kind = "order" if job.form == "purchase_order" else "agreement"
    return [f"{kind}, {part}" for part in _parts(job)]


def _parts(job: Job) -> tuple[str, str, str]:
    condition = job.condition
    return condition.quality, f"{condition.dpi} dpi", condition.mode


def _levels() -> list[str]:
    return [*QUALITIES, *(f"{dpi} dpi" for dpi in RESOLUTIONS), *MODES]


def _order_of_conditions() -> list[str]:
    return [f"{kind}, {level}" for kind in ("agreement", "order") for level in _levels()]


def _rows(
    seen: Iterable[tuple[Job, Seen]], labels: Callable[[Job, Seen], Iterable[str]], order: Sequence[str] = ()
) -> dict[str, dict[str, Cell]]:
    groups: dict[str, list[Seen]] = {}
    for job, item in seen:
        for label in labels(job, item):
            groups.setdefault(label, []).append(item)
    return {label: rates(groups[label]) for label in (order or sorted(groups)) if label in groups}


def rates(seen: Sequence[Seen]) -> dict[str, Cell]:
    """One row of COLUMNS."""
    wrong = [item for item in seen if item.state != "right"]
    return {
        "n": len(seen),
        "right": Rate.of(item.state == "right" for item in seen),
        "wrong and flagged": Rate.of((item.state == "flagged" for item in wrong), "none"),
        "silently wrong": Rate.of((item.state in ("caught", "silent") for item in seen), "low"),
        "beside the copy": Rate.of((item.state == "silent" for item in seen), "low"),
        "right but refused": Rate.of((item.refused for item in seen), "low"),
        "right but doubted": Rate.of((item.doubted for item in seen), "none"),
    }


def _by_lines(papers: Papers) -> Table:
    rows: dict[str, dict[str, Cell]] = {}
    orders = [done for done in papers if done.job.form == "purchase_order"]
    for count in sorted({done.job.lines for done in orders}):
        group = [done for done in orders if done.job.lines == count]
        lines = [line for done in group for line in _lines(done)]
        rows[f"{count} lines" if count > 1 else "1 line"] = {
            "n": len(lines),
            "number of lines right": Rate.of(_told_lines(done) == count for done in group),
            "every cell right": Rate.of(all(item.state == "right" for item in line) for line in lines),
            "a cell silently wrong": Rate.of(
                (any(item.state in ("caught", "silent") for item in line) for line in lines), "low"
            ),
        }
    columns = ("n", "number of lines right", "every cell right", "a cell silently wrong")
    return Table(BY_LINES, columns, rows, "n counts lines; the number of lines is judged once an order.")


def _lines(done: Done[Job, Result]) -> list[list[Seen]]:
    lines: dict[str, list[Seen]] = {}
    for item in seen_of(done):
        if item.key.startswith("lines."):
            lines.setdefault(item.key.split(".")[1], []).append(item)
    return [lines[number] for number in lines if int(number) <= done.job.lines]


def _told_lines(done: Done[Job, Result]) -> int:
    return len({item.key.split(".")[1] for item in seen_of(done) if item.key.startswith("lines.") and item.told})


def _by_field(seen: Iterable[tuple[Job, Seen]]) -> Table:
    rows = _rows(seen, lambda job, item: [field_row(job, item)])
    wrong = [label for label in rows if _harm(rows[label])]
    worst = sorted(wrong, key=lambda label: (-_harm(rows[label]), label))[:_WORST]
    return Table(BY_FIELD, COLUMNS, {label: rows[label] for label in worst}, "By what is least likely chance.")


def field_row(job: Job, item: Seen) -> str:
    """Row of BY_FIELD."""
    return f"{FORMS[job.form]}: {column(item.key)}"


def _harm(row: Mapping[str, Cell]) -> float:
    """Silent errors count before errors."""
    silent, right = row["silently wrong"], row["right"]
    assert isinstance(silent, Rate)
    assert isinstance(right, Rate)
    return 10 * silent.harm + right.harm


def _by_paper(papers: Papers) -> Table:
    orders = [done for done in papers if done.job.form == "purchase_order"]
    groups = {level: [done for done in orders if level in _parts(done.job)] for level in _levels()}
    rows = {level: _paper_rates(group) for level, group in groups.items() if group}
    columns = (
        "n",
        "recognised",
        "falsely failed",
        "falsely failed beside the copy",
        "passed",
        "passed with a wrong value",
    )
    note = "Every order here is correct; grey, 1-bit and 150 dpi scans are indeterminate by rule."
    return Table(BY_PAPER, columns, rows, note)


def _paper_rates(group: Sequence[Done[Job, Result]]) -> dict[str, Cell]:
    told = [done.value for done in group if done.value]
    accepted = [result for result in told if result.verdict == "passed"]
    wrong = [any(item.state in ("caught", "silent") for item in result.seen) for result in accepted]
    return {
        "n": len(group),
        "recognised": Rate(sum(result.classified for result in told), len(group)),
        "falsely failed": Rate(sum(bool(result.failed) for result in told), len(group), "low"),
        "falsely failed beside the copy": Rate(sum(bool(result.beside) for result in told), len(group), "low"),
        "passed": Rate(len(accepted), len(group), "none"),
        "passed with a wrong value": Rate(sum(wrong), len(group), "low"),
    }


def misses(papers: Papers) -> list[Miss]:
    """Harmful cases first, some of each row."""
    found: list[Miss] = []
    for done in papers:
        case = f"{FORMS[done.job.form]} {done.job.number} ({done.job.condition.label}, {done.job.style})"
        if done.value is None:
            found += [Miss(BY_CONDITION, row, case, str(done.result)) for row in condition_rows(done.job)]
            continue
        files = dict(done.value.pictures)
        for item in done.value.seen:
            if item.state == "right" and not item.refused:
                continue
            what = f"{item.key} “{item.meant}” read as “{item.told}”, {_WORDS[item.state]}"
            rows = [(BY_TYPE, type_row(done.job, item)), (BY_FIELD, field_row(done.job, item))]
            if item.state in ("silent", "caught"):
                rows += [(BY_CONDITION, row) for row in condition_rows(done.job)]
                rows += [(BY_PEN, row) for row in pen_rows(done.job)]
            found += [Miss(table, row, case, what, files.get(item.key, "")) for table, row in rows]
        failed = (*done.value.failed, *done.value.beside)
        if done.job.form == "purchase_order" and failed:
            found += [Miss(BY_PAPER, row, case, f"failed by {', '.join(failed)}") for row in _parts(done.job)]
    shown = {(table.title, row) for table in tables(papers) for row in table.rows}
    return capped([miss for miss in found if (miss.table, miss.row) in shown])


_WORDS = {"right": "refused", "flagged": "flagged", "caught": "shown by the copy only", "silent": "silently"}


def capped(found: Sequence[Miss], most: int = _SHOWN) -> list[Miss]:
    """At most so many a row, those with a picture first."""
    rows: dict[tuple[str, str], list[Miss]] = {}
    for miss in sorted(found, key=lambda item: not item.picture):
        rows.setdefault((miss.table, miss.row), []).append(miss)
    return [miss for listed in rows.values() for miss in listed[:most]]
