"""Somebody saves while we write, over and over: `python -m tests.racing [TRIALS]`.

In every trial an editor in a process of its own saves the tracker at a moment drawn by lot, by renaming a new file onto
it or by writing into it, sometimes twice; at the same time a run puts its new bytes in the tracker's place. However the
two fall together, the editor's last save must be the tracker at the end.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sheets_sync.errors import Changed, TryAgain
from sheets_sync.workbooks.excel import commit
from sheets_sync.workbooks.revision import revision_of

OURS = b"ours " * 2_000
WAYS = ("renames", "writes in place", "renames twice")


@dataclass
class Result:
    trials: int
    ends: Counter[str]
    lost: list[str]


def editor(orders: BinaryIO, answers: BinaryIO, path: Path) -> None:
    """Save as it is told: seconds to wait, the way, and what to save."""
    for line in orders:
        wait, way, name = line.decode().split("|")
        until = time.perf_counter() + float(wait)
        while time.perf_counter() < until:
            pass
        data = name.strip().encode() * 500
        if way == "writes in place":
            path.write_bytes(data)
        else:
            saves = [b"first " + data, data] if way == "renames twice" else [data]
            for save in saves:
                beside = path.with_name("editor.tmp")
                beside.write_bytes(save)
                os.replace(beside, path)
        answers.write(b"saved\n")
        answers.flush()


def race(trials: int, folder: Path, seed: int = 1) -> Result:
    """So many trials in a folder."""
    path = folder / "clients.xlsx"
    orders_out, orders_in = os.pipe()
    answers_out, answers_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(orders_in)
        with os.fdopen(orders_out, "rb") as orders, os.fdopen(answers_in, "wb") as answers:
            editor(orders, answers, path)
        os._exit(0)
    os.close(orders_out)
    os.close(answers_in)
    with os.fdopen(orders_in, "wb") as orders, os.fdopen(answers_out, "rb") as answers:
        result = _trials(trials, path, orders, answers, random.Random(seed))
    os.waitpid(pid, 0)
    return result


def _trials(trials: int, path: Path, orders: BinaryIO, answers: BinaryIO, drawn: random.Random) -> Result:
    result = Result(0, Counter(), [])
    usual = 0.001
    for number in range(trials):
        for file in path.parent.iterdir():
            file.unlink()
        base = b"base %d " % number * 500
        path.write_bytes(base)
        way, theirs = drawn.choice(WAYS), f"theirs {number} "
        orders.write(f"{drawn.random() * 1.5 * usual}|{way}|{theirs}\n".encode())
        orders.flush()
        start = time.perf_counter()
        try:
            commit.replace(path, revision_of(base), OURS, datetime(2026, 11, 23, 9))
            end = "written, theirs on top"
        except Changed:
            taken_back = commit.conflict_of(path).exists()
            end = "theirs came out and went back in" if taken_back else "theirs was there before"
        except TryAgain:
            end = "being written"
        usual = 0.9 * usual + 0.1 * (time.perf_counter() - start)
        answers.readline()
        result.trials += 1
        result.ends[end] += 1
        if path.read_bytes() != theirs.strip().encode() * 500:
            result.lost.append(f"trial {number}, editor {way}, {end}: {path.read_bytes()[:20]!r}")
    return result


def main(trials: int) -> int:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        result = race(trials, Path(folder))
    ends = ", ".join(f"{count:,} {end}" for end, count in result.ends.most_common())
    print(f"{result.trials:,} trials ({ends}): {len(result.lost)} saves lost")
    print("\n".join(result.lost[:20]))
    return int(bool(result.lost))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
