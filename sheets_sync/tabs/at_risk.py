"""At Risk: a page a client for the meeting, and the fields in which the team says what it promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from textwrap import wrap
from typing import Any

from sheets_sync.model import Block, Cell, Level, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.tabs.evidence import Event, Evidence, awake
from sheets_sync.tabs.view import LONG_NAME, View, empty, heading, top
from sheets_sync.tabs.words import as_date, count, money, rows_of, short, text
from sheets_sync.tracker.forms import PROMISE, numbered_id

MOST_BLOCKS = 10
MOST_ON_LIST = 500
WIDTHS = (21.0, 58.0, 12.0, 12.0, 13.0, 12.0, 38.0)
SPAN = len(WIDTHS)
# Lines of text run over the columns of the table below them.
_LINE, _THEIRS, _OURS = 128, 56, 76
FIELDS = (
    TableColumn("Promise", input=True, note="What we promise them, in a few words. One line a promise."),
    TableColumn("Owner", input=True, note="Who sees to it. Blank: the client's owner."),
    TableColumn("By", "date", input=True, note="The day that was promised. It comes into the Diary a week before."),
    TableColumn("Discussed on", "date", input=True, note="The day on which the team has talked about this client."),
    TableColumn("Kept on", "date", input=True, note="The day on which it was kept. Past By without it: broken."),
    TableColumn("Staff view", input=True, note="What those who work with them think went wrong."),
)


def tab(view: View) -> Tab:
    """Ten clients in full, by fee and urgency, then the others as a list."""
    keys = _ordered(view)
    blocks: list[Block] = [top(_title(view, keys), span=SPAN)]
    breaks: list[int] = []
    row = 3
    evidence = Evidence(view, keys[:MOST_BLOCKS])
    told = _told(view)
    for i, key in enumerate(keys[:MOST_BLOCKS]):
        if i:
            breaks.append(row - 1)
        block = TextBlock((row, 1), tuple(_lines(view, key, evidence, told.get(key, {}))), span=SPAN)
        fields = TableBlock((row + len(block.lines), 2), FIELDS, tuple(_fields(view, key)), ids=True)
        blocks += [block, fields]
        row += len(block.lines) + len(fields.rows) + 3
    if not keys:
        blocks.append(empty(_nobody(view), row, span=SPAN))
    if rest := keys[MOST_BLOCKS:]:
        breaks.append(row - 1)
        blocks += _list(view, rest, row)
    return Tab(
        "at_risk", view.titles["at_risk"], tuple(blocks), WIDTHS, freeze=1, breaks=tuple(breaks), print_columns=SPAN
    )


def _ordered(view: View) -> list[str]:
    """Clients at risk by fee × urgency; where no fee is known, the middle one of the others counts."""
    at_risk = [row for key, row in view.clients.items() if view.levels[key] is Level.RISK]
    warnings = awake(view)
    weights = warnings["level"].map({Level.RISK.value: 2, Level.WATCH.value: 1}).fillna(0)
    urgency = weights.groupby(warnings["key"]).sum().to_dict()
    fees = sorted(float(row.fee) for row in at_risk if row.fee)
    middle = fees[len(fees) // 2] if fees else 1.0

    def order(row: Any) -> tuple[float, float, str]:
        pressing = float(urgency.get(row.Index, 0)) or 1.0
        return (-float(row.fee or middle) * pressing, -pressing, text(row.client).casefold())

    return [row.Index for row in sorted(at_risk, key=order)]


def _title(view: View, keys: Sequence[str]) -> str:
    if not keys:
        return "At risk: nobody"
    fees = sum(float(view.clients[key].fee or 0) for key in keys)
    return f"At risk: {count(len(keys), 'client')}" + (f", {money(fees)} a month" if fees else "")


def _nobody(view: View) -> str:
    watched = sum(1 for level in view.levels.values() if level is Level.WATCH)
    if not view.clients:
        return "Clients at risk get a page here, made for a meeting."
    return f"No client is at risk. {count(watched, 'client')} to watch." if watched else "No client is at risk."


def _told(view: View) -> dict[str, dict[str, list[str]]]:
    """The sentences of the pack, by client and part."""
    told: dict[str, dict[str, list[str]]] = {}
    for row in rows_of(view.assessment.boards.pack):
        told.setdefault(row.key, {}).setdefault(row.part, []).append(row.sentence)
    return told


def _lines(view: View, key: str, evidence: Evidence, told: dict[str, list[str]]) -> Iterable[tuple[Cell, ...]]:
    """A client's page above its fields; what has nothing to say is left out."""
    yield (view.client(key, "heading"),)
    yield (Cell(_who(view, key), style="muted"),)

    def dated(events: Iterable[Event]) -> list[str]:
        return [f"{short(when, view.today)} → {words}" for when, words in events]

    yield from _part("Why", evidence.reasons(key))
    yield from _part("Lowest ratings", told.get("ratings", ()))
    yield from _part("What happened before", dated(evidence.before(key)))
    yield from _part("What happened since", dated(evidence.since(key)))
    yield from _part("Worst promise", told.get("worst promise", ()))
    yield from _part("Agreed, delivered", told.get("agreed", ()))
    yield from _beside(evidence.quotes(key), told.get("staff view", ()))
    if told.get("ask") or told.get("staff view"):
        yield from _part("Ask them", [*told.get("ask", ()), "Is that the only problem?  ☐"])
    yield from _part("Good news to bring", evidence.good_news(key))
    yield from _part("Healthy again when", evidence.way_back(key))
    yield from _part("In the room", told.get("room", ()))
    yield from _part("Plan", told.get("plan", ()))
    yield from _part("Goodwill", told.get("goodwill", ()))
    yield from _part("Done and owed", told.get("steps", ()))


def _part(label: str, sentences: Iterable[str]) -> Iterable[tuple[Cell, ...]]:
    """A label and its lines; one that is too long for the page goes on in the next line."""
    lines = [(i, line) for i, words in enumerate(filter(None, sentences)) for line in wrap(words, _LINE)]
    for number, (_, line) in enumerate(lines):
        yield (Cell(None if number else label, style="strong"), Cell(line, level=_level(line)))


def _level(line: str) -> Level | None:
    return next((level for level in (Level.RISK, Level.WATCH) if line.startswith(f"{level.symbol} ")), None)


def _beside(theirs: Sequence[str], ours: Sequence[str]) -> Iterable[tuple[Cell, ...]]:
    """Their words and ours side by side [D8]."""
    if not (theirs and ours):
        yield from _part("In their words" if theirs else "Staff view", [*theirs, *ours])
        return
    yield (Cell("In their words", style="strong"), Cell("They say", style="muted"), Cell("We say", style="muted"))
    left = [line for words in theirs for line in wrap(words, _THEIRS)]
    right = [line for words in ours for line in wrap(words, _OURS)]
    for one, other in zip_longest(left, right):
        yield (Cell(), Cell(one), *([Cell(other)] if other else []))


def _fields(view: View, key: str) -> Iterable[TableRow]:
    """What was typed for a client, and always one free line after it [D4] [D9]."""
    typed = [one for one in view.history.promises if one.key == key]
    for one in sorted(typed, key=lambda one: (len(one.row_id), one.row_id)):
        yield TableRow(
            one.row_id,
            (
                Cell(one.promise, wrap=True),
                Cell(one.owner),
                Cell(one.by, kind="date"),
                Cell(one.discussed_on, kind="date"),
                Cell(one.kept_on, kind="date"),
                Cell(one.staff_view, wrap=True),
            ),
        )
    taken = {one.row_id for one in typed}
    free = next(id for n in range(1, len(taken) + 2) if (id := numbered_id(PROMISE, key, n)) not in taken)
    yield TableRow(free, (Cell(),) * len(FIELDS))


def _who(view: View, key: str) -> str:
    client = view.clients[key]
    since = as_date(client.since)
    parts = [text(client.owner) or "no owner"]
    parts += [f"{money(float(client.fee))} a month"] if client.fee else []
    parts += [f"at risk since {short(since, view.today)}"] if since else []
    return " · ".join(parts)


def _list(view: View, keys: Sequence[str], row: int) -> list[Block]:
    rows = tuple(
        TableRow("", (view.client(key, most=LONG_NAME), Cell(f"{_who(view, key)}: {why}", wrap=True)))
        for key, why in ((key, text(view.clients[key].why)) for key in keys[:MOST_ON_LIST])
    )
    left = len(keys) - len(rows)
    words = f"{len(keys):,} more at risk" + (f", the first {MOST_ON_LIST} of them" if left else "")
    return [
        heading(words, row, span=SPAN),
        TableBlock((row + 1, 1), (TableColumn("Client"), TableColumn("In short")), rows),
    ]
