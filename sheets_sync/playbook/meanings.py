"""What each value of a playbook means, in plain words: the comment that stands beside it in its file, else the meaning
of its key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import tomlkit

from sheets_sync.playbook.editor import MEANINGS
from sheets_sync.playbook.load import Layer
from sheets_sync.playbook.locate import Path
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.values import Value

_COMPARED = {
    "at_least": "so many or more",
    "at_most": "so many or fewer",
    "above": "more than this",
    "below": "less than this",
    "in_last_days": "within so many days",
    "at_least_days_ago": "so many days ago or longer",
    "within_days": "so many days ahead",
}
# In the sheet the number stands without its unit, and nothing is called `from`.
_PLAIN = {"every": "How often it is due.", "within": "How long we give ourselves."}
_PLAIN |= {"opens": "It may be done from so many days after the day that it is counted from."}
_PLAIN |= {"latest": "It is in time until so many days after the day that it is counted from."}
_LINKS = re.compile(r"^(?:[ab]:|and|but)\s+")


def meanings(
    playbook: Playbook, values: Sequence[Value], layers: Sequence[Layer], facts: Mapping[str, str]
) -> dict[Path, str]:
    """By path. `layers` are the playbook's files, its own first: the nearest comment counts; `facts` are name →
    meaning, for the numbers of conditions.

    >>> meanings(agency, values, layers, facts)[("settings", "look_back", "days")]  # doctest: +SKIP
    'How far back complaints, signals and frustrations count'
    """
    beside: dict[Path, str] = {}
    for layer in layers:
        for path, comment in _comments(tomlkit.parse(layer.text), ()):
            beside.setdefault(path, comment)
    return {
        value.path: _sentence(beside.get(value.path) or _by_key(playbook, value, beside, facts)) for value in values
    }


def _comments(item: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every comment behind a value or a table's header, by path."""
    trivia = getattr(item, "trivia", None)
    if trivia is not None and trivia.comment:
        yield path, trivia.comment.lstrip("# ").strip()
    if isinstance(item, Mapping):
        for key in item:
            # Indexing gives out true and false without their comments.
            yield from _comments(item.item(key) if hasattr(item, "item") else item[key], (*path, str(key)))
    elif isinstance(item, list) and item and isinstance(item[0], Mapping):
        for number, one in enumerate(item):
            yield from _comments(one, (*path, number))


def _by_key(playbook: Playbook, value: Value, beside: Mapping[Path, str], facts: Mapping[str, str]) -> str:
    kind, name, key = value.path[0], value.path[1], str(value.path[-1])
    if kind == "settings":
        above = (value.path[:length] for length in range(len(value.path) - 1, 1, -1))
        return next((beside[path] for path in above if path in beside), "")
    if kind == "metrics" and key == "target":
        return playbook.metrics[name].meaning  # type: ignore[index]
    if key in _COMPARED and isinstance(value.path[-2], str) and value.path[-2] != "grounds":
        meaning = facts.get(value.path[-2], "its")
        fact = value.path[-2].replace("_", " ") if meaning.startswith("its") else meaning
        return f"{fact}: {_COMPARED[key]}"
    step = value.path[-2]
    if kind == "renewal" and isinstance(step, int):
        return f"{MEANINGS[key]} {playbook.renewal.ladder[step].do}."
    return _PLAIN.get(key) or MEANINGS.get(key, "")


def _sentence(text: str) -> str:
    """Comments run over several lines; one that stands alone begins with a capital and ends without a comma."""
    text = _LINKS.sub("", text.rstrip(" ,;"))
    return text[:1].upper() + text[1:]
