"""The typed tables that rules work on.

Every frame has all columns of its table in schema.py, typed (text "string", numbers "Float64", yes/no "boolean", dates
and moments "datetime64[us]" with NaT for blank), whether the tracker has them or not, and two more: `row`, the 1-based
sheet row, and `key`, the client's key (missing where no client matches). `clients` is indexed by `key`.
A table that was read from several tabs numbers the rows of a further one on from STRIDE (`Table.place`).
A moment at midnight is a date without a time. `raci` (task, role, letter) and `ratings` (client, name, score: the
"Rating: …" columns of Surveys) have one row a cell, with its 1-based sheet `column`; `playbook` keeps values as they
stand.

>>> tables["interactions"].frame  # doctest: +SKIP
   row  key              date        type   direction  channel  by     summary
0    2  aldgate legal    2026-09-28  call   <NA>       <NA>     Priya  Budget round
1    3  corvid coffee    2026-11-20  email  out        <NA>     Tom    Weekly update
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from sheets_sync.model import Link, Place, Problem, Ref

# More rows than any tab has.
STRIDE = 100_000_000


@dataclass(frozen=True)
class Found:
    """A column that was recognised: 1-based sheet column, header as it stands, confidence 0–100, and the reason."""

    column: int
    header: str
    confidence: float = 100.0
    reason: str = ""


@dataclass(frozen=True)
class Table:
    """One kind of record. `tab` is "" and `header_row` 0 when the tracker has no such tab. `unreadable` holds, by
    column and sheet row, the text of cells that could not be read (their value in `frame` is blank). Of a table read
    from several tabs, `parts` are these, the first one's tab and header row stand here, and `lent` says which row of
    another part a value is taken from, by column and row. `foreign`: the tab stands in another file, so no jump leads
    there."""

    name: str
    frame: pd.DataFrame
    tab: str = ""
    header_row: int = 0
    columns: Mapping[str, Found] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    unreadable: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    parts: tuple[Table, ...] = ()
    lent: Mapping[tuple[str, int], int] = field(default_factory=dict)
    foreign: bool = False

    @property
    def present(self) -> bool:
        return bool(self.tab)

    def has(self, column: str) -> bool:
        """Whether the tracker has this column (it may still be all blank)."""
        return column in self.columns

    def ref(self, column: str, row: int | None, client: str = "") -> Ref:
        """Where a value stands; without the column, the tab and row."""
        part, line = self.place(column, row)
        found = part.columns.get(column)
        return Ref(part.tab, line, found.column if found else None, found.header if found else "", client)

    def place(self, column: str, row: int | None) -> tuple[Table, int | None]:
        """The tab in which a value stands, as a table of its own, and its 1-based row there."""
        if not self.parts:
            return self, row
        if row is None:
            return next((part for part in self.parts if part.has(column)), self.parts[0]), None
        number, line = divmod(self.lent.get((column, row), row), STRIDE)
        return self.parts[number], line

    def link(self, row: int | None, column: int = 1) -> Link | None:
        """The jump to a row; None where there is none."""
        if not self.tab or row is None or row <= 0:
            return None
        part, line = self.place("", row)
        return None if part.foreign else Link(part.tab, line or 1, column)


@dataclass(frozen=True)
class Tables:
    """All tables of a tracker by name (those of schema.py, and `ratings`), the problems met while reading, and the
    team's extra Clients columns as they stand (index `key`, a column a header). `seen` is what the rules have looked
    up in each of them, so that it is looked up once; `sources` are the names of other files that were read."""

    by_name: Mapping[str, Table]
    problems: tuple[Problem, ...]
    extra: pd.DataFrame
    place: Place | None = None
    derived: bool = False
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    seen: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, name: str) -> Table:
        return self.by_name[name]

    def inside(self, tab: str) -> bool:
        """Whether a problem's tab is one of the tracker's own, to which a jump can lead."""
        return bool(tab) and not any(tab == name or tab.startswith(f"{name}: ") for name in self.sources)
