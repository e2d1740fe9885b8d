"""Whether the work brings what it was bought for, by the measurements of Results and by service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sheets_sync.playbook.by_service import OutcomeOf
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, day_of, latest, texts
from sheets_sync.rules.results import Measured, lower_first, measured, number_in_words, plain, when_in_words

STATES = ("met", "on track", "behind")


@dataclass(frozen=True)
class Outcome:
    """The worst of a client's measured outcomes, arrays in the order of the clients: `rank` is 0 where nothing tells,
    else 1 met, 2 on track, 3 behind; `words` is part of a sentence."""

    rank: Array
    words: Array


def measured_outcomes(playbook: Playbook, gathered: Gathered, now: datetime) -> Outcome:
    """The outcome by Results of every client [A14] [A15].

    rank  words
       1  leads 59 in Oct, 50 in Sep
       3  traffic 900 in Oct, 1,000 at the start (−10 %)
    """
    line = measured(playbook, gathered, now)
    rank = np.zeros(len(gathered.clients), int)
    words = np.full(len(rank), None, dtype=object)
    for service, asked in playbook.outcomes.by_service.items():
        if not asked.metrics or not len(line.at):
            continue
        started = _started(service, asked, gathered, day_of(now))
        fresh = line.on[line.last] > day_of(now) - playbook.settings.results.fresh_days
        rows = np.flatnonzero(line.named(asked.metrics) & started.buys[line.at] & fresh)
        reference, against = _reference(line, rows, asked, started.on[line.at[rows]])
        found = judged(asked, line.value[line.last[rows]], reference, line.better[rows])
        for i in np.flatnonzero(found > rank[line.at[rows]]):
            series = rows[i]
            # Two metrics of one client: the first one that is worse than what was there stays.
            if found[i] > rank[line.at[series]]:
                rank[line.at[series]] = found[i]
                words[line.at[series]] = _words(line, series, int(against[i]), asked, now)
    return Outcome(rank, words)


def judged(asked: OutcomeOf, value: Array, reference: Array, better: Array) -> Array:
    """1 met, 2 on track, 3 behind by the change on a reference; 0 where there is none (or it is nothing)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.round(better * (value - reference) / np.abs(reference), 9)
    known = np.isfinite(change)
    return np.where(known, np.select([change >= asked.met, change >= asked.on_track], [1, 2], 3), 0)


@dataclass(frozen=True)
class _Started:
    """Who buys a service, and since when their newest project of it runs (NaT = no project says so)."""

    buys: Array
    on: Array


def _started(service: str, asked: OutcomeOf, gathered: Gathered, today: np.datetime64) -> _Started:
    clients, projects = gathered.clients, gathered["projects"]
    buys = np.isin(texts(clients["engagement"]).astype(str), asked.engagement)
    buys |= np.array([name is not None and plain(name) == plain(service) for name in texts(clients["service"])], bool)
    theirs = projects.is_in(
        "service", {name for name in projects.factors("service")[1] if plain(name) == plain(service)}
    )
    begun = projects.days("start")
    on, _ = latest(projects, begun, theirs & (begun <= today))
    some = np.zeros(len(buys), bool)
    some[projects.at[theirs & projects.known]] = True
    return _Started(buys | some, on if len(on) else np.full(len(buys), NO_DAY))


def _reference(line: Measured, rows: Array, asked: OutcomeOf, started: Array) -> tuple[Array, Array]:
    """What each line's newest point is compared with (NaN = nothing), and the point that is named beside it: the last
    one before the work began, else the first; or the mean of the months before."""
    value, point = np.full(len(rows), np.nan), np.full(len(rows), -1)
    for i, series in enumerate(rows):
        begin, last = int(line.begin[series]), int(line.last[series])
        if last == begin:
            continue
        if asked.against == "start":
            before = int(np.searchsorted(line.on[begin:last], started[i], "right")) if not np.isnat(started[i]) else 0
            point[i] = begin + max(before - 1, 0)
            value[i] = line.value[point[i]]
        else:
            point[i] = last - 1
            value[i] = line.value[max(begin, last - asked.months) : last].mean()
    return value, point


def _words(line: Measured, series: int, other: int, asked: OutcomeOf, now: datetime) -> str:
    last = int(line.last[series])
    now_in, then_in = when_in_words(line, last, other, now)
    name, value, before = lower_first(str(line.name[series])), line.value[last], line.value[other]
    text = f"{name} {number_in_words(value)} {now_in}"
    if asked.against != "start":
        return f"{text}, {number_in_words(before)} {then_in}"
    return f"{text}, {number_in_words(before)} at the start ({percent_in_words(value / before - 1)})"


def percent_in_words(change: float) -> str:
    """+30 % or −10 %."""
    return f"{'−' if change < 0 else '+'}{abs(change) * 100:.0f} %"
