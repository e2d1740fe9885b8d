"""Dates that come again: steps of days and months from an anchor, working days, and the occurrence that is open now.

All work on arrays of numpy days (NaT = none). A step of months is always taken from the anchor, so that the 31st comes
back after a short month.

>>> step(np.array(["2026-01-31"], "M8[D]"), Every(months=1), np.array([2]))
array(['2026-03-31'], dtype='datetime64[D]')
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from sheets_sync.playbook.spans import Every
from sheets_sync.rules.by_client import NO_DAY, Array
from sheets_sync.worktime import Calendar

# Beyond these no plan makes sense, and numpy days would no longer be Python dates.
_FIRST, _LAST = np.datetime64("1900-01-01", "D"), np.datetime64("2900-01-01", "D")


@dataclass(frozen=True)
class Week:
    """The agency's working days, for arrays."""

    days: np.busdaycalendar

    @staticmethod
    def of(calendar: Calendar) -> Week:
        mask = [day in calendar.days for day in range(7)]
        return Week(np.busdaycalendar(weekmask=mask, holidays=sorted(calendar.holidays)))

    def roll(self, days: Array) -> Array:
        """Each day itself when it is a working day, else the next one."""
        return self.shift(days, 0)

    def roll_back(self, days: Array) -> Array:
        """Each day itself when it is a working day, else the last one before it."""
        return self.shift(days, 0, "backward")

    def shift(self, days: Array, n: int, first: Literal["forward", "backward"] = "forward") -> Array:
        """The n-th working day after each day."""
        rolled: Array = np.busday_offset(days, n, roll=first, busdaycal=self.days)
        return rolled


@dataclass(frozen=True)
class Occurrences:
    """What is open of a cadence, an item a client: its day (never rolled), whether an older one fell due before
    counting began, and the last one that was missed for good (NaT = none)."""

    day: Array
    older: Array
    missed: Array


def sane(days: Array) -> Array:
    """The days, without those that no plan can reach."""
    kept: Array = np.where((days >= _FIRST) & (days <= _LAST), days, NO_DAY)
    return kept


def step(base: Array, every: Every, k: Array | int) -> Array:
    """The day `k` steps after each base; months end where the month is too short."""
    if every.days:
        return np.asarray(base + np.asarray(k) * every.days)
    first = base.astype("datetime64[M]")
    target = first + np.asarray(k) * every.months
    start = target.astype("datetime64[D]")
    length = (target + 1).astype("datetime64[D]") - start
    return np.asarray(start + np.minimum(base - first.astype("datetime64[D]"), length - np.timedelta64(1, "D")))


def steps_until(base: Array, every: Every, until: Array | np.datetime64) -> Array:
    """How many steps after each base lie on or before `until`; negative where the base is later, 0 without one."""
    if every.days:
        k = _whole((until - base).astype(float) // every.days, base)
    else:
        months = (np.asarray(until).astype("datetime64[M]") - base.astype("datetime64[M]")).astype(float)
        k = _whole(months // every.months, base)
    return np.where(step(base, every, k) > until, k - 1, k)


def _whole(k: Array, base: Array) -> Array:
    return np.where(np.isnat(base) | np.isnan(k), 0, k).astype(np.int64)


def from_last(
    last: Array, floor: Array, every: Every, began: date, today: date, gone: np.timedelta64, routine: bool
) -> Occurrences:
    """The open occurrence, one step after the last contact, or after `floor` (the start) where that is later.

    What fell due before counting `began` is not held against anybody: the cadence runs on from that day. Of a routine
    only the newest missed one is open; any other is missed once it is `gone` past its day, and then the next is."""
    begin, base = np.datetime64(began, "D"), np.fmax(last, floor)
    older = step(base, every, 1) < begin
    base = np.where(older, begin, base)
    return _open(base, np.ones(len(base), np.int64), every, older, np.datetime64(today, "D"), gone, routine)


def from_anchor(
    anchor: Array, done: Array, every: Every, began: date, today: date, gone: np.timedelta64, routine: bool
) -> Occurrences:
    """The open occurrence among the steps after an anchor; `done` is how many of them the last contact has settled."""
    begin = np.datetime64(began, "D")
    k = np.maximum(done, 0) + 1
    first = np.maximum(steps_until(anchor, every, begin - np.timedelta64(1, "D")) + 1, 1)
    older = (k < first) & ~np.isnat(anchor)
    return _open(anchor, np.maximum(k, first), every, older, np.datetime64(today, "D"), gone, routine)


def _open(
    base: Array, k: Array, every: Every, older: Array, today: np.datetime64, gone: np.timedelta64, routine: bool
) -> Occurrences:
    current = k
    if routine:
        current = np.maximum(k, steps_until(base, every, today))
    else:
        # The first one that is not yet gone; at most one that is gone is worth telling.
        current = np.maximum(k, steps_until(base, every, today - gone - np.timedelta64(1, "D")) + 1)
    missed = np.where((current > k) & (not routine), step(base, every, current - 1), NO_DAY)
    return Occurrences(step(base, every, current), older, missed)
