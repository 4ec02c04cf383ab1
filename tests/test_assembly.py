"""Several documents scanned into one file are taken apart (IN-06), and never a contract in two."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from pipeline.assembly import parts_of
from pipeline.errors import StageError
from pipeline.flow.service import Service
from pipeline.model import Classification, Document, Facts, Line, Page
from pipeline.read import cut_pages
from tests.flow.test_walk import dossier
from tests.flow.walk import Walk
from tests.rules.made import document, packs

AGREEMENT = "在线服务标准协议"
ORDER = "Office 365 云服务产品采购订单"


def page(number: int, *lines: str, top: float = 60.0) -> Page:
    boxes = [(60.0, top + 20 * at, 500.0, top + 12 + 20 * at) for at in range(len(lines))]
    return Page(
        number=number, width=595, height=842, text_source="ocr",
        lines=tuple(Line(text=text, box=box) for text, box in zip(lines, boxes, strict=True)),
    )  # fmt: skip


def cues(name: str) -> tuple[str, ...]:
    identify = packs().case_types["csp_order"].packs[name].identify
    assert identify is not None
    return identify.all


def scan(*pages: Page) -> Document:
    return document().model_copy(update={"pages": pages})


def contract(number: int) -> Page:
    return page(number, *cues("service_agreement"))


def order(number: int) -> Page:
    return page(number, *cues("purchase_order"))


def plain(number: int, *words: str) -> Page:
    return page(number, f"第 {number} 页", "本协议自签署之日起生效", *words)


def test_a_contract_and_an_order_behind_each_other_are_two() -> None:
    whole = scan(contract(1), plain(2), plain(3), order(4), plain(5))
    assert parts_of(whole, packs()) == ((1, 3), (4, 5))


def test_a_cover_letter_in_front_is_a_part_of_its_own() -> None:
    assert parts_of(scan(plain(1), contract(2), plain(3)), packs()) == ((1, 1), (2, 3))


@pytest.mark.parametrize(
    "pages",
    [
        [contract(1), plain(2), plain(3)],
        [contract(1), plain(2), contract(3)],  # its own title on the signature page
        [contract(1), plain(2, *(f"甲方应按《{cue}》提交订单并付款，逾期视为放弃" for cue in cues("purchase_order")))],
        [contract(1), page(2, *cues("purchase_order"), top=500.0)],  # named in a list at the foot
        [plain(1), plain(2)],
        [contract(1)],
    ],
    ids=["one", "title again", "named in a sentence", "named below", "nobody's", "one page"],
)
def test_one_document_stays_one(pages: list[Page]) -> None:
    assert parts_of(scan(*pages), packs()) == ()


def test_only_scans_are_taken_apart() -> None:
    word = scan(contract(1), order(2))
    submission = word.submission.model_copy(update={"media": "docx"})
    assert parts_of(word.model_copy(update={"submission": submission}), packs()) == ()


def bundle(path: Path, pages: int) -> Path:
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(200 + number, 300)
    writer.write(path)
    return path


def test_pages_are_cut_the_same_way_every_time(tmp_path: Path) -> None:
    whole = bundle(tmp_path / "whole.pdf", 5)
    cut = cut_pages(whole, 2, 4)
    assert cut == cut_pages(whole, 2, 4)
    (tmp_path / "part.pdf").write_bytes(cut)
    assert [round(float(page.mediabox.width)) for page in PdfReader(tmp_path / "part.pdf").pages] == [201, 202, 203]
    (tmp_path / "no.pdf").write_bytes(b"%PDF-1.7 nothing")
    with pytest.raises(StageError, match="cannot be cut"):
        cut_pages(tmp_path / "no.pdf", 1, 2)


def test_the_file_stays_with_the_case_of_its_parts_and_stands_in_no_ones_way(tmp_path: Path) -> None:
    with Walk(tmp_path) as walk:
        service = Service(walk.settings)
        with closing(service.cases):
            whole = bundle(walk.settings.inbox / "全部材料.pdf", 10)
            service._engine.enqueue = lambda sha256: None  # type: ignore[method-assign]
            service.submit(whole)
            (arrival,) = service.cases.deliveries()
            submission = service.cases.document(arrival.sha256).submission
            read = scan(*(plain(number) for number in range(1, 11))).model_copy(update={"submission": submission})
            facts = Facts(document=read, classification=Classification(type=None), parts=((1, 8), (9, 10)))
            leave(service, arrival.sha256, facts)
            parts = service.split(arrival.sha256, "f")
            assert service.split(arrival.sha256, "f") == parts, "a repeated step cuts the same parts"
            assert set(service.unfinished()) == set(parts)
            names = [service.cases.document(part).submission.name for part in parts]
            assert names == ["全部材料 [1-8].pdf", "全部材料 [9-10].pdf"]
            for part, made in zip(parts, dossier()[:2], strict=True):
                own = service.cases.document(part).submission
                leave(
                    service,
                    part,
                    made.model_copy(update={"document": made.document.model_copy(update={"submission": own})}),
                )
                walk.case, rev = service.join(part, "f")
            service.publish(walk.case, rev)
            assert service.unfinished() == ()
            shas = {row.submission.sha256 for row in service.cases.documents_of(walk.case)}
            assert shas == {arrival.sha256, *parts}
        walk.drop(dossier()[2])
        assert walk.state == "accepted"
        page_ = (walk.settings.outbox / walk.case / "report.html").read_text("utf-8")
        assert "已拆开分别审核" in page_
        original = walk.settings.outbox / walk.case / "originals" / f"{arrival.sha256}.pdf"
        assert hashlib.sha256(original.read_bytes()).hexdigest() == arrival.sha256


def leave(service: Service, sha256: str, facts: Facts) -> None:
    """Facts as a reading leaves them."""
    folder = service.desk.judging.work(sha256)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "facts.json").write_text(facts.model_dump_json(), encoding="utf-8")
