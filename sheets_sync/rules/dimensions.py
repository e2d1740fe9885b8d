"""The six dimensions of health: what each is worth for every client, or why it says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, answers, day_of, days, either, numbers, since, texts
from sheets_sync.rules.renewals import LAPSED, LATER, NONE, OLD, OPEN, RENEWED
from sheets_sync.rules.sentences import capital, dates_in_words
from sheets_sync.tracker.tables import Tables

Say = Callable[[], tuple[Array, Array]]
KNOWN, UNKNOWN, OFF, NOT_APPLICABLE = "known", "unknown", "off", "not applicable"


@dataclass(frozen=True)
class Dimension:
    """One dimension over all clients: points 0–100 (NaN unless known) and state. A dimension that the tracker doesn't
    follow is off for everybody. `say` words it, only when asked."""

    name: str
    weight: float
    points: Array
    state: Array
    say: Say

    @cached_property
    def _said(self) -> tuple[Array, Array]:
        return self.say()

    @property
    def sentence(self) -> Array:
        """A sentence for each client."""
        off = self.state == OFF
        return either(off, "Not in this tracker.", self._said[0]) if off.any() else self._said[0]

    @property
    def words(self) -> Array:
        """The same in a few words, for a list of weak spots."""
        return self._said[1]


def dimensions(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> tuple[Dimension, ...]:
    """All six, mission section 3 [B3] [B8]."""
    return (
        _contact(playbook, facts, now),
        _outcomes(playbook, facts),
        _issues(playbook, facts, tables, now),
        _feedback(playbook, facts, now),
        _commercial(playbook, facts, now),
        _relationship(playbook, facts, tables),
    )


def _dimension(
    playbook: Playbook, name: str, points: Array, tracked: bool, say: Say, applies: Array | None = None
) -> Dimension:
    state = either(np.isnan(points), UNKNOWN, KNOWN)
    if applies is not None:
        state[~applies] = NOT_APPLICABLE
    if not tracked:
        state[:] = OFF
    points = np.where(state == KNOWN, points, np.nan)
    return Dimension(name, float(getattr(playbook.settings.health.weights, name)), points, state, say)


def _contact(playbook: Playbook, facts: pd.DataFrame, now: datetime) -> Dimension:
    health = playbook.settings.health
    silent, limit = numbers(facts["days_since_sign_of_life"]), numbers(facts["silence_limit"])
    ahead = answers(facts["contact_ahead"])
    full, zero = limit * health.contact.full_until, limit * health.contact.zero_at
    points = 100 * np.clip((zero - silent) / np.maximum(zero - full, 1e-9), 0, 1)
    ours = since(days(facts["last_our_contact"]), day_of(now))
    tracked = bool((np.fmin(silent, ours) < health.tracked_days).any() or ahead.any())

    def say() -> tuple[Array, Array]:
        heard = dates_in_words(days(facts["last_sign_of_life"]), now)
        limits = [f"{value:.0f}" for value in limit]
        sentence = _pairs("Last sign of life on {}; {} days of silence are the limit.", heard, limits)
        sentence = either(np.isnan(silent), "No sign of life is entered.", sentence)
        sentence = either(ahead, "A contact is entered for a day that lies ahead.", sentence)
        return sentence, _pairs("last heard on {}", heard)

    return _dimension(playbook, "contact", np.where(ahead, np.nan, points), tracked, say)


def _outcomes(playbook: Playbook, facts: pd.DataFrame) -> Dimension:
    worth = playbook.settings.health.outcomes
    status, words = texts(facts["outcome_status"]), texts(facts["outcome"])
    by_word = {"met": worth.met, "on track": worth.on_track, "behind": worth.behind}
    points = np.select([status == word for word in by_word], list(by_word.values()), np.nan)

    def say() -> tuple[Array, Array]:
        sentence = _pairs("{}: {}.", [capital(word or "") for word in words], list(status))
        return either(np.isnan(points), "No outcome is measured.", sentence), words

    return _dimension(playbook, "outcomes", points, bool((~np.isnan(points)).any()), say)


def _issues(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> Dimension:
    worth, tracked_days = playbook.settings.health.issues, playbook.settings.health.tracked_days
    open_, broken = numbers(facts["open_issues"]), numbers(facts["breached_clocks"])
    escalated = numbers(facts["open_escalations"]) > 0
    points = np.full(len(facts), worth.none_open)
    points[open_ == 1] = worth.one_in_time
    points[escalated | (broken > 0) | (open_ > 1)] = worth.breached_or_two

    def say() -> tuple[Array, Array]:
        sentence, words = np.full(len(facts), "No open issue.", dtype=object), np.full(len(facts), "", dtype=object)
        for mask, text, few in (
            (open_ == 1, "One open issue, in time.", "an open issue"),
            (broken > 0, "A promise on an open issue is broken.", "a broken promise on an issue"),
            (escalated, "An issue is escalated and not fixed.", "an escalated issue"),
        ):
            sentence[mask], words[mask] = text, few
        several = (open_ > 1) & ~escalated
        words[several] = [f"{number:.0f} open issues" for number in open_[several]]
        sentence[several] = [f"{text}." for text in words[several]]
        return sentence, words

    raised = since(days(tables["issues"].frame["raised_at"]), day_of(now))
    fresh = (raised >= 0) & (raised < tracked_days)
    tracked = bool(tables["issues"].present and (fresh.any() or (open_ > 0).any()))
    return _dimension(playbook, "issues", points, tracked, say)


def _feedback(playbook: Playbook, facts: pd.DataFrame, now: datetime) -> Dimension:
    worth = playbook.settings.health.feedback
    score, age = numbers(facts["latest_score"]), numbers(facts["days_since_latest_score"])
    fresh = age < worth.unknown_after_days
    ladder = sorted(worth.points, key=lambda step: -step.score)
    points = np.select([fresh & (score >= step.score) for step in ladder], [step.points for step in ladder], np.nan)

    def say() -> tuple[Array, Array]:
        words = _pairs("{:.0f}/10", list(score))
        sentence = _pairs("{} on {}.", list(words), dates_in_words(days(facts["latest_score_on"]), now))
        sentence = either(fresh, sentence, "The last score is too old.")
        return either(np.isnan(score), "No survey score is entered.", sentence), words

    return _dimension(playbook, "feedback", points, bool(fresh.any()), say)


def _commercial(playbook: Playbook, facts: pd.DataFrame, now: datetime) -> Dimension:
    worth, tracked_days = playbook.settings.health.commercial, playbook.settings.health.tracked_days
    state = texts(facts["renewal_state"])
    due = dict.fromkeys(("proposal due", "decision due"), worth.due)
    by_state = {LATER: worth.later, RENEWED: worth.later, OPEN: worth.open, LAPSED: worth.lapsed, **due}
    points = np.select([state == word for word in by_state], list(by_state.values()), np.nan)
    unpaid = numbers(facts["unpaid_overdue"]) > 0
    points = np.maximum(points - np.where(unpaid, worth.unpaid_minus, 0), 0)
    project = texts(facts["engagement"]) == "project"

    def say() -> tuple[Array, Array]:
        ends = dates_in_words(days(facts["renewal_date"]), now)
        sentence = _pairs("Renewal on {}: {}.", ends, list(state))
        sentence = either(state == NONE, "No renewal date is entered.", sentence)
        sentence = either(state == OLD, _pairs("Renewal date {} is old.", ends), sentence)
        sentence = either(project, "A one-off project: nothing to renew.", sentence)
        sentence[unpaid] = [f"{text} An invoice is overdue." for text in sentence[unpaid]]
        settled = np.isin(state, (LATER, RENEWED))
        return sentence, either(unpaid & settled, "an overdue invoice", _pairs("renewal of {}", ends))

    tracked = bool((numbers(facts["days_to_renewal"]) > -tracked_days).any())
    return _dimension(playbook, "commercial", points, tracked, say, applies=~project)


def _relationship(playbook: Playbook, facts: pd.DataFrame, tables: Tables) -> Dimension:
    worth, named = playbook.settings.health.relationship, numbers(facts["contacts_named"])
    leaving = answers(facts["contact_leaving_open"])
    cases = [leaving, named >= 2, named == 1]
    points = np.select(cases, [worth.leaving, worth.two_contacts, worth.one_contact], np.nan)

    def say() -> tuple[Array, Array]:
        said = ["The key contact leaves.", "Two contacts are named.", "One contact only."]
        sentence = np.select(cases, said, "No contact is named.").astype(object)
        return sentence, either(leaving, "the key contact leaves", "one contact only")

    # A second name is what tells a thin relationship from a column that nobody keeps.
    tracked = bool(tables["clients"].frame["second_contact"].notna().any())
    return _dimension(playbook, "relationship", points, tracked, say)


def as_frame(found: tuple[Dimension, ...], facts: pd.DataFrame) -> pd.DataFrame:
    """Assessment.dimensions: key name score state weight sentence, a client's six lines together.

           key     name  score    state  weight                                           sentence
    0  aldgate  contact    0.0    known    25.0  Last sign of life on 28 Sep; 24 days of silence…
    1  aldgate outcomes    NaN      off    20.0                               Not in this tracker.
    """
    many, n = len(found), len(facts)
    return pd.DataFrame(
        {
            "key": np.repeat(facts.index.to_numpy(), many),
            "name": [dimension.name for dimension in found] * n,
            "score": np.array([dimension.points for dimension in found]).T.ravel(),
            "state": np.array([dimension.state for dimension in found]).T.ravel(),
            "weight": [dimension.weight for dimension in found] * n,
            "sentence": np.array([dimension.sentence for dimension in found], dtype=object).T.ravel(),
        }
    )


def _pairs(template: str, *columns: list[object] | list[str]) -> Array:
    """A template filled row by row."""
    texts = np.empty(len(columns[0]), dtype=object)
    texts[:] = [template.format(*row) for row in zip(*columns, strict=True)]
    return texts
