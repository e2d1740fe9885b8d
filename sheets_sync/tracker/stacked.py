"""Several tables in one tab, one below the other: each is read as if it had the tab to itself."""

from __future__ import annotations

from dataclasses import replace

from sheets_sync.model import Grid
from sheets_sync.tracker.headers import header_text, normal_header
from sheets_sync.tracker.region import is_header, width

# In longer tabs a second table would be no layout but an accident.
MOST_ROWS = 2_000


def parts_of(grid: Grid) -> list[Grid]:
    """A tab cut before each further header that other columns stand under; rows keep their numbers. One part where
    there is one header, or where the same one comes again (groups of one table)."""
    if len(grid.rows) > MOST_ROWS:
        return [grid]
    starts = [row for row in range(len(grid.rows)) if _begins(grid, row)]
    headers = [frozenset(normal_header(header_text(cell)) for cell in grid.rows[row]) for row in starts]
    if len(starts) < 2 or len(set(headers)) < len(headers):
        return [grid]
    ends = [*starts[1:], len(grid.rows)]
    first = [0, *starts[1:]]
    return [
        above(replace(grid, rows=[*([()] * begin), *grid.rows[begin:end]]))
        for begin, end in zip(first, ends, strict=True)
    ]


def above(grid: Grid, row: int | None = None) -> Grid:
    """A tab as far as the table ends that another one (with its header in 1-based `row`) stands below: blank rows and
    the lower one's title are cut too."""
    rows = list(grid.rows if row is None else grid.rows[: row - 1])
    if len(rows) > 2 and width(rows[-1]) == 1 and not width(rows[-2]):
        rows.pop()
    while rows and not width(rows[-1]):
        rows.pop()
    return replace(grid, rows=rows)


def _begins(grid: Grid, row: int) -> bool:
    """Whether a header stands in a row (0-based) that begins a block, under a title of its own or not."""
    cells = grid.rows[row]
    if sum(bool(header_text(cell)) for cell in cells) < 2:
        return False
    before = [width(line) for line in grid.rows[max(row - 2, 0) : row]]
    alone = not before or not before[-1] or (before[-1] == 1 and (len(before) == 1 or not before[0]))
    return alone and is_header(cells, ())
