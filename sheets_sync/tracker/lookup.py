"""Which canonical word of a choice column a text means."""

from __future__ import annotations

from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.words import Choices

_LOOKUPS: dict[int, dict[str, str]] = {}


def lookup(choices: Choices) -> dict[str, str]:
    """Normalised spelling → canonical word; made once for each column's choices."""
    key = id(choices)
    if key not in _LOOKUPS:
        words = {normal_header(word): canonical for canonical, others in choices.items() for word in others}
        _LOOKUPS[key] = words | {normal_header(canonical): canonical for canonical in choices}
    return _LOOKUPS[key]


def word_of(words: dict[str, str], text: str) -> str | None:
    """The canonical word that a text means. In lower case too: "WhatsApp" is one word."""
    return words.get(normal_header(text)) or words.get(normal_header(text.lower()))
