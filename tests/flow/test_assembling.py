"""Files of several documents, and documents in several files, from their facts to the case (IN-06)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter

from pipeline.assembly import missing_pages, piece_of
from pipeline.errors import StageError
from pipeline.flow.assembling import put_together
from pipeline.flow.document import look
from pipeline.flow.ledger import account
from pipeline.flow.service import Service
from pipeline.model import Classification, Comparison, Facts, Page, Pixels, ReadLine, Sheet
from pipeline.packs import load_packs
from pipeline.read import cut_pages
from pipeline.rules import CHECKS
from tests.assembly.test_apart import plain, scan
from tests.flow.test_walk import dossier
from tests.flow.walk import Walk
from tests.read.conftest import ScriptedReader, submission
from tests.rules.made import PAGES, agreement, comparison, order, packs


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    with Walk(tmp_path) as desk:
        yield desk


def bundle(path: Path, pages: int, first: int = 1) -> Path:
    """A PDF whose pages tell themselves apart by their widths."""
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(200 + first + number, 300)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer.write(path)
    return path


def photo(path: Path, seed: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (30, 20, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((200, 300)).save(path, dpi=(72, 72))
    return path


class Files:
    """Files put into the inbox of a walk; what the reader would find is said by hand, all else is real."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.service = Service(walk.settings.model_copy(update={"settle_seconds": 0.0}))
        self.service._engine.enqueue = lambda sha256: None  # type: ignore[method-assign]
        self.published: list[tuple[str, int]] = []
        self.service._engine.publish_again = lambda case_id, rev, reason: None  # type: ignore[method-assign]

    def take(self, path: Path) -> str:
        """The arrival; its hash."""
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        self.service.submit(path)
        return sha256

    def leave(self, sha256: str, facts: Facts) -> str:
        """Facts as a reading leaves them; their hash."""
        own = self.service.cases.document(sha256).submission
        document = facts.document.model_copy(update={"submission": own})
        text = facts.model_copy(update={"document": document}).model_dump_json()
        folder = self.service.desk.judging.work(sha256)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "facts.json").write_text(text, encoding="utf-8")
        return hashlib.sha256(text.encode()).hexdigest()

    def join(self, sha256: str, facts: Facts) -> str:
        """As the engine does after reading; the case, empty while it waits."""
        digest = self.leave(sha256, facts)
        assert self.service.split(sha256, digest) == []
        case, rev = self.service.join(sha256, digest)
        assert self.service.join(sha256, digest) == (case, rev), "a repeated step answers the same"
        for each, raised in [(case, rev)] * bool(case) + self.service.left(sha256):
            self.service.publish(each, raised)
        assert self.service.left(sha256) == []
        return case

    def piece(self, path: Path, *numbers: int, facts: Facts | None = None) -> str:
        """A file with these pages of the agreement arrives and is read."""
        sha256 = self.take(path)
        self.join(sha256, pages_of(*numbers, facts=facts))
        return sha256

    def settle(self, sha256: str) -> str:
        """As the engine does when it is quiet; the document that was made, or empty."""
        fate, whole = self.service.put_together(sha256)
        assert self.service.put_together(sha256)[1] == whole, "a repeated step makes nothing else"
        if fate == "alone":
            case, rev = self.service.join_alone(sha256)
            self.service.publish(case, rev)
        return whole

    def review(self, case: str, sha256: str) -> dict[str, object]:
        """As written to the outbox."""
        folder = self.walk.settings.outbox / case
        found: dict[str, object] = json.loads((folder / f"review-{sha256[:8]}.json").read_text("utf-8"))
        return found

    def of(self, sha256: str) -> str:
        """The case of a document."""
        return self.service.cases.document(sha256).case_id or ""


@pytest.fixture
def files(walk: Walk) -> Iterator[Files]:
    desk = Files(walk)
    with closing(desk.service.cases):
        yield desk


def pages_of(*numbers: int, facts: Facts | None = None) -> Facts:
    """What is read in a file with these pages of the agreement; only the first one names it."""
    good = {"dpi": 200.0, "colour": True}
    words = "本协议由上海岚云网络科技有限公司（以下简称“服务提供方”）与客户订立"
    pages: tuple[Page, ...] = tuple(
        plain(at, words, foot=f"第 {n} 页 共 8 页").model_copy(update=good) for at, n in enumerate(numbers, start=1)
    )
    sheets = tuple(Sheet(page=at, number=n, total=8, kind="service_agreement") for at, n in enumerate(numbers, start=1))
    if facts is None:
        seen = agreement(comparison=lacking(*numbers))
        facts = seen if 1 in numbers else Facts(document=seen.document, classification=Classification(type=None))
    return facts.model_copy(update={"document": scan(*pages), "sheets": sheets})


def lacking(*numbers: int) -> Comparison:
    """The comparison of these pages with the form."""
    missing = tuple(number for number in range(1, PAGES + 1) if number not in numbers)
    return comparison(missing=missing) if missing else comparison()


def whole_agreement(files: Files, sha256: str) -> Facts:
    """The agreement as read from the pages that were put together."""
    pages = len(PdfReader(files.service.files.path(sha256)).pages)
    return pages_of(*range(1, pages + 1), facts=agreement())


def findings(review: dict[str, object], rule: str) -> list[dict[str, object]]:
    found = review["findings"]
    assert isinstance(found, list)
    return [item for item in found if item["rule"] == rule]


# --- several documents in one file --------------------------------------------------------------------------------


def test_pages_are_cut_the_same_way_every_time(tmp_path: Path) -> None:
    whole = bundle(tmp_path / "whole.pdf", 5)
    cut = cut_pages(whole, 2, 4)
    assert cut == cut_pages(whole, 2, 4)
    (tmp_path / "part.pdf").write_bytes(cut)
    assert [round(float(page.mediabox.width)) for page in PdfReader(tmp_path / "part.pdf").pages] == [202, 203, 204]
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(StageError, match="cannot be cut"):
        cut_pages(tmp_path / "no.pdf", 1, 2)


def test_documents_in_a_tiff_become_pdfs(walk: Walk, files: Files) -> None:
    path = walk.settings.inbox / "全部材料.tif"
    frames = [Image.open(photo(walk.settings.state / f"{n}.png", n)) for n in (1, 2, 3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], dpi=(72, 72))
    sha256 = files.take(path)
    read = scan(*(plain(number) for number in (1, 2, 3)))
    digest = files.leave(sha256, Facts(document=read, classification=Classification(type=None), parts=((1, 1), (2, 3))))
    parts = [files.service.cases.document(part).submission for part in files.service.split(sha256, digest)]
    assert [(part.name, part.media) for part in parts] == [("全部材料 [1-1].pdf", "pdf"), ("全部材料 [2-3].pdf", "pdf")]
    assert [len(PdfReader(files.service.files.path(part.sha256)).pages) for part in parts] == [1, 2]


def test_the_file_stays_with_the_case_of_its_parts_and_stands_in_no_ones_way(walk: Walk, files: Files) -> None:
    service = files.service
    sha256 = files.take(bundle(walk.settings.inbox / "全部材料.pdf", 10))
    read = scan(*(plain(number) for number in range(1, 11)))
    digest = files.leave(
        sha256, Facts(document=read, classification=Classification(type=None), parts=((1, 8), (9, 10)))
    )
    parts = service.split(sha256, digest)
    assert service.split(sha256, digest) == parts, "a repeated step cuts the same parts"
    assert set(service.unfinished()) == set(parts)
    names = [service.cases.document(part).submission.name for part in parts]
    assert names == ["全部材料 [1-8].pdf", "全部材料 [9-10].pdf"]
    for part, made in zip(parts, dossier()[:2], strict=True):
        walk.case = files.join(part, made)
    assert service.unfinished() == ()
    shas = {row.submission.sha256 for row in service.cases.documents_of(walk.case)}
    assert shas == {sha256, *parts}
    walk.drop(dossier()[2])
    assert walk.state == "accepted"
    page = (walk.settings.outbox / walk.case / "report.html").read_text("utf-8")
    assert "已拆开分别审核" in page
    original = walk.settings.outbox / walk.case / "originals" / f"{sha256}.pdf"
    assert hashlib.sha256(original.read_bytes()).hexdigest() == sha256


def test_a_contract_with_an_order_in_its_middle_is_put_together_again(walk: Walk, files: Files) -> None:
    sha256 = files.take(bundle(walk.settings.inbox / "全部材料.pdf", 10))
    read = scan(*(plain(number) for number in range(1, 11)))
    parts = ((1, 4), (5, 6), (7, 10))
    digest = files.leave(sha256, Facts(document=read, classification=Classification(type=None), parts=parts))
    first, middle, last = files.service.split(sha256, digest)
    assert files.join(first, pages_of(1, 2, 3, 4)) == ""
    case = files.join(middle, dossier()[1])
    assert files.join(last, pages_of(5, 6, 7, 8)) == ""
    whole = files.settle(first)
    assert files.settle(last) == whole
    assert files.join(whole, whole_agreement(files, whole)) == case
    assert {files.of(each) for each in (sha256, first, middle, last, whole)} == {case}
    origins = files.service.cases.document(whole).submission.made_of
    assert [(origin.name, origin.first, origin.last) for origin in origins] == [
        ("全部材料 [1-4].pdf", 1, 4),
        ("全部材料 [7-10].pdf", 1, 4),
    ]


# --- one document in several files --------------------------------------------------------------------------------


def test_pages_in_several_files_are_judged_as_one_document(walk: Walk, files: Files) -> None:
    inbox = walk.settings.inbox
    third = files.piece(bundle(inbox / "scan_003.pdf", 2, first=7), 7, 8)
    first = files.piece(bundle(inbox / "scan_001.pdf", 5), 1, 2, 3, 4, 5)
    assert files.service.cases.cases() == (), "nothing is judged while pages may still come"
    second = files.piece(photo(inbox / "scan_002.png", 6), 6)
    assert set(files.service.pieces()) == {first, second, third}
    assert files.service.unfinished() == ()

    whole = files.settle(third)
    assert [files.settle(other) for other in (first, second)] == [whole, whole]
    assert files.service.pieces() == ()
    assert files.service.unfinished() == (whole,)
    made = files.service.cases.document(whole).submission
    assert made.name == "scan [拼合 1-8].pdf"
    assert [(origin.name, origin.first, origin.last) for origin in made.made_of] == [
        ("scan_001.pdf", 1, 5), ("scan_002.png", 1, 1), ("scan_003.pdf", 1, 2),
    ]  # fmt: skip
    widths = [round(float(page.mediabox.width)) for page in PdfReader(files.service.files.path(whole)).pages]
    assert widths == [201, 202, 203, 204, 205, 200, 207, 208]

    case = files.join(whole, whole_agreement(files, whole))
    assert {files.of(each) for each in (first, second, third)} == {case}
    walk.drop(*dossier()[1:])
    assert walk.case == case
    assert walk.state == "accepted", "the pieces stand in no one's way"
    review = files.review(case, whole)
    assert review["verdict"] == "passed"
    submission = review["submission"]
    assert isinstance(submission, dict)
    assert [origin["sha256"] for origin in submission["made_of"]] == [first, second, third]
    (said,) = findings(review, "IN-06")
    assert "scan_001.pdf 第 1-5 页；scan_002.png 第 1 页；scan_003.pdf 第 1-2 页" in str(said["message"])
    assert findings(files.review(case, second), "IN-06")[0]["outcome"] == "pass"
    report = (walk.settings.outbox / case / "report.html").read_text("utf-8")
    assert "由 3 个文件按页码拼合" in report
    assert "一份材料的部分页" in report
    for sha256, ending in ((first, "pdf"), (second, "png"), (whole, "pdf")):
        kept = walk.settings.outbox / case / "originals" / f"{sha256}.{ending}"
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == sha256
    assert account(walk.settings, files.service.cases).problems == ()


def test_the_same_pages_again_are_only_duplicates(walk: Walk, files: Files) -> None:
    inbox = walk.settings.inbox
    pieces = [
        files.piece(bundle(inbox / f"scan_{n}.pdf", 4, first=1 + 4 * n), *range(1 + 4 * n, 5 + 4 * n)) for n in (0, 1)
    ]
    again = files.take(bundle(inbox / "copy.pdf", 4))
    assert again == pieces[0]
    whole = files.settle(pieces[1])
    case = files.join(whole, whole_agreement(files, whole))
    assert files.take(bundle(inbox / "scan_0.pdf", 4)) == pieces[0]
    assert files.service.pieces() == files.service.unfinished() == ()
    assert [item.duplicate for item in files.service.cases.deliveries(pieces[0])] == [False, True, True]
    assert files.of(pieces[0]) == case


def test_more_pages_are_awaited_while_they_keep_coming(walk: Walk, files: Files) -> None:
    slow = Files(walk)
    slow.service._assembler._settle = type(slow.service._assembler._settle)(hours=1)
    with closing(slow.service.cases):
        sha256 = slow.piece(bundle(walk.settings.inbox / "scan_1.pdf", 4), 1, 2, 3, 4)
        assert slow.service.put_together(sha256) == ("wait", "")
    assert files.service.put_together(sha256) == ("alone", "")


def test_what_never_comes_is_named_as_before(walk: Walk, files: Files) -> None:
    sha256 = files.piece(bundle(walk.settings.inbox / "协议.pdf", 7), *range(1, 8))
    assert files.settle(sha256) == ""
    walk.case = files.of(sha256)
    assert walk.state == "needs_correction"
    review = files.review(walk.case, sha256)
    assert any("缺第 8 页" in str(item["message"]) for item in findings(review, "AGR-01b"))
    assert findings(review, "IN-06") == [], "the comparison with the form says it"


def test_several_files_that_lack_a_page_are_one_document_that_lacks_it(walk: Walk, files: Files) -> None:
    inbox = walk.settings.inbox
    pieces = [files.piece(photo(inbox / f"scan_{n}.png", n), n) for n in (1, 2, 3, 4, 6, 7, 8)]
    whole = files.settle(pieces[0])
    assert {files.settle(piece) for piece in pieces} == {whole}
    case = files.join(whole, pages_of(1, 2, 3, 4, 6, 7, 8))
    assert len(files.service.cases.cases()) == 1
    assert any("缺第 5 页" in str(item["message"]) for item in findings(files.review(case, whole), "AGR-01b"))

    late = files.piece(photo(inbox / "scan_5.png", 5), 5)
    better = files.settle(late)
    assert better
    assert [origin.name for origin in files.service.cases.document(better).submission.made_of] == [
        f"scan_{n}.png" for n in range(1, 9)
    ]
    walk.case = files.join(better, whole_agreement(files, better))
    assert {files.of(each) for each in (*pieces, late, whole, better)} == {walk.case}
    assert files.review(walk.case, better)["verdict"] == "passed"
    assert not any(
        part.facts.document.submission.sha256 == whole for part in walk.judged().dossier.parts_of("service_agreement")
    )


def test_a_page_that_comes_late_takes_the_others_out_of_where_they_were(walk: Walk, files: Files) -> None:
    last = files.piece(photo(walk.settings.inbox / "scan_2.png", 8), 8)
    files.settle(last)
    lonely = files.of(last)
    assert files.service.cases.life(lonely).state == "needs_review"
    first = files.piece(bundle(walk.settings.inbox / "scan_1.pdf", 7), *range(1, 8))
    whole = files.settle(first)
    case = files.join(whole, whole_agreement(files, whole))
    assert case != lonely
    assert files.service.cases.life(lonely).state == "cancelled"
    assert files.service.cases.documents_of(lonely) == ()
    kinds = [event["kind"] for event in files.service.cases.events(lonely)]
    assert kinds[-2:] == ["document_moved", "cancelled"]
    assert files.service.cases.unpublished() == ()
    assert files.service.cases.chain().problems == ()


def test_what_a_person_has_decided_on_is_left_where_it_is(walk: Walk, files: Files) -> None:
    first = files.piece(bundle(walk.settings.inbox / "scan_1.pdf", 7), *range(1, 8))
    files.settle(first)
    walk.case = files.of(first)
    walk.decide("held", by="李复核", reason="等待对方说明")
    last = files.piece(photo(walk.settings.inbox / "scan_2.png", 8), 8)
    assert files.settle(last) == ""
    assert files.of(first) == walk.case != files.of(last)


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [((1, 2, 3, 4, 5), (5, 6, 7, 8), ("第 5 页", "scan_1.pdf (1-5/8)", "scan_2.pdf (5-8/8)"))],
)
def test_two_scans_of_one_page_are_for_a_person(
    walk: Walk, files: Files, one: tuple[int, ...], other: tuple[int, ...], words: tuple[str, ...]
) -> None:
    inbox = walk.settings.inbox
    first = files.piece(bundle(inbox / "scan_1.pdf", len(one)), *one)
    second = files.piece(bundle(inbox / "scan_2.pdf", len(other), first=20), *other)
    for sha256 in (first, second):
        assert files.settle(sha256) == ""
        review = files.review(files.of(sha256), sha256)
        (doubt,) = findings(review, "IN-06")
        assert (doubt["outcome"], doubt["severity"]) == ("unsure", "hold")
        for word in words:
            assert word in str(doubt["message"])
    assert files.service.pieces() == ()


def test_files_that_cannot_be_put_together_are_for_a_person(walk: Walk, files: Files) -> None:
    broken = walk.settings.inbox / "scan_2.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing\nstartxref\n9\n%%EOF\n")
    first = files.piece(bundle(walk.settings.inbox / "scan_1.pdf", 7), *range(1, 8))
    second = files.piece(broken, 8)
    assert files.settle(first) == ""
    (doubt,) = findings(files.review(files.of(first), first), "IN-06")
    assert "scan_2.pdf" in str(doubt["message"])
    files.settle(second)
    assert files.service.pieces() == ()


def test_an_order_that_lacks_a_page_is_held(walk: Walk, files: Files) -> None:
    half = order(**{"users_cn_pct": "85%"})
    pages = (plain(1, foot="第 1 页 共 3 页"), plain(2, foot="第 3 页 共 3 页"))
    sheets = (Sheet(page=1, number=1, total=3), Sheet(page=2, number=3, total=3))
    missing = missing_pages(pages, sheets)
    assert missing is not None
    document = scan(*pages).model_copy(update={"remarks": (missing,)})
    sha256 = files.take(bundle(walk.settings.inbox / "订单.pdf", 2))
    assert files.join(sha256, half.model_copy(update={"document": document, "sheets": sheets})) == ""
    files.settle(sha256)
    (doubt,) = findings(files.review(files.of(sha256), sha256), "IN-06")
    assert (doubt["outcome"], doubt["severity"]) == ("unsure", "hold")
    assert "缺第 2 页" in str(doubt["message"])


def test_pieces_wait_for_no_one_but_their_own(walk: Walk, files: Files) -> None:
    """Papers of other cases wait for a piece, a piece waits for what is being read, and never for another piece."""
    waiting = files.piece(bundle(walk.settings.inbox / "scan_1.pdf", 4), 1, 2, 3, 4)
    later = "2100-01-01"
    assert files.service.arriving(later)
    assert not files.service.reading(later)
    read = files.take(bundle(walk.settings.inbox / "other.pdf", 1))
    assert files.service.reading(later)
    files.join(read, dossier()[1])
    files.settle(waiting)
    assert not files.service.arriving(later)


def test_outside_any_case_pieces_in_one_file_are_put_together_too(walk: Walk, files: Files) -> None:
    inbox = walk.settings.inbox
    shas = [files.piece(photo(inbox / f"scan_{n}.png", n), n) for n in range(1, 9)]
    seen = [files.service.desk.judging.facts(sha256) for sha256 in shas]
    counting, (whole,) = put_together(seen, packs(), files.service.files)
    assert {facts.whole for facts in counting} == {whole.sha256}
    assert whole.sha256 == files.settle(shas[0]), "as in a case"
    assert put_together(seen[:7], packs(), files.service.files) == (seen[:7], [])


# --- from the picture ---------------------------------------------------------------------------------------------


class PageByPage(ScriptedReader):
    """Sees the title and the foot of the page that is as wide as the key (pt)."""

    def __init__(self, feet: dict[int, tuple[str, str]]) -> None:
        super().__init__([])
        self._feet = feet

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        title, foot = self._feet[round(pixels.shape[1] / self._scale)]
        shown = [(title, 60.0, 60.0, 190.0, 76.0), (foot, 60.0, 270.0, 160.0, 286.0)]
        return tuple(self._line(*line) for line in shown if line[0])


OFFER = """
type = "offer"
code = "X01"
title = { zh = "报价", en = "offer" }
[identify]
all = ["Purchase order form"]
"""


def look_at(folder: Path, feet: list[tuple[str, str]]) -> Facts:
    """The facts of a scan whose pages show these titles and feet."""
    case = folder / "templates" / "deal"
    (case / "offer").mkdir(parents=True)
    (case / "case.toml").write_text('type = "deal"\ntitle = { zh = "交易", en = "deal" }\n', encoding="utf-8")
    (case / "offer" / "pack.toml").write_text(OFFER, encoding="utf-8")
    path = bundle(folder / "scan.pdf", len(feet))
    reader = PageByPage({200 + at: shown for at, shown in enumerate(feet, start=1)})
    return look(path, submission(path), load_packs(case.parent, CHECKS), reader, folder / "gallery")


def test_two_forms_in_one_scan_are_seen_in_its_pictures(tmp_path: Path) -> None:
    title = "Purchase order form"
    feet = [(title, "Page 1 of 2"), ("", "Page 2 of 2"), (title, "Page 1 of 2"), (title, "Page 2 of 2")]
    facts = look_at(tmp_path, feet)
    assert facts.parts == ((1, 2), (3, 4))
    assert not facts.is_document


def test_what_is_doubtful_in_a_scan_is_remarked_with_its_page(tmp_path: Path) -> None:
    title = "Purchase order form"
    facts = look_at(tmp_path, [(title, "Page 1 of 2"), (title, "Page 1 of 2"), ("", "Page 2 of 2")])
    assert facts.parts == ()
    assert [(remark.code, remark.page) for remark in facts.document.remarks if "assembly" in remark.code] == [
        ("assembly_doubt", 2)
    ]


def test_pages_that_are_missing_are_seen_in_a_scan(tmp_path: Path) -> None:
    facts = look_at(tmp_path, [("Purchase order form", "Page 1 of 3"), ("", "Page 3 of 3")])
    assert [(sheet.page, sheet.number, sheet.total, sheet.kind) for sheet in facts.sheets] == [
        (1, 1, 3, None),
        (2, 3, 3, None),
    ]
    assert [remark.code for remark in facts.document.remarks if "assembly" in remark.code] == ["assembly_missing"]
    made = piece_of(facts, names=("scan.pdf",), received_at=facts.document.submission.received_at, keys={})
    assert made is not None
    assert (made.kind, made.numbers) == ("offer", (1, 3))
