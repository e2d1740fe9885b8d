"""What `run` and `plan` print: what was read, what can be judged, who to start with, what was or would be written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from sheets_sync.cli.shapes import levels, plain, tab_changes
from sheets_sync.tabs.words import count, day, listed

if TYPE_CHECKING:
    from sheets_sync.sync import Report

SHOWN = 40
# In the order in which a column lights up most: what it would bring, and the table whose rows it needs.
NEXT = (
    ("clients", "last_contact", "Last contact", "a colour for"),
    ("clients", "renewal_date", "Renewal date", "warnings for"),
    ("clients", "owner", "Owner", "a Diary by person for"),
    ("clients", "start_date", "Start date", "tenure and due dates for"),
    ("clients", "monthly_fee", "Monthly fee", "money in every list for"),
)


def run_lines(report: Report, verbose: int) -> list[str]:
    """The summary of a run."""
    lines = _first_run(report) if report.first_run else _later_run(report)
    lines += [f"{problem}" for problem in report.problems] if verbose else []
    return [*lines, "", *_written(report)]


def plan_lines(report: Report, verbose: int) -> list[str]:
    """Every cell that a run would write, old → new → why, and every tab."""
    lines = _first_run(report) if report.first_run else _later_run(report)
    changes = report.placed_changes()
    shown = changes if verbose else changes[:SHOWN]
    if shown:
        lines += ["", "Cells"]
    for change, client, cell in shown:
        before, after = plain(change.before) or "blank", plain(change.after) or "blank"
        lines.append(f"  {change.tab}!{cell}  {client}, {change.header}: {before} → {after}")
        if change.column == "health" and change.why:
            lines.append(f"      {change.why}")
    if len(changes) > len(shown):
        lines.append(f"  and {len(changes) - len(shown)} more (-v shows all)")
    tabs = [f"{title} ({change})" for title, change in tab_changes(report) if change != "unchanged"]
    lines += ["", f"Tabs: {', '.join(tabs)}"] if tabs else []
    if report.refusal:
        lines += ["", f"run would refuse this: {report.refusal}"]
    return [*lines, "", "Nothing was written." if report.patch else "Nothing would change."]


def _first_run(report: Report) -> list[str]:
    tables = report.tables
    clients, found = tables["clients"], report.assessment.clients
    owners = found["owner"].nunique()
    known, unknown = len(clients.columns), len(clients.unknown)
    people = f", {count(owners, 'owner')}" if owners else ""
    lines = [
        f"Read “{clients.tab}” (row {clients.header_row} is the header): {count(len(found), 'client')}{people}. "
        f"{known} of {count(known + unknown, 'header')} understood; nothing of yours was changed."
    ]
    if unknown:
        lines.append(f"Not understood, and left as they are: {listed(f'“{header}”' for header in clients.unknown)}.")
    lines += tables.notes
    lines.append(_judged(report))
    lines.append(_now(report))
    lines += report.assessment.notes
    lines += _stale(report)
    lines += _next_column(report)
    return [line for line in lines if line]


def _later_run(report: Report) -> list[str]:
    lines = [f"{count(len(report.assessment.clients), 'client')}. {_now(report)}"]
    lines += [
        f"  {client}: {change.before} → {change.after}. {change.why}"
        for change, client, _ in report.placed_changes()
        if change.column == "health" and change.before and change.after
    ]
    lines += _stale(report)
    if report.problems:
        lines.append(f"{count(len(report.problems), 'thing')} to mend: see Data Check, or sheets-sync check.")
    return lines


def _judged(report: Report) -> str:
    counts = levels(report)
    unknown = counts["unknown"]
    judged = counts["risk"] + counts["watch"] + counts["ok"]
    if not unknown:
        return f"Can be judged: {judged}." if judged else ""
    rows = set(report.assessment.clients.loc[report.assessment.clients["level"] == "unknown", "row"])
    unreadable = sum(
        problem.count for problem in report.problems if problem.ref.row in rows and problem.value is not None
    )
    blank = max(0, unknown - unreadable)
    parts = [f"{blank} without a contact on record"] if blank else []
    parts += [f"{count(min(unreadable, unknown), 'unreadable date')}: see Data Check"] if unreadable else []
    return f"Can be judged: {judged}. Unknown: {unknown} ({', '.join(parts)})."


def _now(report: Report) -> str:
    counts = levels(report)
    parts = [f"{counts['risk']} at risk", f"{counts['watch']} to watch", f"{counts['ok']} healthy"]
    parts += [f"{counts['unknown']} unknown"] if counts["unknown"] and not report.first_run else []
    first = _start_with(report)
    return f"Now: {', '.join(parts)}." + (f" Start with {first}." if first else "")


def _start_with(report: Report) -> str:
    """The client of the Diary's most urgent line, or the first one at risk."""
    clients = report.assessment.clients
    for level in ("risk", "watch"):
        worst = clients[clients["level"] == level]
        if len(worst):
            by_fee = worst.sort_values("fee", ascending=False, na_position="last", kind="stable")
            return str(by_fee.iloc[0]["client"])
    return ""


def _stale(report: Report) -> list[str]:
    newest = newest_date(report)
    today = report.now.date()
    if newest is None or (today - newest).days <= report.playbook.settings.messy.stale_days:
        return []
    shown = f"{newest.day} {newest:%b %Y}"
    return [f"The newest date here is {shown}. Is this an old copy? To see it as of then: --as-of {newest.isoformat()}"]


def newest_date(report: Report) -> date | None:
    """The newest date not after today that stands in any column about what happened; None where there is none."""
    happened = {
        "clients": ("last_contact", "start_date"),
        "projects": ("start", "completed_on", "kickoff_on", "measured_on"),
        "interactions": ("date",),
        "issues": ("raised_at", "fixed_at"),
        "surveys": ("sent_on", "answered_on"),
        "signals": ("date",),
    }
    newest = None
    for name, columns in happened.items():
        frame = report.tables[name].frame
        for column in columns:
            past = frame[column][frame[column] <= report.now].max() if len(frame) else None
            if past is not None and past == past and (newest is None or past > newest):
                newest = past
    return newest.date() if newest is not None else None


def _next_column(report: Report) -> list[str]:
    tables, found = report.tables, report.assessment.clients
    living = int((found["level"] != "none").sum())
    for table, column, header, brings in NEXT:
        if column == "last_contact" and tables["interactions"].present:
            continue
        if not tables[table].has(column):
            return [f"One column to add next: {header}. It would bring {brings} {count(living, 'client')}."]
    for table in ("interactions", "issues", "surveys"):
        if not tables[table].present:
            title = {"interactions": "Interactions", "issues": "Issues", "surveys": "Surveys"}[table]
            brings = {"interactions": "due calls and reports", "issues": "clocks", "surveys": "feedback"}[table]
            return [f"One tab to add next: {title}. It would bring {brings}."]
    return []


def _written(report: Report) -> Iterable[str]:
    receipt = report.receipt
    if not report.written or receipt is None:
        until = report.assessment.valid_until
        yield f"Nothing to write: the tracker is up to date until {day(until.date(), report.now.date())} {until:%H:%M}."
        return
    tabs = [title for title, change in tab_changes(report) if change in ("added", "replaced")]
    cells = len(report.patch.changes)
    parts = [f"{count(cells, 'cell')} in {report.patch.place.tab}"] if cells and report.patch.place else []
    parts += [f"{count(len(tabs), 'tab')} ({', '.join(tabs)})"] if tabs else []
    yield f"Wrote {' and '.join(parts) or 'what is hidden'}." + (
        f" A copy from before: {receipt.backup}" if receipt.backup else ""
    )
    yield from receipt.notes
