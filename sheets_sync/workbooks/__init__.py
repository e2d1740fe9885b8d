"""The places where a tracker can live; a literal dict says which one opens what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheets_sync.workbooks.base import Workbook

FolderOf = Callable[[str], Path]


def open_workbook(location: str, folder_of: FolderOf | None) -> Workbook:
    """The tracker at a path. Its backups and lock lie in the folder that `folder_of` names for its full location;
    without it there are no backups."""
    return OPENERS[kind_of(location)](location, folder_of)


def kind_of(location: str) -> str:
    """What kind of tracker a location names: every path is a file for Excel, which refuses what it isn't."""
    return "excel"


def _excel(location: str, folder_of: FolderOf | None) -> Workbook:
    from sheets_sync.workbooks.excel import ExcelWorkbook

    workbook = ExcelWorkbook(location)
    workbook.folder = folder_of(workbook.location) if folder_of else None
    return workbook


OPENERS: dict[str, Callable[[str, FolderOf | None], Workbook]] = {"excel": _excel}
