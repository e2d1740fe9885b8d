"""Small XML parts as bytes: where each element stands, so that an edit changes these bytes and no others.

For workbook.xml, relationships, content types and the like; sheets are scanned by `scan`. Local names are compared
without their prefix, so prefixed and Strict parts read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sheets_sync.errors import Refused

_TOKEN = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<close>/?)(?P<tag>[^\s/>!?]+)(?P<attributes>(?:[^>\"'/]|\"[^\"]*\"|'[^']*'|/(?!>))*)(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"([^\s=\"']+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_DECLARED = re.compile(r"(<\?xml[^>]*?encoding\s*=\s*[\"'])([A-Za-z0-9._-]+)([\"'])")
_REFERENCE = re.compile(r"&(#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);")
PROLOG = 8192
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPED = str.maketrans({character: f"&{name};" for name, character in _NAMED.items()})
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Element:
    """One element: byte offsets of `<`, of its content and of the byte after it, and its parent's place in the list.

    A self-closed element has `inner == inner_end == end`. `attributes` go by their name as written, values unescaped.
    """

    tag: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    inner_end: int
    end: int
    parent: int

    @property
    def local(self) -> str:
        return self.tag.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """`x:` of `<x:sheet>`, empty without a prefix."""
        return self.tag[: len(self.tag) - len(self.local)]

    @property
    def self_closed(self) -> bool:
        return self.inner == self.end

    def attribute(self, local: str) -> str | None:
        """The value of an attribute by local name, whatever its prefix; a plain one wins."""
        if local in self.attributes:
            return self.attributes[local]
        return next((v for k, v in self.attributes.items() if k.rpartition(":")[2] == local), None)


def parse(data: bytes, part: str = "a part") -> list[Element]:
    """All elements of a part in document order. Raises Refused when tags don't match up."""
    found: list[Element | None] = []
    opened: list[tuple[int, bytes, re.Match[bytes]]] = []
    for token in _TOKEN.finditer(data):
        tag = token["tag"]
        if tag is None:
            continue
        if token["close"]:
            if not opened or opened[-1][1] != tag:
                raise Refused(f"The workbook is damaged: {part} is not well-formed XML.")
            index, _, opening = opened.pop()
            found[index] = _element(opening, opening.end(), token.start(), token.end(), opened)
        elif token["empty"]:
            found.append(_element(token, token.end(), token.end(), token.end(), opened))
        else:
            opened.append((len(found), tag, token))
            found.append(None)
    elements = [element for element in found if element is not None]
    if opened or not elements:
        raise Refused(f"The workbook is damaged: {part} is not well-formed XML.")
    return elements


def _element(
    opening: re.Match[bytes], inner: int, inner_end: int, end: int, opened: list[tuple[int, bytes, re.Match[bytes]]]
) -> Element:
    tag = opening["tag"].decode("utf-8", "replace")
    attributes = _attributes(opening["attributes"])
    return Element(tag, attributes, opening.start(), inner, inner_end, end, opened[-1][0] if opened else -1)


@lru_cache(maxsize=4096)
def _attributes(written: bytes) -> Mapping[str, str]:
    """The workbook part is parsed again after every edit, with much the same elements."""
    return {
        m[1].decode("utf-8", "replace"): unescape((m[2] if m[2] is not None else m[3]).decode("utf-8", "replace"))
        for m in _ATTRIBUTE.finditer(written)
    }


def children(elements: list[Element], parent: Element, local: str | None = None) -> Iterator[Element]:
    """The direct children of an element, all or those of one local name, in order."""
    index = elements.index(parent)
    for element in elements:
        if element.parent == index and (local is None or element.local == local):
            yield element


def child(elements: list[Element], parent: Element, local: str) -> Element | None:
    return next(children(elements, parent, local), None)


def text(data: bytes, element: Element) -> str:
    """The text content of an element without child elements; comments left out, CDATA taken in."""
    inner = re.sub(rb"<!--.*?-->", b"", data[element.inner : element.inner_end], flags=re.DOTALL)
    pieces = re.split(rb"<!\[CDATA\[(.*?)\]\]>", inner, flags=re.DOTALL)
    decoded = [piece.decode("utf-8", "replace") for piece in pieces]
    return "".join(piece if i % 2 else unescape(piece) for i, piece in enumerate(decoded))


def splice(data: bytes, start: int, end: int, new: bytes) -> bytes:
    return data[:start] + new + data[end:]


def with_attribute(data: bytes, element: Element, name: str, value: str) -> bytes:
    """The part with one attribute of one element set; its quotes and the other attributes stay."""
    new = escape(value).encode()
    opening = data[element.start : element.inner]
    for match in _ATTRIBUTE.finditer(opening):
        if match[1].decode("utf-8", "replace") == name:
            group = 2 if match[2] is not None else 3
            return splice(data, element.start + match.start(group), element.start + match.end(group), new)
    at = element.start + 1 + len(element.tag.encode())
    return splice(data, at, at, b" " + name.encode() + b'="' + new + b'"')


def append_child(data: bytes, element: Element, new: bytes) -> bytes:
    """The part with `new` as the last child of an element, opened when it was self-closed."""
    if not element.self_closed:
        return splice(data, element.inner_end, element.inner_end, new)
    slash = data.rindex(b"/", element.start, element.end)
    # A tab in place of the slash is no more than blank space in XML, and lets remove_child close the tag again.
    opening = data[element.start : slash] + b"\t" + data[slash + 1 : element.end]
    return splice(data, element.start, element.end, opening + new + b"</" + element.tag.encode() + b">")


def remove_child(data: bytes, elements: list[Element], element: Element, drop_empty: bool = False) -> bytes:
    """The part without an element. A parent that append_child opened is self-closed again when it has nothing left;
    with `drop_empty` any other one goes too."""
    parent = elements[element.parent]
    if element.parent < 0 or data[parent.inner : element.start].strip() or data[element.end : parent.inner_end].strip():
        return splice(data, element.start, element.end, b"")
    if data[parent.inner - 2 : parent.inner - 1] == b"\t":
        return splice(data, parent.inner - 2, parent.end, b"/>")
    if drop_empty:
        return splice(data, parent.start, parent.end, b"")
    return splice(data, element.start, element.end, b"")


def escape(value: str) -> str:
    """Text for an attribute or an element; characters that XML cannot hold become U+FFFD."""
    return _FORBIDDEN.sub("�", value).translate(_ESCAPED)


def escape_text(value: str) -> str:
    """Text for an element: quotes stay as they are, as spreadsheet programs write them."""
    return _FORBIDDEN.sub("�", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(value: str) -> str:
    """The opposite of escape; unknown entities stay as they are written."""
    return _REFERENCE.sub(_referenced, value) if "&" in value else value


def _referenced(match: re.Match[str]) -> str:
    name = match[1]
    if not name.startswith("#"):
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] == "x" else int(name[1:])
    return chr(code) if code < 0x110000 else "�"


def utf8(data: bytes, part: str = "a part") -> bytes:
    """An XML part as UTF-8 (the same bytes unless it is written in something else). Raises Refused on a DOCTYPE."""
    encoding = encoding_of(data)
    if encoding is not None:
        try:
            decoded = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            raise Refused(f"The workbook is damaged: {part} is not readable as {encoding}.") from None
        data = _DECLARED.sub(r"\g<1>UTF-8\g<3>", decoded.lstrip("\ufeff"), count=1).encode()
    check_prolog(data[:PROLOG], part)
    return data


def encoded_like(head: bytes, data: bytes) -> bytes:
    """A part (UTF-8) in the encoding of another one, whose beginning is enough; characters that it does not have are
    written as references."""
    encoding = encoding_of(head)
    if encoding is None or encoding_of(data) is not None:
        return data
    marks = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    mark = head[:2] if head[:2] in marks else b""
    codec = marks.get(mark, encoding)
    even = head[: len(head) & ~1]
    declared = _DECLARED.search(even[len(mark) :].decode(codec, "replace"))
    text = data.decode()
    if declared:
        text = _DECLARED.sub(lambda m: m[1] + declared[2] + m[3], text, count=1)
    return mark + text.encode(codec, "xmlcharrefreplace")


def check_prolog(head: bytes, part: str) -> None:
    """Raise Refused when the part starts with a DOCTYPE: entities are never expanded here."""
    plain = head.removeprefix(b"\xef\xbb\xbf")
    prolog = _PROLOG.match(plain)
    if plain[prolog.end() if prolog else 0 :][:9].upper() == b"<!DOCTYPE":
        raise Refused(f"{part} in the workbook declares a DOCTYPE, as no spreadsheet program does; it is not read.")


def encoding_of(data: bytes) -> str | None:
    """What a part (its beginning is enough) is written in, when it isn't UTF-8."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if data[:4] in (b"<\x00?\x00", b"\x00<\x00?"):
        return "utf-16-le" if data[0] else "utf-16-be"
    declared = _DECLARED.match(data[:200].decode("latin-1"))
    if declared is None or declared[2].lower() in ("utf-8", "utf8", "us-ascii", "ascii"):
        return None
    return declared[2]
