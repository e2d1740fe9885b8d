"""What several clients say alike: themes of issues and answers, root causes that come back, and where we are hard to
work with. Who complains speaks for others, so each theme also names who might have it too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook, Theme
from sheets_sync.rules.by_client import Array, Records, day_of, numbers, records
from sheets_sync.tracker.tables import Tables

COLUMNS = ("entry", "title", "theme", "clients", "times", "first", "last", "said", "mentioned", "silent")
_WORD = re.compile(r"[^\W_]+")
_NO_NAME = "not said where"


def themes(playbook: Playbook, tables: Tables, facts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Each theme that enough clients have within the days that its entry says, most clients first [A5] [A39] [A55]
    [C12] [E4].

    entry (of the playbook) · title · theme (as it was last written) · clients (how many) · times · first · last (days)
    · said (their keys, a line each) · mentioned (keys of those who only wrote of it in an answer) · silent (keys of
    present clients with the same service who said nothing of it; for themes alone).

          entry            title     theme  clients  times       first        last               said
    0  repeated  Repeated themes  invoices        3      4  2026-09-14  2026-11-20  foxglove\\naldgate…
    """
    rows = [
        row
        for name, entry in playbook.themes.items()
        for row in _of_entry(name, entry, _said(entry, tables, now), tables, facts, playbook)
    ]
    board = pd.DataFrame(rows, columns=list(COLUMNS))
    return board.astype({"first": "datetime64[us]", "last": "datetime64[us]"})


def folded(words: str) -> str:
    """A theme however it is written: "Invoices", "invoice" and "INVOICE " are one."""
    parts = _WORD.findall(words.casefold())
    return " ".join(part[:-1] if len(part) > 3 and part.endswith("s") and part[-2] != "s" else part for part in parts)


def _of_entry(
    name: str, entry: Theme, said: pd.DataFrame, tables: Tables, facts: pd.DataFrame, playbook: Playbook
) -> Iterator[tuple[object, ...]]:
    said = said[said["key"].isin(facts.index)]
    by_theme = said.groupby("theme", sort=False)
    enough = by_theme["key"].nunique()
    enough = enough[enough >= entry.clients_at_least]
    found, places = [], by_theme.indices
    for theme in enough.index:
        lines = said.iloc[places[theme]].sort_values("on", kind="stable")
        own = lines[~lines["mention"]]
        keys = list(dict.fromkeys(lines["key"]))
        spelling = own["spelling"].iloc[-1]
        named = set(own["key"])
        only = [key for key in keys if key not in named]
        silent = _silent(keys, facts, playbook) if entry.each == "theme" else []
        found.append(
            (name, entry.title, spelling, len(keys), len(lines), lines["on"].iloc[0], lines["on"].iloc[-1],
             "\n".join(keys), "\n".join(only), "\n".join(silent))
        )  # fmt: skip
    yield from sorted(found, key=lambda row: (-row[3], -row[4], row[2]))


def _said(entry: Theme, tables: Tables, now: datetime) -> pd.DataFrame:
    """One row a mention within the entry's days: key, theme (folded), spelling, on, mention (only in an answer)."""
    today = day_of(now)
    first = today - entry.in_last_days
    if entry.each == "root cause":
        return _lines(records(tables, "issues"), "root_cause", "raised_at", first, today)
    if entry.each == "friction":
        talks, signals = records(tables, "interactions"), records(tables, "signals")
        heard = _lines(talks, "type", "date", first, today, talks.is_in("signal", {"friction"}))
        seen = _lines(signals, "note", "date", first, today, signals.is_in("kind", {"friction"}))
        return pd.concat([heard, seen], ignore_index=True)
    own = [
        _lines(records(tables, "issues"), "theme", "raised_at", first, today),
        _lines(records(tables, "surveys"), "theme", "answered_on", first, today),
    ]
    named = pd.concat(own, ignore_index=True)
    return pd.concat([named, _mentions(named, records(tables, "surveys"), first, today)], ignore_index=True)


def _lines(
    found: Records,
    column: str,
    day: str,
    first: np.datetime64,
    today: np.datetime64,
    mask: Array | None = None,
) -> pd.DataFrame:
    """The rows of a table within the days; those that `mask` picks count without a word, too."""
    on = found.days(day)
    kept = found.known & (on > first) & (on <= today)
    kept &= mask if mask is not None else ~found.blank(column)
    rows = np.flatnonzero(kept)
    codes, words = found.factors(column)
    spellings = np.array([*words, _NO_NAME], dtype=object)[codes[rows]]
    keys = {word: folded(word) for word in set(spellings)}
    return _frame(found, rows, [keys[word] for word in spellings], spellings, on, mention=False)


def _mentions(named: pd.DataFrame, surveys: Records, first: np.datetime64, today: np.datetime64) -> pd.DataFrame:
    """Answers to "what could be better" that hold every word of a theme that somebody has named."""
    on = surveys.days("answered_on")
    rows = np.flatnonzero(surveys.known & (on > first) & (on <= today) & ~surveys.blank("improve"))
    by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for theme in dict.fromkeys(named["theme"]):
        if theme:
            by_word.setdefault(theme.split()[0], []).append((theme, frozenset(theme.split())))
    hits, said = [], []
    codes, every = surveys.factors("improve")
    spoken_in = {code: set(folded(every[code]).split()) for code in set(codes[rows].tolist())}
    for row, code in zip(rows.tolist(), codes[rows].tolist(), strict=True):
        spoken = spoken_in[code]
        for word in sorted(spoken & by_word.keys()):
            held = [theme for theme, parts in by_word[word] if parts <= spoken]
            hits += [row] * len(held)
            said += held
    return _frame(surveys, np.array(hits, dtype=int), said, np.array(said, dtype=object), on, mention=True)


def _frame(found: Records, rows: Array, themes_: list[str], spellings: Array, on: Array, mention: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": found.frame["key"].to_numpy(object)[rows],
            "theme": np.array(themes_, dtype=object),
            "spelling": spellings,
            "on": on[rows].astype("datetime64[us]"),
            "mention": np.full(len(rows), mention),
        }
    )


def _silent(keys: list[str], facts: pd.DataFrame, playbook: Playbook) -> list[str]:
    """Present clients who buy what those buy and have not said it: they may have it too [C12]. Largest fee first."""
    service = facts["service"].str.casefold().str.strip()
    theirs = set(service.loc[keys].dropna())
    here = ~facts["status"].isin(playbook.settings.status.no_health)
    others = facts.index[(service.isin(theirs) & here & ~facts.index.isin(keys)).to_numpy(bool)]
    fees: Mapping[str, float] = dict(zip(facts.index, np.nan_to_num(numbers(facts["monthly_fee"])), strict=True))
    return sorted(others, key=lambda key: -fees[key])
