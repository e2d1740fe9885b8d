"""What we call things of ours in a spreadsheet, so that they are found again wherever people move them."""

from __future__ import annotations

import hashlib

TAB = "sheets-sync.tab"
COLUMN = "sheets-sync.column"
RUN = "sheets-sync.run"
RESULTS, INBOX = "results", "inbox"
# Hidden tabs that only this backend has, by id.
OWN_TABS = {RESULTS: "_sheets_sync_results", INBOX: "_sheets_sync_inbox"}


def number(*words: str) -> int:
    """An id that Google lets us choose, always the same one for the same words: what is added twice, by two runs at
    once or by a repeated request, fails as a whole instead of doubling."""
    digest = hashlib.sha256("|".join(("sheets-sync", *words)).encode()).digest()
    return 1 + int.from_bytes(digest[:4], "big") % 2_000_000_000


# The one tag that names the last run; who writes must have read what it says.
TOKEN = number("run")
