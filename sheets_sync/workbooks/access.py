"""How a run gets at Google: what the command line found in options, environment and config. Nothing heavy here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sheets_sync.errors import UsageError

SCOPE = "https://www.googleapis.com/auth/spreadsheets"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Access:
    """`credentials` is a key's file ("" for none), `login` where `auth login` keeps its token, `endpoint` another
    server than Google's ("" for Google), `read_only` asks for no more than reading, `seconds` is the run's deadline,
    `by_values` writes statuses as values instead of formulas."""

    credentials: str = ""
    login: Path | None = None
    endpoint: str = ""
    read_only: bool = False
    seconds: float = 600
    by_values: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        return (f"{SCOPE}.readonly" if self.read_only else SCOPE,)


def checked_endpoint(text: str) -> str:
    """A server's address as given in SHEETS_SYNC_API_ENDPOINT. Raises UsageError unless it is https, or plain http on
    this machine."""
    address = text.strip().rstrip("/")
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(address))):
        raise UsageError(
            f'SHEETS_SYNC_API_ENDPOINT: "{address}" is not an address that can be used. Write https://HOST, or '
            "http://127.0.0.1:PORT for a server on this machine."
        )
    return address


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this very machine."""
    try:
        return urlsplit(url).hostname in _LOOPBACK
    except ValueError:
        return False
