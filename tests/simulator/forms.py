"""Builds the paper forms of the shipped packs: `python -m tests.simulator.forms` from the repository root.

A format contract is written once as `reference.docx` (blanks = docxtpl variables in cells of exact height, so that
filling never re-flows the text) and printed blank as `reference.pdf`, with one invisible AcroForm field per blank.
`outgoing.docx` forms are docxtpl templates. Every company, person and number on them is fictional. Rebuilding gives
the same docx bytes; printing needs LibreOffice Writer and the Noto CJK fonts. With the argument `letters` only the
letters are written, which need no printing.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.simulator.forms_boxes import Place, add_fields, fixed_characters, locate, render, to_pdf
from tests.simulator.forms_contracts import cooperation_agreement, service_agreement
from tests.simulator.forms_letters import LETTERS, letter
from tests.simulator.forms_outgoing import correction_notice, purchase_order

TEMPLATES = Path(__file__).parents[2] / "templates" / "csp_order"
CONTRACTS: dict[str, Callable[[Path], frozenset[str]]] = {
    "service_agreement": service_agreement,
    "cooperation_agreement": cooperation_agreement,
}
OUTGOING: dict[str, Callable[[Path], None]] = {
    "purchase_order": purchase_order,
    "correction_notice": correction_notice,
    **{name: partial(letter, name) for name in LETTERS},
}
SEALED = frozenset({"customer_seal", "signature", "seal_a", "seal_b", "signature_a", "signature_b"})


def write_docx(folder: Path) -> dict[str, frozenset[str]]:
    """Every docx under `folder`/<document type>/; returns the blanks of each contract."""
    for name, build in OUTGOING.items():
        build(folder / name / "outgoing.docx")
    return {name: build(folder / name / "reference.docx") for name, build in CONTRACTS.items()}


def print_reference(docx: Path, blanks: frozenset[str]) -> dict[str, Place]:
    """Writes reference.pdf beside `docx`; ValueError if filling moved the fixed text."""
    markers = {name: f"Q{number:02d}Z" for number, name in enumerate(sorted(blanks), start=10)}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        render(docx, dict.fromkeys(blanks, ""), work / "blank.docx")
        render(docx, markers, work / "marked.docx")
        blank, marked = to_pdf(work / "blank.docx", work), to_pdf(work / "marked.docx", work)
        if fixed_characters(blank) != fixed_characters(marked, frozenset(markers.values())):
            raise ValueError(f"{docx}: filling the blanks moves the fixed text; give their rows an exact height")
        places = locate(marked, markers)
        add_fields(blank, places, blanks & SEALED, docx.with_suffix(".pdf"))
    return places


def write_letters(folder: Path) -> None:
    """The letters under `folder`/<document type>/."""
    for name in LETTERS:
        letter(name, folder / name / "outgoing.docx")


def main() -> None:
    """Writes every form and prints the boxes of the blanks; with the argument `letters` only the letters."""
    if sys.argv[1:] == ["letters"]:
        write_letters(TEMPLATES)
        return
    for name, blanks in write_docx(TEMPLATES).items():
        if shutil.which("soffice") is None:
            print(f"{name}: soffice is not on PATH, reference.pdf left as it was")
            continue
        for field, (page, box) in sorted(print_reference(TEMPLATES / name / "reference.docx", blanks).items()):
            print(f"{name} {field} page {page + 1} {tuple(round(value, 1) for value in box)}")


if __name__ == "__main__":
    main()
