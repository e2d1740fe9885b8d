"""Contacts on time [C2] [E1]: what was owed since counting began, told again from the log, beside a plain retelling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.model import Scalar
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import Every
from sheets_sync.rules.kept import Contacts, Span, from_anchor_kept, from_last_kept, once
from sheets_sync.tracker.history import History, Input, join_ids
from tests.test_rules_touchpoints import Tracker, agency

DAY = date(2026, 11, 23)
Rows = Sequence[Mapping[str, Scalar]]


def only(name: str, target: float | None = None) -> Playbook:
    """The agency playbook with one touchpoint."""
    aimed = agency().metrics["on_time_rate"].model_copy(update={"target": target})
    kept = {name: agency().touchpoints[name]}
    return agency().model_copy(
        update={"touchpoints": kept, "metrics": {"on_time_rate": aimed}},
    )


def rate(name: str, since: date, clients: Rows, interactions: Rows, target: float | None = None, **tabs: Rows) -> Any:
    history = History(since, inputs=tabs.pop("inputs", ()))  # type: ignore[arg-type]
    given = {"Clients": clients, "Interactions": interactions, **tabs}
    tracker = Tracker(given, history=history, playbook=only(name, target))
    return tracker.assess(datetime(2026, 11, 23, 9)).metrics.iloc[0]


def call(day: date, type: str = "call") -> Mapping[str, Scalar]:
    return {"Date": day, "Client": "Aldgate", "Type": type}


RETAINER = {"Client": "Aldgate", "Engagement": "retainer", "Start date": date(2026, 8, 31)}


@pytest.mark.parametrize(
    ("calls", "origin"),
    [
        ([], "0 of 5"),
        ([date(2026, 9, 14)], "1 of 5"),
        ([date(2026, 9, 17)], "1 of 5"),
        ([date(2026, 9, 18)], "0 of 5"),
        ([date(2026, 9, 14), date(2026, 9, 28), date(2026, 10, 12), date(2026, 10, 26), date(2026, 11, 9)], "5 of 5"),
        ([date(2026, 11, 23)], "1 of 6"),
    ],
)
def test_each_step_of_a_cadence_owes_one_contact(calls: list[date], origin: str) -> None:
    """Due every 14 days from 31 Aug on: 14 and 28 Sep, 12 and 26 Oct, 9 Nov, and today, which is not late yet."""
    found = rate("check_in_call", date(2026, 8, 31), [RETAINER], [call(date(2026, 9, 1), "e-mail"), *map(call, calls)])
    assert found["origin"] == origin


def test_only_what_falls_due_since_counting_began() -> None:
    for since, n in ((date(2026, 9, 15), 4), (date(2026, 10, 26), 1), (DAY, 0)):
        assert rate("check_in_call", since, [RETAINER], [call(date(2026, 8, 31))])["n"] == n, since


def test_a_year_at_most() -> None:
    old = {**RETAINER, "Start date": date(2020, 1, 6)}
    found = rate("check_in_call", date(2020, 1, 6), [old], [call(date(2020, 1, 6), "e-mail")])
    assert (found["n"], found["value"]) == (26, 0)
    assert "within 12 months" in found["sentence"]


def test_a_cadence_that_keeps_its_day() -> None:
    """Monthly from 31 Aug: 30 Sep and 31 Oct (a Saturday: due on Mon 2 Nov, late after 5 working days)."""
    reports = [call(date(2026, 9, 25), "report"), call(date(2026, 11, 9), "report")]
    assert rate("performance_report", date(2026, 8, 31), [RETAINER], reports)["origin"] == "2 of 2"
    late = [call(date(2026, 9, 25), "report"), call(date(2026, 11, 10), "report")]
    assert rate("performance_report", date(2026, 8, 31), [RETAINER], late)["origin"] == "1 of 2"


def test_a_day_typed_in_the_diary_counts() -> None:
    """mission 1F.23"""
    id = join_ids([("check_in_call", "aldgate", "2026-11-09")])
    told = Input(id, date(2026, 11, 9), None, None, None, date(2026, 11, 9))
    log = [call(date(2026, 10, 26))]
    without = rate("check_in_call", date(2026, 10, 26), [RETAINER], log)
    found = rate("check_in_call", date(2026, 10, 26), [RETAINER], log, inputs=(told,))  # type: ignore[arg-type]
    assert (without["origin"], found["origin"]) == ("0 of 1", "1 of 1")


PROJECT = {"Project": "Website", "Client": "Aldgate", "Start": date(2026, 10, 1)}


@pytest.mark.parametrize(
    ("more", "origin"),
    [
        ({"First win on": date(2026, 10, 28)}, "1 of 1"),
        ({"First win on": date(2026, 10, 29)}, "0 of 1"),
        ({"First win on": None}, "0 of 1"),
        ({"First win on": date(2026, 10, 28), "Completed on": date(2026, 11, 1)}, "1 of 1"),
        ({"First win on": None, "Completed on": date(2026, 10, 29)}, "0 of 1"),
        ({"First win on": None, "Completed on": date(2026, 10, 28)}, ""),
        ({"First win on": None, "Start": None}, ""),
    ],
)
def test_milestones_until_their_latest_day_and_as_long_as_they_are_asked_for(more: Any, origin: str) -> None:
    found = rate("first_win", date(2026, 9, 1), [{"Client": "Aldgate"}], [], Projects=[{**PROJECT, **more}])
    assert found["origin"] == origin


def test_on_time_against_a_target_of_the_teams_own() -> None:
    calls = [call(date(2026, 9, 1), "e-mail"), call(date(2026, 9, 14))]
    found = rate("check_in_call", date(2026, 8, 31), [RETAINER], calls, 0.9)
    assert (found["verdict"], found["way"]) == ("not met", "4 more in time would have reached 90 %.")
    assert found["sentence"] == (
        "1 of 5 contacts that fell due since 31 Aug was made in time. Late most often: Check-in call 4 of 5."
    )


# Beside a plain retelling, a client at a time


def retold(days: list[date], start: date, every: int, tolerance: int, first: date, today: date) -> tuple[int, int]:
    base, k, floor, due_of, in_time = start, 1, start, 0, 0
    while (due := base + timedelta(every * k)) <= today:
        limit = due + timedelta(tolerance)
        inside = [day for day in days if floor < day <= limit]
        later = [day for day in days if limit < day < base + timedelta(every * (k + 1))]
        if not inside and limit >= today:
            break
        due_of += due >= first
        in_time += bool(inside) and due >= first
        if inside or later:
            base, k = (max(inside) if inside else min(later)), 1
            floor = base
        else:
            k, floor = k + 1, limit
    return due_of, in_time


days = st.lists(st.integers(0, 120), max_size=12)


@settings(max_examples=60)
@given(st.lists(days, min_size=1, max_size=4), st.integers(1, 30), st.integers(0, 9))
def test_the_walk_is_that_of_a_plain_retelling(log: list[list[int]], every: int, tolerance: int) -> None:
    zero = date(2026, 7, 1)
    contacts = [[zero + timedelta(day) for day in client] for client in log]
    at = np.array([i for i, client in enumerate(contacts) for _ in client], int)
    when = np.array([day for client in contacts for day in client], "datetime64[D]")
    first = np.datetime64(zero, "D")
    day = np.datetime64(zero + timedelta(100), "D")
    span = Span(first, first, day, day)
    past = when <= span.today
    start = np.full(len(log), first)
    due, in_time, done = from_last_kept(
        Contacts(at[past], when[past], len(log)),
        start,
        np.ones(len(log), bool),
        Every(days=every),
        lambda day: day + tolerance,
        span,
    )
    today = zero + timedelta(100)
    wanted = [
        retold([day for day in client if zero < day <= today], zero, every, tolerance, zero, today)
        for client in contacts
    ]
    assert list(zip(due.tolist(), in_time.tolist(), strict=True)) == wanted
    assert (in_time <= done).all()
    assert (done <= due).all()


def test_nobody_and_nothing() -> None:
    none = np.empty(0, "datetime64[D]")
    span = Span(*[np.datetime64(DAY, "D")] * 4)
    contacts = Contacts(np.empty(0, int), none, 2)
    start, asked = np.array(["NaT", "2026-01-01"], "datetime64[D]"), np.array([True, False])
    for due, in_time, done in (
        from_last_kept(contacts, start, asked, Every(days=7), lambda day: day, span),
        from_anchor_kept(contacts, start, asked, Every(months=1), lambda day: day, lambda day: day, span),
        once(np.empty(0, int), none, none, none, none, 2, span),
    ):
        assert due.tolist() == in_time.tolist() == done.tolist() == [0, 0]
