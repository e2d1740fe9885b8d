"""Tables with any number of columns, read into long ones: the letters of a RACI matrix, the ratings of a survey."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from sheets_sync.model import CellError, Problem, Ref, Scalar
from sheets_sync.tracker.cells import Bad, How, blank, text_of
from sheets_sync.tracker.gather import gather_bad
from sheets_sync.tracker.headers import normal_header
from sheets_sync.tracker.schema import RATINGS
from sheets_sync.tracker.values import read_values

_LETTERS = {"responsible": "R", "accountable": "A", "consulted": "C", "informed": "I"}
_LETTERS |= {letter.lower(): letter for letter in _LETTERS.values()}
_BETWEEN = re.compile(r"\s*(?:[/,;+&|\n]|\band\b)\s*|\s+", re.I)
_ROLES_BETWEEN = re.compile(r"\s*[/,;+&|\n]\s*")
_HINT = "Enter R, A, C or I, or several: R/A."
Cells = Sequence[Sequence[Scalar]]


@dataclass
class Long:
    """A long table, what could not be read (by column's name and sheet row), and headers that were no part of it."""

    frame: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    unreadable: dict[str, dict[int, str]] = field(default_factory=dict)
    left_alone: tuple[str, ...] = ()


def letters_of(text: str) -> tuple[str, ...] | None:
    """The letters in a cell, each once: "R/A", "A, R", "ra", "Responsible"; None where anything else stands there."""
    found: dict[str, None] = {}
    for part in filter(None, _BETWEEN.split(text.strip().casefold())):
        whole = _LETTERS.get(part)
        letters = [whole] if whole else [_LETTERS.get(letter) for letter in part]
        if not all(letters):
            return None
        found.update(dict.fromkeys(letter for letter in letters if letter))
    return tuple(found)


def read_raci(tab: str, frame: pd.DataFrame, rows: Cells, more: Mapping[int, str], letter: int | None) -> Long:
    """`frame` holds row and task (and role and letter, where those are columns; `letter` is then the 1-based place of
    the latter); `more` the columns beside, by what they are called. A column a role with letters in it, or a column a
    letter ("Responsible") with roles in it. → row, column, task, role, letter; a task without any letter has one row
    with column 0 and role and letter blank."""
    long = Long(_frame([]))
    found: list[tuple[int, int, str, str, str]] = []
    tasks = [(int(row), str(task)) for row, task in zip(frame["row"], frame["task"], strict=True) if not pd.isna(task)]
    if letter is not None:
        roles = dict(zip(frame["row"], frame["role"], strict=True))
        named = [(row, task) for row, task in tasks if not pd.isna(roles[row])]
        for row, task, letters in _lettered(tab, named, rows, letter, "Letter", long):
            found += [(row, letter, task, str(roles[row]), one) for one in letters]
    left = []
    for column, name in more.items():
        if (one := _LETTERS.get(normal_header(name))) is not None:
            for row, task in tasks:
                names = _ROLES_BETWEEN.split(text_of(_cell(rows, row, column)))
                found += [(row, column, task, role, one) for role in names if not blank(role)]
        elif not _of_letters(tasks, rows, column):
            left.append(name)
        else:
            for row, task, letters in _lettered(tab, tasks, rows, column, name, long):
                found += [(row, column, task, name, one) for one in letters]
    there = {task for _, _, task, *_ in found}
    found += [(row, 0, task, "", "") for row, task in tasks if task not in there]
    long.frame, long.left_alone = _frame(found), tuple(left)
    return long


def _frame(found: Sequence[tuple[int, int, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(sorted(dict.fromkeys(found)), columns=["row", "column", "task", "role", "letter"])
    frame = frame.replace("", pd.NA)
    frame["key"] = pd.NA
    texts = dict.fromkeys(("task", "role", "letter", "key"), "string")
    return frame.astype({"row": "int64", "column": "int64", **texts})


def _cell(rows: Cells, row: int, column: int) -> Scalar:
    cells = rows[row - 1]
    return cells[column - 1] if column <= len(cells) else None


def _of_letters(tasks: Sequence[tuple[int, str]], rows: Cells, column: int) -> bool:
    """Whether at least half of what stands in a column is letters, if not always R, A, C or I: a column of notes is
    none of ours."""
    texts = [text_of(cell) for row, _ in tasks if not blank(cell := _cell(rows, row, column))]
    like = [letters_of(text) is not None or (len(text) < 3 and text.isalpha()) for text in texts]
    return 2 * sum(like) >= len(texts)


def _lettered(
    tab: str, tasks: Sequence[tuple[int, str]], rows: Cells, column: int, name: str, long: Long
) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    bad = []
    for row, task in tasks:
        cell = _cell(rows, row, column)
        if blank(cell):
            continue
        letters = None if isinstance(cell, CellError) else letters_of(text_of(cell))
        if letters is None:
            bad.append(Bad(row, cell, "is none of R, A, C, I", "are none of R, A, C, I", _HINT))
        else:
            yield row, task, letters
    if bad:
        long.problems += gather_bad(bad, lambda row: Ref(tab, row, column, name))
        long.unreadable[name] = {entry.index: text_of(entry.value) for entry in bad}


def read_ratings(tab: str, surveys: pd.DataFrame, rows: Cells, more: Mapping[int, str], how: How) -> Long:
    """`surveys` as read, and the columns of ratings by what they rate. → row, column, key, client, name, score (0–10);
    blank ratings have no row."""
    score = RATINGS["score"]
    parts = []
    long = Long(pd.DataFrame())
    places = surveys["row"].tolist()
    for column, name in more.items():
        parsed = read_values(score, [_cell(rows, row, column) for row in places], how)
        long.problems += gather_bad(parsed.bad, _refs(tab, places, column, f"Rating: {name}"))
        if parsed.bad:
            long.unreadable[name] = {places[bad.index]: text_of(bad.value) for bad in parsed.bad}
        part = surveys[["row", "key", "client"]].assign(column=column, name=name, score=parsed.values)
        parts.append(part[part["score"].notna()])
    long.frame = ratings_frame(parts)
    return long


def _refs(tab: str, places: Sequence[int], column: int, header: str) -> Callable[[int], Ref]:
    return lambda index: Ref(tab, places[index], column, header)


def ratings_frame(parts: Sequence[pd.DataFrame] = ()) -> pd.DataFrame:
    """Ratings of several columns as one table in the order of their rows; an empty one for none."""
    columns = ["row", "column", "key", "client", "name", "score"]
    texts = dict.fromkeys(("key", "client", "name"), "string")
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    whole = whole[columns].astype({"row": "int64", "column": "int64", "score": "Float64", **texts})
    return whole.sort_values(["row", "column"], ignore_index=True)
