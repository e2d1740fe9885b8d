"""A person at work in a spreadsheet, while a program is at it too: what they do takes effect at once."""

from __future__ import annotations

from typing import Any

from tests.sheets_emulator import sheets
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import Book, Json, Place, Sheet, cell_of
from tests.sheets_emulator.dimensions import in_order, sort_as
from tests.sheets_emulator.emulator import Emulator
from tests.sheets_emulator.worked_out import worked_out


class Person:
    """Somebody with a spreadsheet open. Rows and columns are 1-based, as people count them. What is hard-protected by
    others they cannot change, unless they own the spreadsheet."""

    def __init__(self, emulator: Emulator, id: str, email: str = "") -> None:
        self.emulator, self.id, self.email = emulator, id, email

    @property
    def book(self) -> Book:
        return self.emulator.books[self.id]

    def sheet(self, tab: str) -> Sheet:
        return self.emulator.sheet(self.id, tab)

    def _do(self, *asked: Json) -> None:
        with self.emulator._lock:
            caller, self.book.caller = self.book.caller, self.email
            batch_update(self.book, list(asked))
            self.book.caller = caller

    def type(self, tab: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell; None clears it. The cell keeps its format."""
        with self.emulator._lock:
            sheet, place = self.sheet(tab), (row - 1, column - 1)
            old = sheet.cells.get(place, {})
            new = cell_of(value) if value is not None else {"userEnteredValue": None}
            sheet.set(place, old | new)
            self.emulator.changed(self.id)

    def find(self, tab: str, text: str) -> tuple[int, int]:
        """The first cell that shows a text: row and column."""
        rows = self.emulator.rows(self.id, tab)
        return next((i, j) for i, row in enumerate(rows, 1) for j, value in enumerate(row, 1) if value == text)

    def sort(self, tab: str, column: int, header: int = 1, descending: bool = False) -> None:
        """Sort everything below the header rows by a column."""
        with self.emulator._lock:
            sheet = self.sheet(tab)
            shown = worked_out(self.book, self.emulator.now())[sheet.title]
            last = max((row for row, _ in sheet.cells if sheet.entered(row, _)), default=header - 1)
            rows = list(range(header, last + 1))
            order = in_order(rows, {row: shown.get((row, column - 1)) for row in rows}, descending)
            sort_as(sheet, order, header, 0, sheet.columns)
            self.emulator.changed(self.id)

    def insert_rows(self, tab: str, before: int, count: int = 1) -> None:
        self._dimension("insertDimension", tab, "ROWS", before, count)

    def delete_rows(self, tab: str, first: int, count: int = 1) -> None:
        self._dimension("deleteDimension", tab, "ROWS", first, count)

    def insert_columns(self, tab: str, before: int, count: int = 1) -> None:
        self._dimension("insertDimension", tab, "COLUMNS", before, count)

    def delete_columns(self, tab: str, first: int, count: int = 1) -> None:
        self._dimension("deleteDimension", tab, "COLUMNS", first, count)

    def move_rows(self, tab: str, first: int, count: int, before: int) -> None:
        self._move(tab, "ROWS", first, count, before)

    def move_columns(self, tab: str, first: int, count: int, before: int) -> None:
        self._move(tab, "COLUMNS", first, count, before)

    def rename_header(self, tab: str, old: str, new: str) -> None:
        row, column = self.find(tab, old)
        self.type(tab, row, column, new)

    def rename_tab(self, old: str, new: str) -> None:
        with self.emulator._lock:
            sheets.retitle(self.book, self.sheet(old), new)
            self.emulator.changed(self.id)

    def delete_tab(self, tab: str) -> None:
        self._do({"deleteSheet": {"sheetId": self.sheet(tab).id}})

    def duplicate_tab(self, tab: str, title: str) -> None:
        self._do({"duplicateSheet": {"sourceSheetId": self.sheet(tab).id, "newSheetName": title}})

    def colour(self, tab: str, row: int, column: int, text: str = "x") -> None:
        """Add a conditional format of their own to a column from a row on."""
        where = {"sheetId": self.sheet(tab).id, "startRowIndex": row - 1, "startColumnIndex": column - 1,
                 "endColumnIndex": column}  # fmt: skip
        condition = {"type": "TEXT_CONTAINS", "values": [{"userEnteredValue": text}]}
        look = {"backgroundColorStyle": {"rgbColor": {"green": 1.0}}}
        rule = {"ranges": [where], "booleanRule": {"condition": condition, "format": look}}
        self._do({"addConditionalFormatRule": {"rule": rule, "index": 0}})

    def filter(self, tab: str, last_row: int, last_column: int) -> None:
        """Put a filter over the cells from A1 on."""
        where = {"sheetId": self.sheet(tab).id, "startRowIndex": 0, "endRowIndex": last_row,
                 "startColumnIndex": 0, "endColumnIndex": last_column}  # fmt: skip
        self._do({"setBasicFilter": {"filter": {"range": where}}})

    def note(self, tab: str, row: int, column: int, text: str) -> None:
        with self.emulator._lock:
            sheet, place = self.sheet(tab), (row - 1, column - 1)
            sheet.set(place, sheet.cells.get(place, {}) | {"note": text})
            self.emulator.changed(self.id)

    def cell(self, tab: str, place: Place) -> Any:
        """What a cell shows (0-based place)."""
        return self.emulator.shown(self.book)[tab].get(place)

    def _dimension(self, kind: str, tab: str, dimension: str, first: int, count: int) -> None:
        span = {"sheetId": self.sheet(tab).id, "dimension": dimension, "startIndex": first - 1,
                "endIndex": first - 1 + count}  # fmt: skip
        self._do({kind: {"range": span} | ({"inheritFromBefore": first > 1} if kind == "insertDimension" else {})})

    def _move(self, tab: str, dimension: str, first: int, count: int, before: int) -> None:
        span = {"sheetId": self.sheet(tab).id, "dimension": dimension, "startIndex": first - 1,
                "endIndex": first - 1 + count}  # fmt: skip
        self._do({"moveDimension": {"source": span, "destinationIndex": before - 1}})
