"""What we promised clients at risk: kept, due or broken. Promises of the Recovery tab and of At Risk are one table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import NO_DAY, Array, days, numbers, records, texts
from sheets_sync.rules.occasions import occurrences
from sheets_sync.rules.sentences import cut, date_in_words
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.tables import Tables

PROMISED, DUE, KEPT, BROKEN, UNKNOWN, MISSING = "promised", "due", "kept", "broken", "unknown", "plan missing"
OPEN = (PROMISED, DUE)
_TEXTS = ("problem", "staff_view", "promise", "guarantee", "refund_rule", "goodwill", "owner")
_DAYS = ("by", "discussed_on", "called_on", "met_on", "kept_on", "broken_on")
COLUMNS = ("key", "source", "row", *_TEXTS, "fix_within_hours", "cost", *_DAYS, "state", "sentence")
_LONGEST = 70


def commitments(playbook: Playbook, tables: Tables, said: Typed, now: datetime) -> pd.DataFrame:
    """Every line of Recovery and every promise typed in At Risk, in that order [D9] [D13].

    key · source (Recovery, At Risk) · row (of Recovery; below 0 for At Risk) · problem · staff_view · promise ·
    guarantee · refund_rule · goodwill · owner (its own, else the client's) · fix_within_hours · cost · by ·
    discussed_on · called_on · met_on · kept_on (a Done on in the Diary counts) · broken_on · state (promised; due: By
    is within the Diary's reach; kept; broken: By has passed or Broken on is filled; unknown: Kept on cannot be read;
    plan missing: a line without a promise) · sentence.

             key    source        promise         by  kept_on   state                                        sentence
    0    aldgate  Recovery  A weekly call 2026-11-13      NaT  broken  We promised a weekly call by 13 Nov and it was…
    1    aldgate   At Risk  A free audit  2026-12-04      NaT promised A free audit by 4 Dec (Priya).
    """
    table = records(tables, "recovery")
    rows = np.flatnonzero(table.known)
    frame = table.frame.iloc[rows]
    columns: dict[str, Any] = {name: texts(frame[name]) for name in _TEXTS}
    columns |= {name: days(frame[name]) for name in _DAYS}
    clients = tables["clients"].frame
    at = table.at[rows]
    columns["key"] = clients.index.to_numpy(object)[at]
    columns["row"] = frame["row"].to_numpy(int)
    columns["source"] = np.where(columns["row"] < 0, "At Risk", "Recovery").astype(object)
    columns["fix_within_hours"], columns["cost"] = numbers(frame["fix_within_hours"]), numbers(frame["cost"])
    columns["owner"] = np.where(columns["owner"] == None, texts(clients["owner"])[at], columns["owner"])  # noqa: E711
    columns["kept_on"] = np.fmin(columns["kept_on"], _ticked(playbook, columns, at, said))
    doubtful = np.isin(columns["row"], [*tables["recovery"].unreadable.get("kept_on", ())])
    soon = now.date() + timedelta(days=playbook.settings.diary.ahead_days)
    columns["state"] = _states(columns, doubtful, np.datetime64(now.date()), np.datetime64(soon))
    found = pd.DataFrame(columns, columns=[name for name in COLUMNS if name != "sentence"])
    found = found.astype(dict.fromkeys(_DAYS, "datetime64[us]") | dict.fromkeys(("key", *_TEXTS), "string"))
    found["sentence"] = pd.Series([_sentence(line, now) for line in found.itertuples()], dtype=object)
    return found


def with_promises(facts: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The facts with each client's last broken promise (`found` as from `commitments`). One that a later promise to
    them has made good counts no more: a word kept after it is the way back [D13]."""
    kept = found[found["state"].eq(KEPT)].groupby("key")["kept_on"].max().to_dict()
    last: dict[str, Any] = {}
    for line in found[found["state"].eq(BROKEN)].itertuples():
        on = broken_on(line)
        if not kept.get(line.key, pd.Timestamp.min) >= on and (line.key not in last or on >= broken_on(last[line.key])):
            last[line.key] = line
    lines = [last.get(key) for key in facts.index]
    row = [line.row if line is not None and line.row > 0 else None for line in lines]
    return facts.assign(
        broken_promise=pd.array([None if line is None else worded(line.promise) for line in lines], dtype="string"),
        broken_promise_by=_moments([None if line is None else line.by for line in lines]),
        broken_promise_on=_moments([None if line is None else broken_on(line) for line in lines]),
        **{"row.broken_promise_on": pd.Series(row, index=facts.index, dtype=object)},
    )


def broken_on(line: Any) -> Any:
    """The day on which a broken promise was broken."""
    return line.by if pd.isna(line.broken_on) else line.broken_on


def _moments(values: list[Any]) -> Array:
    moments: Array = pd.Series(values, dtype="datetime64[us]").to_numpy()
    return moments


def worded(promise: Any) -> str:
    """A promise inside a sentence: "a weekly call"."""
    words = cut(" ".join(str(promise).split()).rstrip(".!"), _LONGEST)
    return words if words[1:2].isupper() or words[:1] == "I" else words[:1].lower() + words[1:]


def _ticked(playbook: Playbook, columns: dict[str, Any], at: Array, said: Typed) -> Array:
    """The day on which each promise was "Done on" in the Diary."""
    names = [name for name, entry in playbook.touchpoints.items() if entry.each == "promise"]
    days_done: Array = np.full(len(at), NO_DAY)
    if not any(id[0] in names for id in said.by_id):
        return days_done
    ids = occurrences(at, columns["by"], columns["promise"])
    for i, (key, id) in enumerate(zip(columns["key"], ids, strict=True)):
        found = [day for name in names if (day := said.done((name, key, id)))]
        days_done[i] = np.datetime64(min(found), "D") if found else NO_DAY
    return days_done


def _states(columns: dict[str, Any], doubtful: Array, today: np.datetime64, soon: np.datetime64) -> Array:
    by, kept, broken = columns["by"], columns["kept_on"], columns["broken_on"]
    return np.select(
        [columns["promise"] == None, kept <= today, broken <= today, doubtful, by < today, by <= soon],  # noqa: E711
        [MISSING, KEPT, BROKEN, UNKNOWN, BROKEN, DUE],
        PROMISED,
    ).astype(object)


def _sentence(line: Any, now: datetime) -> str:
    """What was promised and what came of it, in one sentence that stays true."""
    if line.state == MISSING:
        return "No promise is entered yet."
    promise = cut(" ".join(str(line.promise).split()).rstrip(".!"), _LONGEST)
    by = f" by {_day(line.by, now)}" if _there(line.by) else ""
    if line.state == BROKEN:
        late = f"; it was broken on {_day(line.broken_on, now)}" if _there(line.broken_on) else " and it was not kept"
        return f"We promised {worded(line.promise)}{by}{late}."
    if line.state == KEPT:
        return f"{promise}: kept on {_day(line.kept_on, now)}."
    who = f" ({line.owner})" if _there(line.owner) else ""
    rest = ". Kept on cannot be read" if line.state == UNKNOWN else "" if by else ", no day given"
    return f"{promise}{by}{who}{rest}."


def _there(value: Any) -> bool:
    return value is not None and value is not pd.NA and value == value


def _day(value: date, now: datetime) -> str:
    return date_in_words(value, now)
