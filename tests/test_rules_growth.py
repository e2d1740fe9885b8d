"""The natural next step, and what holds it back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sheets_sync.model import Level
from sheets_sync.rules import facts, growth
from tests.rule_tables import NOW, Row, agency, inputs, tables


def offer(level: Level = Level.OK, **rows: Any) -> str:
    given = tables(**rows)
    known = facts.compute(agency(), given, inputs(), NOW)
    return str(growth.offer(agency(), known, given, pd.Series([level], index=known.index)).iloc[0])


@pytest.mark.parametrize(
    ("client", "step"),
    [
        ({"service": "Revenue Roadmap"}, "Implementation retainer"),
        ({"service": "brand  strategy"}, "Website redesign"),
        ({"service": "Website"}, "SEO/content retainer"),
        ({"service": "Website", "engagement": "project"}, "SEO/content retainer"),
        ({"service": "Photography", "engagement": "project"}, "Ongoing retainer"),
        ({"engagement": "project"}, "Ongoing retainer"),
        ({"service": "Photography", "engagement": "retainer"}, ""),
        ({}, ""),
    ],
)
def test_the_service_decides_then_the_engagement(client: Row, step: str) -> None:
    """[A3] [A56] [A57] [A58] [A59]"""
    assert offer(clients=[{"client": "A", **client}]) == step


@pytest.mark.parametrize(
    ("level", "step"), [(Level.WATCH, True), (Level.RISK, False), (Level.NONE, False), (Level.UNKNOWN, False)]
)
def test_not_to_those_at_risk_or_who_are_no_clients(level: Level, step: bool) -> None:
    assert bool(offer(level, clients=[{"client": "A", "service": "Website"}])) is step


def test_not_while_an_issue_is_open() -> None:
    issue = {"client": "A", "issue": "Logo", "raised_at": "2026-11-20"}
    website = [{"client": "A", "service": "Website"}]
    assert offer(clients=website, issues=[issue]) == ""
    assert offer(clients=website, issues=[{**issue, "fixed_at": "2026-11-21"}]) != ""


def test_the_newest_project_names_the_service_and_what_they_have_is_not_offered() -> None:
    projects = [
        {"client": "A", "service": "Website", "start": "2026-05-01"},
        {"client": "A", "service": "Brand Strategy", "start": "2025-05-01"},
    ]
    assert offer(clients=[{"client": "A"}], projects=projects) == "SEO/content retainer"
    has = {"client": "A", "service": "SEO/Content Retainer", "start": "2026-01-01"}
    assert offer(clients=[{"client": "A"}], projects=[*projects, has]) == ""
