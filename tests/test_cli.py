"""The command line as a person meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import CountersignError, PackError, SettingsError, UsageError

SAMPLES = Path(__file__).parent / "samples"
runner = CliRunner()


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> tuple[int, str]:
    result = runner.invoke(app, list(arguments))
    if isinstance(result.exception, CountersignError):
        raise result.exception
    return result.exit_code, result.output


def test_help_names_every_command() -> None:
    code, text = run("--help")
    assert code == 0
    for command in ("run", "process", "cases", "generate", "packs", "init", "ledger", "doctor"):
        assert command in text


def test_init_lays_out_an_installation_and_overwrites_nothing(tmp_path: Path) -> None:
    code, _ = run("init", "desk")
    assert code == 0
    desk = tmp_path / "desk"
    assert (desk / "templates" / "csp_order" / "case.toml").is_file()
    assert 'templates = "templates"' in (desk / "countersign.toml").read_text("utf-8").splitlines()
    (desk / "countersign.toml").write_text("# mine\n")
    with pytest.raises(UsageError, match="not empty"):
        run("init", "desk")
    assert run("init", "desk", "--force")[0] == 0
    assert (desk / "countersign.toml").read_text() == "# mine\n"


def test_packs_check_lists_the_shipped_packs() -> None:
    code, text = run("packs", "check")
    assert code == 0
    assert "service_agreement" in text
    assert "D03" in text


def test_a_broken_pack_is_named(tmp_path: Path) -> None:
    run("init", "desk")
    pack = tmp_path / "desk" / "templates" / "csp_order" / "purchase_order" / "pack.toml"
    pack.write_text(pack.read_text("utf-8").replace('type = "uscc"', 'type = "usc"', 1), "utf-8")
    with pytest.raises(PackError, match=r"pack\.toml.*usc.*uscc"):
        run("packs", "check", "desk/templates")


def test_an_unknown_profile_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_PROFILE", "wholesaler")
    with pytest.raises(SettingsError, match=r"wholesaler.*distributor"):
        run("packs", "check")


def test_cases_before_the_first_run_say_what_to_do() -> None:
    with pytest.raises(UsageError, match="countersign run"):
        run("cases", "list")


def test_folders_that_overlap_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERSIGN_OUTBOX", "inbox/out")
    with pytest.raises(SettingsError, match=r"inbox"):
        run("run", "--once")


def test_process_prints_one_review_a_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    shutil.copyfile(SAMPLES / "reseller" / "order.toml", tmp_path / "order.toml")
    code, text = run("process", "--json", "order.toml")
    assert code in (0, 10)
    assert '"schema":"countersign/review/1"' in text
    assert text.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["order.toml"]
