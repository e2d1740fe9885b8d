"""Assessment → Desired: the seven status columns, their names, what is switched off, and which tabs there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sheets_sync.config import load_config
from sheets_sync.diff import diff
from sheets_sync.model import Chart, Desired, Grid, Link, OwnedTab, Snapshot, cells_of
from sheets_sync.render import ON_REQUEST, STATUS_COLUMNS, render, titles
from tests.assessments import NINE, assessment_of, many, snapshot_of, text_of, view


def desired(
    clients: Any = NINE,
    off: tuple[str, ...] = (),
    snapshot: Snapshot | None = None,
    tabs: tuple[str, ...] = (),
    **changes: Any,
) -> Desired:
    seen = view(clients, **changes)
    config = SimpleNamespace(columns_off=off, tabs=tabs, theme="calm")
    stands = snapshot or snapshot_of(clients)
    return render(seen.assessment, seen.tables, seen.history, seen.playbook, config, stands)


def test_the_theme_of_the_config_is_carried_along() -> None:
    seen, config = view(), SimpleNamespace(columns_off=(), tabs=(), theme="traffic-light")
    found = render(seen.assessment, seen.tables, seen.history, seen.playbook, config, snapshot_of(NINE))
    assert found.theme == "traffic-light"
    charts = [block for block in found.tabs[0].blocks if isinstance(block, Chart)]
    assert "D9534F" in {one.colour for chart in charts for one in chart.series}


def test_status_columns_in_order_with_a_value_a_client() -> None:
    columns = desired().columns
    assert [(column.header, column.width) for column in columns] == [
        ("Health", 11), ("Why", 44), ("Do next", 27), ("Due", 11), ("Next touchpoint", 25), ("Renewal", 22),
        ("Offer next", 22),
    ]  # fmt: skip
    health, due = columns[0], columns[3]
    assert [(cell.row, cell.key, cell.value) for cell in health.cells][:2] == [
        (4, "Aldgate Legal", "✖ At risk"),
        (5, "Brightwater Dental", "✖ At risk"),
    ]
    assert due.cells[0].value == date(2026, 10, 12)
    assert due.cells[4].value is None
    assert (due.kind, due.colour_by) == ("date", "touchpoint")


def test_nothing_to_say_is_an_empty_cell() -> None:
    offers = {cell.key: cell.value for cell in desired().columns[-1].cells}
    assert offers["Aldgate Legal"] is None
    assert offers["Corvid Coffee"] == "SEO/Content retainer"


def test_a_header_note_fits_an_input_message_and_names_the_writer() -> None:
    for column in desired().columns:
        assert "sheets-sync writes this column" in column.note
        assert len(column.note) <= 255


def test_columns_switched_off_are_left_out_and_colour_nothing() -> None:
    columns = desired(off=("offer_next", "touchpoint")).columns
    assert [column.id for column in columns] == ["health", "why", "do_next", "due", "renewal"]
    assert next(column for column in columns if column.id == "due").colour_by is None


def test_a_name_that_the_team_uses_gets_a_suffix() -> None:
    stands = snapshot_of(NINE, "diary")
    rows = [list(row) for row in stands.grids["Clients"].rows]
    rows[2].append(" HEALTH ")
    grids = {**stands.grids, "Clients": Grid("Clients", rows)}
    result = desired(snapshot=replace(stands, grids=grids))
    assert result.columns[0].header == "Health (sync)"
    assert [tab.title for tab in result.tabs][:2] == ["Dashboard", "Diary (sync)"]


def test_a_tab_on_request_comes_when_it_is_asked_for_and_goes_when_it_is_not() -> None:
    asked = desired(tabs=("changes",)).tabs
    assert [tab.id for tab in asked if tab not in desired().tabs] == ["changes"]
    standing = replace(snapshot_of(NINE), tabs=tuple(OwnedTab(tab.id, Grid(tab.title, ())) for tab in asked))
    assert diff(standing, desired(), {}).drop_tabs == ("changes",)
    assert diff(standing, desired(tabs=("changes",)), {}).drop_tabs == ()


def test_every_tab_on_request_may_be_named_in_the_config(tmp_path: Path) -> None:
    (tmp_path / "sheets-sync.toml").write_text(f"[look]\ntabs = {list(ON_REQUEST)}\n".replace("'", '"'))
    assert load_config(tmp_path / "sheets-sync.toml").tabs == tuple(ON_REQUEST)


def test_a_tab_of_ours_keeps_the_title_that_it_has() -> None:
    owned = OwnedTab("diary", Grid("Our week", ()))
    assert titles(replace(snapshot_of(NINE), tabs=(owned,)), None)["diary"] == "Our week"


def test_the_key_is_the_key_cell_as_it_stands() -> None:
    stands = snapshot_of(NINE)
    rows = [list(row) for row in stands.grids["Clients"].rows]
    rows[3][0] = 1001
    result = desired(snapshot=replace(stands, grids={"Clients": Grid("Clients", rows)}))
    assert result.columns[0].cells[0].key == 1001


def test_derived_clients_get_tabs_and_no_columns() -> None:
    seen = view()
    tables = replace(seen.tables, place=None, derived=True)
    config = SimpleNamespace(columns_off=(), tabs=(), theme="calm")
    result = render(seen.assessment, tables, seen.history, seen.playbook, config, snapshot_of(NINE))
    assert result.place is None
    assert result.columns == ()
    assert len(result.tabs) == 6


def test_issue_clock_appears_with_its_first_issue() -> None:
    assert [tab.id for tab in desired().tabs] == [
        "dashboard", "diary", "at_risk", "scorecard", "data_check", "issue_clock",
    ]  # fmt: skip
    none = assessment_of(NINE).clocks.iloc[:0]
    assert [tab.id for tab in desired(clocks=none).tabs][-1] == "data_check"


@pytest.mark.parametrize("number", [0, 1, 9, 40, 300])
def test_every_size_renders_with_every_cell_in_a_width(number: int) -> None:
    result = desired(many(number))
    assert len(result.columns) == 7
    assert {len(column.cells) for column in result.columns} == {number}
    for tab in result.tabs:
        for (_, column), cell in cells_of(tab).items():
            assert cell.style != "title" or column == 1
            assert column <= len(tab.widths) + 1 or tab.id == "dashboard", (tab.id, column)


def test_tomorrow_reads_as_today_while_no_state_changes() -> None:
    today = desired()
    seen = view()
    moved = replace(seen.assessment, now=seen.assessment.now + timedelta(days=1))
    config = SimpleNamespace(columns_off=(), tabs=(), theme="calm")
    tomorrow = render(moved, seen.tables, seen.history, seen.playbook, config, snapshot_of(NINE))
    assert tomorrow.columns == today.columns
    assert tomorrow.tabs[1:] == today.tabs[1:]


def test_client_names_link_to_their_row() -> None:
    for tab in desired().tabs:
        linked = {cell.value: cell.link for cell in cells_of(tab).values() if cell.link}
        if tab.id in ("dashboard", "diary", "at_risk"):
            assert linked["Aldgate Legal"] == Link("Clients", 4, 1), tab.id


def test_no_jargon_no_scores_no_counting_of_days() -> None:
    words = "\n".join(text_of(tab) for tab in desired().tabs) + "".join(look.note for look in STATUS_COLUMNS)
    for word in ("customer", "account", "alert", "score of", "GRR", "Wilson", "days ago", "tomorrow", "playbook.toml"):
        assert word.casefold() not in words.casefold(), word


def test_without_a_health_column_nothing_jumps_to_it() -> None:
    links = [cell.link for cell in cells_of(desired(off=("health",)).tabs[0]).values() if cell.link]
    assert all(not link.status_column for link in links)
    assert any(cell.link and cell.link.status_column for cell in cells_of(desired().tabs[0]).values())
