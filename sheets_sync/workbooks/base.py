"""What every kind of tracker can do. Decide everything from one `read`, act once with `apply`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sheets_sync.model import Patch, Receipt, Snapshot


class Workbook(Protocol):
    location: str

    def read(self, tabs: Collection[str] | None = None) -> Snapshot:
        """The tracker as it stands; with `tabs`, only these of the team's tabs (ours always). Raises Refused,
        TryAgain or NoPermission with a sentence; never changes anything."""

    def apply(self, patch: Patch) -> Receipt:
        """Write a patch whole or not at all. Raises Changed when the tracker is no longer at `patch.revision`, TryAgain
        when it is open in an editor. An empty patch writes nothing."""

    def restore(self, backup: str, revision: str) -> Receipt | None:
        """Put the state before a run back, byte for byte, if the tracker still stands at `revision` and the backup is
        there; None (and nothing written) otherwise."""
