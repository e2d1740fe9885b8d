"""A person logs in once, in the browser; what is kept is a token for Google Sheets only, in a file of their own."""

from __future__ import annotations

import json
import os
import tempfile
import webbrowser
from pathlib import Path

from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
from oauthlib.oauth2 import OAuth2Error

from sheets_sync.errors import NoPermission, TryAgain, UsageError
from sheets_sync.workbooks.access import SCOPE
from sheets_sync.workbooks.google.messages import plain

_PATIENCE = 300
_HOW = (
    "Make one at https://console.cloud.google.com/apis/credentials: Create credentials, OAuth client ID, Desktop app, "
    "Download JSON. (The project needs the Google Sheets API, and a consent screen that is not in Testing: there "
    "logins end after 7 days.)"
)


def log_in(secret: Path, browser: bool) -> str:
    """Let a person consent in the browser and return the login as JSON. Prints the address to open. Raises UsageError
    for a file that is no client's secret, NoPermission when consent is refused, TryAgain when nobody answers."""
    flow = _flow(secret)
    asks = {"access_type": "offline", "prompt": "consent"}
    try:
        made = flow.run_local_server(
            host="localhost",
            bind_addr="127.0.0.1",
            port=0,
            open_browser=browser,
            authorization_prompt_message="Open this address in a browser on this machine, and allow access:\n{url}",
            success_message="sheets-sync is logged in. You may close this window.",
            timeout_seconds=_PATIENCE,
            **asks,
        )
    except WSGITimeoutError:
        raise TryAgain("Nobody allowed access within five minutes. Run it again when you are at the browser.") from None
    except webbrowser.Error:
        raise UsageError("There is no browser here. Run it with --no-browser, and open the address yourself.") from None
    except OAuth2Error as error:
        said = plain(f"{error.error or ''} {error.description or ''}")
        raise NoPermission(f"Google did not let you in: {said}. Nothing was stored.") from None
    except Warning:
        raise NoPermission("Access to Google Sheets was not allowed. Nothing was stored; log in again.") from None
    except (OSError, ValueError) as error:
        raise TryAgain(
            f"The login did not come about ({type(error).__name__}). Nothing was stored; try again."
        ) from None
    if not made.refresh_token:
        raise NoPermission("Google gave a login for one hour only. Nothing was stored; log in again.")
    kept = json.loads(made.to_json(strip=["token", "expiry"]))
    return json.dumps({"type": "authorized_user", **kept})


def _flow(secret: Path) -> InstalledAppFlow:
    try:
        info = json.loads(secret.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"There is no client secret {secret}.", [_HOW]) from None
    except OSError as error:
        raise NoPermission(f"The client secret {secret} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{secret} is not a JSON file.", [_HOW]) from None
    if isinstance(info, dict) and info.get("type") == "service_account":
        raise UsageError(
            f"{secret} is a service account's key, which needs no login: set SHEETS_SYNC_CREDENTIALS to it."
        )
    try:
        return InstalledAppFlow.from_client_config(info, scopes=[SCOPE])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{secret} is not the secret of an OAuth client.", [_HOW]) from None


def keep(login: str, path: Path) -> None:
    """Store a login, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=".sheets-sync-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(login)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
