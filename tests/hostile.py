"""Hostile and broken files, made here and never kept: `python -m tests.hostile FOLDER` writes them all.

Each has the number of the catalogue of bad inputs that it stands for (A1 to A44), and what must come of it: the exit
code and words of the sentence. Code 0 means that it is read, and written where it is no tracker that people locked.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.handmade import (
    MAIN,
    PACKAGE_RELATIONS,
    RELATIONS,
    STRICT_MAIN,
    STRICT_RELATIONS,
    parts,
    relationships,
    zipped,
)

DONE, REFUSED, NO_PERMISSION = 0, 3, 77
Parts = dict[str, str | bytes]


@dataclass(frozen=True)
class Hostile:
    """One file of the catalogue: how it is made, its name's ending, the exit code of a run and words that it says."""

    number: int
    name: str
    make: Callable[[], bytes]
    code: int
    words: str = ""
    ending: str = ".xlsx"
    mode: int = 0o644


HEADER = ("Client", "Owner", "Status", "Start date", "Last contact")
CLIENTS = [(f"Client {n} Ltd", "Ann", "active", 45_900, 46_340) for n in range(30)]
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    "</styleSheet>"
)


def cell(ref: str, value: object) -> str:
    if isinstance(value, str):
        return f'<c r="{ref}" t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{ref}" s="1"><v>{value}</v></c>'


def rows_of(clients: list[tuple[object, ...]]) -> Iterator[str]:
    for number, values in enumerate([HEADER, *clients], start=1):
        cells = "".join(cell(f"{chr(65 + i)}{number}", value) for i, value in enumerate(values))
        yield f'<row r="{number}">{cells}</row>'


def sheet_of(rows: str, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def tracker(rows: str | None = None, before: str = "", after: str = "") -> Parts:
    """The parts of a small tracker, with its sheet's rows and what stands before and after them."""
    made = parts(sheet_of("".join(rows_of(CLIENTS)) if rows is None else rows, before, after))
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace('"Tab1"', '"Clients"')
    made["xl/styles.xml"] = STYLES
    return made


def good() -> bytes:
    return zipped(tracker())


SHEET = "xl/worksheets/sheet1.xml"


def without(part: str) -> Parts:
    return {name: text for name, text in tracker().items() if name != part}


def with_sheet(old: str, new: str) -> Callable[[], bytes]:
    """The tracker with something in its sheet replaced."""

    def make() -> bytes:
        made = tracker()
        text = str(made[SHEET])
        assert old in text, old
        return zipped({**made, SHEET: text.replace(old, new, 1)})

    return make


def with_rows(extra: str) -> Callable[[], bytes]:
    return lambda: zipped(tracker("".join(rows_of(CLIENTS)) + extra))


def with_parts(**more: str | bytes) -> Callable[[], bytes]:
    """The tracker with more parts, `xl/…` written `xl__…`."""
    return lambda: zipped({**tracker(), **{name.replace("__", "/"): text for name, text in more.items()}})


def in_workbook(old: str, new: str) -> Callable[[], bytes]:
    def make() -> bytes:
        made = tracker()
        text = str(made["xl/workbook.xml"])
        assert old in text, old
        return zipped({**made, "xl/workbook.xml": text.replace(old, new, 1)})

    return make


def ole(*streams: str) -> bytes:
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + names


def encrypted_zip() -> bytes:
    data = bytearray(good())
    for mark in (b"PK\3\4", b"PK\1\2"):
        at, offset = data.find(mark), 6 if mark == b"PK\3\4" else 8
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def doubled() -> bytes:
    buffer = io.BytesIO(good())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(SHEET, sheet_of('<row r="1"><c r="A1"><v>666</v></c></row>'))
    return buffer.getvalue()


def led_out(target: str) -> bytes:
    rels = relationships(("worksheet", target), ("styles", "styles.xml"))
    return zipped({**tracker(), "xl/_rels/workbook.xml.rels": rels})


def entities(part: str, declared: str, used: str) -> Callable[[], bytes]:
    """A part that declares entities and uses one."""

    def make() -> bytes:
        made = tracker()
        if part.endswith("sharedStrings.xml"):
            made[part] = f"{declared}<sst xmlns='{MAIN}'><si><t>{used}</t></si></sst>"
            made["xl/_rels/workbook.xml.rels"] = relationships(
                ("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")
            )
        else:
            made[part] = declared + str(made[part]).replace("Client 1 Ltd", used)
        return zipped(made)

    return make


LAUGHS = (
    '<!DOCTYPE z [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)
QUADRATIC = f'<!DOCTYPE z [<!ENTITY a "{"x" * 50_000}">]>'
OUTSIDE = '<!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def bomb() -> bytes:
    """A sheet of 1 GB of blanks in 1 MB, written block by block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head, tail = str(tracker()[SHEET]).split("</sheetData>")
    crc, size, pieces = 0, 0, []
    for block in (head.encode(), *[b" " * (1 << 20)] * 1024, f"</sheetData>{tail}".encode()):
        crc, size = zlib.crc32(block, crc), size + len(block)
        pieces.append(packer.compress(block))
    packed = b"".join([*pieces, packer.flush()])
    others = zipped({name: text for name, text in tracker().items() if name != SHEET})
    return appended(others, SHEET.encode(), packed, crc, size)


def appended(data: bytes, name: bytes, packed: bytes, crc: int, size: int) -> bytes:
    """A zip archive with one more member, whose bytes are deflated already."""
    end = data.rindex(b"PK\5\6")
    count, length, start = struct.unpack_from("<HLL", data, end + 10)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0) + name
    central = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0, 0, 0, 0, 0, start
    )
    listing = data[start : start + length] + central + name
    ends = (len(listing), start + len(local) + len(packed), 0)
    tail = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count + 1, count + 1, *ends)
    return data[:start] + local + packed + listing + tail


def many_rows() -> bytes:
    """A million rows of log beside the clients, as Excel itself allows."""
    log = ['<row r="1"><c r="A1" t="inlineStr"><is><t>Note</t></is></c></row>']
    log += [f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 1_000_001)]
    made = two_tabs(sheet_of("".join(log)))
    return zipped(made)


def two_tabs(second: str) -> Parts:
    made = tracker()
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</sheets>", '<sheet name="Numbers" sheetId="2" r:id="rId9"/></sheets>'
    )
    made["xl/_rels/workbook.xml.rels"] = str(made["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="rId9" Type="{RELATIONS}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>',
    )
    made["xl/worksheets/sheet2.xml"] = second
    return made


def wide_rows() -> bytes:
    rows = list(rows_of(CLIENTS))
    letters = list(columns_of(16_384))[5:]
    wide = [
        row.replace("</row>", "".join(f'<c r="{name}{n}" s="1"/>' for name in letters) + "</row>")
        for n, row in enumerate(rows, 1)
    ]
    return zipped(tracker("".join(wide)))


def columns_of(count: int) -> Iterator[str]:
    for number in range(1, count + 1):
        name = ""
        while number:
            number, rest = divmod(number - 1, 26)
            name = chr(65 + rest) + name
        yield name


def merges() -> bytes:
    listed = "".join(f'<mergeCell ref="G{n}:H{n}"/>' for n in range(1000, 201_000))
    return zipped(tracker(after=f"<mergeCells>{listed}</mergeCells>"))


def validation() -> bytes:
    ranges = " ".join(f"J{n}" for n in range(1, 200_001, 2))
    one = f'<dataValidation type="list" sqref="{ranges}"><formula1>"a,b"</formula1></dataValidation>'
    return zipped(tracker(after=f'<dataValidations count="1">{one}</dataValidations>'))


def nested() -> bytes:
    deep = "<x>" * 200_000 + "</x>" * 200_000
    return zipped(tracker(after=f'<extLst><ext uri="x">{deep}</ext></extLst>'))


def out_of_order() -> bytes:
    head, *rows = rows_of(CLIENTS)
    return zipped(tracker(head + "".join(reversed(rows))))


def strict() -> bytes:
    made = {name: str(text) for name, text in tracker().items()}
    for old, new in {MAIN: STRICT_MAIN, RELATIONS: STRICT_RELATIONS}.items():
        made = {name: text.replace(old, new) for name, text in made.items()}
    return zipped(made)


def macros() -> bytes:
    made = tracker()
    made["[Content_Types].xml"] = (
        str(made["[Content_Types].xml"])
        .replace("openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main")
        .replace("</Types>", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
    )
    made["xl/_rels/workbook.xml.rels"] = str(made["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        '<Relationship Id="rId8" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>',
    )
    made["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1macros"
    return zipped(made)


def external() -> bytes:
    made = tracker(after='<hyperlinks><hyperlink ref="A2" r:id="rId1"/></hyperlinks>')
    made["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE_RELATIONS}"><Relationship Id="rId1" Type="{RELATIONS}/hyperlink" '
        'Target="http://192.0.2.1/never" TargetMode="External"/></Relationships>'
    )
    made["xl/externalLinks/externalLink1.xml"] = f'<externalLink xmlns="{MAIN}"/>'
    return zipped(made)


def content_type(kind: str) -> Callable[[], bytes]:
    def make() -> bytes:
        made = tracker()
        types = str(made["[Content_Types].xml"])
        old = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        return zipped({**made, "[Content_Types].xml": types.replace(old, kind)})

    return make


FINAL = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="x">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal"><vt:bool>true</vt:bool>'
    "</property></Properties>"
)
BLANKS = " " * 1000
MISSING_TEXT = with_sheet(cell("A3", "Client 1 Ltd"), '<c r="A3" t="s"><v>99</v></c>')
BEYOND = with_rows('<row r="99999999"><c r="A99999999"><v>1</v></c></row>')
LOCKED = in_workbook("<sheets>", '<workbookProtection lockStructure="1"/><sheets>')


def in_d3(value: str) -> Callable[[], bytes]:
    return with_sheet('<c r="D3" s="1"><v>45900', f'<c r="D3" s="1"><v>{value}')


CATALOGUE: tuple[Hostile, ...] = (
    Hostile(1, "zero bytes", lambda: b"", REFUSED, "empty (0 bytes)"),
    Hostile(2, "half of it", lambda: good()[: len(good()) // 2], REFUSED, "cut short"),
    Hostile(3, "without its last 30 bytes", lambda: good()[:-30], REFUSED, "cut short"),
    Hostile(4, "zeros after a power cut", lambda: bytes(len(good())), REFUSED, "nothing but zeros"),
    Hostile(5, "CSV renamed", lambda: b"Client,Owner\nAcme,Ann\n", REFUSED, "text file (such as CSV)"),
    Hostile(6, "login page", lambda: b"<!DOCTYPE html><html><body>Sign in</body></html>", REFUSED, "web page"),
    Hostile(7, "password", lambda: ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), REFUSED, "password"),
    Hostile(8, "xls", lambda: ole("Root Entry", "Workbook"), REFUSED, "(.xls)"),
    Hostile(9, "xlsb", content_type("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), REFUSED, "(.xlsb)"),
    Hostile(
        9,
        "ods",
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        REFUSED,
        "(.ods)",
    ),
    Hostile(9, "numbers", lambda: zipped({"Index/Document.iwa": b"x"}), REFUSED, "Numbers"),
    Hostile(10, "macros", macros, DONE, ending=".xlsm"),
    Hostile(11, "junk in front", lambda: b"MZ" + bytes(510) + good(), REFUSED, "in front of the workbook"),
    Hostile(12, "a part twice", doubled, REFUSED, "twice"),
    Hostile(13, "a part that leads out", with_parts(**{"..__..__x": "x"}), REFUSED, "leads out"),
    Hostile(14, "a target outside", lambda: led_out("../../etc/passwd"), REFUSED, "no tab with cells"),
    Hostile(15, "the sheet's part is missing", lambda: zipped(without(SHEET)), REFUSED, "damaged"),
    Hostile(16, "no sheets", in_workbook('<sheet name="Clients" sheetId="1" r:id="rId1"/>', ""), REFUSED, "no tab"),
    Hostile(17, "billion laughs", entities(SHEET, LAUGHS, "&j;"), REFUSED, "DOCTYPE"),
    Hostile(18, "quadratic blow-up", entities(SHEET, QUADRATIC, "&a;" * 10_000), REFUSED, "DOCTYPE"),
    Hostile(19, "XXE in the sheet", entities(SHEET, OUTSIDE, "&a;"), REFUSED, "DOCTYPE"),
    Hostile(20, "XXE in the texts", entities("xl/sharedStrings.xml", OUTSIDE, "&a;"), REFUSED, "DOCTYPE"),
    Hostile(20, "XXE in the workbook", entities("xl/workbook.xml", OUTSIDE, "&a;"), REFUSED, "DOCTYPE"),
    Hostile(21, "1 GB in 1 MB", bomb, REFUSED, "unpacks to"),
    Hostile(22, "a million rows", many_rows, DONE),
    Hostile(23, "dimension too large", with_sheet("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'), DONE),
    Hostile(24, "dimension too small", with_sheet("<sheetData>", '<dimension ref="A1:B2"/><sheetData>'), DONE),
    Hostile(25, "far cell", with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), DONE),
    Hostile(26, "row 99,999,999", BEYOND, REFUSED, "99,999,999"),
    Hostile(27, "16,384 formatted columns", wide_rows, DONE),
    Hostile(28, "200,000 merged ranges", merges, REFUSED, "merged"),
    Hostile(29, "validation of 100,000 ranges", validation, DONE),
    Hostile(30, "nested 200,000 deep", nested, REFUSED, "nested"),
    Hostile(
        31,
        "text that is not there",
        MISSING_TEXT,
        REFUSED,
        "shared strings",
    ),
    Hostile(32, "format that is not there", with_sheet('<c r="D3" s="1">', '<c r="D3" s="99">'), DONE),
    Hostile(33, "a number that is none", in_d3("abc"), DONE),
    Hostile(34, "100,000 digits", in_d3("9" * 100_000), DONE),
    Hostile(35, "NaN", in_d3("NaN"), DONE),
    Hostile(35, "1e999", in_d3("1e999"), DONE),
    Hostile(36, "reference 1A", with_sheet('<c r="D3"', '<c r="3D"'), REFUSED, "damaged and cannot be read"),
    Hostile(37, "two cells A1", with_sheet('<c r="B1"', '<c r="A1"'), REFUSED, "twice"),
    Hostile(37, "two rows 1", with_sheet('<row r="2">', '<row r="1">'), REFUSED, "twice"),
    Hostile(38, "rows out of order", out_of_order, DONE),
    Hostile(39, "Strict", strict, DONE),
    Hostile(
        40,
        "structure locked",
        LOCKED,
        REFUSED,
        "locked",
    ),
    Hostile(40, "tab protected", lambda: zipped(tracker(after='<sheetProtection sheet="1"/>')), REFUSED, "protected"),
    Hostile(41, "read-only", good, NO_PERMISSION, "read-only", mode=0o444),
    Hostile(41, "marked as final", with_parts(**{"docProps__custom.xml": FINAL}), NO_PERMISSION, "marked as final"),
    Hostile(42, "signed", with_parts(**{"_xmlsignatures__sig1.xml": "<Signature/>"}), REFUSED, "digitally signed"),
    Hostile(43, "rights management", lambda: ole("Root Entry", "DRMEncryptedDataSpace"), REFUSED, "rights management"),
    Hostile(44, "external links", external, DONE),
)


def write_all(folder: Path) -> Mapping[Path, Hostile]:
    """The whole catalogue as files in a folder."""
    made = {}
    for hostile in CATALOGUE:
        path = folder / f"A{hostile.number} {hostile.name}{hostile.ending}"
        path.write_bytes(hostile.make())
        path.chmod(hostile.mode)
        made[path] = hostile
    return made


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    print(f"{len(write_all(target))} files in {target}")
