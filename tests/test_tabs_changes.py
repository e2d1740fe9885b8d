"""Changes: dated, newest first, with the reason of the present level and what was typed; nothing older than 90 days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from sheets_sync.model import Level, Tab, cells_of
from sheets_sync.tabs import changes
from sheets_sync.tracker.history import Input, join_ids
from tests.assessments import NINE, many, view

CALL = join_ids([("check_in_call", "corvid coffee", "2026-11-20")])


def made(clients: Any = NINE, **history: Any) -> Tab:
    seen = view(clients)
    return changes.tab(replace(seen, history=replace(seen.history, **history)))


def lines(tab: Tab) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for (row, _), cell in sorted(cells_of(tab).items()):
        rows.setdefault(row, []).append(str(cell.value))
    return [rows[row] for row in sorted(rows)]


def test_a_level_that_was_left_again_says_until_when_it_lasted() -> None:
    """[E12] The present level has today's reason; the one before only its end."""
    levels = (
        (date(2026, 10, 5), "aldgate legal", Level.OK),
        (date(2026, 10, 12), "aldgate legal", Level.WATCH),
        (date(2026, 10, 20), "aldgate legal", Level.OK),
        (date(2026, 11, 3), "aldgate legal", Level.RISK),
    )
    title, _, _, *rest = lines(made(NINE[:1], levels=levels))
    assert title == ["Changes: 2 times worse, 1 time better since Mon 5 Oct"]
    assert [line[:3] for line in rest] == [
        ["November 2026: 1 worse"],
        ["Tue 3 Nov", "Aldgate Legal", "Healthy → ✖ At risk"],
        ["October 2026: 1 worse, 1 better"],
        ["Tue 20 Oct", "Aldgate Legal", "Watch → ● Healthy"],
        ["Mon 12 Oct", "Aldgate Legal", "Healthy → ▲ Watch"],
    ]
    assert rest[1][3].startswith("No sign of life since 28 Sep")
    assert [line[3] for line in rest if len(line) > 3][1:] == ["Until 3 Nov.", "Until 20 Oct."]


def test_a_change_seen_today_is_there_at_once() -> None:
    """Today's level is not in the memory yet, and counts."""
    found = lines(made(NINE[:1], levels=((date(2026, 11, 20), "aldgate legal", Level.WATCH),)))
    assert found[4][:3] == ["Mon 23 Nov", "Aldgate Legal", "Watch → ✖ At risk"]


def test_what_was_typed_is_listed_with_the_day_it_was_taken_over() -> None:
    """[E12] Done on, Snooze until and bare notes, by the title of what they stand for."""
    inputs = (
        Input(CALL, date(2026, 11, 20), "All fine", taken_on=date(2026, 11, 21)),
        Input(
            join_ids([("silence", "aldgate legal", "")]), None, None, date(2026, 12, 4), "on leave", date(2026, 11, 22)
        ),
        Input(join_ids([("gone_entry", "nobody", "")]), None, "a note", None, None, date(2026, 11, 1)),
        Input(join_ids([("silence", "corvid coffee", "")]), date(2026, 8, 1), None, None, None, date(2026, 8, 1)),
        Input(join_ids([("silence", "corvid coffee", "")]), "soon", None, None, None, date(2026, 11, 2)),
    )
    found = [line for line in lines(made(levels=(), inputs=inputs)) if len(line) > 1][1:]
    assert found == [
        ["Sun 22 Nov", "Aldgate Legal", "Snoozed until 4 Dec", "No sign of life: “on leave”"],
        ["Sat 21 Nov", "Corvid Coffee", "Done on 20 Nov", "Check-in call: “All fine”"],
        ["Mon 2 Nov", "Corvid Coffee", "Done on “soon”", "No sign of life."],
        ["Sun 1 Nov", "nobody", "Noted", "“a note”"],
    ]


def test_leaving_and_pausing_are_neither_better_nor_worse() -> None:
    levels = ((date(2026, 10, 5), "aldgate legal", Level.OK), (date(2026, 11, 3), "aldgate legal", Level.NONE))
    found = lines(made((), first_sync=date(2026, 10, 5), levels=levels))
    assert found[0] == ["Changes: no clients yet"]
    assert found[4] == ["Tue 3 Nov", "aldgate legal", "Healthy → – Not judged"]


def test_many_changes_are_bounded_with_a_sentence() -> None:
    found = lines(made(many(2000)))
    assert len([line for line in found if len(line) > 2]) <= changes.MOST_LINES + 1
    assert found[1][0].endswith("earlier changes not shown.")
