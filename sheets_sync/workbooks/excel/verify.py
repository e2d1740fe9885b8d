"""The gate before the swap: the new file against the old one, read by other means than it was written.

Everything outside our own cells and tabs must be what it was: parts by their checksums, the patched sheets token by
token, values by a second reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sheets_sync.errors import OurBug
from sheets_sync.model import letters
from sheets_sync.workbooks.excel import before_styles, lookup, read
from sheets_sync.workbooks.excel.names import Book, Sheet
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import CONTENT_TYPES, relations, rels_name
from sheets_sync.workbooks.excel.scan import LAST_ROW, Area
from sheets_sync.workbooks.excel.verify_sheet import compare_sheets
from sheets_sync.workbooks.excel.verify_workbook import compare_styles, compare_tables, compare_workbooks


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two files: its sheets by part, our columns in them, and the parts that are ours alone."""

    package: Package
    book: Book
    theirs: dict[str, Sheet]
    columns: dict[str, set[int]]
    released: dict[str, set[int]]
    rows: dict[str, Area]
    ours: set[str]


def verify(before: Package, after: bytes, released: Collection[str] = (), given: Collection[str] = ()) -> None:
    """Compare the file as it was with the bytes that are to replace it. Columns that were `released`, by id, are the
    team's already; the tabs `given`, by title, come new and are the team's from then on. Raises OurBug with the first
    difference outside what is ours; nothing is changed."""
    old, new = _side(before, released), _side(Package.open(after), given=given)
    _compare_parts(old, new)
    compare_workbooks(old.book, new.book, {s.title for s in old.theirs.values()})
    touched = [part for part in old.theirs if _changed(old, new, part)]
    for part in touched:
        columns = old.columns.get(part, set()) | new.columns.get(part, set())
        released_here = old.released.get(part, set())
        if not columns | released_here:
            raise OurBug(f"The tab {old.theirs[part].title} would be changed, though no column of ours is in it.")
        rows = _rows(old.rows.get(part), new.rows.get(part))
        title = old.theirs[part].title
        fresh = new.columns.get(part, set()) - old.columns.get(part, set())
        compare_sheets(old.package.xml(part), new.package.xml(part), title, columns, fresh, rows, released_here)
        for table in (r.target for r in relations(old.package, part) if r.kind == "table"):
            if table in old.package and _changed(old, new, table):
                compare_tables(old.package.xml(table), new.package.xml(table), columns, title)
    _compare_values(old, new, touched)


def _side(package: Package, released: Collection[str] = (), given: Collection[str] = ()) -> _Side:
    book = Book(package)
    columns: dict[str, set[int]] = {}
    gone: dict[str, set[int]] = {}
    rows: dict[str, Area] = {}
    for id, spot in book.owned("column").items():
        (gone if id in released else columns).setdefault(spot.sheet.part, set()).add(spot.column)
        extent = book.rows_of(spot.sheet)
        bottom = extent[1] if extent else LAST_ROW
        rows[spot.sheet.part] = _rows(rows.get(spot.sheet.part), Area(spot.row, 1, max(bottom, spot.row), 1))
    tabs = {spot.sheet.part for spot in book.owned("tab").values()}
    tabs |= {sheet.part for sheet in book.sheets if sheet.title in given}
    results = book.sheet(lookup.TITLE)
    if results is not None:
        tabs.add(results.part)
    theirs = {s.part: s for s in book.sheets if s.part and s.part not in tabs}
    reached = _reach(package, theirs)
    ours = {part for part in _reach(package, tabs) if part not in reached}
    return _Side(package, book, theirs, columns, gone, rows, ours)


def _rows(a: Area | None, b: Area | None) -> Area:
    sides = [side for side in (a, b) if side]
    return Area(min(s.top for s in sides), 1, max(s.bottom for s in sides), 1) if sides else Area(1, 1, 1, 1)


def _reach(package: Package, parts: Iterable[str]) -> set[str]:
    """Parts, the parts that they lead to, and the lists of their relations."""
    found: set[str] = set()
    todo = list(parts)
    while todo:
        part = todo.pop()
        if part in found or part not in package:
            continue
        found |= {part, rels_name(part)}
        todo += [r.target for r in relations(package, part) if not r.external]
    return found


def _changed(old: _Side, new: _Side, part: str) -> bool:
    if part not in new.package:
        return True
    return old.package.crc(part) != new.package.crc(part) or old.package.size(part) != new.package.size(part)


def _compare_parts(old: _Side, new: _Side) -> None:
    """Parts that nobody meant to touch are the same, none is missing, and none came but ours."""
    main = old.book.part
    shared = {CONTENT_TYPES, main, rels_name(main), rels_name("")} | _of_kind(old, "extended-properties", "")
    shared |= _of_kind(old, "styles", main) | _of_kind(new, "styles", main)
    chain = _of_kind(old, "calcChain", main)
    patched = {part for side in (old, new) for part in (*side.columns, *side.released)}
    tables = {r.target for part in patched for r in relations(old.package, part) if r.kind == "table"}
    made = {part for part in _of_kind(old, "styles", main) if before_styles.is_ours(old.package.xml(part))}
    meant = _folded(shared | patched | tables)
    for part in old.package.names():
        here = part in new.package
        if part.casefold() in _folded(old.ours | chain) or (part.casefold() in _folded(made) and not here):
            continue
        if not here:
            raise OurBug(f"The part {part} of the workbook would be lost.")
        if part.casefold() not in meant and _changed(old, new, part):
            raise OurBug(f"The part {part} of the workbook would be changed.")
    for part in new.package.names():
        if part not in old.package and part.casefold() not in _folded(new.ours | shared):
            raise OurBug(f"The part {part} would be added to the workbook, though it is none of ours.")
    for part in _of_kind(old, "styles", main):
        if part in new.package and _changed(old, new, part):
            compare_styles(old.package.xml(part), new.package.xml(part), new.package.read(part))


def _folded(parts: Iterable[str]) -> set[str]:
    """Parts are found whatever their case, and programs write the same name in several."""
    return {part.casefold() for part in parts}


def _of_kind(side: _Side, kind: str, source: str) -> set[str]:
    return {r.target for r in relations(side.package, source) if r.kind == kind and not r.external}


def _compare_values(old: _Side, new: _Side, parts: list[str]) -> None:
    """What a second reader makes of the patched sheets, cell by cell outside our columns."""
    if not parts:
        return
    was = read.values(old.package, old.book, [old.theirs[part] for part in parts])
    now = read.values(new.package, new.book, [new.theirs[part] for part in parts])
    for part in parts:
        skip = {c - 1 for c in old.columns.get(part, set()) | new.columns.get(part, set())}
        rows = _rows(old.rows.get(part), new.rows.get(part))
        title = old.theirs[part].title
        a, b = was[part], now[part]
        for index in range(max(len(a), len(b))):
            left = a[index] if index < len(a) else []
            right = b[index] if index < len(b) else []
            if left != right and (
                at := _difference(left, right, skip if rows.top <= index + 1 <= rows.bottom else set())
            ):
                raise OurBug(f"{title}!{letters(at)}{index + 1} would read otherwise than before.")


def _difference(left: Sequence[object], right: Sequence[object], skip: set[int]) -> int:
    """The first 1-based column in which two rows differ; 0 for none."""
    shared = min(skip, default=0)
    start = shared if left[:shared] == right[:shared] else 0
    for index in range(start, max(len(left), len(right))):
        a = left[index] if index < len(left) else None
        b = right[index] if index < len(right) else None
        if index not in skip and a != b and not (a != a and b != b):
            return index + 1
    return 0
