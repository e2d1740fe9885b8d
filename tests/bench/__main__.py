"""Benchmarks: whole processes, beside a peer in the same run, printed as ratios. They assert nothing about time.

python -m tests.bench            all of them but `million` (about four minutes)
python -m tests.bench small      200 clients, beside the import of pandas; nothing changed; and --help
python -m tests.bench tabs       200 and 2,000 clients with every tab filled: how much longer do ten times as many take
python -m tests.bench large      10,000 clients + 200,000 interactions, beside openpyxl's load + column + save
python -m tests.bench million    10,000 clients + 1,000,000 interactions, the same (openpyxl takes minutes and 4 GB)
python -m tests.bench steps      where the time of the large run goes
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.bench import trackers
from tests.bench.trackers import TODAY

PEER = """
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet = book["Clients"]
column = sheet.max_column + 1
sheet.cell(1, column, "Health")
for row in range(2, sheet.max_row + 1):
    sheet.cell(row, column, "● Healthy")
book.save(sys.argv[1])
"""


class Measured(NamedTuple):
    """What a process took: processor seconds (user and system), seconds on the wall, peak megabytes."""

    cpu: float
    wall: float
    megabytes: float

    def __str__(self) -> str:
        return f"{self.cpu:7.3f} s of processor, {self.wall:7.3f} s on the wall, {self.megabytes:5.0f} MB"


def measured(command: list[str], folder: Path) -> Measured:
    """What a process takes; raises if it fails."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=folder, env=_environment(folder))
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
        except psutil.Error:
            break
        time.sleep(0.005)
    process.wait()
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(cpu, time.perf_counter() - start, peak / 1e6)


def best(command: list[str], folder: Path, times: int, prepare: Callable[[], object] = lambda: None) -> Measured:
    """The least of some runs, each number by itself, so that a busy machine weighs on both sides alike."""
    runs = []
    for _ in range(times):
        prepare()
        runs.append(measured(command, folder))
    return Measured(*(min(column) for column in zip(*runs, strict=True)))


def _environment(folder: Path) -> dict[str, str]:
    """State and config of its own; modules compiled once and kept, as in an installed environment."""
    own = {"XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config", "PYTHONPYCACHEPREFIX": "compiled"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {name: str(folder / value) for name, value in own.items()}


def ours(*args: str) -> list[str]:
    return [sys.executable, "-m", "sheets_sync", *args]


def run_on(path: Path, *args: str) -> list[str]:
    return ours("run", str(path), "--as-of", TODAY.isoformat(), "--quiet", *args)


def large(folder: Path, interactions: int = 200_000, times: int = 2) -> None:
    source, path, script = folder / "large.xlsx", folder / "tracker.xlsx", folder / "peer.py"
    trackers.plain(source, 10_000, interactions)
    script.write_text(PEER)
    ours_ = best(run_on(path), folder, times, lambda: shutil.copy(source, path))
    again = best(run_on(path), folder, 3)
    shutil.copy(source, path)
    measured([sys.executable, "-c", "import openpyxl"], folder)
    peer = measured([sys.executable, str(script), str(path)], folder)
    print(f"10,000 clients + {interactions:,} interactions, {source.stat().st_size / 1e6:.1f} MB, whole processes")
    print(f"  sheets-sync run                 {ours_}")
    print(f"  run, nothing changed            {again}")
    print(f"  openpyxl load + column + save   {peer}")
    print(f"  ratio: time 1/{peer.cpu / ours_.cpu:.1f}, memory {ours_.megabytes / peer.megabytes:.2f}")


def million(folder: Path) -> None:
    large(folder, 1_000_000, 1)


def small(folder: Path) -> None:
    source, path = folder / "small.xlsx", folder / "small-run.xlsx"
    trackers.plain(source, 200, 4_000)
    pandas = best([sys.executable, "-c", "import pandas"], folder, 7)
    first = best(run_on(path), folder, 7, lambda: shutil.copy(source, path))
    again = best(run_on(path), folder, 7)
    usage = best(ours("--help"), folder, 7)
    print("200 clients + 4,000 interactions, whole processes")
    print(f"  import pandas            {pandas}")
    print(f"  first run                {first}  {first.cpu / pandas.cpu:.2f} × import pandas")
    print(f"  run, nothing changed     {again}  {again.cpu / pandas.cpu:.2f} × import pandas")
    print(f"  sheets-sync --help       {usage}")


def tabs(folder: Path) -> None:
    path, seconds = folder / "tabs.xlsx", []
    for clients in (200, 2_000):
        trackers.every_tab(path, clients)
        found = best(run_on(path), folder, 2, lambda clients=clients: trackers.every_tab(path, clients))  # type: ignore[misc]
        seconds.append(found.cpu)
        print(f"{clients:,} clients, every tab filled: {found}")
    print(f"  ten times as many clients take {seconds[1] / seconds[0]:.1f} times as long")


def steps(folder: Path) -> None:
    path = folder / "steps.xlsx"
    trackers.plain(path, 10_000, 200_000)
    command = ours("run", str(path), "--as-of", TODAY.isoformat(), "--json")
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment(folder))
    for name, seconds in json.loads(done.stdout)["seconds"].items():
        print(f"  {name:<8} {seconds:6.2f} s")


def main() -> None:
    chosen = {"small": small, "tabs": tabs, "large": large, "steps": steps, "million": million}
    names = sys.argv[1:] or [name for name in chosen if name != "million"]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            chosen[name](Path(folder))


main()
