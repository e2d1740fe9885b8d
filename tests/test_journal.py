"""What a run wrote is remembered on this machine and put back only where it still stands."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from sheets_sync import journal
from sheets_sync.diff import diff, fingerprints
from sheets_sync.errors import Refused
from sheets_sync.journal import Run
from sheets_sync.journal.undo import undo_patch
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
    assert journal.load(tmp_path, run.tracker) == journal.Kept((run,))
    (file,) = (journal.folder(tmp_path, run.tracker) / "runs").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def many(state: Path, number: int) -> Path:
    """So many runs kept, named 000 on; the folder of the tracker."""
    run = write(workbook(), ONE, 1)
    for i in range(number):
        journal.save(state, replace(run, run_id=f"{i:03}"))
    return journal.folder(state, run.tracker)


def test_a_broken_file_is_set_aside_with_a_sentence(tmp_path: Path) -> None:
    """[E 144]"""
    home = many(tmp_path, 3)
    (home / "runs" / "001.json").write_text('{"": "Run", "broken')
    (home / "runs" / "002.json").write_text('{"": "Place", "v": 1}')
    kept = journal.load(tmp_path, "/somewhere/clients.xlsx")
    assert [run.run_id for run in kept.runs] == ["000"]
    assert len(kept.said) == 2
    assert "001.unreadable" in kept.said[0]
    assert (home / "runs" / "001.unreadable").is_file()
    assert journal.load(tmp_path, "/somewhere/clients.xlsx").said == ()


def test_a_newer_versions_file_is_refused(tmp_path: Path) -> None:
    """[E 145]"""
    home = many(tmp_path, 2)
    file = home / "runs" / "001.json"
    file.write_text(file.read_text()[:-1] + ',"version":99}')
    with pytest.raises(Refused, match="newer version"):
        journal.load(tmp_path, "/somewhere/clients.xlsx")
    assert file.is_file()


@pytest.mark.parametrize(("number", "left"), [(9, 9), (10, 10), (11, 10)])
def test_runs_and_backups_are_bounded_by_number(tmp_path: Path, number: int, left: int) -> None:
    home = many(tmp_path, number)
    (home / "backups").mkdir()
    for i in range(number):
        (home / "backups" / f"{i:06}.xlsx").write_bytes(b"x")
    journal.tidy(home, 10, 30, datetime.now())
    for kind in ("runs", "backups"):
        kept = sorted(file.name for file in (home / kind).iterdir())
        assert len(kept) == left
        assert kept[-1].startswith(f"{number - 1:03}") or kept[-1].startswith(f"{number - 1:06}")


@pytest.mark.parametrize(("hours", "kept"), [(30 * 24 - 1, True), (30 * 24 + 1, False)])
def test_runs_and_backups_are_bounded_by_age(tmp_path: Path, hours: int, kept: bool) -> None:
    home = many(tmp_path, 1)
    (home / "backups").mkdir()
    (home / "backups" / "000001.xlsx").write_bytes(b"x")
    journal.tidy(home, 10, 30, datetime.now() + timedelta(hours=hours))
    assert [len(list((home / kind).iterdir())) for kind in ("runs", "backups")] == [int(kept)] * 2


def test_folders_are_their_owners_alone(tmp_path: Path) -> None:
    home = many(tmp_path / "state" / "deep", 1)
    for folder in (home, home / "runs", tmp_path / "state", tmp_path / "state" / "deep"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


def test_two_trackers_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    assert journal.folder(tmp_path, "/a/clients.xlsx") != journal.folder(tmp_path, "/b/clients.xlsx")


def test_undo_of_the_first_run_takes_everything_out() -> None:
    book = workbook()
    run = write(book, ONE, 1)
    patch, left = undo_patch(book.read(), run, [run])
    book.apply(patch)
    assert left == []
    assert not book.columns
    assert not book.generated


def test_undo_of_a_later_run_gives_what_the_one_before_wrote() -> None:
    book = workbook()
    first = write(book, ONE, 1)
    second = write(book, TWO, 2, ONE)
    patch, left = undo_patch(book.read(), second, [first, second])
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
    patch, left = undo_patch(book.read(), second, [first, second])
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
    patch, left = undo_patch(book.read(), second, [run, second])
    book.apply(patch)
    assert left == []
    assert dict(book.columns["health"].cells) == {3: "✖ At risk"}


def test_what_later_runs_brought_back_to_the_same_value_is_theirs() -> None:
    """One, two, and one again: the first run's words stand there, but a later run put them there."""
    book = workbook()
    runs = [write(book, ONE, 1)]
    runs.append(write(book, TWO, 2, ONE))
    runs.append(write(book, ONE, 3, TWO))
    patch, left = undo_patch(book.read(), runs[0], runs)
    assert not patch.columns
    assert any("written again by a later run" in sentence for sentence in left)
