"""A generated tab laid out cell by cell, before any backend draws it: what stands where, in which look, what colours
by its first character, what may be typed, what is hidden. The same for a file and for Google."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from sheets_sync.model import (
    SYMBOLS,
    Cell,
    Chart,
    Content,
    Formula,
    Kind,
    Level,
    Link,
    Style,
    Tab,
    TableBlock,
    TableColumn,
    TextBlock,
)
from sheets_sync.workbooks.sizes import height, lines, units
from sheets_sync.workbooks.themes import CALM

_RISKY_STARTS = tuple("=+-@\t\r\n＝＋－＠")
_FILTER_BUTTON, _BOLD = 2.4, 1.06
_LINE_POINTS, _AIR_POINTS, _EVEN_POINTS = 15.0, 3.0, 20.0
# A narrower column is not worth wrapping in: words would break into pieces.
_NARROW = 11.0
_USUAL_WIDTH = 8.43

Role = Literal["line", "table", "heading", "header", "input header", "input"]


@dataclass(frozen=True, slots=True)
class Look:
    """What decides the format of a cell. `role` is where it stands, `exact` asks for a decimal, `quote` keeps a text
    that begins like a formula a text when somebody edits it."""

    role: Role = "line"
    style: Style = "body"
    kind: Kind = "text"
    level: Level | None = None
    link: bool = False
    wrap: bool = False
    exact: bool = False
    quote: bool = False


class Area(NamedTuple):
    """Cells from a top left to a bottom right corner, all 1-based and included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Layout:
    """A tab laid out. `cells` by (row, column), 1-based; `heights` of rows in points; `rules` colour an area by the
    first character of its first column; `notes` stand on headers; `inputs` are what the team fills in; `hidden` are
    columns; `filter` is the area of the one filter."""

    tab: Tab
    cells: dict[tuple[int, int], tuple[Content, Look]] = field(default_factory=dict)
    links: dict[tuple[int, int], Link] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    rules: list[tuple[Area, tuple[Level, ...]]] = field(default_factory=list)
    notes: list[tuple[tuple[int, int], TableColumn]] = field(default_factory=list)
    inputs: list[tuple[Area, TableColumn]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    filter: Area | None = None

    def width(self, column: int) -> float:
        """The width of a 1-based column in characters."""
        return self.tab.widths[column - 1] if column <= len(self.tab.widths) else _USUAL_WIDTH


def begins_like_a_formula(value: Content) -> bool:
    return isinstance(value, str) and value.startswith(_RISKY_STARTS)


def points(look: Look) -> int:
    """The size of a look's font."""
    sizes = {"title": 16, "heading": 12}
    return sizes.get(look.style, 11) if look.role == "line" else 11


def lay_out(tab: Tab) -> Layout:
    """Every cell of a tab in its place and look."""
    laid = _Laying(tab)
    for block in tab.blocks:
        if isinstance(block, TextBlock):
            laid.text(block)
        elif isinstance(block, TableBlock):
            laid.table(block)
        else:
            laid.chart(block)
    layout = laid.layout
    tallest = max((layout.heights.get(row, _EVEN_POINTS) for row in laid.even), default=0.0)
    layout.heights |= dict.fromkeys(laid.even, max(tallest, _EVEN_POINTS))
    return layout


class _Laying:
    """One tab on its way to a layout."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.layout = tab, Layout(tab)
        self.even: set[int] = set()

    def put(self, row: int, column: int, cell: Cell, look: Look) -> None:
        layout = self.layout
        layout.cells[row, column] = (cell.value, look)
        if look.wrap or points(look) > 11:
            text = str(cell.value)
            taken = height(lines(text, layout.width(column)) if look.wrap else 1, points(look))
            layout.heights[row] = max(taken, layout.heights.get(row, _LINE_POINTS))
        if cell.link is not None and cell.value not in (None, ""):
            layout.links[row, column] = cell.link

    def text(self, block: TextBlock) -> None:
        row, column = block.at
        for i, line in enumerate(block.lines):
            for j, cell in enumerate(line):
                if cell.value is not None and cell.value != "":
                    room = block.span if len(line) == 1 else 1
                    self.line(row + i, column + j, cell, room)

    def line(self, row: int, column: int, cell: Cell, room: int) -> None:
        """A cell of a text; a lone one runs over into the empty cells beside it, its colour too."""
        text = cell.value.cached if isinstance(cell.value, Formula) else cell.value
        over = 0
        if room > 1 and isinstance(text, str) and "\n" not in text:
            over = self.reach(units(text), column, room)
        follows = isinstance(cell.value, Formula) and cell.level is not None
        look = look_of(cell, wrap=cell.wrap and not over, level=None if follows else "own")
        self.put(row, column, cell, look)
        if follows:
            self.layout.rules.append((Area(row, column, row, column + max(over, 1) - 1), tuple(CALM)))
        elif look.level:
            for beside in range(column + 1, column + over):
                self.put(row, beside, Cell(), look)

    def reach(self, needed: float, column: int, room: int) -> int:
        """How many columns a text of this width takes; 0 when it has not that many."""
        for count in range(1, room + 1):
            needed -= self.layout.width(column + count - 1)
            if needed <= 0:
                return count
        return 0

    def table(self, block: TableBlock) -> None:
        top, left = block.at
        bottom = top + len(block.rows)
        self.header(block)
        by_symbol = self.levels(block)
        self.even |= set(range(top + 1, bottom + 1)) if block.even else set()
        heights = self.layout.heights
        for i, line in enumerate(block.rows, start=1):
            for j, column in enumerate(block.columns):
                cell = line.cells[j] if j < len(line.cells) else Cell()
                look = self.table_look(cell, column, line.heading, by_symbol, left + j)
                self.put(top + i, left + j, cell, look)
            if not self.tab.hidden:
                heights[top + i] = max(_LINE_POINTS, heights.get(top + i, 0)) + _AIR_POINTS
            if block.ids:
                self.put(top + i, left + len(block.columns), Cell(line.id), Look(style="muted"))
        if block.ids:
            self.layout.hidden.add(left + len(block.columns))
        if block.filter and block.rows:
            self.layout.filter = Area(top, left, bottom, left + len(block.columns) - 1)

    def header(self, block: TableBlock) -> None:
        top, left = block.at
        bottom, heights = top + len(block.rows), self.layout.heights
        for j, column in enumerate(block.columns):
            head = Look("input header" if column.input else "header", kind=column.kind)
            self.put(top, left + j, Cell(column.header), head)
            if self.tab.hidden:
                continue
            room = self.layout.width(left + j) - (_FILTER_BUTTON if block.filter else 0)
            tall = height(lines(column.header, room / _BOLD)) + 4
            heights[top] = max(tall, heights.get(top, 0))
            if column.note:
                self.layout.notes.append(((top, left + j), column))
            if column.input and bottom > top:
                self.layout.inputs.append((Area(top + 1, left + j, bottom, left + j), column))

    def table_look(
        self, cell: Cell, column: TableColumn, heading: bool, by_symbol: set[tuple[int, Level]], place: int
    ) -> Look:
        if self.tab.hidden:
            return look_of(cell, level=None)
        if heading:
            return look_of(cell, "heading", level=None)
        wide = self.layout.width(place)
        long = isinstance(cell.value, str) and wide > _NARROW and (units(cell.value) > wide or "\n" in cell.value)
        level = None if (place, cell.level) in by_symbol and _has_symbol(cell) else cell.level
        return look_of(cell, "input" if column.input else "table", wrap=cell.wrap or long, level=level, column=column)

    def levels(self, block: TableBlock) -> set[tuple[int, Level]]:
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
                area = Area(top + 1, left + j, top + len(block.rows), left + j)
                self.layout.rules.append((area, tuple(level for level in CALM if level in levels)))
            coloured |= {(left + j, level) for level in levels if level}
        return coloured

    def chart(self, block: Chart) -> None:
        """The numbers of a chart, in hidden columns."""
        row, column = block.data_at
        for j, series in enumerate(block.series, start=1):
            self.put(row, column + j, Cell(series.name), Look(style="muted"))
            for i, number in enumerate(series.values, start=1):
                if number is not None:
                    self.put(row + i, column + j, Cell(number), Look(style="muted"))
        for i, category in enumerate(block.categories, start=1):
            self.put(row + i, column, Cell(category), Look(style="muted"))
        self.layout.hidden |= set(range(column, column + len(block.series) + 1))


def look_of(
    cell: Cell,
    role: Role = "line",
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


def charts_of(tab: Tab) -> Sequence[Chart]:
    """The charts of a tab, in order."""
    return [block for block in tab.blocks if isinstance(block, Chart)]


def _has_symbol(cell: Cell) -> bool:
    return isinstance(cell.value, str) and cell.level is not None and cell.value.startswith(SYMBOLS[cell.level])
