"""A client's projects, answers, issues, renewal and invoice in words, as the texts print them.

Blank is "". A date reads "23 Nov" or "Mon 23 Nov", a number "1,200"; nothing in here names a level or a rule.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.tabs.words import as_date, day, moment, money, short
from sheets_sync.tabs.words import text as one_line

# Marks that turn the direction of what follows, and a byte order mark; joiners stay, names and emoji need them.
_TURNING = frozenset(map(chr, (0x061C, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_MILESTONES = (
    ("kickoff_on", "Kickoff"),
    ("first_win_on", "First win"),
    ("mid_check_on", "Mid-project check"),
    ("completed_on", "Delivery"),
    ("review_on", "Delivery review"),
    ("follow_up_on", "Follow-up"),
)


@dataclass(frozen=True)
class Project:
    """An engagement. `done`: its milestones with their dates, newest last; `win`: its number moved the right way;
    `result`: the number as it stands, whichever way it moved. `fresh`: it runs, or what it says is of the look-back."""

    name: str = ""
    service: str = ""
    start: str = ""
    ends: str = ""
    completed: str = ""
    kickoff: str = ""
    first_win: str = ""
    reviewed: str = ""
    followed_up: str = ""
    measure: str = ""
    baseline: str = ""
    target: str = ""
    running: bool = False
    fresh: bool = False
    done: tuple[str, ...] = ()
    win: str = ""
    result: str = ""


@dataclass(frozen=True)
class Answer:
    """A survey that came back. `kind`: low, middle or high by the playbook's bounds, "" without a score; `lowest`: the
    attribute that they rated lowest, "6 out of 10 for accuracy", where it is below the playbook's middle."""

    contact: str = ""
    on: str = ""
    score: str = ""
    kind: str = ""
    lowest: str = ""
    well: str = ""
    improve: str = ""
    again: str = ""
    action: str = ""


@dataclass(frozen=True)
class Issue:
    """A problem that they raised. `promises`: what was promised for it and what came of it, `broken` those not kept;
    `escalated`: since when and on what ground, as a sentence."""

    name: str = ""
    raised: str = ""
    cause: str = ""
    fixed: str = ""
    escalated: str = ""
    prevention: str = ""
    promises: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Renewal:
    """The renewal date and the days that the playbook's ladder counts back from it."""

    date: str = ""
    begin: str = ""
    proposal: str = ""
    decision: str = ""
    stage: str = ""
    value: str = ""


@dataclass(frozen=True)
class Line:
    """A line of an agenda: what is known, and what a person must fill in; either may be ""."""

    words: str
    missing: str


@dataclass(frozen=True)
class Point:
    """A point of an agenda."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Plan:
    """What was promised to a client at risk."""

    problem: str = ""
    promise: str = ""
    guarantee: str = ""
    hours: str = ""
    refund: str = ""
    goodwill: str = ""
    owner: str = ""
    by: str = ""


@dataclass(frozen=True)
class Invoice:
    """An invoice that falls due."""

    month: str = ""
    amount: str = ""
    due: str = ""


def text(value: Any) -> str:
    """A value of theirs on one line: control and direction characters out, blanks folded; blank is ""."""
    shown = "".join(c for c in one_line(value) if c not in _TURNING and unicodedata.category(c) not in ("Cc", "Cs"))
    return " ".join(shown.split())


def number(value: Any) -> str:
    """1,200 or 12.5; blank is ""."""
    if value is None:
        return ""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")


def dated(value: Any, today: date) -> str:
    """Mon 23 Nov; blank is ""."""
    when = as_date(value)
    return day(when, today) if when else ""


def project(row: Any, playbook: Playbook, today: date) -> Project:
    """A row of Projects."""
    measure = text(row.success_metric)
    named = bool(measure and row.current is not None)
    stands = f"{measure}: {number(row.current)}" if named else ""
    stands += f", from {number(row.baseline)} at the start" if named and row.baseline is not None else ""
    aim = f" (target {number(row.target)})" if named and row.target is not None else ""
    done = [(as_date(getattr(row, column)), label) for column, label in _MILESTONES]
    completed = as_date(row.completed_on)
    first_win = text(row.first_win)
    return Project(
        name=text(row.project) or text(row.service),
        service=text(row.service),
        start=dated(row.start, today),
        ends=dated(row.planned_end, today),
        completed=dated(completed, today),
        kickoff=dated(row.kickoff_on, today),
        first_win=first_win,
        reviewed=dated(row.review_on, today),
        followed_up=dated(row.follow_up_on, today),
        measure=measure,
        baseline=number(row.baseline),
        target=number(row.target),
        running=completed is None or completed > today,
        fresh=_fresh(row, playbook, today),
        done=tuple(
            f"{label}, {short(when, today)}" + (f": {first_win}" if label == "First win" and first_win else "")
            for when, label in sorted((when, label) for when, label in done if when and when <= today)
        ),
        win=stands + aim if stands and _moved(row) else "",
        result=stands + aim,
    )


def _fresh(row: Any, playbook: Playbook, today: date) -> bool:
    latest = [when for when in (as_date(row.measured_on), as_date(row.completed_on)) if when]
    return not latest or max(latest) > today - timedelta(days=playbook.settings.look_back.days)


def _moved(row: Any) -> bool:
    """Whether the number moved towards its target; without one nobody knows which way is good."""
    if row.baseline is None or row.target is None or row.target == row.baseline:
        return False
    return bool((row.current - row.baseline) * (row.target - row.baseline) > 0)


def answer(row: Any, ratings: Iterable[Any], playbook: Playbook, today: date) -> Answer:
    """A row of Surveys that has an answer, with its ratings by attribute."""
    bounds = playbook.settings.nps
    kind = ""
    if row.score is not None:
        high, middle = row.score >= bounds.promoter_from, row.score >= bounds.passive_from
        kind = "high" if high else "middle" if middle else "low"
    when = as_date(row.answered_on)
    below = [rated for rated in ratings if rated.score is not None and rated.score < bounds.passive_from]
    lowest = min(below, key=lambda rated: float(rated.score), default=None)
    return Answer(
        contact=text(row.contact),
        on=short(when, today) if when else "",
        score=number(row.score),
        kind=kind,
        lowest=f"{number(lowest.score)} out of 10 for “{text(lowest.name)}”" if lowest else "",
        well=text(row.did_well),
        improve=text(row.improve),
        again=text(row.again),
        action=text(row.action),
    )


def issue(row: Any, clocks: Iterable[Any], playbook: Playbook, today: date) -> Issue:
    """A row of Issues with its clocks; that of the escalation is for the team and stays out."""
    own = list(clocks)
    promised = [clock for clock in own if clock.clock != "escalate" and clock.clock in playbook.clocks]
    lines = {clock.clock: _promise(clock, playbook, today) for clock in promised}
    fixed = row.fixed_at or row.confirmed_at
    raised = moment(row.raised_at, today) if row.raised_at else ""
    escalated = [clock.sentence for clock in own if clock.clock == "escalate" and clock.state == "breached"]
    return Issue(
        name=text(row.issue) or "the issue",
        raised=raised,
        cause=text(row.root_cause),
        fixed=moment(fixed, today) if fixed else "",
        escalated="" if fixed else text(next(iter(escalated), "")).removeprefix(f"Raised {raised}. "),
        prevention=text(row.prevention),
        promises=tuple(lines.values()),
        broken=tuple(lines[clock.clock] for clock in promised if clock.state == "breached"),
    )


def _promise(clock: Any, playbook: Playbook, today: date) -> str:
    entry = playbook.clocks[clock.clock]
    by = f"{entry.title} promised within {entry.within or text(clock.counted).partition(':')[0]}"
    by += f", by {moment(clock.deadline, today)}" if clock.deadline else ""
    if clock.done:
        return f"{by}; given {moment(clock.done, today)}"
    return f"{by}; " + ("not given" if clock.state == "breached" else "still open")


def renewal(client: Any, when: date | None, playbook: Playbook, today: date) -> Renewal:
    """The renewal of a row of Clients; `when` is its date."""
    stage = text(client.renewal_stage)
    value = money(client.renewal_value) if client.renewal_value is not None else ""
    if when is None:
        return Renewal(decision=dated(client.decision_by, today), stage=stage, value=value)
    back = {step.state: day(when - timedelta(days=step.days_before), today) for step in playbook.renewal.ladder}
    return Renewal(
        date=day(when, today),
        begin=back.get("open", ""),
        proposal=back.get("proposal due", ""),
        decision=dated(client.decision_by, today) or back.get("decision due", ""),
        stage=stage,
        value=value,
    )


def agenda(frame: pd.DataFrame) -> list[Point]:
    """The points of one client's agenda, in their order."""
    return [
        Point(str(title), tuple(Line(text(row.line), str(row.missing)) for row in rows.itertuples()))
        for title, rows in frame.groupby("title", sort=False)
    ]


def plan(row: Any, today: date) -> Plan:
    """A row of Recovery."""
    return Plan(
        problem=text(row.problem),
        promise=text(row.promise),
        guarantee=text(row.guarantee),
        hours=number(row.fix_within_hours),
        refund=text(row.refund_rule),
        goodwill=text(row.goodwill),
        owner=text(row.owner),
        by=dated(row.by, today),
    )


def invoice(row: Any, today: date) -> Invoice:
    """A row of Revenue that has not been paid."""
    month = as_date(row.month)
    return Invoice(
        month=short(month, today).split(" ", 1)[1] if month else "",
        amount=f"{row.amount:,.2f}".removesuffix(".00") if row.amount is not None else "",
        due=day(as_date(row.invoice_due) or today, today),
    )


def late_first(rows: Iterable[Any], column: str) -> list[Any]:
    """Rows with a date in that column, the latest first."""
    found = [row for row in rows if isinstance(getattr(row, column), datetime | date)]
    return sorted(found, key=lambda row: getattr(row, column), reverse=True)
