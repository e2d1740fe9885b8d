"""Voice, Exit Review, the kinds of issues on the Scorecard and the Dashboard's sentences, from a small tracker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Chart, Level, Scalar, Tab, TableBlock, cells_of
from sheets_sync.sync import Report
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import text_of

NOW = datetime(2026, 11, 23, 9)
CLIENTS = [
    ["Client", "Owner", "Status", "Service", "Monthly fee", "End date"],
    ["Aldgate Legal", "Priya", "active", "Retainer", 2400, None],
    ["Brightwater Dental", "Tom", "active", "Website", 1800, None],
    ["Corvid Coffee", "Tom", "active", "Website", 900, None],
    ["Dunmore Travel", "Priya", "active", "Retainer", 1450, None],
    ["Kite & Partners", "Ana", "churned", "Retainer", None, None],
    ["Umbra Lighting", "Ana", "churned", "Retainer", None, datetime(2026, 3, 13)],
    ["Yarrow Clinics", "Priya", "won back", "Retainer", 2100, None],
]


def day(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def surveys(rows: list[tuple[str, ...]]) -> list[list[Scalar]]:
    head: list[Scalar] = ["Client", "Contact", "Sent on", "Answered on", "Score", "Did well", "Improve", "Again",
                          "Action", "Action owner", "Action done on"]  # fmt: skip
    return [head, *([c, p, day(s), day(a), int(n) if n else None, w, i, g, x, o, day(d)]
                    for c, p, s, a, n, w, i, g, x, o, d in rows)]  # fmt: skip


ANSWERS = [
    ("Aldgate Legal", "Mr Lamb", "2026-11-01", "2026-11-03", "4", "Friendly people", "We hear nothing about reports",
     "maybe", "", "", ""),
    ("Brightwater Dental", "Dr Marsh", "2026-10-01", "2026-10-05", "9", "Fast start", "", "yes", "", "", ""),
    ("Corvid Coffee", "Nils", "2026-10-01", "2026-10-06", "8", "", "Shorter meetings", "yes",
     "Cut the weekly to 20 minutes", "Tom", ""),
    ("Dunmore Travel", "Ana Roe", "2026-08-03", "2026-08-05", "6", "", "Invoices by project", "no",
     "Project on every invoice", "Priya", "2026-08-20"),
    ("Dunmore Travel", "Bo", "2026-11-12", "", "", "", "", "", "", "", ""),
]  # fmt: skip
ISSUES: list[list[Scalar]] = [
    ["Issue", "Client", "Kind", "Theme", "Raised at", "Acknowledged at", "Proposed at", "Fixed at"],
    ["Report late", "Dunmore Travel", "complaint", "Reports", *map(day, (
        "2026-11-02 10:00", "2026-11-02 11:00", "2026-11-03 09:00", "2026-11-04 10:00"))],
    ["Report empty", "Yarrow Clinics", "complaint", "report", *map(day, (
        "2026-11-09 10:00", "2026-11-10 15:00", "2026-11-10 09:00", "2026-11-11 10:00"))],
    ["Logo wrong", "Corvid Coffee", "problem", "", *map(day, (
        "2026-11-09 10:00", "2026-11-09 10:10", "2026-11-09 12:00", "2026-11-09 16:00"))],
]  # fmt: skip
EXITS: list[list[Scalar]] = [
    ["Client", "Left on", "Reason", "Preventable", "What would have helped", "Interview on", "Learning",
     "Win back on"],
    ["Kite & Partners", day("2026-07-31"), "Felt unheard", "yes", "A call after each report", day("2026-08-07"),
     "Ring within two days", day("2027-02-01")],
    ["Yarrow Clinics", day("2026-01-02"), "felt unheard", "yes", "One contact", None, "Name one person", None],
]  # fmt: skip


def run(**tabs: list[list[Scalar]]) -> Report:
    config = Config()
    workbook = MemoryWorkbook({"Clients": CLIENTS, **{name.capitalize(): rows for name, rows in tabs.items()}})
    return sync.plan(workbook, config, sync.load(config, "agency"), NOW)


def tab(report: Report, id: str) -> Tab | None:
    return next((one for one in report.desired.tabs if one.id == id), None)


@pytest.mark.parametrize("id", ["voice", "exit_review"])
def test_tab_reads_as_its_golden(id: str, golden: Callable[[str, str], None]) -> None:
    """[A29] [A30] [A36] [A37] [A38] [A39] [A40] [A41] [A92] [B4] [C12] What people see, as text."""
    found = tab(run(surveys=surveys(ANSWERS), issues=ISSUES, exits=EXITS), id)
    assert found
    golden(f"{id}.txt", text_of(found))


def test_without_its_tabs_neither_stands() -> None:
    report = run()
    assert tab(report, "voice") is None
    # Two clients are marked as churned: that alone is worth a review [A91].
    review = tab(report, "exit_review")
    assert review
    assert cells_of(review)[1, 1].value == "Left in 12 months: 1, 1 without an interview"
    assert "No day entered" in [cell.value for cell in cells_of(review).values()]


def test_a_client_with_a_formula_in_an_answer_is_quoted_as_text() -> None:
    """[A41] Free text is cut and stays text."""
    long = "=HYPERLINK(1) " + "words " * 100
    found = tab(run(surveys=surveys([(*ANSWERS[0][:6], long, *ANSWERS[0][7:])])), "voice")
    assert found
    shown = [str(cell.value) for cell in cells_of(found).values() if str(cell.value).startswith("=")]
    assert shown
    assert all(len(words) <= 240 and words.endswith("…") for words in shown)


def test_the_chart_waits_for_a_second_quarter() -> None:
    """[A36] One quarter is no trend."""
    both = tab(run(surveys=surveys(ANSWERS)), "voice")
    one = tab(run(surveys=surveys(ANSWERS[:3])), "voice")
    assert both
    assert one
    assert any(isinstance(block, Chart) for block in both.blocks)
    assert not any(isinstance(block, Chart) for block in one.blocks)


def test_blocks_do_not_cover_each_other() -> None:
    found = tab(run(surveys=surveys(ANSWERS), issues=ISSUES), "voice")
    assert found
    tables = [(block.at[0], block.at[0] + len(block.rows)) for block in found.blocks if isinstance(block, TableBlock)]
    assert all(end < start - 1 for (_, end), (start, _) in pairwise(tables))
    chart = next(block for block in found.blocks if isinstance(block, Chart))
    assert chart.until
    assert chart.until[0] < tables[1][0]


def test_hundreds_of_answers_are_bounded_with_a_word_about_the_rest() -> None:
    many = [("Aldgate Legal", f"P{i}", "2026-10-01", "2026-10-02", "9", *[""] * 6) for i in range(520)]
    found = tab(run(surveys=surveys(many)), "voice")
    assert found
    assert "What they said, newest first; 20 older ones not shown" in [c.value for c in cells_of(found).values()]


def test_colour_stands_only_where_somebody_must_act() -> None:
    """[A30] A low score that was answered is not coloured any more."""
    found = tab(run(surveys=surveys(ANSWERS)), "voice")
    assert found
    levels = {str(cell.value): cell.level for cell in cells_of(found).values() if "/10" in str(cell.value)}
    assert levels == {"✖ 4/10": Level.RISK, "9/10": None, "8/10": None, "6/10": None}


def test_the_scorecard_counts_promises_by_kind_of_issue() -> None:
    """[E3] Kept of those that can be told, for each kind and promise."""
    found = tab(run(issues=ISSUES), "scorecard")
    assert found
    lines = text_of(found).splitlines()
    assert any("A complaint | B 2 issues | C 1 of 2 | D 2 of 2" in line for line in lines)
    assert any("A problem | B 1 issue | C 1 of 1 | D 1 of 1" in line for line in lines)


def test_the_dashboard_says_what_several_clients_say() -> None:
    """[A55] [C12] A theme with its clients, and a cause that came back."""
    causes: list[list[Scalar]] = [[*ISSUES[0], "Root cause"], *([*row, "Export broken"] for row in ISSUES[1:])]
    found = tab(run(issues=causes), "dashboard")
    assert found
    words = [str(cell.value) for cell in cells_of(found).values()]
    assert "Several clients say the same: “report” (Dunmore Travel and Yarrow Clinics)." in words
    assert "The same cause again: “Export broken” at 3 clients." in words


def test_the_issue_clock_says_what_an_issue_still_lacks() -> None:
    """[A43] [A46] [A47] At the stage that it has reached; a column that is not there is not missed."""
    head: list[Scalar] = ["Issue", "Client", "Raised at", "Acknowledged at", "Root cause", "Proposed at", "Fixed at",
                          "Confirmed at", "Prevention"]  # fmt: skip
    at = [datetime(2026, 11, 16, hour) for hour in (9, 10, 11, 12, 13)]
    rows: list[list[Scalar]] = [
        ["Proposed", "Aldgate Legal", *at[:2], None, at[2], None, None, None],
        ["Fixed", "Corvid Coffee", *at[:2], "Old page", at[2], at[3], None, None],
        ["Closed", "Dunmore Travel", *at[:2], "Old page", at[2], at[3], at[4], None],
        ["Written", "Yarrow Clinics", *at[:2], "Old page", at[2], at[3], at[4], "Link check"],
    ]
    found = tab(run(issues=[head, *rows]), "issue_clock")
    assert found
    words = {str(cell.value).split("Still missing: ")[-1] for cell in cells_of(found).values() if cell.value}
    assert {"the root cause.", "their word that it is solved.", "what keeps it from coming back."} <= words
    assert text_of(found).count("Still missing") == 3
    bare = tab(run(issues=ISSUES), "issue_clock")
    assert bare
    assert "root cause" not in text_of(bare)
