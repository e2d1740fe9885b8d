"""Who else is at the file: an editor that has it open, a sync service that made copies of it."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from sheets_sync.errors import TryAgain

_COPY = re.compile(
    # Dropbox, Nextcloud and Syncthing, OneDrive, Google Drive and Box.
    r"\(?[^()]*conflicted copy[^()]*\)?|conflict-\d{8}-\d{6}.*|\.sync-conflict-.*|(?:-.*)?-safebackup-\d+|"
    r"\(conflict.*\)|\[conflict\w*\]",
    re.IGNORECASE,
)


def check_editors(path: Path, now: datetime) -> None:
    """Raise TryAgain when an editor has the file open. Its lock file is never touched, however old."""
    for lock, name_in in ((f"~${path.name}", _excel_name), (f".~lock.{path.name}#", _office_name)):
        file = path.parent / lock
        try:
            data, since = file.read_bytes()[:4096], datetime.fromtimestamp(file.stat().st_mtime)
        except FileNotFoundError:
            continue
        except OSError:
            data, since = b"", now
        who = name_in(data) or "someone"
        when = f"{since:%H:%M}" if since.date() == now.date() else f"{since.day} {since:%b %Y %H:%M}"
        age = _age(now - since)
        raise TryAgain(
            f"{path.name} is open by {who} since {when}{age and f' ({age} ago)'}. Close it there and run again.",
            [f'If nobody has it open, the editor has left its lock file behind: delete "{lock}".'],
        )


def _age(passed: timedelta) -> str:
    """How long a lock has stood, when that is so long that its editor may be gone."""
    hours = int(passed.total_seconds() // 3600)
    return "" if hours < 12 else f"{hours} hours" if hours < 48 else f"{hours // 24} days"


def _excel_name(data: bytes) -> str:
    """The name in Excel's lock file: its length and single-byte letters, and from byte 55 the same in UTF-16."""
    size = int.from_bytes(data[55:57], "little")
    wide = data[57 : 57 + 2 * size].decode("utf-16-le", "ignore") if size <= 54 else ""
    return _clean(wide) or _clean(data[1 : 1 + min(data[0], 54)].decode("cp1252", "ignore") if data else "")


def _office_name(data: bytes) -> str:
    """The name in LibreOffice's lock file: `name,login,host,date;`, the first ones often blank."""
    fields = data.decode("utf-8", "ignore").rstrip(";\n").split(",")
    return next((name for name in map(_clean, fields[:3]) if name), "")


def _clean(name: str) -> str:
    return "".join(letter for letter in name if letter.isprintable()).strip()[:60]


def copies(path: Path) -> list[str]:
    """The names of the copies beside a tracker that a sync service made when two people had saved at once."""
    start = path.stem.casefold()
    try:
        names = sorted(file.name for file in path.parent.iterdir() if file.suffix.lower() == path.suffix.lower())
    except OSError:
        return []
    rest = [(name, Path(name).stem) for name in names if Path(name).stem.casefold().startswith(start)]
    return [name for name, stem in rest if _COPY.fullmatch(stem[len(start) :].strip(" _"))]


def mark_of(path: Path) -> str:
    """A few letters that stand for one tracker's path, so that a run for its neighbour leaves its files alone."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
