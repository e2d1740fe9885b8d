"""Cadences: contacts that are asked of a client again and again, from the last one or from an anchor."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Touchpoint
from sheets_sync.playbook.spans import Every
from sheets_sync.rules import asked as ask
from sheets_sync.rules.asked import Setting
from sheets_sync.rules.by_client import Array, days, earliest, records
from sheets_sync.rules.cadence import Occurrences, from_anchor, from_last, sane, step, steps_until
from sheets_sync.rules.kept import Contacts, Counts, Span, from_anchor_kept, from_last_kept
from sheets_sync.rules.typed import counted_as


def of_clients(
    name: str, entry: Touchpoint, every: Every, setting: Setting
) -> tuple[pd.DataFrame, Callable[[Span], Counts] | None, int, float]:
    """The rows of one cadence, what counts how it was kept, how many fell due before counting began, and how many
    contacts a week it asks for."""
    asked = ask.open_clients(entry, setting)
    if missing := ask.missing_tab(entry, setting):
        return ask.not_tracked(name, entry, np.flatnonzero(asked), missing, setting), None, 0, 0.0
    start, last = _start(entry, setting), _last(name, entry, setting)
    gone = _gone_after(entry, setting)
    one = _occurrences(entry, every, start, last, gone, setting)
    known = asked & ~np.isnat(one.day)
    due = setting.known.week.roll(one.day)
    latest = ask.latest_of(entry, one.day, due, setting)
    state, changes = ask.state_of(due, np.fmax(due, latest), setting)
    rows = np.flatnonzero(known)
    values = {
        "key": setting.known.keys.to_numpy(),
        "state": state,
        "changes": changes,
        "opens": one.day,
        "due": due,
        "latest": latest,
        "last": last,
        "occurrence": one.day.astype(str).astype(object),
        "older": one.older,
    }
    parts = [
        ask.lines({column: array[rows] for column, array in values.items()}, name, entry.title, entry.routine),
        ask.missed(name, entry, one.missed, np.flatnonzero(known & ~np.isnat(one.missed)), setting),
        ask.not_tracked(name, entry, np.flatnonzero(asked & np.isnat(one.day)), "Start date is empty", setting),
    ]
    a_week = float(known.sum()) * 7 / (every.days or every.months * setting.playbook.settings.tenure.days_in_month)
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    counts = partial(_kept, name, entry, every, start, asked, setting)
    return frame, counts, int((one.older & known).sum()), a_week


def _kept(
    name: str, entry: Touchpoint, every: Every, start: Array, asked: Array, setting: Setting, span: Span
) -> Counts:
    """What has fallen due of a cadence since counting began, and what was done in time."""

    def latest(day: Array) -> Array:
        return ask.latest_of(entry, day, setting.known.week.roll(day), setting)

    at, on = _typed_contacts(name, entry, setting)
    rows = setting.known.log.matching(entry.done)
    log = setting.known.log
    contacts = Contacts(np.append(log.at[rows], at), np.append(log.day[rows], on), len(start))
    if entry.from_ == "last":
        return from_last_kept(contacts, start, asked, every, latest, span)
    return from_anchor_kept(contacts, start, asked, every, lambda day: ask.early(entry, day, setting), latest, span)


def _occurrences(
    entry: Touchpoint, every: Every, start: Array, last: Array, gone: np.timedelta64, setting: Setting
) -> Occurrences:
    calm = (setting.began, setting.today, gone, entry.routine)
    if entry.from_ == "last":
        return from_last(last, start, every, *calm)
    # Without a Start date the last one is the best anchor there is.
    anchor = np.where(np.isnat(start), last, start)
    k = steps_until(anchor, every, last)
    following = step(anchor, every, k + 1)
    in_time = ask.early(entry, following, setting) <= last
    done = np.where(np.isnat(last), 0, np.where(in_time, k + 1, k))
    return from_anchor(anchor, done, every, *calm)


def _start(entry: Touchpoint, setting: Setting) -> Array:
    """From when it can be asked: the client's start, and for what hangs on a running project, that project's start."""
    start = sane(days(setting.facts["start_date"]))
    if "has_active_project" not in entry.when:
        return start
    found = records(setting.tables, "projects")
    begun, ended = sane(found.days("start")), found.days("completed_on")
    today = setting.known.today
    running = found.known & (begun <= today) & ~(ended <= today)
    first, _ = earliest(found, begun, running)
    return np.asarray(np.fmax(start, first))


def _last(name: str, entry: Touchpoint, setting: Setting) -> Array:
    """The last day it was done: in the log, or in the Diary, under its own name or as a contact of the right type."""
    last = setting.known.log.last(entry.done)
    at, on = _typed_contacts(name, entry, setting)
    if len(at):
        np.maximum.at(last.view(np.int64), at, on.astype(np.int64))
    return last


def _typed_contacts(name: str, entry: Touchpoint, setting: Setting) -> tuple[Array, Array]:
    same = [other for other, kind in counted_as(setting.playbook).items() if kind in entry.done.types]
    return setting.known.typed.contacts({name, *same}, setting.known.keys, entry.from_ == "anchor")


def _gone_after(entry: Touchpoint, setting: Setting) -> np.timedelta64:
    """After how many days an occurrence is missed; working days of tolerance count as calendar days here."""
    return np.timedelta64(entry.tolerance + setting.gone, "D")
