"""Who stands in: what falls due while its owner is away goes to the deputy, and says for whom and until when.

Only the Diary's lines move. A client keeps its owner, and no level or status column depends on who is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.people import Owned, People, Person, accountable, people
from sheets_sync.rules.renewals import RENEWAL
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.rules.todo import Thing
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar


@dataclass(frozen=True, slots=True)
class Absence:
    """From the first to the last day on which somebody is away; date.min and date.max where none is entered."""

    first: date
    last: date

    def until(self, now: datetime) -> str:
        """away until 4 Dec"""
        if self.last < date.max:
            return f"away until {date_in_words(self.last, now)}"
        return f"away since {date_in_words(self.first, now)}" if self.first <= now.date() else self.span(now)

    def span(self, now: datetime) -> str:
        """away from 30 Nov to 4 Dec"""
        if self.first == date.min:
            return self.until(now)
        begin = date_in_words(self.first, now)
        if self.last == self.first:
            return f"away on {begin}"
        return f"away from {begin} {f'to {date_in_words(self.last, now)}' if self.last < date.max else 'on'}"


def absences(person: Person, calendar: Calendar) -> list[Absence]:
    """When somebody is away, in order; leaves with no working day between them are one."""
    found: list[Absence] = []
    for first, last in sorted(person.away):
        before = found[-1] if found else None
        if before and (before.last == date.max or first <= calendar.roll(before.last + timedelta(days=1))):
            found[-1] = Absence(before.first, max(before.last, last))
        else:
            found.append(Absence(first, last))
    return found


def away(person: Person | None, day: date, calendar: Calendar) -> Absence | None:
    """The absence of somebody on a day."""
    if person is None or not person.away:
        return None
    return next((one for one in absences(person, calendar) if one.first <= day <= one.last), None)


def stand_ins(
    found: Sequence[Thing], playbook: Playbook, tables: Tables, calendar: Calendar, now: datetime
) -> list[Thing]:
    """The things to do with their deputies and with who answers for what is at risk [B1] [B17] [E10]. What counts is
    the day on which it is to be done: its due day, or today where that has passed. What rests stays as it is."""
    who = people(tables)
    names = _accountable(playbook, tables)
    if not names and not any(person.away for person in who.by_name.values()):
        return list(found)
    known: dict[tuple[str, date], tuple[str, str]] = {}
    lines = []
    for thing in found:
        day = max(thing.due.date(), now.date())
        if thing.owner and not thing.rests:
            turn = (thing.owner, day)
            if turn not in known:
                known[turn] = stand_in(*turn, who, calendar, now)
            owner, note = known[turn]
            thing = replace(thing, owner=owner, note=note) if note else thing
        if thing.level is Level.RISK and not thing.promise and (name := names.get(thing.id[0])):
            thing = replace(thing, answers=_answers(name, thing.owner, day, who, calendar, now))
        lines.append(thing)
    return lines


def _accountable(playbook: Playbook, tables: Tables) -> dict[str, str]:
    """Who answers for the entries that can put a client at risk, where RACI names exactly one."""
    if not tables["raci"].present:
        return {}
    entries: dict[str, Owned] = {**playbook.clocks, **playbook.warnings, RENEWAL: playbook.renewal}
    named = {id: accountable(entry, tables) for id, entry in entries.items()}
    return {id: name for id, name in named.items() if name}


def _answers(name: str, owner: str, day: date, who: People, calendar: Calendar, now: datetime) -> str:
    if name == owner:
        return ""
    deputy, note = stand_in(name, day, who, calendar, now)
    return f"{deputy} answers for it{f', for {name}' if deputy != name else ''}." if note else f"{name} answers for it."


def stand_in(owner: str, day: date, who: People, calendar: Calendar, now: datetime) -> tuple[str, str]:
    """Who does on that day what is `owner`'s, and a sentence about it ("" = the owner is there)."""
    person = who.person(owner)
    absence = away(person, day, calendar)
    if person is None or absence is None:
        return owner, ""
    if not person.deputy:
        return owner, f"{owner} is {absence.until(now)}, and nobody stands in."
    deputy = who.person(person.deputy)
    if away(deputy, day, calendar):
        return owner, f"{owner} is {absence.until(now)}, and {person.deputy}, who stands in, is away as well."
    return deputy.name if deputy else person.deputy, f"For {owner}, {absence.until(now)}."
