"""Touchpoints that belong together: one that stands for another, and those that share a day and so a line."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook, Touchpoint
from sheets_sync.rules.by_client import days

_OPEN = ("due", "overdue", "upcoming")
_MONTH = 30


def together(frame: pd.DataFrame, playbook: Playbook) -> pd.DataFrame:
    """The rows of all touchpoints without those that another one stands for (`absorbed_by`), and with those of one
    `fold` on the day of the first of them.

    Two occurrences belong together when they are no more than half a period apart: the annual review stands for the
    business review of its own quarter, not for the one after. What is folded is due with the first, never late with
    it."""
    for name, entry in playbook.touchpoints.items():
        if entry.absorbed_by in playbook.touchpoints:
            frame = _without_absorbed(frame, name, entry)
    for fold in dict.fromkeys(entry.fold for entry in playbook.touchpoints.values() if entry.fold):
        names = [name for name, entry in playbook.touchpoints.items() if entry.fold == fold]
        frame = _folded(frame, names, playbook)
    return frame


def _half(entry: Touchpoint) -> np.timedelta64:
    period = entry.every.days or entry.every.months * _MONTH if entry.every else 0
    return np.timedelta64(period // 2, "D")


def _without_absorbed(frame: pd.DataFrame, name: str, entry: Touchpoint) -> pd.DataFrame:
    other = frame[frame["id"].eq(entry.absorbed_by) & frame["state"].isin(_OPEN)]
    if other.empty:
        return frame
    first = other.groupby("key")["due"].min()
    mine = frame["id"].eq(name) & frame["state"].isin(_OPEN)
    apart = np.abs(days(frame["due"]) - days(frame["key"].map(first)))
    return frame[~(mine.to_numpy(bool) & (apart <= _half(entry)))].reset_index(drop=True)


def _folded(frame: pd.DataFrame, names: list[str], playbook: Playbook) -> pd.DataFrame:
    rows = frame.index[frame["id"].isin(names) & frame["state"].isin(_OPEN)]
    if len(rows) < 2:
        return frame
    shown = frame.loc[rows].sort_values("due", kind="stable")
    first = shown.drop_duplicates("key").set_index("key")
    lead = first.reindex(frame.loc[rows, "key"])
    reach = np.array([_half(playbook.touchpoints[name]) for name in frame.loc[rows, "id"]])
    apart = days(frame.loc[rows, "due"]) - days(lead["due"])
    joins = (apart > np.timedelta64(0, "D")) & (apart <= reach)
    taken = rows[joins]
    frame = frame.copy()
    for column in ("opens", "due", "changes"):
        frame.loc[taken, column] = lead[column].to_numpy()[joins]
    frame.loc[taken, "state"] = np.where(lead["state"].eq("upcoming").to_numpy()[joins], "upcoming", "due")
    return frame
