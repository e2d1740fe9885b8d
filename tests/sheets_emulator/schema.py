"""Requests and replies held against the discovery document of the Sheets API, which ships with Google's own client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import googleapiclient

from tests.sheets_emulator.book import ApiError, Json, invalid

_DOCUMENT = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / "sheets.v4.json"
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}
_PLAIN = {"string": "TYPE_STRING", "boolean": "TYPE_BOOL", "integer": "TYPE_INT32", "number": "TYPE_DOUBLE"}
# Of these fields only one may be set. The document does not say so; Google's replies do.
_ONE_OF: dict[str, tuple[str, tuple[str, ...]]] = {
    "ExtendedValue": ("value", ("numberValue", "stringValue", "boolValue", "formulaValue", "errorValue")),
    "UpdateCellsRequest": ("area", ("start", "range")),
    "DeveloperMetadataLocation": ("location", ("spreadsheet", "sheetId", "dimensionRange")),
    "DataFilter": ("filter", ("developerMetadataLookup", "a1Range", "gridRange")),
    "ConditionalFormatRule": ("rule", ("booleanRule", "gradientRule")),
    "UpdateConditionalFormatRuleRequest": ("instruction", ("rule", "newIndex")),
    "EmbeddedObjectPosition": ("location", ("sheetId", "overlayPosition", "newSheet")),
    "ColorStyle": ("kind", ("rgbColor", "themeColor")),
}


@cache
def document() -> Json:
    found: Json = json.loads(_DOCUMENT.read_text(encoding="utf-8"))
    return found


@cache
def _shape(name: str) -> Json:
    shape: Json = document()["schemas"][name]
    return shape


def _resolved(shape: Json | str) -> tuple[Json, str]:
    name = shape if isinstance(shape, str) else shape.get("$ref", "")
    return (_shape(name), name) if name else (shape, "")  # type: ignore[return-value]


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def _shown(value: Any) -> str:
    return json.dumps(value, default=str)[:200]


class _Reading:
    """A body as protocol buffers read JSON: nulls are absent, "26" is a number, snake_case names are taken too."""

    def __init__(self) -> None:
        self.wrong: list[tuple[str, str]] = []

    def value(self, value: Any, shape: Json | str, path: str) -> Any:
        shape, name = _resolved(shape)
        kind = shape.get("type", "object")
        if kind == "any":
            return value
        if kind == "array":
            if not isinstance(value, list):
                self.bad(path, shape["items"], value)
                return None
            return [self.value(item, shape["items"], f"{path}[{n}]") for n, item in enumerate(value)]
        if kind == "object":
            return self.object(value, shape, name, path)
        return self.plain(value, shape, kind, path)

    def bad(self, path: str, shape: Json, value: Any) -> None:
        name = shape.get("$ref") or shape.get("type", "")
        kind = _PLAIN.get(name, f"type.googleapis.com/google.apps.sheets.v4.{name}")
        kind = "type.googleapis.com/google.protobuf.ListValue" if name == "array" else kind
        self.wrong.append((path, f"Invalid value at '{path}' ({kind}), {_shown(value)}"))

    def object(self, value: Any, shape: Json, name: str, path: str) -> Any:
        if not isinstance(value, dict):
            self.bad(path, {"$ref": name}, value)
            return None
        if "additionalProperties" in shape:
            return {key: self.value(item, shape["additionalProperties"], path) for key, item in value.items()}
        known, made = shape.get("properties", {}), {}
        for given, item in value.items():
            key = given if given in known else next((one for one in known if _snake(one) == given), "")
            if not key:
                where = f" at '{path}'" if path else ""
                text = f'Invalid JSON payload received. Unknown name "{given}"{where}: Cannot find field.'
                self.wrong.append((path, text))
            elif item is not None:
                made[key] = self.value(item, known[key], f"{path}.{_snake(key)}".lstrip("."))
        self.one_of(made, "kind" if name == "Request" else "", known, name, path)
        return made

    def one_of(self, made: Json, kind: str, known: Json, name: str, path: str) -> None:
        group, fields = (kind, tuple(known)) if kind else _ONE_OF.get(name, ("", ()))
        there = [field for field in made if field in fields]
        if len(there) > 1:
            text = f"Invalid value at '{path}' (oneof), oneof field '{group}' is already set. Cannot set '{there[1]}'"
            self.wrong.append((path, text))

    def plain(self, value: Any, shape: Json, kind: str, path: str) -> Any:
        if kind in ("integer", "number") and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
            value = float(value) if "." in value else int(value)
        if kind == "integer" and isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
            self.bad(path, shape, value)
        elif "enum" in shape and value not in shape["enum"]:
            kind = f"type.googleapis.com/google.apps.sheets.v4.{path.rpartition('.')[2].title().replace('_', '')}"
            self.wrong.append((path, f"Invalid value at '{path}' ({kind}), {_shown(value)}"))
        elif shape.get("format") == "int32" and isinstance(value, int) and not -(2**31) <= value < 2**31:
            self.bad(path, shape, value)
        return value


def read_request(body: Any, schema: str, path: str = "") -> Json:
    """A body as the API reads it. Raises ApiError in Google's words for one that it would not take; `path` is where the
    body stands in what Google calls the request."""
    if not isinstance(body, dict):
        raise invalid("Invalid JSON payload received. Expected an object.")
    reading = _Reading()
    made: Json = reading.value(body, schema, path)
    if reading.wrong:
        raise bad_request("\n".join(text for _, text in reading.wrong[:10]), reading.wrong[:10])
    return made


def bad_request(message: str, wrong: list[tuple[str, str]]) -> ApiError:
    """A refusal that names the fields, as Google's details do."""
    violations = [({"field": field} if field else {}) | {"description": text} for field, text in wrong]
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    return ApiError(400, "INVALID_ARGUMENT", message, details)


def check_query(query: Mapping[str, list[str]], method: str) -> None:
    """Refuse parameters that a method has not (`get`, `values.batchGet` …), and values that it does not take."""
    *path, last = ["spreadsheets", *method.split(".")]
    there = document()["resources"]["spreadsheets"]
    for name in path[1:]:
        there = there["resources"][name]
    known = document()["parameters"] | there["methods"][last].get("parameters", {})
    for name, values in query.items():
        if name not in known:
            text = (
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
                f"Field '{name}' could not be found in request message."
            )
            raise bad_request(text, [("", text)])
        shape = known[name]
        if shape.get("type") == "boolean" and values[-1].lower() not in ("true", "false"):
            raise bad_request(f"Invalid value at '{_snake(name)}' (TYPE_BOOL), {_shown(values[-1])}", [])
        if "enum" in shape and name not in ("alt", "$.xgafv") and values[-1] not in shape["enum"]:
            kind = f"type.googleapis.com/google.apps.sheets.v4.{name[0].upper()}{name[1:]}"
            raise bad_request(f"Invalid value at '{_snake(name)}' ({kind}), {_shown(values[-1])}", [])


def names(schema: str, path: list[str]) -> bool:
    """Whether a path of field names leads anywhere from a schema; * is the end of one."""
    shape: Json = _shape(schema)
    for at, name in enumerate(path):
        while "$ref" in shape or shape.get("type") == "array":
            shape = _shape(shape["$ref"]) if "$ref" in shape else shape["items"]
        if name == "*" and at == len(path) - 1:
            return True
        if "additionalProperties" in shape or name not in shape.get("properties", {}):
            return False
        shape = shape["properties"][name]
    return True


def problems(value: Any, schema: Json | str, path: str = "") -> Iterator[str]:
    """What a reply could not be like by its schema: a sentence each. Stricter than a request: nothing is converted."""
    shape, _ = _resolved(schema)
    kind = shape.get("type", "object")
    if kind == "any":
        return
    if kind == "array" and isinstance(value, list):
        # Rows are all made in the same way: of many only some are looked at, or this would take most of the time.
        for n in range(0, len(value), 1 + len(value) // 100):
            yield from problems(value[n], shape["items"], f"{path}[{n}]")
    elif kind == "object" and isinstance(value, dict):
        known, others = shape.get("properties", {}), shape.get("additionalProperties")
        for name, inner in value.items():
            if name in known or others:
                yield from problems(inner, known.get(name, others), f"{path}.{name}")
            else:
                yield f"{path}: unknown {name}"
    elif (
        kind not in _TYPES
        or not isinstance(value, _TYPES[kind])
        or (isinstance(value, bool) and kind != "boolean")
        or ("enum" in shape and value not in shape["enum"])
    ):
        yield f"{path}: {_shown(value)} is no {kind}"


def check_reply(body: Any, schema: str) -> None:
    """A reply of the emulator that Google could not have sent is the emulator's own mistake."""
    found = list(problems(body, schema))
    assert not found, found[:5]
