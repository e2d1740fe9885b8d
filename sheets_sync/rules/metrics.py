"""The Scorecard's measures: each against its target, with how sure it is and the way there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pandas as pd

from sheets_sync.playbook.schema import Metric, Playbook
from sheets_sync.rules.engagement import engagement
from sheets_sync.rules.expansion import expansion_share
from sheets_sync.rules.loyalty import follows_loyalty, loyalty_participation
from sheets_sync.rules.measures import Found, verdict
from sheets_sync.rules.nps import nps
from sheets_sync.rules.on_time import on_time_rate
from sheets_sync.rules.response import response_rate
from sheets_sync.rules.retention import retention
from sheets_sync.rules.revenue_kept import grr, nrr
from sheets_sync.rules.tenure import tenure
from sheets_sync.rules.value import lifetime_value
from sheets_sync.tracker.tables import Tables

MEASURES: dict[str, Callable[[Playbook, Metric, Tables, datetime], Found]] = {
    "nps": nps,
    "retention": retention,
    "expansion_share": expansion_share,
    "tenure": tenure,
    "lifetime_value": lifetime_value,
    "grr": grr,
    "nrr": nrr,
    "response_rate": response_rate,
    "engagement": engagement,
    "loyalty_participation": loyalty_participation,
}


def metrics(
    playbook: Playbook,
    tables: Tables,
    now: datetime,
    kept: Callable[[], pd.DataFrame] | None = None,
    began: date | None = None,
) -> pd.DataFrame:
    """One row a metric of the playbook, in its order; columns as in Assessment.metrics. Shares are 0–1, NPS −100…100,
    tenure in months, worth in money; `origin` says what it is counted from, `way` what would reach the target. `kept`
    gives what has fallen due (kept.gathered) since counting `began`; left out, nothing has. Loyalty is left out where
    a tracker holds nothing on it.

              id  value  target         verdict   n    low   high    origin
    0  retention   0.85    0.85  can't tell yet  20  0.640  0.948  17 of 20
    1     tenure  28.50   12.00             met  40  25.10  31.90
    """
    rows = []
    for name, metric in playbook.metrics.items():
        if name == "loyalty_participation" and not follows_loyalty(playbook, tables):
            continue
        if name == "on_time_rate":
            owed = kept() if kept else pd.DataFrame({"id": [], "due": [], "in_time": []})
            found = on_time_rate(playbook, metric, owed, began or now.date(), now)
        else:
            found = MEASURES[name](playbook, metric, tables, now)
        rows.append(
            {
                "id": name,
                "title": metric.title,
                "value": found.value,
                "target": metric.target,
                "verdict": verdict(metric, found),
                "n": found.n,
                "low": found.low,
                "high": found.high,
                "sentence": found.sentence,
                "origin": found.origin,
                "unit": metric.unit,
                "way": found.way,
            }
        )
    columns = ["id", "title", "value", "target", "verdict", "n", "low", "high", "sentence", "origin", "unit", "way"]
    numbers = dict.fromkeys(("value", "target", "low", "high"), "Float64")
    texts = dict.fromkeys(("id", "title", "verdict", "sentence", "origin", "unit", "way"), "string")
    return pd.DataFrame(rows, columns=columns).astype({**numbers, **texts, "n": "Int64"})
