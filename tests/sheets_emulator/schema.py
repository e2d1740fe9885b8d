"""Requests and replies held against the discovery document of the Sheets API, which ships with Google's own client."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient

from tests.sheets_emulator.book import Json, invalid

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "sheets.v4.json"
# Fields whose mask speaks of another message than the one that it stands in: by request, where the root is.
_MASKED = {
    "updateCells": ("RowData", "CellData"),
    "repeatCell": ("CellData",),
    "appendCells": ("CellData",),
    "updateSheetProperties": ("SheetProperties",),
    "updateSpreadsheetProperties": ("SpreadsheetProperties",),
    "updateDimensionProperties": ("DimensionProperties",),
    "updateEmbeddedObjectPosition": ("EmbeddedObjectPosition", "OverlayPosition"),
}


@cache
def document() -> Json:
    found: Json = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    return found


def problems(value: Any, schema: Json | str, path: str = "") -> Iterable[str]:
    """What is wrong with a value by its schema (or its name): a sentence each, in Google's words."""
    shape = document()["schemas"][schema] if isinstance(schema, str) else schema
    if "$ref" in shape:
        shape = document()["schemas"][shape["$ref"]]
    kind = shape.get("type", "object")
    if kind == "any" or value is None:
        return
    if kind == "array":
        if not isinstance(value, list):
            yield f"Invalid value at '{path}' (expected a list)"
            return
        for n, item in enumerate(value):
            yield from problems(item, shape["items"], f"{path}[{n}]")
    elif kind == "object":
        yield from _object(value, shape, path)
    else:
        yield from _plain(value, shape, kind, path)


def _object(value: Any, shape: Json, path: str) -> Iterable[str]:
    if not isinstance(value, dict):
        yield f"Invalid value at '{path}' (expected an object)"
        return
    known = shape.get("properties", {})
    for name, inner in value.items():
        if "additionalProperties" in shape:
            yield from problems(inner, shape["additionalProperties"], f"{path}.{name}")
        elif name not in known:
            where = f" at '{path}'" if path else ""
            yield f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
        else:
            yield from problems(inner, known[name], f"{path}.{name}".lstrip("."))


def _plain(value: Any, shape: Json, kind: str, path: str) -> Iterable[str]:
    wrong = not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")
    if wrong:
        yield f"Invalid value at '{path}' ({kind.upper()}), {json.dumps(value, default=str)[:80]}"
    elif "enum" in shape and value not in shape["enum"]:
        yield f"Invalid value at '{path}' (type.googleapis.com/google.apps.sheets.v4), \"{value}\""
    elif shape.get("format") == "int32" and not -(2**31) <= value < 2**31:
        yield f"Invalid value at '{path}' (TYPE_INT32), {value}"


def check_request(body: Any, schema: str) -> None:
    """Refuse a body that the API would not take. Raises ApiError."""
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. Expected an object.")
    found = list(problems(body, schema))
    if found:
        raise invalid("\n".join(found[:10]))
    for number, request in enumerate(body.get("requests", [])):
        for kind, inner in request.items():
            if kind in _MASKED and isinstance(inner, dict):
                _check_mask(inner.get("fields", ""), _MASKED[kind], f"requests[{number}].{kind}")


def _check_mask(mask: str, roots: tuple[str, ...], path: str) -> None:
    if not mask:
        raise invalid(
            f"Invalid {path}: At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
        )
    for field in mask.split(","):
        if field.strip() != "*" and not any(_names(root, field.strip().split(".")) for root in roots):
            raise invalid(f"Invalid {path}: Invalid field: {field}")


def _names(schema: str, path: list[str]) -> bool:
    shape = document()["schemas"][schema]
    for name in path:
        shape = document()["schemas"][shape["$ref"]] if "$ref" in shape else shape
        shape = shape.get("items", shape) if shape.get("type") == "array" else shape
        shape = document()["schemas"][shape["$ref"]] if "$ref" in shape else shape
        if name not in shape.get("properties", {}):
            return False
        shape = shape["properties"][name]
    return True


def check_reply(body: Any, schema: str) -> None:
    """A reply of the emulator that Google could not have sent is the emulator's own mistake."""
    found = list(problems(body, schema))
    assert not found, found[:5]
