"""Single cells as XML: typed, so that no client's text ever becomes a formula."""

from __future__ import annotations

import re
from datetime import date

from sheets_sync.model import letters
from sheets_sync.workbooks.excel import markup

LONGEST = 32_767
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SPECIAL = re.compile("[^\t\n\x20\x21\x23-\x25\x28-\x3b\x3d\x3f-\x5e\x60-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COLUMN_OF = re.compile(rb"(\sr\s*=\s*[\"']\s*)[A-Za-z]{1,3}")


def written(text: str) -> str:
    """Text as a cell holds it: at most 32,767 characters, `_x0041_` kept literal, XML escaped."""
    if len(text) <= LONGEST and not _SPECIAL.search(text):
        return text
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    return markup.escape(_LOOKS_ESCAPED.sub("_x005F_", text).replace("\r\n", "\n").replace("\r", "\n"))


def serial(day: date, date1904: bool) -> int:
    """A date as the number that Excel keeps; the workbook's epoch decides."""
    number = (day - date(1899, 12, 30)).days
    return number - 1462 if date1904 else number if number > 60 else number - 1


class Writer:
    """Writes cells in one sheet's prefix."""

    def __init__(self, prefix: bytes, date1904: bool) -> None:
        self._p = prefix.decode()
        self._date1904 = date1904
        self._names: dict[int, str] = {}

    def _open(self, row: int, column: int, style: int, kind: str = "") -> str:
        name = self._names.get(column)
        if name is None:
            name = self._names[column] = letters(column)
        style_attribute = f' s="{style}"' if style else ""
        return f'<{self._p}c r="{name}{row}"{style_attribute}{kind}'

    def value(self, row: int, column: int, style: int, value: str | date | float | None) -> bytes:
        """A cell with a text, a date or a number, or with its format only."""
        p = self._p
        if value is None or value == "":
            return f"{self._open(row, column, style)}/>".encode()
        if isinstance(value, str):
            space = ' xml:space="preserve"' if value != value.strip() or "\n" in value else ""
            start = self._open(row, column, style, ' t="inlineStr"')
            return f"{start}><{p}is><{p}t{space}>{written(value)}</{p}t></{p}is></{p}c>".encode()
        number = serial(value, self._date1904) if isinstance(value, date) else value
        return f"{self._open(row, column, style)}><{p}v>{number!r}</{p}v></{p}c>".encode()

    def formula(self, row: int, column: int, style: int, formula: str, value: str | date | None) -> bytes:
        """A cell with a formula (without `=`) and its value as of now."""
        p = self._p
        inner = f"<{p}f>{markup.escape(formula)}</{p}f>"
        if isinstance(value, date):
            start = self._open(row, column, style)
            return f"{start}>{inner}<{p}v>{serial(value, self._date1904)}</{p}v></{p}c>".encode()
        start = self._open(row, column, style, ' t="str"')
        return f"{start}>{inner}<{p}v>{written(value or '')}</{p}v></{p}c>".encode()


def moved(cell: bytes, column: int) -> bytes:
    """A cell as it is written, in another column of its row."""
    return _COLUMN_OF.sub(lambda m: m[1] + letters(column).encode(), cell, count=1)
