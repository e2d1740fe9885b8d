"""The status columns in the team's sheet: put there, rewritten in place, and taken out again.

Only the cells of our columns change, from the header down to the last client's row, and what must grow with them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sheets_sync.errors import Refused
from sheets_sync.model import Column, Place, StatusCell, letters
from sheets_sync.workbooks.excel import lookup, notes, reuse, room, scan, tables
from sheets_sync.workbooks.excel.cells import Writer
from sheets_sync.workbooks.excel.desk import Desk, fit_height, open_desk, widen_dimension, widen_spans
from sheets_sync.workbooks.excel.dropping import drop
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.scan import Area, Row
from sheets_sync.workbooks.excel.styles import Styles
from sheets_sync.workbooks.sizes import lines
from sheets_sync.workbooks.themes import Fills, fills

USUAL_DATE = "d mmm yyyy"
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


def set_columns(
    package: Package, book: Book, place: Place, columns: Sequence[Column], theme: str = "calm"
) -> tuple[str, ...]:
    """Add status columns, or rewrite those that are there, in a theme's colours; the sentences that people should
    know. Raises Refused, before anything is changed, when cells there must not be touched."""
    if not columns:
        return ()
    sheet = book.sheet(place.tab)
    if sheet is None or not sheet.part:
        raise Refused(f'The workbook has no tab "{place.tab}".')
    drop_columns(package, book, [id for id, s in book.owned("column").items() if s.sheet.part != sheet.part])
    desk = open_desk(package, book, sheet)
    home = room.home(package, sheet, desk.xml, place)
    _find_places(desk, home, place, columns)
    _refuse_covered(desk, place, columns)
    table = _grow(desk, home, place, columns)
    apart = {c.id for c in columns if not _sorted_along(desk, home, table, desk.at[c.id])}
    styles = Styles(package)
    blocks = {c.id: lookup.write(package, book, c.id, c.cells) for c in columns if c.id in apart}
    for column in columns:
        if column.id not in apart:
            lookup.drop(package, book, column.id)
    _Filling(desk, place, home.right, styles, blocks).fill(columns)
    _dress(desk, place, columns, styles, fills(theme))
    for column in columns:
        book.own("column", column.id, sheet.title, place.header_row, desk.at[column.id])
        reuse.mark(book, column)
    bottom = max(place.last_row, place.header_row)
    book.remember_rows(sheet.title, min(desk.at.values()), place.header_row, bottom)
    desk.close()
    styles.save()
    return _say(desk, place, apart)


def _find_places(desk: Desk, home: room.Home, place: Place, columns: Sequence[Column]) -> None:
    """Give every new column a place: beside the table, beside our own columns, or past everything."""
    new = [column.id for column in columns if column.id not in desk.was]
    if not new:
        return
    right, bottom = home.right, max(place.last_row, place.header_row, home.table.area.bottom if home.table else 0)
    while right + 1 in desk.was.values():
        right += 1
    strays = [column for column in desk.was.values() if column > right]
    blocked, concealed = room.obstacles(desk.package, desk.sheet, desk.xml), room.hidden(desk.xml)
    start = max(strays) + 1 if strays else right + 1
    beside = Area(place.header_row, start, bottom, start + len(new) - 1)
    if home.foreign or not room.fits(desk.xml, beside, [*blocked, *concealed]):
        start = room.beyond(desk.xml, right, len(new), blocked, concealed)
    desk.at |= {id: start + n for n, id in enumerate(new)}


def _refuse_covered(desk: Desk, place: Place, columns: Sequence[Column]) -> None:
    """Merged cells, arrays and locked cells are never written over."""
    targets = {desk.at[column.id] for column in columns}
    bottom = max(place.last_row, place.header_row)
    covers = [("is merged", a) for e in desk.xml.elements() if e.local == "mergeCell"
              and (a := scan.area(e.attributes.get("ref", "")))]  # fmt: skip
    covers += [("belongs to a formula that fills several cells", a) for a in room.spilled(desk.xml)]
    for what, where in covers:
        for column in sorted(targets):
            if where.meets(Area(place.header_row, column, bottom, column)):
                cell = f"{letters(column)}{max(where.top, place.header_row)}"
                raise Refused(
                    f"{place.tab}!{cell} {what} ({where}), and a status column of ours stands there. Undo that first."
                )
    rows = {place.header_row: targets} | {cell.row: targets for column in columns for cell in column.cells}
    room.unlocked_only(desk.package, desk.sheet, desk.xml, rows)


def _grow(desk: Desk, home: room.Home, place: Place, columns: Sequence[Column]) -> tables.Table | None:
    """Widen what sorts the table over our columns beside it; the table as it is now."""
    headers = {desk.at[column.id]: column.header for column in columns}
    table = home.table
    if table is not None and not home.foreign:
        table = tables.grow(desk.package, table, headers)
    elif home.filter is not None and not home.foreign:
        right = home.filter.right
        while right + 1 in desk.at.values():
            right += 1
        tables.set_filter_right(desk.book, desk.sheet, desk.xml, right)
    return table


def _sorted_along(desk: Desk, home: room.Home, table: tables.Table | None, column: int) -> bool:
    """Whether sorting the table takes a column along."""
    if home.foreign:
        return False
    covering = table.area if table else tables.sheet_filter(desk.xml) if home.filter else None
    if covering is not None:
        return covering.left <= column <= covering.right
    right = home.right
    while right + 1 in desk.at.values():
        right += 1
    return column <= right


class _Filling:
    """Writes the cells of status columns, in formats taken from each row's own."""

    def __init__(self, desk: Desk, place: Place, right: int, styles: Styles, blocks: Mapping[str, Area]) -> None:
        self.desk, self.place, self.styles, self.blocks = desk, place, styles, blocks
        self.writer = Writer(desk.xml.prefix, desk.book.date1904)
        self.edge = right
        while self.edge in desk.at.values():
            self.edge -= 1
        self.date_format = self._date_format()
        self.line_height = desk.line_height
        self.protected = room.is_protected(desk.xml)
        self._formats: dict[tuple[int, str], int] = {}

    def fill(self, columns: Sequence[Column]) -> None:
        desk, place = self.desk, self.place
        by_column = {desk.at[column.id]: column for column in columns}
        values: dict[int, dict[int, StatusCell]] = {place.header_row: {}}
        for at, column in by_column.items():
            for cell in column.cells:
                values.setdefault(cell.row, {})[at] = cell
        bottom = max(place.last_row, place.header_row, desk.rows.bottom if desk.rows else 0)
        top = min(place.header_row, desk.rows.top if desk.rows else place.header_row)
        missing = sorted(values.keys() - desk.xml.by_number.keys())
        desk.before.rows.update(missing)
        rows = [*(desk.xml.row(number) for number in missing), *desk.xml.rows]
        last = max(desk.at.values())
        done: set[int] = set()
        for row in rows:
            if (top <= row.number <= bottom or row.number in values) and row.number not in done:
                done.add(row.number)
                self._row(row, by_column, values.get(row.number, {}))
                widen_spans(desk, row, last)

    def _row(self, row: Row, columns: Mapping[int, Column], values: Mapping[int, StatusCell]) -> None:
        """One row: our cells as they should be, what stood there before we came remembered."""
        desk, place, number = self.desk, self.place, row.number
        inside = place.header_row <= number <= max(place.last_row, place.header_row) or bool(values)
        # Rows become ours, and cease to be, for all of our columns at once, also for those that are not written now.
        ours = {*columns, *desk.was.values()}
        pieces = desk.xml.cells_from(row, min(ours))
        there = {piece.column: piece for piece in pieces if piece.column in ours}
        if not there and not values and number != place.header_row:
            return
        new: dict[int, bytes] = {}
        for at, piece in there.items():
            if not desk.was_ours(number, at):
                if not inside:
                    continue
                if not piece.filled:
                    desk.before.cells[at, number] = row.content[piece.start : piece.end]
            kept = desk.before.cells
            if not inside:
                new[at] = kept.pop((at, number), b"")
            elif at in columns:
                new[at] = kept.get((at, number), b"")
        if number == place.header_row:
            look = self._free(self.styles.header(desk.xml.last_style(row, self.edge) or 0))
            new |= {at: self.writer.value(number, at, look, column.header) for at, column in columns.items()}
        elif values:
            base = None
            for at, cell in values.items():
                had = there.get(at)
                if had and desk.was_ours(number, at):
                    style = had.style
                else:
                    if base is None:
                        base = desk.xml.last_style(row, self.edge) or 0
                    style = self._format(had.style if had and had.style else base, columns[at])
                new[at] = self._cell(columns[at], number, at, style, cell)
        if new:
            desk.put_cells(row, new, pieces)
        if values and self.line_height:
            most = max((_lines(columns[at], cell) for at, cell in values.items() if columns[at].wrap), default=1)
            fit_height(desk, row, self.line_height * most if most > 1 else 0)

    def _cell(self, column: Column, row: int, at: int, style: int, cell: StatusCell) -> bytes:
        block = self.blocks.get(column.id)
        if block is not None and cell.key is not None:
            formula = lookup.formula(row, self.place.key_column, block, column.kind == "date")
            return self.writer.formula(row, at, style, formula, cell.value)
        return self.writer.value(row, at, style, cell.value)

    def _format(self, base: int, column: Column) -> int:
        kind = f"{column.kind}{'+' if column.wrap else ''}"
        found = self._formats.get((base, kind))
        if found is None:
            code = self.date_format if column.kind == "date" else "General"
            found = self._formats[base, kind] = self._free(self.styles.status(base, code, column.wrap))
        return found

    def _free(self, style: int) -> int:
        """On a protected sheet our cells stand where cells are unlocked, and stay so whatever they are cloned from."""
        return self.styles.unlocked(style) if self.protected else style

    def _date_format(self) -> str:
        """How the team writes dates in this table: the format of the first date column of its first rows."""
        for number in range(self.place.first_row, min(self.place.last_row, self.place.first_row + 4) + 1):
            row = self.desk.xml.by_number.get(number)
            for piece in self.desk.xml.cells(row) if row else []:
                code = self.styles.number_format_of(piece.style) if piece.column <= self.edge and piece.filled else ""
                plain = _QUOTED.sub("", code).casefold()
                if "d" in plain and "m" in plain and "y" in plain:
                    return code
        return USUAL_DATE


def _dress(desk: Desk, place: Place, columns: Sequence[Column], styles: Styles, colours: Fills) -> None:
    """Width, note and colours of each column, and the sheet's own idea of its size."""
    xml, at, kept = desk.xml, desk.at, desk.before
    for name in ("dataValidations", "dimension", "cols"):
        kept.note_part(xml, name)
    notes.set_notes(xml, place.header_row, {at[c.id]: (c.header, c.note) for c in columns})
    notes.set_widths(xml, {at[c.id]: c.width for c in columns if c.id not in desk.was})
    if place.last_row >= place.first_row:
        areas = {Area(place.first_row, at[c.id], place.last_row, at[c.id]): at.get(c.colour_by or "") for c in columns}
        notes.set_colours(xml, areas, lambda level: styles.dxf(colours[level]), set(at.values()))
    widen_dimension(
        xml, Area(place.header_row, min(at.values()), max(place.last_row, place.header_row), max(at.values()))
    )
    for name in ("dataValidations", "dimension", "cols"):
        kept.left_part(xml, name)


def _lines(column: Column, cell: StatusCell) -> int:
    """How many lines a wrapped text takes up, as nearly as can be said without the program that will show it."""
    return lines(cell.value, column.width) if isinstance(cell.value, str) else 1


def _say(desk: Desk, place: Place, apart: Collection[str]) -> tuple[str, ...]:
    if not apart:
        return ()
    where = sorted(desk.at[id] for id in apart)
    shown = letters(where[0]) if len(where) == 1 else f"{letters(where[0])} to {letters(where[-1])}"
    return (
        f"There is no room right beside the table in {place.tab}, so the status columns stand in {shown} and find "
        "their client by the key of their row.",
    )


def drop_columns(package: Package, book: Book, ids: Collection[str]) -> None:
    """Take status columns out, so that the sheet is as it was before they came; ids that are not there are no error."""
    spots = book.owned("column")
    for part in {spots[id].sheet.part for id in ids if id in spots}:
        sheet = next(spot.sheet for spot in spots.values() if spot.sheet.part == part)
        drop(open_desk(package, book, sheet), {id for id in ids if id in spots and spots[id].sheet.part == part})
    for id in ids:
        book.disown("column", id)
        reuse.unmark(book, id)
        lookup.drop(package, book, id)
