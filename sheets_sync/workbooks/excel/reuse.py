"""Columns of ours that people emptied and use for something else: from then on they are theirs.

Beside each column a hidden name keeps a mark: the checksum of its header and of a few of its values. A column is theirs
when its header is another one and none of these values stands in it any more; a header that was only renamed, or values
that were typed over one by one, leave it ours."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from sheets_sync.model import Column, Scalar, letters
from sheets_sync.workbooks.excel import lookup, notes
from sheets_sync.workbooks.excel.desk import open_desk
from sheets_sync.workbooks.excel.names import OURS, Book, Spot
from sheets_sync.workbooks.excel.package import Package

# A name's text holds 255 characters; the smallest checksums are the same ones whatever the order of the rows.
_KEPT = 24
_MARK = re.compile(r'"([0-9a-f]{8}):((?:[0-9a-f]{8})*)"')


def mark(book: Book, column: Column) -> None:
    """Remember what a column of ours says as of now."""
    values = _sums(cell.value for cell in column.cells)
    kept = "".join(f"{value:08x}" for value in sorted(values)[:_KEPT])
    book.define(_name(column.id), f'"{_sum(column.header):08x}:{kept}"')


def unmark(book: Book, id: str) -> None:
    book.undefine(_name(id))


def is_theirs(book: Book, id: str, header: Scalar, cells: Mapping[int, Scalar]) -> bool:
    """Whether the header and values that stand in a column of ours are people's own."""
    found = _MARK.fullmatch(book.defined(_name(id)) or "")
    if found is None or header in (None, "") or _sum(header) == int(found[1], 16):
        return False
    kept = {int(found[2][at : at + 8], 16) for at in range(0, len(found[2]), 8)}
    present = _sums(cells.values())
    return not kept & present and bool(kept or present)


def release(package: Package, book: Book, spots: Mapping[str, Spot]) -> None:
    """Give columns to the team: what stands in them stays, our notes and colours go."""
    for part in {spot.sheet.part for spot in spots.values()}:
        ids = {id: spot for id, spot in spots.items() if spot.sheet.part == part}
        desk = open_desk(package, book, next(iter(ids.values())).sheet)
        for id, spot in ids.items():
            notes.drop_notes(desk.xml, spot.row, [spot.column], made=False)
            notes.drop_colours(desk.xml, {spot.column}, set(desk.was.values()))
            desk.at.pop(id, None)
        for name in ("dataValidations",):
            if name in desk.before.parts:
                desk.before.left_part(desk.xml, name)
        desk.before.cells = {
            place: cell for place, cell in desk.before.cells.items() if place[0] not in {s.column for s in ids.values()}
        }
        desk.close()
    for id in spots:
        book.disown("column", id)
        unmark(book, id)
        lookup.drop(package, book, id)


def say(book: Book, spots: Mapping[str, Spot], headers: Mapping[str, str]) -> tuple[str, ...]:
    """Sentences on columns that were released, and on where ours stand now (id → header)."""
    now = book.owned("column")
    told = []
    for id, spot in spots.items():
        moved = f" {headers[id]} stands in {letters(now[id].column)} now." if id in now and id in headers else ""
        column = f"Column {letters(spot.column)} of {spot.sheet.title}"
        told.append(f"{column} is used for something else now, so it is yours.{moved}")
    return tuple(told)


def _name(id: str) -> str:
    return f"{OURS}.mark.{id}"


def _sums(values: Iterable[Scalar]) -> set[int]:
    return {_sum(value) for value in set(values) if value is not None and value != ""}


def _sum(value: Scalar) -> int:
    day = value.date() if isinstance(value, datetime) else value
    return zlib.crc32(str(day).strip().encode("utf-8", "surrogatepass"))
