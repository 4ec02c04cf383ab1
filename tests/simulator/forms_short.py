"""Short format contracts of two pages: clauses of the shipped agreement or mixed text, then a page to sign.

The first page ends before the foot, so that words may be added; copies in another look hold equal words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from docx.document import Document as Docx
from docx.shared import Pt

from tests.simulator import forms_paper as paper
from tests.simulator.forms_text import SERVICE, Blank

EDITION = "2026-01"
ZONES = frozenset({"signature", "customer_seal"})
SIGN_FORM = (
    Blank("客户名称", "customer_name"),
    Blank("统一社会信用代码", "customer_uscc"),
    Blank("地址", "customer_address"),
    Blank("经销商", "reseller_name"),
    Blank("签字人姓名", "sign_name"),
    Blank("签署日期", "sign_date"),
    Blank("授权代表签字", "signature", zone=True),
    Blank("客户（盖章）", "customer_seal", zone=True),
)
BLANKS = frozenset(blank.name for blank in SIGN_FORM)
_TALL = {"signature": 22.0, "customer_seal": 58.0}
_INTRO = "客户确认已收到并阅读协议正文，同意受其约束，并声明正文未经任何增补、删除或者划改。"
_NOTES = (
    "盖章要求：加盖公章或者合同专用章，印文应与客户名称一致，并在右侧页边加盖骑缝章。",
    "服务提供方：上海岚云网络科技有限公司（虚构）。",
)


@dataclass(frozen=True)
class Look:
    """Typeface, type size and line pitch in pt, margins left, top, right, bottom in mm."""

    font: str = paper.SERIF
    size: float = 10.5
    line: float = 18.0
    margins: tuple[float, float, float, float] = (28.0, 26.0, 28.0, 22.0)


@dataclass(frozen=True)
class Short:
    """A contract: masthead, lines as in the text files (`# ` chapter, `- ` clause, `| ` table row), and its look."""

    name: str
    title: str
    body: tuple[str, ...]
    look: Look

    @property
    def subtitle(self) -> str:
        """Below the title; with the title it tells the contract from the others."""
        return f"（经销渠道版）　文本版本：{EDITION}"

    @property
    def head(self) -> str:
        """Runs over every page."""
        return f"{self.title}　经销渠道版　{EDITION}　示例文本·虚构"


def write_short(short: Short, look: Look, path: Path) -> None:
    """Writes the contract in some look; 2 pages in its own."""
    document = paper.sheet(short.title, font=look.font, margins=look.margins)
    paper.running(document, short.head, "所载企业均为虚构")
    paper.heading(document, short.title, size=look.size + 5, after=3)
    paper.write(document.add_paragraph(), short.subtitle, size=look.size, align=paper.CENTRE, line=look.line, after=5)
    _clauses(document, short.body, look)
    paper.heading(document, "签名表", size=look.size + 4, new_page=True)
    _prose(document, _INTRO, look, after=6)
    width = 210.0 - look.margins[0] - look.margins[2]
    table = paper.grid(document, (42, width - 42), len(SIGN_FORM))
    for row, blank in zip(table.rows, SIGN_FORM, strict=True):
        paper.row_height(row, _TALL.get(blank.name, 9.5), exact=True)
        paper.fill(row.cells[0], blank.label)
        paper.fill(row.cells[1], blank.content)
    for note in _NOTES:
        _prose(document, note, look, before=6)
    paper.save(document, path)


def _prose(document: Docx, words: str, look: Look, *, bold: bool = False, before: float = 0, after: float = 0) -> None:
    paper.write(
        document.add_paragraph(),
        words,
        size=look.size,
        line=look.line,
        bold=bold,
        before=before,
        after=after,
        align=paper.JUSTIFY,
    )


def _clauses(document: Docx, body: Iterable[str], look: Look) -> None:
    chapter = clause = 0
    rows: list[list[str]] = []
    for line in [*body, ""]:
        if line.startswith("| "):
            rows.append([cell.strip() for cell in line[2:].split("|")])
            continue
        if rows:
            _table(document, rows, look)
            rows = []
        if line.startswith("# "):
            chapter, clause = chapter + 1, 0
            _prose(document, f"{chapter}. {line[2:]}", look, bold=True, before=4, after=1)
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        elif line.startswith("- "):
            clause += 1
            _prose(document, f"{chapter}.{clause}\t{line[2:]}", look, after=1)
            shape = document.paragraphs[-1].paragraph_format
            shape.left_indent, shape.first_line_indent = Pt(30), Pt(-30)
            shape.tab_stops.add_tab_stop(Pt(30))
        elif line:
            _prose(document, line, look, after=2)


def _table(document: Docx, rows: list[list[str]], look: Look) -> None:
    table = paper.grid(document, (62, 36, 36), len(rows))
    for index, (row, words) in enumerate(zip(table.rows, rows, strict=True)):
        paper.row_height(row, 6.8, exact=True)
        for cell, word in zip(row.cells, words, strict=True):
            paper.fill(cell, word, size=look.size - 1, bold=index == 0, align=paper.CENTRE)
    paper.write(document.add_paragraph(), "", size=4, line=5)


# --- the contracts ------------------------------------------------------------------------------------------------

_SERVICE = SERVICE.body.splitlines()


def _taken(chapters: dict[str, tuple[int, ...]]) -> tuple[str, ...]:
    """The first lines of the agreement and from each chapter the clauses asked for, from 1, with their tables."""
    lines, chapter, clause = [_SERVICE[0]], "", 0
    for line in _SERVICE[1:]:
        if line.startswith("# "):
            chapter, clause = line[2:], 0
        clause += line.startswith("- ")
        wanted = chapters.get(chapter, ())
        if (line.startswith("# ") and wanted) or (not line.startswith("# ") and clause in wanted):
            lines.append(line)
    return tuple(lines)


SONG = Short(
    "short_song",
    "岚云在线服务简式协议",
    _taken(
        {
            "定义": (3, 4),
            "服务的开通与变更": (1,),
            "服务等级承诺": (1, 2),
            "费用与付款": (2, 4),
            "法律适用与争议解决": (2,),
        }
    ),
    Look(),
)
HEI = Short(
    "short_hei",
    "岚云账号与数据托管协议",
    _taken(
        {
            "订阅、许可与使用权": (2, 3),
            "客户数据与数据所在地": (1, 3, 4),
            "保密": (1,),
            "期限与终止": (1, 2, 3),
            "法律适用与争议解决": (2,),
            "账号安全与共同责任": (3, 4),
        }
    ),
    Look(paper.SANS, 9.5, 16.5, (24.0, 24.0, 24.0, 20.0)),
)
MIXED = Short(
    "short_mixed",
    "Backup Subscription Terms 云备份订阅条款",
    tuple((Path(__file__).parent / "forms_short_mixed.txt").read_text(encoding="utf-8").splitlines()),
    Look(paper.SERIF, 10.0, 16.0, (26.0, 24.0, 26.0, 22.0)),
)
SHORTS = {short.name: short for short in (SONG, HEI, MIXED)}

# The same words in another look: re-flowed (another size and measure) and in another typeface.
COPIES: dict[str, dict[str, Look]] = {
    "short_song": {
        "reflowed": Look(paper.SERIF, 9.5, 16.0, (22.0, 22.0, 22.0, 20.0)),
        "other font": Look(paper.SANS, 10.5, 18.0, (28.0, 26.0, 28.0, 22.0)),
    },
    "short_hei": {
        "reflowed": Look(paper.SANS, 10.5, 18.0, (26.0, 22.0, 26.0, 20.0)),
        "other font": Look(paper.SERIF, 9.5, 16.5, (24.0, 24.0, 24.0, 20.0)),
    },
    "short_mixed": {
        "reflowed": Look(paper.SERIF, 9.0, 15.0, (22.0, 22.0, 22.0, 20.0)),
        "other font": Look(paper.SANS, 10.0, 16.0, (26.0, 24.0, 26.0, 22.0)),
    },
}

# Another edition of each: two clauses of the first page in other words.
EDITIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "short_song": (
        (
            "完成开通，并将管理员账号和初始密码直接发送给联系人信息表所载的管理员",
            "完成开通，并将管理员账号经由经销商转交联系人信息表所载的管理员",
        ),
        ("不支持按月、按季或者按用量付款", "也支持按季或者按半年付款"),
    ),
    "short_hei": (
        ("增购部分与原订阅同日到期，按剩余天数折算费用", "增购部分自增购之日起单独计算期限和费用"),
        ("两地互为备份", "仅在北京保存备份"),
    ),
    "short_mixed": (
        ("within 15 days after the order", "in four instalments, each at the end of a quarter"),
        ("Neither party is liable for loss of profit.", "The Provider alone is liable for loss of profit."),
    ),
}


def edition_of(short: Short) -> Short:
    """The contract with two clauses worded differently; ValueError when the words no longer stand in it."""
    text = "\n".join(short.body)
    for old, new in EDITIONS[short.name]:
        if old not in text:
            raise ValueError(f"{short.name} does not say {old!r}")
        text = text.replace(old, new)
    return Short(short.name, short.title, tuple(text.splitlines()), short.look)
