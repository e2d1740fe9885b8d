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

_EMPTY = b"<styleSheet><cellXfs><xf/></cellXfs></styleSheet>"
_NOTE = re.compile(rb"<!--sheets-sync before: ([A-Za-z0-9+/=]+)-->$")
_CELLS = re.compile(rb"<(?:[\w.-]+:)?(?:c|row)\s[^>]*?\bs\s*=\s*[\"'](\d+)")
_COLUMNS = re.compile(rb"<(?:[\w.-]+:)?col\s[^>]*?\bstyle\s*=\s*[\"'](\d+)")
_LOOKS = re.compile(rb"[dD]xfId\s*=\s*[\"'](\d+)")


@dataclass(frozen=True, slots=True)
class Former:
    """`was` is the hash of the part as it was (empty: there was none), `left` of the part as we left it; `lists` what
    each list began with: its start tag as written and the length of what it held, none for one that was not there."""

    was: str
    left: str
    lists: Mapping[str, tuple[str, int]]


def split(data: bytes) -> tuple[bytes, Former | None]:
    """A stylesheet without its note, and what the note says, if it still belongs to it."""
    found = _NOTE.search(data, max(0, len(data) - 4096))
    if found is None:
        return data, None
    bare = data[: found.start()]
    try:
        kept = json.loads(zlib.decompress(base64.b64decode(found[1])))
        former = Former(kept["was"], kept["left"], {name: (str(tag), int(n)) for name, tag, n in kept["lists"]})
    except (ValueError, KeyError, TypeError, zlib.error):
        return bare, None
    return bare, former if former.left == _hash(bare) else None


def joined(data: bytes, former: Former) -> bytes:
    """A stylesheet as it is left, with its note."""
    lists = [[name, tag, length] for name, (tag, length) in former.lists.items()]
    kept = {"was": former.was, "left": _hash(data), "lists": lists}
    return data + b"<!--sheets-sync before: %b-->" % base64.b64encode(zlib.compress(json.dumps(kept).encode(), 9))


def first(written: bytes, data: bytes, lists: Mapping[str, FormatList]) -> Former:
    """What to remember before the first change of a part that is `written` like this, `data` in UTF-8; both are empty
    for a part that was not there."""
    kept = {
        name: (data[found.start : found.start_end].decode(), max(found.close - found.start_end, 0))
        for name, found in lists.items()
        if found.start >= 0
    }
    return Former(_hash(written) if written else "", "", kept if written else {})


def restore(package: Package, book: Book) -> None:
    """Make the formats what they were before ours came, if that is known and nothing of ours is in use."""
    for relation in relations(package, book.part):
        if relation.kind != "styles" or relation.external or relation.target not in package:
            continue
        data, former = split(package.xml(relation.target))
        if former is None:
            continue
        if not former.was:
            if not _used(package, book, *_added(_EMPTY, data)):
                remove_relation(package, book.part, relation.id)
                remove_part(package, relation.target)
            continue
        mark, bare = with_open_root(data)
        old = mark + with_closed_root(_cut(bare, former))
        if is_former(package.encoded(relation.target, old), former) and not _used(package, book, *_added(old, data)):
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


def _added(old: bytes, new: bytes) -> tuple[range, range]:
    """The numbers of the formats, and of the looks of rules, that a stylesheet has and an older one has not."""
    was, now = (scan(with_open_root(data)[1])[0] for data in (old, new))
    formats, looks = (
        range(len(was[name].nodes) if name in was else 0, len(now[name].nodes) if name in now else 0)
        for name in ("cellXfs", "dxfs")
    )
    return formats, looks


def _used(package: Package, book: Book, formats: range, looks: range) -> bool:
    """Whether a cell or a column uses one of these formats, or a rule or table one of these looks."""
    for sheet in book.worksheets:
        data = package.xml(sheet.part)
        used = (int(n) for pattern in (_CELLS, _COLUMNS) for n in set(pattern.findall(data)))
        tables = [r.target for r in relations(package, sheet.part) if r.kind == "table" and r.target in package]
        looked = (int(n) for part in (data, *map(package.xml, tables)) for n in set(_LOOKS.findall(part)))
        if any(n in formats for n in used) or any(n in looks for n in looked):
            return True
    return False


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
