"""Who speaks first: of the contacts of the last whole month, how many we started [A2]."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

from sheets_sync.tracker.tables import Tables


def first_word(tables: Tables, now: datetime) -> pd.DataFrame:
    """One row, none without a contact whose Direction is known: month (its first day) · ours (contacts with Direction
    out) · known (with Direction out or in; where both spoke nobody can tell who began).

           month  ours  known
    0 2026-10-01    41     63
    """
    first = now.date().replace(day=1)
    begin = (first - timedelta(days=1)).replace(day=1)
    log = tables["interactions"].frame
    inside = log["date"].ge(pd.Timestamp(begin)) & log["date"].lt(pd.Timestamp(first)) & log["key"].notna()
    said = log.loc[inside, "direction"]
    ours, known = int(said.eq("out").sum()), int(said.isin(["in", "out"]).sum())
    rows = [(begin, ours, known)] if known else []
    frame = pd.DataFrame(rows, columns=["month", "ours", "known"])
    return frame.astype({"month": "datetime64[us]", "ours": "int64", "known": "int64"})
