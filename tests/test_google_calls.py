"""How many requests a sync takes: two for a small spreadsheet, three for a large one, no write without news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Patch
from sheets_sync.sync import Report
from sheets_sync.workbooks.google import MANY, GoogleWorkbook
from tests.sheets_emulator import Emulator, Person, Server

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Server(Emulator(lambda: NOW)) as emulator:
        yield emulator


def tracker(clients: int, extra: int = 0) -> dict[str, list[list[Any]]]:
    """A tracker with so many clients, three contacts each, and columns of the team's own."""
    headers = ["Client", "Owner", "Status", "Start date", "Renewal date", "Monthly fee"]
    lines: list[list[Any]] = [[*headers, *(f"Field {n}" for n in range(extra))]]
    contacts: list[list[Any]] = [["Date", "Client", "Type"]]
    for n in range(clients):
        start, renewal = TODAY - timedelta(days=40 + n % 900), TODAY + timedelta(days=n % 300)
        lines.append([f"Client {n:05}", f"Owner {n % 4}", "active", start, renewal, 100 + n, *(["note"] * extra)])
        contacts += [[TODAY - timedelta(days=n % 90 + 7 * k), f"Client {n:05}", "call"] for k in range(3)]
    return {"Clients": lines, "Interactions": contacts}


def done(workbook: GoogleWorkbook, now: datetime = NOW) -> Report:
    config = Config()
    return sync.run(workbook, sync.plan(workbook, config, sync.load(config), now))


def open_(emulator: Emulator, id: str, folder: Path) -> GoogleWorkbook:
    return GoogleWorkbook(id, emulator.api(), folder)


@pytest.mark.parametrize("clients", [50, 200, pytest.param(1000, marks=pytest.mark.slow)])
def test_two_requests_a_sync_and_one_without_news(emulator: Emulator, tmp_path: Path, clients: int) -> None:
    id = emulator.add("Tracker", tracker(clients))
    first = done(open_(emulator, id, tmp_path))
    assert first.written
    assert (emulator.reads, emulator.writes) == (1, 1)
    assert (first.snapshot.reads, first.receipt.reads, first.receipt.writes) == (1, 0, 1)  # type: ignore[union-attr]
    again = done(open_(emulator, id, tmp_path))
    assert not again.written
    assert (emulator.reads, emulator.writes) == (2, 1)
    Person(emulator, id).type("Clients", 2, 3, "paused")
    changed = done(open_(emulator, id, tmp_path))
    assert changed.written
    assert (emulator.reads, emulator.writes) == (3, 2)


def test_a_large_spreadsheet_takes_three(emulator: Emulator, tmp_path: Path) -> None:
    id = emulator.add("Tracker", tracker(600, extra=50))
    first = done(open_(emulator, id, tmp_path))
    assert sum(len(row) for grid in first.snapshot.grids.values() for row in grid.rows) > MANY
    assert emulator.reads + emulator.writes <= 3
    before = len(emulator.log)
    again = done(open_(emulator, id, tmp_path))
    assert not again.written
    assert [seen.method for seen in emulator.log[before:]] == ["GET", "GET"]
    Person(emulator, id).type("Clients", 2, 3, "paused")
    before = len(emulator.log)
    changed = done(open_(emulator, id, tmp_path))
    assert changed.written
    assert [seen.method for seen in emulator.log[before:]] == ["GET", "GET", "POST"]
    assert changed.snapshot.reads == 2
    assert changed.tables["clients"].frame["start_date"].dropna().iloc[0].date() == TODAY - timedelta(days=40)


def test_a_large_spreadsheet_reads_as_a_small_one_does(emulator: Emulator, tmp_path: Path) -> None:
    id = emulator.add("Tracker", tracker(20) | {"Odds": [[True, "#N/A", 0.5, datetime(2026, 1, 2, 3, 4), None, "x"]]})
    done(open_(emulator, id, tmp_path))
    small = open_(emulator, id, tmp_path).read()
    (tmp_path / "large").touch()
    large = open_(emulator, id, tmp_path).read()
    assert large.columns == small.columns
    assert large.tabs == small.tabs
    assert large.grids["Clients"] == small.grids["Clients"]
    assert large.grids["Interactions"] == small.grids["Interactions"]


@pytest.mark.parametrize("dimension", ["rows", "columns"])
def test_two_halves_of_a_read_that_do_not_belong_together_are_read_again(
    emulator: Emulator, tmp_path: Path, dimension: str
) -> None:
    id = emulator.add("Tracker", tracker(20))
    workbook = open_(emulator, id, tmp_path)
    done(workbook)
    (tmp_path / "large").touch()
    person, before = Person(emulator, id), len(emulator.log)
    put_in = person.insert_columns if dimension == "columns" else person.insert_rows
    emulator.faults.after[before + 1] = lambda: put_in("Clients", 1)
    snapshot = workbook.read()
    health = next(column for column in snapshot.columns if column.id == "health")
    shift = int(dimension == "columns")
    assert health.column == 7 + shift
    shown = emulator.rows(id, "Clients")
    assert {row: shown[row - 1][6 + shift] for row in health.cells} == dict(health.cells)
    assert isinstance(snapshot.grids["Clients"].rows[2 - shift][3 + shift], date)


def test_a_patch_of_another_reading_is_not_written(emulator: Emulator, tmp_path: Path) -> None:
    from sheets_sync.errors import Changed

    id = emulator.add("Tracker", tracker(3))
    workbook = open_(emulator, id, tmp_path)
    with pytest.raises(Changed):
        workbook.apply(Patch("another", drop_columns=("health",)))
    assert emulator.writes == 0
