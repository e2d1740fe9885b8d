"""The results tab: what each client's status is, by key. The team's tab only looks up what stands here, so that no
sort, insertion or deletion can put a status on another client's row.

    key            health       why                     due
    Aldgate Legal  ✖ At risk    No sign of life since…  46349
    Corvid Coffee  ● Healthy
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sheets_sync.model import Column, Scalar, letters
from sheets_sync.workbooks.google.looks import NUMBER_FORMATS
from sheets_sync.workbooks.google.standing import Sheet
from sheets_sync.workbooks.google.values import Json, entered
from sheets_sync.workbooks.plain import serial

KEY = "key"
NEW = "new"
Key = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Results:
    """What the results tab holds: its columns by id (1-based, A is the key), and each key's values by id."""

    places: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[Key, Mapping[str, Scalar]] = field(default_factory=dict)

    def shown(self, key: Scalar, id: str) -> Scalar:
        """What the team's tab shows for a key: its value, "new" for a key that has none yet, nothing for a blank."""
        if key is None or key == "":
            return None
        found = self.rows.get(match_key(key))
        return NEW if found is None else found.get(id)


def match_key(key: Scalar) -> Key:
    """What makes two keys one for a lookup: text without regard to case, numbers (dates too) by value, never across."""
    if isinstance(key, str):
        return "text", key.casefold()
    if isinstance(key, bool):
        return "boolean", key
    if isinstance(key, date):
        return "number", float(serial(key))
    if isinstance(key, int | float):
        return "number", float(key)
    return "none", str(key)


def held(sheet: Sheet | None) -> Results:
    """What a results tab says; nothing without one."""
    if sheet is None or not sheet.values:
        return Results()
    header, *lines = sheet.values
    places = {str(id): at for at, id in enumerate(header, start=1) if id and at > 1}
    rows: dict[Key, dict[str, Scalar]] = {}
    for line in lines:
        if line and line[0] is not None:
            values = {id: line[at - 1] for id, at in places.items() if at <= len(line)}
            rows.setdefault(match_key(line[0]), values)
    return Results(places, rows)


def merged(before: Results, columns: Sequence[Column], dropped: Collection[str]) -> Results:
    """The results after columns were set and others dropped. A column that is not set keeps what it had."""
    kept = {id: at for id, at in before.places.items() if id not in dropped}
    free = (at for at in range(2, len(kept) + len(columns) + 2) if at not in kept.values())
    places = kept | {column.id: next(free) for column in columns if column.id not in kept}
    if not columns:
        return Results(places, before.rows)
    rows: dict[Key, dict[str, Scalar]] = {}
    for column in columns:
        for cell in column.cells:
            key = match_key(cell.key)
            line = rows.setdefault(key, {id: before.rows.get(key, {}).get(id) for id in kept})
            line[column.id] = cell.value
    return Results(places, rows)


def keys_of(columns: Sequence[Column], before: Sheet | None, beside: Sequence[Scalar] = ()) -> list[Scalar]:
    """The keys as they stand in the team's tab, each spelling once; those of before where no column is set. `beside`
    are keys that have no status (a doubled name, a total): they are not new, they show nothing."""
    found = [cell.key for column in columns for cell in column.cells]
    if not columns and before is not None:
        found = [line[0] for line in before.values[1:] if line]
    found += beside
    unique: dict[tuple[type, Scalar], Scalar] = {}
    for key in found:
        if key is not None and key != "":
            unique.setdefault((type(key), key), key)
    return list(unique.values())


def content(results: Results, keys: Sequence[Scalar]) -> Iterator[Json]:
    """The rows of the tab as RowData, header first."""
    width = max(results.places.values(), default=1)
    by_place = {at: id for id, at in results.places.items()}
    header = [KEY, *(by_place.get(at, "") for at in range(2, width + 1))]
    yield {"values": [_cell(word) for word in header]}
    for key in keys:
        line = results.rows.get(match_key(key), {})
        values = (line.get(by_place.get(at, "")) for at in range(2, width + 1))
        yield {"values": [_key(key), *map(_cell, values)]}


def _cell(value: Scalar) -> Json:
    shown = entered(value)
    if shown is None:
        return {}
    style = {"userEnteredFormat": {"numberFormat": NUMBER_FORMATS["date"]}} if isinstance(value, date) else {}
    return {"userEnteredValue": shown} | style


def _key(key: Scalar) -> Json:
    """A key is written as it stands, also where a text of ours would be cleaned: or it is not found again."""
    if isinstance(key, str):
        return {"userEnteredValue": {"stringValue": key.encode("utf-8", "replace").decode()}}
    return _cell(key)


def formula(header: str, title: str, place: int, key: int, row: int) -> str:
    """The one formula of a status column: its header in the header row, blank beside a blank key, else what the
    results tab (`title`) says in its 1-based column `place` for the key of that row, "new" where it says nothing.
    `key` is the 0-based key column, `row` the 0-based header row. XLOOKUP takes no wildcards; there is no list of
    columns in braces, so it reads the same in every locale. Its rows have no $: wherever a sort takes a header that
    is not frozen, each key is looked up on its own row."""
    column = letters(key + 1)
    keys = f"${column}{row + 1}:${column}"
    tab = "'" + title.replace("'", "''") + "'"
    values = f"{tab}!${letters(place)}$2:${letters(place)}"
    text = header.replace('"', '""')
    return (
        f'=ARRAYFORMULA(IF(ROW({keys})=ROW(${column}{row + 1}),"{text}",IF({keys}="","",'
        f'XLOOKUP({keys},{tab}!$A$2:$A,{values},"{NEW}",0))))'
    )


def plain_formula(text: str) -> str:
    """A formula without what a program may write differently: blanks, case, quotes around a plain title."""
    return "".join(text.split()).replace("'", "").replace(";", ",").casefold()
