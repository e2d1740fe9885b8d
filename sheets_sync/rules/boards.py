"""What stands in the tabs beyond the usual five, one frame a question of the SOP. Nothing here moves a level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from sheets_sync.rules import (
    advocates,
    agenda,
    care,
    consent_check,
    consistency,
    exceptions,
    exits,
    first_word,
    given,
    growth,
    growth_signals,
    issue_kinds,
    journey,
    loyalty,
    opportunities,
    pack,
    practice,
    raci,
    renewing,
    suggestions,
    themes,
    value,
    voice,
    wins,
)
from sheets_sync.rules.by_client import Gathered, texts
from sheets_sync.rules.case import Case, Found


@dataclass(frozen=True)
class Boards:
    """One frame a room, each described by the function that makes it."""

    consents: pd.DataFrame
    pack: pd.DataFrame
    rewards: pd.DataFrame
    candidates: pd.DataFrame
    given: pd.DataFrame
    gifts: pd.DataFrame
    spend: pd.DataFrame
    loyalty: pd.DataFrame
    advocates: pd.DataFrame
    practice: pd.DataFrame
    raci: pd.DataFrame
    answers: pd.DataFrame
    quarters: pd.DataFrame
    asking: pd.DataFrame
    themes: pd.DataFrame
    issue_kinds: pd.DataFrame
    leavers: pd.DataFrame
    reasons: pd.DataFrame
    suggestions: pd.DataFrame
    exceptions: pd.DataFrame
    wins: pd.DataFrame
    renewing: pd.DataFrame
    agendas: pd.DataFrame
    controls: pd.DataFrame
    first_word: pd.DataFrame
    journey: pd.DataFrame
    forgotten: pd.DataFrame
    consistency: pd.DataFrame
    logged: pd.DataFrame
    opportunities: pd.DataFrame
    pipeline: pd.DataFrame
    growth_signals: pd.DataFrame
    next_steps: pd.DataFrame
    worth: pd.DataFrame


def boards(case: Case, found: Found, now: datetime) -> Boards:
    """Every board, in the order of the SOP. They are compared whole when asking until when a run stays true, so no cell
    may count days up to now."""
    playbook, tables, facts = case.playbook, case.tables, found.facts
    left = exits.leavers(playbook, tables, facts, now)
    renewals = renewing.renewing(playbook, tables, found.renewals, now)
    return Boards(
        **_growth(case, found, now),
        consents=consent_check.consents(playbook, tables, facts.index, now),
        pack=pack.pack(case, found, now),
        rewards=care.rewards(case, found, now),
        candidates=care.candidates(case, found, now),
        given=given.given(case, now),
        gifts=given.gifts(case, now),
        spend=given.spend(case, now),
        loyalty=loyalty.programme(case, now),
        advocates=advocates.advocates(case, found, now),
        practice=practice.practice(case, found, now),
        raci=raci.raci(playbook, tables, case.calendar, now),
        answers=voice.answers(playbook, tables, facts, now),
        quarters=voice.quarters(playbook, tables, now),
        asking=voice.asking(playbook, tables, found.touchpoints.frame, now),
        themes=themes.themes(playbook, tables, facts, now),
        issue_kinds=issue_kinds.issue_kinds(playbook, tables, found.clocks.frame, now),
        leavers=left,
        reasons=exits.reasons(playbook, left, now),
        exceptions=exceptions.exceptions(playbook, facts, tables, now),
        suggestions=suggestions.suggestions(playbook, tables),
        wins=wins.wins(tables, playbook, now),
        renewing=renewals,
        agendas=_agendas(case, found, renewals, now),
        controls=found.controls,
        first_word=first_word.first_word(tables, now),
        journey=journey.journey(case, found, now),
        forgotten=journey.forgotten(case, found, now),
        consistency=consistency.consistency(case, found, now),
        logged=consistency.logged(case, found, now),
    )


def _growth(case: Case, found: Found, now: datetime) -> dict[str, pd.DataFrame]:
    """The boards of the tab Growth by their names."""
    playbook, tables, facts = case.playbook, case.tables, found.facts
    hindered = growth.in_the_way(playbook, facts, found.clients, unknown=False)
    talks = opportunities.opportunities(playbook, tables, case.inputs, hindered, now)
    status = texts(facts["status"])
    return {
        "opportunities": talks,
        "pipeline": opportunities.pipeline(playbook, talks),
        "growth_signals": growth_signals.growth_signals(playbook, Gathered(tables), case.inputs, status, hindered, now),
        "next_steps": growth.next_steps(playbook, facts, tables, found.clients, now),
        "worth": value.worth(playbook, tables, now),
    }


def _agendas(case: Case, found: Found, renewals: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The agendas of those whose renewal is under way, the first ones only: a meeting needs a page, not a book."""
    asked = agenda.Asked(case.playbook, case.tables, found.facts, found.clients["offer_next"], now)
    under_way = renewals.loc[renewals["group"].eq(renewing.WINDOW), "key"]
    return agenda.agendas(asked, under_way.tolist()[: agenda.MOST_MEETINGS])
