"""Revenue kept, surveys answered, engagement and loyalty: laws, edges and the way to a target of the team's own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.metrics import metrics
from sheets_sync.tracker.tables import Tables
from tests.typed_rows import AGENCY, NOW, Row, ago, clients, measure, tracker


def aiming(name: Any, target: float) -> Playbook:
    """The agency playbook with a target that it doesn't name."""
    aimed = AGENCY.metrics[name].model_copy(update={"target": target})
    return AGENCY.model_copy(update={"metrics": {**AGENCY.metrics, name: aimed}})


# Revenue kept, without and with growth [A74]


def paid(*lines: tuple[str, int, int, float, str | None]) -> Tables:
    """client, year, month, amount, kind."""
    rows = [{"client": c, "month": date(y, m, 1), "amount": float(a), "kind": k} for c, y, m, a, k in lines]
    return tracker(clients=[{"client": name} for name in "ABCD"], revenue=rows)


VECTOR = (
    ("A", 2025, 10, 100, "base"),
    ("B", 2025, 10, 100, "base"),
    ("C", 2025, 10, 100, "base"),
    ("B", 2026, 10, 150, "base"),
    ("C", 2026, 10, 80, "base"),
    ("D", 2026, 10, 70, "new"),
)


def test_revenue_kept_of_its_vector() -> None:
    found = paid(*VECTOR)
    kept, grown = measure("grr", found), measure("nrr", found)
    assert (kept["value"], kept["n"], kept["origin"]) == (pytest.approx(0.6), 3, "180 of 300")
    assert (grown["value"], grown["n"], grown["origin"]) == (pytest.approx(230 / 300), 3, "230 of 300")
    assert (kept["target"], kept["verdict"], kept["way"], kept["low"]) == (None, "", "", None)


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (("A", 2026, 10, 40, "base"), 220),
        (("A", 2026, 10, 40, "expansion"), 220),
        (("A", 2026, 10, 40, None), 220),
        (("A", 2026, 10, 40, "one-off"), 180),
        (("C", 2026, 10, -30, "contraction"), 150),
        (("C", 2026, 10, 30, "contraction"), 150),
        (("A", 2026, 9, 100, "base"), 180),
        (("A", 2025, 9, 100, "base"), 180),
        (("A", 2026, 12, 100, "base"), 180),
    ],
)
def test_what_counts_as_recurring_and_when(line: Any, kept: float) -> None:
    assert measure("grr", paid(*VECTOR, line))["value"] == pytest.approx(kept / 300)


def test_the_last_month_with_any_line_is_compared() -> None:
    found = measure("grr", paid(*VECTOR, ("A", 2026, 11, 500, "one-off"), ("B", 2025, 11, 100, "base")))
    assert (found["value"], found["n"]) == (0, 1)
    assert "Nov 2026 against Nov 2025" in found["sentence"]


def test_revenue_kept_against_a_target_of_the_teams_own() -> None:
    found = measure("grr", paid(*VECTOR), playbook=aiming("grr", 0.9))
    assert (found["verdict"], found["way"]) == ("not met", "90 more a month kept would reach 90 %.")
    assert measure("grr", paid(*VECTOR), playbook=aiming("grr", 0.6))["verdict"] == "met"


money = st.floats(0, 1e6).map(lambda amount: round(amount, 2))
line = st.tuples(
    st.sampled_from("ABCD"),
    st.sampled_from([2025, 2026]),
    st.just(10),
    money,
    st.sampled_from(["base", "new", "expansion", "one-off", "contraction", None]),
)


@given(st.lists(line, max_size=20))
def test_kept_is_never_more_than_grown_nor_than_everything(lines: list[Any]) -> None:
    found = paid(("A", 2025, 10, 1, "base"), ("A", 2026, 10, 0, "base"), *lines)
    kept, grown = measure("grr", found)["value"], measure("nrr", found)["value"]
    assert (kept is None) == (grown is None)
    if kept is not None:
        assert kept <= grown + 1e-9
        assert kept <= 1 + 1e-9


# Surveys answered [B14]


def asked(*rows: Row) -> Tables:
    return tracker(clients=[{"client": "A"}, {"client": "B"}], surveys=[{"client": "A", **row} for row in rows])


ANSWER = {"answered_on": ago(30), "score": 8}


@pytest.mark.parametrize(
    ("row", "origin"),
    [
        ({"contact": "X", "sent_on": ago(28)}, "1 of 2"),
        ({"contact": "X", "sent_on": ago(27)}, "1 of 1"),
        ({"contact": "X", "sent_on": ago(27), **ANSWER}, "1 of 1"),
        ({"contact": "X", "sent_on": ago(364), **ANSWER}, "2 of 2"),
        ({"contact": "X", "sent_on": ago(365)}, "1 of 1"),
        ({"contact": "X", "sent_on": None, **ANSWER}, "1 of 1"),
        ({"contact": "X", "sent_on": ago(60), "score": 8}, "2 of 2"),
        ({"contact": "X", "sent_on": ago(60), "answered_on": ago(-1), "score": 8}, "1 of 2"),
        ({"contact": "X", "sent_on": ago(60), "answered_on": ago(30), "did_well": "All"}, "1 of 2"),
        ({"contact": " first ", "sent_on": ago(60 - 27)}, "1 of 1"),
        ({"contact": "First", "sent_on": ago(60 - 28)}, "1 of 2"),
        ({"contact": "First", "sent_on": ago(55), "kind": "annual"}, "1 of 2"),
        ({"contact": None, "sent_on": ago(60)}, "1 of 2"),
    ],
)
def test_what_counts_as_invited_and_as_answered(row: Row, origin: str) -> None:
    first = {"contact": "First", "sent_on": ago(60), **ANSWER}
    assert measure("response_rate", asked(first, row))["origin"] == origin


def test_reminders_of_nobody_in_particular_are_invitations() -> None:
    assert measure("response_rate", asked(*[{"sent_on": ago(60)}] * 3))["n"] == 3


def test_answers_against_a_target_of_the_teams_own() -> None:
    rows = [{"contact": f"P{i}", "sent_on": ago(60), **(ANSWER if i < 10 else {})} for i in range(40)]
    found = measure("response_rate", asked(*rows), playbook=aiming("response_rate", 0.5))
    assert (found["verdict"], found["way"]) == ("not met", "10 more answers would have reached 50 %.")
    near = measure("response_rate", asked(*rows), playbook=aiming("response_rate", 0.3))
    assert near["verdict"] == "can't tell yet"


def test_an_unreadable_score_was_an_answer_all_the_same() -> None:
    found = asked({"contact": "First", "sent_on": ago(60), "answered_on": ago(50)})
    surveys = found["surveys"]
    row = int(surveys.frame["row"].iloc[0])
    read = type(surveys)(**{**vars(surveys), "unreadable": {"score": {row: "8/10"}}})
    tables = Tables({**found.by_name, "surveys": read}, (), found.extra)
    assert measure("response_rate", tables)["origin"] == "1 of 1"


# Engagement [A109] [B13]


def wrote(*days: int) -> list[Row]:
    return [{"client": "A", "date": ago(day), "type": "e-mail", "direction": "in"} for day in days]


@pytest.mark.parametrize(
    ("days", "value"),
    [
        ((120, 150, 180, 210, 10, 40, 70), 1.0),
        ((120, 150, 180, 210, 10, 40), 2 / 3),
        ((120, 150, 180, 210), 0.0),
        ((120, 150, 180, 210, 10, 10, 10), 1 / 3),
        ((120, 150, 180, 10, 40, 70), None),
        ((90, 180, 270, 360, 89), 1.0),
        ((90, 181, 272, 363, 89), None),
        ((90, 180, 270, 365, 89), None),
        ((120, 150, 180, 210, 90), 0.0),
    ],
)
def test_replies_against_their_own_earlier_rhythm(days: tuple[int, ...], value: float | None) -> None:
    found = measure("engagement", tracker(clients=[{"client": "A"}], interactions=wrote(*days)))
    assert found["value"] == (value if value is None else pytest.approx(value))


def test_engagement_is_the_mean_over_clients_of_their_own_means() -> None:
    came = [{"client": "A", "date": ago(5), "type": "meeting", "attended": True}] * 3
    missed = [{"client": "B", "date": ago(5), "type": "meeting", "attended": False}]
    surveys = [{"client": "B", "contact": "X", "sent_on": ago(60), **ANSWER}]
    people = [{"client": "A"}, {"client": "B"}, {"client": "C"}, {"client": "P", "status": "paused"}]
    found = measure("engagement", tracker(clients=people, interactions=came + missed, surveys=surveys))
    assert (found["value"], found["n"], found["origin"]) == (pytest.approx(0.75), 2, "2 clients")
    assert found["sentence"] == (
        "Meetings attended 50 % (2 clients), surveys answered 100 % (1 client). Known of 2 of 3 clients."
    )


# Loyalty [B9] [B15]


def loyal(members: int, active: int, others: int = 0, care: bool = True) -> Tables:
    people = [{"client": f"M{i}", "loyalty_member": True} for i in range(members)]
    people += [{"client": f"O{i}", "loyalty_member": False} for i in range(others)]
    lines = [{"client": f"M{i}", "date": ago(i), "kind": "loyalty activity"} for i in range(active)]
    return tracker(clients=people, **({"care": lines} if care else {}))


def test_loyalty_is_members_who_took_part_of_everybody() -> None:
    found = measure("loyalty_participation", loyal(6, 3, 4))
    assert (found["value"], found["n"], found["origin"]) == (pytest.approx(0.3), 10, "3 of 10")
    assert found["verdict"] == ""


def test_loyalty_without_an_activity_is_nought_and_without_a_tab_unknown() -> None:
    assert measure("loyalty_participation", loyal(6, 0, 4))["value"] == 0
    assert measure("loyalty_participation", loyal(6, 0, 4, care=False))["verdict"] == "no data"


def test_loyalty_is_listed_only_where_there_is_anything_on_it() -> None:
    def listed(tables: Tables) -> bool:
        return "loyalty_participation" in set(metrics(AGENCY, tables, NOW)["id"])

    assert not listed(clients((3, {"status": "active"})))
    gifts = [{"client": "A", "date": ago(3), "kind": "gift"}]
    assert not listed(tracker(clients=[{"client": "A"}], care=gifts))
    activity = [{"client": "A", "date": ago(3), "kind": "loyalty activity"}]
    only_care = tracker(clients=[{"client": "A"}], care=activity)
    assert listed(only_care)
    assert measure("loyalty_participation", only_care)["verdict"] == "no data"
    assert listed(loyal(1, 0))
    older = Tables({k: v for k, v in only_care.by_name.items() if k != "care"}, (), only_care.extra)
    assert not listed(older)
