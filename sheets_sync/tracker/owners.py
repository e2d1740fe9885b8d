"""Who looks after whom: ids of owners looked up in the tab that lists people, several owners in one cell told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sheets_sync.model import Grid, Problem
from sheets_sync.tracker.cells import blank, text_of
from sheets_sync.tracker.gather import gather_rows, shown
from sheets_sync.tracker.headers import LAST_NAMES, normal, normal_header
from sheets_sync.tracker.tables import Table
from sheets_sync.tracker.unfound import fullest_row
from sheets_sync.tracker.words import names

_COLUMNS = (("clients", "owner"), ("interactions", "by"), ("issues", "owner"), ("recovery", "owner"))
_IDS = frozenset(
    names(
        "id, user id, owner id, person id, employee id, staff id, rep id, record id, agent id, member id, consultant "
        "id, employee no, staff no, staff number, employee number, initials, code, short name, abbreviation, login, "
        "user name, username, email, e mail, kurzel, personalnummer, mitarbeiter id, mitarbeiternummer, benutzer id, "
        "matricule, id utilisateur, id usuario, id utente, id gebruiker, id usuario, id uzytkownika, anvandar id"
    )
)
_NAMES = names(
    "full name, name, person, user full name, display name, employee name, staff name, owner name, user, owner, "
    "employee, staff, team member, mitarbeiter, nom complet, nom, nombre completo, nombre, nome completo, nome, naam, "
    "imie i nazwisko, namn"
)
_FIRST = frozenset(names("first name, vorname, prenom, voornaam, imie, fornamn, primeiro nome, given name"))
_SEVERAL = re.compile(r"\s*[/;]\s*")
_PERHAPS = re.compile(r"\s*(?:[/;,&+|]|\b(?:and|und|et|e|y|en|i|och)\b)\s*", re.I)
SHARE = 0.8


@dataclass(frozen=True, slots=True)
class People:
    """A tab's list of people: whose id is whose."""

    tab: str
    header: str
    by_id: Mapping[str, str]


def join_owners(tables: Mapping[str, Table], grids: Mapping[str, Grid]) -> tuple[dict[str, Table], list[str]]:
    """The tables whose owners are ids, with names instead where another tab says whose they are; and what was done."""
    clients = tables["clients"]
    given = [str(owner) for owner in clients.frame["owner"].dropna().unique()]
    wanted = {normal(owner) for owner in given}
    if not wanted or not clients.has("owner"):
        return {}, []
    header = clients.columns["owner"].header
    lists = [one for title, grid in grids.items() if title != clients.tab for one in _lists(grid)]
    best = max(lists, key=lambda people: len(wanted & people.by_id.keys()), default=None)
    if best is None or len(wanted & best.by_id.keys()) < SHARE * len(wanted):
        unnamed = normal_header(header).endswith((" id", " ids")) or all(re.search(r"\d", word) for word in wanted)
        hint = "add a tab that lists them, with the columns ID and Name"
        return {}, [f"“{header}” in “{clients.tab}” holds ids, and no tab says whose they are: {hint}."] * unnamed
    joined = {}
    for name, column in _COLUMNS:
        frame = tables[name].frame
        known = {word: best.by_id.get(normal(str(word)), str(word)) for word in frame[column].dropna().unique()}
        if any(word != person for word, person in known.items()):
            joined[name] = replace(
                tables[name], frame=frame.assign(**{column: frame[column].map(known).astype("string")})
            )
    note = f"“{header}” in “{clients.tab}” holds ids: the names come from “{best.tab}” (by “{best.header}”)."
    return joined, [note]


def _lists(grid: Grid) -> Iterator[People]:
    """Every column of a tab that may identify people, with the names beside it."""
    row = fullest_row(grid)
    words = [normal_header(cell) if isinstance(cell, str) else "" for cell in row]
    columns = _name_columns(words)
    if not columns:
        return
    below = grid.rows[next(i for i, cells in enumerate(grid.rows) if cells is row) + 1 :]
    for place, word in enumerate(words):
        if word in _IDS and place not in columns:
            found: dict[str, str] = {}
            for cells in below:
                name = " ".join(filter(None, (text_of(cells[at]) for at in columns if at < len(cells))))
                if place < len(cells) and not blank(cells[place]) and name:
                    found.setdefault(normal(text_of(cells[place])), name)
            yield People(grid.title, text_of(row[place]), found)


def _name_columns(words: list[str]) -> list[int]:
    halves = [next((i for i, word in enumerate(words) if word in half), -1) for half in (_FIRST, LAST_NAMES)]
    if min(halves) >= 0:
        return halves
    return next(([words.index(name)] for name in _NAMES if name in words), [])


def part_owners(clients: Table, people: Iterable[str]) -> tuple[Table, list[Problem], list[str]]:
    """Clients with the first of several owners in a cell, where it is somebody who is known on their own; else the
    cell is a problem and stays. `people` are known besides (the Team)."""
    if not clients.has("owner"):
        return clients, [], []
    owners = [str(owner) for owner in clients.frame["owner"].dropna().unique()]
    alone = {normal(owner): owner for owner in (*owners, *people) if len(_PERHAPS.split(owner)) == 1}
    first: dict[str, str] = {}
    doubtful = set()
    for owner in owners:
        parts = [part for part in _PERHAPS.split(owner) if part]
        if len(parts) > 1 and normal(parts[0]) in alone and all(normal(part) in alone for part in parts[:2]):
            first[owner] = alone[normal(parts[0])]
        elif len(parts) > 1 and len(_SEVERAL.split(owner)) > 1:
            doubtful.add(owner)
    problems = _problems(clients, doubtful)
    if not first:
        return clients, problems, []
    frame = clients.frame
    number = int(frame["owner"].isin(list(first)).sum())
    owner = frame["owner"].replace(first).astype("string")
    said = f"{number} cells name" if number > 1 else "1 cell names"
    note = f"{clients.tab}, “{clients.columns['owner'].header}”: {said} several people; the first is the owner."
    return replace(clients, frame=frame.assign(owner=owner)), problems, [note]


def _problems(clients: Table, doubtful: set[str]) -> list[Problem]:
    rows = clients.frame[clients.frame["owner"].isin(list(doubtful))]
    if rows.empty:
        return []
    words = [shown(str(owner)) for owner in rows["owner"]]
    return [
        gather_rows(
            range(len(rows)),
            lambda i: clients.ref("owner", int(rows["row"].iloc[i]), str(rows["client"].iloc[i])),
            f"{words[0]} names several people, and one is the owner.",
            f"{len(rows)} owners are several people",
            "Enter one name.",
            words,
        )
    ]
