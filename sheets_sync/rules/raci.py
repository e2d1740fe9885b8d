"""Does every task have one who answers for it and somebody who does it, and are these there? [B17]"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.settings import PeopleSettings
from sheets_sync.rules.by_client import texts
from sheets_sync.rules.deputies import Absence, away
from sheets_sync.rules.people import Owned, People, Person, alike, is_owner, people
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

COLUMNS = ("kind", "name", "does", "answers", "level", "state", "sentence", "row")
_OWNER = "Client’s owner"
# So many who share a role are counted rather than named; so many tasks of one person are named.
_MANY, _NAMED = 4, 2


@dataclass(frozen=True)
class _Setting:
    who: People
    settings: PeopleSettings
    calendar: Calendar
    now: datetime
    unreadable: frozenset[int]

    def shown(self, role: str) -> str:
        """Engagement manager: Priya"""
        if is_owner(role):
            return _OWNER
        names = self.who.hands(role)
        if not names or self.who.person(role):
            return names[0] if names else role
        return f"{role}: {_listed(names)}" if len(names) < _MANY else f"{role} ({len(names)} people)"


def raci(playbook: Playbook, tables: Tables, calendar: Calendar, now: datetime) -> pd.DataFrame:
    """Every task of the RACI tab in its order, then who answers and is away, names that Team does not know, people with
    far more tasks than the others, and tasks of the playbook that the tab lacks.

    kind (task, name, person, missing) · name · does (the R's) · answers (the A's) · level (risk, watch, unknown or
    none) · state · sentence · row (of RACI; for a person of Team; 0 = nowhere).

         kind            name         does answers level          state                                sentence  row
    0    task  Check-in calls  Client’s o…   Maria  none          Clear                                            2
    1    task         Reports  Data anal…           risk  Nobody answers                    Enter one A, no more.    3
    2    name    Data analyst                      watch   Unknown name  Nobody in Team has this name or t…        0
    """
    frame = tables["raci"].frame
    unreadable = frozenset(row for rows in tables["raci"].unreadable.values() for row in rows)
    setting = _Setting(people(tables), playbook.settings.people, calendar, now, unreadable)
    found: list[tuple[object, ...]] = []
    if tables["raci"].present:
        found = [
            *_tasks(frame, setting),
            *_absent(frame, setting),
            *_names(frame, tables, setting),
            *_loads(frame, setting),
            *_missing(playbook, frame),
        ]
    lines = pd.DataFrame(found, columns=list(COLUMNS), dtype=object)
    return lines.astype({"row": "int64"})


def _tasks(frame: pd.DataFrame, setting: _Setting) -> Iterator[tuple[object, ...]]:
    for _, lines in frame.groupby(frame["task"].map(alike), sort=False):
        does, answers = (_roles(lines, letter) for letter in "RA")
        level, state, sentence = _judged(lines, does, answers, setting)
        shown = (_listed(map(setting.shown, roles)) for roles in (does, answers))
        yield "task", str(lines["task"].iloc[0]), *shown, level, state, sentence, int(lines["row"].min())


def _roles(lines: pd.DataFrame, letter: str) -> list[str]:
    return list(dict.fromkeys(lines.loc[lines["letter"].eq(letter).fillna(False), "role"]))


def _judged(lines: pd.DataFrame, does: list[str], answers: list[str], setting: _Setting) -> tuple[Level, str, str]:
    if setting.unreadable.intersection(lines["row"]) and not (does and len(answers) == 1):
        return Level.UNKNOWN, "Can’t tell", "A letter in this line cannot be read."
    if lines["letter"].isna().all():
        return Level.UNKNOWN, "No letters", "Nobody is entered; a heading may stay like that."
    if not answers:
        missing = "Nobody does it, nobody answers for it" if not does else "Nobody answers for it"
        return Level.RISK, missing, f"Enter one A{'' if does else ' and at least one R'}."
    if len(answers) > 1:
        return (
            Level.RISK,
            "More than one answers",
            f"{_listed(answers)} have an A each. Leave one of them.",
        )
    if not does:
        return Level.RISK, "Nobody does it", "Enter at least one R."
    return Level.NONE, "Clear", ""


def _absent(frame: pd.DataFrame, setting: _Setting) -> Iterator[tuple[object, ...]]:
    """Who answers for tasks and is away now or soon; a role that several hold is away when all of them are."""
    tasks: dict[str, dict[str, None]] = {}
    for task, role, letter in zip(*(texts(frame[name]) for name in ("task", "role", "letter")), strict=True):
        if letter == "A":
            tasks.setdefault(role, {}).setdefault(task)
    for role, answered in tasks.items():
        names = () if is_owner(role) else setting.who.hands(role)
        if not (names and (found := _first_absence(names, setting))):
            continue
        person, absence, deputy = found
        level, state, stands_in = Level.WATCH, "Away", "nobody stands in"
        if deputy:
            level, state, stands_in = Level.NONE, "Away, covered", f"{deputy} stands in"
        named = list(answered)[:_NAMED]
        named += [f"{len(answered) - _NAMED} more"] if len(answered) > _NAMED else []
        words = f"Answers for {_listed(named)}: {absence.span(setting.now)}, and {stands_in}."
        yield "person", person.name if len(names) == 1 else role, "", "", level, state, words, person.row


def _first_absence(names: tuple[str, ...], setting: _Setting) -> tuple[Person, Absence, str] | None:
    """Of the first day ahead on which all of them are away: one of them, that absence, and a deputy who is there."""
    today = setting.now.date()
    everybody = [person for name in names if (person := setting.who.person(name))]
    for day in (today + timedelta(days=n) for n in range(setting.settings.leave_ahead_days + 1)):
        gone = [(person, absence) for person in everybody if (absence := away(person, day, setting.calendar))]
        if gone and len(gone) == len(everybody):
            for person, absence in gone:
                if person.deputy and not away(setting.who.person(person.deputy), day, setting.calendar):
                    return person, absence, person.deputy
            return *gone[0], ""
    return None


def _names(frame: pd.DataFrame, tables: Tables, setting: _Setting) -> Iterator[tuple[object, ...]]:
    """Roles, stand-ins and owners that Team does not know; where Team has nobody, nothing can be said."""
    who = setting.who
    if not who.by_name:
        return
    roles = dict.fromkeys(texts(frame["role"]))
    for role in roles:
        if role and not is_owner(role) and not who.hands(role):
            words = "Nobody in Team has this name or this role."
            yield "name", role, "", "", Level.WATCH, "Unknown name", words, 0
    for person in who.by_name.values():
        if person.deputy and not who.hands(person.deputy):
            words = f"Stands in for {person.name} and is in no row of Team."
            yield "name", person.deputy, "", "", Level.WATCH, "Unknown name", words, person.row
    owners = dict.fromkeys(texts(tables["clients"].frame["owner"]))
    for owner in owners:
        if owner and not who.person(owner):
            words = "Looks after clients and is in no row of Team, so no leave and nobody standing in are known."
            yield "name", owner, "", "", Level.UNKNOWN, "Not in Team", words, 0


def _loads(frame: pd.DataFrame, setting: _Setting) -> Iterator[tuple[object, ...]]:
    """Who is the only one to do far more tasks than anybody else is; a role that several hold is a load on none."""
    who, limit = setting.who, setting.settings
    named = frame[np.array([bool(role) and not is_owner(role) for role in texts(frame["role"])], bool)]
    load: Counter[str] = Counter()
    for _, lines in named.groupby(named["task"].map(alike), sort=False):
        load.update({name: 0 for role in lines["role"] for name in who.hands(role) or (role,)})
        doing = {name for role in _roles(lines, "R") for name in who.hands(role) or (role,)}
        load.update(doing if len(doing) == 1 else ())
    total = frame["task"].map(alike).nunique()
    for name, tasks in load.items():
        others = [number for other, number in load.items() if other != name]
        if others and tasks >= limit.overload_tasks and tasks >= limit.overload * sum(others) / len(others):
            rest = f"nobody else of more than {max(others)}" if any(others) else "nobody else of any"
            words = f"The only one to do {tasks} of {total} tasks, {rest}. Share some out."
            person = who.person(name)
            yield "person", name, "", "", Level.WATCH, "Far more than others", words, person.row if person else 0


def _missing(playbook: Playbook, frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Tasks that the playbook names and RACI lacks."""
    there = set(frame["task"].dropna().map(alike))
    parts = (playbook.touchpoints, playbook.clocks, playbook.warnings, {"": playbook.renewal})
    entries = (entry for part in parts for entry in dict[str, Owned](part).values())
    tasks = {alike(entry.task): entry.task for entry in entries if entry.task}
    lacking = [name for task, name in tasks.items() if task not in there]
    if lacking:
        words = f"{_listed(lacking)}: the playbook has lines of {'this kind' if len(lacking) == 1 else 'these kinds'}. "
        words += "Without a row here they go to each client’s owner."
        yield "missing", "Not in this tab", "", "", Level.UNKNOWN, "Not in RACI", words, 0


def _listed(parts: Iterable[str]) -> str:
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
