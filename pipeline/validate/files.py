"""Findings about the file itself, the same for every kind of document."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model import Bilingual, Facts, Finding, Remark, Severity, UnreadableReason
from pipeline.packs import Packs

INCOMPLETE, FORMAT, SAFETY, SPLIT, CLASS = "IN-01", "IN-03", "IN-04", "IN-06", "IN-07"
OFD, SECRET = "ESIGN-03", "SEC-02"

_RULES: dict[UnreadableReason, str] = {
    "empty": INCOMPLETE,
    "damaged": INCOMPLETE,
    "encrypted": FORMAT,
    "unsupported": FORMAT,
    "wrong_extension": FORMAT,
    "too_large": SAFETY,
    "unsafe": SAFETY,
    "timeout": SAFETY,
    "crashed": SAFETY,
    "ofd": OFD,
}
_OURS: tuple[UnreadableReason, ...] = ("timeout", "crashed")
_READABLE = Bilingual(
    zh="提交可以打开的 PDF、JPG、PNG、TIFF、DOCX 或 XLSX 文件，不加密",
    en="A PDF, JPG, PNG, TIFF, DOCX or XLSX file that opens and is not encrypted",
)
_RESUBMIT = Bilingual(zh="重新扫描或导出后再次提交", en="Scan or export it again and submit it again")
_LOOK = Bilingual(
    zh="由人工打开查看；必要时打印为 PDF 后重新提交", en="Have a person open it; print it to PDF again if needed"
)
_OFD_READER = Bilingual(
    zh="由人工用 OFD 阅读器查看内容并验章；不要转换格式",
    en="Have a person open it in an OFD reader and verify its seals there; do not convert it",
)
_SORT = Bilingual(
    zh="由人工对照原件确认各页归属；必要时请对方按份重新扫描，每份材料一个文件",
    en="Have a person sort the pages; if need be, ask for new scans, one file per document",
)
_WHOLE = Bilingual(zh="每份材料页数齐全，一份一个文件", en="Every document with all its pages, in a file of its own")
_PLAIN_FILE = Bilingual(
    zh="文件不含脚本、宏、内嵌附件或隐藏内容", en="A file without scripts, macros, attachments or hidden content"
)

# Remarks that only explain how the file was read. Every other one, also of a code not known here, is for a person.
_HARMLESS = frozenset(
    {"restricted", "scaled_down", "dpi_guessed", "signature_field", "text_layer_broken", "text_layer_unusable"}
    | {"wrong_extension", "credential_removed"}
)


def unreadable(facts: Facts) -> Finding:
    """A file that could not be read, with what to do; our own failures are for a person, not for the sender.

    So is OFD: an accepted format that this program does not read.
    """
    problem = facts.unreadable or "damaged"
    ours = problem in _OURS
    name = facts.document.submission.name
    reason = facts.reason or Bilingual(zh=f"文件“{name}”无法读取", en=f"{name} could not be read")
    if problem == "ofd":
        return Finding(rule=OFD, outcome="unsure", severity="hold", message=reason, fix=_OFD_READER, found=problem)
    return Finding(
        rule=_RULES[problem],
        outcome="unsure" if ours else "fail",
        severity="block",
        message=reason,
        required=None if ours else _READABLE,
        fix=_LOOK if ours else _RESUBMIT,
        found=problem,
    )


def taken_apart(facts: Facts) -> Finding:
    """A file of several documents, each of which is judged as a file of its own."""
    zh = "、".join(f"第 {first}–{last} 页" if first < last else f"第 {first} 页" for first, last in facts.parts)
    en = ", ".join(f"{first}-{last}" if first < last else f"{first}" for first, last in facts.parts)
    return Finding(
        rule=SPLIT,
        outcome="pass",
        severity="info",
        message=Bilingual(
            zh=f"文件含 {len(facts.parts)} 份材料（{zh}），已拆开分别审核；原件不变",
            en=f"{len(facts.parts)} documents in one file (pages {en}), judged one by one; the original is unchanged",
        ),
    )


def file_findings(facts: Facts, judged: Iterable[str] = ()) -> tuple[Finding, ...]:
    """One finding per remark about the file's structure; a clean file gives none.

    `judged` = codes of remarks that a rule of the pack judges; without one, they too are for a person.
    """
    harmless = _HARMLESS.union(judged)
    return tuple(_remark(remark, remark.code not in harmless) for remark in facts.document.remarks)


def _remark(remark: Remark, held: bool) -> Finding:
    severity: Severity = "hold" if held else "info"
    pages = remark.code.startswith("assembly_")
    return Finding(
        rule=SPLIT if pages else SECRET if remark.code.startswith("credential_") else SAFETY,
        outcome="unsure" if held else "n/a",
        severity=severity,
        message=remark.message,
        required=(_WHOLE if pages else _PLAIN_FILE) if held else None,
        fix=(_SORT if pages else _LOOK) if held else None,
        page=remark.page,
        box=remark.box,
        found=remark.code,
    )


def unclassified(facts: Facts, packs: Packs) -> Finding:
    """A document nobody claims, or several do, with the cues a person needs to decide."""
    claim = facts.classification
    titles = {pack.type: pack.title for pack in packs.documents()}
    if claim.type is not None:
        zh, en = f"没有“{claim.type}”的规则", f"There is no pack for “{claim.type}”"
    elif claim.rivals:
        names = [titles.get(rival.rpartition("/")[2], Bilingual(zh=rival, en=rival)) for rival in claim.rivals]
        zh = f"几种文件类型都符合：{'、'.join(name.zh for name in names)}，请人工归类"
        en = f"Several document types claim it: {', '.join(name.en for name in names)}; please classify it"
    elif claim.nearest:
        title = titles.get(claim.nearest, Bilingual(zh=claim.nearest, en=claim.nearest))
        cues = ", ".join(claim.missing)
        zh = f"未能归类；最接近《{title.zh}》，缺少：{cues}"
        en = f"Not classified; nearest is {title.en}, but these are missing: {cues}"
    else:
        zh, en = "未能归类，请人工查看", "Not classified; please look"
    return Finding(
        rule=CLASS,
        outcome="unsure",
        severity="hold",
        message=Bilingual(zh=zh, en=en),
        fix=Bilingual(
            zh="由人工确认文件类型；如为空白或错发文件请告知对方", en="Have a person say what it is, or tell the sender"
        ),
        found=", ".join(claim.rivals) or claim.nearest,
    )
