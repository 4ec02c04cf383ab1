"""Signs PDFs for the tests, with certificates of a fictional authority that exists for one test run only."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec
from pyhanko_certvalidator.registry import SimpleCertificateStore

OWNER = "青禾医疗器械（深圳）有限公司"  # fictional
OTHER = "远岚精密机械（苏州）有限公司"  # fictional
ELSEWHERE = "http://authority.invalid/"  # where revocation would be looked up, if anything ever were
SEAL_BOX = (330, 100, 450, 220)


@dataclass(frozen=True)
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate as a file."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@cache
def authority() -> Identity:
    """The root of the fictional authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("示例电子认证中心（虚构）", "示例电子认证中心（虚构）")
    builder = _builder(name, name, key, -1, 3650).add_extension(x509.BasicConstraints(True, None), critical=True)
    return Identity(builder.add_extension(_usage(authority=True), critical=True).sign(key, hashes.SHA256()), key)


@cache
def certified(name: str = OWNER, organisation: str | None = None, begin: int = -1, days: int = 365) -> Identity:
    """A certificate of that CN and O, valid from `begin` days from now."""
    root, key = authority(), ec.generate_private_key(ec.SECP256R1())
    subject = _name(name, name if organisation is None else organisation)
    place = x509.UniformResourceIdentifier(ELSEWHERE)
    builder = (
        _builder(subject, root.certificate.subject, key, begin, days)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)]), critical=False)
        .add_extension(
            x509.AuthorityInformationAccess(
                [
                    x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place),
                    x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place),
                ]
            ),
            critical=False,
        )
    )
    return Identity(builder.sign(root.key, hashes.SHA256()), key)


def signed(
    content: bytes, who: Identity, field: str = "Seal", *, box: Any = SEAL_BOX, permit: MDPPerm | None = None
) -> bytes:
    """The file with a signature added; `permit` = what its certification allows to be changed afterwards."""
    certify, allowed = permit is not None, permit or MDPPerm.FILL_FORMS
    meta = signers.PdfSignatureMetadata(field_name=field, certify=certify, docmdp_permissions=allowed)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    out = signers.sign_pdf(writer, meta, signer=_signer(who), new_field_spec=SigFieldSpec(field, box=box))
    return bytes(out.getvalue())


def signed_but(content: bytes, who: Identity, *, before: int = 0, after: int = 0) -> bytes:
    """A sound signature that leaves out bytes before its own value, or at the end of the file."""
    made = signed(content, who)
    found = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)", made)
    assert found is not None
    first, second, length = int(found[1]) - before, int(found[2]), int(found[3]) - after
    for group, number in ((3, length), (1, first)):
        made = made[: found.start(group)] + b"%0*d" % (len(found[group]), number) + made[found.end(group) :]
    digest = hashlib.sha256(made[:first] + made[second : second + length]).digest()
    value: bytes = asyncio.run(_signer(who).async_sign(digest, "sha256")).dump().hex().encode()
    start = first + before + 1
    return made[:start] + value.ljust(second - 1 - start, b"0") + made[second - 1 :]


def with_text(content: bytes, text: str) -> bytes:
    """The file with a line of text added to page 1 in an incremental update."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(content))
    drawn = f"BT /F1 12 Tf 100 500 Td ({text}) Tj ET".encode("latin-1")
    writer.add_stream_to_page(0, writer.add_object(generic.StreamObject(stream_data=drawn)))
    return _written(writer)


def with_value(content: bytes, value: str) -> bytes:
    """The file with another value in its first form field."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(content))
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0).get_object()
    field[generic.NameObject("/V")] = generic.TextStringObject(value)
    writer.update_container(field)
    return _written(writer)


def with_metadata(content: bytes) -> bytes:
    """The file with another title."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(content))
    info: Any = generic.DictionaryObject
    writer.set_info(writer.add_object(info({generic.NameObject("/Title"): generic.TextStringObject("other")})))
    return _written(writer)


def trust_folder(folder: Path) -> Path:
    """A folder that trusts the fictional authority."""
    folder.mkdir(exist_ok=True)
    (folder / "authority.pem").write_bytes(authority().pem)
    return folder


def _signer(who: Identity) -> signers.SimpleSigner:
    store: Any = SimpleCertificateStore
    return signers.SimpleSigner(
        signing_cert=next(iter(load_certs_from_pemder_data(who.pem))),
        signing_key=load_private_key_from_pemder_data(
            who.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            passphrase=None,
        ),
        cert_registry=store(),
    )


def _written(writer: Any) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _name(common: str, organisation: str) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    if common:
        parts.append(x509.NameAttribute(NameOID.COMMON_NAME, common))
    return x509.Name(parts)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begin: int, days: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) + timedelta(days=begin)
    root = subject == issuer
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(identifier, critical=False)
    )
    if root:
        return builder
    from_root = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority().key.public_key())
    return builder.add_extension(from_root, critical=False)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
