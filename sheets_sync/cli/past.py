"""What the command line remembers of earlier runs: the last success, what was written, and the log."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.setting import state_folder
from sheets_sync.errors import SheetsSyncError

if TYPE_CHECKING:
    from sheets_sync.cli.setting import Setting
    from sheets_sync.journal import Run

PATIENCE = timedelta(hours=24)
_MARK = "last-success"


def log(path: Path | None, entry: dict[str, Any]) -> None:
    """Append a JSON line: when, the exit code and counts, never a name or a value out of the tracker."""
    if path is None:
        return
    line = json.dumps({"at": datetime.now().astimezone().isoformat(timespec="seconds"), **entry})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        click.echo(f"The log {path} cannot be written ({error.strerror}).", err=True)


def succeeded(home: Path) -> None:
    """Remember that the tracker of this folder was synced now."""
    from sheets_sync import journal

    # The tracker is written by then: what goes wrong here costs a message too many at the next run, no more.
    with contextlib.suppress(OSError):
        (journal.private(home) / _MARK).touch(mode=0o600)


def fresh(setting: Setting) -> bool:
    """Whether this tracker was synced within a day, so that a quiet run need not complain that it is open."""
    mark = home(setting) / _MARK
    if not mark.is_file():
        return False
    return datetime.now() - datetime.fromtimestamp(mark.stat().st_mtime) < PATIENCE


def last_success(setting: Setting) -> datetime | None:
    """When this tracker was last synced from this machine, by the agency's wall clock in whole minutes."""
    mark = home(setting) / _MARK
    if not mark.is_file():
        return None
    at = datetime.fromtimestamp(mark.stat().st_mtime, setting.zone)
    return at.replace(tzinfo=None, second=0, microsecond=0)


def keep(setting: Setting, run: Run) -> list[str]:
    """Remember a run for undo. The tracker is written by then, so what goes wrong here is a sentence, no error."""
    from sheets_sync import journal

    try:
        journal.save(state_folder(), run)
    except OSError as error:
        return [f"This run is done, but undo cannot take it back: it could not be remembered ({error.strerror})."]
    return []


def tidy(setting: Setting) -> None:
    """Drop the backups and runs that are too many or too old by the config."""
    from sheets_sync import journal

    try:
        files = setting.config.files
    except SheetsSyncError:
        return  # undo and remove work under a broken config; a run with a whole one tidies
    journal.tidy(home(setting), files.backups, files.days, datetime.now())


def home(setting: Setting) -> Path:
    """The tracker's own folder on this machine."""
    from sheets_sync import journal

    return journal.folder(state_folder(), setting.workbook.location)
