"""RACI Check: who does each task and who answers for it, and where that is not clear."""

from __future__ import annotations

from typing import Any

from sheets_sync.model import Block, Cell, Level, Link, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import LONG_NAME, View, empty, top
from sheets_sync.tabs.words import count, cut, level_of, rows_of, sentence, text

HEADER_ROW = 4
MOST_LINES = 500
WIDTHS = (26.0, 34.0, 28.0, 26.0, 62.0)
COLUMNS = (
    TableColumn("Task or name"),
    TableColumn("Does it", note="Whoever has an R."),
    TableColumn("Answers for it", note="Whoever has the A: one for each task, no more."),
    TableColumn("State"),
    TableColumn("In words"),
)
_RANK = {Level.RISK: 0, Level.WATCH: 1, Level.UNKNOWN: 3}
_TABLES = {"task": "raci", "person": "team", "name": "team"}


def tab(view: View) -> Tab | None:
    """One line a task, the unclear ones first; None without a RACI tab that has a task."""
    lines = rows_of(view.assessment.boards.raci)
    if not any(line.kind == "task" for line in lines):
        return None
    lines.sort(key=lambda line: _RANK.get(level_of(line.level), 2))
    rows = tuple(TableRow("", _cells(view, line)) for line in lines[:MOST_LINES])
    blocks: list[Block] = [
        top(_title(lines), _HOW, span=len(COLUMNS)),
        TableBlock((HEADER_ROW, 1), COLUMNS, rows, filter=True),
    ]
    if left := len(lines) - len(rows):
        blocks.append(empty(f"and {count(left, 'more line')}", HEADER_ROW + len(rows) + 1, span=len(COLUMNS)))
    return Tab(
        "raci_check",
        view.titles["raci_check"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW,
        repeat=(HEADER_ROW, HEADER_ROW),
        print_columns=len(COLUMNS),
    )


_HOW = "Every task wants one A, who answers for it, and at least one R, who does it and gets its Diary lines."


def _cells(view: View, line: Any) -> tuple[Cell, ...]:
    level = level_of(line.level)
    shown = None if level is Level.NONE else level
    state = text(line.state)
    return (
        Cell(cut(text(line.name), 2 * LONG_NAME), link=_link(view, line), wrap=True),
        Cell(text(line.does) or None, wrap=True),
        Cell(text(line.answers) or None, wrap=True),
        Cell(f"{shown.symbol} {state}" if shown else state, level=shown, wrap=True),
        Cell(sentence(text(line.sentence)) or None, wrap=True),
    )


def _link(view: View, line: Any) -> Link | None:
    table = view.tables[_TABLES.get(text(line.kind), "raci")]
    return table.link(int(line.row or 0))


def _title(lines: list[Any]) -> str:
    tasks = [line for line in lines if line.kind == "task"]
    unclear = sum(1 for line in tasks if level_of(line.level) is Level.RISK)
    others = sum(1 for line in lines if level_of(line.level) is Level.WATCH)
    if not unclear and not others:
        return f"RACI: {count(len(tasks), 'task')}, all clear"
    parts = [f"{unclear:,} of {count(len(tasks), 'task')} unclear" if unclear else f"{count(len(tasks), 'task')} clear"]
    parts += [f"{others:,} to look at"] if others else []
    return f"RACI: {', '.join(parts)}"
