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
    """Whether two rules ask the same, of the same cells, and colour alike. Google leaves out what is zero, and adds
    the older form of every colour."""
    return _essence(one) == _essence(other)


def _essence(rule: Mapping[str, Any]) -> tuple[object, ...]:
    boolean = rule.get("booleanRule", {})
    condition = boolean.get("condition", {})
    values = tuple(value.get("userEnteredValue", "") for value in condition.get("values", []))
    shades = boolean.get("format", {}).get("backgroundColorStyle", {}).get("rgbColor", {})
    rgb = tuple(round(float(shades.get(name, 0)) * 255) for name in ("red", "green", "blue"))
    return tuple(sorted(map(area_of, rule.get("ranges", [])))), condition.get("type"), values, rgb


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
    asked = " ".join(str(value.get("userEnteredValue", "")) for value in condition.get("values", []))
    kinds = ("TEXT_STARTS_WITH", "CUSTOM_FORMULA")
    return condition.get("type") in kinds and any(start in asked for start, _ in STARTS)


def missing(wanted: Iterable[Json], present: Iterable[Json]) -> list[Json]:
    """The rules that should be there and are not."""
    there = [_essence(rule) for rule in present]
    return [rule for rule in wanted if _essence(rule) not in there]
