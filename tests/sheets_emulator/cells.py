"""The requests of a batchUpdate on cells: each changes a Book or raises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from tests.sheets_emulator import looks
from tests.sheets_emulator.book import Book, Json, Place, Sheet, invalid
from tests.sheets_emulator.formulas import FormulaError, Value, copied
from tests.sheets_emulator.masks import changed, changes
from tests.sheets_emulator.ranges import area, guard, overlap
from tests.sheets_emulator.worked_out import worked_out

USER_FIELDS = ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", "textFormatRuns")
MOST_LETTERS = 50_000
_PASTED = {
    "PASTE_FORMAT": ("userEnteredFormat", "dataValidation"),
    "PASTE_FORMULA": ("userEnteredValue",),
    "PASTE_DATA_VALIDATION": ("dataValidation",),
    "PASTE_NORMAL": USER_FIELDS,
}


def update(book: Book, body: Json) -> None:
    rows, fields = body.get("rows", []), _fields(body)
    if "start" in body:
        start = body["start"]
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        wide = max((len(row.get("values", [])) for row in rows), default=0)
        where = {"sheetId": start.get("sheetId", 0), "startRowIndex": top, "endRowIndex": top + max(len(rows), 1),
                 "startColumnIndex": left, "endColumnIndex": left + max(wide, 1)}  # fmt: skip
    elif "range" in body:
        where = body["range"]
    else:
        raise invalid("Must specify start or range.")
    sheet, (top, left, bottom, right) = area(book, where)
    guard(book, sheet, (top, left, bottom, right))
    if len(rows) > bottom - top:
        raise invalid(f"Attempting to write row: {bottom}, beyond the last requested row of: {bottom - 1}")
    given = {(top + i, left + j): data for i, row in enumerate(rows) for j, data in enumerate(row.get("values", []))}
    if any(column >= right for _, column in given):
        raise invalid(f"Attempting to write column: {right}, beyond the last requested column of: {right - 1}")
    # From `start` only what is given changes; in a `range` the rest of it is cleared of what the mask names.
    places = set(given)
    if "range" in body:
        places |= {place for place in sheet.cells if top <= place[0] < bottom and left <= place[1] < right}
    for place in places:
        _put(sheet, place, given.get(place, {}), fields)


def repeat(book: Book, body: Json) -> None:
    sheet, span = area(book, body["range"])
    guard(book, sheet, span)
    fields = _fields(body)
    for place in _each(span):
        _put(sheet, place, body.get("cell", {}), fields)


def append(book: Book, body: Json) -> None:
    sheet, rows, fields = book.sheet(body.get("sheetId", 0)), body.get("rows", []), _fields(body)
    first = max((place[0] for place in sheet.cells if sheet.entered(*place)), default=-1) + 1
    sheet.rows = max(sheet.rows, first + len(rows))
    sheet.columns = max(sheet.columns, *(len(row.get("values", [])) for row in rows), 1)
    book.fits()
    guard(book, sheet, (first, 0, first + len(rows), sheet.columns))
    for i, row in enumerate(rows):
        for j, data in enumerate(row.get("values", [])):
            _put(sheet, (first + i, j), data, fields)


def _fields(body: Json) -> list[list[str]]:
    paths = changes(body, "CellData")
    for path in paths:
        if path != ["*"] and path[0] not in USER_FIELDS:
            raise invalid(f"The emulator does not write {path[0]}.")
    return paths


def _put(sheet: Sheet, place: Place, data: Json, fields: list[list[str]]) -> None:
    cell = changed(sheet.cells.get(place, {}), data, fields, USER_FIELDS)
    if "userEnteredFormat" in cell:
        cell["userEnteredFormat"] = looks.stored(cell["userEnteredFormat"])
    value = cell.get("userEnteredValue", {})
    if any(isinstance(text, str) and len(text) > MOST_LETTERS for text in value.values()):
        raise invalid("Your input contains more than the maximum of 50000 characters in a single cell.")
    if "errorValue" in value or ("formulaValue" in value and not str(value["formulaValue"]).startswith("=")):
        raise invalid("Invalid userEnteredValue: a formula starts with =, and errors are never entered.")
    sheet.set(place, cell)


def _each(span: tuple[int, int, int, int]) -> Iterator[Place]:
    top, left, bottom, right = span
    return ((row, column) for row in range(top, bottom) for column in range(left, right))


# ── Copied, cut, replaced ────────────────────────────────────────────────────────────────────────────────────────────


def copy_paste(book: Book, body: Json) -> None:
    """A destination that is a multiple of the source is filled; any other is as large as the source."""
    if body.get("pasteOrientation", "NORMAL") != "NORMAL":
        raise invalid("The emulator does not support pasteOrientation TRANSPOSE.")
    source, span = area(book, body["source"])
    tall, wide = span[2] - span[0], span[3] - span[1]
    target = book.sheet(body["destination"].get("sheetId", 0))
    top, left = body["destination"].get("startRowIndex", 0), body["destination"].get("startColumnIndex", 0)
    rows = body["destination"].get("endRowIndex", target.rows) - top
    columns = body["destination"].get("endColumnIndex", target.columns) - left
    down, across = (rows // tall, columns // wide) if rows % tall == 0 == columns % wide else (1, 1)
    down, across = max(down, 1), max(across, 1)
    to = {"sheetId": target.id, "startRowIndex": top, "endRowIndex": top + tall * down,
          "startColumnIndex": left, "endColumnIndex": left + wide * across}  # fmt: skip
    guard(book, *area(book, to))
    _paste(book, source, span, target, (top, left, down, across), body.get("pasteType", "PASTE_NORMAL"))


def _paste(
    book: Book, source: Sheet, span: tuple[int, int, int, int], target: Sheet, to: tuple[int, int, int, int], kind: str
) -> None:
    shown = worked_out(book, book.now or datetime.now())[source.title] if kind == "PASTE_VALUES" else {}
    tall, wide = span[2] - span[0], span[3] - span[1]
    old = dict(source.cells)
    top, left, down, across = to
    for row, column in _each((0, 0, tall * down, wide * across)):
        from_ = span[0] + row % tall, span[1] + column % wide
        place = top + row, left + column
        cell = target.cells.get(place, {})
        if kind == "PASTE_VALUES":
            cell = cell | {"userEnteredValue": _value(shown.get(from_))}
        elif kind in _PASTED:
            new = _shifted(old.get(from_, {}), place[0] - from_[0], place[1] - from_[1])
            cell = cell | {name: new.get(name) for name in _PASTED[kind]}
        else:
            raise invalid(f"The emulator does not support pasteType {kind}")
        target.set(place, cell)


def _shifted(cell: Json, down: int, right: int) -> Json:
    text = cell.get("userEnteredValue", {}).get("formulaValue")
    return cell | {"userEnteredValue": {"formulaValue": copied(text, down, right)}} if text else cell


def _value(value: Value) -> Json | None:
    """A value as it stands in a cell that it is pasted into. An error stays one only as text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": value}
    return {"stringValue": value.text if isinstance(value, FormulaError) else value}


def cut_paste(book: Book, body: Json) -> None:
    """Move cells; formulas keep what they refer to. Those elsewhere that refer to the moved cells do not follow."""
    source, span = area(book, body["source"])
    to = body["destination"]
    target, top, left = book.sheet(to.get("sheetId", 0)), to.get("rowIndex", 0), to.get("columnIndex", 0)
    where = {"sheetId": target.id, "startRowIndex": top, "endRowIndex": top + span[2] - span[0],
             "startColumnIndex": left, "endColumnIndex": left + span[3] - span[1]}  # fmt: skip
    _, over = area(book, where)
    if body.get("pasteType", "PASTE_NORMAL") != "PASTE_NORMAL":
        raise invalid(f"The emulator does not support pasteType {body['pasteType']}")
    guard(book, source, span)
    guard(book, target, over)
    taken = {place: source.cells.pop(place, {}) for place in _each(span)}
    for (row, column), cell in taken.items():
        target.set((top + row - span[0], left + column - span[1]), cell)


def set_validation(book: Book, body: Json) -> None:
    sheet, span = area(book, body["range"])
    guard(book, sheet, span)
    for place in _each(span):
        sheet.set(place, sheet.cells.get(place, {}) | {"dataValidation": body.get("rule")})


def find_replace(book: Book, body: Json) -> Json:
    """Text in constants; `searchByRegex` and `includeFormulas` are refused."""
    if body.get("searchByRegex") or body.get("includeFormulas"):
        raise invalid("The emulator does not support searchByRegex and includeFormulas.")
    if "range" in body:
        sheet, span = area(book, body["range"])
        spans = [(sheet, span)]
    else:
        sheets = book.sheets if body.get("allSheets") else [book.sheet(body.get("sheetId", 0))]
        spans = [(sheet, (0, 0, sheet.rows, sheet.columns)) for sheet in sheets]
    case = 0 if body.get("matchCase") else re.IGNORECASE
    text = re.escape(body.get("find", ""))
    pattern = re.compile(f"^{text}$" if body.get("matchEntireCell") else text, case)
    counted = {"rowsChanged": set(), "sheetsChanged": set(), "valuesChanged": set()}  # type: ignore[var-annotated]
    times = 0
    for sheet, span in spans:
        guard(book, sheet, span)
        for place in [place for place in sheet.cells if overlap((*place, place[0] + 1, place[1] + 1), span)]:
            old = sheet.entered(*place).get("stringValue")
            new, found = pattern.subn(lambda _: body.get("replacement", ""), old) if old else (old, 0)
            if found:
                times += found
                sheet.set(place, sheet.cells[place] | {"userEnteredValue": {"stringValue": new} if new else None})
                counted["rowsChanged"].add((sheet.id, place[0]))
                counted["sheetsChanged"].add(sheet.id)
                counted["valuesChanged"].add((sheet.id, place))
    return {"findReplace": {name: len(things) for name, things in counted.items() if things} | (
        {"occurrencesChanged": times} if times else {})}  # fmt: skip
