"""`sheets-sync plan`: what run would write."""

from __future__ import annotations

import click

from sheets_sync.cli.run import finish
from sheets_sync.cli.setting import Setting, common


@click.command("plan")
@common
@click.option("--accept", is_flag=True, help="Plan as if a guard had been passed [default: off].")
@click.option("--exit-code", is_flag=True, help="Exit 1 when something would change [default: off].")
def command(setting: Setting, accept: bool, exit_code: bool) -> int:
    """Show every cell that run would write into TRACKER, old → new → why. Writes nothing."""
    report = setting.plan(accept)
    finish(setting, report, dry_run=True)
    return int(exit_code and bool(report.patch))
