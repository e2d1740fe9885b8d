"""`sheets-sync undo`: put back what the last run wrote."""

from __future__ import annotations

import click

from sheets_sync.cli.setting import Setting, common, state_folder


@click.command("undo")
@common
@click.option("--run", "run_id", metavar="ID", help="Which run; only the last one can be undone [default: the last].")
def command(setting: Setting, run_id: str | None) -> int:
    """Put back what the last run wrote into TRACKER, only where it still stands as written."""
    from sheets_sync import journal
    from sheets_sync.cli import shapes
    from sheets_sync.errors import UsageError

    state = state_folder()
    runs = journal.load(state, setting.workbook.location)
    if not runs:
        raise UsageError(f"There is nothing to undo: no run on {setting.location} is remembered on this machine.")
    last = runs[-1]
    if run_id not in (None, last.run_id):
        raise UsageError(f"Only the last run can be undone: {last.run_id}.")
    workbook = setting.workbook
    snapshot = workbook.read()
    receipt = workbook.restore(last.backup, last.after) if snapshot.revision == last.after else None
    left: list[str] = []
    if receipt is None:
        # A pilot, or a tab put in for the team, wrote none of our tabs: they stand as the run before left them.
        earlier = next((run for run in reversed(runs[:-1]) if run.tabs), None)
        patch, left = journal.undo_patch(snapshot, last, earlier)
        receipt = workbook.apply(patch)
    journal.forget(state, last)
    if setting.json:
        shape = {"version": 1, "tracker": setting.location, "run_id": last.run_id}
        click.echo(shapes.dump(shape | {"written": receipt.writes > 0, "left_alone": left}))
    else:
        setting.say(f"Put back what run {last.run_id} wrote." if receipt.writes else "Nothing was put back.")
        for line in left:
            setting.say(f"  {line}")
    return 0
