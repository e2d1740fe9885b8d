"""Refusals on a whole Patch: a tracker that suddenly looks wrong is left alone until somebody says it is right."""

from __future__ import annotations

from sheets_sync.model import Desired, Snapshot

SMALLEST = 10
SHARE = 0.5


def check(existing: Snapshot, desired: Desired) -> str:
    """A sentence why this patch must not be written, or "". Tiny trackers never trip it.

    Refused: no client where there were some (of at least 10), or more than half of at least 10 clients gone.
    """
    before = max((len(column.cells) for column in existing.columns if column.id == "health"), default=0)
    after = max((len(column.cells) for column in desired.columns if column.id == "health"), default=0)
    if before < SMALLEST or before - after <= before * SHARE:
        return ""
    gone = before - after
    tab = desired.place.tab if desired.place else "Clients"
    return (
        f"{tab}: {gone} of {before} clients are gone since the last run ({after} left). Nothing was written. "
        "If that is right, run once with --accept; if not, look for a filter, a moved header or an older copy."
    )
