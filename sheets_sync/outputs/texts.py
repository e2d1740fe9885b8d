"""The texts in templates/messages: which there are, and one of them filled in for a client.

A text's file begins with a comment that holds TOML: title, purpose, reader (who gets it: the client or the team), when
to use it, and `ids`, the lines of the practice that it carries. What may stand in it: known.py.
"""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd
from jinja2 import Environment, StrictUndefined

from sheets_sync.errors import UsageError
from sheets_sync.outputs import records
from sheets_sync.outputs.known import known
from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules import consent
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tracker.tables import Tables

Purpose = Literal["service", "feedback", "marketing", "publicity"]
WIDTH = 84
_HEADER = re.compile(r"\{#\n(.*?)\n#\}\n", re.DOTALL)
_INSIDE_A_DATE = re.compile(r"(?<=\d) (?=[A-Z][a-z]{2}\b)|(?<=\b[A-Z][a-z]{2}) (?=\d)")
_ITEM = re.compile(r" *(?:- |\d+\. |\[[ x]\] )")


@dataclass(frozen=True)
class Text:
    """One text: `name` as people ask for it, what its header says, and the template under the header."""

    name: str
    title: str
    purpose: Purpose
    reader: Literal["client", "team"]
    when: str
    ids: tuple[str, ...]
    template: str


@cache
def texts() -> tuple[Text, ...]:
    """Every text that ships with sheets-sync, by name."""
    folder = files("sheets_sync.templates") / "messages"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".j2")]
    return tuple(
        _parsed(entry.name.removesuffix(".j2"), entry.read_text(encoding="utf-8"))
        for entry in sorted(found, key=lambda entry: entry.name)
    )


def find(name: str) -> Text:
    """The text of that name ("check-in" is check_in too); raises UsageError with the nearest name."""
    wanted = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    by_name = {text.name: text for text in texts()}
    if wanted in by_name:
        return by_name[wanted]
    near = get_close_matches(wanted, by_name, 1, 0.5)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise UsageError(f'There is no text "{name}".{hint} All of them: sheets-sync explain --text list')


def fill(text: Text, assessment: Assessment, tables: Tables, playbook: Playbook, key: str) -> str:
    """A text for one client as plain lines. What the tracker doesn't say is left out, or marked "[…what…]" where a
    person must fill it in."""
    values = known(assessment, tables, playbook, key)
    body = lay_out(_environment().from_string(text.template).render(values))
    first = [held] if (held := _held(text.purpose, tables, key, assessment, playbook)) else []
    if values["contact_leaves"]:
        first.append(f"Check the name first: {values['contact_leaves']}.")
    return "\n\n".join([*first, body])


def _held(purpose: Purpose, tables: Tables, key: str, assessment: Assessment, playbook: Playbook) -> str:
    """Why it must not go out to this client, as a line before the text; "" = it may. If the yes is that of another
    contact, the line says whose it is."""
    now, needs_yes = assessment.now, consent.needing(playbook)
    why = str(consent.gate(tables, pd.Index([key]), purpose, now, needs_yes)[0])
    if why:
        return f"Must not be sent or shown. {records.text(why)}"
    said = consent.permissions(tables, now).get((key, purpose))
    named = said.contact if said and said.state == consent.ALLOWED and not said.own else ""
    return f"Goes by the permission of {records.text(named)}." if named and purpose in needs_yes else ""


def gap(what: str) -> str:
    """What a person must fill in."""
    return f"[…{what}…]"


def lay_out(text: str) -> str:
    """A text with its lines filled up to WIDTH: a blank line ends a paragraph, and each "- ", "1. " or "[ ] " begins an
    item, whose further lines stand under its first word. A subject stays on one line."""
    blocks = [block for block in re.split(r"\n\s*\n", text.strip()) if block.strip()]
    return "\n\n".join("\n".join(_filled(block)) for block in blocks)


def _filled(block: str) -> Iterator[str]:
    paragraphs: list[str] = []
    for line in block.splitlines():
        if not paragraphs or _ITEM.match(line) or paragraphs[-1].startswith("Subject: "):
            paragraphs.append(line.rstrip())
        else:
            paragraphs[-1] += f" {line.strip()}"
    for words in paragraphs:
        item = _ITEM.match(words)
        indent = " " * (len(words) - len(words.lstrip(" ")))
        under = " " * (item.end() if item else 0)
        wrap = textwrap.TextWrapper(WIDTH, indent, under, break_long_words=False, break_on_hyphens=False)
        whole = _INSIDE_A_DATE.sub("\N{NO-BREAK SPACE}", words.strip())
        lines = [words] if words.startswith("Subject: ") else wrap.wrap(whole)
        yield from (line.replace("\N{NO-BREAK SPACE}", " ") for line in lines)


@cache
def _environment() -> Environment:
    """Plain text, so nothing is escaped; a name that known.py does not give is an error, never an empty string."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.globals["gap"] = gap
    environment.filters["or_gap"] = lambda value, what: value or gap(what)
    return environment


def _parsed(name: str, source: str) -> Text:
    header = _HEADER.match(source)
    if header is None:
        raise ValueError(f"{name}.j2 does not begin with its header")
    said = tomllib.loads(header[1])
    return Text(name, said["title"], said["purpose"], said["reader"], said["when"], tuple(said["ids"]),
                source[header.end() :])  # fmt: skip
