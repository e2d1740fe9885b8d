"""The data rows under a header: where the table ends, what is left out (a totals row, a second table below)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sheets_sync.model import Scalar
from sheets_sync.tracker.headers import header_text, normal_header, spellings
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found
from sheets_sync.tracker.values import blank

_TOTALS = frozenset(
    [
        "total",
        "totals",
        "grand total",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "subtotal",
        "totale",
        "total general",
        "average",
        "durchschnitt",
        "totaal",
        "somme",
    ]
)
_LONG_GAP = 200


@dataclass(frozen=True, slots=True)
class Region:
    """The cells of each found column, all as long; `first` is the sheet row of index 0."""

    first: int
    length: int
    cells: dict[str, Sequence[Scalar]]
    notes: tuple[str, ...] = ()


def read_region(tab: str, rows: Sequence[Sequence[Scalar]], header_row: int, columns: dict[str, Found]) -> Region:
    """Cut the table out of a tab's rows. Blank rows inside stay (they are dropped later, so that rows keep their
    numbers); the table ends at its last filled row, before a totals row, and before a second header below."""
    below = rows[header_row:]
    keys = [_column(below, columns[name].column) for name in ("client", "client_id") if name in columns]
    filled = _filled(keys)
    gaps = bool(filled) and len(filled) <= filled[-1]
    notes = []
    for before, index in zip([-1, *filled], filled, strict=False) if gaps else ():
        if (
            index - before > 1
            and index
            and _is_header(below[index])
            and not any(not blank(c) for c in below[index - 1])
        ):
            notes.append(
                f"“{tab}” has a second table from row {header_row + 1 + index} on: only the first one is read."
            )
            below = below[:index]
            filled = [place for place in filled if place < index]
            break
        if index - before > _LONG_GAP:
            notes.append(f"“{tab}” goes on in row {header_row + 1 + index}, after {index - before - 1} blank rows.")
    cells = {name: _column(below, found.column) for name, found in columns.items()}
    end = _end(cells)
    if filled and _is_total(below, filled[-1], cells, columns):
        notes.append(f"“{tab}” row {header_row + 1 + filled[-1]} looks like a totals row and is left out.")
        end = filled[-1]
    return Region(header_row + 1, end, {name: values[:end] for name, values in cells.items()}, tuple(notes))


def _filled(keys: Sequence[Sequence[Scalar]]) -> list[int]:
    rows = [[i for i, c in enumerate(key) if c and (type(c) is not str or not c.isspace())] for key in keys]
    return rows[0] if len(rows) == 1 else sorted(set[int]().union(*rows))


def _column(rows: Sequence[Sequence[Scalar]], column: int) -> list[Scalar]:
    place = column - 1
    try:
        return [row[place] for row in rows]
    except IndexError:
        return [row[place] if place < len(row) else None for row in rows]


def _empty(cell: Scalar) -> bool:
    return cell is None or cell == "" or (type(cell) is str and blank(cell))


def _end(cells: dict[str, list[Scalar]]) -> int:
    end = 0
    for values in cells.values():
        for index in range(len(values) - 1, end - 1, -1):
            if not _empty(values[index]):
                end = index + 1
                break
    return end


def _is_header(row: Sequence[Scalar]) -> bool:
    texts = [cell for cell in row if not blank(cell)]
    known = sum(
        1
        for cell in texts
        if (word := normal_header(header_text(cell))) and any(word in spellings(name, weak=True) for name in TABLES)
    )
    return known >= 2 and known * 2 >= len(texts)


def _is_total(
    rows: Sequence[Sequence[Scalar]], index: int, cells: dict[str, list[Scalar]], columns: dict[str, Found]
) -> bool:
    """The last row, called "Total", with nothing in words or dates beside: a company of that name has an owner."""
    names = [normal_header(header_text(cells[name][index])) for name in ("client", "client_id") if name in cells]
    if not any(name in _TOTALS for name in names):
        return False
    keys = {found.column for name, found in columns.items() if name in ("client", "client_id")}
    others = [cell for place, cell in enumerate(rows[index], start=1) if place not in keys]
    return all(blank(cell) or isinstance(cell, (int, float)) for cell in others)
