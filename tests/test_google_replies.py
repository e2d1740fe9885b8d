"""Replies that are not what they should be: whatever Google sends, a read gives a snapshot or a sentence."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from sheets_sync.errors import SheetsSyncError, TryAgain
from sheets_sync.model import Snapshot
from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.google.api import Api
from tests.answers import ID, Answer, Clock, serving

FULL = f"https://docs.google.com/spreadsheets/d/{ID}"


def text(value: str) -> dict[str, Any]:
    return {"effectiveValue": {"stringValue": value}}


def tag(key: str, value: str, id: int) -> dict[str, Any]:
    return {"metadataId": id, "metadataKey": key, "metadataValue": value}


GOOD: dict[str, Any] = {
    "spreadsheetId": ID,
    "properties": {"title": "Tracker", "locale": "en_GB", "timeZone": "Europe/London"},
    "developerMetadata": [tag("sheets-sync.run", "abc", 7)],
    "sheets": [
        {
            "properties": {
                "sheetId": 0,
                "title": "Clients",
                "index": 0,
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 100, "columnCount": 26, "frozenRowCount": 1},
            },
            "conditionalFormats": [
                {
                    "ranges": [{"sheetId": 0, "startColumnIndex": 2, "endColumnIndex": 3}],
                    "booleanRule": {"condition": {"type": "TEXT_STARTS_WITH", "values": [{"userEnteredValue": "●"}]}},
                }
            ],
            "charts": [{"chartId": 5}],
            "basicFilter": {"range": {"sheetId": 0, "endRowIndex": 9, "endColumnIndex": 2}},
            "protectedRanges": [{"protectedRangeId": 3, "range": {"sheetId": 0}}],
            "data": [
                {
                    "rowData": [
                        {"values": [text("Client"), text("When"), {"userEnteredValue": {"formulaValue": "=X()"}}]},
                        {
                            "values": [
                                text("Ash"),
                                {
                                    "effectiveValue": {"numberValue": 46_000.5},
                                    "effectiveFormat": {"numberFormat": {"type": "DATE"}},
                                },
                                {"effectiveValue": {"errorValue": {"type": "N_A"}}, "note": "n"},
                            ]
                        },
                    ],
                    "columnMetadata": [{}, {}, {"developerMetadata": [tag("sheets-sync.column", "health", 9)]}],
                }
            ],
        },
        {
            "properties": {"sheetId": 8, "title": "Dashboard", "index": 1, "hidden": True},
            "developerMetadata": [tag("sheets-sync.tab", "dashboard", 11)],
            "data": [{"startRow": 1, "startColumn": 1, "rowData": [{"values": [text("x")]}]}],
        },
    ],
}  # fmt: skip
ODD: list[Any] = [None, True, -1, 5, 2**70, 10**300, 1e308, "", "x", "�", [], [[]], {}, {"a": 1}, [None], "9" * 50]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


PLACES = [place for place in places(GOOD) if place]


def changed(reply: dict[str, Any], place: tuple[Any, ...], value: Any, drop: bool) -> dict[str, Any]:
    inner: Any = reply
    try:
        for key in place[:-1]:
            inner = inner[key]
        if drop:
            del inner[place[-1]]
        else:
            inner[place[-1]] = value
    except (KeyError, IndexError, TypeError):
        pass
    return reply


@pytest.fixture(scope="module")
def read() -> Any:
    """Read a spreadsheet whose description is this, over the line."""
    with serving() as server:

        def one(reply: Any) -> Snapshot:
            clock = Clock()
            server.script.clear()
            server.answer(Answer(reply))
            api = Api(Credentials(token="t"), endpoint=server.url, ticks=clock.ticks, pause=clock.pause)
            return GoogleWorkbook(FULL, api).read()

        yield one


def said(read: Any, reply: Any) -> str:
    """The sentence about a reply, "" for one that could be read and whose snapshot can be written down."""
    try:
        snapshot = read(reply)
    except SheetsSyncError as error:
        return " ".join((str(error), *error.details))
    str(snapshot).encode("utf-8")
    return ""


def test_the_reply_as_it_should_be_is_read(read: Any) -> None:
    snapshot = read(GOOD)
    assert list(snapshot.grids) == ["Clients"]
    assert [column.id for column in snapshot.columns] == ["health"]
    assert [tab.id for tab in snapshot.tabs] == ["dashboard"]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD), st.booleans()), min_size=1, max_size=3))
def test_any_change_gives_a_snapshot_or_a_sentence(read: Any, changes: list[tuple[Any, Any, bool]]) -> None:
    reply = copy.deepcopy(GOOD)
    for change in changes:
        changed(reply, *change)
    assert said(read, reply).isprintable()


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(map(str, place)))
def test_every_single_thing_may_be_missing_or_odd(place: tuple[Any, ...], read: Any) -> None:
    for value in [*ODD, "drop"]:
        told = said(read, changed(copy.deepcopy(GOOD), place, value, value == "drop"))
        assert "Ash" not in told, "an error shows what stands in a cell"


def test_a_place_far_out_costs_nothing(read: Any) -> None:
    reply = copy.deepcopy(GOOD)
    reply["sheets"][0]["data"][0]["startRow"] = 2_000_000_000
    started = time.monotonic()
    with pytest.raises(TryAgain):
        read(reply)
    assert time.monotonic() - started < 1
