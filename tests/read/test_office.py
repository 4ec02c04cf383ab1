"""Word, Excel and order data; and packages that must not be opened."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from pipeline.errors import UnreadableError
from pipeline.model import Document
from pipeline.read import ReadLimits, read

from .conftest import BlindReader, submission


def document(path: Path, limits: ReadLimits | None = None) -> Document:
    reading = read(path, submission(path), BlindReader(), limits or ReadLimits())
    assert reading.pictures is None
    return reading.document


def refusal(path: Path, limits: ReadLimits | None = None) -> str:
    with pytest.raises(UnreadableError) as caught:
        document(path, limits)
    assert path.name in caught.value.zh
    assert path.name in caught.value.en
    return caught.value.reason


@pytest.fixture
def word(tmp_path: Path) -> Path:
    made = docx.Document()
    made.add_paragraph("采购订单(虚构)")
    table = made.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "数量"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "合计"
    table.cell(1, 0).text = "80"
    inner = table.cell(1, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "内表"
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.sections[0].footer.paragraphs[0].text = "页脚"
    path = tmp_path / "订单.docx"
    made.save(str(path))
    return path


def test_word_file_keeps_order_and_merged_cells_once(word: Path) -> None:
    found = document(word)
    assert found.is_electronic
    assert found.text.split("\n") == ["采购订单(虚构)", "数量", "合计", "80", "内表", "页眉", "页脚"]
    outer, inner = found.pages[0].tables
    assert [[cell.text for cell in row] for row in outer.rows] == [["数量", "", "合计"], ["80", "内表", ""]]
    assert inner.rows[0][0].text == "内表"
    assert all(line.box is None for line in found.pages[0].lines)


def test_text_box_is_read_once_and_tracked_deletions_are_not(word: Path, tmp_path: Path) -> None:
    box = (
        "<w:p><w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        "<mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r><w:t>文本框</w:t></w:r></w:p></w:txbxContent>"
        "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>文本框</w:t></w:r></w:p>"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        "<w:del><w:r><w:delText>九十</w:delText></w:r></w:del><w:ins><w:r><w:t>三十</w:t></w:r></w:ins></w:p>"
    )
    path = _edited(word, tmp_path / "boxed.docx", "word/document.xml", "<w:body>", "<w:body>" + box)
    found = document(path)
    assert found.text.split("\n")[:2] == ["三十", "文本框"]
    assert found.text.count("文本框") == 1
    assert [remark.code for remark in found.remarks] == ["tracked_changes"]


def test_sheet_values_read_as_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["日期", date(2026, 11, 23), datetime(2026, 11, 23, 9, 30)])
    sheet.append(["金额", 0.1 + 0.2, 112500])
    sheet.append(["比例", 0.06, 7])
    sheet["B3"].number_format, sheet["C2"].number_format, sheet["C3"].number_format = "0%", "#,##0.00", "000"
    sheet.append(["合并", None, "=B2*2"])
    sheet.merge_cells("A4:B4")
    book.create_sheet("隐藏").sheet_state = "hidden"
    path = tmp_path / "order.xlsx"
    book.save(path)
    found = document(path)
    assert [[cell.text for cell in row] for row in found.pages[0].tables[0].rows] == [
        ["日期", "2026-11-23", "2026-11-23 09:30:00"],
        ["金额", "0.3", "112500.00"],
        ["比例", "6%", "007"],
        ["合并", "", ""],
    ]
    assert [remark.code for remark in found.remarks] == ["formula_without_value", "hidden_sheet"]
    assert refusal(path, ReadLimits(cells=3)) == "too_large"


def test_order_data_is_flattened(tmp_path: Path) -> None:
    path = tmp_path / "order.toml"
    path.write_text(
        'buyer = "Alpha"\nwhen = 2026-11-23\n[[lines]]\nsku = "E3"\nqty = 80\nprice = 12.50\n', encoding="utf-8"
    )
    assert document(path).form == {
        "buyer": "Alpha", "when": "2026-11-23", "lines.1.sku": "E3", "lines.1.qty": "80", "lines.1.price": "12.50"
    }  # fmt: skip
    path.write_text("qty = \n", encoding="utf-8")
    assert refusal(path) == "damaged"


def test_macros_are_unsafe(word: Path, tmp_path: Path) -> None:
    path = tmp_path / "macro.docx"
    path.write_bytes(word.read_bytes())
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/vbaProject.bin", b"x")
    assert refusal(path) == "unsafe"


def test_entities_are_unsafe(word: Path, tmp_path: Path) -> None:
    bomb = "<!DOCTYPE a [<!ENTITY b 'x'>]><w:document"
    assert refusal(_edited(word, tmp_path / "entity.docx", "word/document.xml", "<w:document", bomb)) == "unsafe"


def test_bombs_are_unsafe(word: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    path.write_bytes(word.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/a.bin", b"\0" * 30_000_000)
    assert refusal(path) == "unsafe"
    assert refusal(word, ReadLimits(zip_members=3)) == "unsafe"


def test_a_lying_directory_does_not_hide_a_bomb(word: Path, tmp_path: Path) -> None:
    path = tmp_path / "liar.docx"
    path.write_bytes(word.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/media/a.bin", b"\0" * 30_000_000)
    size = (30_000_000).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (100).to_bytes(4, "little")))
    assert refusal(path) in ("damaged", "unsafe")


def test_pictures_elsewhere_are_named_not_fetched(word: Path, tmp_path: Path) -> None:
    relation = (
        "<Relationship Id='rIdX' TargetMode='External' Target='http://invalid.example/p.png' "
        "Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/image'/></Relationships>"
    )
    path = _edited(word, tmp_path / "far.docx", "word/_rels/document.xml.rels", "</Relationships>", relation)
    remarks = document(path).remarks
    assert [remark.code for remark in remarks] == ["external_reference"]
    assert "http://invalid.example/p.png" in remarks[0].message.en


def _edited(source: Path, target: Path, part: str, old: str, new: str) -> Path:
    with zipfile.ZipFile(source) as package, zipfile.ZipFile(target, "w") as copy:
        for info in package.infolist():
            content = package.read(info)
            if info.filename == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            copy.writestr(info, content)
    return target
