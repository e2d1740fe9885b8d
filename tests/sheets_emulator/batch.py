"""batchUpdate: every request in order, all or nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.sheets_emulator import cells, charts, conditional, dimensions, laid, sheets, tags
from tests.sheets_emulator.book import ApiError, Book, Json, invalid

KINDS: dict[str, Callable[[Book, Json], Json | None]] = {
    "updateCells": cells.update,
    "repeatCell": cells.repeat,
    "appendCells": cells.append,
    "copyPaste": cells.copy_paste,
    "cutPaste": cells.cut_paste,
    "findReplace": cells.find_replace,
    "setDataValidation": cells.set_validation,
    "addSheet": sheets.add,
    "deleteSheet": sheets.delete,
    "duplicateSheet": sheets.duplicate,
    "updateSheetProperties": sheets.update,
    "updateSpreadsheetProperties": sheets.update_spreadsheet,
    "createDeveloperMetadata": tags.create,
    "updateDeveloperMetadata": tags.update,
    "deleteDeveloperMetadata": tags.delete,
    "addConditionalFormatRule": conditional.add,
    "updateConditionalFormatRule": conditional.update,
    "deleteConditionalFormatRule": conditional.delete,
    "addProtectedRange": laid.add_protection,
    "updateProtectedRange": laid.update_protection,
    "deleteProtectedRange": laid.delete_protection,
    "setBasicFilter": laid.set_filter,
    "clearBasicFilter": laid.clear_filter,
    "addFilterView": laid.add_view,
    "deleteFilterView": laid.delete_view,
    "addBanding": laid.add_banding,
    "deleteBanding": laid.delete_banding,
    "mergeCells": laid.merge,
    "unmergeCells": laid.unmerge,
    "addNamedRange": laid.add_name,
    "updateNamedRange": laid.update_name,
    "deleteNamedRange": laid.delete_name,
    "addChart": charts.add,
    "updateChartSpec": charts.update,
    "updateEmbeddedObjectPosition": charts.move,
    "deleteEmbeddedObject": charts.delete,
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
    replies = []
    for number, request in enumerate(asked):
        kind = next(iter(request), "")
        if not kind:
            raise invalid(f"Invalid requests[{number}]: No request set.")
        if kind not in KINDS:
            raise invalid(f"Invalid requests[{number}].{kind}: The emulator does not support {kind}.")
        try:
            replies.append(copy.deepcopy(KINDS[kind](work, request[kind]) or {}))
        except ApiError as error:
            message = f"Invalid requests[{number}].{kind}: {error.message}"
            raise ApiError(error.status, error.code, message, error.details) from None
    book.take(work)
    return replies
