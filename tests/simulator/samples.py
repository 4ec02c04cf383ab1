"""Make the demo files: python -m tests.simulator.samples OUT_DIR (needs LibreOffice and the Debian fonts)."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.simulator.defects import ReplaceText
from tests.simulator.dossier import PrintDefect, Scan, ScanJob, Stamp, simulate
from tests.simulator.orders import Order, to_pdf, write_docx, write_toml, write_xlsx
from tests.simulator.paper import ScanSettings, preset
from tests.simulator.parties import AGENT, QINGHE, SONGJIAN, YUANLAN, Party
from tests.simulator.straddle import StraddleSpec
from tests.simulator.writers import write_pdf

FORMS = Path(__file__).parents[2] / "templates" / "csp_order"
AGREEMENT = FORMS / "service_agreement" / "reference.pdf"
ORDER_FORM = FORMS / "purchase_order" / "outgoing.docx"

# An office flatbed: little noise, so that a page of 200 dpi stays near 200 KB.
OFFICE: ScanSettings = replace(preset("normal"), noise=(0.7, 1.1), dust=(1, 4), skew_deg=(-0.45, 0.45), jpeg=60)


@dataclass(frozen=True)
class Case:
    """One demo dossier."""

    folder: str
    short: str
    order: Order
    seed: int
    xlsx: bool = False
    defects: tuple[PrintDefect, ...] = ()
    missing: frozenset[int] = frozenset()


CASES = (
    Case(
        "good",
        "青禾医疗",
        Order(
            "PO-20260928-001",
            QINGHE,
            (("CN21V-E3-12M", 80), ("CN21V-BE-12M", 20)),
            "lin.ruoqing@example.com",
            "qinghemed",
        ),
        101,
    ),
    Case(
        "tampered",
        "远岚精密",
        Order("PO-20260928-002", YUANLAN, (("CN21V-E3-12M", 45),), "shen.wenbo@example.com", "yuanlanpm", 100),
        202,
        defects=(ReplaceText("月度可用率不低于 99.9%", "月度可用率不低于 99.5%", 2, kind="digit"),),
    ),
    Case(
        "unsealed",
        "松涧食品",
        Order(
            "PO-20260928-003",
            SONGJIAN,
            (("CN21V-BE-12M", 60), ("CN21V-E3-12M", 5)),
            "luo.yutong@example.com",
            "songjianfood",
            96,
        ),
        303,
        xlsx=True,
        missing=frozenset({5}),
    ),
)


def agreement_values(customer: Party, admin_email: str, signed: str = "2026年9月25日") -> dict[str, str]:
    """What the customer writes into the agreement."""
    return {
        "contact_name": customer.person,
        "contact_title": customer.title,
        "contact_phone": customer.phone,
        "contact_email": customer.email,
        "notice_name": customer.person,
        "notice_email": customer.email,
        "admin_name": customer.person,
        "admin_phone": customer.phone,
        "admin_email": admin_email,
        "customer_name": customer.name,
        "customer_uscc": customer.uscc,
        "customer_address": customer.address,
        "customer_postcode": customer.postcode,
        "reseller_name": AGENT.name,
        "qualified_entity": "无",
        "sign_name": customer.person,
        "sign_title": customer.title,
        "sign_date": signed,
        "signature": customer.person,
    }


def agreement(case: Case) -> Scan:
    """The customer's sealed service agreement."""
    customer = case.order.customer
    turn = (case.seed % 17) - 8.0
    job = ScanJob(
        pdf=AGREEMENT,
        values=agreement_values(customer, case.order.admin_email),
        stamps=(Stamp(customer.seal(turn), zone="customer_seal", offset_mm=(6.0, 0.0)),),
        straddles=(
            StraddleSpec(customer.seal(turn / 2 + 9), along_mm=128.0 + case.seed % 23, missing_pages=case.missing),
        ),
        defects=case.defects,
        settings=OFFICE,
        seed=case.seed,
    )
    return simulate(job)


def order_scan(case: Case, printed: Path) -> Scan:
    """The agent's sealed order."""
    stamp = Stamp(AGENT.seal(case.seed % 13 - 6.0), near="采购方（盖章处）", offset_mm=(38.0, 2.0))
    return simulate(ScanJob(pdf=printed, stamps=(stamp,), settings=OFFICE, seed=case.seed + 1))


def make(out: Path) -> dict[str, Any]:
    """Write all folders; returns the truth by file name."""
    truth: dict[str, Any] = {}
    for case in CASES:
        folder = out / case.folder
        context = case.order.context()
        scan = agreement(case)
        path = write_pdf(scan, folder / f"服务协议-{case.short}.pdf")
        truth[f"{case.folder}/{path.name}"] = json.loads(scan.truth.to_json())
        with tempfile.TemporaryDirectory() as work:
            docx = write_docx(ORDER_FORM, context, Path(work) / f"采购订单-{case.order.number}.docx")
            scan = order_scan(case, to_pdf(docx, Path(work)))
            if case.xlsx:
                write_xlsx(context, folder / f"采购订单-{case.order.number}.xlsx")
            else:
                (folder / docx.name).write_bytes(docx.read_bytes())
        path = write_pdf(scan, folder / f"采购订单-{case.order.number}.pdf")
        truth[f"{case.folder}/{path.name}"] = json.loads(scan.truth.to_json())
    write_toml(CASES[0].order.context(), out / "reseller" / "order.toml")
    return truth


def main() -> int:
    """Command line: the output folder, optionally a file for the truth."""
    if len(sys.argv) not in (2, 3):
        print("usage: python -m tests.simulator.samples OUT_DIR [TRUTH.json]", file=sys.stderr)
        return 2
    truth = make(Path(sys.argv[1]))
    if len(sys.argv) == 3:
        Path(sys.argv[2]).write_text(json.dumps(truth, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
