"""A tracker in Google Sheets: one read, one atomic write, verified in its own reply."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from sheets_sync.errors import Changed, SheetsSyncError, TryAgain
from sheets_sync.model import Patch, Receipt, Snapshot
from sheets_sync.workbooks.google import ask, tabs
from sheets_sync.workbooks.google.api import Api
from sheets_sync.workbooks.google.batch import Batch, batch
from sheets_sync.workbooks.google.columns import still_there
from sheets_sync.workbooks.google.locale import localised
from sheets_sync.workbooks.google.location import spreadsheet_id
from sheets_sync.workbooks.google.mend import mend
from sheets_sync.workbooks.google.messages import AlreadyThere
from sheets_sync.workbooks.google.names import INBOX, RUN
from sheets_sync.workbooks.google.read import find_statuses, revision_of, snapshot
from sheets_sync.workbooks.google.reply import understood
from sheets_sync.workbooks.google.standing import Standing, mask, parse, with_values
from sheets_sync.workbooks.google.values import Json
from sheets_sync.workbooks.lock import held

# Above this many cells structure and values are asked for apart, which is less to send.
MANY = 30_000
_AT_MOST = 32_000_000
_MENDS = 3
_UNSEEN = "Everything was written, but could not be looked at afterwards; the next run does that."


class GoogleWorkbook:
    """A spreadsheet by its URL or id. With `by_values`, statuses are written cell by cell instead of one formula a
    column: best effort, for teams that want no formulas."""

    def __init__(self, location: str, api: Api, folder: Path | None = None, by_values: bool = False) -> None:
        self.location, self.api, self.folder, self.by_values = location, api, folder, by_values
        self.id = spreadsheet_id(location)
        self.committed = False
        self._standing: Standing | None = None
        self._fresh = False
        self._reads = 0

    @property
    def zone(self) -> str:
        """The spreadsheet's own time zone (Europe/London); reads it, and `read` uses that answer once."""
        return self._look().zone

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other runs on this machine out; runs elsewhere find out by the token of the last one."""
        with held(self.location, self.folder):
            yield

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        """The spreadsheet as it stands: one request, two above 30,000 cells."""
        standing = self._look()
        self._fresh = False
        with understood():
            return replace(snapshot(standing, self.location, tabs), reads=self._reads)

    def apply(self, patch: Patch) -> Receipt:
        """One atomic batch; its reply shows whether it stands as meant. What others changed in between and made wrong
        is set right at once. What was written but cannot be looked at afterwards is a note, not an error."""
        before = self._standing
        if not patch:
            return Receipt(patch.revision)
        if before is None or revision_of(before) != patch.revision:
            raise Changed(f"{self.location} has changed since it was read. Run again.")
        self._standing = None
        reads, applied = self.api.reads, self.api.applied
        run = uuid.uuid4().hex
        made = batch(before, patch, run, self.by_values)
        revision, notes = "", [_UNSEEN]
        try:
            after = self._write(before, list(made.requests), run)
            tried: list[Json] = []
            for _ in range(_MENDS):
                wrong = mend(before, after, made, patch)
                # What did not help is not tried again.
                if not wrong or wrong == tried:
                    break
                after, tried = self._amend(after, wrong), wrong
            self._standing = after if after.size <= MANY else None
            revision, notes = revision_of(after), self._said(after, made, patch)
        except SheetsSyncError as error:
            if self.api.applied == applied:
                raise
            notes.append(str(error))
        return Receipt(revision, self.api.reads - reads, self.api.writes, self.api.bytes, notes=tuple(notes))

    def restore(self, backup: str, revision: str) -> Receipt | None:
        """Google keeps the versions of a spreadsheet itself; there is no copy of ours to put back."""
        return None

    def forget_copies(self) -> None:
        """Empty the hidden tab that holds tabs of ours as they stood before they were rewritten."""
        standing = self._look()
        copies = standing.tab(INBOX)
        if copies is not None and copies.values:
            fields = "userEnteredValue,userEnteredFormat"
            self._standing = self._amend(standing, [ask.cells(ask.where(copies.id), [], fields)])
            self._fresh = False

    def repair(self) -> tuple[str, ...]:
        """Clear what was typed into status columns and blocks them; sentences that say what it was. Only cells in
        columns that carry our tag."""
        standing = self._look()
        blocked = [status for status in find_statuses(standing) if status.blocked]
        if not blocked:
            return ()
        asked: list[Json] = []
        said = []
        for status in blocked:
            sheet = status.sheet
            asked += still_there(sheet, status.at, status.id)
            for row, value in status.typed:
                asked.append(ask.one_cell(sheet.id, row, status.at, {}, "userEnteredValue"))
                said.append(f"{sheet.title}!{ask.a1(row, status.at)}: “{value}” was cleared.")
        self._standing = self._amend(standing, asked)
        self._fresh = self._standing.size <= MANY
        return tuple(said)

    # ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _look(self) -> Standing:
        if self._standing is None or not self._fresh:
            before = self.api.reads
            self._standing, self._fresh = self._fetch(), True
            self._reads = self.api.reads - before
        return self._standing

    def _fetch(self) -> Standing:
        if not self._is_large():
            reply = self.api.get(self.id, {"fields": mask()}, at_most=_AT_MOST)
            if reply is not None:
                standing = parse(reply)
                self._remember_size(standing)
                return standing
        for _ in range(_MENDS):
            structure = self.api.get(self.id, {"fields": mask(values=False)}) or {}
            standing = parse(structure, values=False)
            ranges = [quoted(sheet.title) for sheet in standing.sheets if sheet.height]
            options = {"valueRenderOption": "UNFORMATTED_VALUE", "dateTimeRenderOption": "SERIAL_NUMBER"}
            reply = self.api.values(self.id, ranges, options)
            with understood():
                together = with_values(standing, reply)
            if together:
                self._remember_size(standing)
                return standing
        raise TryAgain(f"{self.location} is being changed all the time. Nothing was written; try again later.")

    def _is_large(self) -> bool:
        note = self.folder / "large" if self.folder else None
        return note is not None and note.is_file()

    def _remember_size(self, standing: Standing) -> None:
        """That a spreadsheet is large is known only once it was read; the next run asks in the cheaper way at once."""
        if self.folder is None:
            return
        note = self.folder / "large"
        if standing.size > MANY and not note.is_file():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            note.touch(mode=0o600)
        elif standing.size <= MANY // 2:
            note.unlink(missing_ok=True)

    # ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _write(self, before: Standing, requests: list[Json], run: str) -> Standing:
        """Send a batch; the spreadsheet as it is right after it."""
        # Statuses written cell by cell are all looked at.
        large = before.size > MANY and not self.by_values
        self.committed = True
        said = localised(requests, before.locale)
        body: Json = {"requests": said, "includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
        if large:
            shown = [sheet for sheet in before.sheets if sheet.height]
            body["responseRanges"] = [f"{quoted(sheet.title)}!1:{min(60, sheet.height)}" for sheet in shown]
        try:
            reply = self.api.batch_update(
                self.id, body, lambda: self._was_applied(run), {"fields": f"updatedSpreadsheet({mask()})"}
            )
        except AlreadyThere:
            self.committed = False
            raise Changed(
                "Another run has just written to this spreadsheet, or somebody moved a column of ours. Run again."
            ) from None
        try:
            return parse((reply or {})["updatedSpreadsheet"])
        except (KeyError, TryAgain):
            return self._fetch()

    def _amend(self, standing: Standing, requests: list[Json]) -> Standing:
        run = uuid.uuid4().hex
        return self._write(standing, [*ask.token(standing.token, run), *requests], run)

    def _was_applied(self, run: str) -> bool:
        """Whether the token of a run stands: what settles an unknown outcome."""
        fields = "developerMetadata(metadataId,metadataKey,metadataValue)"
        reply = self.api.get(self.id, {"fields": fields}) or {}
        with understood():
            tags = reply.get("developerMetadata", [])
            return any(tag.get("metadataKey") == RUN and tag.get("metadataValue") == run for tag in tags)

    def _said(self, after: Standing, made: Batch, patch: Patch) -> list[str]:
        """What people should know after a write."""
        notes = [problem.message for problem in snapshot(after, self.location).problems]
        large = after.size > MANY
        for layout in made.layouts[: len(patch.tabs)] if not large else ():
            sheet = after.tab(layout.tab.id)
            if sheet is not None and not tabs.reads_as(sheet, layout):
                notes.append(f'The tab "{sheet.title}" does not read as it was written. The next run writes it anew.')
        return notes


def quoted(title: str) -> str:
    """A tab's title as it stands in a range."""
    return "'" + title.replace("'", "''") + "'"
