"""Facts from the client's own row."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array, answers, day_of, days, numbers, since, texts
from sheets_sync.rules.sentences import date_in_words
from sheets_sync.tracker.tables import Tables

_COPIED = (
    *("engagement", "tier", "owner", "service", "key_contact", "opinion", "opinion_by", "opinion_reason"),
    *("sold_by", "handover_notes", "expectations", "deliverables"),
)


def client_facts(playbook: Playbook, tables: Tables, today: np.datetime64) -> dict[str, Array]:
    """Facts that stand in Clients itself, by name. Without a Status, a day of leaving that has passed says that they
    left."""
    frame, settings = tables["clients"].frame, playbook.settings
    started, ended = days(frame["start_date"]), days(frame["end_date"])
    status = texts(frame["status"])
    gone = (status == None) & (ended <= today)  # noqa: E711
    status = np.where(gone, "churned", np.where(status == None, settings.status.blank, status))  # noqa: E711
    age = since(started, today)
    until = days(frame["opinion_until"])
    named = frame["key_contact"].notna().to_numpy(int) + frame["second_contact"].notna().to_numpy(int)
    return {
        "status": status,
        **{name: texts(frame[name]) for name in _COPIED},
        "monthly_fee": numbers(frame["monthly_fee"]),
        "start_date": started,
        "end_date": ended,
        "days_since_start": age,
        "is_new": age < settings.new_client.days,
        "contacts_named": named,
        **{name: days(frame[name]) for name in ("sold_on", "handover_on", "agreed_on", "team_briefed_on")},
        "first_contact_by_delivery": days(frame["first_contact_by_delivery_at"]),
        "loyalty_member": answers(frame["loyalty_member"]),
        "opinion_until": until,
        "opinion_stale": until < today,
    }


def leaving_words(columns: dict[str, Array], now: datetime) -> Array:
    """Who leaves and when; a signal of an earlier day says only when it was told."""
    words: Array = np.full(len(columns["status"]), None)
    on, named = columns["contact_leaving_on"], columns["key_contact"]
    for i in np.flatnonzero(columns["contact_leaving_open"]):
        day = date_in_words(on[i].item(), now)
        who = f"{named[i]} (key contact)" if named[i] else "The key contact"
        words[i] = f"{who} leaves on {day}" if on[i] > day_of(now) else f"{who} is leaving (noted {day})"
    return words
