"""What must be known about a sheet's XML before calamine reads it: how far it reaches, and which cells have no value.

A far stray cell would make calamine claim memory for every cell before it and abort the process, it stops at errors
that it doesn't know (`#SPILL!`), and it shows errors and formulas that were never calculated as blanks. Each is looked
for with a cheap search of the bytes; only where there is a hit is anything walked cell by cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sheets_sync.errors import Refused
from sheets_sync.model import NOT_CALCULATED, CellError
from sheets_sync.workbooks.excel import markup

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_CELLS = 20_000_000
FAR_ROWS, FAR_COLUMNS = 10_000, 500

# Begins with a plain letter, which makes searching megabytes twice as fast.
_ANY_WIDE = re.compile(rb"r\s*=\s*[\"'][A-Za-z]{2,}[0-9]")
_WIDE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{2,})[0-9]")
_REF = re.compile(rb"\sr\s*=\s*[\"']\$?([A-Za-z]+)\$?([0-9]+)[\"']")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"']([0-9]+)[\"']")
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_CELL = re.compile(
    rb"<((?:[\w.-]+:)?)c(?=[\s/>])((?:[^>\"'/]|\"[^\"]*\"|'[^']*')*)(?:/>|>.*?</\1c\s*>)",
    re.DOTALL,
)
_EMPTY_VALUE = rb"\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v\s*>\s*</(?:[\w.-]+:)?v\s*>)?\s*</(?:[\w.-]+:)?c\s*>"
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v\s*>([^<]*)<")
_OF_ERROR = re.compile(rb"\st\s*=\s*(?:\"e\"|'e')")
_OF_TEXT = re.compile(rb"\st\s*=\s*(?:\"str\"|'str')")
_DIMENSION = re.compile(rb"<(?:[\w.-]+:)?dimension\b[^>]*/>")
_RANGE = re.compile(rb"\sref\s*=\s*[\"'][A-Za-z]+[0-9]+(?::[A-Za-z]+[0-9]+)?[\"']")
_ASIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
# Larger sheets are logs, for which looking at every reference would cost more than reading them.
MOST_COMPARED = 150_000

Marks = dict[tuple[int, int], CellError]


@dataclass(frozen=True, slots=True)
class Checked:
    """A sheet that may be read: `data` is what to read in place of the part (None: the part as it is), `marks` the
    cells without a usable value by (row, column), `formulas` and `booleans` whether it may have any."""

    data: bytes | None
    marks: Marks
    formulas: bool = True
    booleans: bool = True


def check(data: bytes, title: str) -> Checked:
    """Check a sheet's XML (UTF-8). Raises Refused when it lists a row twice or reaches beyond Excel's last row."""
    changed = data
    if b"<!" in data or data.find(b"<?", 5) >= 0:
        changed = _ASIDE.sub(lambda m: markup.escape((m[1] or b"").decode("utf-8", "replace")).encode(), changed)
    said = _DIMENSION.search(changed[: markup.PROLOG])
    if said is not None and not _RANGE.search(said[0]):
        changed = markup.splice(changed, *said.span(), b"")
    prefix = _prefix(changed)
    changed = _without_strays(changed, prefix, title)
    _refuse_doubled(changed, prefix, title)
    marks: Marks = {}
    formulas = b"<" + prefix + b"f" in changed
    if formulas:
        marks.update(_not_calculated(changed, prefix))
    changed, errors = _errors(changed)
    marks.update(errors)
    booleans = b'"b"' in changed or (b"'" in changed and b"'b'" in changed)
    return Checked(None if changed is data else changed, marks, formulas, booleans)


def _prefix(data: bytes) -> bytes:
    """The prefix of the part's elements with its colon, mostly none."""
    root = re.search(rb"<((?:[\w.-]+:)?)worksheet\b", data[:8192])
    return root[1] if root else b""


# How far the sheet reaches


def _without_strays(data: bytes, prefix: bytes, title: str) -> bytes:
    """The sheet, without cells so far away from all others that only an accident can have put them there."""
    row = rb"<" + re.escape(prefix) + rb"row\b[^>]*?\sr\s*=\s*[\"']([0-9]+)"
    numbers = re.findall(row, data)
    if len(set(numbers)) < len(numbers):
        raise Refused(f'The tab "{title}" is damaged: it lists a row twice, so it is not clear which one counts.')
    height = max(max(map(int, numbers), default=0), len(numbers))
    if height > LAST_ROW:
        raise Refused(f'The tab "{title}" has a row {height:,}, beyond the last one that Excel has.')
    area = height * _width(data)
    if area <= MOST_CELLS or area <= 4 * data.count(b"<" + prefix + b"c "):
        return data
    return _trimmed(data, title)


def _refuse_doubled(data: bytes, prefix: bytes, title: str) -> None:
    if data.count(b"<" + prefix + b"c ") > MOST_COMPARED:
        return
    cells = re.findall(rb'<%bc r="([A-Za-z]{1,3}[0-9]+)"' % re.escape(prefix), data)
    if len(cells) < sum(data.count(b"<" + prefix + b"c" + blank) for blank in (b" ", b"\n", b"\t", b"\r")):
        cells = re.findall(rb"<%bc\s(?:[^>]*?\s)?r\s*=\s*[\"']([A-Za-z]{1,3}[0-9]+)" % re.escape(prefix), data)
    if len(set(cells)) < len(cells):
        doubled = next(cell for cell, count in Counter(cells).items() if count > 1).decode()
        raise Refused(f"The tab {title} holds the cell {doubled} twice, so it is not clear which one counts.")


def _width(data: bytes) -> int:
    """At least the number of the last column; 26 unless some cell's column has more letters."""
    if not _ANY_WIDE.search(data):
        return 26
    return max((_number(letters) for letters in set(_WIDE.findall(data))), default=26)


def _trimmed(data: bytes, title: str) -> bytes:
    rows: set[int] = set()
    first_rows: dict[int, int] = {}
    count = 0
    for row, column, _ in _walk(data):
        count += 1
        rows.add(row)
        first_rows[column] = min(row, first_rows.get(column, row))
    last_row = _before_gap(rows, FAR_ROWS)
    last_column = _before_gap({column for column, row in first_rows.items() if row <= last_row}, FAR_COLUMNS)
    if last_row * last_column > max(MOST_CELLS, 4 * count):
        raise Refused(
            f'The tab "{title}" spreads its cells too far apart to be read. Delete stray cells beyond the table.'
        )
    pieces, at = [], 0
    for row, column, start in _walk(data):
        if row > last_row or column > last_column:
            cell = _CELL.match(data, start)
            if cell is not None:
                pieces.append(data[at:start])
                at = cell.end()
    return b"".join([*pieces, data[at:]])


def _before_gap(numbers: set[int], gap: int) -> int:
    last = 0
    for number in sorted(numbers):
        if number - last > gap:
            break
        last = number
    return last


def _number(letters: bytes) -> int:
    number = 0
    for byte in letters.upper():
        number = number * 26 + byte - 64
    return number


def _walk(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Row, column and byte offset of every cell; what has no reference stands after what came before it."""
    row = column = 0
    for tag in _TAG.finditer(data):
        if tag[1] == b"row":
            number = _ROW_NUMBER.search(tag[2])
            row, column = int(number[1]) if number else row + 1, 0
            continue
        ref = _REF.search(tag[2])
        column = _number(ref[1]) if ref else column + 1
        yield (int(ref[2]) if ref else row), column, tag.start()


# Cells without a value


def _not_calculated(data: bytes, prefix: bytes) -> Marks:
    """The formulas without a cached value. An empty text is a value."""
    starts = set()
    p = re.escape(prefix)
    for pattern in (rb"</" + p + rb"f\s*>" + _EMPTY_VALUE, rb"<" + p + rb"f(?:\s[^>]*)?/>" + _EMPTY_VALUE):
        for match in re.finditer(pattern, data):
            start = max(
                data.rfind(b"<" + prefix + b"c ", 0, match.start()), data.rfind(b"<" + prefix + b"c>", 0, match.start())
            )
            if not _OF_TEXT.search(data[start : data.find(b">", start)]):
                starts.add(start)
    return {place: NOT_CALCULATED for _, place in _places(data, starts)}


def _errors(data: bytes) -> tuple[bytes, Marks]:
    """The sheet with its error cells turned into texts, and these errors."""
    types = {}
    for quoted in (b't="e"', b"t='e'") if b"'" in data else (b't="e"',):
        at = data.find(quoted)
        while at >= 0:
            start = data.rfind(b"<", 0, at)
            opening = data[start : data.find(b">", start)]
            if _TAG.match(opening + b">") and _OF_ERROR.search(opening):
                types[start] = at
            at = data.find(quoted, at + 5)
    if not types:
        return data, {}
    marks = {}
    for start, place in _places(data, set(types)):
        cell = _CELL.match(data, start)
        value = _VALUE.search(cell[0]) if cell else None
        marks[place] = CellError(value[1].decode("utf-8", "replace").strip() if value else "#ERROR")
    pieces, at = [], 0
    for position in sorted(types.values()):
        pieces += [data[at:position], b't="str"']
        at = position + 5
    return b"".join([*pieces, data[at:]]), marks


def _places(data: bytes, starts: set[int]) -> list[tuple[int, tuple[int, int]]]:
    """Row and column of the cells that start at some offsets; everything is walked only where one has no reference."""
    found = []
    for start in sorted(starts):
        ref = _REF.search(data, start, data.find(b">", start))
        if ref is None:
            return [(at, (row, column)) for row, column, at in _walk(data) if at in starts]
        found.append((start, (int(ref[2]), _number(ref[1]))))
    return found
