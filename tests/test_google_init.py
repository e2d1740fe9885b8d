"""`init` for Google Sheets, on an emulated one: mapping what is there without changing it, and making a new one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import tomlkit

from sheets_sync.cli.starter import empty_tabs
from sheets_sync.config import load_config
from tests.sheets_emulator import Emulator, Server
from tests.test_cli import call

CLIENTS = [
    ["Account Name", "CSM", "Status", "Last Touch", "Shoe size"],
    ["Aldgate", "Ann", "Active", date(2026, 11, 2), 44],
    ["Brightwater", "Tom", "Active", date(2026, 11, 20), 40],
]
FORM = [["Timestamp", "Company", "How likely are you to recommend us?"], [date(2026, 11, 3), "Aldgate", 9]]
URL = "https://docs.google.com/spreadsheets/d/"


@pytest.fixture
def google(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator, its robot's key in the environment, and an empty current folder."""
    with Server(Emulator()) as emulator:
        (tmp_path / "here").mkdir()
        monkeypatch.chdir(tmp_path / "here")
        monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", emulator.url)
        monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(emulator.service_account_file(tmp_path / "key.json")))
        monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "state"))
        monkeypatch.setenv("TZ", "Europe/Berlin")
        monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
        yield emulator


def test_an_existing_sheet_is_written_down_and_not_touched(google: Emulator) -> None:
    id = google.add("Clients 2026", {"Clients": CLIENTS, "Form Responses 1": FORM})
    done = call("init", f"{URL}{id}/edit#gid=0", "--yes")
    assert done.exit_code == 0, done.stderr
    assert google.writes == 0
    config = load_config("sheets-sync.toml")
    assert config.tracker == f"{URL}{id}"
    assert config.tables["clients"].columns == {
        "client": "Account Name", "owner": "CSM", "status": "Status", "last_contact": "Last Touch",
    }  # fmt: skip
    assert config.tables["surveys"].tab == "Form Responses 1"
    assert "Next: sheets-sync plan, then sheets-sync run" in done.stdout
    assert call("plan").exit_code == 0
    assert google.writes == 0
    again = call("init", f"{URL}{id}", "--yes")
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


def test_another_trackers_config_here_is_left_alone(google: Emulator) -> None:
    id = google.add("Clients", {"Clients": CLIENTS})
    Path("sheets-sync.toml").write_text('[tracker]\npath = "other.xlsx"\n', encoding="utf-8")
    done = call("init", f"{URL}{id}", "--yes")
    assert (done.exit_code, "another tracker's" in done.stderr) == (2, True)
    assert call("init", "--new-sheet", "Ours").exit_code == 2
    assert Path("sheets-sync.toml").read_text(encoding="utf-8") == '[tracker]\npath = "other.xlsx"\n'
    assert google.log == []


def test_a_new_sheet_is_like_a_new_file(google: Emulator) -> None:
    done = call("init", "--new-sheet", "Client tracker", "--add", "recovery")
    assert done.exit_code == 0, done.stderr
    address = re.findall(rf"{re.escape(URL)}\S+", done.stdout)[0]
    assert [seen.method for seen in google.log] == ["POST", "POST"]
    book = google.books[address.removeprefix(URL)]
    assert (book.title, book.zone, book.locale) == ("Client tracker", "Europe/Berlin", "de_DE")
    tabs = empty_tabs(("recovery",))
    assert [sheet.title for sheet in book.sheets] == [tab.title for tab in tabs]
    for sheet, tab in zip(book.sheets, tabs, strict=True):
        assert google.rows(book.id, tab.title) == [[column.header for column in tab.columns]]
        assert sheet.grid["frozenRowCount"] == 1
        for place, column in enumerate(tab.columns):
            assert sheet.cells[0, place].get("note", "") == column.note
            below = sheet.cells[5, place]
            rule = below.get("dataValidation", {})
            if column.kind in ("date", "moment"):
                assert rule["condition"]["type"] == "DATE_IS_VALID"
                assert below["userEnteredFormat"]["numberFormat"]["type"] in ("DATE", "DATE_TIME")
            offered = [value["userEnteredValue"] for value in rule.get("condition", {}).get("values", [])]
            assert offered == list(column.listed)
    assert load_config("sheets-sync.toml").tracker == address
    assert tomlkit.parse(Path("playbook.toml").read_text(encoding="utf-8"))["extends"] == "agency"


def test_whose_the_new_sheet_is_is_said(google: Emulator) -> None:
    done = call("init", "--new-sheet", "Client tracker")
    assert "belongs to the service account robot@project-1.iam.gserviceaccount.com, and nobody else can open it" in (
        done.stdout
    )
    assert "sheets-sync auth login" in done.stdout


def test_a_new_sheet_can_be_filled_and_run(google: Emulator) -> None:
    shape = json.loads(call("init", "--new-sheet", "Client tracker", "--json").stdout)
    id = shape["tracker"].removeprefix(URL)
    sheet = google.sheet(id, "Clients")
    headers = google.rows(id, "Clients")[0]
    for place, text in ((headers.index("Client"), "Aldgate"), (headers.index("Status"), "active")):
        sheet.cells[1, place] = {**sheet.cells.get((1, place), {}), "userEnteredValue": {"stringValue": text}}
    google.changed(id)
    done = call("run")
    assert done.exit_code == 0, done.stderr
    assert "Health" in google.rows(id, "Clients")[0]
    assert "Nothing to write" in call("run").stdout


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("clients.xlsx", "--new-sheet", "Ours"), "leave clients.xlsx out"),
        (("--new-sheet", " "), "give the new sheet a title"),
        (("--new-sheet", "Ours", "--add", "recovry"), "no group is called"),
    ],
)
def test_what_cannot_be_made(google: Emulator, asked: tuple[str, ...], said: str) -> None:
    done = call("init", *asked)
    assert (done.exit_code, said in done.stderr) == (2, True)
    assert google.log == []


def test_a_sheet_that_was_made_and_not_filled_is_named(google: Emulator) -> None:
    google.faults.after[1] = lambda: setattr(next(iter(google.books.values())), "office_file", True)
    done = call("init", "--new-sheet", "Ours")
    assert done.exit_code != 0
    assert f"{URL}{next(iter(google.books))} was made, but is still empty." in done.stderr
    assert not Path("sheets-sync.toml").exists()
