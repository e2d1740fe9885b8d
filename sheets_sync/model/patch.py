"""What is to change, and what a change did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from sheets_sync.model.desired import Column, Place, Tab
from sheets_sync.model.snapshot import Scalar


class Change(NamedTuple):
    """One status cell that will differ: what stood there, what will, and why (a sentence)."""

    tab: str
    row: int
    key: str
    column: str
    header: str
    before: Scalar
    after: Scalar
    why: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """Everything that one run writes, decided before anything is written; false when there is nothing to do. `columns`
    are the status columns to set (whole columns), `tabs` the generated tabs to add or replace, in order; `drop_columns`
    and `drop_tabs` are ids to take out. `given` are tabs put in once for the team, who own them from then on; a title
    that is taken is refused. `changes` explains the columns cell by cell, `theme` is as in Desired."""

    revision: str
    place: Place | None = None
    columns: tuple[Column, ...] = ()
    tabs: tuple[Tab, ...] = ()
    drop_columns: tuple[str, ...] = ()
    drop_tabs: tuple[str, ...] = ()
    given: tuple[Tab, ...] = ()
    changes: tuple[Change, ...] = ()
    theme: str = "calm"

    def __bool__(self) -> bool:
        return bool(self.columns or self.tabs or self.drop_columns or self.drop_tabs or self.given)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an apply did: the new revision, files or requests read and written, bytes written, where the backup lies,
    and what people should know (sentences), such as columns that found no room beside the table."""

    revision: str
    reads: int = 0
    writes: int = 0
    bytes: int = 0
    backup: str = ""
    notes: tuple[str, ...] = field(default=())
