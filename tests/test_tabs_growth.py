"""Growth as people see it: what stands in it, in what order, and when there is none of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Chart, Tab
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import text_of

NOW = datetime(2026, 11, 23, 9)
HEAD = ["Client", "Owner", "Status", "Engagement", "Service", "Start date", "Monthly fee", "Last contact", "Margin %"]
CLIENTS = [
    [*HEAD, "Term months", "Renewal value"],
    ["Aldgate Legal", "Priya", "active", "retainer", "Retainer", date(2024, 3, 1), 2400, date(2026, 6, 1), 0.4, 12],
    ["Brightwater Dental", "Tom", "active", "project", "website", date(2025, 3, 1), 1800, date(2026, 11, 20), 0.38, 12],
    ["Corvid Coffee", "Tom", "active", "project", "Brand Strategy", date(2025, 9, 1), None, date(2026, 11, 20)],
    ["Dunmore Travel", "Sam", "active", "retainer", "Retainer", date(2025, 9, 1), 700, date(2026, 11, 20), -0.05],
    ["Everly Homes", "Sam", "active", "retainer", "Retainer", date(2025, 9, 1), 1150, date(2026, 11, 20), 0.3, 6, 800],
    ["Kite & Partners", "Sam", "churned", "project", "Website", date(2024, 9, 1), 1150, date(2026, 9, 20), 0.3, 6],
]
OPPORTUNITIES = [
    ["Client", "Next service", "Stage", "Value", "Next date", "Closed on", "Outcome"],
    ["Brightwater Dental", "Booking system", "goals", 7200, date(2026, 11, 16), None, None],
    ["Everly Homes", "SEO/content retainer", "proposal", 4800, date(2026, 12, 1), None, None],
    ["Aldgate Legal", "Recruiting pages", "proposal", 5400, date(2026, 11, 2), None, None],
    ["Corvid Coffee", "Photos", "closed", 900, None, date(2026, 10, 1), "won"],
]
SIGNALS = [
    ["Date", "Client", "Kind", "Note"],
    [date(2026, 11, 18), "Corvid Coffee", "growth", "A second roastery in spring"],
    [date(2026, 11, 18), "Corvid Coffee", "budget concern", "Rent went up"],
]


def made(**tabs: Any) -> Tab | None:
    config = Config()
    report = sync.plan(MemoryWorkbook({"Clients": CLIENTS, **tabs}), config, sync.load(config, "agency"), NOW)
    return next((tab for tab in report.desired.tabs if tab.id == "growth"), None)


def test_growth_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[A3] [A56] [A57] [A58] [A60] [A61] [A62] [A63] [A64] [A65] [A66] [A67] [A68] [A69] [C10]"""
    tab = made(Opportunities=OPPORTUNITIES, Signals=SIGNALS)
    assert tab is not None
    golden("growth.txt", text_of(tab))
    assert sum(isinstance(block, Chart) for block in tab.blocks) == 1


def test_no_chart_of_one_stage_and_no_tab_without_a_row() -> None:
    one = made(Opportunities=OPPORTUNITIES[:2])
    assert one is not None
    assert not any(isinstance(block, Chart) for block in one.blocks)
    config, bare = Config(), [["Client", "Last contact"], ["A", date(2026, 11, 20)]]
    report = sync.plan(MemoryWorkbook({"Clients": bare}), config, sync.load(config, "agency"), NOW)
    assert "growth" not in [tab.id for tab in report.desired.tabs]
