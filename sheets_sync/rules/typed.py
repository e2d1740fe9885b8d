"""What people typed beside the Diary's lines, found again by what it was about: entry, client and occurrence.

`inputs` has a row for each thing that a line stood for: entry key occurrence done_on outcome snooze_until reason row_id
taken_on. A day that lies ahead has not been done yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from sheets_sync.playbook.schema import Playbook
from sheets_sync.rules.by_client import Array

Id = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Input:
    """One thing's inputs: `done` and `snooze` as days, the rest as it was typed, text that is no day too."""

    id: Id
    done: date | None
    outcome: Any
    snooze: date | None
    reason: Any
    row_id: str
    taken_on: date | None
    done_typed: Any = None
    snooze_typed: Any = None


@dataclass(frozen=True)
class Typed:
    """All inputs by what they were about, as they count on `today`."""

    by_id: Mapping[Id, Input]
    today: date

    def done(self, id: Id) -> date | None:
        """The day on which it was done, if that has come."""
        found = self.by_id.get(id)
        return found.done if found and found.done and found.done <= self.today else None

    def snoozed(self, id: Id) -> Input | None:
        """The input that lets it rest today; on the day itself it is back. What is done rests no more."""
        found = self.by_id.get(id)
        resting = found and found.snooze and found.snooze > self.today and not self.done(id)
        return found if resting else None

    def contacts(self, entries: Iterable[str], keys: pd.Index, anchored: bool = False) -> tuple[Array, Array]:
        """Positions of the clients and the days on which one of these entries was done. With `anchored` it was at
        least done for its own occurrence, whatever the day."""
        wanted = set(entries)
        found = [(id, day) for id in self.by_id if id[0] in wanted and (day := self.done(id))]
        at = keys.get_indexer(pd.Index([id[1] for id, _ in found])) if found else np.empty(0, int)
        pairs = [max(day, _iso(id[2]) or day) if anchored else day for id, day in found]
        days = np.array(pairs, "datetime64[D]")
        return at[at >= 0], days[at >= 0]


def typed(inputs: pd.DataFrame, now: datetime) -> Typed:
    """The inputs by what they were about; of two for the same thing the later one counts."""
    found: dict[Id, Input] = {}
    for row in inputs.to_dict("records"):
        id = (text(row["entry"]), text(row["key"]), text(row["occurrence"]))
        one = Input(
            id,
            _day(row["done_on"]),
            _plain(row.get("outcome")),
            _day(row["snooze_until"]),
            _plain(row.get("reason")),
            text(row.get("row_id")),
            _day(row.get("taken_on")),
            _day(row["done_on"]) or _plain(row.get("done_on_typed")),
            _day(row["snooze_until"]) or _plain(row.get("snooze_until_typed")),
        )
        earlier = found.get(id)
        if earlier is None or (one.taken_on or date.min) >= (earlier.taken_on or date.min):
            found[id] = one
    return Typed(found, now.date())


def counted_as(playbook: Playbook) -> dict[str, str]:
    """The type of contact that a "Done on" of each entry counts as: the first of its `done.types`, mission 1F.23."""
    first: dict[str, str] = {}
    for entries in (playbook.touchpoints, playbook.warnings):
        first |= {name: entry.done.types[0] for name, entry in entries.items() if entry.done.types}
    return first


def _plain(value: Any) -> Any:
    return None if value is None or value is pd.NaT or value is pd.NA or value != value else value


def text(value: Any) -> str:
    """A value as text, a blank as ""."""
    return "" if _plain(value) is None else str(value)


def _day(value: Any) -> date | None:
    value = _plain(value)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _iso(words: str) -> date | None:
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None
