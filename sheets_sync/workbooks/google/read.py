"""Standing → Snapshot: the team's tabs without our columns, our columns and tabs, and what is wrong with them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from sheets_sync.model import (
    NOT_CALCULATED,
    CellError,
    Grid,
    OwnedColumn,
    OwnedTab,
    Problem,
    Ref,
    Scalar,
    Snapshot,
    letters,
)
from sheets_sync.workbooks.google import inbox
from sheets_sync.workbooks.google.names import INBOX, OWN_TABS, RESULTS
from sheets_sync.workbooks.google.results import Results, held
from sheets_sync.workbooks.google.standing import Sheet, Standing

_SAID = re.compile(r'"((?:[^"]|"")*)"')
_TURNS = re.compile(r"=\s*IF\(\s*NOW\(\)", re.IGNORECASE)
_KEYS = re.compile(r"\$([A-Z]+)\$?(\d+):\$\1(?!\$?\d)")
REPAIR = "Clear it, or run with --repair: it clears what was typed and says what it was."


@dataclass(frozen=True, slots=True)
class Status:
    """A status column where it stands: sheet, 0-based column, header row and key column (−1: its formula does not
    say), and the cells (0-based row, value) that somebody typed into it."""

    id: str
    sheet: Sheet
    at: int
    row: int
    key: int
    typed: tuple[tuple[int, Scalar], ...]

    @property
    def blocked(self) -> bool:
        """Whether the column shows nothing because of what was typed into it."""
        return bool(self.typed) and isinstance(self.sheet.at(self.row, self.at), CellError)


def revision_of(standing: Standing) -> str:
    """What changes with any change of what was read."""
    digest = hashlib.sha256()
    for sheet in standing.sheets:
        said = (sheet.id, sheet.title, sheet.visible, sheet.tab, sorted(sheet.columns.items()), sheet.values)
        digest.update(repr(said).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def snapshot(standing: Standing, location: str, tabs: Collection[str] | None = None) -> Snapshot:
    """The tracker as it stands; with `tabs`, only these of the team's tabs, and ours always."""
    results = held(standing.tab(RESULTS))
    statuses = list(find_statuses(standing))
    asked = None if tabs is None else {title.casefold() for title in tabs}
    theirs = [sheet for sheet in standing.theirs() if asked is None or sheet.title.casefold() in asked]
    ours = [sheet for sheet in standing.sheets if sheet.tab and standing.tab(sheet.tab) is sheet]
    return Snapshot(
        location=location,
        revision=revision_of(standing),
        grids={sheet.title: _without(sheet, statuses) for sheet in theirs},
        columns=tuple(_owned(status, results) for status in statuses),
        tabs=tuple(_tab(standing, sheet) for sheet in ours if sheet.tab not in OWN_TABS),
        locale=standing.locale,
        title=standing.title,
        problems=tuple(problem for status in statuses for problem in _problems(status)),
    )


def find_statuses(standing: Standing) -> list[Status]:
    """Every status column that stands, by what its formula says; one without a formula holds values."""
    found = []
    for id, sheet, at in standing.columns():
        row = next((row for row in range(len(sheet.cells)) if "lookup(" in sheet.formula(row, at).casefold()), None)
        if row is None:
            row = next((row for row in range(len(sheet.values)) if sheet.at(row, at) is not None), 0)
            found.append(Status(id, sheet, at, row, -1, ()))
            continue
        keys = _KEYS.search(sheet.formula(row, at))
        key = _number(keys[1]) - 1 if keys else -1
        typed = tuple((other, sheet.at(other, at)) for other in range(len(sheet.cells))
                      if other != row and _is_typed(sheet, other, at, row))  # fmt: skip
        found.append(Status(id, sheet, at, row, key, typed))
    return found


def _is_typed(sheet: Sheet, row: int, at: int, header: int) -> bool:
    """Whether a cell holds something of its own: while the formula fills the column, only cells above its header can;
    once it is blocked, every cell that shows something."""
    if row < header:
        return False
    blocked = isinstance(sheet.at(header, at), CellError)
    return (blocked and sheet.at(row, at) is not None) or bool(sheet.formula(row, at))


def _number(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _without(sheet: Sheet, statuses: list[Status]) -> Grid:
    """A tab of the team's; what is ours in it is blank."""
    columns = {status.at: status.row for status in statuses if status.sheet is sheet}
    if not columns:
        return sheet.grid()
    rows = []
    for i, line in enumerate(sheet.values):
        cells = [None if at in columns and i >= columns[at] else value for at, value in enumerate(line)]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(tuple(cells))
    return Grid(sheet.title, tuple(rows), sheet.visible)


def _owned(status: Status, results: Results) -> OwnedColumn:
    sheet, at, row = status.sheet, status.at, status.row
    header = sheet.at(row, at)
    shown = {other: sheet.at(other, at) for other in range(row + 1, len(sheet.values))}
    if isinstance(header, CellError) and status.key >= 0:
        # It would show this if nothing were in the way, or once it is worked out: so nothing is written again.
        said = _SAID.search(sheet.formula(row, at))
        header = said[1].replace('""', '"') if said else ""
        shown = {other: results.shown(sheet.at(other, status.key), status.id) for other in shown}
    cells = {other + 1: value for other, value in shown.items() if value is not None}
    return OwnedColumn(status.id, sheet.title, at + 1, header if isinstance(header, str) else "", cells)


def _tab(standing: Standing, sheet: Sheet) -> OwnedTab:
    grid = Grid(sheet.title, tuple(_line(sheet, row) for row in range(len(sheet.values))), sheet.visible)
    return OwnedTab(sheet.tab, grid, inbox.missed(standing.tab(INBOX), sheet.tab, sheet.title))


def _line(sheet: Sheet, row: int) -> tuple[Scalar, ...]:
    """A row of a tab of ours. A line that turns by the clock counts as what it said when it was written: whether it is
    right by now is for the run to say, which may be about another day (--as-of)."""
    line = list(sheet.values[row])
    for at in range(len(line)):
        formula = sheet.formula(row, at)
        if formula and _TURNS.match(formula) and (said := _SAID.search(formula)):
            line[at] = said[1].replace('""', '"')
    return tuple(line)


def _problems(status: Status) -> list[Problem]:
    header = _owned(status, Results()).header
    shown = status.sheet.at(status.row, status.at)
    if not status.typed and isinstance(shown, CellError) and shown != NOT_CALCULATED:
        ref = Ref(status.sheet.title, status.row + 1, status.at + 1, header)
        return [
            Problem(ref, f"The column shows {shown.text}.", "Delete its header; the next run writes it anew.", shown)
        ]
    if not status.blocked:
        return []
    first, value = status.typed[0]
    ref = Ref(status.sheet.title, first + 1, status.at + 1, header)
    others = f", and {len(status.typed) - 1} more" if len(status.typed) > 1 else ""
    where = f"{letters(status.at + 1)}{first + 1}"
    message = f"“{value}” was typed into {where}{others}, so {header or 'the column'} shows nothing."
    return [Problem(ref, message, REPAIR, value, len(status.typed))]
