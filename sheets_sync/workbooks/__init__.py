"""The places where a tracker can live; a literal dict says which one opens what."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sheets_sync.errors import UsageError
from sheets_sync.workbooks.access import Access
from sheets_sync.workbooks.base import Workbook

FolderOf = Callable[[str], Path]
# Only what can be an id at all is looked at more closely: that takes Google's libraries.
_BARE_ID = re.compile(r"[A-Za-z0-9_-]{40,}")


def open_workbook(location: str, folder_of: FolderOf | None, access: Access | None = None) -> Workbook:
    """The tracker at a path, URL or id. Its backups and lock lie in the folder that `folder_of` names for its full
    location; without it there are no backups. `access` says how to get at Google."""
    return OPENERS[kind_of(location)](location, folder_of, access or Access())


def kind_of(location: str) -> str:
    """What kind of tracker a location names: a spreadsheet's URL or id is Google's; every path is a file for Excel,
    which refuses what it isn't. Raises UsageError for any other URL."""
    if spreadsheet_of(location):
        return "google"
    if "://" in location:
        raise UsageError(
            f"{location} is not the address of a Google spreadsheet. Copy it from the browser when the sheet is open: "
            "https://docs.google.com/spreadsheets/d/…"
        )
    return "excel"


def spreadsheet_of(location: str) -> str:
    """The spreadsheet's full address, the same for every way of writing it; "" where a location names a file."""
    if "://" not in location and (not _BARE_ID.fullmatch(location) or Path(location).exists()):
        return ""
    from sheets_sync.workbooks.google.location import spreadsheet_id

    id = spreadsheet_id(location)
    return f"https://docs.google.com/spreadsheets/d/{id}" if id else ""


def _excel(location: str, folder_of: FolderOf | None, access: Access) -> Workbook:
    from sheets_sync.workbooks.excel import ExcelWorkbook

    workbook = ExcelWorkbook(location)
    workbook.folder = folder_of(workbook.location) if folder_of else None
    return workbook


def _google(location: str, folder_of: FolderOf | None, access: Access) -> Workbook:
    from sheets_sync.workbooks.google import GoogleWorkbook
    from sheets_sync.workbooks.google.credentials import opened

    full = spreadsheet_of(location)
    return GoogleWorkbook(full, opened(access)[1], folder_of(full) if folder_of else None, access.by_values)


OPENERS: dict[str, Callable[[str, FolderOf | None, Access], Workbook]] = {"excel": _excel, "google": _google}
