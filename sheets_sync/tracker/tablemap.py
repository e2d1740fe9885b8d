"""Where a table stands in a team's tracker, as its config says it (or as it would be proposed)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Literal, Protocol

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


def source_names(sources: Iterable[str]) -> dict[str, str]:
    """What each source is called for people: its file's name, or, where two are called so or it is a URL, the end of
    how the config writes it."""
    found = {source: _name_of(source) for source in sources}
    names = list(found.values())
    return {source: name if names.count(name) == 1 else source for source, name in found.items()}


def _name_of(source: str) -> str:
    if "://" not in source:
        return PurePath(source.replace("\\", "/")).name or source
    parts = [part for part in source.partition("://")[2].split("/") if len(part) >= 20]
    return f"Google Sheet {parts[0][:8]}…" if parts else source


class Mapped(Protocol):
    """What reading needs of a Config."""

    @property
    def tables(self) -> Mapping[str, TableMap]: ...

    @property
    def timezone(self) -> str: ...
