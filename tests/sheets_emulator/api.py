"""The methods of the Sheets API: which path is which, and what each answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from tests.sheets_emulator import tags, values
from tests.sheets_emulator.batch import batch_update
from tests.sheets_emulator.book import ApiError, Book, Json, invalid, new_id
from tests.sheets_emulator.masks import keep, parse
from tests.sheets_emulator.replies import describe, sent
from tests.sheets_emulator.schema import check_query, check_reply, read_request
from tests.sheets_emulator.sheets import made
from tests.sheets_emulator.worked_out import Shown

Query = Mapping[str, list[str]]
Work = Callable[[Book], Shown]
_ID = r"/v4/spreadsheets/(?P<id>[A-Za-z0-9_-]+)"
# HTTP method, path, name in the discovery document, whether it writes.
_ROUTES = [
    (method, re.compile(f"^{path}$"), name, writes)
    for method, path, name, writes in (
        ("POST", "/v4/spreadsheets", "create", False),
        ("GET", _ID, "get", False),
        ("POST", f"{_ID}:batchUpdate", "batchUpdate", True),
        ("GET", f"{_ID}/values:batchGet", "values.batchGet", False),
        ("POST", f"{_ID}/values:batchUpdate", "values.batchUpdate", True),
        ("POST", f"{_ID}/values:batchClear", "values.batchClear", True),
        ("POST", f"{_ID}/values/(?P<range>.+):append", "values.append", True),
        ("POST", f"{_ID}/values/(?P<range>.+):clear", "values.clear", True),
        ("GET", f"{_ID}/values/(?P<range>.+)", "values.get", False),
        ("PUT", f"{_ID}/values/(?P<range>.+)", "values.update", True),
        ("GET", f"{_ID}/developerMetadata/(?P<tag>\\d+)", "developerMetadata.get", False),
        ("POST", f"{_ID}/developerMetadata:search", "developerMetadata.search", False),
    )
]
NOT_FOUND = ApiError(404, "NOT_FOUND", "Requested entity was not found.")
Found = tuple[str, dict[str, str], bool]


def route(method: str, path: str) -> Found:
    """The API's name of a method, what its path says, and whether it writes. Raises ApiError 404."""
    path = unquote(path)
    for verb, pattern, name, writes in _ROUTES:
        found = pattern.match(path)
        if found and verb == method:
            return name, found.groupdict(), writes
    raise ApiError(404, "NOT_FOUND", f"The emulator does not know {method} {path}")


def answer(found: Found, book: Book, query: Query, body: Any, work: Work) -> Json:
    """What a method answers on a book, after what it changes. `work` works a book out. Raises ApiError."""
    name, said, _ = found
    check_query(query, name)
    schema, method = _METHODS[name]
    mask = parse(query["fields"][0], schema) if "fields" in query else {}
    reply = method(book, query, body, said, work)
    check_reply(reply, schema)
    kept: Json = keep(reply, mask)
    return kept


def created(body: Any, work: Work) -> tuple[Book, Json]:
    """A new spreadsheet, and the reply that says so."""
    asked = read_request(body or {}, "Spreadsheet")
    properties = asked.get("properties", {})
    book = Book(new_id(), properties.get("title", "Untitled spreadsheet"), properties.get("locale", "en_US"),
                properties.get("timeZone", "Etc/GMT"))  # fmt: skip
    for number, one in enumerate(asked.get("sheets") or [{"properties": {"title": "Sheet1"}}]):
        extra = set(one) - {"properties"}
        if extra:
            raise invalid(f"The emulator creates sheets without {', '.join(sorted(extra))}.")
        shape = {"sheetId": number, "title": f"Sheet{number + 1}"} | one.get("properties", {})
        book.sheets.append(made(book, shape))
    reply = describe(book, work(book), {}, [], grid=False)
    check_reply(reply, "Spreadsheet")
    return book, reply


def _get(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    mask = parse(query["fields"][0]) if "fields" in query else {}
    grid = query.get("includeGridData", ["false"])[-1].lower() == "true"
    return describe(book, work(book), mask, query.get("ranges", []), grid)


def _batch_update(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    asked = read_request(body, "BatchUpdateSpreadsheetRequest")
    before = book.copy()
    reply: Json = {"spreadsheetId": book.id, "replies": sent(batch_update(book, asked.get("requests", [])))}
    if asked.get("includeSpreadsheetInResponse"):
        mask = parse(query["fields"][0]).get("updatedSpreadsheet", {}) if "fields" in query else {}
        grid = bool(asked.get("responseIncludeGridData")) or "fields" in query
        try:
            reply["updatedSpreadsheet"] = describe(book, work(book), mask, asked.get("responseRanges", []), grid)
        except ApiError:
            book.take(before)
            raise
    return reply


def _one_range(book: Book, query: Query, text: str, work: Work) -> Json:
    options = [query.get(name, [""])[-1] for name in ("valueRenderOption", "dateTimeRenderOption", "majorDimension")]
    return values.value_range(book, work(book), text, *options)


def _values_get(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    return _one_range(book, query, said["range"], work)


def _batch_get(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    found = [_one_range(book, query, text, work) for text in query.get("ranges", [])]
    return {"spreadsheetId": book.id, "valueRanges": found}


def _values_update(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    given = read_request(body, "ValueRange", "data")
    return values.update(book, given, said["range"], query.get("valueInputOption", [""])[-1])


def _values_batch(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    asked = read_request(body, "BatchUpdateValuesRequest")
    kept = book.copy()
    option = asked.get("valueInputOption", "")
    done = [values.update(kept, one, one.get("range", ""), option) for one in asked.get("data", [])]
    book.take(kept)
    counts = values.totals(book, [one["updatedRange"] for one in done])
    counts["totalUpdatedCells"] = sum(one.get("updatedCells", 0) for one in done)
    reply = {"spreadsheetId": book.id} | {name: count for name, count in counts.items() if count}
    return reply | ({"responses": done} if done else {})


def _append(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    given = read_request(body, "ValueRange", "data")
    return values.append(book, given, said["range"], query.get("valueInputOption", [""])[-1])


def _clear(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    return {"spreadsheetId": book.id, "clearedRange": values.clear(book, said["range"])}


def _batch_clear(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    asked = read_request(body, "BatchClearValuesRequest")
    return {"spreadsheetId": book.id, "clearedRanges": [values.clear(book, text) for text in asked.get("ranges", [])]}


def _tag(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    found: Json = sent(tags.one(book, int(said["tag"])))
    return found


def _search(book: Book, query: Query, body: Any, said: dict[str, str], work: Work) -> Json:
    found: Json = sent(tags.search(book, read_request(body, "SearchDeveloperMetadataRequest")))
    return found


_Method = Callable[[Book, Query, Any, dict[str, str], Work], Json]
# The schema of its reply and what does it, by name of a method.
_METHODS: dict[str, tuple[str, _Method]] = {
    "get": ("Spreadsheet", _get),
    "batchUpdate": ("BatchUpdateSpreadsheetResponse", _batch_update),
    "values.get": ("ValueRange", _values_get),
    "values.batchGet": ("BatchGetValuesResponse", _batch_get),
    "values.update": ("UpdateValuesResponse", _values_update),
    "values.batchUpdate": ("BatchUpdateValuesResponse", _values_batch),
    "values.append": ("AppendValuesResponse", _append),
    "values.clear": ("ClearValuesResponse", _clear),
    "values.batchClear": ("BatchClearValuesResponse", _batch_clear),
    "developerMetadata.get": ("DeveloperMetadata", _tag),
    "developerMetadata.search": ("SearchDeveloperMetadataResponse", _search),
}
