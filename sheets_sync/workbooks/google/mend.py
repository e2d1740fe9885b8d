"""The check of a write, on Google's own reply: what people did between our read and our write is seen there, and what
came to stand wrong because of it is set right at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sheets_sync.model import Column, Patch, Scalar, StatusCell
from sheets_sync.workbooks.google import ask, colours
from sheets_sync.workbooks.google.batch import Batch
from sheets_sync.workbooks.google.columns import Home, set_columns, write_cells
from sheets_sync.workbooks.google.names import RESULTS
from sheets_sync.workbooks.google.results import Results, match_key
from sheets_sync.workbooks.google.standing import Sheet, Standing
from sheets_sync.workbooks.google.values import Json, entered
from sheets_sync.workbooks.themes import fills

_FIRST_ROWS = 60


def mend(before: Standing, after: Standing, made: Batch, patch: Patch) -> list[Json]:
    """The requests that set right what people's edits in between made wrong; none where nothing is."""
    if made.home is None:
        return []
    sheet, results = after.by_id(made.home.sheet.id), after.tab(RESULTS)
    if sheet is None or (results is None and not made.home.by_values):
        return []
    was = before.by_id(made.home.sheet.id) or made.home.sheet
    asked = _give_back(was, sheet, made) + _frozen(was, sheet, made)
    found = _find_home(was, sheet, made)
    if found is not None:
        title = results.title if results else made.home.results
        at_home = replace(made.home, sheet=sheet, row=found[0], key=found[1], results=title)
        standing = [column for column in patch.columns if column.id in sheet.columns.values()]
        asked += _strays(sheet, at_home)
        if made.home.by_values:
            asked += _misplaced(at_home, standing, made.results)
        else:
            asked += set_columns(at_home, standing, fills(patch.theme))
    return asked


def _frozen(was: Sheet, sheet: Sheet, made: Batch) -> list[Json]:
    """Columns that are put in among frozen ones are frozen too; where they stay so when they are moved away, the team
    has more frozen columns than it had."""
    if not made.home or not was.frozen_columns or _theirs(was, made.home.row) != _theirs(sheet, made.home.row):
        return []
    spans = (r["insertDimension"]["range"] for r in made.requests if "insertDimension" in r)
    extra = sum(span["endIndex"] - span["startIndex"] for span in spans if span["sheetId"] == sheet.id)
    if not extra or sheet.frozen_columns != was.frozen_columns + extra:
        return []
    return [ask.grid_of(sheet.id, frozenColumnCount=was.frozen_columns)]


def _theirs(sheet: Sheet, row: int) -> list[Scalar]:
    line = [sheet.at(row, at) for at in range(sheet.width) if at not in sheet.columns]
    while line and line[-1] is None:
        line.pop()
    return line


def _give_back(was: Sheet, sheet: Sheet, made: Batch) -> list[Json]:
    """Colours of the team's that went in place of ours, because somebody added or removed some meanwhile."""
    dropped = (r["deleteConditionalFormatRule"] for r in made.requests if "deleteConditionalFormatRule" in r)
    if not any(one["sheetId"] == sheet.id for one in dropped):
        return []
    left = Counter(colours.asks(rule) for rule in sheet.rules)
    lost = []
    for rule in was.rules:
        if not colours.is_ours(rule):
            left[colours.asks(rule)] -= 1
            if left[colours.asks(rule)] < 0:
                lost.append(rule)
    return ask.add_rules(lost)


def _column(sheet: Sheet, at: int, first: int) -> list[Scalar]:
    values = [sheet.at(row, at) for row in range(first, len(sheet.values))]
    while values and values[-1] is None:
        values.pop()
    return values


def _find_home(was: Sheet, sheet: Sheet, made: Batch) -> tuple[int, int] | None:
    """Where the header row and the key column are now (0-based); None where they cannot be told."""
    at_home = made.home
    if at_home is None:
        return None
    wanted = [value for at, value in enumerate(was.values[at_home.row]) if value is not None and at not in was.columns]
    scores = [sum(value in line for value in wanted) for line in sheet.values[:_FIRST_ROWS]]
    if not scores or not max(scores):
        return None
    # The nearest of equally good rows: a table may repeat its header.
    row = min(range(len(scores)), key=lambda n: (-scores[n], abs(n - at_home.row)))
    header = was.at(at_home.row, at_home.key)
    keys = set(made.results.rows)

    def known(at: int) -> tuple[int, bool, int]:
        hits = sum(match_key(value) in keys for value in _column(sheet, at, row + 1) if value is not None)
        return hits, sheet.at(row, at) == header, -abs(at - at_home.key)

    places = [at for at in range(max(map(len, sheet.values), default=0)) if at not in sheet.columns]
    best = max(places, key=known, default=None)
    return None if best is None or (not known(best)[0] and sheet.at(row, best) != header) else (row, best)


def _strays(sheet: Sheet, at_home: Home) -> list[Json]:
    """Formulas of ours in our columns beside the header row: rows were put in above it meanwhile."""
    return [
        ask.one_cell(sheet.id, row, at, {}, "userEnteredValue,userEnteredFormat,note")
        for at in sheet.columns
        for row in range(min(len(sheet.cells), _FIRST_ROWS))
        if row != at_home.row and "lookup(" in sheet.formula(row, at).casefold()
    ]


def _misplaced(at_home: Home, columns: Sequence[Column], results: Results) -> list[Json]:
    """Mode `values`: columns in which a row does not show what its key calls for, written anew by the rows as they
    are now."""
    sheet, asked = at_home.sheet, []
    places = {id: at for at, id in sheet.columns.items()}
    for column in columns:
        cells = []
        for row in range(at_home.row + 1, len(sheet.values)):
            key = sheet.at(row, at_home.key)
            value = results.rows.get(match_key(key), {}).get(column.id) if key is not None else None
            cells.append(StatusCell(row + 1, key, value))  # type: ignore[arg-type]
        at = places[column.id]
        wrong = any(entered(cell.value) != entered(sheet.at(cell.row - 1, at)) for cell in cells)
        if wrong:
            asked += write_cells(at_home, replace(column, cells=tuple(cells)), at)
    return asked
