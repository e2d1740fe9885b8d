"""The fast answer: the very words of a run that writes nothing, with nothing heavy, only where they are true."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine

from sheets_sync.cli import unchanged
from sheets_sync.cli.setting import Setting, state_folder
from sheets_sync.cli.unchanged import Answer
from tests.test_cli import TODAY, Done, call
from tests.test_floors import HEAVY

REMEMBERED = "This was remembered."


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    """A small tracker with a config and a playbook of its own, synced, so that the answer is remembered."""
    path = tmp_path / "team" / "tracker.xlsx"
    path.parent.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "Clients"
    for row in (["Client", "Owner", "Last contact"], ["Aldgate", "Ann", date(2026, 3, 2)], ["Corvid", "Bob", None]):
        book.active.append(row)
    book.save(path)
    (path.parent / "sheets-sync.toml").write_text(
        "[tracker]\npath = 'tracker.xlsx'\n[playbook]\npath = 'playbook.toml'\n"
    )
    (path.parent / "playbook.toml").write_text("extends = 'agency'\nname = 'ours'\n")
    assert run(path).exit_code == 0
    return path


def run(path: Path, *more: str) -> Done:
    return call("run", str(path), "--as-of", TODAY, *more)


def kept() -> Path:
    (file,) = state_folder().glob("*/unchanged.json")
    return file


def mark(**more: object) -> None:
    """Put a sentence of its own into what is remembered, so that it shows where an answer comes from."""
    shape = json.loads(kept().read_text(encoding="utf-8")) | {"lines": [REMEMBERED]} | more
    kept().write_text(json.dumps(shape), encoding="utf-8")


def type_into(path: Path) -> None:
    """A person changes a cell and saves."""
    book = openpyxl.load_workbook(path)
    book["Clients"].cell(2, 1).value = "Another name"
    book.save(path)


def known(path: Path | None, **options: Any) -> Answer | None:
    """The fast answer to a run with these options."""
    asked = unchanged.asked(Setting(str(path) if path else None, **{"as_of": TODAY} | options))
    return unchanged.answer(asked) if asked else None


def test_the_second_run_says_from_memory_what_it_would_say_anyway(tracker: Path) -> None:
    remembered, before = kept().read_text(encoding="utf-8"), tracker.read_bytes()
    fast = run(tracker)
    kept().unlink()
    slow = run(tracker)
    assert fast == slow
    assert "Nothing to write" in fast.stdout
    assert kept().read_text(encoding="utf-8") == remembered
    assert tracker.read_bytes() == before


def test_the_fast_answer_loads_nothing_heavy(tracker: Path) -> None:
    mark()
    code = (
        "import sys, sheets_sync.cli as c\n"
        f"try: c.main(['run', {str(tracker)!r}, '--as-of', {TODAY!r}])\n"
        "except SystemExit: pass\nprint(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said, modules = done.stdout.splitlines()
    assert said == REMEMBERED
    assert not {name.split(".")[0] for name in modules.split()} & HEAVY


def test_quiet_and_fail_on_hold_for_the_fast_answer(tracker: Path) -> None:
    mark()
    assert run(tracker, "--quiet") == Done(0, "", "")
    assert run(tracker, "--fail-on", "risk") == Done(1, f"{REMEMBERED}\n", "")
    mark(levels={"risk": 0, "watch": 3, "ok": 1, "unknown": 0, "none": 0})
    assert run(tracker, "--fail-on", "risk").exit_code == 0
    assert run(tracker, "--fail-on", "watch").exit_code == 1


def test_the_log_does_not_tell_which_way_it_went(tracker: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    run(tracker, "--log", str(log))
    kept().unlink()
    run(tracker, "--log", str(log))
    fast, slow = (json.loads(line) for line in log.read_text(encoding="utf-8").splitlines())
    assert fast | {"at": ""} == slow | {"at": ""}


def test_the_config_names_the_tracker(tracker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tracker.parent)
    assert known(None) is not None
    monkeypatch.chdir("..")
    assert known(None) is None
    assert known(Path("team/tracker.xlsx")) is not None


def test_what_asks_for_more_is_worked_out(tracker: Path) -> None:
    mark()
    for more in (["--accept"], ["--dry-run"], ["--json"]):
        done = run(tracker, *more)
        assert done.exit_code == 0, done.stderr
        assert REMEMBERED not in done.stdout
    assert known(tracker, quiet=True) is not None
    others: list[dict[str, Any]] = [
        {"only": ("Ann",)},
        {"verbose": 1},
        {"playbook_name": "agency"},
        {"as_of": None},
        {"as_of": "2026-11-24"},
    ]
    for options in others:
        assert known(tracker, **options) is None


CHANGES: dict[str, Callable[[Path], object]] = {
    "a cell of the tracker": type_into,
    "the config": lambda path: (path.parent / "sheets-sync.toml").open("a").write("[look]\ntheme = 'traffic-light'\n"),
    "the playbook": lambda path: (path.parent / "playbook.toml").open("a").write("[settings.silence]\nat_least = 9\n"),
    "a config of its own": lambda path: (path.parent / "tracker.sheets-sync.toml").write_text(""),
    "no config any more": lambda path: (path.parent / "sheets-sync.toml").unlink(),
    "no playbook any more": lambda path: (path.parent / "playbook.toml").unlink(),
    "no tracker any more": lambda path: path.unlink(),
    "another folder": lambda path: path.parent.rename(path.parent.with_name("moved")),
    "another playbook": lambda path: os.environ.__setitem__("SHEETS_SYNC_PLAYBOOK", "agency"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_worked_out(tracker: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHEETS_SYNC_PLAYBOOK", "")
    assert known(tracker) is not None
    CHANGES[change](tracker)
    assert known(tracker) is None


def test_a_program_changed_in_place_is_asked_again(tracker: Path) -> None:
    terms = json.loads(kept().read_text(encoding="utf-8"))["terms"]
    mark(terms=terms | {"program": "0.0.9"})
    assert known(tracker) is None


def test_what_cannot_be_read_is_passed_over_and_written_anew(tracker: Path) -> None:
    for text in ("", "{", "[]", "null", '{"terms": 1}', '{"since": 5}'):
        kept().write_text(text, encoding="utf-8")
        assert known(tracker) is None
    assert "Nothing to write" in run(tracker).stdout
    assert known(tracker) is not None


def test_a_newer_version_of_it_is_passed_over(tracker: Path) -> None:
    terms = json.loads(kept().read_text(encoding="utf-8"))["terms"]
    mark(terms=terms | {"version": terms["version"] + 1})
    assert known(tracker) is None


def test_it_holds_from_then_until_something_may_change(tracker: Path) -> None:
    asked = unchanged.asked(Setting(str(tracker)))
    assert asked is not None
    today, tomorrow = "2026-11-23T17:00:00", "2026-11-24T17:00:00"
    for until, now, holds in (
        (today, "2026-11-23 08:59:59", False),
        (today, "2026-11-23 09:00:00", True),
        (today, "2026-11-23 16:59:59", True),
        (today, "2026-11-23 17:00:00", False),
        (tomorrow, "2026-11-23 23:59:59", True),
        (tomorrow, "2026-11-24 00:00:00", False),
    ):
        mark(terms=asked.terms, since="2026-11-23T09:00:00", until=until, timezone="Europe/London")
        with time_machine.travel(f"{now}+00:00", tick=False):
            assert (unchanged.answer(asked) is not None) is holds, now
    mark(terms=asked.terms, since="2026-11-23T09:00:00", until=today, timezone="Pacific/Auckland")
    with time_machine.travel("2026-11-23 09:00:00+00:00", tick=False):
        assert unchanged.answer(asked) is None


def test_it_is_for_its_owner_only(tracker: Path) -> None:
    assert kept().stat().st_mode & 0o777 == 0o600
    assert [file.name for file in kept().parent.iterdir() if file.name.startswith("unchanged")] == ["unchanged.json"]


def test_a_state_folder_that_is_gone_is_made_again(tracker: Path) -> None:
    shutil.rmtree(state_folder())
    assert "Nothing to write" in run(tracker).stdout
    assert known(tracker) is not None
