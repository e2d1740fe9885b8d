"""Every touchpoint that the playbook asks for: milestones of projects and cadences of clients, with state and dates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.conditions import counting
from sheets_sync.playbook.schema import DERIVED, RECORDS, Playbook, Touchpoint
from sheets_sync.playbook.spans import Every
from sheets_sync.rules import asked as ask
from sheets_sync.rules import consent
from sheets_sync.rules.asked import Setting
from sheets_sync.rules.by_client import NO_DAY, Array, texts
from sheets_sync.rules.cadence import Week
from sheets_sync.rules.cadences import of_clients
from sheets_sync.rules.exceptions import variants, whose
from sheets_sync.rules.kept import Counts, Kept, Span, gathered, once
from sheets_sync.rules.log import log
from sheets_sync.rules.milestones import Known, Projects, milestones, projects, trackable
from sheets_sync.rules.occasions import of_occasions
from sheets_sync.rules.people import is_given, owner_of
from sheets_sync.rules.together import together
from sheets_sync.rules.touchpoint_words import sentences
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.history import History
from sheets_sync.tracker.remembered import quoted
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

OPEN = ("due", "overdue")
LISTED = (*OPEN, "snoozed", "upcoming")


class Due(NamedTuple):
    """The touchpoints, how many contacts had fallen due before counting began (per client and entry one), how many
    contacts a week the cadences ask for in all, and what has fallen due so far (`kept` counts it, of the usual span or
    of one that is given: kept.gathered)."""

    frame: pd.DataFrame
    older: int
    a_week: float
    kept: Callable[..., pd.DataFrame]


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

    key · id · title · project · state (upcoming, due, overdue, done, missed, snoozed, blocked, not tracked) · opens ·
    due (rolled to a working day) · latest · last (done before, for a cadence) · occurrence (what it is told apart by) ·
    routine · owner · purpose · sentence · reason (of blocked and not tracked) · changes (the day of its next state).

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
    setting = Setting(playbook, tables, facts, known, history.first_sync or today, today, count, now)
    found, others = projects(tables, facts), whose(playbook, facts, tables, now)
    parts: dict[str, pd.DataFrame] = {}
    older, a_week = 0, 0.0
    kept: list[Kept] = []
    reached = cache(partial(_of_milestones, parts, playbook))
    # Those that hang on a milestone reached come after the milestones.
    for name, entry in sorted(playbook.touchpoints.items(), key=lambda item: item[1].kind != "project"):
        of_name = []
        for variant, mine in variants(name, entry, others):
            one = _of_entry(name, variant, replace(setting, mine=mine), found, reached)
            of_name.append(one.frame)
            if entry.optional:
                continue
            older, a_week = older + one.older, a_week + one.a_week
            kept += [Kept(name, one.counts)] if one.counts else []
        parts[name] = _joined(of_name)
    frame = together(_joined([parts[name] for name in playbook.touchpoints]), playbook)
    return Due(_finish(frame, setting), older, a_week, cache(partial(gathered, kept, keys, setting.span)))


class _Part(NamedTuple):
    frame: pd.DataFrame
    counts: Callable[[Span], Counts] | None
    older: int = 0
    a_week: float = 0.0


def _of_entry(
    name: str, entry: Touchpoint, setting: Setting, found: Projects, reached: Callable[[], pd.DataFrame]
) -> _Part:
    if entry.kind == "project":
        return _Part(*_of_projects(name, entry, found, setting))
    if entry.kind == "cadence":
        part = _Part(*of_clients(name, entry, entry.every or Every(days=1), setting))
        part.frame["rhythm"] = f"Every {entry.every}"
        return part
    return _Part(*of_occasions(name, entry, reached, setting))


def _joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([part for part in parts if len(part)] or [ask.nothing()], ignore_index=True)


def _of_milestones(parts: Mapping[str, pd.DataFrame], playbook: Playbook) -> pd.DataFrame:
    return _joined([part for name, part in parts.items() if playbook.touchpoints[name].done.milestone])


def _of_projects(
    name: str, entry: Touchpoint, found: Projects, setting: Setting
) -> tuple[pd.DataFrame, Callable[[Span], Counts] | None]:
    asked = ask.open_clients(entry, setting)
    untracked = trackable(entry, setting.tables, setting.known.log)
    if untracked:
        asked = ask.open_clients(entry, setting, strict=True)
        return ask.not_tracked(name, entry, np.flatnonzero(asked), untracked, setting), None
    one = milestones(name, entry, found, setting.known)
    completed = found.completed <= setting.known.today
    ongoing = ask.open_clients(entry, setting, strict=True)[found.at] if entry.outlives else asked[found.at]
    closed = one.forecast & ~ongoing if entry.outlives else completed
    wanted = asked[found.at] & ~np.isnat(one.opens) & (~closed | ~np.isnat(one.done))
    window = entry.latest > entry.opens
    begins, end = one.opens if window else one.due, one.latest if window else np.fmax(one.due, one.latest)
    state, changes = ask.state_of(begins, end, setting)
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
    frame = ask.lines({column: array[rows] for column, array in values.items()}, name, entry.title, entry.routine)
    owed = np.where(asked[found.at] & ~one.forecast & ~np.isnat(one.opens), one.due, NO_DAY)
    until = np.full(len(owed), setting.known.today) if entry.outlives else found.completed
    return frame, partial(once, found.at, owed, end, one.done, until, len(setting.facts))


def _finish(frame: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Order, owners, snoozes and sentences."""
    place = setting.known.keys.get_indexer(frame["key"])
    order = np.argsort(place, kind="stable")
    frame, place = frame.iloc[order].reset_index(drop=True), place[order]
    entries = setting.playbook.touchpoints
    frame["owner"] = _owners(frame, place, setting)
    frame["purpose"] = frame["id"].map({name: entry.purpose for name, entry in entries.items()})
    _snooze(frame, setting)
    _gate(frame, place, setting)
    frame["sentence"] = sentences(frame, setting.playbook, setting.began, setting.now)
    frame["row_id"] = _row_ids(frame)
    return frame


def _owners(frame: pd.DataFrame, place: Array, setting: Setting) -> Array:
    """Whose each touchpoint is: who is given it, else the Owner of the record that it is about, else the client's."""
    owners, ids = texts(setting.facts["owner"])[place], frame["id"].to_numpy(object)
    for i, fields in enumerate(frame["fields"]):
        named = fields.get("owner") if isinstance(fields, dict) else None
        owners[i] = owners[i] if named is None else named
    for name, entry in setting.playbook.touchpoints.items():
        if is_given(entry, setting.tables):
            rows = np.flatnonzero(ids == name)
            owners[rows] = owner_of(entry, setting.tables, place[rows])
    return owners


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


def _snooze(frame: pd.DataFrame, setting: Setting) -> None:
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


def _gate(frame: pd.DataFrame, place: Array, setting: Setting) -> None:
    """What has no permission is blocked: `reason` says why, and no line asks for it."""
    open_ = frame["state"].isin(LISTED).to_numpy(bool)
    needs_yes = consent.needing(setting.playbook)
    for purpose in frame.loc[open_, "purpose"].unique():
        why = consent.gate(setting.tables, setting.known.keys, purpose, setting.now, needs_yes)[place]
        stopped = open_ & frame["purpose"].eq(purpose).to_numpy(bool) & (why != "")
        frame.loc[stopped, "state"] = "blocked"
        frame.loc[stopped, "reason"] = why[stopped]


def missed_problems(frame: pd.DataFrame, tables: Tables, playbook: Playbook) -> tuple[Problem, ...]:
    """What was missed for good, one problem an entry, at the first of its cells."""
    problems = []
    gone = frame[frame["state"].eq("missed")]
    for (id, title), rows in gone.groupby(["id", "title"], sort=False):
        first = rows.iloc[0]
        entry = playbook.touchpoints[str(id)]
        table = tables[DERIVED[entry.each][1] if entry.each in DERIVED else RECORDS.get(entry.each, "interactions")]
        names = {field.header: field.name for field in TABLES[table.name].fields}
        column = "project" if table.name == "projects" else names.get(entry.from_, "date")
        client = tables["clients"].frame["client"].get(first["key"], "")
        ref = table.ref(column, int(first["row"]) if int(first["row"]) > 0 else None, str(client))
        what = f"{title}: {len(rows)} were missed long ago" if len(rows) > 1 else f"{title} was missed long ago"
        hint = "Enter the day if it took place; it is asked for no more."
        problems.append(Problem(ref, f"{what} ({client}).", hint, None, len(rows)))
    return tuple(problems)
