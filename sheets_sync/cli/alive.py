"""`sheets-sync health`: is it still running?"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

import click

from sheets_sync.cli import past
from sheets_sync.cli.setting import Setting, common
from sheets_sync.cli.terminal import printable

if TYPE_CHECKING:
    from sheets_sync.worktime import Calendar


@click.command("health")
@common
@click.option(
    "--max-age", type=click.FloatRange(min=1), default=26, show_default=True, metavar="HOURS", help="Too old."
)
def command(setting: Setting, max_age: float) -> int:
    """Say when TRACKER was last synced from this machine, and when the next run is due; 1 when that has passed.

    Days on which nobody works do not count, so a Monday morning is no alarm.
    """
    from sheets_sync import sync
    from sheets_sync.cli import shapes
    from sheets_sync.tabs.words import moment

    last = past.last_success(setting)
    due = None
    if last is not None:
        due = _due(last, max_age, sync.calendar(setting.config, setting.playbook, setting.now))
    late = due is None or setting.now > due
    if setting.json:
        stamps = {name: setting.stamp(at) if at else None for name, at in (("last", last), ("due", due))}
        click.echo(shapes.dump({"version": 1, "tracker": setting.location, **stamps, "late": late}))
    elif last is None or due is None:
        where = printable(setting.location)
        click.echo(f"{where} was never synced from this machine. To do it every morning: schedule --install")
    elif late or not setting.quiet:
        today = setting.now.date()
        when = f"Last synced {moment(last, today)}; the next run was due by {moment(due, today)}."
        click.echo(f"{when} See the log, or run it by hand." if late else when.replace("was due", "is due"))
    return int(late)


def _due(last: datetime, hours: float, calendar: Calendar) -> datetime:
    """So many hours after `last`, those of closed days not counted."""
    left, at = timedelta(hours=hours), last
    for _ in range(3_660):
        midnight = datetime.combine(at.date() + timedelta(days=1), time())
        if calendar.is_open(at.date()):
            if at + left <= midnight:
                return at + left
            left -= midnight - at
        at = midnight
    return at
