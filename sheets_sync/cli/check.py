"""`sheets-sync check`: what is wrong or missing."""

from __future__ import annotations

import click

from sheets_sync.cli.setting import Setting, common
from sheets_sync.cli.terminal import printable

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
    from sheets_sync.tabs.data_check import exception_lines, next_column
    from sheets_sync.tracker.dates import locale_order
    from sheets_sync.tracker.mapping import propose
    from sheets_sync.tracker.values import How

    report = setting.plan()
    how = How(report.now, setting.timezone, order=locale_order(report.snapshot.locale))
    proposal = propose(report.snapshot, setting.config.tables, how, report.sources)
    if setting.json:
        shape = shapes.head(setting, report) | {
            "tables": shapes.mapping(proposal),
            "problems": [shapes.problem(problem) for problem in report.problems],
            "exceptions": exception_lines(report.view()),
            "notes": [str(change) for change in report.overrides],
            "next": next_column(report.view()),
        }
        click.echo(shapes.dump(shape))
        return int(bool(report.problems))
    if not setting.quiet:
        setting.say("\n".join(describe(proposal)))
        setting.say("\nWhat each column buys")
        for name, brings, key in BUYS:
            there = report.tables["clients"].has(key) if "_" in key else report.tables[key].present
            setting.say(f"  {'●' if there else '–'} {name:<22} {brings}")
        if line := next_column(report.view()):
            setting.say(line)
        if lines := exception_lines(report.view()):
            setting.say("\nExceptions to the playbook")
            setting.say("\n".join(f"  {line}" for line in lines))
        if report.overrides:
            setting.say("\nThe tracker’s Playbook tab sets otherwise")
            setting.say("\n".join(f"  {change}" for change in report.overrides))
        setting.say(f"\n{len(report.problems)} to mend" if report.problems else "\nNothing to mend.")
    for problem in report.problems:
        click.echo(f"  {printable(str(problem))}")
    return int(bool(report.problems))
