"""What every command needs before it starts: which tracker, config and playbook, which moment, and how to talk."""

from __future__ import annotations

import functools
import os
import re
import sys
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheets_sync.cli.terminal import printable, progress
from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.config import Config
    from sheets_sync.playbook.load import Layer
    from sheets_sync.playbook.schema import Playbook
    from sheets_sync.sync import Report
    from sheets_sync.workbooks.access import Access
    from sheets_sync.workbooks.base import Workbook

CONFIG_NAME = "sheets-sync.toml"


@dataclass
class Setting:
    """The common options as given, and what follows from them. Everything heavy is worked out when first asked for.
    `writes` is set by commands that write: all others ask Google for no more than reading. `deadline` is in seconds."""

    tracker: str | None = None
    config_file: str | None = None
    playbook_name: str | None = None
    as_of: str | None = None
    only: tuple[str, ...] = ()
    json: bool = False
    quiet: bool = False
    verbose: int = 0
    writes: bool = False
    deadline: float = 600
    started: float = field(default_factory=clock.perf_counter)

    @functools.cached_property
    def config(self) -> Config:
        from sheets_sync.config import Config, load_config

        path = find_config(self.config_file, self.tracker)
        return load_config(path) if path else Config()

    @functools.cached_property
    def location(self) -> str:
        """The tracker's path, URL or id, from the argument or the config (a path there is relative to its folder)."""
        if not self.named:
            raise UsageError(
                f"Which tracker? There is no {CONFIG_NAME} here or above. Name a file or a Google Sheet's URL "
                "(sheets-sync run tracker.xlsx), or try sheets-sync demo."
            )
        return self.named

    @property
    def named(self) -> str:
        """The tracker that was named, by argument, environment or config; "" for none."""
        return self.tracker or os.environ.get("SHEETS_SYNC_TRACKER") or self._configured

    @property
    def _configured(self) -> str:
        from sheets_sync.workbooks import spreadsheet_of

        path = self.config.tracker_location
        return self.config.tracker if not Path(path).exists() and spreadsheet_of(self.config.tracker) else path

    @functools.cached_property
    def layers(self) -> list[Layer]:
        """The playbook's file, and what it extends."""
        from sheets_sync.playbook.load import layers_of

        return layers_of(self.playbook_file)

    @functools.cached_property
    def playbook(self) -> Playbook:
        from sheets_sync import sync
        from sheets_sync.playbook.load import of_layers

        words = sync.known()
        return of_layers(self.layers, words.facts, words)

    @property
    def playbook_file(self) -> str:
        """The name or file of the playbook: by flag, by environment, or the config's."""
        return self.playbook_name or os.environ.get("SHEETS_SYNC_PLAYBOOK") or self.config.playbook

    @functools.cached_property
    def timezone(self) -> str:
        """The name of the time zone that counts: the config's, else the tracker's own; "" stands for the system's."""
        return self.config.timezone or (zone_name(self.workbook.zone) if self.named else "")

    @property
    def zone(self) -> tzinfo | None:
        """The time zone that counts; None stands for the system's."""
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone) if self.timezone else None

    @functools.cached_property
    def now(self) -> datetime:
        """The moment of this run, naive, by the agency's wall clock, in whole minutes."""
        if self.as_of:
            return self._given_moment(self.as_of)
        moment = datetime.now(self.zone)
        return moment.replace(tzinfo=None, second=0, microsecond=0)

    def _given_moment(self, text: str) -> datetime:
        try:
            if len(text) > 10:
                return datetime.fromisoformat(text).replace(tzinfo=None)
            day = date.fromisoformat(text)
        except ValueError:
            raise UsageError(
                f'--as-of: "{text}" is not a date. Write 2026-11-20, or 2026-11-20T12:00 for a time of day.'
            ) from None
        from sheets_sync import sync

        calendar = sync.calendar(self.config, self.playbook, datetime.combine(day, time()))
        return datetime.combine(day, calendar.opens if calendar.is_open(day) else time(9))

    def stamp(self, moment: datetime) -> str:
        """A moment for JSON: ISO 8601 with the zone's offset."""
        aware = moment.replace(tzinfo=self.zone) if self.zone else moment.astimezone()
        return aware.isoformat(timespec="minutes")

    @functools.cached_property
    def workbook(self) -> Workbook:
        from sheets_sync import journal
        from sheets_sync.cli import stopping
        from sheets_sync.workbooks import kind_of, open_workbook

        access = self.access() if kind_of(self.location) == "google" else None
        opened = open_workbook(self.location, functools.partial(journal.folder, state_folder()), access)
        return stopping.watch(opened)

    def access(self) -> Access:
        """How to get at Google, from environment and config. Raises UsageError for an endpoint that is not safe."""
        from sheets_sync.workbooks.access import Access, checked_endpoint

        return Access(
            credentials=os.environ.get("SHEETS_SYNC_CREDENTIALS") or self.config.credentials_file,
            login=login_file(),
            endpoint=checked_endpoint(os.environ.get("SHEETS_SYNC_API_ENDPOINT", "")),
            read_only=not self.writes,
            seconds=self.deadline - (clock.perf_counter() - self.started),
            by_values=self.config.google.mode == "values",
        )

    def source(self, location: str) -> Workbook:
        """Another file or spreadsheet that a table is read from, and never written to."""
        from sheets_sync.workbooks import kind_of, open_workbook

        access = replace(self.access(), read_only=True) if kind_of(location) == "google" else None
        return open_workbook(location, None, access)

    def plan(self, accept: bool = False) -> Report:
        """Everything up to the patch, for the commands that only look and for the one that writes."""
        from sheets_sync import sync

        with progress("Reading the tracker", self.talks):
            return sync.plan(
                self.workbook,
                replace(self.config, timezone=self.timezone),
                self.playbook,
                self.now,
                only=self.only,
                accept=accept,
                opener=self.source,
                ticks=clock.perf_counter,
            )

    @property
    def talks(self) -> bool:
        """Whether anything may be said beside the result."""
        return not self.quiet and not self.json

    def say(self, text: str = "") -> None:
        """A line of the result, on stdout; nothing with --quiet."""
        if not self.quiet:
            click.echo(printable(text))

    def note(self, text: str) -> None:
        """A line beside the result, on stderr; with --quiet or --json only what is wrong is said, by the handler."""
        if not self.quiet:
            click.echo(printable(text), err=True)


def zone_name(named: str) -> str:
    """A time zone by the name that a spreadsheet gives it (Europe/London, GMT-07:00); "" where this machine does not
    know that."""
    from zoneinfo import ZoneInfo

    if fixed := re.fullmatch(r"GMT([+-])0?(\d{1,2}):00", named):
        named = f"Etc/GMT{'+' if fixed[1] == '-' else '-'}{fixed[2]}"
    try:
        return ZoneInfo(named).key if named else ""
    except (OSError, ValueError, KeyError):
        return ""


def state_folder() -> Path:
    """Where backups, runs and locks lie: SHEETS_SYNC_STATE, else the system's folder for state."""
    own = os.environ.get("SHEETS_SYNC_STATE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_STATE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    home = _home()
    if base:
        return Path(base) / "sheets-sync"
    if home is None:
        raise UsageError("There is no home folder for backups. Name one: SHEETS_SYNC_STATE=/var/lib/sheets-sync")
    return home / ".local" / "state" / "sheets-sync"


def _home() -> Path | None:
    """The user's home folder; None where there is none, as for a service's user."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def login_file() -> Path:
    """Where `auth login` keeps its token."""
    return state_folder() / "google-login.json"


def find_config(given: str | None, tracker: str | None) -> Path | None:
    """The config by flag, by environment, beside the tracker or upwards (from here for a Google Sheet), or in the
    user's config folder."""
    from sheets_sync.workbooks import spreadsheet_of

    named = given or os.environ.get("SHEETS_SYNC_CONFIG")
    if named:
        return Path(named)
    file = tracker if tracker and not spreadsheet_of(tracker) else None
    start = Path(file).resolve().parent if file else Path.cwd()
    if file:
        own = start / f"{Path(file).stem}.{CONFIG_NAME}"
        if own.is_file():
            return own
    home = _home()
    base = os.environ.get("XDG_CONFIG_HOME") or (str(home / ".config") if home else "")
    last = [Path(base) / CONFIG_NAME] if base else []
    for path in [*(folder / CONFIG_NAME for folder in (start, *start.parents)), *last]:
        if path.is_file() and (tracker is None or _is_for(path, tracker)):
            return path
    return None


def tracker_of(config: Path) -> str:
    """What a config names as its tracker, without a look at the rest of it; "" when it names none."""
    import tomllib

    table = tomllib.loads(config.read_text(encoding="utf-8-sig")).get("tracker", {})
    named = table.get("path", "") if isinstance(table, dict) else ""
    return named if isinstance(named, str) else ""


def _is_for(config: Path, tracker: str) -> bool:
    """Whether a config that lies nearby names this tracker, or none at all."""
    from sheets_sync.workbooks import spreadsheet_of

    try:
        named = tracker_of(config)
    except (OSError, ValueError):
        return True
    if not named:
        return True
    if spreadsheet := spreadsheet_of(tracker):
        return spreadsheet_of(named) == spreadsheet
    return (config.parent / named).resolve() == Path(tracker).resolve()


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add TRACKER and the common options to a command; it gets them as one Setting."""

    @click.argument("tracker", required=False)
    @click.option("--config", "config_file", metavar="FILE", help=f"Config file [default: {CONFIG_NAME} nearby].")
    @click.option(
        "--playbook", "playbook_name", metavar="NAME|FILE", help="Playbook [default: the config's, else agency]."
    )
    @click.option(
        "--as-of", metavar="DATE", help="The moment to work out, 2026-11-20 or 2026-11-20T12:00 [default: now]."
    )
    @click.option(
        "--only", multiple=True, metavar="WHO", help="Status cells of this owner, tier or client only [default: all]."
    )
    @click.option("--json", is_flag=True, help="One JSON object on stdout [default: text].")
    @click.option("-q", "--quiet", is_flag=True, help="Print nothing unless something is wrong [default: off].")
    @click.option("-v", "--verbose", count=True, help="Say more [default: off].")
    @functools.wraps(command)
    def wrapper(**given: Any) -> Any:
        names = ("tracker", "config_file", "playbook_name", "as_of", "only", "json", "quiet", "verbose")
        return command(Setting(**{name: given.pop(name) for name in names}), **given)

    return wrapper
