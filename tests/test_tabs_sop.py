"""SOP: every entry in force in plain words; what is missing, changed in the tracker, and how well each rule is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from sheets_sync.model import Level, Ref, Tab, cells_of
from sheets_sync.playbook.overrides import Change
from sheets_sync.playbook.schema import Done, Playbook, Touchpoint
from sheets_sync.playbook.values import values_of
from sheets_sync.rules.practice import COLUMNS
from sheets_sync.rules.suggestions import COLUMNS as SUGGESTED
from sheets_sync.tabs import changes, sop
from sheets_sync.tabs.rule_words import Rule, rules_of
from tests.assessments import NINE, assessment_of, playbook, text_of, view


def words(tab: Tab) -> list[str]:
    return [str(cell.value) for _, cell in sorted(cells_of(tab).items())]


def with_touchpoint(**fields: Any) -> Rule:
    entry = Touchpoint.model_validate({"title": "Thank them", "section": "4 Feedback", "do": "Thank them", **fields})
    changed: Playbook = playbook().model_copy(update={"touchpoints": {"thank": entry}})
    return next(rule for rule in rules_of(changed) if rule.id == "thank")


def test_every_entry_in_force_is_there_in_the_order_of_the_sections() -> None:
    """[E2] [B6] Nothing that the run does is missing, and each says what, when, who and what counts as done."""
    rules, book = rules_of(playbook()), playbook()
    ids = {rule.id for rule in rules}
    assert ids == {*book.touchpoints, *book.clocks, *book.warnings, *book.themes, *book.metrics, "growth", "renewal"}
    numbers = [int(rule.section.partition(" ")[0]) for rule in rules]
    assert numbers == sorted(numbers)
    for rule in rules:
        assert rule.do
        assert rule.when
        assert rule.who
        assert rule.done or rule.kind == "metrics"
        assert "{" not in f"{rule}"
        assert "_" not in f"{rule.do} {rule.when} {rule.done} {rule.then}"


@pytest.mark.parametrize(
    ("fields", "when"),
    [
        ({"each": "survey", "from": "Answered on", "latest": 7}, "Each survey, within 7 days after “Answered on”."),
        (
            {"each": "invoice", "from": "Invoice due", "opens": -3},
            "Each invoice, from 3 days before to the day of “Invoice due”.",
        ),
        ({"each": "invoice", "from": "Invoice due", "opens": 3}, "Each invoice, 3 days after “Invoice due”."),
        (
            {"each": "invoice", "from": "Invoice due", "opens": -5, "latest": -1},
            "Each invoice, from 5 days before to 1 day before “Invoice due”.",
        ),
        (
            {"each": "invoice", "from": "Invoice due", "opens": -5, "latest": 2},
            "Each invoice, from 5 days before to 2 days after “Invoice due”.",
        ),
        (
            {"each": "signal", "from": "Date", "latest": 7, "where": {"kind": {"is": "client win"}}},
            "Each signal with kind is client win, within 7 days after “Date”.",
        ),
        ({"each": "milestone", "latest": 3}, "Each milestone, within 3 days after the day it was reached."),
        ({"from": "fact:at_risk_since", "latest": 2}, "Once, within 2 days after the day they became at risk."),
        ({"after": "thank", "within_days": 5}, "Within 5 days after each thank them."),
        ({"every": "1 week"}, "Every 7 days, counted from the last one."),
        (
            {"every": "1 month", "from": "anchor", "when": {"status": {"is_not": ["paused"]}, "tier": {"is": "A"}}},
            "Every month, counted from the start date; only if tier is A.",
        ),
    ],
)
def test_when_something_is_due_is_said_as_people_say_it(fields: dict[str, Any], when: str) -> None:
    """[E6] Each kind of touchpoint."""
    assert with_touchpoint(**fields).when == when


def test_what_counts_as_done_names_every_way() -> None:
    """[B6] Any one of them is enough; none named leaves the Diary."""
    done = {"column": "Action done on", "types": ("call", "meeting", "visit"), "by_role": "partner"}
    found = with_touchpoint(every="7 days", done=done).done
    assert found == "“Action done on” entered, or call, meeting or visit logged, by a partner."
    other = {"surveys": ("completion",), "care": ("gift", "thank-you")}
    assert with_touchpoint(every="7 days", done=other).done == "Completion survey sent, or gift or thank-you in Care."
    assert with_touchpoint(every="7 days", done=Done()).done == "“Done on” in the Diary."


def test_what_is_missing_and_overdue_stands_out() -> None:
    """[E6] A blank part and a review that has passed are marked, and the title counts what is missing."""
    bare = playbook().model_copy(update={"objective": "", "steps": (" ",), "next_review": date(2026, 11, 22)})
    tab = sop.tab(replace(view(), playbook=bare))
    marked = [str(cell.value) for _, cell in sorted(cells_of(tab).items()) if cell.level is Level.WATCH]
    assert marked == ["▲ Not written yet.", "▲ Not written yet.", "▲ Was due on Sun 22 Nov"]
    assert words(tab)[0].endswith("rules in force, 2 parts missing")


def test_the_tab_reads_as_its_golden(golden: Callable[[str, str], None]) -> None:
    """[E6] With a few entries only, so that it need not change with every entry of the agency playbook."""
    book = playbook()
    few = {
        "touchpoints": {name: book.touchpoints[name] for name in ("kickoff", "check_in_call")},
        "clocks": {"acknowledge": book.clocks["acknowledge"]},
        "warnings": {"silence": book.warnings["silence"]},
        "themes": {"repeated": book.themes["repeated"]},
        "metrics": {"retention": book.metrics["retention"]},
    }
    rows = [
        ("waiting", pd.Timestamp(2026, 11, 2), "Tom", "No sign of life", "21 days are enough", None, pd.NaT, 3),
        ("decided", pd.Timestamp(2026, 9, 14), None, None, "A rule for trials", "Agreed", pd.Timestamp(2026, 10, 1), 2),
    ]
    suggested = pd.DataFrame(rows, columns=list(SUGGESTED))
    boards = replace(assessment_of(NINE).boards, suggestions=suggested)
    seen = replace(view(boards=boards), playbook=book.model_copy(update=few))
    golden("sop.txt", text_of(sop.tab(seen)))
    log = words(changes.tab(seen))
    assert log[log.index("SOP: Agreed") + 1] == "The SOP: “A rule for trials”"


def test_numbers_that_the_tracker_sets_are_listed() -> None:
    """[E17] Beside the rules that they change."""
    value = next(one for one in values_of(playbook(), {}) if one.path == ("settings", "silence", "otherwise"))
    seen = replace(view(), overrides=(Change(value, 21, Ref("Playbook", 3, 2)),))
    found = words(sop.tab(seen))
    place = found.index("Numbers changed in this tracker")
    assert "21 days in the tracker, 30 days in the playbook file" in found[place + 1]


def test_how_well_each_rule_is_kept_comes_last() -> None:
    """[E12] Shares with their numbers; only a low one with enough behind it is marked."""
    rows = [
        ("check_in_call", "touchpoint", "Check-in call", 30, 12, 25, 31, 25, 30, 4),
        ("kickoff", "touchpoint", "Kickoff", 4, 0, 1, None, None, None, 0),
        ("silence", "warning", "No sign of life", None, None, None, None, None, None, 2),
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[3:], "Int64"))
    tab = sop.tab(view(boards=replace(assessment_of(NINE).boards, practice=frame)))
    found = words(tab)
    assert "In the 13 weeks to Sun 22 Nov, 12 of 34 that fell due were done in time; rule by rule at the end." in found
    kept = found[found.index("How well it is kept: the 13 weeks to Sun 22 Nov") + 6 :]
    assert kept == [
        *("Check-in call", "▲ 12 of 30 (40 %)", "25 of 31 (81 %)", "4", "25 of 30 (83 %)"),
        *("Kickoff", "0 of 4 (0 %)", "1 of 4 (25 %)"),
        *("No sign of life", "2 clients"),
    ]
