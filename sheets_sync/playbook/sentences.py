"""The sentences of a playbook: `{fact}` is filled in, a part in [square brackets] falls away where its fact is blank.

>>> fill("Silent since {seen}[; usually every {gap} days].", {"seen": date(2026, 9, 28), "gap": None}, {}, today)
'Silent since 28 Sep.'  # doctest: +SKIP
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

_HOLE = re.compile(r"\{([^{}]*)\}")
_ONE = re.compile(r"\b(every )1 (day|month)s\b")
_OPTION = re.compile(r"\[([^\[\]]*)\]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def placeholders(template: str) -> tuple[str, ...]:
    """The names in braces, in order."""
    return tuple(_HOLE.findall(template))


def fill(template: str, values: Mapping[str, Any], units: Mapping[str, str], today: date) -> str:
    """The sentence for one client. `values` and `units` are by fact; a blank outside brackets reads "?", and
    "every 1 days" reads "every day"."""

    def option(found: re.Match[str]) -> str:
        return found[1] if all(not is_blank(values.get(name)) for name in placeholders(found[1])) else ""

    def hole(found: re.Match[str]) -> str:
        return written(values.get(found[1]), units.get(found[1], ""), today) or "?"

    return _ONE.sub(r"\1\2", _HOLE.sub(hole, _OPTION.sub(option, template)))


def written(value: Any, unit: str, today: date) -> str:
    """A fact as people read it: a date as "28 Sep" (with its year when not this one), days as a whole number."""
    if is_blank(value):
        return ""
    if isinstance(value, date):
        year = "" if value.year == today.year else f" {value.year}"
        clock = (
            f" {value:%H:%M}"
            if unit == "moment" and isinstance(value, datetime) and (value.hour or value.minute)
            else ""
        )
        return f"{value.day} {_MONTHS[value.month - 1]}{year}{clock}"
    if isinstance(value, bool) or type(value).__name__ == "bool_":
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if unit == "money":
        return f"{value:,.0f}"
    if unit == "days":
        return f"{float(value):.0f}"
    return f"{float(value):.10g}"


def is_blank(value: Any) -> bool:
    """None, NA, NaT, NaN and empty text."""
    if value is None or value == "":
        return True
    try:
        return bool(value != value)
    except TypeError:  # pd.NA has no truth
        return True
