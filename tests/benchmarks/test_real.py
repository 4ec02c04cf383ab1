"""Real files: what counts as found, told, read or refused, and which of them are looked at."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks import product
from benchmarks.crew import Crash, Crew, Done
from benchmarks.measure import Miss, Rate, Table
from benchmarks.plan import Plan
from benchmarks.real import contract, invoice, outcomes, revisions, seals_seen
from benchmarks.real import print as printing
from benchmarks.real import seals as real_seals
from benchmarks.real import section as real_section
from benchmarks.real import straddle as real_straddle
from benchmarks.real import text as real_text
from benchmarks.real.desk import Dropped, drop, told
from benchmarks.real.files import SHOWN, capped, items
from pipeline.flow.document import unreadable
from pipeline.model import (
    Bilingual,
    Difference,
    Document,
    Line,
    Observations,
    Page,
    Seal,
    Slice,
    Straddle,
    Submission,
)
from pipeline.packs import load_packs
from pipeline.rules import CHECKS

REFERENCE = product.SHIPPED / "csp_order" / "service_agreement" / "reference.pdf"


def plan_of(tmp_path: Path, seed: int = 5, data: Path | None = None, *, quick: bool = True) -> Plan:
    return Plan("x", seed, quick, workers=1, out=tmp_path / "out", scratch=tmp_path, data=data)


def write_set(data: Path, folder: str, entries: list[dict[str, Any]]) -> None:
    (data / folder).mkdir(parents=True)
    for entry in entries:
        (data / folder / entry["file"]).write_bytes(b"x")
    (data / folder / "manifest.json").write_text(json.dumps({"items": entries}), encoding="utf-8")


def rate(table: Table, row: str, column: str) -> tuple[int, int]:
    cell = table.rows[row][column]
    assert isinstance(cell, Rate)
    return cell.hits, cell.total


# --- the files ----------------------------------------------------------------------------------------------------


def test_without_the_folder_one_line_says_so(tmp_path: Path) -> None:
    section = real_section.run(plan_of(tmp_path), Crew(1, Console(file=io.StringIO())))
    assert section.tables == ()
    assert len(section.skipped) == 1


def test_an_empty_folder_is_told_part_by_part(tmp_path: Path) -> None:
    section = real_section.run(plan_of(tmp_path, data=tmp_path), Crew(1, Console(file=io.StringIO())))
    assert section.tables == ()
    assert len(section.skipped) == 5


def test_files_missing_beside_their_manifest_are_left_out(tmp_path: Path) -> None:
    write_set(tmp_path, "ofd", [{"file": "a.ofd"}, {"file": "b.ofd"}])
    (tmp_path / "ofd" / "a.ofd").unlink()
    assert [item.name for item in items(tmp_path, "ofd")] == ["b.ofd"]
    assert items(tmp_path, "tnef") == ()


def test_misses_are_capped_per_row() -> None:
    misses = [Miss("t", row, str(case), "wrong") for case in range(SHOWN + 3) for row in ("a", "b")]
    kept = capped(misses)
    assert [sum(miss.row == row for miss in kept) for row in ("a", "b")] == [SHOWN, SHOWN]


# --- seals --------------------------------------------------------------------------------------------------------


TRUE = seals_seen.TrueSeal((100, 100, 300, 300), "round", "dark red", "contract", "云杉纸业有限公司 合同专用章", True)


def seal(box: tuple[float, float, float, float] = (50, 50, 150, 150), **changes: Any) -> Seal:
    usual = {"page": 1, "shape": "round", "diameter_mm": 40, "colour": "red", "kind": "contract", "confidence": 0.9}
    return Seal.model_validate({**usual, "box": box, "text": "云杉纸业有限公司", "inner": "合同专用章", **changes})


def seal_job(*seals: seals_seen.TrueSeal) -> seals_seen.PageJob:
    return seals_seen.PageJob(Path("p.png"), True, seals, "red logo", Path("out"))


def test_a_seal_is_found_where_it_is() -> None:
    answer = real_seals.judge(seal_job(TRUE), [seal()], 2.0)
    found = answer.seals[0]
    assert (found.found, found.shape, found.colour, found.kind, found.text) == (True, True, True, True, True)
    assert (answer.invented, answer.misplaced) == (0, 0)


def test_a_box_elsewhere_is_no_find_but_a_false_seal() -> None:
    answer = real_seals.judge(seal_job(TRUE), [seal((300, 300, 400, 400))], 2.0)
    assert not answer.seals[0].found
    assert (answer.invented, answer.misplaced) == (1, 0)


def test_a_box_around_half_of_it_is_misplaced() -> None:
    answer = real_seals.judge(seal_job(TRUE), [seal((50, 50, 150, 90))], 2.0)
    assert not answer.seals[0].found
    assert (answer.invented, answer.misplaced) == (0, 1)


def test_one_box_finds_one_seal() -> None:
    twin = replace(TRUE, box=(110, 100, 310, 300))
    answer = real_seals.judge(seal_job(TRUE, twin), [seal()], 2.0)
    assert [item.found for item in answer.seals] == [True, False]


def test_wrong_words_and_kinds_are_seen() -> None:
    told_seal = seal(text="松针水泥厂", inner="", kind="company")
    answer = real_seals.judge(seal_job(TRUE), [told_seal], 2.0).seals[0]
    assert (answer.text, answer.kind) == (False, False)
    assert answer.signing is None  # a contract seal may sign
    invoice = replace(TRUE, kind="party B", text="云杉纸业有限公司 发票专用章")
    answer = real_seals.judge(seal_job(invoice), [told_seal], 2.0).seals[0]
    assert answer.signing is True
    mark = replace(TRUE, kind="tax-supervision", text="全国统一…")
    answer = real_seals.judge(seal_job(mark), [seal(kind="unknown")], 2.0).seals[0]
    assert (answer.kind, answer.signing, answer.text) == (True, False, None)  # nobody could read it


def test_seal_tables_count_crashes_and_name_rows_of_misses(tmp_path: Path) -> None:
    mark = {"bbox": [1, 2, 3, 4], "shape": "oval", "colour": "red", "kind": "invoice", "text": "章", "complete": False}
    write_set(tmp_path, "bench_seals", [{"file": "a.png", "kind": "page", "seals": [mark]}])
    write_set(tmp_path, "bench_noseal", [{"file": "b.jpg", "kind": "letter", "hard_negative": "red logo"}])
    first, second = real_seals.jobs(tmp_path, tmp_path)
    assert first.seals[0].box == (1, 2, 3, 4)
    assert second.distractor == "red logo"
    done = [Done(first, Crash("boom")), Done(second, seals_seen.PageAnswer((), 2, 0))]
    seals, false = seals_seen.tables(done)
    assert rate(seals, "cut", "found") == (0, 1)
    assert rate(false, "pages without a seal", "with a false seal") == (1, 1)
    assert false.rows["red logo"]["false seals"] == 2
    listed = list(seals_seen.misses(done))
    assert {miss.row for miss in listed} >= {"oval", "cut", "red logo"}
    for miss in listed:
        assert miss.row in (seals if miss.table == seals.title else false).rows


# --- the straddle seal --------------------------------------------------------------------------------------------


def test_slices_count_on_their_own_page() -> None:
    boxes = [(1, (570.0, 300.0, 595.0, 420.0)), (2, (570.0, 300.0, 595.0, 420.0))]
    job = real_straddle.Pieces(Path("h.pdf"), tuple(boxes), ((1, (100, 100, 200, 200)),), Path("out"))
    pieces = tuple(
        Slice(page=page, box=box, width_mm=8, height_mm=40) for page, box in ((2, boxes[1][1]), (3, boxes[0][1]))
    )
    straddle = Straddle(form="missing_slices", slices=pieces, order=(2, 3))
    answer = real_straddle.judge(job, Observations(straddle=straddle))
    assert answer.slices == (False, True)
    assert answer.invented == 1
    assert answer.whole == (False,)
    assert (answer.form, answer.ordered) == ("missing_slices", False)
    assert real_straddle.judge(job, Observations()).form == "absent"


def test_true_slices_come_from_pixels(tmp_path: Path) -> None:
    part = {"bbox": [1193, 759, 1240, 995], "complete": False}
    write_set(tmp_path, "bench_straddle", [{"file": "p1.png", "page": 1, "seals": [part]}, {"file": "h.pdf"}])
    job = real_straddle.pieces(tmp_path, tmp_path)
    assert job is not None
    assert job.slices[0][0] == 1
    assert job.slices[0][1] == pytest.approx((572.64, 364.32, 595.2, 477.6))


# --- revisions of a contract --------------------------------------------------------------------------------------


def word(text: str, x: float = 100, page: int = 1) -> printing.Word:
    return printing.Word(text, page, (x, 200, x + 40, 212))


def test_markdown_becomes_plain_paragraphs() -> None:
    text = '# Terms\n\n1. ## Service  \n\n    1.1 <span class="h">Use.</span>  **"You"** may &amp; will.\n'
    assert printing.plain(text) == [("Terms", True), ("1. Service", True), ('1.1 Use. "You" may & will.', False)]


def test_edits_are_placed_in_the_later_text() -> None:
    before = [word("shall"), word("not", 150), word("pay", 200)]
    after = [word("shall"), word("pay", 150)]
    gone, *rest = printing.edits(before, after)
    assert (gone.before, gone.after, gone.page, rest) == ("not", "", 1, [])
    assert gone.box[0] < 145 < gone.box[2]  # between its neighbours
    (mark,) = printing.edits([word("fees,")], [word("fees;")])
    assert mark.punctuation
    assert not gone.punctuation


def test_the_window_holds_the_edits_and_no_more_pages() -> None:
    before = [word("one"), word("two", page=2), word("three", page=3)]
    after = [word("one"), word("five", page=2), word("three", page=3)]
    pages, found = printing.window(before, after, 3)
    assert pages == (2,)
    assert [(edit.before, edit.after, edit.page) for edit in found] == [("two", "five", 1)]
    assert printing.window(before, before, 3) == ((), [])


def test_text_that_crosses_the_page_break_widens_the_window() -> None:
    before = [word("a"), word("b"), word("c", page=2)]
    after = [word("a"), word("new"), word("b", page=2), word("c", page=2)]
    pages, found = printing.window(before, after, 2)
    assert pages == (1, 2)
    assert [(edit.before, edit.after) for edit in found] == [("", "new")]


def difference(kind: str, page: int | None, box: tuple[float, float, float, float] | None) -> Difference:
    return Difference.model_validate({"kind": kind, "page": page, "reference_page": page, "box": box, "confidence": 1})


def test_only_a_difference_at_the_place_points_at_the_edit() -> None:
    place = (2, (100.0, 200.0, 140.0, 212.0))
    here, else_ = (90.0, 198.0, 120.0, 214.0), (300.0, 400.0, 320.0, 412.0)
    cases = [
        (difference("change", 2, here), True, 0),
        (difference("reading", 2, here), True, 0),
        (difference("mark", 2, here), False, 0),  # explained away
        (difference("change", 1, here), False, 1),
        (difference("change", 2, else_), False, 1),
        (difference("reading", 2, (300.0, 200.0, 320.0, 212.0)), False, 0),  # the shifted rest of the line
        (difference("change", 2, (0, 0, 595, 842)), False, 1),  # the whole page points at nothing
        (difference("change", 2, None), False, 1),
    ]
    for item, located, elsewhere in cases:
        verdict = contract.judge("fail", [place], [item], 2)
        assert (verdict.located, verdict.elsewhere) == ((located,), elsewhere)


def pair(name: str, *edits: printing.Edit) -> revisions.Pair:
    return revisions.Pair(name, REFERENCE, REFERENCE, (1,), edits)


EDIT = printing.Edit("thirty", "sixty", 1, (460, 740, 480, 752))
MARK = printing.Edit("fees,", "fees;", 1, (100, 100, 120, 112))


def test_each_pair_is_submitted_four_ways_and_alike_in_every_run(tmp_path: Path) -> None:
    pairs = [pair("a", EDIT), pair("b", MARK)]
    full = contract.jobs(plan_of(tmp_path, quick=False), pairs)
    assert len({(job.pair.name, job.changed, job.form) for job in full}) == len(full) == 8
    listed = contract.jobs(plan_of(tmp_path), pairs)
    assert {contract.row_of(job) for job in listed} == {contract.row_of(job) for job in full}
    assert len(listed) == 7
    again = contract.jobs(plan_of(tmp_path), pairs)
    assert [job.seed for job in again] == [job.seed for job in listed]
    assert [job.seed for job in contract.jobs(plan_of(tmp_path, seed=6), pairs)] != [job.seed for job in listed]


def test_the_pack_of_a_revision_loads(tmp_path: Path) -> None:
    packs = load_packs(revisions.pack_of(pair("a", EDIT), tmp_path), CHECKS)
    pack = packs.find("revisions", "standard_terms")
    assert pack is not None
    assert pack.reference is not None
    assert [rule.spec.id for rule in pack.rules] == [contract.RULE]


def test_a_seal_does_not_hide_the_edit(tmp_path: Path) -> None:
    listed = contract.jobs(plan_of(tmp_path), [pair("a", EDIT)])
    same, changed = (contract.scan_job(REFERENCE, job).stamps[0].at_mm for job in listed if job.form == "scan")
    assert same == contract.SPOTS[0]
    assert changed == contract.SPOTS[1]  # the first spot is where the edit stands


def test_a_missed_edit_is_a_false_pass(tmp_path: Path) -> None:
    same_scan, same_pdf, next_scan, next_pdf = contract.jobs(plan_of(tmp_path), [pair("a", EDIT)])
    said = contract.Verdict
    done: list[Done[contract.RevisionJob, contract.Verdict]] = [
        Done(same_scan, said("fail", (), 3, 1)),
        Done(same_pdf, said("unsure", (), 0, 1)),
        Done(next_scan, said("pass", (False,), 0, 1)),
        Done(next_pdf, Crash("boom")),
    ]
    equal, changed = contract.tables(done)
    assert rate(equal, "scan", "failed") == (1, 1)
    assert rate(equal, "PDF", "indeterminate") == (1, 1)
    assert rate(changed, "1 edit, scan", "passed") == (1, 1)
    assert rate(changed, "1 edit, scan", "edits pointed at") == (0, 1)
    assert rate(changed, "1 edit, PDF", "edits pointed at") == (0, 1)
    assert rate(changed, "1 edit, PDF", "passed") == (0, 1)
    rows = {(miss.table, miss.row) for miss in contract.misses(done)}
    assert rows == {(equal.title, "scan"), (changed.title, "1 edit, scan"), (changed.title, "1 edit, PDF")}


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_neighbours_are_printed_once_and_differ_where_they_were_edited(tmp_path: Path) -> None:
    texts = ("The fee is due in thirty days.", "The fee is due in sixty days.", "The fee is due, in sixty days.")
    names = [f"c{number}.md" for number in range(3)]
    write_set(tmp_path / "data", "format_contract", [{"file": name} for name in names])
    for name, text in zip(names, texts, strict=True):
        (tmp_path / "data" / "format_contract" / name).write_text(f"# Terms\n\n1. ## Fees\n\n    1.1 {text}\n")
    plan = plan_of(tmp_path)
    pairs, same = revisions.choose(plan, items(tmp_path / "data", "format_contract"))
    assert same == 0
    assert [revisions.size_of(item.edits) for item in pairs] == ["punctuation only", "1 edit"]
    edit = pairs[1].edits[0]
    assert (edit.before, edit.after, edit.page, pairs[1].pages) == ("thirty", "sixty", 1, (1,))
    printed = next(item for item in printing.words(pairs[1].after) if item.text == "sixty")
    assert edit.box == printed.box
    before = pairs[1].after.stat().st_mtime_ns
    revisions.choose(plan, items(tmp_path / "data", "format_contract"))
    assert pairs[1].after.stat().st_mtime_ns == before


# --- text ---------------------------------------------------------------------------------------------------------

TRUTH = {
    "issuer": "Nobody",
    "amount": 4.9,
    "date": "2014-05-07",
    "invoice_number": "A 17",
    "desc": "Invoice from Nobody",
    "lines": [{"name": "Blue pen\nfine", "price_subtotal": 4.9}],
}


def test_values_are_those_that_are_printed_each_once() -> None:
    listed = [(value.group, value.ways[0]) for value in invoice.values(TRUTH)]
    assert listed == [
        ("amounts", "4.90"),
        ("dates", "2014-05-07"),
        ("numbers and codes", "A 17"),
        ("names and lines", "Blue pen"),
        ("names and lines", "fine"),
    ]


def test_values_occur_as_they_are_written() -> None:
    amount, day, number, name, _ = invoice.values(TRUTH)
    assert invoice.occurs(amount, "sum € 4,90")
    assert not invoice.occurs(amount, "sum 14,90")
    assert not invoice.occurs(amount, "sum 4,901")
    assert all(invoice.occurs(day, text) for text in ("7. Mai 2014", "07.05.2014", "7 may 2014", "05/07/2014"))
    assert not invoice.occurs(day, "17 may 2015")
    assert invoice.occurs(number, "no a17")
    assert not invoice.occurs(name, "Blue pan")


def page(text: str, rotation: int, source: str = "ocr") -> Page:
    line = {"number": 1, "width": 595, "height": 842, "rotation": rotation, "text_source": source}
    return Page.model_validate({**line, "lines": (Line(text=text),)})


def document(*pages: Page) -> Document:
    arrival = Submission(
        sha256="0" * 64, name="a.pdf", received_at=datetime.now(UTC), source="cli", size=1, media="pdf"
    )
    return Document(submission=arrival, pages=pages)


def test_a_turned_page_reads_like_the_upright_one() -> None:
    job = real_text.TextJob(Path("a.pdf"), Path("out"), turns=(0, 90, 180))
    text = "the same words stand on every page"
    answer = real_text.judge(job, document(page(text, 0), page("sdrow emas eht", 270), page(text, 180)), "", [])
    assert answer.turned == (True, False, True)
    assert answer.alike == (True, False, True)
    lost = real_text.judge(job, document(page(text, 0)), "", [])
    assert lost.turned == (True, False, False)


def test_text_tables_count_what_was_not_read(tmp_path: Path) -> None:
    truth = tmp_path / "i.json"
    truth.write_text(json.dumps([TRUTH]))
    bill = real_text.TextJob(Path("i.pdf"), Path("out"), truth=truth)
    scan = real_text.TextJob(Path("s.pdf"), Path("out"), pages=2, bare=2)
    turned = real_text.TextJob(Path("t.pdf"), Path("out"), turns=(90,))
    wanted = invoice.values(TRUTH)
    done: list[Done[real_text.TextJob, real_text.TextAnswer]] = [
        Done(bill, real_text.judge(bill, document(page("4.90 on 07.05.2014", 0)), "", wanted)),
        Done(scan, real_text.judge(scan, document(page("words", 0)), "", [])),
        Done(turned, Crash("boom")),
    ]
    assert rate(real_text.invoice_table(done), "all", "read") == (2, 5)
    assert rate(real_text.scan_table(done), "PDF, scan", "all pages") == (0, 1)
    assert rate(real_text.scan_table(done), "PDF, scan", "OCR found text") == (1, 2)
    assert rate(real_text.turned_table(done), "90 degrees clockwise", "turned right") == (0, 1)
    assert {miss.row for miss in real_text.misses(done)} == {"all", "i.pdf", "90 degrees clockwise"}


# --- outcomes -----------------------------------------------------------------------------------------------------


def odd(name: str, *said: str) -> dict[str, Any]:
    return {"file": name, "observed": dict(zip(("pdfium", "pypdf", "pdfplumber"), said, strict=True))}


OK, BAD, LOCK = "ok pages=2 chars=9", "PdfReadError: no", "PdfiumError: Incorrect password error"


def test_parsers_say_what_a_file_is() -> None:
    cases = {
        (OK, OK, OK): (outcomes.ALL, 2),
        (OK, OK, "ok pages=1 chars=3"): (outcomes.ALL, None),
        (OK, BAD, BAD): (outcomes.SOME, 2),
        (BAD, BAD, "ok pages=0 chars=0"): (outcomes.NONE, None),
        (LOCK, BAD, BAD): (outcomes.LOCKED, None),
        (LOCK, OK, BAD): (outcomes.SOME, 2),
    }
    for said, expected in cases.items():
        assert outcomes.opened(odd("a.pdf", *said)["observed"]) == expected


def test_the_sample_touches_every_row_and_origin_and_is_repeatable(tmp_path: Path) -> None:
    entries = [
        odd(f"{origin}_{n}.pdf", *said) for origin in "abc" for n, said in enumerate([(OK,) * 3, (BAD,) * 3] * 4)
    ]
    entries += [odd("d_1.pdf", LOCK, LOCK, LOCK), odd("a_long.pdf", *(["ok pages=90 chars=1"] * 3))]
    write_set(tmp_path, "hostile_pdf", entries)
    write_set(tmp_path, "emails", [{"file": "a.eml"}, {"file": "b.eml"}, {"file": "c.msg"}, {"file": "d.txt"}])
    signed = [{"file": f"{n}.pdf", "path": path, "byteranges": 1} for n, path in enumerate(("plain", "x-sneaky"))]
    write_set(tmp_path, "signed_pdf", signed)
    quick = outcomes.jobs(plan_of(tmp_path), tmp_path)
    full = outcomes.jobs(plan_of(tmp_path, quick=False), tmp_path)
    assert {(job.table, job.row) for job in quick} == {(job.table, job.row) for job in full}
    assert {job.origin for job in quick} == {job.origin for job in full}
    assert "a_long.pdf" in {job.path.name for job in full} - {job.path.name for job in quick}
    assert outcomes.jobs(plan_of(tmp_path), tmp_path) == quick
    assert any(outcomes.jobs(plan_of(tmp_path, seed=seed), tmp_path) != quick for seed in range(6, 10))


def dropped(outcome: str, verdict: str = "failed", why: str = "", pages: int = 0, *remarks: str) -> Dropped:
    return Dropped(outcome, verdict, pages, why, remarks, remarks, 1.0)


def file_job(table: str, row: str, file: str = "a.pdf", **more: Any) -> outcomes.FileJob:
    return outcomes.FileJob(table, row, Path(file), 60, **more)


def test_what_is_wrong_with_an_outcome() -> None:
    opens = file_job(outcomes.PDFS, outcomes.ALL, pages=2)
    locked = file_job(outcomes.PDFS, outcomes.LOCKED)
    mail = file_job(outcomes.OTHERS, "mail", "mail.eml", name="mail")
    office = file_job(outcomes.OTHERS, "Word", "a.docx")
    forged = file_job(outcomes.SIGNED, "signed", tampered=True, signatures=1)
    right = [
        (opens, dropped("read", "indeterminate", "", 2)),
        (locked, dropped("encrypted")),
        (mail, dropped("unsupported", why="mail.eml: is a mail message")),
        (office, dropped("read", "indeterminate")),
        (forged, dropped("read", "indeterminate", "", 1, "digital_signature", "annotation")),
    ]
    bad = [
        (opens, dropped("read", "passed", "", 2)),
        (opens, dropped("read", "indeterminate", "", 1)),
        (opens, dropped("damaged")),
        (locked, dropped("damaged")),
        (file_job(outcomes.PDFS, outcomes.NONE), dropped("read", "indeterminate")),
        (locked, dropped("timeout")),
        (mail, dropped("crashed")),
        (mail, dropped("unsupported", why="mail.eml: is a plain text file")),  # its name alone says mail
        (mail, dropped("read", "indeterminate")),
        (office, dropped("damaged")),
        (forged, dropped("read", "indeterminate", "", 1, "digital_signature")),
    ]
    assert [outcomes.wrong(job, said) for job, said in right] == [""] * len(right)
    assert all(outcomes.wrong(job, said) for job, said in bad)


def test_an_opened_mail_is_read_when_nothing_in_it_is_lost(tmp_path: Path) -> None:
    mail = file_job(outcomes.OTHERS, "mail", "a.eml", inside=("a.pdf", "b.zip"))
    opened = replace(dropped("opened", "opened"), inside=("logo.png", "a.pdf", "b.zip/c.pdf"))
    assert outcomes.wrong(mail, opened) == ""
    assert outcomes.wrong(mail, replace(opened, inside=("a.pdf",)))
    table = outcomes.foreign_table(
        [Done(mail, opened), Done(mail, replace(opened, inside=())), Done(mail, dropped("unsafe"))]
    )
    assert [rate(table, "mail", column) for column in ("read", "refused", "passed")] == [(1, 3), (1, 3), (0, 3)]
    write_set(
        tmp_path, "emails", [{"file": "a.eml", "observed": {"attachments": [{"name": "x\\a.pdf"}, {"name": None}]}}]
    )
    write_set(tmp_path, "archives", [{"file": "a.zip"}, {"file": "b.tar"}])
    found = {job.path.name: job for job in outcomes.jobs(plan_of(tmp_path, quick=False), tmp_path)}
    assert found["a.eml"].inside == ("a.pdf",)
    assert {name: job.row for name, job in found.items()} == {"a.eml": "mail", "a.zip": "zip", "b.tar": "other archive"}


def test_outcome_tables_keep_crash_hang_and_pass_apart() -> None:
    opens = file_job(outcomes.PDFS, outcomes.ALL, pages=2, origin="a")
    said = [dropped("crashed"), dropped("timeout"), dropped("read", "passed", "", 2), dropped("damaged")]
    done: list[Done[outcomes.FileJob, Dropped]] = [Done(opens, item) for item in said]
    done.append(Done(opens, Crash("boom")))
    table = outcomes.pdf_table(done)
    assert [rate(table, outcomes.ALL, column) for column in ("crashed", "over the time", "passed", "refused")] == [
        (2, 5), (1, 5), (1, 5), (1, 5)
    ]  # fmt: skip
    assert rate(table, outcomes.ALL, "pages as counted") == (1, 1)
    assert rate(outcomes.family_table(done), "a", "damaged") == (1, 5)
    forged = file_job(outcomes.SIGNED, "tampered", tampered=True, signatures=1)
    signed = outcomes.signed_table([Done(forged, dropped("read", "indeterminate", "", 1, "digital_signature"))])
    assert rate(signed, "tampered", "held for it") == (1, 1)
    assert rate(signed, "tampered", "fault told") == (0, 1)


def test_an_unread_file_never_passes() -> None:
    arrival = document().submission
    said = told(unreadable(arrival, "encrypted", Bilingual(zh="有密码", en="needs a password")), 0.5)
    assert (said.outcome, said.verdict, said.why) == ("encrypted", "failed", "needs a password")


def test_a_file_is_dropped_in_a_process_of_its_own(tmp_path: Path) -> None:
    paper = tmp_path / "a.pdf"
    paper.write_bytes(b"%PDF-1.4\nnothing more")
    said = drop(paper, 60)
    assert said.outcome == "damaged"
    assert said.cpu_seconds > 0.1
