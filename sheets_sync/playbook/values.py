"""Every single value of a playbook: its dotted name, its plain name, what it is counted in and what may stand there.

Texts and lists are left out: they are changed in the file. What is found here is what the tracker's Playbook tab, an
exception and a comparison of two playbooks can name, whatever vocabulary a playbook uses.

>>> lookup(agency, units)["silence otherwise"].value
30
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel

from sheets_sync.playbook.locate import Path, dotted
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import Every, Within

Kind = Literal["number", "span", "time", "yes/no", "word"]
# Of these a team has no reason to change one without the other: they stand in the file, and no row is written for them.
_STRUCTURE = (
    "each", "from", "until", "unit", "tolerance_unit", "state", "purpose", "off", "last", "outlives", "routine",
    "optional", "two_way", "from_us", "higher_is_better",
)  # fmt: skip
_SPOKEN = {
    "when": "when",
    "any": "or when",
    "risk_when": "at risk when",
    "risk_any": "at risk if",
    "ladder": "step",
    "weights": "weight of",
    "grounds": "at once if",
    "nps": "NPS",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value. `value` is as the file has it: a number, true or false, "14 days", "09:00", a word, None for a number
    that is left out. `unit` is in plain words ("days", "share"); `listed`: the playbook states it, and a team may want
    to change it."""

    path: Path
    name: str
    kind: Kind
    value: Any
    unit: str = ""
    choices: tuple[str, ...] = ()
    listed: bool = True

    @property
    def dotted(self) -> str:
        return dotted(self.path)


def values_of(playbook: Playbook, facts: Mapping[str, str]) -> list[Value]:
    """Every value in the playbook's order; `facts` are name → unit. Where two would have the same plain name, both are
    called by their dotted one."""
    found = list(_walk(playbook, (), "", facts))
    names = [normal(value.name) for value in found]
    doubled = {name for name in names if names.count(name) > 1}
    return [_dotted_name(value) if name in doubled else value for value, name in zip(found, names, strict=True)]


def lookup(playbook: Playbook, facts: Mapping[str, str]) -> dict[str, Value]:
    """Every value by what people may call it: its plain name, its dotted one, that without "settings."; see normal."""
    found: dict[str, Value] = {}
    for value in values_of(playbook, facts):
        for name in (value.dotted, value.dotted.removeprefix("settings."), value.name):
            found.setdefault(normal(name), value)
    return found


def normal(name: str) -> str:
    """A name by its words alone: "Silence › otherwise" and "silence.otherwise" are the same."""
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


def said(value: Any, unit: str = "") -> str:
    """A value as a sentence has it: "21 days", "85 %", "yes", "nothing" where it is left out."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        if unit == "share":
            return f"{value * 100:.10g} %"
        one = unit[:-1] if value == 1 and unit.endswith("s") else unit
        return f"{value:.10g} {one}".strip()
    return str(value)


def _walk(model: BaseModel, path: Path, title: str, facts: Mapping[str, str]) -> Iterator[Value]:
    for name, field in type(model).model_fields.items():
        key, value = field.alias or name, getattr(model, name)
        if key == "exceptions":
            continue
        here = (*path, key)
        if isinstance(value, BaseModel):
            yield from _walk(value, here, title or _title(value), facts)
        elif isinstance(value, dict):
            yield from _inside(value, here, title, facts)
        elif isinstance(value, tuple):
            for number, one in enumerate(value):
                if isinstance(one, BaseModel):
                    yield from _walk(one, (*here, number), title, facts)
                elif isinstance(one, dict):
                    yield from _conditions(one, (*here, number), title, facts)
        else:
            kind, choices, bounds = _kind(field.annotation, field.metadata)
            if kind is not None:
                stated = name in model.model_fields_set or (key == "target" and isinstance(value, float | None))
                unit = str(value).split(" ", 1)[1] if kind == "span" and value else _unit(model, key, kind, bounds)
                listed = stated and (here[0] == "settings" or key not in _STRUCTURE)
                plain = _plain((*path, field.title or key), title)
                yield Value(here, plain, kind, _plain_value(value), unit, choices, listed)


def _inside(found: dict[str, Any], path: Path, title: str, facts: Mapping[str, str]) -> Iterator[Value]:
    """A table of entries, or one of conditions."""
    if all(isinstance(one, BaseModel) for one in found.values()):
        for name, one in found.items():
            yield from _walk(one, (*path, name), _title(one) or name.replace("_", " "), facts)
    else:
        yield from _conditions(found, path, title, facts)


def _conditions(when: Mapping[str, Any], path: Path, title: str, facts: Mapping[str, str]) -> Iterator[Value]:
    """The numbers of conditions, and what is yes or no in them."""
    for key, operand in when.items():
        here = (*path, key)
        if isinstance(operand, Mapping):
            yield from _conditions(operand, here, title, facts)
        elif isinstance(operand, bool):
            yield Value(here, _plain(here, title), "yes/no", operand, listed=False)
        elif isinstance(operand, int | float):
            of_days = key in ("in_last_days", "at_least_days_ago", "within_days")
            unit = "days" if of_days else facts.get(str(path[-1]), "")
            yield Value(here, _plain(here, title), "number", operand, unit if unit in ("days", "months") else "")


def _kind(annotation: Any, metadata: list[Any]) -> tuple[Kind | None, tuple[str, ...], dict[str, float]]:
    """What may stand in a field, its words, and its bounds; no kind for texts."""
    found: list[Any] = list(metadata)
    while get_origin(annotation) is Annotated or type(None) in get_args(annotation):
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            found += more
        else:
            annotation = next(one for one in get_args(annotation) if one is not type(None))
    bounds: dict[str, float] = {}
    for one in found:
        for bound in (one, *getattr(one, "metadata", ())):
            bounds |= {key: getattr(bound, key) for key in ("ge", "gt", "le", "lt") if hasattr(bound, key)}
            bounds |= {bound: 1.0} if bound in ("days", "months") else {}
    if get_origin(annotation) is Literal:
        return "word", tuple(str(getattr(word, "value", word)) for word in get_args(annotation)), bounds
    kinds: dict[Any, Kind] = {bool: "yes/no", int: "number", float: "number", time: "time"}
    kinds |= {Every: "span", Within: "span"}
    return kinds.get(annotation), (), bounds


def _unit(model: BaseModel, key: str, kind: Kind, bounds: Mapping[str, float]) -> str:
    """What a number is counted in, by the words beside it, its name, or the bounds it has."""
    if kind != "number":
        return ""
    if key == "tolerance":
        return str(getattr(model, "tolerance_unit", "days"))
    if key == "target":
        return str(getattr(model, "unit", ""))
    named = next((unit for unit in ("days", "months") if unit in bounds or unit in key.split("_")), "")
    if named or key in ("opens", "latest", "early"):
        return named or "days"
    if 1 in (bounds.get("le"), bounds.get("lt")):
        return "share"
    return "points" if bounds.get("le") == 100 and "ge" in bounds else "times" if bounds.get("le") == 100 else ""


def _plain_value(value: Any) -> Any:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Every | Within):
        return str(value)
    return value.value if hasattr(value, "value") else value


def _title(model: BaseModel) -> str:
    return str(getattr(model, "title", ""))


def _plain(path: Path, title: str) -> str:
    """`Silence › otherwise`, `Check-in call › every`, `Renewal ladder › step 1 days before`."""
    if path[0] == "settings":
        before, rest = _word(path[1]), path[2:]
    else:
        before, rest = title or _word(path[0]), path[1:] if path[0] in ("renewal", "growth") else path[2:]
    counted = "ladder" in path or "points" in path
    words = " ".join(_word(part) for part in rest if counted or isinstance(part, str))
    return f"{before[:1].upper()}{before[1:]} › {words}"


def _word(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else _SPOKEN.get(part, part.replace("_", " "))


def _dotted_name(value: Value) -> Value:
    return Value(value.path, value.dotted, value.kind, value.value, value.unit, value.choices, value.listed)
