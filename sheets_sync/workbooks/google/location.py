"""What names a Google spreadsheet: its URL in any of its forms, or its id."""

from __future__ import annotations

import re

_ID = r"[A-Za-z0-9_-]{20,}"
_URLS = (
    re.compile(rf"^https?://docs\.google\.com/(?:a/[^/]+/)?spreadsheets/(?:u/\d+/)?d/({_ID})(?:[/?#].*)?$"),
    re.compile(rf"^https?://(?:drive|docs)\.google\.com/open\?(?:.*&)?id=({_ID})(?:[&#].*)?$"),
    re.compile(rf"^https?://drive\.google\.com/file/d/({_ID})(?:[/?#].*)?$"),
)
_BARE = re.compile(r"^[A-Za-z0-9_-]{40,60}$")


def spreadsheet_id(location: str) -> str:
    """The id in a URL, or a bare id; "" for anything else."""
    text = location.strip()
    found = next((match[1] for url in _URLS if (match := url.match(text))), "")
    return found or (text if _BARE.match(text) else "")
