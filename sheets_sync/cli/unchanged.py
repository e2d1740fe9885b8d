"""The same question again, answered from what the last run found, before anything heavy is imported.

Only where a run would read the very same things and find nothing to write: the same files, config, playbook and
program, on the same day, before `valid_until`. In any doubt there is no answer, and the run works everything out.
A Google Sheet is never known to be the same without reading it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sheets_sync import __version__, journal
from sheets_sync.cli.setting import Setting, find_config, state_folder, tracker_of
from sheets_sync.journal.runs import write_private
from sheets_sync.playbook.text import text_of
from sheets_sync.workbooks import spreadsheet_of
from sheets_sync.workbooks.revision import revision_at

if TYPE_CHECKING:
    from sheets_sync.sync import Report

VERSION = 1
_DOUBT = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Asked:
    """What a run is asked to do: the tracker's full location, and all else that its answer follows from, the moment
    and the tracker's cells aside."""

    location: str
    terms: dict[str, Any]

    @property
    def home(self) -> Path:
        return journal.folder(state_folder(), self.location)

    @property
    def file(self) -> Path:
        return self.home / "unchanged.json"


@dataclass(frozen=True)
class Answer:
    """What a run prints that writes nothing, and how many clients stand at each level."""

    lines: tuple[str, ...]
    levels: dict[str, int]


def asked(setting: Setting) -> Asked | None:
    """What this run is asked, to be taken down before it begins to read; None where no earlier run can answer it."""
    if setting.only or setting.json or setting.verbose:
        return None
    try:
        config = find_config(setting.config_file, setting.tracker)
        named = setting.tracker or os.environ.get("SHEETS_SYNC_TRACKER") or ""
        if not named and config and (beside := tracker_of(config)):
            named = beside if "://" in beside else str(config.parent / Path(beside).expanduser())
        if not named or "://" in named or spreadsheet_of(named):
            return None
        playbook = setting.playbook_name or os.environ.get("SHEETS_SYNC_PLAYBOOK") or ""
        terms = {
            "version": VERSION,
            "program": _program(),
            "config": [os.path.realpath(config), _digest(text_of(config))] if config else [],
            "playbook": [playbook, os.getcwd()] if playbook else [],
            "as_of": setting.as_of or "",
        }
        return Asked(os.path.realpath(named), terms)
    except _DOUBT:
        return None


def answer(asked: Asked) -> Answer | None:
    """What a run would say now without writing; None where that is not known."""
    try:
        kept = json.loads(asked.file.read_text(encoding="utf-8"))
        since, until = datetime.fromisoformat(kept["since"]), datetime.fromisoformat(kept["until"])
        now = since if asked.terms["as_of"] else _now(kept["timezone"])
        same = (
            kept["terms"] == asked.terms
            and since <= now < until
            and now.date() == since.date()
            and all(_digest(text_of(Path(file))) == digest for file, digest in kept["playbook_files"])
            and all(revision_at(file) == revision for file, revision in kept["files"])
        )
        return Answer(tuple(kept["lines"]), dict(kept["levels"])) if same else None
    except _DOUBT:
        return None


def remember(setting: Setting, asked: Asked, report: Report) -> None:
    """Keep what the next run says if nothing changes. A state folder that cannot be written is no reason to fail."""
    from sheets_sync.cli.run_text import run_lines
    from sheets_sync.cli.shapes import levels

    read = [(report.tracker, report.receipt.revision if report.receipt else "")]
    read += [(source.location, source.revision) for source in report.sources.values()]
    if asked.location != report.tracker or any("://" in location or not revision for location, revision in read):
        return
    quiet = replace(report, first_run=False, receipt=None, patch=replace(report.patch, changes=()))
    kept = {
        "terms": asked.terms,
        "since": report.now.isoformat(),
        "until": report.assessment.valid_until.isoformat(),
        "timezone": setting.config.timezone,
        "playbook_files": [
            (os.path.abspath(layer.file), _digest(layer.text)) for layer in setting.layers if layer.file is not None
        ],
        "files": read,
        "lines": run_lines(quiet, 0),
        "levels": levels(report),
    }
    with contextlib.suppress(OSError):
        journal.private(asked.home)
        write_private(asked.file, json.dumps(kept))


def _now(timezone: str) -> datetime:
    from zoneinfo import ZoneInfo

    moment = datetime.now(ZoneInfo(timezone) if timezone else None)
    return moment.replace(tzinfo=None, second=0, microsecond=0)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _program() -> str:
    """What works the answer out: our version, Python's, and size and date of each of our files and of the folder that
    the libraries lie in, for whoever changes them in place."""
    folders = [os.path.dirname(str(sys.modules["sheets_sync"].__file__))]
    templates = find_spec("sheets_sync.templates")
    folders += templates.submodule_search_locations or () if templates else ()
    libraries = os.stat(os.path.dirname(os.path.dirname(click.__file__)))
    stamps = sorted(stamp for folder in folders for stamp in _stamps(folder))
    return _digest(f"{__version__} {sys.version} {libraries.st_mtime_ns} {stamps}")


def _stamps(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _stamps(entry.path)
            else:
                stat = entry.stat()
                yield entry.path, stat.st_size, stat.st_mtime_ns
