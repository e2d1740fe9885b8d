"""How well a tracker is understood: of each table the share of its headers, and of its cells, that could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sheets_sync.tracker.headers import known_extra
from sheets_sync.tracker.proposal import FoundTable, Proposal
from sheets_sync.tracker.tables import Table


@dataclass(frozen=True, slots=True)
class Understood:
    """One tab: how many of its headers are columns of ours, how many there are, and of the cells under those the share
    (0–1) that could be read; 1 where nothing is entered."""

    table: str
    tab: str
    headers: int
    of: int
    readable: float

    @property
    def share(self) -> float:
        """Of all that the tab's headers could say, what is understood (0–1)."""
        return self.headers / self.of * self.readable if self.of else 0.0


def understood(proposal: Proposal, tables: Mapping[str, Table]) -> list[Understood]:
    """Each tab that was read, in the proposal's order. Columns that many trackers have and that nothing of ours is
    (health, NPS, next contact) count for neither side."""
    return [_of(found, tables[found.match.spec.name]) for found in proposal.tabs()]


def _of(found: FoundTable, table: Table) -> Understood:
    match = found.match
    known = len(match.columns) + len(match.more)
    strange = sum(1 for header in match.unknown if not known_extra(header))
    unread = sum(len(rows) for column, rows in table.unreadable.items() if column in match.columns)
    filled = int(table.frame[[name for name in match.columns if name in table.frame]].notna().sum().sum())
    readable = filled / (filled + unread) if filled + unread else 1.0
    return Understood(match.spec.name, found.tab, known, known + strange, readable)
