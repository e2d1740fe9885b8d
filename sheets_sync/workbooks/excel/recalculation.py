"""Formulas of the team's that lean on what we write. Then, and only then, the workbook asks to be calculated anew when
it is opened, for their values as they are kept in the file are no longer true."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sheets_sync.workbooks.excel import lookup, markup
from sheets_sync.workbooks.excel.names import OURS, Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.scan import Area, area
from sheets_sync.workbooks.excel.tables import headers, tables

_NAME = f"{OURS}.recalculate"
_ASKS = "fullCalcOnLoad"
# What we did to the workbook part: gave its calcPr the attribute, made a calcPr, or turned the attribute on.
_GIVEN, _MADE, _TURNED = "1", "2", "3"
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*)?>([^<]+)<")
_TEXT = re.compile(r'"[^"]*"')
_REFERENCE = re.compile(
    r"(?:(?:'((?:[^']|'')+)'|([^\W\d][\w.]*))!)?"
    r"(?<![\w.$])(\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?|\$?[A-Z]{1,3}:\$?[A-Z]{1,3}|\$?[0-9]+:\$?[0-9]+)(?![\w(.!])",
    re.IGNORECASE,
)
_BEFORE = ("sheets", "functionGroups", "externalReferences", "definedNames")


@dataclass(frozen=True, slots=True)
class _Ours:
    """What a formula may lean on: titles of our tabs, our columns' areas by title, our headers inside tables."""

    tabs: frozenset[str]
    columns: Mapping[str, list[Area]]
    headers: frozenset[str]


def ask(package: Package, book: Book, plain: Collection[str] = ()) -> None:
    """Ask for it if a formula leans on what is ours. Sheet parts in `plain` are known to have no formulas."""
    if book.attribute("calcPr", _ASKS) in ("1", "true") or not _any_leans(package, book, plain):
        return
    data = package.xml(book.part)
    elements = markup.parse(data, book.part)
    calc = markup.child(elements, elements[0], "calcPr")
    if calc is None:
        last = [e for e in markup.children(elements, elements[0]) if e.local in _BEFORE][-1]
        new = f'<{elements[0].prefix}calcPr {_ASKS}="1"/>'.encode()
        done, data = _MADE, markup.splice(data, last.end, last.end, new)
    else:
        done = _TURNED if _ASKS in calc.attributes else _GIVEN
        data = markup.with_attribute(data, calc, _ASKS, "1")
    package.write(book.part, data)
    book.define(_NAME, done)


def unask(package: Package, book: Book) -> None:
    """Take back what `ask` did, where it still stands."""
    done = book.defined(_NAME)
    if done is None:
        return
    book.undefine(_NAME)
    data = package.xml(book.part)
    elements = markup.parse(data, book.part)
    calc = markup.child(elements, elements[0], "calcPr")
    if calc is None or calc.attributes.get(_ASKS) != "1":
        return
    if done == _TURNED:
        data = markup.with_attribute(data, calc, _ASKS, "0")
    elif done == _MADE and len(calc.attributes) == 1:
        data = markup.splice(data, calc.start, calc.end, b"")
    else:
        opening = data[calc.start : calc.inner].replace(f' {_ASKS}="1"'.encode(), b"", 1)
        data = markup.splice(data, calc.start, calc.inner, opening)
    package.write(book.part, data)


def _any_leans(package: Package, book: Book, plain: Collection[str]) -> bool:
    ours = _ours(package, book)
    tabs = {spot.sheet.part for spot in book.owned("tab").values()}
    if any(_leans(formula, "", ours) for name, formula in book.names().items() if not name.startswith(f"{OURS}.")):
        return True
    for sheet in book.worksheets:
        if sheet.part in tabs or sheet.part in plain or sheet.title == lookup.TITLE:
            continue
        for formula in set(_FORMULA.findall(package.xml(sheet.part))):
            text = markup.unescape(formula.decode("utf-8", "replace"))
            if lookup.TITLE not in text and _leans(text, sheet.title, ours):
                return True
    return False


def _ours(package: Package, book: Book) -> _Ours:
    columns: dict[str, list[Area]] = {}
    named = set()
    for spot in book.owned("column").values():
        rows = book.rows_of(spot.sheet) or (spot.row, spot.row)
        place = Area(spot.row, spot.column, max(rows[1], spot.row), spot.column)
        columns.setdefault(spot.sheet.title.casefold(), []).append(place)
        for table in tables(package, spot.sheet.part):
            if table.area.meets(place) and (name := headers(package, table).get(spot.column)):
                named.add(name.casefold())
    tabs = frozenset(spot.sheet.title.casefold() for spot in book.owned("tab").values())
    return _Ours(tabs, columns, frozenset(named))


def _leans(formula: str, title: str, ours: _Ours) -> bool:
    """Whether a formula on the sheet of that title refers to something of ours."""
    formula = _TEXT.sub('""', formula)
    if f"{OURS}." in formula or any(f"[{name}]" in formula.casefold() for name in ours.headers):
        return True
    for found in _REFERENCE.finditer(formula):
        named = found[1].replace("''", "'") if found[1] is not None else found[2]
        at = (named or title).casefold()
        where = area(found[3]) if at in ours.columns else None
        if at in ours.tabs or (where is not None and any(where.meets(place) for place in ours.columns[at])):
            return True
    return False
