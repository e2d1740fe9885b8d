"""What `privacy` prints and writes: the places that hold a client, for a machine and for people."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sheets_sync.cli.shapes import plain
from sheets_sync.tabs.words import count, listed

if TYPE_CHECKING:
    from sheets_sync.cli.privacy import Found
    from sheets_sync.cli.setting import Setting

MOST = 12
GROUPS = {"tracker": "In your own tabs", "ours": "In the tabs that sheets-sync writes", "files": "On this machine"}


def shape(setting: Setting, name: str, found: Found) -> dict[str, Any]:
    """The object of `privacy export`."""
    places = [
        {
            "store": "ours" if row.ours else "tracker",
            "where": row.where,
            "what": "the client's own row" if row.own else "names the client",
            "values": [{"name": header, "value": plain(value)} for header, value in row.values],
        }
        for row in found.rows
    ]
    places += [
        {
            "store": one.store.name,
            "where": str(one.path),
            "what": f"{one.store.what}; of {_written(one.path)}",
            "values": [{"name": "", "value": text} for text in one.texts],
        }
        for one in found.files
    ]
    head = {"version": 1, "tracker": setting.location, "as_of": setting.stamp(setting.now), "client": name}
    return head | {"looked_for": list(found.wanted.words), "places": places, "files": _mentions(setting, found)}


def _written(path: Path) -> str:
    try:
        return f"{datetime.fromtimestamp(path.stat().st_mtime):%Y-%m-%d %H:%M}"
    except OSError:
        return "an unknown day"


def page(shape: dict[str, Any]) -> str:
    """The same for people: a page without scripts; every text escaped."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined

    source = (files("sheets_sync.templates") / "pages" / "privacy.html.j2").read_text(encoding="utf-8")
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
    groups = [
        {"title": title, "places": inside}
        for name, title in GROUPS.items()
        if (inside := [one for one in shape["places"] if (one["store"] if one["store"] in GROUPS else "files") == name])
    ]
    text = template.render(shape | {"groups": groups}) + "\n"
    return text.encode("utf-8", "replace").decode()


def left(setting: Setting, after: Found) -> list[str]:
    """What still holds the client and is not ours to change, and how to remove it there."""
    said = []
    own = [row for row in after.rows if not row.ours]
    for tab, rows in groupby(own, key=lambda row: row.tab):
        inside = list(rows)
        whole = [str(row.row) for row in inside if row.own]
        cells = [row.where.partition("!")[2] for row in inside if not row.own]
        if whole:
            said.append(f"{tab}: delete row{'s' if len(whole) > 1 else ''} {_some(whole)}.")
        if cells:
            said.append(f"{tab}: {_some(cells)} name the client; change the text there.")
    typed = [row.where for row in after.rows if row.ours]
    if typed:
        said.append(f"Typed by your team into a tab of ours: {_some(typed)}; change the text there.")
    return said + _mentions(setting, after)


def _mentions(setting: Setting, found: Found) -> list[str]:
    """Config and playbook are the team's files; a line of them may name a client."""
    said = []
    files = [setting.config.path, Path(setting.playbook_file)]
    for file in files:
        if file is not None and file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            numbers = [str(number) for number, line in enumerate(lines, start=1) if found.wanted.named_in(line)]
            if numbers:
                said.append(f"{file}: line {_some(numbers)} names the client; change it there.")
    return said


def _some(words: list[str]) -> str:
    return listed([*words[:MOST], f"{len(words) - MOST} more"] if len(words) > MOST else words)


def erased_lines(name: str, found: Found, written: bool, left: list[str], failed: list[str]) -> list[str]:
    """What `privacy erase` says."""
    if not found.anywhere:
        return [f"Nothing is held about “{name}”: not in the tracker, not on this machine.", *left]
    lines = [f"Erased “{name}” from everything of ours."]
    if written:
        lines.append("  Our columns and tabs were written anew without it.")
    by_store = groupby(sorted(found.files, key=lambda one: one.store.name), key=lambda one: one.store)
    for store, files in by_store:
        lines.append(f"  {count(len(list(files)), 'file')} of {store.name}: {store.what}.")
    lines += [f"  {sentence}" for sentence in failed]
    if left:
        lines += ["", "This is yours and stays until you remove it; the next run reads it and shows it again:"]
        lines += [f"  {sentence}" for sentence in left]
        lines.append("Then run this command again, so that no copy made in between keeps it.")
    return lines
