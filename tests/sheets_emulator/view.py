"""A spreadsheet as a page, so that people see what a sync did: tabs, formats, widths, and colours worked out from the
conditional formats."""

from __future__ import annotations

from html import escape
from typing import Any

from tests.sheets_emulator.book import Book, Json, Place, Sheet
from tests.sheets_emulator.formulas import FormulaError, Value, copied, evaluate
from tests.sheets_emulator.replies import formatted
from tests.sheets_emulator.server import Emulator

_STYLE = """body{font:13px Arial;margin:0;color:#000}nav{padding:8px;background:#f1f3f4;position:sticky;top:0}
nav a{margin-right:12px;color:#1f4e9e;text-decoration:none}nav a.on{font-weight:bold;color:#000}
table{border-collapse:collapse;table-layout:fixed}td,th{border:1px solid #e2e3e3;padding:2px 3px;overflow:hidden;
white-space:nowrap;text-overflow:clip}th{background:#f8f9fa;font-weight:normal;color:#5f6368}
td.wrap{white-space:pre-wrap;overflow-wrap:break-word}td.plain{overflow:visible}td[title]{
border-right:3px solid #fbbc04}"""


def page(emulator: Emulator, path: str) -> bytes | None:
    """The page at a path: / lists the spreadsheets, /view/<id>?tab is one of them."""
    parts = [part for part in path.split("/") if part]
    if not parts:
        links = (f'<li><a href="/view/{id}">{escape(book.title)}</a>' for id, book in emulator.books.items())
        return f"<!doctype html><style>{_STYLE}</style><ul>{''.join(links)}</ul>".encode()
    book = emulator.books.get(parts[1]) if parts[0] == "view" and len(parts) > 1 else None
    if book is None:
        return None
    at = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0
    sheet = book.sheets[min(at, len(book.sheets) - 1)]
    tabs = [
        f'<a class="{"on" if one is sheet else ""}" href="/view/{book.id}/{n}">{escape(one.title)}</a>'
        for n, one in enumerate(book.sheets)
        if not one.hidden or one is sheet
    ]
    hidden = [f'<a href="/view/{book.id}/{n}">{escape(s.title)}</a>' for n, s in enumerate(book.sheets) if s.hidden]
    nav = f"<nav>{''.join(tabs)} <small>hidden: {''.join(hidden) or 'none'}</small></nav>"
    title = f"<title>{escape(book.title)}</title>"
    head = f"<!doctype html><meta charset=utf-8>{title}<style>{_STYLE}</style>"
    return f"{head}{nav}{_table(emulator, book, sheet)}".encode()


def _table(emulator: Emulator, book: Book, sheet: Sheet) -> str:
    shown = emulator.shown(book)
    values = shown[sheet.title]
    places = [place for place, value in values.items() if value != ""]
    rows = max((row for row, _ in places), default=0) + 1
    columns = [at for at in range(max((c for _, c in places), default=0) + 1)
               if not sheet.column_shapes.get(at, {}).get("hiddenByUser")]  # fmt: skip
    widths = "".join(f'<col style="width:{sheet.column_shapes.get(at, {}).get("pixelSize", 100)}px">' for at in columns)
    total = 40 + sum(sheet.column_shapes.get(at, {}).get("pixelSize", 100) for at in columns)
    colours = _Colours(emulator, book, sheet)
    lines = []
    for row in range(rows):
        cells = (_cell(sheet, (row, at), values.get((row, at)), colours) for at in columns)
        lines.append(f"<tr><th>{row + 1}</th>{''.join(cells)}</tr>")
    return f'<table style="width:{total}px"><col style="width:40px">{widths}{"".join(lines)}</table>'


def _cell(sheet: Sheet, place: Place, value: Value, colours: _Colours) -> str:
    cell = sheet.cells.get(place, {})
    look = cell.get("userEnteredFormat", {})
    style = [_css(look), colours.at(place, value)]
    kind = look.get("numberFormat", {})
    text = _text(value, kind)
    link = look.get("textFormat", {}).get("link", {}).get("uri", "")
    inner = f'<a href="{escape(link)}">{escape(text)}</a>' if link else escape(text)
    wrap = "wrap" if look.get("wrapStrategy") == "WRAP" else "plain"
    note = f' title="{escape(cell["note"])}"' if "note" in cell else ""
    return f'<td class="{wrap}" style="{";".join(filter(None, style))}"{note}>{inner}</td>'


def _text(value: Value, kind: Json) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        pattern = kind.get("pattern", "")
        if "%" in pattern:
            return f"{value:.0%}"
        if kind.get("type") in ("DATE", "DATE_TIME"):
            from datetime import datetime, timedelta

            moment = datetime(1899, 12, 30) + timedelta(days=value)
            return f"{moment:%-d %b %Y}" + (f" {moment:%H:%M}" if kind["type"] == "DATE_TIME" else "")
        return f"{value:,.1f}" if ".0" in pattern else f"{value:,.0f}" if "#,##0" in pattern else formatted(value, "")
    return formatted(value, "")


def _css(look: Json) -> str:
    text = look.get("textFormat", {})
    parts = [
        f"background:{_rgb(look['backgroundColorStyle'])}" if "backgroundColorStyle" in look else "",
        f"color:{_rgb(text['foregroundColorStyle'])}" if "foregroundColorStyle" in text else "",
        "font-weight:bold" if text.get("bold") else "",
        f"font-size:{text['fontSize'] * 1.3:.0f}px" if "fontSize" in text else "",
        f"text-align:{look['horizontalAlignment'].lower()}" if "horizontalAlignment" in look else "",
        f"vertical-align:{look.get('verticalAlignment', 'bottom').lower()}",
    ]
    return ";".join(filter(None, parts))


def _rgb(style: Json) -> str:
    shades = style.get("rgbColor", {})
    return "#" + "".join(f"{round(shades.get(name, 0) * 255):02x}" for name in ("red", "green", "blue"))


class _Colours:
    """The conditional formats of a sheet, first rule first."""

    def __init__(self, emulator: Emulator, book: Book, sheet: Sheet) -> None:
        self.now, self.sheet = emulator.now(), sheet
        self.shown = emulator.shown(book)
        self.extents = {one.title: (one.rows, one.columns) for one in book.sheets}

    def at(self, place: Place, value: Value) -> str:
        for rule in self.sheet.rules:
            boolean = rule.get("booleanRule")
            if boolean and any(_inside(where, place) for where in rule["ranges"]):
                where = next(where for where in rule["ranges"] if _inside(where, place))
                if self.holds(boolean["condition"], where, place, value):
                    return _css(boolean["format"]).removesuffix(";vertical-align:bottom")
        return ""

    def holds(self, condition: Json, where: Json, place: Place, value: Value) -> bool:
        asked = [str(one.get("userEnteredValue", "")) for one in condition.get("values", [])]
        if condition["type"] == "TEXT_STARTS_WITH":
            return isinstance(value, str) and value.casefold().startswith(asked[0].casefold())
        if condition["type"] == "TEXT_CONTAINS":
            return isinstance(value, str) and asked[0].casefold() in value.casefold()
        if condition["type"] != "CUSTOM_FORMULA":
            return False
        down, right = place[0] - where.get("startRowIndex", 0), place[1] - where.get("startColumnIndex", 0)
        cell: Any = lambda title, row, column: self.shown.get(title, {}).get((row, column))  # noqa: E731
        array = evaluate(copied(asked[0], down, right), (self.sheet.title, *place), cell, self.extents.get, self.now)
        said = array[0][0]
        return bool(said) and not isinstance(said, FormulaError)


def _inside(where: Json, place: Place) -> bool:
    row, column = place
    return where.get("startRowIndex", 0) <= row < where.get("endRowIndex", 10**9) and where.get(
        "startColumnIndex", 0
    ) <= column < where.get("endColumnIndex", 10**9)
