"""What stood where our columns are, remembered inside the sheet itself, so that taking them out restores it.

It lies in an extension that spreadsheet programs skip and drop when they save: by then they have rewritten the sheet
in their own way, and there is no exact former state to go back to."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass, field
from itertools import groupby

from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.scan import SheetXml

URI = "{5B1D6E0C-8C1F-4D0B-9A53-6F2B7C0E4A11}"
_NAMESPACE = "urn:sheets-sync:before"
_ROW = re.compile(rb"(\sr\s*=\s*[\"']\s*[A-Za-z]{0,3})\d+")


@dataclass(slots=True)
class Before:
    """`parts` are children of the sheet as they were ("" = not there) with what we left in their place; `cells` blank
    cells by (column, row) as they were written, `spans` and `heights` those of rows ("" = none); `rows` are rows that
    we made."""

    parts: dict[str, tuple[str, str]] = field(default_factory=dict)
    cells: dict[tuple[int, int], bytes] = field(default_factory=dict)
    spans: dict[int, str] = field(default_factory=dict)
    heights: dict[int, str] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)

    def note_part(self, xml: SheetXml, name: str) -> None:
        """Remember a child of the sheet before its first change, or forget it when somebody else changed it since."""
        now = (xml.raw(name) or b"").decode()
        if name not in self.parts or self.parts[name][1] != now:
            self.parts[name] = (now, now)

    def left_part(self, xml: SheetXml, name: str) -> None:
        """Remember how a child of the sheet was left."""
        self.parts[name] = (self.parts[name][0], (xml.raw(name) or b"").decode())

    def original(self, xml: SheetXml, name: str) -> bytes | None:
        """A child of the sheet as it was (b"" = not there), None when that is not known."""
        was, left = self.parts.get(name, ("", "\0"))
        return was.encode() if left == (xml.raw(name) or b"").decode() else None


def take(xml: SheetXml) -> Before:
    """Read what is remembered and take it out of the sheet."""
    found = _find(xml)
    if found is None:
        return Before()
    elements, ext = found
    text = re.search(rb">([A-Za-z0-9+/=]+)<", xml.outer[ext.inner : ext.inner_end])
    holder = elements[ext.parent]
    xml.outer = markup.splice(xml.outer, ext.start, ext.end, b"")
    try:
        kept = json.loads(zlib.decompress(base64.b64decode(text[1] if text else b"")))
        if kept.pop("made"):
            xml.outer = markup.splice(xml.outer, holder.start, holder.end - (ext.end - ext.start), b"")
        return Before(
            parts={name: (was, left) for name, was, left in kept["parts"]},
            cells={(c, r): _at_row(cell, r) for c, first, n, cell in kept["cells"] for r in range(first, first + n)},
            spans={r: spans for first, n, spans in kept["spans"] for r in range(first, first + n)},
            heights={r: height for first, n, height in kept["heights"] for r in range(first, first + n)},
            rows=set(kept["rows"]),
        )
    except (ValueError, KeyError, TypeError, zlib.error):
        return Before()


def put(xml: SheetXml, before: Before) -> None:
    """Keep it in the sheet."""
    columns = sorted(before.cells)
    runs = [
        [c, *run]
        for c, of_column in groupby(columns, key=lambda place: place[0])
        for run in _runs([(r, _ROW.sub(rb"\1", before.cells[c, r], count=1).decode()) for _, r in of_column])
    ]
    kept = {
        "made": xml.part("extLst") is None,
        "parts": [[name, was, left] for name, (was, left) in sorted(before.parts.items())],
        "cells": runs,
        "spans": _runs(sorted(before.spans.items())),
        "heights": _runs(sorted(before.heights.items())),
        "rows": sorted(before.rows),
    }
    packed = base64.b64encode(zlib.compress(json.dumps(kept, ensure_ascii=False).encode(), 9)).decode()
    p = xml.prefix.decode()
    ext = f'<{p}ext uri="{URI}" xmlns:ss="{_NAMESPACE}"><ss:before>{packed}</ss:before></{p}ext>'.encode()
    holder = xml.part("extLst")
    if holder is not None:
        xml.outer = markup.append_child(xml.outer, holder, ext)
    else:
        xml.add("extLst", b"<%b>%b</%b>" % (xml.tag("extLst"), ext, xml.tag("extLst")))


def _find(xml: SheetXml) -> tuple[list[markup.Element], markup.Element] | None:
    if URI.encode() not in xml.outer:
        return None
    for holder, elements in xml.parts("extLst"):
        for ext in markup.children(elements, holder, "ext"):
            if ext.attributes.get("uri") == URI:
                return elements, ext
    return None


def _runs(items: list[tuple[int, str]]) -> list[list[object]]:
    """(row, text) in order → [first row, how many, text] where rows follow each other with the same text."""
    runs: list[list[object]] = []
    expected = 0
    for row, text in items:
        if runs and row == expected and runs[-1][2] == text:
            runs[-1][1] = row - int(str(runs[-1][0])) + 1
        else:
            runs.append([row, 1, text])
        expected = row + 1
    return runs


def _at_row(cell: str, row: int) -> bytes:
    return re.sub(rb"(\sr\s*=\s*[\"']\s*[A-Za-z]{1,3})", lambda m: m[1] + b"%d" % row, cell.encode(), count=1)
