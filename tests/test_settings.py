from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pipeline.errors import SettingsError
from pipeline.settings import Settings, commented_toml, load, shipped_templates


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_work_without_any_file() -> None:
    settings = load()
    assert settings.inbox == Path("inbox")
    assert settings.url.startswith("sqlite:///")
    assert (settings.templates / "csp_order" / "case.toml").is_file()


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "countersign.toml").write_text('inbox = "from-file"\noutbox = "from-file"\n')
    monkeypatch.setenv("COUNTERSIGN_INBOX", "from-environment")
    settings = load()
    assert (settings.inbox, settings.outbox) == (Path("from-environment"), Path("from-file"))


def test_an_unknown_key_is_named_with_the_valid_ones(tmp_path: Path) -> None:
    (tmp_path / "countersign.toml").write_text('inbocks = "x"\n')
    with pytest.raises(SettingsError, match=r"inbocks.*valid keys: .*inbox"):
        load()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "countersign.toml").write_text("inbox = \n")
    with pytest.raises(SettingsError, match=r"countersign\.toml"):
        load()


def test_postgresql_is_taken_as_it_is() -> None:
    url = "postgresql+psycopg://desk@db/countersign"
    assert load(database_url=url).url == url


def test_the_commented_file_holds_every_key_at_its_default() -> None:
    text = commented_toml()
    active = "\n".join(line[2:] for line in text.splitlines() if line.startswith("# ") and " = " in line)
    values = tomllib.loads(active)
    assert set(values) == set(Settings.model_fields) - {"recordings"}
    assert tomllib.loads(text) == {}
    assert values["workers"] == Settings().workers


def test_the_packs_travel_with_the_program() -> None:
    assert (shipped_templates() / "csp_order" / "service_agreement" / "reference.pdf").is_file()
