"""A command in a process of its own, forked from this one: its exit code, what it said, and what it cost."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Measured:
    """`seconds` are those of the processor, so that they say the same on a busy machine; `peak` is in bytes: what the
    command took beside what it started from, on top of a fresh process that has imported the same."""

    code: int
    said: str
    seconds: float
    peak: int


def measured(*args: str, state: Path, most: float = 60) -> Measured:
    """Run a command of the command line apart, killed after `most` seconds of its own (exit code -9 then)."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        os.environ["SHEETS_SYNC_STATE"] = str(state)
        _told(args, theirs)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        said = _until(pid, pipe.fileno(), 10 * most)
    _, status, usage = os.wait4(pid, 0)
    answer = json.loads(said) if said else {"code": os.waitstatus_to_exitcode(status), "said": ""}
    # It was forked from the tests, which may have grown large.
    grown = usage.ru_maxrss * 1024 - answer.get("start", 0)
    return Measured(answer["code"], answer["said"], usage.ru_utime + usage.ru_stime, fresh() + max(grown, 0))


def _told(args: tuple[str, ...], pipe: int) -> None:
    from sheets_sync.cli import root
    from sheets_sync.cli.failing import guarded

    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    out, start = io.StringIO(), size()
    try:
        with redirect_stdout(out), redirect_stderr(out):
            code = guarded(root, list(args))
        os.write(pipe, json.dumps({"code": code, "said": out.getvalue()[:20_000], "start": start}).encode())
    finally:
        os._exit(0)


def size() -> int:
    """The memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@cache
def fresh() -> int:
    """The memory of a process that has imported what every run needs, and done nothing."""
    code = "from tests.apart import size, warm; warm(); print(size())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return int(done.stdout)


def _until(pid: int, pipe: int, most: float) -> bytes:
    """What a process writes until it ends; it is killed when that takes too long."""
    os.set_blocking(pipe, False)
    start, said = time.monotonic(), b""
    while True:
        try:
            piece = os.read(pipe, 1 << 16)
            if not piece:
                return said
            said += piece
        except BlockingIOError:
            if time.monotonic() - start > most:
                os.kill(pid, signal.SIGKILL)
                return said
            time.sleep(0.005)


def warm() -> None:
    """Import what every run needs before anything is forked."""
    import sheets_sync.cli.run
    import sheets_sync.cli.run_text
    import sheets_sync.journal
    import sheets_sync.sync
    import sheets_sync.workbooks.excel.columns
    import sheets_sync.workbooks.excel.graft
    import sheets_sync.workbooks.excel.verify  # noqa: F401
