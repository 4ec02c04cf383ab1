"""The short format contracts of this section as packs, printed once per machine, judged by the shipped rules."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.plan import ROOT
from tests.simulator.forms_boxes import add_fields, fixed_characters, locate, render
from tests.simulator.forms_short import (
    BLANKS,
    COPIES,
    EDITION,
    SHORTS,
    SIGN_FORM,
    ZONES,
    Look,
    Short,
    edition_of,
    write_short,
)

SHIPPED = ROOT / "templates" / "csp_order" / "service_agreement"
CASE = "short_contracts"
EDITED = "edition"
_SIMULATOR = ROOT / "tests" / "simulator"
_MARKERS = {name: f"Q{number:02d}Z" for number, name in enumerate(sorted(BLANKS), start=10)}
_RULES = ("AGR-01", "AGR-01g", "AGR-02")


@dataclass(frozen=True)
class Forms:
    """A templates folder, and prints of the same contracts that no pack knows."""

    folder: Path

    @property
    def templates(self) -> Path:
        """What the product is given."""
        return self.folder / "templates"

    def blank(self, form: str) -> Path:
        """The printed form with its fields."""
        return self.templates / CASE / form / "reference.pdf"

    def variant(self, form: str, name: str) -> Path:
        """The same contract in another look, or its other edition."""
        return self.folder / "variants" / f"{form}-{name.replace(' ', '-')}.pdf"


def open_forms(out: Path) -> Forms:
    """The forms below `out`, made now unless they are there; FileNotFoundError without LibreOffice."""
    folder = out / "forms" / _mark()[:16]
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as work:
            made = Path(work) / "made"
            _build(made, Path(work))
            made.rename(folder)
    return Forms(folder)


def _mark() -> str:
    """SHA-256 over all that decides how the forms look and how they are judged."""
    digest = hashlib.sha256()
    sources = [*_SIMULATOR.glob("forms*.py"), *_SIMULATOR.glob("forms*.txt"), SHIPPED / "pack.toml", Path(__file__)]
    for path in sorted(sources):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build(folder: Path, work: Path) -> None:
    case = folder / "templates" / CASE
    prints: list[tuple[Path, Path]] = []
    for short in SHORTS.values():
        home = case / short.name
        write_short(short, short.look, home / "reference.docx")
        (home / "pack.toml").write_text(pack_text(short), encoding="utf-8")
        prints.append((home / "reference.docx", home / "reference.pdf"))
        for name, words, look in _variants(short):
            docx = work / "docx" / f"{short.name}-{name.replace(' ', '-')}.docx"
            write_short(words, look, docx)
            prints.append((docx, folder / "variants" / f"{docx.stem}.pdf"))
    (case / "case.toml").write_text(
        f'type = "{CASE}"\ntitle = {{ zh = "简式格式合同", en = "short format contracts" }}\n', encoding="utf-8"
    )
    _registers(case / "registers")
    _print(prints, work)


def _variants(short: Short) -> list[tuple[str, Short, Look]]:
    copies = [(name, short, look) for name, look in COPIES[short.name].items()]
    return [*copies, (EDITED, edition_of(short), short.look)]


def _registers(folder: Path) -> None:
    rows = "".join(f'[[rows]]\ntype = "{name}"\nedition = "{EDITION}"\nvalid_from = 2026-01-01\n\n' for name in SHORTS)
    folder.mkdir(parents=True)
    (folder / "editions.toml").write_text(rows, encoding="utf-8")


def pack_text(short: Short) -> str:
    """The pack: its own cues, and fields, places and rules word for word as the shipped agreement has them."""
    shipped = (SHIPPED / "pack.toml").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\[)", shipped)
    fields = [_block(blocks, f"[fields.{blank.name}]") for blank in SIGN_FORM if not blank.zone]
    places = [_block(blocks, f"[places.{blank.name}]") for blank in SIGN_FORM if blank.zone]
    rules = [_block(blocks, f'[[rules]]\nid = "{rule}"\n') for rule in _RULES]
    head = (
        f'type = "{short.name}"\ncode = "D02"\ntitle = {{ zh = "{short.title}", en = "{short.name}" }}\n'
        f'edition = "{EDITION}"\nreference = "reference.docx"\nstraddle_party = "customer_name"\n\n'
        f'[identify]\nall = ["{short.title}", "经销渠道版"]\nmedia = ["pdf", "jpg", "png", "tif"]\n'
    )
    return "\n".join([head, *fields, *places, *rules])


def _block(blocks: list[str], start: str) -> str:
    """One table of the shipped pack without the comments before the next."""
    found = next(block for block in blocks if block.startswith(start))
    return "\n".join(line for line in found.splitlines() if not line.startswith("#")) + "\n"


def _print(prints: list[tuple[Path, Path]], work: Path) -> None:
    """All prints in one start of LibreOffice: each empty, and with its blanks marked to find their cells."""
    papers = []
    for number, (docx, _) in enumerate(prints):
        for kind, values in (("blank", dict.fromkeys(BLANKS, "")), ("marked", _MARKERS)):
            papers.append(work / f"{number:02d}-{kind}.docx")
            render(docx, values, papers[-1])
    _to_pdf(papers, work)
    for number, (_, pdf) in enumerate(prints):
        blank, marked = work / f"{number:02d}-blank.pdf", work / f"{number:02d}-marked.pdf"
        if fixed_characters(blank) != fixed_characters(marked, frozenset(_MARKERS.values())):
            raise ValueError(f"{pdf.stem}: filling the blanks moves the fixed text")
        pdf.parent.mkdir(parents=True, exist_ok=True)
        add_fields(blank, locate(marked, _MARKERS), ZONES, pdf)


def _to_pdf(papers: list[Path], folder: Path) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        raise FileNotFoundError("soffice is not on PATH; install LibreOffice Writer to print the short contracts")
    with tempfile.TemporaryDirectory() as profile:
        command = [soffice, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--convert-to", "pdf"]
        files = [str(paper) for paper in papers]
        subprocess.run([*command, "--outdir", str(folder), *files], check=True, capture_output=True, timeout=180)
