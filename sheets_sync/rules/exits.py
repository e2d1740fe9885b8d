"""Who left, why, whether anybody asked them, and when to knock again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Problem, Ref
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, days, texts
from sheets_sync.rules.consent import gate
from sheets_sync.rules.themes import folded
from sheets_sync.tracker.tables import Table, Tables

_COPIED = ("reason", "preventable", "what_would_have_helped", "interview_on", "learning", "win_back_on", "row")
_DAYS = ("left_on", "interview_on", "win_back_on")
NO_REASON = "No reason entered"


def leavers(playbook: Playbook, tables: Tables, facts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Everybody who left, newest first, those without a day at the end: the rows of Exits whose day has come, and
    clients who left without one [A91] [A92] [A93] [A94].

    key (missing where Exits names nobody of Clients) · client (by name) · left_on · reason (spelled as it was
    last) · preventable (yes, no, unknown) · what_would_have_helped · interview_on (once it has come) · asked (interview
    held; of those won back nothing is asked) · learning · win_back_on · barred (they did not agree to marketing, so
    nobody may knock) · back (they are a client again) · row (of Exits; -1 = none).

           key     left_on         reason preventable  asked    learning    back  row
    0     kite  2026-07-31  Felt unheard.         yes   True  Call first   False    2
    1    umbra         NaT           <NA>        <NA>  False        <NA>   False   -1
    """
    today = pd.Timestamp(now.date())
    settings, exits = playbook.settings, tables["exits"].frame
    entered = exits[exits["left_on"].isna() | (exits["left_on"] <= today)]
    latest = exits.dropna(subset=["key"]).drop_duplicates("key", keep="last")
    status = facts["status"].astype(object)
    gone = facts.index[status.isin(settings.retention.left).to_numpy(bool) & ~facts.index.isin(latest["key"])]
    known = entered["key"].map(status)
    parts = [
        entered[["key", "client", "left_on", *_COPIED]].assign(back=known.isin(_here(status, playbook)).to_numpy(bool)),
        pd.DataFrame({"key": gone, "left_on": facts.loc[gone, "end_date"].to_numpy(), "row": -1, "back": False}),
    ]
    board = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    board = board.reindex(columns=list(parts[0].columns)).astype(dict.fromkeys(_DAYS, "datetime64[us]"))
    held = board["interview_on"] <= today
    names = tables["clients"].frame["client"]
    barred = gate(tables, facts.index, "marketing", now) != ""
    board = board.assign(
        key=board["key"].astype("string"),
        client=board["key"].map(names).fillna(board["client"]).astype(object),
        barred=board["key"].isin(facts.index[barred]).to_numpy(bool),
        interview_on=board["interview_on"].where(held),
        asked=(held | board["back"]).to_numpy(bool),
    )
    newest_first = board.sort_values(["left_on", "row"], ascending=[False, True], na_position="last", kind="stable")
    return newest_first.assign(reason=_spelled(newest_first["reason"])).reset_index(drop=True)


def _here(status: pd.Series, playbook: Playbook) -> set[str]:
    """The words of Status that say that somebody is a client."""
    outside = {*playbook.settings.status.closed, *playbook.settings.retention.outside}
    return set(status.dropna()) - outside


def _spelled(reasons: pd.Series) -> Array:
    """Reasons that are one, whatever their spelling, as the first of them is written."""
    words = texts(reasons)
    first: dict[str, str] = {}
    for word in words:
        if word:
            first.setdefault(folded(word), word)
    return np.array([first[folded(word)] if word else None for word in words], dtype=object)


def reasons(playbook: Playbook, board: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """How many left for each reason in each of the last calendar quarters, the commonest first [A92] [A110].

    reason · quarter (its first day) · left. Every reason has a row for every quarter, the newest quarter last.
    """
    this = pd.Timestamp(now).to_period("Q")
    wanted = pd.period_range(this - playbook.settings.exits.quarters + 1, this, freq="Q")
    at = board["left_on"].dt.to_period("Q")
    shown = board[at.isin(wanted)].assign(quarter=at, reason=board["reason"].fillna(NO_REASON))
    counts = shown.groupby(["reason", "quarter"]).size()
    commonest = shown["reason"].value_counts(sort=True)
    rows = [
        (reason, quarter.start_time, int(counts.get((reason, quarter), 0)))
        for reason in commonest.index
        for quarter in wanted
    ]
    return pd.DataFrame(rows, columns=["reason", "quarter", "left"]).astype({"quarter": "datetime64[us]"})


def recent(playbook: Playbook, board: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Those who left within `settings.exits.window_days`; who has no day of leaving is not among them."""
    first = np.datetime64(now.date(), "D") - playbook.settings.exits.window_days
    return board[days(board["left_on"]) > first]


def problems(playbook: Playbook, tables: Tables, facts: pd.DataFrame, board: pd.DataFrame) -> Iterator[Problem]:
    """What an exit still lacks, one problem a cause, at the first of its cells [A93]."""
    table = tables["exits"]
    rows = board[board["row"] > 0]
    bare = rows[rows["learning"].isna()]
    if len(bare) and table.has("learning"):
        who = "1 client left" if len(bare) == 1 else f"{len(bare)} clients left"
        hint = "Write down in a sentence what to do differently."
        yield Problem(_ref(table, "learning", bare), f"{who}, and Learning is empty.", hint, None, len(bare))
    returned = facts["status"].isin(playbook.settings.retention.returned)
    still = rows[rows["back"] & ~rows["key"].isin(facts.index[returned])]
    if len(still):
        who = "1 client" if len(still) == 1 else f"{len(still)} clients"
        hint = "Set Status to churned, or to won back if they have returned."
        yield Problem(_ref(table, "left_on", still), f"{who} left, and Status says otherwise.", hint, None, len(still))


def _ref(table: Table, column: str, rows: pd.DataFrame) -> Ref:
    first = rows.sort_values("row").iloc[0]
    return table.ref(column, int(first["row"]), str(first["client"]) if len(rows) == 1 else "")


def exit_facts(playbook: Playbook, gathered: Gathered, status: Array) -> dict[str, Array]:
    """The day a client left, where Exits has no row for them: an exit that nobody has looked into [A91]."""
    exits = gathered["exits"]
    listed = np.zeros(exits.n, bool)
    listed[exits.at[exits.known]] = True
    gone = np.isin(status.astype(str), playbook.settings.retention.left) & ~listed
    return {"left_unlisted_on": np.where(gone, days(gathered.clients["end_date"]), NO_DAY)}
