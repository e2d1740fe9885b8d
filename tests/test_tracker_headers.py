"""Spellings made comparable, and the schema that they are compared with."""

from __future__ import annotations

import pytest

from sheets_sync.tracker.headers import known_extra, normal, normal_header, spellings
from sheets_sync.tracker.schema import TABLES


@pytest.mark.parametrize(
    ("header", "word"),
    [
        ("LastContactDate", "last contact date"),
        ("customerID", "customer id"),
        ("NPSScore", "nps score"),
        ("  Renewal_Date\n", "renewal date"),
        ("Monthly fee (EUR)", "monthly fee"),
        ("annual_revenue_eur", "annual revenue"),
        ("Kunden-Nr.", "kunden nr"),
        ("Société", "societe"),
        ("Socie\u0301te\u0301", "societe"),
        ("Client / Project", "client/project"),
        ("Last\u00a0contact *", "last contact"),
        ("ＮＰＳ", "nps"),
    ],
)
def test_headers_are_made_comparable(header: str, word: str) -> None:
    assert normal_header(header) == word


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme  Ltd ", "acme\u00a0ltd", True),
        ("Café", "Cafe\u0301", True),
        ("Straße", "STRASSE", True),
        ("Acme\u200b", "Acme", True),
        ("Acme", "\u0410cme", False),
        ("Café", "Cafe", False),
    ],
)
def test_names_are_made_comparable(one: str, other: str, same: bool) -> None:
    assert (normal(one) == normal(other)) is same


@pytest.mark.parametrize(
    ("header", "table", "column"),
    [
        ("Potential Customer", "clients", "client"),
        ("Nom", "clients", "client"),
        ("relationship_manager", "clients", "owner"),
        ("LastContactDate", "clients", "last_contact"),
        ("last_qbr_date", "clients", "last_contact"),
        ("ValidUntil", "clients", "renewal_date"),
        ("Next Billing Date", "clients", "renewal_date"),
        ("MonthlyCharges", "clients", "monthly_fee"),
        ("LeadID", "clients", "client_id"),
        ("ActivityType", "interactions", "type"),
        ("Outreach Method", "interactions", "type"),
        ("Likelihood to Recommend", "surveys", "score"),
    ],
)
def test_spellings_of_real_trackers_are_known(header: str, table: str, column: str) -> None:
    assert [name for _, name in spellings(table, weak=False)[normal_header(header)]] == [column]


@pytest.mark.parametrize("header", ["Next Contact", "NextFollowUp", "NPS", "Health Score", "Annual Revenue"])
def test_common_columns_that_are_none_of_ours_are_told(header: str) -> None:
    assert normal_header(header) not in spellings("clients", weak=True)
    assert known_extra(header) or header == "NextFollowUp"


def test_every_field_is_named_after_its_header() -> None:
    for table in TABLES.values():
        for column in table.fields:
            assert column.name == normal_header(column.header).removesuffix(" %").replace(" ", "_"), (
                table.name,
                column,
            )
            assert (column.choices is not None) is (column.type == "choice"), (table.name, column)


def test_the_new_tracker_has_ten_columns_for_clients() -> None:
    starters = [column.header for column in TABLES["clients"].fields if column.starter]
    assert starters == [
        "Client",
        "Owner",
        "Status",
        "Engagement",
        "Tier",
        "Start date",
        "Renewal date",
        "Monthly fee",
        "Last contact",
        "Key contact",
    ]
