"""Mails and archives taken apart; nothing here writes a file or follows a name."""

from pipeline.unpack.kinds import OLE, OUTLOOK, TNEF, container_of, is_message, is_plain_archive
from pipeline.unpack.limits import MOST, STANDARD, UnpackLimits
from pipeline.unpack.opening import Item, Letter, Opening

__all__ = [
    "MOST",
    "OLE",
    "OUTLOOK",
    "STANDARD",
    "TNEF",
    "Item",
    "Letter",
    "Opening",
    "UnpackLimits",
    "container_of",
    "is_message",
    "is_plain_archive",
]
