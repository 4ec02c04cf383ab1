"""The Chinese fonts the simulator draws with; it ships none and never guesses a substitute."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".fonts",
    Path.home() / ".local/share/fonts",
)

# role -> (file name, family to look for inside a collection, Debian package)
ROLES = {
    "song": ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", "fonts-noto-cjk"),
    "song-bold": ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", "fonts-noto-cjk"),
    "hei": ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", "fonts-noto-cjk"),
    "hei-bold": ("NotoSansCJK-Bold.ttc", "Noto Sans CJK SC", "fonts-noto-cjk"),
    "kai": ("ukai.ttc", "AR PL UKai CN", "fonts-arphic-ukai"),
}


class FontsMissingError(RuntimeError):
    """A font file is not installed; the message names the Debian package."""


@lru_cache(maxsize=1)
def installed() -> dict[str, Path]:
    """Every font file by its name without folder."""
    found: dict[str, Path] = {}
    for folder in FOLDERS:
        for path in sorted(folder.rglob("*.[to]t[fc]")) if folder.is_dir() else ():
            found.setdefault(path.name, path)
    return found


@lru_cache(maxsize=16)
def face(role: str) -> tuple[Path, int]:
    """File and index inside its collection for a role of ROLES."""
    name, family, package = ROLES[role]
    path = installed().get(name)
    if path is None:
        raise FontsMissingError(f"{name} is not installed (Debian: apt-get install {package})")
    return path, index_of(path, family)


@lru_cache(maxsize=64)
def index_of(path: Path, family: str) -> int:
    """Index of a family inside a .ttc; 0 for a single font and for an unknown family."""
    if path.suffix.lower() != ".ttc":
        return 0
    for index in range(64):
        try:
            candidate = ImageFont.truetype(str(path), 16, index=index, layout_engine=ImageFont.Layout.BASIC)
        except OSError:
            return 0
        if candidate.getname()[0] == family:
            return index
    return 0


@lru_cache(maxsize=512)
def load(role: str, size_px: int) -> ImageFont.FreeTypeFont:
    """A face at a pixel size; raises FontsMissingError."""
    path, index = face(role)
    return load_file(path, index, size_px)


@lru_cache(maxsize=512)
def load_file(path: Path, index: int, size_px: int) -> ImageFont.FreeTypeFont:
    """Any font file at a pixel size."""
    return ImageFont.truetype(str(path), max(2, size_px), index=index, layout_engine=ImageFont.Layout.BASIC)


def missing() -> str | None:
    """Why the simulator cannot draw here (for pytest.skip), or None."""
    try:
        for role in ROLES:
            face(role)
    except FontsMissingError as error:
        return str(error)
    return None


def _plain(name: str) -> str:
    return "".join(ch for ch in name.lower() if ch.isalnum())


@lru_cache(maxsize=64)
def by_pdf_name(pdf_name: str) -> tuple[Path, int] | None:
    """The installed file behind a PDF font name such as 'BAAAAA+NotoSerifCJKsc-Regular'; None if not installed."""
    name = pdf_name.split("+", 1)[-1].removesuffix("-VKana")
    base, _, style = name.partition("-")
    plain = _plain(base)
    for suffix, family in (("cjksc", "SC"), ("cjktc", "TC"), ("cjkjp", "JP")):
        if plain.endswith(suffix):
            stem = plain[: -len(suffix)] + "cjk"
            for path in installed().values():
                if _plain(path.stem) == stem + _plain(style or "Regular"):
                    kind = "Serif" if "serif" in stem else "Sans"
                    return path, index_of(path, f"Noto {kind} CJK {family}")
    wanted = {_plain(name), plain + _plain(style or "Regular"), plain}
    for path in installed().values():
        if path.suffix.lower() != ".ttc" and _plain(path.stem) in wanted:
            return path, 0
    return _by_family(plain)


def _by_family(plain: str) -> tuple[Path, int] | None:
    for path in installed().values():
        if path.suffix.lower() == ".ttc" and "arphic" in str(path):
            for index in range(4):
                family = load_file(path, index, 16).getname()[0]
                if family is not None and _plain(family) == plain:
                    return path, index
    return None
