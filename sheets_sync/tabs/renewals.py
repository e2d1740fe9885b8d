"""Renewals: who renews within two quarters and on what terms, then the agenda of each meeting, a page a client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.rules.renewing import AHEAD, DECIDED, WINDOW
from sheets_sync.tabs.view import LONG_NAME, View, top
from sheets_sync.tabs.words import as_date, count, cut, day, level_of, money, rows_of, text

HEADER_ROW = 4
MOST_ROWS = 500
WIDTHS = (22.0, 9.0, 12.0, 25.0, 32.0, 27.0, 31.0, 28.0)
COLUMNS = (
    TableColumn("Client"),
    TableColumn("Owner"),
    TableColumn("Renews on", "date"),
    TableColumn("Where it stands", note="From 60 days before the date on; before that, the month alone."),
    TableColumn("Next step, and by when"),
    TableColumn("Fee now → proposed", note="A month. The proposed fee is Clients › Renewal value."),
    TableColumn(
        "Return on fees",
        note="Attributed revenue of Results, divided by what was billed in the same months.",
    ),
    TableColumn("Goals", note="Clients › Next goals: what they want from the next period."),
)
_LONGEST_LINE = 140


def tab(view: View) -> Tab | None:
    """A line a renewal, then the agendas of those in the window; None when nothing renews."""
    board = rows_of(view.assessment.boards.renewing)
    if not board:
        return None
    shown = board[:MOST_ROWS]
    left = len(board) - len(shown)
    more = f"{count(left, 'more renewal')} not shown." if left else ""
    blocks: list[Block] = [
        top(_title(board), f"{_HEAD} {more}".strip(), span=len(COLUMNS)),
        TableBlock((HEADER_ROW, 1), COLUMNS, tuple(TableRow("", _cells(view, row)) for row in shown), filter=True),
    ]
    breaks, row = [], HEADER_ROW + len(shown) + 2
    for key, lines in _agendas(view).items():
        breaks.append(row - 1)
        block = TextBlock((row, 1), tuple(_page(view, key, lines)), span=len(COLUMNS))
        blocks.append(block)
        row += len(block.lines) + 1
    return Tab(
        "renewals",
        view.titles["renewals"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW,
        breaks=tuple(breaks),
        print_columns=len(COLUMNS),
    )


_HEAD = "What is due within two quarters. Below, a page for each meeting, with what is still to fill in."


def _title(board: list[Any]) -> str:
    """Renewals: 2 open, 1 lapsed, 1 old date; 6,750 a month."""
    states = [text(row.state) for row in board]
    window = [row for row in board if row.group == WINDOW]
    numbers = {
        "open": sum(1 for row in window if row.state != "lapsed"),
        "lapsed": states.count("lapsed"),
        "with an old date": states.count("old date"),
    }
    said = ", ".join(f"{number:,} {word}" for word, number in numbers.items() if number)
    fees = sum(float(row.fee) for row in window if row.fee is not None)
    return f"Renewals: {said or 'none open'}" + (f"; {money(fees)} a month" if fees else "")


def _cells(view: View, row: Any) -> tuple[Cell, ...]:
    level = level_of(row.level)
    calls = level if level in (Level.WATCH, Level.RISK) else None
    quiet = row.group in (AHEAD, DECIDED)
    goals, untracked = text(row.goals), None if quiet else "not tracked"
    return (
        view.client(row.key, most=LONG_NAME),
        Cell(text(view.clients[row.key].owner) or None),
        Cell(as_date(row.date), kind="date"),
        Cell(text(row.stands) or None, level=calls, wrap=True),
        Cell(text(row.next) or None, wrap=True),
        Cell(text(row.terms) or None, wrap=True),
        Cell(text(row.returned) or untracked, wrap=True, style="body" if text(row.returned) else "muted"),
        Cell(
            cut(goals, 120) or (None if quiet else "▲ Not entered"),
            level=None if goals or quiet else Level.WATCH,
            wrap=True,
        ),
    )


def _agendas(view: View) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows_of(view.assessment.boards.agendas):
        found.setdefault(row.key, []).append(row)
    return found


def _page(view: View, key: str, lines: list[Any]) -> Iterator[tuple[Cell, ...]]:
    client = view.clients[key]
    yield (view.client(key, "heading"),)
    fee = f"{money(float(client.fee))} a month" if client.fee else ""
    ends = next((row.date for row in rows_of(view.assessment.boards.renewing) if row.key == key), None)
    when = f"renews on {day(ends, view.today)}" if ends else ""
    yield (Cell(" · ".join(filter(None, [text(client.owner) or "no owner", fee, when])), style="muted"),)
    point = 0
    for row in lines:
        title = f"{row.point}. {row.title}" if row.point != point else None
        point = row.point
        missing = f"[to fill in: {row.missing}]" if row.missing else ""
        words = " ".join(filter(None, [text(row.line), missing]))
        said = Cell(cut(words, _LONGEST_LINE), style="body" if row.line or not missing else "muted")
        yield (Cell(title, style="strong"), Cell(None), Cell(None), said)
