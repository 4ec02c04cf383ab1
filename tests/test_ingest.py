"""Intake: what a file is, whether it is whole, the store, names, folders."""

from __future__ import annotations

import io
import os
import random
import stat
import threading
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from pipeline.errors import IntakeError, SettingsError
from pipeline.ingest import (
    FileStore,
    check_folders,
    completeness,
    display_name,
    ingest,
    media_of,
    safe_name,
)
from tests.unpack.made import attach, mail, packed

REAL = Path(__file__).resolve().parents[2] / "shared" / "data"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def pdf_bytes(*, body: bytes = b"x" * 5000) -> bytes:
    out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
    places = []
    for number, content in enumerate(
        (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[]/Count 0>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(body), body),
        ),
        start=1,
    ):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    xref = len(out)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 4\n0000000000 65535 f \n%strailer\n<</Root 1 0 R/Size 4>>\nstartxref\n%d\n%%%%EOF\n" % (rows, xref)
    )


def revision(base: bytes) -> bytes:
    """The same PDF with an incremental update appended."""
    place = len(base)
    out = base + b"4 0 obj\n<</Length 3000>>stream\n" + b"y" * 3000 + b"\nendstream\nendobj\n"
    return out + b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF\n" % (
        place,
        len(out),
    )


def noise(size: tuple[int, int] = (300, 200), seed: int = 1) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def picture_bytes(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    noise().save(buffer, kind, **options)
    return buffer.getvalue()


def tiff_bytes(pages: int = 3, compression: str = "tiff_lzw", *, big: bool = False) -> bytes:
    buffer = io.BytesIO()
    first, *others = [noise(seed=page) for page in range(pages)]
    first.save(buffer, "TIFF", save_all=True, append_images=others, compression=compression, big_tiff=big)
    return buffer.getvalue()


def office_bytes(main: str = "word/document.xml", extra: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<document/>")
        if extra:
            archive.writestr("word/embeddings/book.xlsx", extra, zipfile.ZIP_STORED)
    return buffer.getvalue()


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def state(path: Path) -> str:
    return completeness(path).state


# --- media ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "media"),
    [
        ("a.pdf", pdf_bytes(), "pdf"),
        ("a.PDF", b"junk from a mail gateway\r\n" + pdf_bytes(), "pdf"),
        ("a.pdf", picture_bytes("JPEG"), "jpg"),
        ("a.jpeg", picture_bytes("JPEG"), "jpg"),
        ("a.tif", picture_bytes("PNG"), "png"),
        ("a.tiff", tiff_bytes(1), "tif"),
        ("a.tif", tiff_bytes(1, big=True), "tif"),
        ("a.docx", office_bytes(), "docx"),
        ("a.docx", office_bytes("word/document2.xml"), "docx"),
        ("a.docx", office_bytes("xl/workbook.xml"), "xlsx"),
        ("a.zip", office_bytes("readme.txt"), "unknown"),
        ("a.zip", packed({"订单.pdf": b"%PDF"}), "zip"),
        ("a.docx", packed({"订单.pdf": b"%PDF"}), "zip"),
        ("a.eml", b"Subject: x\n\ny", "eml"),
        ("a.bin", mail().as_bytes(), "eml"),
        ("a.csv", mail().as_bytes(), "csv"),
        ("a.eml", pdf_bytes(), "pdf"),
        ("a.docx", office_bytes()[:60], "unknown"),
        ("order.toml", b"\xef\xbb\xbfpo_no = 'PO-1'\n", "toml"),
        ("order.toml", b"po_no = \n", "toml"),
        ("order.toml", pdf_bytes(), "pdf"),
        ("order.txt", b"po_no = 'PO-1'\n", "unknown"),
        ("scan.2026", pdf_bytes(), "pdf"),
        ("empty.pdf", b"", "unknown"),
    ],
)
def test_media_is_decided_by_content(tmp_path: Path, name: str, data: bytes, media: str) -> None:
    assert media_of(write(tmp_path / name, data)) == media


def test_password_protected_word_file_keeps_its_kind(tmp_path: Path) -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    assert media_of(write(tmp_path / "a.docx", ole)) == "docx"
    assert media_of(write(tmp_path / "a.doc", ole)) == "unknown"
    assert media_of(write(tmp_path / "b.docx", ole.replace(b"E\0n\0c\0", b"X\0y\0z\0"))) == "unknown"


def test_media_of_stored_order_data_uses_the_given_name(tmp_path: Path) -> None:
    stored = write(tmp_path / ("0" * 64), b"a = 1\n")
    assert media_of(stored) == "unknown"
    assert media_of(stored, "order.toml") == "toml"


def test_media_of_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"gone\.pdf") as caught:
        media_of(tmp_path / "gone.pdf")
    assert caught.value.advice


# --- completeness ---------------------------------------------------------------------------------------------------

WHOLE = {
    "scan.pdf": pdf_bytes(),
    "photo.jpg": picture_bytes("JPEG", quality=90),
    "progressive.jpg": picture_bytes("JPEG", progressive=True),
    "page.png": picture_bytes("PNG"),
    "pages.tif": tiff_bytes(3),
    "raw.tif": tiff_bytes(2, "raw"),
    "big.tif": tiff_bytes(2, big=True),
    "order.docx": office_bytes(),
    "order.xlsx": office_bytes("xl/workbook.xml"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whole_file_is_complete_also_with_padding(tmp_path: Path, name: str) -> None:
    assert state(write(tmp_path / name, WHOLE[name])) == "complete"
    assert state(write(tmp_path / name, WHOLE[name] + b"\r\n" + bytes(2000))) == "complete"


@pytest.mark.parametrize("name", WHOLE)
def test_file_cut_anywhere_is_incomplete(tmp_path: Path, name: str) -> None:
    data = WHOLE[name]
    # The end mark of a PDF and the padding of Pillow's TIFFs may be missing without anything being lost.
    last = len(data) - {".pdf": 60, ".tif": 20}.get(name[-4:], 1)
    cuts = [20, *random.Random(7).sample(range(21, last), 20), last]
    whole = [cut for cut in cuts if state(write(tmp_path / name, data[:cut])) == "complete"]
    assert whole == []
    # Explorer sets the full size first and fills it afterwards.
    if name != "raw.tif":  # black pixels are zeros too
        filled = [data[:cut] + bytes(len(data) - cut) for cut in cuts]
        whole = [
            n for n, other in enumerate(filled) if other != data and state(write(tmp_path / name, other)) == "complete"
        ]
        assert whole == []


def test_incomplete_says_why_in_both_languages(tmp_path: Path) -> None:
    found = completeness(write(tmp_path / "scan.pdf", pdf_bytes()[:3000]))
    assert found.reason is not None
    assert "PDF" in found.reason.zh
    assert "PDF" in found.reason.en
    assert "startxref" in found.detail


def test_pdf_revision_being_appended_is_incomplete(tmp_path: Path) -> None:
    base, whole = pdf_bytes(), revision(pdf_bytes())
    path = tmp_path / "signed.pdf"
    assert state(write(path, whole)) == "complete"
    assert {state(write(path, whole[:cut])) for cut in range(len(base) + 20, len(whole) - 60, 97)} == {"incomplete"}


def test_linearised_pdf_is_not_whole_after_its_first_end_mark(tmp_path: Path) -> None:
    whole = pdf_bytes()
    mark = b"%%PDF-1.7\n1 0 obj\n<</Linearized 1/L %d/O 3>>\nendobj\nxref\n0 1\nstartxref\n9\n%%%%EOF\n" % (
        len(whole) * 2
    )
    path = tmp_path / "web.pdf"
    assert state(write(path, mark)) == "incomplete"
    assert "bytes" in completeness(path).detail


def test_pdf_with_leading_junk_and_shifted_offsets_is_complete(tmp_path: Path) -> None:
    assert state(write(tmp_path / "a.pdf", b"\0" * 300 + pdf_bytes())) == "complete"


def test_pdf_without_end_mark_but_valid_cross_reference_is_complete(tmp_path: Path) -> None:
    assert state(write(tmp_path / "a.pdf", pdf_bytes().removesuffix(b"%%EOF\n"))) == "complete"


def test_jpeg_preview_does_not_end_the_picture(tmp_path: Path) -> None:
    preview = picture_bytes("JPEG", quality=20)[:20000]
    whole = picture_bytes("JPEG", quality=95)
    segment = b"\xff\xe1" + (len(preview) + 4).to_bytes(2, "big") + preview + b"\xff\xd9"
    data = whole[:2] + segment + whole[2:]
    path = tmp_path / "photo.jpg"
    assert state(write(path, data)) == "complete"
    assert state(write(path, data[: len(segment) + 2])) == "incomplete"
    assert state(write(path, data[: len(data) // 2])) == "incomplete"


def test_tiff_with_pages_in_a_circle_ends(tmp_path: Path) -> None:
    data = bytearray(tiff_bytes(1, "raw"))
    first = int.from_bytes(data[4:8], "little")
    count = int.from_bytes(data[first : first + 2], "little")
    data[first + 2 + 12 * count : first + 6 + 12 * count] = first.to_bytes(4, "little")
    assert completeness(write(tmp_path / "a.tif", bytes(data))).detail == "the page directories run in a circle"


def test_embedded_workbook_does_not_end_a_word_file(tmp_path: Path) -> None:
    inner = office_bytes("xl/workbook.xml")
    data = office_bytes(extra=inner)
    path = tmp_path / "a.docx"
    assert state(write(path, data)) == "complete"
    assert state(write(path, data[: data.index(inner) + len(inner)])) == "incomplete"


def test_a_mail_of_several_parts_is_whole_at_the_end_of_them(tmp_path: Path) -> None:
    whole = attach(mail(), "订单.pdf", bytes(range(256)) * 400).as_bytes()
    path = tmp_path / "a.eml"
    assert state(write(path, whole)) == "complete"
    assert state(write(path, whole + b"\n-- \na footer of the list\n" * 9000)) == "complete"
    assert {state(write(path, whole[:cut])) for cut in range(600, len(whole) - 8, 4001)} == {"incomplete"}
    found = completeness(write(path, whole[: len(whole) // 2]))
    assert found.reason is not None
    assert "邮件" in found.reason.zh
    assert state(write(path, b"From: a@example.com\n\nno parts")) == "complete"
    assert state(write(path, b"Content-Type: multipart/mixed\n\nno boundary")) == "complete"


def test_order_data(tmp_path: Path) -> None:
    assert state(write(tmp_path / "a.toml", "\ufeffname = '云帆'\n".encode())) == "complete"
    assert state(write(tmp_path / "b.toml", b"[[lines]]\nqty = ")) == "incomplete"
    assert state(write(tmp_path / "c.toml", b"a = " + b"[" * 5000)) == "incomplete"


def test_completeness_never_raises(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "link.pdf").symlink_to(write(tmp_path / "real.pdf", pdf_bytes()))
    (tmp_path / "folder.pdf").mkdir()
    assert state(tmp_path / "missing.pdf") == "incomplete"
    assert state(tmp_path / "pipe.pdf") == "incomplete"
    assert state(tmp_path / "link.pdf") == "incomplete"
    assert state(tmp_path / "folder.pdf") == "incomplete"
    assert state(write(tmp_path / "empty.pdf", b"")) == "incomplete"
    assert state(write(tmp_path / "letter.txt", b"hello")) == "uncheckable"
    dice = random.Random(3)
    for data in WHOLE.values():
        for _ in range(25):
            broken = bytearray(data)
            for _ in range(8):
                broken[dice.randrange(min(len(broken), 400))] = dice.randrange(256)
            completeness(write(tmp_path / "fuzz.bin", bytes(broken)))


@pytest.mark.skipif(not REAL.is_dir(), reason="no real files beside the repository")
def test_real_files_are_complete() -> None:
    suffixes = {".docx", ".xlsx", ".jpg", ".png", ".tif", ".pdf"}
    files = [p for p in REAL.rglob("*") if p.suffix.lower() in suffixes and "hostile" not in str(p) and p.is_file()]
    assert len(files) > 20
    assert [(p.name, completeness(p).detail) for p in files if state(p) != "complete"] == []


# --- store ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "state" / "files", min_free=0)


def leftovers(store: FileStore) -> list[str]:
    return sorted(path.name for path in store.root.iterdir() if path.is_file())


def test_take_keeps_bytes_read_only_under_their_hash(tmp_path: Path, store: FileStore) -> None:
    source = write(tmp_path / "扫描.pdf", pdf_bytes())
    sha256, size = store.take(source)
    kept = store.path(sha256)
    assert kept.relative_to(store.root).as_posix() == f"{sha256[:2]}/{sha256}"
    assert kept.read_bytes() == source.read_bytes()
    assert size == source.stat().st_size
    assert stat.S_IMODE(kept.stat().st_mode) & 0o222 == 0
    assert leftovers(store) == []
    assert source.exists()


def test_take_is_idempotent_and_heals_a_damaged_copy(tmp_path: Path, store: FileStore) -> None:
    source = write(tmp_path / "a.pdf", pdf_bytes())
    sha256, _ = store.take(source)
    before = store.path(sha256).stat().st_ino
    assert store.take(source)[0] == sha256
    assert store.path(sha256).stat().st_ino == before
    store.path(sha256).chmod(0o600)
    store.path(sha256).write_bytes(b"rotten")
    assert not store.verify(sha256)
    store.take(source)
    assert store.verify(sha256)
    assert leftovers(store) == []


def test_take_refuses_links_pipes_and_folders(tmp_path: Path, store: FileStore) -> None:
    secret = write(tmp_path / "secret", b"not for the inbox")
    (tmp_path / "link.pdf").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "folder.pdf").mkdir()
    for name, kind in (("link.pdf", "symbolic link"), ("pipe.pdf", "named pipe"), ("folder.pdf", "folder")):
        with pytest.raises(IntakeError, match=kind):
            store.take(tmp_path / name)
    with pytest.raises(IntakeError, match="gone"):
        store.take(tmp_path / "missing.pdf")
    assert list(store.root.iterdir()) == []


def test_take_refuses_a_file_that_changes_while_it_is_copied(tmp_path: Path, store: FileStore) -> None:
    source = write(tmp_path / "a.pdf", random.Random(1).randbytes(24_000_000))
    going = threading.Event()
    done = threading.Event()

    def grow() -> None:
        with source.open("ab") as stream:
            while not done.is_set():
                stream.write(b"more")
                stream.flush()
                going.set()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        going.wait(5)
        with pytest.raises(IntakeError, match="still changing"):
            store.take(source)
    finally:
        done.set()
        writer.join()
    assert leftovers(store) == []
    assert store.take(source)[1] == source.stat().st_size


def test_take_refuses_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    full = FileStore(tmp_path / "files", min_free=1 << 60)
    with pytest.raises(IntakeError, match="MB free") as caught:
        full.take(write(tmp_path / "a.pdf", pdf_bytes()))
    assert "free" in caught.value.advice
    assert leftovers(full) == []


def test_stale_temporary_files_are_swept_at_start_but_not_running_ones(tmp_path: Path, store: FileStore) -> None:
    stale, future, running = (store.root / f".incoming-1-{name}" for name in ("stale", "future", "running"))
    for path in (stale, future, running):
        path.write_bytes(b"half")
    os.utime(stale, (time.time() - 7200,) * 2)
    os.utime(future, (time.time() + 7200,) * 2)
    sha256, _ = store.take(write(tmp_path / "a.pdf", pdf_bytes()))
    again = FileStore(store.root, min_free=0)
    assert leftovers(again) == [running.name]
    assert again.verify(sha256)


def test_store_path_takes_hashes_only(store: FileStore) -> None:
    for wrong in ("../../etc/passwd", "AB" * 32, "ab", "", "ab" * 32 + "\n"):
        with pytest.raises(IntakeError):
            store.path(wrong)
    assert not store.verify("ab" * 32)


def test_many_threads_take_the_same_bytes(tmp_path: Path, store: FileStore) -> None:
    sources = [write(tmp_path / f"{n}.pdf", pdf_bytes()) for n in range(8)]
    hashes: list[str] = []
    threads = [threading.Thread(target=lambda path=path: hashes.append(store.take(path)[0])) for path in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hashes) == 8
    assert len(set(hashes)) == 1
    assert store.verify(hashes[0])
    assert leftovers(store) == []


def test_ingest_describes_what_was_kept(tmp_path: Path, store: FileStore) -> None:
    source = write(tmp_path / "order.toml", b"po_no = 'PO-1'\n")
    found = ingest(source, store, name="mail/order.toml", source="mail", now=NOW)
    assert (found.media, found.size, found.name, found.source) == ("toml", 15, "mail/order.toml", "mail")
    assert store.verify(found.sha256)


# --- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("甲公司/协议.pdf", "甲公司/协议.pdf"),
        ("Cafe\u0301.pdf", "Caf\u00e9.pdf"),
        ("inv\u202efdp.exe", "inv\ufffdfdp.exe"),
        ("a\nb\x1b[31m\x00.pdf", "a\ufffdb\ufffd[31m\ufffd.pdf"),
        ("\u200b", "\ufffd"),
        ("  ", "\ufffd"),
        (os.fsdecode("合同.pdf".encode("gb18030")), "合同.pdf"),
        (os.fsdecode(b"\xff\xfe\xff.pdf"), "\ufffd\ufffd\ufffd.pdf"),
    ],
)
def test_hostile_names_become_displayable(raw: str, shown: str) -> None:
    assert safe_name(raw) == shown
    assert safe_name(shown) == shown
    shown.encode("utf-8")


def test_long_names_keep_their_extension() -> None:
    shown = safe_name("合" * 5000 + ".pdf")
    assert len(shown) == 200
    assert shown.endswith(".pdf")


def test_display_name_is_relative_to_the_inbox(tmp_path: Path) -> None:
    assert display_name(tmp_path / "子" / "a.pdf", tmp_path) == "子/a.pdf"
    assert display_name(Path("/elsewhere/a.pdf"), tmp_path) == "a.pdf"


# --- folders --------------------------------------------------------------------------------------------------------

NAMES = ("inbox", "outbox", "state", "templates", "code")


def folders(tmp_path: Path, **moved: Path) -> dict[str, Path]:
    return {name: moved.get(name, tmp_path / name) for name in NAMES}


def test_separate_folders_are_fine_and_need_not_exist(tmp_path: Path) -> None:
    check_folders(**folders(tmp_path))
    check_folders(**folders(tmp_path, templates=tmp_path / "code" / "shipped_templates"))
    check_folders(**folders(tmp_path, outbox=tmp_path / "inbox2"))


@pytest.mark.parametrize(
    ("inner", "outer"),
    [("outbox", "inbox"), ("inbox", "outbox"), ("state", "inbox"), ("inbox", "code"), ("code", "templates")],
)
def test_nested_folders_are_refused_naming_both(tmp_path: Path, inner: str, outer: str) -> None:
    with pytest.raises(SettingsError, match=rf"{inner} folder .* {outer} folder") as caught:
        check_folders(**folders(tmp_path, **{inner: tmp_path / outer / "deep" / inner}))
    assert "countersign.toml" in caught.value.advice


def test_equal_and_linked_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError):
        check_folders(**folders(tmp_path, outbox=tmp_path / "inbox"))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "shortcut").symlink_to(tmp_path / "inbox")
    with pytest.raises(SettingsError, match="outbox"):
        check_folders(**folders(tmp_path, outbox=tmp_path / "shortcut" / "out"))
    with pytest.raises(SettingsError):
        check_folders(**folders(tmp_path, state=tmp_path / "inbox" / ".." / "inbox"))
