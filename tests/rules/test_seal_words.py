"""What is never said of a seal: that it is genuine, or that it is not (SEAL-15)."""

from __future__ import annotations

import ast
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.report.words import WORDS
from pipeline.validate import judge
from tests.rules.made import AGENT, CUSTOMER, OTHER, PAGES, TEMPLATES, agreement, pack, seal, straddle, world
from tests.rules.test_seals import PASTED, noted, owners, twice

NEVER = re.compile(r"伪|贋|赝|genuine|authentic(?!at)|forge[dr]|forgery|counterfeit|\bfake\b", re.IGNORECASE)
OF_A_SEAL = re.compile(r"印|章|\bseals?\b|\bsealed\b|\bstamps?\b", re.IGNORECASE)
NOT_OF_A_SEAL = re.compile(r"真|假|\breal\b|\bbogus\b", re.IGNORECASE)
ROOT = Path(__file__).parents[2]


def improper(text: str) -> bool:
    """Whether a text judges who made a seal instead of telling what is seen."""
    return bool(NEVER.search(text) or (OF_A_SEAL.search(text) and NOT_OF_A_SEAL.search(text)))


@pytest.mark.parametrize("text", ["印章为真", "此章系伪造", "The seal is genuine", "a forged stamp", "a real seal"])
def test_improper_words_are_recognised(text: str) -> None:
    assert improper(text)
    assert not improper("签名表所载信息真实、完整")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _literals(file: Path) -> Iterator[str]:
    """String constants of a module, parts of f-strings too; docstrings speak to programmers."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    notes = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node.value


def _fixed_texts() -> Iterator[tuple[str, str]]:
    for words in WORDS.values():
        yield from (("words.py", word) for word in words)
    for folder in ("rules", "report", "validate", "cases", "inspection", "read", "flow"):
        for file in sorted((ROOT / "pipeline" / folder).rglob("*.py")):
            yield from ((file.name, text) for text in _literals(file))
    for page in sorted((ROOT / "pipeline").rglob("*.j2")):
        yield from ((page.name, line) for line in page.read_text(encoding="utf-8").splitlines())
    for data in sorted(TEMPLATES.rglob("*.toml")):
        yield from ((data.parent.name, text) for text in _strings(tomllib.loads(data.read_text(encoding="utf-8"))))
    for paper in sorted(TEMPLATES.rglob("*.docx")):
        with zipfile.ZipFile(paper) as parts:
            for name in (name for name in parts.namelist() if name.startswith("word/") and name.endswith(".xml")):
                for block in re.split(r"</w:p>", parts.read(name).decode("utf-8")):
                    yield paper.parent.name, re.sub(r"<[^>]+>", "", block)


def test_no_fixed_text_judges_who_made_a_seal() -> None:
    texts = list(_fixed_texts())
    assert len(texts) > 3000
    assert sum(bool(OF_A_SEAL.search(text)) for _, text in texts) > 200
    assert [(where, text) for where, text in texts if improper(text)] == []


def test_no_finding_judges_who_made_a_seal() -> None:
    spoilt = [
        agreement(seals=(seal(flat=True),), repeated=twice(PAGES, 2)),
        noted(agreement(seals=(seal(AGENT, inked=0.5, turn=170.0, diameter_mm=80.0),), sign_name=None), PASTED),
        owners(CUSTOMER, OTHER, customer_name=None),
        agreement(seals=(seal(page=2),), straddle=straddle(form="foreign_slice", odd_pages=(3,))),
    ]
    for whole in spoilt:
        for finding in judge(whole, pack("service_agreement"), world()):
            texts = [finding.message, finding.required, finding.fix]
            assert not any(improper(text.zh) or improper(text.en) for text in texts if text), finding
