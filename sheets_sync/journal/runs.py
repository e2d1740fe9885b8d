"""The files of the journal: one a run, written, read, listed and dropped."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sheets_sync.errors import Refused
from sheets_sync.journal.shape import text_of, value_of
from sheets_sync.model import Column, Desired, Patch, Place, Receipt, Scalar, Snapshot, Tab

VERSION = 1
# A client's key as text, and what stood in its cell before and after.
Written = tuple[str, Scalar, Scalar]


@dataclass(frozen=True)
class Run:
    """One run that wrote: revisions around it, the backup, each status cell before and after, our tabs after it.

    `columns` are without their cells; `cells` has those that were written, by the column's id; `tabs` as known after it
    (none for a run that left them as they were); `given` are titles of tabs that were put in for the team; `undoes` is
    the id of the run that this one took back, `wrote` the titles of the tabs that people see and that it wrote."""

    run_id: str
    tracker: str
    before: str
    after: str
    backup: str
    place: Place | None
    added_columns: tuple[str, ...]
    added_tabs: tuple[str, ...]
    cells: tuple[tuple[str, tuple[Written, ...]], ...]
    columns: tuple[Column, ...]
    tabs: tuple[Tab, ...]
    theme: str = "calm"
    given: tuple[str, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    dropped_tabs: tuple[str, ...] = ()
    undoes: str = ""
    wrote: tuple[str, ...] = ()
    version: int = VERSION

    @property
    def moment(self) -> datetime | None:
        """The minute that the run worked out, as its id says it."""
        try:
            return datetime.strptime(self.run_id[:13], "%Y%m%dT%H%M")
        except ValueError:
            return None


@dataclass(frozen=True)
class Kept:
    """The runs that are kept, oldest first, and sentences on files that were set aside."""

    runs: tuple[Run, ...]
    said: tuple[str, ...] = ()


def folder(state: Path, location: str) -> Path:
    """Where the runs and backups of one tracker lie: a readable name and a hash of its full location."""
    name = re.sub(r"[^a-z0-9]+", "-", Path(location).stem.lower()).strip("-")[:40] or "tracker"
    return state / f"{name}-{hashlib.sha256(location.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def private(folder: Path) -> Path:
    """A folder, made if it is missing, for its owner only, and so every folder above it that had to be made."""
    if not folder.is_dir():
        private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def record(run_id: str, existing: Snapshot, desired: Desired, patch: Patch, receipt: Receipt, undoes: str = "") -> Run:
    """What is to be remembered of a run that wrote `patch`."""
    had_columns = {column.id for column in existing.columns}
    had_tabs = {tab.id for tab in existing.tabs}
    written: dict[str, list[Written]] = {}
    for change in patch.changes:
        written.setdefault(change.column, []).append((change.key, change.before, change.after))
    return Run(
        run_id=run_id,
        tracker=existing.location,
        before=existing.revision,
        after=receipt.revision,
        backup=receipt.backup,
        place=patch.place,
        added_columns=tuple(column.id for column in patch.columns if column.id not in had_columns),
        added_tabs=tuple(tab.id for tab in patch.tabs if tab.id not in had_tabs),
        cells=tuple((id, tuple(cells)) for id, cells in written.items()),
        columns=tuple(dataclasses.replace(column, cells=()) for column in desired.columns),
        tabs=desired.tabs,
        theme=desired.theme,
        given=tuple(tab.title for tab in patch.given),
        dropped_columns=patch.drop_columns,
        dropped_tabs=patch.drop_tabs,
        undoes=undoes,
        wrote=tuple(tab.title for tab in patch.tabs if not tab.hidden),
    )


def save(state: Path, run: Run) -> None:
    """Write a run's file, readable by its owner only. A run that is made again takes the place of its earlier self, and
    the undo of that is forgotten."""
    runs = private(folder(state, run.tracker) / "runs")
    path = runs / f"{run.run_id}.json"
    if path.exists():
        for file in runs.glob("*-undo*.json"):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                if json.loads(file.read_text(encoding="utf-8")).get("undoes") == run.run_id:
                    file.unlink()
    write_private(path, text_of(run))


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    temporary = path.with_name(f".{path.name}.tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def load(state: Path, location: str) -> Kept:
    """The runs that are kept. A file that cannot be read is set aside, with a sentence; raises Refused when a newer
    version wrote one."""
    runs, said = [], []
    for path in oldest_first((folder(state, location) / "runs").glob("*.json")):
        try:
            shape = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(shape, dict) and _newer(shape.get("version", 0)):
                raise Refused(
                    f"A newer version of sheets-sync remembered run {path.stem}: update sheets-sync to undo here."
                )
            run = value_of(shape, {"Run": Run})
            if not isinstance(run, Run):
                raise ValueError("no run")
            runs.append(run)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            said.append(set_aside(path, f"What run {path.stem} wrote"))
    return Kept(tuple(runs), tuple(said))


def _newer(version: Any) -> bool:
    return isinstance(version, int) and version > VERSION


def set_aside(path: Path, what: str) -> str:
    """Rename a file of ours that makes no sense, so that it is in nobody's way; the sentence about it."""
    aside = path.with_suffix(".unreadable")
    try:
        os.replace(path, aside)
    except OSError as error:
        return f"{what} cannot be read ({error.strerror}): {path}"
    return f"{what} cannot be read; the file is set aside as {aside.name} in {aside.parent}."


def oldest_first(files: Iterable[Path]) -> list[Path]:
    """By when they were written: two runs of one minute have names that say nothing about their order."""
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))


def undone(runs: Sequence[Run]) -> set[str]:
    """The ids of the runs that are taken back; an undo that was itself taken back counts for nothing."""
    gone: set[str] = set()
    for run in reversed(runs):
        if run.undoes and run.run_id not in gone:
            gone.add(run.undoes)
    return gone


def tidy(home: Path, backups: int, days: int, now: datetime) -> None:
    """In a tracker's own folder, drop the backups and runs beyond the newest `backups` ones and those that are older
    than `days`. `now` is the wall clock's, not the moment that a run works out."""
    oldest = (now - timedelta(days=days)).timestamp()
    for kind in ("backups", "runs"):
        with contextlib.suppress(OSError):
            files = oldest_first(file for file in (home / kind).iterdir() if not file.name.startswith("."))
            for number, file in enumerate(reversed(files)):
                if number >= backups or file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)
