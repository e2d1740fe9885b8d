"""What people typed into a tab of ours while it was being rewritten: found again by the next run [I4]."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from sheets_sync.model import Grid, OwnedTab, Rewritten, Scalar, Snapshot
from sheets_sync.tracker.history import History, Input, join_ids, read_inputs, read_promises

NOW = datetime(2026, 11, 23, 9)
CALL = join_ids([("check_in_call", "aldgate legal", "2026-11-20")])
VISIT = join_ids([("visit", "corvid coffee", "2026-11-18")])
EMPTY = History()
HEADER = ("Due", "Client", "Done on", "Outcome", "Snooze until", "Reason")
Lines = dict[str, tuple[Scalar, Scalar]]


def diary(lines: Lines) -> Grid:
    """A Diary with a day and an outcome a line."""
    rows = [
        ("Diary",),
        (),
        HEADER,
        *(("Mon", "x", day, outcome, None, None, id) for id, (day, outcome) in lines.items()),
    ]
    return Grid("Diary", rows)


def read(now: Lines, was_read: Lines, stood: Lines, written: Lines, before: History = EMPTY) -> dict[str, object]:
    missed = Rewritten(diary(was_read), diary(stood), diary(written))
    tab = OwnedTab("diary", diary(now), missed)
    frame, problems = read_inputs(Snapshot("x", "1", {}, (), (tab,)), before, NOW)
    assert problems == ()
    days = [
        None if day is None else day.date()
        for day in frame["done_on"].astype(object).where(frame["done_on"].notna(), None)
    ]
    outcomes = frame["outcome"].astype(object).where(frame["outcome"].notna(), None)
    return {id: (day, outcome) for id, day, outcome in zip(frame["row_id"], days, outcomes, strict=True)}


DONE = (date(2026, 11, 23), "spoke with Ana")
BLANK = (None, None)


def test_what_was_typed_in_between_counts() -> None:
    assert read({CALL: BLANK}, {CALL: BLANK}, {CALL: DONE}, {CALL: BLANK}) == {CALL: DONE}


def test_a_line_that_went_with_the_rewriting_counts_too() -> None:
    assert read({VISIT: BLANK}, {CALL: BLANK}, {CALL: DONE}, {VISIT: BLANK}) == {CALL: DONE}


def test_what_was_typed_since_then_wins() -> None:
    later = (date(2026, 11, 22), "by mail")
    assert read({CALL: later}, {CALL: BLANK}, {CALL: DONE}, {CALL: BLANK}) == {CALL: later}


def test_what_the_run_had_read_is_no_news() -> None:
    assert read({CALL: BLANK}, {CALL: DONE}, {CALL: DONE}, {CALL: DONE}) == {}


def test_a_day_taken_out_in_between_is_taken_out() -> None:
    before = History(inputs=(Input(CALL, DONE[0], DONE[1], None, None, date(2026, 11, 22)),))
    assert read({CALL: DONE}, {CALL: DONE}, {CALL: BLANK}, {CALL: DONE}, before) == {}


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_copies_that_make_no_sense_are_passed_over(gone: int) -> None:
    grids = [diary({CALL: BLANK}), diary({CALL: DONE}), diary({CALL: BLANK})]
    grids[gone] = Grid("Diary", (("something else",),))
    tab = OwnedTab("diary", diary({CALL: BLANK}), Rewritten(*grids))
    read_inputs(Snapshot("x", "1", {}, (), (tab,)), History(), NOW)


def test_a_line_filled_in_across_the_write_is_kept_whole() -> None:
    day, words = DONE
    assert read({CALL: (None, words)}, {CALL: BLANK}, {CALL: (day, None)}, {CALL: BLANK}) == {CALL: DONE}


def test_the_last_line_may_go_while_somebody_types_into_it() -> None:
    assert read({}, {CALL: BLANK}, {CALL: DONE}, {}) == {CALL: DONE}


def promises(*lines: tuple[str, str]) -> Grid:
    """At Risk with a promise a line; a line without an id stands right below the one before it."""
    header = ("Promise", "Owner", "By", "Discussed on", "Kept on", "Staff view")
    rows = [(words, None, None, None, None, None, id or None) for words, id in lines]
    return Grid("At Risk", (("At risk",), header, *rows))


def test_two_lines_begun_below_one_table_are_both_kept() -> None:
    first = ("A weekly call", "promise|acme|#1")
    standing, rewritten = promises(first, ("B typed", "")), promises(first)
    missed = Rewritten(rewritten, promises(first, ("A typed", "")), rewritten)
    tab = OwnedTab("at_risk", standing, missed)
    found, problems = read_promises(Snapshot("x", "1", {}, (), (tab,)), History(), NOW)
    assert problems == ()
    assert sorted(one.promise for one in found) == ["A typed", "A weekly call", "B typed"]
    assert len({one.row_id for one in found}) == 3
