"""`schedule --install` with a crontab that is a real program on PATH, the forms for other systems, and `health`."""

from __future__ import annotations

import json
import os
import plistlib
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync import journal
from sheets_sync.cli import installing
from sheets_sync.cli.schedule import job_of
from sheets_sync.errors import NoPermission, Refused, UsageError
from tests.test_cli import call

CRONTAB = """\
#!/bin/sh
if [ "$1" = -l ]; then
    [ -f {file} ] || {{ echo "no crontab for ann" >&2; exit 1; }}
    exec cat {file}
fi
[ "$1" = - ] || exit 2
exec cat > {file}
"""
REFUSING = '#!/bin/sh\necho "You (ann) are not allowed to use this program" >&2\nexit 1\n'
LOGGING = '#!/bin/sh\necho "$0 $*" >> {file}\n'
FOREIGN = b"# mine \xff\n0 5 * * * /bin/true\t# x\r\n\nMAILTO=ann\n"


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own folder at the front of PATH, and an own home."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


@pytest.fixture
def cron(bin_folder: Path, tmp_path: Path) -> Path:
    """The file that the crontab program keeps."""
    program(bin_folder, "crontab", CRONTAB.format(file=tmp_path / "crontab"))
    return tmp_path / "crontab"


@pytest.fixture
def tracker(tmp_path: Path) -> Path:
    path = tmp_path / "50% off’s clients.xlsx"
    path.write_bytes(b"x")
    return path


def job(path: Path | str, every_day: bool = False) -> installing.Job:
    return job_of(str(path), "6:30", every_day, Path("/state"))


def test_install_is_idempotent_and_remove_gives_the_very_bytes_back(cron: Path, tracker: Path) -> None:
    cron.write_bytes(FOREIGN)
    assert call("schedule", str(tracker), "--install").exit_code == 0
    once = cron.read_bytes()
    assert once.startswith(FOREIGN)
    line = once.splitlines()[-2].decode()
    assert line.startswith("30 6 * * 1-5 ")
    assert r"50\% off" in line
    done = call("schedule", str(tracker), "--install")
    assert "has it already" in done.stdout
    assert cron.read_bytes() == once
    assert call("schedule", str(tracker), "--install", "--at", "7:15").exit_code == 0
    assert cron.read_bytes().count(b"sheets-sync begin") == 1
    assert b"\n15 7 * * 1-5 " in cron.read_bytes()
    assert call("schedule", str(tracker), "--remove").exit_code == 0
    assert cron.read_bytes() == FOREIGN
    assert "nothing of this tracker" in call("schedule", str(tracker), "--remove").stdout


def test_without_a_crontab_one_is_begun(cron: Path, tracker: Path) -> None:
    assert call("schedule", str(tracker), "--install").exit_code == 0
    assert cron.read_bytes().startswith(b"# sheets-sync begin ")
    tracker.unlink()
    assert call("schedule", str(tracker), "--remove").exit_code == 0
    assert cron.read_bytes() == b""


def test_two_trackers_have_a_block_each(cron: Path, tracker: Path) -> None:
    other = tracker.with_name("other.xlsx")
    other.write_bytes(b"x")
    for path in (tracker, other):
        call("schedule", str(path), "--install")
    assert cron.read_bytes().count(b"sheets-sync begin") == 2
    call("schedule", str(tracker), "--remove")
    assert b"other.xlsx" in cron.read_bytes()
    assert b"off" not in cron.read_bytes()


def test_the_line_runs_as_cron_would_run_it(cron: Path, tracker: Path, bin_folder: Path, tmp_path: Path) -> None:
    """cron unescapes the % and gives the rest to sh."""
    program(bin_folder, "sheets-sync", '#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n')
    call("schedule", str(tracker), "--install", "--only", "Ana; rm -rf $HOME")
    line = cron.read_text().splitlines()[-2]
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    words = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout.splitlines()
    assert words[:3] == ["run", str(tracker), "--quiet"]
    assert words[-1] == "Ana; rm -rf $HOME"


@given(
    foreign=st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), max_size=6),
    ended=st.booleans(),
    block=st.sampled_from([b"a\n", b"a\nb\n"]),
)
def test_foreign_lines_stay_byte_for_byte(foreign: list[bytes], ended: bool, block: bytes) -> None:
    before = b"\n".join(foreign) + (b"\n" if ended and foreign else b"")
    put = installing.with_block(before, "x", block)
    assert installing.with_block(put, "x", block) == put
    assert installing.with_block(put, "x", b"") == before
    other = installing.with_block(put, "y", b"c\n")
    assert installing.with_block(installing.with_block(other, "x", b""), "y", b"") == before


@pytest.mark.parametrize("half", [b"# sheets-sync begin x\n0 0 * * * y\n", b"# sheets-sync end x\n"])
def test_a_block_cut_in_two_is_left_alone(half: bytes) -> None:
    with pytest.raises(Refused, match="do not match"):
        installing.with_block(half, "x", b"a\n")


def test_a_system_that_says_no_is_a_sentence(bin_folder: Path, tracker: Path) -> None:
    program(bin_folder, "crontab", REFUSING)
    done = call("schedule", str(tracker), "--install")
    assert done.exit_code == NoPermission.exit_code
    assert "not allowed" in done.stderr


def test_without_cron_a_systemd_timer(bin_folder: Path, tracker: Path, tmp_path: Path) -> None:
    program(bin_folder, "systemctl", LOGGING.format(file=tmp_path / "called"))
    done = call("schedule", str(tracker), "--install", "--systemd", "--every-day")
    assert done.exit_code == 0, done.stderr
    folder = tmp_path / "xdg-config" / "systemd" / "user"
    service, timer = sorted(folder.iterdir())
    assert "50%% off" in service.read_text()
    assert "OnCalendar=*-*-* 06:30" in timer.read_text()
    assert f"enable --now {timer.name}" in (tmp_path / "called").read_text()
    assert call("schedule", str(tracker), "--remove", "--systemd").exit_code == 0
    assert list(folder.iterdir()) == []
    assert "daemon-reload" in (tmp_path / "called").read_text().splitlines()[-1]


def test_with_neither_it_says_what_is_possible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(UsageError, match="neither crontab nor systemctl"):
        installing.kind_here(False)


def test_launchd(bin_folder: Path, tracker: Path, tmp_path: Path) -> None:
    program(bin_folder, "launchctl", LOGGING.format(file=tmp_path / "called"))
    one = job(tracker)
    installing.install("launchd", one)
    (file,) = (tmp_path / "home" / "Library" / "LaunchAgents").iterdir()
    found = plistlib.loads(file.read_bytes())
    assert found["ProgramArguments"] == list(one.words)
    assert found["StartCalendarInterval"] == [{"Hour": 6, "Minute": 30, "Weekday": day} for day in range(1, 6)]
    installing.remove("launchd", one)
    assert not file.exists()
    assert [line.split()[1] for line in (tmp_path / "called").read_text().splitlines()] == ["load", "unload"]


def test_windows(bin_folder: Path, tmp_path: Path) -> None:
    program(bin_folder, "schtasks", LOGGING.format(file=tmp_path / "called"))
    one = job("/team/our clients.xlsx")
    installing.install("schtasks", one)
    words = installing.task_words(one)
    assert words[:3] == ["schtasks", "/Create", "/F"]
    assert words[words.index("/D") + 1] == "MON,TUE,WED,THU,FRI"
    assert words[words.index("/ST") + 1] == "06:30"
    assert '"/team/our clients.xlsx"' in words[-1]
    assert installing.task_words(job("/x.xlsx", every_day=True))[5:7] == ["/SC", "DAILY"]
    installing.remove("schtasks", one)
    called = (tmp_path / "called").read_text().splitlines()
    assert "/Delete /F /TN sheets-sync our-clients-" in called[1]


def test_systemd_reads_the_words_as_they_are() -> None:
    """systemd.service(5): % and $ doubled, quotes and backslashes escaped inside double quotes."""
    unit = job('/a "b" $c 5%\\d.xlsx').units[0]
    command = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
    assert '"/a \\"b\\" $$c 5%%\\\\d.xlsx"' in command


@pytest.mark.parametrize(
    ("last", "now", "late"),
    [
        ("2026-11-23T06:30", "2026-11-23T12:00", False),
        ("2026-11-23T06:30", "2026-11-24T08:30", False),
        ("2026-11-23T06:30", "2026-11-24T08:31", True),
        ("2026-11-20T06:30", "2026-11-22T12:00", False),
        ("2026-11-20T06:30", "2026-11-23T08:30", False),
        ("2026-11-20T06:30", "2026-11-23T08:31", True),
    ],
    ids=["same day", "at the limit", "a minute over", "weekend", "Monday at the limit", "Monday over"],
)
def test_health_knows_late_from_closed(tracker: Path, tmp_path: Path, last: str, now: str, late: bool) -> None:
    """Closed days do not count: Friday's run is good until Monday morning."""
    (tmp_path / "sheets-sync.toml").write_text('[tracker]\ntimezone = "Europe/London"\n')
    never = call("health", str(tracker), "--as-of", now)
    assert never.exit_code == 1
    assert "never synced" in never.stdout
    home = journal.private(journal.folder(tmp_path / "state" / "sheets-sync", os.path.realpath(tracker)))
    mark = home / "last-success"
    mark.touch()
    at = datetime.fromisoformat(last + "+00:00").timestamp()
    os.utime(mark, (at, at))
    done = call("health", str(tracker), "--as-of", now)
    assert done.exit_code == int(late), done.stderr
    assert ("was due" in done.stdout) == late
    shape = json.loads(call("health", str(tracker), "--as-of", now, "--json").stdout)
    assert shape["late"] is late
    assert shape["last"] == f"{last}+00:00"
    assert (call("health", str(tracker), "--as-of", now, "-q").stdout == "") == (not late)
