"""Formats of a workbook: cloned, shared, never doubled, and nothing that was there is touched."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from sheets_sync.workbooks.excel.package import Package
from sheets_sync.workbooks.excel.styles import Styles


def workbook_bytes() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"] = 46_000, "note"
    sheet["A1"].number_format = "dd/mm/yyyy"
    sheet["A1"].fill = PatternFill("solid", fgColor="FFEEDDCC")
    sheet["A2"].font = Font(name="Arial", sz=9)
    held = io.BytesIO()
    workbook.save(held)
    return held.getvalue()


def with_styles(change: tuple[str, str] | None = None, styles: bytes | None = None) -> Package:
    """A package whose stylesheet was rewritten by a pattern and its replacement, or as a whole."""
    package = Package.open(workbook_bytes())
    data = styles or package.read("xl/styles.xml")
    if change:
        data = re.sub(change[0].encode(), change[1].encode(), data, flags=re.S)
    package.write("xl/styles.xml", data)
    return Package.open(package.to_bytes())


def use(styles: Styles) -> list[int]:
    """Everything that a run may ask for."""
    clone = styles.clone(1, "d mmm yyyy", wrap=True)
    return [clone, styles.clone(2, quote=True), styles.header(2), styles.dxf("F2B48C"), styles.dxf("FBEFA0")]


def seen(package: Package) -> Workbook:
    return load_workbook(io.BytesIO(package.to_bytes()))


def test_a_clone_keeps_everything_but_the_number_format() -> None:
    package = with_styles()
    styles = Styles(package)
    id = styles.clone(1, "d mmm yyyy", wrap=True)
    styles.save()
    package.write(
        "xl/worksheets/sheet1.xml", package.read("xl/worksheets/sheet1.xml").replace(b's="1"', b's="%d"' % id)
    )
    cell = seen(package).active["A1"]
    assert (cell.number_format, cell.fill.fgColor.rgb) == ("d mmm yyyy", "FFEEDDCC")
    assert cell.alignment.wrap_text
    assert styles.number_format_of(1) == "dd/mm/yyyy"
    assert styles.number_format_of(id) == "d mmm yyyy"


def test_a_clone_that_changes_nothing_is_the_format_itself() -> None:
    package = with_styles()
    styles = Styles(package)
    before = package.read("xl/styles.xml")
    assert styles.clone(1) == 1
    assert styles.clone(1, "dd/mm/yyyy") == 1
    styles.save()
    assert package.read("xl/styles.xml") == before


def test_the_second_run_adds_nothing() -> None:
    package = with_styles()
    other = workbook_bytes_of_ours()
    styles = Styles(package)
    first = use(styles), styles.adopt(other)
    styles.save()
    once = package.read("xl/styles.xml")
    for again in (styles, Styles(package)):
        assert (use(again), again.adopt(other)) == first
        again.save()
        assert package.read("xl/styles.xml") == once


def workbook_bytes_of_ours() -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    for row, code in enumerate(("d mmm yyyy", "0 %", "#,##0"), start=1):
        sheet.cell(row, 1).number_format = code
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor="FF1F3864")
    rule = DifferentialStyle(font=Font(color="FF000000"), fill=PatternFill("solid", bgColor="FFF2B48C"))
    workbook._differential_styles.add(rule)
    held = io.BytesIO()
    workbook.save(held)
    return Package.open(held.getvalue()).read("xl/styles.xml")


def test_adopted_formats_say_here_what_they_said_there() -> None:
    package = with_styles()
    styles = Styles(package)
    formats, rules = styles.adopt(workbook_bytes_of_ours())
    styles.save()
    assert [styles.number_format_of(formats[i]) for i in (1, 2, 3)] == ["d mmm yyyy", "0 %", "#,##0"]
    fills = [seen(package)._cell_styles[formats[i]].fillId for i in (1, 2, 3)]
    assert len(set(fills)) == 1
    assert seen(package)._fills[fills[0]].fgColor.rgb == "FF1F3864"
    assert seen(package)._differential_styles.styles[rules[0]].fill.bgColor.rgb == "FFF2B48C"


@pytest.mark.parametrize(
    "change",
    [
        (r"<dxfs.*?</dxfs>|<dxfs[^>]*/>", ""),
        (r"<dxfs.*?</dxfs>|<dxfs[^>]*/>", "<dxfs count='0' />"),
        (r"<numFmts.*?</numFmts>", ""),
        (r"<cellStyles.*", "<!-- <dxfs/> --><extLst><ext uri='x'/></extLst></styleSheet>"),
        (r"<fonts", "<fonts knownFonts='1'"),
        (r' count="\d+"', ""),
    ],
)
def test_stylesheets_as_others_write_them(change: tuple[str, str]) -> None:
    package = with_styles(change)
    before = package.read("xl/styles.xml")
    styles = Styles(package)
    first = use(styles)
    styles.save()
    after = package.read("xl/styles.xml")
    assert use(Styles(package)) == first
    assert seen(package).active["A1"].fill.fgColor.rgb == "FFEEDDCC"
    kept = [piece for piece in re.findall(rb"<[^>]*>", before) if b"count" not in piece and not piece.endswith(b"/>")]
    assert not [piece for piece in kept if piece not in after]


def test_prefixed_elements_get_prefixed_siblings() -> None:
    plain = Package.open(workbook_bytes()).read("xl/styles.xml")
    prefixed = re.sub(rb"<(/?)(\w)", rb"<\1x:\2", plain).replace(b"xmlns=", b"xmlns:x=")
    package = with_styles(styles=prefixed)
    styles = Styles(package)
    first = use(styles)
    styles.save()
    assert not re.findall(rb"<[^x/!?]\w*", package.read("xl/styles.xml"))
    assert use(Styles(package)) == first
    assert seen(package).active["A1"].number_format == "dd/mm/yyyy"


def test_a_missing_stylesheet_is_made_and_declared() -> None:
    package = with_styles()
    package.remove("xl/styles.xml")
    rels = package.read("xl/_rels/workbook.xml.rels")
    package.write("xl/_rels/workbook.xml.rels", re.sub(rb"<Relationship [^>]*styles.xml[^>]*>", b"", rels))
    sheet = package.read("xl/worksheets/sheet1.xml")
    package.write("xl/worksheets/sheet1.xml", re.sub(rb' s="\d+"', b"", sheet))
    types = package.read("[Content_Types].xml")
    package.write("[Content_Types].xml", re.sub(rb"<Override [^>]*styles.xml[^>]*>", b"", types))
    styles = Styles(package)
    id = styles.header()
    styles.save()
    assert Styles(package).header() == id
    workbook = seen(package)
    assert workbook._fonts[workbook._cell_styles[id].fontId].b
    assert b"/xl/styles.xml" in package.read("[Content_Types].xml")


def test_the_header_speaks_in_the_font_of_the_team() -> None:
    package = with_styles()
    styles = Styles(package)
    id = styles.header(base=2)
    styles.save()
    workbook = seen(package)
    font = workbook._fonts[workbook._cell_styles[id].fontId]
    assert (font.name, font.sz, font.b, font.color.rgb) == ("Arial", 9, True, "FFFFFFFF")
