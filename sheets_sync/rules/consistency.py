"""Does a client get the same care whoever looks after it? Contacts in time by owner, and who logs what they do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.rules.by_client import Array, records, texts
from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.people import owner_of
from sheets_sync.rules.practice import kept_in, weeks
from sheets_sync.rules.sentences import months_in_words
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.tables import Tables

KEPT = ("owner", "id", "title", "due", "in_time")
LOGGED = ("owner", "month", "clients", "logged", "silent")


def consistency(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """What fell due in the last whole weeks (settings.practice) and was done in time, a row an owner and kind of
    contact: owner (who does it) · id · title · due · in_time [B7] [E1].

       owner             id          title  due  in_time
    0  Priya  check_in_call  Check-in call   18       17
    1    Tom  check_in_call  Check-in call   12        6
    """
    recent, _ = weeks(case, now)
    kept = kept_in(case, found, *recent, now)
    place = case.tables["clients"].frame.index.get_indexer(kept["key"])
    owners = np.full(len(kept), None, dtype=object)
    for id in kept["id"].unique():
        rows = np.flatnonzero(kept["id"].eq(id))
        owners[rows] = owner_of(case.playbook.touchpoints[id], case.tables, place[rows])
    kept = kept.assign(owner=owners, title=kept["id"].map({k: v.title for k, v in case.playbook.touchpoints.items()}))
    sums = kept.dropna(subset=["owner"]).groupby(["owner", "id", "title"])[["due", "in_time"]].sum().reset_index()
    return sums[list(KEPT)].astype({"owner": object, "id": object, "title": object})


def logged(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """Whose present clients have an entry in the log of one month: this one, or in its first days the last [A107].

    owner ("" = none) · month (in words) · clients (present ones) · logged (of these, with an entry) · silent
    (the owner has logged nothing: no entry by them, or where By is blank about a client of theirs).

       owner     month  clients  logged  silent
    0  Priya  Nov 2026        8       8   False
    1    Tom  Nov 2026        5       0    True
    """
    table = case.tables["interactions"]
    if table.frame.empty:
        return pd.DataFrame(columns=list(LOGGED))
    first, after = _month(case, now)
    entries, facts = records(case.tables, "interactions"), found.facts
    day = entries.days("date")
    rows = np.flatnonzero(entries.known & (day >= first) & (day < after) & (day <= np.datetime64(now.date(), "D")))
    present = ~facts["status"].isin(case.playbook.settings.status.no_health).to_numpy(bool)
    has_entry = np.bincount(entries.at[rows], minlength=entries.n) > 0
    owners = np.array([owner or "" for owner in texts(facts["owner"])], dtype=object)
    frame = pd.DataFrame({"owner": owners[present], "clients": 1, "logged": has_entry[present].astype(int)})
    frame = frame.groupby("owner", sort=True)[["clients", "logged"]].sum().reset_index()
    wrote = _writers(texts(entries.frame["by"].iloc[rows]), owners[entries.at[rows]], owners)
    frame["month"] = months_in_words(np.array([first]))[0]
    frame["silent"] = [bool(owner) and normal(owner) not in wrote for owner in frame["owner"]]
    return frame[list(LOGGED)].astype({"owner": object})


def unlogged(lines: pd.DataFrame, tables: Tables) -> Iterator[Problem]:
    """Owners who have logged nothing, as one problem [A107]."""
    silent = lines[lines["silent"].astype(bool)] if len(lines) else lines
    if len(silent):
        names = list(silent["owner"])
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        month = silent["month"].iloc[0]
        hint = "Log every contact: date, client, type. Without it nobody can tell that it took place."
        where = tables["interactions"].ref("by" if tables["interactions"].has("by") else "date", None)
        yield Problem(where, f"Nothing is logged by {shown} for {month}.", hint, None, len(names))


def _month(case: Case, now: datetime) -> tuple[np.datetime64, np.datetime64]:
    """First day of the month that is looked at, and of the next one. A young month says nothing yet."""
    start: date = now.date().replace(day=1)
    if now.date().day < case.playbook.settings.practice.log_from_day:
        start = (start - timedelta(days=1)).replace(day=1)
    month = np.datetime64(start, "M")
    return month.astype("datetime64[D]"), (month + 1).astype("datetime64[D]")


def _writers(by: Array, owner_of_client: Array, owners: Array) -> set[str]:
    """Who wrote the entries: By, or the client's owner where it is blank or never names an owner (initials, say)."""
    named, known = {word: normal(word) for word in set(by) if word}, {normal(owner) for owner in set(owners)}
    if not known.intersection(named.values()):
        by = np.full(len(by), None, dtype=object)
    return {named[who] if who else normal(owner) for who, owner in zip(by, owner_of_client, strict=True)}
