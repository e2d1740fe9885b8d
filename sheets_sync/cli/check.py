"""`sheets-sync check`: what is wrong or missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.setting import Setting, common
from sheets_sync.cli.terminal import printable

if TYPE_CHECKING:
    from sheets_sync.sync import Report
    from sheets_sync.tracker.proposal import Proposal
    from sheets_sync.tracker.understanding import Understood

BUYS = (
    ("Client, Last contact", "who has gone silent", "last_contact"),
    ("Renewal date", "the renewal ladder", "renewal_date"),
    ("Interactions", "due calls, reports and reviews", "interactions"),
    ("Issues", "clocks for answers and solutions", "issues"),
    ("Surveys", "unanswered low scores, the recommendation score", "surveys"),
    ("Projects", "milestones from kickoff to follow-up", "projects"),
    ("Revenue", "the Scorecard's money", "revenue"),
)


@click.command("check")
@common
def command(setting: Setting) -> int:
    """Say what is wrong or missing in TRACKER and its playbook, each with its cell; exit 1 if anything is."""
    from sheets_sync.cli import shapes
    from sheets_sync.cli.init import describe
    from sheets_sync.tracker.cells import How
    from sheets_sync.tracker.dates import locale_order
    from sheets_sync.tracker.mapping import propose
    from sheets_sync.tracker.understanding import understood

    report = setting.plan()
    how = How(report.now, setting.timezone, order=locale_order(report.snapshot.locale))
    proposal = propose(report.snapshot, setting.config.tables, how, report.sources)
    shares = understood(proposal, report.tables.by_name)
    if setting.json:
        click.echo(shapes.dump(_shape(setting, report, proposal, shares)))
        return int(bool(report.problems))
    if not setting.quiet:
        setting.say("\n".join([*describe(proposal), *_lines(report, shares)]))
    for problem in report.problems:
        click.echo(f"  {printable(str(problem))}")
    return int(bool(report.problems))


def _shape(setting: Setting, report: Report, proposal: Proposal, shares: Sequence[Understood]) -> dict[str, Any]:
    from sheets_sync.cli import shapes
    from sheets_sync.tabs.data_check import exception_lines, next_column

    return shapes.head(setting, report) | {
        "tables": shapes.mapping(proposal),
        "understood": [
            {"table": one.table, "tab": one.tab, "headers": one.headers, "of": one.of, "share": round(one.share, 3)}
            for one in shares
        ],
        "problems": [shapes.problem(problem) for problem in report.problems],
        "exceptions": exception_lines(report.view()),
        "notes": [str(change) for change in report.overrides],
        "next": next_column(report.view()),
    }


def _lines(report: Report, shares: Sequence[Understood]) -> list[str]:
    """What to know beside the problems: how much is understood, what each column buys, what is set otherwise."""
    from sheets_sync.tabs.data_check import exception_lines, next_column
    from sheets_sync.tabs.words import count

    lines = ["", "How well it is understood"]
    for one in shares:
        unread = f", {1 - one.readable:.0%} of their cells unreadable" if one.readable < 0.995 else ""
        lines.append(f"  {one.share:>4.0%} {one.tab}: {one.headers} of {count(one.of, 'header')}{unread}")
    lines += ["", "What each column buys"]
    for name, brings, key in BUYS:
        there = report.tables["clients"].has(key) if "_" in key else report.tables[key].present
        lines.append(f"  {'●' if there else '–'} {name:<22} {brings}")
    lines += filter(None, [next_column(report.view())])
    if exceptions := exception_lines(report.view()):
        lines += ["", "Exceptions to the playbook", *(f"  {line}" for line in exceptions)]
    if report.overrides:
        lines += ["", "The tracker’s Playbook tab sets otherwise", *(f"  {change}" for change in report.overrides)]
    return [*lines, "", f"{len(report.problems)} to mend" if report.problems else "Nothing to mend."]
