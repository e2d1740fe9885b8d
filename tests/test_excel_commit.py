"""New bytes into the tracker's place: a save between any two steps, systems that cannot exchange, and Windows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from sheets_sync.errors import Changed, NoPermission, TryAgain
from sheets_sync.workbooks.excel import commit, editors, exchange
from sheets_sync.workbooks.revision import revision_of
from sheets_sync.workbooks.trouble import told

BASE, OURS = b"as it was read", b"what the run writes"
NOW = datetime(2026, 11, 23, 9)


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(BASE)
    path.chmod(0o640)
    return path


def save(path: Path, data: bytes) -> None:
    """As editors save: a new file beside it, then its name."""
    beside = path.with_name("editor.tmp")
    beside.write_bytes(data)
    os.replace(beside, path)


def replace(path: Path, data: bytes = OURS) -> None:
    commit.replace(path, revision_of(BASE), data, NOW)


def beside(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir() if file != path}


def between(monkeypatch: pytest.MonkeyPatch, step: str, nth: int, act: Callable[[], None]) -> None:
    """Let somebody act right before the nth call of one of commit's steps."""
    real, calls = getattr(commit, step), []

    def hooked(*arguments: object) -> object:
        calls.append(step)
        if len(calls) == nth:
            act()
        return real(*arguments)

    monkeypatch.setattr(commit, step, hooked)


def no_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(new: Path, path: Path) -> None:
        raise exchange.NoExchangeError("this file system has none")

    monkeypatch.setattr(commit, "exchange", cannot)


# Somebody saves in between


STEPS = [("written", 1), ("like", 1), ("check_editors", 1), ("load", 1), ("exchange", 1), ("settle", 1)]


@pytest.mark.parametrize(("step", "nth"), STEPS, ids=[step for step, _ in STEPS])
@pytest.mark.parametrize("in_place", [False, True], ids=["renamed", "written in place"])
def test_a_save_before_any_step_stands_at_the_end(
    tracker: Path, monkeypatch: pytest.MonkeyPatch, step: str, nth: int, in_place: bool
) -> None:
    act = (lambda: tracker.write_bytes(b"theirs") and None) if in_place else (lambda: save(tracker, b"theirs"))
    between(monkeypatch, step, nth, act)
    if step == "settle":
        # Ours stands by then, and their save goes on top of it.
        replace(tracker)
        assert beside(tracker) == {}
    else:
        with pytest.raises(Changed, match="saved by someone else"):
            replace(tracker)
    assert tracker.read_bytes() == b"theirs"
    kept = beside(tracker)
    assert set(kept.values()) <= {OURS}
    assert set(kept) <= {"clients.xlsx.sheets-sync-conflict"}


def test_ours_lies_beside_it_until_a_run_goes_through(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        between(patched, "exchange", 1, lambda: save(tracker, b"theirs"))
        with pytest.raises(Changed) as error:
            replace(tracker)
    assert "clients.xlsx.sheets-sync-conflict" in error.value.details[0]
    assert beside(tracker) == {"clients.xlsx.sheets-sync-conflict": OURS}
    commit.replace(tracker, revision_of(b"theirs"), b"the next run", NOW)
    assert tracker.read_bytes() == b"the next run"
    assert beside(tracker) == {}


def test_a_third_save_on_top_of_ours_is_the_one_that_stands(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, "exchange", 1, lambda: save(tracker, b"second"))
    between(monkeypatch, "settle", 1, lambda: save(tracker, b"third"))
    with pytest.raises(Changed):
        replace(tracker)
    assert tracker.read_bytes() == b"third"
    ((name, kept),) = beside(tracker).items()
    assert kept == b"second"
    assert name.startswith("clients (kept by sheets-sync) ")
    assert name.endswith(".xlsx")


def test_without_an_exchange_the_last_look_decides(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    no_exchange(monkeypatch)
    with monkeypatch.context() as patched:
        between(patched, "load", 2, lambda: save(tracker, b"theirs"))
        with pytest.raises(Changed):
            replace(tracker)
        assert tracker.read_bytes() == b"theirs"
    save(tracker, BASE)
    replace(tracker)
    assert tracker.read_bytes() == OURS
    assert tracker.stat().st_mode & 0o777 == 0o666 & ~_umask()
    assert beside(tracker) == {}


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_the_run_is_told_when_it_can_be_stopped_no_longer(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    points: list[bool] = []
    commit.replace(tracker, revision_of(BASE), OURS, NOW, points.append)
    assert points == [True]
    between(monkeypatch, "exchange", 1, lambda: save(tracker, b"theirs"))
    with pytest.raises(Changed):
        commit.replace(tracker, revision_of(OURS), b"more", NOW, points.append)
    assert points == [True, True, False]


# A run that was killed


def stray(path: Path, data: bytes, base: bytes = BASE, ours: bytes = OURS) -> Path:
    name = f".sheets-sync-{editors.mark_of(path)}-{revision_of(base)[:12]}-{revision_of(ours)[:12]}.swap"
    file = path.with_name(name)
    file.write_bytes(data)
    return file


@pytest.mark.parametrize(("stands", "out"), [(BASE, OURS), (OURS, BASE)], ids=["before", "after"])
def test_killed_around_the_exchange_nothing_is_left_to_do(tracker: Path, stands: bytes, out: bytes) -> None:
    tracker.write_bytes(stands)
    stray(tracker, out)
    assert commit.sweep(tracker) == ()
    assert tracker.read_bytes() == stands
    assert beside(tracker) == {}


def test_killed_with_a_save_in_hand_the_next_run_puts_it_back(tracker: Path) -> None:
    tracker.write_bytes(OURS)
    stray(tracker, b"theirs")
    assert commit.sweep(tracker) == ()
    assert tracker.read_bytes() == b"theirs"
    assert beside(tracker) == {}


def test_killed_with_a_save_in_hand_and_saved_since_both_are_kept(tracker: Path) -> None:
    tracker.write_bytes(b"saved since")
    stray(tracker, b"theirs")
    (said,) = commit.sweep(tracker)
    ((name, kept),) = beside(tracker).items()
    assert kept == b"theirs"
    assert name in said
    assert tracker.read_bytes() == b"saved since"


# The systems


@pytest.mark.skipif(sys.platform not in ("linux", "darwin", "win32"), reason="no exchange is known on this system")
def test_two_files_change_places(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    try:
        exchange.exchange(one, two)
    except exchange.NoExchangeError:
        pytest.skip("the file system of the temporary folder cannot exchange")
    assert (one.read_bytes(), two.read_bytes()) == (b"2", b"1")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a system with its own C library")
def test_a_missing_file_is_the_systems_own_error(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    with pytest.raises(FileNotFoundError):
        exchange.exchange(tmp_path / "one", tmp_path / "none")
    with pytest.raises(exchange.NoExchangeError):
        exchange._call("no_such_function")


@pytest.mark.skipif(sys.platform != "win32", reason="Windows: a file that is open without sharing")
def test_on_windows_an_open_tracker_is_for_later(tracker: Path) -> None:
    with tracker.open("rb"), pytest.raises(TryAgain, match="open in another program"):
        replace(tracker)
    assert tracker.read_bytes() == BASE
    assert beside(tracker) == {}


@pytest.mark.skipif(sys.platform != "darwin", reason="macOS: renamex_np")
def test_on_macos_a_save_in_the_last_moment_stands(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, "exchange", 1, lambda: save(tracker, b"theirs"))
    with pytest.raises(Changed):
        replace(tracker)
    assert tracker.read_bytes() == b"theirs"


class Windows:
    """ReplaceFileW as its documentation says, on real files: first the old one gets its third name, then the new one
    comes. `answers` are the codes of the first calls, 0 for one that goes through."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.calls = list(answers), 0

    def __call__(self, path: str, new: str, aside: str) -> int:
        self.calls += 1
        code = self.answers.pop(0) if self.answers else 0
        if code in (0, 1177):
            os.replace(path, aside)
        if code == 0:
            os.replace(new, path)
        return code


def on_windows(tracker: Path, system: Windows) -> list[float]:
    pauses: list[float] = []
    new = tracker.with_name("new.swap")
    new.write_bytes(OURS)
    exchange.on_windows(new, tracker, system, pauses.append)
    return pauses


def test_windows_exchanges_by_way_of_a_third_name(tracker: Path) -> None:
    assert on_windows(tracker, Windows()) == []
    assert tracker.read_bytes() == OURS
    assert beside(tracker) == {"new.swap": BASE}


@pytest.mark.parametrize("code", [5, 32, 33, 1175, 1176, 1177])
def test_windows_is_asked_again_while_a_scanner_holds_the_file(tracker: Path, code: int) -> None:
    assert len(on_windows(tracker, Windows(code, code))) == 2
    assert tracker.read_bytes() == OURS
    assert beside(tracker) == {"new.swap": BASE}


@pytest.mark.parametrize(
    ("code", "expected", "words"),
    [
        (5, NoPermission, "does not let us"),
        (32, TryAgain, "open in another program, such as Excel"),
        (1175, TryAgain, "open in another program"),
        (1177, TryAgain, "open in another program"),
    ],
)
def test_windows_gives_up_with_the_tracker_in_its_place(
    tracker: Path, code: int, expected: type[Exception], words: str
) -> None:
    system = Windows(*[code] * 50)
    with pytest.raises(PermissionError) as error:
        on_windows(tracker, system)
    assert system.calls == 10
    assert isinstance(said := told(error.value, tracker, "write"), expected)
    assert words in str(said)
    assert tracker.read_bytes() == BASE
    assert beside(tracker) == {"new.swap": OURS}


def test_windows_on_a_share_that_cannot_falls_back(tracker: Path) -> None:
    with pytest.raises(exchange.NoExchangeError):
        on_windows(tracker, Windows(50))


# Sync services


@pytest.mark.parametrize(
    "name",
    [
        "clients (Ann's conflicted copy 2026-11-20).xlsx",
        "clients (conflicted copy 2026-11-20 091200).xlsx",
        "clients_conflict-20261120-091200.xlsx",
        "clients.sync-conflict-20261120-091200-ABCDEFG.xlsx",
        "clients-LAPTOP-7F3-safeBackup-0001.xlsx",
        "Clients-safeBackup-0001.xlsx",
        "clients (Conflict).xlsx",
        "clients [Conflict].xlsx",
    ],
)
def test_copies_of_a_sync_service_are_named(tracker: Path, name: str) -> None:
    for other in (name, "clients 2.xlsx", "clients backup.xlsx", "other (conflicted copy).xlsx", "clients (1).xlsx"):
        tracker.with_name(other).write_bytes(b"")
    assert editors.copies(tracker) == [name]
