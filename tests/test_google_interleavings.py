"""People edit the spreadsheet between a run's read and its write: no status beside another client, nothing typed is
lost, nothing of the team's is touched. The everyday run takes every edit and some pairs of edits; the campaign every
sequence of up to SHEETS_CAMPAIGN_EDITS (4) of them:  pytest -m campaign tests/test_google_interleavings.py -n 2
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from itertools import product
from typing import Any

import pytest

from sheets_sync.errors import SheetsSyncError
from sheets_sync.model import Tab
from sheets_sync.sync import Report
from sheets_sync.tracker.history import read_history, read_inputs
from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.plain import serial
from tests import google_people as people
from tests.google_direct import ID, NOW, TODAY, DirectApi, everything, planned, team_book, workbook
from tests.google_people import EDITS, Json, said
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import ApiError, Book, cell_of

CAMPAIGN = int(os.environ.get("SHEETS_CAMPAIGN_EDITS", "4"))
MORNING = NOW + timedelta(days=1)
# The edits that the issue names; the others are ours.
NAMED = list(EDITS)[:12]
Statuses = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Phase:
    """A run that has read and decided and not yet written: the book as read and as Google described it, the decision,
    and what each client's row may show before and after the write."""

    name: str
    now: datetime
    book: Book
    read: Json
    report: Report
    before: Statuses
    after: Statuses


class Raced(DirectApi):
    """Answers the first request as before anybody did anything."""

    def __init__(self, book: Book, now: datetime, read: Json) -> None:
        super().__init__(book, now)
        self._read = [read]

    def get(self, id: str, params: Json, at_most: int | None = None) -> Json:
        return self._read.pop() if self._read else super().get(id, params, at_most)


def statuses(report: Report) -> Statuses:
    """What each key's row shows, by the id of the column."""
    found: Statuses = {}
    for column in report.desired.columns:
        for cell in column.cells:
            value = serial(cell.value) if isinstance(cell.value, date) else cell.value
            found.setdefault(str(cell.key), {})[column.id] = value
    return found


def light(tabs: Sequence[Tab]) -> tuple[Tab, ...]:
    return tuple(tab for tab in tabs if tab.id in ("diary", "at_risk", "memory"))


@cache
def phase(name: str) -> Phase:
    """`install`: the very first run. `steady`: the next morning, somebody called Aldgate. `renamed`: a version of ours
    that calls and explains its columns otherwise, so that it writes into the team's tab."""
    book, now, before = team_book(), NOW, {}
    if name != "install":
        tracker = workbook(book)
        first = planned(tracker, NOW)
        tracker.apply(replace(first.patch, tabs=light(first.patch.tabs)))
        before, now = statuses(first), MORNING
        log = book.sheets[1]
        for column, value in enumerate((TODAY, "Aldgate Legal", "call")):
            log.set((len(log.cells) // 3, column), cell_of(value))
    api = DirectApi(book, now)
    read = api.get(ID, {"fields": "*"})
    report = planned(GoogleWorkbook(ID, api), now)  # type: ignore[arg-type]
    # The other tabs take no inputs, are written in the same way, and only take time.
    report = replace(report, patch=replace(report.patch, tabs=light(report.patch.tabs)))
    if name == "renamed":
        columns = tuple(replace(c, header=f"{c.header} now", note=f"{c.note} Really.") for c in report.desired.columns)
        report = replace(report, patch=replace(report.patch, columns=columns, place=report.desired.place))
    return Phase(name, now, book, read, report, before, statuses(report))


@lru_cache(maxsize=64)
def edited(name: str, names: tuple[str, ...]) -> tuple[Book, Json] | None:
    """The book of a phase after people's edits, and how Google describes it; None where one of them cannot be done."""
    at = phase(name)
    if not names:
        return at.book, everything(at.book, at.now)
    before = edited(name, names[:-1])
    asked = EDITS[names[-1]](before[1]) if before else []
    if before is None or not asked:
        return None
    book = before[0].copy()
    try:
        batch_update(book, asked)
    except ApiError as error:
        raise AssertionError(f"{names}: {error.message}") from error
    return book, everything(book, at.now)


# ── What must hold ────────────────────────────────────────────────────────────────────────────────────────────────────


def wrong_statuses(book: Json, *allowed: Statuses) -> list[str]:
    """Rows that show what was not worked out for the client whose key stands there. "new", nothing, and a column that
    says #REF! because something was typed into it are never wrong."""
    wrong = []
    for sheet in book["sheets"]:
        ours, rows = people.our_columns(sheet), people.rows_of(sheet)
        row, key_column = people.header_of(sheet)
        for at, column in ((at, column) for at, cells in enumerate(rows) for column in ours if column < len(cells)):
            cell = rows[at][column]
            shown = said(cell)
            if shown in (None, "", "new") or isinstance(shown, dict) or "stringValue" in cell.get(people.VALUE, {}):
                continue
            if at == row and isinstance(shown, str):
                continue
            key = str(said(rows[at][key_column])) if key_column < len(rows[at]) else ""
            right = [one.get(key, {}).get(ours[column]) for one in allowed] if at > row else []
            if shown not in right:
                wrong.append(f"{key!r} in row {at + 1} shows {shown!r}, not {right}")
    return wrong


def lost_inputs(book: Book, now: datetime, typed: int) -> list[str]:
    """What was typed into Done on and the next run would not find."""
    snapshot = workbook(book, now).read()
    day = str(date(1899, 12, 30) + timedelta(days=people.DONE))
    inputs, _ = read_inputs(snapshot, read_history(snapshot), now)
    found = {row for row, value in zip(inputs["row_id"], inputs["done_on"], strict=True) if str(value)[:10] == day}
    return [] if len(found) == typed else [f"{typed} times {day} was typed, but found beside {sorted(found)}"]


def raced(at: Phase, book: Book) -> tuple[bool, str]:
    """Write what the phase decided into a book; whether it was written, and if not, why."""
    tracker = GoogleWorkbook(ID, Raced(book, at.now, at.read))  # type: ignore[arg-type]
    tracker.read()
    try:
        tracker.apply(at.report.patch)
    except SheetsSyncError as error:
        return False, f"{type(error).__name__}: {error}"
    return True, ""


def judged(at: Phase, names: tuple[str, ...]) -> tuple[list[str], str]:
    """What is wrong after a race, and why nothing was written ("" when it was)."""
    found = edited(at.name, names)
    if found is None:
        return [], "not possible"
    before, book = found[1], found[0].copy()
    written, why = raced(at, book)
    after = everything(book, at.now)
    wrong = wrong_statuses(after, at.after if written else at.before)
    if not written and after != before:
        wrong.append(f"something was written although the run says {why}")
    if people.theirs(before) != people.theirs(after):
        wrong.append(f"the team's own: {difference(people.theirs(before), people.theirs(after))}")
    if typed := names.count("type done"):
        wrong += lost_inputs(book, at.now, typed)
    return wrong, why


def difference(one: Any, other: Any, path: str = "") -> str:
    """The first place at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in {**one, **other}:
            if one.get(name) != other.get(name):
                return difference(one.get(name), other.get(name), f"{path}.{name}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        at = next(at for at, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1])
        return difference(one[at], other[at], f"{path}[{at}]")
    return f"{path}: {one!r} became {other!r}"


def sequences(length: int, first: str, kinds: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for n in range(length):
        for rest in product(kinds, repeat=n):
            yield (first, *rest)


PHASES = ("install", "steady", "renamed")


@pytest.mark.parametrize("name", PHASES)
def test_without_edits_a_run_does_what_it_says(name: str) -> None:
    at = phase(name)
    assert judged(at, ()) == ([], "")
    book = at.book.copy()
    raced(at, book)
    sheet = people.sheet_by_id(everything(book, at.now), people.TEAM)
    assert sheet is not None
    shown = {str(key): {id: said(people.rows_of(sheet)[row][column]) or None
                        for column, id in people.our_columns(sheet).items()}
             for row, key in people.clients(sheet) if key}  # fmt: skip
    assert shown == at.after


@pytest.mark.parametrize("name", PHASES)
def test_every_edit_and_some_pairs_of_edits(name: str) -> None:
    pairs = random.Random(name).sample(list(product(EDITS, repeat=2)), 24)
    tried = [*((one,) for one in EDITS), *pairs]
    assert not {names: wrong for names in tried if (wrong := judged(phase(name), names)[0])}


@pytest.mark.campaign
@pytest.mark.parametrize("first", NAMED)
@pytest.mark.parametrize("name", PHASES)
def test_campaign_every_sequence(name: str, first: str) -> None:
    """Every sequence that begins with an edit; how many there were goes to stdout (-s)."""
    failed, whys = {}, Counter[str]()
    for names in sequences(CAMPAIGN, first, NAMED):
        wrong, why = judged(phase(name), names)
        whys[why.partition(":")[0] or "written"] += 1
        if wrong:
            failed[names] = wrong
    print(f"{name}, {first} first: {dict(whys)}, {len(failed)} failed")
    assert not failed


@pytest.mark.campaign
@pytest.mark.parametrize("name", PHASES)
def test_campaign_more_edits_in_pairs(name: str) -> None:
    """Also those that nobody asked for: a header that is sorted away or pushed down, the results tab deleted."""
    pairs = product(EDITS, repeat=2)
    assert not {names: wrong for names in pairs if (wrong := judged(phase(name), names)[0])}
