"""Do they answer when we ask? Answered invitations, by the day they were sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.by_client import Array, days
from sheets_sync.rules.measures import EXACT, Found, counted, joined, left_out, misses, percent, wilson
from sheets_sync.tracker.tables import Table, Tables


@dataclass(frozen=True)
class Invitations:
    """Invitations that were open long enough, one item each: `key` of the client, the day it was `sent` and whether it
    was `answered`; how many are still open, and how many rows cannot count, by reason."""

    key: Array
    sent: Array
    answered: Array
    open: int
    skipped: dict[str, int]


def response_rate(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[B14] Answered ÷ invited within the window, with its interval. One that is still open is in neither part, even
    where an answer has come: counting only those would flatter."""
    if not tables["surveys"].present:
        return Found(None, 0, "There is no Surveys tab.")
    found = invitations(playbook, tables["surveys"], metric.window_days, np.datetime64(now.date(), "D"))
    n, hits = len(found.answered), int(found.answered.sum())
    still = f"{counted(found.open, 'invitation')} still open." if found.open else ""
    if n == 0:
        nothing = "No invitation of the last 12 months can be judged."
        return Found(None, 0, joined(nothing, still, left_out(found.skipped)))
    low, high = wilson(hits, n, playbook.settings.interval.confidence)
    asked = pd.unique(found.key)
    replied = pd.unique(found.key[found.answered])
    sentence = joined(
        f"{hits:,} of {counted(n, 'invitation')} {'was' if n == 1 else 'were'} answered;",
        f"anything from {percent(low)} to {percent(high)} % is possible.",
        f"By client: {len(replied):,} of {len(asked):,} answered at least once.",
        still,
        left_out(found.skipped),
    )
    return Found(hits / n, n, sentence, f"{hits:,} of {n:,}", low, high, _way(metric, hits, n))


def invitations(playbook: Playbook, table: Table, window_days: int, today: np.datetime64) -> Invitations:
    """The invitations of the window before `today`. Another line for the same named contact and kind, sent while the
    first one is still open, is a reminder. Answered is one with a score (the first question); other words alone are
    not."""
    frame = table.frame
    sent, known = days(frame["sent_on"]), frame["key"].notna().to_numpy(bool)
    ahead = sent > today
    skipped = {
        "without Sent on": int(np.isnat(sent).sum()),
        "sent after today": int(ahead.sum()),
        "of no known client": int((~known & (sent <= today)).sum()),
    }
    rows = np.flatnonzero(known & (sent <= today) & (sent > today - window_days))
    sent, answered = sent[rows], _answered(table, rows, today)
    pending = np.timedelta64(playbook.settings.response.pending_days, "D")
    keys = frame["key"].to_numpy(object)[rows]
    first = _first_of_chain(frame.iloc[rows], sent, pending)
    kept, place = np.unique(first, return_inverse=True)
    replied = np.bincount(place, weights=answered, minlength=len(kept)) > 0
    ripe = sent[kept] <= today - pending
    return Invitations(keys[kept][ripe], sent[kept][ripe], replied[ripe], int((~ripe).sum()), skipped)


def _answered(table: Table, rows: Array, today: np.datetime64) -> Array:
    """A score that could not be read was given all the same."""
    frame = table.frame.iloc[rows]
    unreadable = frame["row"].isin(list(table.unreadable.get("score", {}))).to_numpy(bool)
    scored = frame["score"].notna().to_numpy(bool) | unreadable
    answered: Array = scored & ~(days(frame["answered_on"]) > today)
    return answered


def _first_of_chain(frame: pd.DataFrame, sent: Array, pending: np.timedelta64) -> Array:
    """For each row the position of the invitation that it belongs to: its own, or the one that it reminds of."""
    own = np.arange(len(frame))
    person = frame["contact"].fillna("").astype("string").str.casefold().str.split().str.join(" ")
    named = person.ne("").to_numpy(bool)
    groups, _ = pd.factorize(
        pd.MultiIndex.from_arrays([frame["key"], person, frame["kind"].fillna(""), frame["project"].fillna("")])
    )
    order = np.lexsort((sent, groups))
    first = own.copy()
    before, after = order[:-1], order[1:]
    again = (groups[before] == groups[after]) & named[after]
    for earlier, later in zip(before[again].tolist(), after[again].tolist(), strict=True):
        if sent[later] - sent[first[earlier]] < pending:
            first[later] = first[earlier]
    return first


def _way(metric: Metric, hits: int, n: int) -> str:
    if not misses(metric, hits / n) or metric.target is None or metric.target > 1:
        return ""
    more = int(np.ceil(metric.target * n - EXACT)) - hits
    return f"{counted(more, 'more answer')} would have reached {percent(metric.target)} %."
