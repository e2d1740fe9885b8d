"""A room imports only from floors below it; the heavy libraries stay out of what starts the command line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sheets_sync"
FLOORS = [
    {"model", "errors", "worktime"},
    {
        "playbook",
        "tracker",
        "diff",
        "guard",
    },
    {"rules", "exports"},
    {"tabs", "render", "outputs"},
    {"config", "journal", "pilot", "privacy"},
    {"sync"},
    {"cli"},
]
ASIDE = "workbooks"
# One room may use another of its floor only where the house says so.
NEIGHBOURS = {("render", "tabs"), ("outputs", "tabs"), ("render", "outputs"), ("journal", "diff")}
HEAVY = {
    "pandas",
    "numpy",
    "openpyxl",
    "lxml",
    "pydantic",
    "python_calamine",
    "tomlkit",
    "rapidfuzz",
    "holidays",
    "rich",
    "jinja2",
    "gspread",
    "google",
    "requests",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The rooms of this package that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "sheets_sync" and len(parts) > 1 and not parts[1].startswith("__"):
                yield parts[1]


def floor(name: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_below(path: Path) -> None:
    here = room(path)
    if here in ("__init__", "__main__"):
        return
    for other in imports(path):
        if other == here or (here, other) in NEIGHBOURS:
            continue
        if here == ASIDE:
            assert other in ("model", "errors"), f"{path} must see model and errors only, not {other}"
        elif other == ASIDE:
            assert here in ("sync", "cli"), f"{path} touches workbooks"
        elif other == "templates":
            assert here in ("playbook", "cli")
        else:
            assert floor(other) < floor(here), f"{path} imports {other}, which is not below it"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_outgrows_its_room(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, f"{path} has more than 400 lines: it wants to be two"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 45, f"{path}:{node.lineno} {node.name} has {length} lines: it wants to be two"


def test_the_clock_and_printing_live_in_cli_alone() -> None:
    for path in modules():
        if room(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                forbidden = {"print", "datetime.now", "date.today", "datetime.today", "os.getenv", "os.environ.get"}
                allowed = room(path) == ASIDE and called == "datetime.now"
                assert called not in forbidden or allowed, f"{path}:{node.lineno} calls {called}"


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, sheets_sync.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.strip("' ").split(".")[0] for name in run.stdout.splitlines()[-1].strip("[]").split(",")}
    assert not loaded & HEAVY
