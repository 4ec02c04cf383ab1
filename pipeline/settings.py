"""The settings of one installation: countersign.toml in the working folder, overridden by COUNTERSIGN_* variables."""

from __future__ import annotations

import json
import os
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

import pipeline
from pipeline.errors import SettingsError
from pipeline.posting import Server

FILE = "countersign.toml"
_PACKAGE = Path(pipeline.__file__).resolve().parent


def shipped_templates() -> Path:
    """The packs that came with the program: inside the wheel, or beside the package in a checkout."""
    inside = _PACKAGE / "shipped_templates"
    return inside if inside.is_dir() else _PACKAGE.parent / "templates"


class Settings(BaseSettings):
    """Few fields, all with working defaults; relative folders are taken from the working folder."""

    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", toml_file=FILE, extra="forbid", frozen=True)

    inbox: Path = Field(Path("inbox"), description="Anything may be dropped here; files leave it once they are stored.")
    outbox: Path = Field(Path("outbox"), description="Reports and outgoing papers; staff read here.")
    state: Path = Field(Path("state"), description="Database, stored originals, work files. On a local disk.")
    templates: Path = Field(
        default_factory=shipped_templates, description="The document packs; default: the ones shipped with the program."
    )
    database_url: str | None = Field(
        None, description="sqlite:///… or postgresql+psycopg://…; default: SQLite in the state folder."
    )
    language: Literal["zh", "en"] = Field("zh", description="The language shown first in reports.")
    profile: str = Field("distributor", description="Which desk this is; the packs name the profiles they know.")
    workers: int = Field(
        max(1, (os.cpu_count() or 2) // 2), ge=1, le=64, description="Files read at the same time, a process each."
    )
    threads: int = Field(
        max(1, (os.cpu_count() or 2) // max(1, (os.cpu_count() or 2) // 2)),
        ge=1,
        le=64,
        description="OCR threads of each reading process; workers x threads should not exceed the cores.",
    )
    scan_seconds: float = Field(2.0, gt=0, le=300, description="How often the inbox is compared with what is known.")
    quiet_seconds: float = Field(1.0, gt=0, le=300, description="How long a file must not change before it is taken.")
    settle_seconds: float = Field(
        20.0, ge=0, le=86400, description="How long a case must be quiet before outgoing papers are drafted."
    )
    reading_seconds: int = Field(900, ge=10, description="Time limit of reading one file.")
    memory_mib: int = Field(12288, ge=1024, description="Address-space limit of reading one file, in MiB.")
    unpack_files: int = Field(200, ge=1, le=5000, description="Most files in one mail or archive, at any depth.")
    unpack_mib: int = Field(500, ge=1, le=4000, description="Most MiB that one mail or archive may unpack to.")
    pdf: bool = Field(True, description="Also write outgoing papers as PDF when LibreOffice is installed.")
    smtp_host: str = Field("", description="Server that takes outgoing mail; empty: papers are only laid down as .eml.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_from: str = Field("", description="The sender's address; needed with smtp_host.")
    smtp_user: str = Field("", description="Account there; its password comes from COUNTERSIGN_SMTP_PASSWORD only.")
    smtp_tls: bool = Field(True, description="Require STARTTLS.")
    today: date | None = Field(None, description="Judge as on this day, e.g. to replay an old case; default: today.")
    time_of_day: time | None = Field(None, description="With `today`: also at this hour, e.g. 15:10.")
    recordings: Path | None = Field(None, description="For tests: folder with recorded OCR instead of an engine.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, then environment, then countersign.toml."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def mail_server(self) -> Server | None:
        """Where finished messages go; None when they are only laid down. SettingsError when half of it is missing."""
        if not self.smtp_host:
            return None
        if "@" not in self.smtp_from:
            raise SettingsError("smtp_from: an address is needed with smtp_host", advice="e.g. orders@example.com")
        password = os.environ.get("COUNTERSIGN_SMTP_PASSWORD", "")
        return Server(self.smtp_host, self.smtp_port, self.smtp_from, self.smtp_user, password, self.smtp_tls)

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.state / 'countersign.db').resolve()}"


def load(**overrides: Any) -> Settings:
    """Settings in force; SettingsError names the key and what is allowed."""
    try:
        return Settings(**{key: value for key, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        valid = ", ".join(sorted(Settings.model_fields))
        raise SettingsError(
            f"{FILE} or COUNTERSIGN_{key.upper()}: {key}: {first['msg']}", advice=f"valid keys: {valid}"
        ) from error
    except ValueError as error:  # broken TOML
        raise SettingsError(f"{FILE}: {error}", advice="mend the line it names") from error


def commented_toml() -> str:
    """A countersign.toml with every key commented out at its default."""
    lines = ["# Countersign settings. Remove the # in front of a key to change its value.", ""]
    for name, field in Settings.model_fields.items():
        if name == "recordings":
            continue
        default = "templates" if name == "templates" else field.default
        value = "" if default is None else default
        lines += [f"# {field.description}", f"# {name} = {json.dumps(value, default=str)}", ""]
    return "\n".join(lines)
