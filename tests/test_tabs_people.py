"""What people see of themselves: the RACI Check as text, and the Diary where somebody is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Scalar, Tab, cells_of
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import text_of
from tests.test_rules_touchpoints import agency

NOW = datetime(2026, 11, 23, 9)
TEAM: list[list[Scalar]] = [
    ["Person", "Role", "Deputy", "Leave from", "Leave to"],
    ["Priya", "Engagement manager", "Sam", None, None],
    ["Sam", "Engagement manager", "Priya", date(2026, 11, 20), date(2026, 12, 4)],
    ["Maria", "Partner", None, date(2026, 12, 2), date(2026, 12, 6)],
    ["Noor", "Data analyst", None, None, None],
]
RACI: list[list[Scalar]] = [
    ["Task", "Engagement manager", "Data analyst", "Service representative", "Partner"],
    ["Check-in calls", "R/A", None, "I", None],
    ["Renewals", "R", None, None, "A"],
    ["Surveys", "A", "R", None, "A"],
    ["Consent checks", None, None, "R", None],
]
CLIENTS: list[list[Scalar]] = [
    ["Client", "Owner", "Engagement", "Start date", "Renewal date"],
    ["Aldgate", "Sam", "retainer", date(2025, 1, 10), date(2026, 11, 10)],
    ["Brightwater", "Priya", "retainer", date(2025, 1, 10), None],
]
LOG: list[list[Scalar]] = [
    ["Date", "Client", "Type"],
    [date(2026, 11, 9), "Aldgate", "call"],
    [date(2026, 11, 9), "Brightwater", "call"],
]


def tabs(wanted: tuple[str, ...] = (), **more: list[list[Scalar]]) -> dict[str, Tab]:
    """The generated tabs of a small tracker by id."""
    workbook = MemoryWorkbook({"Clients": CLIENTS, "Interactions": LOG} | more)
    report = sync.plan(workbook, Config(tabs=wanted), agency(), NOW)
    return {tab.id: tab for tab in report.desired.tabs}


def test_the_raci_check_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[B17]"""
    golden("raci_check.txt", text_of(tabs(("raci_check",), Team=TEAM, RACI=RACI)["raci_check"]))


def test_the_raci_check_comes_on_request_and_where_there_is_a_task() -> None:
    """[B17]"""
    assert "raci_check" not in tabs(Team=TEAM, RACI=RACI)
    assert "raci_check" not in tabs(("raci_check",), Team=TEAM)
    assert "raci_check" not in tabs(("raci_check",), Team=TEAM, RACI=RACI[:1])


def test_the_diary_goes_to_the_deputy_and_names_the_role() -> None:
    """[B1] [B17] [E10]"""
    rows: dict[int, list[str]] = {}
    for (row, _), cell in sorted(cells_of(tabs(Team=TEAM, RACI=RACI)["diary"]).items()):
        rows.setdefault(row, []).append(str(cell.value))
    heading = next(row for row, cells in rows.items() if cells[0].startswith("Priya (Engagement manager): "))
    found = [cells for row, cells in rows.items() if row > heading and "Aldgate" in cells and "Priya" in cells]
    assert found
    assert all(cells[4].startswith("For Sam, away until 4 Dec. ") for cells in found)
    assert any(cells[4].endswith("Maria answers for it.") for cells in found)


def test_everybody_has_a_page_of_their_own() -> None:
    """[E10]"""
    whole = tabs(Team=TEAM, RACI=RACI)["diary"]
    headings = [row for (row, column), cell in cells_of(whole).items() if column == 1 and cell.style == "heading"]
    assert whole.breaks == tuple(row - 1 for row in sorted(headings)[2:])
    assert whole.breaks
