"""Where status columns find room on the team's sheet, and what stands in their way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sheets_sync.errors import Refused
from sheets_sync.model import Place, letters
from sheets_sync.workbooks.excel import markup, notes
from sheets_sync.workbooks.excel.names import Sheet
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import relations
from sheets_sync.workbooks.excel.scan import LAST_COLUMN, LAST_ROW, Area, SheetXml, area
from sheets_sync.workbooks.excel.tables import Table, sheet_filter, tables

_ANCHOR = re.compile(
    rb"<(?:[\w.-]+:)?(twoCellAnchor|oneCellAnchor|absoluteAnchor)\b.*?</(?:[\w.-]+:)?\1\s*>", re.DOTALL
)
_CORNER = re.compile(
    rb"<(?:[\w.-]+:)?(from|to)\s*>\s*<(?:[\w.-]+:)?col\s*>\s*(\d+).*?<(?:[\w.-]+:)?row\s*>\s*(\d+)", re.DOTALL
)
_EXTENT = re.compile(rb"<(?:[\w.-]+:)?ext\b[^>]*\bcx\s*=\s*[\"'](\d+)[\"'][^>]*\bcy\s*=\s*[\"'](\d+)")
_POSITION = re.compile(rb"<(?:[\w.-]+:)?pos\b[^>]*\bx\s*=\s*[\"'](\d+)[\"'][^>]*\by\s*=\s*[\"'](\d+)")
_CONTROL = re.compile(rb"<(?:[\w.-]+:)?ClientData\b([^>]*)>(.*?)</(?:[\w.-]+:)?ClientData\s*>", re.DOTALL)
_CONTROL_AT = re.compile(rb"<(?:[\w.-]+:)?Anchor\s*>\s*([\d\s,]+)<")
_SPILL = re.compile(rb"<(?:[\w.-]+:)?f\b[^>]*\bref\s*=\s*[\"']([A-Za-z0-9:$]+)[\"'][^>]*>")
# Columns and rows are at least so large where their sizes are not known: an estimate that is never too small.
_EMU_PER_COLUMN, _EMU_PER_ROW = 300_000, 120_000


@dataclass(frozen=True, slots=True)
class Home:
    """The region that the client table fills: its columns up to `right`, and what sorts it as one. That is an Excel
    table, a filter or nothing; `foreign` when one of them covers the table in another way than by its header."""

    right: int
    table: Table | None
    filter: Area | None
    foreign: bool


def home(package: Package, sheet: Sheet, xml: SheetXml, place: Place) -> Home:
    """The client table's region, our own columns right of it included when they follow without a gap."""
    rows = Area(place.header_row, 1, max(place.last_row, place.header_row), LAST_COLUMN)
    all_tables = tables(package, sheet.part)
    here = [t for t in all_tables if t.area.holds(place.header_row, place.key_column)]
    crossing = [t for t in all_tables if t not in here and t.area.meets(replace(rows, right=place.key_column))]
    filtered = sheet_filter(xml)
    if filtered is not None and not filtered.meets(rows):
        filtered = None
    if here:
        table = here[0]
        foreign = not table.plain or table.area.top != place.header_row
        return Home(table.area.right, table, None, foreign)
    right = _walk(xml, rows, place.key_column)
    foreign = bool(crossing)
    if filtered is not None:
        covers = filtered.top == place.header_row and filtered.left <= place.key_column <= filtered.right
        foreign = foreign or not covers
        right = max(right, filtered.right) if covers and filtered.right < LAST_COLUMN else right
    return Home(right, None, filtered, foreign)


def _walk(xml: SheetXml, rows: Area, column: int) -> int:
    """The last column of the block without a blank column that starts at `column`."""
    header = xml.by_number.get(rows.top)
    filled = {piece.column for piece in xml.cells(header) if piece.filled} if header else set()
    right = column
    while right + 1 in filled:
        right += 1
    below = filled_columns(xml, replace(rows, left=right + 1))
    while right + 1 in below or right + 1 in filled:
        right += 1
    return right


def filled_columns(xml: SheetXml, where: Area) -> set[int]:
    """The columns of an area that have a value or a formula in it."""
    found: set[int] = set()
    for row in xml.rows:
        if where.top <= row.number <= where.bottom and xml.extent(row)[0] >= where.left:
            found |= {p.column for p in xml.cells_from(row, where.left) if p.filled and p.column <= where.right}
    return found


def first_filled(xml: SheetXml, where: Area) -> str:
    """The A1 name of the first filled cell of an area, empty when there is none."""
    for row in xml.rows:
        if where.top <= row.number <= where.bottom and xml.extent(row)[0] >= where.left:
            for piece in xml.cells_from(row, where.left):
                if piece.filled and piece.column <= where.right:
                    return f"{letters(piece.column)}{row.number}"
    return ""


def obstacles(package: Package, sheet: Sheet, xml: SheetXml) -> list[Area]:
    """Everything that covers cells without standing in them: merged cells, drawings, form controls, array and spill
    ranges, tables, pivot tables."""
    found = [table.area for table in tables(package, sheet.part)]
    merges = (area(e.attributes.get("ref", "")) for e in xml.elements() if e.local == "mergeCell")
    found += [merged for merged in merges if merged]
    for relation in relations(package, sheet.part):
        if relation.target in package and not relation.external:
            if relation.kind == "drawing":
                found += _drawn(package.xml(relation.target))
            elif relation.kind == "vmlDrawing":
                found += _controls(package.read(relation.target))
            elif relation.kind == "pivotTable":
                places = (e for e in markup.parse(package.xml(relation.target)) if e.local == "location")
                found += [a for e in places if (a := area(e.attributes.get("ref", "")))]
    return found + spilled(xml)


def hidden(xml: SheetXml) -> list[Area]:
    """Hidden columns, but not the blank ones that are hidden to the sheet's very end: ours are shown there."""
    spans = [span for span in notes.spans(xml) if span.hidden]
    end = LAST_COLUMN
    for span in sorted(spans, key=lambda span: -span.last):
        if span.last == end and not filled_columns(xml, Area(1, span.first, LAST_ROW, span.last)):
            end = span.first - 1
    return [Area(1, span.first, LAST_ROW, span.last) for span in spans if span.first <= end]


def spilled(xml: SheetXml) -> list[Area]:
    """The ranges of array formulas, spills and data tables, and of shared formulas, whose first cell holds them all."""
    needle = b"ref="
    found = []
    for row in xml.rows:
        if needle in row.mask:
            found += [a for ref in _SPILL.findall(row.mask) if (a := area(ref.decode()))]
    return found


def _drawn(data: bytes) -> list[Area]:
    found = []
    for match in _ANCHOR.finditer(data):
        corners = {c[1]: (int(c[3]) + 1, int(c[2]) + 1) for c in _CORNER.finditer(match[0])}
        top, left = corners.get(b"from", (1, 1))
        size, position = _EXTENT.search(match[0]), _POSITION.search(match[0])
        if b"to" in corners:
            bottom, right = corners[b"to"]
        elif size:
            bottom = top + (int(size[2]) + (int(position[2]) if position else 0)) // _EMU_PER_ROW + 1
            right = left + (int(size[1]) + (int(position[1]) if position else 0)) // _EMU_PER_COLUMN + 1
        else:
            bottom, right = top, left
        found.append(Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right)))
    return found


def _controls(data: bytes) -> list[Area]:
    """Form controls of a legacy drawing; the boxes of comments show on demand and are in nobody's way."""
    found = []
    for match in _CONTROL.finditer(data):
        at = _CONTROL_AT.search(match[2])
        numbers = [int(n) for n in at[1].split(b",")] if at and b"Note" not in match[1] else []
        if len(numbers) == 8:
            found.append(Area(numbers[2] + 1, numbers[0] + 1, numbers[6] + 1, numbers[4] + 1))
    return found


def fits(xml: SheetXml, where: Area, blocked: Iterable[Area]) -> bool:
    """Whether an area is free: no values, no formulas, nothing that covers it."""
    if where.right > LAST_COLUMN or any(other.meets(where) for other in blocked):
        return False
    return not first_filled(xml, where)


def beyond(xml: SheetXml, right: int, count: int, blocked: Iterable[Area], concealed: Iterable[Area]) -> int:
    """The first of `count` free columns past everything that is used, with one blank column before them; where the
    sheet is used to its end, the first wide gap right of `right`, and at last hidden columns, which are then shown.
    Raises Refused when there is none."""
    used = filled_columns(xml, Area(1, 1, LAST_ROW, LAST_COLUMN))
    for other in blocked:
        used.update(range(other.left, other.right + 1) if other.right - other.left < LAST_COLUMN - 1 else ())
    for taken in ({c for a in concealed for c in range(a.left, a.right + 1)} | used, used):
        start = max([right, *taken]) + 2
        if start + count - 1 <= LAST_COLUMN:
            return start
        free = 0
        for column in range(right + 1, LAST_COLUMN + 1):
            free = 0 if column in taken else free + 1
            if free == count + 2:
                return column - count
    raise Refused(
        f"The tab {xml.title} has no {count} free columns side by side for the status columns. Make room there."
    )


def is_protected(xml: SheetXml) -> bool:
    protection = xml.part("sheetProtection")
    return protection is not None and protection.attributes.get("sheet", "0") in ("1", "true")


def unlocked_only(package: Package, sheet: Sheet, xml: SheetXml, cells: Mapping[int, Iterable[int]]) -> None:
    """Raise Refused when the sheet is protected and one of the cells (row → columns) is locked."""
    if not is_protected(xml):
        return
    free = _unlocked_formats(package)
    by_column = {
        c: int(dict(s.rest).get("style", "0"))
        for s in notes.spans(xml)
        for c in range(s.first, min(s.last, s.first + 400) + 1)
    }
    for number, columns in cells.items():
        row = xml.by_number.get(number)
        styles = {piece.column: piece.style for piece in xml.cells(row)} if row else {}
        for column in columns:
            if styles.get(column, by_column.get(column, 0)) not in free:
                raise Refused(
                    f"{sheet.title}!{letters(column)}{number} is locked: the tab is protected. Unprotect it in Excel "
                    "(Review, Unprotect Sheet), or unlock the columns right of the table, then run again."
                )


def _unlocked_formats(package: Package) -> set[int]:
    found = [r.target for r in relations(package, package.main_part) if r.kind == "styles" and r.target in package]
    if not found:
        return set()
    elements = markup.parse(package.xml(found[0]), found[0])
    holder = markup.child(elements, elements[0], "cellXfs")
    formats = list(markup.children(elements, holder, "xf")) if holder else []
    free = set()
    for number, xf in enumerate(formats):
        protection = markup.child(elements, xf, "protection")
        if protection is not None and protection.attributes.get("locked") in ("0", "false"):
            free.add(number)
    return free
