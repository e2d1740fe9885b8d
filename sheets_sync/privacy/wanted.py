"""Who is looked for, and whether a text speaks of them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from sheets_sync.tracker.headers import normal


@dataclass(frozen=True)
class Wanted:
    """One client: the keys that it stands under in the tracker, and the words that name it or its people."""

    keys: frozenset[str]
    words: tuple[str, ...]

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted({normal(word) for word in self.words if word.strip()}, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else re.compile("(?!)")

    def named_in(self, text: str) -> bool:
        """Whether a text names the client or its people, whatever the case and the blanks."""
        return bool(self._pattern.search(normal(text)))


def names_a_person(text: str) -> bool:
    """Whether a contact's entry is a name that can be looked for: "Ann" alone would be found everywhere."""
    return "@" in text or len(text.split()) > 1
