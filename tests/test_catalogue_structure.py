"""The catalogue of bad inputs, B: how a tracker is laid out, each with its outcome and cell.

49 is OK without the warning that the catalogue wants: a blank that nobody sees is nothing to mend. 47 needs no config.
Proven elsewhere, and not again here:

| no. | where |
|---|---|
| 60 filtered rows | test_excel_columns.py (feature "filter"): every row gets its status |
| 61 a hidden column | test_excel_columns.py (features "hidden_right", "hidden_tail") |
| 63 Excel tables keep their reference | test_excel_columns.py::test_columns_stand_inside_the_excel_table |
| 64 a coloured empty cell far below | test_excel_read.py::test_trailing_formatted_blanks_are_no_rows |
| 67 a tab of ours edited by hand | test_diff_laws.py::test_what_a_person_types_over_is_put_back, test_journal.py |
| 68 a tab or column of theirs with our name | test_render.py::test_a_name_that_the_team_uses_gets_a_suffix |
| 71, 72 charts, panes, print areas, names | test_excel_columns.py, test_excel_graft.py: second reader, every part |
| 54 their extra columns, to the byte | test_excel_columns.py::test_columns_come_and_go_without_a_trace |
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.model import Scalar
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.tablemap import TableMap
from sheets_sync.workbooks import open_workbook
from tests.catalogue import NOW, cells, column, headers, met, read, said, status

DAY = date(2026, 11, 2)


def on_disk(path: Path, build: object) -> str:
    """A workbook that `build` fills, as a file's location."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        build(book)  # type: ignore[operator]
    path.write_bytes(buffer.getvalue())
    return str(path)


def test_45_a_header_in_row_3_under_a_title() -> None:
    tables = read(["Client tracker 2026"], [], ["Client", "Owner"], ["Aldgate", "Ann"])
    assert (tables["clients"].header_row, column(tables, "client")) == (3, ["Aldgate"])


def test_45_a_header_in_row_50_and_not_in_row_51() -> None:
    above: list[Sequence[Scalar]] = [["Notes", "by Ann"]] * 49
    assert read(*above, ["Client", "Owner"], ["Aldgate", "Ann"])["clients"].header_row == 50
    with pytest.raises(Refused):
        read(*above, ["Notes", "by Tom"], ["Client", "Owner"], ["Aldgate", "Ann"])


def _merged(book: xlsxwriter.Workbook, *, filled: bool) -> None:
    sheet = book.add_worksheet("Clients")
    sheet.merge_range(0, 0, 0, 1, "Client")
    sheet.write(0, 2, "Owner")
    sheet.write_row(1, 0, ["Ann", "Lee" if filled else "", "Priya"])


def test_46_a_key_header_merged_over_two_filled_columns_is_refused(tmp_path: Path) -> None:
    path = on_disk(tmp_path / "t.xlsx", lambda book: _merged(book, filled=True))
    with pytest.raises(Refused, match="A1 and B1"):
        read_tables(open_workbook(path, None).read(), Config(), NOW)


def test_46_a_key_header_merged_over_an_empty_column_names_one(tmp_path: Path) -> None:
    path = on_disk(tmp_path / "t.xlsx", lambda book: _merged(book, filled=False))
    assert column(read_tables(open_workbook(path, None).read(), Config(), NOW), "client") == ["Ann"]


def test_47_a_header_in_two_lines() -> None:
    tables = read(["Client", "Last", "Monthly"], ["name", "contact", "fee"], ["Aldgate", DAY, 500])
    assert headers(tables) == {"client": "name", "last_contact": "contact", "monthly_fee": "fee"}
    assert tables["clients"].header_row == 2


def test_48_the_key_column_twice_is_refused_naming_both_cells() -> None:
    with pytest.raises(Refused, match="A1 and C1"):
        read(["Client", "Owner", "Client"], ["Aldgate", "Ann", "Brook"])


def test_48_another_column_twice_is_not_read_and_said() -> None:
    tables = read(["Client", "Owner", "Owner", "x", "x"], ["Aldgate", "Ann", "Tom", 1, 2])
    assert headers(tables) == {"client": "Client"}
    assert said(tables) == [
        'Clients!B1 "Owner": The header stands twice (B1 and C1), so Owner is not read. Rename one of them.'
    ]


@pytest.mark.parametrize("header", ["Owner ", "\u00a0Owner", "Ow\u200bner", "OWNER", "owner\n", "  Owner  "])
def test_49_blanks_and_case_in_a_header(header: str) -> None:
    tables = read(["Client", header], ["Aldgate", "Ann"])
    assert column(tables, "owner") == ["Ann"]
    assert (said(tables), tables.notes) == ([], ())


def test_50_a_header_in_the_other_unicode_form() -> None:
    assert column(read(["Nom du client", "De\u0301but"], ["Aldgate", DAY]), "start_date")[0].date() == DAY


def test_51_a_renamed_key_column_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused) as refusal:
        read(["Cleint", "Owner"], ["Aldgate", "Ann"])
    assert "“Cleint” comes nearest to it." in refusal.value.details
    assert "“Clients”: “Cleint”, “Owner”." in refusal.value.details


def test_51_a_renamed_column_of_the_config_is_said_with_the_nearest() -> None:
    maps = {"clients": TableMap(columns={"owner": "Responsible"})}
    (problem,) = said(read(["Client", "Responsable"], ["Aldgate", "Ann"], maps=maps))
    assert "Did you mean “Responsable”?" in problem


def test_52_a_column_that_moved() -> None:
    maps = {"clients": TableMap("Clients", 1, {"client": "Client", "owner": "Owner"})}
    assert column(read(["Owner", "x", "Client"], ["Ann", 1, "Aldgate"], maps=maps), "owner") == ["Ann"]


def test_53_no_key_column_is_refused() -> None:
    with pytest.raises(Refused, match="No column that names the clients"):
        read(["Owner", "Status"], ["Ann", "active"])


def test_55_a_blank_row_in_the_middle() -> None:
    assert column(read(["Client"], ["Aldgate"], [], ["Brook"]), "row") == [2, 4]


def test_56_200_blank_rows_and_then_data() -> None:
    tables = read(["Client"], ["Aldgate"], *[[]] * 201, ["Brook"])
    assert column(tables, "client") == ["Aldgate", "Brook"]
    assert tables.notes == ("“Clients” goes on in row 204, after 201 blank rows.",)


@pytest.mark.parametrize("word", ["Total", "TOTALS:", "Grand total", "Summe", "Suma", "Razem", "Totalt", "Totaal"])
def test_57_a_totals_row_is_left_out(word: str) -> None:
    tables = read(["Client", "Owner", "Monthly fee"], ["Aldgate", "Ann", 5], [word, None, 5])
    assert column(tables, "client") == ["Aldgate"]
    assert tables.notes == ("“Clients” row 3 looks like a totals row and is left out.",)
    assert tables.place is not None
    assert tables.place.last_row == 2


def test_58_a_second_table_of_the_same_kind_below_is_not_read() -> None:
    tables = read(["Client", "Owner"], ["Aldgate", "Ann"], [], ["Client", "Owner"], ["Brook", "Tom"])
    assert column(tables, "client") == ["Aldgate"]
    assert tables.notes == ("“Clients” has a second table from row 4 on: only the first one is read.",)


def test_59_rows_of_every_visibility_count(tmp_path: Path) -> None:
    def build(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Clients")
        for row, name in enumerate(["Client", "Aldgate", "Brook", "Corvid"]):
            sheet.write(row, 0, name)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_row(3, None, None, {"level": 1, "hidden": True})
        sheet.set_column(0, 0, None, None, {"hidden": True})

    tables = read_tables(open_workbook(on_disk(tmp_path / "t.xlsx", build), None).read(), Config(), NOW)
    assert column(tables, "client") == ["Aldgate", "Brook", "Corvid"]


def test_65_a_renamed_tab_without_a_config_is_found_by_its_headers() -> None:
    assert read(**{"Our people": [["Client", "Owner"], ["Aldgate", "Ann"]]})["clients"].tab == "Our people"


def test_65_a_tab_of_the_config_that_is_gone_is_refused_with_those_there_are() -> None:
    with pytest.raises(Refused, match=r"“Kunden”.*has these tabs: “Clients”"):
        read(["Client"], ["Aldgate"], maps={"clients": TableMap("Kunden")})


@pytest.mark.parametrize("old", ["Archive", "Clients (old)", "Clients (2)", "Copy of Clients", "Clients backup"])
def test_66_of_two_tabs_the_older_one_loses(old: str) -> None:
    other = [["Client", "Owner"], ["Brook", "Tom"]]
    tables = read(["Client", "Owner"], ["Aldgate", "Ann"], **{old: other})
    assert column(tables, "client") == ["Aldgate"]
    assert tables.notes == (f"“{old}” is not read: Clients are read from “Clients”.",)


def test_66_two_equal_tabs_are_refused_with_the_way_to_say_it() -> None:
    with pytest.raises(Refused) as refusal:
        read(**{"Clients A": [["Client"], ["X"]], "Clients B": [["Client"], ["Y"]]})
    assert "--map clients.tab=" in refusal.value.details[0]


@pytest.mark.parametrize(
    "owner", ["A/B: *?[x]", "History", "x" * 40, "'", "Dashboard"], ids=lambda owner: f"69-{owner}"
)
def test_69_70_owners_never_become_tabs(owner: str) -> None:
    report = met(["Client", "Owner", "Last contact"], ["Aldgate", owner, DAY])
    titles = [tab.title for tab in report.desired.tabs]
    assert owner not in titles or owner == "Dashboard"
    assert all(len(title) <= 31 and not set(title) & set("/:?*[]\\") for title in titles)


def test_62_what_a_run_writes_leaves_hidden_rows_hidden(tmp_path: Path) -> None:
    from sheets_sync import sync

    def build(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Clients")
        for row, line in enumerate([["Client", "Last contact"], ["Aldgate", "2026-11-20"], ["Brook", "2026-11-20"]]):
            sheet.write_row(row, 0, line)
        sheet.set_row(2, None, None, {"hidden": True})

    path = on_disk(tmp_path / "t.xlsx", build)
    workbook = open_workbook(path, None)
    report = sync.plan(workbook, Config(), sync.load(Config()), NOW)
    sync.run(workbook, report)
    sheet = openpyxl.load_workbook(path)["Clients"]
    assert sheet.row_dimensions[3].hidden
    assert [sheet.cell(row, 3).value for row in (2, 3)] == ["● Healthy", "● Healthy"]


def test_header_problems_do_not_stop_a_run() -> None:
    report = met(["Client", "Owner", "Owner", "Last contact"], ["Aldgate", "Ann", "Tom", date(2026, 11, 20)])
    assert cells(report) == ["B1"]
    assert status(report, "Aldgate", "health") == "● Healthy"


STACKED: list[list[Scalar]] = [
    ["Client", "Owner"],
    ["Aldgate", "Ann"],
    ["Brook", "Tom"],
    [],
    ["What we said"],
    ["Date", "Client", "Type"],
    [DAY, "Aldgate", "call"],
]


def test_58_a_second_table_of_another_kind_below_is_read_too() -> None:
    from sheets_sync.tracker.cells import How
    from sheets_sync.tracker.mapping import propose, table_maps
    from sheets_sync.workbooks.memory import MemoryWorkbook

    found = propose(MemoryWorkbook({"Sheet1": STACKED}).read(), {}, How(NOW))
    for maps in ({}, table_maps(found)[0]):
        tables = read(maps=maps, Sheet1=STACKED)
        assert column(tables, "client") == ["Aldgate", "Brook"]
        assert column(tables, "owner") == ["Ann", "Tom"]
        assert column(tables, "key", "interactions") == ["aldgate"]
        assert tables["interactions"].header_row == 6
        assert (said(tables), tables.notes) == ([], ())
