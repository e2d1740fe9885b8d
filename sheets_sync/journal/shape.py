"""Our dataclasses as JSON and back: {"": "Cell", …fields}; a date as {"": "date", "v": …}. Only names of the model and
those that the reader names come back."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sheets_sync import model


def text_of(value: Any) -> str:
    """A value as one line of JSON in ASCII, whatever stood in the cells."""
    return json.dumps(value, default=_to_json, ensure_ascii=True, separators=(",", ":"))


def _to_json(value: Any) -> Any:
    """What JSON has no word for; it asks again for what stands inside."""
    if isinstance(value, datetime | date):
        return {"": type(value).__name__, "v": value.isoformat()}
    kind: Any = type(value)
    needed, others = _fields(kind)
    shape = {name: getattr(value, name) for name in needed}
    for name, default in others:
        inner = getattr(value, name)
        if inner is not default and inner != default:
            shape[name] = inner
    shape[""] = kind.__name__
    return shape


@functools.cache
def _fields(kind: Any) -> tuple[list[str], list[tuple[str, Any]]]:
    """The names without a default, and those with one."""
    fields = dataclasses.fields(kind)
    with_default = [(field.name, field.default) for field in fields if field.default is not dataclasses.MISSING]
    return [field.name for field in fields if field.default is dataclasses.MISSING], with_default


def value_of(shape: Any, kinds: Mapping[str, Any]) -> Any:
    """What `text_of` wrote, read by json; `kinds` are the classes beside the model's that may stand in it. Raises
    ValueError, KeyError, TypeError or AttributeError where it makes no sense."""
    if isinstance(shape, list):
        return tuple(value_of(item, kinds) for item in shape)
    if not isinstance(shape, dict):
        return shape
    kind = shape[""]
    if kind in ("date", "datetime"):
        return {"date": date, "datetime": datetime}[kind].fromisoformat(shape["v"])
    cls = kinds.get(kind) or getattr(model, kind)
    fields = {name: value_of(item, kinds) for name, item in shape.items() if name}
    if "level" in fields and fields["level"] is not None:
        fields["level"] = model.Level(fields["level"])
    return cls(**fields)
