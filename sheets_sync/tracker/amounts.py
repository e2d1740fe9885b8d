"""Columns of numbers, money and percentages → typed values."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import pandas as pd

from sheets_sync.model import CellError, Scalar
from sheets_sync.tracker.cells import ERROR, Bad, How, Parsed, error_in, nothing, text_of
from sheets_sync.tracker.fields import Field
from sheets_sync.tracker.numbers import Decimal, proven_decimal, read_number_text

# A plain number above this in a column of percentages is meant in points: 15 is 15 %, and nobody earns 1,500 %.
_POINTS_FROM = 1.5


def read_numbers(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    """The cells as Float64. Texts are read by the column's decimal mark, stated or proven; of percentages 0.15 is the
    value, whether 15 %, 15 or 0.15 stands in the cell."""
    bad: list[Bad] = []
    notes: list[str] = []
    money = column.type == "money"
    texts = [text_of(cell) for cell in cells if isinstance(cell, str)]
    decimal = how.map.decimal or proven_decimal(texts, money)
    values: list[float | None] = []
    for index, cell in enumerate(cells):
        value = _read(cell, column, decimal)
        if isinstance(value, float):
            values.append(value)
            continue
        values.append(None)
        if value is not None or not nothing(cell):
            bad.append(_unread(index, cell, value == "two ways", column))
    if column.type == "percent":
        values, points = _in_shares(values, [isinstance(c, str) and text_of(c).endswith("%") for c in cells])
        if points:
            notes.append(f"{points} {'values' if points > 1 else 'value'} without % sign, read as percent")
    for index, number in enumerate(values):
        if number is not None and (wrong := _out_of_bounds(index, cells[index], number, column)):
            bad.append(wrong)
            values[index] = None
    written = sum(value is not None and isinstance(cell, str) for value, cell in zip(values, cells, strict=True))
    if written:
        notes.append(f"{written} {'numbers are' if written > 1 else 'number is'} text")
    return Parsed(pd.array(values, dtype="Float64"), sorted(bad, key=lambda b: b.index), notes)


def _read(cell: Scalar, column: Field, decimal: Decimal | None) -> float | str | None:
    """A cell as a number; "two ways" where it could be two; None for none."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        try:
            return float(cell)
        except OverflowError:
            return None
    if not isinstance(cell, str) or nothing(cell):
        return None
    text = text_of(cell)
    body = text[:-1].strip() if column.type == "percent" and text.endswith("%") else text
    read = read_number_text(body, decimal, column.type == "money")
    return read / 100 if isinstance(read, float) and body is not text else read


def _in_shares(values: Sequence[float | None], signed: Sequence[bool]) -> tuple[list[float | None], int]:
    """Percentages as shares, and how many were points without a sign. One that can only be points, among whole numbers
    alone, proves the column; beside fractions each value speaks for itself."""
    plain = [v for v, sign in zip(values, signed, strict=True) if v is not None and not sign and math.isfinite(v)]
    large = [v for v in plain if abs(v) > _POINTS_FROM]
    least = 0.0 if large and all(v.is_integer() for v in plain) else _POINTS_FROM
    points = [
        v is not None and not sign and math.isfinite(v) and abs(v) > least
        for v, sign in zip(values, signed, strict=True)
    ]
    return [v / 100 if v is not None and is_ else v for v, is_ in zip(values, points, strict=True)], sum(points)


def _unread(index: int, cell: Scalar, two_ways: bool, column: Field) -> Bad:
    if isinstance(cell, CellError):
        return error_in(index, cell)
    if isinstance(cell, str) and ERROR.fullmatch(cell.strip()):
        return error_in(index, CellError(cell.strip()))
    if two_ways:
        return Bad(
            index,
            cell,
            "can be read in two ways",
            "can be read in two ways",
            'Enter real numbers, or say decimal = "." (or ",") in sheets-sync.toml.',
        )
    return _no_number(index, cell, column)


def _no_number(index: int, cell: Scalar, column: Field) -> Bad:
    parts = _of_ten(cell) if column.high == 10 else None
    hint = f"Enter {parts}." if parts else "Enter a plain number, or leave the cell blank."
    return Bad(index, cell, "is not a number", "are not numbers", hint)


def _of_ten(cell: Scalar) -> str | None:
    """The score in "9/10"."""
    parts = re.fullmatch(r"(\d+)\s*(?:/|out of|von|sur|de)\s*10", cell.strip()) if isinstance(cell, str) else None
    return parts[1] if parts and int(parts[1]) <= 10 else None


def _out_of_bounds(index: int, cell: Scalar, value: float, column: Field) -> Bad | None:
    if not math.isfinite(value):
        return _no_number(index, cell, column)
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        span = f"from {column.low:g} to {column.high:g}" if column.high is not None else f"{column.low:g} or more"
        return Bad(index, cell, f"is not {span}", f"are not {span}", f"{column.header} is {span}.")
    if column.whole and not value.is_integer():
        return Bad(index, cell, "is not a whole number", "are not whole numbers", f"{column.header} is a whole number.")
    return None
