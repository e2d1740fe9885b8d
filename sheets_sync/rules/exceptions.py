"""Exceptions: for which clients the playbook says something else, and what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Problem, Ref
from sheets_sync.playbook.conditions import fires
from sheets_sync.playbook.exceptions import in_words
from sheets_sync.playbook.schema import Exception_, Playbook, Touchpoint
from sheets_sync.playbook.show import whom
from sheets_sync.rules.by_client import Array, texts
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.tables import Tables

Whose = tuple[tuple[Exception_, Array], ...]
COLUMNS = ("title", "whom", "what", "why", "clients")


def whose(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> Whose:
    """Each exception with the clients (of `facts`) that it is for, in the order of the file."""
    found = []
    for one in playbook.exceptions:
        if one.clients:
            names = {normal(name) for name in one.clients}
            mine = np.array([normal(name) in names for name in _names(facts, tables)], bool)
        else:
            mine = fires(one.when, (), facts, tables.extra, _count, now).fillna(False).to_numpy(bool)
        found.append((one, mine))
    return tuple(found)


def variants(name: str, entry: Touchpoint, exceptions: Whose) -> Iterator[tuple[Touchpoint, Array | None]]:
    """A touchpoint as it is for most clients, and as it is for others, with whom each is for (None = everybody). The
    last exception that fits a client counts [E17]."""
    changed = [(one.touchpoints[name], mine) for one, mine in exceptions if name in one.touchpoints]
    if not changed:
        yield entry, None
        return
    taken = np.zeros(len(changed[0][1]), bool)
    for variant, mine in reversed(changed):
        if not variant.off:
            yield variant, mine & ~taken
        taken |= mine
    yield entry, ~taken


def exceptions(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> pd.DataFrame:
    """Every exception and what it changes, a row a value [E17].

    title · whom (in words) · what · why · clients (how many it fits now)

                         title       whom                                                  what  why  clients
    0  Tier A is called weekly  tier is A  Check-in call › every: 7 days instead of 14 days  <NA>        5
    """
    rows = [
        (one.title, whom(one), words, one.why or None, int(mine.sum()))
        for one, mine in whose(playbook, facts, tables, now)
        for words in in_words(playbook, one)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype({"clients": "int64"})


def stray_problems(playbook: Playbook, facts: pd.DataFrame, tables: Tables) -> tuple[Problem, ...]:
    """Exceptions for a client that the tracker does not have."""
    table = tables["clients"]
    known = {normal(name) for name in _names(facts, tables)} if playbook.exceptions else set()
    return tuple(
        Problem(Ref(table.tab), f"“{name}”, whom the playbook’s exception “{one.title}” is for, is no client here.")
        for one in playbook.exceptions
        for name in one.clients
        if normal(name) not in known
    )


def _count(table: str, fields: Mapping[str, Any], days: int | None) -> pd.Series:
    raise LookupError("whom an exception is for is never told by a count")


def _names(facts: pd.DataFrame, tables: Tables) -> list[str]:
    return [name or "" for name in texts(tables["clients"].frame["client"].reindex(facts.index))]
