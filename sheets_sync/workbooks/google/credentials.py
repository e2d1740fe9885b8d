"""Who asks Google: a service account's key, the login of a person, or what the machine provides. A key is never shown;
only the e-mail and the project are.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials as UserCredentials

from sheets_sync.errors import NoPermission, UsageError
from sheets_sync.workbooks.access import Access, is_loopback
from sheets_sync.workbooks.google.api import Api

ROBOT, PERSON, MACHINE, NOBODY = "service account", "Google login", "application default credentials", "local server"
_WAYS = (
    "1. A service account, best for a schedule: make one and a JSON key at "
    "https://console.cloud.google.com/iam-admin/serviceaccounts, set SHEETS_SYNC_CREDENTIALS to the key's file, and "
    "share the sheet with its e-mail as Editor.",
    "2. Your own Google account: sheets-sync auth login --client-secret FILE",
    "3. What the machine provides (gcloud, workload identity): gcloud auth application-default login "
    "--scopes=https://www.googleapis.com/auth/cloud-platform,https://www.googleapis.com/auth/spreadsheets",
)
_UNUSABLE = (
    "The credentials that this machine provides (by GOOGLE_APPLICATION_CREDENTIALS, or gcloud's login) cannot be used."
)


@dataclass(frozen=True, slots=True)
class Identity:
    """`credentials` are google-auth's; `kind` is one of the words above; `email` and `project` are "" where they are
    not known; `file` is where the credentials come from."""

    credentials: Any
    kind: str
    email: str = ""
    project: str = ""
    file: str = ""
    scopes: tuple[str, ...] = ()


def identity(access: Access) -> Identity:
    """The credentials that a run uses: the file that was named, else the stored login, else the machine's own. A server
    on this machine gets none of the last two. Raises UsageError or NoPermission with what to do."""
    if access.credentials:
        return _from_file(Path(access.credentials).expanduser(), access)
    if is_loopback(access.endpoint):
        return Identity(UserCredentials(token="local"), NOBODY, scopes=access.scopes)
    if access.login is not None and access.login.is_file():
        return _from_file(access.login, access)
    return _of_the_machine(access)


def opened(access: Access) -> tuple[Identity, Api]:
    """Who asks, and the API for them."""
    who = identity(access)
    return who, Api(who.credentials, endpoint=access.endpoint, seconds=access.seconds)


def _from_file(path: Path, access: Access) -> Identity:
    info = _json(path)
    kind = info.get("type")
    if kind == "service_account":
        return _robot(path, info, access)
    if kind == "authorized_user":
        return _person(path, info, access)
    if isinstance(info.get("installed", info.get("web")), dict):
        raise UsageError(
            f"{path} is the secret of an OAuth client, not a key. Log in with it once: sheets-sync auth login "
            f"--client-secret {shlex.quote(str(path))}"
        )
    raise UsageError(
        f"{path} is neither a service account's key nor a login. Download the key again as JSON; for other kinds, such "
        "as workload identity, leave this out and set GOOGLE_APPLICATION_CREDENTIALS."
    )


def _robot(path: Path, info: dict[str, Any], access: Access) -> Identity:
    _check_token_uri(path, info, access)
    try:
        made = service_account.Credentials.from_service_account_info(info, scopes=list(access.scopes))
    except (GoogleAuthError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"{path} is a service account's key, but a part of it is missing or damaged. Download the key again as "
            "JSON, or make a new one."
        ) from None
    project = info.get("project_id")
    return Identity(made, ROBOT, _email(made), project if isinstance(project, str) else "", str(path), access.scopes)


def _person(path: Path, info: dict[str, Any], access: Access) -> Identity:
    _check_token_uri(path, info, access)
    # The scopes of a login were fixed when it was made: it is asked for no others.
    scopes = info.get("scopes")
    granted = tuple(map(str, scopes)) if isinstance(scopes, list) else ()
    names = ("refresh_token", "client_id", "client_secret")
    if not all(isinstance(info.get(name), str) and info[name] for name in names):
        raise UsageError(f"{path} is a login, but a part of it is missing. Log in again: sheets-sync auth login")
    made = UserCredentials(
        token=None,
        token_uri=info.get("token_uri") or "https://oauth2.googleapis.com/token",
        quota_project_id=info.get("quota_project_id"),
        **{name: info[name] for name in names},
    )
    account = info.get("account")
    return Identity(made, PERSON, account if isinstance(account, str) else "", "", str(path), granted)


def _of_the_machine(access: Access) -> Identity:
    import google.auth

    try:
        made, project = google.auth.default(scopes=list(access.scopes))
    except (DefaultCredentialsError, ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        none = "not found" in str(error) and "File" not in str(error)
        what = "There are no credentials for Google Sheets." if none else _UNUSABLE
        raise NoPermission(f"{what} There are three ways:", _WAYS) from None
    scopes = access.scopes if getattr(made, "scopes", None) else ()
    return Identity(made, MACHINE, _email(made), project or "", "", scopes)


def _json(path: Path) -> dict[str, Any]:
    """The object in a file of credentials that nobody else can read. Raises UsageError or NoPermission."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UsageError(f"The credentials {path} are not a file.")
        if os.name != "nt" and mode & 0o077:
            raise NoPermission(
                f"Others on this machine can read {path}, which opens your spreadsheets. Run: chmod 600 "
                f"{shlex.quote(str(path))}"
            )
        value = json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(
            f"There is no file of credentials {path}. SHEETS_SYNC_CREDENTIALS, or credentials under [google] in "
            "sheets-sync.toml, names the JSON key of a service account."
        ) from None
    except OSError as error:
        raise NoPermission(f"The credentials {path} cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path} is not a JSON file. Download the key again, as JSON.") from None
    if not isinstance(value, dict):
        raise UsageError(f"{path} is not a key: it holds no JSON object. Download the key again, as JSON.")
    return value


def _check_token_uri(path: Path, info: dict[str, Any], access: Access) -> None:
    """Raise unless the place that gives out tokens is https, or this machine for a server on this machine."""
    uri = info.get("token_uri", "")
    if isinstance(uri, str) and is_loopback(uri):
        if is_loopback(access.endpoint):
            return
        raise UsageError(
            f"{path} is a key for a server on this machine, for tests. Set SHEETS_SYNC_API_ENDPOINT to that server, or "
            "name a key of Google's."
        )
    if not isinstance(uri, str) or (uri and not uri.startswith("https://")):
        raise UsageError(f"{path} has a token_uri that is not safe (no https). Download the key again from Google.")


def _email(credentials: Any) -> str:
    email = getattr(credentials, "service_account_email", "")
    return email if isinstance(email, str) and "@" in email else ""
