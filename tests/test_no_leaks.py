"""Nothing personal in logs and crash files, no command for the terminal out of a cell, and no need of local state."""

from __future__ import annotations

import json
import re
import shutil
import stat
from datetime import date
from pathlib import Path

import click
import pytest

from sheets_sync.cli.failing import guarded
from sheets_sync.workbooks.excel.new import new_workbook
from sheets_sync.workbooks.template import NewColumn, NewTab
from tests.test_cli import TODAY, as_json, call, demo  # noqa: F401

PEOPLE = [f"Canary{i} Quokka{i}" for i in range(8)]
MAILS = [f"canary{i}@quokka{i}.example" for i in range(6)]
SECRETS = [f"sk-canary-{i:02}-TOPSECRET" for i in range(6)]
PLANTED = [*PEOPLE, *MAILS, *SECRETS]
COLUMNS = ("Client", "Key contact", "Email", "Last contact", "Notes", "Owner", "Status")


def planted_tracker(path: Path, doubled: bool = False) -> Path:
    """A tracker in which every name, address and secret stands, some of them as values that cannot be read."""
    rows = [
        (
            PEOPLE[i],
            PEOPLE[i],
            MAILS[i % 6],
            SECRETS[i % 6] if i % 2 else date(2026, 11, 2),
            SECRETS[i % 6],
            "A",
            MAILS[0],
        )
        for i in range(8)
    ]
    columns = [NewColumn(header) for header in COLUMNS]
    if doubled:
        columns.append(NewColumn("Client "))
    path.write_bytes(new_workbook([NewTab("Clients", tuple(columns), tuple(rows))]))
    return path


def planted_in(folder: Path, *but: str) -> list[str]:
    """What of it stands in the files of a folder, undo's own stores (`but`) aside."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and not set(but) & set(file.relative_to(folder).parts):
            text = file.name + file.read_bytes().decode("utf-8", "replace")
            found += [f"{one} in {file.name}" for one in PLANTED if one.casefold() in text.casefold()]
    return found


def test_twenty_planted_none_in_the_log(tmp_path: Path) -> None:
    """[S8] [I8] Runs that write, that have nothing to write, that are refused, and that find no file."""
    assert len(PLANTED) == 20
    state, log = tmp_path / "state", tmp_path / "logs" / "runs.log"
    tracker = planted_tracker(tmp_path / "clients.xlsx")
    for more in ((), (), ("--as-of", "2026-12-24"), ("--only", PEOPLE[0]), ("--only", "Nobody " + PEOPLE[1])):
        call("run", str(tracker), "--quiet", "--log", str(log), *more)
    call("run", str(planted_tracker(tmp_path / "doubled.xlsx", doubled=True)), "--quiet", "--log", str(log))
    call("run", str(tmp_path / "none.xlsx"), "--quiet", "--log", str(log))
    exits = [json.loads(line)["exit"] for line in log.read_text().splitlines()]
    assert len(exits) == 7
    assert 0 in exits
    assert {2, 3} & set(exits)
    assert planted_in(tmp_path / "logs") == []
    assert planted_in(state, "runs", "backups", "standing.json") == []


@pytest.mark.parametrize("cause", [ValueError, KeyError, RuntimeError, UnicodeError, ZeroDivisionError])
def test_twenty_planted_none_in_a_crash(
    tmp_path: Path, cause: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    """[S8] [I8] Whatever an error carries in its words, its arguments or the values around it."""

    @click.command()
    def command() -> None:
        row = dict(enumerate(PLANTED))
        raise cause(f"cannot read {row}", *PLANTED) from ValueError(*PLANTED)

    assert guarded(command, []) == 70
    crash = tmp_path / "state" / "sheets-sync" / "crash.txt"
    assert crash.read_text().startswith(cause.__name__)
    assert "test_no_leaks.py" in crash.read_text()
    assert stat.S_IMODE(crash.stat().st_mode) == 0o600
    assert planted_in(tmp_path / "state") == []
    out = capsys.readouterr()
    assert not [one for one in PLANTED if one in out.out + out.err]


# C0, C1 and marks that turn the direction of text; line ends and tabs are ours.
DANGEROUS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ESCAPES = (
    "\u009b31mred",
    "\u009d0;title\u009c",
    "\u202egnp.exe",
    "\u2066hidden\u2069",
    "_x001B_[2J",
    "_x0007_bell",
    "\x7f",
)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced tracker whose every text would command a terminal."""
    base = tmp_path_factory.mktemp("hostile")
    rows = tuple(
        (f"Acme{i} {text}", f"Own{text}", f"st{text}", text, text, date(2026, 9, 1)) for i, text in enumerate(ESCAPES)
    )
    headers = ("Client", "Owner", "Status", "Renewal date", f"Odd {ESCAPES[0]}", "Last contact")
    path = base / "clients.xlsx"
    path.write_bytes(new_workbook([NewTab("Clients \u202e", tuple(NewColumn(h) for h in headers), rows)]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(base / "state"))
        assert call("run", str(path), "--as-of", TODAY, "-q").exit_code == 0
    return base


@pytest.mark.parametrize(
    "command",
    [
        ("run", "-v"),
        ("run", "--as-of", "2026-12-24", "-v"),
        ("run", "--json"),
        ("plan", "-v", "--as-of", "2027-01-24"),
        ("plan", "--json", "--as-of", "2027-01-24"),
        ("check",),
        ("check", "--json"),
        ("explain", "-v"),
        ("explain", "--json"),
        ("explain", "--client", "Acme0 \u009b31mred", "-v"),
        ("explain", "--client", "Acme0 \u009b31mred", "--text", "check_in"),
        ("explain", "--client", "\u009b1m nobody"),
        ("undo", "--list"),
        ("init", "--yes"),
        ("privacy", "export", "--client", "Acme0 \u009b31mred", "--json"),
        ("privacy", "erase", "--client", "Acme0 \u009b31mred", "--yes"),
        ("health",),
    ],
    ids=" ".join,
)
def test_no_cell_commands_the_terminal(hostile: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    """[S9] Names, owners, values, headers and the tab's title."""
    shutil.copytree(hostile, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "clients.xlsx"
    verb = 2 if command[0] == "privacy" else 1
    done = call(*command[:verb], str(path), *command[verb:])
    assert done.exit_code in (0, 1, 2), done.stderr
    assert "bug of ours" not in done.stderr
    found = DANGEROUS.search(done.stdout + done.stderr)
    assert found is None, repr((done.stdout + done.stderr)[found.start() - 40 : found.start() + 40])
    assert done.stdout + done.stderr
    if "--json" in command:
        json.loads(done.stdout)


def test_another_machine_finds_nothing_to_do(
    tmp_path: Path,
    demo: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """[E 143] The file alone is enough: without any local state the same result, and no write; the Changes tab too."""
    config = demo.with_name("sheets-sync.toml")
    config.write_text(config.read_text() + '[look]\ntabs = ["changes"]\n')
    for day in ("2026-11-24", "2026-12-08", "2026-12-22"):
        assert call("run", str(demo), "--as-of", day, "-q").exit_code == 0
    there = tmp_path / "elsewhere"
    shutil.copytree(demo.parent, there)
    before = (there / "tracker.xlsx").read_bytes()
    here = as_json_at(demo, "2026-12-22")
    monkeypatch.setenv("SHEETS_SYNC_STATE", str(tmp_path / "new-machine"))
    new = as_json_at(there / "tracker.xlsx", "2026-12-22")
    assert (there / "tracker.xlsx").read_bytes() == before
    assert here["written"] is new["written"] is False
    for name in ("levels", "changes", "tabs", "problems", "valid_until"):
        assert new.get(name) == here.get(name), name
    explained = [
        json.loads(call("explain", str(path), "--as-of", "2026-12-22", "--json").stdout)
        for path in (demo, there / "tracker.xlsx")
    ]
    assert explained[0]["clients"] == explained[1]["clients"]


def as_json_at(path: Path, day: str) -> dict[str, object]:
    done = call("run", str(path), "--as-of", day, "--json")
    assert done.exit_code == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_changes_says_since_when_and_why_after_real_runs(demo: Path) -> None:  # noqa: F811
    """Levels that changed between real runs, with the day of the run that saw it and the reason of the present one."""
    import openpyxl

    config = demo.with_name("sheets-sync.toml")
    config.write_text(config.read_text() + '[look]\ntabs = ["changes"]\n')
    before = {client["client"]: client["health"]["level"] for client in as_json("explain", str(demo))["clients"]}
    assert call("run", str(demo), "--as-of", "2026-12-08", "-q").exit_code == 0
    after = json.loads(call("explain", str(demo), "--as-of", "2026-12-08", "--json").stdout)["clients"]
    moved = {client["client"] for client in after if client["health"]["level"] != before[client["client"]]}
    assert moved
    lines = list(openpyxl.load_workbook(demo)["Changes"].iter_rows(values_only=True))
    seen = {str(line[1]): line for line in lines if str(line[0]).endswith("8 Dec")}
    assert set(seen) >= moved
    assert all("→" in str(seen[name][2]) for name in moved)
    worse = {client["client"] for client in after if client["client"] in moved and client["health"]["level"] == "risk"}
    assert all(seen[name][3] for name in worse)
