"""The emulator: a state machine for the Sheets API. server.py puts HTTP in front of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.sheets_emulator import accounts, faults
from tests.sheets_emulator.api import NOT_FOUND, Query, answer, created, route
from tests.sheets_emulator.book import ApiError, Book, Json, Sheet, new_id, sheet_of
from tests.sheets_emulator.values import value_range
from tests.sheets_emulator.worked_out import Shown, worked_out

_NO_PERMISSION = ApiError(403, "PERMISSION_DENIED", "The caller does not have permission")
_DISABLED = (
    "Google Sheets API has not been used in project 1234567890 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=1234567890 then retry. If "
    "you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
)


def _reason(name: str) -> list[Json]:
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": name, "domain": "googleapis.com"}
    return [info | {"metadata": {"service": "sheets.googleapis.com"}}]


@dataclass(frozen=True)
class Seen:
    """A request as it came in."""

    number: int
    method: str
    path: str
    body: Json | None
    size: int

    @property
    def writes(self) -> bool:
        try:
            return route(self.method, self.path)[2]
        except ApiError:
            return False


class Emulator:
    """Spreadsheets by id, who may use them, and what shall go wrong. Thread-safe: one request at a time."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self.books: dict[str, Book] = {}
        self.accounts = accounts.Accounts()
        self.faults = faults.Faults()
        self.log: list[Seen] = []
        self.enabled = True
        self.url = ""
        self.now = now
        self._lock = threading.RLock()
        self._shown: dict[str, tuple[int, datetime, Shown]] = {}

    # ── For tests ────────────────────────────────────────────────────────────────────────────────────────────────────

    def add(
        self, title: str, tabs: Mapping[str, list[list[Any]]], locale: str = "en_GB", timezone: str = "Europe/London"
    ) -> str:
        """A new spreadsheet with these tabs; its id. Anybody with a token may write to it, until it has `roles`."""
        sheets = [
            sheet_of(number, name, [list(row) for row in rows]) for number, (name, rows) in enumerate(tabs.items())
        ]
        book = Book(new_id(), title, locale, timezone, sheets)
        self.books[book.id] = book
        return book.id

    def share(self, id: str, **roles: str) -> None:
        """Who may do what with a spreadsheet: `share(id, **{"a@example.com": "reader"})`; nobody else may anything."""
        self.books[id].roles = roles

    def rows(self, id: str, tab: str) -> list[list[Any]]:
        """What a tab shows, as values.get gives it."""
        book = self.books[id]
        quoted = "'" + tab.replace("'", "''") + "'"
        found = value_range(book, self.shown(book), quoted, "UNFORMATTED_VALUE", "SERIAL_NUMBER")
        values: list[list[Any]] = found.get("values", [])
        return values

    def sheet(self, id: str, tab: str) -> Sheet:
        found = self.books[id].titled(tab)
        assert found is not None, f"no tab {tab}"
        return found

    def shown(self, book: Book) -> Shown:
        """A book worked out; kept until it changes or the clock has gone on by a minute."""
        key = (book.version, self.now().replace(second=0, microsecond=0))
        known = self._shown.get(book.id)
        if known is None or known[:2] != key:
            self._shown[book.id] = (*key, worked_out(book, key[1]))
        return self._shown[book.id][2]

    def changed(self, id: str) -> None:
        """Say that a person changed a spreadsheet."""
        self.books[id].version += 1

    def before(self, number: int, act: Callable[[], Any]) -> None:
        """Let something happen before the request with this number (from 1) is carried out."""
        self.faults.before[number] = act

    def after(self, number: int, act: Callable[[], Any]) -> None:
        """Let something happen after the request with this number was carried out, before its reply is sent."""
        self.faults.after[number] = act

    @property
    def writes(self) -> int:
        return sum(seen.writes for seen in self.log)

    @property
    def reads(self) -> int:
        return len(self.log) - self.writes

    def api(self, **options: Any) -> Any:
        """The product's own transport, connected to this emulator."""
        from google.oauth2.credentials import Credentials

        from sheets_sync.workbooks.google.api import Api

        return Api(Credentials("a-token"), endpoint=self.url, **options)

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
            raise ApiError(403, "PERMISSION_DENIED", _DISABLED, _reason("SERVICE_DISABLED"))
        found = route(method, path)
        if caller.read_only and (found[2] or found[0] == "create"):
            text = "Request had insufficient authentication scopes."
            raise ApiError(403, "PERMISSION_DENIED", text, _reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
        if found[0] == "create":
            book, reply = created(body, self.shown)
            book.roles = {caller.email: "owner"} if caller.email else {}
            self.books[book.id] = book
            return reply
        known = self.books.get(found[1]["id"])
        if known is None:
            raise NOT_FOUND
        self._may(known, caller, writing=found[2])
        if known.office_file:
            raise ApiError(400, "FAILED_PRECONDITION", "This operation is not supported for this document")
        known.caller, known.now = caller.email, self.now()
        return answer(found, known, query, body, self.shown)

    def _may(self, book: Book, caller: accounts.Caller, writing: bool) -> None:
        role = book.roles.get(caller.email, "") if book.roles else "writer"
        if role not in ("owner", "writer", "reader") or (writing and role == "reader"):
            raise _NO_PERMISSION
