"""A package → Snapshot: values by calamine, and what calamine cannot tell from the sheets' own XML."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from sheets_sync.errors import Refused
from sheets_sync.model import CellError, Grid, OwnedColumn, OwnedTab, Scalar, Snapshot
from sheets_sync.workbooks.excel import markup, precheck, relations, reuse
from sheets_sync.workbooks.excel.names import OURS, Book, Sheet, Spot
from sheets_sync.workbooks.excel.package import Package

Rows = list[list[Scalar]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_EXACT = 1e15
_CHOICE = re.compile(
    rb"<((?:[\w.-]+:)?)AlternateContent\b[^>]*>.*?<\1Fallback\s*>(.*?)</\1Fallback\s*>\s*</\1AlternateContent\s*>",
    re.DOTALL,
)
MOST_SEEN = 100_000


@dataclass(slots=True)
class Found:
    """What reading shows beside values: columns of ours that people use for something else, by id, and sheet parts
    without any formula."""

    theirs: dict[str, Spot] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)


def snapshot(
    package: Package, location: str, revision: str, tabs: Collection[str] | None = None, found: Found | None = None
) -> Snapshot:
    """The tracker as it stands; with `tabs`, only these of the team's tabs, and ours always. Raises Refused."""
    found = found or Found()
    book = Book(package)
    sheets = book.worksheets
    our_columns, our_tabs = book.owned("column"), book.owned("tab")
    ours = {spot.sheet.part for spot in our_tabs.values()}
    theirs = [s for s in sheets if s.part not in ours and not s.title.startswith(OURS)]
    asked = None if tabs is None else {title.casefold() for title in tabs}
    wanted = [s for s in theirs if asked is None or s.title.casefold() in asked]
    needed = {s.part: s for s in wanted}
    needed |= {spot.sheet.part: spot.sheet for spot in (*our_columns.values(), *our_tabs.values())}
    rows = values(package, book, list(needed.values()), found.plain)
    found.theirs |= _theirs(book, rows)
    columns = tuple(
        _taken_out(rows[spot.sheet.part], id, spot, book.rows_of(spot.sheet))
        for id, spot in our_columns.items()
        if id not in found.theirs
    )
    return Snapshot(
        location=location,
        revision=revision,
        grids={s.title: _grid(s, rows) for s in wanted},
        columns=columns,
        tabs=tuple(OwnedTab(id, _grid(spot.sheet, rows)) for id, spot in our_tabs.items()),
    )


def _grid(sheet: Sheet, rows: Mapping[str, Rows]) -> Grid:
    return Grid(sheet.title, rows[sheet.part], sheet.state == "visible")


def look(package: Package) -> Found:
    """What `snapshot` finds beside values, on its own."""
    book, found = Book(package), Found()
    sheets = {spot.sheet.part: spot.sheet for spot in book.owned("column").values()}
    found.theirs |= _theirs(book, values(package, book, list(sheets.values()), found.plain))
    return found


def _theirs(book: Book, rows: Mapping[str, Rows]) -> dict[str, Spot]:
    """The columns of ours that people use for something else."""
    found = {}
    for id, spot in book.owned("column").items():
        cells = _cells(rows[spot.sheet.part], spot, book.rows_of(spot.sheet))
        if reuse.is_theirs(book, id, cells.pop(spot.row, None), cells):
            found[id] = spot
    return found


def _cells(rows: Rows, spot: Spot, extent: tuple[int, int] | None) -> dict[int, Scalar]:
    """What stands in a status column by row, from its header to the last row that was ours."""
    last = max(extent[1], spot.row) if extent else len(rows)
    found = enumerate(rows[spot.row - 1 : last], start=spot.row)
    return {number: row[spot.column - 1] for number, row in found if len(row) >= spot.column}


def _taken_out(rows: Rows, id: str, spot: Spot, extent: tuple[int, int] | None) -> OwnedColumn:
    """A status column of ours, its cells blanked in the team's rows. What stands above its header, and below the last
    row that was ours, is the team's."""
    cells = {number: value for number, value in _cells(rows, spot, extent).items() if value is not None}
    for number in cells:
        rows[number - 1][spot.column - 1] = None
    header = cells.pop(spot.row, "")
    return OwnedColumn(id, spot.sheet.title, spot.column, str(header), cells)


def values(package: Package, book: Book, sheets: Sequence[Sheet], plain: set[str] | None = None) -> dict[str, Rows]:
    """The values of some sheets by part; parts without a formula are added to `plain`. `rows[0][0]` is A1, blanks are
    None, whole numbers int, dates and times as their number formats say; errors and formulas that were never calculated
    are CellError. Raises Refused."""
    if not sheets:
        return {}
    small = _with_only(package, book)
    checked = {
        sheet.part: _add_sheet(small, f"xl/worksheets/sheet{number}.xml", package, sheet)
        for number, sheet in enumerate(sheets, start=1)
    }
    if plain is not None:
        plain |= {part for part, said in checked.items() if not said.formulas}
    _list_sheets(small, book, len(sheets))
    with _unobserved():
        workbook, seen = _open(small), _Seen()
        return {s.part: _rows(workbook, f"S{i}", s.title, checked[s.part], seen) for i, s in enumerate(sheets, start=1)}


def _add_sheet(small: Package, name: str, package: Package, sheet: Sheet) -> precheck.Checked:
    """Give a package one sheet that is safe to read, and say what is in it. The sheet's XML, which may be large, is let
    go of here."""
    original = package.read(sheet.part)
    data = markup.utf8(original, sheet.part)
    checked = precheck.check(data, sheet.title)
    if checked.data is None and data is original:
        small.borrow(name, package, sheet.part)
    else:
        small.write(name, checked.data or data)
    return replace(checked, data=None)


def _with_only(package: Package, book: Book) -> Package:
    """A package with no more of the workbook than values need, so that nothing else in it can get in the way."""
    small = Package()
    for relation in relations.relations(package, book.part):
        if relation.kind in ("sharedStrings", "styles") and not relation.external and relation.target in package:
            name = f"xl/{relation.kind}.xml"
            head = package.head(relation.target, markup.PROLOG)
            markup.check_prolog(head, relation.target)
            data = package.xml(relation.target) if relation.kind == "styles" or markup.encoding_of(head) else b""
            if data and (markup.encoding_of(head) or b"AlternateContent" in data):
                # calamine counts every branch of a choice between formats.
                small.write(name, _CHOICE.sub(rb"\2", data))
            else:
                small.borrow(name, package, relation.target)
    return small


def _list_sheets(small: Package, book: Book, count: int) -> None:
    """Give a package of sheet1, sheet2 … the parts that make it a workbook; the sheets are called S1, S2 …"""
    numbers = range(1, count + 1)
    sheets = "".join(f'<sheet name="S{i}" sheetId="{i}" r:id="rId{i}"/>' for i in numbers)
    office = relations.TRANSITIONAL
    flag = ' date1904="1"' if book.date1904 else ""
    targets = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in numbers]
    targets += [(kind, kind, f"{kind}.xml") for kind in ("sharedStrings", "styles") if f"xl/{kind}.xml" in small]
    small.write(
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_MAIN}"/></Types>'.encode(),
    )
    small.write("_rels/.rels", _relationships([("rId1", "officeDocument", "xl/workbook.xml")]))
    small.write("xl/_rels/workbook.xml.rels", _relationships(targets))
    small.write(
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{office.rstrip("/")}"><workbookPr{flag}/>'
        f"<sheets>{sheets}</sheets></workbook>".encode(),
    )


def _relationships(targets: Sequence[tuple[str, str, str]]) -> bytes:
    listed = "".join(
        f'<Relationship Id="{id}" Type="{relations.TRANSITIONAL}{kind}" Target="{target}"/>'
        for id, kind, target in targets
    )
    return f'<Relationships xmlns="{relations.RELATIONSHIPS}">{listed}</Relationships>'.encode()


def _open(small: Package) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(small.to_bytes()))
    except CalamineError as error:
        raise Refused(f"The workbook is damaged: its texts or formats cannot be read ({error}).") from None


def _rows(workbook: CalamineWorkbook, name: str, title: str, checked: precheck.Checked, seen: _Seen) -> Rows:
    """One sheet's values. Rows are taken one by one, so that its cells are never held twice."""
    try:
        sheet = workbook.get_sheet_by_name(name)
    except CalamineError as error:
        raise Refused(f'The tab "{title}" is damaged and cannot be read ({error}).') from None
    margin: list[Scalar] = [None] * (sheet.start[1] if sheet.start else 0)
    value = seen.__getitem__
    if checked.booleans:
        rows = [margin + [v if v.__class__ is bool else value(v) for v in cells] for cells in sheet.iter_rows()]
    else:
        rows = [[*margin, *map(value, cells)] for cells in sheet.iter_rows()]
    for (row, column), error_value in checked.marks.items():
        rows.extend([] for _ in range(row - len(rows)))
        cells = rows[row - 1]
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = error_value
    while rows and not any(v is not None for v in rows[-1]):
        rows.pop()
    return rows


class _Seen(dict[Any, Scalar]):
    """Raw value → value. Equal values become one object, which halves what a large log takes, and what is asked of
    each is asked once. Not for booleans, which equal 0 and 1."""

    def __missing__(self, raw: Any) -> Scalar:
        value: Scalar = _number(raw) if raw.__class__ is float else None if raw == "" else raw
        if len(self) < MOST_SEEN:
            self[raw] = value
        return value


def _number(number: float) -> Scalar:
    """Whole numbers as int, as far as a float holds them exactly; what is no number at all is an error."""
    if number.is_integer() and -_EXACT < number < _EXACT:
        return int(number)
    return number if number - number == 0 else CellError("not a number")


@contextmanager
def _unobserved() -> Iterator[None]:
    """Without the cycle collector, which would walk millions of fresh cells over and over and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
