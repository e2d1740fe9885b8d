"""One column's cells → typed values; what can be read in two ways is not read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.model import NOT_CALCULATED, CellError, Scalar
from sheets_sync.tracker.cells import How, Parsed
from sheets_sync.tracker.dates import read_date_text, read_month_text
from sheets_sync.tracker.fields import Field
from sheets_sync.tracker.numbers import read_number_text
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.tracker.values import read_values
from sheets_sync.tracker.words import names

NOW = datetime(2026, 11, 23, 9)
DAY = Field("day", "Day", "date")
MOMENT = Field("at", "At", "moment")
MONEY = Field("fee", "Fee", "money")
SCORE = TABLES["surveys"]["score"]


def parse(column: Field, cells: Sequence[Scalar], map: TableMap | None = None) -> Parsed:
    return read_values(column, cells, How(NOW, "Europe/Berlin", map or TableMap()))


def values(column: Field, *cells: Scalar, map: TableMap | None = None) -> list[Any]:
    found = pd.Series(parse(column, cells, map).values)
    return [None if pd.isna(value) else value for value in found]


def days(*cells: Scalar, map: TableMap | None = None) -> list[str | None]:
    return [value and value.date().isoformat() for value in values(DAY, *cells, map=map)]


def causes(column: Field, *cells: Scalar, map: TableMap | None = None) -> list[tuple[int, str]]:
    return [(bad.index, bad.one) for bad in parse(column, cells, map).bad]


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-31", "2026-05-31"),
        (" 2026-05-31 23:59:59.9999 ", "2026-05-31"),
        ("2026/05/31", "2026-05-31"),
        ("20260531", "2026-05-31"),
        ("31 May 2026", "2026-05-31"),
        ("31-May-26", "2026-05-31"),
        ("May 31st, 2026", "2026-05-31"),
        ("31. März 2026", "2026-03-31"),
        ("3 février 2026", "2026-02-03"),
        ("12 de mayo de 2026", "2026-05-12"),
        ("Monday 23 November 2026", "2026-11-23"),
        ("05/05/2026", "2026-05-05"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
    ],
)
def test_text_that_is_one_date_is_read(text: str, day: str) -> None:
    assert days(text) == [day]


@pytest.mark.parametrize("text", ["n/a", "N/A", "NULL", "none", "–"])
def test_words_for_nothing_are_blank_where_a_date_is_due(text: str) -> None:
    assert days(text) == [None]
    assert causes(DAY, text) == []


@pytest.mark.parametrize(
    "text",
    names(
        "31/02/2026, 12.05.26, 05.05.26, May, 2026, 5, Tue, Q3 2026, next week, TBC, asap, 03/04/2026, 23 Nov, "
        "1/2, 31-31-2026, 2026-13-01, 25:00, today, May 2026"
    ),
)
def test_text_that_is_no_date_or_two_dates_is_a_problem(text: str) -> None:
    assert days(text) == [None]
    assert len(causes(DAY, text)) == 1


def test_a_day_above_twelve_proves_the_order_of_its_column() -> None:
    assert days("03/04/2026", "31/12/2026", "3/4/26") == ["2026-04-03", "2026-12-31", "2026-04-03"]
    assert days("03/04/2026", "12/31/2026") == ["2026-03-04", "2026-12-31"]


def test_a_column_that_proves_both_orders_proves_none() -> None:
    assert days("03/04/2026", "31/12/2026", "12/31/2026") == [None, "2026-12-31", "2026-12-31"]


def test_a_date_that_does_not_exist_proves_nothing() -> None:
    assert days("03/04/2026", "31/02/2026") == [None, None]
    assert causes(DAY, "03/04/2026", "31/02/2026") == [(0, "can be read in two ways"), (1, "is not a date")]


def test_two_digit_years_prove_an_order_only_where_days_vary_and_years_do_not() -> None:
    assert days("25.05.26") == [None]
    assert days("25.05.26", "03.06.26", "14.06.26") == ["2026-05-25", "2026-06-03", "2026-06-14"]


def test_the_config_settles_the_order() -> None:
    assert days("03/04/2026", "12.05.26", map=TableMap(date_order="day first")) == ["2026-04-03", "2026-05-12"]
    assert days("03/04/2026", map=TableMap(date_order="month first")) == ["2026-03-04"]
    assert days("13/04/2026", map=TableMap(date_order="month first")) == [None]


def test_real_dates_lose_their_time_and_are_never_rounded_up() -> None:
    assert days(datetime(2026, 12, 31, 23, 59, 59, 999900), date(2027, 1, 1)) == ["2026-12-31", "2027-01-01"]


def test_moments_keep_their_time_and_come_home_from_another_zone() -> None:
    cells = ("2026-11-20 15:00", "2026-11-20T15:00:00Z", "20 Nov 2026 3:05 pm", datetime(2026, 11, 20, 9))
    assert [value.isoformat()[:16] for value in values(MOMENT, *cells)] == [
        "2026-11-20T15:00",
        "2026-11-20T16:00",
        "2026-11-20T15:05",
        "2026-11-20T09:00",
    ]


@pytest.mark.parametrize(
    ("day", "read"),
    [
        (date(1989, 12, 31), False),
        (date(1990, 1, 1), True),
        (date(2036, 11, 23), True),
        (date(2036, 11, 24), False),
        (date(9999, 12, 31), False),
        (date(1, 1, 1), False),
    ],
)
def test_dates_far_away_are_typing_mistakes(day: date, read: bool) -> None:
    assert (causes(DAY, day) == []) is read
    assert days(day) == [day.isoformat() if read else None]


def test_what_stands_in_a_date_column_and_is_none() -> None:
    cells = (46054, 2.5, True, time(9), timedelta(1), CellError("#N/A"), "#REF!", NOT_CALCULATED)
    assert [cause for _, cause in causes(DAY, *cells)] == [
        "is a number, not a date",
        "is a number, not a date",
        "is not a date",
        "is a time without a date",
        "is a time without a date",
        "is an error",
        "is an error",
        "is a formula that was never calculated",
    ]


def test_bare_numbers_are_dates_only_where_the_config_says_so() -> None:
    assert days(46054, 60, map=TableMap(serial_dates=True)) == ["2026-02-01", None]


def test_blanks_of_all_kinds_are_blank() -> None:
    blanks = (None, "", "  ", "\u00a0", "\u200b", "-", "–", "—")
    for column in (DAY, MONEY, Field("t", "T"), Field("y", "Y", "yes_no"), TABLES["clients"]["status"]):
        assert values(column, *blanks) == [None] * len(blanks)
        assert causes(column, *blanks) == []


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("2026-06", "2026-06-01"),
        ("Jun 2026", "2026-06-01"),
        ("06/2026", "2026-06-01"),
        ("Juni 2026", "2026-06-01"),
        (date(2026, 6, 17), "2026-06-01"),
        ("2026-06-17", "2026-06-01"),
        ("Q3 2026", None),
        ("June", None),
    ],
)
def test_months(cell: Scalar, month: str | None) -> None:
    (found,) = values(Field("month", "Month", "month"), cell)
    assert (found and found.date().isoformat()) == month


@given(st.dates(date(1990, 1, 1), date(2036, 1, 1)), st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d"]))
def test_a_date_written_plainly_is_read_back(day: date, form: str) -> None:
    found = read_date_text(day.strftime(form))
    assert isinstance(found, datetime)
    assert found.date() == day


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_not_and_never_an_exception(text: str) -> None:
    read_date_text(text, "Europe/Berlin")
    read_month_text(text)
    read_number_text(text, None, money=True)


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("£1,200.50", 1200.5),
        ("1.200,50 €", 1200.5),
        ("1200 GBP", 1200),
        ("$1,200", 1200),
        ("1.200 €", 1200),
        ("1 200,50", 1200.5),
        ("1'200.50", 1200.5),
        ("1,200,500", 1200500),
        ("£1,200 / month", 1200),
        ("2.5k", 2500),
        ("-50", -50),
        ("12,5", 12.5),
        ("0.125", 0.125),
        ("1,200", None),
        ("1.200", None),
        ("(500)", None),
        ("9/10", None),
        ("£", None),
        ("abc", None),
        ("1e400", None),
        ("NaN", None),
        ("5 million", None),
        ("100 / year", None),
    ],
)
def test_money_in_text(text: str, number: float | None) -> None:
    assert values(MONEY, text) == [number]
    assert len(causes(MONEY, text)) == (number is None)


def test_a_column_proves_its_decimal_mark() -> None:
    assert values(MONEY, "1,200", "950.50") == [1200, 950.5]
    assert values(MONEY, "1.200", "950,50") == [1200, 950.5]
    assert values(MONEY, "1,200", "(500)", map=TableMap(decimal=".")) == [1200, -500]


def test_numbers_that_are_none() -> None:
    assert values(MONEY, float("nan"), float("inf"), True, date(2026, 1, 1), 1e-320, -0.0) == [None] * 4 + [1e-320, 0]


def test_a_score_is_a_whole_number_from_0_to_10() -> None:
    assert values(SCORE, 0, 10, "7", 11, -1, 7.5, "8/10") == [0, 10, 7, None, None, None, None]
    assert [bad.hint for bad in parse(SCORE, [11, 7.5, "8/10"]).bad] == [
        "Score is from 0 to 10.",
        "Score is a whole number.",
        "Enter 8.",
    ]


def test_percentages() -> None:
    assert values(Field("p", "P", "percent"), "15%", 0.15, 15, "15,5 %") == [0.15, 0.15, 0.15, 0.155]


def test_a_negative_fee_is_a_problem_and_a_negative_amount_is_not() -> None:
    assert causes(TABLES["clients"]["monthly_fee"], -5) == [(0, "is not 0 or more")]
    assert values(TABLES["revenue"]["amount"], -5) == [-5]


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_yes_and_no_in_several_languages() -> None:
    yes: list[Scalar] = ["yes", "Y", "ja", "Oui", "sí", "TRUE", True, 1, "✓", "x"]
    assert values(Field("y", "Y", "yes_no"), *yes) == [True] * len(yes)
    no: list[Scalar] = ["no", "N", "nein", "Non", "FALSE", False, 0, "✗"]
    assert values(Field("y", "Y", "yes_no"), *no) == [False] * len(no)
    assert causes(Field("y", "Y", "yes_no"), "perhaps") == [(0, "is neither yes nor no")]


@pytest.mark.parametrize(
    ("table", "column", "text", "word"),
    [
        ("interactions", "type", "E-Mail", "e-mail"),
        ("interactions", "type", "email", "e-mail"),
        ("interactions", "type", "QBR", "business review"),
        ("interactions", "type", "Kick-off", "kickoff"),
        ("signals", "kind", "Budget Concerns", "budget concern"),
        ("signals", "kind", "Budget discussions", "budget talk"),
        ("clients", "status", "Won_Back", "won back"),
        ("clients", "status", "Gekündigt", "churned"),
        ("clients", "status", "On hold", "paused"),
        ("clients", "engagement", "One-off", "project"),
        ("surveys", "again", "Vielleicht", "maybe"),
        ("revenue", "kind", "Upsell", "expansion"),
    ],
)
def test_words_come_out_as_the_tracker_spells_them(table: str, column: str, text: str, word: str) -> None:
    assert values(TABLES[table][column], text) == [word]


def test_every_spelling_means_one_word() -> None:
    from sheets_sync.tracker.headers import normal_header

    for table in TABLES.values():
        for column in table.fields:
            seen: dict[str, str] = {}
            for word, others in (column.choices or {}).items():
                for spelling in (word, *others):
                    assert seen.setdefault(normal_header(spelling), word) == word, (table.name, column.name, spelling)


def test_text_keeps_what_it_says() -> None:
    cells = (" Ann\u00a0", 447700900123456.0, "001", 1, "=1+1", date(2026, 1, 2), True)
    assert values(Field("t", "T"), *cells) == ["Ann", "447700900123456", "001", "1", "=1+1", "2026-01-02", "TRUE"]
