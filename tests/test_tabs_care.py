"""Consent Check and Care Plan, as text, from a whole run over a small tracker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Tab
from sheets_sync.sync import Report
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import text_of

NOW = datetime(2026, 11, 23, 9)
CLIENTS: list[list[Any]] = [
    ["Client", "Owner", "Status", "Start date", "Key contact", "Consumer"],
    ["Aldgate Legal", "Priya", "active", date(2024, 2, 1), "Ruth Aldgate", None],
    ["Corvid Coffee", "Tom", "active", date(2024, 12, 2), "Al Moe", None],
    ["Dunmore Studio", "Priya", "active", date(2024, 2, 29), "Ana Roe", None],
    ["Harbour Yoga", "Tom", "active", date(2023, 5, 2), "Mina Sato", "yes"],
]
CONSENTS: list[list[Any]] = [
    ["Client", "Contact", "Purpose", "Basis", "Given on", "Evidence", "Expires on", "Withdrawn on"],
    ["Corvid Coffee", "Al Moe", "publicity", "consent", date(2026, 3, 2), "mail", date(2026, 12, 10), None],
    ["Corvid Coffee", "Al Moe", "marketing", "consent", date(2026, 3, 2), "mail", None, None],
    ["Aldgate Legal", "Ruth Aldgate", "marketing", "consent", date(2026, 1, 5), "form", None, date(2026, 11, 3)],
    ["Dunmore Studio", "Ana Roe", "publicity", "consent", date(2026, 5, 5), None, None, None],
    ["Dunmore Studio", None, "feedback", None, date(2026, 5, 5), None, None, None],
    ["Nobody Known", None, "marketing", None, date(2026, 5, 5), "mail", None, None],
]


def run(**tabs: list[list[Any]]) -> Report:
    """A whole run over these tabs."""
    config = Config()
    titles = {name.replace("_", " "): rows for name, rows in tabs.items()}
    return sync.plan(MemoryWorkbook(titles), config, sync.load(config, "agency"), NOW)


def tab_of(report: Report, id: str) -> Tab | None:
    return next((tab for tab in report.desired.tabs if tab.id == id), None)


def test_consent_check_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[B11] [B12] Stopped first, what lacks, what runs out, whom consumer law concerns."""
    tab = tab_of(run(Clients=CLIENTS, Consents=CONSENTS), "consent_check")
    assert tab is not None
    golden("consent_check.txt", text_of(tab))


def test_no_consents_and_no_consumer_no_tab() -> None:
    """[B11] Consumer law is named for clients marked as consumers only."""
    nobody = [[*row[:-1], "no" if i else row[-1]] for i, row in enumerate(CLIENTS)]
    assert tab_of(run(Clients=nobody), "consent_check") is None
    tab = tab_of(run(Clients=CLIENTS), "consent_check")
    assert tab is not None
    assert text_of(tab).count("Consumer Rights Act") == 1
