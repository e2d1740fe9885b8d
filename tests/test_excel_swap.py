"""The tracker's file on disk: old or new and nothing between, whoever else is at it and whatever the system says."""

from __future__ import annotations

import errno
import functools
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from sheets_sync import journal
from sheets_sync.errors import NoPermission, Refused, SheetsSyncError, TryAgain, UsageError
from sheets_sync.model import Cell, Patch, Receipt, Tab, TextBlock
from sheets_sync.workbooks import open_workbook
from sheets_sync.workbooks.base import Workbook
from sheets_sync.workbooks.excel import ExcelWorkbook, commit
from sheets_sync.workbooks.excel.exchange import exchange
from sheets_sync.workbooks.lock import held
from sheets_sync.workbooks.revision import revision_of
from tests.handmade import members, sheet, workbook

PLAIN = workbook(sheet('<row r="1"><c r="A1"><v>1</v></c></row>'))


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    folder.mkdir()
    path = folder / "clients.xlsx"
    path.write_bytes(PLAIN)
    path.chmod(0o640)
    return path


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def patch_of(opened: Workbook, text: str = "hello") -> Patch:
    diary = Tab("diary", "Diary", (TextBlock((1, 1), ((Cell(text),),)),), (10,))
    return Patch(opened.read().revision, tabs=(diary,))


def write(path: Path, backups: Path | None = None, text: str = "hello") -> Receipt:
    opened = ExcelWorkbook(path, backups)
    return opened.apply(patch_of(opened, text))


def beside(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


# What is written


def test_a_patch_is_written_and_the_receipt_says_what(tracker: Path, backups: Path) -> None:
    receipt = write(tracker, backups)
    assert (receipt.reads, receipt.writes, receipt.bytes) == (1, 1, tracker.stat().st_size)
    assert receipt.revision == revision_of(tracker.read_bytes()) != revision_of(PLAIN)
    assert Path(receipt.backup).read_bytes() == PLAIN
    assert beside(tracker) == ["clients.xlsx"]


def test_an_empty_patch_touches_nothing(tracker: Path, backups: Path) -> None:
    before = tracker.stat()
    assert ExcelWorkbook(tracker, backups).apply(Patch("whatever")).writes == 0
    after = tracker.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)
    assert not backups.exists()


def test_a_patch_that_drops_what_is_not_there_touches_nothing(tracker: Path, backups: Path) -> None:
    opened = ExcelWorkbook(tracker, backups)
    before = tracker.stat().st_ino
    assert opened.apply(Patch(opened.read().revision, drop_columns=("health",), drop_tabs=("diary",))).writes == 0
    assert tracker.stat().st_ino == before


def test_mode_and_symlink_stay(tracker: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(tracker)
    write(link)
    assert link.is_symlink()
    assert tracker.stat().st_mode & 0o777 == 0o640
    assert "xl/worksheets/sheet1.xml" in members(tracker.read_bytes())
    assert beside(tracker) == ["clients.xlsx"]


def test_it_is_synced_before_and_after_the_swap(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def recorded(name: str) -> None:
        real = getattr(os, name)

        def noted(*arguments: object, **named: object) -> object:
            calls.append(name)
            return real(*arguments, **named)

        monkeypatch.setattr(os, name, noted)

    recorded("fsync")
    recorded("replace")
    monkeypatch.setattr(commit, "exchange", lambda new, path: calls.append("exchange") or exchange(new, path))
    write(tracker)
    assert calls == ["fsync", "replace", "exchange", "fsync"]


def test_a_tracker_has_one_folder_for_runs_and_backups_by_whatever_path_it_is_opened(
    tracker: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    link = tmp_path / "link to it.xlsx"
    link.symlink_to(tracker)
    opened = open_workbook(str(link), functools.partial(journal.folder, state))
    receipt = opened.apply(patch_of(opened))
    own = journal.folder(state, str(tracker))
    assert Path(receipt.backup) == own / "backups" / "000001.xlsx"
    assert {path.name for path in own.iterdir()} == {"backups", "lock"}
    assert list(state.iterdir()) == [own]
    assert open_workbook(str(tracker), None).location == opened.location == str(tracker)


# Backups


def test_backups_are_numbered_and_private(tracker: Path, backups: Path) -> None:
    kept = [Path(write(tracker, backups, f"run {i}").backup) for i in range(12)]
    assert [file.name for file in kept[:2]] == ["000001.xlsx", "000002.xlsx"]
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in kept)
    assert kept[0].parent.stat().st_mode & 0o777 == 0o700


def test_trackers_of_one_name_have_folders_of_their_own(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert journal.folder(state, str(tmp_path / "a" / "x.xlsx")) != journal.folder(
        state, str(tmp_path / "b" / "x.xlsx")
    )


def test_a_backup_goes_back_byte_for_byte(tracker: Path, backups: Path) -> None:
    receipt = write(tracker, backups)
    opened = ExcelWorkbook(tracker, backups)
    assert opened.restore("", receipt.revision) is None
    assert opened.restore(str(backups / "gone.xlsx"), receipt.revision) is None
    assert opened.restore(receipt.backup, "another") is None
    back = opened.restore(receipt.backup, receipt.revision)
    assert back is not None
    assert back.writes == 1
    assert tracker.read_bytes() == PLAIN


# Somebody else is at it


def excel_lock(name: str) -> bytes:
    """As Excel writes it: the name in one-byte letters, padded with blanks, and again in UTF-16."""
    narrow = name.encode("cp1252", "replace")
    wide = name.encode("utf-16-le")
    return bytes([len(narrow)]) + narrow.ljust(54) + len(name).to_bytes(2, "little") + wide + b" \0" * (54 - len(name))


LOCKS = {
    "excel": ("~$clients.xlsx", excel_lock("Ann Müller"), "Ann Müller"),
    "excel, one-byte name only": ("~$clients.xlsx", excel_lock("Ann")[:55], "Ann"),
    "libreoffice": (".~lock.clients.xlsx#", b",ann,laptop,23.11.2026 09:12,file:///home/ann;", "ann"),
    "libreoffice with name": (".~lock.clients.xlsx#", "Zoë Q,zq,laptop,23.11.2026 09:12,x;".encode(), "Zoë Q"),
    "empty": ("~$clients.xlsx", b"", "someone"),
    "garbage": (".~lock.clients.xlsx#", b"\xff\xfe\x1b[31m\x00", "[31m"),
}


@pytest.mark.parametrize(("name", "data", "who"), LOCKS.values(), ids=LOCKS)
def test_a_file_open_in_an_editor_is_not_written(tracker: Path, name: str, data: bytes, who: str) -> None:
    lock = tracker.parent / name
    lock.write_bytes(data)
    since = datetime.fromtimestamp(lock.stat().st_mtime)
    with pytest.raises(TryAgain) as error:
        write(tracker)
    assert f"open by {who} since {since:%H:%M}" in str(error.value)
    assert name in error.value.details[0]
    assert lock.read_bytes() == data
    assert tracker.read_bytes() == PLAIN


def test_an_old_lock_says_its_day(tracker: Path) -> None:
    lock = tracker.parent / "~$clients.xlsx"
    lock.write_bytes(excel_lock("Ann"))
    moment = datetime(2024, 2, 3, 9, 12).timestamp()
    os.utime(lock, (moment, moment))
    with pytest.raises(TryAgain, match=r"open by Ann since 3 Feb 2024 09:12"):
        write(tracker)


def test_a_neighbours_lock_is_none_of_ours(tracker: Path) -> None:
    (tracker.parent / "~$other.xlsx").write_bytes(excel_lock("Ann"))
    assert write(tracker).writes == 1


def test_the_second_run_gives_up_at_once(tracker: Path, backups: Path) -> None:
    with ThreadPoolExecutor(1) as another:
        for folder in (backups, None):
            start = time.monotonic()
            with held(str(tracker), folder), pytest.raises(TryAgain, match="Another run"):
                another.submit(write, tracker, folder).result()
            assert time.monotonic() - start < 1
    assert write(tracker, backups).writes == 1


def test_of_many_runs_one_writes(tracker: Path, backups: Path) -> None:
    patch = patch_of(ExcelWorkbook(tracker))

    def attempt(_: int) -> bool:
        try:
            return ExcelWorkbook(tracker, backups).apply(patch).writes == 1
        except TryAgain:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 1
    assert ExcelWorkbook(tracker).read().owned_tab("diary") is not None


def test_a_save_since_the_reading_is_kept(tracker: Path) -> None:
    patch = patch_of(ExcelWorkbook(tracker))
    theirs = workbook(sheet('<row r="1"><c r="A1"><v>2</v></c></row>'))
    tracker.write_bytes(theirs)
    with pytest.raises(TryAgain, match="changed since"):
        ExcelWorkbook(tracker).apply(patch)
    assert tracker.read_bytes() == theirs


def test_a_file_that_vanished_since_the_reading_is_for_later(tracker: Path) -> None:
    patch = patch_of(ExcelWorkbook(tracker))
    tracker.unlink()
    with pytest.raises(TryAgain, match="vanished"):
        ExcelWorkbook(tracker).apply(patch)


def test_a_save_just_before_the_swap_is_kept(tracker: Path) -> None:
    now = datetime.now()
    tracker.write_bytes(b"theirs")
    with pytest.raises(TryAgain, match="saved by someone else"):
        commit.replace(tracker, revision_of(PLAIN), b"ours", now)
    assert tracker.read_bytes() == b"theirs"
    assert beside(tracker) == ["clients.xlsx"]


# The system says no


def test_hard_links_are_refused(tracker: Path) -> None:
    os.link(tracker, tracker.parent / "second.xlsx")
    with pytest.raises(Refused, match="2 names"):
        write(tracker)


def test_a_read_only_file_is_not_written(tracker: Path) -> None:
    tracker.chmod(0o444)
    with pytest.raises(NoPermission, match="read-only"):
        write(tracker)
    assert tracker.read_bytes() == PLAIN


@pytest.mark.parametrize("name", ["none.xlsx", "none/none.xlsx", "."])
def test_what_is_no_file_is_a_mistake_of_use(tracker: Path, name: str) -> None:
    with pytest.raises(UsageError):
        ExcelWorkbook(tracker.parent / name).read()


FAULTS = [
    (errno.ENOSPC, TryAgain),
    (errno.EDQUOT, TryAgain),
    (errno.EIO, TryAgain),
    (errno.ESTALE, TryAgain),
    (errno.EACCES, NoPermission),
    (errno.EROFS, NoPermission),
]


@pytest.mark.parametrize(("code", "expected"), FAULTS, ids=[errno.errorcode[code] for code, _ in FAULTS])
@pytest.mark.parametrize("call", ["open", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("keep", [True, False], ids=["backup", "no backup"])
def test_a_failing_call_leaves_the_old_file(
    tracker: Path,
    backups: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    code: int,
    expected: type[SheetsSyncError],
    keep: bool,
) -> None:
    """Each call fails at its first, second, third … time, until the write succeeds."""
    real: Callable[..., object] = getattr(os, call)
    for nth in range(1, 30):
        seen = 0

        def failing(*arguments: object, **named: object) -> object:
            nonlocal seen
            writes = call != "open" or (len(arguments) > 1 and int(str(arguments[1])) & os.O_CREAT)
            seen += bool(writes)
            if writes and seen == nth:  # noqa: B023
                raise OSError(code, os.strerror(code))
            return real(*arguments, **named)

        tracker.write_bytes(PLAIN)
        patch = patch_of(ExcelWorkbook(tracker))
        with monkeypatch.context() as patched:
            patched.setattr(os, call, failing)
            try:
                ExcelWorkbook(tracker, backups if keep else None).apply(patch)
            except SheetsSyncError as error:
                assert isinstance(error, expected)  # noqa: PT017
                assert tracker.read_bytes() == PLAIN
            else:
                assert ExcelWorkbook(tracker).read().owned_tab("diary") is not None
        assert beside(tracker) == ["clients.xlsx"]
        if seen < nth:
            break
    assert seen < nth


def child(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


WRITING = """
    import os, sys
    from sheets_sync.model import Cell, Patch, Tab, TextBlock
    from sheets_sync.workbooks.excel import ExcelWorkbook
    opened = ExcelWorkbook(sys.argv[1])
    tab = Tab("diary", "Diary", (TextBlock((1, 1), ((Cell("hello"),),)),), (10,))
    patch = Patch(opened.read().revision, tabs=(tab,))
"""


def test_a_full_disk_says_what_is_needed(tracker: Path) -> None:
    script = (
        WRITING
        + """
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        opened.apply(patch)
    except Exception as error:
        print(type(error).__name__, error)
    """
    )
    said = child(script, tracker)
    assert said.stdout.startswith("TryAgain There is no room to write"), said
    assert tracker.read_bytes() == PLAIN
    assert beside(tracker) == ["clients.xlsx"]


@pytest.mark.parametrize("call", ["fsync", "chmod", "replace"])
def test_what_a_killed_run_left_is_swept_by_the_next(tracker: Path, call: str) -> None:
    neighbour = tracker.parent / ".sheets-sync-00000000-abc.tmp"
    neighbour.write_bytes(b"another tracker's")
    script = (
        WRITING
        + f"""
    os.{call} = lambda *a, **k: os._exit(9)
    opened.apply(patch)
    """
    )
    assert child(script, tracker).returncode == 9
    assert tracker.read_bytes() == PLAIN
    assert len(beside(tracker)) == 3
    assert write(tracker).writes == 1
    assert beside(tracker) == [neighbour.name, "clients.xlsx"]
