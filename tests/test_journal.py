"""What a run wrote is remembered on this machine and put back only where it still stands."""

from __future__ import annotations

import stat
from datetime import date, datetime
from pathlib import Path

from sheets_sync import journal, local
from sheets_sync.diff import diff, fingerprints
from sheets_sync.journal import Run
from sheets_sync.model import Cell, Column, Desired, Formula, Level, Link, Place, StatusCell, Tab, TextBlock
from sheets_sync.workbooks.memory import MemoryWorkbook, grid_of

PLACE = Place("Clients", 1, 1, 2, 3)


def column(*values: str | date | None) -> Column:
    return Column("health", "Health", "note", 11, tuple(StatusCell(i, f"C{i}", v) for i, v in enumerate(values, 2)))


def tab(text: str) -> Tab:
    cells = (Cell(text, Level.RISK, link=Link("Clients", 2)), Cell(datetime(2026, 11, 23, 9, 30), kind="moment"))
    return Tab("diary", "Diary", (TextBlock((1, 1), (cells, (Cell(Formula("=1+1", 2.0)),))),), (10.0,))


def workbook() -> MemoryWorkbook:
    return MemoryWorkbook({"Clients": [["Client"], ["C2"], ["C3"]]}, "/somewhere/clients.xlsx")


def write(book: MemoryWorkbook, desired: Desired, number: int, before: Desired | None = None) -> Run:
    snapshot = book.read()
    patch = diff(snapshot, desired, fingerprints(before) if before else {})
    return journal.record(f"run-{number:03}", snapshot, desired, patch, book.apply(patch))


ONE = Desired(PLACE, (column("✖ At risk", None),), (tab("one"),))
TWO = Desired(PLACE, (column("● Healthy", date(2026, 11, 23)),), (tab("two"),))


def test_a_run_is_read_back_as_it_was_saved(tmp_path: Path) -> None:
    run = write(workbook(), ONE, 1)
    journal.save(tmp_path, run)
    assert journal.load(tmp_path, run.tracker) == [run]
    (file,) = (local.folder(tmp_path, run.tracker) / "runs").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_only_ten_runs_are_kept_and_a_broken_file_is_passed_over(tmp_path: Path) -> None:
    run = write(workbook(), ONE, 1)
    for number in range(13):
        journal.save(
            tmp_path, Run(**{f: getattr(run, f) for f in run.__dataclass_fields__} | {"run_id": f"{number:03}"})
        )
    runs = local.folder(tmp_path, run.tracker) / "runs"
    (runs / "012.json").write_text('{"": "Run", "broken')
    assert [kept.run_id for kept in journal.load(tmp_path, run.tracker)] == [f"{number:03}" for number in range(3, 12)]


def test_two_trackers_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    assert local.folder(tmp_path, "/a/clients.xlsx") != local.folder(tmp_path, "/b/clients.xlsx")


def test_undo_of_the_first_run_takes_everything_out() -> None:
    book = workbook()
    run = write(book, ONE, 1)
    patch, left = journal.undo_patch(book.read(), run, None)
    book.apply(patch)
    assert left == []
    assert not book.columns
    assert not book.generated


def test_undo_of_a_later_run_gives_what_the_one_before_wrote() -> None:
    book = workbook()
    first = write(book, ONE, 1)
    second = write(book, TWO, 2, ONE)
    patch, left = journal.undo_patch(book.read(), second, first)
    book.apply(patch)
    assert left == []
    assert dict(book.columns["health"].cells) == {2: "✖ At risk"}
    assert book.generated["diary"].grid == grid_of(tab("one"))


def test_undo_leaves_what_people_changed_since() -> None:
    book = workbook()
    first = write(book, ONE, 1)
    second = write(book, TWO, 2, ONE)
    book.type_into("diary", 1, 1, "my own words")
    book.tabs["Clients"][1][0] = "renamed"
    patch, left = journal.undo_patch(book.read(), second, first)
    book.apply(patch)
    assert book.generated["diary"].grid.at(1, 1) == "my own words"
    assert book.columns["health"].cells[2] == "● Healthy"
    assert 3 not in book.columns["health"].cells
    assert len(left) == 2


def test_undo_finds_a_client_that_moved_to_another_row() -> None:
    book = workbook()
    run = write(book, ONE, 1)
    second = write(book, TWO, 2, ONE)
    book.tabs["Clients"][1:] = [["C3"], ["C2"]]
    owned = book.columns["health"]
    book.columns["health"] = type(owned)(
        owned.id, owned.tab, owned.column, owned.header, {2: owned.cells[3], 3: owned.cells[2]}
    )
    patch, left = journal.undo_patch(book.read(), second, run)
    book.apply(patch)
    assert left == []
    assert dict(book.columns["health"].cells) == {3: "✖ At risk"}
