"""What the command line remembers of earlier runs: the last success, what was written, and the log."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": datetime.now().astimezone().isoformat(timespec="seconds"), **entry}) + "\n")


def succeeded(home: Path) -> None:
    """Remember that the tracker of this folder was synced now."""
    from sheets_sync import journal

    (journal.private(home) / _MARK).touch(mode=0o600)


def fresh(setting: Setting) -> bool:
    """Whether this tracker was synced within a day, so that a quiet run need not complain that it is open."""
    mark = home(setting) / _MARK
    if not mark.is_file():
        return False
    return datetime.now() - datetime.fromtimestamp(mark.stat().st_mtime) < PATIENCE


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
