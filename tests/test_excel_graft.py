"""Generated tabs in workbooks of others: theirs stays to the byte, ours says what it should, twice is once."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from sheets_sync.errors import Refused
from sheets_sync.model import Cell, Chart, Level, Link, Series, Tab, TableBlock, TableColumn, TableRow, TextBlock
from sheets_sync.workbooks.excel.graft import drop_tab, put_tabs
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.themes import fills
from tests.sample_tabs import cells, dashboard, diary, memory, sample_tabs

MAY_CHANGE = {
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "[Content_Types].xml",
    "docProps/app.xml",
    "xl/styles.xml",
}


def xlsxwriter_bytes(date1904: bool = False) -> bytes:
    """A tracker with a chart, an image-like shape, a rule, a table, a note and a formula of its own."""
    xlsxwriter = pytest.importorskip("xlsxwriter")
    held = io.BytesIO()
    workbook = xlsxwriter.Workbook(held, {"in_memory": True, "date_1904": date1904})
    sheet = workbook.add_worksheet("Clients")
    money = workbook.add_format({"num_format": "£#,##0", "font_name": "Arial", "bg_color": "#EEDDCC"})
    red = workbook.add_format({"bg_color": "#FF0000"})
    sheet.add_table("A1:C4", {"columns": [{"header": h} for h in ("Client", "Owner", "Fee")], "name": "Clients"})
    for row, name in enumerate(("Aldgate", "Brightwater", "Corvid"), start=1):
        sheet.write_row(row, 0, [name, "Priya"])
        sheet.write(row, 2, 100 * row, money)
    sheet.write_formula("E1", "=SUM(C2:C4)", None, 600)
    sheet.conditional_format("C2:C4", {"type": "cell", "criteria": ">", "value": 150, "format": red})
    chart = workbook.add_chart({"type": "line"})
    chart.add_series({"values": "=Clients!$C$2:$C$4"})
    sheet.insert_chart("G2", chart)
    sheet.insert_textbox("G20", "Ours since 2019")
    sheet.write_comment("A2", "Ring before nine")
    other = workbook.add_worksheet("Notes & more")
    other.add_sparkline("A1", {"range": "Clients!C2:C4"})
    other.print_area("A1:B9")
    workbook.define_name("Fees", "=Clients!$C$2:$C$4")
    workbook.close()
    return held.getvalue()


def openpyxl_bytes() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Clients"
    sheet.append(["Client", "Since"])
    sheet.append(["Aldgate", date(2024, 2, 29)])
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def strict_bytes() -> bytes:
    """The same as Strict Open XML."""
    package = Package.open(openpyxl_bytes())
    spaces = {
        b"schemas.openxmlformats.org/spreadsheetml/2006/main": b"purl.oclc.org/ooxml/spreadsheetml/main",
        b"schemas.openxmlformats.org/officeDocument/2006/relationships": (
            b"purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }
    for name in package.names():
        data = package.read(name)
        for plain, strict in spaces.items():
            data = data.replace(plain, strict)
        package.write(name, data)
    return package.to_bytes()


FOREIGN = {"XlsxWriter": xlsxwriter_bytes, "openpyxl": openpyxl_bytes, "Strict": strict_bytes}


@pytest.fixture(params=FOREIGN)
def foreign(request: pytest.FixtureRequest) -> bytes:
    return FOREIGN[request.param]()


def put(data: bytes, *tabs: Tab) -> Package:
    package = Package.open(data)
    put_tabs(package, Book(package), tabs)
    return Package.open(package.to_bytes())


def drop(package: Package, *ids: str) -> Package:
    for id in ids:
        drop_tab(package, Book(package), id)
    return Package.open(package.to_bytes())


def part_of(package: Package, id: str) -> str:
    return Book(package).owned("tab")[id].sheet.part


def test_their_parts_stay_to_the_byte(foreign: bytes) -> None:
    before, after = Package.open(foreign), put(foreign, *sample_tabs())
    for name in set(before.names()) - MAY_CHANGE:
        assert after.read(name) == before.read(name), name


def test_put_twice_is_put_once(foreign: bytes) -> None:
    once = put(foreign, *sample_tabs()).to_bytes()
    assert put(once, *sample_tabs()).to_bytes() == once
    assert put(once, diary()).to_bytes() == once


def test_put_and_dropped_is_as_before(foreign: bytes) -> None:
    before, after = Package.open(foreign), drop(put(foreign, *sample_tabs()), "dashboard", "diary", "memory", "gone")
    assert after.names() == before.names()
    for name in set(before.names()) - {"xl/styles.xml"}:
        assert after.read(name) == before.read(name), name


def test_values_read_back_as_they_were_given(foreign: bytes) -> None:
    package = put(foreign, *sample_tabs())
    grid = CalamineWorkbook.from_filelike(io.BytesIO(package.to_bytes())).get_sheet_by_name("Diary").to_python()
    assert grid[2][:4] == ["Due", "Do", "Done on", "Outcome"]
    assert grid[3][0] == "Priya: 2 this week"
    assert grid[4] == ["✖ Mon 12 Oct", "=1+1", date(2026, 11, 20), "spoke", "a|1"]
    assert grid[5][1].startswith("Call “Söhne & <b>”\ufffd _x0")


def test_client_text_never_becomes_a_formula() -> None:
    package = put(openpyxl_bytes(), *sample_tabs())
    sheet = load_workbook(io.BytesIO(package.to_bytes()))["Diary"]
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=1+1", "s")
    assert sheet["B5"].quotePrefix
    assert b"<f>" not in package.read(part_of(package, "diary"))
    assert package.read(part_of(package, "dashboard")).count(b"<f>") == 1


def test_formats_survive_the_move() -> None:
    package = put(xlsxwriter_bytes(), *sample_tabs())
    workbook = load_workbook(io.BytesIO(package.to_bytes()))
    theirs, ours = workbook["Clients"], workbook["Diary"]
    assert (theirs["C2"].number_format, theirs["C2"].fill.fgColor.rgb) == ("£#,##0", "FFEEDDCC")
    assert theirs.conditional_formatting["C2:C4"][0].dxf.fill.bgColor.rgb == "FFFF0000"
    assert (ours["A3"].fill.fgColor.rgb, ours["A3"].font.color.rgb) == ("FF1F3864", "FFFFFFFF")
    assert (ours["C3"].fill.fgColor.rgb, ours["C3"].font.color.rgb) == ("FFFFE699", "FF000000")
    assert (ours["C5"].fill.fgColor.rgb, ours["C5"].number_format) == ("FFFFFBE6", "d mmm yyyy")
    assert not ours["C5"].protection.locked
    assert (ours["A4"].fill.fgColor.rgb, ours["A4"].font.b) == ("FFEDEDED", True)
    rules = {rule.formula[0]: rule.dxf.fill.bgColor.rgb for area in ours.conditional_formatting for rule in area.rules}
    assert rules == {'LEFT($A4,1)="✖"': "FFF2B48C", 'LEFT($A4,1)="▲"': "FFFBEFA0"}


def test_grey_is_for_unknown_and_not_for_paused() -> None:
    rows = (("1", "– Unknown", Level.UNKNOWN), ("2", "– Paused", Level.NONE))
    lines = tuple(TableRow(id, (Cell(text, level=level),)) for id, text, level in rows)
    tab = Tab("scorecard", "Scorecard", (TableBlock((1, 1), (TableColumn("Health"),), lines),), (20,))
    sheet = load_workbook(io.BytesIO(put(openpyxl_bytes(), tab).to_bytes()))["Scorecard"]
    assert (sheet["A2"].fill.fgColor.rgb, sheet["A3"].fill.fill_type) == ("FFD9D9D9", None)
    assert not list(sheet.conditional_formatting)


def test_page_view_and_rules_for_typing() -> None:
    package = put(openpyxl_bytes(), *sample_tabs())
    workbook = load_workbook(io.BytesIO(package.to_bytes()))
    sheet = workbook["Diary"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("A4", "A3:D6", "$3:$3")
    assert sheet.print_area == "'Diary'!$A$1:$D$6"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.column_dimensions["E"].hidden
    allowed = {rule.type: str(rule.sqref) for rule in sheet.data_validations.dataValidation}
    assert allowed["date"] == "C4:C6"
    assert allowed["list"] == "D4:D6"
    notes = [rule.prompt for rule in sheet.data_validations.dataValidation if rule.prompt]
    assert notes == ["Type the date on which it was done."]
    states = [worksheet.sheet_state for worksheet in workbook]
    assert (workbook.sheetnames[-1], states[-1]) == ("_sheets_sync", "veryHidden")
    assert states[:-1] == ["visible"] * 3


def test_no_tab_of_ours_is_selected_with_theirs() -> None:
    workbook = load_workbook(io.BytesIO(put(xlsxwriter_bytes(), *sample_tabs()).to_bytes()))
    assert [sheet.title for sheet in workbook if sheet.sheet_view.tabSelected] == ["Clients"]


def test_charts_are_drawn_over_hidden_numbers() -> None:
    package = put(xlsxwriter_bytes(), dashboard("It's ours"))
    assert len([name for name in package.names() if "charts/sheets_sync_dashboard" in name]) == 3
    xml = package.read("xl/charts/sheets_sync_dashboard_1.xml").decode()
    assert "<f>'It''s ours'!$K$2:$K$3</f>" in xml
    assert '<plotVisOnly val="0"/>' in xml
    assert "D9733F" in xml
    assert 'sourceLinked="0"' in xml
    assert "gridlines" not in xml.lower()
    sheet = load_workbook(io.BytesIO(package.to_bytes()))["It's ours"]
    assert [sheet.cell(2, column).value for column in (10, 11, 12)] == ["Priya", 1, 2]
    assert all(sheet.column_dimensions[letter].hidden for letter in "JKL")
    assert len(sheet._charts) == 3


def test_links_go_by_name_where_there_is_one() -> None:
    package = Package.open(openpyxl_bytes())
    Book(package).own("column", "health", "Clients", 1, 3)
    put_tabs(package, Book(package), sample_tabs())
    link = re.search(rb"<hyperlink [^>]*>", package.read(part_of(package, "dashboard")))
    assert link is not None
    assert b'location="_sheets_sync.column.health"' in link[0]
    plain = put(openpyxl_bytes(), *sample_tabs())
    assert b"location=\"'Clients'!A1\"" in plain.read(part_of(plain, "dashboard"))


def test_a_tab_of_ours_keeps_its_place_number_and_new_name() -> None:
    package = put(xlsxwriter_bytes(), *sample_tabs())
    book = Book(package)
    before = next(sheet for sheet in book.sheets if sheet.title == "Diary")
    xml = package.xml("xl/workbook.xml").replace(b'name="Diary"', b'name="To do"')
    package.write("xl/workbook.xml", xml.replace(b"'Diary'!", b"'To do'!"))
    link = Tab("at_risk", "At Risk", (TextBlock((1, 1), ((Cell("see", link=Link("Diary", 4)),),)),), (9,))
    after = put(package.to_bytes(), link, diary(rows=9))
    sheet = next(sheet for sheet in Book(after).sheets if sheet.part == before.part)
    assert (sheet.title, sheet.sheet_id, sheet.index) == ("To do", before.sheet_id, before.index)
    assert Book(after).defined("_xlnm.Print_Area", sheet) == "'To do'!$A$1:$D$13"
    assert b"'To do'!A4" in after.read(part_of(after, "at_risk"))


def test_fewer_charts_leave_nothing_behind() -> None:
    first = put(xlsxwriter_bytes(), dashboard(), diary())
    fewer = put(first.to_bytes(), dashboard(charts=1))
    assert [name for name in fewer.names() if "charts/sheets_sync" in name] == ["xl/charts/sheets_sync_dashboard_1.xml"]
    none = put(fewer.to_bytes(), dashboard(charts=0))
    assert not [name for name in none.names() if "sheets_sync_dashboard" in name and "worksheets/sheets" not in name]
    assert b"sheets_sync_dashboard_" not in none.read("[Content_Types].xml")
    assert put(none.to_bytes(), dashboard(), diary()).read("xl/charts/chart1.xml") == first.read("xl/charts/chart1.xml")


def test_a_title_that_is_theirs_is_refused() -> None:
    with pytest.raises(Refused, match="clients"):
        put(openpyxl_bytes(), replace(diary(), title="clients"))


def test_dates_of_a_1904_workbook() -> None:
    package = put(xlsxwriter_bytes(date1904=True), *sample_tabs())
    sheet = load_workbook(io.BytesIO(package.to_bytes()))["Diary"]
    assert sheet["C5"].value.date() == date(2026, 11, 20)
    rule = next(rule for rule in sheet.data_validations.dataValidation if rule.type == "date")
    assert rule.formula1 == "31412"


def test_the_order_of_calculation_goes_only_with_a_formula_in_it() -> None:
    package = put(openpyxl_bytes(), *sample_tabs())
    number = next(sheet.sheet_id for sheet in Book(package).sheets if sheet.title == "Dashboard")
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="A2" i="%d"/></calcChain>'
    )
    package.write("xl/calcChain.xml", chain % number)
    rels = package.read("xl/_rels/workbook.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    entry = b'<Relationship Id="rIdC" Type="%s" Target="calcChain.xml"/></Relationships>' % kind
    package.write("xl/_rels/workbook.xml.rels", rels.replace(b"</Relationships>", entry))
    data = package.to_bytes()
    assert "xl/calcChain.xml" in put(data, dashboard(headline="The same formula"))
    assert "xl/calcChain.xml" not in put(data, replace(dashboard(), blocks=dashboard().blocks[1:]))
    assert "xl/calcChain.xml" not in drop(Package.open(data), "dashboard")
    assert "xl/calcChain.xml" in drop(Package.open(data), "diary")


def test_long_text_wraps_in_rows_that_are_tall_enough() -> None:
    long = "We promised a weekly call by 13 Nov and it was not kept. " * 3
    table = TableBlock((1, 1), (TableColumn("Why"),), (TableRow("1", cells(long)), TableRow("2", cells("short"))))
    tab = Tab("at_risk", "At Risk", (table,), (40,))
    sheet = load_workbook(io.BytesIO(put(openpyxl_bytes(), tab).to_bytes()))["At Risk"]
    assert sheet["A2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height >= 4 * 15
    assert not sheet["A3"].alignment.wrap_text
    assert sheet.row_dimensions[3].height == 18


def test_even_tables_have_rows_of_one_height() -> None:
    long, short = TableRow("1", cells("A call that was promised and not kept. " * 3)), TableRow("2", cells("short"))
    tables = (
        TableBlock((3, 1), (TableColumn("Level"),), (short, short, short), even=True),
        TableBlock((3, 3), (TableColumn("What"),), (short, long), even=True),
    )
    sheet = load_workbook(io.BytesIO(put(openpyxl_bytes(), Tab("x", "X", tables, (20, 3, 30))).to_bytes()))["X"]
    heights = [sheet.row_dimensions[row].height for row in (4, 5, 6)]
    assert min(heights) == max(heights) > 3 * 15


def test_a_chart_is_tied_to_the_cells_that_it_covers() -> None:
    bars = (Series("All", (1, 2), "4A90C2"),)
    left, right = (
        Chart((2, 1), (1, 10), "One", ("a", "b"), bars, (9, 6), until=(12, 2)),
        Chart((2, 3), (5, 10), "Two", ("a", "b"), bars, (9, 6), until=(12, 4)),
    )
    package = put(openpyxl_bytes(), Tab("x", "X", (left, right), (20, 20, 20, 20)))
    ends = [chart.anchor.to for chart in load_workbook(io.BytesIO(package.to_bytes()))["X"]._charts]
    assert [(end.row, end.col, end.colOff > 0) for end in ends] == [(12, 1, True), (12, 4, False)]


@pytest.mark.parametrize(("theme", "fill"), [("calm", "F2B48C"), ("traffic-light", "F4A6A0")])
def test_levels_are_filled_in_the_colours_of_the_theme(theme: str, fill: str) -> None:
    package = Package.open(openpyxl_bytes())
    put_tabs(package, Book(package), sample_tabs(), theme)
    assert fill in package.read("xl/styles.xml").decode()


def test_black_reads_on_every_fill() -> None:
    for theme in ("calm", "traffic-light"):
        for colour in fills(theme).values():
            shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
            light = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
            assert (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) / 0.05 >= 7


def test_pages_break_where_asked_with_a_scale_instead_of_a_fit() -> None:
    tab = Tab(
        "at_risk", "At Risk", (TextBlock((1, 1), (cells("a"), cells("b"))),), (30, 100), breaks=(1,), repeat=(1, 1)
    )
    sheet = load_workbook(io.BytesIO(put(openpyxl_bytes(), tab).to_bytes()))["At Risk"]
    assert [page.id for page in sheet.row_breaks.brk] == [1]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert 40 <= sheet.page_setup.scale <= 100


def test_nothing_to_put_changes_nothing() -> None:
    data = xlsxwriter_bytes()
    package = Package.open(data)
    put_tabs(package, Book(package), ())
    drop_tab(package, Book(package), "diary")
    assert not package.changed


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_finds_everything(foreign: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(put(foreign, *sample_tabs()).to_bytes())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "ods", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    workbook = CalamineWorkbook.from_path(tmp_path / "tracker.ods")
    assert workbook.sheet_names[-3:] == ["Dashboard", "Diary", "_sheets_sync"]
    assert workbook.get_sheet_by_name("Dashboard").to_python()[0][0] == "Our clients: 1 at risk"
    assert workbook.get_sheet_by_name("Diary").to_python()[4][1] == "=1+1"


@pytest.mark.office
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_tabs_are_found_again_after_another_program_saved_the_file(tmp_path: Path) -> None:
    (tmp_path / "tracker.xlsx").write_bytes(put(xlsxwriter_bytes(), *sample_tabs()).to_bytes())
    saved = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(saved)]
    subprocess.run([*command, str(tmp_path / "tracker.xlsx")], check=True, capture_output=True, timeout=180)
    data = (saved / "tracker.xlsx").read_bytes()
    again = put(data, *sample_tabs())
    titles = [sheet.title for sheet in Book(again).sheets]
    assert titles == ["Clients", "Notes & more", "Dashboard", "Diary", "_sheets_sync"]
    assert len([name for name in again.names() if "/charts/" in name]) == 4
    assert put(again.to_bytes(), *sample_tabs()).to_bytes() == again.to_bytes()


def test_memory_is_plain_values() -> None:
    package = put(openpyxl_bytes(), memory())
    xml = package.read(part_of(package, "memory"))
    assert b"conditionalFormatting" not in xml
    assert b"dataValidation" not in xml
    grid = CalamineWorkbook.from_filelike(io.BytesIO(package.to_bytes())).get_sheet_by_name("_sheets_sync").to_python()
    assert grid == [["kind", "on", "key"], ["level", date(2026, 11, 23), "aldgate"]]
