"""How well is each rule kept? What fell due in the last whole weeks beside the same time before, entry by entry."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.kept import Span

COUNTS = ("due", "in_time", "done")
COLUMNS = ("id", "kind", "title", *COUNTS, *(f"{name}_before" for name in COUNTS), "now")


def practice(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """One row a touchpoint and clock of the playbook that fell due in either time or is late now, and a warning that
    fires, in the playbook's order [E12] [E15].

    id · kind (touchpoint, clock, warning) · title · due (how many fell due) · in_time (of these) · done (in time or
    late) · the same three with _before (NA where none fell due) · now (late now; of a warning, the clients that it
    fires for). The times are the whole weeks of settings.practice up to last Sunday, and as many before.

                   id        kind          title  due  in_time  done  due_before  in_time_before  done_before  now
    0   check_in_call  touchpoint  Check-in call   31       25    29          30              28           30    2
    1     acknowledge       clock   First answer    6        5     6        <NA>            <NA>         <NA>    0
    """
    times, playbook = weeks(case, now), case.playbook
    touched, ran = found.touchpoints.frame, found.clocks.frame
    parts = (
        ("touchpoint", playbook.touchpoints, [_counted(kept_in(case, found, *time, now)) for time in times],
         touched.loc[touched["state"].eq("overdue"), "id"]),
        ("clock", playbook.clocks, [_of_clocks(ran, *time) for time in times],
         ran.loc[ran["state"].eq("breached") & ran["done"].isna(), "clock"]),
        ("warning", playbook.warnings, [pd.DataFrame()] * 2, found.warnings.drop_duplicates(["key", "id"])["id"]),
    )  # fmt: skip
    rows = []
    for kind, entries, (recent, before), late in parts:
        now_late = late.value_counts()
        rows += [
            (name, kind, entry.title, *_three(recent, name), *_three(before, name), now_late.get(name, 0))
            for name, entry in entries.items()
        ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[3:], "Int64"))
    return frame[(frame[["due", "due_before", "now"]].fillna(0) > 0).any(axis=1)].reset_index(drop=True)


def weeks(case: Case, now: datetime) -> tuple[tuple[date, date], tuple[date, date]]:
    """The first and last day of the weeks that are counted, and of those before: they change on Mondays only."""
    length = timedelta(weeks=case.playbook.settings.practice.weeks)
    monday = now.date() - timedelta(days=now.weekday())
    day = timedelta(days=1)
    return (monday - length, monday - day), (monday - 2 * length, monday - length - day)


def kept_in(case: Case, found: Found, first: date, last: date, now: datetime) -> pd.DataFrame:
    """What fell due within these days, since counting began: as kept.gathered."""
    began = np.datetime64(case.history.first_sync or now.date(), "D")
    span = Span(began, max(np.datetime64(first, "D"), began), np.datetime64(now.date(), "D"), np.datetime64(last, "D"))
    return found.touchpoints.kept(span)


def _counted(kept: pd.DataFrame) -> pd.DataFrame:
    return kept.groupby("id")[list(COUNTS)].sum()


def _of_clocks(frame: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    """The clocks of all issues whose deadline lies within these days, those that nobody can judge left out."""
    begin, end = pd.Timestamp(first), pd.Timestamp(last) + timedelta(days=1)
    frame = frame[frame["state"].isin(["met", "breached"]) & frame["deadline"].ge(begin) & frame["deadline"].lt(end)]
    counts = {"due": 1, "in_time": frame["state"].eq("met").astype(int), "done": frame["done"].notna().astype(int)}
    return frame.assign(**counts).groupby("clock")[list(COUNTS)].sum()


def _three(counts: pd.DataFrame, name: str) -> tuple[object, ...]:
    return tuple(counts.loc[name, list(COUNTS)]) if name in counts.index else (pd.NA,) * 3
