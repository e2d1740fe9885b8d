"""A generated tab → requests: a new tab, or one that stands and keeps its id, so that people's links to it live on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby

from sheets_sync.model import Link, TableColumn
from sheets_sync.workbooks.google import ask, colours
from sheets_sync.workbooks.google.charts import put_charts
from sheets_sync.workbooks.google.looks import cell_format, pixels
from sheets_sync.workbooks.google.names import RESULTS, TAB, number
from sheets_sync.workbooks.google.standing import Sheet, Standing
from sheets_sync.workbooks.google.values import Json, entered
from sheets_sync.workbooks.layout import Area, Layout
from sheets_sync.workbooks.themes import STARTS, Fills

WRITTEN = "Written by sheets-sync: what is typed here, beside the yellow columns, is written over."
HIDDEN = "What sheets-sync remembers. Changing it by hand breaks the status columns."
_SPARE_ROWS, _SPARE_COLUMNS = 50, 2
_FIELDS = "userEnteredValue,userEnteredFormat,note,dataValidation,textFormatRuns"
_NO_ZEROS = "#,##0;-#,##0;;"
Locate = Callable[[Link], str]


def sheet_id(standing: Standing, id: str) -> int:
    """The sheet id of a generated tab: that of the one that stands, else the one that a new tab gets."""
    sheet = standing.tab(id)
    if sheet is not None:
        return sheet.id
    chosen = number(TAB, id)
    # A copy that somebody made, or chance, may have it already.
    while standing.by_id(chosen) is not None:
        chosen = number(TAB, id, str(chosen))
    return chosen


def size(layout: Layout, sheet: Sheet | None) -> tuple[int, int]:
    """Rows and columns that a tab needs; never fewer than it has, for people may have written there."""
    rows = max((row for row, _ in layout.cells), default=1) + _SPARE_ROWS
    columns = max([column for _, column in layout.cells] + [len(layout.tab.widths), *layout.hidden]) + _SPARE_COLUMNS
    return (max(rows, sheet.height), max(columns, sheet.width)) if sheet else (rows, columns)


def put_tab(layout: Layout, standing: Standing, theme: Fills, locate: Locate, own: bool = True) -> list[Json]:
    """Everything that makes a tab of ours look as laid out; with `own` it is tagged as ours. Its rows and columns
    must have been made (`make_room`)."""
    tab, sheet = layout.tab, standing.tab(layout.tab.id) if own else None
    id = sheet_id(standing, tab.id)
    rows, _ = size(layout, sheet)
    asked = [ask.cells(ask.where(id, 0, 0, rows), _rows(layout, theme, locate), _FIELDS)]
    if tab.hidden:
        return asked
    asked += _widths(layout, id)
    asked += ask.add_rules(_rules(layout, id, theme))
    asked += _filter(layout, id, sheet.filter if sheet else None)
    return asked + put_charts(tab, id, sheet, layout)


def _filter(layout: Layout, id: int, standing: Json | None) -> list[Json]:
    """The filter over the lines as they are now; what people have set in it stays, and is applied anew."""
    if layout.filter is None:
        return [{"clearBasicFilter": {"sheetId": id}}] if standing else []
    span = _span(id, layout.filter)
    set_by_people = {name: value for name, value in (standing or {}).items() if name != "range" and value}
    if standing and not set_by_people and colours.area_of(standing["range"]) == colours.area_of(span):
        return []
    return [{"setBasicFilter": {"filter": set_by_people | {"range": span}}}]


def make_room(layout: Layout, standing: Standing, own: bool = True) -> list[Json]:
    """Add the tab, or give the one that stands the rows and columns that it needs; our old colours go."""
    tab, sheet = layout.tab, standing.tab(layout.tab.id) if own else None
    id = sheet_id(standing, tab.id)
    rows, columns = size(layout, sheet)
    if sheet is not None:
        ours = [n for n, rule in enumerate(sheet.rules) if colours.is_ours(rule)]
        frozen = [ask.grid_of(id, frozenRowCount=tab.freeze)] if sheet.frozen_rows != tab.freeze else []
        return [*ask.grown(sheet.id, (sheet.height, rows), (sheet.width, columns)), *frozen, *ask.drop_rules(id, ours)]
    made = [ask.new_sheet(id, tab.title, rows, columns, tab.hidden, tab.freeze)]
    return made + (mark(id, tab.id, tab.hidden) if own else [])


def mark(sheet: int, id: str, hidden: bool) -> list[Json]:
    """Tag a sheet as ours, and protect it: with a warning, the results from everybody but the account that runs."""
    return [
        ask.tag(number(TAB, id), TAB, id, {"sheetId": sheet}),
        ask.protect({"sheetId": sheet}, HIDDEN if hidden else WRITTEN, warning=id != RESULTS),
    ]


def _rows(layout: Layout, theme: Fills, locate: Locate) -> list[Json]:
    notes = {place: column.note for place, column in layout.notes}
    checks = {(row, area.left): rule for area, column in layout.inputs if (rule := _validation(column))
              for row in range(area.top, area.bottom + 1)}  # fmt: skip
    last = max((row for row, _ in layout.cells), default=0)
    lines: list[Json] = []
    by_row = groupby(sorted(layout.cells), key=lambda place: place[0])
    for row, places in by_row:
        lines += [{} for _ in range(row - len(lines) - 1)]
        line: list[Json] = []
        for _, column in places:
            line += [{} for _ in range(column - len(line) - 1)]
            line.append(_cell(layout, (row, column), theme, locate, notes, checks))
        lines.append({"values": line})
    return lines[:last]


def _cell(
    layout: Layout,
    place: tuple[int, int],
    theme: Fills,
    locate: Locate,
    notes: Mapping[tuple[int, int], str],
    checks: Mapping[tuple[int, int], Json],
) -> Json:
    value, look = layout.cells[place]
    shown = entered(value)
    cell: Json = {"userEnteredValue": shown} if shown is not None else {}
    if not layout.tab.hidden:
        link = locate(layout.links[place]) if place in layout.links else ""
        cell["userEnteredFormat"] = cell_format(look, theme, link)
        if place[1] in layout.hidden and isinstance(value, int | float):
            cell["userEnteredFormat"]["numberFormat"] = {"type": "NUMBER", "pattern": _NO_ZEROS}
    if place in notes:
        cell["note"] = notes[place]
    if place in checks:
        cell["dataValidation"] = checks[place]
    return cell


def _validation(column: TableColumn) -> Json | None:
    """What may be typed into an input column: a date, or one of its choices (another word with a warning)."""
    if column.kind in ("date", "moment"):
        condition = {"type": "DATE_IS_VALID"}
        return {"condition": condition, "inputMessage": "Please type a date, such as 27 Nov 2026.", "strict": True}
    if column.choices:
        values = [{"userEnteredValue": choice} for choice in column.choices]
        return {"condition": {"type": "ONE_OF_LIST", "values": values}, "showCustomUi": True, "strict": False}
    return None


def _widths(layout: Layout, id: int) -> list[Json]:
    last = max([len(layout.tab.widths), *layout.hidden])
    sizes = [(pixels(layout.width(at)), at in layout.hidden) for at in range(1, last + 1)]
    asked, at = [], 0
    for (width, hidden), run in groupby(sizes):
        end = at + len(list(run))
        asked.append(ask.width(id, at, end, width, hidden))
        at = end
    return asked


def _rules(layout: Layout, id: int, theme: Fills) -> list[Json]:
    made = []
    for area, levels in layout.rules:
        own = area.left - 1 if area.left == area.right else None
        rules = colours.rules(_span(id, area), theme, area.left - 1, own, area.top - 1)
        made += [rule for rule, (_, level) in zip(rules, STARTS, strict=True) if level in levels]
    return made


def _span(id: int, area: Area) -> Json:
    return ask.where(id, area.top - 1, area.left - 1, area.bottom, area.right)


def reads_as(sheet: Sheet, layout: Layout) -> bool:
    """Whether a tab reads as it was laid out: the check of a write."""
    for (row, column), (value, _) in layout.cells.items():
        shown = sheet.at(row - 1, column - 1)
        wanted = entered(value)
        if wanted is None or "formulaValue" in wanted:
            continue
        if entered(shown) != wanted and not _nearly(entered(shown), wanted):
            return False
    return True


def _nearly(one: Json | None, other: Json) -> bool:
    a, b = (one or {}).get("numberValue"), other.get("numberValue")
    return isinstance(a, int | float) and isinstance(b, int | float) and abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))
