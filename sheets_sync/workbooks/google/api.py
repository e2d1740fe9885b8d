"""Requests to the Sheets API: tried again as long as that is safe and the run's deadline allows, counted, and
understood. gspread gives the client and google-auth the session; which tries are repeated is our own policy.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport import Response as TokenResponse
from google.auth.transport.requests import AuthorizedSession, Request
from gspread.http_client import HTTPClient
from gspread.urls import (
    SPREADSHEET_BATCH_UPDATE_URL,
    SPREADSHEET_DRIVE_URL,
    SPREADSHEET_URL,
    SPREADSHEET_VALUES_BATCH_URL,
    SPREADSHEETS_API_V4_BASE_URL,
)

from sheets_sync import __version__
from sheets_sync.errors import SheetsSyncError, TryAgain
from sheets_sync.workbooks.access import is_loopback
from sheets_sync.workbooks.google import messages
from sheets_sync.workbooks.google.reply import body_of, decoded, token_reply

Json = dict[str, Any]
Params = Mapping[str, str | int | bool | list[str]]

CONNECT, READ = 10.0, 190.0
# Google itself gives up after 180 seconds. Without any connection there is nothing to wait for until the deadline.
MOST_CONNECTS = 6
LONGEST_PAUSE = 64.0
_NOTHING = "Nothing was written."
_UNSURE = "Nothing was there when last looked; if it arrives late all the same, the next run sees it."
_HOST = SPREADSHEETS_API_V4_BASE_URL.removesuffix("/v4/spreadsheets")
_NOT_CONNECTED = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)

_NEVER_SENT = (requests.ConnectTimeout, requests.exceptions.ProxyError)


class _Failed(Exception):
    """A try that came to nothing: what was heard, whether the request may have been carried out all the same
    (`unknown`), whether there was a connection at all, how many seconds Google asks to wait, and Google's own text
    where the quota is used up."""

    def __init__(
        self, heard: str, *, unknown: bool = True, connected: bool = True, after: float | None = None, quota: str = ""
    ) -> None:
        super().__init__(heard)
        self.heard, self.unknown, self.connected, self.after, self.quota = heard, unknown, connected, after, quota


class _Busy(GoogleAuthError):
    """The server that gives out tokens cannot just now."""

    def __init__(self, heard: str, after: float | None = None) -> None:
        Exception.__init__(self, heard)
        self.heard, self.after = heard, after


class _Client(HTTPClient):  # type: ignore[misc]
    """gspread's client for another host, streaming, so that a reply can be left when it is too long or too slow."""

    def __init__(self, session: requests.Session, endpoint: str) -> None:
        super().__init__(None, session)
        self.endpoint = endpoint.rstrip("/") or _HOST

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
        url = endpoint.replace(_HOST, self.endpoint, 1)
        shape: dict[str, Any] = {"stream": True, "allow_redirects": False, "timeout": self.timeout}
        response: requests.Response = self.session.request(method, url, **shape, **kwargs)
        return response


class Api:
    """The few calls that a sync makes. `reads` and `writes` count the requests that were sent, `bytes` what was sent
    to be written. All calls raise NoPermission, Refused or TryAgain with a sentence, nothing else."""

    def __init__(
        self,
        credentials: Any,
        *,
        endpoint: str = "",
        seconds: float = 600,
        ticks: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.reads = self.writes = self.bytes = 0
        self.tabs: tuple[str, ...] = ()
        email = str(getattr(credentials, "service_account_email", ""))
        self.email = email if "@" in email else ""
        self._seconds, self._until = seconds, ticks() + seconds
        self._ticks, self._pause, self._chance = ticks, pause, chance
        self._tokens, self._credentials = requests.Session(), credentials
        opened: Callable[..., requests.Session] = AuthorizedSession
        session = opened(credentials, max_refresh_attempts=1, auth_request=self._fetch_token)
        # An own `auth` that does nothing: without it ~/.netrc would replace the token.
        session.auth = lambda request: request
        session.trust_env = not is_loopback(endpoint)
        # Google compresses only for clients that say "gzip" in their name.
        session.headers["User-Agent"] = f"sheets-sync/{__version__} (gzip)"
        self._client = _Client(session, endpoint)

    # ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def get(self, id: str, params: Params, at_most: int | None = None) -> Json | None:
        """spreadsheets.get; None when the reply is longer than `at_most` bytes."""
        reply = self._read(id, SPREADSHEET_URL % id, params, at_most)
        sheets = reply.get("sheets") if reply else None
        if isinstance(sheets, list):
            found = [sheet.get("properties") for sheet in sheets if isinstance(sheet, dict)]
            self.tabs = tuple(str(shape["title"]) for shape in found if isinstance(shape, dict) and "title" in shape)
        return reply

    def values(self, id: str, ranges: list[str], params: Params) -> Json:
        """values:batchGet of some ranges in A1 notation."""
        reply = self._read(id, SPREADSHEET_VALUES_BATCH_URL % id, {**params, "ranges": ranges}, None)
        return reply or {}

    def batch_update(
        self, id: str, body: Json, applied: Callable[[], bool], params: Params | None = None
    ) -> Json | None:
        """spreadsheets.batchUpdate. Where its outcome is unknown, `applied` looks into the spreadsheet whether it was
        carried out, and only if not is it sent again. None: it was carried out, but its reply was lost. Once it was,
        the deadline no longer counts. Raises AlreadyThere when somebody else's write was there first."""
        tries, unsure = 0, False
        url = SPREADSHEET_BATCH_UPDATE_URL % id
        while True:
            try:
                reply = self._attempt(id, "post", url, params or {}, body)
                break
            except messages.AlreadyThere:
                if not (unsure and self._found_out(applied)):
                    raise
                reply = None
                break
            except _Failed as failed:
                unsure = unsure or failed.unknown
                if failed.unknown and self._found_out(applied):
                    reply = None
                    break
                tries += 1
                self._wait(failed, tries, _UNSURE if unsure else _NOTHING)
        self._more_time()
        return reply

    def create(self, body: Json) -> Json:
        """spreadsheets.create. Sent again only where it was certainly not carried out."""
        tries = 0
        while True:
            try:
                return self._attempt("", "post", SPREADSHEETS_API_V4_BASE_URL, {}, body) or {}
            except _Failed as failed:
                if failed.unknown:
                    raise TryAgain(
                        f"{failed.heard} The new spreadsheet may have been made or not: look into your Google Drive "
                        "before you try again."
                    ) from None
                tries += 1
                self._wait(failed, tries)

    def sign_in(self) -> None:
        """Get an access token now, to see whether that works."""

        def ask() -> Json | None:
            with self._not_signed_in():
                self._credentials.refresh(self._fetch_token)
            return None

        self._again(ask)

    # ── Trying ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, id: str, url: str, params: Params, at_most: int | None) -> Json | None:
        return self._again(lambda: self._attempt(id, "get", url, params, None, at_most))

    def _again(self, ask: Callable[[], Json | None]) -> Json | None:
        """What can be asked as often as one likes."""
        tries = 0
        while True:
            try:
                return ask()
            except _Failed as failed:
                tries += 1
                self._wait(failed, tries)

    def _attempt(
        self, id: str, method: str, url: str, params: Params, body: Json | None, at_most: int | None = None
    ) -> Json | None:
        """One try. Raises _Failed where another one may help, else what Google's refusal means."""
        with self._not_answered(), self._not_signed_in():
            response = self._send(method, url, params, body)
        with response:
            return self._answer(id, response, at_most)

    @contextmanager
    def _not_signed_in(self) -> Iterator[None]:
        """What it means when there is no access token: nothing was sent yet, or what was sent was not let in."""
        try:
            yield
        except _Busy as error:
            raise _Failed(error.heard, unknown=False, after=error.after) from None
        except RefreshError as error:
            if error.retryable:
                raise _Failed(_heard("Google's token server is in trouble.", error), unknown=False) from None
            said = str(error.args[0] if error.args else "")
            raise messages.refresh_error(said, self.email or messages.Asked().whom, bool(self.email)) from None
        except GoogleAuthError as error:
            raise _Failed(_heard("No access token was to be had.", error), unknown=False, connected=False) from None

    def _send(self, method: str, url: str, params: Params, body: Json | None) -> requests.Response:
        left = self._left()
        if left <= 0:
            raise TryAgain("The time for this run is over. Nothing was written by this step; try again later.")
        self._client.set_timeout((min(CONNECT, left), min(READ, left)))
        data = None
        if body is None:
            self.reads += 1
        else:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(
                "utf-8", "replace"
            )
            self.writes += 1
            self.bytes += len(data)
        asked = {"prettyPrint": "false", **{name: _plain(value) for name, value in params.items()}}
        headers = {"Content-Type": "application/json"} if data is not None else None
        return self._client.request(method, url, params=asked, data=data, headers=headers)

    def _answer(self, id: str, response: requests.Response, at_most: int | None) -> Json | None:
        status = response.status_code
        after = _retry_after(response.headers)
        try:
            raw = body_of(response, at_most if status == 200 else None, self._check)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _Failed(_heard("Google's answer broke off.", error)) from None
        if raw is None:
            return None
        try:
            reply = decoded(raw)
        except ValueError:
            reply = None
        if 200 <= status < 300:
            if reply is None:
                raise _Failed(f"The answer (status {status}) is not what Google sends: {_kind(response)}.")
            return reply
        text = messages.text_of(reply)
        if messages.is_quota(status, reply):
            raise _Failed("Google's quota is used up.", unknown=False, after=after, quota=text or " ")
        if status == 408 or status >= 500 or status < 400:
            raise _Failed(f"Google could not answer: {messages.quoted(messages.plain(text), status)}", after=after)
        raise self._refusal(status, text, id)

    def _refusal(self, status: int, text: str, id: str) -> SheetsSyncError:
        location = SPREADSHEET_DRIVE_URL % id if id else ""
        robot = bool(self.email)
        return messages.error_of(
            status, text, email=self.email, location=location, tabs=self.tabs, service_account=robot
        )

    @contextmanager
    def _not_answered(self) -> Iterator[None]:
        """What it means when there is no answer: it matters whether there was a connection."""
        try:
            yield
        except requests.RequestException as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise TryAgain(
                    "The connection to Google cannot be trusted: its certificate does not hold. Is there a proxy or a "
                    "login page in between, or is this machine's clock wrong?"
                ) from None
            reason = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(error, _NEVER_SENT) or isinstance(reason, _NOT_CONNECTED):
                heard = _heard("Google cannot be reached. Is this machine online?", error)
                raise _Failed(heard, unknown=False, connected=False) from None
            if isinstance(error, requests.Timeout):
                raise _Failed("Google did not answer in time.") from None
            raise _Failed(_heard("The connection to Google broke off.", error)) from None

    def _found_out(self, applied: Callable[[], bool]) -> bool:
        """Whether a write was carried out, with time of its own to find out."""
        until = self._until
        self._until = max(until, self._ticks() + self._seconds / 5)
        try:
            return applied()
        except TryAgain as error:
            raise TryAgain(
                "The connection was lost while writing, and whether anything was written could not be found out. Run "
                "again: the next run sees what is there and goes on from it.",
                [str(error), *error.details],
            ) from None
        finally:
            self._until = until

    # ── Time ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _left(self) -> float:
        return self._until - self._ticks()

    def _more_time(self) -> None:
        """After the write there is nothing to stop for; each further step still ends."""
        self._until = max(self._until, self._ticks() + self._seconds)

    def _check(self) -> None:
        if self._left() <= 0:
            raise TimeoutError("the time for this run is over")

    def _wait(self, failed: _Failed, tries: int, done: str = _NOTHING) -> None:
        """Wait before the next try, as long as Google asks, else a random time that grows. Raises TryAgain where that
        would pass the deadline."""
        pause = self._chance() * min(LONGEST_PAUSE, 2.0 ** (tries - 1))
        if failed.after is not None:
            pause = failed.after + min(pause, 1.0)
        if pause < self._left() and (failed.connected or tries < MOST_CONNECTS):
            self._pause(pause)
            return
        when = f"Try again in {_span(failed.after)}." if failed.after is not None else "Try again in a few minutes."
        if failed.quota:
            raise messages.quota(failed.quota, self.email or messages.Asked().whom, when)
        number = "once" if tries == 1 else f"{tries} times"
        raise TryAgain(f"{failed.heard} Tried {number} without success. {done} {when}")

    def _fetch_token(self, url: str, *args: Any, **kwargs: Any) -> TokenResponse:
        """google-auth asks for tokens through this, so that the deadline holds and our own policy repeats it."""
        left = max(self._left(), 1.0)
        kwargs["timeout"] = (min(CONNECT, left), min(3 * CONNECT, left))
        self._tokens.trust_env = not is_loopback(url)
        response: TokenResponse = Request(self._tokens)(url, *args, **kwargs)
        status = response.status
        if status in (408, 429) or status >= 500:
            raise _Busy(f"Google's token server could not answer (status {status}).", _retry_after(response.headers))
        if kwargs.get("method") == "POST" and not token_reply(response.data):
            raise _Busy(f"The answer of Google's token server (status {status}) is not what it sends.")
        return response


def _plain(value: str | int | bool | list[str]) -> str | int | list[str]:
    return str(value).lower() if isinstance(value, bool) else value


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a reply asks to wait: a number, or a date by the server's own clock."""
    asked = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,6}", asked):
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        date = headers.get("Date")
        now = parsedate_to_datetime(date) if date else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _kind(response: requests.Response) -> str:
    return messages.plain(response.headers.get("Content-Type", "")) or "no kind of content is named"


def _heard(sentence: str, error: Exception) -> str:
    """A sentence with the name of the error behind it; its text may hold what must not be shown."""
    reason = getattr(error.args[0] if error.args else None, "reason", None) or error
    return f"{sentence} ({type(reason).__name__})"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{round(seconds / 3600)} hours"
