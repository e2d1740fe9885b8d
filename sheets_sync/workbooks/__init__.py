"""The places where a tracker can live; a literal dict says which one opens what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sheets_sync.workbooks.base import Workbook


def open_workbook(location: str, state: Path | None) -> Workbook:
    """The tracker at a path. Backups and locks lie in `state`; without it there are no backups."""
    return OPENERS[kind_of(location)](location, state)


def kind_of(location: str) -> str:
    """What kind of tracker a location names: every path is a file for Excel, which refuses what it isn't."""
    return "excel"


def _excel(location: str, state: Path | None) -> Workbook:
    from sheets_sync.workbooks.excel import ExcelWorkbook

    return ExcelWorkbook(location, state / "backups" if state else None)


OPENERS: dict[str, Callable[[str, Path | None], Workbook]] = {"excel": _excel}
