"""The playbooks that ship: each the whole practice of one written procedure, and each its own."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

import pytest

from sheets_sync import sync
from sheets_sync.cli.starter import sample_tabs
from sheets_sync.config import Config
from sheets_sync.playbook import show
from sheets_sync.playbook.load import bundled
from sheets_sync.sync import Report
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
FIVE = ("agency", "at_risk_programme", "relationship", "retention_programme", "small_business")


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    """The sample tracker, as each of the five sees it."""
    tabs = {
        tab.title: [[column.header for column in tab.columns], *(list(row) for row in tab.rows)]
        for tab in sample_tabs(NOW.date())
    }
    config = Config()
    return {name: sync.plan(MemoryWorkbook(tabs), config, sync.load(config, name), NOW) for name in FIVE}


def test_five_ship() -> None:
    assert bundled() == FIVE


@pytest.mark.parametrize("name", FIVE)
def test_each_has_what_a_procedure_needs(name: str) -> None:
    """[E6] Title, objective, scope, steps, feedback; and version, owner, next review, measures."""
    book = sync.load(Config(), name)
    for part in ("title", "objective", "scope", "feedback", "owner", "version"):
        assert getattr(book, part), part
    assert len(book.steps) >= 5
    assert book.next_review > NOW.date()
    assert book.metrics
    text = show.show_text(book)
    assert all(chapter.title in text and chapter.lines[0].split()[0] in text for chapter in book.chapters)


def test_the_same_tracker_reads_differently_in_each(reports: dict[str, Report]) -> None:
    """[B6] [C2] [D1] [E2] Different lines in the Diary, different touchpoints; nobody is lost."""
    for one, other in itertools.combinations(FIVE, 2):
        assert _lines(reports[one]) != _lines(reports[other]), (one, other)
        assert _asked(reports[one]) != _asked(reports[other]), (one, other)
    for name, report in reports.items():
        assert len(report.assessment.clients) == 25, name
        levels = report.assessment.clients["level"].value_counts()
        assert 0 < levels["risk"] < 12, name
        assert levels["ok"] > 0, name


def test_what_each_is_strict_about(reports: dict[str, Report]) -> None:
    risk = {name: int(report.assessment.clients["level"].eq("risk").sum()) for name, report in reports.items()}
    assert risk["at_risk_programme"] > risk["agency"]
    asked = {name: len(_lines(report)) for name, report in reports.items()}
    assert asked["relationship"] > asked["agency"] > asked["small_business"]
    kinds = {name: set(report.assessment.touchpoints["id"]) for name, report in reports.items()}
    assert "check_in_call" not in kinds["at_risk_programme"]
    assert "newsletter" in kinds["relationship"]
    assert "inquiry" in kinds["small_business"] or "welcome" in kinds["small_business"]


def _lines(report: Report) -> set[tuple[Any, ...]]:
    actions = report.assessment.actions
    return set(zip(actions["client"], actions["what"], actions["due"], strict=True))


def _asked(report: Report) -> set[tuple[Any, ...]]:
    found = report.assessment.touchpoints
    return set(zip(found["key"], found["id"], found["due"].astype(str), strict=True))
