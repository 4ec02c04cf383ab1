"""What checks need of a clerk's table: a wrong column or cell stops the start, before it is quietly not found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import PackError
from pipeline.packs.spec import FieldSpec, Pack, Register
from pipeline.packs.surroundings import RegisterUse
from pipeline.values import parse

_SOUND = (None, "tolerated")


def check_register(
    file: Path, rule: str, use: RegisterUse, packs: Mapping[str, Pack], registers: Mapping[str, Register]
) -> None:
    """PackError names file, row and column."""
    if use.name not in registers:
        raise PackError(
            f"{file}: rule {rule}: there is no register {use.name!r}; valid: {', '.join(sorted(registers)) or 'none'}",
            advice=f"add registers/{use.name}.toml, or name another",
        )
    fields = {column: _field(file, rule, ref, packs) for column, ref in use.columns.items()}
    valid = (*use.columns, *use.others)
    for number, row in enumerate(registers[use.name], start=1):
        place = f"{file.parent / 'registers' / use.name}.toml: row {number}"
        for column in row:
            if column not in valid:
                raise PackError(
                    f"{place}: {column!r} is no column; valid: {', '.join(valid)}", advice="name one of these"
                )
        for column, spec in fields.items():
            _check_cell(place, column, row.get(column, ""), spec)


def _field(file: Path, rule: str, ref: str, packs: Mapping[str, Pack]) -> FieldSpec:
    type_, _, key = ref.partition(".")
    spec = packs[type_].column(key) if type_ in packs else None
    if spec is None:
        raise PackError(f"{file}: rule {rule}: there is no field {ref!r}", advice="name a field of a document")
    return spec


def _check_cell(place: str, column: str, cell: Any, spec: FieldSpec) -> None:
    if cell == "":
        raise PackError(f"{place}: {column} is missing", advice="every row needs it")
    if spec.type == "date":
        if not isinstance(cell, date) or isinstance(cell, datetime):
            raise PackError(f"{place}: {column}: {cell!r} is no date", advice="write 2026-01-01, without quotes")
        return
    problem = parse(spec.type, str(cell), pattern=spec.pattern, options=spec.options).problem
    if problem not in _SOUND:
        valid = f"; valid: {', '.join(spec.options)}" if spec.options else ""
        raise PackError(f"{place}: {column}: {cell!r} is no {spec.type} ({problem}){valid}", advice="mend this cell")
