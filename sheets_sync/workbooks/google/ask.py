"""The requests of a batch in our words: each function makes one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sheets_sync.model import letters
from sheets_sync.workbooks.google.names import RUN, TOKEN
from sheets_sync.workbooks.google.values import Json


def where(sheet: int, top: int = 0, left: int = 0, bottom: int | None = None, right: int | None = None) -> Json:
    """A GridRange from 0-based corners; `bottom` and `right` are past the end, None is open."""
    span: Json = {"sheetId": sheet}
    span |= {"startRowIndex": top} if top else {}
    span |= {"startColumnIndex": left} if left else {}
    span |= {"endRowIndex": bottom} if bottom is not None else {}
    return span | ({"endColumnIndex": right} if right is not None else {})


def a1(row: int, column: int) -> str:
    """The address of a cell by its 0-based row and column."""
    return f"{letters(column + 1)}{row + 1}"


def columns(sheet: int, first: int, end: int) -> Json:
    """A DimensionRange of columns."""
    return {"sheetId": sheet, "dimension": "COLUMNS", "startIndex": first, "endIndex": end}


def cells(span: Json, rows: Iterable[Json], fields: str) -> Json:
    """Write cells; what `fields` names and no row gives is cleared within the range."""
    return {"updateCells": {"range": span, "rows": list(rows), "fields": fields}}


def one_cell(sheet: int, row: int, column: int, data: Json, fields: str) -> Json:
    return cells(where(sheet, row, column, row + 1, column + 1), [{"values": [data]}], fields)


def every_cell(span: Json, data: Json, fields: str) -> Json:
    return {"repeatCell": {"range": span, "cell": data, "fields": fields}}


def new_sheet(sheet: int, title: str, rows: int, width: int, hidden: bool, frozen: int = 0) -> Json:
    grid: Json = {"rowCount": rows, "columnCount": width, "hideGridlines": not hidden}
    grid |= {"frozenRowCount": frozen} if frozen else {}
    return {"addSheet": {"properties": {"sheetId": sheet, "title": title, "hidden": hidden, "gridProperties": grid}}}


def grid_of(sheet: int, **properties: int) -> Json:
    """Set rowCount, columnCount, frozenRowCount … of a sheet."""
    fields = ",".join(f"gridProperties.{name}" for name in sorted(properties))
    return {"updateSheetProperties": {"properties": {"sheetId": sheet, "gridProperties": properties}, "fields": fields}}


def grown(sheet: int, rows: tuple[int, int], columns: tuple[int, int]) -> list[Json]:
    """Add what is missing from so many rows and columns to so many; nothing is ever cut off."""
    sizes = {"ROWS": rows[1] - rows[0], "COLUMNS": columns[1] - columns[0]}
    return [{"appendDimension": {"sheetId": sheet, "dimension": along, "length": length}}
            for along, length in sizes.items() if length > 0]  # fmt: skip


def tag(id: int, key: str, value: str, location: Json) -> Json:
    made = {
        "metadataId": id,
        "metadataKey": key,
        "metadataValue": value,
        "location": location,
        "visibility": "DOCUMENT",
    }
    return {"createDeveloperMetadata": {"developerMetadata": made}}


def untag(id: int, location: Json | None = None, value: str | None = None) -> Json:
    """Delete a tag; with `location` or `value`, only if it is there or says that."""
    lookup: Json = {"metadataId": id}
    lookup |= {"metadataLocation": location, "locationMatchingStrategy": "EXACT_LOCATION"} if location else {}
    lookup |= {"metadataValue": value} if value is not None else {}
    return {"deleteDeveloperMetadata": {"dataFilter": {"developerMetadataLookup": lookup}}}


def token(last: tuple[int, str] | None, run: str) -> list[Json]:
    """The token of a run in place of the last one's (id, value). Nothing is deleted where another run has written
    meanwhile, and then what is to be made is there already: of runs that read the same only one is let in."""
    return [*([untag(last[0], value=last[1])] if last else []), tag(TOKEN, RUN, run, {"spreadsheet": True})]


def protect(span: Json, description: str, warning: bool) -> Json:
    """With `warning` people are asked before they change it; without, only editors of the protection may."""
    return {
        "addProtectedRange": {"protectedRange": {"range": span, "description": description, "warningOnly": warning}}
    }


def width(sheet: int, first: int, end: int, pixels: int, hidden: bool | None = None) -> Json:
    """Set the width of columns, and with `hidden` whether they are seen."""
    shape: Json = {"pixelSize": pixels} | ({"hiddenByUser": hidden} if hidden is not None else {})
    span = columns(sheet, first, end)
    return {"updateDimensionProperties": {"range": span, "properties": shape, "fields": ",".join(shape)}}


def add_rules(rules: Sequence[Json]) -> list[Json]:
    return [{"addConditionalFormatRule": {"rule": rule, "index": at}} for at, rule in enumerate(rules)]


def drop_rules(sheet: int, indexes: Iterable[int]) -> list[Json]:
    """From the last to the first, so that the indexes of the others hold."""
    return [{"deleteConditionalFormatRule": {"sheetId": sheet, "index": at}} for at in sorted(indexes, reverse=True)]
