"""`sheets-sync init --from EXPORT`: a new tracker out of what another program exports."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_sync.cli.setting import Setting
from sheets_sync.errors import Refused, SheetsSyncError, UsageError

if TYPE_CHECKING:
    from sheets_sync.exports.lay import Laid
    from sheets_sync.model import Snapshot

WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm")


@dataclass(frozen=True)
class Export:
    """What was exported, as tabs, and sentences on how it was read."""

    snapshot: Snapshot
    said: list[str] = field(default_factory=list)


def fill(setting: Setting, source: Path, encoding: str, yes: bool, add: tuple[str, ...], maps: tuple[str, ...]) -> int:
    """Make the tracker, its config and playbook, and say what was understood and why."""
    from sheets_sync.cli import init, shapes
    from sheets_sync.cli.maps import given
    from sheets_sync.cli.starter import GROUPS, filled_tabs
    from sheets_sync.exports.lay import lay_out
    from sheets_sync.tracker.cells import How
    from sheets_sync.tracker.mapping import propose
    from sheets_sync.tracker.read import read_tables
    from sheets_sync.workbooks.excel.new import new_workbook

    path = _target(setting, source)
    init.check_groups(add)
    export = _read(source, encoding)
    said, how = given(maps), How(setting.now, setting.timezone)
    try:
        proposal = propose(export.snapshot, said, how)
    except Refused as refused:
        hint = "Say which column names the client: --map clients.client=HEADER"
        raise Refused(f"{source.name}: {refused}", [*export.said, *refused.details, hint]) from None
    if not yes and not setting.json and sys.stdin.isatty():
        said = init.ask(proposal, said)
        proposal = propose(export.snapshot, said, how)
    tables = read_tables(export.snapshot, replace(setting.config, path=None, tables=said), setting.now)
    columns = [name for group in add for name in GROUPS[group].columns]
    how = replace(how, map=said["clients"]) if "clients" in said else how
    laid = lay_out(export.snapshot, proposal, tables, how, columns)
    _write(path, new_workbook(filled_tabs(laid, add)))
    written = [str(path), *init.write_down(init.home_of(str(path)), setting.playbook_name or "agency", {}, {})]
    mapped = [line for line in init.describe(proposal) if not line.startswith("  left alone")]
    understood = [*export.said, *mapped, *_notes(laid), *tables.notes]
    if setting.json:
        shape = {"version": 1, "tracker": str(path), "from": str(source), "written": written, "notes": understood}
        tabs = [{"title": tab.title, "rows": len(tab.rows)} for tab in laid]
        click.echo(shapes.dump(shape | {"tabs": tabs, "tables": shapes.mapping(proposal)}))
        return 0
    setting.say("\n".join([*understood, ""]))
    filled = ", ".join(f"{tab.title} ({len(tab.rows):,})" for tab in laid)
    setting.say(f"Made {path} with {filled}. {source.name} is as it was.")
    for other in written[1:]:
        setting.say(f"Wrote {other}.")
    setting.say(f"Next: look at it, then sheets-sync run {path}")
    return 0


def _target(setting: Setting, source: Path) -> Path:
    """Where the new tracker goes; raises UsageError where something is."""
    if not source.is_file():
        raise UsageError(f"--from: there is no file {source}.")
    stem = f"{source.stem} tracker" if source.suffix.lower() in WORKBOOKS else source.stem
    path = Path(setting.tracker) if setting.tracker else source.with_name(f"{stem}.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name}: a new tracker is an .xlsx file. Name it {path.stem or 'clients'}.xlsx.")
    if path.exists():
        raise UsageError(f"{path} is there already and is left as it is. Name another: init --from {source} NEW.xlsx")
    from sheets_sync.cli import init

    init.target_of(init.home_of(str(path)))
    return path


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(data)


def _notes(laid: list[Laid]) -> list[str]:
    lines = []
    for tab in laid:
        theirs = [column for column in tab.columns if isinstance(column, str)]
        if theirs:
            lines.append(f"{tab.title}: kept beside ours as they are: {', '.join(f'“{one}”' for one in theirs)}.")
        lines += tab.said
    return lines


def _read(source: Path, encoding: str) -> Export:
    """The export as tabs: a workbook by its sheets, anything else as a list in text."""
    from sheets_sync.exports.text import decoded, looks_like, parted
    from sheets_sync.model import Grid, Snapshot

    try:
        data = source.read_bytes()
    except OSError as error:
        raise UsageError(f"{source} cannot be read: {error.strerror}.") from None
    if data[:2] == b"PK" or source.suffix.lower() in WORKBOOKS:
        from sheets_sync.workbooks import open_workbook

        return Export(open_workbook(str(source), None).read())
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(f"{source.name} is an old .xls workbook or has a password. Save it as .xlsx or CSV first.")
    try:
        text, name = decoded(data, encoding)
        rows, mark = parted(text)
    except SheetsSyncError as error:
        raise type(error)(f"{source.name}: {error}", error.details) from None
    words = looks_like(text)
    seen = f" (it reads “{'”, “'.join(words)}”; if that is wrong, name it with --encoding)" if words else ""
    said = f"{source.name} is {name}{seen}, fields parted by {mark}: {len(rows):,} lines."
    lines = tuple(tuple(cell if cell.strip() else None for cell in row) for row in rows)
    grid = Grid(source.stem, lines)
    return Export(Snapshot(str(source), "", {grid.title: grid}), [said])
