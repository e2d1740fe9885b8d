"""The way from an unhappy client to one who brings others: red, recovered, promoter, referred; a rung a client."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.rules.by_client import Array, answers, day_of, latest, records
from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.consent import STOPPED, stands
from sheets_sync.rules.staying import present

RED, RECOVERED, PROMOTER, REFERRED = "red", "recovered", "promoter", "referred"
RUNGS = (RED, RECOVERED, PROMOTER, REFERRED)


def advocates(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """Each client at present who stands on the ladder, the highest rung first [D18]. At risk now is red, whatever came
    before. Recovered: was at risk in the levels that are remembered, or a promise of Recovery was kept within a year,
    and is healthy now. Promoter: a fresh score that recommends us. Referred: a line of Care says so.

    key · rung (red, recovered, promoter, referred) · on (since when) · ready (for the next rung) · waits (a consent for
    marketing is missing for it) · was_red.

          key       rung         on  ready  waits  was_red
    0  corvid   referred 2026-05-04  False  False    False
    1  elm ivy  promoter 2026-11-02   True  False     True
    """
    facts, today = found.facts, day_of(now)
    level = found.clients["level"].to_numpy(object)
    since = found.clients["since"].to_numpy("datetime64[D]")
    red, fine = level == Level.RISK, level == Level.OK
    was, ended = _was_red(case, found, today)
    referred, promoter = (facts[name].to_numpy("datetime64[D]") for name in ("referred_on", "promoter_on"))
    rung = np.select(
        [red, ~np.isnat(referred), ~np.isnat(promoter), was & fine], [RED, REFERRED, PROMOTER, RECOVERED], ""
    ).astype(object)
    on = np.select([rung == RED, rung == REFERRED, rung == PROMOTER], [since, referred, promoter], ended)
    refused = stands(case.tables, facts.index, "marketing", now)
    next_one = (rung == PROMOTER) & (level != Level.WATCH) & answers(facts["may_ask_referral"]) & (refused != STOPPED)
    # Recovered, and not asked since: their next score may be the one of a promoter.
    asked = facts["latest_score_on"].to_numpy("datetime64[D]")
    ready = next_one | ((rung == RECOVERED) & ~(asked >= ended))
    frame = pd.DataFrame(
        {
            "key": pd.array(facts.index, "string"),
            "rung": rung,
            "on": on.astype("datetime64[us]"),
            "ready": ready,
            "waits": next_one & (refused != "allowed"),
            "was_red": was & ~red,
        }
    )
    height = np.array([-RUNGS.index(one) if one else 0 for one in rung], int)
    order = np.lexsort((np.arange(len(frame)), ~ready, height))
    kept = (rung != "") & present(case.playbook, case.tables, now)
    return frame.iloc[order[kept[order]]].reset_index(drop=True)


def _was_red(case: Case, found: Found, today: np.datetime64) -> tuple[Array, Array]:
    """Who was at risk, and since when no more: the day of the next level remembered, or of the last promise kept."""
    plans = records(case.tables, "recovery")
    kept_on = plans.days("kept_on")
    year = today - case.playbook.settings.care.window_days
    kept, _ = latest(plans, kept_on, (kept_on <= today) & (kept_on > year))
    place = {key: i for i, key in enumerate(found.facts.index)}
    ended: Array = kept.copy()
    last: dict[Any, Level] = {}
    for day, key, level in sorted(case.history.levels, key=lambda entry: entry[0]):
        if last.get(key) is Level.RISK and level is not Level.RISK and key in place:
            ended[place[key]] = np.fmax(ended[place[key]], np.datetime64(day, "D"))
        last[key] = level
    today_level = found.clients["level"].to_numpy(object)
    for key, level in last.items():
        if level is Level.RISK and key in place and today_level[place[key]] != Level.RISK:
            ended[place[key]] = today
    return ~np.isnat(ended), ended
