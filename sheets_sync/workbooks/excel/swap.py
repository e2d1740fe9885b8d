"""The tracker's file on disk: found, read whole, checked, backed up. `commit.py` puts new bytes in its place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import tempfile
import time
from pathlib import Path

from sheets_sync.errors import NoPermission, Refused, TryAgain, UsageError
from sheets_sync.workbooks.lock import private
from sheets_sync.workbooks.trouble import megabytes, told

SPACE_TIMES = 3
# So soon after a change the next one may bear the same time stamp.
FRESH_SECONDS = 2.0


def real_path(path: Path) -> Path:
    """The file behind a path, links followed. Raises UsageError when there is none or it is none."""
    try:
        real = path.resolve(strict=True)
        found = real.stat()
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except OSError as error:
        raise told(error, path, "read") from None
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{path} is not a file.")
    return real


def load(path: Path) -> bytes:
    """The file's bytes. Raises TryAgain when it changes while it is read, NoPermission when it may not be read."""
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            data = file.read()
            fresh = abs(time.time() - before.st_mtime) < FRESH_SECONDS
            same = not fresh or (file.seek(0) == 0 and file.read() == data)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise TryAgain(f"{path.name} has vanished while it was read. Is it being synced or replaced?") from None
    except OSError as error:
        raise told(error, path, "read") from None
    if not same or len(data) != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise TryAgain(f"{path.name} is being written right now. Try again in a minute.")
    return data


def check_writable(path: Path, needed: int) -> None:
    """Raise when the file could not be swapped anyway: hard links, no permission, no room for `needed` bytes."""
    found = path.stat()
    if found.st_nlink > 1:
        raise Refused(
            f"{path.name} has {found.st_nlink} names (hard links), and only one of them would get the new version. "
            "Make it a file of its own: copy it, and delete the other names."
        )
    if not found.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise NoPermission(f"{path} is read-only. Allow writing to it, or run as its owner.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise NoPermission(f"No file can be written in {path.parent}. Allow it, or run as the folder's owner.")
    free = shutil.disk_usage(path.parent).free
    if free < SPACE_TIMES * needed:
        raise TryAgain(f"{megabytes(SPACE_TIMES * needed)} must be free at {path.parent}; there are {megabytes(free)}.")


def back_up(data: bytes, path: Path, folder: Path) -> Path:
    """Keep the tracker as it was in its own folder, as the next number, readable by its owner only. How many are kept
    for how long is for the caller to say."""
    home = folder / "backups"
    try:
        private(home)
        for stray in home.glob(".sheets-sync-*.tmp"):
            stray.unlink(missing_ok=True)
        kept = sorted(file for file in home.iterdir() if re.fullmatch(r"\d{6,}", file.stem))
        number = int(kept[-1].stem) + 1 if kept else 1
        temporary = written(data, home, ".sheets-sync-")
        backup = home / f"{number:06d}{path.suffix.lower()}"
        os.replace(temporary, backup)
    except OSError as error:
        raise told(error, home, "back up to", len(data)) from None
    return backup


def written(data: bytes, folder: Path, prefix: str) -> Path:
    """A new file of these bytes that survives a power cut, readable by its owner only."""
    handle, name = tempfile.mkstemp(prefix=prefix, suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return Path(name)


def like(temporary: Path, path: Path) -> None:
    """Give the new file the old one's owner, extended attributes and mode, as far as the system allows."""
    found = path.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(temporary, found.st_uid, found.st_gid)
    if hasattr(os, "listxattr"):
        names: list[str] = []
        with contextlib.suppress(OSError):
            names = os.listxattr(path)
        for name in names:
            with contextlib.suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(path, name))
    os.chmod(temporary, stat.S_IMODE(found.st_mode))


def settle(folder: Path) -> None:
    """Make a change of names in a folder survive a power cut; where a folder cannot be synced, it is old or new all
    the same."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
