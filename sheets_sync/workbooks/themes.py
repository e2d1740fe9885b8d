"""The sets of colours that levels are filled with; black text reads on each of them at 7:1 or better."""

from __future__ import annotations

from collections.abc import Mapping

from sheets_sync.model import Level

Fills = Mapping[Level, str]

CALM: Fills = {Level.RISK: "F2B48C", Level.WATCH: "FBEFA0", Level.OK: "BFE3F7", Level.UNKNOWN: "D9D9D9"}
TRAFFIC_LIGHT: Fills = {Level.RISK: "F4A6A0", Level.WATCH: "FFE08A", Level.OK: "B7E1B0", Level.UNKNOWN: "D9D9D9"}

# What a coloured cell's text starts with. Unknown goes by its word: paused and left have a dash as well.
STARTS = (("✖", Level.RISK), ("▲", Level.WATCH), ("●", Level.OK), ("– Unknown", Level.UNKNOWN))


def fills(theme: str) -> Fills:
    """A theme's fill of each level as RRGGBB; calm where the name is not known."""
    return TRAFFIC_LIGHT if theme == "traffic-light" else CALM
