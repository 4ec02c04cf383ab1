"""A text that nobody can search for passwords stays in the inbox and is named in the outbox."""

from __future__ import annotations

import pytest

from tests.flow.conftest import Installation

pytestmark = pytest.mark.service


def test_a_text_in_an_unknown_encoding_is_held_and_named(installation: Installation) -> None:
    secret = "Fict!onal-7731"
    held = b"tenant,qty\r\nexample.invalid,80\r\n" + f"password: {secret}\r\n".encode("utf-16-le")
    source = installation.inbox / "result.csv"
    source.write_bytes(held)
    for _ in range(2):
        done = installation.command("run", "--once")
        assert done.returncode == 0, done.stderr
        assert source.read_bytes() == held
        (case,) = installation.cases()
    page = (installation.outbox / case.id / "report.html").read_text("utf-8")
    assert "result.csv" in page
    assert "另存为 UTF-8" in page
    for place in (installation.state, installation.outbox):
        for file in place.rglob("*"):
            content = file.read_bytes() if file.is_file() else b""
            assert secret.encode() not in content
            assert secret.encode("utf-16-le") not in content
    assert installation.command("ledger").returncode == 0
