"""What changes with any change of a tracker, where that can be told without reading it. Imports nothing heavy."""

from __future__ import annotations

import hashlib
from pathlib import Path


def revision_of(data: bytes) -> str:
    """The revision of a file with these bytes."""
    return hashlib.sha256(data).hexdigest()


def revision_at(location: str) -> str:
    """The revision of the file at a path; "" where there is none that can be read, or where it is no path."""
    try:
        with Path(location).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return ""
