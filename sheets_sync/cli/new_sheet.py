"""`sheets-sync init --new-sheet TITLE`: a new Google Sheet from the template, and a config that names it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from sheets_sync.cli.init import Home, check_groups, target_of, write_down
from sheets_sync.cli.setting import Setting, zone_name
from sheets_sync.errors import UsageError


def make(setting: Setting, title: str, add: tuple[str, ...]) -> int:
    """Make it with the account in use, and say whose it is."""
    from sheets_sync.cli import shapes
    from sheets_sync.cli.starter import empty_tabs
    from sheets_sync.workbooks.google.credentials import ROBOT, opened
    from sheets_sync.workbooks.google.new import new_spreadsheet

    if setting.tracker:
        raise UsageError(f"--new-sheet makes a sheet of its own, so leave {setting.tracker} out.")
    if not title.strip():
        raise UsageError('--new-sheet: give the new sheet a title, such as --new-sheet "Client tracker".')
    check_groups(add)
    target_of(Home(Path.cwd(), "tracker", "", online=True))
    setting.writes = True
    who, api = opened(setting.access())
    zone = setting.config.timezone or _zone_here()
    address = new_spreadsheet(api, title.strip(), empty_tabs(add), zone, _locale_here())
    written = write_down(Home(Path.cwd(), "tracker", address, True), setting.playbook_name or "agency", {}, {})
    if setting.json:
        click.echo(shapes.dump({"version": 1, "tracker": address, "written": [address, *written]}))
        return 0
    setting.say(f"Made {address}")
    setting.say("Fill in Clients (only a name is needed), then run: sheets-sync run")
    for other in written:
        setting.say(f"Wrote {other}.")
    if who.kind == ROBOT:
        setting.say(_belongs_to(who.email))
    return 0


def _belongs_to(email: str) -> str:
    return (
        f"\nThis sheet belongs to the service account {email}, and nobody else can open it: sheets-sync asks for "
        "Google Sheets alone, so it cannot share it for you. To have it in your own Drive, log in (sheets-sync auth "
        "login), leave SHEETS_SYNC_CREDENTIALS unset, make it again in another folder, and share that one with "
        f"{email} as Editor for the schedule."
    )


def _zone_here() -> str:
    """This machine's time zone by name; "" where that is not to be found."""
    named = os.environ.get("TZ", "").removeprefix(":")
    return zone_name(named or str(Path("/etc/localtime").resolve()).rpartition("zoneinfo/")[2])


def _locale_here() -> str:
    """This machine's locale (en_GB); "" where it has none of a country."""
    named = os.environ.get("LC_ALL") or os.environ.get("LC_TIME") or os.environ.get("LANG") or ""
    found = re.match(r"[a-z]{2}_[A-Z]{2}(?![A-Za-z])", named)
    return found[0] if found else ""
