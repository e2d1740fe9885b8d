"""Every line of the practice is proved by a case or a test, and stands in the `ids` of a playbook or a text.

The lines are those of the written practice: A (the agency's SOP), B (the retention programme), C (relationships),
D (clients at risk), E (SOPs that live).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
TEMPLATES = TESTS.parent / "templates"
LAST = {"A": 110, "B": 20, "C": 13, "D": 19, "E": 17}
IDS = [f"{letter}{n}" for letter, last in LAST.items() for n in range(0 if letter == "A" else 1, last + 1)]
# They come with the calendar file, the printable pages and the back-test.
LATER = {"C4", "D2", "E13"}
_ID = re.compile(r"\[([A-E]\d{1,3})\]")


def _proved() -> set[str]:
    found: set[str] = set()
    for path in TESTS.glob("cases/*.md"):
        headings = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        found.update(*(_ID.findall(line) for line in headings))
    for path in TESTS.glob("test_*.py"):
        if path != Path(__file__):
            found.update(_ID.findall(path.read_text(encoding="utf-8")))
    return found


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from inside if key == "ids" else _ids(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _ids(inside)


def _carried() -> set[str]:
    found: set[str] = set()
    for path in TEMPLATES.glob("playbooks/*.toml"):
        found.update(_ids(tomllib.loads(path.read_text(encoding="utf-8"))))
    for path in TEMPLATES.glob("messages/*.j2"):
        header = re.match(r"\{#\n(.*?)\n#\}", path.read_text(encoding="utf-8"), re.DOTALL)
        found.update(tomllib.loads(header[1])["ids"] if header else ())
    return found


def test_the_list_is_whole() -> None:
    assert len(IDS) == 180
    assert (IDS[0], IDS[-1]) == ("A0", "E17")


def test_every_line_has_a_case_or_a_test() -> None:
    assert sorted(set(IDS) - _proved() - LATER, key=IDS.index) == []


def test_every_line_stands_in_a_playbook_or_a_text() -> None:
    assert sorted(set(IDS) - _carried() - LATER, key=IDS.index) == []


def test_no_line_is_named_that_there_is_not() -> None:
    assert _proved() | _carried() <= set(IDS)
