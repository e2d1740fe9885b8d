"""docProps/app.xml: the list of tab titles that file browsers show. Left alone whenever it isn't as expected."""

from __future__ import annotations

from collections.abc import Sequence

from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.markup import Element
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import relations


def add(package: Package, titles: Sequence[str], title: str) -> None:
    """List one more tab after the worksheets of `titles` that stand there."""
    place = _Titles.of(package)
    if place is None or not {entry for entry, _ in place.worksheets} <= set(titles):
        return
    last = place.worksheets[-1][1]
    p = last.tag
    place.write(last.end, last.end, f"<{p}>{markup.escape(title)}</{p}>".encode(), 1)


def remove(package: Package, title: str) -> None:
    """Take one tab off the list."""
    place = _Titles.of(package)
    if place is None:
        return
    element = next((element for entry, element in place.worksheets if entry == title), None)
    if element is not None and len(place.worksheets) > 1:
        place.write(element.start, element.end, b"", -1)


class _Titles:
    """TitlesOfParts of app.xml with its size, and the count of worksheets in HeadingPairs."""

    def __init__(self, package: Package, part: str) -> None:
        self.package, self.part = package, part
        self.data = package.xml(part)
        elements = markup.parse(self.data, part)
        self.worksheets: list[tuple[str, Element]] = []
        pairs = next((e for e in elements if e.local == "HeadingPairs"), None)
        listed = next((e for e in elements if e.local == "TitlesOfParts"), None)
        if pairs is None or listed is None:
            return
        counts = [e for e in elements if pairs.inner <= e.start < pairs.inner_end and e.local == "i4"]
        vector = next((e for e in elements if listed.inner <= e.start and e.local == "vector"), None)
        if not counts or vector is None or not markup.text(self.data, counts[0]).isdigit():
            return
        self.count, self.vector = counts[0], vector
        entries = list(markup.children(elements, vector, "lpstr"))[: int(markup.text(self.data, counts[0]))]
        self.worksheets = [(markup.text(self.data, entry), entry) for entry in entries]

    @classmethod
    def of(cls, package: Package) -> _Titles | None:
        part = next(
            (r.target for r in relations(package, "") if r.kind == "extended-properties" and r.target in package), ""
        )
        if not part:
            return None
        found = cls(package, part)
        return found if found.worksheets and found.vector.attributes.get("size", "").isdigit() else None

    def write(self, start: int, end: int, new: bytes, more: int) -> None:
        """Splice the list, then its size, then the count before it: from the back, so that offsets stay true."""
        size = int(self.vector.attributes["size"]) + more
        data = markup.splice(self.data, start, end, new)
        data = markup.with_attribute(data, self.vector, "size", str(size))
        count = str(len(self.worksheets) + more).encode()
        if self.count.start < self.vector.start:
            data = markup.splice(data, self.count.inner, self.count.inner_end, count)
            self.package.write(self.part, data)
