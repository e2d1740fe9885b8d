"""What the tracker holds about a client at risk: what happened, their words, good news, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import pandas as pd

from sheets_sync.model import Level
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import LEVEL_NAMES, as_date, cut, level_of, rows_of, sentence, short, text

MOST_EVENTS, MOST_SINCE, MOST_WINS = 6, 4, 3
Event = tuple[date, str]


class Evidence:
    """What the tracker holds about some clients, looked up once."""

    def __init__(self, view: View, keys: Sequence[str]) -> None:
        self.view = view
        self.frames = {name: self._of(view.tables[name].frame, keys) for name in _TABLES}
        self.frames["warnings"] = self._of(awake(view), keys)
        self.wins: dict[str, list[Any]] = {}
        for win in rows_of(view.assessment.boards.wins):
            self.wins.setdefault(win.key, []).append(win)
        self.changes = [change for change in view.changes if change[1] in keys]

    @staticmethod
    def _of(frame: pd.DataFrame, keys: Sequence[str]) -> dict[str, list[Any]]:
        found = frame[frame["key"].isin(list(keys)).fillna(False)]
        lines: dict[str, list[Any]] = {key: [] for key in keys}
        for row in rows_of(found):
            lines[row.key].append(row)
        return lines

    def before(self, key: str) -> list[Event]:
        """What happened in the time before the level fell, oldest first [D5]."""
        fell = as_date(self.view.clients[key].since) or self.view.today
        first = fell - timedelta(days=self.view.playbook.settings.recovery.events_days)
        return [event for event in self._events(key) if first <= event[0] <= fell][-MOST_EVENTS:]

    def since(self, key: str) -> list[Event]:
        """What happened after that."""
        fell = as_date(self.view.clients[key].since) or self.view.today
        return [event for event in self._events(key) if event[0] > fell][-MOST_SINCE:]

    def _events(self, key: str) -> list[Event]:
        found: list[Event] = []
        contacts = sorted(filter(lambda row: row.date, self.frames["interactions"][key]), key=lambda row: row.date)
        found += [(as_date(row.date), _contact(row)) for row in contacts]  # type: ignore[misc]
        found += _gaps([as_date(row.date) for row in contacts], self.view.today)  # type: ignore[misc]
        for row in self.frames["issues"][key]:
            name = f"“{cut(text(row.issue) or 'an issue', 60)}”"
            found += [(day, f"{name} raised") for day in [as_date(row.raised_at)] if day]
            found += [(day, f"{name} fixed") for day in [as_date(row.fixed_at)] if day]
        for row in self.frames["surveys"][key]:
            if (day := as_date(row.answered_on)) and row.score is not None:
                found.append((day, f"{row.score:g}/10 in the survey"))
        for row in self.frames["signals"][key]:
            if day := as_date(row.date):
                found.append((day, ": ".join(filter(None, [text(row.kind).capitalize(), cut(text(row.note), 80)]))))
        found += [(day, f"{LEVEL_NAMES[old]} became {LEVEL_NAMES[new]}") for day, _, old, new in self.changes_of(key)]
        known = [event for event in found if event[0] <= self.view.today]
        return sorted(known, key=lambda event: event[0])

    def changes_of(self, key: str) -> list[tuple[date, str, Level, Level]]:
        return [change for change in self.changes if change[1] == key]

    def quotes(self, key: str) -> list[str]:
        """What they wrote in their last two answers [A29] [A38] [A39]."""
        lines = []
        for row in self._answers(key)[-2:]:
            lines += [
                f"“{cut(words, 160)}” ({short(row.answered_on, self.view.today)})"
                for words in (text(row.improve), text(row.other))
                if words
            ]
        return lines

    def good_news(self, key: str) -> list[str]:
        """What went well: first wins, what measures better than before, praise [A88]."""
        lines = []
        for row in self.frames["projects"][key]:
            name = text(row.project) or text(row.service) or "The project"
            if day := as_date(row.first_win_on):
                lines.append(sentence(f"{name}: first win on {short(day, self.view.today)}"))
        lines = lines[-2:] + [sentence(text(win.what)) for win in self.wins.get(key, ())[:MOST_WINS]]
        praise = [text(row.did_well) for row in self._answers(key) if text(row.did_well)]
        return lines + [f"They liked: “{cut(words, 200)}”" for words in praise[-1:]]

    def reasons(self, key: str) -> list[str]:
        """Every warning in full, the worst first; without any, the Why of the client's row."""
        found = [sentence(text(row.sentence)) for row in self._warnings(key)]
        return found or [text(self.view.clients[key].why)]

    def way_back(self, key: str) -> list[str]:
        """What each open warning waits for, the worst first."""
        clear = [sentence(text(row.clears_when)) for row in self._warnings(key)]
        return list(dict.fromkeys(filter(None, clear)))[:5]

    def _warnings(self, key: str) -> list[Any]:
        return sorted(self.frames["warnings"][key], key=lambda row: level_of(row.level) is not Level.RISK)

    def _answers(self, key: str) -> list[Any]:
        answered = [row for row in self.frames["surveys"][key] if row.answered_on]
        return sorted(answered, key=lambda row: row.answered_on)


def awake(view: View) -> pd.DataFrame:
    """The warnings that count now; a snoozed one rests."""
    warnings = view.assessment.warnings
    return warnings[warnings["snoozed"].fillna("") == ""]


_TABLES = ("interactions", "issues", "surveys", "signals", "projects")


def _gaps(days: list[date], today: date) -> list[Event]:
    """Times without any contact, told on the day that ended them: those twice as long as the usual one."""
    spans = [(later - earlier, earlier, later) for earlier, later in pairwise(sorted(set(days)))]
    if len(spans) < 2:
        return []
    usual = median(span.days for span, _, _ in spans)
    return [
        (later, f"The first contact since {short(earlier, today)}")
        for span, earlier, later in spans
        if span.days > 2 * usual
    ]


def _contact(row: Any) -> str:
    kind = text(row.type).capitalize() or "Contact"
    who = {"in": "from them", "out": "from us"}.get(text(row.direction), "")
    return ": ".join(filter(None, [" ".join(filter(None, [kind, who])), cut(text(row.summary), 80)]))
