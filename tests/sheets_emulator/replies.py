"""A Book as spreadsheets.get and values.get describe it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from tests.sheets_emulator.book import Book, Json, Place, Sheet, invalid
from tests.sheets_emulator.formulas import FormulaError, Value
from tests.sheets_emulator.masks import Tree, asks, below, keep
from tests.sheets_emulator.worked_out import Shown, blocking

_TYPES = {
    "#REF!": "REF", "#N/A": "N_A", "#NAME?": "NAME", "#VALUE!": "VALUE", "#ERROR!": "ERROR",
    "#DIV/0!": "DIVIDE_BY_ZERO", "#NUM!": "NUM", "#NULL!": "NULL_VALUE",
}  # fmt: skip
_RANGE = re.compile(r"^(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([A-Za-z]*)\$?(\d*)(?::\$?([A-Za-z]*)\$?(\d*))?$")
Window = tuple[Sheet, int, int, int, int]


def describe(book: Book, shown: Shown, mask: Tree, ranges: list[str], grid: bool) -> Json:
    """The reply of spreadsheets.get. With ranges only their sheets, and of these only the cells asked for."""
    windows = [window(book, text) for text in ranges]
    reply: Json = {
        "spreadsheetId": book.id,
        "properties": {"title": book.title, "locale": book.locale, "timeZone": book.zone, "autoRecalc": "ON_CHANGE"},
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    if book.tags:
        reply["developerMetadata"] = book.tags
    if book.names:
        reply["namedRanges"] = book.names
    if asks(mask, "sheets"):
        part = below(mask, "sheets")
        grid = asks(part, "data") if mask else grid
        reply["sheets"] = []
        for index, sheet in enumerate(book.sheets):
            mine = [w for w in windows if w[0] is sheet]
            if not windows or mine:
                reply["sheets"].append(_sheet(sheet, index, shown, mine, part, grid))
    kept: Json = keep({name: value for name, value in reply.items() if name != "sheets"}, mask)
    return kept | ({"sheets": reply["sheets"]} if "sheets" in reply else {})


def _sheet(sheet: Sheet, index: int, shown: Shown, windows: list[Window], mask: Tree, grid: bool) -> Json:
    size = {"rowCount": sheet.rows, "columnCount": sheet.columns}
    properties = {"sheetId": sheet.id, "title": sheet.title, "index": index, "sheetType": "GRID",
                  "gridProperties": size | {k: v for k, v in sheet.grid.items() if v}}  # fmt: skip
    properties |= sheet.properties
    if sheet.hidden:
        properties["hidden"] = True
    reply: Json = {"properties": properties}
    for name, value in (
        ("developerMetadata", sheet.tags), ("conditionalFormats", sheet.rules), ("protectedRanges", sheet.protections),
        ("charts", sheet.charts), ("basicFilter", sheet.filter), ("filterViews", sheet.views), ("merges", sheet.merges),
        ("bandedRanges", sheet.bandings),
    ):  # fmt: skip
        if value:
            reply[name] = value
    reply = keep(reply, mask)
    if grid:
        whole: Window = (sheet, 0, 0, sheet.rows, sheet.columns)
        reply["data"] = [_data(one, shown[sheet.title], below(mask, "data")) for one in windows or [whole]]
    return reply


def _data(where: Window, shown: dict[Place, Value], mask: Tree) -> Json:
    sheet, top, left, bottom, right = where
    data: Json = {}
    if top:
        data["startRow"] = top
    if left:
        data["startColumn"] = left
    if asks(mask, "columnMetadata"):
        data["columnMetadata"] = [_line(sheet.column_shapes, sheet.column_tags, at) for at in range(left, right)]
    if asks(mask, "rowMetadata"):
        data["rowMetadata"] = [_line(sheet.row_shapes, sheet.row_tags, at, 21) for at in range(top, bottom)]
    data = keep(data, mask)
    if asks(mask, "rowData"):
        data["rowData"] = _rows(where, shown, below(mask, "rowData", "values"))
    return data


def _line(shapes: dict[int, Json], tags: dict[int, list[Json]], at: int, pixels: int = 100) -> Json:
    shape: Json = {"pixelSize": pixels} | {k: v for k, v in shapes.get(at, {}).items() if v}
    return shape | ({"developerMetadata": tags[at]} if tags.get(at) else {})


def _rows(where: Window, shown: dict[Place, Value], mask: Tree) -> list[Json]:
    sheet, top, left, bottom, right = where
    wanted: dict[int, dict[int, Json]] = {}
    for place in {*sheet.cells, *shown}:
        row, column = place
        if top <= row < bottom and left <= column < right:
            cell = _cell(sheet, place, shown.get(place), mask)
            wanted.setdefault(row, {})[column] = cell
    rows: list[Json] = []
    for row in range(top, max(wanted, default=top - 1) + 1):
        line = wanted.get(row)
        values = [line.get(at, {}) for at in range(left, max(line) + 1)] if line else []
        rows.append({"values": values} if values else {})
    return rows


def _cell(sheet: Sheet, place: Place, value: Value, mask: Tree) -> Json:
    entered = sheet.cells.get(place, {})
    cell: Json = {}
    if value is not None:
        cell["effectiveValue"] = _extended(sheet, place, value)
        if asks(mask, "formattedValue"):
            cell["formattedValue"] = formatted(value, _kind(entered))
    for name in ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", "textFormatRuns"):
        if name in entered:
            cell[name] = entered[name]
    if "userEnteredFormat" in entered:
        cell["effectiveFormat"] = entered["userEnteredFormat"]
    kept: Json = keep(cell, mask)
    return {name: inner for name, inner in kept.items() if inner not in ({}, None)}


def _extended(sheet: Sheet, place: Place, value: Value) -> Json:
    if isinstance(value, FormulaError):
        error: Json = {"type": _TYPES.get(value.text, "ERROR")}
        if value.text == "#REF!" and "ARRAYFORMULA" in sheet.formula(*place):
            rows = [[None]] * (sheet.rows - place[0])
            where = blocking(sheet, place, rows)  # type: ignore[arg-type]
            error["message"] = f"Array result was not expanded because it would overwrite data in {where}."
        return {"errorValue": error}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"numberValue": value} if isinstance(value, int | float) else {"stringValue": value}


def _kind(cell: Json) -> str:
    return str(cell.get("userEnteredFormat", {}).get("numberFormat", {}).get("type", ""))


def formatted(value: Value, kind: str) -> str:
    """A value as people see it, roughly."""
    if isinstance(value, FormulaError):
        return value.text
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if kind in ("DATE", "DATE_TIME"):
            moment = datetime(1899, 12, 30) + timedelta(days=value)
            return f"{moment:%d/%m/%Y}" if kind == "DATE" else f"{moment:%d/%m/%Y %H:%M:%S}"
        return f"{value:g}" if abs(value) < 1e15 else repr(value)
    return str(value or "")


def window(book: Book, text: str) -> Window:
    """The cells of a range in A1 notation."""
    found = _RANGE.match(text)
    bare = book.titled(text.strip("'").replace("''", "'")) if "!" not in text else None
    if bare is not None:
        return bare, 0, 0, bare.rows, bare.columns
    title = (found[1] or found[2] or "").replace("''", "'") if found else ""
    sheet = book.titled(title) if title else (book.sheets[0] if book.sheets else None)
    if found is None or sheet is None:
        raise invalid(f"Unable to parse range: {text}")
    left, top = _column(found[3]), int(found[4] or 0) - 1
    single = found[5] is None and found[6] is None
    right, bottom = (left, top) if single else (_column(found[5] or ""), int(found[6] or 0) - 1)
    spans = (max(top, 0), max(left, 0), bottom + 1 if bottom >= 0 else sheet.rows,
             right + 1 if right >= 0 else sheet.columns)  # fmt: skip
    if spans[0] >= sheet.rows or spans[1] >= sheet.columns:
        raise invalid(f"Range ({text}) exceeds grid limits. Max rows: {sheet.rows}, max columns: {sheet.columns}")
    return sheet, spans[0], spans[1], min(spans[2], sheet.rows), min(spans[3], sheet.columns)


def _column(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def value_range(book: Book, shown: Shown, text: str, render: str, moments: str, dimension: str) -> Json:
    """The reply of values.get for one range: blanks at the end left out, no `values` for nothing."""
    sheet, top, left, bottom, right = window(book, text)
    rows: list[list[Any]] = []
    values = shown[sheet.title]
    for (row, column), value in values.items():
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
        wide = max(map(len, rows), default=0)
        rows = [[line[at] if at < len(line) else "" for line in rows] for at in range(wide)]
    reply: Json = {"range": f"'{sheet.title}'!A1", "majorDimension": dimension or "ROWS"}
    return reply | ({"values": rows} if rows else {})


def _rendered(sheet: Sheet, place: Place, value: Value, render: str, moments: str) -> Any:
    if render == "FORMULA" and sheet.formula(*place):
        return sheet.formula(*place)
    kind = _kind(sheet.cells.get(place, {}))
    if isinstance(value, FormulaError):
        return value.text
    if render in ("", "FORMATTED_VALUE") or (kind.startswith("DATE") and moments == "FORMATTED_STRING"):
        return formatted(value, kind)
    return value
