"""Scorecard: each measure against its target, with how sure it is, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.tabs.view import LONG_NAME, View, empty, heading, top
from sheets_sync.tabs.words import count, cut, money, rows_of, sentence, text
from sheets_sync.tracker.remembered import Measured

HEADER_ROW = 4
MOST_KINDS = 30
WIDTHS = (26.0, 12.0, 10.0, 17.0, 14.0, 80.0)
COLUMNS = (
    TableColumn("Measure"),
    TableColumn("Now", note="As of today, over the last twelve months."),
    TableColumn("Target", note="From the playbook; empty where it sets none."),
    TableColumn("Verdict", note="“Can’t tell yet”: too few to be sure, either way. Empty without a target."),
    TableColumn("From", note="How many it is counted from."),
    TableColumn("In words"),
)
LAST_MONTH = TableColumn("Last month", note="As the last run of the month before this one read it.")
VERDICTS = {
    "met": (Level.OK, "Met"),
    "not met": (Level.RISK, "Not met"),
    "can't tell yet": (Level.UNKNOWN, "Can’t tell yet"),
    "no data": (Level.UNKNOWN, "No data"),
}


def tab(view: View) -> Tab:
    """One line a metric, in the playbook's order."""
    metrics = rows_of(view.assessment.metrics)
    blocks = [top(_title(metrics), _SUBTITLE, span=6)]
    if not metrics:
        return Tab("scorecard", view.titles["scorecard"], (*blocks, empty(_NOTHING, HEADER_ROW, span=6)), WIDTHS)
    before = last_month(view)
    rows = tuple(TableRow(text(metric.id), _cells(metric, before)) for metric in metrics)
    columns = (*COLUMNS[:2], LAST_MONTH, *COLUMNS[2:]) if before else COLUMNS
    return Tab(
        "scorecard",
        view.titles["scorecard"],
        (*blocks, TableBlock((HEADER_ROW, 1), columns, rows), *_kinds(view, HEADER_ROW + len(rows) + 2)),
        (*WIDTHS[:2], 12.0, *WIDTHS[2:]) if before else WIDTHS,
        freeze=HEADER_ROW,
        repeat=(HEADER_ROW, HEADER_ROW),
        print_columns=len(columns),
    )


_SUBTITLE = "“Can’t tell yet” means that too few are counted to be sure, either way. No target, no verdict."
_NOTHING = "This playbook names no measures."


def last_month(view: View) -> Mapping[str, Measured]:
    """What each measure read when last month ended, by its id; empty where nothing was counted then."""
    month = (view.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return {one.id: one for one in view.history.measured if one.month == month and one.value is not None}


def amount(value: Any, unit: str, target: Any = None) -> str:
    """A metric's number as people read it: "85 %", "15 months", "42"; with a decimal only where the whole number
    would look like the target that it misses."""
    if value is None:
        return ""
    if unit == "money":
        return money(float(value))
    scale = 100 if unit == "share" else 1
    number = float(value) * scale
    close = target is not None and round(number) == round(float(target) * scale) and number < float(target) * scale
    words = f"{number:.1f}" if close else f"{number:.0f}"
    return f"{words} %" if unit == "share" else f"{words} {unit}" if unit == "months" else words


def _kinds(view: View, row: int) -> tuple[Block, ...]:
    """How promises were kept for each kind of issue [E3]."""
    found: dict[str, dict[str, Any]] = {}
    for one in rows_of(view.assessment.boards.issue_kinds):
        found.setdefault(text(one.kind), {})[text(one.title)] = one
    if not found:
        return ()
    promises = list(dict.fromkeys(title for of_kind in found.values() for title in of_kind))
    columns = (
        TableColumn("Kind of issue"),
        TableColumn("Issues", note="Raised within the last twelve months."),
        *(TableColumn(title, note="In time, of those that can be told.") for title in promises),
    )
    rows = tuple(
        TableRow("", (
            Cell(cut(kind, LONG_NAME), wrap=True),
            Cell(count(next(iter(of_kind.values())).issues, "issue")),
            *(Cell(_in_time(of_kind.get(title))) for title in promises),
        ))
        for kind, of_kind in list(found.items())[:MOST_KINDS]
    )  # fmt: skip
    return (heading("Promises kept, by kind of issue", row, span=6), TableBlock((row + 1, 1), columns, rows))


def _in_time(one: Any) -> str | None:
    return f"{one.kept:,} of {one.judged:,}" if one is not None and one.judged else None


def _cells(metric: Any, before: Mapping[str, Measured]) -> tuple[Cell, ...]:
    level, verdict = VERDICTS.get(text(metric.verdict), (Level.UNKNOWN, text(metric.verdict).capitalize()))
    unit = text(metric.unit)
    then = before.get(text(metric.id))
    earlier = (Cell(amount(then.value, unit) if then else None, style="muted"),) if before else ()
    words = " ".join(sentence(part) for part in (text(metric.sentence), text(metric.way)) if part)
    return (
        Cell(text(metric.title), style="strong"),
        Cell(amount(metric.value, unit, metric.target) or None),
        *earlier,
        Cell(amount(metric.target, unit) or None),
        Cell(f"{level.symbol} {verdict}", level=level) if verdict else Cell(),
        Cell(text(metric.origin) or None),
        Cell(words or None, wrap=True),
    )


def _title(metrics: list[Any]) -> str:
    verdicts = [text(metric.verdict) for metric in metrics if metric.target is not None]
    names = {"met": "met", "not met": "not met", "can't tell yet": "can’t tell yet", "no data": "without data"}
    parts = [f"{verdicts.count(verdict)} {name}" for verdict, name in names.items() if verdict in verdicts]
    return f"Targets: {', '.join(parts)}" if parts else "Targets: none set"
