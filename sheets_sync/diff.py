"""Existing look and desired look → Patch. Pure comparison: what stands is taken from the snapshot, never remembered.

Values decide, and beside them the *look* of a column or tab (widths, notes, colours, links): a fingerprint that the
tracker remembers from the last write, so that a new layout is written even where every value is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time

from sheets_sync.model import (
    Block,
    Change,
    Column,
    Desired,
    Formula,
    Grid,
    OwnedColumn,
    Patch,
    Scalar,
    Snapshot,
    Tab,
    TableBlock,
    TextBlock,
    cells_of,
)

Looks = Mapping[str, str]
# To be raised when a backend draws the same Tab in another way, so that the next run draws every tab anew.
LAYOUT = 2


def diff(existing: Snapshot, desired: Desired, looks: Looks, now: Looks | None = None) -> Patch:
    """What has to be written so that `existing` looks as `desired`; `looks` are the fingerprints as last written, `now`
    those of `desired` where they are known already."""
    now = fingerprints(desired) if now is None else now
    columns = {column.id: column for column in existing.columns}
    set_columns = tuple(
        column
        for column in desired.columns
        if looks.get(column.id) != now[column.id]
        or column.id not in columns
        or (desired.place is not None and columns[column.id].tab != desired.place.tab)
        or not _same_cells(columns[column.id], column)
    )
    tabs = {tab.id: tab for tab in existing.tabs}
    set_tabs = tuple(
        tab
        for tab in desired.tabs
        if looks.get(tab.id) != now[tab.id] or tab.id not in tabs or not same_grid(tabs[tab.id].grid, tab)
    )
    return Patch(
        revision=existing.revision,
        place=desired.place,
        columns=set_columns,
        tabs=set_tabs,
        drop_columns=tuple(sorted(set(columns) - {column.id for column in desired.columns})),
        drop_tabs=tuple(sorted(set(tabs) - {tab.id for tab in desired.tabs})),
        changes=tuple(_changes(existing, desired, columns)),
        theme=desired.theme,
    )


def fingerprints(desired: Desired) -> dict[str, str]:
    """A short hash of the look of every column and tab by id, without the values of their cells."""
    looks: dict[str, str] = {}
    for column in desired.columns:
        looks[column.id] = _hash(repr((LAYOUT, desired.theme, replace(column, cells=()))))
    for tab in desired.tabs:
        bare = replace(tab, blocks=tuple(_bare(block) for block in tab.blocks))
        looks[tab.id] = _hash(repr((LAYOUT, desired.theme, bare, _cell_looks(tab))))
    return looks


def _bare(block: Block) -> Block:
    """A block without its values: where it stands, its headers, notes, dropdowns, colours."""
    if isinstance(block, TableBlock):
        return replace(block, rows=())
    if isinstance(block, TextBlock):
        return replace(block, lines=())
    return replace(block, categories=(), series=tuple(replace(series, values=()) for series in block.series))


def _cell_looks(tab: Tab) -> list[str]:
    """The cells of a tab in reading order, without their values, as text."""
    known: dict[object, str] = {}
    texts = []
    for place, cell in sorted(cells_of(tab).items(), key=lambda pair: pair[0]):
        look = (_authored(cell.value), cell.level, cell.style, cell.kind, cell.link, cell.wrap)
        if look not in known:
            known[look] = repr(replace(cell, value=look[0]))
        texts.append(f"({place}, {known[look]})")
    return texts


def same_grid(grid: Grid, tab: Tab) -> bool:
    """Whether a tab as it was read holds exactly the values that it should hold, and its title too."""
    wanted = {place: _plain(_cached(cell.value)) for place, cell in cells_of(tab).items()}
    return grid.title == tab.title and wanted == {place: _plain(value) for place, value in _filled(grid)}


def same(one: Scalar, other: Scalar) -> bool:
    """Whether two values are the same in a cell: blank is "", 1 is 1.0, a date is its midnight."""
    return _plain(one) == _plain(other)


def _same_cells(existing: OwnedColumn, column: Column) -> bool:
    wanted = {cell.row: _plain(cell.value) for cell in column.cells if cell.value not in (None, "")}
    present = {row: _plain(value) for row, value in existing.cells.items() if value not in (None, "")}
    return existing.header == column.header and wanted == present


def _changes(existing: Snapshot, desired: Desired, columns: Mapping[str, OwnedColumn]) -> Iterator[Change]:
    if desired.place is None:
        return
    whys = {
        cell.row: str(cell.value or "") for column in desired.columns if column.id == "why" for cell in column.cells
    }
    tab = desired.place.tab
    for column in desired.columns:
        standing = columns.get(column.id)
        for row, key, value in column.cells:
            old = standing.cells.get(row) if standing else None
            if old is None and standing and tab in existing.grids:
                # Below the rows that were ours something may stand that people put there.
                old = existing.grids[tab].at(row, standing.column)
            if value not in (None, "") if old is None else not same(old, value):
                yield Change(tab, row, str(key), column.id, column.header, old, value, whys.get(row, ""))


def _filled(grid: Grid) -> Iterator[tuple[tuple[int, int], Scalar]]:
    for i, row in enumerate(grid.rows, start=1):
        for j, value in enumerate(row, start=1):
            if value is not None and value != "":
                yield (i, j), value


def _cached(value: object) -> Scalar:
    return value.cached if isinstance(value, Formula) else value  # type: ignore[return-value]


def _authored(value: object) -> str:
    return value.text if isinstance(value, Formula) else ""


def _plain(value: Scalar) -> Scalar:
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        moment = value.replace(microsecond=0)
        return moment.date() if moment.time() == time() else moment
    if isinstance(value, float):
        # A number that went through a file keeps 15 digits.
        number = float(f"{value:.15g}")
        return int(number) if number.is_integer() else number
    return value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
