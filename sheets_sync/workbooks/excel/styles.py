"""The formats of a workbook (`styles.xml`): ours are added at the end of each list, and found again by what they say,
so that a second run adds none. Every byte that was there stays."""

from __future__ import annotations

import re
from dataclasses import replace

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel import before_styles
from sheets_sync.workbooks.excel.names import Book
from sheets_sync.workbooks.excel.package import MOST_BYTES, Package
from sheets_sync.workbooks.excel.relations import add_relation, relations, set_content_type
from sheets_sync.workbooks.excel.styles_scan import ORDER, FormatList, Node, scan, with_open_root

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_AFTER = ("tableStyles", "colors", "extLst")
_MOST_XFS = 64_000
# Damaged workbooks are small ones; a log of many megabytes is not looked through for their sake.
_LARGE = 16 << 20
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
        self._load(
            _MINIMAL.format(ns=STRICT if self._strict else MAIN).encode() if self._new else package.xml(self.part)
        )
        if self._former is None:
            self._leave_strays(Book(package))

    def _leave_strays(self, book: Book) -> None:
        """Cells may ask for formats that there are not: these numbers must not become ours, they get the plain one."""
        xfs = self._list("cellXfs").nodes
        last = before_styles.last_used(self._package, book, MOST_BYTES if self._new else _LARGE, len(xfs))
        if last < _MOST_XFS:
            xfs += [xfs[0]] * (last + 1 - len(xfs))
        self._first = len(xfs), len(self._list("dxfs").nodes)

    def _load(self, data: bytes) -> None:
        bare, self._former = before_styles.split(data)
        self._mark, self._data = with_open_root(bare)
        self._lists, self._prefix, self._anchors = scan(self._data)
        if not self._list("cellXfs").nodes:
            # The first of each list is what cells without a format look like, so it must be none of ours.
            for name, found in scan(_MINIMAL.format(ns=MAIN).encode())[0].items():
                if not self._list(name).nodes:
                    self._list(name).nodes += found.nodes

    def _list(self, name: str) -> FormatList:
        return self._lists.setdefault(name, FormatList())

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

    def unlocked(self, xf_id: int) -> int:
        """The same format for a cell that may be edited while its sheet is protected."""
        xf = self._xf(xf_id)
        children = (*(c for c in xf.children if c.tag != "protection"), Node("protection", (("locked", "0"),)))
        return self._add_xf(replace(xf.with_attrs(applyProtection=1), children=children))

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
        theirs, _, _ = scan(styles_xml)
        empty = FormatList()
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
        edits.sort(key=lambda edit: (edit[1][0], ORDER.index(edit[0])), reverse=True)
        for _, (start, end, text) in edits:
            data = data[:start] + text + data[end:]
        if self._former is None:
            written = b"" if self._new else self._package.read(self.part)
            self._former = before_styles.first(written, self._data, self._lists, *self._first)
        data = before_styles.joined(self._mark + data, self._former)
        self._package.write(self.part, data)
        if self._new:
            set_content_type(self._package, self.part, _TYPE)
            add_relation(self._package, self._package.main_part, "styles", self.part, strict=self._strict)
        self._new = False
        self._load(data)

    def _edit(self, name: str, items: FormatList) -> tuple[int, int, bytes] | None:
        added = items.nodes[items.kept :]
        if not added:
            return None
        inner = "".join(node.xml(self._prefix) for node in added).encode()
        tag = f"{self._prefix}{name}".encode()
        if items.start < 0:
            later = ORDER[ORDER.index(name) + 1 :] + _AFTER
            at = min((self._anchors[n] for n in later if n in self._anchors), default=self._anchors["end"])
            return at, at, b'<%s count="%d">%s</%s>' % (tag, len(added), inner, tag)
        head = self._data[items.start : items.start_end]
        head = re.sub(rb'(\scount\s*=\s*["\'])\d+', rb"\g<1>%d" % len(items.nodes), head, count=1)
        if head.endswith(b"/>"):
            return items.start, items.start_end, head[:-2].rstrip() + b">" + inner + b"</%s>" % tag
        return items.start, items.close, head + self._data[items.start_end : items.close] + inner


def _solid(rgb: str) -> Node:
    pattern = Node("patternFill", (("patternType", "solid"),), (_rgb("fgColor", rgb), _rgb("bgColor", rgb)))
    return Node("fill", (), (pattern,))


def _rgb(tag: str, rgb: str) -> Node:
    return Node(tag, (("rgb", f"FF{rgb}"),))


def _val(tag: str, value: object) -> Node:
    return Node(tag, (("val", str(value)),))
