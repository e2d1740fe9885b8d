"""Ranges: as the API gives them (GridRange), as people write them (A1), and what may not be changed in them."""

from __future__ import annotations

import re

from tests.sheets_emulator.book import Book, Json, Sheet, invalid

Area = tuple[int, int, int, int]
_RANGE = re.compile(r"^(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([A-Za-z]*)\$?(\d*)(?::\$?([A-Za-z]*)\$?(\d*))?$")
_PROTECTED = (
    "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove protection if "
    "you need to edit."
)


def letters(column: int) -> str:
    """The name of a 0-based column."""
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _number(name: str) -> int:
    number = 0
    for letter in name.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def quoted(title: str) -> str:
    plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", title) and not re.fullmatch(r"[A-Za-z]{1,3}\d+", title)
    return title if plain else "'" + title.replace("'", "''") + "'"


def a1(sheet: Sheet, span: Area) -> str:
    """An area in A1 notation, with its sheet."""
    top, left, bottom, right = span
    first, last = f"{letters(left)}{top + 1}", f"{letters(right - 1)}{bottom}"
    return f"{quoted(sheet.title)}!{first}" + (f":{last}" if last != first else "")


def bounds(where: Json, sheet: Sheet) -> Area:
    """The cells of a GridRange: top, left, bottom, right, the last two past the end."""
    return (
        where.get("startRowIndex", 0),
        where.get("startColumnIndex", 0),
        where.get("endRowIndex", sheet.rows),
        where.get("endColumnIndex", sheet.columns),
    )


def area(book: Book, where: Json) -> tuple[Sheet, Area]:
    """The sheet and the cells of a GridRange. Raises ApiError where the grid ends before."""
    sheet = book.sheet(where.get("sheetId", 0))
    span = top, left, bottom, right = bounds(where, sheet)
    if min(span) < 0 or top >= bottom or left >= right:
        raise invalid(f"Invalid range: [{top}, {bottom}) x [{left}, {right})")
    if bottom > sheet.rows or right > sheet.columns:
        raise invalid(
            f"Range ('{sheet.title}'!{letters(left)}{top + 1}:{letters(right - 1)}{bottom}) exceeds grid limits. "
            f"Max rows: {sheet.rows}, max columns: {sheet.columns}"
        )
    return sheet, span


def kept(where: Json) -> Json:
    """A GridRange as it is kept: always with its sheet."""
    return {"sheetId": where.get("sheetId", 0)} | where


def overlap(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def guard(book: Book, sheet: Sheet, span: Area) -> None:
    """Refuse what a hard protection of somebody else forbids."""
    for protection in sheet.protections:
        if not may_edit(book, protection) and overlap(span, bounds(protection["range"], sheet)):
            free = [bounds(where, sheet) for where in protection.get("unprotectedRanges", [])]
            if not any(_inside(span, one) for one in free):
                raise invalid(_PROTECTED)


def may_edit(book: Book, protection: Json) -> bool:
    """Editors and owners may. Without editors, whoever made the protection had no name, and then nobody has."""
    allowed = protection.get("editors", {}).get("users", [])
    anybody = bool(protection.get("warningOnly")) or not allowed
    return anybody or book.caller in allowed or book.roles.get(book.caller) == "owner"


def refuse_protected(book: Book, protection: Json) -> None:
    if not may_edit(book, protection):
        raise invalid(_PROTECTED)


def _inside(one: Area, other: Area) -> bool:
    return other[0] <= one[0] and other[1] <= one[1] and one[2] <= other[2] and one[3] <= other[3]


def window(book: Book, text: str) -> tuple[Sheet, Area]:
    """The cells of a range in A1 notation; a title alone is all of the sheet, a name is its range."""
    bare = book.titled(text.removeprefix("'").removesuffix("'").replace("''", "'")) if "!" not in text else None
    if bare is not None:
        return bare, (0, 0, bare.rows, bare.columns)
    for name in book.names:
        if name["name"] == text.rpartition("!")[2]:
            return area(book, name["range"])
    found = _RANGE.match(text)
    title = (found[1] or found[2] or "").replace("''", "'") if found else ""
    sheet = book.titled(title) if title else book.sheets[0]
    if found is None or sheet is None or not any(found[n] for n in (3, 4, 5, 6)):
        raise invalid(f"Unable to parse range: {text}")
    left, top = _number(found[3]), int(found[4] or 0) - 1
    single = found[5] is None and found[6] is None
    if single and (left < 0 or top < 0):
        raise invalid(f"Unable to parse range: {text}")
    right, bottom = (left, top) if single else (_number(found[5] or ""), int(found[6] or 0) - 1)
    # People write ranges from any corner.
    top, bottom = (bottom, top) if 0 <= bottom < top else (top, bottom)
    left, right = (right, left) if 0 <= right < left else (left, right)
    top, left = max(top, 0), max(left, 0)
    if top >= sheet.rows or left >= sheet.columns:
        raise invalid(f"Range ({text}) exceeds grid limits. Max rows: {sheet.rows}, max columns: {sheet.columns}")
    bottom = min(bottom + 1, sheet.rows) if bottom >= 0 else sheet.rows
    right = min(right + 1, sheet.columns) if right >= 0 else sheet.columns
    return sheet, (top, left, bottom, right)
