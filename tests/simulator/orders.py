"""Purchase orders of the demo: one set of values as docx, xlsx, toml and (through LibreOffice) as paper."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import cn2an
from docxtpl import DocxTemplate
from openpyxl import Workbook

from tests.simulator.forms_paper import save
from tests.simulator.forms_text import ORDER_SECTIONS, ORDER_SIGNING, ORDER_TITLE, ORDER_TOTALS
from tests.simulator.parties import AGENT, DISTRIBUTOR, Party

PRODUCTS = {
    "CN21V-E3-12M": ("Office 365 企业版 E3", Decimal("1200.00")),
    "CN21V-BE-12M": ("Office 365 商业协作版", Decimal("960.00")),
}
HEADER = ("序号", "产品编号", "产品名称", "单位", "数量", "目录单价", "期限（月）", "起始日期", "终止日期", "金额")
KEYS = ("no", "sku", "name", "unit", "qty", "list_price", "term_months", "start", "end", "amount")


@dataclass(frozen=True)
class Order:
    """Number, customer and lines (product number, seats) of one order that runs 12 months from `start`."""

    number: str
    customer: Party
    lines: tuple[tuple[str, int], ...]
    admin_email: str
    prefix: str
    cn_share: int = 85
    day: date = date(2026, 9, 28)
    start: date = date(2026, 10, 15)
    signed_on: date = date(2026, 9, 25)

    def context(self) -> dict[str, Any]:
        """Every variable of the order form, as printed."""
        lines = [self._line(index, sku, seats) for index, (sku, seats) in enumerate(self.lines, 1)]
        total = sum((PRODUCTS[sku][1] * seats for sku, seats in self.lines), Decimal(0))
        net = (total / Decimal("1.06")).quantize(Decimal("0.01"))
        return {
            **_parties(self.customer),
            "form_version": "2026-01",
            "po_no": self.number,
            "po_date": self.day.isoformat(),
            "coop_no": "XHY-CSP-2026-0042",
            "po_type": "新购",
            "admin_name": self.customer.person,
            "admin_mobile": self.customer.phone,
            "admin_email": self.admin_email,
            "agreement_edition": "2026-01",
            "agreement_signed_on": self.signed_on.isoformat(),
            "tenant_mode": "新建",
            "tenant_domain": f"{self.prefix}.partner.onmschina.cn",
            "custom_domain": self.customer.domain,
            "prev_edition": "无",
            "prev_mailbox": "否",
            "users_cn_pct": f"{self.cn_share}%",
            "lines": lines,
            "total": f"{total:,.2f}",
            "total_capitals": "人民币" + cn2an.an2cn(str(total), "rmb"),
            "currency": "CNY",
            "tax_included": "是",
            "tax_rate": "6%",
            "tax_net": f"{net:,.2f}",
            "tax_amount": f"{total - net:,.2f}",
            "billing": "年付",
            "payment_method": "电汇",
            "start_requested": self.start.isoformat(),
            "invoice_type": "增值税专用发票",
            "invoice_title": AGENT.name,
            "invoice_tax_no": AGENT.uscc,
            "invoice_address_tel": f"{AGENT.address} 010-00000002",
            "invoice_bank_account": "虚构银行北京示例支行 6200000000000000022",
            "handler": AGENT.person,
            "sign_date": self.day.isoformat(),
            "remark": "无",
        }

    def _line(self, number: int, sku: str, seats: int) -> dict[str, Any]:
        name, price = PRODUCTS[sku]
        end = date.fromordinal(self.start.replace(year=self.start.year + 1).toordinal() - 1)
        return {
            "no": number,
            "sku": sku,
            "name": name,
            "unit": "用户",
            "qty": seats,
            "list_price": f"{price:,.2f}",
            "term_months": 12,
            "start": self.start.isoformat(),
            "end": end.isoformat(),
            "amount": f"{price * seats:,.2f}",
        }


def _parties(customer: Party) -> dict[str, Any]:
    return {
        "distributor_name": DISTRIBUTOR.name,
        "agent_name": AGENT.name,
        "agent_uscc": AGENT.uscc,
        "agent_mpn": "0000042",
        "agent_contact": AGENT.person,
        "agent_phone": AGENT.phone,
        "agent_email": AGENT.email,
        "agent_address": AGENT.address,
        "customer_name": customer.name,
        "customer_name_en": customer.english,
        "customer_uscc": customer.uscc,
        "customer_address": customer.address,
        "customer_postcode": customer.postcode,
        "customer_industry": customer.industry,
    }


def write_docx(template: Path, context: Mapping[str, Any], path: Path) -> Path:
    """The order form filled by docxtpl; same values, same bytes."""
    form = DocxTemplate(template)
    form.render(dict(context), autoescape=True)
    save(form.docx, path)
    return path


def write_xlsx(context: Mapping[str, Any], path: Path) -> Path:
    """The electronic copy some agents keep instead: label in one cell, value in the next; same values, same bytes."""
    book = Workbook()
    del book[book.sheetnames[0]]
    sheet = book.create_sheet("采购订单")
    sheet.append([ORDER_TITLE])
    sheet.append(["表单版本", context["form_version"]])
    for sections in (ORDER_SECTIONS, None, (*ORDER_TOTALS, ("八、签署", (ORDER_SIGNING,)))):
        if sections is None:
            sheet.append(list(HEADER))
            for line in context["lines"]:
                sheet.append([line[key] for key in KEYS])
            continue
        for caption, rows in sections:
            sheet.append([caption])
            for blank in (blank for row in rows for blank in row):
                sheet.append([blank.label, context[blank.name]])
    for column, width in zip("ABCDEFGHIJ", (28, 42, 26, 10, 10, 14, 12, 14, 14, 16), strict=True):
        sheet.column_dimensions[column].width = width
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = BytesIO()
    book.properties.created = book.properties.modified = datetime(2026, 9, 28)
    book.save(raw)
    _freeze(raw, path)
    return path


def _freeze(raw: BytesIO, path: Path) -> None:
    """Fixed dates in the zip and in docProps."""
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]{8}Z", b"2026-09-28T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)


def write_toml(context: Mapping[str, Any], path: Path) -> Path:
    """Plain values first, then one [[lines]] table a line."""
    rows = ["# 示例订单:所载企业、人员与价格均为虚构。Every company, person and price is fictional."]
    rows += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in context.items() if key != "lines"]
    for line in context["lines"]:
        rows += ["", "[[lines]]"] + [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in line.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def to_pdf(docx: Path, folder: Path) -> Path:
    """Print a docx with LibreOffice in a profile of its own; raises RuntimeError without soffice."""
    program = shutil.which("soffice")
    if program is None:
        raise RuntimeError("soffice is not on PATH (Debian: apt-get install libreoffice-writer)")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(docx),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
    return folder / f"{docx.stem}.pdf"
