"""Refusals on a whole run: a tracker that suddenly looks wrong is left alone until somebody says it is right."""

from __future__ import annotations

from collections.abc import Collection

SMALLEST = 10
SHARE = 0.5


def check(before: Collection[str], after: Collection[str], tab: str) -> str:
    """A sentence why this run must not write, or "". Tiny trackers never trip it.

    Refused: more than half of at least 10 clients gone, so also none left where there were some. `before` are the keys
    of the clients at the last run, `after` those of now.
    """
    gone = len(set(before) - set(after))
    if len(before) < SMALLEST or gone <= len(before) * SHARE:
        return ""
    new = len(set(after) - set(before))
    left = f"{len(after)} are there now" + (f", {new} of them new" if new else "")
    return (
        f"{tab}: {gone} of {len(before)} clients are gone since the last run ({left}). Nothing was written. "
        "If that is right, run once with --accept; if not, look for a filter, a moved header or an older copy."
    )
