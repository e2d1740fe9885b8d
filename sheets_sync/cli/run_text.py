"""What `run` and `plan` print: what was read, what can be judged, who to start with, what was or would be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from sheets_sync.cli.shapes import levels, plain, tab_changes
from sheets_sync.tabs.data_check import next_column
from sheets_sync.tabs.words import count, cut, day, listed, sentence

if TYPE_CHECKING:
    from sheets_sync.model import Change
    from sheets_sync.sync import Report

SHOWN = 40
MOVED = 8


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
    here = [
        table for table in tables.by_name.values() if (table.tab, table.header_row) == (clients.tab, clients.header_row)
    ]
    seen = {column.header for table in here for column in table.columns.values()}
    strange = [header for header in clients.unknown if header not in seen]
    known, unknown = len({column.column for table in here for column in table.columns.values()}), len(strange)
    people = f", {count(owners, 'owner')}" if owners else ""
    lines = [
        f"Read “{clients.tab}” (row {clients.header_row} is the header): {count(len(found), 'client')}{people}. "
        f"{known} of {count(known + unknown, 'header')} understood; nothing of yours was changed."
    ]
    if strange:
        lines.append(f"Not understood, and left as they are: {listed(f'“{header}”' for header in strange)}.")
    lines += tables.notes
    lines.append(_judged(report))
    lines.append(_now(report))
    lines += report.assessment.notes
    lines += [*overridden(report), *_of_the_file(report)]
    lines += [*_held(report), *_stale(report), *_to_mend(report), next_column(report.view())]
    return [line for line in lines if line]


def _later_run(report: Report) -> list[str]:
    lines = [f"{count(len(report.assessment.clients), 'client')}. {_now(report)}"]
    moved = [
        f"  {client}: {change.before} → {change.after}. {change.why}"
        for change, client, _ in report.placed_changes()
        if change.column == "health" and change.before and change.after
    ]
    lines += moved[:MOVED]
    if len(moved) > MOVED:
        lines.append(f"  and {len(moved) - MOVED} more: see What changed in the Dashboard, or sheets-sync plan -v.")
    lines += [*overridden(report), *_of_the_file(report), *_held(report), *_stale(report)]
    return [*lines, *_to_mend(report)]


def _of_the_file(report: Report) -> list[str]:
    """What is wrong with the tracker as a whole, and in none of its cells."""
    return [str(problem) for problem in report.snapshot.problems if problem.ref.row is None]


def overridden(report: Report) -> list[str]:
    """What the tracker's Playbook tab sets otherwise than the playbook's file."""
    said = [str(change) for change in report.overrides]
    if len(said) > MOVED:
        said = [*said[:MOVED], f"and {len(said) - MOVED} more settings of the Playbook tab: see sheets-sync check."]
    return said


def overwritten(report: Report, typed: Sequence[Change]) -> list[str]:
    """What people had typed into our columns and this run wrote over, in one sentence."""
    if not typed:
        return []
    places = {(change.column, change.row): cell for change, _, cell in report.placed_changes()}
    named = [f"{change.tab}!{places[change.column, change.row]} “{cut(plain(change.before), 60)}”" for change in typed]
    shown = listed([*named[:MOVED], f"{len(named) - MOVED:,} more"] if len(named) > MOVED else named)
    return [
        f"Typed into our columns and written over: {shown}. undo brings {'it' if len(typed) == 1 else 'them'} back; "
        "a lasting view goes into an Opinion column."
    ]


def _to_mend(report: Report) -> list[str]:
    number = len(report.problems)
    return [f"{count(number, 'thing')} to mend: see Data Check, or sheets-sync check."] if number else []


def _judged(report: Report) -> str:
    counts = levels(report)
    unknown = counts["unknown"]
    judged = counts["risk"] + counts["watch"] + counts["ok"]
    if not unknown:
        return f"Can be judged: {judged}." if judged else ""
    clients = report.assessment.clients
    grey = clients.index[clients["level"] == "unknown"]
    silent = report.assessment.facts.loc[grey, "last_sign_of_life"].isna()
    misread = list(report.tables["clients"].unreadable.get("last_contact", {}))
    unreadable = int(clients.loc[grey[silent], "row"].isin(misread).sum())
    blank, others = int(silent.sum()) - unreadable, unknown - int(silent.sum())
    parts = [f"{blank} without a contact on record"] if blank else []
    parts += [f"{count(unreadable, 'unreadable date')}: see Data Check"] if unreadable else []
    parts += [f"{others} held back or too little known"] if others else []
    return f"Can be judged: {judged}. Unknown: {unknown} ({', '.join(parts)})."


def _now(report: Report) -> str:
    counts = levels(report)
    parts = [f"{counts['risk']} at risk", f"{counts['watch']} to watch", f"{counts['ok']} healthy"]
    parts += [f"{counts['unknown']} unknown"] if counts["unknown"] and not report.first_run else []
    first = _start_with(report)
    return f"Now: {', '.join(parts)}." + (f" Start with {sentence(first)}" if first else "")


def _held(report: Report) -> list[str]:
    titles = [report.playbook.warnings[id].title for id in report.assessment.held]
    return [
        f"More than half of all clients would be at risk or on watch for one reason, “{title}”. "
        "Those with no other reason are shown Unknown. If that is right, run once with --accept."
        for title in titles
    ]


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
    """The newest date not after now in any column where new ones keep coming, of any table; None where there is none,
    or where more of a column are unreadable than read."""
    newest, now = None, np.datetime64(report.now)
    for name, table in report.tables.by_name.items():
        for column, values in table.frame.items() if len(table.frame) or table.unreadable else ():
            # A list of holidays is made years ahead.
            if values.dtype.kind != "M" or name == "holidays" or (name == "clients" and column != "last_contact"):
                continue
            when = values.to_numpy("datetime64[us]")
            if len(table.unreadable.get(str(column), ())) > np.count_nonzero(~np.isnat(when)):
                return None
            past = when[when <= now].max(initial=np.datetime64("0001-01-01"))
            if newest is None or past > newest:
                newest = past
    return newest.item().date() if newest is not None and newest.item().year > 1 else None


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
