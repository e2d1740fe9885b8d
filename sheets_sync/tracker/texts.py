"""A column of texts of which equal ones are looked at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

_BLANKS = frozenset(["", "-", "--", "–", "—"])
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


def trimmed(cell: str | None) -> str | None:
    """A text without the blanks around it; None for a blank or a lone dash."""
    if cell is None:
        return None
    text = cell.strip()
    if not text.isascii():
        text = text.strip(INVISIBLE).strip()
    return None if text in _BLANKS else text


@dataclass(frozen=True, slots=True)
class Texts:
    """The different texts of a column, trimmed (None for blank ones), and which of them each cell is (-1 = blank)."""

    kinds: list[str | None]
    codes: Any

    @classmethod
    def of(cls, cells: Sequence[str | None]) -> Texts:
        column = np.empty(len(cells), dtype=object)
        column[:] = cells
        codes, kinds = pd.factorize(column)
        return cls([trimmed(kind) for kind in kinds], codes)

    def each(self, values: Sequence[str | None]) -> Any:
        """A value a kind as a string array with a value a cell."""
        return pd.array([*values, None], dtype="string")[self.codes]

    def where(self, kinds: Collection[str]) -> Iterator[tuple[int, str]]:
        """Each cell of some kinds: its place and its text."""
        wanted = np.array([*(kind in kinds for kind in self.kinds), False])
        for index in np.flatnonzero(wanted[self.codes]).tolist():
            yield index, self.kinds[self.codes[index]] or ""
