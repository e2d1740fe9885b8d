"""What people typed into our tabs: beside the Diary's lines, and the promises of At Risk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd

from sheets_sync.model import Problem, Snapshot
from sheets_sync.tracker.forms import Form, read_form
from sheets_sync.tracker.remembered import History, Input, Promised, split_ids
from sheets_sync.tracker.schema import Field

DIARY = Form(
    "diary",
    (
        Field("done_on", "Done on", "date"),
        Field("outcome", "Outcome"),
        Field("snooze_until", "Snooze until", "date"),
        Field("reason", "Reason"),
    ),
    past=("done_on",),
)
PROMISES = Form(
    "at_risk",
    (
        Field("promise", "Promise"),
        Field("owner", "Owner"),
        Field("by", "By", "date"),
        Field("discussed_on", "Discussed on", "date"),
        Field("kept_on", "Kept on", "date"),
        Field("staff_view", "Staff view"),
    ),
    past=("discussed_on", "kept_on"),
    grows=True,
)
COLUMNS = (
    "entry",
    "key",
    "occurrence",
    "done_on",
    "outcome",
    "snooze_until",
    "reason",
    "row_id",
    "taken_on",
    "done_on_typed",
    "snooze_until_typed",
)


def read_inputs(snapshot: Snapshot, history: History, now: datetime) -> tuple[pd.DataFrame, tuple[Problem, ...]]:
    """What was typed in the Diary, one row for each thing that a line stood for: entry key occurrence done_on
    (datetime64) outcome snooze_until (datetime64) reason row_id taken_on (datetime64), and as typed, text that is no
    date too, done_on_typed snooze_until_typed."""
    found, problems = read_form(DIARY, Input, snapshot, history.inputs, now)
    return _frame(found), problems


def read_promises(
    snapshot: Snapshot, history: History, now: datetime
) -> tuple[tuple[Promised, ...], tuple[Problem, ...]]:
    """The promises that were typed in At Risk, also of clients that do not stand there now [D4] [D9]."""
    return read_form(PROMISES, Promised, snapshot, history.promises, now)


def _frame(inputs: Sequence[Input]) -> pd.DataFrame:
    lines = [
        (
            *id,
            _real(i.done_on),
            i.outcome,
            _real(i.snooze_until),
            i.reason,
            i.row_id,
            i.taken_on,
            i.done_on,
            i.snooze_until,
        )
        for i in inputs
        for id in split_ids(i.row_id)
    ]
    frame = pd.DataFrame(lines, columns=list(COLUMNS), dtype=object)
    dates = dict.fromkeys(("done_on", "snooze_until", "taken_on"), "datetime64[us]")
    texts = dict.fromkeys(("entry", "key", "occurrence", "outcome", "reason", "row_id"), "string")
    return frame.astype(dates | texts)


def _real(value: date | str | None) -> date | None:
    return value if isinstance(value, date) else None
