"""Trackers as other programs write them, rich in everything that a patch must not lose. Each builder returns bytes.

`tracker(*features)` makes one with XlsxWriter; `enrich` adds parts that XlsxWriter cannot make; `prefixed`, `strict`,
`utf16` and `odd` write the same workbook in other spellings of its XML.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from sheets_sync.model import Place

HEADERS = ("Client", "Owner", "Status", "Tier", "Start date", "Renewal date", "Monthly fee", "Last contact")
NAMES = (
    "Aldgate Legal",
    "Brightwater Dental",
    "Corvid Coffee",
    "Dunmore & Sons",
    "Elm <Street> Clinic",
    "Fjord *Fish*",
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MACRO_MAIN = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"


@dataclass(frozen=True)
class Tracker:
    """A workbook's bytes, and where its client table stands."""

    data: bytes
    place: Place


FEATURES = (
    "title", "table", "totals", "filter", "gap", "blank_formats", "cached_formula", "widths", "chart", "chart_right",
    "image", "text_box", "sparklines", "comments", "conditions", "extended_conditions", "validations", "spill_right",
    "hidden_right", "hidden_tail", "merged_title", "merged_right", "used_right", "rich_text", "links", "epoch_1904",
    "button", "print_setup", "names", "log_tab", "outline", "ignored_errors", "wide_format", "column_format",
)  # fmt: skip


def tracker(*features: str, clients: int = 6) -> Tracker:
    """A tracker with a Clients tab and some of the FEATURES."""
    unknown = set(features) - set(FEATURES)
    assert not unknown, f"no such feature: {unknown}"
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "date_1904": "epoch_1904" in features})
    sheet = book.add_worksheet("Clients")
    header = 2 if {"title", "merged_title"} & set(features) else 0
    _write_clients(book, sheet, header, clients, set(features))
    last = header + clients + (1 if "gap" in features else 0)
    for feature in FEATURES:
        if feature in features and feature in _EXTRAS:
            _EXTRAS[feature](book, sheet, header, last)
    book.close()
    return Tracker(buffer.getvalue(), Place("Clients", header + 1, 1, header + 2, last + 1))


def _write_clients(book: Any, sheet: Any, header: int, clients: int, features: set[str]) -> None:
    bold = book.add_format({"bold": True, "bottom": 1})
    date = book.add_format({"num_format": "dd/mm/yyyy", "bg_color": "#EEF3FA"})
    money = book.add_format({"num_format": "#,##0.00", "bg_color": "#EEF3FA"})
    plain = book.add_format({"bg_color": "#EEF3FA", "border": 1})
    for column, text in enumerate(HEADERS):
        sheet.write(header, column, text, bold)
    row = header
    for number in range(clients):
        row += 1
        if "gap" in features and number == 2:
            row += 1
        name = NAMES[number % len(NAMES)] + (f" {number}" if number >= len(NAMES) else "")
        sheet.write_string(row, 0, name, plain)
        sheet.write_string(row, 1, "Priya" if number % 2 else "Tom", plain)
        sheet.write_string(row, 2, "active")
        sheet.write_string(row, 3, "ABC"[number % 3], plain)
        sheet.write_datetime(row, 4, dt.datetime(2024, 1 + number % 12, 3), date)
        sheet.write_datetime(row, 5, dt.datetime(2027, 1 + number % 12, 20), date)
        if "cached_formula" in features:
            sheet.write_formula(row, 6, f"=100*{number + 1}", money, 100 * (number + 1))
        else:
            sheet.write_number(row, 6, 1200.5 * (number + 1), money)
        sheet.write_datetime(row, 7, dt.datetime(2026, 10, 1 + number % 28), date)
        if "blank_formats" in features:
            for column in (8, 9, 11):
                sheet.write_blank(row, column, None, plain)
    if "table" in features:
        totals = "totals" in features
        columns = [{"header": text} for text in HEADERS]
        if totals:
            columns[6] = {"header": HEADERS[6], "total_function": "sum"}
            columns[0] = {"header": HEADERS[0], "total_string": "Total"}
        options = {"name": "ClientTable", "columns": columns, "total_row": totals}
        sheet.add_table(header, 0, row + totals, len(HEADERS) - 1, options)
    elif "filter" in features:
        sheet.autofilter(header, 0, row, len(HEADERS) - 1)


def _chart(book: Any, sheet: Any, header: int, last: int, column: str = "B", row: int | None = None) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": ["Clients", header + 1, 6, last, 6], "name": "Fees"})
    sheet.insert_chart(f"{column}{last + 20 if row is None else row}", chart)


def _log_tab(book: Any, *_: Any) -> None:
    log = book.add_worksheet("Interactions")
    for column, text in enumerate(("Date", "Client", "Type")):
        log.write(0, column, text)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for row in range(1, 30):
        log.write_datetime(row, 0, dt.datetime(2026, 10, row % 28 + 1), date)
        log.write_string(row, 1, NAMES[row % len(NAMES)])
        log.write_string(row, 2, "call")
    log.write_formula("E2", '=COUNTIF(C:C,"call")', None, 29)


def _extended_conditions(_: Any, sheet: Any, header: int, last: int) -> None:
    sheet.conditional_format(header + 1, 6, last, 6, {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    sheet.conditional_format(header + 1, 7, last, 7, {"type": "icon_set", "icon_style": "3_arrows"})


def _conditions(book: Any, sheet: Any, header: int, last: int) -> None:
    red = book.add_format({"bg_color": "#FFC7CE"})
    sheet.conditional_format(header + 1, 0, last, 7, {"type": "formula", "criteria": '=$C2="paused"', "format": red})
    sheet.conditional_format(header + 1, 2, last, 2, {"type": "duplicate", "format": red})


def _names(book: Any, *_: Any) -> None:
    book.define_name("Fees", "=Clients!$G$2:$G$7")
    book.define_name("Clients!Owners", "=Clients!$B$2:$B$7")


def _text_box(_: Any, sheet: Any, __: int, last: int) -> None:
    sheet.insert_textbox(last + 30, 1, "How to fill in this tab: one row a client", {"width": 300})


def _sparklines(_: Any, sheet: Any, header: int, last: int) -> None:
    sheet.add_sparkline(last + 3, 2, {"range": f"Clients!G{header + 2}:G{last + 1}"})


def _comments(_: Any, sheet: Any, header: int, __: int) -> None:
    sheet.write_comment(header + 1, 1, "Ask Tom about the discount")


def _validations(_: Any, sheet: Any, header: int, last: int) -> None:
    sheet.data_validation(header + 1, 2, last, 2, {"validate": "list", "source": ["active", "paused"]})
    sheet.data_validation(header + 1, 3, last, 3, {"validate": "list", "source": "=$C$2:$C$7"})


def _spill_right(_: Any, sheet: Any, header: int, __: int) -> None:
    sheet.write_dynamic_array_formula(f"K{header + 2}:M{header + 2}", f"=TRANSPOSE(A{header + 2}:A{header + 4})")


def _print_setup(_: Any, sheet: Any, header: int, __: int) -> None:
    sheet.freeze_panes(header + 1, 1)
    sheet.repeat_rows(header)
    sheet.print_area(0, 0, 40, 7)
    sheet.set_landscape()
    sheet.set_footer("&CPage &P")
    sheet.set_h_pagebreaks([30])


def _column_format(book: Any, sheet: Any, *_: Any) -> None:
    sheet.set_column("G:XFD", 12, book.add_format({"bg_color": "#FAFAFA"}))


_EXTRAS: dict[str, Callable[..., None]] = {
    "title": lambda book, sheet, *_: sheet.write(0, 0, "All our clients", book.add_format({"font_size": 18})),
    "merged_title": lambda _, sheet, *__: sheet.merge_range("A1:E1", "All our clients, in one merged cell"),
    "widths": lambda _, sheet, *__: (sheet.set_column("A:A", 24), sheet.set_column("C:N", 14.5)),
    "chart": _chart,
    "chart_right": lambda b, s, h, n: _chart(b, s, h, n, "K", h + 2),
    "image": lambda _, sheet, __, last: sheet.insert_image(last + 5, 1, "logo.png", {"image_data": io.BytesIO(png())}),
    "text_box": _text_box,
    "sparklines": _sparklines,
    "comments": _comments,
    "conditions": _conditions,
    "extended_conditions": _extended_conditions,
    "validations": _validations,
    "spill_right": _spill_right,
    "hidden_right": lambda _, sheet, *__: sheet.set_column("J:L", 8, None, {"hidden": True}),
    "hidden_tail": lambda _, sheet, *__: sheet.set_column("I:XFD", 8, None, {"hidden": True}),
    "merged_right": lambda _, sheet, header, __: sheet.merge_range(header + 1, 8, header + 2, 9, ""),
    "used_right": lambda _, sheet, header, __: sheet.write(header + 2, 10, "to do: ask for the invoice"),
    "rich_text": lambda b, s, h, n: s.write_rich_string(n + 2, 0, "a ", b.add_format({"bold": True}), "bold", " word"),
    "links": lambda _, sheet, header, last: sheet.write_url(last + 2, 3, "https://example.com/?a=1&b=2", string="site"),
    "button": lambda _, sheet, __, last: sheet.insert_button(last + 8, 4, {"caption": "Go", "macro": "go"}),
    "print_setup": _print_setup,
    "names": _names,
    "log_tab": _log_tab,
    "outline": lambda _, sheet, header, __: sheet.set_row(header + 2, 18, None, {"level": 1}),
    "ignored_errors": lambda _, sheet, *__: sheet.ignore_errors({"number_stored_as_text": "A1:D9"}),
    "wide_format": lambda book, sheet, header, __: sheet.set_row(header, 30, book.add_format({"bg_color": "#DDDDDD"})),
    "column_format": _column_format,
}


def png() -> bytes:
    """A picture of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    )


# ── the archive ──────────────────────────────────────────────────────────────────────────────────────────────────────


def parts(data: bytes) -> dict[str, bytes]:
    """The parts of a workbook by name, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes]) -> bytes:
    """A workbook from its parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 9, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def edited(data: bytes, part: str, *changes: tuple[str, str]) -> bytes:
    """The same workbook with texts in one part replaced; each must be there."""
    members = parts(data)
    text = members[part].decode()
    for old, new in changes:
        assert old in text, f"{old!r} is not in {part}"
        text = text.replace(old, new)
    return packed({**members, part: text.encode()})


SHEET = "xl/worksheets/sheet1.xml"


def enrich(data: bytes, *, macros: bool = False) -> bytes:
    """Parts that XlsxWriter cannot make: threaded comments with persons, a slicer, a pivot table with its cache, custom
    XML as Power Query keeps it, printer settings, a chain of calculation, and macros."""
    members = parts(data)
    sheet_rels = "xl/worksheets/_rels/sheet1.xml.rels"
    book_rels = "xl/_rels/workbook.xml.rels"
    _add(members, sheet_rels, "xl/threadedComments/threadedComment1.xml", "../threadedComments/threadedComment1.xml",
         "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment", _THREADED)  # fmt: skip
    _add(members, book_rels, "xl/persons/person.xml", "persons/person.xml",
         "http://schemas.microsoft.com/office/2017/10/relationships/person", _PERSONS)  # fmt: skip
    _add(members, sheet_rels, "xl/slicers/slicer1.xml", "../slicers/slicer1.xml",
         "http://schemas.microsoft.com/office/2007/relationships/slicer", _SLICER)  # fmt: skip
    _add(members, book_rels, "xl/slicerCaches/slicerCache1.xml", "slicerCaches/slicerCache1.xml",
         "http://schemas.microsoft.com/office/2007/relationships/slicerCache", _SLICER_CACHE)  # fmt: skip
    _add(members, "_rels/.rels", "customXml/item1.xml", "customXml/item1.xml", f"{OFFICE}/customXml",
         '<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">AAAA</DataMashup>')  # fmt: skip
    _add(members, sheet_rels, "xl/printerSettings/printerSettings1.bin", "../printerSettings/printerSettings1.bin",
         f"{OFFICE}/printerSettings", "DEVMODE\0\1\2")  # fmt: skip
    if macros:
        kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
        _add(members, book_rels, "xl/vbaProject.bin", "vbaProject.bin", kind, "\xd0\xcf\x11\xe0 macros")
    types = members["[Content_Types].xml"].decode()
    declared = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _TYPES.items() if name in members
    )
    binary = '<Default Extension="bin" ContentType="application/octet-stream"/>'
    types = types.replace("</Types>", f"{binary}{declared}</Types>")
    if macros:
        sheet_main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        types = types.replace(sheet_main, MACRO_MAIN)
    return packed({**members, "[Content_Types].xml": types.encode()})


def _add(members: dict[str, bytes], rels: str, part: str, target: str, kind: str, text: str) -> None:
    members[part] = text.encode("utf-8" if text.startswith("<") else "latin-1")
    empty = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    listed = members.get(rels, empty.encode()).decode()
    number = 900 + listed.count("<Relationship ")
    line = f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
    members[rels] = listed.replace("</Relationships>", line + "</Relationships>").encode()


_TYPES = {
    "xl/threadedComments/threadedComment1.xml": "application/vnd.ms-excel.threadedcomments+xml",
    "xl/persons/person.xml": "application/vnd.ms-excel.person+xml",
    "xl/slicers/slicer1.xml": "application/vnd.ms-excel.slicer+xml",
    "xl/slicerCaches/slicerCache1.xml": "application/vnd.ms-excel.slicerCache+xml",
    "xl/vbaProject.bin": "application/vnd.ms-office.vbaProject",
}
_THREADED = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="B2" dT="2026-01-05T09:00:00.00" personId="{1}" id="{2}"><text>Really?</text>'
    "</threadedComment></ThreadedComments>"
)
_PERSONS = (
    '<personList xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<person displayName="Ann" id="{1}" userId="ann" providerId="None"/></personList>'
)
_SLICER = (
    '<slicers xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
    '<slicer name="Owner" cache="Slicer_Owner" caption="Owner" rowHeight="241300"/></slicers>'
)
_SLICER_CACHE = (
    '<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'name="Slicer_Owner" sourceName="Owner"/>'
)


# ── other spellings of the same XML ──────────────────────────────────────────────────────────────────────────────────


def prefixed(data: bytes) -> bytes:
    """Main elements written as `<x:row>`, as some libraries do."""
    members = parts(data)
    for name, content in members.items():
        if re.match(r"xl/(workbook|styles|worksheets/sheet\d+|tables/table\d+)\.xml$", name):
            text = content.decode()
            text = re.sub(r"<(/?)([A-Za-z]\w*)(?=[\s/>])", r"<\1x:\2", text)
            members[name] = text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"').encode()
    return packed(members)


def strict(data: bytes) -> bytes:
    """The same in the namespaces of Strict Open XML."""
    members = parts(data)
    for name, content in members.items():
        if name.endswith((".xml", ".rels")):
            text = content.decode().replace(MAIN, STRICT_MAIN)
            members[name] = text.replace(OFFICE, STRICT_OFFICE).encode()
    return packed(members)


def utf16(data: bytes) -> bytes:
    """The client sheet in UTF-16."""
    members = parts(data)
    text = members[SHEET].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return packed({**members, SHEET: text.encode("utf-16")})


def odd(data: bytes) -> bytes:
    """Comments, CDATA, processing instructions, odd quotes, a `>` inside an attribute, blanks between rows."""
    members = parts(data)
    text = members[SHEET].decode()
    text = text.replace("<sheetData>", '<sheetData><!-- <c r="I2"/> -->\n  <?go on="<c"?>')
    text = re.sub(r'<c r="C(\d+)" ', r"<c\n r='C\1' ", text)
    text = re.sub(r'<row r="(\d+)" spans="[^"]*"', r"<row r='\1' odd:knees='a&gt;b' ", text)
    text = text.replace("<worksheet ", '<worksheet xmlns:odd="urn:odd" ')
    text = text.replace("</row><row", "</row>\n  <row").replace("knees='a&gt;b'", "knees='a>b'")
    text = text.replace("<v>0</v>", "<v><![CDATA[0]]></v>")
    return packed({**members, SHEET: text.encode()})


def without_references(data: bytes) -> bytes:
    """Rows and cells without `r`, which then count by their places (needs a table from A1 on, without gaps)."""
    members = parts(data)
    text = re.sub(r'<(row|c) r="[A-Z]*\d+"', r"<\1", members[SHEET].decode())
    return packed({**members, SHEET: text.encode()})
