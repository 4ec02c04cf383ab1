from __future__ import annotations

from pipeline.cases.join import OpenCase, match, merged

ORDER = frozenset({"order"})


def case(number: str, **keys: str) -> OpenCase:
    return OpenCase(id=number, keys={key: (value,) for key, value in keys.items()})


def test_the_strongest_key_decides() -> None:
    cases = [case("A", order="PO-1", uscc="X"), case("B", order="PO-2", uscc="X")]
    assert match({"order": "PO-2", "uscc": "X"}, ORDER, cases).case == "B"


def test_a_case_with_another_order_number_is_never_taken() -> None:
    found = match({"order": "PO-9", "uscc": "X"}, ORDER, [case("A", order="PO-1", uscc="X")])
    assert found.case is None
    assert found.candidates == ()


def test_an_order_joins_the_agreement_that_came_first() -> None:
    assert match({"order": "PO-1", "uscc": "X"}, ORDER, [case("A", uscc="X")]).case == "A"


def test_an_agreement_that_fits_two_orders_goes_to_a_person() -> None:
    cases = [case("A", order="PO-1", uscc="X"), case("B", order="PO-2", uscc="X")]
    found = match({"uscc": "X"}, ORDER, cases)
    assert found.case is None
    assert found.candidates == ("A", "B")


def test_names_meet_in_spite_of_bracket_width() -> None:
    cases = [case("A", name="青禾医疗器械（深圳）有限公司")]
    assert match({"uscc": "Y", "name": "青禾医疗器械(深圳)有限公司"}, ORDER, cases).case == "A"


def test_another_legal_form_is_another_name() -> None:
    assert match({"name": "青禾有限责任公司"}, ORDER, [case("A", name="青禾有限公司")]).case is None


def test_no_keys_open_a_new_case() -> None:
    assert match({}, ORDER, [case("A", order="PO-1")]).case is None


def test_keys_are_kept_once_each() -> None:
    assert merged({"uscc": ["X"]}, [("uscc", "X"), ("uscc", "Y"), ("order", "1")]) == {
        "uscc": ("X", "Y"),
        "order": ("1",),
    }
