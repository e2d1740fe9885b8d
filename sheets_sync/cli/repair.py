"""`sheets-sync run --repair`: status columns of a Google Sheet that somebody typed over."""

from __future__ import annotations

import os
from datetime import datetime

from sheets_sync.cli import past
from sheets_sync.cli.setting import Setting
from sheets_sync.errors import UsageError

KEPT = "cleared.txt"


def repair(setting: Setting) -> None:
    """Clear what was typed into status columns and blocks them; say what it was, and keep it in the tracker's folder on
    this machine. Nothing else is touched."""
    from sheets_sync import journal
    from sheets_sync.workbooks.google import GoogleWorkbook

    workbook = setting.workbook
    if not isinstance(workbook, GoogleWorkbook):
        raise UsageError(
            "--repair is for Google Sheets. In a file every run writes our columns anew, and says what was typed there."
        )
    cleared = workbook.repair()
    if not cleared:
        setting.note("Nothing was typed over; there is nothing to repair.")
        return
    for line in cleared:
        setting.note(line)
    path = journal.private(past.home(setting)) / KEPT
    moment = datetime.now().astimezone().isoformat(timespec="seconds")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.writelines(f"{moment} {line}\n" for line in cleared)
        setting.note(f"It is kept in {path}.")
    except OSError as error:
        setting.note(f"It could not be kept in {path} ({error.strerror}).")
