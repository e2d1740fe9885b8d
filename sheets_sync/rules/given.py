"""What each client got from us beyond the work, who gets a gift this season, and what it costs beside its budget."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.rules.by_client import Array, Records, count, day_of, days_counted, latest, numbers, records
from sheets_sync.rules.care_facts import last_of
from sheets_sync.rules.case import Case
from sheets_sync.rules.staying import present

REFUSED, SMALL, WELCOME, UNKNOWN = "refused", "small only", "welcome", "not known"


def given(case: Case, now: datetime) -> pd.DataFrame:
    """What the clients at present got, those who got anything within the window or ever a note or gift
    [A20] [A23] [A99] [A100] [A102] [D15] [D17]. A day counts once, whichever tab it stands in.

    key · thanked (last thank-you note) · gift (last gift) · introductions advice shares (days in the window) and
    introduced advised shared (the last day of each, ever) · invited · came (days in the window).

          key    thanked       gift  introductions introduced  advice …  invited  came
    0  corvid 2026-03-02        NaT              1 2026-10-03       2 …        1     0
    """
    tables, today = case.tables, day_of(now)
    talks, care = records(tables, "interactions"), records(tables, "care")
    after = today - case.playbook.settings.care.window_days
    columns: dict[str, Array] = {
        "thanked": last_of(care, {"thank-you"}, today),
        "gift": last_of(care, {"gift"}, today),
    }
    for many, last, kind in (
        ("introductions", "introduced", "introduction"),
        ("advice", "advised", "advice"),
        ("shares", "shared", "share"),
    ):
        when, own = talks.days("date"), talks.is_in("type", {kind})
        columns[many] = _days_of((talks, own & (when > after) & (when <= today)))
        columns[last] = _last(talks, own, today)
    when, invited = talks.days("date"), talks.is_in("type", {"invitation"})
    inside = (when > after) & (when <= today)
    events = care.is_in("kind", {"event"}) & (care.days("date") > after) & (care.days("date") <= today)
    came = np.array([value is True for value in talks.text("attended")], bool)
    columns["invited"] = _days_of((talks, invited & inside), (care, events))
    columns["came"] = count(talks, invited & inside & came)
    frame = pd.DataFrame({"key": pd.array(tables["clients"].frame.index, "string"), **columns})
    dates = dict.fromkeys(("thanked", "gift", "introduced", "advised", "shared"), "datetime64[us]")
    frame = frame.astype(dates)
    any_ = frame.drop(columns="key").notna() & frame.drop(columns="key").ne(0)
    return frame[any_.any(axis=1).to_numpy(bool) & present(case.playbook, tables, now)].reset_index(drop=True)


def gifts(case: Case, now: datetime) -> pd.DataFrame:
    """The gift list while its season lasts: every client at present whose policy doesn't refuse gifts; those who refuse
    are named in it too, so that nobody sends one [A100]. Empty out of season, or where no Gift policy is entered.

    key · policy (welcome, small only, refused, not known) · last (last gift before the season) · sent (this season).

          key      policy       last       sent
    0  corvid  small only 2025-12-10        NaT
    """
    clients, season = case.tables["clients"].frame, season_of(case, now.date())
    columns = ["key", "policy", "last", "sent"]
    if season is None or not clients["gift_policy"].notna().any():
        empty: dict[str, Any] = {"key": "string", "last": "datetime64[us]", "sent": "datetime64[us]"}
        return pd.DataFrame(columns=columns).astype(empty)
    care, today = records(case.tables, "care"), day_of(now)
    begin = np.datetime64(season[0], "D")
    policy = clients["gift_policy"].fillna(UNKNOWN).to_numpy(object)
    last = last_of(care, {"gift"}, begin - np.timedelta64(1, "D"))
    newest = last_of(care, {"gift"}, today)
    sent = np.where(newest >= begin, newest, np.datetime64("NaT", "D"))
    frame = pd.DataFrame({"key": pd.array(clients.index, "string"), "policy": policy, "last": last, "sent": sent})
    frame = frame.astype({"last": "datetime64[us]", "sent": "datetime64[us]"})
    here = present(case.playbook, case.tables, now)
    order = np.lexsort((np.arange(len(frame)), pd.Series(policy).map({REFUSED: 1}).fillna(0)))
    return frame.iloc[order[here[order]]].reset_index(drop=True)


def season_of(case: Case, today: date) -> tuple[date, date] | None:
    """The gift season that today lies in, its first and last day; it may run over New Year."""
    wanted = case.playbook.settings.care.gifts
    for year in (today.year - 1, today.year):
        first = date(year, *wanted.first)
        last = date(year + (wanted.last < wanted.first), *wanted.last)
        if first <= today <= last:
            return first, last
    return None


def spend(case: Case, now: datetime) -> pd.DataFrame:
    """What goodwill has cost this calendar year, and gifts this season, beside their budgets [A53] [A100] [D12]. What
    Recovery promised counts from the day it was kept. A budget is a share of a year's fees; no fees, no budget.

    name (goodwill, gifts) · since · spent · budget (missing = none) · lines (that name a cost) · open (without one).

           name      since  spent  budget  lines  open
    0  goodwill 2026-01-01  480.0  4210.0      3     1
    """
    care, today = case.tables["care"].frame, pd.Timestamp(now).normalize()
    settings = case.playbook.settings.care
    clients = case.tables["clients"].frame
    fees = float(np.nansum(numbers(clients["monthly_fee"])[present(case.playbook, case.tables, now)])) * 12
    year = pd.Timestamp(now.year, 1, 1)
    goodwill = care[care["kind"].eq("goodwill").fillna(False) & care["date"].between(year, today)]
    plans = case.tables["recovery"].frame
    kept = plans[plans["kept_on"].between(year, today) & plans["goodwill"].notna()]
    costs = pd.concat([goodwill["cost"], _not_twice(kept, goodwill)["cost"]])
    rows = [("goodwill", year, costs, settings.goodwill_share)]
    season = season_of(case, now.date())
    if season is not None:
        since = pd.Timestamp(season[0])
        sent = care[care["kind"].eq("gift").fillna(False) & care["date"].between(since, today)]
        rows.append(("gifts", since, sent["cost"], settings.gifts.share))
    lines = [
        (name, since, float(cost.sum()), share * fees or None, int(cost.notna().sum()), int(cost.isna().sum()))
        for name, since, cost, share in rows
        if len(cost)
    ]
    frame = pd.DataFrame(lines, columns=["name", "since", "spent", "budget", "lines", "open"])
    return frame.astype({"since": "datetime64[us]", "budget": "Float64"})


def _not_twice(kept: pd.DataFrame, goodwill: pd.DataFrame) -> pd.DataFrame:
    """Without the promises whose cost stands in Care as well."""
    pairs = set(zip(goodwill["key"], goodwill["cost"], strict=True))
    mask = [pair not in pairs for pair in zip(kept["key"], kept["cost"], strict=True)]
    return kept[np.array(mask, bool)] if len(kept) else kept


def _last(found: Records, mask: Array, today: np.datetime64) -> Array:
    when = found.days("date")
    return latest(found, when, mask & (when <= today))[0]


def _days_of(*parts: tuple[Records, Array]) -> Array:
    """How many different days each client has among some rows of some tables."""
    at = np.concatenate([found.at[mask & found.known] for found, mask in parts])
    when = np.concatenate([found.days("date")[mask & found.known] for found, mask in parts])
    return days_counted(at, when, parts[0][0].n) if len(at) else np.zeros(parts[0][0].n, int)
