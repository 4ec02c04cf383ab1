from __future__ import annotations

import numpy as np
import pytest

from pipeline.inspection.compare_pages import match_pages, printed_number
from pipeline.inspection.compare_runs import align
from pipeline.inspection.compare_text import Mark
from pipeline.inspection.register import Registration, blank_boxes, from_text, registered_box
from pipeline.model import Blank, Line, Page, Reference

WORDS = [
    "服务提供方在收到订单及款项后三个工作日内完成开通并将初始密码发送给管理员",
    "客户数据仅存储于中国大陆境内的两处数据中心未经书面同意不得传输至境外",
    "任何一方均不对利润损失商誉损失业务中断或者其他间接损失承担责任",
    "因本协议产生的争议双方应先行协商不成的向人民法院起诉",
]


def page(number: int, body: str, foot: str = "") -> Page:
    texts = ["虚构协议 示例文本", body, foot or f"第 {number} 页 共 4 页"]
    lines = tuple(
        Line(text=text, box=(60, 50 + 300 * at, 60 + 11 * len(text), 61 + 300 * at)) for at, text in enumerate(texts)
    )
    return Page(number=number, width=595, height=842, lines=lines if body else ())


FORM = [page(at, body) for at, body in enumerate(WORDS, 1)]


def matched(
    order: list[int | str],
) -> tuple[tuple[int | None, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...], bool]:
    pages = [page(at, WORDS[item - 1] if isinstance(item, int) else item) for at, item in enumerate(order, 1)]
    result = match_pages(pages, FORM)
    return (
        tuple(result.matches[at][0] for at in sorted(result.matches)),
        result.missing,
        result.repeated,
        result.foreign,
        result.in_order,
    )


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([1, 2, 3, 4], ((1, 2, 3, 4), (), (), (), True)),
        ([1, 3, 2, 4], ((1, 3, 2, 4), (), (), (), False)),
        ([1, 2, 4], ((1, 2, 4), (3,), (), (), True)),
        ([1, 2, 2, 3, 4], ((1, 2, 2, 3, 4), (), (2,), (), True)),
        ([1, 2, "本补充约定优先于格式合同适用价格另行商定", 4], ((1, 2, None, 4), (3,), (), (3,), True)),
        ([1, "", 2, "", 3, "", 4], ((1, None, 2, None, 3, None, 4), (), (), (), True)),
    ],
)
def test_pages_are_named(order: list[int | str], expected: object) -> None:
    assert matched(order) == expected


def test_a_page_with_many_misread_characters_is_still_found() -> None:
    poor = "".join("口" if at % 6 == 0 else char for at, char in enumerate(WORDS[1]))
    assert match_pages([page(1, poor)], FORM).matches[1][0] == 2


@pytest.mark.parametrize(
    ("foot", "number"),
    [
        ("第 3 页 共 8 页", (3, 8)),
        ("所载企业均为虚构 第3页，共8页", (3, 8)),
        ("3 / 8", (3, 8)),
        ("第3页", (3, None)),
        ("共 8 页 第 3 页", (3, 8)),
        ("- 3/8 -", (3, 8)),
        ("Order form, Page 3 of 8", (3, 8)),
        ("2026/09", None),
        ("Homepage 3 of 8", None),
        ("无", None),
    ],
)
def test_printed_numbers(foot: str, number: tuple[int, int | None] | None) -> None:
    assert printed_number(page(1, WORDS[0], foot)) == number


def grid(text: str, matrix: np.ndarray, noise: float, *, width: int = 20) -> list[Mark]:
    rng = np.random.default_rng(3)
    marks = []
    for at, char in enumerate(text):
        x, y = 60 + 20 * (at % width), 80 + 40 * (at // width)
        u, v = matrix @ (x, y, 1.0) + rng.normal(0, noise, 2)
        marks.append(Mark(char, (u - 5, v - 5, u + 5, v + 5), 1.0, 1, at // width))
    return marks


def test_text_registers_a_page_in_spite_of_misreadings() -> None:
    text = "".join(WORDS)
    true = np.array([[0.96, 0.01, 12.0], [-0.01, 0.97, -7.0]])
    read = "".join("口" if at % 9 == 4 else char for at, char in enumerate(text))
    found = from_text(align(grid(text, np.eye(2, 3), 0), grid(read, true, 1.0)))
    assert found is not None
    corners = np.array([(60, 80, 1), (460, 80, 1), (60, 320, 1), (460, 320, 1)])
    assert np.abs(corners @ (found - true).T).max() < 2.0


def test_a_copy_with_other_line_breaks_does_not_register() -> None:
    text = "".join(WORDS)
    reflowed = grid(text, np.eye(2, 3), 0, width=13)
    assert from_text(align(grid(text, np.eye(2, 3), 0), reflowed)) is None


def test_blanks_are_placed_on_the_page_that_carries_them() -> None:
    blanks = (Blank(name="customer", page=4, box=(100, 100, 200, 120)), Blank(name="lost", page=3, box=(0, 0, 9, 9)))
    form = Reference(sha256="0" * 64, edition="test", pages=tuple(FORM), blanks=blanks)
    turned = Registration.of(2, 4, np.array([[1.0, 0.0, 10.0], [0.0, 1.0, -20.0]]), 0.1, 0.9)
    assert blank_boxes({2: turned}, form) == {"customer": (2, (110.0, 80.0, 210.0, 100.0))}
    assert registered_box({2: turned}, 3, (0, 0, 9, 9)) is None
    assert turned.back(turned.place((1, 2, 3, 4))) == pytest.approx((1, 2, 3, 4))
