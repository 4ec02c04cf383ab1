"""What an outgoing paper says: a pure function of one case's fields and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.errors import GenerateError
from pipeline.model import Finding
from pipeline.packs import CaseType, Dossier, FieldSpec, PaperSpec, World, forms_of
from pipeline.values import add_business_days, write_capitals

_OPEN = ("fail", "unsure", "error")
EMPTY = "/"  # written into an optional field that has no value, as clerks do


@dataclass(frozen=True)
class CaseFacts:
    """What a paper may draw on; `findings` are those of the case rules."""

    id: str
    dossier: Dossier
    findings: Sequence[Finding]
    received: date


def due_papers(case_type: CaseType, profile: str, state: str) -> tuple[PaperSpec, ...]:
    """The papers this state calls for."""
    return tuple(paper for paper in case_type.papers if paper.profile == profile and paper.when == state)


def content(spec: PaperSpec, case_type: CaseType, facts: CaseFacts, world: World) -> Mapping[str, Any]:
    """Everything but number and date; GenerateError when a source the paper needs has no value."""
    body: dict[str, Any] = {}
    if spec.body == "findings":
        body = _findings(case_type, facts)
    elif spec.body.startswith("fields:"):
        body = _fields(spec.body.removeprefix("fields:"), case_type, facts)
    for name, sources in spec.values.items():
        value = next((found for source in sources if (found := _resolve(source, case_type, facts, world))), None)
        if value is None and "number" not in sources:
            raise GenerateError(
                f"{facts.id}: {spec.code}: no value for {name}",
                advice=f"one of these must have one: {', '.join(sources)}",
            )
        body.pop(name, None)
        if value is not None:
            body[name] = value
    return body


def finished(
    spec: PaperSpec, body: Mapping[str, Any], facts: CaseFacts, *, number: str, dated: date
) -> Mapping[str, Any]:
    """The content with the number, date and deadline that were allocated for it."""
    own: dict[str, Any] = {"number": number, "date": chinese_date(dated), "case_no": facts.id}
    own["received_on"] = chinese_date(facts.received)
    if spec.due_business_days is not None:
        due = add_business_days(dated, spec.due_business_days)
        own["due_date"] = chinese_date(due.date) + ("(暂定)" if due.provisional else "")
    numbered = {name: number for name, sources in spec.values.items() if "number" in sources and name not in body}
    return {**body, **own, **numbered}


def number_of(spec: PaperSpec, *, case: str, seq: int, dated: date, daily: int) -> str:
    """The paper's number; GenerateError for an unknown placeholder."""
    try:
        return spec.number.format(case=case, code=spec.code, seq=seq, date=f"{dated:%Y%m%d}", daily=f"{daily:03d}")
    except (KeyError, IndexError) as error:
        raise GenerateError(f"{spec.code}: number pattern {spec.number!r}: unknown {error}") from error


def chinese_date(day: date) -> str:
    """As printed in Chinese letters, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def _findings(case_type: CaseType, facts: CaseFacts) -> dict[str, Any]:
    failed = [item for item in _all(facts) if item.outcome == "fail" and item.severity in ("block", "hold")]
    open_ = {item.document for item in _all(facts) if item.severity in ("block", "hold") and item.outcome in _OPEN}
    forms = dict.fromkeys(forms_of(part.facts)[-1] for part in facts.dossier.parts if forms_of(part.facts))
    fine = [_title(case_type, form) for form in forms if form not in open_]
    items = [
        {
            "rule_id": item.rule,
            "doc_title": _title(case_type, item.document),
            "page": str(item.page) if item.page else EMPTY,
            "found": item.message.zh,
            "required": item.required.zh if item.required else EMPTY,
            "fix": item.fix.zh if item.fix else EMPTY,
        }
        for item in _once(failed)
    ]
    return {"items": items, "passed_docs": "、".join(f"《{title}》" for title in fine) or "无"}


def _all(facts: CaseFacts) -> Iterator[Finding]:
    """Findings of documents, each naming its document's form, then those of the case."""
    for part in facts.dossier.parts:
        form = next(reversed(forms_of(part.facts)), part.facts.document.submission.name)
        for finding in part.findings:
            yield finding.model_copy(update={"document": form})
    yield from facts.findings


def _once(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same defect on the same page is one item of the notice."""
    return tuple({(item.rule, item.document, item.page, item.message.zh): item for item in findings}.values())


def _title(case_type: CaseType, document: str | None) -> str:
    """What the notice calls a document: its title and form, a file's name, or the whole dossier."""
    if document is None:
        return "全套材料"
    title = case_type.form_title(document)
    return title.zh if title else document


def _fields(kind: str, case_type: CaseType, facts: CaseFacts) -> dict[str, Any]:
    pack = case_type.packs[kind]
    parts = facts.dossier.parts_of(kind)
    if not parts:
        raise GenerateError(f"{facts.id}: no {kind} in the case", advice="submit it, then generate again")
    values = parts[-1].facts.extraction.fields
    body: dict[str, Any] = {}
    for name, spec in pack.fields.items():
        value = values.get(name)
        if value is None and spec.required:
            raise GenerateError(f"{facts.id}: {kind}: {name} is missing", advice="complete the order data")
        body[name] = _shown(value.value, spec) if value else EMPTY
    for table, rows in pack.rows.items():
        numbers = sorted({int(key.split(".")[1]) for key in values if key.startswith(f"{table}.")})
        body[table] = [
            {
                column: _shown(values[key].value, spec) if (key := f"{table}.{number}.{column}") in values else EMPTY
                for column, spec in rows.columns.items()
            }
            for number in numbers
        ]
    return body


def _shown(value: str, spec: FieldSpec) -> str:
    if spec.type == "money":
        try:
            return f"{Decimal(value):,.2f}"
        except InvalidOperation:
            return value
    if spec.type == "percent" and not value.endswith("%"):
        return f"{value}%"
    if spec.type == "choice" and value in spec.options:
        return spec.options[value][0]
    return value


def _resolve(source: str, case_type: CaseType, facts: CaseFacts, world: World) -> str | None:
    kind, _, rest = source.partition(":")
    match kind:
        case "text":
            return rest
        case "register":
            name, _, column = rest.partition(".")
            rows = world.registers.get(name, ())
            return str(rows[0][column]) if rows and column in rows[0] else None
        case "capitals":
            amount = _field(rest, facts)
            return write_capitals(Decimal(amount)) if amount else None
        case "number":
            return None
    value, (document, _, name) = _field(source, facts), source.partition(".")
    return _shown(value, case_type.packs[document].fields[name]) if value else None


def _field(source: str, facts: CaseFacts) -> str | None:
    kind, _, name = source.partition(".")
    for part in reversed(facts.dossier.parts_of(kind)):
        value = part.facts.extraction.fields.get(name)
        if value is not None and value.value and value.problem is None:
            return value.value
    return None
