"""The log of contacts, looked at once: who, when, what kind, as arrays that every touchpoint picks from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sheets_sync.playbook.schema import Done
from sheets_sync.rules.by_client import NO_DAY, Array, Records, records
from sheets_sync.tracker.tables import Tables


@dataclass(frozen=True)
class Log:
    """Interactions up to now that took place: position of the client, day, codes of type and milestone into their
    words, and whether they started it. `n` clients in all."""

    n: int
    at: Array
    day: Array
    kind: Array
    kinds: tuple[str, ...]
    milestone: Array
    milestones: tuple[str, ...]
    from_them: Array

    def matching(self, done: Done) -> Array:
        """Positions of the contacts that count as having done an entry."""
        hits = _among(self.kind, self.kinds, lambda word: word in done.types)
        if done.milestone:
            wanted = done.milestone.casefold()
            hits = hits | _among(self.milestone, self.milestones, lambda word: word.casefold().strip() == wanted)
        if done.from_us:
            hits = hits & ~self.from_them
        return np.flatnonzero(hits)

    def last(self, done: Done) -> Array:
        """The day of each client's last contact that counts, NaT where there is none."""
        rows = self.matching(done)
        last = np.full(self.n, NO_DAY).view(np.int64)
        np.maximum.at(last, self.at[rows], self.day[rows].view(np.int64))
        return last.view("datetime64[D]")


def log(tables: Tables, now: datetime) -> Log:
    """The contacts of a tracker; one that was not attended did not take place."""
    found = records(tables, "interactions")
    frame = found.frame
    missed = frame["attended"].eq(False).fillna(False).to_numpy(bool)
    past = frame["date"].to_numpy("datetime64[us]") <= np.datetime64(now, "us")
    rows = np.flatnonzero(found.known & past & ~missed)
    kind, kinds = _codes(found, "type", rows)
    milestone, milestones = _codes(found, "milestone", rows)
    direction, directions = _codes(found, "direction", rows)
    from_them = _among(direction, directions, lambda word: word == "in")
    return Log(found.n, found.at[rows], found.days("date")[rows], kind, kinds, milestone, milestones, from_them)


def _codes(found: Records, column: str, rows: Array) -> tuple[Array, tuple[str, ...]]:
    codes, words = found.factors(column)
    return codes[rows], tuple(str(word) for word in words)


def _among(codes: Array, words: tuple[str, ...], wanted: Callable[[str], bool]) -> Array:
    """Whether each code's word is wanted; each different word is asked once, a blank never is."""
    answers: Array = np.array([*(wanted(word) for word in words), False], bool)[codes]
    return answers
