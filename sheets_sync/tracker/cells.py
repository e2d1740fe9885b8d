"""What every reader of cells shares: blanks, errors, a cell as text, and what is said about one that cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from sheets_sync.model import NOT_CALCULATED, CellError, Scalar
from sheets_sync.tracker.tablemap import DateOrder, TableMap
from sheets_sync.tracker.texts import INVISIBLE, trimmed

# In a column of dates or numbers; as a name they would be one.
NOTHING = frozenset(["n/a", "n.a.", "na", "null", "none", "nil", "k.a.", "k. a.", "s/o", "nvt", "n.v.t."])
# As Excel writes them into a text file, in its own language too.
ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|ERROR!|GETTING_DATA|N/?[DV]|BEZUG!|WERT!|ZAHL!|VALEUR!"
    r"|NOM\s?\?|NOMBRE!|¡(?:REF|VALOR|DIV/0|NUM|NULO)!|¿NOMBRE\?|RIF!?|VALORE!|NOME\?|WAARDE!|VERW!|NAAM\?)"
)


@dataclass(frozen=True, slots=True)
class Bad:
    """One cell that could not be read: its place in the column (0-based), its value, and why, in two grammars."""

    index: int
    value: Scalar
    one: str
    many: str
    hint: str


@dataclass(frozen=True, slots=True)
class How:
    """How a column is to be read: what the config says of its table, the zone, the moment of the run, and the order of
    day and month in the spreadsheet's locale."""

    now: datetime
    zone: str = ""
    map: TableMap = field(default_factory=TableMap)
    order: DateOrder | None = None


@dataclass(slots=True)
class Parsed:
    """A typed column as long as its cells, the cells that could not be read, and sentences on what was taken over."""

    values: Any
    bad: list[Bad]
    notes: list[str] = field(default_factory=list)


def blank(value: Scalar) -> bool:
    """None, blanks of all kinds and lone dashes."""
    return value is None or (isinstance(value, str) and trimmed(value) is None)


def nothing(value: Scalar) -> bool:
    """Blank, or a word for nothing where a date or a number is due."""
    return blank(value) or (isinstance(value, str) and value.strip().casefold() in NOTHING)


def text_of(value: Scalar) -> str:
    """A cell as a person reads it; "" for blank and error cells."""
    if value is None or isinstance(value, CellError):
        return ""
    if isinstance(value, str):
        return value.strip().strip(INVISIBLE).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    return str(value)


def error_in(index: int, cell: CellError) -> Bad:
    if cell == NOT_CALCULATED:
        return Bad(
            index,
            cell,
            "is a formula that was never calculated",
            "are formulas that were never calculated",
            "Open the tracker in Excel, save it, and run again.",
        )
    return Bad(index, cell, "is an error", "are errors", "Mend the formula in the cell.")
