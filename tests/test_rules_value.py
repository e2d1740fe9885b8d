"""What a client is worth, and how far down a price can go: worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.rules.tenure import curve
from sheets_sync.rules.value import worth
from tests.typed_rows import AGENCY, NOW, Row, ago, measure, tracker

VECTOR = curve(np.array([3.0, 6, 8, 12, 12]), np.array([True, False, True, False, False]))


@pytest.mark.parametrize(
    ("stayed", "ahead", "months"),
    [
        (0, 12, 9.133),  # the whole curve: 3 + 5 × 0.8 + 4 × 0.5333
        (3, 9, 7.667),  # (5 × 0.8 + 4 × 0.5333) ÷ 0.8
        (6, 6, 4.667),  # (2 × 0.8 + 4 × 0.5333) ÷ 0.8
        (8, 4, 4.0),  # nobody left after the eighth
    ],
)
def test_the_months_ahead_of_one_who_has_stayed(stayed: float, ahead: float, months: float) -> None:
    """[A0] [C10] The area under the curve from there on, over its height there."""
    assert VECTOR.ahead(np.array([stayed]), ahead) == pytest.approx([months], abs=0.001)


@given(st.lists(st.tuples(st.floats(0.1, 60), st.booleans()), min_size=1, max_size=30), st.floats(0, 40))
def test_nobody_stays_longer_than_the_window(stays: list[tuple[float, bool]], stayed: float) -> None:
    found = curve(np.array([months for months, _ in stays]), np.array([left for _, left in stays]))
    ahead = found.ahead(np.array([stayed]), 12)[0]
    assert -1e-6 <= ahead <= 12 + 1e-6


def one(client: Row, revenue: list[Row] | None = None, others: list[Row] | None = None) -> Any:
    given = {"clients": [{"client": "A", "status": "active", **client}, *(others or [])]}
    if revenue is not None:
        given["revenue"] = [{"client": "A", **line} for line in revenue]
    row = worth(AGENCY, tracker(**given), NOW).set_index("key").loc["A"]
    return row.astype(object).where(row.notna(), None)


def test_what_they_brought_so_far() -> None:
    """[A0] Up to this month; a reduction is taken off; other clients' lines and later months don't count."""
    lines = [("2026-09-01", 1000.0), ("2026-10-01", -200.0), ("2026-11-01", 1000.0), ("2026-12-01", 1000.0)]
    found = one({}, [{"month": pd.Timestamp(month), "amount": amount} for month, amount in lines])
    assert (found.so_far, found.since) == (1800.0, pd.Timestamp("2026-09-01"))
    assert one({}, []).so_far is None, "a blank is unknown, not nothing"
    assert one({}).so_far is None


@pytest.mark.parametrize(
    ("client", "cost", "brings", "longer_fee", "state", "words"),
    [
        (
            {"monthly_fee": 2400, "margin": 0.4, "term_months": 12}, 1440, 11520, 1920, "",
            "Costs 1,440 of 2,400 a month: 40 % off is the end. 12 months bring 11,520; 24 months as much at 1,920 "
            "(20 % off).",
        ),
        ({"monthly_fee": 2400, "margin": 0.4}, 1440, None, None, "",
         "Costs 1,440 of 2,400 a month: 40 % off is the end."),
        ({"monthly_fee": 2400, "margin": 0.0, "term_months": 12}, 2400, None, None, "loss",
         "Costs 2,400 and pays 2,400 a month: nothing can come off."),
        ({"monthly_fee": 2400, "margin": -0.1}, 2640, None, None, "loss",
         "Costs 2,640 and pays 2,400 a month: nothing can come off."),
        ({"monthly_fee": 2400, "margin": 0.4, "renewal_value": 1440}, 1440, None, None, "", "Costs 1,440 of 2,400…"),
        ({"monthly_fee": 2400, "margin": 0.4, "renewal_value": 1439}, 1440, None, None, "loss",
         "Costs 1,440 of 2,400 a month: 40 % off is the end. Renewal value 1,439 is below the cost."),
        ({"monthly_fee": 2400}, None, None, None, "", ""),
        ({"margin": 0.4, "term_months": 12}, None, None, None, "", ""),
        ({"monthly_fee": 2400, "margin": 60.0}, None, None, None, "", ""),
    ],
)  # fmt: skip
def test_the_floor_of_a_price(
    client: Row, cost: float, brings: float, longer_fee: float, state: str, words: str
) -> None:
    """[C10] Never at a loss: fee less margin is the floor. A term twice as long brings as much at half the margin, so
    a longer contract beats a larger sum."""
    found = one(client)
    assert (found.cost, found.term_brings, found.longer_fee, found.state) == (cost, brings, longer_fee, state)
    assert found.sentence == words or (words.endswith("…") and found.sentence.startswith(words[:-1]))


def test_a_longer_contract_at_a_lower_fee_brings_as_much() -> None:
    """[C10]"""
    found = one({"monthly_fee": 2400.0, "margin": 0.4, "term_months": 12.0})
    assert 24 * (found.longer_fee - found.cost) == found.term_brings == 12 * (2400 - found.cost)


STAYS = [{"client": f"S{i}", "status": "active", "start_date": ago(1000), "monthly_fee": 100} for i in range(8)]
LEFT = [{"client": "L", "status": "churned", "start_date": ago(1000), "end_date": ago(500)}]


def test_the_months_to_expect_need_enough_who_were_watched_and_one_who_left() -> None:
    """[A0] [C10] “Too few to say” is a blank."""
    client = {"start_date": ago(100), "monthly_fee": 1000}
    assert one(client, others=[*STAYS, *LEFT]).window == 24
    assert one(client, others=STAYS).months is None, "nobody left"
    assert one(client, others=[*STAYS[:3], *LEFT]).months is None, "only four were watched for longer"
    assert one({"monthly_fee": 1000}, others=[*STAYS, *LEFT]).months is None, "no Start date"
    assert one({**client, "engagement": "project"}, others=[*STAYS, *LEFT]).months is None, "nothing ongoing"
    short = [{**row, "start_date": ago(300)} for row in STAYS]
    assert one(client, others=[*short, *LEFT]).months is None, "nobody but one was watched for a year"


def test_who_outlasted_all_that_can_be_seen_counts_as_the_longest_seen() -> None:
    old = one({"start_date": ago(4000), "monthly_fee": 1000}, others=[*STAYS, *LEFT])
    new = one({"start_date": ago(40), "monthly_fee": 1000}, others=[*STAYS, *LEFT])
    assert 0 < new.months < 24
    assert 0 < old.months <= 24
    assert old.expected == pytest.approx(old.months * 1000, abs=10)


def test_nothing_moves_within_a_month() -> None:
    given = tracker(clients=[*STAYS, *LEFT])
    first = worth(AGENCY, given, NOW)
    assert first.equals(worth(AGENCY, given, NOW.replace(day=30)))
    assert not first.equals(worth(AGENCY, given, NOW.replace(month=12)))


def test_the_scorecard_says_what_a_client_brings_on_average() -> None:
    """[A0]"""
    paid = [{"client": row["client"], "month": pd.Timestamp("2026-10-01"), "amount": 500.0} for row in STAYS]
    found = measure("lifetime_value", tracker(clients=[*STAYS, *LEFT], revenue=paid))
    assert (found["n"], found["verdict"], found["unit"]) == (8, "", "money")
    assert found["sentence"].startswith("4,000 so far from 8 clients, entered since Oct 2026. Of the next 24 months ")
    few = measure("lifetime_value", tracker(clients=STAYS, revenue=paid))
    assert few["value"] == 500
    assert "too few to say" in few["sentence"]
    assert measure("lifetime_value", tracker(clients=STAYS))["verdict"] == "no data"
    assert measure("lifetime_value", tracker(clients=STAYS, revenue=[]))["n"] == 0
