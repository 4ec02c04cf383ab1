"""Sentences about files: remarks for the document, and the errors that say why it could not be read."""

from __future__ import annotations

from pipeline.errors import UnreadableError
from pipeline.model import Bilingual, Box, Remark, UnreadableReason

ADVICE: dict[str, tuple[str, str]] = {
    "empty": ("请重新扫描或导出后再次提交。", "Scan or export it again and submit it again."),
    "encrypted": (
        "请去除密码或权限保护后重新提交。",
        "Remove the password or permission protection and submit it again.",
    ),
    "damaged": (
        "请重新扫描或从原软件重新导出后提交。",
        "Scan it again or export it again from the program that made it.",
    ),
    "unsupported": (
        "请提供 PDF、JPG、PNG、TIFF、DOCX、XLSX 文件。",
        "Submit a PDF, JPG, PNG, TIFF, DOCX or XLSX file.",
    ),
    "too_large": (
        "请拆分文件或降低扫描分辨率（建议 300 dpi）后重新提交。",
        "Split the file or scan at 300 dpi and submit it again.",
    ),
    "unsafe": (
        "请另存为不含宏、无特殊结构的文件，或打印为 PDF 后提交。",
        "Save it without macros or print it to PDF and submit that.",
    ),
}


def remark(code: str, zh: str, en: str, *, page: int | None = None, box: Box | None = None) -> Remark:
    """A fact about the file itself; `box` on the upright page."""
    return Remark(code=code, message=Bilingual(zh=zh, en=en), page=page, box=box)


def unreadable(
    reason: UnreadableReason, name: str, zh: str, en: str, *, advice: tuple[str, str] | None = None
) -> UnreadableError:
    """The error that names the file, what is wrong and what to do next."""
    zh_advice, en_advice = advice or ADVICE.get(reason, ("请交由人工处理。", "Have a person look at it."))
    return UnreadableError(reason, f"文件“{name}”{zh}。{zh_advice}", f"{name}: {en}. {en_advice}")
