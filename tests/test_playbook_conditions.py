"""The words of `when`: just under, on, just over, and blank, which is unknown and never fine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from sheets_sync.playbook.conditions import CONDITIONS, counting, evaluate, fires

NOW = datetime(2026, 11, 23, 15, 30)
INDEX = pd.Index(["a", "b", "c", "d"], name="key")
NOTHING = pd.DataFrame(index=INDEX)


def numbers(*values: float | None) -> pd.Series:
    return pd.Series(values, index=INDEX, dtype="Float64")


def words(*values: str | None) -> pd.Series:
    return pd.Series(values, index=INDEX, dtype="string")


def days(*values: str | None) -> pd.Series:
    return pd.Series(pd.to_datetime(list(values), format="ISO8601"), index=INDEX).astype("datetime64[us]")


def answers(series: pd.Series) -> list[Any]:
    assert series.dtype == "boolean"
    return [None if value is pd.NA else bool(value) for value in series]


@pytest.mark.parametrize(
    ("word", "operand", "values", "expected"),
    [
        ("at_least", 30, numbers(29, 30, 31, None), [False, True, True, None]),
        ("at_most", 30, numbers(29, 30, 31, None), [True, True, False, None]),
        ("above", 30, numbers(29, 30, 31, None), [False, False, True, None]),
        ("below", 30, numbers(29, 30, 31, None), [True, False, False, None]),
        ("is", "active", words("active", "Active ", "paused", None), [True, True, False, None]),
        ("is", ["active", "paused"], words("active", "left", "paused", None), [True, False, True, None]),
        ("is", 3, numbers(3, 4, 2.5, None), [True, False, False, None]),
        ("is_not", "active", words("active", "Active", "paused", None), [False, False, True, None]),
        ("is_not", ["active", "left"], words("active", "left", "paused", None), [False, False, True, None]),
        ("is_blank", True, words("active", "", "x", None), [False, False, False, True]),
        ("is_blank", False, words("active", "", "x", None), [True, True, True, False]),
        ("in_last_days", 90, days("2026-08-25", "2026-08-26", "2026-11-24", None), [False, True, False, None]),
        ("in_last_days", 1, days("2026-11-22", "2026-11-23", "2026-11-23 15:00", None), [False, True, True, None]),
        ("at_least_days_ago", 30, days("2026-10-25", "2026-10-24", "2026-10-23", None), [False, True, True, None]),
        ("within_days", 14, days("2026-11-22", "2026-12-07", "2026-12-08", None), [False, True, False, None]),
    ],
)
def test_condition(word: str, operand: Any, values: pd.Series, expected: list[bool | None]) -> None:
    assert answers(CONDITIONS[word](values, operand, NOW)) == expected


def test_every_condition_has_a_test_of_its_boundary() -> None:
    tested = {row[0] for row in test_condition.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    assert tested == set(CONDITIONS)


def test_yes_and_no() -> None:
    values = pd.Series([True, False, None, True], index=INDEX, dtype="boolean")
    assert answers(CONDITIONS["is"](values, True, NOW)) == [True, False, None, True]
    assert answers(CONDITIONS["is"](values, False, NOW)) == [False, True, None, False]


def test_lines_are_joined_by_and_and_unknown_stays_unknown() -> None:
    facts = pd.DataFrame({"days": numbers(40, 40, 10, None), "status": words("active", None, None, "left")})
    when = {"days": {"at_least": 30}, "status": {"is_not": ["left"]}}
    assert answers(evaluate(when, facts, NOTHING, counting({}, INDEX, NOW), NOW)) == [True, None, False, False]


def test_another_fact_as_the_limit() -> None:
    facts = pd.DataFrame({"days": numbers(29, 30, 31, 5), "limit": numbers(30, 30, 30, None)})
    when = {"days": {"at_least": "fact:limit"}}
    assert answers(evaluate(when, facts, NOTHING, counting({}, INDEX, NOW), NOW)) == [False, True, True, None]
    same = pd.DataFrame({"x": words("A", "b", None, "d"), "y": words("a", "c", "x", None)})
    found = evaluate({"x": {"is": "fact:y"}}, same, NOTHING, counting({}, INDEX, NOW), NOW)
    assert answers(found) == [True, False, None, None]


def test_any_of_some() -> None:
    facts = pd.DataFrame({"n": numbers(1, 2, 1, None), "age": numbers(3, 3, 9, 9)})
    some = [{"n": {"at_least": 2}}, {"age": {"above": 7}}]
    count = counting({}, INDEX, NOW)
    assert answers(fires({}, some, facts, NOTHING, count, NOW)) == [False, True, True, True]
    assert answers(fires({"n": {"below": 2}}, some, facts, NOTHING, count, NOW)) == [False, False, True, None]
    assert answers(fires({}, [], facts, NOTHING, count, NOW)) == [True] * 4


def test_extra_columns_as_they_stand() -> None:
    extra = pd.DataFrame({"Logins  last 30d": [2, "5", "many", None], "Seen": [date(2026, 11, 20), "x", None, 3]})
    extra.index = INDEX
    facts, count = NOTHING, counting({}, INDEX, NOW)
    below = evaluate({"column": {"logins last 30D": {"below": 3}}}, facts, extra, count, NOW)
    assert answers(below) == [True, False, None, None]
    seen = evaluate({"column": {"Seen": {"in_last_days": 7}}}, facts, extra, count, NOW)
    assert answers(seen) == [True, None, None, None]
    missing = evaluate({"column": {"No such": {"below": 3}}}, facts, extra, count, NOW)
    assert answers(missing) == [None] * 4


def test_counting_rows_of_a_table() -> None:
    signals = pd.DataFrame(
        {
            "key": pd.Series(["a", "a", "b", "b", "c", None], dtype="string"),
            "kind": pd.Series(["frustration"] * 4 + ["growth", "frustration"], dtype="string"),
            "date": pd.to_datetime(
                ["2026-08-26", "2026-11-23", "2026-08-25", "2026-11-24", "2026-11-20", "2026-11-20"]
            ),
        }
    )
    count = counting({"signals": signals}, INDEX, NOW)
    twice = {"count": {"signals": {"kind": "frustration", "in_last_days": 90, "at_least": 2}}}
    assert answers(evaluate(twice, NOTHING, NOTHING, count, NOW)) == [True, False, False, False]
    ever = {"count": {"signals": {"kind": "frustration", "at_least": 1}}}
    assert answers(evaluate(ever, NOTHING, NOTHING, count, NOW)) == [True, True, False, False]
    absent = {"count": {"surveys": {"at_most": 0}}}
    assert answers(evaluate(absent, NOTHING, NOTHING, count, NOW)) == [None] * 4
