"""Generated tabs into a team's package: sheets drawn elsewhere are grafted in, with drawings, charts and formats; one
that stands there already keeps its place, its number and its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from sheets_sync.model import Link, Tab
from sheets_sync.workbooks.excel import relations
from sheets_sync.workbooks.excel.book import Drawn, Page, draw
from sheets_sync.workbooks.excel.names import OURS, Book, Sheet, quoted, reference
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.rows import sheet_data, with_links, with_rows
from sheets_sync.workbooks.excel.styles import Styles
from sheets_sync.workbooks.themes import fills

_DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"
_CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
    b"http://schemas.openxmlformats.org/drawingml/2006/main": b"http://purl.oclc.org/ooxml/drawingml/main",
    b"http://schemas.openxmlformats.org/drawingml/2006/chart": b"http://purl.oclc.org/ooxml/drawingml/chart",
    b"http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing": (
        b"http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing"
    ),
}
_PRINT_AREA, _PRINT_TITLES, _FILTERED = "_xlnm.Print_Area", "_xlnm.Print_Titles", "_xlnm._FilterDatabase"


def put_tabs(package: Package, book: Book, tabs: Sequence[Tab], theme: str = "calm") -> None:
    """Set generated tabs: new ones at the end, in order, the others where they stand. Putting the same tabs again
    changes no byte. `theme` names the colours of levels. Raises Refused when a title is taken or the workbook has no
    room for formats."""
    if not tabs:
        return
    standing = {id: spot.sheet for id, spot in book.owned("tab").items()}
    titles = {tab.title: standing[tab.id].title if tab.id in standing else tab.title for tab in tabs}
    columns = {name.removeprefix(f"{OURS}.column.") for name in book.names() if name.startswith(f"{OURS}.column.")}

    def locate(link: Link) -> str:
        # A name moves along when people insert rows and columns; an address in a link does not.
        if link.status_column in columns:
            return f"{OURS}.column.{link.status_column}"
        return reference(titles.get(link.tab, link.tab), link.row, link.column).replace("$", "")

    drawn = draw(tabs, [titles[tab.title] for tab in tabs], locate, book.date1904, fills(theme))
    styles = Styles(package)
    formats, rules = styles.adopt(drawn.parts["xl/styles.xml"])
    styles.save()
    for page in drawn.pages:
        _put(package, book, drawn, page, formats, rules)


def give_tabs(package: Package, book: Book, tabs: Sequence[Tab], theme: str = "calm") -> None:
    """Put tabs in that are the team's from then on: drawn as ours are, without our name on them."""
    put_tabs(package, book, tabs, theme)
    for tab in tabs:
        book.disown("tab", tab.id)


def drop_tab(package: Package, book: Book, id: str) -> None:
    """Take a generated tab out with everything that only it led to; one that is not there is no error."""
    spot = book.owned("tab").get(id)
    if spot is None:
        book.disown("tab", id)
        return
    _forget_calculation(package, book, spot.sheet)
    book.remove_sheet(spot.sheet.part)
    book.disown("tab", id)


def _put(
    package: Package, book: Book, drawn: Drawn, page: Page, formats: Mapping[int, int], rules: Mapping[int, int]
) -> None:
    tab = page.tab
    cells = [(row, column, value, formats[look]) for row, column, value, look in page.cells]
    rows = sheet_data(cells, page.heights, book.date1904)
    xml = with_links(with_rows(_remapped(drawn.parts[page.part], rules), rows), page.links)
    spot = book.owned("tab").get(tab.id)
    if spot is None:
        part = relations.free_name(package, _beside_workbook(package, f"worksheets/{OURS.strip('_')}_{tab.id}{{}}.xml"))
        sheet = book.add_sheet(tab.title, part, "veryHidden" if tab.hidden else "visible")
    else:
        sheet = spot.sheet
        _forget_calculation(package, book, sheet, xml)
    before = _led_to(package, sheet.part)
    _write(package, sheet.part, xml, book.strict)
    _graft_relatives(package, drawn, page, sheet.part, tab.id, book.strict)
    for part in sorted(before - _led_to(package, sheet.part)):
        if part in package and part not in _targets(package):
            relations.remove_part(package, part)
    _name(book, page, sheet)


def _beside_workbook(package: Package, name: str) -> str:
    return posixpath.join(posixpath.dirname(package.main_part), name)


def _remapped(xml: bytes, rules: Mapping[int, int]) -> bytes:
    """Rules' looks by their ids over there; no tab of ours is selected, for two selected tabs are edited together."""
    xml = re.sub(rb'\sdxfId="(\d+)"', lambda m: b' dxfId="%d"' % rules[int(m[1])], xml)
    return re.sub(rb'\stabSelected="[^"]*"', b"", xml)


def _graft_relatives(package: Package, drawn: Drawn, page: Page, part: str, id: str, strict: bool) -> None:
    """The drawing of a sheet and the charts in it, under names that are the same every time."""
    stem = f"{OURS.strip('_')}_{id}"
    names: dict[str, str] = {}
    for target in _walk(drawn, page.part):
        kind = posixpath.basename(posixpath.dirname(target))
        names[target] = _beside_workbook(package, f"{kind}/{stem}_{len(names)}.xml")
    for source, name in ((page.part, part), *names.items()):
        if source != page.part:
            _write(package, name, drawn.parts[source], strict)
            relations.set_content_type(package, name, _DRAWING if "/drawings/" in source else _CHART)
        rels = drawn.parts.get(relations.rels_name(source))
        if rels is not None:
            package.write(relations.rels_name(name), _retargeted(rels, source, name, names, strict))
        elif relations.rels_name(name) in package:
            package.remove(relations.rels_name(name))


def _walk(drawn: Drawn, part: str) -> list[str]:
    """Every part that a drawn part leads to, nearest first."""
    rels = drawn.parts.get(relations.rels_name(part), b"")
    found = []
    for target in re.findall(rb'Target="/?([^"]*)"', rels):
        found += [target.decode(), *_walk(drawn, target.decode())]
    return found


def _retargeted(rels: bytes, source: str, name: str, names: Mapping[str, str], strict: bool) -> bytes:
    for old, new in names.items():
        path = posixpath.relpath("/" + new, "/" + posixpath.dirname(name))
        rels = rels.replace(b'Target="/%s"' % old.encode(), b'Target="%s"' % path.encode())
    for plain, strict_name in _STRICT.items() if strict else ():
        rels = rels.replace(plain, strict_name)
    return rels


def _write(package: Package, name: str, data: bytes, strict: bool) -> None:
    for plain, strict_name in _STRICT.items() if strict else ():
        data = data.replace(plain, strict_name)
    package.write(name, data)


def _led_to(package: Package, part: str) -> set[str]:
    """Every part that a part leads to, directly or not."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        for relation in relations.relations(package, waiting.pop()):
            if not relation.external and relation.target in package and relation.target not in found:
                found.add(relation.target)
                waiting.append(relation.target)
    return found


def _targets(package: Package) -> set[str]:
    """Every part that any other part leads to."""
    found = set()
    for name in package.names():
        folder, _, file = name.rpartition("/")
        if file.endswith(".rels") and posixpath.basename(folder) == "_rels":
            source = posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))
            found |= {relation.target for relation in relations.relations(package, source) if not relation.external}
    return found


def _name(book: Book, page: Page, sheet: Sheet) -> None:
    """Our own name for the tab, and the names that print and filter it."""
    if book.defined(f"{OURS}.tab.{page.tab.id}") is None:
        book.own("tab", page.tab.id, sheet.title)
    place = quoted(sheet.title)
    absolute = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", page.filter)
    for name, area, hidden in (
        (_PRINT_AREA, page.print_area, False),
        (_PRINT_TITLES, page.print_rows, False),
        (_FILTERED, absolute, True),
    ):
        if area:
            book.define(name, f"{place}!{area}", hidden=hidden, sheet=sheet)
        else:
            book.undefine(name, sheet)


def _forget_calculation(package: Package, book: Book, sheet: Sheet, new: bytes = b"") -> None:
    """Drop the order of calculation when it names a formula that goes: Excel makes it anew, but takes a wrong one for
    damage."""
    gone = _formulas(package.xml(sheet.part)) - _formulas(new)
    chains = [r for r in relations.relations(package, book.part) if r.kind == "calcChain" and r.target in package]
    for chain in chains if gone else ():
        if b'i="%d"' % sheet.sheet_id in package.xml(chain.target):
            relations.remove_relation(package, book.part, chain.id)
            relations.remove_part(package, chain.target)


def _formulas(xml: bytes) -> set[bytes]:
    return set(re.findall(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*<(?:\w+:)?f\b', xml))
