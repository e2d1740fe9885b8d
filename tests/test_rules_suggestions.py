"""Suggestions on the SOP: what waits stands first."""

from __future__ import annotations

from datetime import date, datetime

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Scalar
from sheets_sync.workbooks.memory import MemoryWorkbook

HEAD: list[Scalar] = ["Date", "By", "Entry", "Suggestion", "Decision", "Decided on"]


def test_what_waits_stands_first_and_what_was_decided_last_comes_next() -> None:
    """[E14]"""
    rows: list[list[Scalar]] = [
        [date(2026, 9, 1), "Tom", "Kickoff", "a", "Agreed", date(2026, 9, 3)],
        [date(2026, 11, 2), "Tom", "Kickoff", "b", None, None],
        [None, "Tom", None, "c", None, None],
        [date(2026, 10, 2), "Tom", "Kickoff", "d", None, None],
        [date(2026, 10, 2), "Tom", "Kickoff", "e", None, date(2026, 11, 3)],
        [date(2026, 10, 2), "Tom", "Kickoff", "f", "Agreed", None],
    ]
    tabs = {"Clients": [["Client"], ["Aldgate"]], "SOP feedback": [HEAD, *rows]}
    report = sync.plan(MemoryWorkbook(tabs), Config(), sync.load(Config()), datetime(2026, 11, 23, 9))
    board = report.assessment.boards.suggestions
    assert "".join(board["suggestion"]) == "dbceaf"
    assert list(board["state"]) == ["waiting"] * 3 + ["decided"] * 3
    assert list(board["row"]) == [5, 3, 4, 6, 2, 7]
