"""Long proofs: a small share of each every day, all with `pytest -m campaign` (SHEETS_CAMPAIGN=0.1 for a tenth)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import racing
from tests.faults.__main__ import compiled

SIZE = float(os.environ.get("SHEETS_CAMPAIGN", "1"))
NO_COMPILER = pytest.mark.skipif(sys.platform != "linux", reason="system calls are made to fail on Linux only")


def ran(module: str, *args: object, most: int) -> str:
    """What a module of the tests prints, run as a command."""
    command = [sys.executable, "-m", module, *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=most, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
    return done.stdout


@NO_COMPILER
def test_some_faults_of_a_first_run(tmp_path: Path) -> None:
    if compiled(tmp_path) is None:
        pytest.skip("there is no C compiler")
    assert ", 0 wrong" in ran("tests.faults", 0.05, "first run", most=600)


def test_a_few_races_with_a_saving_editor(tmp_path: Path) -> None:
    result = racing.race(300, tmp_path)
    assert (result.trials, result.lost) == (300, [])


def test_a_few_damaged_workbooks() -> None:
    assert ", 0 wrong" in ran("tests.fuzz", 60, most=600)


@pytest.mark.campaign
@NO_COMPILER
def test_all_faults() -> None:
    said = ran("tests.faults", SIZE, most=7200)
    count = re.search(r"(\d+) faults, 0 wrong", said)
    assert count is not None
    assert int(count[1]) >= 2_000 * SIZE


@pytest.mark.campaign
def test_all_races() -> None:
    assert ": 0 saves lost" in ran("tests.racing", int(20_000 * SIZE), most=3600)


@pytest.mark.campaign
def test_all_mutated_workbooks() -> None:
    assert ", 0 wrong" in ran("tests.fuzz", int(5_000 * SIZE), most=7200)


@pytest.mark.campaign
def test_all_mutants() -> None:
    assert ", 0 survive" in ran("tests.mutants", most=7200)
