"""Step by step with a client at risk: discussed by the team, called, met, promised, offered, a partner brought in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.kept import Contacts
from sheets_sync.rules.log import log
from sheets_sync.rules.recovery import BROKEN, KEPT, MISSING
from sheets_sync.rules.sentences import cut, date_in_words, listed
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.tables import Tables

DONE, OWED, LATER = "done", "owed", "later"
STEPS = ("discuss", "call", "meet", "promise", "solution", "partner")
# The touchpoints that ask for each step; a playbook without one asks for it nowhere.
ENTRIES = {
    "discuss": "discuss_at_risk",
    "call": "recovery_call",
    "meet": "recovery_meeting",
    "promise": "recovery_promise",
    "partner": "partner_outreach",
}
COLUMNS = ("key", "step", "state", "on", "sentence")
_OFFER = 60


@dataclass(frozen=True)
class _Case:
    """What the steps are read from; `lines` and `offers` by client."""

    playbook: Playbook
    facts: pd.DataFrame
    lines: Mapping[str, list[Any]]
    offers: Mapping[str, list[str]]
    contacts: Mapping[str, Contacts]
    said: Typed
    now: datetime


def interventions(
    playbook: Playbook, tables: Tables, facts: pd.DataFrame, found: pd.DataFrame, said: Typed, now: datetime
) -> pd.DataFrame:
    """The steps of every client at risk, in their order, counted from the day it stood there (`facts` with levels,
    `found` as from recovery.commitments) [A86] [A87] [A89] [A90] [D4] [D6].

    key · step (discuss, call, meet, promise, solution, partner) · state (done, owed, later: its turn has not come) ·
    on (the day it was done) · sentence.

           key     step state         on                                            sentence
    0  aldgate  discuss  owed        NaT             Not yet discussed since 3 Nov.
    1  aldgate     call  done 2026-11-05                            Called on 5 Nov.
    """
    at_risk = facts.index[facts["at_risk_since"].notna()]
    lines: dict[str, list[Any]] = {}
    for line in found[found["key"].isin(at_risk)].itertuples():
        lines.setdefault(line.key, []).append(line)
    contacts = _contacts(playbook, tables, now) if len(at_risk) else {}
    case = _Case(playbook, facts, lines, _offers(tables, at_risk), contacts, said, now)
    rows = [row for key in at_risk for row in _steps(key, case)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"on": "datetime64[us]"})


def with_steps(playbook: Playbook, facts: pd.DataFrame, steps: pd.DataFrame, warnings: pd.DataFrame) -> pd.DataFrame:
    """The facts that the playbook's steps are counted from: since when one is owed, and the day of the call that a
    meeting follows. Where a warning asks for a call already, that is the call: no second line asks for it."""
    calls = [id for id, entry in playbook.warnings.items() if entry.done.types[:1] == ("call",)]
    asked = facts.index.isin(warnings.loc[warnings["id"].isin(calls), "key"])
    since = facts["at_risk_since"]
    owed = steps[steps["state"].ne(DONE)]
    called = steps[steps["step"].eq("call") & steps["on"].notna()].set_index("key")["on"]
    met = steps.loc[steps["step"].eq("meet") & steps["on"].notna(), "key"]

    def still(step: str) -> pd.Series:
        return since.where(facts.index.isin(owed.loc[owed["step"].eq(step), "key"]))

    return facts.assign(
        undiscussed_since=still("discuss"),
        uncalled_since=still("call").mask(asked),
        unplanned_since=still("promise"),
        unmet_since=called.drop(met, errors="ignore").reindex(facts.index).astype("datetime64[us]"),
    )


def _steps(key: str, case: _Case) -> Iterator[tuple[str, str, str, Any, str]]:
    since = case.facts.at[key, "at_risk_since"].date()
    lines = case.lines.get(key, [])
    flagged = date_in_words(since, case.now)
    discussed = _first(
        since, (line.discussed_on for line in lines), case.said.done((ENTRIES["discuss"], key, f"{since}"))
    )
    called = _contact(key, "call", since, [*_days(lines, "called_on"), *_days(lines, "met_on")], case)
    met = _contact(key, "meet", called or since, _days(lines, "met_on"), case)
    partner = _contact(key, "partner", since, [], case)
    planned = [line for line in lines if _planned(line, since)]
    yield _step(key, "discuss", discussed, f"Not yet discussed since {flagged}.", "Discussed on {}.", case)
    yield _step(key, "call", called, f"No call since {flagged}.", "Spoke on {}.", case)
    waits = (
        "Meet them face to face: it is owed since the call." if called else "A meeting face to face, after the call."
    )
    yield _step(key, "meet", met, waits, "Met on {}.", case, later=called is None)
    plan = listed([f"“{cut(line.promise, _OFFER)}”" for line in planned[:3]])
    yield key, "promise", DONE if planned else OWED, None, f"Promised: {plan}." if planned else "No promise is entered."
    offered = [f"“{cut(words, _OFFER)}”" for words in _offered(key, planned, case)]
    words = (
        f"Offered: {listed(offered[:3])}." if offered else "Nothing is offered yet: another scope, a pause, an extra?"
    )
    yield key, "solution", DONE if offered else OWED, None, words
    entry = case.playbook.touchpoints.get(ENTRIES["partner"])
    opens = since + pd.Timedelta(days=entry.opens) if entry else since
    waits = f"A partner comes in on {date_in_words(opens, case.now)} if they are still at risk."
    asked = opens <= case.now.date()
    words = f"Still at risk since {flagged}: a partner has to speak with them." if asked else waits
    yield _step(key, "partner", partner, words, "A partner spoke with them on {}.", case, later=not asked)


def _step(
    key: str, step: str, on: date | None, open_: str, done: str, case: _Case, later: bool = False
) -> tuple[str, str, str, Any, str]:
    if on is not None:
        return key, step, DONE, on, done.format(date_in_words(on, case.now))
    return key, step, LATER if later else OWED, None, open_


def _planned(line: Any, since: date) -> bool:
    """Whether a promise belongs to this time at risk: one that was settled before does not."""
    if line.state == MISSING:
        return False
    ended = {KEPT: line.kept_on, BROKEN: line.broken_on if line.broken_on == line.broken_on else line.by}.get(
        line.state
    )
    return ended is None or ended.date() >= since


def _offered(key: str, planned: Iterable[Any], case: _Case) -> list[str]:
    own = [words for line in planned for words in (line.goodwill, line.guarantee) if not pd.isna(words)]
    return list(dict.fromkeys([*own, *case.offers.get(key, ())]))


def _offers(tables: Tables, keys: pd.Index) -> dict[str, list[str]]:
    """Next steps that are on the table, or a proposal for the renewal [A89]."""
    found: dict[str, list[str]] = {}
    open_ = tables["opportunities"].frame
    open_ = open_[open_["key"].isin(keys) & open_["closed_on"].isna() & open_["next_service"].notna()]
    for key, service in zip(open_["key"], open_["next_service"], strict=True):
        found.setdefault(key, []).append(service)
    clients = tables["clients"].frame
    proposed = clients.index[clients["renewal_stage"].eq("proposal out").fillna(False)].intersection(keys)
    for key in proposed:
        found.setdefault(key, []).append("a renewal on new terms")
    return found


def _contact(key: str, step: str, since: date, entered: list[date], case: _Case) -> date | None:
    """The first day since then on which it took place: in Recovery, in the log, or ticked in the Diary."""
    entry = case.playbook.touchpoints.get(ENTRIES[step])
    logged = _logged(key, step, since, case) if entry else None
    ticked = [case.said.done(id) for id in case.said.by_id if entry and id[:2] == (ENTRIES[step], key)]
    return _first(since, entered, logged, *ticked)


def _contacts(playbook: Playbook, tables: Tables, now: datetime) -> dict[str, Contacts]:
    """The contacts that count for each step that is a contact."""
    talks, found = log(tables, now), {}
    for step, name in ENTRIES.items():
        if name in playbook.touchpoints:
            rows = talks.matching(playbook.touchpoints[name].done)
            found[step] = Contacts(talks.at[rows], talks.day[rows], talks.n)
    return found


def _logged(key: str, step: str, since: date, case: _Case) -> date | None:
    return case.contacts[step].after(int(case.facts.index.get_loc(key)), since - timedelta(days=1))


def _days(lines: Iterable[Any], name: str) -> list[date]:
    return [day for line in lines if not pd.isna(day := getattr(line, name))]


def _first(since: date, days: Iterable[Any], *more: date | None) -> date | None:
    """The first of some days that is not before then."""
    known = [day.date() if isinstance(day, datetime) else day for day in (*days, *more) if day is not None]
    return min((day for day in known if not pd.isna(day) and day >= since), default=None)
