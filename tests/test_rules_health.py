"""Levels: laws that hold for any score and any warnings, and what cases cannot type in (snoozes, history, clocks)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.model import Level
from sheets_sync.rules import facts as fact_room
from sheets_sync.rules import health, warnings
from sheets_sync.tracker.history import History
from tests.rule_tables import NOW, Row, agency, inputs, tables

ORDER = list(Level)
TODAY = NOW.date()


def assessed(
    *typed: Row, history: History | None = None, **rows: Any
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Clients, warnings and dimensions, without clocks."""
    given, said, past = tables(**rows), inputs(*typed), history or History()
    known = fact_room.compute(agency(), given, said, NOW)
    fired = warnings.find(agency(), known, given, past, said, NOW)
    clients, dimensions = health.assess_health(agency(), known, fired, given, past, NOW)
    return clients, fired, dimensions


days_ago = st.none() | st.integers(-3, 400)
client = st.fixed_dictionaries(
    {
        "status": st.sampled_from([None, "active", "paused", "churned", "prospect", "completed", "won back"]),
        "engagement": st.sampled_from([None, "retainer", "project", "both"]),
        "start": days_ago,
        "contact": days_ago,
        "renewal": days_ago,
        "score": st.none() | st.tuples(st.integers(0, 10), st.integers(0, 400)),
        "again": st.sampled_from([None, "yes", "no", "maybe"]),
        "issue": days_ago,
        "signal": st.sampled_from([None, "budget concern", "contact leaving", "direction change"]),
        "second": st.booleans(),
    }
)


def ago(days: int | None) -> date | None:
    return None if days is None else TODAY - timedelta(days=days)


def rows_of(made: list[dict[str, Any]]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {"clients": [], "surveys": [], "issues": [], "signals": []}
    for i, one in enumerate(made):
        name = f"C{i}"
        rows["clients"].append(
            {
                "client": name,
                "status": one["status"],
                "engagement": one["engagement"],
                "start_date": ago(one["start"]),
                "last_contact": ago(one["contact"]),
                "renewal_date": ago(one["renewal"]),
                "key_contact": "Ana Roe",
                "second_contact": "Bo Li" if one["second"] else None,
            }
        )
        if one["score"]:
            answer = {"score": one["score"][0], "answered_on": ago(one["score"][1]), "again": one["again"]}
            rows["surveys"].append({"client": name, **answer})
        if one["issue"] is not None:
            rows["issues"].append({"client": name, "issue": "Logo", "raised_at": ago(one["issue"])})
        if one["signal"]:
            rows["signals"].append({"client": name, "kind": one["signal"], "date": TODAY})
    return rows


@given(st.lists(client, min_size=1, max_size=6))
def test_laws_of_every_level(made: list[dict[str, Any]]) -> None:
    """Never better than the worst warning [B3]; a sentence of at most 110 characters for everybody [B8]; no health for
    those who are not clients now; the score in steps; never healthy by outcomes alone [C1]."""
    clients, fired, dimensions = assessed(**rows_of(made))
    known = dimensions[dimensions["state"] == "known"]
    for key, row in clients.iterrows():
        own = fired.loc[fired["key"] == key, "level"]
        assert 0 < len(row["why"]) <= 110, row["why"]
        assert " ago" not in row["why"]
        if row["status"] in agency().settings.status.no_health:
            assert row["level"] is Level.NONE
            assert pd.isna(row["score"])
            assert own.empty
            continue
        assert row["level"] is not Level.NONE
        assert all(ORDER.index(row["level"]) >= ORDER.index(level) for level in own)
        assert pd.isna(row["score"]) or row["score"] % 5 == 0
        if row["level"] is Level.OK:
            names = set(known.loc[known["key"] == key, "name"])
            assert own.empty
            assert names & {"contact", "issues", "feedback"}
            assert row["health"] in ("● Healthy", "● New")
        assert row["health"].startswith(row["level"].symbol)


@given(st.lists(client, min_size=1, max_size=4))
def test_an_unknown_dimension_never_lowers_a_known_score(made: list[dict[str, Any]]) -> None:
    """Off and unknown lower nothing: the score is the mean of what is known."""
    clients, _, dimensions = assessed(**rows_of(made))
    for key, row in clients.iterrows():
        own = dimensions[(dimensions["key"] == key) & (dimensions["state"] == "known")]
        start = made[int(str(key)[1:])]["start"]
        if pd.isna(row["score"]):
            continue
        if start is not None and start < 30:
            own = own[own["name"] == "contact"]
        mean = (own["score"] * own["weight"]).sum() / own["weight"].sum()
        assert abs(row["score"] - mean) <= 2.5 + 1e-6


SILENT = {"clients": [{"client": "A", "last_contact": "2026-09-28"}]}


def test_a_snoozed_warning_says_so_and_does_not_weigh() -> None:
    typed = {"entry": "silence", "key": "A", "snooze_until": "2026-12-04", "reason": "waiting for their board"}
    rows = {
        "clients": [{"client": "A", "last_contact": "2026-10-22"}],
        "surveys": [{"client": "A", "score": 9, "answered_on": "2026-11-01"}],
    }
    before, _, _ = assessed(**rows)
    after, fired, _ = assessed(typed, **rows)
    assert before.at["A", "level"] is Level.WATCH
    assert after.at["A", "level"] is Level.OK
    assert fired["snoozed"].tolist() == ["snoozed to 4 Dec: waiting for their board"]
    assert after.at["A", "why"].endswith("“No sign of life” is snoozed to 4 Dec: waiting for their board.")


@pytest.mark.parametrize(
    "typed",
    [
        {"entry": "silence", "key": "A", "snooze_until": "2026-12-04"},
        {"entry": "silence", "key": "A", "snooze_until": "2026-11-23", "reason": "over today"},
        {"entry": "silence", "key": "B", "snooze_until": "2026-12-04", "reason": "somebody else"},
        {"entry": "low_score", "key": "A", "snooze_until": "2026-12-04", "reason": "another warning"},
    ],
)
def test_a_snooze_needs_a_reason_and_a_day_that_lies_ahead(typed: Row) -> None:
    clients, fired, _ = assessed(typed, **SILENT)
    assert clients.at["A", "level"] is Level.RISK
    assert fired["snoozed"].tolist() == [""]


def test_a_score_is_answered_by_a_done_on_in_the_diary() -> None:
    rows = {
        "clients": [{"client": "A", "last_contact": "2026-11-20"}],
        "surveys": [{"client": "A", "score": 4, "answered_on": "2026-11-03"}],
    }
    for done, left in (("2026-11-03", 0), ("2026-11-02", 1)):
        _, fired, _ = assessed({"entry": "low_score", "key": "A", "done_on": done}, **rows)
        assert len(fired) == left


def test_since_is_the_day_from_which_a_level_stands() -> None:
    past = History(
        date(2026, 10, 1),
        ((date(2026, 10, 1), "A", Level.OK), (date(2026, 11, 1), "A", Level.RISK), (date(2026, 11, 23), "A", Level.OK)),
        (("A", "silence", date(2026, 10, 30)),),
    )
    clients, fired, _ = assessed(history=past, **SILENT)
    assert clients.at["A", "since"] == pd.Timestamp("2026-11-01")
    assert fired.at[0, "since"] == pd.Timestamp("2026-10-30")
    fresh, fired, _ = assessed(**SILENT)
    assert fresh.at["A", "since"] == fired.at[0, "since"] == pd.Timestamp(TODAY)


def test_paused_says_since_when_where_we_saw_it_happen() -> None:
    past = History(date(2026, 9, 1), ((date(2026, 9, 1), "A", Level.OK), (date(2026, 10, 2), "A", Level.NONE)))
    clients, _, _ = assessed(history=past, clients=[{"client": "A", "status": "paused"}])
    assert clients.at["A", "why"] == "Paused since 2 Oct; no return date entered."


def test_red_does_not_keep_itself_red() -> None:
    """What an escalation adds is not read by what decides on escalating [A51]."""
    given = tables(
        clients=[{"client": "A", "last_contact": "2026-11-20"}],
        issues=[{"client": "A", "issue": "Logo", "raised_at": "2026-11-23 08:00"}],
        surveys=[{"client": "A", "score": 10, "answered_on": "2026-11-03"}],
    )
    known = fact_room.compute(agency(), given, inputs(), NOW)
    line = {
        "key": "A",
        "issue": "Logo",
        "row": 2,
        "counted": "",
        "clock": "escalate",
        "state": "breached",
        "done": pd.NaT,
    }
    moment = pd.Timestamp("2026-11-23 08:00")
    clocks = pd.DataFrame([line | {"raised": moment, "deadline": moment}])
    clocks = clocks.astype({"done": "datetime64[us]"})

    def levels(facts: pd.DataFrame, last: bool) -> tuple[Level, float]:
        fired = warnings.find(agency(), facts, given, History(), inputs(), NOW)
        if last:
            fired = pd.concat([fired, warnings.find(agency(), facts, given, History(), inputs(), NOW, last=True)])
        clients, _ = health.assess_health(agency(), facts, fired, given, History(), NOW)
        return clients.at["A", "level"], clients.at["A", "score"]

    before = levels(fact_room.with_clocks(known, clocks[clocks["clock"].ne("escalate")]), last=False)
    after = levels(fact_room.with_clocks(known, clocks), last=True)
    assert before[0] is Level.WATCH
    assert after[0] is Level.RISK
    assert before == levels(fact_room.with_clocks(known, clocks.iloc[:0]), last=False)
