"""People and runs take turns on one spreadsheet, over HTTP, with faults on the way and two runs at once: at any moment
no status stands beside another client, nothing typed into the Diary is lost, nothing of the team's is touched, and a
run without news writes nothing.  Longer:  SHEETS_CAMPAIGN_EXAMPLES=500 pytest -m campaign tests/test_google_states.py
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sheets_sync import diff
from sheets_sync.errors import SheetsSyncError
from sheets_sync.model import (
    Cell,
    Column,
    Desired,
    Patch,
    Place,
    Snapshot,
    StatusCell,
    Tab,
    TableBlock,
    TableColumn,
    TableRow,
    TextBlock,
)
from sheets_sync.tracker.history import History, inputs_of, memory_tab, read_history, read_inputs
from sheets_sync.workbooks.google import GoogleWorkbook
from tests import google_people as people
from tests.answers import Clock
from tests.google_direct import ID, NOW, everything, team_book
from tests.google_people import EDITS, HEADERS, Json, said
from tests.sheets_emulator import Emulator, Server
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.faults import AFTER, BEFORE
from tests.test_google_interleavings import Statuses, difference, wrong_statuses

EXAMPLES = int(os.environ.get("SHEETS_CAMPAIGN_EXAMPLES", "200"))
SIGNS = ("✖ At risk", "▲ Watch", "● Healthy")
names = st.lists(st.sampled_from(list(EDITS)), max_size=3)


@dataclass(frozen=True)
class Decision:
    """What a run wants, and what each key's row shall show."""

    patch: Patch
    shows: Statuses


def decided(snapshot: Snapshot, day: int) -> Decision | None:
    """A run in small: a status that is another one each day and for each client, and a line in the Diary for each; None
    where there is no table of clients. Reading inputs, remembering and comparing are the product's own."""
    place = _place(snapshot)
    if place is None:
        return None
    grid = snapshot.grids[place.tab]
    keys = {row: grid.at(row, place.key_column) for row in range(place.first_row, place.last_row + 1)}
    unique = {row: str(key) for row, key in keys.items() if key and list(keys.values()).count(key) == 1}
    says = {row: (f"{SIGNS[(day + len(key)) % 3]}", f"Day {day}: {key}") for row, key in unique.items()}
    columns = tuple(
        Column(id, id.title(), f"What {id} means.", 14,
               tuple(StatusCell(row, keys[row], line[at]) for row, line in says.items()), colour_by="health")
        for at, id in enumerate(("health", "why"))
    )  # fmt: skip
    history = read_history(snapshot)
    inputs, _ = read_inputs(snapshot, history, NOW)
    history = replace(history, inputs=inputs_of(inputs))
    tabs = (_diary(unique.values(), history, day), Tab("at_risk", "At Risk", (_title(f"Day {day}"),), (30,)))
    looks = diff.fingerprints(Desired(place, columns, tabs))
    whole = Desired(place, columns, (*tabs, memory_tab(replace(history, looks=looks))))
    memory = diff.fingerprints(replace(whole, columns=(), tabs=whole.tabs[-1:]))
    patch = diff.diff(snapshot, whole, {**history.looks, **memory})
    return Decision(patch, {unique[row]: dict(zip(("health", "why"), line, strict=True)) for row, line in says.items()})


def _place(snapshot: Snapshot) -> Place | None:
    for title, grid in snapshot.grids.items():
        for row, cells in enumerate(grid.rows, start=1):
            for column, cell in enumerate(cells, start=1):
                if cell in HEADERS:
                    last = max((at for at in range(row + 1, len(grid.rows) + 1) if grid.at(at, column)), default=row)
                    return Place(title, row, column, row + 1, last)
    return None


def _title(text: str) -> TextBlock:
    return TextBlock((1, 1), ((Cell(text, style="title"),),))


def _diary(keys: Any, history: History, day: int) -> Tab:
    """A line for each client, in another order every day; lines that were done stay, with what was typed."""
    done = {line.row_id: line.done_on for line in history.inputs}
    columns = (
        *(TableColumn(name) for name in ("Due", "Client")),
        TableColumn("Done on", "date", input=True),
        TableColumn("Outcome", input=True),
        TableColumn("Snooze until", "date", input=True),
        TableColumn("Reason", input=True),
    )
    lines = sorted((f"call|{key.casefold().replace(',', '')}|2026-11-23", key) for key in keys)
    turned = lines[day % (len(lines) or 1) :] + lines[: day % (len(lines) or 1)]
    rows = tuple(
        TableRow(id, (Cell("▲ today"), Cell(key), Cell(done.get(id), kind="date"), Cell(), Cell(), Cell()))
        for id, key in turned
    )
    return Tab("diary", "Diary", (_title("Diary"), TableBlock((3, 1), columns, rows, ids=True)), (12, 20, 12), freeze=3)


def named(patch: Patch) -> str:
    """What a patch is about."""
    return f"columns {[c.id for c in patch.columns]} tabs {[t.id for t in patch.tabs]} {patch.changes[:2]}"


class Sheet(RuleBasedStateMachine):
    """One spreadsheet behind HTTP, people and runs."""

    def __init__(self) -> None:
        super().__init__()
        self.server = Server(Emulator(lambda: NOW))
        self.emulator = self.server.__enter__()
        self.emulator.books = {ID: team_book()}
        self.day, self.shows, self.typed = 0, [{}], set()
        self.clean, self.refused = False, ""

    def teardown(self) -> None:
        self.settle()
        self.server.__exit__()

    # ── Acting ───────────────────────────────────────────────────────────────────────────────────────────────────────

    @property
    def book(self) -> Any:
        return self.emulator.books[ID]

    def seen(self) -> Json:
        return everything(self.book, NOW)

    def person(self, edits: list[str]) -> None:
        for name in edits:
            book = self.seen()
            found = people.done_cell(book) if name == "type done" else None
            asked = EDITS[name](book)
            if asked:
                batch_update(self.book, asked)
                self.clean = False
            if found:
                diary, row, _ = found
                self.typed.add(str(said(people.rows_of(diary)[row][-1])))
        self.theirs = people.theirs(self.seen())

    def tracker(self) -> GoogleWorkbook:
        clock = Clock()
        return GoogleWorkbook(ID, self.emulator.api(ticks=clock.ticks, pause=clock.pause))

    def apply(self, tracker: GoogleWorkbook, decision: Decision | None) -> bool:
        """Write; whether that was done. What the team had at the last moment that somebody edited is still there."""
        if decision is None:
            return False
        token = [tag["metadataValue"] for tag in self.book.tags]
        try:
            tracker.apply(decision.patch)
        except SheetsSyncError as error:
            self.refused = f"{type(error).__name__}: {error}"
            if token != [tag["metadataValue"] for tag in self.book.tags]:
                self.shows.append(decision.shows)
            return False
        if decision.patch.columns:
            self.shows = [decision.shows]
        return True

    def read(self, tracker: GoogleWorkbook) -> Decision | None:
        try:
            return decided(tracker.read(), self.day)
        except SheetsSyncError:
            return None

    # ── Rules ────────────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize()
    def begin(self) -> None:
        self.theirs = people.theirs(self.seen())

    @rule(edits=names)
    def people_edit(self, edits: list[str]) -> None:
        self.person(edits)

    @rule()
    def a_day_goes_by(self) -> None:
        self.day += 1
        self.clean = False

    @rule(after_read=names, after_write=names)
    def a_run(self, after_read: list[str], after_write: list[str]) -> None:
        number = len(self.emulator.log)
        self.emulator.faults.after = {
            number + 1: lambda: self.person(after_read), number + 2: lambda: self.person(after_write)
        }  # fmt: skip
        tracker = self.tracker()
        done = self.apply(tracker, self.read(tracker))
        self.emulator.faults.after = {}
        self.clean = done and not (after_read or after_write)

    @rule(kind=st.sampled_from((*BEFORE, *AFTER)), request=st.integers(1, 3), edits=names)
    def a_run_with_a_fault(self, kind: str, request: int, edits: list[str]) -> None:
        number = len(self.emulator.log)
        self.emulator.faults.plan = {number + request: kind}
        self.emulator.faults.after = {number + 1: lambda: self.person(edits)}
        tracker = self.tracker()
        self.apply(tracker, self.read(tracker))
        self.emulator.faults.plan, self.emulator.faults.after = {}, {}
        self.clean = False

    @rule(between=names)
    def two_runs_at_once(self, between: list[str]) -> None:
        one, two = self.tracker(), self.tracker()
        first, second = self.read(one), self.read(two)
        self.person(between)
        done = self.apply(one, first)
        also = self.apply(two, second)
        if done and first and first.patch:
            assert not also, "of two runs that read the same, only one may write"
        self.clean = False

    @precondition(lambda self: self.clean)
    @rule()
    def a_run_without_news(self) -> None:
        tracker = self.tracker()
        decision = self.read(tracker)
        assert decision is not None
        assert not decision.patch, named(decision.patch)
        writes = self.emulator.writes
        tracker.apply(decision.patch)
        assert self.emulator.writes == writes

    # ── What holds at any moment ─────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def no_status_stands_beside_another_client(self) -> None:
        assert not wrong_statuses(self.seen(), *self.shows)

    @invariant()
    def nothing_of_the_teams_is_touched(self) -> None:
        now = people.theirs(self.seen())
        assert now == self.theirs, difference(self.theirs, now)

    @invariant()
    def nothing_typed_is_lost(self) -> None:
        if not self.typed:
            return
        snapshot = self.tracker().read()
        inputs, _ = read_inputs(snapshot, read_history(snapshot), NOW)
        done = set(inputs.loc[inputs["done_on"].notna(), "row_id"])
        assert self.typed <= done, f"lost: {self.typed - done}"

    @invariant()
    def nothing_is_doubled(self) -> None:
        tags = [tag["metadataValue"] for tag in self.book.all_tags() if tag["metadataKey"] != "sheets-sync.run"]
        assert len(tags) == len(set(tags))
        titles = [sheet.title for sheet in self.book.sheets if sheet.tags]
        assert len(titles) == len(set(titles))

    def settle(self) -> None:
        """Left alone, a run or two and a repair put everything right."""
        for _ in range(3):
            tracker = self.tracker()
            tracker.repair()
            decision = self.read(tracker)
            if decision is None:
                return
            self.apply(tracker, decision)
        book = self.seen()
        sheet = people.sheet_by_id(book, people.TEAM)
        decision = self.read(self.tracker())
        assert sheet is not None
        assert decision is not None
        assert not decision.patch, f"{named(decision.patch)} {self.refused}"
        for row, key in people.clients(sheet):
            for column, id in people.our_columns(sheet).items():
                cells = people.rows_of(sheet)[row]
                shown = said(cells[column]) if column < len(cells) else None
                assert (shown or None) == decision.shows.get(str(key), {}).get(id)


TestSheet: Callable[..., Any] = Sheet.TestCase
TestSheet.settings = settings(  # type: ignore[attr-defined]
    max_examples=6, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.campaign
def test_campaign_many_turns() -> None:
    long = settings(
        max_examples=EXAMPLES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Sheet, settings=long)
