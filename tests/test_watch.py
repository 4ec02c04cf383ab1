"""The watcher: real files, real threads, short times."""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver

from pipeline.errors import IntakeError
from pipeline.watch import Watcher, WatchOptions, file_systems, is_litter, is_remote
from pipeline.watch.events import Events
from pipeline.watch.survey import survey
from pipeline.watch.writers import has_writer

PDF = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n" + b"%" + b"x" * 4000 + b"\n"
PDF += b"xref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(PDF)
QUICK = WatchOptions(scan_interval=0.06, quiet=0.1, recheck_every=0.1, retry_after=0.05, retry_limit=0.2)


class Desk:
    """Who receives the files: keeps count, and refuses as often as it was told to."""

    def __init__(self, *refusals: Exception) -> None:
        self.taken: Counter[str] = Counter()
        self.contents: list[bytes] = []
        self.calls = 0
        self._refusals = list(refusals)

    def __call__(self, path: Path) -> None:
        self.calls += 1
        if self._refusals:
            raise self._refusals.pop(0)
        self.contents.append(path.read_bytes())
        self.taken[path.name] += 1


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@contextlib.contextmanager
def watching(inbox: Path, desk: Callable[[Path], None], options: WatchOptions = QUICK) -> Iterator[Watcher]:
    with Watcher(inbox, desk, options) as watcher:
        yield watcher
    assert not watcher.running


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def settle(watcher: Watcher, scans: int = 4) -> None:
    """Some more scans: what would be delivered twice is delivered twice by then."""
    after = watcher.status().scans + scans
    assert until(lambda: watcher.status().scans >= after)


# --- arrival --------------------------------------------------------------------------------------------------------


def test_file_present_at_start_and_file_dropped_later_are_delivered_once(inbox: Path) -> None:
    (inbox / "early.pdf").write_bytes(PDF)
    desk = Desk()
    with watching(inbox, desk) as watcher:
        assert until(lambda: desk.taken["early.pdf"] == 1)
        (inbox / "late.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["late.pdf"] == 1)
        settle(watcher)
        status = watcher.status()
    assert desk.taken == {"early.pdf": 1, "late.pdf": 1}
    assert (status.delivered, status.waiting, status.running) == (2, 0, True)
    assert status.last_scan_at is not None


def test_events_wake_the_watcher_long_before_the_next_scan(inbox: Path) -> None:
    desk = Desk()
    with watching(inbox, desk, QUICK.model_copy(update={"scan_interval": 60.0})) as watcher:
        assert until(lambda: watcher.status().scans > 0)
        assert watcher.status().mode == "events+scan"
        (inbox / "a.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["a.pdf"] == 1, 5)


def test_scan_alone_is_enough(inbox: Path) -> None:
    desk = Desk()
    with watching(inbox, desk, QUICK.model_copy(update={"events": False})) as watcher:
        (inbox / "a.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["a.pdf"] == 1)
        assert watcher.status().mode == "scan"


def test_slow_copy_is_delivered_once_and_whole(inbox: Path) -> None:
    desk = Desk()

    def copy() -> None:
        with (inbox / "slow.pdf").open("wb") as stream:
            for start in range(0, len(PDF), 800):
                stream.write(PDF[start : start + 800])
                stream.flush()
                time.sleep(0.15)  # longer than the quiet time

    with watching(inbox, desk) as watcher:
        writer = threading.Thread(target=copy)
        writer.start()
        writer.join()
        assert until(lambda: desk.calls > 0)
        settle(watcher)
    assert desk.contents == [PDF]


def test_truncated_pdf_waits_until_it_is_completed(inbox: Path) -> None:
    desk = Desk()
    path = inbox / "cut.pdf"
    path.write_bytes(PDF[:2000])
    with watching(inbox, desk) as watcher:
        assert until(lambda: any("PDF" in item.reason.en for item in watcher.status().pending))
        settle(watcher)
        assert desk.calls == 0
        with path.open("ab") as stream:
            stream.write(PDF[2000:])
        assert until(lambda: desk.calls > 0)
    assert desk.contents == [PDF]


def test_file_with_reserved_size_waits_for_its_content(inbox: Path) -> None:
    desk = Desk()
    path = inbox / "reserved.pdf"
    path.write_bytes(PDF[:100] + bytes(len(PDF) - 100))
    stamp = path.stat().st_mtime_ns
    with watching(inbox, desk) as watcher:
        settle(watcher, 6)
        assert desk.calls == 0
        with path.open("r+b") as stream:
            stream.write(PDF)
        os.utime(path, ns=(stamp, stamp))  # a server that reports the change late
        assert until(lambda: desk.calls > 0)
    assert desk.contents == [PDF]


def test_rename_from_part_is_picked_up(inbox: Path) -> None:
    desk = Desk()
    part = inbox / "scan.pdf.part"
    part.write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        settle(watcher)
        assert watcher.status().waiting == 0
        part.rename(inbox / "scan.pdf")
        assert until(lambda: desk.taken["scan.pdf"] == 1)
    assert desk.calls == 1


def test_burst_is_delivered_exactly_once(inbox: Path) -> None:
    desk = Desk()
    with watching(inbox, desk) as watcher:
        for number in range(300):
            (inbox / f"{number:03}.pdf").write_bytes(PDF)
        assert until(lambda: len(desk.taken) == 300)
        settle(watcher)
    assert set(desk.taken.values()) == {1}


def test_whole_folder_moved_in_and_renamed(inbox: Path, tmp_path: Path) -> None:
    desk = Desk()
    outside = tmp_path / "case" / "deep" / "er"
    outside.mkdir(parents=True)
    for number in range(20):
        (outside / f"{number}.pdf").write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        settle(watcher)
        (tmp_path / "case").rename(inbox / "case")
        assert until(lambda: len(desk.taken) == 20)
        (inbox / "case" / "deep" / "new.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["new.pdf"] == 1)
        settle(watcher)
    assert set(desk.taken.values()) == {1}


@pytest.mark.parametrize("shift", [10 * 365 * 86400, -40 * 365 * 86400])
def test_file_with_a_wrong_clock_is_delivered(inbox: Path, shift: int) -> None:
    desk = Desk()
    (inbox / "a.pdf").write_bytes(PDF)
    os.utime(inbox / "a.pdf", (time.time() + shift,) * 2)
    with watching(inbox, desk):
        assert until(lambda: desk.taken["a.pdf"] == 1)


# --- what is not a file ---------------------------------------------------------------------------------------------


def test_links_and_pipes_are_reported_not_touched(inbox: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.pdf").write_bytes(PDF)
    (inbox / "link.pdf").symlink_to(secret / "key.pdf")
    (inbox / "linked").symlink_to(secret, target_is_directory=True)
    os.mkfifo(inbox / "pipe.pdf")
    (inbox / "good.pdf").write_bytes(PDF)
    desk = Desk()
    with watching(inbox, desk) as watcher:
        assert until(lambda: desk.taken["good.pdf"] == 1)
        settle(watcher)
        refused = {item.name: item.reason.en for item in watcher.status().refused}
    assert desk.taken == {"good.pdf": 1}
    assert refused == {"link.pdf": "is a symbolic link", "linked": "is a symbolic link", "pipe.pdf": "is a named pipe"}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "~$合同.docx",
            ".~lock.a.odt#",
            "._a.pdf",
            ".hidden.pdf",
            "Thumbs.db",
            "DESKTOP.INI",
            ".DS_Store",
            "a.pdf.part",
        ),
        *("a.partial", "A.TMP", "a.crdownload", "a.filepart", ".a.pdf.swp", "a.pdf~"),
        *("@eaDir", "__MACOSX", "#recycle", ".Trash-1000", "$RECYCLE.BIN"),
    ],
)
def test_litter_is_ignored_as_file_and_as_folder(inbox: Path, name: str) -> None:
    assert is_litter(name)
    (inbox / name).mkdir()
    (inbox / name / "a.pdf").write_bytes(PDF)
    assert survey(inbox).files == {}


@pytest.mark.parametrize("name", ["合同.pdf", "a.part.pdf", "tmp.pdf", "Thumbs.pdf", "part", "a~1.pdf", "a.temporary"])
def test_proper_names_are_no_litter(name: str) -> None:
    assert not is_litter(name)


def test_hostile_names_are_delivered(inbox: Path) -> None:
    names = [
        "a\nb.pdf",
        "\u202efdp.pdf",
        "-rf.pdf",
        os.fsdecode(b"\xff\xfe.pdf"),
        "%s{0}.pdf",
        " .pdf",
        "合" * 80 + ".pdf",
    ]
    for name in names:
        (inbox / name).write_bytes(PDF)
    (inbox / "\x1b[31m.pdf").write_bytes(PDF[:100])
    desk = Desk()
    with watching(inbox, desk) as watcher:
        assert until(lambda: len(desk.taken) == len(names))
        settle(watcher)
        text = watcher.status().model_dump_json()
    assert set(desk.taken) == set(names)
    assert "\\u001b" not in text
    assert "\x1b" not in text


# --- doubt, refusal, retry ------------------------------------------------------------------------------------------


def test_incomplete_and_empty_files_are_handed_over_after_the_limit(inbox: Path) -> None:
    desk = Desk()
    (inbox / "cut.pdf").write_bytes(PDF[:2000])
    (inbox / "empty.pdf").touch()
    with watching(inbox, desk, QUICK.model_copy(update={"give_up_after": 0.8, "empty_after": 0.3})) as watcher:
        assert until(lambda: desk.taken["empty.pdf"] == 1)
        assert desk.taken["cut.pdf"] == 0
        assert until(lambda: desk.taken["cut.pdf"] == 1)
        settle(watcher)
        given_up = {item.name: item.reason.en for item in watcher.status().given_up}
        assert set(given_up) == {"cut.pdf", "empty.pdf"}
        (inbox / "cut.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["cut.pdf"] == 2)
        settle(watcher)
        assert {item.name for item in watcher.status().given_up} == {"empty.pdf"}
    assert desk.contents[-1] == PDF


def test_any_change_starts_the_waiting_anew(inbox: Path) -> None:
    desk = Desk()
    path = inbox / "cut.pdf"
    path.write_bytes(PDF[:1000])
    with watching(inbox, desk, QUICK.model_copy(update={"give_up_after": 0.6})):
        for end in range(1100, 1600, 100):
            time.sleep(0.2)
            path.write_bytes(PDF[:end])
            assert desk.calls == 0
        assert until(lambda: desk.calls == 1)


@pytest.mark.parametrize("error", [IntakeError("busy"), KeyError("x")])
def test_refused_file_is_tried_again_until_taken(inbox: Path, error: Exception) -> None:
    desk = Desk(error, error)
    (inbox / "a.pdf").write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        assert until(lambda: desk.taken["a.pdf"] == 1)
        settle(watcher)
        assert watcher.running
    assert desk.calls == 3


def test_refusals_are_shown_and_pauses_grow(inbox: Path) -> None:
    times: list[float] = []

    def refuse(path: Path) -> None:
        times.append(time.monotonic())
        raise IntakeError("disk full")

    (inbox / "a.pdf").write_bytes(PDF)
    options = QUICK.model_copy(update={"retry_after": 0.1, "retry_limit": 10.0})
    with watching(inbox, refuse, options) as watcher:
        assert until(lambda: len(times) >= 4)
        assert "disk full" in watcher.status().pending[0].reason.en
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert pauses[0] >= 0.1
    assert pauses[2] >= 0.4
    assert (inbox / "a.pdf").exists()


def test_changed_file_is_delivered_again_untouched_one_is_not(inbox: Path) -> None:
    desk = Desk()
    path = inbox / "a.pdf"
    path.write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        assert until(lambda: desk.calls == 1)
        settle(watcher)
        assert desk.calls == 1
        replacement = inbox / "new.tmp"
        replacement.write_bytes(PDF)
        shutil.copystat(path, replacement)  # same size and date, another file
        replacement.replace(path)
        assert until(lambda: desk.calls == 2)
        path.unlink()
        settle(watcher)
        path.write_bytes(PDF)
        assert until(lambda: desk.calls == 3)


def test_writer_is_seen_where_the_system_can_tell(inbox: Path) -> None:
    path = inbox / "a.pdf"
    path.write_bytes(PDF)
    assert not has_writer(path)
    with path.open("ab"):
        if not has_writer(path):
            pytest.skip("no leases on this file system")
    assert not has_writer(path)
    desk = Desk()
    with path.open("ab"), watching(inbox, desk) as watcher:
        assert until(lambda: any("open for writing" in item.reason.en for item in watcher.status().pending))
        assert desk.calls == 0
    with watching(inbox, desk):
        assert until(lambda: desk.calls == 1)


def test_quiet_time_is_learned_from_a_source_that_pauses(inbox: Path) -> None:
    """A scanner that appends a page every 0.3 s to a format whose end cannot be seen."""
    desk = Desk()
    folder = inbox / "scanner"
    folder.mkdir()
    with watching(inbox, desk) as watcher:
        for page in range(4):
            with (folder / "first.txt").open("ab") as stream:
                stream.write(b"page %d\n" % page)
            time.sleep(0.3)
        assert until(lambda: bool(desk.contents) and desk.contents[-1].count(b"page") == 4)
        learned = watcher.status().quiet
        assert set(learned) == {"scanner"}
        assert 0.3 < learned["scanner"] < 3
        before = desk.calls
        assert before > 1
        for page in range(4):
            with (folder / "second.txt").open("ab") as stream:
                stream.write(b"page %d\n" % page)
            time.sleep(0.3)
        assert until(lambda: desk.calls > before)
        settle(watcher)
    assert desk.calls == before + 1
    assert desk.contents[-1].count(b"page") == 4


def test_quiet_time_is_learned_from_pauses_in_an_unfinished_file(inbox: Path) -> None:
    desk = Desk()
    path = inbox / "scan.pdf"
    path.write_bytes(PDF[:1000])
    with watching(inbox, desk) as watcher:
        assert watcher.status().quiet == {}
        time.sleep(0.4)
        path.write_bytes(PDF)
        assert until(lambda: desk.calls == 1)
        assert 0.4 < watcher.status().quiet["."] < 3
    assert desk.contents == [PDF]


# --- supervision ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("victim", [0, 1, -1])
def test_dead_event_thread_is_replaced_and_nothing_is_lost(inbox: Path, victim: int) -> None:
    """Of the observer, its emitter and the inotify reader."""
    desk = Desk()
    with watching(inbox, desk) as watcher:
        assert until(lambda: watcher.status().mode == "events+scan")
        thread = watcher._events.threads[victim]
        BaseObserver.stop(thread) if isinstance(thread, BaseObserver) else thread.stop()
        (inbox / "a.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["a.pdf"] == 1)
        assert until(lambda: watcher.status().restarts >= 1 and watcher.status().mode == "events+scan")
        (inbox / "b.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["b.pdf"] == 1)
        settle(watcher)
    assert desk.taken == {"a.pdf": 1, "b.pdf": 1}


def test_inbox_that_vanishes_and_returns_is_watched_again(inbox: Path, tmp_path: Path) -> None:
    desk = Desk()
    (inbox / "a.pdf").write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        assert until(lambda: desk.taken["a.pdf"] == 1)
        inbox.rename(tmp_path / "away")
        assert until(lambda: watcher.status().note is not None)
        (tmp_path / "away").rename(inbox)
        assert until(lambda: watcher.status().note is None)
        (inbox / "b.pdf").write_bytes(PDF)
        assert until(lambda: desk.taken["b.pdf"] == 1)
        settle(watcher)
    assert desk.taken == {"a.pdf": 1, "b.pdf": 1}  # nothing twice: an unreachable file is not a gone file


def test_missing_inotify_is_explained_and_events_return_by_themselves(inbox: Path) -> None:
    """The limit is that of this process alone: no kernel setting is touched."""
    bell = threading.Event()
    events = Events(inbox, bell)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        events.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert not events.alive
    assert events.note is not None
    assert "max_user_instances" in events.note.en

    def back() -> bool:
        events.supervise()
        return events.alive

    assert until(back)
    assert events.note is None
    bell.clear()
    (inbox / "a.pdf").write_bytes(PDF)
    assert bell.wait(5)
    events.stop()
    assert events.threads == ()


def test_stop_is_quick_and_start_works_again(inbox: Path) -> None:
    desk = Desk()
    watcher = Watcher(inbox, desk, QUICK.model_copy(update={"scan_interval": 60.0}))
    for number in range(2):
        watcher.start()
        watcher.start()
        (inbox / f"{number}.pdf").write_bytes(PDF)
        assert until(lambda number=number: desk.taken[f"{number}.pdf"] == 1)  # type: ignore[misc]
        began = time.monotonic()
        watcher.stop()
        assert time.monotonic() - began < 3
    assert set(desk.taken.values()) == {1}
    assert [t.name for t in threading.enumerate() if t.name.startswith("countersign-watch")] == []


# --- once -----------------------------------------------------------------------------------------------------------


def test_run_until_quiet_processes_what_is_there(inbox: Path) -> None:
    desk = Desk(IntakeError("busy"))
    for number in range(5):
        (inbox / f"{number}.pdf").write_bytes(PDF)
    (inbox / "fresh.pdf").write_bytes(PDF[:900])
    (inbox / "old.pdf").write_bytes(PDF[:900])
    os.utime(inbox / "old.pdf", (time.time() - 86400,) * 2)
    left = Watcher(inbox, desk, QUICK).run_until_quiet(patience=0.6)
    assert set(desk.taken) == {"0.pdf", "1.pdf", "2.pdf", "3.pdf", "4.pdf", "old.pdf"}
    assert [item.name for item in left] == ["fresh.pdf"]


def test_run_until_quiet_works_beside_the_loop(inbox: Path) -> None:
    desk = Desk()
    for number in range(20):
        (inbox / f"{number}.pdf").write_bytes(PDF)
    with watching(inbox, desk) as watcher:
        assert watcher.run_until_quiet(patience=2.0) == ()
        assert len(desk.taken) == 20
        assert set(desk.taken.values()) == {1}
        assert watcher.running


def test_run_until_quiet_ends_at_once_when_nothing_waits(inbox: Path) -> None:
    began = time.monotonic()
    assert Watcher(inbox, Desk(), QUICK).run_until_quiet(patience=60) == ()
    assert time.monotonic() - began < 1


def test_run_until_quiet_refuses_a_missing_inbox(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="cannot be listed"):
        Watcher(tmp_path / "nowhere", Desk(), QUICK).run_until_quiet()


def test_scan_once_needs_a_second_look(inbox: Path) -> None:
    desk = Desk()
    watcher = Watcher(inbox, desk, QUICK)
    (inbox / "a.pdf").write_bytes(PDF)
    assert watcher.scan_once() == 0
    time.sleep(0.2)
    assert watcher.scan_once() == 1
    assert watcher.scan_once() == 0


# --- file systems ---------------------------------------------------------------------------------------------------

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / {root}/in\\040box rw - autofs systemd-1 rw
31 30 0:41 / {root}/in\\040box rw,relatime - cifs //server/scans rw
32 31 0:42 / {root}/in\\040box/nas rw - nfs4 server:/x rw
33 22 0:43 / {root}/in rw - fuse.sshfs a@b: rw
"""


def test_file_system_is_found_by_mount_point(tmp_path: Path) -> None:
    recorded = tmp_path / "mountinfo"
    recorded.write_text(MOUNTS.format(root=tmp_path))
    assert file_systems(tmp_path / "in box" / "sub", recorded) == ("cifs",)
    assert file_systems(tmp_path / "in box", recorded) == ("cifs", "nfs4")
    assert file_systems(tmp_path / "in", recorded) == ("fuse.sshfs",)
    assert file_systems(tmp_path / "inside", recorded) == ("ext4",)
    assert file_systems(tmp_path, tmp_path / "nothing") == ("unknown",)


def test_which_file_systems_send_no_events() -> None:
    remote = ("nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "vboxsf", "drvfs", "virtiofs")
    assert all(is_remote(name) for name in remote)
    assert not any(is_remote(name) for name in ("ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk", "unknown"))
