"""Who came and left when, as far as the Clients tab says it: what retention and tenure both start from."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, once
from sheets_sync.tracker.tables import Tables


def stays(playbook: Playbook, tables: Tables, now: datetime) -> pd.DataFrame:
    """One row a client that is not outside (a prospect): `start`, `end` (days; end is NaT while they are here),
    `state` (here, left, finished), plain yes/no columns `returned`, `paused`, `ongoing`, the End date as entered
    (`left_on`), and why it cannot be counted, else "" (`why_not`).

                   start        end state  returned  paused  ongoing            why_not
    aldgate legal  2024-03-01   NaT  here     False   False     True
    bright dental  2025-01-10   NaT  left     False   False     True  gone without a date
    """
    return once(tables, "stays", (playbook, now), lambda: _stays(playbook, tables, now))


def _stays(playbook: Playbook, tables: Tables, now: datetime) -> pd.DataFrame:
    settings, frame = playbook.settings.retention, tables["clients"].frame
    today = pd.Timestamp(now).normalize()
    status = frame["status"].fillna("").astype(object)
    gone = status.isin(settings.left)
    finished = status.isin(settings.finished)
    returned = status.isin(settings.returned)
    end = left_on = _left_on(tables, frame, gone | returned)
    # Without a word on the status, a leaving date that has passed is one.
    gone |= (status == "") & (end <= today)
    end = end.where(~finished | end.notna(), _last_project(tables, frame.index))
    here = ~gone & ~finished
    start = frame["start_date"].dt.normalize()
    over = here & ~returned & (end <= today)
    undated = gone & end.isna()
    end = end.mask(here | (gone & (end > today))).clip(upper=today)
    reasons = {
        "without a Start date": start.isna(),
        "starting after today": start > today,
        "with an end before the start": start.notna() & (end < start),
        "gone without a date": undated,
        "with an End date, but still called a client": over,
    }
    why_not = pd.Series(
        np.select([holds.to_numpy(bool) for holds in reasons.values()], list(reasons), ""), frame.index, dtype=object
    )
    engagement = frame["engagement"].fillna("").astype(object)
    ongoing = engagement.isin(settings.ongoing) | ((engagement == "") & settings.blank_is_ongoing)
    state = pd.Series("here", index=frame.index).mask(gone & (end.notna() | (why_not != "")), "left")
    state = state.mask(finished, "finished")
    whole = pd.DataFrame(
        {
            "start": start,
            "end": end,
            "state": state,
            "returned": returned.astype(bool),
            "paused": status.isin(settings.paused).astype(bool),
            "ongoing": ongoing.astype(bool),
            "left_on": left_on,
            "why_not": why_not,
        }
    )
    return whole[~status.isin(settings.outside).astype(bool)]


def says_who_left(tables: Tables) -> bool:
    """Whether there is any readable Status or leaving date at all."""
    frame = tables["clients"].frame
    return bool(frame["status"].notna().any() or frame["end_date"].notna().any())


def reasons_of(rows: pd.DataFrame) -> dict[str, int]:
    """How many cannot be counted, by reason."""
    counts = rows["why_not"][rows["why_not"] != ""].value_counts()
    return {str(reason): int(number) for reason, number in counts.items()}


def present(playbook: Playbook, tables: Tables, now: datetime) -> Array:
    """Whether each client is one now: no prospect, not paused, not gone; a blank Status with an End date that has
    passed is gone."""
    frame, settings = tables["clients"].frame, playbook.settings.status
    status = frame["status"].fillna(settings.blank)
    gone = frame["status"].isna() & (frame["end_date"] <= pd.Timestamp(now))
    here: Array = (~status.isin(settings.no_health) & ~gone).to_numpy(bool)
    return here


NOBODY_LEFT = "Nobody who left is entered."
CANNOT_SAY = "There is no readable Status and no End date."


def _left_on(tables: Tables, clients: pd.DataFrame, left: pd.Series) -> pd.Series:
    """The End date of each client; of those who left, where it is blank, the last day of leaving that Exits has."""
    ended: pd.Series = clients["end_date"].dt.normalize()
    exits = tables["exits"].frame.groupby("key")["left_on"].max().dt.normalize().reindex(clients.index)
    return ended.where(ended.notna() | ~left, exits)


def _last_project(tables: Tables, index: pd.Index) -> pd.Series:
    """The day the last project of each client was completed."""
    projects = tables["projects"].frame
    last: pd.Series = projects.groupby("key")["completed_on"].max().dt.normalize().reindex(index)
    return last
