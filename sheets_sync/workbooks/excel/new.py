"""A new tracker: tabs with their headers, dropdowns, number formats and notes, each an Excel table, so that filters
and sorts take whole rows along. The same input gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.colors import Color
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from sheets_sync.model import letters
from sheets_sync.workbooks.excel.book import note, restriction
from sheets_sync.workbooks.excel.rows import Placed, sheet_data, with_rows
from sheets_sync.workbooks.layout import begins_like_a_formula
from sheets_sync.workbooks.sizes import height, lines
from sheets_sync.workbooks.template import NewTab

_FORMATS = {
    "date": "d mmm yyyy",
    "moment": "d mmm yyyy hh:mm",
    "month": "mmm yyyy",
    "money": "#,##0",
    "percent": "0 %",
    "number": "General",
}
_NUMERIC = ("money", "percent", "number")
_FILTER_BUTTON = 2
_ROOM_TO_GROW = 2_000
_CHOICES = "_choices"
_PADDING = 0.71


def new_workbook(tabs: Sequence[NewTab]) -> bytes:
    """A new .xlsx with these tabs in order, as bytes."""
    workbook = Workbook()
    scratch = workbook.worksheets[0]
    scratch.title, scratch.sheet_state = _CHOICES, "veryHidden"
    formats = _Formats(scratch)
    lists: list[Placed] = []
    rows = {}
    for number, tab in enumerate(tabs, start=1):
        worksheet = workbook.create_sheet(tab.title)
        _lay_out(worksheet, tab, formats)
        _table(worksheet, tab, number)
        _validate(worksheet, tab, lists)
        rows[number] = sheet_data(_cells(tab, formats), {1: _header_height(tab)})
    formats.forget()
    workbook.move_sheet(scratch, len(tabs))
    workbook.active = 0
    if lists:
        rows[len(tabs) + 1] = sheet_data(lists, {})
    else:
        workbook.remove(scratch)
    return _packed(workbook, {f"xl/worksheets/sheet{number}.xml": data for number, data in rows.items()})


class _Formats:
    """Format ids of an openpyxl workbook by what a cell is."""

    def __init__(self, scratch: Any) -> None:
        self._scratch = scratch
        self._ids: dict[tuple[str, bool], int] = {}

    def id(self, kind: str, quote: bool = False) -> int:
        key = kind, quote
        if key not in self._ids:
            cell = self._scratch.cell(len(self._ids) + 1, 1)
            self._ids[key] = int(_dressed(cell, kind, quote).style_id)
        return self._ids[key]

    def forget(self) -> None:
        """Leave the cells behind that were only there to be dressed."""
        self._scratch.delete_rows(1, len(self._ids))


def _dressed(cell: Any, kind: str, quote: bool) -> Any:
    bold = kind in ("header", "number header")
    numeric = kind in _NUMERIC or kind == "number header"
    side = "right" if numeric else "left" if bold or kind in ("date", "moment", "month") else "general"
    cell.font = Font("Calibri", 11, family=2, scheme="minor", b=bold, color=Color(theme=1))
    # Numbers stand clear of the text right of them, their headers of the filter's button.
    indent = _FILTER_BUTTON if numeric else 0
    cell.alignment = Alignment(side, "center" if bold else "top", wrap_text=bold or None, indent=indent)
    if bold:
        cell.fill = PatternFill("solid", fgColor="FFDDE5F0", bgColor="FFDDE5F0")
        cell.font = Font("Calibri", 11, family=2, scheme="minor", b=True, color="FF000000")
        cell.border = Border(bottom=Side("thin", color="FF1F3864"))
    cell.number_format = _FORMATS.get(kind, "General")
    cell.quotePrefix = quote
    return cell


def _lay_out(worksheet: Any, tab: NewTab, formats: _Formats) -> None:
    for place, column in enumerate(tab.columns, start=1):
        dimension = worksheet.column_dimensions[letters(place)]
        dimension.width = column.width + _PADDING
        if column.kind in _FORMATS:
            dimension._style = worksheet.parent._cell_styles[formats.id(column.kind)]
    worksheet.freeze_panes = "B2"
    worksheet.page_setup.paperSize, worksheet.page_setup.orientation = 9, "landscape"
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    margins = worksheet.page_margins
    margins.left = margins.right = margins.top = margins.bottom = 0.6
    worksheet.print_title_rows = "1:1"
    worksheet.oddFooter.left.text = "&9" + tab.title.replace("&", "&&")
    worksheet.oddFooter.right.text = "&9Page &P of &N"


def _table(worksheet: Any, tab: NewTab, number: int) -> None:
    ref = f"A1:{letters(len(tab.columns))}{max(len(tab.rows), 1) + 1}"
    # A name that reads like a cell (`Q3`) is no table name.
    name = re.sub(r"\W|^(?=\d)", "_", tab.title) + "_table"
    table = Table(id=number, displayName=name, name=name, ref=ref)
    table.autoFilter = AutoFilter(ref=ref)
    table.tableColumns = [TableColumn(id=i, name=column.header) for i, column in enumerate(tab.columns, start=1)]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False, showColumnStripes=False)
    worksheet.add_table(table)


def _validate(worksheet: Any, tab: NewTab, lists: list[Placed]) -> None:
    last = len(tab.rows) + _ROOM_TO_GROW
    for place, column in enumerate(tab.columns, start=1):
        name = letters(place)
        if column.note:
            worksheet.add_data_validation(note(column.header, column.note, f"{name}1"))
        rule = restriction(column.kind, column.listed, f"{name}2:{name}{last}", date1904=False)
        if rule is None and column.listed:
            kept = len({cell[1] for cell in lists}) + 1
            lists += [(row, kept, choice, 0) for row, choice in enumerate(column.listed, start=1)]
            listed = f"{_CHOICES}!${letters(kept)}$1:${letters(kept)}${len(column.listed)}"
            rule = restriction(column.kind, column.listed, f"{name}2:{name}{last}", date1904=False, listed=listed)
        if rule is not None:
            worksheet.add_data_validation(rule)


def _cells(tab: NewTab, formats: _Formats) -> Iterator[Placed]:
    for place, column in enumerate(tab.columns, start=1):
        yield 1, place, column.header, formats.id("number header" if column.kind in _NUMERIC else "header")
    looks = [(formats.id(column.kind), formats.id(column.kind, quote=True)) for column in tab.columns]
    for row, values in enumerate(tab.rows, start=2):
        for place, (value, (plain, quoted)) in enumerate(zip(values, looks, strict=False), start=1):
            if value is not None:
                content = value if isinstance(value, str | float | int | date) else str(value)
                yield row, place, content, quoted if begins_like_a_formula(content) else plain


def _header_height(tab: NewTab) -> float:
    return max(height(lines(column.header, (column.width - 2.4) / 1.06)) for column in tab.columns) + 4


def _packed(workbook: Any, rows: dict[str, bytes]) -> bytes:
    """The archive with the cells in it, without the moment of its making."""
    held, packed = io.BytesIO(), io.BytesIO()
    workbook.save(held)
    with zipfile.ZipFile(held) as drawn, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in drawn.namelist():
            data = drawn.read(name)
            if name in rows:
                data = with_rows(data, rows[name])
            elif name == "docProps/core.xml":
                data = re.sub(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>", b"", data)
                data = data.replace(b"openpyxl", b"sheets-sync")
            elif name == "docProps/app.xml":
                # Where a file says that Excel wrote it, LibreOffice takes every row to be as tall as it has to be.
                data = re.sub(rb"<Application>.*</AppVersion>", b"<Application>sheets-sync</Application>", data)
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
