"""Clients who were frustrated so often that it escalates, although no issue of theirs stands for it."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, count, day_of, latest, pick
from sheets_sync.rules.grounds import how_often


def frustration_facts(playbook: Playbook, gathered: Gathered, now: datetime) -> dict[str, Array]:
    """The day of the last frustration where there were so many within the days that the escalation's grounds say [A48].

    An open issue has a clock that escalates by itself, and one that was fixed on that day or later has settled it;
    Resolved on takes a frustration out, and those of the log that are not younger."""
    grounds = next((clock.grounds for clock in playbook.clocks.values() if clock.grounds.frustrations), None)
    n, logged, noted = len(gathered.clients), gathered["signals"], gathered["interactions"]
    if grounds is None or grounds.frustrations is None:
        return {"frustrated_on": np.full(n, NO_DAY), "frustrated": np.full(n, None)}
    today = day_of(now)
    first = today - (grounds.in_last_days or 3660)
    when, said = logged.days("date"), noted.days("date")
    of_kind = logged.is_in("kind", {"frustration"}) & (when <= today)
    resolved = of_kind & (logged.days("resolved_on") <= today)
    seen = of_kind & (when > first) & ~resolved
    settled, _ = latest(logged, when, resolved)
    heard = noted.is_in("signal", {"frustration"}) & (said <= today) & (said > first)
    if len(settled):
        heard &= ~(said <= settled[noted.at])
    last, row = latest(logged, when, seen)
    last_said, _ = latest(noted, said, heard)
    day = np.fmax(last, last_said)
    times = count(logged, seen) + count(noted, heard)
    alone = (times >= grounds.frustrations) & ~_stands(gathered, day, now)
    words: Array = np.full(n, None)
    words[alone] = [f"they were frustrated {how_often(int(number))}" for number in times[alone]]
    # A line of the log that is younger than every signal is the cell to look at.
    row = np.where(last_said > last, -1, row)
    return {
        "frustrated_on": np.where(alone, day, NO_DAY),
        "frustrated": words,
        "row.frustrated_on": pick(logged.frame["row"].to_numpy(), row),
    }


def _stands(gathered: Gathered, day: Array, now: datetime) -> Array:
    """Whether an issue is open that has a clock, or was fixed or confirmed on `day` or later."""
    found, today = gathered["issues"], day_of(now)
    fixed = np.fmin(found.days("fixed_at"), found.days("confirmed_at"))
    raised = found.frame["raised_at"].to_numpy("datetime64[us]")
    running = (raised <= np.datetime64(now, "us")) & ~(fixed <= today)
    over, _ = latest(found, fixed, fixed <= today)
    stands: Array = (count(found, running) > 0) | (over >= day)
    return stands
