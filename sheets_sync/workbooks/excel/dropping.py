"""Taking status columns out of a sheet again: cells, notes, colours, widths and what grew with them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel import cells, notes, scan, tables
from sheets_sync.workbooks.excel.desk import Desk, widen_dimension, widen_spans
from sheets_sync.workbooks.excel.names import EXTENT
from sheets_sync.workbooks.excel.scan import Area, Row

_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])[0-9: ]+")


def drop(desk: Desk, ids: set[str]) -> None:
    """Take these columns of a sheet out; those of ours in the same block move up to close the gap."""
    old = dict(desk.was)
    moves = _moves(desk, ids)
    desk.at = {id: moves.get(column, column) for id, column in old.items() if id not in ids}
    vacated = set(old.values()) - set(desk.at.values())
    dropped = {old[id] for id in ids}
    top = desk.rows.top if desk.rows else 1
    bottom = desk.rows.bottom if desk.rows else top
    neutral = _leave_tables(desk, moves, dropped, vacated, top)
    for row in list(desk.xml.rows):
        if top <= row.number <= bottom:
            _clear(
                desk,
                row,
                set(old.values()),
                {new: was for was, new in moves.items()},
                neutral if row.number == top else {},
            )
    _leave_filter(desk, old, vacated)
    _undress(desk, old, moves, dropped, vacated, top)
    for id, column in desk.at.items():
        if column != old[id]:
            desk.book.own("column", id, desk.sheet.title, top, column)
    if desk.at:
        desk.book.remember_rows(desk.sheet.title, min(desk.at.values()), top, bottom)
    else:
        desk.book.undefine(EXTENT)
        _restore_rows(desk)
    desk.close()


def _moves(desk: Desk, ids: set[str]) -> dict[int, int]:
    """Where columns of ours that stay move to: in each block of ours, leftwards (old column → new column)."""
    by_column = {column: id for id, column in sorted(desk.was.items(), key=lambda item: item[1])}
    moves: dict[int, int] = {}
    target = previous = -1
    for column, id in by_column.items():
        if column != previous + 1:
            target = column
        previous = column
        if id not in ids:
            if column != target:
                moves[column] = target
            target += 1
    return moves


def _clear(desk: Desk, row: Row, ours: set[int], sources: Mapping[int, int], neutral: Mapping[int, str]) -> None:
    """One row: columns that stay take their new places, the others hold again what they held before."""
    pieces = desk.xml.cells_from(row, min(ours))
    raw = {piece.column: row.content[piece.start : piece.end] for piece in pieces if piece.column in ours}
    staying = set(desk.at.values())
    new = dict.fromkeys(raw, b"")
    for column in ours:
        source = sources.get(column, column)
        if column in staying and source in raw:
            new[column] = cells.moved(raw[source], column) if source != column else raw[source]
        elif column in neutral:
            new[column] = cells.Writer(desk.xml.prefix, False).value(row.number, column, 0, neutral[column])
        elif column not in staying and (column, row.number) in desk.before.cells:
            new[column] = desk.before.cells.pop((column, row.number))
    if new:
        desk.put_cells(row, new, pieces)


def _leave_tables(
    desk: Desk, moves: Mapping[int, int], dropped: set[int], vacated: set[int], top: int
) -> dict[int, str]:
    """Excel tables lose our columns; new header texts (column → text) for those that have to stay in one."""
    neutral: dict[int, str] = {}
    for table in tables.tables(desk.package, desk.sheet.part):
        inside = {c for c in vacated if table.area.left <= c <= table.area.right}
        if table.area.top != top or not inside:
            continue
        names = tables.headers(desk.package, table)
        user = tables.users_of(desk.package, desk.book, table, [names[c] for c in dropped if c in names])
        if user is not None:
            raise Refused(
                f"The formula ={user} uses a status column of ours, so taking the column out would break it. "
                "Change that formula first."
            )
        tables.rename(desk.package, table, {new: was for was, new in moves.items()})
        neutral |= tables.shrink(desk.package, table, inside)
        _clear_totals(desk, table, inside)
    return neutral


def _clear_totals(desk: Desk, table: tables.Table, columns: set[int]) -> None:
    """A total under a column of ours goes with it."""
    bottom = desk.rows.bottom if desk.rows else table.area.top
    for number in range(bottom + 1, table.area.bottom + 1):
        row = desk.xml.by_number.get(number)
        gone = (
            {p.column: b"" for p in desk.xml.cells_from(row, min(columns)) if p.column in columns and p.filled}
            if row
            else {}
        )
        if row and gone:
            desk.put_cells(row, gone)


def _leave_filter(desk: Desk, old: Mapping[str, int], vacated: set[int]) -> None:
    covered = tables.sheet_filter(desk.xml)
    if covered is None or covered.right not in old.values():
        return
    right = covered.right
    while right in vacated:
        right -= 1
    if right > covered.left:
        tables.set_filter_right(desk.book, desk.sheet, desk.xml, right)


def _undress(
    desk: Desk, old: Mapping[str, int], moves: Mapping[int, int], dropped: set[int], vacated: set[int], top: int
) -> None:
    xml, kept = desk.xml, desk.before
    ours = set(old.values())
    made = kept.original(xml, "dataValidations") == b""
    notes.drop_notes(xml, top, dropped, made=made)
    notes.drop_colours(xml, dropped, ours)
    notes.move(xml, top, moves, ours, dropped)
    _undress_parts(desk, moves, vacated, top)


def _undress_parts(desk: Desk, moves: Mapping[int, int], vacated: set[int], top: int) -> None:
    """Widths and dimension back to what they were, as far as that is known, and our own that stay on top of it."""
    xml, kept = desk.xml, desk.before
    now = {c: s for s in notes.spans(xml) for c in range(s.first, min(s.last, s.first + 999) + 1)}
    staying = set(desk.at.values())
    sources = {new: was for was, new in moves.items()}
    widths = {
        c: float(dict(now[s].rest).get("width", "9")) - 0.7109375 for c in staying if (s := sources.get(c, c)) in now
    }
    original = kept.original(xml, "cols")
    if original is not None:
        xml.put("cols", original)
    else:
        notes.drop_widths(xml, vacated)
    notes.set_widths(xml, widths)
    original = kept.original(xml, "dimension")
    if original is not None:
        xml.put("dimension", original)
    last = max(staying, default=0)
    for row in xml.rows:
        if row.number in kept.spans:
            row.opening = _SPANS.sub(lambda m, r=row: m[1] + kept.spans[r.number].encode(), row.opening, count=1)  # type: ignore[misc]
    if not staying:
        return
    bottom = desk.rows.bottom if desk.rows else top
    widen_dimension(xml, Area(top, min(staying), bottom, last))
    for row in xml.rows:
        if row.number in kept.spans:
            widen_spans(desk, row, last)
    for name in ("cols", "dimension", "dataValidations"):
        if name in kept.parts:
            kept.left_part(xml, name)


def _restore_rows(desk: Desk) -> None:
    """Rows are as high as they were; those that we made go, unless somebody put something there."""
    for number, height in desk.before.heights.items():
        row = desk.xml.by_number.get(number)
        if row is not None:
            row.opening = scan.with_attribute(row.opening, "ht", height)
    for number in sorted(desk.before.rows):
        row = desk.xml.by_number.get(number)
        if row is not None and not row.content and row.opening == b'<%b r="%d"/>' % (desk.xml.tag("row"), number):
            desk.xml.drop_row(row)
