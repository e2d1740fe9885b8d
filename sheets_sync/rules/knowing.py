"""Do we know our clients' business, and more than one person there?"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, day_of, days, numbers, since, texts
from sheets_sync.rules.staying import present
from sheets_sync.tracker.gather import gather_rows
from sheets_sync.tracker.tables import Tables


def gaps(playbook: Playbook, tables: Tables, facts: pd.DataFrame, now: datetime) -> list[Problem]:
    """What of a present client nobody has looked at lately [A4]: old business notes, notes without a day, no notes, and
    a single contact. One problem a column; a column that the tracker doesn't have says nothing."""
    clients = tables["clients"]
    here, frame = present(playbook, tables, now), clients.frame
    noted = np.array([bool(note and note.strip()) for note in texts(frame["business_notes"])], bool)
    checked, stale = days(frame["notes_checked_on"]), playbook.settings.notes.stale_days
    old = since(checked, day_of(now)) > stale
    has_notes, has_days = clients.has("business_notes"), clients.has("notes_checked_on")
    words = "Ask what has changed in their business, and enter the day."
    only_one = numbers(facts["contacts_named"]) == 1
    found: list[tuple[str, Array, str, str, str]] = [
        ("notes_checked_on", old & has_days, f"These business notes were not checked for {stale} days.",
         f"business notes were not checked for {stale} days", words),
        ("notes_checked_on", noted & np.isnat(checked) & has_days,
         "When these business notes were checked is not entered.",
         "business notes have no day on which they were checked", words),
        ("business_notes", ~noted & has_notes & noted.any(), "Nothing on their business is noted.",
         "clients have no business notes", "A few words: what they sell, to whom, what is new."),
        ("second_contact", only_one & clients.has("second_contact"), "Everything hangs on one contact.",
         "clients hang on one contact", "Get introduced to a second person."),
    ]  # fmt: skip
    return [
        _problem(tables, column, np.flatnonzero(hits & here), one, many, hint)
        for column, hits, one, many, hint in found
        if (hits & here).any()
    ]


def _problem(tables: Tables, column: str, rows: Array, one: str, many: str, hint: str) -> Problem:
    clients = tables["clients"]
    names, lines = texts(clients.frame["client"]), clients.frame["row"].to_numpy()
    values = [names[i] or "" for i in rows]
    refs = [clients.ref(column, int(lines[i]), names[i] or "") for i in rows]
    return gather_rows(range(len(rows)), refs.__getitem__, one, f"{len(rows)} {many}", hint, values)
