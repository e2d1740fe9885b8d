"""The way of a client, stage by stage: who is there now, what is in force there, and where it rubs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sheets_sync.playbook.conditions import counting, fires
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, answers, days, texts
from sheets_sync.rules.case import Case, Found

_OPEN = ("upcoming", "due", "overdue", "snoozed", "blocked")
_MOST = 3


def journey(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """The stages of the playbook in order [E4] [E5]. A client stands at the last one whose conditions fit.

    stage · clients (how many are there) · touchpoints · clocks · warnings (titles of what is in force there, as tuples)
    · rubs (what their issues of the look-back are about, most often first, as a tuple).

              stage  clients               touchpoints           clocks  warnings       rubs
    0  First inquiry        3                        ()              ()        ()         ()
    1  Project             11  (Kickoff, First win, …)  (First answer, …)        ()  (reports,)
    """
    playbook, at = case.playbook, _stage_of(case, found, now)
    rubs = _rubs(case, found, at, now)
    rows = []
    for number, stage in enumerate(playbook.journey):
        entries = _in_force(playbook, stage.sections)
        rows.append((stage.title, int((at == number).sum()), *entries, rubs.get(number, ())))
    return pd.DataFrame(rows, columns=["stage", "clients", "touchpoints", "clocks", "warnings", "rubs"])


def forgotten(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """Present clients for whom nothing is planned and with whom nobody spoke within the look-back [C5].

    key · last (our last contact, NaT = never)
    """
    settings, facts = case.playbook.settings, found.facts
    frame = found.touchpoints.frame
    planned = set(frame.loc[frame["state"].isin(_OPEN), "key"])
    since = np.datetime64(now.date() - timedelta(days=settings.look_back.days), "D")
    ours, theirs = days(facts["last_our_contact"]), days(facts["last_sign_of_life"])
    silent = ~((ours > since) | (theirs > since))
    present = ~facts["status"].isin(settings.status.no_health).to_numpy(bool)
    # Without a log nobody can say that a client was forgotten.
    logged = case.tables["interactions"].present or case.tables["clients"].has("last_contact")
    rows = present & silent & ~facts.index.isin(planned) & logged
    last = np.fmax(ours, theirs)[rows]
    return pd.DataFrame({"key": facts.index[rows].astype("string"), "last": last.astype("datetime64[us]")})


def _stage_of(case: Case, found: Found, now: datetime) -> Array:
    """The number of each client's stage; -1 where none fits."""
    facts, tables = found.facts, case.tables
    count = counting({name: table.frame for name, table in tables.by_name.items() if table.present}, facts.index, now)
    at = np.full(len(facts), -1)
    for number, stage in enumerate(case.playbook.journey):
        fits = answers(fires(stage.when, (), facts, tables.extra, count, now))
        at = np.where(fits, number, at)
    return at


def _in_force(playbook: Playbook, sections: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    kinds = (playbook.touchpoints, playbook.clocks, playbook.warnings)
    titles = ([one.title for one in entries.values() if one.section in sections] for entries in kinds)
    return tuple(tuple(dict.fromkeys(found)) for found in titles)


def _rubs(case: Case, found: Found, at: Array, now: datetime) -> dict[int, tuple[str, ...]]:
    frame = case.tables["issues"].frame
    since = pd.Timestamp(now.date() - timedelta(days=case.playbook.settings.look_back.days))
    recent = frame[frame["raised_at"].gt(since) & frame["raised_at"].le(pd.Timestamp(now)) & frame["key"].notna()]
    place = dict(zip(found.facts.index, at.tolist(), strict=True))
    told: dict[int, Counter[str]] = {}
    for key, theme in zip(recent["key"], texts(recent["theme"]), strict=True):
        if theme:
            told.setdefault(place.get(key, -1), Counter())[" ".join(str(theme).split()).lower()] += 1
    return {number: tuple(word for word, _ in words.most_common(_MOST)) for number, words in told.items()}
