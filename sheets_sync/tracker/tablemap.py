"""Where a table stands in a team's tracker, as its config says it (or as it would be proposed)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal, Protocol

from sheets_sync.model import Snapshot

DateOrder = Literal["day first", "month first"]


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table. `tab` "" and `header_row` 0 mean: find it. `source` is the other file or spreadsheet that it is read
    from, as the config writes it ("" is the tracker itself). `columns` maps our column names to headers as they stand
    ("" keeps a column from being read); columns not named here are still found by their headers. `date_order` and
    `decimal` settle text that could be read in two ways; `serial_dates` reads bare numbers in date columns as Excel
    days; `divide` says by how much a column's numbers are divided (a yearly sum in a monthly one: 12); `off` keeps the
    table from being read at all."""

    tab: str = ""
    header_row: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    date_order: DateOrder | None = None
    decimal: Literal[".", ","] | None = None
    serial_dates: bool = False
    divide: Mapping[str, float] = field(default_factory=dict)
    off: bool = False
    source: str = ""

    @property
    def elsewhere(self) -> TableMap:
        """What it says of a further tab of the same table: how values are read, not where they stand."""
        return replace(self, tab="", header_row=0, columns={}, divide={}, source="")


def source_names(sources: Mapping[str, Snapshot]) -> dict[str, str]:
    """What each source is called for people: the spreadsheet's title or the file's name; where two are called the same,
    as the config writes it."""
    found = {source: read.title or PurePath(source.replace("\\", "/")).name for source, read in sources.items()}
    names = list(found.values())
    return {source: name if names.count(name) == 1 else source for source, name in found.items()}


class Mapped(Protocol):
    """What reading needs of a Config."""

    @property
    def tables(self) -> Mapping[str, TableMap]: ...

    @property
    def timezone(self) -> str: ...
