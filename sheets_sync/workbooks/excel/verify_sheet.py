"""A patched sheet against the one before: with our cells taken out of both, the same tokens must be left."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from typing import Any

from lxml import etree

from sheets_sync.errors import OurBug
from sheets_sync.model import letters
from sheets_sync.workbooks.excel.before import URI
from sheets_sync.workbooks.excel.scan import Area, area

_FILLED = re.compile(rb"<(?:[\w.-]+:)?(?:v|f|is)[\s>]")
_SLICE = 1 << 19
_OUR_RULE = re.compile(r"LEFT\(\$([A-Z]+)\$?\d+,\d\)=")


def compare_sheets(
    old: bytes,
    new: bytes,
    title: str,
    columns: set[int],
    fresh: set[int],
    rows: Area,
    released: Collection[int] = (),
) -> None:
    """Two versions of a sheet part (UTF-8): `columns` are ours in either, of them `fresh` new ones, in these rows; of
    columns that are `released` only notes and colours may go. Raises OurBug with the first difference elsewhere."""
    old_rows, new_rows = _span(old, title), _span(new, title)
    new_outer = _outer(new, new_rows)
    _compare_outer(_tree(_outer(old, old_rows), title), _tree(new_outer, title), title, columns | set(released))
    names = b"|".join(letters(c).encode() for c in sorted(columns))
    p = re.escape(_prefix(new_outer))
    ours = re.compile(rb'<%bc r="(%b)(\d+)"[^>]*?(?:/>|>.*?</%bc>)' % (p, names, p), re.DOTALL)
    free = {letters(c).encode() for c in fresh}

    def without(data: bytes, check: bool) -> bytes:
        def cut(match: re.Match[bytes]) -> bytes:
            if not rows.top <= int(match[2]) <= rows.bottom:
                return match[0]
            if check and match[1] in free and _FILLED.search(match[0]):
                raise OurBug(f"{title}!{(match[1] + match[2]).decode()} is filled in and would be written over.")
            return b""

        return _plain_rows(ours.sub(cut, data), p)

    def digest(sheet: bytes, span: tuple[int, int], check: bool) -> bytes:
        found = hashlib.sha256()
        for part in _slices(sheet, *span, b"<%brow" % _prefix(new_outer)):
            found.update(without(part, check))
        return found.digest()

    if digest(old, old_rows, True) != digest(new, new_rows, False):
        _compare_cells(old, new, title, columns, fresh, rows)


def _span(data: bytes, title: str) -> tuple[int, int]:
    """Where a sheet's rows begin and end."""
    opening = re.search(rb"<(?:[\w.-]+:)?sheetData(?:\s[^>]*)?/?>", data)
    if opening is None:
        raise OurBug(f"The tab {title} would lose its cells.")
    if opening[0].endswith(b"/>"):
        return len(data), len(data)
    close = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>").search(data, opening.end())
    return opening.end(), close.start() if close else len(data)


def _outer(data: bytes, span: tuple[int, int]) -> bytes:
    """A sheet without its rows."""
    return data[: span[0]] + data[span[1] :]


def _slices(data: bytes, start: int, end: int, row: bytes) -> Iterator[bytes]:
    """A sheet's rows a few hundred at a time, so that a large sheet is not copied over and over."""
    while start < end:
        found = data.find(row, min(start + _SLICE, end), end)
        stop = found if found >= 0 else end
        yield data[start:stop]
        start = stop


def _prefix(data: bytes) -> bytes:
    found = re.search(rb"<((?:[\w.-]+:)?)sheetData[\s/>]", data)
    return found[1] if found else b""


def _plain_rows(data: bytes, p: bytes) -> bytes:
    """Rows without their spans and heights that nobody set, empty ones left out, self-closed ones opened."""
    data = re.sub(rb'(<%brow\b[^>]*?)\s+spans="[0-9: ]*"' % p, rb"\1", data)
    data = re.sub(rb'(<%brow\b(?![^>]*customHeight="(?:1|true)")[^>]*?)\s+ht="[0-9.]*"' % p, rb"\1", data)
    data = re.sub(rb"<(%brow)\b([^>]*?)\s*/>" % p, rb"<\1\2></\1>", data.replace(b"\t>", b">"))
    return re.sub(rb'<%brow r="\d+"></%brow>' % (p, p), b"", data)


def _tree(data: bytes, title: str) -> Any:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise OurBug(f"The tab {title} would not be well-formed ({error.msg}).") from None


def _compare_outer(old: Any, new: Any, title: str, columns: set[int]) -> None:
    """Everything in a sheet but its rows."""
    for name in {_name(e) for e in (*old, *new)}:
        a = [piece for e in old if _name(e) == name for piece in _pieces(e, name, columns)]
        b = [piece for e in new if _name(e) == name for piece in _pieces(e, name, columns)]
        if a != b:
            raise OurBug(f"The tab {title} would be changed outside our columns: {name}.")
    order = [_name(e) for e in new if _name(e) != "extLst"]
    kept = [_name(e) for e in old if _name(e) != "extLst"]
    missing = iter(order)
    ours = {"cols", "conditionalFormatting", "dataValidations"}
    if dict(old.attrib) != dict(new.attrib) or not all(n in missing for n in kept if n not in ours):
        raise OurBug(f"The tab {title} would be changed outside our columns: its parts would change places.")


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else "comment"


def _pieces(element: Any, name: str, columns: set[int]) -> list[object]:
    """What must be equal of one child of a sheet: all of it, or what of it is not ours."""
    if name == "dimension":
        return []
    if name == "cols":
        spans = [(dict(col.attrib), int(col.get("min", "1")), int(col.get("max", "1"))) for col in element]
        return _by_column(spans, columns)
    if name == "autoFilter":
        where = area(element.get("ref", ""))
        rest = {k: v for k, v in element.attrib.items() if k != "ref"}
        left = (where.top, where.left, where.bottom) if where else element.get("ref")
        return [left, rest, *(_canonical(child) for child in element)]
    if name == "conditionalFormatting":
        return [] if _is_our_rule(element, columns) else [_canonical(element)]
    if name == "dataValidations":
        return [_canonical(child) for child in element if not _is_our_note(child, columns)]
    if name == "extLst":
        return [_canonical(child) for child in element if child.get("uri") != URI]
    return [_canonical(element)]


def _by_column(spans: list[tuple[dict[str, str], int, int]], columns: set[int]) -> list[object]:
    """Runs of equal columns, ours left out, however the `<col>` elements are cut."""
    runs: list[object] = []
    last: tuple[int, dict[str, str]] | None = None
    for attributes, first, end in sorted(spans, key=lambda span: span[1]):
        rest = {k: v for k, v in attributes.items() if k not in ("min", "max")}
        for column in range(first, end + 1):
            if column in columns:
                continue
            if last is None or last[1] != rest or not all(c in columns for c in range(last[0] + 1, column)):
                runs.append((column, tuple(sorted(rest.items()))))
            last = column, rest
    return runs + ([last[0]] if last else [])


def _is_our_rule(element: Any, columns: set[int]) -> bool:
    where = area(element.get("sqref", ""))
    if where is None or where.left != where.right or where.left not in columns:
        return False
    found = [_OUR_RULE.match("".join(rule.itertext())) for rule in element]
    asked = [area(f"{match[1]}1") if match else None for match in found]
    return all(a is not None and a.left in columns for a in asked)


def _is_our_note(element: Any, columns: set[int]) -> bool:
    where = area(element.get("sqref", ""))
    lone = where is not None and (where.top, where.left) == (where.bottom, where.right) and where.left in columns
    return lone and element.get("type", "none") == "none" and element.get("prompt") is not None


def _canonical(element: Any) -> bytes:
    if not isinstance(element.tag, str):  # libxml2 crashes over a comment that is to be canonical
        return bytes(etree.tostring(element, with_tail=False))
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_tail=False))


def _compare_cells(old: bytes, new: bytes, title: str, columns: set[int], fresh: set[int], rows: Area) -> None:
    """The same question cell by cell, for sheets that are written in another way: the slow answer is the exact one."""
    was, now = _cells(_tree(old, title)), _cells(_tree(new, title))
    for place in sorted(was.keys() | now.keys()):
        row, column = place
        here = column in columns and rows.top <= row <= rows.bottom
        if here:
            if column in fresh and _FILLED.search(was.get(place, b"")):
                raise OurBug(f"{title}!{letters(column)}{row} is filled in and would be written over.")
            continue
        a, b = was.get(place), now.get(place)
        if a != b and not (column == 0 and b"" in (a or b"", b or b"")):
            cell = f"{letters(column)}{row}" if column else f"row {row}"
            raise OurBug(f"{title}!{cell} would be changed, though it is not ours.")


def _cells(root: Any) -> dict[tuple[int, int], bytes]:
    """Every cell as canonical XML by row and column; column 0 holds the row's own attributes."""
    found: dict[tuple[int, int], bytes] = {}
    number = 0
    for row in root.iter("{*}row"):
        number = int(row.get("r", number + 1))
        loose = {"r", "spans"} if row.get("customHeight") in ("1", "true") else {"r", "spans", "ht"}
        attributes = sorted((str(k), str(v)) for k, v in row.attrib.items() if k not in loose)
        found[number, 0] = repr(attributes).encode() if attributes else b""
        column = 0
        for cell in row.iterchildren("{*}c"):
            where = area(cell.get("r", ""))
            column = where.left if where else column + 1
            found[number, column] = _canonical(cell)
        for other in row.iterchildren():
            if _name(other) != "c":
                found[number, 0] += _canonical(other)
    return found
