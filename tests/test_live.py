"""The contract on a real Google spreadsheet, and answers to what the emulator could only assume.

SHEETS_SYNC_LIVE_URL=https://docs.google.com/spreadsheets/d/… SHEETS_SYNC_CREDENTIALS=key.json pytest -m live -s

About 115 requests, two minutes. Everything in that spreadsheet is deleted: its title must begin "sheets-sync test".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from sheets_sync.errors import Refused, SheetsSyncError
from sheets_sync.model import CellError, Scalar
from sheets_sync.workbooks import spreadsheet_of
from sheets_sync.workbooks.access import Access
from sheets_sync.workbooks.base import Workbook
from sheets_sync.workbooks.google import GoogleWorkbook, ask
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.credentials import opened as access_opened
from sheets_sync.workbooks.google.location import spreadsheet_id
from sheets_sync.workbooks.google.looks import NUMBER_FORMATS
from sheets_sync.workbooks.google.rights import rights
from sheets_sync.workbooks.google.values import Json, entered, value_of
from tests import test_contract
from tests.test_contract import HEALTH, TEAM, Open, Tabs, write

# Taken before the tests' own environment replaces them.
LIVE = os.environ.get("SHEETS_SYNC_LIVE_URL", "")
CREDENTIALS = os.environ.get("SHEETS_SYNC_CREDENTIALS", "")
ENDPOINT = os.environ.get("SHEETS_SYNC_API_ENDPOINT", "")
TITLE = "sheets-sync test"
pytestmark = [pytest.mark.live, pytest.mark.skipif(not LIVE, reason="SHEETS_SYNC_LIVE_URL names no spreadsheet")]
globals().update({name: test for name, test in vars(test_contract).items() if name.startswith("test_")})


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """The way to the spreadsheet; what it cost is printed at the end."""
    _, made = access_opened(Access(credentials=CREDENTIALS, endpoint=ENDPOINT, seconds=1200))
    title = (made.get(ID, {"fields": "properties.title"}) or {}).get("properties", {}).get("title", "")
    assert str(title).startswith(TITLE), f"Everything in it would be deleted: call it “{TITLE} …” first, not “{title}”."
    yield made
    print(f"\n{made.reads} reads and {made.writes} writes, {made.bytes:,} bytes written.")


ID = spreadsheet_id(spreadsheet_of(LIVE)) if LIVE else ""


@pytest.fixture
def opened(api: Api) -> Open:
    def open_(tabs: Tabs) -> Workbook:
        begin(api, tabs)
        return GoogleWorkbook(f"https://docs.google.com/spreadsheets/d/{ID}", api)

    return open_


def begin(api: Api, tabs: Tabs) -> None:
    """Empty the spreadsheet, and put these tabs into it."""
    there = api.get(ID, {"fields": "sheets.properties.sheetId,developerMetadata.metadataId"}) or {}
    old = [sheet["properties"].get("sheetId", 0) for sheet in there["sheets"]]
    scratch = max(old) % 2_000_000_000 + 1
    requests: list[Json] = [ask.new_sheet(scratch, "scratch", 10, 5, False)]
    requests += [{"deleteSheet": {"sheetId": id}} for id in old]
    requests += [ask.untag(tag["metadataId"]) for tag in there.get("developerMetadata", ())]
    for number, (title, rows) in enumerate(tabs.items(), start=scratch + 1):
        requests.append(ask.new_sheet(number, title, 60, 26, False))
        lines: list[Json] = [{"values": [_cell(value) for value in row]} for row in rows]
        area = ask.where(number, 0, 0, len(rows), max(map(len, rows)))
        requests.append(ask.cells(area, lines, "userEnteredValue,userEnteredFormat.numberFormat"))
    requests.append({"deleteSheet": {"sheetId": scratch}})
    send(api, *requests)


def _cell(value: Scalar) -> Json:
    said = entered(value)
    if said is None:
        return {}
    kind = "moment" if hasattr(value, "hour") else "date" if hasattr(value, "year") else ""
    shape = {"userEnteredFormat": {"numberFormat": NUMBER_FORMATS[kind]}} if kind else {}  # type: ignore[index]
    return {"userEnteredValue": said, **shape}


def send(api: Api, *requests: Json) -> None:
    api.batch_update(ID, {"requests": list(requests)}, lambda: False)


def answer(question: str, said: object) -> None:
    print(f"\n[A] {question}: {said}")


# ── What was assumed ─────────────────────────────────────────────────────────────────────────────────────────────────


def shown(api: Api, area: str) -> list[list[Scalar]]:
    """What cells show."""
    reply = (
        api.get(ID, {"ranges": [area], "fields": "sheets.data.rowData.values(userEnteredValue,effectiveValue)"}) or {}
    )
    rows = reply["sheets"][0].get("data", [{}])[0].get("rowData", [])
    return [[value_of(cell) for cell in row.get("values", [])] for row in rows]


def first_sheet(api: Api) -> int:
    reply: dict[str, Any] = api.get(ID, {"fields": "sheets.properties.sheetId"}) or {}
    return int(reply["sheets"][0]["properties"].get("sheetId", 0))


@pytest.fixture
def table(api: Api) -> int:
    """Names in A, keys and values in C and D."""
    rows: list[list[Scalar]] = [
        ["Client", None, "Key", "Said"],
        ["Acme*", None, "Acme Ltd", "wrong"],
        ["b", None, "B", "two"],
        [7, None, 7, "seven"],
        [None],
        ["none", None, "Acme*", "one"],
    ]
    begin(api, {"Lookup": rows})
    return first_sheet(api)


def test_xlookup_spills_in_an_array_formula_and_takes_no_wildcards(api: Api, table: int) -> None:
    formula = '=ARRAYFORMULA(IF(ROW(A1:A)=1,"Health",IF(A1:A="","",XLOOKUP(A1:A,C2:C,D2:D,"new",0))))'
    send(api, ask.one_cell(table, 0, 1, {"userEnteredValue": {"formulaValue": formula}}, "userEnteredValue"))
    found = [row[1] if len(row) > 1 else None for row in shown(api, "Lookup!A1:B6")]
    answer("XLOOKUP(range, …, 0) in ARRAYFORMULA gives a value a row, exact, and no wildcards", found)
    assert found == ["Health", "one", "two", "seven", None, "new"]


def test_vlookup_takes_wildcards(api: Api, table: int) -> None:
    formula = '=ARRAYFORMULA(IFNA(VLOOKUP(A1:A,C1:D,2,FALSE),"new"))'
    send(api, ask.one_cell(table, 0, 1, {"userEnteredValue": {"formulaValue": formula}}, "userEnteredValue"))
    answer("VLOOKUP takes Acme* for Acme Ltd", shown(api, "Lookup!B2")[0][0])


def test_typing_into_the_column_blocks_it_and_clearing_heals_it(opened: Open, api: Api) -> None:
    workbook = opened(TEAM)
    assert isinstance(workbook, GoogleWorkbook)
    write(workbook, columns=(HEALTH,))
    standing = workbook.read().columns[0]
    sheet = first_sheet(api)
    typed = {"userEnteredValue": {"stringValue": "typed"}}
    send(api, ask.one_cell(sheet, 3, standing.column - 1, typed, "userEnteredValue"))
    blocked = workbook.read()
    answer("a blocked column's header shows", [str(problem) for problem in blocked.problems])
    assert blocked.problems
    assert workbook.repair()
    assert workbook.read().columns[0].cells == standing.cells


def test_an_id_that_is_taken_is_refused_as_a_whole(api: Api, table: int) -> None:
    tag = ask.tag(77, "sheets-sync.live", "one", {"spreadsheet": True})
    send(api, tag)
    refused: list[str] = []
    for again in (tag, ask.new_sheet(table, "Doubled", 5, 5, False)):
        try:
            send(api, ask.one_cell(table, 9, 0, {"userEnteredValue": {"numberValue": 1}}, "userEnteredValue"), again)
        except SheetsSyncError as error:
            refused.append(str(error))
    answer("metadata and sheets with an id that is taken", refused)
    assert len(refused) == 2
    assert len(shown(api, "Lookup!A1:A12")) < 10
    send(api, ask.untag(77))


def test_a_write_that_changes_nothing_shows_whether_we_may(api: Api, table: int) -> None:
    found = rights(api, ID)
    answer("what auth check finds", found)
    assert found.refused == ""


def test_a_tag_moves_with_its_column(api: Api, table: int) -> None:
    place = {"dimensionRange": ask.columns(table, 3, 4)}
    move = {"moveDimension": {"source": ask.columns(table, 3, 4), "destinationIndex": 0}}
    send(api, ask.tag(78, "sheets-sync.live", "column", place), move)
    reply = api.get(ID, {"fields": "sheets.data(startColumn,columnMetadata.developerMetadata.metadataId)"}) or {}
    columns = reply["sheets"][0]["data"][0].get("columnMetadata", [])
    at = [n for n, column in enumerate(columns) if column.get("developerMetadata")]
    answer("a moved column's tag stands at", at)
    assert at == [0]


def test_a_formula_that_cannot_be_is_an_error_value(api: Api, table: int) -> None:
    send(api, ask.one_cell(table, 0, 5, {"userEnteredValue": {"formulaValue": "=NOSUCHNAME(1)"}}, "userEnteredValue"))
    found = shown(api, "Lookup!F1")[0][0]
    answer("an unknown function shows", found)
    assert isinstance(found, CellError)
    with pytest.raises((Refused, SheetsSyncError)):
        send(api, {"deleteSheet": {"sheetId": table}})
