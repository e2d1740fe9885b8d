"""The Diary's lines: one a client and moment, with all its reasons; and what each client's row says is next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import days
from sheets_sync.rules.renewals import RENEWAL
from sheets_sync.rules.todo import Thing, at
from sheets_sync.rules.touchpoint_words import worded
from sheets_sync.rules.typed import Id, Input, Typed, text
from sheets_sync.tracker.history import join_ids

COLUMNS = ("row_id", "key", "client", "owner", "due", "late", "level", "what", "why", "routine", "state", "done_on",
           "outcome", "snooze_until", "reason", "do", "do_due", "presses", "text")  # fmt: skip
# What stands in the place of a client where we owe something to ourselves.
TEAM = "Team"


def plan(
    playbook: Playbook, found: Sequence[Thing], clients: pd.DataFrame, typed: Typed, now: datetime
) -> pd.DataFrame:
    """The Diary, by owner and due day, routine last, what was done at the end.

    row_id (what its inputs are found by) · key · client · owner · due · late · level (none = uncoloured) · what · why ·
    routine · state (open, snoozed, done) · done_on outcome snooze_until reason (as typed) · do (the first thing
    alone) · do_due (its own day) · presses (0 = the worst) · text (the prepared words that go with it, "" = none).

             client         due level                                               what                      why
    0  Aldgate Legal 2026-10-12  risk  Call: silent since 28 Sep. In the same call: t…  4 reasons in one call
    """
    names = clients["client"].to_dict() | {"": TEAM}
    lines = [_line(group, names, typed) for group in _groups(found, now.date())]
    covered = {thing.id for thing in found}
    lines += _done(playbook, typed, covered, clients, now)
    frame = pd.DataFrame({name: pd.Series([line[name] for line in lines]) for name in COLUMNS})
    frame = frame.astype({"due": "datetime64[us]", "do_due": "datetime64[us]", "late": bool, "routine": bool})
    ended = frame["state"].eq("done")
    order = np.lexsort(
        (frame["client"].str.casefold(), frame["due"], frame["routine"], ended, frame["owner"].str.casefold())
    )
    return frame.iloc[order].reset_index(drop=True)


def _groups(found: Sequence[Thing], today: date) -> Iterator[list[Thing]]:
    """What belongs on one line. Everything that can be said in one call is one line; an issue has a line of its own;
    what rests, rests on its own line."""
    by_client: dict[str, list[Thing]] = {}
    for thing in found:
        by_client.setdefault(thing.key, []).append(thing)
    for of_client in by_client.values():
        lead = any(_leads(thing) and thing.due.date() <= today for thing in of_client)
        lines: dict[tuple[Any, ...], list[Thing]] = {}
        for thing in of_client:
            now = thing.due.date() <= today
            if not thing.key:
                lines[thing.id] = [thing]
            elif thing.rests:
                lines.setdefault(("rests", thing.rests), []).append(thing)
            elif thing.issue:
                lines.setdefault(("issue", thing.issue), []).append(thing)
            elif thing.routine and not thing.talk:
                lines.setdefault(("alone", thing.id), []).append(thing)
            elif now:
                lines.setdefault(("now", thing.owner), []).append(thing)
            elif not (thing.routine and lead):
                lines.setdefault(("later", thing.due, thing.owner), []).append(thing)
        yield from (line for line in lines.values() if not all(thing.covered for thing in line))


def _leads(thing: Thing) -> bool:
    return not (thing.routine or thing.rests or thing.issue or thing.covered)


def _line(group: list[Thing], names: Mapping[Any, Any], typed: Typed) -> dict[str, Any]:
    """One line: a call leads, as the rest can be said in it, else the worst thing; the others follow, worst first."""
    ordered = group if group[0].issue else sorted(group, key=lambda t: (t.covered, t.routine, not t.call, t.presses))
    lead, others = ordered[0], ordered[1:]
    own = [thing for thing in ordered if not thing.covered]
    worst = min(own, key=lambda thing: thing.presses)
    inputs = [found for thing in ordered if (found := typed.by_id.get(thing.id))]
    return _inputs(inputs) | {
        "row_id": join_ids([thing.id for thing in ordered]),
        "key": lead.key,
        "client": str(names.get(lead.key, lead.key)),
        "owner": lead.owner,
        "due": min(thing.due for thing in own),
        "late": any(thing.late for thing in own),
        "level": worst.level,
        "what": _what(lead, others),
        "why": _why(lead, others),
        "routine": all(thing.routine for thing in ordered),
        "state": "snoozed" if lead.rests else "open",
        "do": lead.do,
        "do_due": lead.due,
        "presses": worst.presses,
        "text": next((thing.text for thing in ordered if thing.text), ""),
    }


def _what(lead: Thing, others: Sequence[Thing]) -> str:
    shorts = list(dict.fromkeys(thing.short for thing in others if thing.short != lead.short))
    if not shorts:
        return lead.do
    joint = "In the same call" if lead.talk and not lead.issue else "At the same time"
    return f"{lead.do.rstrip('.')}. {joint}: {', '.join(shorts)}"


def _why(lead: Thing, others: Sequence[Thing]) -> str:
    if lead.rests:
        return lead.rests
    words = lead.why
    if others and not lead.issue:
        words = f"{len(others) + 1} reasons in one call" if lead.talk else f"{len(others) + 1} things at once"
    answers = dict.fromkeys(thing.answers for thing in (lead, *others) if thing.answers)
    if answers and words[-1:] not in ("", ".", "”"):
        words += "."
    return " ".join(filter(None, (lead.note, words, *answers)))


def _inputs(found: Iterable[Input]) -> dict[str, Any]:
    """What stands in the yellow cells of a line: the newest of its inputs."""
    newest = max(found, key=lambda one: one.taken_on or date.min, default=None)
    if newest is None:
        return dict.fromkeys(("done_on", "outcome", "snooze_until", "reason"))
    return {
        "done_on": newest.done_typed,
        "outcome": newest.outcome,
        "snooze_until": newest.snooze_typed,
        "reason": newest.reason,
    }


def _done(
    playbook: Playbook, typed: Typed, covered: set[Id], clients: pd.DataFrame, now: datetime
) -> Iterator[dict[str, Any]]:
    """Lines whose things are settled stay for a while, so that what was typed can be seen."""
    since = now.date() - timedelta(days=playbook.settings.diary.keep_done_days)
    rows: dict[str, list[Input]] = {}
    for one in typed.by_id.values():
        rows.setdefault(one.row_id or join_ids([one.id]), []).append(one)
    for row_id, inputs in rows.items():
        day = max((when for one in inputs for when in (one.done, one.taken_on) if when), default=None)
        if any(one.id in covered for one in inputs) or day is None or day < since:
            continue
        key = inputs[0].id[1]
        client = clients.loc[key] if key in clients.index else None
        shown = _inputs(inputs)
        yield shown | {
            "row_id": row_id,
            "key": key,
            "client": (key or TEAM) if client is None else str(client["client"]),
            "owner": _of_team(inputs[0].id) if client is None else text(client["owner"]),
            "due": at(max((one.done for one in inputs if one.done), default=day)),
            "late": False,
            "level": Level.NONE,
            "what": "; ".join(dict.fromkeys(_title(playbook, one.id[0]) for one in inputs)),
            "why": "",
            "routine": False,
            "state": "done",
            "do": "",
            "do_due": at(day),
            "presses": 0,
            "text": "",
        }


def _of_team(id: Id) -> str:
    """Whose a thing without a client was: its occurrence begins with the name."""
    return "" if id[1] else id[2].rpartition("@")[0]


def _title(playbook: Playbook, entry: str) -> str:
    if entry == RENEWAL:
        return playbook.renewal.title
    for entries in (playbook.touchpoints, playbook.warnings, playbook.clocks, playbook.controls):
        if entry in entries:
            return str(entries[entry].title)
    return entry


def next_steps(actions: pd.DataFrame, clients: pd.DataFrame) -> pd.DataFrame:
    """Do next and Due of every client: its worst open line, of equals the earliest. Index as `clients`."""
    open_ = actions[actions["state"].eq("open")]
    order = np.lexsort((open_["due"], open_["presses"].astype(int), open_["routine"]))
    first = open_.iloc[order].drop_duplicates("key").set_index("key")
    return pd.DataFrame(
        {"do_next": first["do"].reindex(clients.index), "due": first["do_due"].dt.normalize().reindex(clients.index)}
    )


def next_touchpoint(touchpoints: pd.DataFrame, clients: pd.DataFrame, now: datetime) -> pd.Series:
    """Next touchpoint of every client: what is due already, else what comes first: "▲ First win, Fri 27 Nov"."""
    shown = touchpoints[touchpoints["state"].isin(["due", "overdue", "upcoming"])]
    coloured = ~shown["routine"].to_numpy(bool)
    state = shown["state"].to_numpy(object)
    rank = np.select([coloured & (state == "overdue"), coloured & (state == "due")], [0, 1], 2)
    symbols = np.array([f"{Level.RISK.symbol} ", f"{Level.WATCH.symbol} ", ""], dtype=object)
    order = np.lexsort((shown["due"], rank))
    order = order[~shown["key"].iloc[order].duplicated().to_numpy(bool)]
    first = shown.iloc[order]
    text = symbols[rank[order]] + first["title"].to_numpy(object) + ", " + worded(days(first["due"]), now)
    return pd.Series(text, index=first["key"], dtype=object).reindex(clients.index)
