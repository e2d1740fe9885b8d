"""Values in formulas: how Google Sheets turns one kind into another, compares them, and spreads functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True, slots=True)
class FormulaError:
    """An error as a cell shows it: `#N/A`, `#REF!`, `#NAME?` …"""

    text: str


class Fail(Exception):
    """A function's way to answer with an error."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.error = FormulaError(text)


Value = float | str | bool | FormulaError | None
Array = list[list[Value]]
NA, REF, NAME, BAD, NUM, ZERO = "#N/A", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#DIV/0!"
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)(e[+-]?\d+)?(%?)", re.IGNORECASE)


def is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def to_number(value: Value) -> float:
    """Blank is 0, TRUE is 1, text that reads as a number is that number; anything else fails with #VALUE!."""
    if value is None or value == "":
        return 0.0
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value.strip())
        if not found:
            raise Fail(BAD)
        number = float(value.strip().rstrip("%").replace(",", ""))
        return number / 100 if found[5] else number
    if isinstance(value, FormulaError):
        raise Fail(value.text)
    return float(value)


def to_text(value: Value) -> str:
    """Blank is "", numbers are without a needless .0, TRUE is TRUE."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, FormulaError):
        raise Fail(value.text)
    return value if isinstance(value, str) else f"{value:.15g}"


def to_bool(value: Value) -> bool:
    if isinstance(value, str):
        if value.upper() not in ("TRUE", "FALSE"):
            raise Fail(BAD)
        return value.upper() == "TRUE"
    return bool(to_number(value))


def compare(one: Value, other: Value) -> int:
    """-1, 0 or 1: text without regard to case, numbers before text before TRUE and FALSE; a blank is "", 0 or FALSE,
    whatever it is compared with."""
    a, b = _rank(_unblank(one, other)), _rank(_unblank(other, one))
    return (a > b) - (a < b)


def _unblank(value: Value, beside: Value) -> Value:
    if value is not None:
        return value
    if isinstance(beside, bool):
        return False
    return "" if isinstance(beside, str) else 0.0


def _rank(value: Value) -> tuple[int, float, str]:
    if isinstance(value, bool):
        return 2, float(value), ""
    if isinstance(value, str):
        return 1, 0.0, value.casefold()
    return 0, to_number(value), ""


def lift(function: Callable[..., Value], arguments: list[Value | Array]) -> Value | Array:
    """A function of single values, spread over arrays: single values, rows and columns are repeated, and what has no
    partner is #N/A."""
    arrays = [argument for argument in arguments if isinstance(argument, list)]
    if not arrays:
        return function(*arguments)
    rows, columns = max(map(len, arrays)), max(len(array[0]) for array in arrays)
    spread = [_spread(argument, rows, columns) for argument in arguments]
    return [[function(*cells) for cells in zip(*lines, strict=True)] for lines in zip(*spread, strict=True)]


def _spread(argument: Value | Array, rows: int, columns: int) -> Array:
    if not isinstance(argument, list):
        return [[argument] * columns] * rows
    if len(argument[0]) == 1 and columns > 1:
        argument = [line * columns for line in argument]
    if len(argument) == 1 and rows > 1:
        argument = argument * rows
    missing: Value = FormulaError(NA)
    lines = [line + [missing] * (columns - len(line)) for line in argument] if len(argument[0]) < columns else argument
    return lines + [[missing] * columns] * (rows - len(lines))


def strict(function: Callable[..., Value]) -> Callable[..., Value]:
    """A function that answers with the first error among its arguments, or with the one that it fails with."""

    def answer(*arguments: Value) -> Value:
        for argument in arguments:
            if isinstance(argument, FormulaError):
                return argument
        try:
            return function(*arguments)
        except Fail as failed:
            return failed.error
        except (ValueError, OverflowError):
            return FormulaError(NUM)

    return answer
