"""Dashboard: the finding, the line that turns by itself, five lines each, and charts that are never empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from sheets_sync.model import Chart, Level, TableBlock, TextBlock, cells_of
from sheets_sync.tabs import charts, dashboard
from sheets_sync.tabs.view import View
from sheets_sync.tracker.history import History
from tests.assessments import NINE, NOW, assessment_of, many, table_of, tables_of, view


def chart(seen: View, place: int) -> Chart:
    found = charts.blocks(seen, 20, 15)[place]
    assert isinstance(found, Chart)
    return found


def sentence(seen: View, place: int) -> str:
    found = charts.blocks(seen, 20, 15)[place]
    assert isinstance(found, TextBlock)
    return str(found.lines[1][0].value)


def values(seen: View) -> list[str]:
    return [str(cell.value) for _, cell in sorted(cells_of(dashboard.tab(seen)).items())]


def test_the_title_is_the_finding() -> None:
    assert values(view())[0] == "Our clients: 2 at risk, 3 to watch, 4 healthy"
    assert values(view(()))[0] == "Our clients: none entered yet"


def test_the_line_turns_when_the_run_did_not_happen() -> None:
    line = dashboard.up_to_date(datetime(2026, 11, 23, 9), datetime(2026, 11, 24, 17, 30))
    assert line.cached == "● Checked Mon 23 Nov, good until Tue 24 Nov 17:30"
    assert line.text == (
        '=IF(NOW()<=DATE(2026,11,24)+TIME(17,30,0),"● Checked Mon 23 Nov, good until Tue 24 Nov 17:30",'
        '"✖ Out of date since Tue 24 Nov 17:30: the run did not happen")'
    )


def test_levels_add_up_with_money_and_last_week() -> None:
    table = next(block for block in dashboard.tab(view()).blocks if isinstance(block, TableBlock))
    assert [column.header for column in table.columns] == ["Level", "Clients", "A month", "Last week"]
    assert [[cell.value for cell in row.cells] for row in table.rows][-1] == ["All", 9, 11900.0, 9]


def test_money_and_last_week_are_left_out_where_unknown() -> None:
    clients = assessment_of(NINE).clients
    clients["fee"] = pd.NA
    seen = view(NINE, clients=clients.astype({"fee": "Float64"}))
    seen = replace(seen, history=History(date(2026, 11, 23)))
    table = next(block for block in dashboard.tab(seen).blocks if isinstance(block, TableBlock))
    assert [column.header for column in table.columns] == ["Level", "Clients"]


def test_do_first_has_five_lines_the_worst_first() -> None:
    tables = [block for block in dashboard.tab(view(many(40))).blocks if isinstance(block, TableBlock)]
    assert len(tables[1].rows) == 5
    assert {row.cells[2].level for row in tables[1].rows} == {Level.RISK}


def test_five_dated_changes_and_todays_among_them() -> None:
    seen = view()
    assert seen.changes[-1][:2] == (date(2026, 11, 20), "brightwater dental")
    worse = assessment_of(NINE).clients
    worse.loc["harbour yoga", "level"] = "watch"
    today = view(NINE, clients=worse).changes[-1]
    assert today == (date(2026, 11, 23), "harbour yoga", Level.OK, Level.WATCH)


def test_first_run_says_when_counting_began() -> None:
    seen = replace(view(), history=History(date(2026, 10, 5)))
    assert "Nobody changed level since Mon 5 Oct, when counting began." in values(seen)


def test_owners_chart_has_eight_owners_then_others() -> None:
    found = chart(view(many(40)), 0)
    assert len(found.categories) == 9
    assert found.categories[-1] == "others"
    assert sum(sum(filter(None, one.values)) for one in found.series) == 40
    assert list(found.categories[:-1]) == sorted(found.categories[:-1], key=str.casefold)


def test_weeks_chart_counts_late_then_four_weeks() -> None:
    found = chart(view(), 1)
    assert found.categories == ("Late", "This week", "Next week", "From 7 Dec", "From 14 Dec")
    assert {one.name: one.values for one in found.series} == {
        "Late": (1, None, None, None, None),
        "Due": (None, 3, None, None, 1),
        "Routine": (None, 2, 1, None, None),
    }


def test_answers_chart_counts_the_latest_of_each_person_a_quarter() -> None:
    found = chart(view(), 2)
    assert found.categories == ("Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026")
    assert [one.name for one in found.series] == ["0–6", "7–8", "9–10"]
    assert found.series[0].values == (None, 1, None, 1)


def test_recommendation_line_only_from_ten_answers_a_quarter() -> None:
    seen = view()
    answers = [
        {"client": "Corvid Coffee", "contact": str(i), "answered_on": day, "score": 9.0 if i < 6 else 6.0}
        for day in ("2026-05-04", "2026-08-04") for i in range(10)
    ]  # fmt: skip
    tables = tables_of(NINE)
    by_name = {**tables.by_name, "surveys": table_of("surveys", answers)}
    found = chart(View(seen.assessment, type(tables)(by_name, (), tables.extra, tables.place), seen.history,
                       seen.playbook, seen.titles), 2)  # fmt: skip
    assert found.series[-1].line
    assert found.series[-1].values == (20, 20, None)


def test_a_chart_of_one_bar_is_a_sentence() -> None:
    seen = view()
    assert sentence(view(NINE[:1]), 0) == "Waits for a second client."
    late = seen.assessment.actions.head(1)
    assert late["late"].all()
    only = replace(seen, assessment=replace(seen.assessment, actions=late))
    assert sentence(only, 1) == "1 late, nothing else within four weeks."
    only = replace(seen, assessment=replace(seen.assessment, actions=late.assign(late=False, due=pd.Timestamp(NOW))))
    assert sentence(only, 1) == "1 this week, nothing late, nothing else within four weeks."
    one = {"client": "Corvid Coffee", "contact": "A", "answered_on": "2026-05-04", "score": 9.0}
    tables = tables_of(NINE)
    by_name = {**tables.by_name, "surveys": table_of("surveys", [one])}
    asked = replace(seen, tables=type(tables)(by_name, (), tables.extra, tables.place))
    assert sentence(asked, 2) == "Waits for 3 answers; so far 1."


def test_charts_stand_on_the_grid_alike_and_in_the_themes_colours() -> None:
    drawn = [block for block in dashboard.tab(view()).blocks if isinstance(block, Chart)]
    assert {chart.at[0] for chart in drawn} == {drawn[0].at[0]}
    assert len({chart.until[0] for chart in drawn if chart.until}) == 1
    assert [chart.until[1] for chart in drawn if chart.until] == [4, 8, 9]
    calm, other = chart(view(), 0), chart(replace(view(), theme="traffic-light"), 0)
    assert [one.values for one in calm.series] == [one.values for one in other.series]
    assert not {one.colour for one in calm.series[:3]} & {one.colour for one in other.series}


def test_midnight_is_the_end_of_the_day_before() -> None:
    line = dashboard.up_to_date(datetime(2026, 11, 23, 9), datetime(2026, 11, 24))
    assert line.cached == "● Checked Mon 23 Nov, good until the end of Mon 23 Nov"
    assert "Out of date since Tue 24 Nov:" in line.text


def test_an_empty_chart_is_a_sentence() -> None:
    seen = view(())
    assert [sentence(seen, place) for place in range(3)] == [
        "Waits for the first client.",
        "Waits for something that is due within four weeks.",
        "Waits for a first score in the tab Surveys.",
    ]


def test_judged_on_names_what_the_tracker_does_not_hold() -> None:
    assert dashboard.judged_on(view()) == (
        "Judged on contact, issues, surveys, renewals. Not in this tracker: outcomes, second contact."
    )
