"""values.get, batchGet, update, batchUpdate, append and clear: what most scripts use."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from tests.sheets_emulator.book import Book, Json, Place, Sheet, cell_of, formula, invalid
from tests.sheets_emulator.formulas import FormulaError, Value
from tests.sheets_emulator.ranges import Area, a1, guard, window
from tests.sheets_emulator.replies import formatted, number_format
from tests.sheets_emulator.worked_out import Shown

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def value_range(book: Book, shown: Shown, text: str, render: str = "", moments: str = "", dimension: str = "") -> Json:
    """The reply of values.get for one range: blanks at the end left out, no `values` for nothing."""
    sheet, span = window(book, text)
    top, left, bottom, right = span
    rows: list[list[Any]] = []
    for (row, column), value in shown[sheet.title].items():
        if top <= row < bottom and left <= column < right and value is not None:
            rows += [[] for _ in range(row - top + 1 - len(rows))]
            line = rows[row - top]
            line += [""] * (column - left + 1 - len(line))
            line[column - left] = _rendered(sheet, (row, column), value, render, moments)
    for line in rows:
        while line and line[-1] == "":
            line.pop()
    while rows and not rows[-1]:
        rows.pop()
    if dimension == "COLUMNS":
        rows = _turned(rows)
    reply: Json = {"range": a1(sheet, span), "majorDimension": dimension or "ROWS"}
    return reply | ({"values": rows} if rows else {})


def _turned(rows: list[list[Any]]) -> list[list[Any]]:
    wide = max(map(len, rows), default=0)
    columns = [[line[at] if at < len(line) else "" for line in rows] for at in range(wide)]
    for line in columns:
        while line and line[-1] == "":
            line.pop()
    return columns


def _rendered(sheet: Sheet, place: Place, value: Value, render: str, moments: str) -> Any:
    if render == "FORMULA" and sheet.formula(*place):
        return sheet.formula(*place)
    look = number_format(sheet.cells.get(place, {}))
    kind = look.get("type", "")
    if isinstance(value, FormulaError):
        return value.text
    in_words = render in ("", "FORMATTED_VALUE") or (kind.startswith("DATE") and moments == "FORMATTED_STRING")
    return formatted(value, kind, look.get("pattern", "")) if in_words else value


def update(book: Book, given: Json, range: str, option: str) -> Json:
    """Write the values of a ValueRange from the first cell of a range on; null leaves a cell alone."""
    if option not in ("RAW", "USER_ENTERED"):
        raise invalid("'valueInputOption' is required but not specified")
    sheet, (top, left, _, _) = window(book, range)
    values = given.get("values", [])
    if any(not isinstance(line, list) for line in values):
        raise invalid("Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue)")
    if given.get("majorDimension") == "COLUMNS":
        values = [[line[at] if at < len(line) else None for line in values] for at in _columns(values)]
    span = top, left, top + max(len(values), 1), left + max(map(len, values), default=1)
    if span[2] > sheet.rows or span[3] > sheet.columns:
        raise invalid(
            f"Range ({a1(sheet, span)}) exceeds grid limits. Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )
    guard(book, sheet, span)
    for i, line in enumerate(values):
        for j, value in enumerate(line):
            if value is not None:
                _write(sheet, (top + i, left + j), value, option == "USER_ENTERED")
    book.version += 1
    done = [(i, j) for i, line in enumerate(values) for j, value in enumerate(line) if value is not None]
    rows, columns = {i for i, _ in done}, {j for _, j in done}
    counts = {"updatedRows": len(rows), "updatedColumns": len(columns), "updatedCells": len(done)}
    reply: Json = {"spreadsheetId": book.id, "updatedRange": a1(sheet, span)}
    return reply | {name: count for name, count in counts.items() if count}


def _columns(values: list[list[Any]]) -> Any:
    return range(max(map(len, values), default=0))


def _write(sheet: Sheet, place: Place, value: Any, as_typed: bool) -> None:
    cell = _typed(value) if as_typed and isinstance(value, str) else cell_of(value)
    if value == "":
        cell = {"userEnteredValue": None}
    sheet.set(place, sheet.cells.get(place, {}) | cell)


def _typed(text: str) -> Json:
    """What becomes of a text that somebody types: numbers, truths, ISO dates and formulas are seen, ' makes text."""
    if text.startswith("="):
        return formula(text)
    if text.upper() in ("TRUE", "FALSE"):
        return cell_of(text.upper() == "TRUE")
    if _NUMBER.fullmatch(text):
        return cell_of(float(text) if "." in text else int(text))
    if _DATE.fullmatch(text):
        try:
            look = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}
            return cell_of(date.fromisoformat(text)) | {"userEnteredFormat": look}
        except ValueError:
            pass
    return cell_of(text.removeprefix("'"))


def totals(book: Book, ranges: list[str]) -> Json:
    """How many rows, columns and sheets ranges touch together."""
    rows, columns, sheets = set(), set(), set()
    for text in ranges:
        sheet, (top, left, bottom, right) = window(book, text)
        sheets.add(sheet.id)
        rows |= {(sheet.id, row) for row in range(top, bottom)}
        columns |= {(sheet.id, column) for column in range(left, right)}
    return {"totalUpdatedRows": len(rows), "totalUpdatedColumns": len(columns), "totalUpdatedSheets": len(sheets)}


def append(book: Book, given: Json, range: str, option: str) -> Json:
    """Write below the last table that the range touches: cells with a value, and all that hang together with them."""
    sheet, span = window(book, range)
    filled = {place for place in sheet.cells if sheet.entered(*place)}
    table = _table(filled, span)
    top, left = (table[2], table[1]) if table else span[:2]
    values = given.get("values", [])
    sheet.rows = max(sheet.rows, top + len(values))
    sheet.columns = max(sheet.columns, left + max(map(len, values), default=0))
    book.fits()
    done = update(book, given, a1(sheet, (top, left, top + 1, left + 1)), option)
    reply: Json = {"spreadsheetId": book.id} | ({"tableRange": a1(sheet, table)} if table else {})
    return reply | {"updates": done}


def _table(filled: set[Place], span: Area) -> Area | None:
    """The last block of filled cells that lies in or beside a range."""
    inside = [place for place in filled if _inside(place, span)]
    if not inside:
        return None
    top, left, bottom, right = (*max(inside), *max(inside))
    bottom, right = bottom + 1, right + 1
    while True:
        near = [p for p in filled if top - 1 <= p[0] <= bottom and left - 1 <= p[1] <= right]
        new = (
            min(p[0] for p in near),
            min(p[1] for p in near),
            max(p[0] for p in near) + 1,
            max(p[1] for p in near) + 1,
        )
        if new == (top, left, bottom, right):
            return new
        top, left, bottom, right = new


def clear(book: Book, range: str) -> str:
    """Take the values out of a range; its address."""
    sheet, span = window(book, range)
    guard(book, sheet, span)
    for place in [place for place in sheet.cells if _inside(place, span)]:
        sheet.set(place, sheet.cells[place] | {"userEnteredValue": None})
    book.version += 1
    return a1(sheet, span)


def _inside(place: Place, span: Area) -> bool:
    return span[0] <= place[0] < span[2] and span[1] <= place[1] < span[3]
