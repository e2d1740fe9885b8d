"""The tracker's file itself: read whole, locked, backed up and swapped; at any instant it is entirely old or new."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sheets_sync.errors import Changed, NoPermission, Refused, TryAgain, UsageError
from sheets_sync.workbooks.revision import revision_of

SPACE_TIMES = 3

_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SHARING_VIOLATIONS = {32, 33}


def real_path(path: Path) -> Path:
    """The file behind a path, links followed. Raises UsageError when there is none, Refused when it has more names."""
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
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise TryAgain(f"{path.name} has vanished while it was read. Is it being synced or replaced?") from None
    except OSError as error:
        raise told(error, path, "read") from None
    if len(data) != after.st_size or before.st_mtime_ns != after.st_mtime_ns:
        raise TryAgain(f"{path.name} is being written right now. Try again in a minute.")
    return data


@contextlib.contextmanager
def held(path: Path, folder: Path | None) -> Iterator[datetime]:
    """Keep other runs out while this one writes; gives the moment of locking by the file system's clock. Raises
    TryAgain at once when another run is at it. The lock lies in `folder`, the tracker's own; in the system's temporary
    one without it."""
    home = folder or _home(Path(tempfile.gettempdir()) / f"sheets-sync-{getattr(os, 'getuid', int)()}", path)
    file = home / "lock"
    try:
        _private(home)
        lock = FileLock(file, timeout=0, mode=0o600)
        lock.acquire()
    except Timeout:
        raise TryAgain(f"Another run of sheets-sync is writing {path.name} right now. Try again in a minute.") from None
    except OSError as error:
        raise told(error, home, "lock") from None
    try:
        with contextlib.suppress(OSError):
            os.utime(file)
        yield datetime.fromtimestamp(file.stat().st_mtime)
    finally:
        lock.release()


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
        raise TryAgain(
            f"{_megabytes(SPACE_TIMES * needed)} must be free at {path.parent}; there are {_megabytes(free)}."
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
        raise TryAgain(
            f"{path.name} is open by {who} since {when}. Close it there and run again.",
            [f'If nobody has it open, the editor has left its lock file behind: delete "{lock}".'],
        )


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


def back_up(data: bytes, path: Path, folder: Path) -> Path:
    """Keep the tracker as it was in its own folder, as the next number, readable by its owner only. How many are kept
    for how long is for the caller to say."""
    home = folder / "backups"
    try:
        _private(home)
        for stray in home.glob(".sheets-sync-*.tmp"):
            stray.unlink(missing_ok=True)
        kept = sorted(file for file in home.iterdir() if re.fullmatch(r"\d{6,}", file.stem))
        number = int(kept[-1].stem) + 1 if kept else 1
        temporary = _written(data, home, ".sheets-sync-")
        backup = home / f"{number:06d}{path.suffix.lower()}"
        os.replace(temporary, backup)
    except OSError as error:
        raise told(error, home, "back up to", len(data)) from None
    return backup


def replace(path: Path, revision: str, data: bytes, now: datetime) -> None:
    """Put new bytes in the file's place, its mode and owner kept, unless it is no longer at `revision`."""
    try:
        temporary = _written(data, path.parent, _stray(path))
        try:
            _like(temporary, path)
            check_editors(path, now)
            if revision_of(load(path)) != revision:
                raise Changed(f"{path.name} was saved by someone else during the run. Nothing was written; run again.")
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
    except OSError as error:
        raise told(error, path, "write", len(data)) from None
    _settle(path.parent)


def told(error: OSError, path: Path, what: str, size: int = 0) -> TryAgain | NoPermission:
    """The error of ours that a system error means."""
    if getattr(error, "winerror", None) in _SHARING_VIOLATIONS:
        return TryAgain(f"{path.name} is open in another program, such as Excel. Close it there and run again.")
    if error.errno in _NO_PERMISSION:
        return NoPermission(f"The system does not let us {what} {path} ({error.strerror}).")
    if error.errno in _NO_SPACE:
        return TryAgain(f"There is no room to {what} {path}: {_megabytes(size)} are needed ({error.strerror}).")
    return TryAgain(f"The system could not {what} {path} ({error.strerror or error}). Try again later.")


def sweep(path: Path) -> None:
    """Delete what a killed run left beside this tracker. Only while the lock is held."""
    for stray in path.parent.glob(f"{_stray(path)}*.tmp"):
        with contextlib.suppress(OSError):
            stray.unlink()


def _stray(path: Path) -> str:
    """How the temporary files of one tracker begin, so that a run for its neighbour leaves them alone."""
    return f".sheets-sync-{_mark(path)}-"


def _written(data: bytes, folder: Path, prefix: str) -> Path:
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


def _like(temporary: Path, path: Path) -> None:
    """Give the new file the old one's owner, extended attributes and mode, as far as the system allows."""
    found = path.stat()
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(temporary, found.st_uid, found.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(path):
                os.setxattr(temporary, name, os.getxattr(path, name))
    os.chmod(temporary, stat.S_IMODE(found.st_mode))


def _private(folder: Path) -> None:
    """Make a folder for its owner only, and so every folder above it that has to be made."""
    if not folder.is_dir():
        _private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _settle(folder: Path) -> None:
    """Make the swap itself survive a power cut; where a folder cannot be synced, it is old or new all the same."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _home(folder: Path, path: Path) -> Path:
    """Where one tracker's lock lies in a folder for all."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip(".-")[:40]
    return folder / f"{name or 'tracker'}-{_mark(path)}"


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]


def _megabytes(size: int) -> str:
    return f"{max(size / 1e6, 0.1):,.1f} MB"
