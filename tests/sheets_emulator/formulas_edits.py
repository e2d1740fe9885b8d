"""What becomes of a formula's text when people change the sheets that it refers to. Pure: text in, text out.

References follow their cells: a range grows and shrinks with what is put in or taken out inside of it, and what is
deleted altogether is #REF!. Where the first or last row of a range is moved by itself, that end goes with it [assumed].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from tests.sheets_emulator.formulas_text import End, Reference, tokens


@dataclass(frozen=True, slots=True)
class Edit:
    """Rows or columns put in at [start, end), deleted, or moved to `destination`, as the API counts: 0-based, past the
    end, the destination among the places of before. `size`, if known, is how many there were before."""

    kind: Literal["insert", "delete", "move"]
    title: str
    dimension: Literal["ROWS", "COLUMNS"]
    start: int
    end: int
    destination: int = 0
    size: int | None = None

    def place(self, at: int) -> int | None:
        """Where a row or column is afterwards; None if it is gone."""
        count = self.end - self.start
        if self.kind == "insert":
            return at + count if at >= self.start else at
        if self.kind == "delete":
            return at if at < self.start else None if at < self.end else at - count
        if self.start <= at < self.end:
            gone_before = count if self.destination > self.start else 0
            return self.destination - gone_before + at - self.start
        left = at - count if at >= self.end else at
        room = self.destination - count if self.destination >= self.end else self.destination
        return left + count if left >= room else left


def adjust(text: str, home_title: str, edit: Edit) -> str:
    """A formula of the sheet `home_title` after an edit."""
    return _rewritten(text, lambda reference: _moved(reference, edit) if reference.of(edit.title, home_title) else None)


def rename(text: str, old_title: str, new_title: str) -> str:
    """A formula after a sheet got another title."""

    def renamed(reference: Reference) -> Reference | None:
        named = reference.sheet is not None and reference.of(old_title, "")
        return replace(reference, sheet=new_title) if named else None

    return _rewritten(text, renamed)


def delete_sheet(text: str, title: str) -> str:
    """A formula after the sheet `title` was deleted (it stood in another one)."""

    def lost(reference: Reference) -> Reference | None:
        return replace(reference, lost=True) if reference.sheet is not None and reference.of(title, "") else None

    return _rewritten(text, lost)


def copied(text: str, down: int, right: int) -> str:
    """A formula copied, filled or sorted so many rows down and columns right: what has no $ goes along."""

    def shifted(reference: Reference) -> Reference | None:
        ends = [_shifted(end, down, right) if end else None for end in (reference.first, reference.last)]
        lost = any(at is not None and at < 0 for end in ends if end for at in (end.column, end.row))
        first, last = ends
        return replace(reference, first=first or reference.first, last=last, lost=reference.lost or lost)

    return _rewritten(text, shifted)


def _shifted(end: End, down: int, right: int) -> End:
    column = end.column if end.column is None or end.fixed[0] else end.column + right
    row = end.row if end.row is None or end.fixed[1] else end.row + down
    return End(column, row, end.fixed)


def _rewritten(text: str, change: Callable[[Reference], Reference | None]) -> str:
    parts = []
    for token in tokens(text):
        changed = change(token.reference) if token.reference else None
        parts.append(token.text if changed is None or changed == token.reference else str(changed))
    return "".join(parts)


def _moved(reference: Reference, edit: Edit) -> Reference:
    rows = edit.dimension == "ROWS"
    one = _at(reference.first, rows)
    if reference.last is None:
        to = None if one is None else edit.place(one)
        lost = one is not None and to is None
        return replace(reference, lost=True) if lost else replace(reference, first=_with(reference.first, rows, to))
    other = _at(reference.last, rows)
    turned = one is not None and other is not None and one > other
    low, high = (other, one) if turned else (one, other)
    span = _span(low, high, edit)
    if span is None:
        return replace(reference, lost=True)
    low, high = reversed(span) if turned else span
    return replace(reference, first=_with(reference.first, rows, low), last=_with(reference.last, rows, high))


def _span(low: int | None, high: int | None, edit: Edit) -> tuple[int | None, int | None] | None:
    """The ends of a range afterwards, None if nothing of it is left. Open ends stay open."""
    if edit.kind != "delete":
        ends = [None if at is None else edit.place(at) for at in (low, high)]
        if None not in ends:
            ends.sort(key=lambda at: at or 0)
        return ends[0], ends[1]
    to_low = None if low is None else edit.start if edit.start <= low < edit.end else edit.place(low)
    to_high = None if high is None else edit.start - 1 if edit.start <= high < edit.end else edit.place(high)
    last = to_high if high is not None else edit.size - (edit.end - edit.start) - 1 if edit.size else None
    if (low is not None or high is not None) and last is not None and last < (to_low or 0):
        return None
    return to_low, to_high


def _at(end: End, rows: bool) -> int | None:
    return end.row if rows else end.column


def _with(end: End, rows: bool, at: int | None) -> End:
    return end._replace(row=at) if rows else end._replace(column=at)
