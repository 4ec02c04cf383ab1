"""Records exported by a portal: CSV and JSON, brought to the keys the packs know."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from pipeline.model import Document, Line, Page, Remark, Submission
from pipeline.read.messages import remark, unreadable
from pipeline.values import REMOVED, Decoded, decoded, is_secret_name

MAX_BYTES = 2_000_000
MAX_ROWS = 2_000
# What portals call things, without case, spaces and signs; a name not listed here keeps its own form.
_ALIASES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("ponumber", "pono", "ordernumber", "orderno", "purchaseordernumber", "订单编号"), "po_no"),
        **dict.fromkeys(("tenantdomain", "defaultdomain", "initialdomain", "租户域名"), "tenant_domain"),
        **dict.fromkeys(("adminupn", "adminaccount", "userprincipalname", "管理员账号"), "admin_upn"),
        **dict.fromkeys(("subscriptionid", "订阅编号"), "subscription_id"),
        **dict.fromkeys(("openedat", "createdat", "activatedat", "creationdate", "开通时间", "开通日期"), "opened_at"),
        **dict.fromkeys(("startdate", "effectivestartdate", "commitmentstartdate", "起始日期"), "start"),
        **dict.fromkeys(("enddate", "commitmentenddate", "expirationdate", "终止日期", "到期日"), "end"),
        **dict.fromkeys(("sku", "skuid", "offerid", "productid", "产品编号"), "sku"),
        **dict.fromkeys(("quantity", "qty", "seats", "licensecount", "数量", "许可数"), "qty"),
        **dict.fromkeys(("productname", "offername", "friendlyname", "产品名称"), "name"),
        **dict.fromkeys(("lines", "items", "lineitems", "subscriptions", "orderlines"), "lines"),
        **dict.fromkeys(("operator", "openedby", "开通人员", "操作人"), "operator"),
    }
)
_DELIMITERS = (",", ";", "\t", "|")
_OF_A_LINE = ("sku", "qty", "name")
_SIGNS = re.compile(r"[^0-9a-z\u4e00-\u9fff]")
_ADVICE = ("请重新导出后提交（UTF-8）。", "Export it again (UTF-8) and submit that.")


def read_records(path: Path, submission: Submission, media: str) -> Document:
    """Keys as in order data (`lines.1.qty`); raises UnreadableError `damaged` or `too_large`, naming the place."""
    name = submission.name
    if path.stat().st_size > MAX_BYTES:
        raise unreadable("too_large", name, "作为导出数据过大", "is too large for exported data")
    found = decoded(path.read_bytes())
    if not isinstance(found, Decoded):
        raise unreadable("damaged", name, "编码无法识别", "has an unknown encoding", advice=_ADVICE)
    text = found.text
    form = dict(_records(text, name) if media == "json" else _rows(text, name))
    removed = [key for key, value in form.items() if value == REMOVED or is_secret_name(key)]
    kept = {key: value for key, value in form.items() if key not in removed}
    lines = tuple(Line(text=f"{key}: {value}") for key, value in kept.items())
    page = Page(number=1, width=0.0, height=0.0, text_source="form", lines=lines)
    return Document(submission=submission, pages=(page,), form=kept, remarks=_remarks(removed))


def _remarks(removed: Sequence[str]) -> tuple[Remark, ...]:
    if not removed:
        return ()
    names = "、".join(removed)
    zh = f"收件时已剔除密码类内容（{names}），未作保存"
    en = f"Secrets ({', '.join(removed)}) were taken out when the file came in and are not kept"
    return (remark("credential_removed", zh, en),)


def _records(text: str, name: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise unreadable("damaged", name, "不是有效的 JSON", f"is no valid JSON ({error})", advice=_ADVICE) from None
    if isinstance(data, list) and data and all(isinstance(item, dict) for item in data):
        data = data[0] if len(data) == 1 else {**data[0], "lines": data}
    if not isinstance(data, dict):
        raise unreadable("damaged", name, "没有字段", "holds no fields", advice=_ADVICE)
    found = list(_flat(data, ""))
    if len(found) > MAX_ROWS:
        raise unreadable("too_large", name, "字段过多", "holds too many fields")
    yield from dict(found).items()


def _flat(value: object, key: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > 6:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            known = known_name(str(name))
            # only lists are tables; what a portal groups into objects belongs to the record itself
            yield from _flat(inner, f"{key}.{known}" if re.search(r"\.\d+$", key) else known, depth + 1)
    elif isinstance(value, list):
        for at, inner in enumerate(value, start=1):
            yield from _flat(inner, f"{key}.{at}", depth + 1)
    elif value is not None:
        yield key, "true" if value is True else "false" if value is False else str(value)


def _rows(text: str, name: str) -> Iterator[tuple[str, str]]:
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise unreadable("damaged", name, "不是有效的 CSV", f"is no valid CSV ({error})", advice=_ADVICE) from None
    if len(rows) > MAX_ROWS:
        raise unreadable("too_large", name, "行数过多", "holds too many rows")
    if len(rows) < 2:
        raise unreadable("damaged", name, "没有数据行", "holds no rows", advice=_ADVICE)
    if all(len(row) == 2 for row in rows):
        yield from ((known_name(key), value.strip()) for key, value in rows)
        return
    heads = [known_name(cell) for cell in rows[0]]
    for number, row in enumerate(rows[1:], start=1):
        if len(row) > len(heads):
            en = f"has more cells than headings in row {number + 1}"
            raise unreadable("damaged", name, f"第 {number + 1} 行单元格多于表头", en, advice=_ADVICE)
        for head, cell in zip(heads, row, strict=False):
            if head in _OF_A_LINE:
                yield f"lines.{number}.{head}", cell.strip()
            elif number == 1:
                yield head, cell.strip()


def is_known(name: str) -> bool:
    """Whether a portal's name is one that the packs have a name for."""
    return _SIGNS.sub("", name.lower()) in _ALIASES


def known_name(name: str) -> str:
    """The packs' name for a portal's: `Initial Domain` and `initialDomain` are `tenant_domain`."""
    plain = _SIGNS.sub("", name.lower())
    return _ALIASES.get(plain, re.sub(r"[^\w]+", "_", name.strip().lower()).strip("_") or "field")
