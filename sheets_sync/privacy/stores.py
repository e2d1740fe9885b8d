"""Every place on this machine where something about a client may lie. The registry is whole by construction: what no
other line names is "other", and a file that cannot be looked into counts as one that holds the client."""

from __future__ import annotations

import html
import json
import os
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sheets_sync.privacy.wanted import Wanted


@dataclass(frozen=True)
class Store:
    """A kind of file of ours: what it is for, and which files they are, by their path in the state folder."""

    name: str
    what: str
    pattern: str


# The first line that fits names the store. Locks and marks of the last success hold nothing; they are "other" too.
STORES = (
    Store("backups", "the tracker as it was before a run", r".+/backups/.+"),
    Store("runs", "what a run wrote, for undo", r".+/runs/.+"),
    Store("standing", "what our columns held after the last run", r".+/standing\..+"),
    Store("answer", "what the next run says if nothing has changed", r".+/unchanged\..+"),
    Store("logs", "a line a run; names nobody", r"[^/]+\.log"),
    Store("crash", "where a bug of ours happened; names nobody", r"crash.*"),
    Store("other", "anything else in the state folder", r".+"),
)
BESIDE = Store("beside", "what a run left beside the tracker", r"\.sheets-sync-.*|.*\.sheets-sync-conflict.*")


@dataclass(frozen=True)
class Held:
    """A file that holds the client, and the texts in it that name it (none for whole copies of the tracker)."""

    store: Store
    path: Path
    texts: tuple[str, ...] = ()


def held(state: Path, tracker: Path, wanted: Wanted) -> list[Held]:
    """The files of ours that hold the client: in the whole state folder, whatever tracker they belong to (a renamed
    tracker leaves its old folder behind), and beside the tracker."""
    found = []
    for store, path in _files(state, tracker):
        try:
            texts = tuple(dict.fromkeys(text for text in _texts(path) if wanted.named_in(text) or text in wanted.keys))
            whole = store.name in ("backups", "beside")
            if texts:
                found.append(Held(store, path, () if whole else texts))
        except (OSError, ValueError, RecursionError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
            found.append(Held(store, path))
    return found


def erase(found: list[Held], wanted: Wanted) -> list[str]:
    """Delete those files; of a log only the lines that name the client. Sentences on what could not be deleted."""
    failed = []
    for one in found:
        try:
            if one.store.name == "logs":
                lines = one.path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
                one.path.write_text("".join(line for line in lines if not wanted.named_in(line)), encoding="utf-8")
            else:
                one.path.unlink(missing_ok=True)
        except OSError as error:
            failed.append(f"{one.path} could not be deleted ({error.strerror}): delete it by hand.")
    return failed


def _files(state: Path, tracker: Path) -> Iterator[tuple[Store, Path]]:
    for folder, _, names in sorted(os.walk(state)):
        for name in sorted(names):
            path = Path(folder) / name
            inside = path.relative_to(state).as_posix()
            yield next(store for store in STORES if re.fullmatch(store.pattern, inside)), path
    if tracker.parent.is_dir():
        for path in sorted(tracker.parent.iterdir()):
            if path.is_file() and re.fullmatch(BESIDE.pattern, path.name):
                yield BESIDE, path


def _texts(path: Path) -> Iterator[str]:
    """What stands in a file, as texts: of a workbook each part without its markup, of JSON each string and name."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode("utf-8", "replace")
                # A name may be cut into runs of other looks, and neighbours stand without a blank between them.
                yield html.unescape(re.sub(r"<[^>]*>", "", text))
                yield html.unescape(re.sub(r"<[^>]*>", " ", text))
        return
    data = path.read_bytes()
    text = data.decode("utf-8", "replace")
    if path.suffix == ".json" or path.suffix == ".unreadable":
        try:
            yield from _strings(json.loads(text))
            return
        except (ValueError, RecursionError):
            pass
    yield from text.splitlines()
    if b"\0" in data:
        yield data.decode("utf-16-le", "replace")
    if "\\u" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
