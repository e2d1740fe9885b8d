"""Working hours and days: the vectors of the specification, and properties that hold for any week."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.worktime import Calendar

NINE_TO_FIVE = Calendar(opens=time(9), closes=time(17))
EIGHT_TO_FIVE = Calendar(opens=time(8), closes=time(17))
AGENCY = Calendar()
MONDAY = date(2026, 11, 23)


def at(text: str) -> datetime:
    """`Fri 16:30` of the week before, `Mon 9:30` and the rest of the week of Monday 23 Nov 2026."""
    day, clock = text.split()
    days = {"Fri": 20, "Sat": 21, "Mon": 23, "Tue": 24, "Wed": 25, "Thu": 26}
    hour, minute = clock.split(":")
    return datetime(2026, 11, days[day], int(hour), int(minute))


VECTORS = [
    (NINE_TO_FIVE, "Fri 16:30", 1, "Mon 9:30", "Tue 9:30"),
    (NINE_TO_FIVE, "Fri 16:00", 4, "Mon 12:00", "Tue 12:00"),
    (NINE_TO_FIVE, "Fri 17:00", 8, "Mon 17:00", "Tue 17:00"),
    (NINE_TO_FIVE, "Sat 12:00", 24, "Wed 17:00", "Thu 17:00"),
    (EIGHT_TO_FIVE, "Fri 16:00", 4, "Mon 11:00", "Tue 11:00"),
    (AGENCY, "Fri 15:00", 4, "Mon 10:30", "Tue 10:30"),
]


@pytest.mark.parametrize(("calendar", "raised", "hours", "due", "due_with_monday_closed"), VECTORS)
def test_hours_carry_over_the_weekend(
    calendar: Calendar, raised: str, hours: float, due: str, due_with_monday_closed: str
) -> None:
    assert calendar.add_hours(at(raised), hours) == at(due)
    closed = replace(calendar, holidays=frozenset({MONDAY}))
    assert closed.add_hours(at(raised), hours) == at(due_with_monday_closed)


def test_a_working_day_ends_at_the_same_time_of_day() -> None:
    assert AGENCY.add_days(at("Fri 15:00"), 1) == at("Mon 15:00")
    assert AGENCY.add_days(at("Fri 15:00"), 2) == at("Tue 15:00")
    assert AGENCY.add_days(at("Fri 18:00"), 1) == at("Tue 9:00"), "raised outside hours counts from the next opening"
    assert AGENCY.add_days(at("Sat 12:00"), 1) == at("Tue 9:00")
    assert AGENCY.add_days(at("Mon 8:00"), 1) == at("Tue 9:00")


def test_spans_are_the_arithmetic_of_a_deadline() -> None:
    spans = AGENCY.spans(at("Fri 15:00"), 4)
    assert spans == [(at("Fri 15:00"), at("Fri 17:30")), (at("Mon 9:00"), at("Mon 10:30"))]
    assert AGENCY.spans(at("Fri 15:00"), 0) == []


def test_breaks_and_half_days() -> None:
    lunch = Calendar(opens=time(9), closes=time(17), breaks=((time(12), time(13)),))
    assert lunch.hours_a_day == 7
    assert lunch.add_hours(at("Mon 11:30"), 1) == at("Mon 13:30")
    half = replace(NINE_TO_FIVE, half_days=frozenset({(MONDAY, time(12))}))
    assert half.add_hours(at("Fri 16:00"), 5) == at("Tue 10:00")
    assert half.add_days(at("Fri 15:00"), 1) == at("Mon 12:00"), "a day that closes early ends the working day"


def test_a_week_round_the_clock() -> None:
    always = Calendar(frozenset(range(7)), time(0), time(0))
    assert always.hours_a_day == 24
    assert always.add_hours(at("Fri 15:00"), 24) == at("Sat 15:00")
    assert always.add_days(at("Fri 15:00"), 1) == at("Sat 15:00")
    assert always.start(at("Sat 0:00")) == at("Sat 0:00")


def test_the_wall_clock_decides_when_clocks_change() -> None:
    sundays = Calendar(frozenset(range(7)), time(0), time(0))
    before_the_change = datetime(2026, 10, 24, 20)
    assert sundays.add_hours(before_the_change, 12) == datetime(2026, 10, 25, 8)


def test_rolling_and_shifting_days() -> None:
    closed = replace(AGENCY, holidays=frozenset({MONDAY}))
    assert closed.roll(date(2026, 11, 21)) == date(2026, 11, 24)
    assert closed.roll_back(MONDAY) == date(2026, 11, 20)
    assert closed.shift(date(2026, 11, 20), 2) == date(2026, 11, 25)
    assert closed.shift(date(2026, 11, 24), -1) == date(2026, 11, 20)
    assert closed.shift(date(2026, 11, 21), 0) == date(2026, 11, 21)
    assert closed.end_of_next_day(at("Fri 9:00")) == at("Tue 17:30")


def test_hours_between_counts_only_working_time() -> None:
    assert AGENCY.hours_between(at("Fri 15:00"), at("Mon 10:30")) == 4
    assert AGENCY.hours_between(at("Mon 10:30"), at("Fri 15:00")) == 0


def test_days_of_the_week_may_be_words() -> None:
    assert Calendar(("Mon", "Tuesday", "wed")) == Calendar(frozenset({0, 1, 2}))
    with pytest.raises(ValueError, match='"Mittwoch" is no day of the week'):
        Calendar(("Mittwoch",))
    with pytest.raises(ValueError, match="not after opening"):
        Calendar(opens=time(17), closes=time(9))
    with pytest.raises(ValueError, match="needs a working day"):
        Calendar(())


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda m: m.replace(second=0, microsecond=0))
quarters = st.integers(0, 200).map(lambda n: n / 4)
days = st.dates(date(2026, 1, 1), date(2028, 3, 1))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    opens = draw(st.integers(0, 20))
    closes = draw(st.integers(opens + 1, 23))
    pause = draw(st.integers(opens, closes))
    return Calendar(
        frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        time(opens),
        time(closes),
        frozenset(draw(st.sets(days, max_size=12))),
        ((time(pause), time(min(pause + 1, 23))),) if draw(st.booleans()) and opens < pause < closes - 1 else (),
        frozenset(dict.fromkeys(draw(st.sets(days, max_size=4)), time(min(opens + 1, closes))).items()),
    )


def within_opening_hours(calendar: Calendar, moment: datetime) -> bool:
    return calendar.start(moment) == moment


@given(calendars(), moments, quarters)
def test_never_before_the_start_and_always_in_opening_hours(week: Calendar, raised: datetime, hours: float) -> None:
    due = week.add_hours(raised, hours)
    assert due >= raised
    assert within_opening_hours(week, due)
    assert week.hours_between(raised, due) == pytest.approx(hours)


@given(calendars(), moments, st.integers(0, 15))
def test_working_days_stay_in_opening_hours(week: Calendar, raised: datetime, n: int) -> None:
    due = week.add_days(raised, n)
    assert due >= raised
    assert within_opening_hours(week, due)


@given(calendars(), moments, quarters, quarters)
def test_adding_in_two_steps_is_adding_at_once(week: Calendar, raised: datetime, n: float, m: float) -> None:
    assert week.add_hours(week.add_hours(raised, n), m) == week.add_hours(raised, n + m)


@given(calendars(), moments, quarters, quarters)
def test_more_time_is_never_due_earlier(week: Calendar, raised: datetime, n: float, m: float) -> None:
    less, more = sorted((n, m))
    assert week.add_hours(raised, less) <= week.add_hours(raised, more)
    assert week.add_days(raised, int(less)) <= week.add_days(raised, int(more))


@given(calendars(), moments, moments, quarters)
def test_a_later_start_is_never_due_earlier(week: Calendar, one: datetime, other: datetime, n: float) -> None:
    early, late = sorted((one, other))
    assert week.add_hours(early, n) <= week.add_hours(late, n)


@given(calendars(), moments, quarters, days)
def test_a_holiday_never_makes_it_earlier(week: Calendar, raised: datetime, n: float, holiday: date) -> None:
    with_it = replace(week, holidays=week.holidays | {holiday})
    assert with_it.add_hours(raised, n) >= week.add_hours(raised, n)
    assert with_it.add_days(raised, int(n)) >= week.add_days(raised, int(n))


@given(calendars(), moments, st.integers(1, 400))
def test_spans_add_up_and_follow_each_other(week: Calendar, raised: datetime, minutes: int) -> None:
    spans = week.spans(raised, minutes / 60)
    assert sum((end - begin for begin, end in spans), timedelta()) == timedelta(minutes=minutes)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
