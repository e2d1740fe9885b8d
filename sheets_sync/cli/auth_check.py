"""What `auth check` finds out and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.setting import Setting
from sheets_sync.errors import SheetsSyncError, UsageError

if TYPE_CHECKING:
    from sheets_sync.workbooks.google.api import Api
    from sheets_sync.workbooks.google.credentials import Identity


def check(setting: Setting) -> int:
    """Ask Google, print, and return the exit code: 0 when a run may do all it does. Raises what is wrong before
    anything can be asked."""
    from sheets_sync.workbooks.google.credentials import opened

    where = _spreadsheet(setting)
    who, api = opened(setting.access())
    found: dict[str, Any] = {"version": 1, **_who(who), "tracker": None, "fix": []}
    code = 0
    try:
        if not where:
            _sign_in(who, api)
        else:
            found["tracker"] = {"location": where, "read": False, "write": False}
            code = _look(setting, api, where, found)
    except SheetsSyncError as error:
        found["fix"] += [str(error), *error.details]
        code = error.exit_code
    if setting.json:
        from sheets_sync.cli import shapes

        click.echo(shapes.dump(found))
    else:
        setting.say("\n".join(_lines(found, who, code)))
    return code


def _spreadsheet(setting: Setting) -> str:
    """The address of the spreadsheet that was named here or in the config; "" for none."""
    from sheets_sync.workbooks import kind_of, spreadsheet_of

    if setting.tracker and kind_of(setting.tracker) != "google":
        raise UsageError(f"{setting.tracker} is a file: it needs no access to Google. Name a Google Sheet's URL or id.")
    try:
        return spreadsheet_of(setting.location)
    except UsageError:
        return ""


def _sign_in(who: Identity, api: Api) -> None:
    from sheets_sync.workbooks.google.credentials import NOBODY

    if who.kind != NOBODY:
        api.sign_in()


def _who(who: Identity) -> dict[str, Any]:
    return {"kind": who.kind, "email": who.email or None, "project": who.project or None, "scopes": list(who.scopes)}


def _look(setting: Setting, api: Api, where: str, found: dict[str, Any]) -> int:
    """What we may do with the spreadsheet, put into `found`; the exit code."""
    from sheets_sync.errors import NoPermission
    from sheets_sync.workbooks.google.location import spreadsheet_id
    from sheets_sync.workbooks.google.rights import rights

    seen = rights(api, spreadsheet_id(where))
    found["tracker"] |= {
        "title": seen.title,
        "read": True,
        "write": not seen.refused,
        "protected": list(seen.protected),
        "timezone": seen.zone,
        "locale": seen.locale,
    }
    fix: list[str] = found["fix"]
    if seen.refused:
        fix.append(seen.refused)
    if seen.protected:
        fix.append(
            "Where a tab is protected, add us under Data, Protect sheets and ranges, if our columns are to stand there."
        )
    if setting.config.timezone and seen.zone and setting.config.timezone != seen.zone:
        fix.append(
            f"The sheet's time zone is {seen.zone} (File, Settings), but sheets-sync.toml says "
            f"{setting.config.timezone}. Make them the same, so that everybody means the same day."
        )
    return NoPermission.exit_code if seen.refused else 0


def _lines(found: dict[str, Any], who: Identity, code: int) -> list[str]:
    project = f" (project {who.project})" if who.project else ""
    lines = [f"Who       {who.kind}{f' {who.email}' if who.email else ''}{project}"]
    if who.file:
        lines.append(f"From      {who.file}")
    lines.append(f"Scopes    {', '.join(who.scopes) or 'as given at login'}")
    tracker = found["tracker"]
    if tracker is None:
        lines.append("Access    ● Google accepts us" if code == 0 else "Access    ✖ not accepted")
        lines += ["Name a Google Sheet to see what we may do with it."] if code == 0 else []
    else:
        named = f"“{tracker['title']}” " if tracker.get("title") else ""
        lines.append(f"Tracker   {named}{tracker['location']}")
        lines.append(f"Reading   {_yes(tracker['read'])}")
        lines.append(f"Writing   {_yes(tracker['write'])}")
        if tracker.get("protected"):
            lines.append(f"Protected ▲ {', '.join(tracker['protected'])}")
        if tracker.get("timezone"):
            lines.append(f"Time zone {tracker['timezone']}")
    if found["fix"]:
        lines += ["", "To fix", *(f"  {line}" for line in found["fix"])]
    return lines


def _yes(may: bool) -> str:
    return "● yes" if may else "✖ no"
