from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from pipeline.errors import GenerateError
from pipeline.generate import fingerprint, publish, render, text_of, to_pdf

DAY = date(2026, 9, 28)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    document = Document()
    document.add_paragraph("致:{{ recipient }}")
    document.add_paragraph("{% for item in items %}{{ item.rule }}:{{ item.found }};{% endfor %}")
    path = tmp_path / "letter.docx"
    document.save(str(path))
    return path


def test_a_paper_carries_its_values_escaped(template: Path) -> None:
    content = render(template, {"recipient": "甲 & <乙>\x0b公司", "items": [{"rule": "R-1", "found": "十五"}]}, DAY)
    assert "致:甲 & <乙>公司" in text_of(content)
    assert "R-1:十五;" in text_of(content)


def test_the_same_data_give_the_same_bytes(template: Path) -> None:
    data = {"recipient": "甲", "items": []}
    assert render(template, data, DAY) == render(template, data, DAY)
    with zipfile.ZipFile(io.BytesIO(render(template, data, DAY))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_missing_variable_stops_the_paper(template: Path) -> None:
    with pytest.raises(GenerateError, match="items"):
        render(template, {"recipient": "甲"}, DAY)
    with pytest.raises(GenerateError, match="value is missing"):
        render(template, {"recipient": None, "items": []}, DAY)


def test_a_template_cannot_reach_into_python(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("{{ ''.__class__.__mro__ }}")
    path = tmp_path / "evil.docx"
    document.save(str(path))
    with pytest.raises(GenerateError, match="unsafe"):
        render(path, {}, DAY)


@pytest.mark.parametrize("text", ["密码:Abc@1234", "初始密码:Abc@1234", "Password: x", "pwd=1"])
def test_a_credential_never_leaves(template: Path, text: str) -> None:
    with pytest.raises(GenerateError, match="password"):
        render(template, {"recipient": text, "items": []}, DAY)


def test_the_sentence_that_there_is_no_password_may_leave(template: Path) -> None:
    assert "本邮件不含密码" in text_of(render(template, {"recipient": "本邮件不含密码。", "items": []}, DAY))


def test_published_papers_are_never_overwritten(tmp_path: Path) -> None:
    path = publish(tmp_path / "outgoing", "O03-1.docx", b"one")
    assert publish(tmp_path / "outgoing", "O03-1.docx", b"one") == path
    with pytest.raises(GenerateError, match="never overwritten"):
        publish(tmp_path / "outgoing", "O03-1.docx", b"two")
    assert path.read_bytes() == b"one"
    assert [file.name for file in path.parent.iterdir()] == ["O03-1.docx"]


def test_fingerprints_tell_content_apart() -> None:
    assert fingerprint({"a": 1, "b": "二"}) == fingerprint({"b": "二", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_paper_becomes_a_pdf(template: Path) -> None:
    printed = to_pdf(render(template, {"recipient": "甲", "items": []}, DAY))
    assert printed is not None
    assert printed.startswith(b"%PDF")
