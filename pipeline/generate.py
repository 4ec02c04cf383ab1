"""Outgoing papers from Word templates: the only door to docxtpl."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import fromstring
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from pipeline.errors import GenerateError
from pipeline.values import labelled_secret, secrets_in

Data = Mapping[str, Any]

_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
# XML 1.0 forbids these; Word refuses the whole file over one of them
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def fingerprint(data: Data) -> str:
    """Hash of what a paper says; equal data give one paper and one number."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def render(template: Path, data: Data, dated: date) -> bytes:
    """A Word file with the same bytes for the same data; GenerateError for a variable without a value."""
    clean = _clean(data)
    document = DocxTemplate(template)
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        document.render(clean, environment, autoescape=True)
    except TemplateError as error:
        raise GenerateError(
            f"{template}: {error.message}", advice="the case lacks this value, or the template misspells it"
        ) from error
    stamp = datetime(dated.year, dated.month, dated.day)
    properties = document.core_properties
    properties.created = properties.modified = stamp
    properties.revision = 1
    properties.last_modified_by = properties.author = "Countersign"
    memory = io.BytesIO()
    document.save(memory)
    result = _same_bytes(memory.getvalue())
    _prove(result, clean, template)
    return result


def publish(folder: Path, name: str, content: bytes) -> Path:
    """Write once: an existing file with other content is a GenerateError, never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        try:
            os.link(temporary, target)
        except FileExistsError:
            if target.read_bytes() != content:
                raise GenerateError(
                    f"{target} exists with other content", advice="move it away; papers are never overwritten"
                ) from None
        except OSError:  # file systems without hard links
            if not target.exists():
                Path(temporary).rename(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


def office() -> str | None:
    """The LibreOffice command, if installed."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def to_pdf(document: bytes, *, timeout: int = 120) -> bytes | None:
    """The Word file as PDF by LibreOffice in a profile of its own; None when it is missing or fails."""
    command = office()
    if command is None:
        return None
    with tempfile.TemporaryDirectory(prefix="countersign-pdf-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(document)
        try:
            subprocess.run(  # noqa: S603 - found by shutil.which, arguments are ours
                [
                    command,
                    f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                    *("--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "paper.docx")),
                ],
                capture_output=True,
                timeout=timeout,
                check=True,
            )
            return (folder / "paper.pdf").read_bytes()
        except (OSError, subprocess.SubprocessError):
            return None


def text_of(document: bytes) -> str:
    """All text of a Word file, paragraphs separated by newlines, headers and footers included."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                for paragraph in fromstring(archive.read(name)).iter(_PARAGRAPH):
                    parts.append("".join(node.text or "" for node in paragraph.iter(_TEXT)))
    return "\n".join(parts)


def _prove(document: bytes, data: Data, template: Path) -> None:
    """Read the paper back: every value must stand in it, and no credential may."""
    text = text_of(document)
    squeezed = "".join(text.split())
    lost = [value for value in _values(data) if "".join(value.split()) not in squeezed]
    unused = [value for value in lost if not _used(template, data, value)]
    lost = [value for value in lost if value not in unused]
    if lost:
        raise GenerateError(f"{template}: value {lost[0]!r} is not in the finished paper", advice="mend the template")
    if labelled_secret(text) or next(secrets_in(text), None):
        raise GenerateError(f"{template}: the paper would carry a password", advice="remove it from the case's data")


def _used(template: Path, data: Data, value: str) -> bool:
    """Whether a top-level variable holding `value` is asked for by the template."""
    wanted = DocxTemplate(template).get_undeclared_template_variables()
    return any(name in wanted and value in set(_values({name: data[name]})) for name in data)


def _values(data: Any) -> Iterator[str]:
    match data:
        case str() if data.strip():
            yield data
        case Mapping():
            for value in data.values():
                yield from _values(value)
        case list() | tuple():
            for value in data:
                yield from _values(value)


def _clean(data: Any) -> Any:
    """Everything as text that Word can hold; numbers and dates must have been written out before."""
    match data:
        case str():
            return _ILLEGAL.sub("", data)
        case Mapping():
            return {key: _clean(value) for key, value in data.items()}
        case list() | tuple():
            return [_clean(value) for value in data]
        case bool():
            return data
        case None:
            raise GenerateError("a value is missing", advice="every variable of an outgoing paper needs a value")
    return str(data)


def _same_bytes(content: bytes) -> bytes:
    """The archive with fixed times and order, so that a retry writes the same file."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            target.writestr(info, source.read(name))
    return memory.getvalue()
