"""Worth knowing on the Dashboard: a few sentences, nothing where there is nothing to say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sheets_sync.model import cells_of
from sheets_sync.rules.practice import COLUMNS
from sheets_sync.tabs import dashboard, worth_knowing
from sheets_sync.tabs.view import View
from tests.assessments import NINE, assessment_of, view

Counts = tuple[str, int, int, int | None, int | None]


def kept(*rows: Counts) -> View:
    frame = pd.DataFrame(
        [
            (title.lower(), "touchpoint", title, due, good, good, was, then, then, 0)
            for title, due, good, was, then in rows
        ],
        columns=list(COLUMNS),
    ).astype(dict.fromkeys(COLUMNS[3:], "Int64"))
    return view(boards=replace(assessment_of(NINE).boards, practice=frame))


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("Report", 10, 8, None, None),), ""),
        ((("Report", 10, 7, None, None),), "Kept least in 13 weeks: Report, 7 of 10 in time."),
        ((("Report", 4, 0, None, None),), ""),
        (
            (("Report", 20, 17, 20, 20),),
            "Kept least in 13 weeks: Report, 17 of 20 in time (20 of 20 in the 13 before).",
        ),
        ((("Report", 20, 18, 20, 20),), ""),
        ((("Report", 20, 17, 4, 4),), ""),
        (
            (("Report", 10, 7, None, None), ("Call", 1200, 600, 2000, 1900)),
            "Kept least in 13 weeks: Call, 600 of 1,200 in time (1,900 of 2,000 in the 13 before).",
        ),
    ],
)
def test_the_rule_that_is_kept_least_is_named(rows: tuple[Counts, ...], words: str) -> None:
    """[E12] Below four in five, or fallen by a sixth, and enough of them to tell."""
    assert worth_knowing.worst_kept(kept(*rows)) == words


def test_the_dashboard_prints_them_under_what_changed() -> None:
    tab = dashboard.tab(kept(("Report", 10, 7, None, None)))
    lines = {row: str(cell.value) for (row, column), cell in cells_of(tab).items() if column == 1}
    (place,) = [row for row, words in lines.items() if words == "Worth knowing"]
    assert lines[place + 1].startswith("Kept least")
    assert place > next(row for row, words in lines.items() if words == "What changed")
    assert "Worth knowing" not in {str(cell.value) for cell in cells_of(dashboard.tab(kept())).values()}
