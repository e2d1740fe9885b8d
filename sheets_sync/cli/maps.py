"""What `init --map` says: read, and checked against the tracker, so that no word of it is passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from sheets_sync.errors import UsageError

if TYPE_CHECKING:
    from sheets_sync.model import Snapshot
    from sheets_sync.tracker.proposal import Proposal
    from sheets_sync.tracker.tablemap import TableMap


def given(maps: tuple[str, ...]) -> dict[str, TableMap]:
    """`--map clients.owner="Looked after by"` or `--map clients.tab="UK"` as tables; raises UsageError for a table or
    field that there is not."""
    from sheets_sync.playbook.locate import did_you_mean
    from sheets_sync.tracker.schema import TABLES
    from sheets_sync.tracker.tablemap import TableMap

    tables: dict[str, TableMap] = {}
    for text in maps:
        place, _, header = text.partition("=")
        table, _, field = place.strip().partition(".")
        if table not in TABLES:
            raise UsageError(f"--map {text}: no table is called “{table}”{did_you_mean(table, TABLES)}")
        names = [column.name for column in TABLES[table].fields]
        before = tables.get(table, TableMap())
        if field == "tab" and header:
            tables[table] = replace(before, tab=header)
            continue
        if field not in names or not header:
            raise UsageError(f"--map {text}: write {table}.FIELD=HEADER{did_you_mean(field, names)}")
        tables[table] = replace(before, columns={**before.columns, field: header})
    return tables


def check_given(said: Mapping[str, TableMap], snapshot: Snapshot) -> None:
    """Raises UsageError where a tab or a header that was named is nowhere in the tracker, with the nearest there is."""
    from sheets_sync.tracker.headers import header_text, normal_header
    from sheets_sync.tracker.unfound import HEADER_ROWS

    for name, table in said.items():
        titles = {normal_header(title): title for title in snapshot.grids}
        if table.tab and normal_header(table.tab) not in titles:
            there = list(snapshot.grids)
            raise UsageError(
                f"--map {name}.tab={table.tab}: no tab is called “{table.tab}”{_nearest(table.tab, there)}"
            )
        grids = [
            grid for title, grid in snapshot.grids.items() if not table.tab or title == titles[normal_header(table.tab)]
        ]
        seen = dict.fromkeys(
            text for grid in grids for row in grid.rows[:HEADER_ROWS] for c in row if (text := header_text(c))
        )
        words = {normal_header(text) for text in seen}
        for field, header in table.columns.items():
            if normal_header(header) not in words:
                where = f" in “{table.tab}”" if table.tab else ""
                missing = f"--map {name}.{field}={header}: no column{where} is headed “{header}”"
                raise UsageError(missing + _nearest(header, list(seen)))


def check_found(said: Mapping[str, TableMap], proposal: Proposal) -> None:
    """Raises UsageError where a column was named of a table that was found in no tab, or in one without that header."""
    for name, table in said.items():
        found = proposal.tables.get(name)
        for field, header in table.columns.items():
            what = f"--map {name}.{field}={header}"
            if found is None:
                raise UsageError(f"{what}: no tab was taken for {name}. Say which one it is: --map {name}.tab=…")
            if field not in found.match.columns and field not in found.match.doubled:
                raise UsageError(
                    f"{what}: “{found.tab}”, which was taken for {name}, has no such header. Say which tab it is: "
                    f"--map {name}.tab=…"
                )


def _nearest(word: str, there: list[str]) -> str:
    from sheets_sync.playbook.locate import did_you_mean

    return did_you_mean(word, there) or f". There are: {', '.join(f'“{text}”' for text in there[:20])}."
