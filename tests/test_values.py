"""Types of values: each spelling papers use, each trap, and the inverse of writing capitals."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.values import (
    FIELD_TYPES,
    Parsed,
    add_business_days,
    counting_day,
    parse,
    parse_capitals,
    read_capitals,
    same_name,
    write_capitals,
)
from pipeline.values.capitals import spellings
from pipeline.values.uscc import ALPHABET, suggest_uscc, uscc_problem

VALID_USCC = (
    "9144030071526726XG",
    "91330100799655058B",
    "914403001922038216",
    "91350100M000100Y43",
    # Fictional companies of the examples.
    "91310115DEMA00013F",
    "91110108DEMB00022E",
    "91440300DEMC000316",
)
CHOICES = {"new": ("新购", "新购订单"), "renewal": ("续订",), "annual": ("年付",), "monthly": ("月付",)}


# --- codes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", VALID_USCC)
def test_valid_codes_pass_both_checks(code: str) -> None:
    assert parse("uscc", code) == Parsed(code)
    assert parse("uscc", f" {code[:8]} {code[8:].lower()} ") == Parsed(code)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("91350100M000100Y4Z", "alphabet"),
        ("91350100M000100Y44", "checksum"),
        ("91350100M000100Y4", "length"),
        ("91350100M000100Y433", "length"),
        ("4403001922038216", "length"),
        ("440300192203821", "old_tax_number"),
        ("9135010０M000100Y4甲", "alphabet"),
    ],
)
def test_wrong_codes_say_what_is_wrong(raw: str, problem: str) -> None:
    found = parse("uscc", raw)
    assert (found.problem, found.sure) == (problem, False)


def test_the_inner_organisation_code_has_its_own_check() -> None:
    outer_right = next(
        code
        for char in ALPHABET
        for last in ALPHABET
        if uscc_problem(code := f"91350100M000100Y{char}{last}") == "body_checksum"
    )
    assert parse("uscc", outer_right).problem in ("body_checksum", "suggested")


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("9I440300DEMC000316", "91440300DEMC000316"),
        ("914403OODEMCOOO316", "91440300DEMC000316"),
        ("9133O1OO79965SOS8B", "91330100799655058B"),
        ("91330100799655058８", "91330100799655058B"),
        ("91Z5O1OOMOOO1OOY43", None),
    ],
)
def test_ocr_repairs_are_suggested_never_silent(raw: str, meant: str | None) -> None:
    found = parse("uscc", raw)
    assert found.sure is False
    assert (found.value if found.problem == "suggested" else None) == meant


@given(st.sampled_from(VALID_USCC), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_changed_character_passes(code: str, place: int, char: str) -> None:
    changed = code[:place] + char + code[place + 1 :]
    assert (uscc_problem(changed) is None) == (changed == code)


def test_two_possible_repairs_are_no_suggestion() -> None:
    assert suggest_uscc("888888888888888888") is None


# --- money --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "¥115,200.00",
        "￥115200",
        "RMB 115,200.0",
        "CNY115,200.00",
        "１１５，２００．００",
        "115 200.00元",
        "人民币115,200.00元整",
    ],
)
def test_money_in_digits(raw: str) -> None:
    assert parse("money", raw) == Parsed("115200.00")


@pytest.mark.parametrize(
    ("raw", "value", "problem"),
    [
        ("115.200.00", "115200.00", "repaired"),
        ("115,200,00", "115200.00", "repaired"),
        ("1l5,2OO.0O", "115200.00", "repaired"),
        ("-100.00", "-100.00", "negative"),
        ("11,52,00.00", None, "not_money"),
        ("12.345", None, "not_money"),
        ("11.52万元", None, "not_money"),
        ("", None, "missing"),
        ("¥", None, "missing"),
    ],
)
def test_money_that_is_not_plain(raw: str, value: str | None, problem: str) -> None:
    assert parse("money", raw) == Parsed(value, problem, sure=problem == "missing")


@pytest.mark.parametrize(
    ("digits", "capitals"),
    [
        ("1409.50", "人民币壹仟肆佰零玖元伍角"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("107000.53", "壹拾万零柒仟元伍角叁分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("115200.00", "壹拾壹万伍仟贰佰元整"),
        ("115200.00", "壹拾壹万伍仟贰佰圆整"),
        ("115200.00", "壹拾壹萬伍仟貳佰圓正"),
        ("105984.00", "壹拾万伍仟玖佰捌拾肆元整"),
        ("105984.00", "壹拾万零伍仟玖佰捌拾肆元整"),
        ("100000.00", "壹拾万元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("1000000001.00", "壹拾亿零壹元整"),
        ("115200.00", "人民币（大写）：壹拾壹万 伍仟贰佰元整"),
        ("0.05", "伍分"),
        ("0.00", "零元整"),
    ],
)
def test_every_legal_spelling_has_its_value(digits: str, capitals: str) -> None:
    assert parse("capitals", capitals) == Parsed(digits)


@pytest.mark.parametrize(
    ("text", "value", "problem"),
    [
        ("拾万元整", "100000", "tolerated"),
        ("壹拾壹万伍仟贰佰元", "115200", "spelling"),
        ("陆仟零柒元壹角肆分整", "6007.14", "spelling"),
        ("壹仟肆佰玖元伍角", "1409.50", "spelling"),
        ("壹拾壹万伍任贰伯元整", "115200", "repaired"),
        ("染仟別佰玫拾元整", "7890", "repaired"),
        ("一百元整", None, "not_capitals"),
        ("廿元整", None, "not_capitals"),
        ("壹佰", None, "not_capitals"),
        ("元整", None, "not_capitals"),
        ("壹佰贰仟元整", None, "not_capitals"),
        ("", None, "not_capitals"),
        ("亿元整", None, "not_capitals"),
        ("万万元整", None, "not_capitals"),
    ],
)
def test_other_spellings_are_named(text: str, value: str | None, problem: str) -> None:
    reading = read_capitals(text)
    assert (reading.value, reading.problem) == (None if value is None else Decimal(value), problem)


@pytest.mark.parametrize(
    ("digits", "strict"),
    [
        ("115200", "人民币壹拾壹万伍仟贰佰元整"),
        ("105984", "人民币壹拾万伍仟玖佰捌拾肆元整"),
        ("100010000", "人民币壹亿零壹万元整"),
        ("1000000001", "人民币壹拾亿零壹元整"),
        ("107000.53", "人民币壹拾万柒仟元零伍角叁分"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("1000000000000", "人民币壹万亿元整"),
        ("0.5", "人民币伍角整"),
        ("0", "人民币零元整"),
    ],
)
def test_the_strict_spelling(digits: str, strict: str) -> None:
    assert write_capitals(Decimal(digits)) == strict


@pytest.mark.parametrize("digits", ["-1", "0.001", "1e16"])
def test_amounts_without_capitals_are_refused(digits: str) -> None:
    with pytest.raises(ValueError, match="capitals"):
        write_capitals(Decimal(digits))


_CENTS = st.one_of(
    st.integers(0, 10**14),
    # Numbers of mostly zeros, where the 零 rules live.
    st.lists(st.sampled_from("0000123456789"), min_size=1, max_size=14).map(lambda digits: int("".join(digits))),
)


@given(_CENTS)
def test_capitals_written_are_read_back(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert read_capitals(write_capitals(amount)).value == amount
    assert read_capitals(write_capitals(amount)).problem is None


@given(_CENTS, _CENTS)
def test_no_spelling_belongs_to_two_amounts(one: int, other: int) -> None:
    texts = [spellings(Decimal(cents) / 100) for cents in (one, other)]
    assert (one == other) == bool(texts[0] & texts[1])
    assert all(parse_capitals(text) == Decimal(one) / 100 for text in texts[0])


# --- dates --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        "2026年11月23日",
        "2026 年 11 月 23 日",
        "2026-11-23",
        "2026/11/23",
        "2026.11.23",
        "２０２６．１１．２３",
        "20261123",
        "2026-11-23 15:10:00",
        "2026-11-23T15:10:00.500+08:00",
        "二〇二六年十一月二十三日",
        "二零二六年十一月二十三日",
        "贰零贰陆年壹拾壹月贰拾叁日",
    ],
)
def test_dates(raw: str) -> None:
    assert parse("date", raw) == Parsed("2026-11-23")


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("贰零贰陆年零壹月壹拾伍日", "2026-01-15"),
        ("贰零贰陆年零壹拾月零贰拾日", "2026-10-20"),
        ("2026年1月5日", "2026-01-05"),
    ],
)
def test_bank_dates(raw: str, iso: str) -> None:
    assert parse("date", raw) == Parsed(iso)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ("   年  月  日", "missing"),
        ("____年__月__日", "missing"),
        ("", "missing"),
        ("2026年11月日", "incomplete"),
        ("2026年 月 日", "incomplete"),
        ("2026年11月", "incomplete"),
        ("2026-02-30", "no_such_date"),
        ("2926-11-23", "out_of_range"),
        ("23/11/2026", "not_a_date"),
        ("昨天", "not_a_date"),
        ("2026-11-23 15:10 起生效", "not_a_date"),
        ("2O26年1l月23曰", "repaired"),
    ],
)
def test_dates_that_are_not(raw: str, problem: str) -> None:
    assert parse("date", raw).problem == problem


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        ("星河云（上海）数字科技有限公司", "星河云(上海) 数字科技有限公司", "equal"),
        ("Qinghe  Medical Ltd", "QINGHE MEDICAL LTD", "equal"),
        ("星河云（上海）数字科技有限公司", "星河云（上海）数字科技有限责任公司", "similar"),
        ("青禾医疗器械（深圳）有限公司", "青禾医疗器城（深圳）有限公司", "similar"),
        ("蓝鲸信息技术（北京）有限公司", "蓝鲸信息技术（上海）有限公司", "different"),
        (
            "蓝鲸信息技术服务咨询（北京）有限公司昌平区分公司",
            "蓝鲸信息技术服务咨询（上海）有限公司昌平区分公司",
            "different",
        ),
        ("蓝鲸信息技术（北京）有限公司", "青禾医疗器械（深圳）有限公司", "different"),
        ("", "", "different"),
    ],
)
def test_names_of_organisations(a: str, b: str, kind: str) -> None:
    assert same_name(a, b).kind == same_name(b, a).kind == kind


@given(st.text(), st.text())
def test_equal_names_have_equal_canonical_values(a: str, b: str) -> None:
    if same_name(a, b).kind == "equal":
        assert same_name(b, a).ratio == 1.0
    assert 0.0 <= same_name(a, b).ratio <= 1.0


# --- contacts and plain types -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("mobile", "138 0013 8000", "13800138000"),
        ("mobile", "+86-138-0013-8000", "13800138000"),
        ("phone", "13800138000", "13800138000"),
        ("phone", "(0755)8600 1234", "0755-86001234"),
        ("phone", "010-86001234-801", "010-86001234-801"),
        ("phone", "400-089-0365", "400-089-0365"),
        ("email", "Li.Lei@Qinghe-Med.cn", "li.lei@qinghe-med.cn"),
        ("domain", "https://Qinghe-Med.cn/", "qinghe-med.cn"),
        ("domain", "qinghemed.partner.onmschina.cn", "qinghemed.partner.onmschina.cn"),
        ("domain", "青禾.中国", "xn--2lzs91d.xn--fiqs8s"),
        ("bank_account", "6222 0000 1111 2222 333", "6222000011112222333"),
        ("integer", "1,200 用户", "1200"),
        ("integer", "８０", "80"),
        ("percent", "6.00%", "6"),
        ("percent", "85％", "85"),
        ("months", "12个月", "12"),
        ("months", "1年", "12"),
        ("choice", "新 购", "new"),
        ("choice", "☑新购 □续订", "new"),
        ("number_text", "xhy—csp-2026-0042 ", "XHY-CSP-2026-0042"),
        ("org_name", "星河云(上海) 数字科技有限公司", "星河云（上海）数字科技有限公司"),
        ("text", " 深圳市 南山区 ", "深圳市 南山区"),
    ],
)
def test_canonical_values(kind: str, raw: str, value: str) -> None:
    assert parse(kind, raw, options=CHOICES) == Parsed(value)


@pytest.mark.parametrize(
    ("kind", "raw", "problem"),
    [
        ("mobile", "12800138000", "not_a_mobile"),
        ("mobile", "0755-86001234", "not_a_mobile"),
        ("mobile", "l38OO138000", "repaired"),
        ("phone", "8600", "not_a_phone"),
        ("email", "lilei@qinghe", "not_an_email"),
        ("email", "li lei.qinghe.cn", "not_an_email"),
        ("domain", "qinghe_med.cn", "not_a_domain"),
        ("domain", "1.2.3.4", "not_a_domain"),
        ("domain", "qinghe", "not_a_domain"),
        ("bank_account", "1234", "not_an_account"),
        ("integer", "八十", "not_a_number"),
        ("integer", "80.5", "not_a_number"),
        ("percent", "120%", "out_of_range"),
        ("months", "一季度", "not_a_term"),
        ("choice", "☑新购 ☑续订", "not_an_option"),
        ("choice", "□新购 □续订", "missing"),
        ("choice", "日付", "not_an_option"),
        ("choice", "新购订単", "repaired"),
        ("org_name", "蓝鲸", "abbreviated"),
        ("org_name", "____", "missing"),
    ],
)
def test_checks_that_fail(kind: str, raw: str, problem: str) -> None:
    assert parse(kind, raw, options=CHOICES).problem == problem


def test_a_pattern_narrows_a_type() -> None:
    pattern = r"XHY-CSP-\d{4}-\d{4}"
    assert parse("number_text", "XHY-CSP-2026-0042", pattern=pattern).problem is None
    assert parse("number_text", "XHY-CSP-2026-42", pattern=pattern) == Parsed("XHY-CSP-2026-42", "pattern", sure=False)
    assert parse("number_text", "XHY·CSP-2026-0042", pattern=pattern).problem == "repaired"
    assert parse("number_text", "价格·另议", pattern=pattern).problem == "pattern"


@given(st.sampled_from(sorted(FIELD_TYPES)), st.text(max_size=40))
def test_no_text_breaks_a_parser(kind: str, raw: str) -> None:
    found = parse(kind, raw, options=CHOICES)
    assert found.sure or found.problem
    assert found.value is not None or found.problem


@given(
    st.sampled_from(sorted(FIELD_TYPES)),
    st.text(alphabet="0123456789年月日-./¥, 壹贰拾佰仟万元整BOIl@abcn新购", max_size=20),
)
def test_a_canonical_value_is_its_own_reading(kind: str, raw: str) -> None:
    found = parse(kind, raw, options=CHOICES)
    if found.value is not None and found.problem is None and kind != "capitals":
        assert parse(kind, found.value, options=CHOICES) == found


# --- business days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("2026-02-13", "2026-02-25"),
        ("2026-09-30", "2026-10-10"),
        ("2026-04-03", "2026-04-09"),
        ("2026-05-08", "2026-05-12"),
    ],
)
def test_three_business_days_with_make_up_weekends(paid: str, due: str) -> None:
    found = add_business_days(date.fromisoformat(paid), 3)
    assert (found.date.isoformat(), found.provisional) == (due, False)
    assert add_business_days(found.date, -3).date <= date.fromisoformat(paid)


def test_a_year_without_table_is_provisional() -> None:
    found = add_business_days(date(2126, 12, 30), 3)
    assert found.provisional
    assert found.date == date(2127, 1, 2)


@pytest.mark.parametrize(
    ("utc", "counts"),
    [("2026-09-30T07:10", "2026-09-30"), ("2026-09-30T10:00", "2026-10-08"), ("2026-09-29T20:00", "2026-09-30")],
)
def test_events_after_the_cutoff_count_on_the_next_business_day(utc: str, counts: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert counting_day(moment, time(17)).isoformat() == counts
