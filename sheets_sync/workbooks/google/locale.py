"""Formulas in the spreadsheet's own locale: where numbers have a decimal comma, arguments are parted by semicolons."""

from __future__ import annotations

import re
from typing import Any

from sheets_sync.workbooks.google.colours import OURS
from sheets_sync.workbooks.google.values import Json

# Languages that write a decimal point. A semicolon is understood in these too; a comma is not in the others.
_POINT = {"", "en", "zh", "ja", "ko", "th", "he", "iw", "hi", "bn", "ta", "te", "mr", "gu", "fil", "ms"}
_COMMA_ALL_THE_SAME = {"en_ZA"}
_PARTS = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|[^"\']+')


def by_semicolons(locale: str) -> bool:
    """Whether a locale (de_DE) wants semicolons."""
    return locale in _COMMA_ALL_THE_SAME or locale.partition("_")[0] not in _POINT


def localised(requests: list[Json], locale: str) -> list[Json]:
    """Requests with every formula of ours as the locale wants it."""
    return [_walked(request) for request in requests] if by_semicolons(locale) else requests


def _walked(value: Any) -> Any:
    if isinstance(value, list):
        return [_walked(item) for item in value]
    if isinstance(value, dict):
        return {name: _said(name, inner) for name, inner in value.items()}
    return value


def _said(name: str, value: Any) -> Any:
    ours = name == "formulaValue" or (name == "userEnteredValue" and isinstance(value, str) and OURS.match(value))
    return with_semicolons(value) if ours else _walked(value)


def with_semicolons(formula: str) -> str:
    """A formula with semicolons between arguments; texts and titles in it stay as they are."""
    return "".join(part if part[0] in "\"'" else part.replace(",", ";") for part in _PARTS.findall(formula))
