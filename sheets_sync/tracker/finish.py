"""What a table needs beyond its typed columns: long forms of those with any number of columns, and what a cell that
could not be read stands for where guessing would do harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from sheets_sync.model import Problem, Scalar
from sheets_sync.tracker.cells import How
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.matrix import ratings_frame, read_raci, read_ratings
from sheets_sync.tracker.tables import Table


@dataclass(frozen=True, slots=True)
class More:
    """The rows of a tab as they stand, and its further columns: 1-based column → what it is about."""

    rows: Sequence[Sequence[Scalar]]
    columns: Mapping[int, str]


def no_ratings() -> Table:
    """The table of ratings of a tracker that has none."""
    return Table("ratings", ratings_frame())


def ratings_of(surveys: Table, more: More, how: How) -> tuple[Table, list[Problem]]:
    """The "Rating: …" columns of Surveys as a table."""
    long = read_ratings(surveys.tab, surveys.frame, more.rows, more.columns, how)
    return Table("ratings", long.frame, surveys.tab, surveys.header_row, unreadable=long.unreadable), long.problems


def matrix_of(raci: Table, more: More) -> tuple[Table, list[Problem]]:
    """A RACI tab as one row a task, role and letter; columns beside that hold no letters stay unknown."""
    found = raci.columns.get("letter") if raci.has("role") else None
    long = read_raci(raci.tab, raci.frame, more.rows, more.columns, found.column if found else None)
    unreadable = {**raci.unreadable, **long.unreadable}
    unknown = (*raci.unknown, *long.left_alone)
    return replace(raci, frame=long.frame, unknown=unknown, unreadable=unreadable), long.problems


def cautious(consents: Table) -> Table:
    """Consents with Given on blank where Withdrawn on or Expires on says something that is no date: such a row may be
    a no, so it is none of the yeses. The text itself is in `unreadable`."""
    doubtful = {row for column in ("withdrawn_on", "expires_on") for row in consents.unreadable.get(column, ())}
    frame = consents.frame
    if not doubtful:
        return consents
    return replace(consents, frame=frame.assign(given_on=frame["given_on"].mask(frame["row"].isin(doubtful))))


def leave_apart(holidays: Table, others: Mapping[str, Table]) -> tuple[Table, list[Problem]]:
    """Holidays with Person filled where Name is one of ours: a list of who is away closes no office."""
    people = {
        normal(str(name))
        for table, column in (("team", "person"), ("clients", "owner"))
        for name in others[table].frame[column].dropna()
    }
    frame = holidays.frame
    if frame.empty:
        return holidays, []
    away = frame["person"].isna() & frame["name"].map(lambda name: not pd.isna(name) and normal(str(name)) in people)
    if not away.any():
        return holidays, []
    lines = frame[away]
    words = [shown(name) for name in lines["name"]]
    problem = gather_rows(
        range(len(lines)),
        lambda i: holidays.ref("name", int(lines["row"].iloc[i])),
        f"{words[0]} is one of you, so this is leave and not a closed day.",
        f"{len(lines)} names are people of yours, so these are leave and not closed days",
        "Head the column Person.",
        words,
    )
    return replace(holidays, frame=frame.assign(person=frame["person"].mask(away, frame["name"]))), [problem]
