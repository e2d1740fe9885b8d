"""`sheets-sync run`: the sync."""

from __future__ import annotations

import contextlib
import math
import time as clock
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_sync.cli import past, stopping, unchanged
from sheets_sync.cli.setting import Setting, common
from sheets_sync.cli.terminal import progress
from sheets_sync.errors import Changed, SheetsSyncError, TryAgain

if TYPE_CHECKING:
    from sheets_sync.model import Receipt
    from sheets_sync.sync import Report

# How often a run plans, when people change the tracker while it works.
PLANS = 4
LEVELS = {"risk": ("risk",), "watch": ("risk", "watch"), "unknown": ("risk", "watch", "unknown")}


@click.command("run")
@common
@click.option("--accept", is_flag=True, help="Once: write although a guard holds it back [default: off].")
@click.option("--dry-run", is_flag=True, help="The same as plan: write nothing [default: off].")
@click.option("--wait", type=float, default=0, metavar="MINUTES", help="Wait for an editor to close [default: 0].")
@click.option("--deadline", type=float, default=10, metavar="MINUTES", help="Give up after so long [default: 10].")
@click.option("--fail-on", type=click.Choice(list(LEVELS)), help="Exit 1 when a client is this bad [default: off].")
@click.option("--log", type=click.Path(path_type=Path), help="Append a JSON line a run to this file [default: none].")
def command(
    setting: Setting, accept: bool, dry_run: bool, wait: float, deadline: float, fail_on: str | None, log: Path | None
) -> int:
    """Work everything out and write it into TRACKER.

    Reads the tracker once, writes coloured status columns and summary tabs once, and touches nothing else. Run it as
    often as you like: without news nothing is written.
    """
    asked = None if accept or dry_run else unchanged.asked(setting)
    if asked is not None and (known := unchanged.answer(asked)) is not None:
        past.log(log, {"exit": 0, "written": False, "clients": sum(known.levels.values())})
        past.succeeded(asked.home)
        setting.say("\n".join(known.lines))
        return _exit_code(fail_on, known.levels)
    from sheets_sync.cli import shapes

    # A little less for Google than for the run, so that what is said is what was last heard from there.
    setting.writes, setting.deadline = not dry_run, 57 * (deadline + wait) if deadline > 0 else math.inf
    try:
        with stopping.deadline(deadline and deadline + wait):
            report = _planned(setting, accept) if dry_run else _synced(setting, accept, wait)
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


def _synced(setting: Setting, accept: bool, wait: float) -> Report:
    """Plan and write, with other runs kept out from the start: a second one need not even read."""
    until = clock.monotonic() + wait * 60
    while True:
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(setting.workbook.alone())
            except TryAgain as error:
                _pause(error, until)
                continue
            return write(setting, _planned(setting, accept), accept, until)


def _pause(error: TryAgain, until: float) -> None:
    """Wait a little for whoever has the tracker; raises the error once the time is over."""
    if clock.monotonic() >= until:
        raise error
    clock.sleep(min(5.0, max(0.1, until - clock.monotonic())))


def _planned(setting: Setting, accept: bool) -> Report:
    return _without_rows(setting.plan(accept))


def _without_rows(report: Report) -> Report:
    """A report without the rows of the tabs that were only read: they may be large, and writing needs none of them."""
    place = report.desired.place
    grids = {
        title: grid if place and title == place.tab else replace(grid, rows=())
        for title, grid in report.snapshot.grids.items()
    }
    sources = {name: replace(read, grids={}) for name, read in report.sources.items()}
    return replace(report, snapshot=replace(report.snapshot, grids=grids), sources=sources)


def write(setting: Setting, report: Report, accept: bool = False, until: float = 0) -> Report:
    """Apply, waiting `until` then (by the monotonic clock) while the tracker is busy, and remember what was written."""
    from sheets_sync import sync

    plans = 1
    while True:
        try:
            with progress("Writing", setting.talks):
                done = sync.run(setting.workbook, report, ticks=clock.perf_counter)
            break
        except TryAgain as error:
            if not isinstance(error, Changed) or plans >= PLANS:
                _pause(error, until)
            plans += 1
            report = _planned(setting, accept)
    if done.written and done.receipt is not None:
        notes = (*done.receipt.notes, *_remembered(setting, done, done.receipt))
        done = replace(done, receipt=replace(done.receipt, notes=notes))
    past.succeeded(past.home(setting))
    past.tidy(setting)
    return replace(done, seconds={**done.seconds, "total": clock.perf_counter() - setting.started})


def _remembered(setting: Setting, done: Report, receipt: Receipt) -> list[str]:
    """Keep what was written for undo; sentences on what people had typed into our columns, and on what went wrong."""
    from sheets_sync import journal, sync
    from sheets_sync.cli.run_text import overwritten
    from sheets_sync.journal.standing import read_standing, typed_over, write_standing

    home = past.home(setting)
    before, said = read_standing(home)
    typed = typed_over(before, done.snapshot, done.patch.changes)
    notes = [*filter(None, [said]), *overwritten(done, typed)]
    run = journal.record(sync.run_id(done), done.snapshot, done.desired, done.patch, receipt)
    notes += past.keep(setting, run)
    with contextlib.suppress(OSError):
        write_standing(home, before, done.desired, done.patch)
    return notes


def finish(setting: Setting, report: Report, dry_run: bool = False) -> None:
    """Print what a run found and did, as text or JSON."""
    from sheets_sync.cli import run_text, shapes

    if setting.json:
        click.echo(shapes.dump(shapes.run_shape(setting, report)))
    elif not setting.quiet:
        lines = run_text.plan_lines(report, setting.verbose) if dry_run else run_text.run_lines(report, setting.verbose)
        setting.say("\n".join(lines))
