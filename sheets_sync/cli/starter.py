"""A new tracker as data: the tabs and columns that the schema declares, and the sample rows of the demo."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from sheets_sync.model import Scalar
from sheets_sync.tracker.on_demand_columns import HANDOVER, LOYALTY
from sheets_sync.tracker.schema import CLIENTS, TABLES, Field, TableSpec
from sheets_sync.workbooks.template import NewColumn, NewTab

if TYPE_CHECKING:
    from sheets_sync.exports.lay import Laid


@dataclass(frozen=True, slots=True)
class Group:
    """What `init --add` brings: columns of Clients, and tabs, both by our names."""

    columns: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()


# By what a team wants them for; init's help and README list the same.
GROUPS: Mapping[str, Group] = {
    "id": Group(("client_id",)),
    "service": Group(("service", "industry")),
    "contacts": Group(("second_contact", "email")),
    "renewal": Group(("renewal_stage", "renewal_value", "decision_by")),
    "leaving": Group(("end_date",), ("exits",)),
    "opinion": Group(("opinion", "opinion_by", "opinion_reason", "opinion_until")),
    "handover": Group(tuple(field.name for field in HANDOVER)),
    "loyalty": Group(tuple(field.name for field in LOYALTY), ("care",)),
    "recovery": Group((), ("recovery",)),
    "care": Group(("gift_policy",), ("care",)),
    "consent": Group(("consumer",), ("consents",)),
    "growth": Group(
        ("business_notes", "notes_checked_on", "next_goals", "margin", "term_months"), ("results", "opportunities")
    ),
    "people": Group(("team",), ("team", "training", "raci", "reviews", "holidays", "sop_feedback")),
}
# The roles that a new RACI tab begins with; a team renames them, or adds its own.
ROLES = ("Engagement manager", "Marketing specialist", "Data analyst", "Service representative")
WIDTHS = {"date": 13.0, "moment": 17.0, "money": 13.0, "number": 11.0, "percent": 11.0, "yes_no": 12.0, "month": 11.0}
LONG = {"summary", "note", "did_well", "improve", "other", "root_cause", "prevention", "issue", "first_win", "action"}
LONG |= {"handover_notes", "business_notes", "expectations", "deliverables", "next_goals", "suggestion", "promise"}
LONG |= {"problem", "staff_view", "what_would_have_helped", "learning", "detail", "task"}


def empty_tabs(add: Sequence[str] = ()) -> list[NewTab]:
    """The tabs of a new, empty tracker; `add` names groups of further Clients columns and tabs."""
    columns = {name for group in add for name in GROUPS[group].columns}
    tabs = {name for group in add for name in GROUPS[group].tabs}
    return [
        _empty_tab(spec, columns if spec is CLIENTS else set())
        for spec in TABLES.values()
        if spec.starter or spec.name in tabs
    ]


def _empty_tab(spec: TableSpec, more: Collection[str]) -> NewTab:
    columns = [_column(field) for field in spec.fields if field.starter or field.name in more]
    if spec.name == "raci":
        columns += [_role(role) for role in ROLES]
    return NewTab(spec.title, tuple(columns))


def sample_tabs(today: date) -> list[NewTab]:
    """The sample tracker's tabs: always the same clients, with dates relative to `today`."""
    return [_sample_tab(spec, today) for spec in TABLES.values() if _sample_of(spec).is_file()]


def _sample_of(spec: TableSpec) -> Traversable:
    return files("sheets_sync.templates").joinpath("demo", f"{spec.title}.csv")


def _sample_tab(spec: TableSpec, today: date) -> NewTab:
    source = _sample_of(spec)
    headers, *lines = csv.reader(source.read_text(encoding="utf-8").splitlines())
    by_header = {field.header: field for field in spec.fields}
    columns = tuple(_column(by_header[header]) if header in by_header else _role(header) for header in headers)
    rows = tuple(tuple(sample_value(text, today) for text in line) for line in lines)
    return NewTab(spec.title, columns, rows)


def filled_tabs(laid: Sequence[Laid], add: Sequence[str] = ()) -> list[NewTab]:
    """The tabs of a new tracker that an export fills, and the empty ones that are left."""
    there = [
        NewTab(tab.title, tuple(_any_column(column, i, tab.rows) for i, column in enumerate(tab.columns)), tab.rows)
        for tab in laid
    ]
    titles = {tab.title for tab in there}
    return [*there, *(tab for tab in empty_tabs(add) if tab.title not in titles)]


def _any_column(column: Field | str, place: int, rows: Sequence[Sequence[Scalar]]) -> NewColumn:
    if not isinstance(column, str):
        return _column(column)
    values = [row[place] for row in rows if row[place] is not None]
    dates = bool(values) and all(isinstance(value, date) for value in values)
    longest = max((len(str(value)) for value in values[:200]), default=0)
    width = max(len(column) + 3.0, min(longest + 2.0, 44.0))
    return NewColumn(column, "date" if dates else "text", min(width, 44.0))


def _column(field: Field) -> NewColumn:
    # A header and the button of its filter fit on one line.
    least = len(field.header) + (5.0 if field.type in ("money", "number", "percent") else 3.0)
    width = 44.0 if field.name in LONG else max(WIDTHS.get(field.type, 16.0), least)
    return NewColumn(field.header, field.type, width, field.unlocks, tuple(field.choices or ()))


def _role(name: str) -> NewColumn:
    note = "Who does the task (R), answers for it (A), is consulted (C), is informed (I)."
    return NewColumn(name, "text", len(name) + 3.0, note)


def sample_value(text: str, today: date) -> Scalar:
    """A cell of the sample: `d-3` is three days before today, `w-3 15:00` three working days before at that time,
    `m-3` the first of the month three months before; numbers typed, blank as None."""
    if not text:
        return None
    relative = re.fullmatch(r"([dwm])([+-]\d+)(?: (\d\d):(\d\d))?", text)
    if relative is None:
        if re.fullmatch(r"-?\d+\.\d+", text):
            return float(text)
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    unit, number = relative[1], int(relative[2])
    day = {"d": _days, "w": _working_days, "m": _months}[unit](today, number)
    return datetime.combine(day, time(int(relative[3]), int(relative[4]))) if relative[3] else day


def _days(today: date, number: int) -> date:
    return today + timedelta(days=number)


def _working_days(today: date, number: int) -> date:
    day, step = today, timedelta(days=1 if number > 0 else -1)
    for _ in range(abs(number)):
        day += step
        while day.weekday() >= 5:
            day += step
    return day


def _months(today: date, number: int) -> date:
    month = today.year * 12 + today.month - 1 + number
    return date(month // 12, month % 12 + 1, 1)
