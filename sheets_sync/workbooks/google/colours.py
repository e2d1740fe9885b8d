"""Conditional formats: colours that follow a cell's own text, or that of another column on its row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sheets_sync.model import letters
from sheets_sync.workbooks.google.looks import INK, colour
from sheets_sync.workbooks.google.values import Json
from sheets_sync.workbooks.themes import STARTS, Fills

# A column that has gone reads as #REF!.
OURS = re.compile(r'=\s*LEFT\((?:\$?[A-Z]+\$?\d+|#REF!)[,;]\s*\d+\)\s*=\s*"(.*)"$', re.IGNORECASE)
_CELL = re.compile(r"\$?\b[A-Z]{1,3}\$?\d+\b|#REF!")


def rules(where: Json, fills: Fills, by: int | None, own: int | None, row: int) -> list[Json]:
    """A rule a level over a GridRange. `own` is the 0-based column that is coloured (None: the range has several),
    `by` the one whose text decides, `row` the 0-based first row."""
    if by is None:
        return []
    made = []
    for start, level in STARTS:
        if by == own:
            condition = {"type": "TEXT_STARTS_WITH", "values": [{"userEnteredValue": start}]}
        else:
            asks = f'=LEFT(${letters(by + 1)}{row + 1},{len(start)})="{start}"'
            condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": asks}]}
        look = {
            "backgroundColorStyle": colour(fills[level]),
            "textFormat": {"foregroundColorStyle": colour(INK)},
        }
        made.append({"ranges": [where], "booleanRule": {"condition": condition, "format": look}})
    return made


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rules ask the same, of the same cells, and colour alike as far as anybody can see. Google leaves out
    what is zero, adds the older form of every colour, and keeps 255 shades."""
    (asked, shades), (asked_there, shades_there) = essence(one), essence(other)
    return asked == asked_there and all(abs(a - b) <= 2 for a, b in zip(shades, shades_there, strict=True))


def essence(rule: Mapping[str, Any]) -> tuple[tuple[object, ...], tuple[float, ...]]:
    """What a rule asks, of which cells, and its colour in 255ths. Raises TypeError, AttributeError … for what is no
    rule."""
    boolean = rule.get("booleanRule", {})
    condition = boolean.get("condition", {})
    values = tuple(str(value.get("userEnteredValue", "")).replace(";", ",") for value in condition.get("values", []))
    look = boolean.get("format", {})
    shades = look.get("backgroundColorStyle", {}).get("rgbColor") or look.get("backgroundColor", {})
    rgb = tuple(float(shades.get(name, 0)) * 255 for name in ("red", "green", "blue"))
    return (tuple(sorted(map(area_of, rule.get("ranges", [])))), condition.get("type"), values), rgb


def area_of(where: Mapping[str, Any]) -> tuple[int, int, int, int, int]:
    """A GridRange as numbers: sheet, first row, first column, row and column past the end (−1: open)."""
    return (
        int(where.get("sheetId", 0)),
        int(where.get("startRowIndex", 0)),
        int(where.get("startColumnIndex", 0)),
        int(where.get("endRowIndex", -1)),
        int(where.get("endColumnIndex", -1)),
    )


def asks(rule: Mapping[str, Any]) -> str:
    """What a rule asks and how it looks, wherever it lies now: the cells that it names move with what people do."""
    said = json.dumps([rule.get("booleanRule"), rule.get("gradientRule")], sort_keys=True)
    return _CELL.sub("cell", said)


def on_column(rule: Mapping[str, Any], sheet: int, column: int) -> bool:
    """Whether a rule lies on one column and on nothing else."""
    areas = [area_of(where) for where in rule.get("ranges", [])]
    return bool(areas) and all((area[0], area[2], area[4]) == (sheet, column, column + 1) for area in areas)


def is_ours(rule: Mapping[str, Any]) -> bool:
    """Whether a rule asks what ours ask: how a text starts, with one of the levels' signs."""
    condition = rule.get("booleanRule", {}).get("condition", {})
    asked = "".join(str(value.get("userEnteredValue", "")) for value in condition.get("values", []))
    if condition.get("type") == "TEXT_STARTS_WITH":
        return any(asked == start for start, _ in STARTS)
    found = OURS.match(asked) if condition.get("type") == "CUSTOM_FORMULA" else None
    return found is not None and any(found[1] == start for start, _ in STARTS)


def missing(wanted: Iterable[Json], present: Iterable[Json]) -> list[Json]:
    """The rules that should be there and are not."""
    there = list(present)
    return [rule for rule in wanted if not any(same(rule, one) for one in there)]
