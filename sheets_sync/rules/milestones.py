"""Milestones of projects: once each, counted from a project's start, its middle or its completion."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Touchpoint
from sheets_sync.rules.by_client import NO_DAY, Array, days, records
from sheets_sync.rules.cadence import Week, sane
from sheets_sync.rules.log import Log
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Tables


@dataclass(frozen=True)
class Projects:
    """What milestones are counted for, a row each: position of the client, name, and how it is told apart from others
    of the client (`id`). Without a Projects tab: new clients themselves, by their own start."""

    at: Array
    name: Array
    id: Array
    row: Array
    start: Array
    planned_end: Array
    completed: Array
    frame: pd.DataFrame | None


@dataclass(frozen=True)
class Known:
    """What every touchpoint is measured against. `early_days`: how long before a start its kickoff may be held."""

    today: np.datetime64
    week: Week
    keys: pd.Index
    log: Log
    typed: Typed
    early_days: int


@dataclass(frozen=True)
class Milestones:
    """One milestone of every project: when it may begin, is due and is late; `done` is the day it was done (NaT = not);
    `forecast` where it hangs on a project that isn't completed yet."""

    opens: Array
    due: Array
    latest: Array
    done: Array
    forecast: Array


def projects(tables: Tables, facts: pd.DataFrame) -> Projects:
    """Every project of a known client."""
    if not tables["projects"].present:
        return _new_clients(facts)
    found = records(tables, "projects")
    known = np.flatnonzero(found.known)
    at = found.at[known]
    names = found.text("project")[known]
    start = sane(found.days("start"))[known]
    return Projects(
        at,
        names,
        _ids(at, names, start),
        found.frame["row"].to_numpy()[known],
        start,
        sane(found.days("planned_end"))[known],
        sane(found.days("completed_on"))[known],
        found.frame.iloc[known],
    )


def milestones(name: str, entry: Touchpoint, found: Projects, known: Known) -> Milestones:
    """When this milestone is due for each project, and when it was done.

    Its day is `opens` days after what it counts from; a window from `opens` to `latest` is due on its last working day.
    Only `due` is rolled to a working day."""
    today, week = known.today, known.week
    base = {"start": found.start, "halfway": _halfway(found), "completed": found.completed}[entry.from_]
    forecast = np.zeros(len(base), bool)
    if entry.from_ == "completed" and not entry.opens:
        forecast = np.isnat(found.completed) | (found.completed > today)
        base = np.where(np.isnat(found.completed), found.planned_end, found.completed)
    opens, latest = base + entry.opens, base + max(entry.latest, entry.opens)
    due = np.maximum(week.roll_back(latest), opens) if entry.latest > entry.opens else week.roll(latest)
    done = _entered(entry, found, today)
    by_log = _logged(entry, found, opens, known.log, known.early_days)
    for other in (_typed(name, found, known), by_log):
        done = np.fmin(done, other)
    return Milestones(opens, due, latest, done, forecast)


def trackable(entry: Touchpoint, tables: Tables, contacts: Log) -> str:
    """Why a milestone can't be followed in this tracker, as a sentence; "" when it can: by its column in Projects, or
    by a log that has ever named one."""
    logged = len(contacts.matching(entry.done)) > 0
    if not tables["projects"].present:
        return "" if logged and entry.from_ == "start" else "there is no Projects tab"
    if logged or (entry.done.column and tables["projects"].has(_field(entry.done.column))):
        return ""
    elsewhere = {"surveys": entry.done.surveys, "care": entry.done.care}
    if any(kinds and tables[table].present for table, kinds in elsewhere.items()):
        return ""
    if not entry.done.column:
        return "nothing of its kind is entered anywhere"
    return f"Projects has no column “{entry.done.column}”"


def _new_clients(facts: pd.DataFrame) -> Projects:
    new = np.flatnonzero(facts["is_new"].fillna(False).to_numpy(bool))
    none = np.full(len(new), NO_DAY)
    start = sane(days(facts["start_date"]))[new]
    names = np.full(len(new), None, dtype=object)
    return Projects(new, names, _ids(new, names, start), np.full(len(new), -1), start, none, none, None)


def _ids(at: Array, names: Array, start: Array) -> Array:
    """A project by its name, or by its start without one; of equal ones of a client the later rows get a number."""
    seen: Counter[tuple[int, str]] = Counter()
    ids = np.empty(len(at), dtype=object)
    for i, (client, name, day) in enumerate(zip(at.tolist(), names, start.astype(str), strict=True)):
        text = " ".join(str(name).split()).casefold() if name else day
        seen[client, text] += 1
        ids[i] = text if seen[client, text] == 1 else f"{text} #{seen[client, text]}"
    return ids


def _halfway(found: Projects) -> Array:
    length = found.planned_end - found.start
    middle: Array = np.where(length >= np.timedelta64(0, "D"), found.start + length // 2, NO_DAY)
    return middle


def _field(header: str) -> str:
    return next((field.name for field in TABLES["projects"].fields if field.header == header), "")


def _entered(entry: Touchpoint, found: Projects, today: np.datetime64) -> Array:
    field = _field(entry.done.column)
    if found.frame is None or not field:
        return np.full(len(found.at), NO_DAY)
    when = days(found.frame[field])
    return np.where(when <= today, when, NO_DAY)


def _typed(name: str, found: Projects, known: Known) -> Array:
    done = np.full(len(found.at), NO_DAY)
    if any(id[0] == name for id in known.typed.by_id):
        for i, (at, id) in enumerate(zip(found.at, found.id, strict=True)):
            day = known.typed.done((name, known.keys[at], id))
            done[i] = np.datetime64(day, "D") if day else NO_DAY
    return done


def _logged(entry: Touchpoint, found: Projects, opens: Array, contacts: Log, early: int) -> Array:
    """The interaction that was this milestone: of the right kind, not before the project could have it, and of all
    projects of the client nearest to this one's day."""
    done = np.full(len(found.at), NO_DAY)
    rows = contacts.matching(entry.done)
    if not len(rows) or not len(done):
        return done
    # A kickoff may be held ahead of the start; everything else needs what it counts from.
    begun = found.completed if entry.from_ == "completed" and entry.opens else found.start
    first = begun - early if entry.from_ == "start" and not entry.opens else begun
    events = pd.DataFrame({"at": contacts.at[rows], "on": contacts.day[rows], "event": np.arange(len(rows))})
    spots = pd.DataFrame({"at": found.at, "spot": np.arange(len(done)), "opens": opens, "first": first})
    pairs = events.merge(spots[~np.isnat(opens)], on="at")
    pairs = pairs[pairs["on"] >= pairs["first"]]
    pairs = pairs.assign(apart=(pairs["on"] - pairs["opens"]).abs()).sort_values(["apart", "spot"], kind="stable")
    nearest = pairs.drop_duplicates("event").groupby("spot")["on"].min()
    done[nearest.index.to_numpy()] = nearest.to_numpy("datetime64[D]")
    return done
