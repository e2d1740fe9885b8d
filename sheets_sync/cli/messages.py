"""What `explain --text` prints: a text filled in for a client, or the list of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheets_sync.cli.setting import Setting

if TYPE_CHECKING:
    from sheets_sync.outputs.texts import Text

LIST = "list"


def show(setting: Setting, name: str, client: str | None) -> int:
    """Print the text of that name for a client; "list", or no client, lists them all. Raises UsageError for an unknown
    text or client, with the nearest one."""
    from sheets_sync.outputs import texts

    wanted = None if name.strip().casefold() == LIST else texts.find(name)
    if wanted is None or client is None:
        _list(setting, texts.texts())
        if wanted and setting.talks:
            setting.note(f"For whom? Add --client NAME to fill in {wanted.name}.")
        return 0
    from sheets_sync.cli import shapes
    from sheets_sync.cli.explain import find_client

    report = setting.plan()
    key = find_client(report, client)
    body = texts.fill(wanted, report.assessment, report.tables, report.playbook, key)
    if setting.json:
        named = shapes.plain(report.assessment.clients.at[key, "client"])
        head = {"version": 1, "client": named, "text": wanted.name}
        click.echo(shapes.dump(head | {"title": wanted.title, "purpose": wanted.purpose, "body": body}))
    else:
        setting.say(body)
    return 0


def _list(setting: Setting, found: tuple[Text, ...]) -> None:
    if setting.json:
        from sheets_sync.cli import shapes

        fields = ("name", "title", "purpose", "reader", "when", "ids")
        shown = [{field: getattr(text, field) for field in fields} for text in found]
        click.echo(shapes.dump({"version": 1, "texts": shown}))
        return
    width = max(len(text.name) for text in found)
    for text in found:
        setting.say(f"{text.name:<{width}}  {text.title} (for the {text.reader}, {text.purpose})")
        setting.say(f"{'':<{width}}  {text.when}")
