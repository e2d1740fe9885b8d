"""Dates, moments and months: real ones, ISO text, month names, or day and month in an order that is known.

Text such as 03/04/2026 has no date of its own. A column proves its order when a value in it can be read in one way only
(31/12/2026), the config may state it, and a spreadsheet's locale tells how its people type; otherwise the value is a
problem. Nothing is ever completed from today.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sheets_sync.tracker.tablemap import DateOrder
from sheets_sync.tracker.words import MONTHS, WEEKDAYS

_TIME = (
    r"(?:[ T,]+(?P<h>\d{1,2})[:.h](?P<n>\d{2})(?:[:.](?P<s>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<half>am|pm)?\s*(?P<zone>z|utc|[+-]\d\d:?\d\d)?)?"
)
_ISO = re.compile(r"(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})\.?" + _TIME, re.I)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})([-/. ])(?P<b>\d{1,2})\2(?P<y>\d{4}|\d{2})\.?" + _TIME, re.I)
_DAY_WORD = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|º|er|\.)?[ \-/]*(?:de |of )?(?P<w>[a-z]+)\.?[ ,\-/]*(?:de |del )?(?P<y>\d{4}|\d{2})"
    + _TIME,
    re.I,
)
_WORD_DAY = re.compile(
    r"(?P<w>[a-z]+)\.?[ \-/]*(?P<d>\d{1,2})(?:st|nd|rd|th)?(?:, *| +|[-/])(?P<y>\d{4})" + _TIME, re.I
)
_MONTHS = (
    re.compile(r"(?P<y>\d{4})[-/. ](?P<m>\d{1,2})"),
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    re.compile(r"(?P<w>[a-z]+)\.?[ ,\-/]*(?:de |of )?(?P<y>\d{4})", re.I),
    re.compile(r"(?P<y>\d{4})[ \-/]*(?P<w>[a-z]+)\.?", re.I),
)
_MONTH_FIRST = frozenset(["en_US", "es_US", "es_PR", "en_PH", "fil_PH"])
_YEAR_FIRST = frozenset(["hu", "ja", "ko", "lt", "mn", "sv", "zh"])
_MIXED = frozenset(["en_CA", "fr_CA", "en_ZA", "es_PA"])


@dataclass(frozen=True, slots=True)
class TwoWays:
    """Two numbers and a year: a date in two readings (or in one, or in none)."""

    day_first: datetime | None
    month_first: datetime | None
    short_year: bool
    dotted: bool = False

    @property
    def proves(self) -> DateOrder | None:
        if (self.day_first is None) == (self.month_first is None):
            return None
        return "day first" if self.day_first else "month first"

    def read(self, order: DateOrder | None) -> datetime | None:
        """The date under an order, or where both readings agree or only one exists."""
        if self.day_first == self.month_first and not (self.short_year and order is None):
            return self.day_first
        if order is not None:
            return self.day_first if order == "day first" else self.month_first
        return None if self.short_year or self.proves is None else self.day_first or self.month_first


def read_date_text(text: str, zone: str = "") -> datetime | TwoWays | None:
    """A trimmed text as a naive wall-clock moment in `zone` (midnight: a date), as two readings, or None."""
    plain = _plain(text)
    if match := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _moment(match, int(match["y"]), int(match["m"]), int(match["d"]), zone)
    if match := _NUMERIC.fullmatch(plain):
        a, b, year = int(match["a"]), int(match["b"]), _year(match["y"])
        return TwoWays(
            _moment(match, year, b, a, zone), _moment(match, year, a, b, zone), len(match["y"]) == 2, match[2] == "."
        )
    if match := _DAY_WORD.fullmatch(plain) or _WORD_DAY.fullmatch(plain):
        month = MONTHS.get(match["w"].lower())
        return _moment(match, _year(match["y"]), month, int(match["d"]), zone) if month else None
    return None


def read_month_text(text: str) -> date | None:
    """A trimmed text as the first day of a month ("2026-06", "Jun 2026"), or None."""
    plain = _plain(text)
    for pattern in _MONTHS:
        if match := pattern.fullmatch(plain):
            parts = match.groupdict()
            month = int(parts["m"]) if parts.get("m") else MONTHS.get(parts["w"].lower(), 0)
            return date(int(parts["y"]), month, 1) if 1 <= month <= 12 and int(parts["y"]) > 0 else None
    return None


def serial_date(number: float) -> datetime | None:
    """Excel's day number as a moment; the day 60 (29 February 1900) never was."""
    if not 61 <= number < 2_958_466:
        return None
    return datetime(1899, 12, 30) + timedelta(days=number)


def proven_order(readings: list[TwoWays]) -> DateOrder | None:
    """The order that a column's values prove, all in agreement. Two-digit years prove it only where days vary and
    years do not, because the first number could be the year."""
    proofs = {reading.proves for reading in readings} - {None}
    if len(proofs) != 1:
        return None
    if all(reading.short_year for reading in readings):
        dates = [r.day_first or r.month_first for r in readings if r.proves]
        if len({d.year for d in dates if d}) >= len({d.day for d in dates if d}):
            return None
    return proofs.pop()


def column_order(readings: list[TwoWays]) -> DateOrder | None:
    """The order that a column proves; without a proof, 01.02.2026 with dots is the day first wherever it is written."""
    order = proven_order(readings)
    if order is None and readings and all(r.dotted and not r.short_year and r.day_first for r in readings):
        return "day first"
    return order


def settled_order(readings: list[TwoWays], by_locale: DateOrder | None) -> DateOrder | None:
    """The order that a column proves, else that of the spreadsheet's locale, unless a value contradicts it."""
    order = column_order(readings)
    if order is None and all(reading.proves in (None, by_locale) for reading in readings):
        return by_locale
    return order


def locale_order(locale: str) -> DateOrder | None:
    """How people of a spreadsheet's locale (en_GB) type a date with the year last; None where they put the year first,
    or where that is not known."""
    if locale in _MONTH_FIRST:
        return "month first"
    if not re.fullmatch(r"[a-z]{2,3}_[A-Z]{2}", locale) or locale.partition("_")[0] in _YEAR_FIRST or locale in _MIXED:
        return None
    return "day first"


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text)
    text = " ".join("".join(c for c in text if not unicodedata.combining(c)).split())
    first, _, rest = text.partition(" ")
    return rest if rest and first.strip(".,").lower() in WEEKDAYS else text


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _moment(match: re.Match[str], year: int, month: int, day: int, zone: str) -> datetime | None:
    parts = match.groupdict()
    hour = int(parts.get("h") or 0)
    if half := (parts.get("half") or "").lower():
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        moment = datetime(year, month, day, hour, int(parts.get("n") or 0), int(parts.get("s") or 0))
    except ValueError:
        return None
    offset = (parts.get("zone") or "").lower()
    return _at_home(moment, offset, zone) if offset else moment


def _at_home(moment: datetime, offset: str, zone: str) -> datetime:
    suffix = "+00:00" if offset in ("z", "utc") else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    aware = datetime.fromisoformat(moment.isoformat() + suffix)
    return aware.astimezone(ZoneInfo(zone) if zone else None).replace(tzinfo=None)
