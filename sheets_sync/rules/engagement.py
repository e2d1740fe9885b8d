"""Are they with us? The mean of what is known of each client: replies, meetings attended, surveys answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.by_client import Array, Records, answers, days_counted, median_gaps, records
from sheets_sync.rules.contact_facts import signs_of_life
from sheets_sync.rules.measures import Found, counted, joined, percent
from sheets_sync.rules.response import invitations
from sheets_sync.rules.staying import present
from sheets_sync.tracker.tables import Tables

PARTS = ("replies against their own rhythm", "meetings attended", "surveys answered")


def engagement(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A109] [B13] Mean over the present clients of each one's score. A client of whom nothing is known drops out; of
    how many each part is known is said beside it, and what it all was when the last quarter ended."""
    found = records(tables, "interactions")
    signs = found.known & signs_of_life(playbook, found)
    here = present(playbook, tables, now)
    today = np.datetime64(now.date(), "D")
    parts = known_parts(playbook, metric, tables, found, signs, today)[:, here]
    score = scores(parts)
    n = int((~np.isnan(score)).sum())
    if n == 0:
        return Found(None, 0, "No replies, attendance or survey answers are known of any client.")
    quarter = now.date().replace(month=(now.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    ended = np.datetime64(quarter, "D")
    before = scores(known_parts(playbook, metric, tables, found, signs, ended)[:, here])
    sentence = joined(
        f"{_parts_in_words(parts)}.",
        f"Known of {n:,} of {counted(len(score), 'client')}.",
        ""
        if np.isnan(before).all()
        else f"At the end of Q{(quarter.month - 1) // 3 + 1} it was {percent(float(np.nanmean(before)))} %.",
    )
    return Found(float(np.nanmean(score)), n, sentence, counted(n, "client"))


def scores(parts: Array) -> Array:
    """The mean of the known parts of each client, NaN where none is known."""
    known = (~np.isnan(parts)).sum(axis=0)
    mean: Array = np.where(known > 0, np.nansum(parts, axis=0) / np.maximum(known, 1), np.nan)
    return mean


def known_parts(
    playbook: Playbook, metric: Metric, tables: Tables, found: Records, signs: Array, today: np.datetime64
) -> Array:
    """PARTS of every client as of `today`, 0 to 1 or NaN: an array of 3 × clients."""
    when = found.days("date")
    inside = (when <= today) & (when > today - metric.window_days)
    return np.vstack(
        [
            _replies(playbook, found, signs & inside, when, today),
            _attended(found, inside),
            _surveys(playbook, metric, tables, today),
        ]
    )


def _replies(playbook: Playbook, found: Records, signs: Array, when: Array, today: np.datetime64) -> Array:
    """Days with a sign of life of late, against as many as their own earlier rhythm lets expect; more is no plus."""
    settings = playbook.settings.engagement
    late = when > today - settings.recent_days
    amount, gap = median_gaps(found.at[signs & ~late], when[signs & ~late], found.n)
    recent = days_counted(found.at[signs & late], when[signs & late], found.n)
    has_rhythm = (amount >= settings.signs) & (gap <= settings.recent_days)
    share: Array = np.where(has_rhythm, np.minimum(recent * gap / settings.recent_days, 1.0), np.nan)
    return share


def _attended(found: Records, inside: Array) -> Array:
    """Of the meetings for which it is entered; a blank says nothing."""
    entered = found.frame["attended"].notna().to_numpy(bool) & inside & found.known
    came = entered & answers(found.frame["attended"])
    return _share(found.at[came], found.at[entered], found.n)


def _surveys(playbook: Playbook, metric: Metric, tables: Tables, today: np.datetime64) -> Array:
    asked = invitations(playbook, tables["surveys"], metric.window_days, today)
    at = tables["clients"].frame.index.get_indexer(asked.key)
    return _share(at[asked.answered & (at >= 0)], at[at >= 0], len(tables["clients"].frame))


def _share(hits: Array, all_of: Array, n: int) -> Array:
    total = np.bincount(all_of, minlength=n)
    share: Array = np.where(total > 0, np.bincount(hits, minlength=n) / np.maximum(total, 1), np.nan)
    return share


def _parts_in_words(parts: Array) -> str:
    known = [
        f"{name} {percent(float(np.nanmean(part)))} % ({counted(int((~np.isnan(part)).sum()), 'client')})"
        for name, part in zip(PARTS, parts, strict=True)
        if not np.isnan(part).all()
    ]
    text = ", ".join(known)
    return text[:1].upper() + text[1:]
