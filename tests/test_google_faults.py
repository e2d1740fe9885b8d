"""Whatever goes wrong between us and Google, at any request: in the end the spreadsheet stands as if nothing had, or
nothing was written and the exit code says what to do. The whole campaign: `pytest -m campaign`."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sheets_sync.errors import Changed, NoPermission, SheetsSyncError, TryAgain
from sheets_sync.model import Patch
from sheets_sync.workbooks.access import Access
from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.credentials import opened
from tests.answers import Clock
from tests.sheets_emulator import Emulator, Server
from tests.sheets_emulator.book import Book
from tests.sheets_emulator.faults import AFTER, BEFORE
from tests.test_contract import DIARY, DUE, HEALTH, HIDDEN, PLACE, TEAM, column

Happens = dict[int, str]
KINDS = (*BEFORE, *AFTER)
# How many of the pairs an everyday run tries; the campaign tries them all.
PAIRS = int(os.environ.get("SHEETS_SYNC_PAIRS", "25"))
FIRST = Patch("", PLACE, (HEALTH, DUE), (DIARY, HIDDEN))
NEXT = Patch("", PLACE, (column("health", ["▲ Watch", "● Healthy", "✖ At risk"]), DUE), (DIARY,))
NOTHING = "Nothing was written"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Server(Emulator()) as emulator:
        yield emulator


@functools.cache
def standing(first_was_run: bool) -> Book:
    """The team's tracker as it stands before, and the same after a first run."""
    with Server(Emulator()) as emulator:
        id = emulator.add("Tracker", TEAM)
        for sheet in emulator.books[id].sheets:
            sheet.rows = 20
        if first_was_run:
            apply(GoogleWorkbook(id, emulator.api()), FIRST)
        return emulator.books[id]


def apply(workbook: GoogleWorkbook, patch: Patch) -> None:
    workbook.apply(dataclasses.replace(patch, revision=workbook.read().revision))


def state(book: Book) -> Any:
    """All of a spreadsheet apart from the name of the run and the numbers that Google chooses by lot."""
    tags = [tag | {"metadataValue": ""} for tag in book.tags]
    sheets = [dataclasses.asdict(sheet) for sheet in book.sheets]
    for sheet in sheets:
        sheet["protections"] = [one | {"protectedRangeId": 0} for one in sheet["protections"]]
    return sheets, tags


@dataclasses.dataclass
class Scene:
    """A run on a fresh copy of a tracker, with its faults: what it came to and how the spreadsheet stands."""

    emulator: Emulator
    first_was_run: bool

    @property
    def patch(self) -> Patch:
        return NEXT if self.first_was_run else FIRST

    def run(self, faults: Happens, api: Callable[[Emulator], Api] | None = None) -> tuple[SheetsSyncError | None, Any]:
        book = standing(self.first_was_run).copy()
        emulator, clock = self.emulator, Clock()
        emulator.books = {book.id: book}
        emulator.log.clear()
        emulator.faults.plan = faults
        made = api(emulator) if api else emulator.api(ticks=clock.ticks, pause=clock.pause)
        try:
            apply(GoogleWorkbook(book.id, made), self.patch)
        except SheetsSyncError as error:
            return error, state(book)
        finally:
            emulator.faults.plan, emulator.faults.before = {}, {}
        return None, state(book)

    @property
    def before(self) -> Any:
        return state(standing(self.first_was_run))

    @functools.cached_property
    def meant(self) -> Any:
        """How it stands without any fault."""
        error, after = self.run({})
        assert error is None
        return after

    def check(self, faults: Happens) -> None:
        """The law of this file."""
        error, after = self.run(faults)
        if error is None:
            assert after == self.meant, f"{faults}: another end than without faults"
            return
        assert error.exit_code in (75, 77), f"{faults}: {error}"
        assert after in (self.before, self.meant), f"{faults}: half of it was written"
        if NOTHING in str(error):
            assert after == self.before, f"{faults}: said that nothing was written"


@pytest.fixture(scope="module", params=[False, True], ids=["first run", "later run"])
def scene(request: pytest.FixtureRequest, emulator: Emulator) -> Scene:
    return Scene(emulator, request.param)


def test_a_run_takes_two_requests(scene: Scene) -> None:
    assert scene.meant != scene.before
    assert [seen.method for seen in scene.emulator.log] == ["GET", "POST"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_fault_at_every_request(kind: str, scene: Scene) -> None:
    for number in (1, 2):
        scene.check({number: kind})


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_that_stays(kind: str, scene: Scene) -> None:
    """From some request on nothing works any more."""
    for number in (1, 2):
        scene.check(dict.fromkeys(range(number, 200), kind))


def pairs() -> list[Happens]:
    """Two faults where the second one is reached: on the next try, on the write after a late read, on the look whether
    it was written, on the second write."""
    places = ((1, 2), (1, 3), (2, 3), (2, 4))
    return [{one: a, two: b} for one, two in places for a, b in itertools.product(KINDS, KINDS)]


def test_some_pairs_of_faults(scene: Scene) -> None:
    for faults in random.Random(5).sample(pairs(), PAIRS):
        scene.check(faults)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", KINDS)
def test_all_pairs_of_faults(kind: str, scene: Scene) -> None:
    for faults in pairs():
        if faults[min(faults)] == kind:
            scene.check(faults)


# ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "number", "written"), [("hang", 1, False), ("hang", 2, False), ("after_hang", 2, True)]
)
def test_a_line_that_hangs_does_not_hang_the_run(kind: str, number: int, written: bool, scene: Scene) -> None:
    """Before the write it is given up; once it was written that counts, whatever the deadline says."""
    started, seconds = time.monotonic(), scene.emulator.faults.seconds
    scene.emulator.faults.seconds = 20
    try:
        error, after = scene.run({number: kind}, lambda emulator: emulator.api(seconds=1.5))
    finally:
        scene.emulator.faults.seconds = seconds
    assert time.monotonic() - started < 6
    assert after == (scene.meant if written else scene.before)
    assert isinstance(error, TryAgain) != written


# ── Access ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def with_key(emulator: Emulator, tmp_path: Path) -> Iterator[Callable[[Emulator], Api]]:
    """An API that signs in with a key, as a run does."""
    key = emulator.service_account_file(tmp_path / "key.json", "someone@example.com")
    yield lambda emulator: opened(Access(str(key), endpoint=emulator.url))[1]
    emulator.accounts.strict = emulator.accounts.revoked = False


@pytest.mark.parametrize("number", [1, 2])
def test_a_token_that_expires_on_the_way_is_renewed(
    number: int, scene: Scene, with_key: Callable[[Emulator], Api]
) -> None:
    scene.emulator.faults.before[number] = scene.emulator.accounts.expire
    error, after = scene.run({}, with_key)
    assert (error, after) == (None, scene.meant)


@pytest.mark.parametrize("number", [1, 2])
def test_a_key_that_is_revoked_on_the_way_writes_nothing(
    number: int, scene: Scene, with_key: Callable[[Emulator], Api]
) -> None:
    accounts = scene.emulator.accounts

    def revoke() -> None:
        accounts.revoked = True
        accounts.expire()

    scene.emulator.faults.before[number] = revoke
    error, after = scene.run({}, with_key)
    assert isinstance(error, NoPermission)
    assert after == scene.before


# ── Two runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["", *AFTER, "503", "drop"])
def test_of_two_runs_that_saw_the_same_one_writes(kind: str, scene: Scene) -> None:
    """On two machines; the first one's reply may be lost too, and it must not write twice."""
    book = standing(scene.first_was_run).copy()
    emulator, clock = scene.emulator, Clock()
    emulator.books = {book.id: book}
    one, two = (GoogleWorkbook(book.id, emulator.api(ticks=clock.ticks, pause=clock.pause)) for _ in range(2))
    patch = dataclasses.replace(scene.patch, revision=one.read().revision)
    assert two.read().revision == patch.revision
    emulator.log.clear()
    emulator.faults.plan = {1: kind} if kind else {}
    one.apply(patch)
    assert state(book) == scene.meant
    with pytest.raises(Changed):
        two.apply(patch)
    assert state(book) == scene.meant
    emulator.faults.plan = {}
