"""What every kind of tracker can do. Decide everything from one `read`, act once with `apply`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sheets_sync.model import Patch, Receipt, Snapshot


class Readable(Protocol):
    """What a plan needs of a tracker, or of another file that a table is read from."""

    location: str

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        """The tracker as it stands; with `tabs`, only these of the team's tabs (ours always). Raises Refused,
        TryAgain or NoPermission with a sentence; never changes anything."""


class Workbook(Readable, Protocol):
    committed: bool
    """Whether something has been written, or cannot be stopped from being written: the run finishes then."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep other runs out while one works. Raises TryAgain at once when one is at it, or somebody is in the way."""

    @property
    def zone(self) -> str:
        """The time zone that the tracker itself is kept in (Europe/London); "" where it has none, like a file."""

    def apply(self, patch: Patch) -> Receipt:
        """Write a patch whole or not at all. Raises Changed when the tracker is no longer at `patch.revision`, TryAgain
        when it is open in an editor. An empty patch writes nothing."""

    def restore(self, backup: str, revision: str) -> Receipt | None:
        """Put the state before a run back, byte for byte, if the tracker still stands at `revision` and the backup is
        there; None (and nothing written) otherwise."""

    def forget_copies(self) -> None:
        """Drop the copies of earlier states that this backend keeps inside the tracker itself."""
