"""The Google backend on the emulator's spreadsheet without HTTP in between, for campaigns of many thousand runs; and a
small tracker in which a team has made itself at home."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.sync import Report
from sheets_sync.workbooks.google import GoogleWorkbook
from sheets_sync.workbooks.google.messages import error_of
from tests.sheets_emulator import masks
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import ApiError, Book, Json, formula, sheet_of
from tests.sheets_emulator.replies import describe, value_range
from tests.sheets_emulator.worked_out import worked_out

ID = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ_0123456789-abcdE"
NOW = datetime(2026, 11, 23, 9)
CONFIG = Config(columns_off=("do_next", "touchpoint", "renewal", "offer_next"))


class DirectApi:
    """What the backend asks for, answered by a Book. After each request, in order, people do what `people` says."""

    def __init__(self, book: Book, now: datetime = NOW, people: list[Callable[[Book], None]] | None = None) -> None:
        self.book, self.now, self.people = book, now, people or []
        self.reads = self.writes = self.bytes = 0

    def get(self, id: str, params: Json, at_most: int | None = None) -> Json:
        self.reads += 1
        return self._answered(self._seen(str(params["fields"])))

    def values(self, id: str, ranges: list[str], params: Json) -> Json:
        self.reads += 1
        shown = worked_out(self.book, self.now)
        kinds = str(params["valueRenderOption"]), str(params["dateTimeRenderOption"])
        found = [value_range(self.book, shown, text, *kinds, "ROWS") for text in ranges]
        return self._answered({"valueRanges": found})

    def batch_update(self, id: str, body: Json, applied: Callable[[], bool], params: Json) -> Json:
        self.writes += 1
        try:
            batch_update(self.book, body["requests"])
        except ApiError as error:
            raise error_of(error.status, error.message) from None
        fields = str(params["fields"]).removeprefix("updatedSpreadsheet(").removesuffix(")")
        return self._answered({"updatedSpreadsheet": self._seen(fields)})

    def _seen(self, fields: str) -> Json:
        return describe(self.book, worked_out(self.book, self.now), masks.parse(fields), [], True)

    def _answered(self, reply: Json) -> Json:
        if self.people:
            self.people.pop(0)(self.book)
        return reply


def everything(book: Book, now: datetime = NOW) -> Json:
    """A spreadsheet as spreadsheets.get gives it, with every cell, but for what only programs remember."""
    titles = [sheet.title for sheet in book.sheets if sheet.title not in ("_sheets_sync", "_sheets_sync_inbox")]
    return describe(book, worked_out(book, now), {}, [f"'{title}'" for title in titles], True)


def workbook(book: Book, now: datetime = NOW, people: list[Callable[[Book], None]] | None = None) -> GoogleWorkbook:
    return GoogleWorkbook(ID, DirectApi(book, now, people))  # type: ignore[arg-type]


PLAYBOOK = sync.load(CONFIG)


def planned(tracker: GoogleWorkbook, now: datetime) -> Report:
    return sync.plan(tracker, CONFIG, PLAYBOOK, now)


def run(tracker: GoogleWorkbook, now: datetime) -> Report:
    return sync.run(tracker, planned(tracker, now))


# ── A tracker ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TODAY = NOW.date()


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


CLIENTS: list[list[Any]] = [
    ["Our clients"],
    ["Client", "Owner", "Status", "Start date", "Renewal date", "MRR", "Notes"],
    ["Aldgate Legal", "Priya", "active", _ago(400), TODAY + timedelta(days=20), 1500, "=not a formula"],
    ["Bo*", "Tom", "active", _ago(300), TODAY + timedelta(days=200), 900],
    ["Corvid Coffee", "Priya", "active", _ago(200), None, 700, "new shop"],
    ["Elm?", "Tom", "active", _ago(100), TODAY + timedelta(days=90), 1200],
    ["Dene & Co", "Priya", "active", _ago(30), TODAY + timedelta(days=330), 400],
]
INTERACTIONS: list[list[Any]] = [
    ["Date", "Client", "Type"],
    [_ago(90), "Aldgate Legal", "call"],
    [_ago(2), "Bo*", "call"],
    [_ago(20), "Corvid Coffee", "email"],
    [_ago(45), "Elm?", "meeting"],
    [_ago(1), "Dene & Co", "call"],
]


def team_book() -> Book:
    """A tracker with what a team adds to one: colours, a dropdown, a note, a filter, widths, a name, a chart's worth of
    formulas in another tab, a warning of its own."""
    book = Book(ID, "Tracker")
    book.sheets = [sheet_of(0, "Clients", CLIENTS), sheet_of(7, "Interactions", INTERACTIONS), sheet_of(8, "Ours", [])]
    clients, log, ours = book.sheets
    clients.rows, clients.columns, log.rows, log.columns, ours.rows, ours.columns = 14, 9, 12, 4, 6, 4
    clients.grid = {"frozenColumnCount": 1}
    whole = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 7, "startColumnIndex": 0, "endColumnIndex": 7}
    owners = {"sheetId": 0, "startRowIndex": 2, "startColumnIndex": 1, "endColumnIndex": 2, "endRowIndex": 14}
    late = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": "=$E3<TODAY()"}]}
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    rule = {"condition": {"type": "ONE_OF_LIST", "values": [{"userEnteredValue": name} for name in ("Priya", "Tom")]}}
    batch_update(
        book,
        [
            {"setBasicFilter": {"filter": {"range": whole}}},
            {"setDataValidation": {"range": owners, "rule": rule}},
            {"addConditionalFormatRule": {"rule": {"ranges": [whole], "booleanRule": {"condition": late}}, "index": 0}},
            {"addProtectedRange": {"protectedRange": {"protectedRangeId": 5, "range": owners, "warningOnly": True}}},
            {"addNamedRange": {"namedRange": {"name": "owners", "namedRangeId": "n", "range": owners}}},
            {"repeatCell": {"range": whole | {"endRowIndex": 2}, "cell": bold, "fields": "userEnteredFormat"}},
            {"updateDimensionProperties": {
                "range": {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 1},
                "properties": {"pixelSize": 222}, "fields": "pixelSize"}},
        ],
    )  # fmt: skip
    clients.set((1, 0), clients.cells[1, 0] | {"note": "as on the invoice"})
    ours.cells[0, 0] = formula("=Clients!A3")
    ours.cells[1, 0] = formula("=COUNTA(Clients!$A$3:$A)")
    ours.cells[2, 0] = formula("=SUM(Clients!F3:F7)")
    return book
