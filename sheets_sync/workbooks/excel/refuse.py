"""What a file is when it isn't a workbook that can be written safely, and what its people can do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sheets_sync.errors import NoPermission, Refused

if TYPE_CHECKING:
    from sheets_sync.workbooks.excel.package import Package

TRUNCATED = (
    "The file begins like a workbook, but it is cut short or damaged. Copy or download it again, "
    "or restore an earlier version."
)
_SAVE_AS = "Open it in Excel and save it as an Excel workbook (.xlsx)."

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLDER = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_STARTS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF text",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed archive (gzip)",
    b"7z\xbc\xaf": "a compressed archive (7z)",
    b"Rar!": "a compressed archive (rar)",
    b"SQLite format 3": "a database (SQLite)",
}
_MAIN_TYPES = tuple(
    f"application/vnd.{name}.main+xml"
    for name in (
        "openxmlformats-officedocument.spreadsheetml.sheet",
        "openxmlformats-officedocument.spreadsheetml.template",
        "ms-excel.sheet.macroEnabled",
        "ms-excel.template.macroEnabled",
    )
)


def check_bytes(data: bytes) -> None:
    """Raise Refused when the bytes are no zip archive, saying what they are."""
    if not data:
        raise Refused("The file is empty (0 bytes). If it is still being copied or synced, wait until it has arrived.")
    if not data.strip(b"\0"):
        raise Refused("The file holds nothing but zeros, as after a power cut. Restore an earlier version of it.")
    if data.startswith(_OLE):
        raise Refused(_of_ole(data))
    if data.startswith(b"PK\3\4"):
        return
    if b"PK\5\6" in data[-65_600:]:
        raise Refused("The file has other data in front of the workbook, so it is not read. Save it anew in Excel.")
    raise Refused(_of_text(data))


def _of_ole(data: bytes) -> str:
    if _utf16("DRMEncrypted") in data or _utf16("DRMContent") in data:
        return "The file is protected by rights management (IRM), so only Office can open it. Take the protection off."
    if _utf16("EncryptedPackage") in data or _utf16("EncryptionInfo") in data:
        return (
            "The workbook is protected with a password, so it cannot be read. Take the password off in Excel: "
            "File, Info, Protect Workbook, Encrypt with Password."
        )
    if any(_utf16(name) in data for name in ("Workbook", "WORKBOOK", "Book", "BOOK")):
        return f"This is a workbook in the old Excel 97-2003 format (.xls). {_SAVE_AS}"
    return f"This is an old Office file, not an .xlsx workbook. {_SAVE_AS}"


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _of_text(data: bytes) -> str:
    known = next((what for start, what in _STARTS.items() if data.startswith(start)), None)
    if known is not None:
        return f"This is {known}, not an Excel workbook."
    if data[:2] in _OLDER:
        return f"This is a workbook of Excel 2, 3 or 4 (.xls). {_SAVE_AS}"
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return f"This is an XML spreadsheet of Excel 2003. {_SAVE_AS}"
    if b"office:document" in head:
        return f"This is a flat OpenDocument spreadsheet (.fods). {_SAVE_AS}"
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head or b"<table" in head:
        return "This is a web page (HTML), perhaps a login page in place of the download. Download the workbook again."
    if head.startswith(b"<?xml"):
        return f"This is an XML file, not an Excel workbook. {_SAVE_AS}"
    if _is_text(data[:65_536]):
        return f"This is a text file (such as CSV), not an Excel workbook. {_SAVE_AS}"
    return "This is not an Excel workbook, and it is nothing else that is known here either."


def _is_text(head: bytes) -> bool:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    odd = sum(byte < 32 and byte not in (9, 10, 13) for byte in head)
    return odd == 0


def check_package(package: Package) -> None:
    """Raise Refused when a zip archive is no workbook, or one that must not be written."""
    from sheets_sync.workbooks.excel.names import Book
    from sheets_sync.workbooks.excel.relations import CONTENT_TYPES, content_type

    if CONTENT_TYPES not in package:
        raise Refused(_of_archive(package))
    kind = content_type(package, package.main_part)
    if kind not in _MAIN_TYPES:
        raise Refused(_of_main_type(kind))
    if any(name.casefold().startswith("_xmlsignatures/") for name in package.names()):
        raise Refused(
            "The workbook is digitally signed, and any change would break the signature. Take it off in Excel first: "
            "File, Info, View Signatures."
        )
    book = Book(package)
    if "revisionHeaders" in book.related:
        raise Refused(
            "The workbook is shared in Excel's old way (legacy sharing). Stop that first: Review, Unshare Workbook; "
            "co-authoring on OneDrive or SharePoint takes its place."
        )
    if book.attribute("workbookProtection", "lockStructure") in ("1", "true"):
        raise Refused(
            "The workbook's structure is locked, so no tab can be added. Unlock it in Excel first: "
            "Review, Protect Workbook."
        )
    if not book.worksheets:
        raise Refused("The workbook has no tab with cells in it, or it is damaged. Restore an earlier version of it.")


def _of_archive(package: Package) -> str:
    if "mimetype" in package:
        kind = package.head("mimetype", 200)
        if b"opendocument.spreadsheet" in kind:
            return f"This is an OpenDocument spreadsheet (.ods). {_SAVE_AS}"
        if b"opendocument" in kind:
            return "This is an OpenDocument file (text, slides or such), not a spreadsheet."
    if any(name.endswith((".iwa", "index.apxl", "Index.zip")) for name in package.names()):
        return "This is an Apple Numbers or iWork file. Export it from Numbers as an Excel workbook (.xlsx)."
    return "This is a zip archive, not an Excel workbook."


def _of_main_type(kind: str) -> str:
    if "sheet.binary" in kind:
        return f"This is a binary workbook (.xlsb). {_SAVE_AS}"
    if "addin" in kind:
        return "This is an Excel add-in (.xlam), not a workbook."
    if "wordprocessing" in kind or "ms-word" in kind:
        return "This is a Word document, not an Excel workbook."
    if "presentation" in kind or "powerpoint" in kind:
        return "This is a PowerPoint file, not an Excel workbook."
    return f"This is an Office file, but not a workbook. {_SAVE_AS}"


def check_permission(package: Package) -> None:
    """Raise NoPermission when the workbook's people said that it is not to be changed."""
    from sheets_sync.workbooks.excel.names import Book

    final = b""
    if "docProps/custom.xml" in package:
        final = package.xml("docProps/custom.xml").partition(b'"_MarkAsFinal"')[2].partition(b"</")[0]
    if final.rstrip().endswith((b">true", b">1")):
        raise NoPermission(
            "The workbook is marked as final. Take that off in Excel first: File, Info, Protect Workbook."
        )
    book = Book(package)
    if book.attribute("fileSharing", "reservationPassword") or book.attribute("fileSharing", "hashValue"):
        raise NoPermission(
            "The workbook asks for a password before it is changed. Take that off in Excel first: "
            "File, Save As, Tools, General Options."
        )
