"""What a playbook may name, for people and for editors: `playbook facts` and `playbook schema`."""

from __future__ import annotations

from textwrap import fill
from typing import Any

from sheets_sync.playbook.editor import editor_schema
from sheets_sync.rules.facts import FACTS
from sheets_sync.tracker.schema import TABLES

_WIDTH = 110


def facts_data(word: str = "") -> dict[str, Any]:
    """Every fact, or those about a word: name, unit, meaning, and the column that it comes from."""
    wanted = word.casefold().replace("_", " ")
    found = [
        {"name": name, "unit": fact.unit, "meaning": fact.meaning, "from": source(fact.source)}
        for name, fact in FACTS.items()
    ]
    return {
        "version": 1,
        "facts": [one for one in found if wanted in " ".join(one.values()).replace("_", " ").casefold()],
    }


def facts_text(word: str = "") -> str:
    """A line a fact."""
    found = facts_data(word)["facts"]
    width = max((len(one["name"]) for one in found), default=0) + 2
    lines = [
        fill(
            f"{one['meaning']} ({one['from']})",
            _WIDTH,
            initial_indent=f"{one['name']:<{width}}{one['unit']:<8}",
            subsequent_indent=" " * (width + 8),
        )
        for one in found
    ]
    return "\n".join(lines) or f'No fact is about "{word}".'


def source(place: str) -> str:
    """`Clients › Renewal date` for "clients.renewal_date"."""
    table, _, column = place.partition(".")
    spec = TABLES[table]
    return f"{spec.title} › {spec[column].header}"


def schema() -> dict[str, Any]:
    """The JSON Schema of a playbook."""
    return editor_schema({name: f"{fact.meaning} ({fact.unit})" for name, fact in FACTS.items()})
