"""The catalogue of bad inputs, D: dates and numbers (and of E what concerns them), each with its outcome and cell.

Proven elsewhere, and not again here:

| no. | where |
|---|---|
| 109 1904 workbook | test_excel_read.py, test_excel_graft.py: test_dates_of_a_1904_workbook |
| 118 clocks that change | test_worktime.py::test_the_wall_clock_decides_when_clocks_change |
| 120, 121 anniversaries from their anchor | test_worktime.py, cases/anniversary.md |
| 124 a renewal long past | cases/renewal*.md, test_tabs_renewals.py |
| 129, 130, 131 consent in doubt is no | test_consent_gate.py (10,000 generated lines) |
| 133 0.1 + 0.2 in a cell of theirs | test_excel_columns.py::test_a_second_reader_sees_everything_of_theirs |
| 154 a key of the config that is none | test_config.py::test_every_mistake_at_once_with_its_line_and_the_nearest_word |
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from sheets_sync.config import Config
from sheets_sync.model import NOT_CALCULATED, CellError, Scalar
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from tests.catalogue import NOW, cells, column, met, read, said, status

ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
DAY_FIRST = {"clients": TableMap(date_order="day first")}
ENGLISH = {"clients": TableMap(decimal=".")}


def renewals(*values: Scalar, maps: dict[str, TableMap] | None = None) -> tuple[list[Any], list[str], tuple[str, ...]]:
    """Renewal dates of as many clients as values: what is read, the cells of problems, the notes."""
    tables = read(["Client", "Renewal date"], *([f"C{i}", value] for i, value in enumerate(values)), maps=maps)
    days = [day and day.date().isoformat() for day in column(tables, "renewal_date")]
    return days, cells(tables), tables.notes


def fees(*values: Scalar, maps: dict[str, TableMap] | None = None, header: str = "Monthly fee") -> list[Any]:
    name = "margin" if "%" in header else "monthly_fee"
    tables = read(["Client", header], *([f"C{i}", value] for i, value in enumerate(values)), maps=maps)
    return [*column(tables, name), *said(tables)]


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "maps", "day"),
    [
        pytest.param(date(2027, 3, 1), None, "2027-03-01", id="101-a-real-date"),
        pytest.param("2027-03-01", None, "2027-03-01", id="102-iso-text"),
        pytest.param("03/04/2027", DAY_FIRST, "2027-04-03", id="103-two-ways-and-configured"),
        pytest.param("12.05.27", DAY_FIRST, "2027-05-12", id="105-dots-and-two-digits-configured"),
        pytest.param(46054, {"clients": TableMap(serial_dates=True)}, "2026-02-01", id="108-a-number-and-configured"),
        pytest.param(datetime(2026, 12, 31, 23, 59, 59, 999900), None, "2026-12-31", id="112-never-rounded-up"),
    ],
)
def test_dates_that_are_read(value: Scalar, maps: dict[str, TableMap] | None, day: str) -> None:
    days, problems, notes = renewals(value, maps=maps)
    assert (days, problems) == ([day], [])
    assert bool(notes) is isinstance(value, (str, int))


@pytest.mark.parametrize(
    ("value", "maps", "words"),
    [
        pytest.param("03/04/2027", None, "can be read in two ways", id="103-two-ways"),
        pytest.param("31/02/2027", None, "is not a date", id="104-no-such-day"),
        pytest.param("12.05.26", None, "can be read in two ways", id="105-dots-and-two-digits"),
        *(pytest.param(text, None, "is not a date", id=f"106-{text}") for text in ("May", "2026", "5", "Tue")),
        *(
            pytest.param(text, None, "is not a date", id=f"107-{text}")
            for text in ("Q3 2026", "next week", "TBC", "asap")
        ),
        pytest.param(46054, None, "is a number, not a date", id="108-a-number"),
        pytest.param(60, {"clients": TableMap(serial_dates=True)}, "is a number", id="110-the-29th-of-February-1900"),
        pytest.param(date(1989, 12, 31), None, "lies too far away", id="111-before-1990"),
        pytest.param(date(2036, 11, 24), None, "lies too far away", id="111-over-ten-years"),
        pytest.param(time(9), None, "is a time without a date", id="112-a-time"),
        pytest.param(NOT_CALCULATED, None, "a formula that was never calculated", id="114-not-calculated"),
        *(pytest.param(CellError(error), None, f"{error} is an error", id=f"115-{error}") for error in ERRORS),
        *(pytest.param(error, None, f"{error} is an error", id=f"115-{error}-as-text") for error in ERRORS),
        pytest.param("#BEZUG!", None, "is an error", id="115-in-German"),
    ],
)
def test_dates_that_are_a_problem_with_their_cell(value: Scalar, maps: Any, words: str) -> None:
    tables = read(["Client", "Renewal date"], ["Aldgate", value], ["Brook", date(2027, 3, 1)], maps=maps)
    assert column(tables, "renewal_date") == [None, pd.Timestamp(2027, 3, 1)]
    (problem,) = said(tables)
    assert problem.startswith('Clients!B2 "Renewal date": ')
    assert words in problem
    assert tables.problems[0].hint


def test_103_a_day_above_twelve_proves_the_order_of_its_column() -> None:
    assert renewals("03/04/2027", "31/12/2026")[:2] == (["2027-04-03", "2026-12-31"], [])
    assert renewals("03/04/2027", "12/31/2026")[:2] == (["2027-03-04", "2026-12-31"], [])


def test_103_a_column_that_proves_both_orders_leaves_the_others_a_problem() -> None:
    assert renewals("03/04/2027", "31/12/2026", "12/31/2026")[:2] == ([None, "2026-12-31", "2026-12-31"], ["B2"])


def test_113_a_formula_counts_by_its_cached_value(tmp_path: Path) -> None:
    from sheets_sync.workbooks import open_workbook

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet("Clients")
        sheet.write_row(0, 0, ["Client", "Monthly fee", "Tier"])
        sheet.write(1, 0, "Aldgate")
        sheet.write_formula(1, 1, "=500*2", None, 1000)
        sheet.write_formula(1, 2, "=VLOOKUP(A2,X:Y,2)", None, "#N/A")
    path = tmp_path / "t.xlsx"
    path.write_bytes(buffer.getvalue())
    tables = read_tables(open_workbook(str(path), None).read(), Config(), NOW)
    assert column(tables, "monthly_fee") == [1000]
    assert said(tables) == ['Clients!C2 "Tier": #N/A is an error. Mend the formula in the cell.']


def test_114_what_is_not_calculated_is_unknown_and_never_blank() -> None:
    report = met(["Client", "Last contact"], ["Aldgate", NOT_CALCULATED])
    assert status(report, "Aldgate", "health") == "– Unknown"
    assert "never calculated" in said(report)[0]
    assert "open the tracker in excel, save it" in said(report)[0].lower()


def test_115_an_error_makes_what_depends_on_it_unknown() -> None:
    report = met(["Client", "Last contact"], ["Aldgate", CellError("#REF!")], ["Brook", date(2026, 11, 20)])
    assert [status(report, name, "health") for name in ("Aldgate", "Brook")] == ["– Unknown", "● Healthy"]
    assert "#REF!" in status(report, "Aldgate")


def test_117_a_moment_with_a_zone_comes_home() -> None:
    log = [["Date", "Client", "Type"], ["2026-11-19T23:30:00Z", "Aldgate", "call"]]
    tables = read(["Client"], ["Aldgate"], zone="Pacific/Auckland", Interactions=log)
    assert column(tables, "date", "interactions") == [pd.Timestamp(2026, 11, 20, 12, 30)]


def test_119_today_is_the_agencys_own() -> None:
    from sheets_sync.tracker.checks import check_values

    tables = read(["Client", "Last contact"], ["Aldgate", date(2026, 11, 24)])
    assert cells(tables) == ["B2"]
    assert check_values(tables.by_name, datetime(2026, 11, 24, 0, 5)) == []


def test_123_an_end_before_its_start_names_both_cells() -> None:
    tables = read(["Client", "Start date", "End date"], ["Aldgate", date(2026, 5, 1), date(2026, 4, 1)])
    assert said(tables) == [
        'Clients!C2 "End date": 2026-04-01 is before Start date (B2: 2026-05-01). Correct one of the two.'
    ]


def test_146_a_contact_after_today_is_said_and_not_used() -> None:
    report = met(["Client", "Last contact"], ["Aldgate", date(2026, 11, 24)])
    assert cells(report) == ["B2"]
    assert status(report, "Aldgate", "health") == "– Unknown"


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "maps", "read_as"),
    [
        pytest.param(["£1,200.50"], None, [1200.5], id="125-pounds"),
        pytest.param(["1.200,50 €"], None, [1200.5], id="125-euros"),
        pytest.param(["1200 GBP"], None, [1200.0], id="125-a-code"),
        pytest.param(["(500)"], None, [None, "can be read in two ways"], id="125-brackets"),
        pytest.param(["1,200"], None, [None, "can be read in two ways"], id="125-one-mark"),
        pytest.param(["1,200"], ENGLISH, [1200.0], id="125-one-mark-configured"),
        pytest.param(["1,200", "1,250.50"], None, [1200.0, 1250.5], id="125-one-mark-proven-by-a-point"),
        pytest.param(["1.200", "1.250,50"], None, [1200.0, 1250.5], id="125-one-mark-proven-by-a-comma"),
        pytest.param(["1,200", "1,250.50", "950,50"], None, [None, 1250.5, 950.5, "two ways"], id="125-both-proven"),
        pytest.param(["1 200 kr", "R$ 1.200,00", "zł 99"], None, [1200.0, 1200.0, 99.0], id="125-other-money"),
        pytest.param([-0.0, 1e-320], None, [0.0, 1e-320], id="127-odd-numbers"),
        pytest.param(["500"], None, [500.0], id="132-a-number-as-text"),
        pytest.param([-5], None, [None, "is not 0 or more"], id="134-no-negative-fee"),
        pytest.param([NOT_CALCULATED], None, [None, "never calculated"], id="114-a-fee"),
        pytest.param([10**400], None, [None, "is not a number"], id="34-an-endless-number"),
    ],
)
def test_money(values: Sequence[Scalar], maps: Any, read_as: list[Any]) -> None:
    found = fees(*values, maps=maps)
    assert found[: len(values)] == read_as[: len(values)]
    for words, problem in zip(read_as[len(values) :], found[len(values) :], strict=True):
        assert words in problem
        assert problem.startswith('Clients!B2 "Monthly fee": ')


def test_134_a_credit_is_an_amount() -> None:
    revenue = [["Month", "Client", "Amount"], ["2026-10", "Aldgate", -250]]
    tables = read(["Client"], ["Aldgate"], Revenue=revenue)
    assert (column(tables, "amount", "revenue"), said(tables)) == ([-250.0], [])


@pytest.mark.parametrize(
    ("values", "shares"),
    [
        pytest.param(["15%", "-10 %"], [0.15, -0.1], id="126-with-a-sign"),
        pytest.param([0.15, -0.1], [0.15, -0.1], id="126-as-excel-keeps-them"),
        pytest.param([15, -10], [0.15, -0.1], id="126-points-and-never-minus-1000-percent"),
        pytest.param([15, 1, 0], [0.15, 0.01, 0.0], id="126-one-percent-among-points"),
        pytest.param(["15", 0.2], [0.15, 0.2], id="126-points-as-text-beside-a-share"),
        pytest.param([15, 0.2, "8,5 %"], [0.15, 0.2, 0.085], id="126-all-of-them"),
    ],
)
def test_percentages(values: Sequence[Scalar], shares: list[float]) -> None:
    assert fees(*values, header="Margin %") == pytest.approx(shares)


def test_126_points_without_a_sign_are_said() -> None:
    tables = read(["Client", "Margin %"], ["Aldgate", 15], ["Brook", 0.2])
    assert tables.notes == ("Clients, “Margin %”: 1 value without % sign, read as percent.",)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        pytest.param(11, "Score is from 0 to 10.", id="128-above"),
        pytest.param(-1, "Score is from 0 to 10.", id="128-below"),
        pytest.param(7.5, "Score is a whole number.", id="128-a-half"),
        pytest.param("9/10", "Enter 9.", id="128-of-ten"),
        pytest.param("9 out of 10", "Enter 9.", id="128-out-of-ten"),
    ],
)
def test_scores(value: Scalar, hint: str) -> None:
    surveys = [
        ["Client", "Sent on", "Answered on", "Score", "Kind"],
        ["Aldgate", date(2026, 11, 2), date(2026, 11, 3), value, "annual"],
    ]
    tables = read(["Client"], ["Aldgate"], Surveys=surveys)
    assert column(tables, "score", "surveys") == [None]
    assert [(problem.ref.a1, problem.hint) for problem in tables.problems] == [("D2", hint)]


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        *((word, True) for word in ("yes", "Y", "ja", "TRUE", True, 1, "✓", "x", "oui", "sí", "sim", "tak", "JA ")),
        *((word, False) for word in ("no", "N", "nein", "FALSE", False, 0, "non", "não", "nie", "nej", "nee", "✗")),
        *((word, None) for word in ("?", "perhaps", 2)),
    ],
    ids=lambda value: f"129-{value}",
)
def test_yes_and_no(word: Scalar, answer: bool | None) -> None:
    tables = read(["Client", "Consumer"], ["Aldgate", word])
    assert column(tables, "consumer") == [answer]
    assert cells(tables) == ([] if answer is not None else ["B2"])


@pytest.mark.parametrize("given", ["?", "yes (verbal)", None, "n/a"], ids=lambda value: f"130-{value}")
def test_consent_in_doubt_is_no(given: Scalar) -> None:
    consents = [["Client", "Purpose", "Given on", "Evidence"], ["Aldgate", "marketing", given, "mail"]]
    tables = read(["Client"], ["Aldgate"], Consents=consents)
    assert column(tables, "given_on", "consents") == [None]
    assert cells(tables) == (["C2"] if given in ("?", "yes (verbal)") else [])


def test_131_a_withdrawal_that_cannot_be_read_is_a_no() -> None:
    consents = [
        ["Client", "Purpose", "Given on", "Evidence", "Withdrawn on"],
        ["Aldgate", "marketing", date(2026, 1, 1), "mail", "last week"],
    ]
    tables = read(["Client"], ["Aldgate"], Consents=consents)
    assert column(tables, "given_on", "consents") == [None]
    assert cells(tables) == ["E2"]


# ── What people enter for an owner ───────────────────────────────────────────────────────────────────────────────────


def test_153_of_two_owners_who_are_known_the_first_is_the_owner() -> None:
    tables = read(
        ["Client", "Owner"], ["Aldgate", "Ann / Bob"], ["Brook", "Bob"], ["Corvid", "Ann"], ["Dale", "Bob & Ann"]
    )
    assert column(tables, "owner") == ["Ann", "Bob", "Ann", "Bob"]
    assert said(tables) == []
    assert tables.notes == ("Clients, “Owner”: 2 cells name several people; the first is the owner.",)


def test_153_of_two_who_are_not_known_none_is_guessed() -> None:
    tables = read(
        ["Client", "Owner"], ["Aldgate", "Ann / Bob"], ["Brook", "Sales & Support"], ["Corvid", "Smith, Jones"]
    )
    assert column(tables, "owner") == ["Ann / Bob", "Sales & Support", "Smith, Jones"]
    assert said(tables) == [
        'Clients!B2 "Owner": "Ann / Bob" names several people, and one is the owner. Enter one name.'
    ]


def test_a_last_contact_that_is_ahead_of_the_log_counts() -> None:
    log = [["Date", "Client", "Type"], [date(2026, 9, 1), "Aldgate", "call"], [date(2026, 9, 1), "Brook", "call"]]
    report = met(
        ["Client", "Last contact"], ["Aldgate", date(2026, 11, 20)], ["Brook", date(2026, 8, 1)], Interactions=log
    )
    facts = report.assessment.facts
    assert [day.date() for day in facts["last_sign_of_life"]] == [date(2026, 11, 20), date(2026, 9, 1)]
    assert facts["last_sign_type"].tolist()[1] == "call"
    assert pd.isna(facts["last_sign_type"].iloc[0])


def test_a_total_that_was_never_calculated_is_no_client() -> None:
    rows: list[list[Scalar]] = [
        ["Client", "Status", "Monthly fee"],
        ["Aldgate", "active", 5],
        ["Total", None, NOT_CALCULATED],
    ]
    tables = read(*rows)
    assert (column(tables, "client"), said(tables)) == (["Aldgate"], [])
    assert tables.notes == ("“Clients” row 3 looks like a totals row and is left out.",)
