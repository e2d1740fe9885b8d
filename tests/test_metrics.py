"""Recommendation and retention: every vector of their definitions, their intervals, and the way there."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.rules.measures import wilson
from sheets_sync.rules.metrics import metrics
from sheets_sync.rules.nps import net_score, promoters_needed
from sheets_sync.tracker.tables import Tables
from tests.typed_rows import AGENCY, NOW, Row, ago, clients, measure, tracker

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
def test_nps_of_its_vectors(tickets: tuple[int, int, int], score: float, verdict: str) -> None:
    found = measure("nps", answers(*tickets))
    assert found["value"] == (score if score is None else pytest.approx(score))
    assert found["verdict"] == verdict
    assert found["n"] == sum(tickets)


@pytest.mark.parametrize(("n", "half"), [(10, 41), (20, 29), (40, 21), (100, 13)])
def test_nps_interval_of_sixty_thirty_ten(n: int, half: int) -> None:
    score, width = net_score(n * 6 // 10, n // 10, n, 0.95)
    assert score == pytest.approx(50)
    assert round(width) == half if n != 10 else width > 41


def test_nps_way_there_moves_the_number_of_answers_too() -> None:
    assert promoters_needed(13, 31, 50) == 5
    assert measure("nps", answers(20, 4, 7))["way"] == "5 more promoters would reach 50."


def test_few_answers_show_counts_only() -> None:
    found = measure("nps", answers(3, 1, 0))
    assert found["sentence"] == "4 answers: 3 would recommend us, 1 in between, 0 would not."
    assert (found["low"], found["high"], found["way"]) == (None, None, "6 more answers for a first score.")


def test_nps_takes_each_contacts_latest_answer_of_a_year() -> None:
    rows = [{"client": "Acme", "contact": f"P{i}", "answered_on": ago(3), "score": 10} for i in range(10)]
    rows += [
        {"client": "Acme", "contact": " p0 ", "answered_on": ago(2), "score": 5},
        {"client": "Acme", "contact": "P1", "answered_on": ago(9), "score": 0},
        {"client": "Acme", "contact": "edge in", "answered_on": ago(364), "score": 10},
        {"client": "Acme", "contact": "edge out", "answered_on": ago(365), "score": 0},
    ]
    found = measure("nps", tracker(clients=[{"client": "Acme"}], surveys=rows))
    assert (found["n"], found["value"]) == (11, pytest.approx(100 * (10 - 1) / 11))


def test_nps_says_what_it_left_out() -> None:
    rows = [{"client": "Acme", "contact": f"P{i}", "answered_on": ago(3), "score": 10} for i in range(3)]
    rows += [
        {"client": "Acme", "answered_on": ago(3), "score": 7.5},
        {"client": "Acme", "score": 9},
        {"client": "Acme", "answered_on": ago(-1), "score": 9},
        {"client": "Nobody", "answered_on": ago(3), "score": 9},
    ]
    said = measure("nps", tracker(clients=[{"client": "Acme"}], surveys=rows))["sentence"]
    assert "3 answers" in said
    for part in ("1 with a score that is not a whole", "1 without Answered on", "1 answered after today", "1 of no kn"):
        assert part in said


def test_nps_per_client_lets_nobody_outvote() -> None:
    changed = AGENCY.settings.nps.model_copy(update={"per": "client", "least_answers": 1})
    settings = AGENCY.settings.model_copy(update={"nps": changed})
    rows = [{"client": "Big", "contact": f"P{i}", "answered_on": ago(3), "score": 0} for i in range(5)]
    rows += [{"client": f"C{i}", "answered_on": ago(3), "score": 9} for i in range(4)]
    clients = [{"client": name} for name in ("Big", "C0", "C1", "C2", "C3")]
    found = measure(
        "nps", tracker(clients=clients, surveys=rows), playbook=AGENCY.model_copy(update={"settings": settings})
    )
    assert (found["n"], found["value"]) == (5, pytest.approx(60))


def test_nps_names_the_quarters_that_have_enough() -> None:
    rows = [
        {"client": "Acme", "contact": f"P{i}", "answered_on": date(2026, month, 10), "score": score}
        for month, score in ((5, 9), (8, 7))
        for i in range(10)
    ]
    said = measure("nps", tracker(clients=[{"client": "Acme"}], surveys=rows))["sentence"]
    assert "By quarter: 100 in Q2, 0 in Q3." in said


# Clients kept [A104]


HERE = {"start_date": ago(800), "status": "active", "engagement": "retainer"}
LEFT = {"start_date": ago(800), "status": "churned", "engagement": "retainer", "end_date": ago(100)}
WON = {"start_date": ago(200), "status": "active", "engagement": "retainer"}
WON_AND_LOST = {"start_date": ago(200), "status": "churned", "engagement": "retainer", "end_date": ago(50)}


def test_retention_of_its_vector() -> None:
    found = measure("retention", clients((17, HERE), (3, LEFT), (5, WON), (1, WON_AND_LOST)))
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
def test_who_is_in_the_cohort_and_who_is_kept(extra: Row, n: int, kept: int) -> None:
    found = measure("retention", clients((9, HERE), (1, LEFT), (1, extra)))
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
def test_retention_lists_who_is_left_out(extra: Row, reason: str) -> None:
    found = measure("retention", clients((9, HERE), (1, LEFT), (1, extra)))
    assert (found["origin"], found["sentence"].endswith(f"Left out: {reason}.")) == ("9 of 10", True)


def test_retention_without_any_word_on_leaving() -> None:
    nothing = clients((5, {"start_date": ago(800)}))
    assert list(metrics(AGENCY, nothing, NOW)["verdict"]) == ["no data"] * 10
    nobody = measure("retention", clients((60, HERE)))
    assert (nobody["verdict"], nobody["sentence"][:27]) == ("can't tell yet", "Nobody who left is entered.")
    young = measure("retention", clients((5, WON), (1, WON_AND_LOST)))
    assert (young["verdict"], young["value"], young["n"]) == ("no data", None, 0)


def test_retention_met_not_met_and_the_way() -> None:
    assert measure("retention", clients((97, HERE), (3, LEFT)))["verdict"] == "met"
    found = measure("retention", clients((12, HERE), (8, LEFT)))
    assert (found["verdict"], found["way"]) == ("not met", "5 more clients kept would have reached 85 %.")


@given(st.integers(1, 300), st.data())
def test_wilson_holds_the_share_that_was_seen(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson(hits, n, 0.95)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


@given(st.integers(1, 300), st.integers(-100, 99), st.data())
def test_promoters_needed_reach_the_target_and_one_fewer_does_not(n: int, target: int, data: st.DataObject) -> None:
    net = data.draw(st.integers(-n, n))
    more = promoters_needed(net, n, target)
    if 100 * net < target * n:
        assert more > 0
        assert 100 * (net + more) >= target * (n + more) - 1e-6
        assert 100 * (net + more - 1) < target * (n + more - 1) + 1e-6
