"""Do we keep to our own calendar? Touchpoints done within their tolerance, of those that fell due."""

from __future__ import annotations

from datetime import date, datetime
from math import ceil

import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.measures import EXACT, Found, counted, joined, misses, percent, wilson
from sheets_sync.rules.sentences import date_in_words

_NAMED = 2


def on_time_rate(playbook: Playbook, metric: Metric, kept: pd.DataFrame, began: date, now: datetime) -> Found:
    """[C2] [E1] In time ÷ due, over `kept` (as in kept.gathered): only what the calendar asks for (cadences and
    milestones) and what fell due since counting began; what is not late yet is in neither part. `began`: the first
    sync."""
    planned = [name for name, entry in playbook.touchpoints.items() if entry.kind in ("cadence", "project")]
    kept = kept[kept["id"].isin(planned)]
    n, hits = int(kept["due"].sum()), int(kept["in_time"].sum())
    if n == 0:
        nothing = f"Counting began on {date_in_words(began, now)}; nothing that fell due since is done or late yet."
        return Found(None, 0, nothing)
    low, high = wilson(hits, n, playbook.settings.interval.confidence)
    whole_window = (now.date() - began).days >= metric.window_days
    since = "within 12 months" if whole_window else f"since {date_in_words(began, now)}"
    sentence = joined(
        f"{hits:,} of {counted(n, 'contact')} that fell due {since} {'was' if hits == 1 else 'were'} made in time.",
        _late(playbook, kept),
    )
    return Found(hits / n, n, sentence, f"{hits:,} of {n:,}", low, high, _way(metric, hits, n))


def _late(playbook: Playbook, kept: pd.DataFrame) -> str:
    """Which kinds are late most often."""
    sums = kept.groupby("id", sort=False)[["due", "in_time"]].sum()
    late = (sums["due"] - sums["in_time"]).loc[lambda number: number > 0].sort_values(ascending=False, kind="stable")
    parts = [f"{playbook.touchpoints[id].title} {late[id]:,} of {sums['due'][id]:,}" for id in late.index[:_NAMED]]
    return f"Late most often: {', '.join(parts)}." if parts else ""


def _way(metric: Metric, hits: int, n: int) -> str:
    if not misses(metric, hits / n) or metric.target is None or metric.target > 1:
        return ""
    more = ceil(metric.target * n - EXACT) - hits
    return f"{more:,} more in time would have reached {percent(metric.target)} %."
