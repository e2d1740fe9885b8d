"""Rows and columns put in, taken out, moved, sized and sorted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.sheets_emulator.book import Book, Json, Place, Sheet, invalid
from tests.sheets_emulator.follow import follow
from tests.sheets_emulator.formulas import Edit, copied
from tests.sheets_emulator.masks import changed, changes
from tests.sheets_emulator.ranges import Area, area, guard
from tests.sheets_emulator.worked_out import worked_out

_LINE = {"ROWS": "row", "COLUMNS": "column"}


def edit(book: Book, sheet: Sheet, change: Edit) -> None:
    """Carry out an edit: cells, and everything that lies on them or refers to them."""
    rows = change.dimension == "ROWS"
    cells: dict[Place, Json] = {}
    for (row, column), cell in sheet.cells.items():
        to = change.place(row if rows else column)
        if to is not None:
            cells[(to, column) if rows else (row, to)] = cell
    sheet.cells = cells
    grown = {"insert": 1, "delete": -1, "move": 0}[change.kind] * (change.end - change.start)
    if rows:
        sheet.rows += grown
    else:
        sheet.columns += grown
    follow(book, sheet, change)


def insert(book: Book, body: Json) -> None:
    sheet, dimension, start, end, size = _span(book, body.get("range", {}), past_the_end=True)
    before = body.get("inheritFromBefore", False)
    if start > size:
        raise invalid(f"range.startIndex[{start}] is too large. The grid has {size} {dimension.lower()}.")
    if before and start == 0:
        raise invalid("inheritFromBefore cannot be true if inserting at index 0")
    edit(book, sheet, Edit("insert", sheet.title, dimension, start, end, size=size))
    _inherit(sheet, dimension, start, end, before)
    book.fits()


def _inherit(sheet: Sheet, dimension: str, start: int, end: int, before: bool) -> None:
    """New rows and columns take over the formats and dropdowns of the ones beside them."""
    from_ = start - 1 if before else end
    along = 0 if dimension == "ROWS" else 1
    for place, cell in list(sheet.cells.items()):
        shape: Json = {name: cell[name] for name in ("userEnteredFormat", "dataValidation") if name in cell}
        if place[along] == from_ and shape:
            for at in range(start, end):
                sheet.cells[(at, place[1]) if along == 0 else (place[0], at)] = shape
    shapes = sheet.row_shapes if dimension == "ROWS" else sheet.column_shapes
    size = {name: value for name, value in shapes.get(from_, {}).items() if name in ("pixelSize", "hiddenByUser")}
    if size:
        shapes |= {at: dict(size) for at in range(start, end)}


def append(book: Book, body: Json) -> None:
    sheet, length = book.sheet(body.get("sheetId", 0)), body.get("length", 0)
    if length < 1:
        raise invalid("length must be greater than 0")
    if body.get("dimension") == "ROWS":
        sheet.rows += length
    elif body.get("dimension") == "COLUMNS":
        sheet.columns += length
    else:
        raise invalid("dimension must be specified")
    book.fits()


def delete(book: Book, body: Json) -> None:
    sheet, dimension, start, end, size = _span(book, body.get("range", {}))
    if end - start >= size:
        raise invalid(f"You can't delete all the {dimension.lower()} on the sheet.")
    frozen = sheet.grid.get("frozenRowCount" if dimension == "ROWS" else "frozenColumnCount", 0)
    if start <= frozen and end == size:
        raise invalid(f"Sorry, it is not possible to delete all non-frozen {dimension.lower()}.")
    guard(book, sheet, _strip(sheet, dimension, start, end))
    edit(book, sheet, Edit("delete", sheet.title, dimension, start, end, size=size))


def move(book: Book, body: Json) -> None:
    sheet, dimension, start, end, size = _span(book, body.get("source", {}))
    to = body.get("destinationIndex", 0)
    if not 0 <= to <= size:
        raise invalid(f"destinationIndex[{to}] is after last {_LINE[dimension]} in grid[{size}]")
    if start < to < end:
        raise invalid(f"destinationIndex[{to}] is inside of the source [{start}, {end})")
    guard(book, sheet, _strip(sheet, dimension, start, end))
    if to not in (start, end):
        edit(book, sheet, Edit("move", sheet.title, dimension, start, end, to, size))


def shape(book: Book, body: Json) -> None:
    sheet, dimension, start, end, _ = _span(book, body.get("range", {}))
    shapes = sheet.row_shapes if dimension == "ROWS" else sheet.column_shapes
    paths = changes(body, "DimensionProperties")
    if any(path[0] not in ("*", "pixelSize", "hiddenByUser") for path in paths):
        raise invalid("The emulator sets pixelSize and hiddenByUser only.")
    for at in range(start, end):
        shapes[at] = changed(shapes.get(at, {}), body.get("properties", {}), paths, ("pixelSize", "hiddenByUser"))


def sort_range(book: Book, body: Json) -> None:
    sheet, span = area(book, body.get("range", {}))
    guard(book, sheet, span)
    top, left, bottom, right = span
    shown = worked_out(book, book.now or datetime.now())[sheet.title]
    rows = list(range(top, bottom))
    for spec in reversed(body.get("sortSpecs", [])):
        at = spec.get("dimensionIndex", 0)
        if not left <= at < right:
            raise invalid(f"dimensionIndex[{at}] is outside of the range")
        rows = in_order(rows, {row: shown.get((row, at)) for row in rows}, spec.get("sortOrder") == "DESCENDING")
    sort_as(sheet, rows, top, left, right)


def in_order(rows: list[int], values: dict[int, Any], descending: bool) -> list[int]:
    """Rows sorted by their values as Sheets does: numbers, text, truths; blanks always last, equals as they were."""
    filled = [row for row in rows if values[row] not in (None, "")]
    filled.sort(key=lambda row: _rank(values[row]), reverse=descending)
    blank = set(rows) - set(filled)
    return filled + [row for row in rows if row in blank]


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    return (0, value) if isinstance(value, int | float) else (1, str(value).casefold())


def sort_as(sheet: Sheet, order: list[int], top: int, left: int, right: int) -> None:
    """Put rows (as they were) into an order from `top` on, within some columns; formulas go along as in a copy."""
    old = dict(sheet.cells)
    for to, row in enumerate(order, start=top):
        for column in range(left, right):
            cell = old.get((row, column), {})
            text = cell.get("userEnteredValue", {}).get("formulaValue")
            if text:
                cell = cell | {"userEnteredValue": {"formulaValue": copied(text, to - row, 0)}}
            sheet.set((to, column), cell)


def _span(book: Book, span: Json, past_the_end: bool = False) -> tuple[Sheet, Any, int, int, int]:
    """Sheet, dimension, first, end and the size of the grid along it."""
    sheet, dimension = book.sheet(span.get("sheetId", 0)), span.get("dimension")
    if dimension not in _LINE:
        raise invalid("dimension must be specified")
    size = sheet.rows if dimension == "ROWS" else sheet.columns
    start, end = span.get("startIndex", 0), span.get("endIndex", size)
    if start < 0 or start >= end:
        raise invalid(f"range.endIndex[{end}] must be greater than range.startIndex[{start}]")
    if end > size and not past_the_end:
        line = _LINE[dimension]
        raise invalid(
            f"Cannot use a {line} that doesn't exist. Tried {line} index {end - 1} but there are only {size} {line}s: "
            f"Range exceeds grid limits. Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )
    return sheet, dimension, start, end, size


def _strip(sheet: Sheet, dimension: str, start: int, end: int) -> Area:
    return (start, 0, end, sheet.columns) if dimension == "ROWS" else (0, start, sheet.rows, end)
