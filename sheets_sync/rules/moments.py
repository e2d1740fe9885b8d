"""Until when an assessment stays true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

# Past so many tries the next moment is taken for a change: too early is safe, too late is not.
_TRIES = 6


def valid_until(
    now: datetime, tables: Tables, clocks: pd.DataFrame, calendar: Calendar, same_at: Callable[[datetime], bool]
) -> datetime:
    """The next moment at which any state can change, at most the end of the next working day.

    States can change at midnight, when a clock passes a mark of its own, and when a moment that somebody entered
    ahead of time comes. `same_at` says whether everything still reads the same at such a moment."""
    end = calendar.end_of_next_day(now)
    for tries, (moment, changed) in enumerate(candidates(now, end, tables, clocks)):
        if tries >= _TRIES or not same_at(changed):
            return moment
    return end


def candidates(now: datetime, end: datetime, tables: Tables, clocks: pd.DataFrame) -> list[tuple[datetime, datetime]]:
    """Every moment from now to `end` after which something could change, in order, each with the first moment at which
    it would show: a deadline is still kept on its own minute and broken right after it."""
    found = {(moment, moment) for moment in _midnights(now, end)}
    for mark in ("deadline", "doubt_at"):
        found.update((moment, moment + timedelta(microseconds=1)) for moment in _between(clocks[mark], now, end))
    found.update((moment, moment) for moment in _between(clocks["risk_at"], now, end))
    for name in ("interactions", "issues"):
        frame = tables[name].frame
        for column in frame.columns:
            if frame[column].dtype.kind == "M":
                found.update((moment, moment) for moment in _between(frame[column], now, end) if moment > now)
    return sorted(found)


def _midnights(now: datetime, end: datetime) -> Iterable[datetime]:
    day = now.date() + timedelta(days=1)
    while day <= end.date():
        yield datetime.combine(day, time())
        day += timedelta(days=1)


def _between(series: pd.Series, now: datetime, end: datetime) -> list[Any]:
    values = series.to_numpy("datetime64[us]")
    inside = values[(values >= np.datetime64(now, "us")) & (values <= np.datetime64(end, "us"))]
    return [moment.item() for moment in np.unique(inside)]
