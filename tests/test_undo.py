"""`undo` of any run that is kept, on real files: what it puts back, what it leaves alone, and what it says."""

from __future__ import annotations

import datetime
import json
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_sync import journal
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.template import NewColumn, NewTab
from tests.test_cli import call

DAYS = ("2026-11-23", "2026-12-07", "2026-12-21")
CLIENTS = (
    ("Aldgate Legal", datetime.date(2026, 11, 20)),
    ("Bow Bakery", datetime.date(2026, 9, 1)),
    ("Corvid Coffee", datetime.date(2026, 11, 10)),
)


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    """Three clients, one of whom goes quiet between the runs."""
    columns = (NewColumn("Client"), NewColumn("Status"), NewColumn("Last contact", "date"))
    rows = tuple((name, "active", day) for name, day in CLIENTS)
    path = tmp_path / "clients.xlsx"
    path.write_bytes(new_workbook([NewTab("Clients", columns, rows)]))
    return path


def run(tracker: Path, day: str) -> str:
    done = call("run", str(tracker), "--as-of", day, "--json")
    assert done.exit_code == 0, done.stderr
    return str(json.loads(done.stdout)["run_id"])


def undo(tracker: Path, *more: str) -> dict[str, Any]:
    done = call("undo", str(tracker), "--json", *more)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def health(tracker: Path) -> dict[str, Any]:
    rows = list(openpyxl.load_workbook(tracker)["Clients"].iter_rows(values_only=True))
    if "Health" not in rows[0]:
        return {}
    place = rows[0].index("Health")
    return {str(row[0]): row[place] for row in rows[1:]}


def type_into(tracker: Path, client: str, header: str, value: Any) -> None:
    """What a person does: type into a cell of Clients and save."""
    book = openpyxl.load_workbook(tracker)
    sheet = book["Clients"]
    column = next(cell.column for cell in sheet[1] if cell.value == header)
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == client)
    sheet.cell(row, column).value = value
    book.save(tracker)


def test_the_very_bytes_come_back_and_an_undo_can_be_undone(tracker: Path) -> None:
    bare = tracker.read_bytes()
    first = run(tracker, DAYS[0])
    synced = tracker.read_bytes()
    assert undo(tracker)["run_id"] == first
    assert tracker.read_bytes() == bare
    done = call("undo", str(tracker))
    assert done.exit_code == 2
    assert "undo --run" in done.stderr
    taken_back = done.stderr.split("undo --run ")[1].strip()
    undo(tracker, "--run", taken_back)
    assert tracker.read_bytes() == synced
    undo(tracker)
    assert tracker.read_bytes() == bare
    assert run(tracker, DAYS[0]) == first
    undo(tracker)
    assert tracker.read_bytes() == bare


def test_undo_walks_back_run_by_run(tracker: Path) -> None:
    states = [tracker.read_bytes()]
    for day in DAYS:
        run(tracker, day)
        states.append(tracker.read_bytes())
    for state in reversed(states[:-1]):
        undo(tracker)
        assert tracker.read_bytes() == state


def test_a_run_that_is_not_the_last_gives_back_only_what_no_later_run_wrote(tracker: Path) -> None:
    first = run(tracker, DAYS[0])
    before = health(tracker)
    run(tracker, DAYS[2])
    later = health(tracker)
    changed = {name for name in later if later[name] != before[name]}
    assert changed
    shape = undo(tracker, "--run", first)
    assert shape["written"]
    said = " ".join(shape["left_alone"])
    assert re.search(r"\d+ cells? w(as|ere) written again by a later run; left alone\.", said)
    assert "changed since by somebody" not in said
    after = health(tracker)
    assert {name for name in after if after[name] == later[name]} >= changed
    assert {name for name in after if after[name] in (None, "")} == set(before) - changed
    assert run(tracker, DAYS[2])
    assert health(tracker) == later


def test_what_a_person_changed_is_left_and_named(tracker: Path) -> None:
    first = run(tracker, DAYS[0])
    type_into(tracker, "Bow Bakery", "Health", "fine, really")
    said = " ".join(undo(tracker, "--run", first)["left_alone"])
    assert "Health of “Bow Bakery” was changed since by somebody" in said
    assert health(tracker)["Bow Bakery"] == "fine, really"
    assert health(tracker)["Aldgate Legal"] is None


def test_an_undo_cell_by_cell_can_be_undone_too(tracker: Path) -> None:
    first = run(tracker, DAYS[0])
    synced = health(tracker)
    type_into(tracker, "Bow Bakery", "Status", "paused")
    undo(tracker)
    assert not health(tracker)
    type_into(tracker, "Bow Bakery", "Status", "active")
    kept = journal.load(tracker.parent / "state" / "sheets-sync", str(tracker)).runs
    assert kept[-1].undoes == first
    undo(tracker, "--run", kept[-1].run_id)
    assert health(tracker) == synced
    assert "Dashboard" in openpyxl.load_workbook(tracker).sheetnames


def test_list_shows_the_runs_in_plain_words_and_changes_nothing(tracker: Path) -> None:
    first, _ = run(tracker, DAYS[0]), run(tracker, DAYS[1])
    undo(tracker)
    before = tracker.read_bytes()
    lines = call("undo", str(tracker), "--list").stdout.splitlines()
    assert tracker.read_bytes() == before
    assert len(lines) == 3
    assert "took back run 20261207T0900-" in lines[0]
    assert "(taken back since)" in lines[1]
    assert lines[2].startswith(f"{first}  Mon 23 Nov 2026, 09:00: wrote ")
    assert "in Clients and" in lines[2]
    assert "(Dashboard, Diary, " in lines[2]
    shape = json.loads(call("undo", str(tracker), "--list", "--json").stdout)
    assert [one["taken_back"] for one in shape["runs"]] == [False, True, False]


def test_remove_can_be_undone(tracker: Path) -> None:
    run(tracker, DAYS[0])
    synced = tracker.read_bytes()
    assert guarded(root, ["remove", str(tracker), "--yes", "--quiet"]) == 0
    assert tracker.read_bytes() != synced
    undo(tracker)
    assert tracker.read_bytes() == synced


def test_a_wrong_id_shows_what_there_is(tracker: Path) -> None:
    first = run(tracker, DAYS[0])
    done = call("undo", str(tracker), "--run", "19990101")
    assert done.exit_code == 2
    assert first in done.stderr
    undo(tracker, "--run", first[:8])
    done = call("undo", str(tracker), "--run", first)
    assert "taken back already" in done.stderr


def test_without_local_state_it_says_what_is_possible(tracker: Path) -> None:
    """[E 143]"""
    run(tracker, DAYS[0])
    home = journal.folder(tracker.parent / "state" / "sheets-sync", str(tracker))
    shutil.rmtree(home / "runs")
    before = tracker.read_bytes()
    done = call("undo", str(tracker))
    assert done.exit_code == 2
    assert "sheets-sync remove" in done.stderr
    assert "000001.xlsx" in done.stderr
    shutil.rmtree(home)
    assert "sheets-sync remove" in call("undo", str(tracker)).stderr
    assert tracker.read_bytes() == before


def test_a_broken_journal_stops_nobody(tracker: Path) -> None:
    """[E 144] Both files of the journal broken: the run goes on, undo says so, nothing is lost."""
    run(tracker, DAYS[0])
    home = journal.folder(tracker.parent / "state" / "sheets-sync", str(tracker))
    (home / "standing.json").write_text("{")
    for file in (home / "runs").glob("*.json"):
        file.write_text('{"": "Run"}')
    done = call("run", str(tracker), "--as-of", DAYS[2], "--json")
    assert done.exit_code == 0, done.stderr
    assert "standing.unreadable" in " ".join(json.loads(done.stdout)["notes"])
    done = call("undo", str(tracker))
    assert done.exit_code == 0
    assert ".unreadable" in done.stderr


def test_a_run_that_cannot_be_remembered_is_done_all_the_same(tracker: Path) -> None:
    home = journal.folder(tracker.parent / "state" / "sheets-sync", str(tracker))
    home.mkdir(parents=True)
    (home / "runs").write_text("in the way")
    done = call("run", str(tracker), "--as-of", DAYS[0], "--json")
    assert done.exit_code == 0, done.stderr
    assert "could not be remembered" in " ".join(json.loads(done.stdout)["notes"])
    assert health(tracker)


def test_everything_kept_is_private(tracker: Path) -> None:
    run(tracker, DAYS[0])
    for path in (tracker.parent / "state" / "sheets-sync").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_config_says_how_many_are_kept(tracker: Path) -> None:
    tracker.with_name("sheets-sync.toml").write_text("[files]\nbackups = 2\n")
    for day in DAYS:
        run(tracker, day)
    home = journal.folder(tracker.parent / "state" / "sheets-sync", str(tracker))
    assert [len(list((home / kind).iterdir())) for kind in ("runs", "backups")] == [2, 2]


def test_what_was_typed_into_our_column_is_said_and_comes_back(tracker: Path) -> None:
    """[R4] Rewritten, in the journal, and one sentence in the run's report."""
    run(tracker, DAYS[0])
    type_into(tracker, "Bow Bakery", "Health", "fine, really")
    done = call("run", str(tracker), "--as-of", DAYS[0], "--json")
    notes = [note for note in json.loads(done.stdout)["notes"] if "Typed into our columns" in note]
    assert len(notes) == 1
    assert "Clients!" in notes[0]
    assert "“fine, really”" in notes[0]
    assert health(tracker)["Bow Bakery"] != "fine, really"
    undo(tracker)
    assert health(tracker)["Bow Bakery"] == "fine, really"
    assert "Typed into our columns" in call("run", str(tracker), "--as-of", DAYS[0]).stdout


def test_nothing_is_called_typed_that_a_run_wrote(tracker: Path, tmp_path: Path) -> None:
    """What other runs wrote, on this machine or another, is no person's word."""
    for day in DAYS:
        done = call("run", str(tracker), "--as-of", day, "--json")
        assert not [note for note in json.loads(done.stdout)["notes"] if "Typed" in note]
    elsewhere = {"SHEETS_SYNC_STATE": str(tmp_path / "elsewhere")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*next(iter(elsewhere.items())))
        run(tracker, "2027-01-18")
    type_into(tracker, "Bow Bakery", "Last contact", datetime.date(2027, 1, 18))
    done = call("run", str(tracker), "--as-of", "2027-01-19", "--json")
    assert not [note for note in json.loads(done.stdout)["notes"] if "Typed" in note]
