"""Clients derived from a tab that has several rows a client (projects, steps, orders): one client a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sheets_sync.tracker.headers import normal, normal_header

_SEVERAL_A_CLIENT = frozenset(
    [
        "project",
        "project name",
        "project title",
        "step",
        "step name",
        "task",
        "task name",
        "projekt",
        "projektname",
        "aufgabe",
        "schritt",
        "projet",
        "tache",
        "etape",
        "proyecto",
        "tarea",
        "progetto",
        "deliverable",
        "milestone",
        "matter",
        "case",
        "deal",
        "deal title",
        "opportunity",
        "opportunity name",
        "order",
        "job",
        "ticket",
        "policy",
    ]
)
_LATEST = ("last_contact",)
_EARLIEST = ("start_date",)
SHARE, AT_LEAST = 0.2, 3


def is_derived(names: Sequence[str | None], headers: Sequence[str]) -> str:
    """Why the clients are to be derived, or "" where each row is a client. One doubled name in a short list is a
    slip to be reported, so a fifth counts only from three repeating rows on."""
    known = [normal(name) for name in names if name]
    repeats = len(known) - len(set(known))
    if not repeats:
        return ""
    beside = next((header for header in headers if normal_header(header) in _SEVERAL_A_CLIENT), "")
    if beside:
        return f"names repeat beside “{beside}”"
    return (
        f"{repeats} of {len(known)} rows repeat a name" if repeats >= AT_LEAST and repeats > SHARE * len(known) else ""
    )


def derive(frame: pd.DataFrame, beside: bool) -> pd.DataFrame:
    """One row a name, at its first row. A value counts where all rows of the client agree on it, and a column where
    most clients' rows do (the expiry of each document is nobody's renewal); dates of contact by the latest, start dates
    by the earliest. `beside` (a project or step column stands there): Status is the step's, not the client's, and is
    dropped. Index and columns as `frame`, which has the column `key`."""
    rows = frame[frame["key"].notna()]
    groups = rows.groupby("key", sort=False)
    first = rows.drop_duplicates("key").set_index("key", drop=False)
    for column in frame.columns.difference(["key", "row", "client"]):
        if column in _LATEST or column in _EARLIEST:
            first[column] = groups[column].max() if column in _LATEST else groups[column].min()
            continue
        if rows[column].isna().all():
            continue
        kinds = groups[column].nunique()
        repeated = kinds[(groups.size() > 1) & (kinds > 0)]
        agreed = (kinds == 1) & bool((repeated == 1).sum() * 2 >= len(repeated))
        value = groups[column].first()
        first[column] = value.where(agreed.reindex(value.index)).astype(frame[column].dtype)
    if beside:
        first["status"] = pd.array([None] * len(first), dtype="string")
    return first


def agreed_extra(extra: pd.DataFrame) -> pd.DataFrame:
    """Extra columns of derived clients: a value where all rows of the client have it."""

    def one(values: pd.Series) -> Any:
        known = values.dropna()
        return known.iloc[0] if known.map(repr).nunique() == 1 else None

    return extra.groupby(level=0, sort=False).agg(one) if len(extra) else extra
