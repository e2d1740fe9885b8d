"""The few exceptions. Each carries a sentence for people and the exit code that the command line ends with.

SheetsSyncError
├── UsageError      2   wrong option, config or playbook
├── Refused         3   the tracker cannot be read or written safely; nothing was written
├── OurBug         70   a check of our own failed; nothing was written
├── TryAgain       75   open in an editor, another run active, disk full, network, quota
│   └── Changed    75   somebody changed the tracker between our read and our write: plan anew
└── NoPermission   77   the system or Google does not let us read or write
"""

from __future__ import annotations

from collections.abc import Sequence


class SheetsSyncError(Exception):
    """Base of all. `str()` is a sentence (where, what, what to do); `details` are more of them, all at once."""

    exit_code = 70

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.details = tuple(details)


class UsageError(SheetsSyncError):
    exit_code = 2


class Refused(SheetsSyncError):
    exit_code = 3


class OurBug(SheetsSyncError):
    exit_code = 70


class TryAgain(SheetsSyncError):
    exit_code = 75


class Changed(TryAgain):
    """Nothing was written; read and plan anew, and it may go through at once."""


class NoPermission(SheetsSyncError):
    exit_code = 77
