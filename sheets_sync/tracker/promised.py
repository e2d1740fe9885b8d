"""Promises typed in At Risk beside those of the Recovery tab: one table, so that no rule asks where one came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pandas as pd

from sheets_sync.tracker.inputs import PROMISES
from sheets_sync.tracker.remembered import Promised
from sheets_sync.tracker.tables import Found, Tables

_DAYS = tuple(field.name for field in PROMISES.fields if field.type == "date")


def with_promises(tables: Tables, promises: Sequence[Promised]) -> Tables:
    """The tables with what was typed in At Risk as further rows of Recovery. Such a row has no sheet row: its `row` is
    below 0, and a day that could not be read is among `unreadable` by that number.

       row            key              promise         by  kept_on
    0    2  aldgate legal        A weekly call 2026-11-13      NaT
    1   -1  aldgate legal  Two hours of advice 2026-12-04      NaT
    """
    table, clients = tables["recovery"], tables["clients"].frame
    known = [one for one in promises if one.key in clients.index]
    if not known:
        return tables
    rows = [
        {name: _real(name, getattr(one, name)) for name in (field.name for field in PROMISES.fields)}
        | {"row": -number, "key": one.key, "client": clients.at[one.key, "client"]}
        for number, one in enumerate(known, start=1)
    ]
    typed = pd.DataFrame(rows, columns=list(table.frame.columns), dtype=object).astype(dict(table.frame.dtypes))
    unreadable = {
        name: dict(table.unreadable.get(name, {}))
        | {-n: words for n, one in enumerate(known, start=1) if isinstance(words := getattr(one, name), str)}
        for name in _DAYS
    }
    columns = {field.name: Found(0, field.header) for field in PROMISES.fields}
    joined = replace(
        table,
        frame=pd.concat([table.frame, typed], ignore_index=True) if len(table.frame) else typed,
        columns=columns | dict(table.columns),
        unreadable=dict(table.unreadable) | unreadable,
    )
    return replace(tables, by_name=dict(tables.by_name) | {"recovery": joined})


def _real(name: str, value: date | str | None) -> date | str | None:
    return value if isinstance(value, date) or name not in _DAYS else None
