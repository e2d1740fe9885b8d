"""Growth: conversations about a next step, who gave a sign, what to offer next, what waits, and what clients bring."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sheets_sync.model import Block, Cell, Chart, Level, Series, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.rules.growth import BLOCKED as HELD
from sheets_sync.rules.growth import OFFER
from sheets_sync.rules.opportunities import BLOCKED, IN_HAND, LATE, LOST, OPEN, UNDATED, WON
from sheets_sync.rules.value import LOSS
from sheets_sync.tabs.view import LONG_NAME, View, top
from sheets_sync.tabs.words import as_date, count, cut, money, rows_of, sentence, short, text

HEADER_ROW = 4
MOST_ROWS = 500
WIDTHS = (22.0, 9.0, 26.0, 15.0, 11.0, 12.0, 20.0, 54.0, 13.0, 13.0, 12.0)
COLUMNS = (
    TableColumn("Client"),
    TableColumn("Owner"),
    TableColumn("Next step"),
    TableColumn("Stage", note="How far the conversation has come, from Opportunities."),
    TableColumn("Value", "money"),
    TableColumn("Next date", "date"),
    TableColumn("State", note="“Not now”: something is to be put right first."),
    TableColumn("In words", note="What the stage asks for, what stands in the way, how far a price can go down."),
    TableColumn("So far", "money", note="All revenue entered, up to this month."),
    TableColumn(
        "To expect",
        "money",
        note="Of the months ahead those that clients stay on average who have stayed as long, times the Monthly fee. "
        "Empty: too few to say.",
    ),
    TableColumn("Floor", "money", note="What the work costs a month: Monthly fee less Margin %. Below it is a loss."),
)
_STATES = {
    LATE: (Level.WATCH, "Date has passed"),
    UNDATED: (Level.WATCH, "No next date"),
    IN_HAND: (None, "In hand"),
    BLOCKED: (None, "Not now"),
}
_CHART_WIDTH, _CHART_ROWS, _ROW_CM, _COLOUR = 16.0, 14, 0.53, "4A90C2"
_LONGEST = 200


def tab(view: View) -> Tab | None:
    """Groups of lines, the most pressing first; None when there is none."""
    rows = list(_rows(view))
    if not rows:
        return None
    shown = rows[:MOST_ROWS]
    left = sum(1 for row in rows[MOST_ROWS:] if not row.heading)
    more = f"{count(left, 'more line')} not shown." if left else ""
    blocks: list[Block] = [
        top(_title(view), f"{_closed(view)} {more}".strip() or _ABOUT, span=len(COLUMNS)),
        TableBlock((HEADER_ROW, 1), COLUMNS, tuple(shown), filter=True),
        *_chart(view, HEADER_ROW + len(shown) + 2),
    ]
    return Tab(
        "growth",
        view.titles["growth"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW,
        repeat=(HEADER_ROW, HEADER_ROW),
        print_columns=len(COLUMNS),
    )


_ABOUT = "Nothing is offered while a client is at risk or waits for an issue to be fixed."


def _rows(view: View) -> Iterator[TableRow]:
    """Conversations, signs, steps to offer, what waits, then what the other clients bring."""
    boards, worth = view.assessment.boards, _worth(view)
    talks = [row for row in rows_of(boards.opportunities) if row.state in OPEN]
    signs = rows_of(boards.growth_signals)
    steps = rows_of(boards.next_steps)
    talk, sign, step = (partial(make, view, worth) for make in (_talk, _sign, _step))
    groups = [
        ("Conversations", [talk(row) for row in talks if row.state != BLOCKED]),
        ("They gave a sign", [sign(row) for row in signs if not row.reason]),
        ("To offer next", [step(row) for row in steps if row.state == OFFER]),
        (
            "Not now",
            [
                *(talk(row) for row in talks if row.state == BLOCKED),
                *(sign(row) for row in signs if row.reason),
                *(step(row) for row in steps if row.state == HELD),
            ],
        ),
    ]
    said = {row.key for row in (*talks, *signs, *(row for row in steps if row.state in (OFFER, HELD)))}
    others = [row for key, row in worth.items() if key not in said and _known(row)]
    others.sort(key=lambda row: (row.state != LOSS, -float(row.expected or 0), -float(row.so_far or 0)))
    groups.append(("What the other clients bring", [_line(view, worth, row.key, "") for row in others]))
    for name, lines in groups:
        if lines:
            yield TableRow("", (Cell(f"{name}: {len(lines):,}", style="heading"),), heading=True)
            yield from lines


def _worth(view: View) -> dict[str, Any]:
    return {row.key: row for row in rows_of(view.assessment.boards.worth) if row.key in view.clients}


def _known(row: Any) -> bool:
    return any(value is not None for value in (row.so_far, row.expected, row.cost))


def _talk(view: View, worth: dict[str, Any], row: Any) -> TableRow:
    level, state = _STATES[row.state]
    link = view.tables["opportunities"].link(int(row.row or 0))
    step = Cell(cut(text(row.service), LONG_NAME) or "Not named", link=link, wrap=True)
    when = as_date(row.talked_on)
    spoken = f"Last talk on {short(when, view.today)}." if when and row.state in (LATE, UNDATED) else ""
    words = sentence(text(row.reason)) if row.state == BLOCKED else sentence(text(row.do))
    given = (text(row.stage).capitalize(), row.value, row.next_date)
    return _line(view, worth, row.key, f"{words} {spoken}".strip(), step, given, (level, state))


def _sign(view: View, worth: dict[str, Any], row: Any) -> TableRow:
    when = short(row.date, view.today)
    note = f": {cut(text(row.note), 90)}" if text(row.note) else ""
    kind = view.playbook.growth.signals.get(row.kind, row.kind)
    words = f"{sentence(f'{kind} ({when}){note}')} {sentence(text(row.reason))}".strip()
    link = view.tables[row.table].link(int(row.row or 0))
    step = Cell(row.kind.capitalize(), link=link, wrap=True)
    state = (None, "Not now") if row.reason else (Level.WATCH, "Talk to them")
    return _line(view, worth, row.key, words, step, state=state)


def _step(view: View, worth: dict[str, Any], row: Any) -> TableRow:
    words = f"After {row.after}." if row.state == OFFER else sentence(text(row.reason))
    step = Cell(cut(text(row.step), LONG_NAME), wrap=True)
    return _line(view, worth, row.key, words, step, state=(None, "Offer it" if row.state == OFFER else "Not now"))


def _line(
    view: View,
    worth: dict[str, Any],
    key: str,
    words: str,
    step: Cell | None = None,
    given: tuple[str, Any, Any] = ("", None, None),
    state: tuple[Level | None, str] = (None, ""),
) -> TableRow:
    """One row: the client, what `given` says of an opportunity (stage, value, next date), and what they are worth."""
    own, client = worth.get(key), view.clients[key]
    level, name = state
    if own and own.state == LOSS:
        level, name = Level.RISK, "At a loss"
    stage, value, next_date = given
    said = " ".join(part for part in (cut(words, _LONGEST), text(own.sentence) if own else "") if part)
    cells = (
        view.client(key, most=LONG_NAME),
        Cell(text(client.owner) or None),
        step or Cell(),
        Cell(stage or None),
        Cell(value, kind="money"),
        Cell(as_date(next_date), kind="date"),
        Cell((f"{level.symbol} {name}" if level else name) or None, level=level, wrap=True),
        Cell(said or None, wrap=True),
        *(Cell(_whole(getattr(own, column, None)), kind="money") for column in ("so_far", "expected", "cost")),
    )
    return TableRow("", cells)


def _whole(value: Any) -> float | None:
    return None if value is None else float(round(float(value)))


def _title(view: View) -> str:
    """Growth: 3 conversations worth 12,300, 1 past its date; 2 signs to answer, 4 steps to offer."""
    boards = view.assessment.boards
    talks = [row for row in rows_of(boards.opportunities) if row.state in OPEN]
    value = sum(float(row.value) for row in talks if row.value is not None)
    late, undated = (sum(1 for row in talks if row.state == state) for state in (LATE, UNDATED))
    signs = sum(1 for row in rows_of(boards.growth_signals) if not row.reason)
    steps = sum(1 for row in rows_of(boards.next_steps) if row.state == OFFER)
    parts = [count(len(talks), "conversation") + (f" worth {money(value)}" if value else "")] if talks else []
    parts += [f"{late:,} past its date"] if late else []
    parts += [f"{undated:,} without a next date"] if undated else []
    parts += [f"{count(signs, 'sign')} to answer"] if signs else []
    parts += [f"{count(steps, 'step')} to offer"] if steps else []
    return f"Growth: {', '.join(parts) or 'nothing to offer now'}"


def _closed(view: View) -> str:
    """Won in the last year: 3, worth 12,400. Lost: 1."""
    found = {row.stage: row for row in rows_of(view.assessment.boards.pipeline)}
    parts = []
    for state, name in ((WON, "Won"), (LOST, "Lost")):
        if row := found.get(state):
            worth = f", worth {money(row.value)}" if row.value else ""
            parts.append(f"{name} within a year: {row.number:,}{worth}.")
    return " ".join(parts)


def _chart(view: View, row: int) -> list[Chart]:
    """Open value by stage, once at least two stages hold some."""
    stages = [one for one in rows_of(view.assessment.boards.pipeline) if one.stage not in (WON, LOST)]
    if sum(1 for one in stages if one.value) < 2:
        return []
    names = tuple(one.stage.capitalize() for one in stages)
    series = (Series("Open value", tuple(float(one.value) or None for one in stages), _COLOUR),)
    size = (_CHART_WIDTH, _CHART_ROWS * _ROW_CM)
    return [Chart((row, 1), (1, len(COLUMNS) + 3), "Open value by stage", names, series, size, horizontal=True)]


def told(view: View) -> str:
    """For the Dashboard [A0] [A64]: what is in talks, and who waits for a talk."""
    title = _title(view).removeprefix("Growth: ")
    waits = any(row.state in OPEN for row in rows_of(view.assessment.boards.opportunities))
    return f"Growth: {title}." if waits or not view.assessment.boards.growth_signals.empty else ""
