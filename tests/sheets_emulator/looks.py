"""Formats as Google keeps them: colours in both of their fields, in 8 bits, said as 32-bit numbers, without zeros."""

from __future__ import annotations

import struct
from typing import Any

from tests.sheets_emulator.book import Json

_PAIRS = (
    ("backgroundColor", "backgroundColorStyle"),
    ("foregroundColor", "foregroundColorStyle"),
    ("tabColor", "tabColorStyle"),
    ("headerColor", "headerColorStyle"),
    ("firstBandColor", "firstBandColorStyle"),
    ("secondBandColor", "secondBandColorStyle"),
    ("footerColor", "footerColorStyle"),
    ("color", "colorStyle"),
)


def stored(look: Any) -> Any:
    """A format with its colours as a reply shows them: each as Color and as ColorStyle, the style wins."""
    if isinstance(look, list):
        return [stored(item) for item in look]
    if not isinstance(look, dict):
        return look
    made: Json = {name: stored(inner) for name, inner in look.items()}
    for plain, style in _PAIRS:
        given = made.get(style, {}).get("rgbColor") if style in made else made.get(plain)
        if isinstance(given, dict):
            shade = {name: kept for name, value in given.items() if name != "alpha" and (kept := eight_bits(value))}
            made[plain], made[style] = shade, {"rgbColor": dict(shade)}
    return made


def eight_bits(value: float) -> float:
    """A shade as it comes back: 0.5 is 127 of 255, and that is 0.49803922."""
    # What was n / 255 stays n, whatever its last bits have become on the way.
    shade = int(value * 255 + 1e-4) / 255
    kept = struct.pack("f", shade)
    short = next(made for digits in range(1, 10) if struct.pack("f", made := float(f"{shade:.{digits}g}")) == kept)
    return int(short) if short.is_integer() else short
