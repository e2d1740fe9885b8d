"""A run whose Nth system call on a file fails, or is its last: `python -m tests.faults [SHARE [SCENARIO]]`.

For N = 1, 2, 3 … until the run goes through: each error once and lasting, and a kill before and after the call. Each
trial is a process of its own, forked once the run has planned. After it the tracker must be entirely old or entirely
new, the exit code must say which, and the next run must go through without help and leave nothing behind. SHARE is the
part of the trials to do, 1 for all.
"""

from __future__ import annotations

import ctypes
import errno
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import click

FAIL, KILL_BEFORE, KILL_AFTER = 0, 1, 2
ERRORS = ("ENOSPC", "EDQUOT", "EIO", "EACCES", "ESTALE", "EROFS")
DONE, FAILED = {0}, {75, 77}
KILLED = -9
SHIM = Path(__file__).with_name("shim.c")


@dataclass(frozen=True)
class Scenario:
    """What is done under faults: a first run, a later one, or undo; on a file system that lacks the exchange; with
    reading calls counted too."""

    name: str
    command: str = "run"
    later: bool = False
    no_exchange: bool = False
    reads: bool = False


SCENARIOS = (
    Scenario("first run"),
    Scenario("later run", later=True),
    Scenario("no exchange", later=True, no_exchange=True),
    Scenario("undo", "undo", later=True),
    Scenario("reading too", later=True, reads=True),
)


@dataclass(frozen=True)
class Fault:
    nth: int
    way: int = FAIL
    error: str = "EIO"
    sticky: bool = False

    def __str__(self) -> str:
        what = {FAIL: self.error, KILL_BEFORE: "killed before", KILL_AFTER: "killed after"}[self.way]
        return f"call {self.nth}: {what}{' from then on' if self.sticky else ''}"


@dataclass
class Tally:
    faults: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def compiled(folder: Path) -> Path | None:
    """The shim as a library; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "shim.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True)
    return library


class Trials:
    """One scenario's folder, what the tracker is before and after, and a run to fork off."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        from sheets_sync.cli.run import write
        from sheets_sync.cli.setting import Setting

        self.scenario, self.folder = scenario, folder
        self.shim: Any = ctypes.CDLL(None)
        self.tracker, self.state = folder / "team" / "clients.xlsx", folder / "state"
        self.tracker.parent.mkdir(parents=True)
        os.environ["SHEETS_SYNC_STATE"] = str(self.state)
        self.tracker.write_bytes(small_tracker())
        if scenario.later:
            assert self.command("run") == 0
        self.kept = folder / "kept"
        shutil.copytree(self.state, self.kept) if scenario.later else self.kept.mkdir()
        if scenario.later and scenario.command == "run":
            typed_in(self.tracker)
        self.old = self.tracker.read_bytes()
        if scenario.command == "run":
            setting = Setting(tracker=str(self.tracker), as_of="2026-11-23", quiet=True)
            report = setting.plan()
            # One tab is as good as fifteen here, and a tenth of the time.
            report = replace(report, patch=replace(report.patch, tabs=report.patch.tabs[-1:]))

            def act() -> int:
                with setting.workbook.alone():
                    write(setting, report)
                return 0

            self.act: Callable[[], int] = act
        else:
            self.act = lambda: self.command("undo")
        self.new = b""

    def command(self, name: str) -> int:
        from sheets_sync.cli import root
        from sheets_sync.cli.failing import guarded

        more = ["--as-of", "2026-11-23"] if name == "run" else []
        return guarded(root, [name, str(self.tracker), "--quiet", *more])

    def reset(self) -> None:
        shutil.rmtree(self.tracker.parent)
        self.tracker.parent.mkdir()
        self.tracker.write_bytes(self.old)
        os.utime(self.tracker, (1_700_000_000, 1_700_000_000))
        shutil.rmtree(self.state, ignore_errors=True)
        if self.scenario.later:
            shutil.copytree(self.kept, self.state)

    def end_of(self, fault: Fault) -> tuple[int, int, str]:
        """A run under a fault in a process of its own: exit code, calls counted, what it said."""
        self.reset()
        ours, theirs = os.pipe()
        pid = os.fork()
        if pid == 0:
            self._run(fault, theirs)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(pid, 0)
        told = json.loads(said) if said else {"calls": fault.nth, "said": ""}
        return os.waitstatus_to_exitcode(status), told["calls"], told["said"]

    def _run(self, fault: Fault, theirs: int) -> None:
        from sheets_sync.cli.failing import guarded

        out = io.StringIO()
        scenario, folder = self.scenario, os.fsencode(self.folder) + b"/"
        code = errno.errorcode and getattr(errno, fault.error)
        with redirect_stdout(out), redirect_stderr(out):
            self.shim.arm(
                folder, fault.nth, code, fault.sticky, fault.way, int(scenario.reads), int(scenario.no_exchange)
            )
            end = guarded(click.Command("run", callback=self.act), [])
            calls = self.shim.calls()
            self.shim.arm(b"/nowhere", 0, 0, 0, FAIL, 0, 0)
        os.write(theirs, json.dumps({"calls": calls, "said": out.getvalue()}).encode())
        os._exit(end)

    def wrong(self, fault: Fault, end: int, said: str) -> list[str]:
        """What must not be, after a run under a fault and the next one without."""
        found = []
        now = self.tracker.read_bytes() if self.tracker.exists() else b""
        if now not in (self.old, self.new):
            found.append("the tracker is neither old nor new")
        if end in DONE and now != self.new:
            found.append("exit 0, and the tracker is old")
        elif end in FAILED and now != self.old:
            found.append(f"exit {end}, and the tracker is new")
        elif end not in DONE | FAILED | {KILLED}:
            found.append(f"exit {end}")
        if end in FAILED and (not said.strip() or "Traceback" in said):
            found.append("no sentence")
        if self.scenario.command == "undo" and now == self.new:
            return found
        if (again := self._again()) != 0:
            found.append(f"the next run ends with {again}")
        if self.tracker.read_bytes() != self.new:
            found.append("the next run does not end with the new tracker")
        if len(left := sorted(file.name for file in self.tracker.parent.iterdir())) != 1:
            found.append(f"left behind: {left}")
        return found

    def _again(self) -> int:
        """The same once more, without faults; where it was done already, it finds nothing to write."""
        from sheets_sync.workbooks.excel import ExcelWorkbook, commit

        if self.tracker.read_bytes() == self.new:
            workbook = ExcelWorkbook(self.tracker)
            with workbook.alone():
                commit.sweep(self.tracker)
            return 0
        pid = os.fork()
        if pid == 0:
            from sheets_sync.cli.failing import guarded

            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                os._exit(guarded(click.Command("run", callback=self.act), []))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def faults(nth: int) -> Iterator[Fault]:
    yield Fault(nth, KILL_BEFORE)
    yield Fault(nth, KILL_AFTER)
    for error in ERRORS:
        yield Fault(nth, FAIL, error)
        yield Fault(nth, FAIL, error, True)


def campaign(share: float, folder: Path, only: str = "", say: Callable[[str], None] = print) -> dict[str, Tally]:
    """Every scenario (or those of a name) under its faults, or a share of them drawn by lot."""
    drawn = random.Random(7)
    tallies = {}
    for scenario in (scenario for scenario in SCENARIOS if only in scenario.name):
        trials = Trials(scenario, folder / scenario.name.replace(" ", "-"))
        end, calls, said = trials.end_of(Fault(0))
        assert end == 0, (scenario, end, said)
        trials.new = trials.tracker.read_bytes()
        assert trials.new != trials.old
        tally = tallies[scenario.name] = Tally()
        for fault in (fault for nth in range(1, calls + 1) for fault in faults(nth)):
            if drawn.random() >= share:
                continue
            end, _, said = trials.end_of(fault)
            tally.faults += 1
            tally.ends["killed" if end == KILLED else f"exit {end}"] += 1
            tally.wrong += [
                f"{scenario.name}, {fault}: {what} | {said.strip()[:200]}" for what in trials.wrong(fault, end, said)
            ]
        say(f"{scenario.name}: {calls} calls, {tally.faults} faults, {dict(tally.ends)}, {len(tally.wrong)} wrong")
    return tallies


def small_tracker() -> bytes:
    from sheets_sync.cli.starter import sample_tabs
    from sheets_sync.workbooks.excel.new import new_workbook

    tabs = [tab for tab in sample_tabs(date(2026, 11, 23)) if tab.title in ("Clients", "Interactions")]
    return new_workbook(tabs)


def typed_in(tracker: Path) -> None:
    """Somebody enters a call, so that a later run has something to write."""
    import openpyxl

    book = openpyxl.load_workbook(tracker)
    sheet = book["Interactions"]
    first = [cell.value for cell in sheet[2]]
    sheet.append([date(2026, 11, 20) if hasattr(value, "year") else value for value in first])
    book.save(tracker)


def main(share: float, only: str = "") -> int:
    if "SHIM" not in os.environ:
        with tempfile.TemporaryDirectory() as folder:
            library = compiled(Path(folder))
            if library is None:
                print("There is no C compiler here, so no system call can be made to fail.")
                return 2
            env = {**os.environ, "LD_PRELOAD": str(library), "SHIM": "1"}
            return subprocess.run(
                [sys.executable, "-m", "tests.faults", str(share), only], env=env, check=False
            ).returncode
    import warnings

    import sheets_sync.cli.run_text
    import sheets_sync.journal.standing  # noqa: F401

    warnings.simplefilter("ignore")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        tallies = campaign(share, Path(folder), only)
    wrong = [what for tally in tallies.values() for what in tally.wrong]
    print(f"{sum(tally.faults for tally in tallies.values())} faults, {len(wrong)} wrong")
    print("\n".join(wrong[:40]))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0, *sys.argv[2:3]))
