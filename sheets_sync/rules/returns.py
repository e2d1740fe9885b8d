"""What came back for the fees: attributed revenue of Results against what was billed in the same months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, Gathered, day_of, numbers
from sheets_sync.rules.results import Measured, measured

NO_MONTH = np.datetime64("NaT", "M")


@dataclass(frozen=True)
class Returns:
    """Arrays in the order of the clients: `value` and `fees` of the months `first` to `last`; NaN and NaT where the
    tracker doesn't tell."""

    value: Array
    fees: Array
    first: Array
    last: Array

    @cached_property
    def ratio(self) -> Array:
        """How often the fees came back; NaN where either is not known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            shares: Array = np.where(self.fees > 0, self.value / self.fees, np.nan)
        return shares


def returns(playbook: Playbook, gathered: Gathered, now: datetime) -> Returns:
    """[A71] Value delivered ÷ fees over the year up to the last month that was measured, but not from before the first.
    Fees are those of Revenue, else Monthly fee times the months.

    61,200 of attributed revenue from Dec 2025 to Nov 2026, 12 × 1,600 of fees: 3.19
    """
    line, settings = measured(playbook, gathered, now), playbook.settings.results
    n = len(gathered.clients)
    at, points = _points(line, line.named(settings.money))
    month = line.on[points].astype("datetime64[M]")
    last = _latest(at, month, n)
    stale = (last + 1).astype("datetime64[D]") <= day_of(now) - settings.fresh_days
    last[stale] = NO_MONTH
    inside = (month > last[at] - settings.year_months) & (month <= last[at])
    at, month, points = at[inside], month[inside], points[inside]
    first = _earliest(at, month, n)
    value = np.where(np.isnat(last), np.nan, np.bincount(at, weights=line.value[points], minlength=n))
    return Returns(value, fees(gathered, first, last), first, last)


def fees(gathered: Gathered, first: Array, last: Array) -> Array:
    """What each client was billed in its months `first` to `last`; NaN where nothing says so."""
    found = gathered["revenue"]
    n, at = len(gathered.clients), found.at
    month, amount = found.days("month").astype("datetime64[M]"), found.numbers("amount")
    taken = found.is_in("kind", {"contraction"})
    amount = np.where(taken, -np.abs(amount), amount)
    counts = found.known & ~np.isnan(amount) & (month >= first[at]) & (month <= last[at])
    billed = np.bincount(at[counts], weights=amount[counts], minlength=n)
    lines = np.bincount(at[counts], minlength=n)
    months = (last - first).astype(float) + 1
    months[np.isnat(last) | np.isnat(first)] = np.nan
    monthly = numbers(gathered.clients["monthly_fee"]) * months
    return np.where(np.isnan(months), np.nan, np.where(lines > 0, billed, monthly))


def _points(line: Measured, lines: Array) -> tuple[Array, Array]:
    """The points of some lines, each with its client."""
    length = line.end - line.begin
    owner = np.repeat(line.at, length)
    chosen = np.repeat(lines, length)
    points = np.flatnonzero(chosen)
    return owner[points], points


def _latest(at: Array, month: Array, n: int) -> Array:
    best = np.full(n, np.iinfo(np.int64).min)
    np.maximum.at(best, at, month.astype(np.int64))
    return best.astype("datetime64[M]")


def _earliest(at: Array, month: Array, n: int) -> Array:
    best = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(best, at, month.astype(np.int64))
    return np.where(best == np.iinfo(np.int64).max, NO_MONTH, best.astype("datetime64[M]"))
