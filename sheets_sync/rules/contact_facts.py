"""Facts about who spoke with whom and when: signs of life, the client's own rhythm, and how long silence may last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.settings import Silence
from sheets_sync.rules.by_client import (
    NO_DAY,
    Array,
    Gathered,
    Records,
    answers,
    count,
    day_of,
    days,
    either,
    latest,
    median_gaps,
    pick,
)
from sheets_sync.rules.typed import counted_as


def contact_facts(playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, now: datetime) -> dict[str, Array]:
    """Facts of Contact by name [A27] [A81]. Days are numpy days, `row.<fact>` the sheet row a fact came from.

    A sign of life is a contact that came from them or went both ways, and a talk with blank Direction. Last contact
    serves where it is later than a client's newest interaction, or they have none. A contact after today, ours too,
    makes `contact_ahead` true; a newsletter may be planned."""
    found, today = gathered["interactions"], day_of(now)
    when = found.days("date")
    past, theirs = found.known & (when <= today), signs_of_life(playbook, found)
    sign = past & theirs
    last, row = latest(found, when, sign)
    ours, _ = latest(found, when, past & ~found.is_in("direction", {"in"}))
    in_year = sign & (when > today - playbook.settings.silence.signs_in_days)
    who, days_of_signs = found.at[in_year], when[in_year]
    done = _diary_contacts(playbook, gathered, inputs, today)
    if len(done["at"]):
        np.maximum.at(ours.view(np.int64), done["at"], done["day"].view(np.int64))
        talks = done["talk"]
        np.maximum.at(last.view(np.int64), done["at"][talks], done["day"][talks].view(np.int64))
        who, days_of_signs = np.append(who, done["at"][talks]), np.append(days_of_signs, done["day"][talks])
    amount, gap = median_gaps(who, days_of_signs, found.n)
    facts = {
        "last_sign_of_life": last,
        "last_sign_type": pick(found.text("type"), np.where(_is_of(found, row, when, last), row, -1)),
        "row.last_sign_of_life": pick(found.frame["row"].to_numpy(), row),
        "last_our_contact": ours,
        "usual_gap": np.where(amount >= playbook.settings.silence.signs, gap, np.nan),
        "contact_ahead": count(found, (when > today) & ~found.is_in("type", set(playbook.settings.contact.never))) > 0,
    }
    return _with_last_contact(facts, gathered, latest(found, when, found.known)[0], today)


def silence_limit(numbers: Silence, usual_gap: Array, asked_every: Array) -> Array:
    """How many days a client may be silent, mission 1F.3: the larger of their own rhythm and what we ask of them
    (`asked_every`: days of the shortest routine talk, NaN = none asked)."""
    own = np.clip(usual_gap * numbers.own_rhythm, numbers.at_least, numbers.at_most)
    return np.fmax(np.where(np.isnan(usual_gap), numbers.otherwise, own), asked_every * numbers.routine)


def signs_of_life(playbook: Playbook, found: Records) -> Array:
    """Which interactions came from them or went both ways, whenever they were."""
    words = playbook.settings.contact
    blank = found.blank("direction")
    # A log without types says no more than Last contact does, and that is a sign of life.
    talk = found.is_in("type", set(words.talks)) | found.blank("type")
    there = ~answers(found.frame["attended"].eq(False))
    theirs = found.is_in("direction", {"in", "both"}) & ~found.is_in("type", set(words.never))
    signs: Array = there & (theirs | (blank & talk))
    return signs


def _is_of(found: Records, row: Array, when: Array, last: Array) -> Array:
    """Whether the latest sign is still that interaction, and not a newer "Done on"."""
    if not len(when):
        return np.zeros(found.n, bool)
    same: Array = (row >= 0) & (when[row] == last)
    return same


def _with_last_contact(
    facts: dict[str, Array], gathered: Gathered, newest: Array, today: np.datetime64
) -> dict[str, Array]:
    """Last contact beside the log: a column kept by hand is often ahead of it; one that a formula fills never is."""
    typed = days(gathered.clients["last_contact"])
    logged = ~np.isnat(newest)
    facts["contact_ahead"] = facts["contact_ahead"] | (~logged & (typed > today))
    serves = ~np.isnat(typed) & (typed <= today) & (~logged | (typed > newest))
    typed = np.where(serves, typed, NO_DAY)
    later = serves & ~(typed <= facts["last_sign_of_life"])
    for name in ("last_sign_type", "row.last_sign_of_life"):
        facts[name] = either(later, None, facts[name])
    for name in ("last_sign_of_life", "last_our_contact"):
        facts[name] = np.fmax(facts[name], typed)
    return facts


def _diary_contacts(
    playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, today: np.datetime64
) -> Mapping[str, Array]:
    """What "Done on" in the Diary adds, mission 1F.23: client's position, day, and whether both sides spoke."""
    when = days(inputs["done_on"]) if len(inputs) else np.empty(0, "datetime64[D]")
    at = gathered.clients.index.get_indexer(inputs["key"]) if len(inputs) else np.empty(0, int)
    first = counted_as(playbook)
    kind = [first.get(entry) for entry in inputs["entry"]]
    good = (at >= 0) & (when <= today) & np.array([word is not None for word in kind], bool)
    talk = np.array([word in playbook.settings.contact.talks for word, ok in zip(kind, good, strict=True) if ok], bool)
    return {"at": at[good], "day": when[good], "talk": talk}
