"""A stylesheet cut into its lists of formats, with where each stands in the bytes."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace
from typing import Any
from xml.parsers import expat

from lxml import etree

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel import markup

ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")


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
class FormatList:
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


def scan(data: bytes) -> tuple[dict[str, FormatList], str, dict[str, int]]:
    """The lists of a stylesheet with their nodes and byte places, the prefix of its elements, and where each of its
    children starts ("end" = where the root closes)."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError:
        raise Refused("The workbook is damaged: its formats are not well-formed XML.") from None
    places = _places(data)
    lists: dict[str, FormatList] = {}
    anchors = {"end": places[0][2]}
    elements = [element for element in root if isinstance(element.tag, str)]
    for element, (start, start_end, close) in zip(elements, places[1:], strict=True):
        name = etree.QName(element).localname
        anchors[name] = start
        if name in ORDER and name not in lists:
            nodes = [_node(_meant(child)) for child in element if isinstance(child.tag, str)]
            lists[name] = FormatList(nodes, len(nodes), start, start_end, close)
    return lists, f"{root.prefix}:" if root.prefix else "", anchors


def with_open_root(data: bytes) -> tuple[bytes, bytes]:
    """The byte order mark of a part (or nothing), and the part without it, its root opened when it closes itself."""
    mark = data[:3] if data.startswith(codecs.BOM_UTF8) else b""
    data = data[len(mark) :]
    root = markup.parse(data)[0]
    return mark, markup.append_child(data, root, b"") if root.self_closed else data


def with_closed_root(data: bytes) -> bytes:
    """The opposite: a root that with_open_root opened, and that holds nothing, closes itself again."""
    root = markup.parse(data)[0]
    if root.inner == root.inner_end and data[root.inner - 2 : root.inner - 1] == b"\t":
        return data[: root.inner - 2] + b"/>" + data[root.end :]
    return data


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


def _meant(element: Any) -> Any:
    """What a choice between extended and plain formats (`mc:AlternateContent`) comes to for everybody."""
    if etree.QName(element).localname != "AlternateContent":
        return element
    plain = [child for branch in element.iterchildren("{*}Fallback") for child in branch if isinstance(child.tag, str)]
    return plain[0] if plain else element


def _node(element: Any) -> Node:
    """Foreign extensions are left out: they would need their namespaces wherever the node goes."""
    own = etree.QName(element).namespace
    children = [child for child in element if isinstance(child.tag, str) and etree.QName(child).namespace == own]
    return Node(
        etree.QName(element).localname,
        tuple((str(k), str(v)) for k, v in element.attrib.items() if not str(k).startswith("{")),
        tuple(_node(child) for child in children if etree.QName(child).localname != "extLst"),
    )


def _escape(text: str) -> str:
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(plain, written)
    return text
