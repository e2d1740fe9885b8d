"""Expansion and tenure: every vector of their definitions, published numbers, and the way there."""

from __future__ import annotations

from datetime import date, datetime
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.rules.expansion import expansion_needed
from sheets_sync.rules.tenure import curve
from tests.typed_rows import Row, ago, clients, measure, tracker

# Revenue from expansion [A105]


def lines(*groups: tuple[str, str | None, str | None, tuple[int, int], int, float]) -> list[Row]:
    """client, service, kind, first (year, month), number of months, amount a month."""
    rows = []
    for client, service, kind, (year, month), number, amount in groups:
        for k in range(number):
            when = date(year + (month - 1 + k) // 12, (month - 1 + k) % 12 + 1, 1)
            rows.append({"client": client, "service": service, "kind": kind, "month": when, "amount": amount})
    return rows


def test_expansion_of_its_vector() -> None:
    revenue = lines(
        ("A", "Website", "base", (2024, 1), 35, 370_000 / 12),
        ("A", "SEO", "expansion", (2026, 3), 9, 10_000),
        ("B", "Ads", "expansion", (2024, 1), 35, 40_000 / 12),
    )
    found = measure("expansion_share", tracker(clients=[{"client": "A"}, {"client": "B"}], revenue=revenue))
    assert found["value"] == pytest.approx(0.18)
    assert (found["origin"], found["verdict"]) == ("90,000 of 500,000", "not met")
    assert found["way"] == "12,500 more expansion revenue would reach 20 %."
    assert expansion_needed(90_000, 500_000, 0.2) == pytest.approx(12_500)


def test_expansion_kinds_that_are_blank_follow_from_first_and_second_service() -> None:
    revenue = lines(
        ("A", "Website", None, (2026, 1), 11, 100),
        ("A", "SEO", None, (2026, 7), 5, 100),
        ("B", "Website", None, (2026, 6), 4, 100),
    )
    found = measure("expansion_share", tracker(clients=[{"client": "A"}, {"client": "B"}], revenue=revenue))
    assert found["value"] == pytest.approx(500 / 2000)


def test_expansion_counts_for_twelve_months_and_then_is_base() -> None:
    def share(now: datetime) -> float:
        revenue = lines(("A", "Website", "base", (2024, 1), 35, 100), ("A", "SEO", "expansion", (2025, 6), 18, 100))
        return float(measure("expansion_share", tracker(clients=[{"client": "A"}], revenue=revenue), now)["value"])

    assert share(datetime(2026, 5, 31)) == pytest.approx(12 / 24)
    assert share(datetime(2026, 6, 30)) == pytest.approx(11 / 24)
    assert share(datetime(2026, 11, 23)) == pytest.approx(6 / 24)


def test_an_entered_kind_wins_and_contraction_is_not_in_the_total() -> None:
    revenue = lines(
        ("A", "Website", "base", (2026, 1), 10, 100),
        ("A", "SEO", "base", (2026, 5), 2, 100),
        ("A", "Website", "expansion", (2026, 10), 2, 100),
        ("A", "Website", "contraction", (2026, 10), 2, -50),
    )
    found = measure("expansion_share", tracker(clients=[{"client": "A"}], revenue=revenue))
    assert found["value"] == pytest.approx(200 / 1400)


def test_expansion_without_revenue_is_no_data() -> None:
    assert measure("expansion_share", tracker(clients=[{"client": "A"}]))["sentence"] == ("There is no Revenue tab.")
    old = tracker(clients=[{"client": "A"}], revenue=lines(("A", None, "base", (2024, 1), 3, 100)))
    found = measure("expansion_share", old)
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


def test_tenure_of_its_vector_in_a_tracker() -> None:
    five = clients(stayed(3, True), stayed(6), stayed(8, True), stayed(12.03), stayed(12.03))
    found = measure("tenure", five)
    assert found["value"] == pytest.approx(9.133, abs=0.02)
    assert (found["n"], found["verdict"]) == (5, "can't tell yet")
    assert found["sentence"].startswith("So far 8 months on average (5 clients). Within the first 12 months, 9 can")
    assert "Chance to stay 12 months: 53 %" in found["sentence"]


def test_tenure_counts_a_completed_project_as_watched_until_then() -> None:
    both = [stayed(24), stayed(24), stayed(3, True)]
    left = measure("tenure", clients(*both, stayed(6, True)))
    finished = measure("tenure", clients(*both, stayed(6, True, status="completed")))
    assert finished["value"] > left["value"]
    assert (left["n"], finished["n"]) == (4, 4)


def test_tenure_is_judged_only_when_a_year_has_been_seen() -> None:
    young = measure("tenure", clients(stayed(11), stayed(2, True)))
    assert (young["verdict"], "Nobody has been here for a year yet." in young["sentence"]) == ("can't tell yet", True)
    many = [stayed(40) for _ in range(40)] + [stayed(5, True)]
    assert measure("tenure", clients(*many))["verdict"] == "met"
    short = [stayed(2, True) for _ in range(40)] + [stayed(13)]
    assert measure("tenure", clients(*short))["verdict"] == "not met"
    assert measure("tenure", clients(stayed(40), stayed(30)))["verdict"] == "can't tell yet"


def test_tenure_leaves_out_what_has_no_dates() -> None:
    odd = [
        (1, {"status": "active"}),
        (1, {"start_date": ago(500), "status": "churned"}),
        (1, {"start_date": ago(500), "status": "completed"}),
        (1, {"start_date": ago(-9), "status": "active"}),
        (1, {"start_date": ago(9), "status": "prospect"}),
    ]
    found = measure("tenure", clients(stayed(20), stayed(3, True), *odd))
    assert found["n"] == 2
    for part in ("1 without a Start date", "1 gone without a date", "1 finished without a date", "1 starting after"):
        assert part in found["sentence"]


def test_a_completed_client_ends_with_its_last_project() -> None:
    rows = [{"client": "A", "start_date": ago(600), "status": "completed"}]
    rows += [{"client": "B", "start_date": ago(600), "status": "active"}]
    projects = [{"client": "A", "start": ago(600), "completed_on": ago(450)}]
    found = measure("tenure", tracker(clients=rows, projects=projects))
    assert found["n"] == 2
    assert "So far 12 months" in found["sentence"]


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
