"""Which tab is which table, and where its header row stands: proposed from headers first, titles second.

`propose` is what reading uses when no config says otherwise, and what `init` writes down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sheets_sync.errors import Refused
from sheets_sync.model import Grid, Problem, Ref, Snapshot, letters
from sheets_sync.tracker.cells import How, blank
from sheets_sync.tracker.choosing import NAMING, choose, shy_behind
from sheets_sync.tracker.headers import (
    Match,
    header_text,
    match_headers,
    normal_header,
    spellings,
)
from sheets_sync.tracker.proposal import FoundTable, Proposal, titled_in
from sheets_sync.tracker.questions import is_form, take_questions
from sheets_sync.tracker.recognise import could_be, is_it, title_rank, words_above
from sheets_sync.tracker.schema import CLIENTS, TABLES, TableSpec
from sheets_sync.tracker.stacked import above, parts_of
from sheets_sync.tracker.tablemap import TableMap, source_names
from sheets_sync.tracker.unfound import HEADER_ROWS, fullest_row, no_clients
from sheets_sync.tracker.values import read_values, shape_share

SAMPLE = 300


def propose(
    snapshot: Snapshot, maps: Mapping[str, TableMap], how: How, sources: Mapping[str, Snapshot] | None = None
) -> Proposal:
    """Map a tracker's tabs; what `maps` (the config) names is taken as said, the rest is found. `sources` are the other
    files that `maps` names. Raises Refused, with the headers seen, where no clients can be found or their key column
    stands twice."""
    proposal = Proposal()
    named = source_names(sources or {})
    for source, other in (sources or {}).items():
        theirs = {name: table for name, table in maps.items() if table.source == source and not table.off}
        _find(other, _only_tab(other, theirs), [TABLES[name] for name in theirs], how, proposal, named[source])
        _not_there(other, theirs, proposal, named[source])
    own = {name: table.elsewhere if table.source else table for name, table in maps.items()}
    _find(snapshot, own, list(TABLES.values()), how, proposal)
    grids = _filled(snapshot)
    _clients_from_other(proposal, grids, own, how)
    _report(proposal, snapshot, grids)
    return proposal


def _its_part(grid: Grid, table: TableMap, sharing: Sequence[TableMap]) -> Grid:
    """A tab down to the next table in it that the config names."""
    below = [other.header_row for other in sharing if table.header_row and other.header_row > table.header_row]
    return above(grid, min(below)) if below else grid


def _filled(snapshot: Snapshot) -> list[Grid]:
    return [grid for grid in snapshot.grids.values() if any(any(not blank(c) for c in row) for row in grid.rows[:200])]


def _find(
    snapshot: Snapshot,
    maps: Mapping[str, TableMap],
    specs: Sequence[TableSpec],
    how: How,
    proposal: Proposal,
    source: str = "",
) -> None:
    """Find tables in the tabs of the tracker or of another file: first those that `maps` names, then the rest."""
    named = {name: _named_grid(name, table, snapshot, proposal, source) for name, table in maps.items() if table.tab}
    for name, grid in named.items():
        if grid is not None:
            # A tab named by hand, without columns, is told to be this table; the tab that init wrote down is
            # read as it was then.
            grid = _its_part(grid, maps[name], [maps[other] for other in named if named[other] is named[name]])
            titled = not maps[name].columns or title_rank(TABLES[name], grid.title) > 0
            match = _match(TABLES[name], grid, maps[name], how, titled, source)
            if match is not None:
                form = is_form(TABLES[name], grid)
                proposal.tables[name] = FoundTable(match, grid, "named in sheets-sync.toml", form, source)
    taken = {grid.title for grid in named.values() if grid}
    candidates: dict[str, list[FoundTable]] = {}
    for grid in _filled(snapshot):
        if grid.title not in taken:
            for number, found in enumerate(_read_as(grid, specs, maps, how, proposal, source)):
                candidates[f"{grid.title} {number}"] = found
    _share_tab(proposal, maps)
    choose(shy_behind(candidates, proposal), proposal)


def _read_as(
    grid: Grid,
    specs: Sequence[TableSpec],
    maps: Mapping[str, TableMap],
    how: How,
    proposal: Proposal,
    source: str,
) -> list[list[FoundTable]]:
    """What each table of a tab could be. Lower ones that could only be what the first one is make no parts of a tab."""

    def options(part: Grid) -> list[FoundTable]:
        words = words_above(part)
        return [
            FoundTable(match, part, _reason(match, part), is_form(spec, part), source)
            for spec in specs
            if _still_wanted(spec, part, proposal)
            and not (table := maps.get(spec.name, TableMap())).off
            and could_be(spec, words, rank := title_rank(spec, part.title))
            and (match := _match(spec, part, table.elsewhere if table.tab else table, how, rank > 0, source))
            and is_it(match, [header_text(cell) for cell in part.rows[match.row - 1]], rank)
        ]

    parts = parts_of(grid)
    if len(parts) > 1:
        first, *lower = map(options, parts)
        taken = {found.match.spec.name for found in first}
        others = [[found for found in part if found.match.spec.name not in taken] for part in lower]
        if first and any(others):
            return [first, *others]
    return [options(grid)]


def _only_tab(snapshot: Snapshot, maps: Mapping[str, TableMap]) -> Mapping[str, TableMap]:
    """The maps of another file's tables; where it is one table and one tab, that tab is meant."""
    grids = _filled(snapshot)
    if len(grids) != 1 or len(maps) != 1:
        return maps
    return {name: replace(table, tab=table.tab or grids[0].title) for name, table in maps.items()}


def _not_there(snapshot: Snapshot, maps: Mapping[str, TableMap], proposal: Proposal, source: str) -> None:
    for name, table in maps.items():
        if name not in proposal.tables and not table.tab:
            tabs = ", ".join(f"“{title}”" for title in snapshot.grids) or "none"
            message = f"None of its tabs looks like {TABLES[name].title}."
            hint = f"Name it in sheets-sync.toml: [tables.{name}] tab = …. It has these tabs: {tabs}."
            proposal.problems.append(Problem(Ref(source), message, hint))


def _still_wanted(spec: TableSpec, grid: Grid, proposal: Proposal) -> bool:
    """Whether a tab may be this table: none is named for it, or the tab of a form comes beside the named one."""
    named = proposal.tables.get(spec.name)
    return named is None or (spec.form and (named.form or is_form(spec, grid)))


def _share_tab(proposal: Proposal, maps: Mapping[str, TableMap]) -> None:
    """Where clients are named in a tab of projects or contacts, its other columns are not the clients'."""
    clients = proposal.tables.get("clients")
    if clients and any(
        (table.tab, table.match.row) == (clients.tab, clients.match.row)
        for name, table in proposal.tables.items()
        if name != "clients"
    ):
        _only_names(clients.match, maps["clients"].columns)


def _only_names(match: Match, given: Mapping[str, str]) -> None:
    match.columns = {n: f for n, f in match.columns.items() if n in ("client", "client_id") or n in given}
    match.suggestions = []


def _named_grid(name: str, table: TableMap, snapshot: Snapshot, proposal: Proposal, source: str) -> Grid | None:
    for title, grid in snapshot.grids.items():
        if title == table.tab or normal_header(title) == normal_header(table.tab):
            return grid
    tabs = ", ".join(f"“{title}”" for title in snapshot.grids) or "none"
    message = f"The tab “{table.tab}”, which sheets-sync.toml names for {name}, is not in {source or 'the tracker'}."
    if name == "clients":
        raise Refused(f"{message} It has these tabs: {tabs}.", ["Correct [tables.clients] tab in sheets-sync.toml."])
    place = Ref(titled_in(source, table.tab))
    proposal.problems.append(Problem(place, message, f"{source or 'The tracker'} has these tabs: {tabs}."))
    return None


def _match(spec: TableSpec, grid: Grid, table: TableMap, how: How, titled: bool, source: str = "") -> Match | None:
    titled = titled or is_form(spec, grid)
    row = _given_row(grid, table) or _header_row(spec, grid, table, titled)
    if not row or row > len(grid.rows):
        return None
    below = grid.rows[row : row + SAMPLE]
    shares: dict[tuple[str, int], float | None] = {}

    def agrees(column: object, place: int) -> float | None:
        key = (column.name, place)  # type: ignore[attr-defined]
        if key not in shares:
            cells = [cells[place - 1] if place <= len(cells) else None for cells in below]
            shares[key] = shape_share(column, cells, how)  # type: ignore[arg-type]
        return shares[key]

    headers = [header_text(cell) for cell in grid.rows[row - 1]]
    ask = take_questions if titled and spec.form else None
    tab = titled_in(source, grid.title)
    match = match_headers(spec, tab, row, headers, agrees, titled, table.columns, _above(grid, row), ask)
    if spec is CLIENTS:
        _settle_end_date(match, grid, table, how)
    return match


def _above(grid: Grid, row: int) -> list[str]:
    """The line above a header that is written in two ("Last" over "contact"); none where a title stands there."""
    texts = [header_text(cell) for cell in grid.rows[row - 2]] if row > 1 else []
    return texts if sum(map(bool, texts)) > 1 else []


def _given_row(grid: Grid, table: TableMap) -> int:
    """The config's header row, unless rows were put above it and it holds none of the headers that the config names."""
    row = table.header_row
    if not row or row > len(grid.rows):
        return 0
    named = {normal_header(header) for header in table.columns.values() if header}
    here = {normal_header(header_text(cell)) for cell in grid.rows[row - 1]}
    return row if not named or named & here else 0


def _header_row(spec: TableSpec, grid: Grid, table: TableMap, titled: bool) -> int:
    """The 1-based row among the first 50 with the most headers of this table; 0 where there is none."""
    words = spellings(spec.name, weak=titled)
    given = {normal_header(header) for header in table.columns.values() if header}
    best, best_count = 0, 0
    for number, cells in enumerate(grid.rows[:HEADER_ROWS], start=1):
        texts = {normal_header(text) for cell in cells if (text := header_text(cell)) and len(text) <= 80}
        count = len({words[text][0][1] for text in texts if text in words} | {text for text in texts if text in given})
        if count > best_count:
            best, best_count = number, count
    return best


def _settle_end_date(match: Match, grid: Grid, table: TableMap, how: How) -> None:
    """ "End Date" alone is the renewal where most of its values lie ahead, else the day the client left; in doubt
    nothing."""
    found = match.columns.get("end_date")
    if (
        found is None
        or normal_header(found.header) not in ("end date", "end", "ends on")
        or "end_date" in table.columns
    ):
        return
    if "renewal_date" in match.columns:
        return
    cells = [row[found.column - 1] if found.column <= len(row) else None for row in grid.rows[match.row :]]
    dates = read_values(CLIENTS["end_date"], cells, how).values
    known = dates[~dates.isna()]
    ahead = int((known > how.now).sum())
    behind = len(known) - ahead
    if ahead == behind:
        match.columns.pop("end_date")
        match.unknown.append(found.header)
    elif ahead > behind and "renewal_date" not in table.columns:
        match.columns["renewal_date"] = match.columns.pop("end_date")


def _reason(match: Match, grid: Grid) -> str:
    rank = title_rank(match.spec, grid.title)
    return f"{len(match.columns)} of its headers" + (", and its title" if rank else "")


def _clients_from_other(proposal: Proposal, grids: Sequence[Grid], maps: Mapping[str, TableMap], how: How) -> None:
    """Without a tab of clients, a tab of projects or contacts names them."""
    if "clients" in proposal.tables:
        return
    for name in NAMING:
        if name in proposal.tables:
            grid = proposal.tables[name].grid
            keep = TableMap(header_row=proposal.tables[name].match.row)
            match = _match(CLIENTS, grid, keep, how, titled=False)
            if match is not None and match.complete:
                _only_names(match, {})
                proposal.tables["clients"] = FoundTable(
                    match, grid, f"no tab of clients; named in {TABLES[name].title}"
                )
                return


def _report(proposal: Proposal, snapshot: Snapshot, grids: Sequence[Grid]) -> None:
    clients = proposal.tables.get("clients")
    if clients is None:
        raise no_clients(grids)
    for name in ("client", "client_id"):
        if columns := clients.match.doubled.get(name):
            places = " and ".join(f"{letters(column)}{clients.match.row}" for column in columns)
            raise Refused(
                f"“{clients.tab}” has the column that names the client twice: {places}.",
                ["Rename one of them, or name the right one in sheets-sync.toml under [tables.clients.columns]."],
            )
    if not {"client", "client_id"} & set(clients.match.columns):
        raise no_clients([clients.grid])
    _refuse_merged_key(clients)
    for table in proposal.tabs():
        name = table.match.spec.name
        proposal.suggestions += table.match.suggestions
        for column, doubled in table.match.doubled.items():
            header = table.grid.at(table.match.row, doubled[0])
            cells = " and ".join(f"{letters(place)}{table.match.row}" for place in doubled)
            proposal.problems.append(
                Problem(
                    Ref(table.tab, table.match.row, doubled[0], str(header)),
                    f"The header stands twice ({cells}), so {TABLES[name][column].header} is not read.",
                    "Rename one of them.",
                )
            )
    used = {found.tab for found in proposal.tabs()}
    for grid in grids:
        if grid.title not in used:
            proposal.unread.setdefault(grid.title, _why_unread(grid, proposal))


def _refuse_merged_key(clients: FoundTable) -> None:
    """A key header merged over two filled columns: either could name the client (or each one half of the name)."""
    below = clients.grid.rows[clients.match.row :]
    for name in ("client", "client_id"):
        found = clients.match.columns.get(name)
        here = f"{letters(found.column)}{clients.match.row}" if found else ""
        if found is None or not any(area.partition(":")[0] == here for area in clients.grid.merged):
            continue
        beside = found.column
        if any(len(cells) > beside and not blank(cells[beside]) for cells in below):
            raise Refused(
                f"“{clients.tab}”: one header is merged over {here} and {letters(beside + 1)}{clients.match.row}, and "
                "both columns are filled: which one names the client is not clear.",
                ["Take the merge apart and head each column on its own."],
            )


def _why_unread(grid: Grid, proposal: Proposal) -> str:
    seen = {normal_header(header_text(cell)) for cell in fullest_row(grid)}
    for name, table in proposal.tables.items():
        headers = {normal_header(found.header) for found in table.match.columns.values()}
        if len(headers) > 1 and seen >= headers:
            return f"{TABLES[name].title} are read from “{table.tab}”"
    best = max(TABLES.values(), key=lambda spec: title_rank(spec, grid.title))
    if title_rank(best, grid.title):
        if best.name in proposal.tables:
            return f"{best.title} are read from “{proposal.tables[best.name].tab}”"
        groups = ([best[name].header for name in group if name != "client_id"] for group in best.needs)
        needed = " and ".join(map(" or ".join, groups))
        return f"a tab of {best.title.lower()} needs {needed}"
    return "its headers are none of ours"


def table_maps(proposal: Proposal) -> tuple[dict[str, TableMap], dict[str, list[str]]]:
    """A proposal as a config says it, and the comments beside it: the reasons, what is only near, what is not used.
    Comments by table name, or by "clients.owner" for one column."""
    maps: dict[str, TableMap] = {}
    comments: dict[str, list[str]] = {}
    for name, table in proposal.tables.items():
        match = table.match
        columns = sorted(match.columns.items(), key=lambda item: item[1].column)
        maps[name] = TableMap(table.grid.title, match.row, {column: found.header for column, found in columns})
        comments[name] = [f"{TABLES[name].title}: {table.reason}."]
        comments[name] += [f"Counted with them: {found.tab}." for found in proposal.beside.get(name, ())]
        if match.unknown:
            comments[name].append("Left alone: " + ", ".join(" ".join(header.split()) for header in match.unknown))
        comments[name] += [
            f'Perhaps {near.field} = "{near.header}" ({near.score:.0f} of 100).' for near in match.suggestions
        ]
        for column, found in columns:
            if found.reason and found.reason != "the name itself":
                comments[f"{name}.{column}"] = [found.reason]
    return maps, comments
