"""How the parts of a package hang together: relationships between them and their content types, edited by the byte."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.package import Package

CONTENT_TYPES = "[Content_Types].xml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/"

_STRICT_KINDS = {"extendedProperties": "extended-properties", "customProperties": "custom-properties"}
_EMPTY = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of a part. `kind` is the last word of its type (`worksheet`), spelled alike in Strict; `target` a
    part's name, or the address as written when it is external; a target that leads out of the package is empty."""

    id: str
    type: str
    target: str
    external: bool = False

    @property
    def kind(self) -> str:
        return _STRICT_KINDS.get(word := self.type.rpartition("/")[2], word)


def rels_name(part: str) -> str:
    """Where a part's relationships stand: `xl/workbook.xml` → `xl/_rels/workbook.xml.rels`; of the package for ""."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels".lstrip("/")


def relations(package: Package, part: str) -> list[Relation]:
    """The relationships of a part (of the package itself for ""), none when it has no such part."""
    name = rels_name(part)
    if name not in package:
        return []
    return [
        Relation(
            element.attributes.get("Id", ""),
            element.attributes.get("Type", ""),
            *_target(part, element.attributes.get("Target", ""), element.attributes.get("TargetMode", "")),
        )
        for element in markup.parse(package.xml(name), name)
        if element.local == "Relationship"
    ]


def _target(part: str, written: str, mode: str) -> tuple[str, bool]:
    if mode == "External":
        return written, True
    path = unquote(written.partition("#")[0]).replace("\\", "/")
    if path.startswith("/"):
        return posixpath.normpath(path).lstrip("/"), False
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(part), path))
    return ("" if joined.startswith("..") else joined), False


def add_relation(package: Package, part: str, kind: str, target: str, *, strict: bool = False) -> str:
    """Relate a part to another part and return the new id. `kind` is the last word (`worksheet`) or a whole type."""
    name = rels_name(part)
    data = package.xml(name) if name in package else _EMPTY
    elements = markup.parse(data, name)
    taken = {element.attributes.get("Id") for element in elements}
    number = 1
    while f"rId{number}" in taken:
        number += 1
    whole = markup.escape(kind if "/" in kind else (STRICT if strict else TRANSITIONAL) + kind)
    path = markup.escape(posixpath.relpath("/" + target, "/" + posixpath.dirname(part)))
    tag = f'<{elements[0].prefix}Relationship Id="rId{number}" Type="{whole}" Target="{path}"/>'
    package.write(name, markup.append_child(data, elements[0], tag.encode()))
    return f"rId{number}"


def remove_relation(package: Package, part: str, id: str) -> None:
    """Take one relationship out; a relationships part that add_relation made goes when it becomes empty."""
    name = rels_name(part)
    if name not in package:
        return
    data = package.xml(name)
    elements = markup.parse(data, name)
    gone = next((e for e in elements if e.local == "Relationship" and e.attributes.get("Id") == id), None)
    if gone is None:
        return
    left = markup.remove_child(data, elements, gone)
    if left == _EMPTY:
        package.remove(name)
    else:
        package.write(name, left)


def content_type(package: Package, part: str) -> str:
    """A part's content type: its own override, else the default of its extension, else empty."""
    elements = markup.parse(package.xml(CONTENT_TYPES), CONTENT_TYPES)
    own = _override(elements, part)
    if own is not None:
        return own.attributes.get("ContentType", "")
    extension = part.rpartition(".")[2].casefold()
    defaults = (e for e in elements if e.local == "Default")
    found = (e for e in defaults if e.attributes.get("Extension", "").casefold() == extension)
    return next((e.attributes.get("ContentType", "") for e in found), "")


def set_content_type(package: Package, part: str, value: str) -> None:
    """Declare a part's content type as an override, unless that is what it has already."""
    if content_type(package, part) == value:
        return
    data = package.xml(CONTENT_TYPES)
    elements = markup.parse(data, CONTENT_TYPES)
    own = _override(elements, part)
    if own is not None:
        package.write(CONTENT_TYPES, markup.with_attribute(data, own, "ContentType", value))
        return
    tag = f'<{elements[0].prefix}Override PartName="/{markup.escape(part)}" ContentType="{markup.escape(value)}"/>'
    package.write(CONTENT_TYPES, markup.append_child(data, elements[0], tag.encode()))


def remove_content_type(package: Package, part: str) -> None:
    """Take a part's override out; one that is not there is no error."""
    data = package.xml(CONTENT_TYPES)
    elements = markup.parse(data, CONTENT_TYPES)
    own = _override(elements, part)
    if own is not None:
        package.write(CONTENT_TYPES, markup.remove_child(data, elements, own))


def _override(elements: list[markup.Element], part: str) -> markup.Element | None:
    wanted = "/" + part.casefold()
    overrides = (e for e in elements if e.local == "Override")
    return next((e for e in overrides if unquote(e.attributes.get("PartName", "")).casefold() == wanted), None)


def remove_part(package: Package, part: str) -> None:
    """Take a part out with its content type, its relationships and every part that only it led to."""
    led_to = [r.target for r in relations(package, part) if not r.external and r.target in package]
    package.remove(part)
    package.remove(rels_name(part))
    remove_content_type(package, part)
    for target in led_to:
        if target in package and not _is_target(package, target):
            remove_part(package, target)


def _is_target(package: Package, part: str) -> bool:
    for name in package.names():
        match = re.fullmatch(r"(?:(.*)/)?_rels/([^/]*)\.rels", name)
        if match is None:
            continue
        source = f"{match[1]}/{match[2]}" if match[1] else match[2]
        if any(not r.external and r.target.casefold() == part.casefold() for r in relations(package, source)):
            return True
    return False


def free_name(package: Package, pattern: str) -> str:
    """The first part name not yet taken: `xl/worksheets/sheet{}.xml` → `xl/worksheets/sheet4.xml`."""
    number = 1
    while pattern.format(number) in package:
        number += 1
    return pattern.format(number)
