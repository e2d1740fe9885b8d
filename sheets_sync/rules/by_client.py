"""Rows of a table gathered by client without a loop: counts, latest values and medians as arrays in the order of the
clients. Days are numpy days (NaT = none), positions are -1 where a row has no client."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_sync.tracker.tables import Tables

Array = npt.NDArray[Any]
T = TypeVar("T")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Records:
    """A table with the position of each row's client; `n` clients in all."""

    frame: pd.DataFrame
    at: Array
    n: int
    _codes: dict[str, tuple[Array, Array]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def known(self) -> Array:
        return self.at >= 0

    def days(self, column: str) -> Array:
        return days(self.frame[column])

    def text(self, column: str) -> Array:
        return texts(self.frame[column])

    def numbers(self, column: str) -> Array:
        return numbers(self.frame[column])

    def is_in(self, column: str, words: set[str] | frozenset[str]) -> Array:
        """Whether a text is one of some words; each different text is looked at once."""
        codes, found = self.factors(column)
        hits: Array = np.append(np.fromiter((word in words for word in found), bool, len(found)), False)[codes]
        return hits

    def blank(self, column: str) -> Array:
        return self.factors(column)[0] < 0

    def factors(self, column: str) -> tuple[Array, Array]:
        """Which of a column's different texts each row has (-1 = blank), and those texts."""
        if column not in self._codes:
            self._codes[column] = pd.factorize(texts(self.frame[column]))
        return self._codes[column]


class Gathered:
    """The tables of one run by name, as records."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    @property
    def clients(self) -> pd.DataFrame:
        return self.tables["clients"].frame

    def __getitem__(self, name: str) -> Records:
        return records(self.tables, name)


def once(tables: Tables, question: str, asked: tuple[object, ...], find: Callable[[], T]) -> T:
    """What `find` finds, found once however many rooms ask; `asked` is all that it follows from beside the tables."""
    kept = tables.seen.get(question)
    if isinstance(kept, tuple) and kept[0] == asked:
        found: T = kept[1]
        return found
    tables.seen[question] = (asked, found := find())
    return found


def records(tables: Tables, name: str) -> Records:
    """The rows of a table with their clients' positions, found once however many rooms ask."""
    clients, frame = tables["clients"].frame, tables[name].frame
    if isinstance(kept := tables.seen.get(name), Records) and kept.frame is frame:
        return kept
    at = clients.index.get_indexer(frame["key"]) if len(frame) else np.empty(0, int)
    tables.seen[name] = found = Records(frame, at, len(clients))
    return found


def days(series: pd.Series) -> Array:
    """A column of dates or moments as days."""
    when: Array = series.to_numpy("datetime64[us]").astype("datetime64[D]")
    return when


def texts(series: pd.Series) -> Array:
    """A column as objects, None where it is blank."""
    values: Array = series.to_numpy(dtype=object, na_value=None)
    return values


def numbers(series: pd.Series) -> Array:
    """A column of numbers as floats, NaN where it is blank."""
    values: Array = series.to_numpy(dtype=float, na_value=np.nan)
    return values


def answers(series: pd.Series) -> Array:
    """A column of answers as booleans, unknown as no."""
    values: Array = series.fillna(False).to_numpy(bool)
    return values


def either(mask: Array, one: Any, other: Any) -> Array:
    """`one` where the mask is true, else `other`, as objects; either may be None."""
    values: Array = np.where(mask, np.asarray(one, dtype=object), np.asarray(other, dtype=object))
    return values


def day_of(now: datetime) -> np.datetime64:
    return np.datetime64(now.date(), "D")


def since(when: Array, today: Array | np.datetime64) -> Array:
    """Whole days from `when` to today as floats; NaN where there is no day."""
    gone = np.asarray(today - when)
    passed: Array = gone.astype(float)
    passed[np.isnat(gone)] = np.nan
    return passed


def count(found: Records, mask: Array) -> Array:
    """How many of the masked rows each client has."""
    return np.bincount(found.at[mask & found.known], minlength=found.n)


def top(found: Records, numbers: Array, mask: Array) -> tuple[Array, Array]:
    """Each client's highest number among the masked rows (the least int64 = none), and that row's index (-1 = none;
    the last one of equals)."""
    rows = np.flatnonzero(mask & found.known)
    best = np.full(found.n, np.iinfo(np.int64).min)
    row_of = np.full(found.n, -1)
    numbers, at = numbers[rows], found.at[rows]
    np.maximum.at(best, at, numbers)
    hits = numbers == best[at]
    row_of[at[hits]] = rows[hits]
    return best, row_of


def latest(found: Records, when: Array, mask: Array) -> tuple[Array, Array]:
    """Each client's latest `when` among the masked rows (NaT = none), and that row's index."""
    best, row_of = top(found, when.astype(np.int64), mask & ~np.isnat(when))
    return best.astype(when.dtype), row_of


def earliest(found: Records, when: Array, mask: Array) -> tuple[Array, Array]:
    """As `latest`, the other way round."""
    there = mask & ~np.isnat(when)
    best, row_of = top(found, np.where(there, -when.astype(np.int64), 0), there)
    return np.where(row_of >= 0, (-best).astype(when.dtype), np.array("NaT", when.dtype)), row_of


def pick(values: Array, rows: Array) -> Array:
    """`values[rows]` as objects, None where the row is -1."""
    if not len(values):
        return np.full(len(rows), None, dtype=object)
    return either(rows >= 0, values.astype(object)[rows], None)


def days_counted(at: Array, when: Array, n: int) -> Array:
    """Each client's number of different days."""
    span = 1 << 20
    codes = np.sort(at.astype(np.int64) * span + when.astype("datetime64[D]").astype(np.int64))
    return np.bincount(codes[np.diff(codes, prepend=-1) != 0] // span, minlength=n)


def median_gaps(at: Array, when: Array, n: int) -> tuple[Array, Array]:
    """Each client's number of different days, and the median number of days between neighbours (NaN below two)."""
    span = 1 << 20
    codes = np.sort(at.astype(np.int64) * span + when.astype("datetime64[D]").astype(np.int64))
    # np.unique hashes first, which takes many times as long here.
    codes = codes[np.diff(codes, prepend=-1) != 0]
    who, day = codes // span, codes % span
    amount = np.bincount(who, minlength=n)
    same = who[1:] == who[:-1]
    gaps = np.sort(who[1:][same] * span + (day[1:] - day[:-1])[same])
    owner, gap = gaps // span, (gaps % span).astype(float)
    each = np.bincount(owner, minlength=n)
    start = np.cumsum(each) - each
    median = np.full(n, np.nan)
    some = np.flatnonzero(each)
    low, high = start[some] + (each[some] - 1) // 2, start[some] + each[some] // 2
    median[some] = (gap[low] + gap[high]) / 2
    return amount, median
