"""The emulator answers as the Sheets API does: what it takes, what it refuses in which words, what it leaves out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sheets_emulator import Emulator
from tests.sheets_emulator.looks import eight_bits
from tests.sheets_emulator.masks import keep, parse

Json = dict[str, Any]
TABS = {
    "Clients": [["Client", "Since", "Fee"], ["Ada", date(2026, 3, 1), 100.5], ["Bob", None, True]],
    "Their log": [["Date"], [datetime(2026, 3, 1, 12)]],
}


class Sheets:
    """An emulator with one spreadsheet, asked without HTTP."""

    def __init__(self) -> None:
        self.emulator = Emulator(lambda: datetime(2026, 11, 23, 9))
        self.id = self.emulator.add("Tracker", TABS)

    def ask(self, method: str, rest: str = "", body: Any = None, **query: Any) -> tuple[int, Json]:
        lists = {name: value if isinstance(value, list) else [str(value)] for name, value in query.items()}
        head = {"Authorization": "Bearer x"}
        return self.emulator.handle(method, f"/v4/spreadsheets/{self.id}{rest}", lists, body, head)

    def get(self, fields: str, **query: Any) -> Json:
        status, reply = self.ask("GET", fields=fields, **query)
        assert status == 200, reply
        return reply

    def batch(self, *requests: Json, **more: Any) -> Json:
        status, reply = self.ask("POST", ":batchUpdate", {"requests": list(requests), **more})
        assert status == 200, reply
        return reply

    def refused(self, *requests: Json) -> str:
        """The message of a batch that is refused; nothing of it is carried out."""
        before = self.get("*")
        status, reply = self.ask("POST", ":batchUpdate", {"requests": list(requests)})
        assert status == 400, reply
        assert self.get("*") == before
        return str(reply["error"]["message"])


@pytest.fixture
def sheets() -> Sheets:
    return Sheets()


def span(top: int, left: int, bottom: int, right: int, sheet: int = 0) -> Json:
    return {"sheetId": sheet, "startRowIndex": top, "endRowIndex": bottom,
            "startColumnIndex": left, "endColumnIndex": right}  # fmt: skip


def text(value: str) -> Json:
    return {"userEnteredValue": {"stringValue": value}}


# ── Refused ──────────────────────────────────────────────────────────────────────────────────────────────────────────

UNKNOWN = "Invalid JSON payload received. Unknown name \"{}\" at '{}': Cannot find field."
NEW = {"addSheet": {"properties": {"title": "New", "sheetId": 77}}}


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"DeleteRange": {}}, UNKNOWN.format("DeleteRange", "requests[1]")),
        (
            {"updateSheetProperties": {"properties": {"headerValues": []}, "fields": "title"}},
            UNKNOWN.format("headerValues", "requests[1].update_sheet_properties.properties"),
        ),
        ({"deleteSheet": {"sheetId": "a"}}, "Invalid value at 'requests[1].delete_sheet.sheet_id' (TYPE_INT32), \"a\""),
        ({}, "Invalid requests[1]: No request set."),
        ({"trimWhitespace": {}}, "Invalid requests[1].trimWhitespace: The emulator does not support trimWhitespace."),
        (NEW, 'Invalid requests[1].addSheet: A sheet with the name "New" already exists. Please enter another name.'),
        ({"addSheet": {"properties": {"sheetId": 0}}}, "Invalid requests[1].addSheet: Sheet with id 0 already exists."),
        ({"deleteSheet": {"sheetId": 5}}, "Invalid requests[1].deleteSheet: No grid with id: 5"),
        (
            {"updateSheetProperties": {"properties": {"sheetId": 5}, "fields": "title"}},
            "Invalid requests[1].updateSheetProperties: No sheet with id: 5",
        ),
        (
            {"updateCells": {"range": span(0, 0, 1, 1), "rows": []}},
            "Invalid requests[1].updateCells: At least one field must be listed in 'fields'. "
            "(Use '*' to indicate all fields.)",
        ),
        (
            {"updateCells": {"range": span(0, 0, 1, 1), "rows": [], "fields": "userEnteredValue,colour"}},
            "Invalid requests[1].updateCells: Invalid field: colour",
        ),
        (
            {"updateCells": {"range": span(0, 0, 1, 1), "fields": "note", "rows": [{"values": [{}, {}]}]}},
            "Invalid requests[1].updateCells: Attempting to write column: 1, beyond the last requested column of: 0",
        ),
        (
            {"repeatCell": {"range": span(0, 0, 1001, 1), "cell": {}, "fields": "note"}},
            "Invalid requests[1].repeatCell: Range ('Clients'!A1:A1001) exceeds grid limits. Max rows: 1000, "
            "max columns: 26",
        ),
        (
            {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 400_000}},
            "Invalid requests[1].appendDimension: This action would increase the number of cells in the workbook above "
            "the limit of 10000000 cells.",
        ),
        (
            {"deleteConditionalFormatRule": {"sheetId": 0, "index": 2}},
            "Invalid requests[1].deleteConditionalFormatRule: No conditional format on sheet: 0 at index: 2",
        ),
        (
            {"updateCells": {"range": span(0, 0, 1, 1), "fields": "note", "start": {"sheetId": 0}}},
            "Invalid value at 'requests[1].update_cells' (oneof), oneof field 'area' is already set. "
            "Cannot set 'start'",
        ),
    ],
)  # fmt: skip
def test_one_wrong_request_refuses_the_whole_batch_in_googles_words(
    sheets: Sheets, request_: Json, message: str
) -> None:
    assert sheets.refused(NEW, request_) == message


def test_the_last_visible_tab_stays(sheets: Sheets) -> None:
    hide = {"updateSheetProperties": {"properties": {"sheetId": 1, "hidden": True}, "fields": "hidden"}}
    last = {"updateSheetProperties": {"properties": {"sheetId": 0, "hidden": True}, "fields": "hidden"}}
    assert sheets.refused(hide, last).endswith("You can't hide all the sheets in a document.")
    sheets.batch(hide)
    assert "visible sheets" in sheets.refused({"deleteSheet": {"sheetId": 0}})


@pytest.mark.parametrize(
    ("fields", "path"), [("sheets.colour", "sheets.colour"), ("properties, sheets", "properties, sheets"), ("a(", "a(")]
)
def test_a_mask_that_names_nothing_is_refused(sheets: Sheets, fields: str, path: str) -> None:
    status, reply = sheets.ask("GET", fields=fields)
    assert status == 400
    assert reply["error"]["message"] == "Request contains an invalid argument."
    assert path.rstrip("(") in reply["error"]["details"][0]["fieldViolations"][0]["description"]


def test_queries_and_ranges_are_checked(sheets: Sheets) -> None:
    def message(*asked: Any, **query: Any) -> str:
        return str(sheets.ask(*asked, **query)[1]["error"]["message"])

    assert "Cannot bind query parameter" in message("GET", grid="true")
    assert message("GET", "/values/A1", valueRenderOption="RAW").startswith("Invalid value at 'value_render_option'")
    assert message("GET", "/values/Gone!A1") == "Unable to parse range: Gone!A1"
    assert "exceeds grid limits. Max rows: 1000, max columns: 26" in message("GET", "/values/Clients!A1001")
    assert sheets.ask("PATCH")[0] == 404


def test_a_bad_response_range_leaves_everything_as_it_was(sheets: Sheets) -> None:
    body = {"requests": [NEW], "includeSpreadsheetInResponse": True, "responseRanges": ["Gone!A1"]}
    assert sheets.ask("POST", ":batchUpdate", body)[1]["error"]["message"] == "Unable to parse range: Gone!A1"
    assert [tab["properties"]["title"] for tab in sheets.get("sheets.properties")["sheets"]] == list(TABS)


def test_numbers_may_come_as_text_and_names_in_snake_case(sheets: Sheets) -> None:
    sheets.batch({"delete_sheet": {"sheetId": "1"}}, {"appendDimension": {"dimension": "ROWS", "length": 2.0}})
    assert [sheet.rows for sheet in sheets.emulator.books[sheets.id].sheets] == [1002]


# ── What comes back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mask_alone_says_whether_there_are_cells(sheets: Sheets) -> None:
    assert sheets.get("sheets.properties.sheetId", includeGridData="true") == {
        "sheets": [{"properties": {"sheetId": 0}}, {"properties": {"sheetId": 1}}]
    }
    widths = sheets.get("sheets(data/columnMetadata/pixelSize)", ranges=["Clients!B1:C2"])
    assert widths == {"sheets": [{"data": [{"columnMetadata": [{"pixelSize": 100}] * 2}]}]}
    cells = sheets.get("sheets(data(startRow,rowData/values(effectiveValue,note)))", ranges=["Clients!A2:B3"])
    assert cells["sheets"][0]["data"] == [
        {
            "startRow": 1,
            "rowData": [
                {"values": [{"effectiveValue": {"stringValue": "Ada"}}, {"effectiveValue": {"numberValue": 46082}}]},
                {"values": [{"effectiveValue": {"stringValue": "Bob"}}]},
            ],
        }
    ]
    assert "data" not in sheets.ask("GET")[1]["sheets"][0]
    assert "data" in sheets.ask("GET", includeGridData="true")[1]["sheets"][0]


def test_ranges_on_the_first_sheet_do_not_name_it(sheets: Sheets) -> None:
    """Measured on recorded traffic: `sheetId` 0 stands in properties, never in a range; a filter has all its ends."""
    sheets.batch({"setBasicFilter": {"filter": {"range": {"sheetId": 0}}}}, {"mergeCells": {"range": span(0, 0, 1, 2)}},
                 {"mergeCells": {"range": span(0, 0, 1, 2, 1)}})  # fmt: skip
    first, second = sheets.get("sheets(properties(sheetId,index),basicFilter,merges)")["sheets"]
    corner = {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 2}
    everything = {"startRowIndex": 0, "endRowIndex": 1000, "startColumnIndex": 0, "endColumnIndex": 26}
    assert first == {"properties": {"sheetId": 0, "index": 0}, "merges": [corner], "basicFilter": {"range": everything}}
    assert second == {"properties": {"sheetId": 1, "index": 1}, "merges": [{"sheetId": 1} | corner]}


def test_colours_come_back_in_both_fields_and_with_32_bits(sheets: Sheets) -> None:
    """Measured on recorded traffic, too; whoever compares formats has to know."""
    assert eight_bits(0.5) == 0.49803922
    shade = {"red": 217 / 255, "green": 0, "blue": 1.0}
    look = {"userEnteredFormat": {"backgroundColorStyle": {"rgbColor": shade}}}
    sheets.batch(
        {"repeatCell": {"range": span(0, 0, 1, 1), "cell": look, "fields": "userEnteredFormat(backgroundColorStyle)"}}
    )
    found = sheets.get("sheets/data/rowData/values/userEnteredFormat", ranges=["Clients!A1"])
    kept = {"red": 0.8509804, "blue": 1}
    assert found["sheets"][0]["data"][0]["rowData"][0]["values"] == [
        {"userEnteredFormat": {"backgroundColor": kept, "backgroundColorStyle": {"rgbColor": kept}}}
    ]  # fmt: skip


@given(st.integers(0, 255))
def test_a_shade_keeps_its_eight_bits(shade: int) -> None:
    assert eight_bits(eight_bits(shade / 255)) == eight_bits(shade / 255)
    assert round(eight_bits(shade / 255) * 255) == shade


def test_values_are_trimmed_and_rendered(sheets: Sheets) -> None:
    assert sheets.ask("GET", "/values/Clients!A1:D5")[1] == {
        "range": "Clients!A1:D5",
        "majorDimension": "ROWS",
        "values": [["Client", "Since", "Fee"], ["Ada", "01/03/2026", "100.5"], ["Bob", "", "TRUE"]],
    }
    raw = {"valueRenderOption": "UNFORMATTED_VALUE", "majorDimension": "COLUMNS"}
    assert sheets.ask("GET", "/values/Clients!B2:C3", **raw)[1]["values"] == [[46082], [100.5, True]]
    said = sheets.ask("GET", "/values/'Their log'!A2", valueRenderOption="UNFORMATTED_VALUE",
                      dateTimeRenderOption="FORMATTED_STRING")  # fmt: skip
    assert said[1]["values"] == [["01/03/2026 12:00:00"]]
    reply = sheets.ask("GET", "/values:batchGet", ranges=["Clients!E5:F9", "Clients!A1"])[1]
    assert reply["valueRanges"][0] == {"range": "Clients!E5:F9", "majorDimension": "ROWS"}
    assert reply["valueRanges"][1]["values"] == [["Client"]]


def test_plain_scripts_write_values_too(sheets: Sheets) -> None:
    rows = {"values": [["=1+1", "'007", "12.5", "2026-03-01", None, "TRUE"]]}
    reply = sheets.ask("PUT", "/values/Clients!A5", rows, valueInputOption="USER_ENTERED")[1]
    assert reply == {"spreadsheetId": sheets.id, "updatedRange": "Clients!A5:F5", "updatedRows": 1,
                     "updatedColumns": 5, "updatedCells": 5}  # fmt: skip
    assert sheets.emulator.rows(sheets.id, "Clients")[4] == [2, "007", 12.5, 46082, "", True]
    sheets.ask("PUT", "/values/Clients!A6", {"values": [["=1+1"]]}, valueInputOption="RAW")
    assert sheets.emulator.rows(sheets.id, "Clients")[5] == ["=1+1"]
    added = sheets.ask("POST", "/values/'Their log'!A1:append", {"values": [["x"]]}, valueInputOption="RAW")[1]
    assert (added["tableRange"], added["updates"]["updatedRange"]) == ("'Their log'!A1:A2", "'Their log'!A3")
    assert sheets.ask("POST", "/values/Clients!A1:C9:clear", {})[1]["clearedRange"] == "Clients!A1:C9"
    assert "values" not in sheets.ask("GET", "/values/Clients!A1:C9")[1]


def test_the_batch_replies_with_the_spreadsheet_as_it_left_it(sheets: Sheets) -> None:
    write = {"updateCells": {"start": {"sheetId": 0, "rowIndex": 4}, "rows": [{"values": [text("Cy")]}],
                             "fields": "userEnteredValue"}}  # fmt: skip
    body = {"requests": [NEW, write], "includeSpreadsheetInResponse": True, "responseRanges": ["Clients!A5"],
            "responseIncludeGridData": True}  # fmt: skip
    fields = "replies,updatedSpreadsheet/sheets(properties/title,data/rowData/values/effectiveValue)"
    _, reply = sheets.ask("POST", ":batchUpdate", body, fields=fields)
    cell = {"effectiveValue": {"stringValue": "Cy"}}
    assert reply["updatedSpreadsheet"] == {
        "sheets": [{"properties": {"title": "Clients"}, "data": [{"rowData": [{"values": [cell]}]}]}]
    }
    assert [list(one) for one in reply["replies"]] == [["addSheet"], []]
    body["responseIncludeGridData"], body["requests"] = False, [write]
    assert "data" not in sheets.ask("POST", ":batchUpdate", body)[1]["updatedSpreadsheet"]["sheets"][0]


# ── Masks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mask", "kept"),
    [
        ("a", {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}}),
        ("a.b,f", {"a": {"b": 1}, "f": 4}),
        ("a/c/d", {"a": {"c": [{"d": 2}]}}),
        ("a(b,c/e)", {"a": {"b": 1, "c": [{"e": 3}]}}),
        ("a(b,c(d)),a.c.e", {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}}),
        ("a.b,a", {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}}),
        ("a,a.b", {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}}),
        ("*", {"a": {"b": 1, "c": [{"d": 2, "e": 3}]}, "f": 4}),
        ("g", {}),
    ],
)
def test_what_a_mask_keeps(mask: str, kept: Json) -> None:
    assert keep({"a": {"b": 1, "c": [{"d": 2, "e": 3}]}, "f": 4}, parse(mask)) == kept


def test_a_write_clears_what_its_mask_names_and_nothing_else(sheets: Sheets) -> None:
    full = {"note": "n", "userEnteredFormat": {"textFormat": {"bold": True, "italic": True}}} | text("x")
    whole = span(0, 0, 2, 2)
    sheets.batch({"repeatCell": {"range": whole, "cell": full, "fields": "*"}})
    write = {
        "range": whole,
        "rows": [{"values": [text("y")]}],
        "fields": "userEnteredValue,userEnteredFormat.textFormat.bold",
    }
    sheets.batch({"updateCells": write})
    found = sheets.get("sheets.data.rowData.values(note,userEnteredValue,userEnteredFormat)", ranges=["Clients!A1:B2"])
    rest = {"note": "n", "userEnteredFormat": {"textFormat": {"italic": True}}}
    assert [row["values"] for row in found["sheets"][0]["data"][0]["rowData"]] == [[rest | text("y"), rest], [rest] * 2]
    # From a start cell on, only what is given is touched.
    sheets.batch({"updateCells": {"start": {"sheetId": 0}, "rows": [{"values": [text("z")]}], "fields": "*"}})
    found = sheets.get("sheets.data.rowData.values(note,userEnteredValue)", ranges=["Clients!A1:B1"])
    assert found["sheets"][0]["data"][0]["rowData"][0]["values"] == [text("z"), {"note": "n"}]


# ── Formulas ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_array_that_meets_a_typed_cell_says_where(sheets: Sheets) -> None:
    column = {"userEnteredValue": {"formulaValue": '=ARRAYFORMULA(IF(A:A="","",UPPER(A:A)))'}}
    write = {"start": {"sheetId": 0, "columnIndex": 10}, "rows": [{"values": [column]}], "fields": "userEnteredValue"}
    sheets.batch({"updateCells": write})
    assert [row[10] for row in sheets.emulator.rows(sheets.id, "Clients")[:3]] == ["CLIENT", "ADA", "BOB"]
    typed = {"start": {"sheetId": 0, "rowIndex": 4, "columnIndex": 10}, "rows": [{"values": [text("mine")]}]}
    sheets.batch({"updateCells": typed | {"fields": "userEnteredValue"}})
    cell = sheets.get("sheets.data.rowData.values.effectiveValue", ranges=["Clients!K1"])
    message = "Array result was not expanded because it would overwrite data in K5."
    assert cell["sheets"][0]["data"][0]["rowData"][0]["values"] == [
        {"effectiveValue": {"errorValue": {"type": "REF", "message": message}}}
    ]


def test_formulas_that_build_on_each_other_and_one_that_bites_its_tail(sheets: Sheets) -> None:
    chain = [{"values": [{"userEnteredValue": {"formulaValue": f"=E{n + 2}+1"}}]} for n in range(9)]
    numbers = {"start": {"sheetId": 0, "columnIndex": 4}, "rows": chain, "fields": "userEnteredValue"}
    tail = {"start": {"sheetId": 0, "columnIndex": 6}, "fields": "userEnteredValue",
            "rows": [{"values": [{"userEnteredValue": {"formulaValue": "=G1+1"}}]}]}  # fmt: skip
    sheets.batch({"updateCells": numbers}, {"updateCells": tail})
    assert sheets.emulator.rows(sheets.id, "Clients")[0][4:7] == [9, "", "#REF!"]
