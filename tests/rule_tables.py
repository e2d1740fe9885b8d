"""Tables made by hand for tests of the rules: rows by field name, typed as the reader types them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

import pandas as pd

from sheets_sync.playbook.load import load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.schema import TABLES, Field
from sheets_sync.tracker.tables import Found, Table, Tables

NOW = datetime(2026, 11, 23, 9)
Row = Mapping[str, Any]
INPUTS = ("entry", "key", "occurrence", "done_on", "outcome", "snooze_until", "reason", "row_id", "taken_on")


@cache
def agency() -> Playbook:
    return load_playbook("agency", {name: fact.unit for name, fact in FACTS.items()})


def tables(**rows: Sequence[Row]) -> Tables:
    """`tables(clients=[{"client": "Aldgate"}], issues=[…])`: a client's key is its name; tabs not named are missing."""
    by_name = {name: _table(name, rows.get(name)) for name in TABLES}
    return Tables(by_name, (), pd.DataFrame(index=by_name["clients"].frame.index))


def inputs(*rows: Row) -> pd.DataFrame:
    """What stands in the Diary's input columns."""
    frame = pd.DataFrame([{name: row.get(name) for name in INPUTS} for row in rows], columns=list(INPUTS), dtype=object)
    return frame.astype(dict.fromkeys(("done_on", "snooze_until", "taken_on"), "datetime64[us]"))


def _table(name: str, rows: Sequence[Row] | None) -> Table:
    fields = TABLES[name].fields
    given = list(rows or ())
    columns = {field.name: _column(field, [row.get(field.name) for row in given]) for field in fields}
    frame = pd.DataFrame(
        {"row": range(2, len(given) + 2), "key": pd.array([row.get("client") for row in given], "string")}
    )
    frame = frame.assign(**columns)
    if name == "clients":
        frame = frame.set_index("key")
    if rows is None:
        return Table(name, frame)
    used = [field for field in fields if any(field.name in row for row in given)]
    found = {field.name: Found(i, field.header) for i, field in enumerate(used, start=1)}
    return Table(name, frame, TABLES[name].title, 1, found)


def _column(field: Field, values: Sequence[Any]) -> Any:
    if field.type in ("date", "moment", "month"):
        return pd.Series([_moment(value) for value in values], dtype="datetime64[us]")
    if field.type in ("number", "money", "percent"):
        return pd.array(values, dtype="Float64")
    if field.type == "yes_no":
        return pd.array(values, dtype="boolean")
    return pd.array(values, dtype="string")


def _moment(value: Any) -> Any:
    """ISO text, a date, or None."""
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return datetime(value.year, value.month, value.day) if type(value) is date else value
