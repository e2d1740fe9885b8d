"""What outlasts a run: the hidden tab, and what people typed into the Diary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_sync.errors import Refused
from sheets_sync.model import Grid, Level, OwnedTab, Scalar, Snapshot, Tab, cells_of
from sheets_sync.tracker.history import (
    History,
    Input,
    Measured,
    advance,
    join_ids,
    memory_tab,
    read_history,
    read_inputs,
    split_ids,
)

NOW = datetime(2026, 11, 23, 9)
TODAY = NOW.date()
CALL = join_ids([("check_in_call", "aldgate legal", "2026-11-20")])
SILENCE = join_ids([("silence", "aldgate legal", ""), ("low_score", "aldgate legal", "")])


@dataclass
class Judged:
    clients: pd.DataFrame
    warnings: pd.DataFrame
    metrics: pd.DataFrame


def judged(
    levels: Mapping[str, str],
    warnings: Sequence[tuple[str, str, date]] = (),
    metrics: Sequence[tuple[str, float | None, int, str]] = (),
) -> Judged:
    clients = pd.DataFrame({"level": list(levels.values())}, index=pd.Index(list(levels), dtype=object))
    frame = pd.DataFrame(list(warnings), columns=["key", "id", "since"])
    measures = pd.DataFrame(list(metrics), columns=["id", "value", "n", "verdict"])
    return Judged(clients, frame.astype({"since": "datetime64[us]"}), measures)


def snapshot(tab: Tab | None = None, diary: Sequence[Sequence[Scalar]] | None = None) -> Snapshot:
    tabs = []
    if tab is not None:
        cells = cells_of(tab)
        size = max(row for row, _ in cells), max(column for _, column in cells)
        rows = [
            [cells[row, column].value if (row, column) in cells else None for column in range(1, size[1] + 1)]
            for row in range(1, size[0] + 1)
        ]
        tabs.append(OwnedTab("memory", Grid(tab.title, rows, visible=False)))  # type: ignore[arg-type]
    if diary is not None:
        tabs.append(OwnedTab("diary", Grid("Diary", diary)))
    return Snapshot("memory", "1", {}, (), tuple(tabs))


def diary(*lines: Sequence[Scalar]) -> list[Sequence[Scalar]]:
    header = ["Due", "Owner", "Client", "Do", "Why now", "Done on", "Outcome", "Snooze until", "Reason"]
    return [["Diary"], [], [], header, ["Priya: 1 this week"], *(["Mon", "Priya", "A", "Call", "", *x] for x in lines)]


def nothing() -> pd.DataFrame:
    return read_inputs(snapshot(), History(), NOW)[0]


# ── Row ids ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.text(min_size=1), st.text(), st.text()), max_size=4))
def test_row_ids_come_apart_as_they_were_joined(ids: list[tuple[str, str, str]]) -> None:
    assert split_ids(join_ids(ids)) == ids


def test_a_row_id_stays_readable() -> None:
    assert join_ids([("call", "müller & co, ltd", "2026-11-20")]) == "call|müller & co%2C ltd|2026-11-20"


# ── The hidden tab ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_no_memory_is_an_empty_history() -> None:
    assert read_history(snapshot()) == History()


KEYS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
DAYS = st.dates(date(2026, 1, 1), TODAY)


@given(
    st.lists(st.tuples(DAYS, KEYS, st.sampled_from(list(Level))), max_size=6),
    st.lists(st.tuples(KEYS, KEYS, DAYS), max_size=4),
    st.dictionaries(KEYS, KEYS, max_size=3),
)
def test_what_is_written_is_read_back(
    levels: list[tuple[date, str, Level]], warnings: list[tuple[str, str, date]], looks: dict[str, str]
) -> None:
    inputs = (Input(CALL, TODAY, "spoke", "next week", None, TODAY),)
    measured = (Measured(date(2026, 10, 1), "grr", None, 3, "no data"), Measured(date(2026, 10, 1), "nps", -4.5, 31))
    history = History(TODAY, tuple(sorted(levels)), tuple(sorted(warnings)), inputs, looks, measured=measured)
    assert read_history(snapshot(memory_tab(history))) == history


def test_ten_thousand_clients_need_few_cells() -> None:
    levels = tuple(sorted((TODAY, f"client number {i}", Level.OK) for i in range(10_000)))
    tab = memory_tab(History(TODAY, levels))
    assert tab.hidden
    assert len(cells_of(tab)) < 60
    assert all(len(str(cell.value)) <= 32_767 for cell in cells_of(tab).values())
    assert read_history(snapshot(tab)).levels == levels


def test_lines_that_make_no_sense_are_left_out() -> None:
    rows: list[list[Scalar]] = [["level", "soon", "watch", "a"], ["level", "2026-11-20", "grand", "a"], [], ["input"]]
    grid = Grid("_sheets_sync", [*rows, ["level", date(2026, 11, 20), "watch", "a"], [None, 5]])
    history = read_history(Snapshot("x", "1", {}, (), (OwnedTab("memory", grid),)))
    assert history == History(levels=((date(2026, 11, 20), "a", Level.WATCH),))


def test_a_newer_memory_is_refused() -> None:
    grid = Grid("_sheets_sync", [["version", "2"]])
    with pytest.raises(Refused, match="newer version"):
        read_history(Snapshot("x", "1", {}, (), (OwnedTab("memory", grid),)))


# ── From run to run ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_state_on_the_same_day_gives_an_equal_history() -> None:
    state = judged({"a": "watch", "b": "ok"}, [("a", "silence", date(2026, 11, 20))])
    first = advance(History(looks={"diary": "5f"}), state, nothing(), NOW)
    assert first.first_sync == TODAY
    assert first.levels == ((TODAY, "a", Level.WATCH), (TODAY, "b", Level.OK))
    assert first.warnings == (("a", "silence", date(2026, 11, 20)),)
    again = advance(read_history(snapshot(memory_tab(first))), state, nothing(), NOW.replace(hour=17))
    assert again == first


def test_only_changes_of_level_are_added_and_a_change_back_the_same_day_is_none() -> None:
    first = advance(History(), judged({"a": "ok"}), nothing(), NOW - timedelta(days=3))
    same = advance(first, judged({"a": "ok"}), nothing(), NOW)
    assert same.levels == first.levels
    worse = advance(same, judged({"a": "risk"}), nothing(), NOW)
    assert worse.levels == (*first.levels, (TODAY, "a", Level.RISK))
    assert advance(worse, judged({"a": "ok"}), nothing(), NOW).levels == first.levels


def test_changes_are_kept_ninety_days_and_a_client_s_last_one_for_good() -> None:
    days = [TODAY - timedelta(days=n) for n in (120, 91, 90)]
    levels = (
        (days[0], "a", Level.OK),
        (days[0], "gone", Level.OK),
        (days[1], "b", Level.OK),
        (days[2], "b", Level.RISK),
    )
    kept = advance(History(days[0], levels), judged({"a": "ok", "b": "risk"}), nothing(), NOW)
    assert kept.levels == ((days[0], "a", Level.OK), (days[2], "b", Level.RISK))
    assert kept.first_sync == days[0]


def test_measures_are_kept_one_a_month_for_two_years() -> None:
    """[E15] The month's line is written anew with every run, earlier months stay, what is older than two years goes."""
    old = tuple(Measured(date(year, month, 1), "nps", 40.0, 20, "not met") for year, month in ((2024, 11), (2024, 12)))
    last = Measured(date(2026, 10, 1), "nps", 41.5, 30, "not met")
    early = Measured(date(2026, 11, 1), "nps", 60.0, 30, "met")
    ahead = Measured(date(2026, 12, 1), "nps", 70.0, 30, "met")
    state = judged({}, metrics=(("nps", 52.0, 31, "met"), ("grr", None, 0, "no data")))
    found = advance(History(TODAY, measured=(*old, last, early, ahead)), state, nothing(), NOW)
    assert found.measured == (old[1], last, Measured(date(2026, 11, 1), "nps", 52.0, 31, "met"))
    assert read_history(snapshot(memory_tab(found))).measured == found.measured


def test_a_memory_from_before_measures_were_kept_reads_as_ever() -> None:
    """[E15] Lines of measures that make no sense are left out; a memory without any has none."""
    rows: list[list[Scalar]] = [["version", "1"], ["first", "2026-10-05"], ["measure", "soon", "nps"], ["measure"]]
    found = read_history(Snapshot("x", "1", {}, (), (OwnedTab("memory", Grid("_sheets_sync", rows)),)))
    assert found == History(date(2026, 10, 5))


# ── What was typed ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_inputs_are_found_by_row_id_for_each_thing_a_line_stands_for() -> None:
    inputs, problems = read_inputs(
        snapshot(diary=diary([date(2026, 11, 21), "Spoke", None, None, SILENCE])), History(), NOW
    )
    assert problems == ()
    assert list(zip(inputs["entry"], inputs["key"], inputs["occurrence"], strict=True)) == [
        ("silence", "aldgate legal", ""),
        ("low_score", "aldgate legal", ""),
    ]
    assert list(inputs["done_on"]) == [pd.Timestamp(2026, 11, 21)] * 2
    assert list(inputs["outcome"]) == ["Spoke", "Spoke"]
    assert inputs["snooze_until"].isna().all()
    assert list(inputs["taken_on"]) == [pd.Timestamp(TODAY)] * 2


def test_inputs_survive_sorting_and_moved_columns() -> None:
    rows = [["Reason", "", "Done on", "Snooze until", "Outcome"], ["later", CALL, None, "2026-12-04", None]]
    inputs, problems = read_inputs(snapshot(diary=rows), History(), NOW)
    assert problems == ()
    assert inputs.loc[0, ["reason", "snooze_until"]].tolist() == ["later", pd.Timestamp(2026, 12, 4)]


def test_the_diary_decides_for_its_lines_also_when_cleared_and_the_history_for_the_rest() -> None:
    history = History(
        TODAY,
        inputs=(
            Input(CALL, date(2026, 11, 20), taken_on=date(2026, 11, 20)),
            Input(SILENCE, date(2026, 11, 19), taken_on=date(2026, 11, 19)),
        ),
    )
    inputs, _ = read_inputs(snapshot(diary=diary([None, None, None, None, CALL])), history, NOW)
    assert set(inputs["entry"]) == {"silence", "low_score"}
    assert set(inputs["taken_on"]) == {pd.Timestamp(2026, 11, 19)}


def test_the_same_words_keep_the_day_they_were_taken_over() -> None:
    line = diary([date(2026, 11, 20), "ok", None, None, CALL])
    history = History(TODAY, inputs=(Input(CALL, date(2026, 11, 20), "ok", taken_on=date(2026, 11, 20)),))
    inputs, _ = read_inputs(snapshot(diary=line), history, NOW)
    assert inputs.loc[0, "taken_on"] == pd.Timestamp(2026, 11, 20)
    state = judged({})
    assert advance(history, state, inputs, NOW).inputs == history.inputs


def test_an_unreadable_day_is_a_problem_and_its_text_is_kept() -> None:
    inputs, problems = read_inputs(snapshot(diary=diary(["yesterday", None, "soon", "busy", CALL])), History(), NOW)
    assert [str(problem) for problem in problems] == [
        'Diary!F6 "Done on": "yesterday" is not a date. Enter a real date, or leave the cell blank.',
        'Diary!H6 "Snooze until": "soon" is not a date. Enter a real date, or leave the cell blank.',
    ]
    assert inputs[["done_on", "snooze_until"]].isna().all(axis=None)
    assert inputs.loc[0, ["done_on_typed", "snooze_until_typed"]].tolist() == ["yesterday", "soon"]
    kept = advance(History(), judged({}), inputs, NOW)
    assert kept.inputs == (Input(CALL, "yesterday", None, "soon", "busy", TODAY),)
    again = read_history(snapshot(memory_tab(kept)))
    assert replace(again, looks={}) == kept


def test_a_day_that_lies_ahead_is_a_problem() -> None:
    _, problems = read_inputs(snapshot(diary=diary([date(2026, 11, 24), None, None, None, CALL])), History(), NOW)
    assert [problem.message for problem in problems] == ["2026-11-24 lies after today, so it does not count yet."]


def test_what_stands_beside_no_line_is_a_problem() -> None:
    _, problems = read_inputs(
        snapshot(diary=diary([None, None, None, None, CALL], [None, "called Tom", None, None, None])), History(), NOW
    )
    assert [str(problem) for problem in problems] == [
        'Diary!G7 "Outcome": "called Tom" stands beside no line of ours, so it is not taken over. '
        "Type it beside a line that sheets-sync has written."
    ]


def test_lost_headers_lose_nothing_that_was_taken_over() -> None:
    rows = diary([None, None, None, None, CALL])
    rows[3] = ["Due", "Owner", "Client", "Do", "Why now", "When", "What", "Later", "Why"]
    history = History(TODAY, inputs=(Input(CALL, date(2026, 11, 20), taken_on=TODAY),))
    inputs, problems = read_inputs(snapshot(diary=rows), history, NOW)
    assert len(inputs) == 1
    assert "are not to be found" in problems[0].message


def test_no_diary_and_an_empty_one_are_fine() -> None:
    assert len(nothing()) == 0
    inputs, problems = read_inputs(snapshot(diary=[["Nothing to do"]]), History(), NOW)
    assert (len(inputs), problems) == (0, ())


CELLS = st.one_of(
    st.none(), st.text(max_size=6), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.just(CALL)
)


@given(st.lists(st.lists(CELLS, max_size=12), max_size=6))
def test_whatever_stands_in_the_diary_can_be_read(lines: list[list[Scalar]]) -> None:
    rows = [*diary([date(2026, 11, 20), "ok", None, None, CALL]), *lines]
    inputs, _ = read_inputs(snapshot(diary=rows), History(), NOW)
    kept = advance(History(), judged({}), inputs, NOW)
    assert read_history(snapshot(memory_tab(kept))) == kept
