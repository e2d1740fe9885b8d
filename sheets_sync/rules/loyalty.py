"""Is the loyalty programme used? Members who took part, of everybody who could."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.by_client import Array, answers, day_of, days, either, records
from sheets_sync.rules.care_facts import last_of
from sheets_sync.rules.case import Case
from sheets_sync.rules.consent import ALLOWED, STOPPED, stands
from sheets_sync.rules.measures import Found, counted, joined, left_out, percent, wilson
from sheets_sync.rules.staying import present
from sheets_sync.tracker.tables import Table, Tables

MEMBERSHIP = ("loyalty_member", "loyalty_tier", "loyalty_points")


def follows_loyalty(playbook: Playbook, tables: Tables) -> bool:
    """Whether the tracker holds anything on loyalty; else the measure is not shown at all."""
    clients = tables["clients"].frame
    if any(name in clients and clients[name].notna().any() for name in MEMBERSHIP):
        return True
    care = tables.by_name.get("care")
    return care is not None and bool(care.frame["kind"].isin(playbook.settings.loyalty.activities).any())


def loyalty_participation(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[B9] [B15] Members with an activity in the window ÷ present clients. A member is one whose Loyalty member says
    so, and where it is blank one with a tier or with points."""
    clients, care = tables["clients"].frame, tables.by_name.get("care")
    if not any(name in clients and clients[name].notna().any() for name in MEMBERSHIP):
        return Found(None, 0, "Nobody is entered as a loyalty member or otherwise: Clients › Loyalty member.")
    if care is None or not care.present:
        return Found(None, 0, "There is no Care tab.")
    here = present(playbook, tables, now)
    n = int(here.sum())
    if n == 0:
        return Found(None, 0, "There is no client at present.")
    member = members(clients) & here
    active, skipped = _active(playbook, metric, care, now)
    took_part = member & clients.index.isin(active)
    hits, joined_in = int(took_part.sum()), int(member.sum())
    low, high = wilson(hits, n, playbook.settings.interval.confidence)
    sentence = joined(
        f"{counted(joined_in, 'member')} of {counted(n, 'client')}; {hits:,} of them took part within 12 months.",
        f"Of the members that is {percent(hits / joined_in)} %." if joined_in else "",
        left_out(skipped),
    )
    return Found(hits / n, n, sentence, f"{hits:,} of {n:,}", low, high)


def members(clients: pd.DataFrame) -> Array:
    """Who is in the programme, by client."""
    blank = pd.Series(pd.NA, index=clients.index)
    said = clients.get("loyalty_member", blank.astype("boolean"))
    tier = clients.get("loyalty_tier", blank).notna() | (clients.get("loyalty_points", blank.astype("Float64")) > 0)
    member: Array = answers(said.fillna(tier.fillna(False)))
    return member


def _active(playbook: Playbook, metric: Metric, care: Table, now: datetime) -> tuple[pd.Series, dict[str, int]]:
    """The keys of clients who took part in the window, and which lines cannot count, by reason."""
    lines = care.frame[care.frame["kind"].isin(playbook.settings.loyalty.activities)]
    when, today = pd.Series(days(lines["date"]), index=lines.index), pd.Timestamp(now).normalize()
    skipped = {
        "without a Date": int(when.isna().sum()),
        "after today": int((when > today).sum()),
        "of no known client": int((lines["key"].isna() & (when <= today)).sum()),
    }
    inside = (when <= today) & (when > today - pd.Timedelta(days=metric.window_days))
    return lines.loc[inside, "key"].dropna(), skipped


def programme(case: Case, now: datetime) -> pd.DataFrame:
    """The loyalty programme, where the tracker says who is in it: its members at present, then those who are not and
    may be told of it, as their consent for marketing stands; who refused is left out [B5] [B9] [B10].

    key · member · tier · points · last (last activity) · active (within the window of the measure) · permission (of
    those who are no members: allowed, ask first).

          key  member    tier  points       last  active permission
    0  corvid    True    Gold     420 2026-10-02    True       <NA>
    1  fernh…   False    <NA>    <NA>        NaT   False    allowed
    """
    playbook, tables = case.playbook, case.tables
    clients, care = tables["clients"].frame, records(tables, "care")
    columns = ["key", "member", "tier", "points", "last", "active", "permission"]
    if not follows_loyalty(playbook, tables):
        return pd.DataFrame(columns=columns)
    today, measure = day_of(now), playbook.metrics.get("loyalty_participation")
    here, member = present(playbook, tables, now), members(clients)
    last = last_of(care, playbook.settings.loyalty.activities, today)
    window = measure.window_days if measure else playbook.settings.care.window_days
    state = stands(tables, clients.index, "marketing", now)
    frame = pd.DataFrame(
        {
            "key": pd.array(clients.index, "string"),
            "member": member,
            "tier": clients["loyalty_tier"].to_numpy(),
            "points": clients["loyalty_points"].to_numpy(),
            "last": last.astype("datetime64[us]"),
            "active": last > today - window,
            "permission": either(member, None, state),
        }
    )
    wanted = here & (member | (state != STOPPED))
    order = np.lexsort((np.arange(len(frame)), state != ALLOWED, ~member))
    return frame.iloc[order[wanted[order]]].reset_index(drop=True)
