"""Diary: what is to be done, one line a client and moment, owner by owner, with what the team types beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sheets_sync.model import Block, Cell, Level, Link, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.rules.people import people
from sheets_sync.tabs.view import LONG_NAME, View, empty, top
from sheets_sync.tabs.words import as_date, count, level_of, listed, moment, text
from sheets_sync.tracker.history import split_ids
from sheets_sync.tracker.remembered import Input

MOST_LINES = 2000
HEADER_ROW = 4
# A broken promise goes before everything else [D13].
BROKEN_PROMISE = "broken_promise"
WIDTHS = (19.0, 9.0, 19.0, 46.0, 38.0, 18.0, 11.0, 24.0, 12.0, 16.0)

_TEXT_NOTE = (
    "Words for it, prepared: sheets-sync explain --client NAME --text TEXT prints them, filled in. With “texts” among "
    "the tabs in sheets-sync.toml they stand in a tab of their own, and this jumps there."
)
COLUMNS = (
    TableColumn("Due"),
    TableColumn("Owner"),
    TableColumn("Client"),
    TableColumn("Do"),
    TableColumn("Why now"),
    TableColumn("Text", note=_TEXT_NOTE),
    TableColumn("Done on", "date", input=True, note="The day it was done. It counts from the next run on."),
    TableColumn("Outcome", input=True, note="What came of it, in a few words."),
    TableColumn("Snooze until", "date", input=True, note="Let this line rest until that day. Give a reason beside it."),
    TableColumn("Reason", input=True, note="Why it may wait."),
)


def tab(view: View) -> Tab:
    """The Diary of one run: at most 2,000 lines, shared fairly between owners, and a sentence about the rest."""
    lines = sorted(view.actions, key=_order)
    shown, rest = _bounded(lines)
    blocks: list[Block] = [top(_title(view, lines), _subtitle(rest) if shown else "", span=len(COLUMNS))]
    rows = tuple(_rows(view, shown, lines))
    if shown:
        blocks.append(TableBlock((HEADER_ROW, 1), COLUMNS, rows, ids=True, filter=True))
    else:
        blocks.append(empty(_nothing(view), HEADER_ROW, span=len(COLUMNS)))
    return Tab(
        "diary",
        view.titles["diary"],
        tuple(blocks),
        WIDTHS,
        freeze=HEADER_ROW if shown else 0,
        repeat=(HEADER_ROW, HEADER_ROW) if shown else None,
        breaks=_pages(rows),
        print_columns=len(COLUMNS),
    )


def is_open(line: Any) -> bool:
    """Whether a line still asks for something now."""
    return line.state not in ("done", "snoozed")


def this_week(view: View, line: Any) -> bool:
    """Whether an open line falls due by Sunday and is not late yet."""
    return is_open(line) and not line.late and line.due is not None and line.due.date() < view.next_monday


def due_text(view: View, line: Any) -> str:
    """ "✖ Mon 12 Oct", "▲ Mon 23 Nov 10:30"; routine lines carry no symbol, done ones a dot."""
    when = moment(line.due, view.today) if line.due else "no date"
    if line.state == "done":
        return f"● {when}"
    if line.state == "snoozed":
        return f"– {when}"
    level = level_of(line.level)
    return f"{level.symbol} {when}" if level in (Level.RISK, Level.WATCH) and not line.routine else when


def _order(line: Any) -> tuple[Any, ...]:
    due = line.due.isoformat() if line.due else "9999"
    broken = is_open(line) and any(id[0] == BROKEN_PROMISE for id in split_ids(text(line.row_id)))
    place = 2 if line.state == "done" else -1 if broken else int(bool(line.routine))
    return (not line.owner, line.owner.casefold(), place, due, text(line.client).casefold(), text(line.row_id))


def _bounded(lines: Sequence[Any]) -> tuple[list[Any], Counter[str]]:
    """The first lines of every owner, as many each as keeps the sum within bounds; and how many are left out."""
    sizes = Counter(line.owner for line in lines)
    room, share, waiting = MOST_LINES, 0, len(sizes)
    for size in sorted(sizes.values()):
        if size * waiting > room:
            share = room // waiting
            break
        room, waiting, share = room - size, waiting - 1, size
    taken: Counter[str] = Counter()
    shown = []
    for line in lines:
        if taken[line.owner] < share or len(lines) <= MOST_LINES:
            taken[line.owner] += 1
            shown.append(line)
    return shown, sizes - taken


def _rows(view: View, shown: Sequence[Any], lines: Sequence[Any]) -> Iterable[TableRow]:
    late = Counter(line.owner for line in lines if is_open(line) and line.late)
    soon = Counter(line.owner for line in lines if this_week(view, line))
    inputs = sorted(view.history.inputs, key=lambda one: one.taken_on or date.min)
    typed = {id: one for one in inputs for id in split_ids(one.row_id)}
    owner = None if any(line.owner for line in lines) else ""
    for line in shown:
        if line.owner != owner:
            owner = line.owner
            words = _summary(_with_role(view, owner), soon[owner], late[owner])
            yield TableRow("", (Cell(words, style="heading"),), heading=True)
        row_id = text(line.row_id)
        yield TableRow(row_id, _cells(view, line, [typed[id] for id in split_ids(row_id) if id in typed]))


def _cells(view: View, line: Any, typed: Sequence[Input]) -> tuple[Cell, ...]:
    due = due_text(view, line)
    level = next((level for level in Level if due.startswith(f"{level.symbol} ")), None)
    return (
        Cell(due, level=Level.UNKNOWN if level is Level.NONE else level),
        Cell(line.owner or None),
        view.client(line.key, most=LONG_NAME),
        Cell(text(line.what), wrap=True),
        Cell(text(line.why) or None, wrap=True),
        _text(view, line),
        Cell(_typed(line.done_on, "done_on", typed), kind="date"),
        Cell(_typed(line.outcome, "outcome", typed), wrap=True),
        Cell(_typed(line.snooze_until, "snooze_until", typed), kind="date"),
        Cell(_typed(line.reason, "reason", typed), wrap=True),
    )


def _text(view: View, line: Any) -> Cell:
    """The prepared words that go with a line: their name, and a jump to them where they stand in a tab."""
    row = view.prepared.get(text(line.row_id))
    link = Link(view.titles["texts"], row) if row else None
    return Cell(text(line.text).replace("_", " ").capitalize() or None, link=link)


def _typed(value: Any, name: str, typed: Sequence[Input]) -> Any:
    """What a person typed, as it is: a date, or text, also where no rule could read it."""
    if value is None:
        found = max(typed, key=lambda one: one.taken_on or date.min, default=None)
        return getattr(found, name, None)
    return as_date(value) or value


def _with_role(view: View, owner: str) -> str:
    """Priya (Engagement manager), where Team says so."""
    person = people(view.tables).person(owner)
    return f"{owner} ({', '.join(person.roles)})" if person and person.roles else owner


def _pages(rows: Sequence[TableRow]) -> tuple[int, ...]:
    """The rows after which a printed page ends, so that everybody can be handed their own [E10]."""
    headings = [HEADER_ROW + number for number, row in enumerate(rows, start=1) if row.heading]
    return tuple(row - 1 for row in headings[1:])


def _summary(owner: str, soon: int, late: int) -> str:
    parts = [f"{soon} this week"] if soon else []
    parts += [f"{late} late"] if late else []
    return f"{owner or 'No owner'}: {', '.join(parts) or 'nothing this week'}"


def _title(view: View, lines: Sequence[Any]) -> str:
    late = sum(1 for line in lines if is_open(line) and line.late)
    soon = sum(1 for line in lines if this_week(view, line))
    parts = ([f"{late:,} late"] if late else []) + ([f"{soon:,} this week"] if soon else [])
    return f"Diary: {', '.join(parts) or 'nothing to do this week'}"


def _subtitle(rest: Counter[str]) -> str:
    words = "Done already? Type the day in “Done on”; it counts from the next run on."
    if not rest:
        return words
    names = listed(f"{owner or 'no owner'} {number:,}" for owner, number in sorted(rest.items()))
    more = count(rest.total(), "more line")
    return f"{words} {more} ({names}) will follow as these are done."


def _nothing(view: View) -> str:
    if not view.clients:
        return "Lines appear here as soon as Clients has a name."
    return "Nothing to do. Lines appear here when a touchpoint or an issue falls due."
