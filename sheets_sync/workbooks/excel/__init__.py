"""The Excel backend: a workbook file is patched part by part, never loaded and saved."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sheets_sync.errors import Changed, SheetsSyncError, TryAgain, UsageError
from sheets_sync.model import Patch, Problem, Receipt, Ref, Snapshot
from sheets_sync.workbooks.excel import commit, editors, read, refuse, swap
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.lock import held
from sheets_sync.workbooks.revision import revision_of
from sheets_sync.workbooks.trouble import told


class ExcelWorkbook:
    """A tracker in an .xlsx, .xlsm, .xltx or .xltm file. `folder` is this tracker's own, for its backups and lock;
    without it there are no backups. `location` is the path of the file itself, where links to it lead."""

    def __init__(self, path: Path | str, folder: Path | None = None) -> None:
        self.path = Path(path)
        self.folder = folder
        self.location = os.path.realpath(self.path)
        self.zone = ""
        self.committed = False
        self._found: tuple[str, read.Found] | None = None
        self._said: tuple[str, ...] = ()

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        """The tracker as it stands; with `tabs`, only these of the team's tabs (ours always). Raises UsageError when
        there is no such file, Refused, TryAgain or NoPermission; never changes anything."""
        data = swap.load(swap.real_path(self.path))
        revision, found = revision_of(data), read.Found()
        self._found = revision, found
        seen = read.snapshot(self._package(data), self.location, revision, tabs, found)
        return replace(seen, problems=(*seen.problems, *self._copies()))

    def apply(self, patch: Patch) -> Receipt:
        """Write a patch whole or not at all: new bytes verified, backup, then one swap. Raises TryAgain when the file
        is no longer at `patch.revision`, open in an editor or being written. An empty patch writes nothing."""
        if not patch:
            return Receipt(patch.revision)
        path = self._still_there()
        with held(self.location, self.folder) as now:
            data = self._ready(path, now)
            if revision_of(data) != patch.revision:
                raise Changed(f"{path.name} has changed since it was read. Nothing was written; run again.")
            try:
                new, notes = self._patched(data, patch)
            except OSError as error:  # rendering uses temporary files
                raise told(error, path, "prepare", len(data)) from None
            if new == data:
                return Receipt(patch.revision, reads=1, notes=(*self._said, *notes))
            backup = swap.back_up(data, path, self.folder) if self.folder is not None else ""
            commit.replace(path, patch.revision, new, now, self._commit)
        return Receipt(revision_of(new), 1, 1, len(new), str(backup), (*self._said, *notes))

    def restore(self, backup: str, revision: str) -> Receipt | None:
        """Put a backup back, byte for byte, if the tracker still stands at `revision` and the backup is there; None
        (and nothing written) otherwise."""
        if not backup or not Path(backup).is_file():
            return None
        path = self._still_there()
        with held(self.location, self.folder) as now:
            data = self._ready(path, now)
            if revision_of(data) != revision:
                return None
            old = swap.load(Path(backup))
            self._package(old)
            kept = swap.back_up(data, path, self.folder) if self.folder is not None else ""
            commit.replace(path, revision, old, now, self._commit)
        return Receipt(revision_of(old), 1, 1, len(old), str(kept))

    def forget_copies(self) -> None:
        """There are none inside the file."""

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs out. Raises TryAgain at once when one is at it, or an editor has the file open."""
        path = swap.real_path(self.path)
        with held(self.location, self.folder) as now:
            editors.check_editors(path, now)
            yield

    def _copies(self) -> list[Problem]:
        path = Path(self.location)
        if not (names := editors.copies(path)):
            return []
        message = (
            f"There {'is a copy' if len(names) == 1 else 'are copies'} beside it, which a sync service made of two"
        )
        hint = "Move over what is missing here, then delete or rename them."
        return [Problem(Ref(path.name), message, hint)]

    def _commit(self, point: bool) -> None:
        self.committed = point

    def _still_there(self) -> Path:
        try:
            return swap.real_path(self.path)
        except UsageError:
            raise TryAgain(
                f"{self.path.name} has vanished since it was read. Is it being synced or replaced?"
            ) from None

    def _ready(self, path: Path, now: datetime) -> bytes:
        """The file's bytes, when nothing stands in the way of swapping it. Only while the lock is held."""
        self._said = commit.sweep(path)
        data = swap.load(path)
        editors.check_editors(path, now)
        swap.check_writable(path, len(data))
        return data

    def _package(self, data: bytes) -> Package:
        """The file's package, refused with its name in front when it isn't one that we can work on."""
        try:
            package = Package.open(data)
            refuse.check_package(package)
        except SheetsSyncError as error:
            raise type(error)(f"{self.path.name}: {error}", error.details) from None
        return package

    def _patched(self, data: bytes, patch: Patch) -> tuple[bytes, tuple[str, ...]]:
        """The new bytes, checked against the old ones, and what people should know."""
        from sheets_sync.workbooks.excel import before_styles, columns, graft, recalculation, reuse, verify

        package = self._package(data)
        refuse.check_permission(package)
        book = Book(package)
        # What the read of these very bytes found need not be looked for again.
        known = self._found[1] if self._found and self._found[0] == patch.revision else read.look(package)
        reuse.release(package, book, known.theirs)
        if patch.drop_columns:
            columns.drop_columns(package, book, patch.drop_columns)
        notes: tuple[str, ...] = ()
        if patch.place is not None and patch.columns:
            notes = columns.set_columns(package, book, patch.place, patch.columns, patch.theme)
        for id in patch.drop_tabs:
            graft.drop_tab(package, book, id)
        if patch.tabs:
            graft.put_tabs(package, book, patch.tabs, patch.theme)
        graft.give_tabs(package, book, patch.given, patch.theme)
        notes += reuse.say(book, known.theirs, {column.id: column.header for column in patch.columns})
        if not (book.owned("column") or book.owned("tab")):
            recalculation.unask(package, book)
            before_styles.restore(package, book)
        elif package.changed:
            recalculation.ask(package, book, known.plain)
        if not package.changed:
            return data, notes
        new = package.to_bytes()
        verify.verify(Package.open(data), new, known.theirs, [tab.title for tab in patch.given])
        return new, notes
