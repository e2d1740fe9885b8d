"""Finding keys: text without regard to case, numbers and text never one another's match, wildcards in their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tests.sheets_emulator.formulas_values import (
    BAD,
    NA,
    NAME,
    NUM,
    REF,
    Array,
    Fail,
    FormulaError,
    Value,
    compare,
    is_number,
    to_number,
)

_COMPARISON = re.compile(r"(<=|>=|<>|=|<|>)?(.*)", re.DOTALL)


def same_key(value: Value) -> tuple[str, object]:
    """What makes two keys one."""
    if isinstance(value, str):
        return "text", value.casefold()
    if isinstance(value, bool):
        return "boolean", value
    return ("blank", None) if value is None else ("number", float(value)) if is_number(value) else ("error", value)


def pattern(text: str) -> re.Pattern[str] | None:
    """What a text key with `*`, `?` or `~` fits; None for one that has none of them."""
    if not any(sign in text for sign in "*?~"):
        return None
    parts, at = [], 0
    while at < len(text):
        sign, after = text[at], text[at + 1 : at + 2]
        if sign == "~" and after and after in "*?~":
            parts.append(re.escape(after))
            at += 1
        else:
            parts.append({"*": ".*", "?": "."}.get(sign, re.escape(sign)))
        at += 1
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


class Index:
    """The places of keys in a list, the first of equal ones (or the last)."""

    def __init__(self, keys: Sequence[Value], backwards: bool = False) -> None:
        self.keys = keys
        self.places: dict[tuple[str, object], int] = {}
        for at, key in enumerate(keys):
            if backwards:
                self.places[same_key(key)] = at
            else:
                self.places.setdefault(same_key(key), at)

    def find(self, key: Value, wildcards: bool) -> int | None:
        wanted = pattern(key) if wildcards and isinstance(key, str) else None
        if wanted is None:
            return self.places.get(same_key(key))
        fitting = (at for at, text in enumerate(self.keys) if isinstance(text, str) and wanted.fullmatch(text))
        return next(fitting, None)


def vlookup(table: Array, column: Value, is_sorted: Value) -> Callable[[Value], Value]:
    """VLOOKUP in exact mode, ready for any number of keys; a sorted table (the default) is not known here."""
    if is_sorted is None or to_number(is_sorted):
        raise Fail(NAME)
    at = int(to_number(column)) - 1
    if at < 0:
        raise Fail(BAD)
    if at >= len(table[0]):
        raise Fail(REF)
    index = Index([line[0] for line in table])

    def found(key: Value) -> Value:
        row = None if key is None else index.find(key, wildcards=True)
        return FormulaError(NA) if row is None else table[row][at]

    return found


def xlookup(where: Array, results: Array, mode: Value, direction: Value) -> Callable[[Value], list[Value] | None]:
    """XLOOKUP for a key: the row (or column) of results beside it, None if there is none. Mode 0 is exact and takes no
    wildcards, 2 takes them; others are not known here."""
    kind, way = to_number(mode), to_number(direction) if direction is not None else 1
    if kind not in (0, 2) or way not in (1, -1):
        raise Fail(NAME)
    down = len(where[0]) == 1
    if not down and len(where) > 1:
        raise Fail(BAD)
    keys = [line[0] for line in where] if down else where[0]
    lines = results if down else [list(line) for line in zip(*results, strict=True)]
    if len(lines) != len(keys):
        raise Fail(NA)
    index = Index(keys, backwards=way < 0)

    def found(key: Value) -> list[Value] | None:
        at = index.find(key, wildcards=kind == 2)
        return None if at is None else lines[at]

    return found


def match(where: Array, mode: Value) -> Callable[[Value], Value]:
    """MATCH in exact mode (0), which takes wildcards; the others are not known here."""
    if mode is None or to_number(mode):
        raise Fail(NAME)
    index = Index([line[0] for line in where] if len(where[0]) == 1 else where[0])

    def found(key: Value) -> Value:
        at = None if key is None else index.find(key, wildcards=True)
        return FormulaError(NA) if at is None else float(at + 1)

    return found


def index(array: Array, row: Value = None, column: Value = None) -> Value | Array:
    """INDEX: a cell, or with 0 a whole row or column."""
    across, down = int(to_number(column)), int(to_number(row))
    if not (0 <= down <= len(array) and 0 <= across <= len(array[0])):
        raise Fail(NUM)
    lines = array[down - 1 : down] if down else array
    cut = [line[across - 1 : across] if across else line for line in lines]
    return cut[0][0] if len(cut) == len(cut[0]) == 1 else cut


def countif(array: Array, criterion: Value) -> Value:
    """How many cells fit a value or a text such as `>5`, `<>x`, `abc*`."""
    found = _COMPARISON.fullmatch(criterion) if isinstance(criterion, str) else None
    sign, said = (found[1], found[2]) if found else ("=", criterion)
    wanted: Value = said
    if isinstance(said, str):
        try:
            wanted = to_number(said) if said.strip() else ""
        except Fail:
            wanted = said
    return float(sum(_fits(cell, sign or "=", wanted) for line in array for cell in line))


def _fits(cell: Value, sign: str, wanted: Value) -> bool:
    if isinstance(cell, FormulaError):
        return False
    fitting = pattern(wanted) if isinstance(wanted, str) and sign in ("=", "<>") else None
    if fitting is not None:
        return (isinstance(cell, str) and bool(fitting.fullmatch(cell))) == (sign == "=")
    if sign in ("=", "<>"):
        equal = cell in (None, "") if wanted == "" else same_key(cell) == same_key(wanted)
        return equal == (sign == "=")
    if is_number(cell) != is_number(wanted) or cell is None:
        return False
    order = compare(cell, wanted)
    return {"<": order < 0, ">": order > 0, "<=": order <= 0, ">=": order >= 0}[sign]
