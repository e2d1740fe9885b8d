"""What differs between two playbooks, entry by entry, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sheets_sync.playbook.locate import Path, dotted
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.show import entries
from sheets_sync.playbook.values import Value, said, values_of

_KINDS = ("touchpoints", "clocks", "warnings", "metrics")
# Where a playbook lies and what it is called says nothing about what it asks for.
_NOT_COMPARED = ("source", "name")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `where` is its dotted name, `text` a sentence for people; `before` and `after` are as in the
    file, None where there is nothing."""

    change: Literal["added", "taken out", "changed"]
    where: str
    text: str
    before: Any = None
    after: Any = None


def differences(before: Playbook, after: Playbook, facts: Mapping[str, str]) -> list[Difference]:
    """Everything in which `after` differs from `before`; `facts` are name → unit.

    >>> differences(agency, ours, facts)[0].text  # doctest: +SKIP
    'Silence › limit without a rhythm: 30 days → 21 days'
    """
    one, other = (playbook.model_dump(mode="json", by_alias=True) for playbook in (before, after))
    found = []
    for kind in _KINDS:
        mine, theirs = one.pop(kind), other.pop(kind)
        for name in mine | theirs:
            if name not in theirs:
                found.append(_whole("taken out", before, kind, name))
            elif name not in mine:
                found.append(_whole("added", after, kind, name))
            else:
                found += _leaves((kind, name), mine[name], theirs[name], before, after, facts)
    rest = {key: one.get(key) for key in one if key not in _NOT_COMPARED}
    return [*found, *_leaves((), rest, {key: other.get(key) for key in rest}, before, after, facts)]


def _whole(change: Literal["added", "taken out"], playbook: Playbook, kind: str, name: str) -> Difference:
    """An entry that only one of them has, with what it asks."""
    entry = name, getattr(playbook, kind)[name].title
    what = next((f"{title}: {asks}" for _, named, title, asks in entries(playbook) if (named, title) == entry), name)
    word = "Added" if change == "added" else "Taken out"
    return Difference(change, f"{kind}.{name}", f"{word}: {what}")


def _leaves(
    path: Path, one: Any, other: Any, before: Playbook, after: Playbook, facts: Mapping[str, str]
) -> Iterator[Difference]:
    changed = [(place, a, b) for place, a, b in _compared(path, one, other) if a != b]
    known = (
        {value.path: value for playbook in (before, after) for value in values_of(playbook, facts)} if changed else {}
    )
    for place, a, b in changed:
        name, unit = _named(place, known.get(place), after)
        text = f"{name}: {_said(a, unit)} → {_said(b, unit)}"
        yield Difference("changed", dotted(place), text, _plain(a), _plain(b))


def _compared(path: Path, one: Any, other: Any) -> Iterator[tuple[Path, Any, Any]]:
    """Each value of either side with its counterpart; lists of words are one value."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one | other:
            yield from _compared((*path, key), one.get(key, _MISSING), other.get(key, _MISSING))
    elif _tables(one) and _tables(other):
        for number in range(max(len(one), len(other))):
            pair = (side[number] if number < len(side) else _MISSING for side in (one, other))
            yield from _compared((*path, number), *pair)
    else:
        yield path, one, other


def _tables(found: Any) -> bool:
    return isinstance(found, list) and bool(found) and all(isinstance(one, dict) for one in found)


def _named(place: Path, value: Value | None, playbook: Playbook) -> tuple[str, str]:
    """A value's plain name and unit; of a text, the entry's title and its key."""
    if value is not None:
        return value.name, value.unit if value.kind == "number" else ""
    words = " ".join(str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in place[2:])
    if place[0] in _KINDS:
        title = getattr(playbook, str(place[0]))[place[1]].title
        return (f"{title} › {words}" if words else title), ""
    words = " › ".join(str(part + 1) if isinstance(part, int) else part.replace("_", " ") for part in place)
    return words[:1].upper() + words[1:], ""


def _said(value: Any, unit: str) -> str:
    if value is _MISSING or value in (None, "", [], {}):
        return "nothing"
    if isinstance(value, list):
        return ", ".join(_said(one, "") for one in value)
    if isinstance(value, dict):
        return "; ".join(f"{key} {_said(one, '')}" for key, one in value.items())
    return f"“{value}”" if isinstance(value, str) and " " in value and len(value) > 20 else said(value, unit)


def _plain(value: Any) -> Any:
    return None if value is _MISSING else value
