"""Clocks: the vectors of the specification, the laws between them, dates without a time, and grounds of escalation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.model import Scalar
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import Within
from sheets_sync.rules import clocks
from sheets_sync.rules.clock_words import arithmetic
from sheets_sync.tracker.history import History
from sheets_sync.worktime import Calendar
from tests.test_rules_touchpoints import NOW, Tracker, agency, contact, typed

FRIDAY = datetime(2026, 11, 20, 15)


def issue(**values: Scalar) -> dict[str, Scalar]:
    return {"Issue": "Invoice", "Client": "Aldgate", "Raised at": FRIDAY} | {
        name.replace("_", " "): value for name, value in values.items()
    }


def tracker(*issues: dict[str, Scalar], **tabs: list[dict[str, Scalar]]) -> Tracker:
    return Tracker({"Clients": [{"Client": "Aldgate", "Owner": "Tom"}], "Issues": list(issues), **tabs})


def states(found: Tracker, now: datetime = NOW) -> dict[str, str]:
    frame = found.assess(now).clocks
    return dict(zip(frame["clock"], frame["state"], strict=True))


def deadlines(found: Tracker, now: datetime = NOW) -> dict[str, datetime]:
    frame = found.assess(now).clocks
    return {name: moment.to_pydatetime() for name, moment in zip(frame["clock"], frame["deadline"], strict=True)}


def within(playbook: Playbook, **spans: str) -> Playbook:
    changed = {name: {**clock.model_dump(by_alias=True), "within": spans.get(name, clock.within)}
               for name, clock in playbook.clocks.items()}  # fmt: skip
    return playbook.model_validate({**playbook.model_dump(by_alias=True), "clocks": changed})


def test_the_three_promises_of_a_friday_afternoon() -> None:
    """[A42] [A44] [A49]"""
    assert deadlines(tracker(issue())) == {
        "acknowledge": datetime(2026, 11, 23, 10, 30),
        "propose": datetime(2026, 11, 23, 15),
        "escalate": datetime(2026, 11, 24, 15),
    }


def test_equal_is_in_time_and_a_moment_later_is_not() -> None:
    """[A42]"""
    due = datetime(2026, 11, 23, 10, 30)
    assert states(tracker(issue(Acknowledged_at=due)))["acknowledge"] == "running", "at 9:00 that lies ahead"
    later = datetime(2026, 11, 23, 12)
    assert states(tracker(issue(Acknowledged_at=due)), later)["acknowledge"] == "met"
    assert states(tracker(issue(Acknowledged_at=due + timedelta(minutes=1))), later)["acknowledge"] == "breached"


def test_the_last_quarter_is_at_risk() -> None:
    """[A42]"""
    assert states(tracker(issue()), datetime(2026, 11, 23, 9, 29))["acknowledge"] == "running"
    assert states(tracker(issue()), datetime(2026, 11, 23, 9, 30))["acknowledge"] == "at risk"
    assert states(tracker(issue()), datetime(2026, 11, 23, 10, 30))["acknowledge"] == "at risk"
    assert states(tracker(issue()), datetime(2026, 11, 23, 10, 31))["acknowledge"] == "breached"


def test_a_day_off_makes_every_promise_a_day_later() -> None:
    found = tracker(issue())
    found.calendar = Calendar(holidays=frozenset({date(2026, 11, 23)}))
    assert deadlines(found)["acknowledge"] == datetime(2026, 11, 24, 10, 30)
    assert deadlines(found)["escalate"] == datetime(2026, 11, 25, 15)


def test_a_ground_makes_it_read_breached_until_it_is_fixed() -> None:
    """[A50]"""
    open_ = tracker(issue(Financial_or_legal="yes", Fixed_at=None))
    assert states(open_)["escalate"] == "breached"
    assert deadlines(open_)["escalate"] == FRIDAY
    fixed = tracker(issue(Financial_or_legal="yes", Fixed_at=FRIDAY + timedelta(hours=1)))
    assert states(fixed)["escalate"] == "met"


def test_an_answer_typed_in_the_diary_counts() -> None:
    """[A42] Typed without a time, so it was in time only if any time of that day is."""
    id = ("acknowledge", "aldgate", "invoice@2026-11-20T15:00")
    found = tracker(issue())
    found.history = History(date(2025, 1, 1), inputs=(typed(id, done_on=date(2026, 11, 20)),))
    assert states(found)["acknowledge"] == "met"
    found.history = History(date(2025, 1, 1), inputs=(typed(id, done_on=date(2026, 11, 23)),))
    assert states(found, datetime(2026, 11, 23, 17))["acknowledge"] == "unknown"


def test_two_issues_of_one_name_are_told_apart() -> None:
    frame = tracker(issue(), issue()).assess().clocks
    assert list(dict.fromkeys(frame["occurrence"])) == ["invoice@2026-11-20T15:00", "invoice@2026-11-20T15:00 #2"]


def test_issues_of_nobody_we_know_have_no_clock() -> None:
    assert tracker(issue(Client="Somebody else")).assess().clocks.empty


def test_a_raise_that_lies_ahead_runs_no_clock() -> None:
    assert set(states(tracker(issue(Raised_at=datetime(2027, 1, 4, 9)))).values()) == {"unknown"}


def test_since_when_a_client_is_at_risk_escalates_from_then_on() -> None:
    """[A51]"""
    found = tracker(issue())
    tables, now = found.tables(), datetime(2026, 11, 23, 12)
    facts = found.assess().facts
    ran = clocks.run(agency(), tables, facts, _nothing_typed(found, now), found.calendar, now,
                     {"aldgate": datetime(2026, 11, 1)})  # fmt: skip
    escalate = ran.frame[ran.frame["clock"].eq("escalate")].iloc[0]
    assert escalate["deadline"] == FRIDAY, "never before it was raised"
    assert escalate["sentence"].endswith("the client is at risk.")


def _nothing_typed(found: Tracker, now: datetime) -> clocks.Typed:
    from sheets_sync.rules.typed import typed as read

    return read(found.inputs(now), now)


def test_longer_arithmetic_names_its_days_or_only_its_ends() -> None:
    week = Calendar()
    text = arithmetic(FRIDAY, week.add_hours(FRIDAY, 60), Within(60, "working hours"), week, NOW)
    assert text.startswith("60 working hours: Fri 20 Nov 15:00 to ")
    closed = Calendar(holidays=frozenset(date(2026, 11, 21) + timedelta(days=n) for n in range(8)))
    text = arithmetic(FRIDAY, closed.add_hours(FRIDAY, 4), Within(4, "working hours"), closed, NOW)
    assert text == "4 working hours: Fri 15:00–17:30 (2 h 30) + Mon 30 Nov 9:00–10:30 (1 h 30)"


moments = st.datetimes(datetime(2026, 1, 1), NOW).map(lambda moment: moment.replace(second=0, microsecond=0))
spans = st.tuples(st.integers(1, 60), st.sampled_from(["working hours", "working days", "clock hours"]))


@given(moments, spans, spans, spans)
def test_an_earlier_promise_is_never_due_after_a_later_one(
    raised: datetime, one: tuple[int, str], two: tuple[int, str], three: tuple[int, str]
) -> None:
    """Whatever the units: acknowledge ≤ propose ≤ escalate, and never before it was raised."""
    texts = [f"{number} {unit}" for number, unit in (one, two, three)]
    playbook = within(agency(), **dict(zip(("acknowledge", "propose", "escalate"), texts, strict=True)))
    of_issues = {name: clock for name, clock in playbook.clocks.items() if clock.each == "issue"}
    found = clocks._deadlines(raised, of_issues, Calendar())
    for end in (0, 1):
        assert raised <= found["acknowledge"][end] <= found["propose"][end] <= found["escalate"][end]


@given(
    moments.map(lambda moment: datetime.combine(moment, time())), moments, st.integers(0, 1439), st.integers(0, 1439)
)
def test_a_date_without_a_time_never_contradicts_what_its_time_would_say(
    raised: datetime, done: datetime, at: int, done_at: int
) -> None:
    """[A42] Breached or met only where every reading agrees."""
    when, answered = raised + timedelta(minutes=at), datetime.combine(done, time()) + timedelta(minutes=done_at)
    if answered < when:
        return
    due = clocks._deadlines(raised, agency().clocks, Calendar())["acknowledge"]
    vague = clocks._finished(clocks.Reading.of(raised), clocks.Reading.of(datetime.combine(done, time())), due)
    exact = "met" if answered <= Calendar().add_hours(when, 4) else "breached"
    assert vague in ("unknown", exact)


@pytest.mark.parametrize(
    ("days", "escalates"), [((0, 89), True), ((0, 90), False), ((0, 60, 149), True), ((0,), False), ((89, 89), True)]
)
def test_frustrated_twice_within_ninety_days(days: tuple[int, ...], escalates: bool) -> None:
    """[A48]"""
    first = date(2026, 6, 1)
    signals: list[dict[str, Scalar]] = [
        {"Date": first + timedelta(days=n), "Client": "Aldgate", "Kind": "frustration"} for n in days
    ]
    raised = datetime.combine(first + timedelta(days=max(days)), time(15))
    now = raised + timedelta(minutes=5)
    talk = [contact(raised.date())]
    found = tracker(issue(Raised_at=raised), Signals=signals, Interactions=talk)
    assert (states(found, now)["escalate"] == "breached") is escalates
    if escalates:
        sentence = found.assess(now).clocks["sentence"].iloc[-1]
        assert "they were frustrated twice, last on" in sentence


def test_the_clocks_are_a_typed_table_even_without_an_issue() -> None:
    frame = Tracker({"Clients": [{"Client": "Aldgate"}]}).assess().clocks
    assert frame.empty
    assert isinstance(frame["deadline"].dtype, type(pd.Series(dtype="datetime64[us]").dtype))
