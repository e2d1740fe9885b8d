"""batchUpdate: every request in order, all or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.sheets_emulator import dimensions, requests
from tests.sheets_emulator.book import ApiError, Book, Json, invalid

KINDS: dict[str, Callable[[Book, Json], Json | None]] = {
    "updateCells": requests.update_cells,
    "repeatCell": requests.repeat_cell,
    "copyPaste": requests.copy_paste,
    "setDataValidation": requests.set_validation,
    "appendCells": requests.append_cells,
    "addSheet": requests.add_sheet,
    "deleteSheet": requests.delete_one_sheet,
    "updateSheetProperties": requests.update_sheet,
    "updateSpreadsheetProperties": requests.update_spreadsheet,
    "duplicateSheet": requests.duplicate_sheet,
    "createDeveloperMetadata": requests.create_tag,
    "deleteDeveloperMetadata": requests.delete_tag,
    "addConditionalFormatRule": requests.add_rule,
    "updateConditionalFormatRule": requests.update_rule,
    "deleteConditionalFormatRule": requests.delete_rule,
    "addProtectedRange": requests.add_protection,
    "deleteProtectedRange": requests.delete_protection,
    "setBasicFilter": requests.set_filter,
    "clearBasicFilter": requests.clear_filter,
    "addFilterView": requests.add_view,
    "addChart": requests.add_chart,
    "updateChartSpec": requests.update_chart,
    "updateEmbeddedObjectPosition": requests.move_chart,
    "deleteEmbeddedObject": requests.delete_chart,
    "addBanding": requests.add_banding,
    "mergeCells": requests.merge,
    "addNamedRange": requests.add_name,
    "insertDimension": dimensions.insert,
    "appendDimension": dimensions.append,
    "deleteDimension": dimensions.delete,
    "moveDimension": dimensions.move,
    "updateDimensionProperties": dimensions.shape,
    "sortRange": dimensions.sort_range,
}


def batch_update(book: Book, asked: list[Json]) -> list[Json]:
    """Carry out requests on a book, whole or not at all; a reply for each. Raises ApiError."""
    if not asked:
        raise invalid("Must specify at least one request.")
    work = book.copy()
    replies: list[Json] = []
    for number, request in enumerate(asked):
        kinds = list(request)
        if len(kinds) != 1:
            raise invalid(f"Invalid requests[{number}]: exactly one kind of request must be set.")
        if kinds[0] not in KINDS:
            raise requests.unsupported(kinds[0])
        try:
            replies.append(KINDS[kinds[0]](work, request[kinds[0]]) or {})
        except ApiError as error:
            raise ApiError(error.status, error.code, _placed(error.message, number, kinds[0])) from None
    book.take(work)
    return replies


def _placed(message: str, number: int, kind: str) -> str:
    if message.startswith("Invalid requests[0]"):
        return re.sub(r"^Invalid requests\[0\]", f"Invalid requests[{number}]", message)
    return message if "protected cell" in message else f"Invalid requests[{number}].{kind}: {message}"
