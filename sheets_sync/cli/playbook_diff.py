"""`sheets-sync playbook diff`: what differs between two playbooks, and what the change would do to a tracker."""

from __future__ import annotations

import time as clock
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sheets_sync.cli.setting import Setting
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.playbook.schema import Playbook
    from sheets_sync.sync import Report

CURRENT = "current"


def diff(setting: Setting, first: str, second: str) -> int:
    """Compare, plan the tracker with either where there is one, and print; nothing is written."""
    from sheets_sync import sync
    from sheets_sync.cli import shapes
    from sheets_sync.outputs.effect import effect, sentences
    from sheets_sync.playbook.differences import differences

    tracker = _has_tracker(setting)
    sides = [_side(setting, name, tracker) for name in (first, second)]
    found = differences(sides[0][0], sides[1][0], sync.known().facts)
    reports = [report for _, report in sides if report is not None]
    does = effect(reports[0].assessment, reports[1].assessment) if len(reports) == 2 else None
    said = sentences(does) if does else []
    if setting.json:
        shape = {"version": 1, "before": first, "after": second, "differences": [asdict(one) for one in found]}
        moves = [dict(zip(("client", "before", "after"), move, strict=True)) for move in does.moves] if does else []
        lines = {"before": does.lines[0], "after": does.lines[1]} if does else None
        effects = {"tracker": setting.location, "moves": moves, "diary": lines, "sentences": said} if does else None
        click.echo(shapes.dump(shape | {"effect": effects}))
        return 0
    setting.say("\n".join(one.text for one in found) if found else "They say the same.")
    if does:
        setting.say(f"\nFor {setting.location}\n" + "\n".join(f"  {line}" for line in said))
    return 0


def _has_tracker(setting: Setting) -> bool:
    try:
        return bool(setting.location)
    except UsageError:
        return False


def _side(setting: Setting, name: str, tracker: bool) -> tuple[Playbook, Report | None]:
    """A playbook and the tracker by it. A file counts as it stands; the current one with what the tracker's own
    Playbook tab sets."""
    from sheets_sync import sync

    current = name == CURRENT
    playbook = setting.playbook if current else sync.load(setting.config, name)
    if not tracker:
        return playbook, None
    report = sync.plan(
        setting.workbook, setting.config, playbook, setting.now, with_tab=current, ticks=clock.perf_counter
    )
    return report.playbook, report
