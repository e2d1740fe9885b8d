"""What another playbook would do to a tracker: whose level moves, and how many lines the Diary has."""

from __future__ import annotations

from dataclasses import dataclass

from sheets_sync.model import Level
from sheets_sync.rules.assessment import Assessment
from sheets_sync.tabs.words import count, listed

SHOWN = 8
_WORDS = {Level.RISK: "at risk", Level.WATCH: "on watch", Level.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Effect:
    """`moves`: client, level before, level after; `lines`: open lines of the Diary before and after."""

    moves: tuple[tuple[str, str, str], ...]
    lines: tuple[int, int]


def effect(before: Assessment, after: Assessment) -> Effect:
    """The difference between two assessments of one tracker at one moment."""
    one, other = before.clients, after.clients
    moved = one.index[one["level"].ne(other["level"].reindex(one.index))]
    moves = tuple((str(one.at[key, "client"]), str(one.at[key, "level"]), str(other.at[key, "level"])) for key in moved)
    lines = tuple(int(found.actions["state"].ne("done").sum()) for found in (before, after))
    return Effect(moves, (lines[0], lines[1]))


def sentences(found: Effect) -> list[str]:
    """`7 more clients on watch: Aldgate Legal, …`, `12 more lines in the Diary (38 → 50)`."""
    lines = []
    for level, words in _WORDS.items():
        for sign, side in (("more", 2), ("fewer", 1)):
            names = sorted((move[0] for move in found.moves if move[side] == level.value), key=str.casefold)
            if names:
                rest = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
                many = count(len(names), "client").replace(" ", f" {sign} ", 1)
                lines.append(f"{many} {words}: {listed([*names[:SHOWN], *rest])}")
    was, now = found.lines
    if was != now:
        sign = "more" if now > was else "fewer"
        lines.append(f"{count(abs(now - was), 'line').replace(' ', f' {sign} ', 1)} in the Diary ({was} → {now})")
    return lines or ["Nobody’s level moves, and the Diary has as many lines as before"]
