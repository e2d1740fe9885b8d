"""The natural next step to offer a client, once things go well, and what stands in its way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, Records, days, numbers, records, texts
from sheets_sync.rules.opportunities import CLOSED, LOST, WON, ended
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.tracker.tables import Tables

OFFER, IN_TALKS, BLOCKED = "offer", "in talks", "blocked"
_SEVERAL = re.compile(r"[,;+\n]")


def offer(playbook: Playbook, facts: pd.DataFrame, tables: Tables, clients: pd.DataFrame, now: datetime) -> pd.Series:
    """What to offer each client next, "" for nothing: the `step` of `next_steps` where its state is offer.

    aldgate legal                        ''
    corvid coffee    'Website redesign'
    """
    found = next_steps(playbook, facts, tables, clients, now)
    found = found[found["state"].eq(OFFER)]
    return found.set_index("key")["step"].reindex(facts.index).fillna("").astype(object)


def next_steps(
    playbook: Playbook, facts: pd.DataFrame, tables: Tables, clients: pd.DataFrame, now: datetime
) -> pd.DataFrame:
    """The natural next step of every present client that has one and has not bought it [A3] [A56] [A57] [A58] [A59].

    By service (Clients, else the newest project's), else by Engagement. `clients` has level and why, as in Assessment.
    key · step · after (what they have now) · state (offer, in talks, blocked) · reason (what stands in the way, "" =
    nothing).

           key                    step          after    state                              reason
    0  aldgate  Implementation retain…  Revenue Road…  blocked  At risk: No sign of life since 28…
    1   corvid        Website redesign  Brand Strateg    offer
    """
    bought = _bought(tables)
    by_service = {_plain(service): step for service, step in playbook.growth.next.items()}
    services = [_split(one) for one in _services(facts, tables)]
    engagement, present = texts(facts["engagement"]), ~clients["level"].eq(Level.NONE).to_numpy(bool)
    open_, refused = _talks(playbook, tables, now)
    reasons = in_the_way(playbook, facts, clients)
    rows = []
    for i in np.flatnonzero(present).tolist():
        step, after = _step(playbook, by_service, services[i], engagement[i], bought.get(i, frozenset()))
        if not step:
            continue
        state, reason = (BLOCKED, reasons[i]) if reasons[i] else (OFFER, "")
        if open_.get(i, frozenset()) & {_plain(step), ""}:
            state, reason = IN_TALKS, ""
        elif no := refused.get((i, _plain(step))):
            state, reason = BLOCKED, f"They said no to it on {date_in_words(no, now)}."
        rows.append((facts.index[i], step, after, state, reason))
    frame = pd.DataFrame(rows, columns=["key", "step", "after", "state", "reason"], dtype=object)
    return frame.astype({"key": "string"})


def in_the_way(playbook: Playbook, facts: pd.DataFrame, clients: pd.DataFrame, unknown: bool = True) -> Array:
    """Why each client should not be talked to about more work now, as a sentence; "" = nothing stands in the way.
    With `unknown`, a client who cannot be judged is not either."""
    blocks = set(playbook.growth.blocked_by)
    levels, why = clients["level"].to_numpy(object), texts(clients["why"])
    words: Array = np.full(len(levels), "", dtype=object)
    issue = (numbers(facts["open_issues"]) > 0) & ("open issue" in blocks)
    names = texts(facts["complaint"])
    for i in np.flatnonzero(issue):
        words[i] = f"“{names[i]}” is open." if names[i] else "An issue is open."
    for level, name in ((Level.WATCH, "On watch"), (Level.RISK, "At risk")):
        if level.value in blocks:
            for i in np.flatnonzero(levels == level):
                words[i] = f"{name}: {why[i]}" if why[i] else f"{name}."
    kept = playbook.settings.retention
    for states, said in ((kept.paused, "They are paused."), (kept.left, "They have left.")):
        words[np.isin(texts(facts["status"]), states)] = said
    if unknown:
        for i in np.flatnonzero((levels == Level.UNKNOWN) & (words == "")):
            words[i] = why[i] or "Cannot be judged yet."
    return words


def _step(
    playbook: Playbook,
    by_service: dict[str, str],
    services: Sequence[str],
    engagement: str | None,
    bought: frozenset[str],
) -> tuple[str, str]:
    """The step and what it follows: a line for one of their services wins over the one for their Engagement."""
    own = {_plain(one) for one in services}
    have = bought | own
    named = [(by_service[plain], one) for one in services if (plain := _plain(one)) in by_service]
    if named:
        return next(((step, after) for step, after in named if _plain(step) not in have), ("", ""))
    step = playbook.growth.otherwise.get(engagement or "", "")
    # Whoever has any retainer has an ongoing one.
    kind = _plain(step).rsplit(" ", 1)[-1]
    if not step or any(one.rsplit(" ", 1)[-1] == kind for one in have if one):
        return "", ""
    return step, ", ".join(services) or f"a {engagement}"


def _services(facts: pd.DataFrame, tables: Tables) -> Array:
    """What each client has now: Service, else the service of the newest project."""
    own, newest = texts(facts["service"]), texts(_newest(tables, facts.index))
    return np.where(own == None, newest, own)  # noqa: E711


@lru_cache(maxsize=4096)
def _split(service: str | None) -> tuple[str, ...]:
    """The services of a cell that names several."""
    return tuple(" ".join(part.split()) for part in _SEVERAL.split(service or "") if part.strip())


def _bought(tables: Tables) -> dict[int, frozenset[str]]:
    """What each client (by position) has bought: services of Projects and Revenue, and opportunities that were won."""
    found: dict[int, set[str]] = {}
    for name, column in (("projects", "service"), ("revenue", "service"), ("opportunities", "next_service")):
        table = records(tables, name)
        kept = table.is_in("outcome", {"won"}) if name == "opportunities" else np.ones(len(table.at), bool)
        for client, service in _pairs(table, column, kept):
            found.setdefault(client, set()).update(_plain(one) for one in (service, *_split(service)))
    return {client: frozenset(services) for client, services in found.items()}


def _pairs(table: Records, column: str, kept: Array) -> list[tuple[int, str]]:
    """The different pairs of client and word among some rows."""
    codes, words = table.factors(column)
    rows = kept & table.known & (codes >= 0)
    pairs = np.unique(table.at[rows].astype(np.int64) * max(len(words), 1) + codes[rows])
    return [(int(pair) // len(words), str(words[int(pair) % len(words)])) for pair in pairs]


def _talks(
    playbook: Playbook, tables: Tables, now: datetime
) -> tuple[dict[int, frozenset[str]], dict[tuple[int, str], datetime]]:
    """What is talked about with each client ("" = no service is named), and what was refused lately, since when."""
    table = records(tables, "opportunities")
    states, on = ended(table, now), table.days("closed_on")
    open_: dict[int, set[str]] = {}
    refused: dict[tuple[int, str], datetime] = {}
    again = np.datetime64(now.date() - timedelta(days=playbook.growth.again_after_days), "D")
    for i, service in enumerate(table.text("next_service")):
        client, plain = int(table.at[i]), _plain(service or "")
        if client < 0:
            continue
        if states[i] not in (WON, LOST, CLOSED):
            open_.setdefault(client, set()).add(plain)
        elif states[i] == LOST and on[i] > again:
            refused[client, plain] = on[i].item()
    return {client: frozenset(services) for client, services in open_.items()}, refused


def _newest(tables: Tables, index: pd.Index) -> pd.Series:
    """The service of each client's newest project."""
    frame = tables["projects"].frame
    kept = frame[frame["service"].notna() & frame["key"].notna()]
    order = np.argsort(days(kept["start"]).astype(np.int64), kind="stable")
    return kept.iloc[order].drop_duplicates("key", keep="last").set_index("key")["service"].reindex(index)


@lru_cache(maxsize=4096)
def _plain(words: str) -> str:
    """Without capitals and signs: “SEO/Content retainer” is “SEO & content retainer”."""
    spaced = "".join(letter if letter.isalnum() else " " for letter in str(words).casefold())
    return " ".join(word for word in spaced.split() if word != "and")
