"""What the durable engine has done for it, without knowing what that is."""

from __future__ import annotations

from typing import Literal, Protocol

# What becomes of a document that waits for pages: wait on, join a case alone, be a part of the document with this hash,
# or nothing, because that has happened.
Fate = tuple[Literal["wait", "alone", "whole", "done"], str]


class Work(Protocol):
    """What the engine has done for it; every method may be called again after a crash."""

    def read(self, sha256: str) -> str:
        """Read one document; returns the hash of its facts."""

    def split(self, sha256: str, facts: str) -> list[str]:
        """Cut a file of several documents; the hashes of its parts, none for a file of one."""

    def join(self, sha256: str, facts: str) -> tuple[str, int]:
        """Put it into its case; returns case id and revision, no id while it waits for pages of other files."""

    def left(self, sha256: str) -> list[tuple[str, int]]:
        """Cases that lost pages to a document that has just joined one, with their revisions."""

    def reading(self, before: str) -> bool:
        """Whether documents that arrived before this moment (ISO) have not been read."""

    def put_together(self, sha256: str) -> Fate:
        """Put a document that waits for pages together with those it belongs to."""

    def join_alone(self, sha256: str) -> tuple[str, int]:
        """Put a document into its case although pages are missing."""

    def pieces(self) -> tuple[str, ...]:
        """Documents that wait for pages."""

    def publish(self, case_id: str, rev: int) -> bool:
        """Judge and report a case; False when `rev` is no longer the newest."""

    def arriving(self, before: str) -> bool:
        """Whether documents that arrived before this moment (ISO) are still being read."""

    def papers_due(self, case_id: str, rev: int) -> list[str]:
        """Codes of the papers to draft."""

    def draft(self, case_id: str, code: str) -> str:
        """Write one paper; returns its number."""

    def next_wake(self, case_id: str) -> str | None:
        """The next day (ISO) on which time brings something about in a case."""

    def sweep(self) -> list[tuple[str, int]]:
        """Let time pass in all cases; returns cases and revisions to publish."""

    def give_up(self, sha256: str) -> None:
        """A document that broke the process again and again: leave facts that say so."""

    def unfinished(self) -> tuple[str, ...]:
        """Documents that have not joined a case."""

    def unpublished(self) -> tuple[tuple[str, int], ...]:
        """Cases whose newest revision was not judged."""
