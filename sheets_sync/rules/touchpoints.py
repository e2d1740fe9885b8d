"""Every touchpoint that the playbook asks for: milestones of projects and cadences of clients, with state and dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.conditions import counting, fires
from sheets_sync.playbook.schema import CLIENT_OWNER, Every, Playbook, Touchpoint
from sheets_sync.rules.by_client import NO_DAY, Array, days, earliest, records, texts
from sheets_sync.rules.cadence import Occurrences, Week, from_anchor, from_last, sane, step, steps_until
from sheets_sync.rules.kept import Contacts, Counts, Kept, Span, from_anchor_kept, from_last_kept, gathered, once
from sheets_sync.rules.log import log
from sheets_sync.rules.milestones import Known, Projects, milestones, projects, trackable
from sheets_sync.rules.touchpoint_words import sentences
from sheets_sync.rules.typed import Typed, counted_as
from sheets_sync.tracker.history import History
from sheets_sync.tracker.remembered import quoted
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

OPEN = ("due", "overdue")
LISTED = (*OPEN, "snoozed", "upcoming")
COLUMNS = (
    "key",
    "id",
    "title",
    "project",
    "state",
    "opens",
    "due",
    "latest",
    "last",
    "occurrence",
    "routine",
    "reason",
)


class Due(NamedTuple):
    """The touchpoints, how many contacts had fallen due before counting began (per client and entry one), how many
    contacts a week the cadences ask for in all, and what has fallen due so far (`kept` counts it: kept.gathered)."""

    frame: pd.DataFrame
    older: int
    a_week: float
    kept: Callable[[], pd.DataFrame]


@dataclass(frozen=True)
class _Setting:
    playbook: Playbook
    tables: Tables
    facts: pd.DataFrame
    known: Known
    began: date
    today: date
    count: Any
    now: datetime

    @property
    def gone(self) -> int:
        return self.playbook.settings.missed.after_days

    @property
    def span(self) -> Span:
        """What the on-time rate looks at: from its window's start, or from when counting began."""
        measure = self.playbook.metrics.get("on_time_rate")
        begin, today = np.datetime64(self.began, "D"), self.known.today
        first = today - (measure.window_days if measure else 0) + 1
        return Span(begin, max(first, begin), today)


def due(
    playbook: Playbook,
    tables: Tables,
    facts: pd.DataFrame,
    typed: Typed,
    history: History,
    calendar: Calendar,
    now: datetime,
) -> Due:
    """Each open, coming, done or missed touchpoint, a row each, by client and playbook order.

    key · id · title · project · state (upcoming, due, overdue, done, missed, snoozed, not tracked) · opens · due
    (rolled to a working day) · latest · last (done before, for a cadence) · occurrence (what it is told apart by) ·
    routine · owner · purpose · sentence · reason (of not tracked) · changes (the day of its next state, if any).

            key             id  title    project state      opens        due     latest
    0   aldgate        kickoff  Kickoff  Website   due 2026-11-23 2026-11-23 2026-11-23
    1  brightw…  check_in_call  Check-…     <NA>   due 2026-11-23 2026-11-23 2026-11-26
    """
    today = now.date()
    keys = facts.index
    known = Known(
        np.datetime64(today, "D"), Week.of(calendar), keys, log(tables, now), typed, playbook.settings.look_back.days
    )
    count = counting({name: table.frame for name, table in tables.by_name.items() if table.present}, keys, now)
    setting = _Setting(playbook, tables, facts, known, history.first_sync or today, today, count, now)
    found = projects(tables, facts)
    parts, older, a_week = [], 0, 0.0
    kept: list[Kept] = []
    for name, entry in playbook.touchpoints.items():
        if entry.each == "project":
            part, counts = _of_projects(name, entry, found, setting)
        else:
            part, counts, before, asked = _of_clients(name, entry, entry.every or Every(days=1), setting)
            older, a_week = older + before, a_week + asked
        parts.append(part)
        kept += [Kept(name, counts)] if counts else []
    frame = pd.concat([part for part in parts if len(part)] or [_frame({}, "", "", False)], ignore_index=True)
    return Due(_finish(frame, setting), older, a_week, partial(gathered, kept, keys))


def _of_projects(
    name: str, entry: Touchpoint, found: Projects, setting: _Setting
) -> tuple[pd.DataFrame, Callable[[], Counts] | None]:
    asked = _open_clients(entry, setting)
    untracked = trackable(entry, setting.tables, setting.known.log)
    if untracked:
        asked = _open_clients(entry, setting, strict=True)
        return _not_tracked(name, entry, np.flatnonzero(asked), untracked, setting), None
    one = milestones(name, entry, found, setting.known)
    completed = found.completed <= setting.known.today
    closed = completed if not entry.outlives else one.forecast & ~_open_clients(entry, setting, strict=True)[found.at]
    wanted = asked[found.at] & ~np.isnat(one.opens) & (~closed | ~np.isnat(one.done))
    window = entry.latest > entry.opens
    begins, end = one.opens if window else one.due, one.latest if window else np.fmax(one.due, one.latest)
    state, changes = _state(begins, end, setting)
    # A forecast that has passed calls for the review, but nobody is late with it.
    late = one.forecast & (state == "overdue")
    changes[late | (one.forecast & (state == "due"))] = NO_DAY
    state[late] = "due"
    state[~np.isnat(one.done)] = "done"
    rows = np.flatnonzero(wanted)
    values = {
        "key": setting.known.keys.to_numpy()[found.at],
        "project": found.name,
        "state": state,
        "changes": changes,
        "opens": one.opens,
        "due": one.due,
        "latest": one.latest,
        "last": one.done,
        "occurrence": found.id,
        "row": found.row,
    }
    frame = _frame({column: array[rows] for column, array in values.items()}, name, entry.title, entry.routine)
    owed = np.where(asked[found.at] & ~one.forecast & ~np.isnat(one.opens), one.due, NO_DAY)
    until = np.full(len(owed), setting.known.today) if entry.outlives else found.completed
    return frame, partial(once, found.at, owed, end, one.done, until, len(setting.facts), setting.span)


def _of_clients(
    name: str, entry: Touchpoint, every: Every, setting: _Setting
) -> tuple[pd.DataFrame, Callable[[], Counts] | None, int, float]:
    asked = _open_clients(entry, setting)
    if not setting.tables["interactions"].present:
        return _not_tracked(name, entry, np.flatnonzero(asked), "there is no Interactions tab", setting), None, 0, 0.0
    start, last = _start(entry, setting), _last(name, entry, setting)
    gone = _gone_after(entry, setting)
    one = _occurrences(entry, every, start, last, gone, setting)
    known = asked & ~np.isnat(one.day)
    due = setting.known.week.roll(one.day)
    latest = _latest(entry, one.day, due, setting)
    state, changes = _state(due, np.fmax(due, latest), setting)
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
        _frame({column: array[rows] for column, array in values.items()}, name, entry.title, entry.routine),
        _missed(name, entry, one.missed, np.flatnonzero(known & ~np.isnat(one.missed)), setting),
        _not_tracked(name, entry, np.flatnonzero(asked & np.isnat(one.day)), "Start date is empty", setting),
    ]
    a_week = float(known.sum()) * 7 / (every.days or every.months * setting.playbook.settings.tenure.days_in_month)
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    counts = partial(_kept, name, entry, every, start, asked, setting)
    return frame, counts, int((one.older & known).sum()), a_week


def _kept(name: str, entry: Touchpoint, every: Every, start: Array, asked: Array, setting: _Setting) -> Counts:
    """What has fallen due of a cadence since counting began, and what was done in time."""

    def latest(day: Array) -> Array:
        return _latest(entry, day, setting.known.week.roll(day), setting)

    at, on = _typed_contacts(name, entry, setting)
    rows = setting.known.log.matching(entry.done)
    log = setting.known.log
    contacts = Contacts(np.append(log.at[rows], at), np.append(log.day[rows], on), len(start))
    if entry.from_ == "last":
        return from_last_kept(contacts, start, asked, every, latest, setting.span)
    return from_anchor_kept(
        contacts, start, asked, every, lambda day: _early(entry, day, setting), latest, setting.span
    )


def _occurrences(
    entry: Touchpoint, every: Every, start: Array, last: Array, gone: np.timedelta64, setting: _Setting
) -> Occurrences:
    calm = (setting.began, setting.today, gone, entry.routine)
    if entry.from_ == "last":
        return from_last(last, start, every, *calm)
    # Without a Start date the last one is the best anchor there is.
    anchor = np.where(np.isnat(start), last, start)
    k = steps_until(anchor, every, last)
    following = step(anchor, every, k + 1)
    in_time = _early(entry, following, setting) <= last
    done = np.where(np.isnat(last), 0, np.where(in_time, k + 1, k))
    return from_anchor(anchor, done, every, *calm)


def _open_clients(entry: Touchpoint, setting: _Setting, strict: bool = False) -> Array:
    """Of which clients it is asked: `when` holds, and the client has not ended, unless the touchpoint outlives that."""
    facts, status = setting.facts, setting.playbook.settings.status
    fired = fires(entry.when, entry.any, facts, setting.tables.extra, setting.count, setting.now)
    asked: Array = fired.fillna(False).to_numpy(bool)
    shut = set(status.no_health) if strict or not entry.outlives else set(status.no_health) - set(status.closed)
    asked &= ~facts["status"].isin(shut).to_numpy(bool)
    return asked


def _start(entry: Touchpoint, setting: _Setting) -> Array:
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


def _last(name: str, entry: Touchpoint, setting: _Setting) -> Array:
    """The last day it was done: in the log, or in the Diary, under its own name or as a contact of the right type."""
    last = setting.known.log.last(entry.done)
    at, on = _typed_contacts(name, entry, setting)
    if len(at):
        np.maximum.at(last.view(np.int64), at, on.astype(np.int64))
    return last


def _typed_contacts(name: str, entry: Touchpoint, setting: _Setting) -> tuple[Array, Array]:
    same = [other for other, kind in counted_as(setting.playbook).items() if kind in entry.done.types]
    return setting.known.typed.contacts({name, *same}, setting.known.keys, entry.from_ == "anchor")


def _early(entry: Touchpoint, day: Array, setting: _Setting) -> Array:
    """From when on a contact counts for this occurrence rather than for the one before."""
    if entry.tolerance_unit == "days":
        return day - np.timedelta64(entry.tolerance, "D")
    return setting.known.week.shift(day, -entry.tolerance, "backward")


def _latest(entry: Touchpoint, day: Array, due: Array, setting: _Setting) -> Array:
    if entry.tolerance_unit == "days":
        return np.asarray(day + np.timedelta64(entry.tolerance, "D"))
    return setting.known.week.shift(due, entry.tolerance)


def _gone_after(entry: Touchpoint, setting: _Setting) -> np.timedelta64:
    """After how many days an occurrence is missed; working days of tolerance count as calendar days here."""
    return np.timedelta64(entry.tolerance + setting.gone, "D")


def _state(begins: Array, end: Array, setting: _Setting) -> tuple[Array, Array]:
    """The state today of what is due from `begins` to `end`, and the day on which it will be another one."""
    today, gone = setting.known.today, end + setting.gone
    since = [today < begins, today <= end, today <= gone]
    state = np.select(since, ["upcoming", "due", "overdue"], "missed").astype(object)
    changes = np.select(since, [begins, end + 1, gone + 1], NO_DAY)
    return state, changes


def _missed(name: str, entry: Touchpoint, day: Array, rows: Array, setting: _Setting) -> pd.DataFrame:
    day = day[rows]
    due = setting.known.week.roll(day)
    values = {
        "key": setting.known.keys.to_numpy()[rows],
        "state": np.full(len(rows), "missed", dtype=object),
        "opens": day,
        "due": due,
        "latest": _latest(entry, day, due, setting),
        "occurrence": day.astype(str).astype(object),
    }
    return _frame(values, name, entry.title, entry.routine)


def _not_tracked(name: str, entry: Touchpoint, rows: Array, reason: str, setting: _Setting) -> pd.DataFrame:
    values = {
        "key": setting.known.keys.to_numpy()[rows],
        "state": np.full(len(rows), "not tracked", dtype=object),
        "reason": np.full(len(rows), reason, dtype=object),
    }
    return _frame(values, name, entry.title, entry.routine)


def _frame(values: dict[str, Array], name: str, title: str, routine: bool) -> pd.DataFrame:
    """Rows of one entry with all columns; text that isn't given is missing, days are NaT."""
    n = len(values.get("key", ()))
    columns: dict[str, Any] = {"id": np.full(n, name, object), "title": np.full(n, title, object)}
    columns["routine"] = np.full(n, routine, bool)
    columns["row"] = values.get("row", np.full(n, -1))
    columns["older"] = values.get("older", np.zeros(n, bool))
    for column in ("key", "project", "state", "occurrence", "reason"):
        columns[column] = values.get(column, np.full(n, None, dtype=object))
    for column in ("opens", "due", "latest", "last", "changes"):
        columns[column] = values.get(column, np.full(n, NO_DAY)).astype("datetime64[us]")
    return pd.DataFrame(columns)


def _finish(frame: pd.DataFrame, setting: _Setting) -> pd.DataFrame:
    """Order, owners, snoozes and sentences."""
    place = setting.known.keys.get_indexer(frame["key"])
    order = np.argsort(place, kind="stable")
    frame, place = frame.iloc[order].reset_index(drop=True), place[order]
    entries = setting.playbook.touchpoints
    roles = {name: entry.owner for name, entry in entries.items() if entry.owner != CLIENT_OWNER}
    owners = texts(setting.facts["owner"])[place]
    role = frame["id"].map(roles).to_numpy(dtype=object, na_value=None)
    frame["owner"] = np.where(role == None, owners, role)  # noqa: E711
    frame["purpose"] = frame["id"].map({name: entry.purpose for name, entry in entries.items()})
    _snooze(frame, setting)
    frame["sentence"] = sentences(frame, setting.playbook, setting.began, setting.now)
    frame["row_id"] = _row_ids(frame)
    return frame


def _row_ids(frame: pd.DataFrame) -> Array:
    """What each row that a Diary could show is found by; each part is quoted once."""
    listed = np.flatnonzero(frame["state"].isin(LISTED))
    key, occurrence = (_each(frame[name].to_numpy(object)[listed], quoted) for name in ("key", "occurrence"))
    ids: Array = np.full(len(frame), "", dtype=object)
    ids[listed] = frame["id"].to_numpy(object)[listed] + "|" + key + "|" + occurrence
    return ids


def _each(values: Array, word: Callable[[str], str]) -> Array:
    codes, kinds = pd.factorize(values)
    words: Array = np.array([word(kind) for kind in kinds], dtype=object)[codes]
    return words


def _snooze(frame: pd.DataFrame, setting: _Setting) -> None:
    typed = setting.known.typed
    resting = {
        id: found for id in typed.by_id if (found := typed.snoozed(id)) and id[0] in setting.playbook.touchpoints
    }
    if not resting:
        return
    rows = np.flatnonzero(frame["id"].isin({id[0] for id in resting}) & frame["state"].isin(OPEN))
    ids = frame.loc[rows, ["id", "key", "occurrence"]].itertuples(index=False, name=None)
    hits = [row for row, id in zip(rows, ids, strict=True) if id in resting]
    frame.loc[hits, "state"] = "snoozed"


def missed_problems(frame: pd.DataFrame, tables: Tables) -> tuple[Problem, ...]:
    """What was missed for good, one problem an entry, at the first of its cells."""
    problems = []
    gone = frame[frame["state"].eq("missed")]
    for (_, title), rows in gone.groupby(["id", "title"], sort=False):
        first = rows.iloc[0]
        of_project = int(first["row"]) > 0
        table = tables["projects" if of_project else "interactions"]
        client = tables["clients"].frame["client"].get(first["key"], "")
        ref = table.ref("project" if of_project else "date", int(first["row"]) if of_project else None, str(client))
        what = f"{title}: {len(rows)} were missed long ago" if len(rows) > 1 else f"{title} was missed long ago"
        hint = "Enter the day if it took place; it is asked for no more."
        problems.append(Problem(ref, f"{what} ({client}).", hint, None, len(rows)))
    return tuple(problems)
