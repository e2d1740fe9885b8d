"""Exceptions are listed where somebody looks for them: Data Check, `check` and `playbook show`."""

from __future__ import annotations

import json
from pathlib import Path

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.model import Ref, cells_of
from sheets_sync.playbook import show
from sheets_sync.playbook.overrides import Row, apply
from sheets_sync.playbook.spans import Every
from sheets_sync.workbooks.excel import ExcelWorkbook
from tests.test_cli import TODAY, call, demo  # noqa: F401

MINE = """extends = "agency"
[[exceptions]]
title = "Tier A is called weekly"
when.tier.is = "A"
set."touchpoints.check_in_call.every" = "7 days"
why = "they pay for it"
"""
LINE = "Check-in call › every: 7 days instead of 14 days. they pay for it"


def mine(folder: Path) -> str:
    path = folder / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    return str(path)


def test_they_are_listed_in_data_check_and_by_check(demo: Path, tmp_path: Path) -> None:  # noqa: F811
    """[E17]"""
    done = call("check", str(demo), "--as-of", TODAY, "--playbook", mine(tmp_path))
    assert "Exceptions to the playbook\n  Tier A is called weekly (tier is A; " in done.stdout
    assert LINE in done.stdout
    shape = json.loads(call("check", str(demo), "--as-of", TODAY, "--playbook", mine(tmp_path), "--json").stdout)
    assert shape["exceptions"][0].endswith(LINE)
    from datetime import datetime

    playbook = sync.load(Config(), mine(tmp_path))
    report = sync.plan(ExcelWorkbook(demo), Config(), playbook, datetime(2026, 11, 23, 9))
    tab = next(tab for tab in report.desired.tabs if tab.id == "data_check")
    texts = [str(cell.value) for cell in cells_of(tab).values()]
    assert "Exceptions to the playbook" in texts
    assert any(text.endswith(LINE) for text in texts)


def test_show_prints_them_and_a_setting_of_the_tracker_leaves_them(tmp_path: Path) -> None:
    """[E17]"""
    playbook = sync.load(Config(), mine(tmp_path))
    assert "Tier A is called weekly: for tier is A" in show.show_text(playbook)
    at = Ref("Playbook", 2, 2, "Value")
    found = apply(playbook, [Row("touchpoints.check_in_call.tolerance", 1, "", at, at)], sync.known()).playbook
    (one,) = found.exceptions
    variant = one.touchpoints["check_in_call"]
    assert (variant.every, variant.tolerance) == (Every(days=7), 1)
