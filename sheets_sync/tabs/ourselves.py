"""What the Dashboard says about ourselves: controls, how alike owners work, the log. Nobody is named here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sheets_sync.rules.measures import EXACT
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import count, rows_of, short, text


def overdue_controls(view: View) -> str:
    """[B10] [B16] Our own reviews and trainings that are overdue; whose training it is stands in the Diary."""
    rows = [row for row in rows_of(view.assessment.boards.controls) if row.state == "overdue"]
    trained = Counter(text(row.title) for row in rows if row.by == "training")
    parts = [f"{text(row.title)}, by {short(row.latest, view.today)}" for row in rows if row.by == "review"]
    parts += [f"{title}, {count(number, 'person', 'people')}" for title, number in trained.items()]
    return f"Overdue with us: {'; '.join(parts)}." if parts else ""


def owners_differ(view: View) -> str:
    """[B7] [E1] How far owners are apart in keeping to the calendar, and what is late most; never who."""
    numbers, rows = view.playbook.settings.practice, rows_of(view.assessment.boards.consistency)
    due, in_time, late = Counter[str](), Counter[str](), Counter[str]()
    for row in rows:
        due[row.owner] += row.due
        in_time[row.owner] += row.in_time
    shares = [in_time[owner] / number for owner, number in due.items() if number >= numbers.least]
    if len(shares) < 2 or max(shares) - min(shares) < numbers.spread - EXACT:
        return ""
    for row in rows:
        late[row.title] += row.due - row.in_time
    worst, number = late.most_common(1)[0]
    low, high = min(shares), max(shares)
    words = f"Care differs from owner to owner: {low:.0%} to {high:.0%} of contacts in time in {numbers.weeks} weeks"
    return f"{words.replace('%', ' %')}; most often late: {worst}, {number:,} of {_due(rows, worst):,}."


def _due(rows: list[Any], title: str) -> int:
    return sum(row.due for row in rows if row.title == title)


def log_kept(view: View) -> str:
    """[A107] How many present clients have an entry in the month's log, where that is too few."""
    rows = rows_of(view.assessment.boards.logged)
    clients, logged = sum(row.clients for row in rows), sum(row.logged for row in rows)
    silent = sum(1 for row in rows if row.silent)
    if not clients or (not silent and logged / clients >= view.playbook.settings.practice.log_share - EXACT):
        return ""
    words = f"Log of {text(rows[0].month)}: entries for {logged:,} of {count(clients, 'client')}"
    who = f"; {count(silent, 'owner')} logged nothing, see {view.titles['data_check']}" if silent else ""
    return f"{words}{who}."
