"""Names, positions, addresses and organisations: genuine ones are known, conditions are not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.values import UNLIKE, clause_word, is_organisation, parse
from tests.fictional_entries import ADDRESSES, CONDITIONS, ORGANISATIONS, PEOPLE, TITLES
from tests.simulator.fictional import company
from tests.simulator.parties import AGENT, DISTRIBUTOR, QINGHE, SONGJIAN, YUANLAN

SHAPES = ("person_name", "job_title", "address")


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *(("person_name", raw) for raw in PEOPLE),
        *(("job_title", raw) for raw in TITLES),
        *(("address", raw) for raw in ADDRESSES),
    ],
)
def test_genuine_values_are_known(kind: str, raw: str) -> None:
    found = parse(kind, raw)
    assert (found.problem, found.sure) == (None, True)


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_genuine_organisations_are_known(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize("raw", CONDITIONS)
def test_no_condition_is_a_name_a_position_an_address_or_an_organisation(raw: str) -> None:
    assert [kind for kind in SHAPES if parse(kind, raw).problem not in UNLIKE] == []
    assert not is_organisation(raw)


def test_the_tables_are_of_use() -> None:
    assert min(map(len, (PEOPLE, TITLES, ADDRESSES))) >= 40
    assert len(set(CONDITIONS)) == len(CONDITIONS) >= 40


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("person_name", "林若青 13800000031"),
        ("person_name", "请联系林若青"),
        ("person_name", "费用另计"),
        ("person_name", "首年"),
        ("person_name", "ruoqing lin"),
        ("person_name", "A"),
        ("person_name", "John Of The Long Family Name"),
        ("job_title", "林若青"),
        ("job_title", "88"),
        ("job_title", "负责全部采购事务以及与经销商之间往来的经理"),
        ("job_title", "Manager gets everything back"),
        ("address", "示例大厦"),
        ("address", "12 层 1203 室"),
        ("address", "虚构路 88 号深圳市"),
        ("address", "南山区深圳市虚构路 88 号"),
        ("address", "深圳市南山区；虚构路 88 号"),
        ("address", "深圳市南山区，一次付清"),
        ("address", "深圳市南山区虚构路 88 号 12 层另含五百用户"),
        ("address", "深圳市南山区虚构路 88 号 12 层数据归客户"),
        ("address", "Shenzhen"),
        ("address", "Shenzhen, by the buyer alone"),
    ],
)
def test_what_only_resembles_one_is_not_known(kind: str, raw: str) -> None:
    assert parse(kind, raw).problem in UNLIKE


@pytest.mark.parametrize("kind", SHAPES)
def test_an_unfilled_place_is_missing_and_an_unknown_value_is_kept(kind: str) -> None:
    assert parse(kind, " ___ ").problem == "missing"
    assert parse(kind, "价格另议").value == "价格另议"


def test_names_are_canonical() -> None:
    assert parse("person_name", " 林 若青 ").value == "林若青"
    assert parse("person_name", "艾力•买买提").value == "艾力·买买提"
    assert parse("person_name", "John  Smith").value == "John Smith"


def test_every_party_of_the_simulator_is_known() -> None:
    rng = np.random.default_rng(20260928)
    for party in (DISTRIBUTOR, AGENT, QINGHE, YUANLAN, SONGJIAN, *(company(rng) for _ in range(300))):
        for kind, raw in (("person_name", party.person), ("job_title", party.title), ("address", party.address)):
            assert parse(kind, raw).problem is None, raw
        assert is_organisation(party.name), party.name
        assert is_organisation(party.english), party.english


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("享 八 折", "八折"),
        ("退·款", "退"),
        ("優惠價格", "价格"),
        ("subject to approval", "subject to"),
        ("you may go", "may"),
    ],
)
def test_a_condition_is_told_by_its_word(text: str, word: str) -> None:
    assert clause_word(text) == word


@pytest.mark.parametrize(
    "text", ["May Chen", "Free Trade Zone", "物价局", "十一经路", "百年老店", "退役军人事务局", "日本公司"]
)
def test_names_that_only_sound_like_conditions(text: str) -> None:
    assert clause_word(text) is None
