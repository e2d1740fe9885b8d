"""A Book as spreadsheets.get describes it. What Google leaves out of its replies is left out: false, "", empty things,
and the id of a sheet 0 in a range (though not in its properties)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from tests.sheets_emulator.book import Book, Json, Place, Sheet
from tests.sheets_emulator.formulas import FormulaError, Value
from tests.sheets_emulator.masks import Tree, asks, below, keep
from tests.sheets_emulator.ranges import Area, window
from tests.sheets_emulator.worked_out import Explained, Shown

_TYPES = {
    "#REF!": "REF", "#N/A": "N_A", "#NAME?": "NAME", "#VALUE!": "VALUE", "#ERROR!": "ERROR",
    "#DIV/0!": "DIVIDE_BY_ZERO", "#NUM!": "NUM", "#NULL!": "NULL_VALUE",
}  # fmt: skip
_LINK = re.compile(r'^=HYPERLINK\("([^"]*)"', re.IGNORECASE)
_FIELDS = (
    "userEnteredValue", "effectiveValue", "formattedValue", "userEnteredFormat", "effectiveFormat", "hyperlink", "note",
    "textFormatRuns", "dataValidation",
)  # fmt: skip
_SHADES = {"red": 1, "green": 1, "blue": 1}
_DEFAULT_FORMAT = {
    "backgroundColor": _SHADES,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {}, "fontFamily": "arial,sans,sans-serif", "fontSize": 10, "bold": False, "italic": False,
        "strikethrough": False, "underline": False, "foregroundColorStyle": {"rgbColor": {}},
    },
    "backgroundColorStyle": {"rgbColor": _SHADES},
}  # fmt: skip


def describe(book: Book, shown: Shown, mask: Tree, ranges: list[str], grid: bool) -> Json:
    """The reply of spreadsheets.get. With ranges only their sheets, and of these only the cells asked for. A mask alone
    says whether there are cells, without one `grid` does."""
    windows = [window(book, text) for text in ranges]
    zone = {"title": book.title, "locale": book.locale, "autoRecalc": "ON_CHANGE", "timeZone": book.zone}
    reply: Json = {
        "spreadsheetId": book.id,
        "properties": zone | {"defaultFormat": _DEFAULT_FORMAT},
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
            mine = [span for one, span in windows if one is sheet]
            if not windows or mine:
                reply["sheets"].append(_sheet(sheet, index, shown, mine, part, grid))
    kept: Json = keep(sent(reply), mask)
    return kept


def sent(value: Any) -> Any:
    """A reply, not masked yet, as Google writes it: ranges on the sheet 0 don't say so. Cells hold no ranges, so these
    are passed by."""
    if isinstance(value, list):
        return [sent(item) for item in value]
    if not isinstance(value, dict):
        return value
    # These three have an id of their own sheet, everything else that has one is a range or a place.
    own = "gridProperties" in value or "sheetType" in value or "locationType" in value
    return {
        name: inner if name in ("rowData", "defaultFormat") else sent(inner)
        for name, inner in value.items()
        if own or name != "sheetId" or inner != 0
    }


def properties_of(sheet: Sheet, index: int) -> Json:
    """SheetProperties."""
    size = {"rowCount": sheet.rows, "columnCount": sheet.columns} | {k: v for k, v in sheet.grid.items() if v}
    made: Json = {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": size,
    }
    made |= {name: value for name, value in sheet.properties.items() if value not in (None, False)}
    return made | ({"hidden": True} if sheet.hidden else {})


def _sheet(sheet: Sheet, index: int, shown: Shown, spans: list[Area], mask: Tree, grid: bool) -> Json:
    reply: Json = {"properties": properties_of(sheet, index)}
    for name, value in (
        ("developerMetadata", sheet.tags), ("conditionalFormats", sheet.rules), ("protectedRanges", sheet.protections),
        ("charts", sheet.charts), ("basicFilter", sheet.filter), ("filterViews", sheet.views), ("merges", sheet.merges),
        ("bandedRanges", sheet.bandings),
    ):  # fmt: skip
        if value:
            reply[name] = value
    if grid:
        spans = spans or [(0, 0, sheet.rows, sheet.columns)]
        reply["data"] = [_data(sheet, span, shown[sheet.title], below(mask, "data")) for span in spans]
    return reply


def _data(sheet: Sheet, span: Area, shown: dict[Place, Value], mask: Tree) -> Json:
    top, left, bottom, right = span
    data: Json = ({"startRow": top} if top else {}) | ({"startColumn": left} if left else {})
    if asks(mask, "rowData"):
        rows = _rows(sheet, span, shown, below(mask, "rowData", "values"))
        data |= {"rowData": rows} if rows else {}
    if asks(mask, "rowMetadata"):
        data["rowMetadata"] = [_line(sheet.row_shapes, sheet.row_tags, at, 21) for at in range(top, bottom)]
    if asks(mask, "columnMetadata"):
        data["columnMetadata"] = [_line(sheet.column_shapes, sheet.column_tags, at, 100) for at in range(left, right)]
    return data


def _line(shapes: dict[int, Json], tags: dict[int, list[Json]], at: int, pixels: int) -> Json:
    shape: Json = {"pixelSize": pixels} | {name: value for name, value in shapes.get(at, {}).items() if value}
    return shape | ({"developerMetadata": tags[at]} if tags.get(at) else {})


def _rows(sheet: Sheet, span: Area, shown: dict[Place, Value], mask: Tree) -> list[Json]:
    top, left, bottom, right = span
    wanted: dict[int, dict[int, Json]] = {}
    for place in {*sheet.cells, *shown}:
        row, column = place
        if top <= row < bottom and left <= column < right:
            wanted.setdefault(row, {})[column] = _cell(sheet, place, shown.get(place), mask)
    rows: list[Json] = []
    for row in range(top, max(wanted, default=top - 1) + 1):
        line = wanted.get(row)
        values = [line.get(at, {}) for at in range(left, max(line) + 1)] if line else []
        rows.append({"values": values} if values else {})
    return rows


def _cell(sheet: Sheet, place: Place, value: Value, mask: Tree) -> Json:
    """A cell's fields that a mask asks for, without those that it leaves empty."""
    entered = sheet.cells.get(place, {})
    look = number_format(entered)
    cell: Json = {}
    for name in _FIELDS if not mask or "*" in mask else mask:
        if name == "effectiveValue":
            inner: Any = extended(value) if value is not None else None
        elif name == "formattedValue":
            inner = formatted(value, look.get("type", ""), look.get("pattern", "")) if value is not None else None
        elif name == "hyperlink":
            inner = _link(entered)
        else:
            inner = entered.get("userEnteredFormat" if name == "effectiveFormat" else name)
        tree = mask.get(name)
        kept = keep(inner, tree) if tree else inner
        if kept not in (None, "", {}) or (name == "formattedValue" and kept is not None):
            cell[name] = kept
    return cell


def _link(entered: Json) -> str:
    found = _LINK.match(str(entered.get("userEnteredValue", {}).get("formulaValue", "")))
    plain = entered.get("userEnteredFormat", {}).get("textFormat", {}).get("link", {}).get("uri", "")
    return found[1] if found else str(plain)


def extended(value: Value) -> Json:
    """A value that is shown as an ExtendedValue."""
    if isinstance(value, FormulaError):
        error: Json = {"type": _TYPES.get(value.text, "ERROR")}
        return {"errorValue": error | ({"message": value.message} if isinstance(value, Explained) else {})}
    if isinstance(value, bool):
        return {"boolValue": value}
    return {"numberValue": value} if isinstance(value, int | float) else {"stringValue": value}


def number_format(cell: Json) -> Json:
    """The NumberFormat that was given to a cell, {} for none."""
    found: Json = cell.get("userEnteredFormat", {}).get("numberFormat", {})
    return found


def formatted(value: Value, kind: str, pattern: str = "") -> str:
    """A value as people see it, roughly: dates by type and pattern, numbers as they are."""
    if isinstance(value, FormulaError):
        return value.text
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if kind in ("DATE", "DATE_TIME") and 0 <= value < 2_958_466:
            pattern = pattern or ("dd/mm/yyyy" if kind == "DATE" else "dd/mm/yyyy hh:mm:ss")
            return _date(datetime(1899, 12, 30) + timedelta(days=value), pattern)
        return str(int(value)) if abs(value) < 1e15 and float(value).is_integer() else repr(value)
    return str(value or "")


def _date(moment: datetime, pattern: str) -> str:
    pattern = re.sub(r"(?<=:)mm|mm(?=:)", "%M", pattern)
    parts = {"yyyy": "%Y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dddd": "%A", "ddd": "%a", "dd": "%d", "hh": "%H",
             "ss": "%S", "d": f"{moment.day}", "m": f"{moment.month}"}  # fmt: skip
    made = re.sub(r"%M|yyyy|m+|d+|hh|ss", lambda found: parts.get(found[0], found[0]), pattern)
    return moment.strftime(made)
