"""sheets-sync.toml → Config: which tracker, which playbook, how the team's tabs map, what is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sheets_sync.tracker.tablemap import TableMap


@dataclass(frozen=True, slots=True)
class Holidays:
    """Public holidays by country ("GB") and region ("ENG"); no country, no public holidays."""

    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    """What a team decided about its tracker. Without a file every field has its default and `path` is None.

    `tracker` is as written in the file (a path relative to it, or ""), `playbook` a bundled name or a file relative to
    the config; `timezone` is an IANA name or "" for the system's; `columns_off` are ids of status columns not wanted,
    `tabs` ids of generated tabs wanted beside the usual ones; `theme` is "calm" or "traffic-light"."""

    path: Path | None = None
    tracker: str = ""
    playbook: str = "agency"
    timezone: str = ""
    tables: Mapping[str, TableMap] = field(default_factory=dict)
    columns_off: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    theme: str = "calm"
    holidays: Holidays = Holidays()
