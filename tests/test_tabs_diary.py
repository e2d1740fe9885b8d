"""Diary: order, counts an owner, what was typed, and its bounds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from sheets_sync.model import TableBlock, TableRow
from sheets_sync.tabs import diary
from sheets_sync.tracker.history import History, Input
from tests.assessments import NINE, assessment_of, many, view

ACTIONS = assessment_of(NINE).actions


def rows(actions: pd.DataFrame, clients: Any = NINE) -> tuple[TableRow, ...]:
    blocks = diary.tab(view(clients, actions=actions)).blocks
    return next(block.rows for block in blocks if isinstance(block, TableBlock))


def lines(actions: pd.DataFrame) -> list[str]:
    return [f"{row.cells[0].value}" for row in rows(actions)]


def test_an_owner_line_counts_this_week_and_late() -> None:
    assert [line for line in lines(ACTIONS) if "week" in line] == [
        "Priya: 2 this week, 1 late",
        "Tom: 3 this week",
        "No owner: nothing this week",
    ]


def test_routine_comes_last_without_a_symbol_and_done_lines_after_it() -> None:
    tom = [row for row in rows(ACTIONS) if not row.heading and row.cells[1].value == "Tom"]
    assert [row.cells[0].value for row in tom] == [
        "▲ Mon 23 Nov 10:30", "– Fri 4 Dec", "Thu 26 Nov", "Thu 26 Nov", "● Thu 19 Nov",
    ]  # fmt: skip
    assert tom[2].cells[0].level is None


def test_what_was_typed_stands_in_the_input_columns_also_when_it_cannot_be_read() -> None:
    open_, done = ACTIONS.loc[0, "row_id"], ACTIONS.loc[ACTIONS["state"].eq("done"), "row_id"].iloc[0]
    typed = Input(f"other|x|,{open_}", "last Tuesday", "Went well", None, "5", date(2026, 11, 20))
    older = Input(open_, "soon", None, None, None, date(2026, 11, 19))
    seen = view(NINE)
    for inputs in ((typed, older), (older, typed)):
        tab = diary.tab(replace(seen, history=History(date(2026, 10, 5), inputs=inputs)))
        found = {row.id: row for block in tab.blocks if isinstance(block, TableBlock) for row in block.rows}
        assert [cell.value for cell in found[done].cells[6:]] == [date(2026, 11, 19), "All fine", None, None]
        assert [cell.value for cell in found[open_].cells[6:]] == ["last Tuesday", "Went well", None, "5"]


def test_row_ids_stand_in_the_hidden_column_and_headings_have_none() -> None:
    found = rows(ACTIONS)
    assert {row.id for row in found if not row.heading} == set(ACTIONS["row_id"])
    assert all(row.id == "" for row in found if row.heading)


def test_two_thousand_lines_at_most_shared_fairly() -> None:
    big = ACTIONS.iloc[[0] * 1500 + [4] * 30 + [2] * 1200].copy()
    big["row_id"] = [f"call|x|{i}" for i in range(len(big))]
    big["owner"] = ["Priya"] * 1500 + ["Tom"] * 30 + ["Ann"] * 1200
    tab = diary.tab(view(NINE, actions=big))
    shown = [row.cells[1].value for row in rows(big) if not row.heading]
    assert {owner: shown.count(owner) for owner in set(shown)} == {"Priya": 985, "Tom": 30, "Ann": 985}
    assert "730 more lines (Ann 215 and Priya 515)" in str(tab.blocks[0])


def test_headings_count_all_lines_also_those_not_shown() -> None:
    big = ACTIONS.iloc[[0] * 2100].copy()
    assert lines(big)[0] == "Priya: 2100 late"


def test_three_hundred_clients_keep_every_line() -> None:
    clients = many(300)
    actions = assessment_of(clients).actions
    assert sum(1 for row in rows(actions, clients) if not row.heading) == len(actions)


def test_without_any_owner_there_are_no_owner_lines() -> None:
    nobody = ACTIONS.assign(owner=None)
    assert not any(row.heading for row in rows(nobody))
