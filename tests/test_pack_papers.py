"""The outgoing papers of a pack: the sources' grammar, and what stops the start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import PackError
from pipeline.packs import load_packs
from pipeline.packs.sources import Source, parse_source
from pipeline.rules import CHECKS
from tests.rules.made import TEMPLATES

CASE = "csp_order/case.toml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_a_source_is_taken_apart() -> None:
    assert parse_source("text:甲:乙.丙") == Source("text", name="甲:乙.丙", words="甲:乙.丙")
    assert parse_source("order.lines.1.start") == Source("field", name="order", column="lines.1.start")
    assert parse_source("before:5:life:opened") == Source(
        "before", days=5, inner=Source("life", "opened", words="opened")
    )
    assert parse_source("late:3:paid:opened:迟了:抱歉") == Source(
        "late", name="paid", other="opened", days=3, words="迟了:抱歉"
    )
    found = parse_source("register:agents.mail[no=order.no, state=text:active]")
    assert (found.name, found.column) == ("agents", "mail")
    assert [(column, source.kind) for column, source in found.where] == [("no", "field"), ("state", "text")]
    assert [part.kind for part in parse_source("masked:register:agents.account").parts()] == ["masked", "register"]


@pytest.mark.parametrize(
    "text",
    [
        "order", "ordre:x", "order.", ".no", "before:x:life:opened", "before:5", "before:-1:life:a",
        "late:3:paid:opened", "register:agents", "register:agents.mail[no]", "money:", "capitals:order", "number:1",
    ],
)  # fmt: skip
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no |is not "):
        parse_source(text)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('net = ["due:net"]', 'net = ["due:gross"]', ["paper O05", "values.net", "'gross'", "net_capitals"]),
        ('memo = ["purchase_order.po_no"]', 'memo = ["purchase_order.no"]', ["O05", "values.memo", "'no'", "po_no"]),
        ('memo = ["purchase_order.po_no"]', 'memo = ["order.po_no"]', ["'order'", "document type", "purchase_order"]),
        (
            'memo = ["purchase_order.po_no"]',
            'memo = ["date:purchase_order.lines.1.begin"]',
            ["lines.1.begin", "lines.1.start"],
        ),
        ('["register:operator.bank_name"]', '["register:operator.bank"]', ["payee_bank", "'bank'", "bank_account"]),
        ('["register:operator.bank_name"]', '["register:us.bank_name"]', ["'us'", "register", "operator"]),
        (
            '["register:catalogue.valid_from[sku=purchase_order.lines.1.sku]"]',
            '["register:catalogue.valid_from[code=purchase_order.lines.1.sku]"]',
            ["O10", "price_list_from", "'code'", "sku"],
        ),
        ('occasion = ["reminder:ORIG-01"]', 'occasion = ["reminder:ORIG-1"]', ["O08b", "'ORIG-1'", "ORIG-01"]),
        ('when = "clock:TERM-04"', 'when = "clock:TERM-4"', ["O10", "when", "'TERM-4'", "TERM-04"]),
        ('body = "archive"', 'body = "archives"', ["O15", "body", "'archives'", "originals"]),
        (
            'body = "lines:purchase_order:no,name,qty,unit,list_price,term_months,amount"',
            'body = "lines:purchase_order:no,price"',
            ["O05", "body", "'price'", "list_price"],
        ),
        ('body = "fields:order_data"', 'body = "fields:order"', ["O01", "'order'", "order_data"]),
        ('net = ["due:net"]', 'net = ["amount:net"]', ["O05", "'amount:net'", "capitals", "<type>.<field>"]),
        ('subject = "【欢迎使用】{label}"', 'subject = "{customer}"', ["O07", "subject", "'customer'", "label"]),
        ('mail = ["service_agreement.admin_email", "purchase', 'mail = ["service_agreement.mail", "purchase', ["mail"]),
        ('code = "O05b"', 'code = "O05"', ["O05", "two", "distributor"]),
        ('pack = "welcome_letter"', 'pack = "service_agreement"', ["O07", "service_agreement", "outgoing"]),
    ],
)
def test_a_wrong_name_in_a_paper_stops_the_start(copy: Path, old: str, new: str, said: list[str]) -> None:
    path = copy / CASE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as error:
        load_packs(copy, CHECKS)
    message = str(error.value)
    assert not [words for words in ("case.toml", *said) if words not in message], message
