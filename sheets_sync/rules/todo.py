"""The single things to do, from every room: warnings, steps of the renewal ladder, touchpoints and clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pandas as pd

from sheets_sync.model import Level
from sheets_sync.playbook.schema import Playbook, Touchpoint
from sheets_sync.playbook.sentences import placeholders
from sheets_sync.rules.renewals import RENEWAL, occurrence_of
from sheets_sync.rules.sentences import date_in_words, fill
from sheets_sync.rules.typed import Id, Typed, text
from sheets_sync.worktime import Calendar

_RANK = {level: i for i, level in enumerate((Level.RISK, Level.WATCH, Level.OK, Level.UNKNOWN, Level.NONE))}
_OF_ISSUES = {"complaints", "open_issues", "oldest_open_issue_days", "breached_clocks", "open_escalations"}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to do for one client. `talk`: it can be done in a call; `call`: it is one, so it leads what can be done
    in the same call; `issue`: it belongs to that issue's line;
    `promise`: it is a touchpoint, which presses less than a warning of the same level;
    `text`: the prepared words that go with it;
    `covered`: an issue's line asks for it already, so it needs none of its own; `rests`: why and until when it is
    snoozed ("" = it isn't); `note`: for whom its owner stands in; `answers`: who
    answers for it where it is at risk."""

    id: Id
    due: datetime
    late: bool
    level: Level
    do: str
    short: str
    owner: str
    why: str
    routine: bool = False
    talk: bool = True
    call: bool = False
    promise: bool = False
    issue: str = ""
    text: str = ""
    covered: bool = False
    rests: str = ""
    note: str = ""
    answers: str = ""

    @property
    def key(self) -> str:
        return self.id[1]

    @property
    def presses(self) -> int:
        """How pressing it is, 0 for the worst. No touchpoint moves Health, so any warning of its level goes first."""
        return 2 * _RANK[self.level] + self.promise


def things(
    playbook: Playbook,
    facts: pd.DataFrame,
    warnings: pd.DataFrame,
    touchpoints: pd.DataFrame,
    clocks: pd.DataFrame,
    renewals: pd.DataFrame,
    typed: Typed,
    calendar: Calendar,
    now: datetime,
) -> list[Thing]:
    """Everything that is open now or falls due within the Diary's reach, without what "Done on" has settled."""
    of_issues = list(_of_clocks(playbook, clocks, typed, now))
    with_issue = {thing.key for thing in of_issues if thing.issue}
    found = [*of_issues, *_of_warnings(playbook, warnings, typed, with_issue, now)]
    said = {(thing.key, thing.do) for thing in found}
    soon = now.date() + timedelta(days=playbook.settings.diary.ahead_days)
    steps = _of_renewals(playbook, renewals, typed, calendar, soon, now)
    found += [thing for thing in steps if (thing.key, thing.do) not in said]
    return [*found, *_of_touchpoints(playbook, touchpoints, facts, typed, soon, now)]


def at(day: date) -> datetime:
    """A day as a moment without a time."""
    return datetime.combine(day, time())


def _of_clocks(playbook: Playbook, clocks: pd.DataFrame, typed: Typed, now: datetime) -> Iterator[Thing]:
    """The undone promises. A later one shows once it is broken or nearly so, or nothing stands before it."""
    first: set[tuple[str, str]] = set()
    shown = clocks[clocks["done"].isna() & clocks["deadline"].notna()]
    for row in shown.itertuples(index=False):
        entry = playbook.clocks[row.clock]
        issue = (row.key, row.occurrence)
        ahead = entry.each == "issue" and (issue in first or row.clock == "escalate")
        first.add(issue)
        if ahead and row.state not in ("breached", "at risk"):
            continue
        values = {"{issue}": row.issue or "the issue"}
        of_client = entry.each == "client"
        id = (row.clock, row.key, row.occurrence)
        yield Thing(
            id,
            row.deadline.to_pydatetime(),
            row.state == "breached",
            Level.RISK if row.state == "breached" else Level.WATCH,
            _named(entry.do or entry.title, values),
            _named(entry.short or entry.title, values),
            text(row.owner),
            row.counted[:1].upper() + row.counted[1:],
            talk=of_client,
            call=of_client,
            issue="" if of_client else row.occurrence,
            text=entry.text,
            rests=snooze_words(typed, id, text(row.owner), now),
        )


def _of_warnings(
    playbook: Playbook, warnings: pd.DataFrame, typed: Typed, with_issue: set[str], now: datetime
) -> Iterator[Thing]:
    of_issues = {
        name
        for name, entry in playbook.warnings.items()
        if not _OF_ISSUES.isdisjoint({fact for part in (entry.when, *entry.any) for fact in part})
    }
    columns = ["id", "key", "level", "do", "short", "owner", "sentence", "snoozed"]
    dates = warnings["since"].dt.to_pydatetime()
    for row, since in zip(warnings[columns].astype(object).itertuples(index=False), dates, strict=True):
        entry = playbook.warnings[row.id]
        id = (row.id, row.key, since.date().isoformat())
        covered = row.id in of_issues and row.key in with_issue
        if typed.done(id) or (entry.last and covered):
            continue
        yield Thing(
            id,
            since,
            since.date() < now.date(),
            Level(row.level),
            row.do,
            row.short,
            text(row.owner),
            row.sentence,
            talk=bool(entry.done.types),
            call=entry.done.types[:1] == ("call",),
            text=entry.text,
            covered=covered,
            rests=_with_owner(row.snoozed, text(row.owner)),
        )


def _of_renewals(
    playbook: Playbook,
    renewals: pd.DataFrame,
    typed: Typed,
    calendar: Calendar,
    soon: date,
    now: datetime,
) -> Iterator[Thing]:
    """The step of each renewal that is due or near; on a closed day it is listed on the working day before."""
    shown = renewals[renewals["step"].ne("") & renewals["due"].le(pd.Timestamp(soon))]
    words = {step.days_before: step.text for step in playbook.renewal.ladder}
    for row in shown.itertuples(index=False):
        day = row.due.date()
        listed = calendar.roll_back(day)
        id = (RENEWAL, row.key, occurrence_of(row.date.date(), row.days_before))
        if typed.done(id):
            continue
        owner = text(row.owner)
        yield Thing(
            id,
            at(listed),
            day < now.date(),
            Level(row.level) if row.reached else Level.NONE,
            row.step,
            row.short,
            owner,
            f"Renewal on {date_in_words(row.date.date(), now)}.",
            text=words.get(row.days_before, ""),
            rests=snooze_words(typed, id, owner, now),
        )


def _of_touchpoints(
    playbook: Playbook, touchpoints: pd.DataFrame, facts: pd.DataFrame, typed: Typed, soon: date, now: datetime
) -> Iterator[Thing]:
    state = touchpoints["state"]
    near = state.eq("upcoming") & touchpoints["due"].le(pd.Timestamp(soon))
    shown = touchpoints[state.isin(["due", "overdue", "snoozed"]) | near]
    talks = set(playbook.settings.contact.talks)
    level = {"due": Level.WATCH, "overdue": Level.RISK}
    entries = playbook.touchpoints
    rows_of = {str(name): shown.index[rows] for name, rows in shown.groupby("id").indices.items()}
    words = {name: _filled(entries[name], shown, rows, facts, now) for name, rows in rows_of.items()}
    columns = ("id", "key", "occurrence", "state", "due", "owner", "sentence", "project")
    dues = shown["due"].dt.to_pydatetime()
    for row, due in zip(shown[list(columns)].itertuples(), dues, strict=True):
        entry = entries[row.id]
        do, short = words[row.id](row.Index)
        id = (row.id, row.key, row.occurrence)
        thing = Thing(
            id,
            due,
            row.state == "overdue",
            Level.NONE if entry.routine else level.get(row.state, Level.NONE),
            do,
            short,
            text(row.owner),
            f"{row.project}: {_small(row.sentence)}" if row.project else row.sentence,
            entry.routine,
            not entry.routine or not talks.isdisjoint(entry.done.types),
            promise=True,
            text=entry.text,
        )
        yield replace(thing, rests=snooze_words(typed, id, thing.owner, now)) if row.state == "snoozed" else thing


def _filled(entry: Touchpoint, shown: pd.DataFrame, rows: pd.Index, facts: pd.DataFrame, now: datetime) -> Any:
    """The texts of an entry by row; templates are filled only where they name a fact or a column of the record."""
    do, short = entry.do or entry.title, entry.short or entry.title.lower()
    names = dict.fromkeys((*placeholders(do), *placeholders(short)))
    if not names:
        return lambda row: (do, short)
    fields = [record or {} for record in shown.loc[rows, "fields"]]
    of_clients = facts[[one for one in names if one in facts]].reindex(shown.loc[rows, "key"])
    values = {
        one: pd.Series([record.get(one) for record in fields])
        if one not in facts or one in fields[0]
        else of_clients[one]
        for one in names
    }
    frame = pd.DataFrame({one: column.to_numpy() for one, column in values.items()})
    frame = frame.astype({one: column.dtype for one, column in values.items()})
    texts = dict(zip(rows, zip(fill(do, frame, now), fill(short, frame, now), strict=True), strict=True))
    return texts.__getitem__


def snooze_words(typed: Typed, id: Id, owner: str, now: datetime) -> str:
    """ "snoozed to 4 Dec by Sam: waiting", "" where it isn't."""
    found = typed.snoozed(id)
    if not found or not found.snooze:
        return ""
    reason = str(found.reason).strip() if found.reason is not None else ""
    return _with_owner(f"snoozed to {date_in_words(found.snooze, now)}{': ' if reason else ''}{reason}", owner)


def _with_owner(words: str, owner: str) -> str:
    """ "snoozed to 4 Dec: waiting" with whose line it is: "snoozed to 4 Dec by Sam: waiting"."""
    before, colon, reason = words.partition(":")
    return f"{before} by {owner}{colon}{reason}" if words and owner else words


def _named(template: str, values: dict[str, str]) -> str:
    for place, words in values.items():
        template = template.replace(place, words)
    return template


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
