"""What a part of a message is: text, a document, or one of the things that only accompany a mail."""

from __future__ import annotations

import io
import mimetypes
import re

from PIL import Image

from pipeline.unpack.headers import value
from pipeline.unpack.message import Leaf

BODY, TAKEN, INNER = "body", "", "inner"
_CODES = {
    "text/calendar": "calendar",
    "application/ics": "calendar",
    "text/vcard": "contact_card",
    "text/x-vcard": "contact_card",
    "text/directory": "contact_card",
    "text/rfc822-headers": "delivery_status",
    "message/delivery-status": "delivery_status",
    "message/global-delivery-status": "delivery_status",
    "message/disposition-notification": "delivery_status",
    "message/feedback-report": "delivery_status",
    "message/external-body": "elsewhere",
    "message/partial": "piece",
    "application/pkcs7-signature": "mail_signature",
    "application/x-pkcs7-signature": "mail_signature",
    "application/pgp-signature": "mail_signature",
    "application/pkcs7-mime": "encrypted_mail",
    "application/x-pkcs7-mime": "encrypted_mail",
    "application/pgp-encrypted": "encrypted_mail",
}
_TEXTS = ("text/plain", "text/html", "text/enriched", "text/richtext", "text/x-amp-html")
_LITTER = (".ds_store", "thumbs.db", "desktop.ini")
_PGP = b"-----BEGIN PGP MESSAGE"
# A page that can be read at all has more pixels and bytes than any logo.
_LOGO_BYTES, _LOGO_PIXELS = 200_000, 640
_UUENCODED = re.compile(r"^begin [0-7]{3,4} (\S[^\n]*)\n(?:.*\n)*?end\s*$", re.MULTILINE)


def code_of(leaf: Leaf, shown: frozenset[str], *, report: bool) -> str:
    """`BODY`, `INNER`, `TAKEN`, or the code of a reason; `shown` = pictures the text shows by their Content-ID."""
    if leaf.inner is not None:
        return "own_message" if report else INNER
    if leaf.kind.startswith("multipart/"):
        return "shapeless" if leaf.content.strip() else BODY
    if leaf.kind in _CODES:
        return _CODES[leaf.kind]
    if leaf.kind in _TEXTS and not leaf.attached and not leaf.name:
        return BODY
    if leaf.name.lower() in _LITTER:
        return "litter"
    if leaf.content.startswith(_PGP):
        return "encrypted_mail"
    if not leaf.content:
        return "empty"
    if report:
        return "own_part"
    return "inline_picture" if leaf.content_id in shown and is_logo(leaf.content) else TAKEN


def is_logo(content: bytes) -> bool:
    """Whether a picture is too small to be a page; one that cannot be opened is not."""
    if len(content) > _LOGO_BYTES:
        return False
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return max(picture.size) <= _LOGO_PIXELS
    except Exception:  # the decoders raise what they like on damaged pictures
        return False


def name_of(leaf: Leaf, number: int) -> str:
    """Its own name, else one made of its kind and its number in the message."""
    if leaf.name:
        return leaf.name
    if leaf.inner is not None:
        return f"{value(leaf.inner, 'Subject')[:80].strip() or f'邮件 {number}'}.eml".replace("/", "／")
    return f"附件 {number}{mimetypes.guess_extension(leaf.kind) or '.bin'}"


def uuencoded(text: str) -> list[str]:
    """Names of files that are written into the text."""
    return [found.strip() for found in _UUENCODED.findall(text)] if "\nend" in text else []
