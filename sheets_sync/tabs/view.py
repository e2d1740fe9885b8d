"""What every generated tab is made from, and the cells that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sheets_sync.model import Cell, Level, Link, Style, TextBlock
from sheets_sync.rules.actions import TEAM
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tabs.words import column_of, cut, level_of, monday, rows_of, text
from sheets_sync.tracker.tables import Tables

if TYPE_CHECKING:
    from sheets_sync.playbook.overrides import Change as Override
    from sheets_sync.playbook.schema import Playbook
    from sheets_sync.tracker.history import History


# A name in a table: longer ones would make rows of five lines.
LONG_NAME = 50


@dataclass(frozen=True)
class View:
    """One run as the tabs see it. `titles` gives the title of each tab and the header of each status column by id,
    `theme` the name of the colours, `prepared` the row of Texts by the row id of a Diary line (empty without that
    tab), `overrides` what the tracker sets otherwise than the playbook's file."""

    assessment: Assessment
    tables: Tables
    history: History
    playbook: Playbook
    titles: Mapping[str, str]
    theme: str = "calm"
    prepared: Mapping[str, int] = field(default_factory=dict)
    overrides: Sequence[Override] = ()

    @property
    def today(self) -> date:
        return self.assessment.now.date()

    @cached_property
    def next_monday(self) -> date:
        return monday(self.today) + timedelta(days=7)

    @cached_property
    def clients(self) -> dict[str, Any]:
        """Every client's line of the Assessment by key, as named tuples of plain values."""
        return {row.Index: row for row in rows_of(self.assessment.clients)}

    @cached_property
    def levels(self) -> dict[str, Level]:
        return {key: level_of(row.level) for key, row in self.clients.items()}

    @cached_property
    def actions(self) -> list[Any]:
        """Every line of the Assessment's actions, as named tuples of plain values; owner and state are texts."""
        frame = self.assessment.actions
        texts = {name: [text(value) for value in column_of(frame[name])] for name in ("owner", "state")}
        return rows_of(frame.assign(**texts))

    @cached_property
    def changes(self) -> list[tuple[date, str, Level, Level]]:
        """Every change of level that is remembered, today's too: (day, key, before, after), oldest first."""
        return _changes(self)

    @property
    def has_fees(self) -> bool:
        """Whether the tracker says what clients pay."""
        return bool(self.assessment.clients["fee"].notna().any())

    def link(self, key: Any) -> Link | None:
        """The jump to a client's row in the team's tab."""
        client = self.clients.get(key)
        if client is None or client.row is None:
            return None
        return self.tables["clients"].link(int(client.row), self._key_column)

    def client(self, key: Any, style: Style = "body", width: int = 0, most: int = 0) -> Cell:
        """A client's name, with the jump to its row, cut where it is longer than `most`; with `width` on one line."""
        row = self.clients.get(key)
        name = text(row.client if row else TEAM if key == "" else key)
        wrap = style == "body" and not width
        name = cut(name, width or most) if width or most else name
        return Cell(name or None, link=self.link(key), style=style, wrap=wrap)

    @property
    def _key_column(self) -> int:
        if self.tables.place:
            return self.tables.place.key_column
        found = self.tables["clients"].columns.get("client")
        return found.column if found else 1


def _changes(view: View) -> list[tuple[date, str, Level, Level]]:
    entries = sorted(view.history.levels, key=lambda entry: entry[0])
    entries += [(view.today, key, level) for key, level in view.levels.items()]
    found, last = [], dict[str, str]()
    for when, key, level in entries:
        if key in last and last[key] != level:
            found.append((when, key, level_of(last[key]), level_of(level)))
        last[key] = level
    return found


def heading(words: str, row: int, column: int = 1, span: int = 1) -> TextBlock:
    """A strong line above a table or chart."""
    return TextBlock((row, column), ((Cell(words, style="strong"),),), span)


def top(title: str, *lines: str, span: int) -> TextBlock:
    """A tab's title and the muted lines under it."""
    cells = tuple((Cell(line, style="muted"),) for line in lines if line)
    return TextBlock((1, 1), ((Cell(title, style="title"),), *cells), span)


def empty(words: str, row: int, column: int = 1, span: int = 1) -> TextBlock:
    """What stands where a table would: a sentence."""
    return TextBlock((row, column), ((Cell(words, style="muted"),),), span)
