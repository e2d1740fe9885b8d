"""The emulator: a state machine for the Sheets API, and a small HTTP server on loopback in front of it."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.sheets_emulator import accounts, faults, requests
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import ApiError, Book, Json, Sheet, invalid, new_id, sheet_of
from tests.sheets_emulator.masks import keep, parse
from tests.sheets_emulator.replies import describe, value_range
from tests.sheets_emulator.schema import check_reply, check_request
from tests.sheets_emulator.worked_out import Shown, worked_out

Query = Mapping[str, list[str]]
_ONE = re.compile(r"^/v4/spreadsheets/([A-Za-z0-9_-]+)(.*)$")
_NOT_FOUND = ApiError(404, "NOT_FOUND", "Requested entity was not found.")
_NO_PERMISSION = ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")
_DISABLED = (
    "Google Sheets API has not been used in project 1234567890 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=1234567890 then retry. If "
    "you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
)


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    number: int
    method: str
    path: str
    body: Json | None
    size: int


class Emulator:
    """Spreadsheets by id, who may use them, and what shall go wrong. Thread-safe: one request at a time."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self.books: dict[str, Book] = {}
        self.accounts = accounts.Accounts()
        self.faults = faults.Faults()
        self.log: list[Seen] = []
        self.enabled = True
        self.url = ""
        self._lock = threading.RLock()
        self._shown: dict[str, tuple[int, datetime, Shown]] = {}
        self.now = now
        requests.CLOCK[0] = lambda: self.now()

    # ── For tests ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(
        self, title: str, tabs: Mapping[str, list[list[Any]]], locale: str = "en_GB", timezone: str = "Europe/London"
    ) -> str:
        """A new spreadsheet with these tabs; its id. Anybody with a token may write to it."""
        sheets = [
            sheet_of(number, name, [list(row) for row in rows]) for number, (name, rows) in enumerate(tabs.items())
        ]
        book = Book(new_id(), title, locale, timezone, sheets)
        self.books[book.id] = book
        return book.id

    def rows(self, id: str, tab: str) -> list[list[Any]]:
        """What a tab shows, as values.get gives it."""
        book = self.books[id]
        quoted = "'" + tab.replace("'", "''") + "'"
        found = value_range(book, self.shown(book), quoted, "UNFORMATTED_VALUE", "SERIAL_NUMBER", "ROWS")
        values: list[list[Any]] = found.get("values", [])
        return values

    def sheet(self, id: str, tab: str) -> Sheet:
        found = self.books[id].titled(tab)
        assert found is not None, f"no tab {tab}"
        return found

    def shown(self, book: Book) -> Shown:
        key = (book.version, self.now().replace(second=0, microsecond=0))
        known = self._shown.get(book.id)
        if known is None or known[:2] != key:
            self._shown[book.id] = (*key, worked_out(book, key[1]))
        return self._shown[book.id][2]

    def changed(self, id: str) -> None:
        """Say that a person changed a spreadsheet."""
        self.books[id].version += 1

    @property
    def writes(self) -> int:
        return sum(seen.method == "POST" for seen in self.log)

    @property
    def reads(self) -> int:
        return sum(seen.method == "GET" for seen in self.log)

    def api(self, **options: Any) -> Any:
        """The product's own transport, connected to this emulator."""
        from google.oauth2.credentials import Credentials

        from sheets_sync.workbooks.google.api import Api

        return Api(Credentials("a-token"), endpoint=self.url, **options)  # type: ignore[no-untyped-call]

    def service_account_file(self, path: Path, email: str = "robot@project-1.iam.gserviceaccount.com") -> Path:
        """A key that this emulator takes, readable by its owner only."""
        return self.accounts.key_file(path, email, f"{self.url}/token")

    # ── The API ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def handle(self, method: str, path: str, query: Query, body: Any, headers: Mapping[str, str]) -> tuple[int, Json]:
        """One request; status and reply."""
        with self._lock:
            try:
                return 200, self._answer(method, path, query, body, headers)
            except ApiError as error:
                return error.status, error.body()

    def _answer(self, method: str, path: str, query: Query, body: Any, headers: Mapping[str, str]) -> Json:
        caller = self.accounts.caller(headers.get("Authorization", ""))
        if not self.enabled:
            raise ApiError(403, "PERMISSION_DENIED", _DISABLED)
        if path == "/v4/spreadsheets" and method == "POST":
            return self._create(body, caller)
        found = _ONE.match(path)
        book = self.books.get(found[1]) if found else None
        if found is None or book is None:
            raise _NOT_FOUND
        self._may(book, caller, writing=method == "POST")
        if book.office_file:
            raise ApiError(400, "FAILED_PRECONDITION", "This operation is not supported for this document")
        rest = unquote(found[2])
        if method == "POST" and rest == ":batchUpdate":
            return self._batch(book, body, query, caller)
        if method == "GET" and rest == "":
            return self._get(book, query)
        if method == "GET" and rest == "/values:batchGet":
            return self._values(book, query)
        if method == "GET" and rest.startswith("/values/"):
            return self._range(book, rest.removeprefix("/values/"), query)
        raise ApiError(404, "NOT_FOUND", f"The emulator does not know {method} {rest}")

    def _may(self, book: Book, caller: accounts.Caller, writing: bool) -> None:
        role = book.roles.get(caller.email, "") if book.roles else "writer"
        if not role or (writing and role == "reader"):
            raise _NO_PERMISSION
        if writing and caller.read_only:
            raise ApiError(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.")

    def _create(self, body: Any, caller: accounts.Caller) -> Json:
        check_request(body, "Spreadsheet")
        properties = body.get("properties", {})
        sheets = []
        for number, one in enumerate(body.get("sheets", [{"properties": {"title": "Sheet1"}}])):
            shape = one.get("properties", {})
            grid = dict(shape.get("gridProperties", {}))
            made = Sheet(shape.get("sheetId", number), shape.get("title", f"Sheet{number + 1}"),
                         grid.pop("rowCount", 1000), grid.pop("columnCount", 26))  # fmt: skip
            made.grid = grid
            sheets.append(made)
        book = Book(new_id(), properties.get("title", "Untitled spreadsheet"), properties.get("locale", "en_US"),
                    properties.get("timeZone", "Etc/GMT"), sheets)  # fmt: skip
        book.roles = {caller.email: "owner"} if caller.email else {}
        self.books[book.id] = book
        reply = describe(book, self.shown(book), {}, [], grid=False)
        check_reply(reply, "Spreadsheet")
        return reply

    def _get(self, book: Book, query: Query) -> Json:
        mask = parse(query["fields"][0]) if "fields" in query else {}
        grid = query.get("includeGridData", ["false"])[0] == "true"
        reply = describe(book, self.shown(book), mask, query.get("ranges", []), grid)
        check_reply(reply, "Spreadsheet")
        return reply

    def _values(self, book: Book, query: Query) -> Json:
        ranges = [self._one_range(book, text, query) for text in query.get("ranges", [])]
        reply = {"spreadsheetId": book.id, "valueRanges": ranges}
        check_reply(reply, "BatchGetValuesResponse")
        return reply

    def _range(self, book: Book, text: str, query: Query) -> Json:
        return self._one_range(book, text, query)

    def _one_range(self, book: Book, text: str, query: Query) -> Json:
        options = [query.get(name, [""])[0] for name in ("valueRenderOption", "dateTimeRenderOption", "majorDimension")]
        return value_range(book, self.shown(book), text, *options)

    def _batch(self, book: Book, body: Any, query: Query, caller: accounts.Caller) -> Json:
        check_request(body, "BatchUpdateSpreadsheetRequest")
        book.caller = caller.email
        ranges = body.get("responseRanges", [])
        for text in ranges:
            if "!" in text and book.titled(text.rpartition("!")[0].strip("'").replace("''", "'")) is None:
                raise invalid(f"Unable to parse range: {text}")
        replies = batch_update(book, body.get("requests", []))
        reply: Json = {"spreadsheetId": book.id, "replies": replies}
        mask = parse(query["fields"][0]) if "fields" in query else {}
        if body.get("includeSpreadsheetInResponse"):
            inner = mask.get("updatedSpreadsheet", {})
            grid = bool(body.get("responseIncludeGridData"))
            if not grid:
                inner = {k: v for k, v in inner.items() if k != "data"}
            reply["updatedSpreadsheet"] = describe(book, self.shown(book), inner, ranges, grid)
        check_reply(reply, "BatchUpdateSpreadsheetResponse")
        kept: Json = keep(reply, mask)
        return kept


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Answers leave in one piece: unbuffered writes wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    emulator: Emulator
    pages: Callable[[Emulator, str], bytes | None] | None = None

    def do_GET(self) -> None:
        self._take("GET")

    def do_POST(self) -> None:
        self._take("POST")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _take(self, method: str) -> None:
        parts = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        emulator = self.emulator
        if parts.path == "/token":
            status, reply = emulator.accounts.token(raw.decode())
            self._send(status, {}, json.dumps(reply).encode())
            return
        if method == "GET" and type(self).pages and not parts.path.startswith("/v4/"):
            page = type(self).pages(emulator, parts.path)  # type: ignore[misc]
            self._send(200 if page else 404, {"Content-Type": "text/html; charset=utf-8"}, page or b"Not found")
            return
        self._api(method, parts.path, parse_qs(parts.query, keep_blank_values=True), raw)

    def _api(self, method: str, path: str, query: Query, raw: bytes) -> None:
        emulator, plan = self.emulator, self.emulator.faults
        body = None
        if raw:
            try:
                body = json.loads(raw)
            except ValueError:
                error = invalid("Invalid JSON payload received.").body()
                self._send(400, {}, json.dumps(error).encode())
                return
        with emulator._lock:
            number = len(emulator.log) + 1
            emulator.log.append(Seen(number, method, path, body, len(raw)))
        for act in filter(None, [plan.before.get(number)]):
            act()
        kind = plan.kind(number)
        if kind in ("drop", "hang"):
            self._vanish(plan.seconds if kind == "hang" else 0)
        elif kind and not kind.startswith("after_"):
            self._send(*faults.refusal(kind, method == "POST"))
        else:
            status, reply = emulator.handle(method, path, query, body, self.headers)  # type: ignore[arg-type]
            for act in filter(None, [plan.after.get(number)]):
                act()
            self._finish(kind, status, json.dumps(reply).encode())

    def _finish(self, kind: str, status: int, data: bytes) -> None:
        plan = self.emulator.faults
        if kind in ("after_drop", "after_hang"):
            self._vanish(plan.seconds if kind == "after_hang" else 0)
        elif kind in ("after_503", "after_500"):
            self._send(*faults.refusal(kind, True))
        elif kind:
            headers, data = faults.garbled(kind, data)
            self._send(status, headers, data)
        else:
            self._send(status, {}, data)

    def _vanish(self, seconds: float) -> None:
        time.sleep(seconds)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, status: int, headers: dict[str, str], data: bytes) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json; charset=UTF-8"} | headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


class Server:
    """`with Server(emulator):` serves it on loopback; `emulator.url` is its address."""

    def __init__(self, emulator: Emulator, port: int = 0, pages: Any = None) -> None:
        handler = type("Handler", (_Handler,), {"emulator": emulator, "pages": staticmethod(pages) if pages else None})
        self._http = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._http.daemon_threads = True
        self.emulator = emulator
        emulator.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Emulator:
        self._thread.start()
        return self.emulator

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
