"""One sheet's XML cut into rows and the rest, so that an edit changes its own bytes and every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.parsers import expat

from sheets_sync.errors import Refused
from sheets_sync.model import letters
from sheets_sync.workbooks.excel import markup

LAST_COLUMN = 16_384
LAST_ROW = 1_048_576
_IN_ORDER = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges
    scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting
    dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks
    customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture
    oleObjects controls webPublishItems tableParts extLst
"""
ORDER = _IN_ORDER.split()
_OPAQUE = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_ODD = re.compile(rb"=\s*(?:\"[^\"<>]*>|'[^'<>]*>)")
_NUMBER = re.compile(rb"\sr\s*=\s*[\"']\s*(\d{1,9})\s*[\"']")
_REF = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]{1,3})\d*\s*[\"']")
_STYLE = re.compile(rb"\ss\s*=\s*[\"']\s*(\d+)\s*[\"']")
_A1 = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)$")


def column_number(text: str) -> int:
    """AB → 28."""
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def meets(self, other: Area) -> bool:
        return not (
            other.left > self.right or other.right < self.left or other.top > self.bottom or other.bottom < self.top
        )

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        first, last = f"{letters(self.left)}{self.top}", f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"


def area(ref: str) -> Area | None:
    """`A3:J50`, `$B$2`, `C:D` or `4:6` as an area; None when it is none of these."""
    first, _, last = ref.replace("$", "").partition(":")
    ends = []
    for text, row, column in ((first, 1, 1), (last or first, LAST_ROW, LAST_COLUMN)):
        found = re.fullmatch(r"([A-Za-z]{0,3})([0-9]{0,9})", text)
        if not found or not text:
            return None
        ends.append((int(found[2]) if found[2] else row, column_number(found[1]) if found[1] else column))
    (top, left), (bottom, right) = ends
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


@dataclass(frozen=True, slots=True)
class Piece:
    """One cell inside its row's content, by byte offsets. `filled` says whether it has a value or a formula."""

    column: int
    start: int
    end: int
    style: int
    filled: bool


@dataclass(slots=True)
class Row:
    """`lead` is what stands between the row before and this one; a self-closed row has no content and no closing.
    `mask` is the content with comments and the like blanked out, mostly the same object."""

    number: int
    lead: bytes
    opening: bytes
    content: bytes
    closing: bytes
    mask: bytes
    shape: tuple[int, bool] | None = None

    def set_content(self, content: bytes, tag: bytes) -> None:
        """Give the row other cells. A row that closed itself is opened with a tab in place of the slash, which says
        that it is to close itself again."""
        if content and not self.closing:
            self.opening, self.closing = self.opening[: self.opening.rindex(b"/")] + b"\t>", b"</" + tag + b">"
        elif self.opening.endswith(b"\t>") and not content:
            self.opening, self.closing = self.opening[:-2] + b"/>", b""
        self.shape = None
        self.mask = content if self.mask is self.content else mask(content)
        self.content = content


@dataclass(slots=True)
class SheetXml:
    """A sheet: `outer` is the part without what stands inside `sheetData`, `tail` what follows the last row in it."""

    prefix: bytes
    outer: bytes
    rows: list[Row]
    tail: bytes
    title: str
    masked: bool
    by_number: dict[int, Row] = field(default_factory=dict)
    _shapes: dict[tuple[bytes, ...], tuple[int, bool]] = field(default_factory=dict)
    _patterns: dict[str, re.Pattern[bytes]] = field(default_factory=dict)
    _parsed: tuple[bytes, list[markup.Element]] | None = None

    def __post_init__(self) -> None:
        p = re.escape(self.prefix)
        self._patterns = {
            "ref": re.compile(rb'<%bc r="([A-Z]{1,3})[0-9]+"' % p),
            "any": re.compile(rb"<%bc[\s/>]" % p),
            "cell": re.compile(rb"<%bc(?=[\s/>])([^>]*)>" % p),
            "close": re.compile(rb"</%bc\s*>" % p),
            "filled": re.compile(rb"<%b(?:v|f|is)[\s>]" % p),
        }

    def tag(self, name: str) -> bytes:
        return self.prefix + name.encode()

    # Rows of one sheet have few shapes, so what is found out about one serves for all like it.
    def extent(self, row: Row) -> tuple[int, bool]:
        """The last column that has a cell, and whether all cells have plain references in rising order."""
        if row.shape is None:
            row.shape = self._shape(row)
        return row.shape

    def _shape(self, row: Row) -> tuple[int, bool]:
        refs = tuple(self._patterns["ref"].findall(row.mask))
        if len(refs) != row.mask.count(b"<" + self.prefix + b"c ") + row.mask.count(b"<" + self.prefix + b"c>"):
            columns = [piece.column for piece in self.cells(row)]
            self._refuse_doubled(row, columns)
            return max(columns, default=0), False
        known = self._shapes.get(refs)
        if known is None:
            columns = [column_number(ref.decode()) for ref in refs]
            self._refuse_doubled(row, columns)
            rising = all(a < b for a, b in pairwise(columns))
            known = self._shapes[refs] = (max(columns, default=0), rising)
        return known

    def _refuse_doubled(self, row: Row, columns: list[int]) -> None:
        if len(set(columns)) < len(columns):
            doubled = next(column for column in columns if columns.count(column) > 1)
            cell = f"{letters(doubled)}{row.number}"
            raise Refused(f"The tab {self.title} holds the cell {cell} twice, so it is not clear which one counts.")

    def cells(self, row: Row, start: int = 0) -> list[Piece]:
        """The cells of a row in document order, from a byte offset on (at which a cell with a reference starts)."""
        mask, pieces, column = row.mask, [], 0
        for match in self._patterns["cell"].finditer(mask, start):
            attributes = match[1]
            ref = _REF.search(attributes)
            column = column_number(ref[1].decode()) if ref else column + 1
            style = _STYLE.search(attributes)
            end, filled = match.end(), False
            if not attributes.endswith(b"/"):
                close = self._patterns["close"].search(mask, end)
                if close is None:
                    raise damaged(self.title)
                filled = self._patterns["filled"].search(mask, end, close.start()) is not None
                end = close.end()
            pieces.append(Piece(column, match.start(), end, int(style[1]) if style else 0, filled))
        return pieces

    def cells_from(self, row: Row, column: int) -> list[Piece]:
        """The cells of a row that stand in `column` or right of it."""
        last, rising = self.extent(row)
        if last < column:
            return []
        if rising and last - column < 64:
            for candidate in range(column, last + 1):
                at = row.mask.find(b'<%bc r="%b%d"' % (self.prefix, letters(candidate).encode(), row.number))
                if at >= 0:
                    return self.cells(row, at)
        return [piece for piece in self.cells(row) if piece.column >= column]

    def last_style(self, row: Row, column: int) -> int | None:
        """The format of the last cell of a row up to a column."""
        last, rising = self.extent(row)
        if rising and 0 < last <= column:
            at = row.mask.rfind(b"<%bc " % self.prefix)
            style = _STYLE.search(row.mask, at, row.mask.index(b">", at))
            return int(style[1]) if style else 0
        pieces = [piece for piece in self.cells(row) if piece.column <= column]
        return max(pieces, key=lambda piece: piece.column).style if pieces else None

    def row(self, number: int) -> Row:
        """The row of that number, put in between its neighbours when it is not there."""
        found = self.by_number.get(number)
        if found is None:
            opening = b'<%brow r="%d"/>' % (self.prefix, number)
            found = Row(number, b"", opening, b"", b"", b"")
            before = [i for i, row in enumerate(self.rows) if row.number < number] if self.rows else []
            if not self.rows or self.rows[-1].number < number:
                self.rows.append(found)
            else:
                self.rows.insert(before[-1] + 1 if before else 0, found)
            self.by_number[number] = found
        return found

    def set_cells(self, row: Row, new: Mapping[int, bytes], pieces: list[Piece] | None = None) -> dict[int, bytes]:
        """Put cells into a row (column → XML, b"" takes one out), each at its place; the cells that stood there.
        `pieces` are the row's cells from the first of these columns on, where they are known already."""
        if pieces is None:
            pieces = self.cells_from(row, min(new)) if new else []
        coming = sorted(new.items())
        out: list[bytes] = []
        was: dict[int, bytes] = {}
        at = 0
        for piece in pieces:
            out.append(row.content[at : piece.start])
            while coming and coming[0][0] < piece.column:
                out.append(coming.pop(0)[1])
            raw = row.content[piece.start : piece.end]
            if piece.column in new:
                was[piece.column] = raw
                raw = coming.pop(0)[1] if coming and coming[0][0] == piece.column else b""
            out.append(raw)
            at = piece.end
        rest = row.content[at:]
        if coming and not pieces:
            cut = self._end_of_cells(row)
            out, rest = [row.content[:cut]], row.content[cut:]
        row.set_content(b"".join([*out, *(cell for _, cell in coming), rest]), self.tag("row"))
        return was

    def _end_of_cells(self, row: Row) -> int:
        """Where one more cell goes: before the row's extension, and before what comments and white space follow."""
        cells = self.cells(row) if b"<" + self.tag("extLst") in row.mask else []
        return cells[-1].end if cells else len(row.content)

    def drop_row(self, row: Row) -> None:
        at = self.rows.index(row)
        after = self.rows[at + 1] if at + 1 < len(self.rows) else None
        if after is not None:
            after.lead = row.lead + after.lead
        else:
            self.tail = row.lead + self.tail
        del self.rows[at], self.by_number[row.number]

    def to_bytes(self) -> bytes:
        at = next((e for e, _ in self.parts("sheetData")), None)
        if at is None:
            raise damaged(self.title)
        pieces = [part for row in self.rows for part in (row.lead, row.opening, row.content, row.closing)]
        inner = b"".join([*pieces, self.tail])
        return markup.append_child(self.outer, at, inner) if inner else self.outer

    # ── the rest of the sheet ────────────────────────────────────────────────────────────────────────────────────────

    def elements(self) -> list[markup.Element]:
        """All elements of `outer`."""
        if self._parsed is None or self._parsed[0] is not self.outer:
            self._parsed = self.outer, markup.parse(self.outer, self.title)
        return self._parsed[1]

    def parts(self, *names: str) -> Iterator[tuple[markup.Element, list[markup.Element]]]:
        """The sheet's own children of these names, each with the list that holds all elements."""
        elements = self.elements()
        for element in elements:
            if element.parent == 0 and element.local in names:
                yield element, elements

    def part(self, name: str) -> markup.Element | None:
        return next((element for element, _ in self.parts(name)), None)

    def raw(self, name: str) -> bytes | None:
        """A child of the sheet as it is written."""
        found = self.part(name)
        return self.outer[found.start : found.end] if found else None

    def put(self, name: str, new: bytes) -> None:
        """Replace a child of the sheet (b"" takes it out), or add it at its place in the schema's order."""
        found = self.part(name)
        if found:
            self.outer = markup.splice(self.outer, found.start, found.end, new)
        elif new:
            self.add(name, new)

    def add(self, name: str, new: bytes) -> None:
        """Add a child after everything that comes before it in the schema's order, and after its own kind."""
        elements = self.elements()
        rank = ORDER.index(name)
        at = elements[0].inner
        for element in elements[1:]:
            if element.parent == 0 and _rank(elements, element) <= rank:
                at = max(at, element.end)
        self.outer = markup.splice(self.outer, at, at, new)


def _rank(elements: list[markup.Element], element: markup.Element) -> int:
    """Where an element stands in the schema's order; a choice (`mc:AlternateContent`) where its content does."""
    if element.local in ORDER:
        return ORDER.index(element.local)
    inside = (e for e in elements if element.start < e.start < element.end and e.local in ORDER)
    return max((ORDER.index(e.local) for e in inside), default=-1)


def damaged(title: str) -> Refused:
    return Refused(f"The tab {title} is damaged: its XML is not well-formed. Open and save it in Excel first.")


def scan(data: bytes, title: str) -> SheetXml:
    """A sheet part (UTF-8) cut up. Raises Refused when it is ill-formed or two rows have one number."""
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError:
        raise damaged(title) from None
    hidden = mask(data)
    found = re.search(rb"<((?:[^\s<>/:]+:)?)sheetData(?:\s[^>]*)?/?>", hidden)
    if found is None:
        raise Refused(f"{title} is not a worksheet with cells, so no status columns can be put there.")
    prefix = found[1]
    close = found.end() if found[0].endswith(b"/>") else hidden.find(b"</%bsheetData" % prefix, found.end())
    sheet = SheetXml(prefix, data[: found.end()] + data[close:], [], b"", title, hidden is not data)
    _cut(sheet, data, hidden, found.end(), close)
    return sheet


def _cut(sheet: SheetXml, data: bytes, hidden: bytes, at: int, close: int) -> None:
    opening = re.compile(rb"<%brow(?=[\s/>])[^>]*>" % re.escape(sheet.prefix))
    end_tag = re.compile(rb"</%brow\s*>" % re.escape(sheet.prefix))
    number = 0
    for match in opening.finditer(hidden, at, close):
        ref = _NUMBER.search(match[0])
        number = int(ref[1]) if ref else number + 1
        inner = end = after = match.end()
        if not match[0].endswith(b"/>"):
            ending = end_tag.search(hidden, inner, close)
            if ending is None:
                raise damaged(sheet.title)
            end, after = ending.span()
        if number in sheet.by_number or not 0 < number <= LAST_ROW:
            twice = "twice" if number in sheet.by_number else "which no sheet has"
            raise Refused(f"The tab {sheet.title} holds row {number:,} {twice}, so it is not clear what stands where.")
        content = data[inner:end]
        row = Row(number, data[at : match.start()], data[match.start() : inner], content, data[end:after], content)
        if sheet.masked:
            row.mask = hidden[inner:end]
        sheet.rows.append(row)
        sheet.by_number[number] = row
        at = after
    sheet.tail = data[at:close]


def mask(data: bytes) -> bytes:
    """The same length of bytes in which every `<` and `>` belongs to a tag: comments, CDATA and odd attribute values
    are blanked out. The very same object when there was nothing to blank."""
    at = data.find(b"?>") + 2 if data[:8].lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") else 0
    if b"<!" not in data and data.find(b"<?", at) < 0 and not _ODD.search(data):
        return data

    def blank(match: re.Match[bytes]) -> bytes:
        text = match[0]
        if text[:2] in (b"<!", b"<?"):
            return b" " * len(text)
        return b"<" + text[1:-1].replace(b">", b"_").replace(b"<", b"_") + b">"

    return _OPAQUE.sub(blank, data)


def attribute(opening: bytes, name: str) -> str | None:
    """The value of a plain attribute in a start tag."""
    found = re.search(rb"\s%b\s*=\s*(?:\"([^\"]*)\"|'([^']*)')" % name.encode(), opening)
    return None if found is None else markup.unescape((found[1] if found[1] is not None else found[2]).decode())


def with_attribute(opening: bytes, name: str, value: str) -> bytes:
    """A start tag with one of its attributes set, added at its end, or taken out ("")."""
    written = b' %b="%b"' % (name.encode(), value.encode()) if value else b""
    pattern = rb"\s+%b\s*=\s*(?:\"[^\"]*\"|'[^']*')" % name.encode()
    changed, count = re.subn(pattern, lambda _: written, opening, count=1)
    if count:
        return changed
    end = len(opening) - (2 if opening.endswith(b"/>") else 1)
    stripped = opening[:end].rstrip()
    return stripped + written + opening[len(stripped) :]
