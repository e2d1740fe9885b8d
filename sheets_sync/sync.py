"""The run itself: read once, decide everything, write once. Returns a Report; prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import pandas as pd

from sheets_sync import diff, guard, render
from sheets_sync.config import Config
from sheets_sync.errors import Refused, SheetsSyncError
from sheets_sync.model import Change, Desired, Patch, Problem, Receipt, Snapshot, letters
from sheets_sync.pilot import chosen, leave_others
from sheets_sync.playbook.checks import Known
from sheets_sync.playbook.load import bundled_texts, load_playbook
from sheets_sync.playbook.overrides import Change as Override
from sheets_sync.playbook.overrides import Laid, Row, apply
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules import assess
from sheets_sync.rules.assessment import Assessment
from sheets_sync.rules.facts import FACTS
from sheets_sync.tabs.view import View
from sheets_sync.tracker.care_words import CARE_KIND
from sheets_sync.tracker.history import History, advance, memory_tab, read_history, read_inputs, read_promises
from sheets_sync.tracker.promised import with_promises
from sheets_sync.tracker.read import read_tables
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Tables
from sheets_sync.tracker.words import INTERACTION_TYPE, SURVEY_KIND
from sheets_sync.workbooks import open_workbook
from sheets_sync.workbooks.base import Readable, Workbook
from sheets_sync.worktime import Calendar

Ticks = Callable[[], float]


@dataclass(frozen=True)
class Report:
    """What one run found and did. `playbook` is the one in force, `overrides` what the tracker sets in it; `seconds` by
    step; `receipt` is None until something was written; `sources` are the other files that tables were read from."""

    tracker: str
    now: datetime
    playbook: Playbook
    snapshot: Snapshot
    tables: Tables
    assessment: Assessment
    history: History
    desired: Desired
    patch: Patch
    problems: tuple[Problem, ...]
    first_run: bool
    overrides: tuple[Override, ...] = ()
    refusal: str = ""
    receipt: Receipt | None = None
    sources: Mapping[str, Snapshot] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def written(self) -> bool:
        return self.receipt is not None and self.receipt.writes > 0

    def view(self) -> View:
        """The run as the generated tabs see it."""
        names = render.titles(self.snapshot, self.tables.place)
        return View(self.assessment, self.tables, self.history, self.playbook, names)

    def placed_changes(self) -> list[tuple[Change, str, str]]:
        """Every status cell that differs, with its client's name and its cell; a column that is not there yet is
        named where it will most likely stand: right of the last one used."""
        columns = {owned.id: owned.column for owned in self.snapshot.columns}
        if self.desired.place is not None:
            grid = self.snapshot.grids[self.desired.place.tab]
            last = max([*(len(row) for row in grid.rows), *columns.values()], default=0)
            for column in self.desired.columns:
                if column.id not in columns:
                    columns[column.id] = last = last + 1
        names = dict(zip(self.assessment.clients["row"], self.assessment.clients["client"], strict=True))
        return [
            (change, str(names.get(change.row, change.key)), f"{letters(columns[change.column])}{change.row}")
            for change in self.patch.changes
        ]


def run_id(report: Report) -> str:
    """A name for a run that sorts by time and says what it saw: moment and the tracker's revision."""
    return f"{report.now:%Y%m%dT%H%M}-{report.snapshot.revision[:8]}"


def load(config: Config, playbook: str | None = None) -> Playbook:
    """The playbook that a config names (or another one), checked against the facts that there are."""
    words = known()
    return load_playbook(playbook or config.playbook, words.facts, words)


def known() -> Known:
    """The words that a playbook may use: our facts, and the tables, columns and types of contact of a tracker."""
    return Known(
        {name: fact.unit for name, fact in FACTS.items()},
        types=tuple(INTERACTION_TYPE),
        surveys=tuple(SURVEY_KIND),
        care=tuple(CARE_KIND),
        texts=bundled_texts(),
        fields={table.name: {column.name: column.type for column in table.fields} for table in TABLES.values()},
        headers={table.name: [column.header for column in table.fields] for table in TABLES.values()},
    )


def in_force(playbook: Playbook, tables: Tables) -> Laid:
    """The playbook with what the tracker's Playbook tab sets otherwise; without such a tab it is the same one."""
    table = tables["playbook"]
    if table.frame.empty:
        return Laid(playbook)
    cells = table.frame[["setting", "value", "unit", "row"]].astype(object)
    rows = [
        Row(str(setting), value, str(unit), table.ref("setting", row), table.ref("value", row))
        for setting, value, unit, row in cells.where(cells.notna(), "").itertuples(index=False, name=None)
    ]
    return apply(playbook, rows, known())


def calendar(config: Config, playbook: Playbook, now: datetime, tables: Tables | None = None) -> Calendar:
    """The team's working hours and closed days, for the years that any clock or cadence can reach: public holidays by
    the config, and the days of the tracker's Holidays tab that name no Person (a person's own days are leave)."""
    hours = playbook.settings.hours
    closed: frozenset[date] = frozenset()
    if tables is not None:
        days = tables["holidays"].frame
        closed = frozenset(day.date() for day in days.loc[days["person"].isna(), "date"].dropna())
    if config.holidays.country:
        import holidays

        years = range(now.year - 2, now.year + 3)
        region = config.holidays.subdivision or None
        closed |= frozenset(holidays.country_holidays(config.holidays.country, subdiv=region, years=years))
    return Calendar(tuple(hours.days), hours.opens, hours.closes, closed)


def _local(location: str) -> Workbook:
    return open_workbook(location, None)


def read_sources(config: Config, opener: Callable[[str], Readable] = _local) -> dict[str, Snapshot]:
    """The other files and spreadsheets that the config names, each read once and never written to. An error names the
    one that it is about."""
    found = {}
    for source, location in config.sources().items():
        try:
            found[source] = opener(location).read()
        except SheetsSyncError as error:
            titles = [TABLES[name].title for name, table in config.tables.items() if table.source == source]
            message = f"{' and '.join(titles)} cannot be read from {source}. {error}"
            raise type(error)(message, error.details) from None
    return found


def plan(
    workbook: Readable,
    config: Config,
    playbook: Playbook,
    now: datetime,
    *,
    only: Sequence[str] = (),
    accept: bool = False,
    with_tab: bool = True,
    opener: Callable[[str], Readable] = _local,
    ticks: Ticks = lambda: 0.0,
) -> Report:
    """A run without its last step: what the tracker says, what it should look like, and the difference. With
    `with_tab`, what the tracker's Playbook tab sets wins over the playbook; `opener` opens the other files that the
    config names."""
    start = ticks()
    snapshot, sources = workbook.read(config.wanted_tabs()), read_sources(config, opener)
    tables, history, inputs, typed = _understood(snapshot, sources, config, now)
    suspicion = _suspicion(history, tables)
    read = ticks()
    laid = in_force(playbook, tables) if with_tab else Laid(playbook)
    playbook, tables = laid.playbook, replace(tables, problems=(*tables.problems, *laid.problems))
    tables = chosen(tables, only) if only else tables
    hours = calendar(config, playbook, now, tables)
    assessment, history = _assessed(playbook, tables, history, inputs, hours, now, accept)
    assessed = ticks()
    desired = render.render(assessment, tables, history, playbook, config, snapshot, laid.changes)
    desired, patch = _pilot(snapshot, desired) if only else _difference(snapshot, desired, history)
    return Report(
        tracker=workbook.location,
        now=now,
        playbook=playbook,
        snapshot=snapshot,
        tables=tables,
        assessment=assessment,
        history=history,
        desired=desired,
        patch=patch,
        problems=(*snapshot.problems, *tables.problems, *typed, *assessment.problems),
        first_run=snapshot.owned_tab("memory") is None,
        overrides=laid.changes,
        refusal="" if accept else suspicion,
        sources=sources,
        seconds={"read": read - start, "assess": assessed - read, "render": ticks() - assessed},
    )


def _suspicion(history: History, tables: Tables) -> str:
    """Why this tracker looks wrong, as a sentence, or ""."""
    clients = tables["clients"]
    return guard.check(history.present, frozenset(map(str, clients.frame.index)), clients.tab or "Clients")


def _understood(
    snapshot: Snapshot, sources: Mapping[str, Snapshot], config: Config, now: datetime
) -> tuple[Tables, History, pd.DataFrame, tuple[Problem, ...]]:
    """The team's tables, what is remembered, what was typed into tabs of ours, and what is wrong with that."""
    history = read_history(snapshot)
    inputs, input_problems = read_inputs(snapshot, history, now)
    promises, promise_problems = read_promises(snapshot, history, now)
    tables = with_promises(read_tables(snapshot, config, now, sources), promises)
    return tables, replace(history, promises=promises), inputs, (*input_problems, *promise_problems)


def _assessed(
    playbook: Playbook,
    tables: Tables,
    history: History,
    inputs: pd.DataFrame,
    hours: Calendar,
    now: datetime,
    accept: bool,
) -> tuple[Assessment, History]:
    """What the rules find, and the history after it; with `accept` what they hold back is taken for right, for good."""
    assessment = assess(playbook, tables, history, inputs, hours, now)
    if accept and assessment.held:
        history = replace(history, accepted=(*history.accepted, *assessment.held))
        assessment = assess(playbook, tables, history, inputs, hours, now)
    return assessment, advance(history, assessment, inputs, now)


def run(workbook: Workbook, report: Report, *, ticks: Ticks = lambda: 0.0) -> Report:
    """Write what `plan` decided. Raises Refused where a guard says no; an empty patch writes nothing."""
    if report.refusal:
        raise Refused(report.refusal)
    start = ticks()
    receipt = workbook.apply(report.patch)
    return replace(report, receipt=receipt, seconds={**report.seconds, "apply": ticks() - start})


def _pilot(snapshot: Snapshot, desired: Desired) -> tuple[Desired, Patch]:
    """The status cells of some clients and nothing else: the tabs and what the tracker remembers speak of everybody,
    so they wait for a run without --only."""
    columns = replace(leave_others(snapshot, desired), tabs=())
    patch = diff.diff(snapshot, columns, diff.fingerprints(columns))
    return columns, replace(patch, drop_tabs=())


def _difference(snapshot: Snapshot, desired: Desired, history: History) -> tuple[Desired, Patch]:
    """The desired look with the hidden tab that remembers its fingerprints, and the patch that leads there."""
    looks = diff.fingerprints(desired)
    memory = memory_tab(replace(history, looks=looks))
    own_look = diff.fingerprints(replace(desired, columns=(), tabs=(memory,)))
    whole = replace(desired, tabs=(*desired.tabs, memory))
    return whole, diff.diff(snapshot, whole, {**history.looks, **own_look}, {**looks, **own_look})
