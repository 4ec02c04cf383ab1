"""Values -> HTML: one file, no outside resource, no script but our own."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from pipeline.model import Bilingual, Mail
from pipeline.report.progress import mail_commands, point_commands, tone_of
from pipeline.report.screen import relative, show
from pipeline.report.views import CaseView, IndexRow, MarkView
from pipeline.report.words import term, word

_PAGES = Path(__file__).resolve().parent / "pages"
_STATES = (
    "needs_review",
    "needs_correction",
    "accepted",
    "payment_claimed",
    "paid",
    "opened",
    "incomplete",
    "awaiting_payment",
    "awaiting_originals",
    "numbered",
    "checking",
    "new",
)


def render_case(view: CaseView, language: str) -> str:
    """The report of one case; `language` (zh or en) is shown first, the other is a click away."""
    return _render("case.html.j2", language, {"screen": show(view)})


def render_index(rows: Sequence[IndexRow], language: str, at: datetime) -> str:
    """The list of all cases: what is overdue or due today first, then the newest change."""
    urgency = {"late": 0, "today": 1}
    listed = [(row, _next_due(row, at)) for row in rows]
    listed.sort(key=lambda pair: pair[0].changed_at, reverse=True)
    listed.sort(key=lambda pair: urgency.get(pair[1][1], 2))
    counts = Counter(row.state for row in rows)
    states = [(state, counts[state]) for state in (*_STATES, *sorted(set(counts) - set(_STATES))) if counts[state]]
    due = Counter(tone for _, (_, tone) in listed)
    tones = [(tone, due[tone]) for tone in urgency if due[tone]]
    return _render("index.html.j2", language, {"rows": listed, "states": states, "tones": tones, "at": at})


def _next_due(row: IndexRow, at: datetime) -> tuple[MarkView | None, str]:
    mark = min(row.board.marks, key=lambda mark: mark.due, default=None) if row.board else None
    return (mark, tone_of(mark.due, at.date())) if mark else (None, "")


def _render(page: str, language: str, values: Mapping[str, object]) -> str:
    script = (_PAGES / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    return _ENVIRONMENT.get_template(page).render(
        **values,
        language="en" if language == "en" else "zh",
        style=Markup((_PAGES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        script_digest=digest,
    )


def _both(text: Bilingual) -> Markup:
    """A text in both languages, of which the reader sees one."""
    if text.zh == text.en:
        return escape(text.zh)
    return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(text.zh, text.en)


def _tip(text: Bilingual) -> str:
    """Both languages in one line, for attributes."""
    return text.zh if text.zh == text.en else f"{text.zh} / {text.en}"


@cache
def _named(prefix: str, code: str) -> Markup:
    return _both(term(prefix, code))


def _percent(share: float) -> str:
    return f"{int(share * 100)}%"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _sender(mail: Mail) -> str:
    """Name and address as the mail has them; every address when it is not clear which counts."""
    sender = mail.sender
    address = sender.address or ", ".join(sender.claimed)
    if not address or not sender.display or sender.display == address:
        return address or sender.display or "—"
    return f"{sender.display} <{address}>"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(both=_both, tip=_tip, percent=_percent, moment=_moment, sender=_sender)
    environment.globals.update(
        t=lambda key, /, **values: _both(word(key, **values)),
        w=word,
        named=_named,
        term=term,
        point_commands=point_commands,
        mail_commands=mail_commands,
        relative=relative,
    )
    return environment


_ENVIRONMENT = _environment()
