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


CARE: list[list[Any]] = [
    ["Date", "Client", "Kind", "Detail", "Cost", "Reward owed", "Reward paid on"],
    [date(2026, 9, 2), "Corvid Coffee", "referral", "Sent us Elm", None, "One month half price", None],
    [date(2026, 9, 1), "Dunmore Studio", "referral", "Sent us Ivy", None, "Workshop", date(2026, 10, 1)],
    [date(2026, 9, 3), "Aldgate Legal", "referral", None, None, "none", None],
    [date(2026, 3, 2), "Harbour Yoga", "thank-you", "Card", 5, None, None],
    [date(2026, 2, 1), "Aldgate Legal", "goodwill", "Two hours", 300, None, None],
    [date(2025, 12, 10), "Harbour Yoga", "gift", "Hamper", 40, None, None],
    [date(2026, 10, 1), "Corvid Coffee", "loyalty activity", None, None, None, None],
]
SURVEYS: list[list[Any]] = [
    ["Client", "Sent on", "Answered on", "Score", "Again"],
    ["Corvid Coffee", date(2026, 11, 1), date(2026, 11, 3), 10, "yes"],
    ["Harbour Yoga", date(2026, 11, 1), date(2026, 11, 3), 8, "yes"],
    ["Aldgate Legal", date(2026, 11, 1), date(2026, 11, 3), 9, "yes"],
    ["Dunmore Studio", date(2026, 11, 1), date(2026, 11, 3), 8, "maybe"],
]
MORE: list[list[Any]] = [
    [*row, *more]
    for row, more in zip(
        CLIENTS,
        [
            ["Monthly fee", "Gift policy", "Loyalty member", "Loyalty tier", "Loyalty points", "Last contact"],
            [2400, "refused", None, None, None, date(2026, 11, 20)],
            [900, "welcome", "yes", "Gold", 1240, date(2026, 11, 20)],
            [1800, "small only", "no", None, None, date(2026, 11, 20)],
            [400, None, None, None, None, date(2026, 11, 20)],
        ],
        strict=True,
    )
]
TALKS: list[list[Any]] = [
    ["Date", "Client", "Type", "Direction", "Attended"],
    [date(2026, 11, 4), "Harbour Yoga", "share", "out", None],
    [date(2026, 10, 7), "Harbour Yoga", "introduction", "out", None],
    [date(2026, 9, 8), "Dunmore Studio", "invitation", "out", "yes"],
]
SIGNALS: list[list[Any]] = [
    ["Date", "Client", "Kind", "Note"],
    [date(2026, 11, 18), "Corvid Coffee", "client win", "Prize of the city"],
]


def test_care_plan_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[A33] [A53] [A95] [A96] [A97] [A98] [A99] [A100] [B5] [B9] [B10] [B15] [D12] [D18] Rewards first; who may be
    asked for what; nobody who refuses gifts is on the list."""
    tabs = {"Interactions": TALKS, "Surveys": SURVEYS, "Signals": SIGNALS}
    tab = tab_of(run(Clients=MORE, Care=CARE, Consents=CONSENTS, **tabs), "care_plan")
    assert tab is not None
    golden("care_plan.txt", text_of(tab))


def test_nothing_owed_and_nobody_to_ask_no_care_plan() -> None:
    """A tracker without its tabs has no Care Plan."""
    assert tab_of(run(Clients=[["Client"], ["Aldgate Legal"]]), "care_plan") is None


def test_the_dashboard_says_who_speaks_for_us() -> None:
    """[D18] Who recommended us, and who could be asked; nothing where nobody does."""
    dashboard = tab_of(run(Clients=MORE, Care=CARE, Surveys=SURVEYS), "dashboard")
    assert dashboard is not None
    assert "3 clients recommended us: see Care Plan." in text_of(dashboard)
    agreed = [CONSENTS[0], CONSENTS[2]]
    dashboard = tab_of(run(Clients=MORE, Surveys=SURVEYS, Consents=agreed), "dashboard")
    assert dashboard is not None
    assert "1 could be asked whom they would recommend us to: see Care Plan." in text_of(dashboard)
