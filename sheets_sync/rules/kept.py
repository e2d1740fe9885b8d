"""Which touchpoints that have fallen due were done in time: what was owed, told again from the log.

A cadence owes one contact for each of its steps, so a client who was forgotten for half a year weighs as much as it
was owed. Days are numpy days; counts are arrays with an item a client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from sheets_sync.playbook.spans import Every
from sheets_sync.rules.by_client import NO_DAY, Array
from sheets_sync.rules.cadence import step, steps_until

_SPAN = 1 << 20
Days = Callable[[Array], Array]
Counts = tuple[Array, Array, Array]


@dataclass(frozen=True)
class Span:
    """What falls due from `first` until `last` is counted, both included, as it stands `today`; `began` is when
    counting began."""

    began: np.datetime64
    first: np.datetime64
    today: np.datetime64
    last: np.datetime64


class Contacts:
    """The days on which each of `n` clients had a contact of some kind, sorted, so that neighbours are found fast."""

    def __init__(self, at: Array, day: Array, n: int) -> None:
        self.n = n
        self._codes = np.sort(at.astype(np.int64) * _SPAN + day.astype("datetime64[D]").astype(np.int64))

    def around(self, who: Array, day: Array) -> tuple[Array, Array]:
        """The last contact of each client until a day, and the first one after it (NaT = none)."""
        place = np.searchsorted(self._codes, who * _SPAN + day.astype(np.int64), side="right")
        return self._at(place - 1, who), self._at(place, who)

    def after(self, who: int, day: date) -> date | None:
        """As `around`, the first contact after a day, of one client."""
        least = who * _SPAN + np.datetime64(day, "D").astype(np.int64)
        place = int(np.searchsorted(self._codes, least, side="right"))
        code = int(self._codes[place]) if place < len(self._codes) else -1
        return np.datetime64(code % _SPAN, "D").item() if code // _SPAN == who else None

    def _at(self, place: Array, who: Array) -> Array:
        found = np.full(len(who), NO_DAY)
        inside = (place >= 0) & (place < len(self._codes))
        code = self._codes[place[inside]]
        found[inside] = np.where(code // _SPAN == who[inside], (code % _SPAN).astype("datetime64[D]"), NO_DAY)
        return found


def from_last_kept(contacts: Contacts, start: Array, asked: Array, every: Every, latest: Days, span: Span) -> Counts:
    """How many occurrences fell due, how many of them were done in time, and how many at all. Of several contacts
    before an occurrence is late the last one settles it; a later one settles the one that it is late for."""
    due_of, in_time_of, done_of = (np.zeros(contacts.n, int) for _ in range(3))
    everybody = np.arange(contacts.n)
    last, _ = contacts.around(everybody, np.full(contacts.n, span.first - 1))
    base = np.fmax(last, start)
    base = np.where(step(base, every, 1) < span.began, span.began, base)
    k = np.maximum(steps_until(base, every, span.first - 1), 1)
    floor = base.copy()
    who = everybody[asked & ~np.isnat(base)]
    while len(who):
        due = step(base[who], every, k[who])
        who, due = who[due <= span.last], due[due <= span.last]
        limit = latest(due)
        before, after = contacts.around(who, limit)
        hit = before > floor[who]
        counts = (due >= span.first) & (hit | (limit < span.today))
        due_of[who[counts]] += 1
        in_time_of[who[counts & hit]] += 1
        late = ~hit & (after < step(base[who], every, k[who] + 1))
        done_of[who[counts & (hit | late)]] += 1
        settled = np.where(hit, before, np.where(late, after, base[who]))
        k[who] = np.where(hit | late, 1, k[who] + 1)
        floor[who] = np.where(hit | late, settled, limit)
        base[who] = settled
        who = who[hit | (limit < span.today)]
    return due_of, in_time_of, done_of


def from_anchor_kept(
    contacts: Contacts, anchor: Array, asked: Array, every: Every, early: Days, latest: Days, span: Span
) -> Counts:
    """As `from_last_kept` for a cadence that keeps its day: done in time is a contact from `early` until `latest`."""
    due_of, in_time_of, done_of = (np.zeros(contacts.n, int) for _ in range(3))
    k = np.maximum(steps_until(anchor, every, span.first - 1) + 1, 1)
    who = np.flatnonzero(asked & ~np.isnat(anchor))
    while len(who):
        due = step(anchor[who], every, k[who])
        who, due = who[due <= span.last], due[due <= span.last]
        limit = latest(due)
        before, after = contacts.around(who, limit)
        hit = before >= early(due)
        late = ~hit & (after < early(step(anchor[who], every, k[who] + 1)))
        due_of[who[hit | (limit < span.today)]] += 1
        in_time_of[who[hit]] += 1
        done_of[who[hit | late]] += 1
        k[who] += 1
    return due_of, in_time_of, done_of


def once(at: Array, due: Array, end: Array, done: Array, until: Array, n: int, span: Span) -> Counts:
    """As `from_last_kept` for milestones, an item a project (`at`: its client): late once `end` has passed without it,
    as long as that was before `until`, the day on which it is no more asked for."""
    inside = (due >= span.first) & (due <= span.last)
    counted = inside & (~np.isnat(done) | (end < np.fmin(until, span.today)))
    settled = inside & ~np.isnat(done)
    masks = (counted, settled & (done <= end), settled)
    due_of, in_time_of, done_of = (np.bincount(at[mask], minlength=n) for mask in masks)
    return due_of, in_time_of, done_of


class Kept(NamedTuple):
    """A touchpoint, and what counts it when somebody asks."""

    id: str
    counts: Callable[[Span], Counts]


def gathered(parts: Iterable[Kept], keys: pd.Index, usual: Span, span: Span | None = None) -> pd.DataFrame:
    """What fell due in a span (left out: the usual one), a row a client and touchpoint that had any: key, id, due,
    in_time and done, in time or late (counts).

                   key             id  due  in_time  done
    0    aldgate legal  check_in_call    7        5     6
    1    corvid coffee  check_in_call    7        7     7
    """
    named, who, numbers = [], [np.empty(0, int)], [np.empty((3, 0), int)]
    for id, counts in parts:
        found = np.array(counts(span or usual))
        some = np.flatnonzero(found[0] > 0)
        named += [id] * len(some)
        who.append(some)
        numbers.append(found[:, some])
    key = pd.array(keys.to_numpy(object)[np.concatenate(who)], dtype="string")
    due, in_time, done = np.concatenate(numbers, axis=1)
    return pd.DataFrame(
        {"key": key, "id": pd.array(named, dtype="string"), "due": due, "in_time": in_time, "done": done}
    )
