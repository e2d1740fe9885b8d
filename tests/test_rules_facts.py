"""The catalogue of facts: what each says on small tables, and that it says the same as a plain loop on large ones."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.rules.by_client import median_gaps
from sheets_sync.rules.contact_facts import silence_limit
from sheets_sync.rules.facts import FACTS, compute, where, with_clocks
from sheets_sync.tracker.schema import TABLES
from tests.rule_tables import NOW, Row, agency, inputs, tables

TODAY = NOW.date()


def facts(*typed: Row, **rows: Any) -> pd.DataFrame:
    return compute(agency(), tables(**rows), inputs(*typed), NOW)


def test_every_fact_is_there_with_its_type_and_a_source_in_the_schema() -> None:
    found = facts(clients=[{"client": "Aldgate"}])
    kinds = {"text": "string", "date": "datetime64[us]", "moment": "datetime64[us]", "yes/no": "boolean"}
    for name, fact in FACTS.items():
        assert str(found[name].dtype) == kinds.get(fact.unit, "Float64"), name
        table, column = fact.source.split(".")
        assert column in TABLES[table], f"{name} comes from {fact.source}"


def test_no_clients_and_no_tabs_are_no_error() -> None:
    assert len(facts(clients=[])) == 0
    assert facts(clients=[{"client": "Aldgate"}])["last_sign_of_life"].isna().all()


def test_last_contact_serves_where_it_is_later_than_the_log_or_there_is_none() -> None:
    """Mission 1F.3: Last contact is a sign of life; a column kept by hand is often ahead of the log."""
    found = facts(
        clients=[
            {"client": "Ahead", "last_contact": "2026-11-20"},
            {"client": "Behind", "last_contact": "2026-09-20"},
            {"client": "Not logged", "last_contact": "2026-11-20"},
        ],
        interactions=[
            {"client": "Ahead", "date": "2026-10-01", "type": "e-mail", "direction": "out"},
            {"client": "Behind", "date": "2026-10-01", "type": "e-mail", "direction": "out"},
        ],
    )
    assert found.at["Ahead", "last_sign_of_life"] == pd.Timestamp("2026-11-20")
    assert found.at["Ahead", "last_our_contact"] == pd.Timestamp("2026-11-20")
    assert pd.isna(found.at["Behind", "last_sign_of_life"])
    assert found.at["Behind", "last_our_contact"] == pd.Timestamp("2026-10-01")
    assert found.at["Not logged", "last_sign_of_life"] == pd.Timestamp("2026-11-20")


def test_a_done_on_in_the_diary_counts_as_the_first_type_of_its_entry() -> None:
    """Mission 1F.23: a call typed in the Diary is a sign of life, a report is only ours, a day ahead is nothing yet."""
    found = facts(
        {"entry": "check_in_call", "key": "Called", "done_on": "2026-11-20"},
        {"entry": "silence", "key": "Called back", "done_on": "2026-11-19"},
        {"entry": "performance_report", "key": "Reported", "done_on": "2026-11-20"},
        {"entry": "check_in_call", "key": "Ahead", "done_on": "2026-11-24"},
        {"entry": "no such entry", "key": "Called", "done_on": "2026-11-21"},
        clients=[{"client": name} for name in ("Called", "Called back", "Reported", "Ahead")],
        interactions=[{"client": "Called", "date": "2026-09-01", "type": "call"}],
    )
    signs = found["last_sign_of_life"]
    assert signs["Called"] == pd.Timestamp("2026-11-20")
    assert signs["Called back"] == pd.Timestamp("2026-11-19")
    assert signs[["Reported", "Ahead"]].isna().all()
    assert found.at["Reported", "last_our_contact"] == pd.Timestamp("2026-11-20")


def test_a_log_without_types_is_read_as_contacts() -> None:
    found = facts(clients=[{"client": "A"}], interactions=[{"client": "A", "date": "2026-11-20"}])
    assert found.at["A", "last_sign_of_life"] == pd.Timestamp("2026-11-20")


def test_rows_of_nobody_count_for_nobody() -> None:
    found = facts(
        clients=[{"client": "A"}],
        interactions=[{"client": None, "date": "2026-11-20", "type": "call"}],
        issues=[{"client": "Stranger", "raised_at": "2026-11-20"}],
        surveys=[{"client": None, "answered_on": "2026-11-20", "score": 1}],
        signals=[{"client": None, "date": "2026-11-20", "kind": "budget concern"}],
        projects=[{"client": None, "start": "2026-11-20"}],
        revenue=[{"client": None, "month": "2026-11-01", "amount": 1, "invoice_due": "2026-11-01"}],
    )
    row = found.loc["A"]
    assert pd.isna(row["last_sign_of_life"])
    assert pd.isna(row["latest_score"])
    assert (row["open_issues"], row["complaints"], row["unpaid_overdue"]) == (0, 0, 0)
    assert not row["budget_concern_open"]
    assert not row["has_active_project"]


def test_the_cell_behind_a_fact_is_named() -> None:
    given = tables(
        clients=[{"client": "A", "renewal_date": "2026-12-01"}],
        interactions=[
            {"client": "A", "date": "2026-11-01", "type": "call"},
            {"client": "A", "date": "2026-11-09", "type": "call"},
        ],
        surveys=[{"client": "A", "answered_on": "2026-11-09", "score": 4}],
    )
    found = compute(agency(), given, inputs(), NOW)
    assert str(where(given, found, "A", "days_since_sign_of_life")) == 'Interactions!A3 "Date"'
    assert str(where(given, found, "A", "unanswered_score")) == 'Surveys!C2 "Score"'
    assert str(where(given, found, "A", "renewal_state")) == 'Clients!B2 "Renewal date"'
    assert where(given, found, "A", "unanswered_score").client == "A"


@pytest.mark.parametrize(
    ("usual_gap", "asked_every", "limit"),
    [
        (np.nan, np.nan, 30),
        (np.nan, 14, 30),
        (np.nan, 28, 42),
        (5, np.nan, 14),
        (7, np.nan, 14),
        (7.5, np.nan, 15),
        (30, np.nan, 60),
        (31, np.nan, 60),
        (5, 14, 21),
        (12, 14, 24),
    ],
)
def test_the_silence_limit_is_the_larger_of_rhythm_and_routine(
    usual_gap: float, asked_every: float, limit: float
) -> None:
    """Mission 1F.3: the larger of rhythm and routine, both at their bounds [A27] [A81]."""
    assert silence_limit(agency().settings.silence, np.array([usual_gap]), np.array([asked_every]))[0] == limit


contacts = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 700)), max_size=60)


@given(contacts)
def test_gaps_are_those_of_a_plain_loop(entries: list[tuple[int, int]]) -> None:
    at = np.array([who for who, _ in entries], int)
    when = np.array([TODAY - timedelta(days=ago) for _, ago in entries], "datetime64[D]")
    amount, gap = median_gaps(at, when, 5)
    for who in range(5):
        days = sorted({TODAY - timedelta(days=ago) for one, ago in entries if one == who})
        apart = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
        assert amount[who] == len(days)
        assert (gap[who] == median(apart)) if apart else np.isnan(gap[who])


@given(contacts, st.randoms())
def test_the_order_of_rows_changes_nothing(entries: list[tuple[int, int]], random: Any) -> None:
    names = [f"C{i}" for i in range(5)]
    log = [{"client": names[who], "date": TODAY - timedelta(days=ago), "type": "call"} for who, ago in entries]
    found = facts(clients=[{"client": name} for name in names], interactions=log)
    random.shuffle(log)
    random.shuffle(names)
    again = facts(clients=[{"client": name} for name in names], interactions=log).loc[found.index]
    kept = [name for name in FACTS if name in found.columns]
    pd.testing.assert_frame_equal(found[kept], again[kept])


@pytest.mark.parametrize(
    ("project", "status", "words"),
    [
        ({"baseline": 100, "target": 400, "current": 400}, "met", "leads 400 of 400"),
        ({"baseline": 100, "target": 400, "current": 399, "planned_end": "2026-10-01"}, "behind", "leads 399 of 400"),
        ({"baseline": 100, "target": 400, "current": 250, "planned_end": "2027-10-23"}, "on track", "leads 250 of 400"),
        ({"baseline": 100, "target": 400, "current": 249, "planned_end": "2027-10-23"}, "behind", "leads 249 of 400"),
        ({"baseline": 60, "target": 20, "current": 20}, "met", "leads 20 of 20"),
        ({"baseline": 60, "target": 20, "current": 21, "completed_on": "2026-11-01"}, "behind", "leads 21 of 20"),
        ({"baseline": 60, "target": 20, "current": 40}, "on track", "leads 40 of 20"),
        ({"target": 400, "current": 10}, None, None),
        ({"baseline": 10, "target": 400, "current": 10}, "behind", "leads 10 of 400"),
        ({"target": 400, "current": 10, "completed_on": "2026-11-01"}, "behind", "leads 10 of 400"),
        ({"target": 400}, None, None),
        ({"current": 400}, None, None),
        ({"channels_right": 7, "channels_in_all": 7}, "met", "channels 7 of 7 right"),
        ({"channels_right": 2, "channels_in_all": 7, "completed_on": "2026-11-01"}, "behind", "channels 2 of 7 right"),
        ({"clear": True, "plan_link": "https://…"}, "met", "clear, with a plan"),
        ({"clear": True}, "on track", "no plan yet"),
        ({"clear": False, "plan_link": "https://…"}, "behind", "not clear yet"),
        ({}, None, None),
        ({"target": 1, "current": 2, "completed_on": "2025-11-23"}, None, None),
    ],
)
def test_outcomes(project: Row, status: str | None, words: str | None) -> None:
    """Met, on track, behind, or nothing where the tracker does not tell [A1]."""
    row = {"client": "A", "start": "2025-12-24", "success_metric": "Leads", **project}
    found = facts(clients=[{"client": "A"}], projects=[row]).loc["A"]
    assert (None if pd.isna(found["outcome_status"]) else found["outcome_status"]) == status
    assert (None if pd.isna(found["outcome"]) else found["outcome"]) == words


def test_the_worst_of_several_projects_counts() -> None:
    found = facts(
        clients=[{"client": "A"}],
        projects=[
            {"client": "A", "start": "2026-01-01", "target": 10, "current": 12},
            {
                "client": "A",
                "start": "2026-01-01",
                "baseline": 1,
                "target": 10,
                "current": 1,
                "success_metric": "SEO rank",
            },
            {"client": "A", "start": "2026-01-01"},
        ],
    ).loc["A"]
    assert (found["outcome_status"], found["outcome"]) == ("behind", "SEO rank 1 of 10")


def test_clocks_become_broken_promises_and_escalations_of_open_issues_only() -> None:
    found = facts(
        clients=[{"client": "A"}, {"client": "B"}],
        issues=[
            {"client": "A", "issue": "Open", "raised_at": "2026-11-02 10:00"},
            {"client": "A", "issue": "Fixed", "raised_at": "2026-11-02 10:00", "fixed_at": "2026-11-20"},
        ],
    )
    late = pd.Timestamp("2026-11-04 10:00")
    lines = [
        ("A", "Open", 2, "acknowledge", "breached", None),
        ("A", "Open", 2, "propose", "met", late),
        ("A", "Open", 2, "escalate", "breached", None),
        ("A", "Fixed", 3, "acknowledge", "breached", late),
        ("A", "Fixed", 3, "escalate", "breached", late),
    ]
    clocks = pd.DataFrame(lines, columns=["key", "issue", "row", "clock", "state", "done"])
    clocks = clocks.assign(raised=late, deadline=late, counted="2 working days: Mon to Wed")
    clocks = clocks.astype({"done": "datetime64[us]"})
    after = with_clocks(found, clocks)
    assert after["breached_clocks"].tolist() == [1, 0]
    assert after["open_escalations"].tolist() == [1, 0]
    assert after.at["A", "escalated_what"] == "“Open”"
    assert after.at["A", "escalated_on"] == late.normalize()
    ground = with_clocks(found, clocks.assign(counted="it touches money or law; the client is at risk"))
    assert ground.at["A", "escalated_what"] == "“Open” touches money or law"
    calm = with_clocks(found, clocks[clocks["clock"].ne("escalate")])
    assert calm["breached_clocks"].tolist() == [1, 0]
    assert calm["open_escalations"].tolist() == [0, 0]


def test_a_contact_ahead_leaves_silence_unknown() -> None:
    found = facts(
        clients=[{"client": "Call"}, {"client": "Newsletter"}],
        interactions=[
            {"client": "Call", "date": "2026-08-01", "type": "call"},
            {"client": "Call", "date": "2026-11-24", "type": "call"},
            {"client": "Newsletter", "date": "2026-08-01", "type": "call"},
            {"client": "Newsletter", "date": "2026-11-24", "type": "newsletter"},
        ],
    )
    assert found["contact_ahead"].tolist() == [True, False]
    assert found["days_since_sign_of_life"].isna().tolist() == [True, False]


def test_a_future_day_of_leaving_is_said_as_such() -> None:
    assert date(2026, 11, 30) > TODAY
    found = facts(
        clients=[{"client": "A", "key_contact": "Ana Roe"}],
        signals=[{"client": "A", "date": "2026-11-30", "kind": "contact leaving"}],
    )
    assert found.at["A", "contact_left"] == "Ana Roe (key contact) leaves on 30 Nov"
