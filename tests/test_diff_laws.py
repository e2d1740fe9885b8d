"""Laws of diff and apply, on the memory backend: nothing to do where nothing differs, and doing it once is enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.diff import diff, fingerprints
from sheets_sync.model import (
    Cell,
    Column,
    Desired,
    Place,
    StatusCell,
    Tab,
    TableBlock,
    TableColumn,
    TableRow,
    TextBlock,
)
from sheets_sync.workbooks.memory import MemoryWorkbook, grid_of

TEAM = {"Clients": [["Client", "Owner"], ["Aldgate", "Priya"], ["Brightwater", "Tom"], ["Corvid", None]]}
texts = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12)
values = st.one_of(st.none(), texts, st.dates(date(1990, 1, 1), date(2100, 1, 1)))
contents = st.one_of(
    values,
    st.integers(-(10**9), 10**9),
    st.floats(-1e9, 1e9),
    st.booleans(),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),
)
PLACE = Place("Clients", 1, 1, 2, 4)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    id = draw(st.sampled_from(["health", "why", "due"]))
    cells = tuple(StatusCell(row, TEAM["Clients"][row - 1][0], draw(values)) for row in (2, 3, 4))
    return Column(id, id.title(), draw(texts), 12, cells)


@st.composite
def tabs(draw: st.DrawFn) -> Tab:
    id = draw(st.sampled_from(["dashboard", "diary", "scorecard"]))
    rows = draw(st.lists(st.tuples(contents, contents), max_size=4))
    table = TableBlock(
        (4, 1),
        (TableColumn("One"), TableColumn("Two", input=True)),
        tuple(TableRow(str(i), (Cell(a), Cell(b))) for i, (a, b) in enumerate(rows)),
        ids=draw(st.booleans()),
    )
    return Tab(id, id.title(), (TextBlock((1, 1), ((Cell(draw(texts), style="title"),),)), table), (10, 20))


@st.composite
def looks(draw: st.DrawFn) -> Desired:
    some = draw(st.lists(columns(), max_size=3, unique_by=lambda column: column.id))
    ours = draw(st.lists(tabs(), max_size=3, unique_by=lambda tab: tab.id))
    return Desired(PLACE, tuple(some), tuple(ours))


def settle(workbook: MemoryWorkbook, desired: Desired, before: Desired | None = None) -> None:
    remembered = fingerprints(before) if before else {}
    workbook.apply(diff(workbook.read(), desired, remembered))


@given(looks())
def test_nothing_differs_from_itself(desired: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, desired)
    again = diff(workbook.read(), desired, fingerprints(desired))
    assert not again
    assert not again.changes


@given(looks(), looks())
def test_applying_a_difference_gives_what_was_wanted_and_leaves_the_rest(one: Desired, two: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, one)
    settle(workbook, two, one)
    snapshot = workbook.read()
    assert {title: [list(row) for row in grid.rows] for title, grid in snapshot.grids.items()} == TEAM
    assert {tab.id: tab.grid for tab in snapshot.tabs} == {tab.id: grid_of(tab) for tab in two.tabs}
    wanted = {c.id: {cell.row: cell.value for cell in c.cells if cell.value not in (None, "")} for c in two.columns}
    assert {column.id: dict(column.cells) for column in snapshot.columns} == wanted


@given(looks(), looks())
def test_an_empty_patch_changes_no_revision(one: Desired, two: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, one)
    revision = workbook.revision
    settle(workbook, one, one)
    assert workbook.revision == revision
    settle(workbook, two, one)
    assert (workbook.revision == revision) == (not diff(workbook.read(), one, fingerprints(one)))


@given(looks())
def test_a_new_look_is_written_even_where_every_value_is_the_same(desired: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, desired)
    patch = diff(workbook.read(), desired, dict.fromkeys(fingerprints(desired), "older"))
    assert len(patch.columns) == len(desired.columns)
    assert len(patch.tabs) == len(desired.tabs)
    assert not patch.changes


@given(looks())
def test_another_theme_is_another_look(desired: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, desired)
    patch = diff(workbook.read(), replace(desired, theme="traffic-light"), fingerprints(desired))
    assert (len(patch.columns), len(patch.tabs)) == (len(desired.columns), len(desired.tabs))
    assert patch.theme == "traffic-light"


@given(looks())
def test_what_a_person_types_over_is_put_back(desired: Desired) -> None:
    workbook = MemoryWorkbook(TEAM)
    settle(workbook, desired)
    for tab in desired.tabs:
        workbook.type_into(tab.id, 1, 1, "mine now")
    patch = diff(workbook.read(), desired, fingerprints(desired))
    assert {tab.id for tab in patch.tabs} == {tab.id for tab in desired.tabs}
