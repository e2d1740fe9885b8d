"""What the written practice asks of the tool itself rather than of one rule."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from sheets_sync import sync
from sheets_sync.cli.failing import guarded
from sheets_sync.cli.starter import sample_tabs
from sheets_sync.config import Config
from sheets_sync.playbook import show
from sheets_sync.rules.first_word import first_word
from sheets_sync.tabs.worth_knowing import spoke_first
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.assessments import NINE, view
from tests.rule_tables import tables

NOW = datetime(2026, 11, 23, 9)


def test_how_often_we_spoke_first_in_the_last_whole_month() -> None:
    """[A2] Out of 1 to 31 October; what both said, what names no direction, and other months are left out."""
    found = first_word(
        tables(
            clients=[{"client": "A"}],
            interactions=[
                {"client": "A", "date": f"2026-{day}", "type": "call", "direction": direction}
                for day, direction in (
                    ("09-30", "out"), ("10-01", "out"), ("10-15", "out"), ("10-31", "in"), ("10-20", "both"),
                    ("10-21", None), ("11-01", "out"),
                )
            ],
        ),
        NOW,
    )  # fmt: skip
    assert found[["ours", "known"]].values.tolist() == [[2, 3]]
    assert first_word(tables(clients=[{"client": "A"}], interactions=[]), NOW).empty
    seen = view(NINE)
    object.__setattr__(seen.assessment.boards, "first_word", found)
    assert spoke_first(seen) == "In October we spoke first in 2 of 3 contacts."


def test_engagement_is_a_calendar_that_asks_for_contacts() -> None:
    """[B2] Each cadence asks for its contact of each client that it is for, at its day."""
    rows = [["Client", "Engagement", "Start date", "Status"], ["Aldgate", "retainer", datetime(2025, 1, 6), "active"]]
    log = [["Date", "Client", "Type"], [datetime(2026, 11, 9), "Aldgate", "call"]]
    report = sync.plan(
        MemoryWorkbook({"Clients": rows, "Interactions": log}),
        Config(),
        sync.load(Config(), "retention_programme"),
        NOW,
    )
    asked = report.assessment.touchpoints.set_index("id")
    assert asked.at["check_in_call", "due"] == datetime(2026, 12, 9)
    assert asked.at["business_review", "state"] in ("due", "upcoming")


def test_the_tracker_plays_all_the_systems() -> None:
    """[B18] One workbook is client list, log, survey list and loyalty ledger; the procedure says so."""
    shown = show.show_text(sync.load(Config(), "retention_programme"))
    assert "client list, log, survey list and loyalty ledger" in shown
    assert {"Clients", "Interactions", "Surveys", "Care"} <= {tab.title for tab in sample_tabs(NOW.date())}


def test_a_run_writes_its_own_columns_and_tabs_and_says_no_name_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """[B19] Nothing of theirs is written, and a mistake of ours tells no client's name."""
    titles = {tab.title for tab in sample_tabs(NOW.date())}
    workbook = MemoryWorkbook(
        {
            tab.title: [[one.header for one in tab.columns], *(list(row) for row in tab.rows)]
            for tab in sample_tabs(NOW.date())
        }
    )
    before = {title: [list(row) for row in rows] for title, rows in workbook.tabs.items()}
    report = sync.plan(workbook, Config(), sync.load(Config()), NOW)
    sync.run(workbook, report)
    assert workbook.tabs == before
    assert {tab.title for tab in report.desired.tabs}.isdisjoint(titles)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert guarded(_root(), ["demo", "--quiet"]) == 0
    monkeypatch.setattr(sync, "assess", _fail)
    assert guarded(_root(), ["run", "sheets-sync-demo/tracker.xlsx"]) == 70
    said = capsys.readouterr()
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "state").rglob("*.log"))
    written += "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "state").rglob("crash*"))
    assert "Aldgate" not in said.out + said.err + written


def _root() -> object:
    from sheets_sync.cli import root

    return root


def _fail(*_: object) -> None:
    raise RuntimeError("Aldgate Legal")


def test_a_survey_by_telephone_counts_like_one_that_was_sent() -> None:
    """[C13] An answer without a day of sending settles the quarterly question and stands among the answers."""
    rows = [["Client", "Status", "Start date"], ["Aldgate", "active", datetime(2025, 1, 6)]]
    answers = [["Client", "Kind", "Sent on", "Answered on", "Score"], ["Aldgate", "quarterly", None, NOW, 9]]
    log = [["Date", "Client", "Type"], [datetime(2026, 11, 20), "Aldgate", "call"]]
    report = sync.plan(
        MemoryWorkbook({"Clients": rows, "Interactions": log, "Surveys": answers}), Config(), sync.load(Config()), NOW
    )
    asked = report.assessment.touchpoints.set_index("id")
    assert asked.at["satisfaction_check", "due"] >= datetime(2027, 2, 1)
    assert report.assessment.facts.at[report.assessment.facts.index[0], "latest_score"] == 9


def test_what_people_tell_others_is_a_reason_in_a_text_and_never_a_number_of_ours() -> None:
    """[D19]"""
    folder = Path(__file__).parent.parent / "templates"
    note = (folder / "messages" / "escalation_note.j2").read_text(encoding="utf-8")
    assert "nine to fifteen" in note
    rules = "".join(path.read_text(encoding="utf-8") for path in folder.glob("playbooks/*.toml"))
    assert "nine to fifteen" not in rules
