"""Loading packs: the shipped ones are sound, a broken one stops the start and says what is valid."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.errors import PackError
from pipeline.packs import load_packs
from pipeline.rules import CHECKS
from tests.rules.made import TEMPLATES, case_type, packs

ORDER = "csp_order/purchase_order/pack.toml"
CASE = "csp_order/case.toml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


def test_the_shipped_packs_load() -> None:
    assert [pack.type for pack in packs().documents()] == [
        "acknowledgement", "cooperation_agreement", "invoice", "licence", "opening_result", "order_data",
        "payment_slip", "power_of_attorney", "purchase_order", "questionnaire", "sales_contract", "service_agreement",
        "stop_confirmation", "transmittal_cover",
    ]  # fmt: skip
    assert all(pack.identify or pack.outgoing for pack in case_type().packs.values())


def test_every_rule_speaks_both_languages_and_tells_the_cure() -> None:
    rules = [rule for pack in case_type().packs.values() for rule in pack.rules] + list(case_type().rules)
    for rule in rules:
        texts = [rule.spec.statement, rule.spec.required, rule.spec.fix]
        assert all(text.zh.strip() and text.en.strip() for text in texts if text), rule.spec.id
        if rule.spec.severity in ("block", "hold"):
            assert rule.spec.required is not None, rule.spec.id
            assert rule.spec.fix is not None, rule.spec.id


def test_every_check_is_used_or_at_least_named_as_registered() -> None:
    used = {rule.spec.check for pack in case_type().packs.values() for rule in pack.rules}
    used |= {rule.spec.check for rule in case_type().rules} | {rule.spec.check for rule in case_type().alarms}
    assert used == set(CHECKS)
    assert all(name == check.name for name, check in CHECKS.items())


def test_registers_a_rule_names_exist() -> None:
    rules = [rule for pack in case_type().packs.values() for rule in pack.rules] + list(case_type().rules)
    named = {options["register_name"] for rule in rules if "register_name" in (options := rule.check.model_dump())}
    assert named <= set(case_type().registers)
    for name, rows in case_type().registers.items():
        head = (TEMPLATES / "csp_order" / "registers" / f"{name}.toml").read_text(encoding="utf-8")
        assert "虚构" in head, name
        assert rows, name


def test_no_word_of_the_trade_stands_in_the_rules() -> None:
    words = ("CSP", "Office", "世纪互联", "总代", "onmschina", "代理商", "岚云", "SKU")
    for file in (TEMPLATES.parent / "pipeline" / "rules").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert not [word for word in words if word in text], file.name


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            ORDER,
            'check = "capitals_equal"',
            'check = "capitals"',
            ["PO-05", "'capitals'", "capitals_equal", "pack.toml"],
        ),
        (ORDER, 'digits = "total"', 'digit = "total"', ["PO-05", "option", "digits", "capitals"]),
        (ORDER, 'digits = "total"', 'digits = "sum"', ["PO-05", "'sum'", "total_capitals"]),
        (ORDER, 'key = "sku"', 'key = "product"', ["PO-04b", "'lines.product'", "lines.sku"]),
        (ORDER, 'type = "capitals"', 'type = "capital"', ["fields.total_capitals", "'capital'", "capitals"]),
        (ORDER, 'type = "purchase_order"', 'type = "order"', ["'order'", "'purchase_order'"]),
        (ORDER, 'outgoing = "outgoing.docx"', 'outgoing = "form.docx"', ["outgoing", "'form.docx'", "outgoing.docx"]),
        (ORDER, "[identify]", "[identify", ["not valid TOML", "pack.toml"]),
        (ORDER, 'code = "D03"', 'code = "D03"\ncolour = "red"', ["colour", "valid keys", "edition"]),
        (ORDER, 'severity = "block"', 'severity = "fatal"', ["severity", "block"]),
        (ORDER, 'forms = ["scan"]', 'forms = ["paper"]', ["forms", "scan"]),
        (CASE, 'check = "same_content"', 'check = "unmodified"', ["DOS-03", "'unmodified'", "same_content"]),
        (CASE, '"purchase_order:electronic"', '"order:electronic"', ["requires.distributor", "'order:electronic'"]),
        (CASE, 'purchase_order = "po_no"', 'purchase_order = "number"', ["join.order_number", "'number'", "po_no"]),
    ],
)
def test_a_broken_pack_stops_the_start(copy: Path, file: str, old: str, new: str, said: list[str]) -> None:
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackError) as caught:
        load_packs(copy, CHECKS)
    assert str(path) in str(caught.value)
    for words in said:
        assert words in str(caught.value)
    assert caught.value.advice


def test_a_missing_reference_stops_the_start(copy: Path) -> None:
    folder = copy / "csp_order" / "service_agreement"
    (folder / "reference.pdf").unlink()
    with pytest.raises(PackError, match=r"reference\.pdf is missing"):
        load_packs(copy, CHECKS)
    (folder / "reference.docx").unlink()
    with pytest.raises(PackError, match=r"no file 'reference\.docx'"):
        load_packs(copy, CHECKS)


def test_a_register_that_is_no_table_stops_the_start(copy: Path) -> None:
    path = copy / "csp_order" / "registers" / "forms.toml"
    path.write_text('version = "2026-01"\n', encoding="utf-8")
    with pytest.raises(PackError, match=r"\[\[rows\]\]"):
        load_packs(copy, CHECKS)


def test_folders_without_packs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError):
        load_packs(tmp_path, CHECKS)
    with pytest.raises(PackError):
        load_packs(tmp_path / "nowhere", CHECKS)


@pytest.mark.parametrize(
    ("rule", "option"),
    [("anchor = '", "anchor"), ('terms = [\n    "', "terms"), ('critical = ["', "critical")],
)
def test_a_broken_expression_stops_the_start(copy: Path, rule: str, option: str) -> None:
    path = copy / "csp_order" / "service_agreement" / "pack.toml"
    text = path.read_text(encoding="utf-8")
    assert rule in text
    path.write_text(text.replace(rule, f"{rule}(", 1), encoding="utf-8")
    with pytest.raises(PackError, match=option):
        load_packs(copy, CHECKS)
