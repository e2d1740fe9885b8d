"""Issue Clock: every issue with the moments that we promised, the open ones first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sheets_sync.model import Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import LONG_NAME, View, top
from sheets_sync.tabs.words import count, cut, listed, rows_of, sentence, text

HEADER_ROW = 4
MOST_OPEN, MOST_CLOSED = 500, 50
WIDTHS = (22.0, 30.0, 17.0, 17.0, 17.0, 17.0, 15.0, 60.0)
COLUMNS = (
    TableColumn("Client"),
    TableColumn("Issue"),
    TableColumn("Raised", "moment"),
    TableColumn("Answer by", "moment", note="A person's first answer, by this moment."),
    TableColumn("Propose by", "moment", note="A solution proposed, by this moment."),
    TableColumn("Escalates", "moment", note="Not fixed by this moment, it goes to the lead."),
    TableColumn("State"),
    TableColumn("In words"),
)
_STAGES = (
    ("proposed_at", "root_cause", "the root cause"),
    ("fixed_at", "confirmed_at", "their word that it is solved"),
    ("confirmed_at", "prevention", "what keeps it from coming back"),
)
_CLOCKS = ("acknowledge", "propose", "escalate")
_STATES = {
    "breached": (Level.RISK, "Too late", 0),
    "at risk": (Level.WATCH, "Running out", 1),
    "running": (None, "In time", 2),
    "unknown": (Level.UNKNOWN, "Can’t tell", 3),
    "met": (Level.OK, "Kept", 4),
}


def tab(view: View) -> Tab | None:
    """One line an issue; None when there is none."""
    issues = defaultdict(list)
    of_issues = view.assessment.clocks[view.assessment.clocks["row"].gt(0)]
    for clock in rows_of(of_issues):
        issues[clock.row].append(clock)
    if not issues:
        return None
    ordered = sorted(issues.values(), key=_order)
    waiting = [clocks for clocks in ordered if _open(clocks)][:MOST_OPEN]
    closed = [clocks for clocks in ordered if not _open(clocks)][:MOST_CLOSED]
    missing = _missing(view)
    rows = tuple(TableRow("", _cells(view, clocks, missing)) for clocks in (*waiting, *closed))
    left = len(ordered) - len(rows)
    more = f"{count(left, 'more issue')} not shown." if left else ""
    return Tab(
        "issue_clock",
        view.titles["issue_clock"],
        (
            top(_title(ordered), f"{_HOURS} {more}".strip(), span=len(COLUMNS)),
            TableBlock((HEADER_ROW, 1), COLUMNS, rows, filter=True),
        ),
        WIDTHS,
        freeze=HEADER_ROW,
        repeat=(HEADER_ROW, HEADER_ROW),
        print_columns=len(COLUMNS),
    )


_HOURS = "The worst clock of an issue gives its state; “In words” shows how its moment was reached."


def _rank(clock: Any) -> int:
    return _STATES.get(text(clock.state), _STATES["unknown"])[2]


def _worst(clocks: list[Any]) -> Any:
    return min(clocks, key=lambda clock: (_rank(clock), clock.deadline is None, clock.deadline or 0))


def _order(clocks: list[Any]) -> tuple[Any, ...]:
    worst = _worst(clocks)
    raised = worst.raised.timestamp() if worst.raised else 0.0
    deadline = worst.deadline.timestamp() if worst.deadline else float("inf")
    return (not _open(clocks), _rank(worst), deadline if _open(clocks) else -raised, worst.row)


def _open(clocks: list[Any]) -> bool:
    return any(clock.done is None for clock in clocks)


def _missing(view: View) -> dict[int, str]:
    """By row, what an issue still lacks at the stage that it has reached [A43] [A46] [A47]."""
    table = view.tables["issues"]
    frame, found = table.frame, dict[int, list[str]]()
    for after, column, words in _STAGES:
        if table.has(column):
            bare = frame["row"][frame[after].notna() & frame[column].isna()]
            for row in bare:
                found.setdefault(int(row), []).append(words)
    return {row: sentence(f"Still missing: {listed(words)}") for row, words in found.items()}


def _cells(view: View, clocks: list[Any], missing: Mapping[int, str]) -> tuple[Cell, ...]:
    worst = _worst(clocks)
    level, state, _ = _STATES.get(text(worst.state), _STATES["unknown"])
    if level is Level.RISK and not _open(clocks):
        level, state = None, "Was late"
    deadlines = {text(clock.clock): clock.deadline for clock in clocks}
    place = view.tables["issues"].link(int(worst.row or 0))
    return (
        view.client(worst.key, most=LONG_NAME),
        Cell(cut(text(worst.issue), 2 * LONG_NAME) or "Without a name", link=place, wrap=True),
        Cell(worst.raised, kind="moment"),
        *(Cell(deadlines.get(clock), kind="moment") for clock in _CLOCKS),
        Cell(f"{level.symbol} {state}" if level else state, level=level),
        Cell(" ".join(filter(None, (_in_words(worst, clocks), missing.get(worst.row, "")))) or None, wrap=True),
    )


def _in_words(worst: Any, clocks: list[Any]) -> str:
    """How the worst clock's moment was reached; a fix that was guaranteed is told beside it [D11]."""
    fix = next((clock for clock in clocks if text(clock.clock) == "fix" and clock is not worst), None)
    words = [sentence(text(worst.sentence))]
    words += [f"Fix guaranteed: {text(fix.sentence).partition('. ')[2]}"] if fix and fix.deadline else []
    return " ".join(words)


def _title(issues: list[list[Any]]) -> str:
    waiting = [_worst(clocks) for clocks in issues if _open(clocks)]
    late = sum(1 for worst in waiting if text(worst.state) == "breached")
    if not waiting:
        return "Issues: none open"
    return f"Issues: {len(waiting):,} open" + (f", {late:,} too late" if late else ", all in time")
