"""What our status columns held when this machine last wrote them, so that a run can say what people typed over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sheets_sync.diff import same
from sheets_sync.journal.runs import private, set_aside, write_private
from sheets_sync.journal.shape import text_of, value_of
from sheets_sync.model import Change, Desired, Formula, Patch, Snapshot, cells_of

NAME = "standing.json"
# Tabs that nobody types into: where they differ from what was written here, another machine has run since.
_WITNESSES = ("dashboard", "memory")
Spot = tuple[str, int, int]


@dataclass(frozen=True)
class Standing:
    """Values by column id and client key (as JSON has them), and a mark of the tabs that were written with them, taken
    without the cells that are `formulas` (tab id, row, column)."""

    cells: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mark: str = ""
    formulas: frozenset[Spot] = frozenset()


def read_standing(home: Path) -> tuple[Standing, str]:
    """What is remembered in a tracker's own folder, and a sentence where the file makes no sense and is set aside."""
    path = home / NAME
    try:
        shape = json.loads(path.read_text(encoding="utf-8"))
        cells, mark = shape["cells"], shape["mark"]
        if not all(isinstance(column, dict) for column in cells.values()):
            raise TypeError("no cells")
        return Standing(cells, str(mark), frozenset((id, row, column) for id, row, column in shape["formulas"])), ""
    except FileNotFoundError:
        return Standing(), ""
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Standing(), set_aside(path, "What our columns held")


def write_standing(home: Path, before: Standing, desired: Desired, patch: Patch) -> None:
    """Remember what stands after a run: everything where it was a whole one, else only what it changed."""
    if desired.tabs:
        cells: dict[str, dict[str, Any]] = {
            column.id: {str(cell.key): cell.value for cell in column.cells} for column in desired.columns
        }
        contents = {
            (tab.id, *place): cell.value
            for tab in desired.tabs
            if tab.id in _WITNESSES
            for place, cell in cells_of(tab).items()
        }
        formulas = frozenset(spot for spot, value in contents.items() if isinstance(value, Formula))
        mark = _mark(contents, formulas)
    else:
        cells, mark, formulas = {id: dict(values) for id, values in before.cells.items()}, before.mark, before.formulas
        for change in patch.changes:
            cells.setdefault(change.column, {})[change.key] = change.after
    write_private(private(home) / NAME, text_of({"cells": cells, "mark": mark, "formulas": sorted(formulas)}))


def typed_over(standing: Standing, snapshot: Snapshot, changes: Iterable[Change]) -> list[Change]:
    """Of the cells that a run rewrites, those that hold something else than was written here last. None where another
    machine has run since: then what stands there may be its words."""
    contents = {
        (tab.id, row, column): value
        for tab in snapshot.tabs
        if tab.id in _WITNESSES
        for row, cells in enumerate(tab.grid.rows, start=1)
        for column, value in enumerate(cells, start=1)
    }
    if not standing.mark or standing.mark != _mark(contents, standing.formulas):
        return []
    found = []
    for change in changes:
        written = standing.cells.get(change.column, {})
        if change.before not in (None, "") and change.key in written:
            last = value_of(written[change.key], {})
            if not same(change.before, last):
                found.append(change)
    return found


def _mark(contents: Mapping[Spot, object], formulas: frozenset[Spot]) -> str:
    """A hash of the texts that stand in tabs. Numbers and dates may come back otherwise than they were written, and the
    value of a formula is the spreadsheet's."""
    texts = sorted(
        (spot, value) for spot, value in contents.items() if isinstance(value, str) and value and spot not in formulas
    )
    return hashlib.sha256(repr(texts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
