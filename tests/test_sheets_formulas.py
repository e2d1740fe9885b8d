"""The emulator's formulas do what Google's do: values, lookups, what spills, and what edits make of references."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.workbooks.google.results import formula as status_formula
from tests.sheets_emulator.formulas import Edit, FormulaError, adjust, copied, delete_sheet, evaluate, parse, rename

Rows = list[list[object]]
NOW = datetime(2026, 11, 23, 9, 30)


def worked_out(text: str, sheets: Mapping[str, Rows], home: tuple[str, int, int] = ("Home", 0, 0)) -> Rows:
    def cell(title: str, row: int, column: int) -> object:
        rows = sheets[title]
        return rows[row][column] if row < len(rows) and column < len(rows[row]) else None

    def extent(title: str) -> tuple[int, int] | None:
        return (len(sheets[title]), max(map(len, sheets[title]))) if title in sheets else None

    return evaluate(text, home, cell, extent, NOW)  # type: ignore[arg-type]


def shown(text: str, *rows: list[object], home: tuple[str, int, int] = ("Home", 20, 20)) -> object:
    """What a formula beside these rows shows in its own cell."""
    return worked_out(text, {"Home": list(rows) or [[None]]}, home)[0][0]


NA, REF, NAME, BAD = (FormulaError(text) for text in ("#N/A", "#REF!", "#NAME?", "#VALUE!"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=1+2*3", 7.0),
        ("=-2^2", 4.0),
        ("=2^3^2", 64.0),
        ("=(1+2)*3%", 0.09),
        ('="a"&1&TRUE&""', "a1TRUE"),
        ('="say ""hi"""', 'say "hi"'),
        ('="ABC"="abc"', True),
        ('=EXACT("ABC";"abc")', False),
        ('="1"=1', False),
        ('=1<"a"', True),
        ('="z"<TRUE', True),
        ("=1/0", FormulaError("#DIV/0!")),
        ('="x"+1', BAD),
        ('="12"+1', 13.0),
        ("=IF(TRUE,1,1/0)", 1.0),
        ("=IF(FALSE,1)", False),
        ("=IF(TRUE,,2)", None),
        ('=IFS(FALSE,1,TRUE,"b")', "b"),
        ('=IFERROR(VLOOKUP("x",Gone!A:B,2,FALSE),"none")', "none"),
        ('=IFNA(1/0,"none")', FormulaError("#DIV/0!")),
        ('=LEFT("✖ At risk",1)', "✖"),
        ('=RIGHT("abc",2)&MID("abcdef",2,3)&LEFT("xy",5)', "bcbcdxy"),
        ('=TRIM("  a   b ")', "a b"),
        ('=SUBSTITUTE("a-b-c","-","+",2)', "a-b+c"),
        ('=LEN("four")', 4.0),
        ('=AND(TRUE,1,NOT(FALSE))', True),
        ("=OR(FALSE,0)", False),
        ('=TEXT(46349,"d mmm yyyy")', "23 Nov 2026"),
        ('=TEXT(46349.5,"yyyy-mm-dd hh:mm")', "2026-11-23 12:00"),
        ('=TEXT(0.256,"0%")&TEXT(1234.5,"#,##0.00")', "26%1,234.50"),
        ("=TODAY()", 46349.0),
        ("=NOW()<=DATE(2026,11,23)+TIME(9,31,0)", True),
        ("=NOW()<=DATE(2026,11,23)+TIME(9,29,0)", False),
        ("=DATE(2026,14,1)=DATE(2027,2,1)", True),
        ('=HYPERLINK("#gid=5","Diary")', "Diary"),
        ('=CONCATENATE("a",1,"b")', "a1b"),
        ("=ROW()&COLUMN()", "2121"),
        ("=FILTER(A1:A2,TRUE)", NAME),
        ("=nonsense", NAME),
        ("=1+", FormulaError("#ERROR!")),
        ("=LEN(", FormulaError("#ERROR!")),
        ('={"a","b"}', FormulaError("#ERROR!")),
        ("='No such tab'!A1", REF),
        ("=#REF!+1", REF),
        ("=UPPER(1,2)", NA),
    ],
)  # fmt: skip
def test_single_values(text: str, value: object) -> None:
    assert shown(text) == value


def test_a_blank_equals_nothing_text_and_zero() -> None:
    assert [shown(f"=A1={other}", [None]) for other in ('""', "0", "FALSE", "A1")] == [True, True, True, True]
    assert shown('=A1=" "', [None]) is False
    assert shown("=ISBLANK(A1)&ISBLANK(B1)", [None, ""]) == "TRUEFALSE"
    assert shown("=A1", [None]) is None


KEYS = [["Acme", 1.0], ["ab*d", 2.0], ["abcd", 3.0], [123.0, 4.0], ["123", 5.0], ["ACME", 6.0], [None, 7.0]]


@pytest.mark.parametrize(
    ("key", "vlookup", "xlookup"),
    [
        ('"ACME"', 1.0, 1.0),
        ('"ab*d"', 2.0, 2.0),
        ('"ab?d"', 2.0, "new"),
        ('"ab~*d"', 2.0, "new"),
        ('"*c*"', 1.0, "new"),
        ('"??c?"', 3.0, "new"),
        ("123", 4.0, 4.0),
        ('"123"', 5.0, 5.0),
        ('"acm"', NA, "new"),
        ("1/0", FormulaError("#DIV/0!"), FormulaError("#DIV/0!")),
    ],
)
def test_lookups_tell_keys_apart_as_google_does(key: str, vlookup: object, xlookup: object) -> None:
    assert shown(f"=VLOOKUP({key},A1:B7,2,FALSE)", *KEYS) == vlookup
    assert shown(f'=XLOOKUP({key},A1:A7,B1:B7,"new",0)', *KEYS) == xlookup


def test_lookups_say_no_loudly() -> None:
    assert shown('=VLOOKUP("acme",A1:B7,3,FALSE)', *KEYS) == REF
    assert shown('=VLOOKUP("acme",A1:B7,2)', *KEYS) == NAME
    assert shown('=XLOOKUP("acme",A1:A7,B1:B7,,-1)', *KEYS) == NAME
    assert shown('=XLOOKUP("acme",A1:A7,B1:B6)', *KEYS) == NA
    assert shown('=XLOOKUP("acme",A1:A7,B1:B7,"",0,-1)', *KEYS) == 6.0


def test_match_index_countif_and_sums() -> None:
    assert shown('=MATCH("abc?",A1:A7,0)&INDEX(A1:B7,3,1)', *KEYS) == "3abcd"
    assert shown("=INDEX(A1:B7,9,1)", *KEYS) == FormulaError("#NUM!")
    assert shown("=SUM(A1:B7)&COUNTA(A:A)", *KEYS) == "1516"
    assert shown('=COUNTIF(B1:B7,">=5")&COUNTIF(A1:A7,"a*")&COUNTIF(A1:A7,"<>acme")', *KEYS) == "345"


def test_a_range_outside_arrayformula_means_the_cell_beside_it() -> None:
    column = [["a"], ["b"], ["c"]]
    assert shown("=UPPER(A1:A3)", *column, home=("Home", 1, 4)) == "B"
    assert shown("=UPPER(A1:A3)", *column, home=("Home", 7, 4)) == BAD
    assert worked_out("=ARRAYFORMULA(UPPER(A1:A3))", {"Home": column}) == [["A"], ["B"], ["C"]]


def test_arrays_meet_as_google_lets_them() -> None:
    sheet: Rows = [[1.0, 2.0, 3.0], [10.0, None, None], [20.0, None, None]]
    assert worked_out("=ARRAYFORMULA(A2:A3+A1:C1)", {"Home": sheet}) == [[11.0, 12.0, 13.0], [21.0, 22.0, 23.0]]
    assert worked_out("=ARRAYFORMULA(A1:A3+A2:A3)", {"Home": sheet}) == [[11.0], [30.0], [NA]]
    assert worked_out("=ARRAYFORMULA(ROW(A2:A3)*COLUMN(A1:C1))", {"Home": sheet})[1] == [3.0, 6.0, 9.0]
    assert worked_out("=ARRAYFORMULA(IF(ROW()<>1,A2:A3,A1:C1))", {"Home": sheet}) == [[1.0, 2.0, 3.0]]


def team(*keys: object) -> dict[str, Rows]:
    results: Rows = [["key", "health"], ["Acme", "● Healthy"], ["Bo*", "✖ At risk"], [7.0, "▲ Watch"], ["7", "– Off"]]
    return {"Clients": [["Client"], *([key] for key in keys)], "_results": results}


def test_the_formula_that_the_product_writes() -> None:
    text = status_formula('My "Health"', "_results", 2, 0, 0)
    sheets = team("acme", None, "Bo*", "Bob", 7.0, "7", "")
    column = [cell for (cell,) in worked_out(text, sheets, ("Clients", 0, 1))]
    assert column == ['My "Health"', "● Healthy", "", "✖ At risk", "new", "▲ Watch", "– Off", ""]


def test_ten_thousand_rows_are_read_once() -> None:
    sheets = team(*(f"client {n}" for n in range(10_000)))
    sheets["_results"] = [["key", "health"], *([f"Client {n}", f"● {n}"] for n in range(9_999, -1, -1))]
    text = status_formula("Health", "_results", 2, 0, 0)
    column = worked_out(text, sheets, ("Clients", 0, 1))
    assert [cell for (cell,) in column[1:]] == [f"● {n}" for n in range(10_000)]


@pytest.mark.parametrize(
    ("before", "edit", "after"),
    [
        ("A3", ("insert", "ROWS", 2, 4), "A5"),
        ("A3", ("insert", "ROWS", 3, 4), "A3"),
        ("$A$3:A", ("insert", "ROWS", 0, 1), "$A$4:A"),
        ("A:$B", ("insert", "ROWS", 0, 1), "A:$B"),
        ("A:B", ("insert", "COLUMNS", 1, 2), "A:C"),
        ("2:$3", ("insert", "ROWS", 2, 3), "2:$4"),
        ("A2:C5", ("delete", "ROWS", 0, 2), "A1:C3"),
        ("A2:C5", ("delete", "ROWS", 4, 9), "A2:C4"),
        ("A2:C5", ("delete", "ROWS", 1, 5), "#REF!"),
        ("A3:A", ("delete", "ROWS", 2, 4), "A3:A"),
        ("B:B", ("delete", "COLUMNS", 1, 2), "#REF!"),
        ("$B$1:$B", ("delete", "COLUMNS", 0, 1), "$A$1:$A"),
        ("$B$1:$B", ("move", "COLUMNS", 0, 1, 5), "$A$1:$A"),
        ("$B$1:$B", ("move", "COLUMNS", 1, 2, 5), "$E$1:$E"),
        ("$B$1:$B", ("move", "COLUMNS", 4, 6, 0), "$D$1:$D"),
        ("A2", ("move", "ROWS", 1, 3, 6), "A5"),
        ("A2:A9", ("move", "ROWS", 2, 3, 20), "A2:A8"),
        ("A2:A9", ("move", "ROWS", 30, 32, 4), "A2:A11"),
        ("LOG10(A1)", ("insert", "ROWS", 0, 1), "LOG10(A2)"),
        ('"A1"&A1', ("insert", "ROWS", 0, 1), '"A1"&A2'),
        ("A1+Other!A1+'Home'!A1", ("insert", "ROWS", 0, 1), "A2+Other!A1+Home!A2"),
    ],
)
def test_references_follow_their_cells(before: str, edit: tuple[str, str, int, int], after: str) -> None:
    kind, dimension, *places = edit
    change = Edit(kind, "Home", dimension, *places)  # type: ignore[arg-type]
    assert adjust("=" + before, "Home", change) == "=" + after


def test_the_whole_rest_of_a_sheet_deleted_is_lost() -> None:
    assert adjust("=SUM(A5:A)", "Home", Edit("delete", "Home", "ROWS", 4, 10, size=10)) == "=SUM(#REF!)"
    assert adjust("=SUM(A5:A)", "Home", Edit("delete", "Home", "ROWS", 4, 9, size=10)) == "=SUM(A5:A)"


def test_titles_change_and_go() -> None:
    text = "=A1+'It''s ours'!$A$2:$A+\"'It''s ours'!A1\"+Plain!B2"
    assert rename(text, "It's OURS", "New one") == "=A1+'New one'!$A$2:$A+\"'It''s ours'!A1\"+Plain!B2"
    assert rename(text, "Plain", "A1") == "=A1+'It''s ours'!$A$2:$A+\"'It''s ours'!A1\"+'A1'!B2"
    assert delete_sheet(text, "plain") == "=A1+'It''s ours'!$A$2:$A+\"'It''s ours'!A1\"+#REF!"
    assert delete_sheet(text, "Home") == text


def test_what_has_no_dollar_goes_along_with_a_copy() -> None:
    assert copied("=A1+$A1+A$1+$A$1+Tab!B2:B+C:C+3:3", 2, 1) == "=B3+$A3+B$1+$A$1+Tab!C4:C+D:D+5:5"
    assert copied('=A3&"A3"', -2, 0) == '=A1&"A3"'
    assert copied("=A2+$A$2", -2, 0) == "=#REF!+$A$2"


# Laws. A sheet of cells that are all different, and what an edit makes of it.
TALL, WIDE = 9, 6
GRID: Rows = [[f"r{row}c{column}" for column in range(WIDE)] for row in range(TALL)]
TURNED = {"ROWS": "COLUMNS", "COLUMNS": "ROWS"}


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    dimension = draw(st.sampled_from(["ROWS", "COLUMNS"]))
    size = TALL if dimension == "ROWS" else WIDE
    start = draw(st.integers(0, size - 1))
    end = draw(st.integers(start + 1, size))
    kind = draw(st.sampled_from(["insert", "delete", "move"]))
    if kind == "delete" and (start, end) == (0, size):
        end -= 1
    outside = [at for at in range(size + 1) if not start < at < end]
    return Edit(kind, "Data", dimension, start, end, draw(st.sampled_from(outside)), size)  # type: ignore[arg-type]


def edited(rows: Rows, edit: Edit) -> Rows:
    """The plain doing of an edit, on lists."""
    if edit.dimension == "COLUMNS":
        turned = [list(line) for line in zip(*rows, strict=True)]
        sideways = Edit(edit.kind, "", "ROWS", edit.start, edit.end, edit.destination)
        return [list(line) for line in zip(*edited(turned, sideways), strict=True)]
    if edit.kind == "insert":
        blank: Rows = [[None] * len(rows[0]) for _ in range(edit.end - edit.start)]
        return rows[: edit.start] + blank + rows[edit.start :]
    rest = rows[: edit.start] + rows[edit.end :]
    if edit.kind == "delete":
        return rest
    at = edit.destination - (edit.end - edit.start if edit.destination > edit.start else 0)
    return rest[:at] + rows[edit.start : edit.end] + rest[at:]


@st.composite
def ranges(draw: st.DrawFn) -> str:
    def corner() -> tuple[str, str]:
        dollars = draw(st.tuples(st.sampled_from(["", "$"]), st.sampled_from(["", "$"])))
        column, row = draw(st.integers(0, WIDE - 1)), draw(st.integers(1, TALL))
        return dollars[0] + "ABCDEF"[column], f"{dollars[1]}{row}"

    (left, top), (right, bottom) = corner(), corner()
    shape = draw(st.sampled_from(["cell", "range", "open", "columns", "rows"]))
    said = {
        "cell": left + top,
        "range": f"{left}{top}:{right}{bottom}",
        "open": f"{left}{top}:{left}",
        "columns": f"{left}:{right}",
        "rows": f"{top}:{bottom}",
    }
    return draw(st.sampled_from(["Data!", "'Data'!"])) + said[shape]


def seen(text: str, rows: Rows) -> set[object]:
    spilled = worked_out(f"=ARRAYFORMULA({text})", {"Home": [[None]], "Data": rows})
    return {cell for line in spilled for cell in line if cell is not None}


@settings(max_examples=600, deadline=None)
@given(ranges(), edits())
def test_a_reference_means_the_same_cells_after_an_edit(reference: str, edit: Edit) -> None:
    before, rows = seen(reference, GRID), edited(GRID, edit)
    after = adjust(f"={reference}", "Home", edit)
    left = before & {cell for line in rows for cell in line}
    if edit.kind != "move" or not _torn(reference, before, edit):
        assert seen(after[1:], rows) == (left or {REF})
    parse(after)


def _torn(reference: str, cells: set[object], edit: Edit) -> bool:
    """Whether a move takes a part of a range out of it, puts something in at its edge, or turns its edges about: which
    cells the range means then is a convention, not a law."""
    lines = GRID if edit.dimension == "ROWS" else [list(line) for line in zip(*GRID, strict=True)]
    places = [at for at, line in enumerate(lines) if cells & set(line)]
    open_ended = edit.dimension == "ROWS" and reference.rpartition(":")[2].strip("$").isalpha() and places[0] > 0
    first, last = places[0], len(lines) if open_ended else places[-1]
    between = first < edit.destination <= last
    whole = edit.start <= first and last < edit.end
    inner = first < edit.start and edit.end <= last and between
    outside = (edit.end <= first or edit.start > last) and not between
    return not (whole or inner or outside)


KEY = st.sampled_from(["Acme", "Bo*", 7.0, "7", None, "Nobody"])


def test_a_header_that_is_sorted_into_its_table_takes_no_status_to_another_row() -> None:
    sheets = team("Acme", 7.0, "Bo*")
    sheets["Clients"] = [sheets["Clients"][at] for at in (1, 0, 2, 3)]
    text = copied(status_formula("Health", "_results", 2, 0, 0), 1, 0)
    assert worked_out(text, sheets, ("Clients", 1, 1)) == [["Health"], ["▲ Watch"], ["✖ At risk"]]


@settings(max_examples=300, deadline=None)
@given(st.lists(KEY, min_size=3, max_size=6), st.lists(st.tuples(st.integers(0, 2), st.data()), max_size=4))
def test_no_edit_below_the_header_sets_a_status_beside_another_client(
    keys: list[object], steps: list[tuple[int, st.DataObject]]
) -> None:
    sheets, place = team(*keys), 1
    text = status_formula("Health", "_results", 2, 0, 0)
    statuses = {"Acme": "● Healthy", "Bo*": "✖ At risk", 7.0: "▲ Watch", "7": "– Off", None: "", "Nobody": "new"}
    for kind, data in steps:
        size = len(sheets["Clients"])
        start = data.draw(st.integers(1, max(size - 1, 1)))
        if size < 3:
            continue
        to = data.draw(st.sampled_from([at for at in range(1, size + 1) if at not in (start, start + 1)] or [start]))
        edit = Edit(["insert", "delete", "move"][kind], "Clients", "ROWS", start, start + 1, to, size)  # type: ignore[arg-type]
        sheets["Clients"] = edited(sheets["Clients"], edit)
        text = adjust(text, "Clients", edit)
    column = [cell for (cell,) in worked_out(text, sheets, ("Clients", 0, place))]
    assert column == ["Health", *(statuses[key] for (key,) in sheets["Clients"][1:])]
