"""Until when an assessment stays true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

# Past so many tries the next moment is taken for a change: too early is safe, too late is not.
_TRIES = 6
_MINUTE = timedelta(minutes=1)


def valid_until(
    now: datetime, tables: Tables, clocks: pd.DataFrame, calendar: Calendar, same_at: Callable[[datetime], bool]
) -> datetime:
    """The next moment after now at which any state can change, at most the end of the next working day.

    States can change at midnight, when a clock passes a mark of its own, and when a moment that somebody entered
    ahead of time comes. `same_at` says whether everything still reads the same at such a moment."""
    end = calendar.end_of_next_day(now)
    marked = min(_marks(clocks, now, end), default=end)
    for tries, moment in enumerate(candidates(now, marked, tables)):
        if tries >= _TRIES or not same_at(moment):
            return moment
    return marked


def candidates(now: datetime, end: datetime, tables: Tables) -> list[datetime]:
    """Every moment after now and before `end` at which something could change, clocks aside, in order."""
    found = set(_midnights(now, end))
    for name in ("clients", "interactions", "issues"):
        frame = tables[name].frame
        for column in frame.columns:
            if frame[column].dtype.kind == "M":
                found.update(_between(frame[column], now, end))
    return sorted(moment for moment in found if now < moment < end)


def _marks(clocks: pd.DataFrame, now: datetime, end: datetime) -> Iterator[datetime]:
    """When a clock that runs will read otherwise: in its last part, past a doubtful moment, past its deadline."""
    running = clocks[clocks["done"].isna() & clocks["state"].isin(["running", "at risk", "unknown"])]
    for column, states in (
        ("risk_at", ["running"]),
        ("doubt_at", ["running", "at risk"]),
        ("deadline", ["running", "at risk", "unknown"]),
    ):
        marks = _between(running.loc[running["state"].isin(states), column], now, end)
        # What runs out this very minute reads otherwise from the next one on.
        yield from (max(mark, now + _MINUTE) for mark in marks)


def _midnights(now: datetime, end: datetime) -> Iterable[datetime]:
    day = now.date() + timedelta(days=1)
    while day <= end.date():
        yield datetime.combine(day, time())
        day += timedelta(days=1)


def _between(series: pd.Series, now: datetime, end: datetime) -> list[Any]:
    values = series.to_numpy("datetime64[us]")
    inside = values[(values >= np.datetime64(now, "us")) & (values <= np.datetime64(end, "us"))]
    return [moment.item() for moment in np.unique(inside)]
