# ruff: noqa: E402 - the guard against openvino_telemetry comes before the imports it guards
"""The only door to the OCR engine: RapidOCR's shipped PP-OCRv6 models on OpenVINO, else on onnxruntime.

Nothing is downloaded and no socket is opened: the models are checked to be in the wheel before the engine starts, and
OpenVINO's usage statistics are kept out by declaring `openvino_telemetry` absent before `openvino` is imported.
Why the detector and recogniser are called apart: the recogniser then sees crops of the full picture, not of the
detector's smaller copy, and its CTC output stays within reach.
Why 32-bit floats: OpenVINO picks bfloat16 where the processor has it, so that one page would read differently on two
machines; measured 2026-11-23 it was also no faster (4.0 against 2.7 s of processor time a page).
"""

from __future__ import annotations

import logging
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Must precede the first import of openvino: its import-time statistics then fall back to their own stub.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]

import rapidocr
from rapidocr import EngineType, RapidOCR
from rapidocr.utils.process_img import get_rotate_crop_image

from pipeline.errors import StageError
from pipeline.model import Pixels, ReadLine, ReadText, TextReader
from pipeline.read.glyphs import Quad, char_spans, places_along

try:
    import openvino
except ImportError:  # onnxruntime is always there
    openvino = None

Bitmap = NDArray[np.uint8]  # BGR, as the engine wants it
MODELS = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")
DETECTION_SIDE = 2000  # px of the longer side of an A4 page; larger sheets get proportionally more
DETECTION_SIDE_MAX = 4000
LEAST_SIDE = 736  # px; the shipped detector's own limit
A4_PIXELS = 8.7e6  # A4 at 300 dpi
MIN_STRIP = 8  # px; nothing legible is smaller
LEAST_CONFIDENCE = 0.3  # below this the recogniser answers on noise

log = logging.getLogger(__name__)


def open_reader(threads: int) -> TextReader:
    """An engine with exactly `threads` threads; raises StageError when models are missing or the setting is ignored."""
    if threads < 1:
        raise StageError(f"OCR threads must be at least 1, not {threads}", advice="set threads to 1 or more")
    folder = Path(rapidocr.__file__).parent / "models"
    absent = [name for name in MODELS if not (folder / name).is_file()]
    if absent:
        raise StageError(
            f"the OCR models {', '.join(absent)} are not in {folder}",
            advice="reinstall the rapidocr wheel of the lock file",
        )
    return EngineReader(threads, folder)


class EngineReader:
    """RapidOCR behind the `TextReader` protocol; not safe for use from several threads at once."""

    def __init__(self, threads: int, models: Path) -> None:
        self.runtime = "openvino" if openvino is not None else "onnxruntime"
        self._engine: Any = RapidOCR(params=_parameters(self.runtime, threads, models))
        self._load(threads)
        self._check_threads(threads)

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """Detect and recognise all lines, top to bottom."""
        picture = _padded(np.ascontiguousarray(pixels[:, :, ::-1]))
        self._engine.max_side_len = _detection_side(picture.shape[0], picture.shape[1])
        detected = self._engine(picture, use_det=True, use_cls=False, use_rec=False)
        boxes = getattr(detected, "boxes", None)
        if boxes is None or len(boxes) == 0:
            return ()
        quads = [np.asarray(box, dtype=np.float32) for box in boxes]
        quads = [quad for quad in quads if _edge(quad, 0, 1) >= MIN_STRIP and _edge(quad, 0, 3) >= MIN_STRIP]
        crops = [get_rotate_crop_image(picture, quad.copy()) for quad in quads]
        if not crops:
            return ()
        lines = []
        for quad, (text, score, columns, confs, span) in zip(quads, self._recognise(crops), strict=True):
            if text.strip() and score >= LEAST_CONFIDENCE:
                corners = tuple((float(x), float(y)) for x, y in quad)
                lines.append(ReadLine(text, score, corners, char_spans(quad, text, columns, confs, span)))
        return tuple(lines)

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """Recognise pictures of single lines; one answer a strip, empty for a strip without text."""
        usable = [(at, strip) for at, strip in enumerate(strips) if min(strip.shape[:2]) >= MIN_STRIP]
        answers = [ReadText("", 0.0)] * len(strips)
        if usable:
            crops = [np.ascontiguousarray(strip[:, :, ::-1]) for _, strip in usable]
            for (at, _), (text, score, columns, confs, span) in zip(usable, self._recognise(crops), strict=True):
                certainties = tuple(confs) if len(confs) == len(text) else ()
                answers[at] = ReadText(text, score, certainties, tuple(places_along(text, columns, span)))
        return tuple(answers)

    def _recognise(self, crops: list[Bitmap]) -> list[tuple[str, float, list[int], list[float], float]]:
        """(text, confidence, CTC columns of the characters that are no spaces, their confidences, columns in all)."""
        self._engine.return_word_box = True
        result = self._engine.recognize_txt(crops)
        found: list[tuple[str, float, list[int], list[float], float]] = []
        for text, score, info in zip(result.txts, result.scores, result.word_results, strict=True):
            columns = [int(column) for word in (info.word_cols or ()) for column in word]
            found.append((text, float(score), columns, list(info.confs or ()), float(info.line_txt_len or 0)))
        return found

    def _load(self, threads: int) -> None:
        """Both networks load on first use; do it now, so that a broken installation fails at the start."""
        blank = np.full((64, 320, 3), 255, dtype=np.uint8)
        self._engine(blank, use_det=True, use_cls=False, use_rec=False)
        self._recognise([blank])
        if self.runtime == "openvino":
            exact = {
                "INFERENCE_NUM_THREADS": str(threads),
                "INFERENCE_PRECISION_HINT": "f32",
                "ENABLE_CPU_PINNING": "NO",  # several workers would be pinned to the same processors
            }
            for network in (self._engine.text_det, self._engine.text_rec):
                compiled = openvino.Core().compile_model(network.session.model, "CPU", exact)
                network.session.session = compiled.create_infer_request()

    def _check_threads(self, threads: int) -> None:
        for network in (self._engine.text_det, self._engine.text_rec):
            session = network.session.session
            if self.runtime == "openvino":
                effective = int(session.get_compiled_model().get_property("INFERENCE_NUM_THREADS"))
            else:
                effective = int(session.get_session_options().intra_op_num_threads)
            if effective != threads:
                raise StageError(
                    f"the OCR engine ({self.runtime}) runs {effective} threads instead of {threads}",
                    advice="set threads to at most the number of processors of this machine",
                )


def _parameters(runtime: str, threads: int, models: Path) -> dict[str, Any]:
    engine = EngineType.OPENVINO if runtime == "openvino" else EngineType.ONNXRUNTIME
    return {
        "Global.log_level": "error",
        "Global.use_cls": False,
        "Global.return_word_box": True,
        "Det.engine_type": engine,
        "Rec.engine_type": engine,
        "Det.model_path": str(models / MODELS[0]),
        "Rec.model_path": str(models / MODELS[1]),
        "EngineConfig.openvino.inference_num_threads": threads,
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }


def _detection_side(height: int, width: int) -> int:
    grown = DETECTION_SIDE * math.sqrt(height * width / A4_PIXELS)
    return int(min(max(grown, DETECTION_SIDE), DETECTION_SIDE_MAX))


def _padded(picture: Bitmap) -> Bitmap:
    """White below and to the right of small pictures: the detector would enlarge them many times instead."""
    height, width = picture.shape[:2]
    missing = ((0, max(0, LEAST_SIDE - height)), (0, max(0, LEAST_SIDE - width)), (0, 0))
    return np.pad(picture, missing, constant_values=255) if missing[0][1] or missing[1][1] else picture


def _edge(quad: Quad, start: int, end: int) -> float:
    return float(np.linalg.norm(quad[start] - quad[end]))
