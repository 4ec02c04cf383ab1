"""What a letter is made of. Widths in mm, type sizes in pt; `when` = a condition of the template."""

from __future__ import annotations

from typing import NamedTuple

from tests.simulator.forms_text import Blank

NUMBER, DATE, CASE_NO = Blank("编号", "number"), Blank("日期", "date"), Blank("案件编号", "case_no")
RECIPIENT, CUSTOMER = Blank("致", "recipient"), Blank("最终客户", "customer_name")
ORDER, AGREEMENT = Blank("采购订单", "po_no"), Blank("协议编号", "coop_no")


class Say(NamedTuple):
    """A paragraph."""

    words: str
    bold: bool = False
    when: str = ""


class Head(NamedTuple):
    """The heading of a section."""

    words: str
    when: str = ""


class Facts(NamedTuple):
    """Labels with their values."""

    rows: tuple[tuple[str, str], ...]
    label_width: float = 34
    when: str = ""


class Column(NamedTuple):
    """A column of rows; `text` = set flush left."""

    label: str
    content: str
    width: float
    text: bool = False


class Pairs(NamedTuple):
    """Labels with their values, two in a row."""

    blanks: tuple[Blank, ...]
    when: str = ""


class Rows(NamedTuple):
    """A table with a row for each item, e.g. `line in lines`."""

    over: str
    columns: tuple[Column, ...]
    size: float = 9.5
    when: str = ""


class Grid(NamedTuple):
    """A table of fixed rows; `total` = the last row counts most."""

    widths: tuple[float, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    centred: tuple[int, ...] = ()
    total: bool = False
    when: str = ""


class SealBox(NamedTuple):
    """Where the receiver seals and signs."""

    labels: tuple[tuple[str, str], ...]
    caption: str
    when: str = ""


Part = Say | Head | Facts | Pairs | Rows | Grid | SealBox


class Letter(NamedTuple):
    """One letter; `slip` = a page to send back.

    `signed` = it ends with the sender's name, `sealed` = with a box for the sender's seal; `automatic` = it may leave
    unseen, and says so; `ask` = it says whom to ask.
    """

    title: str
    english: str
    head: tuple[Blank, ...]
    parts: tuple[Part, ...]
    signed: bool = True
    sealed: bool = False
    automatic: bool = False
    ask: bool = True
    slip_title: str = ""
    slip_english: str = ""
    slip: tuple[Part, ...] = ()


def line_rows(*names: str) -> Rows:
    """The lines of an order with these columns, the product as wide as the others leave it."""
    widths = {
        "no": 12.0,
        "sku": 40.0,
        "qty": 17.0,
        "unit": 17.0,
        "list_price": 27.0,
        "term_months": 20.0,
        "amount": 28.0,
    }
    labels = {
        "no": "序号",
        "sku": "产品编号",
        "name": "产品名称",
        "qty": "数量",
        "unit": "单位",
        "list_price": "目录单价（元）",
        "term_months": "期限（月）",
        "amount": "金额（元）",
    }
    rest = 174 - sum(widths.get(name, 0) for name in names)
    columns = (Column(labels[name], f"{{{{ line.{name} }}}}", widths.get(name, rest), name == "name") for name in names)
    return Rows("line in lines", tuple(columns))
