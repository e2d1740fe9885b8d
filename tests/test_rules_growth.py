"""The natural next step, and what holds it back."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sheets_sync.model import Level
from sheets_sync.rules import facts, growth
from tests.rule_tables import NOW, Row, agency, inputs, tables


def steps(level: Level = Level.OK, **rows: Any) -> pd.DataFrame:
    given = tables(**rows)
    known = facts.compute(agency(), given, inputs(), NOW)
    clients = pd.DataFrame({"level": [level] * len(known), "why": ["Silent since 28 Sep."] * len(known)}, known.index)
    offered = growth.offer(agency(), known, given, clients, NOW)
    found = growth.next_steps(agency(), known, given, clients, NOW)
    assert list(offered[offered != ""].index) == list(found.loc[found["state"].eq("offer"), "key"])
    return found


def offer(level: Level = Level.OK, **rows: Any) -> str:
    found = steps(level, **rows)
    return "".join(found.loc[found["state"].eq("offer"), "step"])


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
        ({"service": "Photography, REVENUE-ROADMAP", "engagement": "project"}, "Implementation retainer"),
        ({"service": "Website + SEO & Content Retainer", "engagement": "project"}, ""),
        ({"service": "Website redesign"}, "SEO/content retainer"),
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


def test_what_stands_in_the_way_is_said() -> None:
    """[A64]"""
    website = [{"client": "A", "service": "Website"}]
    assert steps(Level.RISK, clients=website)["reason"].tolist() == ["At risk: Silent since 28 Sep."]
    assert steps(Level.NONE, clients=website).empty


def test_not_while_an_issue_is_open() -> None:
    issue = {"client": "A", "issue": "Logo", "raised_at": "2026-11-20"}
    website = [{"client": "A", "service": "Website"}]
    assert offer(clients=website, issues=[issue]) == ""
    assert steps(clients=website, issues=[issue])["reason"].tolist() == ["“Logo” is open."]
    assert offer(clients=website, issues=[{**issue, "fixed_at": "2026-11-21"}]) != ""


def test_the_newest_project_names_the_service_and_what_they_have_is_not_offered() -> None:
    projects = [
        {"client": "A", "service": "Website", "start": "2026-05-01"},
        {"client": "A", "service": "Brand Strategy", "start": "2025-05-01"},
    ]
    assert offer(clients=[{"client": "A"}], projects=projects) == "SEO/content retainer"
    has = {"client": "A", "service": "SEO/Content Retainer", "start": "2026-01-01"}
    assert offer(clients=[{"client": "A"}], projects=[*projects, has]) == ""


@pytest.mark.parametrize(
    "bought",
    [
        {"revenue": [{"client": "A", "month": "2026-10-01", "amount": 900, "service": "seo / content retainer"}]},
        {"projects": [{"client": "A", "service": "SEO & Content Retainer", "start": "2026-01-01"}]},
        {"opportunities": [{"client": "A", "next_service": "SEO/content retainer", "outcome": "won"}]},
    ],
)
def test_what_they_have_bought_is_not_offered_wherever_it_stands(bought: Any) -> None:
    """[A58] The specific step was bought: no fallback to the general one [A59]."""
    assert offer(clients=[{"client": "A", "service": "Website", "engagement": "project"}], **bought) == ""


def test_any_retainer_is_an_ongoing_one() -> None:
    """[A59]"""
    photos = [{"client": "A", "service": "Photography", "engagement": "project"}]
    paid = {"client": "A", "month": "2026-10-01", "amount": 900}
    assert offer(clients=photos, revenue=[{**paid, "service": "Social retainer"}]) == ""
    assert offer(clients=photos, revenue=[{**paid, "service": "Photography"}]) == "Ongoing retainer"


def test_what_is_talked_about_is_not_offered_anew() -> None:
    """[A64]"""
    website = [{"client": "A", "service": "Website"}]
    talks = {"client": "A", "next_service": "SEO / content retainer", "stage": "goals"}
    assert steps(clients=website, opportunities=[talks])["state"].tolist() == ["in talks"]
    assert steps(clients=website, opportunities=[{**talks, "next_service": None}])["state"].tolist() == ["in talks"]
    assert offer(clients=website, opportunities=[{**talks, "next_service": "Photos"}]) == "SEO/content retainer"


@pytest.mark.parametrize(("closed", "again"), [("2026-05-28", False), ("2026-05-27", True), (None, True)])
def test_a_no_rests_for_half_a_year(closed: str | None, again: bool) -> None:
    """[A69]"""
    no = {"client": "A", "next_service": "SEO/content retainer", "outcome": "lost", "closed_on": closed}
    found = steps(clients=[{"client": "A", "service": "Website"}], opportunities=[no])
    assert (found["state"].iloc[0] == "offer") is again
    assert found["reason"].iloc[0] == ("" if again else "They said no to it on 28 May.")
