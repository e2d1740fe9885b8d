"""What people do to a shared Google spreadsheet while a run works, as the requests that their browser would send, and
what of it is theirs. Everything is found by what people see (headers, titles, names), in whatever state it is then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Batch = list[Json]
TEAM, HEADERS = 0, ("Client", "Customer")
VALUE = "userEnteredValue"


def said(cell: Json) -> Any:
    """What a cell shows."""
    return next(iter(cell.get("effectiveValue", cell.get(VALUE, {})).values()), None)


def rows_of(sheet: Json) -> list[list[Json]]:
    """The cells of a sheet from A1 on, ragged."""
    data = (sheet.get("data") or [{}])[0]
    return [row.get("values", []) for row in data.get("rowData", [])]


def sheet_by_id(book: Json, id: int) -> Json | None:
    return next((sheet for sheet in book["sheets"] if sheet["properties"].get("sheetId", 0) == id), None)


def tags(holder: Json, key: str) -> list[str]:
    """The values of a key's developer metadata."""
    return [tag.get("metadataValue", "") for tag in holder.get("developerMetadata", []) if tag["metadataKey"] == key]


def our_columns(sheet: Json) -> dict[int, str]:
    """Our status columns: id by 0-based column."""
    metadata = (sheet.get("data") or [{}])[0].get("columnMetadata", [])
    return {at: ids[0] for at, one in enumerate(metadata) if (ids := tags(one, "sheets-sync.column"))}


def our_tab(book: Json, id: str) -> Json | None:
    return next((sheet for sheet in book["sheets"] if id in tags(sheet, "sheets-sync.tab")), None)


def header_of(sheet: Json) -> tuple[int, int]:
    """The header row and the key column; (-1, -1) where neither is left."""
    for row, cells in enumerate(rows_of(sheet)):
        for column, cell in enumerate(cells):
            if said(cell) in HEADERS:
                return row, column
    return -1, -1


def column_named(sheet: Json, header: str) -> int:
    row, _ = header_of(sheet)
    names = [said(cell) for cell in rows_of(sheet)[row]]
    return names.index(header) if header in names else -1


def clients(sheet: Json) -> Iterator[tuple[int, Any]]:
    """The rows below the header and the keys on them, blank ones too."""
    row, column = header_of(sheet)
    for at, cells in enumerate(rows_of(sheet)):
        if row < 0 or at > row:
            yield at, said(cells[column]) if column < len(cells) else None


def last_client(sheet: Json) -> int:
    return max((at for at, key in clients(sheet) if key not in (None, "")), default=-1)


def span(dimension: str, start: int, end: int) -> Json:
    return {"sheetId": TEAM, "dimension": dimension, "startIndex": start, "endIndex": end}


def typed(sheet: int, row: int, column: int, value: Json) -> Json:
    place = {"sheetId": sheet, "rowIndex": row, "columnIndex": column}
    return {"updateCells": {"start": place, "rows": [{"values": [{VALUE: value}]}], "fields": VALUE}}


# ── Edits: what stands → the requests; none where there is nothing to do it to ────────────────────────────────────────


def _team(book: Json) -> tuple[Json, int, int, int]:
    sheet = sheet_by_id(book, TEAM)
    assert sheet is not None
    return sheet, *header_of(sheet), last_client(sheet)


def _sorted(book: Json, first: int) -> Batch:
    _, _, key, last = _team(book)
    if key < 0 or last < first:
        return []
    area = {"sheetId": TEAM, "startRowIndex": first, "endRowIndex": last + 1}
    return [{"sortRange": {"range": area, "sortSpecs": [{"dimensionIndex": key, "sortOrder": "DESCENDING"}]}}]


def sort_rows(book: Json) -> Batch:
    return _sorted(book, _team(book)[1] + 1)


def sort_with_header(book: Json) -> Batch:
    """Sort sheet, with a header that is not frozen."""
    return _sorted(book, max(_team(book)[1], 0))


def insert_row(book: Json) -> Batch:
    _, row, _, _ = _team(book)
    return [{"insertDimension": {"range": span("ROWS", row + 2, row + 3), "inheritFromBefore": True}}]


def insert_row_above(book: Json) -> Batch:
    return [{"insertDimension": {"range": span("ROWS", 0, 1), "inheritFromBefore": False}}]


def delete_row(book: Json) -> Batch:
    _, row, _, last = _team(book)
    return [{"deleteDimension": {"range": span("ROWS", row + 1, row + 2)}}] if last > row else []


def move_rows(book: Json) -> Batch:
    """The first two clients to below the last one."""
    _, row, _, last = _team(book)
    source = span("ROWS", row + 1, row + 3)
    return [{"moveDimension": {"source": source, "destinationIndex": last + 1}}] if last > row + 2 else []


def insert_column(book: Json) -> Batch:
    _, _, key, _ = _team(book)
    return [{"insertDimension": {"range": span("COLUMNS", max(key, 0), max(key, 0) + 1)}}]


def move_column(book: Json) -> Batch:
    """The names to right of the column with the owners, or back."""
    sheet, _, key, _ = _team(book)
    owner = column_named(sheet, "Owner")
    if key < 0 or owner < 0:
        return []
    to = owner + 1 if owner > key else owner
    return [{"moveDimension": {"source": span("COLUMNS", key, key + 1), "destinationIndex": to}}]


def rename_header(book: Json) -> Batch:
    sheet, row, key, _ = _team(book)
    if key < 0:
        return []
    now = said(rows_of(sheet)[row][key])
    return [typed(TEAM, row, key, {"stringValue": HEADERS[1 - HEADERS.index(now)]})]


def rename_tab(book: Json) -> Batch:
    sheet, *_ = _team(book)
    title = {"Clients": "Our clients", "Our clients": "Clients"}[sheet["properties"]["title"]]
    return [{"updateSheetProperties": {"properties": {"sheetId": TEAM, "title": title}, "fields": "title"}}]


def type_into_ours(book: Json) -> Batch:
    """A word into a status column; where there is none yet, where one will come."""
    sheet, row, _, _ = _team(book)
    ours = our_columns(sheet)
    width = max((len(cells) for cells in rows_of(sheet)), default=0)
    return [typed(TEAM, row + 2, min(ours, default=width), {"stringValue": "call her!"})]


def change_key(book: Json) -> Batch:
    """The first client gets another name, and then that of the next one."""
    sheet, row, key, last = _team(book)
    if key < 0 or last <= row:
        return []
    cells = rows_of(sheet)
    now = said(cells[row + 1][key]) if key < len(cells[row + 1]) else None
    then = "Zephyr Ltd" if now != "Zephyr Ltd" else "Bo*"
    return [typed(TEAM, row + 1, key, {"stringValue": then})]


DONE = 46_345


def done_cell(book: Json) -> tuple[Json, int, int] | None:
    """The Diary, and the cell of the first line that nobody has said to be done yet."""
    diary = our_tab(book, "diary")
    at = -1
    for row, cells in enumerate(rows_of(diary) if diary else []):
        names = [said(cell) for cell in cells]
        if "Done on" in names:
            at = names.index("Done on")
        elif at >= 0 and diary is not None and "|" in str(names[-1:]) and names[at] in (None, ""):
            return diary, row, at
    return None


def type_done(book: Json) -> Batch:
    found = done_cell(book)
    if found is None:
        return []
    diary, row, column = found
    return [typed(diary["properties"]["sheetId"], row, column, {"numberValue": DONE})]


def delete_tab(book: Json) -> Batch:
    found = our_tab(book, "at_risk")
    return [{"deleteSheet": {"sheetId": found["properties"]["sheetId"]}}] if found else []


def delete_results(book: Json) -> Batch:
    found = our_tab(book, "results")
    return [{"deleteSheet": {"sheetId": found["properties"]["sheetId"]}}] if found else []


EDITS: dict[str, Callable[[Json], Batch]] = {
    "sort rows": sort_rows,
    "insert row": insert_row,
    "delete row": delete_row,
    "move rows": move_rows,
    "insert column": insert_column,
    "move column": move_column,
    "rename header": rename_header,
    "rename tab": rename_tab,
    "type into ours": type_into_ours,
    "change key": change_key,
    "type done": type_done,
    "delete tab": delete_tab,
    "insert row above": insert_row_above,
    "delete results": delete_results,
}


# ── What is theirs ────────────────────────────────────────────────────────────────────────────────────────────────────


def theirs(book: Json) -> Json:
    """Everything in a spreadsheet that is the team's, with our columns taken out: what must not differ."""
    sheets = [_theirs(sheet) for sheet in book["sheets"] if not tags(sheet, "sheets-sync.tab")]
    return {"sheets": sheets, "names": book.get("namedRanges", []), "properties": book.get("properties")}


def _theirs(sheet: Json) -> Json:
    ours = set(our_columns(sheet))
    grid = dict(sheet["properties"].get("gridProperties", {}))
    grid["columnCount"] = grid.get("columnCount", 0) - len(ours)
    data = (sheet.get("data") or [{}])[0]
    keep = [at for at in range(grid["columnCount"] + len(ours)) if at not in ours]
    cells = [[_cell(row[at]) for at in keep if at < len(row)] for row in rows_of(sheet)]
    widths = data.get("columnMetadata", [])
    return {
        "title": sheet["properties"]["title"],
        "grid": grid,
        "cells": _trimmed(cells),
        "columns": [{k: v for k, v in widths[at].items() if v} for at in keep if at < len(widths)],
        "rows": [{k: v for k, v in row.items() if v} for row in data.get("rowMetadata", [])],
        "colours": [_placed(rule, ours) for rule in sheet.get("conditionalFormats", []) if not _on(rule, ours)],
        "filter": _placed(sheet.get("basicFilter", {}), ours),
        "merges": _placed(sheet.get("merges", []), ours),
        "protected": [
            _placed(one, ours) for one in sheet.get("protectedRanges", []) if not _on({"ranges": [one["range"]]}, ours)
        ],
        "charts": sheet.get("charts", []),
    }


def _cell(cell: Json) -> Json:
    kept = {name: cell[name] for name in (VALUE, "userEnteredFormat", "note", "dataValidation") if cell.get(name)}
    return kept | ({"shows": cell.get("effectiveValue")} if "formulaValue" in cell.get(VALUE, {}) else {})


def _trimmed(rows: list[list[Json]]) -> list[list[Json]]:
    for row in rows:
        while row and not row[-1]:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _on(rule: Json, ours: set[int]) -> bool:
    """Whether a rule lies on our columns alone."""
    spans = [(where.get("startColumnIndex", 0), where.get("endColumnIndex", 10**6)) for where in rule["ranges"]]
    return all(end - start < 10**4 and set(range(start, end)) <= ours for start, end in spans)


def _placed(value: Any, ours: set[int]) -> Any:
    """Ranges as they would be without our columns."""
    if isinstance(value, list):
        return [_placed(one, ours) for one in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _placed(one, ours) for name, one in value.items()}
    for name in ("startColumnIndex", "endColumnIndex"):
        if name in moved:
            moved[name] -= sum(at < moved[name] for at in ours)
    return moved
