"""Exit Review: who left and why, by quarter, with what we asked and what we learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.rules.exits import recent
from sheets_sync.tabs.view import LONG_NAME, View, heading, top
from sheets_sync.tabs.words import count, cut, day, plain, quarter, rows_of, short, text

WIDTHS = (26.0, 13.0, 13.0, 17.0, 17.0, 13.0, 30.0, 40.0, 40.0)
MOST, MOST_REASONS = 300, 12
LONG_TEXT = 240
COLUMNS = (
    TableColumn("Client"),
    TableColumn("Left"),
    TableColumn("Owner"),
    TableColumn("Interview"),
    TableColumn("Knock again", note="The day on which to write again, where we may."),
    TableColumn("Preventable"),
    TableColumn("Reason"),
    TableColumn("What would have helped"),
    TableColumn("What we learned"),
)


def tab(view: View) -> Tab | None:
    """Reasons by quarter, then everybody who left, newest first; None where nobody did."""
    left = rows_of(view.assessment.boards.leavers)
    if not left:
        return None
    lines = [line for line in (_preventable(left), _undated(left)) if line]
    blocks: list[Block] = [top(_title(view), *lines, span=len(WIDTHS))]
    row = len(lines) + 3
    reasons = _reasons(view, row + 1)
    if reasons:
        blocks += [heading("Why they left", row, span=len(WIDTHS)), reasons]
        row += len(reasons.rows) + 3
    more = f"; {len(left) - MOST:,} older ones not shown" if len(left) > MOST else ""
    rows = tuple(TableRow("", _cells(view, one)) for one in left[:MOST])
    blocks += [
        heading(f"Who left, newest first{more}", row, span=len(WIDTHS)),
        TableBlock((row + 1, 1), COLUMNS, rows, filter=True),
    ]
    return Tab("exit_review", view.titles["exit_review"], tuple(blocks), WIDTHS, print_columns=len(WIDTHS))


def _title(view: View) -> str:
    """Left in 12 months: 4, 3 of them preventable, 1 without an interview."""
    board = view.assessment.boards.leavers
    left = rows_of(recent(view.playbook, board, view.assessment.now))
    days = view.playbook.settings.exits.window_days
    span = "12 months" if days == 365 else count(days, "day")
    preventable = sum(1 for one in left if text(one.preventable) == "yes")
    unasked = sum(1 for one in left if not one.asked)
    parts = [f"{len(left):,}" if left else "nobody"]
    parts += [f"{preventable:,} of them preventable"] if preventable else []
    parts += [f"{unasked:,} without an interview"] if unasked else []
    return f"Left in {span}: {', '.join(parts)}"


def _preventable(left: Sequence[Any]) -> str:
    """How many of those who were judged could have been kept [A92]."""
    said = [text(one.preventable) for one in left if text(one.preventable) in ("yes", "no")]
    if not said:
        return ""
    open_ = len(left) - len(said)
    unclear = f"; of {open_:,} nobody can say" if open_ else ""
    return f"Of all who left, {said.count('yes'):,} of {len(said):,} could have been kept{unclear}."


def _undated(left: Sequence[Any]) -> str:
    number = sum(1 for one in left if plain(one.left_on) is None)
    return f"{count(number, 'client')} left on a day that is not entered; no quarter counts them." if number else ""


def _reasons(view: View, row: int) -> TableBlock | None:
    """A row a reason, a column a quarter."""
    board = view.assessment.boards.reasons
    if board.empty:
        return None
    found: dict[str, dict[Any, int]] = {}
    for one in rows_of(board):
        found.setdefault(text(one.reason), {})[one.quarter] = one.left
    quarters = list(next(iter(found.values())))
    columns = (TableColumn("Reason"), *(TableColumn(quarter(first), "number") for first in quarters))
    rows = [
        TableRow("", (
            Cell(cut(reason, LONG_NAME), wrap=True),
            *(Cell(counts[first] or None, kind="number") for first in quarters),
        ))
        for reason, counts in list(found.items())[:MOST_REASONS]
    ]  # fmt: skip
    total = (sum(counts[first] for counts in found.values()) for first in quarters)
    rows.append(
        TableRow("", (Cell("All", style="total"), *(Cell(one or None, kind="number", style="total") for one in total)))
    )
    return TableBlock((row, 1), columns, tuple(rows))


def _cells(view: View, one: Any) -> tuple[Cell, ...]:
    known = view.clients.get(one.key)
    client = view.client(one.key, most=LONG_NAME) if known else Cell(cut(text(one.client), LONG_NAME) or None)
    link = view.tables["exits"].link(int(one.row))
    return (
        client,
        Cell(day(one.left_on, view.today) if one.left_on else "No day entered", link=link),
        Cell(cut(text(known.owner), LONG_NAME) or None if known else None),
        _interview(view, one),
        Cell(_again(view, one)),
        Cell(text(one.preventable).capitalize() or None),
        Cell(cut(text(one.reason), LONG_TEXT) or None, wrap=True),
        *(Cell(cut(text(words), LONG_TEXT) or None, wrap=True) for words in (one.what_would_have_helped, one.learning)),
    )


def _interview(view: View, one: Any) -> Cell:
    if one.interview_on:
        return Cell(f"Held {short(one.interview_on, view.today)}")
    if one.back:
        return Cell("Is back")
    return Cell(f"{Level.WATCH.symbol} Not held", level=Level.WATCH)


def _again(view: View, one: Any) -> str | None:
    """When to knock again; where we may not, that [A94]."""
    if not one.win_back_on or one.back:
        return None
    when = short(one.win_back_on, view.today)
    return f"{when}: no consent" if one.barred else when
