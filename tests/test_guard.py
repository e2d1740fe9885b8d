"""A tracker that suddenly looks wrong is left alone: at the limit, one below, one above; once let through with --accept
[R3]."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sheets_sync import guard, sync
from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.memory import MemoryWorkbook
from sheets_sync.workbooks.template import NewColumn, NewTab
from tests.test_cli import call

NOW = datetime(2026, 11, 23, 9)


def names(number: int, first: int = 0) -> list[str]:
    return [f"Client {i:03}" for i in range(first, first + number)]


@pytest.mark.parametrize(
    ("before", "gone", "trips"),
    [
        (9, 9, False),
        (9, 5, False),
        (10, 4, False),
        (10, 5, False),
        (10, 6, True),
        (10, 10, True),
        (11, 5, False),
        (11, 6, True),
        (12, 6, False),
        (12, 7, True),
        (1_000, 499, False),
        (1_000, 500, False),
        (1_000, 501, True),
        (0, 0, False),
        (1, 1, False),
    ],
)
def test_more_than_half_of_at_least_ten(before: int, gone: int, trips: bool) -> None:
    said = guard.check(names(before), names(before - gone, gone), "Clients")
    assert bool(said) == trips
    assert not trips or f"{gone} of {before} clients are gone" in said


def test_others_in_their_place_are_no_comfort() -> None:
    """Another column taken for the name: as many as before, and none of them known."""
    said = guard.check(names(10), names(10, 100), "Clients")
    assert "10 of 10 clients are gone since the last run (10 are there now, 10 of them new)" in said


def book(clients: list[str]) -> MemoryWorkbook:
    rows = [[name, "active", date(2026, 11, 20)] for name in clients]
    return MemoryWorkbook({"Clients": [["Client", "Status", "Last contact"], *rows]})


def run(workbook: MemoryWorkbook, now: datetime = NOW, accept: bool = False, only: tuple[str, ...] = ()) -> bool:
    """Whether a run was let through."""
    config = Config()
    report = sync.plan(workbook, config, sync.load(config), now, accept=accept, only=only)
    if not report.refusal:
        sync.run(workbook, report)
        return True
    with pytest.raises(Refused, match="--accept"):
        sync.run(workbook, report)
    return False


def keep(workbook: MemoryWorkbook, clients: list[str]) -> None:
    """What a person does: all other rows go, our cells on them too."""
    head, *rows = workbook.tabs["Clients"]
    known = {str(row[0]): row for row in rows}
    workbook.tabs["Clients"] = [head, *(known.get(name, [name, "active", date(2026, 11, 20)]) for name in clients)]
    workbook.columns = {id: type(c)(c.id, c.tab, c.column, c.header, {}) for id, c in workbook.columns.items()}


@pytest.mark.parametrize("later", [NOW, datetime(2026, 11, 24, 9)], ids=["the same day", "the next day"])
def test_accept_lets_it_through_exactly_once(later: datetime) -> None:
    workbook = book(names(20))
    assert run(workbook)
    keep(workbook, names(9))
    before = workbook.revision
    assert not run(workbook, later)
    assert not run(workbook, later)
    assert workbook.revision == before
    assert run(workbook, later, accept=True)
    assert run(workbook, later)
    assert run(workbook, datetime(2026, 11, 25, 9))
    # Nine are too few to trip it; with twenty again, a second loss is refused again.
    keep(workbook, names(20))
    assert run(workbook, datetime(2026, 11, 25, 9))
    keep(workbook, names(9))
    assert not run(workbook, datetime(2026, 11, 26, 9))


def test_who_left_long_ago_is_not_counted_twice() -> None:
    """Twenty, then twelve, then seven: each time fewer than half of those who were there at the last run."""
    workbook = book(names(20))
    for day, number in ((23, 20), (24, 12), (25, 12), (26, 7)):
        keep(workbook, names(number))
        assert run(workbook, datetime(2026, 11, day, 9)), number


def test_a_pilot_of_one_client_is_no_loss() -> None:
    workbook = book(names(20))
    assert run(workbook)
    assert run(workbook, only=("Client 003",))
    keep(workbook, names(9))
    assert not run(workbook, only=("Client 003",))


def test_on_a_file_it_ends_with_3_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    rows = tuple((name, "active") for name in names(12))
    path.write_bytes(new_workbook([NewTab("Clients", (NewColumn("Client"), NewColumn("Status")), rows)]))
    assert call("run", str(path), "-q").exit_code == 0
    opened = openpyxl.load_workbook(path)
    opened["Clients"].delete_rows(2, 7)
    opened.save(path)
    before = path.read_bytes()
    done = call("run", str(path))
    assert done.exit_code == 3
    assert "7 of 12 clients are gone since the last run (5 are there now)" in done.stderr
    assert path.read_bytes() == before
    assert any("7 of 12" in note for note in json.loads(call("plan", str(path), "--json").stdout)["notes"])
    assert call("run", str(path), "--accept", "-q").exit_code == 0
    assert call("run", str(path), "-q").exit_code == 0
