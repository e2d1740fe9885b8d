"""What people typed into the Diary's yellow columns, found again by row id and by header, never by position."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from sheets_sync.model import Grid, Problem, Ref, Scalar, Snapshot
from sheets_sync.tracker.gather import gather_bad, shown
from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.remembered import History, Input, split_ids
from sheets_sync.tracker.schema import Field
from sheets_sync.tracker.values import How, blank, read_values, text_of

HEADERS = {"done_on": "Done on", "outcome": "Outcome", "snooze_until": "Snooze until", "reason": "Reason"}
_DATES = {name: Field(name, HEADERS[name], "date") for name in ("done_on", "snooze_until")}
_ID = re.compile(r"[^|,\s]+\|[^|,]*\|[^|,]*(,[^|,\s]+\|[^|,]*\|[^|,]*)*")
COLUMNS = (
    "entry",
    "key",
    "occurrence",
    "done_on",
    "outcome",
    "snooze_until",
    "reason",
    "row_id",
    "taken_on",
    "done_on_typed",
    "snooze_until_typed",
)


@dataclass(frozen=True)
class _Sheet:
    """The Diary as it stands: header row, input columns by name, the column of row ids (all 1-based)."""

    grid: Grid
    header_row: int
    columns: Mapping[str, int]
    ids: int

    def ref(self, name: str, row: int) -> Ref:
        return Ref(self.grid.title, row, self.columns[name], HEADERS[name])


def read_inputs(snapshot: Snapshot, history: History, now: datetime) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """What was typed, one row for each thing that a Diary line stood for: entry key occurrence done_on (datetime64)
    outcome snooze_until (datetime64) reason row_id taken_on (datetime64), and as typed, text that is no date too,
    done_on_typed snooze_until_typed. The Diary decides for the lines that it shows, the history for all others."""
    owned = snapshot.owned_tab("diary")
    if owned is None:
        return _frame(history.inputs), ()
    sheet = _find(owned.grid)
    if sheet is None:
        if not history.inputs and not any(_looks_like_id(cell) for row in owned.grid.rows for cell in row):
            return _frame(()), ()
        problem = Problem(
            Ref(owned.title),
            "The headers Done on, Outcome, Snooze until and Reason are not to be found, so nothing new is read here.",
            "They come back with this run; what was taken over before is kept.",
        )
        return _frame(history.inputs), (problem,)
    problems: list[Problem] = []
    known = {input.row_id: input for input in history.inputs}
    seen = _read_sheet(sheet, now, problems)
    for row_id, typed in seen.items():
        before = known.pop(row_id, None)
        if any(value is not None for value in typed):
            found = Input(row_id, *typed, now.date())
            same = before is not None and _wording(before) == _wording(found)
            known[row_id] = before if same and before is not None else found
    return _frame(tuple(known[row_id] for row_id in sorted(known))), tuple(problems)


Typed = tuple[date | str | None, str | None, date | str | None, str | None]


def _wording(input: Input) -> Typed:
    return input.done_on, input.outcome, input.snooze_until, input.reason


def _find(grid: Grid) -> _Sheet | None:
    wanted = {normal_header(header): name for name, header in HEADERS.items()}
    for number, row in enumerate(grid.rows[:50], start=1):
        columns = {
            wanted[word]: place
            for place, cell in enumerate(row, start=1)
            if isinstance(cell, str) and (word := normal_header(cell)) in wanted
        }
        if len(columns) == len(wanted):
            below = grid.rows[number:]
            width = max(map(len, below), default=0)
            counts = {
                place: sum(_looks_like_id(line[place - 1]) for line in below if len(line) >= place)
                for place in range(1, width + 1)
                if place not in columns.values()
            }
            ids = max(counts, key=lambda place: counts[place], default=0)
            return _Sheet(grid, number, columns, ids) if ids and counts[ids] else None
    return None


def _looks_like_id(cell: Scalar) -> bool:
    return isinstance(cell, str) and _ID.fullmatch(cell) is not None


def _read_sheet(sheet: _Sheet, now: datetime, problems: list[Problem]) -> dict[str, Typed]:
    rows = range(sheet.header_row + 1, len(sheet.grid.rows) + 1)
    cells = {name: [sheet.grid.at(row, place) for row in rows] for name, place in sheet.columns.items()}
    days = {name: _days(sheet, name, cells[name], rows, now, problems) for name in _DATES}
    found: dict[str, Typed] = {}
    for index, row in enumerate(rows):
        typed: Typed = (
            days["done_on"][index],
            text_of(cells["outcome"][index]) or None,
            days["snooze_until"][index],
            text_of(cells["reason"][index]) or None,
        )
        row_id = sheet.grid.at(row, sheet.ids)
        filled = any(value is not None for value in typed)
        if not isinstance(row_id, str) or not split_ids(row_id):
            if filled:
                problems.append(_lost(sheet, row, typed))
        elif filled or row_id not in found:
            found[row_id] = typed
    return found


def _days(
    sheet: _Sheet, name: str, cells: Sequence[Scalar], rows: range, now: datetime, problems: list[Problem]
) -> list[date | str | None]:
    parsed = read_values(_DATES[name], cells, How(now))
    problems += gather_bad(parsed.bad, lambda i: sheet.ref(name, rows[i]))
    values: list[date | None] = [None if pd.isna(v) else v.date() for v in pd.Series(parsed.values)]
    ahead = [i for i, day in enumerate(values) if day and name == "done_on" and day > now.date()]
    for index in ahead[:1]:
        day = shown(values[index])
        problems.append(
            Problem(
                sheet.ref(name, rows[index]),
                f"{day} lies after today, so it does not count yet.",
                "Enter the day it was done.",
                cells[index],
                len(ahead),
            )
        )
    unread = {bad.index: text_of(bad.value) or None for bad in parsed.bad}
    return [unread.get(i, day) if not blank(cells[i]) else None for i, day in enumerate(values)]


def _lost(sheet: _Sheet, row: int, typed: Typed) -> Problem:
    words = ", ".join(shown(value) for value in typed if value is not None)
    name = next(name for name, value in zip(HEADERS, typed, strict=True) if value is not None)
    return Problem(
        sheet.ref(name, row),
        f"{words} stands beside no line of ours, so it is not taken over.",
        "Type it beside a line that sheets-sync has written.",
    )


def _frame(inputs: Sequence[Input]) -> pd.DataFrame:
    lines = [
        (
            *id,
            _real(i.done_on),
            i.outcome,
            _real(i.snooze_until),
            i.reason,
            i.row_id,
            i.taken_on,
            i.done_on,
            i.snooze_until,
        )
        for i in inputs
        for id in split_ids(i.row_id)
    ]
    frame = pd.DataFrame(lines, columns=list(COLUMNS), dtype=object)
    dates = dict.fromkeys(("done_on", "snooze_until", "taken_on"), "datetime64[us]")
    texts = dict.fromkeys(("entry", "key", "occurrence", "outcome", "reason", "row_id"), "string")
    return frame.astype(dates | texts)


def _real(value: date | str | None) -> date | None:
    return value if isinstance(value, date) else None
