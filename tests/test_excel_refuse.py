"""Files that are no workbook, or one that must not be written: each is named, with what to do, and never a crash."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.workbook.protection import WorkbookProtection

from sheets_sync.errors import NoPermission, Refused, SheetsSyncError
from sheets_sync.model import Cell, Patch, Tab, TextBlock
from sheets_sync.workbooks.excel import ExcelWorkbook
from tests.handmade import SHEET_MAIN, members, parts, relationships, sheet, workbook, zipped

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
PLAIN = workbook(sheet(ROW))
LOOSE = zipped(parts(sheet(ROW)), method=zipfile.ZIP_STORED)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def ole(*streams: str) -> bytes:
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


def typed(content_type: str) -> bytes:
    data = parts(sheet(ROW))
    return zipped(data | {"[Content_Types].xml": str(data["[Content_Types].xml"]).replace(SHEET_MAIN, content_type)})


def with_workbook(old: str, new: str) -> bytes:
    data = parts(sheet(ROW))
    return zipped(data | {"xl/workbook.xml": str(data["xl/workbook.xml"]).replace(old, new)})


def protected() -> bytes:
    made = openpyxl.Workbook()
    made.security = WorkbookProtection(lockStructure=True)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def shared() -> bytes:
    data = parts(sheet(ROW))
    rels = relationships(("worksheet", "worksheets/sheet1.xml"), ("revisionHeaders", "revisions/revisionHeaders.xml"))
    return zipped(data | {"xl/_rels/workbook.xml.rels": rels, "xl/revisions/revisionHeaders.xml": "<headers/>"})


MACRO = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
CASES = {
    "empty": (b"", "empty (0 bytes)"),
    "zeros": (bytes(5000), "nothing but zeros"),
    "half": (PLAIN[: len(PLAIN) // 2], "cut short"),
    "without its last 30 bytes": (PLAIN[:-30], "cut short"),
    "csv": ("Client,Owner\nAldgate,Priya\nKöln,Tom\n".encode("cp1252"), "text file (such as CSV)"),
    "csv in utf-16": ("Client;Owner\n".encode("utf-16"), "text file (such as CSV)"),
    "login page": (b"\r\n<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
    "html table called .xls": (b"<meta charset=utf-8><table><tr><td>1</td></tr></table>", "web page"),
    "pdf": (b"%PDF-1.7\n\xe2\xe3", "a PDF"),
    "xls": (ole("Root Entry", "Workbook"), "(.xls)"),
    "xls, in capitals": (ole("Root Entry", "WORKBOOK"), "(.xls)"),
    "xls of Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", "(.xls)"),
    "password": (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), "protected with a password"),
    "rights management": (ole("Root Entry", "DRMEncryptedDataSpace", "EncryptedPackage"), "rights management"),
    "word document": (ole("Root Entry", "WordDocument"), "old Office file"),
    "xml 2003": (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "2003"),
    "flat ods": (b'<?xml version="1.0"?><office:document xmlns:office="x">', ".fods"),
    "ods": (zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "(.ods)"),
    "odt": (zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "OpenDocument"),
    "numbers": (zipped({"Index/Document.iwa": b"x", "Metadata/Properties.plist": b"x"}), "Numbers"),
    "xlsb": (typed(MACRO), "(.xlsb)"),
    "xlam": (typed("application/vnd.ms-excel.addin.macroEnabled.main+xml"), ".xlam"),
    "docx": (typed("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "Word"),
    "pptx": (typed("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "PowerPoint"),
    "zip": (zipped({"readme.txt": "hi"}), "zip archive"),
    "junk in front": (b"MZ junk" + PLAIN, "in front of the workbook"),
    "another zip in front": (zipped({"a": "b"}) + PLAIN, "in front of the workbook"),
    "structure locked": (protected(), "structure is locked"),
    "signed": (zipped(parts(sheet(ROW)) | {"_xmlsignatures/sig1.xml": "<Signature/>"}), "digitally signed"),
    "legacy shared": (shared(), "shared in Excel's old way"),
    "no sheets": (with_workbook('<sheet name="Tab1" sheetId="1" r:id="rId1"/>', ""), "no tab with cells"),
    "sheet part missing": (
        zipped({name: text for name, text in parts(sheet(ROW)).items() if "worksheets" not in name}),
        "no tab with cells",
    ),
    "no workbook part": (
        zipped({name: text for name, text in parts(sheet(ROW)).items() if name != "xl/workbook.xml"}),
        "no workbook in it",
    ),
    "noise": (bytes(range(256)) * 20, "not an Excel workbook"),
}


@pytest.mark.parametrize(("data", "words"), CASES.values(), ids=CASES)
def test_it_is_named_and_nothing_is_written(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(data)
    with pytest.raises(Refused) as error:
        ExcelWorkbook(path).read()
    assert str(error.value).startswith("tracker.xlsx: ")
    assert words in str(error.value)
    assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "kind",
    [
        "openxmlformats-officedocument.spreadsheetml.sheet",
        "openxmlformats-officedocument.spreadsheetml.template",
        "ms-excel.sheet.macroEnabled",
        "ms-excel.template.macroEnabled",
    ],
)
def test_workbooks_templates_and_macros_are_read_and_keep_their_type(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "tracker.xlsm"
    path.write_bytes(typed(f"application/vnd.{kind}.main+xml"))
    tracker = ExcelWorkbook(path)
    tracker.apply(patch_of(tracker))
    assert f'"application/vnd.{kind}.main+xml"' in members(path.read_bytes())["[Content_Types].xml"].decode()


def patch_of(tracker: ExcelWorkbook) -> Patch:
    diary = Tab("diary", "Diary", (TextBlock((1, 1), ((Cell("hello"),),)),), (10,))
    return Patch(tracker.read().revision, tabs=(diary,))


FINAL = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" xmlns:vt="x">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="_MarkAsFinal"><vt:bool>true</vt:bool>'
    "</property></Properties>"
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zipped(parts(sheet(ROW)) | {"docProps/custom.xml": FINAL}), "marked as final"),
        (with_workbook("<workbookPr />", '<fileSharing reservationPassword="CC"/><workbookPr/>'), "password"),
    ],
    ids=["final", "password to modify"],
)
def test_what_its_people_closed_is_read_but_not_written(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(data)
    tracker = ExcelWorkbook(path)
    patch = patch_of(tracker)
    with pytest.raises(NoPermission, match=words):
        tracker.apply(patch)
    assert path.read_bytes() == data


def test_what_was_once_marked_as_final_is_written(tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(zipped(parts(sheet(ROW)) | {"docProps/custom.xml": FINAL.replace("true", "false")}))
    tracker = ExcelWorkbook(path)
    assert tracker.apply(patch_of(tracker)).writes == 1


@given(st.lists(st.tuples(st.integers(0, len(LOOSE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_damage_is_a_sentence_and_never_a_crash(tmp_path: Path, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(LOOSE)
    for at, byte in changes:
        damaged[at] = byte
    path = tmp_path / "tracker.xlsx"
    path.write_bytes(bytes(damaged))
    with contextlib.suppress(SheetsSyncError):
        ExcelWorkbook(path).read()


def test_relationships_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "tracker.xlsx"
    rels = relationships(("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "../../etc/passwd"))
    path.write_bytes(zipped(parts(sheet(ROW)) | {"xl/_rels/workbook.xml.rels": rels}))
    assert ExcelWorkbook(path).read().grids["Tab1"].at(1, 1) == 1
