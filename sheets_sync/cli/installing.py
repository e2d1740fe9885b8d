"""Putting a scheduled run into cron, systemd, launchd or Windows' tasks, and taking it out again. What is not ours
there stays byte for byte."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sheets_sync.errors import NoPermission, Refused, UsageError

WEEKDAYS = "MON,TUE,WED,THU,FRI"


@dataclass(frozen=True)
class Job:
    """A run to schedule: a name that is this tracker's own, the words of its command, hour and minute, which days, and
    the texts for cron and systemd (service, timer)."""

    name: str
    words: tuple[str, ...]
    hour: int
    minute: int
    every_day: bool
    cron: str
    units: tuple[str, str]


def kind_here(systemd: bool) -> str:
    """What runs things by the clock on this machine. Raises UsageError where there is nothing that we know."""
    if sys.platform == "win32":
        return "schtasks"
    if sys.platform == "darwin":
        return "launchd"
    if not systemd and shutil.which("crontab"):
        return "cron"
    if shutil.which("systemctl"):
        return "systemd"
    raise UsageError(
        "There is neither crontab nor systemctl on this machine. Without --install the block is printed, for another."
    )


def install(kind: str, job: Job) -> list[str]:
    """Install a job, or put it in the place of its earlier self; sentences on what was done."""
    return {"cron": _cron, "systemd": _systemd, "launchd": _launchd, "schtasks": _schtasks}[kind](job, True)


def remove(kind: str, job: Job) -> list[str]:
    """Take a job out again; sentences on what was done."""
    return {"cron": _cron, "systemd": _systemd, "launchd": _launchd, "schtasks": _schtasks}[kind](job, False)


# ── cron ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _cron(job: Job, wanted: bool) -> list[str]:
    listed = _called(["crontab", "-l"], may_fail=True)
    if listed.returncode and b"no crontab" not in listed.stderr.lower():
        raise NoPermission(f"crontab does not list its jobs: {_said(listed)}")
    before = b"" if listed.returncode else listed.stdout
    after = with_block(before, job.name, job.cron.encode() if wanted else b"")
    if after == before:
        return ["Your crontab has it already." if wanted else "There was nothing of this tracker in your crontab."]
    _called(["crontab", "-"], after)
    if not wanted:
        return ["Took the block of this tracker out of your crontab; every other line is as it was."]
    return ["Put into your crontab (every other line is as it was):", *job.cron.splitlines()]


def with_block(crontab: bytes, name: str, block: bytes) -> bytes:
    """A crontab with our block of that name as given, or without it (`block` empty). Raises Refused where somebody cut
    the block in two."""
    begin, end = f"# sheets-sync begin {name}\n".encode(), f"# sheets-sync end {name}\n".encode()
    lines = crontab.splitlines(keepends=True)
    marks = [number for number, line in enumerate(lines) if line.rstrip(b"\r\n") + b"\n" in (begin, end)]
    if marks:
        kinds = [lines[number].rstrip(b"\r\n") + b"\n" for number in marks]
        if kinds != [begin, end]:
            raise Refused(
                f"The lines “{begin.decode().strip()}” and “{end.decode().strip()}” in your crontab do not match.",
                ["Mend them with crontab -e, and run this again. Nothing was changed."],
            )
        head, tail = b"".join(lines[: marks[0]]), b"".join(lines[marks[1] + 1 :])
        return head + (begin + block + end if block else b"") + tail
    if not block:
        return crontab
    # A last line without its end would run into ours.
    ours = begin + block + end
    return crontab + ours if not crontab or crontab.endswith(b"\n") else ours + crontab


# ── systemd, launchd, Windows ────────────────────────────────────────────────────────────────────────────────────────


def _systemd(job: Job, wanted: bool) -> list[str]:
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    service, timer = (home / f"sheets-sync-{job.name}.{kind}" for kind in ("service", "timer"))
    if not wanted:
        if not timer.exists() and not service.exists():
            return ["There was no timer of this tracker."]
        _called(["systemctl", "--user", "disable", "--now", timer.name], may_fail=True)
        for path in (service, timer):
            path.unlink(missing_ok=True)
        _called(["systemctl", "--user", "daemon-reload"])
        return [f"Stopped and deleted {timer} and {service.name}."]
    home.mkdir(parents=True, exist_ok=True)
    for path, text in zip((service, timer), job.units, strict=True):
        path.write_text(text, encoding="utf-8")
    _called(["systemctl", "--user", "daemon-reload"])
    _called(["systemctl", "--user", "enable", "--now", timer.name])
    return [f"Wrote {service} and {timer.name}, and started the timer (systemctl --user list-timers shows it)."]


def _launchd(job: Job, wanted: bool) -> list[str]:
    path = Path.home() / "Library" / "LaunchAgents" / f"{_label(job)}.plist"
    if not wanted and not path.exists():
        return ["There was no job of this tracker."]
    if path.exists():
        _called(["launchctl", "unload", "-w", str(path)], may_fail=True)
    if not wanted:
        path.unlink()
        return [f"Stopped and deleted {path}."]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plist(job))
    _called(["launchctl", "load", "-w", str(path)])
    return [f"Wrote {path} and started it (launchctl list shows it)."]


def _label(job: Job) -> str:
    return f"sheets-sync.{job.name}"


def plist(job: Job) -> bytes:
    """The job as launchd wants it: a property list."""
    at = {"Hour": job.hour, "Minute": job.minute}
    days = [at] if job.every_day else [{**at, "Weekday": day} for day in range(1, 6)]
    return plistlib.dumps({"Label": _label(job), "ProgramArguments": list(job.words), "StartCalendarInterval": days})


def _schtasks(job: Job, wanted: bool) -> list[str]:
    called = _called(task_words(job) if wanted else untask_words(job), may_fail=not wanted)
    if called.returncode:
        return ["There was no task of this tracker."]
    done = "Made" if wanted else "Deleted"
    return [f"{done} the task “{_task(job)}” (taskschd.msc shows it)."]


def _task(job: Job) -> str:
    return f"sheets-sync {job.name}"


def task_words(job: Job) -> list[str]:
    """The schtasks call that makes the task, or puts it in the place of its earlier self."""
    days = ["/SC", "DAILY"] if job.every_day else ["/SC", "WEEKLY", "/D", WEEKDAYS]
    at = f"{job.hour:02}:{job.minute:02}"
    what = subprocess.list2cmdline(job.words)
    return ["schtasks", "/Create", "/F", "/TN", _task(job), *days, "/ST", at, "/TR", what]


def untask_words(job: Job) -> list[str]:
    """The schtasks call that deletes it."""
    return ["schtasks", "/Delete", "/F", "/TN", _task(job)]


def _called(
    words: Sequence[str], data: bytes | None = None, may_fail: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """A program of the system's, by its words, never through a shell. Raises NoPermission where it says no."""
    try:
        done = subprocess.run(words, input=data, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoPermission(f"{words[0]} could not be run ({error}).") from None
    if done.returncode and not may_fail:
        raise NoPermission(f"{' '.join(words[:3])} says no: {_said(done)}")
    return done


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    return " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split()) or f"exit code {done.returncode}"
