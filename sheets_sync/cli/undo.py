"""`sheets-sync undo`: put back what a run wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli import past
from sheets_sync.cli.setting import Setting, common, state_folder
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.journal import Run
    from sheets_sync.model import Receipt


@click.command("undo")
@common
@click.option("--run", "run_id", metavar="ID", help="Which run, by its id [default: the last that stands].")
@click.option("--list", "listing", is_flag=True, help="Show the runs that are kept; change nothing [default: off].")
def command(setting: Setting, run_id: str | None, listing: bool) -> int:
    """Put back what the last run, or another that is kept, wrote into TRACKER, only where it still stands as written.

    What a later run wrote again or a person changed since is left as it is, and named. An undo is a run too: undo it
    by its id to have everything back as it was.
    """
    from sheets_sync import journal

    setting.writes = not listing
    kept = journal.load(state_folder(), setting.workbook.location)
    for line in kept.said:
        setting.note(line)
    if listing:
        return _list(setting, kept.runs)
    run = _chosen(setting, kept.runs, run_id)
    receipt, left = _put_back(setting, run, kept.runs)
    past.tidy(setting)
    if setting.json:
        from sheets_sync.cli import shapes

        shape = {"version": 1, "tracker": setting.location, "run_id": run.run_id}
        click.echo(shapes.dump(shape | {"written": receipt.writes > 0, "left_alone": left}))
        return 0
    setting.say(f"Put back what run {run.run_id} wrote." if receipt.writes else "Nothing was put back.")
    for line in left:
        setting.say(f"  {line}")
    if receipt.writes and not run.undoes and setting.talks:
        setting.note("The next run works everything out anew and writes it again, unless tracker or playbook change.")
    return 0


def _put_back(setting: Setting, run: Run, runs: Sequence[Run]) -> tuple[Receipt, list[str]]:
    """The very bytes from before the run if nothing happened since, else cell by cell; remembered as a run."""
    from sheets_sync import journal
    from sheets_sync.journal.undo import undo_patch
    from sheets_sync.model import Desired

    workbook = setting.workbook
    snapshot = workbook.read()
    patch, left = undo_patch(snapshot, run, runs)
    receipt = workbook.restore(run.backup, run.after) if snapshot.revision == run.after else None
    if receipt is not None:
        left = []
    else:
        receipt = workbook.apply(patch)
    if receipt.writes:
        name = f"{setting.now:%Y%m%dT%H%M}-{snapshot.revision[:8]}-undo"
        touched = {*patch.drop_columns, *(column.id for column in patch.columns)}
        columns = tuple(column for column in run.columns if column.id in touched)
        look = Desired(patch.place, columns, patch.tabs, patch.theme)
        left += past.keep(setting, journal.record(name, snapshot, look, patch, receipt, run.run_id))
    return receipt, left


def _chosen(setting: Setting, runs: Sequence[Run], run_id: str | None) -> Run:
    """The run that is meant. Raises UsageError with what is possible instead."""
    from sheets_sync import journal

    if not runs:
        raise _nothing(setting)
    gone = journal.undone(runs)
    if run_id is None:
        standing = [run for run in runs if not run.undoes and run.run_id not in gone]
        if not standing:
            raise UsageError(
                "Every run that is kept is taken back already. "
                f"To bring the last one back: sheets-sync undo --run {runs[-1].run_id}"
            )
        return standing[-1]
    found = [run for run in runs if run.run_id == run_id] or [run for run in runs if run.run_id.startswith(run_id)]
    if len(found) != 1:
        kept = [f"  {run.run_id}: {_told(run, gone)}" for run in reversed(runs)]
        raise UsageError(f"{'No run' if not found else 'More than one run'} is called {run_id}. Kept are:", kept)
    if found[0].run_id in gone:
        by = next(run.run_id for run in reversed(runs) if run.undoes == found[0].run_id)
        raise UsageError(f"Run {found[0].run_id} is taken back already. To bring it back: sheets-sync undo --run {by}")
    return found[0]


def _nothing(setting: Setting) -> UsageError:
    from sheets_sync import journal

    backups = journal.folder(state_folder(), setting.workbook.location) / "backups"
    copies = sorted(file.name for file in backups.glob("[0-9]*")) if backups.is_dir() else []
    there = f"Copies from before earlier runs lie in {backups}: {', '.join(copies)}." if copies else ""
    return UsageError(
        f"There is nothing to undo: no run on {setting.location} is remembered on this machine.",
        [
            *filter(None, [there]),
            "To take all our columns and tabs out: sheets-sync remove. Cells of yours were never changed.",
        ],
    )


def _list(setting: Setting, runs: Sequence[Run]) -> int:
    from sheets_sync import journal

    gone = journal.undone(runs)
    if setting.json:
        from sheets_sync.cli import shapes

        shape = {"version": 1, "tracker": setting.location, "runs": [_shape(run, gone) for run in reversed(runs)]}
        click.echo(shapes.dump(shape))
        return 0
    for run in reversed(runs):
        setting.say(f"{run.run_id}  {_told(run, gone)}")
    if not runs:
        setting.say(f"No run on {setting.location} is remembered on this machine.")
    return 0


def _shape(run: Run, gone: set[str]) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "as_of": run.moment.isoformat(timespec="minutes") if run.moment else None,
        "cells": sum(len(cells) for _, cells in run.cells),
        "tabs": [*run.wrote, *run.given],
        "undoes": run.undoes or None,
        "taken_back": run.run_id in gone,
    }


def _told(run: Run, gone: set[str]) -> str:
    """One run in plain words."""
    from sheets_sync.tabs.words import count, day

    at = run.moment
    when = f"{day(at.date(), at.date())} {at.year}, {at:%H:%M}: " if at else ""
    cells = sum(len(cells) for _, cells in run.cells)
    parts = [f"{count(cells, 'cell')} in {run.place.tab}"] if cells and run.place else []
    parts += [f"{count(len(run.wrote), 'tab')} ({', '.join(run.wrote)})"] if run.wrote else []
    parts += [f"the tab {title} for you" for title in run.given]
    if run.dropped_columns or run.dropped_tabs:
        parts += [f"{count(len(run.dropped_columns), 'column')} and {count(len(run.dropped_tabs), 'tab')} taken out"]
    what = "wrote " + (" and ".join(parts) or "what is hidden")
    what = f"took back run {run.undoes}" if run.undoes else what
    return f"{when}{what}{' (taken back since)' if run.run_id in gone else ''}"
