"""`sheets-sync schedule`: what to put into cron or systemd."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from sheets_sync.cli.setting import Setting, common, state_folder
from sheets_sync.errors import UsageError

CODES = "0 done · 2 config or playbook wrong · 3 refused · 75 try again later · 77 no permission"

CRON = """\
# sheets-sync: {tracker}, {days} at {at}.
# Silent unless something is wrong (cron mails what is printed); two runs never overlap; the log gets a line a run.
# Exit codes: {codes}
{minute} {hour} * * {numbers} {command}
"""

SERVICE = """\
# ~/.config/systemd/user/sheets-sync-{name}.service
[Unit]
Description=sheets-sync: {tracker}

[Service]
Type=oneshot
ExecStart={command}
# 75: try again later (open in an editor, another run active). Other exit codes: {codes}
SuccessExitStatus=75

# ~/.config/systemd/user/sheets-sync-{name}.timer
[Unit]
Description=sheets-sync, {days} at {at}

[Timer]
OnCalendar={calendar} {at}
Persistent=true

[Install]
WantedBy=timers.target

# systemctl --user daemon-reload && systemctl --user enable --now sheets-sync-{name}.timer
"""


@click.command("schedule")
@common
@click.option("--at", default="06:30", show_default=True, metavar="HH:MM", help="When, before anybody opens the file.")
@click.option("--every-day", is_flag=True, help="Weekends too [default: Monday to Friday].")
@click.option("--systemd", is_flag=True, help="A systemd timer [default: a cron block].")
def command(setting: Setting, at: str, every_day: bool, systemd: bool) -> int:
    """Print a cron block or systemd timer that runs TRACKER quietly, with a log. Installs nothing."""
    from sheets_sync.cli import shapes

    text = block(_tracker(setting), at, every_day, systemd, state_folder(), options(setting), _environment())
    click.echo(shapes.dump({"version": 1, "schedule": text}) if setting.json else text, nl=setting.json)
    return 0


def _tracker(setting: Setting) -> str:
    """The tracker as it can be found from anywhere: a spreadsheet's address, or a full path."""
    from sheets_sync.workbooks import kind_of, spreadsheet_of

    if kind_of(setting.location) == "google":
        return spreadsheet_of(setting.location)
    tracker = Path(setting.location).resolve()
    if not tracker.is_file():
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


def block(
    tracker: str,
    at: str,
    every_day: bool,
    systemd: bool,
    state: Path,
    more: Sequence[str] = (),
    before: Sequence[str] = (),
) -> str:
    """The text to install: `before` and `more` are words around the command. Raises UsageError for a time that isn't
    one."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if match is None:
        raise UsageError(f'--at: "{at}" is not a time of day. Write it like 06:30.')
    program = shutil.which("sheets-sync") or f"{sys.executable} -m sheets_sync"
    name = re.sub(r"[^a-z0-9]+", "-", Path(tracker).stem.lower()).strip("-") or "tracker"
    words = [*before, *shlex.split(program), "run", tracker, "--quiet", "--log", str(state / f"{name}.log"), *more]
    command = " ".join(shlex.quote(word) for word in words)
    return (SERVICE if systemd else CRON).format(
        tracker=Path(tracker).name,
        name=name,
        days="every day" if every_day else "Monday to Friday",
        numbers="*" if every_day else "1-5",
        calendar="*-*-*" if every_day else "Mon..Fri",
        at=f"{int(match[1]):02}:{match[2]}",
        hour=int(match[1]),
        minute=int(match[2]),
        codes=CODES,
        # In a crontab a bare % ends the command.
        command=command.replace("%", "%%") if systemd else command.replace("%", "\\%"),
    )
