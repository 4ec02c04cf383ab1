"""Which small differences between a text layer and a picture tell of a lie, and which of an honest scanner."""

from __future__ import annotations

import pytest

from pipeline.read.telling import confirms, edits


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("4.2", "4.1"),
        ("4.2 服务提供方保证", "4.1 服务提供方保证"),
        ("应在 30 日内支付", "应在 60 日内支付"),
        ("赔偿总额不超过 5,000 元", "赔偿总额不超过 50,000 元"),
        ("赔偿总额不超过 5000 元", "赔偿总额不超过 500 元"),
        ("可用性不低于 99.9%", "可用性不低于 99.5%"),
        ("客户不得转让", "客户得转让"),
        ("客户得转让", "客户不得转让"),
        ("客户有权拒绝", "客户无权拒绝"),
        ("未经许可", "已经许可"),
        ("非因客户原因", "因客户原因"),
        ("甲方应予赔偿", "乙方应予赔偿"),
        ("自第三年起", "自第五年起"),
        ("may raise the fee", "may not raise the fee"),
        ("it cannot be restored", "it can be restored"),
    ],
)
def test_a_figure_a_negation_and_a_party_tell(claimed: str, shown: str) -> None:
    found = edits(claimed, shown)
    assert len(found) == 1
    assert confirms(found[0], shown)
    assert not confirms(found[0], claimed)
    assert not confirms(found[0], "")


@pytest.mark.parametrize(
    ("claimed", "shown"),
    [
        ("合同金额 5,000.00 元", "合同金额5000.00元"),
        ("2026-09-28", "2026-O9-28"),
        ("共 B 页", "共 8 页"),
        ("1l 条", "11 条"),
        ("下得转让", "不得转让"),
        ("元权拒绝", "无权拒绝"),
        ("末经许可", "未经许可"),
        ("井因客户原因", "非因客户原因"),
        ("第 页 共 8 页", "第 3 页 共 8 页"),
        ("岚云在线服务", "岚去在线服劣"),
        ("双方应当按照约定", "双方应当按照约定。"),
        ("shall indicate it in", "shall ihdicate it m"),
        ("a noted person", "a nobed person"),
        ("又万庇不当按照约走履行", "双方应当按照约定履行"),
    ],
)
def test_what_scanners_misread_does_not(claimed: str, shown: str) -> None:
    assert edits(claimed, shown) == ()


def test_the_whole_number_is_told() -> None:
    (edit,) = edits("应在 120 日内", "应在 190 日内")
    assert ("应在 120 日内"[edit.lo : edit.hi], "应在 190 日内"[edit.start : edit.stop]) == ("120", "190")
    assert len(edits("自 10 日至 20 日", "自 11 日至 21 日")) == 2


def test_a_number_read_again_must_be_the_whole_number() -> None:
    (edit,) = edits("应在 100 日内", "应在 10 日内")
    assert confirms(edit, "应在10日内")
    assert not confirms(edit, "应在100日内")
    assert not confirms(edit, "在1000日")


def test_longer_rows_count_where_the_picture_is_known() -> None:
    pair = ("争议提交北京仲裁委员会仲裁解决并适用其规则", "争议提交上海市第二法院审理解决并适用其规则")
    assert edits(*pair) == ()
    (row,) = edits(*pair, known=True)
    assert "仲裁委员会" in pair[0][row.lo : row.hi]


@pytest.mark.parametrize(
    ("claimed", "shown", "word"),
    [
        ("争议由北京市的法院管辖", "争议由上海市的法院管辖", "北京"),
        ("本协议由上海速融网络科技有限公司", "本协议由上海岚云网络科技有限公司", "速融"),
        ("Shanghai Arbitration Centre", "Shenzhen Arbitration Centre", "anghai"),
        ("Nanjing Arbitration Centre", "Shanghai Arbitration Centre", "jing"),
    ],
)
def test_another_word_counts_in_a_layer_that_is_good_otherwise(claimed: str, shown: str, word: str) -> None:
    assert edits(claimed, shown) == ()
    (edit,) = edits(claimed, shown, faithful=True)
    assert claimed[edit.lo : edit.hi] == word


@pytest.mark.parametrize(
    "claimed",
    ["争议由ab市的法院管辖", "争议由土海市的法院管辖", "Sharghei"],
)
def test_specks_and_look_alikes_are_no_other_word(claimed: str) -> None:
    shown = "争议由上海市的法院管辖" if claimed[0] == "争" else "Shanghai"
    assert edits(claimed, shown, faithful=True) == ()


def test_a_word_that_is_not_shown_counts_where_the_picture_is_known() -> None:
    pair = ("上海岚云网络科技有限公司提供服务", "上海网络科技有限公司提供服务")
    assert edits(*pair, faithful=True) == ()
    assert len(edits(*pair, known=True, faithful=True)) == 1


@pytest.mark.parametrize(
    ("claimed", "shown", "settled"),
    [
        ("起算，共12个月", "起算，2个月", False),
        ("第 4.12", "第 4.1", False),
        ("10%", "109%", False),
        ("客户不可按下表取得抵扣", "客户下表取得抵扣", False),
        ("客户不可按下表取得抵扣", "客户可按下表取得抵扣", True),
        ("不可按下表取得抵扣", "可按下表取得抵扣", True),
        ("起算，共12个月", "起算，共2个月", True),
        ("起算，共12个月", "起算，13个月", True),
        ("10%", "20%", True),
    ],
)
def test_what_is_missing_must_be_missing_between_what_is_read(claimed: str, shown: str, settled: bool) -> None:
    assert [edit.settled for edit in edits(claimed, shown)] == [settled]
