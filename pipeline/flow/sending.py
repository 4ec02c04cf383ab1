"""Messages on their way: handed over once, and what a person does when nobody knows whether one went out."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.cases.paper_store import PaperRow
from pipeline.cases.releases import made
from pipeline.cases.store import CaseStore
from pipeline.errors import RefusedError
from pipeline.flow.audit import stem_of
from pipeline.posting import Server, post

PATIENCE = timedelta(minutes=2)  # a message that takes longer has lost its process
_UNKNOWN = ("sending", "unsure")


class Sending:
    """Hands the messages of released papers to the mail server of an installation, where there is one."""

    def __init__(self, cases: CaseStore, server: Server | None) -> None:
        self._cases = cases
        self._server = server

    def send(self, row: PaperRow, message: Path, at: datetime) -> str:
        """Hand over a message that never was; says what came of it, or why nothing was done."""
        if why := self._hindrance(row, message):
            return f"not sent: {why}"
        if self._server is None or not self._cases.begin_sending(row.number, at):
            return "not sent again: it is out, or may be"
        posted = post(self._server, message.read_bytes())
        self._cases.sent(row.number, posted.fate, posted.detail, at)
        return told(row.model_copy(update={"mail": posted.fate}), posted.detail)

    def waiting(self, row: PaperRow, message: Path) -> str:
        """`unsent` for a released message that this server was never given, e.g. because a crash came first."""
        return "unsent" if self._server and row.status == "released" and not row.mail and message.exists() else ""

    def found_out(self, row: PaperRow, message: Path, *, out: bool, by: str, reason: str, at: datetime) -> str:
        """A person knows what became of a message: it is `out`, or it is not and goes out now."""
        if row.status != "released":
            raise RefusedError(f"{row.number} is not released", advice=f"release {stem_of(row)} first")
        if row.mail == "sent":
            raise RefusedError(f"{row.number} was sent", advice="a message is sent once")
        if not reason.strip() and (out or row.mail in _UNKNOWN):
            doubt = "may be out already" if row.mail in _UNKNOWN else "is not known to be out"
            raise RefusedError(f"{row.number} {doubt}", advice=to_type(row))
        if out:
            self._cases.sent(row.number, "sent", reason, at, by=by)
            return "is out"
        if why := self._hindrance(row, message):
            raise RefusedError(f"{row.number} cannot be sent: {why}", advice=self._by_hand(row, message))
        self._cases.send_again(row.number, by=by, reason=reason, at=at)
        return self.send(row, message, at)

    def _hindrance(self, row: PaperRow, message: Path) -> str:
        if not message.exists():
            return "the paper has no address"
        known = made(self._cases.events(row.case_id), row.number).get(message.name)
        if known not in (None, hashlib.sha256(message.read_bytes()).hexdigest()):
            return f"{message.name} is not what was released, see `countersign audit`"
        return "" if self._server else "no mail server is set"

    @staticmethod
    def _by_hand(row: PaperRow, message: Path) -> str:
        what = f"open {message} in a mail program and send it there" if message.exists() else "give it out another way"
        return f"{what}, then `{_command(row, 'sent')}`"


def lost(cases: CaseStore, at: datetime, patience: timedelta = timedelta()) -> list[tuple[str, int]]:
    """Cases with a message that a crash left between “sending” and “sent”, with the revision that says so."""
    return [(case_id, cases.raise_rev(case_id)) for case_id in cases.interrupted(at - patience, at)]


def told(row: PaperRow, detail: str = "") -> str:
    """What became of a message; what to type when that is not known."""
    plain = f"mail {row.mail} {detail}".strip() if row.mail else ""
    return f"{plain}: {to_type(row)}" if row.mail in _UNKNOWN else plain


def to_type(row: PaperRow) -> str:
    """How a person says what became of a message."""
    return (
        f"find out whether it has arrived; if it has, `{_command(row, 'sent')}`, "
        f"if it has not, `{_command(row, 'send')}` sends it again"
    )


def _command(row: PaperRow, action: str) -> str:
    return f'countersign decide {row.case_id} {action} {stem_of(row)} --reason "…"'
