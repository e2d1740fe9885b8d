"""Cells of ours as the XML of a sheet's rows. Text is always text, whatever it begins with; nothing here is guessed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from sheets_sync.model import Content, Formula, letters
from sheets_sync.workbooks.plain import plain, serial

Placed = tuple[int, int, Content, int]

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def _escaped(text: str) -> str:
    return _marked(_LOOKS_ESCAPED.sub("_x005F_", plain(text)))


def _marked(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _quoted(text: str) -> str:
    """Text between double quotes; sheet titles keep their single ones."""
    return _marked(plain(text)).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def sheet_data(cells: Iterable[Placed], heights: Mapping[int, float], date1904: bool = False) -> bytes:
    """The `<sheetData>` of cells (row, column, value, format id), which are sorted here; heights in points by row."""
    columns: dict[int, str] = {}
    rows = []
    for row, placed in groupby(sorted(cells, key=_place), key=lambda cell: cell[0]):
        written = []
        for _, column, value, look in placed:
            name = columns.get(column) or columns.setdefault(column, letters(column))
            written.append(_cell(f'<c r="{name}{row}" s="{look}"', value, date1904))
        # Without customHeight a spreadsheet program is free to fit the row again once its text changes.
        tall = f' ht="{heights[row]:g}"' if row in heights else ""
        rows.append(f'<row r="{row}"{tall}>{"".join(written)}</row>')
    return f"<sheetData>{''.join(rows)}</sheetData>".encode()


def with_rows(sheet: bytes, rows: bytes) -> bytes:
    """A sheet without cells, with these rows and their extent."""
    found = re.findall(rb'<c r="([A-Z]+)(\d+)"', rows)
    last = max((int(row) for _, row in found), default=1)
    right = max((name for name, _ in found), key=lambda name: (len(name), name), default=b"A")
    sheet = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:%s%d"' % (right, last), sheet, count=1)
    return re.sub(rb"<sheetData ?/>|<sheetData></sheetData>", lambda _: rows, sheet, count=1)


def with_links(sheet: bytes, links: Sequence[tuple[str, str]]) -> bytes:
    """A sheet with jumps (cell, location) inside the workbook."""
    if not links:
        return sheet
    written = "".join(f'<hyperlink ref="{ref}" location="{_quoted(to)}"/>' for ref, to in links)
    return sheet.replace(b"<pageMargins", f"<hyperlinks>{written}</hyperlinks><pageMargins".encode(), 1)


def _place(cell: Placed) -> tuple[int, int]:
    return cell[0], cell[1]


def _cell(start: str, value: Content, date1904: bool) -> str:
    if isinstance(value, str) and value:
        return f'{start} t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'{start} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f"{start}><v>{serial(value, date1904)!r}</v></c>"
    if isinstance(value, int | float) and math.isfinite(value):
        return f"{start}><v>{float(value) if isinstance(value, float) else int(value)!r}</v></c>"
    if isinstance(value, Formula):
        kind = ' t="str"' if isinstance(value.cached, str) else ""
        cached = _escaped(value.cached) if isinstance(value.cached, str) else repr(value.cached)
        formula = _escaped(value.text.removeprefix("="))
        return f"{start}{kind}><f>{formula}</f><v>{cached}</v></c>"
    return f"{start}/>"


def extent(cells: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The last row and column of some places; (1, 1) of none."""
    rows, columns = 1, 1
    for row, column in cells:
        rows, columns = max(rows, row), max(columns, column)
    return rows, columns
