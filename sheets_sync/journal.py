"""What each run wrote, kept in the local state folder (0600), so that `undo` can put it back where it still stands.

One file a run: `<state>/<tracker>/runs/<run id>.json`, beside the tracker's backups. Only undo needs it; a run on a new
machine works without.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sheets_sync import model
from sheets_sync.diff import same, same_grid
from sheets_sync.local import folder
from sheets_sync.model import (
    Block,
    Cell,
    Column,
    Desired,
    Patch,
    Place,
    Receipt,
    Scalar,
    Snapshot,
    StatusCell,
    Tab,
    TableBlock,
    TextBlock,
)
from sheets_sync.tracker.history import MEMORY, TYPED

KEPT = 10
# A client's key as text, and what stood in its cell before and after.
Written = tuple[str, Scalar, Scalar]


@dataclass(frozen=True)
class Run:
    """One run that wrote: revisions around it, the backup, each status cell before and after, our tabs after it.
    `columns` are without their cells; `cells` has those that were written, by the column's id; `given` are the titles
    of tabs that were put in for the team."""

    run_id: str
    tracker: str
    before: str
    after: str
    backup: str
    place: Place | None
    added_columns: tuple[str, ...]
    added_tabs: tuple[str, ...]
    cells: tuple[tuple[str, tuple[Written, ...]], ...]
    columns: tuple[Column, ...]
    tabs: tuple[Tab, ...]
    theme: str = "calm"
    given: tuple[str, ...] = ()


def record(run_id: str, existing: Snapshot, desired: Desired, patch: Patch, receipt: Receipt) -> Run:
    """What is to be remembered of a run that wrote `patch`."""
    had_columns = {column.id for column in existing.columns}
    had_tabs = {tab.id for tab in existing.tabs}
    written: dict[str, list[Written]] = {}
    for change in patch.changes:
        written.setdefault(change.column, []).append((change.key, change.before, change.after))
    return Run(
        run_id=run_id,
        tracker=existing.location,
        before=existing.revision,
        after=receipt.revision,
        backup=receipt.backup,
        place=patch.place,
        added_columns=tuple(column.id for column in patch.columns if column.id not in had_columns),
        added_tabs=tuple(tab.id for tab in patch.tabs if tab.id not in had_tabs),
        cells=tuple((id, tuple(cells)) for id, cells in written.items()),
        columns=tuple(dataclasses.replace(column, cells=()) for column in desired.columns),
        tabs=desired.tabs,
        theme=desired.theme,
        given=tuple(tab.title for tab in patch.given),
    )


def save(state: Path, run: Run) -> None:
    """Write a run's file, readable by its owner only, and drop the oldest beyond the ten that are kept."""
    runs = folder(state, run.tracker) / "runs"
    runs.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = runs / f"{run.run_id}.json"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(json.dumps(run, default=_to_json, ensure_ascii=True, separators=(",", ":")))
    for old in _oldest_first(runs)[:-KEPT]:
        old.unlink(missing_ok=True)


def load(state: Path, location: str) -> list[Run]:
    """The runs that are kept, oldest first; a file that cannot be read is passed over."""
    runs = []
    for path in _oldest_first(folder(state, location) / "runs"):
        try:
            runs.append(_from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return [run for run in runs if isinstance(run, Run)]


def _oldest_first(runs: Path) -> list[Path]:
    """By when they were written: two runs of one minute have names that say nothing about their order."""
    return sorted(runs.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))


def forget(state: Path, run: Run) -> None:
    """Drop a run that was undone."""
    (folder(state, run.tracker) / "runs" / f"{run.run_id}.json").unlink(missing_ok=True)


def undo_patch(existing: Snapshot, run: Run, previous: Run | None) -> tuple[Patch, list[str]]:
    """What puts a run back, only where it still stands as written, and sentences on what is left alone."""
    left = [f'The tab "{title}" is yours; delete it if you do not want it.' for title in run.given]
    tabs, drop_tabs = _undo_tabs(existing, run, previous, left)
    columns, drop_columns = _undo_columns(existing, run, left)
    theme = (previous or run).theme
    patch = Patch(
        existing.revision, run.place, tuple(columns), tuple(tabs), tuple(drop_columns), tuple(drop_tabs), theme=theme
    )
    return patch, left


def _undo_tabs(existing: Snapshot, run: Run, previous: Run | None, left: list[str]) -> tuple[list[Tab], list[str]]:
    before = {tab.id: tab for tab in previous.tabs} if previous else {}
    back, drop = [], []
    for tab in run.tabs:
        stands = existing.owned_tab(tab.id)
        if stands is None:
            continue
        if not same_grid(stands.grid, tab):
            left.append(f'The tab "{stands.title}" was changed since; it is left as it is.')
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


def _undo_columns(existing: Snapshot, run: Run, left: list[str]) -> tuple[list[Column], list[str]]:
    place = run.place
    rows: dict[str, list[int]] = {}
    if place is not None and place.tab in existing.grids:
        grid = existing.grids[place.tab]
        for row in range(place.header_row + 1, len(grid.rows) + 1):
            rows.setdefault(str(grid.at(row, place.key_column)), []).append(row)
    back, drop = [], []
    written = dict(run.cells)
    for column in run.columns:
        stands = next((owned for owned in existing.columns if owned.id == column.id), None)
        if stands is None:
            continue
        values = dict(stands.cells)
        for key, before, after in written.get(column.id, ()):
            found = rows.get(key, [])
            if len(found) != 1:
                left.append(f'{column.header} of "{key}": the row is gone or doubled; left as it is.')
            elif not same(values.get(found[0]), after):
                left.append(f'{column.header} of "{key}" was changed since; left as it is.')
            else:
                values[found[0]] = before
        if column.id in run.added_columns and not any(value not in (None, "") for value in values.values()):
            drop.append(column.id)
        elif values != dict(stands.cells):
            back.append(dataclasses.replace(column, cells=_status_cells(existing, place, values)))
    return back, drop


def _status_cells(existing: Snapshot, place: Place | None, values: Mapping[int, Scalar]) -> tuple[StatusCell, ...]:
    grid = existing.grids[place.tab] if place else None
    return tuple(
        StatusCell(row, grid.at(row, place.key_column) if grid and place else None, _status(value))
        for row, value in sorted(values.items())
    )


def _status(value: Scalar) -> str | date | None:
    return value if value is None or isinstance(value, str | date) else str(value)


# Dataclasses as JSON: {"": "Cell", …fields}; a date as {"": "date", "v": …}. Only names of model.py and Run come back.


def _to_json(value: Any) -> Any:
    """What JSON has no word for; it asks again for what stands inside."""
    if isinstance(value, datetime | date):
        return {"": type(value).__name__, "v": value.isoformat()}
    kind: Any = type(value)
    needed, others = _fields(kind)
    shape = {name: getattr(value, name) for name in needed}
    for name, default in others:
        inner = getattr(value, name)
        if inner is not default and inner != default:
            shape[name] = inner
    shape[""] = kind.__name__
    return shape


@functools.cache
def _fields(kind: Any) -> tuple[list[str], list[tuple[str, Any]]]:
    """The names without a default, and those with one."""
    fields = dataclasses.fields(kind)
    with_default = [(field.name, field.default) for field in fields if field.default is not dataclasses.MISSING]
    return [field.name for field in fields if field.default is dataclasses.MISSING], with_default


def _from_json(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value[""]
    if kind in ("date", "datetime"):
        return {"date": date, "datetime": datetime}[kind].fromisoformat(value["v"])
    cls = Run if kind == "Run" else getattr(model, kind)
    fields = {name: _from_json(item) for name, item in value.items() if name}
    if "level" in fields and fields["level"] is not None:
        fields["level"] = model.Level(fields["level"])
    return cls(**fields)
