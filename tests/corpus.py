"""Other people's workbooks, by the thousand: `python -m tests.corpus FOLDER…` works on a copy of each in these folders.

Each goes through the command line (`run`), and through the backend with status columns beside its first table and a
tab of ours. It must be synced with nothing lost, which Python's zip reader and openpyxl judge, or refused with one
sentence; a second patch must write nothing. Every file has a process of its own, with 60 seconds and 1.5 GB.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import openpyxl

from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.errors import SheetsSyncError
from sheets_sync.model import Cell, Column, Patch, Place, Snapshot, StatusCell, Tab, TextBlock
from sheets_sync.workbooks.excel import ExcelWorkbook

ENDINGS = {".xlsx", ".xlsm", ".xltx", ".xltm"}
MOST_SECONDS, MOST_BYTES = 60, 1_500_000_000
MOST_COMPARED = 200_000
MOST_JUDGED = 25
SHARED = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|.*workbook\d*\.xml(\.rels)?|docProps/app\.xml|.*style\w*\.xml|.*calcChain.*|"
    r"xl/tables/.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Outcome:
    """How one file fared: `how` is synced, refused, or what must never be (lost, traceback, hang, memory, twice)."""

    file: str
    how: str
    said: str = ""
    seconds: float = 0.0
    peak: int = 0

    @property
    def fine(self) -> bool:
        return self.how in ("synced", "refused")


def files(folders: Sequence[str]) -> Iterator[Path]:
    for folder in map(Path, folders):
        found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        yield from (path for path in found if path.is_file() and path.suffix.lower() in ENDINGS)


def place_of(seen: Snapshot) -> Place | None:
    """The first block of cells in the workbook: its first row with a value is taken for the header."""
    for title, grid in seen.grids.items():
        filled = [number for number, row in enumerate(grid.rows, start=1) if any(v is not None for v in row)]
        if grid.visible and len(filled) > 1:
            header = filled[0]
            key = next(i for i, value in enumerate(grid.rows[header - 1], start=1) if value is not None)
            last = min(filled[-1], header + 500)
            return Place(title, header, key, header + 1, last)
    return None


def patch_of(seen: Snapshot) -> Patch:
    """Two status columns beside that block, and a tab of ours."""
    tab = Tab("diary", "Diary (ours)", (TextBlock((1, 1), ((Cell("hello"),),)),), (20.0,))
    place = place_of(seen)
    if place is None:
        return Patch(seen.revision, tabs=(tab,))
    rows = range(place.first_row, place.last_row + 1)
    keys = {row: seen.grids[place.tab].at(row, place.key_column) for row in rows}
    columns = tuple(
        Column(id, header, f"{header}: a note", 12.0, tuple(StatusCell(row, key, value) for row, key in keys.items()))
        for id, header, value in (("health", "Health", "● Healthy"), ("why", "Why", "=1+1"))
    )
    return Patch(seen.revision, place, columns, (tab,))


# What was lost, as other readers see it


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def lost_parts(old: bytes, new: bytes, patched: str) -> list[str]:
    """Parts that are gone, or that changed though nobody meant to touch them."""
    was, now = members(old), members(new)
    gone = [name for name in was if name not in now and "calcChain" not in name]
    changed = [name for name in was if name in now and was[name] != now[name]]
    plain = {name: name.lstrip("/").replace("\\", "/") for name in changed}
    own = {name for name in changed if plain[name].casefold() == patched.casefold() or SHARED.fullmatch(plain[name])}
    return gone + [name for name in changed if name not in own]


def lost_cells(old: bytes, new: bytes, ours: dict[str, set[int]]) -> list[str]:
    """Cells outside our columns that openpyxl reads otherwise than before: value, formula, format, comment, link."""
    found: list[str] = []
    # A workbook without fonts gets the one that every program shows it in.
    plain = not any("styles" in name and b"<font" in data for name, data in members(old).items())
    for cached in (False, True):
        was = openpyxl.load_workbook(io.BytesIO(old), data_only=cached)
        now = openpyxl.load_workbook(io.BytesIO(new), data_only=cached)
        for sheet in was.worksheets:
            other, mine = now[sheet.title], ours.get(sheet.title, set())
            a, b = _looks(sheet, cached or plain, mine), _looks(other, cached or plain, mine)
            found += [f"{sheet.title}!{at}" for at in a.keys() | b.keys() if a.get(at) != b.get(at)]
            if not cached:
                rest = [_rest(sheet), _rest(other)]
                found += [f"{sheet.title}: {key}" for key in rest[0] if rest[0][key] != rest[1][key]]
    return found


def _looks(sheet: Any, values: bool, ours: set[int]) -> dict[str, object]:
    cells = [c for c in sheet._cells.values() if c.column not in ours and (c.value is not None or c.has_style)]
    if values or len(cells) > MOST_COMPARED:
        return {c.coordinate: repr(_plain(c.value)) for c in cells if c.value is not None}
    formats: dict[bytes, str] = {}
    for cell in cells:
        if (style := cell._style.tobytes()) not in formats:
            look = (cell.font, cell.fill, cell.border, cell.number_format, cell.alignment, cell.protection)
            formats[style] = repr(look)
    return {
        c.coordinate: (repr(_plain(c.value)), formats[c._style.tobytes()], c.comment and c.comment.text, _link(c))
        for c in cells
    }


def _link(cell: Any) -> object:
    return cell.hyperlink and (cell.hyperlink.ref, cell.hyperlink.target, cell.hyperlink.location)


def _plain(value: Any) -> object:
    return vars(value) if hasattr(value, "__dict__") else value


def _rest(sheet: Any) -> dict[str, object]:
    return {
        "merged": sorted(map(str, sheet.merged_cells.ranges)),
        "panes": sheet.freeze_panes,
        "area": str(sheet.print_area),
        "heights": {k: v.height for k, v in sheet.row_dimensions.items() if v.customHeight},
        "protected": sheet.protection.sheet,
    }


def our_columns(path: Path) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for column in ExcelWorkbook(path).read().columns:
        found.setdefault(column.tab, set()).add(column.column)
    return found


def patched_part(path: Path, tab: str) -> str:
    from sheets_sync.workbooks.excel.names import Book
    from sheets_sync.workbooks.excel.package import Package

    sheet = Book(Package.open(path.read_bytes())).sheet(tab)
    return sheet.part if sheet else ""


# One file


def through_backend(path: Path) -> tuple[str, str]:
    """Read, patch, judge, patch again."""
    old = path.read_bytes()
    try:
        opened = ExcelWorkbook(path)
        patch = patch_of(opened.read())
        opened.apply(patch)
    except SheetsSyncError as error:
        if error.exit_code == 70:
            return "our bug", str(error)
        return ("refused", str(error)) if path.read_bytes() == old else ("lost", "refused, and yet written")
    new = path.read_bytes()
    gone = lost_parts(old, new, patched_part(path, patch.place.tab) if patch.place else "")
    if not gone:
        with contextlib.suppress(*UNREADABLE), at_most(MOST_JUDGED):
            openpyxl.load_workbook(io.BytesIO(old))
            gone = _judged(old, new, our_columns(path))
    if gone:
        return "lost", ", ".join(gone[:5])
    again = ExcelWorkbook(path)
    again.apply(patch_of_again(again.read(), patch))
    return ("synced", "") if path.read_bytes() == new else ("twice", "the second patch wrote")


# What openpyxl says of workbooks that it cannot open though Excel can.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile, RecursionError)


@contextlib.contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """openpyxl takes minutes for some workbooks: those are judged by their parts alone."""

    def late(number: int, frame: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _judged(old: bytes, new: bytes, ours: dict[str, set[int]]) -> list[str]:
    try:
        return lost_cells(old, new, ours)
    except TimeoutError:
        raise
    except UNREADABLE as error:
        return [f"openpyxl reads the old one and not the new: {error!r}"]


def patch_of_again(seen: Snapshot, patch: Patch) -> Patch:
    return Patch(seen.revision, patch.place, patch.columns, patch.tabs)


def through_command(path: Path) -> tuple[str, str]:
    """The command line's own answer: written, or one sentence and its exit code."""
    old = path.read_bytes()
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(root, ["run", str(path), "--as-of", "2026-11-23", "--quiet"])
    said = err.getvalue().strip()
    if code == 70 or "Traceback" in said:
        return "traceback", said
    if code and path.read_bytes() != old:
        return "lost", f"exit {code}, and yet written"
    if code and not said:
        return "silent", f"exit {code}"
    return ("refused", f"{code}: {said.splitlines()[0]}") if code else ("synced", "")


def work(path: Path, folder: Path, ways: Sequence[str]) -> Outcome:
    """One file on its own: every way with a fresh copy. The first thing that must not be is told."""
    start, found = time.perf_counter(), ("refused", "")
    for way in ways:
        copy = folder / f"{way}{path.suffix.lower()}"
        shutil.copyfile(path, copy)
        try:
            how, said = WAYS[way](copy)
        except BaseException as error:
            at = traceback.extract_tb(error.__traceback__)[-1]
            how, said = "traceback", f"{error!r} in {Path(at.filename).name}:{at.lineno}"
        found = (how, f"{way}: {said}") if how not in ("synced", "refused") else found
        if how not in ("synced", "refused"):
            break
        found = (how, said) if way == "backend" else found
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Outcome(str(path), *found, time.perf_counter() - start, peak)


WAYS = {"backend": through_backend, "command": through_command}


def apart(path: Path, ways: Sequence[str] = tuple(WAYS), most: int = MOST_SECONDS) -> Outcome:
    """`work` in a process of its own, forked from this one, so that nothing is imported twice."""
    with tempfile.TemporaryDirectory(prefix="sheets-sync-corpus-") as folder:
        result = Path(folder) / "result"
        start, pid = time.monotonic(), os.fork()
        if pid == 0:
            os.environ["SHEETS_SYNC_STATE"] = f"{folder}/state"
            resource.setrlimit(resource.RLIMIT_AS, (4 * MOST_BYTES, 4 * MOST_BYTES))
            result.write_text(json.dumps(asdict(work(path, Path(folder), ways))))
            os._exit(0)
        while os.waitpid(pid, os.WNOHANG) == (0, 0):
            if time.monotonic() - start > most:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                return Outcome(str(path), "hang", f"over {most} s", most)
            time.sleep(0.01)
        if not result.exists():
            return Outcome(str(path), "crash", "the process ended without a word")
        outcome = Outcome(**json.loads(result.read_text()))
    return outcome if outcome.peak < MOST_BYTES else Outcome(outcome.file, "memory", f"{outcome.peak >> 20} MB")


def campaign(paths: Sequence[Path], ways: Sequence[str] = tuple(WAYS), at_once: int = 2) -> list[Outcome]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda path: apart(path, ways), paths))


def warm() -> None:
    """Import what every process needs, once, and keep openpyxl's warnings to itself."""
    import sheets_sync.cli.run
    import sheets_sync.cli.run_text
    import sheets_sync.journal
    import sheets_sync.sync
    import sheets_sync.workbooks.excel.columns
    import sheets_sync.workbooks.excel.graft
    import sheets_sync.workbooks.excel.verify  # noqa: F401

    warnings.simplefilter("ignore")
    gc.disable()
    gc.freeze()


def main(folders: Sequence[str]) -> int:
    """Print the counts, the refusals by sentence, and each file that fared badly."""
    warm()
    outcomes = campaign(list(files(folders)))
    counts = Counter(outcome.how for outcome in outcomes)
    print(f"{len(outcomes)} workbooks: " + ", ".join(f"{count} {how}" for how, count in counts.most_common()))
    for said, count in Counter(_pattern(o.said) for o in outcomes if o.how == "refused").most_common():
        print(f"  {count:5} refused: {said}")
    for outcome in outcomes:
        if not outcome.fine:
            print(f"  {outcome.how.upper()} {outcome.file}: {outcome.said}")
    slowest = max(outcomes, key=lambda o: o.seconds, default=None)
    if slowest:
        peak = max(o.peak for o in outcomes) >> 20
        print(f"slowest {slowest.seconds:.1f} s ({slowest.file}), most memory {peak} MB")
    return int(any(not outcome.fine for outcome in outcomes))


def _pattern(said: str) -> str:
    """A sentence without the file's own words."""
    return re.sub(r'"[^"]*"|\S+!\S+|[A-Z]{1,3}\d+|\d[\d,.]*|[\w.-]+\.xl\w+:?|The tab .*? (?=is|has|holds)', "…", said)[
        :110
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
