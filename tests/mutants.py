"""The safety code, broken on purpose, one line at a time: `python -m tests.mutants [NAME…]`.

Each mutant is a change of text in a copy of the package, and the tests that must fail over it. One that survives says
that some test could not fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent.parent
EXCEL = "sheets_sync/workbooks/excel"


@dataclass(frozen=True)
class Mutant:
    """`old` becomes `new` in a file; `tests` are pytest's arguments for those that must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


SWAP, COMMIT, VERIFY = "tests/test_excel_swap.py", "tests/test_excel_commit.py", "tests/test_excel_verify.py"
HOSTILE, REFUSE, FILES = "tests/test_hostile.py", "tests/test_excel_refuse.py", "tests/test_cli_files.py"

MUTANTS = (
    Mutant("the file is not synced", f"{EXCEL}/swap.py", "os.fsync(file.fileno())", "pass", f"{SWAP} -k synced"),
    Mutant("the folder is not synced", f"{EXCEL}/swap.py", "os.fsync(handle)", "pass", f"{SWAP} -k synced"),
    Mutant(
        "the folder is synced too early",
        f"{EXCEL}/commit.py",
        "    try:\n        exchange(ready, path)\n",
        "    try:\n        settle(path.parent)\n        exchange(ready, path)\n",
        f"{SWAP} -k synced",
    ),
    Mutant(
        "what comes out is not looked at",
        f"{EXCEL}/commit.py",
        "if _revision(ready) != base:",
        "if False:",
        f"{COMMIT} -k before_any_step",
    ),
    Mutant(
        "a save that came out is not put back",
        f"{EXCEL}/commit.py",
        "        _put_back(ready, path, ours)\n",
        "",
        f"{COMMIT} -k before_any_step",
    ),
    Mutant(
        "whatever came out last is taken for ours",
        f"{EXCEL}/commit.py",
        "if came == ours:",
        "if True:",
        f"{COMMIT} -k third_save",
    ),
    Mutant(
        "no last look without an exchange",
        f"{EXCEL}/commit.py",
        "        if _revision(path) != base:\n            raise _changed(path) from None\n",
        "",
        f"{COMMIT} -k last_look",
    ),
    Mutant(
        "a killed run's exchange is swept with a save in it",
        f"{EXCEL}/commit.py",
        "if names is not None and found[:_PART] not in names.groups():",
        "if False:",
        f"{COMMIT} -k killed",
    ),
    Mutant("strays are not swept", f"{EXCEL}/commit.py", '*.tmp"', '*.none"', f"{SWAP} -k swept"),
    Mutant(
        "a neighbour's files are swept",
        f"{EXCEL}/commit.py",
        'return f".sheets-sync-{mark_of(path)}-"',
        'return ".sheets-sync-"',
        f"{SWAP} -k swept",
    ),
    Mutant(
        "the run is not told that it cannot be stopped",
        f"{EXCEL}/commit.py",
        "            committing(True)\n",
        "",
        f"{COMMIT} -k stopped_no_longer",
    ),
    Mutant(
        "editors are not looked for",
        f"{EXCEL}/editors.py",
        "        file = path.parent / lock\n",
        "        file = path.parent / 'none'\n",
        f"{SWAP} -k open_in_an_editor",
    ),
    Mutant(
        "LibreOffice is not looked for", f"{EXCEL}/editors.py", 'f".~lock.{path.name}#"', '".none"', f"{SWAP} -k editor"
    ),
    Mutant(
        "another run is not kept out",
        "sheets_sync/workbooks/lock.py",
        "        lock.acquire()\n",
        "",
        f"{SWAP} -k second_run",
    ),
    Mutant(
        "a change since the reading is ignored",
        f"{EXCEL}/__init__.py",
        "!= patch.revision:",
        "is None:",
        f"{SWAP} -k since_the_reading",
    ),
    Mutant(
        "hard links are written", f"{EXCEL}/swap.py", "if found.st_nlink > 1:", "if False:", f"{SWAP} -k hard_links"
    ),
    Mutant(
        "read-only files are written",
        f"{EXCEL}/swap.py",
        "if not found.st_mode & 0o222 or",
        "if",
        f"{SWAP} -k read_only",
    ),
    Mutant(
        "the mode is not kept",
        f"{EXCEL}/swap.py",
        "    os.chmod(temporary, stat.S_IMODE(found.st_mode))\n",
        "",
        f"{SWAP} -k mode_and",
    ),
    Mutant(
        "room is not looked for",
        f"{EXCEL}/swap.py",
        "if free < SPACE_TIMES * needed:",
        "if False:",
        f"{FILES} -k without_room",
    ),
    Mutant(
        "a file that is being written is read",
        f"{EXCEL}/swap.py",
        "fresh = abs(",
        "fresh = False and abs(",
        f"{FILES} -k grows",
    ),
    Mutant(
        "no backup",
        f"{EXCEL}/__init__.py",
        "backup = swap.back_up(data, path, self.folder) if",
        'backup = "" if',
        f"{SWAP} -k receipt",
    ),
    Mutant(
        "a read-only system is for later", "sheets_sync/workbooks/trouble.py", ", errno.EROFS}", "}", f"{SWAP} -k EROFS"
    ),
    Mutant(
        "the gate is left open",
        f"{EXCEL}/__init__.py",
        "        verify.verify(",
        "        (lambda *a: None)(",
        f"{FILES} -k planted",
    ),
    Mutant(
        "lost parts pass the gate",
        f"{EXCEL}/verify.py",
        "        if not here:\n",
        "        if False:\n",
        f"{VERIFY} -k faulty",
    ),
    Mutant(
        "changed cells pass the gate",
        f"{EXCEL}/verify.py",
        "        compare_sheets(old",
        "        str(old",
        f"{VERIFY} -k faulty",
    ),
    Mutant(
        "changed formats pass the gate",
        f"{EXCEL}/verify.py",
        "            compare_styles(old",
        "            str(old",
        f"{VERIFY} -k faulty",
    ),
    Mutant(
        "a changed workbook part passes the gate",
        f"{EXCEL}/verify.py",
        "    compare_workbooks(old",
        "    str(old",
        f"{VERIFY} -k faulty",
    ),
    Mutant(
        "a DOCTYPE is read",
        f"{EXCEL}/markup.py",
        '.upper() == b"<!DOCTYPE"',
        '.upper() == b"never"',
        f"{HOSTILE} -k laughs",
    ),
    Mutant(
        "a part twice is read", f"{EXCEL}/package.py", "if key in package._members:", "if False:", f"{HOSTILE} -k twice"
    ),
    Mutant(
        "a bomb is unpacked",
        f"{EXCEL}/package.py",
        "if info.file_size > MOST_BYTES_OF_ONE or too_dense:",
        "if False:",
        f"{HOSTILE} -k GB",
    ),
    Mutant(
        "names that lead out are read", f"{EXCEL}/package.py", '".." in name.split("/")', "False", f"{HOSTILE} -k leads"
    ),
    Mutant(
        "junk in front is read",
        f"{EXCEL}/refuse.py",
        'if b"PK\\5\\6" in data[-65_600:]:',
        "if False:",
        f"{HOSTILE} -k junk",
    ),
    Mutant(
        "merged ranges without end",
        f"{EXCEL}/precheck.py",
        "MOST_MERGED = 50_000",
        "MOST_MERGED = 1 << 40",
        f"{HOSTILE} -k merged",
    ),
    Mutant(
        "nesting without end",
        f"{EXCEL}/markup.py",
        "MOST_NESTED = 250",
        "MOST_NESTED = 1 << 40",
        f"{HOSTILE} -k nested",
    ),
    Mutant("a signature is broken", f"{EXCEL}/refuse.py", '"_xmlsignatures/"', '"none"', f"{HOSTILE} -k signed"),
    Mutant(
        "marked as final is written",
        f"{EXCEL}/__init__.py",
        "        refuse.check_permission(package)\n",
        "",
        f"{REFUSE} -k closed",
    ),
    Mutant(
        "locked cells are written",
        f"{EXCEL}/room.py",
        "    if not is_protected(xml):\n",
        "    if True:\n",
        f"{HOSTILE} -k protected",
    ),
    Mutant(
        "text is not escaped",
        f"{EXCEL}/markup.py",
        '.replace("&", "&amp;").replace("<", "&lt;")',
        "",
        "tests/test_excel_columns.py tests/test_excel_package.py",
    ),
    Mutant(
        "a signal stops what is written",
        "sheets_sync/cli/stopping.py",
        "return any(workbook.committed for workbook in _watched)",
        "return False",
        f"{FILES} -k after_the_swap",
    ),
    Mutant(
        "the deadline is ignored",
        "sheets_sync/cli/stopping.py",
        "        raise Late\n",
        "        return\n",
        f"{FILES} -k hangs",
    ),
    Mutant(
        "streams that are closed are not opened",
        "sheets_sync/cli/__init__.py",
        "    _open_streams()\n",
        "",
        f"{FILES} -k reads_our",
    ),
)


def survives(mutant: Mutant) -> str:
    """Empty when a test fails over it, as it must; otherwise what is wrong."""
    with tempfile.TemporaryDirectory(prefix="sheets-sync-mutant-") as name:
        folder = Path(name)
        for part in ("sheets_sync", "templates", "tests"):
            shutil.copytree(HERE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
        shutil.copy(HERE / "pyproject.toml", folder)
        file = folder / mutant.file
        text = file.read_text(encoding="utf-8")
        if mutant.old not in text:
            return "the text to change is not there"
        file.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *_split(mutant.tests)]
        env = {**os.environ, "PYTHONPATH": str(folder)}
        try:
            done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=900)
        except subprocess.TimeoutExpired:
            return ""  # it hangs, and nobody would call that passed
    # pytest: 0 all passed, 1 some failed; anything else (no tests, an error of use) proves nothing.
    return {0: "survives", 1: ""}.get(done.returncode, f"pytest ended with {done.returncode}: {done.stdout[-300:]}")


def _split(tests: str) -> list[str]:
    files, _, name = tests.partition(" -k ")
    return [*files.split(), *(["-k", name] if name else [])]


def main(names: Sequence[str], at_once: int = 2) -> int:
    chosen = [mutant for mutant in MUTANTS if not names or any(name in mutant.name for name in names)]
    with ThreadPoolExecutor(at_once) as pool:
        found = dict(zip(chosen, pool.map(survives, chosen), strict=True))
    wrong = {mutant.name: said for mutant, said in found.items() if said}
    print(f"{len(chosen)} mutants, {len(wrong)} survive")
    for name, said in wrong.items():
        print(f"  {name}: {said}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
