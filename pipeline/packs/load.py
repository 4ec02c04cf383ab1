"""Loading packs from folders of plain data; a broken one stops the start, naming file, key and valid names."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.errors import PackError
from pipeline.packs.contacts import check_contacts
from pipeline.packs.papers import check_papers
from pipeline.packs.registers import check_register
from pipeline.packs.spec import (
    AlarmCheck,
    CaseCheck,
    CaseFile,
    CaseType,
    Check,
    DocumentCheck,
    Pack,
    PackFile,
    Packs,
    Register,
    Rule,
    RuleSpec,
)

C = TypeVar("C", bound=Check)
M = TypeVar("M", bound=BaseModel)


def load_packs(root: Path, checks: Mapping[str, type[Check]]) -> Packs:
    """All case types under `root`; PackError names file, key and valid names."""
    if not root.is_dir():
        raise PackError(f"{root}: the templates folder does not exist", advice="set `templates` in countersign.toml")
    found = {}
    for file in sorted(root.glob("*/case.toml")):
        case = _load_case(file, checks)
        found[case.type] = case
    if not found:
        raise PackError(f"{root}: no <case type>/case.toml in it", advice="point `templates` to a folder with packs")
    return Packs(case_types=found)


def _load_case(file: Path, checks: Mapping[str, type[Check]]) -> CaseType:
    data = _parse(file, CaseFile)
    folder = file.parent
    _same_name(file, data.type, folder)
    packs = {}
    for pack_file in sorted(folder.glob("*/pack.toml")):
        pack = _load_pack(pack_file, data.type, checks)
        packs[pack.type] = pack
    _known_documents(file, data, packs)
    registers = {path.stem: _register(path) for path in sorted((folder / "registers").glob("*.toml"))}
    check_papers(file, data, packs, registers)
    if data.contacts is not None:
        check_contacts(file, data.contacts, registers)
    rules = tuple(_rule(file, spec, checks, CaseCheck) for spec in data.rules)  # type: ignore[type-abstract]
    for rule in rules:
        for use in rule.check.register_uses():
            check_register(file, rule.spec.id, use, packs, registers)
    return CaseType(
        type=data.type,
        title=data.title,
        folder=folder,
        requires=data.requires,
        standalone=data.standalone,
        join=data.join,
        label=data.label,
        papers=data.papers,
        rules=rules,
        packs=packs,
        registers=registers,
        clocks=data.clocks,
        cutoff=data.cutoff,
        originals=data.originals,
        needs=data.needs,
        unique=data.unique,
        settlement=data.settlement,
        four_eyes_over=data.four_eyes_over,
        contacts=data.contacts,
        alarms=tuple(_rule(file, spec, checks, AlarmCheck) for spec in data.alarms),  # type: ignore[type-abstract]
    )


def _load_pack(file: Path, case_type: str, checks: Mapping[str, type[Check]]) -> Pack:
    data = _parse(file, PackFile)
    folder = file.parent
    _same_name(file, data.type, folder)
    rules = tuple(_rule(file, spec, checks, DocumentCheck) for spec in data.rules)  # type: ignore[type-abstract]
    pack = Pack(
        case_type=case_type,
        type=data.type,
        code=data.code,
        title=data.title,
        edition=data.edition,
        folder=folder,
        reference=_file(file, "reference", data.reference),
        outgoing=_file(file, "outgoing", data.outgoing),
        identify=data.identify,
        fields=data.fields,
        rows=data.rows,
        places=data.places,
        straddle_party=data.straddle_party,
        paraph_margin_mm=data.paraph_margin_mm,
        rules=rules,
        stage=data.stage,
        event=data.event,
    )
    for rule in rules:
        _known_fields(file, rule, pack)
    return pack


def _parse(file: Path, model: type[M]) -> M:
    try:
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{file}: not valid TOML: {error}", advice="mend the line it names") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "(file)"
        valid = f"; valid keys: {', '.join(sorted(model.model_fields))}" if first["type"] == "extra_forbidden" else ""
        raise PackError(f"{file}: {key}: {first['msg']}{valid}", advice="mend this key") from error


def _rule(file: Path, spec: RuleSpec, checks: Mapping[str, type[Check]], base: type[C]) -> Rule[C]:
    valid = sorted(name for name, check in checks.items() if issubclass(check, base))
    check = checks.get(spec.check)
    if check is None or not issubclass(check, base):
        raise PackError(
            f"{file}: rule {spec.id}: check {spec.check!r} is unknown here; valid: {', '.join(valid)}",
            advice="name one of these",
        )
    try:
        return Rule(spec=spec, check=check.model_validate(spec.model_extra or {}))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PackError(
            f"{file}: rule {spec.id}: option {key}: {first['msg']}; "
            f"options of {spec.check}: {', '.join(sorted(check.model_fields)) or 'none'}",
            advice="mend this option",
        ) from error


def _same_name(file: Path, name: str, folder: Path) -> None:
    if name != folder.name:
        raise PackError(f"{file}: type {name!r} differs from its folder {folder.name!r}", advice="make them equal")


def _file(file: Path, key: str, name: str | None) -> Path | None:
    if name is None:
        return None
    path = file.parent / name
    if Path(name).name != name or not path.is_file():
        valid = ", ".join(sorted(entry.name for entry in file.parent.iterdir() if entry.is_file()))
        raise PackError(f"{file}: {key}: there is no file {name!r}; in the folder: {valid}", advice="add or rename it")
    if key == "reference":
        return _reference_pdf(file, path)
    return path


def _reference_pdf(file: Path, path: Path) -> Path:
    pdf = path.with_suffix(".pdf")
    if not pdf.is_file():
        raise PackError(f"{file}: reference: {pdf.name} is missing beside {path.name}", advice="print the form to PDF")
    return pdf


def _known_fields(file: Path, rule: Rule[DocumentCheck], pack: Pack) -> None:
    valid = {*pack.fields, *pack.places}
    valid |= {f"{table}.{column}" for table, spec in pack.rows.items() for column in spec.columns}
    for name in rule.check.field_names():
        if name not in valid:
            raise PackError(
                f"{file}: rule {rule.spec.id}: {name!r} is no field or place; valid: {', '.join(sorted(valid))}",
                advice="name one of these",
            )


def _known_documents(file: Path, data: CaseFile, packs: Mapping[str, Pack]) -> None:
    used = [(f"requires.{profile}", form) for profile, forms in data.requires.items() for form in forms]
    used += [("papers", paper.pack) for paper in data.papers]
    used += [("standalone", name) for name in data.standalone]
    used += [(f"originals.{profile}", form) for profile, forms in data.originals.items() for form in forms]
    used += [(f"join.{join.key}", name) for join in data.join for name in join.fields]
    for key, form in used:
        if form.partition(":")[0] not in packs:
            raise PackError(
                f"{file}: {key}: {form!r} is no document type; valid: {', '.join(sorted(packs))}",
                advice="name one of these",
            )
    for join in data.join:
        for name, key in join.fields.items():
            if key not in packs[name].fields:
                raise PackError(
                    f"{file}: join.{join.key}: {name} has no field {key!r}; "
                    f"valid: {', '.join(sorted(packs[name].fields))}",
                    advice="name one of these",
                )


def _register(path: Path) -> Register:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: not valid TOML: {error}", advice="mend the line it names") from error
    rows = data.get("rows")
    if set(data) != {"rows"} or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise PackError(f"{path}: a register holds [[rows]] tables only", advice="put every entry under [[rows]]")
    return tuple(rows)
