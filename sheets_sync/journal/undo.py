"""What puts a run back, only where it still stands as written, and sentences on what is left alone and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sheets_sync.diff import same, same_grid
from sheets_sync.journal.runs import Run, undone
from sheets_sync.model import (
    Block,
    Cell,
    Change,
    Column,
    Patch,
    Place,
    Scalar,
    Snapshot,
    StatusCell,
    Tab,
    TableBlock,
    TextBlock,
)
from sheets_sync.tracker.history import MEMORY, TYPED

_NAMED = 8


@dataclass
class _Left:
    """What is not put back: tabs and cells by the reason, in the order in which they were met."""

    later_tabs: list[str] = field(default_factory=list)
    changed_tabs: list[str] = field(default_factory=list)
    later_cells: int = 0
    changed_cells: list[str] = field(default_factory=list)
    gone_cells: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def sentences(self) -> list[str]:
        said = list(self.other)
        for titles, why in (
            (self.later_tabs, "written again by a later run"),
            (self.changed_tabs, "changed since by somebody"),
        ):
            if titles:
                named = " and ".join(filter(None, [", ".join(f"“{one}”" for one in titles[:-1]), f"“{titles[-1]}”"]))
                said.append(
                    f"The tab {named} was {why}; it is left as it is."
                    if len(titles) == 1
                    else f"The tabs {named} were {why}; they are left as they are."
                )
        if self.later_cells:
            cells, were = ("cell", "was") if self.later_cells == 1 else ("cells", "were")
            said.append(f"{self.later_cells:,} {cells} {were} written again by a later run; left alone.")
        said += _named(self.changed_cells, "was changed since by somebody; left as it is.", "were changed since")
        said += _named(self.gone_cells, "the row is gone or doubled; left as it is.", "have no row of their own")
        return said


def _named(cells: Sequence[str], one: str, more: str) -> list[str]:
    said = [f"{cell} {one}" for cell in cells[:_NAMED]]
    return [*said, f"{len(cells) - _NAMED:,} cells more {more}."] if len(cells) > _NAMED else said


def undo_patch(existing: Snapshot, run: Run, runs: Sequence[Run]) -> tuple[Patch, list[str]]:
    """What puts a run back, and sentences on what is left alone. `runs` are all that are kept, oldest first: what they
    wrote after it is theirs, unless they were taken back themselves."""
    here = next((number for number, one in enumerate(runs) if one.run_id == run.run_id), len(runs))
    gone = undone(runs)
    later = [one for one in runs[here + 1 :] if not one.undoes and one.run_id not in gone]
    left = _Left(other=[f"The tab “{title}” is yours; delete it if you do not want it." for title in run.given])
    tabs, drop_tabs = _undo_tabs(existing, run, _tabs_before(runs[:here]), later, left)
    columns, drop_columns, changes = _undo_columns(existing, run, later, left)
    theme = next((one.theme for one in reversed(runs[:here]) if one.columns), run.theme)
    patch = Patch(
        revision=existing.revision,
        place=run.place,
        columns=tuple(columns),
        tabs=tuple(tabs),
        drop_columns=tuple(drop_columns),
        drop_tabs=tuple(drop_tabs),
        changes=tuple(changes),
        theme=theme,
    )
    return patch, left.sentences()


def _tabs_before(runs: Iterable[Run]) -> dict[str, Tab]:
    """Our tabs as they stood after these runs, by id. A pilot, or a tab put in for the team, wrote none of ours."""
    standing: dict[str, Tab] = {}
    for run in runs:
        for id in run.dropped_tabs:
            standing.pop(id, None)
        standing.update((tab.id, tab) for tab in run.tabs)
    return standing


def _undo_tabs(
    existing: Snapshot, run: Run, before: Mapping[str, Tab], later: Sequence[Run], left: _Left
) -> tuple[list[Tab], list[str]]:
    back = [before[id] for id in run.dropped_tabs if id in before and existing.owned_tab(id) is None]
    drop: list[str] = []
    for tab in run.tabs:
        stands = existing.owned_tab(tab.id)
        if stands is None or before.get(tab.id) == tab:
            continue
        if not same_grid(stands.grid, tab):
            again = any(same_grid(stands.grid, its) for one in later for its in one.tabs if its.id == tab.id)
            if tab.id != MEMORY:
                (left.later_tabs if again else left.changed_tabs).append(stands.title)
        elif tab.id in run.added_tabs:
            drop.append(tab.id)
        elif tab.id in before:
            back.append(_keeping_inputs(before[tab.id], tab))
    return back, drop


def _keeping_inputs(earlier: Tab, standing: Tab) -> Tab:
    """An earlier look of a tab of ours with what people have typed since: undo takes back what we wrote, not what they
    did. The hidden tab keeps what it took over from the others."""
    if standing.id == MEMORY:
        kept = [line for line in _lines(standing) if line[0].value in TYPED]
        lines = [line for line in _lines(earlier) if line[0].value not in TYPED]
        return dataclasses.replace(earlier, blocks=(TextBlock((1, 1), (*lines, *kept)),))
    typed = {
        (row.id, column.header): cell
        for block in standing.blocks
        if isinstance(block, TableBlock) and block.ids
        for row in block.rows
        for column, cell in zip(block.columns, row.cells, strict=False)
        if column.input and row.id
    }
    return dataclasses.replace(earlier, blocks=tuple(_with_typed(block, typed) for block in earlier.blocks))


def _lines(tab: Tab) -> list[tuple[Cell, ...]]:
    return [line for block in tab.blocks if isinstance(block, TextBlock) for line in block.lines if line]


def _with_typed(block: Block, typed: Mapping[tuple[str, str], Cell]) -> Block:
    if not (isinstance(block, TableBlock) and block.ids):
        return block
    rows = tuple(
        dataclasses.replace(
            row,
            cells=tuple(
                typed.get((row.id, column.header), cell) for column, cell in zip(block.columns, row.cells, strict=False)
            ),
        )
        if row.id
        else row
        for row in block.rows
    )
    return dataclasses.replace(block, rows=rows)


def _undo_columns(
    existing: Snapshot, run: Run, later: Sequence[Run], left: _Left
) -> tuple[list[Column], list[str], list[Change]]:
    rows = _rows(existing, run.place)
    again = {(id, key) for one in later for id, cells in one.cells for key, _, _ in cells}
    back, drop, changes = [], [], []
    written = dict(run.cells)
    known = {column.id for column in run.columns}
    if set(run.dropped_columns) - known:
        left.other.append("Our columns are not put back cell by cell; the next run makes them anew.")
    for column in run.columns:
        stands = next((owned for owned in existing.columns if owned.id == column.id), None)
        if stands is None and column.id not in run.dropped_columns:
            continue
        had = dict(stands.cells) if stands else {}
        values = dict(had)
        for key, before, after in written.get(column.id, ()):
            found = rows.get(key, [])
            name = f"{column.header} of “{key}”"
            if (column.id, key) in again:
                left.later_cells += 1
            elif len(found) != 1:
                left.gone_cells.append(f"{name}:")
            elif not same(values.get(found[0]), after):
                left.changed_cells.append(name)
            elif not same(before, after):
                values[found[0]] = before
                changes.append(_change(run, column, found[0], key, after, before))
        if column.id in run.added_columns and not any(value not in (None, "") for value in values.values()):
            drop.append(column.id)
        elif values != had:
            back.append(dataclasses.replace(column, cells=_status_cells(existing, run.place, values)))
    return back, drop, changes


def _rows(existing: Snapshot, place: Place | None) -> dict[str, list[int]]:
    """The sheet rows of each client's key."""
    rows: dict[str, list[int]] = {}
    if place is not None and place.tab in existing.grids:
        grid = existing.grids[place.tab]
        for row in range(place.header_row + 1, len(grid.rows) + 1):
            rows.setdefault(str(grid.at(row, place.key_column)), []).append(row)
    return rows


def _change(run: Run, column: Column, row: int, key: str, before: Scalar, after: Scalar) -> Change:
    tab = run.place.tab if run.place else ""
    return Change(tab, row, key, column.id, column.header, before, after)


def _status_cells(existing: Snapshot, place: Place | None, values: Mapping[int, Scalar]) -> tuple[StatusCell, ...]:
    grid = existing.grids[place.tab] if place else None
    return tuple(
        StatusCell(row, grid.at(row, place.key_column) if grid and place else None, _status(value))
        for row, value in sorted(values.items())
    )


def _status(value: Scalar) -> str | date | None:
    return value if value is None or isinstance(value, str | date) else str(value)
