"""The commands on real files and real processes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sheets_sync.cli import root
from sheets_sync.cli.failing import guarded
from sheets_sync.rules.facts import FACTS

TODAY = "2026-11-23"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The sample tracker, synced on 23 Nov 2026 at opening time."""
    assert guarded(root, ["demo", str(tmp_path / "demo"), "--as-of", TODAY, "--quiet"]) == 0
    return tmp_path / "demo" / "tracker.xlsx"


@dataclass(frozen=True)
class Done:
    exit_code: int
    stdout: str
    stderr: str


def call(*args: str) -> Done:
    """A command in this process, as the console script runs it."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = guarded(root, list(args))
    return Done(code, out.getvalue(), err.getvalue())


def process(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sheets_sync", *args]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, timeout=120)


def as_json(*args: str) -> dict[str, Any]:
    done = call(*args, "--json", "--as-of", TODAY)
    assert done.exit_code == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_second_run_writes_no_byte(demo: Path) -> None:
    """[E16] Safe at any time: the same in, nothing written."""
    before, stamp = demo.read_bytes(), demo.stat().st_mtime_ns
    shape = as_json("run", str(demo))
    assert shape["written"] is False
    assert shape["io"]["writes"] == 0
    assert demo.read_bytes() == before
    assert demo.stat().st_mtime_ns == stamp


def test_run_says_what_it_found(tmp_path: Path) -> None:
    done = process("demo", str(tmp_path / "demo"), "--as-of", TODAY)
    assert done.returncode == 0, done.stderr
    assert "25 clients, 4 owners" in done.stdout
    assert re.search(r"Now: \d+ at risk, \d+ to watch, \d+ healthy\.", done.stdout)
    assert "Dashboard" in done.stdout


def test_run_json_has_every_key_and_levels_add_up(demo: Path) -> None:
    shape = as_json("run", str(demo))
    keys = {"version", "tracker", "as_of", "playbook", "clients", "levels", "changes", "tabs", "problems", "written"}
    assert keys | {"io", "notes", "seconds", "run_id", "valid_until"} == set(shape)
    assert sum(shape["levels"].values()) == shape["clients"] == 25
    assert set(shape["levels"]) == {"risk", "watch", "ok", "unknown", "none"}
    assert {"read", "assess", "render", "apply", "total"} <= set(shape["seconds"])


def test_plan_writes_nothing_and_says_every_cell(tmp_path: Path, demo: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    shutil.copy(demo, bare)
    assert guarded(root, ["remove", str(bare), "--yes", "--quiet"]) == 0
    before = bare.read_bytes()
    shape = as_json("plan", str(bare))
    assert bare.read_bytes() == before
    assert shape["written"] is False
    health = [change for change in shape["changes"] if change["column"] == "Health"]
    assert len(health) == 25
    assert all(change["before"] is None and change["why"] for change in health)
    assert re.fullmatch(r"Clients![A-Z]+\d+", health[0]["cell"])
    assert call("plan", str(bare), "--exit-code", "--as-of", TODAY).exit_code == 1
    assert call("plan", str(demo), "--exit-code", "--as-of", TODAY).exit_code == 0


def test_explain_names_facts_and_the_way_back(demo: Path) -> None:
    shape = as_json("explain", str(demo), "--client", "aldgate legal")
    (client,) = shape["clients"]
    assert client["health"]["level"] == "risk"
    silence = next(warning for warning in client["warnings"] if warning["id"] == "silence")
    assert silence["clears_when"]
    assert re.match(r"\w+![A-Z]+\d+", silence["cell"])
    assert {metric["id"] for metric in shape["metrics"]} >= {"nps", "retention", "expansion_share", "tenure"}
    text = call("explain", str(demo), "--client", "Aldgate Legal", "--as-of", TODAY).stdout
    assert "Aldgate Legal: ✖ At risk" in text
    assert set(client["facts"]) == set(FACTS)
    facts = text.partition("\nFacts\n")[2]
    assert re.search(r"^  status: \w+  \(Clients![A-Z]+\d+\)$", facts, re.MULTILINE)
    assert re.search(r"^  last_sign_of_life: \S+  \(Interactions![A-Z]+\d+\)$", facts, re.MULTILINE)
    assert re.search(r"^  direction_change_open: no$", facts, re.MULTILINE), "a never has no cell"
    assert "row." not in facts
    assert "step." not in facts


def test_an_unknown_client_is_named_with_the_nearest(demo: Path) -> None:
    done = process("explain", str(demo), "--client", "Aldgat Legal")
    assert done.returncode == 2
    assert 'Did you mean "Aldgate Legal"?' in done.stderr


def test_undo_gives_the_very_bytes_back(tmp_path: Path, demo: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    shutil.copy(demo, bare)
    assert guarded(root, ["remove", str(bare), "--yes", "--quiet"]) == 0
    before = bare.read_bytes()
    assert guarded(root, ["run", str(bare), "--as-of", TODAY, "--quiet"]) == 0
    assert bare.read_bytes() != before
    assert guarded(root, ["undo", str(bare), "--quiet"]) == 0
    assert bare.read_bytes() == before


def test_undo_leaves_what_was_changed_since(demo: Path) -> None:
    book = openpyxl.load_workbook(demo)
    sheet = book["Clients"]
    place = next(cell for cell in sheet[1] if cell.value == "Health")
    sheet.cell(2, place.column).value = "typed over"
    book.save(demo)
    done = process("undo", str(demo))
    assert done.returncode == 0, done.stderr
    assert "changed since" in done.stdout
    sheet = openpyxl.load_workbook(demo)["Clients"]
    assert sheet.cell(2, place.column).value == "typed over"
    assert sheet.cell(3, place.column).value is None


def test_remove_takes_everything_of_ours_out(demo: Path) -> None:
    assert guarded(root, ["remove", str(demo), "--yes", "--quiet"]) == 0
    book = openpyxl.load_workbook(demo)
    assert "Dashboard" not in book.sheetnames
    assert "Health" not in [cell.value for cell in book["Clients"][1]]
    assert not [name for name in book.defined_names if name.startswith("_sheets_sync")]


def test_remove_asks_first(demo: Path) -> None:
    before = demo.read_bytes()
    assert process("remove", str(demo)).returncode == 2
    assert demo.read_bytes() == before


def test_typed_into_the_diary_counts_and_stays(demo: Path) -> None:
    book = openpyxl.load_workbook(demo)
    sheet = book["Diary"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "Done on" for cell in row))
    column = {cell.value: cell.column for cell in head}
    line = next(
        row[0].row
        for row in sheet.iter_rows(min_row=head[0].row + 1)
        if row[column["Client"] - 1].value == "Aldgate Legal"
    )
    what = sheet.cell(line, column["Do"]).value
    sheet.cell(line, column["Done on"]).value = __import__("datetime").date(2026, 11, 23)
    sheet.cell(line, column["Outcome"]).value = "Spoke with Ruth"
    book.save(demo)
    for _ in range(2):
        assert guarded(root, ["run", str(demo), "--as-of", f"{TODAY}T12:00", "--quiet"]) == 0
        rows = list(openpyxl.load_workbook(demo)["Diary"].iter_rows(values_only=True))
        kept = [row for row in rows if "Spoke with Ruth" in row]
        assert len(kept) == 1
        assert str(kept[0][column["Done on"] - 1])[:10] == TODAY
        assert what


def test_typed_into_at_risk_is_kept_and_comes_into_the_diary(demo: Path) -> None:
    """[D4] [D9]"""
    book = openpyxl.load_workbook(demo)
    sheet = book["At Risk"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "Kept on" for cell in row))
    column = {cell.value: cell.column for cell in head}
    line = next(
        row[0].row for row in sheet.iter_rows(min_row=head[0].row + 1) if str(row[-1].value).startswith("promise|")
    )
    sheet.cell(line, column["Promise"]).value = "A named deputy"
    sheet.cell(line, column["Owner"]).value = "Tom"
    sheet.cell(line, column["By"]).value = __import__("datetime").date(2026, 11, 27)
    sheet.cell(line, column["Staff view"]).value = "Nobody covered the leave"
    book.save(demo)
    for _ in range(3):
        assert guarded(root, ["run", str(demo), "--as-of", f"{TODAY}T12:00", "--quiet"]) == 0
        book = openpyxl.load_workbook(demo)
        kept = next(row for row in book["At Risk"].iter_rows() if row[column["Promise"] - 1].value == "A named deputy")
        assert kept[column["Staff view"] - 1].value == "Nobody covered the leave"
        assert str(kept[column["By"] - 1].value)[:10] == "2026-11-27"
        assert kept[column["Promise"] - 1].fill.fgColor.rgb == "FFFFFBE6"
        checked = [rule for rule in book["At Risk"].data_validations.dataValidation if rule.type == "date"]
        assert any(kept[column["By"] - 1].coordinate in rule.sqref for rule in checked)
        lines = [
            row for row in book["Diary"].iter_rows(values_only=True) if "A named deputy" in " ".join(map(str, row))
        ]
        assert [row[1] for row in lines] == ["Tom"]


def test_a_missing_file_is_a_sentence() -> None:
    done = process("run", "nowhere.xlsx")
    assert done.returncode == 2
    assert "nowhere.xlsx" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Client,Owner\nAldgate,Priya\n")
    done = process("run", str(path))
    assert done.returncode == 3
    assert "csv" in done.stderr.lower() or "CSV" in done.stderr
    assert path.read_text().startswith("Client")


def test_an_open_editor_is_respected(demo: Path) -> None:
    (demo.parent / ".~lock.tracker.xlsx#").write_text(",ann,desk,23.11.2026 09:12,file:///home/ann;")
    before = demo.read_bytes()
    done = process("run", str(demo), "--as-of", "2026-11-25")
    assert done.returncode == 75
    assert "open" in done.stderr
    assert demo.read_bytes() == before
    assert process("run", str(demo), "--as-of", "2026-11-25", "--quiet").stderr == ""


def test_mistakes_suggest_the_nearest_word() -> None:
    done = process("rum")
    assert done.returncode == 2
    assert 'Did you mean "run"?' in done.stderr


def test_without_a_tracker_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = process("run")
    assert done.returncode == 2
    assert "sheets-sync demo" in done.stderr


def test_a_wrong_moment_is_a_sentence(demo: Path) -> None:
    done = process("run", str(demo), "--as-of", "20/11/2026")
    assert done.returncode == 2
    assert "2026-11-20" in done.stderr


def test_demo_never_overwrites_a_folder_of_yours(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    assert process("demo", str(tmp_path / "mine")).returncode == 2
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_only_leaves_everybody_elses_cells(demo: Path) -> None:
    """[E8] A pilot: one client's cells move on, nobody else's."""
    before = {row[0].value: [cell.value for cell in row] for row in openpyxl.load_workbook(demo)["Clients"].iter_rows()}
    done = call("run", str(demo), "--only", "Aldgate Legal", "--as-of", "2026-12-21", "--quiet")
    assert done.exit_code == 0, done.stderr
    after = {row[0].value: [cell.value for cell in row] for row in openpyxl.load_workbook(demo)["Clients"].iter_rows()}
    assert {name for name in before if before[name] != after[name]} == {"Aldgate Legal"}


def test_only_leaves_the_tabs_and_what_is_remembered_to_a_whole_run(demo: Path) -> None:
    def tabs() -> dict[str, list[tuple[object, ...]]]:
        book = openpyxl.load_workbook(demo)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book if sheet.title != "Clients"}

    before = tabs()
    assert call("run", str(demo), "--only", "Ana", "--as-of", "2026-12-21", "--quiet").exit_code == 0
    assert tabs() == before
    stamp = demo.read_bytes()
    assert call("run", str(demo), "--only", "Ana", "--as-of", "2026-12-21", "--quiet").exit_code == 0
    assert demo.read_bytes() == stamp


def test_init_names_the_playbook_that_is_there(tmp_path: Path, demo: Path) -> None:
    tracker = tmp_path / "own" / "clients.xlsx"
    tracker.parent.mkdir()
    shutil.copy(demo, tracker)
    (tracker.parent / "playbook.toml").write_text(
        'extends = "agency"\nname = "ours"\n[settings.silence]\notherwize = 21\n'
    )
    assert call("init", str(tracker), "--yes", "--quiet").exit_code == 0
    done = call("run", str(tracker), "--as-of", TODAY)
    assert done.exit_code == 2
    assert 'did you mean "otherwise"' in done.stderr


def test_schedule_prints_a_block_for_cron_and_systemd(demo: Path) -> None:
    """[E11]"""
    cron = call("schedule", str(demo)).stdout
    line = next(line for line in cron.splitlines() if not line.startswith("#"))
    assert line.startswith("30 6 * * 1-5 ")
    assert "--quiet" in line
    assert str(demo) in line
    timer = call("schedule", str(demo), "--systemd", "--at", "7:15", "--every-day").stdout
    assert "OnCalendar=*-*-* 07:15" in timer
    assert call("schedule", str(demo), "--at", "25:00").exit_code != 0
    assert call("schedule", str(demo.parent / "none.xlsx")).exit_code == 2
    more = call("schedule", str(demo), "--playbook", "agency", "--only", "Ana Roe").stdout
    assert "--playbook agency --only 'Ana Roe'" in more


def test_the_log_gets_a_line_a_run_without_names(tmp_path: Path, demo: Path) -> None:
    log = tmp_path / "runs.log"
    call("run", str(demo), "--as-of", TODAY, "--quiet", "--log", str(log))
    guarded(root, ["run", str(tmp_path / "none.xlsx"), "--quiet", "--log", str(log)])
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["exit"] for line in lines] == [0, 2]
    assert "Aldgate" not in log.read_text()


def test_fail_on_a_level(demo: Path) -> None:
    assert process("run", str(demo), "--as-of", TODAY, "--fail-on", "risk").returncode == 1
    assert process("run", str(demo), "--as-of", TODAY).returncode == 0
