"""The renewal ladder: where each client stands on it, and the step that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook, Step, Warning_
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, Records, answers, day_of, days, latest, since, texts
from sheets_sync.rules.people import owner_of
from sheets_sync.rules.sentences import dates_in_words, fill, months_in_words
from sheets_sync.tracker.tables import Tables

RENEWAL = "renewal"
NONE, LATER, OPEN, LAPSED, OLD, RENEWED = "none", "later", "open", "lapsed", "old date", "renewed"


def renewal_facts(
    playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, now: datetime, last_contact: Array
) -> dict[str, Array]:
    """Renewal date, state and progress of each client [A70], and unpaid invoices past due. `last_contact`: each
    client's last sign of life; a contact or payment long after the date makes it an old date. A step that is "Done on"
    in the Diary is taken."""
    clients, today = gathered.clients, day_of(now)
    ends = days(clients["renewal_date"])
    project = answers(clients["engagement"].eq("project"))
    ends = np.where(project, NO_DAY, ends)
    stage = texts(clients["renewal_stage"])
    talk, _ = _last_talk(playbook, gathered, today)
    paid, unpaid, due = _payments(gathered, today)
    taken = _taken(playbook, stage, talk, ends, _ticked(playbook, gathered, inputs, ends, today))
    facts: dict[str, Array] = {
        "renewal_date": ends,
        "days_to_renewal": -since(ends, today),
        "renewal_state": _state(playbook, ends, stage, taken, np.fmax(last_contact, paid), today),
        "renewal_stage": stage,
        "renewal_begun": taken[0],
        "renewal_proposal_out": taken[min(1, len(taken) - 1)],
        "decision_by": days(clients["decision_by"]),
        "last_payment": paid,
        "unpaid_overdue": unpaid,
        "unpaid_since": due,
        "row.renewal_date": clients["row"].to_numpy().astype(object),
    }
    for step, was in zip(playbook.renewal.ladder, taken, strict=True):
        facts[f"step.{step.days_before}"] = was
    return facts


def ladder(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> pd.DataFrame:
    """The ladder of every client with a Renewal date, in the order of the clients [A70].

    key · state · date · opens · step (what to do next, "" = nothing) · short · days_before (which step) · due (its
    calendar day, never rolled) · reached (its day has come) · owner · level · sentence (the Renewal cell).

           key  state        date      opens                    step        due                      sentence
    0  kestrel   open  2026-12-24 2026-10-25  Send the renewal prop… 2026-11-24          ▲ Proposal by 24 Nov
    1   corvid  later  2027-03-01 2026-12-31  Begin the renewal talk 2026-12-31                      Mar 2027
    """
    shown = facts[answers(facts["renewal_state"].ne(NONE)) & ~facts["status"].isin(_closed(playbook))]
    ends, today = days(shown["renewal_date"]), day_of(now)
    state = shown["renewal_state"].to_numpy(dtype=object)
    steps = playbook.renewal.ladder
    index = _next_step(steps, shown, ends, today)
    ended = _among(texts(shown["renewal_stage"]), playbook.renewal.ended_stages)
    index = np.where(np.isin(state, (RENEWED, OLD)) | ended, -1, index)
    before = np.array([*(step.days_before for step in steps), 0])
    due = np.where(index >= 0, ends - before[index], NO_DAY)
    frame = pd.DataFrame(
        {
            "key": shown.index.to_numpy(),
            "state": state,
            "date": ends.astype("datetime64[us]"),
            "opens": (ends - int(before.max())).astype("datetime64[us]"),
            "step": _texts([step.do for step in steps], index, shown, now),
            "short": _texts([step.short or step.do for step in steps], index, shown, now),
            "days_before": np.where(index >= 0, before[index], -1),
            "due": due.astype("datetime64[us]"),
            "reached": due <= today,
            "owner": owner_of(playbook.renewal, tables, tables["clients"].frame.index.get_indexer(shown.index)),
        }
    )
    frame["level"], frame["sentence"] = _cells(frame, ended, steps, index, now)
    return frame


def _last_talk(playbook: Playbook, gathered: Gathered, today: np.datetime64) -> tuple[Array, Array]:
    found = gathered["interactions"]
    words = {word for step in playbook.renewal.ladder for word in step.types}
    when = found.days("date")
    return latest(found, when, found.is_in("type", words) & (when <= today))


def _payments(gathered: Gathered, today: np.datetime64) -> tuple[Array, Array, Array]:
    """Each client's last payment, unpaid invoices past due, and the oldest of their due days."""
    found: Records = gathered["revenue"]
    paid, month, due = found.days("paid_on"), found.days("month"), found.days("invoice_due")
    # Where nobody enters Paid on, money of a month is a payment.
    when = paid if gathered.tables["revenue"].has("paid_on") else month
    last, _ = latest(found, when, (when <= today) & (found.numbers("amount") > 0))
    # One due today can still be paid in time.
    unpaid = found.known & (due < today) & ~(paid <= today) & (found.numbers("amount") > 0)
    oldest = np.full(found.n, np.iinfo(np.int64).max)
    np.minimum.at(oldest, found.at[unpaid], due[unpaid].astype(np.int64))
    none = oldest == np.iinfo(np.int64).max
    oldest[none] = np.iinfo(np.int64).min
    return last, np.bincount(found.at[unpaid], minlength=found.n), oldest.astype("datetime64[D]")


def _taken(playbook: Playbook, stage: Array, talk: Array, ends: Array, ticked: Sequence[Array]) -> list[Array]:
    """For each step of the ladder, who has taken it, or a later one. An early talk counts, one of the last renewal
    doesn't."""
    early = playbook.settings.look_back.days
    taken: list[Array] = []
    for step, typed in reversed(list(zip(playbook.renewal.ladder, ticked, strict=True))):
        by_talk = (talk >= ends - step.days_before - early) if step.types else np.zeros(len(stage), bool)
        later = taken[0] if taken else np.zeros(len(stage), bool)
        taken.insert(0, _among(stage, step.stages) | by_talk | typed | later)
    return taken


def _ticked(
    playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, ends: Array, today: np.datetime64
) -> list[Array]:
    """For each step, who has a "Done on" for it in the Diary: on its own line, or on that of the warning about it. What
    has lapsed waits for its outcome, whatever is ticked."""
    steps = playbook.renewal.ladder
    ticked: list[Array] = [np.zeros(len(ends), bool) for _ in steps]
    of_state: dict[str, int] = {step.state: i for i, step in enumerate(steps) if step.state != LAPSED}
    of_warning = {name: of_state.get(_state_of(entry)) for name, entry in playbook.warnings.items()}
    done = inputs[inputs["done_on"].le(pd.Timestamp(today)).fillna(False).astype(bool)]
    at = gathered.clients.index.get_indexer(done["key"]) if len(done) else np.empty(0, int)
    rows = zip(at, done["entry"], done["occurrence"], days(done["done_on"]), strict=True)
    for client, entry, occurrence, day in rows:
        for i, step in enumerate(steps) if client >= 0 and not np.isnat(ends[client]) else ():
            own = entry == RENEWAL and occurrence == occurrence_of(ends[client], step.days_before)
            warned = of_warning.get(entry) == i and day >= ends[client] - step.days_before
            ticked[i][client] |= (own or warned) and step.state != LAPSED
    return ticked


def occurrence_of(ends: np.datetime64 | date, days_before: int) -> str:
    """What a step is told apart by: the renewal and the step, "2027-01-15.60"."""
    return f"{ends}.{days_before}"


def _state_of(entry: Warning_) -> str:
    """The one state of a renewal that a warning is about, else ""."""
    wanted = entry.when.get("renewal_state", {}).get("is", "")
    return wanted if isinstance(wanted, str) else ""


def _state(
    playbook: Playbook, ends: Array, stage: Array, taken: Sequence[Array], contact: Array, today: np.datetime64
) -> Array:
    numbers, left = playbook.renewal, -since(ends, today)
    state: Array = np.where(np.isnat(ends), NONE, LATER).astype(object)
    declined = _among(stage, numbers.ended_stages)
    for step, was in zip(numbers.ladder, taken, strict=True):
        reached = left <= step.days_before
        waits = ~was & ~(declined & (step.state != LAPSED))
        state[reached & (state == LATER)] = OPEN
        state[reached & waits] = step.state
    old = (left < -numbers.lapsed_risk_days) | (contact > ends + numbers.old_contact_days)
    state[(left < 0) & old] = OLD
    state[_among(stage, numbers.renewed_stages) & ~np.isnat(ends)] = RENEWED
    return state


def _among(words: Array, wanted: Sequence[str]) -> Array:
    return np.array([word in wanted for word in words], bool)


def _closed(playbook: Playbook) -> list[str]:
    return [word for word in playbook.settings.status.no_health if word != "paused"]


def _next_step(steps: Sequence[Step], shown: pd.DataFrame, ends: Array, today: np.datetime64) -> Array:
    """The step to take: the last one reached that isn't taken, else the first one that is still to come (-1 = none)."""
    index = np.full(len(ends), -1)
    for i, step in reversed(list(enumerate(steps))):
        was = shown[f"step.{step.days_before}"].to_numpy(bool)
        ahead = today < ends - step.days_before
        index = np.where(ahead & ~was, i, index)
    for i, step in enumerate(steps):
        was = shown[f"step.{step.days_before}"].to_numpy(bool)
        index = np.where((today >= ends - step.days_before) & ~was, i, index)
    return index


def _texts(templates: Sequence[str], index: Array, shown: pd.DataFrame, now: datetime) -> list[str]:
    filled = np.full(len(shown), "", dtype=object)
    for i, template in enumerate(templates):
        rows = np.flatnonzero(index == i)
        if len(rows):
            filled[rows] = fill(template, shown, now, rows)
    return list(filled)


_NAMES = {"open": "Begin talks", "proposal due": "Proposal", "decision due": "Decision"}


def _cells(
    frame: pd.DataFrame, ended: Array, steps: Sequence[Step], index: Array, now: datetime
) -> tuple[list[Level], list[str]]:
    """The Renewal cell: plain text while there is time, a symbol once there is something to do."""
    levels, words = [], []
    ends, dues = dates_in_words(days(frame["date"]), now), dates_in_words(days(frame["due"]), now)
    months = months_in_words(days(frame["date"]))
    rows = zip(frame["state"], frame["reached"], index, ends, dues, months, ended, strict=True)
    for state, reached, i, end, due, month, over in rows:
        level, text = Level.OK, month
        if state == RENEWED:
            text = f"Renewed, {month}"
        elif state == OLD:
            level, text = Level.WATCH, f"Old date: {end}, still a client. Enter the new one"
        elif state == LAPSED:
            level, text = Level.RISK, f"Lapsed {end}"
        elif over:
            level, text = Level.WATCH, f"Not renewing on {end}"
        elif state != LATER and i >= 0 and steps[i].state != LAPSED:
            name = _NAMES[steps[i].state]
            level, text = Level.WATCH, f"{name} (since {due})" if reached else f"{name} by {due}"
        elif state != LATER:
            level, text = Level.WATCH, f"Renewal on {end}"
        levels.append(level)
        words.append(text if level is Level.OK else f"{level.symbol} {text}")
    return levels, words
