"""One tracker, every backend, the same result; and running twice is running once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sheets_sync import sync
from sheets_sync.cli.starter import sample_tabs
from sheets_sync.config import Config
from sheets_sync.diff import same_grid
from sheets_sync.model import Scalar
from sheets_sync.sync import Report
from sheets_sync.workbooks.base import Workbook
from sheets_sync.workbooks.excel import ExcelWorkbook
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.sheets_emulator import Emulator, Server

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9)
Tabs = dict[str, list[list[Scalar]]]


def sample() -> Tabs:
    return {tab.title: [[c.header for c in tab.columns], *map(list, tab.rows)] for tab in sample_tabs(TODAY)}


def excel(tabs: Tabs, path: Path) -> ExcelWorkbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in tabs.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return ExcelWorkbook(path)


def done(workbook: Workbook, now: datetime = NOW) -> Report:
    config = Config()
    return sync.run(workbook, sync.plan(workbook, config, sync.load(config), now))


def statuses(report: Report) -> dict[str, dict[str, object]]:
    """What each client reads, by name and column."""
    names = dict(zip(report.assessment.clients["row"], report.assessment.clients["client"], strict=True))
    return {column.id: {str(names[cell.row]): cell.value for cell in column.cells} for column in report.desired.columns}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Server(Emulator(lambda: NOW)) as emulator:
        yield emulator


def google(tabs: Tabs, emulator: Emulator) -> GoogleWorkbook:
    return GoogleWorkbook(emulator.add("Tracker", tabs), emulator.api())


def test_every_backend_gives_the_same_statuses_and_tabs(tmp_path: Path, emulator: Emulator) -> None:
    memory = MemoryWorkbook(sample())
    one = done(memory)
    for workbook in (excel(sample(), tmp_path / "tracker.xlsx"), google(sample(), emulator)):
        two = done(workbook)
        assert statuses(one) == statuses(two)
        assert one.desired.tabs[:-1] == two.desired.tabs[:-1]
        for tab in two.desired.tabs:
            for place in (memory, workbook):
                owned = place.read().owned_tab(tab.id)
                assert owned is not None
                assert same_grid(owned.grid, tab)


@pytest.mark.parametrize("kind", ["memory", "excel", "google"])
def test_running_twice_is_running_once(tmp_path: Path, kind: str, emulator: Emulator) -> None:
    workbook: Workbook = MemoryWorkbook(sample())
    if kind != "memory":
        workbook = excel(sample(), tmp_path / "tracker.xlsx") if kind == "excel" else google(sample(), emulator)
    first = done(workbook)
    assert first.written
    revision = workbook.read().revision
    later = min(first.assessment.valid_until, datetime(2026, 11, 23, 23, 59))
    for now in (NOW, NOW + (later - NOW) / 2):
        again = done(workbook, now)
        assert not again.written
        assert workbook.read().revision == revision


def test_shuffling_rows_changes_no_status(tmp_path: Path) -> None:
    shuffled = sample()
    for rows in shuffled.values():
        body = rows[1:]
        random.Random(3).shuffle(body)
        rows[1:] = body
    assert statuses(done(MemoryWorkbook(sample()))) == statuses(done(MemoryWorkbook(shuffled)))


def test_rows_moved_by_a_person_take_their_statuses_along_on_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(new_workbook(sample_tabs(TODAY)))
    workbook = ExcelWorkbook(path)
    before = statuses(done(workbook))
    book = openpyxl.load_workbook(path)
    sheet = book["Clients"]
    theirs = len(sample_tabs(TODAY)[0].columns)
    values = [[cell.value for cell in row[:theirs]] for row in sheet.iter_rows(min_row=2, max_row=26)]
    for target, source in zip(sheet.iter_rows(min_row=2, max_row=26), reversed(values), strict=True):
        for cell, value in zip(target, source, strict=False):
            cell.value = value
    book.save(path)
    report = done(workbook)
    assert statuses(report) == before
    sheet = openpyxl.load_workbook(path)["Clients"]
    column = next(cell.column for cell in sheet[1] if cell.value == "Health")
    found = {sheet.cell(row, 1).value: sheet.cell(row, column).value for row in range(2, 27)}
    assert found == before["health"]
