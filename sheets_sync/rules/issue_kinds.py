"""Which kinds of issues we answer and solve in time, and which not."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.themes import folded
from sheets_sync.tracker.tables import Tables

NO_KIND = "No kind entered"


def issue_kinds(playbook: Playbook, tables: Tables, clocks: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """How each promise was kept for each kind of issue raised within `settings.voice.issues_days`, the commonest kind
    first; nothing where Issues names no kind [E3].

    kind (as it was last written) · issues · clock (id in the playbook) · title · kept (in time) · judged (kept or
    broken; what still runs or cannot be told is in neither).

            kind  issues        clock         title  kept  judged
    0  complaint       4  acknowledge  First answer     2       3
    """
    issues = tables["issues"].frame
    today, window = pd.Timestamp(now.date()), pd.Timedelta(days=playbook.settings.voice.issues_days)
    columns = ["kind", "issues", "clock", "title", "kept", "judged"]
    if not issues["kind"].notna().any():
        return pd.DataFrame(columns=columns)
    recent = issues[issues["raised_at"].dt.normalize().between(today - window, today, inclusive="right")]
    spelled = {folded(word): word for word in recent["kind"].dropna()}
    kind = recent["kind"].map(lambda word: spelled[folded(word)], na_action="ignore").astype(object)
    by_row = dict(zip(recent["row"], kind.fillna(NO_KIND), strict=True))
    # A clock with grounds escalates; it is no promise to the client.
    promises = {name: clock for name, clock in playbook.clocks.items() if not any(dict(clock.grounds).values())}
    ran = clocks[clocks["row"].isin(by_row) & clocks["clock"].isin(promises)]
    ran = ran.assign(kind=ran["row"].map(by_row), kept=ran["state"].eq("met"))
    ran = ran.assign(judged=ran["kept"] | ran["state"].eq("breached"))
    number = ran.drop_duplicates("row")["kind"].value_counts()
    counts = ran.groupby(["kind", "clock"])[["kept", "judged"]].sum()
    rows = [
        (kind, int(number[kind]), name, clock.title, *map(int, counts.loc[(kind, name)]))
        for kind in sorted(number.index, key=lambda kind: (kind == NO_KIND, -number[kind], kind))
        for name, clock in promises.items()
        if (kind, name) in counts.index
    ]
    return pd.DataFrame(rows, columns=columns)
