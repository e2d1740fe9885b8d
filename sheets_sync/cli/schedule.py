"""`sheets-sync schedule`: what to put into cron or systemd; with --install it is put there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_sync.cli.setting import Setting, common, state_folder
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.cli.installing import Job

CODES = "0 done · 2 config or playbook wrong · 3 refused · 75 try again later · 77 no permission"

CRON = """\
# sheets-sync: {tracker}, {days} at {at}.
# Silent unless something is wrong (cron mails what is printed); two runs never overlap; the log gets a line a run.
# Exit codes: {codes}
{minute} {hour} * * {numbers} {command}
"""

SERVICE = """\
[Unit]
Description=sheets-sync: {tracker}

[Service]
Type=oneshot
ExecStart={command}
# 75: try again later (open in an editor, another run active). Other exit codes: {codes}
SuccessExitStatus=75
"""

TIMER = """\
[Unit]
Description=sheets-sync, {days} at {at}

[Timer]
OnCalendar={calendar} {at}
Persistent=true

[Install]
WantedBy=timers.target
"""


@click.command("schedule")
@common
@click.option("--at", default="06:30", show_default=True, metavar="HH:MM", help="When, before anybody opens the file.")
@click.option("--every-day", is_flag=True, help="Weekends too [default: Monday to Friday].")
@click.option("--systemd", is_flag=True, help="A systemd timer [default: a cron block].")
@click.option("--install", "step", flag_value="install", help="Install it [default: print it].")
@click.option("--remove", "step", flag_value="remove", help="Take it out again [default: print it].")
def command(setting: Setting, at: str, every_day: bool, systemd: bool, step: str | None) -> int:
    """Print a cron block or systemd timer that runs TRACKER quietly, with a log; or install it, or remove it.

    --install uses your crontab (a marked block, every other line stays as it is), a systemd user timer where there is
    no cron, launchd on macOS, a task on Windows.
    """
    from sheets_sync.cli import installing, shapes

    tracker = _tracker(setting, step == "remove")
    job = job_of(tracker, at, every_day, state_folder(), options(setting), _environment())
    if step is None:
        name = f"sheets-sync-{job.name}"
        head = f"# ~/.config/systemd/user/{name}"
        after = f"# systemctl --user daemon-reload && systemctl --user enable --now {name}.timer"
        both = f"{head}.service\n{job.units[0]}\n{head}.timer\n{job.units[1]}\n{after}\n"
        text = both if systemd else job.cron
        click.echo(shapes.dump({"version": 1, "schedule": text}) if setting.json else text, nl=setting.json)
        return 0
    kind = installing.kind_here(systemd)
    said = installing.install(kind, job) if step == "install" else installing.remove(kind, job)
    if setting.json:
        click.echo(shapes.dump({"version": 1, "with": kind, "step": step, "notes": said}))
    else:
        setting.say("\n".join(said))
    return 0


def _tracker(setting: Setting, gone: bool) -> str:
    """The tracker as it can be found from anywhere: a spreadsheet's address, or a full path. What is `gone`
    needs no file any more."""
    from sheets_sync.workbooks import kind_of, spreadsheet_of

    if kind_of(setting.location) == "google":
        return spreadsheet_of(setting.location)
    tracker = Path(setting.location).resolve()
    if not gone and not tracker.is_file():
        raise UsageError(f"There is no file {tracker}: nothing to schedule.")
    return str(tracker)


def _environment() -> list[str]:
    """Where the key for Google lies, if the environment says so: the scheduled run has another environment."""
    key = os.environ.get("SHEETS_SYNC_CREDENTIALS")
    named = f"SHEETS_SYNC_CREDENTIALS={Path(key).expanduser().resolve()}" if key else ""
    return [shutil.which("env") or "/usr/bin/env", named] if named else []


def options(setting: Setting) -> list[str]:
    """The common options that the scheduled run needs too, with files as full paths."""
    words = []
    config = setting.config_file
    if not Path(setting.location).is_file():
        # A file's config is found beside it; one for a spreadsheet only from the folder that we are in now.
        config = config or (str(setting.config.path) if setting.config.path else None)
    if config:
        words += ["--config", str(Path(config).resolve())]
    if setting.playbook_name:
        named = Path(setting.playbook_name)
        words += ["--playbook", str(named.resolve()) if named.suffix == ".toml" else setting.playbook_name]
    for who in setting.only:
        words += ["--only", who]
    return words


def job_of(
    tracker: str, at: str, every_day: bool, state: Path, more: Sequence[str] = (), before: Sequence[str] = ()
) -> Job:
    """What to schedule: `before` and `more` are words around the command. Raises UsageError for a time that isn't
    one."""
    from sheets_sync import journal
    from sheets_sync.cli.installing import Job

    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if match is None:
        raise UsageError(f'--at: "{at}" is not a time of day. Write it like 06:30.')
    if any(letter in tracker for letter in "\n\r\0"):
        raise UsageError("A tracker with a line break in its name cannot be scheduled. Rename it.")
    found = shutil.which("sheets-sync")
    program = [found] if found else [sys.executable, "-m", "sheets_sync"]
    log = re.sub(r"[^a-z0-9]+", "-", Path(tracker).stem.lower()).strip("-") or "tracker"
    words = [*before, *program, "run", tracker, "--quiet", "--log", str(state / f"{log}.log"), *more]
    hour, minute = int(match[1]), int(match[2])
    quoted = " ".join(shlex.quote(word) for word in words)
    parts = {
        "tracker": Path(tracker).name,
        "days": "every day" if every_day else "Monday to Friday",
        "numbers": "*" if every_day else "1-5",
        "calendar": "*-*-*" if every_day else "Mon..Fri",
        "at": f"{hour:02}:{minute:02}",
        "hour": hour,
        "minute": minute,
        "codes": CODES,
    }
    # In a crontab a bare % ends the command; systemd doubles it, and reads $ and backslashes in its own way.
    unit = " ".join(_for_systemd(word) for word in words)
    cron = CRON.format(**parts, command=quoted.replace("%", "\\%"))
    units = (SERVICE.format(**parts, command=unit), TIMER.format(**parts))
    name = journal.folder(Path(), tracker).name
    return Job(name, tuple(words), hour, minute, every_day, cron, units)


def _for_systemd(word: str) -> str:
    plain = word.replace("%", "%%").replace("$", "$$")
    if re.fullmatch(r"[\w@%+=:,./$-]+", plain):
        return plain
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
