"""Who is who, and whose a line is: the people of Team with their roles and leave, and the tasks of RACI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import CLIENT_OWNER
from sheets_sync.rules.by_client import Array, texts
from sheets_sync.tracker.fields import OWNERS
from sheets_sync.tracker.headers import normal, normal_header
from sheets_sync.tracker.tables import Tables

_BETWEEN = re.compile(r"\s*(?:[/,;+&|\n]|\band\b)\s*", re.I)
# A role of this name is whoever stands in Clients › Owner, as a column of this name would be.
_OWNER_WORDS = frozenset(normal_header(word) for word in (*OWNERS, "Owner", CLIENT_OWNER))


class Owned(Protocol):
    """What of a playbook's entry says whose its lines are."""

    @property
    def title(self) -> str: ...

    @property
    def owner(self) -> str: ...

    @property
    def task(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Person:
    """A person of Team. `away`: first and last days of leave; `row` is the first one in Team."""

    name: str
    roles: tuple[str, ...]
    deputy: str
    away: tuple[tuple[date, date], ...]
    row: int


@dataclass(frozen=True)
class People:
    """Everybody of Team by name, who holds which role, and by task and letter (R, A, C, I) the roles of RACI as they
    stand, in the order of their columns."""

    by_name: Mapping[str, Person]
    holders: Mapping[str, tuple[str, ...]]
    tasks: Mapping[tuple[str, str], tuple[str, ...]]

    def person(self, name: str) -> Person | None:
        return self.by_name.get(normal(name))

    def hands(self, role: str) -> tuple[str, ...]:
        """Whom a name or role of RACI stands for: that person of Team, or all who hold the role; () = nobody known."""
        person = self.person(role)
        return (person.name,) if person else self.holders.get(alike(role), ())

    def of_task(self, entry: Owned, letter: str) -> tuple[str, ...]:
        """The roles that have this letter in an entry's task (`task`, else its title)."""
        return self.tasks.get((alike(entry.task or entry.title), letter), ())


def people(tables: Tables) -> People:
    """The people of a tracker, gathered once however many rooms ask."""
    kept = tables.seen.get("people")
    if not isinstance(kept, People):
        tables.seen["people"] = kept = _gathered(tables)
    return kept


def owner_of(entry: Owned, tables: Tables, place: Array) -> Array:
    """Whose each line of an entry is, as texts (None = nobody); `place`: the position of its client [B17] [E10].

    Who does the entry's task in RACI (the R), else its `owner`. A role is the person of Team who holds it. Of several
    the one counts who is the client's owner or in Clients › Team; else the role's name stands as it is.
    """
    clients, who = tables["clients"].frame, people(tables)
    owners = texts(clients["owner"])[place]
    if not is_given(entry, tables):
        return owners
    roles = who.of_task(entry, "R") or (entry.owner,)
    names = {normal(name): name for role in roles for name in who.hands(role)}
    if len(names) <= 1:
        return np.full(len(place), next(iter(names.values()), roles[0]), dtype=object)
    own = _each(owners, lambda words: names.get(normal(words)))
    team = _each(texts(clients["team"])[place], lambda words: _first(names, _BETWEEN.split(words)))
    found: Array = np.where(own != None, own, np.where(team != None, team, roles[0]))  # noqa: E711
    return found


def holder(entry: Owned, tables: Tables) -> str:
    """Who does what stands behind no client: the one who holds the role, else its name."""
    who = people(tables)
    roles = who.of_task(entry, "R") or (entry.owner,)
    names = {normal(name): name for role in roles for name in who.hands(role)}
    return next(iter(names.values())) if len(names) == 1 else roles[0]


def is_given(entry: Owned, tables: Tables) -> bool:
    """Whether an entry's lines are anybody else's than each client's owner."""
    roles = people(tables).of_task(entry, "R")
    return not any(is_owner(role) for role in roles) if roles else entry.owner != CLIENT_OWNER


def accountable(entry: Owned, tables: Tables) -> str:
    """The one who answers for an entry's task in RACI, by name where Team knows it; "" = not exactly one,
    or the client's owner."""
    who = people(tables)
    roles = who.of_task(entry, "A")
    if len(roles) != 1 or is_owner(roles[0]):
        return ""
    names = who.hands(roles[0])
    return names[0] if len(names) == 1 else roles[0]


def is_owner(role: str) -> bool:
    """Whether a role is another word for the client's owner, such as Account manager."""
    return normal_header(role) in _OWNER_WORDS


def alike(words: str) -> str:
    """A task or role made comparable: "Check-in calls" and "check-in call" are one."""
    return " ".join(word.rstrip("s") for word in re.split(r"[^\w]+", normal(words)) if word)


def _first(names: Mapping[str, str], words: Iterable[str]) -> str | None:
    return next((names[word] for word in map(normal, words) if word in names), None)


def _each(values: Array, word: Any) -> Array:
    """`word` of each value, None for blanks; each different value is asked once."""
    codes, kinds = pd.factorize(values)
    found: Array = np.array([*map(word, kinds), None], dtype=object)[codes]
    return found


def _gathered(tables: Tables) -> People:
    by_name = _persons(tables)
    holders: dict[str, list[str]] = {}
    for person in by_name.values():
        for role in person.roles:
            holders.setdefault(alike(role), []).append(person.name)
    tasks: dict[tuple[str, str], dict[str, None]] = {}
    raci = tables["raci"].frame
    for task, role, letter in zip(*(texts(raci[name]) for name in ("task", "role", "letter")), strict=True):
        if task and role and letter:
            tasks.setdefault((alike(task), letter), {}).setdefault(role)
    return People(
        by_name,
        {role: tuple(dict.fromkeys(names)) for role, names in holders.items()},
        {task: tuple(roles) for task, roles in tasks.items()},
    )


def _persons(tables: Tables) -> dict[str, Person]:
    """By comparable name. A second row of somebody adds to the first: another leave, another role."""
    team, found = tables["team"].frame, dict[str, Person]()
    for row in team[team["person"].notna()].itertuples(index=False):
        name = " ".join(row.person.split())
        one = Person(
            name, _roles(row.role), _plain(row.deputy) or "", _leave(row.leave_from, row.leave_to), int(row.row)
        )
        if before := found.get(normal(name)):
            roles, away = before.roles + one.roles, before.away + one.away
            one = replace(before, roles=roles, deputy=before.deputy or one.deputy, away=away)
        found[normal(name)] = one
    closed = tables["holidays"].frame
    for name, day in zip(texts(closed["person"]), closed["date"], strict=True):
        if name and normal(name) in found and not pd.isna(day):
            one = found[normal(name)]
            found[normal(name)] = replace(one, away=(*one.away, (day.date(), day.date())))
    return found


def _roles(words: Any) -> tuple[str, ...]:
    return tuple(word for word in _BETWEEN.split(_plain(words) or "") if word)


def _leave(begin: Any, end: Any) -> tuple[tuple[date, date], ...]:
    """One of the two days may be missing; the other way round it is no leave."""
    first, last = _plain(begin), _plain(end)
    if first is None and last is None:
        return ()
    span = (first.date() if first else date.min, last.date() if last else date.max)
    return (span,) if span[0] <= span[1] else ()


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value
