"""`playbook diff`: what differs, in plain words, and what the change would do to a tracker."""

from __future__ import annotations

import json
from pathlib import Path

from sheets_sync import sync
from sheets_sync.config import Config
from sheets_sync.playbook.differences import differences
from tests.test_cli import TODAY, call, demo  # noqa: F401

AGENCY = sync.load(Config())
FACTS = sync.known().facts
MINE = """extends = "agency"
version = "1.1"
[settings.silence]
otherwise = 10
at_most = 20
routine = 1.0
[touchpoints.check_in_call]
every = "7 days"
[touchpoints.coffee]
title = "Coffee"
every = "2 weeks"
done = { types = ["visit"] }
[touchpoints.kickoff]
off = true
[warnings.complaints]
when.complaints.at_least = 2
[metrics.grr]
target = 0.9
"""


def mine(folder: Path) -> Path:
    path = folder / "mine.toml"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_entries_added_taken_out_and_changed(tmp_path: Path) -> None:
    found = differences(AGENCY, sync.load(Config(), str(mine(tmp_path))), FACTS)
    texts = {one.where: one.text for one in found}
    assert texts["touchpoints.kickoff"].startswith("Taken out: Kickoff: each project")
    assert texts["touchpoints.coffee"].startswith("Added: Coffee: every 14 days")
    assert texts["touchpoints.check_in_call.every"] == "Check-in call › every: 14 days → 7 days"
    assert texts["settings.silence.otherwise"] == "Silence › limit without a rhythm: 30 days → 10 days"
    assert texts["warnings.complaints.when.complaints.at_least"] == "Complaints › when complaints at least: 1 → 2"
    assert texts["metrics.grr.target"] == "Revenue kept › target: nothing → 90 %"
    assert texts["version"].startswith("Version: ")
    assert len(texts) == len(found) == 9


def test_a_playbook_does_not_differ_from_itself() -> None:
    assert differences(AGENCY, AGENCY, FACTS) == []


def test_what_the_change_would_do_without_writing(demo: Path, tmp_path: Path) -> None:  # noqa: F811
    before = demo.read_bytes()
    args = ("playbook", "diff", "agency", str(mine(tmp_path)), "--tracker", str(demo), "--as-of", TODAY)
    done = call(*args)
    assert done.exit_code == 0, done.stderr
    assert "on watch: " in done.stdout
    assert "in the Diary" in done.stdout
    shape = json.loads(call(*args, "--json").stdout)
    assert shape["version"] == 1
    assert len(shape["differences"]) == 9
    assert shape["effect"]["moves"][0].keys() == {"client", "before", "after"}
    assert demo.read_bytes() == before


def test_the_current_one_has_what_the_tracker_sets(demo: Path) -> None:  # noqa: F811
    import openpyxl

    book = openpyxl.load_workbook(demo)
    sheet = book.create_sheet("Playbook")
    for row in (["Setting", "Value"], ["metrics.nps.target", 40]):
        sheet.append(row)
    book.save(demo)
    done = call("playbook", "diff", "agency", "--tracker", str(demo), "--as-of", TODAY)
    assert done.stdout.startswith("Recommend us (NPS) › target: 50 points → 40 points\n")
    assert "Nobody’s level moves" in done.stdout


def test_entries_of_two_kinds_with_one_name_are_told_apart() -> None:
    name = "escalation"
    entry = AGENCY.touchpoints["kickoff"].model_copy(update={"title": "Escalation talk"})
    more = AGENCY.model_copy(update={"touchpoints": {**AGENCY.touchpoints, name: entry}})
    (found,) = differences(AGENCY, more, FACTS)
    assert found.text.startswith("Added: Escalation talk: each project")
