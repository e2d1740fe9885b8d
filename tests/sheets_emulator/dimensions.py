"""Rows and columns put in, taken out, moved and sorted, and everything that lies on them going along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sheets_emulator.book import MOST_CELLS, Book, Json, Place, Sheet, invalid
from tests.sheets_emulator.formulas import Edit, adjust, copied
from tests.sheets_emulator.requests import NOW, area, guard
from tests.sheets_emulator.worked_out import worked_out


def insert(book: Book, body: Json) -> None:
    span = body["range"]
    sheet, start, end = _span(book, span, open_end=True)
    size = sheet.rows if span["dimension"] == "ROWS" else sheet.columns
    if start > size:
        raise invalid(f"Invalid requests[0].insertDimension: range.startIndex[{start}] is too large")
    if body.get("inheritFromBefore") and start == 0:
        raise invalid("Invalid requests[0].insertDimension: inheritFromBefore cannot be true if inserting at index 0")
    edit(book, sheet, Edit("insert", sheet.title, span["dimension"], start, end, size=size))
    _inherit(sheet, span["dimension"], start, end, bool(body.get("inheritFromBefore")))
    if book.size > MOST_CELLS:
        raise invalid(
            "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        )


def _inherit(sheet: Sheet, dimension: str, start: int, end: int, before: bool) -> None:
    """New rows and columns take over the formats and dropdowns of the ones beside them."""
    from_ = start - 1 if before else end
    along = 0 if dimension == "ROWS" else 1
    for place, cell in list(sheet.cells.items()):
        if place[along] != from_:
            continue
        shape = {name: cell[name] for name in ("userEnteredFormat", "dataValidation") if name in cell}
        for at in range(start, end):
            if shape:
                sheet.cells[(at, place[1]) if along == 0 else (place[0], at)] = shape


def append(book: Book, body: Json) -> None:
    sheet = book.sheet(body.get("sheetId", 0))
    if body["dimension"] == "ROWS":
        sheet.rows += body["length"]
    else:
        sheet.columns += body["length"]


def delete(book: Book, body: Json) -> None:
    span = body["range"]
    sheet, start, end = _span(book, span)
    size = sheet.rows if span["dimension"] == "ROWS" else sheet.columns
    if end - start >= size:
        raise invalid(f"Invalid requests[0].deleteDimension: You can't delete all the {span['dimension'].lower()}.")
    guard(book, sheet, _area_of(sheet, span["dimension"], start, end))
    edit(book, sheet, Edit("delete", sheet.title, span["dimension"], start, end, size=size))


def move(book: Book, body: Json) -> None:
    span, to = body["source"], body.get("destinationIndex", 0)
    sheet, start, end = _span(book, span)
    size = sheet.rows if span["dimension"] == "ROWS" else sheet.columns
    if to > size:
        raise invalid(f"Invalid requests[0].moveDimension: destinationIndex[{to}] is after last {span['dimension']}")
    if start < to < end:
        return
    edit(book, sheet, Edit("move", sheet.title, span["dimension"], start, end, to, size))


def shape(book: Book, body: Json) -> None:
    span = body["range"]
    sheet, start, end = _span(book, span)
    shapes = sheet.row_shapes if span["dimension"] == "ROWS" else sheet.column_shapes
    names = body["fields"].split(",")
    for at in range(start, end):
        given = body["properties"]
        shapes[at] = shapes.get(at, {}) | {name: given.get(name) for name in (given if names == ["*"] else names)}


def sort_range(book: Book, body: Json) -> None:
    sheet, (top, left, bottom, right) = area(book, body["range"])
    shown = worked_out(book, NOW())[sheet.title]
    rows = list(range(top, bottom))
    for spec in reversed(body.get("sortSpecs", [])):
        at = spec.get("dimensionIndex", 0)
        filled = [row for row in rows if shown.get((row, at)) not in (None, "")]
        filled.sort(key=lambda row: _rank(shown[row, at]), reverse=spec.get("sortOrder") == "DESCENDING")
        rows = filled + [row for row in rows if row not in set(filled)]
    sort_as(sheet, rows, top, left, right)


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


def _rank(value: Any) -> tuple[int, Any]:
    if isinstance(value, bool):
        return 2, value
    if isinstance(value, int | float):
        return 0, value
    return 1, str(value).casefold()


def _span(book: Book, span: Json, open_end: bool = False) -> tuple[Sheet, int, int]:
    sheet = book.sheet(span.get("sheetId", 0))
    size = sheet.rows if span["dimension"] == "ROWS" else sheet.columns
    start, end = span.get("startIndex", 0), span.get("endIndex", size)
    if start >= end or (end > size and not open_end):
        raise invalid(f"Cannot use a range outside of the grid: [{start}, {end}) of {size} {span['dimension']}")
    return sheet, start, end


def _area_of(sheet: Sheet, dimension: str, start: int, end: int) -> tuple[int, int, int, int]:
    return (start, 0, end, sheet.columns) if dimension == "ROWS" else (0, start, sheet.rows, end)


def edit(book: Book, sheet: Sheet, change: Edit) -> None:
    """Carry out an edit: cells, tags, shapes, ranges and every formula that refers to them."""
    rows = change.dimension == "ROWS"
    cells: dict[Place, Json] = {}
    for (row, column), cell in sheet.cells.items():
        to = change.place(row if rows else column)
        if to is not None:
            cells[(to, column) if rows else (row, to)] = cell
    sheet.cells = cells
    names = ("row_tags", "row_shapes") if rows else ("column_tags", "column_shapes")
    for name in names:
        kept = {change.place(at): held for at, held in getattr(sheet, name).items()}
        setattr(sheet, name, {at: held for at, held in kept.items() if at is not None})
    count = change.end - change.start
    grown = {"insert": count, "delete": -count, "move": 0}[change.kind]
    if rows:
        sheet.rows += grown
    else:
        sheet.columns += grown
    _frozen(sheet, change, "frozenRowCount" if rows else "frozenColumnCount")
    _ranges(book, sheet, change)
    for other in book.sheets:
        for place, cell in list(other.cells.items()):
            text = cell.get("userEnteredValue", {}).get("formulaValue")
            if text and (new := adjust(text, other.title, change)) != text:
                other.cells[place] = cell | {"userEnteredValue": {"formulaValue": new}}


def _frozen(sheet: Sheet, change: Edit, name: str) -> None:
    frozen = sheet.grid.get(name, 0)
    if frozen and change.kind == "insert" and change.start < frozen:
        sheet.grid[name] = frozen + change.end - change.start
    elif frozen and change.kind == "delete":
        sheet.grid[name] = frozen - len([at for at in range(change.start, change.end) if at < frozen])
    elif frozen and change.kind == "move":
        stay = len([at for at in range(frozen) if not change.start <= at < change.end])
        sheet.grid[name] = frozen if change.destination <= frozen else stay


def _ranges(book: Book, sheet: Sheet, change: Edit) -> None:
    move: Callable[[Json], bool] = lambda where: where.get("sheetId", 0) != sheet.id or _follow(where, change)  # noqa: E731
    for rule in sheet.rules:
        rule["ranges"] = [where for where in rule["ranges"] if move(where)]
        for value in rule.get("booleanRule", {}).get("condition", {}).get("values", []):
            if str(value.get("userEnteredValue", "")).startswith("="):
                value["userEnteredValue"] = adjust(value["userEnteredValue"], sheet.title, change)
    sheet.rules = [rule for rule in sheet.rules if rule["ranges"]]
    sheet.protections = [one for one in sheet.protections if move(one["range"])]
    sheet.merges = [one for one in sheet.merges if move(one)]
    sheet.views = [one for one in sheet.views if move(one["range"])]
    sheet.bandings = [one for one in sheet.bandings if move(one["range"])]
    if sheet.filter and not move(sheet.filter["range"]):
        sheet.filter = None
    book.names = [one for one in book.names if move(one["range"])]
    for tag in (tag for tags in sheet.column_tags.values() for tag in tags):
        at = next(at for at, tags in sheet.column_tags.items() if tag in tags)
        tag["location"]["dimensionRange"] |= {"startIndex": at, "endIndex": at + 1}


def _follow(where: Json, change: Edit) -> bool:
    """Move a range along with an edit; False when nothing of it is left."""
    start, end = (
        ("startRowIndex", "endRowIndex") if change.dimension == "ROWS" else ("startColumnIndex", "endColumnIndex")
    )
    if start not in where and end not in where:
        return True
    first, last = where.get(start, 0), where.get(end)
    if last is None:
        to = change.place(first)
        where[start] = change.start if to is None else to
        return True
    left = [to for at in range(first, last) if (to := change.place(at)) is not None]
    if not left:
        return False
    where[start], where[end] = min(left), max(left) + 1
    return True
