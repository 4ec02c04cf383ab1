"""Digital signatures: what the bytes prove, told without a network."""

from __future__ import annotations

import random
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyhanko.sign.fields import MDPPerm

from pipeline.model import DigitalSignature, Page
from pipeline.read import read
from pipeline.read.signed import signatures_of
from pipeline.read.structure import Widget

from .conftest import ScriptedReader, submission
from .signing import OTHER, OWNER, certified, signed, signed_but, trust_folder, with_metadata, with_text, with_value

MakePdf = Callable[..., Path]
DATA = Path(__file__).parents[3] / "shared" / "data" / "signed_pdf"
WORDS = "Purchase order form"
TEXT = f"BT /F1 12 Tf 100 700 Td ({WORDS}) Tj ET"
FIELD = b"<< /FT /Tx /T (price) /V (100) /Type /Annot /Subtype /Widget /Rect [150 400 350 420] /P 3 0 R >>"
FORM = {"catalog": "/AcroForm << /Fields [6 0 R] >>", "page": "/Annots [6 0 R]", "objects": [FIELD]}


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The certificates name places to ask about revocation; nobody may ask."""
    asked: list[object] = []

    def refuse(*where: object) -> None:
        asked.append(where)
        raise OSError("no network here")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert asked == []


@pytest.fixture
def plain(make_pdf: MakePdf) -> bytes:
    return make_pdf(TEXT).read_bytes()


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., tuple[DigitalSignature, ...]]:
    """Signatures of a file with this content, by a desk that trusts the fictional authority or nobody."""

    def looked(content: bytes, *, trusting: bool = True) -> tuple[DigitalSignature, ...]:
        path = tmp_path / "signed.pdf"
        path.write_bytes(content)
        trust = (trust_folder(tmp_path / "trust"),) if trusting else ()
        return read(path, submission(path), ScriptedReader([], [WORDS]), trust=trust).document.signatures

    return looked


Look = Callable[..., tuple[DigitalSignature, ...]]


def test_signed_whole(plain: bytes, look: Look) -> None:
    (found,) = look(signed(plain, certified()))
    assert (found.field, found.signer, found.organisation) == ("Seal", OWNER, OWNER)
    assert (found.integrity, found.appended, found.whole, found.supported) == ("intact", "nothing", True, True)
    assert found.trust == "trusted"
    assert found.signed_at is not None
    assert (found.page, found.box) == (1, (330, 622, 450, 742))


def test_nobody_is_trusted_unless_told(plain: bytes, look: Look) -> None:
    (found,) = look(signed(plain, certified()), trusting=False)
    assert (found.integrity, found.whole, found.trust) == ("intact", True, "unknown")


def test_an_unsigned_file_has_none(plain: bytes, look: Look) -> None:
    assert look(plain) == ()


@pytest.mark.parametrize(("begin", "days"), [(-30, 10), (10, 30)])
def test_a_certificate_out_of_its_time_is_not_trusted(plain: bytes, look: Look, begin: int, days: int) -> None:
    (found,) = look(signed(plain, certified(begin=begin, days=days)))
    assert (found.integrity, found.trust) == ("intact", "unknown")


def test_a_broken_trusted_certificate_trusts_nobody(plain: bytes, look: Look, tmp_path: Path) -> None:
    folder = trust_folder(tmp_path / "trust")
    (folder / "authority.pem").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    path = tmp_path / "x.pdf"
    path.write_bytes(signed(plain, certified()))
    (found,) = signatures_of(path, [], [], [folder])
    assert (found.integrity, found.trust) == ("intact", "unknown")


def test_one_byte_changed(plain: bytes, look: Look) -> None:
    content = signed(plain, certified())
    at = content.index(WORDS.encode())
    (found,) = look(content[:at] + b"p" + content[at + 1 :])
    assert (found.integrity, found.trust, found.whole) == ("broken", "unknown", False)
    assert found.signer == OWNER


def test_text_added_afterwards(plain: bytes, look: Look) -> None:
    (found,) = look(with_text(signed(plain, certified()), "price as agreed"))
    assert (found.integrity, found.appended, found.whole) == ("intact", "other", False)


def test_form_filled_afterwards(make_pdf: MakePdf, look: Look) -> None:
    (found,) = look(with_value(signed(make_pdf(TEXT, **FORM).read_bytes(), certified()), "999"))
    assert (found.integrity, found.appended) == ("intact", "form")


def test_form_filled_although_certified_against_changes(make_pdf: MakePdf, look: Look) -> None:
    content = signed(make_pdf(TEXT, **FORM).read_bytes(), certified(), permit=MDPPerm.NO_CHANGES)
    (found,) = look(with_value(content, "999"))
    assert (found.integrity, found.appended) == ("intact", "other")


def test_metadata_changed_afterwards(plain: bytes, look: Look) -> None:
    (found,) = look(with_metadata(signed(plain, certified())))
    assert (found.integrity, found.appended) == ("intact", "form")


def test_white_space_of_the_mail_is_no_change(plain: bytes, look: Look) -> None:
    (found,) = look(signed(plain, certified()) + b"\r\n\0")
    assert found.whole


def test_what_follows_the_end_of_the_file_is_doubtful(plain: bytes, look: Look) -> None:
    (found,) = look(signed(plain, certified()) + b"7 0 obj << >> endobj")
    assert (found.integrity, found.appended) == ("intact", "unknown")


def test_two_signatures(plain: bytes, look: Look) -> None:
    first, second = look(signed(signed(plain, certified()), certified(OTHER), "Second", box=(100, 100, 220, 220)))
    assert (first.signer, first.integrity, first.appended) == (OWNER, "intact", "signatures")
    assert (second.signer, second.integrity, second.appended) == (OTHER, "intact", "nothing")


def test_an_invisible_signature_has_no_place_to_see(plain: bytes, look: Look) -> None:
    (found,) = look(signed(plain, certified(), box=None))
    assert found.whole
    assert found.box is None or found.box[0] == found.box[2]


def test_a_turned_page(make_pdf: MakePdf, look: Look) -> None:
    content = make_pdf(TEXT.replace("100 700 Td", "0 1 -1 0 300 200 Tm"), page="/Rotate 90").read_bytes()
    (found,) = look(signed(content, certified()))
    assert found.box == (100, 330, 220, 450)


def test_a_page_that_was_scanned_lying_down(plain: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(signed(plain, certified()))
    upright = Page(number=1, width=842, height=595, rotation=90)
    (found,) = signatures_of(path, [Widget("Seal", "/Sig", "", 1, (330, 622, 450, 742))], [upright])
    assert found.box == (100, 330, 220, 450)
    assert upright.as_received((100, 330, 220, 450)) == (330, 622, 450, 742)


def test_national_algorithms_are_named(plain: bytes, look: Look) -> None:
    content = signed(plain, certified())
    value = bytes.fromhex("300f060a2a811ccf550601040202a00130")  # a GM/T 0010 signed message, cut short
    at = content.index(b"/Contents <") + len(b"/Contents <")
    coded = value.hex().encode()
    (found,) = look(content[:at] + coded + content[at + len(coded) :])
    assert (found.supported, found.integrity, found.trust) == (False, "unknown", "unknown")


@pytest.mark.parametrize("left_out", [{"before": 10}, {"after": 2}])
def test_bytes_that_a_signature_leaves_out_are_doubtful(plain: bytes, look: Look, left_out: dict[str, int]) -> None:
    (found,) = look(signed_but(plain, certified(), **left_out))
    assert (found.integrity, found.trust) == ("intact", "trusted")
    assert (found.appended, found.whole) == ("unknown", False)


def test_the_range_of_bytes_is_part_of_what_is_signed(plain: bytes, look: Look) -> None:
    content = signed(plain, certified())
    found = re.search(rb"/ByteRange \[0 (\d+)", content)
    assert found is not None
    shorter = str(int(found[1]) - 1).encode().rjust(len(found[1]), b"0")
    (signature,) = look(content[: found.start(1)] + shorter + content[found.end(1) :])
    assert (signature.integrity, signature.whole) == ("broken", False)


def test_time_is_bounded(plain: bytes, tmp_path: Path) -> None:
    path = tmp_path / "slow.pdf"
    path.write_bytes(signed(plain, certified()))
    found = signatures_of(path, [], [], seconds=0.0)
    assert DigitalSignature() in found


def test_a_signature_in_a_file_that_cannot_be_parsed_is_doubtful(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj << /Type /Sig /ByteRange [0 1 2 3] >> endobj\n")
    assert signatures_of(path, [], []) == (DigitalSignature(),)
    assert signatures_of(path, [Widget("Seal", "/Sig", "", 9, (0, 0, 1, 1))], []) == (DigitalSignature(),)


def test_no_damage_crashes_it(plain: bytes, tmp_path: Path) -> None:
    content = signed(signed(plain, certified()), certified(OTHER), "Second", box=(100, 100, 220, 220))
    own = {at for value in re.finditer(rb"/Contents <[0-9a-f]+>", content) for at in range(*value.span())}
    covered = [at for at in range(len(content)) if at not in own]
    dice, path = random.Random(20260928), tmp_path / "fuzzed.pdf"
    for _ in range(80):
        damaged = bytearray(content)
        for at in dice.sample(covered, dice.choice((1, 3, 30))):
            damaged[at] ^= dice.randrange(1, 256)
        path.write_bytes(damaged[: dice.choice((len(damaged), dice.randrange(20, len(damaged))))])
        found = signatures_of(path, [], [], [trust_folder(tmp_path / "trust")])
        assert not any(each.whole and each.trust == "trusted" for each in found)
        assert all(each.trust == "unknown" for each in found if each.integrity != "intact")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real files at {DATA}")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pdfplumber_federal-register-2020-17221", [("Superintendent of Documents", "intact", "nothing")]),
        ("pyhanko_sig-no-signed-attrs", [("Lord Testerino", "intact", "nothing")]),
        ("pyhanko_ed448-shake256-nolen", [("Alice", "intact", "nothing")]),
        ("pyhanko_signature-gap-too-big", [("Lord Testerino", "intact", "unknown")]),
        ("pyhanko_tail-uncovered", [("Lord Testerino", "intact", "unknown")]),
        ("pyhanko_weird-byterange", [("Lord Testerino", "intact", "unknown")]),
        (
            "pyhanko_form-update-override-appearance-stream-ap-indirect-sneaky",
            [("Alice", "intact", "other"), ("Alice", "intact", "nothing")],
        ),
        (
            "pyhanko_minimal-signed-twice-both-created",
            [("Lord Testerino", "intact", "signatures"), ("Lord Testerino", "intact", "nothing")],
        ),
        (
            "pyhanko_pades-lta-dss-indirect-arrs-test-2",
            [("Alice", "intact", "signatures"), ("Alice", "intact", "validation_data")],
        ),
        ("pyhanko_form-fill-result", []),
    ],
)
def test_real_files(name: str, expected: list[tuple[str, str, str]], tmp_path: Path) -> None:
    found = signatures_of(DATA / f"{name}.pdf", [], [], [trust_folder(tmp_path / "trust")])
    assert [(each.signer, each.integrity, each.appended) for each in found] == expected
    assert all(each.trust == "unknown" for each in found)
