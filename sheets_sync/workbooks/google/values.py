"""Cells as Google says them ↔ values. A date is a number with a date's format; text is never taken for a formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sheets_sync.model import NOT_CALCULATED, CellError, Content, Formula, Scalar
from sheets_sync.workbooks.plain import plain, serial

Json = dict[str, Any]

_EPOCH = datetime(1899, 12, 30)
_EXACT = 1e15
_ERRORS = {
    "ERROR": "#ERROR!",
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
}
ERROR_TEXTS = frozenset(_ERRORS.values())


def value_of(cell: Mapping[str, Any]) -> Scalar:
    """The value of a cell (a CellData): blank and "" are None, whole numbers int, errors CellError."""
    effective = cell.get("effectiveValue")
    if not effective:
        return NOT_CALCULATED if cell.get("userEnteredValue", {}).get("formulaValue") else None
    if "stringValue" in effective:
        return str(effective["stringValue"]) or None
    if "numberValue" in effective:
        return number_of(effective["numberValue"], format_of(cell))
    if "boolValue" in effective:
        return bool(effective["boolValue"])
    if "errorValue" in effective:
        kind = str(effective["errorValue"].get("type", "ERROR"))
        return NOT_CALCULATED if kind == "LOADING" else CellError(_ERRORS.get(kind, "#ERROR!"))
    return None


def format_of(cell: Mapping[str, Any]) -> str:
    """DATE, DATE_TIME, TIME, NUMBER … or "" for a cell without a number format."""
    return str(cell.get("effectiveFormat", {}).get("numberFormat", {}).get("type", ""))


def raw_value(raw: object, kind: str) -> Scalar:
    """A value as values:batchGet gives it (unformatted, dates as numbers), with its cell's format."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return number_of(raw, kind)
    text = str(raw)
    if text == "Loading...":
        return NOT_CALCULATED
    return CellError(text) if text in ERROR_TEXTS else text


def number_of(raw: object, kind: str) -> Scalar:
    """A number in its format: a date, a moment, a time of day, a length of time, or a number."""
    if not isinstance(raw, int | float) or isinstance(raw, bool):
        return CellError("not a number")
    try:
        number = float(raw)
    except OverflowError:
        return CellError("not a number")
    if not math.isfinite(number):
        return CellError("not a number")
    if kind in ("DATE", "DATE_TIME", "TIME"):
        return _moment(number, kind)
    return int(number) if number.is_integer() and -_EXACT < number < _EXACT else number


def _moment(number: float, kind: str) -> Scalar:
    try:
        since = timedelta(seconds=round(number * 86_400))
        if kind == "TIME":
            return (_EPOCH + since).time() if 0 <= number < 1 else since
        moment = _EPOCH + since
    except OverflowError:
        return number
    return moment.date() if kind == "DATE" and moment.time() == time() else moment


def entered(value: Content | Scalar) -> Json | None:
    """What to enter for a value (an ExtendedValue); None for a blank. Text stays text whatever it begins with."""
    if value is None or value == "":
        return None
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, date):
        return {"numberValue": serial(value)}
    if isinstance(value, time):
        return {"numberValue": (value.hour * 3600 + value.minute * 60 + value.second) / 86_400}
    if isinstance(value, timedelta):
        return {"numberValue": value.total_seconds() / 86_400}
    if isinstance(value, int | float):
        return {"numberValue": value} if math.isfinite(value) else None
    return {"stringValue": plain(value)} if isinstance(value, str) else None
