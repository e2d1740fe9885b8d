"""The workbook part and what goes with it: sheets in order, defined names, and where our columns and tabs stand.

Every edit goes straight into the package and changes only the bytes that it must.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sheets_sync.errors import Refused
from sheets_sync.model import letters
from sheets_sync.workbooks.excel import markup, relations, titles
from sheets_sync.workbooks.excel.markup import Element
from sheets_sync.workbooks.excel.package import Package

OURS = "_sheets_sync"
WORKSHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"

EXTENT = f"{OURS}.extent"
_ROWS = re.compile(
    r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?[A-Za-z]{1,3}\$?([0-9]{1,7})(?::\$?[A-Za-z]{1,3}\$?([0-9]{1,7}))?$"
)
_SPOT = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::.*)?$")
_BEFORE_NAMES = ("sheets", "functionGroups", "externalReferences")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook. `part` is its part's name, `state` visible, hidden or veryHidden; `index` is its place
    among all sheets from 0, which is what a name's localSheetId means."""

    title: str
    part: str
    state: str
    sheet_id: int
    rel_id: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell that a defined name of ours points to (1-based row and column)."""

    sheet: Sheet
    row: int
    column: int


class Book:
    """The workbook of a package. Reads what stands in the package now, so several Books never disagree."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.part = package.main_part
        self._parsed: tuple[bytes, list[Element]] | None = None

    @property
    def strict(self) -> bool:
        """Whether the workbook is written in the namespaces of Strict Open XML."""
        return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in self._read()[0]

    @property
    def date1904(self) -> bool:
        return self.attribute("workbookPr", "date1904") in ("1", "true")

    @property
    def related(self) -> set[str]:
        """The kinds of parts that the workbook leads to: worksheet, styles, sharedStrings …"""
        return {relation.kind for relation in relations.relations(self.package, self.part)}

    def attribute(self, local: str, name: str) -> str:
        """An attribute of a child of the workbook element (`workbookPr`, `calcPr`), empty when there is none."""
        found = self._first(local)
        return "" if found is None else found.attributes.get(name, "")

    @property
    def sheets(self) -> list[Sheet]:
        """All sheets in the order of their tabs, chart sheets too; `part` is empty when nothing is there."""
        by_id = {r.id: r for r in relations.relations(self.package, self.part)}
        found = []
        for index, element in enumerate(self._children("sheets", "sheet")):
            relation = by_id.get(_relation_id(element))
            part = relation.target if relation and not relation.external and relation.target in self.package else ""
            number = element.attributes.get("sheetId", "")
            found.append(
                Sheet(
                    title=element.attributes.get("name", ""),
                    part=part,
                    state=element.attributes.get("state", "visible"),
                    sheet_id=int(number) if number.isdigit() else 0,
                    rel_id=_relation_id(element),
                    index=index,
                )
            )
        return found

    @property
    def worksheets(self) -> list[Sheet]:
        """The sheets that have cells, no chart or macro sheets, and none whose part is missing."""
        kinds = {r.id: r.kind for r in relations.relations(self.package, self.part)}
        return [sheet for sheet in self.sheets if sheet.part and kinds.get(sheet.rel_id) == "worksheet"]

    def sheet(self, title: str) -> Sheet | None:
        """The sheet of a title, as Excel compares titles: whatever the case."""
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == title.casefold()), None)

    # Defined names. With `sheet` they belong to that sheet only (print titles, print areas).

    def names(self) -> dict[str, str]:
        """All workbook-wide defined names and their formulas."""
        data = self._read()[0]
        found = self._children("definedNames", "definedName")
        return {e.attributes.get("name", ""): markup.text(data, e) for e in found if "localSheetId" not in e.attributes}

    def defined(self, name: str, sheet: Sheet | None = None) -> str | None:
        """A defined name's formula without `=`, None when there is no such name."""
        element = self._name(name, sheet)
        return None if element is None else markup.text(self._read()[0], element)

    def define(self, name: str, formula: str, hidden: bool = True, sheet: Sheet | None = None) -> None:
        """Set a defined name; the formula (without `=`) may hold any text."""
        data, elements = self._read()
        old = self._name(name, sheet)
        inner = markup.escape_text(formula).encode()
        if old is not None:
            if markup.text(data, old) != formula:
                new = inner if not old.self_closed else _opened(data, old, inner)
                start, end = (old.start, old.end) if old.self_closed else (old.inner, old.inner_end)
                self._write(markup.splice(data, start, end, new))
            return
        p = elements[0].prefix
        local = f' localSheetId="{sheet.index}"' if sheet else ""
        flag = ' hidden="1"' if hidden else ""
        opening = f'<{p}definedName name="{markup.escape(name)}"{local}{flag}>'
        new = opening.encode() + inner + f"</{p}definedName>".encode()
        holder = self._first("definedNames")
        if holder is not None:
            self._write(markup.append_child(data, holder, new))
            return
        last = [e for e in markup.children(elements, elements[0]) if e.local in _BEFORE_NAMES][-1]
        whole = f"<{p}definedNames>".encode() + new + f"</{p}definedNames>".encode()
        self._write(markup.splice(data, last.end, last.end, whole))

    def undefine(self, name: str, sheet: Sheet | None = None) -> None:
        """Take a defined name out; one that is not there is no error."""
        element = self._name(name, sheet)
        if element is not None:
            self._write(markup.remove_child(*self._read(), element, drop_empty=True))

    # Ours

    def owned(self, kind: str) -> dict[str, Spot]:
        """Where our columns (kind `column`, the header cell) or tabs (kind `tab`, A1) stand, by id."""
        sheets = {sheet.title.casefold(): sheet for sheet in self.worksheets}
        start = f"{OURS}.{kind}."
        found = {}
        for name, formula in self.names().items():
            spot = spot_of(formula) if name.startswith(start) else None
            if spot is not None and spot[0].casefold() in sheets:
                found[name.removeprefix(start)] = Spot(sheets[spot[0].casefold()], spot[1], spot[2])
        return found

    def rows_of(self, sheet: Sheet) -> tuple[int, int] | None:
        """The first and last row of our columns in a sheet, None where that is not known."""
        found = _ROWS.match(self.defined(EXTENT) or "")
        title = found[1].replace("''", "'") if found and found[1] is not None else found[2] if found else ""
        if found is None or title.casefold() != sheet.title.casefold():
            return None
        return int(found[3]), int(found[4] or found[3])

    def remember_rows(self, title: str, column: int, top: int, bottom: int) -> None:
        """Keep the rows that are ours in a name, which moves along when people insert and delete rows."""
        name = letters(column)
        self.define(EXTENT, f"{quoted(title)}!${name}${top}:${name}${bottom}")

    def own(self, kind: str, id: str, title: str, row: int = 1, column: int = 1) -> None:
        """Remember where a column or tab of ours stands."""
        self.define(f"{OURS}.{kind}.{id}", reference(title, row, column))

    def disown(self, kind: str, id: str) -> None:
        self.undefine(f"{OURS}.{kind}.{id}")

    # Sheets

    def add_sheet(self, title: str, part_name: str, state: str = "visible") -> Sheet:
        """List a new sheet at the end: workbook, relationships, content types, titles. The part itself is the
        caller's to write. Raises Refused when the title is taken."""
        sheets = self.sheets
        if any(sheet.title.casefold() == title.casefold() for sheet in sheets):
            raise Refused(f'The workbook already has a tab "{title}".')
        rel_id = relations.add_relation(self.package, self.part, "worksheet", part_name, strict=self.strict)
        relations.set_content_type(self.package, part_name, WORKSHEET_TYPE)
        number = max((sheet.sheet_id for sheet in sheets), default=0) + 1
        data, elements = self._read()
        holder = self._first("sheets")
        if holder is None:
            raise Refused("The workbook is damaged: it lists no sheets.")
        shown = "" if state == "visible" else f' state="{state}"'
        name, declared = _relation_attribute(elements[0], self.strict)
        attributes = f'name="{markup.escape(title)}" sheetId="{number}"{shown}{declared} {name}="{rel_id}"'
        self._write(markup.append_child(data, holder, f"<{holder.prefix}sheet {attributes}/>".encode()))
        self._shift_strays(len(sheets))
        titles.add(self.package, [sheet.title for sheet in sheets], title)
        return Sheet(title, part_name, state, number, rel_id, len(sheets))

    def remove_sheet(self, part: str) -> None:
        """Take a sheet out with everything that only it led to, its own names, and our names that point to it."""
        sheet = next((s for s in self.sheets if s.part.casefold() == part.casefold()), None)
        if sheet is None:
            return
        for name, formula in self.names().items():
            spot = spot_of(formula) if name.startswith(f"{OURS}.") else None
            if spot is not None and spot[0].casefold() == sheet.title.casefold():
                self.undefine(name)
        self._shift_names(sheet.index)
        element = self._children("sheets", "sheet")[sheet.index]
        self._write(markup.remove_child(*self._read(), element))
        self._shift_views(sheet.index)
        relations.remove_relation(self.package, self.part, sheet.rel_id)
        relations.remove_part(self.package, sheet.part)
        titles.remove(self.package, sheet.title)

    def _shift_names(self, index: int) -> None:
        """Drop the local names of the sheet at `index` and count down those of the sheets after it."""
        for element in reversed(self._children("definedNames", "definedName")):
            local = element.attributes.get("localSheetId", "")
            if not local.isdigit() or int(local) < index:
                continue
            data, elements = self._read()
            if int(local) > index:
                self._write(markup.with_attribute(data, element, "localSheetId", str(int(local) - 1)))
            else:
                self._write(markup.remove_child(data, elements, element, drop_empty=True))

    def _shift_views(self, index: int) -> None:
        """Keep the open tab open when a sheet before it goes; when it goes itself, the first visible one opens."""
        visible = next((sheet.index for sheet in self.sheets if sheet.state == "visible"), 0)
        for name, instead in (("activeTab", visible), ("firstSheet", 0)):
            for element in reversed(self._children("bookViews", "workbookView")):
                value = element.attributes.get(name, "")
                if value.isdigit() and int(value) >= index:
                    new = instead if int(value) == index else int(value) - 1
                    self._write(markup.with_attribute(self._read()[0], element, name, str(new)))

    def _shift_strays(self, count: int) -> None:
        """Keep an open tab that there is not, beyond the last of `count`, from landing on a new one."""
        for name in ("activeTab", "firstSheet"):
            for element in reversed(self._children("bookViews", "workbookView")):
                value = element.attributes.get(name, "")
                if value.isdigit() and int(value) >= count:
                    self._write(markup.with_attribute(self._read()[0], element, name, str(int(value) + 1)))

    # The part's bytes

    def _read(self) -> tuple[bytes, list[Element]]:
        data = self.package.xml(self.part)
        if self._parsed is None or self._parsed[0] != data:
            self._parsed = data, markup.parse(data, self.part)
        return self._parsed

    def _write(self, data: bytes) -> None:
        self.package.write(self.part, data)

    def _first(self, local: str) -> Element | None:
        elements = self._read()[1]
        return markup.child(elements, elements[0], local)

    def _children(self, holder: str, local: str) -> list[Element]:
        element = self._first(holder)
        return [] if element is None else list(markup.children(self._read()[1], element, local))

    def _name(self, name: str, sheet: Sheet | None) -> Element | None:
        local = str(sheet.index) if sheet else None
        for element in self._children("definedNames", "definedName"):
            written = element.attributes
            if written.get("localSheetId") == local and written.get("name", "").casefold() == name.casefold():
                return element
        return None


def reference(title: str, row: int, column: int) -> str:
    """An absolute reference to a cell: `'Clients'!$K$3`."""
    return f"{quoted(title)}!${letters(column)}${row}"


def quoted(title: str) -> str:
    """A tab's title as formulas write it, always in quotes."""
    return "'" + title.replace("'", "''") + "'"


def spot_of(formula: str) -> tuple[str, int, int] | None:
    """Tab title, row and column of a reference to one cell (the first one of an area); None for anything else."""
    match = _SPOT.match(formula.strip())
    if match is None:
        return None
    column = 0
    for letter in match[3].upper():
        column = column * 26 + ord(letter) - 64
    title = match[1].replace("''", "'") if match[1] is not None else match[2]
    return title, int(match[4]), column


def _relation_id(element: Element) -> str:
    """The relationship id of a `<sheet>`; its prefix may be declared anywhere, on the element itself too."""
    return next((v for k, v in element.attributes.items() if k.endswith(":id")), "")


def _relation_attribute(root: Element, strict: bool) -> tuple[str, str]:
    """The name of a new `<sheet>`'s relationship id, and the declaration that it needs where none is in scope."""
    namespace = (relations.STRICT if strict else relations.TRANSITIONAL).rstrip("/")
    for name, value in root.attributes.items():
        if name.startswith("xmlns:") and value == namespace:
            return f"{name.removeprefix('xmlns:')}:id", ""
    return "r:id", f' xmlns:r="{namespace}"'


def _opened(data: bytes, element: Element, inner: bytes) -> bytes:
    opening = data[element.start : element.end]
    return opening[: opening.rindex(b"/")].rstrip() + b">" + inner + b"</" + element.tag.encode() + b">"
