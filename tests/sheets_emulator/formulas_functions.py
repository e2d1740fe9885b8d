"""The functions of single values that are known here. Whatever is not in this table is a loud #NAME?."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from tests.sheets_emulator.formulas_values import (
    BAD,
    NA,
    ZERO,
    Array,
    Fail,
    FormulaError,
    Value,
    compare,
    is_number,
    strict,
    to_bool,
    to_number,
    to_text,
)

EPOCH = datetime(1899, 12, 30)
_DATES = re.compile(r'"[^"]*"|yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s|am/pm|.', re.IGNORECASE | re.DOTALL)
_STRF = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dddd": "%A", "ddd": "%a", "dd": "%d",
         "hh": "%H", "ss": "%S", "am/pm": "%p"}  # fmt: skip


def serial(moment: datetime) -> float:
    """A moment as Sheets counts it: days since 30 December 1899."""
    return (moment - EPOCH) / timedelta(days=1)


def _divided(a: Value, b: Value) -> Value:
    if not to_number(b):
        raise Fail(ZERO)
    return to_number(a) / to_number(b)


OPERATORS: dict[tuple[str, int], Callable[..., Value]] = {
    ("=", 2): strict(lambda a, b: compare(a, b) == 0),
    ("<>", 2): strict(lambda a, b: compare(a, b) != 0),
    ("<", 2): strict(lambda a, b: compare(a, b) < 0),
    (">", 2): strict(lambda a, b: compare(a, b) > 0),
    ("<=", 2): strict(lambda a, b: compare(a, b) <= 0),
    (">=", 2): strict(lambda a, b: compare(a, b) >= 0),
    ("&", 2): strict(lambda a, b: to_text(a) + to_text(b)),
    ("+", 2): strict(lambda a, b: to_number(a) + to_number(b)),
    ("-", 2): strict(lambda a, b: to_number(a) - to_number(b)),
    ("*", 2): strict(lambda a, b: to_number(a) * to_number(b)),
    ("/", 2): strict(_divided),
    ("^", 2): strict(lambda a, b: math.pow(to_number(a), to_number(b))),
    ("+", 1): strict(lambda a: a),
    ("-", 1): strict(lambda a: -to_number(a)),
    ("%", 1): strict(lambda a: to_number(a) / 100),
}


def _count(value: Value) -> int:
    number = int(to_number(value))
    if number < 0:
        raise Fail(BAD)
    return number


def _left(text: Value, count: Value = 1.0) -> Value:
    return to_text(text)[: _count(count)]


def _right(text: Value, count: Value = 1.0) -> Value:
    said = to_text(text)
    return said[max(len(said) - _count(count), 0) :]


def _mid(text: Value, start: Value, count: Value) -> Value:
    first = int(to_number(start)) - 1
    if first < 0:
        raise Fail(BAD)
    return to_text(text)[first : first + _count(count)]


def _substitute(text: Value, old: Value, new: Value, which: Value = None) -> Value:
    said, find = to_text(text), to_text(old)
    if which is None or not find:
        return said.replace(find, to_text(new)) if find else said
    parts, n = said.split(find), _count(which)
    if not 0 < n < len(parts):
        return said
    return find.join(parts[:n]) + to_text(new) + find.join(parts[n:])


def _date(year: Value, month: Value, day: Value) -> Value:
    months = int(to_number(year)) * 12 + int(to_number(month)) - 1
    first = datetime(months // 12, months % 12 + 1, 1)
    return serial(first) + int(to_number(day)) - 1


def _time(hours: Value, minutes: Value, seconds: Value) -> Value:
    return (to_number(hours) * 3600 + to_number(minutes) * 60 + to_number(seconds)) / 86400 % 1


def _text(value: Value, shape: Value) -> Value:
    """TEXT with dates (`d mmm yyyy hh:mm`) and numbers (`0`, `0.00`, `#,##0`, `0%`)."""
    asked = to_text(shape)
    if isinstance(value, str):
        return value
    number = to_number(value)
    if re.search("[ymdhs]", re.sub(r'"[^"]*"', "", asked), re.IGNORECASE):
        return _dated(EPOCH + timedelta(days=number), asked)
    if not re.fullmatch(r"(#,##)?0(\.0+)?%?", asked):
        raise Fail(BAD)
    percent = asked.endswith("%")
    places = len(asked.rstrip("%").partition(".")[2])
    shown = f"{number * (100 if percent else 1):{',' if ',' in asked else ''}.{places}f}"
    return shown + ("%" if percent else "")


def _dated(moment: datetime, shape: str) -> str:
    pieces, shown = _DATES.findall(shape), []
    letters = [piece.lower() for piece in pieces if piece.lower().strip("ymdhs") == ""]
    at = -1
    for piece in pieces:
        word = piece.lower()
        at += word in letters
        beside = [*letters[max(at - 1, 0) : at], *letters[at + 1 : at + 2]]
        if word in ("m", "mm") and (beside[:1] in (["h"], ["hh"]) or beside[-1:] in (["s"], ["ss"])):
            shown.append(f"{moment.minute:0{len(word)}d}")
        elif word in ("d", "m", "h", "s"):
            shown.append(str({"d": moment.day, "m": moment.month, "h": moment.hour, "s": moment.second}[word]))
        else:
            shown.append(moment.strftime(_STRF[word]) if word in _STRF else piece.strip('"'))
    return "".join(shown)


def iferror(value: Value, otherwise: Value = None) -> Value:
    return otherwise if isinstance(value, FormulaError) else value


def ifna(value: Value, otherwise: Value = None) -> Value:
    return otherwise if value == FormulaError(NA) else value


def if_(condition: Value, then: Value, otherwise: Value = False) -> Value:
    """IF: the error of a branch that is not taken doesn't matter."""
    if isinstance(condition, FormulaError):
        return condition
    try:
        return then if to_bool(condition) else otherwise
    except Fail as failed:
        return failed.error


def ifs(*pairs: Value) -> Value:
    for condition, value in zip(pairs[::2], pairs[1::2], strict=True):
        chosen = if_(condition, True, False)
        if chosen is not False:
            return value if chosen is True else chosen
    return FormulaError(NA)


# Name: least and most arguments, function.
SINGLE: dict[str, tuple[int, int, Callable[..., Value]]] = {
    "IFERROR": (1, 2, iferror),
    "IFNA": (2, 2, ifna),
    "ISBLANK": (1, 1, lambda value: value is None),
    "ISTEXT": (1, 1, lambda value: isinstance(value, str)),
    "ISNUMBER": (1, 1, is_number),
    "NOT": (1, 1, strict(lambda value: not to_bool(value))),
    "EXACT": (2, 2, strict(lambda a, b: to_text(a) == to_text(b))),
    "LOWER": (1, 1, strict(lambda text: to_text(text).lower())),
    "UPPER": (1, 1, strict(lambda text: to_text(text).upper())),
    "TRIM": (1, 1, strict(lambda text: re.sub(" +", " ", to_text(text)).strip(" "))),
    "LEN": (1, 1, strict(lambda text: float(len(to_text(text))))),
    "LEFT": (1, 2, strict(_left)),
    "RIGHT": (1, 2, strict(_right)),
    "MID": (3, 3, strict(_mid)),
    "SUBSTITUTE": (3, 4, strict(_substitute)),
    "TEXT": (2, 2, strict(_text)),
    "DATE": (3, 3, strict(_date)),
    "TIME": (3, 3, strict(_time)),
    "HYPERLINK": (1, 2, strict(lambda url, label=None: url if label is None else label)),
}


def _all(*arrays: Array) -> list[Value]:
    cells = [cell for array in arrays for line in array for cell in line]
    for cell in cells:
        if isinstance(cell, FormulaError):
            raise Fail(cell.text)
    return cells


def _truths(*arrays: Array) -> list[bool]:
    found = [to_bool(cell) for cell in _all(*arrays) if cell is not None and not isinstance(cell, str)]
    if not found:
        raise Fail(BAD)
    return found


# Functions of whole arrays; they never spread.
WHOLE: dict[str, Callable[..., Value]] = {
    "AND": lambda *arrays: all(_truths(*arrays)),
    "OR": lambda *arrays: any(_truths(*arrays)),
    "SUM": lambda *arrays: float(sum(to_number(cell) for cell in _all(*arrays) if is_number(cell))),
    "COUNTA": lambda *arrays: float(sum(cell is not None for array in arrays for line in array for cell in line)),
    "CONCATENATE": lambda *arrays: "".join(map(to_text, _all(*arrays))),
}


def clock(name: str, now: datetime) -> float:
    """TODAY or NOW."""
    return serial(datetime.combine(date(now.year, now.month, now.day), datetime.min.time()) if name == "TODAY" else now)
