"""What to do next, said so that a tired clerk can act on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.model import Bilingual
from pipeline.report.points import Points
from pipeline.report.views import CaseView, PaperView
from pipeline.report.words import listed, term, word

_HINTS = 2  # more cures at once are no advice; all of them stand at their points


@dataclass(frozen=True)
class Step:
    """One thing to do; `href` leads to where it is done."""

    text: Bilingual
    href: str = ""


def advise(case: CaseView, points: Points, unread: int) -> list[Step]:
    """The steps for the state of the case, the first one first; `unread` = documents nobody could read or claim."""
    steps = list(_by_state(case, points))
    for item in reversed(case.consents):
        what = word(f"consent.{item.kind}", item=item.item)
        steps.insert(0, Step(word("do.second", what=what, by=item.by, rev=item.rev), "#progress"))
    if case.hold:
        steps.insert(0, Step(word("do.held", reason=case.hold)))
    unclear = [paper for paper in case.papers if paper.mail in ("unsure", "sending")]
    if unclear:
        steps.append(Step(word("do.mail", papers=_names(unclear)), "#outgoing"))
    if unread:
        steps.append(Step(word("do.unread", n=unread), "#documents"))
    errors = sum(point.finding.outcome == "error" for point in points.open)
    if errors:
        steps.append(Step(word("do.errors", n=errors), "#open"))
    if points.remarks:
        steps.append(Step(word("do.remarks", n=len(points.remarks)), "#remarks"))
    return steps or [Step(word("do.accepted"))]


def drafts(case: CaseView) -> list[PaperView]:
    """Written papers that wait for a person."""
    return [
        paper
        for paper in case.papers
        if paper.release == "person" and paper.status == "draft" and paper.files and paper.current
    ]


def _by_state(case: CaseView, points: Points) -> Iterator[Step]:
    match case.state:
        case "accepted":
            yield from _release(case)
        case "needs_correction":
            yield from _correct(case, points)
        case "needs_review":
            yield from _review(case, points)
        case "incomplete":
            yield from _request(case, points)
        case "new" | "checking":
            yield Step(word("do.wait"))
        case state:
            yield from _go_on(case, state)


def _unseen(case: CaseView) -> list[PaperView]:
    """Drafts that nobody has consented to yet."""
    return [paper for paper in drafts(case) if not paper.consent]


def _go_on(case: CaseView, state: str) -> Iterator[Step]:
    """After acceptance: what the state waits for, then what lies about."""
    yield Step(term("do", state), "#progress")
    waiting = _unseen(case)
    if waiting:
        yield Step(word("do.release", papers=_names(waiting)), "#outgoing")


def _release(case: CaseView) -> Iterator[Step]:
    waiting = _unseen(case)
    if waiting:
        yield Step(word("do.release", papers=_names(waiting)), "#outgoing")
    elif not drafts(case):
        yield Step(word("do.accepted"))


def _correct(case: CaseView, points: Points) -> Iterator[Step]:
    wrong = sum(point.finding.outcome == "fail" for point in points.open)
    doubts = len(points.open) - wrong
    if doubts:
        yield Step(word("do.decide_first", n=doubts), "#open")
    yield Step(word("do.correct", n=wrong), "#open")
    waiting = _unseen(case)
    if waiting:
        yield Step(word("do.send", papers=_names(waiting)), "#outgoing")
    elif not drafts(case):
        yield Step(word("do.no_draft"), "#open")
    if case.missing:
        yield Step(word("do.also_missing", papers=listed(case.missing)))


def _review(case: CaseView, points: Points) -> Iterator[Step]:
    if case.note:
        yield Step(word("do.note", note=case.note))
    if points.open:
        yield Step(word("do.look", n=len(points.open)), "#open")
    fixes = dict.fromkeys(point.finding.fix for point in points.open if point.finding.fix)
    for fix in list(fixes)[:_HINTS]:
        yield Step(word("do.fix", fix=Bilingual(zh=fix.zh.rstrip("。；;. "), en=fix.en.rstrip(".; "))))
    if case.missing:
        yield Step(word("do.also_missing", papers=listed(case.missing)))


def _request(case: CaseView, points: Points) -> Iterator[Step]:
    if case.missing:
        yield Step(word("do.request", papers=listed(case.missing)))
    if points.open:
        yield Step(word("do.received_too", n=len(points.open)), "#open")


def _names(papers: Sequence[PaperView]) -> Bilingual:
    return listed(
        Bilingual(zh=f"《{paper.title.zh}》{paper.number}", en=f"{paper.title.en} {paper.number}") for paper in papers
    )


def unread_note(has_pages: bool) -> tuple[Bilingual, Bilingual]:
    """Heading and next action for a document of no known type."""
    name = "unclassified" if has_pages else "unreadable"
    return word(name), word(f"{name}.advice")
