"""Every generated tab as text, with nine clients and with none (`pytest --update-goldens` writes them anew)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sheets_sync.model import Tab
from sheets_sync.tabs import at_risk, changes, dashboard, data_check, diary, issue_clock, scorecard
from sheets_sync.tabs.view import View
from tests.assessments import NINE, many, text_of, view

TABS: dict[str, Callable[[View], Tab | None]] = {
    "dashboard": dashboard.tab,
    "diary": diary.tab,
    "at_risk": at_risk.tab,
    "scorecard": scorecard.tab,
    "data_check": data_check.tab,
    "issue_clock": issue_clock.tab,
    "changes": changes.tab,
}


@pytest.mark.parametrize("number", [0, 1, 9])
@pytest.mark.parametrize("name", TABS)
def test_tab_reads_as_its_golden(name: str, number: int, golden: Callable[[str, str], None]) -> None:
    clients: Any = NINE if number == 9 else many(number)
    tab = TABS[name](view(clients))
    assert (tab is None) == (name == "issue_clock" and number < 9)
    if tab is not None:
        golden(f"{name}_{number}.txt", text_of(tab))
