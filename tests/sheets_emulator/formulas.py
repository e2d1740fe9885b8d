"""The formulas that the product emits, evaluated as Google Sheets does; everything else is a loud #NAME?. Pure.

    evaluate("=ARRAYFORMULA(IF(A2:A=\"\",\"\",UPPER(A2:A)))", ("Clients", 0, 1), cell, extent)

`home` is the cell that holds the formula (sheet title, 0-based row and column), `cell` gives the value of any cell
(title, 0-based row and column), `extent` a sheet's rows and columns (None: there is no such sheet), `now` the clock for
TODAY and NOW. The answer is an array: one cell, or what spills down and right from the formula's cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, cast

from tests.sheets_emulator import formulas_lookup as lookup
from tests.sheets_emulator.formulas_edits import Edit, adjust, copied, delete_sheet, rename
from tests.sheets_emulator.formulas_functions import OPERATORS, SINGLE, WHOLE, clock, if_, ifs
from tests.sheets_emulator.formulas_text import Node, Reference, SyntaxMistake, parse
from tests.sheets_emulator.formulas_values import (
    BAD,
    NA,
    NAME,
    REF,
    Array,
    Fail,
    FormulaError,
    Value,
    lift,
    strict,
    to_bool,
)

__all__ = [
    "Edit",
    "FormulaError",
    "SyntaxMistake",
    "Value",
    "adjust",
    "copied",
    "delete_sheet",
    "evaluate",
    "parse",
    "rename",
]

Home = tuple[str, int, int]
Cell = Callable[[str, int, int], Value]
Extent = Callable[[str], tuple[int, int] | None]
_parsed = lru_cache(maxsize=2000)(parse)


class Area(NamedTuple):
    """Cells of a sheet, 0-based, `bottom` and `right` past the end."""

    title: str
    top: int
    left: int
    bottom: int
    right: int


def evaluate(text: str, home: Home, cell: Cell, extent: Extent, now: datetime | None = None) -> list[list[Value]]:
    """What a formula shows, as rows of values; an error is a FormulaError. Never raises."""
    try:
        sheet = _Evaluation(home, cell, extent, now)
        shown = sheet.single(_parsed(text), spread=False)
    except SyntaxMistake:
        shown = FormulaError("#ERROR!")
    except Fail as failed:
        shown = failed.error
    except RecursionError:
        shown = FormulaError(REF)
    return shown if isinstance(shown, list) else [[shown]]


class _Evaluation:
    """One formula being worked out. `spread` is whether it stands inside ARRAYFORMULA."""

    def __init__(self, home: Home, cell: Cell, extent: Extent, now: datetime | None) -> None:
        self.home, self.cell, self.extent, self.now = home, cell, extent, now
        self.read: dict[Area, Array] = {}

    def value(self, node: Node, spread: bool) -> Value | Array | Area:
        if node.kind == "literal":
            return cast(Value, node.said)
        if node.kind == "reference":
            return self.area(cast(Reference, node.said))
        if node.kind == "operator":
            operator = OPERATORS[cast(str, node.said), len(node.parts)]
            return lift(operator, [self.single(part, spread) for part in node.parts])
        if node.kind == "name":
            return FormulaError(NAME)
        try:
            return self.call(cast(str, node.said), node.parts, spread)
        except Fail as failed:
            return failed.error

    def area(self, reference: Reference) -> Area | FormulaError:
        title = self.home[0] if reference.sheet is None else reference.sheet
        size = None if reference.lost else self.extent(title)
        if size is None:
            return FormulaError(REF)
        first, last = reference.first, reference.last or reference.first
        ends = [(first.row, last.row, size[0]), (first.column, last.column, size[1])]
        (top, bottom), (left, right) = (_span(*end) for end in ends)
        if top >= bottom or left >= right:
            return FormulaError(REF)
        return Area(title, top, left, bottom, right)

    def cells(self, area: Area) -> Array:
        if area not in self.read:
            rows, columns = range(area.top, area.bottom), range(area.left, area.right)
            self.read[area] = [[self.cell(area.title, row, column) for column in columns] for row in rows]
        return self.read[area]

    def single(self, node: Node, spread: bool) -> Value | Array:
        """A value for a function of single values: outside ARRAYFORMULA, of a range the cell on the formula's own row
        or column."""
        found = self.value(node, spread)
        if not isinstance(found, Area):
            return found
        if spread or (found.bottom - found.top, found.right - found.left) == (1, 1):
            cells = self.cells(found)
            return cells[0][0] if len(cells) == len(cells[0]) == 1 else cells
        _, row, column = self.home
        if found.right - found.left == 1 and found.top <= row < found.bottom:
            return self.cell(found.title, row, found.left)
        if found.bottom - found.top == 1 and found.left <= column < found.right:
            return self.cell(found.title, found.top, column)
        return FormulaError(BAD)

    def whole(self, node: Node, spread: bool) -> Array:
        """An argument that is taken as a whole, whatever its size. Fails where it is an error."""
        found = self.value(node, spread)
        if isinstance(found, Area):
            return self.cells(found)
        if isinstance(found, FormulaError):
            raise Fail(found.text)
        return found if isinstance(found, list) else [[found]]

    def one(self, parts: Sequence[Node], at: int, otherwise: Value = None) -> Value:
        """An argument that must be a single value. Fails where it is an error."""
        found = self.single(parts[at], False) if at < len(parts) else otherwise
        if isinstance(found, FormulaError):
            raise Fail(found.text)
        return found[0][0] if isinstance(found, list) else found

    def call(self, name: str, parts: tuple[Node, ...], spread: bool) -> Value | Array | Area:
        if name in SINGLE:
            least, most, function = SINGLE[name]
            _counted(parts, least, most)
            return lift(function, [self.single(part, spread) for part in parts])
        if name in WHOLE:
            _counted(parts, 1, 255)
            return WHOLE[name](*(self.whole(part, spread) for part in parts))
        if name not in _CALLS:
            return FormulaError(NAME)
        least, most, call = _CALLS[name]
        _counted(parts, least, most)
        return call(self, parts, spread)


def _span(first: int | None, last: int | None, size: int) -> tuple[int, int]:
    low, high = first or 0, size - 1 if last is None else last
    if first is not None and last is not None:
        low, high = min(first, last), max(first, last)
    return low, min(high + 1, size)


def _counted(parts: Sequence[Node], least: int, most: int) -> None:
    if not least <= len(parts) <= most:
        raise Fail(NA)


def _arrayformula(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    return sheet.single(parts[0], spread=True)


def _if(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array | Area:
    """IF with one condition takes one branch whole; with many it takes them cell by cell."""
    condition = sheet.single(parts[0], spread)
    if isinstance(condition, list):
        return lift(if_, [condition, *(sheet.single(part, spread) for part in parts[1:])])
    if isinstance(condition, FormulaError):
        return condition
    if to_bool(condition):
        return sheet.value(parts[1], spread)
    return sheet.value(parts[2], spread) if len(parts) > 2 else False


def _ifs(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    _counted(parts, len(parts) + len(parts) % 2, len(parts))
    return lift(ifs, [sheet.single(part, spread) for part in parts])


def _place(axis: int) -> Callable[[_Evaluation, tuple[Node, ...], bool], Value | Array]:
    """ROW (axis 0) or COLUMN (1): of a range inside ARRAYFORMULA every one, otherwise the first."""

    def numbers(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
        found = sheet.value(parts[0], spread) if parts else Area(*sheet.home, 0, 0)
        if not isinstance(found, Area):
            return found if isinstance(found, FormulaError) else FormulaError(BAD)
        first, end = (found.top, found.bottom) if axis == 0 else (found.left, found.right)
        if not spread or end - first <= 1:
            return float(first + 1)
        every: list[Value] = [float(at + 1) for at in range(first, end)]
        return [[at] for at in every] if axis == 0 else [every]

    return numbers


def _vlookup(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    keys = sheet.single(parts[0], spread)
    found = lookup.vlookup(sheet.whole(parts[1], spread), sheet.one(parts, 2), sheet.one(parts, 3))
    return lift(strict(found), [keys])


def _xlookup(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    keys = sheet.single(parts[0], spread)
    where, results = sheet.whole(parts[1], spread), sheet.whole(parts[2], spread)
    given = len(parts) > 3 and parts[3] != Node("literal", None)
    missing = sheet.single(parts[3], spread) if given else FormulaError(NA)
    found = lookup.xlookup(where, results, sheet.one(parts, 4), sheet.one(parts, 5))
    if not isinstance(keys, list) and not isinstance(keys, FormulaError):
        line = found(keys)
        if line is None:
            return missing
        cut = [line] if len(where[0]) == 1 else [[value] for value in line]
        return line[0] if len(line) == 1 else cut

    def first(key: Value, otherwise: Value) -> Value:
        line = None if isinstance(key, FormulaError) else found(key)
        return key if isinstance(key, FormulaError) else otherwise if line is None else line[0]

    return lift(first, [keys, missing])


def _match(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    found = lookup.match(sheet.whole(parts[1], spread), sheet.one(parts, 2))
    return lift(strict(found), [sheet.single(parts[0], spread)])


def _index(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    return lookup.index(sheet.whole(parts[0], spread), sheet.one(parts, 1), sheet.one(parts, 2))


def _countif(sheet: _Evaluation, parts: tuple[Node, ...], spread: bool) -> Value | Array:
    cells = sheet.whole(parts[0], spread)
    return lift(strict(lambda criterion: lookup.countif(cells, criterion)), [sheet.single(parts[1], spread)])


def _clock(name: str) -> Callable[[_Evaluation, tuple[Node, ...], bool], Value]:
    return lambda sheet, parts, spread: FormulaError(NAME) if sheet.now is None else clock(name, sheet.now)


# Name: least and most arguments, function.
_CALLS: dict[str, tuple[int, int, Callable[[_Evaluation, tuple[Node, ...], bool], Value | Array | Area]]] = {
    "ARRAYFORMULA": (1, 1, _arrayformula),
    "IF": (2, 3, _if),
    "IFS": (2, 254, _ifs),
    "ROW": (0, 1, _place(0)),
    "COLUMN": (0, 1, _place(1)),
    "VLOOKUP": (3, 4, _vlookup),
    "XLOOKUP": (3, 6, _xlookup),
    "MATCH": (2, 3, _match),
    "INDEX": (1, 3, _index),
    "COUNTIF": (2, 2, _countif),
    "TODAY": (0, 0, _clock("TODAY")),
    "NOW": (0, 0, _clock("NOW")),
}
