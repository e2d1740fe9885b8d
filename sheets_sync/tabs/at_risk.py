"""At Risk: a page a client for the meeting: why, what happened, their words, good news, the way back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.tabs.view import LONG_NAME, View, empty, heading, top
from sheets_sync.tabs.words import (
    LEVEL_NAMES,
    as_date,
    count,
    cut,
    level_of,
    listed,
    money,
    rows_of,
    sentence,
    short,
    text,
)

MOST_BLOCKS = 10
MOST_EVENTS = 6
MOST_ON_LIST = 500
WIDTHS = (20.0, 86.0)

Event = tuple[date, str]


def tab(view: View) -> Tab:
    """Ten clients in full, by fee and urgency, then the others as a list."""
    keys = _ordered(view)
    blocks: list[Block] = [top(_title(view, keys), span=2)]
    breaks: list[int] = []
    row = 3
    evidence = _Evidence(view, keys[:MOST_BLOCKS])
    for i, key in enumerate(keys[:MOST_BLOCKS]):
        if i:
            breaks.append(row - 1)
        block = TextBlock((row, 1), tuple(_lines(view, key, evidence)), span=2)
        blocks.append(block)
        row += len(block.lines) + 1
    if not keys:
        blocks.append(empty(_nobody(view), row, span=2))
    if rest := keys[MOST_BLOCKS:]:
        breaks.append(row - 1)
        blocks += _list(view, rest, row)
    return Tab(
        "at_risk", view.titles["at_risk"], tuple(blocks), WIDTHS, freeze=1, breaks=tuple(breaks), print_columns=2
    )


def _ordered(view: View) -> list[str]:
    """Clients at risk by fee × urgency; where no fee is known, the middle one of the others counts."""
    at_risk = [row for key, row in view.clients.items() if view.levels[key] is Level.RISK]
    warnings = _awake(view)
    weights = warnings["level"].map({Level.RISK.value: 2, Level.WATCH.value: 1}).fillna(0)
    urgency = weights.groupby(warnings["key"]).sum().to_dict()
    fees = sorted(float(row.fee) for row in at_risk if row.fee)
    middle = fees[len(fees) // 2] if fees else 1.0

    def order(row: Any) -> tuple[float, float, str]:
        pressing = float(urgency.get(row.Index, 0)) or 1.0
        return (-float(row.fee or middle) * pressing, -pressing, text(row.client).casefold())

    return [row.Index for row in sorted(at_risk, key=order)]


def _awake(view: View) -> pd.DataFrame:
    """The warnings that count now; a snoozed one rests."""
    warnings = view.assessment.warnings
    return warnings[warnings["snoozed"].fillna("") == ""]


def _title(view: View, keys: Sequence[str]) -> str:
    if not keys:
        return "At risk: nobody"
    fees = sum(float(view.clients[key].fee or 0) for key in keys)
    return f"At risk: {count(len(keys), 'client')}" + (f", {money(fees)} a month" if fees else "")


def _nobody(view: View) -> str:
    watched = sum(1 for level in view.levels.values() if level is Level.WATCH)
    if not view.clients:
        return "Clients at risk get a page here, made for a meeting."
    return f"No client is at risk. {count(watched, 'client')} to watch." if watched else "No client is at risk."


def _lines(view: View, key: str, evidence: _Evidence) -> Iterable[tuple[Cell, ...]]:
    yield (view.client(key, "heading"),)
    yield (Cell(_who(view, key), style="muted"),)
    parts = {
        "Why": evidence.reasons(key),
        "What happened": [f"{short(when, view.today)} → {words}" for when, words in evidence.events(key)],
        "In their words": evidence.quotes(key),
        "Good news to bring": evidence.good_news(key),
        "Healthy again when": evidence.way_back(key),
        "In the room": [listed(evidence.people(key))],
    }
    for label, sentences in parts.items():
        for i, words in enumerate(filter(None, sentences)):
            yield (Cell(None if i else label, style="strong"), Cell(words, wrap=True))


def _who(view: View, key: str) -> str:
    client = view.clients[key]
    since = as_date(client.since)
    parts = [text(client.owner) or "no owner"]
    parts += [f"{money(float(client.fee))} a month"] if client.fee else []
    parts += [f"at risk since {short(since, view.today)}"] if since else []
    return " · ".join(parts)


def _list(view: View, keys: Sequence[str], row: int) -> list[Block]:
    rows = tuple(
        TableRow("", (view.client(key, most=LONG_NAME), Cell(f"{_who(view, key)}: {why}", wrap=True)))
        for key, why in ((key, text(view.clients[key].why)) for key in keys[:MOST_ON_LIST])
    )
    left = len(keys) - len(rows)
    words = f"{len(keys):,} more at risk" + (f", the first {MOST_ON_LIST} of them" if left else "")
    return [
        heading(words, row, span=2),
        TableBlock((row + 1, 1), (TableColumn("Client"), TableColumn("In short")), rows),
    ]


class _Evidence:
    """What the tracker holds about some clients, looked up once."""

    def __init__(self, view: View, keys: Sequence[str]) -> None:
        self.view = view
        self.frames = {name: self._of(view.tables[name].frame, keys) for name in _TABLES}
        self.frames["warnings"] = self._of(_awake(view), keys)
        self.changes = [change for change in view.changes if change[1] in keys]

    @staticmethod
    def _of(frame: pd.DataFrame, keys: Sequence[str]) -> dict[str, list[Any]]:
        found = frame[frame["key"].isin(list(keys)).fillna(False)]
        lines: dict[str, list[Any]] = {key: [] for key in keys}
        for row in rows_of(found):
            lines[row.key].append(row)
        return lines

    def events(self, key: str) -> list[Event]:
        """The last dated happenings, oldest first."""
        found: list[Event] = []
        contacts = sorted(filter(lambda row: row.date, self.frames["interactions"][key]), key=lambda row: row.date)
        found += [(as_date(row.date), _contact(row)) for row in contacts[-3:]]  # type: ignore[misc]
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
        return sorted(known, key=lambda event: event[0])[-MOST_EVENTS:]

    def changes_of(self, key: str) -> list[tuple[date, str, Level, Level]]:
        return [change for change in self.changes if change[1] == key]

    def quotes(self, key: str) -> list[str]:
        """What they wrote in their last two answers."""
        lines = []
        for row in self._answers(key)[-2:]:
            lines += [
                f"“{cut(words, 220)}” ({short(row.answered_on, self.view.today)})"
                for words in (text(row.improve), text(row.other))
                if words
            ]
        return lines

    def good_news(self, key: str) -> list[str]:
        """What went well: wins, numbers above where they began, praise."""
        lines = []
        for row in self.frames["projects"][key]:
            name = text(row.project) or text(row.service) or "The project"
            if day := as_date(row.first_win_on):
                lines.append(sentence(f"{name}: first win on {short(day, self.view.today)}"))
            if row.baseline is not None and row.current is not None and row.current > row.baseline:
                measure = text(row.success_metric) or "the measure"
                lines.append(sentence(f"{name}: {measure} {row.current:,g}, from {row.baseline:,g} at the start"))
        praise = [text(row.did_well) for row in self._answers(key) if text(row.did_well)]
        return lines[-3:] + [f"They liked: “{cut(words, 200)}”" for words in praise[-1:]]

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

    def people(self, key: str) -> list[str]:
        """The owner and whoever spoke with them last."""
        contacts = sorted(filter(lambda row: row.date, self.frames["interactions"][key]), key=lambda row: row.date)
        names = [text(self.view.clients[key].owner), *(text(row.by) for row in reversed(contacts[-5:]))]
        first: dict[str, str] = {}
        for name in filter(None, names):
            first.setdefault(name.casefold(), name)
        return list(first.values())

    def _answers(self, key: str) -> list[Any]:
        answered = [row for row in self.frames["surveys"][key] if row.answered_on]
        return sorted(answered, key=lambda row: row.answered_on)


_TABLES = ("interactions", "issues", "surveys", "signals", "projects")


def _contact(row: Any) -> str:
    kind = text(row.type).capitalize() or "Contact"
    who = {"in": "from them", "out": "from us"}.get(text(row.direction), "")
    return ": ".join(filter(None, [" ".join(filter(None, [kind, who])), cut(text(row.summary), 80)]))
