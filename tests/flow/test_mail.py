"""Mails and archives in the inbox: one case, nothing lost, the sender shown, no alarm unheard."""

from __future__ import annotations

import io
import signal
from contextlib import closing
from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document

from pipeline.flow.ledger import account
from pipeline.flow.reviewing import review_file
from pipeline.flow.service import Service, packs_of
from pipeline.model import Finding
from pipeline.unpack import Opening, container_of
from pipeline.values import REMOVED
from tests.flow.conftest import SAMPLES, Installation
from tests.flow.mailroom import Mailroom, sha256_of
from tests.unpack.made import attach, mail, packed, page, picture

XLSX = next((SAMPLES / "unsealed").glob("采购订单*.xlsx"))
DOCX = next((SAMPLES / "good").glob("采购订单*.docx"))
SCAN = next((SAMPLES / "unsealed").glob("采购订单*.pdf"))
RESULT = b'{"po_no": "PO-20260928-003", "tenant_domain": "songjian.partner.onmschina.cn"}'
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def order_mail(**headers: str) -> EmailMessage:
    """The electronic order with a picture of a logo in the text."""
    message = mail("PO-20260928-003 订单", **headers)
    page(message, '<p>您好</p><img src="cid:logo">').add_related(
        picture(90, 30), "image", "png", cid="<logo>", filename="logo.png"
    )
    return attach(message, XLSX.name, XLSX.read_bytes(), SHEET)


def unclaimed() -> bytes:
    """A Word file that no pack claims."""
    document = Document()
    document.add_paragraph("公司简介（虚构）")
    memory = io.BytesIO()
    document.save(memory)
    return memory.getvalue()


def inside(path: Path) -> bytes:
    """The bytes of a file, and of everything in it when it is a mail or archive."""
    with path.open("rb") as stream:
        kind = container_of(stream, "")
    opening = Opening(path, path.name, kind) if kind else None
    parts = [item.content or b"" for item in opening.items()] if opening else []
    words = [letter.text.encode() for letter in opening.letters] if opening else []
    return b"\n".join([path.read_bytes(), *parts, *words])


@pytest.fixture
def room(tmp_path: Path) -> Mailroom:
    return Mailroom(tmp_path)


def found(room: Mailroom, case_id: str, rule: str) -> list[Finding]:
    """What a rule says about the case and its documents."""
    judged = room.judged(case_id)
    own = [item for review in judged.reviews for item in review.findings]
    return [item for item in (*own, *judged.findings) if item.rule == rule]


def test_what_came_in_one_mail_is_one_case_with_the_mail_beside_it(room: Mailroom) -> None:
    message = attach(order_mail(), "资质.docx", unclaimed())
    whole = room.drop("来信.eml", message.as_bytes())
    (case,) = room.cases()
    rows = room.documents(case.id)
    assert [row.submission.name for row in rows] == [f"来信.eml/{XLSX.name}", "来信.eml/资质.docx", "来信.eml"]
    assert {row.submission.source for row in rows} == {"mail", "inbox"}
    assert rows[0].submission.sha256 == sha256_of(XLSX.read_bytes())
    carrier = rows[1].submission.carrier
    assert carrier is not None
    assert (carrier.sha256, carrier.part) == (whole, "资质.docx")
    assert carrier.mail is not None
    assert carrier.mail.sender.address == "chen@example.com"
    assert "PO-20260928-003" in case.label
    assert [item.outcome for item in found(room, case.id, "IN-08")] == ["pass"]
    listed = {item.found: item.message.zh for item in found(room, case.id, "IN-03") if item.outcome == "n/a"}
    assert "logo.png" in listed["inline_picture"]
    report = room.report(case.id)
    for words in (
        "来自邮件“PO-20260928-003 订单”，发件人 陈立群 &lt;chen@example.com&gt;",
        "附件 资质.docx",
        "logo.png",
    ):
        assert words in report
    assert (room.settings.outbox / case.id / "originals" / f"{whole}.eml").is_file()
    review = next((room.settings.outbox / case.id).glob(f"review-{rows[0].submission.sha256[:8]}.json"))
    assert '"subject": "PO-20260928-003 订单"' in review.read_text(encoding="utf-8")


def test_the_same_mail_twice_is_a_duplicate(room: Mailroom) -> None:
    content = order_mail().as_bytes()
    first = room.drop("a.eml", content)
    assert room.drop("b.eml", content) == first
    assert len(room.cases()) == 1
    service = Service(room.settings)
    with closing(service.cases):
        assert [item.duplicate for item in service.cases.deliveries(first)] == [False, True]
        assert account(room.settings, service.cases).problems == ()


def test_a_mail_that_was_sent_again_brings_its_documents_once(room: Mailroom) -> None:
    room.drop("a.eml", order_mail().as_bytes())
    room.drop("b.eml", order_mail(X_Resent="yes").as_bytes())
    (case,) = room.cases()
    assert [row.submission.name for row in room.documents(case.id)] == [f"a.eml/{XLSX.name}", "a.eml", "b.eml"]


def test_an_answer_to_a_letter_of_ours_finds_its_case(room: Mailroom) -> None:
    room.drop("a.eml", order_mail().as_bytes())
    (case,) = room.cases()
    service = Service(room.settings)
    with closing(service.cases):
        paper = service.cases.allocate(
            case.id, "O03", "x", dated=date(2026, 9, 28), number=lambda seq, daily: f"{case.id}-O03-{seq}"
        )
    answer = mail("回复", In_Reply_To=f"<{paper.number}@countersign.invalid>")
    room.drop("b.eml", attach(answer, "x.docx", unclaimed()).as_bytes())
    room.drop("c.eml", mail("请问进度 PO-20260928-003").as_bytes())
    room.drop("d.eml", mail("回复：回复", References="<m1@example.com>").as_bytes())
    (case,) = room.cases()
    names = [row.submission.name for row in room.documents(case.id)]
    assert names[2:] == ["b.eml/x.docx", "b.eml", "c.eml", "d.eml"]
    assert case.label.startswith("松涧食品")


def test_a_mail_that_leads_nowhere_waits_for_a_person(room: Mailroom) -> None:
    room.drop("x.eml", mail("祝好", "stranger@elsewhere.example").as_bytes())
    (case,) = room.cases()
    assert (case.case_type, case.state, case.label) == ("unsorted", "needs_review", "祝好")
    assert [item.outcome for item in found(room, case.id, "IN-08")] == ["unsure"]
    assert "没有可审核的文件" in found(room, case.id, "IN-03")[0].message.zh


def test_an_unknown_sender_holds_the_case_also_when_the_mail_lies_elsewhere(room: Mailroom) -> None:
    message = mail("订单", "陈立群 <chen@evil.example>")
    attach(message, XLSX.name, XLSX.read_bytes(), SHEET)
    attach(message, DOCX.name, DOCX.read_bytes(), "application/octet-stream")
    room.drop("a.eml", message.as_bytes())
    cases = room.cases()
    assert len(cases) == 2
    for case in cases:
        (finding,) = found(room, case.id, "IN-08")
        assert (finding.outcome, finding.severity) == ("unsure", "hold")
        assert "已登记的联系人“陈立群”" in finding.message.zh


def test_a_mail_that_announces_an_account_raises_the_alarm_and_changes_nothing(room: Mailroom) -> None:
    before = (room.settings.templates / "csp_order" / "registers" / "operator.toml").read_bytes()
    message = mail("PO-20260928-003 订单")
    message.set_content("我司收款账户变更，请汇入新账号 6222021234567890123。\n")
    attach(message, XLSX.name, XLSX.read_bytes(), SHEET)
    room.drop("a.eml", message.as_bytes())
    (case,) = room.cases()
    (finding,) = found(room, case.id, "PAY-08")
    assert (finding.outcome, finding.severity) == ("unsure", "hold")
    assert (room.settings.templates / "csp_order" / "registers" / "operator.toml").read_bytes() == before
    assert "PAY-08" in room.report(case.id)


def test_a_result_that_the_mail_itself_spells_out_is_a_document_of_the_case(room: Mailroom) -> None:
    room.drop("order.eml", order_mail().as_bytes())
    told = (
        "开通结果（虚构）：\n订单编号：PO-20260928-003\n租户域名：songjian.partner.onmschina.cn\n"
        "管理员账号：admin@songjian.partner.onmschina.cn\n初始密码：Fictional#9\n订阅编号：SUB-2026-000043\n"
        "开通日期：2026-10-09\n起始日期：2026-10-09\n终止日期：2027-10-08\n"
    )
    message = mail("开通结果 PO-20260928-003")
    message.set_content(told)
    room.drop("result.eml", message.as_bytes())
    (case,) = room.cases()
    rows = {row.submission.name: row.submission for row in room.documents(case.id)}
    assert "result.eml/正文.json" in rows
    reviews = {review.submission.name: review for review in room.judged(case.id).reviews}
    review = reviews["result.eml/正文.json"]
    assert review.document.type == "opening_result"
    fields = {name: field.value for name, field in review.fields.items()}
    assert fields["tenant_domain"] == "songjian.partner.onmschina.cn"
    assert b"Fictional" not in b"".join(path.read_bytes() for path in room.settings.state.rglob("*") if path.is_file())


def test_an_archive_is_opened_once_and_what_cannot_be_taken_is_named(room: Mailroom) -> None:
    content = packed({"订单/采购订单.xlsx": XLSX.read_bytes(), "more.zip": packed({"a.pdf": b"x"}), "empty.pdf": b""})
    whole = room.drop("材料.zip", content)
    (case,) = room.cases()
    rows = room.documents(case.id)
    assert [row.submission.name for row in rows] == ["材料.zip/订单/采购订单.xlsx", "材料.zip"]
    assert rows[1].submission.sha256 == whole
    failed = {item.rule: item.message.zh for item in found(room, case.id, "IN-03") if item.outcome == "fail"}
    assert "more.zip" in failed["IN-03"]
    assert [item.outcome for item in found(room, case.id, "IN-01")] == ["fail"]
    assert found(room, case.id, "IN-08")[0].outcome == "n/a"


def test_no_password_in_a_mail_or_archive_is_kept(room: Mailroom) -> None:
    secret = "Fict!onal-7731"
    result = RESULT.replace(b"}", f', "password": "{secret}"}}'.encode())
    inner = packed({"开通结果.json": result})
    message = attach(mail(f"开通，密码：{secret}"), "结果.zip", inner, "application/zip")
    attach(message, "开通结果2.json", result + b"\n", "application/json")
    room.drop("a.eml", message.as_bytes())
    room.drop("b.zip", inner)
    kept = [path for path in room.settings.state.rglob("*") if path.is_file() and path.suffix not in (".db", ".db-wal")]
    assert len(kept) > 5
    for path in kept:
        assert secret.encode() not in inside(path), path
    assert sum(REMOVED.encode() in inside(path) for path in kept) > 3


def test_a_crash_while_unpacking_loses_nothing(room: Mailroom) -> None:
    message = attach(order_mail(), "资质.docx", unclaimed())
    service = Service(room.settings)
    with closing(service.cases):
        whole = room.arrive(service, "a.eml", message.as_bytes())
        service.read(whole)
        parts = room.settings.state / "work" / whole[:2] / whole / "parts"
        assert len(list(parts.iterdir())) == 2
        # died after the first part was stored and recorded, before the mail was marked as opened
        (first, *_) = sorted(parts.iterdir())
        service.files.take(first)
        first.unlink()
    again = Service(room.settings)
    with closing(again.cases):
        assert again.unfinished() == (whole,)
        room.work(again, [whole])
        assert again.unfinished() == ()
        assert account(room.settings, again.cases).problems == ()
    (case,) = room.cases()
    assert len(room.documents(case.id)) == 3


def test_one_file_outside_any_case_is_told_with_its_sender(room: Mailroom, tmp_path: Path) -> None:
    path = tmp_path / "来信.eml"
    path.write_bytes(order_mail(Reply_To="x@evil.example").as_bytes())
    reviews = review_file(path, room.settings, packs_of(room.settings), tmp_path / "scratch")
    assert [review.submission.name for review in reviews] == ["来信.eml", f"来信.eml/{XLSX.name}"]
    assert reviews[0].verdict == "indeterminate"
    assert [item.outcome for item in reviews[0].findings if item.rule == "IN-08"] == ["unsure"]


def test_limits_are_the_installation_s(tmp_path: Path) -> None:
    room = Mailroom(tmp_path)
    room.settings = room.settings.model_copy(update={"unpack_files": 1})
    room.drop("a.zip", packed({"a.xlsx": XLSX.read_bytes(), "b.docx": DOCX.read_bytes()}))
    (case,) = room.cases()
    assert [item.outcome for item in found(room, case.id, "IN-04")] == ["fail"]


@pytest.mark.service
@pytest.mark.engine
def test_an_order_that_comes_by_mail_is_one_case_though_the_service_is_killed(installation: Installation) -> None:
    message = order_mail()
    attach(message, SCAN.name, SCAN.read_bytes())
    installation.start()
    (installation.inbox / "订单.eml").write_bytes(message.as_bytes())
    assert installation.until(lambda: "opened" in installation.log(), 120), installation.log()
    installation.stop(signal.SIGKILL)
    installation.start()

    def done() -> bool:
        cases = installation.cases()
        return len(cases) == 1 and cases[0].published_rev == cases[0].rev and cases[0].state == "incomplete"

    assert installation.until(done), installation.log()
    installation.stop()
    (case,) = installation.cases()
    store = installation.store()
    with closing(store):
        names = sorted(row.submission.name for row in store.documents_of(case.id))
    assert names == ["订单.eml", f"订单.eml/{SCAN.name}", f"订单.eml/{XLSX.name}"]
    report = (installation.outbox / case.id / "report.html").read_text(encoding="utf-8")
    assert "陈立群 &lt;chen@example.com&gt;" in report
    assert list(installation.inbox.iterdir()) == []
    assert installation.command("ledger").returncode == 0
