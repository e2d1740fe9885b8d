"""The words of `when`. Each is a small function of a column, an operand and now; its answer is true, false or unknown
for every client, because a blank is not fine. Nothing in a playbook is ever evaluated as code.

A column is a fact (typed) or an extra column of Clients as it stands. The operand is a value, a list (any of), or
another fact's column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np
import pandas as pd

Condition = Callable[[pd.Series, Any, datetime], pd.Series]
Count = Callable[[str, Mapping[str, Any], int | None], pd.Series]


def at_least(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return _answer(_number(values) >= _limit(operand))


def at_most(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return _answer(_number(values) <= _limit(operand))


def above(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return _answer(_number(values) > _limit(operand))


def below(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return _answer(_number(values) < _limit(operand))


def is_(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    """The same word whatever its capitals, the same number, yes or no; of a list, any."""
    if isinstance(operand, pd.Series):
        return _answer(_words(values) == _words(operand))
    wanted = {_plain_word(one) for one in (operand if isinstance(operand, list | tuple) else [operand])}
    codes, kinds = pd.factorize(values)
    hits = np.array([_plain_word(kind) in wanted for kind in kinds] + [False], dtype=bool)
    return pd.Series(pd.arrays.BooleanArray(hits[codes], codes < 0), index=values.index, copy=False)


def is_not(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return ~is_(values, operand, now)


def is_blank(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    """Never unknown; `is_blank = false` asks for a value."""
    return _answer(values.isna() == bool(operand))


def in_last_days(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    """Today is day 0: with 90, from 89 days ago until today."""
    ago = _days_ago(values, now)
    return _answer((ago >= 0) & (ago < _limit(operand)))


def at_least_days_ago(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    return _answer(_days_ago(values, now) >= _limit(operand))


def within_days(values: pd.Series, operand: Any, now: datetime) -> pd.Series:
    """From today until so many days ahead, that day included."""
    ahead = -_days_ago(values, now)
    return _answer((ahead >= 0) & (ahead <= _limit(operand)))


CONDITIONS: dict[str, Condition] = {
    "at_least": at_least,
    "at_most": at_most,
    "above": above,
    "below": below,
    "is": is_,
    "is_not": is_not,
    "is_blank": is_blank,
    "in_last_days": in_last_days,
    "at_least_days_ago": at_least_days_ago,
    "within_days": within_days,
}
NUMERIC = frozenset({"at_least", "at_most", "above", "below"})
OF_DATES = frozenset({"in_last_days", "at_least_days_ago", "within_days"})

# Which date says that a row of a table lies in the last days.
DATE_OF = {
    "projects": "start",
    "interactions": "date",
    "issues": "raised_at",
    "surveys": "answered_on",
    "signals": "date",
    "revenue": "month",
    "results": "date",
    "opportunities": "next_date",
    "care": "date",
    "consents": "given_on",
    "exits": "left_on",
    "recovery": "by",
}


def fires(
    when: Mapping[str, Any],
    any_of: Sequence[Mapping[str, Any]],
    facts: pd.DataFrame,
    extra: pd.DataFrame,
    count: Count,
    now: datetime,
) -> pd.Series:
    """All of `when`, and at least one of `any_of` where it has some; index and answers as in `evaluate`."""
    answer = evaluate(when, facts, extra, count, now)
    if not any_of:
        return answer
    return answer & reduce(or_, [evaluate(part, facts, extra, count, now) for part in any_of])


def evaluate(
    when: Mapping[str, Any], facts: pd.DataFrame, extra: pd.DataFrame, count: Count, now: datetime
) -> pd.Series:
    """Whether every line of `when` is true, by client: a "boolean" column on the index of `facts`.

    >>> evaluate({"days_since_sign_of_life": {"at_least": 30}}, facts, extra, count, now)  # doctest: +SKIP
    aldgate legal    True
    corvid coffee    <NA>
    """
    answers: list[pd.Series] = []
    for fact, conditions in when.items():
        if fact == "column":
            for header, of_column in conditions.items():
                answers += _each_of(_extra_column(extra, header, facts.index), of_column, facts, now)
        elif fact == "count":
            for table, of_table in conditions.items():
                fields = {k: v for k, v in of_table.items() if k not in CONDITIONS}
                limits = {k: v for k, v in of_table.items() if k in NUMERIC}
                number = count(table, fields, of_table.get("in_last_days")).reindex(facts.index)
                answers += _each_of(number, limits, facts, now)
        else:
            answers += _each_of(facts[fact], conditions, facts, now)
    return reduce(and_, answers) if answers else pd.Series(True, index=facts.index, dtype="boolean")


def counting(frames: Mapping[str, pd.DataFrame], index: pd.Index, now: datetime) -> Count:
    """A `count` over the tables that the tracker has (name → frame with a `key` column). Rows after now don't count;
    a table that is not there, or has no such column, counts unknown."""

    def count(table: str, fields: Mapping[str, Any], days: int | None) -> pd.Series:
        frame = frames.get(table)
        if frame is None or any(field not in frame for field in fields):
            return pd.Series(pd.NA, index=index, dtype="Float64")
        kept = pd.Series(True, index=frame.index, dtype="boolean")
        for field, wanted in fields.items():
            kept &= is_(frame[field], wanted, now)
        dates = frame[DATE_OF[table]]
        kept &= in_last_days(dates, days, now) if days is not None else (dates <= pd.Timestamp(now)) | dates.isna()
        return frame.loc[kept.fillna(False), "key"].value_counts().reindex(index, fill_value=0).astype("Float64")

    return count


def _each_of(
    values: pd.Series, conditions: Mapping[str, Any], facts: pd.DataFrame, now: datetime
) -> Iterator[pd.Series]:
    for word, operand in conditions.items():
        other = fact_named(operand)
        yield CONDITIONS[word](values, facts[other] if other else operand, now)


def fact_named(operand: object) -> str:
    """The fact that an operand such as "fact:silence_limit" names, else ""."""
    return operand.removeprefix("fact:").strip() if isinstance(operand, str) and operand.startswith("fact:") else ""


def _extra_column(extra: pd.DataFrame, header: str, index: pd.Index) -> pd.Series:
    wanted = _plain_word(header)
    named = next((column for column in extra.columns if _plain_word(column) == wanted), None)
    if named is None:
        return pd.Series(None, index=index, dtype=object)
    return extra[named].reindex(index)


def _answer(comparison: Any) -> pd.Series:
    return comparison.astype("boolean") if isinstance(comparison, pd.Series) else pd.Series(comparison, dtype="boolean")


def _number(values: pd.Series) -> pd.Series:
    if values.dtype == "Float64":
        return values
    if values.dtype == object:
        values = values.map(lambda value: None if isinstance(value, date | bool) else value)
    return pd.to_numeric(values, errors="coerce").astype("Float64")


def _limit(operand: Any) -> Any:
    return _number(operand) if isinstance(operand, pd.Series) else operand


def _days_ago(values: pd.Series, now: datetime) -> Any:
    if values.dtype == object:
        values = pd.to_datetime(values.map(lambda value: value if isinstance(value, date) else None))
    return (pd.Timestamp(now).normalize() - values.dt.normalize()).dt.days.astype("Int64")


def _words(values: pd.Series) -> pd.Series:
    return values.map(_plain_word, na_action="ignore").astype("string")


def _plain_word(value: Any) -> str:
    """Booleans read yes and no, integral numbers without a decimal point, words folded."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split()).casefold()
