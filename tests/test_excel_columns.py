"""Status columns in the team's sheet: they come and go, and nothing else changes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.errors import Refused
from sheets_sync.model import Column, Place, StatusCell
from sheets_sync.workbooks.excel import columns as excel_columns
from sheets_sync.workbooks.excel import read
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.verify import verify
from tests import workbooks
from tests.workbooks import SHEET, Tracker, parts

IDS = ("health", "why", "do_next", "due", "touchpoint", "renewal", "offer_next")
HEADERS = ("Health", "Why", "Do next", "Due", "Next touchpoint", "Renewal", "Offer next")
LEVELS = ("✖ At risk", "▲ Watch", "● Healthy", "– Unknown")
MAY_DIFFER = {"xl/styles.xml"}


def status(tracker: Tracker, ids: tuple[str, ...] = IDS, salt: int = 0) -> list[Column]:
    """Status columns with a value for every client of a tracker, by the names in its first column."""
    package = Package.open(tracker.data)
    book = Book(package)
    sheet = book.sheet(tracker.place.tab)
    assert sheet is not None
    grid = read.values(package, book, [sheet])[sheet.part]
    place, keys = tracker.place, {}
    for row in range(place.first_row, place.last_row + 1):
        if row <= len(grid) and grid[row - 1] and grid[row - 1][0]:
            keys[row] = grid[row - 1][0]
    return [
        Column(
            id=id,
            header=HEADERS[IDS.index(id)],
            note=f"{id}: written by sheets-sync at every run",
            width=11.0 + IDS.index(id),
            cells=tuple(StatusCell(row, key, _value(id, row + salt)) for row, key in keys.items()),
            kind="date" if id == "due" else "text",
            colour_by={"health": "health", "due": "touchpoint", "touchpoint": "touchpoint"}.get(id),
            wrap=id == "why",
        )
        for id in ids
    ]


def _value(id: str, row: int) -> str | date | None:
    if id == "due":
        return date(2026, 11, 20 + row % 9)
    if id == "why":
        return f"No sign of life since {row % 28 + 1} Sep; <4/10> & “more” is unanswered."
    return None if id == "offer_next" and row % 2 else f"{LEVELS[row % 4]}"


def put(data: bytes, place: Place, columns: list[Column], check: bool = True) -> tuple[bytes, tuple[str, ...]]:
    package = Package.open(data)
    notes = excel_columns.set_columns(package, Book(package), place, columns)
    new = package.to_bytes()
    if check:
        verify(Package.open(data), new)
    return new, notes


def drop(data: bytes, ids: tuple[str, ...] = IDS) -> bytes:
    package = Package.open(data)
    excel_columns.drop_columns(package, Book(package), ids)
    new = package.to_bytes()
    verify(Package.open(data), new)
    return new


def assert_same_parts(old: bytes, new: bytes) -> None:
    was, now = parts(old), parts(new)
    assert list(was) == list(now)
    for name in was.keys() - MAY_DIFFER:
        assert now[name] == was[name], name


def values(data: bytes, tab: str = "Clients") -> dict[str, Any]:
    """Every non-blank value of a tab by A1, as calamine reads it."""
    package = Package.open(data)
    book = Book(package)
    sheet = book.sheet(tab)
    assert sheet is not None
    rows = read.values(package, book, [sheet])[sheet.part]
    return {
        f"{openpyxl.utils.get_column_letter(c)}{r}": value
        for r, row in enumerate(rows, 1)
        for c, value in enumerate(row, 1)
        if value is not None
    }


def assert_same_for_openpyxl(old: bytes, new: bytes, ours: set[int]) -> None:
    """A second reader sees every original value, formula, format, comment and link unchanged outside our columns."""
    for data_only in (False, True):
        was = openpyxl.load_workbook(io.BytesIO(old), data_only=data_only)
        now = openpyxl.load_workbook(io.BytesIO(new), data_only=data_only)
        for sheet in was.worksheets:
            other = now[sheet.title]
            for row in sheet.iter_rows():
                for cell in row:
                    if sheet.title == "Clients" and cell.column in ours:
                        continue
                    twin = other.cell(cell.row, cell.column)
                    for name in (
                        "value",
                        "data_type",
                        "number_format",
                        "font",
                        "fill",
                        "border",
                        "alignment",
                        "protection",
                    ):
                        a, b = getattr(cell, name), getattr(twin, name)
                        if hasattr(a, "text") and hasattr(a, "ref"):
                            a, b = (a.text, a.ref), (b.text, b.ref)
                        assert repr(a) == repr(b), f"{sheet.title}!{cell.coordinate} {name}"
                    assert (cell.comment and cell.comment.text) == (twin.comment and twin.comment.text)
                    assert (cell.hyperlink and cell.hyperlink.target) == (twin.hyperlink and twin.hyperlink.target)
            assert sheet.merged_cells == other.merged_cells
            assert sheet.print_area == other.print_area
            assert sheet.freeze_panes == other.freeze_panes
            for number, height in sheet.row_dimensions.items():
                assert height.height == other.row_dimensions[number].height


SPELLINGS: dict[str, Callable[[bytes], bytes]] = {
    "as XlsxWriter writes it": lambda data: data,
    "prefixed": workbooks.prefixed,
    "strict": workbooks.strict,
    "odd": workbooks.odd,
    "enriched": workbooks.enrich,
    "with macros": lambda data: workbooks.enrich(data, macros=True),
}
LOST_BY_A_SPELLING = {"strict": set(), "odd": {"sparklines"}, "prefixed": set()}


@settings(max_examples=25)
@given(
    st.sets(st.sampled_from(workbooks.FEATURES), max_size=9),
    st.sampled_from(list(SPELLINGS)),
    st.integers(0, 14),
    st.permutations(IDS),
)
def test_columns_come_and_go_without_a_trace(features: set[str], spelling: str, clients: int, order: list[str]) -> None:
    tracker = workbooks.tracker(*features, clients=clients)
    data = SPELLINGS[spelling](tracker.data)
    columns = status(Tracker(data, tracker.place))
    new, _ = put(data, tracker.place, columns)
    again, _ = put(new, tracker.place, columns)
    assert again == new
    other, _ = put(new, tracker.place, status(Tracker(data, tracker.place), salt=1))
    assert_same_parts(data, drop(other))
    one_by_one = new
    for id in order:
        one_by_one = drop(one_by_one, (id,))
    assert_same_parts(data, one_by_one)


@pytest.mark.parametrize("feature", workbooks.FEATURES)
def test_a_second_reader_sees_everything_of_theirs(feature: str) -> None:
    tracker = workbooks.tracker(*{feature, "log_tab", "cached_formula"})
    new, _ = put(tracker.data, tracker.place, status(tracker))
    ours = {spot.column for spot in Book(Package.open(new)).owned("column").values()}
    assert len(ours) == 7
    assert_same_for_openpyxl(tracker.data, new, ours)
    was = values(tracker.data)
    assert {a1: v for a1, v in values(new).items() if a1 in was} == was


def test_what_is_written() -> None:
    tracker = workbooks.tracker("title")
    new, notes = put(tracker.data, tracker.place, status(tracker))
    assert notes == ()
    sheet = openpyxl.load_workbook(io.BytesIO(new))["Clients"]
    assert [sheet.cell(3, column).value for column in range(9, 16)] == list(HEADERS)
    assert sheet["I3"].fill.fgColor.rgb == "FF1F3864"
    assert sheet["I3"].font.b
    assert sheet["I3"].alignment.wrap_text
    assert (sheet["I4"].value, sheet["I4"].data_type) == ("✖ At risk", "s")
    assert sheet["J4"].alignment.wrap_text
    assert {(sheet.cell(4, n).alignment.horizontal, sheet.cell(4, n).alignment.vertical) for n in range(9, 16)} == {
        ("left", "top")
    }
    assert sheet["J4"].value == "No sign of life since 5 Sep; <4/10> & “more” is unanswered."
    assert (sheet["L4"].value.date(), sheet["L4"].number_format) == (date(2026, 11, 24), "dd/mm/yyyy")
    assert repr(sheet["L4"].fill) == repr(sheet["H4"].fill)
    assert sheet["O5"].value is None
    assert sheet.column_dimensions["J"].width == pytest.approx(12.71, abs=0.01)
    notes_shown = {str(v.sqref): (v.promptTitle, v.prompt) for v in sheet.data_validations.dataValidation}
    assert notes_shown["I3"] == ("Health", "health: written by sheets-sync at every run")
    rules = {str(area.sqref): [rule.formula[0] for rule in area.rules] for area in sheet.conditional_formatting}
    assert rules["I4:I9"][0] == 'LEFT($I4,1)="✖"'
    assert rules["L4:L9"][1] == 'LEFT($M4,1)="▲"'
    assert "J4:J9" not in rules


def test_another_theme_recolours_in_place() -> None:
    tracker = workbooks.tracker("title")
    package = Package.open(tracker.data)
    for theme, fill in (("calm", "F2B48C"), ("traffic-light", "F4A6A0"), ("calm", "F2B48C")):
        excel_columns.set_columns(package, Book(package), tracker.place, status(tracker), theme)
        sheet = openpyxl.load_workbook(io.BytesIO(package.to_bytes()))["Clients"]
        rules = {str(area.sqref): area.rules for area in sheet.conditional_formatting}
        assert [len(rules["I4:I9"]), rules["I4:I9"][0].dxf.fill.bgColor.rgb] == [4, f"FF{fill}"]


@pytest.mark.parametrize("totals", [False, True])
def test_columns_stand_inside_the_excel_table(totals: bool) -> None:
    tracker = workbooks.tracker("table", *(["totals"] if totals else []))
    new, notes = put(tracker.data, tracker.place, status(tracker))
    assert notes == ()
    table = openpyxl.load_workbook(io.BytesIO(new))["Clients"].tables["ClientTable"]
    assert table.ref == f"A1:O{8 if totals else 7}"
    assert table.autoFilter.ref == "A1:O7"
    assert [column.name for column in table.tableColumns] == [*workbooks.HEADERS, *HEADERS]
    assert [column.id for column in table.tableColumns] == list(range(1, 16))
    assert b'count="15"' in parts(new)["xl/tables/table1.xml"]


def test_the_filter_grows_with_its_hidden_name() -> None:
    tracker = workbooks.tracker("filter", "title")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    assert b'<autoFilter ref="A3:O9"' in parts(new)[SHEET]
    book = Book(Package.open(new))
    assert book.defined("_xlnm._FilterDatabase", book.sheet("Clients")) == "Clients!$A$3:$O$9"


@pytest.mark.parametrize(
    ("feature", "first"),
    [("used_right", "M"), ("spill_right", "O"), ("hidden_right", "N"), ("merged_right", "L"), ("chart_right", "T")],
)
def test_without_room_statuses_are_looked_up_by_key(feature: str, first: str) -> None:
    tracker = workbooks.tracker(feature, "table")
    new, notes = put(tracker.data, tracker.place, status(tracker))
    last = chr(ord(first) + 6)
    assert notes == (
        f"There is no room right beside the table in Clients, so the status columns stand in {first} to {last} and "
        "find their client by the key of their row.",
    )
    book = openpyxl.load_workbook(io.BytesIO(new))
    assert book["Clients"].tables["ClientTable"].ref == "A1:H7"
    assert book["_sheets_sync_results"].sheet_state == "veryHidden"
    formula = book["Clients"][f"{first}2"].value
    assert formula.startswith("=IFERROR(INDEX('_sheets_sync_results'!$B$1:$B$6,MATCH(IF(ISTEXT($A2),")
    assert values(new)[f"{first}2"] == "● Healthy"


def test_columns_to_the_sheets_end_that_are_hidden_are_shown_where_ours_stand() -> None:
    tracker = workbooks.tracker("hidden_tail")
    new, notes = put(tracker.data, tracker.place, status(tracker))
    assert notes == ()
    cols = re.findall(r'<col min="(\d+)" max="(\d+)"([^>]*)/>', parts(new)[SHEET].decode())
    assert [c[:2] for c in cols if "hidden" in c[2]] == [("16", "16384")]


def test_a_hostile_text_stays_text() -> None:
    tracker = workbooks.tracker()
    texts = ['=HYPERLINK("x")', "a\ud800b\x00\ufffe", "_x0041_", " \t padded\n", "x" * 40_000, "<b>&amp;\"'"]
    cells = tuple(StatusCell(row, f"k{row}", text) for row, text in enumerate(texts, 2))
    new, _ = put(tracker.data, tracker.place, [Column("why", "Why", "", 20, cells)])
    read_back = values(new)
    assert read_back["I2"] == texts[0]
    assert read_back["I3"] == "a�b��"
    assert read_back["I4"] == "_x0041_"
    assert read_back["I5"] == " \t padded\n"
    assert len(read_back["I6"]) == 32_767
    assert read_back["I7"] == texts[5]
    assert b"<f>" not in parts(new)[SHEET]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_any_text_can_be_written(texts: list[str]) -> None:
    tracker = workbooks.tracker()
    cells = tuple(StatusCell(row, f"k{row}", text) for row, text in enumerate(texts, 2))
    new, _ = put(tracker.data, tracker.place, [Column("why", "Why", "", 20, cells)])
    openpyxl.load_workbook(io.BytesIO(new))
    assert_same_parts(tracker.data, drop(new, ("why",)))


def test_dates_count_from_the_workbooks_epoch() -> None:
    tracker = workbooks.tracker("epoch_1904")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    assert values(new)["L2"] == date(2026, 11, 22)


def test_a_row_that_the_sheet_does_not_list_is_made_and_goes_again() -> None:
    tracker = workbooks.tracker(clients=4)
    cells = (StatusCell(2, "a", "● Healthy"), StatusCell(9, "b", "▲ Watch"))
    place = Place("Clients", 1, 1, 2, 9)
    new, _ = put(tracker.data, place, [Column("health", "Health", "", 11, cells)])
    assert values(new)["I9"] == "▲ Watch"
    assert_same_parts(tracker.data, drop(new, ("health",)))


def test_rows_and_cells_without_references_count_by_their_places() -> None:
    tracker = workbooks.tracker()
    data = workbooks.without_references(tracker.data)
    new, _ = put(data, tracker.place, status(tracker))
    assert values(new)["I2"] == "● Healthy"
    assert values(new)["A2"] == "Aldgate Legal"
    assert_same_parts(data, drop(new))


def test_a_sheet_in_utf_16_is_patched() -> None:
    tracker = workbooks.tracker()
    data = workbooks.utf16(tracker.data)
    new, _ = put(data, tracker.place, status(tracker))
    assert values(new)["I2"] == "● Healthy"
    assert_same_for_openpyxl(tracker.data, new, set(range(9, 16)))


def test_a_comment_that_looks_like_a_row_is_no_row() -> None:
    tracker = workbooks.tracker()
    fake = '<sheetData><!-- <row r="2"><c r="I2"><v>1</v></c></row> -->'
    data = workbooks.edited(tracker.data, SHEET, ("<sheetData>", fake))
    new, _ = put(data, tracker.place, status(tracker), check=False)
    assert fake in parts(new)[SHEET].decode()
    assert parts(new)[SHEET].count(b"No sign of life") == 6


def test_rows_grow_with_wrapped_text_unless_people_set_their_height() -> None:
    tracker = workbooks.tracker("outline")
    cells = tuple(StatusCell(row, f"k{row}", "x" * (100 if row < 5 else 9)) for row in range(2, 8))
    new, _ = put(tracker.data, tracker.place, [Column("why", "Why", "", 44, cells, wrap=True)])
    heights = dict(re.findall(r'<row r="(\d)"[^>]*? ht="([\d.]+)"', parts(new)[SHEET].decode()))
    assert heights == {"2": "45", "3": "18", "4": "45"}
    assert_same_parts(tracker.data, drop(new, ("why",)))


@pytest.mark.office
def test_what_another_program_saved_comes_back_too(office: Callable[[Path, str], Path], tmp_path: Path) -> None:
    tracker = workbooks.tracker("table", "conditions", "validations", "gap", "widths", "merged_title", "log_tab")
    buffer = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(tracker.data)).save(buffer)
    for data in (_converted(office, tmp_path, tracker.data), buffer.getvalue()):
        new, _ = put(data, tracker.place, status(tracker))
        assert values(new)["I4"] == "✖ At risk"
        assert_same_parts(data, drop(new))


def test_what_people_typed_below_the_table_stays() -> None:
    tracker = workbooks.tracker()
    new, _ = put(tracker.data, tracker.place, status(tracker))
    total = '<row r="30"><c r="I30" t="inlineStr"><is><t>2 at risk</t></is></c></row></sheetData>'
    typed = workbooks.edited(new, SHEET, ("</sheetData>", total))
    again, _ = put(typed, tracker.place, status(tracker, salt=1))
    assert values(again)["I30"] == "2 at risk"
    assert values(drop(again))["I30"] == "2 at risk"


def test_what_people_typed_into_our_column_is_written_over() -> None:
    tracker = workbooks.tracker()
    new, _ = put(tracker.data, tracker.place, status(tracker))
    typed = workbooks.edited(new, SHEET, ("▲ Watch", "fine, says Ann"))
    assert parts(put(typed, tracker.place, status(tracker))[0]) == parts(new)


def test_a_client_who_is_gone_loses_the_status() -> None:
    tracker = workbooks.tracker("blank_formats")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    fewer = [Column(c.id, c.header, c.note, c.width, c.cells[:3], c.kind, c.colour_by, c.wrap) for c in status(tracker)]
    again, _ = put(new, Place("Clients", 1, 1, 2, 4), fewer)
    assert "I4" in values(again)
    assert "I5" not in values(again)
    assert_same_parts(tracker.data, drop(again))


def test_a_column_in_the_middle_goes_and_the_others_move_up() -> None:
    tracker = workbooks.tracker("table", "widths")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    left = drop(new, ("why", "touchpoint"))
    sheet = openpyxl.load_workbook(io.BytesIO(left))["Clients"]
    expected = ["Health", "Do next", "Due", "Renewal", "Offer next"]
    assert [sheet.cell(1, column).value for column in range(9, 15)] == [*expected, None]
    assert [c.name for c in sheet.tables["ClientTable"].tableColumns][8:] == expected
    assert sheet["K2"].value.date() == date(2026, 11, 22)
    notes = {str(v.sqref): v.promptTitle for v in sheet.data_validations.dataValidation}
    assert notes == {f"{letter}1": header for letter, header in zip("IJKLM", expected, strict=True)}
    rules = [str(area.sqref) for area in sheet.conditional_formatting]
    assert rules == ["I2:I7"]
    assert sheet.column_dimensions["J"].width == pytest.approx(13.71, abs=0.01)
    back, _ = put(left, tracker.place, status(tracker))
    names = [spot.column for _, spot in sorted(Book(Package.open(back)).owned("column").items())]
    assert sorted(names) == list(range(9, 16))
    assert_same_parts(tracker.data, drop(back))


def test_a_formula_that_uses_a_column_of_ours_keeps_it_from_going() -> None:
    tracker = workbooks.tracker("table", "log_tab")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    used = workbooks.edited(new, "xl/worksheets/sheet2.xml", ('COUNTIF(C:C,"call")', "COUNTA(ClientTable[Health])"))
    with pytest.raises(Refused, match=r"COUNTA\(ClientTable\[Health\]\) uses a status column"):
        drop(used)


def test_merged_cells_and_arrays_over_our_column_are_refused() -> None:
    tracker = workbooks.tracker()
    new, _ = put(tracker.data, tracker.place, status(tracker))
    merge = '</sheetData><mergeCells count="1"><mergeCell ref="J3:J4"/></mergeCells>'
    with pytest.raises(Refused, match=r"Clients!J3 is merged \(J3:J4\)"):
        put(workbooks.edited(new, SHEET, ("</sheetData>", merge)), tracker.place, status(tracker))
    cell = re.search(r'<c r="K3".*?</c>', parts(new)[SHEET].decode())
    assert cell
    array = '<c r="K3"><f t="array" ref="K3:K4">ROW(1:2)</f><v>1</v></c>'
    with pytest.raises(Refused, match="Clients!K3 belongs to a formula"):
        put(workbooks.edited(new, SHEET, (cell[0], array)), tracker.place, status(tracker))


def test_a_protected_tab_is_refused_unless_our_cells_are_unlocked() -> None:
    tracker = workbooks.tracker()
    guard = '</sheetData><sheetProtection sheet="1"/>'
    with pytest.raises(Refused, match="Clients!I1 is locked: the tab is protected"):
        put(workbooks.edited(tracker.data, SHEET, ("</sheetData>", guard)), tracker.place, status(tracker))
    book = openpyxl.load_workbook(io.BytesIO(tracker.data))
    for row in range(1, 8):
        for column in range(9, 16):
            book["Clients"].cell(row, column).protection = openpyxl.styles.Protection(locked=False)
    book["Clients"].protection.enable()
    buffer = io.BytesIO()
    book.save(buffer)
    new, _ = put(buffer.getvalue(), tracker.place, status(tracker))
    assert values(new)["I2"] == "● Healthy"
    assert_same_parts(buffer.getvalue(), drop(new))


def test_a_damaged_sheet_is_refused_before_it_is_touched() -> None:
    tracker = workbooks.tracker()
    for old, new in (("</row>", ""), ("</sheetData>", '<row r="2"/></sheetData>')):
        data = workbooks.packed(
            {**parts(tracker.data), SHEET: parts(tracker.data)[SHEET].replace(old.encode(), new.encode(), 1)}
        )
        with pytest.raises(Refused, match="Clients"):
            put(data, tracker.place, status(tracker), check=False)


def test_a_formula_that_goes_leaves_the_chain_of_calculation() -> None:
    tracker = workbooks.tracker("cached_formula")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    cell = re.search(r'<c r="I3".*?</c>', parts(new)[SHEET].decode())
    assert cell
    typed = workbooks.edited(new, SHEET, (cell[0], '<c r="I3"><f>1+1</f><v>2</v></c>'))
    members = parts(typed)
    chain = f'<calcChain xmlns="{workbooks.MAIN}"><c r="I3" i="1"/><c r="G2"/><c r="G3" i="1"/></calcChain>'
    members["xl/calcChain.xml"] = chain.encode()
    rels = members["xl/_rels/workbook.xml.rels"].decode()
    line = f'<Relationship Id="rId99" Type="{workbooks.OFFICE}/calcChain" Target="calcChain.xml"/></Relationships>'
    members["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", line).encode()
    again, _ = put(workbooks.packed(members), tracker.place, status(tracker))
    assert parts(again)["xl/calcChain.xml"].decode().endswith('<c i="1" r="G2"/><c r="G3" i="1"/></calcChain>')


def test_the_teams_own_rules_and_validations_keep_their_order() -> None:
    tracker = workbooks.tracker(
        "conditions", "extended_conditions", "validations", "sparklines", "links", "print_setup"
    )
    new, _ = put(tracker.data, tracker.place, status(tracker))
    outer = re.sub(r"<sheetData>.*</sheetData>", "", parts(new)[SHEET].decode())
    seen = [
        outer.rindex(f"<{name}")
        for name in ("conditionalFormatting", "dataValidations", "hyperlinks", "pageMargins", "extLst")
    ]
    assert seen == sorted(seen)
    assert '<dataValidations count="9">' in outer
    priorities = re.findall(r'<(?:x14:)?cfRule [^>]*priority="(\d+)"', outer)
    assert len(set(priorities)) >= len(priorities) - 1


# ── LibreOffice as the team's program ────────────────────────────────────────────────────────────────────────────────


def _converted(office: Callable[[Path, str], Path], tmp_path: Path, data: bytes) -> bytes:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(data)
    return office(path, "xlsx").read_bytes()


@pytest.mark.office
@pytest.mark.parametrize("features", [(), ("table",), ("filter", "title"), ("used_right",), ("prefixed",)])
def test_libreoffice_opens_and_saves_it_and_our_columns_are_found_again(
    features: tuple[str, ...], office: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    tracker = workbooks.tracker("conditions", "log_tab", *(f for f in features if f != "prefixed"))
    data = workbooks.prefixed(tracker.data) if "prefixed" in features else tracker.data
    new, _ = put(data, tracker.place, status(tracker))
    saved = _converted(office, tmp_path, new)
    assert values(saved) == values(new)
    assert values(saved, "Interactions") == values(new, "Interactions")
    other, _ = put(saved, tracker.place, status(tracker, salt=1))
    assert values(other) == values(put(data, tracker.place, status(tracker, salt=1))[0])
    bare = drop(other)
    assert values(bare) == values(data)
    assert b"LEFT($" not in parts(bare)[SHEET]
    assert b"promptTitle" not in parts(bare)[SHEET] or "validations" in features


@pytest.mark.office
def test_a_lookup_finds_its_own_client_after_a_sort(office: Callable[[Path, str], Path], tmp_path: Path) -> None:
    tracker = workbooks.tracker("used_right")
    new, _ = put(tracker.data, tracker.place, status(tracker))
    text = parts(new)[SHEET].decode()
    first, last = re.search(r'<c r="A2".*?</c>', text), re.search(r'<c r="A7".*?</c>', text)
    assert first
    assert last
    swapped = text.replace(first[0], last[0].replace('"A7"', '"A2"')).replace(last[0], first[0].replace('"A2"', '"A7"'))
    # Without cached values LibreOffice has to calculate them.
    swapped = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", swapped)
    saved = values(_converted(office, tmp_path, workbooks.packed({**parts(new), SHEET: swapped.encode()})))
    before = values(new)
    assert (saved["A2"], saved["A7"]) == (before["A7"], before["A2"])
    assert [saved[f"{c}2"] for c in "MNOPQR"] == [before[f"{c}7"] for c in "MNOPQR"]
    assert [saved[f"{c}7"] for c in "MNOPQR"] == [before[f"{c}2"] for c in "MNOPQR"]


def test_no_note_where_the_team_validates_the_header_in_an_extension() -> None:
    """Excel keeps validations that ask another tab in the sheet's extensions; a cell has one of either kind."""
    validation = (
        '<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list"><x14:formula1>'
        "<xm:f>Interactions!$B$2:$B$9</xm:f></x14:formula1><xm:sqref>M3 H1:J8</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst></worksheet>"
    )
    tracker = workbooks.tracker("log_tab")
    data = workbooks.edited(tracker.data, SHEET, ("</worksheet>", validation))
    package = Package.open(data)
    excel_columns.set_columns(package, Book(package), tracker.place, status(Tracker(data, tracker.place)))
    notes = re.findall(rb'prompt="[^"]*" sqref="([A-Z]+1)"', package.read(SHEET))
    assert notes == [b"K1", b"L1", b"M1", b"N1", b"O1"]
