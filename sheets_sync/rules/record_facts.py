"""Facts from what was written down: issues, survey answers and signals."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import (
    Array,
    Gathered,
    Records,
    count,
    day_of,
    earliest,
    either,
    latest,
    pick,
    since,
    texts,
    top,
)


def issue_facts(playbook: Playbook, gathered: Gathered, now: datetime) -> dict[str, Array]:
    """Open issues and complaints of the look-back [A82]. An issue is open until Fixed at; one that is still open
    counts as a complaint however old it is."""
    found, today = gathered["issues"], day_of(now)
    raised = found.frame["raised_at"].to_numpy("datetime64[us]")
    day, moment = raised.astype("datetime64[D]"), np.datetime64(now, "us")
    started = day <= today
    is_open = (np.isnat(raised) | started) & ~_done(found, "fixed_at", moment) & ~_done(found, "confirmed_at", moment)
    complaint = (started & (day > today - playbook.settings.look_back.days)) | is_open
    oldest, oldest_row = earliest(found, raised, is_open)
    # The one to speak of: the newest open complaint, else the newest.
    last_open, row_open = latest(found, raised, is_open)
    last_any, row_any = latest(found, raised, complaint)
    row = np.where(row_open >= 0, row_open, row_any)
    return {
        "open_issues": count(found, is_open),
        "oldest_open_issue_on": oldest,
        "oldest_open_issue_days": since(oldest.astype("datetime64[D]"), today),
        "complaints": count(found, complaint),
        "complaint": pick(found.text("issue"), row),
        "complaint_on": np.where(row_open >= 0, last_open, last_any),
        "complaint_state": _with_number(pick(_states(found, moment), row), count(found, complaint)),
        "row.oldest_open_issue_on": pick(found.frame["row"].to_numpy(), oldest_row),
        "rows.open_issues": _rows(found, is_open),
        "row.complaints": pick(found.frame["row"].to_numpy(), row),
    }


def _with_number(state: Array, number: Array) -> Array:
    """Where there are several complaints, that is what makes the last one worse."""
    said = state.copy()
    several = number > 1
    said[several] = [f"{words}; one of {many}" for words, many in zip(state[several], number[several], strict=True)]
    return said


def _rows(found: Records, mask: Array) -> Array:
    """The sheet rows of the masked rows of each client, None where there are none."""
    rows: Array = np.full(found.n, None)
    for i, row in zip(found.at[mask & found.known], found.frame["row"].to_numpy()[mask & found.known], strict=True):
        rows[i] = (*(rows[i] or ()), int(row))
    return rows


def survey_facts(playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, now: datetime) -> dict[str, Array]:
    """The latest score (the lowest of one day), whether anybody acted on it, and the latest "again" [A40] [A82].

    Action done on answers a score, and so does "Done on" in the Diary on that day or later."""
    found, today = gathered["surveys"], day_of(now)
    on, score = found.days("answered_on"), found.numbers("score")
    answered = (on <= today) & ~np.isnan(score)
    # A day and its lowest score as one number: later first, then lower.
    rank = np.where(answered, on.astype(np.int64) * 16 - np.nan_to_num(score).astype(np.int64), 0)
    _, row = top(found, rank, answered)
    latest_on = _days_at(on, row)
    latest_score = _numbers_at(score, row)
    acted = pick(_done(found, "action_done_on", np.datetime64(now, "us")), row)
    thanked = _answered_in_diary(playbook, gathered, inputs, today)
    unanswered = (row >= 0) & (acted != True) & ~(thanked >= latest_on)  # noqa: E712
    said, again_row = latest(found, on, (on <= today) & ~found.blank("again"))
    fresh = since(said, today) < playbook.settings.health.feedback.unknown_after_days
    rows = found.frame["row"].to_numpy()
    return {
        "latest_score": latest_score,
        "latest_score_on": latest_on,
        "unanswered_score": np.where(unanswered, latest_score, np.nan),
        "unanswered_score_on": np.where(unanswered, latest_on, np.datetime64("NaT", "D")),
        "would_work_again": either(fresh, pick(found.text("again"), again_row), None),
        "would_work_again_on": np.where(fresh, said, np.datetime64("NaT", "D")),
        "row.latest_score": pick(rows, row),
        "row.would_work_again": pick(rows, again_row),
    }


def _answered_in_diary(playbook: Playbook, gathered: Gathered, inputs: pd.DataFrame, today: np.datetime64) -> Array:
    """The last "Done on" of a Diary line about an unanswered score, by client."""
    entries = {name for name, entry in playbook.warnings.items() if "unanswered_score" in entry.when}
    kept = inputs[inputs["entry"].isin(entries)]
    index = gathered.clients.index
    at = index.get_indexer(kept["key"]) if len(kept) else np.empty(0, int)
    done = Records(kept, at, len(index))
    when = done.days("done_on")
    return latest(done, when, when <= today)[0]


def signal_facts(gathered: Gathered, now: datetime) -> dict[str, Array]:
    """The latest unresolved signal of each warning kind; one line of Interactions with a Signal is enough
    [A83] [A84] [A85]. `..._open` is unknown nowhere: no signal is no signal."""
    logged, noted = gathered["signals"], gathered["interactions"]
    facts: dict[str, Array] = {}
    for name, kind in (
        ("budget_concern", "budget concern"),
        ("contact_leaving", "contact leaving"),
        ("direction_change", "direction change"),
    ):
        facts |= _signal(logged, noted, name, kind, now)
    facts["contact_leaving_open"] &= ~_replaced(gathered, facts)
    return facts


def _signal(logged: Records, noted: Records, name: str, kind: str, now: datetime) -> dict[str, Array]:
    today = day_of(now)
    when = logged.days("date")
    # Somebody's last day may lie ahead; every other signal has been seen already.
    seen = ~np.isnat(when) if name == "contact_leaving" else when <= today
    of_kind = logged.is_in("kind", {kind}) & seen
    open_ = of_kind & ~_done(logged, "resolved_on", np.datetime64(now, "us"))
    on, row = latest(logged, when, open_)
    spoken, spoken_row = latest(
        noted, noted.days("date"), noted.is_in("signal", {kind}) & (noted.days("date") <= today)
    )
    # A line of the log cannot be resolved by itself: a resolved signal of that day or later settles it.
    settled, _ = latest(logged, when, of_kind & ~open_)
    spoken_row = np.where(np.fmax(settled, spoken) == settled, -1, spoken_row)
    newer = (spoken_row >= 0) & ((row < 0) | (spoken > on))
    note = np.where(newer, pick(noted.text("summary"), spoken_row), pick(logged.text("note"), row))
    return {
        f"{name}_on": np.where(newer, spoken, on),
        f"{name}_open": (row >= 0) | newer,
        f"{name}_note": note,
        f"row.{name}_open": either(newer, None, pick(logged.frame["row"].to_numpy(), row)),
    }


def _replaced(gathered: Gathered, facts: dict[str, Array]) -> Array:
    """Whether Key contact names somebody else than the person who leaves, as far as the note tells who that is."""
    named = texts(gathered.clients["key_contact"])
    found = np.zeros(len(named), bool)
    for i in np.flatnonzero(facts["contact_leaving_open"]):
        found[i] = _other_person(named[i], facts["contact_leaving_note"][i])
    return found


def _other_person(named: str | None, note: str | None) -> bool:
    if not named or not note:
        return False
    words = [word.strip(".,;:()'\"") for word in note.split()]
    theirs = {word.casefold() for word in named.split() if len(word) > 1}
    in_note = {word.casefold() for word in words}
    pairs = pairwise(words)
    someone = any(one.istitle() and other.istitle() and one.isalpha() and other.isalpha() for one, other in pairs)
    return someone and not theirs & in_note


def _done(found: Records, column: str, moment: np.datetime64) -> Array:
    when = found.frame[column].to_numpy("datetime64[us]")
    done: Array = when.astype("datetime64[D]") <= moment.astype("datetime64[D]")
    return done


def _states(found: Records, moment: np.datetime64) -> Array:
    """How far an issue has come, as the end of a sentence."""
    state: Array = np.full(len(found.frame), "waits for a first answer", dtype=object)
    for column, words in (
        ("acknowledged_at", "has no proposal yet"),
        ("proposed_at", "is not fixed yet"),
        ("fixed_at", "is fixed but still recent"),
    ):
        state[_done(found, column, moment)] = words
    return state


def _days_at(values: Array, row: Array) -> Array:
    return _at(values, row, np.datetime64("NaT", "D"))


def _numbers_at(values: Array, row: Array) -> Array:
    return _at(values, row, np.nan)


def _at(values: Array, row: Array, missing: Any) -> Array:
    return np.where(row >= 0, values[row], missing) if len(values) else np.full(len(row), missing)
