"""Wins: numbers that got better, to share with the client and to bring to a difficult talk."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, day_of, either, once
from sheets_sync.rules.results import has_word, lower_first, measured, number_in_words, when_in_words
from sheets_sync.tracker.tables import Tables


def wins(tables: Tables, playbook: Playbook, now: datetime) -> pd.DataFrame:
    """The newest win of each client and metric, if it is still news: what Results shows better than the reading before,
    and what a project shows better than its Baseline [A25] [A88]; the newest first.

    key · on (the day of the reading) · metric · what (part of a sentence) · row (of the sheet) · table.

           key         on         metric                                          what  row    table
    0  kestrel 2026-11-11  Leads a month  leads a month 310, from 300 at the start    7 projects
    1   corvid 2026-10-31          Leads               leads 59 in Oct, from 50 in Sep   14  results
    """
    return once(tables, "wins", (playbook, now), lambda: _wins(tables, playbook, now))


def _wins(tables: Tables, playbook: Playbook, now: datetime) -> pd.DataFrame:
    gathered = Gathered(tables)
    found = pd.concat([_of_results(playbook, gathered, now), _of_projects(playbook, gathered, now)], ignore_index=True)
    order = np.lexsort((found["row"], found["table"], -found["on"].to_numpy("datetime64[D]").astype(np.int64)))
    return found.iloc[order].reset_index(drop=True)


def better_by(value: Array, before: Array, better: Array, at_least: float) -> Array:
    """Whether each value is better than the one before by that share of it; from nothing, by anything."""
    gain = better * (value - before)
    won: Array = (gain > 0) & (np.round(gain - at_least * np.abs(before), 9) >= 0)
    return won


def _of_results(playbook: Playbook, gathered: Gathered, now: datetime) -> pd.DataFrame:
    line, numbers = measured(playbook, gathered, now), playbook.settings.wins
    last = line.last
    several = np.flatnonzero(line.end - line.begin > 1)
    last = last[several]
    won = better_by(line.value[last], line.value[last - 1], line.better[several], numbers.at_least)
    won &= line.on[last] > day_of(now) - numbers.days
    words = []
    for series, point in zip(several[won], last[won], strict=True):
        one, two = when_in_words(line, int(point), int(point) - 1, now)
        value, before = (number_in_words(line.value[i]) for i in (point, point - 1))
        words.append(f"{lower_first(str(line.name[series]))} {value} {one}, from {before} {two}")
    keys = gathered.clients.index.to_numpy()
    return _frame(
        keys[line.at[several][won]], line.on[last[won]], line.name[several][won], words, line.row[last[won]], "results"
    )


def _of_projects(playbook: Playbook, gathered: Gathered, now: datetime) -> pd.DataFrame:
    """Which way is better: towards Target, where there is one, else by the metric's words. Without Measured on nobody
    knows whether it is news."""
    found, numbers = gathered["projects"], playbook.settings.wins
    baseline, current, target = (found.numbers(name) for name in ("baseline", "current", "target"))
    names = [name or "" for name in found.text("success_metric")]
    better = np.where(has_word(names, playbook.settings.results.lower_is_better), -1, 1)
    aimed = ~np.isnan(target) & (target != baseline)
    better = np.where(aimed, np.sign(np.where(aimed, target - baseline, 0.0)), better)
    on = found.days("measured_on") if len(names) else np.full(0, NO_DAY)
    with np.errstate(invalid="ignore"):
        won = found.known & better_by(current, baseline, better, numbers.at_least)
    rows = np.flatnonzero(won & (on <= day_of(now)) & (on > day_of(now) - numbers.days))
    words = [
        f"{lower_first(names[i] or 'the measure')} {number_in_words(current[i])}, "
        f"from {number_in_words(baseline[i])} at the start"
        for i in rows
    ]
    keys = gathered.clients.index.to_numpy()
    return _frame(
        keys[found.at[rows]],
        on[rows],
        np.array(names, object)[rows],
        words,
        found.frame["row"].to_numpy()[rows],
        "projects",
    )


def _frame(keys: Array, on: Array, names: Array, words: list[str], row: Array, table: str) -> pd.DataFrame:
    what = either(np.ones(len(words), bool), words, None) if words else np.empty(0, object)
    when = on.astype("datetime64[us]")
    frame = pd.DataFrame({"key": keys, "on": when, "metric": names, "what": what, "row": row, "table": table})
    return frame.astype({"key": "string", "metric": "string", "what": "string", "row": "Int64", "table": "string"})
