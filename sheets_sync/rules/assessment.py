"""What the rules found out: typed tables, each described by the function that makes it. No workbook in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.rules.boards import Boards


@dataclass(frozen=True)
class Assessment:
    """Everything that one run knows about `now` (naive wall-clock time in the agency's zone).

    clients      index key · row client owner status tier fee · level score coverage health why do_next due
                 next_touchpoint renewal offer_next since
    facts        index key · one column a fact of facts.py
    dimensions   key name score state weight sentence          (state: known, unknown, off, not applicable)
    warnings     key id title level sentence clears_when since do owner ref snoozed
    touchpoints  key id title project state opens due latest owner purpose sentence routine row_id
    clocks       key issue row clock raised deadline state sentence done row_id
    renewals     key state date opens step due sentence
    actions      row_id key client owner due late level what why routine state done_on outcome snooze_until reason
    metrics      id title value target verdict n low high sentence origin unit way
    boards       what the tabs beyond the usual five show, see boards.py
    held         ids of the warnings that would put most clients at risk or on watch at once, so that these are shown
                 Unknown until the team accepts it
    valid_until  the next moment at which any state can change, at most the end of the next working day
    """

    now: datetime
    valid_until: datetime
    first_sync: date
    clients: pd.DataFrame
    facts: pd.DataFrame
    dimensions: pd.DataFrame
    warnings: pd.DataFrame
    touchpoints: pd.DataFrame
    clocks: pd.DataFrame
    renewals: pd.DataFrame
    actions: pd.DataFrame
    metrics: pd.DataFrame
    boards: Boards
    problems: tuple[Problem, ...]
    notes: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
