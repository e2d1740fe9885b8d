"""The zip and the workbook part: what nobody wrote stays as it is, and what is taken out leaves nothing behind."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import Refused
from sheets_sync.workbooks.excel import markup, relations
from sheets_sync.workbooks.excel.names import Book, reference, spot_of
from sheets_sync.workbooks.excel.package import Package
from tests.handmade import MAIN, RELATIONS, STRICT_RELATIONS, members, parts, relationships, sheet, workbook, zipped

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN = workbook(sheet(ROW), sheet(ROW))


def book_of(data: bytes) -> Book:
    return Book(Package.open(data))


def with_workbook(text: str) -> bytes:
    return zipped(parts(sheet(ROW), sheet(ROW)) | {"xl/workbook.xml": text})


# The zip


def test_untouched_members_keep_their_compressed_bytes() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts(sheet(ROW * 1), sheet(ROW)).items():
            archive.writestr(name, text)
        archive.writestr("xl/media/image1.png", bytes(range(256)) * 40, compress_type=zipfile.ZIP_STORED)
        archive.writestr("xl/vbaProject.bin", b"macro" * 500, compresslevel=9)
    package = Package.open(buffer.getvalue())
    package.write("xl/workbook.xml", package.read("xl/workbook.xml") + b"\n")
    new = package.to_bytes()
    for name in ("xl/media/image1.png", "xl/vbaProject.bin", "xl/styles.xml"):
        assert raw(new, name) == raw(buffer.getvalue(), name)
    assert list(members(new)) == list(members(buffer.getvalue()))
    assert package.changed == {"xl/workbook.xml"}


def raw(data: bytes, name: str) -> bytes:
    """A member's bytes as they are compressed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo(name)
    size, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
    start = info.header_offset + 30 + size + extra
    return data[start : start + info.compress_size]


def test_writing_the_same_bytes_is_no_change() -> None:
    package = Package.open(PLAIN)
    package.write("xl/styles.xml", package.read("xl/styles.xml"))
    assert package.changed == set()


def test_parts_can_be_added_replaced_and_removed() -> None:
    package = Package.open(PLAIN)
    package.write("xl/new é.xml", b"<a/>")
    package.write("xl/styles.xml", b"<b/>")
    package.remove("xl/worksheets/sheet2.xml")
    again = members(package.to_bytes())
    assert again["xl/new é.xml"] == b"<a/>"
    assert again["xl/styles.xml"] == b"<b/>"
    assert "xl/worksheets/sheet2.xml" not in again
    assert package.changed == {"xl/new é.xml", "xl/styles.xml", "xl/worksheets/sheet2.xml"}


class _Pipe(io.RawIOBase):
    """A stream that cannot seek, so that zipfile writes data descriptors."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self.data += bytes(data)  # type: ignore[call-overload]
        return len(bytes(data))  # type: ignore[call-overload]


def test_data_descriptors_are_read_and_not_left_half() -> None:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, text in parts(sheet(ROW)).items():
            archive.writestr(name, text)
    data = bytes(pipe.data)
    assert b"PK\7\10" in data
    package = Package.open(data)
    package.write("xl/styles.xml", b"<styleSheet/>")
    expected = members(data) | {"xl/styles.xml": b"<styleSheet/>"}
    assert members(package.to_bytes()) == expected


def test_parts_are_found_whatever_their_case_and_slashes() -> None:
    renamed = {name.replace("xl/worksheets/", "xl\\Worksheets\\"): text for name, text in parts(sheet(ROW)).items()}
    package = Package.open(zipped(renamed))
    assert "xl/worksheets/sheet1.xml" in package
    assert Book(package).worksheets[0].title == "Tab1"


def test_folders_in_the_zip_stay_and_are_no_parts() -> None:
    data = zipped({"xl/": b"", "[content_types].xml": parts(sheet(ROW))["[Content_Types].xml"]} | parts_of_one())
    package = Package.open(data)
    assert "xl/" not in package.names()
    relations.set_content_type(package, "xl/a.xml", "application/a")
    package.write("xl/a.xml", b"<a/>")
    assert package.changed == {"[Content_Types].xml", "xl/a.xml"}
    assert list(members(package.to_bytes())) == [*members(data), "xl/a.xml"]


def parts_of_one() -> dict[str, str | bytes]:
    return {name: text for name, text in parts(sheet(ROW)).items() if name != "[Content_Types].xml"}


def test_a_doubled_member_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/workbook.xml", "two")
    with pytest.raises(Refused, match="twice"):
        Package.open(buffer.getvalue())


@pytest.mark.parametrize("name", ["../../x", "/etc/x", "xl/../../x", "c:/x", "..\\x"])
def test_a_member_that_leads_out_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="leads out"):
        Package.open(zipped({name: "x"}))


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    data = zipped({"xl/worksheets/sheet1.xml": b" " * (64 << 20)})
    with pytest.raises(Refused, match="unpacks to 64 MB"):
        Package.open(data)


def test_a_part_larger_than_it_says_is_refused() -> None:
    data = bytearray(zipped({"a.xml": b"x" * 5000}))
    central = data.rindex(b"PK\1\2")
    data[central + 24 : central + 28] = struct.pack("<L", 10)
    package = Package.open(bytes(data))
    with pytest.raises(Refused, match="damaged"):
        package.read("a.xml")


def test_a_flipped_bit_is_noticed() -> None:
    data = bytearray(zipped({"a.xml": b"hello world"}, method=zipfile.ZIP_STORED))
    data[data.index(b"hello")] ^= 1
    with pytest.raises(Refused, match="damaged"):
        Package.open(bytes(data)).read("a.xml")


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped({"a.xml": b"hello"}))
    data[data.rindex(b"PK\1\2") + 8] |= 1
    with pytest.raises(Refused, match="encrypted"):
        Package.open(bytes(data))


def test_overlapping_members_are_refused() -> None:
    data = bytearray(zipped({"a.xml": b"hello" * 9, "b.xml": b"world" * 9}))
    second = data.rindex(b"PK\1\2")
    data[second + 42 : second + 46] = struct.pack("<L", 5)
    with pytest.raises(Refused, match="overlap"):
        Package.open(bytes(data))


@given(st.binary(max_size=3000))
def test_any_bytes_come_back(data: bytes) -> None:
    package = Package.open(PLAIN)
    package.write("xl/media/x.bin", data)
    again = Package.open(package.to_bytes())
    assert again.read("xl/media/x.bin") == data
    assert again.crc("xl/media/x.bin") == zlib.crc32(data)
    assert again.head("xl/media/x.bin", 100) == data[:100]


# The workbook part


def test_sheets_are_listed_in_order_with_their_parts() -> None:
    found = [(s.title, s.part, s.state, s.sheet_id) for s in book_of(PLAIN).sheets]
    assert found == [
        ("Tab1", "xl/worksheets/sheet1.xml", "visible", 1),
        ("Tab2", "xl/worksheets/sheet2.xml", "visible", 2),
    ]


ODD = {
    "prefixed": (
        f'<x:workbook xmlns:x="{MAIN}"><x:sheets><x:sheet name="A &amp; B" sheetId="7" state="hidden" '
        f'q:id="rId1" xmlns:q="{RELATIONS}"/></x:sheets><x:calcPr/></x:workbook>'
    ),
    "declared on each sheet": (
        f'<workbook xmlns="{MAIN}"><sheets><sheet xmlns:ns0="{RELATIONS}" name="A &amp; B" sheetId="7" '
        f'state="hidden" ns0:id="rId1" /></sheets><definedNames /></workbook>'
    ),
    "single quotes and comments": (
        f"<workbook xmlns='{MAIN}' xmlns:r='{RELATIONS}'><!-- <sheet name='no'/> --><sheets><sheet name='A &#38; B' "
        f"sheetId='7' state='hidden' r:id='rId1'></sheet></sheets><externalReferences/></workbook>"
    ),
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_spellings_are_read_and_put_back(text: str) -> None:
    package = Package.open(with_workbook(text))
    before = {name: package.read(name) for name in package.names()}
    book = Book(package)
    assert [(s.title, s.state, s.sheet_id) for s in book.sheets] == [("A & B", "hidden", 7)]
    new = book.add_sheet("Diary", "xl/worksheets/sheet9.xml", "veryHidden")
    package.write(new.part, sheet(ROW).encode())
    book.own("tab", "diary", "Diary")
    book.define("_xlnm.Print_Titles", "'Diary'!$1:$2", hidden=False, sheet=new)
    again = book_of(package.to_bytes())
    assert [s.title for s in again.worksheets] == ["A & B", "Diary"]
    assert again.sheets[1].sheet_id == 8
    assert again.owned("tab")["diary"].sheet.part == "xl/worksheets/sheet9.xml"
    assert again.defined("_xlnm.Print_Titles", again.sheets[1]) == "'Diary'!$1:$2"
    again.remove_sheet(new.part)
    assert {name: again.package.read(name) for name in again.package.names()} == before


def test_utf16_and_bom_are_read() -> None:
    text = f'<?xml version="1.0" encoding="UTF-16"?><workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    text += '<sheet name="Köln" sheetId="1" r:id="rId1"/></sheets></workbook>'
    for data in (text.encode("utf-16"), b"\xef\xbb\xbf" + text.replace("UTF-16", "UTF-8").encode()):
        book = Book(Package.open(zipped(parts(sheet(ROW)) | {"xl/workbook.xml": data})))
        book.define("a", "1")
        assert book_of(book.package.to_bytes()).sheets[0].title == "Köln"


@pytest.mark.parametrize(
    "target", ["/xl/worksheets/sheet1.xml", "worksheets\\sheet1.xml", "../xl/worksheets/sheet1.xml"]
)
def test_targets_are_resolved(target: str) -> None:
    changed = parts(sheet(ROW)) | {"xl/_rels/workbook.xml.rels": relationships(("worksheet", target))}
    assert book_of(zipped(changed)).sheets[0].part == "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("target", ["../../etc/passwd", "worksheets/none.xml"])
def test_a_target_that_is_not_in_the_package_is_no_part(target: str) -> None:
    changed = parts(sheet(ROW)) | {"xl/_rels/workbook.xml.rels": relationships(("worksheet", target))}
    book = book_of(zipped(changed))
    assert book.sheets[0].part == ""
    assert book.worksheets == []


def test_strict_workbooks_get_strict_relations() -> None:
    book = book_of(workbook(sheet(ROW), base=STRICT_RELATIONS))
    assert book.strict
    book.add_sheet("New", "xl/worksheets/sheet2.xml")
    assert relations.relations(book.package, book.part)[-1].type == f"{STRICT_RELATIONS}/worksheet"
    strict = relations.Relation("rId1", f"{STRICT_RELATIONS}/extendedProperties", "docProps/app.xml")
    assert strict.kind == "extended-properties"


@given(st.text(min_size=1, max_size=40))
def test_any_formula_comes_back(formula: str) -> None:
    book = book_of(PLAIN)
    untouched = book.package.read(book.part)
    book.define("a", formula)
    expected = markup.unescape(markup.escape(formula))
    assert book.defined("a") == expected
    book.define("a", "other")
    assert book.defined("a") == "other"
    book.undefine("a")
    assert book.package.read(book.part) == untouched


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=31), st.integers(1, 16384))
def test_references_are_read_back(title: str, column: int) -> None:
    assert spot_of(reference(title, 7, column)) == (title, 7, column)


@pytest.mark.parametrize(
    ("formula", "spot"),
    [
        ("Clients!$K$3", ("Clients", 3, 11)),
        ("'It''s'!A1", ("It's", 1, 1)),
        ("Clients!$B$2:$C$9", ("Clients", 2, 2)),
        ("Clients!#REF!", None),
        ("#REF!", None),
        ("SUM(A1)", None),
    ],
)
def test_references_of_other_programs(formula: str, spot: object) -> None:
    assert spot_of(formula) == spot


def test_a_name_put_back_is_written_as_it_was() -> None:
    names = "<definedNames><definedName name=\"a\">'It''s'!$A$1&amp;\"x\"</definedName></definedNames>"
    book = book_of(workbook(sheet(ROW), names=names))
    before = book.package.read(book.part)
    was = book.defined("a")
    assert was == "'It''s'!$A$1&\"x\""
    book.define("a", "1")
    book.define("a", was)
    assert book.package.read(book.part) == before


def test_taking_a_sheet_out_moves_what_counts_sheets() -> None:
    names = (
        '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">Tab1!$A$1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="1">Tab2!$A$1</definedName>'
        '<definedName name="_xlnm.Print_Area" localSheetId="2">Tab3!$A$1</definedName>'
        '<definedName name="_sheets_sync.tab.diary" hidden="1">Tab2!$A$1</definedName></definedNames>'
    )
    data = parts(sheet(ROW), sheet(ROW), sheet(ROW), names=names)
    view = '<bookViews><workbookView firstSheet="1" activeTab="2"/></bookViews><sheets>'
    data["xl/workbook.xml"] = str(data["xl/workbook.xml"]).replace("<sheets>", view)
    book = book_of(zipped(data))
    book.remove_sheet("xl/worksheets/sheet2.xml")
    assert [s.title for s in book.sheets] == ["Tab1", "Tab3"]
    assert book.defined("_xlnm.Print_Area", book.sheets[0]) == "Tab1!$A$1"
    assert book.defined("_xlnm.Print_Area", book.sheets[1]) == "Tab3!$A$1"
    assert book.names() == {}
    assert b'firstSheet="0" activeTab="1"' in book.package.read(book.part)
    assert "xl/worksheets/sheet2.xml" not in book.package


def test_what_only_a_removed_sheet_led_to_goes_with_it() -> None:
    chart = "xl/charts/chart1.xml"
    data = parts(sheet(ROW), sheet(ROW)) | {
        "xl/worksheets/_rels/sheet1.xml.rels": relationships(("image", "../media/shared.png")),
        "xl/worksheets/_rels/sheet2.xml.rels": relationships(
            ("drawing", "../drawings/drawing1.xml"), ("image", "../media/shared.png")
        ),
        "xl/drawings/drawing1.xml": "<a/>",
        "xl/drawings/_rels/drawing1.xml.rels": relationships(("chart", "../charts/chart1.xml")),
        chart: "<c/>",
        "xl/media/shared.png": b"png",
    }
    package = Package.open(zipped(data))
    relations.set_content_type(package, chart, "application/chart")
    Book(package).remove_sheet("xl/worksheets/sheet2.xml")
    gone = set(data) - set(package.names())
    assert gone == {
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/_rels/sheet2.xml.rels",
        "xl/drawings/drawing1.xml",
        "xl/drawings/_rels/drawing1.xml.rels",
        chart,
    }
    assert relations.content_type(package, chart) == "application/xml"


def test_the_list_of_titles_grows_and_shrinks() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as made:
        made.add_worksheet("Clients & co")
        made.add_chartsheet("Chart")
    package = Package.open(buffer.getvalue())
    before = package.read("docProps/app.xml")
    book = Book(package)
    new = book.add_sheet("<Diary>", "xl/worksheets/sheet9.xml")
    package.write(new.part, b"<worksheet/>")
    after = package.read("docProps/app.xml")
    listed = b"<vt:lpstr>Clients &amp; co</vt:lpstr><vt:lpstr>&lt;Diary&gt;</vt:lpstr><vt:lpstr>Chart</vt:lpstr>"
    assert listed in after
    assert b'<vt:vector size="3" baseType="lpstr">' in after
    assert b"<vt:lpstr>Worksheets</vt:lpstr></vt:variant><vt:variant><vt:i4>2</vt:i4>" in after
    book.remove_sheet(new.part)
    assert package.read("docProps/app.xml") == before


def test_a_title_is_taken_whatever_its_case() -> None:
    with pytest.raises(Refused, match="already has a tab"):
        book_of(PLAIN).add_sheet("TAB1", "xl/worksheets/sheet9.xml")


def test_a_doctype_is_refused() -> None:
    bad = '<?xml version="1.0"?><!-- x --><!DOCTYPE a [<!ENTITY b "c">]>' + str(parts(sheet(ROW))["xl/workbook.xml"])
    with pytest.raises(Refused, match="DOCTYPE"):
        _ = book_of(with_workbook(bad)).sheets


def test_damaged_xml_is_refused() -> None:
    with pytest.raises(Refused, match="not well-formed"):
        _ = book_of(with_workbook("<workbook><sheets></workbook>")).sheets
