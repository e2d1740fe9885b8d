"""The requests of a batchUpdate on cells, sheets, tags and what else lies on a sheet: each changes a Book or raises."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from tests.sheets_emulator.book import MOST_CELLS, ApiError, Book, Json, Sheet, free_number, invalid
from tests.sheets_emulator.formulas import FormulaError, delete_sheet, rename
from tests.sheets_emulator.replies import _extended
from tests.sheets_emulator.worked_out import worked_out

Area = tuple[int, int, int, int]
USER_FIELDS = ("userEnteredValue", "userEnteredFormat", "note", "dataValidation", "textFormatRuns")


def area(book: Book, where: Json) -> tuple[Sheet, Area]:
    """A GridRange on its sheet: top, left, bottom, right, the last two past the end."""
    sheet = book.sheet(where.get("sheetId", 0))
    top, left = where.get("startRowIndex", 0), where.get("startColumnIndex", 0)
    bottom, right = where.get("endRowIndex", sheet.rows), where.get("endColumnIndex", sheet.columns)
    if bottom > sheet.rows or right > sheet.columns or top > bottom or left > right:
        raise invalid(
            f"Range ('{sheet.title}'!R{top + 1}C{left + 1}) exceeds grid limits. Max rows: {sheet.rows}, "
            f"max columns: {sheet.columns}"
        )
    return sheet, (top, left, bottom, right)


def guard(book: Book, sheet: Sheet, span: Area) -> None:
    """Refuse what a hard protection of somebody else forbids."""
    for protection in sheet.protections:
        allowed = protection.get("editors", {}).get("users", [])
        if protection.get("warningOnly") or not allowed or book.caller in allowed:
            continue
        where = protection.get("range", {})
        top, left = where.get("startRowIndex", 0), where.get("startColumnIndex", 0)
        bottom, right = where.get("endRowIndex", sheet.rows), where.get("endColumnIndex", sheet.columns)
        if span[0] < bottom and top < span[2] and span[1] < right and left < span[3]:
            raise invalid(
                "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to remove "
                "protection if you need to edit."
            )


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def update_cells(book: Book, body: Json) -> None:
    if "start" in body:
        start = body["start"]
        rows = body.get("rows", [])
        wide = max((len(row.get("values", [])) for row in rows), default=0)
        top, left = start.get("rowIndex", 0), start.get("columnIndex", 0)
        where = {"sheetId": start.get("sheetId", 0), "startRowIndex": top, "endRowIndex": top + len(rows),
                 "startColumnIndex": left, "endColumnIndex": left + wide}  # fmt: skip
    else:
        where, rows = body["range"], body.get("rows", [])
    sheet, (top, left, bottom, right) = area(book, where)
    guard(book, sheet, (top, left, bottom, right))
    fields = body["fields"].split(",")
    if len(rows) > bottom - top:
        raise invalid("Attempting to write past the last row of the range.")
    given = {(top + i, left + j): data for i, row in enumerate(rows) for j, data in enumerate(row.get("values", []))}
    if any(column >= right for _, column in given):
        raise invalid("Attempting to write past the last column of the range.")
    inside = [p for p in sheet.cells if top <= p[0] < bottom and left <= p[1] < right]
    for place in {*given, *inside}:
        sheet.set(place, with_fields(sheet.cells.get(place, {}), given.get(place, {}), fields))


def with_fields(old: Json, new: Json, fields: list[str]) -> Json:
    """A cell in which what the mask names is as in `new`, cleared where that says nothing."""
    cell = dict(old)
    for path in USER_FIELDS if fields == ["*"] else fields:
        name, _, rest = path.partition(".")
        if name not in USER_FIELDS:
            continue
        if rest:
            cell[name] = _at_path(copy.deepcopy(cell.get(name, {})), new.get(name, {}), rest.split("."))
        else:
            cell[name] = copy.deepcopy(new.get(name))
    return cell


def _at_path(old: Json, new: Json, path: list[str]) -> Json:
    name, *rest = path
    if rest:
        old[name] = _at_path(old.get(name, {}), new.get(name, {}), rest)
    elif name in new:
        old[name] = copy.deepcopy(new[name])
    else:
        old.pop(name, None)
    return {key: value for key, value in old.items() if value != {}}


def repeat_cell(book: Book, body: Json) -> None:
    sheet, (top, left, bottom, right) = area(book, body["range"])
    guard(book, sheet, (top, left, bottom, right))
    fields = body["fields"].split(",")
    for row in range(top, bottom):
        for column in range(left, right):
            place = row, column
            sheet.set(place, with_fields(sheet.cells.get(place, {}), body.get("cell", {}), fields))


def copy_paste(book: Book, body: Json) -> None:
    source, (top, left, bottom, right) = area(book, body["source"])
    target, (to_top, to_left, to_bottom, to_right) = area(book, body["destination"])
    guard(book, target, (to_top, to_left, to_bottom, to_right))
    kind = body.get("pasteType", "PASTE_NORMAL")
    shown = worked_out(book, NOW())[source.title]
    tall, wide = bottom - top, right - left
    if target.rows < to_top + tall or target.columns < to_left + wide:
        raise invalid(f"Range exceeds grid limits. Max rows: {target.rows}, max columns: {target.columns}")
    pasted = {}
    for i in range(tall):
        for j in range(wide):
            place = to_top + i, to_left + j
            from_ = source.cells.get((top + i, left + j), {})
            value = shown.get((top + i, left + j))
            pasted[place] = _pasted(source, (top + i, left + j), target.cells.get(place, {}), from_, value, kind)
    for place, cell in pasted.items():
        target.set(place, cell)


def _pasted(source: Sheet, place: tuple[int, int], old: Json, new: Json, value: Any, kind: str) -> Json:
    entered = None if value is None or isinstance(value, FormulaError) else _extended(source, place, value)
    if kind == "PASTE_VALUES":
        return old | {"userEnteredValue": entered}
    if kind == "PASTE_FORMAT":
        return old | {name: new.get(name) for name in ("userEnteredFormat", "dataValidation")}
    if kind == "PASTE_NORMAL":
        return dict(new)
    if kind == "PASTE_FORMULA":
        return old | {"userEnteredValue": new.get("userEnteredValue")}
    if kind == "PASTE_DATA_VALIDATION":
        return old | {"dataValidation": new.get("dataValidation")}
    raise invalid(f"The emulator does not support pasteType {kind}")


def set_validation(book: Book, body: Json) -> None:
    sheet, (top, left, bottom, right) = area(book, body["range"])
    for row in range(top, bottom):
        for column in range(left, right):
            sheet.set((row, column), sheet.cells.get((row, column), {}) | {"dataValidation": body.get("rule")})


def append_cells(book: Book, body: Json) -> None:
    sheet = book.sheet(body.get("sheetId", 0))
    first = max((row for row, _ in sheet.cells), default=-1) + 1
    rows = body.get("rows", [])
    sheet.rows = max(sheet.rows, first + len(rows))
    fields = body["fields"].split(",")
    for i, row in enumerate(rows):
        for j, data in enumerate(row.get("values", [])):
            sheet.set((first + i, j), with_fields({}, data, fields))


# ── Sheets ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_sheet(book: Book, body: Json) -> Json:
    properties = body.get("properties", {})
    title = properties.get("title") or f"Sheet{len(book.sheets) + 1}"
    _free_title(book, title, None, "addSheet")
    id = properties.get("sheetId", free_number())
    if any(sheet.id == id for sheet in book.sheets):
        raise invalid(f"Invalid requests[0].addSheet: Sheet with id {id} already exists.")
    grid = dict(properties.get("gridProperties", {}))
    sheet = Sheet(id, title, grid.pop("rowCount", 1000), grid.pop("columnCount", 26), properties.get("hidden", False))
    sheet.grid = grid
    sheet.properties = {k: v for k, v in properties.items() if k in ("tabColor", "tabColorStyle", "rightToLeft")}
    book.sheets.insert(properties.get("index", len(book.sheets)), sheet)
    if book.size > MOST_CELLS:
        raise invalid(
            "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        )
    size = {"rowCount": sheet.rows, "columnCount": sheet.columns} | grid
    shape = {"sheetId": id, "title": title, "index": book.sheets.index(sheet), "sheetType": "GRID"}
    return {"addSheet": {"properties": shape | {"gridProperties": size} | ({"hidden": True} if sheet.hidden else {})}}


def _free_title(book: Book, title: str, own: Sheet | None, kind: str) -> None:
    if any(sheet.title.casefold() == title.casefold() for sheet in book.sheets if sheet is not own):
        raise invalid(
            f'Invalid requests[0].{kind}: A sheet with the name "{title}" already exists. Please enter another name.'
        )


def delete_one_sheet(book: Book, body: Json) -> None:
    sheet = book.sheet(body.get("sheetId", 0))
    guard(book, sheet, (0, 0, sheet.rows, sheet.columns))
    if len(book.sheets) == 1 or not any(not one.hidden for one in book.sheets if one is not sheet):
        raise invalid("Invalid requests[0].deleteSheet: You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    _each_formula(book, lambda text, home: delete_sheet(text, sheet.title))


def update_sheet(book: Book, body: Json) -> None:
    properties, fields = body["properties"], body["fields"].split(",")
    sheet = book.sheet(properties.get("sheetId", 0))
    grid = properties.get("gridProperties", {})
    for name in fields:
        if name in ("title", "*") and "title" in properties:
            retitle(book, sheet, properties["title"])
        elif name == "hidden":
            sheet.hidden = properties.get("hidden", False)
        elif name == "index":
            book.sheets.remove(sheet)
            book.sheets.insert(properties.get("index", 0), sheet)
        elif name.startswith("gridProperties"):
            for key in list(grid) if name == "gridProperties" else [name.partition(".")[2]]:
                _set_grid(sheet, key, grid.get(key, 0))
        elif name.startswith("tabColor"):
            sheet.properties[name] = properties.get(name)
    if book.size > MOST_CELLS:
        raise invalid(
            "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        )


def retitle(book: Book, sheet: Sheet, title: str) -> None:
    """A new title; formulas that name the sheet follow."""
    _free_title(book, title, sheet, "updateSheetProperties")
    old, sheet.title = sheet.title, title
    _each_formula(book, lambda text, home: rename(text, old, title))


def _set_grid(sheet: Sheet, key: str, value: Any) -> None:
    if key == "rowCount":
        sheet.rows = value
        sheet.cells = {place: cell for place, cell in sheet.cells.items() if place[0] < value}
    elif key == "columnCount":
        sheet.columns = value
        sheet.cells = {place: cell for place, cell in sheet.cells.items() if place[1] < value}
        sheet.column_tags = {at: tags for at, tags in sheet.column_tags.items() if at < value}
    elif key == "frozenRowCount" and value >= sheet.rows:
        raise invalid("You can't freeze all visible rows on the sheet.")
    else:
        sheet.grid[key] = value


def _each_formula(book: Book, change: Callable[[str, str], str]) -> None:
    for sheet in book.sheets:
        for place, cell in list(sheet.cells.items()):
            text = cell.get("userEnteredValue", {}).get("formulaValue")
            if text and (new := change(text, sheet.title)) != text:
                sheet.cells[place] = cell | {"userEnteredValue": {"formulaValue": new}}


def update_spreadsheet(book: Book, body: Json) -> None:
    properties = body["properties"]
    for name in body["fields"].split(","):
        if name in ("title", "locale", "timeZone"):
            setattr(book, {"timeZone": "zone"}.get(name, name), properties.get(name, ""))


def duplicate_sheet(book: Book, body: Json) -> Json:
    source = book.sheet(body.get("sourceSheetId", 0))
    title = body.get("newSheetName") or f"Copy of {source.title}"
    _free_title(book, title, None, "duplicateSheet")
    made = source.copy()
    made.id, made.title = body.get("newSheetId", free_number()), title
    fresh = lambda tags: [tag | {"metadataId": free_number()} for tag in tags]  # noqa: E731
    made.tags = fresh(made.tags)
    made.column_tags = {at: fresh(tags) for at, tags in made.column_tags.items()}
    for thing in (*made.rules, *made.protections):
        for where in thing.get("ranges", [thing.get("range", {})]):
            where["sheetId"] = made.id
    for protection in made.protections:
        protection["protectedRangeId"] = free_number()
    made.charts = []
    book.sheets.insert(body.get("insertSheetIndex", len(book.sheets)), made)
    return {"duplicateSheet": {"properties": {"sheetId": made.id, "title": title}}}


# ── Tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def create_tag(book: Book, body: Json) -> Json:
    tag = dict(body["developerMetadata"])
    tag.setdefault("metadataId", free_number())
    if any(one["metadataId"] == tag["metadataId"] for one in book.all_tags()):
        raise invalid(
            "Invalid requests[0].createDeveloperMetadata: "
            f"Developer metadata with ID {tag['metadataId']} already exists."
        )
    if not tag.get("visibility"):
        raise invalid("Invalid requests[0].createDeveloperMetadata: visibility must be specified")
    where = tag.get("location", {})
    if where.get("spreadsheet"):
        tag["location"] = {"locationType": "SPREADSHEET", "spreadsheet": True}
        book.tags.append(tag)
    elif "dimensionRange" in where:
        span = where["dimensionRange"]
        sheet = book.sheet(span.get("sheetId", 0))
        if span.get("endIndex", 0) - span.get("startIndex", 0) != 1:
            raise invalid("Developer metadata can only be associated with a single row or column.")
        kind = span["dimension"]
        tags = sheet.column_tags if kind == "COLUMNS" else sheet.row_tags
        tag["location"] = {"locationType": kind.rstrip("S"), "dimensionRange": span}
        tags.setdefault(span.get("startIndex", 0), []).append(tag)
    else:
        tag["location"] = {"locationType": "SHEET", "sheetId": where.get("sheetId", 0)}
        book.sheet(where.get("sheetId", 0)).tags.append(tag)
    return {"createDeveloperMetadata": {"developerMetadata": tag}}


def delete_tag(book: Book, body: Json) -> Json:
    gone = [tag for tag in book.all_tags() if matches(tag, body["dataFilter"])]
    ids = {tag["metadataId"] for tag in gone}
    stays = lambda tags: [tag for tag in tags if tag["metadataId"] not in ids]  # noqa: E731
    book.tags = stays(book.tags)
    for sheet in book.sheets:
        sheet.tags = stays(sheet.tags)
        sheet.column_tags = {at: stays(tags) for at, tags in sheet.column_tags.items() if stays(tags)}
        sheet.row_tags = {at: stays(tags) for at, tags in sheet.row_tags.items() if stays(tags)}
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone}}


def matches(tag: Json, data_filter: Json) -> bool:
    """Whether a tag is meant by a DataFilter."""
    asked = data_filter.get("developerMetadataLookup", {})
    if not asked:
        raise invalid("The emulator looks tags up by developerMetadataLookup only.")
    plain = ("metadataId", "metadataKey", "metadataValue", "visibility")
    if any(name in asked and asked[name] != tag.get(name) for name in plain):
        return False
    place = asked.get("metadataLocation", {})
    if any(tag["location"].get(name) != where for name, where in place.items()):
        return False
    kind = asked.get("locationType")
    return not kind or kind == tag["location"]["locationType"]


# ── Rules, protections, filters, charts ──────────────────────────────────────────────────────────────────────────────


def add_rule(book: Book, body: Json) -> None:
    rule = copy.deepcopy(body["rule"])
    sheets = {where.get("sheetId", 0) for where in rule["ranges"]}
    if len(sheets) != 1:
        raise invalid("Invalid requests[0].addConditionalFormatRule: all ranges must be on the same sheet")
    for where in rule["ranges"]:
        area(book, where)
    rules = book.sheet(sheets.pop()).rules
    at = body.get("index", 0)
    if at > len(rules):
        raise invalid(f"Invalid requests[0].addConditionalFormatRule: Invalid conditional format rule index: {at}")
    rules.insert(at, rule)


def _rule(book: Book, body: Json, kind: str) -> tuple[list[Json], int]:
    rules, at = book.sheet(body.get("sheetId", 0)).rules, body.get("index", 0)
    if at >= len(rules):
        raise invalid(f"Invalid requests[0].{kind}: No conditional format on sheet: at index: {at}")
    return rules, at


def delete_rule(book: Book, body: Json) -> None:
    rules, at = _rule(book, body, "deleteConditionalFormatRule")
    rules.pop(at)


def update_rule(book: Book, body: Json) -> None:
    rules, at = _rule(book, body, "updateConditionalFormatRule")
    if "rule" in body:
        rules[at] = copy.deepcopy(body["rule"])
    else:
        rules.insert(body.get("newIndex", 0), rules.pop(at))


def add_protection(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body["protectedRange"])
    made.setdefault("protectedRangeId", free_number())
    area(book, made["range"])
    if not made.get("warningOnly"):
        made.pop("warningOnly", None)
        made.setdefault("editors", {"users": [book.caller] if book.caller else []})
        made["requestingUserCanEdit"] = True
    book.sheet(made["range"].get("sheetId", 0)).protections.append(made)
    return {"addProtectedRange": {"protectedRange": made}}


def delete_protection(book: Book, body: Json) -> None:
    id = body["protectedRangeId"]
    for sheet in book.sheets:
        for protection in sheet.protections:
            if protection["protectedRangeId"] == id:
                sheet.protections.remove(protection)
                return
    raise invalid(f"Invalid requests[0].deleteProtectedRange: No protected range with ID: {id}")


def set_filter(book: Book, body: Json) -> None:
    made = copy.deepcopy(body["filter"])
    sheet, _ = area(book, made["range"])
    sheet.filter = made


def clear_filter(book: Book, body: Json) -> None:
    book.sheet(body.get("sheetId", 0)).filter = None


def add_view(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body["filter"]) | {"filterViewId": free_number()}
    sheet, _ = area(book, made["range"])
    sheet.views.append(made)
    return {"addFilterView": {"filter": made}}


def add_chart(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body["chart"])
    made.setdefault("chartId", free_number())
    if any(chart["chartId"] == made["chartId"] for sheet in book.sheets for chart in sheet.charts):
        raise invalid(f"Invalid requests[0].addChart: Chart with id {made['chartId']} already exists.")
    corner = made.get("position", {}).get("overlayPosition", {}).get("anchorCell")
    if corner is None:
        raise invalid("The emulator puts charts over cells only.")
    book.sheet(corner.get("sheetId", 0)).charts.append(made)
    for source in _sources(made):
        area(book, source)
    return {"addChart": {"chart": {"chartId": made["chartId"]}}}


def _sources(chart: Any) -> Iterator[Json]:
    if isinstance(chart, dict):
        for name, inner in chart.items():
            if name == "sources":
                yield from inner
            else:
                yield from _sources(inner)
    elif isinstance(chart, list):
        for inner in chart:
            yield from _sources(inner)


def _chart(book: Book, id: int, kind: str) -> tuple[Sheet, Json]:
    for sheet in book.sheets:
        for chart in sheet.charts:
            if chart["chartId"] == id:
                return sheet, chart
    raise invalid(f"Invalid requests[0].{kind}: No embedded object with id: {id}")


def update_chart(book: Book, body: Json) -> None:
    _, chart = _chart(book, body["chartId"], "updateChartSpec")
    chart["spec"] = copy.deepcopy(body["spec"])


def move_chart(book: Book, body: Json) -> None:
    _sheet, chart = _chart(book, body["objectId"], "updateEmbeddedObjectPosition")
    chart["position"] = copy.deepcopy(body["newPosition"])


def delete_chart(book: Book, body: Json) -> None:
    sheet, chart = _chart(book, body["objectId"], "deleteEmbeddedObject")
    sheet.charts.remove(chart)


def add_banding(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body["bandedRange"])
    made.setdefault("bandedRangeId", free_number())
    sheet, _ = area(book, made["range"])
    sheet.bandings.append(made)
    return {"addBanding": {"bandedRange": made}}


def merge(book: Book, body: Json) -> None:
    sheet, _ = area(book, body["range"])
    sheet.merges.append(dict(body["range"]))


def add_name(book: Book, body: Json) -> Json:
    made = copy.deepcopy(body["namedRange"])
    made.setdefault("namedRangeId", str(free_number()))
    if any(one["name"] == made["name"] for one in book.names):
        raise invalid(f"Invalid requests[0].addNamedRange: A named range with name {made['name']} already exists.")
    book.names.append(made)
    return {"addNamedRange": {"namedRange": made}}


def NOW() -> Any:
    """The emulator's clock; `emulator.now` sets it."""
    return CLOCK[0]()


def _wall() -> Any:
    from datetime import datetime

    return datetime.now()


CLOCK: list[Callable[[], Any]] = [_wall]


def unsupported(name: str) -> ApiError:
    return invalid(f"The emulator does not support {name}")
