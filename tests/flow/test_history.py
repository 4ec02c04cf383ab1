"""What the archive manifest tells of a case."""

from __future__ import annotations

from pipeline.flow.history import history, until_closed

AT = "2026-09-28T09:00:30+08:00"


def entry(kind: str, **data: object) -> dict[str, object]:
    return {"at": AT, "kind": kind, **data}


def test_verdicts_decisions_and_releases_are_told_with_who_and_what() -> None:
    entries = [
        entry("document_joined", by="po_no"),
        entry("judged", **{"from": "checking", "to": "needs_review"}),
        entry("decided", decision="accept", rule="SEAL-03", by="李复核", second="王经理", reason="不写入清单"),
        entry("paper_drafted", number="N-1"),
        entry("paper_released", number="N-1", by=""),
        entry("paper_released", number="N-2", by="李放行"),
        entry("reminded"),
        entry("payment_confirmed", by="王财务"),
    ]
    assert [what for _, what in history(entries)] == [
        "文件并入本案",
        "检查结论：待人工复核",
        "人工决定：接受 SEAL-03（李复核、王经理）",
        "放行文件 N-1（系统）",
        "放行文件 N-2（李放行）",
        "确认到账（王财务）",
    ]
    assert {moment for moment, _ in history(entries)} == {"2026-09-28 09:00"}


def test_it_ends_with_the_closing_of_the_case() -> None:
    entries = [entry("case_opened"), entry("originals_verified", by="孙档案"), entry("paper_released", number="N-9")]
    assert len(until_closed(entries)) == 2
    assert history(entries)[-1][1] == "原件核对归档（孙档案）"
    assert len(until_closed(entries[:1])) == 1
