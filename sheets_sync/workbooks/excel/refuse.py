"""What a file is when it isn't a workbook that can be written safely, and what its people can do about it."""

from __future__ import annotations

TRUNCATED = "The file is cut short: it begins like a workbook but its end is missing. Copy or download it again."


def check_bytes(data: bytes) -> None:
    """Raise Refused when the bytes are no OOXML workbook, saying what they are."""
