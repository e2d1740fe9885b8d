"""Tabs as an export has them → tabs of a new tracker: our columns first, typed where they can be read for certain,
every other column after them as it stands. No row and no value is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from sheets_sync.model import CellError, Grid, Scalar, Snapshot, letters
from sheets_sync.tracker.cells import How, blank, text_of
from sheets_sync.tracker.headers import normal, normal_header
from sheets_sync.tracker.proposal import FoundTable, Proposal
from sheets_sync.tracker.read import ordered
from sheets_sync.tracker.region import Region, column_cells
from sheets_sync.tracker.schema import CLIENTS, TABLES, Field
from sheets_sync.tracker.tables import Tables
from sheets_sync.tracker.values import read_values

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONGEST_HEADER = 200


@dataclass(frozen=True)
class Laid:
    """A tab of the new tracker: a column is one of ours, or a header of theirs; `said` are sentences about it."""

    title: str
    columns: tuple[Field | str, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    said: tuple[str, ...] = ()


@dataclass
class _Column:
    header: Field | str
    cells: list[Scalar] = field(default_factory=list)


def lay_out(snapshot: Snapshot, proposal: Proposal, tables: Tables, how: How, add: Iterable[str] = ()) -> list[Laid]:
    """The tabs of the new tracker, Clients first. `add` are names of Clients columns wanted besides."""
    laid: list[Laid] = []
    clients = proposal.tables["clients"]
    others = [found for found in proposal.tabs() if found.match.spec is not CLIENTS]
    used = {found.tab for found in others}
    if clients.tab in used:
        laid.append(_named(clients, set(add)))
    elif tables.derived:
        laid.append(_derived(tables, clients, set(add)))
    else:
        laid.append(_tab(clients, how, tables, set(add)))
        used.add(clients.tab)
    titles: set[str] = set()
    for found in others:
        if found.match.spec.title not in titles:
            titles.add(found.match.spec.title)
            laid.append(_tab(found, how, tables, set()))
        else:
            used.discard(found.tab)
    for title, grid in snapshot.grids.items():
        if title not in used and any(not blank(cell) for row in grid.rows for cell in row):
            taken = {one.title.casefold() for one in laid} | {spec.title.casefold() for spec in TABLES.values()}
            laid.append(_as_it_is(grid, f"{title[:20]} (export)" if title.casefold() in taken else title))
    return laid


def _tab(found: FoundTable, how: How, tables: Tables, add: set[str]) -> Laid:
    spec, rows = found.match.spec, found.grid.rows
    below = [row for row in rows[found.match.row :] if any(not blank(cell) for cell in row)]
    numbers = [n for n, row in enumerate(rows, 1) if n > found.match.row and any(not blank(cell) for cell in row)]
    cells = {name: column_cells(below, place.column) for name, place in found.match.columns.items()}
    how = replace(how, map=ordered(how.map, spec, Region(found.match.row + 1, len(below), cells)))
    columns, said, kept = [], [], set()
    for column in spec.fields:
        if column.name not in cells:
            if column.starter or column.name in add:
                columns.append(_Column(column, [None] * len(below)))
            continue
        values = _typed(column, cells[column.name], how)
        if column.divisors and normal_header(found.match.columns[column.name].header) in {
            normal_header(word) for word in column.divisors
        }:
            values = _divided(column, tables, numbers, values)
            kept.add(found.match.columns[column.name].column)
        columns.append(_Column(column, values))
    used = {place.column for place in found.match.columns.values()} - kept
    columns += _theirs(rows[found.match.row - 1], below, used)
    if above := sum(any(not blank(cell) for cell in row) for row in rows[: found.match.row - 1]):
        said.append(f"{above} line{'s' if above > 1 else ''} above the header of “{found.tab}” left out.")
    said += _ragged(rows[found.match.row - 1], below, numbers)
    lines = zip(*(column.cells for column in columns), strict=True) if columns else ()
    return Laid(spec.title, _headers(columns), tuple(lines), tuple(said))


def _typed(column: Field, cells: Sequence[Scalar], how: How) -> list[Scalar]:
    """Each cell as its column's type; one that cannot be read for certain stays as it was written."""
    if column.type == "raw":
        return [None if blank(cell) else cell for cell in cells]
    parsed = read_values(column, cells, how)
    bad = {one.index for one in parsed.bad}
    values = zip(range(len(cells)), parsed.values, cells, strict=True)
    return [_written(cell) if i in bad else _plain(value, column) for i, value, cell in values]


def _written(cell: Scalar) -> Scalar:
    return cell.text if isinstance(cell, CellError) else cell


def _plain(value: Any, column: Field) -> Scalar:
    """A typed value as a cell has it."""
    if value is None or pd.isna(value):
        return None
    if column.type == "yes_no":
        return "yes" if value else "no"
    if hasattr(value, "to_pydatetime"):
        moment: datetime = value.to_pydatetime()
        return moment.date() if moment.time() == time() else moment
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _divided(column: Field, tables: Tables, numbers: Sequence[int], values: list[Scalar]) -> list[Scalar]:
    """A yearly sum as reading takes it for a month; the sum itself stays in a column of its own."""
    frame = tables["clients"].frame
    by_row = dict(zip(frame["row"].tolist(), frame[column.name].tolist(), strict=True))
    both = zip(numbers, values, strict=True)
    return [_plain(by_row.get(n), column) if isinstance(value, int | float) else value for n, value in both]


def _theirs(headers: Sequence[Scalar], below: Sequence[Sequence[Scalar]], used: set[int]) -> list[_Column]:
    width = max([len(headers), *(len(row) for row in below)], default=0)
    found = []
    for place in range(1, width + 1):
        cells = [_written(cell) for cell in column_cells(below, place)]
        header = str(headers[place - 1]) if place <= len(headers) and not blank(headers[place - 1]) else ""
        if place in used or (not header and all(blank(cell) for cell in cells)):
            continue
        found.append(_Column(header or f"Column {letters(place)}", _as_numbers(cells)))
    return found


def _as_numbers(cells: list[Scalar]) -> list[Scalar]:
    """A column whose every text is a plain number or an ISO date as such; anything else, ids too, as it stands."""
    texts = [cell.strip() for cell in cells if isinstance(cell, str) and not blank(cell)]
    if texts and all(_NUMBER.fullmatch(text) for text in texts):
        return [None if blank(c) else (float(c) if "." in c else int(c)) if isinstance(c, str) else c for c in cells]
    if texts and all(_ISO.fullmatch(text) for text in texts):
        try:
            return [None if blank(c) else date.fromisoformat(c.strip()) if isinstance(c, str) else c for c in cells]
        except ValueError:
            pass
    return [None if blank(cell) else cell for cell in cells]


def _headers(columns: Sequence[_Column]) -> tuple[Field | str, ...]:
    """The columns; of theirs each with a header that no other has, as a table needs it."""
    taken = {column.header.header.casefold() for column in columns if isinstance(column.header, Field)}
    found: list[Field | str] = []
    for column in columns:
        if isinstance(column.header, Field):
            found.append(column.header)
            continue
        plain = "".join(c if c.isprintable() else " " for c in column.header)
        header = base = " ".join(plain.split())[:_LONGEST_HEADER] or "Column"
        number = 2
        while header.casefold() in taken:
            header, number = f"{base} ({number})", number + 1
        taken.add(header.casefold())
        found.append(header)
    return tuple(found)


def _ragged(headers: Sequence[Scalar], below: Sequence[Sequence[Scalar]], numbers: Sequence[int]) -> list[str]:
    longer = [n for n, row in zip(numbers, below, strict=True) if any(not blank(cell) for cell in row[len(headers) :])]
    if not longer:
        return []
    shown = ", ".join(map(str, longer[:5])) + (" …" if len(longer) > 5 else "")
    what = "Is a mark inside a value not quoted? What is over stands at the right."
    return [f"Longer than the header: line {shown}. {what}"]


def _named(clients: FoundTable, add: set[str]) -> Laid:
    """Clients that a tab of contacts or projects names: one row a name, in the order in which they come."""
    below = clients.grid.rows[clients.match.row :]
    found = [name for name in ("client", "client_id") if name in clients.match.columns]
    cells = [column_cells(below, clients.match.columns[name].column) for name in found]
    names: dict[tuple[str, ...], tuple[Scalar, ...]] = {}
    for line in zip(*cells, strict=True):
        if not blank(line[0]):
            names.setdefault(tuple(normal(text_of(cell)) for cell in line), line)
    columns = [
        _Column(column, [line[found.index(column.name)] for line in names.values()])
        if column.name in found
        else _Column(column, [None] * len(names))
        for column in CLIENTS.fields
        if column.starter or column.name in add or column.name in found
    ]
    rows = tuple(zip(*(column.cells for column in columns), strict=True))
    return Laid(CLIENTS.title, _headers(columns), rows, (f"{len(rows)} clients are named in “{clients.tab}”.",))


def _derived(tables: Tables, clients: FoundTable, add: set[str]) -> Laid:
    """Clients that an export names several times each: one row a name, with what all its rows agree on."""
    frame = tables["clients"].frame
    known = tables["clients"].columns
    columns = [
        _Column(column, [_plain(value, column) for value in frame[column.name]])
        for column in CLIENTS.fields
        if column.starter or column.name in add or (column.name in known and frame[column.name].notna().any())
    ]
    rows = tuple(zip(*(column.cells for column in columns), strict=True))
    return Laid(CLIENTS.title, _headers(columns), rows, (f"{len(rows)} clients from “{clients.tab}”, a row each.",))


def _as_it_is(grid: Grid, title: str) -> Laid:
    """A tab that is none of ours, with its first filled row as the header."""
    rows = [row for row in grid.rows if any(not blank(cell) for cell in row)]
    columns = _theirs(rows[0], rows[1:], set())
    lines = zip(*(column.cells for column in columns), strict=True) if columns else ()
    plain = re.sub(r"[\[\]:*?/\\']", " ", "".join(c if c.isprintable() else " " for c in title)).strip()[:31]
    return Laid(plain or "Export", _headers(columns), tuple(lines))
