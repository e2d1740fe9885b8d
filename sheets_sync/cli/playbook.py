"""`sheets-sync playbook`: the SOP as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.setting import Setting, common

if TYPE_CHECKING:
    from sheets_sync.playbook.schema import Playbook


@click.group("playbook", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """List, show and validate playbooks: what to do when, as a file that a team can read and change; and what one may
    name (facts), for people and for editors (schema)."""


_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout [default: text].")


@command.command("list")
@_json
def list_(as_json: bool) -> None:
    """The playbooks that ship with sheets-sync."""
    from sheets_sync.playbook import show

    _print(show.list_data(), show.list_text(), as_json)


@command.command("show")
@click.argument("playbook", default="agency")
@click.argument("word", default="")
@_json
def show_(playbook: str, word: str, as_json: bool) -> None:
    """A playbook, with what it extends merged in: all of it, or what concerns WORD ("silence", "A48").

    PLAYBOOK is a name or a file [default: agency]."""
    from sheets_sync.playbook import show

    loaded = _load(playbook)
    _print(show.show_data(loaded, word), show.show_text(loaded, word), as_json)


@command.command("validate")
@click.argument("playbook", default="agency")
@_json
def validate(playbook: str, as_json: bool) -> None:
    """Read a playbook and say every mistake, with its line. PLAYBOOK is a name or a file [default: agency]."""
    from sheets_sync.playbook import show

    loaded = _load(playbook)
    _print(show.validate_data(loaded), show.validate_text(loaded), as_json)


@command.command("facts")
@click.argument("word", default="")
@_json
def facts(word: str, as_json: bool) -> None:
    """What the conditions and sentences of a playbook may name: all facts, or those that concern WORD ("silence")."""
    from sheets_sync.cli import catalogue

    _print(catalogue.facts_data(word), catalogue.facts_text(word), as_json)


@command.command("schema")
@_json
def schema(as_json: bool) -> None:
    """The JSON Schema of a playbook, for editors that check and complete TOML; JSON with or without --json."""
    from sheets_sync.cli import catalogue, shapes

    click.echo(shapes.dump(catalogue.schema()))


@command.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default="current")
@click.option("--tracker", metavar="FILE", help="Say what it would do to this one [default: the config's, if any].")
@click.option("--config", "config_file", metavar="FILE", help="Config file [default: sheets-sync.toml nearby].")
@click.option("--as-of", metavar="DATE", help="The moment to work out [default: now].")
@_json
def diff(
    before: str, after: str, tracker: str | None, config_file: str | None, as_of: str | None, as_json: bool
) -> int:
    """What differs in playbook B from A, and what the change would do to the tracker; writes nothing.

    A and B are names or files; current is the one in force, with what the tracker's Playbook tab sets [default of B].
    """
    from sheets_sync.cli import playbook_diff

    setting = Setting(tracker=tracker, config_file=config_file, as_of=as_of, json=as_json)
    return playbook_diff.diff(setting, before, after)


@command.command("to-tracker")
@common
def to_tracker(setting: Setting) -> int:
    """Put the playbook's numbers into TRACKER as a tab Playbook, where the team changes them.

    One row a setting: Setting, Value, Unit, Meaning. The tab is yours from then on: no run rewrites it, and what you
    change in Value wins over the playbook file. Where there is such a tab already, nothing is written."""
    from sheets_sync.cli import to_tracker as tab

    return tab.to_tracker(setting)


def _load(name: str) -> Playbook:
    from sheets_sync import sync
    from sheets_sync.config import Config

    return sync.load(Config(), name)


def _print(data: dict[str, Any], text: str, as_json: bool) -> None:
    from sheets_sync.cli import shapes

    click.echo(shapes.dump(data) if as_json else text)
