"""`sheets-sync explain`: why a client is where it is."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from sheets_sync.cli.setting import Setting, common
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.sync import Report


@click.command("explain")
@common
@click.option("--client", metavar="NAME", help="Which client, by name or id [default: everybody and all metrics].")
@click.option("--text", metavar="NAME", help="A message filled in for the client; list names them [default: none].")
def command(setting: Setting, client: str | None, text: str | None) -> int:
    """Say why a client of TRACKER is where it is: facts with their cells, what fired, what makes it healthy again.

    With --text print a message for the client instead, filled in as far as the tracker knows.
    """
    if text is not None:
        from sheets_sync.cli import messages

        return messages.show(setting, text, client)
    from sheets_sync.cli import explain_text, shapes

    report = setting.plan()
    keys = [find_client(report, client)] if client else [str(key) for key in report.assessment.clients.index]
    if setting.json:
        click.echo(shapes.dump(shapes.explain_shape(setting, report, keys)))
    elif client:
        setting.say(explain_text.one(report, keys[0], setting.verbose))
    else:
        setting.say(explain_text.everybody(report))
    return 0


def find_client(report: Report, name: str) -> str:
    """The key of the client that is called so; raises UsageError with the nearest name."""
    from sheets_sync.tracker.headers import normal

    clients = report.assessment.clients
    wanted = normal(name)
    by_name = {normal(str(shown)): str(key) for key, shown in clients["client"].items()}
    by_key = {normal(str(key)): str(key) for key in clients.index}
    if wanted in by_key or wanted in by_name:
        return by_key.get(wanted) or by_name[wanted]
    near = get_close_matches(wanted, list(by_name), 1, 0.5)
    hint = f' Did you mean "{clients.loc[by_name[near[0]], "client"]}"?' if near else ""
    raise UsageError(f'There is no client "{name}" in this tracker.{hint}')
