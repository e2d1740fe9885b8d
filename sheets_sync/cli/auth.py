"""`sheets-sync auth`: who we are at Google, and what we may do there."""

from __future__ import annotations

from pathlib import Path

import click

from sheets_sync.cli.setting import Setting, login_file
from sheets_sync.errors import NoPermission


@click.group("auth", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Get at Google Sheets: as a service account (set SHEETS_SYNC_CREDENTIALS to the file of its key), as yourself
    (login), or as what this machine provides. check says which it is, what we may do, and what to fix."""


@command.command("login")
@click.option(
    "--client-secret",
    type=click.Path(path_type=Path),
    default=Path("client_secret.json"),
    show_default=True,
    metavar="FILE",
    help="The secret of an OAuth client (a desktop app), as downloaded.",
)
@click.option("--no-browser", is_flag=True, help="Print the address instead of opening it [default: open it].")
def login(client_secret: Path, no_browser: bool) -> int:
    """Log in with your own Google account.

    For Google Sheets only; what is kept of it is a file that you alone can read."""
    from sheets_sync.workbooks.google.login import keep, log_in

    made = log_in(client_secret, not no_browser)
    path = login_file()
    try:
        keep(made, path)
    except OSError as error:
        raise NoPermission(f"The login cannot be kept in {path} ({error.strerror}).") from None
    click.echo(f"Logged in. The login is kept in {path}; sheets-sync auth logout deletes it.")
    return 0


@command.command("logout")
def logout() -> int:
    """Delete the login that is kept on this machine."""
    path = login_file()
    if not path.exists():
        click.echo("There is no login on this machine.")
        return 0
    path.unlink()
    click.echo(f"Deleted {path}. To withdraw the access at Google too: https://myaccount.google.com/connections")
    return 0


@command.command("check")
@click.argument("tracker", required=False)
@click.option("--config", "config_file", metavar="FILE", help="Config file [default: sheets-sync.toml nearby].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout [default: text].")
def check(tracker: str | None, config_file: str | None, as_json: bool) -> int:
    """Say who we are and what we may do.

    For TRACKER (a Google Sheet's URL or id) also what to fix. Changes nothing. Exit codes: 0 we may do all that a run
    does, 77 we may not.
    """
    from sheets_sync.cli import auth_check

    return auth_check.check(Setting(tracker=tracker, config_file=config_file, json=as_json, writes=True))
