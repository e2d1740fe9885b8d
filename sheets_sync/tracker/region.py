"""The data rows under a header: where the table ends, what is left out (a totals row, a second table below)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sheets_sync.model import CellError, Scalar
from sheets_sync.tracker.cells import blank
from sheets_sync.tracker.headers import header_text, normal_header, spellings
from sheets_sync.tracker.numbers import read_number_text
from sheets_sync.tracker.schema import TABLES
from sheets_sync.tracker.tables import Found
from sheets_sync.tracker.words import names

_TOTALS = frozenset(
    names(
        "total, totals, grand total, sum, summe, gesamt, gesamtsumme, zwischensumme, subtotal, sub total, sous total, "
        "totale, totali, total general, total geral, totaux, totais, totales, average, durchschnitt, mittelwert, "
        "moyenne, promedio, gemiddelde, totaal, eindtotaal, somme, suma, razem, ogolem, summa, totalt, medelvarde"
    )
)
_LONG_GAP = 200
_NOTE_LENGTH = 40
_NOTE = re.compile(r"[*•†]|.*[:=]|(?:notes?|nb|n\.b\.|last updated|updated|legend|key|source|hinweis|stand)\b", re.I)
Rows = Sequence[Sequence[Scalar]]


@dataclass(frozen=True, slots=True)
class Region:
    """The cells of each found column, all as long; `first` is the sheet row of index 0."""

    first: int
    length: int
    cells: Mapping[str, Sequence[Scalar]]
    notes: tuple[str, ...] = ()


def read_region(tab: str, rows: Sequence[Sequence[Scalar]], header_row: int, columns: dict[str, Found]) -> Region:
    """Cut the table out of a tab's rows. Blank rows inside stay (they are dropped later, so that rows keep their
    numbers); the table ends at its last filled row, before a totals row, notes, or a second header below."""
    below = rows[header_row:]
    first = header_row + 1
    keys = [columns[name].column for name in ("client", "client_id") if name in columns]
    cells = {name: column_cells(below, found.column) for name, found in columns.items()}
    filled = _filled([cells[name] for name in ("client", "client_id") if name in columns])
    notes = []
    header = [header_text(cell) for cell in rows[header_row - 1]]
    if gaps := bool(filled) and len(filled) <= filled[-1]:
        for before, index in zip([-1, *filled], filled, strict=False):
            if index - before > _LONG_GAP:
                notes.append(f"“{tab}” goes on in row {first + index}, after {index - before - 1} blank rows.")
        if (second := _second_table(below, filled, header)) is not None:
            notes.append(f"“{tab}” has a second table from row {first + second} on: only the first one is read.")
            below = below[:second]
            filled = [place for place in filled if place < second]
            cells = {name: values[:second] for name, values in cells.items()}
    end = _end(cells)
    if (aside := _aside(below, filled, end, keys)) is not None:
        sums = _is_total(below[aside], keys) or not _texts(below[aside])
        what = "looks like a totals row and is left out" if sums else "and below are notes, and are left out"
        notes.append(f"“{tab}” row {first + aside} {what}.")
        end = aside
    for values in cells.values():
        del values[end:]
    if gaps and (headings := _headings(below[:end], keys)):
        listed = ", ".join(str(first + index) for index in headings[:5]) + (" …" if len(headings) > 5 else "")
        notes.append(f"“{tab}” rows {listed} are headings between blocks of rows, and are left out.")
        for values in cells.values():
            for index in headings:
                values[index] = None
    return Region(first, end, cells, tuple(notes))


def _second_table(below: Rows, filled: Sequence[int], header: Sequence[str]) -> int | None:
    """Where another header row stands under a blank row (and perhaps a title of its own)."""
    after_gap = -1
    for before, index in zip([-1, *filled], filled, strict=False):
        if index - before > 1 and index and not width(below[index - 1]):
            after_gap = index
            if is_header(below[index], header):
                return index
        elif index == after_gap + 1 and width(below[before]) == 1 and is_header(below[index], header):
            return before
    return None


def _aside(below: Rows, filled: Sequence[int], end: int, keys: Sequence[int]) -> int | None:
    """Where the last rows are no clients any more: a totals row, or, under a blank row, cells that stand alone and of
    which one reads like a note. None where all are clients."""
    if not filled:
        return None
    last = filled[-1]
    if last < end - 1 and not any(_texts(row) for row in below[last + 1 : end]):
        unnamed = next((i for i in range(last + 1, end) if width(below[i])), None)
    else:
        unnamed = None
    place = len(filled) - 1
    while place >= 0 and (width(below[filled[place]]) == 1 or _is_total(below[filled[place]], keys)):
        place -= 1
    doubtful = filled[place + 1 :] if place >= 0 else filled[-1:]
    total = next((index for index in doubtful if _is_total(below[index], keys)), None)
    start = next((i for i in doubtful if i and not width(below[i - 1])), None) if place >= 0 else None
    noted = start is not None and any(_is_note(below[i], keys) for i in doubtful if i >= start)
    found = [index for index in (total, start if noted else None, unnamed) if index is not None]
    return min(found, default=None)


def _headings(below: Rows, keys: Sequence[int]) -> list[int]:
    """Rows with nothing but a name that head each of several blocks parted by blank rows (an owner, a letter)."""
    blocks: list[list[int]] = [[]]
    for index, row in enumerate(below):
        if width(row):
            blocks[-1].append(index)
        elif blocks[-1]:
            blocks.append([])
    blocks = [block for block in blocks if block]
    if len(blocks) < 2:
        return []
    headed = all(
        len(block) > 1 and width(below[block[0]]) == 1 and all(width(below[i]) > 1 for i in block[1:])
        for block in blocks
    )
    return [block[0] for block in blocks if headed]


def width(row: Sequence[Scalar]) -> int:
    """How many cells of a row hold something."""
    return sum(not _empty(cell) for cell in row)


def _texts(row: Sequence[Scalar]) -> list[Scalar]:
    """The cells of a row that are no numbers (written as such or as text) and no formulas without a value."""
    return [c for c in row if not _empty(c) and not isinstance(c, (int, float, CellError)) and not _is_sum(c)]


def _is_sum(cell: Scalar) -> bool:
    return isinstance(cell, str) and read_number_text(cell.strip(), money=True) is not None


def _is_note(row: Sequence[Scalar], keys: Sequence[int]) -> bool:
    text = next((header_text(row[key - 1]) for key in keys if key <= len(row) and header_text(row[key - 1])), "")
    return len(text) > _NOTE_LENGTH or _NOTE.match(text) is not None


def _filled(keys: Sequence[Sequence[Scalar]]) -> Sequence[int]:
    rows = []
    for key in keys:
        blanks = {c for c in set(key) if not c or (type(c) is str and c.isspace())}
        rows.append([i for i, c in enumerate(key) if c not in blanks] if blanks else range(len(key)))
    return rows[0] if len(rows) == 1 else sorted(set[int]().union(*rows))


def column_cells(rows: Sequence[Sequence[Scalar]], column: int) -> list[Scalar]:
    """The cells of a 1-based column; None where a row is too short."""
    place = column - 1
    try:
        return list(map(itemgetter(place), rows))
    except IndexError:
        return [row[place] if place < len(row) else None for row in rows]


def _empty(cell: Scalar) -> bool:
    return cell is None or cell == "" or (type(cell) is str and blank(cell))


def _end(cells: dict[str, list[Scalar]]) -> int:
    end = 0
    # A column that is filled to its end spares the others the search.
    for values in sorted(cells.values(), key=lambda values: bool(values) and _empty(values[-1])):
        for index in range(len(values) - 1, end - 1, -1):
            if not _empty(values[index]):
                end = index + 1
                break
    return end


def is_header(row: Sequence[Scalar], header: Sequence[str]) -> bool:
    """Whether a row repeats the table's own header or holds mostly headers that we know."""
    if len(header) > 1 and [header_text(cell) for cell in row[: len(header)]] == list(header):
        return True
    texts = [cell for cell in row if not blank(cell)]
    known = sum(
        1
        for cell in texts
        if (word := normal_header(header_text(cell))) and any(word in spellings(name, weak=True) for name in TABLES)
    )
    return known >= 2 and known * 2 >= len(texts)


def _is_total(row: Sequence[Scalar], keys: Sequence[int]) -> bool:
    """Whether a row is called "Total" (or "Total clients: 12"), with nothing in words or dates beside: a company of
    that name has an owner."""
    names = [header_text(row[key - 1]) for key in keys if key <= len(row)]
    texts = _texts(row)
    if len(texts) > 1 or not any(text and text in texts for text in names):
        return False
    word = next(normal_header(text) for text in names if text)
    counted = re.search(r"[:=]|\d", word) is not None
    return word in _TOTALS or (counted and word.partition(" ")[0].strip(":=") in _TOTALS)
