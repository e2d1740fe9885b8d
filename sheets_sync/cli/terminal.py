"""How text reaches a terminal: made safe, and a line of progress where something takes a while."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status

# Marks that turn the direction of the text after them, and halves of surrogate pairs.
_TURNING = frozenset(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def printable(text: str) -> str:
    """Text of other people made safe for a terminal: control and direction characters out, line breaks kept."""
    return "".join(c for c in text if c in "\n\t" or (c not in _TURNING and not _control(ord(c))))


def _control(code: int) -> bool:
    return code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


@contextmanager
def progress(text: str, wanted: bool = True) -> Iterator[None]:
    """A line on a terminal that says what is going on, once it has taken a second."""
    if not (wanted and sys.stderr.isatty()):
        yield
        return
    from threading import Timer

    shown: list[Status] = []

    def show() -> None:
        from rich.console import Console

        shown.append(Console(stderr=True).status(f"{text} …"))
        shown[0].start()

    timer = Timer(1.0, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # A timer that has just gone off is let finish, so that its line is taken away again.
        timer.join()
        if shown:
            shown[0].stop()
