"""Trainings and reviews in the Diary: what is typed beside them counts, and a client's name is not needed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheets_sync.errors import UsageError
from sheets_sync.playbook.load import load_playbook
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.history import History
from tests.test_rules_touchpoints import NOW, Rows, Tracker, typed

TEAM: Rows = [
    {"Person": "Sam Roe", "Role": "Account manager", "Deputy": "Tom", "Leave from": date(2026, 11, 20)},
    {"Person": "Tom", "Role": "Marketing specialist", "Deputy": "", "Leave from": None},
]
TABS = {
    "Clients": [{"Client": "Aldgate", "Owner": "Tom"}],
    "Team": TEAM,
    "Training": [{"Person": "Tom", "Topic": "Health metrics", "Done on": date(2026, 11, 2)}],
    "Reviews": [{"Control": "Feedback methods", "Done on": date(2026, 4, 1)}],
}
SINCE = date(2026, 9, 1)
TRAINING = ("metric_training", "", "Sam Roe@2026-09-01")
REVIEW = ("feedback_methods", "", "Tom@2026-10-01")


def owed(tracker: Tracker, now: datetime = NOW) -> dict[tuple[str, str], tuple[str, date]]:
    """State and due day by control and owner."""
    frame = tracker.assess(now).boards.controls
    return {(row.id, row.owner): (row.state, row.due.date()) for row in frame.itertuples()}


def test_done_on_in_the_diary_counts_and_the_line_stays_for_a_while() -> None:
    """[B16] [E7]"""
    before = Tracker(TABS, History(SINCE))
    assert owed(before)["metric_training", "Sam Roe"] == ("overdue", SINCE)
    assert owed(before)["feedback_methods", "Tom"] == ("overdue", date(2026, 10, 1))
    inputs = (typed(TRAINING, done_on=date(2026, 11, 20)), typed(REVIEW, done_on=date(2026, 11, 18)))
    after = Tracker(TABS, History(SINCE, inputs=inputs))
    assert owed(after)["metric_training", "Sam Roe"] == ("upcoming", date(2027, 5, 20))
    assert owed(after)["feedback_methods", "Tom"] == ("upcoming", date(2027, 5, 18))
    lines = after.assess().actions
    done = lines[lines["state"].eq("done")]
    assert list(zip(done["client"], done["owner"], done["what"], strict=True)) == [
        ("Team", "Sam Roe", "Training on health metrics"),
        ("Team", "Tom", "Feedback collection methods"),
    ]


def test_a_control_that_fell_to_somebody_else_meanwhile_is_still_done() -> None:
    """[B16]"""
    inputs = (typed(("feedback_methods", "", "Leo@2026-10-01"), done_on=date(2026, 11, 18)),)
    assert owed(Tracker(TABS, History(SINCE, inputs=inputs)))["feedback_methods", "Tom"][0] == "upcoming"


def test_a_day_ahead_has_not_been_done_yet() -> None:
    inputs = (typed(TRAINING, done_on=date(2026, 11, 24)),)
    assert owed(Tracker(TABS, History(SINCE, inputs=inputs)))["metric_training", "Sam Roe"][0] == "overdue"


def test_it_can_be_snoozed_and_each_has_its_own_line() -> None:
    """[B16]"""
    rest = typed(TRAINING, REVIEW, snooze_until=date(2026, 12, 4), reason="course in December")
    lines = Tracker(TABS, History(SINCE, inputs=(rest,))).assess().actions
    snoozed = lines[lines["state"].eq("snoozed")]
    assert list(zip(snoozed["owner"], snoozed["why"], strict=True)) == [
        ("Sam Roe", "snoozed to 4 Dec by Sam Roe: course in December"),
        ("Tom", "snoozed to 4 Dec by Tom: course in December"),
    ]


def test_nobody_stands_in_for_a_training_and_late_is_on_watch_at_most() -> None:
    """[E10]"""
    lines = Tracker(TABS, History(SINCE)).assess().actions
    mine = lines[lines["what"].str.startswith("Take the training on how")]
    assert list(zip(mine["owner"], mine["level"], mine["late"], strict=True)) == [("Sam Roe", "watch", True)]


def test_a_tracker_without_clients_still_trains() -> None:
    """[B16]"""
    tabs = {**TABS, "Clients": [{"Client": None, "Owner": None}]}
    assert owed(Tracker(tabs, History(SINCE)))["feedback_methods", "Tom"][0] == "overdue"


def test_valid_until_sees_the_day_on_which_a_control_is_due() -> None:
    """[B16]"""
    tabs = {**TABS, "Reviews": [{"Control": "Feedback methods", "Done on": date(2026, 5, 24)}]}
    tabs["Training"] = [{"Person": name, "Topic": "Health metrics, SOP", "Done on": NOW} for name in ("Sam Roe", "Tom")]
    inputs = tuple(typed((name, "", f"x@{SINCE}"), done_on=date(2026, 11, 2)) for name in ("standard_procedures",))
    inputs += (typed(("loyalty_promotion", "", f"x@{SINCE}"), done_on=date(2026, 11, 2)),)
    assert Tracker(tabs, History(SINCE, inputs=inputs)).assess().valid_until == datetime(2026, 11, 24)


def test_a_control_needs_a_role(tmp_path: object) -> None:
    entry = 'title = "x"\nevery = "1 month"\nby = "review"\n'
    for owner in ("", 'owner = "everybody"\n'):
        path = f"{tmp_path}/playbook.toml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'extends = "agency"\n[controls.mine]\n{entry}{owner}')
        with pytest.raises(UsageError) as caught:
            load_playbook(path, {name: fact.unit for name, fact in FACTS.items()})
        assert "needs a role" in str(caught.value.details)
