"""`sheets-sync demo`: a sample tracker, synced."""

from __future__ import annotations

from pathlib import Path

import click

from sheets_sync.cli.setting import Setting
from sheets_sync.errors import UsageError

MARK = "# sheets-sync demo folder"
CONFIG = (
    MARK
    + """: everything in here can be made again with `sheets-sync demo`.
[tracker]
path = "tracker.xlsx"

[playbook]
path = "playbook.toml"
"""
)


@click.command("demo")
@click.argument("folder", metavar="[DIR]", default="sheets-sync-demo")
@click.option("--as-of", metavar="DATE", help="The day that the sample is made for [default: today].")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout [default: text].")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong [default: off].")
def command(folder: str, as_of: str | None, as_json: bool, quiet: bool) -> int:
    """Make a sample tracker of 25 clients in DIR [default: sheets-sync-demo], sync it, and say what to open.

    The dates are relative to today. DIR is made again if it is a demo folder; a folder of yours is never overwritten.
    """
    from sheets_sync.cli.run import finish, write

    where = Path(folder)
    _may_write(where)
    setting = Setting(as_of=as_of, json=as_json, quiet=quiet)
    make(where, setting)
    report = write(setting, setting.plan())
    finish(setting, report)
    if not as_json:
        setting.say(f"\nOpen {where / 'tracker.xlsx'}: the coloured columns are at the right of Clients. Our tabs,")
        setting.say("from Dashboard on, come after the team's own: who to call, what is late, what to worry about.")
        setting.say(f"Then change something in it, save, and run: sheets-sync run {where / 'tracker.xlsx'}")
    return 0


def make(where: Path, setting: Setting) -> None:
    """Write the sample's three files and point the setting at them."""
    from sheets_sync.cli.init import PLAYBOOK
    from sheets_sync.cli.starter import sample_tabs
    from sheets_sync.workbooks.excel.new import new_workbook

    where.mkdir(parents=True, exist_ok=True)
    (where / "sheets-sync.toml").write_text(CONFIG, encoding="utf-8")
    (where / "playbook.toml").write_text(PLAYBOOK.format(base="agency", name="our way"), encoding="utf-8")
    setting.tracker = str(where / "tracker.xlsx")
    (where / "tracker.xlsx").write_bytes(new_workbook(sample_tabs(setting.now.date())))


def _may_write(where: Path) -> None:
    if not where.exists():
        return
    if not where.is_dir():
        raise UsageError(f"{where} is a file. Name another folder: sheets-sync demo DIR")
    config = where / "sheets-sync.toml"
    ours = config.is_file() and config.read_text(encoding="utf-8", errors="replace").startswith(MARK)
    if any(where.iterdir()) and not ours:
        raise UsageError(f"{where} holds files that are not a demo's; it is left alone. Name another folder.")
