"""README stays true: its commands run, its exit codes are the code's, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sheets_sync import errors
from sheets_sync.cli import COMMANDS, root
from sheets_sync.cli.failing import guarded
from tests.sheets_emulator import Emulator, Server
from tests.sheets_emulator.__main__ import tabs_of

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[list[str]]:
    lines = [line.split("#")[0].strip() for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("sheets-sync ")]


def test_every_command_of_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert guarded(root, ["demo", "--quiet"]) == 0
    (tmp_path / "clients.xlsx").write_bytes((tmp_path / "sheets-sync-demo" / "tracker.xlsx").read_bytes())
    assert guarded(root, ["remove", "clients.xlsx", "--yes", "--quiet"]) == 0
    assert commands(), "README shows no command"
    with Server(Emulator()) as google:
        monkeypatch.setenv("SHEETS_SYNC_API_ENDPOINT", google.url)
        monkeypatch.setenv("SHEETS_SYNC_CREDENTIALS", str(google.service_account_file(tmp_path / "key.json")))
        sheet = google.add("Client tracker", tabs_of("sample"))
        for command in commands():
            words = [re.sub(r"(/spreadsheets/d/)ID$", rf"\g<1>{sheet}", word) for word in command]
            answer = ["--yes"] if command[0] == "remove" else []
            code = guarded(root, [*words, *answer])
            assert code == 0 or (command[0] == "check" and code == 1), command
        assert "Health" in google.rows(sheet, "Clients")[0]


def test_the_exit_codes_are_those_of_the_code() -> None:
    table = {int(code): text for code, text in re.findall(r"^\| (\d+) \| (.+) \|$", README, re.MULTILINE)}
    kinds = {kind.exit_code for kind in errors.SheetsSyncError.__subclasses__()}
    assert kinds <= set(table)
    assert set(table) == kinds | {0, 1, 130}


def test_pictures_and_files_that_readme_names_are_there() -> None:
    for target in re.findall(r"!\[[^]]*\]\(([^)]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_the_playbook_that_readme_shows_is_valid(tmp_path: Path) -> None:
    (shown,) = blocks("toml")
    path = tmp_path / "playbook.toml"
    path.write_text(shown, encoding="utf-8")
    assert guarded(root, ["playbook", "validate", str(path)]) == 0


def test_the_text_that_readme_shows_is_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert guarded(root, ["demo", "--quiet", "--as-of", "2026-11-23"]) == 0
    (tmp_path / "clients.xlsx").write_bytes((tmp_path / "sheets-sync-demo" / "tracker.xlsx").read_bytes())
    (command,) = [command for command in commands() if "--client" in command]
    assert guarded(root, [*command, "--as-of", "2026-11-23"]) == 0
    assert capsys.readouterr().out in blocks("text")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_help_and_its_default(name: str) -> None:
    import click

    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts:
            assert parameter.help, f"{name} {parameter.opts} has no help"
            named = "default" in parameter.help or parameter.show_default or parameter.count or "yes" in parameter.opts
            assert named, f"{name} {parameter.opts} does not say its default"


def test_the_two_start_commands_are_one_line_each() -> None:
    starts = [block for block in blocks("sh") if block.startswith("python3 -m venv")]
    assert len(starts) == 2
    assert all(block.count("\n") == 1 for block in starts)
