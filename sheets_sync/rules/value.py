"""What is a client worth, and how far down may the price go? Brought so far, to expect, and the floor of a price talk.

Everything is counted as of the first of the month, so that no number moves from one day to the next.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, numbers, records
from sheets_sync.rules.expansion import revenue_lines
from sheets_sync.rules.measures import Found, counted, joined, left_out
from sheets_sync.rules.sentences import months_in_words
from sheets_sync.rules.staying import present
from sheets_sync.rules.tenure import curve, watched
from sheets_sync.tracker.tables import Tables

LOSS = "loss"


def worth(playbook: Playbook, tables: Tables, now: datetime) -> pd.DataFrame:
    """What each present client is worth [A0] [C10], in the order of the clients; a blank is not known.

    key · so_far (all Revenue up to this month) · since (its first month) · window (how many months ahead are looked at)
    · months (how many of these can be expected of one who has stayed so long) · expected (months × Monthly fee) · cost
    (Monthly fee less Margin %: the floor of a price, a month) · term (Term months) · term_brings (fee less cost, over
    the term) · longer_fee (the fee at which the longer contract brings as much) · state (loss, or "") · sentence (the
    floor in words).

           key  so_far  window  months  expected   cost  term  term_brings  longer_fee state                sentence
    0  aldgate   33600      24    21.5     51600   1440    12        11520        1920        Costs 1,440 of 2,400…
    1   corvid    <NA>      24    22.0     19800   <NA>  <NA>         <NA>        <NA>
    """
    here = present(playbook, tables, now)
    frame, start = tables["clients"].frame, month_start(now)
    so_far, since = _so_far(tables, start)
    months, window = months_ahead(playbook, tables, start)
    fee = numbers(frame["monthly_fee"])
    floor = _floor(playbook, frame)
    whole = pd.DataFrame(
        {
            "key": pd.array(frame.index, dtype="string"),
            "so_far": _money(so_far),
            "since": since.astype("datetime64[us]"),
            "window": pd.array(np.where(np.isnan(months), np.nan, window), dtype="Float64"),
            "months": _money(months),
            "expected": _money(months * fee),
            **floor,
        }
    )
    return whole[here].reset_index(drop=True)


def month_start(now: datetime) -> datetime:
    """The first of this month."""
    return datetime(now.year, now.month, 1)


def months_ahead(playbook: Playbook, tables: Tables, now: datetime) -> tuple[Array, float]:
    """How many of the next months can be expected of each client with an ongoing relationship, and of how many.

    Read off the curve of tenure.py: its area from how long they have stayed on, over its height there. The curve is
    believed as long as enough clients were watched; who has stayed longer than that is counted as one who has stayed
    as long as can be seen, as if leaving grew no likelier later. Nobody left, or too few watched: not known."""
    settings, index = playbook.settings.value, tables["clients"].frame.index
    nothing = np.full(len(index), np.nan)
    every = watched(playbook, tables, now)
    seen = every[every["why_not"] == ""]
    left = seen["state"].eq("left").to_numpy(bool)
    if len(seen) < settings.least_clients or not left.any():
        return nothing, 0.0
    months = seen["months"].to_numpy(float)
    believed = float(np.sort(months)[-settings.least_clients])
    window = min(float(settings.ahead_months), np.floor(believed))
    if window < settings.least_months:
        return nothing, 0.0
    asked = (every["ongoing"] & every["state"].eq("here") & every["why_not"].eq("")).reindex(index, fill_value=False)
    stayed = every["months"].reindex(index).to_numpy(float)
    found = curve(months, left).ahead(np.clip(np.nan_to_num(stayed), 0, believed - window), window)
    return np.where(asked.to_numpy(bool), found, np.nan), window


def lifetime_value(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A0] What a present client brings on average: Revenue so far, and what can be expected at today's fees."""
    if not tables["revenue"].present:
        return Found(None, 0, "There is no Revenue tab.")
    every = worth(playbook, tables, now)
    paying = every[every["so_far"].notna()]
    n = len(paying)
    if n == 0:
        return Found(None, 0, "No revenue of a present client is entered.")
    so_far, expected = float(paying["so_far"].sum()), float(paying["expected"].fillna(0.0).sum())
    first = months_in_words(paying["since"].min().to_numpy().reshape(1))[0]
    no_fee = int((paying["expected"].isna() & paying["months"].notna()).sum())
    sentence = joined(
        f"{so_far:,.0f} so far from {counted(n, 'client')}, entered since {first}.",
        _to_come(paying, expected),
        left_out({"without a Monthly fee": no_fee}),
    )
    return Found((so_far + expected) / n, n, sentence, counted(n, "client"))


def _to_come(paying: pd.DataFrame, expected: float) -> str:
    known = paying[paying["expected"].notna()]
    if known.empty:
        return "What is still to come: too few to say, as long as so few have left or stayed long."
    months, window = float(known["months"].mean()), float(known["window"].max())
    return f"Of the next {window:.0f} months {months:.0f} can be expected: {expected:,.0f} more at today’s fees."


def _so_far(tables: Tables, start: datetime) -> tuple[Array, Array]:
    """All revenue of each client up to this month, and its first month; NaN where there is none."""
    found = records(tables, "revenue")
    lines, _ = revenue_lines(found.frame, start)
    at = found.at[found.frame.index.get_indexer(lines.index)]
    total = np.bincount(at, weights=numbers(lines["amount"]), minlength=found.n)
    some = np.bincount(at, minlength=found.n) > 0
    month = lines["month"].to_numpy("datetime64[D]").astype(np.int64)
    first = np.full(found.n, np.iinfo(np.int64).max)
    np.minimum.at(first, at, month)
    return np.where(some, total, np.nan), np.where(some, first.astype("datetime64[D]"), NO_DAY)


def _floor(playbook: Playbook, frame: pd.DataFrame) -> dict[str, object]:
    """The cost below which every month is a loss, and what a longer contract could be sold at [C10]."""
    fee, margin = numbers(frame["monthly_fee"]), numbers(frame["margin"])
    term, asked = numbers(frame["term_months"]), numbers(frame["renewal_value"])
    margin = np.where(margin > 1, np.nan, margin)
    cost = np.where(fee > 0, fee * (1 - margin), np.nan)
    earned = fee - cost
    brings = np.where((term > 0) & (earned > 0), term * earned, np.nan)
    longer = np.where(np.isnan(brings), np.nan, cost + earned / playbook.settings.value.longer)
    loss = (cost >= fee) | (asked < cost)
    words = [
        _in_words(one, playbook.settings.value.longer)
        for one in zip(fee, cost, term, brings, longer, asked, strict=True)
    ]
    return {
        "cost": _money(cost),
        "term": _money(term),
        "term_brings": _money(brings),
        "longer_fee": _money(longer),
        "state": np.where(loss, LOSS, ""),
        "sentence": np.array(words, dtype=object),
    }


def _in_words(numbers: tuple[float, ...], longer: int) -> str:
    """Costs 1,440 of 2,400 a month: 40 % off is the end. 12 months bring 11,520; 24 months as much at 1,920 (20 % off).

    `numbers`: fee, cost, term, what the term brings, the longer contract's fee, Renewal value."""
    fee, cost, term, brings, longer_fee, asked = numbers
    if np.isnan(cost):
        return ""
    if cost >= fee:
        return f"Costs {cost:,.0f} and pays {fee:,.0f} a month: nothing can come off."
    parts = [f"Costs {cost:,.0f} of {fee:,.0f} a month: {_off(fee, cost)} off is the end."]
    if not np.isnan(brings):
        same = f"{longer * term:.0f} months as much at {longer_fee:,.0f} ({_off(fee, longer_fee)} off)"
        parts.append(f"{term:.0f} months bring {brings:,.0f}; {same}.")
    if asked < cost:
        parts.append(f"Renewal value {asked:,.0f} is below the cost.")
    return " ".join(parts)


def _off(fee: float, price: float) -> str:
    return f"{(1 - price / fee) * 100:.0f} %"


def _money(values: Array) -> object:
    return pd.array(np.round(values, 2), dtype="Float64")
