"""Cells of one column → typed values. What cannot be read with certainty is gathered with its cause, and left blank."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.model import NOT_CALCULATED, CellError, Scalar
from sheets_sync.tracker.dates import TwoWays, read_date_text, read_month_text, serial_date, settled_order
from sheets_sync.tracker.lookup import lookup, word_of
from sheets_sync.tracker.numbers import proven_decimal, read_number_text
from sheets_sync.tracker.schema import Field, Type
from sheets_sync.tracker.tablemap import DateOrder, TableMap
from sheets_sync.tracker.texts import INVISIBLE, Texts, trimmed
from sheets_sync.tracker.words import NO, YES

# In a column of dates or numbers; as a name they would be one.
_NOTHING = frozenset(["n/a", "n.a.", "na", "null", "none", "nil", "k.a.", "k. a.", "s/o", "nvt", "n.v.t."])
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|ERROR!|GETTING_DATA)")
EARLIEST = datetime(1990, 1, 1)
AT_MOST_YEARS_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Bad:
    """One cell that could not be read: its place in the column (0-based), its value, and why, in two grammars."""

    index: int
    value: Scalar
    one: str
    many: str
    hint: str


@dataclass(frozen=True, slots=True)
class How:
    """How a column is to be read: what the config says of its table, the zone, the moment of the run, and the order of
    day and month in the spreadsheet's locale."""

    now: datetime
    zone: str = ""
    map: TableMap = field(default_factory=TableMap)
    order: DateOrder | None = None


@dataclass(slots=True)
class Parsed:
    """A typed column as long as its cells, the cells that could not be read, and sentences on what was taken over."""

    values: Any
    bad: list[Bad]
    notes: list[str] = field(default_factory=list)


def blank(value: Scalar) -> bool:
    """None, blanks of all kinds and lone dashes."""
    return value is None or (isinstance(value, str) and trimmed(value) is None)


def _nothing(value: Scalar) -> bool:
    return blank(value) or (isinstance(value, str) and value.strip().casefold() in _NOTHING)


def text_of(value: Scalar) -> str:
    """A cell as a person reads it; "" for blank and error cells."""
    if value is None or isinstance(value, CellError):
        return ""
    if isinstance(value, str):
        return value.strip().strip(INVISIBLE).strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes") if value.time() != time() else value.date().isoformat()
    return str(value)


def read_values(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    """The cells of one column as the type of `column` (dtypes as tables.py says)."""
    if not any(cells) and set(cells) <= {None, ""}:
        return Parsed(empty_values(column, len(cells)), [])
    return _READERS[column.type](column, cells, how)


def empty_values(column: Field, length: int) -> Any:
    """A blank column of the right dtype. Equal ones are the same one: put it into a frame, never change it."""
    return _blanks_of(column.type, length)


@lru_cache(maxsize=64)
def _blanks_of(type_: Type, length: int) -> Any:
    if type_ in ("date", "moment", "month"):
        return pd.array(np.full(length, np.datetime64("NaT"), dtype="datetime64[us]"))
    return pd.Series(pd.NA, index=range(length), dtype=_DTYPES[type_]).array


def shape_share(column: Field, cells: Sequence[Scalar], how: How) -> float | None:
    """The share of non-blank cells that could be of the column's type; None where all are blank."""
    fitting = filled = 0
    # By type too: True and 1 are equal.
    for (_, cell), number in Counter(zip(map(type, cells), cells, strict=True)).items():
        if not _nothing(cell) and not isinstance(cell, CellError):
            filled += number
            fitting += number * _fits(column, cell, how)
    return fitting / filled if filled else None


def _fits(column: Field, cell: Scalar, how: How) -> bool:
    if column.type in ("date", "moment", "month"):
        if isinstance(cell, (date, datetime)):
            return True
        if isinstance(cell, str):
            reads = read_date_text(text_of(cell), how.zone)
            return reads is not None or (column.type == "month" and read_month_text(text_of(cell)) is not None)
        return False
    if column.type in ("money", "number", "percent"):
        if isinstance(cell, str):
            return read_number_text(text_of(cell).rstrip("%"), how.map.decimal, money=True) is not None
        return isinstance(cell, (int, float)) and not isinstance(cell, bool)
    if column.type == "yes_no":
        return isinstance(cell, bool) or text_of(cell).casefold() in YES | NO
    if column.choices is not None:
        return word_of(lookup(column.choices), text_of(cell)) is not None
    return not isinstance(cell, date)


# ── Text and words ───────────────────────────────────────────────────────────────────────────────────────────────────


def _read_text(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    texts, bad = _texts(cells)
    return Parsed(texts.each(texts.kinds), bad)


def _texts(cells: Sequence[Scalar]) -> tuple[Texts, list[Bad]]:
    """Trimmed texts, None for blank and error cells, which are bad too."""
    bad: list[Bad] = []
    if not set(map(type, cells)) <= {str, type(None)}:
        bad = [_error(i, cell) for i, cell in enumerate(cells) if isinstance(cell, CellError)]
        cells = [text_of(cell) for cell in cells]
    texts = Texts.of(cells)  # type: ignore[arg-type]
    broken = {text for text in texts.kinds if text and text[0] == "#" and _ERROR.fullmatch(text)}
    if broken:
        bad += [_error(i, CellError(text)) for i, text in texts.where(broken)]
        texts = Texts([None if text in broken else text for text in texts.kinds], texts.codes)
    return texts, bad


def _read_raw(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    """Cells as they stand; blanks and errors as None."""
    values = np.empty(len(cells), dtype=object)
    values[:] = [None if isinstance(cell, CellError) or blank(cell) else cell for cell in cells]
    return Parsed(values, [_error(i, cell) for i, cell in enumerate(cells) if isinstance(cell, CellError)])


def _read_choice(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    assert column.choices is not None
    words = lookup(column.choices)
    given, bad = _texts(cells)
    known = {text: word_of(words, text) for text in given.kinds if text}
    if strange := {text for text, word in known.items() if word is None}:
        what, hint = column.header.lower(), f"Known are: {', '.join(column.choices)}.{column.otherwise}"
        bad += [Bad(i, text, f"is no known {what}", f"are no known {what}", hint) for i, text in given.where(strange)]
    return Parsed(given.each([known.get(text or "") for text in given.kinds]), bad)


def _read_yes_no(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    answers = {cell: _yes_or_no(cell) for cell in set(cells)}
    strange = {cell for cell, answer in answers.items() if answer is None and not blank(cell)}
    bad = [
        _error(index, cell)
        if isinstance(cell, CellError)
        else Bad(index, cell, "is neither yes nor no", "are neither yes nor no", "Enter yes or no.")
        for index, cell in enumerate(cells)
        if strange and cell in strange
    ]
    return Parsed(pd.array([answers[cell] for cell in cells], dtype="boolean"), bad)


def _yes_or_no(cell: Scalar) -> bool | None:
    word = text_of(cell).casefold()
    return word in YES if word in YES | NO and not blank(cell) else None


def _error(index: int, cell: CellError) -> Bad:
    if cell == NOT_CALCULATED:
        return Bad(
            index,
            cell,
            "is a formula that was never calculated",
            "are formulas that were never calculated",
            "Open the tracker in Excel, save it, and run again.",
        )
    return Bad(index, cell, "is an error", "are errors", "Mend the formula in the cell.")


# ── Dates ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_dates(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    bad: list[Bad] = []
    plain = list(cells)
    texts: list[tuple[int, str]] = []
    notes: list[str] = []
    if not set(map(type, plain)) <= {date, datetime, type(None)}:
        for index, cell in enumerate(plain):
            if isinstance(cell, date) or cell is None:
                if isinstance(cell, datetime) and cell.tzinfo is not None:
                    plain[index] = cell.replace(tzinfo=None)
                continue
            plain[index] = None
            if _nothing(cell):
                continue
            if isinstance(cell, str) and not _ERROR.fullmatch(cell.strip()):
                texts.append((index, text_of(cell)))
            elif (
                how.map.serial_dates
                and isinstance(cell, (int, float))
                and not isinstance(cell, bool)
                and (moment := serial_date(cell))
            ):
                plain[index] = moment
            else:
                bad.append(_no_date(index, cell, column))
        _fill_texts(plain, texts, bad, notes, column, how)
    values = np.array(pd.DatetimeIndex(plain).as_unit("us"), dtype="datetime64[us]")
    if column.type == "date":
        values = values.astype("datetime64[D]").astype("datetime64[us]")
    elif column.type == "month":
        values = values.astype("datetime64[M]").astype("datetime64[us]")
    latest = np.datetime64(_years_after(how.now, AT_MOST_YEARS_AHEAD), "us")
    with np.errstate(invalid="ignore"):
        far = (values < np.datetime64(EARLIEST, "us")) | (values > latest)
    hint = f"A typing mistake? Dates from {EARLIEST.year} to {how.now.year + AT_MOST_YEARS_AHEAD} are read."
    bad += [
        Bad(int(index), cells[int(index)], "lies too far away to be right", "lie too far away to be right", hint)
        for index in np.flatnonzero(far)
    ]
    values[far] = np.datetime64("NaT")
    return Parsed(pd.array(values), sorted(bad, key=lambda b: b.index), notes)


def _fill_texts(
    plain: list[Scalar], texts: list[tuple[int, str]], bad: list[Bad], notes: list[str], column: Field, how: How
) -> None:
    readings = {text: read_date_text(text, how.zone) for _, text in texts}
    two_ways = [r for r in readings.values() if isinstance(r, TwoWays)]
    order = how.map.date_order or settled_order(two_ways, how.order)
    read = 0
    for index, text in texts:
        reading: datetime | date | TwoWays | None = readings[text]
        if reading is None and column.type == "month":
            reading = read_month_text(text)
        moment = reading.read(order) if isinstance(reading, TwoWays) else reading
        plain[index] = moment
        read += moment is not None
        if moment is None:
            doubtful = isinstance(reading, TwoWays) and (reading.day_first or reading.month_first)
            bad.append(_two_ways(index, text) if doubtful else _no_date(index, text, column))
    if read:
        how_read = f", read {order}" if order and any(isinstance(r, TwoWays) for r in readings.values()) else ""
        notes.append(f"{read} {'dates are' if read > 1 else 'date is'} text{how_read}")


def _two_ways(index: int, text: str) -> Bad:
    return Bad(
        index,
        text,
        "can be read in two ways",
        "can be read in two ways",
        'Enter real dates, or say date_order = "day first" (or "month first") in sheets-sync.toml.',
    )


def _no_date(index: int, cell: Scalar, column: Field) -> Bad:
    if isinstance(cell, str) and _ERROR.fullmatch(cell.strip()):
        return _error(index, CellError(cell.strip()))
    if isinstance(cell, CellError):
        return _error(index, cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return Bad(
            index,
            cell,
            "is a number, not a date",
            "are numbers, not dates",
            "Format the cells as dates, or say serial_dates = true in sheets-sync.toml.",
        )
    if isinstance(cell, (time, timedelta)):
        return Bad(index, cell, "is a time without a date", "are times without a date", "Enter the date too.")
    if column.type == "month":
        return Bad(index, cell, "is not a month", "are not months", "Enter it like 2026-06.")
    return Bad(index, cell, "is not a date", "are not dates", _date_hint(column))


def _date_hint(column: Field) -> str:
    return "Enter a real date, or leave the cell blank." + column.otherwise


def _years_after(moment: datetime, years: int) -> datetime:
    return moment.replace(year=moment.year + years, day=min(moment.day, 28))


# ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_numbers(column: Field, cells: Sequence[Scalar], how: How) -> Parsed:
    bad: list[Bad] = []
    notes: list[str] = []
    money, percent = column.type == "money", column.type == "percent"
    texts = [text_of(cell) for cell in cells if isinstance(cell, str)]
    decimal = how.map.decimal or proven_decimal(texts, money)
    values: list[float | None] = []
    for index, cell in enumerate(cells):
        value: float | None = None
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            value = float(cell)
        elif isinstance(cell, str) and not _nothing(cell):
            text = text_of(cell)
            body = text[:-1].strip() if percent and text.endswith("%") else text
            read = read_number_text(body, decimal, money)
            if isinstance(read, float):
                value = read / 100 if body is not text else read
            elif _ERROR.fullmatch(text):
                bad.append(_error(index, CellError(text)))
            else:
                bad.append(_no_number(index, text, read == "two ways", column))
        elif not _nothing(cell):
            bad.append(_error(index, cell) if isinstance(cell, CellError) else _no_number(index, cell, False, column))
        if value is not None and (wrong := _out_of_bounds(index, cell, value, column)):
            bad.append(wrong)
            value = None
        values.append(value)
    if percent:
        values = [
            v / 100 if v is not None and v > 1.5 and not isinstance(c, str) else v
            for v, c in zip(values, cells, strict=True)
        ]
    written = sum(value is not None and isinstance(cell, str) for value, cell in zip(values, cells, strict=True))
    if written:
        notes.append(f"{written} {'numbers are' if written > 1 else 'number is'} text")
    return Parsed(pd.array(values, dtype="Float64"), bad, notes)


def _no_number(index: int, cell: Scalar, two_ways: bool, column: Field) -> Bad:
    if two_ways:
        return Bad(
            index,
            cell,
            "can be read in two ways",
            "can be read in two ways",
            'Enter real numbers, or say decimal = "." (or ",") in sheets-sync.toml.',
        )
    parts = re.fullmatch(r"(\d+)\s*/\s*10", cell) if isinstance(cell, str) and column.high == 10 else None
    hint = f"Enter {parts[1]}." if parts and int(parts[1]) <= 10 else "Enter a plain number, or leave the cell blank."
    return Bad(index, cell, "is not a number", "are not numbers", hint)


def _out_of_bounds(index: int, cell: Scalar, value: float, column: Field) -> Bad | None:
    if not math.isfinite(value):
        return _no_number(index, cell, False, column)
    if (column.low is not None and value < column.low) or (column.high is not None and value > column.high):
        span = f"from {column.low:g} to {column.high:g}" if column.high is not None else f"{column.low:g} or more"
        return Bad(index, cell, f"is not {span}", f"are not {span}", f"{column.header} is {span}.")
    if column.whole and not value.is_integer():
        return Bad(index, cell, "is not a whole number", "are not whole numbers", f"{column.header} is a whole number.")
    return None


_DTYPES = {
    "text": "string",
    "raw": "object",
    "choice": "string",
    "yes_no": "boolean",
    "money": "Float64",
    "number": "Float64",
    "percent": "Float64",
}
_READERS: dict[str, Callable[[Field, Sequence[Scalar], How], Parsed]] = {
    "text": _read_text,
    "raw": _read_raw,
    "choice": _read_choice,
    "yes_no": _read_yes_no,
    "date": _read_dates,
    "moment": _read_dates,
    "month": _read_dates,
    "money": _read_numbers,
    "number": _read_numbers,
    "percent": _read_numbers,
}
