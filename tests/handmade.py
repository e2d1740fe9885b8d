"""Workbooks written part by part, for what no library writes: lies, odd spellings, damage and hostile files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm"/></numFmts>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/></cellXfs>'
    "</styleSheet>"
)


def relationships(*targets: tuple[str, str], base: str = RELATIONS) -> str:
    """A relationships part: rId1, rId2 … of (kind, target)."""
    listed = "".join(
        f'<Relationship Id="rId{i}" Type="{base}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{listed}</Relationships>'


def sheet(rows: str, *, main: str = MAIN, dimension: str = "") -> str:
    said = f'<dimension ref="{dimension}"/>' if dimension else ""
    return f'<?xml version="1.0"?><worksheet xmlns="{main}">{said}<sheetData>{rows}</sheetData></worksheet>'


def parts(*sheets: str, names: str = "", properties: str = "", base: str = RELATIONS) -> dict[str, str | bytes]:
    """The parts of a workbook with tabs Tab1, Tab2 … of these sheets; `names` stands between sheets and end."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="Tab{i}" sheetId="{i}" r:id="rId{i}"/>' for i in numbers)
    main = MAIN if base == RELATIONS else STRICT_MAIN
    return {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET_MAIN}"/></Types>'
        ),
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml"), base=base),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{base}"><workbookPr {properties}/>'
            f"<sheets>{listed}</sheets>{names}</workbook>"
        ),
        "xl/_rels/workbook.xml.rels": relationships(
            *(("worksheet", f"worksheets/sheet{i}.xml") for i in numbers), ("styles", "styles.xml"), base=base
        ),
        "xl/styles.xml": STYLES.replace(MAIN, main),
        **{f"xl/worksheets/sheet{i}.xml": text for i, text in enumerate(sheets, start=1)},
    }


def zipped(members: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(*sheets: str, names: str = "", properties: str = "", base: str = RELATIONS) -> bytes:
    return zipped(parts(*sheets, names=names, properties=properties, base=base))


def members(data: bytes) -> dict[str, bytes]:
    """Every part of a file, read by Python's own zip reader."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}
