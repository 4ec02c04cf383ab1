"""Handing messages to a mail server that answers as told."""

from __future__ import annotations

import html
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, time
from pathlib import Path

import pytest

from pipeline.envelope import message
from pipeline.errors import RefusedError, SettingsError
from pipeline.flow.sending import PATIENCE, lost
from pipeline.posting import Server, post
from pipeline.settings import Settings
from tests.flow.test_walk import dossier
from tests.flow.walk import Walk


class Postbox:
    """A server of a few words; `hang_up_at` and `refuse` make it fail at a command."""

    def __init__(self, *, refuse: str = "", hang_up_at: str = "") -> None:
        self.refuse, self.hang_up_at = refuse, hang_up_at
        self.messages: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream: object) -> None:
        def say(line: bytes) -> None:
            stream.write(line + b"\r\n")  # type: ignore[attr-defined]
            stream.flush()  # type: ignore[attr-defined]

        say(b"220 postbox")
        for line in stream:  # type: ignore[attr-defined]
            verb = line.split()[0].upper().decode() if line.split() else ""
            if verb == self.hang_up_at:
                return
            if verb == self.refuse:
                say(b"550 no")
            elif verb == "DATA":
                say(b"354 go on")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += next(stream)  # type: ignore[call-overload]
                if self.hang_up_at == "END":
                    return
                self.messages.append(body)
                say(b"250 taken")
            elif verb == "QUIT":
                say(b"221 bye")
                return
            else:
                say(b"250 ok")


@contextmanager
def postbox(**manners: str) -> Iterator[Postbox]:
    box = Postbox(**manners)
    try:
        yield box
    finally:
        box.socket.close()


MAIL = b"From: desk@example.invalid\r\nTo: chen@example.com\r\nSubject: x\r\n\r\nhello\r\n"


def server(box: Postbox) -> Server:
    return Server("127.0.0.1", box.port, "desk@example.invalid", tls=False)


def test_a_message_is_taken_once() -> None:
    with postbox() as box:
        assert post(server(box), MAIL).fate == "sent"
        assert len(box.messages) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_refusal_before_the_message_is_certain(verb: str) -> None:
    with postbox(refuse=verb) as box:
        posted = post(server(box), MAIL)
    assert posted.fate == "failed"
    assert "550" in posted.detail


def test_silence_after_the_message_is_not_certain() -> None:
    with postbox(hang_up_at="END") as box:
        assert post(server(box), MAIL).fate == "unsure"


def test_a_server_without_tls_hears_nothing() -> None:
    with postbox(refuse="STARTTLS") as box:
        assert post(Server("127.0.0.1", box.port, "desk@example.invalid"), MAIL).fate == "failed"
        assert box.messages == []


def test_nobody_at_home_is_a_failure_that_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    assert post(Server("127.0.0.1", port, "desk@example.invalid", tls=False), MAIL).fate == "failed"


def test_half_a_setting_stops_with_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="smtp_from"):
        assert Settings(smtp_host="mail.example.invalid").mail_server
    assert Settings().mail_server is None


def walk_with(tmp_path: Path, box: Postbox) -> Walk:
    walk = Walk(tmp_path)
    mail = {"smtp_host": "127.0.0.1", "smtp_port": box.port, "smtp_from": "desk@example.invalid", "smtp_tls": False}
    walk.settings = walk.settings.model_copy(update=mail)
    return walk


def test_a_released_paper_is_sent_once_with_a_message_id_of_its_number(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        walk.drop(*dossier())
        walk.at(date(2026, 9, 29), time(9))
        walk.decide("release", "O05-1", by="李放行")
        assert walk.papers()["O05"].mail == "sent"
        assert sum(b"<CS-2026-0001-O05-1@example.invalid>" in mail for mail in box.messages) == 1
        with pytest.raises(RefusedError, match="sent once"):
            walk.decide("send", "O05-1")


def test_a_message_that_may_be_out_waits_for_a_person(tmp_path: Path) -> None:
    with postbox(hang_up_at="END") as box, walk_with(tmp_path, box) as walk:
        walk.drop(*dossier())
        walk.decide("release", "O05-1", by="李放行")
        assert walk.state == "awaiting_payment", "the paper is released all the same"
        assert walk.papers()["O05"].mail == "unsure"
        with pytest.raises(RefusedError, match="may be out"):
            walk.decide("send", "O05-1")
        box.hang_up_at = ""
        assert "sent" in walk.decide("send", "O05-1", reason="对方电话确认未收到")
        assert walk.papers()["O05"].mail == "sent"


def test_a_crash_while_sending_is_never_answered_by_sending_again(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        walk.drop(*dossier())
        store = walk.store
        number = walk.papers()["O05"].number
        assert store.begin_sending(number, store.case(walk.case).opened_at)
        assert not store.begin_sending(number, store.case(walk.case).opened_at), "the process died in between"
        assert walk.papers()["O05"].mail == "unsure"
        store.close()


def crashed(walk: Walk, box: Postbox) -> None:
    """The notice is released and the process dies between “sending” and “sent”; the next day it is found."""
    walk.settings = walk.settings.model_copy(update={"smtp_host": ""})
    walk.drop(*dossier())
    walk.decide("release", "O05-1", by="李放行")
    assert walk.papers()["O05"].mail == ""
    walk.settings = walk.settings.model_copy(update={"smtp_host": "127.0.0.1"})
    with closing(walk.store) as store:
        assert store.begin_sending(walk.papers()["O05"].number, store.case(walk.case).changed_at)
    assert walk.papers()["O05"].mail == "sending"
    assert walk.at(date(2026, 9, 29))[0] == walk.case, "published anew, so that the report says so"
    assert walk.papers()["O05"].mail == "unsure"
    assert box.messages == []


SENT = 'countersign decide CS-2026-0001 sent O05-1 --reason "…"'
SEND = 'countersign decide CS-2026-0001 send O05-1 --reason "…"'


def report(walk: Walk) -> str:
    return html.unescape((walk.settings.outbox / walk.case / "report.html").read_text("utf-8"))


def told(walk: Walk) -> list[tuple[str, str, str]]:
    with closing(walk.store) as store:
        assert store.chain().problems == ()
        events = [entry for entry in store.events(walk.case) if entry.get("number") == "CS-2026-0001-O05-1"]
    return [
        (str(entry["kind"]), str(entry.get("by", "")), str(entry.get("reason") or entry.get("detail", "")))
        for entry in events
        if str(entry["kind"]).startswith("mail_")
    ]


@pytest.mark.parametrize("action", ["sent", "send"])
def test_after_a_crash_a_person_is_told_exactly_what_to_type(tmp_path: Path, action: str) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        crashed(walk, box)
        with pytest.raises(RefusedError, match="released by 李放行 already") as again:
            walk.decide("release", "O05-1", by="李放行")
        assert SENT in str(again.value), "whoever did not see the crash is told as well"
        page = report(walk)
        assert SENT in page
        assert SEND in page
        assert "邮件是否发出不明" in page
        with pytest.raises(RefusedError, match="may be out") as refusal:
            walk.decide(action, "O05-1")
        assert SENT in str(refusal.value)
        assert SEND in str(refusal.value)


def test_a_person_found_out_that_the_message_went_out(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        crashed(walk, box)
        assert "O05-1 is out" in walk.decide("sent", "O05-1", by="王核实", reason="对方确认已收到")
        assert walk.papers()["O05"].mail == "sent"
        assert box.messages == []
        assert told(walk)[-2:] == [("mail_unsure", "", "interrupted"), ("mail_sent", "王核实", "对方确认已收到")]
        assert SEND not in report(walk)
        for action in ("send", "sent"):
            with pytest.raises(RefusedError, match="sent once"):
                walk.decide(action, "O05-1", reason="再来一次")


def test_a_person_found_out_that_the_message_did_not_go_out(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        crashed(walk, box)
        assert "mail sent" in walk.decide("send", "O05-1", by="王核实", reason="对方确认未收到")
        assert walk.papers()["O05"].mail == "sent"
        assert len(box.messages) == 1
        assert told(walk)[-3:] == [
            ("mail_again", "王核实", "对方确认未收到"),
            ("mail_sending", "", ""),
            ("mail_sent", "", ""),
        ]


def test_a_service_that_starts_again_finds_the_message_of_the_one_that_died(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        walk.drop(*dossier())
        with closing(walk.store) as store:
            at = store.case(walk.case).changed_at
            store.begin_sending(walk.papers()["O05"].number, at)
            assert lost(store, at, PATIENCE) == [], "a moment ago: another process may be at it"
            ((case, rev),) = lost(store, at)
            assert (case, store.case(case).rev) == (walk.case, rev)
            assert lost(store, at) == []


def test_a_failed_message_is_sent_by_hand_or_again(tmp_path: Path) -> None:
    with postbox(refuse="RCPT") as box, walk_with(tmp_path, box) as walk:
        walk.drop(*dossier())
        assert "mail failed" in walk.decide("release", "O05-1", by="李放行")
        assert SENT in report(walk)
        assert "mail failed" in walk.decide("send", "O05-1"), "certain, so no reason is asked for"
        with pytest.raises(RefusedError, match="not known to be out"):
            walk.decide("sent", "O05-1")
        walk.decide("sent", "O05-1", reason="已用邮件程序发出")
        assert walk.papers()["O05"].mail == "sent"


def test_a_message_that_a_crash_left_unsent_is_told(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        server = walk.settings
        walk.settings = server.model_copy(update={"smtp_host": ""})
        walk.drop(*dossier())
        walk.decide("release", "O05-1", by="李放行")
        assert SEND not in report(walk), "without a server a person sends it"
        with pytest.raises(RefusedError, match=r"no mail server is set.*O05-1\.eml in a mail program"):
            walk.decide("send", "O05-1")
        walk.settings = server
        walk.generate("O02")
        assert SEND in report(walk)
        assert "mail sent" in walk.decide("send", "O05-1")


def test_a_message_that_was_changed_after_the_release_is_not_sent(tmp_path: Path) -> None:
    with postbox() as box, walk_with(tmp_path, box) as walk:
        crashed(walk, box)
        message = walk.settings.outbox / walk.case / "outgoing" / "O05-1.eml"
        message.chmod(0o644)
        message.write_bytes(message.read_bytes().replace(b"6200000000000000013", b"6200000000000009999"))
        message.write_bytes(message.read_bytes() + b"\r\n")
        with pytest.raises(RefusedError, match="not what was released"):
            walk.decide("send", "O05-1", reason="对方确认未收到")
        assert walk.papers()["O05"].mail == "unsure"
        assert box.messages == []


def test_a_message_without_a_sender_is_a_draft_for_a_mail_program() -> None:
    letter = (Path(__file__).parents[1] / "templates/csp_order/receipt/outgoing.docx").read_bytes()
    plain = {"to": "a@b.cn", "subject": "x", "paper": letter, "attachment": ("a.docx", letter), "number": "N-1"}
    draft = message(**plain, dated=date(2026, 9, 28))  # type: ignore[arg-type]
    assert b"X-Unsent: 1" in draft
    assert draft == message(**plain, dated=date(2026, 9, 28)), "the same bytes for the same paper"  # type: ignore[arg-type]
