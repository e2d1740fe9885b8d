"""New bytes come into the tracker's place, and nothing that anybody saved is lost by it.

Ours are written beside the tracker (`….tmp`), renamed when they are whole (`….swap`), and change places with it. What
comes out is looked at: is it not what the run had read, somebody saved in the last moment; theirs goes back in and ours
lies beside it. A run that is killed leaves a file whose name says what it may hold, so that the next one can finish.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sheets_sync.errors import Changed, SheetsSyncError
from sheets_sync.workbooks.excel.editors import check_editors, mark_of
from sheets_sync.workbooks.excel.exchange import NoExchangeError, exchange
from sheets_sync.workbooks.excel.swap import like, load, settle, written
from sheets_sync.workbooks.revision import revision_of
from sheets_sync.workbooks.trouble import told

Committing = Callable[[bool], None]

_MOST_TURNS = 10
_PART = 12
_SWAP = re.compile(r"-([0-9a-f]{12})-([0-9a-f]{12})(?:-out)?\.swap$")


def replace(path: Path, base: str, data: bytes, now: datetime, committing: Committing = lambda point: None) -> None:
    """Put new bytes in the place of the file, which stands at revision `base`; its mode and owner are kept. Raises
    Changed when somebody saved meanwhile: their save stands then. `committing` is told True when the write can be
    stopped no longer, False when it was taken back."""
    try:
        ready = _prepared(path, base, data, now)
        try:
            if _revision(path) != base:
                raise _changed(path)
            committing(True)
            _put_in(ready, path, base, revision_of(data))
        except BaseException:
            # Nobody's save may go with it: only what is known to be ours, or the tracker as it was read.
            committing(False)
            _clear(ready, path)
            raise
    except OSError as error:
        raise told(error, path, "write", len(data)) from None


def _prepared(path: Path, base: str, data: bytes, now: datetime) -> Path:
    """The new bytes beside the tracker, whole and synced, under the name that they have while they change places."""
    fresh = written(data, path.parent, _stray(path))
    try:
        like(fresh, path)
        check_editors(path, now)
        ready = path.parent / f"{_stray(path)}{base[:_PART]}-{revision_of(data)[:_PART]}.swap"
        os.replace(fresh, ready)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    return ready


def _put_in(ready: Path, path: Path, base: str, ours: str) -> None:
    try:
        exchange(ready, path)
    except NoExchangeError:
        # The file system cannot do it in one step: a last look, then the plain rename.
        if _revision(path) != base:
            raise _changed(path) from None
        os.replace(ready, path)
        settle(path.parent)
        return
    settle(path.parent)
    if _revision(ready) != base:
        _put_back(ready, path, ours)
        settle(path.parent)
        raise _changed(path)
    with contextlib.suppress(OSError):
        ready.unlink()
        conflict_of(path).unlink(missing_ok=True)


def _put_back(ready: Path, path: Path, ours: str) -> None:
    """Put a save that came out back in. What comes out then is ours, or a save on top of ours: that one is the latest,
    and goes back in its turn."""
    placed = ""
    for _ in range(_MOST_TURNS):
        placing = _revision(ready)
        exchange(ready, path)
        came = _revision(ready)
        if came == ours:
            with contextlib.suppress(OSError):
                os.replace(ready, conflict_of(path))
            return
        if came == placed:
            break
        placed = placing
    _keep(ready, path)


def _keep(save: Path, path: Path) -> Path:
    """Give a save of somebody's a name of its own beside the tracker."""
    handle, name = tempfile.mkstemp(prefix=f"{path.stem} (kept by sheets-sync) ", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    os.replace(save, name)
    return Path(name)


def _changed(path: Path) -> Changed:
    return Changed(
        f"{path.name} was saved by someone else during the run. Nothing was written; run again.",
        [f"What this run would have written lies beside it: {conflict_of(path).name}"]
        if conflict_of(path).exists()
        else (),
    )


def conflict_of(path: Path) -> Path:
    """Where our bytes lie when somebody's save came between."""
    return path.with_name(f"{path.name}.sheets-sync-conflict")


def sweep(path: Path) -> tuple[str, ...]:
    """Finish or take away what a killed run left beside this tracker; sentences on what people should know. Only while
    the lock is held."""
    said = []
    for stray in path.parent.glob(f"{_stray(path)}*.tmp"):
        with contextlib.suppress(OSError):
            stray.unlink()
    for stray in path.parent.glob(f"{_stray(path)}*.swap"):
        kept = _clear(stray, path)
        if kept is not None:
            said.append(f"A save that came between an earlier run was kept beside {path.name}: {kept.name}")
    return tuple(said)


def _clear(stray: Path, path: Path) -> Path | None:
    """Take away what was to change places, if it is ours or what the run had read; a save of somebody's goes back in
    where ours stands, and is kept under a name of its own (given back) otherwise. What cannot be read now stays."""
    names = _SWAP.search(stray.name)
    found = _revision(stray)
    try:
        if not found:
            return None
        if names is not None and found[:_PART] not in names.groups():
            if _revision(path)[:_PART] != names[2]:
                return _keep(stray, path)
            exchange(stray, path)
            if _revision(stray)[:_PART] != names[2]:
                return _keep(stray, path)
        stray.unlink()
    except (OSError, NoExchangeError):
        pass
    return None


def _revision(path: Path) -> str:
    """The revision of what stands there; empty when that cannot be told, because it is being written or is gone."""
    try:
        return revision_of(load(path))
    except SheetsSyncError:
        return ""


def _stray(path: Path) -> str:
    """How the temporary files of one tracker begin, so that a run for its neighbour leaves them alone."""
    return f".sheets-sync-{mark_of(path)}-"
