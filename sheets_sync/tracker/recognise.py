"""Whether a tab with certain headers is a certain table. Tables whose names and headers are common words (a Team, some
Reviews) are taken only on better grounds than the others."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_sync.model import Grid
from sheets_sync.tracker.headers import FIRST_NAMES, Match, normal_header, spellings
from sheets_sync.tracker.schema import TableSpec

_PEOPLE_TOO = FIRST_NAMES | {"full name", "member", "member name"}
_HEADER_ROWS = 50


def title_rank(spec: TableSpec, title: str) -> int:
    """How much a tab's title says that it is this table: 3 its name, 2 a known title, 1 contains one, 0 no."""
    word = normal_header(title)
    names = [normal_header(name) for name in spec.titles]
    if word.rstrip("s") == normal_header(spec.title).rstrip("s"):
        return 3
    if word in names or word + "s" in names:
        return 2
    padded = f" {word} "
    return int(any(f" {name} " in padded or f" {name.rstrip('s')} " in padded for name in names))


def words_above(grid: Grid) -> frozenset[str]:
    """Everything in a tab's first rows that may be a header, made comparable."""
    rows = grid.rows[:_HEADER_ROWS]
    return frozenset(normal_header(cell) for row in rows for cell in row if type(cell) is str and 0 < len(cell) <= 80)


def could_be(spec: TableSpec, words: frozenset[str], rank: int) -> bool:
    """Whether it is worth while to match a tab's headers: a look at its title's rank and its words."""
    if not spec.shy or rank > 1:
        return True
    known = spellings(spec.name, weak=False)
    here = {name for word in words & known.keys() for _, name in known[word]}
    return bool(spec.telling) and all(any(name in here for name in group) for group in spec.telling)


def is_it(match: Match, headers: Sequence[str], rank: int) -> bool:
    """Whether the tab is the table that its headers were matched with; `rank` is how much its title says so (0–3)."""
    spec = match.spec
    if not spec.shy:
        whole = match.complete or (rank > 1 and match.holds(spec.titled_needs))
        return whole and (match.evident or rank > 0)
    if doubt(match, headers, rank):
        return False
    return (rank > 1 and match.complete) or match.holds(spec.telling)


def doubt(match: Match, headers: Sequence[str], rank: int) -> str:
    """Why a tab that is called like a shy table and has its columns is another thing all the same, or ""."""
    spec = match.spec
    if not spec.by_client and spec.any_header is None:
        clients = next((header for header in headers if _names_clients(header, match)), "")
        if clients:
            return f"“{clients}” in it names clients, and a tab of {spec.title.lower()} is about ourselves"
    if match.strange and not (rank > 2 and _to_the_letter(match)):
        column = next(spec[n] for group in spec.needs for n in group if n in match.columns and spec[n].choices)
        words = ", ".join(column.choices or ())
        return f"most of what stands under {column.header} is none of: {words}"
    return ""


def _to_the_letter(match: Match) -> bool:
    needed = [name for group in match.spec.needs for name in group if name in match.columns]
    return all(normal_header(match.columns[name].header) == normal_header(match.spec[name].header) for name in needed)


def _names_clients(header: str, match: Match) -> bool:
    word = normal_header(header)
    if word in _PEOPLE_TOO or any(found.header == header for found in match.columns.values()):
        return False
    return any(name in ("client", "client_id") for _, name in spellings("clients", weak=False).get(word, ()))
