"""What people type into a tab of ours between our read and our write is not lost: the batch that rewrites the tab
first copies it, as it stands at that moment, into a hidden tab. The next run reads it there.

Row 1 names the blocks: `diary|read` (as the run had read it), `diary|stood` (as it stood when it was rewritten),
`diary|written` (as it was written); each is the tab from A1 on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sheets_sync.model import Grid, Rewritten, Scalar, Tab, TableBlock
from sheets_sync.workbooks.google import ask
from sheets_sync.workbooks.google.looks import NUMBER_FORMATS
from sheets_sync.workbooks.google.standing import Sheet
from sheets_sync.workbooks.google.values import Json, entered, format_of
from sheets_sync.workbooks.layout import Layout

WIDTH = 32
_BLOCKS = ("read", "stood", "written")


def has_inputs(tab: Tab) -> bool:
    """Whether people may type into a tab."""
    return any(isinstance(block, TableBlock) and any(column.input for column in block.columns) for block in tab.blocks)


def slots(inbox: Sheet | None) -> dict[str, int]:
    """Where each tab's blocks begin (0-based column), by its id."""
    first = inbox.values[0] if inbox and inbox.values else []
    named = {at: str(cell).partition("|")[0] for at, cell in enumerate(first) if str(cell or "").endswith("|read")}
    return {id: at for at, id in named.items()}


def assign(inbox: Sheet | None, ids: Sequence[str]) -> dict[str, int]:
    """The slots of tabs, those that have one where it is."""
    taken = slots(inbox)
    for id in ids:
        if id not in taken:
            taken[id] = max([at + 3 * WIDTH for at in taken.values()], default=0)
    return taken


def before(inbox: int, slot: int, sheet: Sheet, height: int) -> list[Json]:
    """Note what was read, and copy what stands, before a tab is rewritten. `height` is how many rows the tab has."""
    read = [[_cell(value) for value in line[:WIDTH]] for line in sheet.values[:height]]
    marks = [f"{sheet.tab}|{block}" for block in _BLOCKS]
    asked = [ask.one_cell(inbox, 0, slot + n * WIDTH, {"userEnteredValue": {"stringValue": mark}}, "userEnteredValue")
             for n, mark in enumerate(marks)]  # fmt: skip
    asked.append(
        ask.cells(
            ask.where(inbox, 1, slot, None, slot + 3 * WIDTH),
            [{"values": line} for line in read],
            "userEnteredValue,userEnteredFormat.numberFormat",
        )
    )
    asked.append(_copy(inbox, slot + WIDTH, sheet.id, height, sheet.width))
    # The new lines may be none, so that only the old ones say which columns hold dates.
    dates = {at for line in sheet.cells for at, cell in enumerate(line, 1) if format_of(cell).startswith("DATE")}
    return asked + _dated(inbox, slot + WIDTH, dates)


def after(inbox: int, slot: int, sheet: Sheet, height: int, layout: Layout) -> list[Json]:
    """Copy a tab as it was written."""
    left = slot + 2 * WIDTH
    dates = {area.left for area, column in layout.inputs if column.kind == "date"}
    return [_copy(inbox, left, sheet.id, height, sheet.width), *_dated(inbox, left, dates)]


def _copy(inbox: int, left: int, sheet: int, height: int, width: int) -> Json:
    right = min(width, WIDTH)
    target = ask.where(inbox, 1, left, height + 1, left + right)
    return {"copyPaste": {"source": ask.where(sheet, 0, 0, height, right), "destination": target,
                          "pasteType": "PASTE_VALUES"}}  # fmt: skip


def _dated(inbox: int, left: int, columns: set[int]) -> list[Json]:
    """Only values are copied: what is a date over there (1-based columns) is formatted as one here."""
    shape = {"userEnteredFormat": {"numberFormat": NUMBER_FORMATS["date"]}}
    return [ask.every_cell(ask.where(inbox, 1, left + at - 1, None, left + at), shape, "userEnteredFormat.numberFormat")
            for at in sorted(columns) if at <= WIDTH]  # fmt: skip


def _cell(value: Scalar) -> Json:
    shown = entered(value)
    style = {"userEnteredFormat": {"numberFormat": NUMBER_FORMATS["date"]}} if isinstance(value, date) else {}
    return {"userEnteredValue": shown} | style if shown else {}


def missed(inbox: Sheet | None, id: str, title: str) -> Rewritten | None:
    """What became of a tab when it was last rewritten, if anybody changed it meanwhile."""
    slot = slots(inbox).get(id)
    if inbox is None or slot is None:
        return None
    read, stood, written = (_block(inbox, title, slot + n * WIDTH) for n in range(3))
    return None if _trimmed(read) == _trimmed(stood) else Rewritten(read, stood, written)


def _block(inbox: Sheet, title: str, left: int) -> Grid:
    return Grid(title, tuple(tuple(line[left : left + WIDTH]) for line in inbox.values[1:]))


def _trimmed(grid: Grid) -> list[list[Scalar]]:
    rows = [list(row) for row in grid.rows]
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows
