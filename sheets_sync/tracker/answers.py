"""Answers to surveys: whose they are, whether a score is one, and one table of the tabs that hold them.

The team's own Surveys tab says whom it asked, the tab of a form what came back. An answer that stands in both is one,
and one that came after an invitation of that person belongs to it; an answer that nobody asked for has no Sent on, so
it counts as an opinion and is in neither part of the share that answers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.questions import rank_of
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import STRIDE, Found, Table

_EMAIL = re.compile(r"[^\s,;<>()\"']+@[^\s,;<>()\"']+\.[^\s,;<>()\"'.]+")
# Everybody may have an address there: it names no company.
_ANYBODY = re.compile(
    r"(gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|icloud|me|mac|aol|gmx|web|proton|protonmail|pm|mail|zoho"
    r"|yandex|t-online|freenet|orange|wanadoo|free|laposte|sfr|libero|btinternet|bluewin|fastmail|hey)\.[a-z.]{2,6}"
)
_SCALE = re.compile(r"\d+\s*(?:-|–|—|\.\.|to|bis|à|a|al|tot|until)\s*(\d+)|(?:out of|von|sur|/)\s*(\d+)", re.I)
_TOP, _DOUBTFUL = 10, 5
_WORDS = ("answered_on", "score", "did_well", "improve", "again", "other")


# ── Whose answer it is ───────────────────────────────────────────────────────────────────────────────────────────────


def by_email(emails: pd.Series, clients: pd.DataFrame) -> Any:
    """The client's key of each address: the client with that Email, else the only one with that domain; missing where
    there is none, or several."""
    whose: dict[str, set[str]] = defaultdict(set)
    for key, cell in clients["email"].dropna().items():
        for address in _EMAIL.findall(str(cell).casefold()):
            domain = address.rpartition("@")[2]
            whose[address].add(str(key))
            if not _ANYBODY.fullmatch(domain):
                whose[f"@{domain}"].add(str(key))
    keys: list[str | None] = []
    for cell in emails:
        address = "" if pd.isna(cell) else str(cell).casefold()
        named = whose.get(address) or whose.get(f"@{address.rpartition('@')[2]}") or set()
        keys.append(next(iter(named)) if len(named) == 1 else None)
    return pd.array(keys, dtype="string")


def named_persons(frame: pd.DataFrame, clients: pd.DataFrame, named: Any) -> pd.Series:
    """Contact, filled: where only the address told the client (not `named`), by what was typed as Client; else by Key
    contact where it is that client's own address, else by the address."""
    contact, email, key = frame["contact"], frame["email"], frame["key"]
    typed = frame["client"].where(~pd.Series(named, index=frame.index) & key.notna())
    own = key.map(clients["email"]).astype("string").str.casefold() == email.str.casefold()
    known = key.map(clients["key_contact"]).astype("string").where(own.fillna(False))
    return contact.fillna(typed).fillna(known).fillna(email)


def strangers(table: Table, rows: Sequence[int]) -> list[Problem]:
    """Answers (places in the frame) that name no client, and whose address is none's."""
    if not rows:
        return []
    lines = table.frame.iloc[list(rows)]
    words = [shown(str(email)) for email in lines["email"]]
    many = f"{len(words)} answers come from addresses of no client"
    hint = "Enter it in Clients, in a column Email, or the client’s name beside the answer in a column Client."
    one = f"{words[0]} is the address of no client."
    numbers = [int(row) for row in lines["row"]]
    return [gather_rows(range(len(words)), lambda i: table.ref("email", numbers[i]), one, many, hint, words)]


# ── Whether it is a score ────────────────────────────────────────────────────────────────────────────────────────────


def of_ten(table: Table) -> tuple[Table, list[Problem]]:
    """A form's scores, taken out where the scale is not 0–10: a 5 of 5 would make a happy client an unhappy one. The
    header may say the scale; where it does not, an answer above 5 (or a 0) proves it."""
    found = table.columns.get("score")
    scores = table.frame["score"].dropna()
    if found is None or not len(scores) or not rank_of(TABLES["surveys"]["score"], found.header):
        return table, []
    said = _SCALE.search(found.header)
    top = int(said[1] or said[2]) if said else None
    if top == _TOP or (top is None and (scores.max() > _DOUBTFUL or scores.min() < 1)):
        return table, []
    number = f"{len(scores)} answers are" if len(scores) > 1 else "the one answer is"
    if top is not None:
        message = f"A score goes from 0 to 10, and this scale to {top}: {number} not counted as a score."
        hint = "In the form, make it a linear scale from 0 to 10."
    else:
        message = f"No answer is above 5. On a scale of 1–5 that would be no score from 0 to 10: {number} not counted."
        hint = "If the scale is 0–10, say so behind the question in this cell: (0–10)."
    problem = Problem(replace(table.ref("score", table.header_row)), message, hint, count=len(scores))
    given = {int(row): f"{score:g}" for row, score in zip(table.frame["row"], table.frame["score"], strict=True)
             if not pd.isna(score)}  # fmt: skip
    unreadable = {**table.unreadable, "score": {**table.unreadable.get("score", {}), **given}}
    blank = table.frame["score"].where(pd.Series(False, index=table.frame.index))
    return replace(table, frame=table.frame.assign(score=blank), unreadable=unreadable), [problem]


# ── One table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def together(parts: Sequence[Table]) -> Table:
    """Several tabs of answers as one table: the first one's rows as they are, then those of the others that are not in
    it already. A row of the first that an answer belongs to takes over what it lacks (`lent`)."""
    first, *others = parts
    if not others:
        return first
    moved = [part.frame.assign(row=part.frame["row"] + number * STRIDE) for number, part in enumerate(parts)]
    frame = pd.concat(moved, ignore_index=True)
    theirs = frame.index[frame["row"] >= STRIDE]
    belongs = _belonging(frame, theirs)
    lent: dict[tuple[str, int], int] = {}
    for answer, invitation in belongs.items():
        for name in frame.columns.difference(["row", "key", "client", "client_id"]):
            if pd.isna(frame.at[invitation, name]) and not pd.isna(frame.at[answer, name]):
                frame.at[invitation, name] = frame.at[answer, name]
                lent[name, int(frame.at[invitation, "row"])] = int(frame.at[answer, "row"])
    rows = {int(frame.at[a, "row"]): int(frame.at[i, "row"]) for a, i in belongs.items()}
    columns: dict[str, Found] = {}
    unreadable: dict[str, dict[int, str]] = {}
    for number, part in enumerate(parts):
        columns = {**part.columns, **columns}
        for name, cells in part.unreadable.items():
            at = {row + number * STRIDE: text for row, text in cells.items()}
            unreadable.setdefault(name, {}).update({rows.get(row, row): text for row, text in at.items()})
    kept = frame.drop(index=list(belongs)).reset_index(drop=True)
    return replace(first, frame=kept, columns=columns, unreadable=unreadable, parts=tuple(parts), lent=lent)


def rated_together(surveys: Table, ratings: Sequence[Table]) -> Table:
    """The ratings of several tabs, by the rows of the survey that they became part of."""
    if len(ratings) < 2:
        return ratings[0]
    moved = {answer: row for (_, row), answer in surveys.lent.items()}
    frames: list[pd.DataFrame] = []
    unreadable: dict[str, dict[int, str]] = {}
    for number, part in enumerate(ratings):
        rows = part.frame["row"] + number * STRIDE
        frames.append(part.frame.assign(row=rows.map(lambda row: moved.get(row, row)).astype("int64")))
        for name, cells in part.unreadable.items():
            unreadable[name] = {**unreadable.get(name, {}), **{row + number * STRIDE: t for row, t in cells.items()}}
    frame = pd.concat(frames, ignore_index=True).sort_values(["row", "column"], ignore_index=True)
    return replace(ratings[0], frame=frame, unreadable=unreadable)


def _may_be_one(one: str, other: str) -> bool:
    """Whether two contacts may be one person; a name and an address cannot be told apart."""
    return not one or not other or one == other or ("@" in one) != ("@" in other)


def _belonging(frame: pd.DataFrame, theirs: pd.Index) -> Mapping[int, int]:
    """Which row of the first tab an answer of another one belongs to (both by place in the frame): the same answer
    typed there too, or the person's latest invitation before it, as long as nothing came back to that."""
    person = [normal(name) for name in frame["contact"].fillna("").astype(str)]
    keys = frame["key"].to_numpy(object, na_value=None)
    sent, came = (frame[name].to_numpy("datetime64[D]") for name in ("sent_on", "answered_on"))
    scores = frame["score"].to_numpy(float, na_value=np.nan)
    unanswered = frame[list(_WORDS)].isna().all(axis=1).to_numpy()
    ours: dict[str, list[int]] = defaultdict(list)
    for place in np.flatnonzero((frame["row"] < STRIDE) & frame["key"].notna()).tolist():
        ours[keys[place]].append(place)
    dated = [place for place in theirs if keys[place] is not None and not np.isnat(came[place])]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for answer in sorted(dated, key=lambda place: came[place]):
        left = [place for place in ours.get(keys[answer], ()) if _may_be_one(person[place], person[answer])]
        same = [place for place in left if came[place] == came[answer] and _same(scores[place], scores[answer])]
        asked = [place for place in left if sent[place] <= came[answer]]
        last = max(asked, key=lambda place: (person[place] == person[answer], sent[place], place), default=None)
        meant = [*same, *([last] if last is not None and unanswered[last] else [])]
        if (one := next((place for place in meant if place not in taken), None)) is not None:
            found[answer] = one
            taken.add(one)
    return found


def _same(one: float, other: float) -> bool:
    return bool(one == other or np.isnan(one) or np.isnan(other))
