"""How far has each conversation about a next step come, and who follows it up?"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.model import Level, Problem
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, Records, day_of, latest, numbers, records, texts
from sheets_sync.rules.typed import typed
from sheets_sync.tracker.gather import gather_rows
from sheets_sync.tracker.tables import Tables

LATE, UNDATED, IN_HAND, BLOCKED = "late", "no date", "in hand", "blocked"
WON, LOST, CLOSED = "won", "lost", "closed"
OPEN = (LATE, UNDATED, IN_HAND, BLOCKED)


def opportunities(
    playbook: Playbook, tables: Tables, inputs: pd.DataFrame, in_the_way: Array, now: datetime
) -> pd.DataFrame:
    """Every line of Opportunities [A64] [A65] [A66] [A67] [A68] [A69], open ones first: late, without a Next date, in
    hand, blocked; then those closed within the playbook's days. `in_the_way`: what stands in each client's way. A Next
    date on which they talked, or after, is none any more.

    key · service · stage · value (money) · next_date · closed_on · talked_on (the last expansion talk) · state (late,
    no date, in hand, blocked, won, lost, closed) · level (watch, or none) · do (what the stage asks for) · reason
    (what stands in the way) · row (of Opportunities).

             key                service     stage  value   next_date    state  level                        do reason
    0    everly            SEO retainer  proposal   9600  2026-11-12     late  watch  Propose it: scope, sta…
    1  kestrel  Implementation retainer     goals   <NA>         NaT  no date  watch    Ask for their goals, …
    """
    table = records(tables, "opportunities")
    blocked = np.append(in_the_way, "")[table.at]
    talk = np.append(talked(playbook, tables, inputs, now), NO_DAY)[table.at]
    states = _states(table, blocked, talk, now)
    open_ = np.isin(states, OPEN)
    stages = table.text("stage")
    first = next(iter(playbook.growth.conversation.values()), "")
    frame = pd.DataFrame(
        {
            "key": table.frame["key"].astype("string"),
            "service": table.text("next_service"),
            "stage": stages,
            "value": table.frame["value"],
            "next_date": table.frame["next_date"],
            "closed_on": table.frame["closed_on"],
            "talked_on": talk.astype("datetime64[us]"),
            "state": states,
            "level": np.where(np.isin(states, (LATE, UNDATED)), Level.WATCH, Level.NONE),
            "do": [playbook.growth.conversation.get(stage, first) if stage else first for stage in stages],
            "reason": np.where(open_, blocked, ""),
            "row": table.frame["row"],
        }
    )
    long_ago = np.datetime64(now.date() - timedelta(days=playbook.growth.closed_days), "D")
    kept = table.known & (open_ | ~(table.days("closed_on") <= long_ago))
    rank = [(*OPEN, WON, LOST, CLOSED).index(state) for state in states[kept]]
    frame = frame[kept].assign(rank=rank).sort_values(["rank", "next_date", "row"], kind="stable")
    return frame.drop(columns="rank").reset_index(drop=True)


def _states(table: Records, blocked: Array, talk: Array, now: datetime) -> Array:
    states, next_date = ended(table, now), table.days("next_date")
    undated = np.isnat(next_date) | (talk >= next_date)
    found = np.select([blocked != "", undated, next_date < day_of(now)], [BLOCKED, UNDATED, LATE], IN_HAND)
    return np.where(states == "", found, states)


def ended(table: Records, now: datetime) -> Array:
    """won, lost, closed (without an Outcome), or "" for a conversation that is open. A Closed on that lies ahead is a
    plan."""
    outcome = table.text("outcome")
    closed = (table.text("stage") == "closed") | (table.days("closed_on") <= day_of(now))
    states: Array = np.where(closed, CLOSED, "").astype(object)
    states[outcome == "won"], states[outcome == "lost"] = WON, LOST
    return states


def pipeline(playbook: Playbook, found: pd.DataFrame) -> pd.DataFrame:
    """What is open by stage, in the order of the conversation, then won and lost of the last year; `found`: the rows of
    `opportunities`. stage · number · value (money; the sum of those entered).

            stage  number  value
    0       goals       2   4800
    1    proposal       1   9600
    2         won       3  12400
    """
    words = [*playbook.growth.conversation, "no stage"]
    open_ = found["state"].isin(OPEN)
    rows = []
    for name in (*words, WON, LOST):
        of_stage = open_ & found["stage"].fillna("no stage").eq(name)
        kept = found[found["state"].eq(name) if name in (WON, LOST) else of_stage]
        if len(kept):
            rows.append((name, len(kept), float(numbers(kept["value"])[kept["value"].notna().to_numpy(bool)].sum())))
    return pd.DataFrame(rows, columns=["stage", "number", "value"])


def gaps(tables: Tables, now: datetime) -> list[Problem]:
    """Open ones without a Next date, and closed ones that do not say how [A69]: one problem a column."""
    table, source = records(tables, "opportunities"), tables["opportunities"]
    if not source.present:
        return []
    states, names = ended(table, now), texts(source.frame["client"].fillna(source.frame["key"]))
    rows = source.frame["row"].to_numpy()
    found = []
    for column, wrong, one, many, hint in (
        ("next_date", (states == "") & np.isnat(table.days("next_date")),
         "This conversation is open and has no Next date.", "conversations are open and have no Next date",
         "Agree on the next talk and enter its day."),
        ("outcome", states == CLOSED, "This one is closed and has no Outcome.", "are closed and have no Outcome",
         "Enter won or lost."),
    ):  # fmt: skip
        hits = np.flatnonzero(wrong & table.known)
        if len(hits):
            ref = [source.ref(column, int(rows[i]), names[i] or "") for i in hits]
            values = [names[i] or "" for i in hits]
            found.append(gather_rows(range(len(hits)), ref.__getitem__, one, f"{len(hits)} {many}", hint, values))
    return found


def talked(playbook: Playbook, tables: Tables, inputs: pd.DataFrame, now: datetime) -> Array:
    """The day of each client's last conversation about more work: logged, or ticked in the Diary."""
    log, talks = records(tables, "interactions"), set(playbook.growth.talks)
    when, attended = log.days("date"), ~log.frame["attended"].eq(False).fillna(False).to_numpy(bool)
    last = latest(log, when, log.is_in("type", talks) & (when <= day_of(now)) & attended)[0]
    entries = {name for name, entry in playbook.touchpoints.items() if not talks.isdisjoint(entry.done.types)}
    at, on = typed(inputs, now).contacts(entries, tables["clients"].frame.index)
    np.fmax.at(last, at, on)
    return last
