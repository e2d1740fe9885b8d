"""Client names that are spelt oddly, or so nearly alike that they may be one client: said, and left as they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sheets_sync.model import Scalar, letters
from sheets_sync.tracker.cells import blank, text_of
from sheets_sync.tracker.gather import listed, shown
from sheets_sync.tracker.headers import normal

_FORMS = {
    "limited": "ltd", "incorporated": "inc", "corporation": "corp", "company": "co", "and": "&", "und": "&", "et": "&",
    "y": "&", "gesellschaft": "ges", "international": "intl",
}  # fmt: skip
_WORDS = re.compile(r"[^\W_]+|&")
EXAMPLES = 3


def spelling_notes(tab: str, column: int, first: int, cells: Sequence[Scalar]) -> list[str]:
    """Sentences on the names of a Clients tab (`cells` from sheet row `first` on): stray blanks, letters in parts, and
    names that differ by no more than a point, an accent or how "Limited" is written."""
    texts = [(index, cell) for index, cell in enumerate(cells) if isinstance(cell, str) and cell and not cell.isspace()]
    notes = []
    padded = [(i, text) for i, text in texts if text != " ".join(text.split())]
    if padded:
        notes.append(_counted(tab, column, first, padded, "has", "have", "stray blanks; matched without them"))
    parts = [(i, text) for i, text in texts if not text.isascii() and not unicodedata.is_normalized("NFC", text)]
    if parts:
        notes.append(
            _counted(tab, column, first, parts, "has", "have", "accents as letters of their own; matched as usual")
        )
    return notes + _nearly_alike(tab, column, first, texts)


def id_notes(tab: str, header: str, cells: Sequence[Scalar]) -> list[str]:
    """Sentences on a column of ids: numbers beside texts, more digits than Excel keeps."""
    notes = []
    kinds = {isinstance(cell, str) for cell in cells if isinstance(cell, (str, int, float)) and not blank(cell)}
    if len(kinds) > 1:
        notes.append(f"{tab}, “{header}”: some ids are numbers, some text; 1 and 001 are taken for two ids.")
    if any(isinstance(cell, (int, float)) and abs(cell) >= 1e15 for cell in cells):
        notes.append(f"{tab}, “{header}”: Excel keeps 15 digits of a number; longer ids need to be text.")
    return notes


def _counted(
    tab: str, column: int, first: int, found: Sequence[tuple[int, str]], one: str, many: str, what: str
) -> str:
    cells = [f"{letters(column)}{first + index}" for index, _ in found[:EXAMPLES]]
    verb = f"{len(found)} names {many}" if len(found) > 1 else f"1 name {one}"
    return f"{tab}: {verb} {what}{listed(cells, len(found))}."


def _nearly_alike(tab: str, column: int, first: int, texts: Sequence[tuple[int, str]]) -> list[str]:
    places: dict[str, dict[str, tuple[int, str]]] = {}
    for index, text in texts:
        places.setdefault(_bare(text), {}).setdefault(normal(text), (index, text))
    pairs = [list(alike.values()) for bare, alike in places.items() if bare and len(alike) > 1]
    if not pairs:
        return []
    words = [
        " and ".join(f"{shown(text_of(text))} ({letters(column)}{first + index})" for index, text in pair[:2])
        for pair in pairs[:EXAMPLES]
    ]
    rest = f" (and {len(pairs) - EXAMPLES} more)" if len(pairs) > EXAMPLES else ""
    return [f"{tab}: perhaps one client in two spellings: {'; '.join(words)}{rest}."]


def _bare(name: str) -> str:
    """A name without accents, points and blanks, its legal form in one spelling."""
    text = normal(name)
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "".join(_FORMS.get(word, word) for word in _WORDS.findall(text))
