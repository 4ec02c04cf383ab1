"""A digitally signed file, from bytes to review."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.flow.document import look
from pipeline.model import Facts, Review
from pipeline.packs import Packs, load_packs
from pipeline.rules import CHECKS
from pipeline.validate import validate
from tests.read.conftest import ScriptedReader, assembled, submission
from tests.read.signing import SEAL_BOX, certified, signed, trust_folder
from tests.rules.made import world

TEXT = b"BT /F1 12 Tf 100 700 Td (Purchase order form) Tj ET"
BODIES = [
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>",
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(TEXT), TEXT),
]
CASE = """
type = "deal"
title = { zh = "交易", en = "deal" }
"""
PACK = """
type = "offer"
code = "X01"
title = { zh = "报价", en = "offer" }
[identify]
all = ["Purchase order form"]
[[rules]]
id = "ESIGN-05"
check = "signature_facts"
severity = "info"
statement = { zh = "电子签名", en = "Signatures" }
"""


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    """One plain document type, in a desk that trusts the fictional authority."""
    folder = tmp_path / "templates" / "deal"
    (folder / "offer").mkdir(parents=True)
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    (folder / "offer" / "pack.toml").write_text(PACK, encoding="utf-8")
    trust_folder(folder / "trust")
    return load_packs(folder.parent, CHECKS)


def seen(content: bytes, packs: Packs, tmp_path: Path) -> tuple[Facts, Review]:
    path = tmp_path / "offer.pdf"
    path.write_bytes(content)
    reader = ScriptedReader([], ["Purchase order form"])
    facts = Facts.model_validate_json(look(path, submission(path), packs, reader, tmp_path / "g").model_dump_json())
    return facts, validate(facts, packs, world())


def test_the_review_shows_the_signature_and_the_desk_s_trust(packs: Packs, tmp_path: Path) -> None:
    facts, review = seen(signed(assembled(BODIES), certified()), packs, tmp_path)
    (signature,) = facts.document.signatures
    assert (signature.trust, signature.whole) == ("trusted", True)
    x0, y0, x1, y1 = SEAL_BOX
    assert [(each.kind, each.page, each.box, each.confidence) for each in review.signatures] == [
        ("digital", 1, (x0, 842 - y1, x1, 842 - y0), 1.0)
    ]
    assert [finding.outcome for finding in review.findings if finding.rule == "ESIGN-05"] == ["n/a"]
    assert review.verdict == "indeterminate"  # no rule of this pack judges the signature


def test_an_invisible_signature_has_no_mark_on_the_page(packs: Packs, tmp_path: Path) -> None:
    facts, review = seen(signed(assembled(BODIES), certified(), box=None), packs, tmp_path)
    assert len(facts.document.signatures) == 1
    assert review.signatures == ()
