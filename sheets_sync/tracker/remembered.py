"""What outlasts a run: the History, its inputs, and the row ids by which inputs are found again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote, unquote

from sheets_sync.model import Level

_APART = re.compile(r"[%|,\r\n\t]")


@dataclass(frozen=True, slots=True)
class Input:
    """What a person typed beside one Diary line. A date that could not be read stays as its text. `taken_on` is the
    day on which this wording was first seen."""

    row_id: str
    done_on: date | str | None = None
    outcome: str | None = None
    snooze_until: date | str | None = None
    reason: str | None = None
    taken_on: date | None = None


@dataclass(frozen=True, slots=True, order=True)
class Measured:
    """What a measure of the Scorecard read at the last run of a month (its first day): value in the measure's unit,
    from how many, and whether the target was met."""

    month: date
    id: str
    value: float | None = None
    n: int = 0
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that a person typed in At Risk; `row_id` is promise|client|#1. Days that could not be read stay as
    text, `taken_on` is as in Input."""

    row_id: str
    promise: str | None = None
    owner: str | None = None
    by: date | str | None = None
    discussed_on: date | str | None = None
    kept_on: date | str | None = None
    staff_view: str | None = None
    taken_on: date | None = None

    @property
    def key(self) -> str:
        return next((key for _, key, _ in split_ids(self.row_id)), "")


@dataclass(frozen=True, slots=True)
class History:
    """`levels` are (day, key, level) where a client's level changed, oldest first; `warnings` (key, id, since) that
    are on now; `looks` the fingerprints of what was last written, by column or tab id; `accepted` the reasons that the
    team said may fit most clients at once; `measured` the Scorecard month by month; `promises` what
    was typed in At Risk; `gone` are keys among `levels` whose clients were not there any more at the last run."""

    first_sync: date | None = None
    levels: tuple[tuple[date, str, Level], ...] = ()
    warnings: tuple[tuple[str, str, date], ...] = ()
    inputs: tuple[Input, ...] = ()
    looks: Mapping[str, str] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    measured: tuple[Measured, ...] = ()
    promises: tuple[Promised, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def present(self) -> frozenset[str]:
        """The keys of the clients that were there at the last run."""
        return frozenset(key for _, key, _ in self.levels) - frozenset(self.gone)


def join_ids(ids: Iterable[tuple[str, str, str]]) -> str:
    """The row id of a Diary line from what it stands for: (entry, client key, occurrence) each."""
    return ",".join("|".join(map(quoted, id)) for id in ids)


def split_ids(row_id: str) -> list[tuple[str, str, str]]:
    """What a Diary line stands for; parts that are no id are left out."""
    parts = [id.split("|") for id in row_id.split(",")]
    return [(unquote(p[0]), unquote(p[1]), unquote(p[2])) for p in parts if len(p) == 3 and p[0]]


def quoted(part: str) -> str:
    """URL quoting of the few characters that set ids apart, so that they stay readable."""
    return _APART.sub(lambda found: quote(found[0]), part)
