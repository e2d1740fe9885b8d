"""Runs as people and machines start them: two at once, stopped halfway, by cron, into a closed pipe."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sheets_sync import journal
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.cli.setting import state_folder
from sheets_sync.errors import OurBug, TryAgain
from sheets_sync.model import Cell, Patch, Tab, TextBlock
from sheets_sync.workbooks.excel import ExcelWorkbook, columns, swap
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.lock import held
from tests import workbooks
from tests.test_excel_columns import status

TODAY = "2026-11-23"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample tracker before any run."""
    folder = tmp_path_factory.mktemp("bare")
    os.environ["SHEETS_SYNC_STATE"] = str(folder / "state")
    try:
        assert guarded(root, ["demo", str(folder / "demo"), "--as-of", TODAY, "--quiet"]) == 0
        assert guarded(root, ["remove", str(folder / "demo" / "tracker.xlsx"), "--yes", "--quiet"]) == 0
    finally:
        del os.environ["SHEETS_SYNC_STATE"]
    return folder / "demo"


@pytest.fixture
def tracker(bare: Path, tmp_path: Path) -> Path:
    shutil.copytree(bare, tmp_path / "team")
    return tmp_path / "team" / "tracker.xlsx"


def start(*args: object, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "sheets_sync", *map(str, args)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **{**pipes, **more})  # type: ignore[call-overload, no-any-return]


def run(*args: object, **more: object) -> tuple[int, str]:
    """Exit code, and all that was said."""
    process = start(*args, **more)
    out, err = process.communicate(timeout=240)
    return process.returncode, f"{out or ''}{err or ''}"


# Two at once


def test_a_second_run_ends_at_once(tracker: Path, tmp_path: Path) -> None:
    opened = ExcelWorkbook(tracker)
    with held(opened.location, journal.folder(state_folder(), opened.location)):
        before = os.times()
        code, said = run("run", tracker, "--as-of", TODAY)
        after = os.times()
    assert code == 75
    assert "Another run of sheets-sync is writing tracker.xlsx right now." in said
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    assert spent < 1


def test_of_twenty_runs_one_writes(tracker: Path) -> None:
    runs = [start("run", tracker, "--as-of", TODAY, "--json") for _ in range(20)]
    ends = [(process.communicate(timeout=400), process.returncode) for process in runs]
    wrote = [said for said, code in ends if code == 0 and '"written": true' in said[0]]
    assert len(wrote) == 1
    assert all(code == 75 or (code == 0 and '"written": false' in said[0]) for said, code in ends if said not in wrote)
    assert [file.name for file in tracker.parent.glob(".sheets-sync*")] == []


def test_an_editor_is_named_before_anything_is_read(tracker: Path) -> None:
    (tracker.parent / ".~lock.tracker.xlsx#").write_text("Zoë Q,zq,laptop,23.11.2026 09:12,x;", encoding="utf-8")
    tracker.write_bytes(b"")
    code, said = run("run", tracker)
    assert code == 75
    assert "open by Zoë Q since" in said


def test_wait_goes_on_when_the_editor_closes(tracker: Path) -> None:
    lock = tracker.parent / ".~lock.tracker.xlsx#"
    lock.write_text("Ann,ann,laptop,x,x;", encoding="utf-8")
    process = start("run", tracker, "--as-of", TODAY, "--wait", "3", "--json")
    time.sleep(2)
    assert process.poll() is None
    lock.unlink()
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert '"written": true' in out


# Stopped


STOPPING = """
    import os, signal, sys, time
    from sheets_sync.workbooks.excel import commit
    from sheets_sync import cli, sync
    point, act = sys.argv[1], {act}
    if point == "before":
        real = commit.written
        commit.written = lambda *a: (act(), real(*a))[1]
    elif point == "planning":
        sync.read_history = lambda *a: act()
    else:
        real = commit.settle
        commit.settle = lambda *a: (act(), real(*a))[1]
    sys.argv = ["sheets-sync", "run", sys.argv[2], "--as-of", "2026-11-23", *sys.argv[3:]]
    cli.main()
"""


def stopped(tracker: Path, point: str, act: str, *more: str) -> tuple[int, str]:
    script = textwrap.dedent(STOPPING.replace("{act}", act))
    command = [sys.executable, "-c", script, point, str(tracker), *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    return done.returncode, done.stdout + done.stderr


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_stopped_before_the_swap_nothing_is_written(tracker: Path, name: str) -> None:
    before = tracker.read_bytes()
    code, said = stopped(tracker, "before", f"lambda: os.kill(os.getpid(), signal.{name})")
    assert code == 130, said
    assert "Nothing was written" in said
    assert tracker.read_bytes() == before
    assert list(tracker.parent.glob(".sheets-sync*")) == []


@POSIX
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_stopped_after_the_swap_the_run_finishes(tracker: Path, name: str) -> None:
    before = tracker.read_bytes()
    code, said = stopped(tracker, "after", f"lambda: os.kill(os.getpid(), signal.{name})")
    assert code == 0, said
    assert tracker.read_bytes() != before
    assert run("undo", tracker, "--quiet")[0] == 0
    assert tracker.read_bytes() == before


@POSIX
def test_a_run_that_hangs_is_ended_by_its_deadline(tracker: Path) -> None:
    before = tracker.read_bytes()
    code, said = stopped(tracker, "planning", "lambda: time.sleep(120)", "--deadline", "0.15")
    assert code == 75, said
    assert "took longer than 0.15 minutes" in said
    assert tracker.read_bytes() == before


@POSIX
def test_after_the_swap_the_deadline_is_over(tracker: Path) -> None:
    act = "lambda: os.kill(os.getpid(), signal.SIGALRM)"
    code, said = stopped(tracker, "after", act, "--deadline", "100")
    assert code == 0, said


# Bare environments


def test_cron_has_no_home_and_no_language(tracker: Path, tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "LANG": "C", "SHEETS_SYNC_STATE": str(tmp_path / "var")}
    code, said = run("run", tracker, "--as-of", TODAY, env=env)
    assert code == 0, said
    assert "healthy" in said
    code, said = run("plan", tracker, "--as-of", TODAY, env=env | {"PYTHONIOENCODING": "ascii", "TZ": "UTC-13"})
    assert code == 0, said


@POSIX
@pytest.mark.parametrize("how", [">&-", "2>&-", ">&- 2>&- <&-", "| head -c 1"])
def test_whoever_reads_our_output_may_be_gone(tracker: Path, how: str) -> None:
    before = tracker.read_bytes()
    command = f'"{sys.executable}" -m sheets_sync run "{tracker}" --as-of {TODAY} {how}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert tracker.read_bytes() != before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_for_the_output_is_said_by_the_exit_code(tracker: Path) -> None:
    before = tracker.read_bytes()
    command = f'"{sys.executable}" -m sheets_sync run "{tracker}" --as-of {TODAY} > /dev/full'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 75
    assert "Traceback" not in done.stderr
    assert tracker.read_bytes() != before


def test_a_log_that_cannot_be_written_is_a_sentence(tracker: Path) -> None:
    code, said = run("run", tracker, "--as-of", TODAY, "--log", tracker / "log")
    assert code == 0, said
    assert "The log" in said
    assert "cannot be written" in said


def test_copies_beside_it_are_named_by_a_run(tracker: Path) -> None:
    name = "tracker (Ann's conflicted copy 2026-11-20).xlsx"
    shutil.copy(tracker, tracker.parent / name)
    code, said = run("run", tracker, "--as-of", TODAY)
    assert code == 0
    assert name in said


# The file itself


def diary(opened: ExcelWorkbook) -> Patch:
    tab = Tab("diary", "Diary", (TextBlock((1, 1), ((Cell("hello"),),)),), (10,))
    return Patch(opened.read().revision, tabs=(tab,))


def test_a_file_that_grows_while_it_is_read_is_for_later(tmp_path: Path) -> None:
    path = tmp_path / "growing.xlsx"
    path.write_bytes(b"one")
    with pytest.raises(TryAgain, match="being written"):
        swap.load(Growing(path, [b"one", b"two"]))  # type: ignore[arg-type]
    assert swap.load(Growing(path, [b"one", b"one"])) == b"one"  # type: ignore[arg-type]


class Growing:
    """A path whose file reads otherwise the second time, though its time stamp is the same."""

    def __init__(self, path: Path, data: list[bytes]) -> None:
        self.path, self.data, self.name = path, data, path.name

    def open(self, mode: str) -> Growing:
        self.file = self.path.open(mode)
        return self

    def __enter__(self) -> Growing:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def fileno(self) -> int:
        return self.file.fileno()

    def seek(self, at: int) -> int:
        return at

    def read(self) -> bytes:
        return self.data.pop(0)


def test_a_disk_without_room_is_found_out_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: Path
) -> None:
    usage = shutil.disk_usage(tmp_path)
    size = tracker.stat().st_size
    for free, ends in ((3 * size - 1, True), (3 * size, False)):
        with monkeypatch.context() as patched:
            patched.setattr(shutil, "disk_usage", lambda path, free=free: usage._replace(free=free))
            if ends:
                with pytest.raises(TryAgain, match=r"MB must be free at"):
                    swap.check_writable(tracker, size)
            else:
                swap.check_writable(tracker, size)


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux has extended attributes")
def test_extended_attributes_and_owner_stay(tracker: Path) -> None:
    try:
        os.setxattr(tracker, "user.colour", b"blue")
    except OSError:
        pytest.skip("the file system has no extended attributes")
    owner = (1234, 1234) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    os.chown(tracker, *owner)
    opened = ExcelWorkbook(tracker)
    opened.apply(diary(opened))
    assert os.getxattr(tracker, "user.colour") == b"blue"
    assert (tracker.stat().st_uid, tracker.stat().st_gid) == owner


def without(part: str, pattern: bytes, new: bytes = b"") -> Callable[[Package], None]:
    def plant(package: Package) -> None:
        package.write(part, re.sub(pattern, new, package.xml(part), count=1, flags=re.DOTALL))

    return plant


PLANTED: dict[str, Callable[[Package], None]] = {
    "a part is lost": lambda package: package.remove("xl/media/image1.png"),
    "a cell is lost": without(workbooks.SHEET, rb'<c r="B4".*?</c>'),
    "a link is lost": without(workbooks.SHEET, rb"<hyperlink [^>]*/>"),
    "a tab is hidden": without("xl/workbook.xml", rb'name="Interactions"', rb'name="Interactions" state="hidden"'),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_loss_is_caught_by_the_gate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """[W1] The writer drops something; the gate refuses the write, and the file stays."""
    made = workbooks.tracker("image", "links", "log_tab")
    data = workbooks.enrich(made.data)
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(data)
    real = columns.set_columns

    def faulty(package: Package, *more: object) -> object:
        done = real(package, *more)  # type: ignore[arg-type]
        before = {part: package.crc(part) for part in package.names()}
        PLANTED[name](package)
        assert {part: package.crc(part) for part in package.names()} != before, "nothing was planted"
        return done

    monkeypatch.setattr(columns, "set_columns", faulty)
    opened = ExcelWorkbook(path)
    place, patch_columns = made.place, tuple(status(workbooks.Tracker(data, made.place)))
    with pytest.raises(OurBug):
        opened.apply(Patch(opened.read().revision, place, patch_columns))
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]
