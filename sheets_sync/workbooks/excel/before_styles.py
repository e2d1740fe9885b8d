"""How the formats were before ours came, so that the part is the same again, byte for byte, when all of ours has gone.

It stands in a comment behind the end of the part. Every program that saves the workbook drops it: by then the formats
are numbered anew, and there is no exact former state to go back to."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import relations, remove_part, remove_relation
from sheets_sync.workbooks.excel.styles_scan import FormatList, scan, with_closed_root, with_open_root

_NOTE = re.compile(rb"<!--sheets-sync before: ([A-Za-z0-9+/=]+)-->$")
_CELLS = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)\s[^>]*?\bs\s*=\s*[\"'](\d+)")
_COLUMNS = re.compile(rb"<(?:[\w.-]+:)?col\s[^>]*?\bstyle\s*=\s*[\"'](\d+)")
_ANY_NUMBER = re.compile(rb"s(?:tyle)?\s*=\s*[\"'](\d+)")
_LOOKS = re.compile(rb"[dD]xfId\s*=\s*[\"'](\d+)")


@dataclass(frozen=True, slots=True)
class Former:
    """`was` is the hash of the part as it was (empty: there was none), `left` of the part as we left it; `lists` what
    each list began with: its start tag as written and the length of what it held, none for one that was not there;
    `formats` and `looks` the numbers of our first cell format and our first look of a rule."""

    was: str
    left: str
    lists: Mapping[str, tuple[str, int]]
    formats: int
    looks: int


def split(data: bytes) -> tuple[bytes, Former | None]:
    """A stylesheet without its note, and what the note says, if it still belongs to it."""
    found = _NOTE.search(data, max(0, len(data) - 4096))
    if found is None:
        return data, None
    bare = data[: found.start()]
    try:
        kept = json.loads(zlib.decompress(base64.b64decode(found[1])))
        lists = {name: (str(tag), int(length)) for name, tag, length in kept["lists"]}
        former = Former(kept["was"], kept["left"], lists, int(kept["formats"]), int(kept["looks"]))
    except (ValueError, KeyError, TypeError, zlib.error):
        return bare, None
    return bare, former if former.left == _hash(bare) else None


def joined(data: bytes, former: Former) -> bytes:
    """A stylesheet as it is left, with its note."""
    lists = [[name, tag, length] for name, (tag, length) in former.lists.items()]
    kept: dict[str, object] = {"was": former.was, "left": _hash(data), "lists": lists}
    kept |= {"formats": former.formats, "looks": former.looks}
    return data + b"<!--sheets-sync before: %b-->" % base64.b64encode(zlib.compress(json.dumps(kept).encode(), 9))


def first(written: bytes, data: bytes, lists: Mapping[str, FormatList], formats: int, looks: int) -> Former:
    """What to remember before the first change of a part that is `written` like this (nothing for a part that was not
    there), `data` in UTF-8; `formats` and `looks` are the numbers of our first ones."""
    kept = {
        name: (data[found.start : found.start_end].decode(), max(found.close - found.start_end, 0))
        for name, found in lists.items()
        if found.start >= 0
    }
    return Former(_hash(written) if written else "", "", kept if written else {}, formats, looks)


def last_used(package: Package, book: Book, most: int, there: int) -> int:
    """The last number of a cell format that a cell or column asks for beyond those that are `there`, -1 for none;
    sheets larger than `most` bytes are not looked through."""
    small = (package.xml(sheet.part) for sheet in book.worksheets if package.size(sheet.part) <= most)
    beyond = (number for data in small if _may_use(data, there) for number in _formats_used(data))
    return max((number for number in beyond if number >= there), default=-1)


def restore(package: Package, book: Book) -> None:
    """Make the formats what they were before ours came, if that is known and nothing of ours is in use."""
    for relation in relations(package, book.part):
        if relation.kind != "styles" or relation.external or relation.target not in package:
            continue
        data, former = split(package.xml(relation.target))
        if former is None:
            continue
        if not former.was:
            if not _used(package, book, former, data):
                remove_relation(package, book.part, relation.id)
                remove_part(package, relation.target)
            continue
        mark, bare = with_open_root(data)
        old = mark + with_closed_root(_cut(bare, former))
        if is_former(package.encoded(relation.target, old), former) and not _used(package, book, former, data):
            package.write(relation.target, old)


def is_former(written: bytes, former: Former | None) -> bool:
    """Whether a part, as it is written, is the one from before."""
    return former is not None and former.was == _hash(written)


def is_ours(data: bytes) -> bool:
    """Whether the whole part was made by us, and nobody else has written it since."""
    former = split(data)[1]
    return former is not None and not former.was


def _cut(data: bytes, former: Former) -> bytes:
    """The part without what was added at the ends of its lists."""
    lists, prefix, _ = scan(data)
    for name, found in sorted(lists.items(), key=lambda item: -item[1].start):
        tag, length = former.lists.get(name, ("", 0))
        closing = len(f"</{prefix}{name}>")
        if not tag:
            data = data[: found.start] + data[found.close + closing :]
        elif tag.endswith("/>") and found.close > found.start_end:
            data = data[: found.start] + tag.encode() + data[found.close + closing :]
        elif not tag.endswith("/>"):
            cut = found.start_end + length
            data = data[: found.start] + tag.encode() + data[found.start_end : cut] + data[found.close :]
    return data


def _used(package: Package, book: Book, former: Former, data: bytes) -> bool:
    """Whether a cell or a column uses a format of ours, or a rule or a table one of our looks."""
    lists = scan(with_open_root(data)[1])[0]
    formats = range(former.formats, len(lists["cellXfs"].nodes) if "cellXfs" in lists else 0)
    looks = range(former.looks, len(lists["dxfs"].nodes) if "dxfs" in lists else 0)
    for sheet in book.worksheets:
        xml = package.xml(sheet.part)
        tables = [r.target for r in relations(package, sheet.part) if r.kind == "table" and r.target in package]
        looked = (int(n) for part in (xml, *map(package.xml, tables)) for n in set(_LOOKS.findall(part)))
        if any(n in formats for n in _formats_used(xml)) or any(n in looks for n in looked):
            return True
    return False


def _may_use(sheet: bytes, there: int) -> bool:
    """Whether any attribute that could name a format holds such a number: ten times as fast as looking at cells."""
    return any(int(n) >= there for n in set(_ANY_NUMBER.findall(sheet)))


def _formats_used(sheet: bytes) -> set[int]:
    return {int(n) for pattern in (_CELLS, _COLUMNS) for n in set(pattern.findall(sheet))}


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
