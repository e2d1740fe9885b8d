"""How wide text runs and how tall rows must be: no file says it, and not every viewer works it out on opening."""

from __future__ import annotations

import math
from functools import lru_cache

_LINE_POINTS = 15


class _Widths(dict[str, float]):
    """How wide each character is."""

    def __missing__(self, character: str) -> float:
        self[character] = width = 1.2 if character.isupper() else 1.0
        return width


_WIDTHS = _Widths(
    {
        **dict.fromkeys(" ijlI.,:;!'’|", 0.47),
        **dict.fromkeys("rtf()[]{}-/\\", 0.67),
        **dict.fromkeys("csz", 0.82),
        **dict.fromkeys("kvxyJ", 0.92),
        **dict.fromkeys("mwMWQ@%—…✖▲", 1.65),
    }
)
_SAFETY = 1.03


def units(text: str) -> float:
    """The width of a text in column units (a digit of the body font is 1)."""
    return _SAFETY * sum(map(_WIDTHS.__getitem__, text))


_word_units = lru_cache(maxsize=1 << 15)(units)


def lines(text: str, width: float) -> int:
    """How many lines a wrapped text takes in a column of this width."""
    return sum(_lines_of(part, max(width, 1.0)) for part in text.split("\n"))


@lru_cache(maxsize=1 << 14)
def _lines_of(text: str, width: float) -> int:
    count, used = 1, 0.0
    for word in text.split(" "):
        needed = _word_units(word)
        if used and used + _WIDTHS[" "] + needed > width:
            count, used = count + 1, 0.0
        if needed > width:
            broken = math.ceil(needed / width)
            count, used = count + broken - 1, needed - (broken - 1) * width
        else:
            used += needed + (_WIDTHS[" "] if used else 0.0)
    return count


def height(lines: int, size: int = 11) -> float:
    """The height of a row in points for so many lines of a font size."""
    return lines * (_LINE_POINTS if size == 11 else math.ceil(size * 1.45)) + (1.5 if lines > 1 else 0)


def centimetres(width: float) -> float:
    """A column's width in centimetres."""
    return (width * 7 + 5) / 96 * 2.54
