"""Mails taken apart: every part is a document, set aside with a reason, or refused with one."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.unpack import UnpackLimits, is_message
from pipeline.unpack.hypertext import words_of
from tests.unpack.made import PDF, attach, fates, mail, opened, opening, packed, page, picture


def test_attachments_are_documents_and_the_rest_is_named(tmp_path: Path) -> None:
    message = mail()
    html = page(message, '<p>您好</p><img src="cid:logo@x"><img src="cid:scan@x">')
    html.add_related(picture(120, 40), "image", "png", cid="<logo@x>", filename="logo.png")
    html.add_related(picture(1200, 1600), "image", "png", cid="<scan@x>", filename="拍照.png")
    attach(message, "采购订单.pdf")
    attach(message, "采购订单.xlsx", b"PK\x03\x04 not quite", "application/octet-stream")
    attach(message, "smime.p7s", b"x", "application/pkcs7-signature")
    attach(message, "invite.ics", b"BEGIN:VCALENDAR", "text/calendar")
    attach(message, "empty.pdf", b"")
    found = opened(tmp_path, "a.eml", message.as_bytes())
    assert fates(found) == {
        "logo.png": "inline_picture",
        "拍照.png": "",
        "采购订单.pdf": "",
        "采购订单.xlsx": "",
        "smime.p7s": "mail_signature",
        "invite.ics": "calendar",
        "empty.pdf": "empty",
    }
    assert all(item.reason for item in found if item.content is None)
    assert next(item for item in found if item.name == "采购订单.pdf").content == PDF


def test_a_small_picture_that_the_text_does_not_show_is_a_document(tmp_path: Path) -> None:
    message = attach(mail(), "章.png", picture(80, 80), "image/png")
    assert fates(opened(tmp_path, "a.eml", message.as_bytes())) == {"章.png": ""}


def test_header_and_words_are_told(tmp_path: Path) -> None:
    message = mail(
        "回复：补正通知 PO-20260928-001",
        In_Reply_To="<CS-2026-0001-O03-1@example.com>",
        References="<first@example.com> <CS-2026-0001-O03-1@example.com>",
        Reply_To="other@elsewhere.example",
        Authentication_Results="mx.example.com; spf=pass; dkim=fail header.d=example.com; dmarc=fail",
    )
    message.add_alternative("<p>您好，附件是订单。</p><p>另：账户有变</p><script>x()</script>", subtype="html")
    opening_ = opening(tmp_path, "a.eml", message.as_bytes())
    assert list(opening_.items()) == []
    (letter,), (told,) = opening_.letters, opening_.mails
    assert letter.text.splitlines() == ["您好，附件是订单。", "另：账户有变"]
    assert told.subject == "回复：补正通知 PO-20260928-001"
    assert told.references == ("CS-2026-0001-O03-1@example.com", "first@example.com")
    assert (told.sender.address, told.sender.display) == ("chen@example.com", "陈立群")
    assert told.sender.reply_to == ("other@elsewhere.example",)
    assert told.sender.failed == ("dkim=fail", "dmarc=fail")
    assert told.sent_at is not None
    assert told.sent_at.isoformat() == "2026-09-28T09:30:00+08:00"


@pytest.mark.parametrize(
    ("lines", "address", "claimed"),
    [
        ("From: 陈 <Chen@Example.com>", "chen@example.com", 1),
        ("From: chen@example.com", "chen@example.com", 1),
        ("From: chen@example.com (Chen)", "chen@example.com", 1),
        ('From: "chen@example.com" <x@evil.example>', "x@evil.example", 2),
        ("From: =?utf-8?q?chen=40example=2Ecom?= <x@evil.example>", "x@evil.example", 2),
        ("From: <chen@example.com> <x@evil.example>", "", 2),
        ("From: chen@example.com, x@evil.example", "", 2),
        ("From: x@evil.example (chen@example.com)", "", 2),
        ("From: chen@example.com <x@evil.example", "", 2),
        ("From: chen@example.com\nFrom: x@evil.example", "", 2),
        ("From: chen@example.com\nFrom: chen@example.com", "", 1),
        ("From:", "", 0),
        ("Subject: none", "", 0),
    ],
)
def test_only_a_plain_sender_has_an_address(tmp_path: Path, lines: str, address: str, claimed: int) -> None:
    opening_ = opening(tmp_path, "a.eml", f"{lines}\nTo: b@example.com\n\nx\n".encode())
    assert list(opening_.items()) == []
    assert opening_.mails[0].sender.address == address
    assert len(opening_.mails[0].sender.claimed) == claimed


def test_a_forwarded_mail_is_entered_and_its_sender_answers_for_it(tmp_path: Path) -> None:
    inner = attach(mail("订单", "沈以宁 <shen@bluewhale.example>"), "订单.pdf")
    outer = mail("转发：订单", "someone@elsewhere.example")
    outer.add_attachment(inner)
    saved = attach(mail("转发", "someone@elsewhere.example"), "订单.eml", inner.as_bytes(), "application/octet-stream")
    for message in (outer, saved):
        opening_ = opening(tmp_path, "a.eml", message.as_bytes())
        (item,) = opening_.items()
        assert item.name == "订单.eml/订单.pdf"
        assert item.mail is not None
        assert item.mail.sender.address == "someone@elsewhere.example"
        assert [letter.mail.sender.address for letter in opening_.letters] == [
            "someone@elsewhere.example",
            "shen@bluewhale.example",
        ]
        assert len(opening_.mails) == 1


def test_a_mail_that_comes_back_is_no_paper_sent_to_us(tmp_path: Path) -> None:
    ours = attach(mail("补正通知", "orders@example.com"), "O03-1.pdf")
    ours.replace_header("Message-ID", "<CS-2026-0001-O03-1@example.com>")
    raw = (
        b"From: MAILER-DAEMON@example.com\nSubject: Undelivered\nTo: orders@example.com\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\n\n'
        b"--B\nContent-Type: text/plain\n\nno such user\n"
        b"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nAction: failed\n\n"
        b"--B\nContent-Type: message/rfc822\n\n" + ours.as_bytes() + b"\n--B--\n"
    )
    opening_ = opening(tmp_path, "a.eml", raw)
    assert set(fates(list(opening_.items())).values()) == {"delivery_status", "own_message"}
    assert opening_.mails[0].returned
    assert opening_.mails[0].references == ("CS-2026-0001-O03-1@example.com",)


def test_names_lead_nowhere_and_none_is_used_twice_unseen(tmp_path: Path) -> None:
    message = mail()
    for name in ("../../etc/passwd.pdf", "C:\\Users\\x\\订单.pdf", "/abs/订单.pdf", "订单.pdf"):
        attach(message, name, PDF + name.encode())
    assert [item.name for item in opened(tmp_path, "a.eml", message.as_bytes())] == [
        "passwd.pdf",
        "订单.pdf",
        "订单.pdf",
        "订单.pdf",
    ]


def test_nameless_parts_get_a_name(tmp_path: Path) -> None:
    message = mail()
    message.add_attachment(PDF, maintype="application", subtype="pdf")
    assert [item.name for item in opened(tmp_path, "a.eml", message.as_bytes())] == ["附件 2.pdf"]


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ('multipart/mixed; boundary="B"', "--C\nContent-Type: application/pdf\n\nx\n--C--\n", "shapeless"),
        ("multipart/mixed", "--B\nContent-Type: application/pdf\n\nx\n--B--\n", "shapeless"),
        ('multipart/mixed; boundary="B"', "--B\nContent-Type: application/pdf\n\nx\n", "cut_off"),
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "MIAGCSqGSIb3DQEHA6CA", "encrypted_mail"),
        (
            'multipart/encrypted; boundary="B"',
            "--B\nContent-Type: application/pgp-encrypted\n\nV\n--B--\n",
            "encrypted_mail",
        ),
        (
            "message/external-body; access-type=URL; URL=http://x.example/a.pdf",
            "Content-Type: application/pdf\n\n",
            "elsewhere",
        ),
        ("message/partial; number=1; total=3; id=x", "From: a\n\nbody", "piece"),
    ],
)
def test_what_cannot_be_taken_is_named(tmp_path: Path, kind: str, body: str, code: str) -> None:
    raw = f"From: chen@example.com\nTo: b@example.com\nSubject: x\nContent-Type: {kind}\n\n{body}"
    found = opened(tmp_path, "a.eml", raw.encode())
    assert code in fates(found).values()
    assert all(item.refused for item in found if item.code == code)


def test_an_attachment_written_into_the_text_is_named(tmp_path: Path) -> None:
    raw = b"From: chen@example.com\n\nHello\n\nbegin 644 order.xlsx\n#0V%T\n`\nend\n"
    assert fates(opened(tmp_path, "a.eml", raw)) == {"order.xlsx": "uuencoded"}


@pytest.mark.parametrize("body", ["JVBE!!!Ri0xLjcK", "JVBERi0xLjcKx", "%%%", "=", ""])
def test_bad_base64_loses_nothing_silently(tmp_path: Path, body: str) -> None:
    raw = (
        'From: chen@example.com\nContent-Type: application/pdf; name="a.pdf"\nContent-Transfer-Encoding: base64\n'
        f"Content-Disposition: attachment\n\n{body}\n"
    )
    (item,) = opened(tmp_path, "a.eml", raw.encode())
    assert item.name == "a.pdf"
    assert item.content or item.code == "empty"


def test_a_mail_within_a_mail_in_base64_is_entered(tmp_path: Path) -> None:
    inner = base64.encodebytes(attach(mail(), "订单.pdf").as_bytes())
    raw = (
        b'From: chen@example.com\nContent-Type: multipart/mixed; boundary="B"\n\n'
        b"--B\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + inner + b"\n--B--\n"
    )
    assert [item.name.rpartition("/")[2] for item in opened(tmp_path, "a.eml", raw)] == ["订单.pdf"]


# --- hostile ------------------------------------------------------------------------------------------------------


def test_nesting_has_an_end(tmp_path: Path) -> None:
    message: EmailMessage = attach(mail(), "订单.pdf")
    for _ in range(8):
        outer = mail()
        outer.add_attachment(message)
        message = outer
    assert list(fates(opened(tmp_path, "a.eml", message.as_bytes())).values()) == ["nested_mail"]


def test_deep_multiparts_are_refused_before_they_cost_anything(tmp_path: Path) -> None:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000))
    with pytest.raises(UnreadableError) as caught:
        opened(tmp_path, "a.eml", f"From: chen@example.com\n{head}\n\nx".encode())
    assert caught.value.reason == "unsafe"


def test_a_header_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="header"):
        opened(tmp_path, "a.eml", b"From: chen@example.com\n" + b"X: y\n" * 400_000 + b"\nx")


def test_a_long_value_is_cut(tmp_path: Path) -> None:
    raw = b"From: chen@example.com\nSubject: " + b"=?utf-8?q?a?= " * 60_000 + b"\nTo: b@example.com\n\nx"
    opening_ = opening(tmp_path, "a.eml", raw)
    assert list(opening_.items()) == []
    assert len(opening_.mails[0].subject) <= 300


def test_too_many_and_too_much_is_told_file_by_file(tmp_path: Path) -> None:
    message = mail()
    for number in range(5):
        attach(message, f"{number}.pdf", PDF + bytes(1000))
    found = opened(tmp_path, "a.eml", message.as_bytes(), UnpackLimits(files=3))
    assert [item.code for item in found] == ["", "", "", "unsafe", "unsafe"]
    found = opened(tmp_path, "a.eml", message.as_bytes(), UnpackLimits(bytes=2500))
    assert [item.code for item in found] == ["", "", "unsafe", "unsafe", "unsafe"]


def test_an_archive_in_a_mail_is_opened_and_one_in_it_is_not(tmp_path: Path) -> None:
    inner = packed({"b.pdf": PDF})
    message = attach(mail(), "材料.zip", packed({"订单.pdf": PDF, "more.zip": inner}), "application/zip")
    assert fates(opened(tmp_path, "a.eml", message.as_bytes())) == {
        "材料.zip/订单.pdf": "",
        "材料.zip/more.zip": "nested_archive",
    }


def test_a_bomb_in_a_mail_is_refused_and_the_rest_is_taken(tmp_path: Path) -> None:
    message = attach(mail(), "bomb.zip", packed({"a": bytes(60_000_000)}), "application/zip")
    attach(message, "订单.pdf")
    assert fates(opened(tmp_path, "a.eml", message.as_bytes())) == {"bomb.zip": "unsafe", "订单.pdf": ""}


# --- what is a mail -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "suffix", "is_mail"),
    [
        (b"Received: from x\nSubject: y\n\nz", "", True),
        (b"From x@y Mon Sep 28\nReceived: from x\n\nz", "", True),
        (b"\xef\xbb\xbfFrom: a@b\nTo: c@d\nSubject: e\n\nz", "", True),
        (b"Subject: e\nX-A: b\n\nz", ".eml", True),
        (b"From: a@b\nSubject: x\n\nx", ".txt", False),
        (b"po_no: x\nqty: 3\nname: y\n", ".txt", False),
        (b"From: a@b\nTo: c@d\nSubject: e\n\n", ".toml", False),
        (b"Dear all:\nFrom: today\n", "", False),
        (PDF, ".eml", False),
        (b"", ".eml", False),
    ],
)
def test_a_mail_is_known_by_its_header(head: bytes, suffix: str, is_mail: bool) -> None:
    assert is_message(head, suffix) is is_mail


def test_a_page_is_read_with_what_it_hides() -> None:
    source = "<html><head><title>t</title><style>p{}</style></head><p>一<b>二</b></p><td>三</td><p hidden>四</p>"
    assert words_of(source).splitlines() == ["t", "一二", "三", "四"]
    assert words_of("<![x") == "<![x"
    assert "账户" in words_of("<!DOCTYPE [<!-- <p>账户</p>")
