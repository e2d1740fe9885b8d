"""Formats as Google keeps them: colours in both of their fields, as 32-bit numbers, without zeros."""

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
            shade = {name: single(value) for name, value in given.items() if name != "alpha" and value}
            made[plain], made[style] = shade, {"rgbColor": dict(shade)}
    return made


def single(value: float) -> float:
    """The shortest decimals of a number that is kept in 32 bits."""
    kept = struct.pack("f", value)
    short = next(made for digits in range(1, 10) if struct.pack("f", made := float(f"{value:.{digits}g}")) == kept)
    return int(short) if short.is_integer() else short
