"""What all measures of the Scorecard share: their shape, the verdict, intervals, and numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from sheets_sync.playbook.schema import Metric

EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted for one measure. `value`, `low` and `high` are in the metric's unit, None where there are none;
    `origin` is what it is counted from ("17 of 20"); `unsure` keeps the verdict open whatever the numbers say."""

    value: float | None
    n: int
    sentence: str
    origin: str = ""
    low: float | None = None
    high: float | None = None
    way: str = ""
    unsure: bool = False


def verdict(metric: Metric, found: Found) -> str:
    """met, not met, can't tell yet, no data. The unrounded value is compared; inside an interval nobody can tell."""
    if found.n == 0:
        return "no data"
    if found.value is None or found.unsure:
        return "can't tell yet"
    if metric.target is None:
        return ""
    if found.low is not None and found.high is not None and found.low - EXACT <= metric.target <= found.high + EXACT:
        return "can't tell yet"
    gap = found.value - metric.target if metric.higher_is_better else metric.target - found.value
    return "met" if gap >= -EXACT else "not met"


def misses(metric: Metric, value: float | None) -> bool:
    """Whether there is a way to go to the target."""
    return metric.target is not None and value is not None and value < metric.target - EXACT


def normal_quantile(confidence: float) -> float:
    """1.96 for 0.95."""
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """The share that `hits` of `n` may stand for (Wilson's score interval): 17 of 20 → 0.64 to 0.95."""
    z = normal_quantile(confidence)
    share, spread = hits / n, z * z / n
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def counted(number: int, one: str, many: str = "") -> str:
    """1 client, 2 clients."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    return f"{share * 100:.0f}"


def left_out(reasons: Mapping[str, int]) -> str:
    """`Left out: 2 without a Start date.`, or nothing."""
    parts = [f"{number:,} {reason}" for reason, number in reasons.items() if number]
    return f"Left out: {', '.join(parts)}." if parts else ""


def joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
