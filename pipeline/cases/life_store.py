"""The lives of the cases and what people decided, kept beside the case rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from pipeline.cases import tables
from pipeline.cases.consents import Consent, digest_of, paired, use, waiting, waiting_in
from pipeline.cases.journal import record
from pipeline.cases.life import ENDED, Event, Life, Situation
from pipeline.cases.lifecycle import Step, advance
from pipeline.cases.tables import Database, one
from pipeline.errors import RefusedError
from pipeline.model import Bilingual, Value


class Decision(Value):
    """What a person decided about one rule or one field of a case.

    `evidence` is the SHA-256 of the document it was decided on, or a digest of the finding for a rule of the case;
    it does not hold for other papers. `machine` = the outcome (or value) it replaces, which is kept; `shown` = a digest
    of the findings it is about. Where four eyes are asked for it counts with the name of the `second` person only.
    """

    kind: Literal["accept", "refuse", "correct"]
    rule: str
    evidence: str
    by: str
    reason: str
    at: datetime
    rev: int
    value: str = ""
    machine: str = ""
    false_alarm: bool = False
    shown: str = ""
    second: str = ""
    second_reason: str = ""

    @property
    def who(self) -> str:
        """Everybody who said it."""
        return "、".join(filter(None, (self.by, self.second)))

    @property
    def reasons(self) -> str:
        """Why, in the words of everybody who said it."""
        return "；".join(dict.fromkeys(filter(None, (self.reason, self.second_reason))))


class Mark(Value):
    """A deadline as the list of cases shows it."""

    clock: str
    title: Bilingual
    waits_for: Bilingual
    due: date
    provisional: bool


class Board(Value):
    """What the list of all cases shows of one life."""

    hold: str = ""
    tracks: Mapping[str, str] = {}
    marks: tuple[Mark, ...] = ()


class Lives(Database):
    """Events and decisions; every event goes through the table of transitions."""

    def life(self, case_id: str) -> Life:
        """Where a case stands."""
        with self.begin() as connection:
            return life_of(connection, case_id)

    def happen(self, case_id: str, event: Event, now: Situation, at: datetime, *, rev: int | None = None) -> Step:
        """Let an event happen; RefusedError when it may not, or when the case is no longer at revision `rev`."""
        with self.begin() as connection:
            row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id).with_for_update())
            if row is None:
                raise KeyError(case_id)
            current(row["rev"], rev)
            before = life_of(connection, case_id)
            step = advance(before, event, now)
            if step.transition is not None:
                save(connection, case_id, step.life)
                if before.state in ENDED and step.life.state not in ENDED:
                    connection.execute(tables.cases.update().where(tables.cases.c.id == case_id).values(open=True))
                data = {"id": step.transition.id, "from": before.state, "to": step.life.state, "on": str(event.on)}
                extra = {"by": event.by, "reason": event.reason, "values": dict(event.values)}
                record(connection, case_id, at, event.name, {**data, **{k: v for k, v in extra.items() if v}})
        return step

    def decide(self, case_id: str, *decisions: Decision, two: bool = False) -> tuple[Decision, ...]:
        """Keep decisions, all or none; returns those that count now.

        With `two` a decision counts once another person has said the same about the same revision; until then it is a
        first consent. RefusedError when the case has moved on since the person looked at it, or the same person
        consents twice.
        """
        counting: list[Decision] = []
        with self.begin() as connection:
            rev = _locked(connection, case_id)
            for decision in decisions:
                current(rev, decision.rev)
                agreed = _seconded(connection, case_id, decision) if two else decision
                if agreed is not None:
                    counting.append(agreed)
                    _keep(connection, case_id, agreed)
        return tuple(counting)

    def agree(self, case_id: str, consent: Consent) -> Consent | None:
        """The other person's consent that this one completes; None when it is the first, which is kept and waits.

        RefusedError as in `decide`.
        """
        with self.begin() as connection:
            current(_locked(connection, case_id), consent.rev)
            return paired(connection, case_id, consent)

    def consents(self, case_id: str) -> tuple[Consent, ...]:
        """What waits for a second person in this case."""
        with self.begin() as connection:
            return waiting_in(connection, case_id)

    def all_consents(self) -> Mapping[str, tuple[Consent, ...]]:
        """What waits for a second person, by case; cases without any are left out."""
        found: dict[str, tuple[Consent, ...]] = {}
        with self.begin() as connection:
            for case_id, consent in waiting(connection):
                found[case_id] = (*found.get(case_id, ()), consent)
        return found

    def decisions(self, case_id: str) -> tuple[Decision, ...]:
        """What people decided, oldest first; of two about the same point the later one counts."""
        query = sa.select(tables.decisions.c.decision).where(tables.decisions.c.case_id == case_id)
        with self.begin() as connection:
            rows = connection.execute(query.order_by(tables.decisions.c.id)).scalars()
            return tuple(Decision.model_validate_json(row) for row in rows)

    def keep_marks(self, case_id: str, marks: Sequence[Mark]) -> None:
        """The running deadlines of a case, for the list of all cases."""
        text = json.dumps([mark.model_dump(mode="json") for mark in marks], ensure_ascii=False)
        with self.begin() as connection:
            if connection.execute(_life_row(case_id).values(deadlines=text)).rowcount == 0:
                life = Life().model_dump_json()
                connection.execute(tables.lives.insert().values(case_id=case_id, life=life, deadlines=text))

    def boards(self) -> Mapping[str, Board]:
        """What the list of all cases shows, by case; cases without a life are left out."""
        with self.begin() as connection:
            rows = connection.execute(sa.select(tables.lives)).all()
        return {row.case_id: _board(json.loads(row.life), json.loads(row.deadlines)) for row in rows}

    def lives(self) -> Mapping[str, tuple[str, Life]]:
        """Case type and life of every case in which time may still bring something about."""
        return self._lives(tables.cases.c.state.not_in(ENDED - {"closed"}))

    def lives_of(self, states: Collection[str], cases: Collection[str]) -> Mapping[str, tuple[str, Life]]:
        """Case type and life of the cases in one of these states, and of these cases."""
        return self._lives(tables.cases.c.state.in_(states) | tables.cases.c.id.in_(cases))

    def _lives(self, which: sa.ColumnElement[bool]) -> Mapping[str, tuple[str, Life]]:
        query = sa.select(tables.cases.c.id, tables.cases.c.case_type, tables.lives.c.life).join_from(
            tables.cases, tables.lives, tables.cases.c.id == tables.lives.c.case_id
        )
        with self.begin() as connection:
            rows = connection.execute(query.where(which).order_by(tables.cases.c.id)).all()
        return {row.id: (row.case_type, Life.model_validate_json(row.life)) for row in rows}


def _locked(connection: Connection, case_id: str) -> int:
    """The revision of a case nobody else can change in this transaction."""
    row = one(connection, sa.select(tables.cases).where(tables.cases.c.id == case_id).with_for_update())
    if row is None:
        raise KeyError(case_id)
    return int(row["rev"])


def _seconded(connection: Connection, case_id: str, decision: Decision) -> Decision | None:
    """The decision with both names once a second person says it; None for the first one."""
    what = decision.model_dump(include={"kind", "rule", "evidence", "machine", "false_alarm", "shown"})
    consent = Consent(
        kind="correct" if decision.kind == "correct" else "accept",
        item=decision.rule,
        digest=digest_of(what),
        by=decision.by,
        reason=decision.reason,
        rev=decision.rev,
        at=decision.at,
        evidence=decision.evidence,
    )
    first = paired(connection, case_id, consent)
    if first is None:
        return None
    use(connection, case_id, consent.digest)
    names = {"by": first.by, "reason": first.reason, "second": decision.by, "second_reason": decision.reason}
    return decision.model_copy(update=names)


def _keep(connection: Connection, case_id: str, decision: Decision) -> None:
    connection.execute(tables.decisions.insert().values(case_id=case_id, decision=decision.model_dump_json()))
    alone = set() if decision.second else {"second", "second_reason"}
    data = decision.model_dump(mode="json", exclude={"at", "shown", *alone})
    record(connection, case_id, decision.at, "decided", data)


def current(newest: int, seen: int | None) -> None:
    """RefusedError when a decision was made on an older revision of the case."""
    if seen is not None and seen != newest:
        raise RefusedError(
            f"the case has changed since (revision {newest}, decided on {seen})", advice="look at the new report first"
        )


def life_of(connection: Connection, case_id: str) -> Life:
    """The life in the running transaction; a case of an older database starts from its state."""
    text = connection.execute(
        sa.select(tables.lives.c.life).where(tables.lives.c.case_id == case_id)
    ).scalar_one_or_none()
    if text is not None:
        return Life.model_validate_json(text)
    state = connection.execute(sa.select(tables.cases.c.state).where(tables.cases.c.id == case_id)).scalar_one_or_none()
    return Life(state=state) if state else Life()


def save(connection: Connection, case_id: str, life: Life) -> None:
    """Keep a life in the running transaction, with the columns that queries need."""
    text = life.model_dump_json()
    if connection.execute(_life_row(case_id).values(life=text)).rowcount == 0:
        connection.execute(tables.lives.insert().values(case_id=case_id, life=text))
    values: dict[str, Any] = {"state": life.state}
    if life.state in ENDED:
        values["open"] = False
    connection.execute(tables.cases.update().where(tables.cases.c.id == case_id).values(**values))


def _life_row(case_id: str) -> sa.Update:
    return tables.lives.update().where(tables.lives.c.case_id == case_id)


def _board(life: Mapping[str, Any], marks: list[Mapping[str, Any]]) -> Board:
    return Board.model_construct(
        hold=life.get("hold", ""),
        tracks=life.get("tracks", {}),
        marks=tuple(
            Mark.model_construct(
                clock=mark["clock"],
                title=Bilingual.model_construct(**mark["title"]),
                waits_for=Bilingual.model_construct(**mark["waits_for"]),
                due=date.fromisoformat(mark["due"]),
                provisional=mark["provisional"],
            )
            for mark in marks
        ),
    )
