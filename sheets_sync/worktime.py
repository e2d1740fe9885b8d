"""Working days and hours between two moments, by the wall clock of the agency.

A moment is a naive datetime. Whoever counts working hours from outside them starts at the next opening; closing time
still belongs to the day, so that eight hours from an opening at 9 end at 17:00 and not at 9 the next morning.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Calendar:
    """When the agency works: weekdays ("Mon", or 0 for Monday), opening and closing time, closed days, breaks within
    the day, and days that close early as pairs of date and time. A closing time of 00:00 is midnight at the day's end.
    Raises ValueError when no week could ever have a working hour.

    >>> Calendar().add_hours(datetime(2026, 11, 20, 15), 4)
    datetime.datetime(2026, 11, 23, 10, 30)
    """

    days: Collection[int | str] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17, 30)
    holidays: frozenset[date] = frozenset()
    breaks: tuple[tuple[time, time], ...] = ()
    half_days: frozenset[tuple[date, time]] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", frozenset(_weekday(day) for day in self.days))
        if not self.days:
            raise ValueError("a week needs a working day")
        if self.closes != time(0) and self.closes <= self.opens:
            raise ValueError(f"closing time {self.closes:%H:%M} is not after opening time {self.opens:%H:%M}")

    @cached_property
    def _early(self) -> dict[date, time]:
        return dict(self.half_days)

    @cached_property
    def hours_a_day(self) -> float:
        """Working hours of a full day, breaks taken off."""
        monday = date(2024, 1, 1)
        return sum(((end - start) for start, end in self._blocks(monday)), timedelta()) / timedelta(hours=1)

    def is_open(self, day: date) -> bool:
        """Whether any work is done on this day."""
        return day.weekday() in self.days and day not in self.holidays

    def roll(self, day: date) -> date:
        """The day itself when it is a working day, else the next one."""
        while not self.is_open(day):
            day += _DAY
        return day

    def roll_back(self, day: date) -> date:
        """The day itself when it is a working day, else the last one before it."""
        while not self.is_open(day):
            day -= _DAY
        return day

    def shift(self, day: date, n: int) -> date:
        """The n-th working day after a day, or before it when n is negative; 0 is the day itself."""
        step = _DAY if n >= 0 else -_DAY
        for _ in range(abs(n)):
            day = self.roll(day + step) if n > 0 else self.roll_back(day + step)
        return day

    def opening(self, day: date) -> datetime:
        """When work begins on this day; a closed day answers with the same time of day."""
        return datetime.combine(day, self.opens)

    def closing(self, day: date) -> datetime:
        """When work ends on this day, half days minded."""
        closes = self._early.get(day, self.closes)
        return datetime.combine(day + _DAY if closes == time(0) else day, closes)

    def start(self, moment: datetime) -> datetime:
        """The moment itself within working hours (closing time counts as within), else the next opening."""
        day = moment.date()
        if self.closes == time(0) == moment.time() and self.is_open(day - _DAY):
            return moment
        while True:
            for opens, closes in self._open_blocks(day):
                if moment <= closes:
                    return max(moment, opens)
            day += _DAY

    def add_hours(self, moment: datetime, hours: float) -> datetime:
        """The moment after so many working hours."""
        spans = self.spans(moment, hours)
        return spans[-1][1] if spans else self.start(moment)

    def spans(self, moment: datetime, hours: float) -> list[Span]:
        """The stretches of working time that make up so many working hours from a moment on, in order."""
        left, day, found = timedelta(hours=hours), moment.date(), []
        while left > timedelta():
            for opens, closes in self._open_blocks(day):
                begin = max(moment, opens)
                if begin < closes and left > timedelta():
                    end = min(closes, begin + left)
                    left -= end - begin
                    found.append((begin, end))
            day += _DAY
        return found

    def add_days(self, moment: datetime, n: int) -> datetime:
        """The same time of day n working days on, or closing time where that day ends sooner."""
        begin = self.start(moment)
        at_midnight = begin.time() == time(0) == self.closes
        day = self.shift(begin.date() - _DAY if at_midnight else begin.date(), n)
        same_time = datetime.combine(day + _DAY if at_midnight else day, begin.time())
        return min(same_time, self.closing(day))

    def hours_between(self, begin: datetime, end: datetime) -> float:
        """Working hours from one moment to a later one; 0 when it is not later."""
        total, day, first, last = timedelta(), begin.date(), begin.date(), end.date()
        while day <= last:
            if first < day < last:
                total += self._length(day)
            else:
                for opens, closes in self._open_blocks(day):
                    total += max(min(end, closes) - max(begin, opens), timedelta())
            day += _DAY
        return total / timedelta(hours=1)

    def end_of_next_day(self, moment: datetime) -> datetime:
        """Closing time of the first working day after the moment's own."""
        return self.closing(self.shift(moment.date(), 1))

    def _open_blocks(self, day: date) -> tuple[Span, ...]:
        blocks = self._known.get(day)
        if blocks is None:
            blocks = self._known[day] = tuple(self._blocks(day)) if self.is_open(day) else ()
        return blocks

    def _length(self, day: date) -> timedelta:
        length = self._lengths.get(day)
        if length is None:
            length = sum((end - begin for begin, end in self._open_blocks(day)), timedelta())
            self._lengths[day] = length
        return length

    @cached_property
    def _known(self) -> dict[date, tuple[Span, ...]]:
        return {}

    @cached_property
    def _lengths(self) -> dict[date, timedelta]:
        return {}

    def _blocks(self, day: date) -> Iterator[Span]:
        begin, end = self.opening(day), self.closing(day)
        for pause, resume in sorted(self.breaks):
            stop = min(datetime.combine(day, pause), end)
            if begin < stop:
                yield begin, stop
            begin = max(begin, datetime.combine(day, resume))
        if begin < end:
            yield begin, end


def _weekday(day: int | str) -> int:
    if isinstance(day, int) and 0 <= day < 7:
        return day
    if isinstance(day, str) and day[:3].title() in WEEKDAYS:
        return WEEKDAYS.index(day[:3].title())
    raise ValueError(f'"{day}" is no day of the week')
