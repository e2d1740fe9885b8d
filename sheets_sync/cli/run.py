"""`sheets-sync run`: the sync."""

from __future__ import annotations

import time as clock
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_sync.cli import past, unchanged
from sheets_sync.cli.setting import Setting, common, state_folder
from sheets_sync.cli.terminal import progress
from sheets_sync.errors import SheetsSyncError, TryAgain

if TYPE_CHECKING:
    from sheets_sync.sync import Report

LEVELS = {"risk": ("risk",), "watch": ("risk", "watch"), "unknown": ("risk", "watch", "unknown")}


@click.command("run")
@common
@click.option("--accept", is_flag=True, help="Once: write although a guard holds it back [default: off].")
@click.option("--dry-run", is_flag=True, help="The same as plan: write nothing [default: off].")
@click.option("--wait", type=float, default=0, metavar="MINUTES", help="Wait for an editor to close [default: 0].")
@click.option("--fail-on", type=click.Choice(list(LEVELS)), help="Exit 1 when a client is this bad [default: off].")
@click.option("--log", type=click.Path(path_type=Path), help="Append a JSON line a run to this file [default: none].")
def command(setting: Setting, accept: bool, dry_run: bool, wait: float, fail_on: str | None, log: Path | None) -> int:
    """Work everything out and write it into TRACKER.

    Reads the tracker once, writes coloured status columns and summary tabs once, and touches nothing else. Run it as
    often as you like: without news nothing is written.
    """
    asked = None if accept or dry_run else unchanged.asked(setting)
    if asked is not None and (known := unchanged.answer(asked)) is not None:
        past.log(log, {"exit": 0, "written": False, "clients": sum(known.levels.values())})
        past.succeeded(asked.location)
        unchanged.say(setting, known)
        return _exit_code(fail_on, known.levels)
    from sheets_sync.cli import shapes

    try:
        report = _without_rows(setting.plan(accept))
        if not dry_run:
            report = write(setting, report, accept, wait)
    except SheetsSyncError as error:
        past.log(log, {"exit": error.exit_code})
        if isinstance(error, TryAgain) and setting.quiet and past.fresh(setting):
            return error.exit_code
        raise
    past.log(log, {"exit": 0, "written": report.written, "clients": len(report.assessment.clients)})
    finish(setting, report, dry_run)
    if asked is not None:
        unchanged.remember(setting, asked, report)
    return _exit_code(fail_on, shapes.levels(report))


def _exit_code(fail_on: str | None, levels: Mapping[str, int]) -> int:
    return int(fail_on is not None and any(levels[level] for level in LEVELS[fail_on]))


def _without_rows(report: Report) -> Report:
    """A report without the rows of the tabs that were only read: they may be large, and writing needs none of them."""
    place = report.desired.place
    grids = {
        title: grid if place and title == place.tab else replace(grid, rows=())
        for title, grid in report.snapshot.grids.items()
    }
    return replace(report, snapshot=replace(report.snapshot, grids=grids))


def write(setting: Setting, report: Report, accept: bool, wait: float) -> Report:
    """Apply, waiting up to `wait` minutes while the tracker is busy, and remember what was written for undo."""
    from sheets_sync import journal, sync

    until = clock.monotonic() + wait * 60
    while True:
        try:
            with progress("Writing", setting.talks):
                done = sync.run(setting.workbook, report, ticks=clock.perf_counter)
            break
        except TryAgain:
            if clock.monotonic() >= until:
                raise
            clock.sleep(min(5.0, max(0.1, until - clock.monotonic())))
            report = _without_rows(setting.plan(accept))
    if done.written and done.receipt is not None:
        run = journal.record(sync.run_id(done), done.snapshot, done.desired, done.patch, done.receipt)
        journal.save(state_folder(), run)
    past.succeeded(setting.workbook.location)
    return replace(done, seconds={**done.seconds, "total": clock.perf_counter() - setting.started})


def finish(setting: Setting, report: Report, dry_run: bool = False) -> None:
    """Print what a run found and did, as text or JSON."""
    from sheets_sync.cli import run_text, shapes

    if setting.json:
        click.echo(shapes.dump(shapes.run_shape(setting, report)))
    elif not setting.quiet:
        lines = run_text.plan_lines(report, setting.verbose) if dry_run else run_text.run_lines(report, setting.verbose)
        setting.say("\n".join(lines))
