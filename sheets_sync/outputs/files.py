"""Where a client's name becomes the name of a file: the one place that makes it safe, and that writes such files."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from pathlib import Path

from sheets_sync.errors import UsageError

MOST_BYTES = 80
_RESERVED = frozenset(("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))))


def file_name(text: str, suffix: str) -> str:
    """A file name for any text, safe on every system: a slug that people recognise and a hash, so that two texts never
    share one; at most 80 bytes."""
    mark = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MOST_BYTES - len(mark) - len(suffix) - 1].strip("-")
    if not slug or slug in _RESERVED:
        slug = f"client-{slug}".strip("-")
    return f"{slug}-{mark}{suffix}"


def write_new(folder: Path, name: str, text: str) -> Path:
    """Write a new file for its owner only. Raises UsageError when it exists or would lie outside the folder."""
    path = folder / name
    if Path(os.path.realpath(path)).parent != Path(os.path.realpath(folder)):
        raise UsageError(f"{path} would lie outside {folder}; nothing was written.")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already and is left as it is. Move it away, or name another folder."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return path
