"""The Why column: for every client one or two sentences that make sense of its level, at most 110 characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from sheets_sync.model import Level, worst
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array
from sheets_sync.rules.dimensions import KNOWN, OFF, TITLES, Dimension
from sheets_sync.rules.sentences import cut, date_in_words, in_words, listed
from sheets_sync.tracker.history import History
from sheets_sync.tracker.tables import Tables

WIDTH = 110
REASONS = 2
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_OPINIONS = {"healthy": Level.OK, "watch": Level.WATCH, "at risk": Level.RISK}


def shortened(reasons: Sequence[str]) -> str:
    """Two reasons at most, then "+2 more", in at most 110 characters; one that is too long ends at a word."""
    for shown in range(min(REASONS, len(reasons)), 0, -1):
        rest = len(reasons) - shown
        text = " ".join([*reasons[:shown], *([f"+{rest} more"] if rest else [])])
        if len(text) <= WIDTH:
            return text
    more = f" +{len(reasons) - 1} more" if len(reasons) > 1 else ""
    return cut(reasons[0], WIDTH - len(more)) + more if reasons else ""


@dataclass(frozen=True)
class Whys:
    """What the sentences are made from; `band` is the level that each client's score alone would give."""

    playbook: Playbook
    facts: pd.DataFrame
    dimensions: tuple[Dimension, ...]
    warnings: pd.DataFrame
    band: Array
    tables: Tables
    history: History
    now: datetime

    def sentences(self, levels: Array) -> list[str]:
        """One text a client, in the order of `facts`."""
        healthy = self._healthy()
        texts = []
        for i, level in enumerate(levels):
            if level is Level.NONE:
                texts.append(self._not_judged(i))
            elif i in self._fired:
                texts.append(shortened([*self._warned(i), *self._asides(i, level)]))
            elif level is Level.UNKNOWN:
                texts.append(shortened([self._unknown(i), *self._asides(i, level)]))
            elif level is not Level.OK:
                texts.append(shortened([self._weak(i, level), *self._asides(i, level)]))
            elif self._new[i]:
                texts.append(shortened([self._newcomer(i), *self._asides(i, level)]))
            else:
                texts.append(shortened([healthy(i), *self._asides(i, level)]))
        return texts

    @cached_property
    def _fired(self) -> dict[int, list[tuple[Level, str]]]:
        """The warnings that are not snoozed, by client's position, worst first."""
        counted = self.warnings[self.warnings["snoozed"].eq("")]
        fired: dict[int, list[tuple[Level, str]]] = {}
        at = self.facts.index.get_indexer(counted["key"])
        for i, level, sentence in zip(at, counted["level"], counted["sentence"], strict=True):
            fired.setdefault(int(i), []).append((level, sentence))
        return fired

    @cached_property
    def _snoozed(self) -> dict[int, list[str]]:
        kept = self.warnings[self.warnings["snoozed"].ne("")]
        texts: dict[int, list[str]] = {}
        at = self.facts.index.get_indexer(kept["key"])
        for i, title, words in zip(at, kept["title"], kept["snoozed"], strict=True):
            texts.setdefault(int(i), []).append(f"“{title}” is {words}.")
        return texts

    @cached_property
    def _new(self) -> Array:
        answers: Array = self.facts["is_new"].fillna(False).to_numpy(bool)
        return answers

    @cached_property
    def _opinion(self) -> list[Any]:
        return list(self.facts["opinion"].to_numpy(dtype=object, na_value=None))

    def _day(self, fact: str, i: int) -> str:
        day = self.facts[fact].iat[i]
        return "" if pd.isna(day) else date_in_words(day.date(), self.now)

    def _known(self, i: int) -> list[Dimension]:
        return [dimension for dimension in self.dimensions if dimension.state[i] == KNOWN]

    def _warned(self, i: int) -> list[str]:
        """The warnings' sentences, and the score's where it is worse than all of them."""
        level = worst(level for level, _ in self._fired[i])
        texts = [sentence for _, sentence in self._fired[i]]
        if self.band[i] is Level.RISK and level is Level.WATCH:
            texts.append(self._weak(i, Level.RISK))
        return texts

    def _asides(self, i: int, level: Level) -> list[str]:
        """What is said after the reasons: what is snoozed, and an opinion that differs or is stale."""
        texts = list(self._snoozed.get(i, ()))
        opinion = self._opinion[i]
        if opinion is None:
            return texts
        by, reason = (self.facts[name].iat[i] for name in ("opinion_by", "opinion_reason"))
        who = "The opinion" if pd.isna(by) else f"{by}'s opinion"
        if self.facts["opinion_stale"].iat[i]:
            texts.append(f"{who} ({opinion}) ran out on {self._day('opinion_until', i)}.")
        elif _OPINIONS.get(opinion) is not level:
            texts.append(f"{who} differs: {opinion}" + ("." if pd.isna(reason) else f", “{reason}”."))
        return texts

    def _not_judged(self, i: int) -> str:
        status, left = self.facts["status"].iat[i], self._day("end_date", i)
        if status == "paused":
            since = self._paused_since(i)
            return f"Paused{f' since {since}' if since else ''}; no return date entered."
        if status == "completed":
            return f"Ended well{f' on {left}' if left else ''}: the work is completed."
        if status == "churned":
            return f"Left on {left}." if left else "Left; the day is not entered."
        return "Not a client yet."

    def _paused_since(self, i: int) -> str:
        """The day on which we first saw them paused, where it was after the first sync."""
        last = {key: (day, level) for day, key, level in self.history.levels}
        day, level = last.get(self.facts.index[i], (None, None))
        if day is None or level != Level.NONE or self.history.first_sync is None or day <= self.history.first_sync:
            return ""
        return date_in_words(day, self.now)

    def _unknown(self, i: int) -> str:
        states = {dimension.name: dimension.state[i] for dimension in self.dimensions}
        logs, clients = self.tables["interactions"].present, self.tables["clients"]
        known = [TITLES[dimension.name].lower() for dimension in self._known(i)]
        text = "Cannot be judged: "
        if self._new[i]:
            text = f"New: since {self._day('start_date', i)}. {text}"
            known = []
        if self.facts["contact_ahead"].iat[i]:
            return text + f"{'a contact' if logs else 'Last contact'} is entered for a day that lies ahead."
        if states["contact"] not in (KNOWN, OFF):
            if logs:
                return text + "no contact from them is entered in Interactions."
            return text + f"Last contact {'cannot be read' if self._unreadable(i, clients.tab) else 'is empty'}."
        if known:
            return text + f"only {listed(known)} {'is' if len(known) == 1 else 'are'} known."
        if all(state == OFF for state in states.values()):
            return text + "this tracker has no contact, issue or survey of the last 12 months."
        return text + "contact, issues and surveys are empty."

    def _unreadable(self, i: int, tab: str) -> bool:
        """Whether reading found something in Last contact that is no date."""
        row, found = int(self.tables["clients"].frame["row"].iat[i]), self.tables["clients"].columns.get("last_contact")
        cells = (problem.ref for problem in self.tables.problems if problem.ref.tab == tab)
        return found is not None and any(ref.row == row and ref.column == found.column for ref in cells)

    def _weak(self, i: int, level: Level) -> str:
        """What a score is low for when no warning says it."""
        good = self.playbook.settings.health.bands.healthy
        weak = sorted((d for d in self._known(i) if d.points[i] < good), key=lambda d: (d.points[i] - good) * d.weight)
        words = [str(dimension.words[i]) for dimension in weak]
        spots = f"{_NUMBERS[len(words)]} weak spot{'s' if len(words) > 1 else ''}: {', '.join(words)}."
        return f"Nothing alarming, but {spots}" if level is Level.WATCH else spots[0].upper() + spots[1:]

    def _newcomer(self, i: int) -> str:
        start = self.facts["start_date"].iat[i].date()
        judged = start + timedelta(days=self.playbook.settings.new_client.days)
        held = "" if pd.isna(self.facts["kickoff_on"].iat[i]) else ", kickoff held"
        return f"New: since {self._word(start)}{held}. Judged fully from {self._word(judged)}."

    def _word(self, day: date) -> str:
        return date_in_words(day, self.now)

    def _healthy(self) -> Callable[[int], str]:
        """What stands well, for the many: who spoke when, the outcome, no open issue, the score."""
        by_name = {dimension.name: dimension for dimension in self.dimensions}
        heard = in_words(self.facts["last_sign_of_life"], self.now)
        kinds = self.facts["last_sign_type"].to_numpy(dtype=object, na_value=None)
        scored = in_words(self.facts["latest_score_on"], self.now)
        talks = self.playbook.settings.contact.talks
        state = {name: dimension.state == KNOWN for name, dimension in by_name.items()}
        outcome, issues, feedback = (by_name[name] for name in ("outcomes", "issues", "feedback"))

        def text(i: int) -> str:
            parts = []
            if state["contact"][i]:
                verb = "Last contact" if kinds[i] is None else "Spoke" if kinds[i] in talks else "Heard from them"
                parts.append(f"{verb} on {heard[i]}.")
            if state["outcomes"][i]:
                words = str(outcome.words[i])
                parts.append(f"{words[0].upper()}{words[1:]}.")
            if state["issues"][i] and issues.points[i] == self.playbook.settings.health.issues.none_open:
                parts.append("No open issue.")
            if state["feedback"][i]:
                parts.append(f"{feedback.words[i]} on {scored[i]}.")
            while len(" ".join(parts)) > WIDTH and len(parts) > 1:
                parts.pop()
            return cut(" ".join(parts), WIDTH)

        return text
