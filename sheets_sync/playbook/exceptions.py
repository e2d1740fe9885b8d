"""Exceptions: some clients are treated otherwise than the playbook says for all, and every one of them is listed.

An exception holds for the clients that it names, or for those that its `when` fits, and sets values of touchpoints or
of the silence limit. Where two fit one client, the later one in the file counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from sheets_sync.playbook.checks import Mistake
from sheets_sync.playbook.locate import Path, did_you_mean
from sheets_sync.playbook.schema import Exception_, Playbook, Touchpoint
from sheets_sync.playbook.settings import Silence
from sheets_sync.playbook.values import Value, lookup, normal, said
from sheets_sync.playbook.wording import worded

_SILENCE: Path = ("settings", "silence")


def settled(playbook: Playbook) -> list[Mistake]:
    """Work out what each exception makes of the entries that it changes, once, and say what is wrong with it."""
    found: list[Mistake] = []
    names = lookup(playbook, {}) if playbook.exceptions else {}
    for number, one in enumerate(playbook.exceptions):
        here: Path = ("exceptions", number, "set")
        changes: dict[Path, dict[str, tuple[Value, Any]]] = {}
        for key, new in one.set.items():
            value = names.get(normal(key))
            wrong = _not_for_some(key, value, names)
            if wrong or value is None:
                found.append(((*here, key), wrong))
                continue
            changes.setdefault(value.path[:2], {})[key] = value, new
        for path, of_entry in changes.items():
            found += _changed(playbook, one, path, of_entry, here)
    return found


def in_words(playbook: Playbook, one: Exception_) -> list[str]:
    """`Check-in call › every: 7 days instead of 14 days`, a sentence a value that it sets."""
    names = lookup(playbook, {})
    words = []
    for key, new in one.set.items():
        value = names[normal(key)]
        unit = value.unit if value.kind == "number" else ""
        words.append(f"{value.name}: {said(new, unit)} instead of {said(value.value, unit)}")
    return words


def _not_for_some(key: str, value: Value | None, names: Mapping[str, Value]) -> str:
    """Why a key cannot be set for some clients only, else ""."""
    if value is None:
        return f"unknown setting{did_you_mean(key, [one.dotted for one in names.values()])}"
    if value.path[0] != "touchpoints" and value.path[:2] != _SILENCE:
        return "an exception can set what touchpoints and settings.silence hold; this is the same for all clients"
    if value.path[0] == "touchpoints" and len(value.path) != 3:
        return "an exception can set a touchpoint's own numbers, not its conditions"
    return ""


def _changed(
    playbook: Playbook, one: Exception_, path: Path, of_entry: Mapping[str, tuple[Value, Any]], here: Path
) -> Iterator[Mistake]:
    kind: type[BaseModel] = Silence if path == _SILENCE else Touchpoint
    entry: BaseModel = playbook.settings.silence if path == _SILENCE else playbook.touchpoints[str(path[1])]
    raw = entry.model_dump(mode="json", by_alias=True, exclude_unset=True)
    raw |= {str(value.path[2]): new for value, new in of_entry.values()}
    try:
        made = kind.model_validate(raw)
    except ValidationError as error:
        keys = {str(value.path[2]): key for key, (value, _) in of_entry.items()}
        for complaint in error.errors(include_url=False):
            place, message = worded(complaint, kind)
            yield (*here, keys.get(str(place[0]), next(iter(of_entry))) if place else next(iter(of_entry))), message
        return
    if isinstance(made, Silence):
        one.settle(silence=made)
    elif isinstance(made, Touchpoint):
        one.settle(touchpoints={str(path[1]): made})
