"""Benchmarks: whole processes, beside a peer in the same run, printed as ratios. They assert nothing about time.

python -m tests.bench            all of them (about three minutes)
python -m tests.bench large      10,000 clients + 200,000 interactions, beside openpyxl's load + column + save
python -m tests.bench small      200 clients, beside the import of pandas; and --help
python -m tests.bench steps      where the time of the large run goes
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import psutil
import xlsxwriter

TODAY = date(2026, 11, 23)
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


def tracker(path: Path, clients: int, interactions: int) -> None:
    """A tracker with 25 Clients columns (ten of ours, fifteen of the team's own) and 8 Interactions columns."""
    rng = random.Random(clients)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Clients")
    headers = ["Client", "Owner", "Status", "Engagement", "Tier", "Start date", "Renewal date", "Monthly fee"]
    headers += ["Last contact", "Key contact", *(f"Field {i}" for i in range(15))]
    sheet.write_row(0, 0, headers)
    for i in range(clients):
        row = [f"Client {i:05}", f"Owner {i % 40:02}", "active", rng.choice(["retainer", "project", "both"])]
        sheet.write_row(i + 1, 0, [*row, rng.choice("ABC")])
        for column, when in ((5, -rng.randint(40, 1500)), (6, rng.randint(-20, 300)), (8, -rng.randint(0, 90))):
            sheet.write_datetime(i + 1, column, TODAY + timedelta(days=when), day)
        sheet.write_number(i + 1, 7, rng.randint(3, 40) * 100)
        sheet.write_string(i + 1, 9, f"Person {i}")
        for column in range(10, 25):
            sheet.write(i + 1, column, rng.randint(0, 9999) if column % 2 else f"note {rng.randint(0, 500)}")
    sheet = book.add_worksheet("Interactions")
    sheet.write_row(0, 0, ["Date", "Client", "Type", "Direction", "Channel", "By", "Summary", "Attended"])
    kinds = ["call", "e-mail", "meeting", "status update", "report", "business review"]
    for i in range(interactions):
        sheet.write_datetime(i + 1, 0, TODAY - timedelta(days=rng.randint(0, 400)), day)
        client = rng.randrange(clients)
        line = [f"Client {client:05}", rng.choice(kinds), rng.choice(["in", "out", "both"]), "phone"]
        sheet.write_row(i + 1, 1, [*line, f"Owner {client % 40:02}", f"Talked about {rng.randint(0, 999)}", ""])
    book.close()


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of a process; raises if it fails."""
    start = time.perf_counter()
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
    return time.perf_counter() - start, peak / 1e6


def best(
    command: list[str], folder: Path, times: int, prepare: Callable[[], object] = lambda: None
) -> tuple[float, float]:
    """The fastest of some runs, so that a busy machine weighs on both sides alike."""
    runs = []
    for _ in range(times):
        prepare()
        runs.append(measured(command, folder))
    return min(runs)


def _environment(folder: Path) -> dict[str, str]:
    """State and config of its own; modules compiled once and kept, as in an installed environment."""
    own = {"XDG_STATE_HOME": "state", "XDG_CONFIG_HOME": "config", "PYTHONPYCACHEPREFIX": "compiled"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {name: str(folder / value) for name, value in own.items()}


def ours(*args: str) -> list[str]:
    return [sys.executable, "-m", "sheets_sync", *args]


def run_on(path: Path, *args: str) -> list[str]:
    return ours("run", str(path), "--as-of", TODAY.isoformat(), "--quiet", *args)


def large(folder: Path) -> None:
    source, path, script = folder / "large.xlsx", folder / "tracker.xlsx", folder / "peer.py"
    tracker(source, 10_000, 200_000)
    script.write_text(PEER)
    seconds, megabytes = best(run_on(path), folder, 2, lambda: shutil.copy(source, path))
    shutil.copy(source, path)
    measured([sys.executable, "-c", "import openpyxl"], folder)
    peer_seconds, peer_megabytes = measured([sys.executable, str(script), str(path)], folder)
    print(f"10,000 clients + 200,000 interactions, {source.stat().st_size / 1e6:.1f} MB, whole processes")
    print(f"  sheets-sync run                 {seconds:7.2f} s  {megabytes:6.0f} MB")
    print(f"  openpyxl load + column + save   {peer_seconds:7.2f} s  {peer_megabytes:6.0f} MB")
    print(f"  ratio: time 1/{peer_seconds / seconds:.1f}, memory {megabytes / peer_megabytes:.2f}")


def small(folder: Path) -> None:
    source, path = folder / "small.xlsx", folder / "small-run.xlsx"
    tracker(source, 200, 4_000)
    pandas, _ = best([sys.executable, "-c", "import pandas"], folder, 5)
    first, _ = best(run_on(path), folder, 5, lambda: shutil.copy(source, path))
    again, _ = best(run_on(path), folder, 5)
    usage, _ = best(ours("--help"), folder, 5)
    print("200 clients + 4,000 interactions, whole processes")
    print(f"  import pandas            {pandas:6.3f} s")
    print(f"  first run                {first:6.3f} s  {first / pandas:.2f} × import pandas")
    print(f"  run, nothing changed     {again:6.3f} s  {again / pandas:.2f} × import pandas")
    print(f"  sheets-sync --help       {usage:6.3f} s")


def steps(folder: Path) -> None:
    path = folder / "steps.xlsx"
    tracker(path, 10_000, 200_000)
    command = ours("run", str(path), "--as-of", TODAY.isoformat(), "--json")
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=_environment(folder))
    for name, seconds in json.loads(done.stdout)["seconds"].items():
        print(f"  {name:<8} {seconds:6.2f} s")


def main() -> None:
    chosen = {"large": large, "small": small, "steps": steps}
    names = sys.argv[1:] or list(chosen)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            chosen[name](Path(folder))


main()
