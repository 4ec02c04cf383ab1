"""A paper this desk generates must pass the rules it would meet when it comes in."""

from __future__ import annotations

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path

from pipeline.errors import GenerateError
from pipeline.flow.document import look
from pipeline.model import Pixels, ReadLine, ReadText, Submission
from pipeline.packs import Pack, Packs, World
from pipeline.validate import judge


class _NoEngine:
    """Electronic papers need no OCR; one that did would be no electronic paper."""

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """Never called for a Word file."""
        raise GenerateError(f"a generated paper was to be read as a picture of {pixels.shape[0]} rows")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """Never called for a Word file."""
        raise GenerateError(f"a generated paper was to be read as {len(strips)} pictures")


def prove(document: bytes, name: str, pack: Pack, packs: Packs, world: World, at: datetime) -> None:
    """GenerateError when the paper is not recognised as what it is, or a rule of its pack stands against it."""
    if pack.identify is None:
        return
    sha256 = hashlib.sha256(document).hexdigest()
    submission = Submission(sha256=sha256, name=name, received_at=at, source="cli", size=len(document), media="docx")
    with tempfile.TemporaryDirectory(prefix="countersign-proof-") as folder:
        path = Path(folder) / "paper.docx"
        path.write_bytes(document)
        facts = look(path, submission, packs, _NoEngine(), Path(folder) / "pictures")
    if facts.classification.type != pack.type:
        raise GenerateError(
            f"{name}: read back, the paper is not recognised as {pack.type}", advice="mend its template or pack"
        )
    wrong = [finding for finding in judge(facts, pack, world) if finding.is_open]
    if wrong:
        told = "; ".join(f"{finding.rule} {finding.message.en}" for finding in wrong)
        raise GenerateError(f"{name}: the paper fails its own rules: {told}", advice="mend the data it is made of")
