"""`sheets-sync init`: a new tracker, or getting to know the one that is there."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sheets_sync.cli.maps import check_found, check_given, given
from sheets_sync.cli.setting import CONFIG_NAME, Setting, common
from sheets_sync.cli.terminal import printable
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.tracker.headers import Suggestion
    from sheets_sync.tracker.proposal import Proposal
    from sheets_sync.tracker.tablemap import TableMap

PLAYBOOK = """\
# Your SOP: what the {base} playbook says, and below only what you do differently.
# See all of it with: sheets-sync playbook show {base}
extends = "{base}"
name = "{name}"

# For example: worry after 21 days of silence instead of 30.
# [settings.silence]
# otherwise = 21
"""


BY_GROUP = """\
A GROUP brings columns of Clients, tabs, or both:

\b
  id         Client ID
  service    Service, Industry
  contacts   Second contact, Email
  renewal    Renewal stage, Renewal value, Decision by
  opinion    Opinion, Opinion by, Opinion reason, Opinion until
  handover   Sold on, Sold by, Handover on, Handover notes, First contact
             by delivery at, Team briefed on, Expectations, Deliverables,
             Agreed on
  loyalty    Loyalty member, Loyalty tier, Loyalty points; tab Care
  care       Gift policy; tab Care
  consent    Consumer; tab Consents
  growth     Business notes, Notes checked on, Next goals, Margin %,
             Term months; tabs Results, Opportunities
  leaving    End date; tab Exits
  recovery   tab Recovery
  people     Team; tabs Team, Training, RACI, Reviews, Holidays,
             SOP feedback
"""


@dataclass(frozen=True)
class Home:
    """Where a tracker's config lies: the folder, what its files begin with beside another's, and what the config calls
    the tracker."""

    folder: Path
    stem: str
    named: str
    online: bool = False


def home_of(tracker: str) -> Home:
    """Beside a file; for a Google Sheet, in the current folder."""
    from sheets_sync.workbooks import kind_of, spreadsheet_of

    if kind_of(tracker) == "google":
        return Home(Path.cwd(), "tracker", spreadsheet_of(tracker), online=True)
    path = Path(tracker)
    return Home(path.parent, path.stem, path.name)


@click.command("init", epilog=BY_GROUP)
@common
@click.option("-y", "--yes", is_flag=True, help="Don't ask; leave what is in doubt alone [default: ask on a terminal].")
@click.option("--add", multiple=True, metavar="GROUP", help="More for a new tracker; repeatable [default: none].")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="TABLE.FIELD=HEADER",
    help="Say what a column is; repeatable [default: none].",
)
@click.option("--new-sheet", metavar="TITLE", help="Make a new Google Sheet of that title [default: a file].")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="EXPORT",
    help="A new tracker out of this export [default: none].",
)
@click.option("--encoding", default="", metavar="NAME", help="The encoding of EXPORT [default: found out].")
def command(
    setting: Setting,
    yes: bool,
    add: tuple[str, ...],
    maps: tuple[str, ...],
    new_sheet: str | None,
    source: Path | None,
    encoding: str,
) -> int:
    """Start with TRACKER: made from the template if it doesn't exist, else read and written down in sheets-sync.toml.

    Proposes what the tabs and headers of an existing tracker mean, and writes that into a config that people can
    correct, beside a playbook.toml for what you do differently. Changes nothing in it, never overwrites a config. Of a
    Google Sheet, the config goes into the current folder.

    With --from EXPORT (a CRM's CSV or .xlsx) a new tracker is made of it, nothing left out.
    """
    if new_sheet is not None:
        from sheets_sync.cli.new_sheet import make

        return make(setting, new_sheet, add)
    if source is not None:
        from sheets_sync.cli import init_from

        return init_from.fill(setting, source, encoding, yes, add, maps)
    if not setting.tracker:
        raise UsageError("Name the tracker: sheets-sync init clients.xlsx (a new one is made when there is none).")
    home = home_of(setting.tracker)
    if not home.online and not Path(setting.tracker).exists():
        return _new(setting, Path(setting.tracker), add)
    if add:
        raise UsageError(
            "--add is for a new tracker; in your own, add columns and tabs by hand: nothing of yours is changed."
        )
    return _known(setting, home, yes, maps)


def _new(setting: Setting, path: Path, add: tuple[str, ...]) -> int:
    from sheets_sync.cli import shapes
    from sheets_sync.cli.starter import empty_tabs
    from sheets_sync.workbooks.excel.new import new_workbook

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path.name}: a new tracker is an .xlsx file. Name it {path.stem or 'clients'}.xlsx.")
    check_groups(add)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(new_workbook(empty_tabs(add)))
    written = [str(path), *write_down(home_of(str(path)), setting.playbook_name or "agency", {}, {})]
    if setting.json:
        click.echo(shapes.dump({"version": 1, "tracker": str(path), "written": written}))
        return 0
    setting.say(f"Made {path}: fill in Clients (only a name is needed), then run: sheets-sync run {path}")
    for other in written[1:]:
        setting.say(f"Wrote {other}.")
    return 0


def check_groups(add: tuple[str, ...]) -> None:
    """Raise UsageError for a group of --add that there is not."""
    from sheets_sync.cli.starter import GROUPS

    if unknown := [group for group in add if group not in GROUPS]:
        raise UsageError(f"--add: no group is called “{unknown[0]}”. There are: {', '.join(GROUPS)}.")


def _known(setting: Setting, home: Home, yes: bool, maps: tuple[str, ...]) -> int:
    from sheets_sync.cli import shapes
    from sheets_sync.tracker.cells import How
    from sheets_sync.tracker.dates import locale_order
    from sheets_sync.tracker.mapping import propose, table_maps

    target_of(home)
    snapshot = setting.workbook.read()
    said = given(maps)
    check_given(said, snapshot)
    how = How(setting.now, setting.timezone, order=locale_order(snapshot.locale))
    proposal = propose(snapshot, said, how)
    check_found(said, proposal)
    if not yes and not setting.json and sys.stdin.isatty():
        said = ask(proposal, said)
        proposal = propose(snapshot, said, how)
    tables, comments = table_maps(proposal)
    written = write_down(home, setting.playbook_name or "agency", tables, comments)
    if setting.json:
        shape = {"version": 1, "tracker": setting.tracker, "written": written, "tables": shapes.mapping(proposal)}
        click.echo(shapes.dump(shape))
        return 0
    setting.say("\n".join([*describe(proposal), ""]))
    for other in written:
        setting.say(f"Wrote {other}. Correct it where it is wrong; nothing in the tracker was changed.")
    named = "" if home.online else f" {setting.tracker}"
    setting.say(f"Next: sheets-sync plan{named}, then sheets-sync run{named}")
    return 0


def describe(proposal: Proposal) -> list[str]:
    """What each tab was taken for and why, column by column, and what was left alone."""
    from sheets_sync.tracker.schema import TABLES
    from sheets_sync.tracker.unfound import unread_lines

    lines: list[str] = []
    for table in proposal.tabs():
        name = table.match.spec.name
        lines.append(f"{TABLES[name].title}: tab “{table.tab}”, row {table.match.row} is the header ({table.reason}).")
        for field, found in sorted(table.match.columns.items(), key=lambda item: item[1].column):
            why = f"  ({found.reason})" if found.reason and found.reason != "the name itself" else ""
            lines.append(f"  {' '.join(found.header.split()):<28} {TABLES[name][field].header}{why}")
        if table.match.unknown:
            shown = ", ".join(map(_left_alone, table.match.unknown))
            lines.append(f"  left alone: {shown}")
    lines += unread_lines(proposal.unread)
    lines += [str(problem) for problem in proposal.problems]
    lines += [_doubt(near) for near in proposal.suggestions]
    return lines


def ask(proposal: Proposal, said: dict[str, TableMap]) -> dict[str, TableMap]:
    """Ask about each near header that nothing else was found for; a no leaves it alone."""
    from sheets_sync.tracker.schema import TABLES
    from sheets_sync.tracker.tablemap import TableMap

    taken = {(name, field) for name, table in proposal.tables.items() for field in table.match.columns}
    for near in sorted(proposal.suggestions, key=lambda near: -near.score):
        if (near.table, near.field) in taken:
            continue
        header = TABLES[near.table][near.field].header
        if click.confirm(printable(f"Is “{near.header}” in “{near.tab}” {header}?"), default=near.score >= 80):
            taken.add((near.table, near.field))
            before = said.get(near.table, TableMap())
            said = {**said, near.table: replace(before, columns={**before.columns, near.field: near.header})}
    return said


def _left_alone(header: str) -> str:
    """A header that is none of ours, and what it is where many trackers have it."""
    from sheets_sync.tracker.headers import known_extra

    what = known_extra(header)
    return f"“{' '.join(header.split())}”" + (f" ({what}: stays yours)" if what else "")


def _doubt(near: Suggestion) -> str:
    from sheets_sync.tracker.schema import TABLES

    header = TABLES[near.table][near.field].header
    return (
        f"In doubt: “{near.header}” in “{near.tab}” may be {header} ({near.score:.0f} of 100). "
        f'If so: --map {near.table}.{near.field}="{near.header}"'
    )


def target_of(home: Home) -> Path:
    """Where the config of this tracker goes; raises UsageError when it has one already."""
    from sheets_sync.cli.setting import find_config

    shared = home.folder / CONFIG_NAME
    there = find_config(None, home.named if home.online else str(home.folder / home.named))
    if there is not None and there.parent.resolve() == home.folder.resolve():
        raise UsageError(f"{there} is there already and is left as it is. Correct it by hand, or move it away first.")
    if home.online and shared.exists():
        raise UsageError(f"{shared} is another tracker's. Make a folder for this one, and run init there.")
    return home.folder / f"{home.stem}.{CONFIG_NAME}" if shared.exists() else shared


def write_down(home: Home, playbook: str, tables: dict[str, TableMap], comments: dict[str, list[str]]) -> list[str]:
    """Write the config, and a playbook.toml that extends the chosen one unless that is there; their paths."""
    from sheets_sync.config import Config, write_config

    target = target_of(home)
    own = target.parent / ("playbook.toml" if target.name == CONFIG_NAME else f"{home.stem}.playbook.toml")
    written = [str(target)]
    named = playbook
    if not own.exists() and not playbook.endswith(".toml"):
        own.write_text(PLAYBOOK.format(base=playbook, name=f"{home.stem} playbook"), encoding="utf-8")
        written.append(str(own))
    if own.exists() and not playbook.endswith(".toml"):
        named = own.name
    text = write_config(Config(tracker=home.named, playbook=named, tables=tables), comments)
    with target.open("x", encoding="utf-8") as file:
        file.write(text)
    return written
