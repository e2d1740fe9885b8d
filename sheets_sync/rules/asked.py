"""What every touchpoint shares: whom it is asked of, where its day stands today, and its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.conditions import fires
from sheets_sync.playbook.schema import Playbook, Touchpoint
from sheets_sync.rules.by_client import NO_DAY, Array
from sheets_sync.rules.kept import Span
from sheets_sync.rules.milestones import Known
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Tables


@dataclass(frozen=True)
class Setting:
    """What one run's touchpoints are worked out from; `began` is the day counting began. `mine`: the clients that an
    entry is for where the playbook has exceptions, None for all."""

    playbook: Playbook
    tables: Tables
    facts: pd.DataFrame
    known: Known
    began: date
    today: date
    count: Any
    now: datetime
    mine: Array | None = None

    @property
    def gone(self) -> int:
        """How many days past its latest a touchpoint is missed."""
        return self.playbook.settings.missed.after_days

    @property
    def span(self) -> Span:
        """What the on-time rate looks at: from its window's start, or from when counting began."""
        measure = self.playbook.metrics.get("on_time_rate")
        begin, today = np.datetime64(self.began, "D"), self.known.today
        first = today - (measure.window_days if measure else 0) + 1
        return Span(begin, max(first, begin), today, today)


def open_clients(entry: Touchpoint, setting: Setting, strict: bool = False) -> Array:
    """Of which clients it is asked: `when` holds, and the client has not ended, unless the touchpoint outlives that."""
    facts, status = setting.facts, setting.playbook.settings.status
    fired = fires(entry.when, entry.any, facts, setting.tables.extra, setting.count, setting.now)
    asked: Array = fired.fillna(False).to_numpy(bool)
    shut = set(status.no_health) if strict or not entry.outlives else set(status.no_health) - set(status.closed)
    # A playbook that names a status means it: small businesses follow up on prospects.
    shut -= _named(entry)
    asked &= ~facts["status"].isin(shut).to_numpy(bool)
    return asked if setting.mine is None else asked & setting.mine


def _named(entry: Touchpoint) -> set[str]:
    """The statuses that an entry asks for by name."""
    wanted = entry.when.get("status", {}).get("is", ())
    return {wanted} if isinstance(wanted, str) else set(wanted)


def missing_tab(entry: Touchpoint, setting: Setting) -> str:
    """Why nothing can be known of it: none of the tabs in which it would be entered is there."""
    needs = [("surveys", entry.done.surveys), ("care", entry.done.care)]
    wanted = [table for table, kinds in needs if kinds]
    if entry.done.types or entry.done.milestone or entry.done.by_role or not wanted:
        wanted.insert(0, "interactions")
    titles = [TABLES[table].title for table in wanted]
    there = any(setting.tables[table].present for table in wanted)
    return "" if there else f"there is no {' or '.join(titles)} tab"


def early(entry: Touchpoint, day: Array, setting: Setting) -> Array:
    """From when on a contact counts for this occurrence rather than for the one before."""
    if entry.tolerance_unit == "days":
        return day - np.timedelta64(entry.tolerance, "D")
    return setting.known.week.shift(day, -entry.tolerance, "backward")


def latest_of(entry: Touchpoint, day: Array, due: Array, setting: Setting) -> Array:
    """Until when an occurrence is in time."""
    if entry.tolerance_unit == "days":
        return np.asarray(day + np.timedelta64(entry.tolerance, "D"))
    return setting.known.week.shift(due, entry.tolerance)


def state_of(begins: Array, end: Array, setting: Setting) -> tuple[Array, Array]:
    """The state today of what is due from `begins` to `end`, and the day on which it will be another one."""
    today, gone = setting.known.today, end + setting.gone
    since = [today < begins, today <= end, today <= gone]
    state = np.select(since, ["upcoming", "due", "overdue"], "missed").astype(object)
    changes = np.select(since, [begins, end + 1, gone + 1], NO_DAY)
    return state, changes


def missed(name: str, entry: Touchpoint, day: Array, rows: Array, setting: Setting) -> pd.DataFrame:
    """The occurrences of some clients (`rows` of `day`) that were missed for good."""
    day = day[rows]
    due = setting.known.week.roll(day)
    values = {
        "key": setting.known.keys.to_numpy()[rows],
        "state": np.full(len(rows), "missed", dtype=object),
        "opens": day,
        "due": due,
        "latest": latest_of(entry, day, due, setting),
        "occurrence": day.astype(str).astype(object),
    }
    return lines(values, name, entry.title, entry.routine)


def not_tracked(name: str, entry: Touchpoint, rows: Array, reason: str, setting: Setting) -> pd.DataFrame:
    """A row for each of some clients, saying why nothing can be said."""
    values = {
        "key": setting.known.keys.to_numpy()[rows],
        "state": np.full(len(rows), "not tracked", dtype=object),
        "reason": np.full(len(rows), reason, dtype=object),
    }
    return lines(values, name, entry.title, entry.routine)


@cache
def nothing() -> pd.DataFrame:
    """No rows at all; not to be written into."""
    return lines({}, "", "", False)


def lines(values: dict[str, Array], name: str, title: str, routine: bool) -> pd.DataFrame:
    """Rows of one entry with all columns; text that isn't given is missing, days are NaT."""
    n = len(values.get("key", ()))
    columns: dict[str, Any] = {"id": np.full(n, name, object), "title": np.full(n, title, object)}
    columns["routine"] = np.full(n, routine, bool)
    columns["row"] = values.get("row", np.full(n, -1))
    columns["older"] = values.get("older", np.zeros(n, bool))
    for column in ("key", "project", "state", "occurrence", "reason", "rhythm", "fields"):
        columns[column] = values.get(column, np.full(n, None, dtype=object))
    for column in ("opens", "due", "latest", "last", "changes"):
        columns[column] = values.get(column, np.full(n, NO_DAY)).astype("datetime64[us]")
    return pd.DataFrame(columns)
