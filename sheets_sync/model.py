"""The words that every room shares: what is read, what should stand there, and what is to change. Plain frozen data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple


class Level(StrEnum):
    """How a client, a warning or a cell stands; `none` has no health at all (left, paused), `unknown` is grey."""

    NONE = "none"
    UNKNOWN = "unknown"
    OK = "ok"
    WATCH = "watch"
    RISK = "risk"

    @property
    def symbol(self) -> str:
        return SYMBOLS[self]


SYMBOLS = {Level.NONE: "–", Level.UNKNOWN: "–", Level.OK: "●", Level.WATCH: "▲", Level.RISK: "✖"}
_ORDER = list(Level)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of some levels; unknown never hides a worse one, and of nothing it is none."""
    return max(levels, key=_ORDER.index, default=Level.NONE)


# ── What is read ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a usable value: an error (`#N/A`) or a formula that was never calculated."""

    text: str


NOT_CALCULATED = CellError("not calculated")

Scalar = str | float | int | bool | date | datetime | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something stands: tab title, 1-based sheet row and column, header text, client's name."""

    tab: str
    row: int | None = None
    column: int | None = None
    header: str = ""
    client: str = ""

    @property
    def a1(self) -> str:
        """`E14`, or the part of it that is known."""
        return f"{letters(self.column) if self.column else ''}{self.row or ''}"

    def __str__(self) -> str:
        place = f"{self.tab}!{self.a1}" if self.a1 else self.tab
        return f'{place} "{self.header}"'.strip() if self.header else place


def letters(column: int) -> str:
    """Column letters of a 1-based column number: 1 → A, 28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or missing, gathered and never raised midway: `message` is a sentence, `hint` what to do."""

    ref: Ref
    message: str
    hint: str = ""
    value: Scalar = None
    count: int = 1

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.ref}: {self.message}", self.hint) if part)


@dataclass(frozen=True, slots=True)
class Grid:
    """One tab as it was read: `rows[0][0]` is A1; ragged rows are short of blanks; cells that we own are None."""

    title: str
    rows: Sequence[Sequence[Scalar]]
    visible: bool = True

    def at(self, row: int, column: int) -> Scalar:
        """The value at a 1-based row and column; None beyond the used range."""
        if not 0 < row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 0 < column <= len(cells) else None


@dataclass(frozen=True, slots=True)
class OwnedColumn:
    """A status column of ours as it stands: values by 1-based sheet row, the header not among them."""

    id: str
    tab: str
    column: int
    header: str
    cells: Mapping[int, Scalar]


@dataclass(frozen=True, slots=True)
class OwnedTab:
    """A generated tab as it stands, with whatever people typed into it."""

    id: str
    grid: Grid

    @property
    def title(self) -> str:
        return self.grid.title


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tracker at one moment. `revision` changes with any change; `grids` holds the team's tabs, never ours."""

    location: str
    revision: str
    grids: Mapping[str, Grid]
    columns: tuple[OwnedColumn, ...] = ()
    tabs: tuple[OwnedTab, ...] = ()

    def owned_tab(self, id: str) -> OwnedTab | None:
        return next((tab for tab in self.tabs if tab.id == id), None)


# ── What should stand there ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Link:
    """A jump inside the tracker: to a cell of a tab, or to one of our status columns (its header) by id."""

    tab: str
    row: int = 1
    column: int = 1
    status_column: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that we wrote, never a client's text. `text` starts with `=`; `cached` is its value as of the run."""

    text: str
    cached: str | float


Content = str | float | int | bool | date | datetime | Formula | None
Style = Literal["body", "title", "heading", "strong", "muted", "total"]
Kind = Literal["text", "date", "moment", "money", "percent", "number"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a generated tab. `level` fills it with that level's colour; `kind` picks the number format."""

    value: Content = None
    level: Level | None = None
    style: Style = "body"
    kind: Kind = "text"
    link: Link | None = None
    wrap: bool = False


class StatusCell(NamedTuple):
    """One client's value in a status column. `row` is the sheet row, `key` the client's key cell as it stands."""

    row: int
    key: Scalar
    value: str | date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A status column of ours. Colours follow the first character (a level's symbol) of the column `colour_by` on
    the same row, so they survive sorting; `note` is shown when its header is selected."""

    id: str
    header: str
    note: str
    width: float
    cells: tuple[StatusCell, ...]
    kind: Literal["text", "date"] = "text"
    colour_by: str | None = None
    wrap: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the status columns go: the team's tab, its header row, its key column and its first and last data row."""

    tab: str
    header_row: int
    key_column: int
    first_row: int
    last_row: int


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a generated table; an `input` column is the team's to fill in, `choices` make it a dropdown."""

    header: str
    kind: Kind = "text"
    input: bool = False
    note: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a generated table. `id` is what its inputs are found by again; a `heading` row spans no data."""

    id: str
    cells: tuple[Cell, ...]
    heading: bool = False


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table whose header stands at `at` (1-based row, column). With `ids`, the column right of the last one is
    hidden and holds the row ids. `filter` puts an autofilter over it (one a tab). Rows of `even` tables are all as
    high as the highest of them, also where two such tables share rows."""

    at: tuple[int, int]
    columns: tuple[TableColumn, ...]
    rows: tuple[TableRow, ...]
    ids: bool = False
    filter: bool = False
    even: bool = False


@dataclass(frozen=True, slots=True)
class TextBlock:
    """Lines of cells from `at` on: `lines[0][0]` stands at `at`. `span` is how many columns a lone cell may use."""

    at: tuple[int, int]
    lines: tuple[tuple[Cell, ...], ...]
    span: int = 1


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: a number a category (None = gap). `colour` is RRGGBB."""

    name: str
    values: tuple[float | None, ...]
    colour: str
    line: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its top left corner at `at`, `size` in centimetres (width, height). Its numbers stand in a small
    table whose corner is `data_at`, in columns that are hidden. Counts are printed on the bars, zeros left blank.
    With `until`, the last cell (row, column) that it covers, a backend that can ties it to the cells beneath."""

    at: tuple[int, int]
    data_at: tuple[int, int]
    title: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    size: tuple[float, float]
    stacked: bool = True
    horizontal: bool = False
    until: tuple[int, int] | None = None


Block = TableBlock | TextBlock | Chart


@dataclass(frozen=True, slots=True)
class Tab:
    """A generated tab: blocks at fixed places, so every backend lays it out alike. `widths` are in characters from
    column A on; `freeze` is the number of rows that stay; `repeat` the rows printed on every page;
    `breaks` the rows after which a printed page ends."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    widths: tuple[float, ...]
    freeze: int = 0
    repeat: tuple[int, int] | None = None
    landscape: bool = True
    one_page: bool = False
    hidden: bool = False
    breaks: tuple[int, ...] = ()
    print_columns: int = 0


def cells_of(tab: Tab) -> dict[tuple[int, int], Cell]:
    """Every non-blank cell of a generated tab by (row, column), row ids and chart numbers included: what a backend
    writes and what the difference is taken from."""
    placed = (pair for block in tab.blocks for pair in _cells_of_block(block))
    return {place: cell for place, cell in placed if cell.value is not None and cell.value != ""}


def _cells_of_block(block: Block) -> Iterable[tuple[tuple[int, int], Cell]]:
    if isinstance(block, Chart):
        row, column = block.data_at
        for j, series in enumerate(block.series, start=1):
            yield (row, column + j), Cell(series.name)
            for i, number in enumerate(series.values, start=1):
                yield (row + i, column + j), Cell(number, kind="number")
        for i, category in enumerate(block.categories, start=1):
            yield (row + i, column), Cell(category)
        return
    row, column = block.at
    if isinstance(block, TextBlock):
        for i, line in enumerate(block.lines):
            for j, cell in enumerate(line):
                yield (row + i, column + j), cell
        return
    for j, header in enumerate(block.columns):
        yield (row, column + j), Cell(header.header, style="heading")
    for i, table_row in enumerate(block.rows, start=1):
        for j, cell in enumerate(table_row.cells):
            yield (row + i, column + j), cell
        if block.ids:
            yield (row + i, column + len(block.columns)), Cell(table_row.id)


@dataclass(frozen=True, slots=True)
class Desired:
    """The look that the tracker should have: status columns at a place (none for derived clients), tabs in order.
    `theme` ("calm" or "traffic-light") is the set of colours that levels are filled with."""

    place: Place | None
    columns: tuple[Column, ...]
    tabs: tuple[Tab, ...]
    theme: str = "calm"


# ── What is to change ────────────────────────────────────────────────────────────────────────────────────────────────


class Change(NamedTuple):
    """One status cell that will differ: what stood there, what will, and why (a sentence)."""

    tab: str
    row: int
    key: str
    column: str
    header: str
    before: Scalar
    after: Scalar
    why: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """Everything that one run writes, decided before anything is written; false when there is nothing to do. `columns`
    are the status columns to set (whole columns), `tabs` the generated tabs to add or replace, in order; `drop_columns`
    and `drop_tabs` are ids to take out. `given` are tabs put in once for the team, who own them from then on; a title
    that is taken is refused. `changes` explains the columns cell by cell, `theme` is as in Desired."""

    revision: str
    place: Place | None = None
    columns: tuple[Column, ...] = ()
    tabs: tuple[Tab, ...] = ()
    drop_columns: tuple[str, ...] = ()
    drop_tabs: tuple[str, ...] = ()
    given: tuple[Tab, ...] = ()
    changes: tuple[Change, ...] = ()
    theme: str = "calm"

    def __bool__(self) -> bool:
        return bool(self.columns or self.tabs or self.drop_columns or self.drop_tabs or self.given)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an apply did: the new revision, files or requests read and written, bytes written, where the backup lies,
    and what people should know (sentences), such as columns that found no room beside the table."""

    revision: str
    reads: int = 0
    writes: int = 0
    bytes: int = 0
    backup: str = ""
    notes: tuple[str, ...] = field(default=())
