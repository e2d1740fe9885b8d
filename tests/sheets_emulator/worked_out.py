"""What a spreadsheet shows: constants and formulas worked out, arrays spilled over empty cells. Worked out when asked
for, kept until something changes."""

from __future__ import annotations

from datetime import datetime

from tests.sheets_emulator.book import Book, Place, Sheet
from tests.sheets_emulator.formulas import FormulaError, Value, evaluate

Shown = dict[str, dict[Place, Value]]
_PASSES = 4
_A1 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def worked_out(book: Book, now: datetime) -> Shown:
    """The value of every cell that shows one, by sheet title and place (0-based)."""
    constants: Shown = {sheet.title: _constants(sheet) for sheet in book.sheets}
    extents = {sheet.title: (sheet.rows, sheet.columns) for sheet in book.sheets}
    formulas = [(sheet, place) for sheet in book.sheets for place in sheet.cells if sheet.formula(*place)]
    shown = constants
    for _ in range(_PASSES if formulas else 0):
        before = shown
        shown = {title: dict(values) for title, values in constants.items()}
        for sheet, (row, column) in formulas:
            array = evaluate(
                sheet.formula(row, column),
                (sheet.title, row, column),
                lambda title, r, c, before=before: before.get(title, {}).get((r, c)),  # type: ignore[misc]
                extents.get,
                now,
            )
            _spill(sheet, (row, column), array, shown[sheet.title])
        if shown == before:
            break
    return shown


def _constants(sheet: Sheet) -> dict[Place, Value]:
    found: dict[Place, Value] = {}
    for place, cell in sheet.cells.items():
        value = cell.get("userEnteredValue", {})
        if value and "formulaValue" not in value:
            found[place] = next(iter(value.values()))
    return found


def _spill(sheet: Sheet, home: Place, array: list[list[Value]], shown: dict[Place, Value]) -> None:
    row, column = home
    if blocked := blocking(sheet, home, array):
        shown[home] = FormulaError("#REF!")
        del blocked
        return
    for i, line in enumerate(array):
        for j, value in enumerate(line):
            if (row + i < sheet.rows and column + j < sheet.columns) and (value is not None or (i, j) == (0, 0)):
                shown[row + i, column + j] = value


def blocking(sheet: Sheet, home: Place, array: list[list[Value]]) -> str:
    """The address of a cell that stands in the way of an array, "" for none."""
    row, column = home
    for i in range(len(array)):
        for j in range(len(array[0])):
            if (i, j) != (0, 0) and sheet.entered(row + i, column + j):
                return f"{_letters(column + j)}{row + i + 1}"
    return ""


def _letters(column: int) -> str:
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = _A1[rest] + text
    return text
