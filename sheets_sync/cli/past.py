"""What the command line remembers of earlier runs: the last success, and the log."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheets_sync import local
from sheets_sync.cli.setting import state_folder

if TYPE_CHECKING:
    from sheets_sync.cli.setting import Setting

PATIENCE = timedelta(hours=24)


def log(path: Path | None, entry: dict[str, Any]) -> None:
    """Append a JSON line: when, the exit code and counts, never a name or a value out of the tracker."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": datetime.now().astimezone().isoformat(timespec="seconds"), **entry}) + "\n")


def succeeded(location: str) -> None:
    """Remember that the tracker at this full location was synced now."""
    mark = _mark(location)
    mark.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark.touch()


def fresh(setting: Setting) -> bool:
    """Whether this tracker was synced within a day, so that a quiet run need not complain that it is open."""
    mark = _mark(setting.workbook.location)
    if not mark.is_file():
        return False
    return datetime.now() - datetime.fromtimestamp(mark.stat().st_mtime) < PATIENCE


def _mark(location: str) -> Path:
    return local.folder(state_folder(), location) / "last-success"
