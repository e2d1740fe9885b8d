"""The formats of a workbook (`styles.xml`): ours are added at the end of each list, and found again by what they say,
so that a second run adds none. Every byte that was there stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any
from xml.parsers import expat

from lxml import etree

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.relations import add_relation, relations, set_content_type

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")
_AFTER = ("tableStyles", "colors", "extLst")
_MOST_XFS = 64_000
_MINIMAL = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{ns}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles><dxfs count="0"/></styleSheet>'
)
BUILT_IN = {
    "General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "mm-dd-yy": 14, "d-mmm-yy": 15,
    "d-mmm": 16, "mmm-yy": 17, "h:mm": 20, "h:mm:ss": 21, "m/d/yy h:mm": 22, "mm:ss": 45, "@": 49,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """An element without its namespace: what two formats are compared by and new ones are written from."""

    tag: str
    attrs: tuple[tuple[str, str], ...] = ()
    children: tuple[Node, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        return dict(self.attrs).get(name, default)

    def child(self, tag: str) -> Node | None:
        return next((child for child in self.children if child.tag == tag), None)

    def with_attrs(self, **values: str | int) -> Node:
        return replace(self, attrs=tuple({**dict(self.attrs), **{k: str(v) for k, v in values.items()}}.items()))

    def with_child(self, node: Node) -> Node:
        """The same with this child in place of the one of that name, else as the first one."""
        if self.child(node.tag):
            return replace(self, children=tuple(node if c.tag == node.tag else c for c in self.children))
        return replace(self, children=(node, *self.children))

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for two spellings of one format: the order of attributes, and of a font's parts, says nothing."""
        children = [child.key for child in self.children]
        if self.tag in ("font", "dxf"):
            children.sort(key=repr)
        return self.tag, tuple(sorted(self.attrs)), tuple(children)

    def xml(self, prefix: str) -> str:
        attrs = "".join(f' {name}="{_escape(value)}"' for name, value in self.attrs)
        inner = "".join(child.xml(prefix) for child in self.children)
        return f"<{prefix}{self.tag}{attrs}>{inner}</{prefix}{self.tag}>" if inner else f"<{prefix}{self.tag}{attrs}/>"


@dataclass(slots=True)
class _List:
    """One list of the part: its nodes, ours among them from `kept` on, and where it stands (-1 = not there)."""

    nodes: list[Node] = field(default_factory=list)
    kept: int = 0
    start: int = -1
    start_end: int = -1
    close: int = -1
    index: dict[tuple[object, ...], int] = field(default_factory=dict)

    def find_or_add(self, node: Node) -> int:
        if not self.index:
            for number, known in enumerate(self.nodes):
                self.index.setdefault(known.key, number)
        key = node.key
        if key not in self.index:
            self.index[key] = len(self.nodes)
            self.nodes.append(node)
        return self.index[key]


class Styles:
    """The formats of one package. Methods give ids as cells (`s=`) and rules (`dxfId=`) use them; `save` writes the
    part when something was added. Raises Refused when the workbook is full."""

    def __init__(self, package: Package) -> None:
        self._package = package
        main = package.main_part
        self._strict = STRICT.encode() in package.xml(main)
        found = [r.target for r in relations(package, main) if r.kind == "styles" and r.target in package]
        self._new = not found
        self.part = found[0] if found else f"{main.rpartition('/')[0]}/styles.xml".lstrip("/")
        if self._new:
            self._load(_MINIMAL.format(ns=STRICT if self._strict else MAIN).encode())
        else:
            self._load(package.xml(self.part))

    def _load(self, data: bytes) -> None:
        self._data = data.removeprefix(b"\xef\xbb\xbf")
        self._lists, self._prefix, self._anchors = _scan(self._data)

    def _list(self, name: str) -> _List:
        return self._lists.setdefault(name, _List())

    def _xf(self, xf_id: int) -> Node:
        xfs = self._list("cellXfs").nodes
        return xfs[xf_id] if 0 <= xf_id < len(xfs) else xfs[0] if xfs else Node("xf")

    def clone(self, xf_id: int, number_format: str | None = None, wrap: bool | None = None, quote: bool = False) -> int:
        """A format like `xf_id` with another number format, wrapped text, or text that is never taken for a formula."""
        xf = self._xf(xf_id)
        if number_format is not None and number_format != self.number_format_of(xf_id):
            xf = xf.with_attrs(numFmtId=self.number_format(number_format), applyNumberFormat=1)
        if quote:
            xf = xf.with_attrs(quotePrefix=1)
        if wrap is not None:
            alignment = (xf.child("alignment") or Node("alignment")).with_attrs(wrapText=int(wrap))
            xf = xf.with_attrs(applyAlignment=1).with_child(alignment)
        return self._add_xf(xf)

    def status(self, xf_id: int, number_format: str, wrap: bool) -> int:
        """A format like `xf_id` for a status cell. It begins at the top left whatever stands beside it: in a row that
        is too low for the whole text, the beginning shows, and dates keep clear of the column right of them."""
        xf = self._xf(self.clone(xf_id, number_format))
        place = (("horizontal", "left"), ("vertical", "top"), *((("wrapText", "1"),) if wrap else ()))
        return self._add_xf(xf.with_attrs(applyAlignment=1).with_child(Node("alignment", place)))

    def number_format_of(self, xf_id: int) -> str:
        """The number format's code of a cell format; `General` where it is not known."""
        number = self._xf(xf_id).get("numFmtId", "0")
        own = {node.get("numFmtId"): node.get("formatCode") for node in self._list("numFmts").nodes}
        return own.get(number) or next((code for code, id in BUILT_IN.items() if str(id) == number), "General")

    def number_format(self, code: str) -> int:
        """The id of a number format, built in or added."""
        if code in BUILT_IN:
            return BUILT_IN[code]
        formats = self._list("numFmts")
        taken = {int(node.get("numFmtId", "0")): node.get("formatCode") for node in formats.nodes}
        same = [id for id, known in taken.items() if known == code]
        if same:
            return same[0]
        # Some formats name a number format that is not listed; it must not become ours.
        used = {int(xf.get("numFmtId", "0")) for name in ("cellStyleXfs", "cellXfs") for xf in self._list(name).nodes}
        id = max({163} | taken.keys() | used) + 1
        formats.nodes.append(Node("numFmt", (("numFmtId", str(id)), ("formatCode", code))))
        return id

    def header(self, base: int = 0) -> int:
        """Our header look: white bold on dark blue, wrapped, with the name and size of the font of format `base`."""
        font = self._font_of(base)
        look = [Node("b"), font.child("sz") or _val("sz", 11), _rgb("color", "FFFFFF")]
        look += [part for tag in ("name", "family", "charset", "scheme") if (part := font.child(tag))]
        line = Node("bottom", (("style", "thin"),), (_rgb("color", "000000"),))
        border = Node("border", (), (Node("left"), Node("right"), Node("top"), line, Node("diagonal")))
        ids = {
            "fontId": self._list("fonts").find_or_add(Node("font", (), tuple(look))),
            "fillId": self._fill(_solid("1F3864")),
            "borderId": self._list("borders").find_or_add(border),
        }
        flags = {"applyFont": 1, "applyFill": 1, "applyBorder": 1, "applyAlignment": 1}
        alignment = Node("alignment", (("vertical", "center"), ("wrapText", "1")))
        return self._add_xf(Node("xf").with_attrs(numFmtId=0, **ids, xfId=0, **flags).with_child(alignment))

    def _font_of(self, xf_id: int) -> Node:
        fonts = self._list("fonts").nodes
        number = int(self._xf(xf_id).get("fontId", "0"))
        return fonts[number] if number < len(fonts) else Node("font", (), (_val("sz", 11), _val("name", "Calibri")))

    def _fill(self, fill: Node) -> int:
        # The first two fills are fixed by the format, whatever stands there.
        fills = self._list("fills")
        for pattern in ("none", "gray125")[len(fills.nodes) :]:
            fills.nodes.append(Node("fill", (), (Node("patternFill", (("patternType", pattern),)),)))
        return fills.find_or_add(fill)

    def _add_xf(self, xf: Node) -> int:
        id = self._list("cellXfs").find_or_add(xf)
        if id >= _MOST_XFS:
            raise Refused("The workbook has as many cell formats as Excel allows. Remove some, then try again.")
        return id

    def dxf(self, fill: str, font: str = "000000") -> int:
        """The id of a conditional look: fill and font colour as RRGGBB."""
        look = Node("dxf", (), (Node("font", (), (_rgb("color", font),)), _solid(fill)))
        return self._list("dxfs").find_or_add(look)

    def adopt(self, styles_xml: bytes) -> tuple[dict[int, int], dict[int, int]]:
        """Take over all formats of another workbook: its cell format ids → ours, its dxf ids → ours."""
        theirs, _, _ = _scan(styles_xml)
        empty = _List()
        formats = {n.get("numFmtId"): n.get("formatCode") for n in theirs.get("numFmts", empty).nodes}

        def number(id: str) -> int:
            return self.number_format(formats[id]) if id in formats else int(id or 0)

        fonts = [self._list("fonts").find_or_add(node) for node in theirs.get("fonts", empty).nodes]
        fills = [self._fill(node) for node in theirs.get("fills", empty).nodes]
        borders = [self._list("borders").find_or_add(node) for node in theirs.get("borders", empty).nodes]
        flags = {"applyFont": 1, "applyFill": 1, "applyBorder": 1, "applyNumberFormat": 1}
        xfs = {}
        for old, xf in enumerate(theirs.get("cellXfs", empty).nodes):
            moved = {
                "fontId": fonts[int(xf.get("fontId", "0"))],
                "fillId": fills[int(xf.get("fillId", "0"))],
                "borderId": borders[int(xf.get("borderId", "0"))],
            }
            xfs[old] = self._add_xf(xf.with_attrs(numFmtId=number(xf.get("numFmtId")), **moved, xfId=0, **flags))
        dxfs = {}
        for old, dxf in enumerate(theirs.get("dxfs", empty).nodes):
            own = dxf.child("numFmt")
            node = dxf.with_child(own.with_attrs(numFmtId=number(own.get("numFmtId")))) if own else dxf
            dxfs[old] = self._list("dxfs").find_or_add(node)
        return xfs, dxfs

    def save(self) -> None:
        """Write the part when anything was added, with its relation and content type where it was missing."""
        edits = [(name, edit) for name, items in self._lists.items() if (edit := self._edit(name, items))]
        if not edits and not self._new:
            return
        data = self._data
        edits.sort(key=lambda edit: (edit[1][0], _ORDER.index(edit[0])), reverse=True)
        for _, (start, end, text) in edits:
            data = data[:start] + text + data[end:]
        self._package.write(self.part, data)
        if self._new:
            set_content_type(self._package, self.part, _TYPE)
            add_relation(self._package, self._package.main_part, "styles", self.part, strict=self._strict)
        self._new = False
        self._load(data)

    def _edit(self, name: str, items: _List) -> tuple[int, int, bytes] | None:
        added = items.nodes[items.kept :]
        if not added:
            return None
        inner = "".join(node.xml(self._prefix) for node in added).encode()
        tag = f"{self._prefix}{name}".encode()
        if items.start < 0:
            later = _ORDER[_ORDER.index(name) + 1 :] + _AFTER
            at = min((self._anchors[n] for n in later if n in self._anchors), default=self._anchors["end"])
            return at, at, b'<%s count="%d">%s</%s>' % (tag, len(added), inner, tag)
        head = self._data[items.start : items.start_end]
        head = re.sub(rb'(\scount\s*=\s*["\'])\d+', rb"\g<1>%d" % len(items.nodes), head, count=1)
        if head.endswith(b"/>"):
            return items.start, items.start_end, head[:-2].rstrip() + b">" + inner + b"</%s>" % tag
        return items.start, items.close, head + self._data[items.start_end : items.close] + inner


def _scan(data: bytes) -> tuple[dict[str, _List], str, dict[str, int]]:
    """The lists of a stylesheet with their nodes and byte places, the prefix of its elements, and where each of its
    children starts ("end" = where the root closes)."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    places = _places(data)
    lists: dict[str, _List] = {}
    anchors = {"end": places[0][2]}
    elements = [element for element in root if isinstance(element.tag, str)]
    for element, (start, start_end, close) in zip(elements, places[1:], strict=True):
        name = etree.QName(element).localname
        anchors[name] = start
        if name in _ORDER and name not in lists:
            nodes = [_node(child) for child in element if isinstance(child.tag, str)]
            lists[name] = _List(nodes, len(nodes), start, start_end, close)
    return lists, f"{root.prefix}:" if root.prefix else "", anchors


def _places(data: bytes) -> list[list[int]]:
    """Start tag's start and end and the closing tag's start, of the root and then of each of its children."""
    parser = expat.ParserCreate()
    depth, places = 0, [[0, 0, 0]]

    def opened(_: str, __: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2:
            at = parser.CurrentByteIndex
            places.append([at, _tag_end(data, at), 0])

    def closed(_: str) -> None:
        nonlocal depth
        if depth <= 2:
            places[-1 if depth == 2 else 0][2] = parser.CurrentByteIndex
        depth -= 1

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.Parse(data, True)
    return places


_TAG = re.compile(rb"<(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")


def _tag_end(data: bytes, at: int) -> int:
    found = _TAG.match(data, at)
    return found.end() if found else at


def _node(element: Any) -> Node:
    """Foreign extensions are left out: they would need their namespaces wherever the node goes."""
    own = etree.QName(element).namespace
    children = [child for child in element if isinstance(child.tag, str) and etree.QName(child).namespace == own]
    return Node(
        etree.QName(element).localname,
        tuple((str(k), str(v)) for k, v in element.attrib.items() if not str(k).startswith("{")),
        tuple(_node(child) for child in children if etree.QName(child).localname != "extLst"),
    )


def _solid(rgb: str) -> Node:
    pattern = Node("patternFill", (("patternType", "solid"),), (_rgb("fgColor", rgb), _rgb("bgColor", rgb)))
    return Node("fill", (), (pattern,))


def _rgb(tag: str, rgb: str) -> Node:
    return Node(tag, (("rgb", f"FF{rgb}"),))


def _val(tag: str, value: object) -> Node:
    return Node(tag, (("val", str(value)),))


def _escape(text: str) -> str:
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, written)
    return text
