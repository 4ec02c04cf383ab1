"""Records spelled out in a message."""

from __future__ import annotations

import json

import pytest

from pipeline.read.record_text import record_in

TOLD = """各位好，开通结果如下（虚构）：
订单编号：PO-20260928-001
租户域名: qinghemed.partner.onmschina.cn
- 管理员账号 = admin@qinghemed.partner.onmschina.cn
订阅编号：SUB-2026-000042
开通日期：2026-10-09
起始日期：2026-10-09
终止日期：2027-10-08
产品编号：O365-E3-CN-Y
数量：80
产品编号：O365-E1-CN-Y
数量：20
请查收。
"""


def test_labels_and_values_become_a_record() -> None:
    record = json.loads(record_in(TOLD) or b"null")
    assert record["po_no"] == "PO-20260928-001"
    assert record["admin_upn"] == "admin@qinghemed.partner.onmschina.cn"
    assert (record["opened_at"], record["start"], record["end"]) == ("2026-10-09", "2026-10-09", "2027-10-08")
    assert record["lines"] == [{"sku": "O365-E3-CN-Y", "qty": "80"}, {"sku": "O365-E1-CN-Y", "qty": "20"}]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "您好，附件是 PO-20260928-001 的订单。\n订单编号：PO-20260928-001\n数量：80\n",
        "\n".join(f"> {line}" for line in TOLD.splitlines()),  # what somebody else had written
        "收到，谢谢。\n----- 原始邮件 -----\n" + TOLD,
        "收到。\n发件人：陈立群\n" + TOLD,
        TOLD.replace("- 管理员账号", "订单编号：PO-20260928-002\n- 管理员账号"),  # which order?
    ],
    ids=["empty", "letter", "quoted", "forwarded", "answered", "contradictory"],
)
def test_other_texts_are_no_record(text: str) -> None:
    assert record_in(text) is None


def test_a_password_is_never_taken_over() -> None:
    found = record_in(TOLD.replace("请查收", "初始密码：Fictional#9\n请查收"))
    assert found is not None
    assert b"Fictional" not in found
