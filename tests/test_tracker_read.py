"""Trackers as teams keep them → tables, and what is said about every doubtful cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.model import NOT_CALCULATED, CellError, Place, Problem, Scalar
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.tables import Tables
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
Rows = Sequence[Sequence[Scalar]]


def read(clients: Rows = (("Client",),), maps: Mapping[str, TableMap] | None = None, /, **tabs: Rows) -> Tables:
    return read_tables(MemoryWorkbook({"Clients": clients, **tabs}).read(), Config(tables=maps or {}), NOW)


def said(problems: Sequence[Problem]) -> list[str]:
    return [str(problem) for problem in problems]


def column(tables: Tables, name: str, table: str = "clients") -> list[Any]:
    return [None if pd.isna(value) else value for value in tables[table].frame[name]]


def headers(tables: Tables, table: str = "clients") -> dict[str, str]:
    return {name: found.header for name, found in tables[table].columns.items()}


# ── Where the table stands ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_header_is_found_under_titles_and_blank_rows() -> None:
    rows = [["Client tracker 2026"], [], ["Updated by", "Ann"], ["Client", " Owner\n", "Last contact"], ["Acme", "Ann"]]
    tables = read(rows)
    assert tables["clients"].header_row == 4
    assert headers(tables) == {"client": "Client", "owner": "Owner", "last_contact": "Last contact"}
    assert tables.place == Place("Clients", 4, 1, 5, 5)


def test_a_two_line_header_counts_by_its_lower_line() -> None:
    tables = read([["Who", None, "When"], ["Client", "Owner", "Last contact"], ["Acme", "Ann", date(2026, 11, 1)]])
    assert tables["clients"].header_row == 2
    assert column(tables, "client") == ["Acme"]


def test_foreign_padded_and_camel_case_headers() -> None:
    german = [["Kunde  ", "Betreuer", "Vertragsende", "Monatshonorar (EUR)", "Letzter Kontakt", "Bemerkung"], ["A"]]
    assert headers(read(german)) == {
        "client": "Kunde",
        "owner": "Betreuer",
        "renewal_date": "Vertragsende",
        "monthly_fee": "Monatshonorar (EUR)",
        "last_contact": "Letzter Kontakt",
    }
    assert read(german)["clients"].unknown == ("Bemerkung",)
    camel = [["NombreCliente", "gestor_de_cuenta", "FechaInicio", "UltimoContacto"], ["A"]]
    assert set(headers(read(camel))) == {"client", "owner", "start_date", "last_contact"}


def test_gaps_stay_gaps_and_stop_neither_at_one_row_nor_at_two_hundred() -> None:
    tables = read([["Client"], ["A"], [], ["B"], *[[]] * 250, ["C"]])
    assert column(tables, "row") == [2, 4, 255]
    assert any("after 250 blank rows" in note for note in tables.notes)


def test_a_totals_row_is_left_out_and_a_company_called_total_is_not() -> None:
    tables = read([["Client", "Owner", "Monthly fee"], ["A", "Ann", 5], ["Total", None, 5]])
    assert column(tables, "client") == ["A"]
    assert tables.place == Place("Clients", 1, 1, 2, 2)
    assert "row 3 looks like a totals row" in tables.notes[0]
    assert column(read([["Client", "Owner"], ["A", "Ann"], ["Total", "Ann"]]), "client") == ["A", "Total"]


def test_a_second_table_below_is_not_read() -> None:
    tables = read([["Client", "Owner"], ["A", "Ann"], [], ["Client", "Last contact"], ["B", "Tom"]])
    assert column(tables, "client") == ["A"]
    assert tables.notes == ("“Clients” has a second table from row 4 on: only the first one is read.",)


def test_of_two_tabs_that_match_the_archive_loses() -> None:
    tables = read_tables(
        MemoryWorkbook({"Archive clients": [["Client"], ["Old"]], "Clients 2026": [["Client"], ["New"]]}).read(),
        Config(),
        NOW,
    )
    assert column(tables, "client") == ["New"]
    assert tables.notes == ("“Archive clients” is not read: Clients are read from “Clients 2026”.",)


def test_two_equal_tabs_are_refused() -> None:
    tabs: dict[str, Rows] = {"Clients A": [["Client"], ["X"]], "Clients B": [["Client"], ["Y"]]}
    with pytest.raises(Refused, match="“Clients A” and “Clients B” look alike"):
        read_tables(MemoryWorkbook(tabs).read(), Config(), NOW)


def test_no_client_column_is_refused_with_the_headers_seen_and_the_nearest() -> None:
    with pytest.raises(Refused) as refusal:
        read([["Cleint", "Phone"], ["A", "1"]])
    assert "“Clients”: “Cleint”, “Phone”." in refusal.value.details
    assert "“Cleint” comes nearest to it." in refusal.value.details


def test_a_doubled_key_column_is_refused_naming_both_cells() -> None:
    with pytest.raises(Refused, match="twice: A1 and C1"):
        read([["Client", "Owner", "Client"], ["A", "Ann", "B"]])


def test_a_doubled_mapped_column_is_not_read_and_says_so() -> None:
    tables = read([["Client", "Status", "Status", "Notes", "Notes"], ["A", "active", "paused", "x", "y"]])
    assert not tables["clients"].has("status")
    assert said(tables.problems) == [
        'Clients!B1 "Status": The header stands twice (B1 and C1), so Status is not read. Rename one of them.'
    ]


# ── Which column is which ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slip_of_the_pen_is_accepted_and_a_near_word_only_suggested() -> None:
    tables = read([["Client", "Renewel date", "Send date"], ["A", date(2027, 1, 1), date(2026, 1, 1)]])
    assert headers(tables) == {"client": "Client", "renewal_date": "Renewel date"}
    assert any("“Send date” in “Clients” may be End date" in note for note in tables.notes)


def test_a_header_of_the_wrong_type_is_not_taken() -> None:
    tables = read([["Client", "Renewal", "Last contat"], ["A", "yes", "Ann"], ["B", "auto", "Tom"]])
    assert headers(tables) == {"client": "Client"}


def test_the_canonical_name_beats_an_alias_and_the_loser_stays_theirs() -> None:
    tables = read([["Account", "Client", "Company"], ["1", "A", "x"]])
    assert headers(tables) == {"client": "Client"}
    assert tables["clients"].unknown == ("Account", "Company")
    assert tables.extra.to_dict("index") == {"a": {"Account": "1", "Company": "x"}}


@pytest.mark.parametrize(
    ("years", "meaning"),
    [([2027, 2027, 2020], "renewal_date"), ([2025, 2024, 2027], "end_date"), ([2027, 2025], None), ([], None)],
)
def test_end_date_alone_is_what_most_of_its_values_say(years: list[int], meaning: str | None) -> None:
    rows = [["Client", "End Date"], *([f"C{i}", date(year, 1, 1)] for i, year in enumerate(years)), ["Z", None]]
    found = set(headers(read(rows))) - {"client"}
    assert found == ({meaning} if meaning else set())


def test_end_date_beside_a_renewal_date_is_the_day_they_left() -> None:
    assert headers(read([["Client", "Renewal date", "End date"], ["A", None, date(2027, 1, 1)]])) == {
        "client": "Client",
        "renewal_date": "Renewal date",
        "end_date": "End date",
    }


@pytest.mark.parametrize(
    ("header", "fee"),
    [("ARR", 100.0), ("ACV", 100.0), ("MRR", 1200.0), ("annual_revenue_eur", None), ("Contract Value", 50.0)],
)
def test_yearly_sums_are_divided_and_a_turnover_is_no_fee(header: str, fee: float | None) -> None:
    tables = read([["Client", header, "Term"], ["A", 1200, 24]])
    assert column(tables, "monthly_fee") == [fee]


def test_a_turnover_is_a_fee_when_mapped_by_hand() -> None:
    maps = {"clients": TableMap(columns={"monthly_fee": "Annual Revenue"})}
    assert column(read([["Client", "Annual Revenue"], ["A", 1200]], maps), "monthly_fee") == [100.0]


def test_a_whole_contract_without_a_term_is_no_monthly_fee() -> None:
    assert column(read([["Client", "TCV", "Term"], ["A", 1200, None]]), "monthly_fee") == [None]


def test_nps_and_next_contact_stay_extra_columns() -> None:
    tables = read([["Client", "NPS", "Next Contact", "Health"], ["A", -10, date(2027, 1, 1), "red"]])
    assert tables["clients"].unknown == ("NPS", "Next Contact", "Health")
    assert tables.extra.loc["a", "NPS"] == -10


def test_a_tab_of_another_kind_with_our_headers_is_not_taken() -> None:
    care: Rows = [["Date", "Client", "Kind", "Detail"], [date(2026, 1, 1), "A", "gift", "wine"]]
    tables = read([["Client"], ["A"]], Menus=care)
    assert not tables["signals"].present
    assert "“Menus” is not read: its headers are none of ours." in tables.notes


def test_a_log_of_another_name_is_found_by_its_headers() -> None:
    log: Rows = [["ActivityDate", "Customer", "ActivityType", "Notes"], [date(2026, 11, 1), "A", "Phone call", "hi"]]
    tables = read([["Client"], ["A"]], Stuff=log)
    assert tables["interactions"].tab == "Stuff"
    assert column(tables, "type", "interactions") == ["call"]
    assert column(tables, "key", "interactions") == ["a"]


def test_a_log_without_dates_is_named_as_not_read() -> None:
    log: Rows = [["client_id", "gap_identified_date", "outreach_date", "outreach_method"], ["1", None, None, "Email"]]
    tables = read([["client_id", "client_name"], ["1", "A"]], **{"Remediation Activities": log})
    assert not tables["interactions"].present
    assert "“Remediation Activities” is not read: a tab of interactions needs Client and Date and Type." in tables.notes


def test_missing_tables_are_empty_and_typed() -> None:
    frame = read()["issues"].frame
    assert len(frame) == 0
    assert str(frame["raised_at"].dtype) == "datetime64[us]"
    assert str(frame["churn_risk"].dtype) == "boolean"


# ── What the config says ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_config_wins_over_what_would_be_found() -> None:
    maps = {"clients": TableMap("Book", 2, {"client": "Who", "owner": "", "last_contact": "Seen"})}
    book: Rows = [["Client", "x"], ["Who", "Owner", "Seen"], ["A", "Ann", "03/04/2026"]]
    tabs = MemoryWorkbook({"Clients": [["Client"], ["Z"]], "Book": book}).read()
    tables = read_tables(tabs, Config(tables=maps), NOW)
    assert headers(tables) == {"client": "Who", "last_contact": "Seen"}
    assert column(tables, "client") == ["A"]


def test_rows_put_above_a_configured_header_are_followed() -> None:
    maps = {"clients": TableMap(header_row=1, columns={"client": "Client"})}
    assert read([["New title"], ["Client"], ["A"]], maps)["clients"].header_row == 2


def test_a_configured_tab_that_is_gone_is_refused() -> None:
    with pytest.raises(Refused, match=r"“Kunden”.*names for clients, is not in the tracker"):
        read([["Client"], ["A"]], {"clients": TableMap("Kunden")})


def test_a_configured_column_that_is_gone_is_a_problem_with_the_nearest_header() -> None:
    maps = {"clients": TableMap(columns={"owner": "Responsible"})}
    found = said(read([["Client", "Responsable"], ["A", "Ann"]], maps).problems)
    assert found == [
        "Clients!1: The column “Responsible”, which sheets-sync.toml names for owner, is not there. "
        "Did you mean “Responsable”?"
    ]


# ── Who is who ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_rows_of_one_name_are_both_problems_and_neither_is_a_client() -> None:
    tables = read([["Client", "Owner"], ["Acme", "Ann"], [" ACME ", "Tom"], ["Beta", "Tom"]])
    assert list(tables["clients"].frame.index) == ["beta"]
    assert said(tables.problems) == [
        'Clients!A2 "Client": The client "Acme" stands in 2 rows (A2 and A3, also as "ACME"): none of them '
        "gets a status. Rename one, or add a Client ID column that tells them apart."
    ]


def test_names_are_the_same_in_both_unicode_spellings_and_with_odd_blanks() -> None:
    log: Rows = [["Date", "Client", "Type"], [date(2026, 1, 1), "Cafe\u0301  Noir\u00a0", "call"]]
    tables = read([["Client"], ["Café Noir"]], Interactions=log)
    assert column(tables, "key", "interactions") == ["café noir"]


def test_an_id_is_the_key_where_names_repeat() -> None:
    tables = read(
        [["Client ID", "Client"], ["001", "Acme"], ["002", "Acme"], ["003", "Beta"]],
        Interactions=[
            ["Date", "Client", "Type"],
            [date(2026, 1, 1), "Beta", "call"],
            [date(2026, 1, 2), "Acme", "call"],
            [date(2026, 1, 3), "003", "call"],
        ],
    )
    assert list(tables["clients"].frame.index) == ["001", "002", "003"]
    assert column(tables, "key", "interactions") == ["003", None, "003"]
    assert said(tables.problems) == [
        'Interactions!B3 "Client": "Acme" is the name of several clients. Enter the Client ID instead.'
    ]


def test_a_doubled_missing_or_shortened_id_gets_no_status() -> None:
    tables = read([["Client ID", "Client"], ["1", "A"], ["1", "B"], [None, "C"], ["1E+05", "D"], [7, "E"]])
    assert list(tables["clients"].frame.index) == ["7"]
    assert said(tables.problems) == [
        'Clients!A4 "Client ID": This client has no Client ID. Rows without one get no status: enter it.',
        'Clients!A5 "Client ID": "1E+05" is an id that Excel has shortened. '
        "Format the column as text and enter the id again.",
        'Clients!A2 "Client ID": The Client ID "1" stands in 2 rows (A2 and A3): none of them gets a status. '
        "Give each its own.",
    ]
    assert any("1 and 001 are taken for two ids" in note for note in tables.notes)


def test_the_log_may_name_clients_by_id_or_by_name_whichever_matches_more() -> None:
    clients: Rows = [["Client ID", "Client"], ["7", "8"], ["8", "9"]]
    log: Rows = [["Date", "Client", "Type"], *([date(2026, 1, 1), name, "call"] for name in ("7", "8", "7"))]
    assert column(read(clients, Interactions=log), "key", "interactions") == ["7", "8", "7"]


def test_somebody_unknown_is_one_problem_with_the_nearest_name() -> None:
    log: Rows = [["Date", "Client", "Type"], [date(2026, 1, 1), "Aldgte", "call"], [date(2026, 1, 1), None, "call"]]
    assert said(read([["Client"], ["Aldgate"]], Interactions=log).problems) == [
        'Interactions!B3 "Client": This row names no client. Enter the client.',
        'Interactions!B2 "Client": "Aldgte" is not among the clients. Perhaps "Aldgte" is “Aldgate”.',
    ]


def test_a_signal_may_name_an_industry_instead() -> None:
    signals: Rows = [["Date", "Client", "Industry", "Kind"], [date(2026, 1, 1), None, "Law", "industry change"]]
    assert read([["Client"], ["A"]], Signals=signals).problems == ()


def test_other_letters_that_look_the_same_are_named() -> None:
    tables = read([["Client"], ["Acme"], ["\u0410cme"]])
    assert len(tables["clients"].frame) == 2
    assert "looks like" in tables.problems[0].message


def test_clients_are_derived_where_names_repeat_beside_a_project_column() -> None:
    steps: Rows = [
        ["Client Name", "Project Name", "Step Owner", "Status"],
        ["Client 1", "P1", "Me", "In Progress"],
        ["Client 2", "P2", "Me", "Done"],
        ["Client 1  ", "P3", "Me", "Done"],
    ]
    tables = read(steps)
    assert tables.derived
    assert tables.place is None
    assert column(tables, "client") == ["Client 1", "Client 2"]
    assert column(tables, "status") == [None, None]
    assert tables.notes[0].startswith("Clients are derived from “Clients” (names repeat beside “Project Name”)")
    assert tables.extra.to_dict("index")["client 1"]["Step Owner"] == "Me"


def test_clients_are_derived_where_over_a_fifth_of_the_rows_repeat_a_name() -> None:
    rows: list[list[Scalar]] = [["Client", "Owner", "Last contact"]]
    rows += [["A", "Ann", date(2026, 11, day)] for day in (1, 9, 4)]
    rows += [["B", "Ann", date(2026, 11, 2)], ["B", "Tom", None], ["C", "Tom", None]]
    tables = read(rows)
    assert tables.derived
    assert column(tables, "last_contact") == [pd.Timestamp(2026, 11, 9), pd.Timestamp(2026, 11, 2), None]
    assert column(tables, "owner") == ["Ann", None, "Tom"]


def test_without_a_tab_of_clients_the_projects_name_them() -> None:
    projects: Rows = [["Project", "Client", "Start"], ["P1", "A", date(2026, 1, 1)], ["P2", "A", date(2026, 2, 1)]]
    tables = read_tables(MemoryWorkbook({"Projects": projects}).read(), Config(), NOW)
    assert tables.derived
    assert column(tables, "client") == ["A"]
    assert column(tables, "key", "projects") == ["a", "a"]


# ── Cells that cannot be read ────────────────────────────────────────────────────────────────────────────────────────


def test_one_cause_in_one_column_is_one_problem_with_a_count_and_three_cells() -> None:
    days: list[Scalar] = ["31/02/2026", "TBC", "asap", "May", CellError("#REF!"), NOT_CALCULATED, date(2026, 1, 1)]
    tables = read([["Client", "Renewal date"], *([f"C{i}", day] for i, day in enumerate(days))])
    assert said(tables.problems) == [
        'Clients!B2 "Renewal date": 4 values are not dates, such as "31/02/2026" (B2), "TBC" (B3) and "asap" (B4). '
        "Enter a real date, or leave the cell blank.",
        'Clients!B6 "Renewal date": #REF! is an error. Mend the formula in the cell.',
        'Clients!B7 "Renewal date": This cell is a formula that was never calculated. '
        "Open the tracker in Excel, save it, and run again.",
    ]
    assert [problem.count for problem in tables.problems] == [4, 1, 1]
    assert tables.problems[0].ref.client == "C0"
    assert tables["clients"].unreadable["renewal_date"][3] == "TBC"


def test_a_status_that_is_blank_or_unknown_is_reported_once_and_left_blank() -> None:
    rows: Rows = [
        ["Client", "Status"],
        ["A", None],
        ["B", "Inactive"],
        ["C", " ACTIVE "],
        ["D", "-"],
        ["E", "Verloren"],
    ]
    tables = read(rows)
    assert column(tables, "status") == [None, None, "active", None, "churned"]
    assert said(tables.problems) == [
        'Clients!B3 "Status": "Inactive" is no known status. Known are: prospect, onboarding, active, paused, '
        "completed, churned, won back. Anything else counts as active.",
        'Clients!B2 "Status": 2 clients have no status: B2 and B5. A blank status counts as active.',
    ]


def test_a_contact_after_now_is_a_problem_and_one_today_is_not() -> None:
    rows: Rows = [["Client", "Last contact"], ["A", date(2026, 11, 23)], ["B", date(2026, 11, 24)]]
    assert said(read(rows).problems) == [
        'Clients!B3 "Last contact": 2026-11-24 lies after today. It leaves Contact unknown. Correct the date.'
    ]


def test_an_end_before_its_start_names_both_cells() -> None:
    rows: Rows = [["Client", "Start date", "End date", "Renewal date"], ["A", date(2026, 5, 1), date(2026, 4, 1), None]]
    assert said(read(rows).problems) == [
        'Clients!C2 "End date": 2026-04-01 is before Start date (B2: 2026-05-01). Correct one of the two.'
    ]


def test_an_answer_before_its_question_is_a_problem_unless_the_day_alone_is_known() -> None:
    issues: Rows = [
        ["Issue", "Client", "Raised at", "Acknowledged at"],
        ["x", "A", datetime(2026, 11, 20, 15), datetime(2026, 11, 20, 14)],
        ["y", "A", datetime(2026, 11, 20, 15), date(2026, 11, 20)],
    ]
    found = read([["Client"], ["A"]], Issues=issues).problems
    assert [problem.ref.a1 for problem in found] == ["D2"]


def test_a_row_that_names_no_client_is_reported_and_a_blank_one_is_not() -> None:
    tables = read([["Client", "Owner"], [None, "Ann"], [" ", None], ["A", "Ann"]])
    assert said(tables.problems) == [
        'Clients!A2 "Client": This row names no client. Enter the client\'s name, or clear the row.'
    ]


CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from([CellError("#N/A"), NOT_CALCULATED, "31/12/2026", "01/02/26", "£1,200", "n/a", "Acme"]),
)
SOME_HEADERS = st.sampled_from(
    ["Client", "Client ID", "Status", "Renewal date", "Monthly fee", "ARR", "TCV", "Last contact", "End Date", "Term"]
)


@given(st.lists(SOME_HEADERS, unique=True, max_size=7), st.lists(st.lists(CELLS, max_size=8), max_size=6))
def test_no_cell_can_make_reading_fail(found: list[str], rows: list[list[Scalar]]) -> None:
    log: Rows = [["Date", "Client", "Type", "Attended"], *rows]
    tables = read([["Client X" if name == "Client" else name for name in found], *rows, ["Client"], *rows], Log=log)
    assert all(problem.ref.tab for problem in tables.problems)
    assert list(tables["clients"].frame.index) == list(dict.fromkeys(tables["clients"].frame.index))


def test_a_tracker_with_ids_only_shows_the_ids() -> None:
    log: Rows = [["Date", "Client ID", "Type"], [date(2026, 1, 1), "C1", "call"]]
    tables = read([["Client ID", "Last contact"], ["C1", date(2026, 11, 1)]], Log=log)
    assert column(tables, "client") == ["C1"]
    assert column(tables, "client", "interactions") == ["C1"]
    assert column(tables, "key", "interactions") == ["c1"]


@pytest.mark.parametrize(("header", "fee"), [("Contract Value (annual)", 100.0), ("Fee (monthly)", 1200.0)])
def test_a_header_may_say_how_long_its_sum_lasts(header: str, fee: float) -> None:
    assert column(read([["Client", header], ["A", 1200]]), "monthly_fee") == [fee]


def test_words_that_say_little_make_no_header_alike() -> None:
    tables = read([["Client", "Due Date", "Project Name"], ["A", date(2026, 1, 1), "x"]])
    assert tables.notes == ()


def test_a_table_can_be_switched_off() -> None:
    log: Rows = [["Date", "Client", "Type"], [date(2026, 1, 1), "A", "call"]]
    assert not read([["Client"], ["A"]], {"interactions": TableMap(off=True)}, Log=log)["interactions"].present


def test_a_known_word_is_no_slip_of_the_pen() -> None:
    tables = read([["Client", "Contract", "Create Date"], ["A", "One year", date(2026, 1, 1)]])
    assert headers(tables) == {"client": "Client", "start_date": "Create Date"}
