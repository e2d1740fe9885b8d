"""The renewal meeting: six points, filled in as far as the tracker knows, with what is missing named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Gathered
from sheets_sync.rules.renewing import returned, terms
from sheets_sync.rules.results import Measured, measured, number_in_words, when_in_words
from sheets_sync.rules.returns import fees, returns
from sheets_sync.rules.sentences import cut, date_in_words, months_in_words, weekday_in_words
from sheets_sync.rules.wins import wins
from sheets_sync.tracker.tables import Tables

POINTS = (
    "Results recap",
    "What worked well",
    "What to improve",
    "Goals for the next period",
    "Proposed scope and investment",
    "Timeline for the decision",
)
MOST, QUOTE, MOST_MEETINGS = 4, 150, 10
COLUMNS = ("key", "point", "title", "line", "missing")


@dataclass(frozen=True)
class Asked:
    """What the agendas of some clients are made from; `offers` is what might be offered next, by key."""

    playbook: Playbook
    tables: Tables
    facts: pd.DataFrame
    offers: pd.Series
    now: datetime


def agendas(asked: Asked, keys: Sequence[str]) -> pd.DataFrame:
    """The agenda of each of these clients, a row a line [A71] [A75] [A76] [A77] [A78] [A79] [A80].

    key · point (1 to 6) · title · line (what the tracker knows, "" = nothing) · missing (what a person must still fill
    in, "" = nothing).

           key  point                      title                          line           missing
    0  kestrel      1              Results recap  Leads: 59 in Oct, 50 in Sep
    1  kestrel      4  Goals for the next period                                two or three goals…
    """
    made = _Agendas(asked, tuple(keys))
    lines = [
        (key, number, title, line, missing)
        for key in keys
        for number, (title, said) in enumerate(zip(POINTS, made.points(key), strict=True), start=1)
        for line, missing in said
    ]
    return pd.DataFrame(lines, columns=list(COLUMNS), dtype=object).astype({"point": "int64"})


Line = tuple[str, str]


@dataclass(frozen=True)
class _Agendas:
    asked: Asked
    keys: tuple[str, ...]

    def points(self, key: str) -> Iterator[list[Line]]:
        yield self._results(key)
        yield self._praise(key) or [("", "what they praised; else ask")]
        yield self._wishes(key) or [("", "what they missed; else ask")]
        goals = _text(self._client(key, "next_goals"))
        yield [(goals, "")] if goals else [("", "two or three goals of theirs, each with a number")]
        yield self._scope(key)
        yield self._timeline(key)

    def _results(self, key: str) -> list[Line]:
        said = [(line, "") for line in (*self._projects(key), *self._measures(key))][: MOST + 2]
        said = said or [("", "the numbers that matter to them: at the start, now")]
        if came_back := returned(self._returns, self._at(key)):
            return [*said, (f"Return: {came_back}", "")]
        return [*said, (self._billed(key), "what came back for the fees, from their own numbers")]

    def _projects(self, key: str) -> Iterator[str]:
        for row in self._rows("projects", key):
            measure = _text(row["success_metric"])
            if measure and pd.notna(row["current"]):
                now, before, target = (_number(row[name]) for name in ("current", "baseline", "target"))
                at_first = f", from {before} at the start" if before else ""
                yield f"{measure}: {now}{at_first}" + (f" (target {target})" if target else "")

    def _measures(self, key: str) -> Iterator[str]:
        """Each metric of Results: now and before; where months add up, the year with its trend and what each cost."""
        line = self._measured
        for series in np.flatnonzero(line.at == self._at(key)):
            begin, last = int(line.begin[series]), int(line.last[series])
            at_last, before = when_in_words(line, last, max(last - 1, begin), self.asked.now)
            text = f"{line.name[series]}: {number_in_words(line.value[last])} {at_last}"
            if last == begin:
                yield text
            elif line.adds_up[series]:
                yield f"{text}, {number_in_words(line.value[last - 1])} {before}{self._year(int(series))}"
            else:
                _, at_first = when_in_words(line, last, begin, self.asked.now)
                yield f"{text}, {number_in_words(line.value[begin])} {at_first}"

    def _year(self, series: int) -> str:
        """[A15] The total of a year, which way it goes, and what one cost in fees."""
        line, settings = self._measured, self.asked.playbook.settings.results
        begin, last = int(line.begin[series]), int(line.last[series])
        month = line.on[begin : last + 1].astype("datetime64[M]")
        inside = month > month[-1] - settings.year_months
        values, first = line.value[begin : last + 1][inside], month[inside][0]
        total, n = float(values.sum()), len(self._gathered.clients)
        text = f"; {number_in_words(total)} since {self._month(first)}"
        text += f", {trend(values, settings.trend_months, settings.steady)}"
        at = int(line.at[series])
        billed = fees(self._gathered, np.full(n, first), np.full(n, month[-1]))[at]
        money = bool(line.named(settings.money)[series])
        return text if money or not (billed > 0 and total > 0) else f"{text}; {billed / total:,.0f} in fees for each"

    def _billed(self, key: str) -> str:
        """The fees of a year, where nothing is known to have come back for them."""
        settings, n = self.asked.playbook.settings.results, len(self._gathered.clients)
        last = np.datetime64(self.asked.now.date(), "M")
        first = last - settings.year_months + 1
        billed = fees(self._gathered, np.full(n, first), np.full(n, last))[self._at(key)]
        tracked = bool((self._gathered["revenue"].at == self._at(key)).any())
        return f"Fees since {self._month(first)}: {billed:,.0f}" if tracked and billed > 0 else ""

    def _praise(self, key: str) -> list[Line]:
        theirs = self._wins[self._wins["key"].eq(key)]
        won = [(f"{what[:1].upper()}{what[1:]}", "") for what in theirs["what"].tolist()]
        first = [
            (f"First win of {_text(row['project']) or 'the project'}: {_text(row['first_win'])}", "")
            for row in self._rows("projects", key)
            if _text(row["first_win"]) and pd.notna(row["first_win_on"]) and row["first_win_on"].date() > self._back
        ]
        return [*self._said(key, "did_well"), *first, *won][:MOST]

    def _wishes(self, key: str) -> list[Line]:
        issues = [
            (f"Open: {_named(row['issue'])}, raised {self._day(row['raised_at']) or 'earlier'}", "")
            for row in self._rows("issues", key)
            if pd.isna(row["fixed_at"]) and pd.isna(row["confirmed_at"])
        ]
        return [*self._said(key, "improve"), *issues][:MOST]

    def _said(self, key: str, field: str) -> list[Line]:
        answered = [
            row
            for row in self._rows("surveys", key)
            if pd.notna(row["answered_on"]) and row["answered_on"] <= self.asked.now and _text(row[field])
        ]
        answered.sort(key=lambda row: row["answered_on"], reverse=True)
        return [(f"“{cut(_text(row[field]), QUOTE)}” ({self._day(row['answered_on'])})", "") for row in answered[:2]]

    def _scope(self, key: str) -> list[Line]:
        service = _text(self._client(key, "service"))
        fee, proposed, _, _ = self._terms.loc[key, ["fee", "proposed", "change", "terms"]]
        today = ", ".join(filter(None, [service, f"{fee:,.0f} a month" if fee == fee else ""]))
        missing = " and ".join(filter(None, ["scope" if not service else "", "fee" if fee != fee else ""]))
        offer = _text(self.asked.offers.get(key))
        said = [(f"Today: {today}" if today else "Today:", missing)]
        said += [(f"Could be added: {offer}", "")] if offer else []
        what = "what stays, what is added, what goes"
        if proposed != proposed:
            return [*said, ("Proposed:", f"{what}; the new fee")]
        words = self._terms.at[key, "terms"].partition("→ ")[2]
        return [*said, (f"Proposed: {words}", what)]

    def _timeline(self, key: str) -> list[Line]:
        end, decision = (self.asked.facts.at[key, name] for name in ("renewal_date", "decision_by"))
        ladder = {step.state: step.days_before for step in self.asked.playbook.renewal.ladder}
        by_ladder = {
            state: end - timedelta(days=days_before) if pd.notna(end) else pd.NaT
            for state, days_before in ladder.items()
        }
        decision = decision if pd.notna(decision) else by_ladder.get("decision due", pd.NaT)
        lines = (
            ("Proposal in their hands", by_ladder.get("proposal due", pd.NaT), "day"),
            ("Their decision", decision, "day, and who decides"),
            ("Renewal date", end, "day"),
        )
        return [
            (f"{label}: {weekday_in_words(when.date(), self.asked.now)}", "") if pd.notna(when) else (f"{label}:", gap)
            for label, when, gap in lines
        ]

    def _rows(self, name: str, key: str) -> list[dict[str, Any]]:
        return self._tables_of[name].get(key, [])

    @cached_property
    def _tables_of(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        found: dict[str, dict[str, list[dict[str, Any]]]] = {}
        for name in ("projects", "issues", "surveys"):
            frame = self.asked.tables[name].frame
            rows = frame[frame["key"].isin(list(self.keys)).fillna(False)].to_dict("records")
            found[name] = {}
            for row in rows:
                found[name].setdefault(row["key"], []).append(row)
        return found

    @cached_property
    def _gathered(self) -> Gathered:
        return Gathered(self.asked.tables)

    @cached_property
    def _measured(self) -> Measured:
        return measured(self.asked.playbook, self._gathered, self.asked.now)

    @cached_property
    def _returns(self) -> Any:
        return returns(self.asked.playbook, self._gathered, self.asked.now)

    @cached_property
    def _wins(self) -> pd.DataFrame:
        return wins(self.asked.tables, self.asked.playbook, self.asked.now)

    @cached_property
    def _terms(self) -> pd.DataFrame:
        return terms(self.asked.playbook, self._gathered.clients.loc[list(self.keys)])

    def _at(self, key: str) -> int:
        return int(self._gathered.clients.index.get_loc(key))

    def _client(self, key: str, column: str) -> Any:
        return self._gathered.clients.at[key, column]

    @property
    def _back(self) -> date:
        return self.asked.now.date() - timedelta(days=self.asked.playbook.settings.look_back.days)

    def _month(self, month: np.datetime64) -> str:
        """Dec 2025."""
        return months_in_words(np.array([month], "datetime64[D]"))[0]

    def _day(self, when: Any) -> str:
        return date_in_words(when.date(), self.asked.now) if pd.notna(when) else ""


def trend(values: Any, months: int, steady: float) -> str:
    """Which way a line of months goes: the mean of its last ones against that of as many before.

    >>> trend(np.array([50.0, 50, 50, 60, 60, 60]), 3, 0.05)
    'rising'
    """
    many = min(months, len(values) // 2)
    if not many:
        return "one month so far"
    late, early = float(values[-many:].mean()), float(values[-2 * many : -many].mean())
    if abs(late - early) <= steady * abs(early):
        return "steady"
    return "rising" if late > early else "falling"


def _named(issue: Any) -> str:
    return f"“{cut(_text(issue), QUOTE)}”" if _text(issue) else "an issue"


def _number(value: Any) -> str:
    return number_in_words(value) if pd.notna(value) else ""


def _text(value: Any) -> str:
    return "" if value is None or value is pd.NA or value != value else " ".join(str(value).split())
