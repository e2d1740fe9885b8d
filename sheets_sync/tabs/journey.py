"""Journey: the way of a client from the first inquiry on, with what is in force at each stage; on request."""

from __future__ import annotations

from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import LONG_NAME, View, heading, top
from sheets_sync.tabs.words import count, listed, rows_of, short, text

WIDTHS = (26.0, 10.0, 46.0, 30.0, 40.0, 30.0)
COLUMNS = (
    TableColumn("Stage"),
    TableColumn("Clients", "number", note="Who stands there now."),
    TableColumn("We get in touch"),
    TableColumn("We promise"),
    TableColumn("We watch for"),
    TableColumn("Where it rubs", note="What the issues of clients at this stage are about, in the last months."),
)
HEADER_ROW = 4
MOST = 50


def tab(view: View) -> Tab:
    """A line a stage, in order; under it who fell by the wayside."""
    stages = rows_of(view.assessment.boards.journey)
    lost = rows_of(view.assessment.boards.forgotten)
    bare = [stage for stage in stages if _bare(stage)]
    blocks: list[Block] = [top(_title(stages, bare), _subtitle(lost), span=len(COLUMNS))]
    rows = tuple(TableRow("", _cells(stage)) for stage in stages)
    blocks.append(TableBlock((HEADER_ROW, 1), COLUMNS, rows))
    if lost:
        row = HEADER_ROW + len(rows) + 2
        columns = (TableColumn("Client"), TableColumn("Last contact"))
        lines = tuple(TableRow("", _lost(view, one)) for one in lost[:MOST])
        more = f" (the first {MOST} of {len(lost):,})" if len(lost) > MOST else ""
        blocks += [heading(f"Nobody spoke with them, and nothing is planned{more}", row, span=4)]
        blocks.append(TableBlock((row + 1, 1), columns, lines))
    return Tab("journey", view.titles["journey"], tuple(blocks), WIDTHS, freeze=HEADER_ROW, print_columns=len(COLUMNS))


def by_the_wayside(view: View) -> str:
    """[C5] The Dashboard's sentence about clients whom nobody thinks of."""
    lost = rows_of(view.assessment.boards.forgotten)
    if not lost:
        return ""
    names = listed([text(view.clients[one.key].client) for one in lost[:3]])
    more = f" and {len(lost) - 3:,} more" if len(lost) > 3 else ""
    return f"Nobody spoke with {names}{more} for months, and nothing is planned."


def _bare(stage: Any) -> bool:
    return not (stage.touchpoints or stage.clocks or stage.warnings)


def _lost(view: View, one: Any) -> tuple[Cell, ...]:
    return view.client(one.key, most=LONG_NAME), Cell(short(one.last, view.today) if one.last else "Never")


def _title(stages: list[Any], bare: list[Any]) -> str:
    if not stages:
        return "The way of a client: this playbook names no stages"
    gaps = f"{len(bare)} without a rule: {listed([stage.stage for stage in bare])}" if bare else "each with its rules"
    return f"The way of a client: {count(len(stages), 'stage')}, {gaps}"


def _subtitle(lost: list[Any]) -> str:
    return f"{count(len(lost), 'client')} fell by the wayside: see below." if lost else "Nobody fell by the wayside."


def _cells(stage: Any) -> tuple[Cell, ...]:
    bare = _bare(stage)
    nothing = Cell(f"{Level.WATCH.symbol} No rule for this stage", level=Level.WATCH)
    return (
        Cell(stage.stage, style="strong", wrap=True),
        Cell(stage.clients, kind="number"),
        nothing if bare else Cell(", ".join(stage.touchpoints) or None, wrap=True),
        Cell(", ".join(stage.clocks) or None, wrap=True),
        Cell(", ".join(stage.warnings) or None, wrap=True),
        Cell(", ".join(stage.rubs) or None, wrap=True),
    )
