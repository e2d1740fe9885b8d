"""Worth knowing on the Dashboard: a few sentences, nothing where there is nothing to say."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from sheets_sync.model import cells_of
from sheets_sync.rules.practice import COLUMNS
from sheets_sync.tabs import dashboard, ourselves, worth_knowing
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


def board(name: str, columns: str, *rows: tuple[object, ...]) -> View:
    frame = pd.DataFrame(list(rows), columns=columns.split(), dtype=object)
    return view(boards=replace(assessment_of(NINE).boards, **{name: frame}))


def test_overdue_controls_are_named_and_people_only_counted() -> None:
    """[B10] [B16]"""
    late = pd.Timestamp(2026, 11, 9)
    seen = board(
        "controls",
        "title by owner latest state",
        ("Feedback methods", "review", "Leo", late, "overdue"),
        ("Training on metrics", "training", "Sam", late, "overdue"),
        ("Training on metrics", "training", "Tom", late, "overdue"),
        ("Training on metrics", "training", "Ana", late, "due"),
        ("Loyalty promotion", "review", "Leo", late, "snoozed"),
    )
    said = ourselves.overdue_controls(seen)
    assert said == "Overdue with us: Feedback methods, by 9 Nov; Training on metrics, 2 people."
    assert ourselves.overdue_controls(board("controls", "title by owner latest state")) == ""


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("Priya", "Call", 10, 10), ("Tom", "Call", 10, 9), ("Tom", "Report", 5, 3)), "80 % to 100 %"),
        ((("Priya", "Call", 100, 100), ("Tom", "Call", 100, 81)), ""),
        ((("Priya", "Call", 10, 10), ("Tom", "Call", 4, 0)), ""),
        ((("Priya", "Call", 10, 0),), ""),
        ((), ""),
    ],
)
def test_owners_who_differ_are_not_named(rows: tuple[tuple[object, ...], ...], words: str) -> None:
    """[B7] [E1] By a fifth, each with at least five that fell due."""
    said = ourselves.owners_differ(board("consistency", "owner title due in_time", *rows))
    assert (words in said) if words else said == ""
    assert "Tom" not in said
    if words:
        assert said.endswith("contacts in time in 13 weeks; most often late: Report, 2 of 5.")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("Priya", "Nov 2026", 10, 9, False),), ""),
        ((("Priya", "Nov 2026", 10, 8, False),), "Log of Nov 2026: entries for 8 of 10 clients."),
        (
            (("Priya", "Nov 2026", 10, 10, False), ("Tom", "Nov 2026", 1, 1, True)),
            "Log of Nov 2026: entries for 11 of 11 clients; 1 owner logged nothing, see Data Check.",
        ),
        ((), ""),
    ],
)
def test_a_log_with_gaps_is_counted(rows: tuple[tuple[object, ...], ...], words: str) -> None:
    """[A107]"""
    assert ourselves.log_kept(board("logged", "owner month clients logged silent", *rows)) == words


def test_the_dashboard_prints_them_under_what_changed() -> None:
    tab = dashboard.tab(kept(("Report", 10, 7, None, None)))
    lines = {row: str(cell.value) for (row, column), cell in cells_of(tab).items() if column == 1}
    (place,) = [row for row, words in lines.items() if words == "Worth knowing"]
    assert lines[place + 1].startswith("Kept least")
    assert place > next(row for row, words in lines.items() if words == "What changed")
    assert "Worth knowing" not in {str(cell.value) for cell in cells_of(dashboard.tab(kept())).values()}
