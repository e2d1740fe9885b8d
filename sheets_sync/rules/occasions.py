"""What is owed once: for each record of a table, for a client from a date of its own, or after another touchpoint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.conditions import evaluate, fact_named
from sheets_sync.playbook.schema import RECORDS, Touchpoint
from sheets_sync.rules import asked as ask
from sheets_sync.rules.asked import Setting
from sheets_sync.rules.by_client import NO_DAY, Array, days, records, texts
from sheets_sync.rules.cadence import sane
from sheets_sync.rules.kept import Contacts, Counts, Span, once
from sheets_sync.rules.typed import counted_as
from sheets_sync.rules.wins import wins
from sheets_sync.tracker.schema import TABLES

# What tells two records of one client and day apart, wherever their rows move.
_NAMED_BY = {
    "projects": "project",
    "interactions": "type",
    "issues": "issue",
    "surveys": "contact",
    "signals": "kind",
    "revenue": "service",
    "results": "metric",
    "opportunities": "next_service",
    "care": "kind",
    "recovery": "promise",
}
_NAME_LENGTH = 40
_WORTH_TELLING = np.timedelta64(365, "D")


@dataclass(frozen=True)
class Occasions:
    """What something is owed for, an item each: position of the client, the day it is counted from, what it is told
    apart by, sheet row (-1 = none) and project (None = none). `frame` holds the records' own columns."""

    at: Array
    base: Array
    id: Array
    row: Array
    project: Array
    frame: pd.DataFrame

    def only(self, mask: Array) -> Occasions:
        arrays = {name: getattr(self, name)[mask] for name in ("at", "base", "id", "row", "project")}
        return replace(self, frame=self.frame[mask].reset_index(drop=True), **arrays)


def of_occasions(
    name: str, entry: Touchpoint, milestones: Callable[[], pd.DataFrame], setting: Setting
) -> tuple[pd.DataFrame, Callable[[Span], Counts] | None]:
    """The rows of one entry that is owed once an occasion, and what counts how it was kept. `milestones`: the rows of
    the projects' touchpoints. A row's `fields` hold the record's own columns, for the sentences."""
    if not (_is_there(entry, setting) and _trackable(entry, setting)):
        return ask.nothing(), None
    last = entry.within_days if entry.kind == "after" else max(entry.latest, entry.opens)
    found = _occasions(entry, milestones, setting)
    if not len(found.at):
        return ask.nothing(), None
    asked = ask.open_clients(entry, setting)
    # What ended long ago is neither owed nor worth telling.
    found = found.only(asked[found.at] & (found.base + last > setting.known.today - _WORTH_TELLING))
    opens, latest = found.base + entry.opens, found.base + last
    week = setting.known.week
    due = np.maximum(week.roll_back(latest), opens) if last > entry.opens else week.roll(latest)
    begins, end = (opens, latest) if last > entry.opens else (due, np.fmax(due, latest))
    done = _done(name, entry, found, setting)
    until = np.full(len(due), setting.known.today)
    counts = partial(once, found.at, due, end, done, until, len(setting.facts))
    state, changes = ask.state_of(begins, end, setting)
    state[~np.isnat(done)] = "done"
    values = {
        "key": setting.known.keys.to_numpy()[found.at],
        "project": found.project,
        "state": state,
        "changes": np.where(np.isnat(done), changes, NO_DAY),
        "opens": opens,
        "due": due,
        "latest": latest,
        "last": done,
        "occurrence": found.id,
        "row": found.row,
        "fields": _fields(found.frame),
    }
    return ask.lines(values, name, entry.title, entry.routine), counts if len(due) else None


def _fields(frame: pd.DataFrame) -> Array:
    """A frame's rows as dicts, None where one is blank; to_dict takes three times as long."""
    names, columns = list(frame.columns), [_plain(column) for _, column in frame.items()]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if columns else [{}] * len(frame)
    fields: Array = np.array(rows, dtype=object)
    return fields


def _plain(column: pd.Series) -> list[Any]:
    values: list[Any] = column.tolist() if isinstance(column.dtype, np.dtype) else texts(column).tolist()
    return values


def _is_there(entry: Touchpoint, setting: Setting) -> bool:
    """Whether there is anything that it could be owed for."""
    if entry.kind == "after":
        return entry.after in setting.playbook.touchpoints
    return entry.each not in RECORDS or len(setting.tables[RECORDS[entry.each]].frame) > 0


def _trackable(entry: Touchpoint, setting: Setting) -> bool:
    """Whether this tracker has a place where it would be seen to be done; a missing tab or column is never held
    against anybody."""
    done = entry.done
    sent = done.surveys or done.care
    if done.types or done.milestone or done.by_role or not (done.column or sent):
        return True
    table = RECORDS.get(entry.each, "clients")
    field = next((one.name for one in TABLES[table].fields if one.header == done.column), "")
    return setting.tables[table].has(field) or bool(sent and not ask.missing_tab(entry, setting))


def _occasions(entry: Touchpoint, milestones: Callable[[], pd.DataFrame], setting: Setting) -> Occasions:
    if entry.kind == "after":
        return _after(entry, setting)
    if entry.kind == "fact":
        return _of_clients(fact_named(entry.from_), setting)
    derived = {"milestone": lambda: _reached(milestones(), setting), "win": lambda: _won(setting)}
    found = derived.get(entry.each, lambda: _records(entry, setting))()
    if entry.where and len(found.at):
        extra, count = setting.tables.extra, setting.count
        held = evaluate(entry.where, found.frame, extra, count, setting.now)
        found = found.only(held.fillna(False).to_numpy(bool))
    return found


def _records(entry: Touchpoint, setting: Setting) -> Occasions:
    """The rows of a table with a known client, from one of its date columns."""
    table = RECORDS[entry.each]
    found = records(setting.tables, table)
    field = next((one.name for one in TABLES[table].fields if one.header == entry.from_), "")
    rows, at = np.flatnonzero(found.known), found.at[found.known]
    if table == "signals":
        rows, at = _with_industry(setting, rows, at)
    frame = found.frame.iloc[rows].reset_index(drop=True)
    base = sane(days(frame[field])) if field else np.full(len(frame), NO_DAY)
    names = texts(frame[_NAMED_BY[table]]) if table in _NAMED_BY else np.full(len(frame), None, dtype=object)
    project = texts(frame["project"]) if "project" in frame else np.full(len(frame), None, dtype=object)
    return Occasions(at, base, occurrences(at, base, names), frame["row"].to_numpy(), project, frame)


def _with_industry(setting: Setting, rows: Array, at: Array) -> tuple[Array, Array]:
    """Signals about an industry concern each of its clients [A22]."""
    frame, clients = setting.tables["signals"].frame, setting.tables["clients"].frame
    if not len(frame):
        return rows, at
    of_industry: dict[str, list[int]] = {}
    for i, industry in enumerate(texts(clients["industry"])):
        if industry is not None:
            of_industry.setdefault(_folded(industry), []).append(i)
    named = [
        (row, client)
        for row, industry in enumerate(texts(frame["industry"].where(frame["key"].isna())))
        if industry is not None
        for client in of_industry.get(_folded(industry), ())
    ]
    more = np.array(named, dtype=int).reshape(-1, 2)
    return np.append(rows, more[:, 0]), np.append(at, more[:, 1])


def _of_clients(fact: str, setting: Setting) -> Occasions:
    base = sane(days(setting.facts[fact]))
    at = np.flatnonzero(~np.isnat(base))
    none = np.full(len(at), None, dtype=object)
    row = np.full(len(at), -1)
    frame = setting.tables["clients"].frame.iloc[at].reset_index(drop=True)
    return Occasions(at, base[at], base[at].astype(str).astype(object), row, none, frame)


def _reached(milestones: pd.DataFrame, setting: Setting) -> Occasions:
    """The milestones that projects have reached, and their completion."""
    entries = setting.playbook.touchpoints
    words = {name: entry.done.milestone or entry.title.lower() for name, entry in entries.items()}
    done = milestones[milestones["state"].eq("done")]
    frame = pd.DataFrame(
        {
            "key": done["key"].to_numpy(object),
            "milestone": done["id"].map(words).to_numpy(object),
            "project": done["project"].to_numpy(object),
            "on": done["last"].to_numpy("datetime64[D]"),
            "row": done["row"].to_numpy(),
        }
    )
    table = records(setting.tables, "projects")
    ended = table.days("completed_on")
    rows = np.flatnonzero(table.known & (ended <= setting.known.today))
    completed = pd.DataFrame(
        {
            "key": setting.known.keys.to_numpy()[table.at[rows]],
            "milestone": "completion",
            "project": table.text("project")[rows],
            "on": ended[rows],
            "row": table.frame["row"].to_numpy()[rows],
        }
    )
    frame = pd.concat([part for part in (frame, completed) if len(part)] or [frame], ignore_index=True)
    at = setting.known.keys.get_indexer(frame["key"])
    base, project = days(frame["on"]), texts(frame["project"])
    names = [f"{milestone} {name or ''}".strip() for milestone, name in zip(frame["milestone"], project, strict=True)]
    typed = frame[["milestone", "project"]].astype("string")
    return Occasions(at, base, occurrences(at, base, np.array(names, object)), frame["row"].to_numpy(), project, typed)


def _won(setting: Setting) -> Occasions:
    """The newest win of each client and metric [A25]."""
    frame = wins(setting.tables, setting.playbook, setting.now)
    at, base = setting.known.keys.get_indexer(frame["key"]), days(frame["on"])
    # Only rows of Results are pointed at: what a project shows stands in another tab.
    row = np.where(frame["table"].eq("results"), frame["row"].to_numpy(int), -1)
    none = np.full(len(frame), None, dtype=object)
    return Occasions(at, base, occurrences(at, base, texts(frame["metric"])), row, none, frame)


def _after(entry: Touchpoint, setting: Setting) -> Occasions:
    """Each time that another touchpoint was done."""
    log, other = setting.known.log, setting.playbook.touchpoints[entry.after]
    rows = log.matching(other.done)
    same = {entry.after, *(id for id, kind in counted_as(setting.playbook).items() if kind in other.done.types)}
    at, on = setting.known.typed.contacts(same, setting.known.keys)
    pairs = pd.DataFrame({"at": np.append(log.at[rows], at), "on": np.append(log.day[rows], on)}).drop_duplicates()
    # Only the newest one: what was owed before it went with it.
    newest = pairs.groupby("at")["on"].max()
    base = newest.to_numpy("datetime64[D]")
    where, row = newest.index.to_numpy(int), np.full(len(newest), -1)
    none = np.full(len(base), None, dtype=object)
    return Occasions(where, base, base.astype(str).astype(object), row, none, pd.DataFrame(index=range(len(base))))


def occurrences(at: Array, base: Array, names: Array) -> Array:
    """Day and name; of equal ones of a client the later rows get a number."""
    seen: Counter[tuple[int, str]] = Counter()
    ids = np.empty(len(at), dtype=object)
    for i, (client, day, name) in enumerate(zip(at.tolist(), base.astype(str), names, strict=True)):
        text = f"{day} {_folded(name or '')[:_NAME_LENGTH]}".strip()
        seen[client, text] += 1
        ids[i] = text if seen[client, text] == 1 else f"{text} #{seen[client, text]}"
    return ids


def _done(name: str, entry: Touchpoint, found: Occasions, setting: Setting) -> Array:
    """The first day on which each was settled (NaT = not yet): entered, logged or ticked in the Diary."""
    done = np.fmin(_entered(entry, found, setting), _logged(entry, found, setting))
    typed = setting.known.typed
    if any(id[0] == name for id in typed.by_id):
        keys = setting.known.keys
        ticked = [typed.done((name, keys[at], id)) for at, id in zip(found.at, found.id, strict=True)]
        done = np.fmin(done, np.array([np.datetime64(day or "NaT", "D") for day in ticked], "datetime64[D]"))
    return done


def _entered(entry: Touchpoint, found: Occasions, setting: Setting) -> Array:
    """By the record's own column: its date once that has come; anything else in it settles the record from its day."""
    table = RECORDS.get(entry.each, "clients")
    field = next((one.name for one in TABLES[table].fields if one.header == entry.done.column), "")
    if not field or field not in found.frame:
        return np.full(len(found.at), NO_DAY)
    column = found.frame[field]
    if column.dtype.kind == "M":
        when = days(column)
        return np.where(when <= setting.known.today, when, NO_DAY)
    return np.where(column.notna().to_numpy(bool), np.fmin(found.base, setting.known.today), NO_DAY)


def _logged(entry: Touchpoint, found: Occasions, setting: Setting) -> Array:
    log = setting.known.log
    rows = log.matching(entry.done)
    if not len(rows) or not len(found.at):
        return np.full(len(found.at), NO_DAY)
    contacts = Contacts(log.at[rows], log.day[rows], log.n)
    _, first = contacts.around(found.at, found.base - entry.done.early - 1)
    return first


def _folded(words: object) -> str:
    return " ".join(str(words).split()).casefold()
