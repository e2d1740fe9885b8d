"""Do clients buy more? Revenue from expansion as a share of all revenue."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.measures import Found, joined, left_out, misses, percent
from sheets_sync.tracker.tables import Tables

COUNTED = ("base", "new", "expansion", "one-off")
RECURRING = ("base", "new", "expansion")


def expansion_share(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A105] Expansion ÷ total revenue of the window. An entered kind wins; a blank one is new for the client's first
    service and expansion for a later one. After its first twelve months expansion is base."""
    if not tables["revenue"].present:
        return Found(None, 0, "There is no Revenue tab.")
    lines, reasons = revenue_lines(tables["revenue"].frame, now)
    lines = lines.assign(kind=kinds(lines, playbook.settings.expansion.new_for_months))
    first = pd.Timestamp(now).normalize() - pd.Timedelta(days=metric.window_days)
    recent = lines[(lines["month"] > first) & lines["kind"].isin(COUNTED)]
    total = float(recent["amount"].sum())
    n = len(recent)
    if n == 0 or total <= 0:
        return Found(None, 0, joined("No revenue is entered for the last 12 months.", left_out(reasons)))
    gained = float(recent.loc[recent["kind"] == "expansion", "amount"].sum())
    sentence = joined(
        f"{gained:,.0f} of {total:,.0f} came from more work for existing clients.",
        _other_counts(lines, recent, gained),
        left_out(reasons),
    )
    return Found(gained / total, n, sentence, f"{gained:,.0f} of {total:,.0f}", way=_way(metric, gained, total))


def kinds(lines: pd.DataFrame, months: int) -> pd.Series:
    """The kind of each line (columns key, service, month, kind): blanks filled, expansion older than `months` (counted
    from the first month of its client and service as expansion) read as base."""
    service = lines["service"].fillna("").astype("string").str.casefold().str.strip()
    number = lines["month"].dt.year * 12 + lines["month"].dt.month
    client_first = number.groupby(lines["key"]).transform("min")
    service_first = number.groupby([lines["key"], service]).transform("min")
    guessed = pd.Series("new", index=lines.index, dtype="string").mask(service_first > client_first, "expansion")
    kind = lines["kind"].astype("string").fillna(guessed)
    is_gain = kind == "expansion"
    begun = number.where(is_gain).groupby([lines["key"], service]).transform("min")
    return kind.mask(is_gain & (number - begun >= months), "base")


def expansion_needed(gained: float, total: float, target: float) -> float:
    """How much more expansion reaches the target, when it adds to the total as well."""
    return (target * total - gained) / (1 - target)


def _way(metric: Metric, gained: float, total: float) -> str:
    if not misses(metric, gained / total) or metric.target is None or metric.target >= 1:
        return ""
    more = expansion_needed(gained, total, metric.target)
    return f"{more:,.0f} more expansion revenue would reach {percent(metric.target)} %."


def revenue_lines(revenue: pd.DataFrame, now: datetime) -> tuple[pd.DataFrame, dict[str, int]]:
    """Lines that can count, and how many cannot, by reason."""
    paid = revenue[revenue["amount"].notna()]
    dated = paid["month"].notna()
    past = paid["month"] <= pd.Timestamp(now)
    known = paid["key"].notna()
    reasons = {
        "without a Month": int((~dated).sum()),
        "after today": int((dated & ~past).sum()),
        "of no known client": int((past & ~known).sum()),
    }
    return paid[past & known], reasons


def _other_counts(lines: pd.DataFrame, recent: pd.DataFrame, gained: float) -> str:
    """The two other numbers that go by the same name, under names of their own."""
    parts = []
    month = lines["month"].dt.to_period("M")
    recurring = lines["kind"].isin(RECURRING)
    last = month[recurring].max()
    if pd.notna(last):
        before = float(lines.loc[recurring & (month == last - 12), "amount"].sum())
        now_gained = float(lines.loc[(lines["kind"] == "expansion") & (month == last), "amount"].sum())
        if before > 0:
            parts.append(f"on top of the recurring revenue a year earlier it is {percent(now_gained / before)} %")
    won = gained + float(recent.loc[recent["kind"] == "new", "amount"].sum())
    if won > 0:
        parts.append(f"of all newly won revenue it is {percent(gained / won)} %")
    return f"Counted otherwise: {'; '.join(parts)}." if parts else ""
