"""Does every task have one who answers for it and somebody who does it, and are these there? [B17]"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.settings import PeopleSettings
from sheets_sync.rules.by_client import texts
from sheets_sync.rules.deputies import away
from sheets_sync.rules.people import Owned, People, alike, is_owner, people
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

COLUMNS = ("kind", "name", "does", "answers", "level", "state", "sentence", "row")
_OWNER = "Client’s owner"


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
        if not names or names == (role,):
            return role
        return names[0] if self.who.person(role) else f"{role}: {_listed(names)}"


def raci(playbook: Playbook, tables: Tables, calendar: Calendar, now: datetime) -> pd.DataFrame:
    """Every task of the RACI tab in its order, then names that Team does not know, people with far more tasks than the
    others, and tasks of the playbook that the tab lacks.

    kind (task, name, person, missing) · name · does (the R's) · answers (the A's) · level (risk, watch, unknown or
    none) · state · sentence · row (of RACI; for a person of Team; 0 = nowhere).

         kind            name         does answers level          state                                sentence  row
    0    task  Check-in calls  Client’s o…   Maria  none          Clear                                            2
    1    task         Reports  Data anal…           risk  Nobody answers                    Enter one A, no more.    3
    2    name    Data analyst                      watch   Unknown name  No person and nobody’s role in Team.        0
    """
    frame = tables["raci"].frame
    unreadable = frozenset(row for rows in tables["raci"].unreadable.values() for row in rows)
    setting = _Setting(people(tables), playbook.settings.people, calendar, now, unreadable)
    found: list[tuple[object, ...]] = []
    if tables["raci"].present:
        found = [
            *_tasks(frame, setting),
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
            f"{_listed(map(setting.shown, answers))} each have an A. Leave one of them.",
        )
    if not does:
        return Level.RISK, "Nobody does it", "Enter at least one R."
    return _absent(answers[0], setting)


def _absent(role: str, setting: _Setting) -> tuple[Level, str, str]:
    """Whether the one who answers is away now or soon, with nobody in their place."""
    first = setting.now.date()
    names = setting.who.hands(role)
    for day in (first + timedelta(days=n) for n in range(setting.settings.leave_ahead_days + 1)):
        gone = {name: away(setting.who.person(name), day, setting.calendar) for name in names}
        if not names or not all(gone.values()):
            continue
        name, absence = next((name, absence) for name, absence in gone.items() if absence)
        words = f"{_listed(names)} {'is' if len(names) == 1 else 'are'} {absence.span(setting.now)}"
        person = setting.who.person(name)
        deputy = person.deputy if person else ""
        if deputy and not away(setting.who.person(deputy), day, setting.calendar):
            return Level.NONE, "Clear", f"{words}; {deputy} stands in."
        return Level.WATCH, "Away", f"{words}, and nobody stands in."
    return Level.NONE, "Clear", ""


def _names(frame: pd.DataFrame, tables: Tables, setting: _Setting) -> Iterator[tuple[object, ...]]:
    """Roles, stand-ins and owners that Team does not know; where Team has nobody, nothing can be said."""
    who = setting.who
    if not who.by_name:
        return
    roles = dict.fromkeys(texts(frame["role"]))
    for role in roles:
        if role and not is_owner(role) and not who.hands(role):
            words = "No person of Team and nobody’s role there, so it is nobody in particular."
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
    """Who does far more tasks than the others on average; the client's owner is somebody else each time."""
    who, limit = setting.who, setting.settings
    named = frame[
        frame["role"].notna() & ~frame["role"].map(lambda role: is_owner(str(role)), na_action="ignore").eq(True)
    ]
    total = frame["task"].map(alike).nunique()
    load: Counter[str] = Counter()
    for _, lines in named.groupby(named["task"].map(alike), sort=False):
        everybody = {name for role in lines["role"] for name in who.hands(role) or (role,)}
        doing = {name for role in _roles(lines, "R") for name in who.hands(role) or (role,)}
        load.update({name: int(name in doing) for name in everybody})
    for name, tasks in load.items():
        others = [number for other, number in load.items() if other != name]
        mean = sum(others) / len(others) if others else 0.0
        if others and tasks >= limit.overload_tasks and tasks >= limit.overload * mean:
            most = max(others)
            rest = f"nobody else does more than {most}" if most else "nobody else does any"
            words = f"Does {tasks} of {total} tasks; {rest}. Share some out."
            person = who.person(name)
            yield "person", name, "", "", Level.WATCH, "Far more than others", words, person.row if person else 0


def _missing(playbook: Playbook, frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Tasks that the playbook names and RACI lacks."""
    there = set(frame["task"].dropna().map(alike))
    parts = (playbook.touchpoints, playbook.clocks, playbook.warnings, {"": playbook.renewal})
    entries = (entry for part in parts for entry in dict[str, Owned](part).values())
    tasks = {alike(entry.task): entry.task for entry in entries if entry.task}
    for task, name in tasks.items():
        if task not in there:
            words = "The playbook has lines of this kind; without a row here they go to the client’s owner."
            yield "missing", name, "", "", Level.UNKNOWN, "Not in RACI", words, 0


def _listed(parts: Iterable[str]) -> str:
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
