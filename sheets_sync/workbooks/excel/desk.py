"""One sheet of the team's while our columns in it are worked on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sheets_sync.model import letters
from sheets_sync.workbooks.excel import before, lookup, markup, scan
from sheets_sync.workbooks.excel.names import Book, Sheet
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.scan import Area, Piece, Row, SheetXml

_SPANS = re.compile(rb"(\sspans\s*=\s*[\"'])([0-9: ]+)")


@dataclass(slots=True)
class Desk:
    """One sheet on the desk: `was` are our columns as they stood (id → column), `at` as they will stand, `rows` the
    rows of them that were ours."""

    package: Package
    book: Book
    sheet: Sheet
    xml: SheetXml
    before: before.Before
    was: dict[str, int]
    rows: Area | None
    at: dict[str, int] = field(default_factory=dict)
    formulas_gone: set[str] = field(default_factory=set)

    def was_ours(self, row: int, column: int) -> bool:
        return self.rows is not None and self.rows.top <= row <= self.rows.bottom and column in self.was.values()

    @property
    def line_height(self) -> float:
        """How high a row of one line is, in points; 0 where all rows have a height that people have set."""
        default = self.xml.part("sheetFormatPr")
        if default is None:
            return 15.0
        fixed = default.attributes.get("customHeight") in ("1", "true")
        return 0.0 if fixed else float(default.attributes.get("defaultRowHeight") or 15.0)

    def put_cells(self, row: Row, new: Mapping[int, bytes], pieces: list[Piece] | None = None) -> None:
        for column, raw in self.xml.set_cells(row, new, pieces).items():
            if self.xml.tag("f") in raw and b"<" + self.xml.tag("f") not in new[column]:
                self.formulas_gone.add(f"{letters(column)}{row.number}")

    def close(self) -> None:
        """Write the sheet back, with what it must remember while columns of ours are in it."""
        if self.at:
            before.put(self.xml, self.before)
        self.package.write(self.sheet.part, self.xml.to_bytes())
        lookup.forget_formulas(self.package, self.book, self.sheet, self.formulas_gone)


def open_desk(package: Package, book: Book, sheet: Sheet) -> Desk:
    """A sheet with what is known of our columns in it. Raises Refused when it is ill-formed."""
    xml = scan.scan(package.xml(sheet.part), sheet.title)
    spots = {id: spot for id, spot in book.owned("column").items() if spot.sheet.part == sheet.part}
    was = {id: spot.column for id, spot in spots.items()}
    extent = book.rows_of(sheet)
    rows = None
    if spots:
        top = min(spot.row for spot in spots.values())
        last = max(xml.by_number, default=top)
        rows = Area(min(top, extent[0]), 1, extent[1], 1) if extent else Area(top, 1, max(top, last), 1)
    return Desk(package, book, sheet, xml, before.take(xml), was, rows, dict(was))


def widen_spans(desk: Desk, row: Row, last: int) -> None:
    """A row's own idea of its columns, widened to `last`; what it was is remembered."""
    found = _SPANS.search(row.opening)
    ends = [int(n) for n in re.findall(rb"\d+", found[2])] if found else []
    if found and ends and max(ends) < last:
        desk.before.spans.setdefault(row.number, found[2].decode())
        row.opening = _SPANS.sub(rb"\g<1>%d:%d" % (min(ends), last), row.opening, count=1)


def fit_height(desk: Desk, row: Row, height: float) -> None:
    """Make a row at least so high (in points; 0 = one line is enough), as Excel does by itself for wrapped text when
    it opens the file. Rows whose height people have set, and hidden ones, stay as they are."""
    opening, heights = row.opening, desk.before.heights
    now = scan.attribute(opening, "ht") or ""
    if scan.attribute(opening, "customHeight") in ("1", "true") or scan.attribute(opening, "hidden") in ("1", "true"):
        return
    original = heights.get(row.number, now)
    wanted = f"{height:g}" if _points(original) < height else original
    if wanted != original:
        heights[row.number] = original
    else:
        heights.pop(row.number, None)
    if wanted != now:
        row.opening = scan.with_attribute(opening, "ht", wanted)


def _points(text: str) -> float:
    """A row's height; 0 where it has none, or one that is no number."""
    try:
        return float(text)
    except ValueError:
        return 0.0


def widen_dimension(xml: SheetXml, ours: Area) -> None:
    """The sheet's own idea of its size, widened to hold our columns."""
    found = xml.part("dimension")
    old = scan.area(found.attributes.get("ref", "")) if found else None
    if found and old and (old.right < ours.right or old.bottom < ours.bottom or old.top > ours.top):
        new = Area(
            min(old.top, ours.top), min(old.left, ours.left), max(old.bottom, ours.bottom), max(old.right, ours.right)
        )
        xml.outer = markup.with_attribute(xml.outer, found, "ref", str(new))
