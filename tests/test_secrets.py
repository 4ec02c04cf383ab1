"""No password reaches the store, whatever it came in."""

from __future__ import annotations

import base64
import csv
import io
import json
import tomllib
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import FileStore, ingest
from pipeline.ingest.redact import redacted
from pipeline.model import Cell, Document, Line, Page, Submission, Table, Word
from pipeline.read.masking import masked
from pipeline.values import REMOVED, is_secret_name, labelled_secret, secrets_in, without_secrets

AT = datetime(2026, 9, 28, tzinfo=UTC)
SECRET = "Fict!onal-7731"


@pytest.mark.parametrize(
    "text",
    [
        f"密码：{SECRET}",
        f"初始密码: {SECRET}。请首次登录后修改",
        f"您的密码为 {SECRET}，请妥善保管",
        f"登录密码是{SECRET}",
        f"Password is: {SECRET}",
        f"pwd={SECRET}",
        f"口令 = '{SECRET}'",
        f'"adminPassword": "{SECRET}",',
        f"账号 a@b.cn　密码　：　{SECRET}",
        f"密码\n{SECRET}\n",
        f"登录密码：\n  {SECRET}\n",
        f"<td>密码</td><td>{SECRET}</td>",
        f"<th>Password</th></tr><tr><td><b>{SECRET}</b></td>",
        f"client_secret={SECRET}",
        f"API key: {SECRET}",
    ],
)
def test_a_secret_is_found_and_only_its_value_is_taken(text: str) -> None:
    clean = without_secrets(text)
    assert SECRET not in clean
    assert clean.replace(REMOVED, SECRET) == text
    assert without_secrets(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "本邮件不含密码",
        "账号和密码已直接发送给客户管理员，本邮件不含密码。",
        "初始密码由开通方通过单独渠道发送，本函不包含密码，任何人都不应向您索要密码。",
        "password: 由开通方单独发送",
        "密码：另行通知",
        "the password policy is strict",
        "请勿向任何人透露密码。联系电话：400-089-0365",
        "首次登录后请立即修改密码 2026年10月9日",
        "统一社会信用代码：91440300DEMC000316",
    ],
)
def test_a_sentence_about_passwords_is_none(text: str) -> None:
    assert list(secrets_in(text)) == []


def test_the_guard_of_outgoing_papers_is_stricter() -> None:
    assert labelled_secret("密码：另行通知") is not None
    assert labelled_secret("本邮件不含密码") is None


@pytest.mark.parametrize(
    "name", ["password", "Initial Password", "userPassword", "admin_pwd", "初始密码", "clientSecret", "口令"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["admin_upn", "quantity", "subscriptionId", "tenant_domain", "user"])
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


KEYS = st.sampled_from(["password", "initialPassword", "User.Password", "初始密码", "adminPwd", "client_secret"])
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=5, max_size=40).filter(
    lambda text: text == text.strip() and not any(sign in text for sign in '"\\') and not text.isspace()
)


@given(key=KEYS, value=VALUES, deep=st.integers(0, 3))
def test_no_secret_of_a_json_survives(key: str, value: str, deep: int) -> None:
    data: object = {key: f"§{value}§", "tenantDomain": "example.invalid"}
    for _ in range(deep):
        data = {"result": [data, {"qty": 1}]}
    clean = redacted(json.dumps(data, ensure_ascii=False).encode(), "result.json")
    assert f"§{value}§".encode() not in clean
    assert "example.invalid" in clean.decode()
    json.loads(clean)


@given(key=KEYS, value=VALUES)
def test_no_secret_of_a_table_survives(key: str, value: str) -> None:
    sink = io.StringIO()
    csv.writer(sink).writerows(
        [["tenant", key, "qty"], ["example.invalid", f"§{value}§", "80"], ["x.invalid", value, "1"]]
    )
    clean = redacted(sink.getvalue().encode(), "result.csv").decode()
    assert f"§{value}§" not in clean
    rows = list(csv.reader(io.StringIO(clean)))
    assert [row[2] for row in rows] == ["qty", "80", "1"]


def test_order_data_and_pairs_lose_the_value_and_stay_readable() -> None:
    toml = f'po_no = "PO-1"\nadmin_password = "{SECRET}"\n'
    clean = redacted(toml.encode(), "order.toml").decode()
    assert tomllib.loads(clean) == {"po_no": "PO-1", "admin_password": REMOVED}
    pairs = f"tenant_domain,example.invalid\npassword,{SECRET}\nqty,3\n"
    assert SECRET not in redacted(pairs.encode(), "result.csv").decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_other_encodings_are_cleaned_and_kept(encoding: str) -> None:
    text = f"开通结果\n密码：{SECRET}\n数量：80\n"
    clean = redacted(text.encode(encoding), "note.txt")
    assert clean.decode(encoding) == text.replace(SECRET, REMOVED)


def test_files_without_secrets_are_the_very_same_bytes() -> None:
    for content, name in (
        (b"\xef\xbb\xbfa,b,c\r\n1,2,3\r\n", "a.csv"),
        (b'{"a":  1}', "a.json"),
        (b"x\r\n\xff\xfe", "a.txt"),
    ):
        assert redacted(content, name) is content


@pytest.mark.parametrize("transfer", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_mail_is_cleaned_in_every_coding(transfer: str, kind: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.com", "b@example.com", f"开通，密码：{SECRET}"
    body = f"<p>密码：{SECRET}</p>" if kind == "html" else f"密码：{SECRET}\n请查收"
    mail.set_content(body, subtype=kind, cte=transfer)
    mail.add_attachment(
        json.dumps({"password": SECRET, "qty": 1}).encode(), maintype="application", subtype="json", filename="r.json"
    )
    mail.add_attachment(b"%PDF-1.7 scan", maintype="application", subtype="pdf", filename="scan.pdf")
    clean = redacted(mail.as_bytes(), "mail.eml")
    assert SECRET.encode() not in clean
    assert base64.b64encode(SECRET.encode())[:12] not in clean
    read = message_from_bytes(clean, policy=policy.default)
    parts = [part.get_payload(decode=True) for part in read.walk() if not part.is_multipart()]
    assert not any(SECRET.encode() in part for part in parts if isinstance(part, bytes))
    assert b"%PDF-1.7 scan" in parts, "other attachments are left as they are"


def test_the_store_never_sees_the_secret(tmp_path: Path) -> None:
    source = tmp_path / "result.json"
    source.write_text(json.dumps({"adminUpn": "a@example.invalid", "initialPassword": SECRET}))
    store = FileStore(tmp_path / "store")
    taken = ingest(source, store, name="result.json", source="inbox", now=AT)
    assert taken.media == "json"
    assert store.verify(taken.sha256)
    assert not [
        path for path in (tmp_path / "store").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ]
    assert source.read_text().count(SECRET) == 1, "the source is left alone"


def document(*lines: Line, tables: tuple[Table, ...] = (), form: dict[str, str] | None = None) -> Document:
    submission = Submission(sha256="a" * 64, name="a.pdf", received_at=AT, source="cli", size=1, media="pdf")
    page = Page(number=1, width=595, height=842, lines=lines, tables=tables)
    return Document(submission=submission, pages=(page,), form=form or {})


def test_what_a_scan_shows_is_masked_and_told() -> None:
    word = Word(text=SECRET, box=(0, 0, 1, 1))
    table = Table(rows=((Cell(text="账号"), Cell(text="密码")), (Cell(text="a@b.cn"), Cell(text=SECRET))))
    shown = document(
        Line(text=f"密码：{SECRET}", words=(word,)),
        Line(text="初始密码"),
        Line(text=SECRET),
        tables=(table,),
        form={"password": SECRET, "qty": "80"},
    )
    clean = masked(shown)
    assert SECRET not in clean.model_dump_json()
    assert clean.form["qty"] == "80"
    assert [remark.code for remark in clean.remarks] == ["credential_present"]


def test_an_ordinary_paper_is_the_same_document() -> None:
    plain = document(Line(text="账号和密码已直接发送给客户管理员"), Line(text="数量 80"))
    assert masked(plain) is plain
