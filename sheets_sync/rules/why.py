"""The Why column: for every client one or two sentences that make sense of its level, at most 110 characters."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from sheets_sync.model import Level, worst
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, answers, days, texts
from sheets_sync.rules.dimensions import KNOWN, OFF, UNKNOWN, Dimension
from sheets_sync.rules.facts import FACTS, first_fact
from sheets_sync.rules.sentences import capital, cut, date_in_words, dates_in_words, in_words, listed
from sheets_sync.tracker.history import History
from sheets_sync.tracker.tables import Tables

WIDTH = 110
REASONS = 2
_MISSING = {
    "contact": "contact",
    "outcomes": "measured outcome",
    "issues": "issue",
    "feedback": "survey score",
    "commercial": "renewal date",
    "relationship": "named contact",
}
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
        said = []
        for i, level in enumerate(levels):
            if level is Level.NONE:
                said.append(self._not_judged(i))
                continue
            if i in self._fired:
                reasons = self._warned(i)
            elif level is Level.UNKNOWN:
                reasons = [self._unknown(i)]
            elif level is not Level.OK:
                reasons = [self._by_score(i, level)]
            else:
                reasons = [self._newcomer(i) if self._new[i] else healthy(i)]
            said.append(shortened([*reasons, *self._asides(i, level)]))
        return said

    @cached_property
    def _fired(self) -> dict[int, list[tuple[str, Level, str]]]:
        """The warnings that are not snoozed (id, level, sentence), by client's position, worst first."""
        counted = self.warnings[self.warnings["snoozed"].eq("")]
        fired: dict[int, list[tuple[str, Level, str]]] = {}
        at = self.facts.index.get_indexer(counted["key"])
        lines = zip(*(counted[name].tolist() for name in ("id", "level", "sentence")), strict=True)
        for i, line in zip(at.tolist(), lines, strict=True):
            fired.setdefault(i, []).append(line)
        return fired

    @cached_property
    def _covers(self) -> dict[str, str]:
        """The dimension that each warning already speaks of, by the table that its first fact comes from."""
        return {id: _dimension_of(fact) for id, entry in self.playbook.warnings.items() if (fact := first_fact(entry))}

    @cached_property
    def _snoozed(self) -> dict[int, list[str]]:
        kept = self.warnings[self.warnings["snoozed"].ne("")]
        said: dict[int, list[str]] = {}
        at = self.facts.index.get_indexer(kept["key"])
        for i, title, words in zip(at, kept["title"], kept["snoozed"], strict=True):
            said.setdefault(int(i), []).append(f"“{title}” is {words}.")
        return said

    @cached_property
    def _new(self) -> Array:
        return answers(self.facts["is_new"])

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        return {}

    def _is(self, fact: str, i: int) -> Any:
        """A client's fact as it is, None for a blank; a column is taken out of the frame once."""
        if fact not in self._columns:
            column = self.facts[fact]
            self._columns[fact] = (
                dates_in_words(days(column), self.now) if column.dtype.kind == "M" else list(texts(column))
            )
        return self._columns[fact][i]

    def _known(self, i: int) -> list[Dimension]:
        return [dimension for dimension in self.dimensions if dimension.state[i] == KNOWN]

    def _warned(self, i: int) -> list[str]:
        """The warnings' sentences, and the score's where it is worse than all of them."""
        level = worst(level for _, level, _ in self._fired[i])
        said = [sentence for _, _, sentence in self._fired[i]]
        if self.band[i] is Level.RISK and level is Level.WATCH:
            covered = {self._covers.get(id, "") for id, _, _ in self._fired[i]}
            if any(dimension.name not in covered for dimension in self._weak(i)):
                said.append(self._by_score(i, Level.RISK, covered))
        return said

    def _asides(self, i: int, level: Level) -> list[str]:
        """What is said after the reasons: what is snoozed, what cannot be read, an opinion that differs or is stale."""
        said = list(self._snoozed.get(i, ()))
        if self.tables["clients"].unreadable:
            # Of an unknown client, Last contact has been said already.
            columns = ("renewal_date", "start_date") + (("last_contact",) if level is not Level.UNKNOWN else ())
            said += [text for column in columns if (text := self._unreadable(i, column))]
        if level is not Level.UNKNOWN and self._is("contact_ahead", i):
            said.append("A contact is entered for a day that lies ahead.")
        opinion = self._is("opinion", i)
        if opinion is None:
            return said
        by, reason = self._is("opinion_by", i), self._is("opinion_reason", i)
        who = f"{by}'s opinion" if by else "The opinion"
        if self._is("opinion_stale", i):
            said.append(f"{who} ({opinion}) ran out on {self._is('opinion_until', i)}.")
        elif _OPINIONS.get(opinion) is not level:
            said.append(f"{who} differs: {opinion}" + (f", “{reason}”." if reason else "."))
        return said

    def _not_judged(self, i: int) -> str:
        status, left = self._is("status", i), self._is("end_date", i)
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
        first, (day, level) = self.history.first_sync, self._last_level.get(self.facts.index[i], (None, None))
        if day is None or level != Level.NONE or first is None or day <= first:
            return ""
        return date_in_words(day, self.now)

    @cached_property
    def _last_level(self) -> dict[str, tuple[date, Level]]:
        return {key: (day, level) for day, key, level in self.history.levels if day < self.now.date()}

    def _unknown(self, i: int) -> str:
        states = {dimension.name: dimension.state[i] for dimension in self.dimensions}
        logs = self.tables["interactions"].present
        found = self.tables["clients"].columns.get("last_contact")
        header = found.header if found else "Last contact"
        known = [dimension.name for dimension in self._known(i)]
        text = "Cannot be judged: "
        if self._new[i]:
            text = f"{self._start(i)}. {text}"
            known = []
        if self._is("contact_ahead", i):
            return text + f"{'a contact' if logs else header} is entered for a day that lies ahead."
        if states["contact"] not in (KNOWN, OFF):
            if logs:
                return text + "no contact from them is entered in Interactions."
            return text + (self._unreadable(i, "last_contact") or f"{header} is empty.")
        if known:
            missing = [_MISSING[name] for name, state in states.items() if state == UNKNOWN]
            return f"Cannot be judged on {listed(known)} alone" + (
                f": no {' and no '.join(missing[:2])}." if missing else "."
            )
        if all(state == OFF for state in states.values()):
            return text + "this tracker has no contact, issue or survey of the last 12 months."
        return text + "contact, issues and surveys are empty."

    def _unreadable(self, i: int, column: str) -> str:
        """What stands in a column of Clients although it cannot be read, as a sentence."""
        clients = self.tables["clients"]
        if column not in clients.unreadable:
            return ""
        typed = clients.unreadable[column].get(int(clients.frame["row"].iat[i]))
        return f"{clients.columns[column].header} “{cut(typed, 20)}” cannot be read." if typed else ""

    def _weak(self, i: int) -> list[Dimension]:
        """The dimensions that pull a score down, the one that pulls most first."""
        good = self.playbook.settings.health.bands.healthy
        weak = [dimension for dimension in self._known(i) if dimension.points[i] < good]
        return sorted(weak, key=lambda dimension: (dimension.points[i] - good) * dimension.weight)

    def _by_score(self, i: int, level: Level, covered: Collection[str] = ()) -> str:
        """What a score is low for where no warning says it."""
        words = [str(dimension.words[i]) for dimension in self._weak(i) if dimension.name not in covered]
        spots = f"{_NUMBERS[len(words)]} weak spot{'s' if len(words) > 1 else ''}: {', '.join(words)}."
        return f"Nothing alarming, but {spots}" if level is Level.WATCH else capital(spots)

    def _newcomer(self, i: int) -> str:
        judged = self.facts["start_date"].iat[i].date() + timedelta(days=self.playbook.settings.new_client.days)
        held = ", kickoff held" if self._is("kickoff_on", i) else ""
        return f"{self._start(i)}{held}. Judged fully from {date_in_words(judged, self.now)}."

    def _start(self, i: int) -> str:
        verb = "New: since" if self.facts["days_since_start"].iat[i] >= 0 else "New: starts on"
        return f"{verb} {self._is('start_date', i)}"

    def _healthy(self) -> Callable[[int], str]:
        """What stands well, for the many: who spoke when, the outcome, no open issue, the score."""
        by_name = {dimension.name: dimension for dimension in self.dimensions}
        heard = in_words(self.facts["last_sign_of_life"], self.now)
        kinds, scored = texts(self.facts["last_sign_type"]), in_words(self.facts["latest_score_on"], self.now)
        talks, enough = self.playbook.settings.contact.talks, self.playbook.settings.health.bands.healthy
        good = {name: dimension.points >= enough for name, dimension in by_name.items()}
        outcome, feedback = by_name["outcomes"].words, by_name["feedback"].words

        def text(i: int) -> str:
            parts = []
            if heard[i] and not self._is("contact_ahead", i):
                verb = "Last contact" if kinds[i] is None else "Spoke" if kinds[i] in talks else "Heard from them"
                parts.append(f"{verb} on {heard[i]}.")
            if good["outcomes"][i]:
                parts.append(f"{capital(str(outcome[i]))}.")
            if good["issues"][i]:
                parts.append("No open issue.")
            if good["feedback"][i]:
                parts.append(f"{feedback[i]} on {scored[i]}.")
            while len(" ".join(parts)) > WIDTH and len(parts) > 1:
                parts.pop()
            return cut(" ".join(parts), WIDTH)

        return text


def _dimension_of(fact: str) -> str:
    if fact.startswith("contact_leaving"):
        return "relationship"
    table = FACTS[fact].source.split(".")[0]
    by_table = {"interactions": "contact", "projects": "outcomes", "issues": "issues", "surveys": "feedback"}
    return by_table.get(table, "commercial" if fact.startswith("renewal") else "")
