"""How long do clients stay? Those still here are counted as still here, not as if they had left today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.measures import Found, counted, joined, left_out, normal_quantile, percent, wilson
from sheets_sync.rules.staying import CANNOT_SAY, NOBODY_LEFT, reasons_of, says_who_left, stays
from sheets_sync.tracker.tables import Tables

Months = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """The share still here over time (the product-limit estimate): at `times` (months at which somebody left) it falls
    to `share`; `at_risk` were watched until then, `left` of them left; `longest` is the longest stay seen."""

    times: Months
    share: Months
    at_risk: Months
    left: Months
    longest: float

    def at(self, months: float) -> float:
        """The chance to stay so long: a stay that ends on that very day counts as left."""
        passed = int(np.searchsorted(self.times, months, side="right"))
        return float(self.share[passed - 1]) if passed else 1.0

    def mean_within(self, months: float) -> float:
        """The months to expect within the first `months`: the area under the curve."""
        edges = np.concatenate(([0.0], self.times[self.times < months], [months]))
        heights = np.concatenate(([1.0], self.share[self.times < months]))
        return float(np.sum(np.diff(edges) * heights))

    def ahead(self, stayed: Months, months: float) -> Months:
        """The months to expect of the next `months`, for those who have stayed `stayed` so far: the area under the
        curve from there on, over its height there.

        >>> found = curve(np.array([3.0, 6, 8, 12, 12]), np.array([True, False, True, False, False]))
        >>> found.ahead(np.array([6.0]), 6).round(3).tolist()  # (2 × 0.8 + 4 × 0.5333) ÷ 0.8
        [4.667]
        """
        edges, heights = np.concatenate(([0.0], self.times)), np.concatenate(([1.0], self.share))
        before = np.concatenate(([0.0], np.cumsum(np.diff(edges) * heights[:-1])))

        def area(until: Months) -> Months:
            piece = np.searchsorted(edges, until, side="right") - 1
            found: Months = before[piece] + (until - edges[piece]) * heights[piece]
            return found

        still = heights[np.searchsorted(edges, stayed, side="right") - 1]
        found: Months = np.where(still > 0, (area(stayed + months) - area(stayed)) / np.maximum(still, 1e-12), 0.0)
        return found

    def mean_error(self, months: float) -> float:
        """The standard error of `mean_within`, after Greenwood."""
        total = self.mean_within(months)
        variance = 0.0
        for time, risk, gone in zip(self.times, self.at_risk, self.left, strict=True):
            if time < months and risk > gone:
                variance += (total - self.mean_within(float(time))) ** 2 * gone / (risk * (risk - gone))
        return sqrt(variance)

    def chance_between(self, months: float, watched: int, confidence: float) -> tuple[float, float]:
        """The interval of `at`, on the log-log scale so that it stays within 0 and 1; with nobody gone by then,
        the one of a plain share of those `watched` for so long."""
        share = self.at(months)
        if share >= 1 or share <= 0:
            return wilson(round(share * watched), watched, confidence) if watched else (0.0, 1.0)
        passed = self.times <= months
        risk, gone = self.at_risk[passed], self.left[passed]
        error = sqrt(float(np.sum(gone / (risk * (risk - gone))))) / abs(log(share))
        half = normal_quantile(confidence) * error
        centre = log(-log(share))
        return exp(-exp(centre + half)), exp(-exp(centre - half))


def curve(months: Months, left: npt.NDArray[np.bool_]) -> Curve:
    """The curve of some stays. Who left in a month was still at risk in it; who is only watched until then, too.

    >>> found = curve(np.array([3.0, 6, 8, 12, 12]), np.array([True, False, True, False, False]))
    >>> round(found.at(3), 4), round(found.at(8), 4), round(found.mean_within(12), 3)
    (0.8, 0.5333, 9.133)
    """
    times = np.unique(months[left])
    at_risk = np.array([float((months >= time).sum()) for time in times])
    gone = np.array([float((months[left] == time).sum()) for time in times])
    share = np.cumprod(1 - gone / at_risk) if len(times) else np.array([])
    return Curve(times, share, at_risk, gone, float(months.max()))


def tenure(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A106] The months to expect within a client's first ones, judged against the target, with the plain mean so far
    and the chance to stay a year beside it. Ended by completion is no leaving, only the end of watching."""
    if not says_who_left(tables):
        return Found(None, 0, CANNOT_SAY)
    settings = playbook.settings.tenure
    every = watched(playbook, tables, now)
    reasons = reasons_of(every)
    counted_in = every[every["why_not"] == ""]
    n = len(counted_in)
    if n == 0:
        return Found(None, 0, joined("No client has a Start date.", left_out(reasons)))
    months, left = counted_in["months"].to_numpy(float), counted_in["state"].eq("left").to_numpy(bool)
    found = curve(months, left)
    horizon = min(float(settings.horizon_months), found.longest)
    value, z = found.mean_within(horizon), normal_quantile(playbook.settings.interval.confidence)
    half = z * found.mean_error(horizon)
    too_young = found.longest < settings.chance_months
    sentence = joined(
        NOBODY_LEFT if not (every["state"] == "left").any() else "",
        f"So far {float(months.mean()):.0f} months on average ({counted(n, 'client')}).",
        f"Within the first {horizon:.0f} months, {value:.0f} can be expected.",
        "Nobody has been here for a year yet." if too_young else _chance(playbook, found, months),
        left_out(reasons),
    )
    low, high = max(0.0, value - half), min(horizon, value + half)
    unsure = too_young or not left.any()
    return Found(value, n, sentence, counted(n, "client"), low, high, unsure=unsure)


def watched(playbook: Playbook, tables: Tables, now: datetime) -> pd.DataFrame:
    """`stays` with how long each has been watched (`months`); one that finished without a date cannot be counted."""
    every = stays(playbook, tables, now)
    undated = every["state"].eq("finished") & every["end"].isna() & every["why_not"].eq("")
    every = every.assign(why_not=every["why_not"].mask(undated, "finished without a date"))
    until = every["end"].fillna(pd.Timestamp(now).normalize())
    months = (until - every["start"]).dt.days.astype(float) / playbook.settings.tenure.days_in_month
    return every.assign(months=months)


def _chance(playbook: Playbook, found: Curve, months: Months) -> str:
    year = playbook.settings.tenure.chance_months
    watched = int((months >= year).sum())
    low, high = found.chance_between(year, watched, playbook.settings.interval.confidence)
    return f"Chance to stay {year} months: {percent(found.at(year))} % ({percent(low)} to {percent(high)} %)."
