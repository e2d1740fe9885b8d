"""What a tracker's tabs are taken for, as it is worked out: each table with its tab, and what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass, field

from sheets_sync.model import Grid, Problem
from sheets_sync.tracker.headers import Match, Suggestion


@dataclass(frozen=True, slots=True)
class FoundTable:
    """One table found in a tab: header row (1-based), its columns, and why it is thought to be this table. `form`: a
    form fills the tab; `source`: what the other file that it stands in is called ("" is the tracker)."""

    match: Match
    grid: Grid
    reason: str
    form: bool = False
    source: str = ""

    @property
    def tab(self) -> str:
        """What it is called for people, and in the place of every problem."""
        return titled_in(self.source, self.grid.title)


def titled_in(source: str, title: str) -> str:
    """A tab of another file: "responses.xlsx: Surveys"."""
    return f"{source}: {title}" if source else title


@dataclass
class Proposal:
    """All tables found, by name, and further tabs that hold rows of one (`beside`); headers that are near ours; tabs
    that were not read, with the reason."""

    tables: dict[str, FoundTable] = field(default_factory=dict)
    beside: dict[str, list[FoundTable]] = field(default_factory=dict)
    suggestions: list[Suggestion] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)

    def tabs_of(self, name: str) -> list[FoundTable]:
        """All tabs that hold rows of a table; the team's own first, then those that forms fill."""
        found = [self.tables[name]] if name in self.tables else []
        return sorted([*found, *self.beside.get(name, ())], key=lambda table: table.form)

    def tabs(self) -> list[FoundTable]:
        """Every tab of every table."""
        return [found for name in self.tables for found in self.tabs_of(name)]
