"""A run for some of the clients (`--only`): the rules see these alone; everybody else's cells stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sheets_sync.errors import UsageError
from sheets_sync.model import Column, Desired, Scalar, Snapshot, StatusCell
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Table, Tables


def chosen(tables: Tables, only: Sequence[str]) -> Tables:
    """The tables of the clients that any of `only` names: by client, key, owner or tier. Raises UsageError when a word
    names nobody."""
    clients = tables["clients"].frame
    wanted = {normal(word) for word in only}
    said = {
        key: {normal(str(word)) for word in (key, *words) if isinstance(word, str)}
        for key, *words in zip(clients.index, clients["client"], clients["owner"], clients["tier"], strict=True)
    }
    unknown = wanted - {word for words in said.values() for word in words}
    if unknown:
        words = " or ".join(f"“{word}”" for word in sorted(unknown))
        raise UsageError(f"--only: no client, owner or tier is called {words}.")
    keys = {key for key, words in said.items() if words & wanted}
    return replace(
        tables,
        by_name={name: _of(table, keys) for name, table in tables.by_name.items()},
        extra=tables.extra[tables.extra.index.isin(keys)],
    )


def _of(table: Table, keys: set[str]) -> Table:
    if table.name in TABLES and not TABLES[table.name].by_client:
        return table
    named = table.frame.index if table.name == "clients" else table.frame["key"]
    return replace(table, frame=table.frame[named.isin(keys)])


def leave_others(snapshot: Snapshot, desired: Desired) -> Desired:
    """The desired look with the status cells of all other rows as they stand."""
    columns = {owned.id: owned for owned in snapshot.columns}
    kept = tuple(
        _with_standing(column, columns[column.id].cells, snapshot, desired) if column.id in columns else column
        for column in desired.columns
    )
    return replace(desired, columns=kept)


def _with_standing(column: Column, standing: Mapping[int, Scalar], snapshot: Snapshot, desired: Desired) -> Column:
    assert desired.place is not None
    grid, place = snapshot.grids[desired.place.tab], desired.place
    ours = {cell.row for cell in column.cells}
    others = [
        StatusCell(row, grid.at(row, place.key_column), value if isinstance(value, str | date) else str(value))
        for row, value in standing.items()
        if row not in ours and value not in (None, "")
    ]
    return replace(column, cells=tuple(sorted((*column.cells, *others), key=lambda cell: cell.row)))
