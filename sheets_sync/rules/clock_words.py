"""The sentences of the clocks: every deadline with its arithmetic, in dates and times that stay true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sheets_sync.playbook.spans import Within
from sheets_sync.rules.sentences import date_in_words, listed, moment_in_words
from sheets_sync.worktime import WEEKDAYS, Calendar

_MOST_SPANS = 4


def arithmetic(raised: datetime, deadline: datetime, within: Within, calendar: Calendar, now: datetime) -> str:
    """4 working hours: Fri 15:00–17:30 (2 h 30) + Mon 9:00–10:30 (1 h 30)."""
    if within.unit == "working hours":
        spans = calendar.spans(raised, within.number)
        if len(spans) <= _MOST_SPANS:
            return f"{within}: " + " + ".join(_span(begin, end, raised, now) for begin, end in spans)
    begin = raised if within.unit == "clock hours" else calendar.start(raised)
    return f"{within}: {moment_in_words(begin, now)} to {moment_in_words(deadline, now)}"


def sentence(
    raised: datetime,
    dated_only: bool,
    deadline: datetime,
    done: datetime | None,
    counted: str,
    grounds: Sequence[str],
    now: datetime,
    begun: str = "Raised",
) -> str:
    """How the moment was reached, and what came of it; `begun` is what happened at the first moment.

    >>> sentence(datetime(2026, 11, 20, 15), False, datetime(2026, 11, 23, 10, 30), None, "4 working hours: …", (), now)
    'Raised Fri 20 Nov 15:00. 4 working hours: … → due Mon 23 Nov 10:30.'  # doctest: +SKIP
    """
    start = f"{begun} {moment_in_words(raised, now)}" + (" (no time given)." if dated_only else ".")
    if grounds:
        return f"{start} Escalated since {moment_in_words(deadline, now)}: {listed(grounds)}."
    end = f"{start} {counted} → due {moment_in_words(deadline, now)}."
    return f"{end} Done {moment_in_words(done, now)}." if done else end


def _span(begin: datetime, end: datetime, raised: datetime, now: datetime) -> str:
    day = WEEKDAYS[begin.weekday()]
    if begin - raised > timedelta(days=6):
        day += f" {date_in_words(begin, now)}"
    return f"{day} {_clock(begin)}–{_clock(end)} ({_length(end - begin)})"


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment:%M}"


def _length(span: timedelta) -> str:
    hours, minutes = divmod(round(span / timedelta(minutes=1)), 60)
    return " ".join(
        [*([f"{hours} h"] if hours else []), *([f"{minutes:02}" if hours else f"{minutes} min"] if minutes else [])]
    )
