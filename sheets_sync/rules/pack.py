"""What a meeting about a client at risk needs beside Why: low ratings, the worst promise, the plan, who comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.rules.by_client import day_of, days
from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.interventions import DONE, OWED
from sheets_sync.rules.people import alike, people
from sheets_sync.rules.recovery import BROKEN
from sheets_sync.rules.sentences import cut, date_in_words, listed
from sheets_sync.tracker.headers import normal

COLUMNS = ("key", "part", "sentence")
_APART = re.compile(r"\s*[,;/&\n]\s*")
_LOWEST = 3
_SYMBOLS = {DONE: "●", OWED: "▲"}
Of = dict[str, list[Any]]


def pack(case: Case, found: Found, now: datetime) -> pd.DataFrame:
    """The pages of At Risk as sentences, a row a line, clients in their order [D2] [D3] [D7] [D9] [D10] [D12] [C8].

    key · part (ratings, ask, worst promise, agreed, staff view, plan, goodwill, steps, room) · sentence.

           key           part                                                      sentence
    0  aldgate        ratings                    Speed 3 (was 7), Accuracy 5, on 3 Nov.
    1  aldgate  worst promise  “Wrong invoice”, first answer: 4 working hours promised…
    """
    at_risk = found.facts.index[found.facts["at_risk_since"].notna()]
    if not len(at_risk):
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    parts: tuple[tuple[str, Callable[..., Of]], ...] = (
        ("ratings", _ratings),
        ("ask", _ask),
        ("worst promise", _worst_promise),
        ("agreed", _agreed),
        ("staff view", _staff_view),
        ("plan", _plan),
        ("goodwill", _goodwill),
        ("steps", _steps),
        ("room", _room),
    )
    told = [(part, tell(case, found, at_risk, now)) for part, tell in parts]
    rows = [(key, part, words) for key in at_risk for part, of in told for words in of.get(key, ()) if words]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _lowest(case: Case, keys: pd.Index, now: datetime) -> dict[str, tuple[Any, list[tuple[str, float, float | None]]]]:
    """The day of each client's last rated answer, its lowest ratings, and what they were the time before."""
    surveys, ratings = case.tables["surveys"].frame, case.tables["ratings"].frame
    if not len(ratings):
        return {}
    answered = dict(zip(surveys["row"], days(surveys["answered_on"]), strict=True))
    found: dict[str, dict[Any, dict[str, float]]] = {}
    named = ratings[ratings["score"].notna()]
    who: dict[Any, Any] = dict(zip(surveys["row"], surveys["key"], strict=True))
    for row, name, score in zip(named["row"], named["name"], named["score"], strict=True):
        key, on = who.get(row), answered.get(row, np.datetime64("NaT"))
        if key is not None and key in keys and not np.isnat(on) and on <= day_of(now):
            found.setdefault(key, {}).setdefault(on, {})[str(name)] = float(score)
    lowest = {}
    for key, by_day in found.items():
        *earlier, last = sorted(by_day)
        before = by_day[earlier[-1]] if earlier else {}
        low = sorted(by_day[last].items(), key=lambda pair: pair[1])[:_LOWEST]
        lowest[key] = last.item(), [(name, score, before.get(name)) for name, score in low]
    return lowest


def _ratings(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """Their lowest ratings, and how their scores went [D7]."""
    told: Of = {}
    for key, (on, low) in _lowest(case, keys, now).items():
        words = [f"{name} {score:g}" + ("" if was in (None, score) else f" (was {was:g})") for name, score, was in low]
        told.setdefault(key, []).append(f"{', '.join(words)}, on {date_in_words(on, now)}.")
    surveys = case.tables["surveys"].frame
    kept = surveys[surveys["key"].isin(keys) & surveys["score"].notna() & surveys["answered_on"].le(pd.Timestamp(now))]
    for key, lines in kept.sort_values("answered_on", kind="stable").groupby("key"):
        last = [f"{row.score:g} ({date_in_words(row.answered_on, now)})" for row in lines[-4:].itertuples()]
        if len(last) > 1:
            told.setdefault(str(key), []).append(f"Scores: {' → '.join(last)}.")
    return told


def _ask(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """Why so low? Asked of what no passive answer would be [D7]."""
    limit = case.playbook.settings.nps.passive_from
    return {
        key: [f"“Why a {score:g}/10 for {name}?”" for name, score, _ in lines if score < limit]
        for key, (_, lines) in _lowest(case, keys, now).items()
    }


def _worst_promise(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """The clock that ran over by most, in words: 4 working hours promised, 10 h 20 m taken [D10]."""
    clocks = found.clocks.frame
    late = clocks[clocks["key"].isin(keys) & clocks["state"].eq("breached") & clocks["clock"].ne("escalate")]
    worst: dict[str, tuple[float, str]] = {}
    for row in late.itertuples():
        within = case.playbook.clocks[row.clock].within
        unit = within.unit if within else case.playbook.settings.recovery.fix_unit
        length = str(within or str(row.counted).partition(":")[0])
        name = f"“{cut(row.issue, 50)}”, " if row.issue else ""
        promised = f"{name}{str(row.title).lower()}: {length} promised"
        weight, taken = 0.0, "still open"
        if not pd.isna(row.done) and row.raised.time() != time() and row.done.time() != time():
            begin, end = row.raised.to_pydatetime(), row.done.to_pydatetime()
            hours, due = (_hours(begin, moment, unit, case) for moment in (end, row.deadline.to_pydatetime()))
            weight, taken = hours / max(due, 1 / 60), f"{_length(hours)} taken"
        elif not pd.isna(row.done):
            taken = f"done on {date_in_words(row.done, now)}"
        if row.key not in worst or weight > worst[row.key][0]:
            worst[row.key] = weight, f"{promised}, {taken}."
    return {key: [words[:1].upper() + words[1:]] for key, (_, words) in worst.items()}


def _hours(begin: datetime, end: datetime, unit: str, case: Case) -> float:
    return (end - begin) / timedelta(hours=1) if unit == "clock hours" else case.calendar.hours_between(begin, end)


def _length(hours: float) -> str:
    whole, minutes = divmod(round(hours * 60), 60)
    return f"{whole} h {minutes} m" if minutes else f"{whole} h"


def _agreed(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """What was promised beside what is delivered [C8]."""
    clients, facts = case.tables["clients"].frame, found.facts
    told: Of = {}
    for key in keys:
        words = [str(value) for name in ("expectations", "deliverables") if not pd.isna(value := clients.at[key, name])]
        if words:
            on = clients.at[key, "agreed_on"]
            when = "" if pd.isna(on) else f" ({date_in_words(on, now)})"
            came = facts.at[key, "outcome"]
            told[key] = [f"Agreed{when}: {cut('; '.join(words), 150)}."]
            told[key] += [] if pd.isna(came) else [f"Delivered: {str(came).rstrip('.')}."]
    return told


def _of_lines(found: Found, keys: pd.Index) -> Iterator[tuple[str, Any]]:
    if not len(found.commitments):
        return
    for line in found.commitments[found.commitments["key"].isin(keys)].itertuples():
        yield line.key, line


def _staff_view(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    told: Of = {}
    for key, line in _of_lines(found, keys):
        told.setdefault(key, []).extend(str(words) for words in (line.problem, line.staff_view) if not pd.isna(words))
    return {key: list(dict.fromkeys(words)) for key, words in told.items()}


def _plan(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """Every promise with what came of it, guarantee and refund; the broken ones first [D9] [D11] [D13]."""
    told: Of = {}
    lines = sorted(_of_lines(found, keys), key=lambda pair: pair[1].state != BROKEN)
    for key, line in lines:
        words = told.setdefault(key, [])
        if not pd.isna(line.promise):
            words.append(f"✖ {line.sentence}" if line.state == BROKEN else line.sentence)
        words += [f"Guarantee: {str(line.guarantee).rstrip('.')}."] if not pd.isna(line.guarantee) else []
        if line.fix_within_hours == line.fix_within_hours:
            unit = case.playbook.settings.recovery.fix_unit
            words.append(f"Fixed within {line.fix_within_hours:g} {unit}.")
        words += [f"When missed: {str(line.refund_rule).rstrip('.')}."] if not pd.isna(line.refund_rule) else []
    return {key: list(dict.fromkeys(words)) for key, words in told.items()}


def _goodwill(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """What was given, and its cost against the budget [A53] [D12]."""
    settings, care = case.playbook.settings.recovery, case.tables["care"].frame
    first = pd.Timestamp(now.date()) - pd.Timedelta(days=settings.goodwill_days)
    given = care[care["key"].isin(keys) & care["kind"].eq("goodwill").fillna(False)]
    given = given[given["date"].gt(first) & given["date"].le(pd.Timestamp(now))]
    names: Of = {}
    costs: dict[str, float] = {}
    lines = [(row.key, row.detail, row.cost) for row in given.itertuples()]
    lines += [(key, line.goodwill, line.cost) for key, line in _of_lines(found, keys)]
    for key, what, cost in lines:
        if not (pd.isna(what) and pd.isna(cost)):
            names.setdefault(key, []).append("an extra" if pd.isna(what) else cut(str(what), 60))
            costs[key] = costs.get(key, 0.0) + (0.0 if pd.isna(cost) else float(cost))
    told: Of = {}
    for key, given_names in names.items():
        fee = found.facts.at[key, "monthly_fee"]
        budget = None if pd.isna(fee) else float(fee) * settings.goodwill_fees
        words = f"{listed(list(dict.fromkeys(given_names))[:4])}: {costs[key]:,.0f}"
        over = budget is not None and costs[key] > budget
        words += "" if budget is None else f" of {budget:,.0f} that it may cost"
        told[key] = [f"▲ {words}, over the budget." if over else f"{words}."]
    return told


def _steps(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    told: Of = {}
    for step in found.steps.itertuples():
        told.setdefault(step.key, []).append(f"{_SYMBOLS.get(step.state, '–')} {step.sentence}")
    return told


def _room(case: Case, found: Found, keys: pd.Index, now: datetime) -> Of:
    """Everybody with direct contact: owner, Team, who is consulted in RACI, owners of open issues and promises, and a
    partner where something is escalated [D3]."""
    tables, known = case.tables, people(case.tables)
    clients, entry = tables["clients"].frame, case.playbook.touchpoints.get("recovery_promise")
    consulted = known.tasks.get((alike(entry.task or entry.title), "C"), ()) if entry else ()
    partners = known.holders.get(normal("partner"), ()) or ("a partner",)
    escalated = set(found.warnings.loc[found.warnings["id"].eq("escalation"), "key"])
    issues = tables["issues"].frame
    issues = issues[issues["key"].isin(keys) & issues["fixed_at"].isna() & issues["owner"].notna()]
    more: Of = {}
    for key, owner in zip(issues["key"], issues["owner"], strict=True):
        more.setdefault(key, []).append(owner)
    for key, line in _of_lines(found, keys):
        more.setdefault(key, []).append(line.owner)
    told: Of = {}
    for key in keys:
        team = clients.at[key, "team"]
        names = [clients.at[key, "owner"], *([] if pd.isna(team) else _APART.split(str(team))), *more.get(key, ())]
        names += [*consulted, *(partners if key in escalated else ())]
        shown: dict[str, str] = {}
        for name in (str(name).strip() for name in names if not pd.isna(name) and name):
            shown.setdefault(name.casefold(), name)
        told[key] = [listed(list(shown.values()))]
    return told
