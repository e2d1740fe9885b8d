"""What the playbook finds in a tracker, one file a question. `assess` is the visible list, in order."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime

import pandas as pd

from sheets_sync.model import Level, Problem
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules import (
    actions,
    anatomy,
    clocks,
    controls,
    exceptions,
    exits,
    facts,
    growth,
    health,
    interventions,
    knowing,
    metrics,
    moments,
    opportunities,
    recovery,
    renewals,
    suggestions,
    touchpoints,
    undocumented,
    warnings,
)
from sheets_sync.rules.assessment import Assessment
from sheets_sync.rules.boards import Boards, boards
from sheets_sync.rules.case import Case, Found
from sheets_sync.rules.consistency import unlogged
from sheets_sync.rules.deputies import stand_ins
from sheets_sync.rules.held import hold_back
from sheets_sync.rules.todo import things
from sheets_sync.rules.typed import typed
from sheets_sync.tracker.history import History, advance
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

_STATES = {
    "clients": ("level", "health", "why", "do_next", "due", "next_touchpoint", "renewal", "offer_next"),
    "warnings": ("key", "id", "level", "sentence", "snoozed"),
    "touchpoints": ("key", "id", "project", "state", "due", "sentence"),
    "clocks": ("key", "row", "clock", "state", "deadline"),
    "renewals": ("key", "state", "sentence"),
    "actions": ("row_id", "owner", "due", "late", "level", "what", "why", "state"),
    "dimensions": ("key", "name", "state", "sentence"),
}


def assess(
    playbook: Playbook, tables: Tables, history: History, inputs: pd.DataFrame, calendar: Calendar, now: datetime
) -> Assessment:
    """Everything that the playbook says about a tracker at `now` (naive, by the agency's wall clock). Pure: the same
    in gives the same out. `inputs`: what was typed in the Diary, see tracker/history.py."""
    case = Case(playbook, tables, history, inputs, calendar)
    found = _find(case, now)
    shown = boards(case, found, now)
    first = history.first_sync or now.date()
    measured = metrics.metrics(playbook, tables, now, found.touchpoints.kept, first)
    return Assessment(
        now=now,
        valid_until=_valid_until(case, found, shown, measured, now),
        first_sync=first,
        clients=found.clients,
        facts=found.facts,
        dimensions=found.dimensions,
        warnings=found.warnings,
        touchpoints=found.touchpoints.frame,
        clocks=found.clocks.frame,
        renewals=found.renewals,
        actions=found.actions,
        metrics=measured,
        boards=shown,
        problems=_problems(found, shown, case, now),
        notes=_notes(playbook, found, first, now),
        held=found.held,
    )


def _find(case: Case, now: datetime) -> Found:
    """The rooms in order. What depends on a client's level comes after it; escalations come last [A51]."""
    playbook, tables, history, inputs = case.playbook, case.tables, case.history, case.inputs
    said = typed(inputs, now)
    owed = recovery.commitments(playbook, tables, said, now)
    known = recovery.with_promises(facts.compute(playbook, tables, inputs, now), owed)
    ran = clocks.run(playbook, tables, known, said, case.calendar, now)
    calm = facts.with_clocks(known, ran.frame[ran.frame["clock"].ne("escalate")])
    fired = warnings.find(playbook, calm, tables, history, inputs, now)
    if _open_issues(ran.frame):
        before, _ = health.assess_health(playbook, calm, fired, tables, history, now)
        ran = clocks.run(playbook, tables, known, said, case.calendar, now, _at_risk(before))
    known = facts.with_clocks(known, ran.frame)
    last = warnings.find(playbook, known, tables, history, inputs, now, last=True)
    fired = warnings.in_order(playbook, pd.concat([fired, last], ignore_index=True), known) if len(last) else fired
    clients, dimensions = health.assess_health(playbook, known, fired, tables, history, now)
    held = hold_back(playbook, clients, fired, history.accepted)
    clients = held.clients
    known = facts.with_levels(known, clients)
    steps = interventions.interventions(playbook, tables, known, owed, said, now)
    known = interventions.with_steps(playbook, known, steps, fired)
    due = touchpoints.due(playbook, tables, known, said, history, case.calendar, now)
    ladder = renewals.ladder(playbook, known, tables, now)
    todo = things(playbook, known, fired, due.frame, ran.frame, ladder, said, case.calendar, now)
    ours = controls.controls(playbook, tables, said, history.first_sync or now.date(), case.calendar, now)
    todo = [*stand_ins(todo, playbook, tables, case.calendar, now), *controls.things(ours, playbook, said, now)]
    lines = actions.plan(playbook, todo, clients, said, now)
    clients = clients.join(actions.next_steps(lines, clients))
    clients["next_touchpoint"] = actions.next_touchpoint(due.frame, clients, now)
    clients["renewal"] = ladder.set_index("key")["sentence"].reindex(clients.index)
    clients["offer_next"] = growth.offer(playbook, known, tables, clients, now)
    return Found(clients, known, dimensions, fired, due, ran, ladder, lines, ours, held.reasons, owed, steps)


def _open_issues(frame: pd.DataFrame) -> bool:
    return bool((frame["clock"].eq("escalate") & frame["done"].isna()).any())


def _at_risk(clients: pd.DataFrame) -> dict[str, datetime]:
    """Since when those clients are at risk that are so without any escalation."""
    found = clients.loc[clients["level"].eq(Level.RISK), "since"]
    return {key: since.to_pydatetime() for key, since in found.items()}


def _valid_until(case: Case, found: Found, shown: Boards, measured: pd.DataFrame, now: datetime) -> datetime:
    """Asks the rooms again at each moment at which something could change, with what this run will remember."""
    changes = found.touchpoints.frame["changes"]

    def same_at(moment: datetime) -> bool:
        if changes.eq(pd.Timestamp(moment)).any():
            return False
        history = advance(case.history, _Remembered(found.clients, found.warnings, measured), case.inputs, now)
        then = _find(replace(case, history=history), moment)
        if not all(
            _same(getattr(found, name), getattr(then, name), list(columns)) for name, columns in _STATES.items()
        ):
            return False
        later = boards(replace(case, history=history), then, moment)
        if not all(getattr(shown, one.name).equals(getattr(later, one.name)) for one in fields(Boards)):
            return False
        again = metrics.metrics(case.playbook, case.tables, moment, then.touchpoints.kept, history.first_sync)
        return _same(measured, again, ["id", "verdict"])

    return moments.valid_until(now, case.tables, found.clocks.frame, case.calendar, same_at)


@dataclass(frozen=True)
class _Remembered:
    clients: pd.DataFrame
    warnings: pd.DataFrame
    metrics: pd.DataFrame


def _same(one: object, other: object, columns: list[str]) -> bool:
    before, after = (frame if isinstance(frame, pd.DataFrame) else frame.frame for frame in (one, other))  # type: ignore[attr-defined]
    return bool(before[columns].equals(after[columns]))


def _problems(found: Found, shown: Boards, case: Case, now: datetime) -> tuple[Problem, ...]:
    missed = touchpoints.missed_problems(found.touchpoints.frame, case.tables, case.playbook)
    exited = exits.problems(case.playbook, case.tables, found.facts, shown.leavers)
    return (
        *found.clocks.problems,
        *missed,
        *exited,
        *undocumented.problems(case.playbook, case.tables, now),
        *opportunities.gaps(case.tables, now),
        *knowing.gaps(case.playbook, case.tables, found.facts, now),
        *suggestions.entry_problems(case.playbook, case.tables),
        *anatomy.problems(case.playbook, now.date()),
        *exceptions.stray_problems(case.playbook, found.facts, case.tables),
        *controls.overdue_trainings(found.controls, case.tables),
        *unlogged(shown.logged, case.tables),
    )


def _notes(playbook: Playbook, found: Found, first: date, now: datetime) -> tuple[str, ...]:
    """What the first day of counting has to say about the past and about the load."""
    if first != now.date():
        return ()
    older, a_week = found.touchpoints.older, round(found.touchpoints.a_week)
    notes = []
    if older:
        past = (
            "1 older contact looks missed; it is" if older == 1 else f"{older:,} older contacts look missed; they are"
        )
        notes.append(f"{past} not held against you. Counting starts today.")
    owners = found.clients["owner"].nunique()
    busiest = _busiest(playbook, found.touchpoints.frame)
    if a_week and busiest:
        people = {0: "", 1: " of 1 person"}.get(owners, f" of {owners} people")
        every = playbook.touchpoints[busiest].every
        notes.append(
            f"This playbook asks {a_week:,} contacts a week{people}. Too many? "
            f"playbook.toml, [touchpoints.{busiest}]: every {every}."
        )
    return tuple(notes)


def _busiest(playbook: Playbook, frame: pd.DataFrame) -> str:
    """The cadence that asks for most contacts."""
    asked = frame.loc[~frame["state"].isin(["missed", "not tracked"]), "id"].value_counts()
    pace = {
        name: asked.get(name, 0) / (entry.every.days or entry.every.months * 30)
        for name, entry in playbook.touchpoints.items()
        if entry.every
    }
    return max(pace, key=lambda name: pace[name], default="")
