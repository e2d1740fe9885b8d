"""The requests of a batchUpdate on whole sheets, and on the spreadsheet itself."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Literal

from tests.sheets_emulator import looks, tags
from tests.sheets_emulator.book import Book, Json, Sheet, free_number, invalid
from tests.sheets_emulator.charts import forget_sheet
from tests.sheets_emulator.dimensions import edit
from tests.sheets_emulator.formulas import Edit, delete_sheet, rename
from tests.sheets_emulator.masks import changes
from tests.sheets_emulator.ranges import guard
from tests.sheets_emulator.replies import properties_of

_COLOURS = ("tabColor", "tabColorStyle", "rightToLeft")


def made(book: Book, properties: Json) -> Sheet:
    """A new sheet by its properties, not yet in the book. Raises ApiError for a title or id that is taken."""
    if properties.get("sheetType", "GRID") != "GRID":
        raise invalid(f"The emulator does not support sheetType {properties['sheetType']}.")
    title = properties.get("title") or _free(book, f"Sheet{len(book.sheets) + 1}")
    _free_title(book, title, None)
    id = properties.get("sheetId", free_number())
    if any(sheet.id == id for sheet in book.sheets):
        raise invalid(f"Sheet with id {id} already exists.")
    if id < 0:
        raise invalid(f"sheetId {id} is negative.")
    grid = dict(properties.get("gridProperties", {}))
    rows, columns = grid.pop("rowCount", 1000), grid.pop("columnCount", 26)
    _sized(rows, columns)
    sheet = Sheet(id, title, rows, columns, properties.get("hidden", False), grid)
    sheet.properties = looks.stored({name: value for name, value in properties.items() if name in _COLOURS})
    return sheet


def add(book: Book, body: Json) -> Json:
    properties = body.get("properties", {})
    sheet = made(book, properties)
    at = properties.get("index", len(book.sheets))
    if not 0 <= at <= len(book.sheets):
        raise invalid(f"Sheet index {at} is outside of [0, {len(book.sheets)}].")
    book.sheets.insert(at, sheet)
    book.fits()
    return {"addSheet": {"properties": properties_of(sheet, at)}}


def _free(book: Book, title: str) -> str:
    number = 2
    while book.titled(title):
        title, number = f"Sheet{len(book.sheets) + number}", number + 1
    return title


def _sized(rows: int, columns: int) -> None:
    if rows < 1 or columns < 1 or columns > 18_278:
        raise invalid(f"A grid cannot have {rows} rows and {columns} columns.")


def _free_title(book: Book, title: str, own: Sheet | None) -> None:
    if any(sheet.title.casefold() == title.casefold() for sheet in book.sheets if sheet is not own):
        raise invalid(f'A sheet with the name "{title}" already exists. Please enter another name.')


def delete(book: Book, body: Json) -> None:
    sheet = book.sheet(body.get("sheetId", 0))
    guard(book, sheet, (0, 0, sheet.rows, sheet.columns))
    if len(book.sheets) == 1:
        raise invalid("You can't remove all the sheets in a document.")
    if all(one.hidden for one in book.sheets if one is not sheet):
        raise invalid("You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    book.names = [one for one in book.names if one["range"].get("sheetId", 0) != sheet.id]
    forget_sheet(book, sheet.id)
    _each_formula(book, lambda text: delete_sheet(text, sheet.title))


def update(book: Book, body: Json) -> None:
    properties = body.get("properties", {})
    id = properties.get("sheetId", 0)
    if not any(sheet.id == id for sheet in book.sheets):
        raise invalid(f"No sheet with id: {id}")
    sheet = book.sheet(id)
    grid = properties.get("gridProperties", {})
    for path in changes(body, "SheetProperties"):
        for name in ("title", "hidden", "index", "gridProperties", *_COLOURS) if path == ["*"] else [path[0]]:
            if name == "gridProperties":
                for key in path[1:] or list(grid):
                    _set_grid(book, sheet, key, grid.get(key, 0))
            elif path != ["*"] or name in properties:
                _set(book, sheet, name, properties)
    book.fits()


def _set(book: Book, sheet: Sheet, name: str, properties: Json) -> None:
    if name == "title":
        retitle(book, sheet, properties.get("title", ""))
    elif name == "hidden":
        sheet.hidden = properties.get("hidden", False)
        if all(one.hidden for one in book.sheets):
            raise invalid("You can't hide all the sheets in a document.")
    elif name == "index":
        _reorder(book, sheet, properties.get("index", len(book.sheets)))
    elif name in _COLOURS:
        for one in _COLOURS[:2] if name != "rightToLeft" else ("rightToLeft",):
            sheet.properties.pop(one, None)
        given = looks.stored({name: properties[name]}) if name in properties else {}
        sheet.properties |= {one: value for one, value in given.items() if value}
    elif name != "sheetId":
        raise invalid(f"The emulator does not set {name} of a sheet.")


def _reorder(book: Book, sheet: Sheet, to: int) -> None:
    """Google counts the new place among the sheets as they are before the move."""
    at = book.sheets.index(sheet)
    if not 0 <= to <= len(book.sheets):
        raise invalid(f"Sheet index {to} is outside of [0, {len(book.sheets)}].")
    if to not in (at, at + 1):
        book.sheets.remove(sheet)
        book.sheets.insert(to - (to > at), sheet)


def retitle(book: Book, sheet: Sheet, title: str) -> None:
    """A new title; formulas that name the sheet follow."""
    if not title:
        raise invalid("A sheet needs a title.")
    _free_title(book, title, sheet)
    old, sheet.title = sheet.title, title
    _each_formula(book, lambda text: rename(text, old, title))


def _set_grid(book: Book, sheet: Sheet, key: str, value: Any) -> None:
    if key in ("rowCount", "columnCount"):
        dimension: Literal["ROWS", "COLUMNS"] = "ROWS" if key == "rowCount" else "COLUMNS"
        _sized(*((value, 1) if dimension == "ROWS" else (1, value)))
        size = sheet.rows if dimension == "ROWS" else sheet.columns
        if value < size:
            span = (value, 0, size, sheet.columns) if dimension == "ROWS" else (0, value, sheet.rows, size)
            guard(book, sheet, span)
            edit(book, sheet, Edit("delete", sheet.title, dimension, value, size, size=size))
        elif dimension == "ROWS":
            sheet.rows = value
        else:
            sheet.columns = value
        return
    sheet.grid[key] = value
    if sheet.grid.get("frozenRowCount", 0) >= sheet.rows:
        raise invalid("You can't freeze all visible rows on the sheet.")
    if sheet.grid.get("frozenColumnCount", 0) >= sheet.columns:
        raise invalid("You can't freeze all visible columns on the sheet.")


def _each_formula(book: Book, change: Callable[[str], str]) -> None:
    for sheet in book.sheets:
        for place, cell in list(sheet.cells.items()):
            text = cell.get("userEnteredValue", {}).get("formulaValue")
            if text and (new := change(text)) != text:
                sheet.cells[place] = cell | {"userEnteredValue": {"formulaValue": new}}


def update_spreadsheet(book: Book, body: Json) -> None:
    properties = body.get("properties", {})
    for path in changes(body, "SpreadsheetProperties"):
        for name in ("title", "locale", "timeZone") if path == ["*"] else [path[0]]:
            if name not in ("title", "locale", "timeZone"):
                raise invalid(f"The emulator does not set {name} of a spreadsheet.")
            if name in properties:
                setattr(book, {"timeZone": "zone"}.get(name, name), properties[name])


def duplicate(book: Book, body: Json) -> Json:
    source = book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or _copy_title(book, source.title)
    _free_title(book, title, None)
    id = body.get("newSheetId", free_number())
    if any(sheet.id == id for sheet in book.sheets):
        raise invalid(f"Sheet with id {id} already exists.")
    copied = copy.deepcopy(source)
    copied.id, copied.title, copied.charts = id, title, []
    numbers = {"protections": "protectedRangeId", "views": "filterViewId", "bandings": "bandedRangeId"}
    for name, key in numbers.items():
        for thing in getattr(copied, name):
            thing[key] = free_number()
            thing["range"]["sheetId"] = id
    for where in (where for rule in copied.rules for where in rule["ranges"]):
        where["sheetId"] = id
    for where in [*copied.merges, *([copied.filter["range"]] if copied.filter else [])]:
        where["sheetId"] = id
    tags.renumber(copied)
    at = body.get("insertSheetIndex", 0)
    book.sheets.insert(at, copied)
    book.fits()
    return {"duplicateSheet": {"properties": properties_of(copied, at)}}


def _copy_title(book: Book, title: str) -> str:
    made, number = f"Copy of {title}", 2
    while book.titled(made):
        made, number = f"Copy of {title} {number}", number + 1
    return made
