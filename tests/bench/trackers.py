"""Trackers to measure with: a plain one of any size, and one with every tab that sheets-sync knows, filled."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from sheets_sync.tracker.schema import TABLES, Field

TODAY = date(2026, 11, 23)
# How many rows each tab has for a thousand clients; those that are not named here have a few in all.
A_THOUSAND = {
    "clients": 1_000, "projects": 1_500, "interactions": 30_000, "issues": 1_500, "surveys": 3_000, "signals": 1_000,
    "revenue": 12_000, "results": 4_000, "opportunities": 700, "care": 1_000, "consents": 1_500, "exits": 100,
    "recovery": 200,
}  # fmt: skip
_FEW = 25
_WORDS = {
    "client": lambda rng, n: f"Client {rng.randrange(n):05}",
    "owner": lambda rng, n: f"Owner {rng.randrange(40):02}",
    "person": lambda rng, n: f"Owner {rng.randrange(40):02}",
    "tier": lambda rng, n: rng.choice("ABC"),
    "metric": lambda rng, n: rng.choice(["Leads", "Revenue", "Orders"]),
    "theme": lambda rng, n: rng.choice(["slow answers", "unclear scope", "price", "quality"]),
    "contact": lambda rng, n: f"Person {rng.randrange(n * 2)}",
    "client_id": lambda rng, n: None,
}  # fmt: skip
_AHEAD = frozenset(
    ["renewal_date", "decision_by", "planned_end", "by", "expires_on", "opinion_until", "next_date", "win_back_on"]
)


def plain(path: Path, clients: int, interactions: int) -> None:
    """A tracker with 25 Clients columns (ten of ours, fifteen of the team's own) and 8 Interactions columns."""
    rng = random.Random(clients)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Clients")
    headers = ["Client", "Owner", "Status", "Engagement", "Tier", "Start date", "Renewal date", "Monthly fee"]
    headers += ["Last contact", "Key contact", *(f"Field {i}" for i in range(15))]
    sheet.write_row(0, 0, headers)
    for i in range(clients):
        row = [f"Client {i:05}", f"Owner {i % 40:02}", "active", rng.choice(["retainer", "project", "both"])]
        sheet.write_row(i + 1, 0, [*row, rng.choice("ABC")])
        for column, when in ((5, -rng.randint(40, 1500)), (6, rng.randint(-20, 300)), (8, -rng.randint(0, 90))):
            sheet.write_datetime(i + 1, column, TODAY + timedelta(days=when), day)
        sheet.write_number(i + 1, 7, rng.randint(3, 40) * 100)
        sheet.write_string(i + 1, 9, f"Person {i}")
        for column in range(10, 25):
            sheet.write(i + 1, column, rng.randint(0, 9999) if column % 2 else f"note {rng.randint(0, 500)}")
    sheet = book.add_worksheet("Interactions")
    sheet.write_row(0, 0, ["Date", "Client", "Type", "Direction", "Channel", "By", "Summary", "Attended"])
    kinds = ["call", "e-mail", "meeting", "status update", "report", "business review"]
    for i in range(interactions):
        sheet.write_datetime(i + 1, 0, TODAY - timedelta(days=rng.randint(0, 400)), day)
        client = rng.randrange(clients)
        line = [f"Client {client:05}", rng.choice(kinds), rng.choice(["in", "out", "both"]), "phone"]
        sheet.write_row(i + 1, 1, [*line, f"Owner {client % 40:02}", f"Talked about {rng.randint(0, 999)}", ""])
    book.close()


def every_tab(path: Path, clients: int) -> None:
    """A tracker with every tab and every column of ours, most cells filled by their type."""
    rng = random.Random(clients)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "remove_timezone": True})
    formats = {"date": "yyyy-mm-dd", "month": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
    shown = {type_: book.add_format({"num_format": code}) for type_, code in formats.items()}
    for table in TABLES.values():
        if table.name == "playbook":
            continue
        sheet = book.add_worksheet(table.title)
        sheet.write_row(0, 0, [field.header for field in table.fields])
        number = A_THOUSAND[table.name] * clients // 1_000 if table.name in A_THOUSAND else _FEW
        for row in range(1, number + 1):
            for column, field in enumerate(table.fields):
                own = f"Client {row - 1:05}" if table.name == "clients" and field.name == "client" else None
                value = own or _value(field, rng, clients)
                if value is not None:
                    sheet.write(row, column, value, shown.get(field.type))
    book.close()


def _value(field: Field, rng: random.Random, clients: int) -> Any:
    """What might stand in such a column; one optional cell in five is blank."""
    if field.name in _WORDS:
        return _WORDS[field.name](rng, clients)
    if field.name not in ("date", "raised_at", "month", "amount", "value", "start", "left_on") and rng.random() < 0.2:
        return None
    return _BY_TYPE[field.type](field, rng)


def _day(field: Field, rng: random.Random) -> datetime:
    ahead = 300 if field.name in _AHEAD else 0
    return datetime.combine(TODAY + timedelta(days=rng.randint(-700, ahead or -1)), time())


_BY_TYPE: dict[str, Callable[[Field, random.Random], Any]] = {
    "date": _day,
    "moment": lambda field, rng: _day(field, rng) + timedelta(hours=rng.randint(8, 17)),
    "month": lambda field, rng: _day(field, rng).replace(day=1),
    "money": lambda field, rng: rng.randint(3, 40) * 100,
    "percent": lambda field, rng: rng.randint(5, 60) / 100,
    "number": lambda field, rng: rng.randint(0, 10),
    "yes_no": lambda field, rng: rng.choice(["yes", "no"]),
    "choice": lambda field, rng: rng.choice(list(field.choices or ())),
    "text": lambda field, rng: f"{field.header} {rng.randint(0, 300)}",
    "raw": lambda field, rng: rng.randint(0, 10),
}
