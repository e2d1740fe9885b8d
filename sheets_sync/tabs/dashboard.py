"""Dashboard: one page, whose title is the finding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sheets_sync.model import (
    Block,
    Cell,
    Chart,
    Formula,
    Level,
    Link,
    Tab,
    TableBlock,
    TableColumn,
    TableRow,
    TextBlock,
)
from sheets_sync.tabs import charts
from sheets_sync.tabs.diary import due_text, is_open
from sheets_sync.tabs.view import View, empty, heading
from sheets_sync.tabs.words import LEVEL_NAMES, cut, day, level_of, levels_line, listed, moment, monday, text
from sheets_sync.tabs.worth_knowing import worth_knowing

WIDTHS = (16.0, 9.0, 11.0, 11.0, 3.0, 24.0, 10.0, 19.0, 62.0)
SPAN = len(WIDTHS)
LEFT, RIGHT = 1, 6
MOST_LINES = 5
_WHO, _WHAT = 11, 66
# Lines of body text on the one page, and how few and many of them the charts may have.
_PAGE, _CHARTS = 41, (13, 22)
_RANK = {level: rank for rank, level in enumerate(reversed(Level))}
_JUDGED = {
    "contact": "contact",
    "outcomes": "outcomes",
    "issues": "issues",
    "feedback": "surveys",
    "commercial": "renewals",
    "relationship": "second contact",
}


def tab(view: View) -> Tab:
    """Levels beside what to do first, what changed, what else is worth knowing, three charts; one landscape page."""
    head = _head(view)
    row = len(head.lines) + 2
    levels, first = _levels(view, row), _do_first(view, row)
    tall = max(_height(block) for block in (*levels, *first))
    row += tall + 1
    changed = _changed(view, row)
    row += sum(len(block.lines) for block in changed) + 1
    more = _worth_knowing(view, row)
    row += sum(len(block.lines) for block in more) + bool(more)
    # Rows of tables are a third higher than lines of text.
    rows = min(max(_PAGE - row - tall // 3, _CHARTS[0]), _CHARTS[1])
    drawn = charts.blocks(view, row, rows)
    row += rows + 1 if any(isinstance(block, Chart) for block in drawn) else 3
    foot = TextBlock((row, LEFT), ((Cell(_foot(view), style="muted"),),), SPAN)
    blocks = (head, *levels, *first, *changed, *more, *drawn, foot)
    return Tab("dashboard", view.titles["dashboard"], blocks, WIDTHS, one_page=True, print_columns=SPAN)


def _height(block: Block) -> int:
    return len(block.rows) + 1 if isinstance(block, TableBlock) else 2


def _head(view: View) -> TextBlock:
    lines = [
        (Cell(_title(view), style="title"),),
        (Cell(up_to_date(view.assessment.now, view.assessment.valid_until), level=Level.OK),),
        (Cell(judged_on(view), style="muted"),),
        *((Cell(line, level=Level.WATCH),) for line in _held(view)),
    ]
    if view.tables.place and "health" in view.titles:
        tab = view.tables.place.tab
        jump = Link(tab, view.tables.place.header_row, status_column="health")
        lines.append((Cell(f"Go to {tab} › {view.titles['health']}", link=jump),))
    return TextBlock((1, 1), tuple(line for line in lines if line[0].value), SPAN)


def _held(view: View) -> list[str]:
    titles = [view.playbook.warnings[id].title for id in view.assessment.held]
    return [
        f"▲ “{title}” would fit most clients at once; they are shown Unknown until somebody says that it is right."
        for title in titles
    ]


def _title(view: View) -> str:
    if not view.clients:
        return "Our clients: none entered yet"
    return f"Our clients: {levels_line(list(view.levels.values())) or 'nobody to judge yet'}"


def up_to_date(now: datetime, until: datetime) -> Formula:
    """The line that turns by itself when the next run did not happen."""
    end = moment(until, now)
    last = f"the end of {day(until - timedelta(days=1), now)}" if until.time() == time() else end
    fresh = f"● Checked {day(now, now)}, good until {last}"
    stale = f"✖ Out of date since {end}: the run did not happen"
    limit = f"DATE({until.year},{until.month},{until.day})+TIME({until.hour},{until.minute},0)"
    return Formula(f'=IF(NOW()<={limit},"{fresh}","{stale}")', fresh)


def judged_on(view: View) -> str:
    """Which dimensions counted, and which the tracker does not hold."""
    frame = view.assessment.dimensions
    states: dict[str, set[str]] = {}
    for name, state in frame[["name", "state"]].drop_duplicates().itertuples(index=False):
        states.setdefault(text(name).casefold(), set()).add(text(state))
    used = [words for name, words in _JUDGED.items() if "known" in states.get(name, ())]
    off = [words for name, words in _JUDGED.items() if states.get(name, {"off"}) <= {"off", "not applicable"}]
    off = [words for words in off if words not in used]
    parts = [f"Judged on {', '.join(used)}."] if used else []
    parts += [f"Not in this tracker: {', '.join(off)}."] if off and view.clients else []
    return " ".join(parts)


def _levels(view: View, row: int) -> list[Block]:
    if not view.clients:
        return [heading("Levels", row, LEFT), empty("Enter a first client in Clients.", row + 1, LEFT, 4)]
    before = last_week(view)
    columns = ["Level", "Clients"] + (["A month"] if view.has_fees else []) + (["Last week"] if before else [])
    kinds = {"Clients": "number", "A month": "money", "Last week": "number"}
    rows = []
    for level in reversed(Level):
        keys = [key for key, present in view.levels.items() if present is level]
        earlier = sum(1 for present in before.values() if present is level)
        if keys or earlier or level in (Level.RISK, Level.WATCH, Level.OK):
            rows.append(TableRow("", _level_cells(view, level, keys, earlier, columns)))
    rows.append(TableRow("", _total(view, before, columns)))
    header = tuple(TableColumn(name, kinds.get(name, "text")) for name in columns)  # type: ignore[arg-type]
    return [TableBlock((row, LEFT), header, tuple(rows), even=True)]


def _level_cells(view: View, level: Level, keys: list[str], earlier: int, columns: list[str]) -> tuple[Cell, ...]:
    name = f"{level.symbol} {LEVEL_NAMES[level]}" if keys else LEVEL_NAMES[level]
    values = {"Clients": len(keys), "A month": _fees(view, keys), "Last week": earlier}
    colour = level if keys and level is not Level.NONE else None
    return (Cell(name, level=colour), *_numbers(values, columns))


def _total(view: View, before: dict[str, Level], columns: list[str]) -> tuple[Cell, ...]:
    values = {"Clients": len(view.levels), "A month": _fees(view, list(view.levels)), "Last week": len(before)}
    return (Cell("All", style="total"), *_numbers(values, columns, total=True))


def _numbers(values: dict[str, float], columns: list[str], total: bool = False) -> Iterable[Cell]:
    for column in columns[1:]:
        kind = "money" if column == "A month" else "number"
        yield Cell(values[column], kind=kind, style="total" if total else "body")  # type: ignore[arg-type]


def _fees(view: View, keys: list[str]) -> float:
    return round(sum(float(view.clients[key].fee or 0) for key in keys), 2)


def last_week(view: View) -> dict[str, Level]:
    """Each client's level when last week ended (the same all week long); nothing if nothing was counted then."""
    start = monday(view.today)
    levels: dict[str, Level] = {}
    for when, key, level in sorted(view.history.levels, key=lambda entry: entry[0]):
        if when < start:
            levels[key] = level_of(level)
    return levels


def _do_first(view: View, row: int) -> list[Block]:
    lines = [line for line in view.actions if _counts(view, line)]
    lines.sort(key=lambda line: _urgency(view, line))
    lines = list({line.key: line for line in reversed(lines)}.values())[::-1]
    if not lines:
        words = "Nothing is due this week." if view.clients else "Your five most pressing things will stand here."
        return [heading("Do first", row, RIGHT), empty(words, row + 1, RIGHT, 4)]
    columns = (TableColumn("Do first"), TableColumn("Who"), TableColumn("By"), TableColumn("What"))
    rows = tuple(TableRow("", _first_cells(view, line)) for line in lines[:MOST_LINES])
    return [TableBlock((row, RIGHT), columns, rows, even=True)]


def _counts(view: View, line: Any) -> bool:
    return is_open(line) and bool(line.late or (line.due is not None and line.due.date() < view.next_monday))


def _urgency(view: View, line: Any) -> tuple[Any, ...]:
    client = view.clients.get(line.key)
    fee = float(client.fee or 0) if client else 0.0
    standing = view.levels.get(line.key, Level.NONE)
    due = line.due.isoformat() if line.due else "9999"
    return (bool(line.routine), _RANK[level_of(line.level)], _RANK[standing], not line.late, due, -fee)


def _first_cells(view: View, line: Any) -> tuple[Cell, ...]:
    due = due_text(view, line)
    level = level_of(line.level)
    coloured = level if due.startswith(("✖", "▲")) else None
    return (
        view.client(line.key, width=26),
        Cell(cut(line.owner, _WHO) or None),
        Cell(due, level=coloured),
        Cell(cut(text(line.what), _WHAT)),
    )


def _changed(view: View, row: int) -> list[TextBlock]:
    changes = view.changes
    changes.sort(key=lambda change: (change[0], list(Level).index(change[3])), reverse=True)
    if not changes:
        return [heading("What changed", row, LEFT), empty(_no_change(view), row + 1, LEFT, SPAN)]
    current = {key: when for when, key, _, _ in sorted(changes, key=lambda change: change[0])}
    lines = tuple(
        (
            Cell(day(when, view.today)),
            view.client(key, width=34),
            *[Cell()] * 2,
            Cell(_change(view, key, old, new, current[key] == when)),
        )
        for when, key, old, new in changes[:MOST_LINES]
    )
    return [heading("What changed", row, LEFT), TextBlock((row + 1, LEFT), lines, SPAN)]


def _change(view: View, key: str, old: Level, new: Level, last: bool) -> str:
    client = view.clients.get(key)
    if client is None or not last or view.levels[key] is not new:
        return f"{LEVEL_NAMES[old]} → {LEVEL_NAMES[new]}."
    return f"{LEVEL_NAMES[old]} → {text(client.health)[2:]}. {text(client.why)}".strip()


def _worth_knowing(view: View, row: int) -> list[TextBlock]:
    lines = tuple((Cell(words),) for words in worth_knowing(view))
    return [heading("Worth knowing", row, LEFT), TextBlock((row + 1, LEFT), lines, SPAN)] if lines else []


def _no_change(view: View) -> str:
    if not view.clients:
        return "Changes of level will be listed here, with their day."
    since: date = view.assessment.first_sync
    return f"Nobody changed level since {day(since, view.today)}, when counting began."


def _foot(view: View) -> str:
    others = [view.titles[id] for id in ("diary", "at_risk", "scorecard", "data_check")]
    return f"sheets-sync writes this page anew with every run. More in {listed(others)}."
