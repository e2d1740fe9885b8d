"""What is said of tabs that are not read, and of a tracker in which no clients are found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheets_sync.errors import Refused
from sheets_sync.model import Grid, Scalar
from sheets_sync.tracker.headers import FIRST_NAMES, header_text, nearest_client_header, normal_header

HEADER_ROWS = 50


def unread_lines(unread: Mapping[str, str]) -> list[str]:
    """The tabs that were not read, a line a reason: “A”, “B” and “C” are not read: their headers are none of ours."""
    tabs: dict[str, list[str]] = {}
    for tab, reason in unread.items():
        tabs.setdefault(reason, []).append(f"“{tab}”")
    lines = []
    for reason, titles in tabs.items():
        if len(titles) == 1:
            lines.append(f"{titles[0]} is not read: {reason}.")
            continue
        shown = titles[:3] if len(titles) > 4 else titles[:-1]
        rest = f"{len(titles) - 3} more" if len(titles) > 4 else titles[-1]
        lines.append(f"{', '.join(shown)} and {rest} are not read: {reason.replace('its ', 'their ')}.")
    return lines


def no_clients(grids: Sequence[Grid]) -> Refused:
    """What to say where none of the tabs names clients: the headers seen, and the one that comes nearest."""
    details = []
    for grid in grids[:10]:
        headers = [header_text(cell) for cell in fullest_row(grid)]
        listed = ", ".join(f"“{header}”" for header in headers[:20] if header) or "no headers"
        details.append(f"“{grid.title}”: {listed}.")
    seen = [header_text(cell) for grid in grids[:10] for cell in fullest_row(grid)]
    nearest = nearest_client_header(seen)
    near = [f"“{nearest}” comes nearest to it."] if nearest else []
    if nearest and normal_header(nearest) in FIRST_NAMES:
        near = ["First and last name stand in two columns: add one with the whole name, headed Client."]
    if not any(seen):
        return Refused(
            "This tracker is empty.", ["Head a column Client (and one Last contact), and enter a row a client."]
        )
    if any(len(re.split("[,;|]", text)) > 3 for text in seen):
        near = ["Its columns stand in one cell, with commas between: open the text file with Excel's From Text/CSV."]
    say = (
        'Say it to sheets-sync init with --map clients.client="…", or in sheets-sync.toml: [tables.clients.columns]. '
        "Where the columns have no headers, put a row with them on top."
    )
    return Refused("No column that names the clients was found in this tracker.", [*details, *near, say])


def fullest_row(grid: Grid) -> Sequence[Scalar]:
    """The row among a tab's first with the most texts."""
    return max(grid.rows[:HEADER_ROWS], key=lambda row: sum(bool(header_text(cell)) for cell in row), default=())
