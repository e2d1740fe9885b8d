"""Does the money stay? Recurring revenue of the clients of a year ago, then and now, client by client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.by_client import Array, texts
from sheets_sync.rules.expansion import RECURRING, revenue_lines
from sheets_sync.rules.measures import EXACT, Found, counted, joined, left_out, misses, percent
from sheets_sync.rules.sentences import months_in_words
from sheets_sync.tracker.tables import Tables


@dataclass(frozen=True)
class Compared:
    """What each client with recurring revenue in `before` paid then and pays in `last` (months); `apart`: one-off
    income of the window; `skipped`: lines that cannot count, by reason."""

    start: Array
    end: Array
    before: np.datetime64
    last: np.datetime64
    apart: float
    skipped: dict[str, int]

    @property
    def months(self) -> str:
        return f"{_named(self.last)} against {_named(self.before)}"


def grr(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A74] Σ min(now, then) ÷ Σ then: never above 1. Ups and downs in between net out per client."""
    found = compared(metric, tables, now)
    if isinstance(found, Found):
        return found
    kept, start = float(np.minimum(found.start, found.end).sum()), float(found.start.sum())
    sentence = joined(
        f"{kept:,.0f} of {start:,.0f} a month is still there, {found.months}.",
        _changes(found, growth=False),
        "More work doesn’t count; ups and downs in between cancel out for each client.",
        _apart(found.apart),
        left_out(found.skipped),
    )
    way = _way(metric, kept, start, "kept")
    return Found(kept / start, len(found.start), sentence, f"{kept:,.0f} of {start:,.0f}", way=way)


def nrr(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A74] Σ now ÷ Σ then over the clients who paid then: above 1 where they grow more than others shrink."""
    found = compared(metric, tables, now)
    if isinstance(found, Found):
        return found
    end, start = float(found.end.sum()), float(found.start.sum())
    sentence = joined(
        f"Clients who paid {start:,.0f} a month pay {end:,.0f}, {found.months}.",
        _changes(found, growth=True),
        "New clients don’t count; ups and downs in between cancel out for each client.",
        _apart(found.apart),
        left_out(found.skipped),
    )
    way = _way(metric, end, start, "from these clients")
    return Found(end / start, len(found.start), sentence, f"{end:,.0f} of {start:,.0f}", way=way)


def compared(metric: Metric, tables: Tables, now: datetime) -> Compared | Found:
    """The last month up to today that has any line, and the same month a year earlier; or why there is nothing to say.

    Recurring are base, new, expansion and a blank kind; a contraction takes off whichever sign it is typed with."""
    if not tables["revenue"].present:
        return Found(None, 0, "There is no Revenue tab.")
    lines, skipped = revenue_lines(tables["revenue"].frame, now)
    if lines.empty:
        return Found(None, 0, joined("No revenue is entered.", left_out(skipped)))
    month = lines["month"].to_numpy("datetime64[M]")
    last = month.max()
    then = last - 12
    kind, amount = texts(lines["kind"]), lines["amount"].to_numpy(float)
    shrunk = kind == "contraction"
    amount = np.where(shrunk, -np.abs(amount), amount)
    counts = (kind == None) | np.isin(kind.astype(str), RECURRING) | shrunk  # noqa: E711
    codes, keys = pd.factorize(lines["key"])
    start, end = (_sums(codes, amount, counts & (month == which), len(keys)) for which in (then, last))
    paying = start > EXACT
    if not paying.any():
        nothing = f"No recurring revenue is entered for {_named(then)}, a year before the last month."
        return Found(None, 0, joined(nothing, left_out(skipped)))
    first = pd.Timestamp(now).normalize() - pd.Timedelta(days=metric.window_days)
    apart = float(amount[(kind == "one-off") & (lines["month"] > first).to_numpy(bool)].sum())
    return Compared(start[paying], end[paying], then, last, apart, skipped)


def _sums(codes: Array, amount: Array, mask: Array, n: int) -> Array:
    return np.bincount(codes[mask], weights=amount[mask], minlength=n)


def _changes(found: Compared, growth: bool) -> str:
    """Who pays nothing, less and, where it counts, more."""
    gone = found.end <= EXACT
    change = found.end - found.start
    parts: list[str] = []
    for verb, mask in (("more", change > EXACT), ("less", (change < -EXACT) & ~gone), ("nothing any more", gone)):
        if mask.any() and (growth or verb != "more"):
            who = counted(int(mask.sum()), "client") if not parts else f"{int(mask.sum()):,}"
            pays = "" if parts else "pays " if mask.sum() == 1 else "pay "
            total = float(change[mask].sum())
            parts.append(f"{who} {pays}{verb} ({'+' if total > 0 else '−'}{abs(total):,.0f})")
    return f"{', '.join(parts)}." if parts else "Nobody pays less." if not growth else "Nobody pays more or less."


def _apart(amount: float) -> str:
    return f"One-off income is not counted: {amount:,.0f} in 12 months." if abs(amount) > EXACT else ""


def _way(metric: Metric, reached: float, start: float, where: str) -> str:
    if not misses(metric, reached / start) or metric.target is None:
        return ""
    return f"{metric.target * start - reached:,.0f} more a month {where} would reach {percent(metric.target)} %."


def _named(month: np.datetime64) -> str:
    return months_in_words(np.array([month]))[0]
