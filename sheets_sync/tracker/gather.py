"""Many bad cells → few problems: one cause in one column is one problem, with a count and three cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time

from sheets_sync.model import NOT_CALCULATED, CellError, Problem, Ref, Scalar, letters
from sheets_sync.tracker.cells import Bad

SHOWN = 3


def shown(value: Scalar) -> str:
    """A cell's value in a sentence, quoted when it is text and cut when it is long."""
    if isinstance(value, CellError):
        return "This cell" if value == NOT_CALCULATED else value.text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        text = " ".join(value.split())
        return f'"{text[:40]}…"' if len(text) > 41 else f'"{text}"'
    return str(value)


def listed(parts: Sequence[str], count: int) -> str:
    """ ": a, b and c" for all of them, ", such as a, b and c" for some of `count`."""
    joined = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f", such as {joined}" if count > len(parts) else f": {joined}"


def gather_bad(bads: Iterable[Bad], ref: Callable[[int], Ref], what: str = "values") -> list[Problem]:
    """Problems of one column, one a cause, in the order of their first cell. `ref` gives the place of an index."""
    causes: dict[str, list[Bad]] = {}
    for bad in bads:
        causes.setdefault(bad.one, []).append(bad)
    return [_problem(group, ref, what) for group in causes.values()]


def gather_rows(
    indexes: Sequence[int], ref: Callable[[int], Ref], one: str, many: str, hint: str, values: Sequence[str] = ()
) -> Problem:
    """One problem for rows that share a cause. `one` is the sentence for a single row, `many` the beginning of the
    sentence for several ("4 clients have no status"), to which three cells are added."""
    first = ref(indexes[0])
    if len(indexes) == 1:
        return Problem(first, one, hint)
    cells = [f"{values[i]} ({ref(index).a1})" if values else ref(index).a1 for i, index in enumerate(indexes[:SHOWN])]
    return Problem(first, f"{many}{listed(cells, len(indexes))}.", hint, count=len(indexes))


def _problem(group: list[Bad], ref: Callable[[int], Ref], what: str) -> Problem:
    first = group[0]
    place = ref(first.index)
    if len(group) == 1:
        return Problem(place, f"{shown(first.value)} {first.one}.", first.hint, first.value)
    hints = {bad.hint for bad in group}
    cells = []
    for bad in group[:SHOWN]:
        cell = f"{letters(place.column or 1)}{ref(bad.index).row}"
        cells.append(cell if bad.value == NOT_CALCULATED else f"{shown(bad.value)} ({cell})")
    message = f"{len(group)} {what} {first.many}{listed(cells, len(group))}."
    return Problem(place, message, hints.pop() if len(hints) == 1 else first.hint, first.value, len(group))
