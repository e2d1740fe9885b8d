"""What Google answers when it refuses, as a sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sheets_sync.errors import Changed, NoPermission, Refused, SheetsSyncError, TryAgain

_LONGEST = 300


class AlreadyThere(Changed):
    """Something of this write is in the spreadsheet already: another run got in first, or this very write did."""


class Gone(Changed):
    """What was there when it was read is not: planned anew it may go through, else it is refused."""

    exit_code = Refused.exit_code


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what: the e-mail of the account ("" where it is not known) and whether it is a robot's, the
    spreadsheet's URL, and the titles of its tabs, as far as they are known."""

    email: str = ""
    service_account: bool = False
    location: str = ""
    tabs: tuple[str, ...] = ()

    @property
    def whom(self) -> str:
        return self.email or ("the service account" if self.service_account else "the Google account you logged in as")

    @property
    def where(self) -> str:
        return self.location or "the spreadsheet"


def error_of(
    status: int,
    text: str,
    *,
    email: str = "",
    location: str = "",
    tabs: Sequence[str] = (),
    service_account: bool = False,
) -> SheetsSyncError:
    """The error that an HTTP status and Google's own text mean. A text that is not known is shown, shortened."""
    asked = Asked(email, service_account, location, tuple(tabs))
    said = plain(text)
    for wanted, pattern, make in _KNOWN:
        if wanted == status and (found := re.search(pattern, said, re.IGNORECASE)):
            return make(found, asked)
    if status == 403:
        return NoPermission(f"Google does not let {asked.whom} do this with {asked.where}: {quoted(said, status)}")
    if status in (408, 429) or status >= 500 or status < 400:
        return TryAgain(f"Google could not answer: {quoted(said, status)} Try again later.")
    return Refused(f"Google refused this for {asked.where}: {quoted(said, status)} Nothing was written.")


def text_of(body: Mapping[str, Any] | None) -> str:
    """Google's own text in the body of an error."""
    error = (body or {}).get("error")
    if isinstance(error, Mapping):
        return " ".join(str(error[name]) for name in ("message",) if error.get(name)) or str(error.get("status", ""))
    return str((body or {}).get("error_description") or error or "")


def is_quota(status: int, body: Mapping[str, Any] | None) -> bool:
    """Whether a refusal is about how often, not about what."""
    error = (body or {}).get("error")
    state = str(error.get("status", "")) if isinstance(error, Mapping) else ""
    said = text_of(body)
    return status == 429 or (
        status == 403 and (state == "RESOURCE_EXHAUSTED" or bool(re.search(r"quota exceeded|rate ?limit", said, re.I)))
    )


def quota(text: str, whom: str, wait: str) -> TryAgain:
    """The error when the quota stayed used up until the deadline; `wait` says when the next try makes sense."""
    what = re.search(r"quota metric '([^']*)'", text)
    metric = f" ({plain(what[1])})" if what else ""
    return TryAgain(
        f"Google's quota{metric} is used up: either others use the key of {whom} too, or the schedule is too "
        f"frequent. {wait}"
    )


def refresh_error(text: str, whom: str, service_account: bool) -> NoPermission:
    """The error when Google gives no access token for our credentials, by Google's own text."""
    said = plain(text)
    known = [what for pattern, what in _REFRESH if re.search(pattern, said, re.IGNORECASE)][:1]
    if "invalid_grant" in said:
        known.append(_KEY if service_account else _CONSENT)
    what = known[0] if known else "Check them with: sheets-sync auth check."
    others = [f"Else: {other}" for other in known[1:] if other != what]
    return NoPermission(
        f"Google does not accept the credentials of {whom}. {what}",
        [*others, *([f"Google said: {said}"] if said else [])],
    )


def plain(text: str) -> str:
    """Text of a server as one short line without control characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def quoted(said: str, status: int) -> str:
    return f'"{said}" (status {status}).' if said else f"status {status}, without a reason."


# ── What is known ────────────────────────────────────────────────────────────────────────────────────────────────────


_CONSENT = (
    "The login has ended: it was withdrawn, or its consent screen is in Testing, where logins die after 7 days. Log in "
    "again with sheets-sync auth login; for a schedule use a service account, which lasts."
)
_KEY = (
    "The key was deleted (make a new one for the service account), or this machine's clock is wrong (set it), or the "
    "account is gone."
)
_REFRESH = (
    (r"short-lived token|reasonable timeframe", "This machine's clock is wrong: set it, and try again."),
    (r"invalid jwt signature", "The key was deleted or replaced: make a new key for the service account."),
    (r"account not found|deleted_client|invalid_client", "The account or client no longer exists: set up a new one."),
    (r"expired or revoked", _CONSENT),
    (r"invalid_scope", "The login has other scopes: log in again with sheets-sync auth login."),
    (r"necessary fields need to refresh", "The token has run out and cannot be renewed: get new credentials."),
    (r"access_denied|unauthorized_client", "Its administrator does not allow this use: ask them."),
)


GCLOUD_LOGIN = (
    "gcloud auth application-default login --scopes=https://www.googleapis.com/auth/cloud-platform,"
    "https://www.googleapis.com/auth/spreadsheets"
)
# A range in A1 notation inside a sentence: tab (quoted or not), cells.
_SPAN = re.compile(r"(?:'((?:[^']|'')+)'|(\w+))!([A-Z]+\d*(?::[A-Z]+\d*)?)")


def _said(found: re.Match[str]) -> list[str]:
    return [f"Google said: {found.string}"] if found.string else []


def _tab(span: re.Match[str]) -> str:
    return (span[1] or span[2]).replace("''", "'")


def _share(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return NoPermission(
        f"{asked.where} is not shared with {asked.whom}. Open it, choose Share, and add {asked.whom} as Editor."
    )


def _api_off(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    project = found[1] or found[2] or ""
    link = f"https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project={project}"
    return NoPermission(
        f"The Google Sheets API is off in project {project}. Turn it on at {link} and wait a few minutes; then try "
        "again."
    )


def _scopes(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return NoPermission(
        f"The login of {asked.whom} was given for other scopes than Google Sheets. Log in again: sheets-sync auth "
        f"login; or, where gcloud was used: {GCLOUD_LOGIN}"
    )


def _quota_project(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return NoPermission(
        "This gcloud login names no project to count its requests for. Name one with the Sheets API on: gcloud auth "
        "application-default set-quota-project PROJECT"
    )


def _protected(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    span = _SPAN.search(found.string)
    what = f"the protected range {span[3]} of the tab {_tab(span)}" if span else "a protected range"
    return NoPermission(
        f"{asked.whom} is not an editor of {what} in {asked.where}. Ask its owner to add that address under Data, "
        "Protect sheets and ranges. Nothing was written.",
        _said(found),
    )


def _not_found(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return Refused(
        f"There is no spreadsheet at {asked.where} that {asked.whom} can see: the URL or id is wrong, it was deleted, "
        "or it was never shared. Copy the URL from the browser, and share it with that address as Editor."
    )


def _office(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return Refused(
        f"{asked.where} is an Office file in Drive, not a Google Sheet. Either open it there and choose File, Save as "
        "Google Sheets, and use the new URL; or download it and name the file."
    )


def _range(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    span = _SPAN.search(found[1])
    title = _tab(span) if span else found[1].strip("' ")
    there = f" The tabs there are: {', '.join(asked.tabs)}." if asked.tabs else ""
    return Gone(
        f'The tab "{title}" has been renamed or is gone.{there} Nothing was written. If that was just now, run again; '
        "else name it in sheets-sync.toml."
    )


def _grid(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    span = _SPAN.search(found.string)
    where = f'the tab "{_tab(span)}"' if span else "a tab"
    return Gone(
        f"There are fewer rows or columns in {where} than when it was read. Nothing was written; run again.",
        _said(found),
    )


def _full(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return Refused(
        f"{asked.where} is full: a Google Sheet holds 10 million cells. Delete rows, columns or tabs that nobody "
        "needs, and run again. Nothing was written."
    )


def _too_large(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return Refused(
        f"{asked.where} is too large for one request. Nothing was written. Move old rows into another spreadsheet.",
        _said(found),
    )


def _there(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return AlreadyThere(
        f"Another run or a person has just added to {asked.where} what this run was about to add. Nothing was written; "
        "run again.",
        _said(found),
    )


def _gone(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return Changed(
        f"{asked.where} was changed while everything was worked out. Nothing was written; run again.", _said(found)
    )


def _login(found: re.Match[str], asked: Asked) -> SheetsSyncError:
    return NoPermission(
        f"Google does not accept the access token of {asked.whom}, not even a new one. See who you are with "
        "sheets-sync auth check; then log in again (sheets-sync auth login) or make a new key."
    )


_Make = Callable[[re.Match[str], Asked], SheetsSyncError]
_THING = r"(?:grid|sheet|chart|object|developer ?metadata|conditional format|protected range|rule)"
# Status, what Google's text has in it, what it means. The first that fits wins.
_KNOWN: tuple[tuple[int, str, _Make], ...] = (
    (401, "", _login),
    (403, r"has not been used in project (\S+)|api.*disabled.*?(?:project[ =](\w+))", _api_off),
    (403, r"insufficient authentication scopes", _scopes),
    (403, r"requires a quota project", _quota_project),
    (403, r"protected (?:cell|range|sheet)|protected .*object", _protected),
    (400, r"protected (?:cell|range|sheet)|protected .*object", _protected),
    (403, r"caller does not have permission|^$", _share),
    (404, "", _not_found),
    (400, r"not supported for this document|must not be an office file", _office),
    (400, r"unable to parse range: *(.*)", _range),
    (400, r"exceeds grid limits|beyond the last (?:requested )?(?:row|column)|outside (?:of )?(?:the )?grid", _grid),
    (400, r"limit of 10,?000,?000 cells|above the limit of [\d,]+ cells", _full),
    (400, r"payload size exceeds|too large|too many", _too_large),
    (413, "", _too_large),
    (400, r"already (?:exists|in use|has)|duplicate", _there),
    (400, rf"\bno {_THING}\b.*(?:with id|exists?|found)|{_THING}\b.*(?:not exist|not found|was deleted)", _gone),
)
