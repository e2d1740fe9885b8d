"""The catalogue of facts: everything that a playbook's conditions and sentences may name, worked out once a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from sheets_sync.model import Level, Ref
from sheets_sync.playbook.conditions import counting, fires
from sheets_sync.playbook.schema import Playbook, Warning_
from sheets_sync.rules.by_client import NO_DAY, Array, Gathered, answers, day_of, numbers, since
from sheets_sync.rules.care_facts import care_facts
from sheets_sync.rules.client_facts import client_facts, leaving_words
from sheets_sync.rules.contact_facts import contact_facts, silence_limit
from sheets_sync.rules.exceptions import variants, whose
from sheets_sync.rules.exits import exit_facts
from sheets_sync.rules.frustrations import frustration_facts
from sheets_sync.rules.grounds import escalated_words
from sheets_sync.rules.growth_signals import growth_signal_facts
from sheets_sync.rules.project_facts import project_facts
from sheets_sync.rules.record_facts import issue_facts, signal_facts, survey_facts
from sheets_sync.rules.renewals import renewal_facts
from sheets_sync.tracker.tables import Tables

Unit = Literal["text", "date", "moment", "days", "number", "money", "yes/no"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact is counted in, what it says, and where it comes from: "table.column"."""

    unit: Unit
    meaning: str
    source: str


FACTS: dict[str, Fact] = {
    "status": Fact("text", "Status; a blank or unknown one is read as active", "clients.status"),
    "engagement": Fact("text", "retainer, project or both", "clients.engagement"),
    "tier": Fact("text", "Tier", "clients.tier"),
    "owner": Fact("text", "who looks after the client", "clients.owner"),
    "service": Fact("text", "what they buy", "clients.service"),
    "monthly_fee": Fact("money", "what they pay a month", "clients.monthly_fee"),
    "start_date": Fact("date", "the day they became a client", "clients.start_date"),
    "end_date": Fact("date", "the day they left", "clients.end_date"),
    "left_unlisted_on": Fact("date", "the day they left, where Exits has no row for them", "clients.end_date"),
    "days_since_start": Fact("days", "days since Start date", "clients.start_date"),
    "is_new": Fact("yes/no", "in the first days, judged on contact alone", "clients.start_date"),
    "has_active_project": Fact("yes/no", "a project has started and isn't completed", "projects.start"),
    "kickoff_on": Fact("date", "the latest kickoff held", "projects.kickoff_on"),
    "last_sign_of_life": Fact("date", "when they last called, wrote or met us", "interactions.date"),
    "last_sign_type": Fact("text", "the type of that contact", "interactions.type"),
    "days_since_sign_of_life": Fact("days", "days since that contact", "interactions.date"),
    "usual_gap": Fact("days", "their own usual gap between signs of life, if there are enough", "interactions.date"),
    "silence_limit": Fact("days", "how long this client may be silent", "interactions.date"),
    "silence_limit_double": Fact("days", "how long until silence is a risk", "interactions.date"),
    "asked_check_in": Fact("yes/no", "a routine talk is asked of this client", "clients.engagement"),
    "contact_ahead": Fact("yes/no", "a contact is entered for a day that lies ahead", "interactions.date"),
    "last_our_contact": Fact("date", "when we last called, wrote or met them", "interactions.date"),
    "open_issues": Fact("number", "issues without Fixed at", "issues.fixed_at"),
    "oldest_open_issue_on": Fact("moment", "when the oldest open issue was raised", "issues.raised_at"),
    "oldest_open_issue_days": Fact("days", "its age", "issues.raised_at"),
    "complaints": Fact("number", "issues raised in the look-back or still open", "issues.raised_at"),
    "complaint": Fact("text", "the newest open one, else the newest", "issues.issue"),
    "complaint_on": Fact("moment", "when it was raised", "issues.raised_at"),
    "complaint_state": Fact("text", "how far it has come, as the end of a sentence", "issues.fixed_at"),
    "breached_clocks": Fact("number", "broken promises on open issues", "issues.raised_at"),
    "open_escalations": Fact("number", "issues that are escalated and not fixed", "issues.raised_at"),
    "escalated_on": Fact("date", "the day on which the last one was escalated", "issues.raised_at"),
    "escalated_what": Fact("text", "that issue and the ground for it, as part of a sentence", "issues.issue"),
    "frustrated": Fact("text", "“they were frustrated twice”, where no issue stands for it", "signals.date"),
    "frustrated_on": Fact("date", "when they were frustrated once too often and no issue stands for it",
                          "signals.date"),
    "latest_score": Fact("number", "the latest survey score, the lowest of one day", "surveys.score"),
    "latest_score_on": Fact("date", "when it was given", "surveys.answered_on"),
    "days_since_latest_score": Fact("days", "its age", "surveys.answered_on"),
    "unanswered_score": Fact("number", "the latest score, as long as Action done on is blank", "surveys.score"),
    "unanswered_score_on": Fact("date", "when it was given", "surveys.answered_on"),
    "days_since_unanswered_score": Fact("days", "its age", "surveys.answered_on"),
    "would_work_again": Fact("text", "yes, no or maybe, from the latest survey that says so", "surveys.again"),
    "would_work_again_on": Fact("date", "when they said so", "surveys.answered_on"),
    "budget_concern_on": Fact("date", "when they last worried about budget", "signals.date"),
    "budget_concern_open": Fact("yes/no", "it isn't resolved", "signals.resolved_on"),
    "contact_leaving_on": Fact("date", "the day of that signal: when it was told, or their last day", "signals.date"),
    "contact_leaving_open": Fact("yes/no", "nobody is named after the key contact who leaves", "signals.resolved_on"),
    "contact_left": Fact("text", "“Ana Roe (key contact) leaves on 30 Nov”, as a sentence begins", "signals.date"),
    "key_contact": Fact("text", "Key contact", "clients.key_contact"),
    "direction_change_on": Fact("date", "when their direction last changed", "signals.date"),
    "direction_change_open": Fact("yes/no", "it isn't resolved", "signals.resolved_on"),
    "contacts_named": Fact("number", "how many contacts are named, 0 to 2", "clients.second_contact"),
    "growth_signal_on": Fact("date", "since when they wait for a talk about more work", "signals.date"),
    "growth_signal": Fact("text", "the signs that they want one: “they asked what comes next”", "signals.kind"),
    "renewal_date": Fact("date", "Renewal date; none for one-off projects", "clients.renewal_date"),
    "days_to_renewal": Fact("days", "days until then", "clients.renewal_date"),
    "renewal_state": Fact("text", "none, later, open, proposal due, decision due, lapsed, old date or renewed",
                          "clients.renewal_date"),
    "renewal_stage": Fact("text", "Renewal stage", "clients.renewal_stage"),
    "renewal_begun": Fact("yes/no", "the renewal talk has begun", "interactions.type"),
    "renewal_proposal_out": Fact("yes/no", "the renewal proposal is out", "clients.renewal_stage"),
    "renewal_unproposed": Fact("date", "Renewal date, while it waits for a proposal", "clients.renewal_date"),
    "decision_by": Fact("date", "Decision by", "clients.decision_by"),
    "last_payment": Fact("date", "the latest payment", "revenue.paid_on"),
    "last_contact_after_renewal": Fact("days", "days from the renewal date to the latest sign of life",
                                       "interactions.date"),
    "unpaid_overdue": Fact("number", "unpaid invoices past due", "revenue.invoice_due"),
    "unpaid_since": Fact("date", "the oldest of their due days", "revenue.invoice_due"),
    "outcome_status": Fact("text", "met, on track or behind: the worst of the projects", "projects.current"),
    "outcome": Fact("text", "that outcome in words", "projects.current"),
    "loyalty_member": Fact("yes/no", "takes part in the loyalty programme", "clients.loyalty_member"),
    "sold_on": Fact("date", "the day of the sale", "clients.sold_on"),
    "sold_by": Fact("text", "who sold it", "clients.sold_by"),
    "handover_on": Fact("date", "when sales handed the client over", "clients.handover_on"),
    "handover_notes": Fact("text", "what sales wrote for delivery", "clients.handover_notes"),
    "first_contact_by_delivery": Fact("date", "when delivery first spoke with them",
                                      "clients.first_contact_by_delivery_at"),
    "introduction_owed_on": Fact("date", "the day of the sale, once delivery's first contact is late",
                                 "clients.first_contact_by_delivery_at"),
    "team_briefed_on": Fact("date", "when those who do the work were told what was promised",
                            "clients.team_briefed_on"),
    "expectations": Fact("text", "what they expect", "clients.expectations"),
    "deliverables": Fact("text", "what was agreed to be delivered", "clients.deliverables"),
    "agreed_on": Fact("date", "when expectations and deliverables were agreed", "clients.agreed_on"),
    "anniversary_on": Fact("date", "the anniversary of Start date that is near", "clients.start_date"),
    "anniversary": Fact("text", "“3 years”, of that anniversary", "clients.start_date"),
    "satisfied_on": Fact("date", "the latest score, if it is a good one and nothing is open", "surveys.answered_on"),
    "promoter_on": Fact("date", "the latest score, if they would recommend us and nothing is open",
                        "surveys.answered_on"),
    "public_asked_on": Fact("date", "the last testimonial or case study", "care.date"),
    "may_ask_public": Fact("yes/no", "they gave no testimonial or case study lately", "care.date"),
    "referred_on": Fact("date", "when they last sent somebody to us", "care.date"),
    "may_ask_referral": Fact("yes/no", "they sent nobody to us lately", "care.date"),
    "opinion": Fact("text", "the opinion set by hand: healthy, watch or at risk", "clients.opinion"),
    "opinion_by": Fact("text", "whose opinion it is", "clients.opinion_by"),
    "opinion_reason": Fact("text", "the reason given", "clients.opinion_reason"),
    "opinion_until": Fact("date", "until when it holds", "clients.opinion_until"),
    "opinion_stale": Fact("yes/no", "that day has passed", "clients.opinion_until"),
    "level": Fact("text", "risk, watch, ok, unknown or none; for touchpoints, not for warnings", "clients.client"),
    "level_since": Fact("date", "the day from which that level stands", "clients.client"),
    "at_risk_since": Fact("date", "that day, of those at risk", "clients.client"),
    "undiscussed_since": Fact("date", "that day, until the team has discussed them", "recovery.discussed_on"),
    "uncalled_since": Fact("date", "that day, until we have spoken with them", "recovery.called_on"),
    "unmet_since": Fact("date", "the day of that call, until we have met them", "recovery.met_on"),
    "unplanned_since": Fact("date", "the day from which they are at risk, until a promise is entered",
                            "recovery.promise"),
    "broken_promise": Fact("text", "the last promise that was not kept", "recovery.promise"),
    "broken_promise_by": Fact("date", "the day that was promised", "recovery.by"),
    "broken_promise_on": Fact("date", "the day on which it was broken", "recovery.kept_on"),
}  # fmt: skip


def compute(playbook: Playbook, tables: Tables, inputs: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """Every fact of every client: index `key`, one typed column a fact of FACTS; further columns named `row.<fact>`
    hold the sheet row that a fact came from, `rows.open_issues` those of all open issues, `step.<days>` whether that
    step of the renewal ladder is taken. `breached_clocks` and `open_escalations` are 0 until `with_clocks`.

                   status  last_sign_of_life  days_since_sign_of_life  silence_limit
    aldgate legal  active         2026-09-28                     56.0           24.0
    corvid coffee  active         2026-11-20                      3.0           21.0
    """
    today = day_of(now)
    columns = client_facts(playbook, tables, today)
    gathered = Gathered(tables)
    columns |= contact_facts(playbook, gathered, inputs, now)
    columns |= project_facts(playbook, gathered, now)
    columns |= issue_facts(playbook, gathered, now)
    columns |= survey_facts(playbook, gathered, inputs, now)
    columns |= signal_facts(gathered, now)
    columns |= exit_facts(playbook, gathered, columns["status"])
    columns |= care_facts(playbook, gathered, columns, now)
    columns |= frustration_facts(playbook, gathered, now)
    columns |= growth_signal_facts(playbook, gathered, inputs, columns["status"], now)
    columns |= renewal_facts(playbook, gathered, inputs, now, columns["last_sign_of_life"])
    columns["contact_left"] = leaving_words(columns, now)
    waits = np.isin(columns["renewal_state"], ("open", "proposal due", "decision due"))
    columns["renewal_unproposed"] = np.where(waits & ~columns["renewal_proposal_out"], columns["renewal_date"], NO_DAY)
    columns["last_contact_after_renewal"] = since(columns["renewal_date"], columns["last_sign_of_life"])
    for name in ("sign_of_life", "latest_score", "unanswered_score"):
        source = "last_sign_of_life" if name == "sign_of_life" else f"{name}_on"
        columns[f"days_since_{name}"] = since(columns[source], today)
    # Somebody wrote down a day that cannot be: how long they have been silent is not known.
    columns["days_since_sign_of_life"][columns["contact_ahead"]] = np.nan
    nothing = np.zeros(len(tables["clients"].frame))
    columns["introduction_owed_on"] = np.full(len(nothing), NO_DAY)
    columns |= {"level": np.full(len(nothing), None), "level_since": np.full(len(nothing), NO_DAY)}
    columns["at_risk_since"] = columns["level_since"]
    columns |= dict.fromkeys(_OF_RECOVERY, columns["level_since"]) | {"broken_promise": columns["level"]}
    columns |= {"breached_clocks": nothing, "open_escalations": nothing}
    columns |= {"escalated_what": np.full(len(nothing), None), "escalated_on": np.full(len(nothing), NO_DAY)}
    index = tables["clients"].frame.index
    return _with_silence(playbook, _typed(columns, index), tables, now)


def with_clocks(facts: pd.DataFrame, clocks: pd.DataFrame) -> pd.DataFrame:
    """The facts with what the clocks say (`clocks` as in Assessment). Open issues count; `escalate` clocks that are
    breached and not done are open escalations, every other breach of an open issue is a broken promise.

    So that red cannot keep itself red, hand over the clocks without the escalations first [A51]."""
    still_open = {row for rows in facts["rows.open_issues"] if rows for row in rows}
    breached = clocks[clocks["state"].eq("breached") & clocks["row"].isin(still_open)]
    escalated = breached[breached["clock"].eq("escalate") & breached["done"].isna()]
    escalated = escalated.sort_values("deadline", kind="stable")
    broken = breached[breached["clock"].ne("escalate")]
    last = escalated.drop_duplicates("key", keep="last").set_index("key")
    what = pd.Series(map(escalated_words, last["issue"], last["counted"]), index=last.index, dtype="string")
    on = last["deadline"].dt.normalize().reindex(facts.index).astype("datetime64[us]")
    owed = clocks[clocks["row"].eq(0) & clocks["state"].eq("breached") & clocks["done"].isna()]
    sold = owed.drop_duplicates("key").set_index("key")["raised"].dt.normalize()
    return facts.assign(
        breached_clocks=broken["key"].value_counts().reindex(facts.index, fill_value=0).astype("Float64"),
        open_escalations=escalated["key"].value_counts().reindex(facts.index, fill_value=0).astype("Float64"),
        introduction_owed_on=sold.reindex(facts.index).astype("datetime64[us]"),
        escalated_on=on.fillna(facts["frustrated_on"]),
        escalated_what=what.reindex(facts.index).fillna(facts["frustrated"]),
        **{"row.open_escalations": last["row"].reindex(facts.index)},
    )


def with_levels(facts: pd.DataFrame, clients: pd.DataFrame) -> pd.DataFrame:
    """The facts with what health says (`clients` as in Assessment)."""
    at_risk = clients["level"].eq(Level.RISK)
    levels = pd.array([str(level) for level in clients["level"]], dtype="string")
    return facts.assign(level=levels, level_since=clients["since"], at_risk_since=clients["since"].where(at_risk))


def first_fact(entry: Warning_) -> str:
    """The fact that a warning is about: the first one that its conditions name, the status aside."""
    return first_of((entry.when, *entry.any))


def first_of(parts: Iterable[Mapping[str, Any]]) -> str:
    """As `first_fact`, of some conditions."""
    return next((name for part in parts for name in part if name in FACTS and name != "status"), "")


def wheres(tables: Tables, facts: pd.DataFrame, fact: str) -> list[Ref]:
    """The cell that each client's fact came from: its own row where one is known, else the client's."""
    table, column = FACTS[fact].source.split(".")
    clients = tables["clients"]
    at = clients.frame.index.get_indexer(facts.index)
    names, own = clients.frame["client"].to_numpy(dtype=object)[at], clients.frame["row"].to_numpy()[at]
    rows: Array = np.full(len(facts), None)
    if table != "clients":
        rows = facts.get(f"row.{fact}", facts.get(f"row.{_ROWS.get(fact, fact)}", pd.Series(rows))).to_numpy()
        fallback = "last_contact" if fact in _CONTACT and clients.has("last_contact") else "client"
    else:
        fallback = column
    return [
        clients.ref(fallback, int(line), name)
        if row is None or row != row
        else tables[table].ref(column, int(row), name)
        for row, line, name in zip(rows, own, names, strict=True)
    ]


def where(tables: Tables, facts: pd.DataFrame, key: str, fact: str) -> Ref:
    """As `wheres`, for one client."""
    return wheres(tables, facts.loc[[key]], fact)[0]


def cell(tables: Tables, facts: pd.DataFrame, key: str, fact: str) -> Ref | None:
    """The cell that a client's fact was read from, None where it was read from none."""
    ref, own = where(tables, facts, key, fact), tables["clients"]
    named = own.ref("client", int(own.frame.at[key, "row"]), "")
    elsewhere = FACTS[fact].source != "clients.client" and (ref.tab, ref.a1) == (named.tab, named.a1)
    return None if elsewhere or not (ref.row and ref.column) else ref


_OF_RECOVERY = ("undiscussed_since", "uncalled_since", "unmet_since", "unplanned_since", "broken_promise_by",
                "broken_promise_on")  # fmt: skip
_CONTACT = frozenset(name for name, fact in FACTS.items() if fact.source == "interactions.date")
_ROWS = {
    **dict.fromkeys(("days_since_sign_of_life", "last_sign_type", "usual_gap"), "last_sign_of_life"),
    **dict.fromkeys(("complaint", "complaint_on", "complaint_state", "open_issues"), "complaints"),
    **dict.fromkeys((name for name in FACTS if "score" in name), "latest_score"),
    **{f"{kind}_on": f"{kind}_open" for kind in ("budget_concern", "contact_leaving", "direction_change")},
    **dict.fromkeys(("outcome",), "outcome_status"),
    **dict.fromkeys(("escalated_on", "escalated_what"), "open_escalations"),
    **dict.fromkeys(("broken_promise", "broken_promise_by"), "broken_promise_on"),
    "frustrated": "frustrated_on",
    "growth_signal": "growth_signal_on",
    "would_work_again_on": "would_work_again",
    "oldest_open_issue_days": "oldest_open_issue_on",
}


def _typed(columns: dict[str, Array], index: pd.Index) -> pd.DataFrame:
    """Arrays as the columns that conditions expect; a blank is missing in all of them."""
    typed: dict[str, object] = {}
    for name, values in columns.items():
        unit = FACTS[name].unit if name in FACTS else "text"
        if unit in ("date", "moment"):
            typed[name] = values.astype("datetime64[us]")
        elif unit in ("days", "number", "money"):
            plain = np.asarray(values, float)
            typed[name] = pd.arrays.FloatingArray(np.nan_to_num(plain), np.isnan(plain))
        elif unit == "yes/no" or name.startswith("step."):
            typed[name] = pd.array(np.asarray(values, bool), dtype="boolean")
        elif name in FACTS:
            typed[name] = pd.array(values, dtype="string")
        else:
            typed[name] = values
    return pd.DataFrame(typed, index=index)


def _with_silence(playbook: Playbook, facts: pd.DataFrame, tables: Tables, now: datetime) -> pd.DataFrame:
    """The silence limit needs to know which routine talks are asked of a client, and that is a condition itself."""
    asked = np.full(len(facts), np.nan)
    count = counting({name: table.frame for name, table in tables.by_name.items() if table.present}, facts.index, now)
    others = whose(playbook, facts, tables, now)
    routine = {name: entry for name, entry in playbook.touchpoints.items() if entry.routine and entry.two_way}
    for name, of_all in routine.items():
        for entry, mine in variants(name, of_all, others):
            if entry.every:
                every = entry.every.days or entry.every.months * playbook.settings.tenure.days_in_month
                applies = answers(fires(entry.when, entry.any, facts, tables.extra, count, now))
                applies = applies if mine is None else applies & mine
                asked = np.fmin(asked, np.where(applies, every, np.nan))
    usual = numbers(facts["usual_gap"])
    limit = silence_limit(playbook.settings.silence, usual, asked)
    double = limit * playbook.settings.silence.double
    for one, mine in others:
        if one.silence:
            theirs = silence_limit(one.silence, usual, asked)
            limit = np.where(mine, theirs, limit)
            double = np.where(mine, theirs * one.silence.double, double)
    return facts.assign(
        asked_check_in=pd.array(~np.isnan(asked), dtype="boolean"),
        silence_limit=pd.array(limit, dtype="Float64"),
        silence_limit_double=pd.array(double, dtype="Float64"),
    )
