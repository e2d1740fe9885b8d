"""Statuses that stand apart from the table: looked up by the row's own key, so that no sort can separate them.

The results lie in a very hidden sheet of ours, a pair of columns for each status column: keys and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sheets_sync.model import Scalar, StatusCell, letters
from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.cells import Writer
from sheets_sync.workbooks.excel.names import OURS, Book, Sheet, quoted
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import free_name, relations, remove_part, remove_relation
from sheets_sync.workbooks.excel.scan import Area, area, scan

TITLE = f"{OURS}_results"
_NAME = f"{OURS}.result."
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_CELL = re.compile(rb"<(?:[\w.-]+:)?c\b[^>]*>")


def formula(row: int, key_column: int, block: Area, is_date: bool) -> str:
    """The formula that finds the value of the key on its own row; nothing for a key that has none.

    MATCH takes `*`, `?` and `~` in a text for wildcards, so they are escaped."""
    key = text = f"${letters(key_column)}{row}"
    for sign in "~*?":
        text = f'SUBSTITUTE({text},"{sign}","~{sign}")'
    keys = f"{quoted(TITLE)}!${letters(block.left)}${block.top}:${letters(block.left)}${block.bottom}"
    values = f"{quoted(TITLE)}!${letters(block.right)}${block.top}:${letters(block.right)}${block.bottom}"
    found = f"INDEX({values},MATCH(IF(ISTEXT({key}),{text},{key}),{keys},0))"
    # A blank result would read as 0.
    shown = f'IF({found}="","",{found})' if is_date else f'{found}&""'
    return f'IFERROR({shown},"")'


def write(package: Package, book: Book, id: str, cells: Sequence[StatusCell]) -> Area:
    """Put the results of a status column into their pair of columns; the area that they fill."""
    sheet = book.sheet(TITLE) or _new(package, book)
    xml = scan(package.xml(sheet.part), sheet.title)
    old = block_of(book, id)
    taken = {a.left for name in book.names() if name.startswith(_NAME) and (a := block_of(book, name[len(_NAME) :]))}
    left = old.left if old else next(c for c in range(1, 2 * len(taken) + 2, 2) if c not in taken)
    block = Area(1, left, max(len(cells), 1), left + 1)
    writer = Writer(xml.prefix, book.date1904)
    for number in range(1, max(block.bottom, old.bottom if old else 0) + 1):
        new = {left: b"", left + 1: b""}
        if number <= len(cells):
            cell = cells[number - 1]
            new = {
                left: writer.value(number, left, 0, _plain(cell.key)),
                left + 1: writer.value(number, left + 1, 0, cell.value),
            }
        xml.set_cells(xml.row(number), new)
    for row in [row for row in xml.rows if not row.content]:
        xml.drop_row(row)
    package.write(sheet.part, xml.to_bytes())
    ends = f"${letters(left)}$1:${letters(left + 1)}${block.bottom}"
    book.define(f"{_NAME}{id}", f"{quoted(sheet.title)}!{ends}")
    return block


def _plain(key: Scalar) -> str | date | float | None:
    return key if isinstance(key, (str, int, float, date)) and not isinstance(key, bool) else None


def block_of(book: Book, id: str) -> Area | None:
    """Where the results of a status column lie."""
    title, _, ref = (book.defined(f"{_NAME}{id}") or "").rpartition("!")
    return area(ref) if title.strip("'") == TITLE else None


def drop(package: Package, book: Book, id: str) -> None:
    """Take the results of a status column out; the sheet too when no other has any."""
    block = block_of(book, id)
    book.undefine(f"{_NAME}{id}")
    sheet = book.sheet(TITLE)
    if sheet is None:
        return
    if not any(name.startswith(_NAME) for name in book.names()):
        book.remove_sheet(sheet.part)
    elif block is not None:
        xml = scan(package.xml(sheet.part), sheet.title)
        for number in range(block.top, block.bottom + 1):
            if number in xml.by_number:
                xml.set_cells(xml.by_number[number], {block.left: b"", block.right: b""})
        package.write(sheet.part, xml.to_bytes())


def _new(package: Package, book: Book) -> Sheet:
    part = free_name(package, book.part.rpartition("/")[0] + "/worksheets/sheet{}.xml")
    namespace = _STRICT if book.strict else _MAIN
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    data = f'{start}<worksheet xmlns="{namespace}"><sheetData/></worksheet>'
    package.write(part, data.encode())
    return book.add_sheet(TITLE, part, "veryHidden")


def forget_formulas(package: Package, book: Book, sheet: Sheet, gone: set[str]) -> None:
    """Take cells (A1) that hold a formula no more out of the chain of calculation; the part goes when it is empty."""
    chain = next((r for r in relations(package, book.part) if r.kind == "calcChain" and r.target in package), None)
    if chain is None or not gone:
        return
    kept: list[bytes] = []
    data, owner, written, changed = package.xml(chain.target), "", "", False
    first = last = 0
    for match in _CELL.finditer(data):
        first = first or match.start()
        last = match.end()
        tag = match[0]
        element = markup.parse(tag if tag.endswith(b"/>") else tag + b"</" + tag[1:].split()[0] + b">")[0]
        owner = element.attributes.get("i", owner)
        if owner == str(sheet.sheet_id) and element.attributes.get("r") in gone:
            changed = True
            continue
        # An entry without a sheet of its own means the one before it, which may have gone.
        if "i" not in element.attributes and owner != written:
            tag = tag.replace(b" r=", f' i="{owner}" r='.encode(), 1)
        kept.append(tag)
        written = owner
    if not changed:
        return
    if kept:
        package.write(chain.target, data[:first] + b"".join(kept) + data[last:])
    else:
        remove_relation(package, book.part, chain.id)
        remove_part(package, chain.target)
