"""The shapes' complaints in plain words, with the nearest word that would have been right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel

from sheets_sync.playbook.checks import Mistake
from sheets_sync.playbook.locate import Path, did_you_mean
from sheets_sync.playbook.schema import Playbook

_EXPECTS = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "tuple_type": 'a list, such as ["call", "meeting"]',
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "date_type": "a date, such as 2027-05-24",
    "date_from_datetime_parsing": "a date, such as 2027-05-24",
    "time_type": 'a time of day such as "09:00"',
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def worded(error: Mapping[str, Any], root: type[BaseModel] = Playbook) -> Mistake:
    """One of pydantic's errors about a `root` as key path and sentence."""
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    path: Path = tuple(part for part in error["loc"] if part != "[key]")
    if kind == "extra_forbidden":
        return path, f"unknown key{did_you_mean(str(path[-1]), _keys(path[:-1], root))}"
    if kind == "missing":
        return path, "this key is missing"
    if kind in ("literal_error", "enum"):
        words = re.findall(r"'([^']*)'", str(context["expected"]))
        return path, f'"{value}" is not one of {", ".join(words)}{did_you_mean(str(value), words)}'
    if kind == "value_error":
        return path, str(context["error"])
    if kind in _BOUNDS:
        words_, limit = _BOUNDS[kind]
        return path, f"must be {words_} {context[limit]:g}, not {value}"
    if kind == "string_pattern_mismatch":
        return path, f'expects an id such as "A48", not "{value}"'
    if kind in ("string_too_short", "too_short"):
        return path, "must not be empty"
    return path, f"expects {_EXPECTS[kind]}, not {_shown(value)}" if kind in _EXPECTS else str(error["msg"])


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _keys(path: Path, root: type[BaseModel]) -> list[str]:
    """The keys that the table at this path may have."""
    kind: Any = root
    for part in path:
        kind = _model(kind, part)
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return []
    hidden = {"source"} if kind is Playbook else set()
    return [field.alias or name for name, field in kind.model_fields.items() if name not in hidden]


def _model(kind: Any, part: str | int) -> Any:
    """What stands at a key: the model inside a list, a dict or an option."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        inside = fields.get(str(part))
        if get_args(inside) and not _is_dict(inside):
            models = [arg for arg in get_args(inside) if isinstance(arg, type) and issubclass(arg, BaseModel)]
            return models[0] if models else inside
        return inside
    if _is_dict(kind):
        return get_args(kind)[1]
    return kind


def _is_dict(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) is dict
