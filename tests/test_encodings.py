"""In which encoding a text is, so that every text is searched for passwords before it is kept, or is not kept."""

from __future__ import annotations

import base64
import io
import json
import random
import sqlite3
import struct
import wave
import zipfile
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pipeline.flow.reviewing import review_file
from pipeline.flow.service import packs_of
from pipeline.ingest import FileStore, ingest
from pipeline.ingest.redact import MAX_BYTES, redacted
from pipeline.model import Submission
from pipeline.read.records import read_records
from pipeline.settings import Settings
from pipeline.unpack import is_message
from pipeline.values import REMOVED, Decoded, decoded, is_note, secrets_in
from tests.rules.made import TEMPLATES

AT = datetime(2026, 9, 28, tzinfo=UTC)
SECRET = "Fict!onal-7731"
BARE = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "gb18030")
MARKED = ("utf-8-sig", "utf-16", "utf-32")
NOTE = f"开通结果：青禾医疗器械（深圳）有限公司\n账号：admin@example.invalid\n密码：{SECRET}\n数量：80\n"
TABLE = f"租户域名,初始密码,数量\r\nexample.invalid,{SECRET},80\r\n"
PLAIN_TABLE = f"tenant,password,qty\nexample.invalid,{SECRET},80\n"
DATA = json.dumps({"initialPassword": SECRET, "客户": "青禾", "qty": 80}, ensure_ascii=False)


@pytest.mark.parametrize("encoding", [*BARE, *MARKED])
@pytest.mark.parametrize(
    ("text", "name"),
    [(NOTE, "n.txt"), (TABLE, "t.csv"), (PLAIN_TABLE, "t.csv"), (DATA, "d.json"), (f"pwd={SECRET}", "a")],
)
def test_a_password_is_seen_in_every_encoding_and_the_rest_stays(encoding: str, text: str, name: str) -> None:
    content = text.encode(encoding)
    clean = redacted(content, name)
    assert SECRET not in clean.decode(encoding)
    assert REMOVED in clean.decode(encoding)
    if name == "n.txt":
        assert clean == text.replace(SECRET, REMOVED).encode(encoding)
    assert redacted(clean, name) == clean


WORDS = st.text(
    st.sampled_from("开通结果客户名称数量青禾医疗器械深圳有限公司合同订单编号日期，。：（）镕喆"), max_size=30
)


@given(
    before=WORDS, after=WORDS, encoding=st.sampled_from(BARE), label=st.sampled_from(["密码：", "口令: ", "password="])
)
@example(before="开", after="", encoding="gb18030", label="密码：")
def test_no_length_and_no_neighbour_hides_it(before: str, after: str, encoding: str, label: str) -> None:
    """GB 18030 of an even number of bytes decodes as UTF-16 too, into something without a password."""
    for tail in ("\n", "\r\n", "\nA\n"):
        content = f"{before}\n{label}{SECRET}\n{after}{tail}".encode(encoding)
        clean = redacted(content, "note.txt")
        assert SECRET not in clean.decode(encoding)
        assert clean.decode(encoding).startswith(f"{before}\n{label}")


def test_both_byte_orders_are_told_apart_in_plain_letters() -> None:
    for text in ("password: Abc@1234", "tenant,qty\r\n", "a", "订单 PO-1"):
        for encoding in ("utf-16-le", "utf-16-be"):
            found = decoded(text.encode(encoding))
            assert isinstance(found, Decoded)
            assert (found.text, found.encoding) == (text, encoding)


ORDINARY: dict[str, bytes] = {
    "empty": b"",
    "one sign": b"1",
    "numbers": b"1,2,3\r\n4,5,6\r\n",
    "toml": 'po_no = "PO-20260928-001"\n名称 = "青禾"\n'.encode(),
    "cut off in UTF-8": "数量：八十个".encode()[:-1],
    "cut off in GB 18030": "客户名称：青禾医疗器械（深圳）有限公司，数量八十".encode("gb18030")[:-1],
    "cut off in UTF-16": "数量 80".encode("utf-16-le")[:-1],
    "fields cut in the middle": b"\n".join(
        "客户名称青禾医疗器械深圳有限公司合作协议编号".encode("gb18030")[:n] for n in (29, 30)
    ),
    "rare names": "姓名：王镕、李喆、陈昇、吴旻；职务：经理；电话：13900000002".encode("gb18030"),
    "one rare name": "李喆,王镕".encode("gb18030"),
    "traditional in GB 18030": "客戶名稱：青禾醫療器械（深圳）有限公司；數量：八十；日期：二〇二六年九月".encode(
        "gb18030"
    ),
    "accents": "Müller, Café, naïve – “façade”\r\nRené;1\r\n".encode("cp1252"),
    "one accent": b"Stra\xdfe",
    "padded": "订单编号,数量\r\nPO-1,80\r\n".encode() + bytes(40),
    "wide and padded": "订单编号,数量\r\n".encode("utf-16-le") + bytes(4),
    "emoji": "收到👍".encode("utf-16-le"),
    "colours": b"\x1b[31mred\x1b[0m\n",
    "tilde": b"~{ not a han sign ~}\n",
    "letters like a format": b"MZ,BM,ID3\r\n1,2,3\r\n",
}


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_texts_are_settled_and_written_again_as_they_were(name: str) -> None:
    found = decoded(ORDINARY[name])
    assert isinstance(found, Decoded), found
    assert found.encoded(found.text) == ORDINARY[name]
    assert redacted(ORDINARY[name], "a.txt") is ORDINARY[name]


def picture(kind: str, mode: str = "RGB", colour: object = (128, 128, 128)) -> bytes:
    memory = io.BytesIO()
    Image.new(mode, (120, 80), colour).save(memory, kind)  # type: ignore[arg-type]
    return memory.getvalue()


def sound() -> bytes:
    memory = io.BytesIO()
    with wave.open(memory, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"".join(struct.pack("<h", 80 + 20 * (n % 7)) for n in range(4000)))
    return memory.getvalue()


def binaries(folder: Path) -> dict[str, bytes]:
    chance = random.Random(7)
    database = folder / "a.db"
    connection = sqlite3.connect(database)
    connection.execute("create table orders (no text, qty int)")
    connection.execute("insert into orders values ('PO-1', 80)")
    connection.commit()
    connection.close()
    found = {f"random {size}": chance.randbytes(size) for size in (3, 16, 40, 200, 1000, 65537)}
    found |= {f"no zero {size}": chance.randbytes(size).replace(b"\0", b"\1") for size in (200, 3000)}
    found |= {kind: picture(kind) for kind in ("BMP", "GIF", "PNG", "JPEG", "TIFF", "WEBP", "ICO")}
    found |= {"sound": sound(), "database": database.read_bytes(), "zeros": bytes(5000)}
    found |= {"film": b"\0\0\0\x18ftypmp42" + chance.randbytes(5000), "program": b"MZ" + bytes(62) + b"pwd=secret1" * 3}
    for path in sorted(TEMPLATES.rglob("*")):
        if path.suffix in (".docx", ".pdf"):
            found[path.name] = path.read_bytes()
    return found


def test_no_ordinary_file_is_taken_for_a_text(tmp_path: Path) -> None:
    for name, content in binaries(tmp_path).items():
        found = decoded(content)
        assert found == "binary" or (isinstance(found, Decoded) and len(content) < 20), name
        assert redacted(content, name) is content


def test_no_file_of_the_packs_and_samples_is_held() -> None:
    for root in (TEMPLATES, Path(__file__).parent / "samples"):
        for path in root.rglob("*"):
            if path.is_file():
                assert decoded(path.read_bytes()) != "unsettled", path


UNSETTLED: dict[str, bytes] = {
    "Cyrillic": "Пароль для входа в систему отправлен отдельно, номер заказа 80".encode("koi8-r"),
    "Shift JIS": "パスワードは別途お送りします。数量は八十です。".encode("shift_jis"),
    "EBCDIC": "tenant password quantity order number".encode("cp037"),
    "broken UTF-8 mark": b"\xef\xbb\xbf" + NOTE.encode("gb18030"),
    "UTF-8 and GB 18030": (NOTE.replace(SECRET, "见另函") * 3).encode() + f"密码：{SECRET}\n".encode("gb18030"),
    "GB 18030 and UTF-8": (NOTE.replace(SECRET, "见另函") * 3).encode("gb18030") + f"密码：{SECRET}\n".encode(),
    "appended in UTF-16": b"tenant,qty\r\nexample.invalid,80\r\n" + f"password: {SECRET}\r\n".encode("utf-16-le"),
    "wide after an odd byte": b"\n" + f"密码：{SECRET}，数量八十\r\n".encode("utf-16-be"),
    "spelt out": f"密码：{SECRET}".encode("hz"),
    "a secret among other bytes": bytes(range(1, 256)) * 3 + b"\npassword: " + SECRET.encode() + b"\n",
}


@pytest.mark.parametrize("name", UNSETTLED)
def test_a_text_that_nobody_can_search_becomes_a_note(name: str) -> None:
    withheld: list[str] = []
    assert decoded(UNSETTLED[name]) == "unsettled"
    kept = redacted(UNSETTLED[name], "开通.txt", withheld)
    assert is_note(kept)
    assert withheld == ["开通.txt"]
    assert "开通.txt" in kept.decode()
    assert not list(secrets_in(kept.decode()))
    assert redacted(kept, "开通.txt") is kept, "the note itself is a text like any other"
    assert not is_message(kept, ".eml")


def test_such_a_text_is_held_where_it_came_from_and_named(tmp_path: Path) -> None:
    source = tmp_path / "开通.csv"
    source.write_bytes(UNSETTLED["GB 18030 and UTF-8"])
    store = FileStore(tmp_path / "store")
    taken = ingest(source, store, name="开通.csv", source="inbox", now=AT)
    assert taken.withheld == ("开通.csv",)
    assert is_note(store.path(taken.sha256).read_bytes())
    assert not [
        file for file in (tmp_path / "store").rglob("*") if file.is_file() and SECRET.encode() in file.read_bytes()
    ]
    assert source.read_bytes() == UNSETTLED["GB 18030 and UTF-8"]
    again = ingest(source, store, name="开通.csv", source="inbox", now=AT)
    assert again.sha256 == taken.sha256
    source.write_text(TABLE, encoding="utf-8")
    assert ingest(source, store, name="开通.csv", source="inbox", now=AT).withheld == ()


def test_a_text_too_long_to_be_searched_is_not_kept_and_a_long_picture_is(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "store")
    text = tmp_path / "long.csv"
    text.write_bytes(b"a,b\n" * (MAX_BYTES // 4) + b"password,x1\n" * 400)
    taken = ingest(text, store, name="long.csv", source="inbox", now=AT)
    assert taken.withheld == ("long.csv",)
    assert taken.size < 2000
    film = tmp_path / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(MAX_BYTES))
    assert ingest(film, store, name="film.mp4", source="inbox", now=AT).size == film.stat().st_size


def test_the_review_names_the_file_and_says_what_to_do(tmp_path: Path) -> None:
    source = tmp_path / "开通.csv"
    source.write_bytes(UNSETTLED["appended in UTF-16"])
    settings = Settings(templates=TEMPLATES, state=tmp_path / "state")
    (review,) = review_file(source, settings, packs_of(settings), tmp_path / "work")
    (finding,) = review.findings
    assert (finding.rule, finding.outcome, finding.found) == ("IN-04", "fail", "unsafe")
    assert "开通.csv" in finding.message.zh
    assert "UTF-8" in finding.message.zh
    assert review.verdict == "failed"


@pytest.mark.parametrize("encoding", [*BARE, *MARKED])
def test_exported_records_are_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "result.csv"
    path.write_bytes(
        redacted(f"订单编号,租户域名,初始密码\r\nPO-1,example.invalid,{SECRET}\r\n".encode(encoding), "r.csv")
    )
    submission = Submission(sha256="a" * 64, name="r.csv", received_at=AT, source="cli", size=1, media="csv")
    document = read_records(path, submission, "csv")
    assert document.form == {"po_no": "PO-1", "tenant_domain": "example.invalid"}
    assert [remark.code for remark in document.remarks] == ["credential_removed"]


def test_in_a_mail_or_archive_only_that_text_is_held(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", "开通结果"
    mail.set_content("见附件")
    mail.add_attachment(UNSETTLED["appended in UTF-16"], maintype="text", subtype="csv", filename="开通.csv")
    mail.add_attachment(TABLE.encode("utf-16-le"), maintype="text", subtype="csv", filename="utf16.csv")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("开通.csv", UNSETTLED["appended in UTF-16"])
        archive.writestr("utf16.csv", TABLE.encode("utf-16-le"))
    for content, name in ((mail.as_bytes(), "mail.eml"), (packed.getvalue(), "files.zip")):
        path = tmp_path / name
        path.write_bytes(content)
        store = FileStore(tmp_path / "store")
        taken = ingest(path, store, name=name, source="inbox", now=AT)
        assert taken.withheld == ("开通.csv",)
        parts = parts_of(store.path(taken.sha256).read_bytes(), name)
        assert is_note(parts["开通.csv"])
        assert parts["utf16.csv"].decode("utf-16-le") == TABLE.replace(SECRET, REMOVED)


def parts_of(content: bytes, name: str) -> dict[str, bytes]:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {member: archive.read(member) for member in archive.namelist()}
    message = message_from_bytes(content, policy=policy.default)
    return {part.get_filename() or "": part.get_payload(decode=True) or b"" for part in message.walk()}  # type: ignore[misc]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("charset", ["", "utf-8", "gb2312"])
def test_words_of_a_mail_in_two_bytes_are_searched_whatever_the_label_says(encoding: str, charset: str) -> None:
    label = f"; charset={charset}" if charset else ""
    head = f"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nContent-Type: text/plain{label}\r\n"
    body = base64.encodebytes(NOTE.encode(encoding))
    mail = head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + body
    clean = message_from_bytes(redacted(mail, "x.eml"), policy=policy.default).get_payload(decode=True)
    assert isinstance(clean, bytes)
    assert clean.decode(encoding) == NOTE.replace(SECRET, REMOVED)
