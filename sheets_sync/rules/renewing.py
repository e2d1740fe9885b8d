"""The renewals board: who renews within two quarters, where it stands, what came back, and on what terms."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, Gathered, day_of, days, numbers, texts
from sheets_sync.rules.renewals import LAPSED, LATER, OLD, RENEWED
from sheets_sync.rules.returns import Returns, returns
from sheets_sync.rules.sentences import date_in_words, months_in_words
from sheets_sync.tracker.tables import Tables

WINDOW, OLD_DATE, DECIDED, AHEAD = "window", "old date", "decided", "ahead"
GROUPS = (WINDOW, OLD_DATE, DECIDED, AHEAD)


def renewing(playbook: Playbook, tables: Tables, ladder: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """A row a client that renews, whose renewal has lapsed or was decided lately: first those in the window, by date,
    then old dates, decided ones and those that come within two quarters [A70] [A72] [A73] [A74].

    key · group (window, old date, decided, ahead) · state · date · level and stands (the Renewal cell) · next (the step
    and its day) · terms (fee now → proposed) · change (up, flat, down, "" = no proposal) · returned (what came back
    for the fees, "" = not tracked) · goals.

           key   group state       date  level                stands  next  terms                      change
    0  kestrel  window  open 2026-12-24  watch  ▲ Proposal by 24 Nov  Send…  3,200 → 3,400 a month (+6 %)   up
    1   corvid   ahead later 2027-03-01     ok              Mar 2027          900 a month
    """
    shown = ladder.assign(group=_groups(playbook, ladder, now))
    shown = shown[shown["group"].ne("")]
    rank = np.array([GROUPS.index(group) for group in shown["group"]], int)
    order = np.lexsort((days(shown["date"]).astype(np.int64), rank))
    shown = shown.iloc[order].reset_index(drop=True)
    gathered = Gathered(tables)
    at = gathered.clients.index.get_indexer(shown["key"])
    clients = gathered.clients.iloc[at]
    proposed = terms(playbook, clients)
    found = returns(playbook, gathered, now)
    return pd.DataFrame(
        {
            "key": shown["key"],
            "group": shown["group"],
            "state": shown["state"],
            "date": shown["date"],
            "level": shown["level"],
            "stands": shown["sentence"],
            "next": _next(shown, now),
            "fee": numbers(clients["monthly_fee"]),
            "terms": proposed["terms"].to_numpy(object),
            "change": proposed["change"].to_numpy(object),
            "returned": [returned(found, int(i)) for i in at],
            "goals": texts(clients["next_goals"]),
        }
    )


def _groups(playbook: Playbook, ladder: pd.DataFrame, now: datetime) -> list[str]:
    """What each line of the ladder is shown as; "" = not at all."""
    settings, today = playbook.settings, day_of(now)
    ends = days(ladder["date"])
    soon = ends <= today + settings.renewals.ahead_days
    lately = soon & (ends > today - settings.look_back.days)
    groups = []
    rows = zip(ladder["state"], ladder["days_before"], soon, lately, strict=True)
    for state, step, near, fresh in rows:
        if state == OLD:
            groups.append(OLD_DATE)
        elif state == RENEWED or (step < 0 and state != LAPSED):
            groups.append(DECIDED if fresh else "")
        elif state == LATER:
            groups.append(AHEAD if near else "")
        else:
            groups.append(WINDOW)
    return groups


def _next(shown: pd.DataFrame, now: datetime) -> list[str]:
    """The next step and its day, for those who have something to do."""
    said = []
    for group, state, step, due, reached in zip(
        shown["group"], shown["state"], shown["step"], shown["due"], shown["reached"], strict=True
    ):
        if group == OLD_DATE:
            said.append("Enter the new renewal date")
        elif group != WINDOW or not step:
            said.append("")
        elif state == LAPSED:
            said.append(step)
        else:
            said.append(f"{step}, {'since' if reached else 'by'} {date_in_words(due, now)}")
    return said


def terms(playbook: Playbook, clients: pd.DataFrame) -> pd.DataFrame:
    """Fee now → proposed, a month, and whether that is up, flat or down [A74]. Renewal value is that of the whole term
    (Term months, else a year); one that is no more than a few monthly fees is a month's.

    Index as `clients`: fee · proposed (a month, NaN = none) · change · terms
    3,200, Renewal value 40,800 for 12 months: 3,200 → 3,400 a month (+6 %), up
    """
    numbers_of = playbook.settings.renewals
    fee, value = numbers(clients["monthly_fee"]), numbers(clients["renewal_value"])
    term = numbers(clients["term_months"])
    term = np.where(term > 0, term, float(numbers_of.term_months))
    monthly = np.isfinite(fee) & (value <= fee * numbers_of.monthly_up_to)
    proposed = np.where(monthly, value, value / term)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(fee > 0, proposed / fee - 1, np.nan)
    flat = np.abs(np.round(change, 9)) <= numbers_of.flat
    words = np.select([np.isnan(change), flat, change > 0], ["", "flat", "up"], "down").astype(object)
    said = [_terms(*line) for line in zip(fee, proposed, change, words, strict=True)]
    frame = {"fee": fee, "proposed": proposed, "change": words, "terms": said}
    return pd.DataFrame(frame, index=clients.index)


def _terms(fee: float, proposed: float, change: float, word: str) -> str:
    if np.isnan(proposed):
        return "" if np.isnan(fee) else f"{fee:,.0f} a month"
    if np.isnan(fee):
        return f"→ {proposed:,.0f} a month"
    by = "flat" if word == "flat" else f"{'−' if change < 0 else '+'}{abs(change) * 100:.0f} %"
    return f"{fee:,.0f} → {proposed:,.0f} a month" + (f" ({by})" if word else "")


def returned(found: Returns, i: int) -> str:
    """3.2 × the fees: 61,200 for 19,200, Dec 2025 to Nov 2026; "" where it is not tracked [A71]."""
    ratio: Array = found.ratio
    if np.isnan(ratio[i]):
        return ""
    first, last = months_in_words(np.array([found.first[i], found.last[i]], "datetime64[D]"))
    span = first if first == last else f"{first} to {last}"
    return f"{ratio[i]:,.1f} × the fees: {found.value[i]:,.0f} for {found.fees[i]:,.0f}, {span}"
