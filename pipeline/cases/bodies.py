"""The blocks of content an outgoing paper may name in `body`; each gives variables of the Word template.

findings         items: what must be corrected; passed_docs: what has passed
advice           advice: what the paper's `given` rules say; advice_rules: their ids
final            final: why the case may be ended
files            files: what was received; missing_docs: what was not
originals        originals: papers that must follow; originals_titles: the same in one sentence
archive          files with their whole hash; originals with their place; papers: what was released, with the hash of
                 every file; history: what happened
fields:<type>    every field of that document under its own name, and its rows
lines:<type>     lines: its rows; lines:<type>:<column>,… only these columns
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from pipeline.cases.case_facts import CaseFacts
from pipeline.cases.wording import EMPTY, field_text, form_title, letter_text, listed
from pipeline.errors import GenerateError
from pipeline.model import Bilingual, FieldValue, Finding
from pipeline.packs import CaseType, FieldSpec, PaperSpec, Part, RowsSpec, RuleSpec, covers, forms_of

Body = dict[str, Any]
_OPEN = ("fail", "unsure", "error")
_SHORT = 8  # characters of a hash that people compare by eye
_COPIES = "1"
_BY_ITSELF = "系统"  # papers that policy lets out by themselves
_UNNAMED = {"": "未识别", "mail": "电子邮件", "archive": "压缩包"}
_BY_HAND = "＿＿＿"  # pages of a paper that was never seen, filled in when it is sent


def block(name: str, spec: PaperSpec, case_type: CaseType, facts: CaseFacts) -> Body:
    """The variables of one block; GenerateError when a document or value it needs is missing."""
    kind, _, rest = name.partition(":")
    match kind:
        case "fields":
            return _fields(rest, case_type, facts)
        case "lines":
            document, _, columns = rest.partition(":")
            return _lines(document, columns, case_type, facts)
        case "advice":
            return _advice(spec.given, facts)
    return _PLAIN[kind](case_type, facts)


# --- findings -----------------------------------------------------------------------------------------------------


def _findings(case_type: CaseType, facts: CaseFacts) -> Body:
    weighty = [
        item for item in facts.all_findings() if item.severity in ("block", "hold") and item.rule not in facts.decided
    ]
    open_ = {item.document for item in weighty if item.outcome in _OPEN}
    forms = dict.fromkeys(forms_of(part.facts)[-1] for part in facts.dossier.parts if forms_of(part.facts))
    failed = _once(item for item in weighty if item.outcome == "fail")
    items = [_item(item, case_type) for item in failed]
    fine = [form_title(case_type, form) for form in forms if form not in open_]
    return {"items": items, "passed_docs": listed(fine)}


def _advice(given: Sequence[str], facts: CaseFacts) -> Body:
    spoken = [item for item in facts.all_findings() if item.outcome != "n/a"]
    mine = _once(item for item in spoken if any(covers(rule, item.rule) for rule in given))
    return {"advice": [_told(item) for item in mine], "advice_rules": list(dict.fromkeys(item.rule for item in mine))}


def _final(case_type: CaseType, facts: CaseFacts) -> Body:
    rules = {spec.id for spec in _rules(case_type) if spec.final}
    failed = [item for item in facts.all_findings() if item.outcome == "fail"]
    return {"final": [_told(item) for item in _once(failed) if any(covers(rule, item.rule) for rule in rules)]}


def _rules(case_type: CaseType) -> Iterable[RuleSpec]:
    yield from (rule.spec for rule in case_type.rules)
    for pack in case_type.packs.values():
        yield from (rule.spec for rule in pack.rules)


def _item(item: Finding, case_type: CaseType) -> Body:
    where = {"doc_title": form_title(case_type, item.document), "page": str(item.page) if item.page else EMPTY}
    return {**_told(item), **where}


def _told(item: Finding) -> Body:
    return {
        "rule_id": item.rule,
        "found": item.message.zh,
        "required": _words(item.required),
        "fix": _words(item.fix),
    }


def _words(text: Bilingual | None) -> str:
    return text.zh if text else EMPTY


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same defect on the same page is one item of the notice."""
    return tuple({(item.rule, item.document, item.page, item.message.zh): item for item in findings}.values())


# --- files --------------------------------------------------------------------------------------------------------


def _files(case_type: CaseType, facts: CaseFacts) -> Body:
    files = [
        {**_file(part, case_type), "sha8": part.facts.document.submission.sha256[:_SHORT]}
        for part in facts.dossier.parts
    ]
    return {"files": files, "missing_docs": listed([form_title(case_type, form) for form in facts.missing])}


def _archive(case_type: CaseType, facts: CaseFacts) -> Body:
    files = [
        {**_file(part, case_type), "sha256": part.facts.document.submission.sha256} for part in facts.dossier.parts
    ]
    place = facts.life.get("archive_location", EMPTY)
    originals = [{**row, "place": place} for row in _originals(case_type, facts)["originals"]]
    papers = [
        {"number": paper.number, "day": paper.at[:10], "file": file, "sha256": sha256, "by": paper.by or _BY_ITSELF}
        for paper in facts.released
        for file, sha256 in sorted(paper.files.items())
    ]
    history = [{"moment": moment, "what": what} for moment, what in facts.history]
    return {"files": files, "originals": originals, "papers": papers, "history": history}


def _originals(case_type: CaseType, facts: CaseFacts) -> Body:
    found = []
    single = [form for form in case_type.standalone if facts.dossier.parts_of(form)]
    for form in single or facts.originals:
        parts = facts.dossier.parts_of(form)
        pages = next((pages for part in reversed(parts) if (pages := _pages(part)) != EMPTY), _BY_HAND)
        found.append({"title": _paper_title(case_type, form), "copies": _COPIES, "pages": pages})
    return {"originals": found, "originals_titles": listed([row["title"] for row in found])}


def _file(part: Part, case_type: CaseType) -> Body:
    forms, parcel = forms_of(part.facts), part.facts.parcel
    return {
        "name": PurePosixPath(part.facts.document.submission.name).name,
        "title": form_title(case_type, forms[-1]) if forms else _UNNAMED[parcel.kind if parcel else ""],
        "pages": _pages(part),
    }


def _pages(part: Part) -> str:
    """Sheets of paper; an electronic file has none."""
    document = part.facts.document
    return EMPTY if document.is_electronic or not document.pages else str(len(document.pages))


def _paper_title(case_type: CaseType, form: str) -> str:
    """An original is neither scan nor electronic file."""
    return form_title(case_type, form.partition(":")[0])


# --- fields -------------------------------------------------------------------------------------------------------


def _fields(kind: str, case_type: CaseType, facts: CaseFacts) -> Body:
    pack = case_type.packs[kind]
    values = _newest(kind, (kind,), facts).facts.extraction.fields
    body: Body = {}
    for name, spec in pack.fields.items():
        value = values.get(name)
        if value is None and spec.required:
            raise _missing(facts, kind, name)
        body[name] = field_text(value.value, spec) if value else EMPTY
    for table, rows in pack.rows.items():
        body[table] = [_row(f"{table}.{number}", rows, values) for number in _numbers(table, values)]
    return body


def _row(key: str, rows: RowsSpec, values: Mapping[str, FieldValue]) -> Body:
    found = {column: values.get(f"{key}.{column}") for column in rows.columns}
    return {
        column: field_text(value.value, rows.columns[column]) if value else EMPTY for column, value in found.items()
    }


def _lines(kind: str, columns: str, case_type: CaseType, facts: CaseFacts) -> Body:
    rows = case_type.packs[kind].rows["lines"]
    values = _newest(kind, (f"{kind}:scan", f"{kind}:electronic"), facts).facts.extraction.fields
    wanted = columns.split(",") if columns else list(rows.columns)
    numbers = _numbers("lines", values)
    if not numbers:
        raise _missing(facts, kind, "lines")
    return {"lines": [_line(kind, number, wanted, rows, values, facts) for number in numbers]}


def _line(
    kind: str, number: int, wanted: Sequence[str], rows: RowsSpec, values: Mapping[str, FieldValue], facts: CaseFacts
) -> Body:
    line: Body = {}
    for column in wanted:
        value = values.get(f"lines.{number}.{column}")
        spec: FieldSpec = rows.columns[column]
        sound = value is not None and bool(value.value) and value.problem is None
        if not sound and spec.required:
            raise _missing(facts, kind, f"lines.{number}.{column}")
        line[column] = letter_text(value.value, spec) if sound and value else EMPTY
    return line


def _newest(kind: str, forms: Sequence[str], facts: CaseFacts) -> Part:
    """The newest document of the first form that is there."""
    found = next((parts[-1] for form in forms if (parts := facts.dossier.parts_of(form))), None)
    if found is None:
        raise GenerateError(f"{facts.id}: no {kind} in the case", advice="submit it, then generate again")
    return found


def _numbers(table: str, values: Iterable[str]) -> list[int]:
    return sorted({int(key.split(".")[1]) for key in values if key.startswith(f"{table}.")})


def _missing(facts: CaseFacts, kind: str, name: str) -> GenerateError:
    return GenerateError(f"{facts.id}: {kind}: {name} is missing", advice="complete the document's data")


_PLAIN: Mapping[str, Callable[[CaseType, CaseFacts], Body]] = {
    "findings": _findings,
    "final": _final,
    "files": _files,
    "originals": _originals,
    "archive": _archive,
}
