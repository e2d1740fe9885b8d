"""What a system error means to the people who own the file."""

from __future__ import annotations

import errno
from pathlib import Path

from sheets_sync.errors import NoPermission, TryAgain

_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Windows says so when another program has the file open without sharing it (32, 33), or won't let it be replaced.
_IN_USE = {32, 33, 1175, 1176, 1177}


def told(error: OSError, path: Path, what: str, size: int = 0) -> TryAgain | NoPermission:
    """The error of ours that a system error means."""
    if getattr(error, "winerror", None) in _IN_USE:
        return TryAgain(f"{path.name} is open in another program, such as Excel. Close it there and run again.")
    if error.errno in _NO_PERMISSION:
        return NoPermission(f"The system does not let us {what} {path} ({error.strerror}).")
    if error.errno in _NO_SPACE:
        return TryAgain(f"There is no room to {what} {path}: {megabytes(size)} are needed ({error.strerror}).")
    return TryAgain(f"The system could not {what} {path} ({error.strerror or error}). Try again later.")


def megabytes(size: int) -> str:
    return f"{max(size / 1e6, 0.1):,.1f} MB"
