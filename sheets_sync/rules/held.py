"""Doubting the data before the clients: one reason that would put most of a tracker at risk at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook

WORRYING = (Level.WATCH, Level.RISK)


@dataclass(frozen=True)
class Held:
    """The clients as they are shown, and the ids of the warnings held back."""

    clients: pd.DataFrame
    reasons: tuple[str, ...] = ()


def hold_back(playbook: Playbook, clients: pd.DataFrame, warnings: pd.DataFrame, accepted: Collection[str]) -> Held:
    """Clients whose every warning is one that more than half of all (and at least ten) would stand under are shown
    Unknown, with that reason, until the team says that it is right (`run --accept`)."""
    numbers = playbook.settings.messy
    weighing = warnings[warnings["snoozed"].fillna("").eq("") & warnings["key"].isin(_worrying(clients))]
    people = weighing.groupby("id")["key"].nunique()
    doubted = [
        str(id)
        for id, number in people.items()
        if number >= numbers.clients and number > numbers.share * len(clients) and id not in accepted
    ]
    if not doubted:
        return Held(clients)
    shown = clients.copy()
    of_client = weighing.groupby("key")["id"].agg(frozenset)
    for ids in of_client[of_client.map(frozenset(doubted).issuperset)].unique():
        title = next(playbook.warnings[id].title for id in doubted if id in ids)
        keys = list(of_client[of_client == ids].index)
        shown.loc[keys, "level"] = Level.UNKNOWN
        shown.loc[keys, "health"] = f"{Level.UNKNOWN.symbol} Unknown"
        shown.loc[keys, "why"] = f"Held back: “{title}” would fit most clients at once. Is the tracker up to date?"
    return Held(shown, tuple(doubted))


def _worrying(clients: pd.DataFrame) -> pd.Index:
    return clients.index[clients["level"].isin(WORRYING)]
