"""Spans of time as a playbook writes them: how often ("14 days"), and within what time ("4 working hours")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


@dataclass(frozen=True, slots=True)
class Every:
    """How often: `days` or `months`, the other one is 0."""

    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        number, unit = (self.days, "day") if self.days else (self.months, "month")
        return f"{number} {unit}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Within:
    """A clock's time. A working day ends at the same time of day on the next working day."""

    number: float
    unit: Literal["working hours", "working days", "clock hours"]

    def __str__(self) -> str:
        return f"{self.number:g} {self.unit[:-1] if self.number == 1 else self.unit}"


_SPAN = re.compile(r"\s*(\d+(?:\.\d+)?)\s+([a-z ]+?)s?\s*")
_EVERY = {"day": Every(days=1), "week": Every(days=7), "month": Every(months=1), "year": Every(months=12)}
_WITHIN: dict[str, Literal["working hours", "working days", "clock hours"]] = {
    "working hour": "working hours",
    "working day": "working days",
    "clock hour": "clock hours",
}


def _every(value: object) -> Every:
    if isinstance(value, Every):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2] not in _EVERY or not found[1].isdigit() or not 0 < int(found[1]) <= 3660:
        raise ValueError('expects a number and days, weeks, months or years, such as "14 days"')
    one, number = _EVERY[found[2]], int(found[1])
    return Every(days=one.days * number, months=one.months * number)


def _within(value: object) -> Within:
    if isinstance(value, Within):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if not found or found[2] not in _WITHIN or not 0 < float(found[1]) <= 10_000:
        raise ValueError('expects a number and working hours, working days or clock hours, such as "4 working hours"')
    return Within(float(found[1]), _WITHIN[found[2]])


def spelt(span: str) -> str:
    """A span as this file spells it, "14 days" for "2 weeks"; anything else as it is."""
    for read in (_every, _within):
        try:
            return str(read(span))
        except ValueError:
            continue
    return span


EverySpan = Annotated[
    Every,
    BeforeValidator(_every),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+\s+(day|week|month|year)s?\s*$"}),
]
WithinSpan = Annotated[
    Within,
    BeforeValidator(_within),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s+(working hour|working day|clock hour)s?\s*$"}),
]
