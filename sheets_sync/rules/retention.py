"""Do clients stay? Of those who were ongoing clients a year ago, the share that still is."""

from __future__ import annotations

from datetime import datetime
from math import ceil

import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.measures import EXACT, Found, counted, joined, left_out, misses, percent, wilson
from sheets_sync.rules.staying import CANNOT_SAY, NOBODY_LEFT, reasons_of, says_who_left, stays
from sheets_sync.tracker.tables import Tables


def retention(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A104] Clients whose ongoing relationship ran on the first day of the window, and how many of them still are
    clients: paused and won back ones are, finished projects are neither kept nor lost, new ones never count."""
    if not says_who_left(tables):
        return Found(None, 0, CANNOT_SAY)
    every = stays(playbook, tables, now)
    asked = every[every["ongoing"] & (every["state"] != "finished")]
    first = pd.Timestamp(now).normalize() - pd.Timedelta(days=metric.window_days)
    long_ago = asked["returned"] & (asked["left_on"] <= first)
    asked = asked.assign(why_not=asked["why_not"].mask(long_ago, "won back after leaving more than a year ago"))
    reasons = reasons_of(asked)
    countable = asked[asked["why_not"] == ""]
    cohort = countable[(countable["start"] <= first) & ~(countable["end"] <= first)]
    passing = int(((countable["start"] > first) & (countable["state"] == "left")).sum())
    n, lost = len(cohort), int((cohort["state"] == "left").sum())
    if n == 0:
        nobody = "Nobody was an ongoing client at the start of the window."
        return Found(None, 0, joined(nobody, _passing(passing), left_out(reasons)))
    kept = n - lost
    low, high = wilson(kept, n, playbook.settings.interval.confidence)
    no_leaver = not (every["state"] == "left").any()
    sentence = joined(
        NOBODY_LEFT if no_leaver else f"{lost} left.",
        f"With {counted(n, 'client')}, one is {_points(n)};",
        f"anything from {percent(low)} to {percent(high)} % is possible.",
        _apart(cohort),
        _passing(passing),
        _finished(every, first, kept, n),
        left_out(reasons),
    )
    return Found(kept / n, n, sentence, f"{kept} of {n}", low, high, _way(metric, kept, n), unsure=no_leaver)


def _points(n: int) -> str:
    points = 100 / n
    text = f"{points:.0f}" if points >= 1.5 else f"{points:.1g}"
    return f"{text} point{'' if text == '1' else 's'}"


def _apart(cohort: pd.DataFrame) -> str:
    """Who is counted as kept and still deserves a word."""
    paused = int((cohort["paused"] & (cohort["state"] != "left")).sum())
    returned = int(cohort["returned"].sum())
    parts = [f"{paused} paused"] if paused else []
    parts += [f"{returned} returned"] if returned else []
    return f"Kept, among them {' and '.join(parts)}." if parts else ""


def _passing(number: int) -> str:
    return f"{counted(number, 'more client')} came and left within the year." if number else ""


def _finished(every: pd.DataFrame, first: pd.Timestamp, kept: int, n: int) -> str:
    """No choice moves this number more than leaving finished work out, so the sentence says by how much."""
    ended = every[(every["state"] == "finished") & (every["start"] <= first) & (every["end"] > first)]
    if ended.empty:
        return "Finished projects don’t count."
    return f"Finished projects don’t count; as losses they would make it {percent(kept / (n + len(ended)))} %."


def _way(metric: Metric, kept: int, n: int) -> str:
    if not misses(metric, kept / n) or metric.target is None or metric.target > 1:
        return ""
    more = ceil(metric.target * n - EXACT) - kept
    return f"{counted(more, 'more client')} kept would have reached {percent(metric.target)} %."
