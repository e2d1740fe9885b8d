"""Generated tabs as sheets of a workbook of their own: openpyxl writes formats, rules, charts and print set-up; the
cells go straight into XML (rows.py), which keeps tens of thousands of them fast."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from sheets_sync.model import (
    SYMBOLS,
    Chart,
    Level,
    Link,
    Tab,
    TextBlock,
    letters,
)
from sheets_sync.workbooks.excel import charts
from sheets_sync.workbooks.excel.looks import LookBook, level_style
from sheets_sync.workbooks.excel.rows import Placed, extent
from sheets_sync.workbooks.layout import Area, charts_of, lay_out
from sheets_sync.workbooks.plain import serial
from sheets_sync.workbooks.sizes import centimetres
from sheets_sync.workbooks.themes import CALM, Fills

_PADDING = 0.71
_CM_A_ROW = 0.53
_A4 = (21.0, 29.7)
_MARGIN_CM = 1.3
_OTHER_FONTS = 1.35
_FILTER_BUTTON, _BOLD = 2.4, 1.06
_LINE_POINTS, _AIR_POINTS, _EVEN_POINTS = 15.0, 3.0, 20.0
# A narrower column is not worth wrapping in: words would break into pieces.
_NARROW = 11.0
_GAP_CM = 0.3


@dataclass(frozen=True, slots=True)
class Page:
    """A tab as drawn: its place in the drawn archive, and what its sheet there still misses: cells, heights of rows in
    points, links (cell, location). `print_area` and `print_rows` are references without the sheet's title."""

    tab: Tab
    part: str
    cells: list[Placed]
    heights: dict[int, float]
    links: list[tuple[str, str]]
    print_area: str
    print_rows: str
    filter: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A workbook of our own in memory: its parts by name, and a page a tab."""

    parts: dict[str, bytes]
    pages: tuple[Page, ...]


def draw(
    tabs: Sequence[Tab],
    titles: Sequence[str],
    locate: Callable[[Link], str],
    date1904: bool = False,
    fills: Fills = CALM,
) -> Drawn:
    """Draw tabs under these sheet titles; `locate` gives a link's place in the workbook that they are meant for,
    `fills` the colour of each level."""
    workbook = Workbook()
    if date1904:
        workbook.epoch = CALENDAR_MAC_1904
    # openpyxl would rename a tab of ours that has the title of this sheet.
    workbook.worksheets[0].title = "~"
    looks = LookBook(workbook.worksheets[0], fills)
    pages = []
    for number, (tab, title) in enumerate(zip(tabs, titles, strict=True), start=2):
        worksheet = workbook.create_sheet(title)
        sheet = _Sheet(tab, worksheet, looks, locate, date1904)
        pages.append(sheet.draw(f"xl/worksheets/sheet{number}.xml"))
    held = io.BytesIO()
    workbook.save(held)
    with zipfile.ZipFile(held) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    charted = {name: charts.mended(data) for name, data in parts.items() if name.startswith("xl/charts/")}
    return Drawn(parts | charted, tuple(pages))


class _Sheet:
    """One tab on its way to a worksheet."""

    def __init__(
        self, tab: Tab, worksheet: Any, looks: LookBook, locate: Callable[[Link], str], date1904: bool
    ) -> None:
        self.tab, self.worksheet, self.looks, self.locate, self.date1904 = tab, worksheet, looks, locate, date1904
        self.layout = lay_out(tab)

    def draw(self, part: str) -> Page:
        laid = self.layout
        for area, levels in laid.rules:
            self._rules(area, levels)
        for (row, column), named in laid.notes:
            self.worksheet.add_data_validation(note(named.header, named.note, f"{letters(column)}{row}"))
        for area, named in laid.inputs:
            rule = restriction(named.kind, named.choices, _a1(area), self.date1904)
            if rule is not None:
                self.worksheet.add_data_validation(rule)
        for chart in charts_of(self.tab):
            self._chart(chart)
        printed, rows = ("", "") if self.tab.hidden else self._page()
        placed = [(row, column, value, self.looks.id(look)) for (row, column), (value, look) in laid.cells.items()]
        links = [(f"{letters(column)}{row}", self.locate(link)) for (row, column), link in laid.links.items()]
        filtered = _a1(laid.filter) if laid.filter else ""
        return Page(self.tab, part, placed, laid.heights, links, printed, rows, filtered)

    def _rules(self, area: Area, levels: Sequence[Level]) -> None:
        """Colour an area by the first character of its first column."""
        for level in levels:
            formula = f'LEFT(${letters(area.left)}{area.top},1)="{SYMBOLS[level]}"'
            rule = Rule(type="expression", dxf=level_style(self.looks.fills[level]), formula=[formula])
            self.worksheet.conditional_formatting.add(_a1(area), rule)

    def _chart(self, block: Chart) -> None:
        top, left = block.at
        drawn = charts.draw(block, self.worksheet)
        if block.until is not None:
            bottom, right = block.until
            beside = any(other.at == (top, right + 1) for other in self.tab.blocks)
            inside = centimetres(self.layout.width(right)) - _GAP_CM if beside else 0.0
            drawn.anchor = charts.tied(block.at, (bottom, right if inside else right + 1), inside)
            self.worksheet.add_chart(drawn)
        else:
            self.worksheet.add_chart(drawn, f"{letters(left)}{top}")

    def _page(self) -> tuple[str, str]:
        """Widths, what stays in view, and the page: A4, as wide as the paper, with page numbers."""
        tab, sheet = self.tab, self.worksheet
        for column in range(1, max([len(tab.widths), *self.layout.hidden]) + 1):
            sheet.column_dimensions[letters(column)].width = self.layout.width(column) + _PADDING
        for column in self.layout.hidden:
            sheet.column_dimensions[letters(column)].hidden = True
        sheet.sheet_view.showGridLines = False
        if tab.freeze:
            sheet.freeze_panes = f"A{tab.freeze + 1}"
        if self.layout.filter:
            sheet.auto_filter.ref = _a1(self.layout.filter)
        sheet.page_setup.paperSize = 9
        sheet.page_setup.orientation = "landscape" if tab.landscape else "portrait"
        margins = sheet.page_margins
        margins.left = margins.right = margins.top = _MARGIN_CM / 2.54
        margins.bottom, margins.header, margins.footer = 1.9 / 2.54, 0.3, 0.3
        title = sheet.title.replace("&", "&&")
        sheet.oddFooter.left.text = f"&9{' ' if title[:1].isdigit() else ''}{title}"
        sheet.oddFooter.right.text = "&9Page &P of &N"
        rows, columns = self._printed()
        self._fit(columns)
        for after in tab.breaks:
            sheet.row_breaks.append(Break(id=after))
        area = f"$A$1:${letters(columns)}${rows}"
        return area, f"${tab.repeat[0]}:${tab.repeat[1]}" if tab.repeat else ""

    def _printed(self) -> tuple[int, int]:
        """The last row and column that a page shows."""
        rows, columns = extent(place for place in self.layout.cells if place[1] not in self.layout.hidden)
        columns = self.tab.print_columns or columns
        for block in self.tab.blocks:
            if isinstance(block, Chart) and block.until is not None:
                rows, columns = max(rows, block.until[0]), max(columns, block.until[1])
            elif isinstance(block, Chart):
                rows = max(rows, block.at[0] + math.ceil(block.size[1] / _CM_A_ROW))
                columns = max(columns, self._right_of(block.at[1], block.size[0]))
            elif isinstance(block, TextBlock) and not self.tab.print_columns:
                columns = max(columns, block.at[1] + block.span - 1)
        return rows, columns

    def _right_of(self, column: int, wide: float) -> int:
        for place in range(column, column + 100):
            wide -= 0 if place in self.layout.hidden else centimetres(self.layout.width(place))
            if wide <= 0.2:
                return place
        return column

    def _fit(self, columns: int) -> None:
        setup = self.worksheet.page_setup
        if not self.tab.breaks:
            self.worksheet.sheet_properties.pageSetUpPr.fitToPage = True
            setup.fitToWidth, setup.fitToHeight = 1, int(self.tab.one_page)
            return
        # Excel ignores page breaks of people's own while it fits to pages, so the scale is worked out here.
        wide = sum(
            centimetres(self.layout.width(column))
            for column in range(1, columns + 1)
            if column not in self.layout.hidden
        )
        paper = _A4[1 if self.tab.landscape else 0] - 2 * _MARGIN_CM
        setup.scale = max(40, min(100, int(100 * paper / (wide * _OTHER_FONTS))))


def note(header: str, text: str, area: str) -> Any:
    """An input message: shown when the header is selected, kept in the sheet's own part."""
    rule = DataValidation(allow_blank=True, showInputMessage=True, sqref=area)
    rule.promptTitle, rule.prompt = header[:32], text if len(text) <= 255 else text[:254] + "…"
    return rule


def restriction(kind: str, choices: Sequence[str], area: str, date1904: bool, listed: str = "") -> Any | None:
    """What may be typed into cells: a date, or one of the choices (`listed` = where they stand, if anywhere)."""
    if kind in ("date", "moment"):
        rule = DataValidation("date", operator="greaterThan", formula1=str(serial(date(1990, 1, 1), date1904)))
        rule.errorTitle, rule.error = "Not a date", "Please type a date, such as 27 Nov 2026."
    elif choices and (listed or _as_list(choices)):
        rule = DataValidation("list", formula1=listed or _as_list(choices), errorStyle="warning")
        rule.errorTitle, rule.error = "Not in the list", "This word is not in the list. Keep it anyway?"
    else:
        return None
    rule.allowBlank, rule.showErrorMessage = True, True
    rule.sqref = area
    return rule


def _as_list(choices: Sequence[str]) -> str:
    text = ",".join(choices)
    fits = len(text) <= 253 and not any("," in choice or '"' in choice for choice in choices)
    return f'"{text}"' if fits else ""


def _a1(area: Area) -> str:
    return f"{letters(area.left)}{area.top}:{letters(area.right)}{area.bottom}"
