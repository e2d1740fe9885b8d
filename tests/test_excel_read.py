"""What is read from a workbook: the values as they are, whatever the file claims about itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from sheets_sync.errors import Refused
from sheets_sync.model import NOT_CALCULATED, CellError, Scalar, Snapshot, letters
from sheets_sync.workbooks.excel import precheck, read
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.revision import revision_of
from tests.handmade import MAIN, STRICT_MAIN, STRICT_RELATIONS, parts, relationships, sheet, workbook, zipped


def snapshot(data: bytes, *tabs: str) -> Snapshot:
    return read.snapshot(Package.open(data), "here", revision_of(data), tabs or None)


def rows(data: bytes, tab: str = "Tab1") -> list[list[Scalar]]:
    return [list(row) for row in snapshot(data).grids[tab].rows]


def cell(ref: str, inner: str, kind: str = "") -> str:
    said = f' t="{kind}"' if kind else ""
    return f'<c r="{ref}"{said}>{inner}</c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


ONE = row(1, cell("A1", "<v>1</v>"))


def test_values_keep_their_types() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        day = made.add_format({"num_format": "d mmm yyyy"})
        moment = made.add_format({"num_format": "d mmm yyyy hh:mm"})
        tab = made.add_worksheet("Clients")
        tab.write_row(1, 1, ["text", 5, 2.5, True, "007", " padded ", "=1+1", "#N/A", "", -0.0, 1e300], None)
        tab.write_string(1, 7, "=1+1")
        tab.write_datetime(2, 1, datetime(2026, 11, 23), day)
        tab.write_datetime(2, 2, datetime(2026, 11, 23, 9, 30), moment)
        tab.write_formula(2, 3, "=B2", None, "cached")
    assert rows(buffer.getvalue(), "Clients") == [
        [None] * 12,
        [None, "text", 5, 2.5, True, "007", " padded ", "=1+1", "#N/A", None, 0, 1e300],
        [None, date(2026, 11, 23), datetime(2026, 11, 23, 9, 30), "cached", *[None] * 8],
    ]
    numbers = rows(buffer.getvalue(), "Clients")[1]
    assert [type(numbers[i]) for i in (2, 3, 4, 10)] == [int, float, bool, int]


def test_dates_of_a_1904_workbook() -> None:
    dated = sheet(row(1, '<c r="A1" s="1"><v>44522</v></c>'))
    assert rows(workbook(dated, properties='date1904="1"')) == [[date(2025, 11, 23)]]
    assert rows(workbook(dated)) == [[date(2021, 11, 22)]]


def test_durations_and_times() -> None:
    timed = sheet(row(1, '<c r="A1" s="3"><v>1.5</v></c>', '<c r="B1" s="2"><v>0.5</v></c>'))
    assert rows(workbook(timed)) == [[timedelta(days=1, hours=12), time(12)]]


def test_strict_workbooks() -> None:
    said = row(1, cell("A1", "<v>2026-11-23T00:00:00</v>", "d"), cell("B1", "<v>7</v>"))
    data = workbook(sheet(said, main=STRICT_MAIN), base=STRICT_RELATIONS)
    assert rows(data) == [[datetime(2026, 11, 23), 7]]


def test_prefixed_sheets() -> None:
    prefixed = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>hey</x:t></x:is>'
        '</x:c><x:c r="B1"><x:f>1+1</x:f></x:c><x:c r="C1" t="e"><x:v>#SPILL!</x:v></x:c></x:row></x:sheetData>'
        "</x:worksheet>"
    )
    assert rows(workbook(prefixed)) == [["hey", NOT_CALCULATED, CellError("#SPILL!")]]


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "nonsense"])
def test_a_dimension_that_lies_hides_nothing(dimension: str) -> None:
    hundred = "".join(row(i, cell(f"A{i}", f"<v>{i}</v>"), cell(f"C{i}", "<v>0</v>")) for i in range(1, 101))
    assert rows(workbook(sheet(hundred, dimension=dimension))) == [[i, None, 0] for i in range(1, 101)]


def test_rows_and_cells_without_references_are_counted() -> None:
    bare = (
        "<row><c><v>1</v></c><c><f>1+1</f></c></row><row/>"
        '<row><c t="e"><v>#REF!</v></c><c r="D3"><v>4</v></c><c><v>5</v></c></row>'
    )
    assert rows(workbook(sheet(bare))) == [
        [1, NOT_CALCULATED, None, None, None],
        [None] * 5,
        [CellError("#REF!"), None, None, 4, 5],
    ]


def test_lower_case_references() -> None:
    assert rows(workbook(sheet(row(1, cell("b1", "<v>2</v>"), cell("c1", "<v>#N/A</v>", "e"))))) == [
        [None, 2, CellError("#N/A")]
    ]


def test_rows_out_of_order() -> None:
    mixed = row(3, cell("B3", "<v>9</v>"), cell("A3", "<v>8</v>")) + ONE
    assert rows(workbook(sheet(mixed))) == [[1, None], [None, None], [8, 9]]


def test_utf16_sheets() -> None:
    text = sheet(row(1, cell("A1", "<is><t>Köln</t></is>", "inlineStr"))).replace(
        '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-16"?>'
    )
    assert rows(zipped(parts(sheet(ONE)) | {"xl/worksheets/sheet1.xml": text.encode("utf-16")})) == [["Köln"]]


def test_cdata_and_comments() -> None:
    text = '<!-- <row r="1"><c r="A1" t="e"><v>1</v></c></row> -->' + row(
        1, cell("A1", "<is><t><![CDATA[a<b]]></t></is>", "inlineStr"), cell("B1", "<v><![CDATA[5]]></v>")
    )
    assert rows(workbook(sheet(text))) == [["a<b", 5]]


ERRORS = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"]


@pytest.mark.parametrize("error", ERRORS)
def test_error_cells_are_errors_and_texts_like_them_are_texts(error: str) -> None:
    text = row(
        2,
        cell("B2", f"<f>x</f><v>{error}</v>", "e"),
        cell("C2", f"<is><t>{error} t=&quot;e&quot;</t></is>", "inlineStr"),
        cell("D2", '<is><t>t="e"</t></is>', "inlineStr"),
    )
    assert rows(workbook(sheet(text))) == [[None] * 4, [None, CellError(error), f'{error} t="e"', 't="e"']]


def test_formulas_without_a_cached_value_are_not_calculated() -> None:
    text = row(
        1,
        cell("A1", "<f>1+1</f>"),
        cell("B1", "<f>1+1</f><v></v>"),
        cell("C1", "<f>1+1</f><v/>"),
        cell("D1", '<f t="shared" si="0"/>'),
        cell("E1", '<f t="shared" si="0"/><v>3</v>'),
        cell("F1", "<f>x</f><v></v>", "str"),
        cell("G1", "<f>1+1</f><v>2</v>"),
        cell("H1", '\n<f>IF(A1&lt;1,"a>b")</f>\n'),
    )
    assert rows(workbook(sheet(text))) == [[*[NOT_CALCULATED] * 4, 3, None, 2, NOT_CALCULATED]]


def test_a_workbook_of_openpyxl_is_not_calculated() -> None:
    made = openpyxl.Workbook()
    made.active.append(["=1+1", "text"])
    buffer = io.BytesIO()
    made.save(buffer)
    assert rows(buffer.getvalue(), "Sheet") == [[NOT_CALCULATED, "text"]]


@pytest.mark.parametrize("number", ["NaN", "1e999", "9" * 1000])
def test_numbers_that_are_none_are_errors(number: str) -> None:
    assert rows(workbook(sheet(row(1, cell("A1", f"<v>{number}</v>"))))) == [[CellError("not a number")]]


def test_trailing_formatted_blanks_are_no_rows() -> None:
    text = ONE + row(2, '<c r="A2"/>') + row(5000, '<c r="C5000" s="1"/>')
    assert len(rows(workbook(sheet(text)))) == 1


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD2", "ZZ900000", "XFD3000"])
def test_a_stray_cell_far_away_is_ignored(far: str) -> None:
    number = int("".join(letter for letter in far if letter.isdigit()))
    wide = row(1, *(cell(f"{column}1", "<v>1</v>") for column in ("A", "AA")))
    two = row(2, cell("A2", "<v>2</v>"), *([cell(far, "<v>5</v>")] if number == 2 else []))
    last = row(number, cell(far, "<v>5</v>")) if number > 2 else ""
    found = rows(workbook(sheet(wide + two + last)))
    assert [cells[0] for cells in found[:2]] == [1, 2]
    assert not any(any(cells) for cells in found[2:-1])


def test_cells_all_over_the_sheet_are_refused_and_not_guessed_at() -> None:
    steps = range(1, 1_000_000, 9_000)
    text = "".join(row(i, cell(f"{'A' if i // 9_000 % 2 else 'SG'}{i}", "<v>1</v>")) for i in steps)
    assert "too far apart" in refused(workbook(sheet(text)))


def test_a_large_full_sheet_is_no_stray(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precheck, "MOST_CELLS", 100)
    columns = [letters(number) for number in range(1, 29)]
    full = "".join(row(i, *(f'<c r="{c}{i}"><v>{i}</v></c>' for c in columns)) for i in range(1, 60))
    assert rows(workbook(sheet(full))) == [[i] * 28 for i in range(1, 60)]


def test_a_wide_sheet_is_read_whole() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        tab = made.add_worksheet("Wide")
        for i in range(40):
            tab.write_row(i, 0, range(i, i + 1000))
    assert rows(buffer.getvalue(), "Wide") == [list(range(i, i + 1000)) for i in range(40)]


# What is refused


def refused(data: bytes) -> str:
    with pytest.raises(Refused) as error:
        snapshot(data)
    return str(error.value)


def test_a_row_that_stands_there_twice_is_ambiguous() -> None:
    assert "Tab1" in refused(workbook(sheet(ONE + ONE)))


def test_a_row_beyond_the_last_is_refused() -> None:
    assert "99,999,999" in refused(workbook(sheet(row(99_999_999, cell("A99999999", "<v>1</v>")))))


def test_a_text_that_is_not_there_is_damage() -> None:
    data = parts(sheet(row(1, cell("A1", "<v>7</v>", "s")))) | {
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>',
        "xl/_rels/workbook.xml.rels": relationships(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
    }
    assert "Tab1" in refused(zipped(data))


@pytest.mark.parametrize(
    "text", [sheet(ONE)[:-30], sheet(ONE).replace("</c>", ""), sheet(row(1, cell("1A", "<v>1</v>")))]
)
def test_a_damaged_sheet_is_refused(text: str) -> None:
    assert "Tab1" in refused(workbook(text))


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "cccccccc">]>' + sheet(row(1, cell("A1", "<is><t>&b;</t></is>", "inlineStr")))[21:]
    assert "DOCTYPE" in refused(workbook(bomb))


def test_a_damaged_tab_that_nobody_asked_for_does_no_harm() -> None:
    data = workbook(sheet(ONE), sheet(ONE)[:-30])
    assert list(snapshot(data, "tab1").grids) == ["Tab1"]


# Which tabs, and what is ours


def ours(names: dict[str, str]) -> str:
    listed = "".join(
        f'<definedName name="_sheets_sync.{name}" hidden="1">{f}</definedName>' for name, f in names.items()
    )
    return f"<definedNames>{listed}</definedNames>"


def test_hidden_tabs_are_read_and_said_to_be() -> None:
    data = parts(sheet(ONE), sheet(ONE))
    data["xl/workbook.xml"] = str(data["xl/workbook.xml"]).replace('sheetId="2"', 'sheetId="2" state="hidden"')
    assert [(g.title, g.visible) for g in snapshot(zipped(data)).grids.values()] == [("Tab1", True), ("Tab2", False)]


def test_chart_sheets_are_no_tabs() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        made.add_worksheet("Clients").write(0, 0, 1)
        chart = made.add_chart({"type": "bar"})
        chart.add_series({"values": "=Clients!$A$1"})
        made.add_chartsheet("Chart").set_chart(chart)
    assert list(snapshot(buffer.getvalue()).grids) == ["Clients"]


def status_rows() -> str:
    return sheet(
        row(1, cell("A1", "<is><t>Title</t></is>", "inlineStr"), cell("B1", "<v>77</v>"))
        + row(2, cell("A2", "<is><t>Client</t></is>", "inlineStr"), cell("B2", "<is><t>Health</t></is>", "inlineStr"))
        + row(3, cell("A3", "<is><t>Aldgate</t></is>", "inlineStr"), cell("B3", "<f>INDEX(1,2)</f><v>bad</v>", "str"))
        + row(5, cell("A5", "<is><t>Brightwater</t></is>", "inlineStr"), cell("B5", "<f>NA()</f><v>#N/A</v>", "e"))
    )


def test_our_columns_are_found_and_are_not_the_teams() -> None:
    found = snapshot(workbook(status_rows(), names=ours({"column.health": "'Tab1'!$B$2"})))
    (column,) = found.columns
    assert (column.id, column.tab, column.column, column.header) == ("health", "Tab1", 2, "Health")
    assert column.cells == {3: "bad", 5: CellError("#N/A")}
    grid = found.grids["Tab1"]
    assert [list(cells) for cells in grid.rows] == [
        ["Title", 77],
        ["Client", None],
        ["Aldgate", None],
        [None, None],
        ["Brightwater", None],
    ]


def test_our_column_is_read_even_when_its_tab_is_not_asked_for() -> None:
    data = workbook(status_rows(), sheet(ONE), names=ours({"column.health": "Tab1!$B$2"}))
    found = snapshot(data, "Tab2")
    assert list(found.grids) == ["Tab2"]
    assert found.columns[0].cells[3] == "bad"


@pytest.mark.parametrize("formula", ["Tab1!#REF!", "#REF!", "Gone!$B$2"])
def test_a_name_that_lost_its_cell_is_no_column(formula: str) -> None:
    found = snapshot(workbook(status_rows(), names=ours({"column.health": formula})))
    assert found.columns == ()
    assert found.grids["Tab1"].at(3, 2) == "bad"


def test_our_tabs_are_kept_apart() -> None:
    data = parts(sheet(ONE), status_rows(), sheet(ONE), names=ours({"tab.diary": "Tab2!$A$1"}))
    data["xl/workbook.xml"] = str(data["xl/workbook.xml"]).replace('"Tab3"', '"_sheets_sync_results"')
    found = snapshot(zipped(data))
    assert list(found.grids) == ["Tab1"]
    assert [tab.title for tab in found.tabs] == ["Tab2"]
    diary = found.owned_tab("diary")
    assert diary is not None
    assert diary.grid.at(3, 1) == "Aldgate"


def test_a_copy_of_a_name_on_one_sheet_is_not_ours() -> None:
    names = ours({"column.health": "Tab1!$B$2"}).replace('hidden="1"', 'hidden="1" localSheetId="0"')
    assert snapshot(workbook(status_rows(), names=names)).columns == ()


def test_the_revision_changes_with_any_byte() -> None:
    data = workbook(sheet(ONE))
    assert snapshot(data).revision == snapshot(data).revision
    assert snapshot(data).revision != snapshot(workbook(sheet(ONE + " "))).revision


@pytest.mark.office
def test_ours_is_found_again_after_libreoffice_saved_the_file(
    tmp_path: Path, office: Callable[[Path, str], Path]
) -> None:
    path = tmp_path / "tracker.xlsx"
    made = openpyxl.Workbook()
    made.active.title = "It's ours"
    for cells in (["Title"], ["Client", "Health"], ["Aldgate", "✖ At risk"]):
        made.active.append(cells)
    made.create_sheet("Diary & co").append(["x"])
    made.create_sheet("_sheets_sync").append(["memory"])
    made.save(path)
    package = Package.open(path.read_bytes())
    book = Book(package)
    book.own("column", "health", "It's ours", 2, 2)
    book.own("tab", "diary", "Diary & co")
    book.own("tab", "memory", "_sheets_sync")
    path.write_bytes(package.to_bytes())
    found = snapshot(office(path, "xlsx").read_bytes())
    assert found.columns[0].cells == {3: "✖ At risk"}
    assert {tab.id: tab.title for tab in found.tabs} == {"diary": "Diary & co", "memory": "_sheets_sync"}
    assert [list(cells)[:1] for cells in found.grids["It's ours"].rows] == [["Title"], ["Client"], ["Aldgate"]]
