"""OFD files (GB/T 33190): recognised, kept, and told to a person; never converted."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.flow.document import look
from pipeline.ingest.media import media_of
from pipeline.read.sniff import sniff
from pipeline.validate import validate

from .read.conftest import BlindReader, submission
from .rules.made import packs, world

DATA = Path(__file__).parents[2] / "shared" / "data" / "ofd"
CONTENT = b'<?xml version="1.0"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" DocType="OFD" Version="1.0"/>'


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "合同.ofd"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("OFD.xml", CONTENT)
        package.writestr("Doc_0/Document.xml", CONTENT)
        package.writestr("Doc_0/Signs/Signatures.xml", CONTENT)
    return path


def test_it_is_recognised_by_content(sealed: Path) -> None:
    assert media_of(sealed) == "ofd"
    assert media_of(sealed.rename(sealed.with_suffix(".zip"))) == "ofd"


def test_its_seals_are_told(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="OFD document with electronic seals") as caught:
        sniff(sealed, sealed.name)
    assert caught.value.reason == "ofd"
    assert "OFD 文件已保存，请人工用 OFD 阅读器查看并验章" in caught.value.zh
    plain = tmp_path / "plain.ofd"
    with zipfile.ZipFile(plain, "w") as package:
        package.writestr("OFD.xml", CONTENT)
    with pytest.raises(UnreadableError, match=r"OFD document\."):
        sniff(plain, plain.name)


def test_what_only_calls_itself_ofd_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.ofd"
    path.write_bytes(b"\x01\x00\x02\x00 nothing of the kind")
    with pytest.raises(UnreadableError) as caught:
        sniff(path, path.name)
    assert caught.value.reason == "damaged"


def test_a_person_is_asked_and_nobody_refused(sealed: Path, tmp_path: Path) -> None:
    facts = look(sealed, submission(sealed), packs(), BlindReader(), tmp_path / "gallery")
    review = validate(facts, packs(), world())
    (finding,) = review.findings
    assert (finding.rule, finding.outcome, finding.severity) == ("ESIGN-03", "unsure", "hold")
    assert finding.required is None
    assert finding.fix is not None
    assert "OFD 阅读器" in finding.fix.zh
    assert review.verdict == "indeterminate"


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real files at {DATA}")
def test_real_files() -> None:
    files = sorted(DATA.glob("*.ofd"))
    whole = [path for path in files if media_of(path) == "ofd"]
    assert len(whole) >= 0.9 * len(files)  # the rest is broken on purpose
    for path in files:
        with pytest.raises(UnreadableError) as caught:
            sniff(path, path.name)
        assert caught.value.reason == ("ofd" if path in whole else "damaged"), path.name
