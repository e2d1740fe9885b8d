"""The Diary's lines with what people typed beside them, and until when an assessment stays true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.model import Scalar
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tracker.history import History, Input, advance, split_ids
from tests.test_rules_touchpoints import NOW, Rows, Tracker, agency, contact, retainer, typed

SINCE = (("aldgate", "silence", date(2026, 11, 2)), ("aldgate", "low_score", date(2026, 11, 4)))
SILENCE, SCORE = ("silence", "aldgate", "2026-11-02"), ("low_score", "aldgate", "2026-11-04")


def silent(**history: object) -> Tracker:
    """A client who is silent since 28 Sep and whose 4/10 nobody answered."""
    survey = {"Client": "Aldgate", "Sent on": date(2026, 11, 1), "Answered on": date(2026, 11, 3), "Score": 4}
    tabs = {
        "Clients": [{"Client": "Aldgate", "Owner": "Priya"}],
        "Interactions": [contact(date(2026, 9, 28))],
        "Surveys": [survey],
    }
    history_then = History(date(2026, 9, 1), warnings=SINCE, **history)  # type: ignore[arg-type]
    return Tracker(tabs, history_then, playbook=without_steps())


def without_steps() -> Playbook:
    """The agency playbook without what it asks for beside, once a client is at risk."""
    steps = {"discuss_at_risk", "recovery_promise", "recovery_call"}
    kept = {name: entry for name, entry in agency().touchpoints.items() if name not in steps}
    return agency().model_copy(update={"touchpoints": kept})


def lines(assessment: Assessment) -> list[tuple[str, str, str]]:
    actions = assessment.actions
    return list(zip(actions["state"], actions["what"], actions["why"], strict=True))


def test_one_line_with_all_its_reasons() -> None:
    """[A27] [A82] [E2]"""
    found = silent().assess().actions
    assert len(found) == 1
    line = found.iloc[0]
    assert line["what"] == "Call: silent since 28 Sep. In the same call: the 4/10"
    assert line["why"] == "2 reasons in one call"
    assert (line["owner"], line["level"], line["late"], line["due"].date()) == ("Priya", "risk", True, SINCE[0][2])
    assert split_ids(line["row_id"]) == [SILENCE, SCORE]


def test_what_was_done_goes_to_the_end_and_stays_visible_for_two_weeks() -> None:
    """[A86]"""
    done = typed(SILENCE, SCORE, done_on=date(2026, 11, 20), outcome="They want a new report")
    assessment = silent(inputs=(done,)).assess()
    assert [line[0] for line in lines(assessment)] == ["done"]
    line = assessment.actions.iloc[0]
    assert line["row_id"] == done.row_id
    assert line["what"] == "No sign of life; Low score unanswered"
    assert (line["done_on"], line["outcome"]) == (date(2026, 11, 20), "They want a new report")
    assert assessment.clients["do_next"].isna().all()
    edge = replace(done, done_on=date(2026, 11, 9), taken_on=date(2026, 11, 9))
    assert "done" in [line[0] for line in lines(silent(inputs=(edge,)).assess())]
    old = replace(done, done_on=date(2026, 11, 8), taken_on=date(2026, 11, 8))
    assert "done" not in [line[0] for line in lines(silent(inputs=(old,)).assess())]


def test_what_was_typed_stands_beside_an_open_line_even_when_it_is_no_date() -> None:
    note = typed(SILENCE, SCORE, done_on="last week", outcome="No answer")
    line = silent(inputs=(note,)).assess().actions.iloc[0]
    assert (line["state"], line["done_on"], line["outcome"]) == ("open", "last week", "No answer")


def test_a_line_whose_reasons_changed_still_shows_what_was_typed() -> None:
    note = typed(SILENCE, outcome="No answer")
    found = silent(inputs=(note,)).assess().actions
    assert list(found["outcome"]) == ["No answer"]
    assert split_ids(found["row_id"].iloc[0]) == [SILENCE, SCORE]


def test_a_snoozed_line_says_until_when_and_why() -> None:
    rest = typed(SILENCE, SCORE, snooze_until=date(2026, 12, 4), reason="waiting for their board")
    assert lines(silent(inputs=(rest,)).assess()) == [
        (
            "snoozed",
            "Call: silent since 28 Sep. In the same call: the 4/10",
            "snoozed to 4 Dec by Priya: waiting for their board",
        )
    ]


def test_one_line_an_issue_with_what_else_is_broken() -> None:
    """[A42] [A44] [A49] [C11]"""
    issue = {"Issue": "Invoice", "Client": "Aldgate", "Raised at": datetime(2026, 11, 16, 10), "Owner": "Ana"}
    tabs: Mapping[str, Rows] = {"Clients": [{"Client": "Aldgate", "Owner": "Priya"}], "Issues": [issue]}
    found = Tracker(tabs, playbook=without_steps()).assess().actions
    assert list(found["what"]) == [
        "Answer “Invoice” in person. At the same time: a proposal for “Invoice”, “Invoice” with a partner"
    ]
    line = found.iloc[0]
    assert (line["owner"], line["level"], line["due"].date()) == ("Ana", "risk", date(2026, 11, 16))


def test_order_by_owner_then_due_with_routine_after_it() -> None:
    def client(name: str, owner: str) -> dict[str, Scalar]:
        return retainer(Client=name, Owner=owner)

    talks = [
        contact(date(2026, 11, 10), Client="Aldgate"),
        contact(date(2026, 10, 12), Client="Brightwater"),
        contact(date(2026, 11, 9), Client="Corvid"),
    ]
    names = [("Aldgate", "Zoe"), ("Brightwater", "Ben"), ("Corvid", "Ben")]
    tracker = Tracker({"Clients": [client(*name) for name in names], "Interactions": talks})
    found = tracker.assess().actions
    places = [(line.owner, line.routine, line.due) for line in found.itertuples()]
    assert places == sorted(places)
    assert len({line[:2] for line in places}) == 4, "both kinds for both owners"


def test_the_same_day_gives_the_same_whatever_was_remembered() -> None:
    """A second run on the same day reads its own memory and finds nothing new."""
    tracker = silent()
    tracker.history = History()
    first = tracker.assess()
    tracker.history = advance(History(), first, tracker.inputs(), NOW)
    second = tracker.assess()
    for name in ("clients", "warnings", "touchpoints", "clocks", "actions", "renewals", "metrics"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert (first.valid_until, first.first_sync, first.notes) == (second.valid_until, second.first_sync, second.notes)


def test_valid_until_is_the_end_of_the_next_working_day_at_most() -> None:
    quiet = Tracker({"Clients": [{"Client": "Aldgate", "Last contact": date(2026, 11, 20)}]})
    assert quiet.assess().valid_until == datetime(2026, 11, 24, 17, 30)
    assert quiet.assess(datetime(2026, 11, 20, 9)).valid_until == datetime(2026, 11, 23, 17, 30)


def test_valid_until_is_when_a_clock_passes() -> None:
    """[A42]"""
    issue = {"Issue": "Invoice", "Client": "Aldgate", "Raised at": datetime(2026, 11, 20, 15)}
    tracker = Tracker({"Clients": [{"Client": "Aldgate"}], "Issues": [issue]})
    assert tracker.assess(datetime(2026, 11, 23, 9)).valid_until == datetime(2026, 11, 23, 9, 30), "at risk from then"
    assert tracker.assess(datetime(2026, 11, 23, 9, 30)).valid_until == datetime(2026, 11, 23, 10, 30)


def test_valid_until_is_the_midnight_on_which_silence_fires() -> None:
    """[A27]"""
    quiet = Tracker({"Clients": [{"Client": "Aldgate", "Last contact": date(2026, 10, 25)}]})
    assert quiet.assess().valid_until == datetime(2026, 11, 24)


STATES = {
    "clients": ["level", "health", "why", "do_next", "due", "next_touchpoint", "renewal", "offer_next"],
    "warnings": ["key", "id", "level", "sentence", "since", "snoozed"],
    "touchpoints": ["key", "id", "state", "due", "sentence", "row_id"],
    "clocks": ["key", "clock", "state", "deadline"],
    "renewals": ["key", "state", "sentence"],
    "actions": ["row_id", "due", "late", "level", "what", "why", "state"],
    "metrics": ["id", "verdict"],
}


def states(assessment: Assessment) -> Iterator[pd.DataFrame]:
    return (getattr(assessment, name)[columns] for name, columns in STATES.items())


names = st.sampled_from(["Aldgate", "Brightwater", "Corvid"])
dates = st.dates(date(2026, 8, 1), date(2026, 11, 30))
near = st.dates(date(2026, 11, 14), date(2026, 11, 28))
minutes = st.integers(0, 24 * 4 - 1).map(lambda n: timedelta(minutes=15 * n))
moments = st.one_of(
    st.builds(lambda day, at: datetime(day.year, day.month, day.day) + at, near, minutes), near.map(lambda d: d)
)


@st.composite
def trackers(draw: st.DrawFn) -> Tracker:
    blank = st.none()
    clients = [
        {
            "Client": name,
            "Owner": "Priya",
            "Engagement": draw(st.sampled_from(["retainer", "project", None])),
            "Start date": draw(st.one_of(blank, st.dates(date(2025, 1, 1), date(2026, 11, 25)))),
            "Renewal date": draw(st.one_of(blank, st.dates(date(2026, 9, 1), date(2027, 2, 1)))),
        }
        for name in ("Aldgate", "Brightwater", "Corvid")
    ]
    kinds = st.sampled_from(["call", "e-mail", "report", "business review", "renewal talk"])
    talk = st.fixed_dictionaries({"Date": st.one_of(dates, moments), "Client": names, "Type": kinds})
    project = st.fixed_dictionaries(
        {"Project": st.just("Site"), "Client": names, "Start": dates, "Planned end": st.one_of(blank, dates),
         "Completed on": st.one_of(blank, near), "Kickoff on": st.one_of(blank, near), "Review on": blank}
    )  # fmt: skip
    issue = st.fixed_dictionaries(
        {"Issue": st.just("Invoice"), "Client": names, "Raised at": moments,
         "Acknowledged at": st.one_of(blank, moments), "Fixed at": st.one_of(blank, moments),
         "Financial or legal": st.sampled_from([None, "yes"])}
    )  # fmt: skip
    signal = st.fixed_dictionaries(
        {"Date": dates, "Client": names, "Kind": st.sampled_from(["budget concern", "frustration", "contact leaving"])}
    )
    tabs = {
        "Interactions": st.lists(talk, min_size=1, max_size=8),
        "Projects": st.lists(project, min_size=1, max_size=3),
        "Issues": st.lists(issue, min_size=1, max_size=3),
        "Signals": st.lists(signal, min_size=1, max_size=3),
    }
    chosen = draw(st.sets(st.sampled_from(list(tabs))))
    history = History(draw(st.sampled_from([None, date(2026, 1, 1)])))
    return Tracker({"Clients": clients, **{name: draw(tabs[name]) for name in sorted(chosen)}}, history)


@settings(max_examples=15)
@given(trackers(), st.integers(20, 24), st.integers(0, 24 * 60 - 1), st.floats(0, 0.999))
def test_nothing_changes_before_valid_until(tracker: Tracker, day: int, minute: int, share: float) -> None:
    now = datetime(2026, 11, day) + timedelta(minutes=minute)
    first = tracker.assess(now)
    assert now <= first.valid_until <= tracker.calendar.end_of_next_day(now)
    later = now + (first.valid_until - now) * share
    remembered = advance(tracker.history, first, tracker.inputs(now), now)
    # The tables are those of the first run: what reading them says about a day ahead is no state.
    second = _at(tracker, remembered, now, later)
    for before, after in zip(states(first), states(second), strict=True):
        pd.testing.assert_frame_equal(before, after)


def _at(tracker: Tracker, history: History, now: datetime, later: datetime) -> Assessment:
    from sheets_sync.rules import assess

    return assess(tracker.playbook, tracker.tables(now), history, tracker.inputs(now), tracker.calendar, later)


def test_the_worst_thing_is_next_and_no_touchpoint_beats_a_warning() -> None:
    """[A49] [A7] A first win overdue since October, and an issue escalated on Thursday."""
    site = {"Project": "Site", "Client": "Aldgate", "Start": date(2026, 9, 1), "First win on": None}
    issue = {"Issue": "Invoice", "Client": "Aldgate", "Raised at": datetime(2026, 11, 17, 15), "Fixed at": None}
    answered = {"Acknowledged at": datetime(2026, 11, 17, 16), "Proposed at": datetime(2026, 11, 17, 16)}
    tabs = {"Clients": [{"Client": "Aldgate"}], "Projects": [site], "Issues": [issue | answered]}
    assessment = Tracker(tabs).assess()
    assert assessment.actions.loc[0, "what"].startswith("Deliver a first result they can see")
    client = assessment.clients.loc["aldgate"]
    assert client["do_next"] == "Bring a partner in on “Invoice”"
    assert client["due"].date() == date(2026, 11, 19)


RENEWAL = {"Client": "Aldgate", "Start date": date(2025, 1, 10), "Renewal date": date(2027, 1, 15)}


def renewing(client: Mapping[str, Scalar], *inputs: Input) -> Assessment:
    return Tracker({"Clients": [client]}, History(date(2025, 1, 1), inputs=inputs)).assess()


def test_done_on_in_the_diary_takes_a_step_of_the_ladder() -> None:
    """[A70] Either place counts: the Diary, or Renewal stage."""
    begun = typed(("renewal", "aldgate", "2027-01-15.60"), done_on=date(2026, 11, 20))
    assert renewing(RENEWAL).clients.loc["aldgate", "renewal"] == "▲ Begin talks (since 16 Nov)"
    assert renewing(RENEWAL, begun).clients.loc["aldgate", "renewal"] == "▲ Proposal by 16 Dec"
    others = ("2026-01-15.60", "2027-01-15.30")
    stale, sent = (typed(("renewal", "aldgate", id), done_on=date(2026, 11, 20)) for id in others)
    assert renewing(RENEWAL, stale).clients.loc["aldgate", "renewal"] == "▲ Begin talks (since 16 Nov)"
    moved = renewing(RENEWAL, sent)
    assert moved.clients.loc["aldgate", "renewal"] == "▲ Decision by 1 Jan 2027"
    assert moved.facts.loc["aldgate", ["renewal_begun", "renewal_proposal_out"]].all()


def test_done_on_a_warning_about_a_step_takes_it_but_nothing_settles_what_lapsed() -> None:
    """[A70]"""
    soon = {**RENEWAL, "Renewal date": date(2026, 12, 4)}
    asked = typed(("renewal_decision_due", "aldgate", "2026-11-20"), done_on=date(2026, 11, 20))
    early = typed(("renewal_decision_due", "aldgate", "2026-11-19"), done_on=date(2026, 11, 19))
    states = [renewing(soon, *found).clients.loc["aldgate", "renewal"] for found in ((), (early,), (asked,))]
    assert states == ["▲ Decision (since 20 Nov)", "▲ Decision (since 20 Nov)", "▲ Renewal on 4 Dec"]
    over = {**RENEWAL, "Renewal date": date(2026, 11, 10)}
    settled = typed(("renewal", "aldgate", "2026-11-10.0"), done_on=date(2026, 11, 20))
    assert renewing(over, settled).clients.loc["aldgate", "renewal"] == "✖ Lapsed 10 Nov"


def test_valid_until_lies_ahead_even_on_the_minute_of_a_deadline() -> None:
    """[A42] On that minute it is still in time; the next state begins a minute later."""
    issue = {"Issue": "Invoice", "Client": "Aldgate", "Raised at": datetime(2026, 11, 23, 9), "Acknowledged at": None}
    tracker = Tracker({"Clients": [{"Client": "Aldgate"}], "Issues": [issue]})
    due = datetime(2026, 11, 23, 13)
    assert [tracker.assess(due - timedelta(minutes=m)).valid_until for m in (1, 0)] == [due, due + timedelta(minutes=1)]
    states = [tracker.assess(due + timedelta(minutes=m)).clocks.loc[0, "state"] for m in (0, 1)]
    assert states == ["at risk", "breached"]
