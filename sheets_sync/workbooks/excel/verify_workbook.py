"""The parts that we share with the team: workbook, formats and tables must still say all that they said."""

from __future__ import annotations

from typing import Any

from lxml import etree

from sheets_sync.errors import OurBug, Refused
from sheets_sync.workbooks.excel import before_styles
from sheets_sync.workbooks.excel.names import OURS, Book, Sheet
from sheets_sync.workbooks.excel.scan import area
from sheets_sync.workbooks.excel.tables import FILTER_NAME

_FORMATS = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")


def compare_workbooks(old: Book, new: Book, titles: set[str]) -> None:
    """The workbook part: the team's sheets (`titles`) in order, its names, and everything else in it."""
    a, b = _sheets(old, titles), _sheets(new, titles)
    if a != b:
        raise OurBug("The workbook's own tabs would be changed, lost or put in another order.")
    was, now = _names(old, titles), _names(new, titles)
    for key in sorted(was.keys() | now.keys()):
        if was.get(key) != now.get(key):
            raise OurBug(f"The name {key[1]} of the workbook would be changed.")
    if _rest(old) != _rest(new):
        raise OurBug("The workbook part would be changed beyond its tabs and names.")


def _sheets(book: Book, titles: set[str]) -> list[tuple[object, ...]]:
    return [(s.title, s.part, s.state, s.sheet_id, s.rel_id) for s in book.sheets if s.title in titles]


def _names(book: Book, titles: set[str]) -> dict[tuple[str, str], tuple[object, ...]]:
    """Defined names that are not ours by (tab, name); of a filter's hidden name all but its right edge."""
    sheets: dict[str, Sheet] = {str(sheet.index): sheet for sheet in book.sheets}
    found: dict[tuple[str, str], tuple[object, ...]] = {}
    for element in _root(book).iter("{*}definedName"):
        name, local = element.get("name", ""), element.get("localSheetId")
        tab = sheets[local].title if local in sheets else ""
        if name.startswith(f"{OURS}.") or (local is not None and tab not in titles):
            continue
        text: object = element.text or ""
        where = area(str(text).rpartition("!")[2]) if name == FILTER_NAME else None
        if where:
            text = (where.top, where.left, where.bottom)
        rest = sorted((k, v) for k, v in element.attrib.items() if k != "localSheetId")
        found[tab, name] = (text, tuple(map(tuple, rest)))
    return found


def _rest(book: Book) -> list[bytes]:
    """The other children of the workbook, which tab is open and whether to calculate on opening apart."""
    found = []
    for element in _root(book):
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name in ("sheets", "definedNames"):
            continue
        for view in element.iter("{*}workbookView"):
            view.attrib.pop("activeTab", None)
            view.attrib.pop("firstSheet", None)
        if name == "calcPr":
            element.attrib.pop("fullCalcOnLoad", None)
            if not element.attrib:
                continue
        found.append(_canonical(element))
    return found


def _root(book: Book) -> Any:
    return _tree(book.package.xml(book.part))


def _tree(data: bytes) -> Any:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        raise Refused("The workbook is damaged: its XML is not well-formed. Open and save it in Excel first.") from None


def _canonical(element: Any) -> bytes:
    if not isinstance(element.tag, str):  # libxml2 crashes over a comment that is to be canonical
        return bytes(etree.tostring(element, with_tail=False))
    return bytes(etree.tostring(element, method="c14n", exclusive=True, with_tail=False))


def compare_styles(old: bytes, new: bytes, written: bytes) -> None:
    """Every format keeps its number: each list begins with what was in it; or all is as it was before ours came, which
    a hash of the part as it is `written` tells. Raises OurBug."""
    if before_styles.is_former(written, before_styles.split(old)[1]):
        return
    a, b = _tree(old), _tree(new)
    for name in _FORMATS:
        was = [_canonical(e) for parent in a.iterchildren(f"{{*}}{name}") for e in parent]
        now = [_canonical(e) for parent in b.iterchildren(f"{{*}}{name}") for e in parent]
        if was[: len(now)] != now[: len(was)] or len(now) < len(was):
            raise OurBug(f"The workbook's formats would be changed: {name}.")
    others = [
        [_canonical(e) for e in root if isinstance(e.tag, str) and etree.QName(e).localname not in _FORMATS]
        for root in (a, b)
    ]
    if others[0] != others[1]:
        raise OurBug("The workbook's formats would be changed beyond those that are added.")


def compare_tables(old: bytes, new: bytes, columns: set[int], title: str) -> None:
    """An Excel table: the same but for its right edge and the columns that are ours. Raises OurBug."""
    if _table(old, columns) != _table(new, columns):
        raise OurBug(f"An Excel table in {title} would be changed outside our columns.")


def _table(data: bytes, columns: set[int]) -> list[object]:
    root = _tree(data)
    where = area(root.get("ref", ""))
    left = where.left if where else 1
    found: list[object] = [(where.top, where.left, where.bottom) if where else None]
    found.append(sorted((k, v) for k, v in root.attrib.items() if k != "ref"))
    for element in root:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name == "tableColumns":
            found += [_canonical(c) for at, c in enumerate(element, start=left) if at not in columns]
        elif name == "autoFilter":
            found += [_canonical(child) for child in element]
        else:
            found.append(_canonical(element))
    return found
