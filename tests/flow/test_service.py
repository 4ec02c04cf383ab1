"""The whole way with the real service and the real OCR engine."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfWriter

from pipeline.generate import text_of
from pipeline.model import Review
from tests.flow.conftest import SAMPLES, Installation

pytestmark = [pytest.mark.service, pytest.mark.engine]


def readers_of(installation: Installation) -> list[str]:
    """Process ids of its reading children; other tests run their own services at the same time."""
    listing = subprocess.run(["pgrep", "-f", "pipeline.flow.child"], capture_output=True, text=True, check=False)
    return [process for process in listing.stdout.split() if home_of(process) == installation.home]


def home_of(process: str) -> Path | None:
    try:
        return Path(f"/proc/{process}/cwd").readlink()
    except OSError:  # it has ended
        return None


def test_a_killed_service_finishes_the_dossier_with_one_order_and_one_number(installation: Installation) -> None:
    installation.environment["COUNTERSIGN_PROFILE"] = "reseller"
    installation.start()
    agreement = next((SAMPLES / "good").glob("服务协议*"))
    shutil.copyfile(agreement, installation.inbox / agreement.name)
    shutil.copyfile(SAMPLES / "reseller" / "order.toml", installation.inbox / "order.toml")
    assert installation.until(lambda: bool(readers_of(installation)), 60), installation.log()
    installation.stop(signal.SIGKILL)
    assert installation.until(lambda: not readers_of(installation), 20), "readers must die with the service"

    installation.start()

    def papers() -> list[str]:
        store = installation.store()
        try:
            return [paper.number for case in store.cases() for paper in store.papers(case.id)]
        finally:
            store.close()

    assert installation.until(lambda: bool(papers())), installation.log()
    installation.stop()
    (case,) = installation.cases()
    assert case.state == "accepted"
    assert len(papers()) == 1
    outgoing = sorted(file.name for file in (installation.outbox / case.id / "outgoing").iterdir())
    assert outgoing == ["O01-1.docx"]
    text = text_of((installation.outbox / case.id / "outgoing" / "O01-1.docx").read_bytes())
    assert "青禾医疗器械（深圳）有限公司" in text
    assert "人民币壹拾壹万伍仟贰佰元整" in text
    assert list(installation.inbox.iterdir()) == []
    ledger = installation.command("ledger")
    assert ledger.returncode == 0, ledger.stdout


def test_bad_files_are_reported_kept_and_do_not_stop_the_service(installation: Installation) -> None:
    encrypted = PdfWriter()
    encrypted.add_blank_page(595, 842)
    encrypted.encrypt("secret", algorithm="AES-256")
    encrypted.write(installation.inbox / "locked.pdf")
    (installation.inbox / "scan ..%2f..%2fetc.pdf").write_bytes(b"%PDF-1.7\nnot really\nstartxref\n9\n%%EOF\n")
    half = b"%PDF-1.7\nstill being written"
    (installation.inbox / "half.pdf").write_bytes(half)
    (installation.inbox / "program.pdf").write_bytes(b"MZ" + b"\x00" * 512)
    (installation.inbox / "~$lock.docx").write_bytes(b"litter")
    shutil.copyfile(SAMPLES / "reseller" / "order.toml", installation.inbox / "order.toml")
    shutil.copyfile(SAMPLES / "reseller" / "order.toml", installation.inbox / "order again.toml")
    hashes = {
        hashlib.sha256(file.read_bytes()).hexdigest()
        for file in installation.inbox.iterdir()
        if file.name not in ("~$lock.docx", "half.pdf")
    }

    done = installation.command("run", "--once")

    assert done.returncode == 0, done.stderr
    assert sorted(file.name for file in installation.inbox.iterdir()) == ["half.pdf", "~$lock.docx"]
    assert (installation.inbox / "half.pdf").read_bytes() == half
    assert "half.pdf" in done.stderr
    store = installation.store()
    arrivals = store.deliveries()
    cases = store.cases()
    store.close()
    assert {item.sha256 for item in arrivals} == hashes
    assert sum(item.duplicate for item in arrivals) == 1
    reviews = {
        review.submission.name: review
        for case in cases
        for file in (installation.outbox / case.id).glob("review-*.json")
        if (review := Review.model_validate_json(file.read_bytes()))
    }
    assert len(reviews) == len(hashes)
    for name in ("locked.pdf", "program.pdf"):
        assert reviews[name].verdict != "passed"
        assert any(name in item.message.zh and item.fix for item in reviews[name].findings)
    for case in cases:
        assert (installation.outbox / case.id / "report.html").stat().st_size > 1000
        assert list((installation.outbox / case.id / "originals").iterdir())
    assert installation.command("ledger").returncode == 0


def test_a_clean_dossier_is_accepted_and_its_twins_are_not(installation: Installation) -> None:
    agreements = {}
    for name in ("good", "tampered", "unsealed"):
        folder = SAMPLES / name
        agreements[name] = next(folder.glob("服务协议*")).name
        for file in folder.iterdir():
            shutil.copyfile(file, installation.inbox / file.name)
    done = installation.command("run", "--once")
    assert done.returncode == 0, done.stderr
    cases = installation.cases()
    assert len(cases) == 3, [case.label for case in cases]
    reviews = {}
    states = {}
    for case in cases:
        for file in (installation.outbox / case.id).glob("review-*.json"):
            review = Review.model_validate_json(file.read_bytes())
            reviews[review.submission.name] = review
            states[review.submission.name] = case.state
    good, tampered, unsealed = (reviews[agreements[name]] for name in ("good", "tampered", "unsealed"))
    assert [states[agreements[name]] for name in ("good", "tampered", "unsealed")] == [
        "accepted",
        "needs_correction",
        "needs_correction",
    ]
    assert good.verdict == "passed"
    assert {item.rule for item in tampered.findings if item.outcome == "fail"} <= {"AGR-01", "AGR-01d", "AGR-01f"}
    (change,) = [item for item in tampered.findings if item.outcome == "fail" and item.rule == "AGR-01d"]
    assert (change.page, change.expected, change.found) == (2, "99.9%", "99.5%")
    failed = [item for item in unsealed.findings if item.outcome == "fail"]
    assert {item.rule for item in failed} <= {"SEAL-03", "SEAL-03a"}
    assert {item.page for item in failed if item.rule == "SEAL-03a"} == {5}
    for name in ("tampered", "unsealed"):
        case_id = next(
            case.id
            for case in cases
            if (installation.outbox / case.id / "outgoing").exists()
            and agreements[name] in (installation.outbox / case.id / "report.html").read_text("utf-8")
        )
        notice = text_of((installation.outbox / case_id / "outgoing" / "O03-1.docx").read_bytes())
        assert ("AGR-01" if name == "tampered" else "SEAL-03") in notice
        assert "无效" not in notice
        assert "伪造" not in notice
