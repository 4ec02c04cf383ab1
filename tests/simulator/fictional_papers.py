"""Random contents of orders and agreements that break no rule, each value with what it means."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import cn2an
import numpy as np

from tests.simulator.fictional import choice, company, digits, email, landline, mobile, person
from tests.simulator.parties import DISTRIBUTOR, Party

TODAY = date(2026, 9, 28)
CATALOGUE = Path(__file__).parents[2] / "templates" / "csp_order" / "registers" / "catalogue.toml"
_CEILING = 300  # seats of the whole business family


@dataclass(frozen=True)
class Paper:
    """What is written into a form, and by field what it means (ISO date, plain number, else the words; '' = blank)."""

    printed: Mapping[str, Any]
    meant: Mapping[str, str]


def order(rng: np.random.Generator, lines: int, today: date = TODAY) -> Paper:
    """An order of so many lines (1 to 6), for the order form."""
    agent, customer = company(rng), company(rng)
    rows = _lines(rng, lines, today + timedelta(days=int(rng.integers(17, 60))))
    total = sum((Decimal(row["amount"].replace(",", "")) for row in rows), Decimal(0))
    net = (total / Decimal("1.06")).quantize(Decimal("0.01"))
    signed = today - timedelta(days=int(rng.integers(0, 30)))
    dates = {
        "po_date": today - timedelta(days=int(rng.integers(0, 5))),
        "agreement_signed_on": signed,
        "start_requested": date.fromisoformat(rows[0]["start"]),
        "sign_date": today - timedelta(days=int(rng.integers(0, 3))),
    }
    amounts = {"total": total, "tax_net": net, "tax_amount": total - net}
    how = int(rng.integers(3))
    words = {
        **_order_parties(rng, agent, customer),
        "form_version": "2026-01",
        "po_no": f"PO-{dates['po_date']:%Y%m%d}-{rng.integers(1, 1000):03d}",
        "coop_no": f"XHY-CSP-{rng.integers(2023, 2027)}-{rng.integers(1, 10000):04d}",
        "agreement_edition": "2026-01",
        "prev_mailbox": choice(rng, ("是", "否")),
        "users_cn_pct": f"{rng.integers(50, 101)}%",
        "currency": "CNY",
        "tax_included": "是",
        "tax_rate": "6%",
        "billing": choice(rng, ("年付", "年付", "按年付", "一次性年付")),
        "payment_method": choice(rng, ("电汇", "银行转账")),
        "handler": person(rng),
        "remark": choice(rng, ("无", "", "请于国庆节后开通", "合同原件随后寄出")),
        "total_capitals": _capitals(rng, total),
        **{key: _day(day, how) for key, day in dates.items()},
        **{key: f"{amount:,.2f}" for key, amount in amounts.items()},
    }
    meant = {
        **words,
        **{key: day.isoformat() for key, day in dates.items()},
        **{key: str(amount) for key, amount in amounts.items()},
        "total_capitals": str(total),
        **{key: words[key].rstrip("%") for key in ("users_cn_pct", "tax_rate")},
    }
    for row in rows:
        plain = {key: str(value).replace(",", "") for key, value in row.items()}
        meant |= {f"lines.{row['no']}.{key}": plain[key] for key in row}
        meant[f"lines.{row['no']}.name"] = row["name"]
    return Paper({**words, "lines": rows}, meant)


def _order_parties(rng: np.random.Generator, agent: Party, customer: Party) -> dict[str, str]:
    bank = f"虚构银行{agent.address[:2]}{choice(rng, ('示例', '云杉', '石榴'))}支行"
    return {
        "po_type": choice(rng, ("新购", "新购", "续订", "增购")),
        "distributor_name": DISTRIBUTOR.name,
        "agent_name": agent.name,
        "agent_uscc": agent.uscc,
        "agent_mpn": digits(rng, 7),
        "agent_contact": agent.person,
        "agent_phone": agent.phone,
        "agent_email": agent.email,
        "agent_address": agent.address,
        "customer_name": customer.name,
        "customer_name_en": customer.english,
        "customer_uscc": customer.uscc,
        "customer_address": customer.address,
        "customer_postcode": customer.postcode,
        "customer_industry": customer.industry,
        "admin_name": person(rng),
        "admin_mobile": mobile(rng),
        "admin_email": email(rng),
        "tenant_mode": choice(rng, ("新建", "已有租户")),
        "tenant_domain": f"{customer.domain.split('.')[0].replace('-', '')}.partner.onmschina.cn",
        "custom_domain": customer.domain if rng.random() < 0.8 else "",
        "prev_edition": choice(rng, ("无", "国际版", "在线直购", "本总代")),
        "invoice_type": choice(rng, ("增值税专用发票", "增值税普通发票")),
        "invoice_title": agent.name,
        "invoice_tax_no": agent.uscc,
        "invoice_address_tel": f"{agent.address} {landline(rng, '010')}",
        "invoice_bank_account": f"{bank} {digits(rng, int(rng.integers(16, 20)))}",
    }


def _lines(rng: np.random.Generator, count: int, start: date) -> list[dict[str, Any]]:
    known = [row for row in tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["rows"] if row["edition"] == "21v"]
    picked = [known[index] for index in rng.permutation(len(known))[:count]]
    left, rows = _CEILING, []
    end = start.replace(year=start.year + 1) - timedelta(days=1)
    for number, product in enumerate(picked, 1):
        capped = "max_seats" in product
        seats = int(rng.integers(1, left // 2 if capped else choice(rng, (30, 300, 3000))))
        left -= seats if capped else 0
        price = Decimal(product["unit_price_year"])
        rows.append(
            {
                "no": number,
                "sku": product["sku"],
                "name": product["name"],
                "unit": choice(rng, ("用户", "用户", "许可")),
                "qty": seats,
                "list_price": f"{price:,.2f}",
                "term_months": 12,
                "start": start.isoformat(),
                "end": end.isoformat(),
                "amount": f"{price * seats:,.2f}",
            }
        )
    return rows


def _capitals(rng: np.random.Generator, total: Decimal) -> str:
    words = str(cn2an.an2cn(str(total), "rmb"))
    words = words.replace("元", "圆") if rng.random() < 0.2 else words
    words = words.removesuffix("整") + "正" if words.endswith("整") and rng.random() < 0.2 else words
    return words if rng.random() < 0.3 else f"人民币{words}"


def _day(day: date, how: int) -> str:
    return (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}/{day.month}/{day.day}")[how]


def service_agreement(rng: np.random.Generator, customer: Party, today: date = TODAY) -> Paper:
    """What a customer fills into the service agreement; entries that need not be filled are sometimes left blank."""
    signed, admin = today - timedelta(days=int(rng.integers(0, 60))), person(rng)
    meant = {
        "contact_name": customer.person,
        "contact_title": _perhaps(rng, customer.title),
        "contact_phone": mobile(rng),
        "contact_email": customer.email,
        "notice_name": _perhaps(rng, person(rng)),
        "notice_email": _perhaps(rng, email(rng)),
        "admin_name": admin,
        "admin_phone": mobile(rng),
        "admin_email": email(rng),
        "customer_name": customer.name,
        "customer_uscc": customer.uscc,
        "customer_address": customer.address,
        "customer_postcode": customer.postcode,
        "reseller_name": _perhaps(rng, company(rng).name),
        "qualified_entity": choice(rng, ("无", "无", "教育", "政府", "公益")),
        "sign_name": customer.person,
        "sign_title": _perhaps(rng, customer.title),
        "sign_date": signed.isoformat(),
    }
    return Paper({**meant, "sign_date": _day(signed, int(rng.integers(3))), "signature": customer.person}, meant)


def cooperation_agreement(rng: np.random.Generator, agent: Party, today: date = TODAY) -> Paper:
    """What a reseller fills into the cooperation agreement; the other party has not signed yet."""
    begin = today + timedelta(days=int(rng.integers(0, 60)))
    dates = {
        "effective_date": begin,
        "end_date": begin.replace(year=begin.year + 2) - timedelta(days=1),
        "sign_date_b": today - timedelta(days=int(rng.integers(0, 20))),
    }
    account = digits(rng, int(rng.integers(16, 20)))
    grouped = " ".join(account[at : at + 4] for at in range(0, len(account), 4))
    meant = {
        "agreement_no": _perhaps(rng, f"XHY-CSP-2026-{rng.integers(1, 10000):04d}", 0.5),
        "party_b_name": agent.name,
        "party_b_uscc": agent.uscc,
        "party_b_address": agent.address,
        "legal_rep": person(rng),
        "contact": agent.person,
        "phone": agent.phone,
        "email": agent.email,
        "bank_name": f"虚构银行{agent.address[:2]}示例支行",
        "bank_account": account,
        "mpn_id": _perhaps(rng, digits(rng, 7)),
        **{key: day.isoformat() for key, day in dates.items()},
        "sign_date_a": "",
    }
    how = int(rng.integers(3))
    printed = {**meant, **{key: _day(day, how) for key, day in dates.items()}, "signature_b": agent.person}
    return Paper({**printed, "bank_account": grouped if rng.random() < 0.5 else account}, meant)


def _perhaps(rng: np.random.Generator, words: str, share: float = 0.8) -> str:
    return words if rng.random() < share else ""


def print_all(papers: Sequence[Path], folder: Path) -> list[Path]:
    """Print many docx in one run of LibreOffice; raises RuntimeError without soffice or when a file did not come."""
    program = shutil.which("soffice")
    if program is None:
        raise RuntimeError("soffice is not on PATH (Debian: apt-get install libreoffice-writer)")
    for first in range(0, len(papers), 40):
        batch = [str(path) for path in papers[first : first + 40]]
        with tempfile.TemporaryDirectory() as profile:
            where = f"-env:UserInstallation=file://{profile}"
            command = [program, where, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *batch]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=300)
            except subprocess.SubprocessError as error:
                raise RuntimeError(f"LibreOffice did not print: {error}") from error
    printed = [folder / f"{path.stem}.pdf" for path in papers]
    lost = [path.name for path in printed if not path.exists()]
    if lost:
        raise RuntimeError(f"LibreOffice did not print {', '.join(lost)}")
    return printed
