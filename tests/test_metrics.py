"""The four measures: every vector of their definitions, their intervals, and the way there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from math import log
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.playbook.load import load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.expansion import expansion_needed
from sheets_sync.rules.facts import FACTS
from sheets_sync.rules.measures import wilson
from sheets_sync.rules.metrics import metrics
from sheets_sync.rules.nps import net_score, promoters_needed
from sheets_sync.rules.tenure import curve
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found, Table, Tables

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()
DTYPES = {"date": "datetime64[us]", "moment": "datetime64[us]", "month": "datetime64[us]", "number": "Float64"}
DTYPES |= {"money": "Float64", "percent": "Float64", "yes_no": "boolean"}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def agency() -> Playbook:
    return load_playbook("agency", {name: fact.unit for name, fact in FACTS.items()})


def tracker(**rows: list[Row]) -> Tables:
    """Typed tables of some records; a record's client is known when Clients has its name."""
    names = {str(row["client"]) for row in rows.get("clients", [])}
    by_name = {}
    for name, spec in TABLES.items():
        given_rows = rows.get(name, [])
        columns = {
            field.name: pd.Series([row.get(field.name) for row in given_rows], dtype=object).astype(
                DTYPES.get(field.type, "string")
            )
            for field in spec.fields
        }
        frame = pd.DataFrame(columns)
        keys = [row["client"] if row.get("client") in names else None for row in given_rows]
        frame["key"] = pd.Series(keys, dtype="string")
        frame["row"] = range(2, len(frame) + 2)
        if name == "clients":
            frame = frame.set_index("key")
        used = {column for row in given_rows for column in row}
        found = {column: Found(i, spec[column].header) for i, column in enumerate(sorted(used), start=1)}
        by_name[name] = Table(name, frame, spec.title if name in rows else "", 1, found)
    return Tables(by_name, (), pd.DataFrame(index=by_name["clients"].frame.index))


def measure(playbook: Playbook, name: str, tables: Tables, now: datetime = NOW) -> Any:
    found = metrics(playbook, tables, now).set_index("id").loc[name]
    return found.where(found.notna(), None)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


# Recommend us [A36] [A103]


def answers(promoters: int = 0, passives: int = 0, detractors: int = 0) -> Tables:
    scores = [9] * promoters + [7] * passives + [6] * detractors
    surveys = [
        {"client": "Acme", "contact": f"P{i}", "answered_on": ago(i), "score": score} for i, score in enumerate(scores)
    ]
    return tracker(clients=[{"client": "Acme"}], surveys=surveys)


@pytest.mark.parametrize(
    ("tickets", "score", "verdict"),
    [
        ((12, 6, 2), 50, "can't tell yet"),
        ((12, 6, 3), 100 * (12 - 3) / 21, "can't tell yet"),
        ((0, 12, 0), 0, "not met"),
        ((95, 5, 0), 95, "met"),
        ((0, 0, 0), None, "no data"),
        ((9, 0, 0), None, "can't tell yet"),
        ((10, 0, 0), 100, "met"),
    ],
)
def test_nps_of_its_vectors(agency: Playbook, tickets: tuple[int, int, int], score: float, verdict: str) -> None:
    found = measure(agency, "nps", answers(*tickets))
    assert found["value"] == (score if score is None else pytest.approx(score))
    assert found["verdict"] == verdict
    assert found["n"] == sum(tickets)


@pytest.mark.parametrize(("n", "half"), [(10, 41), (20, 29), (40, 21), (100, 13)])
def test_nps_interval_of_sixty_thirty_ten(n: int, half: int) -> None:
    score, width = net_score(n * 6 // 10, n // 10, n, 0.95)
    assert score == pytest.approx(50)
    assert round(width) == half if n != 10 else width > 41


def test_nps_way_there_moves_the_number_of_answers_too(agency: Playbook) -> None:
    assert promoters_needed(13, 31, 50) == 5
    assert measure(agency, "nps", answers(20, 4, 7))["way"] == "5 more promoters would reach 50."


def test_few_answers_show_counts_only(agency: Playbook) -> None:
    found = measure(agency, "nps", answers(3, 1, 0))
    assert found["sentence"] == "4 answers: 3 would recommend us, 1 in between, 0 would not."
    assert (found["low"], found["high"], found["way"]) == (None, None, "6 more answers for a first score.")


def test_nps_takes_each_contacts_latest_answer_of_a_year(agency: Playbook) -> None:
    rows = [{"client": "Acme", "contact": f"P{i}", "answered_on": ago(3), "score": 10} for i in range(10)]
    rows += [
        {"client": "Acme", "contact": " p0 ", "answered_on": ago(2), "score": 5},
        {"client": "Acme", "contact": "P1", "answered_on": ago(9), "score": 0},
        {"client": "Acme", "contact": "edge in", "answered_on": ago(364), "score": 10},
        {"client": "Acme", "contact": "edge out", "answered_on": ago(365), "score": 0},
    ]
    found = measure(agency, "nps", tracker(clients=[{"client": "Acme"}], surveys=rows))
    assert (found["n"], found["value"]) == (11, pytest.approx(100 * (10 - 1) / 11))


def test_nps_says_what_it_left_out(agency: Playbook) -> None:
    rows = [{"client": "Acme", "contact": f"P{i}", "answered_on": ago(3), "score": 10} for i in range(3)]
    rows += [
        {"client": "Acme", "answered_on": ago(3), "score": 7.5},
        {"client": "Acme", "score": 9},
        {"client": "Acme", "answered_on": ago(-1), "score": 9},
        {"client": "Nobody", "answered_on": ago(3), "score": 9},
    ]
    said = measure(agency, "nps", tracker(clients=[{"client": "Acme"}], surveys=rows))["sentence"]
    assert "3 answers" in said
    for part in ("1 with a score that is not a whole", "1 without Answered on", "1 answered after today", "1 of no kn"):
        assert part in said


def test_nps_per_client_lets_nobody_outvote(agency: Playbook) -> None:
    changed = agency.settings.nps.model_copy(update={"per": "client", "least_answers": 1})
    settings = agency.settings.model_copy(update={"nps": changed})
    rows = [{"client": "Big", "contact": f"P{i}", "answered_on": ago(3), "score": 0} for i in range(5)]
    rows += [{"client": f"C{i}", "answered_on": ago(3), "score": 9} for i in range(4)]
    clients = [{"client": name} for name in ("Big", "C0", "C1", "C2", "C3")]
    found = measure(agency.model_copy(update={"settings": settings}), "nps", tracker(clients=clients, surveys=rows))
    assert (found["n"], found["value"]) == (5, pytest.approx(60))


def test_nps_names_the_quarters_that_have_enough(agency: Playbook) -> None:
    rows = [
        {"client": "Acme", "contact": f"P{i}", "answered_on": date(2026, month, 10), "score": score}
        for month, score in ((5, 9), (8, 7))
        for i in range(10)
    ]
    said = measure(agency, "nps", tracker(clients=[{"client": "Acme"}], surveys=rows))["sentence"]
    assert "By quarter: 100 in Q2, 0 in Q3." in said


# Clients kept [A104]


def clients(*groups: tuple[int, Row]) -> Tables:
    rows = [{"client": f"C{g}-{i}", **row} for g, (number, row) in enumerate(groups) for i in range(number)]
    return tracker(clients=rows)


HERE = {"start_date": ago(800), "status": "active", "engagement": "retainer"}
LEFT = {"start_date": ago(800), "status": "churned", "engagement": "retainer", "end_date": ago(100)}
WON = {"start_date": ago(200), "status": "active", "engagement": "retainer"}
WON_AND_LOST = {"start_date": ago(200), "status": "churned", "engagement": "retainer", "end_date": ago(50)}


def test_retention_of_its_vector(agency: Playbook) -> None:
    found = measure(agency, "retention", clients((17, HERE), (3, LEFT), (5, WON), (1, WON_AND_LOST)))
    assert (found["value"], found["n"], found["origin"]) == (0.85, 20, "17 of 20")
    assert found["verdict"] == "can't tell yet"
    assert found["sentence"] == (
        "3 left. With 20 clients, one is 5 points; anything from 64 to 95 % is possible. "
        "1 more client came and left within the year. Finished projects don’t count."
    )


@pytest.mark.parametrize(
    ("kept", "n", "low", "high"), [(17, 20, 64, 95), (34, 40, 71, 93), (51, 60, 74, 92), (0, 5, 0, 43), (5, 5, 57, 100)]
)
def test_wilson_of_its_vectors(kept: int, n: int, low: int, high: int) -> None:
    found = wilson(kept, n, 0.95)
    assert (round(found[0] * 100), round(found[1] * 100)) == (low, high)


@pytest.mark.parametrize(
    ("extra", "n", "kept"),
    [
        ({**HERE, "status": "paused"}, 11, 10),
        ({**HERE, "status": None}, 11, 10),
        ({**HERE, "engagement": None}, 11, 10),
        ({**HERE, "engagement": "both"}, 11, 10),
        ({**HERE, "engagement": "project"}, 10, 9),
        ({**HERE, "status": "completed", "end_date": ago(100)}, 10, 9),
        ({**HERE, "status": "prospect"}, 10, 9),
        ({**HERE, "status": "won back", "end_date": ago(100)}, 11, 10),
        ({**HERE, "status": None, "end_date": ago(100)}, 11, 9),
        ({**HERE, "end_date": ago(-30)}, 11, 10),
        ({**LEFT, "end_date": ago(0)}, 11, 9),
        ({**LEFT, "end_date": ago(-1)}, 11, 10),
        ({**LEFT, "end_date": ago(364)}, 11, 9),
        ({**LEFT, "end_date": ago(365)}, 10, 9),
        ({**HERE, "start_date": ago(365)}, 11, 10),
        ({**HERE, "start_date": ago(364)}, 10, 9),
    ],
)
def test_who_is_in_the_cohort_and_who_is_kept(agency: Playbook, extra: Row, n: int, kept: int) -> None:
    found = measure(agency, "retention", clients((9, HERE), (1, LEFT), (1, extra)))
    assert found["origin"] == f"{kept} of {n}"


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({**HERE, "start_date": None}, "1 without a Start date"),
        ({**LEFT, "end_date": None}, "1 gone without a date"),
        ({**LEFT, "end_date": ago(900)}, "1 with an end before the start"),
        ({**HERE, "end_date": ago(100)}, "1 with an End date, but still called a client"),
        ({**HERE, "start_date": ago(-5)}, "1 starting after today"),
        ({**HERE, "status": "won back", "end_date": ago(500)}, "1 won back after leaving more than a year ago"),
    ],
)
def test_retention_lists_who_is_left_out(agency: Playbook, extra: Row, reason: str) -> None:
    found = measure(agency, "retention", clients((9, HERE), (1, LEFT), (1, extra)))
    assert (found["origin"], found["sentence"].endswith(f"Left out: {reason}.")) == ("9 of 10", True)


def test_retention_without_any_word_on_leaving(agency: Playbook) -> None:
    nothing = clients((5, {"start_date": ago(800)}))
    assert list(metrics(agency, nothing, NOW)["verdict"]) == ["no data"] * 4
    nobody = measure(agency, "retention", clients((60, HERE)))
    assert (nobody["verdict"], nobody["sentence"][:27]) == ("can't tell yet", "Nobody who left is entered.")
    young = measure(agency, "retention", clients((5, WON), (1, WON_AND_LOST)))
    assert (young["verdict"], young["value"], young["n"]) == ("no data", None, 0)


def test_retention_met_not_met_and_the_way(agency: Playbook) -> None:
    assert measure(agency, "retention", clients((97, HERE), (3, LEFT)))["verdict"] == "met"
    found = measure(agency, "retention", clients((12, HERE), (8, LEFT)))
    assert (found["verdict"], found["way"]) == ("not met", "5 more clients kept would have reached 85 %.")


# Revenue from expansion [A105]


def lines(*groups: tuple[str, str | None, str | None, tuple[int, int], int, float]) -> list[Row]:
    """client, service, kind, first (year, month), number of months, amount a month."""
    rows = []
    for client, service, kind, (year, month), number, amount in groups:
        for k in range(number):
            when = date(year + (month - 1 + k) // 12, (month - 1 + k) % 12 + 1, 1)
            rows.append({"client": client, "service": service, "kind": kind, "month": when, "amount": amount})
    return rows


def test_expansion_of_its_vector(agency: Playbook) -> None:
    revenue = lines(
        ("A", "Website", "base", (2024, 1), 35, 370_000 / 12),
        ("A", "SEO", "expansion", (2026, 3), 9, 10_000),
        ("B", "Ads", "expansion", (2024, 1), 35, 40_000 / 12),
    )
    found = measure(agency, "expansion_share", tracker(clients=[{"client": "A"}, {"client": "B"}], revenue=revenue))
    assert found["value"] == pytest.approx(0.18)
    assert (found["origin"], found["verdict"]) == ("90,000 of 500,000", "not met")
    assert found["way"] == "12,500 more expansion revenue would reach 20 %."
    assert expansion_needed(90_000, 500_000, 0.2) == pytest.approx(12_500)


def test_expansion_kinds_that_are_blank_follow_from_first_and_second_service(agency: Playbook) -> None:
    revenue = lines(
        ("A", "Website", None, (2026, 1), 11, 100),
        ("A", "SEO", None, (2026, 7), 5, 100),
        ("B", "Website", None, (2026, 6), 4, 100),
    )
    found = measure(agency, "expansion_share", tracker(clients=[{"client": "A"}, {"client": "B"}], revenue=revenue))
    assert found["value"] == pytest.approx(500 / 2000)


def test_expansion_counts_for_twelve_months_and_then_is_base(agency: Playbook) -> None:
    def share(now: datetime) -> float:
        revenue = lines(("A", "Website", "base", (2024, 1), 35, 100), ("A", "SEO", "expansion", (2025, 6), 18, 100))
        return float(
            measure(agency, "expansion_share", tracker(clients=[{"client": "A"}], revenue=revenue), now)["value"]
        )

    assert share(datetime(2026, 5, 31)) == pytest.approx(12 / 24)
    assert share(datetime(2026, 6, 30)) == pytest.approx(11 / 24)
    assert share(datetime(2026, 11, 23)) == pytest.approx(6 / 24)


def test_an_entered_kind_wins_and_contraction_is_not_in_the_total(agency: Playbook) -> None:
    revenue = lines(
        ("A", "Website", "base", (2026, 1), 10, 100),
        ("A", "SEO", "base", (2026, 5), 2, 100),
        ("A", "Website", "expansion", (2026, 10), 2, 100),
        ("A", "Website", "contraction", (2026, 10), 2, -50),
    )
    found = measure(agency, "expansion_share", tracker(clients=[{"client": "A"}], revenue=revenue))
    assert found["value"] == pytest.approx(200 / 1400)


def test_expansion_without_revenue_is_no_data(agency: Playbook) -> None:
    assert measure(agency, "expansion_share", tracker(clients=[{"client": "A"}]))["sentence"] == (
        "There is no Revenue tab."
    )
    old = tracker(clients=[{"client": "A"}], revenue=lines(("A", None, "base", (2024, 1), 3, 100)))
    found = measure(agency, "expansion_share", old)
    assert (found["verdict"], found["value"], found["n"]) == ("no data", None, 0)


# How long clients stay [A106]


def test_curve_of_the_worked_vector() -> None:
    months, left = np.array([3.0, 6, 8, 12, 12]), np.array([True, False, True, False, False])
    found = curve(months, left)
    assert found.at(2.9) == 1
    assert found.at(3) == pytest.approx(0.8)
    assert found.at(8) == pytest.approx(0.8 * (1 - 1 / 3))
    assert found.mean_within(12) == pytest.approx(9.1333, abs=1e-4)
    assert months[left].mean() == 5.5
    assert months.mean() == pytest.approx(8.2)


def test_curve_against_the_published_remission_times() -> None:
    """The 6-MP arm of Freireich's leukaemia trial, as printed in the textbooks."""
    months = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float)
    censored = {3, 5, 7, 8, 11, 12, 13, 16, 17, 18, 19, 20}
    found = curve(months, np.array([i not in censored for i in range(21)]))
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {month: round(found.at(month), 3) for month in published} == published
    bounds = {6: (0.620, 0.952), 10: (0.503, 0.889), 23: (0.188, 0.680)}
    for month, (low, high) in bounds.items():
        assert found.chance_between(month, 1, 0.95) == pytest.approx((low, high), abs=0.0006)
    assert (round(found.mean_within(35), 1), round(found.mean_error(35), 2)) == (23.3, 2.83)


def test_curve_of_constant_leaving_finds_what_plain_means_miss() -> None:
    """15 % a year, joined evenly over three years: leavers' mean 11, everyone's 15, yet 28.5 of 36 can be expected."""
    n, rate = 20_000, -log(0.85) / 12
    joined_ago = np.linspace(0.001, 36, n)
    life = -np.log(np.random.default_rng(1).random(n)) / rate
    months, left = np.minimum(life, joined_ago), life <= joined_ago
    found = curve(months, left)
    assert found.at(12) == pytest.approx(0.85, abs=0.01)
    assert found.mean_within(36) == pytest.approx(28.5, abs=0.3)
    assert months[left].mean() == pytest.approx(11, abs=0.6)
    assert months.mean() == pytest.approx(15, abs=0.6)


def stayed(months: float, left: bool = False, **more: Any) -> tuple[int, Row]:
    """A client whose stay ended so many months after its start, or is still running."""
    days = round(months * 30.4375)
    if left:
        return 1, {"start_date": ago(days + 400), "end_date": ago(400), "status": "churned", **more}
    return 1, {"start_date": ago(days), "status": "active", **more}


def test_tenure_of_its_vector_in_a_tracker(agency: Playbook) -> None:
    found = measure(agency, "tenure", clients(stayed(3, True), stayed(6), stayed(8, True), stayed(12.03), stayed(12.03)))
    assert found["value"] == pytest.approx(9.133, abs=0.02)
    assert (found["n"], found["verdict"]) == (5, "can't tell yet")
    assert found["sentence"].startswith("So far 8 months on average (5 clients). Within the first 12 months, 9 can")
    assert "Chance to stay 12 months: 53 %" in found["sentence"]


def test_tenure_counts_a_completed_project_as_watched_until_then(agency: Playbook) -> None:
    both = [stayed(24), stayed(24), stayed(3, True)]
    left = measure(agency, "tenure", clients(*both, stayed(6, True)))
    finished = measure(agency, "tenure", clients(*both, stayed(6, True, status="completed")))
    assert finished["value"] > left["value"]
    assert (left["n"], finished["n"]) == (4, 4)


def test_tenure_is_judged_only_when_a_year_has_been_seen(agency: Playbook) -> None:
    young = measure(agency, "tenure", clients(stayed(11), stayed(2, True)))
    assert (young["verdict"], "Nobody has been here for a year yet." in young["sentence"]) == ("can't tell yet", True)
    many = [stayed(40) for _ in range(40)] + [stayed(5, True)]
    assert measure(agency, "tenure", clients(*many))["verdict"] == "met"
    short = [stayed(2, True) for _ in range(40)] + [stayed(13)]
    assert measure(agency, "tenure", clients(*short))["verdict"] == "not met"
    assert measure(agency, "tenure", clients(stayed(40), stayed(30)))["verdict"] == "can't tell yet"


def test_tenure_leaves_out_what_has_no_dates(agency: Playbook) -> None:
    odd = [
        (1, {"status": "active"}),
        (1, {"start_date": ago(500), "status": "churned"}),
        (1, {"start_date": ago(500), "status": "completed"}),
        (1, {"start_date": ago(-9), "status": "active"}),
        (1, {"start_date": ago(9), "status": "prospect"}),
    ]
    found = measure(agency, "tenure", clients(stayed(20), stayed(3, True), *odd))
    assert found["n"] == 2
    for part in ("1 without a Start date", "1 gone without a date", "1 finished without a date", "1 starting after"):
        assert part in found["sentence"]


def test_a_completed_client_ends_with_its_last_project(agency: Playbook) -> None:
    rows = [{"client": "A", "start_date": ago(600), "status": "completed"}]
    rows += [{"client": "B", "start_date": ago(600), "status": "active"}]
    projects = [{"client": "A", "start": ago(600), "completed_on": ago(450)}]
    found = measure(agency, "tenure", tracker(clients=rows, projects=projects))
    assert found["n"] == 2
    assert "So far 12 months" in found["sentence"]


# Laws


@given(st.lists(st.tuples(st.integers(1, 60), st.booleans()), min_size=1, max_size=40))
def test_curve_falls_and_stays_within_bounds(stays: list[tuple[int, bool]]) -> None:
    months = np.array([float(month) for month, _ in stays])
    found = curve(months, np.array([left for _, left in stays]))
    shares = [found.at(month) for month in range(61)]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= share <= 1 for share in shares)
    horizon = min(36.0, found.longest)
    assert 0 < found.mean_within(horizon) <= horizon + 1e-9
    assert found.mean_within(horizon) >= min(float(months.mean()), horizon) - 1e-9 or horizon < found.longest


@given(st.integers(1, 300), st.data())
def test_wilson_holds_the_share_that_was_seen(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n, 0.95)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1
