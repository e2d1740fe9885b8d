"""What escalates an issue at once: frustration, money or law, a client about to leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from sheets_sync.playbook.schema import Grounds
from sheets_sync.rules.sentences import cut, date_in_words
from sheets_sync.tracker.tables import Tables

Ground = tuple[datetime, str]
_NAME = 40


@dataclass(frozen=True)
class Reasons:
    """What is known of each client: the days of their frustrations, and since when they are at risk."""

    grounds: Grounds
    frustrations: dict[str, list[datetime]]
    at_risk: dict[str, datetime]
    now: datetime

    def of(self, issue: Any, raised: datetime) -> list[Ground]:
        """The grounds of an open issue, each with its own moment, never before it was raised; the earliest first
        [A48] [A50] [A51]."""
        found: list[Ground] = []
        if self.grounds.financial_or_legal and issue.financial_or_legal is True:
            found.append((raised, "it touches money or law"))
        if self.grounds.churn_risk and issue.churn_risk is True:
            found.append((raised, "it is marked as a churn risk"))
        if self.grounds.churn_risk and issue.key in self.at_risk:
            found.append((max(raised, self.at_risk[issue.key]), "the client is at risk"))
        times = self.grounds.frustrations
        if times and issue.frustrations is not None and issue.frustrations >= times:
            found.append((raised, f"they were frustrated {how_often(int(issue.frustrations))} over it"))
        elif times and (moment := _second(self.frustrations.get(issue.key, ()), times, self._window, raised)):
            day = date_in_words(moment, self.now)
            found.append((max(raised, moment), f"they were frustrated {how_often(times)}, last on {day}"))
        return sorted(found, key=lambda ground: ground[0])

    @property
    def _window(self) -> timedelta:
        return timedelta(days=self.grounds.in_last_days or 3660)


def reasons(grounds: Grounds, tables: Tables, at_risk: dict[str, datetime], now: datetime) -> Reasons:
    """Gathers the frustrations of every client from Signals and from the Signal column of Interactions."""
    found: dict[str, list[datetime]] = {}
    for table, kind in (("signals", "kind"), ("interactions", "signal")):
        frame = tables[table].frame
        if len(frame):
            seen = frame[kind].eq("frustration").fillna(False) & frame["date"].le(pd.Timestamp(now))
            for key, day in zip(frame.loc[seen, "key"], frame.loc[seen, "date"], strict=True):
                found.setdefault(key, []).append(day.to_pydatetime())
    return Reasons(grounds, {key: sorted(days) for key, days in found.items()}, at_risk, now)


def _second(days: Sequence[datetime], times: int, window: timedelta, raised: datetime) -> datetime | None:
    """The day of the frustration that made it so many within the window, at the time of the issue or after."""
    for i in range(times - 1, len(days)):
        moment = max(days[i], raised)
        if moment.date() - days[i - times + 1].date() < window:
            return days[i]
    return None


def how_often(number: int) -> str:
    """Once, twice, 3 times."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def escalated_words(issue: str, counted: str) -> str:
    """An escalated issue with the first of its grounds, as part of a sentence; `counted` is its clock's: grounds, or
    the arithmetic, which begins with a number.

    >>> escalated_words("Wrong invoice", "it touches money or law; the client is at risk")
    '“Wrong invoice” touches money or law'
    """
    name = f"“{cut(issue, _NAME)}”" if issue else "an issue"
    ground = counted.partition(";")[0].partition(",")[0]
    if not ground[:1].isalpha():
        return name
    return f"{name} {ground[3:]}" if ground.startswith("it ") else f"{name}, as {ground}"
