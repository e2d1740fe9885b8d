"""Reads tests/cases/*.md: a tracker as Markdown tables in, the expected columns out. Anybody could write one.

`# entry [A27]` names what is proved. Each `## …` is a case: `today: 2026-11-23 12:00`, fenced tables whose info string
names the tab (`clients`, `interactions` …), optional `since: 2026-09-01` (the day counting began) and
`extends: relationship` (another playbook than the agency's), a fenced `playbook` and fenced `expect …` tables. In an
expectation `*` matches anything and a cell that ends in `…` matches a beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from sheets_sync.model import Scalar
from sheets_sync.tracker.schema import TABLES

CASES = Path(__file__).parent / "cases"
TITLES = {name: spec.title for name, spec in TABLES.items()}
_ID = re.compile(r"\[([A-E]\d{1,3})\]")
_FENCE = re.compile(r"^```([^\n]+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass
class Case:
    """One case: the moment, the tabs as lists of rows, a playbook fragment, and the tables expected by name."""

    file: str
    title: str
    ids: tuple[str, ...]
    now: datetime
    tabs: dict[str, list[list[Scalar]]] = field(default_factory=dict)
    playbook: str = ""
    extends: str = "agency"
    since: date | None = None
    expected: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.file}: {self.title}"


def read_cases() -> list[Case]:
    """All cases of all files, in order."""
    return [case for path in sorted(CASES.glob("*.md")) for case in read_file(path)]


def read_file(path: Path) -> list[Case]:
    """The cases of one file; every one of them must expect something."""
    text = path.read_text(encoding="utf-8")
    head, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    common = tuple(_ID.findall(head))
    cases = [_case(path.stem, common, part) for part in parts]
    assert cases, f"{path} has no case"
    return cases


def _case(file: str, common: tuple[str, ...], part: str) -> Case:
    title, _, body = part.partition("\n")
    today = re.search(r"^today: (\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))?$", body, re.MULTILINE)
    assert today, f"{file}: {title} names no day (today: 2026-11-23)"
    now = datetime.fromisoformat(f"{today[1]} {today[2] or '09:00'}")
    case = Case(file, title.strip(), (*common, *_ID.findall(title)), now)
    since = re.search(r"^since: (\d{4}-\d\d-\d\d)$", body, re.MULTILINE)
    case.since = date.fromisoformat(since[1]) if since else None
    extends = re.search(r"^extends: (\w+)$", body, re.MULTILINE)
    case.extends = extends[1] if extends else "agency"
    for info, content in _FENCE.findall(body):
        name = info.strip()
        if name.startswith("expect "):
            case.expected[name.removeprefix("expect ")] = _dicts(content)
        elif name in ("playbook", "toml"):
            case.playbook = content
        else:
            case.tabs[TITLES[name]] = [[_value(cell) for cell in row] for row in _rows(content)]
    assert case.expected, f"{case.id} expects nothing"
    return case


def _rows(content: str) -> list[list[str]]:
    lines = [line.strip() for line in content.splitlines() if line.strip().startswith("|")]
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        for i, line in enumerate(lines)
        if i != 1
    ]


def _dicts(content: str) -> list[dict[str, str]]:
    rows = _rows(content)
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] if rows else []


def _value(text: str) -> Scalar:
    """A cell as a tracker holds it: dates and numbers typed, `'0012` kept as text, blank as None."""
    if text == "":
        return None
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+\.\d+", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", text):
        return datetime.fromisoformat(text)
    return text


def matches(wanted: str, found: str) -> bool:
    """Whether a found cell is what an expectation asks for."""
    if wanted == "*":
        return True
    if wanted.endswith("…"):
        return found.startswith(wanted[:-1])
    return wanted == found
