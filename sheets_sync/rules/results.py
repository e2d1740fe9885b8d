"""Measurements of the Results tab: for each client and metric a line of points in the order of time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, Gathered, Records, day_of
from sheets_sync.rules.sentences import date_in_words


@dataclass(frozen=True)
class Measured:
    """Points, sorted by client, metric and day: `on` (day), `value`, `row` (the last sheet row in it). A line is
    `begin` to `end` (exclusive) of one client (`at`) and metric (`name`, as last written); `better` is 1 where more is
    better, else -1; `adds_up` where the values of several months make a sum; `monthly` where its points are months
    summed up."""

    on: Array
    value: Array
    row: Array
    at: Array
    name: Array
    begin: Array
    end: Array
    better: Array
    adds_up: Array
    monthly: Array

    @property
    def last(self) -> Array:
        """Each line's newest point."""
        return self.end - 1

    def named(self, words: Collection[str]) -> Array:
        """Whether a line's metric is one of these."""
        return has_word(self.name, words)


def measured(playbook: Playbook, gathered: Gathered, now: datetime) -> Measured:
    """Every reading up to today. What adds up and was read more than once in a month (leads by the week) is summed by
    month, and a month counts once it is over; anything else stands as it was read, the last of a day [A15]."""
    found, today = gathered["results"], day_of(now)
    if isinstance(kept := gathered.tables.seen.get("measured"), _Kept) and kept.found is found and kept.today == today:
        return kept.measured
    numbers = playbook.settings.results
    line, rows = _sorted(found, today)
    on, value = found.days("date")[rows], found.numbers("value")[rows]
    names = found.text("metric")[rows]
    adds = has_word(names, numbers.adds_up)
    month = on.astype("datetime64[M]").astype(np.int64)
    many = np.zeros(line[-1] + 1 if len(line) else 0, bool)
    many[line[1:][(line[1:] == line[:-1]) & (month[1:] == month[:-1])]] = True
    monthly = many[line] & adds
    unit = np.where(monthly, month, on.astype(np.int64))
    ends = np.flatnonzero(np.append((line[1:] != line[:-1]) | (unit[1:] != unit[:-1]), True)) if len(line) else rows
    sums = np.add.reduceat(value, np.append(0, ends[:-1] + 1)) if len(line) else value
    points = np.where(monthly[ends], sums, value[ends])
    over = ~(monthly[ends] & (month[ends] == today.astype("datetime64[M]").astype(np.int64)))
    ends, points = ends[over], points[over]
    begin = np.flatnonzero(np.diff(line[ends], prepend=-1))
    end = np.append(begin[1:], len(ends)) if len(begin) else begin
    last = ends[end - 1]
    made = Measured(
        on[ends],
        points,
        found.frame["row"].to_numpy()[rows][ends],
        found.at[rows][last],
        names[last],
        begin,
        end,
        np.where(has_word(names[last], numbers.lower_is_better), -1, 1),
        adds[last],
        monthly[last],
    )
    gathered.tables.seen["measured"] = _Kept(found, today, made)
    return made


@dataclass(frozen=True)
class _Kept:
    found: Records
    today: np.datetime64
    measured: Measured


def _sorted(found: Records, today: np.datetime64) -> tuple[Array, Array]:
    """The rows that tell something, by client, metric and day, and which line each belongs to (0, 1, …)."""
    codes, names = found.factors("metric")
    on = found.days("date")
    tells = found.known & (codes >= 0) & ~np.isnan(found.numbers("value")) & (on <= today)
    rows = np.flatnonzero(tells)
    folded = pd.factorize(np.array([plain(name) for name in names], dtype=object))[0] if len(names) else codes
    metric = folded[codes[rows]] if len(rows) else rows
    order = np.lexsort((rows, on[rows], metric, found.at[rows]))
    rows, metric = rows[order], metric[order]
    at = found.at[rows]
    new = (np.diff(at, prepend=-1) != 0) | (np.diff(metric, prepend=-1) != 0)
    return np.cumsum(new) - 1, rows


def has_word(names: Iterable[str], words: Collection[str]) -> Array:
    """Whether each name has one of the words in it, where a word of the name begins: "leads" is in "Qualified leads",
    not in "Cost per lead". Each different name is looked at once."""
    listed = list(names)
    wanted = [f" {plain(word)}" for word in words]
    hits = {name: any(word in f" {plain(name)}" for word in wanted) for name in set(listed)}
    return np.array([hits[name] for name in listed], bool)


def when_in_words(line: Measured, index: int, other: int, now: datetime) -> tuple[str, str]:
    """When two points of a line were read: "in Oct" and "in Sep"; of one month "on 20 Nov" and "on 6 Nov"."""
    days = [line.on[i].astype(object) for i in (index, other)]
    if index != other and days[0].year == days[1].year and days[0].month == days[1].month:
        return f"on {date_in_words(days[0], now)}", f"on {date_in_words(days[1], now)}"
    one, two = (date_in_words(day, now).partition(" ")[2] for day in days)
    return f"in {one}", f"in {two}"


def number_in_words(value: float) -> str:
    """59, 1,300 or 2.4."""
    return f"{value:,.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def lower_first(words: str) -> str:
    """A metric's name inside a sentence: only a plain capital goes ("Leads", not "SEO traffic")."""
    return words[0].lower() + words[1:] if words[1:2].islower() else words


def plain(words: str) -> str:
    return " ".join(str(words).split()).casefold()
