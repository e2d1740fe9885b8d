"""A tracker that lives in memory: a real backend, so that tests need no doubles and rules can be tried on a table."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from sheets_sync.errors import Changed, Refused
from sheets_sync.model import (
    Column,
    Formula,
    Grid,
    OwnedColumn,
    OwnedTab,
    Patch,
    Place,
    Receipt,
    Scalar,
    Snapshot,
    Tab,
    cells_of,
)


class MemoryWorkbook:
    """Tabs as lists of rows. The team's tabs and ours are kept apart; our columns stand right of the used range."""

    def __init__(self, tabs: Mapping[str, Sequence[Sequence[Scalar]]], location: str = "memory") -> None:
        self.location = location
        self.zone = ""
        self.committed = False
        self.tabs: dict[str, list[list[Scalar]]] = {title: [list(row) for row in rows] for title, rows in tabs.items()}
        self.columns: dict[str, OwnedColumn] = {}
        self.generated: dict[str, OwnedTab] = {}
        self._backups: dict[str, tuple[dict[str, list[list[Scalar]]], dict[str, OwnedColumn], dict[str, OwnedTab]]] = {}

    @property
    def revision(self) -> str:
        state = (self.tabs, sorted(self.columns.items()), sorted(self.generated.items()))
        return hashlib.sha256(repr(state).encode("utf-8", "surrogatepass")).hexdigest()

    def alone(self) -> AbstractContextManager[None]:
        return nullcontext()

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        grids = {
            title: Grid(title, tuple(tuple(row) for row in rows))
            for title, rows in self.tabs.items()
            if tabs is None or title in tabs
        }
        return Snapshot(
            self.location, self.revision, grids, tuple(self.columns.values()), tuple(self.generated.values())
        )

    def apply(self, patch: Patch) -> Receipt:
        if not patch:
            return Receipt(self.revision)
        if patch.revision != self.revision:
            raise Changed(f"{self.location} has changed since it was read. Run again.")
        backup = self._back_up()
        titles = {title.casefold() for title in (*self.tabs, *(tab.title for tab in self.generated.values()))}
        if taken := [tab.title for tab in patch.given if tab.title.casefold() in titles]:
            raise Refused(f'The workbook already has a tab "{taken[0]}".')
        for id in patch.drop_columns:
            self.columns.pop(id, None)
        for id in patch.drop_tabs:
            self.generated.pop(id, None)
        for column in patch.columns:
            if patch.place is None:
                raise Refused("Status columns need a tab to stand in.")
            self.columns[column.id] = self._owned(column, patch.place)
        for tab in patch.tabs:
            self.generated[tab.id] = OwnedTab(tab.id, grid_of(tab))
        for tab in patch.given:
            self.tabs[tab.title] = [list(row) for row in grid_of(tab).rows]
        return Receipt(self.revision, reads=1, writes=1, backup=backup)

    def restore(self, backup: str, revision: str) -> Receipt | None:
        if revision != self.revision or backup not in self._backups:
            return None
        kept = self._back_up()
        tabs, columns, generated = self._backups[backup]
        self.tabs, self.columns, self.generated = dict(tabs), dict(columns), dict(generated)
        return Receipt(self.revision, reads=1, writes=1, backup=kept)

    def _back_up(self) -> str:
        number = str(len(self._backups))
        self._backups[number] = (dict(self.tabs), dict(self.columns), dict(self.generated))
        return number

    def forget_copies(self) -> None:
        """There are none inside the tracker."""

    def type_into(self, id: str, row: int, column: int, value: Scalar) -> None:
        """What a person does: type a value into a cell of a generated tab."""
        tab = self.generated[id]
        rows = [list(cells) for cells in tab.grid.rows]
        rows += [[] for _ in range(row - len(rows))]
        cells = rows[row - 1]
        cells += [None] * (column - len(cells))
        cells[column - 1] = value
        self.generated[id] = replace(tab, grid=Grid(tab.title, tuple(tuple(line) for line in rows)))

    def _owned(self, column: Column, place: Place) -> OwnedColumn:
        before = self.columns.get(column.id)
        used = max(len(row) for row in self.tabs[place.tab])
        number = before.column if before else max([used, *(c.column for c in self.columns.values())]) + 1
        cells = {cell.row: cell.value for cell in column.cells if cell.value not in (None, "")}
        return OwnedColumn(column.id, place.tab, number, column.header, cells)


def grid_of(tab: Tab) -> Grid:
    """A generated tab as it will be read back: values only, a formula as its cached value."""
    cells = cells_of(tab)
    rows: list[list[Scalar]] = [[] for _ in range(max((row for row, _ in cells), default=0))]
    for (row, column), cell in cells.items():
        line = rows[row - 1]
        line += [None] * (column - len(line))
        line[column - 1] = cell.value.cached if isinstance(cell.value, Formula) else cell.value
    return Grid(tab.title, tuple(tuple(line) for line in rows), visible=not tab.hidden)
