"""`sheets-sync playbook to-tracker`: the numbers of the playbook into the tracker, where the team changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sheets_sync.cli import past
from sheets_sync.cli.setting import Setting
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.model import Snapshot
    from sheets_sync.playbook.values import Value


def to_tracker(setting: Setting) -> int:
    """Put a Playbook tab in that is the team's from then on; where there is one, only say what it lacks."""
    from sheets_sync import sync
    from sheets_sync.cli import shapes
    from sheets_sync.playbook.values import values_of
    from sheets_sync.tracker.read import read_tables

    listed = [value for value in values_of(setting.playbook, sync.known().facts) if value.listed]
    setting.writes = True
    snapshot = setting.workbook.read()
    table = read_tables(snapshot, setting.config, setting.now)["playbook"]
    lacking = _lacking(listed, [str(name) for name in table.frame["setting"].dropna()], setting)
    title, backup = table.tab, ""
    if not table.present:
        title, backup, lacking = *_write(setting, snapshot, listed), []
    if setting.json:
        shape = {"version": 1, "tracker": setting.location, "tab": title, "written": not table.present}
        click.echo(shapes.dump(shape | {"settings": len(listed), "lacking": [value.name for value in lacking]}))
    elif table.present:
        setting.say(f"The tab “{title}” is there already and yours: it is left as it is. Change Value there.")
        if lacking:
            setting.say(
                f"It has no row for {len(lacking)} of {len(listed)} settings. To set one, add a row with its name:"
            )
            setting.say("\n".join(f"  {value.name}" for value in lacking))
    else:
        setting.say(f"Put {len(listed)} settings into the new tab “{title}”. Change Value there: at the next run what")
        setting.say("differs from the playbook file wins, and the run says so. The tab is yours; delete it to go back.")
        if backup:
            setting.note(f"A copy from before: {backup}")
    return 0


def _lacking(listed: list[Value], names: list[str], setting: Setting) -> list[Value]:
    """The settings that no row of the tab names."""
    from sheets_sync import sync
    from sheets_sync.playbook.values import lookup, normal

    known = lookup(setting.playbook, sync.known().facts)
    there = {found.path for name in names if (found := known.get(normal(name)))}
    return [value for value in listed if value.path not in there]


def _write(setting: Setting, snapshot: Snapshot, listed: list[Value]) -> tuple[str, str]:
    """The tab's title and where the copy from before lies; undo can take it back."""
    from sheets_sync import journal
    from sheets_sync.model import Desired, Patch
    from sheets_sync.playbook.load import layers_of
    from sheets_sync.playbook.meanings import meanings
    from sheets_sync.rules.facts import FACTS
    from sheets_sync.tabs import playbook

    taken = {title.casefold() for title in (*snapshot.grids, *(tab.title for tab in snapshot.tabs))}
    title = next((title for title in playbook.TITLES if title.casefold() not in taken), "")
    if not title:
        raise UsageError(f"The tabs {' and '.join(playbook.TITLES)} are there and hold something else. Rename one.")
    said = meanings(
        setting.playbook, listed, layers_of(setting.playbook_file), {n: f.meaning for n, f in FACTS.items()}
    )
    patch = Patch(snapshot.revision, given=(playbook.tab(setting.playbook, listed, said, title),))
    receipt = setting.workbook.apply(patch)
    name = f"{setting.now:%Y%m%dT%H%M}-{snapshot.revision[:8]}-playbook"
    for line in past.keep(setting, journal.record(name, snapshot, Desired(None, (), ()), patch, receipt)):
        setting.note(line)
    past.tidy(setting)
    return title, receipt.backup
