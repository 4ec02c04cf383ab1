"""From a job to a scanned file and the truth about it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.comparison.forms import Forms
from benchmarks.comparison.jobs import LAYERS, SEARCHABLE, SHIPPED, Job
from benchmarks.comparison.spoil import Spoilt, layout_of, opened, spoil
from tests.simulator.defects import ReplaceText
from tests.simulator.dossier import Scan, ScanJob, Stamp, simulate
from tests.simulator.fill import Style
from tests.simulator.ink import Box, mm
from tests.simulator.paper import preset
from tests.simulator.parties import QINGHE, SONGJIAN, YUANLAN, Party
from tests.simulator.retype import NoRoomError
from tests.simulator.samples import agreement_values
from tests.simulator.straddle import StraddleSpec
from tests.simulator.textlayer import add_layer
from tests.simulator.textmap import Found, TextMap, TextNotFoundError, body_rows
from tests.simulator.writers import write_pdf

CUSTOMERS = (QINGHE, YUANLAN, SONGJIAN)
_DRAWS = 40  # changes tried before a class counts as impossible on a form
_RING_MM = 16.5  # from the middle of a seal to its lettering


@dataclass(frozen=True)
class Place:
    """Where a change shows: received page from 1, box in pt of it; `printed` = the form's page."""

    page: int | None
    printed: int
    box: Box | None


@dataclass(frozen=True)
class Paper:
    """A scanned file, what was changed in it and where; an honest one has no places."""

    path: Path
    scan: Scan
    old: str
    new: str
    places: tuple[Place, ...]


def make(job: Job, forms: Forms, folder: Path) -> Paper:
    """Simulates a job into `folder`; NoRoomError when no change of its class fits the form."""
    for draw in range(_DRAWS):
        rng = np.random.default_rng([*_seed(job), draw])
        try:
            return _make(job, forms, folder, rng)
        except (NoRoomError, TextNotFoundError):
            if job.honest:
                raise
    raise NoRoomError(f"no change of the class {job.kind!r} fits {job.form}")


def _seed(job: Job) -> list[int]:
    return [int(value) for value in job.plan.rng("comparison", job.index).integers(0, 2**31, 2)]


def _make(job: Job, forms: Forms, folder: Path, rng: np.random.Generator) -> Paper:
    spoilt = Spoilt(layout_of(forms, job.form, job.kind)) if job.honest else spoil(forms, job.form, job.kind, rng)
    text = opened(spoilt.pdf).text
    customer = CUSTOMERS[int(rng.integers(len(CUSTOMERS)))]
    style: Style = "hand" if rng.random() < 0.4 else "typed"
    scan = simulate(
        ScanJob(
            pdf=spoilt.pdf,
            values=_values(job, customer, spoilt.blank),
            style=style,
            stamps=_stamps(job, spoilt, text, customer, rng),
            straddles=(StraddleSpec(customer.seal(float(rng.uniform(-20, 20))), float(rng.uniform(110, 180))),),
            defects=spoilt.defects,
            order=spoilt.order,
            settings=preset(job.condition.preset, job.condition.dpi, job.condition.mode),
            seed=int(rng.integers(2**31)),
        )
    )
    path = write_pdf(scan, folder / f"{job.name}.pdf")
    if job.kind in (*LAYERS, SEARCHABLE):
        add_layer(path, scan, text, _lie(text, spoilt))
    return _with_truth(path, scan, spoilt, text, job)


def _values(job: Job, customer: Party, without: str) -> dict[str, str]:
    values = agreement_values(customer, customer.email)
    if job.form != SHIPPED:
        names = ("customer_name", "customer_uscc", "customer_address", "reseller_name", "sign_name", "sign_date")
        values = {name: values[name] for name in (*names, "signature")}
    return {name: value for name, value in values.items() if name != without}


def _stamps(job: Job, spoilt: Spoilt, text: TextMap, customer: Party, rng: np.random.Generator) -> tuple[Stamp, ...]:
    """The signing seal, and where asked one whose lettering runs over the change, or over any words."""
    turn = float(rng.uniform(-25, 25))
    signing = Stamp(customer.seal(turn), zone="customer_seal", offset_mm=(float(rng.uniform(-25, 10)), 0.0))
    if not job.condition.over:
        return (signing,)
    page, (x, y) = _over(spoilt, text, rng)
    angle = float(rng.uniform(0, 2 * np.pi))
    width, height = (side * 25.4 / 72 for side in text.sizes[page - 1])
    at = (
        float(np.clip(x + _RING_MM * np.cos(angle), 24, width - 24)),
        float(np.clip(y + _RING_MM * np.sin(angle), 24, height - 24)),
    )
    return signing, Stamp(customer.seal(turn + 7), page=page, at_mm=at, jitter_mm=0.5)


def _over(spoilt: Spoilt, text: TextMap, rng: np.random.Generator) -> tuple[int, tuple[float, float]]:
    change = next((item for item in spoilt.defects if isinstance(item, ReplaceText)), spoilt.lie)
    if change is not None:
        found = text.find(change.find, change.page, change.occurrence)
        page, box = found.row.page, found.box
    else:
        rows = body_rows(text, 1)
        page, box = 1, rows[int(rng.integers(len(rows)))].box
    return page, ((box[0] + box[2]) / 2 * 25.4 / 72, (box[1] + box[3]) / 2 * 25.4 / 72)


def _lie(text: TextMap, spoilt: Spoilt) -> tuple[Found, str] | None:
    if spoilt.lie is None or spoilt.lie.find == spoilt.lie.replace:
        return None
    return text.find(spoilt.lie.find, spoilt.lie.page, spoilt.lie.occurrence), spoilt.lie.replace


def _with_truth(path: Path, scan: Scan, spoilt: Spoilt, text: TextMap, job: Job) -> Paper:
    truth, old, new = scan.truth, spoilt.old, spoilt.new
    places = [Place(item["page"], item["printed"], _box(item["box"])) for item in truth.defects]
    if None in truth.printed:  # a sheet of another document bears no place of its own
        places = [Place(truth.printed.index(None) + 1, place.printed, None) for place in places]
    if job.kind == "sentence out":
        old = str(truth.defects[0]["expected"])
    lie = _lie(text, spoilt)
    if lie is not None:
        page = truth.printed.index(lie[0].row.page)
        places.append(Place(page + 1, lie[0].row.page, scan.pages[page].box(mm(lie[0].box))))
    return Paper(path, scan, old, new, tuple(places))


def _box(box: list[float] | None) -> Box | None:
    return (box[0], box[1], box[2], box[3]) if box else None
