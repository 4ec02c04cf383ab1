"""Hand-made facts: a flawless order and a flawless agreement, to be spoilt in one detail. All parties fictional."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.model import (
    Classification,
    Comparison,
    Difference,
    Document,
    Extraction,
    Facts,
    FieldValue,
    Finding,
    Line,
    Media,
    Observations,
    Page,
    PageMatch,
    Seal,
    Slice,
    Straddle,
    Submission,
)
from pipeline.packs import CaseType, Dossier, Pack, Packs, Part, World, load_packs
from pipeline.rules import CHECKS
from pipeline.validate import judge, judge_case
from pipeline.values import parse

TEMPLATES = Path(__file__).parents[2] / "templates"
TODAY = date(2026, 9, 28)
AGENT = "蓝鲸信息技术（北京）有限公司"
CUSTOMER = "青禾医疗器械（深圳）有限公司"
OTHER = "远岚精密机械（苏州）有限公司"
PLACE = (330.0, 600.0, 500.0, 700.0)
PAGES = 8

ORDER = {
    "form_version": "2026-01", "po_no": "PO-20260928-001", "po_date": "2026-09-28", "coop_no": "XHY-CSP-2026-0042",
    "po_type": "新购", "distributor_name": "星河云（上海）数字科技有限公司", "agent_name": AGENT,
    "agent_uscc": "91110108DEMB00022E", "agent_mpn": "0000042", "agent_contact": "陈立群",
    "agent_phone": "13900000002",
    "agent_email": "chen@example.com", "agent_address": "北京市海淀区虚构大街 20 号", "customer_name": CUSTOMER,
    "customer_uscc": "91440300DEMC000316", "customer_address": "深圳市南山区虚构路 88 号",
    "customer_postcode": "518000",
    "admin_name": "林若青", "admin_mobile": "13800000031", "admin_email": "lin@example.com",
    "agreement_edition": "2026-01", "agreement_signed_on": "2026-09-25", "tenant_mode": "新建",
    "tenant_domain": "qinghemed.partner.onmschina.cn", "prev_edition": "无", "users_cn_pct": "85%",
    "total": "115,200.00",
    "total_capitals": "人民币壹拾壹万伍仟贰佰元整", "currency": "CNY", "tax_included": "是", "tax_rate": "6%",
    "tax_net": "108,679.25", "tax_amount": "6,520.75", "billing": "年付", "payment_method": "电汇",
    "invoice_type": "增值税专用发票", "invoice_title": AGENT, "invoice_tax_no": "91110108DEMB00022E",
    "invoice_address_tel": "北京市海淀区虚构大街 20 号 010-00000002",
    "invoice_bank_account": "虚构银行 6200000000000000022",
    "handler": "陈立群", "sign_date": "2026-09-28",
    "lines.1.no": "1", "lines.1.sku": "CN21V-E3-12M", "lines.1.name": "Office 365 企业版 E3", "lines.1.unit": "用户",
    "lines.1.qty": "80", "lines.1.list_price": "1,200.00", "lines.1.term_months": "12", "lines.1.start": "2026-10-15",
    "lines.1.end": "2027-10-14", "lines.1.amount": "96,000.00",
    "lines.2.no": "2", "lines.2.sku": "CN21V-BE-12M", "lines.2.name": "Office 365 商业协作版", "lines.2.unit": "用户",
    "lines.2.qty": "20", "lines.2.list_price": "960.00", "lines.2.term_months": "12", "lines.2.start": "2026-10-15",
    "lines.2.end": "2027-10-14", "lines.2.amount": "19,200.00",
}  # fmt: skip
AGREEMENT = {
    "contact_name": "林若青", "contact_phone": "13800000031", "contact_email": "lin@example.com",
    "admin_name": "林若青",
    "admin_phone": "13800000031", "admin_email": "lin@example.com", "customer_name": CUSTOMER,
    "customer_uscc": "91440300DEMC000316", "customer_address": "深圳市南山区虚构路 88 号",
    "customer_postcode": "518000",
    "reseller_name": AGENT, "qualified_entity": "无", "sign_name": "林若青", "sign_title": "总经理",
    "sign_date": "2026年9月25日",
}  # fmt: skip


@cache
def packs() -> Packs:
    """The shipped packs."""
    return load_packs(TEMPLATES, CHECKS)


def case_type() -> CaseType:
    """The shipped case type."""
    return packs().case_types["csp_order"]


def pack(name: str) -> Pack:
    """A shipped pack."""
    return case_type().packs[name]


def world(profile: str = "distributor", today: date = TODAY) -> World:
    """The shipped registers on the day of the order."""
    return World(today=today, profile=profile, registers=case_type().registers)


def read(name: str, key: str, raw: str, confidence: float = 0.97, source: str = "ocr") -> FieldValue:
    """A value as the extractor makes it."""
    spec = pack(name).column(key)
    assert spec is not None, key
    parsed = parse(spec.type, raw, pattern=spec.pattern, options=spec.options)
    if source == "ocr" and not parsed.sure:
        confidence = min(confidence, 0.5)
    return FieldValue.model_validate(
        {
            "value": parsed.value or raw, "raw": raw, "page": 1, "box": (100, 100, 200, 112),
            "confidence": confidence, "source": source, "problem": parsed.problem,
        }
    )  # fmt: skip


def document(media: Media = "pdf", pages: int = 2, **page: Any) -> Document:
    """Colour pages at 200 dpi, or an electronic file."""
    paper = media in ("pdf", "jpg", "png", "tif")
    size = {"width": 595, "height": 842}
    look = {**size, "dpi": 200.0, "colour": True, "text_source": "ocr"} if paper else {**size, "text_source": "text"}
    return Document(
        submission=Submission(
            sha256=f"{media}{pages}".ljust(64, "0"), name=f"order.{media}", source="inbox", size=1, media=media,
            received_at=datetime(2026, 9, 28, 2, tzinfo=UTC),
        ),
        pages=tuple(Page.model_validate({**look, **page, "number": n}) for n in range(1, pages + 1)),
    )  # fmt: skip


def facts(name: str, values: dict[str, str], doc: Document, observations: Observations | None = None) -> Facts:
    """Facts with every value read well, from OCR or from an exact file."""
    source = "text" if doc.is_electronic else "ocr"
    confidence = 1.0 if doc.is_electronic else 0.97
    fields = {key: read(name, key, raw, confidence, source) for key, raw in values.items()}
    return Facts(
        document=doc,
        classification=Classification(type=name, case_type="csp_order", edition=pack(name).edition),
        extraction=Extraction(fields=fields),
        observations=observations or Observations(),
    )


def seal(text: str = CUSTOMER, page: int = PAGES, **changes: Any) -> Seal:
    """A company seal at the place."""
    plain: dict[str, Any] = {
        "page": page, "box": (350, 600, 469, 719), "shape": "round", "diameter_mm": 42.0, "colour": "red", "text": text,
        "text_confidence": 0.96, "kind": "company", "confidence": 0.9,
    }  # fmt: skip
    return Seal.model_validate({**plain, **changes})


def straddle(**changes: Any) -> Straddle:
    """One impression over all pages."""
    slices = tuple(Slice(page=n, box=(580, 300, 595, 400), width_mm=5.2, height_mm=30) for n in range(1, PAGES + 1))
    plain: dict[str, Any] = {
        "form": "one_impression", "edge": "right", "slices": slices, "order": tuple(range(1, PAGES + 1)),
        "diameter_mm": 42.0, "coverage": 0.98, "confidence": 0.9, "whole_page": PAGES,
    }  # fmt: skip
    return Straddle.model_validate({**plain, **changes})


def comparison(*differences: Difference, **changes: Any) -> Comparison:
    """Every page matched with its own."""
    matches = tuple(PageMatch(page=n, reference_page=n, alignment="registered", score=0.9) for n in range(1, PAGES + 1))
    return Comparison.model_validate(
        {"pages": matches, "reference_pages": PAGES, "differences": differences, **changes}
    )


def order(media: Media = "pdf", /, **changes: str | None) -> Facts:
    """The order, sealed when it is paper; `None` takes a value away, `lines_1_qty` spells `lines.1.qty`."""
    wanted = {re.sub(r"^lines_(\d)_", r"lines.\1.", key): text for key, text in changes.items()}
    values = {key: text for key, text in {**ORDER, **wanted}.items() if text is not None}
    seen = Observations(seals=(seal(AGENT, page=2),), places={"agent_seal": (2, PLACE)}, signature_page=2)
    return facts("purchase_order", values, document(media), None if media in ("docx", "xlsx") else seen)


def agreement(doc: Document | None = None, **changes: Any) -> Facts:
    """The agreement; `changes` replace observations, or field values by name."""
    lines = (
        Line(
            text="本协议由上海岚云网络科技有限公司（以下简称“服务提供方”）与客户订立",
            box=(60, 100, 500, 112),
            confidence=0.97,
        ),
    )
    doc = doc or document(pages=PAGES)
    if not any(page.lines for page in doc.pages):
        first = doc.pages[0].model_copy(update={"lines": lines})
        doc = doc.model_copy(update={"pages": (first, *doc.pages[1:])})
    seen = {"seals": (seal(),), "straddle": straddle(), "comparison": comparison(), "signature_page": PAGES}
    observed = {key: value for key, value in changes.items() if key in Observations.model_fields}
    values = {**AGREEMENT, **{key: value for key, value in changes.items() if key not in observed}}
    observations = Observations.model_validate({**seen, "places": {"customer_seal": (PAGES, PLACE)}, **observed})
    return facts(
        "service_agreement", {key: text for key, text in values.items() if text is not None}, doc, observations
    )


def doubtful(whole: Facts, key: str, confidence: float = 0.7) -> Facts:
    """The same facts, one value read badly."""
    value = whole.extraction.fields[key].model_copy(update={"confidence": confidence})
    return whole.model_copy(update={"extraction": Extraction(fields={**whole.extraction.fields, key: value})})


def findings(whole: Facts, rule: str, **where: Any) -> list[Finding]:
    """What one rule (with its sub-rules) says."""
    name = whole.classification.type
    assert name is not None
    found = judge(whole, pack(name), world(**where))
    return [finding for finding in found if finding.rule.rstrip("abcdefghi") == rule or finding.rule == rule]


def outcome(whole: Facts, rule: str, **where: Any) -> str:
    """The only outcome, or all different ones joined by `+`."""
    return "+".join(sorted({finding.outcome for finding in findings(whole, rule, **where)}))


def dossier(*parts: Facts) -> Dossier:
    """A case of these documents, each judged by its own rules."""
    kinds = [part.classification.type for part in parts]
    return Dossier(
        parts=tuple(
            Part(facts=part, findings=judge(part, pack(kind), world()) if kind else ())
            for part, kind in zip(parts, kinds, strict=True)
        )
    )


def case_findings(whole: Dossier, rule: str, **where: Any) -> list[Finding]:
    """What one rule of the case says."""
    return [finding for finding in judge_case(whole, case_type(), world(**where)) if finding.rule == rule]


def case_outcome(whole: Dossier, rule: str, **where: Any) -> str:
    """The only outcome, or all different ones joined by `+`."""
    return "+".join(sorted({finding.outcome for finding in case_findings(whole, rule, **where)}))
