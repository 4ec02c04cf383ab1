"""Nothing a mail or archive can be makes us raise, and of what real programs wrote nothing is lost."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.ingest.redact import redacted
from pipeline.unpack import Item, Opening, container_of
from tests.unpack.made import attach, mail, packed, page, picture

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


def opened_or_refused(path: Path) -> list[Item] | None:
    """Everything in it; None when it is refused as a whole, or is neither mail nor archive."""
    with path.open("rb") as stream:
        kind = container_of(stream, path.suffix.lower())
    if kind is None:
        return None
    try:
        return list(Opening(path, path.name, kind).items())
    except UnreadableError:
        return None


def originals() -> Iterator[tuple[str, bytes]]:
    message = mail("=?utf-8?B?6K6i5Y2V?=", Reply_To="a@b.example", Authentication_Results="x; spf=fail")
    page(message, '<p>订单 <img src="cid:a"></p>').add_related(picture(9, 9), "image", "png", cid="<a>")
    attach(message, "采购订单（盖章）.pdf")
    attach(message, "材料.zip", packed({"a/订单.pdf": b"%PDF", "b.txt": b"x"}), "application/zip")
    outer = mail("转发")
    outer.add_attachment(message)
    yield "m.eml", outer.as_bytes()
    yield "a.zip", packed({"订单.pdf": b"%PDF" * 30, "b/c.eml": message.as_bytes(), "d.csv": b"password,x\n"})


@pytest.mark.parametrize("seed", range(60))
def test_mutilated_files_are_opened_or_refused(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    for name, content in originals():
        data = bytearray(content)
        for _ in range(dice.choice((1, 5, 40))):
            at = dice.randrange(len(data))
            match dice.randrange(4):
                case 0:
                    data[at] = dice.randrange(256)
                case 1:
                    del data[at : at + dice.randrange(60)]
                case 2:
                    data[at:at] = dice.choice(
                        (b"\n\n", b"=?gbk?B?", b'"', b";", b"\x00", b"--", b"\xff\xfe", b"(" * 300)
                    )
                case 3:
                    data[at:at] = data[: dice.randrange(200)]
        path = tmp_path / name
        path.write_bytes(bytes(data))
        for item in opened_or_refused(path) or ():
            item.name.encode("utf-8")
            assert item.content is not None or item.reason
        redacted(bytes(data), name)


def real(folder: str) -> list[Path]:
    files = [path for path in (REAL / folder).glob("*") if path.suffix != ".json"]
    return sorted(files)


@pytest.mark.skipif(not (REAL / "emails").is_dir(), reason="no real files beside the repository")
def test_of_real_mails_no_attachment_is_lost() -> None:
    items = json.loads((REAL / "emails" / "manifest.json").read_text(encoding="utf-8"))["items"]
    seen = 0
    for entry in items:
        path = REAL / "emails" / entry["file"]
        found = opened_or_refused(path) if path.suffix == ".eml" else None
        if found is None:
            continue
        seen += 1
        told = [(item.name, item.size) for item in found]
        for attachment in entry["observed"].get("attachments") or ():
            name = attachment["name"].replace("\\", "/").rpartition("/")[2]
            mine = [size for other, size in told if other == name or other.startswith(f"{name}/")]
            assert mine, f"{path.name}: {name} is neither a document nor named"
        for item in found:
            assert item.content is not None or item.reason, f"{path.name}: {item.name} without a reason"
    assert seen > 60


@pytest.mark.skipif(not (REAL / "emails").is_dir(), reason="no real files beside the repository")
def test_real_mails_and_archives_are_cleaned_without_harm() -> None:
    for path in [*real("emails"), *real("tnef"), *real("archives")]:
        content = path.read_bytes()
        clean = redacted(content, path.name)
        assert redacted(clean, path.name) == clean, path.name


@pytest.mark.skipif(not (REAL / "archives").is_dir(), reason="no real files beside the repository")
def test_real_archives_are_opened_and_the_others_left_to_the_reader() -> None:
    found = {path.name: opened_or_refused(path) for path in real("archives")}
    assert [item.name for item in found["missing_directory.zip"] or ()] == ["bar/two.py", "foo/one.py"]
    assert found["recursion.tar"] is None
    assert found["exe_with_zip"] is None
    assert all(opened_or_refused(path) is None for path in real("tnef"))
