"""Journey: where clients stand, what is in force there, where it rubs, and who fell by the wayside."""

from __future__ import annotations

from datetime import datetime

import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import cells_of
from sheets_sync.sync import Report
from sheets_sync.tabs import journey
from sheets_sync.tabs.journey import by_the_wayside
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)


@pytest.fixture(scope="module")
def report() -> Report:
    def day(month: int, number: int) -> datetime:
        return datetime(2026, month, number)

    rows = [
        ["Client", "Status", "Start date", "Renewal date", "Engagement"],
        ["Asks", "prospect", day(11, 2), None, None],
        ["New", "active", day(11, 2), None, None],
        ["Building", "active", day(1, 5), None, None],
        ["Steady", "active", day(1, 5), None, None],
        ["Renews", "active", day(1, 5), datetime(2026, 12, 20), "retainer"],
        ["Gone", "churned", day(1, 5), None, None],
    ]
    projects = [["Project", "Client", "Start"], ["Website", "Building", day(10, 5)]]
    log = [["Date", "Client", "Type"], *([day(11, 18), name, "call"] for name in ("New", "Building", "Renews"))]
    issues = [
        ["Issue", "Client", "Raised at", "Theme"],
        ["Late", "Building", day(11, 2), "Reports"],
        ["Late again", "Building", day(11, 9), "reports"],
        ["Old", "Building", day(8, 20), "invoices"],
    ]
    tabs = {"Clients": rows, "Projects": projects, "Interactions": log, "Issues": issues}
    return sync.plan(MemoryWorkbook(tabs), Config(), sync.load(Config()), NOW)


def test_each_client_stands_at_the_last_stage_that_fits(report: Report) -> None:
    """[E5] From the first inquiry to what comes after."""
    board = report.assessment.boards.journey
    assert board["stage"].tolist() == [
        "First inquiry", "Sold, and begun", "Project under way", "Ongoing", "Renewal", "Leaving, and after",
    ]  # fmt: skip
    assert board["clients"].tolist() == [1] * 6


def test_each_stage_says_what_is_in_force_and_where_it_rubs(report: Report) -> None:
    """[E4] Themes of the look-back, most often first; what is older is left out."""
    board = report.assessment.boards.journey.set_index("stage")
    assert "Kickoff" in board.at["Project under way", "touchpoints"]
    assert "First answer" in board.at["Project under way", "clocks"]
    assert "No sign of life" in board.at["Leaving, and after", "warnings"]
    assert board.at["Project under way", "rubs"] == ("reports",)
    assert board.at["Ongoing", "rubs"] == ()
    shown = "\n".join(str(cell.value) for cell in cells_of(journey.tab(report.view())).values())
    assert "The way of a client: 6 stages" in shown


def test_nobody_falls_by_the_wayside_unseen() -> None:
    """[C5] Nothing planned, and no contact within 90 days: on the 89th day it is still there, on the 90th it is not."""
    rows = [["Client", "Status"], ["Spoken", "active"], ["Forgotten", "active"], ["Paused", "paused"]]
    log = [
        ["Date", "Client", "Type"],
        [datetime(2026, 8, 26), "Spoken", "newsletter"],
        [datetime(2026, 8, 25), "Forgotten", "newsletter"],
    ]
    off = 'extends = "agency"\nname = "quiet"\n[touchpoints.business_review]\noff = true\n'
    report = sync.plan(MemoryWorkbook({"Clients": rows, "Interactions": log}), Config(), _loaded(off), NOW)
    assert report.assessment.boards.forgotten["key"].tolist() == ["forgotten"]
    assert by_the_wayside(report.view()) == "Nobody spoke with Forgotten for months, and nothing is planned."


def _loaded(text: str) -> object:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "playbook.toml"
        path.write_text(text, encoding="utf-8")
        return sync.load(Config(), str(path))
