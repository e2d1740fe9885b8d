"""A new tracker as data: the tabs and columns that the schema declares, and the sample rows of the demo."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from importlib.resources import files

from sheets_sync.model import Scalar
from sheets_sync.tracker.schema import TABLES, Field, TableSpec
from sheets_sync.workbooks.excel.new import NewColumn, NewTab

# Columns of Clients that a new tracker gets on demand (`init --add …`), by what a team wants them for.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "id": ("client_id",),
    "service": ("service", "industry"),
    "contacts": ("second_contact", "email"),
    "renewal": ("renewal_stage", "renewal_value", "decision_by"),
    "leaving": ("end_date",),
    "opinion": ("opinion", "opinion_by", "opinion_reason", "opinion_until"),
}
WIDTHS = {"date": 13.0, "moment": 17.0, "money": 13.0, "number": 11.0, "percent": 11.0, "yes_no": 12.0, "month": 11.0}
LONG = {"summary", "note", "did_well", "improve", "other", "root_cause", "prevention", "issue", "first_win", "action"}


def empty_tabs(add: Sequence[str] = ()) -> list[NewTab]:
    """The tabs of a new, empty tracker; `add` names groups of further Clients columns."""
    wanted = {name for group in add for name in GROUPS[group]}
    return [
        NewTab(spec.title, tuple(_column(field) for field in spec.fields if field.starter or field.name in wanted))
        for spec in TABLES.values()
    ]


def sample_tabs(today: date) -> list[NewTab]:
    """The sample tracker's tabs: always the same clients, with dates relative to `today`."""
    return [_sample_tab(spec, today) for spec in TABLES.values()]


def _sample_tab(spec: TableSpec, today: date) -> NewTab:
    source = files("sheets_sync.templates").joinpath("demo", f"{spec.title}.csv")
    headers, *lines = csv.reader(source.read_text(encoding="utf-8").splitlines())
    by_header = {field.header: field for field in spec.fields}
    columns = tuple(_column(by_header[header]) for header in headers)
    rows = tuple(tuple(sample_value(text, today) for text in line) for line in lines)
    return NewTab(spec.title, columns, rows)


def _column(field: Field) -> NewColumn:
    # A header and the button of its filter fit on one line.
    least = len(field.header) + (5.0 if field.type in ("money", "number", "percent") else 3.0)
    width = 44.0 if field.name in LONG else max(WIDTHS.get(field.type, 16.0), least)
    return NewColumn(field.header, field.type, width, field.unlocks, tuple(field.choices or ()))


def sample_value(text: str, today: date) -> Scalar:
    """A cell of the sample: `d-3` is three days before today, `w-3 15:00` three working days before at that time,
    `m-3` the first of the month three months before; numbers typed, blank as None."""
    if not text:
        return None
    relative = re.fullmatch(r"([dwm])([+-]\d+)(?: (\d\d):(\d\d))?", text)
    if relative is None:
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
