"""What the tracker remembers about itself in a very hidden tab: levels, warnings, inputs, looks, measures.

    version   1
    first     2026-11-23
    level     2026-11-23  watch    aldgate legal⏎corvid coffee
    gone                           bow bakery
    warning   2026-11-20  silence  aldgate legal
    input     check_in_call|aldgate%20legal|2026-11-20  2026-11-21  Spoke with Ana  …
    promise   promise|aldgate%20legal|#1  A weekly call  Priya  2026-12-04  …
    measure   2026-10-01  nps  42.0  31  not met
    look      diary  5f3c…
    accepted  silence

Everything is text, so that no number format can change it. Keys that share a day and a level share a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Protocol
from urllib.parse import unquote

import pandas as pd

from sheets_sync.errors import Refused
from sheets_sync.model import Cell, Level, Scalar, Snapshot, Tab, TextBlock
from sheets_sync.tracker.cells import text_of
from sheets_sync.tracker.inputs import read_inputs, read_promises
from sheets_sync.tracker.remembered import History, Input, Measured, Promised, join_ids, quoted, split_ids

__all__ = [
    "History",
    "Input",
    "Measured",
    "Promised",
    "advance",
    "inputs_of",
    "join_ids",
    "memory_tab",
    "read_history",
    "read_inputs",
    "read_promises",
    "split_ids",
]

MEMORY = "memory"
# The kinds of lines that hold what people typed.
TYPED = ("input", "promise")
VERSION = 1
DAYS_KEPT = 90
MONTHS_KEPT = 24
_LONGEST_CELL = 30_000


class Judged(Protocol):
    """What remembering needs of an Assessment: clients (index key, column level), warnings (key id since) and metrics
    (id value n verdict)."""

    @property
    def clients(self) -> pd.DataFrame: ...

    @property
    def warnings(self) -> pd.DataFrame: ...

    @property
    def metrics(self) -> pd.DataFrame: ...


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_history(snapshot: Snapshot) -> History:
    """The memory of earlier runs; empty where there is none. Lines that make no sense are left out. Raises Refused
    when a newer version wrote it."""
    owned = snapshot.owned_tab("memory")
    if owned is None:
        return History()
    first: date | None = None
    levels: list[tuple[date, str, Level]] = []
    warnings: list[tuple[str, str, date]] = []
    inputs: list[Input] = []
    promises: list[Promised] = []
    looks: dict[str, str] = {}
    accepted: list[str] = []
    measured: list[Measured] = []
    gone: list[str] = []
    for row in owned.grid.rows:
        kind, *rest = [_kept_text(cell) for cell in row] or [""]
        parts = [*rest, *[""] * 8]
        day = _day(parts[0])
        if kind == "version" and parts[0].isdigit() and int(parts[0]) > VERSION:
            raise Refused("A newer version of sheets-sync has written to this tracker: update sheets-sync.")
        if kind == "first":
            first = day
        elif kind == "level" and day and parts[1] in set(Level):
            levels += [(day, key, Level(parts[1])) for key in _keys(parts[2])]
        elif kind == "gone":
            gone += _keys(parts[2])
        elif kind == "warning" and day:
            warnings += [(key, parts[1], day) for key in _keys(parts[2])]
        elif kind == "input" and split_ids(parts[0]):
            inputs.append(_input(parts))
        elif kind == "promise" and split_ids(parts[0]):
            promises.append(_promised(parts))
        elif kind == "look" and parts[0]:
            looks[parts[0]] = parts[1]
        elif kind == "accepted" and parts[0]:
            accepted.append(parts[0])
        elif kind == "measure" and day and parts[1]:
            measured.append(Measured(day, parts[1], _number(parts[2]), int(_number(parts[3]) or 0), parts[4]))
    inputs.sort(key=_by_id)
    promises.sort(key=_by_id)
    measured.sort(key=_by_month)
    ordered = tuple(sorted(levels)), tuple(sorted(warnings))
    kept = History(first, *ordered, tuple(inputs), looks, tuple(accepted), tuple(measured), tuple(promises))
    return replace(kept, gone=tuple(sorted(gone)))


def _input(parts: list[str]) -> Input:
    done, snooze = _day_or_text(parts[1]), _day_or_text(parts[3])
    return Input(parts[0], done, parts[2] or None, snooze, parts[4] or None, _day(parts[5]))


def _promised(parts: list[str]) -> Promised:
    row_id, promise, owner, by, discussed, kept, view, taken = parts[:8]
    days = (_day_or_text(by), _day_or_text(discussed), _day_or_text(kept))
    return Promised(row_id, promise or None, owner or None, *days, view or None, _day(taken))


def _kept_text(cell: Scalar) -> str:
    """A cell of ours as it was written (only its end may have been trimmed on the way)."""
    return cell if isinstance(cell, str) else text_of(cell)


def _keys(cell: str) -> Iterator[str]:
    return (unquote(key) for key in cell.splitlines() if key)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) >= 10 else None
    except ValueError:
        return None


def _day_or_text(text: str) -> date | str | None:
    """A day, or after a question mark what was typed in its place."""
    return text[1:] if text.startswith("?") else _day(text)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if isfinite(number) else None


def _by_id(line: Input | Promised) -> str:
    return line.row_id


def _by_month(measured: Measured) -> tuple[date, str]:
    return measured.month, measured.id


# ── Advancing ────────────────────────────────────────────────────────────────────────────────────────────────────────


def advance(history: History, assessment: Judged, inputs: pd.DataFrame, now: datetime) -> History:
    """The memory after this run. What happened earlier today is decided afresh, so the same state on the same day
    gives an equal History, however often it runs. Looks and promises are carried over as they are."""
    today = now.date()
    levels = _advance_levels(history, assessment.clients, today)
    return History(
        history.first_sync or today,
        levels,
        tuple(
            sorted(
                (str(key), str(id), _as_day(since) or today)
                for key, id, since in zip(*(assessment.warnings[name] for name in ("key", "id", "since")), strict=True)
            )
        ),
        inputs_of(inputs),
        dict(history.looks),
        history.accepted,
        _advance_measures(history, assessment.metrics, today.replace(day=1)),
        history.promises,
        tuple(sorted({key for _, key, _ in levels}.difference(map(str, assessment.clients.index)))),
    )


def _advance_levels(history: History, clients: pd.DataFrame, today: date) -> tuple[tuple[date, str, Level], ...]:
    """A change is kept 90 days; the newest one of a client for as long as the client is there."""
    current = {str(key): Level(level) for key, level in zip(clients.index, clients["level"], strict=True)}
    before = [entry for entry in history.levels if entry[0] < today]
    last = {key: (day, level) for day, key, level in before}
    oldest = today - timedelta(days=DAYS_KEPT)
    kept = [entry for entry in before if entry[0] >= oldest or (entry[1] in current and last[entry[1]][0] == entry[0])]
    changed = [(today, key, level) for key, level in current.items() if key not in last or last[key][1] != level]
    return tuple(sorted(kept + changed))


def _advance_measures(history: History, metrics: pd.DataFrame, month: date) -> tuple[Measured, ...]:
    """One line a measure and month: this month's as it reads now, the months before as they were left."""
    oldest = (pd.Period(month, "M") - MONTHS_KEPT).start_time.date()
    kept = [one for one in history.measured if oldest < one.month < month]
    columns = zip(*(metrics[name] for name in ("id", "value", "n", "verdict")), strict=True)
    now = [
        Measured(month, str(id), None if pd.isna(value) else round(float(value), 6), int(n), str(verdict))
        for id, value, n, verdict in columns
        if n
    ]
    return tuple(sorted(kept + now, key=_by_month))


def inputs_of(inputs: pd.DataFrame) -> tuple[Input, ...]:
    """The inputs of a frame as read_inputs gives it, one a Diary line."""
    found: dict[str, Input] = {}
    for row in inputs.to_dict("records"):
        typed = {name: row.get(f"{name}_typed", row.get(name)) for name in ("done_on", "snooze_until")}
        found.setdefault(
            row["row_id"],
            Input(
                row["row_id"],
                _typed_day(typed["done_on"]),
                _plain(row["outcome"]),
                _typed_day(typed["snooze_until"]),
                _plain(row["reason"]),
                _as_day(row["taken_on"]),
            ),
        )
    return tuple(sorted(found.values(), key=_by_id))


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NaT or value is pd.NA or value != value else value


def _as_day(value: Any) -> date | None:
    value = _plain(value)
    return value.date() if isinstance(value, datetime) else value


def _typed_day(value: Any) -> date | str | None:
    value = _plain(value)
    return value if isinstance(value, str) else _as_day(value)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def memory_tab(history: History) -> Tab:
    """The very hidden tab that holds a History."""
    lines: list[tuple[str, ...]] = [("version", str(VERSION))]
    if history.first_sync:
        lines.append(("first", history.first_sync.isoformat()))
    lines += _grouped("level", ((day.isoformat(), str(level), key) for day, key, level in history.levels))
    lines += _grouped("gone", (("", "", key) for key in history.gone))
    lines += _grouped("warning", ((since.isoformat(), id, key) for key, id, since in history.warnings))
    lines += [
        ("input", i.row_id, _text(i.done_on), i.outcome or "", _text(i.snooze_until), i.reason or "", _text(i.taken_on))
        for i in history.inputs
    ]
    lines += [
        (
            "measure",
            one.month.isoformat(),
            one.id,
            "" if one.value is None else repr(one.value),
            str(one.n),
            one.verdict,
        )
        for one in history.measured
    ]
    lines += [
        (
            *("promise", p.row_id, p.promise or "", p.owner or "", _text(p.by), _text(p.discussed_on)),
            *(_text(p.kept_on), p.staff_view or "", _text(p.taken_on)),
        )
        for p in history.promises
    ]
    lines += [("accepted", id) for id in history.accepted]
    lines += [("look", id, look) for id, look in sorted(history.looks.items())]
    block = TextBlock((1, 1), tuple(tuple(Cell(text or None) for text in line) for line in lines))
    return Tab("memory", "_sheets_sync", (block,), (), hidden=True)


def _grouped(kind: str, entries: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, ...]]:
    groups: dict[tuple[str, str], list[str]] = {}
    for day, word, key in entries:
        groups.setdefault((day, word), []).append(quoted(key))
    for (day, word), keys in sorted(groups.items()):
        cell = ""
        for key in sorted(keys):
            if len(cell) + len(key) >= _LONGEST_CELL:
                yield kind, day, word, cell
                cell = ""
            cell = f"{cell}\n{key}" if cell else key
        yield kind, day, word, cell


def _text(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else f"?{value}" if value else ""
