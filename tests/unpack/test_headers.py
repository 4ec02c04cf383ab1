"""Names and subjects as foreign programs write them."""

from __future__ import annotations

import base64
import json
from email import message_from_bytes
from email.policy import compat32
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.unpack.charsets import text_of
from pipeline.unpack.headers import decoded, parameters
from pipeline.unpack.limits import STANDARD
from pipeline.unpack.message import leaves, parsed

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "emails" / "zh_filename_headers.json"
NAME = "采购订单（盖章）.pdf"
CODED = base64.b64encode(NAME.encode("gbk")).decode()


def bare(text: str, charset: str) -> str:
    """Bytes as they stand in a parsed header."""
    return text.encode(charset).decode("ascii", "surrogateescape")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?GB2312?B?uL28/jEuanBn?=", "附件1.jpg"),
        ("=?utf-8?Q?=E9=99=84=E4=BB=B61?= =?utf-8?Q?=2Epdf?=", "附件1.pdf"),
        ("=?utf-8?B?6ZmE?= =?utf-8?B?5Lu2?=", "附件"),
        ("=?utf-8?B?6Zk=?= =?utf-8?B?hA==?=", "附"),  # one character broken over two words
        ("=?gb2312?B?6Zc=?=", text_of(b"\xe9\x97", "gb2312")),
        ("=?iso-8859-1?Q?caf=E9?=", "café"),
        ("=?x-unknown?B?6ZmE5Lu2?=", "附件"),
        ("=?utf-8?B?6ZmE6ZmE6ZmE5Lu?=", "附附附\ufffd"),
        ("Re: =?gbk?Q?=B6=A9=B5=A5?= 2026", "Re: 订单 2026"),
        (bare("订单", "utf-8"), "订单"),
        (bare("订单", "gb18030"), "订单"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?idna?B?6ZmE5Lu2?=", "附件"),
    ],
)
def test_values_are_decoded_whoever_wrote_them(raw: str, text: str) -> None:
    assert decoded(raw) == text


def test_names_newer_than_gb2312_are_read_though_labelled_so() -> None:
    assert text_of("朱镕基 ㎡".encode("gb18030"), "gb2312") == "朱镕基 ㎡"


@pytest.mark.parametrize(
    "raw",
    [
        f'attachment; filename="{NAME}"',
        f"attachment; filename={NAME}",
        f'attachment; filename="{bare(NAME, "utf-8")}"',
        f'attachment; filename="{bare(NAME, "gb18030")}"',
        "attachment; filename*=UTF-8''%E9%87%87%E8%B4%AD%E8%AE%A2%E5%8D%95%EF%BC%88%E7%9B%96%E7%AB%A0%EF%BC%89.pdf",
        "attachment; filename*=gb2312'zh'%B2%C9%B9%BA%B6%A9%B5%A5%A3%A8%B8%C7%D5%C2%A3%A9.pdf",
        "attachment; filename*0*=UTF-8''%E9%87%87%E8%B4%AD%E8%AE%A2; "
        "filename*1*=%E5%8D%95%EF%BC%88%E7%9B%96; filename*2*=%E7%AB%A0%EF%BC%89; filename*3=.pdf",
        "attachment; filename=\"x.pdf\"; filename*=UTF-8''%E9%87%87%E8%B4%AD%E8%AE%A2%E5%8D%95"
        "%EF%BC%88%E7%9B%96%E7%AB%A0%EF%BC%89.pdf",
        f'attachment; size=12; filename="=?gbk?B?{CODED}?="',
        f'attachment; filename*0="=?gbk?B?{CODED[:12]}"; filename*1="{CODED[12:]}?="',
    ],
)
def test_a_file_name_is_the_same_in_every_spelling(raw: str) -> None:
    assert parameters(raw)["filename"] == NAME


def test_a_semicolon_in_quotes_is_part_of_the_name() -> None:
    assert parameters('attachment; filename="a; b.pdf"; x=1') == {"filename": "a; b.pdf", "x": "1"}


@given(st.text(max_size=300))
def test_no_value_makes_it_raise_and_all_can_be_written(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass").decode("ascii", "surrogateescape")
    decoded(raw).encode("utf-8")
    for name, value in parameters(f"attachment; {raw}").items():
        f"{name}{value}".encode("utf-8", "surrogateescape")
        value.encode("utf-8")


@given(
    st.binary(max_size=400), st.sampled_from(["", "utf-7", "hz", "idna", "utf-16", "gb2312", "rot13", "\x00", "hex"])
)
def test_no_charset_makes_it_raise(data: bytes, charset: str) -> None:
    text_of(data, charset).encode("utf-8")


@pytest.mark.skipif(not REAL.is_file(), reason="no real files beside the repository")
def test_real_header_lines_of_chinese_programs() -> None:
    for item in json.loads(REAL.read_text(encoding="utf-8"))["items"]:
        raw = item["raw"]
        if raw.startswith("From: "):
            assert decoded(raw.removeprefix("From: ")).startswith(item["decoded"])
        else:
            assert parameters(f"attachment; {raw}")["filename"] == item["decoded"]


def test_bytes_in_a_header_survive_the_parser() -> None:
    raw = b'From: a@example.com\nContent-Type: application/pdf; name="' + NAME.encode("gb18030") + b'"\n\nx'
    (leaf,) = leaves(parsed(raw, "x", STANDARD))
    assert leaf.name == NAME
    assert message_from_bytes(raw, policy=compat32)["From"] == "a@example.com"
