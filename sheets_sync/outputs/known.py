"""What a text may say about one client: the values that stand in templates/messages.

Every value is text on one line ("" where the tracker says nothing), a list of such, or a record of records.py; dates
and money are in words already, so that no template can print a blank cell's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from sheets_sync.model import Level
from sheets_sync.outputs import records
from sheets_sync.outputs.records import Answer, Invoice, Issue, Plan, Project, dated, late_first, text
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.agenda import Asked, agendas
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tabs.words import as_date, cut, level_of, money, plain, rows_of, sentence, short
from sheets_sync.tracker.tables import Tables

HANDED_OVER = ("sold_by", "expectations", "deliverables", "next_goals")
OPENINGS = ("asked what next", "new challenge", "growth", "budget talk")
MOST = 4
QUOTE = 300
_UPCOMING = ("due", "overdue", "upcoming")


def known(assessment: Assessment, tables: Tables, playbook: Playbook, key: str) -> dict[str, Any]:
    """Every value for the client of that key, by the name that templates use."""
    one = _One(assessment, tables, playbook, key)
    client, today = one.client, one.today
    return {
        "client": text(one.line.client),
        "contact": text(client.key_contact),
        "contact_leaves": text(one.fact("contact_left")) if one.fact("contact_leaving_open") is True else "",
        "second_contact": text(client.second_contact),
        "owner": text(one.line.owner),
        "service": text(client.service),
        "industry": text(client.industry),
        "fee": money(float(one.line.fee)) if one.line.fee is not None else "",
        "since": short(start, today) if (start := as_date(client.start_date)) and start <= today else "",
        "left": dated(client.end_date, today),
        **{name: text(getattr(client, name, None)) for name in HANDED_OVER},
        "today": dated(today, today),
        "last_spoke": short(spoke, today) if (spoke := as_date(one.fact("last_sign_of_life"))) else "",
        "why": one.why(),
        "project": one.project,
        "coming": one.coming(),
        **one.numbers(),
        "answer": one.answer,
        "praise": one.said("well"),
        "wishes": one.said("improve"),
        "survey_sent": one.survey_sent(),
        "issue": one.issue,
        "open_issues": one.open_issues,
        "plan": one.plan(),
        "broken": [line for issue in one.issues for line in issue.broken][:MOST],
        "renewal": records.renewal(client, as_date(one.fact("renewal_date")), playbook, today),
        "paid": one.paid(),
        "agenda": records.agenda(one.agenda()),
        "invoice": one.invoice(),
        "offer": text(one.line.offer_next),
        "openings": one.openings(),
        "news": one.news(),
        "not_now": one.not_now(),
        "not_satisfied": one.not_satisfied(),
    }


@dataclass(frozen=True)
class _One:
    """One client's rows, looked up once."""

    assessment: Assessment
    tables: Tables
    playbook: Playbook
    key: str

    @property
    def today(self) -> date:
        return self.assessment.now.date()

    @cached_property
    def line(self) -> Any:
        """The client's line of the Assessment."""
        return rows_of(self.assessment.clients.loc[[self.key]])[0]

    @cached_property
    def client(self) -> Any:
        """The client's row of the tracker."""
        return rows_of(self.tables["clients"].frame.loc[[self.key]])[0]

    def rows(self, name: str) -> list[Any]:
        frame = getattr(self.assessment, name) if name in ("clocks", "touchpoints", "warnings") else None
        if frame is None and name not in self.tables.by_name:
            return []
        frame = self.tables[name].frame if frame is None else frame
        return rows_of(frame[frame["key"].eq(self.key).fillna(False)])

    def fact(self, name: str) -> Any:
        facts = self.assessment.facts
        return plain(facts.at[self.key, name]) if name in facts.columns else None

    def why(self) -> list[str]:
        """The warnings that count now, the worst first; without any, the Why of the client's row."""
        awake = [row for row in self.rows("warnings") if not text(row.snoozed)]
        worst = sorted(awake, key=lambda row: level_of(row.level) is not Level.RISK)
        return [sentence(text(row.sentence)) for row in worst] or [text(self.line.why)][: bool(text(self.line.why))]

    @cached_property
    def projects(self) -> list[Project]:
        """Running ones first, then the newest."""
        rows = self.rows("projects")
        dated_first = [*late_first(rows, "start"), *(row for row in rows if row.start is None)]
        found = [records.project(row, self.playbook, self.today) for row in dated_first]
        return sorted(found, key=lambda project: not project.running)

    @property
    def project(self) -> Project:
        return self.projects[0] if self.projects else Project()

    def numbers(self) -> dict[str, list[str]]:
        """The projects' numbers: all of them, those that moved the right way, and of these the ones still fresh."""
        return {
            "results": [project.result for project in self.projects if project.result][:MOST],
            "wins": [project.win for project in self.projects if project.win][:MOST],
            "fresh_wins": [project.win for project in self.projects if project.win and project.fresh][:MOST],
        }

    def coming(self) -> list[str]:
        """What comes next in the running project, with its day where that lies ahead."""
        if not (self.project.running and self.project.name):
            return []
        rows = [row for row in self.rows("touchpoints") if row.state in _UPCOMING]
        rows = [row for row in rows if text(row.project) == self.project.name]
        rows.sort(key=lambda row: as_date(row.due) or self.today)
        lines = []
        for row in rows[:2]:
            due = as_date(row.due)
            lines.append(text(row.title) + (f", {dated(due, self.today)}" if due and due >= self.today else ""))
        return lines

    @cached_property
    def answers(self) -> list[Answer]:
        """What came back, the latest first."""
        rated = self.rows("ratings")
        rows = [row for row in late_first(self.rows("surveys"), "answered_on") if self._past(row.answered_on)]
        return [
            records.answer(row, [one for one in rated if one.row == row.row], self.playbook, self.today) for row in rows
        ]

    @property
    def answer(self) -> Answer:
        """The latest one with a score, else the latest."""
        return next((answer for answer in self.answers if answer.score), next(iter(self.answers), Answer()))

    def said(self, field: str) -> list[str]:
        """Their words on one question, the latest first, each with its day."""
        answers = [(cut(getattr(answer, field), QUOTE), answer.on) for answer in self.answers]
        return [f"“{words}” ({on})" for words, on in answers if words][:MOST]

    def survey_sent(self) -> str:
        """The day of the last invitation; an answer without one counts as asked."""
        rows = self.rows("surveys")
        days = [as_date(row.sent_on) or as_date(row.answered_on) for row in rows]
        past = [when for when in days if when and when <= self.today]
        return short(max(past), self.today) if past else ""

    @cached_property
    def issues(self) -> list[Issue]:
        """All of the look-back and every open one, the latest first."""
        back = self.today - timedelta(days=self.playbook.settings.look_back.days)
        clocks = self.rows("clocks")
        found = []
        for row in late_first(self.rows("issues"), "raised_at"):
            raised = as_date(row.raised_at)
            if raised and raised <= self.today and (raised > back or not self._past(row.fixed_at)):
                own = [clock for clock in clocks if clock.row == row.row]
                found.append(records.issue(row, own, self.playbook, self.today))
        return found

    @property
    def open_issues(self) -> list[Issue]:
        return [issue for issue in self.issues if not issue.fixed]

    @property
    def issue(self) -> Issue:
        """The one to speak of: escalated, else open, else the latest."""
        first = [issue for issue in self.open_issues if issue.escalated]
        return next(iter([*first, *self.open_issues, *self.issues]), Issue())

    def plan(self) -> Plan:
        """The last line of Recovery that is neither kept nor broken."""
        rows = [row for row in self.rows("recovery") if not (self._past(row.kept_on) or self._past(row.broken_on))]
        return records.plan(rows[-1], self.today) if rows else Plan()

    def agenda(self) -> pd.DataFrame:
        """The renewal meeting's six points, as the Renewals tab has them."""
        offers = self.assessment.clients["offer_next"]
        asked = Asked(self.playbook, self.tables, self.assessment.facts, offers, self.assessment.now)
        return agendas(asked, [self.key])

    def paid(self) -> str:
        """What they were billed within a year."""
        year = self.today - timedelta(days=365)
        rows = [row for row in self.rows("revenue") if row.amount is not None and self._past(row.month)]
        total = sum(float(row.amount) for row in rows if (as_date(row.month) or year) > year)
        return money(total) if total > 0 else ""

    def invoice(self) -> Invoice:
        """The next one to fall due."""
        rows = [row for row in self.rows("revenue") if row.paid_on is None and as_date(row.invoice_due)]
        ahead = [row for row in late_first(rows, "invoice_due") if (as_date(row.invoice_due) or date.min) >= self.today]
        return records.invoice(ahead[-1], self.today) if ahead else Invoice()

    def openings(self) -> list[str]:
        """Signs that a next step would be welcome, from Signals and from the Signal column of Interactions."""
        noted = [
            (row.date, text(row.kind), text(row.note))
            for row in self.rows("signals")
            if not self._past(row.resolved_on)
        ]
        noted += [(row.date, text(row.signal), text(row.summary)) for row in self.rows("interactions")]
        back = self.today - timedelta(days=self.playbook.settings.look_back.days)
        found = [
            (when, kind, note)
            for moment, kind, note in noted
            if kind in OPENINGS and (when := as_date(moment)) and back < when <= self.today
        ]
        return [
            f"{kind.capitalize()}, {short(when, self.today)}" + (f": {cut(note, QUOTE)}" if note else "")
            for when, kind, note in sorted(found, reverse=True)[:MOST]
        ]

    def news(self) -> list[str]:
        """Changes in their industry, by client or by Industry, the latest first."""
        frame = self.tables["signals"].frame
        industry = text(self.client.industry).casefold()
        rows = [row for row in rows_of(frame[frame["kind"].eq("industry change").fillna(False)]) if text(row.note)]
        theirs = [
            row for row in rows if row.key == self.key or (industry and text(row.industry).casefold() == industry)
        ]
        open_ = [row for row in late_first(theirs, "date") if self._past(row.date) and not self._past(row.resolved_on)]
        return [cut(text(row.note), QUOTE) for row in open_][:MOST]

    def not_now(self) -> list[str]:
        """Why nothing should be offered at the moment, by what the playbook says it waits for."""
        blocks = self.playbook.growth.blocked_by
        level = level_of(self.line.level)
        words = {Level.RISK: "they are at risk", Level.WATCH: "they are on watch"}
        found = [words[level]] if level.value in blocks and level in words else []
        if "open issue" in blocks and self.open_issues:
            found.append(f"“{self.open_issues[0].name}” is open")
        if text(self.line.status) in self.playbook.settings.status.no_health:
            found.append(f"their status is {text(self.line.status)}")
        return found

    def not_satisfied(self) -> list[str]:
        """Why a testimonial should not be asked for at the moment."""
        found = self.not_now()
        if not self.answer.score:
            return [*found, "no score of theirs is entered"]
        kind = self.answer.kind
        if kind == "low" or (kind == "middle" and self.answer.again != "yes"):
            found.append(f"their latest score is {self.answer.score}/10")
        return found

    def _past(self, when: Any) -> bool:
        day = as_date(when)
        return day is not None and day <= self.today
