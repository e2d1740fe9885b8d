"""The sentence of each touchpoint: dates instead of day counts, so that it changes only with its state."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, days
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
    due, latest, opens, last = (worded(days(frame[name]), now) for name in ("due", "latest", "opens", "last"))
    state = frame["state"].to_numpy(dtype=object)
    cadences = {name: entry for name, entry in playbook.touchpoints.items() if entry.every}
    of_cadence = frame["id"].isin(cadences).to_numpy(bool)
    window = frame["id"].isin(_windows(playbook)).to_numpy(bool)
    rhythm = frame["id"].map({name: f"Every {entry.every}" for name, entry in cadences.items()})
    rhythm = rhythm.astype(object).fillna("").to_numpy(dtype=object)
    before = np.where(last == "", ", never yet", ", last on " + last)
    lead = np.where(of_cadence, rhythm + before + ": ", "")
    reason = frame["reason"].fillna("").to_numpy(dtype=object)
    older = frame["older"].to_numpy(bool)
    tail = np.where(older & (state == "upcoming"), f" (counting began on {date_in_words(began, now)})", "")
    texts = [
        np.where(window, "Open from " + opens + " to " + latest, lead + "due " + due) + tail,
        np.where(window, "Open since " + opens + ", until " + latest, lead + "due " + due),
        lead + "was due by " + latest,
        "Done on " + last,
        lead + "was due by " + latest + " and is long past",
        "Snoozed; " + lead + "due " + due,
        "Not tracked: " + reason,
    ]
    states = ("upcoming", "due", "overdue", "done", "missed", "snoozed", "not tracked")
    chosen = np.select([state == name for name in states], texts, "")
    return np.array([text[:1].upper() + text[1:] + "." for text in chosen], dtype=object)


def _windows(playbook: Playbook) -> list[str]:
    return [name for name, entry in playbook.touchpoints.items() if not entry.every and entry.latest > entry.opens]
