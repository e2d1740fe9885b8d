"""One suite that every backend passes: what is read, what is written, and what is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import pytest

from sheets_sync.diff import same_grid
from sheets_sync.errors import Refused, TryAgain
from sheets_sync.model import (
    Cell,
    Chart,
    Column,
    Formula,
    Level,
    Link,
    Patch,
    Place,
    Scalar,
    Series,
    Snapshot,
    StatusCell,
    Tab,
    TableBlock,
    TableColumn,
    TableRow,
    TextBlock,
)
from sheets_sync.workbooks.base import Workbook
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.sheets_emulator import Emulator, Server

Tabs = dict[str, list[list[Scalar]]]
Open = Callable[[Tabs], Workbook]

TEAM: Tabs = {
    "Clients": [
        ["Our clients", None, None],
        [None, None, None],
        ["Client", "Owner", "Renewal date"],
        ["Aldgate Legal", "Priya", date(2027, 1, 15)],
        ["Brightwater & Söhne <Dental>", None, date(2026, 12, 24)],
        [None, None, None],
        ["=1+1", "Tom", None],
    ],
    "Interactions": [["Date", "Client", "Type"], [datetime(2026, 11, 20, 15), "Aldgate Legal", "call"]],
}
PLACE = Place("Clients", 3, 1, 4, 7)


def excel(folder: Path) -> Open:
    import openpyxl

    from sheets_sync.workbooks.excel import ExcelWorkbook

    def open_(tabs: Tabs) -> Workbook:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in tabs.items():
            sheet = book.create_sheet(title)
            for i, row in enumerate(rows, start=1):
                for j, value in enumerate(row, start=1):
                    cell = sheet.cell(i, j)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"
        path = folder / "tracker.xlsx"
        book.save(path)
        return ExcelWorkbook(path, folder / "backups")

    return open_


def google(emulator: Emulator, by_values: bool = False) -> Open:
    from sheets_sync.workbooks.google import GoogleWorkbook

    def open_(tabs: Tabs) -> Workbook:
        id = emulator.add("Tracker", tabs)
        return GoogleWorkbook(id, emulator.api(), by_values=by_values)

    return open_


@pytest.fixture(params=["memory", "excel", "google", "google by values"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    if not request.param.startswith("google"):
        yield MemoryWorkbook if request.param == "memory" else excel(tmp_path)
        return
    with Server(Emulator()) as emulator:
        yield google(emulator, by_values=request.param == "google by values")


def column(id: str, values: Sequence[str | date | None], header: str = "", colour_by: str | None = None) -> Column:
    keys = {4: "Aldgate Legal", 5: "Brightwater & Söhne <Dental>", 7: "=1+1"}
    cells = tuple(StatusCell(row, key, value) for (row, key), value in zip(keys.items(), values, strict=True))
    kind = "date" if any(isinstance(value, date) for value in values) else "text"
    return Column(id, header or id.title(), f"What {id} means", 14, cells, kind, colour_by)


HEALTH = column("health", ["✖ At risk", "● Healthy", "– Unknown"])
DUE = column("due", [date(2026, 11, 23), None, None], colour_by="health")
DIARY = Tab(
    "diary",
    "Diary",
    (
        TextBlock((1, 1), ((Cell("This week: 2 to do", style="title"),), (Cell(Formula('="a"&"b"', "ab")),)), span=3),
        TableBlock(
            (4, 1),
            (TableColumn("Due"), TableColumn("Client"), TableColumn("Done on", kind="date", input=True)),
            (
                TableRow("", (Cell("Priya: 1 this week"),), heading=True),
                TableRow(
                    "call|a&b|", (Cell("✖ Mon 12 Oct", Level.RISK), Cell("Aldgate", link=Link("Clients", 4)), Cell())
                ),
                TableRow("call|c|", (Cell("▲ Mon 23 Nov"), Cell("=SUM(1)"), Cell(date(2026, 11, 1), kind="date"))),
            ),
            ids=True,
            filter=True,
        ),
        Chart((10, 1), (1, 30), "By owner", ("Priya", "Tom"), (Series("At risk", (1.0, 0.0), "D9733F"),), (12, 6)),
    ),
    (19, 12, 11),
    freeze=4,
)
HIDDEN = Tab(
    "memory", "_sheets_sync", (TextBlock((1, 1), ((Cell("first sync"), Cell("2026-11-23")),)),), (10,), hidden=True
)


def plain(snapshot: Snapshot) -> Tabs:
    """The team's tabs as lists, without trailing blanks."""
    found: Tabs = {}
    for title, grid in snapshot.grids.items():
        rows = [list(row) for row in grid.rows]
        for row in rows:
            while row and row[-1] is None:
                row.pop()
        while rows and not rows[-1]:
            rows.pop()
        found[title] = rows
    return found


def stripped(tabs: Tabs) -> Tabs:
    return plain(MemoryWorkbook(tabs).read())


def write(workbook: Workbook, **parts: object) -> None:
    workbook.apply(Patch(workbook.read().revision, place=PLACE, **parts))  # type: ignore[arg-type]


SETTINGS = Tab(
    "playbook",
    "Playbook",
    (
        TableBlock(
            (1, 1),
            (TableColumn("Setting"), TableColumn("Value", input=True)),
            (TableRow("", (Cell("How we count"),), heading=True), TableRow("", (Cell("Silence"), Cell(30)))),
        ),
    ),
    (30, 12),
    freeze=1,
)


def test_a_tab_given_to_the_team_is_theirs(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, columns=(HEALTH,), tabs=(DIARY,))
    before = workbook.read()
    receipt = workbook.apply(Patch(before.revision, given=(SETTINGS,)))
    after = workbook.read()
    assert plain(after) == stripped(TEAM) | {"Playbook": [["Setting", "Value"], ["How we count"], ["Silence", 30]]}
    assert (after.tabs, after.columns) == (before.tabs, before.columns)
    with pytest.raises(Refused, match="already has a tab"):
        workbook.apply(Patch(after.revision, given=(SETTINGS,)))
    write(workbook, drop_columns=("health",), drop_tabs=("diary",))
    assert plain(workbook.read()) == plain(after)
    assert workbook.restore(receipt.backup, receipt.revision) is None


def test_a_tab_given_to_a_tracker_without_any_of_ours_can_be_taken_back(opened: Open) -> None:
    workbook = opened(TEAM)
    before = workbook.read()
    receipt = workbook.apply(Patch(before.revision, given=(SETTINGS,)))
    assert "Playbook" in workbook.read().grids
    if not receipt.backup:
        pytest.skip("Google keeps the versions of a spreadsheet itself")
    assert workbook.restore(receipt.backup, receipt.revision) is not None
    assert workbook.read() == before


def test_reads_what_the_team_typed(opened: Open) -> None:
    snapshot = opened(TEAM).read()
    assert plain(snapshot) == stripped(TEAM)
    assert snapshot.columns == ()
    assert snapshot.tabs == ()


def test_reads_only_the_tabs_that_are_wanted(opened: Open) -> None:
    assert list(opened(TEAM).read(["Interactions"]).grids) == ["Interactions"]


def test_reading_changes_nothing(opened: Open) -> None:
    workbook = opened(TEAM)
    assert workbook.read().revision == workbook.read().revision


def test_status_columns_are_found_again_and_are_not_the_teams(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, columns=(HEALTH, DUE))
    snapshot = workbook.read()
    assert plain(snapshot) == stripped(TEAM)
    found = {owned.id: owned for owned in snapshot.columns}
    assert {row: value for row, value in found["health"].cells.items() if value} == {
        4: "✖ At risk",
        5: "● Healthy",
        7: "– Unknown",
    }
    assert {row: value for row, value in found["due"].cells.items() if value} == {4: date(2026, 11, 23)}
    assert found["health"].header == "Health"
    assert {owned.tab for owned in snapshot.columns} == {"Clients"}
    assert len({owned.column for owned in snapshot.columns}) == 2


def test_a_status_column_is_rewritten_in_its_place(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, columns=(HEALTH, DUE))
    before = {owned.id: owned.column for owned in workbook.read().columns}
    write(workbook, columns=(column("health", ["● Healthy", None, "▲ Watch"]),))
    after = {owned.id: owned for owned in workbook.read().columns}
    assert {id: owned.column for id, owned in after.items()} == before
    assert {row: value for row, value in after["health"].cells.items() if value} == {4: "● Healthy", 7: "▲ Watch"}
    assert plain(workbook.read()) == stripped(TEAM)


def test_generated_tabs_are_read_back_as_they_were_meant(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, tabs=(DIARY, HIDDEN))
    snapshot = workbook.read()
    assert plain(snapshot) == stripped(TEAM)
    for tab in (DIARY, HIDDEN):
        owned = snapshot.owned_tab(tab.id)
        assert owned is not None
        assert same_grid(owned.grid, tab), owned.grid.rows


def test_a_tab_is_replaced_and_not_doubled(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, tabs=(DIARY, HIDDEN))
    shorter = Tab("diary", "Diary", DIARY.blocks[:1], DIARY.widths)
    write(workbook, tabs=(shorter,))
    snapshot = workbook.read()
    assert sorted(tab.id for tab in snapshot.tabs) == ["diary", "memory"]
    owned = snapshot.owned_tab("diary")
    assert owned is not None
    assert same_grid(owned.grid, shorter)


def test_dropping_everything_leaves_what_was_there(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, columns=(HEALTH, DUE), tabs=(DIARY, HIDDEN))
    write(workbook, drop_columns=("health", "due"), drop_tabs=("diary", "memory"))
    snapshot = workbook.read()
    assert snapshot.columns == ()
    assert snapshot.tabs == ()
    assert plain(snapshot) == stripped(TEAM)


def test_an_empty_patch_writes_nothing(opened: Open) -> None:
    workbook = opened(TEAM)
    write(workbook, columns=(HEALTH,))
    revision = workbook.read().revision
    receipt = workbook.apply(Patch("whatever"))
    assert receipt.writes == 0
    assert workbook.read().revision == revision


def test_a_tracker_that_moved_on_is_not_written(opened: Open) -> None:
    workbook = opened(TEAM)
    old = workbook.read().revision
    write(workbook, columns=(HEALTH,))
    with pytest.raises(TryAgain):
        workbook.apply(Patch(old, place=PLACE, columns=(DUE,)))
    assert [owned.id for owned in workbook.read().columns] == ["health"]


def test_a_backup_goes_back_only_while_nobody_changed_anything(opened: Open) -> None:
    workbook = opened(TEAM)
    first = workbook.read().revision
    receipt = workbook.apply(Patch(first, place=PLACE, columns=(HEALTH,), tabs=(DIARY,)))
    assert workbook.restore(receipt.backup, "another revision") is None
    if not receipt.backup:
        pytest.skip("Google keeps the versions of a spreadsheet itself")
    back = workbook.restore(receipt.backup, receipt.revision)
    assert back is not None
    assert workbook.read().revision == first
    assert workbook.read().columns == ()
