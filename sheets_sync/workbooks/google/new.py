"""A new spreadsheet from the template: one request makes it with its tabs, one fills them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sheets_sync.errors import SheetsSyncError
from sheets_sync.workbooks.google import ask
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.looks import NUMBER_FORMATS, colour, pixels
from sheets_sync.workbooks.google.values import Json, entered
from sheets_sync.workbooks.template import NewColumn, NewTab

_ROOM_TO_GROW = 1_000
_LEAST_WIDTH = 26
_FORMATS: dict[str, Json] = {str(kind): shape for kind, shape in NUMBER_FORMATS.items()}
_FORMATS["month"] = {"type": "DATE", "pattern": "mmm yyyy"}
_NUMERIC = ("money", "percent", "number")


def new_spreadsheet(api: Api, title: str, tabs: Sequence[NewTab], zone: str = "", locale: str = "") -> str:
    """Make a spreadsheet with these tabs in order; its address. `zone` and `locale` are Google's choice where they are
    "". An error after it was made names its address."""
    about = {"title": title} | ({"timeZone": zone} if zone else {}) | ({"locale": locale} if locale else {})
    sheets = [_sheet(number, tab) for number, tab in enumerate(tabs)]
    made = api.create({"properties": about, "sheets": sheets})
    address = f"https://docs.google.com/spreadsheets/d/{made['spreadsheetId']}"
    requests = [request for number, tab in enumerate(tabs) for request in _fill(number, tab)]
    try:
        # Sent twice it changes nothing more, so there is nothing to look for before it is sent again.
        api.batch_update(str(made["spreadsheetId"]), {"requests": requests}, lambda: False)
    except SheetsSyncError as error:
        said = f"{address} was made, but is still empty. {error} Delete it, and try again."
        raise type(error)(said, error.details) from None
    return address


def _sheet(number: int, tab: NewTab) -> Json:
    columns = max(len(tab.columns), _LEAST_WIDTH)
    grid = {"rowCount": len(tab.rows) + _ROOM_TO_GROW, "columnCount": columns}
    frozen = {"frozenRowCount": 1, "frozenColumnCount": 1}
    return {"properties": {"sheetId": number, "title": tab.title, "index": number, "gridProperties": grid | frozen}}


def _fill(number: int, tab: NewTab) -> Iterator[Json]:
    headers: list[Json] = [{"values": [_header(column) for column in tab.columns]}]
    yield ask.cells(ask.where(number, 0, 0, 1, len(tab.columns)), headers, "userEnteredValue,userEnteredFormat,note")
    for place, column in enumerate(tab.columns):
        below = ask.where(number, 1, place, None, place + 1)
        yield ask.width(number, place, place + 1, pixels(column.width))
        yield ask.every_cell(below, {"userEnteredFormat": _format(column)}, "userEnteredFormat")
        if rule := _rule(column):
            yield {"setDataValidation": {"range": below, "rule": rule}}
    if tab.rows:
        rows: list[Json] = [{"values": [_value(value) for value in row]} for row in tab.rows]
        area = ask.where(number, 1, 0, len(tab.rows) + 1, len(tab.columns))
        yield ask.cells(area, rows, "userEnteredValue")


def _header(column: NewColumn) -> Json:
    look: Json = {
        "textFormat": {"bold": True, "foregroundColorStyle": colour("000000")},
        "backgroundColorStyle": colour("DDE5F0"),
        "borders": {"bottom": {"style": "SOLID", "colorStyle": colour("1F3864")}},
        "horizontalAlignment": "RIGHT" if column.kind in _NUMERIC else "LEFT",
        "verticalAlignment": "MIDDLE",
        "wrapStrategy": "WRAP",
    }
    return {**_value(column.header), "userEnteredFormat": look} | ({"note": column.note} if column.note else {})


def _value(value: object) -> Json:
    said = entered(value)  # type: ignore[arg-type]
    return {} if said is None else {"userEnteredValue": said}


def _format(column: NewColumn) -> Json:
    look: Json = {"verticalAlignment": "TOP"}
    if column.kind in _FORMATS and column.kind != "number":
        look["numberFormat"] = _FORMATS[column.kind]
    if column.kind in ("date", "moment", "month"):
        look["horizontalAlignment"] = "LEFT"
    return look


def _rule(column: NewColumn) -> Json | None:
    """What may be typed: a real date; of a list any other word too, with a warning."""
    if column.kind in ("date", "moment"):
        message = "Please type a date, such as 27 Nov 2026."
        return {"condition": {"type": "DATE_IS_VALID"}, "strict": True, "inputMessage": message}
    if not column.listed:
        return None
    values = [{"userEnteredValue": choice} for choice in column.listed]
    return {"condition": {"type": "ONE_OF_LIST", "values": values}, "showCustomUi": True, "strict": False}
