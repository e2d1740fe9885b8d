"""`sheets-sync privacy`: everything that is held about a client, and its removal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.setting import Setting, common, state_folder
from sheets_sync.cli.terminal import printable
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sheets_sync.model import Snapshot
    from sheets_sync.privacy.stores import Held
    from sheets_sync.privacy.tracker import Row
    from sheets_sync.privacy.wanted import Wanted


@click.group("privacy")
def command() -> None:
    """What is held about a client, and its removal: the tracker, backups, the journal, logs."""


def _client(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--client",
        "names",
        multiple=True,
        required=True,
        metavar="NAME",
        help="The client, by name or id; repeat it for other spellings and people [required].",
    )(function)


@dataclass(frozen=True)
class Found:
    """One client with every place that holds it."""

    wanted: Wanted
    snapshot: Snapshot
    rows: list[Row]
    files: list[Held]
    sources: dict[str, Snapshot]

    @property
    def anywhere(self) -> bool:
        return bool(self.rows or self.files)


@command.command("export")
@common
@_client
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(), help="Folder for the two files [default: here]."
)
def export(setting: Setting, names: tuple[str, ...], out: Path) -> int:
    """Write every place that holds a client of TRACKER, as JSON and as a page to read or print."""
    from sheets_sync.cli import privacy_text, shapes
    from sheets_sync.outputs.files import file_name, write_new

    found = _look(setting, names)
    shape = privacy_text.shape(setting, names[0], found)
    if setting.json:
        click.echo(shapes.dump(shape))
        return 0
    if not found.anywhere:
        setting.say(f"Nothing is held about “{names[0]}”: not in the tracker, not on this machine.")
        return 0
    out.mkdir(parents=True, exist_ok=True)
    stem = file_name(names[0], "")
    for suffix, text in ((".json", shapes.dump(shape) + "\n"), (".html", privacy_text.page(shape))):
        setting.say(f"Wrote {write_new(out, stem + suffix, text)}")
    setting.say(
        f"{len(shape['places'])} places hold “{names[0]}”. Both files are for your eyes only until you send them."
    )
    return 0


@command.command("erase")
@common
@_client
@click.option("-y", "--yes", is_flag=True, help="Don't ask [default: ask on a terminal].")
def erase(setting: Setting, names: tuple[str, ...], yes: bool) -> int:
    """Erase a client of TRACKER from everything of ours: our columns, tabs and memory, backups, the journal, logs.

    Your own tabs are yours: what names the client there is listed, for you to delete. Do that first, or the next run
    reads it there and shows it again.
    """
    from sheets_sync.cli import privacy_text, shapes

    found = _look(setting, names)
    if found.anywhere and not yes:
        files = f"{len(found.files)} files of ours on this machine (undo cannot go back behind them)"
        what = f"everything of ours about “{names[0]}”: {sum(row.ours for row in found.rows)} rows in our tabs, {files}"
        if not sys.stdin.isatty():
            raise UsageError(f"This erases {what}. Say --yes to do it.")
        click.confirm(printable(f"Erase {what}?"), abort=True)
    written = _out_of_tracker(setting, found)
    failed = _out_of_state(setting, found)
    after = _look(setting, names, found.wanted)
    left = privacy_text.left(setting, after)
    if setting.json:
        erased = [{"store": one.store.name, "where": str(one.path)} for one in found.files]
        shape = {"version": 1, "tracker": setting.location, "client": names[0], "written": written}
        click.echo(shapes.dump(shape | {"erased": erased, "left": left, "failed": failed}))
    else:
        setting.say("\n".join(privacy_text.erased_lines(names[0], found, written, left, failed)))
    return 0


def _look(setting: Setting, names: Sequence[str], known: Wanted | None = None) -> Found:
    from sheets_sync import sync
    from sheets_sync.privacy import stores, tracker
    from sheets_sync.tracker.read import read_tables

    snapshot, sources = setting.workbook.read(), sync.read_sources(setting.config, setting.source)
    tables = read_tables(snapshot, setting.config, setting.now, sources)
    wanted = known or tracker.who(tables, names)
    files = stores.held(state_folder(), Path(setting.workbook.location), wanted)
    rows = tracker.rows(tracker.with_sources(snapshot, sources), tables, wanted)
    return Found(wanted, snapshot, rows, files, sources)


@dataclass
class _Without:
    """A tracker as it would be read without a client."""

    location: str
    snapshot: Snapshot

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        return self.snapshot


def _out_of_tracker(setting: Setting, found: Found) -> bool:
    """A run that does not see the client, and writes everything of ours anew. Whether anything was written."""
    from sheets_sync import sync
    from sheets_sync.privacy import tracker

    if not (found.snapshot.columns or found.snapshot.tabs):
        return False
    whole = tracker.with_sources(found.snapshot, found.sources)
    seen, others = tracker.apart(tracker.without(whole, found.rows, found.wanted), found.sources)
    unseen = _Without(setting.workbook.location, seen)
    at = {setting.config.sources()[source]: other for source, other in others.items()}
    report = sync.plan(
        unseen, setting.config, setting.playbook, setting.now, opener=lambda path: _Without(path, at[path])
    )
    written = sync.run(setting.workbook, replace(report, refusal="")).written
    setting.workbook.forget_copies()
    return written


def _out_of_state(setting: Setting, found: Found) -> list[str]:
    """The files that hold the client, the copy that this very command has just made among them."""
    from sheets_sync.privacy import stores

    files = stores.held(state_folder(), Path(setting.workbook.location), found.wanted)
    return stores.erase(files, found.wanted)
