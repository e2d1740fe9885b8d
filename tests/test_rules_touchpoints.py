"""Touchpoints with a memory: what counting from a day on, the Diary's inputs and the calendar do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.config import Config
from sheets_sync.model import Scalar
from sheets_sync.playbook.load import load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import Every
from sheets_sync.rules import assess
from sheets_sync.rules.assessment import Assessment
from sheets_sync.rules.cadence import Week, step, steps_until
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.history import History, Input, join_ids, read_inputs
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tables import Tables
from sheets_sync.workbooks.memory import MemoryWorkbook
from sheets_sync.worktime import Calendar

NOW = datetime(2026, 11, 23, 9)
LONG_AGO = History(date(2025, 1, 1))
Rows = Sequence[Mapping[str, Scalar]]


@cache
def agency() -> Playbook:
    return load_playbook("agency", {name: fact.unit for name, fact in FACTS.items()})


@dataclass
class Tracker:
    """A tracker as rows by tab, its memory, and the calendar and moment to assess it with."""

    tabs: Mapping[str, Rows]
    history: History = LONG_AGO
    calendar: Calendar = field(default_factory=Calendar)
    playbook: Playbook = field(default_factory=agency)

    @property
    def workbook(self) -> MemoryWorkbook:
        grids = {}
        for title, rows in self.tabs.items():
            headers = list(dict.fromkeys(header for row in rows for header in row))
            grids[title] = [headers, *([row.get(header) for header in headers] for row in rows)]
        return MemoryWorkbook(grids)

    def tables(self, now: datetime = NOW) -> Tables:
        return read_tables(self.workbook.read(), Config(), now)

    def inputs(self, now: datetime = NOW) -> pd.DataFrame:
        return read_inputs(self.workbook.read(), self.history, now)[0]

    def assess(self, now: datetime = NOW) -> Assessment:
        return assess(self.playbook, self.tables(now), self.history, self.inputs(now), self.calendar, now)


def typed(*ids: tuple[str, str, str], **values: Any) -> Input:
    return Input(join_ids(ids), **{"taken_on": NOW.date()} | values)


def retainer(**values: Scalar) -> dict[str, Scalar]:
    return {"Client": "Aldgate", "Engagement": "retainer", "Start date": date(2025, 1, 10)} | values


def contact(day: date, kind: str = "call", **values: Scalar) -> dict[str, Scalar]:
    return {"Date": day, "Client": "Aldgate", "Type": kind} | values


def rows(tracker: Tracker, id: str, now: datetime = NOW) -> list[tuple[str, date | None]]:
    """State and due day of each touchpoint of that id."""
    frame = tracker.assess(now).touchpoints
    found = frame[frame["id"].eq(id)]
    return [
        (state, None if pd.isna(due) else due.date()) for state, due in zip(found["state"], found["due"], strict=True)
    ]


def calls(last: date, history: History = LONG_AGO) -> Tracker:
    return Tracker({"Clients": [retainer()], "Interactions": [contact(last)]}, history)


def test_a_cadence_is_due_within_its_tolerance_and_overdue_after_it() -> None:
    """[A17]"""
    late = calls(date(2026, 11, 5))
    assert rows(late, "check_in_call", datetime(2026, 11, 18, 9)) == [("upcoming", date(2026, 11, 19))]
    assert rows(late, "check_in_call", datetime(2026, 11, 19, 9)) == [("due", date(2026, 11, 19))]
    assert rows(late, "check_in_call", datetime(2026, 11, 24, 9)) == [("due", date(2026, 11, 19))], "3 working days"
    assert rows(late, "check_in_call", datetime(2026, 11, 25, 9)) == [("overdue", date(2026, 11, 19))]


def test_of_a_routine_only_the_newest_missed_one_is_listed() -> None:
    """[A16] [A17] [A18]"""
    tracker = Tracker({"Clients": [retainer()], "Interactions": [contact(date(2026, 6, 1))]})
    assert rows(tracker, "check_in_call") == [("overdue", date(2026, 11, 16))], "1 Jun and 12 times 14 days"
    assert rows(tracker, "performance_report") == [("overdue", date(2026, 11, 10))]
    assessment = tracker.assess()
    assert assessment.actions["row_id"].str.count("check_in_call").sum() == 1
    routine = assessment.touchpoints[assessment.touchpoints["routine"]]
    assert routine["state"].ne("missed").all()


def test_a_review_that_is_not_routine_stays_until_it_is_missed_for_good() -> None:
    """[A11]"""
    tracker = Tracker({"Clients": [retainer()], "Interactions": [contact(date(2026, 1, 12), "business review")]})
    assert rows(tracker, "business_review", datetime(2026, 7, 25, 9)) == [("overdue", date(2026, 4, 13))]
    after = datetime(2026, 7, 27, 9)
    assert rows(tracker, "business_review", after) == [("overdue", date(2026, 7, 13)), ("missed", date(2026, 4, 13))]
    told = [str(problem.message) for problem in tracker.assess(after).problems]
    assert "Business review was missed long ago (Aldgate)." in told


def test_what_fell_due_before_counting_began_is_counted_and_runs_on_from_that_day() -> None:
    """[A16] [A17]"""
    first_run = calls(date(2026, 6, 1), History())
    assert rows(first_run, "check_in_call") == [("upcoming", date(2026, 12, 7))]
    notes = first_run.assess().notes
    assert notes[0] == "4 older contacts look missed; they are not held against you. Counting starts today."
    assert "[touchpoints.check_in_call]: every 14 days" in notes[1]
    second_run = calls(date(2026, 6, 1), History(NOW.date()))
    assert second_run.assess().notes == notes, "the same on the same day"
    next_day = calls(date(2026, 6, 1), History(NOW.date())).assess(NOW + timedelta(days=1))
    assert next_day.notes == ()
    assert next_day.first_sync == NOW.date()


def test_milestones_count_whenever_they_fell_due() -> None:
    """[A6] [A7] [A8] [A9] [A10]"""
    project = {"Client": "Aldgate", "Project": "Site", "Start": date(2026, 10, 26), "Kickoff on": None}
    tracker = Tracker({"Clients": [retainer()], "Projects": [project]}, History())
    assert rows(tracker, "kickoff") == [("overdue", date(2026, 10, 26))]


def test_only_due_moves_over_a_holiday() -> None:
    tracker = calls(date(2026, 11, 9))
    tracker.calendar = Calendar(holidays=frozenset({date(2026, 11, 23), date(2026, 11, 24)}))
    touchpoints = tracker.assess().touchpoints
    call = touchpoints[touchpoints["id"].eq("check_in_call")].iloc[0]
    assert (call["opens"].date(), call["due"].date()) == (date(2026, 11, 23), date(2026, 11, 25))
    assert call["latest"].date() == date(2026, 11, 30), "three working days after it is due"


def test_done_in_the_diary_counts_as_done_and_as_a_contact() -> None:
    """[A17] [A27]"""
    done = History(date(2025, 1, 1), inputs=(typed(("silence", "aldgate", "2026-11-20"), done_on=date(2026, 11, 20)),))
    assert rows(calls(date(2026, 9, 1), done), "check_in_call") == [("upcoming", date(2026, 12, 4))]
    ahead = History(date(2025, 1, 1), inputs=(typed(("silence", "aldgate", ""), done_on=date(2026, 11, 30)),))
    assert rows(calls(date(2026, 11, 6), ahead), "check_in_call") == [("due", date(2026, 11, 20))]


def test_a_report_typed_as_done_settles_its_own_occurrence() -> None:
    """[A18]"""
    early = typed(("performance_report", "aldgate", "2026-11-10"), done_on=date(2026, 10, 30))
    tracker = calls(date(2026, 11, 20), History(date(2025, 1, 1), inputs=(early,)))
    assert rows(tracker, "performance_report") == [("upcoming", date(2026, 12, 10))]


def test_a_milestone_typed_as_done() -> None:
    """[A6]"""
    project = {"Client": "Aldgate", "Project": "New  Site", "Start": date(2026, 11, 2), "Kickoff on": None}
    held = typed(("kickoff", "aldgate", "new site"), done_on=date(2026, 11, 3))
    tracker = Tracker({"Clients": [retainer()], "Projects": [project]}, History(inputs=(held,)))
    assert rows(tracker, "kickoff") == [("done", date(2026, 11, 2))]


def test_a_snoozed_touchpoint_is_back_on_that_day_as_a_warning_is() -> None:
    """[A11]"""
    rest = typed(("business_review", "aldgate", "2026-11-20"), snooze_until=date(2026, 11, 24), reason="their holiday")
    reviews = [contact(date(2026, 8, 20), "business review")]
    tracker = Tracker({"Clients": [retainer()], "Interactions": reviews}, History(date(2025, 1, 1), inputs=(rest,)))
    assert rows(tracker, "business_review") == [("snoozed", date(2026, 11, 20))]
    assert rows(tracker, "business_review", datetime(2026, 11, 24, 9)) == [("due", date(2026, 11, 20))]


@pytest.mark.parametrize("status", ["prospect", "paused", "completed", "churned"])
def test_nobody_is_asked_for_clients_who_are_not_there(status: str) -> None:
    project = {"Client": "Aldgate", "Project": "Site", "Start": date(2026, 11, 2), "Kickoff on": None}
    tabs = {"Clients": [retainer(Status=status)], "Interactions": [contact(date(2026, 6, 1))], "Projects": [project]}
    touchpoints = Tracker(tabs).assess().touchpoints
    assert touchpoints.empty
    assert Tracker(tabs).assess().actions.empty


def test_two_projects_each_have_their_own_milestones() -> None:
    """[A9] A debrief belongs to the project that it lies nearest to."""
    projects = [
        {"Client": "Aldgate", "Project": name, "Start": date(2026, 9, 1), "Completed on": day, "Review on": None}
        for name, day in (("Brand", date(2026, 10, 1)), ("Site", date(2026, 11, 19)), ("Site", date(2026, 11, 23)))
    ]
    tabs = {"Clients": [retainer()], "Projects": projects, "Interactions": [contact(date(2026, 11, 18), "debrief")]}
    touchpoints = Tracker(tabs).assess().touchpoints
    reviews = touchpoints[touchpoints["id"].eq("delivery_review")]
    assert list(reviews["state"]) == ["overdue", "done", "due"]
    assert list(reviews["occurrence"]) == ["brand", "site", "site #2"]


def day_array(day: date) -> np.ndarray:
    return np.array([day], "datetime64[D]")


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
everies = st.one_of(st.integers(1, 400).map(lambda n: Every(days=n)), st.integers(1, 36).map(lambda n: Every(months=n)))


def test_months_end_where_the_month_is_too_short_and_come_back() -> None:
    """[A18]"""
    anchor = np.repeat(day_array(date(2026, 1, 31)), 4)
    found = step(anchor, Every(months=1), np.array([1, 2, 3, 25]))
    assert [str(day) for day in found] == ["2026-02-28", "2026-03-31", "2026-04-30", "2028-02-29"]


@given(days, everies, days)
def test_steps_until_is_the_last_step_that_is_not_too_late(base: date, every: Every, until: date) -> None:
    k = steps_until(day_array(base), every, day_array(until))
    assert step(day_array(base), every, k)[0] <= np.datetime64(until)
    assert step(day_array(base), every, k + 1)[0] > np.datetime64(until)


@given(days, st.sets(days, max_size=20), st.integers(-10, 10))
def test_working_days_of_arrays_are_those_of_the_calendar(day: date, closed: set[date], n: int) -> None:
    calendar = Calendar(holidays=frozenset(closed))
    week = Week.of(calendar)
    assert week.roll(day_array(day))[0] == np.datetime64(calendar.roll(day))
    assert week.roll_back(day_array(day))[0] == np.datetime64(calendar.roll_back(day))
    rolled = calendar.roll(day)
    assert week.shift(day_array(day), n)[0] == np.datetime64(calendar.shift(rolled, n))


@given(st.dates(date(2026, 1, 1), NOW.date()), st.dates(date(2026, 1, 1), NOW.date()))
def test_a_cadence_lists_one_line_whenever_it_began_and_was_done(last: date, began: date) -> None:
    """[A16] [A17]"""
    tracker = calls(last, History(began))
    found = [row for row in rows(tracker, "check_in_call") if row[0] != "missed"]
    assert len(found) == 1
    state, due = found[0]
    assert due is not None
    assert due >= max(began, last)
    assert due >= NOW.date() - timedelta(days=14)
    assert (state == "upcoming") == (due > NOW.date())
