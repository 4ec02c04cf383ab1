"""Findings about documents that came in several files (IN-06): which files and pages they were put together from."""

from __future__ import annotations

from pipeline.model import Bilingual, Facts, Finding, Origin

RULE = "IN-06"


def put_together(facts: Facts) -> tuple[Finding, ...]:
    """Where the pages of a document came from; nothing for one that came as it is."""
    origins = facts.document.submission.made_of
    if not origins:
        return ()
    zh = "；".join(f"{origin.name} 第 {_pages(origin)} 页" for origin in origins)
    en = "; ".join(f"{origin.name} page {_pages(origin)}" for origin in origins)
    files = len({origin.sha256 for origin in origins})
    message = Bilingual(
        zh=f"由 {files} 个文件按页码拼合：{zh}；原件不变",
        en=f"Put together from {files} files by their page numbers: {en}; the originals are unchanged",
    )
    return (Finding(rule=RULE, outcome="pass", severity="info", message=message),)


def taken_in(facts: Facts) -> Finding:
    """A file whose pages are judged as part of another document."""
    whole = (facts.whole or "")[:8]
    message = Bilingual(
        zh=f"本文件是一份材料的部分页，已与其他文件拼合后审核（review-{whole}）；原件不变",
        en=f"Pages of a document that was put together from several files and is judged as a whole (review-{whole}); "
        "this file is unchanged",
    )
    return Finding(rule=RULE, outcome="pass", severity="info", message=message)


def _pages(origin: Origin) -> str:
    return f"{origin.first}" if origin.first == origin.last else f"{origin.first}-{origin.last}"
