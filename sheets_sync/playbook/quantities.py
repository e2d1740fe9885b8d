"""The kinds of values that a playbook's settings and entries are made of, each with its bounds."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
Days = Annotated[int, Field(ge=0, le=3660, strict=True)]
Shift = Annotated[int, Field(ge=-3660, le=3660, strict=True)]
Some = Annotated[int, Field(ge=1, le=3660, strict=True)]
# The last word says what it is counted in where its name does not.
SomeDays = Annotated[int, Field(ge=1, le=3660, strict=True), "days"]
Share = Annotated[float, Field(ge=0, le=1, strict=True)]
Points = Annotated[float, Field(ge=0, le=100, strict=True)]
Factor = Annotated[float, Field(gt=0, le=100, strict=True)]
Yes = Annotated[bool, Field(strict=True)]


def _clock_time(value: object) -> object:
    """TOML has no quotes around 09:00:00 but people write "9:00"; both are a time."""
    if isinstance(value, str):
        hour, _, minute = value.partition(":")
        minute = minute.removesuffix(":00") if minute.count(":") else minute
        if hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60:
            return time(int(hour), int(minute))
        raise ValueError('expects a time of day such as "09:00"')
    return value


TimeOfDay = Annotated[
    time, BeforeValidator(_clock_time), WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:\d{2}(:\d{2})?$"})
]


Ids = tuple[Annotated[str, Field(pattern=r"^[A-Z]\d{1,3}$")], ...]


class Model(BaseModel):
    """Frozen, and a key that it does not know is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


def _day_of_year(value: object) -> object:
    """ "15 Nov" → (11, 15)."""
    if isinstance(value, str):
        number, _, name = value.strip().partition(" ")
        month = _MONTHS.index(name.strip().title()[:3]) + 1 if name.strip().title()[:3] in _MONTHS else 0
        if number.isdigit() and month and 0 < int(number) <= _LENGTHS[month - 1]:
            return month, int(number)
        raise ValueError('expects a day of the year such as "15 Nov"')
    return value


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# 29 February is not in every year, so no season begins or ends on it.
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
DayOfYear = Annotated[
    tuple[int, int],
    BeforeValidator(_day_of_year),
    PlainSerializer(lambda day: f"{day[1]} {_MONTHS[day[0] - 1]}"),
    WithJsonSchema({"type": "string", "pattern": r"^\s*\d{1,2} [A-Za-z]{3,}\s*$"}),
]
