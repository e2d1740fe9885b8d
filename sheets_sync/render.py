"""Assessment → status columns and generated tabs = Desired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

import pandas as pd

from sheets_sync.model import Column, Desired, Place, Snapshot, StatusCell, Tab
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tabs import (
    at_risk,
    care_plan,
    changes,
    consent_check,
    dashboard,
    data_check,
    diary,
    exit_review,
    growth,
    issue_clock,
    journey,
    raci_check,
    renewals,
    scorecard,
    sop,
    voice,
)
from sheets_sync.tabs.view import View
from sheets_sync.tabs.words import as_date, column_of, text
from sheets_sync.tracker.tables import Tables

if TYPE_CHECKING:
    from sheets_sync.playbook.overrides import Change as Override
    from sheets_sync.playbook.schema import Playbook
    from sheets_sync.tracker.history import History

TAB_TITLES: Mapping[str, str] = {
    "dashboard": "Dashboard",
    "diary": "Diary",
    "at_risk": "At Risk",
    "scorecard": "Scorecard",
    "data_check": "Data Check",
    "issue_clock": "Issue Clock",
    "renewals": "Renewals",
    "growth": "Growth",
    "voice": "Voice",
    "exit_review": "Exit Review",
    "care_plan": "Care Plan",
    "consent_check": "Consent Check",
    "journey": "Journey",
    "raci_check": "RACI Check",
    "sop": "SOP",
    "changes": "Changes",
    "texts": "Texts",
}
_TABS = (
    dashboard.tab,
    diary.tab,
    at_risk.tab,
    scorecard.tab,
    data_check.tab,
    issue_clock.tab,
    renewals.tab,
    growth.tab,
    voice.tab,
    exit_review.tab,
    care_plan.tab,
    consent_check.tab,
)
# These come only when the config asks for them by id.
ON_REQUEST: Mapping[str, Callable[[View], Tab | None]] = {
    "journey": journey.tab,
    "raci_check": raci_check.tab,
    "sop": sop.tab,
    "changes": changes.tab,
}
_SUFFIX = " (sync)"


class Wishes(Protocol):
    """What of the config bears on the look: ids of status columns that are not wanted and of tabs that are wanted
    beside the usual ones, and the name of the colours."""

    @property
    def columns_off(self) -> tuple[str, ...]: ...

    @property
    def tabs(self) -> tuple[str, ...]: ...

    @property
    def theme(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Look:
    """A status column before it has values: `source` is its column in Assessment.clients."""

    id: str
    source: str
    header: str
    width: float
    note: str
    kind: Literal["text", "date"] = "text"
    colour_by: str | None = None
    wrap: bool = False


STATUS_COLUMNS = (
    Look(
        "health",
        "health",
        "Health",
        11,
        "How the client stands: ✖ At risk, ▲ Watch, ● Healthy, – Unknown. The reason is in Why.",
        colour_by="health",
    ),
    Look(
        "why",
        "why",
        "Why",
        44,
        "The reasons for Health, worst first. “+2 more”: the others are in At Risk and Data Check.",
        wrap=True,
    ),
    Look(
        "do_next",
        "do_next",
        "Do next",
        27,
        "The next thing to do for this client. Done? Type the day in Diary, “Done on”.",
        wrap=True,
    ),
    Look("due", "due", "Due", 11, "The day of Do next.", kind="date", colour_by="touchpoint"),
    Look(
        "touchpoint",
        "next_touchpoint",
        "Next touchpoint",
        25,
        "The next planned contact and its day.",
        colour_by="touchpoint",
        wrap=True,
    ),
    Look(
        "renewal",
        "renewal",
        "Renewal",
        22,
        "Where the renewal stands: from 60 days before its date on, the next step.",
        colour_by="renewal",
        wrap=True,
    ),
    Look(
        "offer_next",
        "offer_next",
        "Offer next",
        22,
        "The natural next service, when nothing stands in its way.",
        wrap=True,
    ),
)
_WRITTEN = " sheets-sync writes this column: type nothing here, it would not stay."


def render(
    assessment: Assessment,
    tables: Tables,
    history: History,
    playbook: Playbook,
    config: Wishes,
    snapshot: Snapshot,
    overrides: Sequence[Override] = (),
) -> Desired:
    """The look that follows from an Assessment: the status columns that are wanted, in order, where clients have a
    place of their own, and the generated tabs that have something to say or are asked for."""
    names = {id: name for id, name in titles(snapshot, tables.place).items() if id not in config.columns_off}
    view = View(assessment, tables, history, playbook, names, config.theme, overrides=overrides)
    words: Tab | None = None
    if "texts" in config.tabs:
        from sheets_sync.outputs import prepared

        words, rows = prepared.tab(view)
        view = replace(view, prepared=rows)
    asked = [make for id, make in ON_REQUEST.items() if id in config.tabs]
    tabs: Iterable[Tab | None] = (*(make(view) for make in (*_TABS, *asked)), words)
    return Desired(
        tables.place,
        tuple(_columns(assessment, tables.place, names, config.columns_off, snapshot)) if tables.place else (),
        tuple(tab for tab in tabs if tab is not None),
        config.theme,
    )


def titles(snapshot: Snapshot, place: Place | None) -> dict[str, str]:
    """The title of each tab and the header of each status column by id; a name that the team uses gets " (sync)".
    A tab of ours keeps the title that it has."""
    theirs = {title.strip().casefold() for title in snapshot.grids}
    standing = {tab.id: tab.title for tab in snapshot.tabs}
    names = {id: standing.get(id) or _free(title, theirs) for id, title in TAB_TITLES.items()}
    headers = _headers(snapshot, place)
    return names | {look.id: _free(look.header, headers) for look in STATUS_COLUMNS}


def _free(name: str, taken: Collection[str]) -> str:
    return name + _SUFFIX if name.casefold() in taken else name


def _headers(snapshot: Snapshot, place: Place | None) -> set[str]:
    if place is None or place.tab not in snapshot.grids:
        return set()
    rows = snapshot.grids[place.tab].rows
    header = rows[place.header_row - 1] if place.header_row <= len(rows) else ()
    return {text(value).casefold() for value in header if isinstance(value, str)}


def _columns(
    assessment: Assessment, place: Place, names: Mapping[str, str], off: Collection[str], snapshot: Snapshot
) -> Iterable[Column]:
    clients = assessment.clients[assessment.clients["row"].notna()]
    rows = clients["row"].astype(int).tolist()
    grid = snapshot.grids.get(place.tab)
    keys = [grid.at(row, place.key_column) for row in rows] if grid else list(clients["client"])
    for look in STATUS_COLUMNS:
        if look.id in off:
            continue
        values = _values(clients[look.source], look.kind)
        cells = tuple(map(StatusCell, rows, keys, values))
        colour_by = look.colour_by if look.colour_by not in off else None
        note = look.note + _WRITTEN
        yield Column(look.id, names[look.id], note, look.width, cells, look.kind, colour_by, look.wrap)


def _values(series: pd.Series, kind: str) -> list[str | date | None]:
    if kind == "date":
        return [as_date(value) for value in column_of(series)]
    return [text(value) or None for value in column_of(series)]
