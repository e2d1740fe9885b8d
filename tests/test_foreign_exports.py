"""Trackers that nobody here made: what the CRMs export, and hand-made ones by the hundred. `init --yes` and `run` go
without hand work on most; where not, the sentence says what to say. `python -m tests.test_foreign_exports` prints the
shares."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sheets_sync import sync
from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.model import NOT_CALCULATED, CellError, Scalar
from sheets_sync.tracker.read import read_tables
from sheets_sync.workbooks.memory import MemoryWorkbook
from tests.catalogue import NOW

NAMES = ("Aldgate Legal", "Brightwater Dental", "Corvid Coffee", "Dunmore Homes", "Elm & Ash", "Fenwick Motors")
PLAYBOOK = sync.load(Config())
SIZE = float(os.environ.get("SHEETS_CAMPAIGN", "1"))


def ago(days: int) -> date:
    return NOW.date() - timedelta(days=days)


DAYS = [ago(n) for n in (3, 12, 35, 70, 20, 40)]
US = [f"{day:%m/%d/%Y}" for day in DAYS]
ISO = [f"{day.isoformat()} 14:02" for day in DAYS]
LONG = [f"{day:%B} {day.day}, {day.year}" for day in DAYS]


def table(columns: Mapping[str, Any]) -> list[list[Scalar]]:
    """A header row and six rows; a column that is one value has it in every row."""
    filled = [column if isinstance(column, (list, tuple)) else [column] * 6 for column in columns.values()]
    return [list(columns), *map(list, zip(*filled, strict=True))]


# What each product heads its export with; an owner is wanted, and a last contact or a log.
PRODUCTS: Mapping[str, dict[str, list[list[Scalar]]]] = {
    "HubSpot companies": {"hubspot-crm-exports-all-companies": table({
        "Record ID": [str(9_000_000_000 + i) for i in range(6)], "Company name": NAMES, "Company owner": "Priya Shah",
        "Create Date": ISO, "Phone Number": "+44 20 7946 0018", "Last Activity Date": ISO, "City": "London",
        "Country/Region": "United Kingdom", "Industry": "LEGAL_SERVICES", "Lifecycle Stage": "Customer",
    })},
    "HubSpot deals": {"hubspot-crm-exports-all-deals": table({
        "Record ID": [str(i) for i in range(6)], "Deal Name": [f"{name} 2026" for name in NAMES],
        "Deal Stage": "Closed Won", "Close Date": ISO, "Deal owner": "Priya Shah", "Amount": 1200,
        "Associated Company": NAMES, "Last Activity Date": ISO,
    })},
    "Salesforce report": {"report1732345678901": table({
        "Account Name": NAMES, "Account Owner": "Priya Shah", "Type": "Customer - Direct",
        "Billing State/Province": "NY",
        "Last Activity": US, "Last Modified Date": US, "Rating": "Hot",
    })},
    "Salesforce objects": {
        "Account": table({
            "Id": [f"001Q{i:011}" for i in range(6)], "Name": NAMES, "OwnerId": ["005A", "005B"] * 3,
            "Type": "Customer",
            "AnnualRevenue": 5_000_000, "LastActivityDate": [day.isoformat() for day in DAYS], "IsDeleted": "false",
        }),
        "User": [["Id", "Name", "Email"], ["005A", "Priya Shah", "p@x.org"], ["005B", "Tom Reid", "t@x.org"]],
    },
    "Pipedrive organizations": {"organizations": table({
        "Organization - ID": list(range(1, 7)), "Organization - Name": NAMES, "Organization - Owner": "Priya Shah",
        "Organization - Label": "Customer", "Organization - Last activity date": [day.isoformat() for day in DAYS],
        "Organization - Next activity date": "", "Organization - Organization created": ISO,
    })},
    "Pipedrive deals": {"deals": table({
        "Deal - Title": [f"{name} deal" for name in NAMES], "Deal - Organization": NAMES, "Deal - Owner": "Priya Shah",
        "Deal - Value": 1200, "Deal - Status": "Won", "Deal - Last activity date": [day.isoformat() for day in DAYS],
    })},
    "Zoho accounts": {"Accounts": table({
        "Record Id": [f"zcrm_{i}" for i in range(6)], "Account Owner": "Priya Shah", "Account Owner Id": "zcrm_77",
        "Account Name": NAMES, "Account Type": "Customer", "Last Activity Time": ISO, "Created Time": ISO,
        "Rating": "Active",
    })},
    "Monday board": {"Client management": [
        ["Client management"], [],
        ["Active clients"],
        ["Name", "Subitems", "Account manager", "Status", "Last contact", "Monthly fee", "Item ID (auto generated)"],
        *([name, None, "Priya Shah", "Working on it", day, 1200, 5_000_000_000 + i]
          for i, (name, day) in enumerate(zip(NAMES, DAYS, strict=True))),
    ]},
    "Airtable grid": {"Clients-Grid view": table({
        "Client name": NAMES, "Account manager": "Priya Shah", "Status": "Active", "MRR": "$1,200.00",
        "Last contacted": [f"{day.month}/{day.day}/{day.year}" for day in DAYS], "Projects": "SEO", "Notes": "x",
    })},
    "Notion database": {"Clients 2f1c9a": table({
        "Name": NAMES, "Owner": "Priya Shah", "Status": "Active", "Last Contact": LONG, "Tags": "vip, legal",
        "Created time": [f"{text} 9:02 AM" for text in LONG],
    })},
    "ClickUp list": {"Tasks": table({
        "Task ID": [f"86c{i}" for i in range(6)], "Task Name": NAMES, "Assignee": "[Priya Shah]",
        "Status": "in progress",
        "Due Date": ISO, "Date Updated": ISO, "Space Name": "Clients", "Priority": "high",
    })},
    "Freshsales": {"sales_accounts": table({
        "id": list(range(6)), "name": NAMES, "sales_account_owner": "Priya Shah", "last_contacted": ISO,
        "created_at": ISO,
    })},
    "Copper": {"companies": table({
        "Copper ID": list(range(6)), "Name": NAMES, "Owned By": "Priya Shah", "Last Contacted": US,
        "Contact Type": "Current Customer",
    })},
    "Excel in German": {"Kundenliste": table({
        "Firma": NAMES, "Betreuer": "Anna", "Kunde seit": [f"{day:%d.%m.%Y}" for day in DAYS],
        "Letzter Kontakt": [f"{day:%d.%m.%Y}" for day in DAYS], "Honorar/Monat": "1.200,00 €",
    })},
    "accounts and a log": {
        "Accounts": table({"Account": NAMES, "AM": "Priya"}),
        "Comms 2026": table({"When": DAYS, "Who": NAMES, "How": ["Phone", "Zoom"] * 3, "Account": NAMES, "Notes": "x"}),
    },
}  # fmt: skip


def saved(path: Path, tabs: Mapping[str, Sequence[Sequence[Scalar]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for title, rows in tabs.items():
            sheet = book.add_worksheet(title[:31])
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(i, j, datetime(cell.year, cell.month, cell.day), day)
                    elif isinstance(cell, str):
                        sheet.write_string(i, j, cell)
                    elif cell is not None:
                        sheet.write(i, j, cell)
    return path


def adopted(product: str, folder: Path) -> tuple[int, int]:
    """Exit codes of `init --yes` and `run` on a product's export."""
    path = str(saved(folder / "tracker.xlsx", PRODUCTS[product]))
    first = guarded(root, ["init", path, "--yes", "--as-of", "2026-11-23"])
    return first, guarded(root, ["run", path, "--as-of", "2026-11-23"]) if first == 0 else first


@pytest.mark.parametrize("product", PRODUCTS)
def test_what_a_product_exports_runs_without_hand_work(
    product: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = adopted(product, tmp_path)
    told = capsys.readouterr()
    assert "Traceback" not in told.err
    if product == "ClickUp list":
        assert codes == (3, 3)
        assert "“Task Name”" in told.err
        assert "--map clients.client=" in told.err
        return
    assert codes == (0, 0), told.err
    tables = read_tables(MemoryWorkbook(PRODUCTS[product]).read(), Config(), NOW)
    assert tables["clients"].frame["client"].tolist() == list(NAMES)
    assert tables["clients"].frame["owner"].notna().all()
    assert tables["clients"].has("last_contact") or tables["interactions"].present
    assert not [problem for problem in tables.problems if problem.ref.header != "Status"]


def test_an_answer_by_flag_settles_what_was_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(saved(tmp_path / "t.xlsx", PRODUCTS["ClickUp list"]))
    assert guarded(root, ["init", path, "--yes", "--map", "clients.client=Task Name"]) == 0
    assert guarded(root, ["run", path, "--as-of", "2026-11-23"]) == 0
    assert "6 clients" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("clients.owner=Acount Owner", 'no column is headed “Acount Owner”; did you mean "Account Owner"?'),
        ("clients.tab=Nowhere", "no tab is called “Nowhere”"),
        ("interactions.date=Last Activity", "no tab was taken for interactions"),
        ("clients.ownr=Account Owner", "did you mean"),
        ("customers.owner=Account Owner", "no table is called “customers”"),
    ],
)
def test_a_flag_that_names_nothing_says_so(
    flag: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(saved(tmp_path / "t.xlsx", PRODUCTS["Salesforce report"]))
    assert guarded(root, ["init", path, "--yes", "--map", flag]) == 2
    assert words in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["t.xlsx"]


def test_owner_ids_are_joined_from_the_tab_of_people() -> None:
    tables = read_tables(MemoryWorkbook(PRODUCTS["Salesforce objects"]).read(), Config(), NOW)
    assert tables["clients"].frame["owner"].tolist() == ["Priya Shah", "Tom Reid"] * 3
    assert "“OwnerId” in “Account” holds ids: the names come from “User” (by “Id”)." in tables.notes


def test_owner_ids_that_nobody_explains_are_a_question() -> None:
    alone = {"Account": PRODUCTS["Salesforce objects"]["Account"]}
    notes = read_tables(MemoryWorkbook(alone).read(), Config(), NOW).notes
    assert any("“OwnerId” in “Account” holds ids, and no tab says whose they are" in note for note in notes)


def test_check_says_how_well_it_is_understood(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(saved(tmp_path / "t.xlsx", PRODUCTS["Salesforce report"]))
    guarded(root, ["check", path, "--as-of", "2026-11-23"])
    told = capsys.readouterr().out
    assert "How well it is understood\n   57% report1732345678901: 4 of 7 headers" in told
    assert "One thing to add next: " in told


# ── Hand-made ones, by chance ────────────────────────────────────────────────────────────────────────────────────────

HEADS: Mapping[str, Sequence[str]] = {
    "client": (
        "Client",
        "client_name",
        "CustomerName",
        "ACCOUNT",
        "Company ",
        "Kunde",
        "Cliente",
        "Klant",
        "Nazwa klienta",
    ),
    "owner": ("Owner", "account_manager", "AccountOwner", "CSM", "Betreuer", "Responsable", "Opiekun", "Ansvarig"),
    "status": ("Status", "account_status", "ClientStatus", "Kundenstatus", "Statut"),
    "renewal_date": ("Renewal date", "renewal", "ContractEnd", "Vertragsende", "Fecha de renovación", "Verlengdatum"),
    "monthly_fee": ("Monthly fee", "MRR", "monthly_retainer", "Monatshonorar", "Cuota mensual", "Canone mensile"),
    "last_contact": ("Last contact", "last_contacted", "LastContactDate", "Letzter Kontakt", "Último contacto"),
}
DATES: Sequence[Callable[[date], Scalar]] = (
    lambda day: day,
    lambda day: day.isoformat(),
    lambda day: f"{day:%d.%m.%Y}",
    lambda day: f"{day.day} {day:%b} {day.year}",
)
MONEY: Sequence[Callable[[float], Scalar]] = (lambda fee: fee, lambda fee: f"£{fee:,.2f}", lambda fee: f"{fee:.0f} EUR")
ABOVE: Sequence[list[list[Scalar]]] = ([], [["Client tracker 2026"]], [["Our clients"], [], ["Updated by", "Ann"], []])


def handmade(seed: int) -> tuple[dict[str, list[list[Scalar]]], dict[str, str]]:
    """A tracker drawn by chance, and which header is which column."""
    draw = random.Random(seed)
    wanted = ["client", *draw.sample([name for name in HEADS if name != "client"], draw.randint(2, 5))]
    draw.shuffle(wanted)
    spelt = {name: draw.choice(HEADS[name]) for name in wanted}
    if draw.random() < 0.3:
        spelt = {name: f" {header}\n" for name, header in spelt.items()}
    dated, money = draw.choice(DATES), draw.choice(MONEY)
    rows: list[list[Scalar]] = []
    for i, name in enumerate(draw.sample(NAMES, len(NAMES))):
        cells: dict[str, Scalar] = {
            "client": name,
            "owner": draw.choice(["Priya", "Tom"]),
            "status": draw.choice(["Active", "active", "On hold", "Aktiv"]),
            "renewal_date": dated(ago(-30 * i - 13)),
            "monthly_fee": money(500.0 + 250 * i),
            "last_contact": dated(ago(7 * i + 2)),
        }
        rows.append([cells[column] for column in wanted])
    extra = draw.choice(["Notes", "Phone", "Ref"])
    lines = [[*(spelt[name] for name in wanted), extra], *([*row, "x"] for row in rows)]
    if draw.random() < 0.3:
        lines += [[], ["Total" if name == "client" else None for name in wanted]]
    title = draw.choice(["Clients", "Sheet1", "Tabelle1", "Kunden", "Portfolio", "Tracker 2026"])
    return {title: [*draw.choice(ABOVE), *lines]}, {name: header.strip() for name, header in spelt.items()}


def understood_of(count: int) -> tuple[int, list[str]]:
    """How many of `count` hand-made trackers are understood whole: every column, every row, no problem."""
    whole, wrong = 0, []
    for seed in range(count):
        tabs, expected = handmade(seed)
        try:
            tables = read_tables(MemoryWorkbook(tabs).read(), Config(), NOW)
        except Refused as refusal:
            wrong.append(f"{seed}: {refusal} {tabs}")
            continue
        found = {name: column.header for name, column in tables["clients"].columns.items()}
        taken = {name: header for name, header in found.items() if expected.get(name) != header}
        assert not taken or set(taken) <= {"client_id"}, (seed, taken)
        if found == expected and len(tables["clients"].frame) == len(NAMES) and not tables.problems:
            whole += 1
        else:
            wrong.append(f"{seed}: {found} for {expected}: {[str(p) for p in tables.problems]}")
    return whole, wrong


def test_nine_in_ten_hand_made_trackers_are_understood_whole_and_none_wrongly() -> None:
    count = 60
    whole, wrong = understood_of(count)
    assert whole >= 0.9 * count, wrong


# ── Anything at all ──────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = st.sampled_from([
    *(word for words in HEADS.values() for word in words), "Date", "Type", "Project", "Month", "Amount", "Score",
    "Sent on",
    "Raised at", "Total", "", "-", "ID", "Name", "Email", "Purpose", "Given on", "Task", "R", "Kind", "Rating: Speed",
])  # fmt: skip
CELLS = st.one_of(
    WORDS,
    st.none(),
    st.text(max_size=8),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.sampled_from(
        [CellError("#N/A"), NOT_CALCULATED, "31/12/2026", "01/02/26", "£1,200", "15%", "Acme", "=1+1", "\ud800"]
    ),
)
GRIDS = st.dictionaries(
    st.sampled_from(
        ["Clients", "Interactions", "Projects", "Issues", "Surveys", "Revenue", "Signals", "Users", "Sheet1"]
    ),
    st.lists(st.lists(st.one_of(WORDS, CELLS), max_size=8), max_size=9),
    min_size=1,
    max_size=4,
)


def survives(tabs: dict[str, list[list[Scalar]]]) -> None:
    workbook = MemoryWorkbook(tabs)
    try:
        report = sync.plan(workbook, Config(), PLAYBOOK, NOW)
    except Refused:
        return
    assert all(problem.ref.tab or problem.message for problem in report.problems)
    keys = list(report.tables["clients"].frame.index)
    assert len(keys) == len(set(keys))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(GRIDS)
def test_no_grid_can_make_a_run_fail(tabs: dict[str, list[list[Scalar]]]) -> None:
    survives(tabs)


@pytest.mark.campaign
@settings(max_examples=max(1, int(3_000 * SIZE)), deadline=None, suppress_health_check=list(HealthCheck))
@given(GRIDS)
def test_thousands_of_grids(tabs: dict[str, list[list[Scalar]]]) -> None:
    survives(tabs)


if __name__ == "__main__":
    whole, _ = understood_of(1_000)
    print(f"{whole} of 1,000 hand-made trackers understood whole")
