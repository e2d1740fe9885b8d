"""The status columns in the team's tab: one formula each, put in so that nothing that people do meanwhile can set a
status beside another client or touch a column of theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sheets_sync.errors import Changed
from sheets_sync.model import Column, Place
from sheets_sync.workbooks.google import ask, colours
from sheets_sync.workbooks.google.looks import NUMBER_FORMATS, cell_format, pixels
from sheets_sync.workbooks.google.names import COLUMN, number
from sheets_sync.workbooks.google.results import formula, plain_formula
from sheets_sync.workbooks.google.standing import Sheet, Standing
from sheets_sync.workbooks.google.values import Json, entered
from sheets_sync.workbooks.layout import Look
from sheets_sync.workbooks.themes import Fills

DESCRIPTION = "Written by sheets-sync: what is typed here stops it from being shown."


@dataclass(frozen=True, slots=True)
class Home:
    """Where status columns stand: their sheet, the 0-based header row and key column, the results tab's title and its
    columns by id, and whether cells hold values instead of one formula a column."""

    sheet: Sheet
    row: int
    key: int
    results: str
    places: Mapping[str, int]
    by_values: bool = False

    def header(self, column: Column, shift: int = 0) -> Json:
        """The cell in the header row; `shift` columns have been put in left of the key."""
        if self.by_values:
            return {"userEnteredValue": {"stringValue": column.header}}
        text = formula(column.header, self.results, self.places[column.id], self.key + shift, self.row)
        return {"userEnteredValue": {"formulaValue": text}}


def home(standing: Standing, place: Place, results: str, places: Mapping[str, int], by_values: bool) -> Home:
    """The home of the status columns. Raises Changed when the tab has gone."""
    sheet = standing.titled(place.tab)
    if sheet is None:
        raise Changed(f'The tab "{place.tab}" is no longer there. Run again.')
    return Home(sheet, place.header_row - 1, place.key_column - 1, results, places, by_values)


def set_columns(
    at_home: Home,
    columns: Sequence[Column],
    fills: Fills,
    standing: Standing | None = None,
    going: Collection[str] = (),
) -> list[Json]:
    """Put status columns in, and set right what differs on those that stand; take those out that are `going`."""
    places = {id: at for at, id in at_home.sheet.columns.items()}
    new = [column for column in columns if column.id not in places]
    there = [column for column in columns if column.id in places]
    old, colours_, coloured = _recoloured(at_home, there, places, fills)
    amended = {column.id: asked for column in there if (asked := _amend(at_home, column, places))}
    meant = [id for id in places if id in amended or id in coloured]
    asked = [request for id in meant for request in still_there(at_home.sheet, places[id], id)]
    before, after = drop_columns(standing, going, {at_home.sheet.id: old}) if standing else ([], [])
    asked += before if standing else ask.drop_rules(at_home.sheet.id, old)
    asked += ask.add_rules(colours_)
    for one in amended.values():
        asked += one
    if new:
        asked += _install(at_home, new, places, fills)
    return asked + after


def still_there(sheet: Sheet, at: int, id: str) -> list[Json]:
    """Requests that fail, and the whole batch with them, unless a column of ours stands where it was read: its tag is
    deleted only from there, and made anew under the number that it has."""
    where = {"dimensionRange": ask.columns(sheet.id, at, at + 1)}
    return [ask.untag(number(COLUMN, id), where), ask.tag(number(COLUMN, id), COLUMN, id, where)]


def _recoloured(
    at_home: Home, columns: Sequence[Column], positions: Mapping[str, int], fills: Fills
) -> tuple[list[int], list[Json], set[str]]:
    """Colours that differ from what they should be: the indexes of the old ones, the new ones, and of which columns."""
    sheet = at_home.sheet
    old: list[int] = []
    new: list[Json] = []
    ids = set()
    for column in columns:
        present = _rules_on(sheet, positions[column.id])
        wanted = _rules(at_home, column, positions[column.id], positions, fills)
        if len(wanted) != len(present) or colours.missing(wanted, (sheet.rules[n] for n in present)):
            old += present
            new += wanted
            ids.add(column.id)
    return old, new, ids


def _rules_on(sheet: Sheet, at: int) -> list[int]:
    """The indexes of our rules on a column."""
    return [n for n, rule in enumerate(sheet.rules) if colours.is_ours(rule) and colours.on_column(rule, sheet.id, at)]


def width_used(sheet: Sheet) -> int:
    """How many columns of a sheet hold something, ours among them; merged cells are not cut in two."""
    lines = (len(line) for line in sheet.values)
    used = max([*lines, *(at + 1 for at in sheet.columns), 0])
    for left, right in sorted(sheet.merges):
        used = right if left < used < right else used
    return used


def _install(at_home: Home, new: Sequence[Column], standing: Mapping[str, int], fills: Fills) -> list[Json]:
    """New columns are made at the very left, where nothing that people move can be meant instead; they are filled and
    tagged there, then moved to their place as they are."""
    sheet, count = at_home.sheet, len(new)
    positions = {id: at + count for id, at in standing.items()} | {column.id: at for at, column in enumerate(new)}
    insert = {"range": ask.columns(sheet.id, 0, count), "inheritFromBefore": False}
    asked: list[Json] = [{"insertDimension": insert}]
    # An inserted column takes over the formats and dropdowns of the one beside it.
    asked.append(ask.cells(ask.where(sheet.id, right=count), [], "userEnteredFormat,dataValidation,note"))
    for at, column in enumerate(new):
        asked += _fill(at_home, column, at, count, positions, fills)
    target = width_used(sheet) + count
    asked.append({"moveDimension": {"source": ask.columns(sheet.id, 0, count), "destinationIndex": target}})
    return asked


def _fill(at_home: Home, column: Column, at: int, shift: int, positions: Mapping[str, int], fills: Fills) -> list[Json]:
    sheet, row = at_home.sheet, at_home.row
    below = ask.where(sheet.id, row + 1, at, None, at + 1)
    head = at_home.header(column, shift) | {"userEnteredFormat": cell_format(Look("header")), "note": column.note}
    asked = [
        ask.tag(number(COLUMN, column.id), COLUMN, column.id, {"dimensionRange": ask.columns(sheet.id, at, at + 1)}),
        ask.every_cell(below, {"userEnteredFormat": _body(column)}, "userEnteredFormat"),
        ask.one_cell(sheet.id, row, at, head, "userEnteredValue,userEnteredFormat,note"),
        # Left of a hidden column the new one would be hidden too.
        ask.width(sheet.id, at, at + 1, pixels(column.width), hidden=False),
        ask.protect(ask.where(sheet.id, row, at, None, at + 1), DESCRIPTION, warning=True),
        *ask.add_rules(_rules(at_home, column, at, positions, fills)),
    ]
    return asked + (_write_cells(at_home, column, at) if at_home.by_values else [])


def _amend(at_home: Home, column: Column, positions: Mapping[str, int]) -> list[Json]:
    """What differs on a column that stands: its formula, its note; its cells in mode `values`."""
    sheet, row, at = at_home.sheet, at_home.row, positions[column.id]
    asked = []
    wanted = at_home.header(column)["userEnteredValue"]
    if not _reads(sheet, row, at, wanted):
        asked.append(ask.one_cell(sheet.id, row, at, {"userEnteredValue": wanted}, "userEnteredValue"))
    if sheet.note(row, at) != column.note:
        asked.append(ask.one_cell(sheet.id, row, at, {"note": column.note}, "note"))
    return asked + (_write_cells(at_home, column, at) if at_home.by_values else [])


def _reads(sheet: Sheet, row: int, at: int, wanted: Json) -> bool:
    if "formulaValue" in wanted:
        return plain_formula(sheet.formula(row, at)) == plain_formula(wanted["formulaValue"])
    return not sheet.formula(row, at) and sheet.at(row, at) == wanted["stringValue"]


def _rules(at_home: Home, column: Column, at: int, positions: Mapping[str, int], fills: Fills) -> list[Json]:
    below = ask.where(at_home.sheet.id, at_home.row + 1, at, None, at + 1)
    return colours.rules(below, fills, positions.get(column.colour_by or ""), at, at_home.row + 1)


def _body(column: Column) -> Json:
    shape: Json = {"verticalAlignment": "TOP", "horizontalAlignment": "LEFT"}
    shape["wrapStrategy"] = "WRAP" if column.wrap else "OVERFLOW_CELL"
    return shape | ({"numberFormat": NUMBER_FORMATS["date"]} if column.kind == "date" else {})


def _write_cells(at_home: Home, column: Column, at: int) -> list[Json]:
    """Mode `values`: the cells of a column by row, down to the last client; the rest of it is cleared."""
    values: dict[int, str | date | None] = {cell.row - 1: cell.value for cell in column.cells}
    last = max([at_home.row, *values])
    rows = []
    for row in range(at_home.row + 1, last + 1):
        shown = entered(values.get(row))
        rows.append({"values": [{"userEnteredValue": shown} if shown else {}]})
    below = ask.where(at_home.sheet.id, at_home.row + 1, at, None, at + 1)
    return [ask.cells(below, rows, "userEnteredValue")]


def drop_columns(
    standing: Standing, ids: Collection[str], rules: Mapping[int, Sequence[int]] | None = None
) -> tuple[list[Json], list[Json]]:
    """Take status columns out, with their colours and protection; ids that are not there are no error. What must come
    before anything is put in (with `rules`, the indexes of more colours that go, by sheet), and what comes after."""
    before, after = [], []
    for sheet in standing.sheets:
        places = sorted((at for at, id in sheet.columns.items() if id in ids), reverse=True)
        for at in places:
            before += still_there(sheet, at, sheet.columns[at])
        old = {n for at in places for n in _rules_on(sheet, at)} | set((rules or {}).get(sheet.id, ()))
        before += ask.drop_rules(sheet.id, old)
        guards = [p["protectedRangeId"] for p in sheet.protections if any(_guards(p, sheet.id, at) for at in places)]
        after += [{"deleteProtectedRange": {"protectedRangeId": guard}} for guard in guards]
        after += [{"deleteDimension": {"range": ask.columns(sheet.id, at, at + 1)}} for at in places]
    return before, after


def _guards(protection: Json, sheet: int, at: int) -> bool:
    area = colours.area_of(protection.get("range", {}))
    return (area[0], area[2], area[4]) == (sheet, at, at + 1) and bool(protection.get("warningOnly"))
