"""Snapshot → Tables: tabs found, values typed, clients matched. Everything doubtful becomes a problem with its cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import Place, Problem, Ref, Scalar, Snapshot
from sheets_sync.tracker.answers import by_email, named_persons, of_ten, rated_together, strangers, together
from sheets_sync.tracker.cells import How, text_of
from sheets_sync.tracker.checks import check_values
from sheets_sync.tracker.dates import TwoWays, locale_order, proven_order, read_date_text
from sheets_sync.tracker.derive import agreed_extra, derive, is_derived
from sheets_sync.tracker.finish import More, cautious, leave_apart, matrix_of, no_ratings, ratings_of
from sheets_sync.tracker.gather import gather_bad, gather_rows, shown
from sheets_sync.tracker.headers import header_text, normal
from sheets_sync.tracker.keys import Keys, make_keys, match_clients
from sheets_sync.tracker.mapping import SAMPLE, propose
from sheets_sync.tracker.monthly import monthly
from sheets_sync.tracker.owners import join_owners, part_owners
from sheets_sync.tracker.proposal import FoundTable, Proposal
from sheets_sync.tracker.region import Region, column_cells, read_region
from sheets_sync.tracker.schema import TABLES, TableSpec
from sheets_sync.tracker.spelt import id_notes, spelling_notes
from sheets_sync.tracker.tablemap import DateOrder, Mapped, TableMap, source_names
from sheets_sync.tracker.tables import Found, Table, Tables
from sheets_sync.tracker.unfound import unread_lines
from sheets_sync.tracker.values import empty_values, read_values

_OPTIONAL_CLIENT = frozenset(["signals"])


@dataclass
class _Reading:
    """What grows while the tables are read one after the other."""

    now: datetime
    zone: str
    maps: Mapping[str, TableMap]
    orders: Mapping[str, DateOrder | None]
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)


def read_tables(
    snapshot: Snapshot, config: Mapped, now: datetime, sources: Mapping[str, Snapshot] | None = None
) -> Tables:
    """All tables of a tracker (those it lacks are empty frames), and every problem met. `now` is the wall-clock time
    in the agency's zone; `sources` are the other files that the config names. Raises Refused where no clients can be
    found or a needed column stands twice."""
    others, named = sources or {}, source_names(sources or {})
    orders = {"": locale_order(snapshot.locale)}
    orders |= {named[source]: locale_order(other.locale) for source, other in others.items()}
    proposal = propose(snapshot, config.tables, How(now, config.timezone, order=orders[""]), sources)
    reading = _Reading(now, config.timezone, config.tables, orders, list(proposal.problems), list(proposal.notes))
    _missing_columns(proposal, reading)
    clients, keys, extra, place, why = _read_clients(proposal.tables["clients"], reading)
    reading.tables["clients"] = clients
    for name, spec in TABLES.items():
        if name != "clients":
            read = [_read_table(found, spec, keys, reading) for found in proposal.tabs_of(name)]
            reading.tables[name] = together(read) if read else _absent(spec)
    _finish(proposal, reading)
    _settle_owners(snapshot, reading)
    reading.problems += check_values(reading.tables, now)
    reading.notes += _notes(proposal, why)
    notes, names = tuple(reading.notes), tuple(named.values())
    return Tables(reading.tables, tuple(reading.problems), extra, place, bool(why), notes, names)


def _absent(spec: TableSpec) -> Table:
    columns = {column.name: empty_values(column, 0) for column in spec.fields}
    frame = pd.DataFrame(columns | {"row": pd.array([], dtype="int64"), "key": pd.array([], dtype="string")})
    return Table(spec.name, frame)


def _typed(found: FoundTable, region: Region, reading: _Reading) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """The region as typed columns (index = place in the region), blank rows out, and the texts that were unreadable
    by column and sheet row."""
    spec, columns = found.match.spec, found.match.columns
    table_map = reading.maps.get(spec.name, TableMap())
    how = How(reading.now, reading.zone, ordered(table_map, spec, region), reading.orders[found.source])
    frame: dict[str, object] = {}
    unreadable: dict[str, dict[int, str]] = {}
    filled = np.zeros(region.length, dtype=bool)
    names = _plain_names(region)
    for column in spec.fields:
        if column.name not in columns:
            frame[column.name] = empty_values(column, region.length)
            continue
        parsed = read_values(column, region.cells[column.name], how)
        place = columns[column.name]
        reading.problems += gather_bad(parsed.bad, _refs(found.tab, region.first, place, names))
        reading.notes += [f"{found.tab}, “{place.header}”: {note}." for note in parsed.notes]
        if parsed.bad:
            unreadable[column.name] = {region.first + bad.index: _as_text(bad.value) for bad in parsed.bad}
            filled[[bad.index for bad in parsed.bad]] = True
        frame[column.name] = parsed.values
        filled |= ~np.asarray(parsed.values.isna() if hasattr(parsed.values, "isna") else pd.isna(parsed.values))
    typed = pd.DataFrame(frame)
    typed["row"] = np.arange(region.first, region.first + region.length, dtype="int64")
    return typed if filled.all() else typed[filled], unreadable


def ordered(table_map: TableMap, spec: TableSpec, region: Region) -> TableMap:
    """The map with the order of day and month that one column of the tab proves and none disproves: whoever typed
    31/12/2026 in one column typed 01/02/2026 beside it the same way."""
    if table_map.date_order is not None:
        return table_map
    orders = set()
    for column in spec.fields:
        if column.type in ("date", "moment") and column.name in region.cells:
            cells = region.cells[column.name]
            texts = [cell for cell in cells if isinstance(cell, str)][:SAMPLE] if str in set(map(type, cells)) else []
            readings = [read_date_text(text_of(text)) for text in texts]
            orders.add(proven_order([r for r in readings if isinstance(r, TwoWays) and not r.short_year]))
    proven = orders - {None}
    return replace(table_map, date_order=proven.pop()) if len(proven) == 1 else table_map


def _plain_names(region: Region) -> Callable[[int], str]:
    cells = region.cells.get("client") or region.cells.get("client_id")
    return lambda i: text_of(cells[i]) if cells else ""


def _refs(tab: str, first: int, place: Found, names: Callable[[int], str]) -> Callable[[int], Ref]:
    return lambda i: Ref(tab, first + i, place.column, place.header, names(i))


def _as_text(value: Scalar) -> str:
    return text_of(value) or shown(value)


# ── Clients ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_clients(found: FoundTable, reading: _Reading) -> tuple[Table, Keys, pd.DataFrame, Place | None, str]:
    match = found.match
    region = read_region(found.tab, found.grid.rows, match.row, match.columns)
    reading.notes += region.notes
    frame, unreadable = _typed(found, region, reading)
    reading.notes += monthly(frame, match.columns, reading.maps.get("clients", TableMap()).divide)
    frame["client"] = frame["client"].fillna(frame["client_id"])
    names, ids = (frame[name].to_numpy(object, na_value=None).tolist() for name in ("client", "client_id"))
    headers = [header_text(cell) for cell in found.grid.rows[match.row - 1]]
    why = "" if any(ids) and len(set(ids)) == len(ids) else is_derived(names, headers)
    reading.notes += _name_notes(found, region, why)
    rows = frame["row"].tolist()
    keys = _keys(frame, names, ids, rows, found, why)
    reading.problems += keys.problems
    frame["key"] = pd.array(keys.key, dtype="string")
    columns = dict(match.columns)
    if why:
        beside = why.startswith("names")
        extra = agreed_extra(_extra(found, frame[frame["key"].notna()]))
        frame = derive(frame, beside)
        if beside and (status := columns.pop("status", None)):
            match.unknown.append(status.header)
            reading.problems = [p for p in reading.problems if (p.ref.tab, p.ref.column) != (found.tab, status.column)]
    else:
        frame = frame[frame["key"].notna()].set_index("key", drop=False)
        extra = _extra(found, frame.reset_index(drop=True))
    table = Table(
        "clients",
        frame.drop(columns="key").rename_axis("key"),
        found.tab,
        match.row,
        columns,
        tuple(match.unknown),
        unreadable,
        foreign=bool(found.source),
    )
    if not why:
        _blank_statuses(table, reading)
    key_column = match.columns.get("client_id" if keys.by_id else "client")
    last = max(rows, default=match.row)
    place = None
    if key_column is not None and not (why or found.source):
        place = Place(found.tab, match.row, key_column.column, match.row + 1, last)
    return table, keys, extra, place, why


def _name_notes(found: FoundTable, region: Region, why: str) -> list[str]:
    columns, notes = found.match.columns, []
    if id := columns.get("client_id"):
        notes += id_notes(found.tab, id.header, region.cells["client_id"])
    if not why and (named := columns.get("client")):
        notes += spelling_notes(found.tab, named.column, region.first, region.cells["client"])
    return notes


def _keys(
    frame: pd.DataFrame,
    names: Sequence[str | None],
    ids: Sequence[str | None],
    rows: Sequence[int],
    found: FoundTable,
    why: str,
) -> Keys:
    columns = found.match.columns

    def place(column: str, index: int) -> Ref:
        at = columns.get(column) or columns.get("client") or columns["client_id"]
        return Ref(found.tab, rows[index], at.column, at.header, names[index] or ids[index] or "")

    if not why:
        return make_keys(names if any(names) else ids, ids, place)
    key = [normal(name) if name else None for name in names]
    return Keys(key, False, {}, {word: word for word in key if word})


def _extra(found: FoundTable, frame: pd.DataFrame) -> pd.DataFrame:
    """The team's own columns of Clients as they stand, by header; index `key`."""
    headers = found.grid.rows[found.match.row - 1]
    used = {column.column for column in found.match.columns.values()}
    rows = [found.grid.rows[row - 1] for row in frame["row"]]
    columns: dict[str, list[Scalar]] = {}
    for place, cell in enumerate(headers):
        header = header_text(cell)
        if header and place + 1 not in used and header not in columns:
            columns[header] = column_cells(rows, place + 1)
    return pd.DataFrame(columns, index=pd.Index(frame["key"], name="key"), dtype=object)


def _blank_statuses(table: Table, reading: _Reading) -> None:
    if not table.has("status"):
        return
    unknown = table.unreadable.get("status", {})
    blanks = table.frame[table.frame["status"].isna() & ~table.frame["row"].isin(list(unknown))]
    if blanks.empty:
        return
    rows = blanks["row"].tolist()
    names = ["" if pd.isna(name) else str(name) for name in blanks["client"]]
    many = f"{len(rows)} clients have no status"
    reading.problems.append(
        gather_rows(
            range(len(rows)),
            lambda i: table.ref("status", rows[i], names[i]),
            "This client has no status.",
            many,
            "A blank status counts as active.",
        )
    )


# ── The other tabs ───────────────────────────────────────────────────────────────────────────────────────────────────


def _read_table(found: FoundTable, spec: TableSpec, keys: Keys, reading: _Reading) -> Table:
    match = found.match
    region = read_region(found.tab, found.grid.rows, match.row, match.columns)
    reading.notes += region.notes
    frame, unreadable = _typed(found, region, reading)
    frame = frame.reset_index(drop=True)
    rows = frame["row"].tolist()

    def place(column: str, index: int) -> Ref:
        instead = match.columns.get("client_id") or match.columns.get("email") or next(iter(match.columns.values()))
        at = match.columns.get(column) or instead
        return Ref(found.tab, rows[index], at.column, at.header)

    if not spec.by_client:
        frame["key"] = pd.array([None] * len(frame), dtype="string")
        return _table(found, frame, unreadable)
    owed = frame["industry"].isna().tolist() if spec.name in _OPTIONAL_CLIENT else [True] * len(frame)
    ids = frame["client_id"] if "client_id" in match.columns else None
    addressed = None
    if spec.form and "email" in match.columns:
        addressed = by_email(frame["email"], reading.tables["clients"].frame)
        owed = frame["email"].isna().tolist()
    matched = match_clients(frame["client"], ids, keys, place, owed, addressed)
    reading.problems += matched.problems
    frame["key"] = matched.key
    frame["client"] = frame["client"].fillna(frame["client_id"])
    table = _table(found, frame, unreadable)
    return _as_answers(table, matched.named, reading) if spec.form else table


def _table(found: FoundTable, frame: pd.DataFrame, unreadable: Mapping[str, Mapping[int, str]]) -> Table:
    match = found.match
    unknown, foreign = tuple(match.unknown), bool(found.source)
    return Table(match.spec.name, frame, found.tab, match.row, match.columns, unknown, unreadable, foreign=foreign)


def _as_answers(table: Table, named: Any, reading: _Reading) -> Table:
    frame = table.frame
    if table.has("email"):
        nobody = frame["key"].isna() & frame["client"].isna() & frame["email"].notna()
        reading.problems += strangers(table, np.flatnonzero(nobody).tolist())
        contact = named_persons(frame, reading.tables["clients"].frame, named)
        table = replace(table, frame=frame.assign(contact=contact))
    table, problems = of_ten(table)
    reading.problems += problems
    return table


def _finish(proposal: Proposal, reading: _Reading) -> None:
    """What some tables need once all have been read."""
    tables = reading.tables
    tables["ratings"] = no_ratings()
    if tabs := proposal.tabs_of("surveys"):
        how = How(reading.now, reading.zone, reading.maps.get("surveys", TableMap()))
        rated = [
            ratings_of(part, More(found.grid.rows, found.match.more), how)
            for part, found in zip(tables["surveys"].parts or (tables["surveys"],), tabs, strict=True)
        ]
        tables["ratings"] = rated_together(tables["surveys"], [table for table, _ in rated])
        reading.problems += [problem for _, problems in rated for problem in problems]
    found = proposal.tables.get("raci")
    more = More(found.grid.rows, found.match.more) if found else More((), {})
    tables["raci"], problems = matrix_of(tables["raci"], more)
    reading.problems += problems
    tables["consents"] = cautious(tables["consents"])
    tables["holidays"], problems = leave_apart(tables["holidays"], tables)
    reading.problems += problems


def _settle_owners(snapshot: Snapshot, reading: _Reading) -> None:
    joined, notes = join_owners(reading.tables, snapshot.grids)
    reading.tables |= joined
    reading.notes += notes
    people = [str(person) for person in reading.tables["team"].frame["person"].dropna()]
    reading.tables["clients"], problems, notes = part_owners(reading.tables["clients"], people)
    reading.problems += problems
    reading.notes += notes


def _missing_columns(proposal: Proposal, reading: _Reading) -> None:
    """Columns that the config names and the tab does not have."""
    from rapidfuzz import process

    for name, table_map in reading.maps.items():
        found = proposal.tables.get(name)
        for column, header in table_map.columns.items():
            if found is None or not header or column in found.match.columns or column in found.match.doubled:
                continue
            headers = [text for cell in found.grid.rows[found.match.row - 1] if (text := header_text(cell))]
            near = process.extractOne(header, headers, score_cutoff=60)
            message = f"The column “{header}”, which sheets-sync.toml names for {column}, is not there."
            hint = f"Did you mean “{near[0]}”?" if near else f"Its headers: {', '.join(headers[:20])}."
            reading.problems.append(Problem(Ref(found.tab, found.match.row), message, hint))


def _notes(proposal: Proposal, why: str) -> list[str]:
    notes = [
        f"{' and '.join(f'“{found.tab}”' for found in proposal.tabs_of(name))} count together as {TABLES[name].title}."
        for name, others in proposal.beside.items()
        if others
    ]
    if not why and proposal.tables["clients"].source:
        notes.append(f"Clients are read from “{proposal.tables['clients'].tab}”: no column is added there.")
    notes += unread_lines(proposal.unread)
    if why:
        tab = proposal.tables["clients"].tab
        notes.insert(
            0, f"Clients are derived from “{tab}” ({why}): they show in our tabs, no column is added to yours."
        )
    for near in sorted(proposal.suggestions, key=lambda s: -s.score)[:3]:
        field_ = TABLES[near.table][near.field]
        notes.append(
            f"“{near.header}” in “{near.tab}” may be {field_.header} ({near.score:.0f} of 100): to use it, say "
            f'{near.field} = "{near.header}" under [tables.{near.table}.columns] in sheets-sync.toml.'
        )
    return notes
