"""`sheets-sync remove`: take all of ours out again."""

from __future__ import annotations

import sys

import click

from sheets_sync.cli import past
from sheets_sync.cli.setting import Setting, common
from sheets_sync.cli.terminal import printable
from sheets_sync.errors import UsageError


@click.command("remove")
@common
@click.option("-y", "--yes", is_flag=True, help="Don't ask [default: ask on a terminal].")
def command(setting: Setting, yes: bool) -> int:
    """Take all our columns and tabs out of TRACKER again; everything of yours stays."""
    from sheets_sync import journal
    from sheets_sync.cli import shapes
    from sheets_sync.model import Desired, Patch

    setting.writes = True
    snapshot = setting.workbook.read()
    columns, tabs = [c.id for c in snapshot.columns], [t.id for t in snapshot.tabs]
    titles = [t.title for t in snapshot.tabs if t.id != "memory"]
    if (columns or tabs) and not yes:
        what = f"{len(columns)} columns and {len(titles)} tabs ({', '.join(titles)}), with what was typed in them"
        if not sys.stdin.isatty():
            raise UsageError(f"This takes out {what}. Say --yes to do it.")
        click.confirm(printable(f"Take out {what}?"), abort=True)
    patch = Patch(snapshot.revision, drop_columns=tuple(columns), drop_tabs=tuple(tabs))
    receipt = setting.workbook.apply(patch)
    if receipt.writes:
        name = f"{setting.now:%Y%m%dT%H%M}-{snapshot.revision[:8]}-remove"
        for line in past.keep(setting, journal.record(name, snapshot, Desired(None, (), ()), patch, receipt)):
            setting.note(line)
    past.tidy(setting)
    if setting.json:
        shape = {"version": 1, "tracker": setting.location, "columns": columns, "tabs": titles}
        click.echo(shapes.dump(shape | {"written": receipt.writes > 0}))
    elif receipt.writes:
        setting.say(f"Took out {len(columns)} columns and {len(titles)} tabs. Everything of yours is as it was.")
        if receipt.backup:
            setting.note(f"A copy from before: {receipt.backup}")
    else:
        setting.say("There is nothing of ours in this tracker.")
    return 0
