"""What people type into the yellow columns of a tab of ours: found again by row id and by header, never by position."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import TypeVar

import pandas as pd

from sheets_sync.model import Grid, OwnedTab, Problem, Ref, Scalar, Snapshot
from sheets_sync.tracker.cells import How, blank, text_of
from sheets_sync.tracker.dates import locale_order
from sheets_sync.tracker.gather import gather_bad, shown
from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.remembered import Input, Promised, join_ids, split_ids
from sheets_sync.tracker.schema import Field
from sheets_sync.tracker.tablemap import DateOrder
from sheets_sync.tracker.values import read_values

Line = TypeVar("Line", Input, Promised)
Typed = tuple[date | str | None, ...]
PROMISE = "promise"
_ID = re.compile(r"[^|,\s]+\|[^|,]*\|[^|,]*(,[^|,\s]+\|[^|,]*\|[^|,]*)*")


@dataclass(frozen=True)
class Form:
    """The yellow columns of one tab, in the order in which a line of it is remembered. `past`: days that cannot lie
    ahead. A form that `grows` has a table a client, and a line typed right below one is a further line of it; its tab
    holds other words as well, so there only a day without a line is told."""

    tab: str
    fields: tuple[Field, ...]
    past: tuple[str, ...]
    grows: bool = False

    @property
    def headers(self) -> str:
        names = [field.header for field in self.fields]
        return f"{', '.join(names[:-1])} and {names[-1]}"


@dataclass(frozen=True)
class _Sheet:
    """A form's tab as it stands: its header rows, input columns by name, the column of row ids (all 1-based), and how
    dates are typed there."""

    form: Form
    grid: Grid
    header_rows: frozenset[int]
    columns: Mapping[str, int]
    ids: int
    order: DateOrder | None = None

    def ref(self, name: str, row: int) -> Ref:
        header = next(field.header for field in self.form.fields if field.name == name)
        return Ref(self.grid.title, row, self.columns[name], header)


def read_form(
    form: Form, line: Callable[..., Line], snapshot: Snapshot, before: Sequence[Line], now: datetime
) -> tuple[tuple[Line, ...], tuple[Problem, ...]]:
    """What was typed, a line a row id. The tab decides for the lines that it shows, `before` for all others; a line
    whose wording is as before keeps the day on which it was taken over."""
    owned = snapshot.owned_tab(form.tab)
    if owned is None:
        return tuple(before), ()
    order = locale_order(snapshot.locale)
    sheet = _find(form, owned.grid, order)
    problems = list(_unread(form, owned, bool(before))) if sheet is None else []
    known = {one.row_id: one for one in before}
    found = _read(sheet, now, problems, known) if sheet else {}
    # Also where the tab has no line any more: what was typed beside the last one is not lost.
    found |= _missed(form, order, owned, found, now, known)
    for row_id, typed in found.items():
        earlier = known.pop(row_id, None)
        if any(value is not None for value in typed):
            same = earlier is not None and astuple(earlier)[1:-1] == typed
            known[row_id] = earlier if same and earlier is not None else line(row_id, *typed, now.date())
    return tuple(known[row_id] for row_id in sorted(known)), tuple(problems)


def _missed(
    form: Form,
    order: DateOrder | None,
    owned: OwnedTab,
    found: Mapping[str, Typed],
    now: datetime,
    known: Mapping[str, Line],
) -> dict[str, Typed]:
    """The lines that somebody typed while the tab was last being rewritten: they stood there at the write, not yet at
    the read before it. What was typed since then wins."""
    if owned.missed is None:
        return {}
    grids = owned.missed.read, owned.missed.stood, owned.missed.written
    sheets = [_find(form, grid, order) for grid in grids]
    lines: list[dict[str, Typed]] = [_read(one, now, [], known) if one else {} for one in sheets]
    nothing: Typed = (None,) * len(form.fields)
    taken = {*found, *known}.union(*lines)
    late: dict[str, Typed] = {}
    for stood_id, typed in lines[1].items():
        before, ours = lines[0].get(stood_id, nothing), lines[2].get(stood_id, nothing)
        row_id = stood_id
        new = form.grows and not (stood_id in lines[0] or stood_id in lines[2])
        if new and found.get(stood_id, typed) != typed:
            # Somebody has begun another line since, which bears this number now.
            row_id = _next_id(stood_id, taken)
            taken.add(row_id)
        if row_id not in found:
            late |= {row_id: typed} if typed != before else {}
            continue
        fields = zip(typed, before, ours, found[row_id], strict=True)
        late[row_id] = tuple(v if v != b and kept == w else kept for v, b, w, kept in fields)
    return late


def _unread(form: Form, owned: OwnedTab, something: bool) -> tuple[Problem, ...]:
    """A tab without the headers is fine as long as no line of ours stands there."""
    seen = any(_looks_like_id(cell) for row in owned.grid.rows for cell in row)
    if not seen and (form.grows or not something):
        return ()
    message = f"The headers {form.headers} are not to be found, so nothing new is read here."
    hint = "They come back with this run; what was taken over before is kept."
    return (Problem(Ref(owned.title), message, hint),)


def _find(form: Form, grid: Grid, order: DateOrder | None) -> _Sheet | None:
    wanted = {normal_header(field.header): field.name for field in form.fields}
    found: list[tuple[int, dict[str, int]]] = []
    for number, row in enumerate(grid.rows, start=1):
        columns = {
            wanted[word]: place
            for place, cell in enumerate(row, start=1)
            if isinstance(cell, str) and (word := normal_header(cell)) in wanted
        }
        if len(columns) == len(wanted) and (not found or columns == found[0][1]):
            found.append((number, columns))
            if not form.grows:
                break
    if not found:
        return None
    first, columns = found[0]
    below = grid.rows[first:]
    counts = {
        place: sum(_looks_like_id(line[place - 1]) for line in below if len(line) >= place)
        for place in range(1, max(map(len, below), default=0) + 1)
        if place not in columns.values()
    }
    ids = max(counts, key=lambda place: counts[place], default=0)
    if not ids or not counts[ids]:
        return None
    return _Sheet(form, grid, frozenset(number for number, _ in found), columns, ids, order)


def _looks_like_id(cell: Scalar) -> bool:
    return isinstance(cell, str) and _ID.fullmatch(cell) is not None


def _read(sheet: _Sheet, now: datetime, problems: list[Problem], known: Mapping[str, Line]) -> dict[str, Typed]:
    first = min(sheet.header_rows) + 1
    rows = range(first, len(sheet.grid.rows) + 1)
    ids = _row_ids(sheet, rows, known)
    # Between the tables of a form that grows stand words of ours: they are nobody's days.
    own = [row for row in rows if row not in sheet.header_rows and (not sheet.form.grows or row in ids)]
    columns = [_column(sheet, field, own, now, problems) for field in sheet.form.fields]
    found: dict[str, Typed] = {}
    for row, *typed in zip(own, *columns, strict=True):
        row_id, values = ids.get(row), tuple(typed)
        filled = any(value is not None for value in values)
        if row_id is None:
            problems += [_lost(sheet, row, values)] if filled else []
        elif filled or row_id not in found:
            found[row_id] = values
    if sheet.form.grows:
        problems += [_lost(sheet, row, days) for row, days in _days_beside_nothing(sheet, rows, ids)]
    return found


def _row_ids(sheet: _Sheet, rows: range, known: Mapping[str, Line]) -> dict[int, str]:
    """The row id of each line: its own, or below a table that grows the next one of it."""
    ids: dict[int, str] = {}
    for row in rows:
        cell = sheet.grid.at(row, sheet.ids)
        if isinstance(cell, str) and split_ids(cell):
            ids[row] = cell
    if sheet.form.grows:
        taken = {*ids.values(), *known}
        for header in sheet.header_rows:
            row = header + 1
            while row in ids:
                row += 1
            while row - 1 in ids and row not in sheet.header_rows and _only_typed(sheet, row):
                ids[row] = _next_id(ids[row - 1], taken)
                taken.add(ids[row])
                row += 1
    return ids


def _only_typed(sheet: _Sheet, row: int) -> bool:
    """Whether a row holds something in the yellow columns and nothing beside them."""
    line = sheet.grid.rows[row - 1] if row <= len(sheet.grid.rows) else ()
    filled = {place for place, cell in enumerate(line, start=1) if not blank(cell)}
    return bool(filled) and filled <= set(sheet.columns.values())


def _next_id(row_id: str, taken: set[str]) -> str:
    entry, key, _ = split_ids(row_id)[0]
    return next(id for n in range(1, len(taken) + 2) if (id := numbered_id(entry, key, n)) not in taken)


def numbered_id(entry: str, key: str, number: int) -> str:
    """The row id of the so-manieth line of a client: promise|aldgate legal|#2."""
    return join_ids([(entry, key, f"#{number}")])


def _column(
    sheet: _Sheet, field: Field, rows: Sequence[int], now: datetime, problems: list[Problem]
) -> list[date | str | None]:
    cells = [sheet.grid.at(row, sheet.columns[field.name]) for row in rows]
    if field.type == "text":
        return [text_of(cell) or None for cell in cells]
    parsed = read_values(field, cells, How(now, order=sheet.order))
    problems += gather_bad(parsed.bad, lambda i: sheet.ref(field.name, rows[i]))
    values: list[date | None] = [None if pd.isna(v) else v.date() for v in pd.Series(parsed.values)]
    ahead = [i for i, day in enumerate(values) if day and field.name in sheet.form.past and day > now.date()]
    for index in ahead[:1]:
        message = f"{shown(values[index])} lies after today, so it does not count yet."
        hint = "Enter the day it was done."
        problems.append(Problem(sheet.ref(field.name, rows[index]), message, hint, cells[index], len(ahead)))
    unread = {bad.index: text_of(bad.value) or None for bad in parsed.bad}
    return [unread.get(i, day) if not blank(cells[i]) else None for i, day in enumerate(values)]


def _days_beside_nothing(sheet: _Sheet, rows: range, ids: Mapping[int, str]) -> list[tuple[int, Typed]]:
    found: list[tuple[int, Typed]] = []
    for row in rows:
        if row not in ids and row not in sheet.header_rows:
            cells = [sheet.grid.at(row, sheet.columns[f.name]) if f.type != "text" else None for f in sheet.form.fields]
            days = tuple(cell if isinstance(cell, date) else None for cell in cells)
            found += [(row, days)] if any(days) else []
    return found


def _lost(sheet: _Sheet, row: int, typed: Typed) -> Problem:
    words = ", ".join(shown(value) for value in typed if value is not None)
    name = next(f.name for f, value in zip(sheet.form.fields, typed, strict=True) if value is not None)
    return Problem(
        sheet.ref(name, row),
        f"{words} stands beside no line of ours, so it is not taken over.",
        "Type it beside a line that sheets-sync has written.",
    )
