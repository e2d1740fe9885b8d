"""A Patch as one batch of requests, worked out from what stands. Pure: nothing is sent here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheets_sync.errors import Refused
from sheets_sync.model import Link, Patch, Scalar, letters
from sheets_sync.workbooks.google import ask, inbox, results, tabs
from sheets_sync.workbooks.google.columns import Home, drop_columns, home, set_columns, width_used
from sheets_sync.workbooks.google.names import INBOX, OWN_TABS, RESULTS, TOKEN
from sheets_sync.workbooks.google.standing import Standing
from sheets_sync.workbooks.google.values import Json
from sheets_sync.workbooks.layout import Layout, lay_out
from sheets_sync.workbooks.themes import fills


@dataclass(frozen=True, slots=True)
class Batch:
    """The requests of one write and what they are meant to lead to: the layouts of tabs, the home of the status
    columns (None where none is set), the results."""

    requests: tuple[Json, ...]
    layouts: tuple[Layout, ...]
    home: Home | None
    results: results.Results


def batch(standing: Standing, patch: Patch, run: str, by_values: bool = False) -> Batch:
    """Everything that a patch writes. `run` names the run. Raises Refused for a title that is taken, Changed when the
    team's tab has gone."""
    _refuse_taken(standing, patch)
    theme = fills(patch.theme)
    layouts = tuple(lay_out(tab) for tab in (*patch.tabs, *patch.given))
    own = len(patch.tabs)
    merged = results.merged(results.held(standing.tab(RESULTS)), patch.columns, patch.drop_columns)
    sheet = standing.tab(RESULTS)
    title = sheet.title if sheet else OWN_TABS[RESULTS]
    at_home = home(standing, patch.place, title, merged.places, by_values) if patch.place and patch.columns else None
    locate = _Locator(standing, patch, at_home)
    asked = ask.token(standing.token, run)
    for n, layout in enumerate(layouts):
        asked += tabs.make_room(layout, standing, own=n < own)
    kept = _Inbox(standing, [layout for layout in layouts[:own] if inbox.has_inputs(layout.tab)])
    asked += kept.before()
    for n, layout in enumerate(layouts):
        asked += tabs.put_tab(layout, standing, theme, locate, own=n < own)
    asked += kept.after()
    if (patch.columns or patch.drop_columns) and not by_values:
        asked += _write_results(standing, patch, merged)
    if at_home:
        asked += set_columns(at_home, patch.columns, theme, standing, patch.drop_columns)
    else:
        asked += [request for part in drop_columns(standing, patch.drop_columns) for request in part]
    asked += _drop_tabs(standing, patch)
    return Batch(tuple(asked), layouts, at_home, merged)


def _write_results(standing: Standing, patch: Patch, merged: results.Results) -> list[Json]:
    sheet = standing.tab(RESULTS)
    keys = results.keys_of(patch.columns, sheet, _keys_read(standing, patch))
    rows = list(results.content(merged, keys))
    width = max([*merged.places.values(), 1])
    height = len(rows) + 1
    id = tabs.sheet_id(standing, RESULTS)
    if sheet is None:
        asked = [
            ask.new_sheet(id, OWN_TABS[RESULTS], height, max(width, 8), hidden=True),
            *tabs.mark(id, RESULTS, True),
        ]
    else:
        height, wide = max(height, sheet.height), max(width, sheet.width)
        asked = ask.grown(id, (sheet.height, height), (sheet.width, wide))
    fields = "userEnteredValue,userEnteredFormat.numberFormat"
    return [*asked, ask.cells(ask.where(id, 0, 0, height), rows, fields)]


def _keys_read(standing: Standing, patch: Patch) -> list[Scalar]:
    """What stood in the key column below the header."""
    place = patch.place
    sheet = standing.titled(place.tab) if place and patch.columns else None
    if place is None or sheet is None:
        return []
    return [sheet.at(row, place.key_column - 1) for row in range(place.header_row, len(sheet.values))]


class _Inbox:
    """The copies that are made of tabs with inputs around their rewriting."""

    def __init__(self, standing: Standing, layouts: Sequence[Layout]) -> None:
        self.standing, self.sheet = standing, standing.tab(INBOX)
        self.layouts = layouts
        self.id = tabs.sheet_id(standing, INBOX)
        self.slots = inbox.assign(self.sheet, [layout.tab.id for layout in layouts])

    def before(self) -> list[Json]:
        if not self.layouts:
            return []
        rows = max(self._height(layout) for layout in self.layouts) + 1
        columns = (max(self.slots.values()) + 3 * inbox.WIDTH) if self.slots else 1
        if self.sheet is None:
            made = ask.new_sheet(self.id, OWN_TABS[INBOX], rows, columns, hidden=True)
            asked = [made, *tabs.mark(self.id, INBOX, True)]
        else:
            rows, columns = max(rows, self.sheet.height), max(columns, self.sheet.width)
            asked = ask.grown(self.id, (self.sheet.height, rows), (self.sheet.width, columns))
        for layout in self.layouts:
            sheet = self.standing.tab(layout.tab.id)
            if sheet is not None:
                asked += inbox.before(self.id, self.slots[layout.tab.id], sheet, self._height(layout))
        return asked

    def after(self) -> list[Json]:
        asked = []
        for layout in self.layouts:
            sheet = self.standing.tab(layout.tab.id)
            if sheet is not None:
                asked += inbox.after(self.id, self.slots[layout.tab.id], sheet, self._height(layout), layout)
        return asked

    def _height(self, layout: Layout) -> int:
        return tabs.size(layout, self.standing.tab(layout.tab.id))[0]


class _Locator:
    """Where a link leads, as an address inside the spreadsheet."""

    def __init__(self, standing: Standing, patch: Patch, at_home: Home | None) -> None:
        self.sheets = {sheet.title: sheet.id for sheet in standing.sheets}
        self.sheets |= {tab.title: tabs.sheet_id(standing, tab.id) for tab in patch.tabs}
        self.columns = {id: (sheet.id, at) for id, sheet, at in standing.columns()}
        if at_home is not None:
            new = [column.id for column in patch.columns if column.id not in self.columns]
            first = width_used(at_home.sheet)
            self.columns |= {id: (at_home.sheet.id, first + n) for n, id in enumerate(new)}

    def __call__(self, link: Link) -> str:
        sheet, column = self.columns.get(link.status_column, (self.sheets.get(link.tab), link.column - 1))
        return "" if sheet is None else f"#gid={sheet}&range={letters(column + 1)}{link.row}"


def _drop_tabs(standing: Standing, patch: Patch) -> list[Json]:
    """Our tabs go by their id; with the last of ours go the hidden ones and the token too."""
    going = set(patch.drop_tabs)
    left = {sheet.tab for sheet in standing.sheets if sheet.tab} - set(OWN_TABS) - going
    columns = {id for id, _, _ in standing.columns()} - set(patch.drop_columns)
    if not (left or columns or patch.tabs or patch.columns):
        going |= set(OWN_TABS)
    found = [standing.tab(id) for id in sorted(going)]
    asked: list[Json] = [{"deleteSheet": {"sheetId": sheet.id}} for sheet in found if sheet is not None]
    if going >= set(OWN_TABS):
        asked.append(ask.untag(TOKEN))
    return asked


def _refuse_taken(standing: Standing, patch: Patch) -> None:
    titles = {sheet.title.casefold() for sheet in standing.sheets}
    if taken := [tab.title for tab in patch.given if tab.title.casefold() in titles]:
        raise Refused(f'The spreadsheet already has a tab "{taken[0]}".')
