"""The values every stage speaks.

Boxes are `(x0, top, x1, bottom)` in PDF points. Until a `Review` is made they refer to the *upright* page
(origin top-left after the rotation found by the reader was undone); a `Review` speaks of the page as received.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Box = tuple[float, float, float, float]
Pixels = NDArray[np.uint8]

Outcome = Literal["pass", "fail", "unsure", "n/a", "error"]
Severity = Literal["block", "hold", "warn", "info"]
Verdict = Literal["passed", "indeterminate", "failed"]
Source = Literal["inbox", "mail", "cli"]
Media = Literal["pdf", "jpg", "png", "tif", "docx", "xlsx", "ofd", "toml", "csv", "json", "eml", "zip", "unknown"]
TextSource = Literal["text", "ocr", "form", "none"]
UnreadableReason = Literal[
    "empty",
    "encrypted",
    "damaged",
    "unsupported",
    "too_large",
    "unsafe",
    "timeout",
    "crashed",
    "wrong_extension",
    "ofd",
]
SealShape = Literal["round", "oval", "square", "other"]
SealKind = Literal["company", "contract", "finance", "invoice", "personal", "department", "unknown"]
Edge = Literal["right", "left", "top", "bottom"]
Alignment = Literal["registered", "reflowed", "none"]
DifferenceKind = Literal["fill_in", "mark", "reading", "change"]
Integrity = Literal["intact", "broken", "unknown"]
Appended = Literal["nothing", "validation_data", "signatures", "form", "other", "unknown"]
StraddleForm = Literal[
    "one_impression",
    "two_impressions",
    "missing_slices",
    "foreign_slice",
    "wrong_order",
    "cropped",
    "inconsistent",
    "absent",
    "single_sheet",
    "not_visible",
    "facing_pages",
]


class Value(BaseModel):
    """Frozen base: stages hand each other values, never shared state."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Value):
    """A sentence for people, in Chinese and English."""

    zh: str
    en: str


# --- intake and reading -------------------------------------------------------------------------------------------


class Origin(Value):
    """Pages `first` to `last` (from 1) of a file that were put into another one."""

    sha256: str
    name: str
    first: int
    last: int


class Sender(Value):
    """Who a message says it comes from; nothing of it is proved.

    `address` = the only address of the only From, empty when there is none or more than one; `claimed` = whatever looks
    like an address in From, in the name too; `failed` = checks of the receiving server that went wrong.
    """

    address: str = ""
    display: str = ""
    claimed: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class Mail(Value):
    """A message as its header says; `references` = the messages it answers, `returned` = a report on one of ours."""

    subject: str = ""
    sender: Sender = Sender()
    sent_at: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    returned: bool = False


class Carrier(Value):
    """The mail or archive a document came in; `part` = its name there, `mail` = the message, if there is one."""

    sha256: str
    name: str
    part: str
    mail: Mail | None = None


class Submission(Value):
    """One arrival of bytes; `name` is relative to the inbox and for display only, never used as a path.

    `carrier` = the mail or archive it came in; `part_of` = the SHA-256 of the file these pages were cut from,
    `made_of` = the files they were put together from, in the order of the pages. `withheld` = names of texts in it that
    are not kept, because nobody could search them for passwords; the file stays where it came from.
    """

    sha256: str
    name: str
    received_at: datetime
    source: Source
    size: int
    media: Media
    part_of: str | None = None
    made_of: tuple[Origin, ...] = ()
    carrier: Carrier | None = None
    withheld: tuple[str, ...] = ()


class Enclosed(Value):
    """One thing in a mail or archive: taken as a document of its own (`sha256`), set aside as none, or refused.

    `code` is a stable word for the reason, which `reason` tells; `mail` = its number among the parcel's `mails`.
    """

    name: str
    size: int
    fate: Literal["taken", "aside", "refused"]
    sha256: str | None = None
    code: str = ""
    reason: Bilingual | None = None
    mail: int | None = None


class Parcel(Value):
    """A mail or archive and everything that lay in it; `mails` = itself, or the messages in the archive.

    Messages within messages are not among them: who sends them on answers for them.
    """

    kind: Literal["mail", "archive"]
    mails: tuple[Mail, ...] = ()
    enclosed: tuple[Enclosed, ...] = ()

    @property
    def mail(self) -> Mail | None:
        """The message itself, None for an archive."""
        return self.mails[0] if self.kind == "mail" and self.mails else None


class Word(Value):
    """A word or a run of hanzi; `confidence` 0..1 (1 for a trusted text layer)."""

    text: str
    box: Box
    confidence: float = 1.0


class Line(Value):
    """One line of text; `box` is None in electronic files that have no pages."""

    text: str
    box: Box | None = None
    confidence: float = 1.0
    words: tuple[Word, ...] = ()


class Cell(Value):
    """One table cell; empty text for an empty cell."""

    text: str
    box: Box | None = None
    confidence: float = 1.0


class Table(Value):
    """Rows of cells, top to bottom."""

    rows: tuple[tuple[Cell, ...], ...]
    box: Box | None = None


class Page(Value):
    """One upright page; `width`, `height` in pt, `rotation` = degrees clockwise applied to make it upright.

    `whitened` = the picture's paper is pure white: a filter may have wiped faint marks away.
    `concealed` = where passwords stand: their text is masked, and no picture made for people shows these places.
    """

    number: int
    width: float
    height: float
    rotation: Literal[0, 90, 180, 270] = 0
    dpi: float | None = None
    colour: bool = False
    bilevel: bool = False
    whitened: bool = False
    text_source: TextSource = "none"
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    concealed: tuple[Box, ...] = ()
    seconds: float = 0.0

    @property
    def text(self) -> str:
        """All lines joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    def as_received(self, box: Box) -> Box:
        """The same box on the page as received (before `rotation` was undone)."""
        x0, top, x1, bottom = box
        width, height = self.width, self.height
        match self.rotation:
            case 90:
                return (top, width - x1, bottom, width - x0)
            case 180:
                return (width - x1, height - bottom, width - x0, height - top)
            case 270:
                return (height - bottom, x0, height - top, x1)
            case _:
                return box


class Remark(Value):
    """A fact about the file itself, e.g. `javascript`, `embedded_file`, `text_layer_contradicts`, `annotation`."""

    code: str
    message: Bilingual
    page: int | None = None
    box: Box | None = None


class DigitalSignature(Value):
    """A signature in a PDF as its bytes prove it; `signer` and `organisation` are CN and O of the certificate.

    `appended` = what the file got after it was signed: `form` = form values or metadata, `other` = anything else. Who
    signed is known only where `trust` is `trusted`: the certificate leads to a root this desk trusts; whether it was
    revoked is not looked up. `supported` False = made with algorithms that cannot be verified here (SM2, SM3).
    """

    field: str = ""
    page: int | None = None
    box: Box | None = None
    signer: str = ""
    organisation: str = ""
    signed_at: datetime | None = None
    integrity: Integrity = "unknown"
    appended: Appended = "unknown"
    supported: bool = True
    trust: Literal["trusted", "unknown"] = "unknown"

    @property
    def whole(self) -> bool:
        """Whether it covers every byte of the file but its own."""
        return self.appended == "nothing"


class Document(Value):
    """What a file says: pages with text, form values, remarks about its structure, digital signatures."""

    submission: Submission
    pages: tuple[Page, ...]
    form: Mapping[str, str] = Field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    signatures: tuple[DigitalSignature, ...] = ()

    @property
    def is_electronic(self) -> bool:
        """True for files that were never paper (Word, Excel, order data, mail)."""
        return self.submission.media in ("docx", "xlsx", "toml", "csv", "json", "eml", "zip")

    @property
    def text(self) -> str:
        """Text of all pages joined by newlines."""
        return "\n".join(page.text for page in self.pages)


@dataclass(frozen=True)
class Picture:
    """An upright page picture, RGB uint8 of shape (height, width, 3); px = pt * dpi / 72."""

    pixels: Pixels
    dpi: float


class PageSource(Protocol):
    """Upright page pictures, rendered when asked so that memory stays flat."""

    def picture(self, number: int, dpi: float | None = None) -> Picture:
        """Page `number` (from 1); `dpi` None = the scan's own resolution within the pixel budget."""


@dataclass(frozen=True)
class ReadText:
    """What the recogniser read in one picture.

    `certainties`, `places` = of each character, its middle 0..1 along the picture; empty where they are not known.
    """

    text: str
    confidence: float
    certainties: tuple[float, ...] = ()
    places: tuple[float, ...] = ()


@dataclass(frozen=True)
class ReadLine:
    """One detected line; `quad` = four (x, y) px corners, clockwise from top-left; `chars` = (char, x0, x1, conf)."""

    text: str
    confidence: float
    quad: tuple[tuple[float, float], ...]
    chars: tuple[tuple[str, float, float, float], ...] = ()


@dataclass(frozen=True)
class Claim:
    """What a page of a digital file says of itself: `glyphs` of its text layer, (name, value, box) of its fields.

    `form` holds every value of the file's form by name, placed on a page or not.
    """

    number: int
    size: tuple[float, float]
    glyphs: tuple[Word, ...]
    entries: tuple[tuple[str, str, Box], ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verified:
    """A digital page whose picture is proved; `lines` are what it shows, `honest` = its text layer says just that."""

    lines: tuple[Line, ...]
    honest: bool


class KnownPages(Protocol):
    """Pages whose text is known without reading them."""

    def lines(self, number: int, picture: Picture) -> tuple[Line, ...] | None:
        """Text of page `number` in pt of the page as shown in `picture`; None when it must be read."""

    def verified(self, claim: Claim, pictures: PageSource) -> Verified | None:
        """The proof of a page made on a computer; None when its picture cannot be proved."""


class TextReader(Protocol):
    """An OCR engine; pictures are RGB uint8."""

    def read_page(self, pixels: Pixels) -> tuple[ReadLine, ...]:
        """Detect and recognise all lines of a page."""

    def read_strips(self, strips: list[Pixels]) -> tuple[ReadText, ...]:
        """Recognise pictures of single lines, without detection."""


# --- facts --------------------------------------------------------------------------------------------------------


class Sheet(Value):
    """Which page of its document a page is: as its blank form tells (`kind` = type of the form), else as printed."""

    page: int
    number: int
    total: int | None = None
    kind: str | None = None


class Classification(Value):
    """Which pack claims the document; `rivals` when several do, `nearest` and `missing` when none does."""

    type: str | None
    case_type: str | None = None
    edition: str | None = None
    rivals: tuple[str, ...] = ()
    nearest: str | None = None
    missing: tuple[str, ...] = ()


class FieldValue(Value):
    """A value read; `value` is canonical (ISO date, plain decimal …), `problem` says why its own check failed."""

    value: str
    raw: str
    page: int | None = None
    box: Box | None = None
    confidence: float = 1.0
    source: TextSource = "text"
    problem: str | None = None


class Extraction(Value):
    """Fields by key (`lines.1.qty` for table rows); `unread` are labels found without a legible value."""

    fields: Mapping[str, FieldValue] = Field(default_factory=dict)
    unread: tuple[str, ...] = ()


class Seal(Value):
    """One impression; `text` is the ring text, `inner` the straight line, `visible` 0..1 the share on the page.

    `inked` = share of its outline on the page that took ink, `turn` = degrees clockwise by which its lettering is
    turned (None when not known), `flat` = its ink has none of the grain that the print around it has.
    """

    page: int
    box: Box
    shape: SealShape
    diameter_mm: float
    colour: Literal["red", "blue", "purple", "grey", "other"]
    text: str = ""
    text_confidence: float = 0.0
    inner: str = ""
    code: str = ""
    kind: SealKind = "unknown"
    visible: float = 1.0
    inked: float = 1.0
    turn: float | None = None
    flat: bool = False
    confidence: float


class Repeated(Value):
    """Two impressions of one document whose pictures agree as no two presses do; boxes in the order of `pages`."""

    pages: tuple[int, int]
    boxes: tuple[Box, Box]
    likeness: float


class Slice(Value):
    """The part of a straddle seal on one page; `width_mm` across the edge, `height_mm` along it."""

    page: int
    box: Box
    width_mm: float
    height_mm: float
    confidence: float = 1.0


class Straddle(Value):
    """How the slices at the page edges compose; `order` = pages as the slices fit best, left to right.

    `whole_page` bears a whole impression whose picture every slice continues; `like_page` one of the same die from
    which single characters seem to differ, `unlike` = those of `text` that its picture does not confirm;
    `untold_pages` = pages whose slice alone does not exclude another seal, `likely_pages` = those of them whose
    lettering suits this seal best all the same; `bare_pages` = pages with border only; `apart` = neighbouring pages
    between which a part of the seal is missing.
    `beside` = seals of other parties across the same pages.
    """

    form: StraddleForm
    edge: Edge | None = None
    slices: tuple[Slice, ...] = ()
    missing_pages: tuple[int, ...] = ()
    odd_pages: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    diameter_mm: float | None = None
    coverage: float | None = None
    whole_page: int | None = None
    like_page: int | None = None
    text: str = ""
    text_confidence: float = 0.0
    unlike: tuple[int, ...] = ()
    untold_pages: tuple[int, ...] = ()
    likely_pages: tuple[int, ...] = ()
    bare_pages: tuple[int, ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    confidence: float = 0.0
    reason: str = ""
    beside: tuple[Straddle, ...] = ()


class Signature(Value):
    """Ink in a signing place; `field` is the pack's name of the place."""

    page: int
    box: Box
    kind: Literal["handwritten", "digital"] = "handwritten"
    field: str = ""
    confidence: float


class Difference(Value):
    """One deviation from the reference; `signals` are the independent ways in which it was seen.

    `clear` = about its place nothing but print and paper was seen, so no ink that looks like print without colour.
    """

    kind: DifferenceKind
    page: int | None
    reference_page: int | None
    box: Box | None = None
    clause: str = ""
    expected: str = ""
    found: str = ""
    confidence: float
    signals: tuple[str, ...] = ()
    clear: bool = False
    note: str = ""


class PageMatch(Value):
    """Which reference page a page is; `score` 0..1; `reference_page` None = foreign.

    `proved` = every character was verified in the page's picture, and nothing else stands outside the blanks.
    """

    page: int
    reference_page: int | None
    alignment: Alignment
    score: float
    seconds: float = 0.0
    proved: bool = False


class Comparison(Value):
    """A document laid beside its blank form."""

    pages: tuple[PageMatch, ...]
    reference_pages: int
    missing: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    foreign: tuple[int, ...] = ()
    in_order: bool = True
    differences: tuple[Difference, ...] = ()


class Observations(Value):
    """What was seen on the paper; says nothing about what may be."""

    seals: tuple[Seal, ...] = ()
    repeated: tuple[Repeated, ...] = ()
    straddle: Straddle | None = None
    signatures: tuple[Signature, ...] = ()
    comparison: Comparison | None = None
    signature_page: int | None = None
    places: Mapping[str, tuple[int, Box]] = Field(default_factory=dict)


class Facts(Value):
    """All facts of one document; `unreadable` set = the file could not be read and the rest is empty.

    `parcel` = it is a mail or archive, `parts` (first, last page) = the file holds several documents: in both cases
    these are read one by one instead of it; `whole` = the SHA-256 of the document that its pages were put together
    into, which is judged instead of it.
    """

    document: Document
    classification: Classification
    extraction: Extraction = Extraction()
    observations: Observations = Observations()
    parts: tuple[tuple[int, int], ...] = ()
    parcel: Parcel | None = None
    whole: str | None = None
    sheets: tuple[Sheet, ...] = ()
    unreadable: UnreadableReason | None = None
    reason: Bilingual | None = None
    pictures: Mapping[str, str] = Field(default_factory=dict)
    timing: Mapping[str, float] = Field(default_factory=dict)

    @property
    def is_document(self) -> bool:
        """False for a mail, an archive, a file of several documents, and pages that are judged with others."""
        return self.parcel is None and not self.parts and self.whole is None


# --- the blank form -----------------------------------------------------------------------------------------------


class Blank(Value):
    """A place that may be filled in; `name` is the variable of the form."""

    name: str
    page: int
    box: Box


class Reference(Value):
    """A blank form: pages with their exact text, and the blanks.

    `paraph_margin` = pt along the edges of every page where the parties may initial it.
    """

    sha256: str
    edition: str
    pages: tuple[Page, ...]
    blanks: tuple[Blank, ...]
    paraph_margin: float = 0.0


# --- judgement ----------------------------------------------------------------------------------------------------


class Finding(Value):
    """What one rule says; `expected`/`found` and the place are its evidence, `required`/`fix` tell how to cure it."""

    rule: str
    outcome: Outcome
    severity: Severity
    message: Bilingual
    required: Bilingual | None = None
    fix: Bilingual | None = None
    page: int | None = None
    box: Box | None = None
    expected: str | None = None
    found: str | None = None
    confidence: float | None = None
    document: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person must decide it, or the sender mend it, before the case may go on."""
        weighty = self.severity in ("block", "hold") and self.outcome in ("fail", "unsure")
        return weighty or self.outcome == "error"


class ReviewDocument(Value):
    """The `document` part of a review."""

    type: str | None
    case_type: str | None
    edition: str | None
    rivals: tuple[str, ...] = ()
    pages: int


class ReviewSeal(Value):
    """The `seals` part of a review."""

    page: int
    box: Box
    shape: SealShape
    diameter_mm: float
    colour: str
    text: str
    kind: SealKind
    confidence: float


class ReviewSlice(Value):
    """One slice of the straddle seal in a review."""

    page: int
    box: Box


class ReviewStraddle(Value):
    """The `straddle` part of a review; `texts` = what the joined seals say, one for each party that sealed so."""

    outcome: Outcome
    edge: Edge | None = None
    slices: tuple[ReviewSlice, ...] = ()
    missing_pages: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


class ReviewSignature(Value):
    """The `signatures` part of a review."""

    page: int
    box: Box
    kind: Literal["handwritten", "digital"]
    confidence: float


class ReviewPage(Value):
    """The `pages` part of a review; `rotation` = degrees clockwise that make the page upright."""

    number: int
    width: float
    height: float
    rotation: Literal[0, 90, 180, 270] = 0
    reference_page: int | None = None
    alignment: Alignment = "none"
    dpi: float | None = None
    colour: bool = False
    seconds: float = 0.0


class ReviewSubmission(Value):
    """The `submission` part of a review; `part_of` and `made_of` name the files its pages came in, when it was made.

    `carrier` = the mail or archive it came in.
    """

    sha256: str
    name: str
    received_at: datetime
    source: Source
    part_of: str | None = None
    made_of: tuple[Origin, ...] = ()
    carrier: Carrier | None = None


class Review(Value):
    """The judged document, as written to `review-*.json` and printed by `--json`."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    schema_: Literal["countersign/review/1"] = Field(default="countersign/review/1", alias="schema")
    submission: ReviewSubmission
    document: ReviewDocument
    verdict: Verdict
    fields: Mapping[str, FieldValue] = Field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    seals: tuple[ReviewSeal, ...] = ()
    straddle: ReviewStraddle | None = None
    signatures: tuple[ReviewSignature, ...] = ()
    pages: tuple[ReviewPage, ...] = ()
    timing: Mapping[str, float] = Field(default_factory=dict)
