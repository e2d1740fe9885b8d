"""Developer metadata: put on a spreadsheet, a sheet, a row or a column, looked up, changed, taken off."""

from __future__ import annotations

from tests.sheets_emulator.book import ApiError, Book, Json, Sheet, free_number, invalid
from tests.sheets_emulator.masks import changes
from tests.sheets_emulator.ranges import bounds, overlap, window

_KINDS = {"ROWS": "ROW", "COLUMNS": "COLUMN"}


def create(book: Book, body: Json) -> Json:
    tag = dict(body.get("developerMetadata", {}))
    tag.setdefault("metadataId", free_number())
    if any(one["metadataId"] == tag["metadataId"] for one in book.all_tags()):
        raise invalid(f"Developer metadata with ID {tag['metadataId']} already exists.")
    if not tag.get("metadataKey"):
        raise invalid("metadataKey must be specified")
    if tag.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise invalid("visibility must be specified")
    _put(book, tag, tag.get("location", {}))
    return {"createDeveloperMetadata": {"developerMetadata": tag}}


def _put(book: Book, tag: Json, where: Json) -> None:
    if where.get("spreadsheet"):
        tag["location"] = {"locationType": "SPREADSHEET", "spreadsheet": True}
        book.tags.append(tag)
    elif "sheetId" in where:
        tag["location"] = {"locationType": "SHEET", "sheetId": where["sheetId"]}
        book.sheet(where["sheetId"]).tags.append(tag)
    elif "dimensionRange" in where:
        span = where["dimensionRange"]
        sheet, start, end = book.sheet(span.get("sheetId", 0)), span.get("startIndex", 0), span.get("endIndex", -1)
        rows = span.get("dimension") == "ROWS"
        if span.get("dimension") not in _KINDS or end - start != 1:
            raise invalid("Developer metadata can only be associated with a single row or column.")
        if not 0 <= start < (sheet.rows if rows else sheet.columns):
            raise invalid(f"startIndex[{start}] is after the last {_KINDS[span['dimension']].lower()} of the grid")
        (sheet.row_tags if rows else sheet.column_tags).setdefault(start, []).append(tag)
        settle(sheet)
    else:
        raise invalid("location must be specified")


def settle(sheet: Sheet) -> None:
    """Say in each tag of a row or column where that is now."""
    for dimension, tags in (("ROWS", sheet.row_tags), ("COLUMNS", sheet.column_tags)):
        for at, here in tags.items():
            span = {"sheetId": sheet.id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}
            for tag in here:
                tag["location"] = {"locationType": _KINDS[dimension], "dimensionRange": span}


def renumber(sheet: Sheet) -> None:
    """New numbers for the tags of a copied sheet."""
    for here in (sheet.tags, *sheet.column_tags.values(), *sheet.row_tags.values()):
        for tag in here:
            tag["metadataId"] = free_number()
    for tag in sheet.tags:
        tag["location"] = {"locationType": "SHEET", "sheetId": sheet.id}
    settle(sheet)


def _take(book: Book, ids: set[int]) -> None:
    def stays(tags: list[Json]) -> list[Json]:
        return [tag for tag in tags if tag["metadataId"] not in ids]

    book.tags = stays(book.tags)
    for sheet in book.sheets:
        sheet.tags = stays(sheet.tags)
        sheet.column_tags = {at: stays(tags) for at, tags in sheet.column_tags.items() if stays(tags)}
        sheet.row_tags = {at: stays(tags) for at, tags in sheet.row_tags.items() if stays(tags)}


def delete(book: Book, body: Json) -> Json:
    gone = [tag for tag in book.all_tags() if matches(book, tag, body.get("dataFilter", {}))]
    _take(book, {tag["metadataId"] for tag in gone})
    return {"deleteDeveloperMetadata": {"deletedDeveloperMetadata": gone} if gone else {}}


def update(book: Book, body: Json) -> Json:
    paths, new = changes(body, "DeveloperMetadata"), body.get("developerMetadata", {})
    found = [tag for tag in book.all_tags() if any(matches(book, tag, one) for one in body.get("dataFilters", []))]
    for tag in found:
        made = dict(tag)
        for name in ("metadataKey", "metadataValue", "visibility", "location"):
            if any(path in ([name], ["*"]) for path in paths) and name in new:
                made[name] = new[name]
        _take(book, {tag["metadataId"]})
        _put(book, made, made["location"])
    ids = {tag["metadataId"] for tag in found}
    now = [tag for tag in book.all_tags() if tag["metadataId"] in ids]
    return {"updateDeveloperMetadata": {"developerMetadata": now} if now else {}}


def one(book: Book, id: int) -> Json:
    """The tag with an id. Raises ApiError 404."""
    for tag in book.all_tags():
        if tag["metadataId"] == id:
            return tag
    raise ApiError(404, "NOT_FOUND", f"No developer metadata with ID {id} found.")


def search(book: Book, body: Json) -> Json:
    """The reply of developerMetadata.search."""
    filters = body.get("dataFilters", [])
    if not filters:
        raise invalid("Must specify at least one data filter.")
    matched = []
    for tag in book.all_tags():
        by = [one for one in filters if matches(book, tag, one)]
        if by:
            matched.append({"developerMetadata": tag, "dataFilters": by})
    return {"matchedDeveloperMetadata": matched} if matched else {}


def matches(book: Book, tag: Json, data_filter: Json) -> bool:
    """Whether a tag is meant by a DataFilter: by lookup, or by lying inside of a range."""
    if "gridRange" in data_filter:
        where = data_filter["gridRange"]
        sheet = book.sheet(where.get("sheetId", 0))
        return _lies(tag["location"], sheet, bounds(where, sheet), exact=False)
    if "a1Range" in data_filter:
        sheet, span = window(book, data_filter["a1Range"])
        return _lies(tag["location"], sheet, span, exact=False)
    asked = data_filter.get("developerMetadataLookup")
    if not asked:
        raise invalid("A data filter must have a lookup or a range.")
    plain = ("metadataId", "metadataKey", "metadataValue", "visibility")
    if any(name in asked and asked[name] != tag.get(name) for name in plain):
        return False
    kind = asked.get("locationType")
    if kind and kind != tag["location"]["locationType"]:
        return False
    return "metadataLocation" not in asked or _at(book, tag, asked)


def _at(book: Book, tag: Json, asked: Json) -> bool:
    where = asked["metadataLocation"]
    exact = asked.get("locationMatchingStrategy", "EXACT_LOCATION") == "EXACT_LOCATION"
    if where.get("spreadsheet"):
        return not exact or tag["location"].get("spreadsheet", False)
    if "sheetId" in where:
        sheet = book.sheet(where["sheetId"])
        if exact:
            return bool(tag["location"].get("sheetId") == sheet.id)
        return _lies(tag["location"], sheet, (0, 0, sheet.rows, sheet.columns), exact=False)
    span = where.get("dimensionRange", {})
    sheet = book.sheet(span.get("sheetId", 0))
    return _lies(tag["location"], sheet, _strip(span, sheet), exact)


def _strip(span: Json, sheet: Sheet) -> tuple[int, int, int, int]:
    start, end = span.get("startIndex", 0), span.get("endIndex")
    if span["dimension"] == "ROWS":
        return start, 0, sheet.rows if end is None else end, sheet.columns
    return 0, start, sheet.rows, sheet.columns if end is None else end


def _lies(location: Json, sheet: Sheet, span: tuple[int, int, int, int], exact: bool) -> bool:
    if location.get("sheetId") == sheet.id and not exact:
        return True
    line = location.get("dimensionRange")
    if not line or line.get("sheetId", 0) != sheet.id:
        return False
    strip = _strip(line, sheet)
    return strip == span if exact else overlap(strip, span)
