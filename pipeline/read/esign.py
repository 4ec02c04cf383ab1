"""The only door to pyHanko: what the digital signatures of a PDF prove. Nothing is ever fetched from a network."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DSSCompareRule,
    ModificationLevel,
    ObjectStreamRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.policies import DEFAULT_DIFF_POLICY
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko.sign.validation.pdf_embedded import extract_contents
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext

from pipeline.model import Appended, DigitalSignature, Integrity

MANY = 40  # signatures looked at
LONGEST = 200  # characters of a name in a certificate
TAIL = 1024  # bytes; white space that transport added after the end of the file
GM_OIDS = b"\x2a\x81\x1c\xcf\x55"  # DER of 1.2.156.10197, the arc of SM2, SM3 and their message formats
CERTIFICATES = (".pem", ".crt", ".cer", ".der")
USAGES = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})  # one of them suffices
FAULTS = Exception  # pyHanko and asn1crypto raise whatever a broken file provokes

_LEVEL = ModificationLevel.LTA_UPDATES
VALIDATION_DATA = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]
        XrefStreamRule().as_qualified(_LEVEL),
        ObjectStreamRule().as_qualified(_LEVEL),
        DSSCompareRule().as_qualified(_LEVEL),
    ],
    form_rule=None,
)  # allows certificates and revocation lists to be added, and nothing else

log = logging.getLogger(__name__)
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # its findings are returned, not logged
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def read_signatures(path: Path, trust: Iterable[Path] = ()) -> Iterator[DigitalSignature]:
    """One value per signed field, in the order of the form; `trust` = folders of root certificates.

    A file that pyHanko cannot open raises whatever it likes; one signature that it cannot judge is `unknown`.
    """
    roots = [root for folder in trust for root in _roots(folder)]
    with path.open("rb") as stream:
        reader = PdfFileReader(stream, strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        fields = [
            (str(name), value.get_object(), field)
            for name, value, field in enumerate_sig_fields(reader, filled_status=True)
        ]
        # time stamps are signed by nobody who could be a party
        signed = [(name, value, field) for name, value, field in fields if value.get("/Type") != "/DocTimeStamp"]
        names = {name for name, _, _ in signed}
        for number, (name, value, field) in enumerate(signed):
            found = DigitalSignature(field=_plain(name))
            try:
                if number < MANY:
                    found = found.model_copy(update={"supported": GM_OIDS not in extract_contents(value)})
                    found = _judged(EmbeddedPdfSignature(reader, field, name), found, stream, names, roots)
            except FAULTS as error:
                log.info("signature %s: %s: %s", found.field, type(error).__name__, error)
            yield found


def _roots(folder: Path) -> Iterator[object]:
    for file in sorted(folder.iterdir()) if folder.is_dir() else ():
        if file.suffix.lower() not in CERTIFICATES:
            continue
        try:
            yield from list(load_certs_from_pemder([str(file)]))  # type: ignore[no-untyped-call]
        except FAULTS:
            log.exception("trusted certificate %s cannot be read", file)


def _judged(
    signature: EmbeddedPdfSignature, found: DigitalSignature, stream: BinaryIO, names: set[str], roots: list[object]
) -> DigitalSignature:
    """`found` with what could be proved before anything broke."""
    try:
        found = found.model_copy(update=_signer(signature))
        context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(signature, context, key_usage_settings=USAGES, skip_diff=True)
        integrity: Integrity = "intact" if status.intact and status.valid else "broken"
        trusted = bool(roots) and status.trusted
        found = found.model_copy(
            update={
                "integrity": integrity,
                "supported": True,
                "trust": "trusted" if trusted else "unknown",
                "signed_at": _time(status.signer_reported_dt),
            }
        )
        if integrity == "intact":
            found = found.model_copy(update={"appended": _appended(signature, stream, names)})
    except FAULTS as error:
        log.info("signature %s: %s: %s", found.field, type(error).__name__, error)
    return found


def _signer(signature: EmbeddedPdfSignature) -> Mapping[str, str]:
    subject = signature.signer_cert.subject.native
    return {"signer": _plain(subject.get("common_name")), "organisation": _plain(subject.get("organization_name"))}


def _plain(value: object) -> str:
    """A name for people: one line of printable text, whatever the certificate holds."""
    first = value[0] if isinstance(value, list) and value else value
    text = str(first or "").encode("utf-8", "replace").decode("utf-8")
    return "".join(char for char in text if char.isprintable())[:LONGEST].strip()


def _time(claimed: object) -> datetime | None:
    return claimed if isinstance(claimed, datetime) else None


def _appended(signature: EmbeddedPdfSignature, stream: BinaryIO, names: set[str]) -> Appended:
    """What the file got after an intact signature, told only where its byte range leaves out nothing but itself."""
    rest = _rest(signature, stream)
    if rest is None:
        return "unknown"
    if not rest.strip(b"\0\t\n\f\r ") and len(rest) < TAIL:
        return "nothing"
    hybrid = signature.reader.xrefs.hybrid_xrefs_present  # readers disagree on what such a file shows
    if hybrid or signature.coverage is None or signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "unknown"
    narrow = signature.evaluate_modifications(VALIDATION_DATA)
    if isinstance(narrow, DiffResult):
        return "validation_data" if narrow.modification_level == _LEVEL else "unknown"
    wide = signature.evaluate_modifications(DEFAULT_DIFF_POLICY)
    if not isinstance(wide, DiffResult) or wide.modification_level > ModificationLevel.FORM_FILLING:
        return "other"
    allowed = signature.docmdp_level
    if allowed is not None and wide.modification_level.value > allowed.value:
        return "other"
    signing = wide.modification_level == ModificationLevel.FORM_FILLING and wide.changed_form_fields <= names
    return "signatures" if signing else "form"


def _rest(signature: EmbeddedPdfSignature, stream: BinaryIO) -> bytes | None:
    """The first bytes after the signed ones; None unless the range has one gap, filled by the signature's own value."""
    ends = [int(end) for end in signature.byte_range]
    if len(ends) != 4 or ends[0] != 0 or min(ends) < 0:
        return None
    _, first, second, length = ends
    value = signature.pkcs7_content
    if second - first != 2 * len(value) + 2:
        return None
    stream.seek(first)
    gap = stream.read(second - first)
    if gap[:1] != b"<" or gap[-1:] != b">" or bytes.fromhex(gap[1:-1].decode("ascii")) != value:
        return None
    stream.seek(second + length)
    return stream.read(TAIL)
