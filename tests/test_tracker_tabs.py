"""The tabs beyond the first seven: each read from a grid as teams keep them, and none of them taken for another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sheets_sync import sync
from sheets_sync.cli.init import command
from sheets_sync.cli.starter import GROUPS, empty_tabs
from sheets_sync.config import Config, load_config
from sheets_sync.model import CellError, Problem, Scalar
from sheets_sync.pilot import chosen
from sheets_sync.tracker.cells import How
from sheets_sync.tracker.mapping import propose, table_maps
from sheets_sync.tracker.matrix import letters_of
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.tables import Table, Tables
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
DAY = date(2026, 11, 2)
CLIENTS = (("Client", "Owner"), ("Aldgate", "Ann"), ("Brightwater", "Tom"))
FIRST = {"clients", "projects", "interactions", "issues", "surveys", "signals", "revenue"}
Rows = Sequence[Sequence[Scalar]]


def read(tabs: Mapping[str, Any], clients: Any = CLIENTS, maps: Mapping[str, TableMap] | None = None) -> Tables:
    return read_tables(MemoryWorkbook({"Clients": clients, **tabs}).read(), Config(tables=maps or {}), NOW)


def said(problems: Sequence[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def records(table: Table, *columns: str) -> list[tuple[Any, ...]]:
    rows = table.frame[list(columns)].astype(object)
    return [tuple(row) for row in rows.where(rows.notna(), None).itertuples(index=False)]


def headers(table: Table) -> dict[str, str]:
    return {name: found.header for name, found in table.columns.items()}


def stamp(day: date) -> pd.Timestamp:
    return pd.Timestamp(day)


# ── Each tab, with headers and words that are not ours ───────────────────────────────────────────────────────────────


def test_results_are_read() -> None:
    rows = [["Measured On", "Customer", "KPI", "Reading"], [DAY, "aldgate ", "Leads", 40], [DAY, "Acme", "Leads", "x"]]
    tables = read({"KPIs": rows})
    assert records(tables["results"], "key", "date", "metric", "value") == [
        ("aldgate", stamp(DAY), "Leads", 40.0),
        (None, stamp(DAY), "Leads", None),
    ]
    assert said(tables.problems) == [
        'KPIs!D3 "Reading": "x" is not a number. Enter a plain number, or leave the cell blank.',
        'KPIs!B3 "Customer": "Acme" is not among the clients. Add the client, or correct the name.',
    ]


def test_opportunities_are_read() -> None:
    rows = [
        ["Client", "Offer", "Opportunity Stage", "Amount", "Follow-up", "Closed", "Won/Lost"],
        ["Aldgate", "SEO retainer", "Quote sent", "£1,200", DAY, None, None],
        ["Brightwater", "Website", "Closed Won", 900, None, DAY, "signed"],
        ["Brightwater", "Audit", "warm", -5, None, None, None],
    ]
    tables = read({"Opportunities": rows})
    assert records(tables["opportunities"], "stage", "value", "outcome") == [
        ("proposal", 1200.0, None),
        ("closed", 900.0, "won"),
        (None, None, None),
    ]
    assert [problem.ref.a1 for problem in tables.problems] == ["C4", "D4"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Handwritten note", "thank-you"),
        ("Geschenk", "gift"),
        ("LinkedIn post", "shout-out"),
        ("Success story", "case study"),
        ("Testimonials", "testimonial"),
        ("Referral reward", "referral"),
        ("Discount", "goodwill"),
        ("Lunch", "event"),
        ("Points redeemed", "loyalty activity"),
    ],
)
def test_the_words_of_care_are_known(word: str, kind: str) -> None:
    rows = [["Date", "Client", "Kind", "Cost", "Reward", "Reward Paid"], [DAY, "Aldgate", word, 25, "voucher", DAY]]
    tables = read({"Care": rows})
    assert records(tables["care"], "kind", "cost", "reward_owed") == [(kind, 25.0, "voucher")]
    assert tables.problems == ()


def test_an_unknown_word_of_care_is_named_with_its_cell() -> None:
    tables = read({"Care": [["Date", "Client", "Kind"], [DAY, "Aldgate", "high five"]]})
    (problem,) = tables.problems
    assert str(problem).startswith('Care!C2 "Kind": "high five" is no known kind. Known are: thank-you, gift,')


def test_only_a_readable_date_is_a_consent() -> None:
    """[B11] Whatever stands under Given on and is no date counts as no, and says so where it says something."""
    rows: list[list[Scalar]] = [["Client", "Contact", "Permission For", "Consent Given", "Proof"]]
    rows += [["Aldgate", "Ana", "newsletter", given, None] for given in (DAY, "?", "yes (verbal)", None, "n/a", True)]
    tables = read({"Consent log": rows})
    assert records(tables["consents"], "purpose", "given_on") == [
        ("marketing", stamp(DAY)),
        *[("marketing", None)] * 5,
    ]
    (problem,) = tables.problems
    assert problem.count == 3
    assert problem.message == '3 values are not dates: "?" (D3), "yes (verbal)" (D4) and True (D7).'
    assert problem.hint == "Enter a real date, or leave the cell blank. Until then it counts as no."


def test_a_consent_withdrawn_in_words_is_none() -> None:
    rows = [
        ["Client", "Purpose", "Given on", "Expires on", "Withdrawn on"],
        ["Aldgate", "marketing", DAY, None, "yes, by phone"],
        ["Aldgate", "publicity", DAY, "when the project ends", None],
        ["Aldgate", "feedback", DAY, None, DAY],
        ["Aldgate", "data", date(2027, 1, 4), None, None],
    ]
    tables = read({"Consents": rows})
    frame = tables["consents"].frame
    assert frame["given_on"].isna().tolist() == [True, True, False, False]
    assert tables["consents"].unreadable["withdrawn_on"] == {2: "yes, by phone"}
    assert [problem.ref.a1 for problem in tables.problems] == ["D3", "E2", "C5"]
    assert "The consent counts as withdrawn." in tables.problems[1].hint
    assert "Until that day it counts as no." in tables.problems[2].hint


def test_exits_are_read() -> None:
    rows = [
        ["Company", "Churn Date", "Churn Reason", "Avoidable", "What could have prevented it", "Exit interview"],
        ["Aldgate", DAY, "Price", "Not sure", "A smaller plan", DAY],
        ["Brightwater", "soon", "Moved", "perhaps not", None, None],
    ]
    tables = read({"Churn log": rows})
    assert records(tables["exits"], "reason", "preventable", "what_would_have_helped") == [
        ("Price", "unknown", "A smaller plan"),
        ("Moved", None, None),
    ]
    assert [problem.ref.a1 for problem in tables.problems] == ["B3", "D3"]


def test_recovery_is_read() -> None:
    rows = [
        ["Client", "What we promised", "Fix Within", "Due", "Goodwill Cost", "Promise kept", "Looked after by"],
        ["Aldgate", "Two hours of consulting", 4, DAY, "150 €", date(2027, 1, 1), "Ann"],
    ]
    tables = read({"Recovery plan": rows})
    assert records(tables["recovery"], "promise", "fix_within_hours", "by", "cost", "owner") == [
        ("Two hours of consulting", 4.0, stamp(DAY), 150.0, "Ann")
    ]
    assert said(tables.problems) == [
        'Recovery plan!F2 "Promise kept": 2027-01-01 lies after today. Correct the date, or enter it once it '
        "has happened."
    ]


def test_tabs_about_ourselves_need_no_client() -> None:
    tables = read(
        {
            "Staff": [
                ["Name", "Job title", "Covered by", "Urlaub von", "Urlaub bis"],
                ["Ann", "Lead", "Tom", DAY, DAY],
            ],
            "Schulungen": [
                ["Mitarbeiter", "Kurs", "Date"],
                ["Ann", "Health metrics", DAY],
                ["Tom", "Privacy", "later"],
            ],
            "Audits": [["Check", "Audited on", "Auditor"], ["Surveys go out", DAY, "Ann"]],
            "Bank holidays": [["Day", "Holiday"], [date(2026, 12, 25), "Christmas"]],
            "SOP feedback": [["Date", "From", "Section", "Idea", "Decided"], [DAY, "Tom", "silence", "21 days", "yes"]],
        }
    )
    assert records(tables["team"], "person", "role", "deputy") == [("Ann", "Lead", "Tom")]
    assert records(tables["training"], "person", "topic", "done_on") == [
        ("Ann", "Health metrics", stamp(DAY)),
        ("Tom", "Privacy", None),
    ]
    assert records(tables["reviews"], "control", "done_on", "by") == [("Surveys go out", stamp(DAY), "Ann")]
    assert records(tables["holidays"], "date", "name", "person") == [(stamp(date(2026, 12, 25)), "Christmas", None)]
    assert records(tables["sop_feedback"], "by", "entry", "suggestion", "decision") == [
        ("Tom", "silence", "21 days", "yes")
    ]
    for name in ("team", "training", "reviews", "holidays", "sop_feedback"):
        assert tables[name].frame["key"].isna().all()
        assert "client" not in tables[name].frame
    assert [str(problem.ref) for problem in tables.problems] == ['Schulungen!C3 "Date"']


def test_a_run_for_some_clients_keeps_what_is_about_ourselves() -> None:
    tables = read(
        {"Team": [["Person", "Role"], ["Ann", "Lead"]], "Care": [["Date", "Client", "Kind"], [DAY, "Aldgate", "gift"]]}
    )
    assert [len(chosen(tables, ["Brightwater"])[name].frame) for name in ("clients", "team", "care")] == [1, 1, 0]


def test_the_playbook_tab_keeps_values_as_they_stand() -> None:
    rows = [
        ["Setting", "Value", "Unit", "Meaning"],
        ["settings.silence.otherwise", 21, "days", "worry after"],
        ["settings.hours.opens", "09:30", None, None],
        ["settings.new_client.days", "21", "days", None],
        ["next_review", DAY, None, None],
        ["touchpoints.kickoff.off", True, None, None],
        ["owner", CellError("#N/A"), None, None],
    ]
    tables = read({"Playbook": rows})
    assert tables["playbook"].frame["value"].tolist() == [21, "09:30", "21", DAY, True, None]
    assert said(tables.problems) == ['Playbook!B7 "Value": #N/A is an error. Mend the formula in the cell.']


# ── Any number of columns ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("R", "R"),
        ("R/A", "RA"),
        ("A, R", "AR"),
        ("ra", "RA"),
        ("R + C", "RC"),
        ("R R", "R"),
        ("Accountable", "A"),
        ("responsible and accountable", "RA"),
        ("X", None),
        ("R?", None),
    ],
)
def test_the_letters_of_a_cell(text: str, letters: str | None) -> None:
    found = letters_of(text)
    assert (found is None) is (letters is None)
    assert "".join(found or ()) == (letters or "")


def test_a_raci_matrix_becomes_one_row_a_task_role_and_letter() -> None:
    """[B17]"""
    rows = [
        ["RACI"],
        [],
        ["Process step", "Engagement manager", "Data analyst", "Notes", "No."],
        ["Check-in calls", "R/A", None, "weekly, on the phone", 1],
        ["Health review", "A, R", "x", "see the wiki", 2],
        ["Reports", None, "c", None, None],
        [None, "R", None, None],
    ]
    tables = read({"RACI": rows})
    raci = tables["raci"]
    assert records(raci, "row", "column", "task", "role", "letter") == [
        (4, 2, "Check-in calls", "Engagement manager", "A"),
        (4, 2, "Check-in calls", "Engagement manager", "R"),
        (5, 2, "Health review", "Engagement manager", "A"),
        (5, 2, "Health review", "Engagement manager", "R"),
        (6, 3, "Reports", "Data analyst", "C"),
    ]
    assert raci.unknown == ("Notes", "No.")
    assert raci.unreadable == {"Data analyst": {5: "x"}}
    assert said(tables.problems) == [
        'RACI!C5 "Data analyst": "x" is none of R, A, C, I. Enter R, A, C or I, or several: R/A.'
    ]


def test_a_role_with_a_strange_letter_alone_is_still_a_role() -> None:
    tables = read({"RACI": [["Task", "Analyst"], ["Calls", "z"]]})
    assert records(tables["raci"], "row", "column", "task", "role", "letter") == [(2, 0, "Calls", None, None)]
    assert [problem.ref.a1 for problem in tables.problems] == ["B2"]


def test_raci_in_its_other_layouts_and_with_a_role_called_client() -> None:
    by_letter = read({"RACI chart": [["Task", "Responsible", "Accountable"], ["Calls", "Ann, Tom", "Ann"]]})
    long = read({"RACI": [["Task", "Role", "Letter"], ["Calls", "Analyst", "R/A"], ["Calls", None, "C"]]})
    client = read({"RACI": [["Task", "Client", "Analyst"], ["Calls", "I", "R"]]})
    assert records(by_letter["raci"], "role", "letter") == [("Ann", "R"), ("Tom", "R"), ("Ann", "A")]
    assert records(long["raci"], "role", "letter") == [("Analyst", "A"), ("Analyst", "R")]
    assert records(client["raci"], "role", "letter") == [("Client", "I"), ("Analyst", "R")]


def test_ratings_of_a_survey_become_a_table() -> None:
    """[D7]"""
    rows = [
        ["Client", "Sent on", "Answered on", "Score", "Rating: Accuracy", "Ratings - Speed", "Rating"],
        ["Aldgate", DAY, DAY, 8, 6, 9, 1],
        ["Brightwater", DAY, DAY, 9, "8/10", None, None],
        ["Aldgate", DAY, DAY, 9, 11, 0, None],
    ]
    tables = read({"Surveys": rows})
    assert records(tables["ratings"], "row", "column", "key", "name", "score") == [
        (2, 5, "aldgate", "Accuracy", 6.0),
        (2, 6, "aldgate", "Speed", 9.0),
        (4, 6, "aldgate", "Speed", 0.0),
    ]
    assert tables["ratings"].unreadable == {"Accuracy": {3: "8/10", 4: "11"}}
    assert [problem.ref.a1 for problem in tables.problems] == ["E3", "E4"]
    assert headers(tables["surveys"])["score"] == "Score"
    assert tables["surveys"].unknown == ("Rating",)


# ── Columns of Clients ───────────────────────────────────────────────────────────────────────────────────────────────


def test_clients_columns_on_demand_are_read() -> None:
    rows = [
        [
            "Client",
            "Gross margin",
            "Gifts",
            "Reward points",
            "In loyalty programme",
            "Sold",
            "Handover date",
            "Consumer",
        ],
        ["Aldgate", 0.35, "No gifts", 120, "ja", datetime(2026, 11, 19, 15), DAY, "no"],
        ["Brightwater", "20%", "wine only", -4, "often", DAY, None, None],
    ]
    tables = read({}, rows)
    assert records(
        tables["clients"], "margin", "gift_policy", "loyalty_points", "loyalty_member", "sold_on", "consumer"
    ) == [
        (0.35, "refused", 120.0, True, pd.Timestamp(2026, 11, 19, 15), False),
        (0.2, None, None, None, stamp(DAY), None),
    ]
    assert {problem.ref.a1 for problem in tables.problems} == {"C3", "D3", "E3"}


def test_what_a_column_unlocks_is_said_in_a_sentence() -> None:
    for name, spec in TABLES.items():
        sentences = [field.unlocks for field in spec.fields if field.unlocks]
        assert all(sentence.endswith(".") for sentence in sentences), name
        assert sentences or name in ("playbook",), name
    extras = {name for group in GROUPS.values() for name in group.columns}
    assert {field.name for field in TABLES["clients"].fields if not field.starter} >= extras


# ── What is not there, and what is something else ────────────────────────────────────────────────────────────────────


def test_absent_tabs_are_empty_and_no_problem() -> None:
    tables = read({})
    assert tables.problems == ()
    for name in (*(set(TABLES) - FIRST), "ratings"):
        assert not tables[name].present
        assert tables[name].frame.empty
        assert {"row", "key"} <= set(tables[name].frame.columns)
    assert {"task", "role", "letter", "column"} <= set(tables["raci"].frame.columns)
    assert {"name", "score", "client"} <= set(tables["ratings"].frame.columns)


FOREIGN: Mapping[str, Any] = {
    "Team": [["Team", "Client", "Hours"], ["Red", "Aldgate", 5]],
    "Reviews": [["Client", "Date", "Stars", "Comment"], ["Aldgate", DAY, 5, "great"]],
    "Training": [["Customer", "Person", "Course", "Date"], ["Aldgate", "Ana", "Excel", DAY]],
    "Results": [["Quarter", "Revenue"], ["Q1", 5]],
    "Holidays": [["Employee", "From", "To"], ["Ann", DAY, DAY]],
    "Care": [["Date", "Client", "Type"], [DAY, "Aldgate", "physio"], [DAY, "Aldgate", "massage"]],
    "Exits": [["Building", "Exit", "Floor"], ["A", "North", 1]],
    "Recovery": [["Server", "Backup", "Tested on"], ["db", "nightly", DAY]],
    "Playbook": [["Play", "When to use it"], ["Win-back", "after a loss"]],
    "Opportunities": [["Account", "Stage", "Close date"], ["Aldgate", "Prospecting", DAY], ["X", "Nurturing", DAY]],
    "Consents": [["Form", "Version"], ["Photo", 2]],
    "Team directory": [["Person", "Role", "Email"], ["Ana", "Buyer", "a@x.org"]],
    "Pricing": [["Setting", "Value"], ["Rate", 90]],
}


@pytest.mark.parametrize("title", FOREIGN)
def test_a_tab_of_that_title_with_another_meaning_is_left_alone(title: str) -> None:
    tables = read({title: FOREIGN[title]})
    assert {name for name, table in tables.by_name.items() if table.present} == {"clients"}
    assert any(note.startswith(f"“{title}” is not read: ") for note in tables.notes)
    assert tables.problems == ()


def test_a_tab_that_alone_names_the_clients_stays_theirs() -> None:
    rows: Rows = [
        ["Account", "Service", "Stage", "Next step date", "Owner"],
        ["Aldgate", "SEO", "Proposal", DAY, "Ann"],
        ["Brightwater", "Web", "Negotiation", DAY, "Tom"],
    ]
    snapshot = MemoryWorkbook({"Opportunities": rows}).read()
    tables = read_tables(snapshot, Config(), NOW)
    assert tables["clients"].frame["client"].tolist() == ["Aldgate", "Brightwater"]
    assert not tables["opportunities"].present
    beside = read({"Opportunities": rows})
    assert beside["opportunities"].present


def test_very_telling_headers_need_no_title() -> None:
    tables = read(
        {
            "Sheet2": [["Client", "Purpose", "Given on", "Withdrawn on"], ["Aldgate", "marketing", DAY, None]],
            "Sheet3": [["Date", "Client", "Metric", "Value"], [DAY, "Aldgate", "Leads", 3]],
            "Sheet4": [["Setting", "Value", "Unit", "Meaning"], ["a", 1, "days", "b"]],
        }
    )
    assert [tables[name].tab for name in ("consents", "results", "playbook")] == ["Sheet2", "Sheet3", "Sheet4"]


def test_the_config_names_the_new_tabs(tmp_path: Any) -> None:
    path = tmp_path / "sheets-sync.toml"
    path.write_text('[tables.team]\ntab = "Us"\n[tables.team.columns]\nperson = "Wer"\n', encoding="utf-8")
    tables = read({"Us": [["Wer", "Role"], ["Ann", "Lead"]]}, maps=load_config(path).tables)
    assert records(tables["team"], "person", "role") == [("Ann", "Lead")]


def test_a_list_of_who_is_away_closes_no_office() -> None:
    rows = [["Date", "Name"], [date(2026, 11, 24), "Ann"], [date(2026, 11, 25), "Company day"]]
    tables = read({"Holidays": rows})
    assert records(tables["holidays"], "name", "person") == [("Ann", "Ann"), ("Company day", None)]
    assert said(tables.problems) == [
        'Holidays!B2 "Name": "Ann" is one of you, so this is leave and not a closed day. Head the column Person.'
    ]
    playbook = sync.load(Config())
    assert sync.calendar(Config(), playbook, NOW, tables).holidays == {date(2026, 11, 25)}


# ── The new tracker ──────────────────────────────────────────────────────────────────────────────────────────────────


def grids(*groups: str) -> dict[str, Rows]:
    return {tab.title: [[column.header for column in tab.columns]] for tab in empty_tabs(groups)}


def test_the_new_tracker_has_seven_tabs_and_more_on_demand() -> None:
    assert list(grids()) == ["Clients", "Projects", "Interactions", "Issues", "Surveys", "Signals", "Revenue"]
    assert set(grids(*GROUPS)) == {spec.title for spec in TABLES.values()} - {"Playbook"}


@pytest.mark.parametrize("group", GROUPS)
def test_what_a_group_brings_reads_back_without_a_problem(group: str) -> None:
    tabs = grids(group)
    row: list[Scalar] = ["Aldgate", "Ann", "active"]
    snapshot = MemoryWorkbook({**tabs, "Clients": [*tabs["Clients"], row]}).read()
    tables = read_tables(snapshot, Config(), NOW)
    assert tables.problems == ()
    assert tables.notes == ()
    assert {name for name in TABLES if tables[name].present} == FIRST | set(GROUPS[group].tabs)
    assert all(tables["clients"].has(column) for column in GROUPS[group].columns)
    for name, table in tables.by_name.items():
        assert {table.ref(column, 1).header for column in table.columns} == {
            TABLES[name][column].header for column in table.columns
        }
    maps, _ = table_maps(propose(snapshot, {}, How(NOW)))
    again = read_tables(snapshot, Config(tables=maps), NOW)
    assert {name: headers(table) for name, table in again.by_name.items()} == {
        name: headers(table) for name, table in tables.by_name.items()
    }


def test_help_and_readme_list_what_a_group_brings() -> None:
    told = " ".join((command.epilog or "").partition("A GROUP brings")[2].split())
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    for name, group in GROUPS.items():
        titles = ", ".join(TABLES[tab].title for tab in group.tabs)
        columns = [TABLES["clients"][column].header for column in group.columns]
        part = re.search(rf" {name} (.*?)(?= (?:{'|'.join(GROUPS)}) [A-Zt]|$)", told)
        assert part is not None, name
        assert all(header in part[1] for header in (*columns, titles)), name
        (line,) = (line for line in readme.splitlines() if line.startswith(f"| `{name}` |"))
        assert all(header in line for header in (*columns, titles)), name
