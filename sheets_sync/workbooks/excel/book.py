"""Generated tabs as sheets of a workbook of their own: openpyxl writes formats, rules, charts and print set-up; the
cells go straight into XML (rows.py), which keeps tens of thousands of them fast."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from sheets_sync.model import (
    SYMBOLS,
    Cell,
    Chart,
    Content,
    Formula,
    Level,
    Link,
    Tab,
    TableBlock,
    TableColumn,
    TextBlock,
    letters,
)
from sheets_sync.workbooks.excel import charts
from sheets_sync.workbooks.excel.looks import Look, LookBook, begins_like_a_formula, level_style, points
from sheets_sync.workbooks.excel.rows import Placed, extent, serial
from sheets_sync.workbooks.excel.sizes import centimetres, height, lines, units
from sheets_sync.workbooks.excel.themes import CALM, Fills

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
        self.cells: dict[tuple[int, int], tuple[Content, int]] = {}
        self.heights: dict[int, float] = {}
        self.links: list[tuple[str, str]] = []
        self.hidden: set[int] = set()
        self.even: set[int] = set()
        self.filter = ""

    def draw(self, part: str) -> Page:
        for block in self.tab.blocks:
            if isinstance(block, TextBlock):
                self._text(block)
            elif isinstance(block, TableBlock):
                self._table(block)
            else:
                self._chart(block)
        tallest = max((self.heights.get(row, _EVEN_POINTS) for row in self.even), default=0.0)
        self.heights |= dict.fromkeys(self.even, max(tallest, _EVEN_POINTS))
        area, rows = ("", "") if self.tab.hidden else self._page()
        placed = [(row, column, value, look) for (row, column), (value, look) in self.cells.items()]
        return Page(self.tab, part, placed, self.heights, self.links, area, rows, self.filter)

    def _put(self, row: int, column: int, cell: Cell, look: Look) -> None:
        self.cells[row, column] = (cell.value, self.looks.id(look))
        if look.wrap or points(look) > 11:
            text = str(cell.value)
            taken = height(lines(text, self._width(column)) if look.wrap else 1, points(look))
            self.heights[row] = max(taken, self.heights.get(row, 15))
        if cell.link is not None and cell.value not in (None, ""):
            self.links.append((f"{letters(column)}{row}", self.locate(cell.link)))

    def _text(self, block: TextBlock) -> None:
        row, column = block.at
        for i, line in enumerate(block.lines):
            for j, cell in enumerate(line):
                if cell.value is not None and cell.value != "":
                    room = block.span if len(line) == 1 else 1
                    self._line(row + i, column + j, cell, room)

    def _line(self, row: int, column: int, cell: Cell, room: int) -> None:
        """A cell of a text; a lone one runs over into the empty cells beside it, its colour too."""
        text = cell.value.cached if isinstance(cell.value, Formula) else cell.value
        over = 0
        if room > 1 and isinstance(text, str) and "\n" not in text:
            over = self._reach(units(text), column, room)
        follows = isinstance(cell.value, Formula) and cell.level is not None
        look = look_of(cell, wrap=cell.wrap and not over, level=None if follows else "own")
        self._put(row, column, cell, look)
        if follows:
            self._rules((row, column, row, column + max(over, 1) - 1), tuple(CALM))
        elif look.level:
            for beside in range(column + 1, column + over):
                self._put(row, beside, Cell(), look)

    def _reach(self, needed: float, column: int, room: int) -> int:
        """How many columns a text of this width takes; 0 when it has not that many."""
        for count in range(1, room + 1):
            needed -= self._width(column + count - 1)
            if needed <= 0:
                return count
        return 0

    def _width(self, column: int) -> float:
        return self.tab.widths[column - 1] if column <= len(self.tab.widths) else 8.43

    def _table(self, block: TableBlock) -> None:
        top, left = block.at
        bottom = top + len(block.rows)
        for j, column in enumerate(block.columns):
            head = Look("input header" if column.input else "header", kind=column.kind)
            self._put(top, left + j, Cell(column.header), head)
            if not self.tab.hidden:
                room = self._width(left + j) - (_FILTER_BUTTON if block.filter else 0)
                tall = height(lines(column.header, room / _BOLD)) + 4
                self.heights[top] = max(tall, self.heights.get(top, 0))
            if not self.tab.hidden:
                self._validate(column, left + j, top, bottom)
        by_symbol = self._levels(block)
        self.even |= set(range(top + 1, bottom + 1)) if block.even else set()
        for i, line in enumerate(block.rows, start=1):
            for j, column in enumerate(block.columns):
                cell = line.cells[j] if j < len(line.cells) else Cell()
                look = self._table_look(cell, column, line.heading, by_symbol, left + j)
                self._put(top + i, left + j, cell, look)
            if not self.tab.hidden:
                self.heights[top + i] = max(_LINE_POINTS, self.heights.get(top + i, 0)) + _AIR_POINTS
            if block.ids:
                self._put(top + i, left + len(block.columns), Cell(line.id), Look(style="muted"))
        if block.ids:
            self.hidden.add(left + len(block.columns))
        if block.filter and block.rows:
            self.filter = _area(top, left, bottom, left + len(block.columns) - 1)

    def _table_look(
        self, cell: Cell, column: TableColumn, heading: bool, by_symbol: set[tuple[int, Level]], place: int
    ) -> Look:
        if self.tab.hidden:
            return look_of(cell, level=None)
        if heading:
            return look_of(cell, "heading", level=None)
        wide = self._width(place)
        long = isinstance(cell.value, str) and wide > _NARROW and (units(cell.value) > wide or "\n" in cell.value)
        level = None if (place, cell.level) in by_symbol and _has_symbol(cell) else cell.level
        return look_of(cell, "input" if column.input else "table", wrap=cell.wrap or long, level=level, column=column)

    def _levels(self, block: TableBlock) -> set[tuple[int, Level]]:
        """Set the rules that colour by a cell's first character; what they colour, by column and level."""
        coloured = set()
        top, left = block.at
        for j in range(len(block.columns)):
            cells = [line.cells[j] for line in block.rows if j < len(line.cells) and not line.heading]
            levels = {cell.level for cell in cells if cell.level in CALM and _has_symbol(cell)}
            # "– Paused" is no grey state, though it begins like "– Unknown".
            if any(cell.level not in CALM and str(cell.value).startswith("–") for cell in cells):
                levels.discard(Level.UNKNOWN)
            if levels and not self.tab.hidden:
                area = (top + 1, left + j, top + len(block.rows), left + j)
                self._rules(area, [level for level in CALM if level in levels])
            coloured |= {(left + j, level) for level in levels if level}
        return coloured

    def _rules(self, area: tuple[int, int, int, int], levels: Sequence[Level]) -> None:
        """Colour an area (top, left, bottom, right) by the first character of its first column."""
        for level in levels:
            formula = f'LEFT(${letters(area[1])}{area[0]},1)="{SYMBOLS[level]}"'
            rule = Rule(type="expression", dxf=level_style(self.looks.fills[level]), formula=[formula])
            self.worksheet.conditional_formatting.add(_area(*area), rule)

    def _validate(self, column: TableColumn, place: int, top: int, bottom: int) -> None:
        """The header's note as an input message; what may be typed below, where it is the team's to type."""
        name = letters(place)
        if column.note:
            self.worksheet.add_data_validation(note(column.header, column.note, f"{name}{top}"))
        if not column.input or bottom == top:
            return
        area = f"{name}{top + 1}:{name}{bottom}"
        rule = restriction(column.kind, column.choices, area, self.date1904)
        if rule is not None:
            self.worksheet.add_data_validation(rule)

    def _chart(self, block: Chart) -> None:
        row, column = block.data_at
        for j, series in enumerate(block.series, start=1):
            self._put(row, column + j, Cell(series.name), Look(style="muted"))
            for i, number in enumerate(series.values, start=1):
                if number is not None:
                    self._put(row + i, column + j, Cell(number), Look(style="muted"))
        for i, category in enumerate(block.categories, start=1):
            self._put(row + i, column, Cell(category), Look(style="muted"))
        self.hidden |= set(range(column, column + len(block.series) + 1))
        top, left = block.at
        drawn = charts.draw(block, self.worksheet)
        if block.until is not None:
            bottom, right = block.until
            beside = any(other.at == (top, right + 1) for other in self.tab.blocks)
            inside = centimetres(self._width(right)) - _GAP_CM if beside else 0.0
            drawn.anchor = charts.tied(block.at, (bottom, right if inside else right + 1), inside)
            self.worksheet.add_chart(drawn)
        else:
            self.worksheet.add_chart(drawn, f"{letters(left)}{top}")

    def _page(self) -> tuple[str, str]:
        """Widths, what stays in view, and the page: A4, as wide as the paper, with page numbers."""
        tab, sheet = self.tab, self.worksheet
        for column in range(1, max([len(tab.widths), *self.hidden]) + 1):
            sheet.column_dimensions[letters(column)].width = self._width(column) + _PADDING
        for column in self.hidden:
            sheet.column_dimensions[letters(column)].hidden = True
        sheet.sheet_view.showGridLines = False
        if tab.freeze:
            sheet.freeze_panes = f"A{tab.freeze + 1}"
        if self.filter:
            sheet.auto_filter.ref = self.filter
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
        rows, columns = extent(place for place in self.cells if place[1] not in self.hidden)
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
            wide -= 0 if place in self.hidden else centimetres(self._width(place))
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
        wide = sum(centimetres(self._width(column)) for column in range(1, columns + 1) if column not in self.hidden)
        paper = _A4[1 if self.tab.landscape else 0] - 2 * _MARGIN_CM
        setup.scale = max(40, min(100, int(100 * paper / (wide * _OTHER_FONTS))))


def look_of(
    cell: Cell,
    role: Any = "line",
    wrap: bool = False,
    level: Level | str | None = "own",
    column: TableColumn | None = None,
) -> Look:
    """The look of a cell in its place; a table's column says what a cell that says nothing is."""
    value = cell.value
    kind = cell.kind
    if kind == "text" and isinstance(value, date):
        kind = "moment" if isinstance(value, datetime) else "date"
    elif kind == "text" and column is not None and not isinstance(value, str):
        kind = column.kind
    shown = cell.level if level == "own" else level
    return Look(
        role,
        cell.style,
        kind,
        shown if isinstance(shown, Level) and shown in CALM else None,
        cell.link is not None and value not in (None, ""),
        wrap,
        isinstance(value, float) and not value.is_integer(),
        begins_like_a_formula(value),
    )


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


def _has_symbol(cell: Cell) -> bool:
    return isinstance(cell.value, str) and cell.level is not None and cell.value.startswith(SYMBOLS[cell.level])


def _area(top: int, left: int, bottom: int, right: int) -> str:
    return f"{letters(left)}{top}:{letters(right)}{bottom}"
