"""Typed tables made from a few records, and one measure of them: for the tests of the Scorecard's measures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from sheets_sync.playbook.load import load_playbook
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.facts import FACTS
from sheets_sync.rules.metrics import metrics
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found, Table, Tables

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()
DTYPES = {"date": "datetime64[us]", "moment": "datetime64[us]", "month": "datetime64[us]", "number": "Float64"}
DTYPES |= {"money": "Float64", "percent": "Float64", "yes_no": "boolean"}
Row = dict[str, Any]
AGENCY = load_playbook("agency", {name: fact.unit for name, fact in FACTS.items()})


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


def measure(name: str, tables: Tables, now: datetime = NOW, playbook: Playbook = AGENCY) -> Any:
    """A row of the metrics, blanks as None."""
    found = metrics(playbook, tables, now).set_index("id").loc[name]
    return found.where(found.notna(), None)


def ago(days: int) -> date:
    """So many days before today."""
    return TODAY - timedelta(days=days)


def clients(*groups: tuple[int, Row]) -> Tables:
    rows = [{"client": f"C{g}-{i}", **row} for g, (number, row) in enumerate(groups) for i in range(number)]
    return tracker(clients=rows)
