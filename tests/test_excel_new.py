"""New trackers: what a person finds in them, and that the same input is the same file."""

from __future__ import annotations

import io
from datetime import date, datetime

from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from sheets_sync.model import CellError
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.rows import sheet_data
from sheets_sync.workbooks.plain import plain, serial
from sheets_sync.workbooks.template import NewColumn, NewTab

CLIENTS = NewTab(
    "Clients",
    (
        NewColumn("Client", width=24, note="The name that everybody uses."),
        NewColumn("Status", "choice", 12, choices=("active", "paused")),
        NewColumn("Start date", "date", 12),
        NewColumn("Monthly fee", "money", 12),
        NewColumn("Consumer", "yes_no", 10),
    ),
    (("Aldgate", "active", date(2025, 1, 10), 1200.5, "no"), ("=1+1", None, None, 0, None)),
)
EMPTY = NewTab("2nd log & more", (NewColumn("Date", "moment"), NewColumn("Type", "choice", choices=("a, b", "c"))))


def opened(*tabs: NewTab) -> Workbook:
    return load_workbook(io.BytesIO(new_workbook(tabs)))


def test_the_rows_are_what_was_given() -> None:
    grid = CalamineWorkbook.from_filelike(io.BytesIO(new_workbook([CLIENTS]))).get_sheet_by_name("Clients").to_python()
    assert grid[0] == ["Client", "Status", "Start date", "Monthly fee", "Consumer"]
    assert grid[1] == ["Aldgate", "active", date(2025, 1, 10), 1200.5, "no"]
    assert grid[2] == ["=1+1", "", "", 0.0, ""]
    assert opened(CLIENTS)["Clients"]["A3"].data_type == "s"


def test_each_tab_is_a_table_with_a_filter_and_a_frozen_header() -> None:
    workbook = opened(CLIENTS, EMPTY)
    tables = {table.name: table for sheet in workbook for table in sheet.tables.values()}
    assert {name: table.ref for name, table in tables.items()} == {
        "Clients_table": "A1:E3",
        "_2nd_log___more_table": "A1:B2",
    }
    assert all(table.autoFilter.ref == table.ref for table in tables.values())
    assert tables["Clients_table"].column_names == ["Client", "Status", "Start date", "Monthly fee", "Consumer"]
    assert [sheet.freeze_panes for sheet in workbook if sheet.sheet_state == "visible"] == ["B2", "B2"]
    assert workbook["Clients"].print_title_rows == "$1:$1"


def test_what_may_be_typed_and_what_is_shown() -> None:
    sheet = opened(CLIENTS)["Clients"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["A1"].prompt == "The name that everybody uses."
    assert rules["B2:B2002"].formula1 == '"active,paused"'
    assert rules["C2:C2002"].type == "date"
    assert rules["E2:E2002"].formula1 == '"yes,no"'
    assert [sheet[place].number_format for place in ("C2", "D2")] == ["d mmm yyyy", "#,##0"]
    assert sheet.column_dimensions["C"].number_format == "d mmm yyyy"
    assert round(sheet.column_dimensions["A"].width) == 25
    assert {(sheet[place].alignment.horizontal, sheet[place].alignment.indent) for place in ("D1", "D2")} == {
        ("right", 2)
    }


def test_it_says_what_wrote_it() -> None:
    package = Package.open(new_workbook([CLIENTS]))
    assert package.read("docProps/app.xml").endswith(b"<Application>sheets-sync</Application></Properties>")


def test_choices_that_no_list_can_hold_stand_in_a_hidden_tab() -> None:
    workbook = opened(CLIENTS, EMPTY)
    assert workbook.sheetnames == ["Clients", "2nd log & more", "_choices"]
    assert workbook["_choices"].sheet_state == "veryHidden"
    assert [cell.value for cell in workbook["_choices"]["A"]] == ["a, b", "c"]
    rule = next(rule for rule in workbook["2nd log & more"].data_validations.dataValidation if rule.type == "list")
    assert rule.formula1 == "_choices!$A$1:$A$2"
    assert opened(CLIENTS).sheetnames == ["Clients"]


def test_the_same_input_is_the_same_file() -> None:
    first = new_workbook([CLIENTS, EMPTY])
    assert new_workbook([CLIENTS, EMPTY]) == first
    core = Package.open(first).read("docProps/core.xml")
    assert b"created" not in core
    assert b"modified" not in core


def test_values_that_no_cell_can_hold() -> None:
    tab = NewTab("Odd", (NewColumn("a"),), ((CellError("#N/A"),), ("a\ud800\x00b",), ("x" * 40_000,), (float("nan"),)))
    sheet = opened(tab)["Odd"]
    assert sheet["A3"].value == "a��b"
    assert len(sheet["A4"].value) == 32_767
    assert sheet["A4"].value.endswith("…")
    assert sheet["A5"].value is None


def test_serials() -> None:
    assert serial(date(2026, 11, 23)) == 46349
    assert serial(date(2026, 11, 23), date1904=True) == 46349 - 1462
    assert serial(datetime(2026, 11, 23, 10, 30)) == 46349.4375
    assert plain("a\r\nb\rc") == "a\nb\nc"


def test_text_that_looks_like_an_escape_stays_itself() -> None:
    rows = sheet_data([(1, 1, "_x0041_ <&>", 0)], {})
    assert b"_x005F_x0041_ &lt;&amp;&gt;</t>" in rows
