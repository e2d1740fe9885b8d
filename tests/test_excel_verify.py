"""The gate before the swap: whatever a faulty writer might do to the team's file, it is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sheets_sync.errors import OurBug
from sheets_sync.model import Cell, Column, Patch, Place, StatusCell, Tab, TextBlock
from sheets_sync.workbooks.excel import ExcelWorkbook
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.verify import verify
from tests import workbooks
from tests.test_excel_columns import IDS, assert_same_parts, put, status
from tests.workbooks import SHEET, edited, packed, parts

RICH = tuple(f for f in workbooks.FEATURES if not f.endswith("_right") and f not in ("hidden_tail", "totals", "table"))


def rich() -> workbooks.Tracker:
    tracker = workbooks.tracker(*RICH)
    return workbooks.Tracker(workbooks.enrich(tracker.data), tracker.place)


def _in_sheet(pattern: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def mutate(members: dict[str, bytes]) -> None:
        text = members[SHEET].decode()
        changed = re.sub(pattern, new, text, count=1, flags=re.DOTALL)
        assert changed != text, pattern
        members[SHEET] = changed.encode()

    return mutate


def _in_part(part: str, pattern: str, new: str) -> Callable[[dict[str, bytes]], None]:
    def mutate(members: dict[str, bytes]) -> None:
        text = members[part].decode()
        changed = re.sub(pattern, new, text, count=1, flags=re.DOTALL)
        assert changed != text, pattern
        members[part] = changed.encode()

    return mutate


def _without(part: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.pop(part) and None


def _with(part: str) -> Callable[[dict[str, bytes]], None]:
    def mutate(members: dict[str, bytes]) -> None:
        members[part] = b"<x/>"

    return mutate


MUTANTS: dict[str, Callable[[dict[str, bytes]], None]] = {
    "a number changes": _in_sheet(r'(<c r="H4"[^>]*><v>)\d+', r"\g<1>1"),
    "a cached value goes": _in_sheet(r'(<c r="G4"[^>]*><f>[^<]*</f>)<v>[^<]*</v>', r"\1"),
    "a formula becomes its value": _in_sheet(r'(<c r="G4"[^>]*>)<f>[^<]*</f>', r"\1"),
    "a cell loses its format": _in_sheet(r'<c r="B4" s="\d+"', '<c r="B4"'),
    "a text becomes another one": _in_sheet(r'(<c r="B4"[^>]*t="s"><v>)\d+', r"\g<1>0"),
    "a blank formatted cell goes": _in_sheet(r'<c r="[A-H]\d+" s="\d+"/>|<c r="B4".*?</c>', ""),
    "a row loses its height": _in_sheet(r' ht="[^"]*" customHeight="1"', ""),
    "a row goes": _in_sheet(r'<row r="7".*?</row>', ""),
    "two cells are exchanged": _in_sheet(r'r="A4"(.*?)r="B4"', r'r="B4"\1r="A4"'),
    "a width changes": _in_sheet(r'<col min="1" max="1" width="[^"]*"', '<col min="1" max="1" width="3"'),
    "a rule goes": _in_sheet(r"<conditionalFormatting sqref=\"[A-H][^>]*>.*?</conditionalFormatting>", ""),
    "a validation goes": _in_sheet(r'<dataValidation type="list".*?</dataValidation>', ""),
    "a link goes": _in_sheet(r"<hyperlink [^>]*/>", ""),
    "an extension goes": _in_sheet(r"<ext xmlns:x14=.*?</ext>", ""),
    "a merged cell comes apart": _in_sheet(r"<mergeCells.*?</mergeCells>", ""),
    "panes thaw": _in_sheet(r"<pane [^>]*/>", ""),
    "the drawing is unhooked": _in_sheet(r"<drawing [^>]*/>", ""),
    "a text changes": _in_part("xl/sharedStrings.xml", "Priya", "Petra"),
    "another tab changes": _in_part("xl/worksheets/sheet2.xml", "<v>29</v>", "<v>28</v>"),
    "a chart changes": _in_part("xl/charts/chart1.xml", "Fees", "Fee"),
    "the formats shift": _in_part("xl/styles.xml", r"(<cellXfs[^>]*>)<xf [^>]*/>", r"\1"),
    "a format changes": _in_part("xl/styles.xml", "dd/mm/yyyy", "mm/dd/yyyy"),
    "a named style goes": _in_part("xl/styles.xml", r"<cellStyle [^>]*/>", ""),
    "a name goes": _in_part("xl/workbook.xml", r'<definedName name="Fees".*?</definedName>', ""),
    "a name points elsewhere": _in_part("xl/workbook.xml", r"\$B\$2:\$B\$7", "$C$2:$C$7"),
    "a tab is renamed": _in_part("xl/workbook.xml", 'name="Interactions"', 'name="Log"'),
    "a tab is hidden": _in_part("xl/workbook.xml", 'name="Interactions"', 'name="Interactions" state="hidden"'),
    "the epoch changes": _in_part("xl/workbook.xml", 'date1904="1" ', ""),
    "the picture goes": _without("xl/media/image1.png"),
    "the slicer goes": _without("xl/slicers/slicer1.xml"),
    "the threaded comment goes": _without("xl/threadedComments/threadedComment1.xml"),
    "Power Query goes": _without("customXml/item1.xml"),
    "a foreign part comes": _with("xl/worksheets/sheet99.xml"),
    "a foreign root part comes": _with("docProps/custom.xml"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_faulty_writer_is_found(name: str) -> None:
    tracker = rich()
    new, _ = put(tracker.data, tracker.place, status(tracker))
    members = parts(new)
    MUTANTS[name](members)
    with pytest.raises(OurBug):
        verify(Package.open(tracker.data), packed(members))


def test_a_table_that_loses_a_column_is_found() -> None:
    tracker = workbooks.tracker("table")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    lost = edited(new, "xl/tables/table1.xml", ('<tableColumn id="2" name="Owner"/>', ""))
    with pytest.raises(OurBug, match="Excel table"):
        verify(Package.open(tracker.data), lost)


def test_a_filled_cell_of_theirs_is_never_written_over() -> None:
    tracker = workbooks.tracker()
    used = edited(tracker.data, SHEET, ("</row></sheetData>", '<c r="K7"><v>1</v></c></row></sheetData>'))
    new, _ = put(tracker.data, tracker.place, status(tracker))
    with pytest.raises(OurBug, match="Clients!K7 is filled in"):
        verify(Package.open(used), new)


def test_the_slow_comparison_agrees_with_the_fast_one() -> None:
    tracker = workbooks.tracker("blank_formats", "gap")
    swapped = re.sub(r'<c r="([A-L]\d+)" s="(\d+)"', r'<c s="\2" r="\1"', parts(tracker.data)[SHEET].decode())
    data = packed({**parts(tracker.data), SHEET: swapped.encode()})
    new, _ = put(data, tracker.place, status(tracker))
    for old, other in (('s="2" r="A2"', 's="3" r="A2"'), ("<v>0</v>", "<v>1</v>")):
        with pytest.raises(OurBug):
            verify(Package.open(data), edited(new, SHEET, (old, other)))


def test_the_whole_backend_writes_columns_and_tabs_through_the_gate(tmp_path: Path) -> None:
    tracker = rich()
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(tracker.data)
    workbook = ExcelWorkbook(path, tmp_path / "state")
    dashboard = Tab("dashboard", "Dashboard", (TextBlock((1, 1), ((Cell("Our clients", style="title"),),)),), (20.0,))
    memory = Tab("memory", "_sheets_sync", (TextBlock((1, 1), ((Cell("2026-11-23"),),)),), (), hidden=True)
    columns = tuple(status(tracker))
    workbook.apply(Patch(workbook.read().revision, tracker.place, columns, (dashboard, memory)))
    seen = workbook.read()
    assert {column.id for column in seen.columns} == set(IDS)
    assert {tab.id for tab in seen.tabs} == {"dashboard", "memory"}
    assert set(seen.grids) == {"Clients", "Interactions"}
    workbook.apply(Patch(seen.revision, drop_columns=IDS, drop_tabs=("dashboard", "memory")))
    assert_same_parts(tracker.data, path.read_bytes())


def test_the_second_patch_with_the_same_columns_changes_no_byte(tmp_path: Path) -> None:
    tracker = workbooks.tracker("table")
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(tracker.data)
    workbook = ExcelWorkbook(path)
    columns = (Column("health", "Health", "", 11, (StatusCell(2, "a", "● Healthy"),)),)
    place = Place("Clients", 1, 1, 2, 2)
    receipt = workbook.apply(Patch(workbook.read().revision, place, columns))
    once = path.read_bytes()
    assert workbook.apply(Patch(receipt.revision, place, columns)).writes == 0
    assert path.read_bytes() == once
