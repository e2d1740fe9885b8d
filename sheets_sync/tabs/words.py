"""How dates, money and counts read in our tabs: "Mon 23 Nov", "3,550", "2 clients"."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

import pandas as pd

from sheets_sync.model import Level

# Names by hand: strftime's follow the machine's locale.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December")  # fmt: skip

_LEVELS = {level.value: level for level in Level}
LEVEL_NAMES = {
    Level.RISK: "At risk",
    Level.WATCH: "Watch",
    Level.OK: "Healthy",
    Level.UNKNOWN: "Unknown",
    Level.NONE: "Not judged",
}


def plain(value: Any) -> Any:
    """A frame's value as plain Python: None for a blank, datetime for a timestamp, int for an integral number."""
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if hasattr(value, "item"):
        value = value.item()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def rows_of(frame: pd.DataFrame) -> list[Any]:
    """A frame's rows as named tuples of plain values; the index is `Index`."""
    if not len(frame):
        return []
    row = _row_of(tuple(frame.columns))
    columns = [column_of(series) for _, series in frame.items()]
    return list(map(row, frame.index, *columns))


@cache
def _row_of(columns: tuple[str, ...]) -> Any:
    """Making a named tuple takes longer than filling in a hundred of it."""
    return namedtuple("row", ["Index", *columns], rename=True)


def column_of(series: pd.Series) -> list[Any]:
    """A column as plain values."""
    if series.dtype.kind == "M":
        moments: list[Any] = series.to_numpy("datetime64[us]").astype(object).tolist()
        return moments
    values: list[Any] = series.to_numpy(dtype=object, na_value=None).tolist()
    if series.dtype == object:
        return [value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in values]
    return values


def text(value: Any) -> str:
    """A value as text on one line; blank is ""."""
    if not isinstance(value, str):
        value = plain(value)
    return "" if value is None else " ".join(str(value).split())


def day(when: date, today: date) -> str:
    """Mon 23 Nov, with the year when it is not today's."""
    return f"{_DAYS[when.weekday()]} {short(when, today)}"


def short(when: date, today: date) -> str:
    """28 Sep, or 28 Sep 2025."""
    year = "" if when.year == today.year else f" {when.year}"
    return f"{when.day} {_MONTHS[when.month - 1]}{year}"


def month(when: date) -> str:
    """November 2026."""
    return f"{_LONG_MONTHS[when.month - 1]} {when.year}"


def quarter(when: date) -> str:
    """Q4 2026."""
    return f"Q{(when.month + 2) // 3} {when.year}"


def moment(when: date, today: date) -> str:
    """Mon 23 Nov 10:30; midnight is a day without a time."""
    if isinstance(when, datetime) and when.time() != time():
        return f"{day(when, today)} {when:%H:%M}"
    return day(when, today)


def as_date(when: Any) -> date | None:
    """The day of a date or moment; None for anything else."""
    when = plain(when)
    if isinstance(when, datetime):
        return when.date()
    return when if isinstance(when, date) else None


def monday(when: date) -> date:
    """The Monday of that week, as a date."""
    day_only = when.date() if isinstance(when, datetime) else when
    return day_only - timedelta(days=day_only.weekday())


def money(amount: float) -> str:
    """3,550: no currency sign, whole units."""
    return f"{amount:,.0f}"


def count(number: int, one: str, many: str = "") -> str:
    """1 client, 2 clients."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[str]) -> str:
    """a, b and c."""
    words = list(parts)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def cut(words: str, width: int) -> str:
    """At most `width` characters, ended with an ellipsis: at a word, unless that would leave less than half."""
    if len(words) <= width:
        return words
    kept = words[:width].rsplit(" ", 1)[0]
    kept = kept if width // 2 <= len(kept) < width else words[: width - 1]
    return kept.rstrip(" ,.;:") + "…"


def sentence(words: str) -> str:
    """With a capital letter and an end."""
    words = words.strip()
    if not words:
        return ""
    return words[0].upper() + words[1:] + ("" if words[-1] in ".!?…”" else ".")


def level_of(value: Any) -> Level:
    """A frame's level as a Level; blank is none."""
    return _LEVELS.get(value, Level.NONE)


def levels_line(levels: Sequence[Level]) -> str:
    """2 at risk, 3 to watch, 4 healthy, 1 unknown: only what there is."""
    names = {Level.RISK: "at risk", Level.WATCH: "to watch", Level.OK: "healthy", Level.UNKNOWN: "unknown"}
    return ", ".join(f"{levels.count(level):,} {name}" for level, name in names.items() if level in levels)
