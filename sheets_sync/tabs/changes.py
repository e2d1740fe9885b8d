"""Changes: whose level changed when and why, what the team typed, what was decided on the SOP; the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sheets_sync.model import Cell, Level, Tab, TableBlock, TableColumn, TableRow
from sheets_sync.playbook.schema import Playbook
from sheets_sync.tabs.view import LONG_NAME, View, empty, top
from sheets_sync.tabs.words import LEVEL_NAMES, count, cut, day, month, rows_of, sentence, short, text
from sheets_sync.tracker.history import DAYS_KEPT
from sheets_sync.tracker.remembered import Input, split_ids

HEADER_ROW = 4
MOST_LINES = 300
_LONGEST_NOTE = 160
WIDTHS = (15.0, 26.0, 26.0, 86.0)
COLUMNS = (
    TableColumn("Day", note="The day of the run that saw it."),
    TableColumn("Client"),
    TableColumn("What changed"),
    TableColumn("In words", note="Why the client stands there today; of earlier levels, until when they lasted."),
)
_RANK = {level: rank for rank, level in enumerate(Level)}


@dataclass(frozen=True)
class Event:
    """Something that changed on a day. `turn` is +1 for worse, -1 for better, 0 for anything else."""

    on: date
    key: str
    what: str
    words: str
    level: Level | None = None
    turn: int = 0


def tab(view: View) -> Tab:
    """A line a change of the 90 days that are remembered, under a line a month, bounded."""
    oldest = view.today - timedelta(days=DAYS_KEPT)
    found = [one for one in (*_levels(view), *_typed(view), *_decided(view)) if one.on >= oldest]
    found.sort(key=lambda one: _order(view, one))
    shown = found[:MOST_LINES]
    left = len(found) - len(shown)
    more = f"{count(left, 'earlier change')} not shown." if left else ""
    title = view.titles["changes"]
    if not shown:
        blocks = (top(_title(view, found), span=4), empty(_nothing(view), HEADER_ROW - 1, span=4))
        return Tab("changes", title, blocks, WIDTHS)
    return Tab(
        "changes",
        title,
        (
            top(_title(view, found), f"{_ABOUT} {more}".strip(), span=4),
            TableBlock((HEADER_ROW, 1), COLUMNS, tuple(_rows(view, shown))),
        ),
        WIDTHS,
        freeze=HEADER_ROW,
        repeat=(HEADER_ROW, HEADER_ROW),
        print_columns=len(COLUMNS),
    )


_ABOUT = f"Changes of level in {DAYS_KEPT} days, what was typed into the yellow cells, what was decided on the SOP."


def _levels(view: View) -> Iterator[Event]:
    """Each change of level; the client's present one says why, an earlier one until when it lasted."""
    until: dict[str, date] = {}
    for when, key, old, new in reversed(view.changes):
        client = view.clients.get(key)
        turn = (_RANK[new] > _RANK[old]) - (_RANK[new] < _RANK[old]) if Level.NONE not in (old, new) else 0
        before = LEVEL_NAMES[old]
        if client is not None and key not in until and view.levels[key] is new:
            health = text(client.health) or LEVEL_NAMES[new]
            level = new if new in (Level.RISK, Level.WATCH) else None
            yield Event(when, key, f"{before} → {health}", sentence(text(client.why)), level, turn)
        else:
            lasted = f"Until {short(until[key], view.today)}." if key in until else ""
            yield Event(when, key, f"{before} → {new.symbol} {LEVEL_NAMES[new]}", lasted, None, turn)
        until[key] = when


def _typed(view: View) -> Iterator[Event]:
    """What people typed into the Diary and was taken over, one event a line of theirs."""
    for one in view.history.inputs:
        ids = split_ids(one.row_id)
        if one.taken_on is None or not ids:
            continue
        titles = dict.fromkeys(filter(None, (title_of(view.playbook, entry) for entry, _, _ in ids)))
        note = f"“{cut(text(one.outcome or one.reason), _LONGEST_NOTE)}”" if one.outcome or one.reason else ""
        words = ": ".join(filter(None, [", ".join(titles), note]))
        yield Event(one.taken_on, ids[0][1], _entered(view, one), sentence(words))


def _decided(view: View) -> Iterator[Event]:
    """[E14] What was decided about the SOP itself."""
    for one in rows_of(view.assessment.boards.suggestions):
        if one.state == "decided" and one.decided_on is not None:
            words = f"{text(one.entry) or 'The SOP'}: “{cut(text(one.suggestion), _LONGEST_NOTE)}”"
            yield Event(one.decided_on.date(), "", f"SOP: {cut(text(one.decision), 40) or 'decided'}", words)


def _entered(view: View, one: Input) -> str:
    if one.done_on is not None:
        when = short(one.done_on, view.today) if isinstance(one.done_on, date) else f"“{cut(one.done_on, 20)}”"
        return f"Done on {when}"
    if one.snooze_until is not None:
        when = short(one.snooze_until, view.today) if isinstance(one.snooze_until, date) else "a day"
        return f"Snoozed until {when}"
    return "Noted"


def title_of(playbook: Playbook, entry: str) -> str:
    """The title of a playbook entry by its id, whatever its kind; "" where it is none (any more)."""
    if entry == "renewal":
        return playbook.renewal.title
    for kind in (playbook.touchpoints, playbook.warnings, playbook.clocks):
        if entry in kind:
            return str(kind[entry].title)
    return ""


def _order(view: View, one: Event) -> tuple[Any, ...]:
    client = view.clients.get(one.key)
    name = text(client.client).casefold() if client else one.key
    return (-one.on.toordinal(), -one.turn, -_RANK[one.level or Level.NONE], name, one.what)


def _rows(view: View, shown: Sequence[Event]) -> Iterator[TableRow]:
    for _, group in groupby(shown, key=lambda one: (one.on.year, one.on.month)):
        events = list(group)
        words = f"{month(events[0].on)}: {_sum(events)}"
        yield TableRow("", (Cell(words, style="heading"),), heading=True)
        for one in events:
            yield TableRow("", _cells(view, one))


def _cells(view: View, one: Event) -> tuple[Cell, ...]:
    name = view.client(one.key, most=LONG_NAME)
    return (
        Cell(day(one.on, view.today)),
        name if one.key in view.clients else Cell(one.key or None, wrap=True),
        Cell(one.what, level=one.level, wrap=True),
        Cell(one.words or None, wrap=True),
    )


def _sum(events: Sequence[Event]) -> str:
    worse, better = sum(one.turn > 0 for one in events), sum(one.turn < 0 for one in events)
    parts = [f"{worse:,} worse"] if worse else []
    parts += [f"{better:,} better"] if better else []
    other = len(events) - worse - better
    parts += [f"{other:,} other" if parts else count(other, "entry", "entries")] if other else []
    return ", ".join(parts)


def _title(view: View, found: Sequence[Event]) -> str:
    first = view.assessment.first_sync
    young = first >= view.today - timedelta(days=DAYS_KEPT)
    since = f"since {day(first, view.today)}" if young else f"in {DAYS_KEPT} days"
    worse, better = sum(one.turn > 0 for one in found), sum(one.turn < 0 for one in found)
    if not worse and not better:
        return f"Changes: no client got better or worse {since}" if view.clients else "Changes: no clients yet"
    parts = [f"{count(worse, 'time')} worse"] if worse else []
    parts += [f"{count(better, 'time')} better"] if better else []
    return f"Changes: {', '.join(parts)} {since}"


def _nothing(view: View) -> str:
    if not view.clients:
        return "Changes of level will be listed here, with their day and their reason."
    return (
        f"Counting began on {day(view.assessment.first_sync, view.today)}. A change of level will stand here with its "
        "day and its reason; so will what you type into the Diary."
    )
