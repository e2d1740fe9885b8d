"""What goes with a status column apart from its cells: the note on its header, its width and its colours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sheets_sync.model import Level, letters
from sheets_sync.workbooks.excel import markup
from sheets_sync.workbooks.excel.scan import LAST_COLUMN, Area, SheetXml, area, column_number
from sheets_sync.workbooks.themes import STARTS

_OURS = re.compile(r'LEFT\(\$([A-Z]{1,3})\$?[0-9]+,[0-9]\)="(?:✖|▲|●|– Unknown)"$')
_LONGEST_TITLE, _LONGEST_NOTE = 32, 255


# ── notes on headers ─────────────────────────────────────────────────────────────────────────────────────────────────


def set_notes(xml: SheetXml, row: int, notes: Mapping[int, tuple[str, str]]) -> None:
    """Show notes (column → header, text) when headers are selected; nothing where the team validates that cell."""
    drop_notes(xml, row, notes, made=False)
    beside = _extended(xml)
    taken = {
        column
        for column in notes
        if any(True for _ in _validations(xml, row, column)) or any(where.holds(row, column) for where in beside)
    }
    new = b"".join(_note(xml, row, c, *texts) for c, texts in sorted(notes.items()) if c not in taken and texts[1])
    if not new:
        return
    holder = xml.part("dataValidations")
    if holder is None:
        tag = xml.tag("dataValidations")
        xml.add("dataValidations", b'<%b count="0">%b</%b>' % (tag, new, tag))
    else:
        xml.outer = markup.append_child(xml.outer, holder, new)
    _count(xml)


def _note(xml: SheetXml, row: int, column: int, header: str, note: str) -> bytes:
    prompt = note if len(note) <= _LONGEST_NOTE else note[: _LONGEST_NOTE - 1] + "…"
    title = header if len(header) <= _LONGEST_TITLE else header[: _LONGEST_TITLE - 1] + "…"
    return (
        f'<{xml.prefix.decode()}dataValidation allowBlank="1" showInputMessage="1" promptTitle="{_attribute(title)}" '
        f'prompt="{_attribute(prompt)}" sqref="{letters(column)}{row}"/>'
    ).encode()


def drop_notes(xml: SheetXml, row: int, columns: Iterable[int], made: bool) -> None:
    """Take our notes off headers; the list of validations too when we `made` it and nothing else is in it."""
    ours = {e.start: e for column in columns for e, mine in _validations(xml, row, column) if mine}
    for start in sorted(ours, reverse=True):
        xml.outer = markup.splice(xml.outer, start, ours[start].end, b"")
    if ours:
        _count(xml)
    holder = xml.part("dataValidations")
    if made and holder is not None and not xml.outer[holder.inner : holder.inner_end].strip():
        xml.put("dataValidations", b"")


def _validations(xml: SheetXml, row: int, column: int) -> Iterable[tuple[markup.Element, bool]]:
    """The validations that cover a cell, and whether they are a note of ours: on it alone, with nothing to check."""
    for holder, elements in xml.parts("dataValidations"):
        for element in markup.children(elements, holder, "dataValidation"):
            areas = [area(ref) for ref in element.attributes.get("sqref", "").split()]
            if any(a is not None and a.holds(row, column) for a in areas):
                free = element.attributes.get("type", "none") == "none" and "prompt" in element.attributes
                yield element, free and areas == [Area(row, column, row, column)]


def _extended(xml: SheetXml) -> list[Area]:
    """What the validations of the sheet's extensions cover."""
    elements = xml.elements()
    refs = (e for e in elements if e.local == "sqref" and elements[e.parent].local == "dataValidation")
    found = (area(ref) for e in refs for ref in markup.text(xml.outer, e).split())
    return [where for where in found if where is not None]


def _count(xml: SheetXml) -> None:
    for holder, elements in xml.parts("dataValidations"):
        number = sum(1 for _ in markup.children(elements, holder, "dataValidation"))
        if "count" in holder.attributes:
            xml.outer = markup.with_attribute(xml.outer, holder, "count", str(number))
        return


def _attribute(text: str) -> str:
    return markup.escape(text).replace("\n", "&#10;")


# ── widths ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Span:
    """One `<col>`: the columns it covers, and its other attributes as written."""

    first: int
    last: int
    rest: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> bool:
        values = dict(self.rest)
        return values.get("hidden") in ("1", "true") or values.get("width") in ("0", "0.0")


def spans(xml: SheetXml) -> list[Span]:
    """The sheet's `<col>` elements."""
    found = []
    for holder, elements in xml.parts("cols"):
        for element in markup.children(elements, holder, "col"):
            values = dict(element.attributes)
            first, last = values.pop("min", "0"), values.pop("max", "0")
            if first.isdigit() and last.isdigit():
                found.append(Span(int(first), int(last), tuple(values.items())))
    return found


def set_widths(xml: SheetXml, widths: Mapping[int, float]) -> None:
    """Give columns a width (in characters), cutting up the `<col>` elements that cover them."""
    if not widths:
        return
    old = spans(xml)
    kept: list[Span] = []
    for span in old:
        first = span.first
        for column in sorted(c for c in widths if span.first <= c <= span.last):
            if column > first:
                kept.append(Span(first, column - 1, span.rest))
            first = column + 1
        if first <= span.last:
            kept.append(Span(first, span.last, span.rest))
    styles = {c: dict(span.rest).get("style") for span in old for c in widths if span.first <= c <= span.last}
    for column, width in widths.items():
        style = (("style", styles[column]),) if styles.get(column) else ()
        kept.append(Span(column, column, (("width", f"{width + 0.7109375:g}"), *style, ("customWidth", "1"))))
    _write_spans(xml, sorted(kept, key=lambda span: span.first))


def drop_widths(xml: SheetXml, columns: Iterable[int]) -> None:
    """Columns back to the sheet's default, where what they were is not known."""
    gone = set(columns)
    left = [span for span in spans(xml) if not (span.first == span.last and span.first in gone)]
    _write_spans(xml, left)


def _write_spans(xml: SheetXml, kept: list[Span]) -> None:
    p = xml.prefix.decode()
    tags = []
    for span in kept:
        rest = "".join(f' {name}="{markup.escape(value)}"' for name, value in span.rest)
        tags.append(f'<{p}col min="{span.first}" max="{min(span.last, LAST_COLUMN)}"{rest}/>')
    xml.put("cols", f"<{p}cols>{''.join(tags)}</{p}cols>".encode() if tags else b"")


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def set_colours(xml: SheetXml, columns: Mapping[Area, int | None], dxf: Callable[[Level], int], ours: set[int]) -> None:
    """Colour columns of ours (each one column wide) by how the texts of another, or the same, column start; `dxf`
    gives the look of a level."""
    drop_colours(xml, {where.left for where in columns}, ours)
    p, priority = xml.prefix.decode(), _last_priority(xml)
    blocks = []
    for where, by in columns.items():
        if by is None:
            continue
        rules = []
        for start, level in STARTS:
            priority += 1
            asks = f'LEFT(${letters(by)}{where.top},{len(start)})="{start}"'.replace('"', "&quot;")
            rule = f'<{p}cfRule type="expression" dxfId="{dxf(level)}" priority="{priority}">'
            rules.append(f"{rule}<{p}formula>{asks}</{p}formula></{p}cfRule>")
        tag = f"{p}conditionalFormatting"
        blocks.append(f'<{tag} sqref="{where}">{"".join(rules)}</{tag}>')
    if blocks:
        xml.add("conditionalFormatting", "".join(blocks).encode())


def drop_colours(xml: SheetXml, columns: set[int], ours: set[int]) -> None:
    """Take our rules off columns: those that ask how a column of `ours` starts."""
    for element, elements in list(xml.parts("conditionalFormatting"))[::-1]:
        areas = [area(ref) for ref in element.attributes.get("sqref", "").split()]
        if all(a is not None and a.left == a.right and a.left in columns for a in areas):
            rules = list(markup.children(elements, element, "cfRule"))
            mine = [rule for rule in rules if _is_ours(xml, elements, rule, ours)]
            cuts = [element] if mine and len(mine) == len(rules) else mine
            for cut in reversed(cuts):
                xml.outer = markup.splice(xml.outer, cut.start, cut.end, b"")


def _is_ours(xml: SheetXml, elements: list[markup.Element], rule: markup.Element, ours: set[int]) -> bool:
    formula = markup.child(elements, rule, "formula")
    return formula is not None and _asked(markup.text(xml.outer, formula)) in ours


def _asked(formula: str) -> int:
    """The column that a rule of ours asks; 0 for any other formula."""
    found = _OURS.match(formula)
    return column_number(found[1]) if found else 0


def _last_priority(xml: SheetXml) -> int:
    numbers = [e.attributes.get("priority", "0") for e in xml.elements() if e.local == "cfRule"]
    return max((int(n) for n in numbers if n.isdigit()), default=0)


# ── columns that move ────────────────────────────────────────────────────────────────────────────────────────────────


def move(xml: SheetXml, row: int, moves: Mapping[int, int], ours: set[int], gone: set[int]) -> None:
    """Notes and colours of ours follow their columns (old → new); rules that ask a column that is gone go too."""
    edits: list[tuple[int, int, bytes]] = []
    for column, new in moves.items():
        for element, mine in _validations(xml, row, column):
            if mine:
                edits.append(_with_ref(xml, element, Area(row, new, row, new)))
    for element, elements in xml.parts("conditionalFormatting"):
        areas = [area(ref) for ref in element.attributes.get("sqref", "").split()]
        if len(areas) != 1 or areas[0] is None or areas[0].left != areas[0].right or areas[0].left not in ours:
            continue
        for rule in markup.children(elements, element, "cfRule"):
            formula = markup.child(elements, rule, "formula")
            if formula is None or not _is_ours(xml, elements, rule, ours):
                continue
            text = markup.text(xml.outer, formula)
            asked = _asked(text)
            if asked in gone:
                edits.append((rule.start, rule.end, b""))
            elif asked in moves:
                new_text = text.replace(f"${letters(asked)}", f"${letters(moves[asked])}", 1).replace('"', "&quot;")
                edits.append((formula.inner, formula.inner_end, new_text.encode()))
        if areas[0].left in moves:
            new = moves[areas[0].left]
            edits.append(_with_ref(xml, element, Area(areas[0].top, new, areas[0].bottom, new)))
    for start, end, new_bytes in sorted(edits, reverse=True):
        xml.outer = markup.splice(xml.outer, start, end, new_bytes)
    for element, _ in list(xml.parts("conditionalFormatting"))[::-1]:
        if edits and not element.self_closed and not xml.outer[element.inner : element.inner_end].strip():
            xml.outer = markup.splice(xml.outer, element.start, element.end, b"")


def _with_ref(xml: SheetXml, element: markup.Element, where: Area) -> tuple[int, int, bytes]:
    """The edit of an element's start tag that makes it cover something else."""
    opening = xml.outer[element.start : element.inner]
    return (
        element.start,
        element.inner,
        re.sub(rb"(\ssqref\s*=\s*[\"'])[^\"']*", rb"\g<1>" + str(where).encode(), opening),
    )
