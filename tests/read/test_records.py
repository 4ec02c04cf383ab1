"""Opening results as portals export them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import UnreadableError
from pipeline.model import Document, Pixels, ReadLine, ReadText, Submission
from pipeline.read import read
from pipeline.read.records import known_name

WANTED = {
    "po_no": "PO-20260928-001", "tenant_domain": "example.partner.invalid", "admin_upn": "admin@example.invalid",
    "start": "2026-09-29", "lines.1.sku": "A", "lines.1.qty": "80", "lines.2.sku": "B", "lines.2.qty": "20",
}  # fmt: skip
JSON = {
    "poNumber": "PO-20260928-001", "tenant": {"Initial Domain": "example.partner.invalid"},
    "adminUpn": "admin@example.invalid", "startDate": "2026-09-29",
    "lines": [{"skuId": "A", "quantity": 80}, {"skuId": "B", "quantity": 20}],
}  # fmt: skip
CSV = (
    "PO Number,Tenant Domain,Admin UPN,Start Date,SKU,Quantity\n"
    "PO-20260928-001,example.partner.invalid,admin@example.invalid,2026-09-29,A,80\n"
    "PO-20260928-001,example.partner.invalid,admin@example.invalid,2026-09-29,B,20\n"
)


class NoReader:
    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        raise AssertionError("data need no OCR")

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        raise AssertionError("data need no OCR")


def reading(tmp_path: Path, content: bytes, name: str) -> Document:
    path = tmp_path / name
    path.write_bytes(content)
    submission = Submission(
        sha256="a" * 64, name=name, received_at=datetime(2026, 9, 28, tzinfo=UTC), source="cli", size=1, media="unknown"
    )
    return read(path, submission, NoReader()).document


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (json.dumps(JSON).encode(), "r.json"),
        (json.dumps([JSON]).encode(), "r.json"),
        (CSV.encode(), "r.csv"),
        (CSV.encode("utf-8-sig"), "r.csv"),
        (CSV.replace(",", ";").encode(), "r.csv"),
        (CSV.replace(",", "\t").encode(), "r.csv"),
    ],
)
def test_the_same_result_in_other_clothes(tmp_path: Path, content: bytes, name: str) -> None:
    document = reading(tmp_path, content, name)
    assert {key: document.form.get(key) for key in WANTED} == WANTED
    assert document.is_electronic
    assert document.submission.media == name[2:]


def test_chinese_headings_and_codings(tmp_path: Path) -> None:
    text = "订单编号,租户域名,产品编号,数量\nPO-20260928-001,example.partner.invalid,A,80\n"
    form = reading(tmp_path, text.encode("gb18030"), "r.csv").form
    assert form == {
        "po_no": "PO-20260928-001", "tenant_domain": "example.partner.invalid", "lines.1.sku": "A", "lines.1.qty": "80",
    }  # fmt: skip


def test_rows_of_key_and_value(tmp_path: Path) -> None:
    form = reading(tmp_path, b"poNumber,PO-1\ntenantDomain,x.invalid\nEnd Date,2027-09-28\n", "r.csv").form
    assert form == {"po_no": "PO-1", "tenant_domain": "x.invalid", "end": "2027-09-28"}


def test_a_secret_that_was_taken_out_is_told_and_has_no_field(tmp_path: Path) -> None:
    document = reading(tmp_path, b'{"adminUpn": "a@x.invalid", "password": "[removed by countersign]"}', "r.json")
    assert document.form == {"admin_upn": "a@x.invalid"}
    assert [remark.code for remark in document.remarks] == ["credential_removed"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b'{"a": 1,\n "b": }', "r.json", "line 2"),
        (b"[1, 2]", "r.json", "no fields"),
        (b"only one line", "r.csv", "CSV|no rows"),
        (b"a,b,c\n1,2,3\n1,2,3,4\n", "r.csv", "row 3"),
        (b"\xff\xff\xff\x81", "r.csv", "encoding|CSV"),
        (b"[" * 100_000, "r.json", "JSON"),
        (b'{"a": "' + b"x" * 2_100_000 + b'"}', "r.json", "too large"),
        (json.dumps({"lines": [{"sku": "A"}] * 3000}).encode(), "r.json", "too many"),
    ],
)
def test_broken_data_say_what_is_wrong_and_what_to_do(tmp_path: Path, content: bytes, name: str, says: str) -> None:
    with pytest.raises(UnreadableError, match=says) as caught:
        reading(tmp_path, content, name)
    assert name in caught.value.zh


def test_an_unknown_name_keeps_its_own_form() -> None:
    assert (known_name("Reseller MPN-Id"), known_name("初始域名"), known_name("qty")) == (
        "reseller_mpn_id",
        "初始域名",
        "qty",
    )
