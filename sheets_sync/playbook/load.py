"""A playbook's file, or one that ships with sheets-sync, to a Playbook; every mistake at once with its line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path as File
from typing import Any

from pydantic import ValidationError

from sheets_sync.errors import UsageError
from sheets_sync.playbook.checks import Known, Mistake, mistakes
from sheets_sync.playbook.exceptions import settled
from sheets_sync.playbook.locate import Locator, Path, did_you_mean, dotted
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.text import text_of
from sheets_sync.playbook.wording import worded

_KINDS = ("touchpoints", "clocks", "warnings", "metrics", "themes", "controls")


@dataclass(frozen=True)
class Layer:
    """One file of a chain of `extends`: its name for people, its text, what stands in it, and where it lies; None for
    one that ships with sheets-sync."""

    source: str
    text: str
    raw: dict[str, Any]
    file: File | None = None


def bundled() -> tuple[str, ...]:
    """The names of the playbooks that ship with sheets-sync."""
    return _names("playbooks", ".toml")


def bundled_texts() -> tuple[str, ...]:
    """The names of the texts that ship with sheets-sync."""
    return _names("messages", ".j2")


def _names(folder: str, ending: str) -> tuple[str, ...]:
    found = (entry.name for entry in (files("sheets_sync.templates") / folder).iterdir())
    return tuple(sorted(name.removesuffix(ending) for name in found if name.endswith(ending)))


def load_playbook(name_or_path: str | File, facts: Mapping[str, str], known: Known | None = None) -> Playbook:
    """The playbook of a bundled name or a file, `extends` merged. `facts` (name → unit) are what `when` may name;
    `known` adds the words of columns. Raises UsageError with all mistakes in `details`, each as
    `playbook.toml:16:1: touchpoints.status.wen: unknown key; did you mean "when"?`."""
    return of_layers(layers_of(name_or_path), facts, known)


def of_layers(layers: Sequence[Layer], facts: Mapping[str, str], known: Known | None = None) -> Playbook:
    """As `load_playbook`, of files that are read already."""
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        merged = _merged(merged, layer.raw)
    merged.pop("extends", None)
    playbook, found = validated({**merged, "source": layers[0].source}, known or Known(facts))
    if found or playbook is None:
        raise _refusal(layers, found)
    return playbook


def validated(raw: dict[str, Any], known: Known) -> tuple[Playbook | None, list[Mistake]]:
    """The playbook of plain tables with nothing left to merge, and every mistake in them."""
    found: list[Mistake] = []
    playbook = None
    try:
        playbook = _without_off(Playbook.model_validate(raw))
        found += settled(playbook)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        # A list whose every element is wrong is also "too short"; the elements have said so already.
        found += [worded(one) for one in errors if one["type"] != "too_short" or one["input"] in ([], ())]
    return playbook, [*found, *mistakes(raw, known)]


def _without_off(playbook: Playbook) -> Playbook:
    for kind in _KINDS:
        entries = getattr(playbook, kind)
        if any(entry.off for entry in entries.values()):
            kept = {name: entry for name, entry in entries.items() if not entry.off}
            playbook = playbook.model_copy(update={kind: kept})
    return playbook


def layers_of(name_or_path: str | File) -> list[Layer]:
    """The file first, then what it extends, and so on. Raises UsageError where one cannot be read."""
    name = str(name_or_path)
    layers: list[Layer] = []
    seen: list[str] = []
    folder = File()
    while True:
        source, text, file = _text(name, folder, layers)
        folder = file.parent if file else File()
        if source in seen:
            raise _refusal(layers, [(("extends",), f"goes in a circle: {' → '.join([*seen, source])}")])
        seen.append(source)
        layers.append(Layer(source, text, _parsed(source, text), file))
        extends = layers[-1].raw.get("extends")
        if extends is None:
            return layers
        if not isinstance(extends, str) or not extends:
            raise _refusal(layers, [(("extends",), "expects the name of a playbook or a file")])
        name = extends


def _text(name: str, folder: File, layers: list[Layer]) -> tuple[str, str, File | None]:
    if name in bundled():
        path = files("sheets_sync.templates") / "playbooks" / f"{name}.toml"
        return f"{name}.toml", path.read_text(encoding="utf-8"), None
    file = folder / File(name).expanduser()
    try:
        return str(file), text_of(file), file
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not text in UTF-8 (byte {error.start + 1}). Save it as UTF-8.") from None
    except (OSError, ValueError) as error:
        why = "there is no such playbook" if isinstance(error, FileNotFoundError) else str(error)
        why += did_you_mean(name, bundled()) or f"; there is {', '.join(bundled())}, or name a .toml file"
        if layers:
            raise _refusal(layers, [(("extends",), f'"{name}": {why}')]) from None
        raise UsageError(f'Playbook "{name}": {why}') from None


def _parsed(source: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        lines = text.count("\n") + 1
        line, column = (place[1] or lines, place[2] or 1) if place else (1, 1)
        message = str(error)[: place.start()] if place else str(error)
        problem = f"{source}:{line}:{column}: {message}"
        raise UsageError(f"{source} is not valid TOML.", [problem]) from None


def _merged(below: dict[str, Any], above: Mapping[str, Any], parent: str = "") -> dict[str, Any]:
    """Tables are merged key by key; anything else, lists too, is replaced, and so are all conditions of one fact."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        tables = isinstance(old, dict) and isinstance(value, dict) and parent not in ("when", "where", "risk_when")
        result[key] = _merged(old, value, key) if tables else value  # type: ignore[arg-type]
    return result


def _refusal(layers: Sequence[Layer], found: list[Mistake]) -> UsageError:
    locators = [(layer.source, Locator(layer.text)) for layer in layers]
    lines = {_located(path, message, locators): None for path, message in found}
    ordered = sorted(lines, key=lambda line: [layer.source for layer in layers].index(line[0]) * 10**6 + line[1])
    details = [f"{source}:{line}:{column}: {rest}" for source, line, column, rest in ordered]
    number = "one mistake" if len(details) == 1 else f"{len(details)} mistakes"
    return UsageError(f"{layers[0].source} has {number}; nothing was done.", details)


def _located(path: Path, message: str, locators: list[tuple[str, Locator]]) -> tuple[str, int, int, str]:
    """The spot of the longest part of a path that any file has; where two have as much, the one that extends."""
    for length in range(len(path), 0, -1):
        for source, locator in locators:
            if locator.has(path[:length]):
                line, column = locator.spots[path[:length]]
                return source, line, column, f"{dotted(path)}: {message}"
    return locators[0][0], 1, 1, f"{dotted(path)}: {message}" if path else message
