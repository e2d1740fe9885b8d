"""Renewals, from a real run: the list, a page for each meeting, bounds, and nothing without a renewal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Scalar, Tab, TableBlock, cells_of
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import text_of
from tests.case_files import read_file

NOW = datetime(2026, 11, 23, 9)
CASES = Path(__file__).parent / "cases"
HEADERS: list[Scalar] = ["Client", "Owner", "Renewal date", "Monthly fee", "Last contact"]


def renewals(tabs: dict[str, list[list[Scalar]]]) -> Tab | None:
    config = Config()
    report = sync.plan(MemoryWorkbook(tabs), config, sync.load(config, "agency"), NOW)
    return next((tab for tab in report.desired.tabs if tab.id == "renewals"), None)


def of_clients(*clients: list[Scalar]) -> Tab | None:
    return renewals({"Clients": [HEADERS, *clients]})


def test_renewals_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[A70] [A71] [A72] [A73] [A74] [A75] [A76] [A77] [A78] [A79] [A80]"""
    listed, _, _, meeting = read_file(CASES / "renewals.md")
    for name, case in (("listed", listed), ("meeting", meeting)):
        tab = renewals(case.tabs)
        assert tab is not None
        golden(f"renewals_{name}.txt", text_of(tab))


def test_no_renewal_within_two_quarters_is_no_tab() -> None:
    assert of_clients(["Aldgate", "Priya", None, 900, date(2026, 11, 20)]) is None
    assert of_clients(["Aldgate", "Priya", date(2028, 1, 1), 900, date(2026, 11, 20)]) is None


def test_ten_pages_and_five_hundred_lines_at_most() -> None:
    ends = date(2026, 12, 24)
    clients: list[list[Scalar]] = [[f"Client {i:03}", "Priya", ends, 100, date(2026, 11, 20)] for i in range(600)]
    tab = of_clients(*clients)
    assert tab is not None
    assert len(tab.breaks) == 10
    assert len(next(block.rows for block in tab.blocks if isinstance(block, TableBlock))) == 500
    assert "100 more renewals not shown." in str(cells_of(tab)[2, 1].value)


def test_nothing_in_it_changes_until_a_state_does() -> None:
    client: list[Scalar] = ["Aldgate", "Priya", NOW.date() + timedelta(days=50), 900, date(2026, 11, 20)]
    config = Config()
    shown = []
    for moment in (NOW, NOW + timedelta(days=1)):
        workbook = MemoryWorkbook({"Clients": [HEADERS, client]})
        report = sync.plan(workbook, config, sync.load(config, "agency"), moment)
        shown += [text_of(tab) for tab in report.desired.tabs if tab.id == "renewals"]
    assert shown[0] == shown[1]
