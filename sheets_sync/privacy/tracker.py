"""Where a client stands in the tracker, row by row, and the tracker as it would be read without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from sheets_sync.model import Grid, OwnedTab, Rewritten, Scalar, Snapshot, letters
from sheets_sync.privacy.wanted import Wanted, names_a_person
from sheets_sync.tracker.headers import normal
from sheets_sync.tracker.proposal import titled_in
from sheets_sync.tracker.remembered import split_ids
from sheets_sync.tracker.tablemap import source_names
from sheets_sync.tracker.tables import Table, Tables

# Lines of the hidden tab that list keys, and the cell (0-based) that they stand in.
_LISTING, _KEYS_AT = ("level", "warning", "gone"), 3


@dataclass(frozen=True)
class Row:
    """A row that is the client's own, or that only names it in `cells` (1-based columns). `values` are by header."""

    tab: str
    row: int
    own: bool
    ours: bool
    values: tuple[tuple[str, Scalar], ...]
    cells: tuple[int, ...] = ()

    @property
    def where(self) -> str:
        """The row, or the cells that name the client."""
        cells = ", ".join(f"{letters(column)}{self.row}" for column in self.cells)
        return f"{self.tab}!{cells}" if self.cells and not self.own else f"{self.tab}!{self.row}"


def who(tables: Tables, names: Iterable[str]) -> Wanted:
    """The client that is called by these names or ids: all its keys, names, contacts and addresses. One that stands in
    Clients no more is looked for by the names alone."""
    given = [name.strip() for name in names if name.strip()]
    wanted = {normal(name) for name in given}
    clients = tables["clients"].frame
    keys, words = set(wanted), list(given)
    for key, line in clients.iterrows():
        called = {normal(str(word)) for word in (key, line["client"], line["client_id"]) if isinstance(word, str)}
        if called & wanted:
            keys.add(str(key))
            if isinstance(line["client"], str):
                words.append(line["client"])
            people = (line[name] for name in ("key_contact", "second_contact", "email"))
            words += [person for person in people if isinstance(person, str) and names_a_person(person)]
    ids = {normal(str(line)) for line in clients["client_id"].dropna()}
    return Wanted(frozenset(keys), tuple(dict.fromkeys(word for word in words if normal(word) not in ids)))


def rows(snapshot: Snapshot, tables: Tables, wanted: Wanted) -> list[Row]:
    """Every row of the tracker that is the client's or names it: the team's tabs first, then ours."""
    own: dict[str, dict[int, list[tuple[str, Scalar]]]] = {}
    headers: dict[str, int] = {}
    for table in tables.by_name.values():
        for part in (table.parts or (table,)) if table.present else ():
            headers[part.tab] = max(part.header_row, headers.get(part.tab, 0))
        for title, row, values in _own(table, wanted):
            own.setdefault(title, {})[row] = values
    found: list[Row] = []
    for title, grid in snapshot.grids.items():
        found += _rows(grid, headers.get(title, 0), set(own.get(title, ())), wanted, snapshot)
    elsewhere = sorted(own.keys() - snapshot.grids.keys())
    found += [Row(title, row, True, False, tuple(said)) for title in elsewhere for row, said in own[title].items()]
    for tab in snapshot.tabs:
        found += _ours(tab, tab.grid, wanted)
    return found


def _own(table: Table, wanted: Wanted) -> Iterator[tuple[str, int, list[tuple[str, Scalar]]]]:
    """The client's rows of a table: tab, 1-based row, and what is known of it by header."""
    if not table.present or not (table.name == "clients" or "key" in table.frame):
        return
    keys = table.frame.index if table.name == "clients" else table.frame["key"]
    for line in table.frame[keys.isin(wanted.keys)].to_dict("records"):
        part, row = table.place("", int(line["row"]))
        if row is not None:
            said = [(part.columns[name].header, value) for name, value in line.items() if name in part.columns]
            yield part.tab, row, [(header, value) for header, value in said if value == value and value is not None]


def _rows(grid: Grid, header: int, own: set[int], wanted: Wanted, snapshot: Snapshot) -> Iterator[Row]:
    names = grid.rows[header - 1] if 0 < header <= len(grid.rows) else ()
    for number, cells in enumerate(grid.rows, start=1):
        if number <= header:
            continue
        naming = tuple(i for i, cell in enumerate(cells, start=1) if isinstance(cell, str) and wanted.named_in(cell))
        if number not in own and not naming:
            continue
        values: list[tuple[str, Scalar]] = [
            (str(names[i]) if i < len(names) and names[i] else letters(i + 1), cell)
            for i, cell in enumerate(cells)
            if cell not in (None, "")
        ]
        if number in own:
            columns = (column for column in snapshot.columns if column.tab == grid.title)
            values += [(column.header, column.cells[number]) for column in columns if number in column.cells]
        yield Row(grid.title, number, number in own, False, tuple(values), naming)


def _ours(tab: OwnedTab, grid: Grid, wanted: Wanted) -> Iterator[Row]:
    for number, cells in enumerate(grid.rows, start=1):
        about = _is_about(cells, wanted) or (tab.id == "memory" and _remembers(cells, wanted))
        naming = tuple(i for i, cell in enumerate(cells, start=1) if isinstance(cell, str) and wanted.named_in(cell))
        if about or naming:
            values: list[tuple[str, Scalar]] = [
                (letters(i + 1), _only(cell, wanted) if tab.id == "memory" else cell)
                for i, cell in enumerate(cells)
                if cell not in (None, "")
            ]
            yield Row(grid.title, number, about, True, tuple(values), naming)


def _is_about(cells: Sequence[Scalar], wanted: Wanted) -> bool:
    """Whether a row of a generated tab carries an id of the client."""
    return any(
        key in wanted.keys for cell in cells if isinstance(cell, str) and "|" in cell for _, key, _ in split_ids(cell)
    )


def _remembers(cells: Sequence[Scalar], wanted: Wanted) -> bool:
    listing = len(cells) > _KEYS_AT and cells[0] in _LISTING
    return listing and any(unquote(key) in wanted.keys for key in _lines(cells[_KEYS_AT]))


def _lines(cell: Scalar) -> list[str]:
    return [line for line in str(cell or "").splitlines() if line]


def _only(cell: Scalar, wanted: Wanted) -> Scalar:
    """Of a cell that lists many clients, only the one that is asked for."""
    keys = [key for key in _lines(cell) if unquote(key) in wanted.keys]
    return "\n".join(keys) if keys and "\n" in str(cell) else cell


def with_sources(snapshot: Snapshot, sources: Mapping[str, Snapshot]) -> Snapshot:
    """The tracker together with the tabs of the other files that its tables are read from, each by its full name."""
    names = source_names(sources)
    grids = dict(snapshot.grids)
    for source, other in sources.items():
        for title, grid in other.grids.items():
            full = titled_in(names[source], title)
            grids[full] = replace(grid, title=full)
    return replace(snapshot, grids=grids)


def apart(whole: Snapshot, sources: Mapping[str, Snapshot]) -> tuple[Snapshot, dict[str, Snapshot]]:
    """The tracker and the other files again."""
    names = source_names(sources)
    own, others = dict(whole.grids), {}
    for source, other in sources.items():
        theirs = {title: own.pop(titled_in(names[source], title)) for title in other.grids}
        others[source] = replace(other, grids={title: replace(grid, title=title) for title, grid in theirs.items()})
    return replace(whole, grids=own), others


def without(snapshot: Snapshot, found: Iterable[Row], wanted: Wanted) -> Snapshot:
    """The tracker as a run would read it if the client's rows were blank, and cells that name it too; the hidden tab
    without its lines and without the looks, so that a run writes all of ours anew."""
    own: dict[str, set[int]] = {}
    cells: dict[tuple[str, int], set[int]] = {}
    for row in found:
        if row.own:
            own.setdefault(row.tab, set()).add(row.row)
        elif not row.ours:
            cells[row.tab, row.row] = set(row.cells)
    grids = {title: _blanked(grid, own.get(title, set()), cells) for title, grid in snapshot.grids.items()}
    tabs = tuple(
        replace(tab, grid=_forgetting(tab.grid, wanted))
        if tab.id == "memory"
        else replace(
            tab,
            grid=_blanked(tab.grid, own.get(tab.title, set()), {}),
            missed=tab.missed and _unmissed(tab.missed, wanted),
        )
        for tab in snapshot.tabs
    )
    return replace(snapshot, grids=grids, tabs=tabs)


def _unmissed(missed: Rewritten, wanted: Wanted) -> Rewritten:
    """What was typed while a tab was rewritten, without the client's lines."""

    def others(grid: Grid) -> Grid:
        return replace(grid, rows=tuple(() if _is_about(line, wanted) else line for line in grid.rows))

    return Rewritten(others(missed.read), others(missed.stood), others(missed.written))


def _blanked(grid: Grid, own: set[int], cells: dict[tuple[str, int], set[int]]) -> Grid:
    lines = tuple(
        ()
        if number in own
        else tuple(None if i in cells[grid.title, number] else cell for i, cell in enumerate(line, start=1))
        if (grid.title, number) in cells
        else line
        for number, line in enumerate(grid.rows, start=1)
    )
    return replace(grid, rows=lines)


def _forgetting(grid: Grid, wanted: Wanted) -> Grid:
    kept: list[Sequence[Scalar]] = []
    for line in grid.rows:
        kind = line[0] if line else None
        if kind == "look" or _is_about(line, wanted):
            continue
        if kind in _LISTING and len(line) > _KEYS_AT:
            keys = [key for key in _lines(line[_KEYS_AT]) if unquote(key) not in wanted.keys]
            if not keys:
                continue
            line = (*line[:_KEYS_AT], "\n".join(keys), *line[_KEYS_AT + 1 :])
        kept.append(line)
    return replace(grid, rows=tuple(kept))
