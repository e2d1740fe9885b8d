"""Two files change places in one step, as each system can do it: at no instant does a name lead to nothing.

Whoever saves while we write is found out by this: what stood in the tracker's place comes out whole, can be looked at,
and goes back in the same way. What follows from the answers of Windows can be tried on every machine: its call can be
handed in.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # Linux, <linux/fs.h>
_RENAME_SWAP = 2  # macOS, <stdio.h>
_MISSING = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

_REPLACEFILE_IGNORE_MERGE_ERRORS = 2
_NOT_SUPPORTED = {1, 50}
# Virus scanners and indexers hold a fresh file for a moment; Excel holds it for as long as it is open.
HELD_OPEN = {5, 32, 33, 1175, 1176}
_HALFWAY = 1177
_TRIES, _PAUSE = 10, 0.2

ReplaceFile = Callable[[str, str, str], int]


class NoExchangeError(Exception):
    """The system or the file system cannot do it; nothing was changed."""


def exchange(new: Path, path: Path) -> None:
    """Put `new` in the place of `path`; `new` is then what stood there. Raises NoExchangeError where that cannot be
    done in one step, OSError when the system refuses; nothing is changed in both cases."""
    if sys.platform == "win32":
        on_windows(new, path)
    elif sys.platform == "darwin":
        _call("renamex_np", os.fsencode(new), os.fsencode(path), _RENAME_SWAP)
    else:
        _call("renameat2", _AT_FDCWD, os.fsencode(new), _AT_FDCWD, os.fsencode(path), _RENAME_EXCHANGE)


def _call(name: str, *arguments: object) -> None:
    """A function of the C library that gives 0 when it went well."""
    import ctypes

    try:
        function = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (AttributeError, OSError):
        raise NoExchangeError(name) from None
    if function(*arguments) != 0:
        code = ctypes.get_errno()
        if code in _MISSING:
            raise NoExchangeError(os.strerror(code))
        raise OSError(code, os.strerror(code))


def on_windows(
    new: Path, path: Path, replace_file: ReplaceFile | None = None, pause: Callable[[float], None] = time.sleep
) -> None:
    """The same by ReplaceFileW, which keeps what it replaces under a third name; that one becomes `new` again."""
    replaced = replace_file or _replace_file
    aside = new.with_name(f"{new.stem}-out{new.suffix}")
    for attempt in range(_TRIES):
        code = replaced(str(path), str(new), str(aside))
        if code == _HALFWAY and not path.exists():
            # The tracker has its other name already and ours has not come: put it back before anything else.
            os.rename(aside, path)
        if code not in HELD_OPEN | {_HALFWAY}:
            break
        if attempt + 1 < _TRIES:
            pause(_PAUSE)
    if code in _NOT_SUPPORTED:
        raise NoExchangeError(f"Windows error {code}")
    if code:
        raise windows_error(code, path)
    os.replace(aside, new)


def windows_error(code: int, path: Path) -> OSError:
    """The system error that a code of Windows means, wherever it is raised."""
    error = OSError(errno.EACCES, f"Windows error {code}", str(path))
    error.winerror = code  # type: ignore[attr-defined,unused-ignore]
    return error


def _replace_file(path: str, new: str, aside: str) -> int:
    """ReplaceFileW; 0, or the code of its error."""
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    done = kernel.ReplaceFileW(
        ctypes.c_wchar_p(path), ctypes.c_wchar_p(new), ctypes.c_wchar_p(aside), _REPLACEFILE_IGNORE_MERGE_ERRORS, 0, 0
    )
    return 0 if done else int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]
