"""Excel tables and filters that grow over our columns, so that sorting takes the statuses along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sheets_sync.errors import Refused
from sheets_sync.model import letters
from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.names import Book, Sheet, quoted
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import relations
from sheets_sync.workbooks.excel.scan import Area, SheetXml, area

FILTER_NAME = "_xlnm._FilterDatabase"


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table of a sheet. `plain` is one that can grow: with its header row, and not fed by a query."""

    part: str
    name: str
    area: Area
    plain: bool


def tables(package: Package, part: str) -> list[Table]:
    """The tables of a sheet part."""
    found = []
    for relation in relations(package, part):
        if relation.kind != "table" or relation.target not in package:
            continue
        root = markup.parse(package.xml(relation.target), relation.target)[0]
        ref = area(root.attributes.get("ref", ""))
        if ref is not None:
            fed = root.attributes.get("tableType", "worksheet") != "worksheet"
            plain = not fed and root.attributes.get("headerRowCount", "1") != "0"
            name = root.attributes.get("displayName") or root.attributes.get("name", "")
            found.append(Table(relation.target, name, ref, plain))
    return found


def grow(package: Package, table: Table, new_headers: Mapping[int, str]) -> Table:
    """Widen a table over the columns right of it that have these headers (column → text), and name those within it."""
    right = table.area.right
    while right + 1 in new_headers:
        right += 1
    data = package.xml(table.part)
    elements = markup.parse(data, table.part)
    holder = markup.child(elements, elements[0], "tableColumns")
    if holder is None:
        raise Refused(f"The Excel table {table.name} is damaged: it lists no columns.")
    columns = list(markup.children(elements, holder, "tableColumn"))
    for at, column in reversed(list(enumerate(columns, start=table.area.left))):
        if at in new_headers and column.attributes.get("name") != _named(new_headers[at]):
            data = markup.with_attribute(data, column, "name", _named(new_headers[at]))
    new = range(table.area.right + 1, right + 1)
    if new:
        ids = [int(c.attributes.get("id", "0")) for c in columns]
        p = holder.prefix
        tags = (
            f'<{p}tableColumn id="{max(ids) + n}" name="{markup.escape(_named(new_headers[at]))}"/>'
            for n, at in enumerate(new, start=1)
        )
        data = _append_columns(data, table, "".join(tags).encode(), len(columns) + len(new))
        data = _set_right(data, table, right)
    package.write(table.part, data)
    return replace(table, area=replace(table.area, right=right))


def _named(header: str) -> str:
    return header.replace("\n", "_x000a_")


def _append_columns(data: bytes, table: Table, tags: bytes, count: int) -> bytes:
    elements = markup.parse(data, table.part)
    holder = next(e for e in elements if e.parent == 0 and e.local == "tableColumns")
    data = markup.append_child(data, holder, tags)
    return markup.with_attribute(data, holder, "count", str(count)) if "count" in holder.attributes else data


def _set_right(data: bytes, table: Table, right: int) -> bytes:
    """The table's ref and its own filter's, with another right edge."""
    elements = markup.parse(data, table.part)
    filters = [e for e in elements if e.parent == 0 and e.local == "autoFilter"]
    for element in [*filters, elements[0]]:
        old = area(element.attributes.get("ref", ""))
        if old is not None and old.right == table.area.right:
            data = markup.with_attribute(data, element, "ref", str(replace(old, right=right)))
    return data


def shrink(package: Package, table: Table, gone: set[int]) -> dict[int, str]:
    """Take columns out of a table: those at its right edge go; one that others follow stays under a neutral header,
    which is returned (column → text) for its cell."""
    right = table.area.right
    while right in gone:
        right -= 1
    data = package.xml(table.part)
    elements = markup.parse(data, table.part)
    holder = next(e for e in elements if e.parent == 0 and e.local == "tableColumns")
    columns = list(markup.children(elements, holder, "tableColumn"))
    names = {column.attributes.get("name", "").casefold() for column in columns}
    neutral: dict[int, str] = {}
    for at, column in reversed(list(enumerate(columns, start=table.area.left))):
        if at > right:
            data = markup.splice(data, column.start, column.end, b"")
        elif at in gone:
            n = at - table.area.left + 1
            while f"column{n}" in names:
                n += 1
            neutral[at] = f"Column{n}"
            names.add(f"column{n}")
            data = markup.with_attribute(data, column, "name", neutral[at])
    if right < table.area.right and "count" in holder.attributes:
        data = markup.with_attribute(data, holder, "count", str(right - table.area.left + 1))
    if right < table.area.right:
        data = _set_right(data, table, right)
    package.write(table.part, data)
    return neutral


def headers(package: Package, table: Table) -> dict[int, str]:
    """The names of a table's columns, by column."""
    columns = (e for e in markup.parse(package.xml(table.part), table.part) if e.local == "tableColumn")
    return {at: column.attributes.get("name", "") for at, column in enumerate(columns, start=table.area.left)}


def rename(package: Package, table: Table, moves: Mapping[int, int]) -> None:
    """Columns of ours change places inside a table: each takes the name that stood where it came from (new → old)."""
    data = package.xml(table.part)
    elements = markup.parse(data, table.part)
    columns = [e for e in elements if e.local == "tableColumn"]
    names = headers(package, table)
    for at, column in reversed(list(enumerate(columns, start=table.area.left))):
        if at in moves and moves[at] in names:
            data = markup.with_attribute(data, column, "name", names[moves[at]])
    package.write(table.part, data)


def users_of(package: Package, book: Book, table: Table, columns: list[str]) -> str | None:
    """A formula's text that names one of these columns of a table (`Clients[Health]`), None when there is none."""
    if not columns:
        return None
    names = "|".join(re.escape(markup.escape(re.sub(r"(['\[\]#])", r"'\1", h))) for h in columns)
    pattern = re.compile(rf"\[@?(?:{names})\]".encode(), re.IGNORECASE)
    formula = re.compile(rb"<(?:\w+:)?(?:f|formula|formula1|formula2|definedName)(?:\s[^>]*)?>([^<]*)<")
    parts = [book.part, *(sheet.part for sheet in book.worksheets)]
    for part in parts:
        data = package.xml(part)
        if pattern.search(data):
            for match in formula.finditer(data):
                if pattern.search(match[1]):
                    return markup.unescape(match[1].decode())
    return None


# ── the sheet's own filter ───────────────────────────────────────────────────────────────────────────────────────────


def sheet_filter(xml: SheetXml) -> Area | None:
    """What the sheet's own filter covers."""
    found = xml.part("autoFilter")
    return area(found.attributes.get("ref", "")) if found else None


def set_filter_right(book: Book, sheet: Sheet, xml: SheetXml, right: int) -> None:
    """Move the right edge of the sheet's filter, and of the hidden name that goes with it."""
    found = xml.part("autoFilter")
    old = sheet_filter(xml)
    if found is None or old is None or old.right == right:
        return
    new = replace(old, right=right)
    xml.outer = markup.with_attribute(xml.outer, found, "ref", str(new))
    formula = book.defined(FILTER_NAME, sheet)
    if formula is not None:
        title, _, ref = formula.rpartition("!")
        if area(ref) == old:
            ends = f"${letters(new.left)}${new.top}:${letters(new.right)}${new.bottom}"
            book.define(FILTER_NAME, f"{title or quoted(sheet.title)}!{ends}", sheet=sheet)
