"""The sentence of each touchpoint: dates instead of day counts, so that it changes only with its state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, days, texts
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.worktime import WEEKDAYS


def weekday(day: date, now: datetime) -> str:
    """Fri 27 Nov, with the year when it is not this one."""
    return f"{WEEKDAYS[day.weekday()]} {date_in_words(day, now)}"


def worded(when: Array, now: datetime) -> Array:
    """Days as "Fri 27 Nov", "" where there is none; each different day is worded once."""
    kinds, codes = np.unique(when.astype("datetime64[D]"), return_inverse=True)
    texts = ["" if np.isnat(kind) else weekday(kind.item(), now) for kind in kinds]
    words: Array = np.array(texts, dtype=object)[codes] if len(texts) else np.empty(0, object)
    return words


def sentences(frame: pd.DataFrame, playbook: Playbook, began: date, now: datetime) -> Array:
    """One sentence a touchpoint, by its state."""
    due, latest, opens, last = (worded(days(frame[name]), now).tolist() for name in ("due", "latest", "opens", "last"))
    windows = set(_windows(playbook))
    counted = f" (counting began on {date_in_words(began, now)})"
    ids, states, older, rhythms = (frame[name].tolist() for name in ("id", "state", "older", "rhythm"))
    rows = zip(ids, rhythms, states, due, latest, opens, last, texts(frame["reason"]), older, strict=True)
    untracked = {reason: f"Not tracked: {reason or ''}." for reason in set(texts(frame["reason"]))}
    words = []
    for id, rhythm, state, due_on, until, since, done, reason, old in rows:
        if state in ("not tracked", "blocked"):
            words.append(untracked[reason] if state == "not tracked" else f"Blocked. {reason}")
            continue
        lead = f"{rhythm}, {f'last on {done}' if done else 'never yet'}: " if rhythm else ""
        text = _STATES[state](_Known(lead, due_on, since if id in windows else "", until, done))
        words.append(text[:1].upper() + text[1:] + (counted if old and state == "upcoming" else "") + ".")
    return np.array(words, dtype=object)


class _Known(NamedTuple):
    """What a touchpoint's sentence is made from, in words; `since` is when a window opened, "" where there is none."""

    lead: str
    due: str
    since: str
    until: str
    done: str


_STATES: Mapping[str, Callable[[_Known], str]] = {
    "upcoming": lambda it: f"Open from {it.since} to {it.until}" if it.since else f"{it.lead}due {it.due}",
    "due": lambda it: f"Open since {it.since}, until {it.until}" if it.since else f"{it.lead}due {it.due}",
    "overdue": lambda it: f"{it.lead}was due by {it.until}",
    "done": lambda it: f"Done on {it.done}",
    "missed": lambda it: f"{it.lead}was due by {it.until} and is long past",
    "snoozed": lambda it: f"Snoozed; {it.lead}due {it.due}",
}


def _windows(playbook: Playbook) -> list[str]:
    return [
        name
        for name, entry in playbook.touchpoints.items()
        if not entry.every and (entry.within_days if entry.kind == "after" else entry.latest > entry.opens)
    ]
