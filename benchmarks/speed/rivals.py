"""The same pages through Countersign, bare RapidOCR and OCRmyPDF, in turns, so that a busy moment hits all alike."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import openvino
import pypdfium2
import rapidocr
from numpy.typing import NDArray
from pypdf import PdfReader, PdfWriter
from rapidocr import EngineType, RapidOCR

from benchmarks.plan import ROOT
from benchmarks.product import submission_of, tell
from pipeline.inspection import KnownForms
from pipeline.model import Picture, TextReader
from pipeline.read import open_reader, open_reference, read

RASTER_DPI = 200
FORM = ROOT / "templates" / "csp_order" / "service_agreement" / "reference.pdf"
_BLANK = np.full((64, 320, 3), 255, dtype=np.uint8)
PRODUCT, READING = "countersign, whole check", "countersign, reading only"
COMPARING = "countersign, comparing only"  # drawn, found among the form's pages and proved, text and all
SAME, OPENVINO, ONNX = "RapidOCR, same settings", "RapidOCR, OpenVINO as shipped", "RapidOCR, onnxruntime"
OCRMYPDF = "OCRmyPDF + tesseract chi_sim"


@dataclass(frozen=True)
class Contest:
    """What is raced: the first `pages` of a scan, `rounds` times, each program on `threads` threads."""

    path: Path
    pages: int
    rounds: int
    threads: int
    today: date


@dataclass(frozen=True)
class Times:
    """Seconds a page by program, the median over the rounds; `absent` = programs that are not on this machine."""

    seconds: dict[str, float]
    absent: tuple[str, ...]


def race(contest: Contest) -> Times:
    """Run in a process of its own: engines keep memory and threads."""
    with tempfile.TemporaryDirectory() as work:
        path = first_pages(contest.path, contest.pages, Path(work))
        runners, absent = _runners(contest, path, Path(work))
        taken: dict[str, list[float]] = {name: [] for name in runners}
        for _ in range(contest.rounds):
            for name, run in runners.items():
                begun = time.perf_counter()
                run()
                taken[name].append((time.perf_counter() - begun) / contest.pages)
    return Times({name: median(values) for name, values in taken.items()}, absent)


def first_pages(path: Path, count: int, folder: Path) -> Path:
    """The first pages of a PDF as a file of their own."""
    writer = PdfWriter()
    for page in PdfReader(path).pages[:count]:
        writer.add_page(page)
    cut = folder / path.name
    writer.write(cut)
    return cut


def _runners(contest: Contest, path: Path, work: Path) -> tuple[dict[str, Callable[[], object]], tuple[str, ...]]:
    engine = open_reader(contest.threads)
    bare = {
        SAME: _same_settings(contest.threads),
        OPENVINO: RapidOCR(params=_parameters(EngineType.OPENVINO, contest.threads)),
        ONNX: RapidOCR(params=_parameters(EngineType.ONNXRUNTIME, contest.threads)),
    }
    runners: dict[str, Callable[[], object]] = {
        PRODUCT: lambda: tell(path, contest.today, engine=engine),
        READING: lambda: _read(path, engine),
        COMPARING: partial(_compare, path, _forms(engine)),
    }
    for name, program in bare.items():
        _load(program)
        runners[name] = partial(_bare, program, path)
    if shutil.which("ocrmypdf") and "chi_sim" in _tesseract_languages():
        runners[OCRMYPDF] = lambda: _ocrmypdf(path, work / "out.pdf", contest.threads)
        return runners, ()
    return runners, (OCRMYPDF,)


def rasters(path: Path, *, rgb: bool = False) -> list[NDArray[np.uint8]]:
    """Pages as pictures at 200 dpi, BGR unless `rgb`."""
    document = pypdfium2.PdfDocument(path)
    try:
        drawn = [document[index].render(scale=RASTER_DPI / 72, rev_byteorder=rgb) for index in range(len(document))]
        return [bitmap.to_numpy() for bitmap in drawn]
    finally:
        document.close()


def _load(program: RapidOCR) -> None:
    """Both networks load on first use, which is not what is raced."""
    program(_BLANK, use_det=True, use_cls=False, use_rec=False)
    program(_BLANK, use_det=False, use_cls=False, use_rec=True)


def _bare(program: RapidOCR, path: Path) -> None:
    for page in rasters(path):
        found = program(page, use_det=True, use_cls=False, use_rec=True)
        if not getattr(found, "txts", None):
            raise RuntimeError(f"no text on a page of {path.name}: this would race an engine that does nothing")


def _read(path: Path, engine: TextReader) -> None:
    read(path, submission_of(path), engine)


def _forms(engine: TextReader) -> KnownForms:
    """The blank form, opened and looked at before the race as a reading process does once."""
    form = open_reference(FORM, "2026-01")
    known = KnownForms(lambda: [form], engine)
    known.lines(1, Picture(np.full((2339, 1654, 3), 255, np.uint8), RASTER_DPI))
    return known


def _compare(path: Path, known: KnownForms) -> None:
    for number, page in enumerate(rasters(path, rgb=True), start=1):
        if known.lines(number, Picture(np.ascontiguousarray(page[:, :, :3]), RASTER_DPI)) is None:
            raise RuntimeError(f"page {number} of {path.name} was not proved: nothing was compared")


def _parameters(kind: EngineType, threads: int) -> dict[str, Any]:
    models = Path(rapidocr.__file__).parent / "models"
    return {
        "Global.log_level": "error",
        "Global.use_cls": False,
        "Det.engine_type": kind,
        "Rec.engine_type": kind,
        "Det.model_path": str(models / "PP-OCRv6_det_small.onnx"),
        "Rec.model_path": str(models / "PP-OCRv6_rec_small.onnx"),
        "EngineConfig.openvino.inference_num_threads": threads,
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
    }


def _same_settings(threads: int) -> RapidOCR:
    """As Countersign runs it: 32-bit floats, which RapidOCR's own settings cannot ask OpenVINO for."""
    engine = RapidOCR(params=_parameters(EngineType.OPENVINO, threads))
    _load(engine)
    exact = {"INFERENCE_NUM_THREADS": str(threads), "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": "NO"}
    networks: tuple[Any, Any] = (engine.text_det, engine.text_rec)
    for network in networks:
        compiled = openvino.Core().compile_model(network.session.model, "CPU", exact)
        network.session.session = compiled.create_infer_request()
    return engine


def _tesseract_languages() -> list[str]:
    if shutil.which("tesseract") is None:
        return []
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=False, timeout=30)
    return listed.stdout.split()


def _ocrmypdf(path: Path, out: Path, threads: int) -> None:
    command = ["ocrmypdf", "--force-ocr", "--quiet", "--output-type", "pdf", "--optimize", "0"]
    command += ["--language", "chi_sim+eng", "--jobs", str(threads), str(path), str(out)]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
