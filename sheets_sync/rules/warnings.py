"""Which warnings fired for whom, how badly, why, and what clears them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Level, Ref
from sheets_sync.playbook.conditions import Count, counting, evaluate, fires
from sheets_sync.playbook.schema import Playbook, Warning_
from sheets_sync.rules.by_client import Array, answers
from sheets_sync.rules.facts import first_fact, first_of, wheres
from sheets_sync.rules.people import owner_of
from sheets_sync.rules.sentences import date_in_words, fill
from sheets_sync.tracker.history import History
from sheets_sync.tracker.tables import Tables

COLUMNS = ("key", "id", "title", "level", "sentence", "clears_when", "since", "do", "short", "owner", "ref",
           "hard_drop", "snoozed", "snooze_until")  # fmt: skip
_ORDER = {Level.RISK: 0, Level.WATCH: 1}


def find(
    playbook: Playbook,
    facts: pd.DataFrame,
    tables: Tables,
    history: History,
    inputs: pd.DataFrame,
    now: datetime,
    last: bool = False,
) -> pd.DataFrame:
    """The warnings that fired, worst first within each client, clients in their order. With `last` only those that are
    read after all others (an escalation), without it all but those, so that red cannot keep itself red [A51].

    `level` is watch or risk; `since` the day it was first seen; `ref` the cell behind it; `snoozed` says until when and
    why ("" = not snoozed), and a snoozed warning does not weigh on the level.

             key       id            title level                           sentence      since           ref
    0  aldgate    silence  No sign of life  risk  No sign of life since 28 Sep; th… 2026-11-01  Clients!I4 …
    1  aldgate  low_score        Low score  risk    4/10 of 3 Nov is unanswered.    2026-11-03  Surveys!H9 …
    """
    count = counting({name: table.frame for name, table in tables.by_name.items() if table.present}, facts.index, now)
    parts = []
    for id, entry in playbook.warnings.items():
        if entry.last is last:
            fired = answers(fires(entry.when, entry.any, facts, tables.extra, count, now))
            if fired.any():
                shown = facts[fired]
                levels, refs = _levels(entry, shown, tables, count, now), _refs(entry, shown, tables, count, now)
                parts.append(_lines(id, entry, shown, tables, levels, refs, now))
    if not parts:
        return _empty()
    found = pd.concat(parts, ignore_index=True)
    found["since"] = _since(found, history, now)
    found["snoozed"], found["snooze_until"] = _snoozed(found, inputs, now)
    return in_order(playbook, found, facts)


def in_order(playbook: Playbook, found: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Warnings by client in the order of the clients, the worst first, then those not snoozed, then as the playbook
    lists them."""
    place = facts.index.get_indexer(found["key"])
    level = found["level"].map(_ORDER).to_numpy(int)
    snoozed = found["snoozed"].ne("").to_numpy(bool)
    listed = found["id"].map({id: i for i, id in enumerate(playbook.warnings)}).to_numpy(int)
    return found.iloc[np.lexsort((listed, level, snoozed, place))].reset_index(drop=True)


def _levels(entry: Warning_, shown: pd.DataFrame, tables: Tables, count: Count, now: datetime) -> Array:
    risk = np.zeros(len(shown), bool)
    if entry.risk_when:
        risk |= answers(evaluate(entry.risk_when, shown, tables.extra, count, now))
    for part in entry.risk_any:
        risk |= answers(evaluate(part, shown, tables.extra, count, now))
    return np.where(risk, Level.RISK, entry.level)


def _lines(
    id: str, entry: Warning_, shown: pd.DataFrame, tables: Tables, levels: Array, refs: list[Ref], now: datetime
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": shown.index,
            "id": id,
            "title": entry.title,
            "level": [Level(level) for level in levels],
            "sentence": fill(entry.why, shown, now),
            "clears_when": fill(entry.clears, shown, now),
            "do": fill(entry.do, shown, now),
            "short": fill(entry.short or entry.do, shown, now),
            "owner": owner_of(entry, tables, tables["clients"].frame.index.get_indexer(shown.index)),
            "ref": refs,
            "hard_drop": entry.hard_drop,
        }
    )


def _refs(entry: Warning_, shown: pd.DataFrame, tables: Tables, count: Count, now: datetime) -> list[Ref]:
    """The cells behind a warning: where the fact came from that its condition names, the status aside; with several
    alternatives, the first one that holds."""
    found = wheres(tables, shown, first_fact(entry) or "status")
    for part in reversed(entry.any):
        holds = answers(evaluate(part, shown, tables.extra, count, now))
        if (fact := first_of((entry.when, part))) and holds.any():
            theirs = iter(wheres(tables, shown[holds], fact))
            found = [next(theirs) if held else ref for held, ref in zip(holds, found, strict=True)]
    return found


def _since(found: pd.DataFrame, history: History, now: datetime) -> pd.Series:
    seen: Mapping[tuple[str, str], object] = {(key, id): since for key, id, since in history.warnings}
    days = [seen.get(pair, now.date()) for pair in zip(found["key"].tolist(), found["id"].tolist(), strict=True)]
    return pd.Series(days, index=found.index, dtype="datetime64[us]")


def _snoozed(found: pd.DataFrame, inputs: pd.DataFrame, now: datetime) -> tuple[list[str], pd.Series]:
    """Until when and why a warning is snoozed. Without a reason it isn't: a date alone would only hide it."""
    today = pd.Timestamp(now.date())
    kept = inputs[answers(inputs["snooze_until"].gt(today)) & inputs["reason"].notna() & inputs["done_on"].isna()]
    words: dict[tuple[str, str], tuple[str, datetime]] = {}
    rows = zip(*(kept[name] for name in ("key", "entry", "snooze_until", "reason")), strict=True)
    for key, entry, until, reason in sorted(rows, key=lambda row: row[2]):
        words[key, entry] = (f"snoozed to {date_in_words(until, now)}: {str(reason).strip()}", until)
    pairs = list(zip(found["key"].tolist(), found["id"].tolist(), strict=True))
    notes = [words[pair][0] if pair in words else "" for pair in pairs]
    untils = [words[pair][1] if pair in words else pd.NaT for pair in pairs]
    return notes, pd.Series(untils, index=found.index, dtype="datetime64[us]")


def _empty() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    return frame.astype({"since": "datetime64[us]", "snooze_until": "datetime64[us]", "hard_drop": bool})
