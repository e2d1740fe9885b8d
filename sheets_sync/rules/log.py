"""The log of contacts, looked at once: who, when, what kind, as arrays that every touchpoint picks from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sheets_sync.playbook.schema import Done
from sheets_sync.rules.by_client import NO_DAY, Array, Records, day_of, records
from sheets_sync.tracker.tables import Tables


@dataclass(frozen=True)
class Log:
    """Interactions up to now that took place, surveys sent and care given: position of the client, day, codes of type,
    milestone, person, survey kind and care kind into their words (-1 = none), and whether they started it. `roles`: the
    words of each person's role. `n` clients in all."""

    n: int
    at: Array
    day: Array
    kind: Coded
    milestone: Coded
    by: Coded
    survey: Coded
    care: Coded
    from_them: Array
    roles: Mapping[str, frozenset[str]]

    def matching(self, done: Done) -> Array:
        """Positions of the contacts that count as having done an entry."""
        hits = self.kind.among(lambda word: word in done.types)
        if done.milestone:
            wanted = done.milestone.casefold()
            hits = hits | self.milestone.among(lambda word: word.casefold().strip() == wanted)
        if done.by_role:
            theirs = self.by.among(lambda person: self._has_role(person, done.by_role))
            hits = theirs & hits if done.types or done.milestone else theirs
        if done.from_us:
            hits = hits & ~self.from_them
        if done.surveys:
            hits = hits | self.survey.among(lambda word: word in done.surveys)
        if done.care:
            hits = hits | self.care.among(lambda word: word in done.care)
        return np.flatnonzero(hits)

    def last(self, done: Done) -> Array:
        """The day of each client's last contact that counts, NaT where there is none."""
        rows = self.matching(done)
        last = np.full(self.n, NO_DAY).view(np.int64)
        np.maximum.at(last, self.at[rows], self.day[rows].view(np.int64))
        return last.view("datetime64[D]")

    def _has_role(self, person: str, role: str) -> bool:
        folded = _folded(person)
        return _folded(role) in (folded, *self.roles.get(folded, ()))


def log(tables: Tables, now: datetime) -> Log:
    """The contacts of a tracker; one that was not attended did not take place. A survey counts on the day it was sent,
    or answered where no day of sending is entered."""
    talks, surveys, care = (records(tables, name) for name in ("interactions", "surveys", "care"))
    missed = talks.frame["attended"].eq(False).fillna(False).to_numpy(bool)
    past = talks.frame["date"].to_numpy("datetime64[us]") <= np.datetime64(now, "us")
    rows = np.flatnonzero(talks.known & past & ~missed)
    sent = np.where(np.isnat(surveys.days("sent_on")), surveys.days("answered_on"), surveys.days("sent_on"))
    asked = np.flatnonzero(surveys.known & (sent <= day_of(now)))
    given = np.flatnonzero(care.known & (care.days("date") <= day_of(now)))
    before, between, behind = (0, len(asked) + len(given)), (len(rows), len(given)), (len(rows) + len(asked), 0)
    direction = Coded.of(talks, "direction", rows, before)
    return Log(
        talks.n,
        np.concatenate([talks.at[rows], surveys.at[asked], care.at[given]]),
        np.concatenate([talks.days("date")[rows], sent[asked], care.days("date")[given]]),
        Coded.of(talks, "type", rows, before),
        Coded.of(talks, "milestone", rows, before),
        Coded.of(talks, "by", rows, before),
        Coded.of(surveys, "kind", asked, between),
        Coded.of(care, "kind", given, behind),
        direction.among(lambda word: word == "in"),
        _roles(tables),
    )


@dataclass(frozen=True)
class Coded:
    """A column of texts as codes into its different words; -1 is none."""

    codes: Array
    words: tuple[str, ...]

    @staticmethod
    def of(found: Records, column: str, rows: Array, around: tuple[int, int]) -> Coded:
        """Some rows of a column, with so many blanks before and behind it."""
        codes, words = found.factors(column)
        return Coded(np.pad(codes[rows], around, constant_values=-1), tuple(str(word) for word in words))

    def among(self, wanted: Callable[[str], bool]) -> Array:
        """Whether each word is wanted; each different one is asked once, a blank never is."""
        answers: Array = np.array([*(wanted(word) for word in self.words), False], bool)[self.codes]
        return answers


def _roles(tables: Tables) -> dict[str, frozenset[str]]:
    """The role of each person of Team, whole and word by word: a "Managing partner" is a partner."""
    team = tables["team"].frame.dropna(subset=["person", "role"])
    pairs = zip(team["person"], team["role"], strict=True)
    return {_folded(person): frozenset([_folded(role), *_folded(role).split()]) for person, role in pairs}


def _folded(words: str) -> str:
    return " ".join(words.split()).casefold()
