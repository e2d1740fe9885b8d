"""What a spreadsheet shows: constants and formulas worked out, arrays spilled over empty cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sheets_sync.workbooks.google.locale import by_semicolons
from tests.sheets_emulator.book import Book, Place, Sheet
from tests.sheets_emulator.formulas import FormulaError, Value, evaluate
from tests.sheets_emulator.ranges import letters

Shown = dict[str, dict[Place, Value]]
_PASSES = 30


@dataclass(frozen=True)
class Explained(FormulaError):
    """An error that says why."""

    message: str = ""


# A comma is a decimal point there, so that arguments parted by commas make no sense.
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')


def worked_out(book: Book, now: datetime) -> Shown:
    """The value of every cell that shows one, by sheet title and place (0-based).

    Formulas are worked out over and over until nothing changes any more; what never settles refers to itself."""
    constants: Shown = {sheet.title: _constants(sheet) for sheet in book.sheets}
    extents = {sheet.title: (sheet.rows, sheet.columns) for sheet in book.sheets}
    formulas = [(sheet, place) for sheet in book.sheets for place in sheet.cells if sheet.formula(*place)]
    shown = before = constants
    for number in range(_PASSES if formulas else 0):
        before, shown = shown, {title: dict(values) for title, values in constants.items()}
        for sheet, (row, column) in formulas:
            text = sheet.formula(row, column)
            if by_semicolons(book.locale) and "," in _QUOTED.sub("", text):
                shown[sheet.title][row, column] = FormulaError("#ERROR!")
                continue
            array = evaluate(
                text,
                (sheet.title, row, column),
                lambda title, r, c, before=before: before.get(title, {}).get((r, c)),  # type: ignore[misc]
                extents.get,
                now,
            )
            _spill(sheet, (row, column), array, shown[sheet.title])
        if shown == before:
            break
        if number == _PASSES - 1:
            _circular(before, shown)
    return shown


def _circular(before: Shown, shown: Shown) -> None:
    for title, values in shown.items():
        for place in [place for place in values if values[place] != before[title].get(place)]:
            values[place] = Explained("#REF!", "Circular dependency detected.")


def _constants(sheet: Sheet) -> dict[Place, Value]:
    found: dict[Place, Value] = {}
    for place, cell in sheet.cells.items():
        value = cell.get("userEnteredValue", {})
        if value and "formulaValue" not in value:
            found[place] = next(iter(value.values()))
    return found


def _spill(sheet: Sheet, home: Place, array: list[list[Value]], shown: dict[Place, Value]) -> None:
    row, column = home
    where = _blocked(sheet, home, array, shown)
    if where:
        text = f"Array result was not expanded because it would overwrite data in {where}."
        shown[home] = Explained("#REF!", text)
        return
    for i, line in enumerate(array):
        for j, value in enumerate(line):
            if (row + i < sheet.rows and column + j < sheet.columns) and (value is not None or (i, j) == (0, 0)):
                shown[row + i, column + j] = value


def _blocked(sheet: Sheet, home: Place, array: list[list[Value]], shown: dict[Place, Value]) -> str:
    """The address of the first cell that stands in the way of an array, "" for none: one in which something was
    entered, or that another array has taken."""
    row, column = home
    if len(array) == 1 == len(array[0]):
        return ""
    for i, line in enumerate(array):
        for j in range(len(line)):
            place = row + i, column + j
            if place != home and (sheet.entered(*place) or place in shown):
                return f"{letters(place[1])}{place[0] + 1}"
    return ""
