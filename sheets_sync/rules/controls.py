"""What we owe ourselves at a rhythm: trainings of each person, reviews of our controls. No client stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Level, Problem
from sheets_sync.playbook.schema import EVERYBODY, Control, Playbook
from sheets_sync.rules.by_client import texts
from sheets_sync.rules.cadence import step
from sheets_sync.rules.deputies import away
from sheets_sync.rules.people import People, alike, holder, people
from sheets_sync.rules.todo import Thing, at, snooze_words
from sheets_sync.rules.touchpoint_words import weekday
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

COLUMNS = ("id", "title", "by", "owner", "last", "due", "latest", "state", "sentence", "occurrence")
_LEVELS = {"overdue": Level.WATCH}


@dataclass(frozen=True)
class _Setting:
    tables: Tables
    typed: Typed
    calendar: Calendar
    first: date
    now: datetime


def controls(
    playbook: Playbook, tables: Tables, typed: Typed, first: date, calendar: Calendar, now: datetime
) -> pd.DataFrame:
    """Each training of each person and each control that the tracker follows, in the playbook's order [B10] [B16] [E7]
    [E9]. One that was never done is due on `first`, the day counting began.

    id · title · by (training, review) · owner (who does it) · last (NaT = never) · due (a working day on which they are
    there) · latest · state (upcoming, due, overdue, snoozed) · sentence · occurrence (what it is told apart by).

                      id                       title        by  owner       last        due    state
    0    metric_training  Training on health metrics  training    Sam 2026-03-20 2026-09-21  overdue
    1  loyalty_promotion  Loyalty promotion, checked    review    Leo 2026-10-14 2027-01-14 upcoming
    """
    setting = _Setting(tables, typed, calendar, first, now)
    lines = [line for name, entry in playbook.controls.items() for line in _lines(name, entry, setting)]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    return frame.astype(dict.fromkeys(("last", "due", "latest"), "datetime64[us]"))


def things(found: pd.DataFrame, playbook: Playbook, typed: Typed, now: datetime) -> Iterator[Thing]:
    """What of them is open or falls due within the Diary's reach. A client at risk always goes first, so what is late
    is on watch at most; nobody stands in for somebody else's training."""
    soon = pd.Timestamp(now.date() + timedelta(days=playbook.settings.diary.ahead_days))
    for row in found[found["state"].ne("upcoming") | found["due"].le(soon)].itertuples(index=False):
        entry = playbook.controls[row.id]
        id = (row.id, "", row.occurrence)
        yield Thing(
            id,
            at(row.due.date()),
            row.state == "overdue",
            _LEVELS.get(row.state, Level.NONE),
            entry.do or entry.title,
            entry.short or entry.title,
            row.owner,
            row.sentence,
            talk=False,
            promise=True,
            rests=snooze_words(typed, id, row.owner, now),
        )


def overdue_trainings(found: pd.DataFrame, tables: Tables) -> tuple[Problem, ...]:
    """Trainings that are overdue, one problem a training [B10] [E7] [E9]."""
    problems = []
    late = found[found["state"].eq("overdue") & found["by"].eq("training")]
    for title, lines in late.groupby("title", sort=False):
        names = list(lines["owner"])
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        words = f"{title} is overdue for {shown}."
        hint = "Hold it, and enter the day it was done."
        problems.append(Problem(tables["training"].ref("done_on", None), words, hint, None, len(names)))
    return tuple(problems)


def _lines(name: str, entry: Control, setting: _Setting) -> Iterator[tuple[Any, ...]]:
    table = setting.tables["training" if entry.by == "training" else "reviews"]
    if not table.present:
        return
    who = people(setting.tables)
    done = _done(name, entry, setting)
    for owner in _owners(entry, who, setting.tables):
        last = done.get(normal(owner) if entry.by == "training" else "")
        owed = _after(last, entry) if last else setting.first
        due = _there(setting.calendar.roll(owed), who, owner, setting.calendar)
        latest = due + timedelta(days=entry.tolerance)
        today, id = setting.now.date(), (name, "", f"{owner}@{owed}")
        state = "upcoming" if today < due else "due" if today <= latest else "overdue"
        if state != "upcoming" and setting.typed.snoozed(id):
            state = "snoozed"
        sentence = _sentence(entry, last, due, latest, state, setting.now)
        yield name, entry.title, entry.by, owner, last, due, latest, state, sentence, id[2]


def _owners(entry: Control, who: People, tables: Tables) -> tuple[str, ...]:
    """A training is each one's own; a review is one line, whoever it falls to."""
    if entry.by == "review":
        return (holder(entry, tables),)
    if entry.owner == EVERYBODY:
        return tuple(person.name for person in who.by_name.values())
    return who.hands(entry.owner)


def _done(name: str, entry: Control, setting: _Setting) -> Mapping[str, date]:
    """The last day up to today on which it was done, by person for a training; entered, or typed in the Diary."""
    training = entry.by == "training"
    frame = setting.tables["training" if training else "reviews"].frame
    phrases = [f" {alike(words)} " for words in (entry.title, *entry.words)]
    named = texts(frame["topic" if training else "control"])
    fits = {words: any(phrase in f" {alike(words)} " for phrase in phrases) for words in set(named) if words}
    found: dict[str, date] = {}
    people_ = texts(frame["person"]) if training else np.full(len(frame), "", dtype=object)
    entered = [
        (normal(person), when.date())
        for words, person, when in zip(named, people_, frame["done_on"], strict=True)
        if fits.get(words) and person is not None and not pd.isna(when)
    ]
    ticked = [
        (normal(id[2].rpartition("@")[0]) if training else "", day)
        for id in setting.typed.by_id
        if id[0] == name and not id[1] and (day := setting.typed.done(id))
    ]
    for person, day in (*entered, *ticked):
        if day <= setting.now.date():
            found[person] = max(found.get(person, day), day)
    return found


def _after(last: date, entry: Control) -> date:
    day: date = step(np.array([last], "datetime64[D]"), entry.every, 1)[0].item()
    return day


def _there(due: date, who: People, owner: str, calendar: Calendar) -> date:
    """The due day, or the first one after it on which they are back; of a leave without an end the day stays."""
    absence = away(who.person(owner), due, calendar)
    return calendar.roll(absence.last + timedelta(days=1)) if absence and absence.last < date.max else due


def _sentence(entry: Control, last: date | None, due: date, latest: date, state: str, now: datetime) -> str:
    before = f"last on {weekday(last, now)}" if last else "never yet"
    words = f"was due by {weekday(latest, now)}" if state == "overdue" else f"due {weekday(due, now)}"
    return f"Every {entry.every}, {before}: {words}."
