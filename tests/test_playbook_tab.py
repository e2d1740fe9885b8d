"""`playbook to-tracker`: the playbook's numbers as a tab of the team's own, read back as they were written."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.playbook.load import layers_of
from sheets_sync.playbook.meanings import meanings
from sheets_sync.playbook.values import values_of
from sheets_sync.rules.facts import FACTS
from tests.test_cli import TODAY, call, demo  # noqa: F401

AGENCY = sync.load(Config())
FACTS_MEAN = {name: fact.meaning for name, fact in FACTS.items()}


def rows(path: Path) -> dict[str, tuple[object, ...]]:
    sheet = openpyxl.load_workbook(path)["Playbook"]
    return {str(row[0]): row[1:] for row in sheet.iter_rows(values_only=True)}


def test_the_tab_holds_every_setting_with_its_unit_and_meaning(demo: Path) -> None:  # noqa: F811
    done = call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    assert done.exit_code == 0, done.stderr
    assert "settings into the new tab “Playbook”" in done.stdout
    found = rows(demo)
    assert found["Setting"] == ("Value", "Unit", "Meaning")
    assert found["Silence › limit without a rhythm"] == (30, "\u00a0days", "Without a rhythm of their own: 30 days")
    assert found["Check-in call › every"] == (14, "\u00a0days", "How often it is due.")
    assert found["Clients kept › target"][0] == 0.85
    assert found["Complaints › level"][:2] == ("watch", "\u00a0watch or risk")
    assert found["Hours › opens"][:2] == ("09:00", "\u00a0time of day")
    sheet = openpyxl.load_workbook(demo)["Playbook"]
    assert [cell.protection.locked for cell in sheet[3][:3]] == [True, False, True]


def test_a_run_after_it_changes_nothing_until_a_value_is_changed(demo: Path) -> None:  # noqa: F811
    call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    plan = json.loads(call("plan", str(demo), "--as-of", TODAY, "--json").stdout)
    assert (plan["changes"], plan["notes"], plan["problems"]) == ([], [], plan["problems"])
    assert not [problem for problem in plan["problems"] if problem["where"].startswith("Playbook")]
    book = openpyxl.load_workbook(demo)
    for row in book["Playbook"].iter_rows():
        if row[0].value == "Silence › limit without a rhythm":
            row[1].value = 21
    book.save(demo)
    plan = json.loads(call("plan", str(demo), "--as-of", TODAY, "--json").stdout)
    said = "Silence › limit without a rhythm: 21 days in the tracker, 30 days in the playbook file."
    assert plan["notes"] == [said]
    assert said in call("check", str(demo), "--as-of", TODAY).stdout
    assert said in call("plan", str(demo), "--as-of", TODAY).stdout


def test_a_second_time_adds_nothing_and_says_what_is_missing(demo: Path) -> None:  # noqa: F811
    call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    book = openpyxl.load_workbook(demo)
    gone = book["Playbook"]["A3"].value
    book["Playbook"].delete_rows(3)
    book.save(demo)
    before = demo.read_bytes()
    done = call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    assert demo.read_bytes() == before
    assert "is there already and yours" in done.stdout
    assert "no row for 1 of" in done.stdout
    shape = json.loads(call("playbook", "to-tracker", str(demo), "--as-of", TODAY, "--json").stdout)
    assert (shape["version"], shape["written"], shape["lacking"]) == (1, False, [gone])


def test_undo_takes_it_back_and_remove_leaves_it(demo: Path) -> None:  # noqa: F811
    before = demo.read_bytes()
    call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    assert call("undo", str(demo)).exit_code == 0
    assert demo.read_bytes() == before
    call("playbook", "to-tracker", str(demo), "--as-of", TODAY)
    call("remove", str(demo), "--yes")
    assert openpyxl.load_workbook(demo).sheetnames[-1] == "Playbook"
    assert rows(demo)["Silence › limit without a rhythm"][0] == 30
    given = call("undo", str(demo), "--list").stdout.splitlines()[1].split()[0]
    assert given.endswith("-playbook")
    done = call("undo", str(demo), "--run", given)
    assert "is yours; delete it" in done.stdout


def test_a_tab_of_that_name_with_something_else_in_it_is_left_alone(demo: Path) -> None:  # noqa: F811
    book = openpyxl.load_workbook(demo)
    book.create_sheet("Playbook")["A1"] = "Our plays for the summer match"
    book.save(demo)
    assert "“Playbook settings”" in call("playbook", "to-tracker", str(demo), "--as-of", TODAY).stdout


def test_every_setting_has_a_meaning_in_plain_words() -> None:
    listed = [value for value in values_of(AGENCY, FACTS_MEAN) if value.listed]
    said = meanings(AGENCY, listed, layers_of("agency"), FACTS_MEAN)
    assert [value.dotted for value in listed if not said[value.path]] == []
    assert not [text for text in said.values() if "`" in text]


def test_a_comment_of_the_own_file_counts_first(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('extends = "agency"\n[settings.silence]\notherwise = 20   # as decided in May\n', encoding="utf-8")
    mine = sync.load(Config(), str(path))
    listed = [value for value in values_of(mine, {}) if value.listed]
    said = meanings(mine, listed, layers_of(path), {})
    assert said["settings", "silence", "otherwise"] == "As decided in May"
    assert said["settings", "silence", "at_most"] == "Never over 60"


@pytest.mark.parametrize("entries", ["touchpoints", "clocks", "warnings", "metrics"])
def test_every_kind_of_entry_has_settings(entries: str) -> None:
    listed = {value.path[:2] for value in values_of(AGENCY, {}) if value.listed}
    assert listed & {(entries, name) for name in getattr(AGENCY, entries)}
