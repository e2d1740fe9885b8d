"""What ends a run early: Ctrl-C, a signal, the deadline. Until it writes it ends at once; from then on it finishes."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from sheets_sync.errors import TryAgain

if TYPE_CHECKING:
    from sheets_sync.workbooks.base import Workbook

_STOPPING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
_watched: list[Workbook] = []


class Late(BaseException):
    """The deadline has passed. Not an Exception, so that nothing on the way takes it for an error of its own."""


def watch(workbook: Workbook) -> Workbook:
    """Let a workbook finish what it has begun to write."""
    _watched.append(workbook)
    return workbook


def listen() -> None:
    """Take the signals that end a process for this one."""
    for number in _STOPPING:
        # What was set to be ignored (nohup) stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    if not _committed():
        raise KeyboardInterrupt


def _late(number: int = 0, frame: FrameType | None = None) -> None:
    if not _committed():
        raise Late


def _committed() -> bool:
    return any(workbook.committed for workbook in _watched)


@contextlib.contextmanager
def deadline(minutes: float) -> Iterator[None]:
    """Raise TryAgain when the block takes longer and has not begun to write; 0 for no deadline."""
    if minutes <= 0 or threading.current_thread() is not threading.main_thread():
        yield
        return
    disarm = _armed(minutes * 60)
    try:
        yield
    except Late:
        raise TryAgain(
            f"The run took longer than {minutes:g} minutes, so it was stopped before anything was written. Is the "
            "disk or the network slow? --deadline MINUTES allows more."
        ) from None
    finally:
        disarm()


def _armed(seconds: float) -> Callable[[], object]:
    """Have `_late` called then, in the main thread; what is given back calls it off."""
    if hasattr(signal, "setitimer"):
        before = signal.signal(signal.SIGALRM, _late)
        signal.setitimer(signal.ITIMER_REAL, seconds)

        def disarm() -> None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

        return disarm
    # Windows has no such clock; SIGBREAK, which nothing else uses here, is raised from a thread.
    number = signal.SIGBREAK  # type: ignore[attr-defined,unused-ignore]
    signal.signal(number, _late)
    timer = threading.Timer(seconds, signal.raise_signal, [number])
    timer.daemon = True
    timer.start()
    return timer.cancel
