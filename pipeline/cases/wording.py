"""How values are written on outgoing papers."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from pipeline.packs import CaseType, FieldSpec
from pipeline.values import DueDate, write_capitals

EMPTY = "/"  # written into an optional field that has no value, as clerks do
PROVISIONAL = "（暂定）"
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}.*)?")


def chinese_date(day: date) -> str:
    """As printed in Chinese letters, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def due_date(due: DueDate) -> str:
    """The last good day, marked while a holiday table is missing."""
    return chinese_date(due.date) + (PROVISIONAL if due.provisional else "")


def as_date(text: str) -> date | None:
    """A day written as ISO date, or as ISO date and time; None for anything else, such as a plain number."""
    found = _ISO.fullmatch(text.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def as_amount(text: str) -> Decimal | None:
    """A finite amount as people write it; None when it is none."""
    try:
        amount = Decimal(text.replace(",", "").replace("，", "").replace("¥", "").replace("￥", "").strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def money(amount: Decimal) -> str:
    """Two places and thousands commas."""
    return f"{amount:,.2f}"


def capitals(amount: Decimal) -> str:
    """The amount in words, without its sign."""
    return write_capitals(abs(amount))


def masked(text: str) -> str:
    """All but the last four characters hidden."""
    plain = "".join(text.split())
    return "*" * 4 + plain[-4:] if len(plain) > 4 else "*" * 4


def field_text(value: str, spec: FieldSpec) -> str:
    """A field's value as the order form has it: amounts with commas, choices in words, dates as they are."""
    if spec.type == "money":
        amount = as_amount(value)
        return money(amount) if amount is not None else value
    if spec.type == "percent" and not value.endswith("%"):
        return f"{value}%"
    if spec.type == "choice" and value in spec.options:
        return spec.options[value][0]
    return value


def letter_text(value: str, spec: FieldSpec) -> str:
    """The same in a letter, where dates are written in Chinese."""
    day = as_date(value) if spec.type == "date" else None
    return chinese_date(day) if day else field_text(value, spec)


def form_title(case_type: CaseType, form: str | None) -> str:
    """What a letter calls a document: its title and form, a file's name, or the whole dossier."""
    if form is None:
        return "全套材料"
    title = case_type.form_title(form)
    return title.zh if title else form


def listed(titles: list[str]) -> str:
    """Titles in one sentence."""
    return "、".join(f"《{title}》" for title in titles) or "无"
