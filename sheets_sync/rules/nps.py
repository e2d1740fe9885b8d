"""Would they recommend us? Promoters less detractors among the latest answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import ceil, sqrt

import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.measures import EXACT, Found, counted, joined, left_out, misses, normal_quantile
from sheets_sync.tracker.tables import Tables


def nps(playbook: Playbook, metric: Metric, tables: Tables, now: datetime) -> Found:
    """[A36] [A103] The latest answer of each contact within the window, −100…100, with its interval; a contact without
    a name is the client's one. Of two answers on one day the lower counts, as in health. Too few: only counts."""
    if not tables["surveys"].present:
        return Found(None, 0, "There is no Surveys tab.")
    settings = playbook.settings.nps
    answers, reasons = countable(tables["surveys"].frame, now)
    recent = answers[answers["answered_on"] > pd.Timestamp(now).normalize() - pd.Timedelta(days=metric.window_days)]
    scores = latest_of_contacts(recent, settings.per == "client")
    n = len(scores)
    if n == 0:
        return Found(
            None, 0, joined("No answer within 12 months." if metric.window_days == 365 else "No recent answer.")
        )
    promoters, detractors = sides(playbook, scores)
    passives = n - promoters - detractors
    counts = f"{counted(n, 'answer')}: {promoters} would recommend us, {passives} in between, {detractors} would not."
    origin = counted(n, "answer")
    if n < settings.least_answers:
        short = f"{counted(settings.least_answers - n, 'more answer')} for a first score."
        return Found(None, n, joined(counts, left_out(reasons)), origin, way=short)
    score, half = net_score(promoters, detractors, n, playbook.settings.interval.confidence)
    low, high = max(-100.0, score - half), min(100.0, score + half)
    range_ = f"Anything from {low:.0f} to {high:.0f} is possible."
    sentence = joined(counts, range_, _by_quarter(playbook, answers, now), left_out(reasons))
    return Found(score, n, sentence, origin, low, high, _way(metric, score, promoters - detractors, n))


def net_score(promoters: int, detractors: int, n: int, confidence: float) -> tuple[float, float]:
    """The score, and half the width of its interval: every answer is a ticket of +1, 0 or −1."""
    share, against = promoters / n, detractors / n
    net = share - against
    spread = sqrt(max(0.0, share + against - net * net) / n)
    return net * 100, normal_quantile(confidence) * spread * 100


def promoters_needed(net: int, n: int, target: float) -> int:
    """How many more promoters reach the target, when each is one more answer as well."""
    return ceil((target / 100 * n - net) / (1 - target / 100) - EXACT)


def _way(metric: Metric, score: float, net: int, n: int) -> str:
    if not misses(metric, score) or metric.target is None or metric.target >= 100:
        return ""
    more = promoters_needed(net, n, metric.target)
    return f"{counted(more, 'more promoter')} would reach {metric.target:g}."


def countable(surveys: pd.DataFrame, now: datetime) -> tuple[pd.DataFrame, dict[str, int]]:
    """Answers that can count, and how many cannot, by reason."""
    scored = surveys[surveys["score"].notna()]
    whole = scored["score"].between(0, 10) & (scored["score"] % 1 == 0)
    dated = scored["answered_on"].notna()
    past = scored["answered_on"] <= pd.Timestamp(now)
    known = scored["key"].notna()
    reasons = {
        "with a score that is not a whole number from 0 to 10": int((~whole).sum()),
        "without Answered on": int((whole & ~dated).sum()),
        "answered after today": int((whole & dated & ~past).sum()),
        "of no known client": int((whole & past & ~known).sum()),
    }
    return scored[whole & past & known], reasons


def latest_of_contacts(answers: pd.DataFrame, per_client: bool) -> pd.Series:
    """The score of each contact's latest answer; per client, the mean over its contacts."""
    ordered = answers.assign(person=persons(answers), day=answers["answered_on"].dt.normalize()).sort_values(
        ["day", "score"], ascending=[True, False], kind="stable"
    )
    last = ordered.drop_duplicates(["key", "person"], keep="last")
    return last.groupby("key")["score"].mean() if per_client else last["score"]


def persons(answers: pd.DataFrame) -> pd.Series:
    """Who answered, told apart whatever the spelling; "" is the client's one without a name."""
    return answers["contact"].fillna("").astype("string").str.casefold().str.split().str.join(" ")


def sides(playbook: Playbook, scores: pd.Series) -> tuple[int, int]:
    """How many promoters and how many detractors there are among some scores."""
    settings = playbook.settings.nps
    return int((scores >= settings.promoter_from).sum()), int((scores < settings.passive_from).sum())


def _by_quarter(playbook: Playbook, answers: pd.DataFrame, now: datetime) -> str:
    """The last finished quarters that have enough answers of their own: "By quarter: 38 in Q2, 44 in Q3.\""""
    this = pd.Timestamp(now).to_period("Q")
    quarters = answers["answered_on"].dt.to_period("Q")
    parts: list[str] = []
    for quarter in _last_four(this):
        scores = latest_of_contacts(answers[quarters == quarter], playbook.settings.nps.per == "client")
        if len(scores) >= playbook.settings.nps.least_answers:
            promoters, detractors = sides(playbook, scores)
            year = "" if quarter.year == now.year else f" {quarter.year}"
            parts.append(f"{(promoters - detractors) / len(scores) * 100:.0f} in Q{quarter.quarter}{year}")
    return f"By quarter: {', '.join(parts)}." if parts else ""


def _last_four(this: pd.Period) -> Sequence[pd.Period]:
    return [this - back for back in (4, 3, 2, 1)]
