"""The commands on a spreadsheet, as people run them: what is asked, what is said, and how it ends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheets_sync.cli.setting import state_folder
from tests.sheets_emulator import Emulator, Server
from tests.test_cli import Done, call

TODAY = date(2026, 11, 23)
ROBOT = "robot@project-1.iam.gserviceaccount.com"
CLIENTS: list[list[Any]] = [
    ["Client", "Owner", "Status", "Last contact", "Renewal date"],
    ["Aldgate Legal", "Priya", "Active", TODAY - timedelta(days=90), date(2027, 1, 15)],
    ["Brightwater", "Tom", "Active", TODAY - timedelta(days=3), date(2027, 9, 1)],
]


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Server(Emulator(lambda: datetime(2026, 11, 23, 9))) as emulator:
        key = emulator.service_account_file(tmp_path / "key.json", ROBOT)
        monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(key))
        monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", emulator.url)
        monkeypatch.chdir(tmp_path)
        yield emulator


@pytest.fixture
def tracker(emulator: Emulator) -> str:
    """The id of a small tracker."""
    id = emulator.add("Tracker", {"Clients": CLIENTS})
    emulator.sheet(id, "Clients").rows = 20
    return id


def sync(*words: str) -> Done:
    return call(*words, "--as-of", TODAY.isoformat())


def requests(emulator: Emulator) -> list[str]:
    found = [seen.method for seen in emulator.log]
    emulator.log.clear()
    return found


def test_a_run_writes_once_and_a_second_one_not_at_all(emulator: Emulator, tracker: str) -> None:
    done = sync("run", f"https://docs.google.com/spreadsheets/d/{tracker}/edit#gid=0", "--json")
    assert done.exit_code == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["written"], said["levels"]["risk"] + said["levels"]["watch"]) == (True, 1)
    assert (said["io"]["reads"], said["io"]["writes"]) == (1, 1)
    assert requests(emulator) == ["GET", "POST"]
    heads = emulator.rows(tracker, "Clients")
    assert "Health" in heads[0]
    assert heads[1][heads[0].index("Health")].startswith(("▲", "✖"))
    again = sync("run", tracker, "--json")
    assert (again.exit_code, json.loads(again.stdout)["written"]) == (0, False)
    assert requests(emulator) == ["GET"]
    # One spreadsheet, however it is written: one folder of its own.
    assert len([path for path in state_folder().iterdir() if path.is_dir()]) == 1


def test_who_may_only_read_can_plan_but_not_run(emulator: Emulator, tracker: str) -> None:
    emulator.books[tracker].roles = {ROBOT: "reader"}
    assert sync("plan", tracker).exit_code == 0
    done = sync("run", tracker)
    assert done.exit_code == 77
    assert f"is not shared with {ROBOT}. Open it, choose Share, and add {ROBOT} as Editor." in done.stderr
    assert call("auth", "check", tracker).exit_code == 77


def office_file(emulator: Emulator, tracker: str) -> None:
    emulator.books[tracker].office_file = True


def gone(emulator: Emulator, tracker: str) -> None:
    emulator.books.clear()


def off(emulator: Emulator, tracker: str) -> None:
    emulator.enabled = False


def not_shared(emulator: Emulator, tracker: str) -> None:
    emulator.books[tracker].roles = {"owner@example.com": "owner"}


def revoked(emulator: Emulator, tracker: str) -> None:
    emulator.accounts.revoked = True


def quota(emulator: Emulator, tracker: str) -> None:
    emulator.faults.always = "429_after"


def busy(emulator: Emulator, tracker: str) -> None:
    emulator.faults.always = "503"


def hotel(emulator: Emulator, tracker: str) -> None:
    emulator.faults.always = "after_html"


@pytest.mark.parametrize(
    ("trouble", "code", "words"),
    [
        (office_file, 3, "an Office file in Drive"),
        (gone, 3, "There is no spreadsheet at"),
        (off, 77, "Sheets API is off in project 1234567890"),
        (not_shared, 77, "is not shared with"),
        (revoked, 77, "invalid_grant"),
        (quota, 75, "quota (Read requests) is used up"),
        (busy, 75, "status 503"),
        (hotel, 75, "not what Google sends: text/html"),
    ],
)
def test_what_is_wrong_is_said_shortly(trouble: Any, code: int, words: str, emulator: Emulator, tracker: str) -> None:
    trouble(emulator, tracker)
    done = sync("run", tracker, "--deadline", "0.02")
    assert done.exit_code == code, done.stderr
    assert words in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) <= 3


@pytest.mark.parametrize("kind", ["after_drop", "after_html"])
def test_a_lost_reply_is_no_failure(kind: str, emulator: Emulator, tracker: str) -> None:
    emulator.faults.plan = {2: kind}
    done = sync("run", tracker, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["written"]
    assert emulator.writes == 1


def test_a_run_that_hangs_is_over_with_the_deadline(emulator: Emulator, tracker: str) -> None:
    emulator.faults.plan, emulator.faults.seconds = {1: "hang"}, 30
    started = time.monotonic()
    done = sync("run", tracker, "--deadline", "0.05")
    assert done.exit_code == 75
    assert "did not answer in time" in done.stderr
    assert time.monotonic() - started < 8


def test_of_two_runs_on_one_machine_the_second_gives_way_at_once(emulator: Emulator, tracker: str) -> None:
    emulator.faults.plan, emulator.faults.seconds = {1: "hang"}, 20
    command = [sys.executable, "-m", "sheets_sync", "run", tracker, "--as-of", TODAY.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        while not emulator.log:
            assert first.poll() is None
            time.sleep(0.02)
        started = time.monotonic()
        second = sync("run", f"https://docs.google.com/spreadsheets/d/{tracker}/edit")
        took = time.monotonic() - started
        first.terminate()
    assert (second.exit_code, len(emulator.log)) == (75, 1)
    assert "Another run of sheets-sync" in second.stderr
    assert took < 1


def test_a_token_that_expires_while_writing_is_no_failure(emulator: Emulator, tracker: str) -> None:
    emulator.faults.before = {2: emulator.accounts.expire}
    assert sync("run", tracker).exit_code == 0
    assert emulator.accounts.asked == 2
