"""Status columns in the team's sheet: they come and go, and nothing else changes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import Refused
from sheets_sync.model import Column, Place, StatusCell
from sheets_sync.workbooks.excel import columns as excel_columns
from sheets_sync.workbooks.excel import read
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.verify import verify
from tests import workbooks
from tests.workbooks import SHEET, Tracker, parts

IDS = ("health", "why", "do_next", "due", "touchpoint", "renewal", "offer_next")
HEADERS = ("Health", "Why", "Do next", "Due", "Next touchpoint", "Renewal", "Offer next")
LEVELS = ("✖ At risk", "▲ Watch", "● Healthy", "– Unknown")
MAY_DIFFER = {"xl/styles.xml"}


def status(tracker: Tracker, ids: tuple[str, ...] = IDS, salt: int = 0) -> list[Column]:
    """Status columns with a value for every client of a tracker, by the names in its first column."""
    package = Package.open(tracker.data)
    book = Book(package)
    sheet = book.sheet(tracker.place.tab)
    assert sheet is not None
    grid = read.values(package, book, [sheet])[sheet.part]
    place, keys = tracker.place, {}
    for row in range(place.first_row, place.last_row + 1):
        if row <= len(grid) and grid[row - 1] and grid[row - 1][0]:
            keys[row] = grid[row - 1][0]
    return [
        Column(
            id=id,
            header=HEADERS[IDS.index(id)],
            note=f"{id}: written by sheets-sync at every run",
            width=11.0 + IDS.index(id),
            cells=tuple(StatusCell(row, key, _value(id, row + salt)) for row, key in keys.items()),
            kind="date" if id == "due" else "text",
            colour_by={"health": "health", "due": "touchpoint", "touchpoint": "touchpoint"}.get(id),
            wrap=id == "why",
        )
        for id in ids
    ]


def _value(id: str, row: int) -> str | date | None:
    if id == "due":
        return date(2026, 11, 20 + row % 9)
    if id == "why":
        return f"No sign of life since {row % 28 + 1} Sep; <4/10> & “more” is unanswered."
    return None if id == "offer_next" and row % 2 else f"{LEVELS[row % 4]}"


def put(data: bytes, place: Place, columns: list[Column], check: bool = True) -> tuple[bytes, tuple[str, ...]]:
    package = Package.open(data)
    notes = excel_columns.set_columns(package, Book(package), place, columns)
    new = package.to_bytes()
    if check:
        verify(Package.open(data), new)
    return new, notes


def drop(data: bytes, ids: tuple[str, ...] = IDS) -> bytes:
    package = Package.open(data)
    excel_columns.drop_columns(package, Book(package), ids)
    new = package.to_bytes()
    verify(Package.open(data), new)
    return new


def assert_same_parts(old: bytes, new: bytes) -> None:
    was, now = parts(old), parts(new)
    assert list(was) == [name for name in now if name in was] and was.keys() == now.keys()
    for name in was.keys() - MAY_DIFFER:
        assert now[name] == was[name], name


def values(data: bytes, tab: str = "Clients") -> dict[str, Any]:
    """Every non-blank value of a tab by A1, as calamine reads it."""
    package = Package.open(data)
    book = Book(package)
    sheet = book.sheet(tab)
    assert sheet is not None
    rows = read.values(package, book, [sheet])[sheet.part]
    return {
        f"{openpyxl.utils.get_column_letter(c)}{r}": value
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value is not None
    }


def assert_same_for_openpyxl(old: bytes, new: bytes, ours: set[int]) -> None:
    """A second reader sees every original value, formula, format, comment and link unchanged outside our columns."""
    for data_only in (False, True):
        was = openpyxl.load_workbook(io.BytesIO(old), data_only=data_only)
        now = openpyxl.load_workbook(io.BytesIO(new), data_only=data_only)
        for sheet in was.worksheets:
            other = now[sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    if sheet.title == "Clients" and cell.column in ours:
                        continue
                    twin = other.cell(cell.row, cell.column)
                    for name in (
                        "value",
                        "data_type",
                        "number_format",
                        "font",
                        "fill",
                        "border",
                        "alignment",
                        "protection",
                    ):
                        a, b = getattr(cell, name), getattr(twin, name)
                        if hasattr(a, "text") and hasattr(a, "ref"):
                            a, b = (a.text, a.ref), (b.text, b.ref)
                        assert a == b, f"{sheet.title}!{cell.coordinate} {name}"
                    assert (cell.comment and cell.comment.text) == (twin.comment and twin.comment.text)
                    assert (cell.hyperlink and cell.hyperlink.target) == (twin.hyperlink and twin.hyperlink.target)
            assert sheet.merged_cells == other.merged_cells
            assert sheet.print_area == other.print_area
            assert sheet.freeze_panes == other.freeze_panes
            for number, height in sheet.row_dimensions.items():
                assert height.height == other.row_dimensions[number].height


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as XlsxWriter writes it": lambda data: data,
    "prefixed": workbooks.prefixed,
    "strict": workbooks.strict,
    "odd": workbooks.odd,
    "enriched": workbooks.enrich,
    "with macros": lambda data: workbooks.enrich(data, macros=True),
}
LOST_BY_A_SPELLING = {"strict": set(), "odd": {"sparklines"}, "prefixed": set()}


@given(
    st.sets(st.sampled_from(workbooks.FEATURES), max_size=9),
    st.sampled_from(list(SPELLINGS)),
    st.integers(0, 14),
    st.permutations(IDS),
)
def test_columns_come_and_go_without_a_trace(features: set[str], spelling: str, clients: int, order: list[str]) -> None:
    tracker = workbooks.tracker(*features, clients=clients)
    data = SPELLINGS[spelling](tracker.data)
    columns = status(Tracker(data, tracker.place))
    new, _ = put(data, tracker.place, columns)
    again, _ = put(new, tracker.place, columns)
    assert again == new
    other, _ = put(new, tracker.place, status(Tracker(data, tracker.place), salt=1))
    assert_same_parts(data, drop(other))
    one_by_one = new
    for id in order:
        one_by_one = drop(one_by_one, (id,))
    assert_same_parts(data, one_by_one)
