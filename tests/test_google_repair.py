"""`run --repair`: what somebody typed over a status column is cleared, told with its cell, and kept; nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.sheets_emulator import Emulator, Person, Server
from tests.test_cli import Done, call

URL = "https://docs.google.com/spreadsheets/d/"
TYPED = "Ring Ms Aldgate!"


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Server(Emulator()) as emulator:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", emulator.url)
        monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(emulator.service_account_file(tmp_path / "key.json")))
        monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "state"))
        yield emulator


@pytest.fixture
def id(google: Emulator) -> str:
    rows = [
        ["Client", "Status", "Last contact"],
        *([name, "active", date.today() - timedelta(days=9)] for name in ("Aldgate", "Corvid")),
    ]
    return google.add("Clients", {"Clients": rows})


def run(id: str, *more: str) -> Done:
    return call("run", f"{URL}{id}", *more)


def health(google: Emulator, id: str) -> list[object]:
    rows = google.rows(id, "Clients")
    place = rows[0].index("Health") if "Health" in rows[0] else -1
    return [row[place] for row in rows[1:]] if place >= 0 else []


def test_what_was_typed_over_is_cleared_told_and_kept(google: Emulator, id: str, tmp_path: Path) -> None:
    assert run(id).exit_code == 0
    shown = health(google, id)
    column = google.rows(id, "Clients")[0].index("Health")
    person = Person(google, id)
    person.type("Clients", 3, column + 1, TYPED)
    person.type("Clients", 2, 2, "paused")
    assert health(google, id) == []
    blocked = run(id)
    assert f"“{TYPED}” was typed into" in blocked.stdout + call("check", f"{URL}{id}").stdout
    done = run(id, "--repair")
    assert done.exit_code == 0, done.stderr
    cell = f"Clients!{chr(65 + column)}3"
    assert f"{cell}: “{TYPED}” was cleared." in done.stderr
    assert len(health(google, id)) == len(shown)
    assert google.rows(id, "Clients")[1][1] == "paused"
    kept = list((tmp_path / "state").rglob("cleared.txt"))
    assert len(kept) == 1
    assert TYPED in kept[0].read_text(encoding="utf-8")
    assert kept[0].stat().st_mode & 0o077 == 0


def test_where_nothing_was_typed_nothing_is_written(google: Emulator, id: str) -> None:
    run(id)
    writes = google.writes
    done = run(id, "--repair")
    assert (done.exit_code, "nothing to repair" in done.stderr, google.writes) == (0, True, writes)


def test_a_file_needs_no_repair(google: Emulator, tmp_path: Path) -> None:
    call("init", "clients.xlsx")
    done = call("run", "clients.xlsx", "--repair")
    assert (done.exit_code, "--repair is for Google Sheets" in done.stderr) == (2, True)


def test_a_repair_is_no_look(google: Emulator, id: str) -> None:
    done = run(id, "--repair", "--dry-run")
    assert (done.exit_code, google.writes) == (2, 0)
