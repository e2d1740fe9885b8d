"""Sentences made from facts: a playbook's templates filled for many clients at once, dates as people write them. No
sentence counts days up to now, so that none of them changes before a state does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.sentences import fill as playbook_fill
from sheets_sync.playbook.sentences import placeholders
from sheets_sync.rules.by_client import Array

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def date_in_words(day: date, now: date) -> str:
    """28 Sep, with the year when it is not this one."""
    year = "" if day.year == now.year else f" {day.year}"
    return f"{day.day} {_MONTHS[day.month - 1]}{year}"


def weekday_in_words(day: date, now: datetime) -> str:
    """Mon 28 Sep."""
    return f"{_DAYS[day.weekday()]} {date_in_words(day, now)}"


def moment_in_words(moment: datetime, now: datetime) -> str:
    """Fri 20 Nov 15:00; a moment at midnight is a day without a time, 20 Nov."""
    day = date_in_words(moment, now)
    return day if moment.time() == time() else f"{_DAYS[moment.weekday()]} {day} {moment:%H:%M}"


def dates_in_words(when: Array, now: datetime) -> list[str]:
    """Many days at once; "" where there is none. Each different day is worded once."""
    return _worded(when.astype("datetime64[D]"), lambda day: date_in_words(day, now))


def months_in_words(when: Array) -> list[str]:
    """Mar 2027."""
    return _worded(when.astype("datetime64[D]"), lambda day: f"{_MONTHS[day.month - 1]} {day.year}")


def fill(template: str, facts: pd.DataFrame, now: datetime, rows: Array | None = None) -> list[str]:
    """A playbook's sentence for each row of `facts`, or for those at some positions, its facts worded a column at a
    time.

    >>> frame = pd.DataFrame({"score": [4.0], "gap": [float("nan")]})
    >>> fill("{score}/10[ after {gap} days].", frame, datetime(2026, 11, 23))
    ['4/10.']
    """
    names = list(dict.fromkeys(placeholders(template)))
    if not names:
        return [playbook_fill(template, {}, {}, now)] * (len(facts) if rows is None else len(rows))
    columns = (facts[name] if rows is None else facts[name].iloc[rows] for name in names)
    worded = list(zip(*(in_words(column, now) for column in columns), strict=True))
    filled = {row: playbook_fill(template, dict(zip(names, row, strict=True)), {}, now) for row in set(worded)}
    return [filled[row] for row in worded]


def in_words(values: pd.Series, now: datetime) -> list[str]:
    """A fact's values as they stand in sentences, by the fact's type; "" for a blank."""
    if values.dtype.kind == "M":
        return _worded(values.to_numpy("datetime64[us]"), lambda moment: moment_in_words(moment, now))
    blank = values.isna().to_numpy()
    plain = values.to_numpy(dtype=object)
    return ["" if none else _plain(value) for value, none in zip(plain, blank, strict=True)]


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def capital(words: str) -> str:
    """With a capital at its beginning."""
    return words[:1].upper() + words[1:]


def cut(words: str, width: int) -> str:
    """At most `width` characters, ended at a word."""
    if len(words) <= width:
        return words
    return words[: width - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _plain(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{value:,.0f}" if isinstance(value, int | float | np.number) else str(value)


def _worded(when: Array, word: Callable[[Any], str]) -> list[str]:
    kinds, codes = np.unique(when, return_inverse=True)
    words = np.array(["" if np.isnat(kind) else word(kind.item()) for kind in kinds], dtype=object)
    return list(words[codes]) if len(words) else []
