"""Values that are readable and cannot be true: dates after today, ends before starts, answers before questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.tables import Table

_NOT_AFTER_NOW = {
    "clients": (("last_contact", "It leaves Contact unknown. Correct the date."),),
    "interactions": (("date", "It leaves Contact unknown. Correct the date, or log it once it has happened."),),
    "issues": (("raised_at", "Correct the date."),),
    "surveys": (("sent_on", "Correct the date."), ("answered_on", "Correct the date.")),
    "signals": (("date", "Correct the date."),),
    "projects": (("completed_on", "Correct the date, or use Planned end."),),
    "results": (("date", "Correct the date."),),
    "consents": (("given_on", "Until that day it counts as no. Correct the date."),),
    "recovery": tuple(
        (column, "Correct the date, or enter it once it has happened.")
        for column in ("discussed_on", "called_on", "met_on", "kept_on", "broken_on")
    ),
    "training": (("done_on", "Correct the date, or enter it once it is done."),),
    "reviews": (("done_on", "Correct the date, or enter it once it is done."),),
}
_IN_ORDER = {
    "clients": (("start_date", "end_date"),),
    "projects": (("start", "planned_end"), ("start", "completed_on")),
    "issues": (
        ("raised_at", "acknowledged_at"),
        ("raised_at", "proposed_at"),
        ("raised_at", "fixed_at"),
        ("raised_at", "confirmed_at"),
    ),
    "surveys": (("sent_on", "answered_on"), ("answered_on", "action_done_on")),
    "consents": (("given_on", "withdrawn_on"), ("given_on", "expires_on")),
    "team": (("leave_from", "leave_to"),),
    "sop_feedback": (("date", "decided_on"),),
}


def check_values(tables: Mapping[str, Table], now: datetime) -> list[Problem]:
    """Every table's impossible dates, each cause once a column. The values stay in the frames: what depends on a
    date after now is for the rules to leave unknown."""
    problems: list[Problem] = []
    for name, table in tables.items():
        if table.present:
            for column, hint in _NOT_AFTER_NOW.get(name, ()):
                problems += _after_now(table, column, hint, now)
            for earlier, later in _IN_ORDER.get(name, ()):
                problems += _out_of_order(table, earlier, later)
    return problems


def _after_now(table: Table, column: str, hint: str, now: datetime) -> list[Problem]:
    values = table.frame[column]
    whole_day = values == values.dt.normalize()
    wrong = table.frame[values.notna() & (values > now) & ~(whole_day & (values <= pd.Timestamp(now)))]
    if wrong.empty:
        return []
    words = [shown(value.to_pydatetime()) for value in wrong[column].iloc[:3]]
    many = f"{len(wrong)} dates lie after today"
    return [_rows(table, column, wrong, f"{words[0]} lies after today.", many, hint, words)]


def _out_of_order(table: Table, earlier: str, later: str) -> list[Problem]:
    if not (table.has(earlier) and table.has(later)):
        return []
    first, second = table.frame[earlier], table.frame[later]
    by_day = (first == first.dt.normalize()) | (second == second.dt.normalize())
    before = (second < first) & (~by_day | (second.dt.normalize() < first.dt.normalize()))
    wrong = table.frame[first.notna() & second.notna() & before]
    if wrong.empty:
        return []
    row = wrong.iloc[0]
    other = table.ref(earlier, int(row["row"]))
    late, early = (shown(row[column].to_pydatetime()) for column in (later, earlier))
    one = f"{late} is before {other.header} ({other.a1}: {early})."
    many = f"{len(wrong)} dates are before {other.header} (column {other.a1.rstrip('0123456789')})"
    return [_rows(table, later, wrong, one, many, "Correct one of the two.", [])]


def _rows(table: Table, column: str, wrong: pd.DataFrame, one: str, many: str, hint: str, words: list[str]) -> Problem:
    rows = [int(row) for row in wrong["row"]]
    names = ["" if pd.isna(name) else str(name) for name in (wrong["client"] if "client" in wrong else wrong["key"])]
    return gather_rows(range(len(rows)), lambda i: table.ref(column, rows[i], names[i]), one, many, hint, words)
