"""What several clients say alike: a table in Voice, and a sentence or two on the Dashboard."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sheets_sync.model import Cell, Level, TableColumn, TableRow
from sheets_sync.tabs.view import LONG_NAME, View
from sheets_sync.tabs.words import cut, day, listed, rows_of, text

MOST_THEMES, MOST_NAMES = 20, 5
_MOST_TOLD = 2


def several_say(view: View) -> tuple[str, tuple[TableColumn, ...], tuple[TableRow, ...]]:
    """The table of themes, causes and friction, with who else buys the same [C12]."""
    columns = (
        TableColumn("Several say"), TableColumn("Since"), TableColumn("Clients"), TableColumn("Times"),
        TableColumn("As"), TableColumn("Who"),
        TableColumn("Same service, and silent", note="They buy the same and have not said it; they may have it too."),
    )  # fmt: skip
    rows = tuple(
        TableRow("", (
            Cell(f"{Level.WATCH.symbol} {cut(text(one.theme), LONG_NAME)}", level=Level.WATCH, wrap=True),
            Cell(day(one.first, view.today)),
            Cell(f"{one.clients:,} clients"),
            Cell(f"{one.times:,} times"),
            Cell(text(one.title), wrap=True),
            Cell(_who(view, one), wrap=True),
            Cell(named(view, _keys(one.silent)) or None, wrap=True),
        ))
        for one in rows_of(view.assessment.boards.themes)[:MOST_THEMES]
    )  # fmt: skip
    return "What several clients say", columns, rows


def _who(view: View, one: Any) -> str:
    """Who said it; those who only wrote of it in an answer are named as such."""
    only = set(_keys(one.mentioned))
    names = named(view, (key for key in _keys(one.said) if key not in only))
    wrote = named(view, (key for key in _keys(one.said) if key in only))
    return names + (f"; in an answer: {wrote}" if wrote else "")


def themes_told(view: View) -> str:
    """What several clients say alike [C12] [E4]."""
    kinds = view.playbook.themes
    said = [one for one in rows_of(view.assessment.boards.themes) if kinds[one.entry].each == "theme"]
    parts = (
        f"“{cut(text(one.theme), LONG_NAME)}” ({named(view, _keys(one.said), most=3)})" for one in said[:_MOST_TOLD]
    )
    return f"Several clients say the same: {_listed(parts, len(said), view)}." if said else ""


def causes_told(view: View) -> str:
    """What stood behind issues of several clients [A55]."""
    kinds = view.playbook.themes
    said = [one for one in rows_of(view.assessment.boards.themes) if kinds[one.entry].each == "root cause"]
    parts = (f"“{cut(text(one.theme), LONG_NAME)}” at {one.clients:,} clients" for one in said[:_MOST_TOLD])
    return f"The same cause again: {_listed(parts, len(said), view)}." if said else ""


def _listed(parts: Iterable[str], number: int, view: View) -> str:
    left = number - _MOST_TOLD
    return listed([*parts, f"{left} more in {view.titles['voice']}"] if left > 0 else parts)


def named(view: View, keys: Iterable[Any], most: int = MOST_NAMES) -> str:
    """The names of the first few clients, each once, then how many more."""
    every = list(dict.fromkeys(keys))
    shown = [cut(text(view.clients[key].client if key in view.clients else key), LONG_NAME) for key in every[:most]]
    left = len(every) - most
    return listed([*shown, f"{left:,} more"] if left > 0 else shown)


def _keys(lines: Any) -> list[str]:
    """The client keys of a board's cell, a line each."""
    return [key for key in str(lines or "").split("\n") if key]
