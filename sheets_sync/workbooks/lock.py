"""One run at a time for one tracker on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sheets_sync.errors import TryAgain
from sheets_sync.workbooks.trouble import told


@contextlib.contextmanager
def held(location: str, folder: Path | None) -> Iterator[datetime]:
    """Keep other runs out while this one works; gives the moment of locking by the file system's clock. Raises
    TryAgain at once when another run is at it. Whoever holds it may hold it once more. The lock lies in `folder`, the
    tracker's own; in the system's temporary one without it."""
    home = folder or _home(location)
    file = home / "lock"
    try:
        private(home)
        lock = FileLock(file, timeout=0, mode=0o600, is_singleton=True)
        lock.acquire()
    except Timeout:
        name = location.replace("\\", "/").rpartition("/")[2]
        raise TryAgain(f"Another run of sheets-sync is writing {name} right now. Try again in a minute.") from None
    except OSError as error:
        raise told(error, home, "lock") from None
    try:
        yield _now(file)
    finally:
        lock.release()


def _now(file: Path) -> datetime:
    with contextlib.suppress(OSError):
        os.utime(file)
    try:
        return datetime.fromtimestamp(file.stat().st_mtime)
    except OSError as error:
        raise told(error, file, "lock") from None


def private(folder: Path) -> None:
    """Make a folder for its owner only, and so every folder above it that has to be made."""
    if not folder.is_dir():
        private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _home(location: str) -> Path:
    """Where a tracker's lock lies that has no folder of its own."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(location).stem).strip(".-")[:40]
    mark = hashlib.sha256(os.fsencode(location)).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"sheets-sync-{getattr(os, 'getuid', int)()}" / f"{name or 'tracker'}-{mark}"
