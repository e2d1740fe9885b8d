"""The text of a file that people write."""

from __future__ import annotations

from pathlib import Path


def text_of(file: Path) -> str:
    """A file's text as it counts: UTF-8, with or without a mark in front, and one kind of line end."""
    return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
