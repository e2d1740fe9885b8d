"""What is read: the tracker as it stands, and where in it something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class Level(StrEnum):
    """How a client, a warning or a cell stands; `none` has no health at all (left, paused), `unknown` is grey."""

    NONE = "none"
    UNKNOWN = "unknown"
    OK = "ok"
    WATCH = "watch"
    RISK = "risk"

    @property
    def symbol(self) -> str:
        return SYMBOLS[self]


SYMBOLS = {Level.NONE: "–", Level.UNKNOWN: "–", Level.OK: "●", Level.WATCH: "▲", Level.RISK: "✖"}
_ORDER = list(Level)


def worst(levels: Iterable[Level]) -> Level:
    """The worst of some levels; unknown never hides a worse one, and of nothing it is none."""
    return max(levels, key=_ORDER.index, default=Level.NONE)


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell without a usable value: an error (`#N/A`) or a formula that was never calculated."""

    text: str


NOT_CALCULATED = CellError("not calculated")

Scalar = str | float | int | bool | date | datetime | time | timedelta | CellError | None


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something stands: tab title, 1-based sheet row and column, header text, client's name."""

    tab: str
    row: int | None = None
    column: int | None = None
    header: str = ""
    client: str = ""

    @property
    def a1(self) -> str:
        """`E14`, or the part of it that is known."""
        return f"{letters(self.column) if self.column else ''}{self.row or ''}"

    def __str__(self) -> str:
        place = f"{self.tab}!{self.a1}" if self.a1 else self.tab
        return f'{place} "{self.header}"'.strip() if self.header else place


def letters(column: int) -> str:
    """Column letters of a 1-based column number: 1 → A, 28 → AB."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or missing, gathered and never raised midway: `message` is a sentence, `hint` what to do."""

    ref: Ref
    message: str
    hint: str = ""
    value: Scalar = None
    count: int = 1

    def __str__(self) -> str:
        return " ".join(part for part in (f"{self.ref}: {self.message}", self.hint) if part)


@dataclass(frozen=True, slots=True)
class Grid:
    """One tab as it was read: `rows[0][0]` is A1; ragged rows are short of blanks; cells that we own are None. `merged`
    are the merged areas near its top ("A1:C1"), where a backend knows them."""

    title: str
    rows: Sequence[Sequence[Scalar]]
    visible: bool = True
    merged: tuple[str, ...] = ()

    def at(self, row: int, column: int) -> Scalar:
        """The value at a 1-based row and column; None beyond the used range."""
        if not 0 < row <= len(self.rows):
            return None
        cells = self.rows[row - 1]
        return cells[column - 1] if 0 < column <= len(cells) else None


@dataclass(frozen=True, slots=True)
class OwnedColumn:
    """A status column of ours as it stands: values by 1-based sheet row, the header not among them."""

    id: str
    tab: str
    column: int
    header: str
    cells: Mapping[int, Scalar]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A tab of ours when it was last rewritten: as that run had read it, as it stood at the moment of writing, and as
    it was written. Where the first two differ, somebody typed meanwhile."""

    read: Grid
    stood: Grid
    written: Grid


@dataclass(frozen=True, slots=True)
class OwnedTab:
    """A generated tab as it stands, with whatever people typed into it; `missed` tells what they typed into it while
    it was being rewritten, and that it therefore does not show."""

    id: str
    grid: Grid
    missed: Rewritten | None = None

    @property
    def title(self) -> str:
        return self.grid.title


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tracker at one moment. `revision` changes with any change; `grids` holds the team's tabs, never ours.
    `locale` (en_GB; "" where the tracker has none) says how dates typed as text are meant; `problems` are what the
    backend itself has to say, such as a status column that somebody typed into; `reads` counts the files or requests
    that it took; `title` is a spreadsheet's own name ("" for a file, which has its path)."""

    location: str
    revision: str
    grids: Mapping[str, Grid]
    columns: tuple[OwnedColumn, ...] = ()
    tabs: tuple[OwnedTab, ...] = ()
    locale: str = ""
    problems: tuple[Problem, ...] = ()
    reads: int = 1
    title: str = ""

    def owned_tab(self, id: str) -> OwnedTab | None:
        return next((tab for tab in self.tabs if tab.id == id), None)
