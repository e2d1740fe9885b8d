"""Everything that lies on rows and columns of the emulator's spreadsheets goes along when these move, and goes with
them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import ApiError, Book, Sheet, formula, sheet_of
from tests.sheets_emulator.charts import sources
from tests.sheets_emulator.replies import describe
from tests.sheets_emulator.worked_out import worked_out
from tests.test_sheets_emulator import Sheets, span, text

Json = dict[str, Any]
SIZE = 8


def furnished() -> Book:
    """A small sheet with one of each kind of thing on column C and row 3, and another that refers to it."""
    book = Book("b", "Tracker")
    rows = [[f"r{row}c{column}" for column in range(SIZE)] for row in range(SIZE)]
    book.sheets = [sheet_of(0, "Data", rows), sheet_of(1, "Other", [])]
    book.sheets[0].rows = book.sheets[0].columns = SIZE
    book.sheets[1].cells[0, 0] = formula("=Data!C3")
    at = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 2, "endIndex": 3}
    tag = {"metadataId": 9, "metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": at}}
    row_tag = tag | {"metadataId": 10, "location": {"dimensionRange": at | {"dimension": "ROWS"}}}
    cell = span(2, 2, 3, 3)
    look = {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$C3=1"}]}, "format": {}}
    source = {"sourceRange": {"sources": [cell]}}
    chart = {"chartId": 5, "spec": {"basicChart": {"series": [{"series": source}]}},
             "position": {"overlayPosition": {"anchorCell": {"rowIndex": 2, "columnIndex": 2}}}}  # fmt: skip
    batch_update(
        book,
        [
            {"createDeveloperMetadata": {"developerMetadata": tag}},
            {"createDeveloperMetadata": {"developerMetadata": row_tag}},
            {"addConditionalFormatRule": {"rule": {"ranges": [cell], "booleanRule": look}, "index": 0}},
            {"addProtectedRange": {"protectedRange": {"range": cell, "warningOnly": True, "protectedRangeId": 1}}},
            {"setBasicFilter": {"filter": {"range": cell}}},
            {"addFilterView": {"filter": {"range": cell, "filterViewId": 2}}},
            {"addBanding": {"bandedRange": {"range": cell, "bandedRangeId": 3, "rowProperties": {}}}},
            {"addNamedRange": {"namedRange": {"name": "spot", "namedRangeId": "n", "range": cell}}},
            {"addChart": {"chart": chart}},
            {"updateDimensionProperties": {"range": at, "properties": {"pixelSize": 77}, "fields": "pixelSize"}},
        ],
    )  # fmt: skip
    return book


def places(book: Book) -> list[Any]:
    """Where each thing is: row and column as far as it has them; all must agree with the cell r2c2."""
    sheet = book.sheets[0]
    chart = sheet.charts[0] if sheet.charts else {}
    ranges = [
        *[where for rule in sheet.rules for where in rule["ranges"]],
        *[one["range"] for one in (*sheet.protections, *sheet.views, *sheet.bandings, *book.names)],
        *([sheet.filter["range"]] if sheet.filter else []),
        *chart["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"],
    ]
    found = [(where["startRowIndex"], where["startColumnIndex"]) for where in ranges]
    assert all(where["endRowIndex"] - where["startRowIndex"] == 1 for where in ranges)
    corner = chart["position"]["overlayPosition"]["anchorCell"]
    found.append((corner["rowIndex"], corner["columnIndex"]))
    rows, columns = list(sheet.row_tags), list(sheet.column_tags)
    assert [tag["location"]["dimensionRange"]["startIndex"] for tag in sheet.row_tags[rows[0]]] == rows
    assert [tag["location"]["dimensionRange"]["startIndex"] for tag in sheet.column_tags[columns[0]]] == columns
    # New columns take over the width of their neighbours.
    assert columns[0] in [at for at, shape in sheet.column_shapes.items() if shape.get("pixelSize") == 77]
    found.append((rows[0], columns[0]))
    return found


def cell_at(sheet: Sheet, value: str) -> tuple[int, int]:
    return next(place for place in sheet.cells if sheet.entered(*place).get("stringValue") == value)


LINES, AT = st.sampled_from(["ROWS", "COLUMNS"]), st.integers(0, SIZE)
EDITS = st.one_of(
    st.tuples(st.just("insertDimension"), LINES, AT, st.integers(1, 3)),
    st.tuples(st.just("deleteDimension"), LINES, AT, st.integers(1, 2)),
    st.tuples(st.just("moveDimension"), LINES, AT, st.integers(1, 3), AT),
)


@given(st.lists(EDITS, max_size=5))
def test_all_that_lies_on_a_cell_stays_on_it(edits: list[Any]) -> None:
    """Whatever is inserted, deleted beside it or moved: thirteen things stay on the cell that they were put on."""
    book = furnished()
    for kind, dimension, start, count, *to in edits:
        where = {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": start + count}
        row, column = cell_at(book.sheets[0], "r2c2")
        if kind == "deleteDimension" and start <= (row if dimension == "ROWS" else column) < start + count:
            continue
        body = {"source": where, "destinationIndex": to[0]} if to else {"range": where}
        before = book.copy()
        try:
            batch_update(book, [{kind: body}])
        except ApiError:
            assert (book.sheets, book.names, book.tags) == (before.sheets, before.names, before.tags)
    here = cell_at(book.sheets[0], "r2c2")
    assert set(places(book)) == {here}
    assert worked_out(book, None)["Other"][0, 0] == "r2c2"  # type: ignore[arg-type]
    value = book.sheets[0].rules[0]["booleanRule"]["condition"]["values"][0]["userEnteredValue"]
    assert value == f"=${chr(65 + here[1])}{here[0] + 1}=1"


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_what_lies_on_deleted_lines_goes(dimension: str) -> None:
    book = furnished()
    where = {"sheetId": 0, "dimension": dimension, "startIndex": 2, "endIndex": 3}
    batch_update(book, [{"deleteDimension": {"range": where}}])
    sheet = book.sheets[0]
    assert (sheet.rules, sheet.protections, sheet.views, sheet.bandings, sheet.filter, book.names) == (
        [],
        [],
        [],
        [],
        None,
        [],
    )
    assert not (sheet.row_tags if dimension == "ROWS" else sheet.column_tags)
    assert sheet.column_tags if dimension == "ROWS" else sheet.row_tags
    assert worked_out(book, None)["Other"][0, 0].text == "#REF!"  # type: ignore[arg-type, union-attr]
    assert len(sheet.charts) == 1


def test_frozen_lines_grow_and_shrink() -> None:
    book = furnished()
    book.sheets[0].grid["frozenRowCount"] = 2
    rows: Json = {"sheetId": 0, "dimension": "ROWS"}
    frozen = []
    for request in (
        {"insertDimension": {"range": rows | {"startIndex": 1, "endIndex": 3}}},
        {"deleteDimension": {"range": rows | {"startIndex": 3, "endIndex": 6}}},
        {"insertDimension": {"range": rows | {"startIndex": 3, "endIndex": 4}}},
        {"moveDimension": {"source": rows | {"startIndex": 0, "endIndex": 1}, "destinationIndex": 5}},
        {"moveDimension": {"source": rows | {"startIndex": 4, "endIndex": 5}, "destinationIndex": 1}},
    ):
        batch_update(book, [request])
        frozen.append(book.sheets[0].grid["frozenRowCount"])
    assert frozen == [4, 3, 3, 2, 3]


def test_a_tab_that_goes_leaves_ref_and_a_new_title_is_followed() -> None:
    book = furnished()
    title = {"updateSheetProperties": {"properties": {"sheetId": 0, "title": "It's new"}, "fields": "title"}}
    batch_update(book, [title])
    assert book.sheets[1].formula(0, 0) == "='It''s new'!C3"
    anchor = {"overlayPosition": {"anchorCell": {"sheetId": 1}}}
    batch_update(book, [{"updateEmbeddedObjectPosition": {"objectId": 5, "newPosition": anchor, "fields": "*"}}])
    assert next(sources(book.sheets[1].charts[0]["spec"])) == [span(2, 2, 3, 3)]
    batch_update(book, [{"deleteSheet": {"sheetId": 0}}])
    assert worked_out(book, None)["Other"][0, 0].text == "#REF!"  # type: ignore[arg-type, union-attr]
    assert (book.names, book.all_tags()) == ([], [])
    assert next(sources(book.sheets[0].charts[0]["spec"])) == []


def test_a_tabs_place_counts_among_those_before_the_move() -> None:
    """As the reference says: S1 of S1, S2, S3 with index 2 comes to stand between the others."""
    book = Book("b", "Tracker", sheets=[Sheet(n, f"S{n + 1}") for n in range(3)])
    for index, titles in ((2, "S2 S1 S3"), (1, "S2 S1 S3"), (2, "S2 S1 S3"), (3, "S2 S3 S1"), (0, "S1 S2 S3")):
        move = {"properties": {"sheetId": 0, "index": index}, "fields": "index"}
        batch_update(book, [{"updateSheetProperties": move}])
        assert " ".join(sheet.title for sheet in book.sheets) == titles


def test_a_copied_tab_has_its_own_numbers() -> None:
    book = furnished()
    batch_update(book, [{"duplicateSheet": {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 4}}])
    copied = book.sheets[1]
    assert copied.filter is not None
    assert (copied.title, copied.rules[0]["ranges"][0]["sheetId"]) == ("Copy of Data", 4)
    assert (copied.filter["range"]["sheetId"], copied.protections[0]["range"]["sheetId"]) == (4, 4)
    ids = [tag["metadataId"] for tag in book.all_tags()]
    assert len(set(ids)) == len(ids) == 4
    assert {tag["location"]["dimensionRange"]["sheetId"] for tag in copied.column_tags[2]} == {4}


def test_sorting_takes_cells_along_within_its_columns() -> None:
    book = Book(
        "b", "t", sheets=[sheet_of(0, "S", [["b", 1, "x"], [None, 2, "y"], [10, 3, "z"], ["A", 4, formula("=B4")]])]
    )
    batch_update(book, [{"sortRange": {"range": span(0, 0, 4, 3), "sortSpecs": [{"dimensionIndex": 0}]}}])
    shown = worked_out(book, None)["S"]  # type: ignore[arg-type]
    assert [[shown.get((row, column)) for column in range(3)] for row in range(4)] == [
        [10, 3, "z"], ["A", 4, 4], ["b", 1, "x"], [None, 2, "y"]]  # fmt: skip


def test_copies_shift_their_formulas_and_values_do_not() -> None:
    book = Book("b", "t", sheets=[sheet_of(0, "S", [[1, formula("=A1*10")], [2], [3]])])
    down = {"source": span(0, 1, 1, 2), "destination": span(1, 1, 3, 2)}
    values = {"source": span(0, 1, 3, 2), "destination": span(0, 3, 1, 4), "pasteType": "PASTE_VALUES"}
    cut = {"source": span(0, 0, 1, 1), "destination": {"sheetId": 0, "rowIndex": 5}}
    batch_update(book, [{"copyPaste": down}, {"copyPaste": values}, {"cutPaste": cut}])
    sheet = book.sheets[0]
    assert [sheet.formula(row, 1) for row in range(3)] == ["=A1*10", "=A2*10", "=A3*10"]
    assert [sheet.entered(row, 3) for row in range(3)] == [
        {"numberValue": 10},
        {"numberValue": 20},
        {"numberValue": 30},
    ]
    assert (sheet.entered(0, 0), sheet.entered(5, 0)) == ({}, {"numberValue": 1})


# ── Tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tags_are_looked_up_by_key_id_and_place() -> None:
    sheets = Sheets()

    def tag(id: int, location: Json) -> Json:
        made = {"metadataId": id, "metadataKey": f"k{id % 2}", "visibility": "DOCUMENT", "location": location}
        return {"createDeveloperMetadata": {"developerMetadata": made}}

    column = {"dimensionRange": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}}
    sheets.batch(tag(1, {"spreadsheet": True}), tag(2, {"sheetId": 0}), tag(3, column))

    def ids(data_filter: Json) -> list[int]:
        status, reply = sheets.ask("POST", "/developerMetadata:search", {"dataFilters": [data_filter]})
        assert status == 200
        return [one["developerMetadata"]["metadataId"] for one in reply.get("matchedDeveloperMetadata", [])]

    def lookup(**asked: Any) -> list[int]:
        return ids({"developerMetadataLookup": asked})

    assert (lookup(metadataKey="k1"), lookup(metadataId=2), lookup(locationType="COLUMN")) == ([1, 3], [2], [3])
    assert lookup(metadataLocation={"sheetId": 0}) == [2]
    assert lookup(metadataLocation={"sheetId": 0}, locationMatchingStrategy="INTERSECTING_LOCATION") == [2, 3]
    assert (ids({"a1Range": "Clients!B1:B2"}), ids({"gridRange": span(0, 2, 1, 3)})) == ([2, 3], [2])
    where = {"dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    found = sheets.ask("GET", "/developerMetadata/3")[1]["location"]
    assert found == {"locationType": "COLUMN", "dimensionRange": where}
    assert sheets.ask("GET", "/developerMetadata/4")[0] == 404
    assert "already exists" in sheets.refused(tag(3, {"spreadsheet": True}))
    wide = {"dimensionRange": column["dimensionRange"] | {"endIndex": 3}}
    assert "single row or column" in sheets.refused(tag(4, wide))
    by_id = {"developerMetadataLookup": {"metadataId": 3}}
    sheets.batch({"updateDeveloperMetadata": {"dataFilters": [by_id], "fields": "metadataValue",
                                              "developerMetadata": {"metadataValue": "v"}}})  # fmt: skip
    assert lookup(metadataValue="v") == [3]
    reply = sheets.batch({"deleteDeveloperMetadata": {"dataFilter": by_id}})
    assert reply["replies"][0]["deleteDeveloperMetadata"]["deletedDeveloperMetadata"][0]["metadataId"] == 3
    assert lookup(metadataId=3) == []


# ── Protections ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hard_protection_keeps_others_out_and_a_warning_does_not() -> None:
    sheets = Sheets()
    book = sheets.emulator.books[sheets.id]
    hard = {"protectedRange": {"range": span(0, 0, 3, 1), "protectedRangeId": 1}}
    soft = {"protectedRange": {"range": span(0, 1, 3, 2), "protectedRangeId": 2, "warningOnly": True}}
    book.caller = "robot@example.com"
    batch_update(book, [{"addProtectedRange": hard}, {"addProtectedRange": soft}])
    write = {"fields": "userEnteredValue", "rows": [{"values": [text("x")]}]}
    locked = {"updateCells": write | {"start": {"sheetId": 0, "rowIndex": 1}}}
    said = sheets.refused(locked)
    assert "You are trying to edit a protected cell or object." in said
    for edit in ({"deleteProtectedRange": {"protectedRangeId": 1}}, {"deleteSheet": {"sheetId": 0}},
                 {"sortRange": {"range": span(0, 0, 3, 3)}}):  # fmt: skip
        assert "protected cell or object" in sheets.refused(edit)
    sheets.batch({"updateCells": write | {"start": {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}}})
    book.roles = {"someone@example.com": "owner"}
    sheets.batch(locked)


def test_rules_keep_their_order_and_may_not_look_at_other_tabs() -> None:
    book = furnished()

    def rule(value: str) -> Json:
        condition = {"type": "TEXT_STARTS_WITH", "values": [{"userEnteredValue": value}]}
        return {"ranges": [span(0, 0, 1, 1)], "booleanRule": {"condition": condition, "format": {}}}

    batch_update(book, [{"addConditionalFormatRule": {"rule": rule("a"), "index": 1}},
                        {"addConditionalFormatRule": {"rule": rule("b"), "index": 0}},
                        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 2}},
                        {"updateConditionalFormatRule": {"index": 1, "rule": rule("c")}},
                        {"deleteConditionalFormatRule": {"sheetId": 0, "index": 0}}])  # fmt: skip
    said = [one["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for one in book.sheets[0].rules]
    assert said == ["c", "b"]
    away = rule("") | {
        "booleanRule": {"condition": {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=Other!A1"}]}}
    }
    with pytest.raises(ApiError, match="cannot reference a different sheet"):
        batch_update(book, [{"addConditionalFormatRule": {"rule": away, "index": 0}}])


def test_everything_on_a_furnished_sheet_is_described() -> None:
    book = furnished()
    reply = describe(book, worked_out(book, None), {}, ["Data"], True)  # type: ignore[arg-type]
    things = "conditionalFormats protectedRanges charts basicFilter filterViews bandedRanges"
    assert set(reply["sheets"][0]) == {"properties", "data", *things.split()}
