"""What a team sets in the tracker instead of in the file: the rows of its Playbook tab laid over a playbook.

A row is checked as the file is. One that is wrong is a problem at its cell and is passed over: the file's value holds
and the run goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from sheets_sync.model import Problem, Ref, Scalar
from sheets_sync.playbook.checks import Known
from sheets_sync.playbook.load import validated
from sheets_sync.playbook.locate import Path, did_you_mean
from sheets_sync.playbook.schema import Playbook
from sheets_sync.playbook.spans import spelt
from sheets_sync.playbook.values import Value, lookup, normal, said

_YES_NO = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}
_NUMBER = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(.*?)\s*")
_UNITS = ("day", "week", "month", "year", "hour", "working day", "working hour", "clock hour", "%", "percent")
_EXPECTED = {
    "number": "a number",
    "span": "a number with its unit",
    "time": 'a time of day such as "09:00"',
    "yes/no": "yes or no",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the Playbook tab as it stands. `named` and `at` are the cells of its Setting and its Value."""

    setting: str
    value: Scalar
    unit: str
    named: Ref
    at: Ref


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that the tracker has and the file says otherwise."""

    value: Value
    now: Any
    at: Ref

    def __str__(self) -> str:
        """`Silence › limit without a rhythm: 21 days in the tracker, 30 days in the playbook file.`"""
        old, unit = self.value, self.value.unit if self.value.kind == "number" else ""
        return f"{old.name}: {said(self.now, unit)} in the tracker, {said(old.value, unit)} in the playbook file."


@dataclass(frozen=True)
class Laid:
    """A playbook with the tracker's own settings, what they changed, and what is wrong with the others."""

    playbook: Playbook
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


def apply(playbook: Playbook, rows: Sequence[Row], known: Known) -> Laid:
    """Lay the rows over a playbook. A blank Value leaves the file's; so does a row that says the same."""
    if not rows:
        return Laid(playbook)
    changes, problems = _read(rows, lookup(playbook, known.facts))
    result = playbook
    while changes:
        changed, mistakes = validated(_with(playbook, changes), known)
        if changed is not None and not mistakes:
            result = changed
            break
        wrong = [(change, message) for change in changes for path, message in mistakes if _meets(change, path)]
        # Nothing that can be blamed alone: none of them is taken.
        wrong = wrong or [(change, "does not go together with the others") for change in changes]
        problems += _refused(wrong)
        refused = [change for change, _ in wrong]
        changes = [change for change in changes if change not in refused]
    return Laid(result, tuple(changes), tuple(sorted(problems, key=lambda problem: problem.ref.row or 0)))


def dump(playbook: Playbook) -> dict[str, Any]:
    """A playbook as the plain tables that it was made from, `extends` merged."""
    return playbook.model_dump(mode="json", by_alias=True, exclude_unset=True)


def with_values(raw: dict[str, Any], values: Iterable[tuple[Path, Any]]) -> dict[str, Any]:
    """The tables (which are changed) with these values at these places."""
    for path, value in values:
        inside: Any = raw
        for part in path[:-1]:
            inside = inside[part] if isinstance(part, int) else inside.setdefault(part, {})
        inside[path[-1]] = value
    return raw


def _with(playbook: Playbook, changes: Iterable[Change]) -> dict[str, Any]:
    return with_values(dump(playbook), ((change.value.path, change.now) for change in changes))


def _read(rows: Sequence[Row], names: dict[str, Value]) -> tuple[list[Change], list[Problem]]:
    """What each row sets, and what is wrong with a row by itself."""
    changes: list[Change] = []
    problems: list[Problem] = []
    seen: dict[str, Row] = {}
    for row in rows:
        if row.value is None or (isinstance(row.value, str) and not row.value.strip()) or not row.setting.strip():
            continue
        value = names.get(normal(row.setting))
        if value is None:
            problems.append(_unknown(row, names))
            continue
        first = seen.setdefault(value.dotted, row)
        if first is not row:
            message = f"{value.name} is set twice; {first.at.a1} counts."
            problems.append(Problem(row.at, message, "Delete one of the two rows.", row.value))
            continue
        now, wrong = _typed(row, value)
        if wrong:
            problems.append(_problem(value, wrong, row.at, row.value))
        elif now != value.value:
            changes.append(Change(value, now, row.at))
    return changes, problems


def _typed(row: Row, value: Value) -> tuple[Any, str]:
    """A cell as the file would have it, or what is wrong with it."""
    cell = row.value
    read = {"number": _number, "span": _span, "time": _time, "yes/no": _yes, "word": _word}[value.kind]
    found = read(cell, row.unit.strip(), value)
    if isinstance(found, _Wrong):
        return None, found.why
    if found is None:
        return None, f"expects {_EXPECTED[value.kind]}, not “{_shown(cell)}”"
    return found, ""


@dataclass(frozen=True, slots=True)
class _Wrong:
    why: str


def _number(cell: Scalar, unit: str, value: Value) -> Any:
    found, typed = _parts(cell)
    if found is None:
        return None
    unit, wanted = _one(typed or unit), _one(value.unit)
    if wanted == "share" and unit in ("%", "percent", "per cent"):
        # A cell that is formatted in percent holds 0.85 for 85 %.
        return found / 100 if typed or found > 1 else found
    if wanted == "day" and unit == "week":
        return found * 7
    if unit and unit != wanted and (wanted or unit in _UNITS):
        return _Wrong(
            f"is counted in {value.unit or 'plain numbers'}, not in {unit if unit in ('%', 'percent') else f'{unit}s'}"
        )
    return found


def _span(cell: Scalar, unit: str, value: Value) -> Any:
    found, typed = _parts(cell)
    if found is None:
        return None
    return spelt(f"{found:.10g} {(typed or unit or value.unit).casefold()}")


def _time(cell: Scalar, unit: str, value: Value) -> Any:
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta) and cell < timedelta(days=1):
        minutes = round(cell.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    found = re.fullmatch(r"\s*(\d{1,2})[:.](\d{2})(?::00)?\s*", cell) if isinstance(cell, str) else None
    return f"{int(found[1]):02}:{found[2]}" if found else None


def _yes(cell: Scalar, unit: str, value: Value) -> Any:
    return cell if isinstance(cell, bool) else _YES_NO.get(cell.strip().casefold()) if isinstance(cell, str) else None


def _word(cell: Scalar, unit: str, value: Value) -> Any:
    wanted = normal(str(cell))
    return next((choice for choice in value.choices if normal(choice) == wanted), str(cell).strip())


def _parts(cell: Scalar) -> tuple[int | float | None, str]:
    """A number and the unit typed after it; None for anything that is no number."""
    found = _NUMBER.fullmatch(cell) if isinstance(cell, str) else None
    if found:
        cell = float(found[1].replace(",", "."))
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None, ""
    whole = isinstance(cell, int) or (cell == cell and cell.is_integer())
    return int(cell) if whole else cell, found[2] if found else ""


def _one(unit: str) -> str:
    word = " ".join(unit.casefold().split())
    return word.removesuffix("s")


def _meets(change: Change, path: Path) -> bool:
    own = change.value.path
    return own[: len(path)] == path or path[: len(own)] == own


def _refused(wrong: Iterable[tuple[Change, str]]) -> Iterator[Problem]:
    for change, message in {change.value.path: (change, message) for change, message in wrong}.values():
        yield _problem(change.value, message, change.at, change.now)


def _problem(value: Value, message: str, at: Ref, cell: Scalar) -> Problem:
    unit = value.unit if value.kind == "number" else ""
    holds = f"{said(value.value, unit)} of the playbook file counts until it is right."
    return Problem(at, f"{value.name}: {message}.", holds[:1].upper() + holds[1:], cell)


def _unknown(row: Row, names: dict[str, Value]) -> Problem:
    kind = "This playbook has no setting of that name"
    words = {value.name: None for value in names.values()} | {value.dotted: None for value in names.values()}
    near = did_you_mean(row.setting, words).removeprefix("; d").replace('"', "”").replace("”", "“", 1)
    hint = f"D{near}" if near else "Numbers, times, yes and no, and words of a list can be set here; texts in the file."
    return Problem(row.named, f"{kind}: “{row.setting.strip()}”.", hint, row.setting)


def _shown(cell: Scalar) -> str:
    return (
        "yes" if cell is True else "no" if cell is False else f"{cell:.10g}" if isinstance(cell, float) else str(cell)
    )
