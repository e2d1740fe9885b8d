"""sheets-sync.toml → Config: which tracker, which playbook, how the team's tabs map, what is switched off."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Bounds

from sheets_sync.errors import UsageError
from sheets_sync.playbook.load import bundled
from sheets_sync.playbook.locate import Locator, did_you_mean, dotted
from sheets_sync.playbook.text import text_of
from sheets_sync.playbook.wording import worded
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tablemap import DateOrder, TableMap

Mistake = tuple[tuple[str | int, ...], str]
# What a new config says about tabs that only come when they are asked for.
MORE_TABS = (
    "More tabs, for whoever wants them: the client's way stage by stage, who answers for what, the whole SOP to",
    "print, what changed and why, the words for what is in the Diary. Take a name out and its tab goes again.",
    "[look]",
    'tabs = ["journey", "raci_check", "sop", "changes", "texts"]',
)


@dataclass(frozen=True, slots=True)
class Holidays:
    """Public holidays by country ("GB") and region ("ENG"); no country, no public holidays."""

    country: str = ""
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class Files:
    """What is kept on this machine for undo: so many backups and runs of a tracker, none older than so many days."""

    backups: int = 10
    days: int = 30


@dataclass(frozen=True, slots=True)
class Google:
    """`credentials` is the file of a service account's key, beside the config; `mode` is "formula" (a status column is
    one formula) or "values" (for teams that want no formulas; best effort)."""

    credentials: str = ""
    mode: str = "formula"


@dataclass(frozen=True, slots=True)
class Config:
    """What a team decided about its tracker. Without a file every field has its default and `path` is None.

    `tracker` is as written in the file, `playbook` a bundled name or a file's path; `timezone` is an IANA name or ""
    for the tracker's own, else the system's; `columns_off` are ids of status columns not wanted, `tabs` ids of
    generated tabs wanted beside the usual ones; `theme` is "calm" or "traffic-light"."""

    path: Path | None = None
    tracker: str = ""
    playbook: str = "agency"
    timezone: str = ""
    tables: Mapping[str, TableMap] = field(default_factory=dict)
    columns_off: tuple[str, ...] = ()
    tabs: tuple[str, ...] = ()
    theme: str = "calm"
    holidays: Holidays = Holidays()
    files: Files = Files()
    google: Google = Google()

    @property
    def tracker_location(self) -> str:
        """Where the tracker is: a path beside the config, or a URL as it is; "" when the config names none."""
        return self._located(self.tracker)

    @property
    def credentials_file(self) -> str:
        """Where the key for Google lies: beside the config, or "" when the config names none."""
        return self._located(self.google.credentials)

    def wanted_tabs(self) -> tuple[str, ...] | None:
        """The team's tabs that need to be read; None for all, where tables are still to be found by their headers."""
        named = tuple(table.tab for table in self.tables.values() if table.tab and not table.source)
        return named if len(named) == len(TABLES) else None

    def sources(self) -> dict[str, str]:
        """The other files and spreadsheets that tables are read from: as the config writes them → where they are."""
        named = [table.source for table in self.tables.values() if table.source and not table.off]
        return {source: self._located(source) for source in named}

    def _located(self, named: str) -> str:
        if not named or "://" in named or self.path is None:
            return named
        return str(self.path.parent / Path(named).expanduser())


# ── The file's shape ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class _Tracker(_Shape):
    path: str = ""
    timezone: str = ""


class _PlaybookName(_Shape):
    path: str = "agency"


class _Look(_Shape):
    columns_off: list[Literal["health", "why", "do_next", "due", "touchpoint", "renewal", "offer_next"]] = []
    tabs: list[Literal["journey", "raci_check", "sop", "changes", "texts"]] = []
    theme: Literal["calm", "traffic-light"] = "calm"


class _Holidays(_Shape):
    country: str = ""
    subdivision: str = ""


class _Files(_Shape):
    backups: Annotated[int, Bounds(ge=1, le=1_000)] = Files().backups
    days: Annotated[int, Bounds(ge=1, le=3_650)] = Files().days


class _Google(_Shape):
    credentials: str = ""
    mode: Literal["formula", "values"] = "formula"


class _Table(_Shape):
    tab: str = ""
    header_row: Annotated[int, Bounds(ge=0, le=1_048_576)] = 0
    date_order: DateOrder | None = None
    decimal: Literal[".", ","] | None = None
    serial_dates: bool = False
    columns: dict[str, str] = {}
    divide: dict[str, Annotated[float, Bounds(gt=0)]] = {}
    off: bool = False
    source: str = ""


class _File(_Shape):
    tracker: _Tracker = _Tracker()
    playbook: _PlaybookName = _PlaybookName()
    look: _Look = _Look()
    holidays: _Holidays = _Holidays()
    files: _Files = _Files()
    google: _Google = _Google()
    tables: dict[str, _Table] = {}


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def load_config(path: Path | str | None) -> Config:
    """The Config in a file; the defaults for None. Raises UsageError with every mistake at its line, and the nearest
    known word."""
    if path is None:
        return Config()
    path = Path(path)
    text = _text(path)
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} is not valid TOML.", [f"{path.name}: {error}"]) from None
    shape, mistakes = _validated(raw)
    mistakes += _unknown_words(raw)
    if shape is not None:
        mistakes += _impossible(shape)
    if shape is None or mistakes:
        raise _refusal(path, text, mistakes)
    return Config(
        path,
        shape.tracker.path,
        _playbook(shape.playbook.path, path.parent),
        shape.tracker.timezone,
        {name: TableMap(**dict(table)) for name, table in shape.tables.items()},
        tuple(shape.look.columns_off),
        tuple(shape.look.tabs),
        shape.look.theme,
        Holidays(shape.holidays.country, shape.holidays.subdivision),
        Files(shape.files.backups, shape.files.days),
        Google(shape.google.credentials, shape.google.mode),
    )


def _text(path: Path) -> str:
    try:
        return text_of(path)
    except FileNotFoundError:
        raise UsageError(f"There is no config {path}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8. Save it as UTF-8.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None


def _validated(raw: Mapping[str, Any]) -> tuple[_File | None, list[Mistake]]:
    try:
        return _File.model_validate(raw), []
    except ValidationError as error:
        return None, [worded(one, _File) for one in error.errors(include_url=False)]


def _unknown_words(raw: Mapping[str, Any]) -> Iterator[Mistake]:
    """Tables and columns that are none of ours; the file's shape alone cannot know them."""
    tables = raw.get("tables")
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if name not in TABLES:
            yield ("tables", name), f"unknown table{did_you_mean(name, TABLES) or '; known are ' + ', '.join(TABLES)}"
            continue
        known = [column.name for column in TABLES[name].fields]
        for part in ("columns", "divide"):
            columns = table.get(part) if isinstance(table, dict) else None
            for column in columns if isinstance(columns, dict) else ():
                if column not in known:
                    yield ("tables", name, part, column), f"unknown column{did_you_mean(column, known)}"


def _impossible(shape: _File) -> Iterator[Mistake]:
    if shape.tracker.timezone:
        try:
            ZoneInfo(shape.tracker.timezone)
        except (OSError, ValueError, KeyError):
            yield ("tracker", "timezone"), f'"{shape.tracker.timezone}" is no time zone, such as "Europe/London"'
    if shape.holidays.country:
        import holidays

        try:
            holidays.country_holidays(shape.holidays.country, subdiv=shape.holidays.subdivision or None)
        except NotImplementedError:
            where = f"{shape.holidays.country} {shape.holidays.subdivision}".strip()
            yield ("holidays", "country"), f'no public holidays are known for "{where}"; use a code such as "GB"'


def _playbook(name: str, folder: Path) -> str:
    return name if name in bundled() else str(folder / Path(name).expanduser())


def _refusal(path: Path, text: str, mistakes: Sequence[Mistake]) -> UsageError:
    locator = Locator(text)
    lines = dict.fromkeys((*(locator.spot(where) or (1, 1)), f"{dotted(where)}: {what}") for where, what in mistakes)
    details = [f"{path.name}:{line}:{column}: {rest}" for line, column, rest in sorted(lines)]
    number = "one mistake" if len(details) == 1 else f"{len(details)} mistakes"
    return UsageError(f"{path} has {number}; nothing was done.", details)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_config(config: Config, comments: Mapping[str, Sequence[str]] | None = None) -> str:
    """The text of a sheets-sync.toml that says what `config` says (`path` apart). `comments` are lines for people, by
    table name, or by "clients.owner" for one column's line."""
    import tomlkit

    notes = comments or {}
    document = tomlkit.document()
    document.add(
        tomlkit.comment("How sheets-sync reads this tracker. Change what is wrong; delete what is not needed.")
    )
    sections = dict(_sections(config))
    for name, values in sections.items():
        document.add(tomlkit.nl())
        section = tomlkit.table()
        for key, value in values.items():
            section.add(key, value)
        document.add(name, section)
    if "look" not in sections:
        document.add(tomlkit.nl())
        for line in MORE_TABS:
            document.add(tomlkit.comment(line))
    tables = tomlkit.table(is_super_table=True)
    for name, table in config.tables.items():
        tables.add(name, _table(name, table, notes))
    if config.tables:
        document.add(tomlkit.nl())
        document.add("tables", tables)
    return tomlkit.dumps(document)


def _sections(config: Config) -> Iterator[tuple[str, dict[str, Any]]]:
    tracker = {"path": config.tracker, "timezone": config.timezone}
    look = {"columns_off": list(config.columns_off), "tabs": list(config.tabs)}
    theme = {} if config.theme == "calm" else {"theme": config.theme}
    holidays = {"country": config.holidays.country, "subdivision": config.holidays.subdivision}
    files = {
        key: value for key in ("backups", "days") if (value := getattr(config.files, key)) != getattr(Files(), key)
    }
    google = {"credentials": config.google.credentials}
    mode = {} if config.google.mode == "formula" else {"mode": config.google.mode}
    for name, values in (
        ("tracker", tracker),
        ("playbook", {"path": config.playbook}),
        ("look", look | theme),
        ("holidays", holidays),
        ("files", files),
        ("google", google | mode),
    ):
        if said := {key: value for key, value in values.items() if value}:
            yield name, said


def _table(name: str, table: TableMap, notes: Mapping[str, Sequence[str]]) -> Any:
    import tomlkit

    section = tomlkit.table()
    for line in notes.get(name, ()):
        section.add(tomlkit.comment(line))
    plain = {
        "source": table.source,
        "tab": table.tab,
        "header_row": table.header_row,
        "date_order": table.date_order,
        "decimal": table.decimal,
    }
    for key, value in (plain | {"serial_dates": table.serial_dates, "off": table.off}).items():
        if value:
            section.add(key, value)
    for part in ("columns", "divide"):
        values: Mapping[str, Any] = getattr(table, part)
        if values:
            inner = tomlkit.table()
            for column, value in values.items():
                inner.add(column, value)
                for line in notes.get(f"{name}.{column}", ()) if part == "columns" else ():
                    inner[column].comment(line)
            section.add(part, inner)
    return section
