"""What stands in the tabs beyond the usual five, one frame a question of the SOP. Nothing here moves a level."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from sheets_sync.rules import consent_check, practice, raci
from sheets_sync.rules.case import Case, Found


@dataclass(frozen=True)
class Boards:
    """One frame a room, each described by the function that makes it."""

    consents: pd.DataFrame
    practice: pd.DataFrame
    raci: pd.DataFrame


def boards(case: Case, found: Found, now: datetime) -> Boards:
    """Every board, in the order of the SOP. They are compared whole when asking until when a run stays true, so no cell
    may count days up to now."""
    return Boards(
        consents=consent_check.consents(case.playbook, case.tables, found.facts.index, now),
        practice=practice.practice(case, found, now),
        raci=raci.raci(case.playbook, case.tables, case.calendar, now),
    )
