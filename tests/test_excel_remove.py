"""What we put into a workbook goes without a trace, and what people do with our columns is respected."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.errors import Refused
from sheets_sync.model import Column, Patch, Place, Snapshot, StatusCell
from sheets_sync.sync import Report
from sheets_sync.workbooks.excel import ExcelWorkbook
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.styles import Styles
from tests import workbooks
from tests.sample_tabs import sample_tabs
from tests.workbooks import FEATURES, SHEET, edited, parts, tracker

NOW = datetime(2026, 11, 23, 9, 0)
BOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
PLACE = Place("Clients", 1, 1, 2, 7)


def run(path: Path) -> Report:
    """A real run on a file."""
    opened = ExcelWorkbook(path)
    report = sync.plan(opened, Config(), sync.load(Config()), NOW)
    return sync.run(opened, report)


def remove(path: Path) -> None:
    opened = ExcelWorkbook(path)
    found = opened.read()
    columns, tabs = (tuple(owned.id for owned in kind) for kind in (found.columns, found.tabs))
    opened.apply(Patch(found.revision, drop_columns=columns, drop_tabs=tabs))


def test_formats_that_there_are_not_do_not_become_ours(tmp_path: Path) -> None:
    """Cells with numbers of formats beyond the last one: our formats must not give them a look."""
    data = edited(tracker().data, SHEET, ("</sheetData>", '<row r="9"><c r="A9" s="14"><v>1</v></c></row></sheetData>'))
    path = written(tmp_path, data)
    put(path, status(*LEVELS))
    styles = Styles(Package.open(path.read_bytes()))
    assert styles.number_format_of(14) == "General"
    assert b"Calibri" in parts(path.read_bytes())[STYLES]
    assert openpyxl.load_workbook(path)["Clients"]["A9"].fill.fill_type is None
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def written(tmp_path: Path, data: bytes, suffix: str = ".xlsx") -> Path:
    path = tmp_path / f"tracker{suffix}"
    path.write_bytes(data)
    return path


def status(*values: str | None, header: str = "Health") -> Column:
    names = (*workbooks.NAMES, "Gilt Edge")
    cells = tuple(StatusCell(row, names[row - 2], value) for row, value in enumerate(values, start=2))
    return Column("health", header, "How the client stands", 12, cells, colour_by="health")


def put(path: Path, *columns: Column, place: Place = PLACE) -> tuple[str, ...]:
    opened = ExcelWorkbook(path)
    return opened.apply(Patch(opened.read().revision, place, columns)).notes


LEVELS = ("✖ At risk", "● Healthy", "▲ Watch", "● Healthy", "– Unknown", "✖ At risk")


def without_formats(data: bytes) -> bytes:
    members = {name: part for name, part in parts(data).items() if name != STYLES}
    rels, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    members[rels] = re.sub(rb'<Relationship [^>]*Target="styles.xml"/>', b"", members[rels])
    members[types] = re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*/>', b"", members[types])
    return workbooks.packed(members)


RICH = {feature: tracker(*{feature, "table"} if feature == "totals" else {feature}).data for feature in FEATURES}
RICH |= {
    "nothing": tracker().data,
    "everything": tracker(*(set(FEATURES) - {"epoch_1904", "hidden_tail", "merged_right", "totals"})).data,
    "enriched": workbooks.enrich(tracker("table", "comments", "chart", "log_tab").data),
    "prefixed": workbooks.prefixed(tracker("table", "conditions", "validations", "widths").data),
    "strict": workbooks.strict(tracker("filter", "chart", "names").data),
    "odd": workbooks.odd(tracker("widths", "conditions").data),
    "no references": workbooks.without_references(tracker().data),
    "utf16": workbooks.utf16(tracker("conditions", "outline").data),
    "byte order mark": workbooks.packed(
        {name: b"\xef\xbb\xbf" + data if name == STYLES else data for name, data in parts(tracker().data).items()}
    ),
    "no formats": without_formats(tracker().data),
}


@pytest.mark.parametrize("name", RICH)
def test_a_real_run_goes_without_a_trace(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, RICH[name])
    report = run(path)
    assert report.written
    synced = path.read_bytes()
    assert not run(path).written
    assert path.read_bytes() == synced
    remove(path)
    assert list(parts(path.read_bytes()).items()) == list(parts(RICH[name]).items())


def test_macros_and_their_content_type_go_through_it_all(tmp_path: Path) -> None:
    data = workbooks.enrich(tracker("table").data, macros=True)
    path = written(tmp_path, data, ".xlsm")
    run(path)
    assert parts(path.read_bytes())["xl/vbaProject.bin"] == parts(data)["xl/vbaProject.bin"]
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def test_runs_on_other_days_leave_no_more_behind(tmp_path: Path) -> None:
    data = tracker("table", "conditions").data
    path = written(tmp_path, data)
    run(path)
    put(path, status(*LEVELS[::-1]))
    opened = ExcelWorkbook(path)
    opened.apply(Patch(opened.read().revision, PLACE, tabs=sample_tabs()))
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def test_columns_leave_rows_that_are_no_longer_ours_together(tmp_path: Path) -> None:
    """A client goes and only one of two columns is written anew; the other has a cell with only a format there."""
    data = tracker("table").data
    path = written(tmp_path, data)
    due = replace(status(*LEVELS[:5], None, header="Due"), id="due")
    put(path, status(*LEVELS), due)
    put(path, status(*LEVELS[:5]), place=replace(PLACE, last_row=6))
    assert not re.findall(rb'<c r="[IJ]7"', parts(path.read_bytes())[SHEET])
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def test_columns_come_to_new_rows_together(tmp_path: Path) -> None:
    """A client comes and only one of two columns has a word on it; what is blank in the other's place stays known."""
    data = edited(tracker().data, SHEET, ("</sheetData>", '<row r="8"><c r="J8" s="2"/></row></sheetData>'))
    path = written(tmp_path, data)
    put(path, status(*LEVELS), replace(status(*LEVELS, header="Due"), id="due"))
    put(path, status(*LEVELS, "● Healthy"), place=replace(PLACE, last_row=8))
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def test_formats_that_people_added_since_stay(tmp_path: Path) -> None:
    path = written(tmp_path, tracker().data)
    put(path, status(*LEVELS))
    font = "<font><i/><sz val='9'/><name val='Calibri'/></font></fonts>"
    path.write_bytes(edited(path.read_bytes(), STYLES, ("</fonts>", font)))
    remove(path)
    assert font.encode() in parts(path.read_bytes())[STYLES]


@pytest.mark.parametrize("root", ['<styleSheet xmlns="{}"/>', '<x:styleSheet xmlns:x="{}" />'])
def test_a_stylesheet_without_anything_in_it(root: str, tmp_path: Path) -> None:
    data = parts(tracker().data)
    data[SHEET] = re.sub(rb' s="\d+"', b"", data[SHEET])
    data[STYLES] = root.format(workbooks.MAIN).encode()
    path = written(tmp_path, workbooks.packed(data))
    put(path, status(*LEVELS))
    sheet = openpyxl.load_workbook(path)["Clients"]
    assert sheet["I1"].fill.fgColor.rgb == "FF1F3864"
    assert sheet["A1"].fill.fill_type is None
    remove(path)
    assert parts(path.read_bytes()) == data


# Open tabs, rows and locked cells as others write them


def test_a_tab_beyond_the_last_one_does_not_become_one_of_ours(tmp_path: Path) -> None:
    data = re.sub(
        rb"<workbookView[^>]*/>", b'<workbookView firstSheet="1" activeTab="2"/>', parts(tracker().data)[BOOK]
    )
    path = written(tmp_path, workbooks.packed({**parts(tracker().data), BOOK: data}))
    opened = ExcelWorkbook(path)
    opened.apply(Patch(opened.read().revision, tabs=sample_tabs()))
    book = parts(path.read_bytes())[BOOK]
    assert b'firstSheet="4" activeTab="5"' in book
    remove(path)
    assert parts(path.read_bytes())[BOOK] == data


def test_an_open_but_empty_row_stays_open(tmp_path: Path) -> None:
    data = edited(tracker().data, SHEET, ("</sheetData>", '<row r="8"></row><row r="9" ></row></sheetData>'))
    path = written(tmp_path, data)
    put(path, status(*LEVELS), place=Place("Clients", 1, 1, 2, 9))
    remove(path)
    assert parts(path.read_bytes()) == parts(data)


def test_cells_that_are_unlocked_by_their_column_stay_unlocked(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "locked.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Clients")
    sheet.set_column("B:Z", 12, book.add_format({"locked": False}))
    sheet.write_column(0, 0, ["Client", *workbooks.NAMES], book.add_format({"bold": True}))
    sheet.protect()
    book.close()
    before = parts(path.read_bytes())
    put(path, status(*LEVELS))
    put(path, status(*LEVELS[::-1]))
    cells = openpyxl.load_workbook(path)["Clients"]
    assert [cells[cell].protection.locked for cell in ("B1", "B3", "A3")] == [False, False, True]
    remove(path)
    assert parts(path.read_bytes()) == before


def test_formats_with_a_choice_between_two_count_once(tmp_path: Path) -> None:
    """As Hancom Office writes them: calamine counts every branch, spreadsheet programs count the choice."""
    xf = '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    choice = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:hs="urn:hs">'
        f'<mc:Choice Requires="hs">{xf}</mc:Choice><mc:Fallback>{xf}</mc:Fallback></mc:AlternateContent>'
    )
    data = edited(tracker().data, STYLES, (f'"><{xf[1:]}', f'">{choice}'))
    path = written(tmp_path, data)
    assert ExcelWorkbook(path).read().grids["Clients"].at(2, 5) == date(2024, 1, 3)
    run(path)
    assert not run(path).written


# Text that people type below our rows


def typed(path: Path, cell: str, value: str | None) -> None:
    book = openpyxl.load_workbook(path)
    book["Clients"][cell] = value
    book.save(path)


def read(path: Path) -> Snapshot:
    return ExcelWorkbook(path).read()


@pytest.mark.parametrize("row", [8, 12])
def test_text_below_our_rows_is_the_teams(row: int, tmp_path: Path) -> None:
    path = written(tmp_path, tracker().data)
    run(path)
    typed(path, f"I{row}", "checked by Ann")
    run(path)
    assert read(path).grids["Clients"].at(row, 9) == "checked by Ann"
    assert not run(path).written
    remove(path)
    assert openpyxl.load_workbook(path)["Clients"][f"I{row}"].value == "checked by Ann"


def test_what_stood_where_a_new_client_has_come_is_remembered(tmp_path: Path) -> None:
    path = written(tmp_path, tracker().data)
    run(path)
    typed(path, "I8", "✖ my own view")
    typed(path, "A8", "Gilt Edge")
    report = run(path)
    assert [c.before for c in report.patch.changes if c.column == "health" and c.row == 8] == ["✖ my own view"]


# Columns that people emptied and use for something else


def refill(path: Path, column: str, header: str, values: tuple[str | None, ...]) -> None:
    book = openpyxl.load_workbook(path)
    for row, value in enumerate((header, *values), start=1):
        book["Clients"][f"{column}{row}"] = value
    book.save(path)


def test_a_column_with_another_header_and_other_values_is_theirs(tmp_path: Path) -> None:
    path = written(tmp_path, tracker().data)
    run(path)
    region = ("North", "South", "North", "East", "West", "North")
    refill(path, "I", "Region", region)
    found = read(path)
    assert "health" not in {column.id for column in found.columns}
    assert found.grids["Clients"].at(3, 9) == "South"
    report = run(path)
    assert report.receipt is not None
    assert any("Column I of Clients" in note and "Health stands in" in note for note in report.receipt.notes)
    after = read(path)
    assert [after.grids["Clients"].at(row, 9) for row in range(1, 8)] == ["Region", *region]
    health = next(column for column in after.columns if column.id == "health")
    assert (health.column > 9, len(health.cells)) == (True, 6)
    sheet = openpyxl.load_workbook(path)["Clients"]
    assert not [rule for rule in sheet.conditional_formatting if "I2" in rule.sqref]
    assert not [dv for dv in sheet.data_validations.dataValidation if "I1" in dv.sqref]
    assert not run(path).written
    remove(path)
    left = openpyxl.load_workbook(path)["Clients"]
    assert [left.cell(row, 9).value for row in range(1, 8)] == ["Region", *region]
    assert not any(left.cell(1, column).value for column in range(10, left.max_column + 1))


def test_reused_inside_an_excel_table(tmp_path: Path) -> None:
    path = written(tmp_path, tracker("table").data)
    put(path, status(*LEVELS))
    data = edited(path.read_bytes(), "xl/tables/table1.xml", ('name="Health"', 'name="Region"'))
    sheet = parts(data)[SHEET].decode().replace(">Health<", ">Region<")
    for level in set(LEVELS):
        sheet = sheet.replace(f">{level}<", f">{level[2:]} region<")
    path.write_bytes(workbooks.packed({**parts(data), SHEET: sheet.encode()}))
    notes = put(path, status(*LEVELS))
    assert any("Column I of Clients" in note for note in notes)
    table = openpyxl.load_workbook(path)["Clients"].tables["ClientTable"]
    assert [column.name for column in table.tableColumns][-2:] == ["Region", "Health"]


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("State", LEVELS),
        ("Health", ("North",) * 6),
        ("", (None,) * 6),
        ("State", ("North", "● Healthy", *("South",) * 4)),
    ],
)
def test_a_renamed_or_partly_typed_over_column_stays_ours(
    header: str, values: tuple[str | None, ...], tmp_path: Path
) -> None:
    path = written(tmp_path, tracker().data)
    put(path, status(*LEVELS))
    refill(path, "I", header, values)
    assert [column.id for column in read(path).columns] == ["health"]
    put(path, status(*LEVELS))
    assert read(path).columns[0].header == "Health"


def test_a_column_that_had_no_values_is_theirs_once_it_has_their_own(tmp_path: Path) -> None:
    path = written(tmp_path, tracker().data)
    put(path, status(*(None,) * 6, header="Offer next"))
    refill(path, "I", "Upsell", (None,) * 6)
    assert len(read(path).columns) == 1
    refill(path, "I", "Upsell", ("a new site", *(None,) * 5))
    assert len(read(path).columns) == 0


# Ambiguous sheets


def test_a_cell_that_is_listed_twice_is_refused(tmp_path: Path) -> None:
    data = parts(tracker().data)[SHEET].decode()
    cell = re.search(r'<c r="A3"[^>]*>.*?</c>', data)
    assert cell is not None
    path = written(tmp_path, edited(tracker().data, SHEET, (cell[0], cell[0] * 2)))
    with pytest.raises(Refused, match="The tab Clients holds the cell A3 twice"):
        ExcelWorkbook(path).read()


@pytest.mark.parametrize("aside", ['<!-- <row r="2"><c r="A2"/></row> -->', '<?old <row r="2"><c r="A2"/></row> ?>'])
def test_rows_in_comments_do_not_count(aside: str, tmp_path: Path) -> None:
    path = written(tmp_path, edited(tracker().data, SHEET, ("</sheetData>", f"{aside}</sheetData>")))
    assert ExcelWorkbook(path).read().grids["Clients"].at(2, 1) == workbooks.NAMES[0]
    put(path, status(*LEVELS))
    remove(path)
    assert aside.encode() in parts(path.read_bytes())[SHEET]


# Formulas that lean on ours


def with_formula(formula: str, table: bool = False) -> bytes:
    cell = f'<row r="20"><c r="B20"><f>{formula}</f><v>1</v></c></row></sheetData>'
    return edited(tracker(*(["table"] if table else [])).data, SHEET, ("</sheetData>", cell))


@pytest.mark.parametrize(
    ("formula", "table", "leans"),
    [
        ("COUNTIF(I:I,&quot;✖*&quot;)", False, True),
        ("COUNTA(A1:Z7)", False, True),
        ("Clients!$I$3", False, True),
        ("'Dashboard'!A1", False, True),
        ("Dashboard!A1+1", False, True),
        ("COUNTA(ClientTable[Health])", True, True),
        ("SUM(G2:G7)", False, False),
        ("SUM(I30:I40)", False, False),
        ("&quot;Dashboard!A1 I3&quot;", False, False),
        ("LOG10(3)", False, False),
        ("COUNTA(ClientTable[Owner])", True, False),
    ],
)
def test_the_workbook_is_calculated_on_opening_only_where_formulas_lean_on_ours(
    formula: str, table: bool, leans: bool, tmp_path: Path
) -> None:
    data = re.sub(rb' fullCalcOnLoad="1"', b"", parts(with_formula(formula, table))[BOOK])
    original = workbooks.packed({**parts(with_formula(formula, table)), BOOK: data})
    path = written(tmp_path, original)
    opened = ExcelWorkbook(path)
    opened.apply(Patch(opened.read().revision, PLACE, (status(*LEVELS),), sample_tabs()))
    assert (b"fullCalcOnLoad" in parts(path.read_bytes())[BOOK]) == leans
    synced = path.read_bytes()
    opened.apply(Patch(opened.read().revision, PLACE, (status(*LEVELS),), sample_tabs()))
    assert path.read_bytes() == synced
    if "[Health]" in formula:
        with pytest.raises(Refused, match="Change that formula first"):
            remove(path)
        return
    remove(path)
    assert parts(path.read_bytes()) == parts(original)


@pytest.mark.parametrize("calc", [b"", b'<calcPr calcId="191029" fullCalcOnLoad="0"/>', b'<calcPr calcId="191029"/>'])
def test_asking_to_calculate_is_taken_back_as_it_was(calc: bytes, tmp_path: Path) -> None:
    members = parts(with_formula("COUNTA(I2:I7)"))
    members[BOOK] = re.sub(rb"<calcPr[^>]*/>", calc, members[BOOK])
    path = written(tmp_path, workbooks.packed(members))
    put(path, status(*LEVELS))
    assert b'fullCalcOnLoad="1"' in parts(path.read_bytes())[BOOK]
    remove(path)
    assert parts(path.read_bytes()) == members
