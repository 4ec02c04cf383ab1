from __future__ import annotations

import numpy as np
import pytest

from pipeline.inspection.compare_plain import without_heads
from pipeline.inspection.compare_reread import Answer, Window, middle, read_again
from pipeline.inspection.compare_runs import align, beside, in_rows
from pipeline.inspection.compare_text import (
    HOLE,
    Mark,
    clause_of,
    critical,
    fold,
    folded,
    gist,
    line_marks,
    marks,
    text_of,
)
from pipeline.model import Line, Page, Word
from tests.inspection.test_compare import Script


def row(text: str, x: float, y: float, line: int, *, step: float = 10.0, page: int = 1) -> list[Mark]:
    return [
        Mark(char, (x + at * step, y, x + (at + 1) * step, y + 10), 1.0, page, line) for at, char in enumerate(text)
    ]


@pytest.mark.parametrize(
    ("paper", "read"),
    [
        ("（ａ）“日”——甲；乙", '(a)"日"--甲;乙'),
        ("共 12 个月，不低于 99.9％", "共12个月,不低于99.9%"),
        ("【2026】＿＿＿年", "[2026]年"),
        ("A级：7 × 24", "A级:7×24"),
        ("Société de l’Étranger", "Societe de l'Etranger"),
        ("Socie\u0301te\u0301", "Société"),
        ("ﬁling of the oﬃce’s ﬂoor", "filing of the office's floor"),
        ("Ünder Ångström", "Under Angstrom"),
    ],
)
def test_print_and_reading_fold_to_the_same(paper: str, read: str) -> None:
    assert fold(paper) == fold(read)


def test_signs_of_comparison_are_no_accented_letters() -> None:
    assert fold("a ≠ b ≯ c") == "a≠b≯c"


def test_folding_remembers_where_characters_came_from() -> None:
    assert folded("甲 …乙") == [("甲", 0), (".", 2), (".", 2), (".", 2), ("乙", 3)]


@pytest.mark.parametrize(("first", "second"), [("末", "未"), ("1", "7"), ("99.9%", "99.5%"), ("已", "己"), ("%", "")])
def test_gist_keeps_what_matters(first: str, second: str) -> None:
    assert gist(first) != gist(second)


def test_gist_sets_punctuation_and_inseparable_shapes_aside() -> None:
    assert gist("甲,乙。O") == gist("甲乙、0")


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("客户不得转让", "不"),
        ("税率为6%。", "6%"),
        ("有效期三十六个月", "三十六"),
        ("向人民法院起诉或仲裁", "法院仲裁"),
        ("但约定除外", "除外"),
    ],
)
def test_critical_tokens(text: str, marked: str) -> None:
    assert "".join(char for char, weighty in zip(text, critical(text), strict=True) if weighty) == marked


@pytest.mark.parametrize(
    ("line", "clause"),
    [
        ("3.2 客户应保证", "3.2"),
        ("第 五 条 保密", "第五条"),
        ("12. 法律适用", "12"),
        ("2026年1月", ""),
        ("的，应退还", ""),
    ],
)
def test_clause_headings(line: str, clause: str) -> None:
    assert clause_of(line) == clause


def test_characters_get_places_inside_their_words() -> None:
    words = (Word(text="共12", box=(0, 0, 40, 10)), Word(text="月", box=(50, 0, 70, 10)))
    found = line_marks(Line(text="共12 月", box=(0, 0, 70, 10), words=words), 1, 0)
    assert text_of(found) == "共12月"
    assert [mark.box[0] for mark in found] == [0, 20, 30, 50]


def test_cells_side_by_side_read_as_one_row() -> None:
    cells = [*row("右格", 200, 101, 0), *row("左格", 0, 100, 1), *row("下", 0, 130, 2)]
    assert text_of(in_rows(cells)) == "左格右格下"


def test_merged_cells_fall_into_the_order_of_the_form() -> None:
    form = [*row("名称", 0, 100, 0), *row("地址", 200, 100, 1), *row("电话", 0, 120, 2)]
    merged = [
        *row("名称", 0, 102, 0),
        *[mark._replace(line=0) for mark in row("地址", 200, 102, 0)],
        *row("电话", 0, 121, 1),
    ]
    assert align(form, beside(merged, form)).runs == ()


def test_lines_pushed_down_keep_their_order() -> None:
    form = [mark for at in range(6) for mark in row(f"第{at}行文字", 0, 100 + 20 * at, at)]
    pushed = [
        mark
        for at, text in enumerate(["第0行文字", "插入的话", *(f"第{n}行文字" for n in range(1, 6))])
        for mark in row(text, 0, 100 + 18 * at, at)
    ]
    aligned = align(form, beside(pushed, form))
    assert [text_of(aligned.found[run.start : run.stop]) for run in aligned.runs] == ["插入的话"]


def test_a_row_left_out_between_two_alike_figures_is_left_out() -> None:
    form = row("逐次同意,保留日志不少于6个月。6.2客户发现", 0, 0, 0)
    (run,) = align(form, row("逐次同意,6.2客户发现", 0, 0, 0)).runs
    assert "".join(mark.char for mark in form[run.lo : run.hi]) in ("保留日志不少于6个月。", "6个月。保留日志不少于")
    assert run.start == run.stop


def test_a_number_beside_its_row_stays_before_it_however_their_heights_are_measured() -> None:
    # In print a figure's box stands a little higher than the hanzi of its row; read, both do or neither.
    form = [*row("2.1", 0, 99.1, 0), *row("服务提供方在收到订单后完成开通", 40, 100, 0), *row("并通知客户", 40, 118, 1)]
    for figure, hanzi in ((100.1, 99.4), (99.2, 99.3), (99.9, 100.3)):
        read = [
            *row("服务提供方在收到订单后完成开通", 40, hanzi, 0),
            *row("2.1", 0, figure, 1),
            *row("并通知客户", 40, 118, 2),
        ]
        assert align(form, beside(read, form)).runs == ()


def test_a_filled_blank_is_a_run_of_its_own() -> None:
    hole = Mark(HOLE, (20, 0, 90, 10), 1.0, 1, -1)
    form = [*row("甲方", 0, 0, 0), hole, *row("(盖章)", 100, 0, 1)]
    page = row("甲方虚构公司(盖童)", 0, 0, 0)
    found = [(text_of(form[run.lo : run.hi]), text_of(page[run.start : run.stop])) for run in align(form, page).runs]
    assert found == [(HOLE, "虚构公司"), ("章", "童")]


def test_neighbouring_edits_become_one_run() -> None:
    aligned = align(row("上海市浦东新区法院", 0, 0, 0), row("北京市海淀区法院", 0, 0, 0))
    assert len(aligned.runs) == 1


def paper(number: int, *lines: tuple[str, float, float]) -> Page:
    """Lines as (text, left, top)."""
    boxed = tuple(Line(text=text, box=(x, y, x + 9.0 * len(text), y + 10)) for text, x, y in lines)
    return Page(number=number, width=595, height=842, lines=boxed)


@pytest.mark.parametrize(
    "heads",
    [
        (("Terms of service 2026 issue", 70, 30),),
        (("Terms of service", 70, 30), ("2026 issue", 300, 31)),
        (("2026 issue", 300, 29), ("Terms of service", 70, 30)),
    ],
)
def test_running_heads_are_left_out_however_they_were_read(heads: tuple[tuple[str, float, float], ...]) -> None:
    body = {1: "first clause binds", 2: "payment is due in May"}
    form = [paper(n, ("Terms of service 2026 issue", 70, 30), (body[n], 70, 90)) for n in body]
    copy = [paper(n, *heads, (body[n], 70, 90), ("2026 issue", 70, 120)) for n in body]
    expected, found = without_heads(
        form,
        [mark for page in form for mark in marks(page)],
        copy,
        [mark for page in copy for mark in marks(page)],
    )
    assert text_of(expected) == "firstclausebindspaymentisdueinMay"
    assert text_of(found) == "firstclausebinds2026issuepaymentisdueinMay2026issue"


@pytest.mark.parametrize(
    ("expected", "said", "middle_"),
    [
        (",", "的格式合同,除联系人", ","),
        (",", "的格式合同除联系人", ""),
        (",", "格式合同;除联系", ";"),
        ("合同", "的格式台同,除联系人", "台同"),
        (",", ";", ";"),
    ],
)
def test_what_a_strip_says_is_told_without_the_neighbours(expected: str, said: str, middle_: str) -> None:
    head, _, tail = "的格式合同,除联系人".partition(expected)
    strip = np.zeros((8, 8, 3), np.uint8)
    assert middle(Window(strip, expected, "", head=head, tail=tail), said) == middle_


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("9.9%，但不低于99", "expected"),  # one more of the nines at either end
        ("9%，但不低于", "expected"),
        ("·9%，但不低于g", "expected"),
        ("9.9%，佴不低于99", "other"),
        ("99.9%，但不低于9", "other"),  # two more are words
        ("9.9%，但不得低于9", "other"),
    ],
)
def test_a_strip_may_cut_a_neighbour_at_either_end_and_no_more(said: str, answer: Answer) -> None:
    window = Window(np.zeros((30, 200, 3), np.uint8), "但", "但", head=".9%,", tail="不低于9")
    ((told, _),) = read_again(Script([said]), [window])
    assert told == answer


def test_what_a_strip_reads_of_its_own_first_character_is_not_forgiven() -> None:
    window = Window(np.zeros((30, 200, 3), np.uint8), "但", "但", tail="不低于9")
    ((told, _),) = read_again(Script(["佴不低于9"]), [window])
    assert told == "other"
