"""A table of another file: read with the tracker, named in every problem, never written to, news when it changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from sheets_sync import sync
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.config import Config, load_config, write_config
from sheets_sync.errors import Refused, UsageError
from sheets_sync.model import Link, Scalar, cells_of
from sheets_sync.tracker.tablemap import TableMap, source_names
from sheets_sync.workbooks import open_workbook
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.sheets_emulator import Emulator, Server
from tests.test_cli import call

NOW = datetime(2026, 11, 23, 9)
Rows = Sequence[Sequence[Scalar]]
CLIENTS: Rows = (
    ("Client", "Owner", "Status", "Last contact"),
    ("Aldgate", "Ann", "Active", date(2026, 11, 20)),
    ("Brightwater", "Tom", "Active", date(2026, 11, 19)),
)
ANSWERS: Rows = (
    ("Client", "Sent on", "Answered on", "Score"),
    ("Aldgate", date(2026, 11, 1), date(2026, 11, 3), 4),
    ("Nobody", date(2026, 11, 1), date(2026, 11, 3), 9),
)
ISSUES: Rows = (("Issue", "Client", "Raised at"), ("Late", "Brightwater", datetime(2026, 11, 20, 10)))


def book(path: Path, tabs: Mapping[str, Rows]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in tabs.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def config(folder: Path, tables: str) -> Path:
    path = folder / "sheets-sync.toml"
    path.write_text(f'[tracker]\npath = "tracker.xlsx"\ntimezone = "Europe/London"\n{tables}', encoding="utf-8")
    return path


def planned(folder: Path, tables: str) -> sync.Report:
    settings = load_config(config(folder, tables))
    return sync.plan(open_workbook(settings.tracker_location, None), settings, sync.load(settings), NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book(tmp_path / "tracker.xlsx", {"Clients": CLIENTS})
    (tmp_path / "forms").mkdir()
    book(tmp_path / "forms" / "responses.xlsx", {"Surveys": ANSWERS, "Complaints": ISSUES})
    return tmp_path


SURVEYS = '[tables.surveys]\nsource = "forms/responses.xlsx"\n'


def test_a_table_is_read_from_another_file(folder: Path) -> None:
    report = planned(folder, SURVEYS)
    surveys = report.tables["surveys"]
    assert (surveys.tab, len(surveys.frame)) == ("responses.xlsx: Surveys", 2)
    assert [str(problem) for problem in report.problems if "Nobody" in problem.message] == [
        'responses.xlsx: Surveys!A3 "Client": "Nobody" is not among the clients. Add the client, or correct the name.'
    ]
    assert str(surveys.ref("score", 2)) == 'responses.xlsx: Surveys!D2 "Score"'
    assert report.assessment.facts.loc["aldgate", "latest_score"] == 4


def test_no_jump_leads_out_of_the_tracker(folder: Path) -> None:
    tables = SURVEYS + '[tables.issues]\nsource = "forms/responses.xlsx"\ntab = "Complaints"\n'
    report = planned(folder, tables)
    tabs = {tab.title for tab in report.desired.tabs} | set(report.snapshot.grids)
    links = [cell.link for tab in report.desired.tabs for cell in cells_of(tab).values() if isinstance(cell.link, Link)]
    assert links
    assert {link.tab for link in links} <= tabs
    assert any("Nobody" in str(cell.value) for tab in report.desired.tabs for cell in cells_of(tab).values())


def test_two_tables_of_one_file_are_one_read(folder: Path) -> None:
    tables = SURVEYS + '[tables.issues]\nsource = "forms/responses.xlsx"\ntab = "Complaints"\nheader_row = 1\n'
    report = planned(folder, tables + '[tables.issues.columns]\nissue = "Issue"\n')
    assert list(report.sources) == ["forms/responses.xlsx"]
    assert report.tables["issues"].tab == "responses.xlsx: Complaints"
    assert len(report.tables["issues"].frame) == 1


def test_the_tab_of_a_file_that_has_only_one_needs_no_name(folder: Path) -> None:
    book(
        folder / "forms" / "responses.xlsx",
        {"Sheet1": (("Client", "Date", "Score"), ("Aldgate", date(2026, 11, 3), 9))},
    )
    report = planned(folder, SURVEYS)
    assert report.tables["surveys"].tab == "responses.xlsx: Sheet1"
    assert len(report.tables["surveys"].frame) == 1


def test_a_form_in_another_file_counts_beside_the_tab_of_the_tracker(folder: Path) -> None:
    asked = (
        ("Client", "Sent on", "Kind", "Answered on", "Score"),
        ("Aldgate", date(2026, 11, 1), "annual", None, None),
    )
    book(folder / "tracker.xlsx", {"Clients": CLIENTS, "Surveys": asked})
    question = "How likely are you to recommend us?"
    form = (("Timestamp", "Company", question), (datetime(2026, 11, 3, 9), "Aldgate", 9))
    book(folder / "forms" / "responses.xlsx", {"Form Responses 1": form})
    report = planned(folder, SURVEYS)
    surveys = report.tables["surveys"]
    assert surveys.frame[["kind", "score"]].to_numpy().tolist() == [["annual", 9.0]]
    assert str(surveys.ref("sent_on", 2)) == 'Surveys!B2 "Sent on"'
    assert str(surveys.ref("score", 2)) == f'responses.xlsx: Form Responses 1!C2 "{question}"'


def test_a_source_wins_over_a_tab_of_the_tracker(folder: Path) -> None:
    book(folder / "tracker.xlsx", {"Clients": CLIENTS, "Issues": ISSUES})
    report = planned(folder, '[tables.issues]\nsource = "forms/responses.xlsx"\ntab = "Complaints"\n')
    assert report.tables["issues"].tab == "responses.xlsx: Complaints"


def test_clients_of_another_file_show_in_our_tabs_only(folder: Path) -> None:
    book(folder / "tracker.xlsx", {"Notes": (("Nothing", "here"),)})
    book(folder / "clients.xlsx", {"Clients": CLIENTS})
    report = planned(folder, '[tables.clients]\nsource = "clients.xlsx"\n')
    assert (report.tables.place, len(report.assessment.clients)) == (None, 2)
    assert not report.patch.columns
    assert "Clients are read from “clients.xlsx: Clients”: no column is added there." in report.tables.notes


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ('[tables.surveys]\nsource = "forms/none.xlsx"\n', "Surveys cannot be read from forms/none.xlsx. "),
        ('[tables.surveys]\nsource = "forms"\n', "Surveys cannot be read from forms. "),
    ],
)
def test_a_source_that_cannot_be_read_is_named(folder: Path, tables: str, said: str) -> None:
    with pytest.raises((UsageError, Refused), match=f"^{said}"):
        planned(folder, tables)


def test_a_tab_that_is_not_there_is_a_problem_with_its_file(folder: Path) -> None:
    named = planned(folder, SURVEYS + 'tab = "Answers"\n')
    assert [str(problem) for problem in named.problems if "Answers" in problem.message] == [
        "responses.xlsx: Answers: The tab “Answers”, which sheets-sync.toml names for surveys, is not in "
        "responses.xlsx. responses.xlsx has these tabs: “Surveys”, “Complaints”."
    ]
    unlike = planned(folder, '[tables.revenue]\nsource = "forms/responses.xlsx"\n')
    assert [str(problem) for problem in unlike.problems if "Revenue" in problem.message] == [
        "responses.xlsx: None of its tabs looks like Revenue. Name it in sheets-sync.toml: [tables.revenue] tab = …. "
        "It has these tabs: “Surveys”, “Complaints”."
    ]


def test_a_source_is_never_written_to_and_its_news_is_work(folder: Path) -> None:
    source = folder / "forms" / "responses.xlsx"
    path = config(folder, SURVEYS)

    def run() -> tuple[str, str]:
        done = CliRunner().invoke(root, ["run", "--config", str(path), "--as-of", "2026-11-23T09:00"])
        assert done.exit_code == 0, done.output
        return done.output, hashlib.sha256((folder / "tracker.xlsx").read_bytes()).hexdigest()

    before = source.read_bytes()
    _, first = run()
    _, again = run()
    assert first == again
    assert source.read_bytes() == before
    book(source, {"Surveys": [*ANSWERS[:2], ("Brightwater", date(2026, 11, 1), date(2026, 11, 4), 2)]})
    output, third = run()
    assert third != again
    assert "Brightwater" in output


def test_the_config_is_written_as_it_is_read(folder: Path) -> None:
    tables = {"surveys": TableMap(source="forms/responses.xlsx", tab="Surveys", header_row=1)}
    path = folder / "again.toml"
    path.write_text(write_config(Config(tables=tables)), encoding="utf-8")
    assert load_config(path).tables == tables
    assert load_config(path).sources() == {"forms/responses.xlsx": str(folder / "forms" / "responses.xlsx")}


def test_a_client_is_found_and_erased_with_what_stands_in_another_file(folder: Path) -> None:
    """What we wrote of it goes; their own file stays as it is, and its row is named."""
    path = config(folder, SURVEYS)
    source = folder / "forms" / "responses.xlsx"
    before = source.read_bytes()
    assert call("run", "--config", str(path), "--quiet").exit_code == 0
    export = call("privacy", "export", "--config", str(path), "--client", "Aldgate", "--json")
    assert "responses.xlsx: Surveys!2" in {place["where"] for place in json.loads(export.stdout)["places"]}
    erased = call("privacy", "erase", "--config", str(path), "--client", "Aldgate", "--yes")
    assert erased.exit_code == 0, erased.stderr
    assert "responses.xlsx: Surveys: delete row 2." in erased.stdout
    assert source.read_bytes() == before
    ours = open_workbook(str(folder / "tracker.xlsx"), None).read().tabs
    assert ours
    assert not [cell for tab in ours for row in tab.grid.rows for cell in row if "Aldgate" in str(cell)]


def test_what_a_source_is_called() -> None:
    file = MemoryWorkbook({}).read()
    url = "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0"
    assert source_names({"forms/a.xlsx": file, url: replace(file, title="Feedback (Responses)")}) == {
        "forms/a.xlsx": "a.xlsx",
        url: "Feedback (Responses)",
    }
    assert source_names({"x/a.xlsx": file, "y/a.xlsx": file}) == {"x/a.xlsx": "x/a.xlsx", "y/a.xlsx": "y/a.xlsx"}


def test_a_table_is_read_from_another_spreadsheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the same access, one read each, and only the tracker is written to."""
    monkeypatch.chdir(tmp_path)
    with Server(Emulator()) as google:
        monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", google.url)
        monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(google.service_account_file(tmp_path / "key.json")))
        tracker = google.add("Clients", {"Clients": [list(row) for row in CLIENTS]})
        other = google.add("Feedback", {"Surveys": [list(row) for row in ANSWERS]})
        address = "https://docs.google.com/spreadsheets/d/"
        (tmp_path / "sheets-sync.toml").write_text(
            f'[tracker]\npath = "{address}{tracker}"\n[tables.surveys]\nsource = "{address}{other}/edit"\n'
        )
        done = call("run", "-v")
        assert done.exit_code == 0, done.stderr
        assert 'Feedback: Surveys!A3 "Client": "Nobody" is not among the clients.' in done.stdout
        assert [(seen.method, other in seen.path) for seen in google.log] == [
            ("GET", False), ("GET", True), ("POST", False),
        ]  # fmt: skip
        google.books[other].roles = {"somebody@example.org": "owner"}
        refused = call("run")
        assert (refused.exit_code, refused.stderr.startswith("Surveys cannot be read from https://")) == (77, True)


def test_check_shows_where_each_table_was_found(folder: Path, capsys: Any) -> None:
    path = config(folder, SURVEYS)
    assert guarded(root, ["check", "--config", str(path), "--as-of", "2026-11-23"]) == 1
    assert "Surveys: tab “responses.xlsx: Surveys”, row 1 is the header" in capsys.readouterr().out
