"""The promises on issues: answered in person, a proposal made, escalated while it isn't fixed."""

from __future__ import annotations

import re
from collections import Counter, namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import pandas as pd

from sheets_sync.model import Problem
from sheets_sync.playbook.schema import CLIENT_OWNER, Clock, Playbook
from sheets_sync.playbook.settings import Settings
from sheets_sync.playbook.spans import Within
from sheets_sync.rules.clock_words import arithmetic, sentence
from sheets_sync.rules.grounds import Reasons, reasons
from sheets_sync.rules.people import owner_of
from sheets_sync.rules.typed import Typed
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Tables
from sheets_sync.worktime import Calendar

COLUMNS = ("key", "issue", "row", "clock", "title", "raised", "deadline", "state", "sentence", "done", "owner",
           "counted", "occurrence", "risk_at", "doubt_at")  # fmt: skip
_MOMENTS = ("raised", "deadline", "done", "risk_at", "doubt_at")
_DAY_END = timedelta(days=1) - timedelta(minutes=1)
_NEVER = ("newsletter",)


class Ran(NamedTuple):
    frame: pd.DataFrame
    problems: tuple[Problem, ...]


class Reading(NamedTuple):
    """A moment between `low` and `high`: a date without a time stands for any moment of that day."""

    low: datetime
    high: datetime

    @staticmethod
    def of(moment: datetime) -> Reading:
        return Reading(moment, moment + _DAY_END if moment.time() == time() else moment)


class Plan(NamedTuple):
    """What a client's line in Recovery says of fixes: within how many hours, what is owed when missed, and the day it
    was agreed (None = not known)."""

    hours: float
    refund: str
    agreed: datetime | None


@dataclass(frozen=True)
class _Setting:
    playbook: Playbook
    tables: Tables
    typed: Typed
    calendar: Calendar
    now: datetime
    plans: Mapping[str, Plan]
    owners: Mapping[str, Mapping[str, Any]]
    answers: Mapping[int, datetime]
    names: Mapping[str, Any]


def run(
    playbook: Playbook,
    tables: Tables,
    facts: pd.DataFrame,
    typed: Typed,
    calendar: Calendar,
    now: datetime,
    at_risk: Mapping[str, datetime] = {},
) -> Ran:
    """Every clock of every issue, issues in the order of their tab, clocks as the playbook lists them [A42] [A44]
    [A49]; then those of clients [C7], whose `row` is 0.

    key · issue · row · clock · title · raised · deadline · state (running, at risk, met, breached, unknown) ·
    sentence · done (NaT = not yet) · owner · counted (the arithmetic alone) · occurrence (what the issue is told apart
    by) · risk_at · doubt_at (from when on its state is unknown, where the time of day is missing). `at_risk`: since
    when a client is at risk without its escalations [A51].

            key              issue    clock              raised            deadline    state
    0  brightw…  Booking form down  acknow… 2026-11-20 15:00:00 2026-11-23 10:30:00  running
    """
    frame = tables["issues"].frame
    rows = [issue for issue in _issues(frame) if issue.key is not None]
    owners = {name: _owners(clock, tables, rows) for name, clock in playbook.clocks.items()}
    names = tables["clients"].frame["client"].to_dict()
    answered = _answers(rows, tables, now)
    setting = _Setting(playbook, tables, typed, calendar, now, _plans(tables), owners, answered, names)
    why = {
        name: reasons(clock.grounds, tables, dict(at_risk), now)
        for name, clock in playbook.clocks.items()
        if any(dict(clock.grounds).values())
    }
    lines: list[dict[str, Any]] = []
    problems: list[Problem] = []
    seen: Counter[tuple[str, str]] = Counter()
    for issue in rows:
        found = list(_clocks(issue, _occurrence(issue, seen), why, setting))
        lines += found
        problems += _problems(issue, found, setting)
    lines += _of_clients(setting)
    result = pd.DataFrame(lines, columns=list(COLUMNS))
    return Ran(result.astype(dict.fromkeys(_MOMENTS, "datetime64[us]")), tuple(problems))


def _owners(clock: Clock, tables: Tables, rows: list[Any]) -> dict[str, Any]:
    keys = list(dict.fromkeys(issue.key for issue in rows))
    place = tables["clients"].frame.index.get_indexer(pd.Index(keys, dtype=object))
    return dict(zip(keys, owner_of(clock, tables, place), strict=True))


def _issues(frame: pd.DataFrame) -> list[Any]:
    """The rows as named tuples of plain values, blanks as None."""
    row = namedtuple("row", list(frame.columns))  # type: ignore[misc]
    return [row(*values) for values in zip(*(_plain(frame[name]) for name in frame.columns), strict=True)]


def _plain(series: pd.Series) -> list[Any]:
    if series.dtype.kind == "M":
        return [None if value is pd.NaT else value for value in series.to_numpy("datetime64[us]").astype(object)]
    return list(series.to_numpy(dtype=object, na_value=None))


def _occurrence(issue: Any, seen: Counter[tuple[str, str]]) -> str:
    """What an issue is told apart by, wherever its row moves."""
    name = " ".join(str(issue.issue or "").split()).casefold()
    raised = f"{issue.raised_at:%Y-%m-%dT%H:%M}" if issue.raised_at else ""
    text = f"{name}@{raised}"
    seen[issue.key, text] += 1
    return text if seen[issue.key, text] == 1 else f"{text} #{seen[issue.key, text]}"


def _clocks(issue: Any, occurrence: str, why: Mapping[str, Reasons], setting: _Setting) -> Iterator[dict[str, Any]]:
    raised, now = issue.raised_at, setting.now
    clocks = {
        name: own
        for name, clock in setting.playbook.clocks.items()
        if clock.each == "issue" and (own := _own(clock, issue, setting)) is not None
    }
    deadlines = _deadlines(raised, clocks, setting.calendar) if raised and raised <= now else {}
    for name, clock in clocks.items():
        done = _done(name, clock, issue, occurrence, setting)
        base = {
            "key": issue.key,
            "issue": issue.issue or "",
            "row": issue.row,
            "clock": name,
            "title": clock.title,
            "raised": raised,
            "done": done,
            "owner": (issue.owner if clock.owner == CLIENT_OWNER else None) or setting.owners[name].get(issue.key),
            "occurrence": occurrence,
        }
        if raised is None or raised > now:
            reason = "Raised at is empty" if raised is None else "Raised at lies ahead"
            yield base | {"state": "unknown", "sentence": f"{reason}, so no clock runs.", "counted": ""}
            continue
        grounds = why[name].of(issue, raised) if name in why and done is None else []
        yield base | _with_refund(
            clock, issue, _judged(clock, raised, deadlines[name], done, grounds, setting), setting
        )


def _plans(tables: Tables) -> dict[str, Plan]:
    """The latest line of each client in Recovery that names hours [D11]."""
    frame = tables["recovery"].frame
    plans = {}
    for line in frame[frame["key"].notna() & frame["fix_within_hours"].gt(0).fillna(False)].itertuples():
        days = [day for day in (line.discussed_on, line.called_on, line.met_on) if not pd.isna(day)]
        refund = "" if pd.isna(line.refund_rule) else str(line.refund_rule).rstrip(".")
        plans[line.key] = Plan(float(line.fix_within_hours), refund, min(days).to_pydatetime() if days else None)
    return plans


def _plan_of(issue: Any, setting: _Setting) -> Plan | None:
    """The plan that an issue came under: raised on the day it was agreed or later, or still open where no day is
    known."""
    plan = setting.plans.get(issue.key)
    if plan is None or issue.raised_at is None:
        return None
    under = issue.raised_at >= plan.agreed if plan.agreed else issue.fixed_at is None
    return plan if under else None


def _own(clock: Clock, issue: Any, setting: _Setting) -> Clock | None:
    """The clock as it runs for one issue; None where it does not [D11]."""
    if not clock.hours:
        return clock
    plan = _plan_of(issue, setting)
    hours = issue.fix_within_hours or (plan.hours if plan else 0)
    if not hours or hours <= 0:
        return None
    within = Within(float(hours), setting.playbook.settings.recovery.fix_unit)
    return clock.model_copy(update={"within": within})


def _with_refund(clock: Clock, issue: Any, found: dict[str, Any], setting: _Setting) -> dict[str, Any]:
    """What is owed to the client once a fix that was guaranteed came late."""
    plan = _plan_of(issue, setting) if clock.hours and found["state"] == "breached" else None
    if plan is None or not plan.refund:
        return found
    owed = f"Owed to them: {plan.refund}."
    return found | {"sentence": f"{found['sentence']} {owed}", "counted": f"{found['counted']}. {owed}"}


def _of_clients(setting: _Setting) -> Iterator[dict[str, Any]]:
    """The clocks that run once for a client, from a moment in Clients until another one there. What began longer ago
    than a touchpoint is missed for good is nobody's promise any more."""
    fields = {field.header: field.name for field in TABLES["clients"].fields}
    clients, settings = setting.tables["clients"], setting.playbook.settings
    oldest = setting.now - timedelta(days=settings.missed.after_days)
    for name, clock in setting.playbook.clocks.items():
        start, end = fields.get(clock.from_, ""), fields.get(clock.until, "")
        if clock.each != "client" or not clients.has(end):
            continue
        frame = clients.frame[clients.frame[start].between(oldest, setting.now) & _served(clients.frame, settings)]
        for key, begun, entered in zip(frame.index, _plain(frame[start]), _plain(frame[end]), strict=True):
            deadline = _deadlines(begun, {name: clock}, setting.calendar)[name]
            ticked = setting.typed.done((name, key, f"{begun:%Y-%m-%d}"))
            known = [entered] if entered else [datetime.combine(ticked, time())] if ticked else []
            done = min((moment for moment in known if moment <= setting.now), default=None)
            base = {"key": key, "issue": "", "row": 0, "clock": name, "title": clock.title, "raised": begun}
            base |= {"done": done, "occurrence": f"{begun:%Y-%m-%d}"}
            base["owner"] = setting.owners.get(key) if clock.owner == CLIENT_OWNER else clock.owner
            yield base | _judged(clock, begun, deadline, done, [], setting)


def _served(clients: pd.DataFrame, settings: Settings) -> pd.Series:
    """Who is a client of ours now, or will be one."""
    return ~clients["status"].isin([word for word in settings.status.no_health if word != "prospect"])


def _judged(
    clock: Clock, raised: datetime, due: Reading, done: datetime | None, grounds: list[Any], setting: _Setting
) -> dict[str, Any]:
    begun = "Raised" if clock.each == "issue" else re.sub(r" (on|at)$", "", clock.from_)
    now, calendar = setting.now, setting.calendar
    # A ground that came when the time was over already changes nothing.
    grounds = [ground for ground in grounds if ground[0] <= due.high]
    deadline = grounds[0][0] if grounds else due.high
    counted = (
        arithmetic(raised, deadline, _within(clock), calendar, now) if not grounds else "; ".join(g[1] for g in grounds)
    )
    words = sentence(raised, raised.time() == time(), deadline, done, counted, [g[1] for g in grounds], now, begun)
    found: dict[str, Any] = {"deadline": deadline, "counted": counted, "sentence": words}
    if done is not None:
        return found | {"state": _finished(Reading.of(raised), Reading.of(done), due)}
    if grounds or now > due.high:
        return found | {"state": "breached"}
    risk_at = _risk_at(raised, due.low, _within(clock), setting)
    state = "unknown" if now > due.low else "at risk" if now >= risk_at else "running"
    return found | {"state": state, "risk_at": risk_at, "doubt_at": due.low}


def _finished(raised: Reading, done: Reading, due: Reading) -> str:
    if done.high < raised.low:
        return "unknown"
    if done.low > due.high:
        return "breached"
    return "met" if done.high <= due.low else "unknown"


def _deadlines(raised: datetime, clocks: Mapping[str, Clock], calendar: Calendar) -> dict[str, Reading]:
    """When each clock runs out. Whatever their units, an earlier promise is never due after a later one."""
    span, found = Reading.of(raised), {}
    latest = Reading(datetime.max, datetime.max)
    for name, clock in reversed(list(clocks.items())):
        if clock.within is None:
            continue
        low, high = (_after(moment, clock.within, calendar) for moment in span)
        if clock.hours:
            # A tighter promise to one client stands beside the others.
            found[name] = Reading(low, high)
            continue
        latest = Reading(min(low, latest.low), min(high, latest.high))
        found[name] = latest
    return found


def _within(clock: Clock) -> Within:
    assert clock.within is not None
    return clock.within


def _after(raised: datetime, within: Within, calendar: Calendar) -> datetime:
    if within.unit == "working hours":
        return calendar.add_hours(raised, within.number)
    if within.unit == "working days":
        return calendar.add_days(raised, int(within.number))
    return raised + timedelta(hours=within.number)


def _risk_at(raised: datetime, deadline: datetime, within: Within, setting: _Setting) -> datetime:
    """When the last part of a clock's time begins."""
    share = 1 - setting.playbook.settings.clock.at_risk_share
    if within.unit == "clock hours":
        return raised + (deadline - raised) * share
    hours = setting.calendar.hours_between(raised, deadline)
    return setting.calendar.add_hours(raised, hours * share)


def _done(name: str, clock: Clock, issue: Any, occurrence: str, setting: _Setting) -> datetime | None:
    """When it was done: entered in Issues, seen in the log, typed in the Diary, or implied by a later stage."""
    entered = [getattr(issue, field, None) for field in _stages(clock.until)]
    typed = setting.typed.done((name, issue.key, occurrence))
    first = setting.answers.get(issue.row) if _is_first(name, setting.playbook) else None
    own, later = entered[0], [moment for moment in entered[1:] if moment]
    known = [own] if own else [*later, *([first] if first else [])]
    known += [datetime.combine(typed, time())] if typed and not own else []
    return min((moment for moment in known if moment <= setting.now), default=None)


def _is_first(name: str, playbook: Playbook) -> bool:
    return name == next(name for name, clock in playbook.clocks.items() if clock.each == "issue")


def _stages(header: str) -> list[str]:
    """The field of a header of Issues, and those of the stages after it."""
    stages = ["acknowledged_at", "proposed_at", "fixed_at", "confirmed_at"]
    field = next((field.name for field in TABLES["issues"].fields if field.header == header), "")
    return stages[stages.index(field) :] if field in stages else [field]


def _answers(rows: list[Any], tables: Tables, now: datetime) -> dict[int, datetime]:
    """For issues without Acknowledged at: the first contact of a person of ours whose summary names the issue."""
    open_ = [issue for issue in rows if issue.raised_at and not issue.acknowledged_at and issue.issue]
    log = tables["interactions"].frame
    if not open_ or not len(log):
        return {}
    ours = log["key"].isin({issue.key for issue in open_}) & log["summary"].notna() & log["date"].le(pd.Timestamp(now))
    ours &= ~log["direction"].eq("in").fillna(False) & ~log["type"].isin(_NEVER)
    by_client: dict[str, list[tuple[datetime, str]]] = {}
    columns = ("key", "date", "summary", "channel", "by")
    for key, moment, words, channel, by in zip(*(_plain(log.loc[ours, name]) for name in columns), strict=True):
        if "auto" not in f"{channel} {by}".casefold():
            by_client.setdefault(key, []).append((moment, " ".join(words.split()).casefold()))
    found: dict[int, datetime] = {}
    for issue in open_:
        name = " ".join(issue.issue.split()).casefold()
        told = [
            m for m, words in by_client.get(issue.key, ()) if name in words and Reading.of(m).high >= issue.raised_at
        ]
        if told:
            found[issue.row] = min(told)
    return found


def _problems(issue: Any, found: list[dict[str, Any]], setting: _Setting) -> Iterator[Problem]:
    """A stage that was entered before the issue was raised."""
    table, raised = setting.tables["issues"], issue.raised_at
    clocks = [clock for clock in setting.playbook.clocks.values() if clock.each == "issue"]
    for clock in clocks if raised and found else ():
        field = _stages(clock.until)[0]
        moment = getattr(issue, field, None)
        if moment and Reading.of(moment).high < raised:
            client = str(setting.names.get(issue.key, ""))
            hint = "Its clock can't be judged. Correct one of the two."
            yield Problem(
                table.ref(field, issue.row, client), f"{clock.until} lies before {clock.from_}.", hint, moment
            )
