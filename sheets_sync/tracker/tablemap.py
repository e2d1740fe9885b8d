"""Where a table stands in a team's tracker, as its config says it (or as it would be proposed)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

DateOrder = Literal["day first", "month first"]


@dataclass(frozen=True, slots=True)
class TableMap:
    """One table. `tab` "" and `header_row` 0 mean: find it. `columns` maps our column names to headers as they stand
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

    @property
    def elsewhere(self) -> TableMap:
        """What it says of a further tab of the same table: how values are read, not where they stand."""
        return replace(self, tab="", header_row=0, columns={}, divide={})


class Mapped(Protocol):
    """What reading needs of a Config."""

    @property
    def tables(self) -> Mapping[str, TableMap]: ...

    @property
    def timezone(self) -> str: ...
