"""What the catalogue's tests share: a tracker as tabs of rows, read or run, and what was said about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Scalar
from sheets_sync.sync import Report
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.tables import Tables
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
Rows = Sequence[Sequence[Scalar]]


def read(
    *clients: Sequence[Scalar], maps: Mapping[str, TableMap] | None = None, zone: str = "", **tabs: Rows
) -> Tables:
    """A tracker whose Clients tab is `clients` (header first), read."""
    found = MemoryWorkbook({"Clients": clients, **tabs} if clients else tabs).read()
    return read_tables(found, Config(tables=maps or {}, timezone=zone), NOW)


def met(*clients: Sequence[Scalar], **tabs: Rows) -> Report:
    """The same, run by the agency playbook without writing."""
    return sync.plan(MemoryWorkbook({"Clients": clients, **tabs}), Config(), sync.load(Config()), NOW)


def column(tables: Tables, name: str, table: str = "clients") -> list[Any]:
    return [None if pd.isna(value) else value for value in tables[table].frame[name]]


def headers(tables: Tables, table: str = "clients") -> dict[str, str]:
    return {name: found.header for name, found in tables[table].columns.items()}


def said(found: Tables | Report) -> list[str]:
    return [str(problem) for problem in found.problems]


def cells(found: Tables | Report) -> list[str]:
    """The cells of all problems."""
    return [problem.ref.a1 for problem in found.problems]


def status(report: Report, name: str, header: str = "why") -> Any:
    clients = report.assessment.clients
    return dict(zip(clients["client"], clients[header], strict=True))[name]
