"""Every table and column of a tracker, declared once: name, header, type, spellings, what it is for.

A new table is one more declaration in `TABLES`. Spellings are written as people write them; choices come out as their
canonical lower-case word. Clients: client_columns.py, on_demand_columns.py; the other tabs: record_columns.py,
survey_columns.py, care_columns.py, people_columns.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sheets_sync.tracker.care_columns import CARE, CONSENTS, EXITS, OPPORTUNITIES, RECOVERY, RESULTS
from sheets_sync.tracker.client_columns import CLIENTS as _CLIENTS
from sheets_sync.tracker.fields import Field, TableSpec, Type
from sheets_sync.tracker.languages import HEADERS, TITLES
from sheets_sync.tracker.people_columns import (
    HOLIDAYS,
    PLAYBOOK,
    RACI,
    RATINGS,
    REVIEWS,
    SOP_FEEDBACK,
    TEAM,
    TRAINING,
)
from sheets_sync.tracker.record_columns import INTERACTIONS, ISSUES, PROJECTS, REVENUE, SIGNALS
from sheets_sync.tracker.survey_columns import SURVEYS
from sheets_sync.tracker.words import names

__all__ = ["CLIENTS", "KNOWN_EXTRAS", "RATINGS", "TABLES", "Field", "TableSpec", "Type"]

_RECORDS = (_CLIENTS, PROJECTS, INTERACTIONS, ISSUES, SURVEYS, SIGNALS, REVENUE)
_CARE = (RESULTS, OPPORTUNITIES, CARE, CONSENTS, EXITS, RECOVERY)
_PEOPLE = (TEAM, TRAINING, RACI, REVIEWS, HOLIDAYS, SOP_FEEDBACK, PLAYBOOK)


def _and_abroad(table: TableSpec) -> TableSpec:
    """A table that knows its columns' headers and its titles in other languages too."""
    headers, titles = HEADERS.get(table.name, {}), TITLES.get(table.name, ())
    fields = tuple(
        replace(field, abroad=headers[field.name]) if field.name in headers else field for field in table.fields
    )
    return replace(table, fields=fields, titles=(*table.titles, *titles)) if headers else table


TABLES: Mapping[str, TableSpec] = {table.name: _and_abroad(table) for table in (*_RECORDS, *_CARE, *_PEOPLE)}
CLIENTS = TABLES["clients"]

# Columns that many trackers have and that nothing of ours is: they stay the team's, and `check` names them.
KNOWN_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "next contact": names(
        "Next Contact, Next Follow Up, Follow Up Date, Callback Date, Next Call Date, Next Step Date"
    ),
    "health": names("Health, Health Score, Health Color, Risk Level, RAG, RAG Status"),
    "NPS": names("NPS, NPS Score, Net Promoter Score, Likelihood to Recommend"),
    "annual turnover": names("Annual Revenue, Turnover, Company Revenue, Jahresumsatz, Chiffre d'affaires"),
}
