"""What an assessment is made from, and what its rooms found; handed from room to room."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.clocks import Ran
from sheets_sync.rules.touchpoints import Due
from sheets_sync.tracker.history import History
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar


@dataclass(frozen=True)
class Case:
    """What an assessment is made from, the moment aside."""

    playbook: Playbook
    tables: Tables
    history: History
    inputs: pd.DataFrame
    calendar: Calendar


@dataclass(frozen=True)
class Found:
    """What levels, lines and status cells are made of; everything in it is looked at again when asking until when it
    stays true. The frames are those of Assessment."""

    clients: pd.DataFrame
    facts: pd.DataFrame
    dimensions: pd.DataFrame
    warnings: pd.DataFrame
    touchpoints: Due
    clocks: Ran
    renewals: pd.DataFrame
    actions: pd.DataFrame
    controls: pd.DataFrame
    held: tuple[str, ...]
    commitments: pd.DataFrame
    steps: pd.DataFrame
