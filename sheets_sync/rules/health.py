"""Every client's level: the score of its dimensions, never better than its worst warning."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, answers, either, texts
from sheets_sync.rules.dimensions import KNOWN, NOT_APPLICABLE, OFF, Dimension, as_frame, dimensions
from sheets_sync.rules.why import Whys
from sheets_sync.tracker.history import History
from sheets_sync.tracker.tables import Tables

UNKNOWN, OK, WATCH, RISK = range(4)
_LEVELS = np.array([Level.UNKNOWN, Level.OK, Level.WATCH, Level.RISK], dtype=object)
_NO_HEALTH = {"prospect": "Prospect", "paused": "Paused", "completed": "Ended well", "churned": "Left"}
_NAMES = {Level.UNKNOWN: "Unknown", Level.OK: "Healthy", Level.WATCH: "Watch", Level.RISK: "At risk"}


def assess_health(
    playbook: Playbook, facts: pd.DataFrame, warnings: pd.DataFrame, tables: Tables, history: History, now: datetime
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each client's level with its words, and the dimensions behind it, mission section 3 [B3] [B8] [C1].

    Clients: index `key` · row client owner status tier fee · level score (0–100 in steps, NA) coverage (0–1) health why
    since (the day from which the level stands). For A51 call it first with the warnings and facts before escalations.

                    level  score  coverage     health                                   why       since
    aldgate legal    risk   15.0       1.0  ✖ At risk  No sign of life since 28 Sep; they…  2026-11-01
    corvid coffee      ok   95.0       1.0  ● Healthy           Spoke on 20 Nov. No open…  2026-11-23
    """
    found = dimensions(playbook, facts, tables, now)
    score, coverage, band = _score(playbook, facts, found)
    judged = ~facts["status"].isin(playbook.settings.status.no_health).to_numpy(bool)
    # Unknown never hides a worse one: the higher rank of the two.
    ranks = np.maximum(band, _from_warnings(playbook, facts, warnings))
    levels = either(judged, _LEVELS[ranks], Level.NONE)
    clients = tables["clients"].frame
    frame = pd.DataFrame(
        {
            "row": clients["row"],
            "client": clients["client"],
            "owner": clients["owner"],
            "status": facts["status"],
            "tier": clients["tier"],
            "fee": clients["monthly_fee"],
            "level": levels,
            "score": pd.arrays.FloatingArray(np.nan_to_num(score), np.isnan(score) | ~judged),
            "coverage": np.where(judged, coverage, 0.0),
            "health": _words(facts, levels),
        },
        index=facts.index,
    )
    frame["why"] = Whys(playbook, facts, found, warnings, _LEVELS[band], tables, history, now).sentences(levels)
    frame["since"] = _since(frame, history, now)
    return frame, as_frame(found, facts)


def _score(playbook: Playbook, facts: pd.DataFrame, found: tuple[Dimension, ...]) -> tuple[Array, Array, Array]:
    """The stepped score, the coverage, and the rank of the level that they alone would give."""
    numbers = playbook.settings.health
    points = np.array([dimension.points for dimension in found])
    state = np.array([dimension.state for dimension in found])
    weight = np.array([dimension.weight for dimension in found])[:, None]
    new = answers(facts["is_new"])
    beside = np.array([dimension.name != "contact" for dimension in found])[:, None]
    counted = ~np.isin(state, (OFF, NOT_APPLICABLE)) & (weight > 0) & ~(beside & new)
    known = counted & (state == KNOWN)
    asked, had = (counted * weight).sum(axis=0), (known * weight).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, points * weight, 0.0).sum(axis=0) / np.where(had > 0, had, np.nan)
    # Halves go up; the tiny sum keeps 67.49999… from falling below a half that it is.
    score = np.floor((mean + 1e-9) / numbers.step + 0.5) * numbers.step
    coverage = np.where(asked > 0, had / np.where(asked > 0, asked, 1.0), 0.0)
    anchor = np.array([dimension.name in numbers.one_of for dimension in found])[:, None]
    enough = (known.sum(axis=0) >= np.minimum(numbers.known, counted.sum(axis=0))) & (known & anchor).any(axis=0)
    floor = enough & (coverage >= numbers.coverage - 1e-9)
    band = np.select(
        [np.isnan(score), new, score < numbers.bands.watch, score < numbers.bands.healthy, floor],
        [UNKNOWN, OK, RISK, WATCH, OK],
        UNKNOWN,
    )
    return score, coverage, band


def _from_warnings(playbook: Playbook, facts: pd.DataFrame, warnings: pd.DataFrame) -> Array:
    """What the warnings that are not snoozed make of each client: the worst, and hard drops that add up to risk."""
    numbers = playbook.settings.health.drops
    counted = warnings[warnings["snoozed"].eq("")]
    at, n = facts.index.get_indexer(counted["key"]), len(facts)
    drop = counted["hard_drop"].to_numpy(bool)
    drops = np.bincount(at[drop], minlength=n)
    beside = np.bincount(at[counted["id"].isin(numbers.with_one).to_numpy(bool)], minlength=n)
    ranks: Array = np.zeros(n, int)
    np.maximum.at(ranks, at, np.where(counted["level"].eq(Level.RISK).to_numpy(bool), RISK, WATCH))
    ranks[(drops >= numbers.for_risk) | ((drops > 0) & (beside > 0))] = RISK
    return ranks


def _words(facts: pd.DataFrame, levels: Array) -> list[str]:
    new = answers(facts["is_new"])
    words = []
    for level, status, is_new in zip(levels, texts(facts["status"]), new, strict=True):
        if level is Level.NONE:
            words.append(f"{level.symbol} {_NO_HEALTH.get(status, status.capitalize())}")
        else:
            words.append(f"{level.symbol} {'New' if is_new and level is Level.OK else _NAMES[level]}")
    return words


def _since(clients: pd.DataFrame, history: History, now: datetime) -> pd.Series:
    # What an earlier run of today found is decided afresh.
    last = {key: (day, level) for day, key, level in history.levels if day < now.date()}
    days = [
        last[key][0] if key in last and last[key][1] == level else now.date()
        for key, level in zip(clients.index.tolist(), clients["level"].tolist(), strict=True)
    ]
    return pd.Series(days, index=clients.index, dtype="datetime64[us]")
