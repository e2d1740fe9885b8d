"""Trackers as other people keep them: the right tab, columns, rows and levels, and never a wrong column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_sync import sync
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.cli.run_text import run_lines
from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.model import Scalar
from sheets_sync.sync import Report
from sheets_sync.tracker.cells import How
from sheets_sync.tracker.mapping import propose, table_maps
from sheets_sync.workbooks.memory import MemoryWorkbook

NOW = datetime(2026, 11, 23, 9)
NAMES = ("Aldgate Legal", "Brightwater Dental", "Corvid Coffee", "Dunmore Homes", "Elm & Ash", "Fenwick Motors")


def ago(days: int) -> date:
    return NOW.date() - timedelta(days=days)


def list_of(*headers: str, **columns: Sequence[Scalar]) -> list[list[Scalar]]:
    """A header row and a row a client; each column is given in the headers' order."""
    return [list(headers), *(list(row) for row in zip(*columns.values(), strict=True))]


def met(**tabs: Any) -> Report:
    """A first run with the config that `init` writes: what is found must be found again from what was written down."""
    workbook = MemoryWorkbook(tabs)
    found = propose(workbook.read(), {}, How(NOW))
    config = Config(tables=table_maps(found)[0])
    report = sync.plan(workbook, config, sync.load(config), NOW)
    again = {name: dict(table.match.columns) for name, table in found.tables.items()}
    assert {n: set(t.columns) for n, t in report.tables.by_name.items() if t.present} == {
        n: set(columns) - ({"status"} if report.tables.derived else set()) for n, columns in again.items()
    }
    return report


def headers(report: Report, table: str = "clients") -> dict[str, str]:
    return {name: found.header for name, found in report.tables[table].columns.items()}


def levels(report: Report) -> dict[str, str]:
    clients = report.assessment.clients
    return dict(zip(clients["client"], clients["health"], strict=True))


def said(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


CONTACTS = (ago(3), ago(12), ago(35), ago(70), ago(20), ago(40))
EXPORTS: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, str]]] = {
    "HubSpot": (
        "hubspot-crm-exports-all-compani",
        {
            "Record ID": (1, 2, 3, 4, 5, 6),
            "Company name": NAMES,
            "Company owner": ("Priya", "Tom") * 3,
            "Annual Revenue": (5e6,) * 6,
            "Lifecycle Stage": ("Customer", "Customer", "Evangelist", "Customer", "Lead", "Marketing Qualified Lead"),
            "Next Activity Date": (date(2026, 12, 1),) * 6,
            "Last Contacted": CONTACTS,
        },
        {
            "client": "Company name",
            "owner": "Company owner",
            "status": "Lifecycle Stage",
            "last_contact": "Last Contacted",
        },
    ),
    "Salesforce": (
        "report1732345678901",
        {
            "Account ID": tuple("ABCDEF"),
            "Account Name": NAMES,
            "Type": ("Customer - Direct", "Prospect") * 3,
            "MRR__c": (100,) * 6,
            "Last Activity": CONTACTS,
        },
        {
            "client_id": "Account ID",
            "client": "Account Name",
            "monthly_fee": "MRR__c",
            "last_contact": "Last Activity",
        },
    ),
    "Pipedrive": (
        "organizations",
        {
            "Organization - Name": NAMES,
            "Organization - Owner": ("Priya", "Tom") * 3,
            "Organization - Last activity date": CONTACTS,
            "Organization - Next activity date": (date(2026, 12, 1),) * 6,
        },
        {
            "client": "Organization - Name",
            "owner": "Organization - Owner",
            "last_contact": "Organization - Last activity date",
        },
    ),
    "Zoho": (
        "Accounts",
        {
            "Account Owner": ("Priya", "Tom") * 3,
            "Account Owner Id": ("z1", "z2") * 3,
            "Account Name": NAMES,
            "Account Type": ("Customer", "Partner") * 3,
            "Last Activity Time": [f"{day.isoformat()} 14:02:11" for day in CONTACTS],
        },
        {"owner": "Account Owner", "client": "Account Name", "last_contact": "Last Activity Time"},
    ),
    "Freshsales": (
        "sales_accounts",
        {
            "name": NAMES,
            "sales_account_owner": ("Priya", "Tom") * 3,
            "created_at": ("2024-05-01T09:00:00Z",) * 6,
            "last_contacted": [f"{day.isoformat()}T15:30:00+00:00" for day in CONTACTS],
            "open_deals_amount": (200,) * 6,
        },
        {
            "client": "name",
            "owner": "sales_account_owner",
            "start_date": "created_at",
            "last_contact": "last_contacted",
        },
    ),
    "a database": (
        "customers",
        {
            "customer_name": NAMES,
            "last_login": (ago(1),) * 6,
            "last_contacted_at": [f"{day.isoformat()} 10:00:00" for day in CONTACTS],
            "nps_score": (9,) * 6,
        },
        {"client": "customer_name", "last_contact": "last_contacted_at"},
    ),
    "French": (
        "Suivi clients",
        {
            "Raison sociale": NAMES,
            "Échéance du contrat": (date(2027, 6, 1),) * 6,
            "Montant mensuel HT": (800,) * 6,
            "Dernier échange": CONTACTS,
            "Prochaine relance": (date(2026, 12, 1),) * 6,
        },
        {
            "client": "Raison sociale",
            "renewal_date": "Échéance du contrat",
            "monthly_fee": "Montant mensuel HT",
            "last_contact": "Dernier échange",
        },
    ),
    "Spanish": (
        "Clientes",
        {
            "Razón social": NAMES,
            "Comercial": ("Marta",) * 6,
            "Fecha de alta": (ago(500),) * 6,
            "Último contacto": CONTACTS,
            "Próximo contacto": (date(2026, 12, 1),) * 6,
        },
        {
            "client": "Razón social",
            "owner": "Comercial",
            "start_date": "Fecha de alta",
            "last_contact": "Último contacto",
        },
    ),
    "emoji": (
        "🚀 Clients",
        {
            "🏢 Client": NAMES,
            "📅 Last contact": CONTACTS,
            "✅ Status": ("🟢 Active", "🔴 Churned", "🟡 Paused") * 2,
        },
        {"client": "🏢 Client", "last_contact": "📅 Last contact", "status": "✅ Status"},
    ),
    "members": (
        "Members",
        {"Member Name": NAMES, "Tier": ("Gold",) * 6, "Points Balance": (10,) * 6, "Last Visit": CONTACTS},
        {"client": "Member Name", "tier": "Tier", "last_contact": "Last Visit"},
    ),
}


@pytest.mark.parametrize("kind", EXPORTS)
def test_exports_are_understood_and_nothing_is_misread(kind: str) -> None:
    title, columns, expected = EXPORTS[kind]
    report = met(**{title: list_of(*columns, **{f"c{i}": column for i, column in enumerate(columns.values())})})
    assert headers(report) == expected
    assert said(report) == []
    found = levels(report)
    assert list(found) == list(NAMES)
    assert found["Aldgate Legal"] == "● Healthy"
    assert found["Dunmore Homes"] in ("✖ At risk", "● Healthy" if kind == "emoji" else "✖ At risk")


def test_a_header_in_two_lines_is_read_as_one() -> None:
    rows: list[list[Any]] = [
        ["Client", "Account", "Last", "Monthly"],
        ["name", "manager", "contact", "fee"],
        *([name, "Priya", day, 500] for name, day in zip(NAMES, CONTACTS, strict=True)),
    ]
    report = met(Clients=rows)
    assert headers(report) == {"client": "name", "owner": "manager", "last_contact": "contact", "monthly_fee": "fee"}


def test_a_column_of_dates_is_nobodys_name() -> None:
    assert headers(met(Clients=[["Client", "Contact"], ["Aldgate", ago(3)], ["Brook", ago(9)]])) == {"client": "Client"}


def test_a_count_of_clients_is_no_list_of_them() -> None:
    report = met(
        **{
            "01 Master data": [["Client name", "Owner", "Industry"], ["Aldgate", "Priya", "Law"]],
            "02 Portfolio risk": [["Risk tier", "# Clients", "Number of clients"], ["High", 41, 2], ["Low", 720, 3]],
        }
    )
    assert report.tables["clients"].tab == "01 Master data"


def test_past_clients_are_not_the_clients() -> None:
    rows: list[list[Any]] = [["Client", "Last contact"], ["Aldgate", ago(3)]]
    report = met(**{"Past clients": rows, "Current clients": rows})
    assert report.tables["clients"].tab == "Current clients"
    assert "“Past clients” is not read: Clients are read from “Current clients”." in report.tables.notes


@pytest.mark.parametrize(
    ("below", "note"),
    [
        ([["Total", None, 3000], ["Prices without tax"]], "row 8 looks like a totals row and is left out"),
        ([["Total clients: 6", None, "3.000,00 €"]], "row 8 looks like a totals row and is left out"),
        ([[None, None, 3000]], "row 8 looks like a totals row and is left out"),
        ([[], ["* fees without tax"], ["Ask Priya"]], "row 9 and below are notes, and are left out"),
    ],
)
def test_what_stands_below_the_clients_is_no_client(below: list[list[Any]], note: str) -> None:
    rows: list[list[Any]] = [["Client", "Last contact", "Fee"], *([name, ago(3), 500] for name in NAMES), *below]
    report = met(Clients=rows)
    assert list(levels(report)) == list(NAMES)
    assert f"“Clients” {note}." in report.tables.notes
    assert said(report) == []


def test_a_new_client_under_a_blank_row_is_one() -> None:
    rows: list[list[Any]] = [
        ["Client", "Last contact"],
        *([name, ago(3)] for name in NAMES),
        [],
        ["Total Care"],
        ["Kestrel Logistics"],
    ]
    assert list(levels(met(Clients=rows)))[-2:] == ["Total Care", "Kestrel Logistics"]


def test_headings_between_blocks_are_no_clients() -> None:
    rows: list[list[Any]] = [
        ["Client", "Last contact"],
        ["PRIYA"],
        *([name, ago(3)] for name in NAMES[:3]),
        [],
        ["TOM"],
    ]
    rows += [[name, ago(3)] for name in NAMES[3:]]
    report = met(Clients=rows)
    assert list(levels(report)) == list(NAMES)
    assert "“Clients” rows 2, 7 are headings between blocks of rows, and are left out." in report.tables.notes


def test_a_board_with_a_second_group_is_read_to_its_title() -> None:
    head = ["Name", "Subitems", "Person", "Budget", "Last check-in"]
    rows: list[list[Any]] = [
        head,
        ["Aldgate", None, "Ann", 1, ago(3)],
        [],
        ["Paused accounts"],
        head,
        ["Brook", None, "Ann", 1, ago(3)],
    ]
    report = met(**{"client board": rows})
    assert list(levels(report)) == ["Aldgate"]
    assert any("second table from row 4 on" in note for note in report.tables.notes)


def test_one_column_proves_the_order_of_dates_for_those_beside() -> None:
    rows: list[list[Any]] = [["Client", "Start date", "Last contact"], ["Aldgate", "01/02/2024", "13/11/2026"]]
    rows += [["Brook", "01/03/2024", "02/11/2026"]]
    frame = met(Clients=rows).tables["clients"].frame
    assert list(frame["start_date"]) == [datetime(2024, 2, 1), datetime(2024, 3, 1)]


def test_dots_are_the_day_first_and_slashes_alone_are_not_read() -> None:
    dotted = met(Kunden=[["Kunde", "Vertragsbeginn"], ["Aldgate", "01.02.2024"]])
    assert list(dotted.tables["clients"].frame["start_date"]) == [datetime(2024, 2, 1)]
    slashes = met(Clients=[["Client", "Start date"], ["Aldgate", "01/02/2024"]])
    assert "can be read in two ways" in said(slashes)[0]


def test_words_that_are_no_clients_status_leave_the_column_alone() -> None:
    report = met(KYC=[["Client", "Status"], ["Aldgate", "Compliant"], ["Brook", "Overdue"]])
    assert headers(report) == {"client": "Client"}
    assert said(report) == []


def test_a_log_under_another_name_is_found() -> None:
    accounts: list[list[Any]] = [["Account", "Owner"], *([name, "Priya"] for name in NAMES)]
    comms: list[list[Any]] = [["When", "Account", "How", "Who", "What was said"]]
    comms += [[day, name, "WhatsApp call", "Tom", "hello"] for name, day in zip(NAMES, CONTACTS, strict=True)]
    comms[1][2], comms[2][2], comms[3][2], comms[4][2], comms[5][2], comms[6][2] = (
        "Phone",
        "Zoom",
        "Phone",
        "WhatsApp",
        "LinkedIn",
        "Phone",
    )
    report = met(Accounts=accounts, Comms=comms)
    assert headers(report, "interactions") == {
        "date": "When",
        "client": "Account",
        "type": "How",
        "by": "Who",
        "summary": "What was said",
    }
    assert said(report) == []


def test_meeting_notes_need_no_type() -> None:
    report = met(
        **{"Client list": [["Client name"], ["Aldgate"]]},
        **{"Meeting notes": [["Date", "Client name", "Notes"], [ago(3), "Aldgate", "fine"]]},
    )
    assert report.tables["interactions"].tab == "Meeting notes"
    assert levels(report) == {"Aldgate": "● Healthy"}


def test_a_matters_status_is_not_the_clients() -> None:
    rows: list[list[Any]] = [["Matter", "Client", "Status", "Last contact with client"]]
    rows += [[f"M{i}", NAMES[i % 3], "Done" if i else "Opened", ago(3 + i)] for i in range(6)]
    report = met(Matters=rows)
    assert set(levels(report).values()) == {"● Healthy"}
    assert said(report) == []


def test_the_expiry_of_documents_is_no_renewal() -> None:
    rows: list[list[Any]] = [["Client", "Expiry date"], *([NAMES[i % 3], date(2026, 12, 1 + i)] for i in range(12))]
    report = met(Documents=[*rows, ["One paper only", date(2026, 12, 24)]])
    assert report.tables["clients"].frame["renewal_date"].isna().all()


def test_a_whole_contracts_sum_is_no_monthly_fee() -> None:
    report = met(Clients=[["Client", "Contract value"], ["Aldgate", 12000]])
    assert report.tables["clients"].frame["monthly_fee"].isna().all()
    assert any("needs a column “Term months”" in note for note in report.tables.notes)


def test_first_and_last_names_apart_are_not_taken_for_the_client() -> None:
    with pytest.raises(Refused) as refused:
        met(Clients=[["Name", "Surname", "Last session"], ["Ann", "Lee", ago(3)], ["Ann", "Roe", ago(4)]])
    assert "First and last name stand in two columns" in " ".join(refused.value.details)


def test_clients_with_nothing_but_doubted_reasons_are_all_held_back() -> None:
    names = [f"Client {i:02}" for i in range(12)]
    issues: list[list[Any]] = [["Company", "Subject", "Created", "Resolved"]]
    issues += [
        [name, "Printer", datetime(2026, 11, day, 9, 15), datetime(2026, 11, day, 12)]
        for name in names
        for day in (9, 10)
    ]
    report = met(Customers=[["Customer", "Last contact"], *([name, ago(45)] for name in names)], Tickets=issues)
    assert set(levels(report).values()) == {"– Unknown"}
    assert set(report.assessment.held) == {"complaints", "silence"}


def test_the_first_run_tells_the_truth_about_what_is_unknown() -> None:
    rows: list[list[Any]] = [
        ["Client", "Start date", "Last contact"],
        *([name, ago(900), f"0{i}/0{i + 1}/2026"] for i, name in enumerate(NAMES, start=1)),
    ]
    lines = run_lines(met(Clients=rows), 0)
    assert "Can be judged: 0. Unknown: 6 (6 unreadable dates: see Data Check)." in lines
    assert "1 thing to mend: see Data Check, or sheets-sync check." in lines
    assert not any("old copy" in line for line in lines)


def test_a_tab_can_be_named_where_two_look_alike(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    for title in ("UK", "US"):
        sheet = book.create_sheet(title)
        for row in (["Client", "Last contact"], [f"{title} client", datetime(2026, 11, 20)]):
            sheet.append(row)
    book.save(tmp_path / "both.xlsx")
    assert guarded(root, ["init", str(tmp_path / "both.xlsx"), "--yes"]) == 3
    assert '--map clients.tab="UK"' in capsys.readouterr().err
    assert guarded(root, ["init", str(tmp_path / "both.xlsx"), "--yes", "--map", "clients.tab=US"]) == 0
    assert "Clients: tab “US”" in capsys.readouterr().out


def test_many_doubled_names_are_one_thing_to_mend() -> None:
    names = [f"Client {i:02}" for i in range(30)]
    report = met(Clients=[["Client", "Last contact"], *([name, ago(3)] for name in [*names, *names[:5]])])
    assert len(said(report)) == 1
    assert '5 clients stand in several rows, and none of those gets a status: "Client 00" stands' in said(report)[0]
    assert len(levels(report)) == 25
