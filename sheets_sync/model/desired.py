"""What should stand there: status columns and generated tabs, cell by cell, the same for every backend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from sheets_sync.model.snapshot import Level, Scalar


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
