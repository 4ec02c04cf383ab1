"""Runs the reading of one file in a process of its own, within memory, CPU and time limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import structlog

from pipeline.flow.child import Job
from pipeline.flow.document import unreadable
from pipeline.model import Bilingual, Facts, Submission, Value

_log = structlog.get_logger(__name__)


class Limits(Value):
    """Limits of one reading process."""

    seconds: int = 900
    cpu_seconds: int = 1200
    memory_mib: int = 12288
    threads: int = 1
    unpack_files: int = 200
    unpack_mib: int = 500


def facts_of(
    original: Path,
    submission: Submission,
    *,
    templates: Path,
    folder: Path,
    limits: Limits,
    recordings: Path | None = None,
    forms: Path | None = None,
) -> Facts:
    """Facts of one file; a crash or a time-out of the process becomes facts of an unreadable file."""
    folder.mkdir(parents=True, exist_ok=True)
    job = Job(
        original=original,
        submission=submission,
        templates=templates,
        folder=folder,
        threads=limits.threads,
        memory_mib=limits.memory_mib,
        cpu_seconds=limits.cpu_seconds,
        parent=os.getpid(),
        recordings=recordings,
        forms=forms,
        unpack_files=limits.unpack_files,
        unpack_mib=limits.unpack_mib,
    )
    result = folder / "facts.json"
    result.unlink(missing_ok=True)
    problem = _run(job, folder / "child.log", limits.seconds)
    if problem is None and result.exists():
        return Facts.model_validate_json(result.read_bytes())
    _log.error("reading failed", file=submission.name, sha256=submission.sha256, problem=problem)
    facts = _failed(submission, problem or "crashed")
    result.write_text(facts.model_dump_json(), encoding="utf-8")
    return facts


def _run(job: Job, log: Path, seconds: int) -> str | None:
    command = [sys.executable, "-P", "-m", "pipeline.flow.child"]
    with log.open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True
        )
        try:
            process.communicate(job.model_dump_json().encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return "timeout"
        finally:
            _kill(process)
    return None if process.returncode == 0 else "crashed"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _failed(submission: Submission, problem: str) -> Facts:
    name = submission.name
    if problem == "timeout":
        why = Bilingual(
            zh=f"读取“{name}”超时,已停止;请拆分文件或重新扫描后再提交,原件已保存。",
            en=f"Reading {name!r} took too long and was stopped; split it or scan it again. The original is kept.",
        )
    else:
        why = Bilingual(
            zh=f"读取“{name}”时程序异常;原件已保存,请人工查看,或重新扫描后再提交。",
            en=f"Reading {name!r} broke off; the original is kept. Look at it by hand or submit a new scan.",
        )
    return unreadable(submission, problem, why)
