"""Several documents in a file, one document in several files (IN-06): told by titles, page numbers and blank forms.

What is contradictory or weak is neither cut nor put together but left to a person, with the pages named.
"""

from pipeline.assembly.apart import Apart, take_apart
from pipeline.assembly.names import FileName
from pipeline.assembly.pieces import DOUBT, Piece, counted_in, missing_pages, piece_of
from pipeline.assembly.sheets import sheets_of
from pipeline.assembly.together import WINDOW, Gathered, gather

__all__ = [
    "DOUBT",
    "WINDOW",
    "Apart",
    "FileName",
    "Gathered",
    "Piece",
    "counted_in",
    "gather",
    "missing_pages",
    "piece_of",
    "sheets_of",
    "take_apart",
]
